"""What an attacker brings along: requests word by word, frames of any form, a window that keeps the rules."""

import hashlib
import hmac
import itertools
import json
import os
import re
import secrets
import socket
import struct
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from running import Running, free_port, run_module, until

from dialogkort.domain import event_ids
from dialogkort.i18n import text
from dialogkort.server.join_code import new_code
from dialogkort.server.shared_room import SharedRoom, keep_room

HERE = "127.0.0.1"
TEXT, BINARY, CLOSE, PING, PONG, CONTINUED = 1, 2, 8, 9, 10, 0
FINAL = 0x80
_SECONDS = 90  # that anything may take where others keep a slow machine busy
_DEVICES = itertools.count()


class Answer(NamedTuple):
    """What came back: 0 and nothing when the connection was just closed."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask(port: int, path: str = "/", method: str = "GET", **headers: str | None) -> Answer:
    """One request, with exactly these headers (`Host` is the server's own when left out, none with None)."""
    headers = {"Host": f"{HERE}:{port}", **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items() if value is not None]
    head = "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "Connection: close", "", ""])
    return ask_raw(port, head.encode("utf-8", "surrogateescape"))


def ask_raw(port: int, words: bytes, seconds: float = _SECONDS) -> Answer:
    """What comes back to some bytes."""
    with socket.create_connection((HERE, port), seconds) as line:
        with suppress(OSError):
            line.sendall(words)
        return read_answer(line)


def read_answer(line: socket.socket) -> Answer:
    """One answer, and what comes until the other side closes."""
    content = b""
    with suppress(OSError):
        while piece := line.recv(65_536):
            content += piece
            if b"\r\n\r\n" in content and content.startswith(b"HTTP/1.1 101"):
                break
    head, _, body = content.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    status = int(first.split()[1]) if first else 0
    headers = {name.lower(): value for name, _, value in (row.partition(": ") for row in rest)}
    return Answer(status, headers, body)


def frame(content: bytes, first: int = FINAL | TEXT, masked: bool = True, length: int | None = None) -> bytes:
    """A WebSocket frame, also one that must not be (RFC 6455, 5.2)."""
    length = len(content) if length is None else length
    bit = 0x80 if masked else 0
    if length < 126:
        head = struct.pack("!BB", first, bit | length)
    elif length < 1 << 16:
        head = struct.pack("!BBH", first, bit | 126, length)
    else:
        head = struct.pack("!BBQ", first, bit | 127, length)
    return head + (b"\0\0\0\0" if masked else b"") + content


class Closed(Exception):
    """The other side has closed; `code` says why (None: without a word)."""

    def __init__(self, code: int | None):
        super().__init__(code)
        self.code = code


class Line:
    """A WebSocket, frame by frame."""

    def __init__(
        self,
        port: int,
        path: str,
        headers: dict | None = None,
        receive_buffer: int | None = None,
        source: str | None = None,
    ):
        headers = {
            "Host": f"{HERE}:{port}",
            "Origin": f"http://{HERE}:{port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
            "Sec-WebSocket-Version": "13",
        } | (headers or {})
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(_SECONDS)
        if source:  # another of this machine's addresses to call from
            self.socket.bind((source, 0))
        self.socket.connect((HERE, port))
        lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
        self.socket.sendall("\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode())
        self._come = b""
        while b"\r\n\r\n" not in self._come and (piece := self.socket.recv(65_536)):
            self._come += piece
        head, _, self._come = self._come.partition(b"\r\n\r\n")
        rows = head.decode("latin-1").split("\r\n")
        self.status = int(rows[0].split()[1]) if rows[0] else 0
        self.headers = {name.lower(): value for name, _, value in (row.partition(": ") for row in rows[1:])}

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()

    def send(self, content: bytes) -> None:
        """Bytes as they are."""
        self.socket.sendall(content)

    def say(self, message: object) -> None:
        """A JSON message."""
        try:
            content = json.dumps(message, ensure_ascii=False).encode()
        except UnicodeEncodeError:  # half a letter
            content = json.dumps(message).encode()
        self.send(frame(content))

    def receive(self) -> dict:
        """The next JSON message. `Closed` when there is none."""
        while True:
            first, content = self._frame()
            if first & 0x0F == CLOSE:
                raise Closed(struct.unpack("!H", content[:2])[0] if content else None)
            if first & 0x0F == PING:
                self.send(frame(content, FINAL | PONG))
            if first & 0x0F == TEXT:
                return json.loads(content)

    def how_it_ends(self) -> int | None:
        """What is said when the other side closes; everything before is read."""
        try:
            while True:
                self.receive()
        except Closed as closed:
            return closed.code
        except OSError as fault:
            if isinstance(fault, TimeoutError):
                raise
            return None

    def _frame(self) -> tuple[int, bytes]:
        first, length = self._bytes(2)
        if length == 126:
            length = struct.unpack("!H", self._bytes(2))[0]
        elif length == 127:
            length = struct.unpack("!Q", self._bytes(8))[0]
        return first, self._bytes(length)

    def _bytes(self, count: int) -> bytes:
        while len(self._come) < count:
            piece = self.socket.recv(1 << 18)
            if not piece:
                raise Closed(None)
            self._come += piece
        frames, self._come = self._come[:count], self._come[count:]
        return frames


class Visitor(Line):
    """A window that has signed in as a page does, and keeps what it is shown."""

    def __init__(self, port: int, path: str = "/socket/workshop", key: str | None = None, **how: object):
        super().__init__(port, path, **how)
        self.slices: dict[str, dict] = {}
        first = self.receive()
        if first["type"] == "challenge":
            self.say(answer_to(first, key))
            first = self.receive()
        assert first["type"] == "welcome", first
        self.access: str = first["access"]

    def ask(self, message: dict) -> dict:
        """Say something and wait for the reply to it."""
        id = new_id()
        message = {"id": id, **message}
        to = message.get("event", message)["id"]
        self.say(message)
        return self.reply_to(to)

    def reply_to(self, id: str | None) -> dict:
        while True:
            message = self.take()
            if "reply" in message and message["reply"]["to"] == id:
                return message["reply"]

    def take(self) -> dict:
        """The next message, after what it shows has been taken in."""
        message = self.receive()
        if message.get("whole"):
            self.slices = {}
        self.slices |= message.get("set", {})
        for name, changed in message.get("patch", {}).items():
            keyed = {**self.slices.get(name, {}), **changed}
            self.slices[name] = {key: value for key, value in keyed.items() if value is not None}
        return message

    def wait_for(self, name: str) -> object:
        """A slice, when it comes."""
        self.slices.pop(name, None)
        while name not in self.slices:
            self.take()
        return self.slices[name]

    def start(self, **details: object) -> str:
        """A new session's id."""
        return self.ask({"type": "start", "details": {"workshop": "W", "group": "G", **details}})["session"]

    def note(self, session: str, content: str, **fields: object) -> dict:
        """Write a new note to the opening round."""
        newest = self.slices.get("table", {}).get("newest", event_ids.NO_ID)
        return self.ask({"type": "event", "event": noted(session, content, behind=newest, **fields)})


def noted(session: str, content: str, *, behind: str = event_ids.NO_ID, **fields: object) -> dict:
    """The event of a new note, behind the newest event one knows of."""
    id = event_ids.new_id(time.time_ns() // 1_000_000, behind)
    event = {"what": "noted", "id": id, "session": session, "note": id, "text": content}
    return event | {"opening_question": 1} | fields


def answer_to(challenge: dict, key: str) -> dict:
    """What shows that one has the key."""
    own = secrets.token_hex(16)
    proof = hmac.new(key.encode(), f"browser {challenge['nonce']} {own}".encode(), hashlib.sha256).hexdigest()
    return {"type": "sign_in", "nonce": own, "proof": proof}


def new_id() -> str:
    """A UUIDv7 of now."""
    number = time.time_ns() // 1_000_000 << 80 | 7 << 76 | secrets.randbits(12) << 64
    return str(UUID(int=number | 1 << 63 | secrets.randbits(62)))


@contextmanager
def all_closed(lines: Iterable[Line | socket.socket]) -> Iterator[None]:
    """Close some lines in the end."""
    try:
        yield
    finally:
        for line in lines:
            line.close()


@dataclass
class Rooms:
    """A process that serves the facilitator and, on another port, two groups and a reader."""

    pid: int
    facilitator: int
    groups: int
    key: str
    session: str  # of the group
    other: str  # another group's
    group: str  # path of the group's address
    other_group: str
    reader: str
    folder: Path

    def visit(self, screen: str = "workshop", **how: object) -> Visitor:
        """A facilitator's window."""
        return Visitor(self.facilitator, f"/socket/{screen}", self.key, **how)

    def join(self, address: str, **how: object) -> Visitor:
        """A window at a group's address."""
        return Visitor(self.groups, f"{address}socket/workshop", **how)


@dataclass
class Room:
    """The command, sharing with a room on this machine: where groups come, and the code."""

    command: "Command"

    @property
    def _printed(self) -> re.Match:
        words = "".join(self.command.running.printed)
        return list(re.finditer(rf"https?://{HERE}:(\d+)  \w+: ([0-9A-Z]{{4}}-[0-9A-Z]{{4}})", words))[-1]

    @property
    def port(self) -> int:
        """The port that devices come to."""
        return int(self._printed[1])

    @property
    def code(self) -> str:
        """The code as it was when sharing began."""
        return self._printed[2]

    def stranger(self, **how: object) -> Visitor:
        """A device that has not joined yet; where all of 127.0.0.0/8 is this machine, at one of its own."""
        number = next(_DEVICES)
        if sys.platform == "linux":
            how = {"source": f"127.1.{number // 250}.{number % 250 + 1}", **how}
        return Visitor(self.port, "/socket/join", **how)

    def facilitator(self) -> Visitor:
        """A window of sharing, with what it shows."""
        window = self.command.visit("share")
        window.ask({"type": "hello", "session": None})
        return window

    def join(self, name: str, code: str | None = None, device: str = "both") -> str:
        """The path of the address that a new group's device is given."""
        with self.stranger() as window:
            return join(window, code or self.code, name=name, device=device)

    def join_as_phone(self, session: str) -> str:
        """The path of the address that a participant's own phone is given, with a group that has begun."""
        with self.stranger() as window:
            return join(window, self.code, session=session, device="phone")

    def device(self, path: str, screen: str = "workshop", **how: object) -> Visitor:
        """A window at a device's own address, with what it shows."""
        window = Visitor(self.port, f"/{path}socket/{screen}", **how)
        window.ask({"type": "hello", "session": None})
        return window


def join(window: Visitor, code: str, **choice: object) -> str:
    """The path of the address that a device is given when it joins."""
    reply = window.ask({"type": "join", "code": code, **choice})
    assert not {"refused", "unsaved"} & set(reply), reply
    return window.slices["joined"]["path"]


def share_at_an_own_port(folder: Path) -> None:
    """Let a folder be shared at a port that no other test takes, also while nobody listens there.

    As if it had been shared there before: the usual ports are taken by whoever comes first.
    """
    workshop = {"workshop": "Før", "organisation": "", "unit": "", "date": "2026-01-01"}
    before = SharedRoom(HERE, "", free_port(), new_code(), until=1.0, workshop=workshop)
    keep_room(folder, before)


@contextmanager
def room_in(folder: Path, *options: str, **environment: str) -> Iterator[Room]:
    """The command, sharing on this machine at a port of its own, with its notes in a folder."""
    share_at_an_own_port(folder)
    with command_in(folder, "--share", HERE, *options, **environment) as command:
        room = Room(command)
        until(lambda: any(text("app.stop") in line for line in command.running.printed))
        yield room


@dataclass
class Command:
    """The command as it runs: where it answers, its key, where its notes lie."""

    running: Running
    folder: Path

    @property
    def pid(self) -> int:
        return self.running.process.pid

    @property
    def port(self) -> int:
        return urlsplit(self.running.url).port

    @property
    def key(self) -> str:
        return urlsplit(self.running.url).fragment.removeprefix("key=")

    @property
    def log(self) -> str:
        return (self.folder / "dialogkort.log").read_text("utf-8")

    def visit(self, screen: str = "workshop", **how: object) -> Visitor:
        """A window of the facilitator."""
        return Visitor(self.port, f"/socket/{screen}", self.key, **how)


@contextmanager
def command_in(folder: Path, *options: str, **environment: str) -> Iterator[Command]:
    """The command with its notes in a folder."""
    arguments = ["-m", "dialogkort.cli.app", "--no-browser", "--folder", str(folder), *options]
    with contextmanager(run_module)(arguments, **environment) as running:
        yield Command(running, folder)


def is_root() -> bool:
    """Whether this is the one user who may become another one."""
    return os.name == "posix" and os.geteuid() == 0
