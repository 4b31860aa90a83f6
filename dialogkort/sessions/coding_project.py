"""One coding project: its events in a store, and the codebook and the readings they lead to.

Every method that changes something returns when the change is on the disk. What makes no sense
is `InvalidAction` and changes nothing.
"""

import time
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from dialogkort.domain import coding
from dialogkort.domain.coding import SETTLED, Code, Reading
from dialogkort.domain.erasures import without_erased
from dialogkort.domain.event_ids import NO_ID, Id, is_id, new_id, newest_id, time_of
from dialogkort.domain.events import Coded, CodeDefined, CodingNamed, Erased, Event, MemoWritten, Undone
from dialogkort.domain.undo import EffectiveEvents, effective_events
from dialogkort.errors import ErasedError, InvalidAction, writable
from dialogkort.i18n import text
from dialogkort.sessions.opening_ids import opening_ids
from dialogkort.sessions.session import MAX_NAME_LENGTH, MAX_NOTE_LENGTH
from dialogkort.store import Store

MAX_CODE_LENGTH = 80  # characters: it has to fit on a button
_CLOCK_TOLERANCE = 24 * 3_600_000  # ms a device's clock may be ahead


def begin(store: Store, name: str) -> "Project":
    """A new coding project in a store, without codes."""
    id = opening_ids.new(_now())
    store.append([_validated_name(CodingNamed(id=id, session=id, name=name))])
    return Project(store, id)


