"""What can happen at a table, and when notes are coded afterwards, each as one small frozen value.

A session is the list of its events and nothing else, and so is a coding project (its id stands where a
session's does). An event is never changed; taking a step back is one
more event (`Undone`). Only an erasure removes something, and leaves a marker (`Erased`). The id is a UUIDv7
and says when it happened, so a list put together from many places sorts itself, and the same event met twice
is one.
"""

import dataclasses
import json
import re
import secrets
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import UnionType
from typing import NewType, Union, get_args, get_origin

Id = NewType("Id", str)


WRITING_PAUSE = 3_500  # ms between two versions of a note that undo takes back together


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
    """Something that happened in a session: `id` is a UUIDv7, `session` the id of the session.

    `unknown_fields` is what a newer version has told besides, as a JSON object; empty when there is nothing.
    It is kept, handed on and erased with the event, and means nothing here.
    """

    id: Id
    session: Id
    unknown_fields: str = ""

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
class AgreementChosen(Event):
    """The group says how it sees a card that was turned, or (with none) takes that back."""

    card: str
    agreement: Agreement | None = None


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
    `owner` and `due` (ISO 8601) are for a next step. `after` is the version it was written upon, so that two
    who write in the same note at once are told from one who goes on writing; in the first version of a note
    that took another one's place (because that had to be erased) it is that note's id.
    """

    note: Id
    text: str
    kind: NoteKind = NoteKind.POINT
    card: str | None = None
    opening_question: int | None = None
    owner: str = ""
    due: str = ""
    after: Id | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteRemoved(Event):
    """A note is taken off the pad (undo brings it back)."""

    note: Id


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended(Event):
    """The group has finished. What is written or turned afterwards counts all the same."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reopened(Event):
    """The group takes a session up again that it had ended."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockDiffered(Event):
    """From here on the session's times are later than the computer's clock said: how much is not certain.

    A clock that was ahead, or was set back, makes ids that go on from the newest one, so that order is kept.
    `clock` is what it said, in milliseconds since 1970 (UTC).
    """

    clock: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CodingNamed(Event):
    """Notes are to be coded: opens a coding project, and renames it later (the newest name holds)."""

    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeDefined(Event):
    """A code as it reads from now on; `code` is the code's own id, the same through all its versions.

    A `retired` code is not offered any more. What was coded with it stays.
    """

    code: Id
    name: str
    definition: str = ""
    retired: bool = False
    coder: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Coded(Event):
    """A coder says of a note that a code applies to it, or takes that back.

    `noted_in` is the session the note was noted in. With no `code`: the note was read, and none applies. With
    no `coder`: the coders have settled it together, which changes nothing of what each of them has said.
    """

    note: Id
    noted_in: Id
    code: Id | None = None
    applies: bool = True
    coder: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MemoWritten(Event):
    """What a coder thinks of a note, as it reads from now on; empty when the memo is taken away."""

    note: Id
    noted_in: Id
    text: str
    coder: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Undone(Event):
    """Earlier events no longer count. Undoing an `Undone` makes them count again."""

    events: tuple[Id, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Erased(Event):
    """A note in all its versions, or (with no `note`) the whole session, is gone for good and stays so.

    `events` and `characters` tell how much there was.
    """

    events: int
    characters: int
    note: Id | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class UnknownEvent(Event):
    """Something of a kind that only a newer version knows: `what` names it, `unknown_fields` is all it tells.

    It is kept word for word, and no fold counts it.
    """

    what: str

    @property
    def note(self) -> Id | None:
        """The note it speaks of, if it names one."""
        return self._id_in("note")

    @property
    def noted_in(self) -> Id | None:
        """The session that the note was noted in, if it names one."""
        return self._id_in("noted_in")

    def _id_in(self, field: str) -> Id | None:
        value = json.loads(self.unknown_fields).get(field) if self.unknown_fields else None
        return value if is_id(value) else None


_KINDS: dict[str, type[Event]] = {
    "described": Described,
    "dealt": Dealt,
    "turned": Turned,
    "agreement chosen": AgreementChosen,
    "discussed": Discussed,
    "skipped": Skipped,
    "put back": PutBack,
    "went back": WentBack,
    "noted": Noted,
    "note removed": NoteRemoved,
    "ended": Ended,
    "reopened": Reopened,
    "clock differed": ClockDiffered,
    "coding named": CodingNamed,
    "code defined": CodeDefined,
    "coded": Coded,
    "memo written": MemoWritten,
    "undone": Undone,
    "erased": Erased,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_OF_A_NOTE = (Noted, NoteRemoved)
# What undo passes over: each is put right by another event of its kind, or never.
NOT_A_STEP = (Described, Dealt, Ended, Reopened, ClockDiffered)
_SAID_OF_A_NOTE = (Coded, MemoWritten)  # in a coding project, wherever the note is
_OF_CODING = (CodingNamed, CodeDefined, *_SAID_OF_A_NOTE)
# The kinds, by name, that no erasure of a note takes away. Of a kind that is not known nobody can say so.
SPEAK_OF_NO_NOTE = tuple(
    name for name, kind in _KINDS.items() if not issubclass(kind, (*_OF_A_NOTE, *_SAID_OF_A_NOTE))
)


def is_known_kind(what: str) -> bool:
    """True for a kind of event, by its name in records, that this version knows."""
    return what in _KINDS


def belongs_in_session(event: Event) -> bool:
    """True for what can happen in a group's session: the table, the pad, undoing and erasing.

    Not for what coders say, nor for what only a newer version knows: nobody here can have done it.
    """
    return not isinstance(event, (*_OF_CODING, UnknownEvent))


def belongs_in_coding(event: Event) -> bool:
    """True for what can happen in a coding project: codes, readings, memos, undoing and erasing."""
    return isinstance(event, (*_OF_CODING, Undone, Erased))


def is_newer(event: Event) -> bool:
    """True for what a newer version has written: of a kind, or with fields, that are not known here."""
    return bool(event.unknown_fields) or isinstance(event, UnknownEvent)


def without_erased(events: Iterable[Event]) -> list[Event]:
    """The events that no erasure among them covers, and the erasures, in the order they were given."""
    events = list(events)
    erased = {(event.session, event.note) for event in events if isinstance(event, Erased)}
    return [event for event in events if not is_covered(event, erased)] if erased else events


def is_covered(event: Event, erased: Container[tuple[str, str | None]]) -> bool:
    """True when an event belongs to what was `erased`: pairs of a session and a note (None: all of it).

    What coders have said of a note belongs to it, although it is kept in a coding project of its own.
    """
    if isinstance(event, Erased):
        return False
    if (event.session, None) in erased:
        return True
    session, note = spoken_of(event)
    return session is not None and ((session, note) in erased or (session, None) in erased)


def spoken_of(event: Event) -> tuple[str, str | None] | tuple[None, None]:
    """The session and the note that an event speaks of (no note: of the whole session); else twice None."""
    if isinstance(event, _OF_A_NOTE):
        return event.session, event.note
    if isinstance(event, _SAID_OF_A_NOTE):
        return event.noted_in, event.note
    if isinstance(event, UnknownEvent) and (event.note or event.noted_in):
        return event.noted_in or event.session, event.note
    return None, None


def sessions_of(event: Event) -> tuple[str, ...]:
    """The sessions whose erasure takes an event along: its own, and the one of the note it speaks of."""
    session, _ = spoken_of(event)
    return (event.session,) if session in (None, event.session) else (event.session, session)


class Standing(tuple):
    """What `effective_events` gives, so that several folds over one session sort it only once."""

    __slots__ = ()


def effective_events(events: Iterable[Event]) -> Standing:
    """The events that count, oldest first, each once: what was undone or erased is left out.

    So is what only a newer version knows. Of events that differ under one id (somebody has edited a file) one
    counts, the same one everywhere.
    """
    if isinstance(events, Standing):
        return events
    undone: set[str] = set()
    counting = []
    for event in sorted(_each_once(without_erased(events)), key=_by_id, reverse=True):
        if event.id in undone or isinstance(event, Erased | UnknownEvent):
            continue
        if isinstance(event, Undone):
            undone.update(event.events)
        else:
            counting.append(event)
    return Standing(reversed(counting))


def newest_description(events: Iterable[Event]) -> Described:
    """Who meets where, as it was described last. `ValueError` when nobody has said."""
    return max(_each_once(event for event in events if isinstance(event, Described)), key=_by_id)


def workshop_of(details: Described) -> tuple[str, str, str]:
    """What makes sessions one workshop: the same name, organisation and day."""
    return details.workshop, details.organisation, details.date


def last_step(events: Iterable[Event]) -> tuple[Event, ...]:
    """The newest step that undo would take back, as the events it is made of; empty when there is none.

    One step is one move, one change of a note's kind, owner or date, or what was written in a note without a
    pause of more than `WRITING_PAUSE` and without beginning another sentence. The deal and the description
    stay, and so does a note that took an erased one's place: without it, nothing would be left of the two.
    """
    return newest_step(effective_events(events))


def newest_step(counting: Sequence[Event]) -> tuple[Event, ...]:
    """As `last_step`, of events that count already, oldest first: looks at no more of them than it must."""
    step: list[Event] = []
    for event in reversed(counting):
        if isinstance(event, NOT_A_STEP) or _took_a_place(event, counting):
            continue
        if step and not _in_one_go(event, step[-1]):
            break
        step.append(event)
        if not isinstance(event, Noted):
            break
    return tuple(reversed(step))


def newest_undoable(counting: Sequence[Event]) -> Event | None:
    """The last event of `newest_step`, without a look for its first one: a note's may be an hour ago."""
    for event in reversed(counting):
        if not isinstance(event, NOT_A_STEP) and not _took_a_place(event, counting):
            return event
    return None


