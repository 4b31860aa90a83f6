"""Time first: what is planned fits in the time there is, and adds up."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogkort.domain.timing import Timing, clock_time

timings = st.builds(
    Timing,
    minutes=st.integers(10, 600),
    opening=st.integers(0, 60),
    per_card=st.integers(1, 60),
    plenum=st.integers(0, 60),
    breaks=st.integers(0, 40),
)


@given(timings)
def test_what_is_planned_adds_up_to_the_time_there_is(timing):
    if timing.fits:
        cards = timing.cards * timing.per_card
        assert timing.opening + cards + timing.breaks + timing.spare + timing.plenum == timing.minutes
        assert 0 <= timing.spare < timing.per_card
    else:
        assert timing.for_cards < timing.per_card


@given(timings, st.none() | st.integers(1, 100))
def test_the_script_is_in_order_nothing_overlaps_and_it_ends_when_the_time_is_up(timing, on_table):
    if not timing.fits:
        return
    script = timing.script(on_table)
    assert script[-1] == ("end", timing.minutes, 0, None)
    for step, following in pairwise(script):
        assert step.begins + step.minutes <= following.begins
    cards = [step for step in script if step.what == "card"]
    assert [card.number for card in cards] == list(range(1, len(cards) + 1))
    assert len(cards) == min(timing.cards, timing.cards if on_table is None else on_table)
    assert all(card.minutes >= timing.per_card for card in cards)
    rest = {step.what: step.minutes for step in script if step.what in ("opening", "plenum", "break")}
    assert rest.get("opening", 0) == timing.opening and rest.get("plenum", 0) == timing.plenum


@pytest.mark.parametrize(("minutes", "cards"), [(45, 5), (60, 8), (90, 14), (120, 20)])
def test_the_usual_meetings_have_time_for_this_many_cards(minutes, cards):
    timing = Timing(minutes)
    assert timing.cards == cards
    assert timing.script()[-2].begins + timing.plenum == minutes


def test_the_break_lies_in_the_middle_of_the_cards():
    script = Timing(100, breaks=10).script()
    kinds = [step.what for step in script]
    before = kinds[: kinds.index("break")].count("card")
    assert abs(2 * before - kinds.count("card")) <= 1


def test_a_script_is_told_by_the_clock_also_past_midnight():
    assert [clock_time("09:10", minute) for minute in (0, 5, 50)] == ["09:10", "09:15", "10:00"]
    assert clock_time("23:50", 15) == "00:05"
