"""CSV files as a spreadsheet reads them; no text in them is taken for a formula, in any program."""

from __future__ import annotations

import csv
import re
import unicodedata
from typing import TYPE_CHECKING

from dialogkort.i18n import text

if TYPE_CHECKING:
    import pandas as pd

# A spreadsheet takes a cell for a formula that begins with one of these, also as wide and small forms; and a
# note may begin with a dash.
_SIGN = re.compile("[-=+@＝＋－＠﹢﹣﹦﹫]")
# What parts cells and rows, in this program or in another that has other separators.
_SEPARATORS = frozenset(",;|\t\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Me", "Mn", "Zl", "Zp", "Zs"})  # Unicode's categories
_UNSEEN_LETTERS = frozenset('"\u115f\u1160\u2800\u3164\uffa0')  # quotation marks may be taken off


def as_csv(frame: pd.DataFrame, decimals: int = 4) -> bytes:
    """A table as a spreadsheet of the reader's language reads it, in UTF-8 with its mark, times in UTC.

    In Danish that is semicolons and a decimal comma; days, hours and the columns' names are the same in all.

    A text that a spreadsheet would take for a formula gets an apostrophe in front, and so does a line or a
    part of a list within it, as another separator would make it a cell; the JSON has it as it is.

    Parameters
    ----------
    frame : DataFrame
        Any table.
    decimals : int
        Digits after the decimal mark.

    Returns
    -------
    bytes
        The file.

    Examples
    --------
    >>> import pandas as pd
    >>> as_csv(pd.DataFrame({"note": ["=1+1"], "minutes": [2.5]}), 1).decode("utf-8-sig").split()
    ['note;minutes', "'=1+1;2,5"]
    """
    harmless = frame.copy()
    for name, column in frame.items():
        if column.dtype == "datetime64[s]":
            harmless[name] = column.dt.strftime("%Y-%m-%d")  # a day has no hour
        elif column.dtype.kind == "O":
            harmless[name] = column.astype("object").map(_harmless)
    return harmless.to_csv(
        index=False,
        sep=text("format.csv_separator"),
        decimal=text("format.decimal_mark"),
        float_format=f"%.{decimals}f",
        date_format="%Y-%m-%d %H:%M:%S",
        lineterminator="\r\n",
        quoting=csv.QUOTE_MINIMAL,
    ).encode("utf-8-sig")


def _harmless(value: object) -> object:
    if not isinstance(value, str):
        return value
    begins = [
        begin for sign in _SIGN.finditer(value) if (begin := _cell_begin(value, sign.start())) is not None
    ]
    if value.startswith(("\t", "\r")):
        begins = [0, *(begin for begin in begins if begin)]
    pieces = [value[begin:end] for begin, end in zip([0, *begins], [*begins, len(value)], strict=True)]
    return "'".join(pieces)


def _cell_begin(value: str, sign: int) -> int | None:
    """Where an apostrophe keeps a sign from opening a cell; None when something visible stands before it."""
    before = sign
    while before and value[before - 1] not in _SEPARATORS:
        before -= 1
        if _is_seen(value[before]):
            return None
    return sign if before else 0


def begins_like_a_formula(value: str) -> bool:
    """True for a text that a spreadsheet may take for a formula when it is typed in.

    Parameters
    ----------
    value : str
        A text.

    Returns
    -------
    bool

    Examples
    --------
    >>> begins_like_a_formula("- et punkt"), begins_like_a_formula("e-mail")
    (True, False)
    """
    return value.startswith(("\t", "\r")) or _SIGN.match(next(filter(_is_seen, value), "")) is not None


def _is_seen(letter: str) -> bool:
    return letter not in _UNSEEN_LETTERS and unicodedata.category(letter) not in _UNSEEN
