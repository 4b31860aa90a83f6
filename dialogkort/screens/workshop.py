"""The workshop on screen: start or continue a session, the table, the note pad, the overview.

The page (`page/*.js`, `page/workshop.css`) draws and predicts; this side decides. What the page sends is
checked here as a stranger's: it is either an event of `dialogkort.events`, or one of a few questions.
"""

import asyncio
import os
import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import anywidget
import traitlets

from dialogkort import events as happenings
from dialogkort.deck import Deck
from dialogkort.deck_file import DeckProblem, read_deck
from dialogkort.events import (
    Described,
    Discussed,
    Event,
    Noted,
    NoteRemoved,
    PutBack,
    Skipped,
    Turned,
    Undone,
    WentBack,
)
from dialogkort.looks import look
from dialogkort.notepad import Note
from dialogkort.privacy import findings, names_in, owner_findings, placeholder
from dialogkort.screens.assembly import script, style
from dialogkort.screens.overview import picture, workshop_of
from dialogkort.screens.watching import Watching
from dialogkort.session import Refused, Session, start
from dialogkort.store import StoreProblem, default_folder, default_place, is_address
from dialogkort.texts import catalogue, language, text

_PARTS = (
    *("dom", "memory", "outbox", "contact", "line", "status"),
    *("start", "table", "card", "guard", "pad", "chart", "panels", "wayout", "workshop"),
)
_NEWEST_SESSIONS = 30
_MOVES = {
    Turned: "turned",
    Discussed: "discussed",
    Skipped: "skipped",
    PutBack: "put back",
    WentBack: "went back",
    Undone: "undone",
}


