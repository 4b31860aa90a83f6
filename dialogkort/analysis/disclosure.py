"""Statistical disclosure control: tables with every cell suppressed that would show what a few people said.

A cell is *few* when fewer than `k` groups, or fewer than `people` participants, stand behind it: the minimum
frequency rule of official statistics, where three contributors is the usual least number and five the usual
cautious one (Hundepool et al. 2012, "Statistical Disclosure Control", ch. 4; sdcTable and tau-Argus begin at
three). Here it is three groups and five people. A group that met several times is one group, as large as it
was at most.

To leave a few cell out is not enough when a total gives it back, so others are left out with it. The usual
search for them (hypercube, linear programs) protects each cell alone; two small cells may still be had as a
sum. The pattern made here is stricter and can be proved:

* Rows form a tree (everything, organisations, their units). In each column by itself, what can be had by
  adding and subtracting published cells of a tree are unions of *remainders*: a published row less its
  largest published parts. Rows are left out until every remainder is empty or not few.
* A remainder has readers who are in it. An organisation (or a unit) knows its own figures and takes them off,
  as the second largest contributor does in the p% rule (Hundepool et al. 2012, ch. 4.2). So a remainder less
  any one of those in it must be empty or not few as well: as a rule three rows are left out, or none. Where
  there are not so many, the row they add up to is left out instead, and the rule holds for the row above.
* Zeros are published, so whoever is left out has at least one group. Of a remainder of g groups in h rows no
  row can have more than g - (h - 1), and that is what must not be few: otherwise all of them are known to be.
* The total over the areas is published only for a row with all its areas. It is then the sum of published
  cells and adds nothing to what can be worked out; so the areas stay apart, and no sum or difference of
  published cells, across rows and areas together, is a total over few.
* Tables by area and by card are linked: an area is the sum of its cards. `suppression` says what is done.

All measures of a cell stay or go together, the number of groups among them. Nobody is told which of the cells
left out are few: with the reason a remainder falls apart into those under `k` and those over. Zeros are
published: that the groups of a unit drew no card of an area says nothing of them.

What this does not hide: that a figure left out lies between 0 and what is missing in the sum; that a rest
of enough groups has 0 of something (then each of them has); that most of a large sum may be one group's; what
several organisations work out together, or one who knows which cards a group drew; and what is published
elsewhere, or at another time, from the same notes. Make what belongs together in one go.
"""

from collections.abc import Collection, Iterable, Sequence
from functools import partial
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd

from dialogkort.analysis.card_outcomes import COUNTS, cards_on_tables, in_hand
from dialogkort.analysis.protection import mark_protected
from dialogkort.analysis.suppression import Cards, CellSize, IsFew, Row, Split, suppressed_cells
from dialogkort.domain import outcomes
from dialogkort.i18n import text

