"""Everything comes out at any moment, as a spreadsheet and a program read it, and says what it is."""

import contextlib
import csv
import io
import json
import re
import subprocess
import sys
import unicodedata
import zipfile
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_helpers import opened

from dialogkort import i18n
from dialogkort.domain.event_records import to_record
from dialogkort.domain.events import NoteKind
from dialogkort.errors import InvalidAction, StoreError
from dialogkort.exchange.merge import merge
from dialogkort.exports.export import (
    JSON_NAME,
    as_csv,
    as_json,
    as_zip,
    export,
    exported_files,
    exported_files_from,
    privacy_summary,
    publication,
)
from dialogkort.frames.closing import NEXT_STEPS, RATINGS
from dialogkort.frames.sessions import CARDS, NOTES, SESSIONS, TURNS, read, read_all
from dialogkort.frames.votes import VOTES
from dialogkort.sessions.session import Session, start
from dialogkort.store import open_store

TABLES = {"sessions": SESSIONS, "turns": TURNS, "notes": NOTES, "cards": CARDS}
ABOUT = "læs mig.txt"
PLACES = "se efter personoplysninger.csv"


def stored_events(store):
    return {json.dumps(to_record(event), sort_keys=True) for event in store.every_event()}


def sheet(content):
    """A CSV file as a Danish spreadsheet takes it in."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.fixture
def folder(tmp_path, deck):
    """A folder with the notes of two groups, one of them in the midst of it."""
    with opened(tmp_path / "noter") as store:
        for group in ("Rød", "Blå"):
            session = start(
                store, deck, seed=7, workshop="Digital dag", group=group, date="2026-03-02", participants=5
            )
            card = session.table.face_down[0]
            session.turn(card)
            session.note("Vi øver os", card=card)
            session.note("Ring til it", card=card, kind=NoteKind.NEXT_STEP, owner="Ida", due="2026-04-01")
    return tmp_path / "noter"


def test_the_files_of_an_export_are_the_four_tables_everything_and_what_they_are(folder, tmp_path):
    paths = export(tmp_path / "ud" / "her", folder)
    assert [path.name for path in paths] == [
        ABOUT, "noter.xlsx", "sessions.csv", "turns.csv", "notes.csv", "cards.csv", "ratings.csv",
        "next_steps.csv", "votes.csv", PLACES, JSON_NAME
    ]  # fmt: skip
    assert all(path.parent == tmp_path / "ud" / "her" and path.stat().st_size for path in paths)
    assert sorted(paths) == sorted((tmp_path / "ud" / "her").iterdir())


def test_a_table_opens_in_a_danish_spreadsheet_with_its_columns_numbers_days_and_times(folder):
    with opened(folder) as store:
        files = exported_files(store).files
        frames = read(store)
    for name, columns in TABLES.items():
        content = files[f"{name}.csv"]
        assert content.startswith("\ufeff".encode())
        assert content.endswith(b"\r\n")
        rows = sheet(content)
        assert rows[0] == list(columns)
        assert len(rows) == 1 + len(getattr(frames, name))
    session = dict(zip(*sheet(files["sessions.csv"])[:2], strict=True))
    assert (session["date"], session["participants"], session["organisation"]) == ("2026-03-02", "5", "")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", session["started_at"])
    turn = dict(zip(*sheet(files["turns.csv"])[:2], strict=True))
    assert re.fullmatch(r"\d+,\d{4}", turn["minutes"])
    assert turn["skip_reason"] == ""
    steps = [row for row in sheet(files["notes.csv"]) if "Ida" in row]
    assert len(steps) == 2 and "2026-04-01" in steps[0]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('to\nlinjer; og "citat"', 'to\nlinjer; og "citat"'),
        ("a\r\nb", "a\r\nb"),
        ("æøå 👩🏽‍🏫", "æøå 👩🏽‍🏫"),
        ("=1+1", "'=1+1"),
        ("+45 12 34 56 78", "'+45 12 34 56 78"),
        ("- et punkt", "'- et punkt"),
        ("@Ida", "'@Ida"),
        ("\t=1+1", "'\t'=1+1"),
        ("'=1", "'=1"),
        ("＝1＋1", "'＝1＋1"),
        ("\u200b\ufeff =1+1", "'\u200b\ufeff =1+1"),
        ("\xa0-1", "'\xa0-1"),
        ("rød, =1+1; blå;\t@x", "rød, '=1+1; blå;\t'@x"),
        ("liste:\n- et\n- to", "liste:\n'- et\n'- to"),
        ('sagde, "=1+1"', 'sagde, "\'=1+1"'),
        ("mad- og måltidsplan, e-mail, a@b.dk", "mad- og måltidsplan, e-mail, a@b.dk"),
        ("1 + 1 = 2", "1 + 1 = 2"),
        ("NA", "NA"),
        ("x" * 50_000, "x" * 50_000),
    ],
)
def test_a_note_stands_in_one_cell_and_is_no_formula(tmp_path, deck, written, shown):
    with opened(tmp_path) as store:
        session = start(store, deck, workshop="W", group="1")
        session.note(written, opening_question=1)
        heading, row = sheet(exported_files(store).files["notes.csv"])
        assert row[heading.index("text")] == shown
        events = json.loads(as_json(store))["events"]
    assert events[-1]["text"] == written


SIGNS = "=+-@＝＋－＠﹢﹣﹦﹫"
RISKY = st.text(
    st.sampled_from([*SIGNS, *";,|\t\r\n\u2028 \xa0\u200b\ufeff\u202e\u3164\u2800\"'ax1"]), max_size=12
)


def first_visible(cell):
    """The first character of a cell that is to be seen."""
    unseen = '"\u115f\u1160\u2800\u3164\uffa0'
    seen = (
        letter for letter in cell if letter not in unseen and unicodedata.category(letter)[0] not in "CZM"
    )
    return next(seen, "")


def cells_of(content, delimiter):
    """The cells as programs take them apart: those that know quotation marks, and those that do not."""
    written = content.decode("utf-8-sig")
    for row in csv.reader(io.StringIO(written, newline=""), delimiter=delimiter):
        yield from row
    for line in written.splitlines():
        yield from line.split(delimiter)


@given(st.lists(RISKY | st.text(max_size=12), min_size=1, max_size=4))
def test_no_text_becomes_a_formula_in_any_program_whatever_separator_it_has(cells):
    for dtype in ("string", "object", "category"):
        content = as_csv(
            pd.DataFrame({"a": pd.Series(cells, dtype=dtype), "b": pd.Series(cells, dtype=dtype)})
        )
        for delimiter in ";,\t|":
            for cell in cells_of(content, delimiter):
                assert first_visible(cell) not in {*SIGNS}
        read = [row for row in sheet(content)[1:] if row]
        assert [row[0].replace("'", "") for row in read] == [cell.replace("'", "") for cell in cells]


def test_numbers_below_nought_stay_numbers():
    assert sheet(as_csv(pd.DataFrame({"a": [-1.5, 2.0], "b": [-1, 2]})))[1] == ["-1,5000", "-1"]


def test_every_text_column_is_kept_from_being_a_formula(tmp_path, deck):
    with opened(tmp_path) as store:
        start(store, deck, workshop="=W", group="=G", organisation="=O", unit="=U", note_taker="=N")
        row = sheet(exported_files(store).files["sessions.csv"])[1]
    assert [cell for cell in row if "=" in cell] == ["'=W", "'=O", "'=U", "'=G", "'=N"]


def test_a_table_without_rows_still_has_its_columns(tmp_path):
    with opened(tmp_path) as store:
        files = exported_files(store).files
    assert [sheet(files[f"{name}.csv"]) for name in TABLES] == [
        [list(columns)] for columns in TABLES.values()
    ]


def test_a_frame_that_is_written_out_is_not_changed(folder):
    frames = read_all(folder)
    before = frames.notes.copy()
    as_csv(frames.notes)
    pd.testing.assert_frame_equal(frames.notes, before)


def test_what_comes_back_from_an_export_is_what_went_out(folder, tmp_path):
    export(tmp_path / "ud", folder)
    sheet = merge([tmp_path / "ud"], tmp_path / "tilbage")
    assert sheet.is_whole and sheet.total.known == 0
    with opened(folder) as store, opened(tmp_path / "tilbage") as back:
        assert stored_events(back) == stored_events(store)
        assert back.decks() == store.decks()
    for went, came in zip(read_all(folder), read_all(tmp_path / "tilbage"), strict=True):
        pd.testing.assert_frame_equal(went, came)


@pytest.mark.parametrize("code", i18n.languages())
def test_the_file_about_it_names_every_table_every_column_and_every_word_a_column_can_hold(
    code, folder, tmp_path, monkeypatch
):
    monkeypatch.setenv("DIALOGKORT_LANGUAGE", code)
    about = export(tmp_path / "ud", folder)[0].read_text(encoding="utf-8-sig")
    parts = re.split(r"^(\w+)\.csv", about, flags=re.M)[1:]
    result = dict(zip(parts[::2], parts[1::2], strict=True))
    tables = {**TABLES, "ratings": RATINGS, "next_steps": NEXT_STEPS, "votes": VOTES}
    assert result.keys() == tables.keys()
    for name, columns in tables.items():
        assert set(columns) <= set(re.findall(r"\w+", result[name]))
        for column, kind in columns.items():
            if isinstance(kind, pd.CategoricalDtype):
                assert all(word in about for word in kind.categories), column
    assert JSON_NAME in about and "dialogkort merge" in about
    assert all(len(line) <= 120 for line in about.splitlines())


def test_the_file_about_it_opens_anywhere(folder, tmp_path):
    content = export(tmp_path / "ud", folder)[0].read_bytes()
    assert content.startswith("\ufeffDialogkort".encode())
    assert content.count(b"\n") == content.count(b"\r\n") > 30


def test_some_sessions_can_be_chosen(folder, tmp_path):
    wanted, _ = read_all(folder).sessions["session"]
    export(tmp_path / "ud", folder, [wanted])
    exported = json.loads((tmp_path / "ud" / JSON_NAME).read_text(encoding="utf-8"))
    assert {event["session"] for event in exported["events"]} == {wanted}
    assert {row[0] for row in sheet((tmp_path / "ud" / "notes.csv").read_bytes())[1:]} == {wanted}


def test_a_session_that_is_not_there_is_told_and_nothing_is_written(folder, tmp_path):
    with pytest.raises(InvalidAction, match="stavefejl"):
        export(tmp_path / "ud", folder, ["stavefejl"])
    assert not (tmp_path / "ud").exists()


def test_the_zip_holds_the_same_files(folder):
    with opened(folder) as store:
        with zipfile.ZipFile(io.BytesIO(as_zip(exported_files(store).files))) as packed:
            assert packed.testzip() is None
            inside = {name: packed.read(name) for name in packed.namelist()}
        files = exported_files(store).files
    assert list(inside) == list(files)
    assert all(inside[name] == files[name] for name in files if name != JSON_NAME)  # that has the time in it
    assert json.loads(inside[JSON_NAME])["events"] == json.loads(files[JSON_NAME])["events"]


def test_an_export_replaces_the_one_before_it(folder, tmp_path):
    export(tmp_path / "ud", folder)
    with opened(folder) as store:
        Session(store, next(iter(store.sessions()))).note("Skrevet siden", opening_question=1)
    export(tmp_path / "ud", folder)
    assert len(list((tmp_path / "ud").iterdir())) == 11
    assert "Skrevet siden" in (tmp_path / "ud" / "notes.csv").read_text(encoding="utf-8-sig")


WRITES_ON = """
import sys
from dialogkort.sessions.session import Session
from dialogkort.store import open_store
store = open_store(sys.argv[1])
session = Session(store, next(iter(store.sessions())))
for number in range(100_000):
    session.note(f"Note {number}", opening_question=1)
    print(number, flush=True)
