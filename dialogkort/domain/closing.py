"""End of a session, and coming back to it: a fold over ratings, statuses of steps, follow-ups and hands.

Nobody answers the closing question by name: the answers are told in the order of their numbers and words, so
that who answered first is not seen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from dialogkort.domain.event_ids import Id
from dialogkort.domain.events import (
    Event,
    FollowUpMarked,
    HandsCounted,
    Rated,
    RatingsShown,
    RetentionSet,
    StepStatus,
    StepStatusSet,
    VotesShown,
    by_id,
)
from dialogkort.domain.limits import RATINGS_SHOWN_FROM


class Rating(NamedTuple):
    """An answer to the closing question: 1 to 5, and a word, which may be empty."""

    rating: int
    word: str


class StatusOfStep(NamedTuple):
    """What has become of a next step, in a word; said at `at` (ms since 1970)."""

    status: StepStatus
    word: str
    at: int


@dataclass(frozen=True)
class Closing:
    """What was said at the end of a session, and at the beginning of one that follows up another.

    `ratings` are sorted by number and word. `keep_until` is a day (ISO 8601), or empty. `follows` are the
    sessions it follows up. `statuses` and `hands` are by note.

    Examples
    --------
    >>> from dialogkort.domain.event_ids import new_id
    >>> session = new_id(1_000)
    >>> answers = [Rated(id=new_id(at), session=session, rating=6 - at, word="") for at in (1, 2, 3)]
    >>> closing = Closing()
    >>> for event in answers:
    ...     closing = closing.after(event)
    >>> [answer.rating for answer in closing.ratings], closing.can_show_ratings
    ([3, 4, 5], True)
    """

    ratings: tuple[Rating, ...] = ()
    ratings_shown: bool = False
    keep_until: str = ""
    follows: tuple[Id, ...] = ()
    statuses: Mapping[Id, StatusOfStep] = field(default_factory=dict)
    hands: Mapping[Id, int] = field(default_factory=dict)
    votes_shown: bool = False

    @property
    def can_show_ratings(self) -> bool:
        """True when there are so many answers that none can be told for somebody's."""
        return len(self.ratings) >= RATINGS_SHOWN_FROM

    @property
    def shown_ratings(self) -> tuple[Rating, ...]:
        """The answers, when the group has had them shown; none before."""
        return self.ratings if self.ratings_shown else ()

    @property
    def shown_hands(self) -> Mapping[Id, int]:
        """The hands by note, when the room has seen them; none before."""
        return self.hands if self.votes_shown else {}

    @property
    def rating_mean(self) -> float | None:
        """The mean of the answers; None as long as the group has not had them shown."""
        if not self.ratings_shown:
            return None
        return sum(answer.rating for answer in self.ratings) / len(self.ratings)

    def after(self, event: Event) -> "Closing":
        """What there is when an event has happened."""
        match event:
            case Rated(rating=rating, word=word) if not self.ratings_shown:
                return replace(self, ratings=tuple(sorted((*self.ratings, Rating(rating, word)))))
            case RatingsShown() if self.can_show_ratings:
                return replace(self, ratings_shown=True)
            case StepStatusSet(note=note, status=status, word=word, at=at):
                newest = StatusOfStep(status, word, at)
                return replace(self, statuses={**self.statuses, note: newest})
            case FollowUpMarked(follows=follows):
                return replace(self, follows=follows)
            case RetentionSet(until=until):
                return replace(self, keep_until=until)
            case HandsCounted(note=note, hands=hands):
                others = {other: count for other, count in self.hands.items() if other != note}
                return replace(self, hands=others if hands is None else {**others, note: hands})
            case VotesShown(is_shown=is_shown):
                return replace(self, votes_shown=is_shown)
        return self


def without_hidden_answers(events: Iterable[Event]) -> list[Event]:
    """The events of sessions without answers to the closing question that have not been shown.

    For whatever leaves the place where it is kept: with its time an answer may say whose it is.
    """
    events = list(events)
    closings: dict[Id, Closing] = {}
    for event in sorted((event for event in events if isinstance(event, (Rated, RatingsShown))), key=by_id):
        closings[event.session] = closings.get(event.session, Closing()).after(event)
    return [
        event for event in events if not isinstance(event, Rated) or closings[event.session].ratings_shown
    ]
