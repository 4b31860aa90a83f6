"""The tables as people read them: headings and values in the user's language, Danish time and order.

What a consultant's program reads is in `frames`; here each row also says where it was and on which card.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dialogkort.domain.deck import CONFIDENCES
from dialogkort.domain.details import DETAILS
from dialogkort.domain.events import Agreement, NoteKind, SkipReason
from dialogkort.domain.outcomes import Outcome
from dialogkort.frames.sessions import Frames
from dialogkort.i18n import text
from dialogkort.i18n.sorting import danish_order

if TYPE_CHECKING:
    import pandas as pd

_WHERE = ("organisation", "workshop", "date", "group")
# What each table shows, by the names the columns have in the frames; ids last, as few look at them.
TABLES: Mapping[str, tuple[str, ...]] = {
    "sessions": (
        *("organisation", "workshop", "date", "unit", "group", "participants", "note_taker", "deck"),
        *("started_at", "last_at", "ended_at", "clock_differed", "typed_in"),
        *("ratings", "rating_mean", "keep_until", "follows"),
        *("draw_plan", "seed", "prepared", "deck_fingerprint", "session"),
    ),
    "turns": (
        *(*_WHERE, "turn", "number", "area", "question", "outcome", "agreement", "skip_reason", "minutes"),
        *("turned_at", "timer_minutes", "silent_notes", "area_confidence", "label", "card", "session"),
    ),
    "notes": (
        *(*_WHERE, "number", "area", "question", "opening_question", "kind", "text", "owner", "due", "words"),
        *("hands", "created_at", "updated_at", "from_silence", "label", "note", "card", "session"),
    ),
    "next_steps": (
        *(*_WHERE, "text", "owner", "due", "hands", "number", "area", "question"),
        *("created_at", "label", "note", "card", "session"),
    ),
    "cards": (
        "deck",
        "number",
        "area",
        "question",
        "area_confidence",
        "is_own",
        "label",
        "card",
        "deck_fingerprint",
    ),
}
_NOTE_TAKERS = next(detail.choices for detail in DETAILS if detail.name == "note_taker")
# The columns with few values: which there are, and what each is called.
_CODED: Mapping[str, tuple[Iterable[str], Callable[[str], str]]] = {
    "outcome": (Outcome, lambda key: text(f"outcome.{key}.heading")),
    "agreement": (Agreement, lambda key: text(f"page.agreement.{key}")),
    "skip_reason": (SkipReason, lambda key: text(f"spreadsheet.skip_reason.{key}")),
    "kind": (NoteKind, lambda key: text(f"page.kinds.{key}")),
    "area_confidence": (CONFIDENCES, lambda key: text(f"spreadsheet.area_confidence.{key}")),
    "note_taker": (_NOTE_TAKERS, lambda key: text(f"page.start.note_takers.{key}")),
}
_TIME_ZONE = "Europe/Copenhagen"
LAST_DAY = datetime(9999, 12, 31, tzinfo=UTC)  # of Python's calendar, and a spreadsheet's


def readable_tables(frames: Frames) -> dict[str, pd.DataFrame]:
    """The tables of `TABLES`, one row each as in the frames, in Danish alphabetical order.

    Parameters
    ----------
    frames : Frames
        What `read_all` gives.

    Returns
    -------
    dict of DataFrame
        By name ("sessions", "turns", "notes", "next_steps", "cards"); the columns have the frames' names, in
        the order of `TABLES`. Values are words of the user's language, times are Danish and naive.

    Examples
    --------
    >>> from dialogkort import read_all
    >>> list(readable_tables(read_all()))
    ['sessions', 'turns', 'notes', 'next_steps', 'cards']
    """
    sessions = _in_order(frames.sessions)
    decks = sessions[["deck_fingerprint", "deck"]].drop_duplicates("deck_fingerprint")
    cards = frames.cards.merge(decks, on="deck_fingerprint", how="left")
    notes = _placed(frames.notes, sessions, cards)
    tables = {
        "sessions": sessions,
        "turns": _placed(frames.turns, sessions, cards),
        "notes": notes,
        "next_steps": notes[notes["kind"] == "next step"],
        "cards": cards,
    }
    return {name: _readable(tables[name][list(columns)]) for name, columns in TABLES.items()}


def heading(column: str) -> str:
    """What a column is called in the user's language.

    Parameters
    ----------
    column : str
        A column of `TABLES`.

    Returns
    -------
    str

    Examples
    --------
    >>> heading("organisation")
    'Organisation'
    """
    return text(f"spreadsheet.heading.{column}")


def values_in_words(column: str) -> dict[str, str]:
    """What each value of a column with few values is called; empty for any other column.

    Parameters
    ----------
    column : str
        A column of `TABLES`.

    Returns
    -------
    dict of str to str
        Words by value.

    Examples
    --------
    >>> values_in_words("agreement")
    {'alike': 'Ens', 'differently': 'Forskelligt', 'not settled': 'Ikke afklaret'}
    """
    if column not in _CODED:
        return {}
    values, label = _CODED[column]
    return {str(value): label(value.replace(" ", "_")) for value in values}


def _in_order(sessions: pd.DataFrame) -> pd.DataFrame:
    """Sessions by organisation, workshop, day and group, as in a Danish register."""
    columns = [sessions[column].fillna("") for column in ("organisation", "workshop", "group")]
    days = sessions["date"].dt.strftime("%Y-%m-%d").fillna("")
    keys = [
        (danish_order(organisation), danish_order(workshop), day, danish_order(group))
        for organisation, workshop, group, day in zip(*columns, days, strict=True)
    ]
    return sessions.iloc[sorted(range(len(keys)), key=keys.__getitem__)].reset_index(drop=True)


def _placed(rows: pd.DataFrame, sessions: pd.DataFrame, cards: pd.DataFrame) -> pd.DataFrame:
    """Rows with where they were and their card's number, session by session, else as they came."""
    place = sessions[["session", "deck_fingerprint", *_WHERE]].assign(_place=range(len(sessions)))
    numbers = cards[["deck_fingerprint", "card", "number", "label"]]
    placed = rows.merge(place, on="session", how="left")
    placed = placed.merge(numbers, on=["deck_fingerprint", "card"], how="left")
    return placed.sort_values("_place", kind="stable", ignore_index=True)


def _on_danish_clocks(column: pd.Series) -> pd.Series:
    """Times without their zone; one that no calendar holds (of a damaged id) as it stands, in words."""
    beyond = column >= LAST_DAY
    times = column.mask(beyond).dt.tz_convert(_TIME_ZONE).dt.tz_localize(None)
    return times.astype("object").where(~beyond, column.astype(str)) if beyond.any() else times


def _readable(table: pd.DataFrame) -> pd.DataFrame:
    shown = table.reset_index(drop=True).copy()
    for name, column in shown.items():
        if words := values_in_words(name):
            shown[name] = column.astype("object").map(lambda value, words=words: words.get(value, value))
        elif getattr(column.dtype, "tz", None) is not None:
            shown[name] = _on_danish_clocks(column)
        elif column.dtype == "boolean":
            answers = {True: text("spreadsheet.yes"), False: text("spreadsheet.no")}
            shown[name] = column.astype("object").map(answers)
    return shown
