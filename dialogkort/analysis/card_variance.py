"""Variance between the cards of an area: how far the same cards get more again in other workshops.

From products of a card's residuals in *different* workshops alone, so that neither chance nor what one
workshop liked is taken for a property of its cards: an unbiased sum of cross products (Owen 2007), over what
it would be were the variance 1. An area's own is used where that is larger than the one common to all areas.
"""

from typing import NamedTuple

import numpy as np

_TINY = 1e-9
_MIN_DOF = 2.0  # with fewer an interval would be without end
_NUMBERS_AT_A_TIME = 4_000_000


class CardVariance(NamedTuple):
    """Areas × columns: the variance between cards, and the standard error of that.

    `common` is the one of all areas, known with the `noise` in it by so many degrees of freedom.
    """

    variance: np.ndarray
    error: np.ndarray
    common: np.ndarray
    noise: np.ndarray
    dof: np.ndarray

    def log_normal_dof(self, mean: np.ndarray) -> np.ndarray:
        """The degrees of freedom, where what cards draw out is log-normal, about such a mean.

        A sample variance varies by 2 + κ in place of 2, of normal values, with κ the excess kurtosis (Box
        1953, *Biometrika* 40): of log-normal ones w⁴ + 2w³ + 3w² - 6, with w - 1 the squared coefficient of
        variation (Johnson, Kotz & Balakrishnan 1994, ch. 14).
        """
        w = 1 + self.common / np.maximum(mean, _TINY) ** 2
        kurtosis = w**4 + 2 * w**3 + 3 * w**2 - 6
        return np.maximum(self.dof * 2 / (2 + kurtosis), np.minimum(self.dof, _MIN_DOF))


class CardProducts:
    """Products of the values of the same card in different workshops.

    Parameters
    ----------
    basis : array, cards in hand × directions
        Orthonormal, in every hand of mean 0: what is taken out of the values first.
    card, area, workshop : array of int
        Of each card in hand; areas are 0 … areas - 1.
    inside : callable
        Takes the mean of its hand out of each column.
    """

    def __init__(self, basis, card, area, workshop, areas: int, inside):
        self._basis, self._areas = basis, areas
        cards, self._card = np.unique(card, return_inverse=True)
        self._area_of = np.zeros(len(cards), int)
        self._area_of[self._card] = area
        both = workshop * len(cards) + self._card
        self._pairs, self._pair = np.unique(both, return_inverse=True)
        self._expected = self._of_variance_one(inside)

    def variance(self, y: np.ndarray) -> CardVariance:
        """The variance of each column (in every hand of mean 0)."""
        counts = np.bincount(self._area_of, minlength=self._areas)
        dof = float(len(self._area_of) - (counts > 0).sum())
        if dof < 1 or self._expected.sum() <= _TINY:
            unknown = np.full((self._areas, y.shape[1]), 0.0 if dof >= 1 else np.nan)
            return CardVariance(unknown, unknown, unknown, unknown, np.ones(unknown.shape))
        (sums, squares), expected = self._products(y), self._expected[:, None]
        own = np.divide(sums, expected, out=np.zeros_like(sums), where=expected > _TINY)
        common = sums.sum(axis=0) / expected.sum()
        variance = np.maximum(np.maximum(own, common), 0)
        known_by = np.where(own > np.maximum(common, 0), np.maximum(counts - 1.0, 1.0)[:, None], dof)
        noise = np.maximum(squares.sum(axis=0), 0) / expected.sum() ** 2  # rounding alone makes it less
        error = np.sqrt(2 * (noise + variance**2 / known_by))
        of_all = np.maximum(common, 0), np.sqrt(noise * dof), np.full(noise.shape, dof)
        return CardVariance(variance, error, *(np.tile(each, (self._areas, 1)) for each in of_all))

    def _of_variance_one(self, inside) -> np.ndarray:
        """By area, what the products sum to on average were the cards' variance 1."""
        cards, expected = len(self._area_of), np.zeros(self._areas)
        at_a_time = max(1, _NUMBERS_AT_A_TIME // len(self._card))
        for start in range(0, cards, at_a_time):
            batch = np.arange(start, min(start + at_a_time, cards))
            expected += self._products(inside((self._card[:, None] == batch).astype(float)))[0].sum(axis=1)
        return expected

    def _products(self, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Their sums, and the sums of their squares, over pairs of workshops: areas × columns."""
        left = columns - self._basis @ (self._basis.T @ columns)
        cards = len(self._area_of)
        alone = summed(self._pair, left, len(self._pairs))
        of_card = self._pairs % cards
        together, squares = summed(of_card, alone, cards), summed(of_card, alone**2, cards)
        products = together**2 - squares, squares**2 - summed(of_card, alone**4, cards)
        return tuple(summed(self._area_of, each, self._areas) for each in products)


def summed(number: np.ndarray, columns: np.ndarray, groups: int) -> np.ndarray:
    """The sums of the rows with each number."""
    width = columns.shape[1]
    index = (number[:, None] * width + np.arange(width)).ravel()
    return np.bincount(index, columns.ravel(), groups * width).reshape(groups, width)
