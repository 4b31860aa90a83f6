"""Nobody else on the machine can read what is kept: no notes, no journal, no backup, no copy of them."""

import contextlib
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path

import pytest
from store_helpers import MUCH, afternoon, noted, opened, stored_events

from dialogkort.dataset import collect
from dialogkort.exports.export import export, publication
from dialogkort.files.permissions import make_private, tighten
from dialogkort.frames.sessions import read_all
from dialogkort.maintenance import run_maintenance
from dialogkort.sessions.session import start
from dialogkort.store import FILE_NAME, reading
from dialogkort.store.backups import back_up

pytestmark = pytest.mark.skipif(os.name != "posix", reason="only POSIX systems have these rights")


@pytest.fixture(autouse=True)
def an_open_handed_user():
    """Whose new files anybody may read, as on most machines."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def rights(path):
    return path.stat().st_mode & 0o777


def open_to_others(folder):
    """What below a folder somebody else may read, write or enter; the folder itself is `.`."""
    results = [folder, *folder.rglob("*")]
    return sorted(path.relative_to(folder).as_posix() for path in results if rights(path) & 0o077)


def lived_in(folder, deck):
    """A folder in which notes were written, backed up, damaged and built anew."""
    with opened(folder) as store:
        session = start(store, deck, workshop="Digital dag", group="1")
        session.note(MUCH, opening_question=1)
    run_maintenance(folder)
    content = (folder / FILE_NAME).read_bytes()
    (folder / FILE_NAME).write_bytes(bytes(4_096) + content[4_096:])
    run_maintenance(folder)
    assert {path.name for path in folder.iterdir()} == {FILE_NAME, "backup", "damaged", "journal"}
    return folder


def test_all_that_is_made_is_for_this_user_only(tmp_path, deck):
    assert open_to_others(lived_in(tmp_path / "ny" / "noter", deck).parent) == []


def test_what_an_earlier_version_left_open_is_closed_when_it_is_opened(tmp_path, deck):
    folder = lived_in(tmp_path / "noter", deck)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    (folder / "navne.txt").write_text("Ida", encoding="utf-8")
    (folder / "dialogkort.log").write_text("", encoding="utf-8")
    with opened(folder):
        pass
    assert open_to_others(folder) == []


def test_what_sqlite_makes_beside_the_file_has_the_files_rights(tmp_path):
    with opened(tmp_path / "noter") as store:
        store._database.execute("PRAGMA cache_size = 1")
        store._database.execute("BEGIN IMMEDIATE")
        store._database.executemany(
            "INSERT INTO decks VALUES (?, ?)", [(str(number), MUCH) for number in range(50)]
        )
        assert rights(tmp_path / "noter" / f"{FILE_NAME}-journal") == 0o600
        store._database.execute("ROLLBACK")


def test_a_folder_that_holds_other_things_stays_open_and_the_notes_in_it_are_closed(tmp_path):
    home = tmp_path / "hjem"
    home.mkdir(mode=0o755)
    (home / "feriebilleder").mkdir(mode=0o755)
    with opened(home) as store:
        store.append([noted(5)])
        back_up(store.path)
    assert open_to_others(home) == [".", "feriebilleder"]


def test_the_folder_above_is_left_as_it_is(tmp_path):
    above = tmp_path / "fælles"
    above.mkdir()
    above.chmod(0o775)
    with opened(above / "noter"):
        pass
    assert (rights(above), rights(above / "noter")) == (0o775, 0o700)


def test_the_usual_folder_is_closed_whatever_lies_in_it(tmp_path, monkeypatch):
    monkeypatch.setenv("DIALOGKORT_FOLDER", str(tmp_path / "noter"))
    (tmp_path / "noter" / "udtræk").mkdir(parents=True)
    with opened(None):
        pass
    assert rights(tmp_path / "noter") == 0o700


@pytest.mark.parametrize("mode", [0o400, 0o500, 0o600, 0o000])
def test_nothing_is_ever_loosened(tmp_path, mode):
    path = tmp_path / "x.sqlite"
    path.write_bytes(b"")
    path.chmod(mode)
    tighten(tmp_path)
    assert rights(path) == mode


def test_a_link_is_no_way_to_change_the_rights_of_what_it_leads_to(tmp_path):
    (tmp_path / "andet").write_text("", encoding="utf-8")
    (tmp_path / "andet").chmod(0o644)
    (tmp_path / "noter").mkdir()
    (tmp_path / "noter" / "x.sqlite").symlink_to(tmp_path / "andet")
    tighten(tmp_path / "noter")
    assert rights(tmp_path / "andet") == 0o644


@pytest.fixture
def another():
    """Who runs this as root can be somebody else for a while: `with another():`."""
    if os.geteuid() != 0:
        pytest.skip("only root can be somebody else")

    @contextlib.contextmanager
    def become():
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)

    return become


def test_what_belongs_to_somebody_else_is_left_alone(public, another):
    folder = public / "deres"
    folder.mkdir()
    (folder / "deres.sqlite").write_bytes(b"")
    for path in (folder / "deres.sqlite", folder):
        os.chown(path, 65534, 65534)
        path.chmod(0o755)
    with opened(folder):
        pass
    make_private(folder)
    assert (rights(folder), rights(folder / "deres.sqlite")) == (0o755, 0o755)
    assert rights(folder / FILE_NAME) == 0o600


def test_another_user_of_the_machine_can_read_none_of_it(public, deck, another):
    folder = lived_in(public / "noter", deck)
    files = [path for path in folder.rglob("*") if path.is_file()]
    folder.chmod(0o755)  # even when somebody opens the folder again
    with another():
        for path in files:
            with pytest.raises(PermissionError):
                path.read_bytes()
        for name in ("journal", "backup", "damaged"):
            with pytest.raises(PermissionError):
                list((folder / name).iterdir())
        with pytest.raises(sqlite3.OperationalError):
            sqlite3.connect(f"file:{folder / FILE_NAME}?mode=ro", uri=True).execute("SELECT * FROM events")
    with opened(folder) as store:
        assert store.sessions()


def test_another_user_can_read_no_copy_while_notes_are_read(public, another, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(public))
    with opened(public / "noter") as store:
        store.append([noted(5)])
    with reading(public / "noter") as store:
        copies = list(public.rglob("copy.sqlite"))
        assert len(copies) == 1 and len(stored_events(store)) == 1
        with another(), pytest.raises(PermissionError):
            copies[0].read_bytes()


def test_exports_are_for_their_maker_and_a_publication_is_for_all(tmp_path, deck):
    lived_in(tmp_path / "noter", deck)
    for path in export(tmp_path / "ud", tmp_path / "noter"):
        assert rights(path) == 0o600
    assert rights(tmp_path / "ud") == 0o700
    shared = publication(tmp_path / "del", read_all(tmp_path / "noter"))
    assert {rights(path) for path in shared} == {0o644} and rights(tmp_path / "del") == 0o755


def test_a_dataset_is_for_its_maker(tmp_path, deck):
    lived_in(tmp_path / "noter", deck)
    collect([tmp_path / "noter"], tmp_path / "data", progress=False)
    (tmp_path / "data").chmod(0o755)
    collect([tmp_path / "noter"], tmp_path / "data", progress=False)
    assert rights(tmp_path / "data" / "tables") == 0o700
    assert rights(tmp_path / "data") == 0o700
    assert rights(tmp_path / "data" / "dataset.json") == 0o600


def test_where_there_are_no_such_rights_nothing_is_tried(tmp_path, monkeypatch):
    with opened(tmp_path / "noter"):
        pass
    (tmp_path / "noter").chmod(0o755)
    monkeypatch.setattr(os, "name", "nt")
    tighten(tmp_path / "noter")
    make_private(tmp_path / "noter")
    monkeypatch.undo()
    assert rights(tmp_path / "noter") == 0o755


def test_two_users_of_one_machine_each_have_their_own(public, another):
    public.chmod(0o777)
    with opened(public / "mine") as store:
        store.append(afternoon(2))
    with another():
        with opened(Path(public / "deres")) as store:
            store.append([noted(5)])
        assert open_to_others(public / "deres") == []
    shutil.rmtree(public / "deres")
