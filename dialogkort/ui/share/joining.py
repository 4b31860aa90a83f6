"""Controller of the page by which a device joins: it shows the code, and chooses or names its group."""

from collections.abc import Callable, Mapping
from typing import cast

from dialogkort.domain.deck import Deck
from dialogkort.domain.details import Details
from dialogkort.domain.event_ids import Id
from dialogkort.domain.events import Described, workshop_of
from dialogkort.errors import DeckError, InvalidAction
from dialogkort.i18n import text
from dialogkort.sessions.session import start
from dialogkort.sessions.workshop_plan import WorkshopPlan, plan_for
from dialogkort.ui.controller import Context, Controller, Task
from dialogkort.ui.group_names import groups_in_order, plain_name
from dialogkort.ui.messages import Hello, Join, Message, ShowCode, not_understood
from dialogkort.ui.roles import Access
from dialogkort.ui.share.service import DEVICES, PHONE, SharingService
from dialogkort.ui.share.view import meeting_view, shared_plan

MAX_GROUPS = 100  # of one workshop: past that somebody plays


class JoinController(Controller):
    """A device that has not joined yet. It can show the code and join; nothing else is answered.

    Parameters
    ----------
    context, access
        As for every `Controller`.
    sharing : SharingService
        Who knows the code and gives out addresses.
    peer : str
        The address the device calls from: wrong codes are counted by it.
    read_deck : callable
        `read_deck()` is the deck that new groups are dealt from.
    """

    screen = "join"

    def __init__(
        self,
        context: Context,
        access: Access,
        sharing: SharingService,
        peer: str,
        read_deck: Callable[[], Deck],
    ):
        super().__init__(context, access)
        self._sharing = sharing
        self._peer = peer
        self._read_deck = read_deck
        self._code = ""  # that was right when it was shown; another may be asked for meanwhile
        self._changed_sessions: set[Id] = set()

    def writes(self, message: Message) -> tuple[Id, ...] | None:
        return None if isinstance(message, Join) else ()

    def changed_sessions(self) -> set[Id]:
        return self._changed_sessions

    def handle(self, message: Message) -> Task | None:
        self._changed_sessions = set()
        match message:
            case Hello():
                pass
            case ShowCode(code=code):
                self._check(code)
            case Join(device=device) if device in DEVICES:
                self._check(message.code)
                secret = self._sharing.admit(self._session_for(message), device)
                self.view.send_once("joined", {"path": f"g/{secret}/"})
            case _:
                raise not_understood()
        return None

    def show(self) -> None:
        status = self._sharing.status()
        if status is None or not self._code or not self._sharing.is_code(self._code):
            self.view.set("meeting", None)
            return
        # Read once for all who wait at this page, as often as anything happens.
        rows, _ = self.context.lobby.read(self.store)
        identity = _identity(status.workshop)
        groups = [(row["session"], row["group"]) for row in rows if _identity(row) == identity]
        plan = shared_plan(status, self.context.lobby.plans)
        planned = self.context.lobby.plans.get(plan) if plan is not None else None
        purpose, prepared = (planned.purpose, planned.groups) if planned else ("", ())
        in_order = groups_in_order(groups, prepared)
        self.view.set("meeting", meeting_view(status.workshop, purpose, in_order))

    def _check(self, code: str) -> None:
        self._code = ""
        self._sharing.check_code(code, self._peer)
        self._code = code

    def _workshop(self) -> dict[str, str]:
        status = self._sharing.status()
        if status is None:
            raise InvalidAction(text("sharing.join.closed"))
        return dict(status.workshop)

    def _groups(self) -> dict[Id, Described]:
        """The sessions of the workshop that is shared."""
        identity = _identity(self._workshop())
        sessions = self.store.sessions().items()
        return {id: described for id, described in sessions if workshop_of(described) == identity}

    def _session_for(self, message: Join) -> Id:
        """The session of the group that is joined; it is begun where the group is new."""
        groups = self._groups()
        if message.session is not None:
            chosen = next((id for id in groups if id == message.session), None)
            if chosen is None:
                raise InvalidAction(text("sharing.join.no_group"))
            return chosen
        same = [id for id, group in groups.items() if plain_name(group.group) == plain_name(message.name)]
        if message.prepared and same:
            return same[0]
        if message.device == PHONE:  # it is with a group, and begins none
            raise InvalidAction(text("sharing.join.no_group"))
        if message.id in self.context.started_sessions:  # asked again: the answer did not reach the page
            return self.context.started_sessions[message.id]
        if not plain_name(message.name):
            raise InvalidAction(text("session.group_missing"))
        if same:
            raise InvalidAction(text("sharing.join.name_taken"))
        if len(groups) >= MAX_GROUPS:
            raise InvalidAction(text("sharing.join.too_many"))
        self._sharing.check_room()  # else a group would be left that nobody is at
        return self._begin(message)

    def _begin(self, message: Join) -> Id:
        try:
            deck = self._read_deck()
        except DeckError as fault:
            raise InvalidAction(str(fault)) from None
        details = cast(Details, {**self._workshop(), "group": message.name})
        plan = self._plan()
        session = plan.start_group(**details) if plan else start(self.store, deck, **details)
        if message.id:
            self.context.started_sessions[message.id] = session.id
        self._changed_sessions = {session.id}
        return session.id

    def _plan(self) -> WorkshopPlan | None:
        """What was prepared for the workshop; None without it, or when it was erased."""
        status = self._sharing.status()
        if status is None or status.plan is None:
            return plan_for(self.store, *_identity(self._workshop()))
        try:
            return self.context.sessions.get(self.store, status.plan, WorkshopPlan)
        except InvalidAction:
            return None


def _identity(workshop: Mapping[str, str]) -> tuple[str, str, str]:
    """What makes sessions one workshop, of details by name (see `workshop_of`)."""
    return workshop["workshop"], workshop["organisation"], workshop["date"]
