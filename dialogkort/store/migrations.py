"""Migrations: the tables of a store, and the steps from an earlier version's to today's.

Every change is a step with a number. A step that has run is recorded in the store itself (`migrations`), and
is never edited again: stores laid out by it exist.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from dialogkort.domain.event_records import from_record
from dialogkort.store.base import Execute, row_of


@dataclass(frozen=True)
class Step:
    """One change of the layout: what it is for, and what it does to each kind of store."""

    title: str
    sqlite: Callable[[Execute], None] | None = None
    postgresql: Callable[[Execute], None] | None = None


def _first_layout(execute: Execute) -> None:
    execute("CREATE TABLE decks (fingerprint TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID")
    execute(
        "CREATE TABLE events (arrival INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, session TEXT NOT NULL,"
        " what TEXT NOT NULL, body TEXT NOT NULL) STRICT"
    )
    execute("CREATE INDEX events_by_session ON events (session, arrival)")
    execute("CREATE INDEX events_by_kind ON events (what, session)")


def _checksums(execute: Execute) -> None:
    """A checksum for every event; numbers of arrival that are never used again; erasures under way."""
    rows_before = execute("SELECT id, session, what, body FROM events ORDER BY arrival")
    execute("DROP TABLE events")
    execute(
        "CREATE TABLE events (arrival INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL,"
        " session TEXT NOT NULL, what TEXT NOT NULL, body TEXT NOT NULL, crc INTEGER NOT NULL,"
        " UNIQUE (id, crc)) STRICT"
    )
    execute("CREATE INDEX events_by_session ON events (session, arrival)")
    execute("CREATE INDEX events_by_kind ON events (what, session)")
    execute("CREATE TABLE erasing (marker TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID")
    rows = [
        row_of(from_record({**json.loads(body), "id": id, "session": session, "what": what}))
        for id, session, what, body in rows_before
    ]
    if rows:
        execute(
            "INSERT INTO events (id, session, what, body, crc) VALUES (:id, :session, :what, :body, :crc)",
            rows,
        )


def _server_layout(execute: Execute) -> None:
    """The same tables on a server. "C" sorts ids by their characters; Danish would sort "aa" last."""
    execute('CREATE TABLE decks (fingerprint TEXT COLLATE "C" PRIMARY KEY, body TEXT NOT NULL)')
    execute(
        "CREATE TABLE events (arrival BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
        ' id TEXT COLLATE "C" NOT NULL, session TEXT COLLATE "C" NOT NULL, what TEXT NOT NULL,'
        " body TEXT NOT NULL, crc BIGINT NOT NULL, UNIQUE (id, crc))"
    )
    # Statistics are samples of what people wrote, and nobody would think of erasing there.
    execute("ALTER TABLE events ALTER COLUMN body SET STATISTICS 0")
    execute("CREATE INDEX events_by_session ON events (session, arrival)")
    execute("CREATE INDEX events_by_kind ON events (what, session)")
    execute("CREATE TABLE erasing (marker TEXT PRIMARY KEY, at BIGINT NOT NULL)")


STEPS = {
    1: Step("decks and events", sqlite=_first_layout),
    2: Step("a checksum for every event, erasing, a server", sqlite=_checksums, postgresql=_server_layout),
}
VERSION = max(STEPS)


def migrate(execute: Execute, engine: str, version: int, program: str, until: int | None = None) -> None:
    """Run the steps that a store of this version lacks (0: an empty one), and record each.

    `until` is the last step to run, when it is not to be today's.
    """
    execute(
        "CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, title TEXT NOT NULL,"
        " at BIGINT NOT NULL, program TEXT NOT NULL)"
    )
    for number in range(version + 1, (VERSION if until is None else until) + 1):
        step = STEPS[number]
        if change := getattr(step, engine):
            change(execute)
        execute(
            "INSERT INTO migrations VALUES (:version, :title, :at, :program)",
            {
                "version": number,
                "title": step.title,
                "at": time.time_ns() // 1_000_000,
                "program": program,
            },
        )
