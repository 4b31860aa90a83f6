"""kill -9 at random points of a driven session: nothing acknowledged is lost, nothing is kept twice.

    python tests/trials/killing.py --points 500           # the session on its file: two minutes
    python tests/trials/killing.py --servers 500          # the real command: about fifteen minutes
    python tests/trials/killing.py --between 100          # the real command, in the midst of its writing
    python tests/trials/killing.py --notebooks 50         # the command and a notebook at the same table
    python tests/trials/killing.py --points 50 --control  # must find losses, or the trial proves nothing

The first kills a process that plays through `Session`, at a random moment or after a random number of
bytes. The others kill the `dialogkort` command while the sockets of its pages drive it, several events
underway at once: at a random moment; by its own hand, half of the times when what was said stands in the
journal and is not committed, half when it is committed and nobody is told; and together with a process in
which a notebook's widget writes at the same table. After every kill the file is opened and read: every
acknowledged event is there, once and as it was said; nothing else is, but what was underway; the same card is
in hand. Then what was underway is sent again, with the same ids, and the session goes on. The journals alone
give everything back, too.

With --control a process acknowledges before it keeps. Needs Linux or a Mac. Exit code 1 when something was
lost, doubled or changed.
"""

import argparse
import asyncio
import contextlib
import json
import os
import select
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from session_driver import Count, count_stored, faults, forked, played, print_faults, print_table

from dialogkort.decks.reading import read_deck
from dialogkort.domain.deck import Deck
from dialogkort.domain.event_records import from_record
from dialogkort.domain.events import Event
from dialogkort.exchange.merge import merge
from dialogkort.sessions.session import Session
from dialogkort.store import Store, open_store

POINTS_IN_A_SESSION = 10
POINTS_IN_A_FOLDER = 50
STEPS = 25  # a process is killed within about so many steps
LONGEST = 1.0  # seconds until a kill, however slow the machine is
BYTES_IN_A_STEP = 400
HEAD = ("killed", "times", "acknowledged", "underway", "of these kept", "lost, doubled or changed")


def main() -> int:
    arguments = _arguments()
    seed = arguments.seed if arguments.seed is not None else time.time_ns() % 1_000_000
    print(f"seed {seed}", flush=True)
    chance, counts = Random(seed), {}
    temporary = tempfile.TemporaryDirectory(prefix="dialogkort-kill-")
    with contextlib.nullcontext(arguments.folder) if arguments.folder else temporary as scratch:
        if arguments.points:
            killer = Killer(chance, arguments.control)
            counts["a process with a session"] = killer.kill(Path(scratch), arguments.points)
        if ways := _ways(arguments, chance):
            from killing_pages import kill_pages

            counts |= asyncio.run(kill_pages(Path(scratch), ways, chance))
    print_table("kill -9 at random points", HEAD, [count.row(name) for name, count in counts.items()])
    all_faults = [fault for count in counts.values() for fault in count.faults]
    if arguments.control:
        print(
            "The control has found losses, as it must." if all_faults else "FAULT: the control found no loss."
        )
        return 0 if all_faults else 1
    return print_faults(all_faults)


def _arguments() -> argparse.Namespace:
    about, _, more = __doc__.partition("\n")
    parser = argparse.ArgumentParser(
        description=about, epilog=more, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, default=0, help="kills of a process with a session")
    parser.add_argument("--servers", type=int, default=0, help="kills of the command")
    parser.add_argument("--between", type=int, default=0, help="kills of the command in the midst of a write")
    parser.add_argument("--notebooks", type=int, default=0, help="kills of the command and a notebook")
    parser.add_argument("--seed", type=int, help="for the same choices again")
    parser.add_argument("--folder", type=Path, help="an empty folder to write in and to leave as it is")
    parser.add_argument("--control", action="store_true", help="acknowledge before keeping")
    arguments = parser.parse_args()
    if not (arguments.points or arguments.servers or arguments.between or arguments.notebooks):
        arguments.points = 500
    return arguments


def _ways(arguments: argparse.Namespace, chance: Random) -> list[str]:
    """How the command is killed, in random order."""
    between = ["journal"] * (arguments.between - arguments.between // 2) + ["commit"] * (
        arguments.between // 2
    )
    ways = ["random"] * arguments.servers + between + ["notebook"] * arguments.notebooks
    chance.shuffle(ways)
    return ways


