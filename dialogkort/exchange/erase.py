"""Erasure for good: of a note, a session or a whole workshop, wherever the store keeps it.

What is left is a marker that says when and how much, so that an old copy that is merged in later does not
bring it back.
"""

import json
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dialogkort.domain.erasures import is_covered, note_of
from dialogkort.domain.event_ids import Id, is_id
from dialogkort.domain.event_records import texts_of
from dialogkort.domain.events import (
    Described,
    Erased,
    Event,
    MemoWritten,
    Noted,
    QuestionWritten,
    SilentlyNoted,
    UnknownEvent,
    WorkshopPlanned,
    by_id,
    each_once,
)
from dialogkort.exchange.sources import NOT_A_ZIP, is_modest
from dialogkort.store import (
    FILE_NAME,
    Store,
    catalogues,
    default_location,
    is_address,
    open_store,
    reading,
)

_LARGEST = 50_000_000  # bytes: nothing larger than that holds a note by chance
_SHORTEST = 8  # characters: a shorter text is found anywhere


@dataclass(frozen=True)
class Erasure:
    """The result of an erasure: its markers, and the files in the same folder that still hold some of it.

    `markers` is empty when nothing was found. `still_in` are files the store does not keep, such as notebooks
    with outputs and exports: they are not changed. A text of less than 8 characters is not looked for.

    Examples
    --------
    >>> Erasure(markers=()).events
    0
    """

    markers: tuple[Erased, ...]
    still_in: tuple[Path, ...] = ()

    @property
    def events(self) -> int:
        """The number of events that were erased.

        Returns
        -------
        int
        """
        return sum(marker.events for marker in self.markers)

    @property
    def characters(self) -> int:
        """The number of characters that were erased.

        Returns
        -------
        int
        """
        return sum(marker.characters for marker in self.markers)


def erase(
    where: str | Path | None = None,
    *,
    note: str | None = None,
    session: str | None = None,
    workshop: str | None = None,
) -> Erasure:
    """Remove a note or a session (by id) or a workshop (by name) for good; one of the three is given.

    The text is gone from the file, its free pages, its journals and its backups; with a plan also the file of
    its catalogue, unless another plan has it.

    Parameters
    ----------
    where : str or Path, optional
        A folder or a server's address; `~/Dialogkort` when left out.
    note : str, optional
        The id of a note.
    session : str, optional
        The id of a session.
    workshop : str, optional
        The name of a workshop: all its sessions.

    Returns
    -------
    Erasure
        Its markers, one for each session or note, and other files that still hold a text.

    Raises
    ------
    ValueError
        Not just one of the three is given.
    StoreError
        Nothing is there, or nothing may be written there.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import merge, read_all
    >>> from dialogkort.resources import SAMPLE
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> erased = erase(folder, workshop="Havmose, Plejecenter, forår 2026 (opdigtet)")
    >>> len(erased.markers), len(read_all(folder).sessions)
    (5, 15)
    """
    if [note, session, workshop].count(None) != 2:
        raise ValueError("one of note, session and workshop is to be given")
    target = where if where is not None else default_location()
    folder = None if is_address(target) else Path(target).expanduser()
    with reading(folder or target) as store_read:
        sessions = find_sessions(store_read, note=note, session=session, workshop=workshop)
        note_id = None if note is None else Id(note)
        written = _erased_texts(store_read, sessions, note_id)
    store = open_store(folder or target)
    try:
        markers = catalogues.erase(store, catalogues.folder_of(target), *sessions, note=note_id)
    finally:
        store.close()
    remaining = tuple(_files_containing(written, folder)) if folder else ()
    return Erasure(tuple(markers), remaining)


def find_sessions(
    store: Store, *, note: str | None = None, session: str | None = None, workshop: str | None = None
) -> list[Id]:
    """The ids of the sessions that hold a note, or are of a workshop (its plans too), or the one itself."""
    if session is not None:
        return [Id(session)] if store.has_session(Id(session)) else []
    if note is not None:
        mentions = map(note_of, store.every_event(unreadable=[]))
        return sorted({session_id for session_id, spoken in mentions if spoken == note and session_id})
    described: dict[Id, list[Described | WorkshopPlanned]] = {}
    for event in store.every_event(unreadable=[]):
        if isinstance(event, Described | WorkshopPlanned):
            described.setdefault(event.session, []).append(event)
    name = (workshop or "").strip()
    newest = {id: max(each_once(mentions), key=by_id) for id, mentions in described.items()}
    return [id for id, mention in newest.items() if mention.workshop.strip() == name]


def _erased_texts(store: Store, sessions: Iterable[Id], note: Id | None) -> set[str]:
    erased = {(session, note) for session in sessions}
    return {
        written
        for event in (store.every_event(unreadable=[]) if erased else ())
        if is_covered(event, erased)
        for written in _texts_in(event)
        if len(written) >= _SHORTEST
    }


def _texts_in(event: Event) -> Iterator[str]:
    """The texts a person may have written in an event: a note's, and all of an unknown kind of event."""
    if isinstance(event, Noted | MemoWritten | SilentlyNoted):
        yield event.text
    if isinstance(event, WorkshopPlanned):
        yield from (event.purpose, event.rules)
    if isinstance(event, QuestionWritten):
        yield from (event.text, *event.examples)
    if isinstance(event, UnknownEvent):
        yield from (written for written in texts_of(event) if not is_id(written) and written != event.what)


def still_holding(texts: Iterable[str], folder: Path) -> tuple[Path, ...]:
    """The files below a folder that the store does not keep, and that hold one of some texts."""
    return tuple(_files_containing({text for text in texts if len(text) >= _SHORTEST}, folder))


# --- files of others --------------------------------------------------------------------------------------


def _files_containing(texts: set[str], folder: Path) -> Iterator[Path]:
    """The files below a folder, other than the store's own, that hold one of the texts.

    Its backups and what lies beside it have just been rid of them, but for a file that another program has
    put there, or laid its hands on.
    """
    forms = {form for text in texts for form in _encodings(text)}
    for path in sorted(folder.rglob("*")) if forms else ():
        if path == folder / FILE_NAME:
            continue
        with suppress(OSError):  # what cannot be read by us
            if any(form in content for content in _file_contents(path) for form in forms):
                yield path


def _encodings(text: str) -> set[bytes]:
    """A text as it stands in a file: plain, in a CSV file, and in JSON with and without æøå."""
    quoted = text.replace('"', '""')
    return {
        form.encode()
        for form in (text, quoted, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1])
    }


def _file_contents(path: Path) -> Iterator[bytes]:
    """The contents of a file, and of the files packed in it."""
    if not path.is_file() or path.stat().st_size > _LARGEST:
        return
    yield path.read_bytes()
    if path.suffix.lower() == ".zip" and is_modest(path):
        with suppress(*NOT_A_ZIP), zipfile.ZipFile(path) as packed:
            budget = _LARGEST
            for member in packed.infolist():
                budget -= member.file_size
                if budget < 0:
                    return
                yield packed.read(member)
