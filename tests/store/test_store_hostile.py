"""A file that was made to do harm is refused with a message, in seconds and in little memory."""

import contextlib
import json
import os
import sqlite3
import struct
import subprocess
import sys
import zipfile

import pytest
from store_helpers import ROOT, SESSION, afternoon, noted, opened

from dialogkort.domain.event_ids import new_id
from dialogkort.domain.event_records import to_record
from dialogkort.errors import StoreError
from dialogkort.exchange.erase import erase
from dialogkort.exchange.merge import merge
from dialogkort.maintenance import run_maintenance
from dialogkort.store import FILE_NAME, open_store, reading
from dialogkort.store.backups import adds_to, back_up

MEGABYTES, SECONDS = 300, 10  # of processor time, on a machine that loads the kit in a quarter of a second
STARTS = 40  # as often could a slower machine load it meanwhile

# What becomes of one source, in another process: what it says, and what it took.
TRIES = """
import json, sys, time
from dialogkort.exchange.merge import merge
from dialogkort.store import StoreError
how, where, goal = sys.argv[1:]
start = time.process_time()
try:
    if how == "merge":
        total = merge([where], goal).sources[0]
        said = [total.problem, dict(total.refused), total.new]
    elif how == "collect":
        from dialogkort.dataset import collect
        total = collect([where], goal, progress=False).report.sources.sources[0]
        said = [total.problem, dict(total.refused), total.new]
    elif how == "read":
        from dialogkort.frames.sessions import read_all
        said = ["", {}, len(read_all(where).sessions)]
    elif how == "open":
        from dialogkort.store import open_store
        said = ["", {}, len(open_store(where).sessions())]
    elif how == "erase":
        from dialogkort.exchange.erase import erase
        said = ["", {}, len(erase(where, workshop="x").markers)]
except StoreError as problem:
    said = [str(problem), {}, 0]
try:
    import resource
    took = resource.getrusage(resource.RUSAGE_SELF)
    # Linux counts in here what the process was that this one was forked from.
    most = [int(line.split()[1]) / 2**10 for line in open("/proc/self/status") if line.startswith("VmHWM")]
    took = [took.ru_utime + took.ru_stime, most[0]]
except (ImportError, OSError):
    took = [0, 0]  # Windows and macOS do not say
print(json.dumps([said, start, took]))
"""


def tried(how, where, tmp_path):
    """What is said of a source: the problem, what was refused by reason, and how many events came in."""
    command = [sys.executable, "-c", TRIES, how, str(where), str(tmp_path / "goal")]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    outcome, start, (seconds, megabytes) = json.loads(done.stdout.splitlines()[-1])
    assert seconds < max(SECONDS, STARTS * start) and megabytes < MEGABYTES
    return outcome


@contextlib.contextmanager
def changed(folder):
    """A store of ours in a folder, to be changed by another program; then it is closed."""
    with opened(folder) as store:
        store.append(afternoon(3))
    with contextlib.closing(sqlite3.connect(folder / FILE_NAME, isolation_level=None)) as database:
        yield database


def endless_view(folder):
    with changed(folder) as database:
        database.execute("DROP TABLE events")
        database.execute(
            "CREATE VIEW events AS WITH RECURSIVE endless (arrival) AS"
            " (SELECT 1 UNION ALL SELECT arrival + 1 FROM endless)"
            f" SELECT arrival, '{new_id(5)}' AS id, '{SESSION}' AS session, 'noted' AS what, '' AS body,"
            " 0 AS crc FROM endless"
        )


def swallowing_trigger(folder):
    with changed(folder) as database:
        database.execute("CREATE TRIGGER hush BEFORE INSERT ON events BEGIN SELECT RAISE(IGNORE); END")


def generated_column(folder):
    with changed(folder) as database:
        database.execute(
            "ALTER TABLE events ADD COLUMN more TEXT AS (hex(zeroblob(length(body) * 100000))) VIRTUAL"
        )


def costly_check(folder):
    with changed(folder) as database:
        database.execute("PRAGMA writable_schema = ON")
        database.execute(
            "UPDATE sqlite_schema SET sql = replace(sql, 'crc INTEGER NOT NULL',"
            " 'crc INTEGER NOT NULL CHECK (length(hex(zeroblob(100000000))) > 0)') WHERE name = 'events'"
        )


