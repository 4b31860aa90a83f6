"""Everything that the notebook, the page and two publications show of generated notes, and an attack on it.

`python tests/everything_shown.py --cases 200` does it with many; the suite with a few. Nothing is taken from
the release itself: figures are read from the frames that a notebook displays, the message that the page gets
and the files of a publication. Whoever has them all asks of every cell over few groups or people: does it
follow as a sum or difference (rank), and how much and how little can it be, as nothing is below 0, draws are
whole, each has one outcome, and a group draws a card once (linear and integer programming, HiGHS)?

`--rooms` asks the same for those who were in the room of one workshop, saw the plenum's board and votes and
know all that its groups did, card by card; and how many figures shown leave few when their own are taken out.
"""

import argparse
import itertools
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from disclosure_attack import KINDS, LEVELS, Attacker, Cell, Differencer
from scipy.linalg import null_space
from scipy.optimize import Bounds, LinearConstraint, milp
from simulated_workshops import frame

from dialogkort.analysis import words
from dialogkort.analysis.card_outcomes import COUNTS
from dialogkort.analysis.disclosure import EVERYTHING, GROUPS, PEOPLE, contributions
from dialogkort.analysis.release import Release
from dialogkort.analysis.words.prompts import prompt_stems
from dialogkort.domain import outcomes
from dialogkort.exports.export import publication
from dialogkort.frames.sessions import CARDS, NOTES, SESSIONS, TURNS, Frames
from dialogkort.i18n import text
from dialogkort.ui.tasks import overview_message

BY = ["organisation"]
SUMS = ("groups", *COUNTS, "minutes")
# What a notebook's frames have besides sums and what they are about. What is new there must be put somewhere.
SHARES = {f"{name}_share{end}" for name in ("skipped", "differently") for end in ("", "_low", "_high")}
OF_THE_WHOLE_ROW = {"sessions", "workshops", "in_deck", "minutes_known", "few_turns", "place_differs"}
OF_A_MEASURE = {
    *("expected", "low", "high", "p", "differs", "could_differ", "ratio", "ratio_low", "ratio_high"),
    *("cards_low", "cards_high", "cards_p", "cards_differs", "carried_by", "shrunk"),
}
ABOUT = {"area", "card", "number", "label", "question", "group", "area_confidence", "withheld"}
_COMMON = ("tid", "borger", "data", "papir", "system", "kollega", "leder", "hjælp", "telefon", "kursus")
_RARE = ("drone", "hologram", "kvante")


# --- what is generated ------------------------------------------------------------------------------------


def generated(rng: np.random.Generator, sizes: tuple[int, ...] = ()) -> Frames:
    """So many groups in each organisation, of few and many people, on a deck of up to nine cards."""
    sizes = sizes or tuple(rng.choice([1, 2, 3, 4, 6, 8, 10], rng.integers(2, 6)))
    areas = {area: int(rng.integers(1, 4)) for area in "ABC"[: rng.integers(2, 4)]}
    deck = [(area, f"{area}{number}") for area, cards in areas.items() for number in range(cards)]
    hand = int(rng.integers(2, min(6, len(deck)) + 1))
    odds = rng.dirichlet(np.full(len(deck), rng.choice([2.0, 10.0])))
    sessions, turns, notes = [], [], []
    for organisation, groups in enumerate(sizes):
        for group in range(groups):
            sessions.append(_session(rng, f"o{organisation}", group))
            for turn, card in enumerate(rng.choice(len(deck), hand, replace=False, p=odds)):
                _played(rng, sessions[-1], turn, deck[card], turns, notes)
    return Frames(frame(SESSIONS, sessions), frame(TURNS, turns), frame(NOTES, notes), _deck(deck))


def _deck(deck: list[tuple[str, str]]) -> pd.DataFrame:
    cards = [
        {"card": card, "number": number, "area": area, "question": _question(card)}
        for number, (area, card) in enumerate(deck, start=1)
    ]
    return frame(CARDS, [{**card, "deck_fingerprint": "deck", "area_confidence": "sure"} for card in cards])


def _question(card: str) -> str:
    """Each card has a word of its own that is also said elsewhere."""
    return f"Hvad siger I om {_COMMON[sum(map(ord, card)) % len(_COMMON)]}?"


