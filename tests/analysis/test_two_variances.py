"""Where two parts of a variance are estimated, p and interval are what they are called."""

import numpy as np
import pytest
import scipy.stats

from dialogkort.analysis import card_variance
from dialogkort.analysis.two_variances import half_width, p_value

DOF = [1, 2, 3.7, 12, 240, 1999, 5000]


@pytest.mark.parametrize("dof", DOF)
@pytest.mark.parametrize("t", [0.0, 0.7, -2.0, 4.5])
def test_of_one_part_p_is_students_as_scipy_has_it(dof, t):
    p = p_value(np.array([3 * t]), 9.0, dof, 0.0, 0.0)
    assert p == pytest.approx([2 * scipy.stats.t.sf(abs(t), dof)], rel=0.04)


@pytest.mark.parametrize("dof", DOF)
def test_of_one_part_the_interval_is_students_as_scipy_has_it(dof):
    assert half_width(np.array([9.0]), dof, 0.0, 0.0, 1.0) == pytest.approx(
        [3 * scipy.stats.t.isf(0.025, dof)], rel=0.02
    )


def test_a_second_part_that_is_known_exactly_and_alone_gives_the_normal_distribution():
    p = p_value(np.array([2.0]), 1e-9, 5.0, 1.0, 1e-12)
    assert p == pytest.approx([2 * scipy.stats.norm.sf(2)], rel=1e-3)


def test_the_interval_ends_where_p_is_5_in_100():
    """Where the second part is known well, so that it does not matter how it is drawn."""
    first, dof, second = np.array([0.2, 1.0, 3.0]), np.array([2.2, 6.0, 30.0]), np.array([1.0, 0.0, 0.4])
    half = half_width(first, dof, second, 0.0, 1e8)
    assert p_value(half, first, dof, second, second * np.sqrt(2 / 1e8)) == pytest.approx(0.05, rel=1e-3)


@pytest.mark.parametrize("log_sd", [0.01, 0.4, 0.5])
def test_the_mean_of_six_log_normal_cards_over_that_of_29_others_is_held_in_19_of_20_cases(log_sd):
    """Their variance is that of all 35, and nothing else varies."""
    rng, cases = np.random.default_rng(7), 2000
    cards = np.exp(rng.normal(0, log_sd, (cases, 35)))
    of_area, others = cards[:, :6], cards[:, 6:]
    value = np.log(of_area.mean(axis=1) / others.mean(axis=1))
    relative = [each / each.mean(axis=1, keepdims=True) for each in (of_area, others)]
    common = sum(((each - 1) ** 2).sum(axis=1) for each in relative) / 33
    known = card_variance.CardVariance(common, common, common, np.zeros(cases), np.full(cases, 33.0))
    variance = common * (1 / 6 + 1 / 29)
    half = half_width(variance * 1e-6, 1e3, variance, 0.0, known.log_normal_dof(np.ones(cases)))
    share = (np.abs(value) <= half).mean()
    assert share >= 0.95 - 2 * np.sqrt(0.05 * 0.95 / cases)


@pytest.mark.parametrize(("dof", "second"), [(2, 0.0), (6, 0.0), (6, 1.0), (20, 0.2), (6, 5.0)])
def test_where_nothing_is_p_is_below_5_in_100_in_at_most_one_case_of_twenty(dof, second):
    """The second part: a sum of squares of 31 cards less noise as large, at its boundary and off it."""
    rng, cases = np.random.default_rng(int(10 * second) + dof), 2000
    first = rng.chisquare(dof, cases) / dof
    noise = 1.0
    actual = np.maximum((second + noise) * rng.chisquare(31, cases) / 31 - noise, 0)
    error = np.sqrt(2 / 31 * (noise**2 + actual**2))
    value = rng.normal(0, np.sqrt(1 + second), cases)
    wrong = (p_value(value, first, float(dof), actual, error) <= 0.05).mean()
    assert wrong <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / cases)


def test_what_is_unknown_stays_unknown():
    nothing = np.nan
    unknown = [(nothing, 1, 3, 0, 0), (1, nothing, 3, 0, 0), (1, 1, nothing, 0, 0), (1, 1, 3, nothing, 0)]
    assert np.isnan([p_value(*(np.array([each]) for each in case))[0] for case in unknown]).all()


def test_cards_that_no_two_workshops_share_leave_no_variance_unknown():
    """Of what one workshop alone gave the squares are taken off; what rounding leaves is no variance."""
    values = np.linspace(0.1, 3, 30)
    card, workshop = np.array([0, 0, *range(1, 31)]), np.array([0, 1, *[0] * 30])
    cards = card_variance.CardProducts(
        np.zeros((32, 1)), card, np.zeros(32, int), workshop, 1, lambda columns: columns
    )
    with np.errstate(invalid="raise"):
        for sign in (values, values[::-1], -values, values**3):
            known = cards.variance(np.array([0, 0, *sign])[:, None])
            assert np.isfinite(known.variance).all() and np.isfinite(known.error).all()
