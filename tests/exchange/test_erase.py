"""What is erased is gone from every file, stays gone, and leaves a marker that says when and how much."""

import contextlib
import json
import shutil
import zipfile

import pytest
from store_helpers import opened

from dialogkort.domain.events import Erased
from dialogkort.errors import InvalidAction, StoreError
from dialogkort.exchange.erase import erase
from dialogkort.exchange.merge import merge
from dialogkort.exports.export import export
from dialogkort.maintenance import run_maintenance
from dialogkort.sessions.session import Session, start
from dialogkort.store import FILE_NAME
from dialogkort.store.backups import back_up, list_backups

SECRET = "Chefen hører ikke efter, og det er ærligt talt svært"
OTHER = "Vi øver os om fredagen med hinanden"


def say(location, deck, workshop="Digital dag", group="Gruppe 1"):
    """A session with two notes; its id and theirs."""
    with opened(location) as store:
        session = start(store, deck, workshop=workshop, group=group)
        secret = session.note("Chefen hører ikke", opening_question=1)
        session.note(SECRET, note=secret, opening_question=1)
        other = session.note(OTHER, opening_question=2, owner="Ida")
        return session.id, secret, other


def files_with(folder, words):
    """The files below a folder in which some words can be found, byte by byte, in any way we write them."""
    forms = (words.encode(), json.dumps(words)[1:-1].encode())
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and any(form in path.read_bytes() for form in forms)
    }


