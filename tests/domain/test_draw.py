"""The draw: balanced as far as one comes, even inside an area, the same everywhere, kept through a talk."""

import os
from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from dialogkort.domain.deck import Card
from dialogkort.domain.draw import DrawPlan, draw
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import Dealt, Discussed, PutBack, Skipped, Turned, Undone
from dialogkort.domain.table import play, turns
from dialogkort.domain.undo import last_step

DRAWS = int(os.environ.get("DRAWS", "4000"))  # 50,000 by hand: DRAWS=50000 pytest tests/domain/test_draw.py
SESSION = new_id(1_000)
AREAS = "ABCDE"


def cards_of(*sizes):
    return [
        Card(f"{area}{number}", number, area, "sure", "?", (), "")
        for area, size in zip(AREAS, sizes, strict=False)
        for number in range(size)
    ]


# Drawn once, and copied here.
BALANCED_7 = [
    19,
    10,
    31,
    15,
    21,
    16,
    30,
    7,
    26,
    33,
    5,
    14,
    18,
    34,
    9,
    13,
    32,
    17,
    8,
    24,
    3,
    12,
    35,
    27,
    28,
    22,
    11,
    25,
    29,
    1,
    6,
    23,
    20,
    2,
    4,
]
BY_AREA_LARGE = [
    1,
    6,
    3,
    2,
    10,
    5,
    9,
    11,
    8,
    7,
    4,
    13,
    16,
    17,
    15,
    14,
    12,
    25,
    21,
    18,
    24,
    20,
    22,
    26,
    19,
    23,
    27,
    30,
    35,
    33,
    32,
    28,
    34,
    31,
    29,
]
sizes = st.lists(st.integers(1, 9), min_size=1, max_size=5)
seeds = st.integers(0, 2**63 - 1)


@settings(max_examples=50)
@given(sizes, seeds, st.sampled_from(DrawPlan))
def test_every_draw_holds_every_card_once_and_the_same_seed_draws_the_same(sizes, seed, plan):
    cards = cards_of(*sizes)
    order = draw(cards, plan, seed)
    assert Counter(order) == Counter(card.id for card in cards)
    assert draw(cards, plan, seed) == order


@settings(max_examples=50)
@given(sizes, seeds)
def test_as_far_as_a_balanced_draw_comes_every_area_came_as_often(sizes, seed):
    order = draw(cards_of(*sizes), DrawPlan.BALANCED, seed)
    for drawn in range(len(order) + 1):
        seen = Counter(card[0] for card in order[:drawn])
        going_on = [seen[area] for area, size in zip(AREAS, sizes, strict=False) if seen[area] < size]
        assert max(seen.values(), default=0) - min(going_on, default=max(seen.values(), default=0)) <= 1
        if drawn % len(sizes) == 0 and drawn <= len(sizes) * min(sizes):
            assert set(seen.values()) <= {drawn // len(sizes)}


def test_of_the_deck_the_first_24_cards_of_a_balanced_draw_are_six_of_each_area(deck):
    for seed in range(200):
        areas = [deck.card(card).area for card in draw(deck.cards, DrawPlan.BALANCED, seed)]
        for each in range(1, 7):
            assert set(Counter(areas[: 4 * each]).values()) == {each}


@pytest.mark.parametrize("plan", [DrawPlan.SHUFFLE, DrawPlan.BALANCED, DrawPlan.BY_AREA, DrawPlan.CHOSEN])
def test_inside_an_area_every_order_is_drawn_equally_often(plan):
    cards = cards_of(4, 2, 3)
    orders = Counter(
        "".join(card for card in draw(cards, plan, seed) if card[0] == "A") for seed in range(DRAWS)
    )
    assert len(orders) == 24
    assert chisquare(list(orders.values())).pvalue > 0.001


def test_every_card_of_an_area_comes_first_in_it_equally_often(deck):
    for area in deck.areas:
        cards = [card.id for card in deck.cards if card.area == area.name]
        firsts = Counter(
            next(card for card in draw(deck.cards, DrawPlan.BALANCED, seed) if card in cards)
            for seed in range(DRAWS // 4)
        )
        assert chisquare([firsts[card] for card in cards]).pvalue > 0.001


def test_which_area_comes_first_in_a_round_is_chance():
    seen = Counter(draw(cards_of(3, 3, 3, 3), DrawPlan.BALANCED, seed)[4][0] for seed in range(DRAWS))
    assert chisquare([seen[area] for area in "ABCD"]).pvalue > 0.001


def test_by_area_takes_one_area_after_the_other_as_they_were_put():
    order = draw(cards_of(3, 2, 2), DrawPlan.BY_AREA, 3, areas=["C", "nowhere", "A"])
    assert "".join(card[0] for card in order) == "CCAAABB"


def test_ones_own_order_is_kept_and_what_it_leaves_out_comes_last_as_in_the_deck():
    assert draw(cards_of(2, 2), DrawPlan.OWN_ORDER, 1, order=["B1", "A0", "B1"]) == ("B1", "A0", "A1", "B0")


def test_a_seed_draws_these_very_cards_in_every_python(deck):
    """Pinned: run under another Python it must be the same, or a record could not be drawn again."""
    numbers = [deck.card(card).number for card in draw(deck.cards, DrawPlan.BALANCED, 7)]
    assert numbers == BALANCED_7
    numbers = [deck.card(card).number for card in draw(deck.cards, DrawPlan.BY_AREA, 2**63 - 1)]
    assert numbers == BY_AREA_LARGE


class Talk:
    """A group that turns the next card in the row and does with it whatever a group can do."""

    def __init__(self, order):
        self.now, self.events = 10_000, []
        self.record(Dealt, deck="d", seed=1, order=order, plan="balanced")

    def record(self, kind, **fields):
        self.now += 60_000
        self.events.append(kind(id=new_id(self.now), session=SESSION, **fields))

    def act(self, chance):
        table = play(self.events)
        match chance.choice(["turn", "turn", "turn", "discuss", "skip", "back", "undo"]):
            case "turn" if table.face_down:
                self.record(Turned, card=table.face_down[0])
            case "discuss" if table.current:
                self.record(Discussed, card=table.current)
            case "skip" if table.current:
                self.record(Skipped, card=table.current)
            case "back" if table.current:
                self.record(PutBack, card=table.current)
            case "undo" if step := last_step(self.events):
                self.record(Undone, events=tuple(event.id for event in step))


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_skip_put_back_and_undo_keep_what_the_draw_promises(seed):
    """What was turned is always the beginning of the draw: nothing a group does makes an area come sooner."""
    order = draw(cards_of(5, 3, 4, 4), DrawPlan.BALANCED, seed)
    talk, chance = Talk(order), Random(seed)
    for _ in range(30):
        talk.act(chance)
        drawn = tuple(dict.fromkeys(turn.card for turn in turns(talk.events)))
        assert drawn == order[: len(drawn)]
