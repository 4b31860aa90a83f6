"""The overview's bars as a page draws them: shares of a scale, and the words beside them."""

import pandas as pd

from dialogkort.analysis.protection import guarded
from dialogkort.domain import outcomes
from dialogkort.i18n import text
from dialogkort.narrative import bar_labels
from dialogkort.narrative.overview import alt_text, overview_sentence
from dialogkort.theme import area_style

MEASURES = ("drawn", "discussed", "minutes", "notes")
_LINES = 2  # under a number
_WORDS = (
    *MEASURES,
    *(f"the_{step}{against}" for step in ("deal", "talk") for against in ("", "_against")),
    "field",
    "average",
)


@guarded
def area_bars(areas: pd.DataFrame) -> dict:
    """The areas of `by_area` with a bar for each measure, and what is said of them.

    `sentence` is what is found, `alt` all of it in words, `areas` has a row per area: for every measure the
    `parts` of its bar, the `average` and the field of what may be `chance` (shares of the widest row, 0 to
    1), the `number` and what stands `beneath` it. `words` names it all, `measures` is their order.
    No areas where too few are behind them: their averages and fields would give the hidden ones away.
    """
    if len(areas) and areas["drawn_expected"].isna().any():
        hidden = text("charts.bars_suppressed")
        nothing = {"about": "", "reading": "", "exact": "", "measures": [], "areas": [], "words": {}}
        return {"sentence": hidden, "alt": hidden, **nothing}
    rows = areas.to_dict("records") if areas["drawn"].sum() else []
    scales = {x: max([bar_labels.furthest(area, x) for area in rows], default=0) or 1 for x in MEASURES}
    return {
        "sentence": overview_sentence(areas),
        "alt": alt_text(areas),
        "about": " · ".join(bar_labels.how_much(areas)),
        "reading": bar_labels.reading_of_what_is_there(areas) if rows else "",
        "exact": bar_labels.exact_reading(areas) if rows else "",
        "words": {name: text(f"overview.{name}") for name in _WORDS},
        "measures": list(MEASURES),
        "areas": [
            {**_naming(area["area"], index), **{x: _bar(area, x, scales[x], areas) for x in MEASURES}}
            for index, area in enumerate(rows)
        ],
    }


def _naming(name: str, index: int) -> dict:
    return {"name": name, **area_style(index).on_screen}


def _bar(area: dict, measure: str, scale: float, areas: pd.DataFrame) -> dict:
    if not bar_labels.is_measured(areas, measure):
        return {"parts": [], "end": 0, "number": text("overview.no_minutes"), "beneath": []}
    beneath = bar_labels.difference(area, measure)
    if measure == "drawn":
        beneath = beneath + bar_labels.not_discussed(area, _LINES - len(beneath))
    return {
        "parts": _parts(area, measure, scale),
        "end": bar_labels.furthest(area, measure) / scale,
        "number": bar_labels.shown(area, measure),
        "beneath": beneath,
        "average": area[f"{measure}_expected"] / scale if area["sessions"] else None,
        "chance": [area["drawn_low"] / scale, area["drawn_high"] / scale] if measure == "drawn" else None,
    }


def _parts(area: dict, measure: str, scale: float) -> list[list]:
    """Each part of a bar: what it is of, and how long."""
    kinds = outcomes.COLUMNS if measure == "drawn" else (measure,)
    return [[kind, area[kind] / scale] for kind in kinds if area[kind]]