def foreign_table(folder):
    with changed(folder) as database:
        database.execute("CREATE TABLE recipes (name TEXT)")


def many_views(folder):
    with changed(folder) as database:
        database.execute("PRAGMA synchronous = OFF")
        views = [(f"v{number}", f"CREATE VIEW v{number} AS SELECT 1") for number in range(30_000)]
        database.execute("PRAGMA writable_schema = ON")
        database.execute("BEGIN")
        database.executemany(
            "INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) VALUES ('view', ?1, ?1, 0, ?2)",
            views,
        )
        database.execute("COMMIT")


def costly_index(folder):
    with changed(folder) as database:
        database.execute("CREATE INDEX costly ON events (hex(zeroblob(length(body) * 1000)))")


def extra_view(folder):
    with changed(folder) as database:
        database.execute("CREATE VIEW migrations_too AS SELECT * FROM migrations")


ALTERED = [
    endless_view,
    swallowing_trigger,
    generated_column,
    costly_check,
    foreign_table,
    many_views,
    costly_index,
    extra_view,
]


@pytest.mark.parametrize("alter", ALTERED)
@pytest.mark.parametrize("how", ["open", "read", "erase"])
def test_a_store_that_another_program_has_changed_is_not_used_and_left_as_it_is(tmp_path, alter, how):
    alter(tmp_path / "noter")
    before = (tmp_path / "noter" / FILE_NAME).read_bytes()
    problem, _, _ = tried(how, tmp_path / "noter", tmp_path)
    assert "et andet program har lavet noget om i den" in problem and FILE_NAME in problem
    assert (tmp_path / "noter" / FILE_NAME).read_bytes() == before


@pytest.mark.parametrize("alter", [endless_view, generated_column, costly_check, costly_index, many_views])
@pytest.mark.parametrize("how", ["merge", "collect"])
def test_a_source_whose_notes_are_no_plain_tables_is_refused_and_the_others_come_in(tmp_path, alter, how):
    alter(tmp_path / "noter")
    problem, refused, new = tried(how, tmp_path / "noter" / FILE_NAME, tmp_path)
    assert (refused, new) == ({}, 0)
    assert "lavet om af et andet program" in problem or "ikke en fil med noter" in problem


@pytest.mark.parametrize("alter", [swallowing_trigger, foreign_table, extra_view])
def test_of_a_source_with_other_things_in_it_the_notes_are_taken(tmp_path, alter):
    alter(tmp_path / "noter")
    assert tried("merge", tmp_path / "noter" / FILE_NAME, tmp_path) == ["", {}, 3]


def test_a_row_of_100_megabytes_is_refused_and_the_others_are_taken(tmp_path):
    with changed(tmp_path / "noter") as database:
        database.execute(
            "INSERT INTO events (id, session, what, body, crc) SELECT ?, ?, 'noted',"
            " CAST(zeroblob(100000000) AS TEXT), 0",
            (new_id(9), SESSION),
        )
        database.execute("UPDATE events SET arrival = arrival + 10 WHERE arrival IN (2, 3)")
    file = tmp_path / "noter" / FILE_NAME
    assert tried("merge", file, tmp_path) == ["", {"too_large": 1}, 3]
    problem, _, _ = tried("open", tmp_path / "noter", tmp_path)
    assert problem == ""  # nothing that long is asked for
    with opened(tmp_path / "noter") as store, pytest.raises(StoreError, match="beskadiget"):
        store.check()


def test_no_view_of_a_copy_beside_the_file_keeps_the_start_waiting(tmp_path):
    with opened(tmp_path / "noter") as store:
        store.append([noted(5)])
    endless_view(tmp_path / "andet")
    (tmp_path / "andet" / FILE_NAME).rename(tmp_path / "noter" / "dialogkort-PC2.sqlite")
    assert adds_to(tmp_path / "noter" / FILE_NAME, tmp_path / "noter" / "dialogkort-PC2.sqlite")
    assert run_maintenance(tmp_path / "noter") == []
    with opened(tmp_path / "noter") as store:
        assert store.erase(SESSION)


