"""A consultant takes out of all notes what was found in them, and it is nowhere any more."""

import json
import warnings

import pytest

from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import Noted, NoteKind
from dialogkort.errors import StoreError
from dialogkort.exchange.erase import Erasure
from dialogkort.exchange.merge import merge
from dialogkort.exchange.redact import redact
from dialogkort.exports.export import export
from dialogkort.frames.codings import read_codings
from dialogkort.frames.sessions import read_all
from dialogkort.sessions.coding_project import begin
from dialogkort.sessions.session import start
from dialogkort.store import open_store

CPR = "211062-5629"  # the number that python-stdnum's documentation uses


@pytest.fixture
def folder(tmp_path, deck):
    """Two groups: one wrote a number in two versions of a note, the other a name and initials."""
    stored = tmp_path / "noter"
    store = open_store(stored)
    first = start(store, deck, workshop="Dag", group="1")
    first.note("Vi øver os", opening_question=1)
    note = first.note(f"Hun har {CPR}", opening_question=1)
    first.note(f"Hun har {CPR}, ring 33 66 33 66", note=note, opening_question=1)
    first.note("Til sidst", opening_question=1)
    second = start(store, deck, workshop="Dag", group="2")
    second.note("Karin og MJ aftaler det", kind=NoteKind.NEXT_STEP, owner="Ida", opening_question=2)
    store.close()
    return stored


