"""Dispatcher of messages to controllers and of state to windows; there is one for each store.

The writer's thread does all of it, so that no event loop ever waits for a disk. Messages that write share a
commit; their replies are sent when it is durable. What happened in one window is pushed to the others of the
same session, and one look at the store a second finds what other processes have written.
"""

import logging
import threading
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from dialogkort.domain.event_ids import Id
from dialogkort.errors import IllegalMove, InvalidAction, StoreError, TaskError, TaskFailed
from dialogkort.i18n import text
from dialogkort.store import FileStore, Store, Work, Writer, open_store
from dialogkort.ui.controller import Context, Controller, Task
from dialogkort.ui.messages import Message, not_understood, read_message, reply_id
from dialogkort.ui.privacy_hints import findings_in_notes

# `deliver(message)` is called on the writer's thread and must not wait.
Deliver = Callable[[dict], None]
RunTask = Callable[[Task], object]
# `check_notes(notes)`: the places that may identify somebody, for each pair of a text and names to look for.
CheckNotes = Callable[[list[tuple[str, tuple[str, ...]]]], list[list[dict]]]
_MAX_WAITING_TASKS = 100  # of one window
_log = logging.getLogger(__name__)


class Dispatcher:
    """Carries messages to controllers on the writer's thread, and what they show to the windows.

    Parameters
    ----------
    location : str or Path
        A folder or a server's address, as for `open_store`.
    run_task : callable
        `run_task(task)` does a `Task` in a process of its own and gives its result; may wait.
    check_notes : callable
        `check_notes(notes)` looks through notes as `findings_in_notes` does; may wait.
    notices : iterable of str
        What a person should be told in the lobby.
    poll_seconds : float
        Between two looks at what other processes have written.
    """

    def __init__(
        self,
        location: str | Path,
        *,
        run_task: RunTask,
        check_notes: CheckNotes = findings_in_notes,
        notices: Iterable[str] = (),
        poll_seconds: float = 1.0,
    ):
        self.context = Context(str(location), notices=tuple(notices))
        self._run_task = run_task
        self._windows: set[Window] = set()
        self._windows_by_session: dict[str, set[Window]] = {}  # by session, the windows at it
        self._token = ""
        self._sent_lobby_version = 0
        self._writer = Writer(lambda: open_store(location), poll=self._poll, poll_seconds=poll_seconds)
        self._tasks = ThreadPoolExecutor(2, thread_name_prefix="dialogkort-task")
        self._checker = Checker(check_notes)

    def attach(self, make: Callable[[Context], Controller], deliver: Deliver) -> "Window":
        """A new window of a screen; what it is to be shown is handed to `deliver`."""
        return Window(self, make(self.context), deliver)

    def close(self) -> None:
        """Finish what was asked, and let go of the store."""
        self._tasks.shutdown(wait=False, cancel_futures=True)
        self._checker.close()
        self._writer.close()
        self.context.uploads.close()

    def refresh(self, screens: Collection[str], then: Callable[[], None]) -> None:
        """Show the windows of some screens what has changed elsewhere than in the store. From any thread.

        `then` is called just before: what changes after that is not shown yet.
        """

        def show(*_: object) -> None:
            then()
            for window in [window for window in self._windows if window.controller.screen in screens]:
                window.refresh()

        with suppress(RuntimeError):  # closed
            self._writer.submit(Work(_nothing_to_do, show, ()))

    def call(self, run: Callable[[Store], object]) -> object:
        """Do something with the store on its thread, and wait for it."""
        return self._writer.call(run)

    def copy_file(self, destination: Path) -> None:
        """Copy the store's file while others write in it: nobody waits longer than for a few pages.

        For a store that is a file; see `FileStore.copy_to`.
        """

        def copy(store: Store) -> None:
            if not isinstance(store, FileStore):
                raise TypeError(f"no file: {store.location}")
            store.copy_to(destination, between=self._writer.yield_to_waiting)

        self._writer.call(copy)

    # --- on the writer's thread -----------------------------------------------------------------------

    def _refresh_windows_at(self, sessions: Iterable[Id], but: "Window | None" = None) -> None:
        """Show the other windows what has happened in some sessions."""
        for session in sessions:
            for window in self._windows_by_session.get(session, set()) - {but}:
                window.refresh()

    def _move_window(self, window: "Window", before: str | None, after: str | None) -> None:
        """A window has left one session (or none) for another."""
        if before == after:
            return
        if before is not None:
            self._windows_by_session[before].discard(window)
            if not self._windows_by_session[before]:
                del self._windows_by_session[before]
        if after is not None:
            self._windows_by_session.setdefault(after, set()).add(window)

    def _poll(self, store: Store) -> None:
        token = store.change_token()
        if token != self._token:
            self.context.lobby.changed()
            changed = self.context.sessions.catch_up(store)
            self.context.lobby.changed(changed)
            self._refresh_windows_at(changed)
            self._token = token  # taken in: had the store failed on the way, it would be tried again
        version = self.context.lobby.version
        if self._sent_lobby_version != version:
            self._refresh_windows_at(self.context.votes.changed(store))
            in_lobby = [window for window in self._windows if window.controller.session is None]
            are_shown = [window.refresh() for window in in_lobby]
            if all(are_shown):
                self._sent_lobby_version = version


