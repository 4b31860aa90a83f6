"""Columns of the tidy DataFrames: their types, and rows made into a frame that has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

TIME = "datetime64[ms, UTC]"
DAY = "datetime64[s]"


def one_of(values: Iterable[str]) -> pd.CategoricalDtype:
    """The type of a column that holds one of a few words.

    Parameters
    ----------
    values : iterable of str
        The words, in their order.

    Returns
    -------
    CategoricalDtype

    Examples
    --------
    >>> one_of(["open", "done"]).categories.tolist()
    ['open', 'done']
    """
    return pd.CategoricalDtype([str(value) for value in values])


def as_frame(rows: Iterable[dict], columns: Mapping[str, object]) -> pd.DataFrame:
    """Rows as a frame with these columns and types, also when there are none.

    Parameters
    ----------
    rows : iterable of dict
        Values by column; days as ISO 8601, times in milliseconds since 1970 (UTC).
    columns : mapping
        Types by column.

    Returns
    -------
    DataFrame

    Examples
    --------
    >>> as_frame([{"day": "2026-03-01"}], {"day": DAY})["day"].dt.month.tolist()
    [3]
    """
    rows = list(rows)
    return pd.DataFrame({name: _column(rows, name, dtype) for name, dtype in columns.items()})


def _column(rows: list[dict], name: str, dtype: object) -> pd.Series:
    values = [row[name] for row in rows]
    if dtype == TIME:
        return pd.Series(pd.to_datetime(pd.Series(values, dtype="Int64"), unit="ms", utc=True)).astype(TIME)
    if dtype == DAY:
        return pd.Series(
            pd.to_datetime(pd.Series(values, dtype="string"), format="%Y-%m-%d", errors="coerce")
        ).astype(DAY)
    return pd.Series(values, dtype=dtype)
