"""Rate ratios of an area's cards to the others in the same hands, with 95 % intervals.

The *ratio* r is the one by which an area's values must be divided for the area to have no excess any more
(see `crossed_effects`): 2 is twice as much per card. Its log is solved for by Newton's method, and its
variance is that of the excess at that ratio over the square of the slope there (the delta method), between
workshops and between cards; the interval is log r ± `two_variances.half_width`, where what cards draw out
multiplies and so is log-normal (`CardVariance.log_normal_dof`). Of a change there are two
ratios, and theirs is told.
"""

from typing import NamedTuple

import numpy as np

from dialogkort.analysis import crossed_effects as crossed

_STEPS, _MAX_STEP, _NEAR = 60, 1.0, 1e-7
_TINY = 1e-9


class Ratio(NamedTuple):
    """Parts × measures: the ratio, its intervals for any cards and for these, its log's variance.

    NaN where nothing could be seen: no hand with both kinds of card; no interval of fewer than two workshops.
    """

    ratio: np.ndarray
    low: np.ndarray
    high: np.ndarray
    cards_low: np.ndarray
    cards_high: np.ndarray
    variance: np.ndarray


def ratios(hands: crossed.Hands, parts: int, *, with_cards: bool = True) -> Ratio:
    """The ratio of every part, or of side 1 over side 0 where there are two.

    Each interval holds by itself. `with_cards` False when the parts are cards.
    """
    measures = hands.values.shape[1]
    if not len(hands.part):
        return Ratio(*np.full((6, parts, measures), np.nan))
    estimates = _estimates(hands, parts, [_solve(hands, part) for part in range(parts)], with_cards)
    with np.errstate(over="ignore"):
        ratio = np.exp(estimates.value)
    wide, narrow = (_interval(estimates, beyond) for beyond in (True, False))
    return Ratio(ratio, *wide, *narrow, estimates.variance())


def stepwise_ratios(hands: crossed.Hands, parts: int, step: np.ndarray | None) -> Ratio:
    """As `ratios`, but a part that was told after others (see `Finding`) is measured without those."""
    overall = ratios(hands, parts)
    if step is None:
        return overall
    for part in np.flatnonzero(step > 1):
        before = np.flatnonzero((step > 0) & (step < step[part]))
        alone = ratios(hands.where(~np.isin(hands.part, before)), parts)
        for whole, without in zip(overall, alone, strict=True):
            whole[part] = without[part]
    return overall


def _interval(estimates: crossed.Estimates, beyond: bool) -> tuple[np.ndarray, np.ndarray]:
    half_width = np.minimum(estimates.half_width(beyond_these_cards=beyond), 700)
    with np.errstate(over="ignore"):
        return np.exp(estimates.value - half_width), np.exp(estimates.value + half_width)


class _Solution(NamedTuple):
    """Of one part, by measure: the log ratio, what each card counts in it, and has beyond its hand."""

    log_ratio: np.ndarray  # measures
    weights: np.ndarray  # cards × measures
    y: np.ndarray
    mean: np.ndarray  # measures: of the values at that ratio


def _estimates(hands: crossed.Hands, parts: int, solutions: list[_Solution], with_cards: bool):
    """The log ratios with their variance, each at its own ratio."""
    variances = crossed.VarianceComponents(
        hands, parts, crossed.excess_weights(hands, parts), crossed=with_cards
    )
    y = [solution.y for solution in solutions]
    rate, dof = variances.of_workshops(y)
    cards = variances.of_cards(y)
    value = np.stack([solution.log_ratio for solution in solutions])
    size = np.stack([variances.size(solution.weights) for solution in solutions])
    shared = np.stack([crossed.shared_cards(each.weights, hands) for each in solutions])
    known = np.isfinite(value) & (size > 0)
    return crossed.Estimates(
        value,
        np.where(known, rate * size, np.nan),
        dof,
        cards.variance * shared,
        cards.error * shared,
        cards.noise * shared,
        cards.log_normal_dof(np.stack([each.mean for each in solutions])),
        crossed.correlations(hands, parts, y[0]),
    )


def _solve(hands: crossed.Hands, part: int) -> _Solution:
    """The ratio of a part for each measure, by Newton's method."""
    columns, hand = crossed.indicators(hands, part), crossed.run_starts(hands.session)
    x, order = crossed.design(hands, part), crossed.order(hands)
    values = hands.values
    log_ratio = np.zeros((columns.shape[1], values.shape[1]))
    ends = [_end(columns, measure) for measure in values.T]
    is_open = np.array([end is None for end in ends])
    by_order = x.T @ order
    for _ in range(_STEPS):
        y, slope = _at(values, columns, log_ratio, hand)
        gradient = np.concatenate(
            [
                np.einsum("nc,nkm->mck", x, slope),
                np.broadcast_to(by_order, (values.shape[1], *by_order.shape)),
            ],
            axis=2,
        )
        solved = np.linalg.pinv(gradient, rcond=1e-10)
        step = np.einsum("mkc,cm->km", solved, x.T @ y)[: len(log_ratio)]
        moved = np.clip(step, -_MAX_STEP, _MAX_STEP) * is_open
        log_ratio = log_ratio + moved
        if np.abs(moved).max(initial=0) < _NEAR:
            break
    is_open &= (np.abs(moved) < _NEAR).all(axis=0) & crossed.is_seen(x)
    zero_ends = np.array([np.nan if end is None else end for end in ends])
    weights = x @ solved[:, 0].T * is_open
    mean = (values * np.exp(-columns @ log_ratio)).mean(axis=0)
    return _Solution(np.where(is_open, log_ratio[0], zero_ends), weights, y, mean)


def _end(columns: np.ndarray, values: np.ndarray) -> float | None:
    """-inf when the part got nothing, NaN when that cannot be compared, None when there is a ratio."""
    inside = columns.any(axis=1)
    if not inside.any() or values[~inside].sum() <= _TINY:
        return np.nan
    if (columns.T @ values > _TINY).all():
        return None
    return -np.inf if columns.shape[1] == 1 else np.nan


def _at(values: np.ndarray, columns: np.ndarray, log_ratio: np.ndarray, hand: np.ndarray):
    """The values within hands when the part's are divided by its ratio; the slope."""
    divided = values * np.exp(-columns @ log_ratio)
    inside = crossed.centred(divided, hand)
    slope = crossed.centred((divided[:, None, :] * columns[:, :, None]).reshape(len(values), -1), hand)
    return inside, slope.reshape(len(values), columns.shape[1], -1)
