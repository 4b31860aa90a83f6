"""Which figures can be shown to others without showing what a few people said?

A cell is *few* when fewer than `k` groups, or fewer than `people` participants, stand behind it: the minimum
frequency rule of official statistics, where three contributors is the usual least number and five the usual
cautious one (Hundepool et al. 2012, "Statistical Disclosure Control", ch. 4; sdcTable and tau-Argus begin at
three). Here it is three groups, so that no group can take itself off and be left with one other, and five
people.

To leave a few cell out is not enough when a total gives it back, so others are left out with it. The usual
search for them (hypercube, linear programs) protects each cell alone; two small cells may still be had as a
sum. The pattern made here is stricter and can be proved:

* Rows form a tree (everything, organisations, their units). In each column by itself, what can be had by
  adding and subtracting published cells of a tree are unions of *remainders*: a published row less its
  largest published parts. Rows are left out until every remainder is empty or not few.
* The total over the columns is published only for a row with all its columns. It is then the sum of published
  cells and adds nothing to what can be worked out; so the columns stay apart, and no sum or difference of
  published cells, across rows and columns together, is a total over few.

All measures of a cell stay or go together, the number of groups among them. Zeros are published: that the
groups of a unit drew no card of an area says nothing of them. What this does not hide: that a remainder of
enough groups has 0 of something (then each of them has), and what is published elsewhere from the same notes:
make what belongs together in one go.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from dialogkort.analysis.tables import cards_on_tables, in_hand

GROUPS = 3
PEOPLE = 5
MEASURES = ("drawn", "discussed", "skipped", "put_back", "open", "notes", "words", "minutes")
FEW, OTHERS = "few", "to protect others"
EVERYTHING = "everything"
_LEAST_IN_A_GROUP = 2  # who talk together; counted where nobody told how many they were

Row = tuple[str, ...]


class Behind(NamedTuple):
    """How many groups and people stand behind a figure."""

    groups: int = 0
    people: int = 0

    def with_(self, other: "Behind") -> "Behind":
        return Behind(self.groups + other.groups, self.people + other.people)

    def less(self, other: "Behind") -> "Behind":
        return Behind(self.groups - other.groups, self.people - other.people)

    def are_few(self, k: int, people: int) -> bool:
        return self.groups > 0 and (self.groups < k or self.people < people)


def tables(
    sessions: pd.DataFrame,
    turns: pd.DataFrame,
    notes: pd.DataFrame,
    cards: pd.DataFrame,
    by: str | Iterable[str] = "organisation",
    column: str = "area",
    k: int = GROUPS,
    people: int = PEOPLE,
) -> dict[str, pd.DataFrame]:
    """What was talked about, by row and column, without what may not be shown: tables that belong together.

    The four frames are those of `frames.read`. `by` is one column of `sessions` or several, each within the
    one before ("organisation", "unit"); `column` is a column of the cards (area, card). The answer has a
    table for each level, "everything" and then each of `by`, protected together; its columns: see `protect`.
    """
    return protect(contributions(sessions, turns, notes, cards, by, column), by, column, k, people)


def contributions(
    sessions: pd.DataFrame,
    turns: pd.DataFrame,
    notes: pd.DataFrame,
    cards: pd.DataFrame,
    by: str | Iterable[str] = "organisation",
    column: str = "area",
) -> pd.DataFrame:
    """One row per session and column that it had a card of: what it gave to the tables.

    session, the columns of `by` ("" where not told), `column`, participants, and `MEASURES` as in
    `discussion.by_area`.
    """
    by = _several(by)
    if strange := [name for name in by if name not in sessions]:
        raise ValueError(f"by: {strange[0]!r} is no column of sessions")
    drawn = in_hand(cards_on_tables(sessions, turns, notes, cards))[["session", column, *MEASURES]]
    who = sessions[["session", *by, "participants"]].astype({"participants": "Int64"})
    who = who.assign(**{name: who[name].astype("string").fillna("").str.strip() for name in by})
    told = drawn.merge(who, on="session")
    keys = ["session", *by, column, "participants"]
    return told.groupby(keys, observed=True, dropna=False)[list(MEASURES)].sum().reset_index()


def protect(
    given: pd.DataFrame,
    by: str | Iterable[str],
    column: str,
    k: int = GROUPS,
    people: int = PEOPLE,
    measures: Sequence[str] = MEASURES,
) -> dict[str, pd.DataFrame]:
    """The tables of some `contributions`, by level, with every cell left out that would show what few said.

    In each table, one row per row and column, and one with <NA> for the column: the row's total.

    the columns of `by` down to the level, `column`,
    groups, the `measures` : sums, <NA> where the cell is left out.
    withheld : "few" (fewer than `k` groups or `people` participants), "to protect others", else <NA>.

    Participants that nobody told are counted as two a group.
    """
    by = _several(by)
    behind, sums, columns = _cube(given, by, column, measures)
    rows = sorted({row for row, _ in behind}, key=lambda row: (len(row), row))
    hidden = _withheld(behind, rows, columns, k, people)
    return {
        level: _table(
            [row for row in rows if len(row) == depth],
            (by[:depth], column, columns, list(measures)),
            (behind, sums, hidden),
        )
        for depth, level in enumerate([EVERYTHING, *by])
    }


def hide(table: pd.DataFrame, protected: pd.DataFrame, keys: str | Iterable[str]) -> pd.DataFrame:
    """Another table with the same cells (of `discussion`, say), without what a protected one leaves out.

    `keys` are the columns that tell a cell, in both; all other columns of `table` become <NA> or NaN there,
    and `withheld` says why. A cell that `protected` does not know is left out too.
    """
    keys = _several(keys)
    reasons = protected.set_index(keys)["withheld"]
    if not reasons.index.is_unique:
        raise ValueError(f"{keys} name more than one cell of the protected table")
    places = pd.MultiIndex.from_frame(table[keys]) if len(keys) > 1 else pd.Index(table[keys[0]])
    known = pd.Series(places.isin(reasons.index), index=table.index)
    why = pd.Series(reasons.reindex(places).to_numpy(), index=table.index, dtype="string").where(
        known, OTHERS
    )
    others = table.columns.difference(keys, sort=False)
    shown = table.astype({name: "Int64" for name in others if pd.api.types.is_integer_dtype(table[name])})
    shown = shown.astype({name: "boolean" for name in others if pd.api.types.is_bool_dtype(table[name])})
    shown[others] = shown[others].mask(why.notna())
    return shown.assign(withheld=why)


def audit(
    published: Mapping[str, pd.DataFrame],
    given: pd.DataFrame,
    by: str | Iterable[str],
    column: str,
    k: int = GROUPS,
    people: int = PEOPLE,
) -> pd.DataFrame:
    """The cells over few that somebody could work out from published tables, however they were made.

    It knows nothing of how `protect` chooses: a cell can be worked out when it is a linear combination of the
    published ones (rank). Looked at are all cells, and what is left of each published cell when those
    published below it, or beside it, are taken off. One row for each that is over few; none is how it should
    be. For publications of up to some thousand cells.

    row, column : the cell (<NA> for a total). rest : True for what is left of it. groups, people : behind it.
    """
    by = _several(by)
    behind, _, columns = _cube(given, by, column, ())
    leaves = [cell for cell in behind if cell[1] is not None and len(cell[0]) == len(by)]
    vectors = {cell: _as_leaves(cell, leaves) for cell in behind}
    shown = [cell for cell in _published(published, by, column) if cell in vectors]
    basis = _basis(np.array([vectors[cell] for cell in shown]).reshape(len(shown), len(leaves)))
    sizes = _sizes(given, by, column, leaves)
    looked_at = [(cell, False, vector) for cell, vector in vectors.items()]
    looked_at += [(cell, True, rest) for cell in shown for rest in _rests(cell, shown, vectors, columns)]
    found = [
        (*cell, is_rest, *size)
        for cell, is_rest, vector in looked_at
        if (size := sizes(vector)).are_few(k, people) and _spans(basis, vector)
    ]
    return pd.DataFrame(found, columns=["row", "column", "rest", "groups", "people"])


# --- the cells --------------------------------------------------------------------------------------------


def _several(by: str | Iterable[str]) -> list[str]:
    return [by] if isinstance(by, str) else list(by)


def _cube(
    given: pd.DataFrame, by: list[str], column: str, measures: Sequence[str]
) -> tuple[dict[tuple, Behind], dict[tuple, tuple], list]:
    """Who is behind every cell, and its sums, by row (a path in the tree) and column (None: the total)."""
    is_ordered = isinstance(given[column].dtype, pd.CategoricalDtype)
    columns = list(given[column].cat.categories if is_ordered else sorted(given[column].unique()))
    crowd = given["participants"].astype("Int64").fillna(_LEAST_IN_A_GROUP).astype(int)
    told = given.assign(**{name: given[name].astype(str) for name in by}, people=crowd, all="")
    behind: dict[tuple, Behind] = {((), None): Behind()}
    sums: dict[tuple, tuple] = {}
    for depth in range(len(by) + 1):
        for over in (None, column):
            keys = [*by[:depth], over or "all"]
            once = told.drop_duplicates(["session", *keys]).groupby(keys, observed=True)
            sizes = once.agg(groups=("session", "size"), people=("people", "sum"))
            amounts = told.groupby(keys, observed=True)[list(measures)].sum() if measures else sizes
            for place, size, amount in zip(
                _places(sizes.index),
                sizes.itertuples(index=False),
                amounts.itertuples(index=False),
                strict=True,
            ):
                cell = (place[:-1], place[-1] if over else None)
                behind[cell] = Behind(int(size.groups), int(size.people))
                sums[cell] = tuple(amount)
    return behind, sums, columns


def _places(index: pd.Index) -> list[tuple]:
    return list(index) if index.nlevels > 1 else [(value,) for value in index]


# --- what is left out -------------------------------------------------------------------------------------


def _withheld(
    behind: dict[tuple, Behind], rows: list[Row], columns: list, k: int, people: int
) -> dict[tuple, str]:
    """Why a cell is left out, for each that is. Rows come with those above them first."""

    def few(size: Behind) -> bool:
        return size.are_few(k, people)

    small_rows = {row for row in rows if few(behind.get((row, None), Behind()))}
    hidden: dict[tuple, str] = {(row, column): FEW for row in small_rows for column in [*columns, None]}
    parts = _parts_of(rows)
    damaged: set[Row] = set()  # rows with something left out already: one more there costs no total
    for column in columns:
        size = {row: behind.get((row, column), Behind()) for row in rows}
        out = _rows_to_leave_out(size, parts, damaged, few) | small_rows
        damaged |= out
        hidden |= {(row, column): FEW if few(size[row]) or row in small_rows else OTHERS for row in out}
    return hidden | {(row, None): OTHERS for row in damaged - small_rows}


def _parts_of(rows: list[Row]) -> dict[Row, list[Row]]:
    parts: dict[Row, list[Row]] = {row: [] for row in rows}
    for row in rows:
        if row:
            parts[row[:-1]].append(row)
    return parts


def _rows_to_leave_out(
    size: dict[Row, Behind],
    parts: dict[Row, list[Row]],
    damaged: set[Row],
    few: Callable[[Behind], bool],
) -> set[Row]:
    """The rows to leave out of one column, so that no remainder is few."""
    out = {row for row, behind in size.items() if few(behind)}

    def published_below(row: Row) -> list[Row]:
        return [found for part in parts[row] for found in (published_below(part) if part in out else [part])]

    def remainder(row: Row, below: list[Row]) -> Behind:
        left = size[row]
        for part in below:
            left = left.less(size[part])
        return left

    for row in size:  # those above come first, and what is left out further down does not touch them
        while row not in out and few(remainder(row, below := published_below(row))):
            out.add(
                min(
                    (part for part in below if size[part].groups), key=lambda part: _cost(part, size, damaged)
                )
            )
    return out


def _cost(row: Row, size: dict[Row, Behind], damaged: set[Row]) -> tuple:
    return row not in damaged, size[row], row


def _table(rows: list[Row], names: tuple, cells: tuple) -> pd.DataFrame:
    (levels, column, columns, measures), (behind, sums, hidden) = names, cells
    told = []
    for row in rows:
        for place in [*columns, None]:
            cell = (row, place)
            reason = hidden.get(cell)
            figures = sums.get(cell, (0,) * len(measures))
            shown = [None] * (1 + len(measures)) if reason else [behind.get(cell, Behind()).groups, *figures]
            told.append([*row, place, *shown, reason])
    names = [*levels, column, "groups", *measures, "withheld"]
    table = pd.DataFrame(told, columns=names).astype(dict.fromkeys([*levels, "withheld"], "string"))
    whole = {name: "Float64" if name == "minutes" else "Int64" for name in ["groups", *measures]}
    return table.astype({column: pd.CategoricalDtype(columns, ordered=False), **whole})


# --- what can be worked out -------------------------------------------------------------------------------


def _published(published: Mapping[str, pd.DataFrame], by: list[str], column: str) -> list[tuple]:
    cells = []
    for level, table in published.items():
        names = by[: by.index(level) + 1] if level in by else []
        open_cells = table[table["withheld"].isna()]
        for row, place in zip(
            open_cells[names].itertuples(index=False, name=None), open_cells[column], strict=True
        ):
            cells.append((row, None if pd.isna(place) else place))
    return cells


def _as_leaves(cell: tuple, leaves: list[tuple]) -> np.ndarray:
    """A cell as the leaves it is the sum of."""
    row, column = cell
    return np.array(
        [leaf[: len(row)] == row and column in (None, place) for leaf, place in leaves], dtype=float
    )


def _rests(cell: tuple, shown: list[tuple], vectors: dict[tuple, np.ndarray], columns: list) -> Iterable:
    """What is left of a published cell: less the largest published below it, and less those beside it."""
    row, column = cell
    known = set(shown)

    def below(part: Row) -> Iterable[np.ndarray]:
        for other, place in vectors:
            if place == column and len(other) == len(part) + 1 and other[:-1] == part:
                yield from [vectors[other, place]] if (other, place) in known else below(other)

    yield vectors[cell] - sum(below(row))
    if column is None:
        yield vectors[cell] - sum(vectors[row, place] for place in columns if (row, place) in known)


def _sizes(given: pd.DataFrame, by: list[str], column: str, leaves: list[tuple]) -> Callable:
    """Tells how many different groups, and their people, are behind some leaves."""
    groups, names = pd.factorize(given["session"])
    places = {leaf: at for at, leaf in enumerate(leaves)}
    told = zip(given[by].astype(str).itertuples(index=False, name=None), given[column], strict=True)
    met = np.zeros((len(leaves), len(names)), dtype=bool)
    for group, leaf in zip(groups, told, strict=True):
        met[places[leaf], group] = True
    once = given.drop_duplicates("session")["participants"].astype("Int64").fillna(_LEAST_IN_A_GROUP)
    crowd = once.to_numpy(dtype=int)

    def size(vector: np.ndarray) -> Behind:
        ours = met[vector > 0.5].any(axis=0)
        return Behind(int(ours.sum()), int(crowd[ours].sum()))

    return size


def _basis(matrix: np.ndarray) -> np.ndarray:
    """Orthonormal rows that span the same."""
    if not matrix.size:
        return matrix
    _, weights, rows = np.linalg.svd(matrix, full_matrices=False)
    return rows[weights > 1e-9 * max(weights.max(), 1)]


def _spans(basis: np.ndarray, vector: np.ndarray) -> bool:
    return bool(np.linalg.norm(vector - basis.T @ (basis @ vector)) < 1e-7 * max(1.0, np.linalg.norm(vector)))
