"""Cache of open sessions: each is in memory once, however many windows of this process show it."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import TypeVar, overload

from dialogkort.domain.event_ids import Id
from dialogkort.sessions.coding_project import Project
from dialogkort.sessions.session import Session
from dialogkort.sessions.workshop_plan import WorkshopPlan
from dialogkort.store import Store

_MAX_IDLE = 64  # that no window is at any more: to go back and forth costs nothing

_Opened = TypeVar("_Opened", Session, Project, WorkshopPlan)
_AnyOpened = Session | Project | WorkshopPlan


class OpenSessions:
    """Sessions by id, as they stand in the store. Used on the writer's thread only."""

    def __init__(self) -> None:
        self._open: dict[str, _AnyOpened] = {}
        self._windows: dict[str, int] = {}
        self._idle: OrderedDict[str, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._open)

    @overload
    def get(self, store: Store, id: str) -> Session: ...

    @overload
    def get(self, store: Store, id: str, make: type[_Opened]) -> _Opened: ...

    def get(self, store: Store, id: str, make: type = Session) -> _AnyOpened:
        """A session, up to date; read from the store when nobody is at it. Raises as `make` does."""
        session = self._open.get(id)
        if session is not None and not isinstance(session, make):
            return make(store, id)  # a project is no workshop: it says so
        if session is None:
            session = self._open[id] = make(store, id)
            self._set_idle(id)
        else:
            session.catch_up()
        return session

    def peek(self, id: str) -> Session | None:
        """A session as it was read last, when it is in memory; the store is not asked."""
        session = self._open.get(id)
        return session if isinstance(session, Session) else None

    def join(self, id: str) -> None:
        """A window is at a session from now on."""
        self._windows[id] = self._windows.get(id, 0) + 1
        self._idle.pop(id, None)

    def leave(self, id: str) -> None:
        """A window is there no longer."""
        self._windows[id] -= 1
        if not self._windows[id]:
            del self._windows[id]
            if id in self._open:
                self._set_idle(id)

    def drop(self, id: str) -> None:
        """Read a session anew the next time."""
        self._open.pop(id, None)
        self._idle.pop(id, None)

    def refresh(self, ids: Iterable[str]) -> None:
        """Take in what was changed in some sessions without them."""
        for id in self._open.keys() & set(ids):
            self._open[id].catch_up()

    def forget(self, ids: Iterable[str]) -> None:
        """What was done last in some sessions has not been kept: read them anew, whoever is at them."""
        for id in self._open.keys() & set(ids):
            self._open[id].forget()

    def catch_up(self, store: Store) -> set[Id]:
        """Take in what other processes have written, with one look at the store; the sessions it may be in.

        What speaks of notes elsewhere may lose some of it when those are erased, and is among them.
        """
        changed = set(
            store.sessions_changed({session.id: session.position for session in self._open.values()})
        )
        changed |= {session.id for session in self._open.values() if session.REFERS_TO_OTHER_SESSIONS}
        for id in changed:
            self._open[id].catch_up()
        return changed

    def _set_idle(self, id: str) -> None:
        self._idle[id] = None
        while len(self._idle) > _MAX_IDLE:
            self._open.pop(self._idle.popitem(last=False)[0], None)
