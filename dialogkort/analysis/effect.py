"""How much more or less did some cards get than the others in the same hands, and how sure is that?

The *ratio* of some cards (an area's, say) is what each of them got on average, over what each of the other
cards got that the same group had in hand: 2 is twice as much. Groups are put together by the weights of
Mantel & Haenszel (1959), which hold also when every group drew few cards (Greenland & Robins 1985,
*Biometrics* 41). What one group does with its cards hangs together, so its interval sees a session as one
thing: the linearised variance of log ratio over sessions, every session's deviation divided by its leverage
(the jackknife's approximation, HC3: MacKinnon & White 1985), and Student's t on the sessions that had both
kinds of card.
"""

from statistics import NormalDist
from typing import NamedTuple

import numpy as np

LEVEL = 0.05
# A spread from fewer sessions than this says nothing.
FEWEST_SESSIONS = 3
_TINY = 1e-12


class Ratio(NamedTuple):
    """Arrays of parts × measures: the ratio, the ends of its interval, the spread and freedom of its log.

    NaN where nothing could be seen: no cards of both kinds in any hand, or too few sessions for an interval.
    """

    ratio: np.ndarray
    low: np.ndarray
    high: np.ndarray
    variance: np.ndarray
    freedom: np.ndarray


def against_others(values, part, session, parts: int) -> tuple[np.ndarray, np.ndarray]:
    """What each session gave to some cards, and to its other cards: sessions × parts × measures.

    The sum of the first over the sum of the second is the ratio. `values` is cards × measures; `part`
    (0 … parts - 1) and `session` (0, 1, …) say where each card belongs.
    """
    sessions = int(session.max(initial=-1)) + 1
    place = session * parts + part
    held = np.bincount(place, minlength=sessions * parts).reshape(sessions, parts, 1).astype(float)
    got = [np.bincount(place, column, sessions * parts) for column in values.T]
    got = np.stack(got, axis=-1).reshape(sessions, parts, values.shape[1])
    in_all = np.maximum(held.sum(axis=1, keepdims=True), 1)
    return got * (in_all - held) / in_all, (got.sum(axis=1, keepdims=True) - got) * held / in_all


def ratios(some: np.ndarray, others: np.ndarray, comparisons: int = 1) -> Ratio:
    """The ratio over all sessions, its interval holding for so many `comparisons` at once (Bonferroni)."""
    whole, rest = some.sum(axis=0), others.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(rest > _TINY, whole / rest, np.nan)
        seen = ((some + others) > _TINY).sum(axis=0)
        leverage = np.minimum(others / np.where(rest > _TINY, rest, 1), 1 - 1e-6)
        off = (some - np.nan_to_num(ratio) * others) / (1 - leverage)
        variance = (off**2).sum(axis=0) / whole**2
    variance = np.where((whole > _TINY) & (seen >= FEWEST_SESSIONS) & (variance > _TINY), variance, np.nan)
    freedom = np.where(np.isnan(variance), np.nan, seen - 1)
    return Ratio(ratio, *interval(ratio, variance, freedom, comparisons), variance, freedom)


def interval(ratio, variance, freedom, comparisons: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """The ends of the interval of a ratio whose log has this variance."""
    reach = np.exp(np.minimum(t_point(LEVEL / 2 / comparisons, freedom) * np.sqrt(variance), 700))
    with np.errstate(invalid="ignore", over="ignore"):
        return ratio / reach, ratio * reach


def t_point(tail: float, freedom: np.ndarray) -> np.ndarray:
    """The point that Student's t exceeds with probability `tail` (< 0.5); NaN for freedom NaN."""
    known = np.unique(freedom[~np.isnan(freedom)])
    points = np.full(np.shape(freedom), np.nan)
    for each in known:
        points[freedom == each] = _t_point(tail, each)
    return points


def _t_point(tail: float, freedom: float) -> float:
    if freedom > 2_000:
        return NormalDist().inv_cdf(1 - tail)
    # With t = √freedom · tan(angle), the density in the angle is cos^(freedom - 1).
    angle = np.linspace(0, np.pi / 2, 20_001)
    density = np.cos(angle) ** (freedom - 1)
    above = np.concatenate([[0], np.cumsum((density[1:] + density[:-1])[::-1])])[::-1]
    return float(np.sqrt(freedom) * np.tan(np.interp(-tail, -above / above[0] / 2, angle)))


def wilson(count: np.ndarray, of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % interval of a share (Wilson 1927; Brown, Cai & DasGupta 2001); NaN of none."""
    z2 = NormalDist().inv_cdf(1 - LEVEL / 2) ** 2
    count, of = np.asarray(count, float), np.asarray(of, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = (count + z2 / 2) / (of + z2)
        reach = np.sqrt(z2 * (count * (of - count) / of + z2 / 4)) / (of + z2)
    low, high = np.where(count == 0, 0, middle - reach), np.where(count == of, 1, middle + reach)
    return np.where(of > 0, low, np.nan), np.where(of > 0, high, np.nan)