def next_redo(events: Iterable[Event]) -> Undone | None:
    """The `Undone` that redo would take back: the newest that counts, if nothing was done since; else None.

    Redo is one more `Undone`, of that one.
    """
    known = {event.id: event for event in _each_once(without_erased(events))}
    undone: set[str] = set()
    for event in sorted(known.values(), key=_by_id, reverse=True):
        if event.id in undone:
            continue
        if ends_redo(event):
            return None
        if not isinstance(event, Undone):
            continue
        undone.update(event.events)
        if not is_redo(event, known.get) and any(id in known for id in event.events):
            return event
    return None


def is_redo(event: Event, find: Callable[[str], Event | None]) -> bool:
    """True for an `Undone` that lets count again what another one, found by its id, has taken back."""
    return isinstance(event, Undone) and any(isinstance(find(id), Undone) for id in event.events)


def ends_redo(event: Event) -> bool:
    """True for an event after which what was undone before it is not redone: a new act."""
    return not isinstance(event, (Undone, Erased, UnknownEvent, *NOT_A_STEP))


def _by_id(event: Event) -> str:
    return event.id


def _each_once(events: Iterable[Event]) -> Iterable[Event]:
    unique: dict[str, Event] = {}
    for event in events:
        if (other := unique.setdefault(event.id, event)) is not event and other != event:
            unique[event.id] = min(other, event, key=repr)
    return unique.values()


