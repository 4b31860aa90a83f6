"""The pages below a Jupyter server: Jupyter lets in, and our headers go with every answer."""

import asyncio
import io
import json
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
import websocket
from behind_nginx import answers
from running import Lab, free_port, own_home, run_module, until

from dialogkort.domain.event_ids import new_id
from dialogkort.i18n import catalogue
from dialogkort.ui.screens import BY_ADDRESS, SCREENS

_SECONDS = 90
_TEXTS = catalogue("da")["app"]
_WORDS = "Skrevet på siden"
_PAGES = BY_ADDRESS


def _ask(lab: Lab, path: str, **how: object) -> requests.Response:
    """As somebody who is logged in, unless `headers` say otherwise."""
    how.setdefault("headers", {"Authorization": f"token {lab.token}"})
    return requests.get(f"{lab.base}dialogkort/{path}", timeout=_SECONDS, allow_redirects=False, **how)


def _boot(page: requests.Response) -> dict:
    page.encoding = "utf-8"
    source = page.text.partition('id="dialogkort-boot">')[2].partition("</script>")[0]
    return json.loads(source)


def _cookies(lab: Lab) -> str:
    """What a browser has once it has been let in."""
    visitor = requests.Session()
    assert visitor.get(f"{lab.base}dialogkort/?token={lab.token}", timeout=_SECONDS).ok
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.cookies)


@contextmanager
def _socket(lab: Lab, screen: str = "workshop", **how: object) -> Iterator[websocket.WebSocket]:
    parts = urlsplit(lab.base)
    how = {"origin": f"http://{parts.netloc}", "cookie": _cookies(lab)} | how
    address = f"ws://{parts.netloc}{parts.path}dialogkort/socket/{screen}"
    line = websocket.create_connection(address, timeout=_SECONDS, **how)
    try:
        yield line
    finally:
        line.close()


def _first_message(line: websocket.WebSocket, is_it: object) -> dict:
    """The first message that is the one waited for."""
    while not is_it(message := json.loads(line.recv())):
        pass
    return message


