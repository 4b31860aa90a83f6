"""What is erased is gone: from the file, its free pages, the journals, the backups and what lies beside."""

import contextlib
import json
import os
import random
import shutil
import sqlite3

import pytest
from store_helpers import MUCH, SESSION, afternoon, noted, opened, process, stored_events

from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import Erased, Noted
from dialogkort.errors import ErasedError, StoreError
from dialogkort.maintenance import run_maintenance
from dialogkort.store import FILE_NAME, sqlite
from dialogkort.store.backups import BACKUPS, DAMAGED, back_up, list_backups
from dialogkort.store.journal import JOURNAL_FOLDER, parse_journal

SECRET = "Hemmeligheden om Åse: hun græd på mødet"
OTHER = new_id(1_500)
GONE = new_id(2_500)


@pytest.fixture
def location(tmp_path):
    """A folder: these tests search the bytes of the files in it."""
    return tmp_path


def holding(folder, words=SECRET):
    """The files under a folder with words in them, however they are written."""
    ways = {words.encode(), words.encode("utf-16-le"), words.encode("utf-16-be")}
    ways |= {json.dumps(words)[1:-1].encode(), words[3:-3].encode()}
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and any(way in path.read_bytes() for way in ways)
    )


def secrets(count=1, length=1):
    """A note in many versions, each longer than the one before."""
    return [noted(3_000 + number, SECRET * (1 + length * number), note=GONE) for number in range(count)]


def copies_of_the_file(store):
    """The same words everywhere: backups, a stray, what a crash left of a backup, a file set aside."""
    first = back_up(store.path)
    back_up(store.path)
    shutil.copy(first, store.path.with_name("dialogkort-MASKINE-2.sqlite"))
    shutil.copy(first, store.path.parent / BACKUPS / "20260101-0f.new")
    (store.path.parent / JOURNAL_FOLDER / "x.new").write_text(SECRET, encoding="utf-8")
    aside = store.path.parent / DAMAGED / "20260101T120000000000Z"
    aside.mkdir(parents=True)
    shutil.copy(first, aside / FILE_NAME)


@pytest.mark.parametrize("whole_session", [False, True], ids=["note", "session"])
def test_the_words_are_gone_from_every_file_and_what_others_wrote_is_there(store, tmp_path, whole_session):
    store.append([*afternoon(150, MUCH), *secrets(40, length=30), *afternoon(50, "Vi")])
    other = noted(5, "Vi øver os", session=OTHER)
    store.append([other])
    copies_of_the_file(store)
    assert len(holding(tmp_path)) == 8
    store.erase(SESSION, note=None if whole_session else GONE)
    assert holding(tmp_path) == []
    assert stored_events(store, OTHER) == [other]
    assert len(stored_events(store)) == (1 if whole_session else 201)
    for copy in [*list_backups(store.path), tmp_path / "dialogkort-MASKINE-2.sqlite"]:
        again = sqlite.FileStore(copy, journaled=False)
        again.check()
        assert stored_events(again, OTHER) == [other]
        assert again.erasures() == store.erasures()
        again.close()


@pytest.mark.skipif(os.name != "posix", reason="the rollback journal stays on POSIX systems only")
def test_the_words_are_gone_from_how_the_pages_were_before_also_while_another_has_the_file_open(tmp_path):
    with opened(tmp_path) as store, opened(tmp_path) as other:
        store.append(secrets(3))
        other.append([noted(8_000)])  # with the pages as they were before in the rollback journal
        assert f"{FILE_NAME}-journal" in holding(tmp_path)
        store.erase(SESSION, note=GONE)
        assert holding(tmp_path) == []
        other.append([noted(9_000)])
        assert holding(tmp_path) == []
        assert len(stored_events(other)) == 3


@pytest.mark.parametrize("round", range(4))
def test_the_words_leave_no_trace_between_pages_that_were_filled_split_and_emptied(tmp_path, round):
    """Cells that were moved leave their bytes where they lay; only rewriting the file removes those."""
    chance = random.Random(round)
    with opened(tmp_path) as store:
        for number in range(120):
            content = SECRET * chance.choice([1, 1, 3, 40, 300])
            store.append([noted(3_000 + number, content, note=GONE if number % 3 else new_id(number))])
        store.erase(SESSION, note=GONE)
        store.erase(SESSION)
    assert holding(tmp_path) == []


def test_the_marker_is_in_the_journals_too_so_that_a_rescue_knows_of_it(store, tmp_path):
    store.append(secrets())
    (marker,) = store.erase(SESSION, note=GONE)
    record = [
        record
        for path in (tmp_path / JOURNAL_FOLDER).iterdir()
        for _, record in parse_journal(path.read_bytes())
    ]
    assert record == [marker]


