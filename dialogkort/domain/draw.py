"""The draw: in which order the cards lie face down, from a seed and by a plan.

The same seed gives the same order on every machine and in every Python: all there is of chance comes from
`Random.random`, whose sequence Python promises to keep for a seed ("Notes on Reproducibility" in the
documentation of `random`), and the shuffle is our own (Durstenfeld 1964).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from dialogkort.domain.deck import Card
from dialogkort.domain.events import DrawPlan

_T = TypeVar("_T")


@dataclass(frozen=True)
class Draw:
    """How to lay the cards of a table: `plan`, and what it needs to be told (see `draw`)."""

    plan: DrawPlan = DrawPlan.SHUFFLE
    areas: tuple[str, ...] = ()
    order: tuple[str, ...] = ()

    def lay(self, cards: Sequence[Card], seed: int) -> tuple[str, ...]:
        """The ids of the cards as they are to be turned."""
        return draw(cards, self.plan, seed, self.areas, self.order)


def deal(cards: Iterable[str], seed: int) -> tuple[str, ...]:
    """The cards in the order a seed gives them, the same on every machine and in every Python."""
    return tuple(_shuffled(cards, Random(seed).random))


def draw(
    cards: Sequence[Card], plan: DrawPlan, seed: int, areas: Sequence[str] = (), order: Sequence[str] = ()
) -> tuple[str, ...]:
    """The ids of the cards as they are to be turned.

    Balanced: rounds of one card of every area that has cards left, in a random order; so of k areas the first
    k·m cards are m of each, as long as the smallest area lasts, and after that no area that goes on is more
    than one card ahead of another. Within an area every order is equally likely, whatever the plan.

    Parameters
    ----------
    cards : sequence of Card
        What lies on the table, in the deck's order.
    plan : DrawPlan
        How they are laid.
    seed : int
        The same seed gives the same order.
    areas : sequence of str, optional
        For `BY_AREA`: the areas in the order of their turn; those it does not name come last, as in the deck.
    order : sequence of str, optional
        For `OWN_ORDER`: ids of cards; those it does not name come last, as in the deck.

    Returns
    -------
    tuple of str
        Every card once.

    Examples
    --------
    >>> from dialogkort.decks.reading import read_deck
    >>> deck = read_deck()
    >>> first_four = draw(deck.cards, DrawPlan.BALANCED, seed=7)[:4]
    >>> len({deck.card(card).area for card in first_four})
    4
    """
    random = Random(seed).random
    if plan is DrawPlan.OWN_ORDER:
        return _put_first(order, [card.id for card in cards])
    if plan in (DrawPlan.SHUFFLE, DrawPlan.CHOSEN):
        return tuple(_shuffled((card.id for card in cards), random))
    piles = _piles(cards, areas, random)
    if plan is DrawPlan.BY_AREA:
        return tuple(card for pile in piles for card in pile)
    return tuple(_in_rounds(piles, random))


def _piles(cards: Sequence[Card], areas: Sequence[str], random: Callable[[], float]) -> list[list[str]]:
    """Every area's cards, shuffled; the areas in the order that is given."""
    by_area: dict[str, list[str]] = {}
    for card in cards:
        by_area.setdefault(card.area, []).append(card.id)
    return [_shuffled(by_area[area], random) for area in _put_first(areas, list(by_area))]


def _in_rounds(piles: Iterable[Sequence[str]], random: Callable[[], float]) -> Iterable[str]:
    round_, left = 0, list(piles)
    while left := [pile for pile in left if round_ < len(pile)]:
        for pile in _shuffled(left, random):
            yield pile[round_]
        round_ += 1


def _put_first(first: Iterable[str], all_: Sequence[str]) -> tuple[str, ...]:
    """All of them once, those that are named first."""
    known = set(all_)
    return tuple(dict.fromkeys([*(one for one in first if one in known), *all_]))


def _shuffled(items: Iterable[_T], random: Callable[[], float]) -> list[_T]:
    order = list(items)
    for last in range(len(order) - 1, 0, -1):
        pick = int(random() * (last + 1))
        order[last], order[pick] = order[pick], order[last]
    return order
