"""The corpus of a coding screen: notes with card, area and group; a question stands in it once."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from dialogkort.theme import area_style

if TYPE_CHECKING:
    import pandas as pd

    from dialogkort.frames.sessions import Frames


def corpus_view(frames: Frames) -> dict:
    """Notes with card, area and group by their place in a list."""
    areas = list(dict.fromkeys(frames.cards["area"]))
    keys = ["session", "card"]
    cards = frames.sessions[["session", "deck_fingerprint"]].merge(frames.cards, on="deck_fingerprint")
    numbers = dict(zip(zip(*(cards[key] for key in keys), strict=True), cards["number"], strict=True))
    groups = frames.sessions[["session", "organisation", "unit", "workshop", "group"]].set_index("session")
    group_index = {session: index for index, session in enumerate(groups.index)}
    card_index: dict[tuple, int] = {}
    notes = [
        {
            "id": row.note,
            "in": row.session,
            "text": row.text,
            "kind": str(row.kind),
            "card": _card_position(row, numbers, areas, card_index),
            "opening": row.opening_question,
            "own_opening": row.question if row.opening_question else None,
            "group": group_index.get(row.session),
        }
        for row in plain(frames.notes).itertuples()
    ]
    return {
        "notes": notes,
        "cards": [
            {"number": number, "question": question, "area": area} for number, question, area in card_index
        ],
        "areas": [{"name": name, **area_style(index).on_screen} for index, name in enumerate(areas)],
        "groups": [
            {"where": " · ".join(_organisation_parts(row)), "group": _group_name(row)}
            for row in groups.itertuples()
        ],
        "read_at": _now(),
    }


def _card_position(note, numbers: dict, areas: list[str], card_index: dict[tuple, int]) -> int | None:
    if note.card is None:
        return None
    area = areas.index(note.area) if note.area in areas else None
    number = numbers.get((note.session, note.card))
    key = (None if number is None else int(number), note.question or "", area)
    return card_index.setdefault(key, len(card_index))


def _organisation_parts(group) -> list[str]:
    """Organisation and unit, but for what the workshop's name tells already."""
    parts = (group.organisation, group.unit)
    return [name for name in parts if name and not re.search(rf"\b{re.escape(name)}\b", group.workshop, re.I)]


def _group_name(group) -> str:
    return " – ".join(filter(None, (group.workshop, group.group)))


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with None where there is nothing, as JSON has it."""
    return frame.astype(object).where(frame.notna(), None)


def _now() -> int:
    return time.time_ns() // 1_000_000
