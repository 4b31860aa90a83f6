"""What the store says it has kept is on the disk, once, whatever is killed, filled, locked or damaged."""

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from dialogkort import store as store_room
from dialogkort.events import Described, Noted, Turned, Undone, new_id
from dialogkort.store import FILE_NAME, Store, StoreProblem, default_folder

ROOT = Path(__file__).parents[1]
SESSION = new_id(1_000)
MUCH = "Vi øver os. " * 400


def noted(at, content="Vi øver os", session=SESSION):
    return Noted(id=new_id(at), session=session, note=new_id(at), text=content, card="k-01")


def afternoon(length, content="Vi øver os"):
    return [noted(2_000 + place, content) for place in range(length)]


def kept(store, session=SESSION):
    return store.events(session)[0]


def told(problem, *words):
    """The message names the things a person needs."""
    return all(str(word) in str(problem.value) for word in words)


@contextlib.contextmanager
def opened(folder):
    store = Store(folder)
    try:
        yield store
    finally:
        store.close()


def helper(script, *arguments):
    """Another process that runs a script; it says what it has done line by line."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


# --- keeping ----------------------------------------------------------------------------------------------


def test_what_is_kept_comes_back_in_the_order_it_came(store):
    events = [noted(9), noted(3), noted(6)]
    store.append(events[:1])
    store.append(events[1:])
    assert kept(store) == events


def test_an_event_kept_twice_is_one_event(store):
    event = noted(5)
    store.append([event, event])
    store.append([event])
    assert kept(store) == [event]


def test_the_first_word_of_an_event_stands(store):
    event = noted(5)
    store.append([event])
    store.append([replace(event, text="noget andet")])
    assert kept(store) == [event]


def test_of_events_of_which_one_cannot_be_kept_none_is_kept(store):
    good = noted(5)
    with pytest.raises(ValueError):
        store.append([good, replace(good, id=new_id(6), text=None)])
    assert kept(store) == []


def test_what_could_not_be_read_again_is_not_kept(store):
    with pytest.raises(ValueError, match="note"):
        store.append([replace(noted(5), note="min note")])
    assert kept(store) == []


def test_a_session_is_read_from_where_one_left_off(store):
    first, second = noted(5), noted(6)
    store.append([first, noted(5, session=new_id(7))])
    events, arrived = store.events(SESSION)
    assert events == [first]
    store.append([second])
    assert store.events(SESSION, after=arrived)[0] == [second]
    newest = store.events(SESSION, after=arrived)[1]
    assert store.events(SESSION, after=newest) == ([], newest)


def test_the_store_knows_which_events_it_holds(store):
    event = noted(5)
    assert not store.holds(event.id)
    store.append([event])
    assert store.holds(event.id)


def test_every_session_is_listed_by_its_newest_description_the_newest_session_first(store):
    first, second = new_id(10_000), new_id(20_000)
    corrected = Described(id=new_id(30_000), session=first, workshop="W", group="Blå")
    store.append([corrected])  # it may arrive first, from another laptop
    store.append([Described(id=first, session=first, workshop="W", group="Rød")])
    store.append([Described(id=second, session=second, workshop="W", group="Grøn")])
    assert list(store.sessions()) == [second, first]
    assert store.sessions()[first] == corrected


def test_the_store_knows_when_each_session_was_last_active(store):
    store.append([noted(9), noted(3)])
    assert store.last_activity() == {SESSION: max(event.id for event in kept(store))}


def test_a_deck_is_kept_word_for_word(store, deck):
    store.keep_deck(deck)
    store.keep_deck(deck)
    assert store.deck(deck.fingerprint) == deck


def test_a_deck_that_is_not_kept_is_told_with_the_path_and_what_to_do(store):
    with pytest.raises(StoreProblem) as problem:
        store.deck("f00d")
    assert told(problem, "f00d", store.path, "Hent filen igen")


@pytest.mark.parametrize(
    "content", ["æøå ÆØÅ", "🧑‍💻👩🏽‍🏫", "=1+1", "<script>alert(1)</script>", '"\\', "\n\t\r", "'; --"]
)
def test_whatever_a_keyboard_can_write_is_kept_as_it_was_written(store, content):
    store.append([noted(5, content)])
    assert kept(store)[0].text == content


# --- opening ----------------------------------------------------------------------------------------------


def test_opening_makes_the_folder_and_the_file(tmp_path):
    with opened(tmp_path / "Noter på æ" / "marts") as store:
        store.append([noted(5)])
    assert (tmp_path / "Noter på æ" / "marts" / FILE_NAME).is_file()


def test_opening_again_finds_what_was_kept(tmp_path):
    event = noted(5)
    with opened(tmp_path) as store:
        store.append([event])
    with opened(tmp_path) as store:
        assert kept(store) == [event]


def test_without_a_folder_the_notes_are_kept_where_the_environment_says_or_at_home(monkeypatch, tmp_path):
    assert default_folder() == Path.home() / "Dialogkort"
    monkeypatch.setenv("DIALOGKORT_FOLDER", str(tmp_path / "her"))
    assert default_folder() == tmp_path / "her"
    with opened(None) as store:
        assert store.path == tmp_path / "her" / FILE_NAME


def _settings(store):
    ask = store._database.execute
    names = ("journal_mode", "synchronous", "secure_delete")
    return {name: ask(f"PRAGMA {name}").fetchone()[0] for name in names}


def test_a_power_cut_costs_nothing_because_these_settings_are_in_force(store):
    assert _settings(store) == {"journal_mode": "delete", "synchronous": 3, "secure_delete": 1}


def test_a_file_that_another_program_has_turned_to_wal_is_turned_back(tmp_path):
    opened_before = Store(tmp_path)
    opened_before.append([noted(5)])
    opened_before._database.execute("PRAGMA journal_mode = WAL")
    opened_before.close()
    with opened(tmp_path) as store:
        assert _settings(store)["journal_mode"] == "delete"
        assert len(kept(store)) == 1
    assert [file.name for file in tmp_path.iterdir()] == [FILE_NAME]


def test_a_text_that_is_erased_does_not_linger_in_the_file(store):
    store.append([noted(5, "Hemmeligheden om Ida"), *afternoon(20, MUCH)])
    assert b"Hemmeligheden" in store.path.read_bytes()
    store._database.execute("DELETE FROM events WHERE body LIKE '%Hemmeligheden%'")
    assert b"Hemmeligheden" not in store.path.read_bytes()


# --- many processes ---------------------------------------------------------------------------------------

OPEN_AND_APPEND = """
import sys
from dialogkort.events import Turned, new_id
from dialogkort.store import Store
folder, session, name, count = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
store = Store(folder)
for place in range(int(count)):
    event = Turned(id=new_id(1_000_000 + place), session=session, card=f"{name}-{place}")
    store.append([event])
    print(event.id, flush=True)
