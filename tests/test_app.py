"""The command: who gets in, what is served, what becomes of kernels, and what a facilitator is told."""

import html
import json
import os
import re
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import psutil
import pytest
import requests
import websocket
from running import Running, run_module, until

from dialogkort import app
from dialogkort.lab import copies
from dialogkort.texts import catalogue

_running = contextmanager(run_module)
_SECONDS = 20
_SAID = catalogue("da")["app"]
_PROGRAM = (
    "import sys; from pathlib import Path; from dialogkort.app import main;"
    "sys.exit(main(sys.argv[2:], notebook=Path(sys.argv[1])))"
)
_FACTS = """
import json, os, sys
kept = {name: os.environ.get(name) for name in ("DIALOGKORT_FOLDER", "DIALOGKORT_LANGUAGE")}
print("facts", json.dumps({"python": sys.executable, "cwd": os.getcwd(), **kept}))
os.write(2, b"beside the screen")
"""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a notebook, a place for notes, and a user's own Jupyter, set up to be in the way."""
    room = tmp_path_factory.mktemp("rum")
    cells = [
        nbformat.v4.new_markdown_cell("# Til JupyterLab"),
        nbformat.v4.new_code_cell(_FACTS),
        nbformat.v4.new_code_cell("print('kun i lab')", metadata={"tags": ["jupyterlab"]}),
        nbformat.v4.new_code_cell("raise ValueError('indersiden')"),
    ]
    (room / "sider").mkdir()
    spec = {"name": "python3", "display_name": "Python 3"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": spec})
    nbformat.write(notebook, room / "sider" / "side.ipynb")
    kernel = {"argv": ["no-such-python"], "display_name": "Python 3", "language": "python"}
    _write(room / "jupyter" / "kernels" / "python3" / "kernel.json", kernel)
    _write(room / "jupyter" / "voila.json", {"VoilaConfiguration": {"strip_sources": False}})
    return room


def _write(path: Path, content: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), "utf-8")


def _run(room: Path, *options: str, **environment: str) -> AbstractContextManager[Running]:
    """The command on the room's notebook, as the user whose Jupyter is in the way."""
    own = {"JUPYTER_PATH": str(room / "jupyter"), "JUPYTER_CONFIG_PATH": str(room / "jupyter")}
    arguments = [str(room / "sider" / "side.ipynb"), "--folder", str(room / "noter"), *options]
    return _running(["-c", _PROGRAM, *arguments], **(own | environment))


@pytest.fixture(scope="module")
def served(room: Path) -> Iterator[Running]:
    """The command, serving."""
    with _run(room, "--no-browser") as served:
        yield served


class Visitor(requests.Session):
    """Someone who has opened the page with its whole address."""

    def __init__(self, served: Running):
        super().__init__()
        self.page = self.open(served)

    def open(self, served: Running, more: str = "") -> requests.Response:
        page = self.get(served.url + more, timeout=_SECONDS)
        page.encoding = "utf-8"  # as the page itself says
        return page

    def leave(self, served: Running, page: requests.Response, **headers: str) -> requests.Response:
        """What a browser sends when a page is closed; there is no xsrf token in it."""
        return self.post(_goodbye(served, page), headers=headers, timeout=_SECONDS)


@pytest.fixture(scope="module")
def visitor(served: Running) -> Visitor:
    """A visitor who looks around and leaves everything as it is."""
    return Visitor(served)


def _origin(served: Running) -> str:
    return served.url.partition("/?")[0]


def _kernel_id(page: requests.Response) -> str:
    return re.search(r'"kernelId": ?"([^"]+)"', page.text)[1]


def _goodbye(served: Running, page: requests.Response) -> str:
    return f"{_origin(served)}/voila/api/shutdown/{_kernel_id(page)}"


def _kernel(served: Running, page: requests.Response) -> psutil.Process:
    """The process behind a page; it may be on its way only."""
    found: list[psutil.Process] = []

    def there() -> bool:
        found[:] = [one for one in served.kernels() if _kernel_id(page) in " ".join(one.cmdline())]
        return bool(found)

    until(there)
    return found[0]


def _line(served: Running, visitor: Visitor, **how: object) -> websocket.WebSocket:
    """The line from a page to its kernel."""
    how = {"cookie": "; ".join(f"{one.name}={one.value}" for one in visitor.cookies)} | how
    host = urlsplit(served.url).netloc
    address = f"ws://{host}/api/kernels/{_kernel_id(visitor.page)}/channels?session_id=x"
    return websocket.create_connection(address, timeout=_SECONDS, **how)


