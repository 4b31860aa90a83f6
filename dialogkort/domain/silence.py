"""Silent rounds: before the talk everybody writes about a card alone, and then all of it is shown at once.

What is handed in belongs to nobody until it is shown, and to the group only when the group keeps it: then it
is a note (`Noted`) under the same id. No name is told with it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from types import MappingProxyType

from dialogkort.domain.event_ids import NO_ID, Id
from dialogkort.domain.events import Event, SilenceBegun, SilenceEnded, SilentlyNoted
from dialogkort.domain.undo import effective_events


@dataclass(frozen=True)
class SilentRound:
    """What was written in silence about a card.

    `begun` and `ended` are ids of events; `waiting` was handed in and nobody sees it, `shown` the group does.
    """

    begun: Id
    ended: Id = NO_ID
    is_open: bool = True
    waiting: tuple[SilentlyNoted, ...] = ()
    shown: tuple[SilentlyNoted, ...] = ()

    def takes(self, id: Id) -> bool:
        """Whether what was written with this id belongs to the round, also when it comes late."""
        return self.begun < id and (self.is_open or id < self.ended)


@dataclass(frozen=True)
class Silence:
    """The silent rounds of a session, by card.

    Examples
    --------
    >>> from dialogkort.domain.event_ids import new_id
    >>> session = new_id(1)
    >>> round = Silence().after(SilenceBegun(id=new_id(2), session=session, card="k-01"))
    >>> note = new_id(3)
    >>> written = SilentlyNoted(id=note, session=session, note=note, card="k-01", text="Vi mangler tid")
    >>> round = round.after(written)
    >>> round.shown_notes
    frozenset()
    >>> shown = round.after(SilenceEnded(id=new_id(4), session=session, card="k-01"))
    >>> shown.shown_notes == {note}
    True
    """

    rounds: Mapping[str, SilentRound] = field(default_factory=lambda: MappingProxyType({}))

    def after(self, event: Event) -> "Silence":
        """The rounds when an event has happened that the table's rules allow."""
        match event:
            case SilenceBegun(card=card):
                former = self.rounds.get(card)
                anew = replace(former, is_open=True) if former else SilentRound(event.id)
                return self._with(card, anew if anew.waiting else replace(anew, begun=event.id))
            case SilentlyNoted(card=card) if (round := self.rounds.get(card)) and round.is_open:
                return self._with(card, replace(round, waiting=(*round.waiting, event)))
            case SilenceEnded(card=card) if (round := self.rounds.get(card)) and round.is_open:
                shown = (*round.shown, *in_no_order(round))
                ended = replace(round, ended=event.id, is_open=False, waiting=(), shown=shown)
                return self._with(card, ended)
        return self

    @property
    def shown_notes(self) -> frozenset[Id]:
        """The ids of all that was shown."""
        return frozenset(note.note for round in self.rounds.values() for note in round.shown)

    def _with(self, card: str, round: SilentRound) -> "Silence":
        return Silence(MappingProxyType({**self.rounds, card: round}))


def in_no_order(round: SilentRound) -> list[SilentlyNoted]:
    """What waits in a round, in an order that says nothing of when it came: the same one everywhere."""

    def drawn(note: SilentlyNoted) -> str:
        return sha256(f"{round.begun} {note.note}".encode()).hexdigest()

    return sorted(round.waiting, key=drawn)


def without_hidden_notes(events: Iterable[Event]) -> list[Event]:
    """The events of sessions without what was written in silence and has not been shown.

    For whatever leaves the place where it is kept.
    """
    events = list(events)
    sessions = {event.session for event in events if isinstance(event, SilentlyNoted)}
    by_session: dict[Id, list[Event]] = {session: [] for session in sessions}
    for event in events if sessions else ():
        if event.session in by_session:
            by_session[event.session].append(event)
    shown: set[Id] = set()
    for of_session in by_session.values():
        silence = Silence()
        for event in effective_events(of_session):
            silence = silence.after(event)
        shown |= silence.shown_notes
    return [event for event in events if not isinstance(event, SilentlyNoted) or event.note in shown]
