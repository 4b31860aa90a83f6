"""What can still be read of a SQLite file, be it damaged, cut short or of an old layout.

Nothing is taken on trust: an event that does not agree with its checksum is refused, and so is a deck that
does not agree with its fingerprint.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from dialogkort.deck import Deck
from dialogkort.events import Event, from_record
from dialogkort.store.carving import Record, records
from dialogkort.store.copies import snapshot
from dialogkort.store.keeping import StoreProblem, event_of
from dialogkort.store.schema import VERSION
from dialogkort.store.temporary import private_folder

_DAMAGE = (sqlite3.DatabaseError, UnicodeDecodeError)  # the latter when a message quotes a damaged place
_FAULTS = (AttributeError, KeyError, TypeError, ValueError, RecursionError)
_COLUMNS = (5, 6)  # of an event, in the first layout and today's


@dataclass(frozen=True)
class Refusal:
    """An event or a deck in a source that cannot be kept: it is `changed`, `not_whole` or `unreadable`."""

    why: str
    of: str = "event"


def salvage(path: Path) -> Iterator[Event | Deck | Refusal]:
    """Every event and deck in a file, and a `Refusal` for each that is lost. The file is left as it is.

    `StoreProblem` when the file is of a newer layout (`newer`), another program's (`no_notes_in_it`), or so
    damaged that nothing in it can be read (`beyond_reading`).
    """
    with private_folder() as folder:
        copy = snapshot(path, folder)
        with closing(sqlite3.connect(copy, isolation_level=None)) as database:
            database.text_factory = bytes  # a changed text may be no UTF-8
            if _is_sound(database):
                yield from _in_order(database, path)
                return
        content = copy.read_bytes()
    found = list(_carved(content))
    if not found:
        raise StoreProblem("beyond_reading", path=path)
    yield from found
    if _is_cut_short(content) and not any(isinstance(one, Refusal) for one in found):
        yield Refusal("unreadable")  # what was behind the end may be known to nobody


def _is_sound(database: sqlite3.Connection) -> bool:
    with suppress(*_DAMAGE):
        return database.execute("PRAGMA quick_check(1)").fetchone()[0] == b"ok"
    return False


def _is_cut_short(content: bytes) -> bool:
    """True when a file has fewer pages than it says (bytes 16 and 28, https://sqlite.org/fileformat.html)."""
    size, pages = int.from_bytes(content[16:18]), int.from_bytes(content[28:32])
    return len(content) < pages * (65_536 if size == 1 else size)


def _in_order(database: sqlite3.Connection, path: Path) -> Iterator[Event | Deck | Refusal]:
    """What a sound file holds."""
    columns = [row[1] for row in database.execute("PRAGMA table_info(events)")]
    if b"body" not in columns:
        raise StoreProblem("no_notes_in_it", path=path)
    if database.execute("PRAGMA user_version").fetchone()[0] > VERSION:
        raise StoreProblem("newer", path=path)
    for row in database.execute("SELECT fingerprint, body FROM decks"):
        yield _deck(*row)
    crc = "crc" if b"crc" in columns else "NULL"
    for row in database.execute(f"SELECT id, session, what, body, {crc} FROM events ORDER BY arrival"):
        yield _event(*row)


def _carved(content: bytes) -> Iterator[Event | Deck | Refusal]:
    """What stands on the pages of a damaged file.

    Three indexes know of every event too. One whose number two of them give, and that is nowhere to be read,
    is lost: a number that stands alone may be a damaged one.
    """
    read, witnesses, names = set(), Counter(), {}
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
                    read |= {number, row[0]}  # its number may be damaged
                    yield event
    for number, count in witnesses.items():
        if count > 1 and not {number, names.get(number)} & read:
            yield Refusal("unreadable")


def _event(id: bytes, session: bytes, what: bytes, body: bytes, crc: int | None) -> Event | Refusal:
    try:
        told = (id.decode(), session.decode(), what.decode(), body.decode())
        if crc is not None:
            return event_of((*told, crc))
        return from_record(json.loads(told[3]) | dict(zip(("id", "session", "what"), told[:3], strict=True)))
    except _FAULTS:
        return Refusal("changed")


def _deck(fingerprint: bytes, body: bytes) -> Deck | Refusal:
    with suppress(*_FAULTS):
        deck = Deck.from_record(json.loads(body))
        if deck.fingerprint == fingerprint.decode():
            return deck
    return Refusal("changed", of="deck")
