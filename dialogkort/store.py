"""Where sessions are kept: one SQLite file in a folder the user can see.

What `append` has returned from is on the disk and survives a crash and a power cut: rollback journal and
`synchronous=EXTRA` (which also syncs the folder when the journal is removed; FULL does not). Not WAL: it
cannot be read in a read-only folder and loses data on network drives (https://sqlite.org/wal.html).
"""

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dialogkort.deck import Deck
from dialogkort.events import Described, Event, from_record, to_record
from dialogkort.texts import text

FILE_NAME = "dialogkort.sqlite"
_VERSION = 1
_WAIT_SECONDS = 30
_SCHEMA = f"""
CREATE TABLE decks (fingerprint TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE events (
    arrival INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    session TEXT NOT NULL,
    what TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_session ON events (session, arrival);
CREATE INDEX events_by_kind ON events (what, session);
PRAGMA user_version = {_VERSION};
"""


class StoreProblem(Exception):
    """The store cannot be opened, read or written; the message says what to do, in the user's language."""


def default_folder() -> Path:
    """The folder notes are kept in: the environment's `DIALOGKORT_FOLDER`, else `Dialogkort` at home."""
    return Path(os.environ.get("DIALOGKORT_FOLDER") or Path.home() / "Dialogkort").expanduser()


class Store:
    """The events and decks of all sessions in one folder. Several processes may use a folder at once.

    Opening makes the folder and the file when they are missing; every fault is a `StoreProblem`.
    """

    def __init__(self, folder: str | Path | None = None):
        self.folder = Path(folder) if folder is not None else default_folder()
        self.path = self.folder / FILE_NAME
        with self._told():
            self.folder.mkdir(parents=True, exist_ok=True)
            # A kernel may answer from more than one thread, never from two at a time.
            self._database = sqlite3.connect(
                self.path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare()
            except BaseException:
                # Windows lets nobody rename a file that is still open, as the message may ask for.
                self._database.close()
                raise

    def append(self, events: Iterable[Event]) -> None:
        """Keep events, all or none; when this returns they are on the disk. One met before is not doubled."""
        rows = [_row(event) for event in events]
        with self._transaction() as database:
            database.executemany(
                "INSERT INTO events (id, session, what, body) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (id) DO NOTHING",
                rows,
            )

    def events(self, session: str, after: int = 0) -> tuple[list[Event], int]:
        """A session's events that arrived after number `after`, and the number of the last one."""
        with self._read():
            rows = self._database.execute(
                "SELECT arrival, id, session, what, body FROM events WHERE session = ? AND arrival > ?"
                " ORDER BY arrival",
                (session, after),
            ).fetchall()
            return [_event(row) for row in rows], rows[-1][0] if rows else after

    def holds(self, event_id: str) -> bool:
        """True when an event is kept already."""
        with self._told():
            return bool(self._database.execute("SELECT 1 FROM events WHERE id = ?", (event_id,)).fetchone())

    def sessions(self) -> dict[str, Described]:
        """Every session's newest description, by session id, the newest session first."""
        with self._read():
            rows = self._database.execute(
                "SELECT arrival, id, session, what, body FROM events WHERE what = 'described' ORDER BY id"
            ).fetchall()
            newest: dict[str, Described] = {event.session: event for event in map(_event, rows)}
        return dict(sorted(newest.items(), reverse=True))

    def last_activity(self) -> dict[str, str]:
        """The id of every session's newest event, by session id."""
        with self._told():
            return dict(
                self._database.execute("SELECT session, max(id) FROM events GROUP BY session").fetchall()
            )

    def keep_deck(self, deck: Deck) -> None:
        """Keep a deck as it reads today, by its fingerprint."""
        body = json.dumps(deck.to_record(), ensure_ascii=False)
        with self._transaction() as database:
            database.execute(
                "INSERT INTO decks VALUES (?, ?) ON CONFLICT (fingerprint) DO NOTHING",
                (deck.fingerprint, body),
            )

    def deck(self, fingerprint: str) -> Deck:
        """The deck with a fingerprint, word for word as it was when a session was dealt from it."""
        with self._read():
            found = self._database.execute(
                "SELECT body FROM decks WHERE fingerprint = ?", (fingerprint,)
            ).fetchone()
            if found is None:
                raise StoreProblem(text("store.deck_missing", fingerprint=fingerprint, path=self.path))
            return Deck.from_record(json.loads(found[0]))

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _prepare(self) -> None:
        database = self._database
        # Text that was removed for good must not linger in free pages.
        database.execute("PRAGMA secure_delete = ON")
        database.execute("PRAGMA synchronous = EXTRA")
        # The file remembers its kind of journal, and another program may have changed it.
        database.execute("PRAGMA journal_mode = DELETE")
        with self._transaction():
            version = database.execute("PRAGMA user_version").fetchone()[0]
            if version == 0 and not database.execute("SELECT 1 FROM sqlite_schema").fetchone():
                for statement in _SCHEMA.strip().rstrip(";").split(";"):
                    database.execute(statement)
            elif version != _VERSION:
                raise StoreProblem(text("store.other_version", path=self.path))
        # A damaged file still takes inserts, so it is looked at before anything is written.
        if database.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise StoreProblem(text("store.damaged", path=self.path))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._told():
            # IMMEDIATE: a reader that becomes a writer is refused at once, whatever the timeout.
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    @contextmanager
    def _read(self) -> Iterator[None]:
        """Faults of reading: SQLite's own, and what SQLite finds sound but is neither event nor deck."""
        with self._told():
            try:
                yield
            except (KeyError, TypeError, ValueError) as fault:
                raise StoreProblem(text("store.damaged", path=self.path)) from fault

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Faults of the disk and the file, told so that a person can act on them."""
        try:
            yield
        except sqlite3.Error as fault:
            code = (getattr(fault, "sqlite_errorcode", None) or sqlite3.SQLITE_ERROR) & 0xFF
            key = _FAULTS.get(code, "failed")
            raise StoreProblem(text(f"store.{key}", path=self.path, reason=fault)) from fault
        except (FileExistsError, NotADirectoryError) as fault:
            raise StoreProblem(text("store.not_a_folder", path=self.folder)) from fault
        except PermissionError as fault:
            raise StoreProblem(text("store.read_only", path=self.folder)) from fault
        except OSError as fault:
            raise StoreProblem(
                text("store.no_folder", path=self.folder, reason=fault.strerror or fault)
            ) from fault


_FAULTS = {
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_CANTOPEN: "read_only",
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_ERROR: "damaged",  # the statements are fixed: it is the tables that are not there
    sqlite3.SQLITE_NOTADB: "damaged",
}


def _row(event: Event) -> tuple[str, str, str, str]:
    body = to_record(event)
    from_record(body)  # what could not be read again must not be kept
    return body.pop("id"), body.pop("session"), body.pop("what"), json.dumps(body, ensure_ascii=False)


def _event(row: tuple) -> Event:
    _, id, session, what, body = row
    return from_record({"id": id, "session": session, "what": what, **json.loads(body)})
