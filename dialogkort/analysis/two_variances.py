"""p values and intervals of an estimate whose variance is a sum of two components, each estimated.

The first component is known like a χ² with so many degrees of freedom, the second is never negative and known
with a standard error. What the variance may be, given the data, is drawn from both: the first over χ²/dof,
the second normally about its estimate and 0 where that is negative. The p value is that of the normal
distribution, averaged over those variances (generalized p value: Tsui & Weerahandi 1989, *JASA* 84; for
mixed models Hannig et al. 2016, *JASA* 111). Without a second component it is Student's t exactly. With few
workshops it is surer than Satterthwaite's approximation where the first component came out small by luck, and
no less where the second is at its boundary of 0.

An interval holds by itself, without what the adjustment of p for many looks leaves over. For it the second
component and the noise in it are together drawn over χ²/dof too, and the noise is taken off again (Weerahandi
1993, *JASA* 88): that the component may be larger than it came out is likelier than normally drawn.
"""

from statistics import NormalDist

import numpy as np

from dialogkort.analysis.distributions import LEVEL

_STEPS = 64
_FAR = 60.0  # where the density of log χ² has fallen by so many powers of e
_NEWTON = 12
_MIDDLES = (np.arange(24) + 0.5) / 24
_LEVELS = np.array([NormalDist().inv_cdf(middle) for middle in _MIDDLES])
_TAIL = 0.319381530, -0.356563782, 1.781477937, -1.821255978, 1.330274429


def p_value(value: np.ndarray, first: np.ndarray, dof: np.ndarray, second: np.ndarray, error: np.ndarray):
    """Two-sided p of a value, 0 on average; NaN where a component is.

    Parameters
    ----------
    value : array
    first, dof : array
        The first component of its variance and the degrees of freedom of that.
    second, error : array
        The second component and the standard error of that; 0 and 0 where there is none.

    Examples
    --------
    >>> p_value([2.228], [1.0], [10.0], [0.0], [0.0]).round(3)
    array([0.05])
    """
    value, first, dof, second, error = np.broadcast_arrays(value, first, dof, second, error)
    p = np.full(value.shape, np.nan)
    for index, (std, weight) in _possible(first, dof, second, error):
        p[index] = (weight * _beyond(abs(value[index]) / std)).sum() if np.isfinite(value[index]) else np.nan
    return p


def half_width(first, dof, second, noise, second_dof) -> np.ndarray:
    """How far the 95 % interval reaches to either side; NaN where unknown.

    Parameters
    ----------
    first, dof : array
        The first component of the variance and the degrees of freedom of that.
    second, noise, second_dof : array
        The second component, the noise that was taken off for it, and the degrees of freedom of their sum;
        0 and 0 where there is none.

    Examples
    --------
    >>> half_width([1.0], [10.0], [0.0], [0.0], [1.0]).round(2)
    array([2.23])
    """
    first, dof, second, noise, second_dof = np.broadcast_arrays(first, dof, second, noise, second_dof)
    half_width, shares = np.full(first.shape, np.nan), {}
    for index in np.ndindex(first.shape):
        of = [float(each[index]) for each in (first, dof, second, noise, second_dof)]
        if not (np.isfinite(sum(of)) and of[0] > 0):
            continue
        for degrees in (of[1], of[4]):
            if degrees not in shares:
                shares[degrees] = _chi_square(degrees)
        share, weight = shares[of[1]]
        levels = np.maximum((of[2] + of[3]) / _evenly(*shares[of[4]]) - of[3], 0)
        std = np.sqrt(of[0] / share[:, None] + levels)
        weights = np.broadcast_to(weight[:, None] / len(levels), std.shape)
        half_width[index] = _half_width(std.ravel(), weights.ravel())
    return half_width


def _half_width(std: np.ndarray, weight: np.ndarray) -> float:
    """The point that is passed with probability 0.05, by Newton's method in logarithms."""
    half_width = 2 * float(np.exp((weight * np.log(std)).sum()))
    for _ in range(_NEWTON):
        score = half_width / std
        beyond = (weight * _beyond(score)).sum()
        slope = 2 * (weight * np.exp(-(score**2) / 2) * score).sum() / np.sqrt(2 * np.pi)
        step = np.clip((np.log(beyond) - np.log(LEVEL)) * beyond / slope, -1, 1)
        half_width *= np.exp(step)
        if abs(step) < 1e-6:
            break
    return float(half_width)


def _possible(first: np.ndarray, dof: np.ndarray, second: np.ndarray, error: np.ndarray):
    """For every known one: where it stands, the standard errors there may be, and the weight of each."""
    nodes: dict[float, tuple[np.ndarray, np.ndarray]] = {}
    for index in np.ndindex(first.shape):
        if not (np.isfinite(first[index] + dof[index] + second[index] + error[index]) and first[index] > 0):
            continue
        degrees = float(dof[index])
        if degrees not in nodes:
            nodes[degrees] = _chi_square(degrees)
        share, weight = nodes[degrees]
        levels = np.maximum(second[index] + error[index] * _LEVELS, 0) if error[index] > 0 else second[index]
        levels = np.atleast_1d(levels)
        variance = first[index] / share[:, None] + levels
        weights = np.broadcast_to(weight[:, None] / len(levels), variance.shape)
        yield index, (np.sqrt(variance).ravel(), weights.ravel())


def _evenly(share: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The values in the middles of equally likely parts."""
    return np.exp(np.interp(_MIDDLES, np.cumsum(weight) - weight / 2, np.log(share)))


def _chi_square(dof: float) -> tuple[np.ndarray, np.ndarray]:
    """Values of χ²/dof and their weights, evenly in logarithms."""
    low, high = (
        -1 - 2 * _FAR / dof - 2 * np.sqrt(_FAR / dof),
        np.log1p(2 * np.sqrt(_FAR / dof) + 2 * _FAR / dof),
    )
    step = np.linspace(max(low, -700), high, _STEPS)
    # Nearly normal for many degrees of freedom: then nothing lies far out.
    step = step if dof < _FAR else np.linspace(-8, 8, _STEPS) * np.sqrt(2 / dof)
    log_weight = dof / 2 * (step - np.exp(step) + 1)
    weight = np.exp(log_weight)
    return np.exp(step), weight / weight.sum()


def _beyond(score: np.ndarray) -> np.ndarray:
    """Two-sided tail of the normal distribution (Abramowitz & Stegun 1964, 26.2.17)."""
    t = 1 / (1 + 0.2316419 * score)
    tail = t * (_TAIL[0] + t * (_TAIL[1] + t * (_TAIL[2] + t * (_TAIL[3] + t * _TAIL[4]))))
    return 2 * np.exp(-(score**2) / 2) / np.sqrt(2 * np.pi) * tail
