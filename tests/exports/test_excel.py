"""The workbook and the CSV files for Danish Excel: every word is there, described, and nothing calculated."""

import csv
import io
import re
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from store_helpers import opened

from dialogkort import i18n
from dialogkort.cli.app import main
from dialogkort.domain.events import Agreement, NoteKind, SkipReason
from dialogkort.exports.excel import MAX_CELL_LENGTH, as_workbook, sheets_as_csv
from dialogkort.exports.export import exported_files
from dialogkort.exports.tables import TABLES, readable_tables
from dialogkort.frames.sessions import CARDS, NOTES, SESSIONS, TURNS, read, read_all
from dialogkort.i18n import text
from dialogkort.i18n.sorting import danish_order
from dialogkort.sessions.session import start

NASTY = {
    "formula": "=1+1",
    "dash": "- et punkt\n- et til",
    "sign": "@Ida, +45 12 34 56 78",
    "hidden": "\u200b=cmd|' /C calc'!A0",
    "link": "https://eksempel.dk/æ?a=1&b=2 og mailto:x@y.dk",
    "markup": "<b>fed</b> & \"citat\" 'og' ]]> _x0041_",
    "lines": "første\nanden\r\ntredje",
    "right to left": "שלום – سلام",
    "emoji": "👩🏽‍🏫 😀",
    "number": "007",
    "letters": "æøåÆØÅ ”é” –",
}


@pytest.fixture(scope="module")
def frames(tmp_path_factory, deck):
    """What two workshops have said, with text that tries to be something else."""
    folder = tmp_path_factory.mktemp("noter")
    with opened(folder) as store:
        for organisation, group in (("Aabenraa", "10"), ("Aabenraa", "9"), ("Ørsted", "1"), ("Zoo", "Blå")):
            session = start(
                store, deck, seed=7, workshop="W", organisation=organisation, group=group, date="2026-07-02"
            )
            first, second, third = session.table.face_down[:3]
            session.turn(first)
            session.discuss(first, Agreement.DIFFERENTLY)
            session.turn(second)
            session.skip(second, SkipReason.UNCLEAR)
            session.turn(third)
            for words in NASTY.values():
                session.note(words, card=first)
            session.note("Fra runden", opening_question=2)
            session.note("=Ring", card=first, kind=NoteKind.NEXT_STEP, owner="+it", due="2026-12-01")
    return read_all(folder)


@pytest.fixture(scope="module")
def workbook(frames):
    return as_workbook(frames)