def _took_a_place(event: Event, counting: Sequence[Event]) -> bool:
    """True for the first version of a note that goes on where another one was erased."""
    if not isinstance(event, Noted) or event.id != event.note or event.after is None:
        return False
    return not any(isinstance(other, Noted) and other.id == event.after for other in counting)


def _in_one_go(event: Event, later: Event) -> bool:
    if not (isinstance(event, Noted) and isinstance(later, Noted) and event.note == later.note):
        return False
    same = (event.kind, event.owner, event.due) == (later.kind, later.owner, later.due)
    return same and later.at - event.at <= WRITING_PAUSE and not _begins_sentence(event.text, later.text)


_SENTENCE_END = re.compile(r"[.!?…\n]\s*\Z")


def _begins_sentence(before: str, after: str) -> bool:
    """True when a text stood at the end of a sentence and has changed by more than blanks since."""
    return _SENTENCE_END.search(before) is not None and before.strip() != after.strip()


# --- ids ------------------------------------------------------------------------------------------

_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def new_id(now: int, after: str = "") -> str:
    """A new UUIDv7 (RFC 9562) for the moment `now` (milliseconds since 1970), sorting behind the id `after`.

    When the clock has gone backwards, the id takes the millisecond after `after`: order is kept, as in a
    hybrid logical clock (Kulkarni et al. 2014). Behind the last id of all there is no room: then it is the
    clock's.
    """
    clock = now
    if after and now <= time_of(after):
        now = time_of(after) + 1
    if not 0 <= now < 2**48:  # no clock says so; a file may
        if (following := _next_id(after)) != after:
            return following
        now = clock
    return _as_id(now << 80 | 7 << 76 | secrets.randbits(12) << 64 | 1 << 63 | secrets.randbits(62))


