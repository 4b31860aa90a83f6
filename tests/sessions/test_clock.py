"""A clock that is wrong, and ids that no clock made: the session goes on, in order, and says so."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from windows import OwnDispatcher, now, stored_events

from dialogkort.domain.event_ids import id_between, new_id, time_of
from dialogkort.domain.events import ClockDiffered, Noted
from dialogkort.errors import InvalidAction
from dialogkort.exports.export import exported_files
from dialogkort.frames import sessions as frames
from dialogkort.i18n import text
from dialogkort.sessions import coding_project, session
from dialogkort.sessions.coding_project import Project, begin
from dialogkort.sessions.session import Session, start
from dialogkort.store import open_store

HOUR = 3_600_000
DAY = 24 * HOUR
LAST = "ffffffff-ffff-7fff-bfff-ffffffffffff"


@pytest.fixture
def clock(monkeypatch):
    """Sets the clock of this machine, as far as notes are concerned: so many hours ahead."""

    def set_to(hours):
        for module in (session, coding_project):
            monkeypatch.setattr(module, "_now", lambda: now() + hours * HOUR)

    return set_to


def begun(store, deck):
    return start(store, deck, seed=7, workshop="W", group="1")


def test_a_session_begun_by_a_clock_that_was_ahead_goes_on_when_it_is_set_right(store, deck, clock):
    clock(9 * 24)
    table = begun(store, deck)
    first = table.note("mens uret var foran", opening_question=1)
    clock(0)
    card = table.table.face_down[0]
    table.turn(card)
    second = table.note("uret er stillet", card=card)
    table.undo()
    third = table.note("og vi går videre", card=card)
    again = Session(store, table.id)
    assert [note.id for note in again.notes] == [first, third]
    assert second not in {note.id for note in again.notes}
    ids = [event.id for event in again.events]
    assert ids == sorted(ids), "what came later sorts later"
    marks = [event for event in again.events if isinstance(event, ClockDiffered)]
    assert len(marks) == 1, "it is marked once"
    assert abs(marks[0].clock - now()) < DAY
    assert [type(event).__name__ for event in again.events[3:5]] == ["ClockDiffered", "Turned"]
    assert again.history.clock_differed


@pytest.mark.parametrize(("before", "after"), [(0, 0), (23, 0), (0, 23), (0, -23), (-9 * 24, 0)])
def test_a_clock_that_goes_its_way_or_is_a_little_off_is_not_spoken_of(store, deck, clock, before, after):
    clock(before)
    table = begun(store, deck)
    table.note("før", opening_question=1)
    clock(after)
    table.note("efter", opening_question=1)
    assert [note.text for note in table.notes] == ["før", "efter"]
    assert not any(isinstance(event, ClockDiffered) for event in table.events)
    assert not table.history.clock_differed


def test_times_are_marked_as_uncertain_in_the_tables(store, deck, clock):
    clock(9 * 24)
    table = begun(store, deck)
    clock(0)
    table.note("uret er stillet", opening_question=1)
    begun(store, deck)
    sessions = frames.read(store).sessions.set_index("session")
    assert sessions["clock_differed"].to_dict() == {table.id: True} | dict.fromkeys(
        set(sessions.index) - {table.id}, False
    )
    assert sessions["clock_differed"].dtype == "boolean"
    head, *rows = exported_files(store).files["sessions.csv"].decode("utf-8-sig").splitlines()
    column = head.split(";").index("clock_differed") - len(head.split(";"))
    assert {row.split(";")[column] for row in rows} == {"True", "False"}


def test_a_page_whose_clock_is_right_goes_on_at_a_table_that_was_ahead(tmp_path, deck, clock):
    host = OwnDispatcher(tmp_path)
    clock(9 * 24)
    store = open_store(tmp_path)
    table = begun(store, deck)
    table.note("mens uret var foran", opening_question=1)
    store.close()
    clock(0)
    page = host.open()
    page.ask("hello", session=table.id)
    card = page.table["order"][0]
    assert not {"refused", "unsaved"} & set(page.record("turned", card=card))
    page.note("uret er stillet", card=card)
    assert page.newest > table.events[-1].id and time_of(page.newest) > now() + 8 * DAY
    assert [note["text"] for note in page.pad] == ["mens uret var foran", "uret er stillet"]
    host.close()
    stored = stored_events(tmp_path)[table.id]
    assert sum(isinstance(event, ClockDiffered) for event in stored) == 1


def test_what_is_days_ahead_of_everything_is_still_refused(store, deck):
    table = begun(store, deck)
    far = new_id(now() + 3 * DAY)
    with pytest.raises(InvalidAction, match="Computerens ur"):
        table.record(Noted(id=far, session=table.id, note=far, text="x", opening_question=1))
    assert len(table.events) == 2


def test_the_mark_cannot_be_made_or_taken_back_by_a_page(tmp_path, deck, clock):
    host = OwnDispatcher(tmp_path)
    clock(9 * 24)
    store = open_store(tmp_path)
    table = begun(store, deck)
    clock(0)
    table.note("x", opening_question=1)
    store.close()
    page = host.open()
    page.ask("hello", session=table.id)
    (mark,) = (event.id for event in table.events if isinstance(event, ClockDiffered))
    assert page.record("undone", events=[mark])["refused"] == text("session.nothing_to_undo")
    assert page.record("clock differed", clock=5)["refused"] == text("session.no_such_move")
    host.close()
    assert len(stored_events(tmp_path)[table.id]) == 4


def test_coders_go_on_when_the_clock_is_set_right(store, deck, clock):
    clock(9 * 24)
    table = begun(store, deck)
    note = table.note("Vi øver", opening_question=1)
    coding = begin(store, "Behov")
    code = coding.define("Tid", coder="Anna")
    clock(0)
    coding.code(note, table.id, code, coder="Anna")
    assert Project(store, coding.id).readings[note, "Anna"].codes == {code}


# --- ids that no clock made -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hostile",
    [LAST, new_id(2**48 - 1), new_id(2**48 - 2), new_id(2**48 - 2**20 - 1)],
    ids=["the last id", "the last millisecond", "the one before", "the last hours"],
)
def test_an_id_of_the_end_of_time_does_not_make_a_session_unusable(store, deck, hostile, tmp_path):
    table = begun(store, deck)
    strange = Noted(id=hostile, session=table.id, note=hostile, text="fra en fremmed fil", opening_question=1)
    store.import_events([strange])
    notes = [table.note(f"note {number}", opening_question=1) for number in range(5)]
    card = table.table.face_down[0]
    table.turn(card)
    table.discuss(card)
    again = Session(store, table.id)
    assert {note.id for note in again.notes} == {hostile, *notes}
    assert list(again.table.turned) == [card]
    again.undo()
    again.erase(notes[0])
    again.erase(hostile)
    assert {note.id for note in Session(store, table.id).notes} == set(notes[1:])
    assert len(frames.read(store).notes) == 4


def test_a_page_is_never_told_to_go_on_behind_the_end_of_time(tmp_path, deck):
    host = OwnDispatcher(tmp_path)
    page = host.open().begin()
    store = open_store(tmp_path)
    store.import_events([Noted(id=LAST, session=page.session, note=LAST, text="fremmed", opening_question=1)])
    store.close()
    page.until(lambda: len(page.pad) == 1)
    assert time_of(page.table["newest"]) < now() + DAY
    page.note("Vi går videre", opening_question=1)
    assert {note["text"] for note in page.pad} == {"fremmed", "Vi går videre"}
    host.close()


moments = st.integers(0, 2**48 - 2) | st.integers(2**48 - 2**21, 2**48 - 1)


@given(now=st.integers(0, 2**47), after=moments)
def test_a_new_id_sorts_behind_another_wherever_there_is_room(now, after):
    before = new_id(after)
    assert new_id(now, after=before) > before


@given(now=st.integers(0, 2**47))
def test_behind_the_last_id_there_is_none_and_the_clocks_is_taken(now):
    created = new_id(now, after=LAST)
    assert time_of(created) == now
    assert new_id(now, after=LAST) != created


@given(one=moments, other=moments)
def test_an_id_between_two_others_lies_between_them_or_is_none(one, other):
    first, last = sorted((new_id(one), new_id(other)))
    between = id_between(first, last)
    assert between is None or first < between < last
    assert id_between(first, first) is None


SET_BACK = """
import sys, time
real, ahead = time.time_ns, [9 * 86_400_000_000_000]
time.time_ns = lambda: real() + ahead[0]
from dialogkort.decks.reading import read_deck
from dialogkort.sessions.session import Session, start
from dialogkort.store import open_store

store = open_store(sys.argv[1])
table = start(store, read_deck(), workshop="W", group="1")
table.note("foran", opening_question=1)
ahead[0] = 0
Session(store, table.id).note("stillet", opening_question=1)
store.erase(table.id, note=table.notes[0].id)
again = Session(store, table.id)
ids = [event.id for event in again.events]
print([note.text for note in again.notes], again.history.clock_differed, ids == sorted(ids))
"""


def test_with_the_clock_of_the_whole_process_set_back_it_is_the_same(tmp_path):
    completed = subprocess.run(
        [sys.executable, "-c", SET_BACK, str(tmp_path)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.stdout.strip() == "['stillet'] True True", completed.stderr
