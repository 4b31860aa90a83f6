"""A way out at any moment: everything as CSV for a spreadsheet and JSON for a program, in a folder or a zip.

Nothing has to be ended for it, and the JSON can be brought back with `merge`. What the files hold is told in
the file beside them, in the user's language.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dialogkort.events import to_record
from dialogkort.frames import read
from dialogkort.sources import EXPORT_FORMAT, EXPORT_VERSION, JSON_NAME
from dialogkort.store import Store, StoreProblem, default_place, reading
from dialogkort.store.disk import replace
from dialogkort.texts import text

if TYPE_CHECKING:
    import pandas as pd

# A spreadsheet takes a cell that begins so for a formula, and a note may begin with a dash.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export(
    into: str | Path, where: str | Path | None = None, sessions: Iterable[str] | None = None
) -> list[Path]:
    """Write all that is kept (or some sessions, by id) as files into a folder; returns their paths.

    `where` is a folder, a file or a server's address (`~/Dialogkort` when left out). `StoreProblem` when
    nothing is there, or the folder cannot be written in; `Refused` when there is no such session. A file of
    the same name is replaced.
    """
    with reading(where if where is not None else default_place()) as store:
        files = as_files(store, sessions)
    folder = Path(into).expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            replace(folder / name, content)
    except OSError as fault:
        raise StoreProblem("no_folder", path=folder, reason=fault.strerror or fault) from fault
    return [folder / name for name in files]


def as_zip(store: Store, sessions: Iterable[str] | None = None) -> bytes:
    """The same files in one zip, as the page hands it over."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in as_files(store, sessions).items():
            archive.writestr(name, content)
    return packed.getvalue()


def as_files(store: Store, sessions: Iterable[str] | None = None) -> dict[str, bytes]:
    """Name and content of every file: four tables, everything as JSON, and what is in them."""
    sessions = None if sessions is None else list(sessions)
    frames = read(store, sessions)
    tables = {f"{name}.csv": as_csv(frame) for name, frame in frames._asdict().items()}
    return {
        text("export.about_name"): text("export.about").lstrip().replace("\n", "\r\n").encode("utf-8-sig"),
        **tables,
        JSON_NAME: as_json(store, sessions),
    }


def as_csv(frame: pd.DataFrame) -> bytes:
    """A table as a Danish spreadsheet reads it: semicolons, decimal comma, UTF-8 with its mark, times in UTC.

    A text that a spreadsheet would take for a formula gets an apostrophe in front; the JSON has it as it is.
    """
    harmless = frame.copy()
    for name, column in frame.items():
        if column.dtype == "string":
            harmless[name] = column.where(~column.str.startswith(_FORMULA).fillna(False), "'" + column)
        elif column.dtype == "datetime64[s]":
            harmless[name] = column.dt.strftime("%Y-%m-%d")  # a day has no hour
    return harmless.to_csv(
        index=False,
        sep=";",
        decimal=",",
        float_format="%.4f",
        date_format="%Y-%m-%d %H:%M:%S",
        lineterminator="\r\n",
        quoting=csv.QUOTE_MINIMAL,
    ).encode("utf-8-sig")


def as_json(store: Store, sessions: Iterable[str] | None = None) -> bytes:
    """Every event and every deck, as they are kept: what `merge` takes in again."""
    wanted = None if sessions is None else set(sessions)
    told = {
        "format": EXPORT_FORMAT,
        "version": EXPORT_VERSION,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "decks": [deck.to_record() for deck in store.decks()],
        "events": [
            to_record(event) for event in store.every_event() if wanted is None or event.session in wanted
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()
