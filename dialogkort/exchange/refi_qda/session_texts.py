"""A group's session as a plain text, and where in it each note stands, in code points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from unicodedata import normalize

from dialogkort.domain import notepad
from dialogkort.domain.deck import Card, Deck
from dialogkort.domain.event_ids import Id
from dialogkort.domain.events import Dealt, Described, NoteKind, newest_description
from dialogkort.domain.notepad import Note
from dialogkort.domain.opening import Opening, opening_label, opening_of
from dialogkort.errors import StoreError
from dialogkort.exchange.refi_qda.names import CARD_LINE, note_mark, with_line_feeds
from dialogkort.i18n import text
from dialogkort.store import Store


@dataclass(frozen=True)
class SessionNotes:
    """What a session is called, its deck, and its notes as they read now."""

    id: Id
    details: Described
    deck: Deck
    dealt: frozenset[str]
    notes: tuple[Note, ...]
    opening: Opening

    def card(self, note: Note) -> Card | None:
        """The card a note is about, if it was dealt here."""
        return self.deck.card(note.card) if note.card in self.dealt else None

    @property
    def name(self) -> str:
        """Where it was, which group, and when."""
        details = self.details
        parts = (details.organisation, details.workshop, details.group, details.date)
        return " · ".join(" ".join(part.split()) for part in parts if part.strip())


def read_session(store: Store, id: Id) -> SessionNotes:
    """A session as it stands. `StoreError` when its cards are missing."""
    events, _ = store.events(id)
    dealt = next((event for event in events if isinstance(event, Dealt)), None)
    described = [event for event in events if isinstance(event, Described)]
    if dealt is None or not described:
        raise StoreError("nothing_kept", path=id)
    deck = store.deck(dealt.deck)
    known = frozenset(dealt.order) & {card.id for card in deck.cards}
    details, notes = newest_description(described), notepad.read(events)
    return SessionNotes(id, details, deck, known, notes, opening_of(dealt))


def note_text(note: Note) -> str:
    """A note as it stands in a text: composed, with one kind of line break, and never empty."""
    words = with_line_feeds(normalize("NFC", note.text))
    return words if words.strip() else text("qda.no_words")


def kind_label(kind: NoteKind) -> str:
    """What a kind of note is called in the user's language."""
    return text(f"page.kinds.{kind.replace(' ', '_')}")


def session_text(session: SessionNotes) -> tuple[str, dict[Id, tuple[int, int]]]:
    """The text, and of each note where it begins and the place behind its end."""
    written = _Text()
    written.add(f"{session.name}\n{text('qda.session', session=session.id)}\n")
    place: object = None
    for note in session.notes:
        if (place_now := (note.card, note.opening_question)) != place:
            written.add(f"\n{CARD_LINE}{_place(session, note)}\n")
            place = place_now
        written.add(f"\n[{' · '.join(_about(note))}]\n")
        written.add_note(note)
    return written.text, written.spans


class _Text:
    """A text that grows, and remembers where its notes stand."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self.spans: dict[Id, tuple[int, int]] = {}

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def add(self, words: str) -> None:
        self._parts.append(words)
        self._length += len(words)

    def add_note(self, note: Note) -> None:
        words = note_text(note)
        self.spans[note.id] = (self._length, self._length + len(words))
        self.add(words + "\n")


def _place(session: SessionNotes, note: Note) -> str:
    card = session.card(note)
    if card is None:
        return _opening_place(session.opening, note.opening_question)
    question = " ".join(card.question.split())
    return f"{text('qda.card', number=card.shown_number, question=question)} ({card.area})"


def _opening_place(opening: Opening, number: int | None) -> str:
    place = text("qda.opening_round", number=opening_label(number) if number else "–")
    words = opening.own_words(number)
    return f"{place}: {words}" if words else place


def _about(note: Note) -> Iterator[str]:
    yield f"{kind_label(note.kind)} {note_mark(note.id)}"
    yield from (" ".join(part.split()) for part in (note.owner, note.due) if part.strip())


def shared_names(sessions: Iterable[SessionNotes]) -> dict[Id, str]:
    """What each session's source is called: as a file may be called everywhere, and no two the same."""
    taken: set[str] = set()
    names = {}
    for session in sessions:
        plain = "".join(" " if letter in '\\/:*?"<>|' or letter < " " else letter for letter in session.name)
        name = " ".join(plain.split())[:120] or session.id
        number = 1
        while (unique := name if number == 1 else f"{name} ({number})").casefold() in taken:
            number += 1
        taken.add(unique.casefold())
        names[session.id] = unique
    return names
