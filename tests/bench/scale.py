"""How do the aggregate questions and `collect` grow, beside plain pandas, DuckDB by hand and polars?

    python tests/bench/scale.py                                # 100,000 and 1,000,000 notes; two minutes
    python tests/bench/scale.py --notes 10000000               # ten million
    python tests/bench/scale.py --notes --sessions 1000 10000  # collecting so many session files

Needs `pip install -e ".[bench]"`. Two questions in one go: notes, words and minutes per area, and per
group and area, from the same Parquet files. Each asker is a process of its own, they take turns, and the
fastest of their times counts (other programs only add to it): from open files to two tables in hand, without
the imports. Peak memory is the process's, with Python and its libraries.
"""

import argparse
import json
import math
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

AREAS = ("Anvendelse", "Teknologi", "Formidling", "Udvikling")
CARDS = 35
PER_SESSION = 40  # notes, two on each of twenty cards
MONTHS = 24
BEGIN = 1_700_000_000_000
ROUNDS = 5
WORDS = "vi øver os i at bruge det før køber noget nyt og spørger hinanden først når borgere ringer om hjælp"


# --- making it up -----------------------------------------------------------------------------------------


def make_tables(folder: Path, notes: int) -> None:
    """A dataset of so many notes, as `collect` lays it out, without the store beside it."""
    import numpy as np

    from dialogkort.dataset.parquet import FOLDER, LIST

    chance = np.random.default_rng(4)
    files: dict[str, dict[str, str]] = {"sessions": {}, "turns": {}, "notes": {}, "cards": {}}
    for month in range(MONTHS):
        tables = _month(chance, month, max(1, notes // PER_SESSION // MONTHS))
        for table, rows in tables.items():
            name = f"{2024 + month // 12}-{month % 12 + 1:02}"
            files[table][name] = _written(folder / FOLDER / table, f"{name}.parquet", rows, table)
    files["cards"]["all"] = _written(folder / FOLDER / "cards", "all.parquet", _cards(), "cards")
    (folder / LIST).write_text(json.dumps({"layout": 1, "files": files}), encoding="utf-8")


def _written(folder: Path, name: str, rows: dict, table: str) -> str:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from dialogkort.dataset.schema import SCHEMAS

    folder.mkdir(parents=True, exist_ok=True)
    length = max(map(len, rows.values()))
    schema = SCHEMAS[table]
    columns = [
        pa.array(rows[field.name]).cast(field.type) if field.name in rows else pa.nulls(length, field.type)
        for field in schema
    ]
    pq.write_table(pa.table(columns, schema=schema), folder / name, compression="zstd")
    return name


def _month(chance, month: int, sessions: int) -> dict[str, dict]:
    import numpy as np
    import pyarrow as pa

    moment = BEGIN + month * 30 * 86_400_000 + np.sort(chance.integers(0, 30 * 86_400_000, sessions))
    stamps = [f"{at:012x}" for at in moment.tolist()]
    tails = chance.integers(0, 2**48, sessions).tolist()
    ids = pa.array(
        [f"{at[:8]}-{at[8:]}-7abc-8def-{tail:012x}" for at, tail in zip(stamps, tails, strict=True)]
    )
    turned = PER_SESSION // 2
    cards = np.argsort(chance.random((sessions, CARDS)), axis=1)[:, :turned].ravel()
    areas = pa.array(AREAS).take(pa.array(cards * len(AREAS) // CARDS))
    names = pa.array([f"k-{n:02}" for n in range(1, CARDS + 1)]).take(pa.array(cards))
    at = np.repeat(moment, turned) + np.tile(np.arange(turned) * 180_000, sessions)
    hand = chance.integers(20_000, 400_000, sessions * turned)
    outcome = pa.array(["discussed", "skipped"]).take(pa.array((chance.random(len(cards)) < 0.2).astype(int)))
    owners = np.repeat(np.arange(sessions), turned)
    twice = pa.array(np.repeat(np.arange(len(cards)), 2))
    texts, lengths = _texts(chance)
    chosen = chance.integers(0, len(texts), 2 * len(cards))
    day = moment.astype("datetime64[ms]").astype("datetime64[D]")
    return {
        "sessions": {
            "session": ids,
            "workshop": pa.array([f"Workshop {n // 4}" for n in range(sessions)]),
            "organisation": pa.array([f"Kommune {n % 98}" for n in range(sessions)]),
            "group": pa.array([f"Gruppe {n % 4 + 1}" for n in range(sessions)]),
            "deck_fingerprint": pa.array(["0" * 64] * sessions),
            "date": day,
            "day": day,
            "started_at": moment.astype("datetime64[ms]"),
            "met_cards": np.ones(sessions, bool),
        },
        "turns": {
            "session": ids.take(pa.array(owners)),
            "turn": np.tile(np.arange(1, turned + 1), sessions),
            "card": names,
            "area": areas,
            "turned_at": at.astype("datetime64[ms]"),
            "outcome": outcome,
            "minutes": hand / 60_000,
            "in_hand": hand,
            "is_last": np.ones(len(cards), bool),
        },
        "notes": {
            "session": ids.take(pa.array(np.repeat(owners, 2))),
            "note": pa.array([f"{n:032x}" for n in range(len(chosen))]),
            "card": names.take(twice),
            "area": areas.take(twice),
            "kind": pa.array(["point"] * len(chosen)),
            "text": texts.take(pa.array(chosen)),
            "words": lengths[chosen],
            "created_at": np.repeat(at, 2).astype("datetime64[ms]"),
            "place": np.tile(np.arange(PER_SESSION), sessions),
        },
    }


def _texts(chance):
    """Twenty thousand different notes of 5 to 40 words, and how many words each has."""
    import numpy as np
    import pyarrow as pa

    words = np.array(WORDS.split())
    lengths = chance.integers(5, 41, 20_000)
    return pa.array([" ".join(chance.choice(words, length)) for length in lengths]), lengths


def _cards() -> dict:
    return {
        "deck_fingerprint": ["0" * 64] * CARDS,
        "card": [f"k-{n:02}" for n in range(1, CARDS + 1)],
        "number": list(range(1, CARDS + 1)),
        "area": [AREAS[n * len(AREAS) // CARDS] for n in range(CARDS)],
        "place": list(range(CARDS)),
    }


# --- asking it --------------------------------------------------------------------------------------------

SETS = (["area"], ["session", "area"])


def ask_dialogkort(folder: Path) -> Callable[[], list]:
    import ibis.backends.duckdb  # noqa: F401 – loaded before the time is taken

    from dialogkort.dataset import Dataset

    def ask() -> list:
        data = Dataset(folder)
        return [data.counts(by, ["notes", "words", "minutes"]) for by in SETS]

    return ask


def ask_duckdb(folder: Path) -> Callable[[], list]:
    import duckdb
    import pandas  # noqa: F401 – what comes back is its, and is loaded before the time is taken

    def ask() -> list:
        database = duckdb.connect()
        return [database.sql(_by_hand(folder, ", ".join(by))).df() for by in SETS]

    return ask


def _by_hand(folder: Path, by: str) -> str:
    return f"""
        SELECT {by}, coalesce(notes, 0) AS notes, coalesce(words, 0) AS words, coalesce(minutes, 0) AS minutes
        FROM (SELECT {by}, count(*) AS notes, sum(words) AS words
              FROM '{folder}/tables/notes/*.parquet' WHERE area IS NOT NULL GROUP BY ALL)
        FULL JOIN (SELECT {by}, sum(minutes) AS minutes
                   FROM '{folder}/tables/turns/*.parquet' GROUP BY ALL) USING ({by})
        ORDER BY ALL"""


def ask_pandas(folder: Path) -> Callable[[], list]:
    import pandas as pd

    def ask() -> list:
        notes = pd.read_parquet(folder / "tables/notes", columns=["session", "area", "words"])
        turns = pd.read_parquet(folder / "tables/turns", columns=["session", "area", "minutes"])
        return [
            pd.concat(
                [
                    notes.groupby(by)["words"].agg(notes="size", words="sum"),
                    turns.groupby(by)["minutes"].sum(),
                ],
                axis=1,
            )
            .fillna(0)
            .reset_index()
            for by in SETS
        ]

    return ask


def ask_polars(folder: Path) -> Callable[[], list]:
    import polars as pl

    def ask() -> list:
        notes = pl.scan_parquet(folder / "tables/notes/*.parquet").filter(pl.col("area").is_not_null())
        turns = pl.scan_parquet(folder / "tables/turns/*.parquet")
        return [
            notes.group_by(by)
            .agg(notes=pl.len(), words=pl.col("words").sum())
            .join(turns.group_by(by).agg(minutes=pl.col("minutes").sum()), on=by, how="full", coalesce=True)
            .fill_null(0)
            .sort(by)
            .collect()
            for by in SETS
        ]

    return ask


ASKERS = {
    "dialogkort": ask_dialogkort,
    "DuckDB by hand": ask_duckdb,
    "polars": ask_polars,
    "pandas": ask_pandas,
}


def answer(name: str, folder: Path) -> None:
    """In a process of its own: ask, and print what it cost and a sum to compare."""
    if name == "collect":
        print(json.dumps(_collected(folder)))
        return
    ask = ASKERS[name](folder)
    begun = time.perf_counter()
    answers = ask()
    seconds = time.perf_counter() - begun
    sums = [
        [len(one), int(one["notes"].sum()), int(one["words"].sum()), round(float(one["minutes"].sum()), 1)]
        for one in answers
    ]
    print(json.dumps({"seconds": seconds, "peak": peak(), "sums": sums}))


def peak() -> float:
    """The most memory this process has had, in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        status_fields = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
        return int(status_fields["VmHWM"].split()[0]) / 1024
    import psutil

    memory = psutil.Process().memory_info()
    return getattr(memory, "peak_wset", memory.rss) / 2**20


def run_apart(name: str, folder: Path) -> dict:
    command = [sys.executable, str(Path(__file__)), "--ask", name, str(folder)]
    completed = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if completed.returncode:
        raise SystemExit(completed.stderr)
    return json.loads(completed.stdout.splitlines()[-1])


def questions(notes: list[int]) -> None:
    print("| notes | asker | s | of DuckDB by hand | peak MB |\n|---|---|---|---|---|")
    ours: list[float] = []
    for number in notes:
        with tempfile.TemporaryDirectory(prefix="dialogkort-") as folder:
            make_tables(Path(folder), number)
            rounds = [{name: run_apart(name, Path(folder)) for name in ASKERS} for _ in range(ROUNDS)]
        assert len({json.dumps(one["sums"]) for answer in rounds for one in answer.values()}) == 1, rounds[0]
        best = {name: min(answer[name]["seconds"] for answer in rounds) for name in ASKERS}
        for name in ASKERS:
            memory = max(answer[name]["peak"] for answer in rounds)
            ratio = best[name] / best["DuckDB by hand"]
            print(f"| {number:,} | {name} | {best[name]:.2f} | {ratio:.2f} | {memory:.0f} |", flush=True)
        ours.append(best["dialogkort"])
    if len(notes) > 1:
        print(f"\nGrowth of dialogkort: notes ^ {exponent(notes, ours):.2f}")


def exponent(sizes: list[int], times: list[float]) -> float:
    """The slope of the line through log(time) over log(size): 1 is linear growth."""
    return statistics.linear_regression([math.log(n) for n in sizes], [math.log(t) for t in times]).slope


# --- collecting -------------------------------------------------------------------------------------------


def make_files(folder: Path, sessions: int, form: str) -> int:
    """So many session files, an hour apart; how many events they hold."""
    from dialogkort.decks.reading import read_deck
    from dialogkort.domain.event_records import to_record

    deck, events = read_deck(), 0
    for number in range(sessions):
        session_events = _afternoon(deck, number)
        events += len(session_events)
        if form == "sqlite":
            _as_a_store(folder / f"gruppe {number}", deck, session_events)
            continue
        export = {"format": "dialogkort", "version": 1, "decks": [deck.to_record()]}
        export["events"] = [to_record(event) for event in session_events]
        path = folder / f"{number // 100:04}" / f"gruppe {number}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(export, ensure_ascii=False), encoding="utf-8")
    return events


def _afternoon(deck, number: int) -> list:
    """A session of twelve cards, with twenty notes of two versions each."""
    from dialogkort.domain import events as what
    from dialogkort.domain.draw import deal
    from dialogkort.domain.event_ids import new_id

    now = BEGIN + number * 3_600_000
    session = new_id(now)

    def happen(kind, **fields):
        nonlocal now
        now += 20_000
        return kind(id=new_id(now), session=session, **fields)

    order = deal([card.id for card in deck.cards], number)
    date = datetime.fromtimestamp(now / 1000, UTC).date().isoformat()
    details = {"workshop": f"Workshop {number // 4}", "organisation": f"Kommune {number % 98}"}
    session_events = [
        what.Described(id=session, session=session, group=f"Gruppe {number % 4 + 1}", date=date, **details),
        happen(what.Dealt, deck=deck.fingerprint, seed=number, order=order),
    ]
    for index, card in enumerate(order[:12]):
        session_events.append(happen(what.Turned, card=card))
        for length in (40, 70)[: 2 if index < 8 else 1]:
            note = new_id(now)
            session_events += [
                happen(what.Noted, note=note, card=card, text=WORDS[:n]) for n in (length // 2, length)
            ]
        session_events.append(happen(what.Discussed, card=card))
    return session_events


def _as_a_store(folder: Path, deck, session_events: list) -> None:
    from dialogkort.store.sqlite import FileStore

    store = FileStore(folder / "dialogkort.sqlite", journaled=False)
    store._database.execute("PRAGMA synchronous = OFF")  # these are no notes of anybody's
    store.keep_deck(deck)
    store.append(session_events)
    store.close()


def _collected(folder: Path) -> dict:
    from dialogkort.dataset import collect

    took = []
    for _ in range(2):
        begun = time.perf_counter()
        data = collect(folder / "files", folder / "data", progress=False)
        took.append(time.perf_counter() - begun)
    assert data.report.is_whole
    return {"seconds": took[0], "again": took[1], "peak": peak(), "rows": dict(data.report.now)}


def collecting(sizes: list[int], form: str) -> None:
    print(f"| session files ({form}) | events | collected s | again s | peak MB |\n|---|---|---|---|---|")
    took = []
    for sessions in sizes:
        with tempfile.TemporaryDirectory(prefix="dialogkort-") as folder:
            (Path(folder) / "files").mkdir()
            events = make_files(Path(folder) / "files", sessions, form)
            measured = run_apart("collect", Path(folder))
        assert measured["rows"]["sessions"] == sessions
        took.append(measured["seconds"])
        seconds = f"{measured['seconds']:.1f} | {measured['again']:.1f}"
        print(f"| {sessions:,} | {events:,} | {seconds} | {measured['peak']:.0f} |", flush=True)
    if len(sizes) > 1:
        print(f"\nGrowth of collecting: files ^ {exponent(sizes, took):.2f}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--notes", type=int, nargs="*", default=[100_000, 1_000_000])
    options.add_argument("--sessions", type=int, nargs="*", default=[])
    options.add_argument("--as", choices=["json", "sqlite"], default="json", dest="form")
    options.add_argument("--ask", nargs=2, metavar=("NAME", "FOLDER"), help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.ask:
        answer(given.ask[0], Path(given.ask[1]))
        return
    if given.notes:
        questions(given.notes)
    if given.sessions:
        collecting(given.sessions, given.form)


if __name__ == "__main__":
    main()
