"""Redaction: taking out of all notes what may identify somebody, by kinds of findings.

A note's versions hold what was taken out of it, so the note goes on as another one (with another id; what was
coded of it is coded anew) and the one there was is erased for good.
"""

import warnings
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path

from dialogkort.domain import notepad
from dialogkort.domain.details import DETAILS
from dialogkort.domain.event_ids import NO_ID, Id, new_id
from dialogkort.domain.events import (
    CodeDefined,
    CodingNamed,
    Dealt,
    Described,
    Erased,
    Event,
    MemoWritten,
    Noted,
    QuestionWritten,
    SilentlyNoted,
    WorkshopPlanned,
)
from dialogkort.domain.notepad import Note
from dialogkort.exchange.erase import Erasure, still_holding
from dialogkort.i18n import text
from dialogkort.privacy.detection import KINDS, Finding, findings, owner_findings, redacted
from dialogkort.store import Store, default_location, is_address, open_store, reading

_DETAILS = tuple(detail.name for detail in DETAILS if detail.kind in ("text", "choice"))
_PLANNED = (
    *("workshop", "organisation", "unit", "purpose", "rules"),
    *("turner", "writer", "timekeeper", "catalogue", "catalogue_file"),
)
_Finder = Callable[[str], list[Finding]]  # the places in a text that are meant


def redact(
    where: str | Path | None = None,
    kinds: Collection[str] = ("cpr",),
    *,
    names: Iterable[str] = (),
    only_sure: bool = False,
    notes: Collection[str] | None = None,
) -> Erasure:
    """Take out every place of some kinds, in all notes or those whose ids are given.

    All that was ever kept of a note counts: what it says and who does a next step, its older versions, notes
    that were removed or undone, and coders' memos on it. Where a place stands in any of it, the note goes on
    as it reads now, without the place; codings and memos of it go. A note that is not on the pad goes.

    Not taken out is what stands in a session's details (workshop, organisation, unit, group, note-taker), in
    plans and questions of one's own, in codes and in the names of coding projects and coders: a `UserWarning`
    says how many places are in the details, the plans, the codes and the projects' names. Correcting them
    keeps the older version; `erase` the session.

    Copies that are kept elsewhere are not changed; merged in again, they bring nothing back.

    Parameters
    ----------
    where : str or Path, optional
        A folder or a server's address; `~/Dialogkort` when left out.
    kinds : collection of str
        Some of `privacy.KINDS`: "cpr", "phone", "email", "address", "initials", "name".
    names : iterable of str
        What counts as a "name".
    only_sure : bool
        Whether to leave what may be something else.
    notes : collection of str, optional
        The ids of the notes; all when left out.

    Returns
    -------
    Erasure
        Its markers, one for each note, and the files in the folder that the store does not keep (exports,
        notebooks) and that still hold a text.

    Raises
    ------
    StoreError
        Nothing is there, or nothing may be written there.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import merge
    >>> from dialogkort.resources import SAMPLE
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> len(redact(folder, kinds=["cpr", "phone", "email", "address"]).markers)
    1
    """
    if unknown := set(kinds) - set(KINDS):
        raise ValueError(f"{sorted(unknown)[0]!r} is none of {', '.join(KINDS)}")
    names = tuple(names)
    target = where if where is not None else default_location()
    folder = None if is_address(target) else Path(target).expanduser()
    with reading(folder or target):  # nothing is made where nothing is kept
        pass

    def selected(places: Iterable[Finding]) -> list[Finding]:
        return [finding for finding in places if finding.kind in kinds and (finding.sure or not only_sure)]

    def in_text(words: str) -> list[Finding]:
        return selected(findings(words, names))

    def in_owner(words: str) -> list[Finding]:
        return selected(owner_findings(words, names))

    store = open_store(folder or target)
    try:
        written, in_details = _texts_with_findings(store, notes, in_text, in_owner)
        markers = [
            marker
            for session, chosen in _by_session(written).items()
            for marker in _redact(store, session, chosen, in_text, in_owner)
        ]
    finally:
        store.close()
    if in_details and notes is None:
        warnings.warn(text("redacting.left", count=in_details), stacklevel=2)
    texts = set().union(*written.values()) if written else set()
    return Erasure(tuple(markers), still_holding(texts, folder) if folder else ())


def _texts_with_findings(
    store: Store, notes: Collection[str] | None, in_text: _Finder, in_owner: _Finder
) -> tuple[dict[tuple[Id, Id], set[str]], int]:
    """By session and note what was written of it that has a place in; and how many places are elsewhere."""
    written: dict[tuple[Id, Id], set[str]] = {}
    elsewhere: set[tuple[str, str]] = set()
    for event in store.every_event():
        if not isinstance(event, Noted | MemoWritten | SilentlyNoted):
            elsewhere |= {(event.session, words) for words in _other_words(event)}
        elif notes is None or event.note in notes:
            texts = {event.text} if in_text(event.text) else set()
            if isinstance(event, Noted) and in_owner(event.owner):
                texts.add(event.owner)
            if texts:
                noted_in = getattr(event, "noted_in", event.session)
                written.setdefault((noted_in, event.note), set()).update(texts)
    return written, sum(len(in_text(words)) for _, words in elsewhere)


def _other_words(event: Event) -> tuple[str, ...]:
    """The texts somebody wrote in an event that is of no note."""
    match event:
        case Described():
            return tuple(getattr(event, name) for name in _DETAILS)
        case WorkshopPlanned():
            return (*(getattr(event, name) for name in _PLANNED), *event.opening_questions)
        case QuestionWritten(text=words, examples=examples):
            return (words, *examples)
        case CodingNamed(name=name):
            return (name,)
        case CodeDefined(name=name, definition=definition):
            return (name, definition)
        case _:
            return ()


def _by_session(chosen: Iterable[tuple[Id, Id]]) -> dict[Id, list[Id]]:
    notes_by_session: dict[Id, list[Id]] = {}
    for session, note in chosen:
        notes_by_session.setdefault(session, []).append(note)
    return notes_by_session


def _redact(
    store: Store, session: Id, chosen: Sequence[Id], in_text: _Finder, in_owner: _Finder
) -> list[Erased]:
    """Write anew those of the chosen notes of a session that are on the pad, and erase them all."""
    written = False
    while not written:  # another window may write at the same time: then look again how the notes read
        events, arrival = store.events(session)
        dealt = min((event.id for event in events if isinstance(event, Dealt)), default=NO_ID)
        anew = [
            _replacement_note(session, note, dealt, in_text, in_owner)
            for note in notepad.read(events)
            if note.id in chosen
        ]
        written = not anew or store.append(anew, expected=arrival)
    return [marker for note in chosen for marker in store.erase(session, note=note)]


def _replacement_note(session: Id, note: Note, dealt: Id, in_text: _Finder, in_owner: _Finder) -> Noted:
    id = new_id(note.created_at, after=dealt)  # it keeps its hour, and its place on the pad
    return Noted(
        id=id,
        session=session,
        note=id,
        text=redacted(note.text, in_text(note.text)),
        kind=note.kind,
        card=note.card,
        opening_question=note.opening_question,
        owner=redacted(note.owner, in_owner(note.owner)),
        due=note.due,
        after=note.id,
    )
