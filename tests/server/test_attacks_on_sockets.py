"""What a socket stands: frames of any form, floods, senders that never end, readers that never read."""

import json
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import cycle

import psutil
import pytest
from attack_client import (
    BINARY,
    CLOSE,
    CONTINUED,
    FINAL,
    HERE,
    PING,
    PONG,
    TEXT,
    Closed,
    Command,
    Line,
    Rooms,
    Visitor,
    answer_to,
    ask,
    ask_raw,
    frame,
    new_id,
    noted,
)

from dialogkort.server import limits
from dialogkort.ui.screens import SCREENS

_MB = 1 << 20
_LONGEST = limits.MAX_MESSAGE_BYTES
# Seconds that somebody else may have to wait, on a slow machine that tests keep busy. A flood lasts as long
# as they wait: who had to wait for its end would wait for ever.
_SLOWEST = 15.0


def _memory(pid: int) -> int:
    return psutil.Process(pid).memory_info().rss


@contextmanager
def _open_lines(open_one: Callable[[], Line], count: int) -> Iterator[list[Line]]:
    with ExitStack() as lines:
        yield [lines.enter_context(open_one()) for _ in range(count)]


@contextmanager
def _meanwhile(act: Callable[[], object], line: socket.socket) -> Iterator[None]:
    """Do something on a line again and again beside what follows."""

    def work() -> None:
        with suppress(OSError, Closed):
            while True:
                act()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
        thread.join(90)


def _waits(window: Visitor, session: str, count: int = 6) -> list[float]:
    """How long each of some notes takes until it is kept."""
    waited = []
    for number in range(count):
        begun = time.monotonic()
        assert not window.note(session, f"ord {number}").get("refused")
        waited.append(time.monotonic() - begun)
    return waited


# --- frames -----------------------------------------------------------------------------------------------

