"""A table that goes out tells nothing of few: no sum and no difference of its cells is a figure over few."""

import itertools
from functools import cached_property

import numpy as np
import pandas as pd
import pytest
from disclosure_audit import audit
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import null_space
from scipy.optimize import linprog

from dialogkort.analysis import discussion
from dialogkort.analysis.disclosure import (
    _SUMS,
    EVERYTHING,
    GROUPS,
    MEASURES,
    PEOPLE,
    SUPPRESSED,
    contributions,
    hide,
    protect,
    tables,
)
from dialogkort.frames.sessions import read
from dialogkort.sessions.session import start
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
        for number, (organisation, unit, participants, notes_by_area) in enumerate(groups)
        for area, notes in notes_by_area.items()
    ]
    names = ["session", *BY, "participants", "area", "notes"]
    table = pd.DataFrame(rows, columns=names).astype({"participants": "Int64"})
    return table.astype({"area": pd.CategoricalDtype(COLUMNS)})


def protected(table, k=GROUPS, people=PEOPLE):
    return protect(table, BY, "area", k, people, ["notes"])


def many(organisation, unit, count, notes_by_area):
    return [(organisation, unit, 5, notes_by_area)] * count


def cell(published, level, column, *row):
    """One row of a table: the cell at a row of the tree and a column (None: the total)."""
    table = published[level]
    chosen = table["area"].isna() if column is None else table["area"] == column
    for name, value in zip(BY, row, strict=False):
        chosen &= table[name] == value
    (results,) = table[chosen].to_dict("records")
    return results


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


def left_out(published, level="unit"):
    """The cells of a level that are left out, as (row, column or None)."""
    gone = published[level][published[level]["withheld"].notna()]
    return {(row[level], None if pd.isna(row["area"]) else row["area"]) for row in gone.to_dict("records")}


def test_a_unit_of_two_groups_is_left_out_and_two_others_with_it_so_that_none_of_them_has_the_rest():
    table = given_by(
        *many("X", "1", 2, {"A": 2, "B": 1}),
        *many("X", "2", 3, {"A": 1, "B": 1}),
        *many("X", "3", 4, {"A": 1, "B": 1}),
        *many("X", "4", 9, {"A": 1, "B": 1}),
    )
    published = protected(table)
    assert left_out(published) == {(unit, area) for unit in "123" for area in ("A", "B", None)}
    assert published["organisation"]["withheld"].isna().all()
    hidden = published["unit"][published["unit"]["withheld"].notna()]
    assert hidden[["groups", "notes"]].isna().all(axis=None)
    assert set(hidden["withheld"]) == {SUPPRESSED}  # not why: that alone would tell which of them are few


def test_with_only_one_other_to_hide_behind_the_total_is_left_out_and_the_other_shown():
    table = given_by(*many("X", "1", 2, {"A": 2, "B": 1}), *many("X", "2", 5, {"A": 1, "B": 1}))
    published = protected(table)
    assert left_out(published) == {("1", "A"), ("1", "B"), ("1", None)}
    assert published["organisation"]["withheld"].notna().all()
    assert published[EVERYTHING]["withheld"].notna().all()


def test_units_that_are_known_to_be_one_group_each_cost_their_total():
    """Three groups in three units that all have some: each has one, though the sum is over three."""
    table = given_by(*many("X", "1", 1, {"A": 2}), *many("X", "2", 1, {"A": 3}), *many("X", "3", 1, {"A": 1}))
    assert cell(protected(table), EVERYTHING, "A")["withheld"] == SUPPRESSED


def test_one_small_cell_costs_its_row_the_total_and_two_neighbours_in_the_same_column():
    table = given_by(
        *many("X", "1", 2, {"A": 2, "B": 1}),
        *many("X", "1", 3, {"B": 1}),
        *many("X", "2", 5, {"A": 1, "B": 1}),
        *many("X", "3", 8, {"A": 1, "B": 1}),
        *many("X", "4", 9, {"A": 1, "B": 1}),
    )
    published = protected(table)
    assert left_out(published) == {(unit, area) for unit in "123" for area in ("A", None)}


