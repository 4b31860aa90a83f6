"""Tidy DataFrame of what rooms voted on in plenum, once the votes were shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from unicodedata import normalize

import pandas as pd

from dialogkort.domain.event_ids import Id, time_of
from dialogkort.domain.events import VoteSubject
from dialogkort.domain.voting import Vote
from dialogkort.errors import InvalidAction, StoreError
from dialogkort.frames.columns import TIME, as_frame, one_of
from dialogkort.frames.locations import read_location
from dialogkort.frames.sessions import OF_ONE_SESSION
from dialogkort.sessions.plenum import Plenum
from dialogkort.sessions.session import Session
from dialogkort.store import Store

VOTES = {
    "plenum": "string",
    "vote": "string",
    "opened_at": TIME,
    "subject": one_of(VoteSubject),
    "item": "string",
    "session": "string",
    "text": "string",
    "hands": "Int64",
    "dots": "Int64",
    "total": "Int64",
    "rank": "Int64",
    "choices": "Int64",
    "voters": "Int64",
}


def votes(where: str | Path | None = None) -> pd.DataFrame:
    """The votes of all plenums kept in a folder, a file or a server, as they were shown to the room.

    Parameters
    ----------
    where : str or Path, optional
        A folder, a file or a server's address; `~/Dialogkort` when left out.

    Returns
    -------
    DataFrame
        One row per theme or note that stood to vote: plenum (id), vote (id), opened_at (UTC), subject (themes
        / steps / notes), item (id of the theme or note), session (id, the one a note was noted in; <NA> for a
        theme), text (composed, NFC; "" when it is gone), hands (counted in the room and at tables), dots
        (from phones), total, rank (1 is most; equals share one), choices (that a phone had), voters (phones
        and tables that voted). A vote that was not shown, or was opened again, has no rows.

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
    >>> votes(folder).columns[:5].tolist()
    ['plenum', 'vote', 'opened_at', 'subject', 'item']
    """
    return read_location(where, read_votes, as_frame([], VOTES))


def read_votes(
    store: Store, sessions: Iterable[str] | None = None, opened: Iterable[Session] = ()
) -> pd.DataFrame:
    """The shown votes of a store's plenums: all, or what concerns some sessions.

    Parameters
    ----------
    store : Store
        As `store.open_store` opens it.
    sessions : iterable of str, optional
        The ids of those wanted. A plenum's themes are told when all of its sessions are; else only the notes
        of those that are.
    opened : iterable of Session
        Sessions that are open already, and need not be read again.

    Returns
    -------
    DataFrame
        As `votes` gives it.

    Examples
    --------
    >>> import tempfile
    >>> from contextlib import closing
    >>> from dialogkort.store import open_store
    >>> with closing(open_store(tempfile.mkdtemp())) as store:
    ...     len(read_votes(store))
    0
    """
    wanted = None if sessions is None else set(sessions)
    by_id = {session.id: session for session in opened}
    rows = (
        row
        for plenum, of_plenum in sorted(store.plenums().items())
        if wanted is None or of_plenum & wanted
        for row in _rows_of(store, plenum, wanted, by_id)
    )
    return as_frame(rows, VOTES)


def _rows_of(
    store: Store, id: Id, wanted: Collection[str] | None, opened: Mapping[Id, Session]
) -> Iterator[dict]:
    try:
        plenum = Plenum(store, id)
    except InvalidAction:  # it is of a newer version, or was erased
        return
    shown = [vote for vote in plenum.votes if vote.is_shown]
    if not shown:
        return
    is_whole = wanted is None or plenum.sessions & store.sessions().keys() <= set(wanted)
    names = {code.id: code.name for code in plenum.codebook}
    chosen = plenum.sessions if wanted is None else plenum.sessions & set(wanted)
    notes = _notes_of(store, chosen, opened)
    for vote in shown:
        for row in _vote_rows(plenum.id, vote, names, notes):
            if is_whole or row["session"] is not None:
                yield row


def _notes_of(store: Store, sessions: Iterable[Id], opened: Mapping[Id, Session]) -> dict[Id, tuple[Id, str]]:
    """By note its session and its text, as far as it can be read."""
    notes: dict[Id, tuple[Id, str]] = {}
    for id in sorted(sessions):
        try:
            session = opened.get(id) or Session(store, id)
            notes |= {note.id: (id, note.text) for note in session.notes}
        except InvalidAction:  # it was erased
            continue
        except StoreError as fault:
            if fault.kind not in OF_ONE_SESSION:
                raise
    return notes


def _vote_rows(
    plenum: Id, vote: Vote, names: dict[Id, str], notes: dict[Id, tuple[Id, str]]
) -> Iterator[dict]:
    for result in vote.results:
        session, words = notes.get(result.item, (None, names.get(result.item, "")))
        yield {
            "plenum": plenum,
            "vote": vote.id,
            "opened_at": time_of(vote.id),
            "subject": vote.subject.value,
            "item": result.item,
            "session": session,
            "text": normalize("NFC", words),
            "hands": result.hands,
            "dots": result.dots,
            "total": result.total,
            "rank": result.rank,
            "choices": vote.choices,
            "voters": vote.voters,
        }
