"""Notes from any number of places come together in one, in any order, as often as one likes, and add up."""

import contextlib
import hashlib
import itertools
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_helpers import opened

from dialogkort.domain.erasures import without_erased
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.event_records import to_record
from dialogkort.domain.events import Dealt, Described, Discussed, Erased, Noted, NoteRemoved, Turned, Undone
from dialogkort.errors import StoreError
from dialogkort.exchange.import_report import ImportReport, SourceCounts
from dialogkort.exchange.merge import merge
from dialogkort.exchange.sources import contents
from dialogkort.exports.export import as_zip, exported_files
from dialogkort.sessions.session import Session, start
from dialogkort.store import FILE_NAME, reading
from dialogkort.store.backups import back_up
from dialogkort.store.base import row_of
from dialogkort.store.recovery.salvage import Refusal

START = 1_770_000_000_000  # ms: in February 2026


def line(event):
    return json.dumps(to_record(event), sort_keys=True)


def stored_lines(where):
    """All events of a place, as a set of lines."""
    with opened(where) as store:
        return {line(event) for event in store.every_event()}


def pictures(where):
    """What people see of every session: who met, the deal, the table, the notes."""
    with opened(where) as store:
        sessions = [Session(store, id) for id in store.sessions()]
        return {one.id: (one.details, one.dealt, one.table, one.notes) for one in sessions}


def prints(*paths):
    """What lies in some folders and files, byte for byte."""
    files = itertools.chain.from_iterable(path.rglob("*") if path.is_dir() else [path] for path in paths)
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path.is_file()}


def export_of(events, decks, path):
    records = [to_record(event) for event in events]
    export = {"format": "dialogkort", "version": 1, "decks": [deck.to_record() for deck in decks]}
    path.write_text(json.dumps(export | {"events": records}), encoding="utf-8")
    return path


def workshop(folder, deck, groups=1, notes=3):
    """A folder with the notes of some groups; gives its events."""
    with opened(folder) as store:
        for group in range(groups):
            session = start(store, deck, seed=group, workshop="Digital dag", group=f"Gruppe {group}")
            card = session.table.face_down[0]
            session.turn(card)
            for number in range(notes):
                session.note(f"Note {number} fra gruppe {group} i {folder.name}", card=card)
            session.discuss(card)
        return list(store.every_event())


# --- the law of it ----------------------------------------------------------------------------------------


class World:
    """Two sessions with notes, a note and perhaps a session erased, some events told in two ways."""

    def __init__(self, deck):
        ids = (new_id(START + step) for step in itertools.count())
        self.events = []
        for group in ("Blå", "Rød"):
            session, note, other = next(ids), next(ids), next(ids)
            first, second = deck.cards[0].id, deck.cards[1].id
            order = tuple(card.id for card in deck.cards)
            steps = [
                (Described, {"workshop": "Dag", "group": group}),
                (Dealt, {"deck": deck.fingerprint, "seed": 1, "order": order}),
                (Turned, {"card": first}),
                (Noted, {"note": note, "text": "Vi", "card": first}),
                (Noted, {"note": note, "text": "Vi øver", "card": first}),
                (Noted, {"note": other, "text": "Hvem?", "opening_question": 1}),
                (Discussed, {"card": first}),
                (Turned, {"card": second}),
                (NoteRemoved, {"note": note}),
                (Described, {"workshop": "Dagen", "group": group}),
            ]
            session_events = [kind(id=next(ids), session=session, **fields) for kind, fields in steps]
            session_events.append(Undone(id=next(ids), session=session, events=(session_events[8].id,)))
            edited = [
                Noted(id=session_events[4].id, session=session, note=note, text="De øver", card=first),
                Described(id=session_events[9].id, session=session, workshop="Dagene", group=group),
                Dealt(
                    id=session_events[1].id, session=session, deck=deck.fingerprint, seed=2, order=order[::-1]
                ),
            ]
            gone = Erased(id=next(ids), session=session, note=other, events=1, characters=5)
            all_gone = Erased(id=next(ids), session=session, events=9, characters=50)
            self.events += [*session_events, *edited, gone] + ([all_gone] if group == "Rød" else [])


