"""The base of both stores: events and decks in the SQL that both engines speak.

What `append` has returned from is durable. Events are only ever added; an id decides that each is kept once,
and a checksum that it reads as it was written. Only `erase` removes, and leaves a marker that holds for
whatever comes in later: so two stores put together are the union of both, in any order and as often as one
likes.
"""

import json
import re
import time
import warnings
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

from dialogkort.domain.deck import Deck
from dialogkort.domain.erasures import KINDS_WITHOUT_NOTE, is_covered, sessions_concerned
from dialogkort.domain.event_ids import Id, is_id, new_id
from dialogkort.domain.event_records import from_record, from_stored_record, texts_of, to_record
from dialogkort.domain.events import (
    CodingNamed,
    Described,
    Erased,
    Event,
    FollowUpMarked,
    PlenumOpened,
    RetentionSet,
    WorkshopPlanned,
    is_known_kind,
    is_newer,
    newest_description,
)
from dialogkort.errors import ErasedError, StoreError
from dialogkort.files.temporary import tidy
from dialogkort.i18n import text

# `execute(statement, values)` runs a statement and returns its rows; a list of values runs it once for each.
Execute = Callable[..., list[tuple]]
_BATCH = 5_000

_COLUMNS = "id, session, what, body, crc"
_INSERT = f"INSERT INTO events ({_COLUMNS}) VALUES (:id, :session, :what, :body, :crc)"
# What a person wrote, by kind of event.
_TEXT_FIELDS = {
    "noted": ("text", "owner"),
    "described": ("workshop", "organisation", "unit", "group", "note_taker"),
    "coding named": ("name",),
    "code defined": ("name", "definition"),
    "memo written": ("text",),
    "rated": ("word",),
    "step status": ("word",),
    "workshop planned": (
        "workshop",
        "organisation",
        "unit",
        "purpose",
        "rules",
        "turner",
        "writer",
        "timekeeper",
        "catalogue",
        "catalogue_file",
    ),
    "question written": ("text",),
}
# Every kind of event that is kept, each looked up in the index: there may be millions of events.
_STORED_KINDS = (
    "WITH RECURSIVE kinds (what) AS (SELECT min(what) FROM events UNION ALL"
    " SELECT (SELECT min(events.what) FROM events WHERE events.what > kinds.what) FROM kinds"
    " WHERE kinds.what IS NOT NULL) SELECT what FROM kinds WHERE what IS NOT NULL"
)
# A session bears the id of the event that opened it, and an event that strayed into it makes it nothing else.
_OPENED_AS_THIS_KIND = "session NOT IN (SELECT session FROM events WHERE what = :opened_by AND id = session)"
# What happened once happens once: the first word of an event stands.
_INSERT_NEW = (
    f"INSERT INTO events ({_COLUMNS}) SELECT :id, :session, :what, :body, :crc"
    " WHERE NOT EXISTS (SELECT 1 FROM events WHERE id = :id)"
)


@dataclass(frozen=True)
class ImportCounts:
    """Counts of imported events: new here, known already, or covered by an erasure.

    `differing` of the new ones read otherwise than one that is here under the same id; both are kept.
    """

    new: int = 0
    known: int = 0
    erased: int = 0
    differing: int = 0


