"""A window without a browser: says what a page says, hears what it would, by a socket or in a notebook."""

import asyncio
import hashlib
import hmac
import json
import secrets
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from session_driver import Event
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from dialogkort.domain.event_ids import new_id
from dialogkort.domain.event_records import to_record

_NOTEBOOK = Path(__file__).with_name("notebook.py")
_SECONDS = 60


class Window:
    """A window of the workshop. `state` is what it would show, slice by slice. Subclasses carry messages."""

    def __init__(self) -> None:
        self.state: dict = {}
        self._arguments: dict[str | None, asyncio.Future] = {}
        self._listening = asyncio.ensure_future(self._listen())

    @property
    def table(self) -> dict:
        return self.state.get("table", {})

    async def arrive(self, session: str | None = None, **details: str) -> dict:
        """Go on with a session, or begin one that `details` describe; the server's reply."""
        about = {"type": "hello", "session": session} if session else {"type": "start", "details": details}
        id = new_id(time.time_ns() // 1_000_000)
        return await asyncio.wait_for(self._ask(id, {**about, "id": id}), _SECONDS)

    def say(self, event: Event) -> asyncio.Future:
        """Tell of an event; the reply is still to come."""
        return self._ask(event.id, {"type": "event", "event": to_record(event)})

    def hang_up(self) -> None:
        """Go away without a word. What has no reply yet never gets one."""
        self._listening.cancel()
        for reply in self._arguments.values():
            reply.cancel()

    def _ask(self, to: str | None, message: dict) -> asyncio.Future:
        self._arguments[to] = asyncio.get_running_loop().create_future()
        self._send(json.dumps(message))
        return self._arguments[to]

    async def _listen(self) -> None:
        while (words := await self._next()) is not None:
            self._on_message(json.loads(words))

    def _on_message(self, message: dict) -> None:
        if message.get("whole"):
            self.state = {}
        self.state |= message.get("set", {})
        for name, changes in message.get("patch", {}).items():
            merged = self.state.get(name, {}) | changes
            self.state[name] = {key: value for key, value in merged.items() if value is not None}
        if reply := message.get("reply"):
            waiting = self._arguments.pop(reply["to"], None)
            if waiting and not waiting.done():
                waiting.set_result(reply)

    def _send(self, words: str) -> None:
        raise NotImplementedError

    async def _next(self) -> str | None:
        raise NotImplementedError


class Page(Window):
    """A page of the command, by its socket."""

    def __init__(self, socket: WebSocketClientConnection):
        self._socket = socket
        super().__init__()

    def hang_up(self) -> None:
        super().hang_up()
        self._socket.close()

    def _send(self, words: str) -> None:
        sent = self._socket.write_message(words)
        sent.add_done_callback(lambda sent: sent.cancelled() or sent.exception())  # it may be cut: no matter

    async def _next(self) -> str | None:
        return await self._socket.read_message()


class Notebook(Window):
    """The widget of a notebook, in a process of its own as a kernel is."""

    def __init__(self, process: asyncio.subprocess.Process):
        self.process = process
        super().__init__()

    def _send(self, words: str) -> None:
        self.process.stdin.write(words.encode() + b"\n")

    async def _next(self) -> str | None:
        return (await self.process.stdout.readline()).decode() or None


async def opened(address: str) -> Page:
    """Open the socket that a page at the command's address would open, and sign in with the address's key."""
    where = urlsplit(address)
    key = where.fragment.removeprefix("key=").encode()
    headers = {"Origin": f"{where.scheme}://{where.netloc}"}
    request = HTTPRequest(f"ws://{where.netloc}/socket/workshop", headers=headers, connect_timeout=_SECONDS)
    socket = await websocket_connect(request)
    theirs, own = json.loads(await socket.read_message())["nonce"], secrets.token_hex(16)
    proof = hmac.new(key, f"browser {theirs} {own}".encode(), hashlib.sha256).hexdigest()
    await socket.write_message(json.dumps({"type": "sign_in", "nonce": own, "proof": proof}))
    assert json.loads(await socket.read_message())["type"] == "welcome"
    return Page(socket)


async def opened_in_a_notebook(folder: Path) -> Notebook:
    """A notebook's `Workshop(folder)`, in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(_NOTEBOOK),
        str(folder),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 24,
    )
    return Notebook(process)


def is_acknowledged(reply: dict) -> bool:
    """True when a reply acknowledges."""
    return "refused" not in reply and "unsaved" not in reply
