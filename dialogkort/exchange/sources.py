"""Reading sources of notes, all events: session files, folders, exports, journals and servers."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO

from dialogkort.domain.deck import Deck
from dialogkort.domain.event_ids import Id
from dialogkort.domain.event_records import from_stored_record
from dialogkort.domain.events import Event
from dialogkort.errors import StoreError
from dialogkort.exchange.json_records import EMPTY, members
from dialogkort.store import (
    FILE_NAME,
    JOURNAL_FOLDER,
    Refusal,
    Store,
    backups,
    deck_body,
    is_address,
    journal_records,
    reading,
    row_of,
    salvage,
)

EXPORT_FORMAT, EXPORT_VERSION = "dialogkort", 1
_ENDINGS = (".sqlite", ".jsonl", ".json", ".zip")
JSON_NAME = "dialogkort.json"  # in a zip or a folder with an export
_NOT_NOTES = {backups.BACKUPS, backups.DAMAGED, JOURNAL_FOLDER, "checkpoints", ".ipynb_checkpoints"}
_HOPELESS = 1_000  # so many more refused than read, and a file is none of ours
_UNPACKED = 64 * 2**20  # bytes: up to here, it may be packed as small as one likes
_TIMES_SMALLER = 100  # how much smaller notes are when they are packed; mostly it is 10 times
_FILES_IN_A_ZIP, _END_OF_A_ZIP = 1_000, 2**17
NOT_A_ZIP = (  # what Python says of one that is none
    *(KeyError, ValueError, OverflowError, EOFError, RuntimeError),  # the last: it asks for a password
    *(zipfile.BadZipFile, zlib.error, struct.error),
)
_SQLITE, _ZIP = b"SQLite format 3\x00", b"PK\x03\x04"


def source_files(sources: Iterable[str | Path]) -> Iterator[str | Path]:
    """The sources one by one: of a folder, every file in it and below it that may hold notes.

    What the store itself keeps beside a file (`backup`, `journal`, `damaged`) is left out: it is the same. So
    is a dataset that lies further down: it was collected from others, or from the sample.
    """
    for source in sources:
        if is_address(source):
            yield source
            continue
        path = Path(source).expanduser()
        files = [file for file in path.rglob("*") if _may_hold_notes(file, path)] if path.is_dir() else []
        if (file := path / FILE_NAME) not in files and backups.has_backups(file):
            files.append(file)  # it has gone: the copies beside it are read
        yield from sorted(files) or [path]


def neighbouring_copies(source: str | Path) -> list[Path]:
    """The backups and journals that a store keeps beside its file; none when the source is no such file."""
    if is_address(source) or Path(source).name != FILE_NAME:
        return []
    folder = Path(source).parent
    return [
        *sorted((folder / backups.BACKUPS).glob("*.sqlite")),
        *sorted((folder / JOURNAL_FOLDER).glob("*.jsonl")),
    ]


def display_name(source: str | Path) -> str:
    """A source as it may be shown: of an address, without the password."""
    return re.sub(r"(//[^:/@]*):[^@]*@", r"\1@", str(source)) if is_address(source) else str(source)


def contents(source: str | Path) -> Iterator[Event | Deck | Refusal]:
    """Every event and deck in a file or on a server, and a `Refusal` for each that cannot be kept.

    The source is left as it is. `StoreError` when it cannot be read at all.
    """
    if is_address(source):
        with reading(source) as store:
            yield from _read_server(store)
        return
    path = Path(source)
    try:
        yield from _read_file(path)
    except (FileNotFoundError, IsADirectoryError):
        lost = path.name == FILE_NAME and backups.has_backups(path)
        raise StoreError("gone" if lost else "nothing_kept", path=path) from None
    except OSError as fault:
        raise StoreError("failed", path=path, reason=fault.strerror or fault) from fault


def _read_server(store: Store) -> Iterator[Event | Deck | Refusal]:
    """All that is kept there; what does not read as it was written does not stop the rest."""
    changed_decks: list[str] = []
    yield from store.decks(changed_decks)
    yield from [Refusal("changed", "deck")] * len(changed_decks)
    changed_sessions: list[Id] = []
    yield from store.every_event(changed_sessions)
    yield from [Refusal("changed")] * len(changed_sessions)


def _may_hold_notes(file: Path, folder: Path) -> bool:
    between = file.relative_to(folder).parts[:-1]
    if file.suffix.lower() not in _ENDINGS or file.name == backups.DATASET or _NOT_NOTES & set(between):
        return False
    above = [folder.joinpath(*between[: depth + 1]) for depth in range(len(between))]
    return file.is_file() and not any((parent / backups.DATASET).is_file() for parent in above)


def _read_file(path: Path) -> Iterator[Event | Deck | Refusal]:
    if not path.is_file():  # a pipe would never end
        raise FileNotFoundError if not path.is_dir() else IsADirectoryError
    with path.open("rb") as file:
        start = file.read(len(_SQLITE))
    ending = path.suffix.lower()
    if not start:
        raise StoreError("empty", path=path)
    if start == _SQLITE:
        return salvage(path)
    if ending == ".jsonl":
        return _read_journal(path)
    if ending == ".json":
        return _read_export(path, lambda: path.open("rb"))
    if zipfile.is_zipfile(path):
        return _read_zip(path)
    if start.startswith(_ZIP):
        raise StoreError("cut_zip", path=path)
    return _read_damaged_file(path)


def _read_damaged_file(path: Path) -> Iterator[Event | Deck | Refusal]:
    """A file that begins like nothing we know: a session file that has lost its beginning, or none at all."""
    try:
        yield from salvage(path)
    except StoreError:
        raise StoreError("no_notes_in_it", path=path) from None


def _read_journal(path: Path) -> Iterator[Event | Deck | Refusal]:
    return _rejecting_foreign_files(
        path, (record or Refusal("not_whole") for _, record in journal_records(path))
    )


def _read_zip(path: Path) -> Iterator[Event | Deck | Refusal]:
    """The events and decks of a zip that the page has exported."""
    try:
        if not is_modest(path):
            raise StoreError("too_large", path=path)
        with zipfile.ZipFile(path) as packed:
            member = packed.getinfo(JSON_NAME)
            if member.file_size > max(_UNPACKED, _TIMES_SMALLER * member.compress_size):
                raise StoreError("too_large", path=path)
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise KeyError
            # It gives no more than it has said, whatever is packed in it.
            yield from _read_export(path, lambda: packed.open(JSON_NAME))
    except NOT_A_ZIP:
        raise StoreError("no_notes_in_it", path=path) from None


def is_modest(packed: Path, most_files: int = _FILES_IN_A_ZIP) -> bool:
    """False for a zip that lists more files than anybody exports: Python reads all of the list at once."""
    with packed.open("rb") as file:
        file.seek(max(0, packed.stat().st_size - _END_OF_A_ZIP))
        end = file.read()
    offset = end.rfind(b"PK\x05\x06")
    if offset < 0 or b"PK\x06\x07" in end[:offset]:  # no list, or one without a limit
        return False
    count, size = struct.unpack_from("<HI", end.ljust(offset + 22, b"\0"), offset + 10)
    return count <= most_files and size * _FILES_IN_A_ZIP <= _END_OF_A_ZIP * most_files


def _read_export(path: Path, start: Callable[[], IO[bytes]]) -> Iterator[Event | Deck | Refusal]:
    """The decks and events of an export. It is read twice, so that one that breaks off gives nothing."""
    fields: dict[str, object] = {}
    lists: set[str] = set()
    for name, in_a_list, value in _read_members(path, start):
        if in_a_list:
            lists.add(name)
        else:
            fields[name] = value
    if fields.get("format") != EXPORT_FORMAT or not {"decks", "events"} <= lists:
        raise StoreError("no_notes_in_it", path=path)
    version = fields.get("version")
    if not isinstance(version, int) or version > EXPORT_VERSION:
        raise StoreError("newer", path=path)
    yield from _rejecting_foreign_files(path, _export_records(path, start))


def _export_records(path: Path, start: Callable[[], IO[bytes]]) -> Iterator[Event | Deck | Refusal]:
    for name, in_a_list, record in _read_members(path, start):
        if name == "decks" and in_a_list and record is not EMPTY:
            yield _read_checked(Deck.from_record, deck_body, record, "deck")
        elif name == "events" and in_a_list and record is not EMPTY:
            yield _read_checked(from_stored_record, row_of, record, "event")


def _read_members(path: Path, start: Callable[[], IO[bytes]]) -> Iterator[tuple[str, bool, object]]:
    """The members of a JSON file, until too many are nothing that anybody exports."""
    strange = 0
    try:
        with start() as file, io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
            for member in members(text.read):
                strange += -1 if _is_known_record(member[2]) else 1
                if strange > _HOPELESS:
                    raise ValueError
                yield member
    except (ValueError, EOFError):
        raise StoreError("no_notes_in_it", path=path) from None


def _is_known_record(value: object) -> bool:
    return isinstance(value, dict) and ("what" in value or "cards" in value)


def _rejecting_foreign_files(path: Path, records: Iterable) -> Iterator[Event | Deck | Refusal]:
    """The records, until it is plain that the file is none of ours: nearly all in it is refused."""
    refused = 0
    for record in records:
        refused += 1 if isinstance(record, Refusal) else -1
        if refused > _HOPELESS:
            raise StoreError("no_notes_in_it", path=path)
        yield record


def _read_checked(read: Callable, write: Callable, record: object, kind: str) -> Event | Deck | Refusal:
    """The event or deck of a record, if it can be stored too: half a letter can be read and not written."""
    try:
        value = read(record)
        str(write(value)).encode()
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return Refusal("not_whole", kind)
    return value