_HELLO = json.dumps({"type": "hello", "id": None, "session": None}).encode()
FRAMES = {
    "not a byte that RFC 6455 knows": b"\xff" * 64,
    "reserved bit 1 (compressed, though nobody agreed to it)": frame(_HELLO, FINAL | TEXT | 0x40),
    "reserved bit 2": frame(_HELLO, FINAL | TEXT | 0x20),
    "reserved bit 3": frame(_HELLO, FINAL | TEXT | 0x10),
    "reserved opcode": frame(_HELLO, FINAL | 3),
    "reserved control opcode": frame(b"", FINAL | 11),
    "invalid UTF-8": frame(b"\xff\xfe\xfd"),
    "half a letter in UTF-8": frame(b"\xed\xa0\x80"),
    "1 MB and a byte, announced": frame(b"", length=_LONGEST + 1),
    "more than there is, announced": frame(b"", length=2**63 - 1),
    "1 MB and a byte, in two": frame(b"a" * _LONGEST, TEXT) + frame(b"a", FINAL | CONTINUED),
    "a part of nothing": frame(_HELLO, FINAL | CONTINUED),
    "a beginning after a beginning": frame(b"{", TEXT) + frame(b"}", FINAL | TEXT),
    "a long ping": frame(b"a" * 126, FINAL | PING),
    "a ping in two": frame(b"a", PING),
    "a close of one byte": frame(b"a", FINAL | CLOSE),
    "a close with a reason that is no text": frame(b"\x03\xe8\xff\xff", FINAL | CLOSE),
}
MESSAGES = {
    "unmasked": frame(_HELLO, masked=False),
    "binary": frame(_HELLO, FINAL | BINARY),
    "binary that is no text": frame(b"\x00\xff\xfe", FINAL | BINARY),
    "empty": frame(b""),
    "no JSON": frame(b"hello"),
    "two at once": frame(_HELLO + _HELLO),
    "deep lists": frame(b"[" * (_LONGEST - 1)),
    "deep objects": frame(b'{"a":' * 200_000),
    "a million things": frame(b"[" + b"1," * (_LONGEST // 2 - 2) + b"1]"),
    "NaN": frame(b'{"type": "overview", "dark": NaN}'),
    "Infinity": frame(b'{"type": "hello", "session": -Infinity}'),
    "a number of a million digits": frame(b'{"type": "hello", "session": ' + b"9" * 1_000_000 + b"}"),
    "a number too large for a table": frame(
        b'{"type":"start","details":{"workshop":"a","group":"b","participants":1e999}}'
    ),
    "the same key twice": frame(b'{"type": "export", "type": "hello", "session": 5}'),
    "pairs in place of an object": frame(b'[["type", "leave"]]'),
    "half a letter": frame(b'{"type": "hello", "session": "\\ud800"}'),
    "half a letter as a key": frame(b'{"type": "hello", "\\udfff": null}'),
    "half a letter as the type": frame(b'{"type": "\\ud800"}'),
    "a type that is a list": frame(b'{"type": ["hello"]}'),
    "no type": frame(b"{}"),
    "a name of Python's": frame(b'{"type": "__class__"}'),
    "a field of Python's": frame(b'{"type": "hello", "__class__": "x", "self": 1}'),
    "an id of a megabyte": frame(b'{"type": "leave", "id": "' + b"a" * 1_000_000 + b'"}'),
    "in a hundred parts": frame(b"{", TEXT) + frame(b"", CONTINUED) * 100 + frame(b"}", FINAL | CONTINUED),
}


@pytest.fixture(scope="module")
def bystander(command: Command) -> Iterator[Visitor]:
    """A window that is open all the time, and has nothing to do with it."""
    with command.visit() as window:
        window.start()
        yield window


def _is_served(window: Visitor) -> bool:
    return not window.ask({"type": "overview", "scope": "nobody"})["opened"]


@pytest.mark.parametrize("frames", FRAMES.values(), ids=FRAMES)
def test_a_frame_that_must_not_be_ends_its_own_socket_only(
    command: Command, bystander: Visitor, frames: bytes
):
    log = command.log
    with command.visit() as window:
        with suppress(OSError):
            window.send(frames)
        assert window.how_it_ends() in (None, 1002, 1007, 1009)
    assert _is_served(bystander)
    assert command.log == log


@pytest.mark.parametrize("frames", MESSAGES.values(), ids=MESSAGES)
def test_a_message_of_no_known_form_is_refused_and_the_socket_goes_on(
    command: Command, bystander: Visitor, frames: bytes
):
    log = command.log
    with command.visit() as window:
        window.send(frames)
        session = window.start()
        assert not window.note(session, "det går videre").get("refused")
    assert _is_served(bystander)
    assert command.log == log


@pytest.mark.parametrize("frames", [*FRAMES.values(), *MESSAGES.values()], ids=[*FRAMES, *MESSAGES])
def test_a_stranger_gets_no_further_with_them(command: Command, bystander: Visitor, frames: bytes):
    log = command.log
    with Line(command.port, "/socket/workshop") as line:
        line.receive()
        with suppress(OSError):
            line.send(frames)
        assert line.how_it_ends() in (None, 1002, 1007, 1009, 4403)
    assert _is_served(bystander)
    assert command.log == log


def test_a_stranger_is_not_listened_to_for_long(command: Command):
    long = frame(json.dumps({"type": "sign_in", "key": "x" * 20_000}).encode())
    with Line(command.port, "/socket/workshop") as line:
        line.receive()
        line.send(long[:200])  # what it announces is enough
        assert line.how_it_ends() in (None, 1009)


# --- those who never say who they are ---------------------------------------------------------------------


def test_who_does_not_sign_in_within_seconds_is_sent_away(command: Command):
    begun = time.monotonic()
    with Line(command.port, "/socket/workshop") as silent, Line(command.port, "/socket/workshop") as slow:
        challenge = slow.receive()
        whole = frame(json.dumps(answer_to(challenge, command.key)).encode())
        slow.send(whole[:30])
        assert silent.how_it_ends() == 4403
        assert slow.how_it_ends() == 4403
    assert limits.SIGN_IN_SECONDS - 0.5 < time.monotonic() - begun < limits.SIGN_IN_SECONDS + _SLOWEST


def test_hundreds_who_never_sign_in_keep_nobody_out(command: Command, bystander: Visitor):
    before = _memory(command.pid)
    with _open_lines(lambda: Line(command.port, "/socket/workshop"), 600):
        begun = time.monotonic()
        with command.visit() as window:
            assert window.start()
        assert time.monotonic() - begun < _SLOWEST
        assert ask(command.port, "/").status == 200
        assert _is_served(bystander)
        assert _memory(command.pid) - before < 60 * _MB
        assert psutil.Process(command.pid).num_fds() < limits.MAX_UNAUTHENTICATED + 100


def _slow(beginning: bytes) -> Callable[[], socket.socket]:
    def open_one(port: int) -> socket.socket:
        line = socket.create_connection((HERE, port), 90)
        line.sendall(beginning)
        return line

    return open_one


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: ",
        b"GET / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 60000\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na",
        b"GET /socket/workshop HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: ",
    ],
    ids=["nothing", "half a header", "no body", "half a body", "half a handshake"],
)
def test_hundreds_who_never_finish_a_request_keep_nobody_out(
    command: Command, bystander: Visitor, beginning: bytes
):
    open_one = _slow(beginning.replace(b"{host}", f"{HERE}:{command.port}".encode()))
    with ExitStack() as lines:
        for _ in range(limits.MAX_UNAUTHENTICATED + 150):
            lines.enter_context(open_one(command.port))
        assert ask(command.port, "/").status == 200
        with command.visit() as window:
            assert window.start()
        assert _is_served(bystander)
        assert psutil.Process(command.pid).num_fds() < limits.MAX_UNAUTHENTICATED + 100


