"""How many groups does one process carry: a note a second from each, answered when it is on the disk.

    python tests/bench/many_groups.py                                  # 1, 10, 50, 200 and 1,000 sessions
    python tests/bench/many_groups.py --sessions 200 --seconds 20 --events 40
    python tests/bench/many_groups.py --sessions 50 --megabytes 100 --during chart export backup
    python tests/bench/many_groups.py --sessions 50 --megabytes 100 --during erase
    python tests/bench/many_groups.py --sessions 20 --growth           # an event at 10 and at 2,000 events

The real command serves; one separate process is all the browsers (Linux: one event loop on the other core).
Every session has `--events` events when it is opened. Each group sends at moments that are set beforehand,
however long the answers take; times are milliseconds from sending to the acknowledgement that it is durable.
Beside it, in the same run and at the pace of one group: a bare WebSocket echo with a bare durable insert
before it (SQLite as it comes, synchronous=EXTRA), in a process of its own.
`--during` asks for charts and exports one after the other, backs up every five seconds, or erases a session
every five seconds, while the groups write. Exit code 1 when something was lost, doubled or refused.
"""

import argparse
import asyncio
import gc
import hashlib
import hmac
import json
import random
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from dialogkort.decks.reading import read_deck
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import Noted, Turned
from dialogkort.sessions.session import start
from dialogkort.store import FILE_NAME, open_store

ROW = "{:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>10} {:>11} {:>11}"


def main() -> int:
    arguments = _arguments()
    if arguments.growth:
        return _growth(arguments)
    faults = 0
    bare = _bare(arguments.seconds)
    print(f"bare WebSocket echo with a bare durable insert: {bare:.2f} ms (median)")
    print(ROW.format("sessions", "acks", "median", "p95", "p99", "max", "ratio", "MB/session", "CPU ms/ack"))
    for sessions in arguments.sessions:
        with tempfile.TemporaryDirectory(prefix="dialogkort-rooms-") as folder:
            ids = _fill(Path(folder), sessions, arguments.events)
            others = _fill_up(Path(folder), arguments.megabytes)
            with _served(folder, arguments.during) as (address, process):
                measurements = asyncio.run(
                    _play(address, ids, arguments.seconds, process, arguments.during, others)
                )
            faults += _check(Path(folder), measurements)
        times = sorted(measurements.times)
        print(
            ROW.format(
                sessions,
                len(times),
                *(f"{_at(times, share):.1f}" for share in (0.5, 0.95, 0.99, 1)),
                f"{_at(times, 0.5) / bare:.2f}",
                f"{measurements.megabytes:.2f}",
                f"{measurements.processor_seconds / max(1, len(times)) * 1e3:.2f}",
            ),
            flush=True,
        )
    return 1 if faults else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sessions", type=int, nargs="+", default=[1, 10, 50, 200, 1_000])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--events", type=int, default=40)
    parser.add_argument("--megabytes", type=float, default=0, help="other sessions in the same file")
    parser.add_argument("--during", nargs="+", default=[], choices=["chart", "export", "backup", "erase"])
    parser.add_argument("--growth", action="store_true")
    return parser.parse_args()


# --- what is measured against -------------------------------------------------------------------------------


