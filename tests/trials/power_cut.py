"""The power goes while a group writes: what was acknowledged is on the disk.

    python tests/trials/power_cut.py --cuts 8                 # three minutes; root on Linux
    python tests/trials/power_cut.py --cuts 8 --only product  # one minute

A disk is a file (`disk`) with a file system on it; in that lies a file (`platter`) with the file system that
the store is on. What the inner file system was not asked to sync lies in memory only. What it was asked to
sync, but not to flush, lies in the outer one's cache. So a copy of the outer file alone is what a power cut
leaves of a disk that forgets its own cache, too.

A group plays through `Session`; at a random moment its process is stopped in its tracks, and the outer file
is copied as it is (again, until it did not change meanwhile). The copy is mounted, and the store opened and
counted: at once, and after what the command does when it starts. The journals are counted by themselves, too.

The controls do the same without syncing (`nothing synced`) and with SQLite's usual care (`usual care`, that
is `synchronous=FULL`, for the file). The first must lose something, or the trial proves nothing: exit code 1,
as when the product lost something.
"""

import argparse
import contextlib
import filecmp
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from session_driver import CANNOT_RUN, faults, forked, played, print_table

from dialogkort.decks.reading import read_deck
from dialogkort.domain.deck import Deck
from dialogkort.domain.event_records import from_record
from dialogkort.domain.events import Event
from dialogkort.errors import StoreError
from dialogkort.exchange.merge import merge
from dialogkort.maintenance import run_maintenance
from dialogkort.store import Store, open_store

DISK, PLATTER = 96 << 20, 48 << 20  # bytes
WAYS = ("product", "usual care", "nothing synced")
MAX_PAUSE = 0.05  # seconds between two events
LONGEST = 4.0  # seconds until the cut: the system writes by itself what is older than 5
HEAD = ("", "cut", "acknowledged", "lost", "after a start", "of the journals", "said at the start", "faults")


@dataclass(frozen=True)
class Cut:
    """What one cut has left."""

    way: str
    acknowledged: int
    lost: tuple[int, ...]  # in the file at once, in the file after a start, in the journals
    output: str
    faults: list[str]


def main() -> int:
    arguments = _arguments()
    if not _can_mount():
        print("Needs root on Linux, the right to mount, and mkfs.ext4: disk images are mounted.")
        return CANNOT_RUN
    seed = arguments.seed if arguments.seed is not None else time.time_ns() % 1_000_000
    print(f"seed {seed}", flush=True)
    chance = Random(seed)
    deck = read_deck()
    cuts = [cut(way, chance, deck) for way in arguments.only or WAYS for _ in range(arguments.cuts)]
    print_table("Power cuts", HEAD, [_row(number % arguments.cuts, one) for number, one in enumerate(cuts)])
    return _verdict(cuts)


