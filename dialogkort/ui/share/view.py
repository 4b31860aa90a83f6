"""Views of sharing as plain data: what is shown to the room, and what a device sees before it joins."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache

from dialogkort.domain import details
from dialogkort.domain.event_ids import Id
from dialogkort.domain.events import Described, WorkshopPlanned
from dialogkort.i18n import text
from dialogkort.i18n.formats import day_and_hour, hour
from dialogkort.ui.dates import date_read
from dialogkort.ui.share.service import DeviceStatus, SharingStatus

_OF_WORKSHOP = [detail.name for detail in details.DETAILS if detail.of_workshop]
_QUIET_ZONE = 4  # modules around a QR code (ISO/IEC 18004)


def workshop_proposal(newest: Described | WorkshopPlanned | None) -> dict[str, str]:
    """Details of the workshop to share: today's, begun or planned; else one with a plain name."""
    today = date.today().isoformat()
    if newest is not None and newest.date == today:
        return {name: getattr(newest, name) for name in _OF_WORKSHOP}
    return {"workshop": text("sharing.workshop"), "organisation": "", "unit": "", "date": today}


def sharing_view(
    status: SharingStatus | None,
    choices: list[dict[str, str]],
    proposal: Mapping[str, str],
    names: Mapping[Id, str],
) -> dict:
    """What the facilitator's window shows; `names` are the groups' by their sessions."""
    if status is None:
        return {"state": "none", "choices": choices, "proposal": dict(proposal)}
    return {
        "state": "shared",
        "choices": choices,
        "workshop": {**status.workshop, "date_read": date_read(status.workshop.get("date", ""))},
        "origin": status.origin,
        "address": status.address,
        "code": f"{status.code[:4]}-{status.code[4:]}",
        "qr": qr_code(join_address(status)),
        "joining": status.joining,
        "until": _moment(status.until),
        "until_ms": round(status.until * 1000),
        "opened_ms": round(status.opened_at * 1000),
        "has_device": status.first_device_at is not None,
        "is_encrypted": status.is_encrypted,
        "is_address_gone": status.is_address_gone,
        "groups": _groups(status.devices, names),
    }


def join_address(status: SharingStatus) -> str:
    """The address that the QR code leads to: the code stands behind #, which no browser sends."""
    return f"{status.origin}/#code={status.code}"


@lru_cache(4)  # it takes longer than all the rest, and is shown again at every sign of life
def qr_code(address: str) -> dict:
    """A QR code as one path: how many units it is wide, and where it is dark (SVG 2, 9.3)."""
    import segno

    rows = segno.make(address, error="m", micro=False).matrix
    dark = (
        f"M{column + _QUIET_ZONE} {row + _QUIET_ZONE}h1v1h-1z"
        for row, modules in enumerate(rows)
        for column, module in enumerate(modules)
        if module
    )
    return {"size": len(rows) + 2 * _QUIET_ZONE, "path": "".join(dark)}


def meeting_view(workshop: Mapping[str, str], groups: Iterable[tuple[Id, str]]) -> dict:
    """What a device is shown once it has the code: what the meeting is, and which groups there are."""
    return {
        "workshop": workshop.get("workshop", ""),
        "about": [
            part
            for part in (
                workshop.get("organisation", ""),
                workshop.get("unit", ""),
                date_read(workshop.get("date", "")),
            )
            if part
        ],
        "groups": [{"session": session, "name": name} for session, name in groups],
    }


def _groups(devices: Iterable[DeviceStatus], names: Mapping[Id, str]) -> list[dict]:
    """The groups that have joined, by name: how many devices, how many of them are here, when last seen."""
    by_session: dict[Id, list[DeviceStatus]] = {}
    for device in devices:
        if device.session in names:  # else it was erased
            by_session.setdefault(device.session, []).append(device)
    rows = [
        {
            "session": session,
            "name": names[session],
            "devices": len(joined),
            "here": sum(device.windows > 0 for device in joined),
            "seen": _hour(max(device.last_seen for device in joined)),
        }
        for session, joined in by_session.items()
    ]
    return sorted(rows, key=lambda row: str(row["name"]).casefold())


def _moment(seconds: float) -> str:
    """A moment to come: the hour alone when that is today."""
    moment = datetime.fromtimestamp(seconds).astimezone()
    is_today = moment.date() == date.today()
    return text("sharing.at_hour", hour=hour(moment)) if is_today else day_and_hour(moment)


def _hour(seconds: float) -> str:
    return hour(datetime.fromtimestamp(seconds).astimezone()) if seconds else ""
