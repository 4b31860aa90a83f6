"""How much more an area got is told with what is uncertain, and not at all where nothing can be seen."""

import numpy as np
import pytest
from error_rates import AREAS, SMALL, hands
from workshop_generator import generate

from dialogkort.analysis import crossed_effects
from dialogkort.analysis.rate_ratio import ratios


def of(minutes, area, session, workshop=None):
    """Cards 0, 1, … in the order they are told in."""
    minutes, area, session = np.array(minutes, float)[:, None], np.array(area), np.array(session)
    workshop = session if workshop is None else np.array(workshop)
    location = np.zeros(len(area))
    return crossed_effects.sorted_hands(minutes, area, np.arange(len(area)), session, workshop, location)


def test_the_ratio_by_hand():
    """Two groups with two cards each, of A and of B: 8 and 2 minutes, 2 and 8.

    The ratio r evens them out: 8/r over the mean of (8/r, 2), and 2/r over that of (2/r, 8), are 1 on average
    at r = 1. With 8 and 2 in both it is 4.
    """
    assert ratios(of([8, 2, 2, 8], [0, 1, 0, 1], [0, 0, 1, 1]), 2).ratio[:, 0] == pytest.approx([1, 1])
    assert ratios(of([8, 2, 8, 2], [0, 1, 0, 1], [0, 0, 1, 1]), 2).ratio[:, 0] == pytest.approx([4, 1 / 4])


def test_without_an_order_it_is_the_mantel_haenszel_risk_ratio_of_statsmodels():
    from statsmodels.stats.contingency_tables import (
        StratifiedTable,
    )

    sample = generate(np.random.default_rng(3), 30)
    sample = sample._replace(place=np.zeros(len(sample.card)))
    inside, won = sample.area == SMALL, sample.values[:, 0] > 0
    groups = [sample.session == each for each in range(30)]
    tables = np.array(
        [[[(won & g & s).sum(), (~won & g & s).sum()] for s in (inside, ~inside)] for g in groups]
    )
    tables = tables[tables.sum(axis=2).min(axis=1) > 0].astype(float)
    expected = StratifiedTable(tables.transpose(1, 2, 0)).riskratio_pooled
    assert ratios(hands(sample), AREAS).ratio[SMALL, 0] == pytest.approx(expected)


def test_an_area_that_got_nothing_has_the_ratio_nought_and_no_interval():
    estimates = ratios(of([0, 2, 0, 8], [0, 1, 0, 1], [0, 0, 1, 1]), 2)
    assert estimates.ratio[0, 0] == 0 and np.isnan(estimates.ratio[1, 0]) and np.isnan(estimates.low).all()


def test_where_no_hand_has_both_kinds_of_card_nothing_is_told():
    estimates = ratios(of([5, 3, 2], [0, 0, 1], [0, 0, 1]), 2)
    assert np.isnan(estimates.low).all() and np.isnan(estimates.high).all()


def test_of_one_workshop_there_is_a_ratio_but_no_interval():
    estimates = ratios(of([5, 3, 2, 4], [0, 1, 0, 1], [0, 0, 1, 1], [0, 0, 0, 0]), 2)
    assert estimates.ratio[0, 0] > 0
    assert all(
        np.isnan(end).all()
        for end in (estimates.low, estimates.high, estimates.cards_low, estimates.cards_high)
    )


def test_where_all_groups_do_exactly_alike_no_certainty_is_claimed():
    estimates = ratios(of(np.ones(16), [0, 1] * 8, np.repeat(range(8), 2)), 2)
    assert estimates.ratio[0, 0] == pytest.approx(1) and np.isnan(estimates.cards_low[0, 0])


def test_twice_the_minutes_give_twice_the_ratio_and_an_interval_as_wide():
    sample = generate(np.random.default_rng(1), 24, cards=0.2, workshops=0.3)
    values = sample.values.copy()
    values[sample.area == SMALL, 1] *= 2
    one, twice = ratios(hands(sample), AREAS), ratios(hands(sample._replace(values=values)), AREAS)
    assert twice.ratio[SMALL, 1] == pytest.approx(2 * one.ratio[SMALL, 1])
    width = np.log(one.cards_high / one.cards_low)[SMALL, 1]
    assert np.log(twice.cards_high / twice.cards_low)[SMALL, 1] == pytest.approx(width, rel=0.2)


def test_the_change_is_the_ratio_of_the_second_side_over_that_of_the_first():
    sample = generate(np.random.default_rng(2), 48)
    side = sample.workshop % 2
    change = ratios(hands(sample, side=side), AREAS).ratio
    sides = [
        ratios(hands(type(sample)(*(column[side == each] for column in sample))), AREAS).ratio
        for each in (0, 1)
    ]
    assert change == pytest.approx(sides[1] / sides[0], rel=0.05)
