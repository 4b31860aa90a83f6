"""Stratified permutation test: expected sums, simultaneous 95 % intervals, adjusted p values.

Every card has some values (drawn or not, minutes, notes), an area and a session. The values are dealt out
again to the cards inside each session, sessions independently of each other, and summed by area. For 0/1
values that is the multivariate hypergeometric distribution.

Expectation, covariance, the smallest and the largest possible sum are exact (finite population: Cochran
1977, *Sampling Techniques*, ch. 2; with sessions as blocks: Strasser & Weber 1999). The interval holds for
all areas and measures at once: expected ± c standard deviations, c being the 95 % point of the largest |z| in
`N_PERMUTATIONS` simulated deals (single-step max statistic: Westfall & Young 1993, *Resampling-Based Multiple
Testing*). The p value is adjusted the same way and is (b + 1)/(m + 1) as in Phipson & Smyth (2010), so that a
sum lies outside its interval exactly when p <= 0.05. The seed is fixed: the same cards always give the same
figures.
"""

from typing import NamedTuple

import numpy as np

LEVEL = 0.05
N_PERMUTATIONS = 4999

_SEED = 20_000
_CARDS_AT_A_TIME = 1_000_000
# With more cards than this the sums are drawn from their normal limit (Hoeffding 1951): far quicker.
_MANY_CARDS = 5_000
_SESSIONS_AT_A_TIME = 2_000
_TINY = 1e-9


class PermutationResult(NamedTuple):
    """What chance alone gives; every field is an array of areas × measures.

    `differs` is 1 above the interval, -1 below it, else 0. `could_differ` is False where not even the most
    extreme result possible would have been outside.
    """

    expected: np.ndarray
    variance: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p: np.ndarray
    differs: np.ndarray
    could_differ: np.ndarray


class _Cards(NamedTuple):
    """The cards in order of session (0, 1, …); `by_session` is how many of each area a session holds."""

    values: np.ndarray  # cards × measures
    area: np.ndarray  # cards × areas, 0 or 1
    session: np.ndarray  # cards
    by_session: np.ndarray  # sessions × areas


def permutation_test_by_group(
    values, area, session, group, areas: int, groups: int
) -> list[PermutationResult]:
    """What chance alone gives for the sums of `values` (cards × measures) by area, in each group of sessions.

    The intervals and p hold for all groups at once. `area` (0 … areas - 1) and `session`, within which values
    are permuted, are those of each card; `group` (0 … groups - 1) says where it belongs, and a session is in
    one group. Sort the cards: in another order the same seed deals them differently, and p and the ends of
    the interval move a little.
    """
    rng = np.random.default_rng(_SEED)
    moments, largest = [], np.zeros(N_PERMUTATIONS)
    for number in range(groups):
        is_group = group == number
        cards = _in_order(values[is_group], area[is_group], session[is_group], areas)
        expected, covariance = _moments(cards)
        std = np.sqrt(np.maximum(np.einsum("aqaq->aq", covariance), 0))
        dealt = _permuted(cards, rng) if len(cards.session) <= _MANY_CARDS else _normal(expected, covariance)
        largest = np.maximum(largest, _distance(dealt, expected, std).max(axis=(1, 2), initial=0))
        moments.append((cards, expected, std))
    largest = np.sort(largest)
    return [_judged(*number, largest) for number in moments]


def _judged(cards: _Cards, expected: np.ndarray, std: np.ndarray, largest: np.ndarray) -> PermutationResult:
    observed = cards.area.T @ cards.values
    as_far = N_PERMUTATIONS - np.searchsorted(largest, _distance(observed, expected, std) - _TINY)
    p = (as_far + 1) / (N_PERMUTATIONS + 1)
    # Beyond this distance fewer than LEVEL of the deals are as far out, the observed one counted in.
    half_width = std * largest[-round(LEVEL * (N_PERMUTATIONS + 1))]
    least, most = _possible(cards)
    return PermutationResult(
        expected,
        std**2,
        low=np.maximum(expected - half_width, least),
        high=np.minimum(expected + half_width, most),
        p=p,
        differs=np.where(p <= LEVEL, np.sign(observed - expected), 0).astype(int),
        could_differ=(expected - half_width > least + _TINY) | (expected + half_width < most - _TINY),
    )


