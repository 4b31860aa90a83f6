"""The command: what it says, who gets in by its address, how it ends, and what is kept for the next time."""

import hashlib
import hmac
import html
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
import websocket
from running import Lab, Running, free_port, own_home, run_module, until

from dialogkort.cli import app
from dialogkort.i18n import catalogue
from dialogkort.server.jupyterlab import copies
from dialogkort.server.keys import Key, keep_key, read_key
from dialogkort.ui.screens import SCREENS

_running = contextmanager(run_module)
_SECONDS = 90
_TEXTS = catalogue("da")["app"]
_ANSWERS = re.compile(r"(http://[^/]+)(/.*)#key=([\w-]+)")
_posix = pytest.mark.skipif(os.name != "posix", reason="Windows has other ways")


@pytest.fixture(autouse=True)
def _environment_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command tells the kernels that it starts by its environment; here it is this test run's own."""
    for name in ("DIALOGKORT_STORE", "DIALOGKORT_LANGUAGE", "DIALOGKORT_FOLDER"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


def _run(folder: Path, *options: str, **environment: str) -> AbstractContextManager[Running]:
    """The command, serving, without a browser."""
    arguments = ["-m", "dialogkort", "--no-browser", "--folder", str(folder), *options]
    return _running(arguments, **environment)


def _command(*options: str, **environment: str) -> subprocess.CompletedProcess:
    """The command, run to its end."""
    return subprocess.run(
        [sys.executable, "-m", "dialogkort", *options],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", **environment},
        timeout=300,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kommando") / "noter"


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Running]:
    with _run(folder) as served:
        yield served


def _origin(served: Running) -> str:
    return _ANSWERS.match(served.url)[1]


def _get(served: Running, path: str = "/", **headers: str) -> requests.Response:
    answer = requests.get(_origin(served) + path, headers=headers, timeout=_SECONDS, allow_redirects=False)
    answer.encoding = "utf-8"
    return answer


def _enter(url: str, key: str | None = None) -> dict:
    """What a window is told that opens its socket with a key, by default the one in the address."""
    origin, path, own = _ANSWERS.match(url).groups()
    key = key or own
    address = f"ws{origin.removeprefix('http')}{path}socket/workshop"
    with closing(websocket.create_connection(address, timeout=_SECONDS, origin=origin)) as line:
        nonce, own = json.loads(line.recv())["nonce"], secrets.token_urlsafe(24)
        proof = hmac.new(key.encode(), f"browser {nonce} {own}".encode(), hashlib.sha256).hexdigest()
        line.send(json.dumps({"type": "sign_in", "nonce": own, "proof": proof}))
        code, content = line.recv_data()
    if code == websocket.ABNF.OPCODE_CLOSE:
        return {"closed": int.from_bytes(content[:2], "big")}
    expected = hmac.new(key.encode(), f"server {nonce} {own}".encode(), hashlib.sha256).hexdigest()
    welcome = json.loads(content)
    assert welcome["proof"] == expected  # so it is no stranger who has taken the port
    return welcome


# --- who gets in ------------------------------------------------------------------------------------------


def test_the_one_who_has_the_key_gets_in_and_nobody_else(served: Running):
    assert _enter(served.url)["type"] == "welcome"
    assert _enter(served.url, key="x" * 32) == {"closed": 4403}


def test_the_page_is_danish_says_what_it_waits_for_and_holds_neither_key_nor_notes(served: Running):
    page = _get(served)
    assert page.status_code == 200
    assert '<html lang="da" data-dialogkort>' in page.text
    assert "<title>Workshop – Dialogkort</title>" in page.text
    assert page.text.count("<main>") == 1
    assert _TEXTS["page"]["waiting"] in page.text
    assert f'<noscript><p class="notice">{_TEXTS["page"]["no_script"]}' in page.text
    assert _ANSWERS.match(served.url)[3] not in page.text


def test_the_address_a_browser_is_started_with_opens_once(tmp_path: Path):
    opened_file = tmp_path / "told.txt"
    (tmp_path / "browser.py").write_text(
        "import pathlib, sys; part = pathlib.Path(sys.argv[1] + '.part');"
        "part.write_text(sys.argv[2], 'utf-8'); part.replace(sys.argv[1])",
        "utf-8",
    )
    browser = f"{sys.executable} {tmp_path / 'browser.py'} {opened_file} %s"
    with _running(["-m", "dialogkort", "--folder", str(tmp_path / "noter")], BROWSER=browser) as served:
        until(opened_file.exists)
        address, key = opened_file.read_text("utf-8"), _ANSWERS.match(served.url)[3]
        assert key not in address
        first, second = (
            requests.get(address, timeout=_SECONDS, allow_redirects=False).headers["Location"]
            for _ in range(2)
        )
        assert first.endswith(f"#key={key}")
        assert key not in second


@pytest.mark.parametrize("name", ["evil.example", "evil.example:8866", "127.0.0.1:1", ""])
def test_a_name_from_elsewhere_that_leads_to_this_machine_is_refused_in_danish(served: Running, name: str):
    answer = _get(served, Host=name)
    assert answer.status_code == 403
    assert '<html lang="da"' in answer.text
    assert _TEXTS["refused"]["what"] in html.unescape(answer.text)


def test_a_page_that_lost_contact_is_nodded_to_and_told_nothing(served: Running):
    answer = _get(served, "/alive")
    assert (answer.status_code, answer.content) == (204, b"")


def test_who_was_let_in_is_let_in_when_the_command_is_started_again(tmp_path: Path):
    # A port of its own, for other commands of this test run may take the usual ones in between.
    with _run(tmp_path / "nøgle", "--port", str(free_port())) as first:
        assert _enter(first.url)["type"] == "welcome"
    key = tmp_path / "nøgle" / ".dialogkort-key"
    if os.name == "posix":
        assert key.stat().st_mode & 0o777 == 0o600
    with _run(tmp_path / "nøgle") as second:
        assert second.url == first.url  # address, port and key
        assert _enter(first.url)["type"] == "welcome"
    assert [path.name for path in key.parent.glob(".dialogkort-key*")] == [key.name]


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"kort 8866", b"x" * 32, b"x" * 32 + b" 99999"])
def test_a_key_that_is_damaged_is_replaced(tmp_path: Path, damage: bytes):
    (tmp_path / ".dialogkort-key").write_bytes(damage)
    (tmp_path / ".dialogkort-key").chmod(0o600)
    key = read_key(tmp_path)
    assert re.fullmatch(r"[\w-]{32}", key.token) and key.port is None
    keep_key(tmp_path, key.for_port(8870))
    assert read_key(tmp_path) == Key(key.token, 8870)