"""


def _at_once(folder, processes, count):
    """Let processes open the same folder in the same moment and append; returns the ids each was promised."""
    writers = [helper(OPEN_AND_APPEND, folder, SESSION, name, count) for name in range(processes)]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.stdin.write("\n")
        writer.stdin.flush()
    promised = [writer.communicate()[0].split() for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * processes
    return promised


def test_ten_processes_that_make_the_same_new_file_at_once_all_keep_their_event(tmp_path):
    promised = _at_once(tmp_path / "ny mappe", processes=10, count=1)
    with opened(tmp_path / "ny mappe") as store:
        assert sorted(event.id for event in kept(store)) == sorted(id for ids in promised for id in ids)
        assert len(kept(store)) == 10


@pytest.mark.parametrize("round", range(8))
def test_whoever_comes_first_makes_the_file_and_nobody_is_turned_away(tmp_path, round):
    gate = threading.Barrier(12)

    def arrive(place):
        gate.wait()
        with opened(tmp_path / "ny") as store:
            store.append([noted(2_000 + place)])

    with ThreadPoolExecutor(12) as crowd:
        list(crowd.map(arrive, range(12)))
    with opened(tmp_path / "ny") as store:
        assert len(kept(store)) == 12


def test_four_processes_that_write_at_once_lose_nothing(tmp_path):
    promised = _at_once(tmp_path, processes=4, count=25)
    with opened(tmp_path) as store:
        found = [event.id for event in kept(store)]
    assert len(found) == len(set(found)) == 100
    for ids in promised:
        assert [id for id in found if id in ids] == ids


# --- a crash ----------------------------------------------------------------------------------------------

WRITE_PAIRS_FOR_EVER = """
import itertools, sys
from dialogkort.events import Noted, new_id
from dialogkort.store import Store
folder, session = sys.argv[1:]
store = Store(folder)
for place in itertools.count():
    note = new_id(1_000_000 + place)
    ids = new_id(2_000_000 + 2 * place), new_id(2_000_001 + 2 * place)
    pair = [Noted(id=id, session=session, note=note, card="a", text="x" * 3_000) for id in ids]
    store.append(pair)
    print(pair[0].id, pair[1].id, flush=True)
