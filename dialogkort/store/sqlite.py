"""The store on one's own machine: one SQLite file, with a journal and backups beside it.

Rollback journal and `synchronous=EXTRA`, which also syncs the folder when the rollback journal is removed
(FULL does not). Not WAL: it cannot be read in a read-only folder and loses data on network drives
(https://sqlite.org/wal.html). While the store is open the rollback journal stays and only its head is
cleared (PERSIST, on POSIX systems), which spares each commit two changes of the folder; it holds pages as
they were before, so it is removed whenever something was erased, and when the store is closed.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from dialogkort import __version__
from dialogkort.domain.deck import Deck
from dialogkort.domain.events import Erased
from dialogkort.errors import StoreError
from dialogkort.files.durable_files import make_folder
from dialogkort.files.permissions import make_private_file, tighten
from dialogkort.store import backups
from dialogkort.store.base import Execute, Store
from dialogkort.store.journal import JOURNAL_FOLDER, Journal, parse_journal, remove_erased
from dialogkort.store.migrations import VERSION, migrate
from dialogkort.store.untrusted import SchemaTooLarge, connect, is_whole, read_schema, unexpected_objects

_WAIT_SECONDS = 30
_PAGES = 128  # that are copied before others get their turn
_MAX_ROLLBACK_JOURNAL_BYTES = 2**20  # bytes that stay between two transactions
_MOVED = 1032  # SQLITE_READONLY_DBMOVED: the file was renamed, or another lies in its place


class FileStore(Store):
    """A store in a SQLite file. One that is not `journaled` has neither journal nor backups: a copy.

    `location` is what messages name, when it is another file than the one that is opened.
    Where there are backups or journals and no file, none is made: it would hide that the old one is gone.
    """

    def __init__(self, path: Path, *, journaled: bool = True, location: Path | None = None):
        self.path = path
        self.location = str(location or path)
        self._journal = Journal(path.parent / JOURNAL_FOLDER) if journaled else None
        # On Windows nobody can remove a rollback journal that another process keeps open.
        self._journal_mode = "PERSIST" if os.name == "posix" and journaled else "DELETE"
        self._syncing = ThreadPoolExecutor(1, thread_name_prefix="dialogkort-sync")
        self._unsynced: list[Future] = []
        self._opened = self._lost = False
        self._known_schema: tuple[int, int] | None = None
        # Asked in this order: another process may be making the file, and then a journal, just now.
        if journaled and backups.has_backups(path) and not path.exists():
            raise StoreError("gone", path=path)
        with self._translating_errors():
            make_folder(path.parent)
            if journaled:
                tighten(path.parent)
            self._connect()
        self._opened = True

    def close(self) -> None:
        # Which is of no use to anybody; where another writes just now, it is removed when that one closes.
        with suppress(sqlite3.Error, OSError):
            self._database.execute("PRAGMA busy_timeout = 0")
            if self.path.stat().st_ino == self._inode:
                self._remove_rollback_journal()
        self._syncing.shutdown()
        self._database.close()

    def check(self) -> None:
        """Read everything once: a `StoreError` when something does not read as it was written."""
        with self._translating_errors():
            _check_integrity(self._database, self.location)
        super().check()

    def copy_to(self, destination: Path, *, between: Callable[[], None] = lambda: None) -> None:
        """Copy the file as it is when this ends, a few pages at a time; `between` is called after each.

        What `between` writes by way of this store is in the copy too. (A copy in one go keeps every writer
        waiting for as long as it takes.)
        """
        with self._translating_errors(), closing(sqlite3.connect(destination, isolation_level=None)) as copy:
            copy.execute("PRAGMA synchronous = OFF")  # it is synced when it is whole
            self._database.backup(copy, pages=_PAGES, progress=lambda *_: between(), sleep=0)

    # --- the file -------------------------------------------------------------------------------------

    def _connect(self, make: bool = True) -> None:
        if make:
            make_private_file(self.path)  # SQLite gives what it makes beside it the same rights
        # A kernel may answer from more than one thread, never from two at a time.
        self._database = connect(self.path, timeout=_WAIT_SECONDS, check_same_thread=False)
        self._inode = self.path.stat().st_ino
        try:
            self._prepare()
        except BaseException:
            # Windows lets nobody rename a file that is still open, as the message may ask for.
            self._database.close()
            raise

    def _prepare(self) -> None:
        database = self._database
        # Text that was removed for good must not linger in free pages.
        database.execute("PRAGMA secure_delete = ON")
        database.execute("PRAGMA synchronous = EXTRA")
        version = self._checked_version()
        # A damaged file still takes inserts, so it is looked at before anything is written.
        _check_integrity(database, self.location)
        # The file remembers that it once was WAL: another program may have changed it.
        database.execute(f"PRAGMA journal_mode = {self._journal_mode}")
        database.execute(f"PRAGMA journal_size_limit = {_MAX_ROLLBACK_JOURNAL_BYTES}")
        if version < VERSION:
            with self._transaction():
                version = self._known_version()  # another process may have been first
                self._check_schema(version)
                self._migrate(version)
        self._known_schema = self._schema_versions()

    def _checked_version(self) -> int:
        """The version of a file that is laid out as that version is."""
        self._database.execute("BEGIN")  # one state of the file: another process may be laying it out anew
        try:
            version = self._known_version()
            self._check_schema(version)
            return version
        finally:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")

    def _migrate(self, version: int) -> None:
        if version == VERSION:
            return
        if version and self._journal and not backups.back_up(self.path, locked=True):
            raise StoreError("full", path=self.location)
        try:
            migrate(self._execute, "sqlite", version, __version__)
        except (KeyError, TypeError, ValueError) as fault:
            raise StoreError("damaged", path=self.location) from fault
        self._database.execute(f"PRAGMA user_version = {VERSION}")

    def _known_version(self) -> int:
        # One statement sees one state of the file, also while another process lays it out.
        version, laid_out = self._database.execute(
            "SELECT user_version, EXISTS (SELECT 1 FROM sqlite_schema) FROM pragma_user_version"
        ).fetchone()
        if version > VERSION:
            raise StoreError("newer", path=self.location)
        if laid_out and not version:
            raise StoreError("not_ours", path=self.location)
        return version

    def _check_schema(self, version: int) -> None:
        """`StoreError` when the file is laid out otherwise than a version is: by whom, nobody can tell."""
        if not version:
            return
        try:
            schema = read_schema(self._database)
        except SchemaTooLarge as fault:
            raise StoreError("not_ours", path=self.location) from fault
        if unexpected_objects(schema, version):
            raise StoreError("not_ours", path=self.location)
        if not is_whole(schema, version):
            raise StoreError("damaged", path=self.location)

    def _schema_versions(self) -> tuple[int, int]:
        """Two numbers in the file's head; another version that lays it out anew changes at least one."""
        execute = self._database.execute
        return execute("PRAGMA user_version").fetchone()[0], execute("PRAGMA schema_version").fetchone()[0]

    def _check_schema_unchanged(self) -> None:
        """`StoreError` when a newer version, or another program, has laid the file out anew meanwhile."""
        if self._known_schema and self._schema_versions() != self._known_schema:
            self._check_schema(self._known_version())
            self._known_schema = self._schema_versions()

    def _execute(self, statement: str, values: dict | Sequence[dict] = ()) -> list[tuple]:
        if isinstance(values, list):
            self._database.executemany(statement, values)
            return []
        return self._database.execute(statement, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        # IMMEDIATE: a reader that becomes a writer is refused at once, whatever the timeout.
        self._database.execute("BEGIN IMMEDIATE")
        try:
            self._check_schema_unchanged()
            yield
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            wait(self._unsynced)
            self._unsynced.clear()
            raise
        unsynced, self._unsynced = self._unsynced, []
        for syncing in unsynced:
            syncing.result()

    @contextmanager
    def _writing(self, sessions: Sequence[str]) -> Iterator[Execute]:
        with self._translating_errors():
            self._reopen_moved_file()
            with self._transaction():
                yield self._execute

    @contextmanager
    def _reading(self) -> Iterator[Execute]:
        with self._translating_errors():
            self._reopen_moved_file()
            yield self._execute

    def _reopen_moved_file(self) -> None:
        """After the file was moved: open the one that lies there now, and import into it what it lacks."""
        if not self._lost:
            return
        if not self.path.exists():
            raise StoreError("moved", path=self.location)
        self._database.close()
        self._connect(make=False)
        self._lost = False
        if self._journal and self._journal.path.exists():
            content = self._journal.path.read_bytes()
            records = [record for _, record in parse_journal(content) if record]
            decks = [record for record in records if isinstance(record, Deck)]
            self.import_events([record for record in records if not isinstance(record, Deck)], decks)

    def change_token(self) -> str:
        """Another one as soon as another connection has written in the file."""
        with self._translating_errors():
            # The file may be another one by now; its counter would tell nothing.
            number = self.path.stat().st_ino
            return f"{number} {self._database.execute('PRAGMA data_version').fetchone()[0]}"

    # --- what lies beside it --------------------------------------------------------------------------

    def _write_journal(self, rows: Iterable[dict], decks: Iterable[Deck] = ()) -> None:
        if self._journal:
            # Written before the commit, brought to the disk beside it: the transaction ends when both are.
            self._unsynced.append(self._syncing.submit(self._journal.write(rows, decks)))

    def finish_erasing(self) -> None:
        """See that what was erased is left nowhere, and in no journal or copy that has come from elsewhere.

        What the disk keeps of blocks that a file has given back is in no file any more, and not ours to see.
        """
        markers = self.erasures()
        if markers and self._journal:
            with self._writing([]):  # who writes in a journal does so behind the same lock
                remove_erased(
                    self.path.parent / JOURNAL_FOLDER, {(marker.session, marker.note) for marker in markers}
                )
        try:
            super().finish_erasing()
        finally:
            if markers and self._journal:
                _purge_copies(backups.conflict_copies(self.path), markers)

    def _purge(self, begun: int) -> bool:
        with self._translating_errors():
            self._database.execute("VACUUM")
            self._remove_rollback_journal()
            if self._journal:
                backups.remove_unfinished(self.path)
                backups.remove_damaged(self.path, before=begun)
                backups.remove_tables(self.path)
                _purge_copies(backups.list_backups(self.path), self.erasures())
        return self._journal is not None

    def _remove_rollback_journal(self) -> None:
        """Remove the rollback journal of all who have the file open: nobody writes in it just now."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            self._database.execute("PRAGMA journal_mode = DELETE")
        finally:
            self._database.execute("ROLLBACK")
        self._database.execute(f"PRAGMA journal_mode = {self._journal_mode}")

    def _list_values(self, name: str) -> str:
        return f"SELECT value FROM json_each(:{name})"

    def _check_version(self) -> None:
        """`StoreError` when a newer version has taken the tables away that were asked just now."""
        with suppress(sqlite3.Error):
            self._known_version()

    @contextmanager
    def _translating_errors(self) -> Iterator[None]:
        """Errors of the disk and the file, as `StoreError`s that a person can act on."""
        try:
            yield
        except sqlite3.Error as fault:
            code = getattr(fault, "sqlite_errorcode", None) or sqlite3.SQLITE_ERROR
            if code & 0xFF == sqlite3.SQLITE_ERROR and self._opened:
                self._check_version()
            moved = code == _MOVED or (self._opened and not self.path.exists())
            kind = "moved" if moved else _FAULTS.get(code & 0xFF, "failed")
            # A file that was opened while it was closed to writing stays so until it is opened anew.
            self._lost = self._lost or moved or (self._opened and kind == "read_only")
            raise StoreError(kind, path=self.location, reason=fault) from fault
        except UnicodeDecodeError as fault:
            # SQLite quotes the damaged place in its message, and Python cannot.
            raise StoreError("damaged", path=self.location) from fault
        except (FileExistsError, NotADirectoryError) as fault:
            raise StoreError("not_a_folder", path=self.path.parent) from fault
        except FileNotFoundError as fault:
            self._lost = self._opened
            kind = "moved" if self._opened else "no_folder"
            raise StoreError(kind, path=self.location, reason=fault.strerror) from fault
        except PermissionError as fault:
            raise StoreError("read_only", path=self.path.parent) from fault
        except OSError as fault:
            kind = "full" if fault.errno in _NO_ROOM else "no_folder"
            reason = fault.strerror or fault
            raise StoreError(kind, path=self.path.parent, reason=reason) from fault


_NO_ROOM = (28, 122)  # ENOSPC, EDQUOT
_FAULTS = {
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_CANTOPEN: "read_only",
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_ERROR: "damaged",  # the statements are fixed: it is the tables that are not there
    sqlite3.SQLITE_NOTADB: "damaged",
    sqlite3.SQLITE_TOOBIG: "damaged",  # a row that is longer than any of ours
}


def _purge_copies(paths: Iterable[Path], markers: Sequence[Erased]) -> None:
    """Erase in copies what was erased in the file.

    A damaged one is removed: nobody can tell what it holds. One that is another program's is left alone. One
    that cannot be written in just now raises when the others are done; it is tried again at the next start.
    """
    failure = None
    for path in paths:
        try:
            copy = FileStore(path, journaled=False)
            try:
                copy.import_events(markers)
                copy.finish_erasing()
            finally:
                copy.close()
        except StoreError as problem:
            if problem.kind == "damaged":
                backups.remove(path)
            elif problem.kind != "not_ours":
                failure = problem
    if failure:
        raise failure


def _check_integrity(database: sqlite3.Connection, location: str) -> None:
    if database.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise StoreError("damaged", path=location)
