"""The real command, which kills itself with SIGKILL at a point of its writing that one names.

    python tests/trials/kill_points.py journal 7 --no-browser --folder FOLDER

`journal`: what was said stands in the journal, and is not committed; `commit`: it is committed, and nobody is
told yet. At the seventh time; what begins a session is not counted.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from dialogkort.cli import app
from dialogkort.store.sqlite import FileStore

POINTS = ("journal", "commit")


def die_at(point: str, time: int) -> None:
    """From now on this process dies when it writes for the so-and-so many-th time."""
    write_journal, writing, times = FileStore._write_journal, FileStore._writing, count(1)
    reached = []

    def _write_journal(self: FileStore, rows: list[dict], decks: object = ()) -> None:
        rows = list(rows)
        write_journal(self, rows, decks)
        if any(row["what"] not in ("described", "dealt") for row in rows) and next(times) == time:
            reached.append(time)
            if point == "journal":
                os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def _writing(self: FileStore, sessions: list[str]) -> Iterator:
        with writing(self, sessions) as execute:
            yield execute
        if reached:
            os.kill(os.getpid(), signal.SIGKILL)

    FileStore._write_journal, FileStore._writing = _write_journal, _writing


if __name__ == "__main__":
    die_at(sys.argv[1], int(sys.argv[2]))
    sys.exit(app.main(sys.argv[3:]))