def _message(kind: str, content: dict) -> str:
    header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": "x", "username": "", "version": "5.3"}
    parts = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "buffers": []}
    return json.dumps({**parts, "channel": "shell"})


def _command(*options: str, **environment: str) -> subprocess.CompletedProcess:
    """The command, run to its end."""
    return subprocess.run(
        [sys.executable, "-m", "dialogkort.app", *options],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", **environment},
        timeout=60,
    )


# --- who gets in ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["", "?token=", "?token=forkert"])
def test_without_the_token_there_is_a_danish_page_that_says_what_is_missing(served: Running, address: str):
    answer = requests.get(f"{_origin(served)}/{address}", timeout=_SECONDS)
    assert answer.status_code == 403
    assert '<html lang="da"' in answer.text
    assert _SAID["refused"]["what"] in html.unescape(answer.text)
    assert "kernelId" not in answer.text


def test_with_the_token_there_is_a_page(visitor: Visitor):
    page = visitor.page
    assert page.status_code == 200
    assert re.search(r'<html lang="da" data-dialogkort>', page.text)
    assert "<title>Workshop – Dialogkort</title>" in page.text
    assert page.text.count("<main>") == 1
    assert _SAID["page"]["waiting"] in page.text
    assert f'<noscript><p class="notice">{_SAID["page"]["no_script"]}' in page.text


def test_the_address_a_browser_is_started_with_opens_once(room: Path, tmp_path: Path):
    told = tmp_path / "told.txt"
    (tmp_path / "browser.py").write_text(
        "import pathlib, sys; part = pathlib.Path(sys.argv[1] + '.part');"
        "part.write_text(sys.argv[2], 'utf-8'); part.replace(sys.argv[1])",
        "utf-8",
    )
    browser = f"{sys.executable} {tmp_path / 'browser.py'} {told} %s"
    with _run(room, BROWSER=browser):
        until(told.exists)
        address = told.read_text("utf-8")
        assert "token" not in address
        assert requests.get(address, timeout=_SECONDS).status_code == 200
        assert requests.get(address, timeout=_SECONDS).status_code == 403


@pytest.mark.parametrize("name", ["evil.example", "evil.example:8866"])
def test_a_name_from_elsewhere_that_leads_to_this_machine_is_refused(served: Running, name: str):
    assert requests.get(served.url, headers={"Host": name}, timeout=_SECONDS).status_code == 403


def test_the_line_to_a_kernel_is_for_the_one_who_has_the_token(served: Running, visitor: Visitor):
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        _line(served, visitor, cookie="")
    assert refused.value.status_code == 403


def test_a_page_from_elsewhere_gets_no_line_to_a_kernel(served: Running, visitor: Visitor):
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        _line(served, visitor, origin="http://evil.example")
    assert refused.value.status_code == 403


def test_a_page_that_lost_contact_is_nodded_to_when_it_has_the_token(served: Running, visitor: Visitor):
    nod = f"{_origin(served)}/alive"
    assert requests.get(nod, timeout=_SECONDS).status_code == 403
    answer = visitor.get(nod, timeout=_SECONDS)
    assert (answer.status_code, answer.content) == (204, b"")


def test_who_was_let_in_is_let_in_when_the_command_is_started_again(room: Path, tmp_path: Path):
    notes = ("--no-browser", "--folder", str(tmp_path / "nøgle"))
    with _run(room, *notes) as first:
        visitor = Visitor(first)
        visitor.leave(first, visitor.page)
    key = tmp_path / "nøgle" / ".dialogkort-key"
    if os.name == "posix":
        assert key.stat().st_mode & 0o777 == 0o600
    with _run(room, *notes) as second:
        assert second.url == first.url  # address, port and key
        assert visitor.get(f"{_origin(second)}/alive", timeout=_SECONDS).status_code == 204  # by its cookie
    assert [path.name for path in key.parent.glob(".dialogkort-key*")] == [key.name]


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"kort 8866", b"x" * 32, b"x" * 32 + b" 99999"])
def test_a_key_that_is_damaged_is_replaced(tmp_path: Path, damage: bytes):
    (tmp_path / ".dialogkort-key").write_bytes(damage)
    (tmp_path / ".dialogkort-key").chmod(0o600)
    fresh = app._key(tmp_path)
    assert re.fullmatch(r"[\w-]{32}", fresh.token) and fresh.port is None
    app._kept(tmp_path, app._Key(fresh.token, 8870))
    assert app._key(tmp_path) == app._Key(fresh.token, 8870)


