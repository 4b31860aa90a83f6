"""A word marks an area or an organisation when many said it there, not when one group said it often."""

import math
from collections import Counter, defaultdict
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from simulated_words import AREAS, GROUPINGS, LIKED, VOCABULARY, afternoons, frame, wrongly_marked

from dialogkort.analysis.words import keyness, stem, stop_words
from dialogkort.analysis.words.keyness import PRIOR, weighted_log_odds
from dialogkort.domain import notepad


@pytest.fixture
def quick(monkeypatch):
    """Fewer deals, for the many analyses of a simulation."""
    monkeypatch.setattr(import_module("dialogkort.analysis.words.keyness"), "N_PERMUTATIONS", 99)


# The formula


def test_the_formula_worked_by_hand():
    """10 times among 100 words here, 5 among 300 elsewhere; 15 of 400 words are 0.0375, a prior of 18.75.

    Here 28.75 / (100 + 500 - 28.75) = 0.050328, elsewhere 23.75 / (300 + 500 - 23.75) = 0.030595.
    log_odds = ln(0.050328 / 0.030595) = 0.49770; variance = 1/28.75 + 1/23.75 = 0.076888; z = 1.79488.
    """
    log_odds, z = weighted_log_odds(np.array([10]), np.array([100]), np.array([5]), np.array([300]), 0.0375)
    assert log_odds[0] == pytest.approx(0.49770, abs=5e-5)
    assert z[0] == pytest.approx(1.79488, abs=5e-5)


def by_the_book(notes, by):
    """Monroe, Colaresi & Quinn (2008), eq. 15-22, word for word in plain Python."""
    spoken = defaultdict(Counter)
    for row in notes.itertuples():
        words = (word.lower() for word in notepad.WORD.findall(row.text))
        spoken[getattr(row, by)].update(stem(word) for word in words if word not in stop_words())
    everything = sum(spoken.values(), Counter())
    for group, counts in spoken.items():
        others = everything - counts
        n, m = counts.total(), others.total()
        for word, number in everything.items():
            a = PRIOR * number / everything.total()
            y, x = counts[word], others[word]
            delta = math.log((y + a) / (n + PRIOR - y - a)) - math.log((x + a) / (m + PRIOR - x - a))
            yield group, word, y, x, delta, delta / math.sqrt(1 / (y + a) + 1 / (x + a))


@pytest.mark.parametrize("by", ["area", "organisation"])
def test_every_row_is_that_of_the_published_formula(by):
    notes = afternoons(np.random.default_rng(1), 6)
    rows = keyness(notes, by, min_count=0, min_sessions=0)
    book = {(group, word): rest for group, word, *rest in by_the_book(notes, by)}
    assert len(rows) == len(book)
    for row in rows.itertuples():
        count, other, log_odds, z = book[getattr(row, by), stem(row.word)]
        assert (row.count, row.other) == (count, other)
        assert (row.log_odds, row.z) == (pytest.approx(log_odds), pytest.approx(z))


# What marks


@pytest.mark.parametrize("groups", [1, 3, 12])
def test_without_a_preference_a_word_is_marked_in_at_most_one_analysis_of_twenty(quick, groups):
    """Of more analyses: `python tests/bench/words.py --marked 1000`."""
    marked, by_z = wrongly_marked(np.random.default_rng(groups), 40, groups)
    for by in GROUPINGS:
        assert binomtest(marked[by], 40, 0.05, alternative="greater").pvalue > 0.02
    if groups == 12:
        assert by_z["organisation"] >= 30, "z alone takes a group's favourites for its organisation's"


@pytest.mark.parametrize("groups", [12, 40])
def test_the_cards_own_words_are_not_taken_for_their_areas(quick, groups):
    """Every card has a word of its own that its notes repeat: at most 5 % of 60 analyses mark any.

    Two standard errors above; that a word comes from one card is told.
    """
    rng = np.random.default_rng(groups)
    marked = sum(keyness(with_words_of_cards(rng, groups))["marks"].any() for _ in range(60))
    assert marked <= 60 * 0.05 + 2 * (60 * 0.05 * 0.95) ** 0.5


def with_words_of_cards(rng, groups):
    """Notes whose words go with the card, and with nothing of its area."""
    notes = afternoons(rng, groups, burst=1000)
    favourite = dict(zip(sorted(set(notes["card"])), rng.choice(VOCABULARY, 35), strict=False))
    return notes.assign(text=notes["text"] + " " + (notes["card"].map(favourite) + " ") * 3)