class Project:
    """A coding project that is kept in a store, to go on with."""

    REFERS_TO_OTHER_SESSIONS = True  # what is erased in other sessions takes something of it along

    def __init__(self, store: Store, id: str):
        self.id = id if is_id(id) else NO_ID  # what a page or a person names may be none
        self._store = store
        self.newest = NO_ID  # the id of the newest event, behind which new ones sort
        self._last = NO_ID  # the last id of all
        self._events: list[Event] = []
        self._ids: set[Id] = set()
        self._effective = effective_events([])
        self._position = 0
        self._codes: dict[Id, Code] | None = None
        self._reading_fold: coding.ReadingFold | None = None
        if self.id:
            self.catch_up()
        if not self.is_open:
            raise InvalidAction(text("coding.unknown", project=id[:40]))

    @property
    def events(self) -> tuple[Event, ...]:
        """Everything that has happened, in the order it reached the store."""
        return tuple(self._events)

    @property
    def position(self) -> int:
        """The number, in the store, of the last event it knows of."""
        return self._position

    @property
    def is_open(self) -> bool:
        """False when everything in it was erased for good."""
        return any(isinstance(event, CodingNamed) for event in self._events)

    def forget(self) -> None:
        """Forget all that was read: what was appended last has not been kept. `catch_up` reads it anew."""
        self.newest = self._last = NO_ID
        self._events, self._ids, self._position = [], set(), 0
        self._effective = effective_events([])
        self._codes = self._reading_fold = None

    @property
    def name(self) -> str:
        """What the project is called."""
        return coding.project_name(self._effective)

    @property
    def codebook(self) -> tuple[Code, ...]:
        """The codes, in the order they were made."""
        return tuple(dict.fromkeys(self._codes_by_id().values()))

    @property
    def readings(self) -> Mapping[tuple[Id, str], Reading]:
        """Every coder's reading of every note they have said something of, by note and coder."""
        if self._reading_fold is None:
            self._reading_fold = coding.ReadingFold(self._effective)
        return self._reading_fold.readings

    def next_undo(self, coder: str) -> tuple[Event, ...]:
        """What `undo` would take back."""
        return coding.last_step(self._effective, coder)

    def rename(self, name: str) -> None:
        """Call the project something else."""
        self.record(CodingNamed(id=self._new_id(), session=self.id, name=name), coder="")

    def define(
        self, name: str, definition: str = "", *, coder: str, code: Id | None = None, retired: bool = False
    ) -> Id:
        """A new code, or a new version of `code`; returns its id. `retired=True` takes it out of use.

        Codes that are one because they are called the same get the new version together, and stay one.
        """
        code = code or self._new_id()
        event = CodeDefined(
            id=self._new_id(),
            session=self.id,
            code=code,
            name=name,
            definition=definition,
            retired=retired,
            coder=coder,
        )
        self.record(event, coder)
        return code

    def code(self, note: Id, noted_in: Id, code: Id | None, *, coder: str, applies: bool = True) -> None:
        """Say that a code applies to a note (with None: that no code does), or take that back."""
        event = Coded(
            id=self._new_id(),
            session=self.id,
            note=note,
            noted_in=noted_in,
            code=code,
            applies=applies,
            coder=coder,
        )
        self.record(event, coder)

    def settle(self, note: Id, noted_in: Id, code: Id, applies: bool) -> None:
        """Say what the coders have agreed upon; what each of them has said stays as it is."""
        self.code(note, noted_in, code, coder=SETTLED, applies=applies)

    def memo(self, note: Id, noted_in: Id, content: str, *, coder: str) -> None:
        """Write a coder's memo on a note; an empty one takes it away."""
        event = MemoWritten(
            id=self._new_id(), session=self.id, note=note, noted_in=noted_in, text=content, coder=coder
        )
        self.record(event, coder)

    def undo(self, coder: str) -> None:
        """Take a coder's own newest step back; again for the one before it."""
        self.catch_up()
        if not (step := self.next_undo(coder)):
            raise InvalidAction(text("session.nothing_to_undo"))
        events = tuple(event.id for event in step)
        self.record(Undone(id=self._new_id(), session=self.id, events=events), coder)

    def record(self, event: Event, coder: str) -> None:
        """Let something happen that a coder has done (in the page). What is kept already is left alone."""
        self.catch_up()
        while not self._has_recorded(event):
            event = self._validated(event, coder)
            others = (
                coding.mirrored_definitions(event, self._effective) if isinstance(event, CodeDefined) else ()
            )
            if self._append(event, *others):
                self.catch_up()
                return
            self.catch_up()  # another window was faster: look again whether it makes sense

    def catch_up(self) -> list[Event]:
        """Take in what other windows have written since, and tell it."""
        new_events, self._position = self._store.events(self.id, after=self._position)
        if new_events:
            self._add(new_events)
        return new_events

    def _add(self, new_events: list[Event]) -> None:
        # Nearly always, and then a project of thousands is not folded anew.
        if coded := self._appended_in_order(new_events):
            self._events += coded
            self._effective = EffectiveEvents((*self._effective, *coded))
            if self._reading_fold:
                self._reading_fold.add(coded)
        else:
            self._events = without_erased([*self._events, *new_events])
            self._effective = effective_events(self._events)
            self._codes = self._reading_fold = None
        self._ids.update(event.id for event in new_events)
        self._last = max(self._last, *(event.id for event in new_events))
        self.newest = newest_id(self.newest, (event.id for event in new_events))

    def _appended_in_order(self, new_events: list[Event]) -> list[Coded | MemoWritten]:
        """The events, when all of them say something of notes, later than what is known; else none."""
        about_notes = [event for event in new_events if isinstance(event, Coded | MemoWritten)]
        ids = [self._last, *(event.id for event in new_events)]
        in_order = all(earlier < later for earlier, later in pairwise(ids))
        return about_notes if len(about_notes) == len(new_events) and in_order and not self._erased() else []

    def _erased(self) -> bool:
        return any(isinstance(event, Erased) for event in self._events)

    def _has_recorded(self, event: Event) -> bool:
        return event.id in self._ids

    def _append(self, *events: Event) -> bool:
        try:
            return self._store.append(events, expected=self._position)
        except ErasedError:
            raise InvalidAction(text("coding.note_erased")) from None

    def _codes_by_id(self) -> dict[Id, Code]:
        if self._codes is None:
            self._codes = coding.codes_by_id(self._effective)
        return self._codes

    def _new_id(self) -> Id:
        """The id of an event that happens now, behind all that is known by now."""
        self.catch_up()
        return new_id(_now(), after=self.newest)

    # --- what makes sense -----------------------------------------------------------------------------

    def _validated(self, event: Event, coder: str) -> Event:
        """The event as it can be kept, or `InvalidAction`."""
        if event.session != self.id:
            raise InvalidAction(text("coding.unknown", project=event.session))
        if event.at > max(_now(), time_of(self.newest)) + _CLOCK_TOLERANCE:
            raise InvalidAction(text("session.clock"))
        if isinstance(event, CodeDefined | Coded | MemoWritten):
            _check_own(event, coder)
        match event:
            case CodingNamed():
                return _validated_name(event)
            case CodeDefined():
                return self._validated_code(event)
            case Coded():
                self._check_code(event)
            case MemoWritten():
                return _validated_memo(event)
            case Undone():
                return self._validated_undo(event, coder)
            case _:
                raise InvalidAction(text("session.no_such_move"))
        return event

    def _validated_code(self, event: CodeDefined) -> CodeDefined:
        name = " ".join(writable(event.name).split())
        if not name:
            raise InvalidAction(text("coding.no_name"))
        if len(name) > MAX_CODE_LENGTH:
            raise InvalidAction(text("coding.name_too_long", value=name[:40], longest=MAX_CODE_LENGTH))
        own = self._codes_by_id().get(event.code)
        if any(
            coding.normalized_name(code.name) == coding.normalized_name(name)
            for code in self.codebook
            if code != own
        ):
            raise InvalidAction(text("coding.name_taken", name=name))
        if len(event.definition) > MAX_NOTE_LENGTH:
            raise InvalidAction(
                text("session.note_too_long", length=len(event.definition), longest=MAX_NOTE_LENGTH)
            )
        return replace(event, name=name, definition=writable(event.definition).strip())

    def _check_code(self, event: Coded) -> None:
        known = self._codes_by_id()
        if event.code is None:
            if event.coder == SETTLED:
                raise InvalidAction(text("coding.code_unknown"))
        elif event.code not in known:
            raise InvalidAction(text("coding.code_unknown"))
        elif event.applies and event.coder != SETTLED and known[event.code].retired:
            raise InvalidAction(text("coding.code_retired", name=known[event.code].name))

    def _validated_undo(self, event: Undone, coder: str) -> Undone:
        """Only one's own steps are taken back, and what was settled together.

        What was said of codes that are one is taken back of all of them, also by a page that knows of one.
        """
        step = {one.id for one in self.next_undo(coder) if isinstance(one, CodeDefined)}
        if step & set(event.events):
            event = replace(event, events=tuple(sorted(step | set(event.events))))
        to_undo = [other for other in self._events if other.id in event.events]
        own = all(_is_by(other, coder) for other in to_undo)
        if len(to_undo) < len(set(event.events)) or not to_undo or not own:
            raise InvalidAction(text("session.nothing_to_undo"))
        versions = {one.id for one in to_undo if isinstance(one, CodeDefined)}
        used = {one.code for one in self._effective if isinstance(one, Coded) and one.code}
        left = coding.codebook([one for one in self._events if one.id not in versions])
        if versions and used & {code.id for code in self.codebook} - {code.id for code in left}:
            raise InvalidAction(text("coding.code_in_use"))
        return event


