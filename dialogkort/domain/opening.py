"""The opening round: the questions a group talks over before its first card, and their numbers."""

from dataclasses import dataclass

from dialogkort.domain.deck import OWN_SERIES
from dialogkort.domain.events import Dealt, WorkshopPlanned
from dialogkort.domain.limits import OPENING_QUESTIONS

_LAST_USUAL = OPENING_QUESTIONS[-1]


@dataclass(frozen=True)
class Opening:
    """The questions of an opening round: the usual ones, and the facilitator's `own` beside or instead.

    Notes name a question by its number: one's own are numbered on from the usual ones, 3, 4 … also where
    those are not asked.
    """

    own: tuple[str, ...] = ()
    own_only: bool = False

    @property
    def known(self) -> tuple[int, ...]:
        """The numbers that a note may name."""
        return (*OPENING_QUESTIONS, *range(_LAST_USUAL + 1, _LAST_USUAL + 1 + len(self.own)))

    @property
    def in_round(self) -> tuple[int, ...]:
        """The numbers of the questions that the group is asked, in their order."""
        return self.known[_LAST_USUAL:] if self.own and self.own_only else self.known

    def own_words(self, number: int | None) -> str | None:
        """The words of one's own question with a number; None of a usual one, and of one that is not here."""
        if number is None or number <= _LAST_USUAL or number not in self.known:
            return None
        return self.own[number - _LAST_USUAL - 1]


def opening_of(event: Dealt | WorkshopPlanned) -> Opening:
    """The opening round of a plan, or of a group as it was dealt."""
    return Opening(event.opening_questions, event.opening_own_only)


def opening_label(number: int) -> str:
    """A question's number as people see it; one's own are numbered E1, E2 …, as one's own cards are.

    Examples
    --------
    >>> opening_label(2), opening_label(3)
    ('2', 'E1')
    """
    return str(number) if number <= _LAST_USUAL else f"{OWN_SERIES}{number - _LAST_USUAL}"