"""


def test_an_export_in_the_midst_of_a_session_holds_all_that_was_kept_and_its_files_agree(folder, tmp_path):
    command = [sys.executable, "-c", WRITES_ON, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as writer:
        for _ in range(10):
            promised = int(writer.stdout.readline())
        export(tmp_path / "ud", folder)
        writer.kill()
    record = json.loads((tmp_path / "ud" / JSON_NAME).read_text(encoding="utf-8"))
    written = {event["text"] for event in record["events"] if event["what"] == "noted"}
    assert {f"Note {number}" for number in range(promised + 1)} <= written
    heading, *rows = sheet((tmp_path / "ud" / "notes.csv").read_bytes())
    assert {row[heading.index("text")] for row in rows} == written


def test_a_folder_that_cannot_be_written_in_is_told(folder, tmp_path):
    (tmp_path / "fil").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError, match=re.escape(str(tmp_path / "fil"))):
        export(tmp_path / "fil", folder)
    assert (tmp_path / "fil").read_text(encoding="utf-8") == "x"


def test_a_place_where_nothing_is_kept_is_told_and_nothing_is_made(tmp_path):
    with pytest.raises(StoreError, match="ingen noter"):
        export(tmp_path / "ud", tmp_path / "stavefejl")
    assert list(tmp_path.iterdir()) == []


def test_the_notes_on_any_engine_come_out(store, session, location, tmp_path):
    session.note("Vi øver os", opening_question=1)
    export(tmp_path / "ud", location)
    assert "Vi øver os" in Path(tmp_path / "ud" / "notes.csv").read_text(encoding="utf-8-sig")


def test_the_zip_that_the_page_hands_over_is_taken_in_like_any_other_source(folder, tmp_path):
    with contextlib.closing(open_store(folder)) as store:
        (tmp_path / "dialogkort.zip").write_bytes(as_zip(exported_files(store).files))
        events = set(store.every_event())
    counted = merge([tmp_path / "dialogkort.zip"], tmp_path / "ny").total
    assert (counted.new, counted.met) == (len(events), len(events))


# --- what may identify somebody, and what few said --------------------------------------------------------


def test_places_that_may_identify_somebody_are_counted_and_listed_without_their_words(folder, tmp_path):
    (folder / "navne.txt").write_text("Karin Holm\n", encoding="utf-8")
    with opened(folder) as store:
        session = Session(store, next(iter(store.sessions())))
        session.note("Ring til Karin Holm på 33 66 33 66 om 211062-5629", opening_question=1)
    created = exported_files_from(folder)
    assert privacy_summary(created.places).startswith(
        "5 steder kan udpege nogen (1 cpr-nummer, 1 telefonnummer, 3 navne). De står i "
        "se efter personoplysninger.csv"
    )  # three names: two of them who do a next step
    listed = created.files[PLACES].decode("utf-8-sig")
    assert not {"Karin", "211062", "33 66"} & set(re.findall(r"Karin|211062|33 66", listed))
    assert "Ring til [navn] på [telefon] om [cpr-nummer]" in listed
    assert "Karin Holm" in created.files["notes.csv"].decode(
        "utf-8-sig"
    )  # the notes stand as they were written
    heading = sheet(created.files[PLACES])[0]
    assert heading == ["session", "note", "field", "kind", "sure", "start", "end", "context"]


def test_that_nothing_was_found_is_said_without_a_promise(tmp_path, deck):
    with opened(tmp_path) as store:
        start(store, deck, workshop="W", group="1").note("Vi øver os", opening_question=1)
        sentence = privacy_summary(exported_files(store).places)
    assert "ingen garanti" in sentence
    assert "anonym" not in json.dumps(i18n.catalogue("da")).lower()


@pytest.fixture
def publish(tmp_path):
    """Publishes, and remembers it in a folder of the test's own."""
    return partial(publication, ledger_folder=tmp_path / "liste")


