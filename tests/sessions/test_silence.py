"""What is written in silence is seen by nobody before it is shown, and is the group's when it keeps it."""

import json
import time

import pytest

from dialogkort.domain.event_ids import id_between, new_id, time_of
from dialogkort.domain.events import SilentlyNoted
from dialogkort.domain.limits import LATE_HAND_IN, MAX_SILENT_LENGTH, MAX_SILENT_NOTES
from dialogkort.errors import IllegalMove, InvalidAction
from dialogkort.exchange.erase import erase
from dialogkort.exchange.merge import merge
from dialogkort.exchange.redact import redact
from dialogkort.exports.export import as_json, export
from dialogkort.frames.sessions import read
from dialogkort.i18n import text
from dialogkort.sessions import session as session_module
from dialogkort.sessions.session import Session, start

SECRET = "Vi tør ikke sige det højt"


@pytest.fixture
def card(session):
    card = session.dealt.order[0]
    session.turn(card)
    return card


def keep(session, card, note):
    session.note(SECRET, note=note, card=card)


def test_before_it_is_shown_no_table_and_no_file_that_leaves_has_it_and_then_all_of_it_is_there(
    store, session, card
):
    session.begin_silence(card)
    first, second = session.note_silently(card, SECRET), session.note_silently(card, f" {SECRET} 2 ")
    assert session.history.silence.shown_notes == set()
    assert SECRET not in as_json(store).decode()
    assert read(store).turns["silent_notes"].tolist() == [0]
    session.show_silent_notes(card)
    shown = session.history.silence.rounds[card].shown
    assert {note.note: note.text for note in shown} == {first: SECRET, second: f"{SECRET} 2"}
    assert as_json(store).decode().count(SECRET) == 2
    frames = read(store)
    assert frames.turns["silent_notes"].tolist() == [2]
    assert frames.notes.empty  # the group has kept none of it


def test_what_the_group_keeps_is_its_note_and_undo_takes_only_that_back(store, session, card):
    session.begin_silence(card)
    note = session.note_silently(card, SECRET)
    session.show_silent_notes(card)
    keep(session, card, note)
    session.note("Skrevet i fællesskab", card=card)
    notes = read(store).notes
    assert notes[["text", "from_silence"]].to_numpy().tolist() == [
        [SECRET, True],
        ["Skrevet i fællesskab", False],
    ]
    session.undo()
    session.undo()
    assert not session.notes
    assert session.history.silence.shown_notes == {note}
    session.undo()
    assert session.table.current is None  # the turn: what others wrote is nobody's to undo


def test_nothing_is_taken_in_before_a_round_or_after_it_but_what_was_written_in_time_comes_late(
    session, card
):
    with pytest.raises(InvalidAction, match=text("session.silence_over")):
        session.note_silently(card, "for tidligt")
    with pytest.raises(IllegalMove):
        session.begin_silence(session.dealt.order[1])  # it lies face down
    session.begin_silence(card)
    session.show_silent_notes(card)
    with pytest.raises(InvalidAction, match=text("session.silence_over")):
        session.note_silently(card, "for sent")
    round = session.history.silence.rounds[card]
    in_time = id_between(round.begun, round.ended)
    late = SilentlyNoted(id=in_time, session=session.id, note=in_time, card=card, text="uden forbindelse")
    session.record(late)
    assert session.history.silence.shown_notes == {in_time}


