"""Sharing with the room: the groups' listener on the room's network, and who has joined by it.

It is off until somebody asks. Controllers call it on the writer's thread, handlers on the loop; what both see
is guarded by a lock, and the listener itself is started and stopped on the loop.
"""

import logging
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from socket import socket
from typing import TYPE_CHECKING

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from dialogkort.domain.event_ids import Id
from dialogkort.errors import InvalidAction
from dialogkort.i18n import text
from dialogkort.server import limits
from dialogkort.server.gate import Gate, names_of
from dialogkort.server.join_code import GuessLimits, is_same, new_code
from dialogkort.server.keys import device_id
from dialogkort.server.network import (
    EVERYWHERE,
    address_choices,
    address_on,
    bracketed,
    interface_of,
    is_address,
    is_answered,
    is_gone,
    is_loopback,
    own_addresses,
    resolve,
)
from dialogkort.server.shared_room import Device, SharedRoom, forget_room, keep_room, read_room
from dialogkort.store import Store
from dialogkort.ui.roles import Access, Role
from dialogkort.ui.share.public_address import PublicAddress
from dialogkort.ui.share.service import (
    CLOSED,
    EXPIRED,
    GUESSED,
    OPEN,
    PHONE,
    AddressChoice,
    DeviceStatus,
    SharingStatus,
)
from dialogkort.ui.share.view import proposed_workshop

if TYPE_CHECKING:
    from dialogkort.server.host import Host
    from dialogkort.server.sockets import GroupSocket, JoinSocket

_log = logging.getLogger(__name__)
CODE_SECONDS = 12 * 3600  # a day of workshops, with time to set up and to clear away
PORTS = (*range(8880, 8890), 0)  # short ones, as they may have to be typed; else any
ENDED, REMOVED = 4410, 4411  # how a device's sockets are closed when sharing ends, or it is removed
_HERE = "127.0.0.1"  # where a proxy on this machine calls
_SCREENS = ("share", "plenum")  # that show who is there
_ADDRESS_SECONDS = 2.0  # between two looks at whether the machine still has its address