def test_a_publication_holds_figures_and_nothing_over_few(publish, folder, tmp_path, deck):
    with opened(folder) as store:
        for group in range(5):
            session = start(store, deck, workshop="W", group=str(group), organisation="Ærø", participants=5)
            for card in session.table.face_down[:20]:
                session.turn(card)
                session.note("=Vi øver os", card=card)
    paths = publish(tmp_path / "tal", read_all(folder))
    assert [path.name for path in paths] == [
        ABOUT,
        "everything.csv",
        "organisation.csv",
        "everything-card.csv",
        "organisation-card.csv",
    ]
    assert "færre end 3 grupper" in paths[0].read_text(encoding="utf-8-sig")
    rows = sheet(paths[2].read_bytes())
    assert rows[0][:3] == ["organisation", "area", "groups"]
    small = [row for row in rows[1:] if row[0] == "ikke oplyst"]  # two groups that told no organisation
    assert small and {(row[2], row[-1]) for row in small} == {("", "udeladt")}
    (whole,) = [row for row in rows if row[:2] == ["Ærø", "i alt"]]
    assert whole[2] == "5"
    assert re.fullmatch(r"\d+,\d", whole[rows[0].index("minutes")])
    page = paths[0].read_text(encoding="utf-8-sig")
    assert all(name in page for name in rows[0])
    assert all(path.name in page for path in paths[1:])
    cards = sheet(paths[4].read_bytes())
    assert cards[0][:3] == ["organisation", "card", "groups"] and len(cards) > len(rows)


