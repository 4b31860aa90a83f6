"""WebSockets of the pages: authentication, then messages in and state out, with rate limits."""

import asyncio
import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from tornado.websocket import WebSocketClosedError, WebSocketHandler, WebSocketProtocol13

from dialogkort.server import limits
from dialogkort.server.gate import Gate, TokenBucket, is_slow
from dialogkort.server.handlers import HostCheckedHandler
from dialogkort.server.keys import Challenge, device_id
from dialogkort.ui import bundle

if TYPE_CHECKING:
    from dialogkort.server.host import Host
    from dialogkort.ui.controller import Context, Controller
    from dialogkort.ui.dispatcher import Window
    from dialogkort.ui.roles import Access

REFUSED, TOO_MUCH, NO_SUCH_SCREEN = 4403, 4429, 4404  # how a socket is closed (RFC 6455, 7.4.2)


class WindowSocket(WebSocketHandler):
    """One window's socket, whoever let it in: mixed into tornado's socket, and into Jupyter's.

    Who mixes it in gives `gate` and, before `start_window` is called, `host`.
    """

    max_message_size = limits.MAX_MESSAGE_BYTES
    ping_interval = ping_timeout = limits.PING_SECONDS
    gate: Gate
    host: "Host"
    address = ""  # the secret of a group's address; the facilitator's has none

    def begin(self, gate: Gate) -> None:
        """Begin without a window: nobody has signed in yet."""
        self.gate = gate
        self._window: Window | None = None
        self._pace = TokenBucket()
        self._waiting = 0  # bytes on their way to a slow reader
        self._token = ""
        self._counted = False
        self._unanswered = 0
        self._answered = asyncio.Event()

    def get_compression_options(self) -> None:
        return None  # lengths would tell what was written (CRIME, BREACH)

    def start_window(self, screen: str, access: "Access", fields: dict) -> None:
        """Attach a window for who has signed in: the messages that follow are the window's."""
        try:
            make = self.host.maker(screen, access)
        except KeyError:
            self.close(NO_SUCH_SCREEN)
            return
        self._attach(make, fields)

    def _attach(self, make: "Callable[[Context], Controller]", fields: dict) -> None:
        host = self.host
        host.loop = asyncio.get_running_loop()
        self._token = host.new_access_token(self.address)
        self.set_nodelay(True)
        handing_in = {"upload": self._token} if self.address == "" else {}  # only a facilitator may
        welcome = {"type": "welcome", "version": bundle.version(), "access": self._token}
        self._send({**welcome, **handing_in, **fields})
        self._window = host.dispatcher.attach(make, lambda message: host.post(self._send, message))

    async def on_message(self, content: str | bytes) -> None:
        if self.ws_connection is None:
            return  # closed: what still comes is not listened to
        if self._window is None:
            self.on_unauthenticated(_read(content))
            return
        record = _read(content)
        slow = is_slow(record)
        if delay := self._pace.wait(length=len(content), messages=limits.SLOW_MESSAGE_COST if slow else 1):
            await asyncio.sleep(delay)
        await self._until_answered(0 if slow else limits.MAX_UNANSWERED - 1)
        self._unanswered += 1
        self._window.receive(record)
        if slow:
            await self._until_answered(0)

    async def _until_answered(self, limit: int) -> None:
        """Wait until no more of this window's messages are being seen to than these."""
        while self._unanswered > limit:
            self._answered.clear()
            await self._answered.wait()

    def on_unauthenticated(self, record: object) -> None:
        """A message of somebody who has not said who they are."""
        self.close(REFUSED)

    def on_close(self) -> None:
        if self._counted:
            self.gate.sockets -= 1
            self._counted = False
        self._unanswered = 0
        self._answered.set()
        if self._window:
            self._window.close()
            self.host.revoke_access_token(self._token)

    def count(self) -> bool:
        """Count this socket; False, and it is closed, when there are too many."""
        if self.gate.sockets >= self.gate.max_sockets:
            self.close(TOO_MUCH)
            return False
        if self.ws_connection:
            self.gate.strangers.discard(self.ws_connection.stream)
        self.gate.sockets += 1
        self._counted = True
        return True

    def _send(self, message: dict) -> None:
        download = message.get("set", {}).get("download")
        if download and "file" in download:
            secret = self.host.add_download(download["name"], download.pop("file"), self._token)
            download["path"] = f"files/{secret}"
        content = json.dumps(message, ensure_ascii=False).encode(errors="replace")
        self._pace.count(len(content))
        if "reply" in message:
            self._unanswered = max(0, self._unanswered - 1)
            self._answered.set()
        if self._waiting and self._waiting + len(content) > limits.MAX_WAITING_BYTES:
            self.close(TOO_MUCH)
            return
        self._waiting += len(content)
        try:
            sent = self.write_message(content, binary=False)
        except WebSocketClosedError:
            return
        sent.add_done_callback(lambda future: self._sent(future, len(content)))

    def _sent(self, future: asyncio.Future, length: int) -> None:
        self._waiting -= length
        if not future.cancelled():
            future.exception()  # the socket was closed meanwhile: the browser keeps what was not answered