@pytest.mark.skipif(os.name != "posix", reason="Windows has other ways")
def test_a_key_that_others_can_read_is_no_key(tmp_path: Path):
    app._kept(tmp_path, app._Key("x" * 32, 8866))
    (tmp_path / ".dialogkort-key").chmod(0o644)
    assert app._key(tmp_path).token != "x" * 32


# --- what is served ---------------------------------------------------------------------------------------


def test_the_page_points_nowhere_outside_this_machine(visitor: Visitor):
    hosts = set(re.findall(r"(?:https?:|wss?:|[\"'(])//([\w.-]+)", visitor.page.text))
    assert hosts <= {"127.0.0.1", "www.w3.org"}  # the latter is the name of SVG, and never asked
    assert "default-src 'self'" in visitor.page.headers["Content-Security-Policy"]


def test_what_the_page_asks_for_is_there_and_may_be_kept_by_the_browser(served: Running, visitor: Visitor):
    wanted = set(re.findall(r'(?:href|src)="(/[^"]+)"', visitor.page.text))
    assert len(wanted) == 4  # Voilà, ipywidgets twice, anywidget
    for path in wanted:
        answer = requests.get(_origin(served) + path, timeout=_SECONDS)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]


def test_the_page_shows_screens_and_neither_prose_nor_code_nor_what_is_for_jupyterlab(visitor: Visitor):
    assert "facts" in visitor.page.text
    assert "Til JupyterLab" not in visitor.page.text
    assert "import json" not in visitor.page.text
    assert "kun i lab" not in visitor.page.text


def test_a_fault_is_told_in_danish_and_kept_in_the_log(room: Path, visitor: Visitor):
    log = room / "noter" / "dialogkort.log"
    assert _SAID["page"]["failed"].format(log=log) in html.unescape(visitor.page.text)
    assert "indersiden" not in visitor.page.text
    assert "Traceback" not in visitor.page.text
    assert "indersiden" in log.read_text("utf-8")
    assert "beside the screen" in log.read_text("utf-8")


@pytest.mark.parametrize(
    "path",
    [
        "/voila/files/side.ipynb",
        "/voila/files/dialogkort.sqlite",
        "/voila/tree",
        "/voila/render/side.ipynb",
        "/voila/api/contents",
        "/voila/templates/lab/static/index.css",
        "/api/contents",
        "/api/kernels",
        "/api/sessions",
        "/api/terminals",
        "/files/dialogkort.sqlite",
        "/side.ipynb",
        "/dialogkort.sqlite",
        "/dialogkort.log",
        "/lab",
        "/tree",
        "/login",
        "/metrics",
    ],
)
def test_nothing_else_is_served(served: Running, visitor: Visitor, path: str):
    answer = visitor.get(_origin(served) + path, timeout=_SECONDS)
    assert answer.status_code == 404
    assert _SAID["unknown"]["title"] in answer.text
    assert requests.get(_origin(served) + path, timeout=_SECONDS).status_code == 403


@pytest.mark.parametrize(
    "way", ["../../../../../../../etc/passwd", "%2e%2e/%2e%2e/%2e%2e/conf.json", "/etc/passwd"]
)
def test_no_way_leads_out_of_the_scripts(served: Running, visitor: Visitor, way: str):
    scripts = re.search(r'"fullStaticUrl": ?"([^"]+)"', visitor.page.text)[1]
    connection = HTTPConnection(urlsplit(served.url).netloc, timeout=_SECONDS)
    connection.request("GET", f"{scripts}/{way}")  # as it stands: requests would tidy it up
    assert connection.getresponse().status in (403, 404)


def test_a_visitor_chooses_neither_template_nor_theme(served: Running, visitor: Visitor):
    other = visitor.open(served, "&template=reveal&theme=dark")
    visitor.leave(served, other)
    assert _less_its_own(other) == _less_its_own(visitor.page)


def _less_its_own(page: requests.Response) -> str:
    """A page without what no two pages share: the id of its kernel."""
    return page.text.replace(_kernel_id(page), "")


def test_code_sent_by_a_visitor_is_not_run(served: Running, visitor: Visitor, tmp_path: Path):
    marker = tmp_path / "marker"
    line = _line(served, visitor)
    line.send(_message("execute_request", {"code": f"open({str(marker)!r}, 'w').close()", "silent": False}))
    line.send(_message("kernel_info_request", {}))
    while json.loads(line.recv())["header"]["msg_type"] != "kernel_info_reply":
        pass  # the kernel answers in order: whatever was sent first is done when this comes
    line.close()
    assert not marker.exists()


