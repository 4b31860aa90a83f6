"""Rate ratios of an area's cards to the others in the same hands, with 95 % intervals.

The *ratio* r is the one by which an area's values must be divided for the area to have no excess any more
(see `crossed_effects`): 2 is twice as much per card. Its log is solved for by Newton's method, and its
variance is that of the excess at that ratio over the square of the slope there (the delta method), between
workshops and between cards; the interval is log r ± t standard errors. Of a change there are two ratios, and
theirs is told.
"""

from typing import NamedTuple

import numpy as np

from dialogkort.analysis import crossed_effects as crossed
from dialogkort.analysis.distributions import LEVEL, t_point

_STEPS, _LONGEST_STEP, _NEAR = 60, 1.0, 1e-7
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
    fits = [_ratio(hands, part) for part in range(parts)]
    estimates = crossed.estimates(hands, fits, parts, crossed=with_cards)
    with np.errstate(over="ignore"):
        ratio = np.exp(estimates.value)
    wide, narrow = (_interval(estimates, beyond) for beyond in (True, False))
    return Ratio(ratio, *wide, *narrow, estimates.variance()[0])


def stepwise_ratios(hands: crossed.Hands, parts: int, step: np.ndarray | None) -> Ratio:
    """As `ratios`, but a part that was told after others (see `Finding`) is measured without those."""
    overall = ratios(hands, parts)
    for part in np.flatnonzero(step > 1) if step is not None else ():
        before = np.flatnonzero((step > 0) & (step < step[part]))
        alone = ratios(hands.where(~np.isin(hands.part, before)), parts)
        for whole, without in zip(overall, alone, strict=True):
            whole[part] = without[part]
    return overall


def _interval(estimates: crossed.Estimates, beyond: bool) -> tuple[np.ndarray, np.ndarray]:
    variance, dof = estimates.variance(beyond_these_cards=beyond)
    known = np.where((variance > _TINY) & np.isfinite(estimates.value), variance, np.nan)
    half_width = np.minimum(t_point(LEVEL / 2, np.where(np.isnan(known), np.nan, dof)) * np.sqrt(known), 700)
    with np.errstate(over="ignore"):
        return np.exp(estimates.value - half_width), np.exp(estimates.value + half_width)


def _ratio(hands: crossed.Hands, part: int) -> crossed.Fit:
    """The log ratio of a part for each measure."""
    fits = [_of_measure(hands, part, hands.values[:, measure]) for measure in range(hands.values.shape[1])]
    columns = zip(
        *(
            (measure_fit.value, measure_fit.variance, measure_fit.size, measure_fit.shared_cards)
            for measure_fit in fits
        ),
        strict=True,
    )
    return crossed.Fit(
        *(np.concatenate(column) for column in columns), np.mean([measure_fit.dof for measure_fit in fits])
    )


def _of_measure(hands: crossed.Hands, part: int, values: np.ndarray) -> crossed.Fit:
    columns, hand = crossed.indicators(hands, part), crossed.run_starts(hands.session)
    x, order = crossed.design(hands, part), crossed.order(hands)
    log_ratio = np.zeros(columns.shape[1])
    if (end := _end(columns, values)) is not None:
        return _nothing(end)
    for _ in range(_STEPS):
        y, slope, mean = _at(values, columns, log_ratio, hand)
        gradient = np.column_stack([slope, order])
        step = np.linalg.pinv(x.T @ gradient, rcond=1e-10) @ (x.T @ y)
        moved = np.clip(step[: len(log_ratio)], -_LONGEST_STEP, _LONGEST_STEP)
        log_ratio = log_ratio + moved
        if np.abs(moved).max() < _NEAR:
            workshop = crossed.run_starts(hands.workshop)
            fitted = crossed.fit(x, gradient, y[:, None], hands.card, workshop, mean)
            return fitted._replace(value=np.where(np.isnan(fitted.value), np.nan, log_ratio[0]))
    return _nothing(np.nan)


def _nothing(log_ratio: float) -> crossed.Fit:
    return crossed.Fit(np.full(1, log_ratio), np.full(1, np.nan), np.zeros(1), np.zeros(1), 0.0)


def _end(columns: np.ndarray, values: np.ndarray) -> float | None:
    """-inf when the part got nothing, NaN when that cannot be compared, None when there is a ratio."""
    inside = columns.any(axis=1)
    if not inside.any() or values[~inside].sum() <= _TINY:
        return np.nan
    if (columns.T @ values > _TINY).all():
        return None
    return -np.inf if columns.shape[1] == 1 else np.nan


def _at(values: np.ndarray, columns: np.ndarray, log_ratio: np.ndarray, hand: np.ndarray):
    """The values within hands when the part's are divided by its ratio; the slope; the hands' means."""
    divided = values * np.exp(-columns @ log_ratio)
    inside = crossed.centred(divided[:, None], hand)[:, 0]
    return inside, crossed.centred(divided[:, None] * columns, hand), divided - inside