class Window:
    """A window of a screen: its controller, and the way to it."""

    def __init__(self, dispatcher: Dispatcher, controller: Controller, deliver: Deliver):
        self.controller = controller
        self._dispatcher = dispatcher
        self._deliver = deliver
        self._session_id: str | None = None  # the session it sits at, as the dispatcher knows it
        self._marked: set[str] = set()  # notes in which places are shown that may identify somebody
        self._has_received = False  # before that nothing is opened, and no folder made
        self._closed = False
        self._is_task_running = False
        self._next_tasks: dict[str, tuple[Task, dict | None]] = {}  # by what they do
        self._enqueued = 0  # tasks that waited for their turn so far

    def receive(self, record: object) -> None:
        """A message has come in; the reply, and all it leads to, is delivered later."""
        try:
            message = read_message(record)
            if not self.controller.access.allows(message):
                raise not_understood()
        except InvalidAction as fault:
            reply = {"to": reply_id(record), "opened": False, "refused": str(fault)}
            self._submit(Work(_nothing_to_do, lambda *_: self._send(self.controller.state(reply)), ()))
            return
        self._has_received = True
        to = reply_id(record)
        sessions = self.controller.writes(message)
        self._submit(
            Work(
                run=lambda store: self._handle(store, message),
                done=lambda task, fault: self._reply(
                    to, message, task if isinstance(task, Task) else None, fault
                ),
                sessions=sessions,
                rollback=lambda: self.controller.forget(sessions or ()),
            )
        )

    def close(self) -> None:
        """The window is gone."""
        self._closed = True
        if self._has_received:
            self._submit(Work(lambda _: self._detach(), _ignore_outcome))

    def refresh(self) -> bool:
        """Show what has happened elsewhere, which may be nothing. False when the store could not be read."""
        reply = None
        try:
            self.controller.show()
        except InvalidAction as fault:  # the session was erased
            reply = {"to": None, "opened": True, "refused": str(fault)}
        except StoreError:
            return False  # it is told at the next thing that is done here
        except Exception:  # of one window, which is no reason to leave the others behind
            _log.exception("A window could not be shown")
            return True
        self._publish(self.controller.state(reply, whole=reply is not None))
        return True

    def _submit(self, work: Work) -> None:
        with suppress(RuntimeError):  # the dispatcher is closed: the browser keeps what is not answered
            self._dispatcher._writer.submit(work)

    def _handle(self, store: Store, message: Message) -> Task | None:
        self.controller.store = store
        self._dispatcher._windows.add(self)
        return self.controller.handle(message)

    def _reply(self, to: str | None, message: Message, task: Task | None, fault: Exception | None) -> None:
        changed = set(self.controller.writes(message) or ()) | self.controller.changed_sessions()
        if changed:
            self._dispatcher.context.lobby.changed(changed)
        reply = {
            "to": to,
            "opened": isinstance(message, self.controller.full_state_after),
            **_error_fields(fault),
        }
        if task and task.first:
            self._start_task(task, reply)
            return
        self._show(reply)
        self._dispatcher._refresh_windows_at(changed, but=self)
        if task:
            self._start_task(task, None)

    def _show(self, reply: dict | None) -> None:
        try:
            if self.controller.has_store:  # else it could not be opened
                self.controller.show()
        except (InvalidAction, StoreError) as fault:
            reply = {**_error_fields(fault), **(reply or {"to": None, "opened": False})}
        self._publish(self.controller.state(reply, whole=bool(reply and reply["opened"])))

    def _detach(self) -> None:
        self._dispatcher._windows.discard(self)
        self._dispatcher._move_window(self, self._session_id, None)
        self.controller.close()

    def _publish(self, message: dict | None) -> None:
        """Send what the controller shows, and see to what follows from it."""
        session = self.controller.session
        before, self._session_id = self._session_id, session.id if session else None
        self._dispatcher._move_window(self, before, self._session_id)
        self._send(message)
        texts, names = self.controller.texts_to_check()
        if texts:  # when the answer is on its way: nobody waits for it
            self._dispatcher._checker.check(self, texts, names)

    def _send(self, message: dict | None) -> None:
        if message and not self._closed:
            self._deliver(message)
        elif message and (file := (message.get("set", {}).get("download") or {}).get("file")):
            Path(file).unlink(missing_ok=True)  # it was made for a window that has gone meanwhile

    # --- on other threads -----------------------------------------------------------------------------

    def _start_task(self, task: Task, reply: dict | None) -> None:
        """Do a task elsewhere; with a reply, that is what the message was waiting for.

        A window has one done at a time. Of those of a kind it asks for meanwhile only the last is done: who
        asks again and again keeps nobody else from theirs. But files that were handed in are all read, in
        their order; those that are too many for that are told so.
        """
        if self._is_task_running:
            if task.reads_files:
                self._enqueue(task, reply)
                return
            before = self._next_tasks.pop(task.target, None)
            self._next_tasks[task.target] = (task, reply)
            if before and before[1] is not None:
                self._show(before[1])
            return
        self._is_task_running = True
        with suppress(RuntimeError):  # closing
            self._dispatcher._tasks.submit(self._run, task, reply)

    def _enqueue(self, task: Task, reply: dict | None) -> None:
        if len(self._next_tasks) >= _MAX_WAITING_TASKS:
            self._submit_followup(lambda: task.fail(text("import.too_many_waiting")), reply)
            return
        self._enqueued += 1
        self._next_tasks[f"{task.target} {self._enqueued}"] = (task, reply)

    def _run(self, task: Task, reply: dict | None) -> None:
        try:
            result = self._dispatcher._run_task(task)
        except Exception as fault:
            message = next(iter(_error_fields(fault).values()))
            self._submit_followup(lambda: task.fail(message), reply)
        else:
            self._submit_followup(lambda: task.show(result), reply)
        self._submit(Work(lambda _: self._finish_task(), _ignore_outcome, ()))

    def _submit_followup(self, act: Callable[[], None], reply: dict | None = None) -> None:
        def respond(_: object, fault: Exception | None) -> None:
            if reply is not None:
                self._show(reply | _error_fields(fault))
            else:
                self._send(self.controller.state())

        self._submit(Work(lambda _: act(), respond, ()))

    def _finish_task(self) -> None:
        self._is_task_running = False
        if self._closed:
            reading = {key: one for key, one in self._next_tasks.items() if one[0].reads_files}
            self._next_tasks = reading
        if self._next_tasks:
            self._start_task(*self._next_tasks.pop(next(iter(self._next_tasks))))

    def show_findings(self, findings: dict[str, list]) -> None:
        """Show which places in some notes may identify somebody. On the checker's thread."""
        # Mostly there is nothing to mark, and nothing that was marked: then nobody need be told.
        changed = {
            note: places
            for note, places in findings.items()
            if places or note in self._marked or self.controller.needs_every_finding
        }
        if changed:
            self._marked = {note for note in self._marked | changed.keys() if changed.get(note, True)}
            self._submit_followup(lambda: self.controller.show_findings(changed))


