"""Workshops as they may be, made without a line of the analysis: cards, workshops and groups that are unlike.

What a card gets is a base that all share, times what the card draws out of everybody, times what its area
draws out of the workshop and out of the group. It shows in the minutes, in whether the card is discussed and
in the notes; what is planted, in minutes and notes alone. Spreads are those of the logarithm of the minutes.
The hands are 4 to 12 of the deck's 35 cards.
"""

from typing import NamedTuple

import numpy as np

SIZES = (11, 6, 10, 8)
AREA_OF = np.repeat(np.arange(4), SIZES)
# The nulls under which no statement may be made in more than 5 of 100 analyses.
NULLS = {
    "alike": {},
    "cards unlike .2": {"cards": 0.2},
    "cards unlike .4": {"cards": 0.4},
    "workshops unlike .3": {"workshops": 0.3},
    "cards and workshops": {"cards": 0.4, "workshops": 0.3},
    "group x area .3": {"group_area": 0.3},
    "uneven groups": {"uneven": True, "cards": 0.2, "workshops": 0.3},
    "time limit": {"limit": True, "cards": 0.2},
    "fatigue": {"fatigue": True, "cards": 0.2},
    "hand-picked": {"picked": True, "cards": 0.2},
    "hand-picked, fatigue": {"picked": True, "fatigue": True},
    "balanced": {"draw": "balanced", "cards": 0.2},
    "by area": {"draw": "by area", "cards": 0.2},
    "by area, fatigue": {"draw": "by area", "fatigue": True},
    "few chosen cards, fatigue": {"draw": "chosen", "cards": 0.2, "fatigue": True},
    "all of it": {
        "cards": 0.2,
        "workshops": 0.3,
        "uneven": True,
        "limit": True,
        "picked": True,
        "fatigue": True,
    },
}


class Generated(NamedTuple):
    """Cards in hand in the order they were turned; `values` is cards × (discussed, minutes, notes)."""

    values: np.ndarray
    card: np.ndarray
    session: np.ndarray
    workshop: np.ndarray
    place: np.ndarray

    @property
    def area(self) -> np.ndarray:
        return AREA_OF[self.card]


def workshop_of(rng, groups: int, uneven: bool) -> np.ndarray:
    """Four groups to a workshop, or 1 to 8; of two groups and more there are two workshops at least."""
    sizes = rng.integers(1, 9, groups) if uneven else np.full(groups, 4)
    number = np.repeat(np.arange(groups), sizes)[:groups]
    return np.arange(groups) * 2 // groups if groups > 1 and number[-1] == 0 else number


def generate(
    rng,
    groups: int,
    *,
    cards: float = 0.0,
    workshops: float = 0.0,
    group_area: float = 0.0,
    uneven: bool = False,
    limit: bool = False,
    fatigue: bool = False,
    picked: bool = False,
    draw: str = "shuffle",
    area: int | None = None,
    times: float | np.ndarray = 1.0,
    workshop: np.ndarray | None = None,
) -> Generated:
    """Groups of workshops; the planted `area` gets so many `times` the minutes and notes."""
    workshop = workshop_of(rng, groups, uneven) if workshop is None else workshop
    drawn = rng.integers(2, 15, groups) if uneven else rng.integers(4, 13, groups)
    order = rng.random((groups, len(AREA_OF)))
    if picked:  # somebody lays three cards of the first area on top, in every other workshop
        chosen = order[:, : SIZES[0]].argsort(axis=1)[:, :3]
        front = np.zeros_like(order)
        np.put_along_axis(front, chosen, -1.0, axis=1)
        order += np.where((workshop % 2 == 0)[:, None], front, 0)
    if draw != "shuffle":
        order = _laid(rng, order, draw, workshop)
    card = order.argsort(axis=1)[np.arange(len(AREA_OF))[None] < drawn[:, None]]
    session = np.repeat(np.arange(groups), drawn)
    location = np.arange(len(card)) - np.repeat(np.cumsum(drawn) - drawn, drawn)
    liking = rng.normal(0, cards, len(AREA_OF))[card]
    liking += rng.normal(0, workshops, (workshop.max() + 1, 4))[workshop[session], AREA_OF[card]]
    liking += rng.normal(0, group_area, (groups, 4))[session, AREA_OF[card]]
    planted = np.where(AREA_OF[card] == area, np.broadcast_to(times, groups)[session], 1.0)
    if fatigue:
        liking = liking - 0.1 * location
    talkative = rng.normal(0, 0.8, groups)[session] if uneven else 0.0
    discussed = rng.random(len(card)) < 1 / (1 + np.exp(-(1.2 + talkative + liking)))
    pace = np.exp(rng.normal(0, 0.3, workshop.max() + 1)[workshop[session]])
    minutes = (
        6
        * planted
        * pace
        * np.exp(0.9 * liking + rng.normal(0, 0.5, len(card)))
        * np.where(discussed, 1, 0.4)
    )
    if limit:
        used = np.cumsum(minutes)
        before = used - minutes - np.repeat((used - minutes)[location == 0], drawn)
        minutes = np.clip(40 * pace - before, 0.05, minutes)
        discussed = discussed & (minutes > 0.05)
    notes = rng.poisson(2.0 * planted * np.exp(liking) * (minutes > 0.05)) * discussed
    values = np.stack([discussed, minutes, notes], axis=1).astype(float)
    return Generated(values, card, session, workshop[session], location)


def _laid(rng, order: np.ndarray, draw: str, workshop: np.ndarray) -> np.ndarray:
    """Where each card lies when it was planned: in rounds of all areas, area after area, or few of them."""
    within = np.concatenate(
        [order[:, area == AREA_OF].argsort(axis=1).argsort(axis=1) for area in range(len(SIZES))], axis=1
    )
    if draw == "balanced":
        return within + order
    if draw == "by area":
        return 2 * AREA_OF + order
    chosen = rng.random((workshop.max() + 1, len(AREA_OF))) - 0.3 * (AREA_OF == 0)  # more of the first area
    ranks = chosen.argsort(axis=1).argsort(axis=1)[workshop]
    return order + 2 * (ranks >= 14)
