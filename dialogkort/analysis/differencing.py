"""Differencing attacks: what two publications of nearly the same groups disclose when held together.

The difference of a figure then and now is what came in, went out or changed meanwhile: over few, if few did.
And a cell that covers for another in one publication may stand open in the next. So both are taken as one:
what they show of an area (or of a card) are totals over *classes* of groups, the remainders of `suppression`.
A group is in one class of the earlier, or in none, and in one of the later. Wherever these split a class,
the parts must be no fewer than any other figure, to anybody and to one of those in it. More is asked than
need be: not every part can be worked out.

A `Snapshot` is all that is remembered of a publication: no words and no figures, and digests for names.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

import pandas as pd

from dialogkort.analysis.disclosure import MEASURES, identify_sessions
from dialogkort.analysis.suppression import CellSize

_DIGEST = 6  # bytes: of ten million groups, two alike once in fifty thousand publications


class Snapshot(NamedTuple):
    """What a publication showed of whom.

    by, k, people : how it was made.
    cards : by card its area. shown : by area the rows that show it, shown_by_card : that show its cards.
    merged : the cards that no row shows. sessions : by id, what is in it, who, how many, its row, its cards.
    """

    by: list[str]
    k: int
    people: int
    cards: dict[str, str]
    shown: dict[str, list[list[str]]]
    shown_by_card: dict[str, list[list[str]]]
    merged: list[str]
    sessions: dict[str, list]


class _Session(NamedTuple):
    content: str
    who: str
    people: int
    row: Sequence[str]
    cards: list[str]


def snapshot(
    given: pd.DataFrame,
    sessions: pd.DataFrame,
    published: Mapping[str, Mapping[str, pd.DataFrame]],
    by: list[str],
    k: int,
    people: int,
) -> Snapshot:
    """What is remembered of tables {column: {level: table}} of some `contributions` by area and card."""
    cards = dict(zip(given["card"].astype(str), given["area"].astype(str), strict=True))
    by_card = _shown(published.get("card", {}), by, "card")
    rows_of_cards: dict[str, list[list[str]]] = defaultdict(list)
    for card, rows in by_card.items():
        rows_of_cards[cards[card]] += [row for row in rows if row not in rows_of_cards[cards[card]]]
    return Snapshot(
        by,
        k,
        people,
        cards,
        _shown(published.get("area", {}), by, "area"),
        dict(rows_of_cards),
        sorted(set(cards) - set(by_card)),
        _sessions(given, sessions, by),
    )


def differences(earlier: Snapshot, later: Snapshot) -> list[str]:
    """The areas and cards of which the two together may show a figure over few; none is how it should be."""
    areas = [
        area for area, parts in _parts(earlier, later, _area_classes) if _discloses(parts, earlier, later)
    ]
    by_card = _parts(earlier, later, _card_classes)
    return areas + [name for name, parts in by_card if _discloses(parts, earlier, later)]


# --- what is remembered -----------------------------------------------------------------------------------


def _shown(levels: Mapping[str, pd.DataFrame], by: list[str], column: str) -> dict[str, list[list[str]]]:
    """By column (area or card) the rows where it stands open."""
    rows: dict[str, list[list[str]]] = defaultdict(list)
    for depth, table in enumerate(levels.values()):
        cells = table[table["withheld"].isna()].dropna(subset=column)
        for *row, name in cells[[*by[:depth], column]].itertuples(index=False, name=None):
            rows[str(name)].append([_digest(str(part)) for part in row])
    return dict(rows)


def _sessions(given: pd.DataFrame, sessions: pd.DataFrame, by: list[str]) -> dict[str, list]:
    groups = identify_sessions(sessions, by).set_index("session").sort_index()
    gave: dict[str, list] = defaultdict(list)
    given_rows = given[["session", "card", *(name for name in MEASURES if name in given)]]
    for session, *card in (
        given_rows.astype(str).sort_values(["session", "card"]).itertuples(index=False, name=None)
    ):
        gave[session].append(card)
    return {
        _digest(id): list(
            _Session(
                _digest(json.dumps(cards)),
                _digest(who),
                int(people),
                [_digest(part) for part in row],
                [card for card, *_ in cards],
            )
        )
        for id, who, people, *row in groups[["who", "people", *by]].itertuples(name=None)
        if (cards := gave.get(id))
    }


def _digest(word: str) -> str:
    return blake2b(word.encode(), digest_size=_DIGEST).hexdigest()


# --- what two of them show --------------------------------------------------------------------------------


def _area_classes(of: Snapshot) -> Iterator[tuple[str, tuple, tuple]]:
    """The area, the session as it was, and the remainder it is in: for each session and area."""
    for id, session in _sessions_of(of):
        for area in {of.cards[card] for card in session.cards}:
            if (row := _remainder(session.row, of.shown.get(area, []))) is not None:
                yield area, (id, session.content), row


def _card_classes(of: Snapshot) -> Iterator[tuple[str, tuple, tuple]]:
    """The area, the session and card, and the remainder and column it is in: merged cards are one column."""
    for id, session in _sessions_of(of):
        for card in session.cards:
            area = of.cards[card]
            if (row := _remainder(session.row, of.shown_by_card.get(area, []))) is not None:
                column = "" if card in of.merged else card
                yield area, (id, session.content, card), (column, *row)


def _sessions_of(of: Snapshot) -> Iterator[tuple[str, _Session]]:
    for id, fields in of.sessions.items():
        session = _Session(*fields)
        yield id, session._replace(row=tuple(session.row))


def _remainder(row: Sequence[str], published: list[list[str]]) -> tuple[str, ...] | None:
    """The smallest published row that a session is in."""
    open_rows = set(map(tuple, published))
    within = (tuple(row[:depth]) for depth in range(len(row), -1, -1))
    return next((part for part in within if part in open_rows), None)


def _parts(earlier: Snapshot, later: Snapshot, classes) -> Iterator[tuple[str, list[set[str]]]]:
    """By area, the parts that classes of one are split into by the other: the sessions of each part."""
    by_area: dict[str, dict[tuple, list]] = defaultdict(lambda: defaultdict(lambda: [None, None]))
    for side, of in enumerate((earlier, later)):
        for area, key, remainder in classes(of):
            by_area[area][key][side] = remainder
    for area, placed in by_area.items():
        parts: dict[tuple, set[str]] = defaultdict(set)
        for (id, *_), places in placed.items():
            parts[tuple(places)].add(id)
        splits = [
            ids
            for pair, ids in parts.items()
            if any(
                pair[side] is not None and any(other[side] == pair[side] and other != pair for other in parts)
                for side in (0, 1)
            )
        ]
        yield area, splits


def _discloses(parts: list[set[str]], earlier: Snapshot, later: Snapshot) -> bool:
    known = dict(_sessions_of(earlier)) | dict(_sessions_of(later))
    for part in parts:
        present = [known[id] for id in part]
        readers = {session.row[:depth] for session in present for depth in range(1, len(session.row) + 1)}
        for reader in [None, *readers]:
            others = {s.who: s.people for s in present if reader is None or s.row[: len(reader)] != reader}
            if CellSize(len(others), sum(others.values()), 1).is_below_threshold(later.k, later.people):
                return True
    return False