def in_the_folder(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_what_is_taken_out_is_gone_and_the_rest_stands_where_it_stood(folder):
    before = read_all(folder).notes
    done = redact(folder)
    after = read_all(folder).notes
    assert isinstance(done, Erasure)
    assert (len(done.markers), done.events, done.still_in) == (1, 2, ())
    assert list(after["text"]) == [text.replace(CPR, "[cpr-nummer]") for text in before["text"]]
    assert list(after["created_at"]) == list(before["created_at"])
    assert list(after["owner"]) == list(before["owner"])
    assert CPR.encode() not in in_the_folder(folder)
    assert redact(folder).markers == ()


def edited_away(session):
    note = session.note(f"Først {CPR}", opening_question=1)
    session.note("Nu rettet", note=note, opening_question=1)


def removed(session):
    session.remove_note(session.note(f"Fjernet {CPR}", opening_question=1))


def undone(session):
    session.note(f"Fortrudt {CPR}", opening_question=1)
    session.undo()


def emptied(session):
    note = session.note(f"Tømt {CPR}", opening_question=1)
    session.note("", note=note, opening_question=1)


def of_the_owner(session):
    session.note("Bestil", kind=NoteKind.NEXT_STEP, owner=f"Ib {CPR}", due="2026-12-01", opening_question=1)


def in_a_memo(session):
    note = session.note("Kun kodet", opening_question=1)
    begin(session._store, "Behov").memo(note, session.id, f"Er det {CPR}?", coder="Anna")


@pytest.mark.parametrize(
    ("write", "left"),
    [
        (edited_away, [("Nu rettet", "", "")]),
        (removed, []),
        (undone, []),
        (emptied, []),
        (of_the_owner, [("Bestil", "Ib [cpr-nummer]", "2026-12-01")]),
        (in_a_memo, [("Kun kodet", "", "")]),
    ],
)
def test_a_number_is_nowhere_any_more_wherever_in_a_notes_history_it_was(tmp_path, deck, write, left):
    """Not in the file, not in its journals, and not in the JSON file with every event."""
    folder = tmp_path / "noter"
    store = open_store(folder)
    session = start(store, deck, workshop="Dag", group="1")
    session.note("Uden noget", opening_question=1)
    write(session)
    store.close()
    assert CPR.encode() in in_the_folder(folder)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(redact(folder).markers) == 1
    export(tmp_path / "ud", folder)
    for location in (folder, tmp_path / "ud"):
        assert CPR.encode() not in in_the_folder(location)
    events = json.loads((tmp_path / "ud" / "dialogkort.json").read_text(encoding="utf-8"))["events"]
    assert "Uden noget" in {event.get("text") for event in events}
    notes = read_all(folder).notes.astype({"due": "string"}).fillna({"due": ""})
    assert list(zip(notes["text"], notes["owner"], notes["due"], strict=True))[1:] == left
    assert redact(folder).markers == ()


def test_a_memo_that_holds_something_goes_and_other_notes_keep_theirs(folder):
    notes = read_all(folder).notes.set_index("text")
    store = open_store(folder)
    project = begin(store, "Behov")
    code = project.define("Tid", coder="Anna")
    for words, memo in (("Vi øver os", f"Er det {CPR}?"), ("Til sidst", "Hvad mener de?")):
        note, session = notes.loc[words, ["note", "session"]]
        project.code(note, session, code, coder="Anna")
        project.memo(note, session, memo, coder="Anna")
    project.memo(*notes.loc["Vi øver os", ["note", "session"]], "Nu uden", coder="Anna")
    store.close()
    assert len(redact(folder).markers) == 2
    assert CPR.encode() not in in_the_folder(folder)
    codings = read_codings(folder)
    assert list(codings.memos["text"]) == ["Hvad mener de?"]
    assert list(codings.codings["note"]) == [notes.loc["Til sidst", "note"]]
    assert "Vi øver os" in set(read_all(folder).notes["text"])


def test_how_many_places_are_left_in_details_and_codes_is_told(folder):
    store = open_store(folder)
    start(store, deck_of(store), workshop="Dag", group=f"Gruppen med {CPR}")
    begin(store, "Behov").define("Tid", f"Som i {CPR}", coder="Anna")
    store.close()
    with pytest.warns(UserWarning, match="2 steder i samtalernes oplysninger"):
        assert len(redact(folder).markers) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        redact(folder, notes=[])  # who asks of some notes is told of no others


def deck_of(store):
    return store.decks()[0]


def test_a_note_whose_deal_has_not_arrived_is_redacted_too(tmp_path):
    store = open_store(tmp_path)
    at = 1_790_000_000_000
    session, note = new_id(at), new_id(at + 1)
    store.append([Noted(id=note, session=session, note=note, text=f"Hun har {CPR}", opening_question=1)])
    store.close()
    assert len(redact(tmp_path).markers) == 1
    assert CPR.encode() not in in_the_folder(tmp_path)
    assert b"Hun har [cpr-nummer]" in in_the_folder(tmp_path)


def test_who_does_a_next_step_is_taken_out_when_names_are_unless_only_what_is_sure(folder):
    redact(folder, ["name"], only_sure=True)
    assert "Ida" in set(read_all(folder).notes["owner"])
    redact(folder, ["name"])
    assert set(read_all(folder).notes["owner"].dropna()) - {""} == {"[navn]"}


def test_kinds_names_notes_and_how_sure_are_chosen(folder):
    notes = read_all(folder).notes.set_index("text")["note"]
    redact(folder, ["phone", "cpr", "initials"], only_sure=True, notes=[notes["Karin og MJ aftaler det"]])
    assert set(read_all(folder).notes["text"]) == set(notes.index)  # initials are never sure
    redact(folder, ["initials", "name"], names=["Karin Holm"])
    assert "[navn] og [initialer] aftaler det" in set(read_all(folder).notes["text"])
    assert f"Hun har {CPR}, ring 33 66 33 66" in set(read_all(folder).notes["text"])


def test_an_old_copy_brings_nothing_back_and_a_file_that_holds_it_still_is_named(folder, tmp_path):
    copy = tmp_path / "kopi"
    merge([folder], copy)
    (folder / "gammel.csv").write_text(f"Hun har {CPR}, ring 33 66 33 66", encoding="utf-8")
    assert [path.name for path in redact(folder).still_in] == ["gammel.csv"]
    merge([copy], folder)
    assert not read_all(folder).notes["text"].str.contains(CPR).any()


def test_nothing_is_made_where_nothing_is_kept_and_an_unknown_kind_is_named(tmp_path, folder):
    with pytest.raises(StoreError):
        redact(tmp_path / "tom")
    assert not (tmp_path / "tom").exists()
    with pytest.raises(ValueError, match="'navn' is none of cpr"):
        redact(folder, ["navn"])
