"""Parquet files of a dataset, one for each table and month, rewritten when the store changes; the manifest.

A session lies in the month of its id, that is when it began, so collecting again touches few files. The files
in use are on a list; new ones are made under new names (from what they hold) before the list names them, so
that a crash leaves the old tables whole, and the next time the work is done again. Nothing here is the only
copy of anything: it can all be made from the store.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from dialogkort.dataset.schema import ORDER, SCHEMAS, to_tables
from dialogkort.domain.event_ids import Id, time_of
from dialogkort.domain.events import CodingNamed, Dealt, Described, Erased, Event, WorkshopPlanned
from dialogkort.errors import InvalidAction, StoreError
from dialogkort.files import durable_files
from dialogkort.files.durable_files import make_folder, sync_file
from dialogkort.files.locks import exclusive_lock
from dialogkort.frames import sessions as frames
from dialogkort.i18n import text
from dialogkort.store import FILE_NAME, Store, backups

LIST, FOLDER = backups.DATASET, backups.TABLES
_LOCK = ".lock"
_WORK = ".work"
_LAYOUT = 10  # another number, and the tables are made anew
_AT_A_TIME = 200  # sessions that are in memory at once
_LATEST = 253_402_300_799_000  # ms: the last second of the year 9999
_CARDS = "cards"  # these lie in one file: there are few of them
_BY_MONTH = [name for name in SCHEMAS if name != _CARDS]


@dataclass(frozen=True)
class Manifest:
    """Which files hold the tables, and how far they have come.

    files: by table, the names of its files. rows: by table. mark, file: the store's, when they were made.
    refused: sessions in the store that are in no table, and why. erased: sessions that were erased.
    """

    layout: int = _LAYOUT
    mark: str = ""
    file: tuple[int, int] = (0, 0)
    files: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[Id, str] = field(default_factory=dict)
    erased: int = 0


def paths(folder: Path, manifest: Manifest, table: str) -> list[Path]:
    """The files of a table, oldest month first."""
    return [folder / FOLDER / table / name for _, name in sorted(manifest.files.get(table, {}).items())]


def read_manifest(folder: Path) -> Manifest:
    """The list of a dataset's files; an empty one where there is none that can be used."""
    with suppress(OSError, ValueError, TypeError, AttributeError):
        manifest = Manifest(**json.loads((folder / LIST).read_text(encoding="utf-8")))
        named = [path for table in manifest.files for path in _named(folder, table, manifest.files)]
        if manifest.layout == _LAYOUT and all(path.is_file() for path in named):
            return manifest
    return Manifest()


def begin(folder: Path) -> None:
    """Make a folder a dataset's. `InvalidAction` for one with the notes of groups: they are not to mix."""
    try:
        make_folder(folder)
        if (folder / FILE_NAME).exists() and not (folder / LIST).exists():
            raise InvalidAction(text("dataset.not_a_dataset", path=folder))
        with exclusive_lock(folder / FOLDER / _LOCK):
            if not (folder / LIST).exists():
                _write_manifest(folder, Manifest())
    except (FileExistsError, NotADirectoryError) as fault:
        raise StoreError("not_a_folder", path=folder) from fault
    except PermissionError as fault:
        raise StoreError("read_only", path=folder) from fault
    except OSError as fault:
        raise StoreError("no_folder", path=folder, reason=fault.strerror or fault) from fault


def is_stale(folder: Path, manifest: Manifest) -> bool:
    """True when the store may hold what the tables do not: its file has changed since they were made."""
    return tuple(manifest.file) != state(folder) or backups.is_half_written(folder / FILE_NAME)


def state(folder: Path) -> tuple[int, int]:
    """When the store's file was changed (ns), and its length."""
    with suppress(OSError):
        status = (folder / FILE_NAME).stat()
        return status.st_mtime_ns, status.st_size
    return 0, 0


def refresh(
    folder: Path, store: Store, file: tuple[int, int], watched: Callable[[list], Iterable] = iter
) -> Manifest:
    """Bring the tables up to where the store is, and return their list.

    `file` is its `state` from before it was opened. `watched` is given the sessions that are to be read, and
    gives them back one by one (a progress bar).
    """
    mark = store.position()  # before anything is read: what comes in meanwhile is read the next time
    manifest = read_manifest(folder)
    if _is_current(manifest, mark):
        manifest = replace(manifest, file=file)
        # A folder may be closed to writing.
        with suppress(StoreError, OSError), exclusive_lock(folder / FOLDER / _LOCK):
            if read_manifest(folder).mark == mark:
                _write_manifest(folder, manifest)
        return manifest
    try:
        make_folder(folder / FOLDER)
        with exclusive_lock(folder / FOLDER / _LOCK):
            manifest = read_manifest(folder)
            if not _is_current(manifest, mark):
                manifest = _refreshed(folder, store, manifest, watched)
            manifest = replace(manifest, mark=mark, file=file)
            _write_manifest(folder, manifest)
            _remove_others(folder, manifest)
    except (OSError, duckdb.Error) as fault:
        raise StoreError("failed", path=folder, reason=fault) from fault
    return manifest


