"""How much more an area got is told with what is uncertain, and not at all where nothing can be seen."""

import numpy as np
import pytest
import scipy.stats
from simulating import AREA_OF_CARD, hands
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.proportion import proportion_confint

from dialogkort.analysis.effect import against_others, ratios, t_point, wilson


def test_the_ratio_by_hand():
    """Group 1: A 8 and 4 minutes, B 3. Group 2: A 6, B 1 and 2.

    Each on one scale (Mantel & Haenszel): A (12 · 1/3) + (6 · 2/3) = 8; B (3 · 2/3) + (3 · 1/3) = 3. So 8/3.
    """
    minutes = np.array([[8.0], [4], [3], [6], [1], [2]])
    area, session = np.array([0, 0, 1, 0, 1, 1]), np.array([0, 0, 0, 1, 1, 1])
    some, others = against_others(minutes, area, session, 2)
    assert some[:, 0, 0].tolist() == pytest.approx([4, 4])
    assert others[:, 0, 0].tolist() == pytest.approx([2, 1])
    assert ratios(some, others).ratio[:, 0].tolist() == pytest.approx([8 / 3, 3 / 8])


def test_the_ratio_of_cards_discussed_is_the_mantel_haenszel_risk_ratio():
    random = np.random.default_rng(3)
    values, card, session = hands(random, 30)
    area = AREA_OF_CARD[card]
    some, others = against_others(values[:, :1], area, session, 4)
    tables = [
        [[((values[of & here, 0]) == won).sum() for won in (1, 0)] for here in (area == 1, area != 1)]
        for of in (session == one for one in range(30))
    ]
    tables = np.array([each for each in tables if min(map(sum, each)) > 0], float)
    assert ratios(some, others).ratio[1, 0] == pytest.approx(
        StratifiedTable(tables.transpose(1, 2, 0)).riskratio_pooled
    )


@pytest.mark.parametrize("groups, uneven", [(6, False), (12, False), (30, False), (30, True)])
def test_the_interval_holds_the_true_ratio_in_19_of_20_cases(groups, uneven):
    """Nobody prefers anything: the true ratio is 1. At most 8 % of intervals miss it, of any measure."""
    random = np.random.default_rng(groups)
    missed = np.zeros(3)
    for _ in range(300):
        values, card, session = hands(random, groups, uneven=uneven)
        found = ratios(*against_others(values, AREA_OF_CARD[card], session, 4))
        missed += (found.low[1] > 1) | (found.high[1] < 1)
    assert (missed / 300 <= 0.08).all()


def test_of_a_planted_doubling_the_interval_holds_2():
    random = np.random.default_rng(4)
    missed = 0
    for _ in range(300):
        values, card, session = hands(random, 24, np.ones(24, bool))
        found = ratios(*against_others(values, AREA_OF_CARD[card], session, 4))
        missed += not found.low[1, 0] <= 2 <= found.high[1, 0]
    assert missed / 300 <= 0.08


def test_where_nothing_can_be_seen_nothing_is_told():
    values, area = np.array([[5.0], [3.0], [2.0]]), np.array([0, 0, 0])
    of_one_area = ratios(*against_others(values, area, np.array([0, 0, 1]), 2))
    assert np.isnan(of_one_area.ratio).all() and np.isnan(of_one_area.low).all()


def test_of_one_or_two_groups_there_is_a_ratio_but_no_interval():
    values, area = np.array([[5.0], [3.0], [2.0], [4.0]]), np.array([0, 1, 0, 1])
    found = ratios(*against_others(values, area, np.array([0, 0, 1, 1]), 2))
    assert found.ratio[0, 0] == pytest.approx(1.0)
    assert np.isnan(found.low).all() and np.isnan(found.high).all()


def test_where_all_groups_do_exactly_alike_no_certainty_is_claimed():
    values, area = np.ones((8, 1)), np.tile([0, 1], 4)
    found = ratios(*against_others(values, area, np.repeat(range(4), 2), 2))
    assert found.ratio[0, 0] == 1 and np.isnan(found.low[0, 0])


@pytest.mark.parametrize("freedom", [1, 2, 3.7, 12, 240, 1999, 5000])
@pytest.mark.parametrize("tail", [0.025, 0.05 / 24, 0.05 / 300])
def test_students_t_agrees_with_scipy(freedom, tail):
    assert t_point(tail, np.array([freedom]))[0] == pytest.approx(scipy.stats.t.isf(tail, freedom), rel=2e-3)


@pytest.mark.parametrize("count, of", [(0, 1), (1, 1), (0, 8), (3, 8), (8, 8), (40, 66), (999, 1000)])
def test_the_interval_of_a_share_agrees_with_statsmodels(count, of):
    low, high = wilson(np.array([count]), np.array([of]))
    assert (low[0], high[0]) == pytest.approx(proportion_confint(count, of, method="wilson"), abs=1e-9)


def test_of_no_draws_there_is_no_share():
    assert np.isnan(wilson(np.array([0]), np.array([0]))).all()