def test_a_changed_copy_that_still_holds_an_erased_text_is_named(tmp_path):
    secret = "Chefen hører ikke efter"
    with opened(tmp_path) as store:
        store.append([noted(5, secret)])
    stray, backup = tmp_path / "dialogkort-PC2.sqlite", back_up(tmp_path / FILE_NAME)
    stray.write_bytes((tmp_path / FILE_NAME).read_bytes())
    for path in (stray, backup):
        with contextlib.closing(sqlite3.connect(path)) as database:
            database.execute("CREATE TABLE recipes (name TEXT)")
    assert set(erase(tmp_path, session=SESSION).still_in) == {stray, backup}


# --- exports and journals ---------------------------------------------------------------------------------


def export(**fields):
    events = [to_record(event) for event in afternoon(3)]
    return {"format": "dialogkort", "version": 1, "decks": [], "events": events} | fields


def packed(path, content, name="dialogkort.json"):
    """A zip of what is written piece by piece."""
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(name, "w", force_zip64=True) as file,
    ):
        for part in content:
            file.write(part)
    return path


def zip_bomb(folder):
    start = json.dumps(export())[:-1].encode()
    return packed(folder / "a.zip", [start, *[b" " * 2**20] * 600, b"}"])


def zip_of_nothings(folder):
    start = json.dumps(export(events=[]))[:-2].encode()
    return packed(folder / "a.zip", [start, *[b"{}," * 100_000] * 200, b"{}]}"])


def zip_of_many_files(folder):
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        for number in range(100_000):
            archive.writestr(f"{number}", b"")
    return folder / "a.zip"


def zip_that_lies(folder):
    """It says that it is small, and is not."""
    path = packed(folder / "a.zip", [b" " * 2**20] * 300)
    content = bytearray(path.read_bytes())
    location = content.rfind(b"PK\x01\x02")
    content[location + 24 : location + 28] = struct.pack("<I", 1_000)
    path.write_bytes(content)
    return path


def long_json(folder):
    path = folder / "a.json"
    with path.open("w", encoding="utf-8") as file:
        file.write('{"format": "dialogkort", "version": 1, "decks": [], "events": [')
        for _ in range(200):
            file.write("{}," * 300_000)
        file.write("{}]}")
    return path


def long_text(folder):
    path = folder / "a.json"
    with path.open("w", encoding="utf-8") as file:
        file.write('{"format": "')
        for _ in range(300):
            file.write("a" * 2**20)
        file.write('"}')
    return path


def deep_json(folder):
    path = folder / "a.json"
    path.write_text(json.dumps(export())[:-1] + ', "more": ' + '{"a":' * 1_000_000, encoding="utf-8")
    return path


def long_number(folder):
    path = folder / "a.json"
    path.write_text('{"format": "dialogkort", "version": ' + "9" * 5_000_000 + "}", encoding="utf-8")
    return path


def no_lines(folder):
    path = folder / "a.jsonl"
    with path.open("wb") as file:
        for _ in range(200):
            file.write(b"x" * 2**20)
    return path


def many_lines(folder):
    path = folder / "a.jsonl"
    with path.open("wb") as file:
        for _ in range(100):
            file.write(b"x\n" * 2**19)
    return path


def deep_lines(folder):
    path = folder / "a.jsonl"
    path.write_bytes((b'{"a":' * 200_000 + b', "crc": 1}\n') * 5)
    return path


def leads_in_circles(folder):
    """Pages of a database that each claim to go on in all the others."""
    header = b"SQLite format 3\0" + struct.pack(">H", 4_096) + bytes(82)
    cell = b"\x8f\xff\xff\x7f\x01" + b"\x03\x81\x7f" + bytes(4_080)
    page = bytearray(4_096)
    page[0:8] = b"\x0d\0\0" + struct.pack(">H", 2_000) + bytes(3)
    page[8:4_008] = struct.pack(">H", 4_010) * 2_000
    page[4_010:4_096] = cell[:82] + struct.pack(">I", 2)
    path = folder / "a.sqlite"
    path.write_bytes((header.ljust(4_096, b"\1")) + bytes(page) * 5_000)
    return path