def test_a_small_organisation_is_protected_through_the_units_of_larger_ones():
    """Were all units of the larger ones shown, their sums would be them, and the difference the small one."""
    table = given_by(
        *many("X", "1", 2, {"A": 1}),
        *[group for unit in "123" for group in many("Y", unit, 4, {"A": 1})],
        *[group for unit in "123" for group in many("Z", unit, 6, {"A": 1})],
    )
    published = protected(table)
    assert cell(published, EVERYTHING, "A")["notes"] == 32
    assert {row for row, area in left_out(published, "organisation") if area == "A"} == {*"XYZ"}
    assert {unit for unit in "YZ" if cell(published, "unit", "A", unit, "1")["withheld"] == SUPPRESSED} == {
        *"YZ"
    }
    assert audit(published, table, BY, "area").empty


def test_a_group_that_met_three_times_is_one_group_as_large_as_it_was_at_most():
    table = given_by(*[("X", "1", people, {"A": 1}) for people in (4, 6, None)])
    assert protected(table, 3, 5)[EVERYTHING]["groups"].tolist() == [3, 0, 3]
    once = table.assign(who="the same")
    assert protected(once, 3, 5)[EVERYTHING]["withheld"].notna().all()
    assert protected(once, 1, 6)[EVERYTHING]["groups"].tolist() == [1, 0, 1]
    assert protected(once, 1, 7)[EVERYTHING]["withheld"].notna().all()


def test_a_group_in_two_rows_is_refused():
    table = given_by(("X", "1", 5, {"A": 1}), ("X", "2", 5, {"A": 1})).assign(who="the same")
    with pytest.raises(ValueError, match="more than one row"):
        protected(table)


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
    assert cell(published, "unit", "B", "Y", "1")["withheld"] == SUPPRESSED


def test_no_notes_at_all_is_an_empty_publication():
    published = protected(given_by())
    assert cell(published, EVERYTHING, None)["notes"] == 0
    assert published["unit"].empty


# --- nothing can be worked out ----------------------------------------------------------------------------


