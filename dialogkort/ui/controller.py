"""Base of the screens' controllers: messages in, state out, and nothing of the way they travel.

A controller runs on the thread of the store's writer and needs no lock. It knows neither ipywidgets nor
tornado; `dispatcher` hands it its messages, and an adapter (a widget, a socket) carries them.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from dialogkort.domain.event_ids import Id
from dialogkort.sessions.coding_project import Project
from dialogkort.sessions.session import Session
from dialogkort.sessions.workshop_plan import WorkshopPlan
from dialogkort.store import Store
from dialogkort.ui.listed_names import ListedNames
from dialogkort.ui.lobby import Lobby
from dialogkort.ui.messages import Hello, Message
from dialogkort.ui.open_sessions import OpenSessions
from dialogkort.ui.roles import Access
from dialogkort.ui.share.hand_ins import HandIns
from dialogkort.ui.uploads import Uploads
from dialogkort.ui.view_state import ViewState
from dialogkort.ui.votes import OpenVotes


@dataclass(frozen=True)
class Task:
    """Work that is neither the store's nor the loop's: done in a process of its own (see `worker_process`).

    `target` names a function of the kit, `arguments` are what JSON can hold. `show(result)` is called on the
    controller's thread with what came of it, `fail(message)` when nothing did. `first`: the message is
    answered when this is done. `makes_file`: it takes a folder `scratch`, in which it leaves one.
    `reads_files`: of others, which may be hostile; nobody's chart waits for it. Each of them is done, also
    when more are asked for meanwhile or the window goes.
    """

    target: str
    arguments: Mapping[str, object]
    show: Callable[[object], None]
    fail: Callable[[str], None]
    first: bool = False
    makes_file: bool = False
    reads_files: bool = False


@dataclass
class Context:
    """What the controllers of one store share."""

    location: str
    sessions: OpenSessions = field(default_factory=OpenSessions)
    notices: tuple[str, ...] = ()  # what was found when the command started
    note_events: dict[Id, object] = field(default_factory=dict)  # by event the open window that wrote it
    started_sessions: dict[Id, Id] = field(
        default_factory=dict
    )  # by the id of what asked for it, the session
    uploads: Uploads = field(default_factory=Uploads)
    listed_names: ListedNames = field(init=False)
    lobby: Lobby = field(init=False)
    votes: OpenVotes = field(init=False)
    hand_ins: HandIns = field(default_factory=HandIns)

    def __post_init__(self) -> None:
        self.lobby = Lobby(self.sessions)
        self.listed_names = ListedNames(self.location)
        self.votes = OpenVotes(self.lobby, self.sessions, self.listed_names)


class Controller(ABC):
    """One window of a screen.

    Parameters
    ----------
    context : Context
        What it shares with the others.
    access : Access
        What the window may do.
    """

    screen: str
    needs_every_finding = False  # also that there is nothing in a note that may identify somebody
    full_state_after: tuple[type[Message], ...] = (Hello,)  # after which all there is, is shown

    def __init__(self, context: Context, access: Access):
        self.context = context
        self.access = access
        self.view = ViewState()
        self._store: Store | None = None  # given with the first message
        self.session: Session | Project | WorkshopPlan | None = None

    @property
    def store(self) -> Store:
        """What the screen shows and writes in. `RuntimeError` before the first message has come in."""
        if self._store is None:
            raise RuntimeError("no message has come in yet")
        return self._store

    @store.setter
    def store(self, store: Store) -> None:
        self._store = store

    @property
    def has_store(self) -> bool:
        """False until the store could be opened for a first message."""
        return self._store is not None

    @abstractmethod
    def writes(self, message: Message) -> tuple[Id, ...] | None:
        """The sessions a message writes in, if it may share a commit with others; else None."""

    @abstractmethod
    def handle(self, message: Message) -> Task | None:
        """Do what a message asks; what is left to be done elsewhere is returned.

        Raises
        ------
        InvalidAction, IllegalMove
            It makes no sense here.
        StoreError
            It cannot be kept now.
        """

    @abstractmethod
    def show(self) -> None:
        """Bring the view up to date with what is kept now. May raise like `handle`."""

    def changed_sessions(self) -> set[Id]:
        """Sessions that the last message changed besides those it said it writes in."""
        return set()

    def close(self) -> None:  # noqa: B027
        """The window is gone."""

    def forget(self, sessions: Iterable[str]) -> None:
        """What was done last in these sessions has not been kept after all."""
        self.context.sessions.forget(sessions)

    def catch_up(self) -> None:
        """Read the session at hand anew when it was forgotten. May raise like `handle`."""
        if self.session is not None and not self.session.position:
            self.session.catch_up()

    def texts_to_check(self) -> tuple[dict[str, str], tuple[str, ...]]:
        """The texts (by note) to look through for what may identify somebody, and the names to look for."""
        return {}, ()

    def show_findings(self, findings: Mapping[str, list]) -> None:  # noqa: B027
        """Show what was found in some notes."""

    def state(self, reply: Mapping | None = None, *, whole: bool = False) -> dict | None:
        """The next message to the window; None when it knows all of it."""
        if whole:
            self.view.mark_all_changed()
        changes = self.view.changes()
        if reply is not None:
            changes["reply"] = {
                **reply,
                "session": self.session.id if self.session else None,
                "now": time.time_ns() // 1_000_000,
            }
        return {"type": "state", **changes} if changes else None
