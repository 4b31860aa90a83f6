"""A table that goes out tells nothing of few: no sum and no difference of its cells is a figure over few."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import null_space
from scipy.optimize import linprog

from dialogkort.analysis import discussion
from dialogkort.analysis.disclosure import (
    EVERYTHING,
    FEW,
    GROUPS,
    MEASURES,
    OTHERS,
    PEOPLE,
    audit,
    contributions,
    hide,
    protect,
    tables,
)
from dialogkort.frames import read
from dialogkort.session import start
from dialogkort.store import open_store

BY = ["organisation", "unit"]
COLUMNS = ["A", "B"]


def given_by(*groups):
    """Contributions: each group is (organisation, unit, participants, {column: notes})."""
    rows = [
        {
            "session": f"s{number}",
            "organisation": organisation,
            "unit": unit,
            "participants": participants,
            "area": area,
            "notes": notes,
        }
        for number, (organisation, unit, participants, told) in enumerate(groups)
        for area, notes in told.items()
    ]
    names = ["session", *BY, "participants", "area", "notes"]
    table = pd.DataFrame(rows, columns=names).astype({"participants": "Int64"})
    return table.astype({"area": pd.CategoricalDtype(COLUMNS)})


def protected(table, k=GROUPS, people=PEOPLE):
    return protect(table, BY, "area", k, people, ["notes"])


def many(organisation, unit, count, told):
    return [(organisation, unit, 5, told)] * count


def cell(published, level, column, *row):
    """One row of a table: the cell at a row of the tree and a column (None: the total)."""
    table = published[level]
    chosen = table["area"].isna() if column is None else table["area"] == column
    for name, value in zip(BY, row, strict=False):
        chosen &= table[name] == value
    (found,) = table[chosen].to_dict("records")
    return found


# --- what is left out -------------------------------------------------------------------------------------


def test_where_nothing_is_few_everything_is_shown_with_its_totals():
    table = given_by(*many("X", "1", 3, {"A": 2, "B": 1}), *many("X", "2", 4, {"A": 1, "B": 3}))
    published = protected(table)
    assert list(published) == [EVERYTHING, *BY]
    assert all(level["withheld"].isna().all() for level in published.values())
    assert cell(published, EVERYTHING, None)["notes"] == 25
    assert cell(published, "organisation", "A", "X")["notes"] == 10
    assert (
        cell(published, "unit", "B", "X", "2")["notes"],
        cell(published, "unit", "B", "X", "2")["groups"],
    ) == (12, 4)


def test_a_unit_of_two_groups_is_left_out_and_another_with_it_so_that_no_total_gives_it_away():
    table = given_by(
        *many("X", "1", 2, {"A": 2, "B": 1}),
        *many("X", "2", 3, {"A": 1, "B": 1}),
        *many("X", "3", 9, {"A": 1, "B": 1}),
    )
    published = protected(table)
    reasons = published["unit"].set_index(["unit", "area"])["withheld"]
    assert set(reasons["1"]) == {FEW}
    assert set(reasons["2"]) == {OTHERS}  # the smallest that is enough
    assert reasons["3"].isna().all()
    assert published["organisation"]["withheld"].isna().all()
    hidden = published["unit"][published["unit"]["withheld"].notna()]
    assert hidden[["groups", "notes"]].isna().all(axis=None)


def test_two_small_units_that_are_few_together_are_hidden_behind_a_third():
    table = given_by(*many("X", "1", 1, {"A": 2}), *many("X", "2", 1, {"A": 3}), *many("X", "3", 5, {"A": 1}))
    published = protected(table)
    assert published["unit"].query("area == 'A'")["withheld"].notna().all()
    assert cell(published, EVERYTHING, "A")["notes"] == 10


def test_one_small_cell_costs_its_row_the_total_and_a_neighbour_in_the_same_column():
    table = given_by(
        *many("X", "1", 2, {"A": 2, "B": 1}),
        *many("X", "1", 3, {"B": 1}),
        *many("X", "2", 5, {"A": 1, "B": 1}),
        *many("X", "3", 8, {"A": 1, "B": 1}),
    )
    published = protected(table)
    told = {
        (row.unit, row.area if isinstance(row.area, str) else None): row.withheld
        for row in published["unit"].itertuples()
    }
    left_out = {place: reason for place, reason in told.items() if not pd.isna(reason)}
    assert left_out == {("1", "A"): FEW, ("2", "A"): OTHERS, ("1", None): OTHERS, ("2", None): OTHERS}


def test_a_small_organisation_is_protected_through_the_units_of_a_larger_one():
    """Were all units of the larger one shown, their sum would be it, and the difference the small one."""
    table = given_by(*many("X", "1", 2, {"A": 1}), *many("Y", "1", 4, {"A": 1}), *many("Y", "2", 6, {"A": 1}))
    published = protected(table)
    assert cell(published, EVERYTHING, "A")["notes"] == 12
    assert cell(published, "organisation", "A", "X")["withheld"] == FEW
    assert cell(published, "organisation", "A", "Y")["withheld"] == OTHERS
    assert cell(published, "unit", "A", "Y", "1")["withheld"] == OTHERS
    assert cell(published, "unit", "A", "Y", "2")["notes"] == 6


def test_few_people_are_few_also_in_enough_groups_and_those_untold_count_as_two_a_group():
    alone = [("X", "1", 1, {"A": 1})] * 4
    assert protected(given_by(*alone))[EVERYTHING]["withheld"].notna().all()
    assert protected(given_by(*alone), people=4)[EVERYTHING]["withheld"].isna().all()
    untold = [("X", "1", None, {"A": 1})] * 3
    assert protected(given_by(*untold))[EVERYTHING].loc[0, "groups"] == 3
    assert protected(given_by(*untold), people=7)[EVERYTHING]["withheld"].notna().all()


def test_a_zero_is_shown_unless_its_row_is_few():
    table = given_by(
        *many("X", "1", 4, {"A": 1}), *many("X", "2", 4, {"A": 1, "B": 1}), *many("Y", "1", 1, {"A": 1})
    )
    published = protected(table)
    assert cell(published, "unit", "B", "X", "1")["notes"] == 0
    assert cell(published, "unit", "B", "Y", "1")["withheld"] == FEW


def test_no_notes_at_all_is_an_empty_publication():
    published = protected(given_by())
    assert cell(published, EVERYTHING, None)["notes"] == 0
    assert published["unit"].empty


# --- nothing can be worked out ----------------------------------------------------------------------------


class Reader:
    """Somebody who has the tables and a pencil, and knows how many groups each leaf really has."""

    def __init__(self, table, published):
        self.table = table
        self.leaves = sorted({(row.organisation, row.unit, row.area) for row in table.itertuples()})
        self.shown, self.values, self.hidden = [], [], []
        for depth, level in enumerate(published.values()):
            for row in level.to_dict("records"):
                place = tuple(row[name] for name in BY[:depth])
                vector = self._vector(place, None if pd.isna(row["area"]) else row["area"])
                if pd.isna(row["withheld"]):
                    self.shown.append(vector)
                    self.values.append(row["notes"])
                elif row["withheld"] == FEW and vector.any():
                    self.hidden.append(vector)
        self.shown = np.array(self.shown, dtype=int).reshape(len(self.shown), len(self.leaves))
        self.values = np.array(self.values, dtype=float)

    def _vector(self, row, column):
        return np.array(
            [leaf[: len(row)] == row and column in (None, leaf[2]) for leaf in self.leaves], dtype=int
        )

    def few(self, sets, k, people):
        """Which of some sets of leaves (rows of 0 and 1) have few groups or people behind them."""
        sessions = sorted(set(self.table["session"]))
        behind = np.zeros((len(self.leaves), len(sessions)), dtype=int)
        for row in self.table.itertuples():
            behind[self.leaves.index((row.organisation, row.unit, row.area)), sessions.index(row.session)] = 1
        crowd = self.table.drop_duplicates("session").set_index("session")["participants"].fillna(2)[sessions]
        inside = (np.asarray(sets) @ behind) > 0
        groups, persons = inside.sum(axis=1), inside @ crowd.to_numpy(dtype=int)
        return (groups > 0) & ((groups < k) | (persons < people))

    def sets_over_few(self, k, people):
        """Every set of leaves over few whose sum follows from the published cells, by any combination."""
        sets = np.array(list(itertools.product((0, 1), repeat=len(self.leaves))))
        blind = null_space(self.shown.astype(float)) if len(self.shown) else np.eye(len(self.leaves))
        follows = np.abs(sets @ blind).max(axis=1, initial=0) < 1e-8
        return sets[follows & self.few(sets, k, people)]

    def by_pencil(self, k, people):
        """The same by adding and subtracting published cells, each at most once."""
        signs = np.array(list(itertools.product((-1, 0, 1), repeat=len(self.shown))))
        found = signs @ self.shown
        sets = found[((found == 0) | (found == 1)).all(axis=1)]
        return sets[self.few(sets, k, people)]

    def ranges(self):
        """For each cell that is left out for being few, the least and the most it can be, nothing below 0."""
        for vector in self.hidden:
            ends = (
                [
                    linprog(sign * vector, A_eq=self.shown, b_eq=self.values, bounds=(0, None))
                    for sign in (1, -1)
                ]
                if len(self.shown)
                else []
            )
            if ends:
                least, most = ends
                yield least.fun, np.inf if most.status == 3 else -most.fun


GROUP = st.tuples(
    st.sampled_from("XY"),
    st.sampled_from("123"),
    st.sampled_from([None, 1, 4, 6]),
    st.dictionaries(st.sampled_from(COLUMNS), st.integers(1, 9), min_size=1),
)


@given(st.lists(GROUP, max_size=22), st.integers(2, 5), st.integers(1, 12))
@settings(max_examples=80)
def test_no_sum_over_few_follows_from_the_tables_by_any_combination_of_cells(groups, k, people):
    table = given_by(*groups)
    published = protected(table, k, people)
    reader = Reader(table, published)
    assert len(reader.sets_over_few(k, people)) == 0
    if len(reader.shown) <= 8:
        assert len(reader.by_pencil(k, people)) == 0
    assert audit(published, table, BY, "area", k, people).empty


@given(st.lists(GROUP, max_size=22), st.integers(2, 5))
@settings(max_examples=30)
def test_what_a_small_cell_can_have_been_is_a_range_and_not_a_point(groups, k):
    table = given_by(*groups)
    for least, most in Reader(table, protected(table, k)).ranges():
        assert most - least > 0.5


@given(st.lists(GROUP, min_size=1, max_size=22))
@settings(max_examples=25)
def test_what_is_shown_is_right(groups):
    table = given_by(*groups)
    for depth, level in enumerate(protected(table).values()):
        for row in level[level["withheld"].isna()].to_dict("records"):
            ours = table if pd.isna(row["area"]) else table[table["area"] == row["area"]]
            for name in BY[:depth]:
                ours = ours[ours[name] == row[name]]
            assert (row["notes"], row["groups"]) == (ours["notes"].sum(), ours["session"].nunique())


def naive(table, k):
    """What is made in a hurry: the few cells are left out, and nothing else."""
    published = protect(table, BY, "area", 1, 1, ["notes"])
    for level in published.values():
        level["withheld"] = level["withheld"].mask(level["groups"].between(1, k - 1), FEW)
    return published


def test_the_search_and_the_audit_find_what_a_hurried_table_gives_away():
    table = given_by(*many("X", "1", 2, {"A": 2, "B": 1}), *many("X", "2", 4, {"A": 1, "B": 1}))
    published = naive(table, 3)
    found = audit(published, table, BY, "area")
    assert {
        (row, column)
        for row, column, rest in found[["row", "column", "rest"]].itertuples(index=False)
        if not rest
    } >= {
        (("X", "1"), "A"),
        (("X", "1"), "B"),
    }
    reader = Reader(table, published)
    assert len(reader.sets_over_few(3, 5))
    assert len(reader.by_pencil(3, 5))
    assert any(most - least < 0.5 for least, most in reader.ranges())


def test_the_audit_finds_two_small_cells_that_are_had_as_a_sum():
    table = given_by(*many("X", "1", 1, {"A": 2}), *many("X", "2", 1, {"A": 3}), *many("X", "3", 5, {"A": 1}))
    found = audit(naive(table, 3), table, BY, "area")
    assert found["rest"].any()
    assert set(found["groups"]) == {2}


def test_a_country_is_protected_and_most_of_it_is_shown():
    rng = np.random.default_rng(4)
    groups = [
        (
            f"o{organisation:02}",
            f"u{unit}",
            int(rng.integers(3, 9)),
            {c: int(rng.integers(1, 9)) for c in COLUMNS if rng.random() < 0.9},
        )
        for organisation in range(12)
        for unit in range(8)
        for _ in range(int(rng.integers(1, 9)))
    ]
    table = given_by(*(group for group in groups if group[3]))
    published = protected(table)
    assert audit(published, table, BY, "area").empty
    assert published[EVERYTHING]["withheld"].isna().all()
    assert published["organisation"]["withheld"].isna().all()
    assert published["unit"]["withheld"].isna().mean() > 0.5


# --- from the notes to the tables ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def frames(tmp_path_factory, deck):
    """Two organisations; the second held one small workshop."""
    store = open_store(tmp_path_factory.mktemp("noter"))
    for organisation, groups in (("Ærø", 5), ("Læsø", 2)):
        for group in range(groups):
            session = start(
                store,
                deck,
                seed=group,
                workshop="Dag",
                group=str(group),
                organisation=organisation,
                participants=5,
            )
            for card in session.table.face_down[:18]:
                session.turn(card)
                session.note("Vi øver os på det", card=card)
                session.discuss(card)
    return read(store)


def test_the_tables_of_some_notes_agree_with_what_was_talked_about(frames):
    published = tables(*frames, k=1, people=1)
    by_area = discussion.by_area(*frames).set_index("area")
    shown = published[EVERYTHING].dropna(subset="area").set_index("area")
    for measure in ("drawn", "discussed", "notes", "words"):
        assert shown[measure].tolist() == by_area[measure].tolist()
    assert shown["minutes"].sum() == pytest.approx(by_area["minutes"].sum())
    assert list(shown.columns) == ["groups", *MEASURES, "withheld"]


def test_a_small_organisation_is_nowhere_in_what_is_published(frames):
    published = tables(*frames)
    organisations = published["organisation"]
    assert set(organisations.loc[organisations["organisation"] == "Læsø", "withheld"]) == {FEW}
    assert organisations["drawn"].isna().all()  # there is only one other, and the total is shown
    assert published[EVERYTHING]["withheld"].isna().all()
    assert audit(published, contributions(*frames), "organisation", "area").empty


def test_another_table_of_the_same_cells_is_shown_with_the_same_cells_left_out(frames):
    published = tables(*frames)
    by_group = discussion.by_group(*frames, unit="organisation")
    table = by_group.rename(columns={"group": "organisation"})
    hidden = hide(table, published["organisation"].dropna(subset="area"), ["organisation", "area"])
    assert len(hidden) == len(table)
    assert hidden.drop(columns=["organisation", "area", "withheld"]).isna().all(axis=None)
    assert set(hidden["withheld"]) == {FEW, OTHERS}
    shown = hide(table, tables(*frames, k=1)["organisation"].dropna(subset="area"), ["organisation", "area"])
    assert shown["withheld"].isna().all()
    assert shown["drawn"].tolist() == table["drawn"].tolist()
