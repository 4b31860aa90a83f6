"""Qualitative coding: codebook and every coder's readings, folded from a coding project's events.

The codes and what they mean, every coder's reading of every note, and what was settled together. A coder
reads alone: nobody's reading changes another's. What was settled stands beside the readings, as a voice of
its own. Two codes that are called the same are one code, so that what two coders have made apart can be put
together; what is said of one of them from then on is said of both.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from dialogkort.domain.event_ids import Id, new_id
from dialogkort.domain.events import Coded, CodeDefined, CodingNamed, Event, MemoWritten
from dialogkort.domain.undo import WRITING_PAUSE, effective_events

SETTLED = ""  # the coder in whose name what was settled together is kept


@dataclass(frozen=True)
class Code:
    """A code as it reads now; one that is `retired` is not offered. `defined_at` is ms since 1970 (UTC)."""

    id: Id
    name: str
    definition: str
    retired: bool
    defined_by: str
    defined_at: int


@dataclass(frozen=True)
class Reading:
    """What one coder says of one note: the codes that apply, or that none does, and a memo.

    Of what was settled (`coder` is `SETTLED`), `rejected` are the codes that do not apply. `at` is when it
    was said last, in ms since 1970 (UTC); `deciding_events` gives by code the event that says so.
    """

    note: Id
    noted_in: Id
    coder: str
    codes: frozenset[Id] = frozenset()
    rejected: frozenset[Id] = frozenset()
    none: bool = False
    memo: str = ""
    at: int = 0
    deciding_events: Mapping[Id, Id] = field(default_factory=dict, compare=False)


def project_name(events: Iterable[Event]) -> str:
    """What a coding project is called, by its newest naming; empty when nobody has said."""
    named = [event for event in effective_events(events) if isinstance(event, CodingNamed)]
    return named[-1].name if named else ""


def normalized_name(name: str) -> str:
    """What two codes have in common that are called the same."""
    return " ".join(name.casefold().split())


def codebook(events: Iterable[Event]) -> tuple[Code, ...]:
    """The codes, in the order they were made. Of those called the same only the first is told."""
    return tuple(dict.fromkeys(codes_by_id(events).values()))


def codes_by_id(events: Iterable[Event]) -> dict[Id, Code]:
    """Every code by its id: those called the same are one code, by the ids of all of them."""
    first, newest = _definitions(events)
    by_name: dict[str, list[Id]] = {}
    for code in first:
        by_name.setdefault(normalized_name(newest[code].name), []).append(code)
    codes: dict[Id, Code] = {}
    for same in by_name.values():
        newest_of_all = max((newest[id] for id in same), key=lambda event: event.id)
        codes |= dict.fromkeys(same, _code(first[same[0]], newest_of_all))
    return codes


def mirrored_definitions(event: CodeDefined, events: Iterable[Event]) -> tuple[CodeDefined, ...]:
    """The same said of the other codes that are one with that of an event, so that they stay one.

    What comes late, when something newer was said of its code, changes none of them.
    """
    codes = codes_by_id(events)
    _, newest = _definitions(events)
    if event.code in newest and event.id < newest[event.code].id:
        return ()
    return tuple(
        replace(event, id=new_id(event.at, after=max(event.id, newest[other].id)), code=other)
        for other, code in codes.items()
        if other != event.code and code == codes.get(event.code)
    )


def readings(events: Iterable[Event]) -> dict[tuple[Id, str], Reading]:
    """Every coder's reading of every note they have said something of, by note and coder."""
    return ReadingFold(events).readings


class ReadingFold:
    """Hears a project from its beginning, and goes on hearing what is said next without beginning anew."""

    def __init__(self, events: Iterable[Event]):
        events = effective_events(events)
        self.readings: dict[tuple[Id, str], Reading] = {}
        self._canonical = _canonical_codes(events)
        self._states: dict[tuple[Id, str], _ReadingState] = {}
        self.add(event for event in events if isinstance(event, Coded | MemoWritten))

    def add(self, events: Iterable[Coded | MemoWritten]) -> None:
        """Take in what is newer than all that was heard so far."""
        changed: dict[tuple[Id, str], _ReadingState] = {}
        for event in events:
            key = event.note, event.coder
            if (state := self._states.get(key)) is None:
                state = self._states[key] = _ReadingState(event)
            state.add(event, self._canonical)
            changed[key] = state
        for key, state in changed.items():
            if state.has_content():
                self.readings[key] = state.reading()
            else:
                self.readings.pop(key, None)


