"""A way out at any moment: everything for Excel, as CSV and as JSON for programs, in a folder or a zip.

Nothing has to be ended for it, and the JSON can be brought back with `merge`. What the files hold is told in
the file beside them, in the user's language; what in them may identify somebody is listed, before they are
shared.
A `publication` holds no notes, only figures, and none over few.
"""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dialogkort.analysis import disclosure
from dialogkort.analysis.differencing import Snapshot
from dialogkort.analysis.release import Release
from dialogkort.domain import outcomes
from dialogkort.domain.event_ids import Id
from dialogkort.domain.event_records import to_record
from dialogkort.domain.events import (
    Dealt,
    Event,
    Rated,
    SilentlyNoted,
    VoteCast,
    WorkshopPlanned,
    by_id,
)
from dialogkort.domain.hidden import without_hidden
from dialogkort.domain.outcomes import Outcome
from dialogkort.domain.planning import without_withdrawn
from dialogkort.errors import StoreError
from dialogkort.exchange.sources import EXPORT_FORMAT, EXPORT_VERSION, JSON_NAME
from dialogkort.exports import ledger
from dialogkort.exports.csv_files import as_csv
from dialogkort.exports.excel import as_workbook, sheets_as_csv
from dialogkort.files.durable_files import make_folder, write_atomically
from dialogkort.frames.closing import closing_of
from dialogkort.frames.sessions import Frames, frames_of, open_sessions
from dialogkort.frames.votes import read_votes
from dialogkort.i18n import catalogue, languages, text
from dialogkort.privacy.detection import names_in, scan_notes
from dialogkort.store import Store, default_folder, default_location, is_address, reading

if TYPE_CHECKING:
    import pandas as pd


class ExportedFiles(NamedTuple):
    """Files by name, and the places in them that may identify somebody (`privacy.scan_notes`).

    Examples
    --------
    >>> import pandas as pd
    >>> ExportedFiles({"noter.txt": b"Vi talte om data."}, pd.DataFrame())._fields
    ('files', 'places')
    """

    files: dict[str, bytes]
    places: pd.DataFrame


def export(
    into: str | Path,
    where: str | Path | None = None,
    sessions: Iterable[str] | None = None,
    *,
    csv_sheets: bool = False,
) -> list[Path]:
    """Write all that is kept (or some sessions, by id) as files into a folder.

    What may identify somebody is listed in a file of its own, see `exported_files`.

    Parameters
    ----------
    into : str or Path
        The folder, which is made if need be. Files of the same names are replaced.
    where : str or Path, optional
        A folder, a file or a server's address; `~/Dialogkort` when left out.
    sessions : iterable of str, optional
        The ids of those wanted; all when left out.
    csv_sheets : bool
        Whether the workbook's tables come as CSV files too.

    Returns
    -------
    list of Path
        The files: see `exported_files`.

    Raises
    ------
    StoreError
        Nothing is kept there, or the folder cannot be written in.
    InvalidAction
        There is no such session.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import merge
    >>> from dialogkort.resources import SAMPLE
    >>> notes = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=notes)
    >>> [path.name for path in export(tempfile.mkdtemp(), notes)][:4]
    ['læs mig.txt', 'noter.xlsx', 'sessions.csv', 'turns.csv']
    """
    return write(into, exported_files_from(where, sessions, csv_sheets=csv_sheets).files)


def exported_files_from(
    where: str | Path | None = None, sessions: Iterable[str] | None = None, *, csv_sheets: bool = False
) -> ExportedFiles:
    """What `export` writes, and what in it may identify somebody (see `listed_names_of`).

    Parameters
    ----------
    where : str or Path, optional
        A folder, a file or a server's address; `~/Dialogkort` when left out.
    sessions : iterable of str, optional
        The ids of those wanted; all when left out.
    csv_sheets : bool
        Whether the workbook's tables come as CSV files too.

    Returns
    -------
    ExportedFiles
        The files' contents by name, and the places worth a look.

    Raises
    ------
    StoreError
        Nothing is kept there.
    InvalidAction
        There is no such session.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import merge
    >>> from dialogkort.resources import SAMPLE
    >>> notes = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=notes)
    >>> exported = exported_files_from(notes)
    >>> sorted(exported.files)[:2], len(exported.places)
    (['cards.csv', 'dialogkort.json'], 1)
    """
    location = where if where is not None else default_location()
    with reading(location) as store:
        return exported_files(store, sessions, listed_names_of(location), csv_sheets=csv_sheets)


