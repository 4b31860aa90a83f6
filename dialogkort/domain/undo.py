"""Undo and redo: the events that count, the step undo takes back next, the one redo brings again."""

import re
from collections.abc import Callable, Iterable, Sequence

from dialogkort.domain.erasures import without_erased
from dialogkort.domain.event_ids import Id
from dialogkort.domain.events import (
    OF_CLOSING,
    OF_SILENCE,
    OF_TIMER,
    CardEvent,
    ClockDiffered,
    Dealt,
    Described,
    Ended,
    Erased,
    Event,
    MinutesTold,
    Noted,
    Reopened,
    TypedIn,
    Undone,
    UnknownEvent,
    by_id,
    each_once,
)

WRITING_PAUSE = 3_500  # ms between two versions of a note that undo takes back together
LINE_PAUSE = 1_000  # ms between the events of one line of a session that is typed in: they are one step
# What undo passes over: each is put right by another event of its kind, or never.
NOT_A_STEP = (
    *(Described, Dealt, TypedIn, Ended, Reopened, ClockDiffered),
    *(*OF_TIMER, *OF_SILENCE, *OF_CLOSING),
)


class EffectiveEvents(tuple):
    """What `effective_events` gives, so that several folds over one session sort it only once."""

    __slots__ = ()


def effective_events(events: Iterable[Event]) -> EffectiveEvents:
    """The events that count, oldest first, each once: what was undone or erased is left out.

    So is what only a newer version knows. Of events that differ under one id (somebody has edited a file) one
    counts, the same one everywhere.
    """
    if isinstance(events, EffectiveEvents):
        return events
    undone: set[Id] = set()
    effective = []
    for event in sorted(each_once(without_erased(events)), key=by_id, reverse=True):
        if event.id in undone or isinstance(event, Erased | UnknownEvent):
            continue
        if isinstance(event, Undone):
            undone.update(event.events)
        else:
            effective.append(event)
    return EffectiveEvents(reversed(effective))


def last_step(events: Iterable[Event]) -> tuple[Event, ...]:
    """The newest step that undo would take back, as the events it is made of; empty when there is none.

    One step is one move, one change of a note's kind, owner or date, or what was written in a note without a
    pause of more than `WRITING_PAUSE` and without beginning another sentence. A line that is typed in from
    paper (a card, what became of it, its minutes) is one step too. The deal and the description stay, and so
    does a note that took an erased one's place: without it, nothing would be left of the two.
    """
    return newest_step(effective_events(events))


def newest_step(effective: Sequence[Event]) -> tuple[Event, ...]:
    """As `last_step`, of events that count already, oldest first: looks at no more of them than it must."""
    step: list[Event] = []
    for event in reversed(effective):
        if isinstance(event, NOT_A_STEP) or _replaces_erased_note(event, effective):
            continue
        if step and not (_continues_writing(event, step[-1]) or _continues_line(event, step)):
            break
        step.append(event)
    return tuple(reversed(step))


def newest_undoable(
    effective: Sequence[Event], passed_over: Callable[[Event], bool] = lambda event: False
) -> Event | None:
    """The last event of the newest step, without a look for its first one: a note's may be an hour ago.

    What is `passed_over` is another's to take back.
    """
    for event in reversed(effective):
        if isinstance(event, NOT_A_STEP) or _replaces_erased_note(event, effective):
            continue
        if not passed_over(event):
            return event
    return None


def next_redo(events: Iterable[Event]) -> Undone | None:
    """The `Undone` that redo would take back: the newest that counts, if nothing was done since; else None.

    Redo is one more `Undone`, of that one.
    """
    known = {event.id: event for event in each_once(without_erased(events))}
    undone: set[Id] = set()
    for event in sorted(known.values(), key=by_id, reverse=True):
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


def is_redo(event: Event, find: Callable[[Id], Event | None]) -> bool:
    """True for an `Undone` that lets count again what another one, found by its id, has taken back."""
    return isinstance(event, Undone) and any(isinstance(find(id), Undone) for id in event.events)


def ends_redo(event: Event) -> bool:
    """True for an event after which what was undone before it is not redone: a new act."""
    return not isinstance(event, (Undone, Erased, UnknownEvent, *NOT_A_STEP))


def _replaces_erased_note(event: Event, effective: Sequence[Event]) -> bool:
    """True for the first version of a note that goes on where another one was erased."""
    if not isinstance(event, Noted) or event.id != event.note or event.after is None:
        return False
    return not any(isinstance(other, Noted) and other.id == event.after for other in effective)


def _continues_writing(event: Event, later: Event) -> bool:
    if not (isinstance(event, Noted) and isinstance(later, Noted) and event.note == later.note):
        return False
    same = (event.kind, event.owner, event.due) == (later.kind, later.owner, later.due)
    return same and later.at - event.at <= WRITING_PAUSE and not _begins_sentence(event.text, later.text)


def _continues_line(event: Event, step: Sequence[Event]) -> bool:
    """True when a step is the end of a line that was typed in, and an event came just before it."""
    newest, later = step[0], step[-1]
    if not (isinstance(newest, MinutesTold) and isinstance(event, CardEvent)):
        return False
    return event.card == newest.card and later.at - event.at <= LINE_PAUSE


_SENTENCE_END = re.compile(r"[.!?…\n]\s*\Z")


def _begins_sentence(before: str, after: str) -> bool:
    """True when a text stood at the end of a sentence and has changed by more than blanks since."""
    return _SENTENCE_END.search(before) is not None and before.strip() != after.strip()
