"""A chart of a frame that `disclosure.hide` has been at is drawn, and shows none of what is hidden."""

import pandas as pd
import pytest

from dialogkort import charts
from dialogkort.analysis import disclosure, discussion
from dialogkort.analysis.protection import mark_protected
from dialogkort.exchange.merge import merge
from dialogkort.frames.sessions import read_all
from dialogkort.resources import SAMPLE


@pytest.fixture(scope="module")
def hidden(tmp_path_factory):
    """Four municipalities by area, with one cell withheld: the others in its row stay open."""
    folder = tmp_path_factory.mktemp("noter")
    merge(sorted(SAMPLE.glob("*.zip"))[:4], folder)
    frames = read_all(folder)
    rows = disclosure.tables(*frames)["organisation"].rename(columns={"organisation": "group"})
    cell = rows.index[rows["area"].notna()][0]
    rows.loc[cell, "withheld"] = disclosure.SUPPRESSED
    groups = discussion.by_group(*frames)
    return groups, disclosure.hide(groups, rows, ["group", "area"]), tuple(rows.loc[cell, ["group", "area"]])


def test_an_open_cell_beside_a_hidden_one_is_drawn_without_what_would_give_it_away(hidden):
    groups, shown, (group, area) = hidden
    row = shown[shown["group"] == group]
    assert row["discussed"].isna().sum() == 1 and row["in_deck"].isna().all()
    before = groups[(groups["group"] == group) & (groups["area"] == area)].iloc[0]
    figure = charts.coverage(shown)
    assert f"{area} udeladt" in figure.alt
    assert f"{area} {before['discussed']} af" not in figure.alt.partition(group)[2].partition(".")[0]
    assert charts.small_multiples(shown).alt.count("udeladt") == len(row)


def test_of_areas_that_may_not_all_be_shown_there_is_no_picture_with_their_averages(hidden):
    groups, _, _ = hidden
    areas = groups.groupby("area", sort=False).first().reset_index().drop(columns="group")
    areas["drawn_expected"] = pd.NA
    assert "Søjlerne kan ikke vises" in charts.overview(mark_protected(areas)).alt
