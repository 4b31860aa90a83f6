"""Garbage collection that keeps nobody waiting, for a process that does nothing but serve.

A look through all that a thousand open sessions hold takes a third of a second, and Python takes it every few
seconds while notes come in, finding nothing: what is not needed any more is mostly given back without it. So
only what is new is looked through as it comes, and all of it every few minutes.
"""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

SECONDS = 600.0  # between two looks through all there is
_NEW_OBJECTS = 5_000  # after which those are looked through: some milliseconds
_LOOKS_AT_NEW = 5  # after which those that were left are looked through once more
_NEVER = 1_000_000_000  # looks after which everything would be


@asynccontextmanager
async def seldom_collected(seconds: float = SECONDS) -> AsyncIterator[None]:
    """As long as this lasts, all there is is looked through every so many seconds only."""
    before = gc.get_threshold()
    gc.freeze()  # what is loaded by now stays for good
    gc.set_threshold(_NEW_OBJECTS, _LOOKS_AT_NEW, _NEVER)
    looking = asyncio.create_task(_look_every(seconds))
    try:
        yield
    finally:
        looking.cancel()
        gc.set_threshold(*before)
        gc.unfreeze()


async def _look_every(seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        gc.collect()
