"""What is asked of a dataset is answered right: the same figures as from the frames, on every engine."""

import unicodedata
from datetime import date

import pandas as pd
import pytest
from session_builder import MONTH, START, Afternoon, busy, day, handed_in, many, other_deck

from dialogkort.analysis.discussion import by_area
from dialogkort.dataset import MEASURES, collect
from dialogkort.domain.events import NoteKind, Turned
from dialogkort.errors import InvalidAction
from dialogkort.frames import sessions as frames

BY_AREA = ["sessions", "in_deck", "drawn", "discussed", "skipped", "put_back", "open", "notes"]
ODD = 'O\'Brien \\ "Teknik" & Miljø; DROP TABLE notes; -- %_'


@pytest.fixture(scope="module")
def data(tmp_path_factory, deck):
    """The dataset of many groups, with two decks."""
    folder = tmp_path_factory.mktemp("samlet")
    other = other_deck(deck)
    odd = busy(other, START + MONTH, seed=40, organisation=ODD, workshop="Digital dag", cards=11)
    odd.note("50 % af os, ifølge Åse: 'ja' \\ \"nej\"", card=odd.order[0])
    handed_in(folder / "ind", deck, *many(deck))
    handed_in(folder / "ind", other, odd, busy(other, START + 5, seed=41, organisation="Kommune 1"))
    return collect(folder / "ind", folder / "data")


@pytest.fixture(params=["duckdb", "postgresql"])
def tables(request, data):
    """The tables on one engine after the other."""
    if request.param == "duckdb":
        return data
    return data.copy_to(request.getfixturevalue("new_address")())


# --- the same figures -------------------------------------------------------------------------------------


def test_the_counts_are_those_of_the_frames(tables, data):
    expected = by_area(*frames.read_all(data.folder), for_my_eyes=True).set_index("area")
    counted = tables.counts().set_index("area").loc[expected.index]
    pd.testing.assert_frame_equal(counted[BY_AREA], expected[BY_AREA].astype("int64"), check_index_type=False)
    pd.testing.assert_series_equal(counted["minutes"], expected["minutes"], check_index_type=False)


def test_areas_come_in_the_order_of_the_deck(tables, deck):
    own = {area.name for area in deck.areas}
    first = {area: min(card.number for card in deck.cards if card.area == area) for area in own}
    listed = [area for area in tables.counts()["area"] if area in own]
    assert listed == sorted(own, key=first.get)


@pytest.mark.parametrize(
    "by",
    [["organisation"], ["unit", "area"], ["workshop"], ["session", "area"], ["card"], ["group"], []],
    ids=str,
)
def test_counts_by_anything_add_up_as_the_frames_do(tables, data, by):
    sessions, turns, notes, _ = frames.read_all(data.folder)
    of_session = [column for column in by if column not in ("area", "card")]
    grouping = sessions[list(dict.fromkeys(["session", *of_session]))]
    written = notes.dropna(subset="area").merge(grouping, on="session").assign(all=1)
    turned = turns.merge(grouping, on="session").assign(all=1)
    by_name = by or ["all"]
    expected = pd.DataFrame(
        {
            "drawn": turned.drop_duplicates(["session", "card"]).groupby(by_name).size(),
            "minutes": turned.groupby(by_name)["minutes"].sum().astype(float),
            "notes": written.groupby(by_name).size(),
            "words": written.groupby(by_name)["words"].sum(),
        }
    ).fillna(0)
    counted = tables.counts(by, ["drawn", "minutes", "notes", "words"])
    counted = counted.set_index(by) if by else counted
    assert len(counted) == len(expected)
    for name in expected:
        sums = counted[name].sort_index() if by else counted[name]
        assert sums.to_list() == pytest.approx(expected[name].sort_index().to_list())


def test_counts_by_month_follow_the_day_of_the_session(tables, data):
    sessions = frames.read_all(data.folder).sessions
    days = sessions["date"].fillna(sessions["started_at"].dt.tz_localize(None).astype("datetime64[s]"))
    notes = data.notes().dropna(subset="area")
    expected = notes["session"].map(days.dt.strftime("%Y-%m").set_axis(sessions["session"])).value_counts()
    counted = tables.counts("month", ["notes"])
    assert counted["month"].is_monotonic_increasing
    assert dict(zip(counted["month"], counted["notes"], strict=True)) == expected.to_dict()


