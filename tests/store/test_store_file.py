"""What is kept in a file is on the disk, whatever is killed, filled, locked, moved or damaged."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from store_helpers import MUCH, SESSION, afternoon, names_all, noted, opened, stored_events

from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import Turned
from dialogkort.errors import StoreError
from dialogkort.store import (
    FILE_NAME,
    default_folder,
    default_location,
    is_address,
    open_store,
    reading,
    sqlite,
)
from dialogkort.store.backups import back_up, is_backed_up, list_backups, quarantine, retained, rotate
from dialogkort.store.journal import JOURNAL_FOLDER, parse_journal
from dialogkort.store.locations import is_synchronised
from dialogkort.store.sqlite import FileStore


@pytest.fixture
def location(tmp_path):
    """A folder: these tests are about the file in it."""
    return tmp_path


def raw(path):
    """The file as another program sees it."""
    return contextlib.closing(sqlite3.connect(path, isolation_level=None))


# --- opening ----------------------------------------------------------------------------------------------


def test_opening_makes_the_folder_and_the_file(tmp_path):
    with opened(tmp_path / "Noter på æ" / "marts") as store:
        store.append([noted(5)])
    assert (tmp_path / "Noter på æ" / "marts" / FILE_NAME).is_file()


def test_without_a_place_the_notes_are_kept_where_the_environment_says_or_at_home(monkeypatch, tmp_path):
    assert default_location() == default_folder() == Path.home() / "Dialogkort"
    monkeypatch.setenv("DIALOGKORT_FOLDER", str(tmp_path / "her"))
    assert default_location() == default_folder() == tmp_path / "her"
    with opened(None) as store:
        assert store.path == tmp_path / "her" / FILE_NAME
    monkeypatch.setenv("DIALOGKORT_STORE", "postgresql://ida@maskine/noter")
    assert default_location() == "postgresql://ida@maskine/noter"


@pytest.mark.parametrize(
    "where", ["postgresql://a@b/c", "postgres://a@b/c", "postgresql+psycopg://b/c", "mysql://a/b"]
)
def test_the_address_of_a_server_is_not_taken_for_a_folder(where):
    assert is_address(where)


@pytest.mark.parametrize(
    "where", ["noter", "C:\\Noter", "C:/Noter", "/home/ida/noter", "postgresql", Path("a")]
)
def test_a_folder_is_not_taken_for_the_address_of_a_server(where):
    assert not is_address(where)


KIND = "persist" if os.name == "posix" else "delete"


def _settings(store):
    ask = store._database.execute
    names = ("journal_mode", "synchronous", "secure_delete")
    return {name: ask(f"PRAGMA {name}").fetchone()[0] for name in names}


def test_a_power_cut_costs_nothing_because_these_settings_are_in_force(store):
    assert _settings(store) == {"journal_mode": KIND, "synchronous": 3, "secure_delete": 1}


def test_a_file_that_another_program_has_turned_to_wal_is_turned_back(tmp_path):
    with opened(tmp_path) as store:
        store.append([noted(5)])
    with raw(tmp_path / FILE_NAME) as other:
        other.execute("PRAGMA journal_mode = WAL")
    with opened(tmp_path) as store:
        assert _settings(store)["journal_mode"] == KIND
        assert len(stored_events(store)) == 1
    assert sorted(file.name for file in tmp_path.iterdir()) == [FILE_NAME, JOURNAL_FOLDER]


synced = pytest.mark.skipif(os.name != "posix", reason="only POSIX systems sync folders")


@synced
def test_every_folder_that_is_made_is_synced_into_the_one_above_it(tmp_path, monkeypatch):
    """A file that was synced is gone after a power cut all the same when its folder's name was not."""
    seen = []
    sync = os.fsync

    def watch(descriptor):
        seen.append(Path(f"/proc/self/fd/{descriptor}").resolve())
        sync(descriptor)

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("needs /proc to see what is synced")
    monkeypatch.setattr(os, "fsync", watch)
    with opened(tmp_path / "ny" / "marts") as store:
        assert {tmp_path, tmp_path / "ny"} <= set(seen)
        seen.clear()
        store.append([noted(5)])
        journal = next((tmp_path / "ny" / "marts" / JOURNAL_FOLDER).glob("*.jsonl"))
        assert seen == [journal.parent.parent, journal, journal.parent]
        seen.clear()
        store.append([noted(6)])
        assert seen == [journal]


