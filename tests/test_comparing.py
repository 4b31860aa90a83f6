"""The luck of the draw is not taken for a difference between groups, nor for a change."""

import itertools

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from simulating import AREA_OF_CARD, hands, workshops

from dialogkort.analysis import comparing
from dialogkort.analysis.comparing import p_of_groups, p_of_pair
from dialogkort.analysis.discussion import between_groups, compare, then_and_now
from dialogkort.analysis.effect import against_others


@pytest.fixture
def quick(monkeypatch):
    """Fewer deals: the test keeps its level with any number of them, only its power suffers."""
    monkeypatch.setattr(comparing, "DEALS", 199)


def given(values, card, session):
    return against_others(values, AREA_OF_CARD[card], session, 4)


def row(found, area="Forståelse", measure="minutes"):
    return found[(found["area"] == area) & (found["measure"] == measure)].iloc[0]


# What is told


def test_two_organisations_are_compared_area_by_area_and_measure_by_measure():
    found = compare(*workshops(groups=5))
    assert len(found) == 4 * 3
    assert set(found["a"]) == {"Havneby"} and set(found["b"]) == {"Nordby"}
    one = row(found, measure="discussed")
    assert one["a_total"] <= one["a_drawn"] and one["a_each"] == one["a_total"] / one["a_drawn"]
    assert one["change"] == pytest.approx(one["b_ratio"] / one["a_ratio"])
    assert one["change_low"] < one["change"] < one["change_high"]


def test_the_other_way_round_the_change_is_turned_round():
    frames = workshops(groups=8, keen=["Nordby"])
    one, other = compare(*frames, a="Havneby", b="Nordby"), compare(*frames, a="Nordby", b="Havneby")
    assert (one["change"] * other["change"]).tolist() == pytest.approx([1.0] * 12)
    assert one["p"].tolist() == pytest.approx(other["p"].tolist(), abs=0.03)


def test_a_planted_doubling_is_found_and_told_with_its_size():
    found = row(compare(*workshops(groups=40, keen=["Nordby"])))
    assert found["differs"] == "more"
    assert found["change_low"] > 1 and found["change"] > 2


def test_the_same_organisation_before_and_after_is_compared_with_itself():
    frames = workshops(("Havneby", "Nordby", "Sø"), groups=6, days=("2026-03-02", "2026-10-05"))
    found = then_and_now(*frames, split="2026-06-01")
    assert set(found["a"]) == {"then"} and set(found["b"]) == {"now"}
    assert found["a_sessions"].iloc[0] == found["b_sessions"].iloc[0] == 18


def test_an_organisation_that_met_only_once_is_left_out_of_then_and_now():
    before = workshops(("Havneby", "Nordby"), groups=4)
    sessions = before.sessions.copy()
    nordby = sessions["organisation"] == "Nordby"
    sessions.loc[nordby & sessions["group"].isin(["1", "2"]), "date"] = pd.Timestamp("2026-10-05")
    found = then_and_now(*before._replace(sessions=sessions), split="2026-06-01")
    assert found["a_sessions"].iloc[0] == found["b_sessions"].iloc[0] == 2
    together = then_and_now(*before._replace(sessions=sessions), split="2026-06-01", by=None)
    assert together["a_sessions"].iloc[0] == 6


def test_that_keen_organisations_came_late_is_not_taken_for_change():
    """Havneby is keen and came twice as often late; nobody changed."""
    frames = workshops(("Havneby", "Nordby"), groups=60, keen=["Havneby"], seed=5)
    sessions = frames.sessions.copy()
    number = sessions["group"].astype(int)
    late = np.where(sessions["organisation"] == "Havneby", number > 10, number > 50)
    sessions.loc[late, "date"] = pd.Timestamp("2026-10-05")
    frames = frames._replace(sessions=sessions)
    mixed = row(then_and_now(*frames, split="2026-06-01", by=None))
    paired = row(then_and_now(*frames, split="2026-06-01"))
    assert mixed["differs"] == "more"
    assert pd.isna(paired["differs"]) and paired["change_low"] < 1 < paired["change_high"]


def test_groups_of_one_workshop_can_be_held_together():
    days = tuple(f"2026-03-{day:02}" for day in range(2, 8))
    frames = workshops(groups=2, days=days)
    found = compare(*frames, cluster="workshop")
    assert found["a_sessions"].iloc[0] == 12
    # Six workshops on either side instead of twelve groups: less is certain.
    alone = compare(*frames)
    assert found["change"].tolist() == pytest.approx(alone["change"].tolist())
    with pytest.raises(ValueError, match="cluster: 'person'"):
        compare(*frames, cluster="person")


def test_the_same_sessions_give_the_same_figures_in_any_order():
    frames = workshops(groups=5)
    shuffled = [each.sample(frac=1, random_state=2) for each in frames]
    assert_frame_equal(compare(*shuffled), compare(*frames))
    assert_frame_equal(between_groups(*shuffled), between_groups(*frames))


# Little or nothing to compare


def test_one_organisation_alone_gives_nothing_to_compare():
    frames = workshops(("Nordby",))
    assert compare(*frames).empty
    assert list(compare(*frames)) == list(compare(*workshops()))
    alone = between_groups(*frames)
    assert alone["p"].isna().all() and alone["differs"].isna().all() and set(alone["groups"]) == {1}


def test_with_no_sessions_or_no_turns_there_is_nothing_to_compare():
    frames = workshops()
    for bare in (
        frames._replace(sessions=frames.sessions.iloc[:0]),
        frames._replace(turns=frames.turns.iloc[:0], notes=frames.notes.iloc[:0]),
    ):
        assert compare(*bare).empty
        assert then_and_now(*bare, split="2026-06-01").empty
        assert between_groups(*bare)["p"].isna().all()


