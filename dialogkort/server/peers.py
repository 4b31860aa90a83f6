"""The user at the other end of a loopback connection, where the system tells."""

import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

_CONNECTIONS = Path("/proc/net/tcp")  # proc(5): own address, other address, …, user


def is_somebody_else(connection: socket.socket) -> bool:
    """True when a connection comes from another user's program; False where that is unknown (Linux knows)."""
    with suppress(OSError, ValueError):
        own, other = _as_listed(connection.getpeername()), _as_listed(connection.getsockname())
        for line in _CONNECTIONS.read_text("ascii").splitlines()[1:]:
            fields = line.split()
            if fields[1:3] == [own, other]:
                return int(fields[7]) != os.getuid()
    return False


def _as_listed(address: tuple) -> str:
    """An address (IPv4) as Linux lists it: 127.0.0.1 is 0100007F where the smallest byte comes first."""
    number = int.from_bytes(socket.inet_aton(address[0]), sys.byteorder)
    return f"{number:08X}:{address[1]:04X}"
