"""A session on paper that is typed in is the session it would have been, less what nobody knows."""

import time
from datetime import date, timedelta

import pandas as pd
import pytest

from dialogkort.analysis.session_timeline import course
from dialogkort.charts import timeline
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import (
    Agreement,
    Discussed,
    MinutesTold,
    NoteKind,
    SkipReason,
    Turned,
    Undone,
)
from dialogkort.domain.outcomes import Outcome
from dialogkort.errors import IllegalMove, InvalidAction
from dialogkort.exchange.merge import merge
from dialogkort.frames.sessions import read
from dialogkort.i18n import text
from dialogkort.sessions.session import Session, start
from dialogkort.store import open_store


def now():
    return time.time_ns() // 1_000_000


DETAILS = {"workshop": "Digital dag", "group": "Gruppe 1", "date": "2026-03-02", "participants": 5}
TIMES = {
    "sessions": ["started_at", "last_at", "ended_at"],
    "turns": ["turned_at", "minutes"],
    "notes": ["created_at", "updated_at"],
}


@pytest.fixture
def store(open_here, tmp_path):
    return open_here(tmp_path)


@pytest.fixture
def on_paper(store, deck):
    return start(store, deck, seed=7, typed_in=True, **DETAILS)


def play(session):
    """An afternoon with every outcome, every way to see a card and every kind of note."""
    cards = iter(session.dealt.order)
    session.note("Vi siger hej", opening_question=1)
    for agreement in (*Agreement, None):
        card = next(cards)
        session.turn(card)
        for kind in NoteKind:
            step = {"owner": "Hanne", "due": "2026-04-01"} if kind is NoteKind.NEXT_STEP else {}
            session.note(f"Vi øver: {kind}", card=card, kind=kind, **step)
        session.discuss(card, agreement)
    for reason in (*SkipReason, None):
        card = next(cards)
        session.turn(card)
        session.skip(card, reason)
    session.turn(next(cards))
    session.end()


def line(session, card, minutes=None):
    """A line as the page sends it: its events are made in one go, however long the disk takes."""
    of_card = {"session": session.id, "card": card}
    first = new_id(now(), after=session.history.newest)
    second = new_id(0, after=first)
    session.record(Turned(id=first, **of_card))
    session.record(Discussed(id=second, **of_card))
    session.record(MinutesTold(id=new_id(0, after=second), **of_card, minutes=minutes))


def without(frame, columns):
    """A frame less some columns and the ids that are made anew."""
    return frame.drop(columns=[*columns, "session", *(["note"] if "note" in frame else [])])


def test_typed_in_it_is_the_session_it_would_have_been_live_except_times_and_the_mark(
    store, deck, open_here, tmp_path, on_paper
):
    live_store = open_here(tmp_path / "live")
    live = start(live_store, deck, seed=7, **DETAILS)
    play(live)
    play(on_paper)
    live_frames, typed = read(live_store), read(store)
    assert (live_frames.sessions["typed_in"].tolist(), typed.sessions["typed_in"].tolist()) == (
        [False],
        [True],
    )
    for name, times in TIMES.items():
        ignored = [*times, *(["typed_in"] if name == "sessions" else [])]
        one, other = getattr(live_frames, name), getattr(typed, name)
        pd.testing.assert_frame_equal(without(one, ignored), without(other, ignored))
        assert len(one)
    pd.testing.assert_frame_equal(live_frames.cards, typed.cards)


def test_its_minutes_are_those_that_were_told_and_typing_is_no_time_at_the_table(store, on_paper):
    first, second, third = on_paper.dealt.order[:3]
    line(on_paper, first, 12)
    line(on_paper, second)
    line(on_paper, third, 0)
    turns = read(store).turns
    assert turns["minutes"].tolist() == [12, pd.NA, 0]
    assert turns["turned_at"].isna().all()
    on_paper.tell_minutes(first, None)
    assert read(store).turns["minutes"].isna().tolist() == [True, True, False]


