"""Rows of a spreadsheet: a workbook, or a CSV file however Excel came to save it.

A workbook is read in a process of its own, which takes some tenths of a second; a CSV file is read here.
"""

import csv
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from dialogkort import worker_process
from dialogkort.decks.workbook import NO_RESULT, Budget, Unreadable
from dialogkort.errors import SpreadsheetError, TaskError
from dialogkort.i18n import text

_WORKBOOK = b"PK\x03\x04"  # .xlsx and .ods
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"  # .xls, and any workbook under a password
_MAX_BYTES = 10_000_000
_MAX_LINES = 1_100_000  # Excel writes empty ones to the end of a sheet when a whole column is formatted
_READER = {"seconds": 15, "megabytes": 220}


class _OpenQuote(Exception):
    """A quotation mark of a CSV file has no partner; the argument is its line."""


class Converted(str):
    """A cell that Excel converted from what was typed: a date, an error, true or false."""

    @property
    def has_no_result(self) -> bool:
        """True for a formula that no program has calculated."""
        return self == NO_RESULT


class Row(NamedTuple):
    """The trimmed cells of a row, and the line of the file it begins on (in a workbook, its row number)."""

    line: int
    cells: list[str]


class Sheet(NamedTuple):
    """The rows of a sheet that hold something, and what people call its lines: `line` or `row`.

    A CSV file's has no `name`. `is_hidden` and `hidden_rows` say what nobody sees who opens the file.
    """

    unit: str
    rows: list[Row]
    name: str = ""
    is_hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()


def read_sheets(file: Path) -> list[Sheet]:
    """The sheets of a file that hold something, in order; a CSV file has one.

    The kind of a file is told by its content, not its name. Raises `SpreadsheetError` if no rows can be read,
    and `OSError` if it cannot be opened.
    """
    content = content_of(file)
    is_workbook = content.startswith((_WORKBOOK, _OLD_WORKBOOK))
    sheets = _workbook(file) if is_workbook else [Sheet("line", _csv(file, content))]
    return [sheet for sheet in sheets if sheet.rows]


def content_of(file: Path, limit: int = _MAX_BYTES) -> bytes:
    """The bytes of a file; `SpreadsheetError` when it has more bytes than a deck can need."""
    with file.open("rb") as opened:
        content = opened.read(limit + 1)
    if len(content) > limit:
        raise SpreadsheetError(text("deck.too_large", file=file))
    return content


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
        raise SpreadsheetError(text("deck.not_a_table", file=file)) from error
    if "\0" in table:
        raise SpreadsheetError(text("deck.not_a_table", file=file))
    delimiter, is_declared = _delimiter(table)
    try:
        spent = Budget().spent_on(_split(table, delimiter))
        rows = [Row(line, [_received(cell) for cell in cells]) for line, cells in spent]
    except _OpenQuote as error:
        raise SpreadsheetError(text("deck.quotes", file=file, line=error.args[0])) from error
    except Unreadable as error:
        raise SpreadsheetError(text(f"deck.{error}", file=file)) from error
    return rows[1:] if is_declared else rows


def _delimiter(table: str) -> tuple[str, bool]:
    """The delimiter of the cells, and whether the first line that is not blank declares it."""
    blank = len(table) - len(table.lstrip())
    begin = max(table.rfind("\n", 0, blank), table.rfind("\r", 0, blank)) + 1
    line = re.compile(r"[^\r\n]*").match(table, begin)
    first = line[0] if line else ""
    declaration = re.fullmatch(r'"?sep=([^" ])"?', first, re.IGNORECASE)
    return (declaration[1], True) if declaration else (max(";\t,", key=first.count), False)


def _split(table: str, delimiter: str) -> Iterator[tuple[int, list[str | list[str]]]]:
    # Strict: read leniently, a quotation mark left open swallows every card after it.
    reader = csv.reader(StringIO(table, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    line = 1
    try:
        for cells in reader:
            if line > _MAX_LINES:
                raise Unreadable("too_large")
            yield line, [*cells]
            line = reader.line_num + 1
    except csv.Error as error:
        raise _OpenQuote(line) from error


def _workbook(file: Path) -> list[Sheet]:
    try:
        sheets = worker_process.run("dialogkort.decks.workbook:rows", {"file": str(file)}, **_READER)
    except worker_process.TaskRefused as refused:
        raise SpreadsheetError(text(f"deck.{refused}", file=file)) from refused
    except TaskError as stopped:
        raise SpreadsheetError(text("deck.too_large", file=file)) from stopped
    assert isinstance(sheets, list)  # as `workbook.rows` gives them
    return [
        Sheet(
            "row",
            [Row(line, [_received(cell) for cell in cells]) for line, cells in sheet["rows"]],
            sheet["name"],
            sheet["hidden"],
            frozenset(sheet["hidden_rows"]),
        )
        for sheet in sheets
    ]


def _received(cell: str | list[str]) -> str:
    return cell if isinstance(cell, str) else Converted(cell[0])