def test_nothing_but_file_and_journals_is_left_when_the_last_who_had_it_open_has_closed_it(tmp_path):
    events = afternoon(3)
    with opened(tmp_path) as one:
        with opened(tmp_path) as other:
            one.append(events[:1])
            other.append(events[1:2])
        one.append(events[2:])
        assert stored_events(one) == events
    assert sorted(file.name for file in tmp_path.iterdir()) == [FILE_NAME, JOURNAL_FOLDER]


def test_who_closes_a_file_that_was_moved_leaves_alone_what_lies_there_now(tmp_path):
    with opened(tmp_path) as store:
        store.append([noted(5)])
        (tmp_path / FILE_NAME).rename(tmp_path / "flyttet.sqlite")
        (tmp_path / FILE_NAME).write_bytes(b"another")
        (tmp_path / f"{FILE_NAME}-journal").write_bytes(b"what another is in the midst of")
    assert (tmp_path / f"{FILE_NAME}-journal").read_bytes() == b"what another is in the midst of"


@pytest.mark.parametrize("left", [b"", None])
def test_a_store_that_was_left_as_an_empty_file_or_not_at_all_opens_as_new(tmp_path, left):
    if left is not None:
        (tmp_path / FILE_NAME).write_bytes(left)
    with opened(tmp_path) as store:
        assert store.sessions() == {}


# --- the journal ------------------------------------------------------------------------------------------


def journals(folder):
    return sorted((folder / JOURNAL_FOLDER).glob("*.jsonl"))


def test_the_journal_says_all_that_the_file_says(tmp_path, deck):
    with opened(tmp_path) as store, opened(tmp_path) as other:
        store.keep_deck(deck)
        store.append(afternoon(3))
        other.append([noted(9)])
        lines = [record for path in journals(tmp_path) for _, record in parse_journal(path.read_bytes())]
        assert len(journals(tmp_path)) == 2
        assert sorted(lines, key=repr) == sorted([deck, *stored_events(store)], key=repr)


def test_what_nobody_wrote_in_leaves_no_journal(tmp_path):
    with opened(tmp_path):
        assert journals(tmp_path) == []


def test_of_a_damaged_journal_only_the_damaged_lines_are_lost(tmp_path):
    with opened(tmp_path) as store:
        for event in afternoon(5):
            store.append([event])
    (path,) = journals(tmp_path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x20
    lines = [record for _, record in parse_journal(bytes(content[:-20]))]
    assert [record is None for record in lines] == [False, False, True, False, True]


def test_after_a_line_that_broke_off_the_next_one_is_whole(tmp_path):
    first, second = afternoon(2)
    with opened(tmp_path) as store:
        store.append([first])
        (path,) = journals(tmp_path)
        path.write_bytes(path.read_bytes()[:-30])
        store.append([second])
        assert [record for _, record in parse_journal(path.read_bytes())] == [None, second]


def test_what_the_journal_cannot_bring_to_the_disk_is_not_called_kept_and_is_kept_once_when_sent_again(
    tmp_path, monkeypatch
):
    first, second = afternoon(2)
    with opened(tmp_path) as store:
        store.append([first])
        (path,) = journals(tmp_path)
        sync = os.fsync

        def fail(descriptor):
            if os.path.sameopenfile(descriptor, journal.fileno()):
                raise OSError(5, os.strerror(5))
            sync(descriptor)

        with path.open("rb") as journal:
            monkeypatch.setattr(os, "fsync", fail)
            with pytest.raises(StoreError):
                store.append([second])
            monkeypatch.setattr(os, "fsync", sync)
        store.append([second])
        assert stored_events(store) == [first, second]


# --- what can be wrong ------------------------------------------------------------------------------------


def test_a_folder_that_is_a_file_is_told_and_left_alone(tmp_path):
    (tmp_path / "noter").write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError) as problem:
        open_store(tmp_path / "noter")
    assert names_all(problem, tmp_path / "noter", "er en fil og ikke en mappe", "dialogkort --folder")
    assert (tmp_path / "noter").read_text(encoding="utf-8") == "mine"


