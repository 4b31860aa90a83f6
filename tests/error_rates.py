"""What is asked of generated workshops; how often what is not so is said, and what is so is found."""

import numpy as np
from workshop_generator import AREA_OF, Generated, generate

from dialogkort.analysis import crossed_effects
from dialogkort.analysis.comparison import groups_differ
from dialogkort.analysis.discussion import cards_differ
from dialogkort.analysis.rate_ratio import ratios

AREAS = 4
SMALL = 1  # the area of six cards; the one of ten is 2


def hands(sample: Generated, **columns: np.ndarray) -> crossed_effects.Hands:
    """What was generated, as the analysis takes it."""
    return crossed_effects.sorted_hands(
        sample.values,
        columns.pop("part", sample.area),
        sample.card,
        sample.session,
        sample.workshop,
        sample.place,
        **columns,
    )


def of_area(sample: Generated) -> np.ndarray:
    """`by_area`: areas × measures, 1, 0 or -1."""
    return _of(hands(sample), AREAS)


def of_these_cards(sample: Generated) -> np.ndarray:
    """`by_area`, of these very cards."""
    return _of(hands(sample), AREAS, beyond_these_cards=False)


def of_card(sample: Generated) -> np.ndarray:
    """`by_card`: cards × measures."""
    return cards_differ(hands(sample, part=sample.card), len(AREA_OF)).differs


def of_pair(sample: Generated) -> np.ndarray:
    """`compare`: every other workshop is of the other side."""
    return _of(hands(sample, side=sample.workshop % 2), AREAS)


def of_then_and_now(sample: Generated) -> np.ndarray:
    """`then_and_now`: two workshops in each organisation, one before and one after."""
    paired = sample.workshop < sample.workshop[-1] + sample.workshop[-1] % 2
    sample = Generated(*(column[paired] for column in sample))
    if not len(sample.card):
        return np.zeros((AREAS, 3))
    return _of(hands(sample, side=sample.workshop % 2, stratum=sample.workshop // 2), AREAS)


def of_municipalities(sample: Generated) -> np.ndarray:
    """`between_groups`: up to twelve municipalities."""
    return groups_differ(hands(sample, side=_municipality(sample)), AREAS).differs


def of_who(sample: Generated) -> np.ndarray:
    """`by_group`: municipalities × areas × measures, told only of what the municipalities differ in."""
    municipality = _municipality(sample)
    gate = of_municipalities(sample) > 0
    if not gate.any():
        return np.zeros((1, AREAS, 3))
    groups = municipality.max() + 1
    hands_of_who = hands(sample, part=municipality * AREAS + sample.area, area=sample.area)
    return np.where(gate, _of(hands_of_who, groups * AREAS).reshape(groups, AREAS, -1), 0)


SAY = {
    "area": of_area,
    "these cards": of_these_cards,
    "card": of_card,
    "compare": of_pair,
    "then and now": of_then_and_now,
    "between": of_municipalities,
    "who": of_who,
}
# Cards that differ are what these two tell of: no null for them.
TRUE_OF_CARDS = ("card", "these cards")


def _municipality(sample: Generated) -> np.ndarray:
    return sample.workshop % min(12, max(1, (sample.workshop[-1] + 1) // 2))


def _of(dealt: crossed_effects.Hands, parts: int, **how: bool) -> np.ndarray:
    if len(np.unique(dealt.workshop)) < crossed_effects.MIN_WORKSHOPS:
        return np.zeros((parts, dealt.values.shape[1]))
    if dealt.side.any() and min(len(np.unique(dealt.workshop[dealt.side == side])) for side in (0, 1)) < 2:
        return np.zeros((parts, dealt.values.shape[1]))
    return crossed_effects.step_down(dealt, parts, **how).differs


def false_rate(say: str, groups: int, analyses: int, null: dict, seed: int = 1) -> float:
    """The share of analyses that say anything where there is nothing."""
    rng = np.random.default_rng([seed, groups])
    return np.mean([SAY[say](generate(rng, groups, **null)).any() for _ in range(analyses)])


def coverage(groups: int, analyses: int, null: dict, times: float, seed: int = 2) -> np.ndarray:
    """Of the small area, minutes and notes: intervals that hold the true ratio, and how many were given.

    None is given where the area was not drawn in two workshops together with others: 2 × 2.
    """
    rng, covered = np.random.default_rng([seed, groups]), []
    for _ in range(analyses):
        estimates = ratios(hands(generate(rng, groups, area=SMALL, times=times, **null)), AREAS)
        low, high = estimates.low[SMALL, 1:], estimates.high[SMALL, 1:]
        covered.append([(low <= times) & (times <= high), ~np.isnan(low)])
    return np.sum(covered, axis=0)


def power(
    groups: int, analyses: int, location: dict, area: int, times: float, seed: int = 3
) -> tuple[float, float]:
    """How often the planted area is named, and how often another is."""
    rng, named, others = np.random.default_rng([seed, groups]), 0, 0
    for _ in range(analyses):
        differs = of_area(generate(rng, groups, area=area, times=times, **location))
        named += (differs[area] > 0).any()
        others += np.delete(differs, area, axis=0).any()
    return named / analyses, others / analyses
