"""Sharing for a notebook: a process beside its kernel, which listens for the room and ends with the kernel.

It is told what the notebook's windows say, and tells what they are shown, as lines of JSON on its standard
streams. Both processes use the store at once; what one writes the other sees within a second.
"""

import asyncio
import json
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import IO

from dialogkort.errors import InvalidAction
from dialogkort.server.garbage import seldom_collected
from dialogkort.server.host import Host
from dialogkort.server.sharing import Sharing
from dialogkort.store import default_folder, is_address
from dialogkort.ui.dispatcher import Window
from dialogkort.ui.roles import Access
from dialogkort.ui.share.way_in import WayIn


async def share(location: str, way_in: WayIn, requests: IO[str], replies: IO[str]) -> None:
    """Share one place's notes until no more requests can come; what is shared is kept for the next time."""
    host = Host(location)
    host.loop = asyncio.get_running_loop()
    folder = default_folder() if is_address(location) else Path(location)
    host.sharing = Sharing(host, folder, way_in.tls, way_in.public, way_in.proxy)
    with suppress(InvalidAction):  # not on that network any more: the window offers another
        host.sharing.resume()
    ended = asyncio.Event()
    read = partial(_read, requests, _Windows(host, replies), partial(_set, host.loop, ended))
    threading.Thread(target=read, daemon=True).start()
    async with seldom_collected():
        await ended.wait()
    await host.loop.run_in_executor(None, host.close)


class _Windows:
    """The windows of a notebook, by their numbers."""

    def __init__(self, host: Host, replies: IO[str]):
        self._host = host
        self._replies = replies
        self._windows: dict[int, Window] = {}
        self._writing = threading.Lock()

    def receive(self, record: dict) -> None:
        """What a window says, or that it is closed."""
        number = record["window"]
        if "message" not in record:
            if window := self._windows.pop(number, None):
                window.close()
            return
        if number not in self._windows:
            make = self._host.maker("share", Access())
            self._windows[number] = self._host.dispatcher.attach(make, partial(self._deliver, number))
        self._windows[number].receive(record["message"])

    def _deliver(self, number: int, message: dict) -> None:
        with self._writing, suppress(OSError, ValueError):  # the kernel is gone
            if "sharing" in message.get("set", {}):  # before its window: who is told by that knows of them
                self._write({"devices": self._devices()})
            self._write({"window": number, "message": message})
            self._replies.flush()

    def _write(self, record: dict) -> None:
        self._replies.write(json.dumps(record) + "\n")

    def _devices(self) -> list[dict] | None:
        """The devices that have joined, for the notebook's other screens; None while nothing is shared."""
        status = self._host.sharing.status() if self._host.sharing else None
        return None if status is None else [asdict(device) for device in status.devices]


def _read(requests: IO[str], windows: _Windows, end: Callable[[], None]) -> None:
    for line in requests:
        windows.receive(json.loads(line))
    end()


def _set(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    with suppress(RuntimeError):  # the loop is closed
        loop.call_soon_threadsafe(event.set)


if __name__ == "__main__":
    asyncio.run(share(sys.argv[1], WayIn.from_json(sys.argv[2]), sys.stdin, sys.stdout))
