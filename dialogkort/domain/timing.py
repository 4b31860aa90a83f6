"""Time first: how many cards a workshop has time for, and what is to begin when."""

from dataclasses import dataclass
from typing import NamedTuple

_DAY = 24 * 60


class Step(NamedTuple):
    """Something that begins at a minute of the workshop and takes some: `what`, and a card's `number`."""

    what: str  # opening, card, break, plenum, end
    begins: int
    minutes: int
    number: int | None = None


@dataclass(frozen=True)
class Timing:
    """Minutes of the whole workshop, the opening round, a card, the plenum and the breaks.

    Examples
    --------
    >>> Timing(90).cards, Timing(60).cards, Timing(120).cards
    (14, 8, 20)
    """

    minutes: int = 90
    opening: int = 10
    per_card: int = 5
    plenum: int = 10
    breaks: int = 0

    @property
    def for_cards(self) -> int:
        """Minutes that are left for cards."""
        return max(0, self.minutes - self.opening - self.plenum - self.breaks)

    @property
    def cards(self) -> int:
        """How many cards there is time for."""
        return self.for_cards // self.per_card if self.per_card > 0 else 0

    @property
    def spare(self) -> int:
        """Minutes that are left over when the cards are done; less than a card takes."""
        return self.for_cards - self.cards * self.per_card

    @property
    def fits(self) -> bool:
        """Whether what is not for cards leaves time for one."""
        return self.cards > 0

    def script(self, on_table: int | None = None) -> tuple[Step, ...]:
        """What begins when, from the first minute; the last step is the end.

        A break lies in the middle of the cards. What is left over comes before the plenum, which is on time.
        With fewer cards `on_table` than there is time for, each of them gets as much longer.

        Parameters
        ----------
        on_table : int, optional
            How many cards there are; as many as there is time for when left out.

        Returns
        -------
        tuple of Step
            In the order of their beginnings.

        Examples
        --------
        >>> [step.begins for step in Timing(45).script() if step.what == "card"]
        [10, 15, 20, 25, 30]
        """
        cards = self.cards if on_table is None else min(self.cards, on_table)
        each = self.for_cards // cards if cards else 0
        each = max(each, self.per_card) if cards < self.cards else self.per_card
        steps = [Step("opening", 0, self.opening)] if self.opening else []
        minute = self.opening
        for number in range(1, cards + 1):
            if self.breaks and number == cards // 2 + 1:
                steps.append(Step("break", minute, self.breaks))
                minute += self.breaks
            steps.append(Step("card", minute, each, number))
            minute += each
        if self.plenum:
            steps.append(Step("plenum", self.minutes - self.plenum, self.plenum))
        return (*steps, Step("end", self.minutes, 0))


def clock_time(starts: str, minute: int) -> str:
    """The time of day some minutes after one that is written as `09:10`; past midnight it begins anew.

    Examples
    --------
    >>> clock_time("09:10", 55)
    '10:05'
    """
    hours, minutes = starts.split(":")
    hour, past = divmod((int(hours) * 60 + int(minutes) + minute) % _DAY, 60)
    return f"{hour:02d}:{past:02d}"
