"""Tasks that take in what groups hand over as files: read, merged, and counted group by group."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from dialogkort.domain import notepad
from dialogkort.domain.event_ids import Id
from dialogkort.domain.events import Described, Event, Noted
from dialogkort.errors import DialogkortError
from dialogkort.exchange.import_report import SourceCounts
from dialogkort.exchange.merge import merge
from dialogkort.i18n import text
from dialogkort.sessions.session import Session
from dialogkort.store import Store, open_store
from dialogkort.ui.controller import Controller, Task
from dialogkort.ui.messages import ImportFiles, not_understood


def import_task(controller: Controller, message: ImportFiles) -> Task:
    """The task that reads one file or folder that was handed in, and merges it into the store.

    What came of it is shown as `imported`. `InvalidAction` when the files are not here (any more).
    """
    if not message.uploads:
        raise not_understood()
    uploads, view = controller.context.uploads, controller.view
    handed_in = uploads.take(message.uploads)

    def show(result: dict) -> None:
        uploads.remove(handed_in)
        view.send_once("imported", {**result, "to": message.id})

    return Task(
        "dialogkort.ui.imports:import_files",
        {
            "location": controller.context.location,
            "folder": str(handed_in.folder),
            "names": handed_in.names,
        },
        show=lambda result: show(result if isinstance(result, dict) else {}),
        fail=lambda refused: show({"refused": refused}),
        reads_files=True,
    )


# --- in the worker's process ------------------------------------------------------------------------------


def import_files(location: str, folder: str, names: dict[str, str]) -> dict:
    """Merge what lies in a folder into a store, and count it.

    Parameters
    ----------
    location : str
        The store: a folder or a server's address.
    folder : str
        Where the files lie.
    names : dict
        What they are called where they come from, by their paths below the folder.

    Returns
    -------
    dict
        `sessions`: of each group in them its name, how many `notes` came in, how many that were here were
        `rewritten` (they read otherwise now), and whether it `is_new` here or at least `has_new`; `new`: how
        many events came in; `files`: of each file that could not be read in full its `name` and the
        `problems`.
    """
    root = Path(folder)
    store = open_store(location)
    try:
        before, position = store.sessions(), store.position()
        report = merge(sorted(root.iterdir()), into=store, may_erase=False)
        met = {session for source in report.sources for session in source.sessions}
        rows = _session_rows(store, met, before.keys(), position)
    finally:
        store.close()
    files = [
        {"name": name, "problems": problems}
        for source in report.sources
        for name in [_own_name(source.source, root, names)]
        if (problems := list(_problems(source, name)))
    ]
    return {"sessions": rows, "new": report.total.new, "files": files}


def _session_rows(store: Store, met: set[Id], before: Iterable[Id], position: str) -> list[dict]:
    """Of each session that was met: what it is called, and what of it is new here."""
    changed_since = store.sessions_changed_since(position)
    changed = met if changed_since is None else set(changed_since)
    return [
        {
            "session": id,
            "group": described.group,
            "workshop": described.workshop,
            "is_new": id not in before,
            "has_new": id in changed,
            "notes": len(_new_notes(store, id, position)),
            "rewritten": len(_rewritten_notes(store, id, position)) if id in before else 0,
        }
        for id, described in store.sessions().items()
        if id in met and isinstance(described, Described)
    ]


def _rewritten_notes(store: Store, session: Id, position: str) -> set[Id]:
    """The notes that were here at a position and read otherwise now; what they said is kept as a version."""
    events, new_events = store.events(session)[0], store.events_since(session, position)
    if not any(isinstance(event, Noted) for event in new_events):
        return set()
    known = {note.id: _words_of(note) for note in notepad.read(events[: len(events) - len(new_events)])}
    now = {note.id: _words_of(note) for note in notepad.read(events)}
    return {note for note, words in known.items() if now.get(note, words) != words}


def _words_of(note: notepad.Note) -> tuple[object, ...]:
    return note.text, note.kind, note.owner, note.due


def _new_notes(store: Store, session: Id, position: str) -> set[Id]:
    """The notes there are now of which nothing was here at a position."""
    new_events = store.events_since(session, position)
    known_events = store.events(session)[0]
    known_events = known_events[: len(known_events) - len(new_events)]
    written = _notes_of(new_events) - _notes_of(known_events)
    try:
        return written & {note.id for note in Session(store, session).notes}
    except DialogkortError:  # its cards are missing: it is listed once they have come
        return written


def _notes_of(events: Iterable[Event]) -> set[Id]:
    return {event.note for event in events if isinstance(event, Noted)}


def _own_name(source: str, root: Path, names: dict[str, str]) -> str:
    """What a file is called where it comes from; of what is missing the folder's name is told."""
    below = Path(source).relative_to(root).as_posix()
    if below in names:
        return names[below]
    return next((name.split("/")[0] for name in names.values()), below)


def _problems(source: SourceCounts, name: str) -> Iterator[str]:
    """Why something in a file could not be taken in, in words that name it as its owner does."""
    if source.problem == text("store.newer", path=source.source):
        yield text("import.newer", name=name)
    elif source.problem:
        yield source.problem.replace(source.source, name)
    for why, count in sorted(source.refused.items()):
        yield text(f"merge.refused.{why}", count=count)
    if source.refused_decks:
        yield text("merge.refused_decks", count=source.refused_decks)
    if source.newer:
        yield text("merge.newer", count=source.newer)
    if source.erased:
        yield text("import.erased")
