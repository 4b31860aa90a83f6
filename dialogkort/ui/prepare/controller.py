"""Controller for preparing a workshop: its plan, saved as it is written, and the plans there are."""

from contextlib import suppress

from dialogkort.domain.deck import Deck, side_by_side
from dialogkort.domain.event_ids import Id
from dialogkort.domain.limits import MAX_FOLLOWED_UP
from dialogkort.errors import InvalidAction, StoreError
from dialogkort.i18n import text
from dialogkort.sessions.workshop_plan import WorkshopPlan, begin, copy
from dialogkort.store import catalogues, is_address
from dialogkort.ui.catalogue import (
    catalogue_at_hand,
    fetch_catalogue_task,
    keep_catalogue_task,
)
from dialogkort.ui.controller import Context, Controller, Task
from dialogkort.ui.dates import date_read
from dialogkort.ui.deck_files import check_deck_task, edited_deck, read_deck_task, save_deck_task
from dialogkort.ui.downloads import print_task
from dialogkort.ui.messages import (
    CheckDeck,
    CopyPlan,
    Erase,
    FetchCatalogue,
    Hello,
    KeepCatalogue,
    Leave,
    Message,
    Open,
    PrintDeck,
    ReadDeck,
    RecordEvent,
    SaveDeck,
    Start,
    UseDeck,
    not_understood,
)
from dialogkort.ui.prepare.view import choices_view, listed_plan, plan_view
from dialogkort.ui.roles import Access
from dialogkort.ui.workshop.view import deck_view


class PrepareController(Controller):
    """One window in which a workshop is prepared.

    Parameters
    ----------
    context, access
        As for every `Controller`.
    deck : Deck
        The deck that new plans choose from.
    deck_error : str
        Why there is no such deck; said where a plan would be begun.
    """

    screen = "prepare"
    full_state_after = (Hello, Start, Open, CopyPlan, Leave)

    def __init__(self, context: Context, access: Access, deck: Deck, deck_error: str = ""):
        super().__init__(context, access)
        self.session: WorkshopPlan | None = None
        self._deck = deck
        self._deck_error = deck_error
        self._changed_sessions: set[Id] = set()

    def writes(self, message: Message) -> tuple[Id, ...] | None:
        if isinstance(message, RecordEvent):
            return (message.event.session,)
        return None if isinstance(message, Start | CopyPlan | UseDeck | Erase) else ()

    def handle(self, message: Message) -> Task | None:
        self._changed_sessions = set()
        match message:
            case Hello(session=plan):
                self._set_plan(self._plan(plan) if plan else None)
                if self._deck_error:
                    raise InvalidAction(self._deck_error)
            case RecordEvent(event=event):
                self._plan(event.session).record(event)
            case Start(id=id):
                self._begin(id)
            case CopyPlan(id=id, session=plan):
                self._begin(id, self._plan(plan))
            case Open(session=plan):
                self._set_plan(self._plan(plan))
            case Leave():
                self._set_plan(None)
            case Erase(sessions=(_, *_) as plans, note=None):
                self._erase(plans)
            case UseDeck(session=plan):
                self._use_deck(self._plan(plan), message)
            case _:
                return self._task(message)
        return None

    def _task(self, message: Message) -> Task:
        match message:
            case ReadDeck():
                return read_deck_task(self, message)
            case CheckDeck():
                return check_deck_task(self, message)
            case SaveDeck():
                return save_deck_task(self, message)
            case KeepCatalogue():
                return keep_catalogue_task(self, message)
            case FetchCatalogue() if self.session:
                return fetch_catalogue_task(self, message, self.session.planned)
            case PrintDeck():
                return print_task(self, message, self.session.table_deck if self.session else self._deck)
        raise not_understood()

    def changed_sessions(self) -> set[Id]:
        return self._changed_sessions

    def close(self) -> None:
        self._set_plan(None)

    def _plan(self, id: str) -> WorkshopPlan:
        return self.context.sessions.get(self.store, id, WorkshopPlan)

    def _begin(self, request: Id | None, like: WorkshopPlan | None = None) -> None:
        """A new plan, or one like another; asked again it is the same one."""
        known = self.context.started_sessions.get(request) if request else None
        if known is None:
            if self._deck_error:
                raise InvalidAction(self._deck_error)
            known = (copy(self.store, like) if like else begin(self.store, self._deck)).id
            if request:
                self.context.started_sessions[request] = known
        self._set_plan(self._plan(known))
        self._changed_sessions = {known}

    def _use_deck(self, plan: WorkshopPlan, message: UseDeck) -> None:
        deck = self._deck if message.deck is None else edited_deck(message.deck)
        plan.use_deck(side_by_side(plan.deck, deck) if message.adds else deck)
        self._changed_sessions = {plan.id}

    def _erase(self, plans: tuple[Id, ...]) -> None:
        for plan in plans:
            self._plan(plan)  # what is no plan is not erased here
        catalogues.erase(self.store, catalogues.folder_of(self.context.location), *plans)
        self._changed_sessions = set(plans)
        for plan in plans:
            self.context.sessions.drop(plan)
        if self.session is not None and self.session.id in plans:
            self._set_plan(None)

    def _set_plan(self, plan: WorkshopPlan | None) -> None:
        previous, self.session = self.session, plan
        if plan is previous:
            return
        if plan is not None:
            self.context.sessions.join(plan.id)
        if previous is not None:
            self.context.sessions.leave(previous.id)

    def show(self) -> None:
        self.catch_up()
        if self.session is not None and not self.session.is_open:
            self._set_plan(None)
        plan = self.session
        deck = plan.deck if plan else self._deck
        self.view.set("deck", deck_view(deck))
        self.view.set("choices", choices_view(deck, self._deck))
        catalogue = catalogue_at_hand(self.context.location, plan.planned) if plan else ""
        about = {"has_catalogue": bool(catalogue), "follow_up": self._follow_up(plan)}
        self.view.set("plan", {**plan_view(plan), **about} if plan else {})
        self.view.set("lobby", {} if plan else self._lobby())

    def _follow_up(self, plan: WorkshopPlan | None) -> str:
        """Which workshops a plan follows up, in words; empty where it follows up none that is here.

        Each is named: a plan that came in a file may follow up more than one, and its tables are shown what
        was agreed in them.
        """
        names: dict[str, None] = {}
        for session in plan.planned.follows[:MAX_FOLLOWED_UP] if plan else ():
            with suppress(InvalidAction, StoreError):  # erased meanwhile, or on another computer
                earlier = self.context.sessions.get(self.store, session).details
                names[", ".join(filter(None, [earlier.workshop, date_read(earlier.date)]))] = None
        return text("page.follow_up.follows", name=" · ".join(names)) if names else ""

    def _lobby(self) -> dict:
        folder = self.store.location if is_address(self.context.location) else self.context.location
        plans = [listed_plan(id, planned) for id, planned in self.store.plans().items()]
        return {"plans": plans, "folder": str(folder)}