class ScreenSocket(WindowSocket, HostCheckedHandler):
    """A socket of ours without Jupyter. Subclasses say who may open it."""

    def initialize(self, host: "Host", gate: Gate) -> None:
        self.host = host
        self.begin(gate)

    def prepare(self) -> None:
        self.check_host()

    def check_origin(self, origin: str | None) -> bool:
        return self.gate.allows_origin(origin, self.request.headers.get("Host"))

    async def get(self, *arguments: str, **named: str) -> None:
        """Open the socket for a page of ours; tornado asks `check_origin` only when it is in doubt itself."""
        if not self.check_origin(self.request.headers.get("Origin")):
            self.set_status(403)
            self.finish()
            return
        await super().get(*arguments, **named)


class KeySocket(ScreenSocket):
    """A facilitator's socket, standalone: its first message shows that the browser has the key."""

    _patience: asyncio.TimerHandle | None = None

    def open(self, screen: str) -> None:
        self._screen = screen
        self._limit_messages(limits.MAX_SIGN_IN_BYTES)
        self._challenge = Challenge(self.settings["key"], secrets.token_urlsafe(24))
        self._patience = asyncio.get_running_loop().call_later(limits.SIGN_IN_SECONDS, self.close, REFUSED)
        self._send({"type": "challenge", "nonce": self._challenge.nonce})

    def _limit_messages(self, longest: int) -> None:
        if isinstance(self.ws_connection, WebSocketProtocol13):
            self.ws_connection.params.max_message_size = longest

    def on_unauthenticated(self, record: object) -> None:
        match record:
            case {"type": "sign_in", "nonce": nonce, "proof": proof} if self._challenge.verify(nonce, proof):
                fields = {"proof": self._challenge.answer(nonce)}
            case {"type": "sign_in", "key": key} if self._challenge.is_key(key):
                fields = {}
            case _:
                self.close(REFUSED)
                return
        if self._patience:
            self._patience.cancel()
        self._limit_messages(limits.MAX_MESSAGE_BYTES)
        if self.count():
            self.start_window(self._screen, facilitator(), fields)

    def on_close(self) -> None:
        if self._patience:
            self._patience.cancel()
        super().on_close()


class RoomSocket(ScreenSocket):
    """A socket of a device in the room, which may be told that the room has another address."""

    path = ""  # of its page, below the room's address

    def show_way(self, address: str) -> None:
        """Say at which address the page goes on; empty when it is where it belongs."""
        if self._moved_to != address:
            self._moved_to = address
            self._send({"type": "moved", "address": address})

    _moved_to = ""


class GroupSocket(RoomSocket):
    """A group's socket: its address is the key, and says which session it is for."""

    def open(self, secret: str, screen: str) -> None:
        self.address, self.path = secret, f"g/{secret}/"
        access = self.host.groups.get(secret)
        if access is None:
            self.close(REFUSED)
            return
        windows = self.gate.by_address
        if windows.get(secret, 0) >= limits.MAX_SOCKETS_PER_GROUP:
            self.close(TOO_MUCH)
            return
        if self.count():
            windows[secret] = windows.get(secret, 0) + 1
            self._pace = self.gate.paces.setdefault(secret, self._pace)
            self._at_address = True
            if self.host.sharing:
                self.host.sharing.window_opened(secret, self)
            peer = self.gate.peer(self.request)
            self.start_window(screen, replace(access, device=device_id(secret), peer=peer), {})

    def on_close(self) -> None:
        if getattr(self, "_at_address", False):
            self.gate.by_address[self.address] -= 1
            if not self.gate.by_address[self.address]:
                del self.gate.by_address[self.address]
            if self.host.sharing:
                self.host.sharing.window_closed(self.address, self)
        super().on_close()


class JoinSocket(RoomSocket):
    """The socket of a device that has not joined yet: it is counted among the strangers."""

    max_message_size = limits.MAX_SIGN_IN_BYTES
    address = "join"  # no secret is called so: the access it is given opens nothing

    def initialize(self, host: "Host", gate: Gate) -> None:
        super().initialize(host, gate)
        self._pace = gate.pace_of_stranger(gate.peer(self.request))

    def open(self) -> None:
        make = self.host.joining(self.gate.peer(self.request))
        if make is None:
            self.close(NO_SUCH_SCREEN)
        else:
            self._attach(make, {})
            if self.host.sharing:
                self.host.sharing.waits(self)

    def on_close(self) -> None:
        if self.host.sharing:
            self.host.sharing.waits_no_more(self)
        super().on_close()


def facilitator() -> "Access":
    """Full access, as a facilitator has it."""
    from dialogkort.ui.roles import Access

    return Access()


def _read(content: str | bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
