"""Excess of an area's cards over the others in the same hands, with workshops and cards as crossed effects.

*The value.* What a card got, over the mean of its hand, minus 1; with the card's place in the order and the
square of that taken out within hands (Frisch & Waugh 1933), as later cards get less time and the first may
have been chosen. An area's *excess* is the regression of that on being of the area.

*How sure.* The excess varies with two things that cross each other: which workshops were held, and which
cards were written (Clark 1973; Judd, Westfall & Kenny 2012). Of the workshops: what a fit with every area in
it leaves, summed by workshop, at one rate common to all areas (`workshop_variance`). Of the cards: whether
the same cards get more again in *other* workshops (`card_variance`). What the two share is counted once
(Cameron, Gelbach & Miller 2011; Owen 2007). Both are estimates, and `two_variances` allows for that. Without
the cards' part the statement is about these cards, with it about the area.

*Many looks.* p is adjusted for all areas and measures (`distributions.adjusted_p`). One cause is told once:
the strongest is named, its cards are set aside, and the rest are asked again (step-down: Marcus, Peritz &
Gabriel 1976).
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from dialogkort.analysis.card_variance import CardProducts, CardVariance, summed
from dialogkort.analysis.distributions import LEVEL, adjusted_p
from dialogkort.analysis.two_variances import half_width, p_value
from dialogkort.analysis.workshop_variance import (
    Model,
    Peers,
    least_squares,
    orthonormal,
    peers,
    run_numbers,
    size,
)

MIN_WORKSHOPS = 2
TINY = 1e-9
# With fewer degrees of freedom than this no rate of variance is known.
_MIN_DOF = 0.9


class Hands(NamedTuple):
    """Cards that were drawn, one a row, sorted by workshop and session.

    `area` is the card's and `part` what is compared: the area, or the area in one of several groups (it is
    then compared with the same area in the others). `side` is 1 after a change that is looked for, and
    `stratum` within what each is compared with itself. `place` counts the cards of a session in the order
    they were turned.
    """

    values: np.ndarray  # cards × measures
    part: np.ndarray
    card: np.ndarray
    session: np.ndarray
    workshop: np.ndarray
    place: np.ndarray
    side: np.ndarray
    stratum: np.ndarray
    area: np.ndarray

    def where(self, chosen: np.ndarray) -> "Hands":
        """Only the chosen rows."""
        return Hands(*(each[chosen] for each in self))


class Estimates(NamedTuple):
    """Parts × measures: what was estimated and what its variance is made of; NaN where nothing can be seen.

    `correlation` is that of the parts with each other and of the measures with each other.
    """

    value: np.ndarray
    of_workshops: np.ndarray
    workshops_dof: float
    of_cards: np.ndarray
    cards_error: np.ndarray
    cards_noise: np.ndarray
    cards_dof: np.ndarray
    correlation: tuple[np.ndarray, np.ndarray]

    def variance(self) -> np.ndarray:
        """The variance, had the cards been others too."""
        return self.of_workshops + self.of_cards

    def p(self, *, beyond_these_cards: bool = True) -> np.ndarray:
        """p of no excess, for any cards of the parts or for these alone; not yet adjusted."""
        of_workshops, of_cards = self._components(beyond_these_cards)
        return p_value(self.value, *of_workshops, of_cards, self.cards_error * beyond_these_cards)

    def half_width(self, *, beyond_these_cards: bool = True) -> np.ndarray:
        """How far the 95 % interval reaches to either side."""
        of_workshops, of_cards = self._components(beyond_these_cards)
        return half_width(*of_workshops, of_cards, self.cards_noise * beyond_these_cards, self.cards_dof)

    def _components(self, beyond_these_cards: bool) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray]:
        of_cards = self.of_cards if beyond_these_cards else np.zeros_like(self.of_cards)
        known = np.where(self.of_workshops + of_cards > TINY, self.of_workshops, np.nan)
        return (known, np.full(known.shape, self.workshops_dof)), of_cards


class Finding(NamedTuple):
    """Parts × measures: adjusted p, and 1 (more), -1 (less) or 0 where nothing is told.

    `step` is by part: 1 for the one that was told first, 2 for the next, 0 where nothing is told.
    """

    p: np.ndarray
    differs: np.ndarray
    step: np.ndarray | None = None


def no_finding(*shape: int) -> Finding:
    """Where nothing can be told."""
    return Finding(np.full(shape, np.nan), np.zeros(shape, int))


def sorted_hands(
    values: np.ndarray,
    part: np.ndarray,
    card: np.ndarray,
    session: np.ndarray,
    workshop: np.ndarray,
    place: np.ndarray,
    side: np.ndarray | None = None,
    stratum: np.ndarray | None = None,
    area: np.ndarray | None = None,
) -> Hands:
    """The cards in hand, sorted as `excess_of` needs them; `area` is the part when it is not given."""
    zeros = np.zeros(len(part), int)
    columns = values, part, card, session, workshop, place, side, stratum, part if area is None else area
    unsorted = Hands(*(zeros if column is None else np.asarray(column) for column in columns))
    return unsorted.where(np.lexsort((unsorted.session, unsorted.workshop)))


def freed_of_order(hands: Hands) -> np.ndarray:
    """What each card got relative to its hand, with its place in the order taken out."""
    y, position = centred(relative(hands.values, hands.session), run_starts(hands.session)), order(hands)
    return y - position @ (
        np.linalg.pinv(position.T @ position, rcond=1e-10, hermitian=True) @ (position.T @ y)
    )


def relative(values: np.ndarray, session: np.ndarray) -> np.ndarray:
    """What each card got over the mean of its hand, minus 1; 0 in a hand that got nothing."""
    mean = values - centred(values, run_starts(session))
    return np.where(mean > TINY, values / np.where(mean > TINY, mean, 1) - 1, 0)


def excess_of(hands: Hands, parts: int, *, crossed: bool = True) -> Estimates:
    """The excess of every part (0 … parts - 1), or its change from side 0 to side 1 where there are two.

    `crossed` False leaves the cards out: the parts are cards themselves.
    """
    y = centred(relative(hands.values, hands.session), run_starts(hands.session))
    weights = excess_weights(hands, parts)
    variances = VarianceComponents(hands, parts, weights, crossed=crossed)
    rate, dof = variances.of_workshops([y] * parts)
    of_one, shared = variances.size(weights)[:, None], shared_cards(weights, hands)[:, None]
    cards = variances.of_cards([y] * parts)
    return Estimates(
        np.where(of_one > 0, weights.T @ y, np.nan),
        np.where(of_one > 0, rate * of_one, np.nan),
        dof,
        cards.variance * shared,
        cards.error * shared,
        cards.noise * shared,
        cards.log_normal_dof(np.ones((parts, 1))),
        correlations(hands, parts, y),
    )


def excess_weights(hands: Hands, parts: int) -> np.ndarray:
    """Cards × parts: what each card counts in the excess of a part; 0 of a part that nothing is seen of."""
    designs = (design(hands, part) for part in range(parts))
    return np.column_stack([_first_weights(x) if is_seen(x) else np.zeros(len(x)) for x in designs])


def _first_weights(x: np.ndarray) -> np.ndarray:
    return x @ np.linalg.pinv(x.T @ x, rcond=1e-10, hermitian=True)[0]


class VarianceComponents:
    """What estimates of the parts vary by, between workshops and between cards.

    The residuals are those of a fit with every area (on either side) in it, so that an area that differs does
    not make the others uncertain. One rate of variance between workshops is common to all areas; where the
    parts are no areas, or have strata, each part has its own fit, and the mean of their rates is taken.
    """

    def __init__(self, hands: Hands, parts: int, weights: np.ndarray, *, crossed: bool):
        self._hands, self._parts, self._crossed = hands, parts, crossed
        self._workshop, self._hand = run_starts(hands.workshop), run_starts(hands.session)
        self._seen = np.flatnonzero(weights.any(axis=0))
        one_stratum = (hands.stratum == hands.stratum[:1]).all()
        self._is_shared = crossed and one_stratum and bool((hands.part == hands.area).all())
        self._peers = {part: each for part, each in self._peers_of(weights) if each is not None}

    def _peers_of(self, weights: np.ndarray) -> Iterator[tuple[int, Peers | None]]:
        """The seen parts with those whose rate of variance they have."""
        if self._is_shared:
            model = least_squares(self._columns(), self._workshop)
            shared = peers(model, weights[:, self._seen], self.liking)
            yield from ((part, shared) for part in self._seen)
        else:
            for part in self._seen:
                yield part, peers(self._model(part), weights[:, [part]], self.liking)

    @cached_property
    def liking(self) -> np.ndarray:
        """Numbers the cards of an area in a workshop; every card by itself where the parts are cards."""
        hands = self._hands
        if not self._crossed:
            return np.arange(len(hands.card))
        together = run_numbers(self._workshop, len(hands.card)) * (hands.area.max() + 1) + hands.area
        return np.unique(together, return_inverse=True)[1]

    def of_workshops(self, y: Sequence[np.ndarray]) -> tuple[np.ndarray, float]:
        """The rate of variance of each part (parts × measures), from its own y; degrees of freedom."""
        rate = np.full((self._parts, y[0].shape[1]), np.nan)
        for part, shared in self._peers.items():
            rate[part] = shared.rate(shared.model.residuals(y[part]))
        dofs = [each.dof for each in self._peers.values()]
        dof = np.mean(dofs) if dofs else 0.0
        if dofs and not self._is_shared:
            rate[self._seen], dof = rate[list(self._peers)].mean(axis=0), max(len(dofs) - 1, 1) * dof
        return rate if dof >= _MIN_DOF else np.full_like(rate, np.nan), float(dof)

    def size(self, weights: np.ndarray) -> np.ndarray:
        """What sums by weights vary by between workshops at a rate of 1."""
        return size(weights, self.liking)

    def of_cards(self, y: Sequence[np.ndarray]) -> CardVariance:
        """The variance between the cards of each part (parts × measures), from its own y."""
        measures = y[0].shape[1]
        if not self._crossed:
            nothing = np.zeros((self._parts, measures))
            return CardVariance(nothing, nothing, nothing, nothing, nothing + 1)
        estimates = self._products.variance(np.column_stack([y[part] for part in range(self._parts)]))
        area = np.zeros(self._parts, int)
        area[self._hands.part] = self._hands.area
        own = area[:, None], np.arange(self._parts)[:, None] * measures + np.arange(measures)
        return CardVariance(*(each[own] for each in estimates))

    @cached_property
    def _products(self) -> CardProducts:
        hands, areas = self._hands, int(self._hands.area.max()) + 1
        basis = orthonormal(_all_parts(hands, self._hand))
        workshop = run_numbers(self._workshop, len(hands.card))
        return CardProducts(
            basis, hands.card, hands.area, workshop, areas, lambda columns: centred(columns, self._hand)
        )

    def _columns(self) -> np.ndarray:
        """Every area, on either side, and the order."""
        hands = self._hands
        areas = (hands.area[:, None] == np.unique(hands.area)).astype(float)
        sides = areas * hands.side[:, None] if hands.side.any() else areas[:, :0]
        return np.column_stack([centred(np.column_stack([areas, sides]), self._hand), order(hands)])

    def _model(self, part: int) -> Model:
        own = design(self._hands, part)
        return least_squares(
            np.column_stack([own, self._columns()]) if self._crossed else own, self._workshop
        )


def correlations(hands: Hands, parts: int, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """That of the parts with each other, and that of the measures."""
    return _correlation(_overlap(hands, parts, run_starts(hands.session))), _correlation(y.T @ y)


def scores_of(hands: Hands, parts: int) -> tuple[np.ndarray, np.ndarray]:
    """How far each workshop is off the common excess (workshops × parts × measures), and its size."""
    workshop = run_starts(hands.workshop)
    y = centred(relative(hands.values, hands.session), run_starts(hands.session))
    scores = np.zeros((len(workshop), parts, y.shape[1]))
    sizes = np.zeros((len(workshop), parts))
    for part in range(parts):
        x = design(hands, part)
        gram = x.T @ x
        left = y - x @ (np.linalg.pinv(gram, rcond=1e-10, hermitian=True) @ (x.T @ y))
        rest = np.linalg.pinv(gram[1:, 1:], rcond=1e-10, hermitian=True)
        free = x[:, 0] - x[:, 1:] @ (rest @ gram[1:, 0])
        scores[:, part] = np.add.reduceat(free[:, None] * left, workshop)
        sizes[:, part] = np.add.reduceat(free**2, workshop)
    return scores, sizes


def step_down(hands: Hands, parts: int, *, crossed: bool = True, beyond_these_cards: bool = True) -> Finding:
    """What is told of which part and measure, one cause once."""
    p = np.full((parts, hands.values.shape[1]), np.nan)
    differs, open_parts, stronger = np.zeros(p.shape, int), np.ones(parts, bool), 0.0
    step = np.zeros(parts, int)
    while open_parts.sum() > 1 and len(hands.part):
        excess = excess_of(hands, parts, crossed=crossed)
        single = np.where(open_parts[:, None], excess.p(beyond_these_cards=beyond_these_cards), np.nan)
        adjusted = adjusted_p(single, *excess.correlation)
        seen = np.where(np.isnan(adjusted), p, np.maximum(adjusted, stronger))
        p[open_parts] = seen[open_parts]
        if not (adjusted <= LEVEL).any():
            break
        stronger = max(stronger, np.nanmin(adjusted))
        strongest = _strongest(single, excess.value)
        is_significant = adjusted[strongest] <= LEVEL
        differs[strongest] = np.where(is_significant, np.sign(excess.value[strongest]), 0)
        open_parts[strongest], step[strongest] = False, step.max() + 1
        hands = hands.where(hands.part != strongest)
    return Finding(p, differs, step)


def carriers(hands: Hands, part: int, measure: int, *, most: int, left: float) -> list[int]:
    """The fewest cards, at most so many, without which less than a share `left` of the excess remains."""
    single = hands._replace(values=hands.values[:, [measure]])
    whole = _excess(single, part)
    cards = np.unique(hands.card[hands.part == part])
    leaning = [_excess(single.where(hands.card != card), part) * np.sign(whole) for card in cards]
    for count in range(1, min(most, len(cards) - 1) + 1):
        chosen = cards[np.argsort(leaning)[:count]]
        if _excess(single.where(~np.isin(hands.card, chosen)), part) * np.sign(whole) < left * abs(whole):
            return [int(card) for card in chosen]
    return []


def _excess(hands: Hands, part: int) -> float:
    y = centred(relative(hands.values, hands.session), run_starts(hands.session))
    x = design(hands, part)
    return float((np.linalg.pinv(x.T @ x, rcond=1e-10, hermitian=True) @ (x.T @ y))[0, 0])


def _strongest(p: np.ndarray, value: np.ndarray) -> int:
    """The part with the smallest p; of two that are each other's mirror, the one that got more."""
    smallest = np.nanmin(p)
    alike = (p <= smallest * (1 + 1e-6)) & (value > 0)
    return int(np.argwhere(alike)[0][0] if alike.any() else np.unravel_index(np.nanargmin(p), p.shape)[0])


