"""Minutes that nobody knows, of sessions on paper, are no minutes and no zeros: they move no comparison."""

import numpy as np
import pandas as pd
import pytest

from dialogkort.analysis.discussion import by_area, compare
from dialogkort.frames.sessions import Frames
from dialogkort.i18n import text
from dialogkort.narrative.area_bars import area_bars
from dialogkort.narrative.numbers import number
from dialogkort.narrative.overview import overview_sentence

AREAS = ("Data", "Roller")
CARDS = 8
pytestmark = pytest.mark.usefixtures("allowing_unprotected")


def afternoon(minutes: dict[str, list[float | None]], workshops: int = 3) -> Frames:
    """Sessions that each turn all cards; by session, the minutes of each card."""
    sessions = pd.DataFrame(
        {
            "session": list(minutes),
            "workshop": [f"W{place % workshops}" for place in range(len(minutes))],
            "organisation": ["AB"[place % workshops % 2] for place in range(len(minutes))],
            "date": pd.Timestamp("2026-03-01"),
            "group": list(minutes),
            "deck_fingerprint": "d",
            "draw_plan": "shuffle",
        }
    )
    cards = pd.DataFrame(
        {
            "deck_fingerprint": "d",
            "card": [f"k-{number}" for number in range(CARDS)],
            "number": range(CARDS),
            "area": [AREAS[number % 2] for number in range(CARDS)],
            "area_confidence": "sure",
            "question": [f"Spørgsmål {number}" for number in range(CARDS)],
        }
    )
    turns = pd.concat(
        [
            cards.assign(session=session, turn=range(1, CARDS + 1), minutes=pd.array(of_session, "Float64"))
            for session, of_session in minutes.items()
        ],
        ignore_index=True,
    ).assign(outcome="discussed", skip_reason=None, agreement=None)
    notes = pd.DataFrame(columns=["session", "note", "card", "words"])
    return Frames(sessions, turns, notes, cards)


def drawn_minutes(rng: np.random.Generator, count: int, missing: float) -> dict[str, list[float | None]]:
    known = rng.uniform(1, 9, (count, CARDS))
    return {
        f"g{place}": [None if rng.random() < missing else float(value) for value in row]
        for place, row in enumerate(known)
    }


def test_what_is_expected_of_the_minutes_is_what_is_known_of_them():
    for seed in range(5):
        some = drawn_minutes(np.random.default_rng(seed), 6, missing=0.4) | {"blank": [None] * CARDS}
        areas = by_area(*afternoon(some), measures=["minutes"], for_my_eyes=True)
        known = sum(value for row in some.values() for value in row if value is not None)
        assert areas["minutes"].sum() == pytest.approx(known)
        assert areas["minutes_expected"].sum() == pytest.approx(known)
        assert not areas["minutes_known"].any()


def test_cards_of_an_area_that_all_took_as_long_do_not_differ_however_many_minutes_are_missing():
    """Of one area most minutes are missing: taken for zero, it would have got a third of the time."""
    rng = np.random.default_rng(1)
    alike = {
        f"g{place}": [None if number % 2 and rng.random() < 0.7 else 5.0 for number in range(CARDS)]
        for place in range(9)
    }
    areas = by_area(*afternoon(alike), measures=["minutes"], for_my_eyes=True)
    assert areas["minutes_ratio"].tolist() == pytest.approx([1, 1])
    assert areas["minutes_differs"].isna().all()


def test_minutes_a_card_are_those_of_the_cards_whose_minutes_are_known():
    half = {f"g{place}": [5.0] * CARDS if place < 4 else [None] * CARDS for place in range(8)}
    each = compare(*afternoon(half, workshops=4), measures=["minutes"], for_my_eyes=True)
    assert each[["a_each", "b_each"]].to_numpy() == pytest.approx(5)


def test_the_sentence_of_one_workshop_names_no_area_by_time_that_is_partly_unknown_and_says_so():
    one = {"g0": [9.0, 1.0] * (CARDS // 2), "g1": [None] * CARDS}
    known = {"g0": one["g0"], "g1": one["g0"]}
    most = text("overview.most_time", area=AREAS[0], minutes=number(9, 1))
    missing = text("overview.minutes_missing")
    partly, whole = (
        overview_sentence(by_area(*afternoon(minutes, workshops=1), for_my_eyes=True))
        for minutes in (one, known)
    )
    assert (most in whole, missing in whole) == (True, False)
    assert (most in partly, missing in partly) == (False, True)


def test_an_area_whose_minutes_nobody_knows_is_said_to_be_not_measured_and_not_to_have_got_none():
    of_data_alone = {"g0": [5.0, None] * (CARDS // 2)}
    bars = area_bars(by_area(*afternoon(of_data_alone, workshops=1), for_my_eyes=True))
    assert [area["minutes"]["number"] for area in bars["areas"]] == [
        number(5 * CARDS // 2),
        text("overview.no_minutes"),
    ]
    counts = {"drawn": number(CARDS // 2), "notes": number(0)}
    assert text("overview.alt_area_untimed", area=AREAS[1], **counts) in bars["alt"]
    assert text("overview.alt_area_untimed", area=AREAS[0], **counts) not in bars["alt"]