def _is_current(manifest: Manifest, mark: str) -> bool:
    """True when the tables hold what the store does; what was refused may be readable now."""
    return bool(manifest.files) and manifest.mark == mark and not manifest.refused


def _refreshed(
    folder: Path, store: Store, manifest: Manifest, watched: Callable[[list], Iterable]
) -> Manifest:
    changed = store.sessions_changed_since(manifest.mark) if manifest.files else None
    if changed is None:
        manifest, changed = Manifest(), store.sessions_changed_since() or []
    changed = sorted({*changed, *manifest.refused})  # the cards of a refused one may have come in
    refused: dict[Id, str] = {}
    files = {table: dict(manifest.files.get(table, {})) for table in SCHEMAS}
    cards = [_read_cards(folder, files)]
    with _engine(folder / FOLDER / _WORK) as engine:
        for month, ids in groupby(watched(changed), _month):
            writer = _MonthWriter(folder / FOLDER / _WORK)
            done = []
            for batch in _batches(ids):
                done += batch
                for read in _fold(store, batch, refused):
                    cards.append(writer.add(to_tables(read)))
            for table, path in writer.done().items():
                name = _merge_month(engine, folder, table, month, files[table].get(month), path, done)
                files[table] = {**files[table], month: name} if name else _without(files[table], month)
        _write_cards(engine, folder, files, cards)
    rows = {table: sum(map(_rows, _named(folder, table, files))) for table in SCHEMAS}
    erased = len({erasure.session for erasure in store.erasures() if erasure.note is None})
    return Manifest(files=files, rows=rows, refused=refused, erased=erased)


# --- out of the store -------------------------------------------------------------------------------------


def _fold(store: Store, ids: list[Id], refused: dict[Id, str]) -> Iterator[frames.Frames]:
    """The frames of sessions, in order. One that cannot be read is found by halving, and `refused`."""
    try:
        yield frames.read(store, ids)
    except (InvalidAction, StoreError, ValueError) as fault:
        if isinstance(fault, StoreError) and fault.kind not in frames.OF_ONE_SESSION:
            raise
        half = len(ids) // 2
        if half:
            yield from _fold(store, ids[:half], refused)
            yield from _fold(store, ids[half:], refused)
        elif why := _why_not(store, ids[0], fault):
            refused[ids[0]] = why


def _why_not(store: Store, id: Id, fault: Exception) -> str:
    """Why a session is in no table; nothing to say of one that was erased, nor of coding and plans."""
    try:
        events, _ = store.events(id)
    except StoreError:
        return text("dataset.refused.damaged")
    of_another_kind = any(isinstance(event, CodingNamed | WorkshopPlanned) for event in events)
    if of_another_kind or any(map(_is_whole_session_erased, events)):
        return ""
    for kind, reason in ((Dealt, "not_dealt"), (Described, "not_described")):
        if not any(isinstance(event, kind) for event in events):
            return text(f"dataset.refused.{reason}")
    return str(fault)


def _is_whole_session_erased(event: Event) -> bool:
    return isinstance(event, Erased) and event.note is None


def _month(session: Id) -> str:
    moment = datetime.fromtimestamp(min(time_of(session), _LATEST) / 1000, UTC)
    return f"{moment.year:04}-{moment.month:02}"


def _batches(ids: Iterable[Id]) -> Iterator[list[Id]]:
    batch: list[Id] = []
    for id in ids:
        batch.append(id)
        if len(batch) == _AT_A_TIME:
            yield batch
            batch = []
    if batch:
        yield batch


class _MonthWriter:
    """What was read of a month's sessions, on the disk already."""

    def __init__(self, folder: Path):
        self._paths = {table: folder / f"{table}.parquet" for table in _BY_MONTH}
        self._files: dict[str, pq.ParquetWriter] = {}

    def add(self, tables: Mapping[str, pa.Table]) -> pa.Table:
        """Write the tables down; the cards are few, and given back."""
        for table, path in self._paths.items():
            if table not in self._files:
                self._files[table] = pq.ParquetWriter(path, SCHEMAS[table], compression="zstd")
            self._files[table].write_table(tables[table])
        return tables[_CARDS]

    def done(self) -> dict[str, Path | None]:
        """The files, or None for each when there was nothing to write."""
        for file in self._files.values():
            file.close()
        return {table: path if table in self._files else None for table, path in self._paths.items()}


# --- into files -------------------------------------------------------------------------------------------


