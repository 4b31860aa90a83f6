"""What is said of areas, cards, organisations and change holds, though all of them are unlike.

A small version of `python tests/bench/findings.py`, which says how often by how many groups.
"""

import numpy as np
import pytest
from error_rates import AREAS, SAY, SMALL, TRUE_OF_CARDS, coverage, false_rate, hands, power
from scipy.stats import binom
from workshop_generator import NULLS, generate

from dialogkort.analysis import crossed_effects, permutation
from dialogkort.analysis.crossed_effects import excess_of, step_down
from dialogkort.analysis.rate_ratio import ratios

SIZES = (1, 6, 24)


def two_errors_above(share: float, of):
    return of * share + 2 * np.sqrt(of * share * (1 - share))


@pytest.mark.parametrize("say", SAY)
def test_where_there_is_nothing_something_is_said_in_at_most_one_analysis_of_twenty(say, monkeypatch):
    """Six analyses of each null and size: together at most 5 % and two standard errors."""
    monkeypatch.setattr(permutation, "N_PERMUTATIONS", 199)  # fewer deals: as right, only coarser
    nulls = [null for null in NULLS.values() if not (say in TRUE_OF_CARDS and null.get("cards"))]
    message = sum(6 * false_rate(say, groups, 6, null, seed=4) for null in nulls for groups in SIZES)
    assert message <= two_errors_above(0.05, 6 * len(nulls) * len(SIZES))


@pytest.mark.parametrize("times", [1.0, 2.0])
def test_intervals_hold_the_true_ratio_in_19_of_20_cases(times):
    """Of minutes and notes, under every null: at least 95 % less two standard errors."""
    cells = [coverage(groups, 4, null, times, seed=5) for null in NULLS.values() for groups in (6, 24)]
    dealt, given = np.sum(cells, axis=0)
    assert (given - dealt <= two_errors_above(0.05, given)).all() and (given > 0.9 * 4 * len(cells)).all()


@pytest.mark.parametrize(("groups", "times", "least_share"), [(24, 2.0, 0.8), (60, 1.5, 0.8)])
def test_an_area_that_gets_more_everywhere_is_named_and_hardly_ever_another(groups, times, least_share):
    named, others = power(groups, 20, {}, 2, times)
    assert named >= least_share and others <= 0.15


def test_cards_that_are_unlike_make_an_area_uncertain_but_not_these_cards():
    """The same hands: of these cards the interval is narrower than of any cards of the area."""
    sample = generate(np.random.default_rng(1), 60, cards=0.5)
    estimates = ratios(hands(sample), AREAS)
    assert (estimates.low < estimates.cards_low).all() and (estimates.cards_high < estimates.high).all()


def test_an_area_that_got_more_is_told_once_and_the_rest_are_asked_without_it():
    sample = generate(np.random.default_rng(2), 60, area=SMALL, times=3.0)
    alone = excess_of(hands(sample), AREAS).p()
    result = step_down(hands(sample), AREAS)
    assert (np.delete(alone, SMALL, axis=0)[:, 1] < 0.05).any()  # by themselves others would have "got less"
    assert result.differs[SMALL, 1] == 1 and not np.delete(result.differs, SMALL, axis=0).any()


def test_groups_are_asked_in_any_order_and_give_the_same():
    sample = generate(np.random.default_rng(3), 12, cards=0.2, workshops=0.3)
    shuffled = np.random.default_rng(4).permutation(len(sample.card))
    one, other = hands(sample), hands(type(sample)(*(column[shuffled] for column in sample)))
    assert excess_of(one, AREAS).p() == pytest.approx(excess_of(other, AREAS).p())
    assert ratios(one, AREAS).low == pytest.approx(ratios(other, AREAS).low, rel=1e-6)


def test_the_excess_is_that_of_least_squares_with_hands_and_order_as_columns():
    import statsmodels.api as sm

    sample = generate(np.random.default_rng(5), 12)
    dealt = hands(sample)
    excess = excess_of(dealt, AREAS).value
    y = crossed_effects.relative(dealt.values, dealt.session)
    hand = (dealt.session[:, None] == np.unique(dealt.session)).astype(float)
    for part in range(AREAS):
        x = np.column_stack([dealt.part == part, dealt.place, dealt.place**2, hand]).astype(float)
        assert sm.OLS(y[:, 1], x).fit().params[0] == pytest.approx(excess[part, 1])


@pytest.mark.parametrize("unlike", [{"cards": 0.4}, {"cards": 0.4, "workshops": 0.3}], ids=["cards", "both"])
def test_a_mixed_model_with_crossed_random_effects_agrees(unlike):
    """statsmodels, REML: cards and the area in a workshop are random, the area and the order are fixed.

    The same excess, and a standard error that is the same within a third, on the average of four data sets.
    """
    excesses, errors = [], []
    for seed in range(4):
        dealt = hands(generate(np.random.default_rng(seed), 48, **unlike))
        actual = excess_of(dealt, AREAS)
        excess, error = mixed_model(dealt, SMALL)
        excesses.append((excess - actual.value[SMALL, 1]) / error)
        errors.append(np.sqrt(actual.variance()[SMALL, 1]) / error)
    assert np.abs(excesses).mean() < 0.5
    assert 0.75 < np.exp(np.log(errors).mean()) < 1.33


def mixed_model(dealt, part):
    """The excess of minutes of a part and its standard error."""
    import statsmodels.api as sm

    y = crossed_effects.freed_of_order(dealt)[:, 1]
    first = crossed_effects.run_starts(dealt.session)
    x = crossed_effects.design(dealt, part)[:, :1]
    cards = (dealt.card[:, None] == np.unique(dealt.card)).astype(float)
    together = dealt.workshop * AREAS + dealt.part
    liking = (together[:, None] == np.unique(together)).astype(float)
    within = [crossed_effects.centred(each, first) for each in (cards, liking)]
    model = sm.MixedLM(
        y,
        x,
        groups=np.zeros(len(y)),
        exog_vc=sm.regression.mixed_linear_model.VCSpec(
            ["card", "workshop"],
            [[[f"{n}" for n in range(each.shape[1])]] for each in within],
            [[each] for each in within],
        ),
    )
    fitted = model.fit(reml=True, method="lbfgs")
    return fitted.fe_params[0], fitted.bse_fe[0]


def test_two_standard_errors_are_what_they_are_called():
    assert binom.sf(two_errors_above(0.05, 200), 200, 0.05) < 0.04
