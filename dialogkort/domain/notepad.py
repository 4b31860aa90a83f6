"""The note-taker's pad as it reads now: a fold over the session's notes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import normalize

from dialogkort.domain.event_ids import Id
from dialogkort.domain.events import Event, Noted, NoteKind, NoteRemoved
from dialogkort.domain.undo import effective_events

# Letters, and a hyphen or an apostrophe between letters: "it-kurser" is one word, "24/7" is none.
WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")

# As one reads the notes of a group: what has to be done about something first.
KINDS_TO_READ = (
    NoteKind.NEXT_STEP,
    NoteKind.COMPETENCE_NEED,
    NoteKind.DISAGREEMENT,
    NoteKind.POINT,
    NoteKind.EXAMPLE,
)


@dataclass(frozen=True)
class Note:
    """A note as it reads now. `created_at` and `updated_at` are milliseconds since 1970 (UTC).

    It belongs to a `card`, or to an `opening_question` (`opening.Opening`). `version` is the id of the
    event that it reads by, `begun` the id of the one it was begun with: notes sort by it.
    """

    id: Id
    text: str
    kind: NoteKind
    card: str | None
    opening_question: int | None
    owner: str
    due: str
    created_at: int
    updated_at: int
    version: Id
    begun: Id


@dataclass(frozen=True)
class RemovedNote:
    """A note that is off the pad, as it read last.

    Undoing its `removals` brings it back. Where there are none, undo took back all that was written in it:
    then it comes back when its words are noted again.
    """

    note: Note
    removals: tuple[Id, ...] = ()


class Notepad:
    """The pad as it reads after every event that it was told, oldest first; kept up to date one by one."""

    def __init__(self, events: Iterable[Event] = ()):
        self._first: dict[Id, Noted] = {}
        self._newest: dict[Id, Noted] = {}
        self._removed: dict[Id, tuple[Noted, tuple[Id, ...]]] = {}  # the last version, and what removed it
        for event in events:
            self.add(event)

    def add(self, event: Event) -> None:
        """Take in an event that counts and is later than all before it."""
        if isinstance(event, Noted):
            self._first.setdefault(event.note, event)
            self._newest[event.note] = event
            self._removed.pop(event.note, None)
        elif isinstance(event, NoteRemoved):
            self._remove(event)

    def miss(self, version: Noted) -> None:
        """Take in the last version of a note of which nothing counts any more: undo took it all back."""
        self._removed[version.note] = version, ()

    def _remove(self, event: NoteRemoved) -> None:
        if version := self._newest.pop(event.note, None):
            self._removed[event.note] = version, (event.id,)
        elif (known := self._removed.get(event.note)) and known[1]:  # by two windows at once
            self._removed[event.note] = known[0], (*known[1], event.id)

    def get(self, note: Id) -> Note | None:
        """A note as it reads now; None when there is none, or it was removed or emptied."""
        newest = self._newest.get(note)
        return _note(self._first[note], newest) if newest and _has_content(newest) else None

    def notes(self) -> tuple[Note, ...]:
        """The notes on the pad, in the order they were begun."""
        return tuple(filter(None, map(self.get, self._first)))

    def removed(self) -> tuple[RemovedNote, ...]:
        """The notes that were taken off the pad, in the order they were begun; a blank one is no note."""
        gone = [
            RemovedNote(_note(self._first.get(note, version), version), removals)
            for note, (version, removals) in self._removed.items()
            if _has_content(version)
        ]
        return tuple(sorted(gone, key=lambda removed: removed.note.begun))

    def __len__(self) -> int:
        return sum(map(_has_content, self._newest.values()))


def read(events: Iterable[Event]) -> tuple[Note, ...]:
    """The notes on the pad, in the order they were begun. One that was emptied is no note."""
    return Notepad(effective_events(events)).notes()


def word_count(text: str) -> int:
    """How many words a text has; a number is none."""
    return sum(1 for _ in WORD.finditer(normalize("NFC", text)))  # on some keyboards å is two characters


def _has_content(version: Noted) -> bool:
    return bool(version.text.strip() or version.owner or version.due)


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
        first.id,
    )