class Checker:
    """A thread that sees to it that notes are looked through for what may identify somebody.

    All that was written while one look was taken is looked through in the next; of a note that was written in
    again meanwhile, the last version.
    """

    def __init__(self, check_notes: CheckNotes) -> None:
        self._check_notes = check_notes
        self._waiting: dict[tuple[Window, str], tuple[str, tuple[str, ...]]] = {}
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="dialogkort-checker", daemon=True)
        self._thread.start()

    def check(self, window: Window, texts: dict[str, str], names: tuple[str, ...]) -> None:
        """Look through some notes (texts by note) of a window, soon."""
        with self._changed:
            self._waiting.update({(window, note): (content, names) for note, content in texts.items()})
            self._changed.notify()

    def close(self) -> None:
        """Leave undone what is not begun."""
        with self._changed:
            self._closing = True
            self._changed.notify()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closing)
                if self._closing:
                    return
                waiting, self._waiting = self._waiting, {}
            try:
                results = self._check_notes(list(waiting.values()))
            except Exception:
                _log.exception("Some notes could not be looked through")
                continue
            by_window: dict[Window, dict[str, list]] = {}
            for (window, note), places in zip(waiting, results, strict=True):
                by_window.setdefault(window, {})[note] = places
            for window, notes in by_window.items():
                window.show_findings(notes)


def _error_fields(fault: Exception | None) -> dict:
    """What to tell the window of a fault."""
    match fault:
        case TaskError() if not isinstance(fault, TaskFailed):
            return {"refused": str(fault)}
        case None:
            return {}
        case InvalidAction():
            return {"refused": str(fault)}
        case StoreError():
            return {"unsaved": str(fault)}
        case IllegalMove(reason=reason):
            return {"refused": text(f"page.refused.{reason.replace(' ', '_')}")}
    _log.error("Something unforeseen", exc_info=fault)
    # Of a task that failed the last line of its traceback says what it was: the rest is for the log.
    if isinstance(fault, TaskFailed):
        reason = "".join(str(fault).strip().splitlines()[-1:])
    else:
        reason = f"{type(fault).__name__}: {fault}"
    return {"refused": text("page.refused.unforeseen", reason=reason[:200])}


def _nothing_to_do(_: Store) -> None:
    pass


def _ignore_outcome(*_: object) -> None:
    pass
