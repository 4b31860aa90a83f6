"""Does LibreOffice in Danish open the workbook and the CSV files as they are, with nothing calculated?

    python tests/trials/libreoffice.py            # a minute; needs LibreOffice Calc (soffice) on the PATH

A session with text that tries to be something else is written as a workbook and as CSV. LibreOffice opens
each file with a profile of its own whose locale is Danish, in a process without a screen, and saves what it
sees as .xlsx, which openpyxl reads: text letter for letter (æøå, line breaks), numbers as numbers, days as
days, and no cell a formula. The CSV files are opened with the separator of Danish Excel, and then with every
other, with formulas allowed; a formula that nothing was done about is the control. Exit code 1: something was
read otherwise. 77: no LibreOffice.
"""

import argparse
import csv
import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import openpyxl
import pandas as pd

from dialogkort import read_all
from dialogkort.decks.reading import read_deck
from dialogkort.domain.events import Agreement, NoteKind
from dialogkort.exports.csv_files import as_csv
from dialogkort.exports.excel import as_workbook, sheets_as_csv
from dialogkort.exports.tables import heading, readable_tables
from dialogkort.frames.sessions import Frames
from dialogkort.i18n import text
from dialogkort.sessions.session import start
from dialogkort.store import open_store

CANNOT_RUN = 77
WORDS = (
    "=1+1",
    "- et punkt\n- et til",
    "+45 12 34 56 78",
    "@SUM(1;2)",
    "\t=1+1",
    "\u200b=1+1",
    "ja;=1+1,=2+2\t=3+3|=4+4\n=5+5",
    'han sagde "=1+1"; og så',
    '=HYPERLINK("http://eksempel.dk";"tryk")',
    "æøåÆØÅ ”é” – €",
    "første\nanden\n\nfjerde",
    "👩🏽‍🏫 😀 שלום",
    "  rum foran og bag  ",
)
SEPARATORS = {"semicolon": 59, "comma": 44, "tab": 9, "pipe": 124, "colon": 58, "space": 32}
UTF8, DANISH = 76, 1030
LOCALE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">
<value>da-DK</value></prop></item>
</oor:items>
"""


class Calc:
    """LibreOffice with a profile of its own, in Danish."""

    def __init__(self, program: str, folder: Path):
        self._program, self._folder = program, folder
        self._profile = folder / "profile"
        (self._profile / "user").mkdir(parents=True)
        (self._profile / "user" / "registrymodifications.xcu").write_text(LOCALE, encoding="utf-8")

    def rows(self, name: str, content: bytes, options: str = "") -> dict[str, list[tuple]]:
        """The cells of each sheet as it reads a file; a formula is a text that begins with FORMULA."""
        source, goal = self._folder / "in" / name, self._folder / "out"
        source.parent.mkdir(exist_ok=True)
        source.write_bytes(content)
        command = [
            self._program,
            f"-env:UserInstallation={self._profile.as_uri()}",
            "--headless",
            "--norestore",
        ]
        command += [f"--infilter={options}"] if options else []
        command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(goal), str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        book = openpyxl.load_workbook(goal / Path(name).with_suffix(".xlsx"))
        return {sheet.title: [tuple(map(_value, row)) for row in sheet.iter_rows()] for sheet in book}


def _value(cell: openpyxl.cell.Cell) -> object:
    return f"FORMULA {cell.value}" if cell.data_type == "f" else cell.value


def csv_options(separator: int, formulas: bool) -> str:
    """How a CSV is opened: in UTF-8 and Danish, numbers and days recognised, formulas calculated or not."""
    return f"CSV:{separator},34,{UTF8},1,,{DANISH},false,true,false,false,0,{str(formulas).lower()}"


def frames_of(folder: Path) -> Frames:
    """A session in which everything that can be a formula is said."""
    with closing(open_store(folder)) as store:
        session = start(
            store,
            read_deck(),
            workshop="=W",
            organisation="Ærø",
            group="+1",
            date="2026-07-02",
            participants=7,
        )
        first = session.table.face_down[0]
        session.turn(first)
        session.discuss(first, Agreement.DIFFERENTLY)
        for words in WORDS:
            session.note(words, card=first)
        session.note("=Ring", card=first, kind=NoteKind.NEXT_STEP, owner="@it", due="2026-12-01")
    frames = read_all(folder)
    return frames._replace(turns=frames.turns.assign(minutes=1234.5))


def differences(name: str, expected: list[tuple], seen: list[tuple]) -> Iterator[str]:
    """A sentence on each cell that reads otherwise."""
    print(f"{name}: {sum(map(len, expected))} cells")
    if len(expected) != len(seen):
        yield f"{name}: {len(seen)} rows, not {len(expected)}"
    for number, (wanted_row, seen_row) in enumerate(zip(expected, seen, strict=False), start=1):
        for column, (wanted, value) in enumerate(zip(wanted_row, seen_row, strict=False), start=1):
            if not _is_same(wanted, value):
                yield f"{name}, row {number}, column {column}: {value!r}, not {wanted!r}"


def _is_same(wanted: object, seen: object) -> bool:
    if wanted is None or wanted is pd.NaT or wanted is pd.NA or wanted == "":
        return seen in (None, "")
    if isinstance(wanted, datetime):
        return isinstance(seen, datetime) and abs((seen - wanted).total_seconds()) < 1
    if isinstance(wanted, str):
        return isinstance(seen, str) and seen.replace("\r\n", "\n") == wanted
    return isinstance(seen, int | float) and abs(seen - wanted) < 1e-6


def check_workbook(calc: Calc, frames: Frames) -> Iterator[str]:
    seen = calc.rows("noter.xlsx", as_workbook(frames))
    for name, table in readable_tables(frames).items():
        sheet = text(f"spreadsheet.sheet.{name}")
        expected = [tuple(heading(column) for column in table), *_rows(table)]
        yield from differences(f"workbook, {sheet}", expected, seen[sheet])


def _rows(table: pd.DataFrame) -> list[tuple]:
    rows = table.astype("object").where(table.notna(), None).itertuples(index=False, name=None)
    return [
        tuple(value.to_pydatetime() if isinstance(value, pd.Timestamp) else value for value in row)
        for row in rows
    ]


def check_csv(calc: Calc, frames: Frames) -> Iterator[str]:
    """With semicolons, as a double click would: days and numbers by their columns, else as it is written."""
    tables = readable_tables(frames)
    files = sheets_as_csv(frames)
    for (name, table), (file, content) in zip(tables.items(), files.items(), strict=True):
        written = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
        kinds = [None, *(column.dtype.kind for _, column in table.items())][1:]
        expected = [tuple(written[0])]
        for cells, row in zip(written[1:], _rows(table), strict=True):
            expected.append(tuple(_read(*pair) for pair in zip(cells, row, kinds, strict=True)))
        (seen,) = calc.rows(f"{name}.csv", content, csv_options(59, formulas=False)).values()
        yield from differences(f"CSV {file}", expected, seen)


def _read(cell: str, value: object, kind: str) -> object:
    """What a cell should be read as: what the table holds where that is a number or a day."""
    if kind in "iufM":
        return value
    return cell.replace("\r\n", "\n")


def check_formulas(calc: Calc, frames: Frames) -> Iterator[str]:
    """With any separator, and formulas allowed, there is none."""
    content = as_csv(frames.notes)
    for name, separator in SEPARATORS.items():
        (seen,) = calc.rows(f"{name}.csv", content, csv_options(separator, formulas=True)).values()
        cells = [cell for row in seen for cell in row]
        yield from (f"{name}: {cell}" for cell in cells if str(cell).startswith("FORMULA"))


def control(calc: Calc) -> bool:
    """True when a formula that nothing was done about is seen as one."""
    (seen,) = calc.rows("control.csv", b"a;b\r\n=1+1;x\r\n", csv_options(59, formulas=True)).values()
    return str(seen[1][0]).startswith("FORMULA")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--soffice", default=shutil.which("soffice") or shutil.which("libreoffice"))
    options = parser.parse_args()
    if not options.soffice:
        print("LibreOffice is not there (soffice)")
        return CANNOT_RUN
    with tempfile.TemporaryDirectory() as folder:
        calc = Calc(options.soffice, Path(folder))
        frames = frames_of(Path(folder) / "noter")
        print(f"a formula is seen as one: {control(calc)}")
        faults = []
        for check in (check_workbook, check_csv, check_formulas):
            differing = list(check(calc, frames))
            print(f"{check.__name__}: {len(differing)} read otherwise", *differing, sep="\n  ", flush=True)
            faults += differing
        return int(bool(faults) or not control(calc))


if __name__ == "__main__":
    sys.exit(main())
