"""The state all handlers of one process share: dispatcher, worker processes, access tokens, downloads."""

import asyncio
import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dialogkort.decks.reading import deck_to_begin_with
from dialogkort.domain.deck import Deck
from dialogkort.errors import DeckError, TaskError
from dialogkort.files.temporary import private_folder
from dialogkort.i18n import text
from dialogkort.ui.coding.controller import CodingController
from dialogkort.ui.controller import Context, Controller, Task
from dialogkort.ui.dispatcher import Dispatcher
from dialogkort.ui.overview.controller import OverviewController
from dialogkort.ui.paper_session.controller import PaperSessionController
from dialogkort.ui.plenum.controller import PlenumController
from dialogkort.ui.prepare.controller import PrepareController
from dialogkort.ui.privacy_hints import findings_in_notes
from dialogkort.ui.roles import Access, Role
from dialogkort.ui.share.controller import ShareController
from dialogkort.ui.share.joining import JoinController
from dialogkort.ui.share.phone import PhoneController
from dialogkort.ui.workshop.controller import WorkshopController
from dialogkort.worker_process import Worker

if TYPE_CHECKING:
    from dialogkort.server.sharing import Sharing

_log = logging.getLogger(__name__)
TASK_SECONDS, TASK_MEGABYTES = 120, 2_000
_CHECK_SECONDS, _CHECK_MEGABYTES = 600, 500  # at many notes
_KEEP_SECONDS = 15 * 60  # a file that nobody has fetched
_MAX_WAITING = 4  # such files of one window
_MAX_WAITING_BYTES = 1 << 30  # of all windows' such files: then the oldest gives way


@dataclass(frozen=True)
class PendingDownload:
    """A file that was made for a window: where it lies, its name, whose, until when, how large."""

    path: Path
    name: str
    access: str
    until: float
    size: int