def test_an_erasure_that_comes_in_from_elsewhere_is_as_thorough(store, tmp_path):
    store.append([*secrets(5), noted(9)])
    copies_of_the_file(store)
    marker = Erased(id=new_id(9_000), session=SESSION, note=GONE, events=5, characters=1)
    store.import_events([marker])
    assert holding(tmp_path) == []
    store.import_events(secrets(5))
    with pytest.raises(ErasedError):
        store.append(secrets(1))
    assert holding(tmp_path) == []
    assert [event.at for event in stored_events(store) if isinstance(event, Noted)] == [9]


# --- copies that are not in order -------------------------------------------------------------------------


def test_a_damaged_backup_is_removed_for_nobody_can_tell_what_it_holds(store, tmp_path):
    store.append(secrets(30, length=20))
    copies_of_the_file(store)
    for copy in list_backups(store.path):
        copy.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])
    store.erase(SESSION, note=GONE)
    assert list_backups(store.path) == []
    assert holding(tmp_path) == []


def test_a_database_of_another_program_beside_the_file_is_left_alone(store, tmp_path):
    with contextlib.closing(sqlite3.connect(tmp_path / "opskrifter.sqlite")) as stranger:
        stranger.execute("CREATE TABLE recipes (name TEXT)")
    before = (tmp_path / "opskrifter.sqlite").read_bytes()
    store.append(secrets())
    store.erase(SESSION)
    assert (tmp_path / "opskrifter.sqlite").read_bytes() == before


def test_a_copy_that_is_held_locked_is_told_and_erased_in_at_the_next_start(store, tmp_path, monkeypatch):
    store.append([*secrets(), noted(9)])
    copies_of_the_file(store)
    locked = list_backups(store.path)[0]
    monkeypatch.setattr(sqlite, "_WAIT_SECONDS", 0)
    with contextlib.closing(sqlite3.connect(locked, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError) as problem:
            store.erase(SESSION, note=GONE)
        assert problem.value.kind == "busy"
        assert holding(tmp_path) == [locked.relative_to(tmp_path).as_posix()]
        assert len(store.erasures()) == 1
    run_maintenance(tmp_path)
    assert holding(tmp_path) == []


def test_a_copy_of_a_newer_kit_is_told_and_kept(store, tmp_path):
    store.append(secrets())
    newer = back_up(store.path)
    with contextlib.closing(sqlite3.connect(newer)) as other:
        other.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError) as problem:
        store.erase(SESSION)
    assert problem.value.kind == "newer"
    assert newer.exists()
    assert holding(tmp_path) == [newer.relative_to(tmp_path).as_posix()]


def test_a_copy_that_comes_in_after_the_erasure_is_erased_in_at_the_next_start(store, tmp_path):
    """A synchronised folder brings back what another machine had."""
    store.append([*secrets(), noted(9)])
    late = tmp_path.with_name("sen.sqlite")
    shutil.copy(store.path, late)
    (journal,) = (tmp_path / JOURNAL_FOLDER).iterdir()
    late_journal = journal.read_bytes()
    store.erase(SESSION, note=GONE)
    late.replace(tmp_path / "dialogkort (1).sqlite")
    (tmp_path / JOURNAL_FOLDER / "sen.jsonl").write_bytes(late_journal)
    assert len(holding(tmp_path)) == 2
    run_maintenance(tmp_path)
    assert holding(tmp_path) == []
    assert [event.at for event in stored_events(store) if isinstance(event, Noted)] == [9]


def test_a_backup_under_way_while_something_is_erased_does_not_keep_it(store, tmp_path, monkeypatch):
    from dialogkort.store import backups as copies

    store.append([*secrets(), noted(9)])
    copy = copies._copy

    def overtaken(file, into):
        copy(file, into)
        monkeypatch.setattr(copies, "_copy", copy)
        moved_aside = into.with_name("en anden")
        shutil.copy(into, moved_aside)
        store.erase(SESSION, note=GONE)
        moved_aside.replace(into)

    monkeypatch.setattr(copies, "_copy", overtaken)
    back_up(store.path)
    assert len(list_backups(store.path)) == 1
    assert holding(tmp_path) == []


def test_a_file_that_was_damaged_and_set_aside_after_the_erasure_is_kept(store, tmp_path):
    store.append([*secrets(), noted(9)])
    store.erase(SESSION, note=GONE)
    store.close()
    content = (tmp_path / FILE_NAME).read_bytes()
    (tmp_path / FILE_NAME).write_bytes(content[:-3_000])
    for _ in range(2):
        run_maintenance(tmp_path)
        assert [path.name for path in (tmp_path / DAMAGED).glob(f"*/{FILE_NAME}")] == [FILE_NAME]
    assert holding(tmp_path) == []


# --- many at once, and crashes ----------------------------------------------------------------------------

