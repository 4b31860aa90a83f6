"""The timer is part of the session: kept, merged, told in the frames, and bounded."""

import pandas as pd
import pytest

from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import TimerStart, Undone
from dialogkort.errors import InvalidAction
from dialogkort.exchange.merge import merge
from dialogkort.exports.export import export
from dialogkort.frames.sessions import read
from dialogkort.i18n import text
from dialogkort.sessions.session import Session, start


def test_a_timer_goes_on_where_it_was_when_the_session_is_opened_again(store, session):
    session.set_timer(90, TimerStart.WITH_CARD)
    session.turn(session.dealt.order[0])
    session.extend_timer(60)
    again = Session(store, session.id).history.timer
    assert again == session.history.timer
    assert again.run.ends_at - again.run.started_at >= 150_000
    session.undo()
    assert Session(store, session.id).history.timer.run is None  # with the card that was turned by mistake


@pytest.mark.parametrize("seconds", [0, -1, 24 * 3600 + 1, 2**62])
def test_a_timer_of_no_time_or_of_days_is_refused_with_words(session, seconds):
    for act in (
        session.start_timer,
        session.extend_timer,
        lambda length: session.set_timer(length, TimerStart.NEVER),
    ):
        with pytest.raises(InvalidAction) as refused:
            act(seconds)
        assert str(refused.value) == text("session.timer", value=seconds, most=24)


def test_undo_never_takes_the_timer_itself_back(session):
    session.start_timer(60)
    run = session.history.timer.run
    taking_back = Undone(id=new_id(run.started_at + 1), session=session.id, events=(run.id,))
    with pytest.raises(InvalidAction):
        session.record(taking_back)
    assert session.history.timer.run == run


def test_what_the_timer_gave_a_card_is_told_in_the_frames_and_comes_along_with_folders_and_exports(
    open_here, deck, tmp_path
):
    store = open_here(tmp_path / "her")
    session = start(store, deck, workshop="Digital dag", group="1")
    session.turn(session.dealt.order[0])
    session.start_timer(120)
    session.discuss(session.dealt.order[0])
    session.stop_timer()
    session.turn(session.dealt.order[1])
    minutes = read(store).turns["timer_minutes"]
    assert minutes[0] == 2 and pd.isna(minutes[1])
    export(tmp_path / "ud", tmp_path / "her")
    for source in ("her", "ud"):
        merge(tmp_path / source, into=tmp_path / f"fra {source}")
        merged = open_here(tmp_path / f"fra {source}")
        pd.testing.assert_frame_equal(read(merged).turns, read(store).turns)
