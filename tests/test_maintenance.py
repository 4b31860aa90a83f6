"""A damaged file is built anew from what is left of it and its copies; nothing is lost, nothing altered."""

import contextlib
import json
import logging
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from running import until
from store_helpers import opened

from dialogkort import maintenance
from dialogkort.decks.reading import read_deck
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.event_records import to_record
from dialogkort.domain.events import Turned
from dialogkort.errors import StoreError
from dialogkort.exchange.merge import merge
from dialogkort.frames.sessions import read_all
from dialogkort.maintenance import BACKUP_SECONDS, periodic_backups, rescue_if_damaged, run_maintenance
from dialogkort.sessions.session import Session, start
from dialogkort.store import FILE_NAME, backups, open_store
from dialogkort.store.backups import adds_to, back_up, is_backed_up, list_backups, retained, rotate

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def line(event):
    return json.dumps(to_record(event), sort_keys=True)


def stored_lines(folder):
    with opened(folder) as store:
        store.check()
        return {line(event) for event in store.every_event()}


def write(folder, deck, notes=3, name="Gruppe 1"):
    """A session with some notes; gives its id."""
    with opened(folder) as store:
        session = start(store, deck, workshop="Digital dag", group=name)
        for number in range(notes):
            session.note(f"Note {number} fra {name}", opening_question=1)
        return session.id


def damage(file, seed, count=64):
    """Flip some bytes of a file, anywhere in it."""
    draw = random.Random(seed)
    content = bytearray(file.read_bytes())
    for index in draw.sample(range(len(content)), count):
        content[index] ^= draw.randrange(1, 256)
    file.write_bytes(content)
    return bytes(content)


@pytest.fixture(scope="module")
def afternoon(tmp_path_factory, deck):
    """A folder as it is when an afternoon is over: 4 groups, a backup from the middle of it, journals."""
    folder = tmp_path_factory.mktemp("afternoon") / "noter"
    for group in range(4):
        write(folder, deck, notes=40, name=f"Gruppe {group}")
        if group == 1:
            run_maintenance(folder)
    return folder


@pytest.fixture(scope="module")
def truth(afternoon):
    return stored_lines(afternoon)


@pytest.fixture
def folder(afternoon, tmp_path):
    """A copy of that folder."""
    return Path(shutil.copytree(afternoon, tmp_path / "noter"))


def without(folder, *names):
    for name in names:
        shutil.rmtree(folder / name)


# --- a damaged file ---------------------------------------------------------------------------------------


def test_a_sound_file_is_left_alone_and_nothing_is_said(folder, truth):
    assert run_maintenance(folder) == []
    assert stored_lines(folder) == truth
    assert not list((folder / "damaged").glob("2*"))


@pytest.mark.parametrize("seed", range(25))
def test_of_a_file_with_64_random_bytes_flipped_everything_comes_back_and_nothing_is_altered(
    folder, truth, seed
):
    damaged = damage(folder / FILE_NAME, seed)
    notices = run_maintenance(folder)
    assert stored_lines(folder) == truth
    assert "intet" not in " ".join(notices) and not any(
        "findes ikke i nogen kopi" in notice for notice in notices
    )
    (aside,) = (folder / "damaged").glob(f"2*/{FILE_NAME}")
    assert aside.read_bytes() == damaged
    assert str(aside) in notices[0] and str(len(truth)) in notices[0]
    assert len(read_all(folder).sessions) == 4
    assert run_maintenance(folder) == []


@pytest.mark.parametrize("missing", [["journal"], ["backup"], ["journal", "backup"]])
@pytest.mark.parametrize("seed", range(6))
def test_with_copies_missing_what_can_be_read_is_kept_and_what_is_lost_is_counted(
    folder, truth, seed, missing
):
    without(folder, *missing)
    damage(folder / FILE_NAME, seed, count=64 if missing == ["backup"] else 25)
    rescued = rescue_if_damaged(folder)
    here = stored_lines(folder)
    assert here <= truth
    assert rescued.recovered == len(here)
    lost = len(truth) - len(here)
    assert 0 < rescued.lost <= lost if lost else rescued.lost == 0
    if "journal" not in missing:
        assert here == truth
    # The cards come with the kit: what is left of a session can be opened.
    assert set(read_all(folder).sessions["deck"]) <= {"Dialogkort – Medarbejderen"}