def _session(rng: np.random.Generator, organisation: str, group: int) -> dict:
    day = rng.choice(["2026-03-02", "2026-10-05"])
    return {
        "session": f"{organisation}-{group}",
        "organisation": organisation,
        "workshop": f"{organisation} {group // 3}",
        "unit": f"u{rng.integers(2)}",
        "date": day,
        "group": f"{group}",
        "participants": [None, 1, 4, 6][rng.integers(4)],
        "deck_fingerprint": "deck",
        "draw_plan": "shuffle",
        "started_at": pd.Timestamp(f"{day}T09:00", tz="UTC"),
    }


def _played(
    rng: np.random.Generator, session: dict, turn: int, card: tuple, turns: list, notes: list
) -> None:
    of = {"session": session["session"], "card": card[1], "area": card[0], "question": _question(card[1])}
    began = session["started_at"] + pd.Timedelta(minutes=10 * turn)
    became = {"outcome": rng.choice(["discussed", "skipped", "put back"], p=[0.6, 0.3, 0.1])}
    became["minutes"] = float(rng.gamma(2.0, 2.0))
    if became["outcome"] == "discussed":
        became["agreement"] = [None, "alike", "differently"][rng.integers(3)]
    turns.append({**of, "turn": turn, "turned_at": began, "area_confidence": "sure", **became})
    for number in range(rng.integers(0, 4)):
        sentence = " ".join(rng.choice(_COMMON, 3)) + (f" {rng.choice(_RARE)}" if rng.random() < 0.15 else "")
        note = {
            "note": f"{of['session']}-{turn}-{number}",
            "kind": "point",
            "text": sentence,
            "created_at": began,
        }
        notes.append({**of, **note, "words": len(sentence.split())})


def some(frames: Frames, ids: set[str]) -> Frames:
    """What the sessions of these ids gave."""
    return Frames(*(f[f["session"].isin(ids)] if "session" in f else f for f in frames))


# --- what is shown ----------------------------------------------------------------------------------------


class Figure(NamedTuple):
    """A sum as somebody reads it: of a table by area or card, its row and column, what of, how exact."""

    kind: str
    row: tuple[str, ...]
    column: str | None
    measure: str
    value: float
    half_a_digit: float = 0.0


def in_notebook(release: Release) -> Iterator[Figure]:
    """The sums in the frames that `4_analyse.ipynb` displays and draws; it knows every column of them."""
    measures = ["discussed", "skipped", "minutes", "notes"]
    frames = (
        ("area", (), release.by_area()),
        ("card", (), release.by_card(measures=measures)),
        ("area", ("group",), release.by_group()),
    )
    for kind, where, shown in frames:
        assert not unknown_columns(shown), unknown_columns(shown)
        for row in shown.to_dict("records"):
            for measure in (name for name in SUMS if pd.notna(row.get(name))):
                location = tuple(str(row[name]) for name in where)
                yield Figure(kind, location, str(row[kind]), measure, float(row[measure]))


def unknown_columns(shown: pd.DataFrame) -> set[str]:
    """Columns of a frame of the notebook that nobody has thought about: do they give a cell away?"""
    parts = {f"{measure}_{part}" for measure in SUMS for part in OF_A_MEASURE}
    return set(shown) - {*SUMS, *SHARES, *OF_THE_WHOLE_ROW, *ABOUT, *parts}


def on_page(frames: Frames) -> Iterator[Figure]:
    """The figures in the rows that the overview's page gets of several workshops."""
    message = overview_message(frames, [], for_my_eyes=False)
    measures = ("drawn", *outcomes.COLUMNS, "minutes", "notes")
    for area, *figures in message["rows"]:
        for measure, shown in zip(measures, figures, strict=True):
            if shown != text("charts.suppressed"):
                exact = 0.05 if measure == "minutes" else 0.0
                yield Figure("area", (), area, measure, _read(shown), exact)


def _read(shown: str) -> float:
    return float(shown.replace(text("format.thousands_mark"), "").replace(text("format.decimal_mark"), "."))


def in_files(folder: Path) -> Iterator[Figure]:
    """The figures in the files of a publication."""
    for path in folder.glob("*.csv"):
        table = pd.read_csv(path, sep=";", decimal=",", encoding="utf-8-sig", dtype={"card": str})
        kind = "card" if "card" in table else "area"
        where = [name for name in LEVELS if name in table]
        for row in table[table["withheld"].isna()].to_dict("records"):
            column = None if row[kind] == text("disclosure.total") else str(row[kind])
            for measure in (name for name in SUMS if name in row):
                exact = 0.05 if measure == "minutes" else 0.0
                yield Figure(kind, tuple(row[n] for n in where), column, measure, float(row[measure]), exact)


