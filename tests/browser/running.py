"""A real Chromium and the real command, for journeys and measurements."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, Queue

import psutil

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_FLAGS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
_START_SECONDS = 90


def chromium() -> str | None:
    """The browser to drive, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def launch_arguments() -> dict:
    """How Playwright starts it; as root it cannot keep its sandbox."""
    root = os.name == "posix" and os.geteuid() == 0
    return {"executable_path": chromium(), "args": [*_FLAGS, *(["--no-sandbox"] if root else [])]}


@dataclass
class Running:
    """A server that runs: its process, its address, all it has printed."""

    process: subprocess.Popen
    url: str
    printed: list[str] = field(default_factory=list)

    def kernels(self) -> list[psutil.Process]:
        """The kernel processes below it."""
        below = psutil.Process(self.process.pid).children(recursive=True)
        return [process for process in below if "ipykernel_launcher" in _command_line(process)]

    def interrupt(self) -> int:
        """Ctrl-C, and the exit code it leads to."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


def _command_line(process: psutil.Process) -> str:
    with suppress(psutil.Error):  # it has just ended
        return " ".join(process.cmdline())
    return ""


def until(happened: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something has happened; it has a generous while to do so."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        threading.Event().wait(0.02)


def run_module(arguments: Sequence[str], **environment: str) -> Iterator[Running]:
    """`python` with arguments that start a server, until the caller is done with it."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", **environment},
        start_new_session=True,
    )
    printed: list[str] = []
    lines: Queue[str] = Queue()

    def listen() -> None:
        for line in process.stdout:
            printed.append(line)
            lines.put(line)

    threading.Thread(target=listen, daemon=True).start()
    running = Running(process, "", printed)
    try:
        running.url = _address(lines, printed)
        yield running
    finally:
        if process.poll() is None:
            running.interrupt()


def _address(lines: Queue[str], printed: list[str]) -> str:
    try:
        while not (found := re.search(r"http://\S+", lines.get(timeout=_START_SECONDS))):
            pass
    except Empty:
        raise TimeoutError("no address was printed:\n" + "".join(printed)) from None
    return found[0]
