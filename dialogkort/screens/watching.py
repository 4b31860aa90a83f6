"""How does a screen learn what others have written meanwhile? It looks, once a second."""

import asyncio
from contextlib import suppress
from pathlib import Path

from dialogkort.store import Store, StoreProblem, open_store

LOOK_SECONDS = 1.0  # between two looks at what other windows have written


class Watching:
    """A screen on a store that others write in too: `look` shows what is new."""

    _place: str | Path
    _opened: Store | None = None
    _next_look: asyncio.TimerHandle | None = None

    def look(self) -> None:
        """Show what other windows have written since; when that is nothing, nothing is sent to the page."""
        raise NotImplementedError

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