@pytest.fixture
def folder(tmp_path, deck):
    """A folder in which a note stands in many files: backups, the journal, a stray, and a damaged one."""
    folder = tmp_path / "noter"
    say(folder, deck)
    file = folder / FILE_NAME
    back_up(file)
    back_up(file)
    shutil.copyfile(file, folder / "dialogkort-PC2.sqlite")
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2] + bytes(200) + content[len(content) // 2 + 200 :])
    run_maintenance(folder)
    assert len(files_with(folder, SECRET)) >= 6
    return folder


def notes(location):
    with opened(location) as store:
        return [(note.id, note.text) for id in store.sessions() for note in Session(store, id).notes]


# --- gone -------------------------------------------------------------------------------------------------


def test_an_erased_note_is_gone_from_every_file_and_the_others_stay(folder):
    (secret, _), (_, other) = notes(folder)
    erasure = erase(folder, note=secret)
    assert files_with(folder, "Chefen hører ikke") == set()
    assert files_with(folder, OTHER) >= {FILE_NAME, "dialogkort-PC2.sqlite"}
    assert [text for _, text in notes(folder)] == [other]
    (marker,) = erasure.markers
    assert (marker.note, marker.events, marker.characters) == (secret, 2, len("Chefen hører ikke" + SECRET))
    assert (erasure.events, erasure.characters) == (marker.events, marker.characters)
    assert erasure.still_in == ()
    for backup in list_backups(folder / FILE_NAME):
        assert merge([backup], folder).total.new == 0


def test_an_erased_session_is_gone_from_every_file_and_says_when_and_how_much(folder, deck):
    with opened(folder) as store:
        (session,) = store.sessions()
        before = max(event.at for event in store.every_event())
    say(folder, deck, group="Gruppe 2")
    erasure = erase(folder, session=session)
    (marker,) = erasure.markers
    assert (marker.session, marker.note, marker.events) == (session, None, 5)
    assert marker.at >= before
    assert marker.characters == len("Digital dagGruppe 1" + "Chefen hører ikke" + SECRET + OTHER + "Ida")
    assert files_with(folder, "Gruppe 1") == set()
    with opened(folder) as store:
        assert [details.group for details in store.sessions().values()] == ["Gruppe 2"]
        with pytest.raises(InvalidAction, match="slettet"):
            Session(store, session)


def test_an_erased_workshop_is_gone_with_all_its_sessions_by_the_name_it_has_now(tmp_path, deck):
    first, *_ = say(tmp_path, deck, "Forårsdag", "Rød")
    second, *_ = say(tmp_path, deck, "Foraarsdag", "Blå")
    third, *_ = say(tmp_path, deck, "Efterårsdag", "Grøn")
    with opened(tmp_path) as store:
        Session(store, second).describe(workshop="Forårsdag", group="Blå")
    erasure = erase(tmp_path, workshop=" Forårsdag")
    assert {marker.session for marker in erasure.markers} == {first, second}
    with opened(tmp_path) as store:
        assert list(store.sessions()) == [third]
    assert not files_with(tmp_path, "Foraarsdag") | files_with(tmp_path, "Forårsdag")


def test_a_session_whose_cards_never_arrived_belongs_to_its_workshop_too(tmp_path, deck):
    session, *_ = say(tmp_path / "noter", deck)
    with opened(tmp_path / "noter") as store, opened(tmp_path / "halv") as half:
        half.import_events(event for event in store.every_event() if "Dealt" not in type(event).__name__)
    assert erase(tmp_path / "halv", workshop="Digital dag").markers[0].session == session


@pytest.mark.parametrize("kind", ["note", "session", "workshop"])
def test_on_every_engine_it_is_gone_and_a_second_time_there_is_nothing_to_erase(location, deck, kind):
    session, note, _ = say(location, deck)
    what = {kind: {"note": note, "session": session, "workshop": "Digital dag"}[kind]}
    assert erase(location, **what).events
    assert erase(location, **what) == erase(location, note="stavefejl")
    with opened(location) as store:
        assert SECRET not in str(list(store.every_event()))


# --- and stays gone ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["note", "session"])
def test_no_old_copy_brings_it_back_and_the_sheet_counts_it_as_erased(tmp_path, deck, what):
    folder = tmp_path / "noter"
    session, note, _ = say(folder, deck)
    with opened(folder) as store:
        store.close()
        shutil.copytree(folder, tmp_path / "gammel")
    export(tmp_path / "ud", folder)
    back_up(tmp_path / "gammel" / FILE_NAME)
    erasure = erase(folder, **{what: {"note": note, "session": session}[what]})
    for source in (
        tmp_path / "gammel",
        tmp_path / "ud",
        *list_backups(tmp_path / "gammel" / FILE_NAME),
        *(tmp_path / "gammel" / "journal").iterdir(),
    ):
        total = merge([source], folder).total
        assert (total.new, total.erased, total.met) == (0, erasure.events, 5)
    assert files_with(folder, SECRET) == set()
    merge([folder], tmp_path / "gammel")
    assert files_with(tmp_path / "gammel", SECRET) == set()


# --- files of others --------------------------------------------------------------------------------------


def test_files_that_are_not_the_stores_are_named_and_left_alone(folder, tmp_path):
    (secret, _), _ = notes(folder)
    export(folder / "udtræk", folder)
    (folder / "notebooks").mkdir()
    book = {"cells": [{"outputs": [{"text": [f"0  {SECRET}\n"]}]}]}
    (folder / "notebooks" / "4.ipynb").write_text(json.dumps(book), encoding="utf-8")
    (folder / "andet.txt").write_text("Intet at se her", encoding="utf-8")
    with zipfile.ZipFile(folder / "hentet.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("notes.csv", SECRET)
    (folder / "itu.zip").write_bytes(b"PK\x03\x04 itu")
    with contextlib.suppress(OSError):
        (folder / "blind").symlink_to(folder / "findes ikke")
    erasure = erase(folder, note=secret)
    assert {path.relative_to(folder).as_posix() for path in erasure.still_in} == {
        "udtræk/notes.csv",
        "udtræk/dialogkort.json",
        "notebooks/4.ipynb",
        "hentet.zip",
    }
    assert SECRET in (folder / "udtræk" / "notes.csv").read_text(encoding="utf-8-sig")


def test_a_text_with_quotes_and_lines_is_found_in_a_table_and_in_json(tmp_path, deck):
    with opened(tmp_path / "noter") as store:
        session = start(store, deck, workshop="W", group="1")
        note = session.note('De sagde "nej tak"\nto gange', opening_question=1)
    export(tmp_path / "noter" / "ud", tmp_path / "noter")
    erasure = erase(tmp_path / "noter", note=note)
    assert {path.name for path in erasure.still_in} == {"notes.csv", "dialogkort.json"}


def test_a_short_text_is_not_looked_for_everywhere(tmp_path, deck):
    with opened(tmp_path) as store:
        note = start(store, deck, workshop="W", group="1").note("Ja", opening_question=1)
    (tmp_path / "andet.txt").write_text("Ja tak", encoding="utf-8")
    assert erase(tmp_path, note=note).still_in == ()


# --- what cannot be ---------------------------------------------------------------------------------------


def test_a_place_without_notes_is_told_and_not_made(tmp_path):
    with pytest.raises(StoreError, match="ingen noter"):
        erase(tmp_path / "stavefejl", workshop="W")
    assert not (tmp_path / "stavefejl").exists()


@pytest.mark.parametrize("what", [{}, {"note": "a", "session": "b"}, {"workshop": "a", "session": "b"}])
def test_one_thing_is_erased_at_a_time(tmp_path, what):
    with pytest.raises(ValueError, match="one of"):
        erase(tmp_path, **what)


def test_an_id_that_is_not_there_erases_nothing(tmp_path, deck):
    say(tmp_path, deck)
    before = notes(tmp_path)
    assert erase(tmp_path, session="01a206a2-728f-78d3-956c-01059bd90ac4").markers == ()
    assert notes(tmp_path) == before
    with opened(tmp_path) as store:
        assert not any(isinstance(event, Erased) for event in store.every_event())
