"""Themes are told with how far they can be relied on; in noise there are none to rely on."""

import sys

import numpy as np
import pandas as pd
import pytest
from simulated_words import VOCABULARY

from dialogkort.analysis.words import how_many_themes, stem, themes, tokens, topics
from dialogkort.errors import InvalidAction

PLANTED = [VOCABULARY[start : start + 10] for start in (0, 10, 20, 30)]


def notes_of(rng, sessions=20, planted=0.0):
    """Ten notes a group; a note's words are of its theme with the chance `planted`, else any at all."""
    common = 1 / np.arange(3, len(VOCABULARY) + 3)
    common /= common.sum()
    rows = []
    for session in range(sessions):
        favourites = rng.dirichlet(common * 100)
        for _ in range(10):
            theme = rng.integers(len(PLANTED))
            words = rng.choice(VOCABULARY, rng.integers(5, 15), p=favourites)
            own = rng.random(len(words)) < planted
            words[own] = rng.choice(PLANTED[theme], own.sum())
            note = {"session": f"s{session}", "note": f"n{len(rows)}", "theme": theme}
            rows.append(note | {"text": " og ".join(words)})
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def planted():
    return notes_of(np.random.default_rng(1), planted=0.7)


@pytest.fixture(scope="module")
def noise():
    return notes_of(np.random.default_rng(2))


@pytest.fixture(scope="module")
def four(planted):
    """Four themes of the planted notes, for all tests that only look at them: it takes seconds."""
    return themes(planted, 4)


@pytest.mark.parametrize("ask", [themes, how_many_themes])
def test_without_scikit_learn_themes_say_what_to_install_and_other_words_are_still_counted(
    planted, monkeypatch, ask
):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(InvalidAction, match=r'scikit-learn.*pip install "dialogkort\[themes\]"'):
        ask(planted)
    assert len(tokens(planted))


def test_themes_that_are_there_are_found_and_stable(four):
    assert four["stable"].all()
    assert (four["stability"] > 0.8).all()
    stems = [{stem(word) for word in words.split(", ")} for words in four["words"]]
    for theme in PLANTED:
        assert max(len(words & set(map(stem, theme))) for words in stems) >= 9


def test_a_theme_tells_its_share_and_its_best_notes(planted):
    actual = themes(planted, 4, examples=5)
    assert list(actual["theme"]) == [1, 2, 3, 4]
    assert actual["notes"].is_monotonic_decreasing
    assert actual["share"].sum() == pytest.approx(1, abs=0.01)
    theme_of = planted.set_index("note")["theme"]
    for examples in actual["examples"]:
        assert len(examples) == 5
        assert theme_of[list(examples)].nunique() == 1


def test_of_themes_that_are_there_the_right_number_is_found(planted):
    numbers = how_many_themes(planted, [3, 4, 5])
    assert list(numbers.loc[numbers["stable"], "themes"]) == [4]
    assert numbers.set_index("themes")["stability"].idxmax() == 4


def test_in_noise_no_number_of_themes_is_stable(noise):
    assert not how_many_themes(noise, [2])["stable"].any()
    actual = themes(noise, 4)
    assert not actual["stable"].any()
    assert actual["stability"].mean() < 0.5


def test_the_same_notes_always_give_the_same_themes(planted, four):
    pd.testing.assert_frame_equal(themes(planted, 4), four)


def test_the_number_of_themes_may_be_left_to_the_notes(planted, monkeypatch):
    monkeypatch.setattr(topics, "NUMBERS", (3, 4))
    assert len(themes(planted)) == 4


def test_one_groups_notes_are_halved_by_note(planted):
    assert themes(planted.assign(session="s"), 4)["stability"].min() > 0.6


@pytest.mark.parametrize("notes", [0, 3, 10])
def test_too_few_notes_have_no_themes(planted, four, notes):
    few = planted.head(notes)
    assert themes(few, 4).empty
    assert themes(few, 4).dtypes.equals(four.dtypes)
    assert how_many_themes(few, [4]).empty


def test_notes_without_text_are_no_part_of_a_theme(planted, four):
    more = pd.concat([planted, planted.head(50).assign(text=pd.NA, note="x")], ignore_index=True)
    pd.testing.assert_frame_equal(themes(more, 4), four)
