"""The journal, a second copy of all events: a file of JSON lines per process, beside the SQLite file.

A damaged database gives back little or nothing; of a damaged text file only the damaged lines are lost. So
every event is written here before it is committed there, both are on the disk before it is
acknowledged, and what a database has lost is read from here again.
"""

import json
import os
import re
import secrets
import time
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import ExitStack
from io import FileIO
from pathlib import Path

from dialogkort.domain.deck import Deck
from dialogkort.domain.erasures import is_covered
from dialogkort.domain.event_ids import Id
from dialogkort.domain.event_records import from_stored_record
from dialogkort.domain.events import Event
from dialogkort.files.durable_files import sync_folder, write_atomically
from dialogkort.files.permissions import private_opener
from dialogkort.store.base import row_of

JOURNAL_FOLDER = "journal"
# A line as `_line` writes it: the id first, the checksum last; and the beginning of a deck's line.
_EVENT_KEY = re.compile(rb'\{"id": "([0-9a-f-]{36})".*"crc": (\d+)\}')
_CHECKSUM = re.compile(rb', "crc": (\d{1,10})\}\s*\Z')
_DECK = b'{"deck": '
_LONGEST = 8 * 2**20  # bytes of a line


class Journal:
    """The lines that one process writes, in a file of its own. A file is made with the first line."""

    def __init__(self, folder: Path):
        self.path = folder / f"{_stamp()}-{secrets.token_hex(4)}.jsonl"

    def write(self, rows: Iterable[dict], decks: Iterable[Deck] = ()) -> Callable[[], None]:
        """Add events (as rows of a store) and decks; they are on the disk when what this returns was called.

        That may be on another thread, and is to be done once.
        """
        lines = [_deck_line(deck) for deck in decks] + [_line(row) for row in rows]
        new = not self.path.exists()
        if new:
            self.path.parent.mkdir(0o700, exist_ok=True)
            sync_folder(self.path.parent.parent)
        # Opened anew each time: Windows lets nobody move or replace a file that is held open.
        with ExitStack() as opened:
            file = opened.enter_context(open(self.path, "ab+", buffering=0, opener=private_opener))
            # After a line that broke off (a full disk) the next one must not be glued to it.
            content = (b"" if _ends_whole(file) else b"\n") + "".join(lines).encode()
            if file.write(content) != len(content):
                raise OSError(28, os.strerror(28))
            opened.pop_all()
        return lambda: _sync(file, self.path.parent if new else None)


def _sync(file: FileIO, folder: Path | None) -> None:
    with file:
        os.fsync(file.fileno())
    if folder:
        sync_folder(folder)


def parse_journal(content: bytes) -> Iterator[tuple[bytes, Event | Deck | None]]:
    """Every line of a journal: its bytes, and its event or deck (None when it is not whole)."""
    for line in content.split(b"\n"):
        if line.strip():
            yield line, _read(line)


def journal_records(path: Path) -> Iterator[tuple[bytes, Event | Deck | None]]:
    """As `parse_journal`, of a file of any size. A line that is longer than any of ours is not whole."""
    with path.open("rb") as file:
        while line := file.readline(_LONGEST):
            cut = len(line) == _LONGEST and not line.endswith(b"\n")
            while cut and (rest := file.readline(_LONGEST)) and not rest.endswith(b"\n"):
                pass
            if line.strip():
                line = line.removesuffix(b"\n")
                yield line, None if cut else _read(line)


def event_keys(path: Path) -> set[tuple[str, int]] | None:
    """The id and checksum of every event in a journal, without a closer look; None when a line has none."""
    keys = set()
    with path.open("rb") as file:
        while line := file.readline(_LONGEST):
            if line.startswith(_DECK):
                continue
            if not (match := _EVENT_KEY.fullmatch(line.rstrip(b"\r\n"))):
                return None
            keys.add((match[1].decode(), int(match[2])))
    return keys


def remove_erased(folder: Path, erased: Container[tuple[Id, Id | None]]) -> None:
    """Rewrite all journals in a folder without what was erased. A line that is not whole goes too."""
    for left_by_a_crash in folder.glob("*.new"):
        left_by_a_crash.unlink()
    for path in sorted(folder.glob("*.jsonl")):
        if not all(_survives(record, erased) for _, record in journal_records(path)):
            write_atomically(
                path, (line + b"\n" for line, record in journal_records(path) if _survives(record, erased))
            )


def _survives(record: Event | Deck | None, erased: Container[tuple[Id, Id | None]]) -> bool:
    return isinstance(record, Deck) or (record is not None and not is_covered(record, erased))


def _line(row: dict) -> str:
    fields = json.dumps({name: row[name] for name in ("id", "session", "what")}, ensure_ascii=False)
    content = fields[:-1] + (", " + row["body"][1:-1] if row["body"] != "{}" else "")
    return f'{content}, "crc": {row["crc"]}}}\n'  # whatever else is called so in an event


def _deck_line(deck: Deck) -> str:
    fields = {"deck": deck.to_record(), "fingerprint": deck.fingerprint}
    return json.dumps(fields, ensure_ascii=False) + "\n"


def _read(line: bytes) -> Event | Deck | None:
    try:
        if line.startswith(_DECK):
            record = json.loads(line.decode())
            deck = Deck.from_record(record["deck"])
            return deck if deck.fingerprint == record["fingerprint"] else None
        if not (checksum := _CHECKSUM.search(line)):
            return None
        event = from_stored_record(json.loads(line[: checksum.start()].decode() + "}"))
        return event if row_of(event)["crc"] == int(checksum[1]) else None
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return None


def _ends_whole(file: FileIO) -> bool:
    if not file.tell():
        return True
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def _stamp() -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