# --- one part ----------------------------------------------------------------------------------------------


def indicators(hands: Hands, part: int) -> np.ndarray:
    """The column of interest, being of the part (on side 1, of a change), then what it is compared with."""
    of_part = (hands.part == part).astype(float)
    if not hands.side.any():
        areas = np.unique(hands.area[hands.part == part])
        alike = (
            [] if (hands.part == hands.area).all() else [(hands.area == each).astype(float) for each in areas]
        )
        return np.column_stack([of_part, *alike])
    strata = (of_part * (hands.stratum == each) for each in np.unique(hands.stratum))
    return np.column_stack([of_part * hands.side, *strata])


def order(hands: Hands) -> np.ndarray:
    """The place in the order and its square, within hands."""
    position = hands.place.astype(float)
    return centred(np.column_stack([position, position**2 / 10]), run_starts(hands.session))


def design(hands: Hands, part: int) -> np.ndarray:
    """`indicators` and `order` within hands."""
    return np.column_stack([centred(indicators(hands, part), run_starts(hands.session)), order(hands)])


def is_seen(x: np.ndarray) -> bool:
    """Whether the first column has something that the others do not explain."""
    whole = x.T @ x
    if whole[0, 0] < TINY:
        return False
    rest = np.linalg.pinv(whole[1:, 1:], rcond=1e-10, hermitian=True)
    return whole[0, 0] - whole[0, 1:] @ rest @ whole[1:, 0] > 1e-6 * whole[0, 0]


