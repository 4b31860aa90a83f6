"""What can happen at a table, each as one small frozen value.

A session is the list of its events and nothing else. An event is never changed or removed; taking a step
back is one more event (`Undone`). The id is a UUIDv7 and says when it happened, so a list put together from
many places sorts itself, and the same event met twice is one event.
"""

import dataclasses
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import UnionType
from typing import NewType, get_args, get_origin

Id = NewType("Id", str)


WRITING_PAUSE = 60_000  # ms between two versions of a note that undo takes back together


class Agreement(StrEnum):
    """How a group saw a card when it had talked: agreeing is not the point, saying so is data."""

    ALIKE = "alike"
    DIFFERENTLY = "differently"
    NOT_SETTLED = "not settled"


class SkipReason(StrEnum):
    """Why a group let a card lie."""

    NOT_RELEVANT = "not relevant"
    UNCLEAR = "unclear"
    ALREADY_COVERED = "already covered"
    NO_TIME = "no time"


class NoteKind(StrEnum):
    """What a note is."""

    POINT = "point"
    EXAMPLE = "example"
    DISAGREEMENT = "disagreement"
    COMPETENCE_NEED = "competence need"
    NEXT_STEP = "next step"


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that happened in a session: `id` is a UUIDv7, `session` the id of the session."""

    id: Id
    session: Id

    @property
    def at(self) -> int:
        """When it happened, in milliseconds since 1970 (UTC)."""
        return time_of(self.id)


@dataclass(frozen=True, kw_only=True, slots=True)
class Described(Event):
    """Who meets where: opens a session, and corrects it later (the newest description holds).

    `date` and nothing else is ISO 8601 (`2026-03-01`); `participants` is a whole number or not told.
    """

    workshop: str
    organisation: str = ""
    unit: str = ""
    date: str = ""
    group: str = ""
    participants: int | None = None
    note_taker: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dealt(Event):
    """The deck is spread face down: `order` is every card's id, place by place."""

    deck: str
    seed: int
    order: tuple[str, ...]
    plan: str = "shuffle"


@dataclass(frozen=True, kw_only=True, slots=True)
class Turned(Event):
    """A card that lay face down is turned and read aloud."""

    card: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Discussed(Event):
    """The group has talked about a card."""

    card: str
    agreement: Agreement | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Skipped(Event):
    """The group lets a card lie."""

    card: str
    reason: SkipReason | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PutBack(Event):
    """A turned card is laid face down again, last in the row of cards to draw."""

    card: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WentBack(Event):
    """The group takes up a card again that it turned earlier. What it said of the card still holds."""

    card: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted(Event):
    """A note as it reads from now on; `note` is the note's own id, the same through all its versions.

    It belongs to a `card` or, in the opening round, to `opening_question` 1 or 2.
    `owner` and `due` (ISO 8601) are for a next step.
    """

    note: Id
    text: str
    kind: NoteKind = NoteKind.POINT
    card: str | None = None
    opening_question: int | None = None
    owner: str = ""
    due: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteRemoved(Event):
    """A note is taken off the pad (undo brings it back)."""

    note: Id


@dataclass(frozen=True, kw_only=True, slots=True)
class Undone(Event):
    """Earlier events no longer count. Undoing an `Undone` makes them count again."""

    events: tuple[Id, ...]


_KINDS: dict[str, type[Event]] = {
    "described": Described,
    "dealt": Dealt,
    "turned": Turned,
    "discussed": Discussed,
    "skipped": Skipped,
    "put back": PutBack,
    "went back": WentBack,
    "noted": Noted,
    "note removed": NoteRemoved,
    "undone": Undone,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def standing(events: Iterable[Event]) -> tuple[Event, ...]:
    """The events that count, oldest first, each once: what was undone is left out."""
    unique = {event.id: event for event in events}
    undone: set[str] = set()
    counting = []
    for event in sorted(unique.values(), key=lambda event: event.id, reverse=True):
        if event.id in undone:
            continue
        if isinstance(event, Undone):
            undone.update(event.events)
        else:
            counting.append(event)
    return tuple(reversed(counting))


def last_step(events: Iterable[Event]) -> tuple[Event, ...]:
    """The newest step that undo would take back, as the events it is made of; empty when there is none.

    One step is one move, or what was written in a note without a pause of more than `WRITING_PAUSE`. The deal
    and the description stay.
    """
    step: list[Event] = []
    for event in reversed(standing(events)):
        if isinstance(event, Described | Dealt):
            continue
        if step and not _in_one_go(event, step[-1]):
            break
        step.append(event)
        if not isinstance(event, Noted):
            break
    return tuple(reversed(step))


def _in_one_go(event: Event, later: Event) -> bool:
    same = isinstance(event, Noted) and isinstance(later, Noted) and event.note == later.note
    return same and later.at - event.at <= WRITING_PAUSE


# --- ids ------------------------------------------------------------------------------------------

_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def new_id(now: int, after: str = "") -> str:
    """A new UUIDv7 (RFC 9562) for the moment `now` (milliseconds since 1970), sorting behind the id `after`.

    When the clock has gone backwards, the id takes the millisecond after `after`: order is kept, as in a
    hybrid logical clock (Kulkarni et al. 2014).
    """
    if after and now <= time_of(after):
        now = time_of(after) + 1
    digits = f"{now:012x}7{secrets.randbits(12):03x}{secrets.randbits(62) | 1 << 63:016x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def time_of(id: str) -> int:
    """The moment a UUIDv7 carries, in milliseconds since 1970 (UTC)."""
    return int(id[:8] + id[9:13], 16)


def is_id(text: object) -> bool:
    """True for a UUIDv7 written in its usual form."""
    return isinstance(text, str) and _UUID7.fullmatch(text) is not None


# --- as plain records -----------------------------------------------------------------------------


def to_record(event: Event) -> dict:
    """The event as a dict that JSON can hold; `what` names its kind."""
    fields = dataclasses.asdict(event)
    return {"id": fields.pop("id"), "session": fields.pop("session"), "what": _NAMES[type(event)], **fields}


def from_record(record: Mapping) -> Event:
    """The event of a record. A record that is not of the form raises `ValueError` naming the field."""
    fields = dict(record) if isinstance(record, Mapping) else {}
    what = fields.pop("what", None)
    if not isinstance(what, str) or what not in _KINDS:
        raise ValueError(f"what: {what!r}")
    kind = _KINDS[what]
    declared = {field.name: field for field in dataclasses.fields(kind)}
    if unknown := set(fields) - set(declared):
        raise ValueError(f"{what}: unknown field {min(unknown, key=str)!r}")
    values = {name: _value(declared[name].type, name, value) for name, value in fields.items()}
    try:
        return kind(**values)
    except TypeError as missing:
        raise ValueError(f"{what}: {missing}") from None


def _value(declared: object, name: str, value: object) -> object:
    """`value` as the declared type, or ValueError: records come from files and from the page."""
    if isinstance(declared, UnionType):
        if value is None:
            return None
        declared = get_args(declared)[0]
    if get_origin(declared) is tuple:
        if isinstance(value, list | tuple):
            return tuple(_value(get_args(declared)[0], name, item) for item in value)
    elif declared is Id:
        if is_id(value):
            return value
    elif isinstance(declared, type) and issubclass(declared, StrEnum):
        return declared(value)
    elif type(value) is declared:
        return value
    raise ValueError(f"{name}: {value!r}")
