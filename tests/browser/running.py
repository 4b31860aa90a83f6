"""A real Chromium and the real command, for journeys and measurements."""

import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psutil

if TYPE_CHECKING:
    from playwright.sync_api import Page

# The first is Chromium without what only a window needs: it takes half the processor.
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
)
FIREFOX = ("firefox-esr", "firefox")
_FLAGS = (
    "--disable-gpu",
    "--in-process-gpu",  # one process less that every picture is handed to: a tenth of the processor
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
_START_SECONDS = 90


def chromium() -> str | None:
    """The browser to drive, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def firefox() -> str | None:
    """The other browser to drive, or None."""
    return next(filter(None, map(shutil.which, FIREFOX)), None)


def launch_arguments() -> dict:
    """How Playwright starts it; as root it cannot keep its sandbox."""
    root = os.name == "posix" and os.geteuid() == 0
    return {"executable_path": chromium(), "args": [*_FLAGS, *(["--no-sandbox"] if root else [])]}


class Running:
    """A server that runs: its process, its address, all it has printed. It can be killed and restarted."""

    def __init__(self, arguments: Sequence[str], first: Sequence[str] = (), **environment: str):
        self._arguments = arguments
        self._environment = environment
        self.printed: list[str] = []
        self.start(*first)

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def start(self, *more: str) -> None:
        """Start it, and wait until it has printed its address."""
        self.process = subprocess.Popen(
            [sys.executable, *self._arguments, *more],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            env={**os.environ, "PYTHONUTF8": "1", **self._environment},
            start_new_session=True,
        )
        lines: Queue[str] = Queue()
        threading.Thread(target=self._listen, args=(self.process, lines), daemon=True).start()
        self.url = self._address(lines)

    def kill(self) -> None:
        """kill -9: no word, no time for anything."""
        self.process.kill()
        self.process.wait(60)

    def interrupt(self) -> int:
        """Ctrl-C, and the exit code it leads to."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    @contextmanager
    def asleep(self) -> Iterator[None]:
        """Stopped in its tracks, as long as this lasts: its port is open, and nobody answers."""
        process = psutil.Process(self.process.pid)
        process.suspend()
        try:
            yield
        finally:
            process.resume()

    def page(self, session: str | None = None, screen: str = "") -> str:
        """The address of a page of it, with its key."""
        return page_address(self.url, session, screen)

    def _listen(self, process: subprocess.Popen, lines: Queue[str]) -> None:
        for line in process.stdout:
            self.printed.append(line)
            lines.put(line)

    def _address(self, lines: Queue[str]) -> str:
        try:
            while not (address := re.search(r"http://\S+", lines.get(timeout=_START_SECONDS))):
                pass
        except Empty:
            raise TimeoutError("no address was printed:\n" + "".join(self.printed)) from None
        return address[0]


def page_address(url: str, session: str | None = None, screen: str = "") -> str:
    """The address of a page of a server whose start page, with its key, is at `url`."""
    query = f"session={session}" if session else ""
    return urlsplit(url)._replace(path=f"/{screen}", query=query).geturl()


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something has happened; it has a generous while to do so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        threading.Event().wait(0.02)


def until_in_its_time(page: "Page", condition: Callable[[], bool]) -> None:
    """Wait until something has happened, while time in a page goes ten times as fast (`clock.install()`)."""

    def goes_on() -> bool:
        page.clock.run_for(200)
        return condition()

    until(goes_on)


def run_module(arguments: Sequence[str], first: Sequence[str] = (), **environment: str) -> Iterator[Running]:
    """`python` with arguments that start a server, until the caller is done with it.

    `first` are more arguments for the first time only: it may be killed and started again.
    """
    running = Running(arguments, first, **environment)
    try:
        yield running
    finally:
        if running.is_alive:
            running.interrupt()


def run_command(folder: object, *more: str) -> Iterator[Running]:
    """The `dialogkort` command on a folder, until the caller is done with it.

    It is given a port that is free, and has to find that again by itself when it is started again.
    """
    arguments = ["-m", "dialogkort.cli.app", *more, "--no-browser", "--folder", str(folder)]
    yield from run_module(arguments, ["--port", str(free_port())])


def free_port() -> int:
    """A port that nobody listens on, nor takes by chance: the system hands out higher ones by itself."""
    while True:
        port = random.randrange(20_000, 32_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


# --- JupyterLab -------------------------------------------------------------------------------------------

LAB_BASE = "/hus/3/"  # all that is tried in JupyterLab is tried below a base URL
_ON_NOTEBOOKS = (
    "import sys; from pathlib import Path; from dialogkort import resources; from dialogkort.cli import app;"
    "resources.NOTEBOOKS = Path(sys.argv[1]); sys.exit(app.main(sys.argv[2:]))"
)
_NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


@dataclass
class Lab:
    """`dialogkort --lab` that runs: `base` is the address all of it lies below."""

    running: Running
    base: str
    token: str
    notebooks: Path
    folder: Path

    def address(self, path: str = "") -> str:
        """An address in it, with the token that lets one in."""
        return f"{self.base}{path}?token={self.token}"

    def workshop_alone(self) -> str:
        """A copy of `2_workshop.ipynb` that ends with its first screen, the workshop, by its name."""
        notebook = json.loads((self.notebooks / "2_workshop.ipynb").read_text(encoding="utf-8"))
        kinds = [cell["cell_type"] for cell in notebook["cells"]]
        del notebook["cells"][kinds.index("code") + 1 :]
        name = f"{uuid.uuid4().hex}.ipynb"
        (self.notebooks / name).write_text(json.dumps(notebook), encoding="utf-8")
        return name


def own_home(home: Path) -> dict[str, str]:
    """The environment of somebody who has never used this machine before."""
    home.mkdir(parents=True, exist_ok=True)
    jupyter = {
        f"JUPYTER_{name}_DIR": str(home / "jupyter" / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")
    }
    lab = {f"JUPYTERLAB_{name}_DIR": str(home / "lab" / name.lower()) for name in ("SETTINGS", "WORKSPACES")}
    return {"HOME": str(home), "USERPROFILE": str(home), "IPYTHONDIR": str(home / "ipython")} | jupyter | lab


def run_lab(folder: Path, *options: str, **environment: str) -> Iterator[Lab]:
    """The command with JupyterLab, on a copy of the notebooks, at the home of a newcomer."""
    notebooks = shutil.copytree(_NOTEBOOKS, folder / "notebooks")
    notes = folder / "noter"
    arguments = [
        "-c",
        _ON_NOTEBOOKS,
        str(notebooks),
        "--lab",
        "--no-browser",
        "--folder",
        str(notes),
        *options,
    ]
    for running in run_module(
        [*arguments, "--base-url", LAB_BASE], **own_home(folder / "home"), **environment
    ):
        origin, token = re.fullmatch(r"(http://[^/]+)/.*[?]token=([\w-]+)", running.url).groups()
        yield Lab(running, origin + LAB_BASE, token, notebooks, notes)
