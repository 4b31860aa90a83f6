"""A disk of 2 MB fills up while a group writes, and has room again: nothing acknowledged is lost.

    python tests/trials/full_disk.py            # half a minute; root on Linux, to mount a small disk
    python tests/trials/full_disk.py --rounds 5

One process plays on through `Session`. Each round: it plays until the disk is full (beside it lies something
else that is as large as chance will have it), is told so in words, tries again and again in vain, and reads
everything that was acknowledged. Then there is room again; the same process sends what it could not keep,
with the same ids, and plays on. At the end everything is counted once more, as the command does
when it starts; so are the journals by themselves, whose lines break off where the disk is full. Exit code 1
when something was lost or untold.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from session_driver import CANNOT_RUN, faults, next_event, print_faults, print_table

from dialogkort.decks.reading import read_deck
from dialogkort.domain.events import Event
from dialogkort.errors import StoreError
from dialogkort.exchange.merge import merge
from dialogkort.maintenance import run_maintenance
from dialogkort.sessions.session import start
from dialogkort.store import open_store

SIZE = 2 << 20
LEFT = (8_000, 200_000)  # bytes that are free when a round begins
IN_VAIN = 100  # tries while the disk is full
AFTERWARDS = 30  # events once there is room again
HEAD = ("round", "acknowledged until full", "said", "broken lines in the journals", "acknowledged", "faults")


def main() -> int:
    arguments = _arguments()
    seed = arguments.seed if arguments.seed is not None else time.time_ns() % 1_000_000
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="dialogkort-full-") as scratch:
        disk = Path(scratch) / "small"
        disk.mkdir()
        try:
            _run("mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", disk)
        except (OSError, subprocess.CalledProcessError):
            print("Needs root on Linux, and the right to mount: a small disk is mounted.")
            return CANNOT_RUN
        try:
            filling = Filling(disk, Random(seed))
            print_table(
                "A disk of 2 MB", HEAD, [filling.round(number + 1) for number in range(arguments.rounds)]
            )
            filling.end(Path(scratch) / "elsewhere")
        finally:
            _run("umount", disk)
    print(f"{len(filling.acknowledged)} acknowledged")
    return print_faults(filling.faults)


def _arguments() -> argparse.Namespace:
    about, _, more = __doc__.partition("\n")
    parser = argparse.ArgumentParser(
        description=about, epilog=more, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=10, help="how often the disk fills up")
    parser.add_argument("--seed", type=int, help="for the same choices again")
    return parser.parse_args()


class Filling:
    """A session on a small disk, and what was acknowledged of it."""

    def __init__(self, disk: Path, chance: Random):
        self.acknowledged: list[Event] = []
        self.faults: list[str] = []
        self._disk = disk
        self._chance = chance
        self._ballast = disk / "holiday pictures"
        self._store = open_store(disk)
        self._session = start(self._store, read_deck(), workshop="Prøve", group="Gruppe 1")

    def round(self, number: int) -> tuple:
        """Play until the disk is full, try in vain, make room, play on; a row of the table."""
        before, journal_faults = len(self.acknowledged), len(self.faults)
        waiting, refusal = self._play_until_full()
        until_full = len(self.acknowledged) - before
        for _ in range(IN_VAIN):
            self._must_be_refused_as_full(waiting)
        self._look([waiting])
        self._ballast.unlink()
        for event in (waiting, waiting):
            self._session.record(event)
        self.acknowledged.append(waiting)
        for _ in range(AFTERWARDS):
            self._play()
        self._look([])
        return (
            number,
            until_full,
            refusal,
            self._broken_lines(),
            len(self.acknowledged),
            len(self.faults) - journal_faults,
        )

    def end(self, elsewhere: Path) -> None:
        """Count once more as the command does when it starts, and what the journals alone give back."""
        self._store.close()
        for sentence in run_maintenance(self._disk):
            print(sentence)
        self._store = open_store(self._disk)
        self._look([])
        self._store.close()
        merge(sorted((self._disk / "journal").glob("*.jsonl")), elsewhere)
        alone = open_store(elsewhere)
        faults_seen = faults(alone, self._session.id, self.acknowledged, [])
        self.faults += [f"from the journals alone: {fault}" for fault in faults_seen]
        alone.close()

    def _play_until_full(self) -> tuple[Event, str]:
        """The event that could not be kept, and what was said of it."""
        left = self._chance.randint(*LEFT)
        self._ballast.write_bytes(bytes(max(0, shutil.disk_usage(self._disk).free - left)))
        while True:
            try:
                self._play()
            except StoreError as problem:
                return self._next, problem.kind

    def _play(self) -> None:
        self._next = next_event(self._session, self._chance)
        self._session.record(self._next)
        self.acknowledged.append(self._next)

    def _must_be_refused_as_full(self, event: Event) -> None:
        try:
            self._session.record(event)
        except StoreError as problem:
            if problem.kind != "full" or str(self._disk) not in str(problem):
                self.faults.append(f"told {problem.kind}: {problem}")
        else:
            self.faults.append("kept on a full disk")

    def _look(self, underway: list[Event]) -> None:
        """Read everything, by the store that is open and by one that is opened now."""
        self.faults += faults(self._store, self._session.id, self.acknowledged, underway)
        another = open_store(self._disk)
        try:
            self.faults += faults(another, self._session.id, self.acknowledged, underway)
        finally:
            another.close()

    def _broken_lines(self) -> int:
        journals = (self._disk / "journal").glob("*.jsonl")
        lines = [line for path in journals for line in path.read_bytes().split(b"\n") if line]
        return sum(not line.endswith(b"}") for line in lines)


def _run(*command: object) -> None:
    subprocess.run([*map(str, command)], check=True, timeout=60, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
