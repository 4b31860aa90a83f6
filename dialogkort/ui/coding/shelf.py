"""The notes to code, as the page for coding shows them: a question is told once, not with every note."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from dialogkort.theme import look

if TYPE_CHECKING:
    import pandas as pd

    from dialogkort.frames.sessions import Frames


def shelf_view(frames: Frames) -> dict:
    """Notes with card, area and group by their place in a list."""
    areas = list(dict.fromkeys(frames.cards["area"]))
    keys = ["session", "card"]
    cards = frames.sessions[["session", "deck_fingerprint"]].merge(frames.cards, on="deck_fingerprint")
    numbers = dict(zip(zip(*(cards[key] for key in keys), strict=True), cards["number"], strict=True))
    groups = frames.sessions[["session", "organisation", "unit", "workshop", "group"]].set_index("session")
    places = {session: place for place, session in enumerate(groups.index)}
    met: dict[tuple, int] = {}
    notes = [
        {
            "id": one.note,
            "in": one.session,
            "text": one.text,
            "kind": str(one.kind),
            "card": _card_place(one, numbers, areas, met),
            "opening": one.opening_question,
            "group": places.get(one.session),
        }
        for one in plain(frames.notes).itertuples()
    ]
    return {
        "notes": notes,
        "cards": [{"number": number, "question": question, "area": area} for number, question, area in met],
        "areas": [{"name": name, **_look_on_screen(place)} for place, name in enumerate(areas)],
        "groups": [
            {"where": " · ".join(_places(one)), "group": _group_name(one)} for one in groups.itertuples()
        ],
        "read_at": _now(),
    }


def _card_place(note, numbers: dict, areas: list[str], met: dict[tuple, int]) -> int | None:
    if note.card is None:
        return None
    area = areas.index(note.area) if note.area in areas else None
    number = numbers.get((note.session, note.card))
    key = (None if number is None else int(number), note.question or "", area)
    return met.setdefault(key, len(met))


def _places(group) -> list[str]:
    """Organisation and unit, but for what the workshop's name tells already."""
    told = (group.organisation, group.unit)
    return [name for name in told if name and not re.search(rf"\b{re.escape(name)}\b", group.workshop, re.I)]


def _group_name(one) -> str:
    return " – ".join(filter(None, (one.workshop, one.group)))


def _look_on_screen(place: int) -> dict:
    return {"light": look(place).light, "dark": look(place).dark, "shape": look(place).shape}


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with None where there is nothing, as JSON has it."""
    return frame.astype(object).where(frame.notna(), None)


def _now() -> int:
    return time.time_ns() // 1_000_000
