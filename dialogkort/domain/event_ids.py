"""The ids of events, sessions and notes: UUIDv7, which carry the moment they were made and sort by it."""

import re
import secrets
from collections.abc import Iterable
from typing import NewType, TypeGuard

Id = NewType("Id", str)
NO_ID = Id("")  # sorts before every id

_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def new_id(now: int, after: Id = NO_ID) -> Id:
    """A new UUIDv7 (RFC 9562) that sorts behind another id, also when the clock has gone backwards.

    Parameters
    ----------
    now : int
        What the clock says, in milliseconds since 1970 (UTC).
    after : Id
        The id to sort behind. When the clock is not past it, the new id takes the millisecond after it, as in
        a hybrid logical clock (Kulkarni et al. 2014). Behind the last id of all there is no room: then it is
        the clock's.

    Returns
    -------
    Id
        The id; 74 of its bits are random.

    Examples
    --------
    >>> first = new_id(1_767_225_600_000)
    >>> time_of(first), first < new_id(0, after=first)
    (1767225600000, True)
    """
    clock = now
    if after and now <= time_of(after):
        now = time_of(after) + 1
    if not 0 <= now < 2**48:  # no clock says so; a file may
        if (following := _next_id(after)) != after:
            return following
        now = clock
    return _as_id(now << 80 | 7 << 76 | secrets.randbits(12) << 64 | 1 << 63 | secrets.randbits(62))


def leaves_room(id: Id) -> bool:
    """False for an id of the last minutes that a UUIDv7 can tell (in the year 10889): no clock made it."""
    return time_of(id) < 2**48 - 2**20


def newest_id(newest: Id, ids: Iterable[Id]) -> Id:
    """The last of all ids that new ones are to sort behind.

    One that leaves no room counts only when it follows at once, as `new_id` makes them: a hostile one at the
    end of time would leave no place for any other.
    """
    for id in sorted(ids):
        follows = newest and time_of(id) <= time_of(newest) + 1
        if id > newest and (follows or leaves_room(id)):
            newest = id
    return newest


def id_between(earlier: Id, later: Id) -> Id | None:
    """A new id that sorts between two others; None when there is no room."""
    between = _next_id(earlier)
    return between if earlier < between < later else None


def _next_id(id: Id) -> Id:
    """The id that sorts right behind another one."""
    number = int(id.replace("-", ""), 16)
    counter = (number >> 64 & 0xFFF) << 62 | number & 2**62 - 1
    counter = min(counter + 1, 2**74 - 1)
    return _as_id(number >> 80 << 80 | 7 << 76 | counter >> 62 << 64 | 1 << 63 | counter & 2**62 - 1)


def _as_id(number: int) -> Id:
    digits = f"{number:032x}"
    return Id("-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])))


def time_of(id: Id) -> int:
    """The moment a UUIDv7 carries, in milliseconds since 1970 (UTC)."""
    return int(id[:8] + id[9:13], 16)


def is_id(text: object) -> TypeGuard[Id]:
    """True for a UUIDv7 written in its usual form."""
    return isinstance(text, str) and _UUID7.fullmatch(text) is not None
