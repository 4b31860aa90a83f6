"""Access checks before anybody is known: host names, origins, rate limits, limits on connections."""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

from tornado.httputil import HTTPServerRequest

from dialogkort.server import limits


@dataclass
class Gate:
    """The names and pages that are let in, and how many sockets there are.

    Parameters
    ----------
    hosts : set of str
        `name:port` as browsers write it in `Host`.
    schemes : iterable of str
        Of pages that may open a socket.
    proxy : str
        The address of a proxy whose word on who calls is taken; nobody's, where it is empty.
    """

    hosts: frozenset[str]
    schemes: tuple[str, ...] = ("http", "https")
    proxy: str = ""
    sockets: int = 0
    max_sockets: int = limits.MAX_SOCKETS
    strangers: "UnauthenticatedConnections" = field(
        default_factory=lambda: UnauthenticatedConnections(limits.MAX_UNAUTHENTICATED)
    )
    by_address: dict[str, int] = field(default_factory=dict)
    paces: dict[str, "TokenBucket"] = field(default_factory=dict)  # of a group: its windows share one
    _paces_of_strangers: OrderedDict[str, "TokenBucket"] = field(default_factory=OrderedDict)

    def allows_host(self, host: str | None) -> bool:
        """True when a request calls this server by a name of its own."""
        return host is not None and host.lower() in self.hosts

    def peer(self, request: HTTPServerRequest) -> str:
        """The address a request comes from: what the proxy has added to `X-Forwarded-For`, if it is let."""
        caller = str(request.remote_ip)
        if not self.proxy or caller != self.proxy:
            return caller
        added = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        try:
            return str(ipaddress.ip_address(added))
        except ValueError:
            return caller

    def pace_of_stranger(self, address: str) -> "TokenBucket":
        """The pace that all sockets of strangers at an address share."""
        paces = self._paces_of_strangers
        pace = paces.pop(address, None) or TokenBucket(limits.JOINING_PER_SECOND, limits.JOINING_BURST)
        paces[address] = pace
        while len(paces) > limits.MAX_UNAUTHENTICATED:
            paces.popitem(last=False)
        return pace

    def allows_origin(self, origin: str | None, host: str | None) -> bool:
        """True when a page from `origin` may open a socket here: only one that this server has given out."""
        if origin is None or not self.allows_host(host):
            return False
        return origin.lower() in {f"{scheme}://{host}".lower() for scheme in self.schemes}


def names_of(addresses: Iterable[str], port: int) -> frozenset[str]:
    """`name:port` for each address that is listened on."""
    bracketed = {f"[{name}]" if ":" in name else name for name in addresses}
    return frozenset(f"{name}:{port}".lower() for name in bracketed)


class UnauthenticatedConnections:
    """Connections of which nobody knows yet whose they are: when there are too many, the oldest is closed.

    So who opens hundreds and says nothing keeps nobody out who has the key: to say so takes milliseconds.
    """

    def __init__(self, limit: int):
        self.most = limit
        self._open: dict = {}  # in the order they came

    def add(self, stream) -> None:
        """Somebody has come. `stream` can tell that it is `closed()`, and can be closed by `close()`."""
        if len(self._open) >= self.most:
            self._open = {connection: None for connection in self._open if not connection.closed()}
        if len(self._open) >= self.most:
            oldest = next(iter(self._open))
            del self._open[oldest]
            oldest.close()
        self._open[stream] = None

    def discard(self, stream) -> None:
        """It is known now who that is."""
        self._open.pop(stream, None)


def is_slow(record: object) -> bool:
    """True for a message that may keep the store to itself for tenths of a second: it erases something."""
    return isinstance(record, dict) and record.get("type") in ("redact", "erase")


class TokenBucket:
    """A token bucket: how long a sender has to wait. Nothing is dropped; who is too fast is read more slowly.

    Examples
    --------
    >>> pace = TokenBucket(per_second=10, at_once=2, now=0.0)
    >>> [pace.wait(0.0), pace.wait(0.0), pace.wait(0.0)]
    [0.0, 0.0, 0.1]
    """

    def __init__(
        self,
        per_second: float = limits.MESSAGES_PER_SECOND,
        at_once: int = limits.MESSAGE_BURST,
        now: float | None = None,
    ):
        self._per_second = per_second
        self._at_once = at_once
        self._left = float(at_once)
        self._at = time.monotonic() if now is None else now

    def wait(self, now: float | None = None, length: int = 0, messages: int = 1) -> float:
        """Seconds to wait before the next message is taken in; this one, of `length` bytes, is counted."""
        now = time.monotonic() if now is None else now
        self._left = min(self._at_once, self._left + (now - self._at) * self._per_second) - messages
        self._at = now
        self.count(length)
        return max(0.0, -self._left / self._per_second)

    def count(self, length: int) -> None:
        """Count the bytes of an answer as well: who asks for much has to wait before asking again."""
        self._left -= length // limits.LARGE_MESSAGE_BYTES
