"""Copies of the SQLite file: backups that thin out with age, and files that were set aside.

A backup is whole or not there at all, and is checked before it counts. Thinned as Anki does: everything of
the last two days, then the last one of each day, week and month.
"""

import errno
import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dialogkort.files.durable_files import make_folder, sync_file, sync_folder
from dialogkort.files.permissions import make_private, make_private_file
from dialogkort.store.journal import JOURNAL_FOLDER, event_keys
from dialogkort.store.untrusted import connect, is_ours

BACKUPS = "backup"
DAMAGED = "damaged"
DATASET, TABLES = "dataset.json", "tables"  # what a dataset keeps beside its file, made from it
_STAMP = "%Y%m%dT%H%M%S%fZ"
_KEEP_ALL = timedelta(days=2)
_LADDER = (("%Y-%m-%d", 12), ("%G-%V", 10), ("%Y-%m", 9))  # days, weeks, months
_UNFINISHED = ".new"
_WAIT_SECONDS = 30
_FREE_SPACE_FACTOR = 3  # a backup is made only where there is room for this many: notes come first


def back_up(file: Path, *, locked: bool = False, copy: Callable[[Path], None] | None = None) -> Path | None:
    """Make a backup of a file as it is now, while others may write in it; None when there is no room for it.

    `copy(destination)` copies the file in a way of the caller's. `locked` says that the caller holds the lock
    for writing in it. `sqlite3.Error` when the file is damaged.
    """
    folder = file.parent / BACKUPS
    if shutil.disk_usage(file.parent).free < _FREE_SPACE_FACTOR * file.stat().st_size:
        return None
    make_folder(folder)
    while True:
        destination = folder / f"{datetime.now(UTC).strftime(_STAMP)}.sqlite"
        growing = destination.with_name(f"{destination.stem}-{secrets.token_hex(4)}{_UNFINISHED}")
        try:
            if copy:
                copy(growing)
            else:
                _copy(file, growing)
            _finish(growing)
            with nullcontext() if locked else _write_lock(file):
                if _erasures(growing) == _erasures(file):  # else it holds what was erased meanwhile
                    growing.replace(destination)
                    sync_folder(folder)
                    return destination
        finally:
            growing.unlink(missing_ok=True)


def list_backups(file: Path) -> list[Path]:
    """The backups of a file, the newest first."""
    return sorted((file.parent / BACKUPS).glob("*.sqlite"), reverse=True)


def has_backups(file: Path) -> bool:
    """True when there are backups or journals of a file."""
    return any((file.parent / JOURNAL_FOLDER).glob("*.jsonl")) or bool(list_backups(file))


def is_backed_up(file: Path) -> bool:
    """True when nothing was written in a file since its newest backup."""
    newest = max(filter(None, map(_backup_time, list_backups(file))), default=None)
    return newest is not None and newest.timestamp() > file.stat().st_mtime


def rotate(file: Path, now: datetime) -> list[Path]:
    """Remove the backups that a newer one stands in for; the rest is returned."""
    moments = {path: _backup_time(path) for path in list_backups(file)}
    keep = retained(filter(None, moments.values()), now)
    for path, moment in moments.items():
        if moment is not None and moment not in keep:
            path.unlink()
    return list_backups(file)


def retained(moments: Iterable[datetime], now: datetime) -> set[datetime]:
    """The moments of backups worth keeping: all of the last two days, then of 12 days, 10 weeks, 9 months."""
    newest_first = sorted(moments, reverse=True)
    keep = {moment for moment in newest_first if now - moment < _KEEP_ALL}
    older = [moment for moment in newest_first if moment not in keep]
    for period, count in _LADDER:
        last_of: dict[str, datetime] = {}
        for moment in older:
            last_of.setdefault(moment.strftime(period), moment)
        keep.update(sorted(last_of.values(), reverse=True)[:count])
    return keep


def conflict_copies(file: Path) -> list[Path]:
    """Files of the same kind that lie beside it: what a synchronised folder makes of two that differ."""
    return sorted(path for path in file.parent.glob("*.sqlite") if path != file)


