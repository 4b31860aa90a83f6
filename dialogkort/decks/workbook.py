"""The rows of a workbook (.xlsx, .xls, .ods), or why it has none: run in a process that may be killed.

A file of 2 KB can make its reader ask for 550 GB and abort (tafia/calamine#693), because a sheet is laid out
from its first to its last cell. So what is unpacked and how far a sheet reaches is measured first, where the
file is a zip; whatever slips through meets the limits of the process (`dialogkort.worker_process`).
"""

import posixpath
import zipfile
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypedDict
from xml.etree import ElementTree
from xml.parsers import expat

from dialogkort.i18n.formats import day_in_numbers

_ZIP = b"PK\x03\x04"
_ODS_PART = "content.xml"
_MAX_UNPACKED_BYTES = 64 << 20  # bytes of XML
_MAX_CELLS_LAID_OUT = 1_000_000  # cells from the first to the last of a sheet, empty ones too
_MAX_ROWS = 10_000  # of a deck that hold something; the shipped one has 36, with 7 cells each
_MAX_CELLS = 100_000
_MAX_COLUMNS = 256
_MAX_LETTERS = 8_000_000
_MAX_SHEET_ROWS = 1 << 20
_CHUNK = 1 << 16
_TRUE = ("1", "true")

NO_RESULT = "="  # what a cell holds whose formula was never calculated

Cell = str | list[str]  # a list of one: what the spreadsheet program made of something typed
Rows = list[tuple[int, list[Cell]]]
Errors = dict[int, dict[int, str]]  # by row and column from 1: calamine gives them as empty or as texts
Merge = tuple[int, int, int]  # its column, its first row and its last, counted from 1


class SheetRows(TypedDict):
    """A worksheet: its rows that hold something, each with its number, and what of it cannot be seen."""

    name: str
    hidden: bool
    rows: Rows
    hidden_rows: list[int]


class Unreadable(Exception):
    """Why a workbook cannot be read, as the key of a text: too_large, locked_workbook or broken_workbook."""


@dataclass
class _Marks:
    """What calamine does not tell of a sheet."""

    errors: Errors = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)


def rows(file: str) -> list[SheetRows]:
    """The rows that hold something of each sheet, each with the row's number as the program shows it.

    What cells were merged over several rows holds for each of them.

    Parameters
    ----------
    file : str
        The path of the workbook.

    Returns
    -------
    list of SheetRows
        One for each sheet, in order. A cell is its trimmed text; a date, a truth value or an error is a list
        with its text, a formula without a result a list with `NO_RESULT`.

    Raises
    ------
    Unreadable
        The workbook is too large, has a password or is damaged.
    """
    with Path(file).open("rb") as opened:
        is_zip = opened.read(len(_ZIP)) == _ZIP
    try:
        return _read(file, _measured(file) if is_zip else {})
    except (Unreadable, MemoryError):
        raise
    except Exception as fault:  # a broken workbook fails in any way of zipfile's, XML's or calamine's
        raise Unreadable("broken_workbook" if is_zip else "locked_workbook") from fault


def _read(file: str, marks: dict[str, _Marks]) -> list[SheetRows]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum, load_workbook

    budget = Budget()
    with load_workbook(file) as book:
        return [
            _sheet(
                book.get_sheet_by_name(sheet.name),
                marks.get(sheet.name) or _Marks(),
                budget,
                hidden=sheet.visible != SheetVisibleEnum.Visible,
            )
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet
        ]


def _sheet(sheet, marks: _Marks, budget: "Budget", *, hidden: bool) -> SheetRows:
    rows = list(budget.spent_on(_rows(sheet, marks.errors)))
    _fill_merged(rows, marks.merges or _merges(sheet))
    hidden_rows = [line for line, _ in rows if line in marks.hidden_rows]
    return {"name": sheet.name, "hidden": hidden, "rows": rows, "hidden_rows": hidden_rows}


def _rows(sheet, errors: Errors) -> Iterator[tuple[int, list[Cell]]]:
    """The rows from the first to the last with a value; those that hold nothing but errors besides."""
    first_row, first_column = sheet.start or (0, 0)
    last_row = first_row
    yield from _rows_of_errors(errors, 1, first_row)
    for last_row, values in enumerate(_values(sheet), first_row + 1):
        cells: list[Cell] = [""] * first_column
        cells += map(_typed, values)
        yield last_row, _with_errors(cells, errors, last_row)
    yield from _rows_of_errors(errors, last_row + 1, _MAX_SHEET_ROWS)


def _values(sheet) -> Iterable[list]:
    return sheet.to_python(skip_empty_area=True) if sheet.start is not None else ()


def _rows_of_errors(errors: Errors, first: int, last: int) -> Iterator[tuple[int, list[Cell]]]:
    return ((line, _with_errors([], errors, line)) for line in sorted(errors) if first <= line <= last)