# --- a process with a session -----------------------------------------------------------------------------


@dataclass
class Killer:
    """Kills processes that play through `Session`, and looks at what they leave behind."""

    chance: Random
    control: bool = False
    deck: Deck = field(default_factory=read_deck)
    count: Count = field(default_factory=Count)
    acknowledged: dict[str, list[Event]] = field(default_factory=dict)  # in this folder, by session

    def kill(self, scratch: Path, points: int) -> Count:
        """Kill so many; with a new session now and then, and a new folder."""
        self.longest = self._measured(scratch / "measured")
        for point in range(points):
            if point % POINTS_IN_A_SESSION == 0:
                session = None
            if point % POINTS_IN_A_FOLDER == 0:
                folder = scratch / f"folder {point}"
                self.acknowledged = {}
            session = self._kill_once(folder, session)
            if point % POINTS_IN_A_FOLDER == POINTS_IN_A_FOLDER - 1 or point == points - 1:
                self.count.faults += journal_faults(folder, self.acknowledged)
        return self.count

    def _kill_once(self, folder: Path, session: str | None) -> str | None:
        """Kill one process that plays on in a session, or begins one; the session to go on with."""
        lines = self._received_until_killed(folder, session)
        session = next((line["began"] for line in lines if "began" in line), session)
        events = [from_record(line["asked"]) for line in lines if "asked" in line]
        ids = {line["kept"] for line in lines if "kept" in line}
        self.count.kills += 1
        store = open_store(folder)
        try:
            for id in {*store.sessions(), *self.acknowledged} - {session}:
                self.count.faults += faults(store, id, self.acknowledged.get(id, []), [])
            if session:
                stored = [event for event in events if event.id in ids]
                self._look(store, session, stored, [event for event in events if event.id not in ids])
        finally:
            store.close()
        return session

    def _look(self, store: Store, session: str, stored: list[Event], underway: list[Event]) -> None:
        count, before = self.count, self.acknowledged.setdefault(session, [])
        before += stored
        count.acknowledged += len(stored)
        count.underway += len(underway)
        count.faults += faults(store, session, before, underway)
        count.underway_stored += count_stored(store, underway)
        count.faults += sent_again(Session(store, session), underway)
        before += underway
        count.faults += faults(store, session, before, [])

    def _received_until_killed(self, folder: Path, session: str | None) -> list[dict]:
        """What a process says until a random moment, or until it has said a random amount."""
        playing = played(folder, session, self.deck, self.chance.random(), control=self.control)
        moment = time.monotonic() + self.chance.uniform(0, self.longest)
        enough = self.chance.choice([1 << 20, self.chance.randint(1, STEPS * BYTES_IN_A_STEP)])
        received = b""
        with forked(playing) as (child, reader):
            while len(received) < enough and (left := moment - time.monotonic()) > 0:
                if select.select([reader], [], [], left)[0]:
                    received += os.read(reader, 4096)
            os.kill(child, signal.SIGKILL)
            while more := os.read(reader, 65_536):
                received += more
        return [json.loads(line) for line in received.splitlines()]

    def _measured(self, folder: Path) -> float:
        """The seconds a process takes to open a new store and go `STEPS` steps, at most `LONGEST`."""
        begun = time.monotonic()
        for lines, _ in zip(played(folder, None, self.deck, 0.5), range(2 * STEPS + 1), strict=False):
            json.dumps(lines)
        return min(time.monotonic() - begun, LONGEST)


def sent_again(session: Session, events: list[Event]) -> list[str]:
    """Let a page send again what it has had no answer to, twice; the second time changes nothing."""
    for event in events:
        session.record(event)
    before = session.events
    for event in events:
        session.record(event)
    return [] if session.events == before else ["events that were sent again were kept again"]


def journal_faults(folder: Path, acknowledged: dict[str, list[Event]]) -> list[str]:
    """What the journals alone, put together in another folder, do not give back."""
    store = open_store(folder / "from the journals")
    try:
        merge(sorted((folder / "journal").glob("*.jsonl")), store)
        errors = [faults(store, session, events, []) for session, events in acknowledged.items()]
        return [f"from the journals alone: {fault}" for some in errors for fault in some]
    finally:
        store.close()


if __name__ == "__main__":
    sys.exit(main())