def zeroed(file):
    file.write_bytes(bytes(4_096) + file.read_bytes()[4_096:])


def headless(file):
    file.write_bytes(bytes(100) + file.read_bytes()[100:])


def halved(file):
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def emptied(file):
    file.write_bytes(b"")


def overwritten(file):
    file.write_bytes(b"Hej alle\r\n" * 5_000)


@pytest.mark.parametrize("harm", [zeroed, headless, halved, overwritten])
def test_whatever_has_happened_to_the_file_it_is_built_anew_from_its_copies(folder, truth, harm):
    harm(folder / FILE_NAME)
    damaged = (folder / FILE_NAME).read_bytes()
    rescued = rescue_if_damaged(folder)
    assert stored_lines(folder) == truth
    assert rescued.aside.read_bytes() == damaged
    assert rescued.lost in (0, None)


@pytest.mark.parametrize("harm", [emptied, Path.unlink])
@pytest.mark.parametrize("missing", [[], ["backup"]])
def test_a_file_that_has_come_to_be_empty_or_is_gone_is_brought_back(folder, truth, harm, missing):
    without(folder, *missing)
    harm(folder / FILE_NAME)
    notices, since = run_maintenance(folder)
    assert notices.startswith("Filen med noter manglede.") and str(len(truth)) in notices
    assert "kan mangle" in since
    assert stored_lines(folder) == truth


@pytest.fixture
def in_denmark(monkeypatch):
    """The clock on the wall is Denmark's."""
    set_clock = getattr(time, "tzset", lambda: None)
    with monkeypatch.context() as here:
        here.setenv("TZ", "Europe/Copenhagen")
        set_clock()
        yield
    set_clock()  # else the tests that follow in this process would have another day than those they start


@pytest.mark.usefixtures("in_denmark")
def test_a_file_that_is_built_from_a_backup_says_since_when_something_may_be_missing(tmp_path):
    early, late = 1_771_237_920_000, 1_771_241_520_000  # 11:32 and 12:32 in Denmark, in February 2026
    with opened(tmp_path) as store:
        store.append([Turned(id=new_id(early), session=new_id(5), card="k-01")])
        back_up(tmp_path / FILE_NAME)
        store.append([Turned(id=new_id(late), session=new_id(5), card="k-02")])
    without(tmp_path, "journal")
    overwritten(tmp_path / FILE_NAME)
    _, nothing, since = run_maintenance(tmp_path)
    assert "intet læses" in nothing
    assert since.startswith("Det nyeste, der er med, er fra 16. februar 2026 kl. 11.32.")
    assert len(stored_lines(tmp_path)) == 1


def test_what_cannot_be_read_in_the_copies_either_is_counted(folder):
    without(folder, "backup")
    journal = sorted((folder / "journal").iterdir())[0]
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([*lines[:-1], lines[-1][:-20]]))
    overwritten(folder / FILE_NAME)
    assert "1 sted i kopierne kunne heller ikke læses." in run_maintenance(folder)


@pytest.mark.parametrize("harm", [overwritten, lambda file: file.write_bytes(file.read_bytes()[:4_096])])
def test_a_file_of_which_nothing_can_be_read_says_so(folder, harm):
    without(folder, "journal", "backup")
    harm(folder / FILE_NAME)
    notices = run_maintenance(folder)
    assert "I den gamle fil kunne intet læses" in notices[1]
    assert stored_lines(folder) == set()


def test_a_new_folder_is_no_damaged_one(tmp_path):
    assert run_maintenance(tmp_path / "ny") == []
    assert (tmp_path / "ny" / FILE_NAME).is_file()
    (tmp_path / "tom").mkdir()
    (tmp_path / "tom" / FILE_NAME).touch()
    assert run_maintenance(tmp_path / "tom") == []


@pytest.mark.parametrize("alone", [True, False])
def test_what_was_erased_is_not_counted_as_lost_and_does_not_come_back(folder, truth, alone):
    with opened(folder) as store:
        first = next(iter(store.sessions()))
        erased = Session(store, first).erase()
    if alone:
        without(folder, "journal", "backup")
    damage(folder / FILE_NAME, 4)
    rescued = rescue_if_damaged(folder)
    here = stored_lines(folder)
    truth = {entry for entry in truth if json.loads(entry)["session"] != first} | {line(erased)}
    assert here <= truth and len(here) > 40
    assert rescued.lost <= len(truth) - len(here)
    assert alone or here == truth


