"""Temporary folders for copies: for this user only, locked while in use, and removed afterwards.

A process that is killed removes nothing. So each folder is held by a lock that the system lets go of with
the process, and whoever comes next removes the folders that nobody holds: what was erased must not live on
in a copy that everybody has forgotten.
"""

import atexit
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import cache
from pathlib import Path

_PREFIX, _COPY = "dialogkort-", "dialogkort-copy-"
_IN_USE = "in-use"
_LOCKED = "locked"  # it has been: until then nobody may ask whether it still is
# Before there were locks a folder held a copy of a file and nothing else.
_FILES_OF_AN_EARLIER_VERSION = {"copy.sqlite", "copy.sqlite-journal", "copy.sqlite-wal", "copy.sqlite-shm"}
_OLD_SECONDS = 3600


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder among the temporary files that is removed at the end, or by the next one if this is killed."""
    folder = Path(tempfile.mkdtemp(prefix=_COPY))
    try:
        # Whoever made it may let go of it in another thread.
        lock_file = sqlite3.connect(folder / _IN_USE, isolation_level=None, check_same_thread=False)
        with closing(lock_file) as lock:
            lock.execute("BEGIN EXCLUSIVE")
            (folder / _LOCKED).touch()
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@cache
def folder_of_this_process() -> Path:
    """A folder for as long as this process runs, for a library that makes files when it pleases."""
    stack = ExitStack()
    folder = stack.enter_context(private_folder())
    atexit.register(stack.close)
    return folder


def tidy() -> None:
    """Remove the copies that processes have left behind which are no longer there."""
    _tidy(_PREFIX)


def tidy_at_a_glance() -> None:
    """As `tidy`, for what is done often: earlier versions' copies are looked for once in a process."""
    _tidy_once()
    _tidy(_COPY)


@cache
def _tidy_once() -> None:
    tidy()


def _tidy(prefix: str) -> None:
    folders: list[Path] = []
    with suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        folders = [Path(entry.path) for entry in entries if entry.name.startswith(prefix)]
    for folder in folders:
        with suppress(OSError):
            if _is_ours(folder) and _is_left_behind(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    """True for a folder of this user's: in `/tmp`, others may have put there what they like."""
    mine = os.name != "posix" or folder.lstat().st_uid == os.geteuid()
    return mine and folder.is_dir() and not folder.is_symlink()


def _is_left_behind(folder: Path) -> bool:
    lock = folder / _IN_USE
    if not (folder / _LOCKED).is_file():
        names = {path.name for path in folder.iterdir()}
        is_old = time.time() - folder.stat().st_mtime > _OLD_SECONDS
        of_ours = folder.name.startswith(_COPY) or (names and names <= _FILES_OF_AN_EARLIER_VERSION)
        return is_old and bool(of_ours)
    try:
        with closing(sqlite3.connect(lock, timeout=0, isolation_level=None)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error:
        return False  # somebody is at work in it
    return True
