"""Comparison of coders on the same notes: agreement in words and figures, and every disagreement."""

import math
import time

from dialogkort.domain.coding import SETTLED
from dialogkort.domain.event_ids import Id
from dialogkort.i18n import text
from dialogkort.sessions.coding_project import Project
from dialogkort.store import Store
from dialogkort.ui.coding.corpus import plain

# Customary bounds, no more: Krippendorff 2019, *Content Analysis*, 4th ed., p. 356.
_GOOD, _TENTATIVE = 0.8, 0.667


def comparison_view(store: Store, project: str, notes: list[str]) -> dict:
    """Agreement in words and figures, and every disagreement about some notes of a project."""
    from dialogkort.analysis import agreement
    from dialogkort.frames import codings

    frame = codings.read(store, [Id(project)]).codings
    frame = frame[frame["note"].isin(set(notes))]
    settled = {
        (reading.note, code): event
        for (_, coder), reading in Project(store, project).readings.items()
        if coder == SETTLED
        for code, event in reading.deciding_events.items()
    }
    return {
        **_agreement_view(*(table(frame).to_dict("records") for table in (agreement.alpha, agreement.kappa))),
        "disagreements": [
            {
                "note": row.note,
                "code": row.code,
                "name": row.name,
                "found_by": list(row.found_by),
                "not_by": list(row.not_by),
                "settled": row.settled,
                "settled_by": settled.get((row.note, row.code)),
            }
            for row in plain(agreement.disagreements(frame)).itertuples()
        ],
        "requested_at": time.time_ns() // 1_000_000,
    }


def _agreement_view(alphas: list[dict], kappas: list[dict]) -> dict:
    whole, *codes = alphas
    return {
        "sentences": _sentences(whole),
        "rows": [[row["name"], *_figures(row, "alpha"), _verdict(row)] for row in codes],
        "pairs": [
            [row["name"], f"{row['coder_a']} – {row['coder_b']}", *_figures(row, "kappa")] for row in kappas
        ],
    }


def _sentences(whole: dict) -> list[str]:
    from dialogkort.narrative import number

    if whole["why"] in ("one coder", "no note coded by two"):
        return [text(f"coding.why.{whole['why'].replace(' ', '_')}")]
    counts = {"coders": number(whole["coders"]), "notes": number(whole["notes"])}
    sentences = [text("coding.compared", count=int(whole["notes"]), **counts)]
    if math.isnan(whole["alpha"]):
        return [*sentences, text(f"coding.why.{whole['why'].replace(' ', '_')}")]
    alpha, interval = _figures(whole, "alpha")[2:4]
    return [
        *sentences,
        text("coding.overall", alpha=alpha, interval=interval),
        _verdict(whole),
        text("coding.bounds"),
    ]


def _figures(row: dict, name: str) -> list[str]:
    """Notes, percent, the coefficient and its interval, as they are read."""
    from dialogkort.narrative import number

    values = [
        number(value, 2) if not math.isnan(value) else "" for value in (row[name], row["low"], row["high"])
    ]
    interval = text("coding.interval", low=values[1], high=values[2]) if values[1] else ""
    percent = row["percent"]
    return [
        number(row["notes"]),
        f"{number(100 * percent)} %" if not math.isnan(percent) else "",
        values[0],
        interval,
    ]


def _verdict(row: dict) -> str:
    """What a coefficient is good for, by the end of its interval that promises least."""
    if row["why"] and math.isnan(row["alpha"]):
        return text(f"coding.why.{row['why'].replace(' ', '_')}")
    if math.isnan(row["low"]):
        return text("coding.why.too_rare")
    if row["low"] >= _GOOD:
        return text("coding.verdict.good")
    if row["low"] >= _TENTATIVE:
        return text("coding.verdict.tentative")
    return text("coding.verdict.low" if row["alpha"] < _TENTATIVE else "coding.verdict.unsure")
