"""A consultant takes out of all notes what was found in them, and it is nowhere any more."""

import pytest

from dialogkort.erasing import Erasure
from dialogkort.events import NoteKind
from dialogkort.frames import read_all
from dialogkort.merging import merge
from dialogkort.redacting import redact
from dialogkort.session import start
from dialogkort.store import StoreProblem, open_store

CPR = "211062-5629"  # the number that python-stdnum's documentation uses


@pytest.fixture
def folder(tmp_path, deck):
    """Two groups: one wrote a number in two versions of a note, the other a name and initials."""
    kept = tmp_path / "noter"
    store = open_store(kept)
    first = start(store, deck, workshop="Dag", group="1")
    first.note("Vi øver os", opening_question=1)
    note = first.note(f"Hun har {CPR}", opening_question=1)
    first.note(f"Hun har {CPR}, ring 33 66 33 66", note=note, opening_question=1)
    first.note("Til sidst", opening_question=1)
    second = start(store, deck, workshop="Dag", group="2")
    second.note("Karin og MJ aftaler det", kind=NoteKind.NEXT_STEP, owner="Ida", opening_question=2)
    store.close()
    return kept


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
    with pytest.raises(StoreProblem):
        redact(tmp_path / "tom")
    assert not (tmp_path / "tom").exists()
    with pytest.raises(ValueError, match="'navn' is none of cpr"):
        redact(folder, ["navn"])