class Reader:
    """Somebody who has the tables and a pencil, and knows how many groups each leaf really has."""

    def __init__(self, table, published, k=GROUPS, people=PEOPLE, knows=()):
        """`knows`: the row of the tree that the reader is from; its own figures it has anyway."""
        self.table, self.knows = table, knows
        self.leaves = sorted({(row.organisation, row.unit, row.area) for row in table.itertuples()})
        self.others = np.array([not knows or leaf[: len(knows)] != knows for leaf in self.leaves], dtype=int)
        self.shown, self.values, self.hidden = [], [], []
        for depth, level in enumerate(published.values()):
            for row in level.to_dict("records"):
                location = tuple(row[name] for name in BY[:depth])
                vector = self._vector(location, None if pd.isna(row["area"]) else row["area"])
                if pd.isna(row["withheld"]):
                    self.shown.append(vector)
                    self.values.append((row["notes"], row["groups"], pd.isna(row["area"])))
                elif vector.any() and self.few([vector], k, people).all():
                    self.hidden.append(vector)
        for leaf in self.leaves if knows else ():
            if leaf[: len(knows)] == knows:
                own = table[
                    [each == leaf for each in table[[*BY, "area"]].itertuples(index=False, name=None)]
                ]
                self.shown.append(np.array([each == leaf for each in self.leaves], dtype=int))
                self.values.append((own["notes"].sum(), own["session"].nunique(), False))
        self.shown = np.array(self.shown, dtype=int).reshape(len(self.shown), len(self.leaves))

    def _vector(self, row, column):
        return np.array(
            [leaf[: len(row)] == row and column in (None, leaf[2]) for leaf in self.leaves], dtype=int
        )

    @cached_property
    def behind(self):
        """By leaf and session, whether the session is in the leaf; by session, how many people it has."""
        sessions = sorted(set(self.table["session"]))
        behind = np.zeros((len(self.leaves), len(sessions)), dtype=int)
        for row in self.table.itertuples():
            behind[self.leaves.index((row.organisation, row.unit, row.area)), sessions.index(row.session)] = 1
        crowd = self.table.drop_duplicates("session").set_index("session")["participants"].fillna(2)[sessions]
        return behind, crowd.to_numpy(dtype=int)

    def few(self, sets, k, people):
        """Which of some sets of leaves (rows of 0 and 1) have few groups or people behind them."""
        behind, crowd = self.behind
        inside = (np.asarray(sets) * self.others @ behind) > 0
        groups, persons = inside.sum(axis=1), inside @ crowd
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
        results = signs @ self.shown
        sets = results[((results == 0) | (results == 1)).all(axis=1)]
        return sets[self.few(sets, k, people)]

    def ranges(self):
        """The least and the most notes that each few cell that is left out can have, nothing below 0."""
        for vector in self.hidden if len(self.shown) else ():
            known = {"A_eq": self.shown, "b_eq": [notes for notes, *_ in self.values], "bounds": (0, None)}
            least, most = (linprog(sign * vector, **known) for sign in (1, -1))
            yield least.fun, np.inf if most.status == 3 else -most.fun

    def most_groups(self):
        """The most groups that each few cell can have: every cell has one at least, as zeros are shown.

        The sums are those of trees, so the ends are whole numbers. Totals over the columns are left aside:
        a group is in several.
        """
        at = [not is_total for *_, is_total in self.values]
        groups = [groups for _, groups, is_total in self.values if not is_total]
        for vector in self.hidden if any(at) else ():
            aim = -vector * self.others
            if len({leaf[2] for leaf, is_in in zip(self.leaves, aim, strict=True) if is_in}) == 1:
                most = linprog(aim, A_eq=self.shown[at], b_eq=groups, bounds=(1, None))
                yield np.inf if most.status == 3 else -most.fun


GROUP = st.tuples(
    st.sampled_from("XY"),
    st.sampled_from("123"),
    st.sampled_from([None, 1, 4, 6]),
    st.dictionaries(st.sampled_from(COLUMNS), st.integers(1, 9), min_size=1),
)


@given(st.lists(GROUP, max_size=22), st.integers(2, 5), st.integers(1, 12))
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
    for least, most in Reader(table, protected(table, k), k).ranges():
        assert most - least > 0.5


@given(st.lists(GROUP, max_size=22), st.integers(2, 4))
@settings(max_examples=20)
def test_no_small_cell_is_known_to_be_small_from_the_sums_and_that_each_has_somebody(groups, k):
    """Nobody is told more of the cells that are left out than that they may be few, or enough."""
    table = given_by(*groups)
    published = protected(table, k, 1)
    readers = [(), *{(row.organisation,) for row in table.itertuples()}]
    for knows in readers:
        assert all(most > k - 0.5 for most in Reader(table, published, k, 1, knows).most_groups())


@given(st.lists(GROUP, max_size=22), st.integers(2, 5), st.integers(1, 12))
@settings(max_examples=25)
def test_one_who_knows_the_own_figures_has_no_sum_over_few_of_others(groups, k, people):
    table = given_by(*groups)
    published = protected(table, k, people)
    for knows in {(row.organisation,) for row in table.itertuples()}:
        assert len(Reader(table, published, k, people, knows).sets_over_few(k, people)) == 0


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
        level["withheld"] = level["withheld"].mask(level["groups"].between(1, k - 1), SUPPRESSED)
    return published


