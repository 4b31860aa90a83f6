"""The overview never says more than the cards can carry."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from scipy.stats import hypergeom, multivariate_hypergeom
from simulated_workshops import workshops

from dialogkort.analysis import permutation
from dialogkort.analysis.discussion import FEW_TURNS, TALK_MEASURES, by_area, by_card, by_group
from dialogkort.analysis.discussion import MEASURES as ALL_MEASURES
from dialogkort.analysis.permutation import permutation_test_by_group
from dialogkort.decks.reading import read_deck
from dialogkort.frames import sessions as frames
from dialogkort.sessions.session import start
from dialogkort.store import open_store

SIZES = {"Anvendelse": 11, "Forståelse": 6, "Formidling": 10, "Udvikling": 8}
MEASURES = ("drawn", *TALK_MEASURES)
OUTCOMES = ("discussed", "skipped", "put back", "open")


# A workshop as the frames tell it


def frame(columns, rows):
    rows = pd.DataFrame(rows, columns=list(columns) if not rows else None)
    return rows.reindex(columns=list(columns)).astype(columns)


def deck(sizes=SIZES, fingerprint="deck"):
    areas = [area for area, size in sizes.items() for _ in range(size)]
    return frame(
        frames.CARDS,
        [
            {
                "deck_fingerprint": fingerprint,
                "card": f"c{n:02}",
                "number": n,
                "area": area,
                "area_confidence": "sure",
            }
            for n, area in enumerate(areas, start=1)
        ],
    )


def session(name="s", fingerprint="deck", plan="shuffle"):
    return {"session": name, "deck_fingerprint": fingerprint, "draw_plan": plan}


def turn(card, outcome="discussed", minutes=5.0, notes=1, session="s"):
    return {"session": session, "card": card, "outcome": outcome, "minutes": minutes, "notes": notes}


def overview(turns, sessions=None, cards=None):
    return by_area(*workshop(turns, sessions, cards))


def workshop(turns, sessions=None, cards=None):
    """The four frames; `turns` are in the order the cards were turned and carry their number of notes."""
    numbered = [{**row, "turn": index} for index, row in enumerate(turns, start=1)]
    notes = [{"session": row["session"], "card": row["card"]} for row in turns for _ in range(row["notes"])]
    return (
        frame(frames.SESSIONS, [session()] if sessions is None else sessions),
        frame(frames.TURNS, numbered),
        frame(frames.NOTES, [{**note, "note": f"n{n}"} for n, note in enumerate(notes)]),
        deck() if cards is None else cards,
    )


def permutation_test(values, area, session, areas):
    """The test of sessions that are all of one group."""
    return permutation_test_by_group(values, area, session, np.zeros(len(session), int), areas, 1)[0]


def at(areas, area, column):
    return areas.set_index("area").loc[area, column]


@pytest.fixture(scope="module")
def six_groups():
    """Six groups with all that can happen at a table."""
    random = np.random.default_rng(8)
    turns, sessions = [], []
    for name in "abcdef":
        sessions.append(session(name))
        for card in random.permutation(35)[:8] + 1:
            outcome = random.choice(OUTCOMES, p=[0.6, 0.3, 0.05, 0.05])
            turns.append(turn(f"c{card:02}", outcome, random.gamma(3.0, 2.0), random.poisson(2.0), name))
    again = turns[0]["card"]
    turns += [turn(again, "put back", 1.0, 0, "a"), turn(again, "discussed", 2.0, 1, "a")]
    return workshop(turns, sessions)


# What happened


def test_every_area_of_the_deck_has_a_row_in_the_order_of_the_deck():
    areas = overview([turn("c12")])
    assert list(areas["area"]) == list(SIZES)
    assert list(areas["drawn"]) == [0, 1, 0, 0]
    assert list(areas["in_deck"]) == list(SIZES.values())


def test_a_card_put_back_and_drawn_again_counts_once_with_its_last_outcome_and_all_its_minutes():
    areas = overview(
        [turn("c01", "put back", 2.0), turn("c02", "skipped", 1.0), turn("c01", "discussed", 4.0)]
    )
    assert at(areas, "Anvendelse", ["drawn", "discussed", "skipped", "put_back"]).tolist() == [2, 1, 1, 0]
    assert at(areas, "Anvendelse", "minutes") == 7.0
    assert at(areas, "Anvendelse", "notes") == 3


def test_the_same_card_in_six_groups_counts_twice():
    areas = overview([turn("c01", session="a"), turn("c01", session="b")], [session("a"), session("b")])
    assert at(areas, "Anvendelse", ["sessions", "in_deck", "drawn"]).tolist() == [2, 22, 2]


def test_notes_of_the_opening_round_are_not_counted():
    sessions, turns, notes, cards = workshop([turn("c01", notes=2)])
    opening = frame(frames.NOTES, [{"session": "s", "note": "opening", "opening_question": 1}])
    areas = by_area(sessions, turns, pd.concat([notes, opening], ignore_index=True), cards)
    assert areas["notes"].sum() == 2


def test_choosing_some_sessions_leaves_the_turns_of_the_others_aside():
    sessions, turns, notes, cards = workshop(
        [turn("c01", session="a"), turn("c30", session="b")], [session("a"), session("b")]
    )
    areas = by_area(sessions[sessions["session"] == "a"], turns, notes, cards)
    assert list(areas["drawn"]) == [1, 0, 0, 0]
    assert list(areas["notes"]) == [1, 0, 0, 0]


def test_minutes_nobody_measured_count_as_none():
    areas = overview([turn("c01", minutes=None), turn("c02", minutes=3.0)])
    assert at(areas, "Anvendelse", "minutes") == 3.0


def test_cards_whose_area_is_a_judgement_are_counted():
    cards = deck()
    cards.loc[cards["card"].isin(["c01", "c35"]), "area_confidence"] = "judgement"
    assert list(overview([turn("c01"), turn("c02")], cards=cards)["judgement"]) == [1, 0, 0, 0]


def test_groups_with_different_decks_are_measured_each_against_its_own():
    cards = pd.concat([deck({"A": 2, "B": 2}, "one"), deck({"A": 1, "C": 3}, "two")], ignore_index=True)
    groups = [session("a", "one"), session("b", "one"), session("c", "two")]
    areas = overview([turn("c01", session=group) for group in "abc"], groups, cards)
    assert list(areas["area"]) == ["A", "B", "C"]
    assert areas["drawn_expected"].tolist() == pytest.approx([1 / 2 + 1 / 2 + 1 / 4, 1 / 2 + 1 / 2, 3 / 4])
    assert list(areas["sessions"]) == [3, 2, 1]


def test_a_card_that_is_in_no_deck_is_named():
    with pytest.raises(ValueError, match="'c99' of session 's'"):
        overview([turn("c99")])


def test_what_a_real_session_leaves_behind_can_be_read(tmp_path):
    store = open_store(tmp_path)
    session = start(store, read_deck(), seed=3, workshop="Digital hverdag", group="1")
    first, second = session.table.face_down[:2]
    session.turn(first)
    session.note("Vi mangler tid", card=first)
    session.discuss(first)
    session.turn(second)
    session.skip(second)
    areas = by_area(*frames.read(store))
    store.close()
    assert list(areas["in_deck"]) == [11, 6, 10, 8]
    assert areas[["drawn", "discussed", "skipped", "notes"]].sum().tolist() == [2, 1, 1, 1]


# Where there is little or nothing to see


def test_before_anything_is_turned_all_is_zero_and_nothing_differs():
    areas = overview([])
    assert list(areas["area"]) == list(SIZES)
    assert (areas[[*MEASURES, *(f"{x}_expected" for x in MEASURES)]] == 0).all(axis=None)
    assert areas[[f"{x}_differs" for x in MEASURES]].isna().all(axis=None)


def test_an_empty_store_gives_an_empty_overview_with_the_same_columns():
    nothing = (frame(spec, []) for spec in (frames.SESSIONS, frames.TURNS, frames.NOTES, frames.CARDS))
    areas = by_area(*nothing)
    assert areas.empty
    assert list(areas) == list(overview([turn("c01")]))


def test_one_card_cannot_make_any_area_differ():
    areas = overview([turn("c12", minutes=40.0, notes=9)])
    assert not areas[[f"{x}_could_differ" for x in MEASURES]].any(axis=None)
    assert at(areas, "Forståelse", ["drawn_low", "drawn_high"]).tolist() == [0, 1]


def test_when_all_cards_are_drawn_the_deal_leaves_no_room():
    areas = overview(
        [turn(card, "discussed" if n % 2 else "skipped") for n, card in enumerate(deck()["card"])]
    )
    for column in ("drawn_expected", "drawn_low", "drawn_high"):
        assert areas[column].tolist() == pytest.approx(list(SIZES.values()))
    assert areas["drawn_differs"].isna().all()


def test_when_all_cards_drawn_are_discussed_their_number_says_nothing_of_preference():
    areas = overview([turn(f"c{n:02}") for n in (1, 2, 3, 4, 5, 12, 20, 30)])
    assert areas["discussed_expected"].tolist() == pytest.approx([5, 1, 1, 1])
    assert not areas["discussed_could_differ"].any()
    assert areas["discussed_differs"].isna().all()


def test_a_group_is_measured_against_its_own_cards_and_not_against_those_of_others():
    """One group talks about all it draws, the other about nothing: neither has preferred any area."""
    keen = [turn(card, session="a") for card in ("c01", "c02", "c12")]
    tired = [turn(card, "skipped", 0.0, 0, "b") for card in ("c13", "c20", "c30")]
    areas = overview(keen + tired, [session("a"), session("b")])
    assert areas["discussed_expected"].tolist() == pytest.approx([2, 1, 0, 0])


def test_a_deck_with_one_area_never_differs_from_itself():
    cards = deck({"Alt": 9})
    areas = overview([turn("c01", minutes=30.0), turn("c02", "skipped", 0.5, 0)], cards=cards)
    assert at(areas, "Alt", "minutes_expected") == pytest.approx(30.5)
    assert np.isnan(at(areas, "Alt", "minutes_ratio"))
    assert areas[[f"{x}_differs" for x in MEASURES]].isna().all(axis=None)


def test_a_deal_by_another_plan_is_taken_as_it_was_dealt():
    areas = overview([turn("c01"), turn("c02"), turn("c03")], [session(plan="balanced")])
    assert areas["drawn_expected"].tolist() == pytest.approx([3, 0, 0, 0])
    assert areas["drawn_low"].tolist() == areas["drawn_high"].tolist() == pytest.approx([3, 0, 0, 0])


# By hand, and deal by deal


def test_the_deal_by_hand():
    """Six cards, 3 + 2 + 1, four drawn. Expected: 4 · 3/6 = 2; variance: 4 · 1/2 · 1/2 · 2/5 = 0.4."""
    dealt = np.array([1, 1, 1, 1, 0, 0])
    actual = permutation_test(dealt[:, None], np.array([0, 0, 0, 1, 1, 2]), np.zeros(6), 3)
    assert actual.expected[:, 0] == pytest.approx([2, 4 / 3, 2 / 3])
    assert actual.variance[:, 0] == pytest.approx([0.4, 16 / 45, 2 / 9])


def test_the_deal_against_all_fifteen_deals():
    area = np.array([0, 0, 0, 1, 1, 2])
    deals = [np.isin(range(6), drawn).astype(float) for drawn in itertools.combinations(range(6), 4)]
    actual = permutation_test(deals[0][:, None], area, np.zeros(6), 3)
    sums = np.array([np.bincount(area, deal, 3) for deal in deals])
    assert len(deals) == 15
    assert actual.expected[:, 0] == pytest.approx(sums.mean(axis=0))
    assert actual.variance[:, 0] == pytest.approx(sums.var(axis=0))
    assert_band_is_that_of_all_deals(actual, sums[:, :, None])


# Two groups: what the first gave its four cards, and the second its three (discussed, minutes, notes).
FIRST = np.array([[1, 9.0, 4], [1, 7.0, 1], [0, 0.5, 0], [0, 1.0, 0]]), np.array([0, 0, 1, 2])
SECOND = np.array([[1, 4.0, 2], [0, 1.5, 0], [1, 6.0, 5]]), np.array([1, 2, 0])


def test_the_talk_of_six_groups_against_all_144_ways_it_could_have_fallen():
    values, area = (np.concatenate(pair) for pair in zip(FIRST, SECOND, strict=True))
    actual = permutation_test(values, area, np.array(["a"] * 4 + ["b"] * 3), 3)
    alone = [
        np.array(
            [sums_by_area(values[list(order)], area) for order in itertools.permutations(range(len(area)))]
        )
        for values, area in (FIRST, SECOND)
    ]
    sums = (alone[0][:, None] + alone[1][None]).reshape(-1, 3, 3)
    assert len(sums) == 144
    assert actual.expected == pytest.approx(sums.mean(axis=0))
    assert actual.variance == pytest.approx(sums.var(axis=0))
    assert_band_is_that_of_all_deals(actual, sums)


def sums_by_area(values, area):
    return np.stack([np.bincount(area, column, 3) for column in values.T], axis=1)


def assert_band_is_that_of_all_deals(actual, sums):
    """The interval reaches as far as the 95 % point of all deals enumerated, or as far as is possible.

    The simulated 95 % point may be any between the exact 94 % and 96 % points.
    """
    expected, std = sums.mean(axis=0), np.sqrt(sums.var(axis=0))
    largest = (np.abs(sums - expected) / std).max(axis=(1, 2))
    near, far = (np.quantile(largest, share, method="inverted_cdf") * std for share in (0.94, 0.96))
    for reached, possible in (
        (actual.high - expected, sums.max(axis=0) - expected),
        (expected - actual.low, expected - sums.min(axis=0)),
    ):
        assert (reached >= np.minimum(near, possible) - 1e-9).all()
        assert (reached <= np.minimum(far, possible) + 1e-9).all()


# scipy divides by zero on the way to a kurtosis that nobody asked for.
in_scipy = pytest.mark.filterwarnings("ignore::RuntimeWarning:scipy")


@in_scipy
@given(
    sizes=st.lists(st.integers(1, 12), min_size=1, max_size=5),
    groups=st.lists(st.integers(0, 12), min_size=1, max_size=3),
)
@settings(max_examples=10, deadline=None)
def test_the_deal_agrees_with_the_hypergeometric_distribution(sizes, groups):
    areas = [f"area {n}" for n in range(len(sizes))]
    cards = deck(dict(zip(areas, sizes, strict=True)))
    draws = [min(draw, sum(sizes)) for draw in groups]
    turns = [turn(f"c{n:02}", session=f"g{g}") for g, draw in enumerate(draws) for n in range(1, draw + 1)]
    actual = overview(turns, [session(f"g{g}") for g in range(len(draws))], cards)
    exact = [multivariate_hypergeom(sizes, draw) for draw in draws]
    single = [[hypergeom(sum(sizes), size, draw) for size in sizes] for draw in draws]
    assert actual["drawn_expected"].tolist() == pytest.approx(sum(each.mean() for each in exact).tolist())
    variance = [sum(each.var() for each in of_area) for of_area in zip(*single, strict=True)]
    possible = [
        [sum(each.support()[end] for each in of_area) for end in (0, 1)]
        for of_area in zip(*single, strict=True)
    ]
    for area, std, (least, most) in zip(actual.to_dict("records"), variance, possible, strict=True):
        assert least - 1e-9 <= area["drawn_low"] <= area["drawn_expected"] + 1e-9
        assert area["drawn_expected"] - 1e-9 <= area["drawn_high"] <= most + 1e-9
        assert std > 1e-9 or area["drawn_low"] == pytest.approx(area["drawn_high"])


@in_scipy
@given(sizes=st.lists(st.integers(1, 9), min_size=2, max_size=4), drawn=st.integers(1, 9))
@settings(max_examples=10, deadline=None)
def test_the_variance_of_a_deal_is_the_hypergeometric_one(sizes, drawn):
    total = sum(sizes)
    drawn = min(drawn, total)
    dealt = np.arange(total) < drawn
    area = np.repeat(np.arange(len(sizes)), sizes)
    actual = permutation_test(dealt[:, None].astype(float), area, np.zeros(total), len(sizes))
    assert actual.variance[:, 0] == pytest.approx([hypergeom(total, size, drawn).var() for size in sizes])


# What can never be otherwise


outcomes = st.sampled_from(OUTCOMES)
drawn_cards = st.lists(
    st.tuples(st.integers(1, 35), outcomes, st.floats(0, 60), st.integers(0, 6)),
    max_size=12,
    unique_by=lambda c: c[0],
)


@given(tables=st.lists(drawn_cards, max_size=4))
@settings(max_examples=10, deadline=None)
def test_the_areas_add_up_and_chance_hands_out_neither_more_nor_less(tables):
    turns = [turn(f"c{n:02}", *what, f"g{g}") for g, table in enumerate(tables) for n, *what in table]
    areas = overview(turns, [session(f"g{g}") for g in range(len(tables))])
    assert areas["drawn"].sum() == len(turns)
    assert areas["notes"].sum() == sum(row["notes"] for row in turns)
    assert areas["minutes"].sum() == pytest.approx(sum(row["minutes"] for row in turns))
    assert (areas[["discussed", "skipped", "put_back", "open"]].sum(axis=1) == areas["drawn"]).all()
    for x in MEASURES:
        assert areas[f"{x}_expected"].sum() == pytest.approx(areas[x].sum())
    outside = (areas["drawn"] < areas["drawn_low"] - 1e-6) | (areas["drawn"] > areas["drawn_high"] + 1e-6)
    assert (outside == areas["drawn_differs"].notna()).all()
    assert (outside == (areas["drawn_p"] <= 0.05)).all()
    assert areas.loc[outside, "drawn_could_differ"].all()


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_the_order_of_the_rows_does_not_matter(six_groups, seed):
    shuffled = [frame.sample(frac=1, random_state=seed) for frame in six_groups]
    assert_frame_equal(by_area(*shuffled), by_area(*six_groups))


def test_plain_columns_do_as_well_as_those_of_the_store(six_groups):
    plain = [frame.astype(object).where(frame.notna(), None) for frame in six_groups]
    assert_frame_equal(by_area(*plain), by_area(*six_groups))


# No preference is not taken for one; a preference is found


@pytest.fixture
def quick(monkeypatch):
    """Fewer simulated deals: the test keeps its level with any number of them, only its power suffers."""
    monkeypatch.setattr(permutation, "N_PERMUTATIONS", 999)


def dealt_at_random(random, groups, cards):
    """Area and session of the cards that some groups draw from the shipped deck, 11 + 6 + 10 + 8."""
    deck = np.repeat(np.arange(4), list(SIZES.values()))
    return np.concatenate([random.permutation(deck)[:cards] for _ in range(groups)]), np.repeat(
        range(groups), cards
    )


def test_a_fair_shuffle_is_almost_never_called_unusual(quick):
    random = np.random.default_rng(12)
    deck = np.repeat(np.arange(4), list(SIZES.values()))
    named = 0
    for _ in range(2000):
        drawn = (random.permutation(35) < 8).astype(float)
        named += permutation_test(drawn[:, None], deck, np.zeros(35), 4).differs.any()
    assert named / 2000 <= 0.05


def test_the_same_workshop_gives_the_same_figures_every_time(six_groups):
    assert_frame_equal(by_area(*six_groups), by_area(*six_groups))


def test_very_many_cards_are_measured_by_the_normal_limit_and_come_out_alike(monkeypatch):
    random = np.random.default_rng(1)
    area, session = dealt_at_random(random, 120, 8)
    values = random.random((len(area), 2))
    dealt = permutation_test(values, area, session, 4)
    monkeypatch.setattr(permutation, "_MANY_CARDS", 0)
    limit = permutation_test(values, area, session, 4)
    assert limit.high - limit.low == pytest.approx(dealt.high - dealt.low, rel=0.05)
    assert limit.p == pytest.approx(dealt.p, abs=0.05)


# Words, and how much more


def test_words_are_counted_and_measured_when_they_are_asked_for():
    areas = by_area(*workshops(), measures=("minutes", "words"))
    assert areas["words"].sum() == 3 * areas["notes"].sum()
    assert areas["words_expected"].sum() == pytest.approx(areas["words"].sum())
    assert "discussed_p" not in areas and "words_p" not in by_area(*workshops())


def test_every_measure_can_be_asked_for_and_another_is_named():
    assert {f"{x}_ratio_low" for x in ALL_MEASURES} <= set(by_area(*workshops(), measures=ALL_MEASURES))
    with pytest.raises(ValueError, match="'laughter'; there are discussed, skipped"):
        by_area(*workshops(), measures=["laughter"])


def test_a_planted_doubling_is_told_with_its_size():
    areas = by_area(*workshops(("Nordby",), 60, keen=["Nordby"])).set_index("area")
    assert areas["discussed_differs"].to_list()[1] == "more"
    assert (
        areas.loc["Forståelse", "discussed_ratio_low"] < 2 < areas.loc["Forståelse", "discussed_ratio_high"]
    )
    assert areas.loc["Forståelse", "discussed_ratio_low"] > 1


def test_skip_reasons_and_agreement_are_counted_of_the_last_turn():
    sessions, turns, notes, cards = workshops(groups=10)
    areas = by_area(sessions, turns, notes, cards)
    reasons = [column for column in areas if column.startswith("reason_")]
    assert (areas[reasons].sum(axis=1) == areas["skipped"]).all()
    assert areas[["alike", "differently", "not_settled"]].sum().sum() == turns["agreement"].notna().sum()


# Card by card


def test_every_card_of_the_deck_has_a_row_in_the_order_of_the_deck():
    cards = by_card(*workshops(groups=2))
    assert list(cards["number"]) == list(range(1, 36))
    assert set(cards["in_deck"]) == {4}
    nobody = workshops()
    empty = by_card(*nobody._replace(turns=nobody.turns.iloc[:0], notes=nobody.notes.iloc[:0]))
    assert len(empty) == 35 and empty["drawn"].sum() == 0 and empty["few_turns"].all()


def test_the_figures_of_the_cards_add_up_to_those_of_the_areas():
    frames = workshops(groups=12)
    areas, cards = by_area(*frames).set_index("area"), by_card(*frames).groupby("area")
    for column in ("in_deck", "drawn", "discussed", "skipped", "notes", "words", "minutes", "drawn_expected"):
        assert cards[column].sum()[areas.index].tolist() == pytest.approx(areas[column].tolist())
    assert cards["minutes_expected"].sum().sum() == pytest.approx(areas["minutes"].sum())


def test_the_share_of_skips_is_told_with_its_interval_and_of_few_turns_it_is_said():
    cards = by_card(*workshops(groups=30))
    drawn = cards[cards["drawn"] > 0]
    assert (drawn["skipped_share"] == drawn["skipped"] / drawn["drawn"]).all()
    assert (drawn["skipped_share_low"] <= drawn["skipped_share"]).all()
    assert (cards["few_turns"] == (cards["drawn"] < FEW_TURNS)).all()
    result = cards[["alike", "differently", "not_settled"]].sum(axis=1)
    answered = cards[result > 0]
    assert answered["differently_share"].tolist() == pytest.approx(
        (answered["differently"] / result[result > 0]).tolist()
    )


def test_a_card_that_everybody_skips_is_found_among_35():
    frames = workshops(("Nordby",), 100)
    turns = frames.turns.copy()
    bad = turns["card"] == "c20"
    turns.loc[bad, "outcome"], turns.loc[bad, "minutes"] = "skipped", 0.2
    notes = frames.notes[frames.notes["card"] != "c20"]
    cards = by_card(*frames._replace(turns=turns, notes=notes), measures=("skipped", "minutes")).set_index(
        "card"
    )
    assert cards.at["c20", "skipped_differs"] == "more" and cards.at["c20", "minutes_differs"] == "less"
    assert cards["skipped_differs"].notna().sum() == 1


def test_a_card_whose_words_were_changed_is_another_card():
    frames = workshops(groups=4)
    reworded = frames.cards.assign(deck_fingerprint="reworded")
    reworded.loc[reworded["card"] == "c07", "question"] = "Hvad siger kortet nu?"
    sessions = frames.sessions.copy()
    sessions.loc[sessions["organisation"] == "Nordby", "deck_fingerprint"] = "reworded"
    both = frames._replace(sessions=sessions, cards=pd.concat([frames.cards, reworded], ignore_index=True))
    cards = by_card(*both)
    assert len(cards) == 36
    assert cards[cards["card"] == "c07"]["in_deck"].tolist() == [4, 4]
    assert cards["drawn"].sum() == len(frames.turns)


# Group by group


def test_each_organisation_has_a_row_for_each_area():
    frames = workshops(("Havneby", "Nordby", ""), groups=4)
    actual = by_group(*frames)
    assert list(actual["group"].unique()) == ["", "Havneby", "Nordby"]
    assert len(actual) == 12
    alone = by_area(*frames._replace(sessions=frames.sessions[frames.sessions["organisation"] == "Nordby"]))
    nordby = actual[actual["group"] == "Nordby"].reset_index(drop=True)
    for column in ("drawn", "minutes", "minutes_expected", "notes_expected", "minutes_ratio"):
        assert nordby[column].tolist() == pytest.approx(alone[column].tolist())


def test_groups_can_be_made_by_any_columns_of_sessions():
    frames = workshops(groups=4)
    assert set(by_group(*frames, by="unit")["group"]) == {"Skole", "Ældrepleje"}
    assert "Havneby · Skole" in set(by_group(*frames, by=["organisation", "unit"])["group"])
    assert set(by_group(*frames, by="workshop")["group"]) == {
        f"Digital hverdag · {name} · 2026-03-02" for name in ("Havneby", "Nordby")
    }
    with pytest.raises(ValueError, match="'town' is no column"):
        by_group(*frames, by="town")


def test_with_no_sessions_or_no_turns_there_are_no_groups():
    frames = workshops()
    assert by_group(*frames._replace(sessions=frames.sessions.iloc[:0])).empty
    bare = by_group(*frames._replace(turns=frames.turns.iloc[:0], notes=frames.notes.iloc[:0]))
    assert bare.empty and list(bare) == list(by_group(*frames))


def test_of_one_workshop_nothing_is_told_but_what_happened():
    frames = workshops(("Nordby",), 4, keen=["Nordby"], seed=2)
    areas = by_area(*frames)
    assert (areas["workshops"] == 1).all() and areas["minutes_ratio"].notna().all()
    estimates = [
        f"{x}_{field}"
        for x in TALK_MEASURES
        for field in ("p", "differs", "cards_differs", "ratio_low", "cards_low")
    ]
    assert areas[estimates].isna().all(axis=None)
    assert not areas[[f"{x}_could_differ" for x in TALK_MEASURES]].any(axis=None)
    alone = by_area(*frames, cluster="session")
    assert alone["minutes_p"].notna().all()


def test_a_finding_that_two_cards_carry_names_them_and_is_not_told_of_the_area():
    """Cards 12 and 13 of the area's six are talked about five times as long, in all of 80 groups."""
    frames = workshops(("Nordby",), 80)
    turns = frames.turns.copy()
    turns.loc[turns["card"].isin(["c12", "c13"]), "minutes"] *= 5
    area = by_area(*frames._replace(turns=turns)).set_index("area").loc["Forståelse"]
    assert area["minutes_cards_differs"] == "more" and area["minutes_carried_by"] == "12, 13"
    assert pd.isna(area["minutes_differs"])
    assert area["minutes_ratio_low"] < area["minutes_cards_low"] < area["minutes_ratio"]