@pytest.mark.parametrize(
    "words",
    [
        b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 10_000 + b"\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000,
        b"GET /" + b"a" * 100_000,
        b"a" * 200_000,
        b"GET / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 99999999999\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: {host}\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"ffff\r\n"
        + b"a" * 0xFFFF
        + b"\r\nffff\r\n"
        + b"a" * 0xFFFF
        + b"\r\n",
        b"POST / HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n",
        b"POST / HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    ],
)
def test_too_much_before_anybody_is_known_is_cut_off(command: Command, bystander: Visitor, words: bytes):
    log = command.log
    answer = ask_raw(command.port, words.replace(b"{host}", f"{HERE}:{command.port}".encode()))
    assert answer.status in (0, 400, 405, 413, 431)
    assert _is_served(bystander)
    assert command.log == log


# --- floods -----------------------------------------------------------------------------------------------


def _flooder(line: Line, words: bytes) -> Callable[[], None]:
    many = words * max(1, 100_000 // len(words))
    return lambda: line.send(many)


@pytest.mark.parametrize(
    "words",
    [
        frame(b"a" * 125, FINAL | PING),
        frame(b"", FINAL | PONG),
        frame(b"", CONTINUED),
        frame(b"[]"),
        frame(b"a" * 100_000),
    ],
    ids=["pings", "pongs", "empty parts", "small messages", "large messages"],
)
@pytest.mark.parametrize("known", [True, False], ids=["with the key", "a stranger"])
def test_a_flood_on_one_socket_makes_nobody_wait_and_takes_no_memory(
    command: Command, words: bytes, known: bool
):
    before = _memory(command.pid)
    with command.visit() as window, Line(command.port, "/socket/workshop") as line:
        session = window.start()
        challenge = line.receive()
        if known:
            line.say(answer_to(challenge, command.key))
            line.receive()
        if words == frame(b"", CONTINUED):
            line.send(frame(b"", TEXT))
        with _meanwhile(_flooder(line, words), line.socket):  # nothing of what comes back is read
            waited = _waits(window, session)
    assert max(waited) < _SLOWEST
    assert _memory(command.pid) - before < 60 * _MB


def test_a_flood_of_requests_on_one_connection_makes_nobody_wait(command: Command, bystander: Visitor):
    words = f"GET /alive HTTP/1.1\r\nHost: {HERE}:{command.port}\r\n\r\n".encode() * 1_000
    before = _memory(command.pid)
    with command.visit() as window, socket.create_connection((HERE, command.port), 90) as line:
        session = window.start()
        with _meanwhile(lambda: line.sendall(words), line):
            waited = _waits(window, session)
    assert max(waited) < _SLOWEST
    assert _memory(command.pid) - before < 60 * _MB


def test_a_flood_of_notes_in_one_group_makes_no_other_group_wait(rooms: Rooms):
    with rooms.join(rooms.group) as flooding, rooms.join(rooms.other_group) as other:
        flooding.ask({"type": "hello", "session": None})
        other.ask({"type": "hello", "session": None})
        alone = statistics.median(_waits(other, rooms.other))
        before = _memory(rooms.pid)

        def flood() -> None:
            flooding.say({"type": "event", "event": noted(rooms.session, "a" * 100)})

        with _meanwhile(flood, flooding.socket):
            waited = _waits(other, rooms.other, 12)
        assert max(waited) < _SLOWEST
        assert statistics.median(waited) < 0.5 + 10 * alone
        assert _memory(rooms.pid) - before < 80 * _MB


def test_who_asks_for_everything_again_and_again_makes_no_other_group_wait(rooms: Rooms):
    with rooms.join(rooms.group) as asking, rooms.join(rooms.other_group) as other:
        asking.ask({"type": "hello", "session": None})
        other.ask({"type": "hello", "session": None})
        for _ in range(4):
            assert not asking.note(rooms.session, "æ" * 200_000).get("refused")
        before = _memory(rooms.pid)
        with _meanwhile(lambda: asking.say({"type": "hello", "session": None}), asking.socket):
            waited = _waits(other, rooms.other)
        assert max(waited) < _SLOWEST
        assert _memory(rooms.pid) - before < 120 * _MB


def test_who_erases_again_and_again_makes_no_other_group_wait_for_long(own_rooms: Rooms):
    """Erasing keeps the store to itself for a while."""
    rooms = own_rooms
    with ExitStack() as lines:
        erasing = [lines.enter_context(rooms.join(rooms.group)) for _ in range(4)]
        other = lines.enter_context(rooms.join(rooms.other_group))
        for window in (other, *erasing):
            window.ask({"type": "hello", "session": None})
        before = new_id()
        for window in erasing * 20:
            event = noted(rooms.session, "ord", after=before)
            window.say({"type": "redact", "event": event})
            before = event["id"]
        waited = _waits(other, rooms.other)
    assert statistics.median(waited) < _SLOWEST / 2
    assert max(waited) < 2 * _SLOWEST


def test_who_asks_for_charts_again_and_again_keeps_nobody_from_theirs(rooms: Rooms):
    with rooms.join(rooms.group) as asking, rooms.visit() as facilitator:
        asking.ask({"type": "hello", "session": None})
        facilitator.ask({"type": "open", "session": rooms.other})
        facilitator.ask({"type": "overview", "scope": "group"})
        facilitator.wait_for("chart")  # the worker has started
        alone = _seconds_until_drawn(facilitator)
        for _ in range(60):
            asking.say({"type": "overview", "id": new_id(), "scope": "group"})
        assert _seconds_until_drawn(facilitator) < max(8.0, 20 * alone)


def _seconds_until_drawn(window: Visitor) -> float:
    begun = time.monotonic()
    window.ask({"type": "overview", "scope": "group"})
    assert "bars" in window.wait_for("chart")
    return time.monotonic() - begun


def test_who_is_not_answered_yet_is_not_listened_to_for_ever(own_rooms: Rooms):
    """Otherwise what waits to be done would grow with what a sender can send."""
    rooms = own_rooms
    before = _memory(rooms.pid)
    with rooms.join(rooms.other_group) as one:
        one.ask({"type": "hello", "session": None})
        lines = frame(json.dumps({"type": "event", "event": {"what": "noted"}}).encode()) * 1_000
        with _meanwhile(lambda: one.send(lines), one.socket), rooms.join(rooms.group) as other:
            other.ask({"type": "hello", "session": None})
            assert max(_waits(other, rooms.session)) < _SLOWEST
    assert _memory(rooms.pid) - before < 60 * _MB


# --- readers that never read ------------------------------------------------------------------------------


def _write_much(rooms: Rooms, letters: int) -> None:
    """Write long notes in the group's session, from windows that are not at it."""
    with rooms.visit() as one, rooms.visit() as another:
        for _ in range(letters // 400_000):
            for window in (one, another):
                assert not window.note(rooms.session, "ø" * 200_000).get("refused")


def test_a_reader_that_never_reads_takes_little_memory(own_rooms: Rooms):
    rooms, much = own_rooms, 4_800_000
    with rooms.join(rooms.group, receive_buffer=4_096) as reader:
        reader.say({"type": "hello", "session": None})
        before = _memory(rooms.pid)
        _write_much(rooms, much)
        assert _memory(rooms.pid) - before < 40 * _MB + 8 * much  # as session, store and window hold them


def test_a_session_of_any_size_can_be_opened(own_rooms: Rooms):
    """Else one of a group could make it unreadable for all by writing much."""
    _write_much(own_rooms, 4_800_000)
    with own_rooms.join(own_rooms.group) as window:
        assert window.ask({"type": "hello", "session": None})["opened"]
        assert len(str(window.slices["notes"])) > limits.MAX_WAITING_BYTES / 2


# --- what can be said -------------------------------------------------------------------------------------

_ODD = ["\ud800", "\0", "a" * 20_000, "../../etc/passwd", "{0.__class__}", "%s%n", "=1+1", "<script>"]
_IDS = ["", "x", "../x", "\ud800", "01890000-0000-7000-8000-000000000001", "a" * 20_000, [], {}, 5, True]


def _odd_messages(session: str) -> Iterator[dict]:
    for odd in _ODD:
        yield {"type": "hello", "session": odd}
        yield {"type": "open", "session": odd}
        yield {"type": "start", "details": {"workshop": odd, "group": odd, "organisation": odd, "date": odd}}
        yield {"type": "start", "details": {odd: odd}}
        yield {"type": "export", "session": odd}
        yield {"type": "overview", "workshop": odd}
        yield {"type": "keep_catalogue", "uploads": [odd]}
        yield {"type": "plan_follow_up", "details": {"workshop": odd}, "follows": [session]}
        yield {"type": "catalogue", "digest": odd}
        yield {"type": "overview", "scope": odd}
        yield {"type": "sign_in", "coder": odd, "session": odd, "name": odd}
        yield {"type": "sign_in", "coder": odd, "session": None, "name": odd}
        yield {"type": "event", "event": noted(session, odd)}
        yield {"type": "event", "event": noted(session, "a", owner=odd)}
        yield {"type": "event", "event": noted(session, "a", due=odd)}
        yield {"type": "event", "event": noted(session, "a", card=odd, opening_question=None)}
        yield {"type": "event", "event": noted(session, "a", kind=odd)}
        for what in ("turned", "skipped", "discussed", "put back", "went back", "undone", "described", odd):
            yield {"type": "event", "event": {"what": what, "id": new_id(), "session": session, "card": odd}}
    for id in _IDS:
        yield {"type": "hello", "session": id}
        yield {"type": "erase", "sessions": [id]}
        yield {"type": "erase", "note": id}
        yield {
            "type": "event",
            "event": {"what": "undone", "id": new_id(), "session": session, "events": [id]},
        }
        yield {
            "type": "undo",
            "event": {"what": "undone", "id": new_id(), "session": session, "events": [id]},
        }
        yield {"type": "event", "event": {"what": "noted", "id": id, "session": id, "note": id, "text": "a"}}
        yield {"type": "redact", "event": noted(session, "a", after=id)}
        yield {"type": "event", "event": noted(session, "a", after=id)}
        yield {"type": "event", "event": {"what": "coded", "id": new_id(), "session": session, "note": id}}
    yield {"type": "event", "event": noted(session, "a", opening_question=2**64)}
    yield {"type": "event", "event": noted(session, "a", opening_question=10**400)}
    yield {"type": "compare"}


@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_that_can_be_said_is_unforeseen(command: Command, screen: str):
    log = command.log
    with command.visit() as window:
        session = window.start()
    messages = [{"id": new_id(), **message} for message in _odd_messages(session)]
    replies = []
    with ExitStack() as visits:  # each window has a pace that it cannot exceed
        windows = [visits.enter_context(command.visit(screen)) for _ in range(10)]
        for window in windows:
            window.ask({"type": "hello", "session": session if screen == "workshop" else None})
        for message, window in zip(messages, cycle(windows), strict=False):
            window.say(message)
        for window in windows:
            window.say({"type": "compare", "id": (last := new_id())})
            replies += _replies_until(window, last)
    for reply in replies:
        assert "refused" not in reply or "Error" not in reply["refused"], reply
        assert len(json.dumps(reply)) < 10_000  # nobody is sent back what they sent
    assert len(replies) == len(messages) + len(windows)
    assert command.log == log


def _replies_until(window: Visitor, last: str) -> Iterator[dict]:
    while True:
        reply = window.take().get("reply")
        if reply:
            yield reply
            if reply["to"] == last:
                return
