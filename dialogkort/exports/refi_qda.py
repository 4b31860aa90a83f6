"""Files for programs for qualitative analysis: a REFI-QDA project, and the codebook alone."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from dialogkort.domain.event_ids import Id
from dialogkort.errors import StoreError
from dialogkort.exchange.refi_qda.codebook import CodedProject, codebook_file, read_projects
from dialogkort.exchange.refi_qda.project import project_file
from dialogkort.exchange.refi_qda.session_texts import SessionNotes, read_session
from dialogkort.exports.csv_files import as_csv
from dialogkort.exports.export import ExportedFiles, listed_names_of, write
from dialogkort.frames import codings
from dialogkort.i18n import text
from dialogkort.privacy.detection import scan_notes
from dialogkort.store import Store, default_location, reading

if TYPE_CHECKING:
    import pandas as pd


def export_qda(
    into: str | Path,
    where: str | Path | None = None,
    sessions: Iterable[str] | None = None,
    projects: Iterable[str] | None = None,
) -> list[Path]:
    """Write sessions and codings as a REFI-QDA project (.qdpx), for NVivo, MAXQDA, ATLAS.ti and others.

    Each group session is a plain text, each note a segment of it; areas, cards, kinds of notes and the codes
    of coding projects are codes; organisation, workshop and group are cases with variables; memos are notes.
    `import_qda` brings back what was coded elsewhere.

    Parameters
    ----------
    into : str or Path
        The folder, which is made if need be. Files of the same names are replaced.
    where : str or Path, optional
        A folder, a file or a server's address; `~/Dialogkort` when left out.
    sessions : iterable of str, optional
        The ids of the sessions wanted; all when left out.
    projects : iterable of str, optional
        The ids of the coding projects wanted; all when left out.

    Returns
    -------
    list of Path
        The project, and a list of places that may identify somebody.

    Raises
    ------
    StoreError
        Nothing is kept there, or the folder cannot be written in.
    InvalidAction
        There is no such coding project.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import merge
    >>> from dialogkort.resources import SAMPLE
    >>> notes = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=notes)
    >>> [path.name for path in export_qda(tempfile.mkdtemp(), notes)]
    ['dialogkort.qdpx', 'se efter personoplysninger.csv']
    """
    return write(into, qda_files_from(where, sessions, projects).files)


def export_codebook(
    into: str | Path, where: str | Path | None = None, projects: Iterable[str] | None = None
) -> list[Path]:
    """Write the codes of coding projects and what they mean, for other programs (.qdc) and as CSV.

    Parameters
    ----------
    into : str or Path
        The folder, which is made if need be. Files of the same names are replaced.
    where : str or Path, optional
        A folder, a file or a server's address; `~/Dialogkort` when left out.
    projects : iterable of str, optional
        The ids of the coding projects wanted; all when left out.

    Returns
    -------
    list of Path
        The two files.

    Raises
    ------
    StoreError
        Nothing is kept there, or the folder cannot be written in.
    InvalidAction
        There is no such coding project, or no codes.

    Examples
    --------
    >>> import tempfile
    >>> from contextlib import closing
    >>> from dialogkort.sessions.coding_project import begin
    >>> from dialogkort.store import open_store
    >>> notes = tempfile.mkdtemp()
    >>> with closing(open_store(notes)) as store:
    ...     code = begin(store, "Behov").define("Data", "Alt om tal", coder="Ida")
    >>> [path.name for path in export_codebook(tempfile.mkdtemp(), notes)]
    ['kodebog.qdc', 'kodebog.csv']
    """
    return write(into, codebook_files_from(where, projects))


def qda_files_from(
    where: str | Path | None = None,
    sessions: Iterable[str] | None = None,
    projects: Iterable[str] | None = None,
) -> ExportedFiles:
    """What `export_qda` writes, and what in it may identify somebody; a warning says what is not in it.

    Parameters
    ----------
    where : str or Path, optional
        A folder, a file or a server's address; `~/Dialogkort` when left out.
    sessions : iterable of str, optional
        The ids of the sessions wanted; all when left out.
    projects : iterable of str, optional
        The ids of the coding projects wanted; all when left out.

    Returns
    -------
    ExportedFiles
        The files' contents by name, and the places worth a look.

    Raises
    ------
    StoreError
        Nothing is kept there, or a session that is named cannot be read.
    InvalidAction
        There is no such coding project.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import merge
    >>> from dialogkort.resources import SAMPLE
    >>> notes = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=notes)
    >>> qda_files_from(notes).files["dialogkort.qdpx"][:2]
    b'PK'
    """
    location = where if where is not None else default_location()
    with reading(location) as store:
        chosen = list(_sessions(store, sessions))
        coded = read_projects(store, projects)
    content, left_out = project_file(chosen, coded)
    if left_out:
        warnings.warn(text("qda.left_out", count=left_out), stacklevel=2)
    places = _places(chosen, coded, listed_names_of(location))
    return ExportedFiles({text("qda.file"): content, text("privacy.list_name"): as_csv(places)}, places)


def codebook_files_from(
    where: str | Path | None = None, projects: Iterable[str] | None = None
) -> dict[str, bytes]:
    """What `export_codebook` writes.

    Parameters
    ----------
    where : str or Path, optional
        A folder, a file or a server's address; `~/Dialogkort` when left out.
    projects : iterable of str, optional
        The ids of the coding projects wanted; all when left out.

    Returns
    -------
    dict of str to bytes
        Contents by name.

    Raises
    ------
    StoreError
        Nothing is kept there.
    InvalidAction
        There is no such coding project, or no codes.

    Examples
    --------
    >>> import tempfile
    >>> from contextlib import closing
    >>> from dialogkort.sessions.coding_project import begin
    >>> from dialogkort.store import open_store
    >>> notes = tempfile.mkdtemp()
    >>> with closing(open_store(notes)) as store:
    ...     code = begin(store, "Behov").define("Data", "Alt om tal", coder="Ida")
    >>> codebook_files_from(notes)["kodebog.csv"].decode("utf-8-sig").split(";")[3]
    'name'
    """
    with reading(where if where is not None else default_location()) as store:
        coded = read_projects(store, projects)
        codebook = codings.read(store, [project.id for project in coded]).codebook
    name = text("qda.codebook_file")
    return {f"{name}.qdc": codebook_file(coded), f"{name}.csv": as_csv(codebook)}


def _sessions(store: Store, sessions: Iterable[str] | None) -> Iterator[SessionNotes]:
    """The sessions, the oldest first. Of all, one that cannot be read is left out with a warning."""
    for id in sorted(store.sessions()) if sessions is None else map(Id, sessions):
        try:
            yield read_session(store, id)
        except (StoreError, ValueError) as fault:
            if sessions is not None:
                raise
            warnings.warn(text("frames.left_out", session=id, reason=fault), stacklevel=3)


def _places(sessions: list[SessionNotes], coded: list[CodedProject], names: Iterable[str]) -> pd.DataFrame:
    """What in notes and memos may identify somebody."""
    import pandas as pd

    rows: list[tuple[str, str, str, str]] = [
        (session.id, note.id, note.text, note.owner) for session in sessions for note in session.notes
    ]
    rows += [
        (reading.noted_in, reading.note, reading.memo, "")
        for project in coded
        for reading in project.readings
        if reading.memo
    ]
    return scan_notes(pd.DataFrame(rows, columns=["session", "note", "text", "owner"]), names)
