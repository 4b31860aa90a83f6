"""Ledger of publications from this machine, so that the next one can be compared with them.

One small file in the folder of notes, for this user only: digests of the groups and of what they gave, no
words and no figures. It stays when notes are erased; that is what it is for.
"""

import gzip
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from dialogkort.analysis.differencing import Snapshot, differences
from dialogkort.errors import StoreError
from dialogkort.files.durable_files import make_folder, write_atomically
from dialogkort.i18n import text
from dialogkort.store import default_folder

NAME = ".dialogkort-published"
_MAX_ENTRIES = 30  # publications; what is older has been compared with all that came after


class Entry(NamedTuple):
    """A publication: the day, and what it showed.

    Examples
    --------
    >>> Entry("2026-11-28", Snapshot([], 3, 5, {}, {}, {}, [], {})).day
    '2026-11-28'
    """

    day: str
    shown: Snapshot


def read(folder: str | Path | None = None) -> list[Entry]:
    """What was published, the oldest first.

    Parameters
    ----------
    folder : str or Path, optional
        Where the ledger lies; the folder of notes when left out.

    Returns
    -------
    list of Entry

    Raises
    ------
    ValueError
        The file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> read(tempfile.mkdtemp())
    []
    """
    path = _path(folder)
    if not path.is_file():
        return []
    try:
        records = json.loads(gzip.decompress(path.read_bytes()))
        return [Entry(day, Snapshot(*fields)) for day, fields in records]
    except (OSError, EOFError, ValueError, TypeError) as fault:
        raise ValueError(text("disclosure.ledger_damaged", path=path)) from fault


def conflicts(entries: Iterable[Entry], new: Snapshot) -> dict[str, list[str]]:
    """By day, the areas of which an earlier publication and this one together may show a figure over few.

    Parameters
    ----------
    entries : iterable of Entry
        What was published.
    new : Snapshot
        What is to be published.

    Returns
    -------
    dict of str to list of str
        By day, the areas; empty when all may be published.

    Examples
    --------
    >>> shown = Snapshot(["unit"], 3, 5, {}, {}, {}, [], {})
    >>> conflicts([Entry("2026-11-28", shown)], shown)
    {}
    """
    by_day: dict[str, list[str]] = {}
    for entry in entries:
        if areas := differences(entry.shown, new):
            by_day[entry.day] = sorted({*by_day.get(entry.day, []), *areas})
    return by_day


def record(new: Snapshot, folder: str | Path | None = None) -> None:
    """Remember a publication. The same again is remembered once.

    Parameters
    ----------
    new : Snapshot
        What is published.
    folder : str or Path, optional
        Where the ledger lies; the folder of notes when left out.

    Raises
    ------
    ValueError
        The file cannot be read.
    StoreError
        The folder cannot be written in.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> shown = Snapshot(["unit"], 3, 5, {}, {}, {}, [], {})
    >>> record(shown, folder)
    >>> record(shown, folder)
    >>> len(read(folder))
    1
    """
    entries = [entry for entry in read(folder) if entry.shown != new]
    entries = [*entries, Entry(datetime.now(UTC).date().isoformat(), new)][-_MAX_ENTRIES:]
    content = json.dumps(entries, ensure_ascii=False, separators=(",", ":")).encode()
    path = _path(folder)
    try:
        make_folder(path.parent)
        write_atomically(path, gzip.compress(content, mtime=0))
    except OSError as fault:
        raise StoreError("no_folder", path=path.parent, reason=fault.strerror or fault) from fault


def _path(folder: str | Path | None) -> Path:
    return (Path(folder).expanduser() if folder is not None else default_folder()) / NAME
