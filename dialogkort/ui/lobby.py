"""The lobby's list of a store's sessions, newest first, read again only where something happened."""

from collections.abc import Iterable
from itertools import takewhile

from dialogkort.domain.details import NAMES
from dialogkort.domain.event_ids import Id
from dialogkort.domain.events import Described, WorkshopPlanned, workshop_of
from dialogkort.errors import InvalidAction, StoreError
from dialogkort.store import Store
from dialogkort.ui.open_sessions import OpenSessions

_COUNTED = 30  # sessions of which cards and notes are counted: each has to be read for it
_LISTED = 300


class Lobby:
    """The newest sessions, read again only where something has happened. On the writer's thread only.

    Many windows may show it, and any group's note changes it: what was read is kept for all of them.
    """

    def __init__(self, sessions: OpenSessions):
        self._sessions = sessions
        self._known: dict[Id, Described] | None = None
        self._rows: dict[str, dict | None] = {}  # None: it cannot be read
        self._older: list[dict] = []
        self._plans: dict[Id, WorkshopPlanned] = {}
        self._stale: set[str] = set()
        self._retention_days: dict[Id, str] = {}
        self.version = 0  # another one when something has happened
        self.unplaced_changes = 0  # how often something has happened of which nobody knows where
        self._changed_at: dict[str, int] = {}  # by session, the version it has changed with

    @property
    def is_stale(self) -> bool:
        """Whether something has happened since it was read."""
        return self._known is None or bool(self._stale)

    def changed(self, sessions: Iterable[str] | None = None) -> None:
        """Something has happened in these sessions; None: nobody knows where."""
        self.version += 1
        if sessions is None:
            self._known = None
            self.unplaced_changes += 1
        else:
            changed = set(sessions)
            self._stale |= changed
            for session in changed:  # the newest last, so that who asks what is new need not look through all
                self._changed_at.pop(session, None)
                self._changed_at[session] = self.version

    def changed_since(self, version: int) -> set[str]:
        """The sessions that something is known to have happened in since a version."""
        newest_first = reversed(self._changed_at.items())
        return {session for session, _ in takewhile(lambda item: item[1] > version, newest_first)}

    def described(self, store: Store) -> dict[Id, Described]:
        """Every session's newest description, the newest session first; read once for all who ask."""
        known = self._read_descriptions(store)
        # What was corrected here is known without a look at the store.
        for id in [id for id in known if id in self._stale]:
            session = self._sessions.peek(id)
            if session is not None and not session.is_erased:
                known[id] = session.details
        return known

    def read(self, store: Store) -> tuple[list[dict], int]:
        """The newest sessions as the lobby shows them, and how many of them cannot be read.

        `turned`, `notes`, `ended`, `typed_in` and `prepared` are None in the rows of older ones: nobody has
        read those.
        """
        if self.is_stale:
            self._read(store)
        rows = self._rows.values()
        return [*filter(None, rows), *self._older], sum(row is None for row in rows)

    @property
    def plans(self) -> dict[Id, WorkshopPlanned]:
        """The newest word on every workshop that was planned, as it stood when the sessions were read."""
        return self._plans

    @property
    def unlisted(self) -> int:
        """How many sessions are too old to be listed."""
        return max(0, len(self._known or ()) - _LISTED)

    def overdue(self, today: str) -> list[dict]:
        """The workshops whose notes were to be kept until a day before `today`: what the page may erase.

        A day that was chosen in one group holds for its workshop; of several, the latest.
        """
        workshops: dict[tuple[str, str, str], dict] = {}
        for id, details in (self._known or {}).items():
            names = {"workshop": details.workshop, "organisation": details.organisation}
            row = workshops.setdefault(workshop_of(details), {**names, "day": "", "sessions": []})
            row["day"] = max(row["day"], self._retention_days.get(id, ""))
            row["sessions"].append(id)
        overdue = [row for row in workshops.values() if row["day"] and row["day"] < today]
        return sorted(overdue, key=lambda row: row["day"])

    def _read_descriptions(self, store: Store) -> dict[Id, Described]:
        if self._known is None or not self._stale <= self._known.keys():
            known = store.sessions()
            before = self._known or {}
            self._stale |= {id for id in known if known[id] != before.get(id)}
            self._known = known
            self._plans = store.plans()
        return self._known

    def _read(self, store: Store) -> None:
        self._retention_days = store.retention_days()
        known = self._read_descriptions(store)
        ids = list(known)[:_LISTED]
        self._rows = {id: self._row(store, id) for id in ids[:_COUNTED]}
        self._older = [_uncounted(id, known[id]) for id in ids[_COUNTED:]]
        self._stale = set()

    @property
    def newest(self) -> Described | None:
        """The newest session's description."""
        return next(iter((self._known or {}).values()), None)

    def _row(self, store: Store, id: str) -> dict | None:
        if id in self._rows and id not in self._stale:
            return self._rows[id]
        try:
            session = self._sessions.get(store, id)
            return {
                **_uncounted(id, session.details),
                "turned": len(session.table.turned),
                "notes": len(session.history.notepad),
                "ended": session.is_ended,
                "typed_in": session.is_typed_in,
                "prepared": session.dealt.prepared,
            }
        except (StoreError, InvalidAction):
            return None


def _uncounted(id: str, details: Described) -> dict:
    fields = {name: getattr(details, name) for name in NAMES}
    unread = ("turned", "notes", "ended", "typed_in", "prepared")
    return {**fields, "session": id, **dict.fromkeys(unread)}
