"""kill -9 of the real command while pages and notebooks write by way of it."""

import asyncio
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from kill_points import POINTS
from pages import Page, Window, is_acknowledged, opened, opened_in_a_notebook
from session_driver import Count, PageSession, count_stored, faults, next_event, next_move, next_note
from tornado.websocket import WebSocketClosedError

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from running import Running

from dialogkort.domain.events import Event, Noted
from dialogkort.domain.table import play
from dialogkort.exchange.merge import merge
from dialogkort.store import open_store

KILLS_IN_A_SESSION = 25
LONGEST = 0.6  # seconds they are driven before the kill
LATEST = 12  # times it has written, when it kills itself
UNDERWAY = 3  # events sent before the reply to the first one is there
DEAD_SECONDS = 30

AT_RANDOM, WITH_NOTEBOOK = "random", "notebook"
NAMES = {
    AT_RANDOM: "the server",
    "journal": "the server, between journal and commit",
    "commit": "the server, between commit and reply",
    WITH_NOTEBOOK: "the server and a notebook at one table",
}
_TRIALS = Path(__file__).parent

Make = Callable[[PageSession, Random], Event]


@dataclass
class Killer:
    """Kills the command that serves one folder, and looks at what it leaves behind."""

    folder: Path
    chance: Random
    counts: dict[str, Count] = field(default_factory=lambda: {way: Count() for way in NAMES})
    session: str | None = None
    acknowledged: list[Event] = field(default_factory=list)  # acknowledged, in this session
    underway: list[Event] = field(default_factory=list)  # sent, and nobody knows
    before: dict[str, tuple[list[Event], list[Event]]] = field(default_factory=dict)  # both, by session

    async def kill(self, ways: list[str]) -> dict[str, Count]:
        """Kill it in all these ways, one after the other."""
        for number, way in enumerate(ways):
            server = self._start(way)
            try:
                await self._kill_once(server, way, begin=number % KILLS_IN_A_SESSION == 0)
            finally:
                if server.is_alive:
                    server.kill()
            if number % 50 == 49:
                print(f"… {number + 1} of {len(ways)}: {self._so_far()}", flush=True)
        await self._send_all_again()
        self._look_at_all()
        return {NAMES[way]: count for way, count in self.counts.items() if count.kills}

    def _so_far(self) -> str:
        counts = self.counts.values()
        acknowledged, n_faults = (
            sum(one.acknowledged for one in counts),
            sum(len(one.faults) for one in counts),
        )
        return f"{acknowledged} acknowledged, {n_faults} faults"

    def _start(self, way: str) -> Running:
        command = ["--no-browser", "--folder", str(self.folder)]
        if way in POINTS:
            return Running(
                [str(_TRIALS / "kill_points.py"), way, str(self.chance.randint(1, LATEST)), *command]
            )
        return Running(["-m", "dialogkort.cli.app", *command], PYTHONPATH=str(_TRIALS.parents[1]))

    # --- one kill -------------------------------------------------------------------------------------

    async def _kill_once(self, server: Running, way: str, *, begin: bool) -> None:
        windows = [await opened(server.url)]
        await self._sit_down(windows[0], self.counts[way], begin=begin)
        if way == WITH_NOTEBOOK:
            windows.append(await opened_in_a_notebook(self.folder))
            await windows[1].arrive(self.session)
        lines = await self._write_until_killed(server, windows, way)
        self._take_stock(lines, self.counts[way])

    async def _sit_down(self, page: Page, count: Count, *, begin: bool) -> None:
        """Begin a session; or go on with the one there is, and find the same card again."""
        if begin or self.session is None:
            if self.session:
                self.before[self.session] = self.acknowledged, self.underway
            self.acknowledged, self.underway = [], []
            self.session = (await page.arrive(workshop="Prøve", group="Gruppe 1"))["session"]
            return
        await page.arrive(self.session)
        if page.table.get("current") != play(self._events()).current:
            count.faults.append(f"the page goes on with {page.table.get('current')}")

    async def _write_until_killed(self, server: Running, windows: list[Window], way: str) -> list["Line"]:
        """Let the windows say things until everybody is killed; what they said."""
        together = [next_move, next_note] if len(windows) > 1 else [next_event]
        lines = [Line(window, make, self.chance) for window, make in zip(windows, together, strict=True)]
        by_id = {event.id: event for event in (*self._events(), *self.underway)}
        events = [by_id[id] for id in sorted(by_id)]
        # The notebook begins notes of its own: what is sent again is the page's, and it writes on in it.
        known_and_again = [
            (events, self.underway),
            ([event for event in events if not isinstance(event, Noted)], []),
        ]
        driving = [
            asyncio.ensure_future(line.drive(PageSession(self.session, [*known]), again))
            for line, (known, again) in zip(lines, known_and_again, strict=False)
        ]
        if way in POINTS:
            await self._wait_until_dead(server)
        else:
            await asyncio.wait(driving, timeout=self.chance.uniform(0, LONGEST))
            for process in (server.process, *(window.process for window in windows[1:])):
                process.kill()
            server.process.wait()
        await asyncio.wait(driving, timeout=0.05)  # replies that were on their way when the kill came
        for drive in driving:
            drive.cancel()
        for drive in driving:
            with suppress(asyncio.CancelledError, WebSocketClosedError, BrokenPipeError, ConnectionError):
                await drive
        for window in windows:
            window.hang_up()
        for window in windows[1:]:
            await window.process.wait()
        return lines

    async def _wait_until_dead(self, server: Running) -> None:
        end = time.monotonic() + DEAD_SECONDS
        while server.is_alive:
            if time.monotonic() > end:
                raise TimeoutError("it did not kill itself")
            await asyncio.sleep(0.002)

    def _take_stock(self, lines: list["Line"], count: Count) -> None:
        sent = {id: pair for line in lines for id, pair in line.sent.items()}
        replies = {id: reply.result() for id, (_, reply) in sent.items() if _has_result(reply)}
        count.faults += [f"refused: {reply}" for reply in replies.values() if not is_acknowledged(reply)]
        answered = [
            event for id, (event, _) in sent.items() if id in replies and is_acknowledged(replies[id])
        ]
        unsaid = [event for event in self.underway if event.id not in sent]
        unknown = [event for id, (event, _) in sent.items() if id not in replies]
        known = {event.id for event in self.acknowledged}
        self.acknowledged += [event for event in answered if event.id not in known]
        self.underway = sorted([*unsaid, *unknown], key=lambda event: event.id)  # as a page keeps them
        count.kills += 1
        count.acknowledged += len(answered)
        count.underway += len(unknown)
        self._look(count)

    # --- what is there --------------------------------------------------------------------------------

    def _events(self) -> list[Event]:
        store = open_store(self.folder)
        try:
            return store.events(self.session)[0]
        finally:
            store.close()

    def _look(self, count: Count) -> None:
        store = open_store(self.folder)
        try:
            count.faults += faults(store, self.session, self.acknowledged, self.underway)
            count.underway_stored += count_stored(store, self.underway)
        finally:
            store.close()

    async def _send_all_again(self) -> None:
        """Send again what has had no reply, twice; afterwards all of it is there, and once."""
        server = self._start(AT_RANDOM)
        page = await opened(server.url)
        await page.arrive(self.session)
        for event in (*self.underway, *self.underway):
            reply = await page.say(event)
            if not is_acknowledged(reply):
                self.counts[AT_RANDOM].faults.append(f"sent again, and refused: {reply}")
        page.hang_up()
        server.interrupt()
        self.acknowledged, self.underway = [*self.acknowledged, *self.underway], []

    def _look_at_all(self) -> None:
        """Every session as it is in the file, and as the journals alone give it back."""
        self.before[self.session] = self.acknowledged, self.underway
        alone = open_store(self.folder / "from the journals")
        store = open_store(self.folder)
        merge(sorted((self.folder / "journal").glob("*.jsonl")), alone)
        for session, (stored, underway) in self.before.items():
            faults_seen = faults(store, session, stored, underway)
            faults_seen += [
                f"from the journals: {fault}" for fault in faults(alone, session, stored, underway)
            ]
            self.counts[AT_RANDOM].faults += faults_seen
        store.close()
        alone.close()


@dataclass
class Line:
    """What one window says: by id, the event and the reply that is (or is not) there."""

    window: Window
    make: Make
    chance: Random
    sent: dict[str, tuple[Event, asyncio.Future]] = field(default_factory=dict)

    async def drive(self, page_session: PageSession, again: list[Event]) -> None:
        """Send again what has had no reply, then go on, a few events underway at once."""
        for event in again:
            await self._say(event)
        while True:
            event = self.make(page_session, self.chance)
            page_session.events.append(event)
            await self._say(event)

    async def _say(self, event: Event) -> None:
        self.sent[event.id] = event, self.window.say(event)
        await asyncio.sleep(0)
        waiting = [reply for _, reply in self.sent.values() if not reply.done()]
        if len(waiting) >= UNDERWAY:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)


def _has_result(reply: asyncio.Future) -> bool:
    return reply.done() and not reply.cancelled() and reply.exception() is None


async def kill_pages(scratch: Path, ways: list[str], chance: Random) -> dict[str, Count]:
    """Kill the command in so many ways, on a folder of its own."""
    return await Killer(scratch / "pages", chance).kill(ways)
