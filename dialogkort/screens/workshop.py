"""The workshop on screen: start or continue a session, the table, the note pad, the overview.

The page (`page/*.js`, `page/workshop.css`) draws and predicts; this side decides. What the page sends is
checked here as a stranger's: it is either an event of `dialogkort.events`, or one of a few questions.
"""

import time
from datetime import date
from pathlib import Path

import anywidget
import traitlets

from dialogkort import events as happenings
from dialogkort.deck import Deck
from dialogkort.deck_file import DeckProblem, read_deck
from dialogkort.events import Described, Discussed, Event, Noted, NoteRemoved, Skipped, Turned
from dialogkort.looks import look
from dialogkort.notepad import Note
from dialogkort.screens.assembly import script, style
from dialogkort.screens.overview import picture, workshop_of
from dialogkort.session import Refused, Session, start
from dialogkort.store import Store, StoreProblem, default_folder
from dialogkort.table import NotPossible
from dialogkort.texts import catalogue, language, text

_PARTS = ("dom", "line", "start", "table", "card", "pad", "chart", "panels", "workshop")
_NEWEST_SESSIONS = 30


class Workshop(anywidget.AnyWidget):
    """The workshop for one group: `Workshop()` in a cell shows it.

    `deck` is a deck file or folder (the deck that comes with the kit when left out), `folder` where the notes
    are kept (`~/Dialogkort`, or the environment's `DIALOGKORT_FOLDER`). Nothing is raised in front of the
    group: what is wrong is said on the screen.
    """

    _esm = script(*_PARTS)
    _css = style()

    texts = traitlets.Dict().tag(sync=True)
    deck = traitlets.Dict().tag(sync=True)
    desk = traitlets.Dict().tag(sync=True)
    table = traitlets.Dict().tag(sync=True)
    pad = traitlets.List().tag(sync=True)
    chart = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)

    def __init__(self, folder: str | Path | None = None, deck: str | Path | None = None):
        self.session: Session | None = None
        self._folder = Path(folder) if folder is not None else default_folder()
        self._opened: Store | None = None
        self._trouble = ""
        try:
            self._deck = read_deck(deck)
        except DeckProblem as fault:
            self._deck = Deck("", text("page.title"), "", "", (), ())
            self._trouble = str(fault)
        super().__init__(
            texts={**catalogue(language())["page"], "code": language()},
            deck=_deck_on_screen(self._deck),
            desk={"sessions": [], "folder": str(self._folder), "proposal": {}},
        )
        self.on_msg(self._hear)

    # --- what the page says ---------------------------------------------------------------------------

    def _hear(self, _widget: object, message: object, _buffers: object) -> None:
        asked = message if isinstance(message, dict) else {}
        event = asked.get("event")
        to = (event if isinstance(event, dict) else asked).get("id")
        answer = {"to": to if happenings.is_id(to) else None, "arrived": asked.get("do") in _ARRIVALS}
        with self.hold_sync():
            try:
                self._do(asked)
            except Refused as fault:
                answer["refused"] = str(fault)
            except StoreProblem as fault:
                answer["unsaved"] = str(fault)  # the page keeps it and tries again
            except NotPossible as fault:
                answer["refused"] = text(f"page.refused.{fault.reason.replace(' ', '_')}")
            except Exception as fault:
                answer["refused"] = text("page.refused.unforeseen", reason=f"{type(fault).__name__}: {fault}")
                raise
            finally:
                answer["session"] = self.session.id if self.session else None
                answer["now"] = _now()
                self.answer = answer

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
            case {"do": "start", "details": dict(details)}:
                self._begin(details)
            case {"do": "go on", "session": str(session)}:
                self._go_on(session)
            case {"do": "leave"}:
                self.session = None
                self._show_desk()
            case {"do": "overview", "scope": "group" | "workshop" as scope}:
                self._show_overview(scope, dark=asked.get("dark") is True)
            case _:
                raise Refused(text("page.refused.not_understood"))

    def _arrive(self, session: object) -> None:
        self._show_desk()
        if isinstance(session, str) and session:
            self._go_on(session)
        elif self._trouble:
            raise Refused(self._trouble)

    def _begin(self, details: dict) -> None:
        if self._trouble:
            raise Refused(self._trouble)
        try:
            typed = happenings.from_record({**details, "what": "described", "id": _NO_ID, "session": _NO_ID})
        except ValueError:
            raise Refused(text("page.refused.not_understood")) from None
        self.session = start(self._store(), self._deck, **_details_on_screen(typed))
        self.deck = _deck_on_screen(self.session.deck)

    def _go_on(self, session: str) -> None:
        if self.session and self.session.id == session:
            self.session.catch_up()
            return
        self.session = Session(self._store(), session)
        self.deck = _deck_on_screen(self.session.deck)

    def _take(self, record: dict) -> None:
        try:
            event = happenings.from_record(record)
        except ValueError:
            raise Refused(text("page.refused.not_understood")) from None
        if self.session is None or self.session.id != event.session:
            Session(self._store(), event.session).take(event)  # what was left in the outbox of another table
        else:
            self.session.take(event)

    def _store(self) -> Store:
        if self._opened is None:
            self._opened = Store(self._folder)
        return self._opened

    # --- what the page shows --------------------------------------------------------------------------

    def _show_desk(self) -> None:
        store = self._store()
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
            "folder": str(self._folder),
            "proposal": _proposal(newest),
        }

    def _show_table(self) -> None:
        session = self.session
        self.table = _table_on_screen(session)
        self.pad = [_note_on_screen(note) for note in session.notes]

    def _show_overview(self, scope: str, dark: bool) -> None:
        if self.session is None:
            raise Refused(text("page.refused.not_understood"))
        store, counted = self._store(), [self.session.id]
        if scope == "workshop":
            ours = workshop_of(self.session.details)
            counted = [id for id, details in store.sessions().items() if workshop_of(details) == ours]
        # Never twice the same, so that the page hears of it.
        self.chart = {**picture(store, counted, dark=dark), "asked_at": _now()}


_ARRIVALS = ("hello", "start", "go on", "leave")
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
        "text": note.text,
        "kind": note.kind.value,
        "card": note.card,
        "opening_question": note.opening_question,
        "owner": note.owner,
        "due": note.due,
    }


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
