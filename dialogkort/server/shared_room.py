"""File of what is shared, for this user only, so that devices go on after a restart."""

import json
import os
import re
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from ipaddress import ip_address
from pathlib import Path

from dialogkort.domain.event_ids import Id, is_id
from dialogkort.errors import InvalidAction
from dialogkort.files.durable_files import make_folder, sync_folder, write_atomically
from dialogkort.server.join_code import read_code
from dialogkort.ui.share.controller import workshop_details
from dialogkort.ui.share.service import CLOSED, DEVICES, GUESSED, OPEN

_NAME = ".dialogkort-share"
_LARGEST = 1 << 20  # bytes
_LAST_MOMENT = 1 << 34  # seconds since 1970: the year 2514
_SECRET = re.compile(r"[\w-]{20,64}", re.ASCII)


@dataclass(frozen=True)
class Device:
    """A device that has joined: the session its address is for, what it is there, and since when.

    `joined_at` is in seconds since 1970, 0 where an earlier version has let it in.
    """

    session: Id
    kind: str
    joined_at: float = 0.0


@dataclass(frozen=True)
class SharedRoom:
    """A room that is shared with: where, under which code, until when, and who has joined.

    `name` is what devices call the machine where that is not its address (a certificate's name).
    """

    address: str
    name: str
    port: int
    code: str
    until: float  # seconds since 1970
    joining: str = OPEN
    workshop: dict[str, str] = field(default_factory=dict)
    plan: Id | None = None  # what was prepared for it
    devices: dict[str, Device] = field(default_factory=dict)  # by the secret of its address


def read_room(folder: Path) -> SharedRoom | None:
    """The room that was shared with last; None when there is none, or its file is not as it was written."""
    path = folder / _NAME
    try:
        with path.open("rb") as file:
            if os.name == "posix" and os.fstat(file.fileno()).st_mode & 0o077:
                return None  # others could have read the addresses
            content = file.read(_LARGEST)
        return _room(json.loads(content))
    except (InvalidAction, OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def keep_room(folder: Path, room: SharedRoom) -> None:
    """Keep what is shared. May raise `OSError`."""
    make_folder(folder)
    write_atomically(folder / _NAME, json.dumps(asdict(room), ensure_ascii=False).encode())


def forget_room(folder: Path) -> None:
    """Keep nothing of it."""
    with suppress(OSError):
        (folder / _NAME).unlink(missing_ok=True)
        sync_folder(folder)


def _room(content: dict) -> SharedRoom:
    """What a file says, checked. What a newer version has written besides is passed over."""
    known = {field.name: content[field.name] for field in fields(SharedRoom) if field.name in content}
    checked = {"devices": _devices(content["devices"]), "workshop": workshop_details(content["workshop"])}
    room = SharedRoom(**{**known, **checked})
    is_sound = (
        all(isinstance(text, str) for text in (room.name, room.code))
        and bool(ip_address(room.address) if isinstance(room.address, str) else None)
        and read_code(room.code) == room.code
        and type(room.port) is int
        and 0 < room.port < 65_536
        and room.until != 0
        and _is_moment(room.until)
        and room.joining in (OPEN, CLOSED, GUESSED)
        and (room.plan is None or is_id(room.plan))
    )
    if not is_sound:
        raise ValueError
    return room


def _devices(content: dict) -> dict[str, Device]:
    devices = {
        secret: Device(values["session"], values["kind"], values.get("joined_at", 0.0))
        for secret, values in content.items()
    }
    are_sound = all(
        _SECRET.fullmatch(secret)
        and is_id(device.session)
        and device.kind in DEVICES
        and _is_moment(device.joined_at)
        for secret, device in devices.items()
    )
    if not are_sound:
        raise ValueError
    return devices


def _is_moment(seconds: object) -> bool:
    return isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 <= seconds < _LAST_MOMENT