def test_a_card_in_the_wrong_place_is_put_where_it_was_turned(store, on_paper):
    first, second, third, fourth = cards = on_paper.dealt.order[:4]
    for card in cards:
        line(on_paper, card)
    on_paper.order_turns((third, first, fourth))
    assert list(on_paper.table.turned) == [third, first, fourth, second]
    assert read(store).turns["card"].tolist() == [third, first, fourth, second]
    assert read(store).turns["turn"].tolist() == [1, 2, 3, 4]
    on_paper.undo()
    assert list(on_paper.table.turned) == [first, second, third, fourth]
    with pytest.raises(InvalidAction):
        on_paper.order_turns(("no-such-card",))


def test_cards_keep_their_order_when_one_of_them_is_taken_away(store, on_paper):
    first, second, third = on_paper.dealt.order[:3]
    for card in (second, third, first):
        line(on_paper, card)
    on_paper.order_turns((first, third, second))
    of_first = [event.id for event in on_paper.events if getattr(event, "card", "") == first]
    on_paper.record(
        Undone(id=new_id(now(), after=on_paper.history.newest), session=on_paper.id, events=tuple(of_first))
    )
    assert read(store).turns["card"].tolist() == [third, second]


def test_a_line_is_taken_back_and_brought_back_as_one_step(on_paper):
    first, second = on_paper.dealt.order[:2]
    line(on_paper, first, 5)
    line(on_paper, second)
    on_paper.undo()
    assert list(on_paper.table.turned) == [first]
    on_paper.redo()
    assert dict(on_paper.table.turned) == dict.fromkeys((first, second), Outcome.DISCUSSED)
    on_paper.undo()
    on_paper.undo()
    assert not on_paper.table.turned
    assert on_paper.is_typed_in


def test_it_was_held_on_a_day_that_has_come(store, deck, on_paper):
    tomorrow = (date.today() + timedelta(days=1)).isoformat()
    for day in ("", tomorrow):
        details = DETAILS | {"date": day}
        with pytest.raises(InvalidAction):
            start(store, deck, typed_in=True, **details)
        with pytest.raises(InvalidAction):
            on_paper.describe(**details)
    on_paper.describe(**DETAILS | {"date": date.today().isoformat()})
    assert len(store.sessions()) == 1


def test_minutes_and_order_are_told_only_of_what_was_on_paper_and_only_such_as_can_be(store, deck, on_paper):
    live = start(store, deck, **DETAILS)
    first = live.dealt.order[0]
    live.turn(first)
    for refused in (lambda: live.tell_minutes(first, 5), lambda: live.order_turns((first,))):
        with pytest.raises(InvalidAction):
            refused()
    card = on_paper.dealt.order[0]
    with pytest.raises(IllegalMove):
        on_paper.tell_minutes(card, 5)
    on_paper.turn(card)
    for minutes in (-1, 600):
        with pytest.raises(InvalidAction, match=str(minutes)):
            on_paper.tell_minutes(card, minutes)


def test_mark_minutes_and_order_come_along_when_notes_are_merged(store, on_paper, tmp_path):
    first, second = on_paper.dealt.order[:2]
    line(on_paper, first, 5)
    line(on_paper, second, 7)
    on_paper.order_turns((second, first))
    merge(tmp_path, into=tmp_path / "samlet")
    merged = open_store(tmp_path / "samlet")
    again = Session(merged, on_paper.id)
    frames = read(merged)
    merged.close()
    assert again.is_typed_in
    assert frames.turns["minutes"].tolist() == [7, 5]
    assert frames.sessions["typed_in"].tolist() == [True]


@pytest.mark.usefixtures("allowing_unprotected")
def test_its_course_has_the_order_and_no_times_and_the_chart_says_why(store, on_paper):
    first, second = on_paper.dealt.order[:2]
    line(on_paper, first, 5)
    on_paper.note("Vi øver", card=first)
    line(on_paper, second)
    course_rows = course(*read(store))
    assert course_rows.loc[course_rows["what"] == "card", "card"].tolist() == [first, second]
    assert course_rows[["at", "starts_at"]].isna().all(axis=None)
    assert text("charts.timeline.on_paper") in timeline(course_rows).alt
