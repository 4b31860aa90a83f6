"""Scope of an erasure: the events it takes along, wherever they are kept.

A note goes in all its versions, with what coders have said of it in projects of their own, and with what a
later meeting has said of a next step. Only the marker (`Erased`) stays.
"""

from collections.abc import Container, Iterable

from dialogkort.domain.event_ids import Id
from dialogkort.domain.events import KINDS, OF_A_NOTE, OF_A_NOTE_ELSEWHERE, Erased, Event, UnknownEvent

# The kinds, by name, that no erasure of a note takes away. Of a kind that is not known nobody can say so.
KINDS_WITHOUT_NOTE = tuple(
    name for name, kind in KINDS.items() if not issubclass(kind, (*OF_A_NOTE, *OF_A_NOTE_ELSEWHERE))
)


def without_erased(events: Iterable[Event]) -> list[Event]:
    """The events that no erasure among them covers, and the erasures, in the order they were given."""
    events = list(events)
    erased = {(event.session, event.note) for event in events if isinstance(event, Erased)}
    return [event for event in events if not is_covered(event, erased)] if erased else events


def is_covered(event: Event, erased: Container[tuple[Id, Id | None]]) -> bool:
    """True when an event belongs to what was `erased`: pairs of a session and a note (None: all of it).

    What coders have said of a note, or a later meeting of a next step, belongs to it wherever it is kept.
    """
    if isinstance(event, Erased):
        return False
    if (event.session, None) in erased:
        return True
    session, note = note_of(event)
    return session is not None and ((session, note) in erased or (session, None) in erased)


def note_of(event: Event) -> tuple[Id, Id | None] | tuple[None, None]:
    """The session and the note that an event speaks of (no note: of the whole session); else twice None."""
    if isinstance(event, OF_A_NOTE):
        return event.session, event.note
    if isinstance(event, OF_A_NOTE_ELSEWHERE):
        return event.noted_in, event.note
    if isinstance(event, UnknownEvent) and (event.note or event.noted_in):
        return event.noted_in or event.session, event.note
    return None, None


def sessions_concerned(event: Event) -> tuple[Id, ...]:
    """The sessions whose erasure takes an event along: its own, and the one of the note it speaks of."""
    session, _ = note_of(event)
    return (event.session,) if session is None or session == event.session else (event.session, session)