def as_tables(figures: list[Figure], frames: Frames) -> dict[str, dict[str, pd.DataFrame]]:
    """All figures as tables by area and card; a cell that nobody showed is left out."""
    open_cells: dict[tuple, dict[str, float]] = {}
    for figure in figures:
        cell = open_cells.setdefault((figure.kind, figure.row, figure.column), {})
        cell.setdefault(figure.measure, figure.value)
        assert abs(cell[figure.measure] - figure.value) <= figure.half_a_digit + 1e-9, figure
    columns = {"area": frames.cards["area"].unique(), "card": frames.cards["card"]}
    rows = {(): [()], tuple(BY): [(o,) for o in sorted(frames.sessions[BY[0]].unique())]}
    return {
        kind: {
            level[-1] if level else EVERYTHING: pd.DataFrame(
                [
                    {
                        **dict(zip(level, row, strict=True)),
                        kind: column,
                        **dict.fromkeys(SUMS, np.nan),
                        **open_cells.get((kind, row, column), {}),
                        "withheld": None if (kind, row, column) in open_cells else "withheld",
                    }
                    for row in rows[level]
                    for column in [*columns[kind], None]
                ]
            ).astype({"withheld": "string"})
            for level in rows
        }
        for kind in KINDS
    }


# --- what somebody makes of it ----------------------------------------------------------------------------

LINKED = ("drawn", *outcomes.COLUMNS)
MEASURES = (*LINKED, "notes", "minutes")


class Reader(Attacker):
    """Has every figure; `totals` are rows over the atoms that are read from the rates of words."""

    def __init__(self, given, tables, by, knows=(), totals=()):
        super().__init__(given, tables, by, knows)
        self._totals = np.array([row(self.atoms, self.area) for row in totals]).reshape(-1, len(self.atoms))

    def known(self):
        return np.vstack([super().known(), self._totals])


def feasible(reader: Attacker, target: np.ndarray, measure: str) -> tuple[float, float]:
    """The least and the most that a sum over atoms can be: whole counts, each draw with one outcome."""
    linked = LINKED if measure in LINKED else (measure,)
    figures = [(one[1] if isinstance(one[1], Cell) else one).figures for one in reader.shown]
    rows, values = [], []
    for number, name in enumerate(linked):
        block = np.eye(len(linked))[number]
        known = [f.get(name, np.nan) for f in figures]
        rows += [np.kron(block, v) for v, x in zip(reader.matrix, known, strict=True) if pd.notna(x)]
        values += [x for x in known if pd.notna(x)]
    if measure in LINKED:
        rows += list(np.kron([1.0, *[-1.0] * len(outcomes.COLUMNS)], np.eye(len(target))))
        values += [0.0] * len(target)
    slack = 0.05 if measure == "minutes" else 0.0
    limits = np.tile(_at_most(reader, figures), len(linked)) if measure in LINKED else np.inf
    block = np.eye(len(linked))[linked.index(measure)]
    return _ends(np.kron(block, target), np.array(rows), np.array(values, float), slack, limits, measure)


def _ends(target, rows, values, slack, limits, measure) -> tuple[float, float]:
    ends = []
    for sign in (1, -1):
        solution = milp(
            sign * target,
            constraints=[LinearConstraint(rows, values - slack, values + slack)] if len(rows) else None,
            bounds=Bounds(0, limits),
            integrality=np.full(len(target), int(measure != "minutes")),
        )
        assert solution.status in (0, 3, 4), solution.message
        ends.append(sign * solution.fun if solution.x is not None else sign * -np.inf)
    return ends[0], ends[1]


def _at_most(reader: Attacker, figures: list[dict]) -> np.ndarray:
    """A card is drawn once by a group: no more often than there are groups in any cell it is in."""
    groups = np.array([f.get("groups", np.nan) for f in figures], dtype=float)
    inside = np.where(reader.matrix > 0, groups[:, None], np.inf)
    return np.nanmin(np.where(np.isnan(inside), np.inf, inside), axis=0, initial=np.inf)


def pinned(reader: Attacker, targets: list) -> list[tuple]:
    """The sums of which some figure can have one value only, but for parts of a 0, which are 0."""
    results = []
    for (name, target), measure in itertools.product(targets, MEASURES):
        least, most = feasible(reader, target, measure)
        if most - least < 0.5 and most > 0.5:
            results.append((name, measure, least, most))
    return results


