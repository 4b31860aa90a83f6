"""Taking out of all that is kept what may identify somebody: the places that were found, or kinds of them.

A note's versions hold what was taken out of it, so the note goes on as another one (with another id; what was
coded of it is coded anew) and the one there was is erased for good.
"""

from collections.abc import Collection, Iterable
from pathlib import Path

from dialogkort.erasing import Erasure, still_holding
from dialogkort.events import Erased, Noted, new_id
from dialogkort.notepad import Note
from dialogkort.privacy import KINDS, Finding, findings, redacted
from dialogkort.session import Session
from dialogkort.store import default_place, is_address, open_store, reading


def redact(
    where: str | Path | None = None,
    kinds: Collection[str] = ("cpr",),
    *,
    names: Iterable[str] = (),
    only_sure: bool = False,
    notes: Collection[str] | None = None,
) -> Erasure:
    """Take out every place of some kinds, in all notes or those whose ids are given.

    `where` is a folder or a server's address (`~/Dialogkort` when left out), `kinds` some of `privacy.KINDS`.
    Returns what was erased, as `erase` does: its markers, one for each note, and the files in the folder that
    the store does not keep (exports, notebooks) and that still hold a text. Copies that are kept elsewhere
    are not changed; merged in again, they bring nothing back.
    """
    if unknown := set(kinds) - set(KINDS):
        raise ValueError(f"{sorted(unknown)[0]!r} is none of {', '.join(KINDS)}")
    names = tuple(names)
    place = where if where is not None else default_place()
    place = place if is_address(place) else Path(place).expanduser()
    with reading(place):  # nothing is made where nothing is kept
        pass

    def is_meant(note: Note, one: Finding) -> bool:
        return one.kind in kinds and (one.sure or not only_sure) and (notes is None or note.id in notes)

    store = open_store(place)
    markers: list[Erased] = []
    written: set[str] = set()
    try:
        for session in [Session(store, id) for id in store.sessions()]:
            for note in session.notes:
                chosen = [one for one in findings(note.text, names) if is_meant(note, one)]
                if chosen:
                    written |= _versions(session, note)
                    markers += _redact(session, note, redacted(note.text, chosen))
    finally:
        store.close()
    return Erasure(tuple(markers), () if is_address(place) else still_holding(written, place))


def _versions(session: Session, note: Note) -> set[str]:
    return {event.text for event in session.events if isinstance(event, Noted) and event.note == note.id}


def _redact(session: Session, note: Note, words: str) -> list[Erased]:
    id = new_id(note.created_at, after=session.dealt.id)  # it keeps its hour, and its place on the pad
    session.redact(
        Noted(
            id=id,
            session=session.id,
            note=id,
            text=words,
            kind=note.kind,
            card=note.card,
            opening_question=note.opening_question,
            owner=note.owner,
            due=note.due,
            after=note.id,
        )
    )
    return [event for event in session.events if isinstance(event, Erased) and event.note == note.id]
