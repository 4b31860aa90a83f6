"""A full room by its own listener: 50 groups with four devices each, a note a second from each group.

    python tests/bench/room.py                              # five minutes, 50 groups, 200 devices
    python tests/bench/room.py --groups 20 --devices 60 --seconds 30

The real command shares on this machine; every device joins by code and has its own address and socket.
The first device of a group writes, the others of the group are shown it. Beside them the facilitator's start
page, the overview and the page of sharing are open. Printed: milliseconds from sending a note to hearing that
it is durable, and until the group's other devices and the facilitator's start page show it; the server's
processor and memory. Exit code 1 when a note was lost, doubled or refused, or a socket was closed.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError, websocket_connect

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS / "browser"), str(TESTS / "server")]

from attack_client import HERE, Command, Room, answer_to, new_id, noted, room_in  # noqa: E402

from dialogkort.domain.events import Noted  # noqa: E402
from dialogkort.store import open_store  # noqa: E402


@dataclass
class Measurements:
    """Milliseconds until a note was acknowledged, and shown elsewhere; what went wrong."""

    acknowledged: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)
    in_lobby: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    sent: dict[str, float] = field(default_factory=dict)  # by note
    by_session: dict[str, list[float]] = field(default_factory=dict)  # when its notes were sent
    durable: set[str] = field(default_factory=set)


def main() -> int:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="dialogkort-room-") as folder:
        with room_in(Path(folder) / "noter") as room:
            paths = _join(room, arguments.groups, arguments.devices)
            process = psutil.Process(room.command.pid)
            measurements = asyncio.run(_run(room, paths, arguments, process))
        stored = _stored(Path(folder) / "noter")
    lost = measurements.durable - stored.keys()
    doubled = [note for note, count in stored.items() if count > 1]
    print(f"notes acknowledged {len(measurements.durable)}, lost {len(lost)}, doubled {len(doubled)}")
    print(f"errors {len(measurements.faults)}", *measurements.faults[:5])
    return 1 if lost or doubled or measurements.faults else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--groups", type=int, default=50)
    parser.add_argument("--devices", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--pace", type=float, default=1, help="notes a second from each group")
    return parser.parse_args()


def _join(room: Room, groups: int, devices: int) -> list[list[str]]:
    """The paths of each group's devices: the first begins it, the others choose it."""
    paths = [[room.join(f"Gruppe {number}")] for number in range(groups)]
    sessions = {}
    with room.stranger() as window:
        window.ask({"type": "show_code", "code": room.code})
        for row in window.slices["meeting"]["groups"]:
            sessions[row["name"]] = row["session"]
    for number in range(devices - groups):
        group = number % groups
        with room.stranger() as window:
            choice = {"session": sessions[f"Gruppe {group}"], "device": "both"}
            reply = window.ask({"type": "join", "code": room.code, **choice})
            assert "refused" not in reply, reply
            paths[group].append(window.slices["joined"]["path"])
    return paths


async def _run(
    room: Room, paths: list[list[str]], arguments: argparse.Namespace, process: psutil.Process
) -> Measurements:
    measurements = Measurements()
    port = room.port
    facilitators = [
        await _facilitator(room.command, screen, measurements) for screen in ("workshop", "overview", "share")
    ]
    groups = []
    for devices in paths:
        groups.append([await Device.open(port, path, measurements) for path in devices])
    listening = [asyncio.create_task(device.listen()) for devices in groups for device in devices]
    listening += [asyncio.create_task(window) for window in facilitators]
    processor = sum(process.cpu_times()[:2])
    begun = time.perf_counter()
    await asyncio.gather(
        *(devices[0].write(begun + number / len(groups), arguments) for number, devices in enumerate(groups))
    )
    await asyncio.sleep(3)  # for the last acknowledgements
    took = time.perf_counter() - begun
    used = sum(process.cpu_times()[:2]) - processor
    memory = process.memory_full_info().uss / 1e6
    for task in listening:
        task.cancel()
    _print(measurements, used / took, memory)
    return measurements


