"""What the note-taker's pad says: a fold over the session's notes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from dialogkort.events import Event, Noted, NoteKind, NoteRemoved, standing


@dataclass(frozen=True)
class Note:
    """A note as it reads now. `created_at` and `updated_at` are milliseconds since 1970 (UTC).

    It belongs to a `card`, or to `opening_question` 1 or 2 of the opening round.
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


def read(events: Iterable[Event]) -> tuple[Note, ...]:
    """The notes on the pad, in the order they were begun. One that was emptied is no note."""
    pad: dict[str, Note] = {}
    removed: set[str] = set()
    for event in standing(events):
        if isinstance(event, Noted):
            pad[event.note] = _version(event, pad.get(event.note))
            removed.discard(event.note)
        elif isinstance(event, NoteRemoved):
            removed.add(event.note)
    return tuple(note for note in pad.values() if note.id not in removed and _says_something(note))


def _says_something(note: Note) -> bool:
    return bool(note.text.strip() or note.owner or note.due)


def _version(event: Noted, before: Note | None) -> Note:
    note = Note(
        event.note,
        event.text,
        event.kind,
        event.card,
        event.opening_question,
        event.owner,
        event.due,
        event.at,
        event.at,
    )
    return replace(note, created_at=before.created_at) if before else note