# --- kernels ----------------------------------------------------------------------------------------------


def test_a_kernel_runs_in_this_python_and_in_the_folder_of_the_notes(room: Path, visitor: Visitor):
    facts = json.loads(re.search(r"facts (\{.*?\})", html.unescape(visitor.page.text))[1])
    notes = str(room / "noter")
    assert facts == {
        "python": sys.executable,
        "cwd": notes,
        "DIALOGKORT_FOLDER": notes,
        "DIALOGKORT_LANGUAGE": "da",
    }


def test_a_page_that_is_closed_takes_its_kernel_along(served: Running, visitor: Visitor):
    page = visitor.open(served)
    kernel = _kernel(served, page)
    assert requests.post(_goodbye(served, page), timeout=_SECONDS).status_code == 403
    assert visitor.leave(served, page, Origin="http://evil.example").status_code == 404
    assert kernel.is_running()
    assert visitor.leave(served, page, Origin=_origin(served)).status_code == 204
    kernel.wait(_SECONDS)


def test_a_kernel_that_died_is_gone_within_seconds_and_is_not_started_anew(served: Running, visitor: Visitor):
    """A fresh one would know nothing of the notebook; the page asks for one that does."""
    page = visitor.open(served)
    kernel, address = _kernel(served, page), f"{_origin(served)}/api/kernels/{_kernel_id(page)}"
    assert visitor.get(address, timeout=_SECONDS).status_code == 200
    kernel.kill()
    until(lambda: visitor.get(address, timeout=_SECONDS).status_code == 404)
    assert _kernel_id(page) not in str([one.cmdline() for one in served.kernels()])


def test_a_spare_kernel_that_died_is_given_to_nobody(served: Running, visitor: Visitor):
    visitor.leave(served, visitor.open(served))
    own = _kernel(served, visitor.page)
    until(lambda: len(served.kernels()) == 2)
    spares = [kernel for kernel in served.kernels() if kernel.pid != own.pid]
    for spare in spares:
        spare.kill()
    until(lambda: not _alive(spares))
    page = visitor.open(served)
    assert "facts" in page.text
    assert _kernel(served, page).is_running()
    visitor.leave(served, page)


def test_reloading_does_not_pile_up_kernels(served: Running, visitor: Visitor):
    for _ in range(3):
        visitor.leave(served, visitor.open(served))
    until(lambda: len(served.kernels()) == 2)  # the page that is open, and the one kept warm


def test_ctrl_c_says_goodbye_and_leaves_no_kernel(room: Path):
    with _run(room, "--no-browser") as served:
        requests.get(served.url, timeout=_SECONDS)
        kernels = served.kernels()
        assert kernels
        assert served.interrupt() == 0
        assert not _alive(kernels)
        until(lambda: len(served.printed) == 4)
    assert [line.rstrip("\n") for line in served.printed] == [
        _SAID["ready"].format(address=served.url),
        _SAID["kept"].format(folder=room / "noter"),
        _SAID["stop"],
        _SAID["goodbye"],
    ]