def test_what_comes_hours_after_its_round_is_taken_for_no_late_arrival(session, card, monkeypatch):
    session.begin_silence(card)
    session.show_silent_notes(card)
    round = session.history.silence.rounds[card]
    monkeypatch.setattr(session_module, "_now", lambda: time.time_ns() // 1_000_000 + LATE_HAND_IN + 60_000)
    in_time = id_between(round.begun, round.ended)
    with pytest.raises(InvalidAction, match=text("session.silence_over")):
        session.record(SilentlyNoted(id=in_time, session=session.id, note=in_time, card=card, text="sent"))


def test_nothing_says_in_which_order_or_when_something_was_handed_in(store, session, card):
    session.begin_silence(card)
    begun = session.history.silence.rounds[card].begun
    written = [f"note {number}" for number in range(40)]
    ids = [session.note_silently(card, content) for content in written]
    assert {time_of(id) for id in ids} == {time_of(begun) + 1}
    session.show_silent_notes(card)
    shown = [note.text for note in session.history.silence.rounds[card].shown]
    assert shown != written and sorted(shown) == sorted(written)
    assert Session(store, session.id).history.silence.rounds[card].shown == tuple(
        session.history.silence.rounds[card].shown
    ), "the same order everywhere"
    exported = json.loads(as_json(store))["events"]
    assert [event["text"] for event in exported if event["what"] == "silently noted"] != written


def test_a_second_round_about_a_card_adds_to_the_first(session, card):
    for number in (1, 2):
        session.begin_silence(card)
        session.note_silently(card, f"runde {number}")
        assert len(session.history.silence.rounds[card].waiting) == 1
        session.show_silent_notes(card)
    shown = session.history.silence.rounds[card].shown
    assert [note.text for note in shown] == ["runde 1", "runde 2"]


def test_a_hand_in_changes_no_other_note_and_is_not_empty_or_endless(session, card):
    session.begin_silence(card)
    note = session.note_silently(card, SECRET)
    for fields in (
        {"note": note, "text": "en andens"},
        {"text": "  "},
        {"text": "x" * (MAX_SILENT_LENGTH + 1)},
        {"card": "no-such-card"},
    ):
        id = new_id(session.events[-1].at + 1)
        event = SilentlyNoted(
            **{"id": id, "session": session.id, "note": id, "card": card, "text": "t"} | fields
        )
        with pytest.raises(InvalidAction):
            session.record(event)
    session.show_silent_notes(card)
    assert [one.text for one in session.history.silence.rounds[card].shown] == [SECRET]


def test_erased_it_is_gone_whether_it_was_kept_or_not_and_an_old_copy_brings_nothing_back(
    open_here, deck, tmp_path
):
    store = open_here(tmp_path / "her")
    session = start(store, deck, workshop="Digital dag", group="1")
    card = session.dealt.order[0]
    session.turn(card)
    session.begin_silence(card)
    written, other = session.note_silently(card, SECRET), session.note_silently(card, f"{SECRET} igen")
    session.show_silent_notes(card)
    keep(session, card, written)
    merge(tmp_path / "her", into=tmp_path / "kopi")
    for note in (written, other):
        erase(tmp_path / "her", note=note)
    merge(tmp_path / "kopi", into=tmp_path / "her")
    again = Session(store, session.id)
    assert not again.notes and not again.history.silence.shown_notes
    assert SECRET.encode() not in (tmp_path / "her" / "dialogkort.sqlite").read_bytes()


def test_a_name_written_in_silence_is_redacted_with_the_others(open_here, deck, tmp_path):
    store = open_here(tmp_path)
    session = start(store, deck, workshop="Digital dag", group="1")
    card = session.dealt.order[0]
    session.turn(card)
    session.begin_silence(card)
    session.note_silently(card, "Borgeren har cpr-nr. 010170-1234")
    session.show_silent_notes(card)
    assert redact(tmp_path).events == 1
    assert "010170" not in as_json(store).decode()


def test_an_export_of_a_folder_has_what_was_shown_and_nothing_else(open_here, deck, tmp_path):
    store = open_here(tmp_path / "her")
    session = start(store, deck, workshop="Digital dag", group="1")
    for card in session.dealt.order[:2]:
        session.turn(card)
        session.begin_silence(card)
        session.note_silently(card, f"{SECRET} {card}")
    session.show_silent_notes(session.dealt.order[0])
    export(tmp_path / "ud", tmp_path / "her")
    written = b"".join(path.read_bytes() for path in (tmp_path / "ud").rglob("*") if path.suffix != ".xlsx")
    assert f"{SECRET} {session.dealt.order[0]}".encode() in written
    assert f"{SECRET} {session.dealt.order[1]}".encode() not in written


def test_only_so_many_are_handed_in_about_a_card(session, card):
    session.begin_silence(card)
    begun = session.events[-1].at
    ids = [new_id(begun + number) for number in range(1, MAX_SILENT_NOTES + 1)]
    written = [SilentlyNoted(id=id, session=session.id, note=id, card=card, text="t") for id in ids]
    session._store.append(written)
    with pytest.raises(InvalidAction, match=text("session.too_many_silent_notes")):
        session.note_silently(card, "en til")


def test_phones_whose_clocks_are_ahead_do_not_move_the_groups_on_and_on(session, card):
    session.begin_silence(card)
    now, hour = time.time_ns() // 1_000_000, 3_600_000

    def hand_in(ahead):
        note = new_id(now + ahead * hour)
        session.record(SilentlyNoted(id=note, session=session.id, note=note, card=card, text="for tidligt"))

    hand_in(ahead=23)
    with pytest.raises(InvalidAction):
        hand_in(ahead=46)
