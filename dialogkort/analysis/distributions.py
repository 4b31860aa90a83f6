"""Wilson's interval of a share, and p values adjusted for many looks."""

from functools import lru_cache
from statistics import NormalDist

import numpy as np

LEVEL = 0.05

_SEED = 20_000
_DRAWS = 4_999
_MAX_NUMBERS = 4_000_000


def adjusted_p(p: np.ndarray, of_rows: np.ndarray, of_columns: np.ndarray) -> np.ndarray:
    """p values (rows × columns) adjusted: the probability of one as small anywhere.

    Max-T by simulation (Westfall & Young 1993; Hothorn, Bretz & Westfall 2008): normal scores whose
    correlation is `of_rows` ⊗ `of_columns`. Never above Bonferroni's, never below p itself. NaN stays NaN and
    is not looked at.

    Parameters
    ----------
    p : array
        Rows × columns.
    of_rows, of_columns : array
        Correlation of the rows, and of the columns: square.

    Returns
    -------
    array
        As `p`.

    Examples
    --------
    >>> adjusted_p(np.array([[0.01, 0.5]]), np.eye(1), np.eye(2)).round(2)
    array([[0.02, 0.75]])
    """
    looked_at = ~np.isnan(p)
    if not looked_at.any():
        return p.copy()
    largest = _largest_score(of_rows, of_columns, looked_at)
    score = np.array(
        [NormalDist().inv_cdf(1 - max(value, 1e-15) / 2) if value < 1 else 0 for value in p[looked_at]]
    )
    as_far = len(largest) - np.searchsorted(largest, score)
    adjusted = p.copy()
    raw = p[looked_at]
    adjusted[looked_at] = np.clip(
        (as_far + 1) / (len(largest) + 1), raw, np.minimum(1, raw * looked_at.sum())
    )
    return adjusted


def _largest_score(of_rows: np.ndarray, of_columns: np.ndarray, looked_at: np.ndarray) -> np.ndarray:
    draws = min(_DRAWS, max(999, _MAX_NUMBERS // looked_at.size))
    normal = _normal(draws, *looked_at.shape)
    scores = np.abs(_root(of_rows) @ normal @ _root(of_columns).T)
    return np.sort(scores[:, looked_at].max(axis=1))


@lru_cache(maxsize=4)
def _normal(draws: int, rows: int, columns: int) -> np.ndarray:
    return np.random.default_rng(_SEED).standard_normal((draws, rows, columns), dtype=np.float32)


def _root(correlation: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(correlation)
    return (vectors * np.sqrt(np.maximum(values, 0))).astype(np.float32)


def wilson(count: np.ndarray, of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """95 % interval of a share (Wilson 1927; Brown, Cai & DasGupta 2001); NaN of none.

    Parameters
    ----------
    count, of : array
        How many, out of how many.

    Returns
    -------
    low, high : array

    Examples
    --------
    >>> low, high = wilson([5], [10])
    >>> low.round(2), high.round(2)
    (array([0.24]), array([0.76]))
    """
    z2 = NormalDist().inv_cdf(1 - LEVEL / 2) ** 2
    count, of = np.asarray(count, float), np.asarray(of, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = (count + z2 / 2) / (of + z2)
        half_width = np.sqrt(z2 * (count * (of - count) / of + z2 / 4)) / (of + z2)
    low, high = np.where(count == 0, 0, middle - half_width), np.where(count == of, 1, middle + half_width)
    return np.where(of > 0, low, np.nan), np.where(of > 0, high, np.nan)
