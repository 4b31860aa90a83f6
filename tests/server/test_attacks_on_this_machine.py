"""What another user of the machine can read, and what a killed command leaves behind."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
import requests
from attack_client import HERE, Command, Visitor, ask, command_in, is_root, new_id
from running import free_port, until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="other systems keep users apart by other means")
_NOBODY = 65534
_SECRET = "hemmelige ord om Jensine"


@pytest.fixture(scope="module")
def reachable() -> Iterator[Path]:
    """A place that every user of the machine can look into, as /home is on many."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "tmp").mkdir()
        yield Path(folder)


@pytest.fixture(scope="module")
def attacked(reachable: Path) -> Iterator[Command]:
    """The command, with notes, a backup, a journal and a file that waits to be fetched."""
    before = os.umask(0o022)  # as most systems have it
    try:
        with command_in(reachable / "noter", TMPDIR=str(reachable / "tmp")) as command:
            yield command
    finally:
        os.umask(before)


@pytest.fixture(scope="module")
def window(attacked: Command) -> Iterator[Visitor]:
    """A facilitator's window that has written something and asked for a file."""
    with attacked.visit() as window:
        window.note(window.start(workshop="Dag"), _SECRET)
        window.ask({"type": "export", "session": None})
        window.wait_for("download")
        yield window


def _below(folder: Path) -> list[Path]:
    return [folder, *folder.rglob("*")]


def _open_to_others(path: Path) -> bool:
    return bool(stat.S_IMODE(path.lstat().st_mode) & 0o077)


def _as_another_user(act: Callable[[], str]) -> str:
    """What comes of something that another user's program does. (Not started anew: it may have no Python.)"""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.setgroups([])
            os.setgid(_NOBODY)
            os.setuid(_NOBODY)
            os.write(writing, act().encode("utf-8", "replace")[:60_000])
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        output = pipe.read().decode("utf-8")
    os.waitpid(pid, 0)
    assert output, "it could do nothing at all"
    return output


# --- files ------------------------------------------------------------------------------------------------


def test_nothing_that_holds_notes_is_open_to_others(attacked: Command, window: Visitor):
    open_ones = [path for path in _below(attacked.folder) if _open_to_others(path)]
    assert not open_ones


def test_the_key_is_for_the_user_only(attacked: Command):
    key = attacked.folder / ".dialogkort-key"
    assert attacked.key in key.read_text("ascii")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_files_that_wait_to_be_fetched_are_for_the_user_only(attacked: Command, window: Visitor):
    scratch = [path for path in (attacked.folder.parent / "tmp").iterdir() if path.is_dir()]
    assert any(path.rglob("*.zip") for path in scratch)
    assert not [folder for folder in scratch if _open_to_others(folder)]


def _read_all(*tops: Path) -> str:
    contents = ["read:"]
    for top in tops:
        for folder, _, files in os.walk(top):
            for name in files:
                with suppress(OSError), open(os.path.join(folder, name), "rb") as file:  # noqa: PTH118, PTH123
                    contents += [name, file.read().decode("utf-8", "replace")]
    return "\n".join(contents)


@pytest.mark.skipif(not is_root(), reason="only root can be another user")
def test_another_user_of_the_machine_reads_neither_key_nor_notes(attacked: Command, window: Visitor):
    read = _as_another_user(lambda: _read_all(attacked.folder, attacked.folder.parent / "tmp"))
    assert attacked.key not in read
    assert _SECRET not in read


# --- processes --------------------------------------------------------------------------------------------


def _look_at_all(pids: list[int]) -> str:
    seen = []
    for pid in pids:
        for name in ("cmdline", "environ", "mem"):
            with suppress(OSError), open(f"/proc/{pid}/{name}", "rb") as file:  # noqa: PTH123
                seen.append(f"{name}: {file.read(1 << 20)!r}")
        with suppress(OSError):
            seen.append(f"files: {os.listdir(f'/proc/{pid}/fd')}")  # noqa: PTH208
    return "\n".join(seen)


def _all_processes(command: Command) -> list[psutil.Process]:
    own = psutil.Process(command.pid)
    return [own, *own.children(recursive=True)]


def test_no_key_and_nothing_that_was_said_stands_in_how_a_process_was_started(
    attacked: Command, window: Visitor
):
    processes = _all_processes(attacked)
    assert len(processes) > 1  # the worker is one
    for process in processes:
        visible = " ".join(process.cmdline()) + str(process.environ())
        assert attacked.key not in visible
        assert _SECRET not in visible and window.access not in visible


@pytest.mark.skipif(not is_root() or not Path("/proc/self").exists(), reason="only root can be another user")
def test_another_user_sees_of_the_processes_what_everybody_may_see(attacked: Command, window: Visitor):
    pids = [process.pid for process in _all_processes(attacked)]
    seen = _as_another_user(lambda: _look_at_all(pids))
    assert "cmdline: " in seen
    assert not any(f"{name}: " in seen for name in ("environ", "mem", "files"))
    assert attacked.key not in seen and _SECRET not in seen


def test_a_databases_password_is_told_to_no_process(tmp_path: Path):
    """A command that cannot reach its database still must not show what opens it."""
    address = tmp_path / "adresse.txt"
    address.write_text("postgresql://user:hemmelig@127.0.0.1:1/none", "utf-8")
    arguments = [sys.executable, "-m", "dialogkort.cli.app", "--no-browser", "--store-file", str(address)]
    done = subprocess.run(
        [*arguments, "--folder", str(tmp_path / "noter")], capture_output=True, encoding="utf-8", timeout=300
    )
    assert done.returncode == 1
    assert "hemmelig" not in done.stdout + done.stderr
    logs = [path.read_text("utf-8") for path in (tmp_path / "noter").glob("*.log")]
    assert "hemmelig" not in "".join(logs)