GROUPS = 3
PEOPLE = 5
MEASURES = ("drawn", *outcomes.COLUMNS, "notes", "words", "minutes")
ROWS = ("organisation", "unit", "workshop")  # a group is in one of each; a note taker may be a person's name
COLUMNS = ("area", "card")
SUPPRESSED = "withheld"
EVERYTHING = "everything"
_MIN_GROUP_SIZE = 2  # who talk together; counted where nobody told how many they were
# What `hide` leaves in an open cell beside one that is left out: sums, and what the cell is about.
_SUMS = ("groups", *COUNTS, "minutes")
_ABOUT = ("group", "card", "number", "area", "question", "label")


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

    The four frames are those of `frames.read`. `by` is one of `ROWS` or several, each within the one before
    ("organisation", "unit"); `column` is one of `COLUMNS`. The answer has a table for each level,
    "everything" and then each of `by`, protected together; its columns: see `protect`. Tables of the same
    frames and `by` belong together whatever their `column`: see `linked_tables`.

    Parameters
    ----------
    sessions, turns, notes, cards : DataFrame
        The frames of `read_all` or of a dataset; `*frames` gives all four.
    by : str or iterable of str
        Some of `ROWS`, each within the one before.
    column : str
        One of `COLUMNS`.
    k, people : int
        The least number of groups and of participants behind a figure.

    Returns
    -------
    dict of str to DataFrame
        By level: "everything", and each of `by`.

    Raises
    ------
    ValueError
        A `by` or `column` that cannot be published by, or a `k` below 3.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import merge, read_all
    >>> from dialogkort.resources import SAMPLE
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> frames = read_all(folder)
    >>> list(tables(*frames, by="unit"))
    ['everything', 'unit']
    >>> tables(*frames, by="unit")["unit"][["unit", "area", "drawn"]].head(3)
                unit                         area  drawn
    0  Borgerservice       Anvendelseskompetencer     28
    1  Borgerservice          Teknologiforståelse   <NA>
    2  Borgerservice  Formidling og kommunikation     18
    """
    _check_published_by(_several(by), [column])
    return linked_tables(sessions, turns, notes, cards, by, k, people)[column]


def linked_tables(
    sessions: pd.DataFrame,
    turns: pd.DataFrame,
    notes: pd.DataFrame,
    cards: pd.DataFrame,
    by: str | Iterable[str] = "organisation",
    k: int = GROUPS,
    people: int = PEOPLE,
) -> dict[str, dict[str, pd.DataFrame]]:
    """The `tables` of every one of `COLUMNS`, protected together: no cell of one follows from another.

    A `k` below 3 is refused: of two groups each has the other's figures by taking its own off.
    A card that reads differently in two decks, or is of different areas, is left out.

    Parameters
    ----------
    sessions, turns, notes, cards : DataFrame
        The frames of `read_all` or of a dataset; `*frames` gives all four.
    by : str or iterable of str
        Some of `ROWS`, each within the one before.
    k, people : int
        The least number of groups and of participants behind a figure.

    Returns
    -------
    dict of str to dict of str to DataFrame
        By column ("area", "card") and level.

    Raises
    ------
    ValueError
        A `by` or `column` that cannot be published by, or a `k` below 3.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import merge, read_all
    >>> from dialogkort.resources import SAMPLE
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> frames = read_all(folder)
    >>> linked = linked_tables(*frames, by="unit")
    >>> {column: list(levels) for column, levels in linked.items()}
    {'area': ['everything', 'unit'], 'card': ['everything', 'unit']}
    """
    if k < GROUPS:
        raise ValueError(text("disclosure.too_few", k=k, least=GROUPS))
    given = contributions(sessions, turns, notes, cards, by, COLUMNS)
    return protect_linked(given, by, k, people, never=ambiguous(cards))


def ambiguous(cards: pd.DataFrame) -> set[str]:
    """The cards, by id, that are not the same in all decks: their figures cannot be told together.

    Parameters
    ----------
    cards : DataFrame
        The frame of `read_all`.

    Returns
    -------
    set of str
        Their ids.

    Examples
    --------
    >>> ambiguous(pd.DataFrame({"card": ["1", "1"], "area": ["A", "B"], "question": ["?", "?"]}))
    {'1'}
    """
    kinds = cards.drop_duplicates(["card", "area", "question"])["card"]
    return set(kinds[kinds.duplicated()])


def contributions(
    sessions: pd.DataFrame,
    turns: pd.DataFrame,
    notes: pd.DataFrame,
    cards: pd.DataFrame,
    by: str | Iterable[str] = "organisation",
    column: str | Iterable[str] = "area",
) -> pd.DataFrame:
    """One row per session and column (or several) that it had a card of: what it gave to the tables.

    session, who (which group it was: the same organisation, unit, workshop and group, one that has no name
    being by itself), the columns of `by` ("" where not told), `column`, participants, and `MEASURES` as in
    `discussion.by_area`.

    Parameters
    ----------
    sessions, turns, notes, cards : DataFrame
        The frames of `read_all` or of a dataset; `*frames` gives all four.
    by : str or iterable of str
        Some of `ROWS`, each within the one before.
    column : str or iterable of str
        Some of `COLUMNS`.

    Returns
    -------
    DataFrame
        One row per session and column, with the columns above.

    Raises
    ------
    ValueError
        A `by` or `column` that cannot be published by.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import merge, read_all
    >>> from dialogkort.resources import SAMPLE
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> frames = read_all(folder)
    >>> contributions(*frames, by="unit")[["unit", "area", "drawn"]].head(2)
                unit                    area  drawn
    0  Borgerservice  Anvendelseskompetencer      4
    1  Borgerservice     Teknologiforståelse      2
    """
    by, columns = _several(by), _several(column)
    _check_published_by(by, columns)
    drawn = in_hand(cards_on_tables(sessions, turns, notes, cards))[["session", *columns, *MEASURES]]
    joined = drawn.merge(_identified(sessions, by), on="session")
    keys = ["session", "who", *by, *columns, "participants"]
    return joined.groupby(keys, observed=True, dropna=False)[list(MEASURES)].sum().reset_index()


def chosen_columns(columns: str | Iterable[str]) -> list[str]:
    """The names of columns to publish, checked.

    Parameters
    ----------
    columns : str or iterable of str
        Some of `COLUMNS`.

    Returns
    -------
    list of str

    Raises
    ------
    ValueError
        One that cannot be published by.

    Examples
    --------
    >>> chosen_columns("area")
    ['area']
    """
    columns = _several(columns)
    _check_published_by([], columns)
    return columns


def _check_published_by(by: list[str], columns: list[str]) -> None:
    if strange := [name for index, name in enumerate(by) if name not in ROWS or name in by[:index]]:
        raise ValueError(text("disclosure.not_by", value=strange[0], known=", ".join(ROWS)))
    if strange := [name for name in columns if name not in COLUMNS]:
        raise ValueError(text("disclosure.not_column", value=strange[0], known=", ".join(COLUMNS)))


def identify_sessions(sessions: pd.DataFrame, by: str | Iterable[str]) -> pd.DataFrame:
    """One row per session: who it was, its row (the columns of `by`), and how many they were at most.

    Parameters
    ----------
    sessions : DataFrame
        The frame of `read_all`.
    by : str or iterable of str
        Some of `ROWS`, each within the one before.

    Returns
    -------
    DataFrame
        The columns session, who, those of `by`, people.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import merge, read_all
    >>> from dialogkort.resources import SAMPLE
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> frames = read_all(folder)
    >>> identify_sessions(frames.sessions, "unit")[["unit", "people"]].head(2)
                unit  people
    0  Borgerservice       7
    1  Borgerservice       5
    """
    identified = _identified(sessions, _several(by))
    return identified.assign(people=_crowd(identified)).drop(columns="participants")


def _identified(sessions: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Which group each session was, its rows and how many they were."""
    names = {name: sessions[name].astype("string").fillna("").str.strip() for name in [*ROWS, "group"]}
    same = pd.DataFrame(names).agg("\n".join, axis=1).str.casefold() if len(sessions) else ""
    who = pd.Series(same, index=sessions.index, dtype="string").where(
        names["group"] != "", sessions["session"]
    )
    identified = sessions[["session", "participants"]].astype({"participants": "Int64"})
    return identified.assign(who=who, **{name: names[name] for name in by})


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
    groups, the `measures` : groups with a card there, and sums; <NA> where the cell is left out.
    withheld : "withheld" where it is, else <NA>. Whether it is few or protects others is not told.

    Sessions with the same `who` are one group (each its own where there is no such column). Participants that
    nobody told are counted as two a group.

    Parameters
    ----------
    given : DataFrame
        As of `contributions`.
    by : str or iterable of str
        Columns of `given`, each within the one before.
    column : str
        The column whose values are the tables' columns.
    k, people : int
        The least number of groups and of participants behind a figure.
    measures : sequence of str
        Columns of `given` to sum.

    Returns
    -------
    dict of str to DataFrame
        By level: "everything", and each of `by`.

    Raises
    ------
    ValueError
        A group is in two rows.

    Examples
    --------
    >>> given = pd.DataFrame(
    ...     {
    ...         "session": ["a", "b", "c", "d", "e", "f", "g"],
    ...         "participants": 4,
    ...         "unit": ["Borgerservice"] * 3 + ["Plejecenter"] * 4,
    ...         "area": "Data",
    ...         "card": "1",
    ...         "minutes": 5.0,
    ...     }
    ... )
    >>> by_unit = protect(given, "unit", "area", measures=["minutes"])["unit"]
    >>> by_unit[["unit", "area", "minutes"]].dropna(subset="area")
                unit  area  minutes
    0  Borgerservice  Data     15.0
    2    Plejecenter  Data     20.0
    """
    by = _several(by)
    cube = _cube(given, by, column, measures)
    return _by_level(cube, _suppressed(cube, k, people), by, column, measures)


def protect_linked(
    given: pd.DataFrame,
    by: str | Iterable[str],
    k: int = GROUPS,
    people: int = PEOPLE,
    measures: Sequence[str] = MEASURES,
    never: Collection[str] = (),
) -> dict[str, dict[str, pd.DataFrame]]:
    """The tables of some `contributions` by area and card, as `protect` gives them: {column: {level: table}}.

    Areas are protected first, and lose nothing by it. `never` are cards that no table may show.

    Parameters
    ----------
    given : DataFrame
        As of `contributions`.
    by : str or iterable of str
        Columns of `given`, each within the one before.
    k, people : int
        The least number of groups and of participants behind a figure.
    measures : sequence of str
        Columns of `given` to sum.
    never : collection of str
        Ids of cards.

    Returns
    -------
    dict of str to dict of str to DataFrame
        By column ("area", "card") and level.

    Raises
    ------
    ValueError
        A group is in two rows.

    Examples
    --------
    >>> given = pd.DataFrame(
    ...     {
    ...         "session": ["a", "b", "c", "d", "e", "f", "g"],
    ...         "participants": 4,
    ...         "unit": ["Borgerservice"] * 3 + ["Plejecenter"] * 4,
    ...         "area": "Data",
    ...         "card": "1",
    ...         "minutes": 5.0,
    ...     }
    ... )
    >>> linked = protect_linked(given, "unit", measures=["minutes"])
    >>> linked["card"]["everything"].dropna(subset="card")["minutes"].tolist()
    [35.0]
    """
    by = _several(by)
    areas, cards = (_cube(given, by, column, measures) for column in COLUMNS)
    out = _suppressed(areas, k, people)
    split = _splits(given, by, areas, out, partial(_is_few, k=k, people=people), set(never))
    of_cards: set[tuple] = {(row, None) for row, column in out if column is None}
    for row, card in product(areas.rows, cards.columns):
        if any(card in apart.merged or row not in apart.rows for apart in split.of(card)):
            of_cards.add((row, card))
    return {
        "area": _by_level(areas, out, by, "area", measures),
        "card": _by_level(cards._replace(rows=areas.rows), of_cards, by, "card", measures),
    }


def hide(table: pd.DataFrame, protected: pd.DataFrame, keys: str | Iterable[str]) -> pd.DataFrame:
    """Another table with the same cells (of `discussion`, say), without what a protected one leaves out.

    Cells that differ in the last of `keys` only are a row. A cell that is left out, or that `protected` does
    not know, has <NA> or NaN for all that is counted, and `withheld` says so. Its row keeps the sums
    of its other cells and nothing else: what chance gives an area, its ratio, its sessions and cards are
    worked out from the whole row and would give the cell back. What tells the card or the area stays.

    Parameters
    ----------
    table : DataFrame
        One row per cell.
    protected : DataFrame
        As of `tables`.
    keys : str or iterable of str
        The columns that tell a cell, in both, the last of them the column ("group", "area").

    Returns
    -------
    DataFrame
        The table with gaps, the column `withheld`, and the mark that lets it be shown.

    Raises
    ------
    ValueError
        `keys` name more than one cell of `protected`.

    Examples
    --------
    >>> protected = pd.DataFrame({"area": ["Data", "Roller"], "withheld": [pd.NA, SUPPRESSED]})
    >>> table = pd.DataFrame({"area": ["Data", "Roller"], "notes": [12, 3]})
    >>> hide(table, protected, "area")["notes"].tolist()
    [12, <NA>]
    """
    keys = _several(keys)
    cells = protected.dropna(subset=keys).astype(dict.fromkeys(keys, "string")).set_index(keys)["withheld"]
    if not cells.index.is_unique:
        raise ValueError(f"{keys} name more than one cell of the protected table")
    labels = table[keys].astype("string")
    index = pd.MultiIndex.from_frame(labels) if len(keys) > 1 else pd.Index(labels[keys[0]])
    is_suppressed = pd.Series(~index.isin(cells[cells.isna()].index), index=table.index)
    rows = labels.groupby(keys[:-1], sort=False).ngroup() if len(keys) > 1 else pd.Series(0, table.index)
    damaged = is_suppressed.groupby(rows).transform("any")
    open_table = _with_gaps(table, table.columns.difference([*keys, *_ABOUT], sort=False))
    sums = [name for name in table if name in _SUMS]
    derived = table.columns.difference([*keys, *_ABOUT, *_SUMS], sort=False)
    open_table[sums] = open_table[sums].mask(is_suppressed)
    open_table[derived] = open_table[derived].mask(damaged)
    return mark_protected(
        open_table.assign(withheld=pd.Series(SUPPRESSED, table.index, dtype="string").where(is_suppressed))
    )


def _with_gaps(table: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """The table with columns that can hold <NA>."""
    whole = {name: "Int64" for name in names if pd.api.types.is_integer_dtype(table[name])}
    either = {name: "boolean" for name in names if pd.api.types.is_bool_dtype(table[name])}
    return table.astype(whole | either)


# --- the cells --------------------------------------------------------------------------------------------


def _several(by: str | Iterable[str]) -> list[str]:
    return [by] if isinstance(by, str) else list(by)


class _Cube(NamedTuple):
    """Who is behind every cell, its sums, the rows of the tree (those above first) and the columns."""

    sizes: dict[tuple, CellSize]
    sums: dict[tuple, tuple]
    rows: list[Row]
    columns: list[str]


def _cube(given: pd.DataFrame, by: list[str], column: str, measures: Sequence[str]) -> _Cube:
    """Who is behind every cell, and its sums, by row (a path in the tree) and column (None: the total)."""
    columns = _labels(given[column])
    label = pd.Categorical(given[column], categories=columns).codes.astype(int)
    given = given.assign(who=_who(given))
    who, names = pd.factorize(given["who"])
    contributed = _Contributed(who, _crowd(given).to_numpy(), [_amounts(given[name]) for name in measures])
    leaf, leaves = _leaves(given, by)
    if len(np.unique(leaf * len(names) + who)) > len(names):
        raise ValueError(f"by: a group is in more than one row of {', '.join(by)}")
    sizes: dict[tuple, CellSize] = {((), None): CellSize()}
    sums: dict[tuple, tuple] = {}
    for depth in range(len(by) + 1):
        numbers: dict[Row, int] = {}
        above = [numbers.setdefault(path[:depth], len(numbers)) for path in leaves]
        row, rows = np.array(above, dtype=int)[leaf], list(numbers)
        is_labelled = label >= 0
        cells = (row * len(columns) + label)[is_labelled]
        for cell, size, amount in contributed.of(is_labelled).summed(cells):
            key = (rows[cell // len(columns)], columns[cell % len(columns)])
            sizes[key], sums[key] = size, amount
        for cell, size, amount in contributed.summed(row):
            sizes[rows[cell], None], sums[rows[cell], None] = size, amount
    return _Cube(sizes, sums, sorted({row for row, _ in sizes}, key=lambda row: (len(row), row)), columns)


def _labels(values: pd.Series) -> list[str]:
    is_categorical = isinstance(values.dtype, pd.CategoricalDtype)
    return list(values.cat.categories if is_categorical else sorted(values.unique()))


def _amounts(values: pd.Series) -> np.ndarray:
    dtype = int if pd.api.types.is_integer_dtype(values) else float
    return values.fillna(0).to_numpy(dtype=dtype)


def _leaves(given: pd.DataFrame, by: list[str]) -> tuple[np.ndarray, list[Row]]:
    """The number of each contribution's path in the tree, and the paths."""
    numbers: dict[Row, int] = {}
    paths = zip(*(given[name].astype(str) for name in by), strict=True) if by else [()] * len(given)
    leaf = [numbers.setdefault(path, len(numbers)) for path in paths]
    return np.array(leaf, dtype=int), list(numbers)


