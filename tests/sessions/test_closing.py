"""The end of a session and the return to it are part of it: kept, merged, exported, told, erased."""

import json

import pandas as pd
import pytest

from dialogkort.dataset import collect
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import NoteKind, StepStatus, Undone
from dialogkort.domain.limits import MAX_RATINGS, MORE_RATINGS
from dialogkort.errors import InvalidAction
from dialogkort.exchange.erase import erase
from dialogkort.exchange.merge import merge
from dialogkort.exports.export import as_json, export
from dialogkort.frames.closing import read_closing
from dialogkort.frames.sessions import read
from dialogkort.i18n import text
from dialogkort.sessions.session import Session, start

WORD = "Tålmodighed"


@pytest.fixture
def follow_up(store, deck, session):
    """A session that follows up another, in which a next step was agreed; and that step's note."""
    step = session.note("Aftal øvetid", opening_question=1, kind=NoteKind.NEXT_STEP, owner="Leder")
    later = start(store, deck, workshop="Digital dag", group="Gruppe 1")
    later.follow_up(session.id)
    return later, step


def test_everybody_answers_once_and_nobody_sees_who_answered_what(store, session):
    for rating, word in ((5, "Ærligt"), (2, " for\n langt "), (4, "")):
        session.rate(rating, word)
    assert read_closing(store).ratings.empty
    assert "Ærligt" not in as_json(store).decode()
    assert read(store).sessions["rating_mean"].isna().all()
    session.show_ratings()
    assert "Ærligt" in as_json(store).decode()
    answers = read_closing(store).ratings
    assert answers[["rating", "word"]].values.tolist() == [[2, "for langt"], [4, ""], [5, "Ærligt"]]
    assert read(store).sessions.loc[0, ["ratings", "rating_mean"]].tolist() == [3, 11 / 3]


def test_a_later_group_of_the_workshop_keeps_its_notes_as_long_as_the_others_and_another_workshop_does_not(
    store, deck
):
    for group, day in (("1", "2027-01-31"), ("2", "2027-02-28"), ("3", "")):
        start(store, deck, workshop="Digital dag", group=group, date="2026-11-28").keep_until(day)
    later = start(store, deck, workshop="Digital dag", group="4", date="2026-11-28")
    another = start(store, deck, workshop="Digital dag", group="4", date="2026-11-29")
    assert [one.history.closing.keep_until for one in (later, another)] == ["2027-02-28", ""]
    later.keep_until("")
    assert Session(store, later.id).history.closing.keep_until == "", "it decides for itself from there"


def test_of_fewer_than_three_answers_nothing_is_told_but_how_many(store, session):
    session.rate(1, WORD)
    session.rate(5)
    with pytest.raises(InvalidAction) as refused:
        session.show_ratings()
    assert str(refused.value) == text("session.too_few_ratings", fewest=3)
    sessions = read(store).sessions
    assert sessions["ratings"].tolist() == [2] and sessions["rating_mean"].isna().all()
    assert read_closing(store).ratings.empty


def test_when_the_answers_were_shown_nobody_answers_any_more_for_one_would_see_what(session):
    for rating in (1, 2, 3):
        session.rate(rating)
    session.show_ratings()
    with pytest.raises(InvalidAction):
        session.rate(5)
    assert [answer.rating for answer in session.history.closing.ratings] == [1, 2, 3]


@pytest.mark.parametrize(("rating", "word"), [(0, ""), (6, ""), (2**62, ""), (3, "x" * 41)])
def test_an_answer_that_is_none_is_refused_with_words(session, rating, word):
    with pytest.raises(InvalidAction) as refused:
        session.rate(rating, word)
    assert str(rating) in str(refused.value) or word[:40] in str(refused.value)
    assert session.history.closing.ratings == ()


def test_a_later_meeting_says_what_became_of_a_step_and_the_newest_word_holds(store, session, follow_up):
    later, step = follow_up
    session.set_step_status(step, StepStatus.OPEN)
    later.set_step_status(step, StepStatus.DONE, "Hver fredag", noted_in=session.id)
    steps = read_closing(store).next_steps
    columns = ["session", "status", "status_word", "status_in"]
    assert steps[columns].values.tolist() == [[session.id, "done", "Hver fredag", later.id]]
    assert read(store).sessions["follows"].tolist() == ["", session.id]


def test_of_a_session_that_is_not_followed_up_nothing_can_be_said(store, deck, session):
    step = session.note("Aftal øvetid", opening_question=1, kind=NoteKind.NEXT_STEP)
    stranger = start(store, deck, workshop="En anden", group="2")
    with pytest.raises(InvalidAction) as refused:
        stranger.set_step_status(step, StepStatus.DROPPED, noted_in=session.id)
    assert str(refused.value) == text("session.not_followed_up")
    with pytest.raises(InvalidAction):
        stranger.follow_up(stranger.id)