def _in_order(values: np.ndarray, area: np.ndarray, session: np.ndarray, areas: int) -> _Cards:
    names, numbers = np.unique(session, return_inverse=True)
    order = np.argsort(numbers, kind="stable")
    area, numbers = np.eye(areas)[area[order]], numbers[order]
    return _Cards(values[order], area, numbers, _sum_by(numbers, area, len(names)))


def _sum_by(session: np.ndarray, values: np.ndarray, sessions: int) -> np.ndarray:
    sums = np.zeros((sessions, *values.shape[1:]))
    np.add.at(sums, session, values)
    return sums


def _moments(cards: _Cards) -> tuple[np.ndarray, np.ndarray]:
    """Exact expectation (areas × measures) and covariance (areas × measures × areas × measures)."""
    by_session = cards.by_session
    sizes = by_session.sum(axis=1, keepdims=True)
    means = _sum_by(cards.session, cards.values, len(sizes)) / sizes
    residuals = cards.values - means[cards.session]
    products = _sum_by(cards.session, residuals[:, :, None] * residuals[:, None, :], len(sizes))
    of_values = products / np.maximum(sizes - 1, 1)[:, :, None]
    return by_session.T @ means, _covariance(by_session, of_values)


def _covariance(by_session: np.ndarray, of_values: np.ndarray) -> np.ndarray:
    """The sum over sessions of their covariance of areas (hypergeometric) times that of the measures."""
    areas, measures = by_session.shape[1], of_values.shape[1]
    whole = np.zeros((areas * areas, measures * measures))
    for start in range(0, len(by_session), _SESSIONS_AT_A_TIME):
        counts = by_session[start : start + _SESSIONS_AT_A_TIME]
        share = counts / counts.sum(axis=1, keepdims=True)
        of_areas = counts[:, :, None] * (np.eye(areas) - share[:, None, :])
        covariances = of_values[start : start + _SESSIONS_AT_A_TIME]
        whole += of_areas.reshape(len(counts), -1).T @ covariances.reshape(len(counts), -1)
    return whole.reshape(areas, areas, measures, measures).swapaxes(1, 2)


def _possible(cards: _Cards) -> tuple[np.ndarray, np.ndarray]:
    """The smallest and the largest sum an area can get: every session's lowest, or highest, values."""
    ends = cards.by_session.sum(axis=1).cumsum()[cards.session]
    in_session = cards.by_session[cards.session]
    from_top = (ends - 1 - np.arange(len(ends)))[:, None]
    rising = np.stack([column[np.lexsort((column, cards.session))] for column in cards.values.T], axis=1)
    falling = np.stack([-column[np.lexsort((column, cards.session))] for column in -cards.values.T], axis=1)
    return (from_top < in_session).T @ falling, (from_top < in_session).T @ rising


def _distance(sums: np.ndarray, expected: np.ndarray, std: np.ndarray) -> np.ndarray:
    """|z|; 0 where nothing can vary."""
    varies = std > _TINY
    return np.abs(sums - expected) / np.where(varies, std, 1) * varies


def _permuted(cards: _Cards, rng: np.random.Generator) -> np.ndarray:
    """The sums (deals × areas × measures) of `N_PERMUTATIONS` deals."""
    at_a_time = max(1, _CARDS_AT_A_TIME // max(1, len(cards.session)))
    parts = [min(at_a_time, N_PERMUTATIONS - done) for done in range(0, N_PERMUTATIONS, at_a_time)]
    return np.concatenate([_some_deals(cards, part, rng) for part in parts])


def _some_deals(cards: _Cards, deals: int, rng: np.random.Generator) -> np.ndarray:
    # Random keys that sort inside a session and never across.
    keys = rng.random((deals, len(cards.session))) + cards.session
    dealt = cards.values.take(np.argsort(keys, axis=1), axis=0)  # many times faster than by brackets
    return (dealt.swapaxes(1, 2) @ cards.area).swapaxes(1, 2)


def _normal(expected: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """The sums of `N_PERMUTATIONS` deals of very many cards, from their exact mean and covariance."""
    flat = covariance.reshape(expected.size, expected.size)
    drawn = np.random.default_rng(_SEED).multivariate_normal(
        expected.ravel(), flat, N_PERMUTATIONS, method="eigh"
    )
    return drawn.reshape(N_PERMUTATIONS, *expected.shape)
