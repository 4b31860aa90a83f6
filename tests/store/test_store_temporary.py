"""A copy that a killed command has left among the temporary files is gone when the next one has begun."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from store_helpers import ROOT, SESSION, noted, opened, process, stored_events

from dialogkort.exchange.erase import erase
from dialogkort.files.temporary import folder_of_this_process, private_folder, tidy
from dialogkort.store import FILE_NAME, reading

SECRET = "Chefen hører ikke efter, og det er ærligt talt svært"

READS_AND_WAITS = """
import sys
from dialogkort.store import reading
with reading(sys.argv[1]) as store:
    print(len(list(store.every_event())), flush=True)
    sys.stdin.read()
"""
MERGES_AND_WAITS = """
import sys
from dialogkort.exchange.sources import contents
found = contents(sys.argv[1])
next(found)
print(1, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """The machine's folder for temporary files, for this process and those it starts."""
    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setenv("TEMP", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def folder(tmp_path):
    with opened(tmp_path / "noter") as store:
        store.append([noted(5, SECRET)])
    return tmp_path / "noter"


def holding(words, folder):
    return [path for path in folder.rglob("*") if path.is_file() and words.encode() in path.read_bytes()]


def killed(script, *arguments):
    """A process that is killed (as by `kill -9`, or by ending it in Windows' list) while it is at work."""
    at_work = process(script, *arguments)
    assert at_work.stdout.readline() == "1\n"
    at_work.kill()
    at_work.wait()
    assert at_work.returncode in (-getattr(signal, "SIGKILL", 9), 1)
    at_work.communicate()


@pytest.mark.parametrize("script", [READS_AND_WAITS, MERGES_AND_WAITS])
def test_a_copy_that_a_killed_process_has_left_is_gone_at_the_next_start(temporary, folder, script):
    killed(script, folder / FILE_NAME)
    assert holding(SECRET, temporary)
    with opened(folder):
        assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    "command", [["merge", "{noter}", "--into", "{alle}"], ["export", "{ud}", "--from", "{noter}"]]
)
def test_any_command_removes_what_a_killed_one_has_left(temporary, folder, tmp_path, command):
    killed(READS_AND_WAITS, folder)
    places = {"noter": folder, "alle": tmp_path / "alle", "ud": tmp_path / "ud"}
    arguments = [word.format(**places) for word in command]
    subprocess.run(
        [sys.executable, "-m", "dialogkort.cli.app", *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    assert holding(SECRET, temporary) == []


def test_what_is_erased_does_not_live_on_in_a_copy_that_was_left(temporary, folder):
    killed(READS_AND_WAITS, folder)
    with opened(folder) as store:
        note = stored_events(store)[0].note
        killed(READS_AND_WAITS, folder)  # again, while this one has the store open
        assert holding(SECRET, temporary)
        store.erase(SESSION, note=note)
    assert holding(SECRET, temporary) == []
    assert erase(folder, session=SESSION).still_in == ()


def test_a_copy_that_somebody_is_reading_is_left_alone(temporary, folder):
    at_work = process(READS_AND_WAITS, folder)
    assert at_work.stdout.readline() == "1\n"
    tidy()
    with opened(folder), reading(folder):
        assert len(holding(SECRET, temporary)) == 2
    assert len(holding(SECRET, temporary)) == 1
    at_work.communicate("")
    assert list(temporary.iterdir()) == []


def test_a_copy_that_this_process_is_reading_is_left_alone(temporary, folder):
    with reading(folder) as store:
        tidy()
        assert len(stored_events(store)) == 1 and holding(SECRET, temporary)
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="only POSIX systems have these rights")
def test_a_copy_is_for_this_user_only(temporary):
    with private_folder() as folder:
        assert folder.stat().st_mode & 0o077 == 0


def left_by_an_earlier_version(temporary, hours):
    """What a version without locks has left: a folder with a copy and nothing that says whose it is."""
    left = temporary / "dialogkort-abc123"
    left.mkdir()
    (left / "copy.sqlite").write_text(SECRET, encoding="utf-8")
    then = time.time() - hours * 3600
    os.utime(left, (then, then))
    return left


def test_an_old_copy_of_an_earlier_version_goes_too_and_a_new_one_may_be_in_use(temporary):
    left = left_by_an_earlier_version(temporary, hours=0.5)
    tidy()
    assert left.exists()
    left.joinpath("copy.sqlite").unlink()
    left.rmdir()
    left_by_an_earlier_version(temporary, hours=2)
    tidy()
    assert not left.exists()


def test_folders_of_others_are_left_alone_whatever_they_are_called(temporary, tmp_path):
    for name in ("dialogkort-ting", "dialogkort-copy", "andet"):
        (temporary / name).mkdir()
        (temporary / name / "vigtigt.txt").write_text("", encoding="utf-8")
        os.utime(temporary / name, (0, 0))
    elsewhere = tmp_path / "andre"
    elsewhere.mkdir()
    (elsewhere / "copy.sqlite").write_text("", encoding="utf-8")
    os.utime(elsewhere, (0, 0))
    with contextlib.suppress(OSError):  # on Windows not everybody may make a link
        (temporary / "dialogkort-copy-x").symlink_to(elsewhere, target_is_directory=True)
    tidy()
    assert len(list(temporary.glob("*/vigtigt.txt"))) == 3
    assert (elsewhere / "copy.sqlite").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be somebody else")
def test_a_copy_of_another_user_is_left_alone(temporary):
    left = left_by_an_earlier_version(temporary, hours=2)
    os.chown(left, 65534, 65534)
    tidy()
    assert left.exists()


USES_A_FOLDER = """
from dialogkort.files.temporary import folder_of_this_process
folder = folder_of_this_process()
(folder / "x").write_text("", encoding="utf-8")
print(folder)
"""


def test_the_folder_of_a_process_is_one_and_goes_with_it(temporary):
    done = process(USES_A_FOLDER)
    folder = Path(done.communicate()[0].strip())
    assert folder.parent == temporary and not folder.exists()
    assert folder_of_this_process() == folder_of_this_process()


def test_a_folder_that_is_just_being_made_is_not_taken_for_one_that_was_left_behind(temporary):
    over = threading.Event()

    def tidy_without_end():
        while not over.is_set():
            tidy()

    others = [threading.Thread(target=tidy_without_end) for _ in range(2)]
    for other in others:
        other.start()
    try:
        for _ in range(150):
            with private_folder() as folder:
                (folder / "copy.sqlite").touch()
                assert (folder / "copy.sqlite").exists()
    finally:
        over.set()
        for other in others:
            other.join()