class Host:
    """One store, served: its dispatcher, the process for tasks, the files that wait to be fetched.

    Parameters
    ----------
    place : str or Path
        A folder or a server's address.
    log : str or Path, optional
        Where what tasks print goes.
    notices : iterable of str
        What was found when the command started.
    deck : Deck, optional
        The deck for new sessions; else that of `deck_to_begin_with`.
    """

    def __init__(
        self,
        store: str | Path,
        *,
        log: str | Path | None = None,
        notices: Iterable[str] = (),
        deck: Deck | None = None,
    ):
        self._deck = deck
        self._worker = Worker(log=log)
        self._reader = Worker(log=log)  # of files from outside: it may be killed in the midst of one
        self._checker = Worker(log=log)  # apart, so that no note waits for a chart
        self._running = ExitStack()
        self._scratch = self._running.enter_context(private_folder())
        self._downloads: dict[str, PendingDownload] = {}
        self.groups: dict[str, Access] = {}  # by secret of the address
        self.sharing: Sharing | None = None  # with the room, where that is possible
        # By token the group's address it is for; the facilitator's are for none.
        self._access_tokens: dict[str, str] = {}
        self.loop: asyncio.AbstractEventLoop | None = None
        self._posted: list[tuple[Callable[[dict], None], dict]] = []
        self._posting = threading.Lock()
        self.dispatcher = Dispatcher(
            store, run_task=self._run, check_notes=self._check_notes, notices=notices
        )
        self.threads = ThreadPoolExecutor(2, thread_name_prefix="dialogkort-file")

    def close(self) -> None:
        """Finish what was asked, and leave nothing among the temporary files."""
        self._worker.close()
        self._reader.close()
        self._checker.close()
        self.dispatcher.close()
        self.threads.shutdown(wait=False, cancel_futures=True)
        self._running.close()

    # --- screens --------------------------------------------------------------------------------------

    def maker(self, screen: str, access: Access) -> Callable[[Context], Controller]:
        """Makes the controller of a screen. `KeyError` when there is no such screen for this address."""
        screens = {access.screen: self._phone if access.role is Role.PHONE else self._workshop}
        if access.role is Role.FACILITATOR:
            screens |= {
                **_FOR_FACILITATORS,
                "paper_session": self._paper_session,
                "prepare": self._prepare,
                "plenum": self._plenum,
                "share": self._share,
            }
        return screens[screen](access)

    def joining(self, peer: str) -> Callable[[Context], Controller] | None:
        """Makes the controller of a device that wants to join, calling from an address; None: not here."""
        sharing = self.sharing
        if sharing is None:
            return None
        access = Access(Role.JOINER)
        return lambda context: JoinController(context, access, sharing, peer, self._read_deck)

    def _phone(self, access: Access) -> Callable[[Context], Controller]:
        return lambda context: PhoneController(context, access)

    def _share(self, access: Access) -> Callable[[Context], Controller]:
        return lambda context: ShareController(context, access, self.sharing)

    def _plenum(self, access: Access) -> Callable[[Context], Controller]:
        return lambda context: PlenumController(context, access, self.sharing)

    def _read_deck(self) -> Deck:
        if self._deck is None:
            self._deck = deck_to_begin_with()
        return self._deck

    def _workshop(self, access: Access) -> Callable[[Context], Controller]:
        deck, deck_error = self._deck_to_begin_with()
        return lambda context: WorkshopController(context, access, deck, deck_error, self.sharing)

    def _paper_session(self, access: Access) -> Callable[[Context], Controller]:
        deck, deck_error = self._deck_to_begin_with()
        return lambda context: PaperSessionController(context, access, deck, deck_error)

    def _prepare(self, access: Access) -> Callable[[Context], Controller]:
        deck, deck_error = self._deck_to_begin_with()
        return lambda context: PrepareController(context, access, deck, deck_error)

    def _deck_to_begin_with(self) -> tuple[Deck, str]:
        """The deck for new sessions, or an empty one and why there is none."""
        deck, deck_error = self._deck, ""
        if deck is None:
            try:
                deck = self._read_deck()
            except DeckError as fault:
                deck, deck_error = Deck("", text("page.title"), "", "", (), ()), str(fault)
        return deck, deck_error

    def open_for_group(self, session: str, role: Role = Role.GROUP) -> str:
        """The secret of a new address that is for one session only."""
        secret = secrets.token_urlsafe(16)
        self.groups[secret] = Access(role, session)
        return secret

    # --- back to the loop -----------------------------------------------------------------------------

    def post(self, send: Callable[[dict], None], message: dict) -> None:
        """Have the loop send a message; many at once wake it only once. From any thread."""
        if self.loop is None:
            raise RuntimeError("no window has been opened yet")
        with self._posting:
            self._posted.append((send, message))
            if len(self._posted) > 1:
                return
        with suppress(RuntimeError):  # the loop is closed: the browser keeps what is not answered
            self.loop.call_soon_threadsafe(self._send_posted)

    def _send_posted(self) -> None:
        with self._posting:
            posted, self._posted = self._posted, []
        for send, message in posted:
            try:
                send(message)
            except Exception:  # of one window, which is no reason to leave the others without theirs
                _log.exception("A window could not be told")

    # --- who is there ---------------------------------------------------------------------------------

    def new_access_token(self, address: str = "") -> str:
        """A new access token for an open socket, so that it can fetch files; until `revoke_access_token`.

        `address` is the secret of a group's address: there alone the token is good then.
        """
        self._access_tokens[token := secrets.token_urlsafe(24)] = address
        return token

    def has_access_token(self, token: str, address: str = "") -> bool:
        """True for the token of a socket that is open now at that address."""
        return self._access_tokens.get(token) == address

    def revoke_access_token(self, token: str) -> None:
        """The socket is closed: nobody fetches any more what was made for it."""
        self._access_tokens.pop(token, None)
        for secret, file in list(self._downloads.items()):
            if file.access == token:
                self._forget(secret)

    # --- tasks and files ------------------------------------------------------------------------------

    def _run(self, task: Task) -> object:
        arguments = {**task.arguments}
        if task.makes_file:
            arguments["scratch"] = str(self._scratch)
        worker = self._reader if task.reads_files else self._worker
        return worker.call(task.target, arguments, seconds=TASK_SECONDS, megabytes=TASK_MEGABYTES)

    def _check_notes(self, notes: list) -> list:
        """Look through notes in a process of its own: it takes the interpreter from all who write."""
        target = "dialogkort.ui.privacy_hints:findings_in_notes"
        try:
            checked = self._checker.call(
                target, {"notes": notes}, seconds=_CHECK_SECONDS, megabytes=_CHECK_MEGABYTES
            )
            if isinstance(checked, list):
                return checked
        except TaskError:  # it was killed, say: what it had in hand is looked through all the same
            _log.warning("Notes are looked through here", exc_info=True)
        return findings_in_notes(notes)

    def add_download(self, name: str, path: str, access: str) -> str:
        """A secret by which the window with an access can fetch a file once, for a while."""
        self._forget_old()
        secret, file = secrets.token_urlsafe(24), Path(path)
        if access not in self._access_tokens:  # the window has gone meanwhile
            file.unlink(missing_ok=True)
            return secret
        own = [secret for secret, file in self._downloads.items() if file.access == access]
        for old in own[:-_MAX_WAITING]:
            self._forget(old)
        until, size = time.monotonic() + _KEEP_SECONDS, file.stat().st_size
        while self._downloads and size + self._waiting_bytes() > _MAX_WAITING_BYTES:
            self._forget(next(iter(self._downloads)))  # the oldest
        self._downloads[secret] = PendingDownload(file, name, access, until, size)
        if self.loop is not None:
            self.loop.call_later(_KEEP_SECONDS + 1, self._forget_old)
        return secret

    def _waiting_bytes(self) -> int:
        return sum(file.size for file in self._downloads.values())

    def take_download(self, secret: str, access: str | None = None) -> PendingDownload | None:
        """The file with a secret, for the one who fetches it and removes it then.

        With an `access` only what was made for that window.
        """
        self._forget_old()
        file = self._downloads.get(secret)
        if file is None or access not in (None, file.access):
            return None
        return self._downloads.pop(secret)

    def _forget_old(self) -> None:
        for secret, file in list(self._downloads.items()):
            if file.until < time.monotonic():
                self._forget(secret)

    def _forget(self, secret: str) -> None:
        self._downloads.pop(secret).path.unlink(missing_ok=True)


_FOR_FACILITATORS = {
    "overview": lambda access: lambda context: OverviewController(context, access),
    "coding": lambda access: lambda context: CodingController(context, access),
}