def shared_cards(weights: np.ndarray, hands: Hands) -> np.ndarray:
    """What a variance of 1 between cards adds to each weighted sum because workshops had the same cards.

    The sum over cards of the squared weight of all workshops together, less that of each by itself.
    """
    cards = hands.card.max() + 1
    workshop = run_numbers(run_starts(hands.workshop), len(hands.card))
    alone = summed(workshop * cards + hands.card, weights, (workshop[-1] + 1) * cards)
    together = alone.reshape(-1, cards, weights.shape[1]).sum(axis=0)
    return np.maximum((together**2).sum(axis=0) - (alone**2).sum(axis=0), 0)


def _all_parts(hands: Hands, hand: np.ndarray) -> np.ndarray:
    """Every part (by stratum and side, of a change), and the order."""
    key = (hands.stratum.astype(int) * 2 + hands.side) * (int(hands.part.max()) + 1) + hands.part
    columns = (key[:, None] == np.unique(key)).astype(float)
    return np.column_stack([centred(columns, hand), order(hands)])


# --- sums --------------------------------------------------------------------------------------------------


def run_starts(codes: np.ndarray) -> np.ndarray:
    """Where each run of equal numbers begins."""
    return np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]])


def centred(values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """The values less their mean in each hand."""
    lengths = np.diff(np.r_[starts, len(values)])
    means = np.add.reduceat(values, starts) / lengths[:, None]
    return values - np.repeat(means, lengths, axis=0)


def _overlap(hands: Hands, parts: int, hand: np.ndarray) -> np.ndarray:
    """Parts × parts: how the excesses of the parts go together, by having come up in the same hands."""
    number = run_numbers(hand, len(hands.part))
    counts = np.bincount(number * parts + hands.part, minlength=len(hand) * parts).reshape(-1, parts)
    return np.diag(counts.sum(axis=0)) - counts.T @ (counts / counts.sum(axis=1, keepdims=True))


def _correlation(covariance: np.ndarray) -> np.ndarray:
    scale = np.sqrt(np.maximum(np.diag(covariance), TINY))
    correlation = covariance / np.outer(scale, scale)
    np.fill_diagonal(correlation, 1.0)
    return correlation