def test_a_changed_word_in_a_deck_is_noticed_and_mended(folder, deck):
    with contextlib.closing(sqlite3.connect(folder / FILE_NAME, isolation_level=None)) as database:
        database.execute("UPDATE decks SET body = replace(body, 'digitale', 'analoge ')")
    assert run_maintenance(folder)
    with opened(folder) as store:
        assert store.deck(deck.fingerprint) == deck


def test_the_journal_of_a_crash_is_not_played_back_into_the_new_file(folder, truth):
    damage(folder / FILE_NAME, 1)
    left = folder / f"{FILE_NAME}-journal"
    left.write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(4_000))
    run_maintenance(folder)
    assert not left.exists()
    assert stored_lines(folder) == truth


DIES = """
import os, signal, sys
from pathlib import Path
from dialogkort import maintenance

step, folder = int(sys.argv[1]), Path(sys.argv[2])
at = 0
def trace(frame, event, argument):
    global at
    if frame.f_code.co_filename.endswith(("maintenance.py", "backups.py", "merge.py")):
        at += 1
        if at == step:
            os._exit(9)
    return trace
sys.settrace(trace)
maintenance.rescue_if_damaged(folder)
sys.settrace(None)
print(at)
"""


def test_a_rescue_that_is_killed_at_any_point_loses_nothing_and_is_done_again(afternoon, truth, tmp_path):
    def rescued_until(step):
        here = Path(shutil.copytree(afternoon, tmp_path / f"{step}"))
        damage(here / FILE_NAME, 3)
        command = [sys.executable, "-c", DIES, str(step), str(here)]
        completed = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
        return here, completed

    _, whole = rescued_until(0)
    steps = int(whole.stdout)
    last = [step for step in range(steps - 24, steps) if step > 0]  # setting aside and putting in place
    for step in (*random.Random(2).sample(range(1, steps - 24), 4), *last[::3]):
        here, completed = rescued_until(step)
        assert completed.returncode == 9, completed.stderr
        run_maintenance(here)
        assert stored_lines(here) == truth
        assert not list(here.glob("*.rescued*"))


def test_two_commands_that_start_at_once_on_a_damaged_folder_rescue_it_once(folder, truth):
    damage(folder / FILE_NAME, 5)
    command = [sys.executable, "-c", "import pathlib, sys; "
               "from dialogkort.maintenance import run_maintenance as run; "
               "print(len(run(pathlib.Path(sys.argv[1]))))", str(folder)]  # fmt: skip
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") for _ in range(2)]
    message = sorted(int(one.communicate(timeout=300)[0]) for one in both)
    assert message[1] == 1 and message[0] in (0, 1)
    assert len(list((folder / "damaged").glob("2*"))) == 1
    assert stored_lines(folder) == truth


def test_a_file_of_a_newer_version_is_told_and_not_taken_for_damaged(folder):
    with contextlib.closing(sqlite3.connect(folder / FILE_NAME)) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="nyere version"):
        run_maintenance(folder)
    assert not (folder / "damaged").exists()


# --- what lies beside it ----------------------------------------------------------------------------------


def test_what_a_synchronised_folder_has_made_two_of_is_brought_together(folder, truth, tmp_path, deck):
    write(tmp_path / "pc2", deck, name="Fra PC2")
    other = stored_lines(tmp_path / "pc2")
    shutil.copyfile(tmp_path / "pc2" / FILE_NAME, folder / "dialogkort-PC2.sqlite")
    (notices,) = run_maintenance(folder)
    assert notices.startswith(f"{len(other)} hændelser")
    assert stored_lines(folder) == truth | other
    assert run_maintenance(folder) == []


def test_what_was_written_down_and_did_not_reach_the_file_is_brought_in_at_the_next_start(folder, truth):
    older = list_backups(folder / FILE_NAME)[-1]
    shutil.copyfile(older, folder / FILE_NAME)
    assert len(stored_lines(folder)) < len(truth)
    (notices,) = run_maintenance(folder)
    assert notices.startswith(f"{len(truth) - _events_in(older)} hændelser")
    assert stored_lines(folder) == truth