def _with_errors(cells: list[Cell], errors: Errors, line: int) -> list[Cell]:
    by_column = errors.get(line, {})
    cells += [""] * (min(max(by_column, default=0), _MAX_COLUMNS + 1) - len(cells))
    for column in by_column:
        if column <= len(cells):
            cells[column - 1] = [by_column[column]]
    return cells


def _merges(sheet) -> list[Merge]:
    """The cells merged over several rows, as calamine knows them of an .xls."""
    ranges = sheet.merged_cell_ranges or ()
    return [(left + 1, top + 1, bottom + 1) for (top, left), (bottom, _) in ranges if bottom > top]


def _fill_merged(rows: Rows, merges: list[Merge]) -> None:
    """Write what cells were merged over into each of their rows that holds something."""
    if len(merges) > _MAX_ROWS:
        raise Unreadable("too_large")
    lines = [line for line, _ in rows]
    for column, top, bottom in merges:
        first, end = bisect_left(lines, top), bisect_right(lines, bottom)
        if first == end or lines[first] != top or len(rows[first][1]) < column:
            continue
        value = rows[first][1][column - 1]
        for _, cells in rows[first + 1 : end]:
            cells += [""] * (column - len(cells))
            cells[column - 1] = cells[column - 1] or value


class Budget:
    """A budget for reading a file: rows, cells that hold something, and letters."""

    def __init__(self):
        self._rows, self._cells, self._letters = _MAX_ROWS, _MAX_CELLS, _MAX_LETTERS

    def spent_on(self, rows: Iterable[tuple[int, list[Cell]]]) -> Iterator[tuple[int, list[Cell]]]:
        """The rows that hold something, trimmed, without empty cells at their end.

        `Unreadable` when they are too many, too wide or too long.
        """
        for line, cells in rows:
            row = _without_empty_end(cells)
            if len(row) > _MAX_COLUMNS:
                raise Unreadable("too_large")
            row = _without_empty_end([_trimmed(cell) for cell in row])
            if row:
                self._spend(row)
                yield line, row

    def _spend(self, row: list[Cell]) -> None:
        self._rows -= 1
        self._cells -= sum(map(bool, row))
        self._letters -= sum(map(len, row))
        if min(self._rows, self._cells, self._letters) < 0:
            raise Unreadable("too_large")


def _trimmed(cell: Cell) -> Cell:
    """A cell without blanks around it, and with one kind of line break."""
    return "\n".join(cell.splitlines()).strip() if isinstance(cell, str) else cell


def _without_empty_end(cells: list[Cell]) -> list[Cell]:
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end]


def _typed(value: object) -> Cell:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return [str(value)]
    if isinstance(value, int | float):
        return str(int(value)) if value == value // 1 else str(value)
    return [day_in_numbers(value) if isinstance(value, date) else str(value)]


# --- what is in the zip -----------------------------------------------------------------------------------


def _measured(file: str) -> dict[str, _Marks]:
    """What calamine does not tell of each sheet; nothing is unpacked at once.

    `Unreadable` when the zip holds more than a deck of cards can need.
    """
    with zipfile.ZipFile(file) as archive:
        parts = [part for part in archive.infolist() if part.filename.lower().endswith(".xml")]
        if sum(part.file_size for part in parts) > _MAX_UNPACKED_BYTES:
            raise Unreadable("too_large")
        marks = {part.filename: _measured_part(archive, part) for part in parts}
    if _ODS_PART in marks:
        return marks[_ODS_PART]
    by_part = {part: marks[part][""] for part in marks if marks[part]}
    return {name: by_part[part] for name, part in _sheets(file) if part in by_part} if by_part else {}


def _measured_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> dict[str, _Marks]:
    with archive.open(part) as opened:
        extent = _Extent(is_ods=part.filename == _ODS_PART)
        extent.measure(opened)
        return extent.marks


def _sheets(file: str) -> Iterator[tuple[str, str]]:
    """The name of each sheet of an .xlsx, and the part that holds its cells."""
    with zipfile.ZipFile(file) as archive:
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    targets = {
        relation.get("Id"): posixpath.join("/xl", relation.get("Target", ""))[1:] for relation in relations
    }
    for sheet in book.findall(".//{*}sheet"):
        ids = (value for name, value in sheet.items() if name.endswith("}id"))
        yield sheet.get("name", ""), targets.get(next(ids, None), "")