def sheets(content):
    """The sheets as another program reads them: rows of values by heading."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    read = {}
    for name in book.sheet_names:
        head, *rows = book.get_sheet_by_name(name).to_python()
        read[name] = [dict(zip(head, row, strict=True)) for row in rows]
    return read


def test_a_workbook_has_a_sheet_for_everything_and_one_that_says_what_it_means(workbook, frames):
    read = sheets(workbook)
    assert list(read) == ["Samtaler", "Vendte kort", "Noter", "Næste skridt", "Kort", "Kolonner"]
    assert [len(rows) for rows in read.values()][:5] == [
        *(len(frames.sessions), len(frames.turns), len(frames.notes)),
        *(len(frames.notes[frames.notes["kind"] == "next step"]), len(frames.cards)),
    ]


def test_values_are_danish_words_days_times_and_numbers(workbook):
    read = sheets(workbook)
    turn, skipped, open_one = read["Vendte kort"][:3]
    assert (turn["Udfald"], turn["Enighed"], turn["Sprunget over, fordi"]) == ("Drøftet", "Forskelligt", "")
    assert (skipped["Udfald"], skipped["Sprunget over, fordi"]) == ("Sprunget over", "Vi forstår det ikke")
    assert open_one["Udfald"] == "Ikke afsluttet"
    assert isinstance(turn["Minutter"], float) and isinstance(turn["Kort nr."], float)
    assert turn["Dato"] == date(2026, 7, 2) and isinstance(turn["Vendt"], datetime)
    step = read["Næste skridt"][0]
    assert (step["Note"], step["Hvem"], step["Hvornår"]) == ("=Ring", "+it", date(2026, 12, 1))
    from_the_round = next(note for note in read["Noter"] if note["Åbningsspørgsmål"] == 2)
    assert (from_the_round["Note"], from_the_round["Kort nr."], from_the_round["Område"]) == (
        "Fra runden",
        "",
        "",
    )


def test_times_are_danish_in_summer_and_in_winter(frames):
    moments = ["2026-07-01 10:00", "2026-12-01 10:00"] * 2
    timed = frames._replace(sessions=frames.sessions.assign(started_at=pd_times(moments)))
    begun = (
        readable_tables(timed)["sessions"]
        .set_index("session")["started_at"]
        .reindex(timed.sessions["session"])
    )
    assert [f"{moment:%H:%M}" for moment in begun] == ["12:00", "11:00"] * 2


def pd_times(moments):
    import pandas as pd

    return pd.to_datetime(moments, utc=True)


@pytest.mark.parametrize("kind", NASTY)
def test_a_note_stands_in_its_cell_as_it_was_written(workbook, kind):
    assert NASTY[kind].replace("\r\n", "\n") in [
        note["Note"].replace("\r\n", "\n") for note in sheets(workbook)["Noter"]
    ]


def test_nothing_in_a_workbook_is_calculated_or_followed(workbook):
    with zipfile.ZipFile(io.BytesIO(workbook)) as packed:
        inside = {name: packed.read(name).decode("utf-8") for name in packed.namelist()}
    for name, content in inside.items():
        assert not re.search(r"<f[ >]|<hyperlink|<externalReference|TargetMode|DDE", content), name
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    cells = [
        cell for row in book["Noter"].iter_rows(min_row=2) for cell in row if isinstance(cell.value, str)
    ]
    assert {cell.data_type for cell in cells} == {"s"}
    signs = [cell for cell in cells if cell.value.lstrip("\u200b")[0] in "=+-@"]
    assert signs and not [cell.value for cell in signs if not cell.quotePrefix]  # nor when it is edited


def test_headings_stay_in_view_and_have_filters(workbook):
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert all(cell.font.b for cell in sheet[1])


def test_a_text_longer_than_a_cell_is_cut_and_says_so(tmp_path, deck):
    with opened(tmp_path) as store:
        session = start(store, deck, workshop="W", group="1")
        session.note("a" * 50_000, opening_question=1)
        session.note("😀" * 20_000, opening_question=1)
        notes = [note["Note"] for note in sheets(as_workbook(read(store)))["Noter"]]
    assert [len(note.encode("utf-16-le")) // 2 <= MAX_CELL_LENGTH for note in notes] == [True, True]
    assert notes[0] == "a" * (MAX_CELL_LENGTH - 1) + "…" and notes[1] == "😀" * (MAX_CELL_LENGTH // 2) + "…"


@pytest.mark.parametrize("code", i18n.languages())
def test_every_column_there_is_has_a_place_a_heading_and_a_description(code, frames, monkeypatch):
    monkeypatch.setenv("DIALOGKORT_LANGUAGE", code)
    placed = {column for columns in TABLES.values() for column in columns}
    assert {*SESSIONS, *TURNS, *NOTES, *CARDS} <= placed
    *tables, (_, about) = sheets(as_workbook(frames)).items()
    sheet, column, meaning, _, name = about[0]
    described = {(row[sheet], row[column]): row for row in about}
    assert all(row[meaning].strip() for row in about)
    for title, rows in tables:
        assert all((title, heading) in described for heading in rows[0])
    for row in about:
        assert row[name].split(".")[1] in placed
    assert len(described) == len(about)


def test_nobody_has_said_anything_yet_and_there_is_a_workbook_all_the_same(tmp_path):
    with opened(tmp_path) as store:
        read_back = sheets(as_workbook(read(store)))
    assert [len(rows) for rows in read_back.values()][:5] == [0] * 5 and read_back["Kolonner"]


def test_a_workbook_is_dated_by_its_last_note_so_that_the_same_notes_make_the_same_file(frames, workbook):
    created = openpyxl.load_workbook(io.BytesIO(workbook)).properties.created
    assert created == frames.sessions["last_at"].max().to_pydatetime().replace(tzinfo=None, microsecond=0)
    assert as_workbook(frames) == workbook


def test_sessions_come_as_in_a_danish_register(workbook):
    read = sheets(workbook)
    places = [(row["Organisation"], row["Gruppe"]) for row in read["Samtaler"]]
    assert places == [("Zoo", "Blå"), ("Ørsted", "1"), ("Aabenraa", "9"), ("Aabenraa", "10")]
    assert list(dict.fromkeys((row["Organisation"], row["Gruppe"]) for row in read["Noter"])) == places


def test_danish_order_has_the_danish_letters_last_and_reads_numbers_and_cases_as_people_do():
    wanted = [
        "",
        "2",
        "10",
        "Anna",
        "Émile",
        "ernst",
        "Zoo",
        "æble",
        "Ærø",
        "Øst",
        "Aabenraa",
        "Århus",
    ]
    assert sorted(sorted(wanted), key=danish_order) == wanted
    assert danish_order("a\u030alborg")[0] == danish_order("Aalborg")[0] == danish_order("ålborg")[0]


@given(st.lists(st.text(max_size=8), max_size=12))
def test_any_names_can_be_put_in_order_and_none_is_lost(names):
    assert sorted(sorted(names, key=danish_order)) == sorted(names)
    assert sorted(names, key=danish_order) == sorted(sorted(names), key=danish_order)


def test_csv_for_danish_excel_has_danish_words_commas_and_no_formula(frames):
    files = sheets_as_csv(frames)
    assert list(files) == [
        f"{name} (ark).csv" for name in ("samtaler", "vendte kort", "noter", "næste skridt", "kort")
    ]
    for content in files.values():
        assert content.startswith("\ufeff".encode())
    head, *rows = csv.reader(
        io.StringIO(files["noter (ark).csv"].decode("utf-8-sig"), newline=""), delimiter=";"
    )
    notes = [row[head.index("Note")] for row in rows]
    assert "'=1+1" in notes and "'- et punkt\n'- et til" in notes and "'=Ring" in notes
    head, row, *_ = csv.reader(io.StringIO(files["vendte kort (ark).csv"].decode("utf-8-sig")), delimiter=";")
    assert re.fullmatch(r"\d+,\d", row[head.index("Minutter")]) and row[head.index("Udfald")] == "Drøftet"


def test_the_workbook_is_among_all_that_is_handed_over_and_the_csv_when_asked_for(tmp_path, deck, capsys):
    with opened(tmp_path / "noter") as store:
        start(store, deck, workshop="W", group="1").note("Vi øver os", opening_question=1)
        assert sheets(exported_files(store).files["noter.xlsx"])["Noter"][0]["Note"] == "Vi øver os"
    assert main(["export", str(tmp_path / "ud"), "--from", str(tmp_path / "noter"), "--csv-sheets"]) == 0
    assert "noter (ark).csv" in capsys.readouterr().out
    assert "Vi øver os" in (tmp_path / "ud" / "noter (ark).csv").read_text(encoding="utf-8-sig")
    assert text("spreadsheet.file") in {path.name for path in (tmp_path / "ud").iterdir()}