def _events_in(file):
    with contextlib.closing(sqlite3.connect(file)) as database:
        return database.execute("SELECT count(*) FROM events").fetchone()[0]


def test_a_folder_that_is_kept_in_step_by_another_program_is_told(tmp_path):
    (notices,) = run_maintenance(tmp_path / "OneDrive - Ærø Kommune" / "Dialogkort")
    assert "synkroniseret" in notices


# --- backups ----------------------------------------------------------------------------------------------


def test_a_backup_is_made_when_something_was_written_and_not_when_nothing_was(tmp_path, deck):
    file = tmp_path / FILE_NAME
    run_maintenance(tmp_path)
    first = list_backups(file)
    run_maintenance(tmp_path)
    assert list_backups(file) == first and len(first) == 1
    write(tmp_path, deck)
    assert not is_backed_up(file)
    run_maintenance(tmp_path)
    assert len(list_backups(file)) == 2


def test_a_session_is_as_it_was_when_a_backup_is_copied_back_or_merged(tmp_path, deck):
    folder, file = tmp_path / "noter", tmp_path / "noter" / FILE_NAME
    id = write(folder, deck)
    with opened(folder) as store:
        before = Session(store, id)
        before.turn(before.table.face_down[0])
    back_up(file)
    with opened(folder) as store:
        after = Session(store, id)
        after.note("Skrevet siden", opening_question=2)
        after.discuss(after.table.current)
    (copied := tmp_path / "kopieret").mkdir()
    shutil.copyfile(list_backups(file)[0], copied / FILE_NAME)
    merge([list_backups(file)[0]], tmp_path / "samlet")
    for location in (copied, tmp_path / "samlet"):
        with opened(location) as store:
            back = Session(store, id)
            assert (back.table, back.notes, back.details) == (before.table, before.notes, before.details)
    assert back.table != after.table and back.notes != after.notes


def test_over_two_years_of_backups_twice_an_hour_those_stay_that_the_ladder_promises(tmp_path):
    moments, moment = [], NOW - timedelta(days=730)
    while moment <= NOW:
        if 8 <= moment.hour < 16 and moment.weekday() < 5:
            moments.append(moment)
        moment += timedelta(minutes=30)
    stored_at_once = retained(moments, NOW)
    gradually = set()
    for moment in moments:
        gradually = retained(gradually | {moment}, moment)
    for keep in (stored_at_once, retained(gradually, NOW)):
        two_days = {moment for moment in moments if NOW - moment < timedelta(days=2)}
        older = sorted(keep - two_days)
        assert two_days <= keep
        days = {moment.date() for moment in older}
        assert len(older) <= 12 + 10 + 9
        assert all(NOW.date() - timedelta(days=back) in days for back in (3, 4, 5, 6, 7, 10, 11, 12, 13, 14))
        weeks = {moment.isocalendar()[:2] for moment in older}
        assert {(NOW - timedelta(weeks=back)).isocalendar()[:2] for back in range(1, 10)} <= weeks
        assert len({(moment.year, moment.month) for moment in older}) >= 9
        assert NOW - older[0] > timedelta(days=200)


def test_old_backups_go_and_what_a_person_put_there_stays(tmp_path, deck):
    write(tmp_path, deck)
    file = tmp_path / FILE_NAME
    backup = back_up(file)
    for day in range(3, 60):
        old = NOW - timedelta(days=day, hours=1)
        for hour in (0, 1):
            stamp = (old - timedelta(hours=hour)).strftime("%Y%m%dT%H%M%S%fZ")
            shutil.copyfile(backup, backup.with_name(f"{stamp}.sqlite"))
    own = backup.with_name("før jeg rettede.sqlite")
    shutil.copyfile(backup, own)
    left = rotate(file, NOW)
    assert own in left and backup in left
    assert len(left) <= 2 + 12 + 10 + 9
    assert left == list_backups(file)


def test_a_journal_is_kept_two_days_and_until_a_backup_has_what_it_says(tmp_path, deck, monkeypatch):
    write(tmp_path, deck)
    (journal,) = (tmp_path / "journal").iterdir()
    run_maintenance(tmp_path)
    assert journal.exists()
    long_ago = time.time() - 3 * 24 * 3600
    os.utime(journal, (long_ago, long_ago))
    with monkeypatch.context() as no_room:
        no_room.setattr(backups, "is_backed_up", lambda file: False)
        no_room.setattr(backups, "back_up", lambda file: None)
        run_maintenance(tmp_path)
    assert journal.exists()
    run_maintenance(tmp_path)
    assert not journal.exists()
    assert len(stored_lines(tmp_path)) == 5


