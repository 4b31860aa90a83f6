"""An Excel workbook of everything, and the same as CSV for Danish Excel; nothing in them is a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from dialogkort.exports.csv_files import as_csv, begins_like_a_formula
from dialogkort.exports.tables import LAST_DAY, TABLES, heading, readable_tables, values_in_words
from dialogkort.frames.sessions import Frames
from dialogkort.i18n import text
from dialogkort.theme import area_style

if TYPE_CHECKING:
    import pandas as pd
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

MAX_CELL_LENGTH = 32_767  # UTF-16 units, which is how Excel counts
_WIDE = {"question": 50, "text": 70, "workshop": 24, "organisation": 22, "area": 26, "deck": 24, "owner": 18}
_DAYS, _USUAL_WIDTH, _ID_WIDTH = ("date", "due", "keep_until"), 15, 12
_WITH_DECIMALS = ("minutes", "rating_mean")
_IDS = ("session", "follows", "note", "card", "deck_fingerprint")


def as_workbook(frames: Frames) -> bytes:
    """An Excel workbook: sessions, turned cards, notes, next steps and cards, and what every column means.

    Parameters
    ----------
    frames : Frames
        What `read_all` gives.

    Returns
    -------
    bytes
        The .xlsx file. Each table has a sheet of its own with filters and a heading that stays in view. Text
        is text: what begins like a formula is not one, and no address is a link. A text longer than a cell
        may be ends with "…"; the JSON of an export has all of it.

    Examples
    --------
    >>> from dialogkort import read_all
    >>> as_workbook(read_all())[:2]
    b'PK'
    """
    from xlsxwriter import Workbook

    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as workbook:
        # The same notes make the same bytes: the time is that of the last of them, not of the file's making.
        workbook.set_properties({"title": text("spreadsheet.title"), "created": _last_change(frames)})
        formats = _formats(workbook)
        for name, table in readable_tables(frames).items():
            _add_table(workbook.add_worksheet(text(f"spreadsheet.sheet.{name}")), table, formats)
        _add_columns(workbook.add_worksheet(text("spreadsheet.sheet.columns")), formats)
    return file.getvalue()


def _last_change(frames: Frames) -> datetime:
    times = frames.sessions["last_at"]
    times = times[times < LAST_DAY]  # of a damaged id it may be one that no calendar holds
    return datetime(2000, 1, 1) if times.empty else times.max().to_pydatetime().replace(tzinfo=None)


def sheets_as_csv(frames: Frames) -> dict[str, bytes]:
    """The workbook's tables as CSV files that Excel opens with a double click, by file name.

    In Danish: semicolons, decimal comma, UTF-8 with its mark, headings and values in the user's language; no
    text is taken for a formula, whatever the separator.

    Parameters
    ----------
    frames : Frames
        What `read_all` gives.

    Returns
    -------
    dict of str to bytes
        Contents by file name.

    Examples
    --------
    >>> from dialogkort import read_all
    >>> list(sheets_as_csv(read_all()))[:3]
    ['samtaler (ark).csv', 'vendte kort (ark).csv', 'noter (ark).csv']
    """
    return {
        text("spreadsheet.csv_name", sheet=text(f"spreadsheet.sheet.{name}").lower()): as_csv(
            table.rename(columns=heading), 1
        )
        for name, table in readable_tables(frames).items()
    }


def _formats(workbook: Workbook) -> dict[str, object]:
    looks: dict[str, dict[str, object]] = {
        "heading": {
            "bold": True,
            "bg_color": area_style(0).light,
            "font_color": "white",
            "valign": "vcenter",
        },
        "text": {},
        "sign": {"quote_prefix": True},
        "day": {"num_format": "dd-mm-yyyy", "align": "left"},
        "time": {"num_format": "dd-mm-yyyy hh:mm", "align": "left"},
        "minutes": {"num_format": "0.0"},
        "number": {"num_format": "0"},
    }
    usual = {"valign": "top", "text_wrap": True}
    return {name: workbook.add_format({**usual, **look}) for name, look in looks.items()}


def _add_table(sheet: Worksheet, table: pd.DataFrame, formats: dict) -> None:
    _begin(sheet, [heading(column) for column in table], len(table), formats)
    for index, (name, column) in enumerate(table.items()):
        sheet.set_column(index, index, _width(name))
        for row, (value, present) in enumerate(zip(column.tolist(), column.notna(), strict=True), start=1):
            if present and value != "":
                _write(sheet, row, index, value, name, formats)


def _begin(sheet: Worksheet, headings: Iterable[str], rows: int, formats: dict) -> None:
    """Headings that stay in view, with filters, on a sheet that prints on its side."""
    headings = list(headings)
    sheet.write_row(0, 0, headings, formats["heading"])
    sheet.set_row(0, 32)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, rows, len(headings) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _width(column: str) -> int:
    return _ID_WIDTH if column in _IDS else _WIDE.get(column, _USUAL_WIDTH)


def _write(sheet: Worksheet, row: int, column: int, value: object, name: str, formats: dict) -> None:
    if isinstance(value, str):
        look = formats["sign" if begins_like_a_formula(value) else "text"]
        sheet.write_string(row, column, _cut(value), look)
    elif isinstance(value, date) and value.year >= 1900:
        sheet.write_datetime(row, column, value, formats["day" if name in _DAYS else "time"])
    elif isinstance(value, date):
        sheet.write_string(row, column, f"{value:%Y-%m-%d}", formats["text"])
    else:
        sheet.write_number(row, column, value, formats["minutes" if name in _WITH_DECIMALS else "number"])


def _cut(value: str) -> str:
    if len(value) * 2 <= MAX_CELL_LENGTH or len(value.encode("utf-16-le")) // 2 <= MAX_CELL_LENGTH:
        return value
    return value.encode("utf-16-le")[: 2 * (MAX_CELL_LENGTH - 1)].decode("utf-16-le", "ignore") + "…"


def _add_columns(sheet: Worksheet, formats: dict) -> None:
    """What every column of every sheet means, with the names it has in the data beside it."""
    names = ("sheet", "column", "meaning", "values", "name_in_data")
    rows = [
        (
            text(f"spreadsheet.sheet.{table}"),
            heading(column),
            text(f"spreadsheet.about.{column}"),
            "\n".join(f"{label} = {value}" for value, label in values_in_words(column).items()),
            f"{table}.{column}",
        )
        for table, columns in TABLES.items()
        for column in columns
    ]
    _begin(sheet, [text(f"spreadsheet.columns.{name}") for name in names], len(rows), formats)
    for number, row in enumerate(rows, start=1):
        for index, words in enumerate(row):
            sheet.write_string(number, index, words, formats["text"])
    for index, width in enumerate((18, 22, 80, 40, 26)):
        sheet.set_column(index, index, width)
