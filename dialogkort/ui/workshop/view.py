"""View of the workshop as plain data: the deck, the table, the notes, the lobby."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from functools import cache

from dialogkort.decks.origin import is_own_question
from dialogkort.decks.reading import shipped_deck
from dialogkort.domain import details, outcomes
from dialogkort.domain.closing import Closing
from dialogkort.domain.deck import Deck
from dialogkort.domain.details import OF_WORKSHOP
from dialogkort.domain.event_ids import Id
from dialogkort.domain.event_records import to_record
from dialogkort.domain.events import (
    AgreementChosen,
    CardEvent,
    Described,
    Ended,
    Event,
    MinutesTold,
    Noted,
    NoteKind,
    NoteRemoved,
    Reopened,
    Turned,
    TurnsOrdered,
    Undone,
    WentBack,
)
from dialogkort.domain.notepad import Note, RemovedNote
from dialogkort.domain.opening import Opening, opening_label
from dialogkort.domain.silence import Silence
from dialogkort.domain.timer import Timer
from dialogkort.domain.undo import is_redo
from dialogkort.i18n import language, text
from dialogkort.sessions.session import Session
from dialogkort.theme import area_style
from dialogkort.ui.dates import date_read

MOVES = (Turned, AgreementChosen, *outcomes.EVENTS, WentBack, Described, Ended, Reopened, Undone)
_STEPS = (*(kind for kind in MOVES if kind is not Undone), MinutesTold, TurnsOrdered, Noted, NoteRemoved)

_USUAL_OPENING = Opening()


@cache
def _shipped() -> Deck:
    return shipped_deck()


def deck_view(deck: Deck, opening: Opening = _USUAL_OPENING) -> dict:
    """A deck: its areas with their looks, its cards by id; each with the attribution it bears itself.

    And the questions of the opening round before them.
    """
    shipped = _shipped()
    area_index = {area.name: index for index, area in enumerate(deck.areas)}
    return {
        "title": deck.title,
        "subtitle": deck.subtitle,
        "attribution": deck.attribution,
        "areas": [
            {
                "name": area.name,
                "description": area.descriptions.get(language(), ""),
                **area_style(index).on_screen,
            }
            for index, area in enumerate(deck.areas)
        ],
        "cards": {
            card.id: {
                "number": card.shown_number,
                "place": card.number,
                "area": area_index[card.area],
                "confidence": card.area_confidence,
                "question": card.question,
                "examples": list(card.examples),
                "examples_label": card.examples_label,
                "is_own": card.is_own,
                "attribution": "" if is_own_question(card, deck, shipped) else deck.attribution,
            }
            for card in deck.cards
        },
        "openings": [_opening_view(opening, number) for number in opening.known],
    }


def _opening_view(opening: Opening, number: int) -> dict:
    own = opening.own_words(number)
    return {
        "question": number,
        "label": opening_label(number),
        "text": own or text(f"page.opening.question_{number}"),
        "is_own": own is not None,
        "in_round": number in opening.in_round,
    }


def table_view(session: Session, remote_move: Event | None, passed_over: Callable[[Event], bool]) -> dict:
    """The table as it lies; what undo would take back; the newest move of another window. A keyed slice.

    Undo passes over what another window may take back alone.
    """
    table, history = session.table, session.history
    return {
        "session": session.id,
        "newest": history.newest,
        "details": details_view(session.details),
        "ended": session.is_ended,
        "order": list(table.order),
        "face_down": list(table.face_down),
        "turn_order": list(table.turned),
        "turned": {card: outcome.value for card, outcome in table.turned.items()},
        "current": table.current,
        "card_facts": {card: dict(facts) for card, facts in history.card_facts.items()},
        "timer": timer_view(history.timer),
        "closing": closing_view(history.closing),
        "silence": silence_view(history.silence),
        "undo": _undo_view(session, passed_over),
        "redo": _redo_view(session),
        "remote_move": _remote_move_view(session, remote_move) if remote_move else None,
    }


def closing_view(closing: Closing) -> dict:
    """The end as everybody may see it: answers to the closing question only when they are shown to all."""
    return {
        "answers": len(closing.ratings),
        "shown": closing.ratings_shown,
        "ratings": [list(answer) for answer in closing.shown_ratings],
        "keep_until": closing.keep_until,
        "statuses": {note: _status_view(closing, note) for note in closing.statuses},
        "follows": list(closing.follows),
    }


def timer_view(timer: Timer) -> dict:
    """The timer as it is set, and what runs; moments are the server's, in ms since 1970."""
    return {"seconds": timer.seconds, "starts": timer.starts.value, "run": timer.run and asdict(timer.run)}


