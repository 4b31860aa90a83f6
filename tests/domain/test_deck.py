"""A deck is a value: it stands still, it knows its cards, and its fingerprint tells it from every other."""

import copy
import json
import pickle
from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogkort.domain.deck import CONFIDENCES, Area, Card, Deck

TOOLS = Area("Værktøjer", {"da": "Det, vi bruger.", "en": "What we use."})
PEOPLE = Area("Mennesker", {"da": "Dem, vi møder.", "en": "Those we meet."})
FIRST = Card("k-01", 1, "Værktøjer", "sure", "Hvad ”gør” det?", ("Intet", "alt – fx æbler"), "For eksempel")
SECOND = Card("k-02", 2, "Mennesker", "likely", "Hvem møder I?", (), "Eksempel")
DECK = Deck("k", "Kort", "Til samtale", "KL", (TOOLS, PEOPLE), (FIRST, SECOND))


@st.composite
def decks(draw):
    names = draw(st.lists(st.text(), min_size=1, max_size=4, unique=True))
    areas = tuple(Area(name, draw(st.dictionaries(st.text(), st.text(), max_size=2))) for name in names)
    ids = draw(st.lists(st.text(), max_size=5, unique=True))
    cards = tuple(
        Card(
            id=id,
            number=draw(st.integers()),
            area=draw(st.sampled_from(names)),
            area_confidence=draw(st.sampled_from(CONFIDENCES)),
            question=draw(st.text()),
            examples=tuple(draw(st.lists(st.text(), max_size=3))),
            examples_label=draw(st.text()),
        )
        for id in ids
    )
    return Deck(*(draw(st.text()) for _ in range(4)), areas, cards)


def test_a_card_is_found_by_its_id():
    assert DECK.card("k-02") is SECOND


def test_a_card_that_is_not_in_the_deck_is_not_found():
    with pytest.raises(KeyError, match="k-99"):
        DECK.card("k-99")


@given(decks())
def test_a_deck_written_as_json_and_read_again_is_the_same_deck(deck):
    again = Deck.from_record(json.loads(json.dumps(deck.to_record())))
    assert again == deck
    assert again.fingerprint == deck.fingerprint


@given(decks(), decks())
def test_two_decks_have_the_same_fingerprint_exactly_when_they_are_the_same(one, other):
    assert (one.fingerprint == other.fingerprint) == (one == other)


def test_the_fingerprint_is_the_same_on_every_machine_and_in_every_version_of_python():
    assert DECK.fingerprint == "160fecd738856a860159105cea913b5068efff671d7f5865649b7be9c7424f1f"


def test_the_order_in_which_an_areas_languages_are_written_changes_nothing():
    turned = Area("Værktøjer", dict(reversed(TOOLS.descriptions.items())))
    assert list(turned.descriptions) != list(TOOLS.descriptions)
    assert replace(DECK, areas=(turned, PEOPLE)).fingerprint == DECK.fingerprint


@pytest.mark.parametrize(
    "changed",
    [
        replace(DECK, id="l"),
        replace(DECK, title="Kort."),
        replace(DECK, subtitle=""),
        replace(DECK, attribution="DK"),
        replace(DECK, areas=(PEOPLE, TOOLS)),
        replace(DECK, areas=(TOOLS, replace(PEOPLE, descriptions={"da": "Dem."}))),
        replace(DECK, cards=(SECOND, FIRST)),
        replace(DECK, cards=(FIRST,)),
        replace(DECK, cards=(replace(FIRST, id="k-1"), SECOND)),
        replace(DECK, cards=(replace(FIRST, number=3), SECOND)),
        replace(DECK, cards=(replace(FIRST, area="Mennesker"), SECOND)),
        replace(DECK, cards=(replace(FIRST, area_confidence="judgement"), SECOND)),
        replace(DECK, cards=(replace(FIRST, question="Hvad ”gør” det"), SECOND)),
        replace(DECK, cards=(replace(FIRST, examples=("Intet alt – fx æbler",)), SECOND)),
        replace(DECK, cards=(FIRST, replace(SECOND, examples_label="For eksempel"))),
    ],
)
def test_one_changed_word_id_or_area_gives_another_fingerprint(changed):
    assert changed.fingerprint != DECK.fingerprint


def test_nothing_in_a_deck_can_be_changed_in_place():
    with pytest.raises(FrozenInstanceError):
        DECK.title = "Andet"
    with pytest.raises(FrozenInstanceError):
        FIRST.question = "Andet?"
    with pytest.raises(TypeError):
        TOOLS.descriptions["da"] = "Andet."


def test_an_area_keeps_its_descriptions_when_the_dict_it_was_made_from_changes():
    message = {"da": "Det, vi bruger."}
    area = Area("Værktøjer", message)
    message["da"] = "Andet."
    assert area.descriptions == {"da": "Det, vi bruger."}


@pytest.mark.parametrize("again", [copy.deepcopy, lambda deck: pickle.loads(pickle.dumps(deck))])
def test_a_deck_can_be_copied_and_sent_to_another_process(again):
    assert again(DECK) == DECK
    assert again(DECK).fingerprint == DECK.fingerprint


def test_a_deck_and_its_areas_can_be_members_of_a_set():
    assert len({DECK, copy.deepcopy(DECK)}) == len({TOOLS, copy.deepcopy(TOOLS)}) == 1


def test_a_card_in_an_area_the_deck_does_not_have_is_refused():
    with pytest.raises(ValueError, match="Mennesker"):
        replace(DECK, areas=(TOOLS,))


def test_two_cards_with_one_id_are_refused():
    with pytest.raises(ValueError, match="share an id"):
        replace(DECK, cards=(FIRST, replace(SECOND, id="k-01")))


def test_a_confidence_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="certain"):
        replace(FIRST, area_confidence="certain")
