"""The timer runs when asked to and moves nothing; undo takes back moves, and the timer only with them."""

import pytest

from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import (
    Dealt,
    Described,
    Discussed,
    Ended,
    Event,
    TimerExtended,
    TimerSet,
    TimerStart,
    TimerStarted,
    TimerStopped,
    Turned,
    Undone,
)
from dialogkort.domain.history import History
from dialogkort.domain.table import turns
from dialogkort.domain.undo import last_step

SESSION = new_id(1_000)
MINUTE = 60_000


class Afternoon:
    """A session to which events are added, a minute apart."""

    def __init__(self) -> None:
        self.now = 0
        self.events: list[Event] = [
            Described(id=SESSION, session=SESSION, workshop="W", group="1"),
            Dealt(id=new_id(2_000), session=SESSION, deck="d", seed=1, order=("a", "b")),
        ]

    def then(self, kind: type[Event], **fields: object) -> Event:
        self.now += MINUTE
        event = kind(id=new_id(self.now), session=SESSION, **fields)
        self.events.append(event)
        return event

    @property
    def run(self):
        return History(self.events).timer.run


@pytest.fixture
def afternoon() -> Afternoon:
    return Afternoon()


def test_nobody_who_never_set_a_timer_has_one(afternoon: Afternoon):
    afternoon.then(Turned, card="a")
    assert afternoon.run is None
    assert turns(afternoon.events)[0].timer is None


def test_a_timer_that_starts_with_the_card_runs_from_the_turn_to_what_became_of_the_card(
    afternoon: Afternoon,
):
    afternoon.then(TimerSet, seconds=300, starts=TimerStart.WITH_CARD)
    turned = afternoon.then(Turned, card="a")
    assert (afternoon.run.started_at, afternoon.run.ends_at) == (turned.at, turned.at + 5 * MINUTE)
    afternoon.then(TimerExtended, seconds=60)
    assert afternoon.run.ends_at == turned.at + 6 * MINUTE
    afternoon.then(Discussed, card="a")
    assert afternoon.run is None
    assert turns(afternoon.events)[0].timer == 6 * MINUTE


def test_more_time_after_the_end_counts_from_then(afternoon: Afternoon):
    afternoon.then(TimerStarted, seconds=30)
    extended = afternoon.then(TimerExtended, seconds=60)
    assert afternoon.run.ends_at == extended.at + MINUTE


def test_a_timer_by_hand_outlives_the_card_and_ends_when_it_is_stopped_set_off_or_all_is_over(
    afternoon: Afternoon,
):
    afternoon.then(Turned, card="a")
    afternoon.then(TimerStarted, seconds=900)
    afternoon.then(Discussed, card="a")
    assert afternoon.run
    for kind, fields in (
        (TimerStopped, {}),
        (TimerSet, {"seconds": 60, "starts": TimerStart.NEVER}),
        (Ended, {}),
    ):
        afternoon.then(TimerStarted, seconds=900)
        assert afternoon.run
        afternoon.then(kind, **fields)
        assert afternoon.run is None
    afternoon.then(TimerExtended, seconds=60)
    assert afternoon.run is None


def test_undo_takes_back_the_move_and_not_the_timer_and_a_misclicks_time_goes_with_it(afternoon: Afternoon):
    afternoon.then(TimerSet, seconds=300, starts=TimerStart.WITH_CARD)
    turned = afternoon.then(Turned, card="a")
    afternoon.then(TimerExtended, seconds=60)
    afternoon.then(TimerStopped)
    afternoon.then(TimerStarted, seconds=60)
    assert last_step(afternoon.events) == (turned,)
    undone = afternoon.then(Undone, events=(turned.id,))
    assert History(afternoon.events).table.current is None
    assert History(afternoon.events).timer.seconds == 300
    afternoon.then(Undone, events=(undone.id,))
    assert History(afternoon.events).table.current == "a"
