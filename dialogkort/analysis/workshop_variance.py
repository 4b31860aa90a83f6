"""Variance of weighted sums of cards between workshops: cluster-robust, freed of leverage, with exact dof.

The residuals of a least-squares `Model` are summed by workshop, and each sum is freed of what the fit itself
took out of it (CR2: Bell & McCaffrey 2002). What the sums vary by, over what they would vary by were all
cards alike and independent, is the *rate*; it is common to several sums, the *peers*. Its degrees of freedom
are Satterthwaite's (1946), from the exact covariance of the sums in that case, so that few or uneven
workshops, and areas that share their hands, count for what they are worth.
"""

from typing import NamedTuple

import numpy as np

_RANK = 1e-10
_WHOLE = 1 - 1e-6  # a workshop with more of a direction than this is alone with it and shows no variance
_TINY = 1e-12


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

    def sums(self, weights: np.ndarray) -> "Sums":
        """The sums of cards by weights (cards × sums) that lie in the span of the fit."""
        contrast = self.rotation.transpose(0, 2, 1) @ (self.basis.T @ weights)
        part = contrast * (self.leverage < _WHOLE)[:, :, None]
        return Sums(self, part / np.sqrt(np.maximum(1 - self.leverage, 1 - _WHOLE))[:, :, None], part)


class Sums(NamedTuple):
    """Weighted sums of a model by workshop, in its coordinates; `freed` of leverage, and as they are."""

    model: Model
    freed: np.ndarray  # workshops × directions × sums
    contrast: np.ndarray

    @property
    def size(self) -> np.ndarray:
        """The variance of each sum were all cards alike and independent with variance 1."""
        return np.einsum("wds,wd->s", self.contrast**2, self.model.leverage)

    def only(self, chosen: np.ndarray) -> "Sums":
        """Some of the sums."""
        return Sums(self.model, self.freed[:, :, chosen], self.contrast[:, :, chosen])

    def rate(self, residuals: np.ndarray) -> np.ndarray:
        """The variance of the sums over their size, for each column of residuals: the mean over the sums."""
        basis = self.model.basis
        scores = np.add.reduceat(basis[:, :, None] * residuals[:, None, :], self.model.starts)
        moved = self.freed.transpose(0, 2, 1) @ (self.model.rotation.transpose(0, 2, 1) @ scores)
        return ((moved**2).sum(axis=0) / self.size[:, None]).mean(axis=0)

    def dof(self) -> float:
        """The degrees of freedom of the rate."""
        scale = 1 / np.sqrt(self.size)
        freed, contrast = self.freed * scale, self.contrast * scale
        leverage = self.model.leverage[:, :, None]
        within = (contrast * leverage).transpose(0, 2, 1) @ contrast
        lost = self.model.rotation @ (freed * leverage)
        squares = (within**2).sum() - ((lost.transpose(0, 2, 1) @ lost) ** 2).sum()
        whole = np.einsum("wds,wes->de", lost, lost)
        total = np.trace(within.sum(axis=0))
        return float(total**2 / max(squares + (whole**2).sum(), _TINY))


def least_squares(columns: np.ndarray, starts: np.ndarray) -> Model:
    """The model of some columns (cards × columns, sorted by workshop); columns may follow from each other."""
    basis = orthonormal(columns)
    leverage, rotation = np.linalg.eigh(np.add.reduceat(basis[:, :, None] * basis[:, None, :], starts))
    return Model(basis, starts, np.clip(leverage, 0, 1), rotation)


def orthonormal(columns: np.ndarray) -> np.ndarray:
    """An orthonormal basis of what the columns span."""
    values, vectors = np.linalg.eigh(columns.T @ columns)
    kept = values > _RANK * max(values[-1], _TINY)
    return columns @ (vectors[:, kept] / np.sqrt(values[kept]))
