"""One dataset on the disk: what many groups did and wrote, as tables that are asked in place."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.common.exceptions import TableNotFound
from ibis.expr.operations import DatabaseTable

from dialogkort.dataset.parquet import (
    LIST,
    Manifest,
    is_stale,
    paths,
    read_manifest,
    refresh,
    settings,
    state,
)
from dialogkort.dataset.queries import PREFIX, Tables
from dialogkort.dataset.schema import SCHEMAS
from dialogkort.domain.event_ids import Id
from dialogkort.errors import InvalidAction, StoreError
from dialogkort.exchange.import_report import ImportReport
from dialogkort.files.temporary import folder_of_this_process
from dialogkort.i18n import text
from dialogkort.store import reading

_COUNTED = ("sessions", "turns", "notes")
_AT_A_TIME = 20_000  # rows on their way to a server


@dataclass(frozen=True)
class DatasetReport:
    """What a dataset holds, and what did not come in.

    now: rows by table. before: the same before it was collected, or None. refused: sessions that are in no
    table, by id, and why. erased: sessions that were erased for good. sources: what each source held, event
    by event, or None.

    Examples
    --------
    >>> report = DatasetReport({"sessions": 20, "turns": 185, "notes": 322})
    >>> report.is_whole
    True
    >>> report.table()[["what", "now"]].values.tolist()
    [['sessions', 20], ['turns', 185], ['notes', 322]]
    >>> print(report.as_text())
    Datasættet    Nu
    Samtaler      20
    Vendte kort  185
    Noter        322
    """

    now: Mapping[str, int]
    before: Mapping[str, int] | None = None
    refused: Mapping[Id, str] = field(default_factory=dict)
    erased: int = 0
    sources: ImportReport | None = None

    @property
    def is_whole(self) -> bool:
        """True when everything in every source could be read, and every session is in the tables.

        Returns
        -------
        bool
        """
        return not self.refused and (self.sources is None or self.sources.is_whole)

    def table(self) -> pd.DataFrame:
        """A row for sessions, turns and notes: what, now, and before (<NA> when nothing was collected).

        Returns
        -------
        DataFrame
            Three rows.
        """
        before = dict.fromkeys(_COUNTED, 0 if self.before is not None else None) | dict(self.before or {})
        rows = [(name, before[name], self.now.get(name, 0)) for name in _COUNTED]
        frame = pd.DataFrame(rows, columns=["what", "before", "now"])
        return frame.astype({"what": "string", "before": "Int64", "now": "int64"})

    def __str__(self) -> str:
        return self.as_text()

    def as_text(self, every: bool = False) -> str:
        """The table for a terminal; with `every`, one line for each source however many there are.

        Parameters
        ----------
        every : bool
            Whether every source has a line of its own.

        Returns
        -------
        str
            In the user's language.
        """
        lines = [self._headings(), *self._rows()]
        widths = [max(len(line[index]) for line in lines) for index in range(len(lines[0]))]
        table_lines = [
            line[0].ljust(widths[0])
            + "".join(f"  {cell:>{width}}" for cell, width in zip(line[1:], widths[1:], strict=True))
            for line in lines
        ]
        sources = ["", text("dataset.report.events"), self.sources.as_text(every)] if self.sources else []
        return "\n".join([*table_lines, *self._remarks(), *sources])

    def _repr_html_(self) -> str:
        table = pd.DataFrame(self._rows(), columns=self._headings()).to_html(index=False, border=0)
        events = [text("dataset.report.events")] if self.sources else []
        remarks = "".join(f"<p>{html.escape(line)}</p>" for line in [*self._remarks(), *events])
        return table + remarks + (self.sources._repr_html_() if self.sources else "")

    def _headings(self) -> list[str]:
        names = ["what", "now"] if self.before is None else ["what", "before", "now"]
        return [text(f"dataset.report.{name}") for name in names]

    def _rows(self) -> list[list[str]]:
        before = [] if self.before is None else [self.before]
        return [
            [text(f"dataset.report.{name}"), *(str(counts.get(name, 0)) for counts in (*before, self.now))]
            for name in _COUNTED
        ]

    def _remarks(self) -> list[str]:
        refused = [
            text("dataset.report.refused", count=count, reason=reason)
            for reason, count in sorted(Counter(self.refused.values()).items())
        ]
        return [*refused, *([text("dataset.report.erased", count=self.erased)] if self.erased else [])]


class Dataset(Tables):
    """A dataset that `collect` has made in a folder.

    It follows the folder: what is erased there, or collected anew, is so in the next answer.

    Parameters
    ----------
    folder : str or Path
        Where `collect` has made it.
    before : mapping of str to int, optional
        Rows by table, before it was collected.
    sources : ImportReport, optional
        What each source held.

    Raises
    ------
    InvalidAction
        There is no dataset in the folder.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import collect
    >>> from dialogkort.resources import SAMPLE
    >>> data = collect(SAMPLE / "opdigtet-havmose.zip", tempfile.mkdtemp(), progress=False)
    >>> again = Dataset(data.folder)
    >>> again.report.is_whole
    True
    >>> again.counts("unit", of=["sessions", "minutes"]).round()
                  unit  sessions  minutes
    0    Borgerservice         8    440.0
    1      Plejecenter         9    509.0
    2  Teknik og Miljø         3    161.0
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        before: Mapping[str, int] | None = None,
        sources: ImportReport | None = None,
    ):
        self.folder = Path(folder).expanduser()
        self._before, self._sources = before, sources
        self._manifest: Manifest | None = None
        self._listed = 0
        if not (self.folder / LIST).is_file():
            raise InvalidAction(text("dataset.no_dataset", path=self.folder))
        self._now()

    @property
    def report(self) -> DatasetReport:
        """What is in the dataset and what is not; fresh from `collect`, also what each source held.

        Returns
        -------
        DatasetReport
        """
        manifest = self._now()
        return DatasetReport(
            manifest.rows,
            refused=manifest.refused,
            erased=manifest.erased,
            before=self._before,
            sources=self._sources,
        )

    def on(self, where: ibis.BaseBackend | str) -> Tables:
        """The same questions, asked elsewhere: an Ibis connection, or a server's address.

        Spark reads the files where they lie. On a server, what `copy_to` has put there is asked.

        Parameters
        ----------
        where : ibis.BaseBackend or str
            A connection, or a server's address.

        Returns
        -------
        Tables
            With the same questions.

        Raises
        ------
        InvalidAction
            `copy_to` has put nothing there.
        StoreError
            The driver for the address is not installed.

        Examples
        --------
        >>> import tempfile
        >>> import ibis
        >>> from dialogkort import collect
        >>> from dialogkort.resources import SAMPLE
        >>> data = collect(SAMPLE / "opdigtet-havmose.zip", tempfile.mkdtemp(), progress=False)
        >>> connection = ibis.duckdb.connect()
        >>> copied = data.copy_to(connection)
        >>> len(data.on(connection).notes())
        322
        """
        connection = _connected(where)
        if connection.name != "pyspark":
            try:
                return Tables({name: connection.table(PREFIX + name) for name in SCHEMAS})
            except TableNotFound as lacking:
                raise InvalidAction(text("dataset.not_copied", name=lacking)) from lacking
        manifest = self._now()
        return Tables(
            {name: _in_spark(connection, paths(self.folder, manifest, name), name) for name in SCHEMAS}
        )

    def copy_to(self, where: ibis.BaseBackend | str) -> Tables:
        """Put the tables on a server, in place of those that an earlier copy has put there, and ask there.

        They are called dialogkort_sessions, dialogkort_turns, dialogkort_notes and dialogkort_cards. They do
        not follow: after an erasure, or when more was collected, copy again.

        Parameters
        ----------
        where : ibis.BaseBackend or str
            A connection, or a server's address.

        Returns
        -------
        Tables
            With the same questions.

        Raises
        ------
        StoreError
            The driver for the address is not installed.

        Examples
        --------
        >>> import tempfile
        >>> import ibis
        >>> from dialogkort import collect
        >>> from dialogkort.resources import SAMPLE
        >>> data = collect(SAMPLE / "opdigtet-havmose.zip", tempfile.mkdtemp(), progress=False)
        >>> connection = ibis.duckdb.connect()
        >>> copied = data.copy_to(connection)
        >>> copied.counts("month", of=["sessions"]).values.tolist()
        [['2026-04', 9], ['2026-09', 11]]
        """
        connection, manifest = _connected(where), self._now()
        for name, schema in SCHEMAS.items():
            # Not `drop_table`: Ibis 12 with sqlglot 30 writes it without the table's name.
            connection.raw_sql(f"DROP TABLE IF EXISTS {PREFIX}{name}")
            connection.create_table(PREFIX + name, schema=ibis.Schema.from_pyarrow(schema))
            for path in paths(self.folder, manifest, name):
                for batch in pq.ParquetFile(path).iter_batches(_AT_A_TIME):
                    connection.insert(PREFIX + name, _whole(batch, name))
        return self.on(connection)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.folder)!r})"

    def _table(self, name: str) -> ibis.Table:
        self._now()
        return self._relations[name]

    def _now(self) -> Manifest:
        """The list of the files as it is now, and the tables as they stand in them."""
        listed = _changed(self.folder)
        if self._manifest and self._listed == listed and not is_stale(self.folder, self._manifest):
            return self._manifest
        manifest = read_manifest(self.folder)
        if is_stale(self.folder, manifest):
            file = state(self.folder)
            with reading(self.folder) as store:
                manifest = refresh(self.folder, store, file)
        if self._manifest is None or manifest.files != self._manifest.files:
            super().__init__(_tables_from_files(self.folder, manifest))
        self._manifest, self._listed = manifest, listed
        return manifest