def leaves_room(id: str) -> bool:
    """False for an id of the last minutes that a UUIDv7 can tell (in the year 10889): no clock made it."""
    return time_of(id) < 2**48 - 2**20


def id_between(earlier: str, later: str) -> str | None:
    """A new id that sorts between two others; None when there is no room."""
    between = _next_id(earlier)
    return between if earlier < between < later else None


def _next_id(id: str) -> str:
    """The id that sorts right behind another one."""
    number = int(id.replace("-", ""), 16)
    counter = (number >> 64 & 0xFFF) << 62 | number & 2**62 - 1
    counter = min(counter + 1, 2**74 - 1)
    return _as_id(number >> 80 << 80 | 7 << 76 | counter >> 62 << 64 | 1 << 63 | counter & 2**62 - 1)


def _as_id(number: int) -> str:
    digits = f"{number:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def time_of(id: str) -> int:
    """The moment a UUIDv7 carries, in milliseconds since 1970 (UTC)."""
    return int(id[:8] + id[9:13], 16)


def is_id(text: object) -> bool:
    """True for a UUIDv7 written in its usual form."""
    return isinstance(text, str) and _UUID7.fullmatch(text) is not None


# --- as plain records -----------------------------------------------------------------------------


def to_record(event: Event) -> dict:
    """The event as a dict that JSON can hold; `what` names its kind. What is as usual is not mentioned."""
    kind = type(event)
    told = {"id": event.id, "session": event.session, "what": _NAMES.get(kind) or event.what}
    for name, _, _, usual in _FORMS.get(kind, ()):
        if name not in told and (value := getattr(event, name)) != usual:
            told[name] = list(value) if isinstance(value, tuple) else value
    return told | _besides(event, told) if event.unknown_fields else told


def from_record(record: Mapping) -> Event:
    """The event of a record. A record that is not of the form raises `ValueError` naming the field.

    For what comes from a page: what this version does not know is refused. See `from_stored_record`.
    """
    try:
        event = _blank(_KINDS[record["what"]])
        _put_unknown_fields(event, "")
        told = 1
        for name, put, read, usual in _FORMS[type(event)]:
            if name in record:
                put(event, read(record[name]))
                told += 1
            elif usual is _NEEDED:
                raise ValueError(name)
            else:
                put(event, usual)
        if told < len(record):
            raise ValueError(record)
        return event
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ValueError(_fault(record)) from None


def from_stored_record(record: Mapping) -> Event:
    """The event of a record out of a file or a server, where a newer version may have kept it.

    What this version does not know stays with the event, so that `to_record` gives the same record again: a
    kind (an `UnknownEvent`), fields, and values of a list of choices. `ValueError` as in `from_record`.
    """
    try:
        return from_record(record)
    except ValueError:
        return _of_a_newer_version(record)


def _of_a_newer_version(record: Mapping) -> Event:
    try:
        event = _as_far_as_known(record)
        told = to_record(event)
        besides = {name: value for name, value in record.items() if name not in told}
        if besides:
            if not all(isinstance(name, str) for name in besides):
                raise ValueError
            content = json.dumps(besides, ensure_ascii=False, sort_keys=True)
            content.encode()  # half a letter can be read and not written
            _put_unknown_fields(event, content)
        return event
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        raise ValueError(_fault(record)) from None