def _new_id() -> str:
    return new_id(time.time_ns() // 1_000_000)


def _say(line: websocket.WebSocket, kind: str, **fields: object) -> dict:
    """Say something and hear the reply to it."""
    id = _new_id()
    line.send(json.dumps({"type": kind, "id": id, **fields}))
    return _first_message(line, lambda message: message.get("reply", {}).get("to") == id)


# --- who gets in ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", _PAGES)
def test_a_page_is_for_the_one_whom_jupyter_knows(lab: Lab, path: str):
    stranger = _ask(lab, path, headers={})
    assert stranger.status_code == 302
    assert urlsplit(stranger.headers["Location"]).path == f"{urlsplit(lab.base).path}login"
    page = _ask(lab, path)
    assert page.status_code == 200
    assert {name: _boot(page)[name] for name in ("screen", "access")} == {
        "screen": _PAGES[path],
        "access": "jupyter",
    }


def test_the_address_without_its_slash_leads_to_the_one_with_it(lab: Lab):
    answer = requests.get(lab.address("dialogkort"), timeout=_SECONDS, allow_redirects=False)
    assert answer.headers["Location"] == f"{urlsplit(lab.base).path}dialogkort/"


def test_a_file_and_a_nod_are_for_the_one_whom_jupyter_knows(lab: Lab):
    for path in ("alive", f"files/{'x' * 32}"):
        assert _ask(lab, path, headers={}).status_code == 302
    assert _ask(lab, "alive").status_code == 204
    assert _ask(lab, f"files/{'x' * 32}").status_code == 404


def test_a_stranger_gets_no_socket(lab: Lab):
    with pytest.raises(websocket.WebSocketBadStatusException) as refused, _socket(lab, cookie=None):
        pass
    assert refused.value.status_code == 403


def test_a_page_from_elsewhere_gets_no_socket_though_the_browser_is_logged_in(lab: Lab):
    elsewhere = ("http://evil.example", "http://127.0.0.1:1", "null")
    for origin in elsewhere:
        with pytest.raises(websocket.WebSocketBadStatusException) as refused, _socket(lab, origin=origin):
            pass
        assert refused.value.status_code == 403, origin


def test_a_file_is_handed_in_by_a_page_of_this_server_alone(lab: Lab):
    parts = urlsplit(lab.base)
    own = f"http://{parts.netloc}"

    def hand_in(**headers: str) -> int:
        sent = {"Cookie": _cookies(lab), "Dialogkort-Access": access, "Dialogkort-Name": "a.json", **headers}
        return requests.post(
            f"{lab.base}dialogkort/uploads", b"{}", headers=sent, timeout=_SECONDS
        ).status_code

    with _socket(lab) as line:
        access = _first_message(line, lambda message: message["type"] == "welcome")["upload"]
        assert hand_in(Origin=own) == 200
        for origin in ("http://evil.example", "http://127.0.0.1:1", "null"):
            assert hand_in(Origin=origin) == 403, origin
        assert hand_in() == 403, "a browser says whose page it is"
        assert hand_in(**{"Origin": own, "Dialogkort-Access": "x" * 32}) == 403


def test_a_name_from_elsewhere_that_leads_to_this_machine_is_refused(lab: Lab):
    for path in ("", "alive", "assets/v/workshop.js"):
        headers = {"Host": "evil.example", "Authorization": f"token {lab.token}"}
        refused = _ask(lab, path, headers=headers)
        assert refused.status_code == 403
        refused.encoding = "utf-8"
        assert _TEXTS["forbidden"]["title"] in refused.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_is_asked_of_the_pages_but_to_be_read(lab: Lab, method: str):
    answer = requests.request(
        method, lab.base + "dialogkort/", headers={"Authorization": f"token {lab.token}"}, timeout=_SECONDS
    )
    assert answer.status_code == 405


def test_every_answer_has_our_headers_also_a_refusal(lab: Lab):
    for path in ("", "alive", "kodning", "assets/x/none.js"):
        for headers in ({}, {"Authorization": f"token {lab.token}"}):
            answer = _ask(lab, path, headers=headers)
            policy = answer.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'; base-uri 'none'; form-action 'none'")
            assert "unsafe" not in policy
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["X-Frame-Options"] == "DENY"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_what_a_page_asks_for_is_there_below_the_base_and_may_be_kept_by_the_browser(lab: Lab):
    page = _ask(lab, "")
    wanted = {part.partition('"')[0] for part in page.text.split('src="')[1:] + page.text.split('href="')[1:]}
    assert len(wanted) == 3  # script, style, icon
    for path in wanted:
        answer = _ask(lab, path, headers={})
        assert answer.status_code == 200, path
        assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["assets/../../../api/contents", "assets/x/../../page.html", "socket/shell"])
def test_no_way_leads_elsewhere(lab: Lab, path: str):
    assert _ask(lab, path).status_code in (302, 404)


# --- what a window is told --------------------------------------------------------------------------------


def test_a_window_is_welcome_at_once_and_a_note_is_kept(lab: Lab):
    with _socket(lab) as line:
        welcome = json.loads(line.recv())
        assert welcome["type"] == "welcome"
        assert welcome["version"] == _boot(_ask(lab, ""))["version"]
        assert "proof" not in welcome
        whole = _say(line, "hello", session=None)
        assert whole["whole"] and len(whole["set"]["deck"]["cards"]) == 35
        started = _say(line, "start", details={"workshop": "Under Jupyter", "group": "1"})
        session = started["reply"]["session"]
        note = {"session": session, "note": _new_id(), "text": _WORDS, "opening_question": 1}
        note |= {"what": "noted", "id": _new_id()}
        line.send(json.dumps({"type": "event", "event": note}))
        answer = _first_message(line, lambda message: message.get("reply", {}).get("to") == note["id"])
        assert "refused" not in answer["reply"] and "unsaved" not in answer["reply"]
    assert _WORDS in _notes(lab.folder)


def _notes(folder: Path) -> list[str]:
    from dialogkort import read_all

    return list(read_all(folder).notes["text"])