def test_sessions_without_a_date_are_left_aside():
    frames = workshops(days=("2026-03-02", "2026-10-05"))
    undated = frames.sessions.assign(date=pd.NaT)
    assert then_and_now(*frames._replace(sessions=undated), split="2026-06-01").empty


def test_with_too_few_groups_no_result_could_differ():
    assert not compare(*workshops(groups=2))["could_differ"].any()
    assert compare(*workshops(groups=5))["could_differ"].all()


def test_a_value_that_no_session_has_is_named_with_those_there_are():
    with pytest.raises(ValueError, match="no session has organisation 'Øby'; there are Havneby, Nordby"):
        compare(*workshops(), a="Øby", b="Nordby")
    with pytest.raises(ValueError, match="are both 'Nordby'"):
        compare(*workshops(), a="Nordby", b="Nordby")
    with pytest.raises(ValueError, match="'town' is no column of sessions"):
        between_groups(*workshops(), unit="town")


# Against every way the labels could have fallen


def test_p_is_that_of_all_ways_the_labels_could_have_fallen():
    """Four and four groups: 70 ways. The largest statistic of each, worked out one by one."""
    random = np.random.default_rng(6)
    values, card, session = hands(random, 8)
    some, others = given(values, card, session)
    label = np.repeat([0, 1], 4)
    off = (some - some.sum(axis=0) / others.sum(axis=0) * others).reshape(8, -1)

    def statistic(of):
        by = np.where(of == 1, 0.5, -0.5)[:, None]
        return (by * off).sum(axis=0) ** 2 / (by**2 * off**2).sum(axis=0)

    ways = [np.isin(range(8), ones).astype(int) for ones in itertools.combinations(range(8), 4)]
    largest = np.array([statistic(of).max() for of in ways])
    exact = [(largest >= each - 1e-9).mean() for each in statistic(label)]
    found = p_of_pair(some, others, label, np.zeros(8)).ravel()
    assert found == pytest.approx(exact, abs=0.03)


# No difference is not taken for one; a difference is found


@pytest.mark.parametrize("all_keen", [False, True], ids=["nobody keen", "all keen alike"])
@pytest.mark.parametrize("uneven", [False, True], ids=["alike", "uneven"])
def test_two_sides_that_do_alike_are_almost_never_said_to_differ(quick, uneven, all_keen):
    """2,000 pairs of 2 to 30 groups: at most 5 % and two standard errors of that, 119."""
    random = np.random.default_rng(2 * uneven + all_keen)
    named = 0
    for _ in range(2000):
        groups = int(random.integers(2, 31))
        label = (np.arange(groups) < random.integers(1, groups)).astype(int)
        pair = given(*hands(random, groups, np.full(groups, all_keen), uneven=uneven))
        named += (p_of_pair(*pair, label, np.zeros(groups)) <= 0.05).any()
    assert named <= 119


def test_a_side_that_draws_twice_as_many_cards_is_not_taken_for_another(quick):
    random = np.random.default_rng(9)
    named = 0
    for _ in range(300):
        few, many = (
            hands(random, 10, np.ones(10, bool), cards=6),
            hands(random, 10, np.ones(10, bool), cards=12),
        )
        values, card = (np.concatenate([few[n], many[n]]) for n in (0, 1))
        pair = given(values, card, np.concatenate([few[2], many[2] + 10]))
        named += (p_of_pair(*pair, np.repeat([0, 1], 10), np.zeros(20)) <= 0.05).any()
    assert named <= 23


def test_organisations_that_always_differed_are_not_said_to_have_changed(quick):
    """Half of twelve organisations are keen, before and after: at most 5 % of 500 and two standard errors."""
    random = np.random.default_rng(10)
    stratum, label = np.repeat(range(12), 4), np.tile([0, 0, 1, 1], 12)
    named = 0
    for _ in range(500):
        pair = given(*hands(random, 48, stratum % 2 == 0, uneven=True))
        named += (p_of_pair(*pair, label, stratum) <= 0.05).any()
    assert named <= 35


@pytest.mark.parametrize(
    "groups, each, uneven", [(12, 5, False), (12, 5, True), (5, 6, True), (30, 1, False)]
)
def test_many_groups_that_do_alike_are_almost_never_said_to_differ(quick, groups, each, uneven):
    random = np.random.default_rng(groups)
    label = np.repeat(range(groups), each)
    named = 0
    for _ in range(300):
        pair = given(*hands(random, groups * each, np.ones(groups * each, bool), uneven=uneven))
        named += (p_of_groups(*pair, label) <= 0.05).any()
    assert named <= 23


@pytest.mark.parametrize("each, found_in", [(12, 0.5), (20, 0.8), (30, 0.95)])
def test_a_side_that_gives_an_area_twice_as_much_is_found(quick, each, found_in):
    random = np.random.default_rng(each)
    label, found = np.repeat([0, 1], each), 0
    for _ in range(150):
        pair = given(*hands(random, 2 * each, label == 1))
        found += (p_of_pair(*pair, label, np.zeros(2 * each)) <= 0.05)[1].any()
    assert found / 150 >= found_in


def test_four_of_twelve_organisations_that_give_an_area_twice_as_much_are_found(quick):
    """Ten groups in each organisation, eight cards in each group: found in at least 19 of 20 cases."""
    random = np.random.default_rng(12)
    label, found = np.repeat(range(12), 10), 0
    for _ in range(100):
        found += (p_of_groups(*given(*hands(random, 120, label < 4)), label) <= 0.05)[1].any()
    assert found >= 95