def _as_far_as_known(record: Mapping) -> Event:
    what = record["what"]
    if what not in _KINDS:
        if not isinstance(what, str) or not _NAME_OF_A_KIND.fullmatch(what):
            raise ValueError
        return UnknownEvent(id=_id(record["id"]), session=_id(record["session"]), what=what)
    known = {
        name: record[name]
        for name, _, read, _ in _FORMS[_KINDS[what]]
        if name in record and not _is_a_new_choice(read, record[name])
    }
    return from_record(known | {"what": what})


def _is_a_new_choice(read: Callable, value: object) -> bool:
    """True for one more way to see a card, say, than this version knows."""
    if read not in _CHOICES or not isinstance(value, str) or not _NAME_OF_A_KIND.fullmatch(value):
        return False
    try:
        read(value)
    except ValueError:
        return True
    return False


def _besides(event: Event, told: Mapping) -> dict:
    besides = json.loads(event.unknown_fields)
    return {name: value for name, value in besides.items() if name not in told}


def texts_of(event: Event) -> Iterator[str]:
    """Every text that an event holds, ids too."""
    waiting: list[object] = [to_record(event)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield str(value)
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _fault(record: object) -> str:
    """What is wrong with a record that is not of the form."""
    fields = dict(record) if isinstance(record, Mapping) else {}
    what = fields.pop("what", None)
    if not isinstance(what, str) or what not in _KINDS:
        return f"what: {what!r}"
    form = {name: (read, usual) for name, _, read, usual in _FORMS[_KINDS[what]]}
    for name, value in fields.items():
        if name not in form:
            return f"{what}: unknown field {name!r}"
        try:
            form[name][0](value)
        except (TypeError, ValueError):
            return f"{name}: {value!r}"
    missing = [name for name, (_, usual) in form.items() if usual is _NEEDED and name not in fields]
    return f"{what}: without {', '.join(missing)}"


# Records come from files and from the page: each field has its reader, which raises ValueError, or TypeError.


def _reader(declared: object) -> Callable[[object], object]:
    if get_origin(declared) in (UnionType, Union):
        return _or_none(_reader(get_args(declared)[0]))
    if get_origin(declared) is tuple:
        return _many(_reader(get_args(declared)[0]))
    if declared is Id:
        return _id
    if issubclass(declared, StrEnum):
        return lru_cache(declared)
    if declared is int:
        return _whole_number
    return _exactly(declared)


def _is_a_choice(declared: object) -> bool:
    return any(isinstance(one, type) and issubclass(one, StrEnum) for one in (declared, *get_args(declared)))


def _or_none(read: Callable) -> Callable:
    return lambda value: None if value is None else read(value)


def _many(read: Callable) -> Callable:
    def read_all(values: object) -> tuple:
        if not isinstance(values, list | tuple):
            raise ValueError
        return tuple(map(read, values))

    return read_all


def _id(value: object) -> Id:
    if not isinstance(value, str) or not _UUID7.fullmatch(value):
        raise ValueError
    return value


# A session's id stands in all its events and a note's in all its versions: looked at once.
_id_met_before = lru_cache(maxsize=4_096)(_id)


def _whole_number(value: object) -> int:
    if type(value) is not int or not -(2**63) <= value < 2**63:  # more than a table can hold
        raise ValueError
    return value


def _exactly(declared: type) -> Callable:
    def read(value: object) -> object:
        if type(value) is not declared:
            raise ValueError
        return value

    return read


# Every field of every kind: its name, how it is set, how it is read, what it is when not told. To set them so
# takes half the time that a frozen dataclass takes to set them itself, and a session has thousands of events.
_blank = object.__new__
_put_unknown_fields = Event.unknown_fields.__set__
_NEEDED = dataclasses.MISSING
_NAME_OF_A_KIND = re.compile(r"[^\W_](?:[\w .:-]{0,62}\w)?")
_FORMS = {
    kind: [
        (
            field.name,
            getattr(kind, field.name).__set__,
            _id_met_before if field.type is Id and field.name != "id" else _reader(field.type),
            field.default,
        )
        for field in dataclasses.fields(kind)
        if field.name != "unknown_fields"
    ]
    for kind in _KINDS.values()
}
_CHOICES = {
    read
    for kind, form in _FORMS.items()
    for name, _, read, _ in form
    if _is_a_choice(kind.__dataclass_fields__[name].type)
}
