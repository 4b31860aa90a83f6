"""Maintenance of the file with the notes: integrity check, backups by the clock, rebuilding a damaged file.

Runs when the command starts and while it runs. A damaged file is quarantined, unchanged, and rebuilt from
all that can still be read: the file itself, its backups, and the journals.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dialogkort.decks.reading import read_deck
from dialogkort.errors import StoreError
from dialogkort.exchange.import_report import ImportReport
from dialogkort.exchange.merge import merge
from dialogkort.files.durable_files import sync_folder
from dialogkort.files.locks import exclusive_lock
from dialogkort.i18n import text
from dialogkort.i18n.formats import day_and_hour
from dialogkort.store import (
    FILE_NAME,
    JOURNAL_FOLDER,
    FileStore,
    backups,
    catalogues,
    is_synchronised,
    open_store,
)

BACKUP_SECONDS = 30 * 60
_JOURNAL_SECONDS = 2 * 24 * 3600  # a journal is kept so long, although what it says is in a backup
_log = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())  # before there is a log, nothing is printed in front of a facilitator


@dataclass(frozen=True)
class Recovery:
    """A file that was built anew: where the old one lies, how many events are kept, how many are nowhere.

    `aside` is None when there was no old file, or an empty one. `lost` counts those that the old file still
    knows of, and is None when it says nothing any more. `newest` is when the newest of the kept ones happened
    (ms since 1970), or None; what was written later is in none of the copies. `unreadable` counts what could
    not be read in the copies either.
    """

    aside: Path | None
    recovered: int
    lost: int | None
    newest: int | None = None
    unreadable: int = 0


def run_maintenance(folder: Path) -> list[str]:
    """See to the notes in a folder, and say in words what a person should know; mostly nothing.

    `StoreError` when the folder cannot be used. Nothing else is raised: a backup that fails is for the log.
    """
    recovery = rescue_if_damaged(folder)
    sentences = list(_sentences_about(recovery)) if recovery else []
    sentences += _import_copies(folder)
    sentences += _notice_of_newer(folder)
    if is_synchronised(folder):
        sentences.append(text("maintenance.synchronised", path=folder))
    keep_backups(folder)
    _remove_old_journals(folder)
    _remove_unused_catalogues(folder)
    return sentences


# --- a damaged file ---------------------------------------------------------------------------------------


def rescue_if_damaged(folder: Path) -> Recovery | None:
    """Build the file in a folder anew when it is damaged, or gone while copies of it are there; else None."""
    if not _is_damaged(folder):
        return None
    with exclusive_lock(folder / backups.DAMAGED / "lock"):
        return rescue(folder) if _is_damaged(folder) else None  # another command may have been first


def _is_damaged(folder: Path) -> bool:
    file = folder / FILE_NAME
    if not file.exists() or not file.stat().st_size:
        return bool([*backups.list_backups(file), *_journals(folder), *_damaged(folder)])
    try:
        store = open_store(folder)
        try:
            store.check()
        finally:
            store.close()
    except StoreError as problem:
        if problem.kind != "damaged":
            raise
        return True
    return False


def rescue(folder: Path) -> Recovery:
    """Set the file in a folder aside and build it anew from all that can be read, here and in its copies.

    The new file is built under another name and put in place when it is whole. So a crash on the way loses
    nothing: what was there is there still, and the next start begins again.
    """
    file = folder / FILE_NAME
    new_file = folder / f"{FILE_NAME}.rescued"
    try:
        _remove(new_file)
        report, event_count, newest = _rebuild(new_file, folder)
        old_file = backups.quarantine(file) if file.exists() and file.stat().st_size else None
        _remove(file)
        new_file.replace(file)
        sync_folder(folder)
    except OSError as fault:
        kind = "busy" if os.name == "nt" and isinstance(fault, PermissionError) else "no_folder"
        raise StoreError(kind, path=folder, reason=fault.strerror or fault) from fault
    # Of a file that is not whole, the copies beside it are met twice.
    refused = {copy.source: sum(copy.refused.values()) for copy in report.sources[1:]}
    return Recovery(old_file, event_count, _lost_events(report), newest, sum(refused.values()))


def _rebuild(new_file: Path, folder: Path) -> tuple[ImportReport, int, int | None]:
    """A new file with all that can be read: what came from where, how many events, when the newest was."""
    file = folder / FILE_NAME
    copies = [
        *_damaged(folder),
        *backups.list_backups(file),
        *backups.conflict_copies(file),
        *_journals(folder),
    ]
    store = FileStore(new_file, journaled=False)
    try:
        # A session without its deck cannot be opened, and most are played with the one in the kit.
        store.keep_deck(read_deck())
        report = merge([file, *copies], store)
        moments = [event.at for event in store.every_event()]
        return report, len(moments), max(moments, default=None)
    finally:
        store.close()


def _lost_events(report: ImportReport) -> int | None:
    """The number of events the old file knows of that are nowhere; None when nothing in it could be read."""
    old, *copies = report.sources
    if old.problem or not old.met:
        return None
    return max(0, sum(old.refused.values()) - sum(copy.new for copy in copies))


def _sentences_about(recovery: Recovery) -> Iterator[str]:
    if recovery.aside is None:
        yield text("maintenance.brought_back", kept=recovery.recovered)
    else:
        yield text("maintenance.rescued", path=recovery.aside, kept=recovery.recovered)
    if recovery.lost is None and recovery.aside:
        yield text("maintenance.lost_unknown")
    elif recovery.lost:
        yield text("maintenance.lost", count=recovery.lost)
    if recovery.lost is None and recovery.newest is not None:
        yield text("maintenance.since", moment=_as_clock(recovery.newest))
    if recovery.unreadable:
        yield text("maintenance.unreadable", count=recovery.unreadable)


def _as_clock(moment: int) -> str:
    """A moment as the clock on this machine's wall shows it."""
    try:
        return day_and_hour(datetime.fromtimestamp(moment / 1000, UTC).astimezone())
    except (ValueError, OverflowError, OSError):  # of a clock that was a thousand years ahead
        return str(moment)


