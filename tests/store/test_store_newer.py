"""What a newer version has kept is kept here too, letter by letter, told as newer, and erased with it."""

import json
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_helpers import SESSION, noted, opened

from dialogkort.domain.event_ids import new_id
from dialogkort.domain.event_records import from_stored_record, to_record
from dialogkort.domain.events import is_newer
from dialogkort.errors import StoreError
from dialogkort.exchange.erase import erase
from dialogkort.exchange.merge import merge
from dialogkort.exchange.sources import contents
from dialogkort.exports.export import as_zip, exported_files
from dialogkort.frames import sessions
from dialogkort.maintenance import run_maintenance
from dialogkort.sessions.session import Session, start
from dialogkort.store import FILE_NAME, reading
from dialogkort.store.base import crc_of, row_of
from dialogkort.store.migrations import VERSION
from dialogkort.store.sqlite import FileStore

SECRET = "Chefen hører ikke efter, og det er ærligt talt svært"

words = st.text(st.characters(codec="utf-8"), max_size=12)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**80), 2**80) | st.floats(allow_nan=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(["crc", "fingerprint", "deck", "body", "unknown_fields", "format", "colour"]) | words
fields = st.dictionaries(
    names.filter(lambda name: name not in ("id", "session", "what")), json_values, max_size=4
)
kinds = st.sampled_from(["voted", "plan changed", "stemte på æ", "turned", "noted"])


@st.composite
def records(draw, number):
    """A record of a kind, or with fields, that this version does not know."""
    record = {"id": new_id(2_000 + number), "session": SESSION, "what": draw(kinds)} | draw(fields)
    if record["what"] == "turned":
        record |= {"card": "k-01", "seconds": draw(st.floats(allow_nan=False))}
    if record["what"] == "noted":
        record |= {"note": new_id(5), "text": draw(words), "kind": "question"}
        record |= dict.fromkeys({"owner", "due"} & set(record), "")
        record = {
            name: value for name, value in record.items() if name not in ("card", "opening_question", "after")
        }
    return record


some_records = st.integers(1, 6).flatmap(lambda count: st.tuples(*map(records, range(count))))


def bodies(location):
    """What lies in a place, row by row, as text."""
    with opened(location) as store, store._reading() as ask:
        return sorted(map(tuple, ask("SELECT id, session, what, body, crc FROM events")))


def as_a_newer_version(records, folder):
    """A store in which a newer version has written: rows of the form that all versions have promised."""
    with opened(folder) as store:
        rows = []
        for record in records:
            body = {name: value for name, value in record.items() if name not in ("id", "session", "what")}
            body = json.dumps(body, ensure_ascii=False, sort_keys=True)
            row = (record["id"], record["session"], record["what"], body)
            rows.append((*row, crc_of(*row)))
        store._database.executemany(
            "INSERT INTO events (id, session, what, body, crc) VALUES (?, ?, ?, ?, ?)", rows
        )
    return sorted(rows)


@settings(max_examples=12)
@given(records=some_records)
def test_it_comes_out_of_file_merge_journal_and_export_letter_by_letter(records):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = as_a_newer_version(records, folder / "newer")
        with opened(folder / "newer") as store:
            events = list(store.every_event())
            (folder / "ud.zip").write_bytes(as_zip(exported_files(store).files))
            store.check()
        with opened(folder / "written") as store:
            store.append(events)
        (journal,) = (folder / "written" / "journal").iterdir()
        assert [to_record(event) for event in events] == list(records)
        sources = [folder / "newer", folder / "ud.zip", journal]
        for source in sources:
            sheet = merge([source], folder / f"from {source.name}")
            assert sheet.is_whole and sheet.total.newer == sum(map(is_newer, events))
            assert bodies(folder / f"from {source.name}") == rows
        assert merge(sources, folder / "newer").total.new == 0
        assert bodies(folder / "newer") == bodies(folder / "written") == rows


@settings(max_examples=15)
@given(records=some_records)
def test_it_goes_over_a_server_letter_by_letter(records, postgresql):
    import psycopg

    with (
        tempfile.TemporaryDirectory() as name,
        psycopg.connect(postgresql.get_uri(), autocommit=True) as line,
    ):
        line.execute("DROP SCHEMA IF EXISTS newer CASCADE")
        line.execute("CREATE SCHEMA newer")
        address = f"{postgresql.get_uri()}&options=-csearch_path%3Dnewer"
        folder = Path(name)
        rows = as_a_newer_version(records, folder / "newer")
        assert merge([folder / "newer"], address).is_whole
        assert bodies(address) == rows
        assert merge([address], folder / "back").is_whole
        assert bodies(folder / "back") == rows


def a_session_that_a_newer_version_wrote_in(location, deck):
    """A session with a note; its id, the note's, and what the newer version has kept of the note."""
    with opened(location) as store:
        session = start(store, deck, workshop="Digital dag", group="Gruppe 1")
        session.turn(session.table.face_down[0])
        note = session.note("Vi øver os om fredagen", opening_question=1)
        ids = {"session": session.id, "note": note}
        praise = {"what": "praised", "id": new_id(1_700_000_000_000), "because": [SECRET], **ids}
        vote = {"what": "voted", "id": new_id(1_700_000_000_001), "session": session.id, "for": "Ida"}
        elsewhere = {"what": "praised", "id": new_id(1_700_000_000_002), **ids, "noted_in": session.id}
        store.import_events(
            map(from_stored_record, (praise, vote, elsewhere | {"session": new_id(7), "x": SECRET}))
        )
        return session.id, note


def test_a_session_goes_on_and_is_counted_as_if_the_newer_events_were_not_there(location, deck):
    id, _ = a_session_that_a_newer_version_wrote_in(location, deck)
    with opened(location) as store:
        before = sessions.read(store)
        session = Session(store, id)
        assert len(session.notes) == 1
        assert session.next_undo[-1].text == "Vi øver os om fredagen"
        session.describe(workshop="Digital dag", group="Gruppe 2")
        assert store.sessions()[id].group == "Gruppe 2"
        after = sessions.read(store)
    assert after.turns.equals(before.turns) and after.notes.equals(before.notes)


@pytest.mark.parametrize("kind", ["note", "session"])
def test_what_a_newer_version_tells_of_a_note_is_erased_with_it(location, deck, kind):
    session, note = a_session_that_a_newer_version_wrote_in(location, deck)
    erasure = erase(location, **{kind: {"note": note, "session": session}[kind]})
    with opened(location) as store:
        left = [to_record(event)["what"] for event in store.every_event()]
        assert SECRET not in str(list(store.every_event()))
    if kind == "note":
        assert sorted(left) == ["dealt", "described", "erased", "turned", "voted"]
        assert erasure.characters == len("Vi øver os om fredagen") + 2 * len(SECRET)
    else:
        assert left == ["erased"]


def test_what_a_newer_version_wrote_is_looked_for_in_other_files_when_it_is_erased(tmp_path, deck):
    _, note = a_session_that_a_newer_version_wrote_in(tmp_path, deck)
    (tmp_path / "kopi.txt").write_text(f"Sagt: {SECRET}", encoding="utf-8")
    assert erase(tmp_path, note=note).still_in == (tmp_path / "kopi.txt",)


def test_no_old_copy_brings_it_back(tmp_path, deck):
    _, note = a_session_that_a_newer_version_wrote_in(tmp_path / "noter", deck)
    merge([tmp_path / "noter"], tmp_path / "gammel")
    events = erase(tmp_path / "noter", note=note).events
    total = merge([tmp_path / "gammel"], tmp_path / "noter").total
    assert (total.new, total.erased) == (0, events)


def test_it_is_told_as_newer_and_never_as_damage(tmp_path, deck):
    a_session_that_a_newer_version_wrote_in(tmp_path / "noter", deck)
    (sentence,) = run_maintenance(tmp_path / "noter")
    assert "nyere udgave" in sentence and "3 hændelser" in sentence and "Opdater Dialogkort" in sentence
    sheet = merge([tmp_path / "noter"], tmp_path / "alle")
    assert sheet.is_whole and sheet.total.newer == 3
    assert "3 hændelser er helt eller delvis skrevet af en nyere udgave" in str(sheet)
    assert sheet.table()["newer"].tolist() == [3]


def test_a_changed_letter_in_it_is_damage_all_the_same(tmp_path):
    vote = from_stored_record({"what": "voted", "id": new_id(3_000), "session": SESSION, "for": "Ida"})
    with opened(tmp_path / "noter") as store:
        store.append([noted(5), vote])
        store._database.execute("UPDATE events SET body = replace(body, 'Ida', 'Ada') WHERE what = 'voted'")
    (journal,) = (tmp_path / "noter" / "journal").iterdir()
    journal.write_bytes(journal.read_bytes().replace(b"Ida", b"Ada"))
    for source in (tmp_path / "noter" / FILE_NAME, journal):
        actual = [one for one in contents(source) if one == vote or type(one).__name__ == "Refusal"]
        assert [type(one).__name__ for one in actual] == ["Refusal"]


def test_the_export_holds_it_as_it_was(tmp_path, deck):
    a_session_that_a_newer_version_wrote_in(tmp_path, deck)
    with reading(tmp_path) as store:
        packed = tmp_path / "ud.zip"
        packed.write_bytes(as_zip(exported_files(store).files))
        stored = {event.id: to_record(event) for event in store.every_event()}
    with closing(zipfile.ZipFile(packed)) as archive:
        json_values = json.loads(archive.read("dialogkort.json"))["events"]
    assert {record["id"]: record for record in json_values} == stored


def test_a_row_says_the_same_when_it_is_made_of_what_was_read_from_it():
    record = {"what": "voted", "id": new_id(3_000), "session": SESSION, "x": {"b": 1.0, "a": 2}}
    row = row_of(from_stored_record(record))
    assert row["body"] == '{"x": {"a": 2, "b": 1.0}}'
    assert row_of(from_stored_record(record)) == row


# --- a newer version comes while this one has the store open ----------------------------------------------


def laid_out_anew(location, *statements):
    """What a newer version does when it opens a store: it changes the layout, and records that it has."""
    with opened(location) as store, store._writing([]) as ask:
        ask(
            "INSERT INTO migrations (version, title, at, program) VALUES (:version, 'x', 0, 'newer')",
            {"version": VERSION + 1},
        )
        for statement in statements:
            ask(statement)
        if isinstance(store, FileStore):
            ask(f"PRAGMA user_version = {VERSION + 1}")


def test_a_store_that_a_newer_version_lays_out_anew_is_told_and_not_written_in(location):
    with opened(location) as store:
        store.append([noted(5)])
        laid_out_anew(location)
        for refused in (
            lambda: store.append([noted(6)]),
            lambda: store.import_events([noted(7)]),
            lambda: store.erase(SESSION),
        ):
            with pytest.raises(StoreError) as problem:
                refused()
            assert problem.value.kind == "newer" and "Opdater Dialogkort" in str(problem.value)
        with store._reading() as ask:
            assert ask("SELECT count(*) FROM events")[0][0] == 1


def test_tables_that_a_newer_version_has_taken_away_are_no_damage(tmp_path):
    with opened(tmp_path) as store:
        store.append([noted(5)])
        laid_out_anew(tmp_path, "ALTER TABLE events RENAME TO happenings")
        with pytest.raises(StoreError) as problem:
            store.events(SESSION)
        assert problem.value.kind == "newer"


def test_writing_goes_on_when_the_file_was_only_packed_together(tmp_path):
    with opened(tmp_path) as store, opened(tmp_path) as other:
        store.append([noted(5), noted(6)])
        other._database.execute("VACUUM")
        store.append([noted(7)])
        assert len(list(store.every_event())) == 3