def _alive(kernels: list[psutil.Process]) -> list[psutil.Process]:
    return [kernel for kernel in kernels if kernel.is_running() and kernel.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.skipif(os.name != "posix", reason="Windows has neither signal")
@pytest.mark.parametrize("end", ["SIGTERM", "SIGKILL"])
def test_kernels_end_with_the_command_however_it_ends(room: Path, end: str):
    with _run(room, "--no-browser", "--groups", "2") as served:
        requests.get(served.url, timeout=_SECONDS)
        until(lambda: len(served.kernels()) >= 3)  # the page's, and one for each of two groups
        kernels = served.kernels()
        served.process.send_signal(getattr(signal, end))
        assert served.process.wait(_SECONDS) == {"SIGTERM": 0, "SIGKILL": -9}[end]
        if end == "SIGKILL":
            psutil.wait_procs(kernels, timeout=_SECONDS)  # nobody could tell them: they find out
        assert not _alive(kernels)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signal")
def test_what_a_killed_command_left_among_the_temporary_files_is_gone_at_the_next_start(room: Path):
    with _run(room, "--no-browser") as served:
        requests.get(served.url, timeout=_SECONDS)
        (left,) = Path("/tmp").glob(f"dialogkort-{served.process.pid}-*")
        served.process.send_signal(signal.SIGKILL)
        served.process.wait(_SECONDS)
    assert left.exists()
    with _run(room, "--no-browser"):
        assert not left.exists()


def test_nothing_is_written_beside_the_notebooks(room: Path, visitor: Visitor):
    assert visitor.page.ok
    assert [path.name for path in (room / "sider").iterdir()] == ["side.ipynb"]


# --- what a facilitator is told ---------------------------------------------------------------------------


def test_help_is_danish():
    said = _command("--help")
    assert said.returncode == 0
    assert said.stdout.startswith("Brug: dialogkort")
    assert "workshop, overblik" in said.stdout
    assert not re.search(r"usage|options|positional|show|default", said.stdout)


def test_help_is_english_for_the_one_who_asks_for_it():
    assert _command("--language", "en", "--help").stdout.startswith("Usage: dialogkort")


@pytest.mark.parametrize(
    "given",
    [
        ["--port", "99999"],
        ["--groups", "-3"],
        ["--prot", "8866"],
        ["forside"],
        ["--port", "mange"],
        ["--language", "xx"],
    ],
)
def test_what_is_not_understood_is_said_back_with_a_way_on(given: list[str]):
    said = _command(*given)
    assert said.returncode == 2
    assert said.stderr.strip() == _SAID["not_understood"].format(given=" ".join(given), program="dialogkort")


@pytest.mark.parametrize("lab", [[], ["--lab"]])
def test_a_port_that_is_taken_is_named(tmp_path: Path, lab: list[str]):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = _command("--folder", str(tmp_path / "noter"), "--port", str(port), *lab)
    assert said.returncode == 1
    assert said.stderr.strip() == _SAID["port_taken"].format(port=port)


def test_a_second_command_finds_a_port_of_its_own(room: Path, served: Running):
    with _run(room, "--no-browser") as second:
        assert second.url.partition("?")[0] != served.url.partition("?")[0]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    file = tmp_path / "fil"
    file.write_text("", "utf-8")
    said = _command("--folder", str(file / "noter"), "--no-browser")
    assert said.returncode == 1
    assert str(file / "noter") in said.stderr
    assert "--folder" in said.stderr
    assert "Traceback" not in said.stderr


# --- JupyterLab -------------------------------------------------------------------------------------------


def test_jupyterlab_opens_on_the_notebooks_quietly_and_only_with_its_token(tmp_path: Path):
    own = {"JUPYTER_DATA_DIR": str(tmp_path / "data"), "JUPYTER_CONFIG_DIR": str(tmp_path / "config")}
    command = ["-m", "dialogkort.app", "--lab", "--no-browser", "--folder", str(tmp_path / "noter")]
    with _running(command, **own) as lab:
        origin = re.match(r"http://[^/]+", lab.url)[0]
        assert urlsplit(lab.url).hostname == "127.0.0.1"
        assert requests.get(f"{origin}/api/contents", timeout=_SECONDS).status_code == 403
        user = requests.Session()
        assert user.get(lab.url, timeout=_SECONDS).status_code == 200
        names = [
            one["name"] for one in user.get(f"{origin}/api/contents", timeout=_SECONDS).json()["content"]
        ]
        assert "2_workshop.ipynb" in names
        asked = f"{origin}/lab/api/settings/@jupyterlab/apputils-extension:notification"
        settings = user.get(asked, timeout=_SECONDS).json()["schema"]["properties"]
        assert settings["fetchNews"]["default"] == "false"
        assert settings["checkForUpdates"]["default"] is False
        assert user.get(f"{origin}/voila/render/2_workshop.ipynb", timeout=_SECONDS).status_code == 404
        assert lab.interrupt() == 0
        until(lambda: len(lab.printed) == 4)
    assert lab.printed[-1].strip() == _SAID["goodbye"]


def test_a_notebook_somebody_has_worked_on_is_not_overwritten(tmp_path: Path):
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    for name in ("1_a.ipynb", "2_b.ipynb"):
        (shipped / name).write_text("som leveret", "utf-8")
    (copies(shipped, tmp_path / "noter" / "notebooks") / "1_a.ipynb").write_text("mit eget", "utf-8")
    own = copies(shipped, tmp_path / "noter" / "notebooks")
    assert (own / "1_a.ipynb").read_text("utf-8") == "mit eget"
    assert (own / "2_b.ipynb").read_text("utf-8") == "som leveret"


@pytest.mark.parametrize("address", ["foo", "postgres//x", "postgresql//localhost/x"])
def test_a_mistyped_address_of_a_database_is_told_and_makes_no_folder(room: Path, address: str, capsys):
    assert app.main(["--store", address, "--folder", str(room)]) == 1
    assert "er ikke en adresse på en database" in capsys.readouterr().err
    assert not Path(address).exists()
