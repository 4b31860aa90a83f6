"""Interface between the screens of sharing and whoever listens on the room's network."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from dialogkort.domain.event_ids import Id

OPEN, CLOSED, GUESSED, EXPIRED = "open", "closed", "guessed", "expired"  # what joining may be
OF_GROUP = ("both", "table", "pad")
PHONE = "phone"  # a participant's own
DEVICES = (*OF_GROUP, PHONE)  # what a device may be to its group


@dataclass(frozen=True)
class AddressChoice:
    """An address of this machine, and what the machine calls the network it is on."""

    address: str
    interface: str


@dataclass(frozen=True)
class DeviceStatus:
    """A device that has joined: its group's session, what it is there, and its last sign of life.

    `windows` are open now; `joined_at` and `last_seen` are in seconds since 1970, 0 where that is unknown or
    it has not come yet. By `id` it can be removed.
    """

    id: str
    session: Id
    kind: str
    joined_at: float
    windows: int
    last_seen: float


@dataclass(frozen=True)
class SharingStatus:
    """How sharing is going. Times are in seconds since 1970.

    `origin` is what devices call this machine by, `address` the one that is listened on. `joining` is one of
    open, closed, guessed (too many wrong codes) and expired. `first_device_at` is when the first device got
    through, None before. `is_address_gone`: the machine has that address no more, so nobody gets through.
    `moved_at` is when another one was taken up last, 0 while it is the first. `workshop` are the details that
    new groups begin with, `plan` is what was prepared for it.
    """

    origin: str
    address: str
    code: str
    joining: str
    until: float
    opened_at: float
    first_device_at: float | None
    is_encrypted: bool
    is_address_gone: bool
    moved_at: float
    workshop: Mapping[str, str]
    plan: Id | None
    devices: tuple[DeviceStatus, ...]


class JoinedDevices(Protocol):
    """The devices that have joined."""

    @property
    def devices(self) -> tuple[DeviceStatus, ...]:
        """Each of them, with its group's session."""
        ...


class DeviceSource(Protocol):
    """Knows which devices have joined: whoever listens, or a notebook that was told by its process."""

    def status(self) -> JoinedDevices | None:
        """The devices; None while nothing is shared."""
        ...


class SharingService(Protocol):
    """Listens on the room's network, for groups alone. Everything is called on the writer's thread.

    What makes no sense, or cannot be done now, raises `InvalidAction`.
    """

    def status(self) -> SharingStatus | None:
        """How sharing is going; None while nothing is shared."""
        ...

    def address_choices(self) -> list[AddressChoice]:
        """The addresses to share at; the first is the one to propose."""
        ...

    def open(self, address: str, workshop: Mapping[str, str], plan: Id | None = None) -> None:
        """Share a workshop, prepared it may be, at an address; devices that have joined stay so."""
        ...

    def set_joining(self, is_open: bool) -> None:
        """Let new devices in, or no more of them; those that have joined do not notice."""
        ...

    def renew_code(self) -> None:
        """Another code, good as long as a new one is."""
        ...

    def remove(self, device: str) -> None:
        """Take a device's address from it; its group and all others do not notice."""
        ...

    def end(self) -> None:
        """Listen no more, and forget all addresses that were given out."""
        ...

    def check_code(self, code: str, peer: str) -> None:
        """Let pass who has the code; `InvalidAction` says why not."""
        ...

    def is_code(self, code: str) -> bool:
        """Whether a code that was right once still is, also while nobody new is let in."""
        ...

    def check_room(self) -> None:
        """Let pass while there is room for one more device; `InvalidAction` says that there is none."""
        ...

    def admit(self, session: Id, kind: str) -> str:
        """The secret of a new device's own address, which is for one session."""
        ...
