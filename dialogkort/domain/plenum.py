"""Themes of a plenum, folded from its events: notes of several groups laid together under a name.

A plenum is a coding project, and a theme is a code of it: what the room does is said by one coder, `ROOM`.
So it is read, compared and exchanged like any other coding. A note lies under one theme or under none.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from dialogkort.domain.coding import Code, Reading, codebook, readings
from dialogkort.domain.event_ids import Id
from dialogkort.domain.events import Event, PlenumOpened, PlenumStep
from dialogkort.domain.undo import effective_events

ROOM = "Plenum"  # the coder in whose name notes are laid together


@dataclass(frozen=True)
class Theme:
    """A theme as it reads now; `notes` in the order they were laid there."""

    id: Id
    name: str
    notes: tuple[Id, ...] = ()


def themes(events: Iterable[Event]) -> tuple[Theme, ...]:
    """The themes in use, in the order they were named.

    Examples
    --------
    >>> from dialogkort.domain.event_ids import new_id
    >>> from dialogkort.domain.events import Coded, CodeDefined
    >>> plenum, session, note, theme = map(new_id, range(4))
    >>> named = CodeDefined(id=new_id(5), session=plenum, code=theme, name="Tid", coder=ROOM)
    >>> laid = Coded(id=new_id(6), session=plenum, note=note, noted_in=session, code=theme, coder=ROOM)
    >>> [(one.name, one.notes == (note,)) for one in themes([named, laid])]
    [('Tid', True)]
    """
    events = effective_events(events)
    laid: dict[Id, list[tuple[Id, Id]]] = {}
    codes = codebook(events)
    of_code = {code.id: code for code in codes}
    for (note, coder), reading in readings(events).items():
        if coder == ROOM and (theme := theme_of(reading, of_code)):
            laid.setdefault(theme, []).append((reading.deciding_events[theme], note))
    return tuple(
        Theme(code.id, code.name, tuple(note for _, note in sorted(laid.get(code.id, ()))))
        for code in codes
        if not code.retired
    )


def theme_of(reading: Reading, codes: dict[Id, Code]) -> Id | None:
    """The theme that a note lies under; where two rooms were put together, the one that was said last."""
    in_use = [code for code in reading.codes if code in codes and not codes[code].retired]
    return max(in_use, key=lambda code: reading.deciding_events[code], default=None)


def sessions_of(events: Iterable[Event]) -> frozenset[Id]:
    """The sessions that a plenum was opened for; empty for a coding project that is none."""
    opened = (event for event in effective_events(events) if isinstance(event, PlenumOpened))
    return frozenset(session for event in opened for session in event.sessions)


def last_step(events: Iterable[Event]) -> tuple[Event, ...]:
    """The room's newest act, as the events it is made of and the mark of it; empty when there is none."""
    events = effective_events(events)
    mark = next((event for event in reversed(events) if isinstance(event, PlenumStep)), None)
    if mark is None:
        return ()
    return (*(event for event in events if event.id in mark.events), mark)