def listed_names_of(location: str | Path) -> tuple[str, ...]:
    """The names listed beside the notes of a folder or a file; a server has them in the usual folder.

    Parameters
    ----------
    location : str or Path
        A folder, a file in it, or a server's address.

    Returns
    -------
    tuple of str
        The names in `navne.txt`; none without the file.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> notes = Path(tempfile.mkdtemp())
    >>> _ = (notes / "navne.txt").write_text("Karin Holm\\n", encoding="utf-8")
    >>> listed_names_of(notes)
    ('Karin Holm',)
    """
    if is_address(location):
        return names_in(default_folder())
    location = Path(location).expanduser()
    return names_in(location.parent if location.is_file() else location)


def exported_files(
    store: Store,
    sessions: Iterable[str] | None = None,
    names: Iterable[str] = (),
    *,
    csv_sheets: bool = False,
) -> ExportedFiles:
    """Every file: a workbook, tables, everything as JSON, what is in them, and what may identify somebody.

    The list shows each place in its note without its words. An empty one is no promise.

    Parameters
    ----------
    store : Store
        As `store.open_store` opens it.
    sessions : iterable of str, optional
        The ids of those wanted; all when left out.
    names : iterable of str
        Names of people to look for.
    csv_sheets : bool
        Whether the workbook's tables come as CSV files too.

    Returns
    -------
    ExportedFiles
        Contents by name, and the places worth a look.

    Raises
    ------
    InvalidAction
        There is no such session.

    Examples
    --------
    >>> import tempfile
    >>> from contextlib import closing
    >>> from dialogkort import merge
    >>> from dialogkort.resources import SAMPLE
    >>> from dialogkort.store import open_store
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> with closing(open_store(folder)) as store:
    ...     exported = exported_files(store, sorted(store.sessions())[:1])
    >>> list(exported.files)[2:6]
    ['sessions.csv', 'turns.csv', 'notes.csv', 'cards.csv']
    """
    sessions = None if sessions is None else list(sessions)
    opened = open_sessions(store, sessions)
    frames, closing = frames_of(opened), closing_of(opened)
    places = scan_notes(frames.notes, names)
    files = {
        text("export.about_name"): _as_page(text("export.about", outcomes=", ".join(Outcome))),
        text("spreadsheet.file"): as_workbook(frames),
        **(sheets_as_csv(frames) if csv_sheets else {}),
        **{f"{name}.csv": as_csv(frame) for name, frame in frames._asdict().items()},
        **{f"{name}.csv": as_csv(frame) for name, frame in closing._asdict().items()},
        "votes.csv": as_csv(read_votes(store, sessions, opened)),
        text("privacy.list_name"): as_csv(places),
        JSON_NAME: as_json(store, sessions),
    }
    return ExportedFiles(files, places)