@settings(max_examples=25)
@given(data=st.data())
def test_merging_is_a_union_whatever_the_order_the_number_of_times_and_the_steps(deck, data):
    world = World(deck).events
    some = st.lists(st.sampled_from(world), max_size=30)
    parts = data.draw(st.lists(some, min_size=3, max_size=3))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = [export_of(events, [deck], folder / f"{number}.json") for number, events in enumerate(parts)]
        order = data.draw(st.permutations([*files, data.draw(st.sampled_from(files))]))
        at_once = merge(files, folder / "at once")
        shuffled = merge(order, folder / "shuffled")
        merge(files[:2], folder / "a and b")
        merge([folder / "a and b", files[2]], folder / "a and b, then c")
        merge(files[1:], folder / "b and c")
        merge([files[0], folder / "b and c"], folder / "a, then b and c")

        goals = ("at once", "shuffled", "a and b, then c", "a, then b and c")
        union = without_erased(itertools.chain.from_iterable(parts))
        assert [stored_lines(folder / goal) for goal in goals] == [{line(event) for event in union}] * 4
        seen = [pictures(folder / goal) for goal in goals]
        assert seen == [seen[0]] * 4
        again = merge([*files, folder / "shuffled", folder / "at once"], folder / "at once")
        assert again.total.new == 0
        for sheet, sources in ((at_once, files), (shuffled, order)):
            rows = [len(parts[files.index(source)]) for source in sources]
            assert [counted.met for counted in sheet.sources] == rows
            assert sheet.total.met == sum(rows)


@pytest.mark.parametrize(
    ("kind", "edit"),
    [
        (Noted, {"text": "Rettet i hånden"}),
        (Described, {"workshop": "En anden dag"}),
        (Dealt, {"seed": 3, "order": ("medarbejderen-02", "medarbejderen-01")}),
        (Turned, {"card": "medarbejderen-01"}),
    ],
)
def test_an_event_that_is_told_in_two_ways_is_kept_both_ways_counted_and_shown_the_same_everywhere(
    tmp_path, deck, kind, edit
):
    events = workshop(tmp_path / "a", deck)
    first = next(event for event in events if isinstance(event, kind))
    edited = [replace(event, **edit) if event is first else event for event in events]
    other = export_of(edited, [deck], tmp_path / "b.json")
    sheets = [merge([tmp_path / "a", other], tmp_path / "x"), merge([other, tmp_path / "a"], tmp_path / "y")]
    assert [(sheet.total.new, sheet.total.differing) for sheet in sheets] == [(len(events) + 1, 1)] * 2
    assert "noget andet" in str(sheets[0])
    assert stored_lines(tmp_path / "x") == stored_lines(tmp_path / "y")
    assert pictures(tmp_path / "x") == pictures(tmp_path / "y")
    with opened(tmp_path / "x") as x, opened(tmp_path / "y") as y:
        assert x.sessions() == y.sessions()


def test_what_was_erased_in_one_place_is_gone_from_all_and_counted_as_erased(tmp_path, deck):
    workshop(tmp_path / "a", deck)
    merge([tmp_path / "a"], tmp_path / "b")
    with opened(tmp_path / "a") as store:
        session = Session(store, next(iter(store.sessions())))
        versions = sum(getattr(event, "note", None) == session.notes[0].id for event in session.events)
        marker = session.erase(session.notes[0].id)
    there = merge([tmp_path / "a"], tmp_path / "b").total
    assert (there.new, there.erased) == (1, 0)
    back = merge([tmp_path / "b"], tmp_path / "a").total
    assert (back.new, back.erased, back.met) == (0, 0, back.known)
    with opened(tmp_path / "b") as store:
        assert store.erasures() == [marker]
    old = export_of([], [], tmp_path / "old.json")
    assert versions == 1 and merge([old], tmp_path / "b").total.met == 0


