"""The notes of many places become one dataset on the disk: whole, the same in any order, and counted."""

import contextlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import warnings
from pathlib import Path

import pandas as pd
import pytest
from session_builder import MONTH, START, Afternoon, busy, day, handed_in, many, other_deck
from store_helpers import at_once

from dialogkort.analysis.discussion import by_area
from dialogkort.cli.app import main
from dialogkort.dataset import Dataset, collect, parquet
from dialogkort.dataset.parquet import settings
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import Erased, Noted, Turned
from dialogkort.errors import InvalidAction, StoreError
from dialogkort.exchange.erase import erase
from dialogkort.frames import sessions
from dialogkort.store import FILE_NAME, open_store

ROOT = Path(__file__).parents[2]
RELEASED = Path(__file__).parents[1] / "released"


@pytest.fixture
def files(tmp_path, deck):
    """The files of many groups, in one folder."""
    return [handed_in(tmp_path / "filer", deck, one) for one in many(deck)]


def tables(folder):
    """The files with tables, byte for byte."""
    parquet_files = (folder / "tables").rglob("*.parquet")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in parquet_files}


def assert_same(actual, expected):
    for one, other in zip(actual, expected, strict=True):
        pd.testing.assert_frame_equal(one, other)


# --- what comes out ---------------------------------------------------------------------------------------


def test_a_dataset_holds_what_the_stores_hold(files, tmp_path):
    data = collect(files, tmp_path / "data")
    assert_same(data.frames(), sessions.read_all(tmp_path / "data"))
    assert len(data.sessions()) == 13
    assert data.report.is_whole
    assert dict(data.report.now) == {
        "sessions": len(data.sessions()),
        "turns": len(data.turns()),
        "notes": len(data.notes()),
        "cards": len(data.cards()),
    }


def test_each_table_alone_is_the_frame_of_the_same_name(files, tmp_path):
    data = collect(files, tmp_path / "data")
    each = (data.sessions(), data.turns(), data.notes(), data.cards())
    assert_same(each, sessions.read_all(tmp_path / "data"))


def test_a_dataset_can_be_opened_again(files, tmp_path):
    first = collect(files, tmp_path / "data")
    again = Dataset(tmp_path / "data")
    assert_same(again.frames(), first.frames())
    assert again.report.now == first.report.now
    assert again.report.before is None and again.report.sources is None


def test_folders_files_and_databases_are_sources_alike(tmp_path, deck, new_address):
    address = new_address()
    handed_in(tmp_path / "ind", deck, busy(deck, START))
    for index, where in enumerate((tmp_path / "ind" / "gruppe", address), start=1):
        with contextlib.closing(open_store(where)) as store:
            store.import_events(busy(deck, START + index * MONTH).events, [deck])
    data = collect([address, tmp_path / "ind"], tmp_path / "data")
    assert len(data.sessions()) == 3


def test_nothing_is_collected_from_the_dataset_itself(tmp_path, deck):
    handed_in(tmp_path, deck, busy(deck))
    for _ in range(2):
        data = collect(tmp_path, tmp_path / "data")
        assert len(data.report.sources.sources) == 1


def test_without_a_place_a_dataset_lies_beside_the_notes(tmp_path, deck, monkeypatch):
    monkeypatch.setenv("DIALOGKORT_FOLDER", str(tmp_path / "Dialogkort"))
    data = collect(handed_in(tmp_path, deck, busy(deck)))
    assert data.folder == tmp_path / "Dialogkort-data"


# --- any order, as often as one likes, in steps -----------------------------------------------------------


def test_the_same_sources_in_any_order_and_twice_give_the_same_files(files, tmp_path):
    collect(files, tmp_path / "a")
    shuffled = files * 2
    random.Random(5).shuffle(shuffled)
    collect(shuffled, tmp_path / "b")
    assert tables(tmp_path / "a") == tables(tmp_path / "b")


def test_collecting_in_steps_gives_the_same_files_as_all_at_once(files, tmp_path):
    collect(files, tmp_path / "a")
    for path in reversed(files):
        collect(path, tmp_path / "b")
    assert tables(tmp_path / "a") == tables(tmp_path / "b")