def adds_to(file: Path, copy: Path) -> bool:
    """True when a copy or a journal holds events that a file lacks, or when nobody can tell at a glance."""
    with suppress(sqlite3.Error, UnicodeDecodeError), _connected(file, "ro") as database:
        if copy.suffix == ".jsonl":
            journal_keys = event_keys(copy)
            return journal_keys is None or not journal_keys <= set(
                database.execute("SELECT id, crc FROM events")
            )
        if not is_ours(copy):
            return True
        database.execute("ATTACH ? AS other", (f"{copy.absolute().as_uri()}?mode=ro",))
        lacking = "SELECT id, crc FROM other.events EXCEPT SELECT id, crc FROM main.events"
        return bool(database.execute(f"SELECT EXISTS ({lacking})").fetchone()[0])
    return True


def is_half_written(file: Path) -> bool:
    """True while somebody writes in a file, or when a crash left it so: its rollback journal has a head."""
    with suppress(OSError), Path(f"{file}-journal").open("rb") as journal:
        return journal.read(1) not in (b"", b"\0")
    return False


def remove(copy: Path) -> None:
    """Remove a copy, with what a crash has left beside it."""
    for part in (copy, Path(f"{copy}-journal"), Path(f"{copy}-wal"), Path(f"{copy}-shm")):
        part.unlink(missing_ok=True)


def remove_unfinished(file: Path) -> None:
    """Remove backups that a crash has left half made."""
    for growing in (file.parent / BACKUPS).glob(f"*{_UNFINISHED}*"):
        with suppress(PermissionError):  # on Windows: somebody is making it, and will see the erasure
            growing.unlink()


def quarantine(file: Path) -> Path:
    """Move a damaged file out of the way, unchanged, with its rollback journal; where it lies now."""
    folder = file.parent / DAMAGED / datetime.now(UTC).strftime(_STAMP)
    make_folder(folder)
    for part in (file, Path(f"{file}-journal")):
        if part.exists():
            part.replace(folder / part.name)
            make_private(folder / part.name)
    return folder / file.name


def remove_damaged(file: Path, before: int) -> None:
    """Remove what was set aside before a moment (ms since 1970)."""
    for folder in (file.parent / DAMAGED).glob("*"):
        moment = _backup_time(folder)
        if moment is not None and moment.timestamp() * 1000 <= before:
            shutil.rmtree(folder)


def remove_tables(file: Path) -> None:
    """Remove the tables of a dataset, which hold what was erased; they are made anew when they are asked."""
    if (file.parent / DATASET).exists() and (tables := file.parent / TABLES).exists():
        shutil.rmtree(tables)


def snapshot(file: Path, folder: Path) -> Path:
    """A copy, in another folder, of a file as it is at one moment: also while others write in it.

    One that SQLite will not open (it is damaged, cut short, or lies half written in a folder that is closed
    to writing) is copied byte for byte, with what a crash has left beside it.
    """
    copy = folder / "copy.sqlite"
    if file.stat().st_size > shutil.disk_usage(folder).free:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    try:
        with _connected(file, "ro") as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
    except (sqlite3.Error, UnicodeDecodeError):  # the latter when a message quotes a damaged place
        for ending in ("", "-journal", "-wal"):
            part = Path(f"{file}{ending}")
            if part.exists():
                shutil.copyfile(part, f"{copy}{ending}")
    return copy


def _copy(file: Path, into: Path) -> None:
    make_private_file(into)
    with _connected(file) as source:
        source.execute("VACUUM INTO ?", (str(into),))


def _finish(copy: Path) -> None:
    """See that a copy is whole, and on the disk."""
    with _connected(copy) as database:
        if database.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError(f"the copy is not whole: {copy}")
    sync_file(copy)


@contextmanager
def _connected(file: Path, mode: str = "rw") -> Iterator[sqlite3.Connection]:
    """A file that is there already, to look at with SQL."""
    with closing(connect(file, mode, timeout=_WAIT_SECONDS)) as database:
        yield database


@contextmanager
def _write_lock(file: Path) -> Iterator[None]:
    """Nobody writes in a file while this lasts."""
    with _connected(file) as database:
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("ROLLBACK")


def _erasures(file: Path) -> list[tuple]:
    with _connected(file) as database:
        return database.execute("SELECT id FROM events WHERE what = 'erased' ORDER BY id").fetchall()


def _backup_time(path: Path) -> datetime | None:
    try:
        return datetime.strptime(path.stem, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None  # put there by a person, who may want it