WRITE_FOR_EVER = """
import itertools, sys
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import Noted
from dialogkort.store import ErasedError, open_store
folder, session, note, secret = sys.argv[1:]
store = open_store(folder)
for number in itertools.count(5_000_000):
    mine, text = (note, secret) if number % 2 else (new_id(number), "Vi skriver videre")
    event = Noted(id=new_id(number), session=session, note=mine, card="a", text=text)
    store.events(session)  # who writes without a pause lets nobody else in
    try:
        store.append([event])
        print("gone" if mine == note else event.id, flush=True)
    except ErasedError:
        print("refused", flush=True)
"""


def test_what_others_write_while_something_is_erased_is_kept_in_the_file_and_in_their_journals(tmp_path):
    """Every second word is about the note that goes."""
    writer = process(WRITE_FOR_EVER, tmp_path, SESSION, GONE, SECRET)

    def line():
        next_line = writer.stdout.readline()
        assert next_line, "it has ended"
        return next_line.strip()

    lines = [line() for _ in range(12)]
    with opened(tmp_path) as store:
        back_up(store.path)
        store.erase(SESSION, note=GONE)
        while lines.count("refused") < 5:
            lines.append(line())
        writer.kill()
        lines += [line for line in writer.communicate()[0].splitlines() if len(line) == 36]
        promised = {word for word in lines if word not in ("gone", "refused")}
        ids_stored = {event.id for event in stored_events(store)}
        noted_down = {
            record.id
            for path in (tmp_path / JOURNAL_FOLDER).glob("*.jsonl")
            for _, record in parse_journal(path.read_bytes())
            if record is not None
        }
        assert promised <= ids_stored
        assert ids_stored <= noted_down
        assert "gone" in lines
        store.finish_erasing()
    assert holding(tmp_path) == []


ERASE = """
import sys
from dialogkort.store import open_store
store = open_store(sys.argv[1])
print("ready", flush=True)
store.erase(sys.argv[2], note=sys.argv[3])
print("erased", flush=True)
"""


def _half_erased(tmp_path, delay):
    """A folder where a process was killed while it erased; True when it had said that it was done."""
    with opened(tmp_path) as store:
        store.append([*afternoon(100, MUCH), *secrets(30, length=20), noted(9)])
        copies_of_the_file(store)
    eraser = process(ERASE, tmp_path, SESSION, GONE)
    eraser.stdout.readline()
    with contextlib.suppress(Exception):
        eraser.wait(delay)
    eraser.kill()
    return "erased" in eraser.communicate()[0]


@pytest.mark.parametrize("delay", [0.001, 0.01, 0.02, 0.04, 0.06, 0.1, 0.2])
def test_an_erasure_that_was_killed_is_finished_at_the_next_start_or_never_began(tmp_path, delay):
    done = _half_erased(tmp_path, delay)
    run_maintenance(tmp_path)
    with opened(tmp_path) as store:
        began = bool(store.erasures())
        assert began or not done
        assert len([event for event in stored_events(store) if isinstance(event, Noted)]) == (
            101 if began else 131
        )
        if not began:
            store.erase(SESSION, note=GONE)
        store.check()
    assert holding(tmp_path) == []


class PowerCut(BaseException):
    """Not an error that any code would catch."""


@pytest.mark.parametrize("step", ["forget", "strays", "vacuum", "unfinished", "damaged", "backups", "copy"])
def test_an_erasure_that_breaks_off_between_two_steps_is_finished_at_the_next_start(
    tmp_path, monkeypatch, step
):
    from dialogkort.store import backups as copies

    store = sqlite.FileStore(tmp_path / FILE_NAME)
    store.append([*secrets(3, length=100), noted(9)])
    copies_of_the_file(store)

    def cut(*_, **__):
        raise PowerCut

    scrub_copies, scrub = sqlite._purge_copies, sqlite.FileStore._purge
    with monkeypatch.context() as power:
        match step:
            case "forget":
                power.setattr(sqlite, "remove_erased", cut)
            case "strays":
                power.setattr(sqlite, "_purge_copies", cut)
            case "vacuum":
                power.setattr(sqlite.FileStore, "_purge", cut)
            case "unfinished":
                power.setattr(copies, "remove_unfinished", cut)
            case "damaged":
                power.setattr(copies, "remove_damaged", cut)
            case "backups":
                power.setattr(
                    sqlite,
                    "_purge_copies",
                    lambda paths, markers: (cut if BACKUPS in str(paths[0]) else scrub_copies)(
                        paths, markers
                    ),
                )
            case "copy":  # within a backup: erased there, not yet rewritten
                power.setattr(
                    sqlite.FileStore,
                    "_purge",
                    lambda self, begun: scrub(self, begun) if self._journal else cut(),
                )
        with pytest.raises(PowerCut):
            store.erase(SESSION, note=GONE)
    store.close()
    assert holding(tmp_path) != []
    run_maintenance(tmp_path)
    assert holding(tmp_path) == []
    with opened(tmp_path) as store:
        assert [event.at for event in stored_events(store) if isinstance(event, Noted)] == [9]
        with store._reading() as ask:
            assert ask("SELECT * FROM erasing") == []
