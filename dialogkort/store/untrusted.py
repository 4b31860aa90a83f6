"""Is a SQLite file laid out as ours are, and nothing else? It may come from anywhere.

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

from dialogkort.store.migrations import STEPS, VERSION, bring_up_to_date

LONGEST = 8 * 2**20  # bytes of one row; a note has 200,000 characters at most, and a deck is not much longer
_LONGEST_STATEMENT = 100_000  # characters; it holds for the layout too
_OPERATIONS, _TIMES = 1_000, 100  # of SQLite's machine, to read the layout: some ten thousand tables
_WITH_NOTES = {"events", "decks"}
_OF_SQLITE = re.compile("sqlite_stat[1-4]")  # what ANALYZE leaves
_SPACE = re.compile(r"\s*([(),])\s*|\s+")
_LETTERS_LOST, _ALIKE = 3, 0.9  # a space that is damaged may be one more or less
_PUT_LATER = {"migrations"}  # the first layout had none


class TooMuch(Exception):
    """A layout that would take a long time to read, or much memory."""


class Found(NamedTuple):
    """Something in a file's layout: a table, an index, a view, a trigger."""

    type: str
    name: str
    table: str
    statement: str


def connect(file: Path, mode: str = "rw", **options: object) -> sqlite3.Connection:
    """A connection to a file that is there already, with narrow limits."""
    database = sqlite3.connect(
        f"{file.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, **options
    )
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
    database.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, _LONGEST_STATEMENT)
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


def layout(database: sqlite3.Connection) -> list[Found]:
    """All that a file says of its layout. `TooMuch` when that is far more than ours."""
    factory, database.text_factory = database.text_factory, _text
    try:
        with bounded(database):
            rows = database.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchall()
    except sqlite3.OperationalError as fault:
        if getattr(fault, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            raise TooMuch from fault
        raise
    finally:
        database.text_factory = factory
    return [Found(*(value or "" for value in row)) for row in rows]


def strangers(found: list[Found], version: int) -> list[str]:
    """The names of all in a layout that somebody has put there, and no damage explains."""
    missing = ours(version) - set(found)
    return sorted(one.name for one in set(found) - ours(version) if not _is_known(one, missing))


def is_whole(found: list[Found], version: int) -> bool:
    """True when all that belongs to a layout reads as it was laid out."""
    return all(one.name in _PUT_LATER for one in ours(version) - set(found))


def strangers_at_the_notes(found: list[Found]) -> list[str]:
    """As `strangers`, of a file to read from: there, other tables than those with notes do no harm."""
    known = frozenset().union(*map(ours, STEPS))
    return sorted(one.name for one in _at_the_notes(found) - known if not _is_known(one, known))


def is_whole_at_the_notes(found: list[Found]) -> bool:
    """True when the tables with notes read as they were laid out."""
    known = frozenset().union(*map(ours, STEPS))
    return not any(_is_nearly(one, other) for one in set(found) - known for other in known)


def _at_the_notes(found: list[Found]) -> set[Found]:
    return {
        one
        for one in found
        if one.type != "trigger" and _WITH_NOTES & {one.name.casefold(), one.table.casefold()}
    }


def is_ours(file: Path) -> bool:
    """True for a file with today's layout and nothing else in it. `sqlite3.Error` when it is damaged."""
    with closing(connect(file, "ro")) as database:
        found = layout(database)
    return not strangers(found, VERSION) and is_whole(found, VERSION)


@cache
def ours(version: int) -> frozenset[Found]:
    """The layout of a version, as it is laid out."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:

        def ask(statement: str, values: object = ()) -> list[tuple]:
            return database.execute(statement, values).fetchall()

        bring_up_to_date(ask, "sqlite", 0, "", until=version)
        return frozenset(layout(database))


def _is_known(one: Found, missing: Iterable[Found]) -> bool:
    """True for what ANALYZE has left, and for what was ours before a letter of it was damaged."""
    of_sqlite = one.type == "table" and _OF_SQLITE.fullmatch(one.name) is not None
    return of_sqlite or any(_is_nearly(one, other) for other in missing)


def _is_nearly(one: Found, other: Found) -> bool:
    """True when two differ as by a disk's fault: in a few letters, of which none has come or gone."""
    first, second = "\n".join(one), "\n".join(other)
    if abs(len(first) - len(second)) > _LETTERS_LOST:
        return False
    return SequenceMatcher(None, first, second, autojunk=False).ratio() > _ALIKE


def _text(value: bytes) -> str:
    """A text as we write it: another version, or a person, may have broken its lines otherwise."""
    return _SPACE.sub(lambda space: space[1] or " ", value.decode(errors="replace").strip())