def _print(measurements: Measurements, processors: float, memory: float) -> None:
    for name, times in (
        ("acknowledged", measurements.acknowledged),
        ("on the group's other devices", measurements.shown),
        ("on the facilitator's start page", measurements.in_lobby),
    ):
        ordered = sorted(times) or [float("nan")]
        at = [ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.95, 1)]
        print(
            f"{name}: median {at[0]:.1f} ms, p95 {at[1]:.1f} ms, longest {at[2]:.1f} ms ({len(times)} times)"
        )
    print(f"server: {processors:.2f} of a processor, {memory:.0f} MB")


class Device:
    """A device at its own address: the first of its group writes, all are shown what is written."""

    def __init__(self, line: WebSocketClientConnection, measurements: Measurements):
        self._line = line
        self._measurements = measurements
        self._session = ""
        self._events: dict[str, str] = {}  # notes by the ids of what was sent

    @classmethod
    async def open(cls, port: int, path: str, measurements: Measurements) -> "Device":
        line = await _connect(port, f"/{path}socket/workshop")
        device = cls(line, measurements)
        await line.write_message(json.dumps({"type": "hello", "id": new_id(), "session": None}))
        while not device._session:
            message = json.loads(await line.read_message())
            device._session = message.get("reply", {}).get("session") or ""
        return device

    async def write(self, begin: float, arguments: argparse.Namespace) -> None:
        """So many notes a second, at moments that are set beforehand."""
        for number in range(int(arguments.seconds * arguments.pace)):
            await asyncio.sleep(max(0.0, begin + number / arguments.pace - time.perf_counter()))
            event = noted(self._session, f"Det talte vi om for {number}. gang")
            self._events[event["id"]] = event["note"]
            self._measurements.sent[event["note"]] = now = time.perf_counter()
            self._measurements.by_session.setdefault(self._session, []).append(now)
            try:
                await self._line.write_message(json.dumps({"type": "event", "event": event}))
            except WebSocketClosedError:  # counted as a fault by `listen`
                return

    async def listen(self) -> None:
        """Take note of what is acknowledged, and of what others have written."""
        while content := await self._line.read_message():
            now, message = time.perf_counter(), json.loads(content)
            reply = message.get("reply", {})
            if reply.get("refused") or reply.get("unsaved"):
                self._measurements.faults.append(str(reply))
            elif note := self._events.get(reply.get("to")):
                self._measurements.durable.add(note)
                self._measurements.acknowledged.append((now - self._measurements.sent[note]) * 1e3)
            elif not self._events:
                for note in message.get("patch", {}).get("notes", {}):
                    self._measurements.shown.append((now - self._measurements.sent[note]) * 1e3)
        code = self._line.close_code
        self._measurements.faults.append(f"a device's socket was closed: {code}")


async def _facilitator(command: Command, screen: str, measurements: Measurements):
    """A facilitator's window, signed in; what it gives listens to it."""
    line = await _connect(command.port, f"/socket/{screen}")
    await line.write_message(json.dumps(answer_to(json.loads(await line.read_message()), command.key)))
    await line.write_message(json.dumps({"type": "hello", "id": new_id(), "session": None}))

    async def listen() -> None:
        counted: Counter[str] = Counter()
        while content := await line.read_message():
            now, lobby = time.perf_counter(), json.loads(content).get("set", {}).get("lobby")
            for row in lobby["sessions"] if lobby else ():
                session, notes = row["session"], row["notes"] or 0
                times = measurements.by_session.get(session, [])[counted[session] : notes]
                measurements.in_lobby += [(now - sent) * 1e3 for sent in times]
                counted[session] += len(times)
        measurements.faults.append(f"the facilitator's socket was closed: {screen}")

    return listen()


async def _connect(port: int, path: str) -> WebSocketClientConnection:
    origin = f"http://{HERE}:{port}"
    return await websocket_connect(HTTPRequest(f"ws://{HERE}:{port}{path}", headers={"Origin": origin}))


def _stored(folder: Path) -> Counter[str]:
    """How often each note is kept."""
    store = open_store(folder)
    notes = Counter(event.note for event in store.every_event() if isinstance(event, Noted))
    store.close()
    return notes


if __name__ == "__main__":
    sys.exit(main())