def test_a_folder_under_a_file_is_told(tmp_path):
    (tmp_path / "noter").write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError) as problem:
        open_store(tmp_path / "noter" / "marts")
    assert names_all(problem, tmp_path / "noter" / "marts", "Vælg en mappe")


def test_a_folder_lying_where_the_file_should_be_is_told(tmp_path):
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(StoreError) as problem:
        open_store(tmp_path)
    assert names_all(problem, tmp_path / FILE_NAME, "Vælg en mappe")


def test_a_folder_that_may_not_be_written_in_is_told(public, request):
    public.chmod(0o555)
    request.getfixturevalue("as_a_guest")
    for folder in (public, public / "marts"):
        with pytest.raises(StoreError) as problem:
            open_store(folder)
        assert names_all(problem, folder, "Der kan ikke skrives", "Vælg en mappe, du må skrive i")


def test_a_folder_that_is_closed_to_writing_is_told_and_what_was_kept_is_still_read(public, request):
    event = noted(5)
    with opened(public) as store:
        store.append([event])
    (public / FILE_NAME).chmod(0o666)
    public.chmod(0o755)
    request.getfixturevalue("as_a_guest")
    with opened(public) as store:
        with pytest.raises(StoreError) as problem:
            store.append([noted(6)])
        assert names_all(problem, public, "Der kan ikke skrives")
        assert stored_events(store) == [event]


def test_a_file_that_another_program_holds_locked_is_told(tmp_path, monkeypatch):
    with opened(tmp_path) as store:
        store.append([noted(5)])
    monkeypatch.setattr(sqlite, "_WAIT_SECONDS", 0)
    with opened(tmp_path) as store, raw(store.path) as other:
        other.execute("BEGIN EXCLUSIVE")
        for refused in (
            lambda: store.append([noted(6)]),
            lambda: stored_events(store),
            lambda: open_store(tmp_path),
        ):
            with pytest.raises(StoreError) as problem:
                refused()
            assert names_all(problem, store.path, "Et andet program holder", "Luk det")
        other.execute("ROLLBACK")
        store.append([noted(7)])
        assert len(stored_events(store)) == 2


def _damaged_header(file):
    file.write_bytes(b"Dette er ikke en database, men et brev fra en kollega." + file.read_bytes()[54:])


def _damaged_pages(file):
    content = bytearray(file.read_bytes())
    content[4096 * 2 : 4096 * 4] = bytes(255 - byte for byte in content[4096 * 2 : 4096 * 4])
    file.write_bytes(content)


def _cut_in_half(file):
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


@pytest.mark.parametrize("damage", [_damaged_header, _damaged_pages, _cut_in_half])
def test_a_damaged_file_is_told_and_not_written_in(tmp_path, damage):
    with opened(tmp_path) as store:
        store.append(afternoon(30, MUCH))
    damage(tmp_path / FILE_NAME)
    content_before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(StoreError) as problem:
        open_store(tmp_path)
    assert names_all(problem, tmp_path / FILE_NAME, "er beskadiget", "start det igen")
    assert (tmp_path / FILE_NAME).read_bytes() == content_before


def test_a_damaged_file_is_let_go_of_so_that_it_can_be_set_aside(tmp_path):
    file = tmp_path / FILE_NAME
    file.write_bytes(b"Dette er et brev. " * 1_000)
    with pytest.raises(StoreError) as problem:
        open_store(tmp_path)
    if (ours := Path("/proc/self/fd")).is_dir():
        assert file not in [open_file.resolve() for open_file in ours.iterdir()]
    aside = quarantine(file)
    with opened(tmp_path) as store:
        assert store.sessions() == {}
    assert aside.read_bytes().startswith(b"Dette er et brev.")
    assert problem.value.__cause__ is not None


