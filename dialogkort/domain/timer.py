"""The group's timer: a fold over what was set, started, extended and stopped, and over the cards turned.

It moves nothing. What is undone counts no more: with a card that was turned by mistake its time goes too.
"""

from dataclasses import dataclass, replace

from dialogkort.domain.event_ids import Id
from dialogkort.domain.events import (
    CardEvent,
    Ended,
    Event,
    TimerExtended,
    TimerSet,
    TimerStart,
    TimerStarted,
    TimerStopped,
    Turned,
)
from dialogkort.domain.outcomes import outcome_of

DEFAULT_SECONDS = 300


@dataclass(frozen=True)
class TimerRun:
    """A timer that runs, or has run out: since when, until when (ms since 1970), and for which card, if any.

    `id` is that of the event it was started by.
    """

    id: Id
    started_at: int
    ends_at: int
    card: str | None = None


@dataclass(frozen=True)
class Timer:
    """The timer as it is set (`seconds`, `starts`), and its `run`; None while it stands still.

    Examples
    --------
    >>> from dialogkort.domain.event_ids import new_id
    >>> session = new_id(1_000)
    >>> started = Timer().after(TimerStarted(id=new_id(60_000), session=session, seconds=120))
    >>> started.run.ends_at
    180000
    >>> started.after(TimerStopped(id=new_id(70_000), session=session)).run is None
    True
    """

    seconds: int = DEFAULT_SECONDS
    starts: TimerStart = TimerStart.NEVER
    run: TimerRun | None = None

    def after(self, event: Event) -> "Timer":
        """The timer when an event has happened that the table's rules allow."""
        match event:
            case TimerSet(seconds=seconds, starts=starts):
                return Timer(seconds, starts, None if starts is TimerStart.NEVER else self.run)
            case TimerStarted(seconds=seconds):
                return self._started(event, seconds)
            case Turned(card=card) if self.starts is TimerStart.WITH_CARD:
                return self._started(event, self.seconds, card)
            case TimerExtended(seconds=seconds) if self.run is not None:
                ends_at = max(self.run.ends_at, event.at) + seconds * 1000
                return replace(self, run=replace(self.run, ends_at=ends_at))
            case TimerStopped() | Ended():
                return replace(self, run=None)
            case CardEvent(card=card) if self.run and self.run.card == card and outcome_of(event):
                return replace(self, run=None)
        return self

    def _started(self, event: Event, seconds: int, card: str | None = None) -> "Timer":
        return replace(self, run=TimerRun(event.id, event.at, event.at + seconds * 1000, card))