class _Contributed(NamedTuple):
    """By contribution: the number of its group, how many that was, and its amounts."""

    who: np.ndarray
    people: np.ndarray
    amounts: list[np.ndarray]

    def of(self, chosen: np.ndarray) -> "_Contributed":
        return _Contributed(
            self.who[chosen], self.people[chosen], [amount[chosen] for amount in self.amounts]
        )

    def summed(self, cell: np.ndarray) -> Iterable[tuple[int, CellSize, tuple]]:
        """By cell that is there: its number, the groups behind it, each counted once, and its sums."""
        cells, place = np.unique(cell, return_inverse=True)
        _, once = np.unique(place * (self.who.max(initial=0) + 1) + self.who, return_index=True)
        groups = np.bincount(place[once])
        people = np.bincount(place[once], self.people[once])
        sums = [np.bincount(place, amount).astype(amount.dtype) for amount in self.amounts]
        for index, number in enumerate(cells.tolist()):
            size = CellSize(int(groups[index]), int(people[index]), 1)
            yield number, size, tuple(amount[index].item() for amount in sums)


def _is_few(size: CellSize, k: int, people: int) -> bool:
    return size.is_below_threshold(k, people)


def _suppressed(cube: _Cube, k: int, people: int) -> set[tuple]:
    return suppressed_cells(cube.sizes, cube.rows, cube.columns, partial(_is_few, k=k, people=people))