def test_a_key_is_good_at_its_own_port_only():
    """Another user may hold the old port by now, and be told the key by a page that comes back to it."""
    key = Key("x" * 32, 8866)
    assert key.for_port(8866) == key
    assert key.for_port(8867).token != key.token


@_posix
def test_a_key_that_others_can_read_is_no_key(tmp_path: Path):
    keep_key(tmp_path, Key("x" * 32, 8866))
    (tmp_path / ".dialogkort-key").chmod(0o644)
    assert read_key(tmp_path).token != "x" * 32


# --- what is served ---------------------------------------------------------------------------------------


def test_the_page_points_nowhere_outside_this_machine(served: Running):
    page = _get(served)
    hosts = set(re.findall(r"(?:https?:|wss?:|[\"'(])//(\w[\w.-]*)", page.text))
    assert not hosts
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("path", [f"/{address}" for address in SCREENS.values()])
def test_what_a_page_asks_for_is_there_and_may_be_kept_by_the_browser(served: Running, path: str):
    wanted = set(re.findall(r'(?:href|src)="([^"]+)"', _get(served, path).text))
    assert len(wanted) == 3  # script, style, icon
    for name in wanted:
        assert not name.startswith(("/", "http"))
        answer = _get(served, f"/{name}")
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "/dialogkort.sqlite",
        "/dialogkort.log",
        "/.dialogkort-key",
        "/files/dialogkort.sqlite",
        "/api/contents",
        "/api/kernels",
        "/lab",
        "/tree",
        "/login",
        "/metrics",
        "/g/" + "x" * 22 + "/",
        "/assets/",
        "/socket/workshop/more",
    ],
)
def test_nothing_else_is_served(served: Running, path: str):
    answer = _get(served, path)
    assert answer.status_code == 404
    assert _TEXTS["unknown"]["title"] in answer.text


@pytest.mark.parametrize(
    "way", ["../../../../../../../etc/passwd", "%2e%2e/%2e%2e/%2e%2e/conf.json", "/etc/passwd", "..\\..\\x"]
)
def test_no_way_leads_out_of_the_scripts(served: Running, way: str):
    scripts = re.search(r'src="(assets/\w+)/', _get(served).text)[1]
    connection = HTTPConnection(urlsplit(served.url).netloc, timeout=_SECONDS)
    connection.request("GET", f"/{scripts}/{way}")  # as it stands: requests would tidy it up
    assert connection.getresponse().status in (400, 403, 404)


def test_below_a_base_everything_answers_and_above_it_nothing(tmp_path: Path):
    with _run(tmp_path, "--base-url", "by/kort") as served:
        assert _ANSWERS.match(served.url)[2] == "/by/kort/"
        assert _enter(served.url)["type"] == "welcome"
        page = _get(served, "/by/kort/overblik")
        script = re.search(r'src="([^"]+)"', page.text)[1]
        assert _get(served, f"/by/kort/{script}").status_code == 200
        for path in ("/", "/overblik", "/byxkort/", f"/{script}"):
            assert _get(served, path).status_code == 404