def test_the_search_and_the_audit_find_what_a_hurried_table_gives_away():
    table = given_by(*many("X", "1", 2, {"A": 2, "B": 1}), *many("X", "2", 4, {"A": 1, "B": 1}))
    published = naive(table, 3)
    leaks = audit(published, table, BY, "area")
    leaks = leaks[leaks["reader"].map(len) == 0]
    assert {
        (row, column)
        for row, column, rest in leaks[["row", "column", "rest"]].itertuples(index=False)
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
    leaks = audit(naive(table, 3), table, BY, "area")
    assert leaks["rest"].any()
    assert set(leaks["groups"]) >= {2}


def test_the_audit_finds_what_the_other_of_two_that_are_left_out_can_work_out():
    table = given_by(*many("X", "1", 1, {"A": 2}), *many("Y", "1", 4, {"A": 3}))
    published = naive(table, 3)
    for level in BY:
        published[level]["withheld"] = SUPPRESSED
    leaks = audit(published, table, BY, "area")
    assert set(leaks["reader"]) == {("Y",), ("Y", "1")}
    assert set(leaks["groups"]) == {1}


def test_the_audit_finds_that_three_groups_in_three_rows_are_one_in_each():
    table = given_by(*[(name, "1", 5, {"A": 2}) for name in "XYZ"])
    leaks = audit(naive(table, 3), table, BY, "area")
    assert () in set(leaks["reader"])


def test_a_country_is_protected_and_most_of_it_is_shown():
    rng = np.random.default_rng(4)
    groups = [
        (
            f"o{organisation:02}",
            f"u{unit}",
            int(rng.integers(3, 9)),
            {c: int(rng.integers(1, 9)) for c in COLUMNS if rng.random() < 0.9},
        )
        for organisation in range(8)
        for unit in range(7)
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
    published = protect(contributions(*frames), "organisation", "area", 1, 1)
    by_area = discussion.by_area(*frames).set_index("area")
    shown = published[EVERYTHING].dropna(subset="area").set_index("area")
    for measure in ("drawn", "discussed", "notes", "words"):
        assert shown[measure].tolist() == by_area[measure].tolist()
    assert shown["minutes"].sum() == pytest.approx(by_area["minutes"].sum())
    assert list(shown.columns) == ["groups", *MEASURES, "withheld"]


def test_a_small_organisation_is_nowhere_in_what_is_published(frames):
    published = tables(*frames)
    organisations = published["organisation"].set_index("organisation")["withheld"]
    assert set(organisations["Læsø"]) == {SUPPRESSED}
    assert organisations["Ærø"].isna().all()
    assert published[EVERYTHING]["withheld"].notna().all()  # there is only one other, which is shown
    assert audit(published, contributions(*frames), "organisation", "area").empty


def test_sessions_of_the_same_group_are_one_group(frames):
    again = frames.sessions.assign(group="Blå", organisation=" ærø")
    assert contributions(again, *frames[1:])["who"].nunique() == 1
    assert tables(again, *frames[1:])[EVERYTHING]["withheld"].notna().all()
    assert contributions(frames.sessions.assign(group=""), *frames[1:])["who"].nunique() == 7


@pytest.mark.parametrize("by", ["note_taker", "session", "participants", "age", ["unit", "unit"]])
def test_what_may_name_a_person_or_tells_of_one_group_is_no_row_to_publish_by(frames, by):
    with pytest.raises(ValueError, match="Tal til deling kan deles op efter organisation, unit, workshop"):
        tables(*frames, by=by)
    with pytest.raises(ValueError, match=r"ikke pr\. 'question'"):
        tables(*frames, column="question")


# --- other tables of the same cells -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def few_of_an_area(tmp_path_factory, deck):
    """Four organisations with four groups each; in the first only one group drew the last area."""
    store = open_store(tmp_path_factory.mktemp("noter"))
    areas = [area.name for area in deck.areas]
    for organisation, group in itertools.product(("Ærø", "Læsø", "Fanø", "Samsø"), range(4)):
        session = start(
            store, deck, workshop="Dag", group=str(group), organisation=organisation, participants=5
        )
        for card in deck.cards[::3]:
            if card.area != areas[-1] or organisation != "Ærø" or group == 0:
                session.turn(card.id)
                session.note("Vi øver os på det", card=card.id)
                session.discuss(card.id) if card.number % 2 else session.skip(card.id)
    return read(store)


def given_back(row):
    """What somebody makes of the expected number of an open cell: the row's total, less what is shown."""
    shown = row[row["withheld"].isna()].dropna(subset="drawn_expected")
    return [total - row["drawn"].sum() for total in shown["drawn_expected"] / shown["share"]]


def test_what_chance_gives_the_open_cells_of_a_row_does_not_give_the_others_back(few_of_an_area):
    by_group = discussion.by_group(*few_of_an_area)
    share = few_of_an_area.cards["area"].value_counts(normalize=True)
    cells = tables(*few_of_an_area)["organisation"].rename(columns={"organisation": "group"})
    hidden = hide(by_group, cells, ["group", "area"])
    gone = hidden["withheld"].notna()
    damaged = hidden["group"].isin(hidden.loc[gone, "group"])
    assert 0 < gone.sum() < damaged.sum() < len(hidden)
    open_neighbour = hidden[damaged & ~gone].assign(withheld=pd.NA)
    stored = set(open_neighbour.columns[open_neighbour.notna().any()])
    assert stored <= {"group", "area", *_SUMS} and {"drawn", "minutes"} <= stored
    assert hidden.loc[~damaged, "drawn_expected"].notna().all()
    in_a_hurry = by_group.assign(withheld=hidden["withheld"], share=by_group["area"].map(share))
    in_a_hurry["drawn"] = in_a_hurry["drawn"].mask(gone)
    (small,) = by_group[(by_group["group"] == "Ærø") & gone]["drawn"]
    assert given_back(in_a_hurry[in_a_hurry["group"] == "Ærø"])[0] == pytest.approx(small)
    assert given_back(hidden.assign(share=in_a_hurry["share"])[hidden["group"] == "Ærø"]) == []


def test_the_whole_of_a_table_without_groups_is_one_row(few_of_an_area):
    frames = few_of_an_area._replace(sessions=few_of_an_area.sessions.query("organisation == 'Ærø'"))
    by_area = discussion.by_area(*frames)
    hidden = hide(by_area, tables(*frames)[EVERYTHING], "area")
    assert hidden["withheld"].notna().sum() == 1
    assert hidden["area"].tolist() == by_area["area"].tolist()
    assert hidden[["drawn_expected", "in_deck", "sessions", "discussed_ratio"]].isna().all(axis=None)
    assert hidden["drawn"].notna().sum() == len(by_area) - 1


def test_a_card_that_is_left_out_keeps_its_number_area_and_question(few_of_an_area):
    frames = few_of_an_area._replace(sessions=few_of_an_area.sessions.query("organisation == 'Ærø'"))
    by_card = discussion.by_card(*frames)
    hidden = hide(by_card, tables(*frames, column="card")[EVERYTHING], "card")
    assert hidden["withheld"].notna().any() and hidden["withheld"].isna().any()
    names = ["card", "number", "area", "question"]
    assert hidden[names].astype(str).equals(by_card[names].astype(str))
    assert hidden[["skipped_share", "few_turns", "in_deck"]].isna().all(axis=None)


def test_where_nothing_is_left_out_another_table_is_shown_as_it_is(frames):
    by_group = discussion.by_group(*frames).rename(columns={"group": "organisation"})
    shown = hide(
        by_group,
        protect(contributions(*frames), "organisation", "area", 1)["organisation"],
        ["organisation", "area"],
    )
    assert shown["withheld"].isna().all()
    assert shown["drawn_expected"].tolist() == by_group["drawn_expected"].tolist()
    assert (
        hide(by_group, tables(*frames)["organisation"].iloc[:0], ["organisation", "area"])["drawn"]
        .isna()
        .all()
    )
