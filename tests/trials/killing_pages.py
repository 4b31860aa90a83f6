"""kill -9 of the kernels and the server of the real command while a page's line drives them."""

import asyncio
import os
import shutil
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psutil
from driving import Count, Told, faults, next_event
from pages import Page, is_kept, opened
from tornado.websocket import WebSocketClosedError

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from running import Running, run_module

from dialogkort.events import Event
from dialogkort.store import open_store
from dialogkort.table import play

KILLS_IN_A_SESSION = 25
LONGEST = 0.6  # seconds a page is driven before the kill
UNDERWAY = 3  # events sent before the answer to the first one is there
ORPHANED_SECONDS = 15


@dataclass
class Killer:
    """Kills the kernels and the server of the command that serves one folder."""

    folder: Path
    chance: Random
    kernels: Count = field(default_factory=Count)
    servers: Count = field(default_factory=Count)
    session: str | None = None
    kept: list[Event] = field(default_factory=list)  # acknowledged, in this session

    async def kill(self, kernels: int, servers: int) -> dict[str, Count]:
        """Kill so many of each, in random order."""
        turns = ["kernel"] * kernels + ["server"] * servers
        self.chance.shuffle(turns)
        self._start_server()
        try:
            underway: list[Event] = []
            for number, turn in enumerate(turns):
                page = await opened(self.server.url)
                await self._go_on(page, underway, self.kernels if turn == "kernel" else self.servers)
                if number % KILLS_IN_A_SESSION == 0:
                    await self._begin(page)
                underway = await self._drive_until_killed(page, turn)
                if number % 50 == 49:
                    print(f"… {number + 1} of {len(turns)}", flush=True)
            await self._go_on(await opened(self.server.url), underway, self.kernels)
        finally:
            self._command.close()
        return {"a kernel": self.kernels, "the server": self.servers}

    # --- between two kills ----------------------------------------------------------------------------

    async def _begin(self, page: Page) -> None:
        answer = await page.arrive(workshop="Prøve", group="Gruppe 1")
        self.session, self.kept = answer["session"], []

    async def _go_on(self, page: Page, underway: list[Event], count: Count) -> None:
        """Find the same card again, and send again what has had no answer."""
        if self.session is None:
            return
        await page.arrive(self.session)
        events = self._events()
        if page.table.get("current") != play(events).current:
            count.faults.append(f"the page goes on with {page.table.get('current')}")
        for _ in range(2):
            for event in underway:
                answer = await page.say(event)
                if not is_kept(answer):
                    count.faults.append(f"sent again, and refused: {answer}")
        self.kept += underway
        self._look([], count)

    def _events(self) -> list[Event]:
        store = open_store(self.folder)
        try:
            return store.events(self.session)[0]
        finally:
            store.close()

    def _look(self, underway: list[Event], count: Count) -> None:
        store = open_store(self.folder)
        try:
            count.faults += faults(store, self.session, self.kept, underway)
            count.underway_kept += sum(store.holds(event.id) for event in underway)
        finally:
            store.close()

    # --- the kill ---------------------------------------------------------------------------------------

    async def _drive_until_killed(self, page: Page, turn: str) -> list[Event]:
        """Let the page say things until its kernel, or the server, is killed; what has had no answer then."""
        count = self.kernels if turn == "kernel" else self.servers
        said: dict[str, tuple[Event, asyncio.Future]] = {}
        driving = asyncio.ensure_future(self._drive(page, said))
        await asyncio.wait([driving], timeout=self.chance.uniform(0, LONGEST))
        self._kill_kernel(page) if turn == "kernel" else self._kill_server()
        await asyncio.sleep(0)
        await asyncio.wait([driving], timeout=0.05)  # answers that were on their way when the kill came
        driving.cancel()
        with suppress(asyncio.CancelledError, WebSocketClosedError):
            await driving
        answered = [event for event, answer in said.values() if answer.done() and is_kept(answer.result())]
        underway = [event for event, _ in said.values() if event not in answered]
        page.hang_up()
        count.kills += 1
        count.acknowledged += len(answered)
        count.underway += len(underway)
        self.kept += answered
        if turn == "server":
            self._start_server()
        else:
            page.say_goodbye()
        self._look(underway, count)
        return underway

    async def _drive(self, page: Page, said: dict[str, tuple[Event, asyncio.Future]]) -> None:
        told = Told(self.session, self._events())
        while True:
            event = next_event(told, self.chance)
            told.events.append(event)
            said[event.id] = event, page.say(event)
            await asyncio.sleep(0)
            waiting = [answer for _, answer in said.values() if not answer.done()]
            if len(waiting) >= UNDERWAY:
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)

    def _kill_kernel(self, page: Page) -> None:
        for kernel in self.server.kernels():
            if page.kernel in " ".join(kernel.cmdline()):
                os.kill(kernel.pid, signal.SIGKILL)

    def _kill_server(self) -> None:
        """Kill the command. Its kernels notice that they are orphans, and go."""
        kernels = self.server.kernels()
        doors = {Path(word).parent for kernel in kernels for word in kernel.cmdline() if "kernel-" in word}
        os.kill(self.server.process.pid, signal.SIGKILL)
        self.server.process.wait()
        _, alive = psutil.wait_procs(kernels, timeout=ORPHANED_SECONDS)
        for kernel in alive:
            self.servers.faults.append(f"a kernel outlived the server: {kernel}")
            kernel.kill()
        for folder in doors:
            shutil.rmtree(folder, ignore_errors=True)

    def _start_server(self) -> None:
        arguments = ["-m", "dialogkort.app", "--no-browser", "--groups", "2", "--folder", str(self.folder)]
        self._command = run_module(arguments, PYTHONPATH=str(Path(__file__).resolve().parents[2]))
        self.server: Running = next(self._command)


async def kill_pages(scratch: Path, kernels: int, servers: int, chance: Random) -> dict[str, Count]:
    """Kill so many kernels, and so many times the server, of the command on a folder of its own."""
    return await Killer(scratch / "pages", chance).kill(kernels, servers)