class Words(NamedTuple):
    """A table of words, the groups that are in it, and the stems that are not counted, by card."""

    table: pd.DataFrame
    groups: set[str]
    prompts: dict[str, set[str]]


def rates(shown: Words) -> list:
    """What the rates of `keyness` tell: how much was said in a group, and in the others, to which cards."""
    by = shown.table.columns[0]
    rows = set()
    for row in shown.table.to_dict("records"):
        without = _not_counted(shown, words.stem(row["word"]))
        if pd.notna(row["count"]) and pd.notna(row["per_1000"]):
            rows.add((frozenset({row[by]}), without))
        if pd.notna(row["other"]) and pd.notna(row["other_per_1000"]) and row["other"]:
            rows.add((frozenset(shown.groups - {row[by]}), without))
    return [partial(_total_row, by, groups, without) for groups, without in rows]


def _not_counted(shown: Words, stem: str) -> frozenset[str]:
    return frozenset(card for card, stems in shown.prompts.items() if stem in stems)


def _total_row(by: str, groups: frozenset, without: frozenset, atoms: list, area: dict) -> np.ndarray:
    """A row over the atoms: what was said in some groups, to cards that are counted."""
    of_atom = [area[card] if by == "area" else leaf[0] for leaf, card in atoms]
    return np.array(
        [g in groups and card not in without for g, (_, card) in zip(of_atom, atoms, strict=True)], float
    )


def words_recovered(frames: Frames, tables: list[Words]) -> list[tuple]:
    """How often few said a word in an area or an organisation, where it follows from the tables of words."""
    tokens = words.tokens(frames.notes, for_my_eyes=True).merge(
        frames.notes.assign(row=range(len(frames.notes)))[["row", "session", "area", "card"]], on="row"
    )
    tokens = tokens.merge(frames.sessions[["session", "organisation", "participants"]], on="session")
    tokens = tokens.assign(stem=tokens["stem"].astype(str), participants=tokens["participants"].fillna(2))
    places = tokens[["organisation", "area", "card"]].drop_duplicates()
    results = []
    for stem, rows in tokens.groupby("stem"):
        counts = [row for shown in tables for row in _counts(shown, stem, places)]
        blind = null_space(np.array(counts)) if counts else np.eye(len(places))
        for by in ("organisation", "area"):
            for name, speakers in rows.drop_duplicates(["session", by]).groupby(by):
                target = places[by].eq(name).to_numpy(float)
                if speakers["session"].nunique() < GROUPS or speakers["participants"].sum() < PEOPLE:
                    results += [(stem, name)] if np.abs(target @ blind).max(initial=0) < 1e-8 else []
    return results


def _counts(shown: Words, stem: str, places: pd.DataFrame) -> list[np.ndarray]:
    by, rows = shown.table.columns[0], []
    is_counted = ~places["card"].isin(_not_counted(shown, stem))
    for row in shown.table[shown.table["word"].map(words.stem) == stem].to_dict("records"):
        rows += [is_counted & places[by].eq(row[by])] if pd.notna(row["count"]) else []
        rows += [is_counted & places[by].isin(shown.groups - {row[by]})] if pd.notna(row["other"]) else []
    return [row.to_numpy(float) for row in rows]


# --- all of it --------------------------------------------------------------------------------------------


class Shown(NamedTuple):
    """One day's notebook, page and publication: what was given, all sums, and the tables of words."""

    frames: Frames
    given: pd.DataFrame
    tables: dict[str, dict[str, pd.DataFrame]]
    words: list[Words]


def shown(frames: Frames, folder: Path, k: int = GROUPS) -> Shown | None:
    """All that is shown of the frames; None when the ledger refuses the publication.

    The page of several workshops knows no other `k` than its own, and is left out when another is asked for.
    """
    release = Release(frames, by=BY, k=k)
    try:
        publication(folder / "ud", release, ledger_folder=folder)
    except ValueError:
        return None
    figures = [*in_notebook(release), *(on_page(frames) if k == GROUPS else ()), *in_files(folder / "ud")]
    given = contributions(*frames, by=list(LEVELS), column=KINDS)
    return Shown(frames, given, as_tables(figures, frames), words_of(release))


