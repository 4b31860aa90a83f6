"""Overviews as `by_area` makes them, with what a test is about."""

import pandas as pd

NAMES = (
    "Anvendelseskompetencer",
    "Teknologiforståelse",
    "Formidling og kommunikation",
    "Udvikling og implementering",
)
MEASURES = ("drawn", "discussed", "minutes", "notes")
COUNTS = {"drawn": 12, "discussed": 9, "skipped": 3, "put_back": 0, "open": 0, "minutes": 48.0, "notes": 20}


def areas(names=NAMES, **columns):
    """Areas that are alike and differ in nothing, except for the columns given: a value for each area."""
    rows = pd.DataFrame(
        {"area": names, "sessions": 6, "workshops": 3, "in_deck": 60, "judgement": 0, **COUNTS}
    )
    for x in MEASURES:
        rows[f"{x}_expected"], rows[f"{x}_low"], rows[f"{x}_high"] = COUNTS[x], COUNTS[x] / 2, COUNTS[x] * 1.5
        rows[f"{x}_differs"] = pd.array([None] * len(rows), dtype="string")
        rows[f"{x}_could_differ"] = True
    for x in MEASURES[1:]:
        rows[f"{x}_ratio"], rows[f"{x}_ratio_low"], rows[f"{x}_ratio_high"] = 1.0, 0.6, 1.7
        for column in (f"{x}_cards_differs", f"{x}_carried_by"):
            rows[column] = pd.array([None] * len(rows), dtype="string")
    rows["place_differs"] = pd.array([None] * len(rows), dtype="string")
    for column, values in columns.items():
        rows[column] = pd.array(values, dtype=rows[column].dtype)
    return rows


def with_nothing_turned():
    """Areas of a deck of which no card was turned."""
    rows = areas()
    columns = [
        *COUNTS,
        "sessions",
        "in_deck",
        *(f"{x}_{what}" for x in MEASURES for what in ("expected", "low", "high")),
    ]
    return rows.assign(**dict.fromkeys(columns, 0), **{f"{x}_could_differ": False for x in MEASURES})