def _changed(folder: Path) -> int:
    """When the list of files was written."""
    return (folder / LIST).stat().st_mtime_ns if (folder / LIST).is_file() else 0


def _tables_from_files(folder: Path, manifest: Manifest) -> dict[str, ibis.Table]:
    """The tables as DuckDB reads them out of the files.

    Their columns are known, so that nobody has to ask DuckDB for them each time a dataset is opened.
    """
    spilled = folder_of_this_process() / str(uuid4())  # made, and removed, by DuckDB
    connection = ibis.duckdb.connect(":memory:", **settings(spilled))
    relations = {}
    for name, schema in SCHEMAS.items():
        files = [str(path) for path in paths(folder, manifest, name)]
        if files:
            connection.con.read_parquet(files, hive_partitioning=False).create_view(name)
        else:
            connection.con.from_arrow(schema.empty_table()).create(name)
        columns = ibis.Schema.from_pyarrow(schema)
        relations[name] = DatabaseTable(name=name, schema=columns, source=connection).to_expr()
    return relations


def _connected(where: ibis.BaseBackend | str) -> ibis.BaseBackend:
    if not isinstance(where, str):
        return where
    try:
        return ibis.connect(where)
    except ImportError as missing:
        raise StoreError("no_driver", reason=missing) from missing


def _in_spark(connection: ibis.BaseBackend, files: list[Path], name: str) -> ibis.Table:
    if not files:
        empty = SCHEMAS[name].empty_table()
        return connection.create_view(PREFIX + name, ibis.memtable(empty), overwrite=True)
    return ibis.union(
        *[connection.read_parquet(path, table_name=f"{PREFIX}{name}_{n}") for n, path in enumerate(files)]
    )


def _whole(batch: pa.RecordBatch, name: str) -> pa.Table:
    return pa.Table.from_batches([batch]).select(SCHEMAS[name].names).cast(SCHEMAS[name])
