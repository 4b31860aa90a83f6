"""The groups of one workshop as the plenum shows them, read again only where something happened."""

from collections.abc import Iterable

from dialogkort.domain.event_ids import Id
from dialogkort.errors import InvalidAction, StoreError
from dialogkort.store import Store
from dialogkort.ui.controller import Context
from dialogkort.ui.listed_workshops import Workshops, listed_workshops
from dialogkort.ui.plenum.view import GroupView, group_view


class Room:
    """One window's workshop: its groups by session. On the writer's thread only.

    The sessions stay open as long as the window shows them, so that one look at the store tells of all of
    them, and an event is paid for by its own group.
    """

    def __init__(self, context: Context):
        self._context = context
        self._version = -1  # of the lobby, as far as it was taken in
        self._key: str | None = None
        self.groups: dict[Id, GroupView] = {}
        self.workshops: Workshops = {}

    @property
    def key(self) -> str | None:
        """The key of the workshop that is shown; None when there is none."""
        return self._key

    @property
    def identity(self) -> tuple[str, str, str] | None:
        """What makes it one workshop: its name, organisation and day."""
        return self.workshops[self._key][0] if self._key in self.workshops else None

    def choose(self, key: str) -> None:
        """Show the workshop with a key."""
        self._leave(list(self.groups))
        self._key, self._version = key, -1

    def update(self, store: Store) -> bool:
        """Take in what has happened. False when that is nothing."""
        lobby = self._context.lobby
        if lobby.version == self._version and self.workshops:
            return False
        changed = lobby.changed_since(self._version)
        self._version = lobby.version
        self.workshops = listed_workshops(lobby.described(store))
        self._follow(changed)
        members = self.workshops[self._key][1] if self._key in self.workshops else []
        self._leave([session for session in self.groups if session not in members])
        for session in sorted(members):
            if session in changed or session not in self.groups:
                self._read(store, session)
        return True

    def close(self) -> None:
        """The window is gone."""
        self._leave(list(self.groups))

    def _follow(self, changed: Iterable[str]) -> None:
        """Go on with the workshop when its name was corrected; begin with the one that is going on."""
        if self._key in self.workshops:
            return
        own = {*self.groups}
        renamed = (key for key, (_, sessions) in self.workshops.items() if own & set(sessions))
        self._key = next(renamed, None) or next(iter(self.workshops), None)

    def _read(self, store: Store, session: Id) -> None:
        """A group whose session cannot be read is not shown; the others are."""
        if session not in self.groups:
            self._context.sessions.join(session)
        try:
            self.groups[session] = group_view(self._context.sessions.get(store, session))
        except (InvalidAction, StoreError):
            self.groups.pop(session, None)
            self._context.sessions.leave(session)

    def _leave(self, sessions: Iterable[Id]) -> None:
        for session in sessions:
            del self.groups[session]
            self._context.sessions.leave(session)