def test_a_device_that_is_handed_round_answers_no_more_often_than_there_are_people(session):
    session.describe(workshop="Digital dag", group="1", participants=4)
    for _ in range(4 + MORE_RATINGS):
        session.rate(5)
    with pytest.raises(InvalidAction, match=text("session.too_many_ratings")):
        session.rate(1)
    session.describe(workshop="Digital dag", group="1")
    for _ in range(MAX_RATINGS - 4 - MORE_RATINGS):
        session.rate(5)
    with pytest.raises(InvalidAction, match=text("session.too_many_ratings")):
        session.rate(1)


def test_hands_are_counted_for_notes_that_are_there_and_a_count_can_be_taken_back(store, session):
    note = session.note("Mere tid", opening_question=1)
    session.count_hands(note, 7)
    assert read(store).notes["hands"].isna().all(), "the room has not seen them"
    session.show_votes()
    assert read(store).notes["hands"].tolist() == [7]
    session.count_hands(note, None)
    assert read(store).notes["hands"].isna().all()
    for unknown, hands in ((new_id(1), 3), (note, -1), (note, 10_000)):
        with pytest.raises(InvalidAction):
            session.count_hands(unknown, hands)


def test_the_day_until_which_notes_are_kept_is_a_real_day(store, session):
    session.keep_until("2027-01-31")
    assert read(store).sessions["keep_until"].tolist() == [pd.Timestamp("2027-01-31")]
    for day in ("31-01-2027", "2027-02-30", "9999-01-01"):
        with pytest.raises(InvalidAction):
            session.keep_until(day)
    session.keep_until("")
    assert read(store).sessions["keep_until"].isna().all()


def test_undo_takes_back_what_was_done_at_the_table_and_nothing_of_the_end(session):
    session.turn(session.dealt.order[0])
    for rating in (1, 2, 3):
        session.rate(rating)
    session.keep_until("2027-01-31")
    session.undo()
    closing = session.history.closing
    assert (session.table.current, len(closing.ratings), closing.keep_until) == (None, 3, "2027-01-31")
    session.redo()
    assert session.table.current == session.dealt.order[0]
    newest = session.events[-1].at
    rated = next(event for event in session.events if type(event).__name__ == "Rated")
    with pytest.raises(InvalidAction):
        session.record(Undone(id=new_id(newest + 1), session=session.id, events=(rated.id,)))


def test_erasing_a_session_takes_its_ratings_and_erasing_a_note_what_a_later_meeting_said_of_it(
    open_here, deck, tmp_path
):
    store = open_here(tmp_path / "her")
    session = start(store, deck, workshop="Digital dag", group="1")
    step = session.note("Aftal øvetid", opening_question=1, kind=NoteKind.NEXT_STEP)
    session.count_hands(step, 4)
    later = start(store, deck, workshop="Digital dag 2", group="1")
    later.follow_up(session.id)
    later.set_step_status(step, StepStatus.DROPPED, WORD, noted_in=session.id)
    for _ in range(3):
        later.rate(1, WORD)
    store.close()
    file = next((tmp_path / "her").glob("*.sqlite"))
    assert WORD.encode() in file.read_bytes()
    assert erase(tmp_path / "her", note=step).events == 3
    again = open_here(tmp_path / "her")
    assert Session(again, later.id).history.closing.statuses == {}
    assert len(Session(again, later.id).history.closing.ratings) == 3
    erase(tmp_path / "her", session=later.id)
    left = b"".join(path.read_bytes() for path in (tmp_path / "her").rglob("*") if path.is_file())
    assert WORD.encode() not in left


def test_it_comes_along_with_folders_exports_and_the_dataset(open_here, deck, tmp_path):
    store = open_here(tmp_path / "her")
    session = start(store, deck, workshop="Digital dag", group="1")
    step = session.note("Aftal øvetid", opening_question=1, kind=NoteKind.NEXT_STEP)
    session.set_step_status(step, StepStatus.DONE, WORD)
    session.count_hands(step, 4)
    assert "hands counted" not in as_json(store).decode(), "nobody has seen them"
    assert read(store).notes["hands"].isna().all()
    session.show_votes()
    session.keep_until("2027-01-31")
    for rating in (3, 4, 5):
        session.rate(rating, WORD)
    session.show_ratings()
    export(tmp_path / "ud", tmp_path / "her")
    assert WORD in (tmp_path / "ud" / "ratings.csv").read_text(encoding="utf-8-sig")
    assert WORD in (tmp_path / "ud" / "next_steps.csv").read_text(encoding="utf-8-sig")
    exported = json.loads((tmp_path / "ud" / "dialogkort.json").read_text(encoding="utf-8"))
    assert {"rated", "hands counted", "retention set"} <= {event["what"] for event in exported["events"]}
    for source in ("her", "ud"):
        assert merge(tmp_path / source, into=tmp_path / f"fra {source}").is_whole
        merged = open_here(tmp_path / f"fra {source}")
        for mine, theirs in zip(read_closing(store), read_closing(merged), strict=True):
            pd.testing.assert_frame_equal(mine, theirs)
    data = collect(tmp_path / "her", into=tmp_path / "data")
    sessions = data.sessions() if hasattr(data, "sessions") else data.frames().sessions
    assert sessions[["ratings", "rating_mean"]].values.tolist() == [[3, 4.0]]
    assert data.notes()["hands"].tolist() == [4]
