"""What the tests of the analysis have in common: workshops at random, as plain arrays and as frames."""

import numpy as np
import pandas as pd

from dialogkort.frames.sessions import CARDS, NOTES, SESSIONS, TURNS, Frames

SIZES = {"Anvendelse": 11, "Forståelse": 6, "Formidling": 10, "Udvikling": 8}
AREA_OF_CARD = np.repeat(np.arange(4), list(SIZES.values()))
REASONS = ("not relevant", "unclear", "already covered", "no time", None)
AGREEMENT = ("alike", "differently", "not settled", None)


def hands(random, groups, keen=None, *, cards=8, times=2.0, discussing=0.45, uneven=False):
    """What some groups gave to the cards they drew at random from 11 + 6 + 10 + 8.

    Values (cards × discussed, minutes, notes), the cards' numbers (0 … 34) and their groups. The groups that
    are `keen` (a flag for each) give the cards of the second area so many times as much. `uneven` groups draw
    2 to 16 cards, are slow or quick, and some skip all.
    """
    drawn = random.integers(2, 17, groups) if uneven else np.full(groups, cards)
    order = random.random((groups, 35)).argsort(axis=1)
    card = order[np.arange(35)[None] < drawn[:, None]]
    group = np.repeat(np.arange(groups), drawn)
    pace = random.gamma(1.5, 1 / 1.5, groups)[group] if uneven else 1.0
    talkative = random.choice([0, 0.1, discussing, 0.9], groups)[group] if uneven else discussing
    keen = np.zeros(groups, bool) if keen is None else keen
    liking = np.where((AREA_OF_CARD[card] == 1) & keen[group], times, 1.0)
    discussed = random.random(len(card)) < np.minimum(talkative * liking, 1)
    minutes = random.gamma(3.0, 2.0, len(card)) * liking * discussed + random.gamma(1.0, 0.5, len(card))
    notes = random.poisson(2.5 * liking * pace) * discussed
    return np.stack([discussed, minutes * pace, notes], axis=1).astype(float), card, group


def frame(columns, rows):
    """A frame with the columns and types that a store gives."""
    rows = pd.DataFrame(rows, columns=list(columns) if not rows else None)
    return rows.reindex(columns=list(columns)).astype(columns)


def deck():
    """The frame of 35 cards with areas as large as those of the shipped deck."""
    names = list(SIZES)
    rows = [
        {
            "deck_fingerprint": "deck",
            "card": f"c{number:02}",
            "number": number,
            "area": names[area],
            "area_confidence": "sure",
            "question": f"Hvad siger kort {number}?",
        }
        for number, area in enumerate(AREA_OF_CARD, start=1)
    ]
    return frame(CARDS, rows)


def workshops(
    organisations=("Havneby", "Nordby"), groups=6, *, seed=1, keen=(), days=("2026-03-02",), together=4, **how
):
    """The four frames of so many groups in each organisation, on each of the days, `together` in a workshop.

    The organisations that are `keen` give the cards of the second area twice as much of everything.
    """
    random = np.random.default_rng(seed)
    groups_of = [(o, day, n) for o in organisations for day in days for n in range(groups)]
    fond = np.array([o in keen for o, _, _ in groups_of])
    values, card, group = hands(random, len(groups_of), fond, **how)
    sessions = [
        {
            "session": f"{o}-{day}-{n:03}",
            "workshop": "Digital hverdag" + (f" {n // together + 1}" if n >= together else ""),
            "organisation": o,
            "unit": "Skole" if n % 2 else "Ældrepleje",
            "date": day,
            "group": str(n + 1),
            "deck_fingerprint": "deck",
            "draw_plan": "shuffle",
            "started_at": pd.Timestamp(f"{day}T09:00", tz="UTC"),
        }
        for o, day, n in groups_of
    ]
    cards = deck()
    turns, notes = [], []
    for index, (one, number, g) in enumerate(zip(values, card, group, strict=True)):
        of = {"session": sessions[g]["session"], **cards.loc[number, ["card", "area", "question"]].to_dict()}
        began = sessions[g]["started_at"] + pd.Timedelta(minutes=10 * (index % 8) + 5)
        discussed = bool(one[0])
        became = {"outcome": "discussed" if discussed else "skipped", "minutes": one[1]}
        became |= {"skip_reason": None if discussed else REASONS[int(random.integers(5))]}
        became |= {"agreement": AGREEMENT[int(random.integers(4))] if discussed else None}
        turns.append({**of, "turn": index + 1, "turned_at": began, "area_confidence": "sure", **became})
        for n in range(int(one[2])):
            note = {"note": f"n{index}-{n}", "kind": "point", "text": "Vi mangler tid", "words": 3}
            notes.append({**of, **note, "created_at": began + pd.Timedelta(minutes=n + 1)})
    return Frames(frame(SESSIONS, sessions), frame(TURNS, turns), frame(NOTES, notes), cards)