"""


@pytest.mark.parametrize("acknowledged", [1, 2, 5, 11, 23, 40])
def test_a_killed_process_takes_nothing_with_it_that_was_acknowledged(tmp_path, acknowledged):
    writer = helper(WRITE_PAIRS_FOR_EVER, tmp_path, SESSION)
    promised = [writer.stdout.readline().split() for _ in range(acknowledged)]
    writer.kill()  # in the midst of the next one
    promised += [line.split() for line in writer.communicate()[0].splitlines() if line.count(" ")]
    with opened(tmp_path) as store:
        found = kept(store)
        store.append([noted(5)])
    ids = [event.id for event in found]
    assert len(ids) == len(set(ids))
    assert {id for pair in promised for id in pair} <= set(ids)
    notes = [event.note for event in found]
    assert all(notes.count(note) == 2 for note in notes), "half of a pair was kept"


@pytest.mark.parametrize("left", [b"", None])
def test_a_store_that_was_left_as_an_empty_file_or_not_at_all_opens_as_new(tmp_path, left):
    if left is not None:
        (tmp_path / FILE_NAME).write_bytes(left)
    with opened(tmp_path) as store:
        assert store.sessions() == {}


@pytest.mark.parametrize("step", range(1, 6))
def test_a_store_whose_making_broke_off_is_not_left_half_made(tmp_path, monkeypatch, step):
    whole = store_room._SCHEMA
    statements = whole.strip().rstrip(";").split(";")
    broken = ";".join([*statements[:step], "THE POWER WENT"]) + ";"
    monkeypatch.setattr(store_room, "_SCHEMA", broken)
    with pytest.raises(StoreProblem):
        Store(tmp_path)
    monkeypatch.setattr(store_room, "_SCHEMA", whole)
    with opened(tmp_path) as store:
        store.append([noted(5)])
        assert len(kept(store)) == 1


# --- what can be wrong ------------------------------------------------------------------------------------


def test_a_folder_that_is_a_file_is_told_and_left_alone(tmp_path):
    (tmp_path / "noter").write_text("mine", encoding="utf-8")
    with pytest.raises(StoreProblem) as problem:
        Store(tmp_path / "noter")
    assert told(problem, tmp_path / "noter", "er en fil og ikke en mappe", "dialogkort --folder")
    assert (tmp_path / "noter").read_text(encoding="utf-8") == "mine"


def test_a_folder_under_a_file_is_told(tmp_path):
    (tmp_path / "noter").write_text("mine", encoding="utf-8")
    with pytest.raises(StoreProblem) as problem:
        Store(tmp_path / "noter" / "marts")
    assert told(problem, tmp_path / "noter" / "marts", "Vælg en mappe")


def test_a_folder_lying_where_the_file_should_be_is_told(tmp_path):
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(StoreProblem) as problem:
        Store(tmp_path)
    assert told(problem, tmp_path / FILE_NAME, "Vælg en mappe")


@pytest.fixture
def as_a_guest():
    """Not as root, who may write anywhere."""
    if not hasattr(os, "geteuid"):
        pytest.skip("needs a system with POSIX permissions")
    if os.geteuid() == 0:
        os.seteuid(65534)
        yield
        os.seteuid(0)
    else:
        yield


@pytest.fixture
def public():
    """A folder that a guest can reach."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_folder_that_may_not_be_written_in_is_told(public, request):
    public.chmod(0o555)
    request.getfixturevalue("as_a_guest")
    for folder in (public, public / "marts"):
        with pytest.raises(StoreProblem) as problem:
            Store(folder)
        assert told(problem, folder, "Der kan ikke skrives", "Vælg en mappe, du må skrive i")


