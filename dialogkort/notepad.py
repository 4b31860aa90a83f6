"""What the note-taker's pad says: a fold over the session's notes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import normalize

from dialogkort.events import Event, Noted, NoteKind, NoteRemoved, standing

# Letters, and a hyphen or an apostrophe between letters: "it-kurser" is one word, "24/7" is none.
WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


@dataclass(frozen=True)
class Note:
    """A note as it reads now. `created_at` and `updated_at` are milliseconds since 1970 (UTC).

    It belongs to a `card`, or to `opening_question` 1 or 2 of the opening round. `version` is the id of the
    event that it reads by.
    """

    id: str
    text: str
    kind: NoteKind
    card: str | None
    opening_question: int | None
    owner: str
    due: str
    created_at: int
    updated_at: int
    version: str


def read(events: Iterable[Event]) -> tuple[Note, ...]:
    """The notes on the pad, in the order they were begun. One that was emptied is no note."""
    first: dict[str, Noted] = {}
    newest: dict[str, Noted] = {}
    for event in standing(events):
        if isinstance(event, Noted):
            first.setdefault(event.note, event)
            newest[event.note] = event
        elif isinstance(event, NoteRemoved):
            newest.pop(event.note, None)
    return tuple(
        _note(event, newest[event.note])
        for event in first.values()
        if _says_something(newest.get(event.note))
    )


def word_count(text: str) -> int:
    """How many words a text has; a number is none."""
    return sum(1 for _ in WORD.finditer(normalize("NFC", text)))  # on some keyboards å is two characters


def _says_something(version: Noted | None) -> bool:
    return version is not None and bool(version.text.strip() or version.owner or version.due)


def _note(first: Noted, newest: Noted) -> Note:
    return Note(
        newest.note,
        newest.text,
        newest.kind,
        newest.card,
        newest.opening_question,
        newest.owner,
        newest.due,
        first.at,
        newest.at,
        newest.id,
    )