class _Splits(NamedTuple):
    """How each area is shown by card, and the areas of each card."""

    by_area: dict[str, Split]
    areas: dict[str, set[str]]

    def of(self, card: str) -> list[Split]:
        return [self.by_area[area] for area in self.areas.get(card, ())]


def _splits(
    given: pd.DataFrame, by: list[str], cube: _Cube, out: set[tuple], is_few: IsFew, never: set[str]
) -> _Splits:
    contributed = given.assign(who=_who(given))
    crowd = dict(zip(contributed["who"], _crowd(contributed), strict=True))
    had: dict[str, dict[tuple[Row, str], set[str]]] = {area: {} for area in cube.columns}
    areas: dict[str, set[str]] = {}
    for row in contributed[[*by, "area", "card", "who"]].itertuples(index=False, name=None):
        *leaf, area, card, who = row
        had[area].setdefault((tuple(map(str, leaf)), card), set()).add(who)
        areas.setdefault(card, set()).add(area)
    splits = {}
    for area, groups in had.items():
        cards = {card for _, card in groups}
        shown = [row for row in cube.rows if (row, area) not in out]
        splits[area] = Cards(groups, crowd, cube.rows, cards, is_few).split(shown, never & cards)
    return _Splits(splits, areas)


def _by_level(
    cube: _Cube, out: set[tuple], by: list[str], column: str, measures: Sequence[str]
) -> dict[str, pd.DataFrame]:
    return {
        level: _table(
            [row for row in cube.rows if len(row) == depth],
            (by[:depth], column, cube.columns, list(measures)),
            (cube.sizes, cube.sums, out),
        )
        for depth, level in enumerate([EVERYTHING, *by])
    }


