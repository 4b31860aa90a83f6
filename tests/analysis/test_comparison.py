"""The luck of the draw is not taken for a difference between groups, nor for a change."""

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from simulated_workshops import workshops

from dialogkort.analysis.discussion import between_groups, compare, then_and_now


def row(frame, area="Forståelse", measure="minutes"):
    return frame[(frame["area"] == area) & (frame["measure"] == measure)].iloc[0]


# What is told


def test_two_organisations_are_compared_area_by_area_and_measure_by_measure():
    comparison = compare(*workshops(groups=16))
    assert len(comparison) == 4 * 3
    assert set(comparison["a"]) == {"Havneby"} and set(comparison["b"]) == {"Nordby"}
    one = row(comparison, measure="discussed")
    assert one["a_total"] <= one["a_drawn"] and one["a_each"] == one["a_total"] / one["a_drawn"]
    assert one["change"] == pytest.approx(one["b_ratio"] / one["a_ratio"], rel=0.1)
    assert one["change_low"] < one["change"] < one["change_high"]


def test_the_other_way_round_the_change_is_turned_round():
    frames = workshops(groups=8, keen=["Nordby"])
    one, other = compare(*frames, a="Havneby", b="Nordby"), compare(*frames, a="Nordby", b="Havneby")
    assert (one["change"] * other["change"]).tolist() == pytest.approx([1.0] * 12)
    assert one["p"].tolist() == pytest.approx(other["p"].tolist(), abs=0.03)
    assert (one["change_low"] * other["change_high"]).tolist() == pytest.approx([1.0] * 12, rel=1e-4)


def test_a_planted_doubling_is_found_and_told_with_its_size():
    actual = row(compare(*workshops(groups=40, keen=["Nordby"])))
    assert actual["differs"] == "more"
    assert actual["change_low"] > 1 and actual["change"] > 2


def test_the_same_organisation_before_and_after_is_compared_with_itself():
    frames = workshops(("Havneby", "Nordby", "Sø"), groups=6, days=("2026-03-02", "2026-10-05"))
    comparison = then_and_now(*frames, split="2026-06-01")
    assert set(comparison["a"]) == {"then"} and set(comparison["b"]) == {"now"}
    assert comparison["a_sessions"].iloc[0] == comparison["b_sessions"].iloc[0] == 18


def test_an_organisation_that_met_only_once_is_left_out_of_then_and_now():
    before = workshops(("Havneby", "Nordby"), groups=4)
    sessions = before.sessions.copy()
    nordby = sessions["organisation"] == "Nordby"
    sessions.loc[nordby & sessions["group"].isin(["1", "2"]), "date"] = pd.Timestamp("2026-10-05")
    comparison = then_and_now(*before._replace(sessions=sessions), split="2026-06-01")
    assert comparison["a_sessions"].iloc[0] == comparison["b_sessions"].iloc[0] == 2
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
    comparison = compare(*frames, cluster="workshop")
    assert comparison["a_sessions"].iloc[0] == 12
    # Six workshops on either side instead of twelve groups: less is certain.
    alone = compare(*frames)
    assert comparison["change"].tolist() == pytest.approx(alone["change"].tolist())
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
        between_groups(*workshops(), by="town")


# One cause once, workshops and not groups


def test_a_change_in_one_area_is_not_told_as_the_opposite_change_in_another():
    comparison = compare(*workshops(groups=60, keen=["Nordby"], times=4.0))
    assert set(comparison.loc[comparison["differs"].notna(), "area"]) == {"Forståelse"}


def test_of_two_days_of_one_organisation_no_change_is_told():
    frames = workshops(("Nordby",), groups=4, days=("2026-03-02", "2026-10-05"), keen=["Nordby"])
    comparison = then_and_now(*frames, split="2026-06-01")
    assert len(comparison) and not comparison["could_differ"].any() and comparison["differs"].isna().all()
    assert comparison[["change_low", "change_high"]].isna().all(axis=None)


def test_organisations_that_differ_are_found_and_the_area_they_differ_in_alone():
    comparison = between_groups(*workshops(tuple("ABCDEF"), 24, keen=["A", "B"], times=3.0))
    differing = comparison[comparison["differs"].fillna(False)]
    assert "minutes" in set(differing["measure"]) and set(differing["area"]) == {"Forståelse"}
    assert set(comparison["workshops"]) == {36}
