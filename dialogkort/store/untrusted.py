"""Checks of an untrusted SQLite file: that its schema is ours, and nothing else. It may come from anywhere.

A file can hold a view that never ends where a table should be, a trigger that swallows what is written, a
column that is computed, or a row of a gigabyte (https://sqlite.org/security.html). So the file is opened with
narrow limits, and what it says of its own layout is compared, word for word, with what we lay out.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import NamedTuple

from dialogkort.store.migrations import STEPS, VERSION, migrate

LONGEST = 8 * 2**20  # bytes of one row; a note has 200,000 characters at most, and a deck is not much longer
_MAX_STATEMENT_LENGTH = 100_000  # characters; it holds for the layout too
_OPERATIONS, _TIMES = 1_000, 100  # of SQLite's machine, to read the layout: some ten thousand tables
_WITH_NOTES = {"events", "decks"}
_OF_SQLITE = re.compile("sqlite_stat[1-4]")  # what ANALYZE leaves
_SPACE = re.compile(r"\s*([(),])\s*|\s+")
_LETTERS_LOST, _ALIKE = 3, 0.9  # a space that is damaged may be one more or less
_ADDED_LATER = {"migrations"}  # the first layout had none


class SchemaTooLarge(Exception):
    """A layout that would take a long time to read, or much memory."""


class SchemaObject(NamedTuple):
    """Something in a file's layout: a table, an index, a view, a trigger."""

    type: str
    name: str
    table: str
    statement: str


def connect(
    file: Path, mode: str = "rw", timeout: float = 5.0, check_same_thread: bool = True
) -> sqlite3.Connection:
    """A connection to a file that is there already, with narrow limits."""
    database = sqlite3.connect(
        f"{file.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        timeout=timeout,
        check_same_thread=check_same_thread,
    )
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
    database.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, _MAX_STATEMENT_LENGTH)
    for name in ("DEFENSIVE", "ENABLE_TRIGGER", "ENABLE_VIEW", "TRUSTED_SCHEMA"):
        if hasattr(database, "setconfig"):  # from Python 3.12 on
            option = getattr(sqlite3, f"SQLITE_DBCONFIG_{name}")
            with suppress(sqlite3.Error):  # a SQLite that was built without it
                database.setconfig(option, name == "DEFENSIVE")
    try:
        database.execute("PRAGMA trusted_schema = OFF")
    except BaseException:
        database.close()
        raise
    return database


@contextmanager
def bounded(database: sqlite3.Connection) -> Iterator[None]:
    """While this lasts, what takes SQLite more than a moment is broken off (`sqlite3.OperationalError`)."""
    called = iter(range(_TIMES))
    database.set_progress_handler(lambda: next(called, None) is None, _OPERATIONS)
    try:
        yield
    finally:
        database.set_progress_handler(None, 0)


def read_schema(database: sqlite3.Connection) -> list[SchemaObject]:
    """The schema of a file, as it says itself. `SchemaTooLarge` when that is far more than ours."""
    factory, database.text_factory = database.text_factory, _text
    try:
        with bounded(database):
            rows = database.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchall()
    except sqlite3.OperationalError as fault:
        if getattr(fault, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            raise SchemaTooLarge from fault
        raise
    finally:
        database.text_factory = factory
    return [SchemaObject(*(value or "" for value in row)) for row in rows]


def unexpected_objects(schema: list[SchemaObject], version: int) -> list[str]:
    """The names of all in a layout that somebody has put there, and no damage explains."""
    missing = expected_schema(version) - set(schema)
    return sorted(
        item.name for item in set(schema) - expected_schema(version) if not _is_known(item, missing)
    )


def is_whole(schema: list[SchemaObject], version: int) -> bool:
    """True when all that belongs to a layout reads as it was laid out."""
    return all(item.name in _ADDED_LATER for item in expected_schema(version) - set(schema))


def unexpected_at_notes(schema: list[SchemaObject]) -> list[str]:
    """As `unexpected_objects`, of a file to read from: there, tables without notes do no harm."""
    known = frozenset().union(*map(expected_schema, STEPS))
    return sorted(item.name for item in _note_objects(schema) - known if not _is_known(item, known))


def are_note_tables_whole(schema: list[SchemaObject]) -> bool:
    """True when the tables with notes read as they were laid out."""
    known = frozenset().union(*map(expected_schema, STEPS))
    return not any(_is_nearly(item, other) for item in set(schema) - known for other in known)


def _note_objects(schema: list[SchemaObject]) -> set[SchemaObject]:
    return {
        item
        for item in schema
        if item.type != "trigger" and _WITH_NOTES & {item.name.casefold(), item.table.casefold()}
    }


def is_ours(file: Path) -> bool:
    """True for a file with today's layout and nothing else in it. `sqlite3.Error` when it is damaged."""
    with closing(connect(file, "ro")) as database:
        schema = read_schema(database)
    return not unexpected_objects(schema, VERSION) and is_whole(schema, VERSION)


@cache
def expected_schema(version: int) -> frozenset[SchemaObject]:
    """The layout of a version, as it is laid out."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:

        def execute(statement: str, values: dict[str, object] | tuple[()] = ()) -> list[tuple]:
            return database.execute(statement, values).fetchall()

        migrate(execute, "sqlite", 0, "", until=version)
        return frozenset(read_schema(database))


def _is_known(item: SchemaObject, missing: Iterable[SchemaObject]) -> bool:
    """True for what ANALYZE has left, and for what was ours before a letter of it was damaged."""
    of_sqlite = item.type == "table" and _OF_SQLITE.fullmatch(item.name) is not None
    return of_sqlite or any(_is_nearly(item, other) for other in missing)


def _is_nearly(first_object: SchemaObject, second_object: SchemaObject) -> bool:
    """True when two differ as by a disk's fault: in a few letters, of which none has come or gone."""
    first, second = "\n".join(first_object), "\n".join(second_object)
    if abs(len(first) - len(second)) > _LETTERS_LOST:
        return False
    return SequenceMatcher(None, first, second, autojunk=False).ratio() > _ALIKE


def _text(value: bytes) -> str:
    """A text as we write it: another version, or a person, may have broken its lines otherwise."""
    return _SPACE.sub(lambda space: space[1] or " ", value.decode(errors="replace").strip())
