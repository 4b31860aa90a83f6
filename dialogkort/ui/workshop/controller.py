"""The workshop: start or continue a session, the table, the notes, the overview.

The page draws and predicts; this side decides. What the page sends is taken for a stranger's: it is either an
event of `dialogkort.domain.events`, or one of a few questions (`messages`).
"""

from collections.abc import Iterable

from dialogkort.domain.deck import Deck
from dialogkort.domain.event_records import from_record
from dialogkort.domain.events import Event, Noted, NoteRemoved, Undone, workshop_of
from dialogkort.errors import InvalidAction
from dialogkort.i18n import text
from dialogkort.sessions.session import Session, start
from dialogkort.store import default_folder, is_address
from dialogkort.ui.controller import Context, Controller, Task
from dialogkort.ui.listed_names import ListedNames
from dialogkort.ui.messages import (
    Erase,
    Export,
    Happened,
    Hello,
    Leave,
    Message,
    Open,
    Redact,
    ShowOverview,
    Start,
    Undo,
    not_understood,
)
from dialogkort.ui.privacy_hints import names_of_owners
from dialogkort.ui.roles import Access
from dialogkort.ui.workshop.view import MOVES, deck_view, details_view, lobby_view, note_view, table_view

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
    """

    screen = "workshop"
    arrivals = (Hello, Start, Open, Leave)

    def __init__(self, context: Context, access: Access, deck: Deck, trouble: str = ""):
        super().__init__(context, access)
        self.session: Session | None = None
        self._deck = deck
        self._trouble = trouble
        self._own: set[str] = set()  # what came in through this window and was not shown yet
        self._news: Event | None = None
        self._known = (-1, 0)  # the session's epoch, and how many of its events are shown
        self._seen = ""  # the newest event that is shown
        self._deck_shown: Deck | None = None
        self._owners: dict[str, str] = {}  # by note, who is to do a next step
        self._names: tuple[str, ...] = ()
        self._listed = ListedNames(default_folder() if is_address(context.place) else context.place)
        self._to_check: dict[str, str] = {}
        self._touched: set[str] = set()

    # --- what the page says ---------------------------------------------------------------------------

    def writes(self, message: Message) -> tuple[str, ...] | None:
        if isinstance(message, Happened | Undo):
            return (message.event.session,)
        return None if isinstance(message, Redact | Start | Erase) else ()

    def handle(self, message: Message) -> Task | None:
        self._touched = set()
        match message:
            case Hello(session=session):
                self._arrive(self.access.session or session)
            case Happened(event=event):
                self._session_of(event).record(event)
            case Undo(event=Undone() as event):
                self._session_of(event).take_back(event)
            case Redact(event=Noted() as event):
                self._touched = {event.session, *self.store.codings()}
                self._session_of(event).redact(event)
            case Start(id=id, details=details):
                self._start(id, details)
            case Open(session=session):
                self._open(session)
            case Leave():
                self._sit_at(None)
            case ShowOverview(scope="group" | "workshop" as scope) if self.session:
                return self._overview(scope)
            case Export(session=session):
                return self._export(session)
            case Erase(sessions=(_, *_) as sessions, note=None):
                self._touched = {*sessions, *self.store.codings()}
                self.store.erase(*sessions)
                self.context.sessions.refresh(self._touched)
            case Erase(sessions=(), note=str(note)) if self.session:
                self._touched = {self.session.id, *self.store.codings()}
                self.session.erase(note)
            case _:
                raise not_understood()
        return None

    def touched(self) -> set[str]:
        return self._touched

    def close(self) -> None:
        self._sit_at(None)

    def _arrive(self, session: str | None) -> None:
        if session:
            try:
                self._open(session)
            except InvalidAction:
                self._sit_at(None)
                raise
            return
        self._sit_at(None)
        if self._trouble:
            raise InvalidAction(self._trouble)

    def _start(self, id: str | None, details: dict) -> None:
        if id in self.context.begun:  # asked again: the answer did not reach the page
            self._open(self.context.begun[id])
            return
        if self._trouble:
            raise InvalidAction(self._trouble)
        try:
            typed = from_record({**details, "what": "described", "id": _NO_ID, "session": _NO_ID})
        except ValueError:
            raise not_understood() from None
        session = start(self.store, self._deck, **details_view(typed))
        self._open(session.id)
        if id:
            self.context.begun[id] = session.id
        self._touched = {session.id}

    def _open(self, id: str) -> None:
        self._sit_at(self.context.sessions.get(self.store, id))

    def _sit_at(self, session: Session | None) -> None:
        before, self.session = self.session, session
        if session is not None and session is before:
            return
        if session is not None:
            self.context.sessions.join(session.id)
        if before is not None:
            self.context.sessions.leave(before.id)
        self._news, self._own, self._owners, self._to_check = None, set(), {}, {}
        self._known = (-1, 0)
        self._seen = session.history.newest if session else ""

    def _session_of(self, event: Event) -> Session:
        if self.session is None or self.session.id != event.session:
            # What was left in the outbox of another table: only the facilitator's window may (see `roles`).
            return self.context.sessions.get(self.store, event.session)
        self._own.add(event.id)
        return self.session

    # --- what the page shows --------------------------------------------------------------------------

    def show(self) -> None:
        self.catch_up()
        session = self.session
        if session is not None and session.is_erased:
            self.context.sessions.drop(session.id)
            self._sit_at(None)
            self._show_lobby()
            raise InvalidAction(text("session.erased"))
        self._show_deck(session.deck if session else self._deck)
        if session is None:
            self._show_lobby()
            return
        history = session.history
        epoch, known = self._known
        as_before = epoch == history.epoch
        fresh = history.events[known:] if as_before else self._unseen(history.events)
        self._find_news(fresh)
        self.view.set_keyed("table", table_view(session, self._news))
        if as_before:
            self._show_notes(dict.fromkeys(e.note for e in fresh if isinstance(e, Noted | NoteRemoved)))
        else:
            self._show_all_notes()
        self._known = (history.epoch, len(history.events))
        self._seen = history.newest

    def _show_deck(self, deck: Deck) -> None:
        if deck is not self._deck_shown:
            self._deck_shown = deck
            self.view.set("deck", deck_view(deck))

    def _unseen(self, events: list[Event]) -> list[Event]:
        return [event for event in events if event.id > self._seen]

    def _find_news(self, fresh: list[Event]) -> None:
        """The newest move that another window made, so that the page can say what happened to its cards."""
        moves = [event for event in fresh if type(event) in MOVES and event.id not in self._own]
        self._news = max(moves, key=lambda event: event.id, default=self._news)
        self._own = set()

    def _show_all_notes(self) -> None:
        """Show the notes of a session that was taken up, or in which something was taken back."""
        notes = [note.id for note in self.session.notes]
        for keyed in ("notes", "findings"):
            for gone in set(self.view.get(keyed) or {}) - set(notes):
                self.view.set_key(keyed, gone, None)
        self._owners = {}
        self._show_notes(notes)

    def _show_notes(self, ids: Iterable[str]) -> None:
        history = self.session.history
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
            rows, unreadable = self.context.lobby.read(self.store)
            folder = self.store.place if is_address(self.context.place) else self.context.place
            newest = self.context.lobby.newest
            said = "\n".join(self.context.notices)
            older = self.context.lobby.unlisted
            self.view.set("lobby", lobby_view(rows, unreadable, older, newest, folder, said))
        self.view.set_keyed("table", {})
        self.view.set_keyed("notes", {})
        self.view.set_keyed("findings", {})

    # --- what may identify somebody -------------------------------------------------------------------

    def texts_to_check(self) -> tuple[dict[str, str], tuple[str, ...]]:
        if self.session is None or not (self._to_check or self._owners):
            return {}, ()
        listed = self._listed.read()
        names = (*listed, *sorted(names_of_owners(self._owners.values()) - set(listed)))
        if names != self._names:
            self._names = names
            self._to_check = {note.id: note.text for note in self.session.notes}
        texts, self._to_check = self._to_check, {}
        return texts, names

    def show_findings(self, found: dict[str, list]) -> None:
        notes = self.view.get("notes") or {}
        for note, places in found.items():
            if note in notes:
                self.view.set_key("findings", note, places or None)

    # --- what is made elsewhere -----------------------------------------------------------------------

    def _overview(self, scope: str) -> Task:
        counted = [self.session.id]
        if scope == "workshop":
            ours = workshop_of(self.session.details)
            counted = [id for id, one in self.store.sessions().items() if workshop_of(one) == ours]
        return Task(
            "dialogkort.ui.tasks:overview_chart",
            {"place": self.context.place, "sessions": counted, "in_the_room": True},
            show=lambda chart: self.view.tell_once("chart", chart),
            fail=lambda words: self.view.tell_once("chart", {"refused": words}),
        )

    def _export(self, session: str | None) -> Task:
        return Task(
            "dialogkort.ui.tasks:export_notes",
            {"place": self.context.place, "session": session, "names": list(self._listed.read())},
            show=lambda made: self.view.tell_once("download", made),
            fail=lambda words: self.view.tell_once("download", {"refused": words}),
        )
