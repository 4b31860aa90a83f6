"""Excess of an area's cards over the others in the same hands, with workshops and cards as crossed effects.

*The value.* What a card got, over the mean of its hand, minus 1; with the card's place in the order and the
square of that taken out within hands (Frisch & Waugh 1933), as later cards get less time and the first may
have been chosen. An area's *excess* is the regression of that on being of the area.

*How sure.* The excess varies with two things that cross each other: which workshops were held, and which
cards were written (Clark 1973; Judd, Westfall & Kenny 2012). Of the workshops: the scores summed by workshop,
each freed of its leverage (Bell & McCaffrey 2002), at one rate common to all areas. Of the cards: whether the
same cards get more again in *other* workshops, an unbiased sum of cross products; an area's own where that is
larger than the common one. What the two share is counted once (Cameron, Gelbach & Miller 2011; Owen 2007).
Degrees of freedom after Satterthwaite (1946). Without the cards' part the statement is about these cards,
with it about the area.

*Many looks.* p is adjusted for all areas and measures (`distributions.adjusted_p`). One cause is told once:
the strongest is named, its cards are set aside, and the rest are asked again (step-down: Marcus, Peritz &
Gabriel 1976).
"""

from typing import NamedTuple

import numpy as np

from dialogkort.analysis.distributions import LEVEL, adjusted_p, t_p

FEWEST_WORKSHOPS = 2
_TINY = 1e-9
_NUMBERS_AT_A_TIME = 4_000_000


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
    of_cards: np.ndarray
    cards_noise: np.ndarray
    workshops_dof: float
    cards_dof: float
    correlation: tuple[np.ndarray, np.ndarray]

    def p(self, *, beyond_these_cards: bool = True) -> np.ndarray:
        """p by Student's t, not yet adjusted."""
        variance, dof = self.variance(beyond_these_cards=beyond_these_cards)
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.where(variance > _TINY, self.value / np.sqrt(variance), np.nan)
        return t_p(t, dof)

    def variance(self, *, beyond_these_cards: bool = True) -> tuple[np.ndarray, np.ndarray]:
        """The variance and its degrees of freedom, of these cards alone or of any cards of the parts."""
        workshops = self.of_workshops
        cards = self.of_cards if beyond_these_cards else np.zeros_like(workshops)
        with np.errstate(divide="ignore", invalid="ignore"):
            noise = self.cards_noise if beyond_these_cards else 0
            denominator = workshops**2 / self.workshops_dof + (cards**2 + noise**2) / self.cards_dof
            dof = np.maximum((workshops + cards) ** 2 / denominator, 1)
        return workshops + cards, np.where(np.isfinite(dof), dof, np.nan)


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
    return np.where(mean > _TINY, values / np.where(mean > _TINY, mean, 1) - 1, 0)


def excess_of(hands: Hands, parts: int, *, crossed: bool = True) -> Estimates:
    """The excess of every part (0 … parts - 1), or its change from side 0 to side 1 where there are two.

    `crossed` False leaves the cards out: the parts are cards themselves.
    """
    hand, workshop = run_starts(hands.session), run_starts(hands.workshop)
    y = centred(relative(hands.values, hands.session), hand)
    designs = (design(hands, part) for part in range(parts))
    fits = [fit(columns, columns, y, hands.card, workshop) for columns in designs]
    return estimates(hands, fits, parts, crossed=crossed)


def estimates(hands: Hands, fits: list["Fit"], parts: int, *, crossed: bool) -> Estimates:
    """The fits of the parts together: one rate of variance between workshops, and one between cards."""
    hand = run_starts(hands.session)
    y = centred(relative(hands.values, hands.session), hand)
    value, variance = (
        np.stack([part_fit.value for part_fit in fits]),
        np.stack([part_fit.variance for part_fit in fits]),
    )
    size, dof = np.stack([part_fit.size for part_fit in fits]), np.array([part_fit.dof for part_fit in fits])
    seen = (size > 0).all(axis=1)
    common_dof = max(seen.sum() - 1, 1) * dof[seen].mean() if seen.any() else 0.0
    rate = (variance[seen] / size[seen]).mean(axis=0) if common_dof >= 1 else np.full(y.shape[1], np.nan)
    of_cards, noise, cards_dof = np.zeros_like(value), np.zeros_like(value), np.inf
    if crossed:
        shared = np.stack([part_fit.shared_cards for part_fit in fits])
        per_card, in_one, cards_dof = card_variance(hands, y)
        area_of = np.zeros(parts, int)
        area_of[hands.part] = hands.area
        of_cards, noise = per_card[area_of] * shared, in_one * shared
    correlation = _correlation(_overlap(hands, parts, hand)), _correlation(y.T @ y)
    pooled = np.where(seen[:, None], rate * size, np.nan)
    return Estimates(value, pooled, of_cards, noise, common_dof, cards_dof, correlation)


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


