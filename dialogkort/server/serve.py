"""The command's server: a facilitator's application on this machine, groups' on addresses of their own."""

import asyncio
import re
import secrets
import signal
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from socket import socket

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream
from tornado.web import Application

from dialogkort.server import limits
from dialogkort.server.garbage import seldom_collected
from dialogkort.server.gate import Gate, names_of
from dialogkort.server.handlers import (
    GroupDownload,
    GroupPage,
    JoinPage,
    KeyDownload,
    KeyPage,
    KeyUpload,
    NotFound,
    OneTimeLogin,
    OpenAsset,
    OpenHealth,
)
from dialogkort.server.host import Host
from dialogkort.server.sockets import GroupSocket, JoinSocket, KeySocket
from dialogkort.ui.screens import ADDRESSES, NAMES, PHONE

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_STOPPING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # no system has them all
_FILES = 128  # that are open besides: the store, its journal, libraries
_MAX_SELECT_CONNECTIONS = 480  # connections: Windows waits for 512 at most
_SECRET = r"([\w-]{20,64})"


def facilitator_application(host: Host, gate: Gate, key: str, base: str = "/") -> Application:
    """The facilitator's pages: all screens, all sessions, for the one who has the key."""
    shared = {"host": host, "gate": gate}
    routes = [
        ("", KeyPage),
        (f"({ADDRESSES})", KeyPage),
        (f"socket/({NAMES})", KeySocket),
        (rf"files/{_SECRET}", KeyDownload),
        ("uploads", KeyUpload),
        (rf"open/{_SECRET}", OneTimeLogin),
        *_SHARED,
    ]
    application = _application(routes, shared, base)
    application.settings.update(key=key, logins={})
    return application


def group_application(host: Host, gate: Gate, base: str = "/") -> Application:
    """The page to join by, and the groups' pages, each at an address for one session; nothing else."""
    routes = [
        ("", JoinPage),
        ("socket/join", JoinSocket),
        (rf"g/{_SECRET}/", GroupPage),
        (rf"g/{_SECRET}/socket/(workshop|{PHONE})", GroupSocket),
        (rf"g/{_SECRET}/files/{_SECRET}", GroupDownload),
        *_SHARED,
    ]
    return _application(routes, {"host": host, "gate": gate}, base)


_SHARED = [(r"assets/(\w+)/([\w/.-]+)", OpenAsset), ("alive", OpenHealth)]


def _application(routes: list[tuple], shared: dict, base: str) -> Application:
    handlers = [(f"{re.escape(base)}{path}", handler, shared) for path, handler in routes]
    return Application(
        handlers,
        default_handler_class=NotFound,
        default_handler_args=shared,
        gate=shared["gate"],
        log_function=lambda _: None,
        compress_response=False,
    )


class _Server(HTTPServer):
    """A server that notes who has come and has not said who that is."""

    def handle_stream(self, stream: IOStream, address: tuple) -> None:
        assert isinstance(self.request_callback, Application)  # as `_serve` makes it
        self.request_callback.settings["gate"].strangers.add(stream)
        super().handle_stream(stream, address)


def _most_connections() -> int:
    """The limit of connections beside the files that are open; it is raised as far as the system allows."""
    if sys.platform == "win32":
        return _MAX_SELECT_CONNECTIONS
    import resource

    soft_limit, hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = limits.MAX_SOCKETS + limits.MAX_UNAUTHENTICATED + _FILES
    allowed = needed if hard_limit == resource.RLIM_INFINITY else min(needed, hard_limit)
    if soft_limit == resource.RLIM_INFINITY or soft_limit >= allowed:
        return allowed - _FILES
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard_limit))
    except (OSError, ValueError):
        return soft_limit - _FILES
    return allowed - _FILES


def connection_shares(most: int, *, is_room: bool) -> tuple[int, int]:
    """How many strangers and how many windows a listener may have, of the connections there may be at most.

    The room's listener leaves some over, so that a full room keeps nobody off the facilitator's.

    Examples
    --------
    >>> connection_shares(4256, is_room=False), connection_shares(4256, is_room=True)
    ((256, 4000), (256, 3488))
    """
    strangers = min(limits.MAX_UNAUTHENTICATED, most // 4)
    left_over = min(limits.FACILITATOR_SOCKETS, most // 3) if is_room else 0
    return strangers, min(limits.MAX_SOCKETS, most - strangers - left_over)


def listen(
    application: Application,
    sockets: list[socket],
    tls: ssl.SSLContext | None = None,
    *,
    is_room: bool = False,
) -> HTTPServer:
    """Answer on sockets, with bounds on what is read before anybody is known."""
    gate = application.settings["gate"]
    strangers, windows = connection_shares(_most_connections(), is_room=is_room)
    gate.strangers.most = min(gate.strangers.most, strangers)
    gate.max_sockets = min(gate.max_sockets, windows)
    server = _Server(
        application,
        ssl_options=tls,
        max_header_size=limits.MAX_HEADER_BYTES,
        max_body_size=limits.MAX_BODY_BYTES,
        max_buffer_size=4 * limits.MAX_MESSAGE_BYTES,
        idle_connection_timeout=60,
        body_timeout=10,
    )
    server.add_sockets(sockets)
    return server


@dataclass(frozen=True)
class Address:
    """The address of the facilitator's pages: the path below which, and the names by which they answer.

    `public` are names as browsers write them in `Host`, of a proxy that passes that header on as it came.
    Nothing is read from headers a proxy adds (`X-Forwarded-…`): anybody could send those.
    """

    base: str = "/"
    public: frozenset[str] = frozenset()


def serve(
    host: Host,
    sockets: list[socket],
    key: str,
    page: str,
    ready: Callable[[str], None],
    address: Address | None = None,
) -> None:
    """Serve the facilitator's pages until the command is told to stop.

    `ready` is called once, when a page can be asked for, with a path that is good for a single visit.
    """
    try:
        asyncio.run(_serve(host, sockets, key, page, ready, address or Address()))
    finally:
        host.close()


async def _serve(
    host: Host,
    sockets: list[socket],
    key: str,
    page: str,
    ready: Callable[[str], None],
    address: Address,
) -> None:
    with stop_event() as stop:
        host.loop = asyncio.get_running_loop()
        gate = Gate(names_of(LOOPBACK, sockets[0].getsockname()[1]) | address.public)
        application = facilitator_application(host, gate, key, address.base)
        server = listen(application, sockets)
        login = secrets.token_urlsafe(24)
        application.settings["logins"][login] = f"../{page}#key={key}"
        ready(f"{address.base}open/{login}")
        async with seldom_collected():
            await stop.wait()
        server.stop()


@contextmanager
def stop_event() -> Iterator[asyncio.Event]:
    """An event that is set when the command is told to stop: by Ctrl-C, or by the system."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def set_stop() -> None:
        with suppress(RuntimeError):  # told once more while it is finishing
            loop.call_soon_threadsafe(stop.set)

    on_stop(set_stop)
    # Windows hears Ctrl-C only when the loop has something to do.
    awake = asyncio.create_task(_stay_awake()) if sys.platform == "win32" else None
    yield stop
    if awake:
        awake.cancel()


def on_stop(act: Callable[[], object]) -> None:
    """Do something when the process is told to stop, also where a shell has told it to ignore Ctrl-C."""
    for name in _STOPPING:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: act())


async def _stay_awake() -> None:
    while True:
        await asyncio.sleep(0.5)
