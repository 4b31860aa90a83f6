"""Tidy DataFrames of how sessions ended: answers to the closing question, statuses of next steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize

import pandas as pd

from dialogkort.domain.closing import StatusOfStep
from dialogkort.domain.event_ids import Id
from dialogkort.domain.events import NoteKind, StepStatus
from dialogkort.frames.columns import DAY, TIME, as_frame, one_of
from dialogkort.frames.locations import read_location
from dialogkort.frames.sessions import open_sessions
from dialogkort.sessions.session import Session
from dialogkort.store import Store

RATINGS = {"session": "string", "rating": "Int64", "word": "string"}
NEXT_STEPS = {
    "session": "string",
    "note": "string",
    "text": "string",
    "owner": "string",
    "due": DAY,
    "status": one_of(StepStatus),
    "status_word": "string",
    "status_at": TIME,
    "status_in": "string",
}


class Closing(NamedTuple):
    """Two tables on the end of some sessions.

    ratings: one row per answer to the closing question, of sessions that have had them shown; sorted,
    so that who answered first is not told.
        session, rating (1 to 5), word (composed, NFC; "" when none was given).
    next_steps: one row per next step on the pad.
        session, note (id), text (composed, NFC), owner, due (day), status (open / done / dropped; <NA> when
        nobody has said), status_word, status_at (UTC), status_in (the session it was said in).
    """

    ratings: pd.DataFrame
    next_steps: pd.DataFrame


def next_steps(where: str | Path | None = None) -> pd.DataFrame:
    """The next steps of all that is kept in a folder, a file or a server, and what has become of them.

    Parameters
    ----------
    where : str or Path, optional
        A folder, a file or a server's address; `~/Dialogkort` when left out.

    Returns
    -------
    DataFrame
        One row per next step; see `Closing`.

    Raises
    ------
    StoreError
        The place that was named has no notes.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import merge
    >>> from dialogkort.resources import SAMPLE
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> steps = next_steps(folder)
    >>> len(steps) > 0, bool(steps["status"].isna().all())
    (True, True)
    """
    return read_location(where, read_closing, closing_of([])).next_steps


def ratings(where: str | Path | None = None) -> pd.DataFrame:
    """The answers to the closing question in all that is kept in a folder, a file or a server.

    Parameters
    ----------
    where : str or Path, optional
        A folder, a file or a server's address; `~/Dialogkort` when left out.

    Returns
    -------
    DataFrame
        One row per answer, of sessions that have had them shown; see `Closing`.

    Raises
    ------
    StoreError
        The place that was named has no notes.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import merge
    >>> from dialogkort.resources import SAMPLE
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> ratings(folder).columns.tolist()
    ['session', 'rating', 'word']
    """
    return read_location(where, read_closing, closing_of([])).ratings


def read_closing(store: Store, sessions: Iterable[str] | None = None) -> Closing:
    """The end of a store's sessions: of those whose ids are given, or of all that can be read.

    Parameters
    ----------
    store : Store
        As `store.open_store` opens it.
    sessions : iterable of str, optional
        The ids of those wanted; all when left out.

    Returns
    -------
    Closing

    Raises
    ------
    InvalidAction, StoreError
        One of the sessions that are given cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from contextlib import closing
    >>> from dialogkort.store import open_store
    >>> with closing(open_store(tempfile.mkdtemp())) as store:
    ...     len(read_closing(store).next_steps)
    0
    """
    return closing_of(open_sessions(store, sessions))


def closing_of(sessions: Sequence[Session]) -> Closing:
    """The end of sessions that are open, in their order.

    Parameters
    ----------
    sessions : sequence of Session
        As `frames.sessions.open_sessions` gives them.

    Returns
    -------
    Closing

    Examples
    --------
    >>> len(closing_of([]).ratings)
    0
    """
    statuses = newest_statuses(sessions)
    return Closing(
        as_frame([row for session in sessions for row in _rating_rows(session)], RATINGS),
        as_frame([row for session in sessions for row in _step_rows(session, statuses)], NEXT_STEPS),
    )


def newest_statuses(sessions: Iterable[Session]) -> dict[Id, tuple[StatusOfStep, Id]]:
    """Newest status of each next step in any of these sessions, and the session it was said in.

    Parameters
    ----------
    sessions : iterable of Session
        In any order.

    Returns
    -------
    dict of Id to tuple
        By note.
    """
    newest: dict[Id, tuple[StatusOfStep, Id]] = {}
    for session in sessions:
        for note, status in session.history.closing.statuses.items():
            if note not in newest or (status.at, session.id) > (newest[note][0].at, newest[note][1]):
                newest[note] = status, session.id
    return newest


def _rating_rows(session: Session) -> Iterable[dict]:
    closing = session.history.closing
    for rating, word in closing.shown_ratings:
        yield {"session": session.id, "rating": rating, "word": normalize("NFC", word)}


def _step_rows(session: Session, statuses: dict[Id, tuple[StatusOfStep, Id]]) -> Iterable[dict]:
    for note in session.notes:
        if note.kind is not NoteKind.NEXT_STEP:
            continue
        status, status_in = statuses.get(note.id, (None, None))
        yield {
            "session": session.id,
            "note": note.id,
            "text": normalize("NFC", note.text),
            "owner": note.owner,
            "due": note.due or None,
            "status": status and status.status.value,
            "status_word": status and normalize("NFC", status.word),
            "status_at": status and status.at,
            "status_in": status_in,
        }
