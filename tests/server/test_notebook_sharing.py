"""Sharing from a notebook and from JupyterLab: the same listener, in a process that ends with the kernel."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from attack_client import HERE, Closed, Room, Visitor, command_in, join, share_at_an_own_port
from running import Running, run_lab, run_module, until

from dialogkort.domain.event_ids import new_id
from dialogkort.errors import InvalidAction, StartupError
from dialogkort.i18n import text
from dialogkort.store import open_store
from dialogkort.ui.share.process import ALLOWED, SharingProcess, is_allowed
from dialogkort.ui.share.way_in import WayIn
from dialogkort.ui.share.widget import Share

WORKSHOP = {"workshop": "Fælles dag", "organisation": "", "unit": "", "date": "2026-11-28"}
# A kernel that shares and says where, and does nothing more until it is killed.
_KERNEL = """
import json, sys, threading
from dialogkort.ui.share.process import SharingProcess
def deliver(message):
    room = message.get("set", {}).get("sharing", {})
    if room.get("state") == "none":
        window.receive({"type": "start_sharing", "address": "127.0.0.1", "details": json.loads(sys.argv[2])})
    elif room.get("state") == "shared":
        print(room["origin"], room["code"], flush=True)
window = SharingProcess(sys.argv[1]).attach(deliver)
window.receive({"type": "hello", "session": None})
threading.Event().wait()
"""


class _NotebookWindow:
    """A window of sharing in a notebook, and the last it was shown."""

    def __init__(self, process: SharingProcess):
        self.sharing: dict = {}
        self.refused: list[str] = []
        self._window = process.attach(self._deliver)
        self.say("hello", session=None)

    def say(self, kind: str, **fields: object) -> None:
        self._window.receive({"type": kind, "id": new_id(1_790_000_000_000), **fields})

    def _deliver(self, message: dict) -> None:
        self.sharing = message.get("set", {}).get("sharing", self.sharing)
        self.refused += filter(None, [message.get("reply", {}).get("refused")])

    def until_it_is(self, state: str) -> None:
        until(lambda: self.sharing.get("state") == state)


@contextmanager
def process_for(folder: Path) -> Iterator[SharingProcess]:
    process = SharingProcess(str(folder))
    try:
        yield process
    finally:
        process.end()


def test_a_group_joins_a_notebook_and_goes_on_when_its_process_was_killed(tmp_path: Path):
    share_at_an_own_port(tmp_path / "noter")
    with process_for(tmp_path / "noter") as process:
        window = _NotebookWindow(process)
        window.until_it_is("none")
        window.say("start_sharing", address=HERE, details=WORKSHOP)
        window.until_it_is("shared")
        port, code = urlsplit(window.sharing["origin"]).port, window.sharing["code"]
        with Visitor(port, "/socket/join") as stranger:
            path = join(stranger, code, name="Gruppe 1", device="both")
        with Visitor(port, f"/{path}socket/workshop") as device:
            session = device.ask({"type": "hello", "session": None})["session"]
            assert "refused" not in device.note(session, "Skrevet fra en telefon")
            until(lambda: [group["here"] for group in window.sharing["groups"]] == [1])
            (seen,) = process.status().devices  # the kernel's other screens know of it
            assert (seen.session, seen.kind, seen.windows) == (session, "both", 1)
        _kill_what_shares(process)
        window.say("hello", session=None)  # perhaps to one that is gone: it goes on all the same

        def is_back() -> bool:
            try:
                with Visitor(port, f"/{path}socket/workshop") as device:
                    return device.ask({"type": "hello", "session": None})["session"] == session
            except (OSError, IndexError, Closed):
                return False

        until(is_back)
        assert window.sharing["code"] == code
    store = open_store(tmp_path / "noter")
    assert [described.group for described in store.sessions().values()] == ["Gruppe 1"]
    store.close()


def test_a_notebook_shares_by_the_way_in_it_is_told_also_where_it_shares_already(tmp_path: Path):
    share_at_an_own_port(tmp_path / "noter")
    with process_for(tmp_path / "noter") as process:
        window = _NotebookWindow(process)
        window.until_it_is("none")
        window.say("start_sharing", address=HERE, details=WORKSHOP)
        window.until_it_is("shared")
        code = window.sharing["code"]
        process.use(WayIn(share_url="https://kort.example.org/rum", proxy=HERE))
        until(lambda: window.sharing.get("origin") == "https://kort.example.org/rum")
        assert (window.sharing["code"], window.sharing["is_encrypted"]) == (code, True)
        process.use(WayIn())  # another cell that says nothing of it
        window.say("hello", session=None)
        until(lambda: window.sharing["origin"] == "https://kort.example.org/rum")


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ({"share_url": "kort.example.org"}, ("sharing.no_share_url", {"value": "kort.example.org"})),
        ({"proxy": "proxyen"}, ("sharing.no_proxy", {"value": "proxyen"})),
        ({"key": "nøgle.pem"}, ("sharing.key_alone", {})),
    ],
)
def test_a_way_in_that_cannot_be_is_refused_in_the_cell_with_its_value(
    tmp_path: Path, way: dict, words: tuple
):
    key, values = words
    with pytest.raises(InvalidAction, match=re.escape(text(key, **values))):
        Share(tmp_path, **way)
    with pytest.raises(StartupError, match=r"findes-ikke\.pem"):
        Share(tmp_path, certificate=tmp_path / "findes-ikke.pem")


def test_one_that_is_killed_as_soon_as_it_has_started_is_started_again(tmp_path: Path):
    with process_for(tmp_path / "noter") as process:
        window = _NotebookWindow(process)
        _kill_what_shares(process)
        window.sharing = {}
        window.until_it_is("none")


def test_neither_half_a_line_of_one_that_was_killed_nor_a_window_that_fails_keeps_the_next_from_starting(
    tmp_path: Path,
):
    def fail(_: dict) -> None:
        raise RuntimeError("the kernel's loop is closed")

    with process_for(tmp_path / "noter") as process:
        half_a_line = "print('{\"window\": 0, \"mess', end='')"
        killed = subprocess.Popen([sys.executable, "-c", half_a_line], stdout=subprocess.PIPE, text=True)
        process._process = killed
        window, failing = _NotebookWindow(process), process.attach(fail)
        process._listen(killed)
        killed.wait()
        window.until_it_is("none")
        failing.receive({"type": "hello", "session": None})
        _kill_what_shares(process)
        window.sharing = {}
        window.until_it_is("none")


def test_one_that_was_ended_is_not_started_again(tmp_path: Path):
    with process_for(tmp_path / "noter") as process:
        window = _NotebookWindow(process)
        window.until_it_is("none")
        process.end()
        window.say("hello", session=None)
        assert process._process is None


def _kill_what_shares(process: SharingProcess) -> None:
    assert process._process
    process._process.kill()
    process._process.wait(60)


def test_it_ends_with_the_kernel_also_when_that_is_killed(tmp_path: Path):
    share_at_an_own_port(tmp_path / "noter")

    def printed(running: Running) -> list[str]:
        return [line for line in running.printed if line.startswith("http://")]

    with contextmanager(run_module)(
        ["-c", _KERNEL, str(tmp_path / "noter"), json.dumps(WORKSHOP)]
    ) as running:
        until(lambda: bool(printed(running)))
        (child,) = psutil.Process(running.process.pid).children()
        running.kill()
        child.wait(60)
        assert not child.is_running()
        # The next kernel goes on where it was, with the same code.
        before, count = printed(running)[-1], len(printed(running))
        running.start()
        assert running.url == before.split()[0]
        until(lambda: len(printed(running)) > count)
        assert printed(running)[-1] == before


def test_two_do_not_share_the_same_notes_at_once(tmp_path: Path):
    with command_in(tmp_path / "noter", "--share", HERE) as command:
        until(lambda: any(text("app.stop") in line for line in command.running.printed))
        code = Room(command).code
        with process_for(tmp_path / "noter") as process:
            window = _NotebookWindow(process)
            window.until_it_is("none")
            window.say("start_sharing", address=HERE, details=WORKSHOP)
            until(lambda: window.refused == [text("sharing.elsewhere")])
        assert Room(command).join("Gruppe 1", code)


def test_on_a_hub_a_notebook_shares_only_where_the_administrator_allows_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(ALLOWED, raising=False)
    monkeypatch.delenv("JUPYTERHUB_API_TOKEN", raising=False)
    assert is_allowed()
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "x")
    assert not is_allowed()
    monkeypatch.setenv(ALLOWED, "1")
    assert is_allowed()
    monkeypatch.setenv(ALLOWED, "0")
    monkeypatch.delenv("JUPYTERHUB_API_TOKEN")
    assert not is_allowed()


def test_where_it_is_off_the_window_in_the_notebook_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(ALLOWED, "0")
    widget = Share(tmp_path / "noter")
    messages: list[dict] = []
    monkeypatch.setattr(widget, "send", lambda message, buffers: messages.append(message))
    widget._receive(widget, {"type": "hello", "session": None}, [])
    until(lambda: any(message.get("set", {}).get("sharing") for message in messages))
    assert messages[-1]["set"]["sharing"] == {"state": "unavailable"}
    widget.close()


def test_jupyterlab_shares_from_the_start_when_that_is_asked_for(tmp_path: Path):
    with contextmanager(run_lab)(tmp_path, "--share", HERE) as lab:
        until(lambda: any(text("app.stop") in line for line in lab.running.printed))
        room = Room(type("Printed", (), {"running": lab.running}))
        with Visitor(room.port, "/socket/join") as stranger:
            assert join(stranger, room.code, name="Gruppe 1", device="both").startswith("g/")
