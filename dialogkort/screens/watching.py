"""How does a screen answer its page, and learn what others have written? It looks, once a second."""

import asyncio
from contextlib import suppress
from pathlib import Path

from dialogkort.events import is_id
from dialogkort.session import Refused
from dialogkort.store import Store, StoreProblem, open_store
from dialogkort.table import NotPossible
from dialogkort.texts import text

LOOK_SECONDS = 1.0  # between two looks at what other windows have written


class Watching:
    """A screen on a store that others write in too: it does what its page asks, and `look` shows what is new.

    Every message gets an answer: which one it is `to`, whether the page has `arrived` anew, and why not, when
    it could not be done: `refused`, or `unsaved` (then the page keeps it, and tries again).
    """

    _place: str | Path
    _arrivals: tuple[str, ...]  # what a page says that is to be shown all there is
    _opened: Store | None = None
    _next_look: asyncio.TimerHandle | None = None

    def look(self) -> None:
        """Show what other windows have written since; when that is nothing, nothing is sent to the page."""
        raise NotImplementedError

    def _do(self, asked: dict) -> None:
        """Do what the page asks."""
        raise NotImplementedError

    def _answer(self, answer: dict) -> None:
        """Tell the page."""
        raise NotImplementedError

    def _hear(self, _widget: object, message: object, _buffers: object) -> None:
        self._keep_looking()
        asked = message if isinstance(message, dict) else {}
        event = asked.get("event")
        to = (event if isinstance(event, dict) else asked).get("id")
        answer = {"to": to if is_id(to) else None, "arrived": asked.get("do") in self._arrivals}
        with self.hold_sync():
            try:
                self._do(asked)
            except Refused as fault:
                answer["refused"] = str(fault)
            except StoreProblem as fault:
                answer["unsaved"] = str(fault)
            except NotPossible as fault:
                answer["refused"] = text(f"page.refused.{fault.reason.replace(' ', '_')}")
            except Exception as fault:
                answer["refused"] = text("page.refused.unforeseen", reason=f"{type(fault).__name__}: {fault}")
                raise
            finally:
                self._answer(answer)

    def _store(self) -> Store:
        if self._opened is None:
            self._opened = open_store(self._place)
        return self._opened

    def _keep_looking(self) -> None:
        """Look again in a while, for as long as the kernel runs."""
        with suppress(RuntimeError):  # a script has no loop, and nobody in front of it
            loop = asyncio.get_running_loop()
            self._next_look = self._next_look or loop.call_later(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        self._next_look = None
        try:
            self.look()
        except StoreProblem:
            pass  # it is told at the next thing that is done here
        finally:
            self._keep_looking()
