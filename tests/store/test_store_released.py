"""A store of every released layout opens with today's code, whole; one that breaks off changes nothing."""

import contextlib
import json
import re
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest
from store_helpers import at_once, opened

from dialogkort.domain.event_records import from_record
from dialogkort.errors import StoreError
from dialogkort.sessions.session import Session
from dialogkort.store import FILE_NAME, migrations, reading
from dialogkort.store.backups import list_backups
from dialogkort.store.migrations import VERSION

RELEASED = Path(__file__).parents[1] / "released"
LAYOUTS = sorted(path.stem for path in RELEASED.glob("*.sql"))
OLD_FILES = [name for name in LAYOUTS if name.startswith("sqlite") and name != f"sqlite-{VERSION}"]


def laid_out(name, location, request):
    """A store of a released layout in a place of its own, and what is in it."""
    sql = (RELEASED / f"{name}.sql").read_text(encoding="utf-8")
    if name.startswith("sqlite"):
        location.mkdir(exist_ok=True)
        with contextlib.closing(sqlite3.connect(location / FILE_NAME)) as database:
            database.executescript(sql)
    else:
        import psycopg

        location = request.getfixturevalue("new_address")()
        with psycopg.connect(location) as line:
            line.execute(sql)
    return location, json.loads((RELEASED / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(params=LAYOUTS)
def released(request, tmp_path):
    return laid_out(request.param, tmp_path / "noter", request)


def assert_all_is_there(store, content):
    assert sorted(store.sessions()) == sorted(content["events"])
    for id, events in content["events"].items():
        session = Session(store, id)
        assert list(session.events) == [from_record(event) for event in events]
        assert [note.text for note in session.notes] == content["notes"][id]
        assert dict(session.table.turned) == content["turned"][id]
        assert session.deck.fingerprint == content["deck"]


def test_there_is_a_store_of_every_layout_that_was_released():
    assert {f"sqlite-{number}" for number in range(1, VERSION + 1)} <= set(LAYOUTS)
    assert {f"postgresql-{number}" for number in range(2, VERSION + 1)} <= set(LAYOUTS)


def test_every_event_deck_and_note_is_found_and_the_groups_go_on(released):
    location, content = released
    with opened(location) as store:
        assert_all_is_there(store, content)
        store.check()
        for id in content["events"]:
            session = Session(store, id)
            session.turn(session.table.face_down[0])
            session.note("Vi går videre på æ", opening_question=2)
    with opened(location) as store:
        for id, events in content["events"].items():
            session = Session(store, id)
            assert len(session.events) == len(events) + 2
            assert session.notes[-1].text == "Vi går videre på æ"


def test_every_change_is_recorded_with_its_number_and_its_time(released):
    location, _ = released
    with opened(location) as store, store._reading() as ask:
        rows = ask("SELECT version, title, at, program FROM migrations ORDER BY version")
        assert rows[-1][0] == VERSION
        assert all(title and at > 1_700_000_000_000 and program for _, title, at, program in rows)


def test_it_can_be_read_without_being_changed(released):
    location, content = released
    before = None if isinstance(location, str) else (location / FILE_NAME).read_bytes()
    with reading(location) as store:
        assert_all_is_there(store, content)
    if before:
        assert (location / FILE_NAME).read_bytes() == before
        assert [path.name for path in location.iterdir()] == [FILE_NAME]


@pytest.fixture(params=OLD_FILES)
def old(request, tmp_path):
    return laid_out(request.param, tmp_path / "noter", request)


def test_a_backup_is_made_before_the_layout_is_changed(old):
    location, content = old
    before = (location / FILE_NAME).read_bytes()
    with opened(location):
        (backup,) = list_backups(location / FILE_NAME)
    with contextlib.closing(sqlite3.connect(backup)) as database:
        assert database.execute("PRAGMA user_version").fetchone()[0] == before[63]  # where SQLite keeps it
    shutil.copy(backup, location / FILE_NAME)
    with opened(location) as store:
        assert_all_is_there(store, content)


def test_without_room_for_a_backup_the_layout_is_left_as_it_is(old, monkeypatch):
    location, _ = old
    before = (location / FILE_NAME).read_bytes()
    full = shutil.disk_usage(location)._replace(free=len(before))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    with pytest.raises(StoreError, match="Disken er fuld"), opened(location):
        pass
    assert (location / FILE_NAME).read_bytes() == before


class PowerCut(BaseException):
    """Not an error that any code would catch."""


def _power_cut_at(monkeypatch, step):
    """Let the power go at the n-th statement of a change of layout."""
    change = migrations.migrate
    count = iter(range(1, 1_000))

    def broken(ask, *rest):
        def executed(statement, values=()):
            if next(count) == step:
                raise PowerCut
            return ask(statement, values)

        change(executed, *rest)

    for module in ("dialogkort.store.sqlite", "dialogkort.store.postgresql"):
        if module in sys.modules:
            monkeypatch.setattr(sys.modules[module], "migrate", broken)


@pytest.mark.parametrize("step", range(1, 10))
def test_a_change_of_layout_that_breaks_off_anywhere_leaves_the_old_store_whole(old, monkeypatch, step):
    location, content = old
    with contextlib.closing(sqlite3.connect(location / FILE_NAME)) as database:
        before = list(database.iterdump())
    with monkeypatch.context() as cut:
        _power_cut_at(cut, step)
        with pytest.raises(PowerCut), opened(location):
            pass
    with contextlib.closing(sqlite3.connect(location / FILE_NAME)) as database:
        assert list(database.iterdump()) == before
    with opened(location) as store:
        assert_all_is_there(store, content)


@pytest.mark.parametrize("step", range(1, 9))
def test_a_store_whose_making_broke_off_is_not_left_half_made(location, monkeypatch, step):
    if isinstance(location, str):
        import dialogkort.store.postgresql  # noqa: F401
    with monkeypatch.context() as cut:
        _power_cut_at(cut, step)
        with pytest.raises(PowerCut), opened(location):
            pass
    with opened(location) as store:
        assert store.sessions() == {}
        with store._reading() as ask:
            assert [row[0] for row in ask("SELECT version FROM migrations ORDER BY version")] == [1, 2]


OPEN_AND_COUNT = """
import sys
from dialogkort.store import open_store
print("ready", flush=True)
sys.stdin.readline()
print(sum(1 for _ in open_store(sys.argv[1]).every_event()), flush=True)
"""


def test_ten_processes_that_change_the_layout_at_once_change_it_once(old):
    location, content = old
    count = sum(map(len, content["events"].values()))
    assert at_once(OPEN_AND_COUNT, 10, location) == [[str(count)]] * 10
    assert len(list_backups(location / FILE_NAME)) == 1
    with opened(location) as store:
        assert_all_is_there(store, content)


@pytest.mark.parametrize("body", ["{", "[]", '{"text": 7}'])
def test_an_old_store_with_an_event_that_makes_no_sense_is_told_as_damaged_and_left_as_it_is(old, body):
    location, _ = old
    with contextlib.closing(sqlite3.connect(location / FILE_NAME)) as database:
        database.execute("UPDATE events SET body = ? WHERE arrival = 7", (body,))
        database.commit()
    before = (location / FILE_NAME).read_bytes()
    with pytest.raises(StoreError) as problem, opened(location):
        pass
    assert problem.value.kind == "damaged"
    assert (location / FILE_NAME).read_bytes() == before


def _tables(database):
    rows = database.execute("SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'").fetchall()
    return {name: re.sub(r"\s", "", sql) for name, sql in rows if name != "migrations"}


@pytest.mark.parametrize("name", [name for name in LAYOUTS if name.startswith("sqlite")])
def test_no_step_that_was_released_has_been_edited(name):
    """Stores laid out by it exist: the steps up to a release make the tables that it had."""
    dump = (RELEASED / f"{name}.sql").read_text(encoding="utf-8")
    with (
        contextlib.closing(sqlite3.connect(":memory:")) as then,
        contextlib.closing(sqlite3.connect(":memory:")) as now,
    ):
        then.executescript(dump)
        for number in range(1, int(name.partition("-")[2]) + 1):
            migrations.STEPS[number].sqlite(lambda statement, values=(): now.execute(statement).fetchall())
        assert _tables(now) == _tables(then)