def _who(given: pd.DataFrame) -> pd.Series:
    return given["who" if "who" in given else "session"].astype("string")


def _crowd(contributed: pd.DataFrame) -> pd.Series:
    """How many a group was: the most of its sessions."""
    most = contributed["participants"].astype("Int64").groupby(contributed["who"]).transform("max")
    return most.fillna(_MIN_GROUP_SIZE).astype(int)


# --- the tables -------------------------------------------------------------------------------------------


def _table(rows: list[Row], names: tuple, cells: tuple) -> pd.DataFrame:
    (levels, column, columns, measures), (behind, sums, hidden) = names, cells
    records = []
    for row in rows:
        for label in [*columns, None]:
            cell = (row, label)
            is_out = cell in hidden
            figures = sums.get(cell, (0,) * len(measures))
            values = (
                [None] * (1 + len(measures)) if is_out else [behind.get(cell, CellSize()).groups, *figures]
            )
            records.append([*row, label, *values, SUPPRESSED if is_out else None])
    header = [*levels, column, "groups", *measures, "withheld"]
    table = pd.DataFrame(records, columns=header).astype(dict.fromkeys([*levels, "withheld"], "string"))
    whole = {name: "Float64" if name == "minutes" else "Int64" for name in ["groups", *measures]}
    return mark_protected(table.astype({column: pd.CategoricalDtype(columns, ordered=False), **whole}))
