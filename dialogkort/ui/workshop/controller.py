"""Controller of the workshop: start or continue a session, the table, the notes, the overview.

The page draws and predicts; this side decides. What the page sends is taken for a stranger's: it is either an
event of `dialogkort.domain.events`, or one of a few questions (`messages`).
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date

from dialogkort.domain.deck import Deck
from dialogkort.domain.details import OF_WORKSHOP
from dialogkort.domain.event_ids import NO_ID, Id
from dialogkort.domain.event_records import from_record
from dialogkort.domain.events import Described, Event, Noted, NoteRemoved, Undone, workshop_of
from dialogkort.domain.opening import Opening
from dialogkort.domain.planning import Plan
from dialogkort.errors import InvalidAction, StoreError
from dialogkort.i18n import text
from dialogkort.sessions.session import Session, start
from dialogkort.sessions.workshop_plan import PlanFields, WorkshopPlan, has_plan, plan_follow_up, plan_of
from dialogkort.store import catalogues, is_address
from dialogkort.ui.catalogue import catalogue_at_hand, fetch_catalogue_task
from dialogkort.ui.controller import Context, Controller, Task
from dialogkort.ui.downloads import notes_task, print_task
from dialogkort.ui.follow_ups import then_and_now_task
from dialogkort.ui.group_names import plain_name
from dialogkort.ui.help import help_view
from dialogkort.ui.imports import import_task
from dialogkort.ui.messages import (
    CastVote,
    Erase,
    ExportNotes,
    FetchCatalogue,
    Hello,
    ImportFiles,
    Leave,
    Message,
    Open,
    PlanFollowUp,
    PrintDeck,
    RecordEvent,
    Redact,
    ShowHelp,
    ShowOverview,
    ShowThenAndNow,
    Start,
    Undo,
    not_understood,
)
from dialogkort.ui.prepare.view import at_the_table, plans_to_come
from dialogkort.ui.privacy_hints import names_of_owners
from dialogkort.ui.roles import Access
from dialogkort.ui.share.service import SharingService
from dialogkort.ui.share.view import invitation_view
from dialogkort.ui.votes import ballot_view, cast
from dialogkort.ui.workshop.view import (
    MOVES,
    deck_view,
    details_view,
    earlier_view,
    lobby_view,
    note_view,
    removed_view,
    table_view,
)

_USUAL_OPENING = Opening()
_NO_ID = "00000000-0000-7000-8000-000000000000"


class WorkshopController(Controller):
    """One window of the workshop.

    Parameters
    ----------
    context, access
        As for every `Controller`.
    deck : Deck
        The deck that sessions begun here are dealt from.
    trouble : str
        Why there is no such deck; said where a session would be begun.
    sharing : SharingService, optional
        Who lets phones join; None where that is nobody.
    """

    screen = "workshop"
    full_state_after = (Hello, Start, Open, Leave)
    STARTS_TYPED_IN = False  # whether sessions begun here were held on paper

    def __init__(
        self,
        context: Context,
        access: Access,
        deck: Deck,
        deck_error: str = "",
        sharing: SharingService | None = None,
    ):
        super().__init__(context, access)
        self._sharing = sharing
        self.session: Session | None = None
        self._deck = deck
        self._deck_error = deck_error
        self._note_events: set[Id] = set()  # as long as this window is open, it alone takes them back
        self._own_ids: set[Id] = set()  # what came in through this window and was not shown yet
        self._remote_move: Event | None = None
        self._shown_until = (-1, 0)  # the session's epoch, and how many of its events are shown
        self._newest_shown_id = NO_ID  # the newest event that is shown
        self._displayed_deck: Deck | None = None
        self._displayed_opening = _USUAL_OPENING
        self._owners: dict[str, str] = {}  # by note, who is to do a next step
        self._names: tuple[str, ...] = ()
        self._to_check: dict[str, str] = {}
        self._changed_sessions: set[Id] = set()
        self._prepared_of: Id | None = None  # the session whose plan was read
        self._prepared_view: dict = {}
        self._follows: tuple[Id, tuple[Id, ...]] | None = None  # whose earlier steps are shown

    # --- what the page says ---------------------------------------------------------------------------

    def writes(self, message: Message) -> tuple[Id, ...] | None:
        if isinstance(message, RecordEvent | Undo) and not self._renames(message):
            return (message.event.session,)
        alone = Redact | RecordEvent | Start | PlanFollowUp | Erase | CastVote
        return None if isinstance(message, alone) else ()

    def handle(self, message: Message) -> Task | None:
        self._changed_sessions = set()
        match message:
            case Hello(session=session):
                self._on_hello(self.access.session or session)
            case RecordEvent(event=event):
                if self._renames(message):
                    self._check_description(event)
                self._session_of(event).record(event)
            case Undo(event=Undone() as event):
                self._session_of(event).take_back(event)
            case Redact(event=Noted() as event):
                self._changed_sessions = {event.session, *self.store.codings()}
                self._session_of(event).redact(event)
            case Start(id=id, details=details, plan=plan, follows=follows):
                self._start(id, details, plan, follows)
            case PlanFollowUp():
                self._plan_follow_up(message)
            case Open(session=session):
                self._open(session)
            case Leave():
                self._set_session(None)
            case ShowOverview(scope="group" | "workshop" as scope) if self.session:
                return self._overview(self.session, scope)
            case ShowHelp():
                self.view.send_once("help", help_view())
            case ShowThenAndNow(workshop=None) if self.session:
                return self._then_and_now(self.session, message)
            case ExportNotes():
                return self._export(message)
            case FetchCatalogue() if self.session:
                prepared = plan_of(self.store, self.session)
                return fetch_catalogue_task(self, message, prepared.planned if prepared else None)
            case CastVote() if self.session:
                self._cast_vote(message, self.session)
            case ImportFiles():
                return import_task(self, message)
            case PrintDeck():
                if self._deck_error:
                    raise InvalidAction(self._deck_error)
                return print_task(self, message, self._deck)
            case Erase(sessions=(_, *_) as sessions, note=None):
                self._changed_sessions = {*sessions, *self.store.codings()}
                catalogues.erase(self.store, catalogues.folder_of(self.context.location), *sessions)
                self.context.sessions.refresh(self._changed_sessions)
                self.context.lobby.changed()  # which sessions there are has to be read anew
            case Erase(sessions=(), note=note) if self.session and note is not None:
                self._changed_sessions = {self.session.id, *self.store.codings()}
                self.session.erase(note)
            case _:
                raise not_understood()
        return None

    def _cast_vote(self, message: CastVote, session: Session) -> None:
        opened = self.context.votes.of(self.store, session.id)
        cast(opened, self.access, session.id, message)
        self._changed_sessions = {session.id, *([opened.plenum.id] if opened else [])}

    def _renames(self, message: Message) -> bool:
        """Whether a group's own device says what its group is called."""
        is_own = self.access.session is not None
        return is_own and isinstance(message, RecordEvent) and isinstance(message.event, Described)

    def _check_description(self, event: Event) -> None:
        """`InvalidAction` when a group's own device says what is not its own to say.

        Which workshop it is of says what it is shown there, so the facilitator alone corrects that; and the
        room tells groups by name, so no two may bear the same.
        """
        assert isinstance(event, Described)  # as `_renames` says
        self._changed_sessions = {event.session}
        sessions = self.store.sessions()
        own = sessions.get(event.session)
        if own is not None and any(getattr(event, name) != getattr(own, name) for name in OF_WORKSHOP):
            raise InvalidAction(text("sharing.join.not_your_workshop"))
        if own is None or plain_name(own.group) == plain_name(event.group):
            return
        others = {id: other for id, other in sessions.items() if workshop_of(other) == workshop_of(own)}
        if plain_name(event.group) in {plain_name(other.group) for other in others.values()}:
            raise InvalidAction(text("sharing.join.name_taken"))

    def changed_sessions(self) -> set[Id]:
        return self._changed_sessions

    def close(self) -> None:
        self._set_session(None)

    def _is_of_another_window(self, event: Event) -> bool:
        """Whether another window has written an event: undo here must not take its words from it."""
        return self.context.note_events.get(event.id, self) is not self

    def _on_hello(self, session: str | None) -> None:
        if session:
            try:
                self._open(session)
            except InvalidAction:
                self._set_session(None)
                raise
            return
        self._set_session(None)
        if self._deck_error:
            raise InvalidAction(self._deck_error)

    def _start(
        self, id: Id | None, details: dict[str, object], plan: str | None, follows: tuple[Id, ...]
    ) -> None:
        if id in self.context.started_sessions:  # asked again: the answer did not reach the page
            self._open(self.context.started_sessions[id])
            return
        if self._deck_error:
            raise InvalidAction(self._deck_error)
        typed = _described(details)
        if plan is None and follows and not self.STARTS_TYPED_IN and has_plan(self.store, follows):
            who_meets = details_view(typed)
            session = self._follow_up_plan(typed, follows, typed.date).start_group(**who_meets)
        elif plan is None:
            session = start(self.store, self._deck, typed_in=self.STARTS_TYPED_IN, **details_view(typed))
        else:
            prepared = self.context.sessions.get(self.store, plan, WorkshopPlan)
            session = prepared.start_group(workshop=prepared.planned.workshop, group=typed.group)
        if follows and session.history.closing.follows != follows:
            session.follow_up(*follows)
        self._open(session.id)
        if id:
            self.context.started_sessions[id] = session.id
        self._changed_sessions = {session.id}

    def _plan_follow_up(self, message: PlanFollowUp) -> None:
        """A plan to go on with in *Forbered*; asked again it is the same one."""
        if not message.follows:
            raise not_understood()
        plan = self._follow_up_plan(_described(message.details), message.follows)
        self._changed_sessions = {plan.id}
        self.view.send_once("follow_up_planned", {"plan": plan.id, "to": message.id})

    def _follow_up_plan(self, typed: Described, follows: tuple[Id, ...], day: str = "") -> WorkshopPlan:
        fields: PlanFields = {
            "workshop": typed.workshop.strip(),
            "organisation": typed.organisation.strip(),
            "unit": typed.unit.strip(),
            "date": day,
        }
        return plan_follow_up(self.store, follows, self._deck, **fields)

    def _open(self, id: str) -> None:
        self._set_session(self.context.sessions.get(self.store, id))

    def _set_session(self, session: Session | None) -> None:
        previous, self.session = self.session, session
        self._follows = None
        if session is not None and session is previous:
            return
        if session is not None:
            self.context.sessions.join(session.id)
        if previous is not None:
            self.context.sessions.leave(previous.id)
        self._remote_move, self._own_ids, self._owners, self._to_check = None, set(), {}, {}
        for event in self._note_events:
            self.context.note_events.pop(event, None)
        self._note_events.clear()
        self._shown_until = (-1, 0)
        self._newest_shown_id = session.history.newest if session else NO_ID

    def _session_of(self, event: Event) -> Session:
        if self.session is None or self.session.id != event.session:
            # What was left in the outbox of another table: only the facilitator's window may (see `roles`).
            return self.context.sessions.get(self.store, event.session)
        self._own_ids.add(event.id)
        is_of_note = isinstance(event, Noted | NoteRemoved)
        if is_of_note and self.context.note_events.setdefault(event.id, self) is self:
            self._note_events.add(event.id)
        return self.session

    # --- what the page shows --------------------------------------------------------------------------

    def show(self) -> None:
        self.view.set("export_scopes", list(self.access.export_scopes))
        self.catch_up()
        session = self.session
        if session is not None and session.is_erased:
            self.context.sessions.drop(session.id)
            self._set_session(None)
            self._show_lobby()
            raise InvalidAction(text("session.erased"))
        self._show_deck(session.deck, session.opening) if session else self._show_deck(self._deck)
        self.view.set("prepared", self._prepared(session))
        if session is None:
            self.view.set("vote", None)
            self._show_lobby()
            return
        self.view.set("invitation", self._invitation(session))
        history = session.history
        epoch, shown_count = self._shown_until
        is_same_fold = epoch == history.epoch
        new_events = history.events[shown_count:] if is_same_fold else self._not_shown(history.events)
        self._find_remote_move(new_events)
        self.view.set_keyed("table", table_view(session, self._remote_move, self._is_of_another_window))
        self._show_earlier(session)
        opened = self.context.votes.of(self.store, session.id)
        self.view.set("vote", ballot_view(opened, self.access, session.id))
        removed: dict[str, object] = {
            one.note.id: removed_view(one, history.replaced.get(one.note.id)) for one in history.removed_notes
        }
        self.view.set_keyed("removed", removed)
        if is_same_fold:
            self._show_notes(
                session,
                dict.fromkeys(event.note for event in new_events if isinstance(event, Noted | NoteRemoved)),
            )
        else:
            self._show_all_notes(session)
        self._shown_until = (history.epoch, len(history.events))
        self._newest_shown_id = history.newest

    def _invitation(self, session: Session) -> dict:
        """How a phone joins, while everybody writes alone."""
        round = session.history.silence.rounds.get(session.table.current or "")
        if self._sharing is None or round is None or not round.is_open:
            return {}
        return invitation_view(self._sharing.status(), session.details)

    def _prepared(self, session: Session | None) -> dict:
        """What the table is shown of its workshop's plan; nothing where there is none (any more)."""
        if session is None:
            return {}
        if self._prepared_of != session.id:  # asked once: nobody waits for it with every note
            plan = plan_of(self.store, session)
            self._prepared_of, self._prepared_view = (
                session.id,
                self._at_the_table(plan, session) if plan else {},
            )
        return self._prepared_view

    def _at_the_table(self, plan: Plan, session: Session) -> dict:
        file = catalogue_at_hand(self.context.location, plan.planned)
        return at_the_table(plan, session.dealt.at, len(session.deck.cards), file)

    def _show_earlier(self, session: Session) -> None:
        """Show what was agreed in the sessions that this one follows up: read when it is opened."""
        follows = (session.id, session.history.closing.follows)
        if follows == self._follows:
            return
        self._follows = follows
        earlier = []
        for id in follows[1]:
            with suppress(InvalidAction, StoreError):  # erased meanwhile, or on another computer
                earlier.append(self.context.sessions.get(self.store, id))
        self.view.set("earlier", earlier_view(earlier))

    def _show_deck(self, deck: Deck, opening: Opening = _USUAL_OPENING) -> None:
        if deck is not self._displayed_deck or opening != self._displayed_opening:
            self._displayed_deck, self._displayed_opening = deck, opening
            self.view.set("deck", deck_view(deck, opening))

    def _not_shown(self, events: list[Event]) -> list[Event]:
        return [event for event in events if event.id > self._newest_shown_id]

    def _find_remote_move(self, new_events: list[Event]) -> None:
        """The newest move that another window made, so that the page can say what happened to its cards."""
        moves = [event for event in new_events if type(event) in MOVES and event.id not in self._own_ids]
        self._remote_move = max(moves, key=lambda event: event.id, default=self._remote_move)
        self._own_ids = set()

    def _show_all_notes(self, session: Session) -> None:
        """Show the notes of a session that was taken up, or in which something was taken back."""
        notes = [note.id for note in session.notes]
        for slice_name in ("notes", "findings"):
            for removed in set(self.view.mapping(slice_name)) - set(notes):
                self.view.set_key(slice_name, removed, None)
        self._owners = {}
        self._show_notes(session, notes)

    def _show_notes(self, session: Session, ids: Iterable[Id]) -> None:
        history = session.history
        self.view.have_keys("notes", "findings")
        for id in ids:
            note = history.notepad.get(id)
            self._owners.pop(id, None)
            if note is None:
                self.view.set_key("notes", id, None)
                self.view.set_key("findings", id, None)
                continue
            self.view.set_key("notes", id, note_view(note, history.replaced.get(id)))
            self._to_check[id] = note.text
            if note.owner:
                self._owners[id] = note.owner

    def _show_lobby(self) -> None:
        if self.access.session is not None:
            self.view.set("lobby", {})
        else:
            self.view.set("lobby", self._lobby())
        self.view.set_keyed("table", {})
        self.view.set_keyed("notes", {})
        self.view.set_keyed("removed", {})
        self.view.set_keyed("findings", {})

    def _lobby(self) -> dict:
        rows, unreadable = self.context.lobby.read(self.store)
        folder = self.store.location if is_address(self.context.location) else self.context.location
        newest = self.context.lobby.newest
        notices = "\n".join(self.context.notices)
        overdue = self.context.lobby.overdue(date.today().isoformat())
        plans = self.context.lobby.plans
        rows = [{**row, "has_plan": row["prepared"] in plans} for row in rows]
        lobby = lobby_view(rows, unreadable, self.context.lobby.unlisted, newest, folder, notices, overdue)
        return {**lobby, "plans": plans_to_come(plans, rows)}

    # --- what may identify somebody -------------------------------------------------------------------

    def texts_to_check(self) -> tuple[dict[str, str], tuple[str, ...]]:
        if self.session is None or not (self._to_check or self._owners):
            return {}, ()
        listed = self.context.listed_names.read()
        names = (*listed, *sorted(names_of_owners(self._owners.values()) - set(listed)))
        if names != self._names:
            self._names = names
            self._to_check = {note.id: note.text for note in self.session.notes}
        texts, self._to_check = self._to_check, {}
        return texts, names

    def show_findings(self, findings: Mapping[str, list]) -> None:
        notes = self.view.mapping("notes")
        for note, places in findings.items():
            if note in notes:
                self.view.set_key("findings", note, places or None)

    # --- what is made elsewhere -----------------------------------------------------------------------

    def _overview(self, session: Session, scope: str) -> Task:
        return Task(
            "dialogkort.ui.tasks:overview_chart",
            {
                "location": self.context.location,
                "sessions": self._in_scope(session.id, scope),
                "for_my_eyes": True,
            },
            show=lambda chart: self.view.send_once("chart", chart),
            fail=lambda message: self.view.send_once("chart", {"refused": message}),
        )

    def _then_and_now(self, session: Session, message: ShowThenAndNow) -> Task:
        """All groups of the workshop at hand, and those that it follows up."""
        return then_and_now_task(self, message, self._in_scope(session.id, "workshop"))

    def _in_scope(self, session: Id, scope: str) -> list[Id]:
        """A session, or all of its workshop."""
        stored = self.store.sessions()
        if scope == "group" or session not in stored:
            return [session]
        return [id for id, details in stored.items() if workshop_of(details) == workshop_of(stored[session])]

    def _export(self, message: ExportNotes) -> Task:
        if message.workshop is not None or message.scope not in ("group", "workshop"):
            raise not_understood()
        session = message.session
        sessions = None if session is None else self._in_scope(Id(session), message.scope)
        return notes_task(self, message, sessions, self.context.listed_names.read())


def _described(details: Mapping[str, object]) -> Described:
    """What a page says of who meets. `InvalidAction` when it is of no such form."""
    try:
        typed = from_record({**details, "what": "described", "id": _NO_ID, "session": _NO_ID})
    except ValueError:
        raise not_understood() from None
    assert isinstance(typed, Described)  # as `what` says
    return typed
