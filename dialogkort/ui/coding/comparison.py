"""What several coders make of the same notes: how far they agree, in words, and where they differ."""

import math
import time

from dialogkort.domain.coding import SETTLED
from dialogkort.i18n import text
from dialogkort.sessions.coding_project import Project
from dialogkort.store import Store
from dialogkort.ui.coding.shelf import plain

# Customary bounds, no more: Krippendorff 2019, *Content Analysis*, 4th ed., p. 356.
_GOOD, _TENTATIVE = 0.8, 0.667


def comparison_view(store: Store, project: str, notes: list[str]) -> dict:
    """Agreement in words and figures, and every disagreement about some notes of a project."""
    from dialogkort.analysis import agreement
    from dialogkort.frames import codings

    told = codings.read(store, [project]).codings
    told = told[told["note"].isin(set(notes))]
    settled = {
        (reading.note, code): event
        for (_, coder), reading in Project(store, project).readings.items()
        if coder == SETTLED
        for code, event in reading.deciding_events.items()
    }
    return {
        **_agreement_view(*(table(told).to_dict("records") for table in (agreement.alpha, agreement.kappa))),
        "disagreements": [
            {
                "note": one.note,
                "code": one.code,
                "name": one.name,
                "found_by": list(one.found_by),
                "not_by": list(one.not_by),
                "settled": one.settled,
                "said": settled.get((one.note, one.code)),
            }
            for one in plain(agreement.disagreements(told)).itertuples()
        ],
        "asked_at": time.time_ns() // 1_000_000,
    }


def _agreement_view(alphas: list[dict], kappas: list[dict]) -> dict:
    whole, *codes = alphas
    return {
        "said": _sentences(whole),
        "rows": [[one["name"], *_figures(one, "alpha"), _verdict(one)] for one in codes],
        "pairs": [
            [one["name"], f"{one['coder_a']} – {one['coder_b']}", *_figures(one, "kappa")] for one in kappas
        ],
    }


def _sentences(whole: dict) -> list[str]:
    from dialogkort.narrative import number

    if whole["why"] in ("one coder", "no note coded by two"):
        return [text(f"coding.why.{whole['why'].replace(' ', '_')}")]
    told = {"coders": number(whole["coders"]), "notes": number(whole["notes"])}
    said = [text("coding.compared", count=int(whole["notes"]), **told)]
    if math.isnan(whole["alpha"]):
        return [*said, text(f"coding.why.{whole['why'].replace(' ', '_')}")]
    alpha, interval = _figures(whole, "alpha")[2:4]
    return [
        *said,
        text("coding.overall", alpha=alpha, interval=interval),
        _verdict(whole),
        text("coding.bounds"),
    ]


def _figures(one: dict, name: str) -> list[str]:
    """Notes, percent, the coefficient and its interval, as they are read."""
    from dialogkort.narrative import number

    told = [
        number(value, 2) if not math.isnan(value) else "" for value in (one[name], one["low"], one["high"])
    ]
    interval = text("coding.interval", low=told[1], high=told[2]) if told[1] else ""
    percent = one["percent"]
    return [
        number(one["notes"]),
        f"{number(100 * percent)} %" if not math.isnan(percent) else "",
        told[0],
        interval,
    ]


def _verdict(one: dict) -> str:
    """What a coefficient is good for, by the end of its interval that promises least."""
    if one["why"] and math.isnan(one["alpha"]):
        return text(f"coding.why.{one['why'].replace(' ', '_')}")
    if math.isnan(one["low"]):
        return text("coding.why.too_rare")
    if one["low"] >= _GOOD:
        return text("coding.verdict.good")
    if one["low"] >= _TENTATIVE:
        return text("coding.verdict.tentative")
    return text("coding.verdict.low" if one["alpha"] < _TENTATIVE else "coding.verdict.unsure")
