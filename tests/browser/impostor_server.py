"""A program of somebody else that has taken the port: it answers like the command, without having the key."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler

_BAIT = {  # what a window would like to hear
    "type": "state",
    "whole": True,
    "set": {"lobby": {"sessions": [], "folder": "hos en fremmed", "proposal": {}}, "table": {}, "notes": {}},
    "reply": {"to": None, "opened": True, "session": None, "now": 0},
}
_WELCOME = {"type": "welcome", "version": "", "access": "x", "proof": "0" * 64}


@dataclass
class Stranger:
    """What it has got out of its visitors."""

    received: list[dict | str] = field(default_factory=list)  # by its sockets
    requested: list[str] = field(default_factory=list)  # paths, with all that came along
    visits: int = 0


@contextmanager
def stranger_at(port: int, tricks: list[dict]) -> Iterator[Stranger]:
    """A stranger listens on a port, and says `tricks` to every socket, one after the other."""
    stranger = Stranger()
    ready, loops = threading.Event(), []

    async def serve() -> None:
        server = HTTPServer(
            Application([(r"/socket/.*", _Socket(stranger, tricks)), (r".*", _Page(stranger))])
        )
        server.add_sockets(bind_sockets(port, "127.0.0.1"))
        over = asyncio.Event()
        loops.append((asyncio.get_running_loop(), over))
        ready.set()
        await over.wait()
        server.stop()
        await server.close_all_connections()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(60)
    try:
        yield stranger
    finally:
        loop, over = loops[0]
        loop.call_soon_threadsafe(over.set)
        thread.join(60)


CHALLENGE = {"type": "challenge", "nonce": "s" * 32}
# What a stranger may try: what it says to every socket, one after the other.
TRICKS = {
    "a wrong proof": [CHALLENGE, _WELCOME, _BAIT],
    "no proof": [CHALLENGE, {**_WELCOME, "proof": None}, _BAIT],
    "a welcome without a challenge": [_WELCOME, _BAIT],
    "state at once": [_BAIT],
    "another kind of access": [{"type": "welcome", "version": "", "access": "jupyter"}, _BAIT],
    "silence": [],
}


def _Socket(stranger: Stranger, tricks: list[dict]) -> type[WebSocketHandler]:
    class Socket(WebSocketHandler):
        def check_origin(self, origin: str) -> bool:
            return True

        def open(self) -> None:
            stranger.visits += 1
            stranger.requested.append(f"{self.request.uri} {dict(self.request.headers)}")
            for trick in tricks:
                self.write_message(trick)

        def on_message(self, content: str) -> None:
            stranger.received.append(content)
            for trick in tricks[1:]:  # perhaps it was too early
                self.write_message(trick)

    return Socket


def _Page(stranger: Stranger) -> type[RequestHandler]:
    class Page(RequestHandler):
        def get(self) -> None:
            stranger.requested.append(
                f"{self.request.uri} {dict(self.request.headers)} {self.request.body!r}"
            )
            self.finish("hos en fremmed")

        post = get

    return Page