HOSTILE = [
    zip_bomb,
    zip_of_nothings,
    zip_of_many_files,
    zip_that_lies,
    long_json,
    long_text,
    deep_json,
    long_number,
    many_lines,
    leads_in_circles,
]


@pytest.mark.parametrize("make", HOSTILE)
def test_a_file_that_is_made_to_fill_time_or_memory_is_refused_with_a_message(tmp_path, make):
    problem, _, new = tried("merge", make(tmp_path), tmp_path)
    assert "a." in problem and new == 0


@pytest.mark.parametrize(("make", "lines"), [(no_lines, 1), (deep_lines, 5)])
def test_lines_that_are_none_are_counted_as_not_whole(tmp_path, make, lines):
    assert tried("merge", make(tmp_path), tmp_path) == ["", {"not_whole": lines}, 0]


def test_an_ordinary_export_that_is_large_is_read_in_pieces(tmp_path):
    events = [to_record(event) for event in afternoon(3_000, "Vi øver os. " * 40)]
    path = tmp_path / "a.json"
    path.write_text(json.dumps(export(events=events), indent=1), encoding="utf-8")
    assert merge([path], tmp_path / "alle").total.new == 3_000
    path.write_text(path.read_text(encoding="utf-8")[:-50], encoding="utf-8")
    assert "ikke en fil med noter" in merge([path], tmp_path / "alle").sources[0].problem


def test_a_bomb_in_a_file_beside_the_notes_does_not_stop_an_erasure(tmp_path):
    with opened(tmp_path / "noter") as store:
        store.append([noted(5, "Chefen hører ikke efter")])
    zip_bomb(tmp_path / "noter")
    (tmp_path / "noter" / "b.zip").write_bytes(zip_of_many_files(tmp_path).read_bytes())
    tried("erase", tmp_path / "noter", tmp_path)
    assert erase(tmp_path / "noter", session=SESSION).events == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a system with pipes")
def test_a_pipe_is_no_file_with_notes(tmp_path):
    os.mkfifo(tmp_path / "a.json")
    problem, _, _ = tried("merge", tmp_path / "a.json", tmp_path)
    assert "ingen noter" in problem


def test_a_file_that_is_larger_than_the_disk_has_room_for_is_not_copied(tmp_path):
    path = tmp_path / "a.sqlite"
    with path.open("wb") as file:
        file.write(b"SQLite format 3\0")
        try:
            file.truncate(2**43)
        except OSError:
            pytest.skip("needs a disk that can hold a hole")
    problem, _, _ = tried("merge", path, tmp_path)
    assert "a.sqlite" in problem


# --- while it is open -------------------------------------------------------------------------------------


def test_what_another_program_puts_in_the_store_while_it_is_open_is_noticed_before_anything_is_written(
    tmp_path,
):
    with opened(tmp_path) as store:
        store.append([noted(5)])
        with contextlib.closing(sqlite3.connect(store.path, isolation_level=None)) as other:
            other.execute("CREATE TRIGGER hush BEFORE INSERT ON events BEGIN SELECT RAISE(IGNORE); END")
        with pytest.raises(StoreError, match="et andet program"):
            store.append([noted(6)])
        with contextlib.closing(sqlite3.connect(store.path, isolation_level=None)) as other:
            other.execute("DROP TRIGGER hush")
        store.append([noted(7)])
    with reading(tmp_path) as store:
        assert {event.at for event in store.every_event()} == {5, 7}


def test_a_damaged_letter_in_the_layout_is_a_damage_and_no_other_program(tmp_path):
    with opened(tmp_path) as store:
        store.append([noted(5)])
    content = (tmp_path / FILE_NAME).read_bytes()
    (tmp_path / FILE_NAME).write_bytes(content.replace(b"crc INTEGER", b"crc INTEGES"))
    with pytest.raises(StoreError, match="beskadiget"):
        open_store(tmp_path)
    assert len(run_maintenance(tmp_path)) >= 1
    with opened(tmp_path) as store:
        assert [event.at for event in store.every_event()] == [5]
