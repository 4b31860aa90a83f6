"""List of the workshops in a store, as screens that choose one show it."""

from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import blake2b

from dialogkort.domain.event_ids import Id
from dialogkort.domain.events import Described, workshop_of
from dialogkort.ui.dates import date_read

Workshops = dict[str, tuple[tuple[str, str, str], list[Id]]]


def listed_workshops(described: Mapping[Id, Described]) -> Workshops:
    """What makes a workshop, and its sessions, by a key that stays the same; in the order they are given."""
    sessions_by_workshop: dict[tuple[str, str, str], list[Id]] = {}
    for session, details in described.items():
        sessions_by_workshop.setdefault(workshop_of(details), []).append(session)
    return {_key(identity): (identity, sessions) for identity, sessions in sessions_by_workshop.items()}


def workshop_rows(workshops: Workshops, follow_ups: Iterable[Id] = ()) -> list[dict]:
    """The list as a window shows it: what each workshop is called, how many groups, whether it is today's.

    Also whether it follows up another: whether one of the sessions `follow_ups` is of it.
    """
    following = set(follow_ups)
    today = date.today().isoformat()
    return [
        {
            "key": key,
            "groups": len(sessions),
            "name": workshop_name(identity),
            "is_today": identity[-1] == today,
            "follows_up": not following.isdisjoint(sessions),
        }
        for key, (identity, sessions) in workshops.items()
    ]


def workshop_name(identity: tuple[str, str, str]) -> str:
    """What a workshop is called where there are others: its name, organisation and day."""
    workshop, organisation, day = identity
    return " · ".join(filter(None, (workshop, organisation, date_read(day))))


def _key(identity: tuple[str, str, str]) -> str:
    return blake2b("\n".join(identity).encode(), digest_size=8).hexdigest()