def test_a_file_that_was_made_is_fetched_once_and_by_nobody_else(lab: Lab):
    with _socket(lab) as line:
        _say(line, "hello", session=None)
        _say(line, "start", details={"workshop": "Til fil", "group": "1"})
        line.send(json.dumps({"type": "export", "id": _new_id(), "session": None}))
        download = _first_message(line, lambda message: "download" in message.get("set", {}))["set"][
            "download"
        ]
        assert _ask(lab, download["path"], headers={}).status_code == 302
        fetched = _ask(lab, download["path"])
        assert "sessions.csv" in str(zipfile.ZipFile(io.BytesIO(fetched.content)).namelist())
        headers = fetched.headers
        assert (headers["content-type"], headers["content-disposition"], headers["cache-control"]) == (
            "application/octet-stream",
            "attachment",
            "no-store",
        )
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"].endswith("; sandbox")
        assert _ask(lab, download["path"]).status_code == 404


@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_answers(lab: Lab, screen: str):
    with _socket(lab, screen) as line:
        assert _say(line, "hello", session=None)["reply"]["opened"]


def test_a_message_that_is_too_large_ends_the_socket_and_nothing_else(lab: Lab):
    with _socket(lab) as line:
        line.recv()
        line.send("x" * (2 << 20))
        with pytest.raises((websocket.WebSocketConnectionClosedException, ConnectionError)):
            while line.recv():
                pass
            raise websocket.WebSocketConnectionClosedException
    assert _ask(lab, "alive").status_code == 204


# --- how it lives in a server -----------------------------------------------------------------------------


def test_a_strict_jupyter_finds_nothing_that_does_not_say_who_may_ask(tmp_path: Path):
    """Any Jupyter server, started without us, with access to nothing that is not marked for it."""
    settings = {
        "ip": "127.0.0.1",
        "port": free_port(),
        "open_browser": False,
        "allow_root": True,
        "root_dir": tmp_path,
        "allow_unauthenticated_access": False,
        "jpserver_extensions": "dialogkort=True",
    }
    arguments = [f"--ServerApp.{name}={value}" for name, value in settings.items()]
    environment = {**own_home(tmp_path / "home"), "DIALOGKORT_FOLDER": str(tmp_path / "noter")}
    for server in run_module(["-m", "jupyter_server", *arguments], **environment):
        base, token = re.fullmatch(r"(http://[^/]+/).*token=(\w+)", server.url).groups()
        lab = Lab(server, base, token, tmp_path, tmp_path / "noter")
        until(partial(answers, settings["port"]))  # Jupyter says so a little before it listens
        assert "registered for /dialogkort" not in "".join(server.printed)  # as Jupyter warns of others
        assert not (tmp_path / "noter").exists()  # until somebody opens a page, nothing is made
        page = _ask(lab, "")
        assert page.status_code == 200
        style = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
        assert _ask(lab, style, headers={}).status_code == 200
        assert _ask(lab, "", headers={}).status_code == 302
        with _socket(lab) as line:
            assert _say(line, "hello", session=None)["reply"]["opened"]
        assert (tmp_path / "noter" / "dialogkort.sqlite").exists()
        server.process.terminate()
        assert server.process.wait(_SECONDS) == 0


def test_jupyter_loads_nothing_heavy_for_us_when_it_starts():
    """The store, pandas and matplotlib wait until a page is opened."""
    completed = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, jupyter_server.serverapp; before = set(sys.modules);"
            "import dialogkort; dialogkort._jupyter_server_extension_points();"
            "print(*sorted(set(sys.modules) - before))",
        ],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    loaded = {name.split(".")[0] for name in completed.stdout.split()}
    assert "dialogkort.server.extension" in completed.stdout
    assert not {"dialogkort.store", "dialogkort.server.host"} & set(completed.stdout.split())
    assert not loaded & {"pandas", "numpy", "matplotlib", "anywidget", "ipywidgets", "sqlalchemy"}


def test_the_host_is_made_once_however_many_windows_ask_at_the_same_time(tmp_path: Path, monkeypatch):
    from dialogkort.server.extension import LateHost

    monkeypatch.setenv("DIALOGKORT_FOLDER", str(tmp_path / "noter"))

    async def ask() -> None:
        late = LateHost()
        assert late.existing() is None
        hosts = await asyncio.gather(*(late.get() for _ in range(5)))
        assert len(set(map(id, hosts))) == 1
        assert late.existing() is hosts[0]
        await late.close()

    asyncio.run(ask())