@pytest.mark.parametrize("size", [3, 12_000])
def test_what_a_source_erased_itself_is_never_counted_as_new_however_large_the_source(tmp_path, size):
    session, note = new_id(START), new_id(START)
    versions = [
        Noted(id=new_id(START + n), session=session, note=note, text="x", opening_question=1)
        for n in range(size)
    ]
    marker = Erased(id=new_id(START + size), session=session, note=note, events=size, characters=size)
    total = merge([export_of([*versions, marker], [], tmp_path / "a.json")], tmp_path / "b").total
    assert (total.new, total.erased, total.met) == (1, size, size + 1)


# --- two hundred files ------------------------------------------------------------------------------------

EARLIER = """
CREATE TABLE decks (fingerprint TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE events (
    arrival INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    session TEXT NOT NULL,
    what TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_session ON events (session, arrival);
CREATE INDEX events_by_kind ON events (what, session);
PRAGMA user_version = 1;
"""


def of_the_first_layout(path, events, deck):
    """A file as version 0.1 of Dialogkort made it."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.executescript(EARLIER)
        body = json.dumps(deck.to_record(), ensure_ascii=False)
        database.execute("INSERT INTO decks VALUES (?, ?)", (deck.fingerprint, body))
        for record in map(to_record, events):
            id, session, what = record.pop("id"), record.pop("session"), record.pop("what")
            database.execute(
                "INSERT INTO events (id, session, what, body) VALUES (?, ?, ?, ?)",
                (id, session, what, json.dumps(record, ensure_ascii=False)),
            )


def edit(path, event, with_checksum):
    """Change a note in a file by hand, as no program of ours does; gives the event that it now reads as."""
    changed = replace(event, text=f"Ændret i {path.name}")
    row = row_of(changed)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("UPDATE events SET body = ? WHERE id = ?", (row["body"], event.id))
        if with_checksum:
            database.execute("UPDATE events SET crc = ? WHERE id = ?", (row["crc"], event.id))
    return changed


class Pile:
    """Two hundred files from many hands, and what is in each of them: counted without the code it is for."""

    KINDS = (
        *["whole"] * 50,
        *["cut short"] * 40,
        *["edited"] * 25,
        *["edited with care"] * 20,
        *["first layout"] * 20,
        *["export"] * 10,
        *["journal"] * 10,
        *["newer", "another program's", "empty", "text", "other json"] * 5,
    )

    def __init__(self, folder, deck):
        self.draw = random.Random(4)
        self.deck = deck
        self.bases = []
        for number in range(12):
            base = folder / "groups" / f"{number}"
            self.bases.append((base, workshop(base, deck, groups=2, notes=self.draw.randint(5, 30))))
        self.truth = {}  # path → (events in it that can be had, events that can not)
        for number, kind in enumerate(self.KINDS):
            self._make(folder / "pile" / f"{number % 7}", number, kind)

    def _make(self, folder, number, kind):
        folder.mkdir(parents=True, exist_ok=True)
        base, events = self.bases[self.draw.randrange(len(self.bases))]
        path = folder / f"{number} {kind}.sqlite"
        content = (base / FILE_NAME).read_bytes()
        good, bad = {line(event) for event in events}, 0
        note = self.draw.choice([event for event in events if isinstance(event, Noted)])
        if kind in ("whole", "edited", "edited with care", "newer"):
            path.write_bytes(content)
        if kind == "edited":
            edit(path, note, with_checksum=False)
            good, bad = good - {line(note)}, 1
        elif kind == "edited with care":
            good = good - {line(note)} | {line(edit(path, note, with_checksum=True))}
        elif kind == "cut short":
            content = content[: self.draw.randrange(200, len(content))]
            path.write_bytes(content)
            # An event can be had when its text is there, whatever else of the file is gone.
            good = {
                result
                for event, result in zip(events, map(line, events), strict=True)
                if stands_in(content, event)
            }
            bad = None
        elif kind == "first layout":
            of_the_first_layout(path, events, self.deck)
        elif kind == "export":
            path = export_of(events, [self.deck], path.with_suffix(".json"))
        elif kind == "journal":
            journal = next((base / "journal").iterdir())
            lines = journal.read_bytes().splitlines(keepends=True)
            path = path.with_suffix(".jsonl")
            path.write_bytes(b"".join(lines[:-1]) + lines[-1][:-20])
            good, bad = good - {line(events[-1])}, 1
        elif kind == "newer":
            with contextlib.closing(sqlite3.connect(path)) as database:
                database.execute("PRAGMA user_version = 99")
        elif kind == "another program's":
            with contextlib.closing(sqlite3.connect(path)) as database:
                database.execute("CREATE TABLE holidays (place TEXT)")
        elif kind in ("empty", "text"):
            path.write_text("Kære alle\n" * 900 if kind == "text" else "", encoding="utf-8")
        elif kind == "other json":
            path = path.with_suffix(".json")
            path.write_text('{"name": "package"}', encoding="utf-8")
        if kind in ("newer", "another program's", "empty", "text", "other json"):
            good, bad = set(), 0
        self.truth[str(path)] = (good, bad, kind)


def stands_in(content, event):
    row = row_of(event)
    return (row["id"] + row["session"] + row["what"] + row["body"]).encode() in content


@pytest.fixture(scope="module")
def pile(tmp_path_factory, deck):
    return Pile(tmp_path_factory.mktemp("pile"), deck)


def test_two_hundred_files_some_cut_short_and_some_edited_come_together_with_counts_that_add_up(
    pile, tmp_path
):
    assert len(pile.truth) == 200
    folder = Path(os.path.commonpath(pile.truth))
    before = prints(folder)
    sheet = merge([folder], tmp_path / "all")

    assert {counted.source for counted in sheet.sources} == set(pile.truth)
    here: set[str] = set()
    for counted in sheet.sources:
        good, bad, kind = pile.truth[counted.source]
        assert counted.new == len(good - here), counted
        assert counted.known == len(good & here), counted
        assert bad is None or sum(counted.refused.values()) == bad
        assert bool(counted.problem) == (kind in Pile.KINDS[-5:]) or (kind == "cut short" and not good), (
            counted
        )
        here |= good
    total = sheet.total
    assert total.met == total.new + total.known + sum(total.refused.values())
    assert total.new == len(here) and stored_lines(tmp_path / "all") == here
    ids = Counter(json.loads(line)["id"] for line in here)
    assert total.differing == sum(times - 1 for times in ids.values()) > 0
    assert prints(folder) == before

    again = merge([folder], tmp_path / "all").total
    assert (again.new, again.known) == (0, total.new + total.known)
    others = random.Random(5).sample(sorted(pile.truth), 200)
    assert merge(others, tmp_path / "shuffled").total.met == total.met
    assert stored_lines(tmp_path / "shuffled") == here


# --- one source -------------------------------------------------------------------------------------------


def test_a_place_of_any_kind_gives_its_notes_to_a_place_of_any_kind(new_location, tmp_path, deck):
    events = {line(event) for event in workshop(tmp_path / "noter", deck)}
    here, there = new_location(), new_location()
    assert merge([tmp_path / "noter"], here).total.new == len(events)
    assert merge([here], there).total.new == len(events)
    again = merge([tmp_path / "noter", here], there)
    assert (again.total.new, again.total.known) == (0, 2 * len(events))
    assert stored_lines(there) == events
    assert pictures(there) == pictures(tmp_path / "noter")


def test_of_a_folder_every_file_is_taken_but_not_what_the_store_keeps_beside_it(tmp_path, deck):
    names = ("", "gruppe 1", "gruppe 2/backup fra i går")
    folders = [tmp_path / "indsamlet" / name for name in names]
    events = {line(event) for folder in folders for event in workshop(folder, deck)}
    stray = tmp_path / "indsamlet" / "dialogkort-PC2.sqlite"
    stray.write_bytes((folders[1] / FILE_NAME).read_bytes())
    (folders[0] / "backup").mkdir()
    (folders[0] / "backup" / "20260301T100000000000Z.sqlite").write_bytes(stray.read_bytes())
    sheet = merge([tmp_path / "indsamlet"], tmp_path / "alle")
    assert {Path(one.source) for one in sheet.sources} == {folder / FILE_NAME for folder in folders} | {stray}
    assert sheet.is_whole and stored_lines(tmp_path / "alle") == events


@pytest.mark.parametrize("inside", ["backup", "journal", "damaged"])
def test_a_folder_that_happens_to_be_called_as_one_of_the_stores_is_taken_when_it_is_asked_for(
    tmp_path, deck, inside
):
    events = workshop(tmp_path / inside / "noter", deck)
    assert merge([tmp_path / inside], tmp_path / "alle").total.new == len(events)


def test_the_goal_itself_and_one_file_by_three_names_bring_nothing_new(tmp_path, deck):
    events = workshop(tmp_path / "noter", deck)
    file = tmp_path / "noter" / FILE_NAME
    second, third = tmp_path / "anden.sqlite", tmp_path / "tredje.sqlite"
    second.write_bytes(file.read_bytes())
    with contextlib.suppress(OSError):  # on Windows not everybody may make a link
        third.symlink_to(file)
    sources = [tmp_path / "noter", file, second, *([third] if third.exists() else [])]
    total = merge(sources, tmp_path / "noter").total
    assert (total.new, total.known, total.met) == (0, len(sources) * len(events), len(sources) * len(events))


def test_one_source_need_not_be_put_in_a_list(tmp_path, deck):
    events = workshop(tmp_path / "noter", deck)
    assert merge(str(tmp_path / "noter"), tmp_path / "alle").total.new == len(events)


def test_a_source_in_a_folder_that_is_closed_to_writing_is_read(public, deck, request):
    events = workshop(public / "noter", deck)
    (public / "noter").chmod(0o555)
    (public / "noter" / FILE_NAME).chmod(0o444)
    (public / "alle").mkdir()
    (public / "alle").chmod(0o777)
    before = prints(public / "noter" / FILE_NAME)
    request.getfixturevalue("as_a_guest")
    assert merge([public / "noter"], public / "alle").total.new == len(events)
    assert prints(public / "noter" / FILE_NAME) == before


WRITES_ON = """
import sys
from dialogkort.sessions.session import Session
from dialogkort.store import open_store
store = open_store(sys.argv[1])
session = Session(store, sys.argv[2])
for number in range(100_000):
    session.note(f"Note {number}", opening_question=1)
    print(number, flush=True)
