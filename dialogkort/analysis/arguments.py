"""Checks of arguments: every message names the argument, the value given and the values there are."""

from collections.abc import Iterable
from datetime import date

import pandas as pd

MEASURES = ("discussed", "skipped", "minutes", "notes", "words")


def check_choice(name: str, value: object, options: Iterable[object]) -> None:
    """Raise `ValueError` unless the value is one of the options.

    Examples
    --------
    >>> check_choice("cluster", "person", ("session", "workshop"))
    Traceback (most recent call last):
    ValueError: cluster: 'person'; there are session, workshop
    """
    options = list(options)
    if value not in options:
        raise ValueError(f"{name}: {value!r}; there are {', '.join(map(str, options))}")


def check_measures(measures: Iterable[str], options: Iterable[str] = MEASURES) -> None:
    """Raise `ValueError` for a measure there is not."""
    options = list(options)
    for measure in measures:
        check_choice("measures", measure, options)


def check_columns(name: str, columns: Iterable[str], **frames: pd.DataFrame) -> None:
    """Raise `ValueError` for a column that none of the frames has.

    Examples
    --------
    >>> check_columns("by", ["town"], sessions=pd.DataFrame(columns=["session", "group"]))
    Traceback (most recent call last):
    ValueError: by: 'town' is no column of sessions; there are session, group
    """
    options = list(dict.fromkeys(column for frame in frames.values() for column in frame))
    for column in columns:
        if column not in options:
            there = ", ".join(map(str, options))
            raise ValueError(f"{name}: {column!r} is no column of {' or '.join(frames)}; there are {there}")


_NEEDED = {
    "sessions": ("session", "deck_fingerprint", "draw_plan"),
    "turns": ("session", "turn", "card", "outcome", "minutes"),
    "notes": ("session", "card", "words"),
    "cards": ("deck_fingerprint", "card", "number", "area", "question"),
}


def check_frames(**frames: pd.DataFrame) -> None:
    """Raise `ValueError` for a frame that lacks a column it is known by: two of the four were exchanged."""
    for name, frame in frames.items():
        check_columns(name, _NEEDED[name], **{name: frame})


def check_day(name: str, day: str | date) -> date:
    """The day; `ValueError` for a text that is none as 2026-07-01: 01-07-2026 is two days.

    Examples
    --------
    >>> check_day("split", "2026-07-01")
    datetime.date(2026, 7, 1)
    """
    if not isinstance(day, str):
        return day
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise ValueError(f"{name}: {day!r} is no day; write it as 2026-07-01") from None
