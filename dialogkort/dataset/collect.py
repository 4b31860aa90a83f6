"""Collect many sources (session files, exports, servers) into one dataset."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from tqdm import auto
from tqdm.std import tqdm

from dialogkort.dataset.dataset import Dataset
from dialogkort.dataset.parquet import begin, read_manifest, refresh, state
from dialogkort.errors import InvalidAction
from dialogkort.exchange.merge import merge
from dialogkort.exchange.sources import source_files
from dialogkort.i18n import text
from dialogkort.store import default_folder, is_address, open_store


def collect(
    sources: str | Path | Iterable[str | Path], into: str | Path | None = None, progress: bool = True
) -> Dataset:
    """One dataset of many sources, in a folder; `Dataset.report` says what came in, and what did not and why.

    A source or a session that cannot be read is counted on the sheet and does not stop the others. Votes,
    answers and silent notes that nobody has been shown yet stay where they are: collect again afterwards.

    Parameters
    ----------
    sources : str, Path or iterable of them
        Session files (`.sqlite`), folders with one or with many, exports (`.json`, `.zip`), journals
        (`.jsonl`) and servers' addresses, in any order and as often as one likes. None is changed.
    into : str or Path, optional
        The dataset's folder, made when missing (`Dialogkort-data` at home when left out). What is there
        already stays, so that only what is new is to be given, or all of it again.
    progress : bool
        Whether to show a bar, in a terminal or a notebook.

    Returns
    -------
    Dataset
        Its `report` says what came in.

    Raises
    ------
    StoreError
        `into` cannot be written.
    InvalidAction
        `into` is a server's address, or groups keep their notes there.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort.resources import SAMPLE
    >>> data = collect(SAMPLE / "opdigtet-havmose.zip", tempfile.mkdtemp(), progress=False)
    >>> data.report.table()
           what  before  now
    0  sessions       0   20
    1     turns       0  185
    2     notes       0  322
    """
    folder = _folder(into)
    given = [sources] if isinstance(sources, str | Path) else sources
    paths = [source for source in source_files(given) if not _is_in(folder, source)]
    begin(folder)
    before = dict(read_manifest(folder).rows)
    with closing(open_store(folder)) as store:
        report = merge(_with_progress(paths, "sources", progress), store, with_hidden=False)
        refresh(folder, store, state(folder), lambda ids: _with_progress(ids, "sessions", progress))
    return Dataset(folder, before=before, sources=report)


def _folder(into: str | Path | None) -> Path:
    if into is None:
        return default_folder().parent / "Dialogkort-data"
    if is_address(into):
        raise InvalidAction(text("dataset.into_an_address", address=into))
    return Path(into).expanduser()


def _is_in(folder: Path, source: str | Path) -> bool:
    """True for what lies in the dataset itself, when the folder it lies in is a source."""
    return not is_address(source) and Path(source).resolve().is_relative_to(folder.resolve())


def _with_progress(items: list, kind: str, progress: bool) -> Iterable:
    """The same one by one, with a bar; without one where nobody would see it move."""
    in_a_notebook = auto.notebook_tqdm is not tqdm
    silent = None if progress and not in_a_notebook else not progress
    return auto.tqdm(items, desc=text(f"dataset.progress.{kind}"), disable=silent, leave=False)