class Sharing:
    """The room that is shared with, if any: implements `SharingService` for a host.

    Parameters
    ----------
    host : Host
        Whose groups are let in. Its loop must be known before anything is shared.
    folder : Path
        Where what is shared is kept, for the user only.
    tls : ssl.SSLContext, optional
        A certificate to show; without one the connection is not encrypted.
    public : PublicAddress, optional
        What devices call the room by where a proxy stands between; it answers to that name alone then.
    proxy : str
        The address of that proxy, if its word on who calls is taken (see `Gate`).
    """

    def __init__(
        self,
        host: "Host",
        folder: Path,
        tls: ssl.SSLContext | None = None,
        public: PublicAddress | None = None,
        proxy: str = "",
    ):
        self._public = public
        self._proxy = proxy
        self._host = host
        self._folder = folder
        self._tls = tls
        self._lock = threading.RLock()
        self._room: SharedRoom | None = None
        self._server: HTTPServer | None = None
        self._guesses = GuessLimits()
        self._opened_at = 0.0
        self._first_device_at: float | None = None
        self._windows: Counter[str] = Counter()  # open ones, by the secret of their address
        self._last_seen: dict[str, float] = {}
        self._unused: dict[str, None] = {}  # addresses given out since the start where nobody has come yet
        self._sockets: set[GroupSocket] = set()
        self._waiting: set[JoinSocket] = set()  # at the page to join by
        self._is_telling = False
        self._openings = 0  # listeners so far: one that comes too late is none
        self._gate: Gate | None = None  # of the listener
        self._interface = ""  # what the machine calls the network that is listened on
        self._moved_at = 0.0  # when another address was taken up last
        self._looked_at: tuple[bool, str] = (False, "")  # the address: is it gone, and what devices call it

    # --- what the facilitator asks for ----------------------------------------------------------------

    def status(self) -> SharingStatus | None:
        """See `SharingService`; the same for all methods below."""
        with self._lock:
            room = self._room
            if room is None:
                return None
            return SharingStatus(
                origin=self._origin(room),
                address=room.address,
                code=room.code,
                joining=self._joining(room),
                until=room.until,
                opened_at=self._opened_at,
                first_device_at=self._first_device_at,
                is_encrypted=self._scheme == "https",
                is_address_gone=is_gone(room.address),
                moved_at=self._moved_at,
                workshop=room.workshop,
                plan=room.plan,
                devices=tuple(
                    DeviceStatus(
                        device_id(secret),
                        device.session,
                        device.kind,
                        device.joined_at,
                        self._windows[secret],
                        self._last_seen.get(secret, 0.0),
                    )
                    for secret, device in room.devices.items()
                ),
            )

    def address_choices(self) -> list[AddressChoice]:
        if self._public is None:
            return address_choices()
        return [AddressChoice(_HERE, text("sharing.behind_proxy")), *address_choices()]

    def open(self, address: str, workshop: Mapping[str, str], plan: Id | None = None, name: str = "") -> None:
        with self._lock:
            former, listened_on = self._room, _checked_address(address)  # no name: that is not looked up here
            if former is None and self._goes_on_elsewhere():
                raise InvalidAction(text("sharing.elsewhere"))
            wanted = (listened_on, dict(workshop), plan)
            if former and (former.address, former.workshop, former.plan) == wanted:
                return
            room = SharedRoom(
                address=listened_on,
                name=name or (former.name if former and former.address == listened_on else ""),
                port=former.port if former else self._last_port(),
                code=former.code if former else new_code(),
                until=former.until if former else time.time() + CODE_SECONDS,
                joining=former.joining if former else OPEN,
                workshop=dict(workshop),
                plan=plan,
                devices=former.devices if former else {},
            )
            self._listen(room, (room.port, *PORTS) if room.port else PORTS)

    def resume(self, *, elsewhere: bool = False) -> bool:
        """Go on sharing where it was broken off; False when there is nothing to go on with.

        `InvalidAction` when the address is not this machine's any more, or somebody has the port: another
        process of ours that goes on sharing, it may be. With `elsewhere` another port will do.
        """
        room = read_room(self._folder)
        if room is None or room.until < time.time():
            return False
        # A clock that was ahead when it was kept makes no code good for longer.
        room = replace(room, until=min(room.until, time.time() + CODE_SECONDS))
        with self._lock:
            _checked_address(room.address)
            # Known before it listens: a device that is back at once is not to be told that it is a stranger.
            devices = {
                secret: Access(_role_of(device.kind), device.session)
                for secret, device in room.devices.items()
            }
            self._host.groups.update(devices)
            try:
                self._listen(room, (room.port, *PORTS) if elsewhere else (room.port,))
            except InvalidAction:
                for secret in devices:
                    self._host.groups.pop(secret, None)
                raise
        return True

    def set_joining(self, is_open: bool) -> None:
        with self._changed() as room:
            is_spent = self._is_spent(room)
            if is_open and is_spent:
                self._room = self._with_new_code(room)
            elif not is_spent:  # else nobody is let in as it is, and never again by this code
                self._room = replace(room, joining=OPEN if is_open else CLOSED)
        self._tell_groups()

    def renew_code(self) -> None:
        with self._changed() as room:
            self._room = self._with_new_code(room)
        self._tell_groups()

    def end(self) -> None:
        with self._lock:
            room, self._room = self._room, None
            self._unused = {}
            self._stop()
            for secret in room.devices if room else ():
                self._host.groups.pop(secret, None)
            forget_room(self._folder)
        self._on_loop(partial(self._close_sockets, ENDED))
        self._tell()

    def remove(self, device: str) -> None:
        with self._changed() as room:
            secret = next((secret for secret in room.devices if device_id(secret) == device), None)
            if secret is None:
                raise InvalidAction(text("sharing.no_device"))
            devices = {other: known for other, known in room.devices.items() if other != secret}
            self._room = replace(room, devices=devices)
            self._host.groups.pop(secret, None)
            for by_secret in (self._windows, self._last_seen, self._unused):
                by_secret.pop(secret, None)
        self._on_loop(partial(self._close_sockets, REMOVED, secret))

    def open_next(self, address: str) -> None:
        """Share the next workshop, as it was prepared if it was; what is shared already goes on.

        A name of this machine will do for an address: it is looked up before anybody waits for the writer.
        """
        name = "" if is_address(address) else address
        listened_on = resolve(address) if name else address
        if not listened_on:
            raise InvalidAction(text("sharing.no_address", address=address[:80]))

        def open_on_writer(store: Store) -> None:
            if status := self.status():
                return self.open(listened_on, status.workshop, status.plan, name)
            newest = next(iter(store.sessions().values()), None)
            plan, workshop = proposed_workshop(store.plans(), newest)
            return self.open(listened_on, workshop, plan, name)

        self._host.dispatcher.call(open_on_writer)

    # --- who joins ------------------------------------------------------------------------------------

    def check_code(self, code: str, peer: str) -> None:
        with self._lock:
            room = self._room
            joining = self._joining(room) if room else CLOSED
            if room is None or joining != OPEN:
                raise InvalidAction(text(f"sharing.join.{joining}"))
            if self._guesses.must_wait(peer):
                raise InvalidAction(text("sharing.join.must_wait"))
            if is_same(code, room.code):
                return
            self._guesses.count(peer)
            if self._guesses.is_reached:
                _log.warning("Joining is closed after too many wrong codes")
                self._room = replace(room, joining=GUESSED)
                self._keep()
        if self._guesses.is_reached:
            self._tell()
        raise InvalidAction(text("sharing.join.wrong_code"))

    def is_code(self, code: str) -> bool:
        room = self._room
        return room is not None and is_same(code, room.code)

    def check_room(self) -> None:
        with self._lock:
            if self._room is None:
                raise InvalidAction(text("sharing.not_shared"))
            if len(self._room.devices) >= limits.MAX_DEVICES and not self._unused:
                raise InvalidAction(text("sharing.join.too_many"))

    def admit(self, session: Id, kind: str) -> str:
        with self._changed() as room:
            self.check_room()
            devices = dict(room.devices)
            if len(devices) >= limits.MAX_DEVICES:  # somebody joins and joins, and comes nowhere
                self._host.groups.pop(given_up := next(iter(self._unused)), None)
                del self._unused[given_up], devices[given_up]
            secret = self._host.open_for_group(session, _role_of(kind))
            self._unused[secret] = None
            self._room = replace(room, devices={**devices, secret: Device(session, kind, time.time())})
        return secret

    def kind_of(self, secret: str) -> str:
        """What a device is to its group, by the secret of its address."""
        room = self._room
        return room.devices[secret].kind if room and secret in room.devices else "both"

    # --- signs of life, on the loop -------------------------------------------------------------------

    def note_device(self, peer: str) -> None:
        """A device has got through, to join or to go on. This machine itself proves nothing."""
        room = self._room
        if self._first_device_at is not None or room is None:
            return
        if self._public is None and peer in own_addresses() and not is_loopback(room.address):
            return
        self._first_device_at = time.time()
        self._tell()

    def waits(self, window: "JoinSocket") -> None:
        """A window is at the page to join by."""
        self._waiting.add(window)

    def waits_no_more(self, window: "JoinSocket") -> None:
        """It is gone."""
        self._waiting.discard(window)

    def window_opened(self, secret: str, window: "GroupSocket") -> None:
        """A window of a device is there."""
        self._sockets.add(window)
        self.note_device(window.gate.peer(window.request))
        self._count_window(secret, 1)

    def window_closed(self, secret: str, window: "GroupSocket") -> None:
        """A window of a device is gone."""
        self._sockets.discard(window)
        self._count_window(secret, -1)

    def _count_window(self, secret: str, change: int) -> None:
        with self._lock:
            if self._room is None or secret not in self._room.devices:
                return  # it was removed
            self._unused.pop(secret, None)
            self._windows[secret] += change
            self._last_seen[secret] = time.time()
        self._tell()

    # --- the listener ---------------------------------------------------------------------------------

    def _listen(self, room: SharedRoom, ports: Sequence[int]) -> None:
        """Answer at a room's address, on its port where that is possible, and no more where it was before."""
        former = self._room
        if former and former.address == room.address:  # it is listened on already
            self._room = room
            self._keep()
            self._tell()
            return
        sockets = _bound(room.address, ports)
        self._stop()
        self._room = replace(room, port=sockets[0].getsockname()[1])
        self._guesses = GuessLimits()
        self._opened_at, self._first_device_at = time.time(), None
        self._moved_at = self._opened_at if former else 0.0
        self._interface = interface_of(room.address)
        self._keep()
        gate = Gate(self._names(self._room), schemes=(self._scheme,), proxy=self._proxy)
        self._on_loop(partial(self._start, gate, sockets, self._openings))
        self._tell()

    def _start(self, gate: Gate, sockets: list[socket], opening: int) -> None:
        from dialogkort.server.serve import group_application, listen

        if opening != self._openings:  # ended, or moved elsewhere, before it had begun
            for listener in sockets:
                listener.close()
            return
        application = group_application(self._host, gate, self._public.base if self._public else "/")
        self._server = listen(application, sockets, self._tls, is_room=True)
        self._gate = gate
        self._show_way()
        self._look_for_address(opening)

    def _look_for_address(self, opening: int) -> None:
        """Look every few seconds, while the listener is the same, whether the machine has its address yet."""
        room, loop = self._room, self._host.loop
        if opening != self._openings or room is None or loop is None:
            return
        is_away = is_gone(room.address)
        if (looked_at := (is_away, self._origin(room))) != self._looked_at:
            self._looked_at = looked_at
            if self._gate:
                self._gate.hosts = self._names(room)  # who listens everywhere has a new address there, too
            self._show_way()
            self._tell()
        if is_away:
            with suppress(RuntimeError):  # closing
                self._host.threads.submit(self._follow_network, opening)
        loop.call_later(_ADDRESS_SECONDS, self._look_for_address, opening)

    def _follow_network(self, opening: int) -> None:
        """Share at the address that the machine has on the same network by now, if it has one there."""
        with self._lock:
            room = self._room
            address = address_on(self._interface)
            if room is None or opening != self._openings or not address:
                return
            with suppress(InvalidAction):  # the next look tries again
                self.open(address, room.workshop, room.plan)

    def _show_way(self) -> None:
        """Tell the windows that came by an address which is not listened on any more where to go on."""
        if (room := self._room) is None or (gate := self._gate) is None:
            return
        self._tell_groups()
        for window in (*self._sockets, *self._waiting):
            is_there = gate.allows_host(window.request.host)
            window.show_way("" if is_there else f"{self._origin(room)}/{window.path}")

    def _stop(self) -> None:
        def stop() -> None:
            if server:
                server.stop()

        self._openings += 1
        server, self._server = self._server, None
        self._on_loop(stop)

    def _close_sockets(self, code: int, secret: str | None = None) -> None:
        """Close the sockets of one device, or of all."""
        for window in list(self._sockets):
            if secret in (None, window.address):
                window.close(code)

    def _on_loop(self, act) -> None:
        if self._host.loop is None:
            raise RuntimeError("no loop to listen on yet")
        with suppress(RuntimeError):  # it is closed: nobody listens any more
            self._host.loop.call_soon_threadsafe(act)

    # --- how it is kept and shown ---------------------------------------------------------------------

    @contextmanager
    def _changed(self) -> Iterator[SharedRoom]:
        """The room, to be changed; it is kept and shown then. `InvalidAction` when nothing is shared."""
        with self._lock:
            if self._room is None:
                raise InvalidAction(text("sharing.not_shared"))
            yield self._room
            self._keep()
        self._tell()

    def _keep(self) -> None:
        if self._room is None:
            return
        try:
            keep_room(self._folder, self._room)
        except OSError:
            # Sharing goes on; only after a restart devices would have to join once more.
            _log.warning("What is shared could not be kept", exc_info=True)

    def _tell(self) -> None:
        """Show the facilitator's windows what has changed; many changes at once are shown once."""
        with self._lock:
            if self._is_telling:
                return
            self._is_telling = True
        self._host.dispatcher.refresh(_SCREENS, self._before_telling)

    def _tell_groups(self) -> None:
        """Show the groups' screens, where a phone may join by them, what has changed of how that is done."""
        self._host.dispatcher.refresh(("workshop",), lambda: None)

    def _before_telling(self) -> None:
        with self._lock:
            self._is_telling = False

    def _with_new_code(self, room: SharedRoom) -> SharedRoom:
        self._guesses = GuessLimits()
        return replace(room, code=new_code(), until=time.time() + CODE_SECONDS, joining=OPEN)

    def _last_port(self) -> int:
        last = read_room(self._folder)
        return last.port if last else 0

    def _goes_on_elsewhere(self) -> bool:
        """Whether another process of ours shares these notes: a notebook's, or the page's."""
        room = read_room(self._folder)
        return room is not None and room.until > time.time() and is_answered(room.address, room.port)

    def _is_spent(self, room: SharedRoom) -> bool:
        """Whether a room's code has been guessed at too often, or is too old: only another one will do."""
        return room.joining == GUESSED or room.until < time.time()

    def _joining(self, room: SharedRoom) -> str:
        return EXPIRED if room.joining == OPEN and room.until < time.time() else room.joining

    def _origin(self, room: SharedRoom) -> str:
        if self._public:
            return self._public.origin
        shown = room.name or room.address
        if shown in EVERYWHERE:
            shown = next((choice.address for choice in address_choices()), shown)
        return f"{self._scheme}://{bracketed(shown)}:{room.port}"

    @property
    def _scheme(self) -> str:
        """What devices speak: to the proxy, where there is one."""
        if self._public:
            return self._public.scheme
        return "https" if self._tls else "http"

    def _names(self, room: SharedRoom) -> frozenset[str]:
        if self._public:
            return frozenset({self._public.host})
        addresses = own_addresses() if room.address in EVERYWHERE else {room.address}
        return names_of({*addresses, *filter(None, [room.name])}, room.port)


def _role_of(kind: str) -> Role:
    """What a device's address is for, by what the device is."""
    return Role.PHONE if kind == PHONE else Role.GROUP


def _checked_address(address: str) -> str:
    """The address behind what was asked for. `InvalidAction` when it is none of this machine's."""
    resolved = resolve(address) if is_address(address) else ""
    if resolved and (resolved in EVERYWHERE or is_loopback(resolved) or resolved in own_addresses()):
        return resolved
    raise InvalidAction(text("sharing.no_address", address=address[:80]))


def _bound(address: str, ports: Sequence[int]) -> list[socket]:
    """Listening sockets on the first port that is free."""
    for candidate in ports:
        with suppress(OSError):
            return bind_sockets(candidate, address)
    raise InvalidAction(text("sharing.cannot_listen", address=address))