def test_the_measures_that_are_wanted_come_in_the_order_they_are_wanted(tables):
    assert list(tables.counts(["area", "unit"], ["words", "drawn"])) == ["area", "unit", "words", "drawn"]
    assert list(tables.counts()) == ["area", *MEASURES]


def test_the_kinds_of_the_columns_are_always_the_same(tables):
    for chosen in ({}, {"organisation": "ingen"}):
        counts = tables.counts(["organisation", "participants"], **chosen)
        assert counts["organisation"].dtype == "string"
        assert set(counts.dtypes[list(MEASURES)].astype(str)) == {"int64", "float64"}
        assert counts["minutes"].dtype == "float64"


def test_counts_can_be_narrowed_to_sessions_and_cards(tables, data):
    area = data.cards()["area"].iloc[0]
    counted = tables.counts("card", organisation=["Kommune 0", "Kommune 1"], area=area, since=day(START))
    chosen = data.frames(organisation=["Kommune 0", "Kommune 1"], since=day(START))
    expected = by_area(*chosen, for_my_eyes=True).set_index("area").loc[area]
    for name in ("drawn", "notes", "in_deck", "skipped"):
        assert counted[name].sum() == expected[name]


# --- which rows -------------------------------------------------------------------------------------------


def test_the_tables_read_the_same_on_every_engine(tables, data):
    for actual, expected in zip(tables.frames(), frames.read_all(data.folder), strict=True):
        pd.testing.assert_frame_equal(actual, expected)


def test_frames_of_some_sessions_go_into_the_analysis_unchanged(tables, data):
    chosen = tables.frames(organisation="Kommune 1", unit="")
    wanted = list(chosen.sessions["session"])
    assert 0 < len(wanted) < len(data.sessions())
    with_store = frames.read_all(data.folder)
    pd.testing.assert_frame_equal(
        chosen.notes,
        with_store.notes[with_store.notes["session"].isin(wanted)].reset_index(drop=True),
    )
    assert (
        by_area(*chosen)["drawn"].sum()
        == tables.counts([], ["drawn"], organisation="Kommune 1", unit="")["drawn"].sum()
    )


def test_rows_are_chosen_by_columns_of_their_own_and_of_their_session(tables):
    notes = tables.notes(kind=NoteKind.EXAMPLE, organisation=["Kommune 0", "Kommune 2"])
    assert len(notes) and set(notes["kind"]) == {"example"}
    sessions = tables.sessions(session=list(notes["session"].unique()))
    assert set(sessions["organisation"]) == {"Kommune 0", "Kommune 2"}
    assert set(tables.turns(outcome="skipped")["outcome"]) == {"skipped"}
    assert len(tables.notes(kind=[])) == 0


def test_none_chooses_what_was_not_told(tables):
    opening = tables.notes(card=None)
    assert len(opening) and opening["opening_question"].eq(1).all()
    assert tables.sessions(date=None)["date"].isna().all()


def test_no_text_is_too_odd_to_be_asked_for(tables):
    (row,) = tables.sessions(organisation=ODD).itertuples()
    assert row.organisation == ODD
    assert len(tables.counts("organisation", ["notes"], organisation=ODD)) == 1
    for part in ("50 % af os", "'ja' \\ \"nej\"", "åse", "ÅSE"):
        assert len(tables.notes(containing=part)) == 1, part
    assert tables.notes(containing="_").empty and tables.notes(containing="50%").empty


def test_since_and_until_hold_both_days(tables, data):
    days = day(START + MONTH)
    between = tables.sessions(since=days, until=date.fromisoformat(days))
    assert len(between) and between["date"].dropna().dt.strftime("%Y-%m-%d").eq(days).all()
    assert len(tables.sessions(until=day(START - MONTH))) == 0
    assert len(tables.sessions(since=None)) == len(data.sessions())
    assert len(tables.turns(since=days)) + len(tables.turns(until=day(START + MONTH - 86_400_000))) == len(
        data.turns()
    )