class Workshop(Watching, anywidget.AnyWidget):
    """The workshop for one group: `Workshop()` in a cell shows it.

    `where` is the folder or the server's address where the notes are kept (`~/Dialogkort` when left out, see
    `default_place`), `deck` a deck file or folder (else the deck that comes with the kit). Nothing is raised
    in front of the group: what is wrong is said on the screen.
    """

    _esm = script(*_PARTS)
    _css = style()
    _arrivals = ("hello", "start", "go on", "leave")

    texts = traitlets.Dict().tag(sync=True)
    deck = traitlets.Dict().tag(sync=True)
    desk = traitlets.Dict().tag(sync=True)
    table = traitlets.Dict().tag(sync=True)
    pad = traitlets.List().tag(sync=True)
    chart = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)
    guard = traitlets.Dict().tag(sync=True)
    files = traitlets.Dict().tag(sync=True)

    def __init__(self, where: str | Path | None = None, deck: str | Path | None = None):
        self.session: Session | None = None
        self._place = where if where is not None else default_place()
        self._trouble = ""
        self._desk_as_of: dict[str, str] = {}
        self._own: set[str] = set()  # what came in through this page
        self._known = 0  # how many events of the session have been looked through for news
        self._news: Event | None = None
        self._will_guard = False
        try:
            self._deck = read_deck(deck)
        except DeckProblem as fault:
            self._deck = Deck("", text("page.title"), "", "", (), ())
            self._trouble = str(fault)
        super().__init__(
            texts={**catalogue(language())["page"], "code": language()},
            deck=_deck_on_screen(self._deck),
            desk={"sessions": [], "folder": "", "proposal": {}},
        )
        self.on_msg(self._hear)

    # --- what the page says ---------------------------------------------------------------------------

    def _hear(self, *said: object) -> None:
        super()._hear(*said)
        self._guard_soon()

    def _answer(self, answer: dict) -> None:
        self.answer = {**answer, "session": self.session.id if self.session else None, "now": _now()}

    def _do(self, asked: dict) -> None:
        try:
            self._follow(asked)
        finally:
            # Also when it was refused: another window may have been first, and that should be seen.
            if self.session:
                self._show_table()

    def _follow(self, asked: dict) -> None:
        match asked:
            case {"do": "hello", "session": session}:
                self._arrive(session)
            case {"do": "happened", "event": dict(record)}:
                self._take(record)
            case {"do": "redact", "event": dict(record)}:
                self._redact(record)
            case {"do": "start", "details": dict(details)}:
                self._begin(details)
            case {"do": "go on", "session": str(session)}:
                self._go_on(session)
            case {"do": "leave"}:
                self._sit_at(None)
                self._show_desk()
            case {"do": "overview", "scope": "group" | "workshop" as scope}:
                self._show_overview(scope, dark=asked.get("dark") is True)
            case {"do": "hand over", "session": None | str() as session}:
                self._hand_over(session)
            case {"do": "erase", "sessions": [*sessions]} if all(map(happenings.is_id, sessions)):
                self._store().erase(*sessions)
                self._show_desk()
                if self.session:
                    self.session.catch_up()
            case {"do": "erase", "note": str(note)} if self.session:
                self.session.erase(note)
            case _:
                raise Refused(text("page.refused.not_understood"))

    def _arrive(self, session: object) -> None:
        if isinstance(session, str) and session:
            try:
                self._go_on(session)
            except Refused:
                self._show_desk()
                raise
            return
        self._sit_at(None)
        self._show_desk()
        if self._trouble:
            raise Refused(self._trouble)

    def _begin(self, details: dict) -> None:
        if self._trouble:
            raise Refused(self._trouble)
        try:
            typed = happenings.from_record({**details, "what": "described", "id": _NO_ID, "session": _NO_ID})
        except ValueError:
            raise Refused(text("page.refused.not_understood")) from None
        self._sit_at(start(self._store(), self._deck, **_details_on_screen(typed)))

    def _go_on(self, session: str) -> None:
        if self.session and self.session.id == session:
            self.session.catch_up()
            return
        self._sit_at(Session(self._store(), session))

    def _sit_at(self, session: Session | None) -> None:
        self.session, self._news, self._own = session, None, set()
        self._known = len(session.events) if session else 0
        if session:
            self.deck = _deck_on_screen(session.deck)

    def _take(self, record: dict) -> None:
        event = _event_of(record)
        self._session_of(event).take(event)

    def _redact(self, record: dict) -> None:
        event = _event_of(record)
        if not isinstance(event, Noted):
            raise Refused(text("page.refused.not_understood"))
        self._session_of(event).redact(event)

    def _session_of(self, event: Event) -> Session:
        if self.session is None or self.session.id != event.session:
            return Session(self._store(), event.session)  # what was left in the outbox of another table
        self._own.add(event.id)
        return self.session

    # --- what other windows do ------------------------------------------------------------------------

    def look(self) -> None:
        """Show what other windows have written since; when that is nothing, nothing is sent to the page."""
        if self.session is None:
            if self._store().last_activity() != self._desk_as_of:
                self._show_desk()
        elif self.session.catch_up():
            try:
                with self.hold_sync():
                    self._show_table()
                self._guard_soon()
            except Refused as fault:  # it was erased
                told = {"to": None, "arrived": True, "session": None, "now": _now()}
                self.answer = {**told, "refused": str(fault)}

    # --- what may identify somebody -------------------------------------------------------------------

    def _guard_soon(self) -> None:
        """Look at what the notes say when the answer is on its way: nobody waits for it."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # a script has no loop
            self.look_at_notes()
            return
        if not self._will_guard:
            self._will_guard = True
            loop.call_soon(self.look_at_notes)

    def look_at_notes(self) -> None:
        """Show which places in the notes may identify somebody."""
        self._will_guard = False
        notes = self.session.notes if self.session else ()
        names = self._names(notes) if notes else ()
        found = {note.id: _places_on_screen(note.text, names) for note in notes}
        self.guard = {note: places for note, places in found.items() if places}

    def _names(self, notes: Iterable[Note]) -> tuple[str, ...]:
        """The listed names, and those who are to do a next step."""
        listed = self._listed_names()
        owners = {note.owner for note in notes}
        named = {o[one.start : one.end] for o in owners for one in owner_findings(o) if one.kind == "name"}
        return (*listed, *sorted(named - set(listed)))

    def _listed_names(self) -> tuple[str, ...]:
        return names_in(default_folder() if is_address(self._place) else self._place)

    # --- what the page shows --------------------------------------------------------------------------

    def _show_desk(self) -> None:
        store = self._store()
        self._desk_as_of = store.last_activity()
        known = store.sessions()
        newest = next(iter(known.values()), None)
        shown, unreadable = [], 0
        for id in list(known)[:_NEWEST_SESSIONS]:
            try:
                shown.append(_session_on_screen(Session(store, id)))
            except (StoreProblem, Refused):
                unreadable += 1
        self.desk = {
            "sessions": shown,
            "unreadable": text("page.unreadable", count=unreadable) if unreadable else "",
            "folder": store.place if is_address(self._place) else str(self._place),
            "said": os.environ.get("DIALOGKORT_SAID", ""),
            "proposal": _proposal(newest),
        }

    def _show_table(self) -> None:
        session = self.session
        if session.is_erased:
            self._sit_at(None)
            self._show_desk()
            raise Refused(text("session.erased"))
        self._find_news(session)
        self.table = {**_table_on_screen(session), "news": _news_on_screen(self._news)}
        places = _places_taken(session)
        self.pad = [{**_note_on_screen(note), "instead_of": places.get(note.id)} for note in session.notes]

    def _find_news(self, session: Session) -> None:
        """The newest move that another window made, so that the page can say what happened to its cards."""
        fresh = session.events[self._known :]
        self._known = len(session.events)
        moves = [event for event in fresh if type(event) in _MOVES and event.id not in self._own]
        self._news = max(moves, key=lambda event: event.id, default=self._news)

    def _show_overview(self, scope: str, dark: bool) -> None:
        if self.session is None:
            raise Refused(text("page.refused.not_understood"))
        store, counted = self._store(), [self.session.id]
        if scope == "workshop":
            ours = workshop_of(self.session.details)
            counted = [id for id, details in store.sessions().items() if workshop_of(details) == ours]
        # Never twice the same, so that the page hears of it.
        self.chart = {**picture(store, counted, dark=dark), "asked_at": _now()}

    def _hand_over(self, session: str | None) -> None:
        """Give the page a zip with one session, or with everything."""
        from dialogkort.exports import as_zip, made, told  # pandas takes its time

        handed = made(self._store(), None if session is None else [session], self._listed_names())
        name = text("page.wayout.file", date=date.today().isoformat())
        said = "" if handed.places.empty else told(handed.places)
        self.files = {"name": name, "content": as_zip(handed.files), "said": said, "made_at": _now()}


_NO_ID = "00000000-0000-7000-8000-000000000000"


def _deck_on_screen(deck: Deck) -> dict:
    places = {area.name: place for place, area in enumerate(deck.areas)}
    return {
        "title": deck.title,
        "subtitle": deck.subtitle,
        "attribution": deck.attribution,
        "areas": [
            {
                "name": area.name,
                "explained": area.descriptions.get(language(), ""),
                "light": look(place).light,
                "dark": look(place).dark,
                "shape": look(place).shape,
            }
            for place, area in enumerate(deck.areas)
        ],
        "cards": {
            card.id: {
                "number": card.number,
                "area": places[card.area],
                "confidence": card.area_confidence,
                "question": card.question,
                "examples": list(card.examples),
                "examples_label": card.examples_label,
            }
            for card in deck.cards
        },
    }


def _table_on_screen(session: Session) -> dict:
    table = session.table
    step = session.next_undo
    return {
        "session": session.id,
        "newest": max(event.id for event in session.events),
        "details": _details_on_screen(session.details),
        "order": list(table.order),
        "draw": list(table.face_down),
        "lying": {card: outcome.value for card, outcome in table.turned.items()},
        "current": table.current,
        "told": _told(session),
        "undo": _undo_on_screen(session, step) if step else None,
    }


def _told(session: Session) -> dict:
    """What the group said of each card: how it saw it, or why it let it lie."""
    told: dict[str, dict] = {}
    for event in happenings.standing(session.events):
        if isinstance(event, Discussed):
            told[event.card] = {"agreement": event.agreement and event.agreement.value}
        elif isinstance(event, Skipped):
            told[event.card] = {"reason": event.reason and event.reason.value}
        elif isinstance(event, Turned):
            told.pop(event.card, None)
    return told


def _news_on_screen(event: Event | None) -> dict | None:
    return event and {"id": event.id, "what": _MOVES[type(event)], "card": getattr(event, "card", None)}


def _undo_on_screen(session: Session, step: tuple[Event, ...]) -> dict:
    """What undo takes back: the events, and what to call them."""
    newest = step[-1]
    key = f"page.step.{type(newest).__name__.lower()}"
    on_card = not isinstance(newest, Noted | NoteRemoved)
    label = text(key, number=session.deck.card(newest.card).number) if on_card else text(key)
    return {"events": [event.id for event in step], "label": label}


def _note_on_screen(note: Note) -> dict:
    return {
        "id": note.id,
        "version": note.version,
        "text": note.text,
        "kind": note.kind.value,
        "card": note.card,
        "opening_question": note.opening_question,
        "owner": note.owner,
        "due": note.due,
    }


def _places_taken(session: Session) -> dict[str, str]:
    """By note, the one that it took the place of when something was taken out of that."""
    firsts = {
        event.note: event.after
        for event in session.events
        if isinstance(event, Noted)
        if event.id == event.note
    }
    return {note: before for note, before in firsts.items() if before}


def _places_on_screen(content: str, names: tuple[str, ...]) -> list[dict]:
    return [
        {
            "words": content[found.start : found.end],
            "at": len(content[: found.start].encode("utf-16-le")) // 2,  # as a browser counts letters
            "kind": found.kind,
            "sure": found.sure,
            "instead": placeholder(found.kind),
        }
        for found in findings(content, names)
    ]


def _event_of(record: dict) -> Event:
    try:
        return happenings.from_record(record)
    except ValueError:
        raise Refused(text("page.refused.not_understood")) from None


def _details_on_screen(details: Described) -> dict:
    names = ("workshop", "organisation", "unit", "date", "group", "participants", "note_taker")
    return {name: getattr(details, name) for name in names}


def _session_on_screen(session: Session) -> dict:
    details = session.details
    return {
        **_details_on_screen(details),
        "session": session.id,
        "date_read": text("page.date", **_day(details.date)) if details.date else "",
        "turned": len(session.table.turned),
        "notes": len(session.notes),
    }


def _day(iso: str) -> dict:
    day = date.fromisoformat(iso)
    return {"day": day.day, "month": text(f"page.months.{day.month}"), "year": day.year}


def _proposal(newest: Described | None) -> dict:
    """What the form says to begin with: today, and the workshop last held if that was today."""
    today = date.today().isoformat()
    if newest is None or newest.date != today:
        return {"date": today}
    return {name: getattr(newest, name) for name in ("workshop", "organisation", "unit", "date")}


def _now() -> int:
    return time.time_ns() // 1_000_000