def silence_view(silence: Silence) -> dict:
    """The silent rounds by card: how many notes wait, which nobody sees, and those that were shown."""
    return {
        card: {
            "is_open": round.is_open,
            "count": len(round.waiting),
            "shown": [{"id": note.note, "text": note.text} for note in round.shown],
        }
        for card, round in silence.rounds.items()
    }


def _remote_move_view(session: Session, remote_move: Event) -> dict:
    what = "redone" if is_redo(remote_move, session.history.get) else to_record(remote_move)["what"]
    return {"id": remote_move.id, "what": what, "card": getattr(remote_move, "card", None)}


def _undo_view(session: Session, passed_over: Callable[[Event], bool]) -> dict | None:
    """What undo takes back: the last event of the step, and what to call it."""
    newest = session.history.newest_undoable(passed_over)
    return {"events": [newest.id], "label": _step_label(session, newest)} if newest else None


def _redo_view(session: Session) -> dict | None:
    """What redo lets count again: the `Undone` it takes back, and what to call the step."""
    undone = session.history.next_redo
    if undone is None:
        return None
    step = map(session.history.get, reversed(undone.events))
    newest = next((event for event in step if isinstance(event, _STEPS)), None)
    return {"events": [undone.id], "label": _step_label(session, newest)} if newest else None


def _step_label(session: Session, newest: Event) -> str:
    outcome = outcomes.outcome_of(newest)
    what = str(to_record(newest)["what"]).replace(" ", "_")
    key = f"outcome.{outcome.column}.step" if outcome else f"page.step.{what}"
    if isinstance(newest, CardEvent):
        return text(key, number=session.deck.card(newest.card).shown_number)
    return text(key)


def earlier_view(sessions: list[Session]) -> dict:
    """The next steps of the sessions that one follows up, and what was said of them then."""
    steps = [
        {
            "note": note.id,
            "noted_in": session.id,
            "group": session.details.group,
            "text": note.text,
            "owner": note.owner,
            "due": note.due,
            "status_then": _status_view(session.history.closing, note.id),
        }
        for session in sessions
        for note in session.notes
        if note.kind is NoteKind.NEXT_STEP
    ]
    details = sessions[0].details if sessions else None
    where = [details.workshop, date_read(details.date)] if details else []
    return {"steps": steps, "where": " · ".join(filter(None, where))}


def _status_view(closing: Closing, note: Id) -> dict | None:
    newest = closing.statuses.get(note)
    return {"status": newest.status.value, "word": newest.word} if newest else None


def note_view(note: Note, instead_of: str | None) -> dict:
    """A note; `instead_of` is the one whose place it took when something was taken out of that."""
    return {
        "id": note.id,
        "version": note.version,
        "text": note.text,
        "kind": note.kind.value,
        "card": note.card,
        "opening_question": note.opening_question,
        "owner": note.owner,
        "due": note.due,
        "begun": note.begun,
        "instead_of": instead_of,
    }


def removed_view(removed: RemovedNote, instead_of: str | None) -> dict:
    """A note that is off the pad; undoing its `removals` brings it back, or else noting it again."""
    return {**note_view(removed.note, instead_of), "removals": list(removed.removals)}


def details_view(described: Described) -> dict:
    """Who meets where."""
    return {name: getattr(described, name) for name in details.NAMES}


def lobby_view(
    rows: list[dict],
    unreadable: int,
    older: int,
    newest: Described | None,
    folder: str,
    notices: str,
    overdue: list[dict],
) -> dict:
    """The sessions that are kept, and what the form says to begin with."""
    return {
        "sessions": [{**row, "date_read": date_read(row["date"])} for row in rows],
        "unreadable": text("page.unreadable", count=unreadable) if unreadable else "",
        "older": text("page.older", count=older) if older else "",
        "folder": folder,
        "notices": notices,
        "overdue": [{**row, "day": date_read(row["day"])} for row in overdue],
        "proposal": _proposal(newest),
    }


def _proposal(newest: Described | None) -> dict:
    """Today, and the workshop last held if that was today."""
    today = date.today().isoformat()
    if newest is None or newest.date != today:
        return {"date": today}
    return {name: getattr(newest, name) for name in OF_WORKSHOP}
