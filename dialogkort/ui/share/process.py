"""The process that shares for a notebook: started with its first window, ended with the kernel.

Nobody listens on a network in the kernel itself, where any cell may keep its loop busy.
"""

import atexit
import itertools
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from dialogkort.ui.share.service import DeviceStatus
from dialogkort.ui.share.way_in import WayIn
from dialogkort.worker_process import DETACHED, child_environment

ALLOWED = "DIALOGKORT_SHARES"  # the environment's word on sharing: 1 or 0; on a hub it is off without one
_COMMAND = (sys.executable, "-P", "-m", "dialogkort.server.notebook_sharing")
_QUICK_END = 1.0  # seconds: one that ends so soon is started again later and later
_MAX_PAUSE = 64.0
_processes: dict[str, "SharingProcess"] = {}
_log = logging.getLogger(__name__)

Deliver = Callable[[dict], None]


def is_allowed() -> bool:
    """Whether a notebook may share: not on a hub, unless its administrator says so (`ALLOWED`)."""
    return os.environ.get(ALLOWED, "0" if "JUPYTERHUB_API_TOKEN" in os.environ else "1") == "1"


def sharing_process(location: str) -> "SharingProcess":
    """The process for a place's notes: all windows of a kernel have one."""
    return _processes.setdefault(location, SharingProcess(location))


@dataclass(frozen=True)
class SharedDevices:
    """The devices that have joined a room that a notebook shares."""

    devices: tuple[DeviceStatus, ...]


class SharingProcess:
    """The windows of one kernel, and the process that answers them.

    Parameters
    ----------
    location : str
        A folder or a server's address.
    """

    def __init__(self, location: str):
        self._location = location
        self._way_in = WayIn()
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._windows: dict[int, Deliver] = {}
        self._shared: SharedDevices | None = None
        self._followers: list[Callable[[], None]] = []
        self._process: subprocess.Popen[str] | None = None
        self._started_at = 0.0
        self._pause = 0.0  # seconds before the next start
        self._ended = threading.Event()

    def use(self, way_in: WayIn) -> None:
        """Let devices in this way from now on; what is shared goes on, at another address it may be."""
        if way_in in (self._way_in, WayIn()):
            return
        self._way_in = way_in
        with self._lock:
            if self._process and self._process.stdin:
                with suppress(OSError):
                    self._process.stdin.close()  # it ends, and `_on_end` starts another

    def attach(self, deliver: Deliver) -> "SharingWindow":
        """A new window; `deliver` is called with what it is shown, on a thread of its own."""
        number = next(self._numbers)
        self._windows[number] = deliver
        return SharingWindow(self, number)

    def status(self) -> SharedDevices | None:
        """The devices that have joined, as the process has said last; None while nothing is shared."""
        return self._shared

    def follow(self, changed: Callable[[], None]) -> None:
        """Have something called when other devices are there, on a thread of its own."""
        self._followers.append(changed)

    def _show_devices(self, devices: list[dict] | None) -> None:
        self._shared = (
            None if devices is None else SharedDevices(tuple(DeviceStatus(**one) for one in devices))
        )
        for changed in self._followers:
            changed()

    def send(self, record: dict) -> None:
        """Say something to the process; it is started when there is none, until this is ended."""
        with self._lock:
            if self._process is None and not self._ended.is_set():
                self._start()
            self._write(record)

    def forget(self, number: int) -> None:
        """A window is closed."""
        self._windows.pop(number, None)
        with self._lock:
            self._write({"window": number})

    def end(self) -> None:
        """End the process; what is shared goes on with the next one."""
        self._ended.set()
        with self._lock:
            process, self._process = self._process, None
        if process and process.stdin:
            with suppress(OSError):
                process.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)

    def _write(self, record: dict) -> None:
        if self._process and self._process.stdin:
            with suppress(OSError, ValueError):  # it has ended: `_listen` notices
                self._process.stdin.write(json.dumps(record) + "\n")
                self._process.stdin.flush()

    def _start(self) -> None:
        self._started_at = time.monotonic()
        self._process = subprocess.Popen(
            [*_COMMAND, self._location, self._way_in.to_json()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            env=child_environment(),
            **DETACHED,
        )
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            try:
                self._hand_on(json.loads(line))
            except Exception:  # half a line of one that was killed, or a window that cannot be shown
                _log.warning("What the sharing process said could not be shown", exc_info=True)
        self._on_end(process)

    def _hand_on(self, record: dict) -> None:
        if "devices" in record:
            self._show_devices(record["devices"])
        elif deliver := self._windows.get(record["window"]):
            deliver(record["message"])

    def _on_end(self, process: subprocess.Popen[str]) -> None:
        """It was not told to end: another one goes on where it was, and the windows are shown so."""
        with self._lock:
            if self._process is not process:
                return
            self._process = None
            is_quick = time.monotonic() - self._started_at < _QUICK_END
            self._pause = min(2 * self._pause + 1, _MAX_PAUSE) if is_quick else 0.0
        if self._ended.wait(self._pause):
            return
        for number in list(self._windows):
            self.send({"window": number, "message": {"type": "hello", "session": None}})


class SharingWindow:
    """A window of sharing in a notebook: as `dispatcher.Window`, with its controller in another process."""

    def __init__(self, process: SharingProcess, number: int):
        self._process = process
        self._number = number

    def receive(self, record: object) -> None:
        """A message has come in from the page."""
        self._process.send({"window": self._number, "message": record})

    def close(self) -> None:
        """The window is gone."""
        self._process.forget(self._number)


@atexit.register
def _end_all() -> None:
    for process in _processes.values():
        process.end()