class _Extent:
    """The extent of the cells of a sheet that hold something, and its marks; in one pass."""

    def __init__(self, is_ods: bool):
        self.marks: dict[str, _Marks] = {}  # of each table of an .ods; an .xlsx has a part for each sheet
        self._cells = 0
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._refuse  # no workbook has one; entities can grow
        self._parser.StartElementHandler = self._in_ods if is_ods else self._in_xlsx
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._letters
        self._begin_sheet("")

    def measure(self, part) -> None:
        while chunk := part.read(_CHUNK):
            self._parser.Parse(chunk, False)
        self._parser.Parse(b"", True)

    def _refuse(self, *_: object) -> None:
        raise Unreadable("broken_workbook")

    def _begin_sheet(self, name: str) -> None:
        self._sheet = name
        self._row = self._column = 0  # of the last cell seen, counted from 1
        self._rows = self._columns = 1  # how often it is repeated, in .ods
        self._extent: tuple[int, int, int, int] | None = None  # top, left, bottom, right
        self._is_error = self._in_error = self._in_value = False
        self._is_text = self._has_formula = False

    def _mark(self) -> _Marks:
        return self.marks.setdefault(self._sheet, _Marks())

    def _in_xlsx(self, name: str, attributes: dict[str, str]) -> None:
        name = _local(name)
        if name == "row":
            self._row, self._column = int(attributes.get("r", self._row + 1)), 0
            if attributes.get("hidden") in _TRUE:
                self._hide_row()
        elif name == "c":
            self._column += 1
            if "r" in attributes:
                self._row, self._column = _position(attributes["r"])
            self._is_error = attributes.get("t") == "e"
            self._is_text = attributes.get("t") == "str"  # which may be calculated and empty
            self._has_formula = False
        elif name == "f":
            self._has_formula = not self._is_text
        elif name in ("v", "is"):
            self._in_error, self._in_value = self._is_error, True
            self._cell_is_filled()
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def _end(self, name: str) -> None:
        name = _local(name)
        self._in_error = self._in_error and name not in ("v", "p")
        self._in_value = self._in_value and name not in ("v", "is")
        if name == "c" and self._has_formula:
            self._has_no_result()

    def _letters(self, letters: str) -> None:
        if self._in_value and letters.strip():
            self._has_formula = False
        if self._in_error:
            row = self._mark().errors.setdefault(self._row, {})
            row[self._column] = row.get(self._column, "") + letters

    def _has_no_result(self) -> None:
        self._has_formula = False
        self._mark().errors.setdefault(self._row, {})[self._column] = NO_RESULT
        self._cell_is_filled()

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        (top, column), (bottom, _) = _position(first), _position(last or first)
        self._add_merge(column, top, bottom)

    def _add_merge(self, column: int, top: int, bottom: int) -> None:
        merges = self._mark().merges
        if len(merges) > _MAX_ROWS:
            raise Unreadable("too_large")
        if bottom > top:
            merges.append((column, top, bottom))

    def _hide_row(self) -> None:
        hidden = self._mark().hidden_rows
        if self._rows <= _MAX_ROWS >= len(hidden):  # what is hidden beyond that holds no card
            hidden.update(range(self._row, self._row + self._rows))

    def _in_ods(self, name: str, attributes: dict[str, str]) -> None:
        name = _local(name)
        if name == "table":
            self._begin_sheet(attributes.get("table:name", ""))
        elif name == "table-row":
            self._row, self._column = self._row + self._rows, 0
            self._rows, self._columns = int(attributes.get("table:number-rows-repeated", 1)), 1
            if attributes.get("table:visibility", "visible") != "visible":
                self._hide_row()
        elif name in ("table-cell", "covered-table-cell"):
            self._column += self._columns
            self._columns = int(attributes.get("table:number-columns-repeated", 1))
            self._is_error = attributes.get("calcext:value-type") == "error"
            spanned = int(attributes.get("table:number-rows-spanned", 1))
            self._add_merge(self._column, self._row, self._row + spanned - 1)
            if "office:value-type" in attributes:
                self._cell_is_filled()
            elif "table:formula" in attributes:
                self._has_no_result()
        elif name == "p":
            self._in_error = self._is_error
            self._cell_is_filled()

    def _cell_is_filled(self) -> None:
        last_row, last_column = self._row + self._rows - 1, self._column + self._columns - 1
        top, left, bottom, right = self._extent or (self._row, self._column, last_row, last_column)
        top, bottom = min(top, self._row), max(bottom, last_row)
        left, right = min(left, self._column), max(right, last_column)
        self._extent = top, left, bottom, right
        laid_out = (bottom - top + 1) * (right - left + 1)
        self._cells += self._rows * self._columns
        if laid_out > _MAX_CELLS_LAID_OUT or self._cells > _MAX_CELLS:
            raise Unreadable("too_large")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _position(reference: str) -> tuple[int, int]:
    """Row and column of a cell by its name: of `B3`, 3 and 2."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter.upper()) - ord("A") + 1
    return int(reference[len(letters) :]), column