def test_a_word_said_three_times_as_often_in_an_area_is_found_by_thirty_groups_and_no_other(quick):
    rng = np.random.default_rng(5)
    actual = [keyness(afternoons(rng, 30, liked=3)).query("marks") for _ in range(8)]
    right = [((rows["area"] == "Anvendelse") & (rows["word"] == LIKED)).any() for rows in actual]
    assert sum(right) >= 6
    assert sum(len(rows) for rows in actual) <= 10


def test_one_groups_pet_word_does_not_mark_its_organisation_but_a_word_of_all_its_groups_does():
    notes = afternoons(np.random.default_rng(2), 20, burst=1000, organisations=2)
    mine = notes["organisation"].eq("o0")
    pet = notes["session"].eq("s00")
    notes.loc[mine, "text"] += " lagkage"
    notes.loc[pet, "text"] += " bålfad bålfad bålfad bålfad bålfad"
    notes.loc[notes["session"].isin(["s01", "s02"]) & ~notes.duplicated("session"), "text"] += " bålfad"
    rows = keyness(notes, "organisation").set_index(["organisation", "word"])
    assert rows.loc[("o0", "bålfad"), "z"] > 3
    assert not rows.loc[("o0", "bålfad"), "marks"]
    assert rows.loc[("o0", "lagkage"), "marks"]
    assert (rows.loc[("o0", "lagkage"), "sessions"], rows.loc[("o0", "bålfad"), "sessions"]) == (10, 2)


def test_a_word_said_less_here_is_told_but_marks_nothing():
    notes = afternoons(np.random.default_rng(2), 20, burst=1000, organisations=2)
    notes.loc[notes["organisation"].eq("o0"), "text"] += " lagkage"
    row = keyness(notes, "organisation").set_index(["organisation", "word"]).loc[("o1", "lagkage")]
    assert row["log_odds"] < 0
    assert row["p"] <= 0.05
    assert not row["marks"]


def test_with_one_group_in_each_organisation_nothing_can_be_told():
    notes = afternoons(np.random.default_rng(4), 4, burst=5, organisations=4)
    rows = keyness(notes, "organisation", min_sessions=1)
    assert len(rows)
    assert (rows["p"] > 0.5).all()


def test_whole_workshops_are_dealt_when_their_groups_share_what_they_say():
    """Two workshops in each organisation: four can be dealt in only three ways, so nothing is proved."""
    notes = afternoons(np.random.default_rng(2), 20, burst=1000, organisations=2)
    notes.loc[notes["organisation"].eq("o0"), "text"] += " lagkage"
    notes["workshop"] = notes["organisation"] + (notes["session"] < "s10").astype("string")
    assert keyness(notes, "organisation", cluster="session")["marks"].any()
    assert not keyness(notes, "organisation")["marks"].any()


def test_the_same_notes_in_another_order_give_the_same_counts_and_again_the_same_p():
    notes = afternoons(np.random.default_rng(2), 8)
    rows, again = keyness(notes), keyness(notes)
    pd.testing.assert_frame_equal(rows, again)
    other = keyness(notes.sample(frac=1, random_state=1))
    exact = ["area", "word", "count", "other", "sessions", "log_odds", "z"]
    pd.testing.assert_frame_equal(rows[exact], other[exact])


# What the card says itself


def robot_question_notes(notes):
    """Every card of Anvendelse asks about robots, and half the answers repeat it."""
    notes = notes.assign(question=np.where(notes["area"] == "Anvendelse", "Bruger I robotter?", "Hvad nu?"))
    here = (notes["area"] == "Anvendelse") & (np.arange(len(notes)) % 2 == 0)
    return notes.assign(text=notes["text"].where(~here, notes["text"] + " robotten" * 3))


def test_a_word_of_the_cards_own_question_marks_its_area_unless_it_is_left_out():
    notes = robot_question_notes(afternoons(np.random.default_rng(3), 20, burst=1000))
    marks = keyness(notes).query("marks")
    assert ("Anvendelse", LIKED) in set(zip(marks["area"], marks["word"].map(stem), strict=True))
    without = keyness(notes, without_prompts=True)
    assert not without["marks"].any()
    assert LIKED not in set(without.loc[without["area"] == "Anvendelse", "word"])


