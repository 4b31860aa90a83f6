"""A page's line to its kernel, without a browser: says what a page says, hears what it would hear."""

import asyncio
import json
import re
import secrets
from urllib.parse import urlsplit

from driving import Event
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from dialogkort.events import to_record

_KERNEL = re.compile(r'"kernelId": "([0-9a-f-]+)"')
_WIDGET = re.compile(r'"model_id": "([0-9a-f]+)"')
_SECONDS = 60


class Page:
    """A page that was opened, with a kernel of its own. `table` and `pad` are what it would show."""

    def __init__(self, address: str, kernel: str, widget: str, line: WebSocketClientConnection):
        self.kernel = kernel
        self.table: dict = {}
        self.pad: list = []
        self._address = address
        self._widget = widget
        self._line = line
        self._asked: dict[str | None, asyncio.Future] = {}
        self._listening = asyncio.ensure_future(self._listen())

    async def arrive(self, session: str | None = None, **details: str) -> dict:
        """Go on with a session, or begin one that `details` describe; the kernel's answer."""
        begin = {"do": "start", "details": details}
        return await self._ask(None, {"do": "hello", "session": session} if session else begin)

    def say(self, event: Event) -> asyncio.Future:
        """Tell of an event; the answer is still to come."""
        return self._ask(event.id, {"do": "happened", "event": to_record(event)})

    def hang_up(self) -> None:
        """Go away without a word. What has no answer yet never gets one."""
        self._listening.cancel()
        for answer in self._asked.values():
            answer.cancel()
        self._line.close()

    def say_goodbye(self) -> None:
        """Close the page: its kernel goes, too. Like a page, it does not wait for an answer."""
        self.hang_up()
        where = urlsplit(self._address)
        goodbye = f"{where.scheme}://{where.netloc}/voila/api/shutdown/{self.kernel}?{where.query}"
        said = AsyncHTTPClient().fetch(goodbye, method="POST", body="", raise_error=False)
        said.add_done_callback(lambda said: said.cancelled() or said.exception())

    def _ask(self, to: str | None, content: dict) -> asyncio.Future:
        self._asked[to] = asyncio.get_running_loop().create_future()
        header = {
            "msg_id": secrets.token_hex(16),
            "msg_type": "comm_msg",
            "session": self._widget,
            "username": "",
            "version": "5.3",
        }
        data = {"comm_id": self._widget, "data": {"method": "custom", "content": content}}
        message = {
            "channel": "shell",
            "header": header,
            "parent_header": {},
            "metadata": {},
            "content": data,
            "buffers": [],
        }
        sent = self._line.write_message(json.dumps(message))
        sent.add_done_callback(lambda sent: sent.cancelled() or sent.exception())  # it may be cut: no matter
        return self._asked[to]

    async def _listen(self) -> None:
        while (words := await self._line.read_message()) is not None:
            heard = json.loads(words) if isinstance(words, str) else {}
            content = heard.get("content", {})
            if heard.get("msg_type") == "comm_msg" and content.get("comm_id") == self._widget:
                self._hear(content["data"].get("state", {}))

    def _hear(self, state: dict) -> None:
        self.table = state.get("table", self.table)
        self.pad = state.get("pad", self.pad)
        if answer := state.get("answer"):
            waiting = self._asked.pop(answer["to"], None)
            if waiting and not waiting.done():
                waiting.set_result(answer)


async def opened(address: str) -> Page:
    """Visit the address of the command: a page, and the line to its kernel."""
    visit = HTTPRequest(address, request_timeout=_SECONDS)
    shown = (await AsyncHTTPClient().fetch(visit)).body.decode()
    kernel, widget = _KERNEL.search(shown)[1], _WIDGET.search(shown)[1]
    where = urlsplit(address)
    line = f"ws://{where.netloc}/api/kernels/{kernel}/channels?{where.query}"
    return Page(address, kernel, widget, await websocket_connect(line))


def is_kept(answer: dict) -> bool:
    """True when an answer acknowledges."""
    return "refused" not in answer and "unsaved" not in answer