def test_a_tipped_bit_that_sqlite_does_not_see_is_found_when_everything_is_read(tmp_path):
    with opened(tmp_path) as store:
        store.append([noted(5, "Vi øver os")])
    content = (tmp_path / FILE_NAME).read_bytes()
    (tmp_path / FILE_NAME).write_bytes(content.replace("øver".encode(), "øger".encode()))
    with opened(tmp_path) as store, pytest.raises(StoreError, match="er beskadiget"):
        store.check()


def test_a_store_of_a_newer_kit_is_told_and_left_as_it_is(tmp_path):
    with opened(tmp_path) as store:
        store._database.execute("PRAGMA user_version = 99")
    content_before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(StoreError) as problem:
        open_store(tmp_path)
    assert names_all(problem, tmp_path / FILE_NAME, "nyere version", "Opdater Dialogkort")
    assert (tmp_path / FILE_NAME).read_bytes() == content_before
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def test_a_database_of_another_program_is_told_and_left_as_it_is(tmp_path):
    with raw(tmp_path / FILE_NAME) as stranger:
        stranger.execute("CREATE TABLE recipes (name TEXT)")
    content_before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(StoreError) as problem:
        open_store(tmp_path)
    assert names_all(problem, tmp_path / FILE_NAME, "en database fra et andet program")
    assert (tmp_path / FILE_NAME).read_bytes() == content_before


def test_a_file_that_may_grow_no_more_is_told_as_full_and_what_was_kept_is_still_read(store):
    events = afternoon(5)
    store.append(events)
    pages = store._database.execute("PRAGMA page_count").fetchone()[0]
    store._database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError) as problem:
        store.append([noted(9_000), noted(9_001, MUCH * 20)])
    assert names_all(problem, store.path, "Disken er fuld", "plads")
    assert stored_events(store) == events
    store._database.execute("PRAGMA max_page_count = 100000")
    store.append([noted(9_002, MUCH * 20)])
    assert len(stored_events(store)) == 6


def test_a_full_disk_is_told_costs_nothing_that_was_kept_and_does_no_harm_when_it_has_room_again(small_disk):
    ballast = small_disk / "feriebilleder"
    with opened(small_disk) as store:
        ballast.write_bytes(b"x" * 60_000)
        promised = []
        with pytest.raises(StoreError) as problem:
            for event in afternoon(1_000, MUCH):
                store.append([event])
                promised.append(event)
        assert problem.value.kind == "full"
        assert names_all(problem, small_disk, "Disken er fuld", "plads")
        assert stored_events(store) == promised != []
        ballast.unlink()
        store.append([noted(9_000, MUCH)])
        assert len(stored_events(store)) == len(promised) + 1
    with opened(small_disk) as store:
        assert len(stored_events(store)) == len(promised) + 1
    journalled = [record for _, record in parse_journal(journals(small_disk)[0].read_bytes()) if record]
    assert [event for event in promised if event not in journalled] == []


def test_a_disk_that_is_full_from_the_start_is_told_and_opens_when_it_has_room(small_disk):
    ballast = small_disk / "feriebilleder"
    with contextlib.suppress(OSError), ballast.open("wb") as growing:
        while True:
            growing.write(b"x" * 4_096)
            growing.flush()
    with pytest.raises(StoreError, match="Disken er fuld"):
        open_store(small_disk)
    ballast.unlink()
    with opened(small_disk) as store:
        store.append([noted(5)])
        assert len(stored_events(store)) == 1