def test_leaving_a_cards_words_out_does_not_make_them_mark_the_other_areas():
    """Nor do the cards without the word look as if they had it: their notes alone are measured."""
    notes = afternoons(np.random.default_rng(3), 20, burst=1000)
    some = notes["card"].isin(["c00", "c01", "c02"])
    notes["question"] = np.where(some, "Har I en robot?", "Hvad nu?")
    rows = keyness(notes, without_prompts=True).set_index(["area", "word"])
    row = rows.loc[("Anvendelse", LIKED)]
    plain = notes[~some]
    words = plain["text"].str.split(" og ")
    area = plain["area"].eq("Anvendelse")
    assert row["count"] == words[area].explode().eq(LIKED).sum()
    assert row["per_1000"] == pytest.approx(1000 * row["count"] / words[area].str.len().sum())
    assert not rows["marks"].any()


def test_the_whole_text_of_the_cards_can_be_left_out():
    notes = robot_question_notes(afternoons(np.random.default_rng(3), 20, burst=1000))
    prompts = {f"c{n:02}": "robotterne" for n in range(35) if AREAS[n] == "Anvendelse"}
    rows = keyness(notes.assign(question="Hvad nu?"), without_prompts=prompts)
    assert not rows["marks"].any()
    assert LIKED not in set(rows.loc[rows["area"] == "Anvendelse", "word"])


# What is not there


def test_the_organisation_may_come_from_the_sessions():
    notes = afternoons(np.random.default_rng(2), 8)
    sessions = notes[["session", "organisation"]].drop_duplicates()
    joined = keyness(notes.drop(columns="organisation"), "organisation", sessions)
    pd.testing.assert_frame_equal(joined, keyness(notes, "organisation"))


@pytest.mark.parametrize("by", ["area", "organisation"])
def test_notes_without_an_area_or_an_organisation_are_left_aside(by):
    notes = afternoons(np.random.default_rng(2), 8)
    opening = notes.head(20).assign(area=pd.NA, card=pd.NA, organisation="", text="krokodille " * 9)
    with_opening = keyness(pd.concat([notes, opening], ignore_index=True), by)
    pd.testing.assert_frame_equal(with_opening, keyness(notes, by))


@pytest.mark.parametrize(
    "choose", ["area == 'Anvendelse'", "session == 'none'"], ids=["one area", "no notes"]
)
def test_one_area_alone_is_compared_with_nothing(choose):
    notes = afternoons(np.random.default_rng(2), 8)
    alone = keyness(notes.query(choose))
    assert alone.empty
    assert alone.dtypes.equals(keyness(notes).dtypes)


def test_rare_words_and_stop_words_are_not_looked_at():
    notes = afternoons(np.random.default_rng(2), 8)
    notes.loc[notes["session"].isin(["s00", "s01"]), "text"] += " lagkage"
    assert not {"lagkage", "og"} & set(keyness(notes)["word"])
    assert {"lagkage"} <= set(keyness(notes, min_sessions=2)["word"])
    assert {"og"} <= set(keyness(notes, stop=())["word"])


# Cards


def test_a_word_that_comes_from_one_card_is_told_with_its_card():
    """Everybody says kaffe on one card of their area, and robot on all."""
    rows = [
        {
            "session": f"s{session}",
            "note": f"{session}-{card}",
            "card": f"c{card}",
            "area": "Anvendelse" if card < 4 else "Udvikling",
            "text": ("kaffe " if card == 2 else "") + ("robot skærm" if card < 4 else "skærm telefon"),
        }
        for session in range(6)
        for card in range(8)
    ]
    words = keyness(frame(rows)).set_index(["area", "word"])
    assert words.loc[("Anvendelse", "kaffe"), ["cards", "one_card"]].tolist() == [1, "c2"]
    assert words.loc[("Anvendelse", "robot"), "cards"] == 4
    assert words.loc[("Udvikling", "robot"), "cards"] == 0
    assert words["one_card"].notna().sum() == 1


def test_of_notes_that_stand_on_no_card_no_card_is_told():
    notes = afternoons(np.random.default_rng(3), 6).drop(columns="card")
    words = keyness(notes, "organisation")
    assert len(words) and words["one_card"].isna().all()