@contextmanager
def _engine(workshop: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """What puts files together, however large they are, and a folder for what it has no room for."""
    shutil.rmtree(workshop, ignore_errors=True)  # left by a crash
    workshop.mkdir(0o700)
    engine = duckdb.connect(config=settings(workshop / "spilled"))
    try:
        yield engine
    finally:
        engine.close()
        shutil.rmtree(workshop, ignore_errors=True)


def settings(folder: str | Path) -> dict[str, object]:
    """How DuckDB is to work: nothing is fetched, and what has no room in memory goes in a folder of ours."""
    return {
        "autoinstall_known_extensions": False,
        "allow_community_extensions": False,
        "memory_limit": "2GB",
        "temp_directory": str(folder),
    }


def _merge_month(
    engine: duckdb.DuckDBPyConnection,
    folder: Path,
    table: str,
    month: str,
    before: str | None,
    new: Path | None,
    done: Sequence[str],
) -> str | None:
    """A month's file anew: what it held, but for the sessions that were read, and what was read of these."""
    parts = []
    if before:
        engine.register("done", pa.table({"session": pa.array(done, pa.string())}))
        _create_view(engine, "before", folder / FOLDER / table / before)
        parts.append("SELECT * FROM before ANTI JOIN done USING (session)")
    if new:
        _create_view(engine, "fresh", new)
        parts.append("SELECT * FROM fresh")
    if not parts:
        return None
    rows = engine.sql(f"{' UNION ALL BY NAME '.join(parts)} ORDER BY {', '.join(ORDER[table])}")
    return _write(rows, folder / FOLDER / table, month)


def _create_view(engine: duckdb.DuckDBPyConnection, name: str, *files: Path) -> None:
    engine.read_parquet(list(map(str, files)), hive_partitioning=False).create_view(name)


def _write(rows: duckdb.DuckDBPyRelation, folder: Path, name: str) -> str | None:
    """Write rows in a file that is called after what it holds; None, and no file, when there are none."""
    make_folder(folder)
    growing = folder / f"{name}.new"
    rows.write_parquet(str(growing), compression="zstd", overwrite=True)
    if not _rows(growing):
        growing.unlink()
        return None
    with growing.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    path = folder / f"{name}-{digest[:16]}.parquet"
    sync_file(growing)
    growing.replace(path)
    return path.name


def _rows(path: Path) -> int:
    return pq.read_metadata(path).num_rows


def _named(folder: Path, table: str, files: Mapping[str, Mapping[str, str]]) -> list[Path]:
    return [folder / FOLDER / table / name for name in files[table].values()]


def _without(files: Mapping[str, str], month: str) -> dict[str, str]:
    return {other: name for other, name in files.items() if other != month}


# --- the cards --------------------------------------------------------------------------------------------


def _read_cards(folder: Path, files: Mapping[str, Mapping[str, str]]) -> pa.Table:
    known = [pq.read_table(path) for path in _named(folder, _CARDS, files)]
    return pa.concat_tables(
        [SCHEMAS[_CARDS].empty_table(), *(table.cast(SCHEMAS[_CARDS]) for table in known)]
    )


def _write_cards(engine, folder: Path, files: dict[str, dict[str, str]], cards: list[pa.Table]) -> None:
    """The cards of every deck that a session was dealt from, the deck that was used first before others."""
    sessions = _named(folder, "sessions", files)
    files[_CARDS] = {}
    if not sessions:
        return
    _create_view(engine, "sessions", *sessions)
    engine.register("cards", pa.concat_tables(cards))
    columns = ", ".join(SCHEMAS[_CARDS].names[:-1])
    rows = engine.sql(
        f"SELECT {columns}, row_number() OVER (ORDER BY used, deck_fingerprint, first) - 1 AS place"
        f" FROM (SELECT {columns}, min(place) AS first FROM cards GROUP BY ALL)"
        " JOIN (SELECT deck_fingerprint, min(session) AS used FROM sessions GROUP BY ALL)"
        " USING (deck_fingerprint) ORDER BY place"
    )
    if name := _write(rows, folder / FOLDER / _CARDS, "all"):
        files[_CARDS] = {"all": name}


# --- the list ---------------------------------------------------------------------------------------------


def _write_manifest(folder: Path, manifest: Manifest) -> None:
    durable_files.write_atomically(
        folder / LIST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
    )


def _remove_others(folder: Path, manifest: Manifest) -> None:
    """Remove the files that are on no list: what they held stands in others now, or was erased."""
    for table in SCHEMAS:
        names = set(manifest.files.get(table, {}).values())
        for path in (folder / FOLDER / table).glob("*"):
            if path.name not in names:
                with suppress(PermissionError):  # on Windows: somebody reads it; it goes the next time
                    path.unlink()