def test_one_area_that_gets_more_does_not_make_the_others_get_less():
    areas = by_area(*workshops(("Nordby",), 80, keen=["Nordby"], times=3.0)).set_index("area")
    differs = areas[[f"{x}_differs" for x in TALK_MEASURES]]
    assert (differs.loc["Forståelse"] == "more").all()
    assert differs.drop(index="Forståelse").isna().all(axis=None)


def test_cards_that_came_up_first_of_all_are_recognised_as_chosen():
    frames = workshops(("Nordby",), 20)
    ours = frames.turns["area"] == "Udvikling"
    turns = frames.turns.assign(first=~ours).sort_values(["session", "first", "turn"])
    turns["turn"] = turns.groupby("session").cumcount() + 1
    chosen = by_area(*frames._replace(turns=turns.drop(columns="first"))).set_index("area")
    assert chosen.at["Udvikling", "place_differs"] == "early"
    assert by_area(*frames)["place_differs"].isna().all()


def test_where_all_organisations_are_alike_in_liking_an_area_none_is_named():
    names = tuple("ABCDEF")
    frames = workshops(names, 16, keen=names)
    assert by_area(*frames).set_index("area").at["Forståelse", "minutes_differs"] == "more"
    groups = by_group(*frames)
    assert groups[[f"{x}_differs" for x in TALK_MEASURES]].isna().all(axis=None)


def test_a_ratio_of_few_cards_is_drawn_towards_what_all_have_in_common():
    groups = by_group(*workshops(tuple("ABCDEF"), 8))
    of_area = groups[groups["area"] == "Forståelse"]
    assert of_area["minutes_shrunk"].std() < of_area["minutes_ratio"].std()


def test_a_place_that_gives_an_area_three_times_as_much_is_named_and_nobody_else():
    groups = by_group(*workshops(tuple("ABCDEF"), 24, keen=["C"], times=3.0))
    differing = groups[groups["minutes_differs"].notna()]
    assert differing[["group", "area", "minutes_differs"]].to_numpy().tolist() == [
        ["C", "Forståelse", "more"]
    ]