def _arguments() -> argparse.Namespace:
    about, _, more = __doc__.partition("\n")
    parser = argparse.ArgumentParser(
        description=about, epilog=more, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cuts", type=int, default=8, help="of each way of writing")
    parser.add_argument("--only", choices=WAYS, action="append", help="leave the other ways out")
    parser.add_argument("--seed", type=int, help="for the same choices again")
    return parser.parse_args()


def _row(number: int, cut: "Cut") -> tuple:
    return cut.way, number + 1, cut.acknowledged, *cut.lost, cut.output, "; ".join(cut.faults)[:200]


def _verdict(cuts: list["Cut"]) -> int:
    """The exit code, with its reason in words."""
    for way in {cut.way: None for cut in cuts}:
        ours = [cut for cut in cuts if cut.way == way]
        acknowledged, lost = sum(cut.acknowledged for cut in ours), sum(cut.lost[0] for cut in ours)
        print(f"{way}: {len(ours)} cuts, {acknowledged} acknowledged, {lost} lost")
    code = 0
    if any(cut.faults or any(cut.lost) for cut in cuts if cut.way == "product"):
        print("FAULT: the product lost something.")
        code = 1
    controls = [cut for cut in cuts if cut.way == "nothing synced"]
    if controls and not any(cut.lost[0] for cut in controls):
        print("FAULT: without syncing nothing was lost, so this trial proves nothing.")
        code = 1
    return code


# --- one cut ----------------------------------------------------------------------------------------------


def cut(way: str, chance: Random, deck: Deck) -> Cut:
    """Let a group write on a new disk, cut its power at a random moment, and count."""
    with tempfile.TemporaryDirectory(prefix="dialogkort-cut-") as scratch:
        folder = Path(scratch)
        with new_disk(folder) as disk:
            playing = played(disk / "noter", None, deck, chance.random(), prepare=_CARE[way])
            with forked(_at_leisure(playing, chance)) as (child, reader):
                received = _received(reader, time.monotonic() + chance.uniform(0.2, LONGEST))
                os.kill(child, signal.SIGSTOP)
                os.waitpid(child, os.WUNTRACED)
                received += _received(reader, 0)
                still_copy(folder / "disk", folder / "copy")
        lines = [json.loads(line) for line in received.splitlines()]
        with (
            mounted(folder / "copy", folder / "left"),
            mounted(folder / "left/platter", folder / "found") as disk,
        ):
            return _counted(way, lines, disk / "noter", folder / "from the journals")


def _at_leisure(playing: Iterator[dict], chance: Random) -> Iterator[dict]:
    """With pauses: a cut comes in the midst of a write as often as between two."""
    for line in playing:
        yield line
        if "kept" in line:
            time.sleep(chance.uniform(0, MAX_PAUSE))


def _received(reader: int, until: float) -> bytes:
    """What is said until a moment; what has been said already, when that is past."""
    received = b""
    while select.select([reader], [], [], max(0, until - time.monotonic()))[0]:
        received += os.read(reader, 65_536)
    return received


def _sync_nothing(store: Store) -> None:
    os.fsync = lambda _: None
    store._database.execute("PRAGMA synchronous = OFF")


_CARE = {
    "product": lambda store: None,
    "usual care": lambda store: store._database.execute("PRAGMA synchronous = FULL"),
    "nothing synced": _sync_nothing,
}


# --- counting ---------------------------------------------------------------------------------------------


def _counted(way: str, lines: list[dict], folder: Path, elsewhere: Path) -> Cut:
    session = next((line["began"] for line in lines if "began" in line), None)
    ids = {line["kept"] for line in lines if "kept" in line}
    events = [from_record(line["asked"]) for line in lines if "asked" in line]
    stored = [event for event in events if event.id in ids]
    underway = [event for event in events if event.id not in ids]
    errors: list[str] = []
    lost = [_lost(folder, stored)]
    errors += _faults(folder, session, stored, underway)
    merge(sorted((folder / "journal").glob("*.jsonl")), elsewhere)
    of_journals = _lost(elsewhere, stored)
    notices = run_maintenance(folder)
    lost += [_lost(folder, stored), of_journals]
    errors += _faults(folder, session, stored, underway)
    if (folder / "damaged").exists():
        errors.append("the file was damaged")
    return Cut(way, len(stored), tuple(lost), " ".join(notices), errors)


def _lost(folder: Path, stored: list[Event]) -> int:
    """How many of these events are not in the store in a folder."""
    try:
        store = open_store(folder)
    except StoreError:
        return len(stored)
    try:
        return len({event.id for event in stored} - {event.id for event in store.every_event()})
    finally:
        store.close()


def _faults(folder: Path, session: str | None, stored: list[Event], underway: list[Event]) -> list[str]:
    try:
        store = open_store(folder)
    except StoreError as problem:
        return [str(problem)]
    try:
        return faults(store, session, stored, underway) if session else []
    finally:
        store.close()


# --- disks ------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def new_disk(folder: Path) -> Iterator[Path]:
    """An empty file system on a disk with a cache of its own; where it is mounted."""
    empty_disk(folder / "disk", DISK)
    with mounted(folder / "disk", folder / "outer") as outer:
        empty_disk(outer / "platter", PLATTER)
        with mounted(outer / "platter", folder / "inner") as inner:
            _run("sync", "-f", inner)
            _run("sync", "-f", outer)
            yield inner


def _can_mount() -> bool:
    with tempfile.TemporaryDirectory(prefix="dialogkort-cut-") as scratch:
        try:
            empty_disk(Path(scratch) / "disk", 1 << 20)
            with mounted(Path(scratch) / "disk", Path(scratch) / "seen"):
                return True
        except (OSError, subprocess.CalledProcessError):
            return False


def empty_disk(disk: Path, size: int) -> None:
    """A file with an empty file system; no byte of it is left to be found room for later."""
    disk.write_bytes(bytes(size))
    _run("mkfs.ext4", "-q", "-F", disk)


@contextlib.contextmanager
def mounted(disk: Path, where: Path) -> Iterator[Path]:
    """The file system in a file."""
    where.mkdir()
    _run("mount", "-o", "loop", disk, where)
    try:
        yield where
    finally:
        _run("umount", where)


def still_copy(disk: Path, into: Path) -> None:
    """A copy of a file that the system may be writing in: as it was at one moment."""
    while True:
        shutil.copyfile(disk, into)
        if filecmp.cmp(disk, into, shallow=False):
            return


def _run(*command: object) -> None:
    subprocess.run([*map(str, command)], check=True, timeout=60, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
