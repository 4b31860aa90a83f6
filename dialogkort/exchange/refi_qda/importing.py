"""Codings made in another program, brought back as codings of our notes; what has no place here is told.

Only what is new is written, as events like any coder's own. What a coder has said here stays: a coding that
is not in the file is not taken back, and a memo that reads otherwise here is kept in front of the other.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from dialogkort.domain import coding
from dialogkort.domain.coding import SETTLED, Code, Reading, normalized_name
from dialogkort.domain.event_ids import NO_ID, Id, is_id, leaves_room, new_id, newest_id
from dialogkort.domain.events import Coded, CodeDefined, CodingNamed, Event, MemoWritten
from dialogkort.domain.limits import MAX_NAME_LENGTH, MAX_NOTE_LENGTH
from dialogkort.errors import ErasedError, InvalidAction, StoreError, writable
from dialogkort.exchange.refi_qda.codebook import note_codes
from dialogkort.exchange.refi_qda.codes_read import MAX_CODE_LENGTH, OTHERS, FoundCode, codes_of
from dialogkort.exchange.refi_qda.names import (
    SETTLED_USER,
    SYSTEM_USER,
    guid,
    is_called,
    with_line_feeds,
    xml_text,
)
from dialogkort.exchange.refi_qda.package import QdaFile, QdaSegment, QdaSource, read_qda
from dialogkort.exchange.refi_qda.placing import placed_segments, session_of
from dialogkort.exchange.refi_qda.session_texts import SessionNotes, read_session
from dialogkort.i18n import text
from dialogkort.store import Store, open_store

_FEW = 5  # names that are told of what is not ours


@dataclass(frozen=True)
class QdaImport:
    """What came out of a file: new codes, codings and memos, what was here already, and what has no place.

    `projects` are the names of the coding projects they went into. `remarks` are sentences on what could not
    be placed, or not exactly as it was.

    Examples
    --------
    >>> QdaImport("kodet.qdpx").is_whole
    True
    """

    source: str
    projects: tuple[str, ...] = ()
    codes: int = 0
    codings: int = 0
    memos: int = 0
    known: int = 0
    remarks: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """True when everything in it has a place here.

        Returns
        -------
        bool
        """
        return not self.remarks

    def __str__(self) -> str:
        counts = {name: getattr(self, name) for name in ("codes", "codings", "memos", "known")}
        where = ", ".join(self.projects) or "–"
        return "\n".join([text("qda.imported", source=self.source, projects=where, **counts), *self.remarks])


def import_qda(source: str | Path, into: str | Path | Store | None = None) -> QdaImport:
    """Bring codes, codings and memos from a REFI-QDA project (.qdpx) or a codebook (.qdc) back to the notes.

    The file may have been coded in any program that writes REFI-QDA; the sessions must be here. The same file
    again changes nothing.

    Parameters
    ----------
    source : str or Path
        The file. It is left as it is.
    into : str, Path or Store, optional
        A folder, a file or a server's address; `~/Dialogkort` when left out.

    Returns
    -------
    QdaImport
        How much was new, and what could not be placed.

    Raises
    ------
    StoreError
        The file is no REFI-QDA file, or `into` cannot be written.
    InvalidAction
        The coding project was erased here for good.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import export_qda, merge
    >>> from dialogkort.resources import SAMPLE
    >>> notes, elsewhere = tempfile.mkdtemp(), tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=notes)
    >>> project = export_qda(elsewhere, notes)[0]
    >>> import_qda(project, notes).is_whole
    True
    """
    path = Path(source).expanduser()
    file = read_qda(path)
    destination = into if isinstance(into, Store) else open_store(into)
    try:
        return _Importing(destination, file, str(path)).report()
    finally:
        if destination is not into:
            destination.close()


@dataclass
class _FileReading:
    """What the file says of a note, by one coder, in one project."""

    session: Id
    codes: dict[str, FoundCode] = field(default_factory=dict)
    none: bool = False
    memos: dict[str, None] = field(default_factory=dict)


class _Importing:
    """One file on its way into one store."""

    def __init__(self, store: Store, file: QdaFile, source: str):
        self._store, self._file, self._source = store, file, source
        self._known = store.codings()
        self._sessions = store.sessions()
        self._codes = codes_of(file.codes, self._known)
        self._readings_in_file: dict[str, dict[tuple[Id, str], _FileReading]] = {}
        self._misfits: Counter[str] = Counter()
        self._strangers: list[str] = []
        self._placed_memos: set[str] = set()

    def report(self) -> QdaImport:
        for source in self._file.sources:
            self._read_source(source)
        self._count_what_is_left()
        counts: Counter[str] = Counter()
        names = []
        for project in dict.fromkeys([*self._projects_with_codes(), *self._readings_in_file]):
            writing = _Writing(self._store, project, self._name(project), self._coder_of_codes())
            codes = [code for code in self._codes.codes.values() if self._home(code.project) == project]
            writing.add_codes(codes, self._misfits)
            writing.add_readings(self._readings_in_file.get(project, {}), self._misfits)
            counts += writing.write()
            names.append(writing.name)
        return QdaImport(
            self._source,
            tuple(names),
            **{name: counts[name] for name in ("codes", "codings", "memos", "known")},
            remarks=tuple(self._remarks()),
        )

    # --- what the file says -------------------------------------------------------------------------------

    def _read_source(self, source: QdaSource) -> None:
        session = self._session(source)
        if session is None:
            self._strangers.append(source.name or source.guid)
            self._misfits["foreign"] += sum(map(self._by_people, source.segments))
            return
        self._misfits["on_the_whole"] += source.on_the_whole
        own = dict(note_codes(session))
        for placed in placed_segments(self._with_memos(source), session):
            if not placed.notes:
                self._misfits["no_note"] += self._by_people(placed.segment)
                continue
            taken = [self._take_segment(placed.segment, note, session.id, own[note]) for note in placed.notes]
            if any(taken) and (placed.partly or len(placed.notes) > 1):
                self._misfits["partly"] += 1

    def _by_people(self, segment: QdaSegment) -> int:
        """How many codings a segment has, but for what a note is by itself."""
        return sum(self._coder(one.user) is not None for one in segment.codings)

    def _session(self, source: QdaSource) -> SessionNotes | None:
        id = session_of(source, self._sessions)
        with suppress(StoreError, ValueError):  # its cards are missing here
            return read_session(self._store, id) if id else None
        return None

    def _with_memos(self, source: QdaSource) -> QdaSource:
        """A source with the memos that tell themselves where they are, as segments."""
        more = [
            QdaSegment(place.guid, place.start, place.end, memo.user, "", (), (id,))
            for id in source.memos
            if (memo := self._file.memos.get(id))
            for place in memo.selections
        ]
        left = (source.guid, source.name, source.text, (*source.segments, *more), source.on_the_whole, ())
        return QdaSource(*left)

    def _take_segment(self, segment: QdaSegment, note: Id, session: Id, own: list[str]) -> bool:
        """Take in what a segment says of a note; True when that is anything."""
        project, taken = "", False
        for one in segment.codings:
            coder = self._coder(one.user)
            code = self._codes.codes.get(one.code)
            if coder is None or one.code in own:
                continue  # what the note is by itself
            if code is None:
                kind = "of_notes" if one.code in self._codes.of_notes else "no_code"
                self._misfits["folder" if one.code in self._codes.folders else kind] += 1
                continue
            project = self._home(code.project)
            coder = SETTLED if code.says == "rejected" else coder
            reading = self._of(project, note, coder, session)
            taken = True
            reading.none = reading.none or code.says == "none"
            if code.says != "none":
                reading.codes[one.code] = code
        return self._take_memos(segment, note, session, project) or taken

    def _take_memos(self, segment: QdaSegment, note: Id, session: Id, project: str) -> bool:
        memos = [(id, self._file.memos[id]) for id in segment.memos if id in self._file.memos]
        self._placed_memos |= {id for id, _ in memos}
        taken = False
        for id, memo in memos:
            coder = self._coder(memo.user)
            coder = self._unknown() if coder is None else coder
            home = self._project_of_memo(id, note, coder) or project or self._home(OTHERS)
            taken = self._take_memo(self._of(home, note, coder, session), memo.words) or taken
        if segment.description.strip() and not self._is_joined(segment, [memo.words for _, memo in memos]):
            coder = self._coder(segment.user)
            coder = self._unknown() if coder is None else coder
            reading = self._of(project or self._home(OTHERS), note, coder, session)
            taken = self._take_memo(reading, segment.description) or taken
        return taken

    def _take_memo(self, reading: _FileReading, words: str) -> bool:
        if words.strip():
            reading.memos[with_line_feeds(writable(words))] = None
        return bool(words.strip())

    @staticmethod
    def _is_joined(segment: QdaSegment, words: list[str]) -> bool:
        """True when a segment's description only says what its memos say."""
        return " ".join("\n\n".join(words).split()) == " ".join(segment.description.split())

    def _of(self, project: str, note: Id, coder: str, session: Id) -> _FileReading:
        return self._readings_in_file.setdefault(project, {}).setdefault((note, coder), _FileReading(session))

    def _coder(self, user: str) -> str | None:
        """The coder who a user is: `SETTLED` for what was settled; None for what notes are by themselves."""
        name = " ".join(writable(self._file.users.get(user, "")).split())[:MAX_NAME_LENGTH]
        if user == SYSTEM_USER or is_called(name, "qda.system_user"):
            return None
        if user == SETTLED_USER or is_called(name, "qda.settled"):
            return SETTLED
        return name or self._unknown()

    def _unknown(self) -> str:
        return text("qda.unknown_coder", origin=self._coder_of_codes())[:MAX_NAME_LENGTH]

    def _coder_of_codes(self) -> str:
        """Who made the codes: the standard has no place for it, so it is the program the file is from."""
        return " ".join(writable(self._file.origin).split())[: MAX_NAME_LENGTH // 2] or "REFI-QDA"

    # --- where it belongs ---------------------------------------------------------------------------------

    def _home(self, project: str) -> str:
        """A project's id; for codes in no project's folder the only one of the file, or the file's own."""
        if project != OTHERS:
            return project
        if len(self._codes.projects) == 1:
            return next(iter(self._codes.projects))
        named = (id for id, name in self._known.items() if name == self._file_name())
        return next(named, OTHERS)

    def _file_name(self) -> str:
        name = " ".join(writable(self._file.name).split()) or Path(self._source).stem
        return name[:MAX_NAME_LENGTH] or "REFI-QDA"

    def _name(self, project: str) -> str:
        return self._codes.projects.get(project) or self._known.get(Id(project)) or self._file_name()

    def _projects_with_codes(self) -> Iterator[str]:
        yield from self._codes.projects
        yield from (self._home(code.project) for code in self._codes.codes.values())

    def _project_of_memo(self, memo: str, note: str, coder: str) -> str:
        ours = (id for id in self._codes.projects if guid("memo", id, note, coder) == memo)
        return next(ours, "")

    # --- what has no place --------------------------------------------------------------------------------

    def _count_what_is_left(self) -> None:
        self._misfits["memos"] += len([id for id in self._file.memos if id not in self._placed_memos])
        for kind, count in self._file.left_out.items():
            self._misfits["other"] += count if kind != "TextSource" else 0

    def _remarks(self) -> Iterator[str]:
        if self._strangers:
            names = ", ".join(name[:60] for name in self._strangers[:_FEW])
            names += " …" if len(self._strangers) > _FEW else ""
            yield text("qda.remark.strangers", count=len(self._strangers), names=writable(names))
        for kind, count in sorted(self._misfits.items()):
            if count:
                yield text(f"qda.remark.{kind}", count=count)


class _Writing:
    """The events that bring one coding project up to what a file says."""

    def __init__(self, store: Store, project: str, name: str, by: str):
        self._store, self._by = store, by
        self._now = time.time_ns() // 1_000_000
        is_ours = is_id(project) and leaves_room(project) and project not in store.sessions()
        self.id = Id(project) if is_ours else new_id(self._now)
        events, _ = store.events(self.id)
        self.name = coding.project_name(events) or " ".join(writable(name).split())[:MAX_NAME_LENGTH]
        self._by_guid = {guid(id): code for id, code in coding.codes_by_id(events).items()}
        self._by_name = {normalized_name(code.name): code for code in self._by_guid.values()}
        self._readings = coding.readings(events)
        self._newest = newest_id(NO_ID, (event.id for event in events))
        self._new: list[Event] = []
        self._counts: Counter[str] = Counter()
        self._ids: dict[str, Id] = {}  # the code here, by its guid in the file
        if not any(isinstance(event, CodingNamed) for event in events):
            self._new.append(CodingNamed(id=self._next_id(), session=self.id, name=self.name))

    def _next_id(self) -> Id:
        self._newest = new_id(self._now, after=self._newest)
        return self._newest

    def add_codes(self, codes: Iterable[FoundCode], misfits: Counter[str]) -> None:
        for code in codes:
            if code.says == "applies":
                self._ids[code.guid] = self._known_code(code, misfits) or self._new_code(code, misfits)

    def _known_code(self, code: FoundCode, misfits: Counter[str]) -> Id | None:
        here = self._by_guid.get(code.guid) or self._by_name.get(normalized_name(_code_name(code)))
        if here is not None and not _reads_alike(here, code):
            misfits["code_differs"] += 1
        return here.id if here else None

    def _new_code(self, code: FoundCode, misfits: Counter[str]) -> Id:
        id = Id(code.guid) if is_id(code.guid) and leaves_room(code.guid) else self._next_id()
        name = _code_name(code)
        if name != code.name:
            misfits["shortened"] += 1
        definition = with_line_feeds(writable(code.description)).strip()[:MAX_NOTE_LENGTH]
        event = CodeDefined(
            id=self._next_id(),
            session=self.id,
            code=id,
            name=name,
            definition=definition,
            retired=code.retired,
            coder=self._by,
        )
        self._new.append(event)
        self._counts["codes"] += 1
        self._by_name[normalized_name(name)] = Code(id, name, definition, code.retired, self._by, event.at)
        return id

    def add_readings(self, readings: Mapping[tuple[Id, str], _FileReading], misfits: Counter[str]) -> None:
        for (note, coder), one in readings.items():
            here = self._readings.get((note, coder)) or Reading(note, one.session, coder)
            if one.none and not one.codes and not here.codes:
                self._add_coding(here, None, known=here.none)
            elif one.none:
                misfits["none_differs"] += 1
            for code in one.codes.values():
                id = self._ids[code.guid]
                applies = code.says == "applies"
                self._add_coding(
                    here, id, known=id in (here.codes if applies else here.rejected), applies=applies
                )
            if one.memos:
                self._add_memo(here, "\n\n".join(one.memos), misfits)

    def _add_coding(self, here: Reading, code: Id | None, *, known: bool, applies: bool = True) -> None:
        self._counts["known" if known else "codings"] += 1
        if not known:
            self._new.append(
                Coded(
                    id=self._next_id(),
                    session=self.id,
                    note=Id(here.note),
                    noted_in=Id(here.noted_in),
                    code=code,
                    applies=applies,
                    coder=here.coder,
                )
            )

    def _add_memo(self, here: Reading, words: str, misfits: Counter[str]) -> None:
        words = words[:MAX_NOTE_LENGTH]
        if xml_text(words).strip() in xml_text(here.memo):
            self._counts["known"] += 1
            return
        if here.memo.strip() and xml_text(here.memo).strip() not in xml_text(words):
            words = f"{here.memo}\n\n{words}"[:MAX_NOTE_LENGTH]
            misfits["memo_differs"] += 1
        self._new.append(
            MemoWritten(
                id=self._next_id(),
                session=self.id,
                note=Id(here.note),
                noted_in=Id(here.noted_in),
                text=words,
                coder=here.coder,
            )
        )
        self._counts["memos"] += 1

    def write(self) -> Counter[str]:
        """Keep all of it, or none; what was new and what was known."""
        try:
            if self._new:
                self._store.append(self._new)
        except ErasedError:
            raise InvalidAction(text("qda.erased", project=self.name)) from None
        return self._counts


def _code_name(code: FoundCode) -> str:
    name = " ".join(writable(code.name).split()) or "–"
    return name if len(name) <= MAX_CODE_LENGTH else name[: MAX_CODE_LENGTH - 1] + "…"


def _reads_alike(here: Code, code: FoundCode) -> bool:
    same_name = normalized_name(xml_text(here.name)) == normalized_name(_code_name(code))
    return same_name and " ".join(xml_text(here.definition).split()) == " ".join(code.description.split())