@pytest.mark.parametrize("k", [0, 1, 2])
def test_a_publication_over_so_few_that_one_has_the_figures_of_another_is_refused(
    publish, folder, tmp_path, k
):
    with pytest.raises(ValueError, match=f"k={k} skjuler ikke.*Vælg 3 eller flere"):
        publish(tmp_path / "tal", read_all(folder), k=k)
    assert not (tmp_path / "tal").exists()


def test_a_second_publication_takes_the_place_of_the_first_with_all_its_levels(publish, folder, tmp_path):
    frames, location = read_all(folder), tmp_path / "tal"
    publish(location, frames, by=["organisation", "unit"])
    (location / "billede.png").write_bytes(b"")
    paths = publish(location, frames, by="organisation", k=10)
    assert sorted(path.name for path in location.iterdir()) == sorted(
        ["billede.png", *(path.name for path in paths)]
    )
    assert "unit.csv" not in paths[0].read_text(encoding="utf-8-sig")


def test_a_publication_is_not_put_beside_other_tables_and_removes_none_of_them(publish, folder, tmp_path):
    export(tmp_path / "alt", folder)
    before = {path.name: path.read_bytes() for path in (tmp_path / "alt").iterdir()}
    with pytest.raises(ValueError, match="en anden fil med navnet læs mig"):
        publish(tmp_path / "alt", read_all(folder))
    assert {path.name: path.read_bytes() for path in (tmp_path / "alt").iterdir()} == before
    publish(tmp_path / "tal", read_all(folder))
    (tmp_path / "tal" / "unit.csv").write_text("min egen", encoding="utf-8")
    with pytest.raises(ValueError, match="ikke er tal til deling: unit"):
        publish(tmp_path / "tal", read_all(folder))
    assert (tmp_path / "tal" / "unit.csv").read_text(encoding="utf-8") == "min egen"


@pytest.mark.parametrize("by", ["session", "participants", "note_taker", "alder"])
def test_a_publication_is_not_by_what_may_point_at_somebody(publish, folder, tmp_path, by):
    with pytest.raises(ValueError, match=f"ikke efter '{by}'"):
        publish(tmp_path / "tal", read_all(folder), by=by)
    assert not (tmp_path / "tal").exists()