class Fit(NamedTuple):
    """One part, by measure: its estimate, and the variance of that between workshops.

    `size` is the variance at a rate of 1, `shared_cards` what a card variance of 1 adds because workshops had
    the same cards, `dof` the degrees of freedom of the workshops.
    """

    value: np.ndarray
    variance: np.ndarray
    size: np.ndarray
    shared_cards: np.ndarray
    dof: float


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


def fit(
    x: np.ndarray,
    gradient: np.ndarray,
    y: np.ndarray,
    card: np.ndarray,
    workshop: np.ndarray,
    scale: np.ndarray | float = 1.0,
) -> Fit:
    """The first coefficient of x'(y - gradient · coefficients) = 0; of least squares both are x.

    `scale` is what a card gives that draws out as much as the others: 1 for relative values.
    """
    measures = y.shape[1]
    blocks = np.add.reduceat(x[:, :, None] * x[:, None, :], workshop)
    if not _is_seen(blocks.sum(axis=0)):
        return Fit(*np.full((2, measures), np.nan), *np.zeros((2, measures)), 0.0)
    solved = np.linalg.pinv(x.T @ gradient, rcond=1e-10)
    coefficients = solved @ (x.T @ y)
    scores = np.add.reduceat(x[:, :, None] * (y - gradient @ coefficients)[:, None, :], workshop)
    moved, size, dof = _by_workshop(blocks, solved[0], scores)
    shared = _shared_cards(x @ solved[0] * scale, card, workshop)
    ones = np.ones(measures)
    return Fit(coefficients[0], (moved**2).sum(axis=0), size * ones, shared * ones, dof)


def _is_seen(whole: np.ndarray) -> bool:
    """Whether the first column has something that the others do not explain."""
    if whole[0, 0] < _TINY:
        return False
    rest = np.linalg.pinv(whole[1:, 1:], rcond=1e-10, hermitian=True)
    return whole[0, 0] - whole[0, 1:] @ rest @ whole[1:, 0] > 1e-6 * whole[0, 0]


def _by_workshop(blocks: np.ndarray, of_scores: np.ndarray, scores: np.ndarray):
    """What each workshop moves the estimate, freed of its leverage; the size; degrees of freedom.

    In coordinates where the whole has the unit matrix a workshop's scores have variance B(I - B) when all
    cards vary alike (B: its block), so they are divided by the root of I - B.
    """
    values, vectors = np.linalg.eigh(blocks.sum(axis=0))
    scale = np.where(values > 1e-10 * values[-1], np.sqrt(np.maximum(values, _TINY)), 0)
    root = vectors * np.divide(1, scale, out=np.zeros_like(scale), where=scale > 0)
    leverage, rotation = np.linalg.eigh(root.T @ blocks @ root)
    leverage = np.clip(leverage, 0, 1)
    free = np.where(leverage < 1 - 1e-6, 1 / np.sqrt(np.maximum(1 - leverage, 1e-6)), 0)
    contrast = np.einsum("j,wji->wi", (scale * vectors).T @ of_scores, rotation)
    inner = np.einsum("wji,jk,wkm->wim", rotation, root.T, scores)
    moved = np.einsum("wi,wi,wim->wm", contrast, free, inner)
    size = (contrast[0] ** 2).sum()
    if size < _TINY**2 or not np.isfinite(size):
        return moved * np.nan, 0.0, 0.0
    shares = (contrast**2 * leverage).sum(axis=1) / size
    lost = (contrast**2 * leverage**2).sum() / size
    return moved, size, (1 - lost) / (shares**2).sum()


def _shared_cards(weight: np.ndarray, card: np.ndarray, workshop: np.ndarray) -> float:
    """The sum over cards of the squared weight of all workshops together, less that of each by itself."""
    cards = card.max() + 1
    alone = np.bincount(_numbered(workshop, len(card)) * cards + card, weight)
    together = np.bincount(card, weight)
    return max(float((together**2).sum() - (alone**2).sum()), 0.0)


# --- the cards ---------------------------------------------------------------------------------------------


