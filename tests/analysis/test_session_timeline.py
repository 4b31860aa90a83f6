"""A session is told minute by minute as it went."""

import pandas as pd
import pytest
from simulated_workshops import workshops

from dialogkort.analysis.session_timeline import course


def minutes_past_nine(*minutes):
    return [pd.Timestamp("2026-03-02T09:00", tz="UTC") + pd.Timedelta(minutes=each) for each in minutes]


@pytest.fixture
def one_session():
    """Three cards turned at 9.10, 9.20 and 9.50; the first two in hand for 8 minutes, the last for 5."""
    frames = workshops(("Nordby",), 1, seed=3)
    turns = frames.turns.iloc[:3].copy()
    turns["turned_at"] = pd.Series(minutes_past_nine(10, 20, 50), index=turns.index).astype(
        turns["turned_at"].dtype
    )
    turns["minutes"] = pd.array([8.0, 8.0, 5.0], dtype="Float64")
    notes = pd.DataFrame(
        {
            "session": turns["session"].iloc[0],
            "card": [None, turns["card"].iloc[1], turns["card"].iloc[1]],
            "note": ["n1", "n2", "n3"],
            "created_at": minutes_past_nine(2, 21, 45),
            "kind": "point",
        }
    ).reindex(columns=frames.notes.columns)
    return frames._replace(turns=turns, notes=notes.astype(frames.notes.dtypes))


def test_cards_notes_and_pauses_come_in_order_with_their_minute(one_session):
    timeline = course(*one_session)
    assert list(timeline["what"]) == ["note", "card", "card", "note", "pause", "note", "card"]
    assert timeline["at"].tolist() == pytest.approx([2, 10, 20, 21, 28, 45, 50])
    assert timeline[timeline["what"] == "pause"]["minutes"].tolist() == pytest.approx([22])


def test_a_note_belongs_to_the_turn_of_its_card_and_the_opening_round_to_none(one_session):
    timeline = course(*one_session)
    turns = timeline[timeline["what"] == "note"]["turn"]
    assert pd.isna(turns.iloc[0]) and turns.iloc[1:].tolist() == [one_session.turns["turn"].iloc[1]] * 2


def test_a_card_turned_twice_has_two_rows_and_keeps_its_notes_apart(one_session):
    turns = one_session.turns.copy()
    turns["card"] = turns["card"].iloc[1]
    timeline = course(*one_session._replace(turns=turns))
    on_card = timeline[(timeline["what"] == "note") & timeline["card"].notna()]
    assert on_card["turn"].tolist() == [turns["turn"].iloc[1]] * 2


def test_every_row_says_whose_session_it_is(one_session):
    timeline = course(*one_session)
    session = one_session.sessions.iloc[0]
    for column in ("organisation", "unit", "workshop", "group", "date"):
        assert timeline[column].dtype == one_session.sessions[column].dtype
        content = (
            timeline[column].isna().all()
            if pd.isna(session[column])
            else timeline[column].eq(session[column]).all()
        )
        assert content


def test_two_minutes_between_cards_are_no_pause(one_session):
    timeline = course(*one_session)
    assert (timeline["what"] == "pause").sum() == 1


def test_a_session_without_turns_has_only_its_notes_and_an_empty_one_nothing(one_session):
    bare = one_session._replace(turns=one_session.turns.iloc[:0])
    assert list(course(*bare)["what"]) == ["note"] * 3
    empty = course(*bare._replace(notes=bare.notes.iloc[:0]))
    assert empty.empty and list(empty) == list(course(*one_session))


def test_one_of_several_sessions_has_to_be_named():
    frames = workshops(groups=2)
    assert set(course(*frames, session=frames.sessions["session"].iloc[2])["what"]) >= {"card"}
    with pytest.raises(ValueError, match="None is none of the 4 sessions"):
        course(*frames)