@pytest.mark.parametrize("fstype", ["nfs4", "cifs", "smbfs", "fuse.sshfs"])
def test_a_folder_on_a_network_drive_is_refused_with_a_way_out_and_can_be_read(tmp_path, monkeypatch, fstype):
    """There, locks do not hold, and notes are lost without an error."""
    share = tmp_path / "fællesdrev"
    with opened(share / "noter") as store:
        store.append([noted(5)])
    root = Path(tmp_path.anchor)
    disks = [(root, "ext4", "rw"), (share, fstype, "rw"), (tmp_path / "fællesdrevet", "ext4", "rw")]
    monkeypatch.setattr(
        psutil,
        "disk_partitions",
        lambda all: [SimpleNamespace(mountpoint=str(at), fstype=kind, opts=opts) for at, kind, opts in disks],
    )
    link = tmp_path / "genvej"
    with contextlib.suppress(OSError):
        link.symlink_to(share, target_is_directory=True)
    for folder in [share / "noter", share / "ny", *([link / "noter"] if link.exists() else [])]:
        with pytest.raises(StoreError) as problem:
            open_store(folder)
        assert names_all(problem, folder, "netværksdrev", "dialogkort --folder", "dialogkort merge")
    assert not (share / "ny").exists()
    with reading(share / "noter") as store:
        assert len(stored_events(store)) == 1
    open_store(tmp_path / "fællesdrevet" / "x").close()
    open_store(tmp_path / "lokalt").close()


def test_a_folder_on_a_drive_that_windows_calls_remote_is_refused(tmp_path, monkeypatch):
    drive = SimpleNamespace(mountpoint=str(tmp_path), fstype="NTFS", opts="rw,remote")
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: [drive])
    with pytest.raises(StoreError, match="netværksdrev"):
        open_store(tmp_path)


@pytest.mark.parametrize(
    ("folder", "is_one"),
    [
        ("/home/ida/OneDrive - Kommunen/Dialogkort", True),
        ("/home/ida/Dropbox/x", True),
        ("/Users/ida/Library/CloudStorage/Box/x", True),
        ("/home/ida/Dialogkort", False),
        ("/home/ida/Mit onedrive-kursus", False),
    ],
)
def test_a_folder_that_a_program_keeps_in_step_with_others_is_known_by_its_name(folder, is_one):
    assert is_synchronised(Path(folder)) == is_one


# --- moved and replaced -----------------------------------------------------------------------------------


@pytest.fixture
def movable(store):
    """A store whose file can be moved while it is open."""
    try:
        store.path.rename(store.path.with_suffix(".trial"))
    except PermissionError:
        pytest.skip("Windows does not move a file that is open")
    store.path.with_suffix(".trial").rename(store.path)
    return store


def test_a_file_that_is_moved_away_while_the_group_writes_is_told_and_goes_on_when_it_is_back(movable):
    movable.append([noted(5)])
    away = movable.path.with_suffix(".flyttet")
    movable.path.rename(away)
    for _ in range(2):
        with pytest.raises(StoreError) as problem:
            movable.append([noted(6)])
        assert problem.value.kind == "moved"
        assert names_all(problem, movable.path, "flyttet eller omdøbt", "Læg den tilbage")
    assert not movable.path.exists()
    away.rename(movable.path)
    movable.append([noted(7)])
    assert {5, 7} <= {event.at for event in stored_events(movable)}


def test_a_file_that_is_replaced_by_an_older_one_gets_back_what_it_lacks(movable, deck):
    """What a synchronised folder does when it meets two versions of a file."""
    movable.append([noted(5)])
    older = movable.path.read_bytes()
    movable.keep_deck(deck)
    movable.append([noted(6)])
    older_file = movable.path.with_suffix(".older")
    older_file.write_bytes(older)
    older_file.replace(movable.path)
    with pytest.raises(StoreError) as problem:
        movable.append([noted(7)])
    assert problem.value.kind == "moved"
    movable.append([noted(8)])
    assert {5, 6, 8} <= {event.at for event in stored_events(movable)}
    assert movable.deck(deck.fingerprint) == deck


def test_a_folder_that_is_moved_away_is_told_and_not_made_anew(movable, tmp_path):
    movable.append([noted(5)])
    folder = movable.path.parent
    for journal in journals(folder):
        journal.unlink()
    folder.rename(tmp_path.with_name("flyttet"))
    with pytest.raises(StoreError) as problem:
        movable.append([noted(6)])
    assert problem.value.kind == "moved"
    assert not folder.exists()
    tmp_path.with_name("flyttet").rename(folder)
    movable.append([noted(7)])
    assert {5, 7} <= {event.at for event in stored_events(movable)}


# --- reading without writing ------------------------------------------------------------------------------


