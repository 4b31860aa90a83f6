"""Variance of weighted sums of cards between workshops: cluster-robust, freed of leverage, with its dof.

The residuals of a least-squares `Model` are summed by workshop, and each sum is freed of what the fit itself
took out of it (CR2: Bell & McCaffrey 2002). What the sums vary by, over what they would vary by under a
working model, is the *rate*; it is common to several sums, the *peers*. Under the working model all cards
vary alike, and a workshop likes an area by `LIKING` of that: so few or uneven workshops, and areas of
different size, count for what they are worth. Degrees of freedom are Satterthwaite's (1946) under the same
model (Imbens & Kolesár 2016). The rate itself comes from the data, whatever they are like.
"""

from typing import NamedTuple

import numpy as np

from dialogkort.analysis.card_variance import summed

_RANK = 1e-10
_WHOLE = 1 - 1e-6  # a workshop with more of a direction than this is alone with it and shows no variance
_TINY = 1e-12


# The variance of a workshop's liking for an area, of that between cards, in the working model.
LIKING = 0.15


class Model(NamedTuple):
    """What a least-squares fit takes out of each workshop's cards.

    `basis` (cards × directions) is orthonormal and spans the columns of the fit. In the coordinates of
    `rotation` (workshops × directions × directions) a workshop's share of each direction is its `leverage`.
    """

    basis: np.ndarray
    starts: np.ndarray
    leverage: np.ndarray
    rotation: np.ndarray

    def residuals(self, y: np.ndarray) -> np.ndarray:
        """What the fit leaves of each column of y."""
        return y - self.basis @ (self.basis.T @ y)

    def moved(self, weights: np.ndarray) -> np.ndarray:
        """What each residual counts in its workshop's part of the sums: cards × sums.

        The sums of cards by `weights` (cards × sums) lie in the span of the fit.
        """
        contrast = self.rotation.transpose(0, 2, 1) @ (self.basis.T @ weights)
        free = np.where(self.leverage < _WHOLE, 1 / np.sqrt(np.maximum(1 - self.leverage, 1 - _WHOLE)), 0)
        freed = self.rotation @ (free[:, :, None] * contrast)
        lengths = np.diff(np.r_[self.starts, len(self.basis)])
        return np.einsum("nd,nds->ns", self.basis, np.repeat(freed, lengths, axis=0))


class Peers(NamedTuple):
    """Sums that have one rate of variance: what each residual counts, what they would vary by, the dof."""

    model: Model
    moved: np.ndarray  # cards × sums
    expected: np.ndarray  # sums
    dof: float

    def rate(self, residuals: np.ndarray) -> np.ndarray:
        """The variance over that of the working model, for each column of residuals: the mean of the sums."""
        sums = np.add.reduceat(self.moved[:, :, None] * residuals[:, None, :], self.model.starts)
        return ((sums**2).sum(axis=0) / self.expected[:, None]).mean(axis=0)


def peers(model: Model, weights: np.ndarray, liking: np.ndarray) -> Peers | None:
    """The peers of some weights; `liking` numbers the cards that a workshop likes alike. None if unseen."""
    moved, workshop = model.moved(weights), run_numbers(model.starts, len(weights))
    covariance = _covariance(model, moved, workshop, liking)
    workshops = len(model.starts)
    expected = np.diag(covariance).reshape(workshops, -1).sum(axis=0)
    seen = expected > _TINY
    if not seen.any():
        return None
    scale = np.where(seen, 1 / np.sqrt(np.where(seen, expected, 1)), 0)
    scaled = covariance * np.tile(scale, workshops)[:, None] * np.tile(scale, workshops)
    dof = np.trace(scaled) ** 2 / (scaled**2).sum()
    return Peers(model, moved[:, seen], expected[seen], float(dof))


def size(weights: np.ndarray, liking: np.ndarray) -> np.ndarray:
    """The variance of each sum by weights under the working model."""
    return (weights**2).sum(axis=0) + LIKING * (summed(liking, weights, liking.max() + 1) ** 2).sum(axis=0)


def _covariance(model: Model, moved: np.ndarray, workshop: np.ndarray, liking: np.ndarray) -> np.ndarray:
    """Of the sums' parts by workshop, under the working model: (workshops · sums) squared."""
    cards, sums = moved.shape
    by_workshop = np.zeros((cards, len(model.starts), sums))
    by_workshop[np.arange(cards), workshop] = moved
    left = model.residuals(by_workshop.reshape(cards, -1))
    liked = summed(liking, left, liking.max() + 1)
    return left.T @ left + LIKING * (liked.T @ liked)


def run_numbers(starts: np.ndarray, rows: int) -> np.ndarray:
    """The number of the run that each row is in, from 0; `starts` are where the runs begin."""
    return np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, rows]))


def least_squares(columns: np.ndarray, starts: np.ndarray) -> Model:
    """The model of some columns (cards × columns, sorted by workshop); columns may follow from each other."""
    basis = orthonormal(columns)
    leverage, rotation = np.linalg.eigh(np.add.reduceat(basis[:, :, None] * basis[:, None, :], starts))
    return Model(basis, starts, np.clip(leverage, 0, 1), rotation)


def orthonormal(columns: np.ndarray) -> np.ndarray:
    """An orthonormal basis of what the columns span."""
    values, vectors = np.linalg.eigh(columns.T @ columns)
    is_independent = values > _RANK * max(values[-1], _TINY)
    return columns @ (vectors[:, is_independent] / np.sqrt(values[is_independent]))