def validated_coder(name: str) -> str:
    """A coder's name that can be kept: told, and not too long."""
    name = " ".join(writable(name).split())
    if not name:
        raise InvalidAction(text("coding.who"))
    if len(name) > MAX_NAME_LENGTH:
        raise InvalidAction(text("session.name_too_long", value=name[:40], longest=MAX_NAME_LENGTH))
    return name


def _check_own(event: CodeDefined | Coded | MemoWritten, coder: str) -> None:
    if isinstance(event, Coded) and event.coder == SETTLED:
        return
    if event.coder != coder:
        raise InvalidAction(text("coding.not_yours", coder=event.coder[:MAX_NAME_LENGTH]))
    if validated_coder(coder) != coder:
        raise InvalidAction(text("coding.who"))


def _is_by(event: Event, coder: str) -> bool:
    if isinstance(event, Coded) and event.coder == SETTLED:
        return True
    return isinstance(event, CodeDefined | Coded | MemoWritten) and event.coder == coder


def _validated_name(event: CodingNamed) -> CodingNamed:
    name = " ".join(writable(event.name).split())
    if not name:
        raise InvalidAction(text("coding.no_project_name"))
    if len(name) > MAX_NAME_LENGTH:
        raise InvalidAction(text("session.name_too_long", value=name[:40], longest=MAX_NAME_LENGTH))
    return replace(event, name=name)


def _validated_memo(event: MemoWritten) -> MemoWritten:
    if len(event.text) > MAX_NOTE_LENGTH:
        raise InvalidAction(text("session.note_too_long", length=len(event.text), longest=MAX_NOTE_LENGTH))
    return replace(event, text=writable(event.text))


def _now() -> int:
    return time.time_ns() // 1_000_000
