"""A lock between processes: one at a time, where two would be in each other's way."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from dialogkort.errors import StoreError
from dialogkort.files.permissions import make_private_file, make_private_folder

_WAIT_SECONDS = 300


@contextmanager
def exclusive_lock(lock: Path) -> Iterator[None]:
    """While this lasts, every other process that asks for the same lock waits.

    The file stays empty, and is only there to be locked: the system lets go of it when a process is killed.
    """
    try:
        make_private_folder(lock.parent)
        make_private_file(lock)
        with closing(sqlite3.connect(lock, timeout=_WAIT_SECONDS, isolation_level=None)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            yield
    except (sqlite3.Error, PermissionError) as fault:
        raise StoreError("read_only", path=lock.parent) from fault