def test_by_its_public_name_a_proxy_is_let_in_and_by_what_a_header_says_nobody(tmp_path: Path):
    with _run(tmp_path, "--public-host", "Kort.Kommune.dk:8443") as served:
        assert _get(served, Host="kort.kommune.dk:8443").status_code == 200
        for host in ("kort.kommune.dk", "kort.kommune.dk:80", "x.kort.kommune.dk:8443", "evil.example"):
            message = {"X-Forwarded-Host": "kort.kommune.dk:8443", "Forwarded": "host=kort.kommune.dk:8443"}
            assert _get(served, Host=host, **message).status_code == 403
        for origin, host, is_let_in in (
            ("https://kort.kommune.dk:8443", "kort.kommune.dk:8443", True),
            ("https://kort.kommune.dk", "kort.kommune.dk:8443", False),
            ("https://evil.example", "kort.kommune.dk:8443", False),
            ("https://kort.kommune.dk:8443", urlsplit(served.url).netloc, False),
        ):
            assert _may_open(served, origin, host) is is_let_in, (origin, host)


def _may_open(served: Running, origin: str, host: str) -> bool:
    try:
        address = f"ws://{urlsplit(served.url).netloc}/socket/workshop"
        websocket.create_connection(address, timeout=_SECONDS, origin=origin, host=host).close()
    except websocket.WebSocketBadStatusException as refused:
        assert refused.status_code == 403
        return False
    return True


# --- how it ends ------------------------------------------------------------------------------------------


def test_ctrl_c_says_goodbye(tmp_path: Path):
    with _run(tmp_path / "noter") as served:
        assert served.interrupt() == 0
        until(lambda: len(served.printed) == 4)
    assert [line.rstrip("\n") for line in served.printed] == [
        _TEXTS["ready"].format(address=served.url),
        _TEXTS["saved_in"].format(folder=tmp_path / "noter"),
        _TEXTS["stop"],
        _TEXTS["goodbye"],
    ]


_DEAF = (
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN);"
    "os.execv(sys.executable, sys.argv[1:])"
)


@_posix
@pytest.mark.parametrize("lab", [[], ["--lab"]])
def test_ctrl_c_ends_it_also_where_a_shell_has_started_it_in_the_background(tmp_path: Path, lab: list[str]):
    """Such a shell has its programs ignore Ctrl-C."""
    command = [sys.executable, "-m", "dialogkort", "--no-browser", "--folder", str(tmp_path / "noter"), *lab]
    for served in run_module(["-c", _DEAF, *command], **own_home(tmp_path / "home")):
        assert served.interrupt() == 0
        until(lambda printed=served.printed: len(printed) == 4)
        assert served.printed[-1].strip() == _TEXTS["goodbye"]


@_posix
def test_the_system_ends_it_as_softly(tmp_path: Path):
    with _run(tmp_path) as served:
        served.process.terminate()
        assert served.process.wait(_SECONDS) == 0
        until(lambda: len(served.printed) == 4)
    assert served.printed[-1].strip() == _TEXTS["goodbye"]


@_posix
def test_what_a_killed_command_left_among_the_temporary_files_is_gone_at_the_next_start(tmp_path: Path):
    own = tmp_path / "tmp"
    own.mkdir()
    with _run(tmp_path / "noter", TMPDIR=str(own)) as served:
        served.process.send_signal(signal.SIGKILL)
        served.process.wait(_SECONDS)
    left = [path for path in own.iterdir() if path.name.startswith("dialogkort-")]
    assert left
    with _run(tmp_path / "noter", TMPDIR=str(own)):
        assert not [path for path in left if path.exists()]
    assert not list(own.glob("dialogkort-*"))


# --- what a facilitator is told ---------------------------------------------------------------------------


def test_help_is_danish():
    output = _command("--help")
    assert output.returncode == 0
    assert output.stdout.startswith("Brug: dialogkort")
    assert "workshop, forbered, overblik" in output.stdout
    assert not re.search(r"usage|options|positional|show|default", output.stdout)


def test_help_is_english_for_the_one_who_asks_for_it():
    assert _command("--language", "en", "--help").stdout.startswith("Usage: dialogkort")


@pytest.mark.parametrize(
    "given",
    [
        ["--port", "99999"],
        ["--prot", "8866"],
        ["forside"],
        ["--port", "mange"],
        ["--language", "xx"],
        ["--base-url", "/../x"],
        ["--base-url", "/a b/"],
        ["--public-host", "https://kort.dk"],
        ["--public-host", "kort.dk/x"],
        ["--public-host", "*"],
    ],
)
def test_what_is_not_understood_is_said_back_with_a_way_on(given: list[str], capsys):
    with pytest.raises(SystemExit) as ended:
        app.main(given)
    assert ended.value.code == 2
    output = capsys.readouterr().err
    assert output.strip() == _TEXTS["not_understood"].format(given=" ".join(given), program="dialogkort")