_BARE = """
import asyncio, sqlite3, sys
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from tornado.websocket import WebSocketHandler

database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("PRAGMA synchronous = EXTRA")
database.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, body TEXT)")

class Bare(WebSocketHandler):
    def open(self):
        self.set_nodelay(True)

    def on_message(self, message):
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO events (body) VALUES (?)", (message,))
        database.execute("COMMIT")
        self.write_message(message)

async def main():
    sockets = bind_sockets(0, "127.0.0.1")
    HTTPServer(Application([("/", Bare)])).add_sockets(sockets)
    print(sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def _bare(seconds: float) -> float:
    """The median (ms) of a bare WebSocket echo with a bare durable insert before it, one a second as well."""
    with tempfile.TemporaryDirectory(prefix="dialogkort-rooms-") as folder:
        command = [sys.executable, "-c", _BARE, f"{folder}/bare.sqlite"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        try:
            return asyncio.run(_ask_bare(int(process.stdout.readline()), int(seconds)))
        finally:
            process.terminate()
            process.wait(10)


async def _ask_bare(port: int, times: int) -> float:
    line = await websocket_connect(f"ws://127.0.0.1:{port}/")
    taken = []
    for _ in range(times):
        await asyncio.sleep(1)
        begun = time.perf_counter()
        await line.write_message("x" * 300)
        await line.read_message()
        taken.append(time.perf_counter() - begun)
    line.close()
    return statistics.median(taken) * 1e3


# --- the groups ---------------------------------------------------------------------------------------------


def _fill(folder: Path, sessions: int, events: int) -> list[str]:
    """Sessions with so many events each."""
    deck, store = read_deck(), open_store(folder)
    ids = []
    with closing(store):
        for number in range(sessions):
            with store.batch([]):
                session = start(store, deck, workshop="Måling", group=str(number + 1))
                card = session.table.face_down[0]
                newest = session.history.newest
                filled = []
                for count in range(events - 2):
                    newest = new_id(time.time_ns() // 1_000_000, after=newest)
                    kind = {"id": newest, "session": session.id, "card": card}
                    filled.append(
                        Noted(note=newest, text=f"Note {count}", **kind) if count else Turned(**kind)
                    )
                store.append(filled)
                ids.append(session.id)
    return ids


def _fill_up(folder: Path, megabytes: float) -> list[str]:
    """Other sessions with so much in them."""
    deck, ids, words = read_deck(), [], "Vi øver os på hinanden, når der er tid til det. " * 20
    with closing(open_store(folder)) as store:
        while (folder / FILE_NAME).stat().st_size < megabytes * 1e6:
            with store.batch([]):
                session = start(store, deck, workshop="Før", group=str(len(ids)))
                card, newest, events = session.table.face_down[0], session.history.newest, []
                for _ in range(400):
                    newest = new_id(time.time_ns() // 1_000_000, after=newest)
                    events.append(Noted(id=newest, session=session.id, card=card, note=newest, text=words))
                store.append(events)
                ids.append(session.id)
    return ids


def _growth(arguments: argparse.Namespace) -> int:
    """What one more event costs a session that has few, and one that has many: both in one process."""
    times: dict[int, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="dialogkort-rooms-") as folder:
        sizes = {size: _fill(Path(folder), arguments.sessions[0], size) for size in (10, 2_000)}
        with _served(folder) as (address, _):
            for size, measurements in asyncio.run(_play_in_turn(address, sizes, 200)).items():
                times[size] = measurements
    few, many = (statistics.median(times[size]) for size in sizes)
    print(f"an event at 10 events {few:.2f} ms, at 2,000 events {many:.2f} ms, ratio {many / few:.2f}")
    return 0


async def _play_in_turn(address: str, sizes: dict[int, list[str]], rounds: int) -> dict[int, list[float]]:
    tolds = {size: Measurements() for size in sizes}
    groups = {size: await Group.open(address, ids[0], tolds[size]) for size, ids in sizes.items()}
    notes = {size: group._id() for size, group in groups.items()}
    listening = [asyncio.create_task(group._listen()) for group in groups.values()]
    for count in range(rounds):
        for size, group in groups.items():
            await group._send_note(notes[size], f"Det taler vi om for {count}. gang")
            await group._answered()
    for group in groups.values():
        group._line.close()
    await asyncio.gather(*listening)
    return {size: measurements.times for size, measurements in tolds.items()}


# A backup every so many seconds; the command itself makes one every half hour.
_PROGRAM = (
    "import sys; from dialogkort import maintenance; from dialogkort.cli import app;"
    " maintenance.BACKUP_SECONDS = int(sys.argv.pop(1)); sys.exit(app.main())"
)


@contextmanager
def _served(folder: str, during: Sequence[str] = ()):
    seconds = "5" if "backup" in during else "1800"
    command = [sys.executable, "-c", _PROGRAM, seconds, "--no-browser", "--folder", folder]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    try:
        while not (address := re.search(r"http://\S+", process.stdout.readline())):
            pass
        yield address[0], psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(120)


class Measurements:
    """What came of it: times (ms), what was acknowledged, what was refused, memory."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.acknowledged: dict[str, str] = {}
        self.refused: list[str] = []
        self.megabytes = 0.0
        self.processor_seconds = 0.0  # of the server's own process, while the groups write
        self.took: dict[str, list[float]] = {}  # seconds that what was asked for has taken


async def _play(
    address: str,
    ids: list[str],
    seconds: float,
    process: psutil.Process,
    during: list[str],
    others: list[str],
) -> Measurements:
    measurements = Measurements()
    before = process.memory_full_info().uss
    groups = [await Group.open(address, session, measurements) for session in ids]
    measurements.megabytes = (process.memory_full_info().uss - before) / len(ids) / 1e6
    gc.disable()  # the server is measured: this process would stand still a third of a second at times
    begin = time.perf_counter() + 0.5
    processor = _processor_seconds(process)
    busy = [
        asyncio.create_task(_ask_for(what, address, others, measurements))
        for what in during
        if what != "backup"
    ]
    await asyncio.gather(*(group.play(begin, seconds) for group in groups))
    measurements.processor_seconds = _processor_seconds(process) - processor
    gc.enable()
    for task in busy:
        if task.done():
            task.result()  # says why it ended
        task.cancel()
    if during:
        print(
            {
                what: [round(took, 1) for took in measurements.took.get(what, [])]
                for what in during
                if what != "backup"
            }
        )
    return measurements


def _processor_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