def test_a_folder_that_is_closed_to_writing_is_told_and_what_was_kept_is_still_read(public, request):
    event = noted(5)
    with opened(public) as store:
        store.append([event])
    (public / FILE_NAME).chmod(0o666)
    request.getfixturevalue("as_a_guest")
    with opened(public) as store:
        with pytest.raises(StoreProblem) as problem:
            store.append([noted(6)])
        assert told(problem, public, "Der kan ikke skrives")
        assert kept(store) == [event]


def test_a_file_that_another_program_holds_locked_is_told(tmp_path, monkeypatch):
    with opened(tmp_path) as store:
        store.append([noted(5)])
    monkeypatch.setattr(store_room, "_WAIT_SECONDS", 0)
    with opened(tmp_path) as store:
        other = sqlite3.connect(store.path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        for refused in (lambda: store.append([noted(6)]), lambda: kept(store), lambda: Store(tmp_path)):
            with pytest.raises(StoreProblem) as problem:
                refused()
            assert told(problem, store.path, "Et andet program holder", "Luk det")
        other.execute("ROLLBACK")
        other.close()
        store.append([noted(7)])
        assert len(kept(store)) == 2


def _damaged_header(file):
    file.write_bytes(b"Dette er ikke en database, men et brev fra en kollega." + file.read_bytes()[54:])


def _damaged_pages(file):
    content = bytearray(file.read_bytes())
    content[4096 * 2 : 4096 * 4] = bytes(255 - byte for byte in content[4096 * 2 : 4096 * 4])
    file.write_bytes(content)


def _cut_in_half(file):
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


@pytest.mark.parametrize("damage", [_damaged_header, _damaged_pages, _cut_in_half])
def test_a_damaged_file_is_told_and_not_written_in(tmp_path, damage):
    with opened(tmp_path) as store:
        store.append(afternoon(30, MUCH))
    damage(tmp_path / FILE_NAME)
    as_found = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(StoreProblem) as problem:
        Store(tmp_path)
    assert told(problem, tmp_path / FILE_NAME, "er beskadiget", "Omdøb den")
    assert (tmp_path / FILE_NAME).read_bytes() == as_found


def test_a_damaged_file_is_let_go_of_so_that_it_can_be_renamed(tmp_path):
    file = tmp_path / FILE_NAME
    file.write_bytes(b"Dette er et brev. " * 1_000)
    with pytest.raises(StoreProblem) as problem:
        Store(tmp_path)
    if (ours := Path("/proc/self/fd")).is_dir():
        assert file not in [open_file.resolve() for open_file in ours.iterdir()]
    file.rename(tmp_path / "gammel.sqlite")
    with opened(tmp_path) as store:
        assert store.sessions() == {}
    assert problem.value.__cause__ is not None


@pytest.mark.parametrize("body", ["{", "[]", '{"text": 7}', '{"card": "a", "colour": "red"}', "null"])
def test_an_event_whose_words_no_longer_make_sense_is_told_as_damage_and_hides_no_other_session(store, body):
    store.append([noted(5), noted(6, session=new_id(7))])
    other = kept(store)[0]
    store._database.execute("UPDATE events SET body = ? WHERE session <> ?", (body, SESSION))
    broken = store._database.execute("SELECT session FROM events WHERE body = ?", (body,)).fetchone()[0]
    with pytest.raises(StoreProblem) as problem:
        store.events(broken)
    assert told(problem, store.path, "er beskadiget")
    assert kept(store) == [other]


@pytest.mark.parametrize("body", ["{", "[]", "{}", '{"id": 7}'])
def test_a_deck_whose_words_no_longer_make_sense_is_told_as_damage(store, deck, body):
    store.keep_deck(deck)
    store._database.execute("UPDATE decks SET body = ?", (body,))
    with pytest.raises(StoreProblem) as problem:
        store.deck(deck.fingerprint)
    assert told(problem, store.path, "er beskadiget")


def test_a_store_of_a_newer_kit_is_told_and_not_written_in(tmp_path):
    with opened(tmp_path) as store:
        store._database.execute("PRAGMA user_version = 99")
    as_found = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(StoreProblem) as problem:
        Store(tmp_path)
    assert told(problem, tmp_path / FILE_NAME, "en anden version", "Opdater Dialogkort")
    assert (tmp_path / FILE_NAME).read_bytes() == as_found


def test_a_database_of_another_program_is_told_and_not_written_in(tmp_path):
    stranger = sqlite3.connect(tmp_path / FILE_NAME)
    stranger.execute("CREATE TABLE recipes (name TEXT)")
    stranger.close()
    with pytest.raises(StoreProblem, match="en anden version"):
        Store(tmp_path)


def test_a_file_that_may_grow_no_more_is_told_as_full_and_what_was_kept_is_still_read(store):
    events = afternoon(5)
    store.append(events)
    pages = store._database.execute("PRAGMA page_count").fetchone()[0]
    store._database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreProblem) as problem:
        store.append([noted(9_000), noted(9_001, MUCH * 20)])
    assert told(problem, store.path, "Disken er fuld", "Frigør plads")
    assert kept(store) == events
    store._database.execute("PRAGMA max_page_count = 100000")
    store.append([noted(9_002, MUCH * 20)])
    assert len(kept(store)) == 6