@pytest.mark.parametrize("lab", [[], ["--lab"]])
def test_a_port_that_is_taken_is_named(tmp_path: Path, lab: list[str]):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        output = _command("--folder", str(tmp_path / "noter"), "--port", str(port), *lab)
    assert output.returncode == 1
    assert output.stderr.strip() == _TEXTS["port_taken"].format(port=port)


def test_a_second_command_finds_a_port_of_its_own(folder: Path, served: Running):
    with _run(folder) as second:
        assert _origin(second) != _origin(served)
        assert _enter(second.url)["type"] == "welcome"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, capsys):
    file = tmp_path / "fil"
    file.write_text("", "utf-8")
    assert app.main(["--folder", str(file / "noter"), "--no-browser"]) == 1
    output = capsys.readouterr().err
    assert str(file / "noter") in output
    assert "--folder" in output


@pytest.mark.parametrize("address", ["foo", "postgres//x", "postgresql//localhost/x"])
def test_a_mistyped_address_of_a_database_is_told_and_makes_no_folder(tmp_path: Path, address: str, capsys):
    assert app.main(["--store", address, "--folder", str(tmp_path / "noter")]) == 1
    assert "er ikke en adresse på en database" in capsys.readouterr().err
    assert not (tmp_path / "noter").exists()


@pytest.mark.parametrize(
    "address", ["postgresql://a:hemmelig@127.0.0.1:1/x", "postgresql://127.0.0.1:1/x?password=hemmelig"]
)
def test_a_password_that_others_can_read_is_warned_of(tmp_path: Path, address: str, capsys):
    assert app.main(["--store", address, "--folder", str(tmp_path)]) == 1  # nothing answers there
    output = capsys.readouterr().err
    assert _TEXTS["password_seen"] in output
    assert "hemmelig" not in output


def test_the_address_of_a_database_is_taken_from_a_file(tmp_path: Path, capsys):
    secret = tmp_path / "adresse.txt"
    secret.write_text("ikke en adresse\n", "utf-8")
    assert app.main(["--store-file", str(secret), "--folder", str(tmp_path / "noter")]) == 1
    output = capsys.readouterr().err
    assert "”ikke en adresse” er ikke en adresse på en database" in output
    assert _TEXTS["password_seen"] not in output
    assert app.main(["--store-file", str(tmp_path / "ingen.txt")]) == 1
    assert str(tmp_path / "ingen.txt") in capsys.readouterr().err


def test_python_and_jupyter_know_the_command_by_its_name():
    assert _command("--version").stdout.startswith("dialogkort ")
    scripts = Path(__file__).parents[2].joinpath("pyproject.toml").read_text("utf-8")
    assert 'jupyter-dialogkort = "dialogkort.cli.app:main"' in scripts


# --- JupyterLab -------------------------------------------------------------------------------------------


def test_jupyterlab_opens_on_the_notebooks_quietly_and_only_with_its_token(lab: Lab):
    assert urlsplit(lab.base).hostname == "127.0.0.1"
    assert requests.get(f"{lab.base}api/contents", timeout=_SECONDS).status_code == 403
    user = requests.Session()
    assert user.get(lab.running.url, timeout=_SECONDS).status_code == 200
    names = [one["name"] for one in user.get(f"{lab.base}api/contents", timeout=_SECONDS).json()["content"]]
    assert "2_workshop.ipynb" in names
    address = f"{lab.base}lab/api/settings/@jupyterlab/apputils-extension:notification"
    settings = user.get(address, timeout=_SECONDS).json()["schema"]["properties"]
    assert settings["fetchNews"]["default"] == "false"
    assert settings["checkForUpdates"]["default"] is False
    until(lambda: len(lab.running.printed) >= 3)
    assert len(lab.running.printed) == 3  # the address, the folder, how to stop: nothing of Jupyter's


def test_a_notebook_somebody_has_worked_on_is_not_overwritten(tmp_path: Path):
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    for name in ("1_a.ipynb", "2_b.ipynb"):
        (shipped / name).write_text("som leveret", "utf-8")
    (copies(shipped, tmp_path / "noter" / "notebooks") / "1_a.ipynb").write_text("mit eget", "utf-8")
    own = copies(shipped, tmp_path / "noter" / "notebooks")
    assert (own / "1_a.ipynb").read_text("utf-8") == "mit eget"
    assert (own / "2_b.ipynb").read_text("utf-8") == "som leveret"
