"""Base of the screens' widgets: carries messages between a controller and its page in a notebook.

What the page is shown travels as messages, not as traits: a notebook that is saved with the state of its
widgets must not hold what somebody said.
"""

import asyncio
import atexit
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import anywidget
import traitlets

from dialogkort.store import default_location
from dialogkort.ui.boot import boot_view
from dialogkort.ui.controller import Context, Controller, Task
from dialogkort.ui.dispatcher import Dispatcher, Window
from dialogkort.ui.tasks import read_and_delete
from dialogkort.ui.uploads import take_in
from dialogkort.worker_process import Worker

if TYPE_CHECKING:
    from dialogkort.ui.share.process import SharingWindow

TASK_SECONDS, TASK_MEGABYTES = 120, 2_000
_dispatchers: dict[str, Dispatcher] = {}
_worker = Worker()


class LiveWidget(anywidget.AnyWidget):
    """A screen as a widget; `boot` is what its page must know before anything is said."""

    boot = traitlets.Dict().tag(sync=True)
    # Until it is attached: a widget that could not be made is closed too.
    _window: "Window | SharingWindow | None" = None

    def __init__(self, where: str | Path | None, make: Callable[[Context], Controller], screen: str):
        super().__init__(boot=boot_view(screen))
        self._loop: asyncio.AbstractEventLoop | None = None
        self._location = location_of(where)
        self._window = self._attach(make)
        self.on_msg(self._receive)

    def _attach(self, make: Callable[[Context], Controller]) -> "Window | SharingWindow":
        return dispatcher_of(self._location).attach(make, self._deliver)

    def _receive(self, _widget: object, message: object, buffers: object) -> None:
        self._loop = _running_loop()
        if isinstance(message, dict) and message.get("type") == "upload":
            self._take_in(message, buffers)
        elif self._window:
            self._window.receive(message)

    def _take_in(self, message: dict, buffers: object) -> None:
        """Write a piece of a file that is handed in, and say so: then the page sends the next."""
        pieces = [bytes(piece) for piece in buffers] if isinstance(buffers, list) else []
        uploads = dispatcher_of(self._location).context.uploads
        answer = take_in(uploads, message, b"".join(pieces))
        self.send({"type": "state", "set": {"uploaded": {**answer, "to": message.get("id")}}})

    def _deliver(self, message: dict) -> None:
        """Hand a message to the kernel's own loop: only there may it be sent."""
        if self._loop is None:
            self._post(message)  # a script has no loop, and nobody in front of it
        else:
            self._loop.call_soon_threadsafe(self._post, message)

    def _post(self, message: dict) -> None:
        buffers = []
        download = message.get("set", {}).get("download")
        if download and "file" in download:
            buffers = [read_and_delete(download.pop("file"))]
        self.send(message, buffers)

    def close(self) -> None:
        """Take the screen away."""
        if self._window:
            self._window.close()
        super().close()


def location_of(where: str | Path | None) -> str:
    """A place as text: the usual one when none is named."""
    return str(where if where is not None else default_location())


def dispatcher_of(where: str | Path | None) -> Dispatcher:
    """The dispatcher of a place: all widgets of a kernel that show the same place have one."""
    location = location_of(where)
    if location not in _dispatchers:
        _dispatchers[location] = Dispatcher(location, run_task=run_task)
    return _dispatchers[location]


def run_task(task: Task) -> object:
    """Do a task in the process that is kept for that."""
    return _worker.call(task.target, dict(task.arguments), seconds=TASK_SECONDS, megabytes=TASK_MEGABYTES)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


@atexit.register
def _close_all() -> None:
    for dispatcher in _dispatchers.values():
        dispatcher.close()
    _dispatchers.clear()
    _worker.close()