def test_a_store_that_was_put_together_elsewhere_gives_the_same_files(files, tmp_path):
    collect(files, tmp_path / "a")
    collect(tmp_path / "a" / FILE_NAME, tmp_path / "b")
    assert tables(tmp_path / "a") == tables(tmp_path / "b")


def test_collecting_again_touches_only_the_months_that_something_came_in_for(tmp_path, deck):
    months = [handed_in(tmp_path / "ind", deck, busy(deck, START + n * MONTH)) for n in range(3)]
    collect(months, tmp_path / "data")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "data" / "tables").rglob("2026-*")}
    data = collect(handed_in(tmp_path, deck, busy(deck, START + MONTH + 9)), tmp_path / "data")
    after = {path: path.stat().st_mtime_ns for path in (tmp_path / "data" / "tables").rglob("2026-*")}
    assert len(before) == len(after) == 9
    assert {path.name[:7] for path in after if before.get(path) != after[path]} == {"2026-02"}
    assert data.report.before["sessions"] == 3
    assert data.report.now["sessions"] == 4


def test_a_session_that_went_on_is_in_the_tables_once(tmp_path, deck):
    afternoon = busy(deck)
    collect(handed_in(tmp_path / "formiddag", deck, afternoon), tmp_path / "data")
    afternoon.talk(afternoon.order[-1], "Efter frokost")
    data = collect(handed_in(tmp_path / "eftermiddag", deck, afternoon), tmp_path / "data")
    assert len(data.sessions()) == 1
    assert len(data.notes(containing="efter frokost")) == 1
    assert_same(data.frames(), sessions.read_all(tmp_path / "data"))


def test_collecting_what_is_there_already_changes_no_table(files, tmp_path):
    collect(files, tmp_path / "data")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "data" / "tables").rglob("*.parquet")}
    again = collect(files, tmp_path / "data")
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert again.report.sources.total.new == 0
    assert again.report.before == again.report.now


COLLECTS = """
import sys
from dialogkort.dataset import collect
print("ready", flush=True)
input()
folder, number = sys.argv[1:]
collect(f"{folder}/filer/{number}.json", f"{folder}/data")
"""


def test_several_may_collect_in_one_dataset_at_once(tmp_path, deck):
    for number in range(3):
        handed_in(tmp_path / "filer", deck, busy(deck, START + number), name=f"{number}.json")
    at_once(COLLECTS, 3, tmp_path)
    assert len(Dataset(tmp_path / "data").sessions()) == 3


@pytest.mark.parametrize("seed", range(12))
def test_many_sources_kept_in_one_go_count_as_one_after_the_other(tmp_path, deck, seed):
    chance = random.Random(seed)
    afternoons = [busy(deck, START + index, seed=index, cards=4) for index in range(3)]
    events = [event for one in afternoons for event in one.events]
    events += [
        Erased(id=new_id(START + MONTH + index), session=one.session, events=1, characters=1, note=note)
        for index, one in enumerate(afternoons)
        for note in (None, *(event.note for event in one.events if isinstance(event, Noted)))
        if chance.random() < 0.2
    ]
    lists = [chance.choices(events, k=chance.randrange(40)) for _ in range(6)]
    with open_reading(tmp_path / "a") as one, open_reading(tmp_path / "b") as other:
        assert other.import_batches(lists, [deck]) == [one.import_events(some, [deck]) for some in lists]
        assert sorted(map(repr, one.every_event())) == sorted(map(repr, other.every_event()))


# --- what was erased --------------------------------------------------------------------------------------


def test_what_is_erased_in_the_dataset_is_gone_from_the_next_answer(tmp_path, deck):
    afternoon = busy(deck)
    afternoon.talk(afternoon.order[-1], "Om Karen på tredje sal")
    data = collect(handed_in(tmp_path, deck, afternoon), tmp_path / "data")
    before = tables(tmp_path / "data")
    (note,) = data.notes(containing="karen")["note"]
    erase(tmp_path / "data", note=note)
    assert data.notes(containing="Karen").empty
    assert Dataset(tmp_path / "data").notes(note=note).empty
    left = tables(tmp_path / "data")
    assert {name for name in before if "/notes/" in name}.isdisjoint(left)
    assert_same(data.frames(), sessions.read_all(tmp_path / "data"))