def test_the_month_of_a_session_can_be_asked_for(tables, data):
    assert set(tables.notes(month=day(START)[:7])["session"]) < set(data.notes()["session"])


@pytest.mark.parametrize(
    "ask",
    [
        lambda data: data.notes(omrade="x"),
        lambda data: data.sessions(area="x"),
        lambda data: data.turns(containing="x"),
        lambda data: data.cards(organisation="x"),
        lambda data: data.frames(card="x"),
        lambda data: data.counts("kind"),
        lambda data: data.counts("area", ["likes"]),
        lambda data: data.counts("area", kind="point"),
    ],
)
def test_a_column_there_is_not_is_told_with_those_there_are(data, ask):
    with pytest.raises(ValueError, match=r"Der er ingen kolonne ”\w+” her\. Vælg mellem: \w+, "):
        ask(data)


def test_a_day_that_is_none_is_told(data):
    with pytest.raises(ValueError, match="”i går” er ikke en dag"):
        data.sessions(since="i går")
    with pytest.raises(ValueError, match="01-07-2026"):
        data.sessions(since="01-07-2026")


# --- elsewhere --------------------------------------------------------------------------------------------


def test_a_copy_is_replaced_by_the_next_one(tmp_path, deck, new_address):
    address = new_address()
    data = collect(handed_in(tmp_path, deck, busy(deck)), tmp_path / "data")
    data.copy_to(address)
    data = collect(handed_in(tmp_path, deck, busy(deck, START + 1)), tmp_path / "data")
    assert len(data.on(address).sessions()) == 1
    data.copy_to(address)
    assert len(data.on(address).sessions()) == 2


def test_a_server_that_no_copy_lies_on_is_told(data, new_address):
    with pytest.raises(InvalidAction, match=r"dialogkort_sessions er ikke på serveren.*copy_to"):
        data.on(new_address())


def test_what_lies_on_a_server_already_can_be_asked_by_an_ibis_connection(data):
    import ibis

    elsewhere = ibis.duckdb.connect()
    pd.testing.assert_frame_equal(data.copy_to(elsewhere).counts(), data.counts())
    pd.testing.assert_frame_equal(data.on(elsewhere).notes(), data.notes())


def test_a_card_that_was_turned_and_not_settled_is_open(tmp_path, deck):
    afternoon = Afternoon(deck)
    afternoon.happen(Turned, card=afternoon.order[0])
    data = collect(handed_in(tmp_path, deck, afternoon), tmp_path / "data")
    assert data.counts([], ["open", "drawn", "sessions"]).iloc[0].to_list() == [1, 1, 1]


def test_a_text_is_found_however_its_letters_are_put_together_and_so_is_any_of_several(tmp_path, deck):
    afternoon = busy(deck)
    afternoon.talk(afternoon.order[-1], unicodedata.normalize("NFD", "Vi påstår at ældre får støtte"))
    afternoon.talk(afternoon.order[-2], "Grøn åre")
    data = collect(handed_in(tmp_path, deck, afternoon), tmp_path / "data")
    notes = data.notes(containing="PÅSTÅR")
    assert list(notes["text"]) == ["Vi påstår at ældre får støtte"] and list(notes["words"]) == [6]
    assert len(data.notes(containing=unicodedata.normalize("NFD", "ældre"))) == 1
    assert len(data.notes(containing=["påstår", "grøn"])) == 2
    assert data.notes(containing=[]).empty
    assert len(data.notes(containing="påstår OR grøn")) == len(data.notes(containing="påstår | grøn")) == 2
    assert list(data.notes(containing="p*står OR g*åre")["text"]) == ["Vi påstår at ældre får støtte"]
    assert len(data.notes(containing='"at ældre" OR gr*n åre')) == 2
    assert data.notes(containing="*").empty
    assert data.notes(containing="p(*)+år").empty  # what is written is no pattern but its stars
    assert list(data.counts(of="notes").columns) == ["area", "notes"]