def words_of(release: Release) -> list[Words]:
    """The tables of words by area (as the notebook) and by organisation."""
    tables = []
    cards = release.frames.cards.drop_duplicates("card")[["card", "question"]]
    prompts = {card: prompt_stems(question) for card, question in cards.to_numpy()}
    for by in ("area", "organisation"):
        cells = release.cells["area"][EVERYTHING if by == "area" else by]
        cells = cells[(cells["area"].notna() == (by == "area")) & cells["withheld"].isna()]
        shown = release.keyness(by, without_prompts=by == "area")
        tables.append(Words(shown, set(cells[by].astype(str)), prompts if by == "area" else {}))
    return tables


def attack(day: Shown) -> tuple[int, list[tuple]]:
    """How many cells over few there are, and what of them somebody recovers."""
    totals = [row for shown in day.words for row in rates(shown)]
    readers = [(), *sorted({(o,) for o in day.given["organisation"]})]
    looked_at, results = 0, [("word", *one) for one in words_recovered(day.frames, day.words)]
    for knows in readers:
        reader = Reader(day.given, day.tables, BY, knows, totals)
        looked_at += len(reader.few())
        results += [("sum", knows, cell[:3]) for cell in reader.recovered()]
    anybody = Reader(day.given, day.tables, BY)
    results += [
        ("range", *one) for one in pinned(anybody, [(c[:3], anybody.vector(c)) for c in anybody.few()])
    ]
    return looked_at, results


class FromRooms(NamedTuple):
    """What those who were in one workshop's room make of all that is shown, over all rooms.

    rooms; hidden: cells left out that are over few others; recovered: those of them that follow; shown: cells
    with a figure; leave_few: those of them that leave few others when the own workshop's are taken out.
    """

    rooms: int = 0
    hidden: int = 0
    recovered: int = 0
    shown: int = 0
    leave_few: int = 0


def from_rooms(day: Shown) -> FromRooms:
    """Each room knows what its own groups did with every card: more than its plenum's board says."""
    by = [*BY, "workshop"]
    given = contributions(*day.frames, by=by, column=KINDS)
    totals = [row for tables in day.words for row in rates(tables)]
    counts = FromRooms()
    for room in sorted(set(given[by].astype(str).itertuples(index=False, name=None))):
        reader = Reader(given, day.tables, by, room, totals)
        leave_few = sum(reader.is_few(reader.vector(cell)) for cell in reader.shown)
        seen = FromRooms(1, len(reader.few()), len(reader.recovered()), len(reader.shown), leave_few)
        counts = FromRooms(*map(sum, zip(counts, seen, strict=True)))
    return counts


def attack_two(then: Shown, now: Shown) -> list[tuple]:
    """What two days together tell of few: of those who came, went or stayed, as well as of either day's."""
    both = Differencer((then.given, then.tables, BY), (now.given, now.tables, BY))
    results = [("two days", one) for one in both.recovered()]
    return results + [("two days", *one) for one in pinned(both, [(n, np.array(n)) for n in both.few()])]


def two_days(
    rng: np.random.Generator, folder: Path, sizes: tuple[int, ...] = ()
) -> tuple[int, int, list[tuple]]:
    """A round shown twice, the second time with more groups: cells over few, let pass, recovered."""
    frames = generated(rng, sizes)
    ids = frames.sessions["session"].to_numpy()
    then = shown(some(frames, set(ids[rng.random(len(ids)) < rng.choice([0.5, 0.9])])), folder)
    number, results = attack(then) if then and len(then.given) else (0, [])
    now = shown(frames, folder)
    if now is None:
        return number, 0, results
    more, of_now = attack(now)
    both = attack_two(then, now) if then and len(then.given) else []
    return number + more, 1, [*results, *of_now, *both]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--rooms", action="store_true", help="by those who were in one workshop's room")
    parser.add_argument("--k", type=int, default=GROUPS, help="with --rooms: fewest groups behind a figure")
    options = parser.parse_args()
    cells, let_pass, lost, seen = 0, 0, 0, FromRooms()
    for case in range(options.cases):
        rng = np.random.default_rng([options.seed, case])
        with tempfile.TemporaryDirectory() as place:
            if options.rooms:
                day = shown(generated(rng), Path(place), options.k)
                seen = FromRooms(*map(sum, zip(seen, from_rooms(day) if day else FromRooms(), strict=True)))
                continue
            number, passed, breaches = two_days(rng, Path(place))
        cells, let_pass, lost = cells + number, let_pass + passed, lost + len(breaches)
        for one in breaches:
            print(case, *one, flush=True)
    if options.rooms:
        print(f"{options.cases} rounds: {seen}")
    else:
        print(
            f"{options.cases} rounds, {let_pass} shown twice; {cells} cells over few looked for, {lost} found"
        )