def _remove(file: Path) -> None:
    """Remove a file, and what a crash has left beside it: SQLite would play that back into its successor."""
    for part in (file, file.with_name(f"{file.name}-journal")):
        part.unlink(missing_ok=True)


def _import_copies(folder: Path) -> Iterator[str]:
    """Take in what lies beside the file and is not in it: journals, copies that synchronising has made of it.

    The newest backup too: another file may have been put in the place of the one it is a backup of.
    """
    store = open_store(folder)
    try:
        file = folder / FILE_NAME
        copies = [*backups.conflict_copies(file), *backups.list_backups(file)[:1], *_journals(folder)]
        if imported := merge([copy for copy in copies if backups.adds_to(file, copy)], store).total.new:
            yield text("maintenance.brought_in", count=imported)
        try:
            store.finish_erasing()
        except StoreError as problem:  # a copy that is locked just now; the next start tries again
            yield str(problem)
    finally:
        store.close()


def _notice_of_newer(folder: Path) -> Iterator[str]:
    """A notice of events by a newer version: they are whole and in their place, but nobody sees them here."""
    with closing(open_store(folder)) as store:
        if count := store.unknown_events():
            yield text("maintenance.newer", count=count, path=folder / FILE_NAME)


def _journals(folder: Path) -> list[Path]:
    return sorted((folder / JOURNAL_FOLDER).glob("*.jsonl"))


def _damaged(folder: Path) -> list[Path]:
    """Files that were set aside: one of them may be all that a rescue that was broken off has left."""
    return sorted((folder / backups.DAMAGED).glob(f"*/{FILE_NAME}"))


# --- backups ----------------------------------------------------------------------------------------------


def keep_backups(folder: Path, copy: Callable[[Path], None] | None = None) -> None:
    """Back up the file when something was written since the last time, and let old copies go.

    `copy(destination)` copies it, when somebody has it open who can do so without keeping others waiting.
    """
    file = folder / FILE_NAME
    try:
        if backups.is_backed_up(file):
            return
        if backups.back_up(file, copy=copy) is None:
            _log.warning("There is no room for a backup of %s", file)
            return
        backups.rotate(file, datetime.now(UTC))
    except Exception:
        # Whatever it is, the workshop goes on without a backup.
        _log.exception("No backup was made of %s", file)


def _remove_unused_catalogues(folder: Path) -> None:
    """Remove the files of catalogues that were taken away from their plans, or replaced."""
    if not catalogues.catalogue_folder(folder).is_dir():
        return
    with suppress(StoreError), closing(open_store(folder)) as store:
        catalogues.forget_unused(folder, catalogues.digests_of(store.plans()))


def _remove_old_journals(folder: Path) -> None:
    """Remove old journals: their events are in the file, which was checked just now, and in a backup."""
    for journal in _journals(folder) if backups.is_backed_up(folder / FILE_NAME) else ():
        with suppress(OSError):
            if time.time() - journal.stat().st_mtime > _JOURNAL_SECONDS:
                journal.unlink()


@contextmanager
def periodic_backups(folder: Path, copy: Callable[[Path], None] | None = None) -> Iterator[None]:
    """While this lasts, the file in a folder is backed up from time to time (`copy`: see `keep_backups`)."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(BACKUP_SECONDS):
            keep_backups(folder, copy)

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        over.set()
