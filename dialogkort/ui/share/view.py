"""Views of sharing as plain data: what is shown to the room, and what a device sees before it joins."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from itertools import islice

from dialogkort.domain.details import OF_WORKSHOP
from dialogkort.domain.event_ids import Id
from dialogkort.domain.events import Described, WorkshopPlanned
from dialogkort.i18n import text
from dialogkort.i18n.formats import day_and_hour, hour
from dialogkort.sessions.workshop_plan import find_plan, plans_to_come
from dialogkort.ui.dates import date_read
from dialogkort.ui.group_names import groups_in_order
from dialogkort.ui.prepare.view import PLANS_SHOWN, listed_plan
from dialogkort.ui.share.service import OPEN, DeviceStatus, SharingStatus

_QUIET_ZONE = 4  # modules around a QR code (ISO/IEC 18004)


def proposed_workshop(
    plans: Mapping[Id, WorkshopPlanned], newest: Described | None
) -> tuple[Id | None, dict[str, str]]:
    """The workshop to share: the plan of the next one and its details; no plan where there is none.

    Who has begun a workshop today that was not prepared, and has prepared one for another day, means today's.
    """
    today = date.today().isoformat()
    id, planned = next(iter(plans_to_come(plans).items()), (None, None))
    if planned is None or (planned.date != today and _is_unprepared_today(newest, planned)):
        return None, unprepared_workshop(newest)
    return id, planned_details(planned)


def unprepared_workshop(newest: Described | None) -> dict[str, str]:
    """Details of a workshop that was not prepared: today's, if one was begun; else one with a plain name."""
    today = date.today().isoformat()
    if newest is not None and newest.date == today:
        return {name: getattr(newest, name) for name in OF_WORKSHOP}
    return {"workshop": text("sharing.workshop"), "organisation": "", "unit": "", "date": today}


def planned_details(planned: WorkshopPlanned) -> dict[str, str]:
    """Details of a workshop that was prepared; without a day it is held today."""
    return {
        **{name: getattr(planned, name).strip() for name in OF_WORKSHOP},
        "date": planned.date or date.today().isoformat(),
    }


def _is_unprepared_today(newest: Described | None, planned: WorkshopPlanned) -> bool:
    if newest is None or newest.date != date.today().isoformat():
        return False
    return (newest.workshop, newest.organisation) != (planned.workshop.strip(), planned.organisation.strip())


def proposal_view(plans: Mapping[Id, WorkshopPlanned], newest: Described | None) -> dict:
    """What can be shared: the workshops that were prepared, which is proposed, and what else it may be."""
    proposed, _ = proposed_workshop(plans, newest)
    return {
        "plan": proposed,
        "plans": [
            {
                **listed_plan(id, planned),
                "purpose": planned.purpose,
                "groups": list(planned.groups),
            }
            for id, planned in islice(plans_to_come(plans).items(), PLANS_SHOWN)
        ],
        "details": unprepared_workshop(newest),
    }


def sharing_view(
    status: SharingStatus | None,
    choices: list[dict[str, str]],
    proposal: dict,
    names: Mapping[Id, str],
    plan: Id | None,
    plans: Mapping[Id, WorkshopPlanned],
) -> dict:
    """What the facilitator's window shows; `names` are by session, `plan` is that of what is shared."""
    if status is None:
        return {"state": "none", "choices": choices, "proposal": proposal}
    prepared = plans[plan].groups if plan is not None and plan in plans else ()
    return {
        "state": "shared",
        "choices": choices,
        "workshop": {**status.workshop, "date_read": date_read(status.workshop.get("date", ""))},
        "plan": plan,
        "origin": status.origin,
        "address": status.address,
        "code": in_groups(status.code),
        "qr": qr_code(join_address(status)),
        "joining": status.joining,
        "until": _moment(status.until),
        "until_ms": round(status.until * 1000),
        "opened_ms": round(status.opened_at * 1000),
        "has_device": status.first_device_at is not None,
        "has_joined": any(device.last_seen for device in status.devices),
        "is_encrypted": status.is_encrypted,
        "is_address_gone": status.is_address_gone,
        "moved": _hour(status.moved_at),
        "groups": _groups(status.devices, names, prepared),
    }


def invitation_view(status: SharingStatus | None, group: Described) -> dict:
    """What a group's own screen shows for phones to join it by; nothing while none is let in to it."""
    if status is None or status.joining != OPEN:
        return {}
    if any(getattr(group, name) != status.workshop[name] for name in ("workshop", "organisation", "date")):
        return {}  # it is a group of another workshop than the one that is shared
    return {
        "origin": status.origin,
        "code": in_groups(status.code),
        "qr": qr_code(join_address(status)),
    }


def join_address(status: SharingStatus) -> str:
    """The address that the QR code leads to: the code stands behind #, which no browser sends."""
    return f"{status.origin}/#code={status.code}"


def in_groups(code: str) -> str:
    """A code as it is shown.

    Examples
    --------
    >>> in_groups("K7QF2M9D")
    'K7QF-2M9D'
    """
    return f"{code[:4]}-{code[4:]}"


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


def shared_plan(status: SharingStatus, plans: Mapping[Id, WorkshopPlanned]) -> Id | None:
    """The plan of the workshop that is shared; None where it was not prepared."""
    workshop = status.workshop
    return status.plan or find_plan(plans, workshop["workshop"], workshop["organisation"], workshop["date"])


def meeting_view(workshop: Mapping[str, str], purpose: str, groups: Iterable[tuple[Id | None, str]]) -> dict:
    """What a device is shown once it has the code: what the meeting is, and which groups there are."""
    return {
        "purpose": purpose,
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


def _groups(devices: Iterable[DeviceStatus], names: Mapping[Id, str], prepared: Iterable[str]) -> list[dict]:
    """The groups that have joined: how many devices, how many of them are here, when last seen."""
    by_session: dict[Id, list[DeviceStatus]] = {}
    for device in devices:
        if device.session in names:  # else it was erased
            by_session.setdefault(device.session, []).append(device)
    in_order = groups_in_order(((session, names[session]) for session in by_session), prepared)
    return [
        {
            "session": session,
            "name": name,
            "devices": [_device(device) for device in sorted(joined, key=lambda one: one.joined_at)],
            "here": sum(device.windows > 0 for device in joined),
            "seen": _hour(max(device.last_seen for device in joined)),
        }
        for session, name in in_order
        if session is not None and (joined := by_session[session])
    ]


def _device(device: DeviceStatus) -> dict:
    return {
        "device": device.id,
        "kind": device.kind,
        "is_here": device.windows > 0,
        "seen": _hour(device.last_seen),
        "joined": _hour(device.joined_at),
    }


def _moment(seconds: float) -> str:
    """A moment to come: the hour alone when that is today."""
    moment = datetime.fromtimestamp(seconds).astimezone()
    is_today = moment.date() == date.today()
    return text("sharing.at_hour", hour=hour(moment)) if is_today else day_and_hour(moment)


def _hour(seconds: float) -> str:
    return hour(datetime.fromtimestamp(seconds).astimezone()) if seconds else ""