def test_a_disk_without_room_for_a_backup_does_no_harm_and_is_logged(small_disk, deck, caplog):
    write(small_disk, deck)
    without_backup = stored_lines(small_disk)
    room = shutil.disk_usage(small_disk).free
    (small_disk / "feriebilleder").write_bytes(b"x" * (room - 60_000))
    with caplog.at_level(logging.WARNING):
        assert run_maintenance(small_disk) == []
    assert "no room for a backup" in caplog.text
    assert list_backups(small_disk / FILE_NAME) == []
    assert stored_lines(small_disk) == without_backup


def test_a_full_disk_stops_a_rescue_and_leaves_everything_as_it_is(small_disk, deck):
    write(small_disk, deck)
    truth = stored_lines(small_disk)
    damaged = damage(small_disk / FILE_NAME, 2, count=200)
    ballast = small_disk / "feriebilleder"
    with contextlib.suppress(OSError), ballast.open("wb") as growing:
        while True:
            growing.write(b"x" * 4_096)
            growing.flush()
    with pytest.raises(StoreError):
        run_maintenance(small_disk)
    assert (small_disk / FILE_NAME).read_bytes() == damaged
    ballast.unlink()
    run_maintenance(small_disk)
    assert stored_lines(small_disk) == truth


def test_a_backup_that_fails_is_for_the_log_and_the_workshop_goes_on(folder, truth, caplog):
    without(folder, "backup")
    (folder / "backup").write_text("her ligger noget andet", encoding="utf-8")
    assert run_maintenance(folder) == []
    assert "No backup was made" in caplog.text
    assert stored_lines(folder) == truth


def test_while_the_command_runs_backups_are_made_from_time_to_time(tmp_path, deck, monkeypatch):
    assert BACKUP_SECONDS == 30 * 60
    write(tmp_path, deck)
    monkeypatch.setattr(maintenance, "BACKUP_SECONDS", 0.001)
    with periodic_backups(tmp_path):
        until(lambda: list((tmp_path / "backup").glob("*.sqlite")))


def test_a_file_that_goes_while_its_copies_are_there_is_not_begun_anew_in_silence(tmp_path):
    store = open_store(tmp_path)
    session = start(store, read_deck(), workshop="W", group="G")
    store.close()
    (tmp_path / FILE_NAME).unlink()
    with pytest.raises(StoreError, match="er væk, men der ligger kopier"):
        open_store(tmp_path)
    assert run_maintenance(tmp_path)
    again = open_store(tmp_path)
    assert list(again.sessions()) == [session.id]
    again.close()


def test_a_file_put_in_the_place_of_another_gets_what_the_backup_has_of_that(tmp_path):
    here, elsewhere = tmp_path / "her", tmp_path / "der"
    ids = set()
    for folder in (here, elsewhere):
        store = open_store(folder)
        ids.add(start(store, read_deck(), workshop="W", group="G").id)
        store.close()
        run_maintenance(folder)
        for journal in (folder / "journal").iterdir():
            journal.unlink()  # as after a few days
    (elsewhere / FILE_NAME).replace(here / FILE_NAME)
    run_maintenance(here)
    store = open_store(here)
    assert set(store.sessions()) == ids
    store.close()


def test_a_start_reads_only_those_copies_that_add_something(folder, deck):
    file = folder / FILE_NAME
    run_maintenance(folder)
    journals = sorted((folder / "journal").glob("*.jsonl"))
    assert not any(adds_to(file, copy) for copy in [*list_backups(file), *journals])

    write(folder.parent / "anden", deck)
    other = sorted((folder.parent / "anden" / "journal").glob("*.jsonl"))[0]
    assert adds_to(file, folder.parent / "anden" / FILE_NAME)
    assert adds_to(file, other)

    journals[0].write_bytes(journals[0].read_bytes()[:-20])
    assert adds_to(file, journals[0]), "its last line is not whole, so somebody must look closer"
