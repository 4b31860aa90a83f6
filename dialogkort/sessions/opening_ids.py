"""Ids of sessions, plans and projects: they sort in the order in which a process has begun them."""

import threading

from dialogkort.domain.event_ids import NO_ID, Id, new_id, time_of

_MOMENT = 1_000  # ms that the last one may be ahead of the clock; more is a clock that was set back


class OpeningIds:
    """New ids that sort behind the one before, also within a millisecond.

    Examples
    --------
    >>> ids = OpeningIds()
    >>> begun = [ids.new(1_767_225_600_000) for _ in range(3)]
    >>> begun == sorted(begun)
    True
    """

    def __init__(self) -> None:
        self._newest = NO_ID
        self._lock = threading.Lock()

    def new(self, now: int) -> Id:
        """An id for what is begun now (milliseconds since 1970, UTC)."""
        with self._lock:
            is_just_begun = self._newest != NO_ID and 0 <= time_of(self._newest) - now < _MOMENT
            self._newest = new_id(now, after=self._newest if is_just_begun else NO_ID)
            return self._newest


opening_ids = OpeningIds()