"""


def test_a_source_that_another_process_is_writing_in_is_read_as_it_is_at_one_moment(tmp_path, deck):
    workshop(tmp_path / "noter", deck)
    with opened(tmp_path / "noter") as store:
        session = next(iter(store.sessions()))
    command = [sys.executable, "-c", WRITES_ON, str(tmp_path / "noter"), session]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as writer:
        for _ in range(10):
            promised = int(writer.stdout.readline())
        sheets = [merge([tmp_path / "noter"], tmp_path / "alle") for _ in range(5)]
        writer.kill()
    assert all(sheet.is_whole for sheet in sheets)
    with opened(tmp_path / "alle") as store:
        texts = [note.text for note in Session(store, session).notes if note.opening_question]
    assert texts[: promised + 1] == [f"Note {number}" for number in range(promised + 1)]
    assert texts == [f"Note {number}" for number in range(len(texts))]


CRASHES = """
import os, sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("PRAGMA cache_size = 1")
database.execute("BEGIN IMMEDIATE")
database.execute("UPDATE events SET body = 'x' || body")
database.execute("DELETE FROM events WHERE arrival % 2")
os._exit(1)
"""


def test_a_file_that_a_crash_left_half_written_is_read_as_it_was_before_and_not_touched(tmp_path, deck):
    events = workshop(tmp_path / "noter", deck, groups=4, notes=40)
    file = tmp_path / "noter" / FILE_NAME
    subprocess.run([sys.executable, "-c", CRASHES, str(file)], check=False)
    assert Path(f"{file}-journal").stat().st_size > 0
    before = prints(tmp_path / "noter")
    total = merge([tmp_path / "noter"], tmp_path / "alle").total
    assert (total.new, total.met) == (len(events), len(events))
    assert prints(tmp_path / "noter") == before


def test_of_a_damaged_source_the_copies_beside_it_are_read_too(tmp_path, deck):
    events = workshop(tmp_path / "noter", deck)
    file = tmp_path / "noter" / FILE_NAME
    file.write_bytes(file.read_bytes()[:5_000])
    sheet = merge([tmp_path / "noter"], tmp_path / "alle")
    assert not sheet.is_whole and sheet.sources[0].problem
    assert stored_lines(tmp_path / "alle") == {line(event) for event in events}


def test_a_source_that_is_not_there_is_told_and_the_others_are_taken(tmp_path, deck):
    events = workshop(tmp_path / "noter", deck)
    sheet = merge([tmp_path / "stavefejl", tmp_path / "noter"], tmp_path / "alle")
    assert sheet.total.new == len(events)
    assert sheet.sources[0].problem == f"I {tmp_path / 'stavefejl'} er der ingen noter fra Dialogkort." + (
        " Se efter, om navnet er rigtigt."
    )


@pytest.mark.parametrize(
    "record",
    [
        {"what": "noted", "text": "\ud800", "opening_question": 1},
        {"what": "noted", "text": 5, "opening_question": 1},
        {"what": "noted", "text": "x", "opening_question": 2**64},
        {"what": "turned"},
        "turned",
        None,
    ],
    ids=[
        "half a letter",
        "no text",
        "too large a number",
        "less",
        "no record",
        "nothing",
    ],
)
def test_an_event_that_could_not_be_kept_is_refused_and_the_rest_is_taken(tmp_path, record):
    session = new_id(START)
    good = Turned(id=new_id(START), session=session, card="k-01")
    path = export_of([good], [], tmp_path / "a.json")
    result = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(record, dict):
        record = {"id": new_id(START), "session": session, "note": new_id(START)} | record
    result["events"].append(record)
    result["decks"] += [{"id": "x"}, None]
    path.write_text(json.dumps(result), encoding="utf-8")
    sheet = merge([path], tmp_path / "alle")
    assert (sheet.total.new, sheet.total.refused, sheet.total.met) == (1, {"not_whole": 1}, 2)
    assert sheet.total.refused_decks == 2
    assert "a.json: 1 er ikke hel" in str(sheet) and "2 kortsæt kan ikke læses" in str(sheet)


def test_a_file_whose_first_bytes_are_lost_is_read_nonetheless(tmp_path, deck):
    events = workshop(tmp_path / "noter", deck)
    file = tmp_path / "alene.sqlite"
    file.write_bytes(bytes(100) + (tmp_path / "noter" / FILE_NAME).read_bytes()[100:])
    assert merge([file], tmp_path / "alle").total.new == len(events)


def test_a_deck_that_was_changed_is_refused_and_told(tmp_path, deck):
    workshop(tmp_path / "noter", deck)
    file = tmp_path / "noter" / FILE_NAME
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("UPDATE decks SET body = replace(body, 'digitale', 'analoge')")
    actual = list(contents(file))
    assert Refusal("changed", of="deck") in actual
    assert all(one.id != deck.id for one in actual if hasattr(one, "cards"))


def test_a_goal_that_cannot_be_written_in_is_told(tmp_path, deck):
    workshop(tmp_path / "noter", deck)
    (tmp_path / "fil").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError, match="er en fil og ikke en mappe"):
        merge([tmp_path / "noter"], tmp_path / "fil")


# --- the sheet --------------------------------------------------------------------------------------------


FAR_AWAY = Path("meget", "lang", "sti" * 20)


def counted(number, **fields):
    return SourceCounts(str(FAR_AWAY / f"gruppe {number}.sqlite"), **fields)


def test_the_sheet_fits_a_terminal_and_names_a_common_folder_once():
    sheet = ImportReport((counted(1, new=12_345, known=3), counted(2, erased=4, refused={"changed": 2})))
    table = str(sheet).splitlines()
    assert table[0] == f"I mappen {FAR_AWAY}:"
    assert table[1].split() == ["Kilde", "Fundet", "Nye", "Kendt", "Slettet", "Afvist"]
    assert table[2].split() == ["gruppe", "1.sqlite", "12348", "12345", "3", "0", "0"]
    assert table[4].split() == ["I", "alt", "12354", "12345", "3", "4", "2"]
    assert table[5] == "gruppe 2.sqlite: 2 er ændret, siden de blev gemt, og er ikke taget med."
    assert all(len(words) <= 79 for words in table[1:])


def test_a_single_source_with_a_long_name_is_cut_at_its_beginning():
    table = str(ImportReport((counted(1, new=1),))).splitlines()
    assert table[1].startswith("…") and "gruppe 1.sqlite" in table[1]
    assert all(len(words) <= 79 for words in table)


def test_of_many_sources_those_are_told_that_could_not_be_read_and_the_rest_in_one_line_that_adds_up():
    many = [counted(number, new=2) for number in range(200)]
    many[17] = counted(17, new=1, refused={"not_whole": 1})
    many[60] = counted(60, problem="Filen er tom.")
    sheet = ImportReport(tuple(many))
    table = str(sheet).splitlines()
    assert [words.split()[:3] for words in table[2:6]] == [
        ["gruppe", "17.sqlite", "2"],
        ["gruppe", "60.sqlite", "0"],
        ["198", "andre,", "læst"],
        ["I", "alt", "398"],
    ]
    assert table[6:] == ["gruppe 17.sqlite: 1 er ikke hel og er ikke taget med.", "Filen er tom."]
    assert len(sheet.as_text(every=True).splitlines()) == 200 + 5
    assert len(str(ImportReport(tuple(many[100:]))).splitlines()) == 3


def test_the_sheet_as_a_frame_has_a_row_per_source_and_the_columns_it_promises():
    sheet = ImportReport(
        (counted(1, new=2, refused={"changed": 1, "unreadable": 2}), counted(2, problem="Væk."))
    )
    table = sheet.table()
    assert table.columns.tolist() == [
        *("source", "met", "new", "known", "erased", "refused", "differing", "refused_decks", "problem"),
        "newer",
    ]
    assert all(name in ImportReport.table.__doc__ for name in table)
    assert table[["met", "new", "refused"]].to_numpy().tolist() == [[5, 2, 3], [0, 0, 0]]
    assert table["problem"].tolist() == ["", "Væk."]
    assert ImportReport(()).table().dtypes.equals(table.dtypes)


def test_a_password_is_never_shown(tmp_path):
    sheet = merge(["postgresql://ida:hemmelig@127.0.0.1:9/noter"], tmp_path)
    assert sheet.sources[0].problem
    assert "hemmelig" not in str(sheet) and "ida@127.0.0.1" in sheet.sources[0].source


@pytest.mark.parametrize("left", ["backup", "journal"])
def test_of_a_folder_whose_file_has_gone_the_copies_are_merged_and_reading_says_what_is_wrong(
    tmp_path, deck, left
):
    folder = tmp_path / "gruppe 1"
    with opened(folder) as store:
        start(store, deck, workshop="Digital dag", group="1").note("Vi øver os", opening_question=1)
    back_up(folder / FILE_NAME)
    before = stored_lines(folder)
    (folder / FILE_NAME).unlink()
    shutil.rmtree(folder / ("journal" if left == "backup" else "backup"))

    with pytest.raises(StoreError) as problem, reading(folder):
        pass
    assert problem.value.kind == "gone"

    sheet = merge([folder], tmp_path / "samlet")
    assert stored_lines(tmp_path / "samlet") == before
    assert FILE_NAME in sheet.sources[0].problem


def test_a_damaged_file_that_is_read_is_named_as_the_person_knows_it(tmp_path, deck):
    folder = tmp_path / "gruppe 1"
    with opened(folder) as store:
        start(store, deck, workshop="Digital dag", group="1")
    file = folder / FILE_NAME
    file.write_bytes(file.read_bytes()[:8192])
    with pytest.raises(StoreError, match=re.escape(str(file))), reading(folder):
        pass


def test_a_file_that_was_cut_anywhere_is_never_called_whole_when_something_is_missing(tmp_path, deck):
    with opened(tmp_path / "hel") as store:
        for group in range(3):
            session = start(store, deck, workshop="Digital dag", group=f"{group}")
            for number in range(60):
                session.note(f"Note {number} " * 8, opening_question=1)
    whole = (tmp_path / "hel" / FILE_NAME).read_bytes()
    everything = len(stored_lines(tmp_path / "hel"))
    for pages in range(1, len(whole) // 4096):
        cut = tmp_path / f"{pages}.sqlite"
        cut.write_bytes(whole[: pages * 4096])
        sheet = merge([cut], tmp_path / f"samlet {pages}")
        assert not sheet.is_whole or sheet.total.met == everything, pages


def test_a_zip_that_was_only_half_fetched_is_told_as_that(tmp_path, deck):
    with opened(tmp_path / "gruppe") as store:
        start(store, deck, workshop="Digital dag", group="1")
        content = as_zip(exported_files(store).files)
    cut = tmp_path / "hentet.zip"
    cut.write_bytes(content[: len(content) // 2])
    (source,) = merge([cut], tmp_path / "samlet").sources
    assert "zip-fil, der ikke er hel" in source.problem and source.met == 0


def test_a_source_that_may_not_erase_takes_nothing_away_that_is_here_or_comes_beside_it_and_is_told(
    deck, tmp_path
):
    for name in ("her", "fremmed", "ved siden af"):
        with opened(tmp_path / name) as store:
            session = start(store, deck, seed=1, workshop="Digital dag", group=name)
            session.turn(card := session.table.face_down[0])
            note = session.note("Vi øver os", card=card)
        if name == "her":
            here, own_note = session.id, note
        third = session.id
    erasures = [
        Erased(id=new_id(START), session=here, note=None, events=1, characters=1),
        Erased(id=new_id(START), session=here, note=own_note, events=1, characters=1),
        Erased(id=new_id(START), session=third, note=None, events=1, characters=1),
    ]
    with opened(tmp_path / "fremmed") as store:
        store.import_events(erasures)
    report = merge([tmp_path / "fremmed", tmp_path / "ved siden af"], into=tmp_path / "her", may_erase=False)
    assert report.sources[0].refused == {"would_erase": 3}
    assert {notes[0].text for *_, notes in pictures(tmp_path / "her").values()} == {"Vi øver os"}
    assert len(pictures(tmp_path / "her")) == 3
    merge(tmp_path / "fremmed", into=tmp_path / "her")
    assert pictures(tmp_path / "her").keys().isdisjoint({here, third})
