"""Votes of a room on what matters most, folded from a plenum's events: nobody sees them before they close.

Themes or notes stand to vote. Hands that somebody counts in the room, votes from phones and hands that a
group counts at its table come to one sum. A device has no name: what is kept of it is for one vote alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from dialogkort.domain.event_ids import NO_ID, Id
from dialogkort.domain.events import (
    Event,
    HandsCounted,
    Undone,
    VoteCast,
    VoteOpened,
    VotesShown,
    VoteSubject,
)
from dialogkort.domain.undo import effective_events

_OF_VOTES = (VoteOpened, VoteCast, HandsCounted, VotesShown)


class VoteResult(NamedTuple):
    """What an item got: `hands` counted, `dots` from phones; `rank` 1 is most, and equals share one."""

    item: Id
    rank: int
    hands: int
    dots: int

    @property
    def total(self) -> int:
        """Hands and dots together."""
        return self.hands + self.dots


@dataclass(frozen=True)
class Vote:
    """A vote as it stands: `counted` are hands by item, `ballots` what was cast by voter.

    Examples
    --------
    >>> from dialogkort.domain.event_ids import new_id
    >>> plenum, one, other = map(new_id, range(3))
    >>> opened = VoteOpened(id=new_id(4), session=plenum, items=(one, other), subject=VoteSubject.THEMES)
    >>> cast = VoteCast(id=new_id(5), session=plenum, vote=opened.id, voter="a", items=(other,))
    >>> vote = Vote.of(opened).after(cast)
    >>> vote.voters, [result.item == other for result in vote.results]
    (1, [True, False])
    """

    id: Id
    subject: VoteSubject
    items: tuple[Id, ...]
    choices: int = 1
    counted: Mapping[Id, int] = field(default_factory=dict)
    ballots: Mapping[str, VoteCast] = field(default_factory=dict)
    is_shown: bool = False

    @classmethod
    def of(cls, opened: VoteOpened) -> "Vote":
        """A vote that nobody has voted in."""
        return cls(opened.id, opened.subject, opened.items, opened.choices)

    def after(self, event: Event) -> "Vote":
        """The vote when an event has happened; while it is shown nobody votes."""
        match event:
            case VotesShown(is_shown=is_shown):
                return replace(self, is_shown=is_shown)
            case HandsCounted(note=item, hands=hands) if item in self.items and not self.is_shown:
                others = {other: count for other, count in self.counted.items() if other != item}
                return replace(self, counted=others if hands is None else {**others, item: hands})
            case VoteCast(vote=self.id, voter=voter) if not self.is_shown:
                return replace(self, ballots={**self.ballots, voter: event})
        return self

    @property
    def voters(self) -> int:
        """How many phones and tables have a vote in it."""
        return sum(bool(ballot.items) for ballot in self.ballots.values())

    @property
    def results(self) -> tuple[VoteResult, ...]:
        """What every item got, most first; what got as much, in the order it stood to vote."""
        hands = {item: self.counted.get(item, 0) for item in self.items}
        dots = dict.fromkeys(self.items, 0)
        for ballot in self.ballots.values():
            for item, count in ballot.counts:
                if item in dots:
                    (hands if ballot.hands else dots)[item] += count
        totals = {item: hands[item] + dots[item] for item in self.items}
        ranked = sorted(self.items, key=lambda item: -totals[item])
        return tuple(
            VoteResult(
                item, 1 + sum(total > totals[item] for total in totals.values()), hands[item], dots[item]
            )
            for item in ranked
        )


def votes(events: Iterable[Event]) -> tuple[Vote, ...]:
    """All votes of a plenum, in the order they were opened; what was opened anew stands for itself."""
    opened_votes: list[Vote] = []
    for event in effective_events(events):
        if isinstance(event, VoteOpened):
            opened_votes.append(Vote.of(event))
        elif opened_votes:
            opened_votes[-1] = opened_votes[-1].after(event)
    return tuple(opened_votes)


def without_hidden_votes(events: Iterable[Event]) -> list[Event]:
    """The events without hands and votes that nobody has been shown: of a plenum, or of a session.

    For whatever leaves the place where they are kept. Of a vote that is open, as it was or again, nothing
    but that it was opened is left.
    """
    events = list(events)
    by_session: dict[Id, list[Event]] = {}
    for event in events:
        if isinstance(event, (*_OF_VOTES, Undone)):
            by_session.setdefault(event.session, []).append(event)
    shown = {event.id for of_session in by_session.values() for event in _shown(of_session)}
    return [event for event in events if not isinstance(event, VoteCast | HandsCounted) or event.id in shown]


def _shown(events: list[Event]) -> Iterable[Event]:
    """The hands and votes of one session or plenum that are shown as things stand."""
    shown: list[Event] = []  # of earlier votes
    newest: list[Event] = []  # of the vote that was opened last
    opened, is_shown = NO_ID, False
    for event in effective_events(events):
        match event:
            case VoteOpened():
                shown += newest if is_shown else []
                newest, is_shown, opened = [], False, event.id
            case VotesShown():
                is_shown = event.is_shown
            case VoteCast(vote=vote) if vote == opened:
                newest.append(event)
            case HandsCounted():
                newest.append(event)
    return shown + (newest if is_shown else [])