# --- the port ---------------------------------------------------------------------------------------------


def _knock(address: str) -> str:
    parts = urlsplit(address)
    line = HTTPConnection(parts.hostname, parts.port, timeout=20)
    line.request("GET", parts.path)
    answer = line.getresponse()
    return f"{answer.status} {answer.getheaders()} {answer.read()!r}"


def _browser(tmp_path: Path) -> tuple[Path, str]:
    """A browser that only writes down what it was started with."""
    opened_file = tmp_path / "told.txt"
    (tmp_path / "browser.py").write_text(
        "import pathlib, sys; part = pathlib.Path(sys.argv[1] + '.part');"
        "part.write_text(sys.argv[2], 'utf-8'); part.replace(sys.argv[1])",
        "utf-8",
    )
    return opened_file, f"{sys.executable} {tmp_path / 'browser.py'} {opened_file} %s"


def test_the_address_a_browser_is_started_with_opens_once_and_for_this_user(tmp_path: Path):
    """Everybody can read how a program was started, and be quicker than it."""
    opened_file, browser = _browser(tmp_path)
    arguments = ["-m", "dialogkort.cli.app", "--folder", str(tmp_path / "noter")]
    process = subprocess.Popen(
        [sys.executable, *arguments], env={**os.environ, "BROWSER": browser}, stdout=subprocess.DEVNULL
    )
    try:
        until(opened_file.exists)
        address = opened_file.read_text("utf-8")
        key = (tmp_path / "noter" / ".dialogkort-key").read_text("ascii").split()[0]
        assert key not in address
        if is_root() and Path("/proc/net/tcp").exists():
            knocked = _as_another_user(lambda: _knock(address))
            assert knocked.startswith("403") and key not in knocked
        assert requests.head(address, timeout=20, allow_redirects=False).status_code == 405
        first = requests.get(address, timeout=20, allow_redirects=False)
        assert first.headers["Location"].endswith(f"#key={key}")
        again = requests.get(address, timeout=20, allow_redirects=False)
        assert key not in str(again.headers) + again.text
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(90)


def test_who_takes_the_port_when_the_command_has_ended_gets_a_key_of_the_past(tmp_path: Path):
    import socket

    folder = tmp_path / "noter"
    with command_in(folder, "--port", str(free_port())) as command:
        port, key = command.port, command.key
    with socket.create_server((HERE, port)), command_in(folder) as command:
        assert command.port != port
        assert command.key != key
        _old_key_is_refused(command, key)


def _old_key_is_refused(command: Command, key: str) -> None:
    from attack_client import Line, answer_to

    with Line(command.port, "/socket/workshop") as line:
        line.say(answer_to(line.receive(), key))
        assert line.how_it_ends() == 4403


def test_a_key_that_others_could_read_is_not_used_again(tmp_path: Path):
    folder = tmp_path / "noter"
    with command_in(folder) as command:
        key = command.key
    (folder / ".dialogkort-key").chmod(0o644)
    with command_in(folder) as command:
        assert command.key != key
        assert not _open_to_others(folder / ".dialogkort-key")


# --- what is left behind ----------------------------------------------------------------------------------


def test_a_command_that_was_killed_leaves_no_file_with_notes_among_the_temporary_ones(tmp_path: Path):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    how = {"TMPDIR": str(temporary)}
    with command_in(tmp_path / "noter", **how) as command, command.visit() as window:
        window.note(window.start(), _SECRET)
        window.ask({"type": "export", "session": None})
        window.wait_for("download")
        children = _all_processes(command)[1:]
        os.kill(command.pid, signal.SIGKILL)
        command.running.process.wait(30)
        _, alive = psutil.wait_procs(children, 90)
        assert not alive
    with command_in(tmp_path / "noter", **how) as command:
        left = [path.name for path in temporary.rglob("*") if path.is_file()]
        assert set(left) <= {"in-use", "in-use-journal", "locked"}  # of the one that runs now


# --- what is touched --------------------------------------------------------------------------------------


def test_an_attack_opens_no_file_and_starts_no_process(attacked: Command):
    from test_attacks import _TRICKS

    def modified_at() -> tuple:
        files = {file.path for file in psutil.Process(attacked.pid).open_files()}
        below = [path for path in _below(attacked.folder.parent) if "sqlite-" not in path.name]
        listing = {(path, path.stat().st_size) for path in below}
        return files, listing, {process.pid for process in _all_processes(attacked)}

    with attacked.visit() as window:
        before = modified_at()
        for path in _TRICKS:
            assert ask(attacked.port, f"/{path}").status in (400, 404)
        for message in (
            {"type": "hello", "session": "../../etc/passwd"},
            {"type": "event", "event": {"what": "__import__('os')", "id": new_id()}},
            {"type": "overview", "workshop": "$(touch /tmp/x)"},
            {"type": "export", "session": None, "scratch": "/"},
            {"type": "export", "session": None, "place": "/etc"},
            {"type": "overview", "scope": "os:system", "target": "os:system"},
        ):
            assert window.ask(message).get("refused")
        assert modified_at() == before