def card_variance(hands: Hands, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """The variance between an area's cards (areas × measures), the noise in it, degrees of freedom.

    From products of different workshops alone, so that neither chance nor what one workshop liked is taken
    for a property of its cards.
    """
    hand, workshop = run_starts(hands.session), run_starts(hands.workshop)
    areas = int(hands.area.max()) + 1
    cards, card = np.unique(hands.card, return_inverse=True)
    area_of = np.zeros(len(cards), int)
    area_of[card] = hands.area
    freed = _Freed(_all_parts(hands, hand), card, _numbered(workshop, len(card)), area_of, areas)
    (sums, squares), expected = freed.products(y), np.zeros(areas)
    at_a_time = max(1, _NUMBERS_AT_A_TIME // len(card))
    for start in range(0, len(cards), at_a_time):
        batch = np.arange(start, min(start + at_a_time, len(cards)))
        ones = centred((card[:, None] == batch).astype(float), hand)
        expected += freed.products(ones)[0].sum(axis=1)
    dof = float(len(cards) - len(np.unique(area_of)))
    if dof < 1 or expected.sum() <= _TINY:
        unknown = np.full((areas, y.shape[1]), 0.0 if dof >= 1 else np.nan)
        return unknown, unknown[0], max(dof, 1.0)
    own = np.divide(sums, expected[:, None], out=np.zeros_like(sums), where=expected[:, None] > _TINY)
    common = sums.sum(axis=0) / expected.sum()
    noise = np.sqrt(dof * squares.sum(axis=0)) / expected.sum()
    return np.maximum(np.maximum(own, common), 0), noise, dof


class _Freed(NamedTuple):
    """Sums products of a card's values in different workshops, freed of the parts and the order."""

    base: np.ndarray
    card: np.ndarray
    workshop: np.ndarray
    area_of: np.ndarray
    areas: int

    def products(self, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Their sums, and the sums of their squares, over pairs of workshops: areas × columns."""
        gram = np.linalg.pinv(self.base.T @ self.base, rcond=1e-10, hermitian=True)
        left = columns - self.base @ (gram @ (self.base.T @ columns))
        cards, workshops = len(self.area_of), self.workshop[-1] + 1
        together = _summed(self.card, left, cards)
        alone = _summed(self.workshop * cards + self.card, left, workshops * cards)
        squares = (alone**2).reshape(workshops, cards, -1)
        sums = together**2 - squares.sum(axis=0), squares.sum(axis=0) ** 2 - (squares**2).sum(axis=0)
        return tuple(_summed(self.area_of, each, self.areas) for each in sums)


def _all_parts(hands: Hands, hand: np.ndarray) -> np.ndarray:
    """Every part (by stratum and side, of a change), and the order."""
    key = (hands.stratum.astype(int) * 2 + hands.side) * (int(hands.part.max()) + 1) + hands.part
    columns = (key[:, None] == np.unique(key)).astype(float)
    return np.column_stack([centred(columns, hand), order(hands)])


# --- sums --------------------------------------------------------------------------------------------------


def run_starts(codes: np.ndarray) -> np.ndarray:
    """Where each run of equal numbers begins."""
    return np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]])


def _numbered(starts: np.ndarray, rows: int) -> np.ndarray:
    return np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, rows]))


def centred(values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """The values less their mean in each hand."""
    lengths = np.diff(np.r_[starts, len(values)])
    means = np.add.reduceat(values, starts) / lengths[:, None]
    return values - np.repeat(means, lengths, axis=0)


def _summed(number: np.ndarray, columns: np.ndarray, groups: int) -> np.ndarray:
    return np.stack([np.bincount(number, column, groups) for column in columns.T], axis=-1)


def _overlap(hands: Hands, parts: int, hand: np.ndarray) -> np.ndarray:
    """Parts × parts: how the excesses of the parts go together, by having come up in the same hands."""
    number = _numbered(hand, len(hands.part))
    counts = np.bincount(number * parts + hands.part, minlength=len(hand) * parts).reshape(-1, parts)
    return np.diag(counts.sum(axis=0)) - counts.T @ (counts / counts.sum(axis=1, keepdims=True))


def _correlation(covariance: np.ndarray) -> np.ndarray:
    scale = np.sqrt(np.maximum(np.diag(covariance), _TINY))
    correlation = covariance / np.outer(scale, scale)
    np.fill_diagonal(correlation, 1.0)
    return correlation
