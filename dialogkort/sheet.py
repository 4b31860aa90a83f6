"""Which rows does this file hold? Reads an Excel workbook, or a CSV file however Excel came to save it."""

import csv
import re
import warnings
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from typing import NamedTuple

from dialogkort.texts import text

_WORKBOOK = b"PK\x03\x04"
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"  # .xls, and any workbook under a password


class SheetProblem(Exception):
    """Why no rows can be read from a file, in words for the person who made it."""


class Converted(str):
    """What Excel made of something typed in a cell: a date, an error, true or false."""


class Row(NamedTuple):
    """The trimmed cells of a row, and the line of the file it begins on (in a workbook, its row number)."""

    line: int
    cells: list[str]


class Sheet(NamedTuple):
    """The rows of a sheet that hold something, and what people call its lines: `line` or `row`."""

    unit: str
    rows: list[Row]


def read_sheets(file: Path) -> list[Sheet]:
    """The sheets of a file that hold something, in order; a CSV file has one.

    The kind of a file is told by its content, not its name. Raises `SheetProblem` if no rows can be read,
    and `OSError` if it cannot be opened.
    """
    content = file.read_bytes()
    if content.startswith(_OLD_WORKBOOK):
        raise SheetProblem(text("deck.old_workbook", file=file))
    is_workbook = content.startswith(_WORKBOOK)
    unit, tables = ("row", _workbook(file, content)) if is_workbook else ("line", [_csv(file, content)])
    filled = [[row for row in rows if any(row.cells)] for rows in tables]
    return [Sheet(unit, rows) for rows in filled if rows]


def decoded(content: bytes) -> str:
    """Bytes as text: by their byte order mark, else UTF-8, else Windows-1252; else `UnicodeDecodeError`."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def _csv(file: Path, content: bytes) -> list[Row]:
    try:
        table = decoded(content)
    except UnicodeDecodeError as error:
        raise SheetProblem(text("deck.not_a_table", file=file)) from error
    if "\0" in table:
        raise SheetProblem(text("deck.not_a_table", file=file))
    first = next((line for line in table.splitlines() if line.strip()), "")
    told = re.fullmatch(r'"?sep=([^" ])"?', first, re.IGNORECASE)
    delimiter = told[1] if told else max(";\t,", key=first.count)
    rows = _split(file, table, delimiter)
    return rows[1:] if told else rows


def _split(file: Path, table: str, delimiter: str) -> list[Row]:
    # Strict: read leniently, a quotation mark left open swallows every card after it.
    reader = csv.reader(StringIO(table, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    rows, line = [], 1
    try:
        for cells in reader:
            rows.append(Row(line, [_trimmed(cell) for cell in cells]))
            line = reader.line_num + 1
    except csv.Error as error:
        raise SheetProblem(text("deck.quotes", file=file, line=line)) from error
    return rows


def _workbook(file: Path, content: bytes) -> list[list[Row]]:
    from openpyxl import load_workbook  # here, because most groups never read a workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and validation, which no card needs
            book = load_workbook(BytesIO(content), read_only=True, data_only=True)
            return [_rows(sheet) for sheet in book.worksheets]
    except Exception as error:  # a broken workbook fails in any way of zipfile's, XML's or openpyxl's
        raise SheetProblem(text("deck.broken_workbook", file=file)) from error


def _rows(sheet) -> list[Row]:
    sheet.reset_dimensions()  # the size a file claims for itself may be too small, and cards would be lost
    return [Row(line, [_typed(cell) for cell in cells]) for line, cells in enumerate(sheet.iter_rows(), 1)]


def _typed(cell) -> str:
    if cell.value is None:
        return ""
    if cell.data_type in {"b", "d", "e"}:
        return Converted(f"{cell.value:%d-%m-%Y}" if isinstance(cell.value, date) else cell.value)
    return _trimmed(str(cell.value).replace("_x000D_", "\r"))  # a workbook's way to write a carriage return


def _trimmed(cell: str) -> str:
    return "\n".join(cell.splitlines()).strip()
