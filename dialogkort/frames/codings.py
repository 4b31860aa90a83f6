"""Tidy DataFrames of qualitative coding: codings, codebook, memos.

The columns are a promise, the same where nothing was coded. `string` columns hold <NA> where there can be
nothing; times are UTC. `session` and `note` join with the frames of `read_all`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from dialogkort.domain import coding
from dialogkort.domain.coding import SETTLED, Code, Reading
from dialogkort.domain.event_ids import Id
from dialogkort.domain.events import Event
from dialogkort.frames.columns import TIME, as_frame
from dialogkort.frames.locations import read_location
from dialogkort.store import Store

CODINGS = {
    "project": "string",
    "note": "string",
    "session": "string",
    "coder": "string",
    "code": "string",
    "name": "string",
    "applies": "boolean",
    "coded_at": TIME,
}
CODEBOOK = {
    "project": "string",
    "project_name": "string",
    "code": "string",
    "name": "string",
    "definition": "string",
    "retired": "boolean",
    "defined_by": "string",
    "defined_at": TIME,
}
MEMOS = {
    "project": "string",
    "note": "string",
    "session": "string",
    "coder": "string",
    "text": "string",
    "written_at": TIME,
}


class Codings(NamedTuple):
    """The three tables of some coding projects.

    codings: what each coder says of each note they have coded.
        project (id), note (id), session (id, the one the note was noted in), coder (name), code (id), name
        (the code's), applies, coded_at (when the coder last said something of the note).
        One row for each code a coder finds in a note, `applies` being True; one row with code <NA>, `applies`
        being False, where the coder has read the note and no code applies: a note without a row was not coded
        by that coder. Rows with the coder "" are what the coders have settled together, True or False for one
        code of one note.
    codebook: one row per code, in the order they were made; retired ones too.
        project, project_name, code, name, definition, retired, defined_by (coder), defined_at.
    memos: one row per memo.
        project, note, session, coder, text, written_at.

    Examples
    --------
    >>> read_codings().codings.columns[:5].tolist()
    ['project', 'note', 'session', 'coder', 'code']
    """

    codings: pd.DataFrame
    codebook: pd.DataFrame
    memos: pd.DataFrame


def codings(where: str | Path | None = None) -> pd.DataFrame:
    """What each coder says of each note, of all coding projects kept in a folder, a file or a server.

    The columns are those of `Codings`.

    Parameters
    ----------
    where : str or Path, optional
        A folder, a file or a server's address; `~/Dialogkort` when left out.

    Returns
    -------
    DataFrame
        The first table of `Codings`.

    Raises
    ------
    StoreError
        The place that was named has no notes.

    Examples
    --------
    >>> codings().columns.tolist()
    ['project', 'note', 'session', 'coder', 'code', 'name', 'applies', 'coded_at']
    """
    return read_codings(where).codings


def codebook(where: str | Path | None = None) -> pd.DataFrame:
    """The codes of all coding projects, and what they mean; the columns are those of `Codings`.

    Parameters
    ----------
    where : str or Path, optional
        A folder, a file or a server's address; `~/Dialogkort` when left out.

    Returns
    -------
    DataFrame
        The second table of `Codings`.

    Raises
    ------
    StoreError
        The place that was named has no notes.

    Examples
    --------
    >>> codebook().columns.tolist()
    ['project', 'project_name', 'code', 'name', 'definition', 'retired', 'defined_by', 'defined_at']
    """
    return read_codings(where).codebook


def memos(where: str | Path | None = None) -> pd.DataFrame:
    """The memos of all coding projects; the columns are those of `Codings`.

    Parameters
    ----------
    where : str or Path, optional
        A folder, a file or a server's address; `~/Dialogkort` when left out.

    Returns
    -------
    DataFrame
        The third table of `Codings`.

    Raises
    ------
    StoreError
        The place that was named has no notes.

    Examples
    --------
    >>> memos().columns.tolist()
    ['project', 'note', 'session', 'coder', 'text', 'written_at']
    """
    return read_codings(where).memos


def read_codings(where: str | Path | None = None) -> Codings:
    """The three tables of all that was coded in a folder, a file or a server. Reading changes nothing.

    Parameters
    ----------
    where : str or Path, optional
        A folder, a file or a server's address; `~/Dialogkort` when left out.

    Returns
    -------
    Codings

    Raises
    ------
    StoreError
        The place that was named has no notes.

    Examples
    --------
    >>> read_codings()._fields
    ('codings', 'codebook', 'memos')
    """
    return read_location(where, read, _tables([]))


def read(store: Store, projects: Iterable[Id] | None = None) -> Codings:
    """The three tables of a store: of the coding projects whose ids are given, or of all.

    Parameters
    ----------
    store : Store
        As `store.open_store` opens it.
    projects : iterable of str, optional
        The ids of coding projects; all when left out.

    Returns
    -------
    Codings

    Examples
    --------
    >>> import tempfile
    >>> from contextlib import closing
    >>> from dialogkort.store import open_store
    >>> with closing(open_store(tempfile.mkdtemp())) as store:
    ...     len(read(store).codebook)
    0
    """
    chosen = sorted(store.codings()) if projects is None else list(projects)
    return _tables([(project, store.events(project)[0]) for project in chosen])


def _tables(projects: list[tuple[Id, list[Event]]]) -> Codings:
    codings, codes, memos = [], [], []
    for project, events in projects:
        book = coding.codebook(events)
        project_columns = {"project": project, "project_name": coding.project_name(events)}
        codes += [project_columns | _code_row(code) for code in book]
        names = {code.id: code.name for code in book}
        for coded in coding.readings(events).values():
            codings += [{"project": project, **row} for row in _rows(coded, names)]
            if coded.memo:
                memos.append(
                    {"project": project, **_about(coded), "text": coded.memo, "written_at": coded.at}
                )
    return Codings(as_frame(codings, CODINGS), as_frame(codes, CODEBOOK), as_frame(memos, MEMOS))


def _about(coded: Reading) -> dict:
    return {"note": coded.note, "session": coded.noted_in, "coder": coded.coder}


def _rows(coded: Reading, names: dict[Id, str]) -> Iterable[dict]:
    """A row per code that applies (what was settled: or does not); else one that says that none applies."""
    applies = dict.fromkeys(coded.codes, True)
    if coded.coder == SETTLED:
        applies |= dict.fromkeys(coded.rejected, False)
    about = _about(coded) | {"coded_at": coded.at}
    for code, name in names.items():
        if code in applies:
            yield about | {"code": code, "name": name, "applies": applies[code]}
    if coded.none:
        yield about | {"code": None, "name": None, "applies": False}


def _code_row(code: Code) -> dict:
    return {name: getattr(code, name) for name in CODEBOOK if hasattr(code, name)} | {"code": code.id}
