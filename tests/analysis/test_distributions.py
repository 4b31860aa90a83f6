"""What the analysis needs of distributions is what scipy and statsmodels say; many looks are allowed for."""

import numpy as np
import pytest

from dialogkort.analysis.distributions import adjusted_p, wilson


def test_what_is_unknown_stays_unknown():
    assert np.isnan(adjusted_p(np.full((2, 2), np.nan), np.eye(2), np.eye(2))).all()


def test_p_of_many_looks_lies_between_that_of_one_and_bonferronis():
    from statsmodels.stats.multitest import multipletests

    p = np.array([[0.001, 0.02, 0.3], [0.004, 0.6, np.nan]])
    alike = np.array([[1, 0.9], [0.9, 1]])
    adjusted = adjusted_p(p, alike, np.full((3, 3), 0.8) + 0.2 * np.eye(3))
    known = ~np.isnan(p)
    bonferroni = multipletests(p[known], method="bonferroni")[1]
    assert (adjusted[known] >= p[known]).all() and (adjusted[known] <= bonferroni + 1e-12).all()
    assert np.isnan(adjusted[~known]).all()


def test_of_looks_that_have_nothing_in_common_it_is_sidaks():
    from statsmodels.stats.multitest import multipletests

    p = np.array([[0.01, 0.04], [0.2, 0.5]])
    adjusted = adjusted_p(p, np.eye(2), np.eye(2))
    assert adjusted.ravel() == pytest.approx(multipletests(p.ravel(), method="sidak")[1], abs=0.02)


def test_of_looks_that_are_one_and_the_same_it_is_that_of_one():
    adjusted = adjusted_p(np.array([[0.03, 0.03]]), np.eye(1), np.ones((2, 2)))
    assert adjusted[0] == pytest.approx([0.03, 0.03], abs=0.006)


@pytest.mark.parametrize("count, of", [(0, 1), (1, 1), (0, 8), (3, 8), (8, 8), (40, 66), (999, 1000)])
def test_the_interval_of_a_share_agrees_with_statsmodels(count, of):
    from statsmodels.stats.proportion import proportion_confint

    low, high = wilson(np.array([count]), np.array([of]))
    assert (low[0], high[0]) == pytest.approx(proportion_confint(count, of, method="wilson"), abs=1e-9)


def test_of_no_draws_there_is_no_share():
    assert np.isnan(wilson(np.array([0]), np.array([0]))).all()