def listing(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_file_is_read_and_left_as_it_is_and_the_folder_too(tmp_path):
    event = noted(5)
    with opened(tmp_path) as store:
        store.append([event])
    before = listing(tmp_path)
    for where in (tmp_path, tmp_path / FILE_NAME, str(tmp_path)):
        with reading(where) as store:
            assert stored_events(store) == [event]
            assert store.location == str(tmp_path / FILE_NAME)
    assert listing(tmp_path) == before


def test_a_file_in_a_folder_that_is_closed_to_writing_is_read(public, request):
    with opened(public) as store:
        store.append([noted(5)])
    (public / FILE_NAME).chmod(0o444)
    public.chmod(0o555)
    request.getfixturevalue("as_a_guest")
    with reading(public) as store:
        assert len(stored_events(store)) == 1


def test_a_file_that_somebody_else_keeps_for_himself_is_told(public, request):
    with opened(public) as store:
        store.append([noted(5)])
    public.chmod(0o755)
    request.getfixturevalue("as_a_guest")
    with pytest.raises(StoreError) as problem, reading(public):
        pass
    assert names_all(problem, public / FILE_NAME, "må ikke læses af dig", "Bed")


WRITE_AND_DIE = """
import os, sys
from dialogkort.store import open_store
store = open_store(sys.argv[1])
store._database.execute("PRAGMA cache_size = 1")
store._database.execute("BEGIN IMMEDIATE")
store._database.execute("UPDATE events SET body = replace(body, 'Vi', 'De')")
os._exit(9)
"""


@pytest.fixture
def half_written(public):
    """A folder with a file that a process was writing in when it died; a journal says how it was."""
    with opened(public) as store:
        store.append(afternoon(60, MUCH))
    subprocess.run(
        [sys.executable, "-c", WRITE_AND_DIE, str(public)], cwd=Path(__file__).parents[2], check=False
    )
    assert (public / f"{FILE_NAME}-journal").stat().st_size > 512
    return public


def test_what_a_crash_has_left_half_written_is_read_as_it_was_before(half_written, request):
    half_written.chmod(0o555)
    for path in half_written.glob("*.sqlite*"):
        path.chmod(0o444)
    request.getfixturevalue("as_a_guest")
    with reading(half_written) as store:
        assert [event.text for event in stored_events(store)] == [MUCH] * 60


def test_what_a_crash_has_left_half_written_is_undone_when_the_store_opens(half_written):
    with opened(half_written) as store:
        assert [event.text for event in stored_events(store)] == [MUCH] * 60
        store.append([noted(5)])
    assert not (half_written / f"{FILE_NAME}-journal").exists()


def test_reading_where_nothing_is_kept_is_told_and_makes_nothing(tmp_path):
    for where in (tmp_path, tmp_path / "stavefejl", tmp_path / "x.sqlite"):
        with pytest.raises(StoreError, match="ingen noter"), reading(where):
            pass
    assert list(tmp_path.iterdir()) == []


def test_reading_a_damaged_file_is_told(tmp_path):
    (tmp_path / FILE_NAME).write_bytes(b"Dette er et brev. " * 1_000)
    with pytest.raises(StoreError, match="er beskadiget"), reading(tmp_path):
        pass


def test_reading_leaves_no_copy_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    (tmp_path / "temp").mkdir()
    with opened(tmp_path) as store:
        store.append([noted(5)])
    with reading(tmp_path):
        assert list((tmp_path / "temp").iterdir())
    assert list((tmp_path / "temp").iterdir()) == []


# --- backups ----------------------------------------------------------------------------------------------


def test_a_backup_holds_all_that_is_kept_and_opens_as_a_store(store):
    store.append(afternoon(40, MUCH))
    backup = back_up(store.path)
    assert list_backups(store.path) == [backup]
    copy = FileStore(backup, journaled=False)
    copy.check()
    assert stored_events(copy) == stored_events(store)
    copy.close()


def test_a_backup_is_made_while_others_write_and_holds_what_was_acknowledged_before_it(store):
    store.append(afternoon(40, MUCH))
    with raw(store.path) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM events").fetchall()
        assert back_up(store.path)


def test_the_file_is_backed_up_until_something_is_written_in_it(store):
    store.append([noted(5)])
    assert not is_backed_up(store.path)
    back_up(store.path)
    assert is_backed_up(store.path)
    store.append([noted(6)])
    assert not is_backed_up(store.path)


def test_an_erasure_in_a_backup_does_not_make_it_a_backup_of_what_was_written_since(store):
    store.append([noted(5), noted(6)])
    back_up(store.path)
    store.append([noted(7)])
    store.erase(SESSION, note=stored_events(store)[0].note)
    assert not is_backed_up(store.path)


def test_a_damaged_file_makes_no_backup_and_leaves_the_good_ones_alone(tmp_path):
    with opened(tmp_path) as store:
        store.append(afternoon(30, MUCH))
    good = back_up(tmp_path / FILE_NAME)
    _damaged_pages(tmp_path / FILE_NAME)
    with pytest.raises(sqlite3.Error):
        back_up(tmp_path / FILE_NAME)
    assert list(good.parent.iterdir()) == [good]


def test_where_there_is_no_room_for_three_backups_none_is_made(small_disk):
    with opened(small_disk) as store:
        store.append([noted(5, MUCH * 60)])
        assert back_up(store.path) is None
        assert list_backups(store.path) == []


def test_backups_of_two_days_are_all_kept_and_older_ones_by_day_week_and_month():
    now = datetime(2026, 3, 31, 16, tzinfo=UTC)
    half_hours = [now - timedelta(minutes=30 * number) for number in range(48 * 700)]
    keep = sorted(retained(half_hours, now), reverse=True)
    recent = [moment for moment in keep if now - moment < timedelta(days=2)]
    older = [moment for moment in keep if now - moment >= timedelta(days=2)]
    assert len(recent) == 96
    assert len({moment.date() for moment in older}) == len(older) <= 12 + 10 + 9
    gaps = [later - earlier for later, earlier in pairwise(older)]
    assert all(gap <= timedelta(days=1, hours=1) for gap in gaps[:11])
    assert all(gap <= timedelta(days=32) for gap in gaps)
    assert older[-1] < now - timedelta(days=7 * 30)


def test_thinning_twice_is_thinning_once_and_never_takes_the_newest():
    now = datetime(2026, 3, 31, 16, tzinfo=UTC)
    moments = [now - timedelta(days=3, hours=7 * number) for number in range(200)]
    keep = retained(moments, now)
    assert retained(keep, now) == keep
    assert max(moments) in keep


def test_what_a_person_put_among_the_backups_is_not_thinned_away(store):
    store.append([noted(5)])
    backup = back_up(store.path)
    shutil.copy(backup, backup.with_name("før sommerferien.sqlite"))
    left = rotate(store.path, datetime.now(UTC) + timedelta(days=5_000))
    assert sorted(path.name for path in left) == sorted([backup.name, "før sommerferien.sqlite"])


def test_a_moved_card_is_in_the_file_and_not_only_in_the_journal(tmp_path):
    with opened(tmp_path) as store:
        store.append([Turned(id=new_id(5), session=SESSION, card="k-01")])
    shutil.rmtree(tmp_path / JOURNAL_FOLDER)
    with opened(tmp_path) as store:
        assert len(stored_events(store)) == 1


def test_a_file_that_was_opened_while_it_was_closed_to_writing_is_written_in_when_it_is_open_again(
    public, request
):
    with opened(public) as store:
        store.append([noted(5)])
    for path in (public, *public.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    (public / FILE_NAME).chmod(0o444)
    request.getfixturevalue("as_a_guest")
    with opened(public) as store:
        with pytest.raises(StoreError, match="Der kan ikke skrives"):
            store.append([noted(6)])
        os.seteuid(0) if os.getuid() == 0 else None
        (public / FILE_NAME).chmod(0o666)
        os.seteuid(65534) if os.getuid() == 0 else None
        store.append([noted(7)])
        assert len(stored_events(store)) == 3  # the one that was refused stood in the journal already
