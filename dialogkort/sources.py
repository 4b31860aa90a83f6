"""What a source of notes holds: a session file, a folder, an export, a journal or a server, all events."""

import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from dialogkort.deck import Deck
from dialogkort.events import Event, from_stored_record
from dialogkort.store import FILE_NAME, StoreProblem, is_address, reading
from dialogkort.store.copies import BACKUPS, DAMAGED, DATASET, traces
from dialogkort.store.journal import FOLDER as JOURNALS
from dialogkort.store.journal import lines_of
from dialogkort.store.keeping import deck_body, row_of
from dialogkort.store.salvage import Refusal, salvage

EXPORT_FORMAT, EXPORT_VERSION = "dialogkort", 1
_ENDINGS = (".sqlite", ".jsonl", ".json", ".zip")
JSON_NAME = "dialogkort.json"  # in a zip or a folder with an export
_NOT_NOTES = {BACKUPS, DAMAGED, JOURNALS, "checkpoints", ".ipynb_checkpoints"}
_SQLITE, _ZIP = b"SQLite format 3\x00", b"PK\x03\x04"


def each(sources: Iterable[str | Path]) -> Iterator[str | Path]:
    """The sources one by one: of a folder, every file in it and below it that may hold notes.

    What the store itself keeps beside a file (`backup`, `journal`, `damaged`) is left out: it is the same. So
    is a dataset that lies further down: it was collected from others, or from the sample.
    """
    for source in sources:
        if is_address(source):
            yield source
            continue
        path = Path(source).expanduser()
        found = [file for file in path.rglob("*") if _may_hold_notes(file, path)] if path.is_dir() else []
        if (file := path / FILE_NAME) not in found and traces(file):
            found.append(file)  # it has gone: the copies beside it are read
        yield from sorted(found) or [path]


def copies_beside(source: str | Path) -> list[Path]:
    """The backups and journals that a store keeps beside its file; none when the source is no such file."""
    if is_address(source) or Path(source).name != FILE_NAME:
        return []
    folder = Path(source).parent
    return [*sorted((folder / BACKUPS).glob("*.sqlite")), *sorted((folder / JOURNALS).glob("*.jsonl"))]


def shown(source: str | Path) -> str:
    """A source as it may be shown: of an address, without the password."""
    return re.sub(r"(//[^:/@]*):[^@]*@", r"\1@", str(source)) if is_address(source) else str(source)


def contents(source: str | Path) -> Iterator[Event | Deck | Refusal]:
    """Every event and deck in a file or on a server, and a `Refusal` for each that cannot be kept.

    The source is left as it is. `StoreProblem` when it cannot be read at all.
    """
    if is_address(source):
        with reading(source) as store:
            yield from store.decks()
            yield from store.every_event()
        return
    path = Path(source)
    try:
        yield from _in_a_file(path)
    except (FileNotFoundError, IsADirectoryError):
        lost = path.name == FILE_NAME and traces(path)
        raise StoreProblem("gone" if lost else "nothing_kept", path=path) from None
    except OSError as fault:
        raise StoreProblem("failed", path=path, reason=fault.strerror or fault) from fault


def _may_hold_notes(file: Path, folder: Path) -> bool:
    between = file.relative_to(folder).parts[:-1]
    if file.suffix.lower() not in _ENDINGS or file.name == DATASET or _NOT_NOTES & set(between):
        return False
    above = [folder.joinpath(*between[: depth + 1]) for depth in range(len(between))]
    return file.is_file() and not any((one / DATASET).is_file() for one in above)


def _in_a_file(path: Path) -> Iterator[Event | Deck | Refusal]:
    if path.is_dir():
        raise IsADirectoryError
    with path.open("rb") as file:
        start = file.read(len(_SQLITE))
    ending = path.suffix.lower()
    if not start:
        raise StoreProblem("empty", path=path)
    if start == _SQLITE:
        return salvage(path)
    if ending == ".jsonl":
        return _in_a_journal(path)
    if ending == ".json":
        return _in_an_export(path, path.read_bytes())
    if zipfile.is_zipfile(path):
        return _in_a_zip(path)
    if start.startswith(_ZIP):
        raise StoreProblem("cut_zip", path=path)
    return _in_what_was_a_database(path)


def _in_what_was_a_database(path: Path) -> Iterator[Event | Deck | Refusal]:
    """A file that begins like nothing we know: a session file that has lost its beginning, or none at all."""
    try:
        yield from salvage(path)
    except StoreProblem:
        raise StoreProblem("no_notes_in_it", path=path) from None


def _in_a_journal(path: Path) -> Iterator[Event | Deck | Refusal]:
    for _, told in lines_of(path.read_bytes()):
        yield told or Refusal("not_whole")


def _in_a_zip(path: Path) -> Iterator[Event | Deck | Refusal]:
    """What the page hands over."""
    try:
        with zipfile.ZipFile(path) as packed:
            content = packed.read(JSON_NAME)
    except (KeyError, zipfile.BadZipFile, zlib.error):
        raise StoreProblem("no_notes_in_it", path=path) from None
    yield from _in_an_export(path, content)


def _in_an_export(path: Path, content: bytes) -> Iterator[Event | Deck | Refusal]:
    try:
        export = json.loads(content.decode("utf-8-sig"))
        if export["format"] != EXPORT_FORMAT:
            raise KeyError
        version, decks, events = export["version"], list(export["decks"]), list(export["events"])
    except (KeyError, TypeError, ValueError, RecursionError):
        raise StoreProblem("no_notes_in_it", path=path) from None
    if not isinstance(version, int) or version > EXPORT_VERSION:
        raise StoreProblem("newer", path=path)
    for record in decks:
        yield _made(Deck.from_record, deck_body, record, "deck")
    for record in events:
        yield _made(from_stored_record, row_of, record, "event")


def _made(read: Callable, write: Callable, record: object, of: str) -> Event | Deck | Refusal:
    """What a record tells, if it can be kept just so: half a letter, say, can be read and not written."""
    try:
        made = read(record)
        str(write(made)).encode()
    except (AttributeError, KeyError, TypeError, ValueError):
        return Refusal("not_whole", of)
    return made
