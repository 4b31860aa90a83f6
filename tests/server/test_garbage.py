"""While the server serves, nobody waits for a look through all that is in memory."""

import asyncio
import gc
import weakref

from dialogkort.server.garbage import seldom_collected


class _Window:
    def __init__(self) -> None:
        self.itself = self  # only a look finds that nobody needs it


def looks_while_much_comes_in() -> int:
    """How often all there is was looked through, apart from the look before it."""
    gc.collect()  # how much there was before decides when the next one is due
    before = gc.get_stats()[2]["collections"]
    notes = [{"note": [number]} for number in range(400_000)]
    return gc.get_stats()[2]["collections"] - before if notes else 0


def test_however_much_comes_in_all_of_it_is_not_looked_through():
    async def serve() -> int:
        async with seldom_collected():
            return looks_while_much_comes_in()

    gc.freeze()
    assert looks_while_much_comes_in() > 0, "Python's own way"
    gc.unfreeze()
    assert asyncio.run(serve()) == 0


def test_a_window_that_is_gone_is_given_back_at_the_next_look():
    async def serve() -> None:
        async with seldom_collected(0.01):
            given_back = asyncio.Event()
            window = _Window()
            weakref.finalize(window, given_back.set)
            del window
            await asyncio.wait_for(given_back.wait(), 60)

    asyncio.run(serve())


def test_what_comes_after_is_collected_as_ever():
    async def serve() -> None:
        async with seldom_collected():
            assert gc.get_threshold() != before

    before = gc.get_threshold()
    asyncio.run(serve())
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