@pytest.fixture
def small_disk(tmp_path):
    """A real disk of 256 kB; only root on Linux can make one."""
    disk = tmp_path / "lille disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a small disk")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)  # even if a test left it open


def test_a_full_disk_is_told_costs_nothing_that_was_kept_and_does_no_harm_when_it_has_room_again(small_disk):
    ballast = small_disk / "feriebilleder"
    with opened(small_disk) as store:
        ballast.write_bytes(b"x" * 100_000)
        promised = []
        with pytest.raises(StoreProblem) as problem:
            for place in range(1_000):
                store.append([noted(2_000 + place, MUCH)])
                promised.append(place)
        assert told(problem, store.path, "Disken er fuld", "Frigør plads")
        assert len(kept(store)) == len(promised) > 0
        ballast.unlink()
        store.append([noted(9_000, MUCH)])
    with opened(small_disk) as store:
        assert len(kept(store)) == len(promised) + 1


def test_a_disk_that_is_full_from_the_start_is_told_and_opens_when_it_has_room(small_disk):
    ballast = small_disk / "feriebilleder"
    with contextlib.suppress(OSError), ballast.open("wb") as growing:
        while True:
            growing.write(b"x" * 4_096)
            growing.flush()
    with pytest.raises(StoreProblem, match="Disken er fuld"):
        Store(small_disk)
    ballast.unlink()
    with opened(small_disk) as store:
        store.append([noted(5)])
        assert len(kept(store)) == 1


def test_a_file_that_was_moved_away_while_the_group_writes_is_told_and_nothing_is_said_to_be_kept(tmp_path):
    with opened(tmp_path) as store:
        store.append([noted(5)])
        try:
            store.path.rename(tmp_path / "flyttet.sqlite")
        except PermissionError:
            pytest.skip("Windows does not move a file that is open")
        with pytest.raises(StoreProblem, match="Der kan ikke skrives"):
            store.append([noted(6)])


def test_a_reader_with_nothing_but_json_can_read_the_notes(store):
    store.append([Undone(id=new_id(5), session=SESSION, events=()), noted(6, "Vi øver os på æ, ø og å")])
    store.append([Turned(id=new_id(7), session=SESSION, card="k-01")])
    rows = store._database.execute("SELECT what, body FROM events ORDER BY id").fetchall()
    assert [what for what, _ in rows] == ["undone", "noted", "turned"]
    assert "æ, ø og å" in rows[1][1]
    assert json.loads(rows[2][1]) == {"card": "k-01"}