async def _ask_for(what: str, address: str, others: list[str], measurements: "Measurements") -> None:
    """A facilitator's page that asks for something again and again."""
    group = await Group.open(address, others[0], measurements)
    gone = iter(others[1:])
    while True:
        begun = time.perf_counter()
        message = {
            "chart": {"type": "overview", "scope": "workshop"},
            "export": {"type": "export", "session": None},
            "erase": {"type": "erase", "sessions": [next(gone)] if what == "erase" else []},
        }[what]
        await group._line.write_message(json.dumps({**message, "id": (id := group._id())}))
        awaited = {"chart": "chart", "export": "download"}.get(what)
        while True:
            record = json.loads(await group._line.read_message())
            if awaited in record.get("set", {}) or (not awaited and record.get("reply", {}).get("to") == id):
                break
        measurements.took.setdefault(what, []).append(time.perf_counter() - begun)
        if what == "erase":
            await asyncio.sleep(5)


class Group:
    """One group's page: it sends a note a second and waits for each to be acknowledged."""

    def __init__(self, line: WebSocketClientConnection, session: str, measurements: Measurements):
        self._line, self._session, self._measurements = line, session, measurements
        self._sent: dict[str, float] = {}
        self._newest = ""
        self._card = ""
        self._idle = asyncio.Event()

    @classmethod
    async def open(cls, address: str, session: str, measurements: Measurements) -> "Group":
        parts = urlsplit(address)
        request = HTTPRequest(
            f"ws://{parts.netloc}/socket/workshop", headers={"Origin": f"http://{parts.netloc}"}
        )
        line = await websocket_connect(request)
        await _sign_in(line, parts.fragment.removeprefix("key="))
        group = cls(line, session, measurements)
        await line.write_message(json.dumps({"type": "hello", "id": group._id(), "session": session}))
        table = json.loads(await line.read_message())["set"]["table"]
        group._newest, group._card = table["newest"], table.get("current", "")
        return group

    async def play(self, begin: float, seconds: float) -> None:
        listening = asyncio.create_task(self._listen())
        phase = random.random()
        note = self._id()
        for count in range(int(seconds)):
            await asyncio.sleep(max(0.0, begin + phase + count - time.perf_counter()))
            await self._send_note(note, f"Det taler vi om for {count}. gang")
        await self._answered()
        self._line.close()
        await listening

    async def _answered(self) -> None:
        while self._sent:
            self._idle.clear()
            await asyncio.wait_for(self._idle.wait(), 60)

    async def _send_note(self, note: str, words: str) -> None:
        event = {"what": "noted", "id": self._id(), "session": self._session, "card": self._card}
        event |= {"note": note, "text": words, "kind": "point", "owner": "", "due": ""}
        self._sent[event["id"]] = time.perf_counter()
        self._measurements.acknowledged[event["id"]] = ""
        await self._line.write_message(json.dumps({"type": "event", "event": event}))

    async def _listen(self) -> None:
        while (content := await self._line.read_message()) is not None:
            received = time.perf_counter()
            reply = json.loads(content).get("reply", {})
            if (sent := self._sent.pop(reply.get("to"), None)) is None:
                continue
            if why := reply.get("refused") or reply.get("unsaved"):
                self._measurements.refused.append(why)
            self._measurements.acknowledged[reply["to"]] = "yes"
            self._measurements.times.append((received - sent) * 1e3)
            self._idle.set()

    def _id(self) -> str:
        self._newest = new_id(time.time_ns() // 1_000_000, after=self._newest)
        return self._newest


async def _sign_in(line: WebSocketClientConnection, key: str) -> None:
    theirs = json.loads(await line.read_message())["nonce"]
    mine = secrets.token_hex(16)
    proof = hmac.new(key.encode(), f"browser {theirs} {mine}".encode(), hashlib.sha256).hexdigest()
    await line.write_message(json.dumps({"type": "sign_in", "nonce": mine, "proof": proof}))
    assert json.loads(await line.read_message())["type"] == "welcome"


def _check(folder: Path, measurements: Measurements) -> int:
    """What was acknowledged and is not kept once, or was refused."""
    with closing(open_store(folder)) as store:
        stored = [event.id for event in store.every_event()]
    once = set(stored)
    lost = [id for id, answer in measurements.acknowledged.items() if answer and id not in once]
    twice = len(stored) - len(once)
    unanswered = sum(not answer for answer in measurements.acknowledged.values())
    for what, count in (("lost", len(lost)), ("twice", twice), ("unanswered", unanswered)):
        if count:
            print(f"{count} {what}")
    for why in sorted(set(measurements.refused)):
        print(f"{measurements.refused.count(why)} refused: {why}")
    return len(lost) + twice + unanswered + len(measurements.refused)


def _at(times: list[float], share: float) -> float:
    return times[min(len(times) - 1, int(share * len(times)))] if times else float("nan")


if __name__ == "__main__":
    sys.exit(main())
