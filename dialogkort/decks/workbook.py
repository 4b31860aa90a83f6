"""The rows of a workbook (.xlsx, .xls, .ods), or why it has none: run in a process that may be killed.

A file of 2 KB can make its reader ask for 550 GB and abort (tafia/calamine#693), because a sheet is laid out
from its first to its last cell. So what is unpacked and how far a sheet reaches is measured first, where the
file is a zip; whatever slips through meets the limits of the process (`dialogkort.worker_process`).
"""

import posixpath
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
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
_CHUNK = 1 << 16

Cell = str | list[str]  # a list of one: what the spreadsheet program made of something typed
Rows = list[tuple[int, list[Cell]]]
Errors = dict[int, dict[int, str]]  # by row and column from 1: calamine gives them as empty or as texts


class Unreadable(Exception):
    """Why a workbook cannot be read, as the key of a text: too_large, locked_workbook or broken_workbook."""


def rows(file: str) -> list[Rows]:
    """The rows that hold something of each sheet, each with the row's number as the program shows it.

    Parameters
    ----------
    file : str
        The path of the workbook.

    Returns
    -------
    list of Rows
        One for each sheet, in order. A cell is its trimmed text; a date, a truth value or an error is a list
        with its text.

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


def _read(file: str, errors: dict[str, Errors]) -> list[Rows]:
    from python_calamine import SheetTypeEnum, load_workbook

    budget = Budget()
    with load_workbook(file) as book:
        names = [sheet.name for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        return [
            list(budget.spent_on(_rows(book.get_sheet_by_name(name), errors.get(name, {})))) for name in names
        ]


def _rows(sheet, errors: Errors) -> Iterator[tuple[int, list[Cell]]]:
    if sheet.start is None:
        return
    first_row, first_column = sheet.start
    for line, values in enumerate(sheet.to_python(skip_empty_area=True), first_row + 1):
        cells = [""] * first_column + [_typed(value) for value in values]
        for column in errors.get(line, {}):
            cells[column - 1] = [errors[line][column]]
        yield line, cells


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


def _measured(file: str) -> dict[str, Errors]:
    """The cells of each sheet in which a formula went wrong; nothing is unpacked at once.

    `Unreadable` when the zip holds more than a deck of cards can need.
    """
    with zipfile.ZipFile(file) as archive:
        parts = [part for part in archive.infolist() if part.filename.lower().endswith(".xml")]
        if sum(part.file_size for part in parts) > _MAX_UNPACKED_BYTES:
            raise Unreadable("too_large")
        errors = {part.filename: _measured_part(archive, part) for part in parts}
    if _ODS_PART in errors:
        return errors[_ODS_PART]
    errors_by_part = {part: errors[part][""] for part in errors if errors[part]}
    return (
        {name: errors_by_part[part] for name, part in _sheets(file) if part in errors_by_part}
        if errors_by_part
        else {}
    )


def _measured_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> dict[str, Errors]:
    with archive.open(part) as opened:
        extent = _Extent(is_ods=part.filename == _ODS_PART)
        extent.measure(opened)
        return extent.errors


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
    """The extent of the cells of a sheet that hold something, and the cells with errors; in one pass."""

    def __init__(self, is_ods: bool):
        self.errors: dict[str, Errors] = {}  # of each table of an .ods; an .xlsx has a part for each sheet
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
        self._is_error = self._in_error = False

    def _in_xlsx(self, name: str, attributes: dict[str, str]) -> None:
        name = _local(name)
        if name == "row":
            self._row, self._column = int(attributes.get("r", self._row + 1)), 0
        elif name == "c":
            self._column += 1
            if "r" in attributes:
                self._row, self._column = _position(attributes["r"])
            self._is_error = attributes.get("t") == "e"
        elif name in ("v", "is"):
            self._in_error = self._is_error
            self._cell_is_filled()

    def _end(self, name: str) -> None:
        self._in_error = self._in_error and _local(name) not in ("v", "p")

    def _letters(self, letters: str) -> None:
        if self._in_error:
            row = self.errors.setdefault(self._sheet, {}).setdefault(self._row, {})
            row[self._column] = row.get(self._column, "") + letters

    def _in_ods(self, name: str, attributes: dict[str, str]) -> None:
        name = _local(name)
        if name == "table":
            self._begin_sheet(attributes.get("table:name", ""))
        elif name == "table-row":
            self._row, self._column = self._row + self._rows, 0
            self._rows, self._columns = int(attributes.get("table:number-rows-repeated", 1)), 1
        elif name in ("table-cell", "covered-table-cell"):
            self._column += self._columns
            self._columns = int(attributes.get("table:number-columns-repeated", 1))
            self._is_error = attributes.get("calcext:value-type") == "error"
            if "office:value-type" in attributes:
                self._cell_is_filled()
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