def test_what_was_erased_by_the_group_is_erased_here_when_it_comes_in(tmp_path, deck):
    with contextlib.closing(open_store(tmp_path / "gruppe")) as store:
        afternoon = busy(deck)
        store.import_events(afternoon.events, [deck])
        data = collect(tmp_path / "gruppe", tmp_path / "data")
        assert len(data.sessions()) == 1
        store.erase(afternoon.session)
    data = collect(tmp_path / "gruppe", tmp_path / "data")
    assert data.sessions().empty and data.notes().empty and data.turns().empty
    assert not tables(tmp_path / "data")
    assert data.report.erased == 1
    assert "1 samtale er slettet for altid" in str(data.report)
    assert not data.report.refused


# --- crashes, and what somebody has removed ---------------------------------------------------------------


def test_a_crash_while_the_tables_are_made_leaves_the_old_ones_and_is_made_good(tmp_path, deck, monkeypatch):
    folder = tmp_path / "data"
    collect(handed_in(tmp_path, deck, busy(deck, START)), folder)
    second = handed_in(tmp_path, deck, busy(deck, START + 1))
    with monkeypatch.context() as crash:
        crash.setattr(parquet, "_write_manifest", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            collect(second, folder)
    data = Dataset(folder)  # the store is ahead of the tables
    assert len(data.sessions()) == 2
    named = {path.name for name in ("sessions", "turns", "notes", "cards") for path in _named(folder, name)}
    assert {path.name for path in (folder / "tables").rglob("*.*") if path.name != ".lock"} == named


@pytest.fixture
def handed_on(public, deck):
    """A dataset as one is copied to a folder that only its owner may write in."""
    collect(handed_in(public / "ind", deck, *many(deck)), public / "data")
    os.utime(public / "data" / FILE_NAME, (1, 1))  # a copy has another time
    for path in (public / "data").rglob("*"):  # and its owner lets others read it
        path.chmod(0o555 if path.is_dir() else 0o444)
    (public / "data").chmod(0o555)
    return public / "data"


def test_a_dataset_in_a_folder_that_is_closed_to_writing_can_be_asked(handed_on, as_a_guest):
    data = Dataset(handed_on)
    assert len(data.sessions()) == 13
    assert data.counts()["drawn"].sum()


def test_a_disk_that_is_full_is_told(tmp_path, deck, small_disk):
    (small_disk / "fyld").write_bytes(b"x" * 700_000)
    source = handed_in(tmp_path, deck, *[busy(deck, START + index, cards=34) for index in range(60)])
    with pytest.raises(StoreError):
        collect(source, small_disk / "data")
    (small_disk / "fyld").unlink()


def _named(folder, table):
    return parquet.paths(folder, parquet.read_manifest(folder), table)


@pytest.mark.parametrize("table", ["sessions", "notes", "cards"])
def test_tables_that_somebody_removed_are_made_anew(files, tmp_path, table):
    collect(files, tmp_path / "data")
    before = tables(tmp_path / "data")
    _named(tmp_path / "data", table)[0].unlink()
    assert len(Dataset(tmp_path / "data").sessions()) == 13
    assert tables(tmp_path / "data") == before


def test_a_list_of_files_that_cannot_be_read_is_made_anew(files, tmp_path):
    collect(files, tmp_path / "data")
    before = tables(tmp_path / "data")
    (tmp_path / "data" / "dataset.json").write_text('{"layout": 1, "fil', encoding="utf-8")
    assert len(Dataset(tmp_path / "data").sessions()) == 13
    assert tables(tmp_path / "data") == before


def test_a_store_that_was_made_anew_from_its_journal_is_read_anew(files, tmp_path):
    collect(files, tmp_path / "a")
    (tmp_path / "b").mkdir()
    shutil.copytree(tmp_path / "a" / "tables", tmp_path / "b" / "tables")
    shutil.copy(tmp_path / "a" / "dataset.json", tmp_path / "b")
    with contextlib.closing(open_store(tmp_path / "b")) as store, open_reading(tmp_path / "a") as other:
        store.import_events(reversed(list(other.every_event())), other.decks())
    assert len(Dataset(tmp_path / "b").sessions()) == 13
    assert tables(tmp_path / "a") == tables(tmp_path / "b")


def open_reading(folder):
    return contextlib.closing(open_store(folder))


def test_a_dataset_can_be_copied_and_moved(files, tmp_path):
    collect(files, tmp_path / "data")
    shutil.copytree(tmp_path / "data", tmp_path / "et [andet] sted; x=1")
    shutil.rmtree(tmp_path / "data")
    assert len(Dataset(tmp_path / "et [andet] sted; x=1").sessions()) == 13


# --- bad input --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", ["sqlite-1", "sqlite-2"])
def test_files_of_every_released_layout_come_in(tmp_path, layout):
    (tmp_path / "ind").mkdir()
    with contextlib.closing(sqlite3.connect(tmp_path / "ind" / FILE_NAME)) as database:
        database.executescript((RELEASED / f"{layout}.sql").read_text(encoding="utf-8"))
    data = collect(tmp_path / "ind", tmp_path / "data")
    assert data.report.is_whole
    assert_same(data.frames(), sessions.read_all(tmp_path / "ind"))
    assert len(data.notes())


def test_a_file_of_a_newer_version_is_refused_and_does_not_stop_the_others(files, tmp_path):
    newer = tmp_path / "nyere.json"
    newer.write_text('{"format": "dialogkort", "version": 99, "decks": [], "events": []}', encoding="utf-8")
    data = collect([newer, *files], tmp_path / "data")
    assert len(data.sessions()) == 13
    assert not data.report.is_whole
    assert "nyere version" in str(data.report)


def test_files_that_were_cut_are_counted_and_do_not_stop_the_others(files, tmp_path, deck):
    export = tmp_path / "klippet.json"
    export.write_bytes(files[0].read_bytes()[:2_000])
    with contextlib.closing(open_store(tmp_path / "gruppe")) as store:
        store.import_events(busy(deck, START + 99).events, [deck])
    base = tmp_path / "klippet.sqlite"
    whole = (tmp_path / "gruppe" / FILE_NAME).read_bytes()
    base.write_bytes(whole[: len(whole) * 2 // 3])
    (tmp_path / "tom.sqlite").touch()
    rows = [export, base, tmp_path / "tom.sqlite", tmp_path / "findes ikke.json", *files]
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        data = collect(rows, tmp_path / "data")
    assert len(data.sessions()) >= 13
    assert not data.report.is_whole
    rows = {Path(one.source).name: one for one in data.report.sources.sources}
    assert rows["klippet.json"].problem and rows["tom.sqlite"].problem and rows["findes ikke.json"].problem
    assert rows["klippet.sqlite"].refused or rows["klippet.sqlite"].problem


def test_sessions_that_cannot_be_read_are_counted_with_the_reason(tmp_path, deck):
    lacking = [
        busy(deck, START + 1, dealt=False),
        busy(deck, START + 2, described=False),
        Afternoon(replace_card(deck), START + 3),  # dealt from other cards than the deck that is kept
    ]
    lacking[2].events[1] = _with_deck(lacking[2].events[1], deck.fingerprint)
    without_deck = Afternoon(other_deck(deck), START + 4)
    sound = [busy(deck, START + 10 + n) for n in range(450)]
    data = collect(handed_in(tmp_path, deck, *sound, *lacking, without_deck), tmp_path / "data")
    assert len(data.sessions()) == 450
    assert set(data.report.refused) == {one.session for one in [*lacking, without_deck]}
    assert "Kortene blev aldrig delt ud" in data.report.refused[lacking[0].session]
    assert "hvem der mødtes" in data.report.refused[lacking[1].session]
    assert "k-fremmed" in data.report.refused[lacking[2].session]
    assert other_deck(deck).fingerprint in data.report.refused[without_deck.session]
    assert not data.report.is_whole
    assert "1 samtale er ikke med" in str(data.report)


def replace_card(deck):
    from dataclasses import replace

    return replace(deck, cards=(*deck.cards[:-1], replace(deck.cards[-1], id="k-fremmed")))


def _with_deck(dealt, fingerprint):
    from dataclasses import replace

    return replace(dealt, deck=fingerprint)


def test_a_session_whose_cards_come_later_is_refused_until_then(tmp_path, deck):
    late = busy(deck, START)
    whole = list(late.events)
    late.events = [event for event in whole if type(event).__name__ != "Dealt"]
    data = collect(handed_in(tmp_path, deck, late), tmp_path / "data")
    assert list(data.report.refused) == [late.session]
    late.events = whole
    data = collect(handed_in(tmp_path, deck, late), tmp_path / "data")
    assert not data.report.refused
    assert len(data.sessions()) == 1


def test_a_session_whose_deck_comes_later_is_in_the_tables_then(tmp_path, deck):
    other = other_deck(deck)
    data = collect(handed_in(tmp_path, deck, busy(other, START)), tmp_path / "data")
    assert len(data.report.refused) == 1
    data = collect(handed_in(tmp_path, other), tmp_path / "data")
    assert not data.report.refused and len(data.sessions()) == 1


def test_decks_that_differ_lie_side_by_side(tmp_path, deck):
    other = other_deck(deck)
    sources = [
        handed_in(tmp_path, deck, busy(deck, START)),
        handed_in(tmp_path, other, busy(other, START + 1)),
    ]
    data = collect(sources, tmp_path / "data")
    assert_same(data.frames(), sessions.read_all(tmp_path / "data"))
    assert len(data.cards()) == len(deck.cards) + len(other.cards)
    areas = data.counts()["area"]
    assert set(areas) == {area.name for one in (deck, other) for area in one.areas}


@pytest.mark.parametrize("when", ["nobody turned a card", "notes have no card", "nothing at all"])
def test_a_dataset_with_little_in_it_has_the_same_columns(tmp_path, deck, when):
    afternoon = Afternoon(deck)
    if when == "notes have no card":
        afternoon.note("Kun åbningsrunden", opening_question=2)
    sources = [] if when == "nothing at all" else [handed_in(tmp_path, deck, afternoon)]
    data = collect(sources, tmp_path / "data")
    assert_same(data.frames(), sessions.read_all(tmp_path / "data"))
    assert data.turns().empty
    assert len(data.notes()) == (when == "notes have no card")
    counted = data.counts()
    assert counted.empty
    assert counted.dtypes["notes"] == "int64" and counted.dtypes["minutes"] == "float64"
    assert by_area(*data.frames())["notes"].sum() == 0


def test_one_organisation_alone_is_enough(tmp_path, deck):
    sources = handed_in(tmp_path, deck, busy(deck, organisation="Ærø Kommune"))
    data = collect(sources, tmp_path / "data")
    assert list(data.counts("organisation")["organisation"]) == ["Ærø Kommune"]


def test_a_session_of_any_age_has_a_month(tmp_path, deck):
    ages = [Afternoon(deck, 1_000), Afternoon(deck, 2**47)]
    data = collect(handed_in(tmp_path, deck, ages[0]), tmp_path / "data")
    assert len(data.sessions()) == 1
    assert parquet._month(ages[1].session) == "6429-10"
    assert parquet._month("ffffffff-ffff-7abc-8def-000000000000") == "9999-12"


# --- where it may lie -------------------------------------------------------------------------------------


def test_a_dataset_does_not_mix_with_the_notes_of_a_group(tmp_path, deck):
    with contextlib.closing(open_store(tmp_path / "gruppe")) as store:
        store.import_events(busy(deck).events, [deck])
    with pytest.raises(InvalidAction, match="sin egen mappe"):
        collect([], tmp_path / "gruppe")


def test_a_dataset_is_a_folder_that_is_there(tmp_path):
    with pytest.raises(InvalidAction, match="dialogkort collect"):
        Dataset(tmp_path / "tom")
    with pytest.raises(InvalidAction, match="er en adresse på en database"):
        collect([], "postgresql://bruger@server/navn")


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "fil").write_text("ikke en mappe", encoding="utf-8")
    with pytest.raises(StoreError):
        collect([], tmp_path / "fil")


# --- the sheet, the bar, the command ----------------------------------------------------------------------


def test_the_sheet_is_a_table_in_a_terminal_a_page_and_a_frame(tmp_path, deck):
    source = handed_in(tmp_path / "<b>", deck, busy(deck), Afternoon(deck, START + 1, dealt=False))
    sheet = collect(source, tmp_path / "data").report
    lines = str(sheet).splitlines()
    assert lines[0].split() == ["Datasættet", "Før", "Nu"]
    assert lines[1].split() == ["Samtaler", "0", "1"]
    page = sheet._repr_html_()
    assert "<td>Samtaler</td>" in page and "&lt;b&gt;" in page and "<b>" not in page
    table = sheet.table().set_index("what")
    assert table.loc["sessions", "before"] == 0 and table.loc["sessions", "now"] == 1
    assert list(table.index) == ["sessions", "turns", "notes"]


def test_no_bar_is_drawn_where_nobody_sees_it_move(files, tmp_path, capsys):
    collect(files, tmp_path / "data")
    assert capsys.readouterr() == ("", "")


def test_a_terminal_shows_how_far_it_is(files, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    collect(files, tmp_path / "a")
    assert "Læser kilder:" in capsys.readouterr().err
    collect(files, tmp_path / "b", progress=False)
    assert capsys.readouterr().err == ""


def test_the_command_collects_and_shows_the_sheet(files, tmp_path, capsys):
    assert main(["collect", str(tmp_path / "filer"), "--into", str(tmp_path / "data")]) == 0
    assert "Samtaler" in capsys.readouterr().out
    assert len(Dataset(tmp_path / "data").sessions()) == 13
    (tmp_path / "filer" / "tom.json").touch()
    assert main(["collect", str(tmp_path / "filer"), "--into", str(tmp_path / "data")]) == 1


WITHOUT_THE_EXTRA = """
import sys
sys.modules["duckdb"] = None
import dialogkort, dialogkort.cli.app
sys.exit(dialogkort.cli.app.main(["collect", "x", "--into", "y"]))
"""


def test_without_the_extra_it_says_what_to_install(tmp_path):
    completed = subprocess.run(
        [sys.executable, "-c", WITHOUT_THE_EXTRA],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert completed.returncode == 1
    assert 'pip install "dialogkort[analysis]"' in completed.stderr and "Traceback" not in completed.stderr


def test_nothing_is_fetched_from_the_internet(tmp_path):
    import duckdb

    connection = duckdb.connect(config=settings(tmp_path))
    query = "SELECT current_setting('autoinstall_known_extensions')"
    assert connection.sql(query).fetchall() == [(False,)]


def test_the_day_of_a_session_is_the_one_told(tmp_path, deck):
    afternoons = [Afternoon(deck, START, date="2025-12-24"), Afternoon(deck, START + 1)]
    for one in afternoons:
        one.happen(Turned, card=one.order[0])
    data = collect(handed_in(tmp_path, deck, *afternoons), tmp_path / "data")
    assert list(data.counts("month")["month"]) == ["2025-12", day(START)[:7]]


def test_a_dataset_that_lies_in_a_folder_of_notes_is_not_taken_for_notes_of_that_folder(tmp_path, deck):
    handed_in(tmp_path / "noter", deck, busy(deck))
    collect(handed_in(tmp_path / "andre", deck, *many(deck)), tmp_path / "noter" / "notebooks" / "eksempel")
    data = collect(tmp_path / "noter", tmp_path / "data")
    assert len(data.sessions()) == 1
    assert data.report.is_whole
    again = collect(tmp_path / "noter" / "notebooks" / "eksempel", tmp_path / "data")
    assert len(again.sessions()) > 1 and again.report.is_whole
