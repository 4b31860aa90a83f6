"""Numbers and words beside the bars of the overview, from the frame `by_area` gives.

The picture of `charts.overview` and the page's own bars say the same.
"""

import pandas as pd

from dialogkort.domain.outcomes import COUNTED, Outcome
from dialogkort.i18n import text
from dialogkort.narrative.findings import is_one_workshop
from dialogkort.narrative.numbers import number

_WITH_ARROWS = ("drawn", "discussed", "minutes", "notes")
_ARROWS = {"more": "↑", "less": "↓"}


def counted(key: str, count: int) -> str:
    """So many of something: `3 grupper`."""
    return text(f"overview.{key}", count=int(count), number=number(count))


def how_much(areas: pd.DataFrame) -> list[str]:
    """How many groups and cards it is about; nothing where no card was turned."""
    if not areas["drawn"].sum():
        return []
    return [counted("groups", areas["sessions"].max()), counted("turned", areas["drawn"].sum())]


def furthest(area: dict, measure: str) -> float:
    """Where a row ends: at its bar, its average, or the field of the deal."""
    return max(area[measure], area[f"{measure}_expected"], area["drawn_high"] if measure == "drawn" else 0)


def is_measured(areas: pd.DataFrame, measure: str) -> bool:
    """False of minutes, where cards were turned and no time was taken."""
    return measure != "minutes" or not areas["drawn"].sum() or bool(areas["minutes"].sum())


def is_timed(area: dict) -> bool:
    """False of an area whose cards were turned, and nobody knows for how many minutes."""
    known = area.get("minutes_known", True)
    return bool(area["minutes"]) or not area["drawn"] or pd.isna(known) or bool(known)


def shown(area: dict, measure: str) -> str:
    """The bar's number; minutes with a decimal where they are few, and no number where none are known."""
    if measure == "minutes" and not is_timed(area):
        return text("overview.no_minutes")
    short = measure == "minutes" and 0 < area[measure] < 10
    return number(area[measure], decimals=1 if short else 0)


def difference(area: dict, measure: str) -> list[str]:
    """In a word which way a bar differs, where it does."""
    way = area[f"{measure}_differs"]
    if pd.isna(way):
        return []
    return [f"{_ARROWS[way]} {text(f'overview.{way}_time' if measure == 'minutes' else f'overview.{way}')}"]


def not_discussed(area: dict, lines: int) -> list[str]:
    """The other parts of a bar one by one, or together where there are more of them than lines."""
    rest = [outcome.column for outcome in COUNTED if outcome is not Outcome.DISCUSSED]
    counts = {text(f"outcome.{column}.word"): area[column] for column in rest if area[column]}
    if len(counts) > lines:
        counts = {text("overview.part_not_discussed"): sum(counts.values())}
    return [f"{number(count)} {words}" for words, count in counts.items()][:lines]


def reading(areas: pd.DataFrame) -> str:
    """How to read the bars, in plain words."""
    return _of_workshops("reading", areas)


def reading_of_what_is_there(areas: pd.DataFrame) -> str:
    """How to read the bars, as far as there is a field or an arrow among them."""
    has_field = bool((areas["drawn_low"] < areas["drawn_high"]).any())
    has_arrow = any(difference(area, x) for area in areas.to_dict("records") for x in _WITH_ARROWS)
    sentences = {"reading_field": has_field, "reading_arrows": has_arrow}
    return " ".join(text(f"overview.{key}") for key, is_there in sentences.items() if is_there)


def exact_reading(areas: pd.DataFrame) -> str:
    """How to read the bars, and what the field and the arrows rest on."""
    return _of_workshops("exact", areas)


def _of_workshops(key: str, areas: pd.DataFrame) -> str:
    sentence = text(f"overview.{key}_one_workshop" if is_one_workshop(areas) else f"overview.{key}")
    unsure = areas["judgement"].sum()
    return f"{sentence} {counted('judgement', unsure)}" if unsure else sentence