class Store(ABC):
    """The events and decks of many sessions. Several processes may use a store at once.

    Every fault of the disk, the file or the line to a server is a `StoreError`.
    """

    location: str  # as messages name it: a file's path, or a server's address without its password
    most_sessions = 1_000  # that one batch may write in
    _batch: "Batch | None" = None

    # --- several at once ------------------------------------------------------------------------------

    @contextmanager
    def batch(self, sessions: Iterable[Id]) -> "Iterator[Batch]":
        """A transaction for several appends in these sessions: one commit keeps all of it, or none.

        Each sees what was appended before it. Nothing is durable until this has ended without an error; what
        was refused in between has left no trace. (Group commit, as in DeWitt et al. 1984.)
        """
        with self._writing(sorted(set(sessions))) as execute:
            self._batch = batch = Batch(execute)
            try:
                yield batch
            finally:
                self._batch = None
            if batch.rows or batch.decks:
                self._write_journal(batch.rows, batch.decks)

    def change_token(self) -> str:
        """A token that changes as soon as somebody else has written in the store (perhaps also without)."""
        return self.position()

    def sessions_changed(self, known: Mapping[Id, int]) -> list[Id]:
        """The sessions, of some, with events after the number of the last event one knows of."""
        with self._reading() as execute:
            rows = execute(
                "SELECT session, max(arrival) FROM events WHERE session IN"
                f" ({self._list_values('ids')}) GROUP BY session",
                {"ids": json.dumps(list(known))},
            )
        return [session for session, newest in rows if newest > known[session]]

    def _reading_in_batch(self) -> AbstractContextManager[Execute]:
        return self._batch_execute(self._batch) if self._batch else self._reading()

    def _writing_in_batch(self, sessions: Sequence[Id]) -> AbstractContextManager[Execute]:
        return self._batch_execute(self._batch) if self._batch else self._writing(sessions)

    @contextmanager
    def _batch_execute(self, batch: "Batch") -> Iterator[Execute]:
        with self._translating_errors():  # callers get errors of the store, not of its engine
            yield batch.execute

    def _was_just_read(self, sessions: list[Id], expected: int | None) -> bool:
        """True when this very transaction has read all of the sessions, erasures included."""
        return (
            self._batch is not None
            and expected is not None
            and all(self._batch.read.get(session) == expected for session in sessions)
        )

    def _write_or_defer_journal(self, rows: Sequence[dict], decks: Sequence[Deck] = ()) -> None:
        """Write to the journal at once, or with all the others of the batch."""
        if self._batch:
            self._batch.rows += rows
            self._batch.decks += decks
        else:
            self._write_journal(rows, decks)

    # --- appending and reading --------------------------------------------------------------------------

    def append(self, events: Iterable[Event], expected: int | None = None) -> bool:
        """Keep events, all or none; when this returns they are durable. One met before is not doubled.

        With `expected`, the number of the last event one knows of in the session: False, and nothing kept,
        when another has come in since. `ErasedError` when what an event belongs to was erased.
        """
        events = list(events)
        rows = [row_of(event) for event in events]
        sessions = sorted({event.session for event in events})
        concerned = _sessions_of(events)
        with self._writing_in_batch(concerned) as execute:
            if not self._was_just_read(concerned, expected):
                if expected is not None and any(_last_arrival(execute, id) != expected for id in sessions):
                    return False
                erased = self._erased_notes(execute, concerned)
                if any(is_covered(event, erased) for event in events):
                    raise ErasedError
            if rows:
                self._write_or_defer_journal(rows)
                execute(_INSERT_NEW, rows)
            if self._batch:  # who has read these has to look again
                for id in sessions:
                    self._batch.read.pop(id, None)
        return True

    def events(self, session: Id, after: int = 0) -> tuple[list[Event], int]:
        """A session's events that arrived after number `after`, and the number of the last one."""
        with self._reading_in_batch() as execute:
            rows = execute(
                f"SELECT {_COLUMNS}, arrival FROM events WHERE session = :session AND arrival > :after"
                " ORDER BY arrival",
                {"session": session, "after": after},
            )
        last = rows[-1][-1] if rows else after
        if self._batch:
            self._batch.read[session] = last
        return self._events(row[:-1] for row in rows), last

    def every_event(self, unreadable: list[Id] | None = None) -> Iterator[Event]:
        """Every event of every session, in the order they arrived.

        One that does not read as it was written is a `StoreError`; or, where a list for it is given, left
        out, and its session added there.
        """
        for rows in self._every_row():
            yield from self._events(rows) if unreadable is None else _readable(rows, unreadable)

    def has_session(self, session: Id) -> bool:
        """True when something is kept of a session, whether or not it can be read."""
        with self._reading() as execute:
            return bool(
                execute("SELECT 1 FROM events WHERE session = :session LIMIT 1", {"session": session})
            )

    def sessions(self) -> dict[Id, Described]:
        """Every session's newest description, by session id, the newest session first.

        A session whose cards have not arrived (its file was cut short) is not among them. Neither is one
        whose description does not read as it was written: a warning names it, and the others are right.
        """
        with self._reading() as execute:
            rows = execute(
                f"SELECT {_COLUMNS} FROM events WHERE what = 'described' AND {_OPENED_AS_THIS_KIND}"
                " AND session IN (SELECT session FROM events WHERE what = 'dealt')",
                {"opened_by": "coding named"},
            )
        events_by_session = self._by_session(rows)
        return {
            session: newest_description(events_by_session[session])
            for session in sorted(events_by_session, reverse=True)
        }

    def codings(self) -> dict[Id, str]:
        """Every coding project's newest name, by the project's id, the newest project first."""
        with self._reading() as execute:
            rows = execute(
                f"SELECT {_COLUMNS} FROM events WHERE what = 'coding named' AND {_OPENED_AS_THIS_KIND}"
                " ORDER BY id, body",
                {"opened_by": "described"},
            )
        names = {
            event.session: event.name
            for event in chain.from_iterable(self._by_session(rows).values())
            if isinstance(event, CodingNamed)
        }
        return dict(sorted(names.items(), reverse=True))

    def retention_days(self) -> dict[Id, str]:
        """The day (ISO 8601) until which the notes of a session are to be kept, where one was chosen."""
        with self._reading() as execute:
            rows = execute(f"SELECT {_COLUMNS} FROM events WHERE what = 'retention set' ORDER BY id, body")
        events = chain.from_iterable(self._by_session(rows).values())
        days = {event.session: event.until for event in events if isinstance(event, RetentionSet)}
        return {session: day for session, day in days.items() if day}

    def follow_ups(self) -> dict[Id, tuple[Id, ...]]:
        """The sessions that a session follows up, where it does."""
        with self._reading() as execute:
            rows = execute(f"SELECT {_COLUMNS} FROM events WHERE what = 'follow-up marked' ORDER BY id, body")
        events = chain.from_iterable(self._by_session(rows).values())
        follows = {event.session: event.follows for event in events if isinstance(event, FollowUpMarked)}
        return {session: followed for session, followed in follows.items() if followed}

    def plenums(self) -> dict[Id, frozenset[Id]]:
        """The sessions that every plenum was opened for, by the plenum's id, the newest plenum first."""
        with self._reading() as execute:
            rows = execute(f"SELECT {_COLUMNS} FROM events WHERE what = 'plenum opened' ORDER BY id, body")
        opened: dict[Id, frozenset[Id]] = {}
        for event in chain.from_iterable(self._by_session(rows).values()):
            if isinstance(event, PlenumOpened):
                opened[event.session] = opened.get(event.session, frozenset()) | set(event.sessions)
        return dict(sorted(opened.items(), reverse=True))

    def plenums_with_votes(self) -> list[Id]:
        """The plenums in which a vote was opened, the newest vote's first."""
        with self._reading() as execute:
            rows = execute(
                "SELECT session, max(id) FROM events WHERE what = 'vote opened'"
                " GROUP BY session ORDER BY 2 DESC"
            )
        return [Id(session) for session, _ in rows]

    def plans(self) -> dict[Id, WorkshopPlanned]:
        """The newest word on every workshop that was planned, by the plan's id, the newest plan first."""
        with self._reading() as execute:
            rows = execute(f"SELECT {_COLUMNS} FROM events WHERE what = 'workshop planned' ORDER BY id, body")
        newest = {
            event.session: event
            for events in self._by_session(rows).values()
            if any(event.id == event.session for event in events)
            for event in events
            if isinstance(event, WorkshopPlanned)
        }
        return dict(sorted(newest.items(), reverse=True))

    def unknown_events(self) -> int:
        """The number of events of a kind that only a newer version knows."""
        with self._reading() as execute:
            unknown = [kind for (kind,) in execute(_STORED_KINDS) if not is_known_kind(kind)]
            parameters = {"ids": json.dumps(unknown)}
            return execute(
                f"SELECT count(*) FROM events WHERE what IN ({self._list_values('ids')})", parameters
            )[0][0]

    def position(self) -> str:
        """The store's position: another one as soon as something is appended or erased."""
        with self._reading() as execute:
            newest = execute("SELECT arrival, id FROM events ORDER BY arrival DESC LIMIT 1")
        return f"{newest[0][0]} {newest[0][1]}" if newest else ""

    def sessions_changed_since(self, since: str = "") -> list[Id] | None:
        """The sessions in which something was kept or erased since a `position`.

        None when this store does not know the position: it was made anew, or that event is gone.
        """
        arrival, _, id = since.partition(" ")
        number = {"arrival": int(arrival or 0)}
        with self._reading() as execute:
            if since and execute("SELECT id FROM events WHERE arrival = :arrival", number) != [(id,)]:
                return None
            rows = execute(
                "SELECT DISTINCT session FROM events WHERE arrival > :arrival ORDER BY session", number
            )
        return [session for (session,) in rows]

    def events_since(self, session: Id, since: str = "") -> list[Event]:
        """The events of a session that were kept since a `position`."""
        arrival, _, _ = since.partition(" ")
        return self.events(session, int(arrival or 0))[0]

    def keep_deck(self, deck: Deck) -> None:
        """Keep a deck as it reads today, by its fingerprint."""
        with self._writing_in_batch([]) as execute:
            if new_decks := self._add_decks(execute, [deck]):
                self._write_or_defer_journal([], new_decks)

    def deck(self, fingerprint: str) -> Deck:
        """The deck with a fingerprint, word for word as it was when a session was dealt from it."""
        with self._reading_in_batch() as execute:
            rows = execute(
                "SELECT fingerprint, body FROM decks WHERE fingerprint = :key", {"key": fingerprint}
            )
        if not rows:
            raise StoreError("deck_missing", fingerprint=fingerprint, path=self.location)
        return self._deck(*rows[0])

    def decks(self, unreadable: list[str] | None = None) -> list[Deck]:
        """Every deck that is kept. `unreadable` is for the fingerprints of others, as in `every_event`."""
        with self._reading() as execute:
            rows = execute("SELECT fingerprint, body FROM decks ORDER BY fingerprint")
        decks = []
        for fingerprint, body in rows:
            try:
                decks.append(self._deck(fingerprint, body))
            except StoreError:
                if unreadable is None:
                    raise
                unreadable.append(fingerprint)
        return decks

    # --- importing from other stores ----------------------------------------------------------------------

    def import_events(self, events: Iterable[Event], decks: Iterable[Deck] = ()) -> ImportCounts:
        """Import events from elsewhere, erasures included, and count how many of them are new here."""
        (counts,) = self.import_batches([events], decks)
        if self.has_unfinished_erasures():
            self.finish_erasing()
        return counts

    def import_batches(
        self, many: Iterable[Iterable[Event]], decks: Iterable[Deck] = ()
    ) -> list[ImportCounts]:
        """As `import_events` for one list of events after the other, all of it kept in one go: all or none.

        What is erased on the way is left in no table; `finish_erasing` when all has come in.
        """
        lists = [list(events) for events in many]
        sessions = _sessions_of(event for events in lists for event in events)
        with self._writing(sessions) as execute:
            self._add_decks(execute, decks)
            plan = _ImportPlan(self._erased_notes(execute, sessions))
            plan.known_crcs = self._crcs_by_id(
                execute, sorted({event.id for events in lists for event in events})
            )
            counts = [plan.add(events) for events in lists]
            if plan.new_rows:
                execute(_INSERT, plan.new_rows)
            if plan.markers:
                self._remove(execute, plan.markers)
        return counts

    # --- erasing --------------------------------------------------------------------------------------

    def erase(self, *sessions: Id, note: Id | None = None) -> list[Erased]:
        """Remove sessions (or one note of a session) for good, and leave a marker for each.

        The text is gone from the store, its copies and its free pages. What is not there leaves no marker.
        """
        with self._writing(sorted(sessions)) as execute:
            markers = [
                marker
                for session in dict.fromkeys(sessions)
                if (
                    marker := _erasure_marker(
                        execute, session, self._rows_covered_by(execute, session, note), note
                    )
                )
            ]
            if markers:
                execute(_INSERT, [row_of(marker) for marker in markers])
                self._remove(execute, markers)
        if markers:
            self.finish_erasing()
        return markers

    def has_unfinished_erasures(self) -> bool:
        """True while traces of what was erased may still be left: `finish_erasing` removes them."""
        with self._reading() as execute:
            return bool(execute("SELECT marker FROM erasing LIMIT 1"))

    def finish_erasing(self) -> None:
        """See that what was erased is left nowhere: free pages, copies. Also when a crash came in between."""
        tidy()
        with self._reading() as execute:
            unfinished = execute("SELECT marker, at FROM erasing")
        if unfinished and self._purge(max(at for _, at in unfinished)):
            with self._writing([]) as execute:
                execute(
                    "DELETE FROM erasing WHERE marker = :id", [{"id": marker} for marker, _ in unfinished]
                )

    def erasures(self) -> list[Erased]:
        """The markers of all that was erased, oldest first."""
        with self._reading() as execute:
            rows = execute(f"SELECT {_COLUMNS} FROM events WHERE what = 'erased' ORDER BY id")
        return [event for event in self._events(rows) if isinstance(event, Erased)]

    # --- implemented by each engine ----------------------------------------------------------------------

    def check(self) -> None:
        """Read everything once: a `StoreError` when something does not read as it was written."""
        for _ in self.every_event():
            pass
        self.decks()

    @abstractmethod
    def close(self) -> None:
        """Let go of the file or the line."""

    @abstractmethod
    def _writing(self, sessions: Sequence[Id]) -> AbstractContextManager[Execute]:
        """A transaction, all or nothing, in which nobody else writes in these sessions."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Execute]:
        """A connection to read with, as `execute`."""

    @abstractmethod
    def _translating_errors(self) -> AbstractContextManager[None]:
        """Errors of the engine as `StoreError`s that a person can act on."""

    @abstractmethod
    def _list_values(self, name: str) -> str:
        """SQL for the texts in the JSON list that is given as `name`."""

    @abstractmethod
    def _purge(self, begun: int) -> bool:
        """Rewrite all from which something was erased until `begun`; True when nothing is left to be done."""

    def _write_journal(self, rows: Iterable[dict], decks: Iterable[Deck] = ()) -> None:  # noqa: B027
        """Write what is about to be added to the journal, where the engine has one."""

    def _remove(self, execute: Execute, markers: Sequence[Erased]) -> None:
        """Remove what these erasures cover, and remember that its traces are still to be removed."""
        self._write_journal(map(row_of, markers))
        unfinished = [{"id": marker.id, "at": _now()} for marker in markers]
        execute("INSERT INTO erasing VALUES (:id, :at) ON CONFLICT (marker) DO NOTHING", unfinished)
        erased_rows = [
            {"id": row[0], "crc": row[4]}
            for marker in markers
            for row in self._rows_covered_by(execute, marker.session, marker.note)
        ]
        if erased_rows:
            execute("DELETE FROM events WHERE id = :id AND crc = :crc", erased_rows)

    def _rows_covered_by(self, execute: Execute, session: Id, note: Id | None) -> list[tuple]:
        """The rows that an erasure of a note, or of the whole session, takes away.

        What coders have said of the note is among them, and what a newer version has kept of it.
        """
        note_kinds = [kind for (kind,) in execute(_STORED_KINDS) if kind not in KINDS_WITHOUT_NOTE]
        kind_condition = f"what IN ({self._list_values('kinds')})"
        parameters = {"session": session, "kinds": json.dumps(note_kinds), "named": f"%{session}%"}
        condition = "what <> 'erased'" if note is None else kind_condition
        rows = execute(f"SELECT {_COLUMNS} FROM events WHERE session = :session AND {condition}", parameters)
        elsewhere = execute(
            f"SELECT {_COLUMNS} FROM events WHERE {kind_condition} AND session <> :session"
            " AND body LIKE :named",
            parameters,
        )
        return [row for row in [*rows, *elsewhere] if _is_covered(row, session, note)]

    def _add_decks(self, execute: Execute, decks: Iterable[Deck]) -> list[Deck]:
        """Add the decks that are not here yet, and return them."""
        known = {fingerprint for (fingerprint,) in execute("SELECT fingerprint FROM decks")}
        new_decks = [deck for deck in decks if deck.fingerprint not in known]
        if new_decks:
            rows = [{"key": deck.fingerprint, "body": deck_body(deck)} for deck in new_decks]
            execute("INSERT INTO decks VALUES (:key, :body) ON CONFLICT (fingerprint) DO NOTHING", rows)
        return new_decks

    def _erased_notes(self, execute: Execute, sessions: list[Id]) -> set[tuple[Id, Id | None]]:
        """The erasures in these sessions: pairs of a session and a note, or None for all of it."""
        rows = execute(
            "SELECT session, body FROM events WHERE what = 'erased'"
            f" AND session IN ({self._list_values('ids')})",
            {"ids": json.dumps(sessions)},
        )
        try:
            return {(session, json.loads(body).get("note")) for session, body in rows}
        except (AttributeError, ValueError, RecursionError) as fault:
            raise StoreError("damaged", path=self.location) from fault

    def _crcs_by_id(self, execute: Execute, ids: list[Id]) -> dict[Id, list[int]]:
        crcs: dict[Id, list[int]] = {}
        for start in range(0, len(ids), _BATCH):
            for id, crc in execute(
                f"SELECT id, crc FROM events WHERE id IN ({self._list_values('ids')})",
                {"ids": json.dumps(ids[start : start + _BATCH])},
            ):
                crcs.setdefault(id, []).append(crc)
        return crcs

    def _every_row(self) -> Iterator[list[tuple]]:
        arrival = 0
        while True:
            with self._reading() as execute:
                rows = execute(
                    f"SELECT arrival, {_COLUMNS} FROM events WHERE arrival > :arrival ORDER BY arrival"
                    f" LIMIT {_BATCH}",
                    {"arrival": arrival},
                )
            if not rows:
                return
            arrival = rows[-1][0]
            yield [row[1:] for row in rows]

    def _events(self, rows: Iterable[tuple]) -> list[Event]:
        """The events of rows; one that reads otherwise than it was written is a damage to the store."""
        try:
            return [event_of(row) for row in rows]
        except _UNREADABLE as fault:
            raise StoreError("damaged", path=self.location) from fault

    def _by_session(self, rows: Iterable[tuple]) -> dict[Id, list[Event]]:
        """The events of rows by session without those that have an unreadable one; a warning names these."""
        events_by_session: dict[Id, list[Event]] = {}
        unreadable: list[Id] = []
        for event in _readable(rows, unreadable):
            events_by_session.setdefault(event.session, []).append(event)
        for session in sorted(set(unreadable)):
            events_by_session.pop(session, None)
            warnings.warn(text("store.left_out", session=session, path=self.location), stacklevel=3)
        return events_by_session

    def _deck(self, fingerprint: str, body: str) -> Deck:
        """The deck of a row; one that reads otherwise than it was written is a damage to the store."""
        try:
            deck = _deck_of(body)
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as fault:
            raise StoreError("damaged", path=self.location) from fault
        if deck.fingerprint != fingerprint:
            raise StoreError("damaged", path=self.location)
        return deck


@dataclass
class Batch:
    """An open transaction, and what is to be written to the journal before it is committed."""

    execute: Execute
    rows: list[dict] = field(default_factory=list)
    decks: list[Deck] = field(default_factory=list)
    read: dict[Id, int] = field(default_factory=dict)  # by session: how far it was read


# --- importing ------------------------------------------------------------------------------------------


class _ImportPlan:
    """The plan of an import: which events are new to a store, list by list, in the order they come."""

    def __init__(self, erased: set[tuple[Id, Id | None]]):
        self.erased = erased
        self.known_crcs: dict[Id, list[int]] = {}
        self.new_rows: list[dict] = []
        self.markers: list[Erased] = []

    def add(self, events: list[Event]) -> ImportCounts:
        """Count the events of one list, and add those that are to be kept to `new_rows`."""
        rows = {(row["id"], row["crc"]): (event, row) for event in events for row in [row_of(event)]}
        # What was erased earlier is in no table, though a list before this one may have brought it.
        erased_keys = {key for key, (event, _) in rows.items() if is_covered(event, self.erased)}
        new_keys = [
            key for key in rows if key in erased_keys or key[1] not in self.known_crcs.get(key[0], ())
        ]
        new_events = [rows[key][0] for key in new_keys]
        markers = [event for event in new_events if isinstance(event, Erased)]
        self.erased |= set(map(_covers, markers))
        accepted = [rows[key] for key in new_keys if not is_covered(rows[key][0], self.erased)]
        differing = sum(event.id in self.known_crcs for event, _ in accepted)
        for event, row in accepted:
            self.known_crcs.setdefault(event.id, []).append(row["crc"])
        self.new_rows += [row for _, row in accepted]
        self.markers += markers
        return ImportCounts(
            len(accepted), len(events) - len(new_keys), len(new_keys) - len(accepted), differing
        )


# --- rows ---------------------------------------------------------------------------------------------


def row_of(event: Event) -> dict:
    """An event as a row: id, session, what, body (JSON of the rest), crc. ValueError if it can't be kept.

    The form of the body is a promise to every version: the fields by name, written as Python's `json` writes
    them. So what a newer version has kept is the same, letter by letter, when it is read and written again.
    """
    record = to_record(event)
    # What could not be read again must not be kept; what this version makes is of a form that it knows.
    (from_stored_record if is_newer(event) else from_record)(record)
    id, session, what = event.id, event.session, str(record["what"])
    del record["id"], record["session"], record["what"]
    body = json.dumps(record, ensure_ascii=False, sort_keys=True)
    return {"id": id, "session": session, "what": what, "body": body, "crc": crc_of(id, session, what, body)}


_MAYBE_HALF_A_LETTER = re.compile(r"\\u[dD][89a-fA-F]")
_decode = json.JSONDecoder().raw_decode  # as json.loads, without a look for space around it


def crc_of(id: str, session: str, what: str, body: str) -> int:
    """The checksum of a row (CRC-32, as in zip files): it detects a bit that has flipped on a disk."""
    return zlib.crc32(f"{id}\n{session}\n{what}\n{body}".encode())


_UNREADABLE = (AttributeError, KeyError, TypeError, ValueError, RecursionError)


def _readable(rows: Iterable[tuple], unreadable: list[Id]) -> Iterator[Event]:
    """The events of rows. Of one that reads otherwise than it was written, the session is added to a list."""
    for row in rows:
        try:
            yield event_of(row)
        except _UNREADABLE:
            unreadable.append(Id(str(row[1])))


def event_of(row: tuple) -> Event:
    """The event of a row. ValueError when it does not read as it was written."""
    id, session, what, body, crc = row
    if crc_of(id, session, what, body) != crc:
        raise ValueError(f"checksum: {crc!r}")
    record, _ = _decode(body)
    if _MAYBE_HALF_A_LETTER.search(body):
        json.dumps(record, ensure_ascii=False).encode()  # what cannot be written again
    record["id"], record["session"], record["what"] = id, session, what
    return from_stored_record(record)


@lru_cache(maxsize=32)
def _deck_of(body: str) -> Deck:
    """The deck in a text; thousands of sessions are dealt from the same few."""
    return Deck.from_record(json.loads(body))


def deck_body(deck: Deck) -> str:
    """A deck as JSON."""
    return json.dumps(deck.to_record(), ensure_ascii=False)


def _text_length(row: tuple) -> int:
    """The characters a person wrote in an event; of an unknown kind's, those of every text that is no id."""
    with suppress(*_UNREADABLE):
        event = event_of(row)
        if row[2] in _TEXT_FIELDS or is_known_kind(row[2]):
            return sum(len(getattr(event, name)) for name in _TEXT_FIELDS.get(row[2], ()))
        return sum(len(written) for written in texts_of(event) if not is_id(written)) - len(row[2])
    return 0  # nobody can tell what a damaged one says


