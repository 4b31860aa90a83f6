"""Slow tasks of the screens (charts, comparisons), run in a process of their own (see `worker_process`).

pandas and matplotlib are loaded here, when something is asked for, and never where windows are served.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from dialogkort.domain import outcomes
from dialogkort.i18n import text
from dialogkort.store import open_store

if TYPE_CHECKING:
    from dialogkort.frames.sessions import Frames

_COLUMNS = ("drawn", *outcomes.COLUMNS, "minutes", "notes")
_WORDS = {outcome.column: f"outcome.{outcome.column}.heading" for outcome in outcomes.COUNTED}


def overview_chart(location: str, sessions: list[str], for_my_eyes: bool) -> dict:
    """The bars and figures of some sessions that are kept at a location: see `overview_message`."""
    from dialogkort.frames import sessions as frames

    store = open_store(location)
    try:
        readable, left_out = frames.read_what_can_be(store, sessions)
    finally:
        store.close()
    return overview_message(readable, left_out, for_my_eyes)


def overview_message(readable: Frames, left_out: list[str], for_my_eyes: bool) -> dict:
    """The bars of some sessions (`bars`, see `narrative.area_bars`) and their figures (`head`, `rows`).

    `for_my_eyes`: for those who were there and heard it. It shows every figure, however few are behind it,
    and says that it is not to be shared. Else it is protected.
    """
    from dialogkort.analysis.discussion import by_area
    from dialogkort.analysis.release import Release
    from dialogkort.narrative.area_bars import area_bars

    areas = by_area(*readable) if for_my_eyes else Release(readable).by_area()
    return {
        "requested_at": time.time_ns() // 1_000_000,
        "bars": area_bars(areas, for_my_eyes=for_my_eyes),
        "remarks": [*left_out, text("charts.for_my_eyes" if for_my_eyes else "page.overview.protected")],
        "head": [text(_WORDS.get(name, f"page.overview.column_{name}")) for name in ("area", *_COLUMNS)],
        "rows": [
            [area["area"], *(_figure(area[name], name) for name in _COLUMNS)]
            for area in areas.to_dict("records")
        ],
    }


def _figure(value: float, name: str) -> str:
    from dialogkort.narrative import known

    return known(value, 1 if name == "minutes" else 0)


def then_and_now(location: str, sessions: list[str], for_my_eyes: bool, is_dark: bool) -> dict:
    """A follow-up held against the workshop it follows up (see `then_and_now_view`)."""
    from dialogkort.ui.then_and_now_view import then_and_now_view

    store = open_store(location)
    try:
        view = then_and_now_view(store, sessions, for_my_eyes=for_my_eyes, is_dark=is_dark)
    finally:
        store.close()
    return {"for_my_eyes": for_my_eyes, **view}


def coding_corpus(location: str, notes: list[str] | None = None) -> dict:
    """The notes to code, with cards, areas and groups, as the page for coding shows them."""
    import warnings

    from dialogkort.frames import sessions as frames
    from dialogkort.ui.coding.corpus import corpus_view

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        store = open_store(location)
        try:
            content = frames.read(store)
        finally:
            store.close()
    if notes is not None:
        content = content._replace(notes=content.notes[content.notes["note"].isin(notes)])
    warned = "\n".join(str(warning.message) for warning in caught if warning.category is UserWarning)
    return {"corpus": corpus_view(content), "notice": warned}


def coding_comparison(location: str, project: str, notes: list[str]) -> dict:
    """What the coders of a project make of the same notes: agreement in words, and where they differ."""
    from dialogkort.ui.coding.comparison import comparison_view

    store = open_store(location)
    try:
        return comparison_view(store, project, notes)
    finally:
        store.close()


def read_and_delete(path: str | Path) -> bytes:
    """The content of a file that was made for somebody; the file is removed."""
    try:
        return Path(path).read_bytes()
    finally:
        Path(path).unlink(missing_ok=True)
