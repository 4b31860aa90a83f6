"""What is asked of generated workshops; how often what is not so is said, and what is so is found."""

import numpy as np
from generating import AREA_OF, Generated, generate

from dialogkort.analysis import crossed_effects
from dialogkort.analysis.comparison import groups_differ
from dialogkort.analysis.discussion import cards_differ
from dialogkort.analysis.rate_ratio import ratios

AREAS = 4
SMALL = 1  # the area of six cards; the one of ten is 2


def hands(made: Generated, **columns: np.ndarray) -> crossed_effects.Hands:
    """What was generated, as the analysis takes it."""
    return crossed_effects.sorted_hands(
        made.values,
        columns.pop("part", made.area),
        made.card,
        made.session,
        made.workshop,
        made.place,
        **columns,
    )


def of_area(made: Generated) -> np.ndarray:
    """`by_area`: areas × measures, 1, 0 or -1."""
    return _of(hands(made), AREAS)


def of_these_cards(made: Generated) -> np.ndarray:
    """`by_area`, of these very cards."""
    return _of(hands(made), AREAS, beyond_these_cards=False)


def of_card(made: Generated) -> np.ndarray:
    """`by_card`: cards × measures."""
    return cards_differ(hands(made, part=made.card), len(AREA_OF)).differs


def of_pair(made: Generated) -> np.ndarray:
    """`compare`: every other workshop is of the other side."""
    return _of(hands(made, side=made.workshop % 2), AREAS)


def of_then_and_now(made: Generated) -> np.ndarray:
    """`then_and_now`: two workshops in each organisation, one before and one after."""
    paired = made.workshop < made.workshop[-1] + made.workshop[-1] % 2
    made = Generated(*(column[paired] for column in made))
    if not len(made.card):
        return np.zeros((AREAS, 3))
    return _of(hands(made, side=made.workshop % 2, stratum=made.workshop // 2), AREAS)


def of_municipalities(made: Generated) -> np.ndarray:
    """`between_groups`: up to twelve municipalities."""
    return groups_differ(hands(made, side=_municipality(made)), AREAS).differs


def of_who(made: Generated) -> np.ndarray:
    """`by_group`: municipalities × areas × measures, told only of what the municipalities differ in."""
    municipality = _municipality(made)
    gate = of_municipalities(made) > 0
    if not gate.any():
        return np.zeros((1, AREAS, 3))
    groups = municipality.max() + 1
    held = hands(made, part=municipality * AREAS + made.area, area=made.area)
    return np.where(gate, _of(held, groups * AREAS).reshape(groups, AREAS, -1), 0)


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


def _municipality(made: Generated) -> np.ndarray:
    return made.workshop % min(12, max(1, (made.workshop[-1] + 1) // 2))


def _of(held: crossed_effects.Hands, parts: int, **how: bool) -> np.ndarray:
    if len(np.unique(held.workshop)) < crossed_effects.FEWEST_WORKSHOPS:
        return np.zeros((parts, held.values.shape[1]))
    if held.side.any() and min(len(np.unique(held.workshop[held.side == side])) for side in (0, 1)) < 2:
        return np.zeros((parts, held.values.shape[1]))
    return crossed_effects.step_down(held, parts, **how).differs


def false_rate(say: str, groups: int, analyses: int, null: dict, seed: int = 1) -> float:
    """The share of analyses that say anything where there is nothing."""
    rng = np.random.default_rng([seed, groups])
    return np.mean([SAY[say](generate(rng, groups, **null)).any() for _ in range(analyses)])


def coverage(groups: int, analyses: int, null: dict, times: float, seed: int = 2) -> np.ndarray:
    """Of the small area, minutes and notes: intervals that hold the true ratio, and how many were given.

    None is given where the area was not drawn in two workshops together with others: 2 × 2.
    """
    rng, held = np.random.default_rng([seed, groups]), []
    for _ in range(analyses):
        found = ratios(hands(generate(rng, groups, area=SMALL, times=times, **null)), AREAS)
        low, high = found.low[SMALL, 1:], found.high[SMALL, 1:]
        held.append([(low <= times) & (times <= high), ~np.isnan(low)])
    return np.sum(held, axis=0)


def power(
    groups: int, analyses: int, place: dict, area: int, times: float, seed: int = 3
) -> tuple[float, float]:
    """How often the planted area is named, and how often another is."""
    rng, named, others = np.random.default_rng([seed, groups]), 0, 0
    for _ in range(analyses):
        told = of_area(generate(rng, groups, area=area, times=times, **place))
        named += (told[area] > 0).any()
        others += np.delete(told, area, axis=0).any()
    return named / analyses, others / analyses