def _is_covered(row: tuple, session: Id, note: Id | None) -> bool:
    """True for a row that an erasure takes away; also for a damaged one that names what is erased."""
    try:
        return is_covered(event_of(row), {(session, note)})
    except _UNREADABLE:
        return row[1] == session if note is None else note in row[3]


def _sessions_of(events: Iterable[Event]) -> list[Id]:
    """The sessions whose erasures events must heed."""
    return sorted({session for event in events for session in sessions_concerned(event)})


def _covers(marker: Erased) -> tuple[Id, Id | None]:
    return marker.session, marker.note


def _erasure_marker(execute: Execute, session: Id, covered: list[tuple], note: Id | None) -> Erased | None:
    """The marker that an erasure of these rows leaves; None when there are none."""
    if not covered:
        return None
    newest = execute("SELECT max(id) FROM events WHERE session = :session", {"session": session})[0][0]
    return Erased(
        id=new_id(_now(), after=newest),
        session=session,
        note=note,
        events=len({row[0] for row in covered}),
        characters=sum(_text_length(row) for row in covered),
    )


def _now() -> int:
    return time.time_ns() // 1_000_000


def _last_arrival(execute: Execute, session: Id) -> int:
    return (
        execute("SELECT max(arrival) FROM events WHERE session = :session", {"session": session})[0][0] or 0
    )
