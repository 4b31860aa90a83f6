"""A wire between a browser and a server that can be cut and mended, as a network can."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

_CHUNK = 65_536


class Wire:
    """Answers on a port of its own and carries everything to `address` and back, while it is whole.

    `cut()` ends every connection and takes no new one; `swallow()` leaves them open and carries nothing, as a
    cable does that is pulled; `mend()` carries again. `url` is the address by way of the wire. As a proxy
    does, it calls the server by the name that the server knows itself by.
    """

    def __init__(self, address: str):
        parts = urlsplit(address)
        self._goal = (parts.hostname, parts.port)
        self._whole = threading.Event()
        self._whole.set()
        self._refusing = False
        self._ends: set[socket.socket] = set()
        self._door = socket.create_server(("127.0.0.1", 0))
        here = f"127.0.0.1:{self._door.getsockname()[1]}"
        self.url = parts._replace(netloc=here).geturl()
        self._names = here.encode(), parts.netloc.encode()
        threading.Thread(target=self._answer, daemon=True).start()

    def cut(self) -> None:
        self._refusing = True
        for end in list(self._ends):
            _hang_up(end)

    def swallow(self) -> None:
        self._whole.clear()

    def mend(self) -> None:
        if not self._whole.is_set():  # what was on its way is lost: the other end has given up on it
            for end in list(self._ends):
                _hang_up(end)
        self._refusing = False
        self._whole.set()

    def close(self) -> None:
        self.cut()
        self._whole.set()
        self._door.close()

    def _answer(self) -> None:
        with contextlib.suppress(OSError):  # the door was closed
            while True:
                near, _ = self._door.accept()
                if self._refusing:
                    near.close()
                else:
                    threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        self._ends.add(near)
        self._whole.wait()
        try:
            far = socket.create_connection(self._goal)
        except OSError:
            _hang_up(near)
            return
        self._ends.add(far)
        here, there = self._names
        for ways in ((near, far, here, there), (far, near, there, here)):
            threading.Thread(target=self._carry, args=ways, daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket, original: bytes, replacement: bytes) -> None:
        with contextlib.suppress(OSError):
            while content := one.recv(_CHUNK):
                self._whole.wait()
                other.sendall(content.replace(original, replacement))
        for end in (one, other):
            self._ends.discard(end)
            _hang_up(end)


def _hang_up(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        end.close()


@contextlib.contextmanager
def wire_to(address: str) -> Iterator[Wire]:
    """A wire to an address, whole to begin with."""
    wire = Wire(address)
    try:
        yield wire
    finally:
        wire.close()