def as_zip(files: Mapping[str, bytes]) -> bytes:
    """Some files in one zip, as the page hands it over.

    Parameters
    ----------
    files : mapping of str to bytes
        Contents by name.

    Returns
    -------
    bytes
        The zip.

    Examples
    --------
    >>> as_zip({"noter.txt": b"Vi talte om data."})[:2]
    b'PK'
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def privacy_summary(places: pd.DataFrame) -> str:
    """How many places may identify somebody, of which kinds, and where they are listed: a sentence or two.

    Parameters
    ----------
    places : DataFrame
        As `privacy.scan_notes` gives it.

    Returns
    -------
    str
        In the user's language.

    Examples
    --------
    >>> import pandas as pd
    >>> from dialogkort.privacy.detection import scan_notes
    >>> note = {"session": "s", "note": "n", "text": "Ring på 33 66 33 66", "owner": ""}
    >>> privacy_summary(scan_notes(pd.DataFrame([note]))).split(".")[0]
    '1 sted kan udpege nogen (1 telefonnummer)'
    """
    if places.empty:
        return text("privacy.nothing_found")
    counts = places["kind"].value_counts()
    kinds = [
        text(f"privacy.counted.{kind}", count=counts[kind])
        for kind in places["kind"].cat.categories
        if counts[kind]
    ]
    return text("privacy.found", count=len(places), kinds=", ".join(kinds), file=text("privacy.list_name"))


def publication(
    into: str | Path,
    frames: Frames | Release,
    by: str | Iterable[str] = "organisation",
    columns: str | Iterable[str] = disclosure.COLUMNS,
    k: int = disclosure.GROUPS,
    people: int = disclosure.PEOPLE,
    *,
    despite_earlier: bool = False,
    ledger_folder: str | Path | None = None,
) -> list[Path]:
    """Write what was talked about as tables that can be shared: no notes, and no figure over few.

    For each of the `columns` ("area", "card") one CSV file for everything and one for each of `by`, all of
    them protected together, and what is in them; see `disclosure.linked_tables`. The files of an earlier
    publication in the folder are removed, as they may give away what this one leaves out.

    What is published is remembered, and held against what was published before. `despite_earlier` is for when
    the earlier never left this machine.

    Parameters
    ----------
    into : str or Path
        The folder, which is made if need be.
    frames : Frames or Release
        What is to be told of; of a `Release`, its own `by`, `k` and `people` count.
    by : str or iterable of str
        How it is divided: "organisation", "unit", "workshop", each within the one before.
    columns : str or iterable of str
        "area", "card" or both.
    k, people : int
        The least number of groups and of participants behind a figure.
    despite_earlier : bool
        Whether what was published before is not to be held against this.
    ledger_folder : str or Path, optional
        Where publications are remembered; the folder of notes when left out.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    ValueError
        Together with an earlier publication it may show figures over few; a `by`, column or `k` that may
        not be shown; or the folder has other CSV files.
    StoreError
        The folder cannot be written in.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import merge, read_all
    >>> from dialogkort.resources import SAMPLE
    >>> notes = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=notes)
    >>> files = publication(tempfile.mkdtemp(), read_all(notes), by="unit", ledger_folder=notes)
    >>> [path.name for path in files]
    ['læs mig.txt', 'everything.csv', 'unit.csv', 'everything-card.csv', 'unit-card.csv']
    """
    release = frames if isinstance(frames, Release) else Release(frames, by, k, people)
    k, people, chosen = release.k, release.people, disclosure.chosen_columns(columns)
    tables = {column: release.cells[column] for column in chosen}
    files = {
        _file_name(level, column): as_csv(_to_share(table, column), 1)
        for column in chosen
        for level, table in tables[column].items()
    }
    words = {word: text(f"disclosure.{word}") for word in ("total", "untold", "withheld")}
    about = text(
        "disclosure.about",
        k=k,
        people=people,
        by=", ".join(release.by),
        outcomes=", ".join(outcomes.COLUMNS),
        outcome_words=", ".join(text(f"outcome.{column}.word") for column in outcomes.COLUMNS),
        files="\n".join([text("disclosure.files"), *(f"  {name}" for name in files)]),
        **words,
    )
    earlier = _earlier_publication(Path(into).expanduser())
    _remember(release.snapshot(tables), despite_earlier, ledger_folder)
    _remove(earlier)
    return write(into, {text("export.about_name"): _as_page(about), **files}, shared=True)


def _remember(snapshot: Snapshot, despite_earlier: bool, folder: str | Path | None) -> None:
    """Put a publication in the ledger; `ValueError` when one before it could be held against it."""
    if not despite_earlier and (conflicts := ledger.conflicts(ledger.read(folder), snapshot)):
        day, areas = next(iter(conflicts.items()))
        raise ValueError(
            text("disclosure.could_be_differenced", day=day, areas=", ".join(areas), k=snapshot.k)
        )
    ledger.record(snapshot, folder)


def _file_name(level: str, column: str) -> str:
    return f"{level}.csv" if column == disclosure.COLUMNS[0] else f"{level}-{column}.csv"


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        try:
            path.unlink()
        except OSError as fault:  # open in a spreadsheet, say
            raise StoreError("no_folder", path=path, reason=fault.strerror or fault) from fault


def _to_share(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """A protected table with words where a spreadsheet would have an empty cell."""
    names = [name for name in table if name in disclosure.ROWS]
    shared = table.astype({column: "string"}).fillna({column: text("disclosure.total")})
    shared[names] = shared[names].replace("", text("disclosure.untold"))
    shared["withheld"] = shared["withheld"].replace(disclosure.SUPPRESSED, text("disclosure.withheld"))
    return shared


def _earlier_publication(folder: Path) -> list[Path]:
    """The files of an earlier publication in a folder: its page, and the tables it lists by name.

    `ValueError` when there are others: they would be shared with it, or are what it hides.
    """
    if not folder.is_dir():
        return []
    ours: set[str] = set()
    for language in languages():
        page = folder / catalogue(language)["export"]["about_name"]
        title = catalogue(language)["disclosure"]["about"].split("\n")[0]
        lines = page.read_text(encoding="utf-8-sig", errors="replace").splitlines() if page.is_file() else []
        if lines[:1] == [title]:
            ours |= {page.name, *(line.strip() for line in lines if line.strip().endswith(".csv"))}
    page = folder / text("export.about_name")
    if page.is_file() and page.name not in ours:
        raise ValueError(text("disclosure.foreign_page", path=folder, names=page.name))
    there = sorted(folder.iterdir())
    others = [path.name for path in there if path.suffix.lower() == ".csv" and path.name not in ours]
    if others:
        raise ValueError(text("disclosure.foreign", path=folder, names=", ".join(others)))
    return [path for path in there if path.name in ours]


def _as_page(words: str) -> bytes:
    return words.lstrip().replace("\n", "\r\n").encode("utf-8-sig")


def write(into: str | Path, files: Mapping[str, bytes], *, shared: bool = False) -> list[Path]:
    """Put files into a folder, which is made if need be.

    They are for this user only, who gives them to others; a publication is `shared` from the start.

    Parameters
    ----------
    into : str or Path
        The folder.
    files : mapping of str to bytes
        Contents by name.
    shared : bool
        Whether other users of the machine may read them.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    StoreError
        The folder cannot be written in.

    Examples
    --------
    >>> import tempfile
    >>> [path.name for path in write(tempfile.mkdtemp(), {"noter.txt": b"Vi talte om data."})]
    ['noter.txt']
    """
    folder = Path(into).expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True) if shared else make_folder(folder)
        for name, content in files.items():
            write_atomically(folder / name, content, shared=shared)
    except OSError as fault:
        raise StoreError("no_folder", path=folder, reason=fault.strerror or fault) from fault
    return [folder / name for name in files]


_NAMELESS = (SilentlyNoted, Rated, VoteCast)  # nobody is to know when each came


def as_json(store: Store, sessions: Iterable[str] | None = None) -> bytes:
    """Every event and every deck, as they are kept: what `merge` takes in again.

    What was written in silence, answered to the closing question or voted, and has not been shown is left
    out. So is what does not read as it was written; a warning names the session or the cards.

    Parameters
    ----------
    store : Store
        As `store.open_store` opens it.
    sessions : iterable of str, optional
        The ids of those wanted; all when left out.

    Returns
    -------
    bytes
        UTF-8.

    Examples
    --------
    >>> import json
    >>> import tempfile
    >>> from contextlib import closing
    >>> from dialogkort import merge
    >>> from dialogkort.resources import SAMPLE
    >>> from dialogkort.store import open_store
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> with closing(open_store(folder)) as store:
    ...     record = json.loads(as_json(store))
    >>> list(record), len(record["events"])
    (['format', 'version', 'made_at', 'decks', 'events'], 911)
    """
    wanted = None if sessions is None else _with_plans(store, sessions)
    unreadable: list[Id] = []
    decks: list[str] = []
    events = _to_hand_on(store, wanted, unreadable)
    dealt = {event.deck for event in events if isinstance(event, Dealt | WorkshopPlanned)}
    record = {
        "format": EXPORT_FORMAT,
        "version": EXPORT_VERSION,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "decks": [
            deck.to_record() for deck in store.decks(decks) if wanted is None or deck.fingerprint in dealt
        ],
        "events": [to_record(event) for event in events],
    }
    for session in sorted({session for session in unreadable if wanted is None or session in wanted}):
        warnings.warn(text("export.not_whole", session=session), stacklevel=3)
    for fingerprint in decks:
        warnings.warn(text("export.deck_left_out", fingerprint=fingerprint), stacklevel=3)
    return json.dumps(record, ensure_ascii=False, indent=1).encode()


def _to_hand_on(store: Store, wanted: set[str] | None, unreadable: list[Id]) -> list[Event]:
    """The events of some sessions as they may leave: nothing hidden, and what has no name in no order."""
    events = [event for event in store.every_event(unreadable) if wanted is None or event.session in wanted]
    events = without_hidden(events)
    if wanted is not None:
        events = without_withdrawn(events)
    nameless = sorted((event for event in events if isinstance(event, _NAMELESS)), key=by_id)
    return [*(event for event in events if not isinstance(event, _NAMELESS)), *nameless]


def _with_plans(store: Store, sessions: Iterable[str]) -> set[str]:
    """The sessions and, of several groups, the plans that they began from.

    One group takes no plan along: that names the others, and what is asked elsewhere. Its own questions are
    in its deck.
    """
    wanted = set(sessions)
    for session in list(wanted) if len(wanted) > 1 else ():
        with suppress(StoreError):  # which is told where it is read
            dealt = [event for event in store.events(Id(session))[0] if isinstance(event, Dealt)]
            wanted |= {event.prepared for event in dealt if event.prepared}
    return wanted