def last_step(events: Iterable[Event], coder: str) -> tuple[Event, ...]:
    """The newest step of a coder's own that undo would take back, as its events; empty when there is none.

    A memo written without a pause is one step, and so is what was said of codes that are one. A code that
    somebody has coded with stays.
    """
    events = effective_events(events)
    first_ids = {event.id for event in _definitions(events)[0].values()}
    step: list[Event] = []
    for event in reversed(events):
        if isinstance(event, CodingNamed) or getattr(event, "coder", None) != coder:
            continue
        if isinstance(event, CodeDefined) and _is_coded_with(event, events):
            continue
        if step and not (_continues_writing(event, step[-1]) or _mirrors_step(event, step, first_ids)):
            break
        step.append(event)
        if not isinstance(event, MemoWritten | CodeDefined):
            break
    return tuple(reversed(step))


def _definitions(events: Iterable[Event]) -> tuple[dict[Id, CodeDefined], dict[Id, CodeDefined]]:
    first: dict[Id, CodeDefined] = {}
    newest: dict[Id, CodeDefined] = {}
    for event in effective_events(events):
        if isinstance(event, CodeDefined):
            first.setdefault(event.code, event)
            newest[event.code] = event
    return first, newest


def _is_coded_with(event: CodeDefined, events: Iterable[Event]) -> bool:
    """True when an event makes a code that somebody has coded with."""
    used = any(isinstance(other, Coded) and other.code == event.code for other in events)
    return used and _definitions(events)[0][event.code] is event


def _canonical_codes(events: Iterable[Event]) -> dict[Id, Id]:
    """By every code's id, the id of the code that stands for all of its name."""
    _, newest = _definitions(events)
    chosen: dict[str, Id] = {}
    return {code: chosen.setdefault(normalized_name(event.name), code) for code, event in newest.items()}


def _code(first: CodeDefined, newest: CodeDefined) -> Code:
    return Code(first.code, newest.name, newest.definition, newest.retired, first.coder, first.at)


def _continues_writing(event: Event, later: Event) -> bool:
    same = isinstance(event, MemoWritten) and isinstance(later, MemoWritten) and event.note == later.note
    return same and later.at - event.at <= WRITING_PAUSE


def _mirrors_step(event: Event, step: list[Event], first_ids: Container[Id]) -> bool:
    """True when an event says of a code what a step says of others, as `mirrored_definitions` has it."""
    if not isinstance(event, CodeDefined) or event.id in first_ids:
        return False
    mirrors = [other for other in step if isinstance(other, CodeDefined) and other.id not in first_ids]
    if len(mirrors) < len(step):
        return False
    same = replace(event, id=mirrors[-1].id, code=mirrors[-1].code) == mirrors[-1]
    return same and event.code not in {other.code for other in mirrors}


class _ReadingState:
    """What is heard of one note from one coder, event by event."""

    def __init__(self, event: Coded | MemoWritten):
        self.first = event
        self.codes: dict[Id, tuple[bool, Id]] = {}  # by code: does it apply, and which event says so
        self.none = False
        self.memo = ""
        self.at = 0

    def add(self, event: Coded | MemoWritten, canonical: Mapping[Id, Id]) -> None:
        self.at = event.at
        if isinstance(event, MemoWritten):
            self.memo = event.text
        elif event.code is None:
            self.none = event.applies
            if event.applies:
                self.codes.clear()
        elif event.code in canonical:  # else it has not arrived, or its making was undone
            self.codes[canonical[event.code]] = event.applies, event.id
            self.none = self.none and not event.applies

    def has_content(self) -> bool:
        settled = self.first.coder == SETTLED and self.codes
        return bool(settled or self.none or self.memo or any(yes for yes, _ in self.codes.values()))

    def reading(self) -> Reading:
        return Reading(
            self.first.note,
            self.first.noted_in,
            self.first.coder,
            frozenset(code for code, (yes, _) in self.codes.items() if yes),
            frozenset(code for code, (yes, _) in self.codes.items() if not yes),
            self.none,
            self.memo,
            self.at,
            MappingProxyType({code: event for code, (_, event) in self.codes.items()}),
        )
