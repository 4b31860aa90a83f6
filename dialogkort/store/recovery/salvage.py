"""Salvage: all that can still be read of a SQLite file, be it damaged, cut short or of an old layout.

Nothing is taken on trust: an event that does not agree with its checksum is refused, and so is a deck that
does not agree with its fingerprint.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path

from dialogkort.domain.deck import Deck
from dialogkort.domain.event_records import from_record
from dialogkort.domain.events import Event
from dialogkort.errors import StoreError
from dialogkort.files.temporary import private_folder
from dialogkort.store.backups import snapshot
from dialogkort.store.base import event_of
from dialogkort.store.migrations import VERSION
from dialogkort.store.recovery.carving import Pages, Record, records
from dialogkort.store.untrusted import (
    SchemaTooLarge,
    are_note_tables_whole,
    connect,
    read_schema,
    unexpected_at_notes,
)

_DAMAGE = (sqlite3.DatabaseError, UnicodeDecodeError)  # the latter when a message quotes a damaged place
_FAULTS = (AttributeError, KeyError, TypeError, ValueError, RecursionError)
_COLUMNS = (5, 6)  # of an event, in the first layout and today's


@dataclass(frozen=True)
class Refusal:
    """An event or a deck that is not kept: it is `changed`, `not_whole`, `unreadable` or `too_large`."""

    why: str
    of: str = "event"


def salvage(path: Path) -> Iterator[Event | Deck | Refusal]:
    """Every event and deck in a file, and a `Refusal` for each that is lost. The file is left as it is.

    `StoreError` when the file is of a newer layout (`newer`), another program's (`no_notes_in_it`), or so
    damaged that nothing in it can be read (`beyond_reading`).
    """
    with private_folder() as folder:
        copy = snapshot(path, folder)
        with closing(connect(copy)) as database:
            database.text_factory = bytes  # a changed text may be no UTF-8
            if _is_sound(database, path):
                yield from _read_tables(database, path)
                return
        if not copy.stat().st_size:
            raise StoreError("empty", path=path)
        # Looked at where it lies: it may be larger than the memory.
        with copy.open("rb") as file, closing(mmap(file.fileno(), 0, access=ACCESS_READ)) as content:
            yield from _read_pages(content, path)


def _read_pages(content: Pages, path: Path) -> Iterator[Event | Deck | Refusal]:
    has_records, refused = False, False
    for record in _carve(content):
        has_records, refused = True, refused or isinstance(record, Refusal)
        yield record
    if not has_records:
        raise StoreError("beyond_reading", path=path)
    if _is_cut_short(content) and not refused:
        yield Refusal("unreadable")  # what was behind the end may be known to nobody


def _is_sound(database: sqlite3.Connection, path: Path) -> bool:
    """True when a file can be read in order. `StoreError` when that would not be what it seems to be."""
    with suppress(*_DAMAGE):
        try:
            schema = read_schema(database)
        except SchemaTooLarge as fault:
            raise StoreError("no_notes_in_it", path=path) from fault
        if database.execute("PRAGMA user_version").fetchone()[0] > VERSION and schema:
            return True  # and refused as newer
        if names := unexpected_at_notes(schema):
            raise StoreError("altered", path=path, names=", ".join(names)[:100])
        if not are_note_tables_whole(schema):
            return False
        names_there = {item.name for item in schema}
        tables: list[str] = [name for name in ("events", "decks") if name in names_there]
        return all(_is_whole(database, table) for table in tables or ["sqlite_schema"])
    return False


def _is_whole(database: sqlite3.Connection, table: str) -> bool:
    # Of other tables there may be checks that never end.
    return database.execute(f"PRAGMA quick_check({table})").fetchone()[0] == b"ok"


def _is_cut_short(content: Pages) -> bool:
    """True when a file has fewer pages than it says (bytes 16 and 28, https://sqlite.org/fileformat.html)."""
    size, pages = int.from_bytes(content[16:18]), int.from_bytes(content[28:32])
    return len(content) < pages * (65_536 if size == 1 else size)


def _read_tables(database: sqlite3.Connection, path: Path) -> Iterator[Event | Deck | Refusal]:
    """The events and decks of a sound file."""
    columns = [row[1] for row in database.execute("PRAGMA table_info(events)")]
    if b"body" not in columns:
        raise StoreError("no_notes_in_it", path=path)
    if database.execute("PRAGMA user_version").fetchone()[0] > VERSION:
        raise StoreError("newer", path=path)
    try:
        for row in database.execute("SELECT fingerprint, body FROM decks"):
            yield _deck(*row)
    except sqlite3.DataError:
        yield Refusal("too_large", of="deck")
    yield from _read_events(database, "crc" if b"crc" in columns else "NULL")


def _read_events(database: sqlite3.Connection, crc: str) -> Iterator[Event | Refusal]:
    """Every event; of those that are longer than any of ours only their number is looked at."""
    rows = f"SELECT arrival, id, session, what, body, {crc} FROM events WHERE arrival"
    last: int | None = -(2**63)
    while last is not None:
        try:
            for number, *row in database.execute(f"{rows} > ? ORDER BY arrival", (last,)):
                last = number
                yield _event(*row)
            return
        except sqlite3.DataError:
            # Python asks for the next row before it gives one, so that one may be lost for the other.
            for _ in range(2):
                last = database.execute(
                    "SELECT min(arrival) FROM events WHERE arrival > ?", (last,)
                ).fetchone()[0]
                yield from _read_event(database, rows, last)


def _read_event(database: sqlite3.Connection, rows: str, number: int | None) -> Iterator[Event | Refusal]:
    try:
        for _, *row in database.execute(f"{rows} = ?", (number,)):
            yield _event(*row)
    except sqlite3.DataError:
        yield Refusal("too_large")


def _carve(content: Pages) -> Iterator[Event | Deck | Refusal]:
    """The events and decks on the pages of a damaged file.

    Three indexes know of every event too. One whose number two of them give, and that is nowhere to be read,
    is lost: a number that stands alone may be a damaged one.
    """
    read: set[int | bytes] = set()
    witnesses: Counter[int] = Counter()
    names: dict[int, bytes] = {}
    for record in records(content):
        match record:
            case Record(None, (bytes() as fingerprint, bytes() as body)):
                yield _deck(fingerprint, body)
            case Record(None, (bytes() as id, int() as crc, int() as number)) if crc != number:
                witnesses[number] += 1
                names[number] = id
            case Record(None, (bytes(), *_, int() as number)):
                witnesses[number] += 1
            case Record(int() as number, (None, *row)) if len(row) + 1 in _COLUMNS:
                witnesses[number] += 1
                event = _event(*row, *[None] * (5 - len(row)))
                if isinstance(event, Event):
                    read |= {number, event.id.encode()}  # its number may be damaged
                    yield event
    for number, count in witnesses.items():
        if count > 1 and number not in read and names.get(number) not in read:
            yield Refusal("unreadable")


def _event(*row: int | bytes | None) -> Event | Refusal:
    """The event of a row as it was found: id, session, what and body in bytes, and the checksum, if any."""
    try:
        *texts, crc = row
        fields = tuple(map(_decoded, texts))
        if crc is not None:
            return event_of((*fields, crc))
        return from_record(
            json.loads(fields[3]) | dict(zip(("id", "session", "what"), fields[:3], strict=True))
        )
    except _FAULTS:
        return Refusal("changed")


def _decoded(value: int | bytes | None) -> str:
    if not isinstance(value, bytes):
        raise ValueError(value)
    return value.decode()


def _deck(fingerprint: bytes, body: bytes) -> Deck | Refusal:
    with suppress(*_FAULTS):
        deck = Deck.from_record(json.loads(body))
        if deck.fingerprint == fingerprint.decode():
            return deck
    return Refusal("changed", of="deck")
