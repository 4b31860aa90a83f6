"""What a store promises, in the SQL that both engines speak.

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

from dialogkort.domain.deck import Deck
from dialogkort.domain.events import (
    SPEAK_OF_NO_NOTE,
    Described,
    Erased,
    Event,
    from_record,
    from_stored_record,
    is_covered,
    is_id,
    is_known_kind,
    is_newer,
    new_id,
    newest_description,
    sessions_of,
    texts_of,
    to_record,
)
from dialogkort.errors import ErasedError, StoreError
from dialogkort.files.temporary import tidy
from dialogkort.i18n import text

# `ask(statement, values)` runs a statement and gives its rows; a list of values runs it once for each.
Ask = Callable[..., list[tuple]]
_BATCH = 5_000

_COLUMNS = "id, session, what, body, crc"
_ADD = f"INSERT INTO events ({_COLUMNS}) VALUES (:id, :session, :what, :body, :crc)"
# What a person wrote, by kind of event.
_WRITTEN = {
    "noted": ("text", "owner"),
    "described": ("workshop", "organisation", "unit", "group", "note_taker"),
    "coding named": ("name",),
    "code defined": ("name", "definition"),
    "memo written": ("text",),
}
# Every kind of event that is kept, each looked up in the index: there may be millions of events.
_KINDS_KEPT = (
    "WITH RECURSIVE kinds (what) AS (SELECT min(what) FROM events UNION ALL"
    " SELECT (SELECT min(events.what) FROM events WHERE events.what > kinds.what) FROM kinds"
    " WHERE kinds.what IS NOT NULL) SELECT what FROM kinds WHERE what IS NOT NULL"
)
# A session bears the id of the event that opened it, and an event that strayed into it makes it nothing else.
_BEGAN_OTHERWISE = "session NOT IN (SELECT session FROM events WHERE what = :opened_by AND id = session)"
# What happened once happens once: the first word of an event stands.
_ADD_ONCE = (
    f"INSERT INTO events ({_COLUMNS}) SELECT :id, :session, :what, :body, :crc"
    " WHERE NOT EXISTS (SELECT 1 FROM events WHERE id = :id)"
)


@dataclass(frozen=True)
class ImportCounts:
    """How many of the events that were offered are new here, were here already, or belong to what was erased.

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

    place: str  # as messages name it: a file's path, or a server's address without its password
    most_sessions = 1_000  # that one batch may write in
    _batch: "Batch | None" = None

    # --- several at once ------------------------------------------------------------------------------

    @contextmanager
    def batch(self, sessions: Iterable[str]) -> "Iterator[Batch]":
        """What is appended in these sessions while this lasts is kept by one commit: all of it, or none.

        Each sees what was appended before it. Nothing is durable until this has ended without an error; what
        was refused in between has left no trace. (Group commit, as in DeWitt et al. 1984.)
        """
        with self._writing(sorted(set(sessions))) as ask:
            self._batch = batch = Batch(ask)
            try:
                yield batch
            finally:
                self._batch = None
            if batch.rows or batch.decks:
                self._note_down(batch.rows, batch.decks)

    def change_token(self) -> str:
        """Another one as soon as somebody else has written in the store (or, perhaps, when nobody has)."""
        return self.position()

    def sessions_changed(self, known: Mapping[str, int]) -> list[str]:
        """Which of some sessions have come further than the number of the last event one knows of."""
        with self._reading() as ask:
            rows = ask(
                "SELECT session, max(arrival) FROM events WHERE session IN"
                f" ({self._among('them')}) GROUP BY session",
                {"them": json.dumps(list(known))},
            )
        return [session for session, newest in rows if newest > known[session]]

    def _asking(self) -> AbstractContextManager[Ask]:
        return self._within(self._batch) if self._batch else self._reading()

    def _changing(self, sessions: Sequence[str]) -> AbstractContextManager[Ask]:
        return self._within(self._batch) if self._batch else self._writing(sessions)

    @contextmanager
    def _within(self, batch: "Batch") -> Iterator[Ask]:
        with self._told():  # whoever asks is to hear of the store, not of its engine
            yield batch.ask

    def _was_just_read(self, sessions: list[str], expected: int | None) -> bool:
        """Whether who appends has read all of it in this very transaction, erasures included."""
        return (
            self._batch is not None
            and expected is not None
            and all(self._batch.read.get(session) == expected for session in sessions)
        )

    def _note(self, rows: Sequence[dict], decks: Sequence[Deck] = ()) -> None:
        """Note down at once, or with all the others of the batch."""
        if self._batch:
            self._batch.rows += rows
            self._batch.decks += decks
        else:
            self._note_down(rows, decks)

    # --- keeping and reading --------------------------------------------------------------------------

    def append(self, events: Iterable[Event], expected: int | None = None) -> bool:
        """Keep events, all or none; when this returns they are durable. One met before is not doubled.

        With `expected`, the number of the last event one knows of in the session: False, and nothing kept,
        when another has come in since. `ErasedError` when what an event belongs to was erased.
        """
        events = list(events)
        rows = [row_of(event) for event in events]
        sessions = sorted({event.session for event in events})
        touched = _touched(events)
        with self._changing(touched) as ask:
            if not self._was_just_read(touched, expected):
                if expected is not None and any(_last_arrival(ask, id) != expected for id in sessions):
                    return False
                erased = self._erased(ask, touched)
                if any(is_covered(event, erased) for event in events):
                    raise ErasedError
            if rows:
                self._note(rows)
                ask(_ADD_ONCE, rows)
            if self._batch:  # who has read these has to look again
                for id in sessions:
                    self._batch.read.pop(id, None)
        return True

    def events(self, session: str, after: int = 0) -> tuple[list[Event], int]:
        """A session's events that arrived after number `after`, and the number of the last one."""
        with self._asking() as ask:
            rows = ask(
                f"SELECT {_COLUMNS}, arrival FROM events WHERE session = :session AND arrival > :after"
                " ORDER BY arrival",
                {"session": session, "after": after},
            )
        last = rows[-1][-1] if rows else after
        if self._batch:
            self._batch.read[session] = last
        return self._events(row[:-1] for row in rows), last

    def every_event(self, unreadable: list[str] | None = None) -> Iterator[Event]:
        """Every event of every session, in the order they arrived.

        One that does not read as it was written is a `StoreError`; or, where a list for it is given, left
        out, and its session added there.
        """
        for rows in self._every_row():
            yield from self._events(rows) if unreadable is None else _readable(rows, unreadable)

    def holds(self, event_id: str) -> bool:
        """True when an event is kept already."""
        with self._reading() as ask:
            return bool(ask("SELECT 1 FROM events WHERE id = :id", {"id": event_id}))

    def mentions(self, session: str) -> bool:
        """True when something is kept of a session, whether or not it can be read."""
        with self._reading() as ask:
            return bool(ask("SELECT 1 FROM events WHERE session = :it LIMIT 1", {"it": session}))

    def sessions(self) -> dict[str, Described]:
        """Every session's newest description, by session id, the newest session first.

        A session whose cards have not arrived (its file was cut short) is not among them. Neither is one
        whose description does not read as it was written: a warning names it, and the others are right.
        """
        with self._reading() as ask:
            rows = ask(
                f"SELECT {_COLUMNS} FROM events WHERE what = 'described' AND {_BEGAN_OTHERWISE}"
                " AND session IN (SELECT session FROM events WHERE what = 'dealt')",
                {"opened_by": "coding named"},
            )
        found = self._by_session(rows)
        return {session: newest_description(found[session]) for session in sorted(found, reverse=True)}

    def codings(self) -> dict[str, str]:
        """Every coding project's newest name, by the project's id, the newest project first."""
        with self._reading() as ask:
            rows = ask(
                f"SELECT {_COLUMNS} FROM events WHERE what = 'coding named' AND {_BEGAN_OTHERWISE}"
                " ORDER BY id, body",
                {"opened_by": "described"},
            )
        found = {session: named[-1].name for session, named in self._by_session(rows).items()}
        return dict(sorted(found.items(), reverse=True))

    def last_activity(self) -> dict[str, str]:
        """The id of every session's newest event, by session id."""
        with self._reading() as ask:
            return dict(ask("SELECT session, max(id) FROM events GROUP BY session"))

    def unknown_events(self) -> int:
        """How many events are of a kind that only a newer version knows."""
        with self._reading() as ask:
            unknown = [kind for (kind,) in ask(_KINDS_KEPT) if not is_known_kind(kind)]
            which = {"them": json.dumps(unknown)}
            return ask(f"SELECT count(*) FROM events WHERE what IN ({self._among('them')})", which)[0][0]

    def position(self) -> str:
        """Where the store has come to: another one as soon as something is kept or erased."""
        with self._reading() as ask:
            newest = ask("SELECT arrival, id FROM events ORDER BY arrival DESC LIMIT 1")
        return f"{newest[0][0]} {newest[0][1]}" if newest else ""

    def sessions_changed_since(self, since: str = "") -> list[str] | None:
        """The sessions in which something was kept or erased since a `position`.

        None when this store does not know the position: it was made anew, or that event is gone.
        """
        arrival, _, id = since.partition(" ")
        number = {"arrival": int(arrival or 0)}
        with self._reading() as ask:
            if since and ask("SELECT id FROM events WHERE arrival = :arrival", number) != [(id,)]:
                return None
            rows = ask(
                "SELECT DISTINCT session FROM events WHERE arrival > :arrival ORDER BY session", number
            )
        return [session for (session,) in rows]

    def keep_deck(self, deck: Deck) -> None:
        """Keep a deck as it reads today, by its fingerprint."""
        with self._changing([]) as ask:
            if fresh := self._add_decks(ask, [deck]):
                self._note([], fresh)

    def deck(self, fingerprint: str) -> Deck:
        """The deck with a fingerprint, word for word as it was when a session was dealt from it."""
        with self._asking() as ask:
            found = ask("SELECT fingerprint, body FROM decks WHERE fingerprint = :it", {"it": fingerprint})
        if not found:
            raise StoreError("deck_missing", fingerprint=fingerprint, path=self.place)
        return self._deck(*found[0])

    def decks(self, unreadable: list[str] | None = None) -> list[Deck]:
        """Every deck that is kept. `unreadable` is for the fingerprints of others, as in `every_event`."""
        with self._reading() as ask:
            rows = ask("SELECT fingerprint, body FROM decks ORDER BY fingerprint")
        decks = []
        for fingerprint, body in rows:
            try:
                decks.append(self._deck(fingerprint, body))
            except StoreError:
                if unreadable is None:
                    raise
                unreadable.append(fingerprint)
        return decks

    # --- putting stores together ----------------------------------------------------------------------

    def import_events(self, events: Iterable[Event], decks: Iterable[Deck] = ()) -> ImportCounts:
        """Take in what was kept elsewhere, erasures included, and say how much of it is new here."""
        (absorbed,) = self.import_each([events], decks)
        if self.has_erased_of_late():
            self.finish_erasing()
        return absorbed

    def import_each(self, many: Iterable[Iterable[Event]], decks: Iterable[Deck] = ()) -> list[ImportCounts]:
        """As `import_events` for one list of events after the other, all of it kept in one go: all or none.

        What is erased on the way is left in no table; `finish_erasing` when all has come in.
        """
        lists = [list(events) for events in many]
        touched = _touched(event for events in lists for event in events)
        with self._writing(touched) as ask:
            self._add_decks(ask, decks)
            sorting = _Sorting(self._erased(ask, touched))
            sorting.kept = self._crcs_by_id(ask, sorted({event.id for events in lists for event in events}))
            counted = [sorting.sort(events) for events in lists]
            if sorting.wanted:
                ask(_ADD, sorting.wanted)
            if sorting.markers:
                self._remove(ask, sorting.markers)
        return counted

    # --- erasing --------------------------------------------------------------------------------------

    def erase(self, *sessions: str, note: str | None = None) -> list[Erased]:
        """Remove sessions (or one note of a session) for good, and leave a marker for each.

        The text is gone from the store, its copies and its free pages. What is not there leaves no marker.
        """
        with self._writing(sorted(sessions)) as ask:
            markers = [
                marker
                for session in dict.fromkeys(sessions)
                if (marker := _marker(ask, session, self._covered(ask, session, note), note))
            ]
            if markers:
                ask(_ADD, [row_of(marker) for marker in markers])
                self._remove(ask, markers)
        if markers:
            self.finish_erasing()
        return markers

    def has_erased_of_late(self) -> bool:
        """True while traces of what was erased may still be left: `finish_erasing` removes them."""
        with self._reading() as ask:
            return bool(ask("SELECT marker FROM erasing LIMIT 1"))

    def finish_erasing(self) -> None:
        """See that what was erased is left nowhere: free pages, copies. Also when a crash came in between."""
        tidy()
        with self._reading() as ask:
            unfinished = ask("SELECT marker, at FROM erasing")
        if unfinished and self._purge(max(at for _, at in unfinished)):
            with self._writing([]) as ask:
                ask("DELETE FROM erasing WHERE marker = :it", [{"it": marker} for marker, _ in unfinished])

    def erasures(self) -> list[Erased]:
        """The markers of all that was erased, oldest first."""
        with self._reading() as ask:
            rows = ask(f"SELECT {_COLUMNS} FROM events WHERE what = 'erased' ORDER BY id")
        return self._events(rows)

    # --- what an engine does its own way ---------------------------------------------------------------

    def check(self) -> None:
        """Read everything once: a `StoreError` when something does not read as it was written."""
        for _ in self.every_event():
            pass
        self.decks()

    @abstractmethod
    def close(self) -> None:
        """Let go of the file or the line."""

    @abstractmethod
    def _writing(self, sessions: Sequence[str]) -> AbstractContextManager[Ask]:
        """A transaction, all or nothing, in which nobody else writes in these sessions."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Ask]:
        """A way to ask what is kept."""

    @abstractmethod
    def _told(self) -> AbstractContextManager[None]:
        """Faults of the engine, told so that a person can act on them."""

    @abstractmethod
    def _among(self, name: str) -> str:
        """SQL for the texts in the JSON list that is given as `name`."""

    @abstractmethod
    def _purge(self, begun: int) -> bool:
        """Rewrite all from which something was erased until `begun`; True when nothing is left to be done."""

    def _note_down(self, rows: Iterable[dict], decks: Iterable[Deck] = ()) -> None:  # noqa: B027
        """Keep a second copy of what is about to be added, where the engine has a place for it."""

    def _remove(self, ask: Ask, markers: Sequence[Erased]) -> None:
        """Remove what these erasures cover, and remember that its traces are still to be removed."""
        self._note_down(map(row_of, markers))
        begun = [{"it": marker.id, "at": _now()} for marker in markers]
        ask("INSERT INTO erasing VALUES (:it, :at) ON CONFLICT (marker) DO NOTHING", begun)
        gone = [
            {"id": row[0], "crc": row[4]}
            for marker in markers
            for row in self._covered(ask, marker.session, marker.note)
        ]
        if gone:
            ask("DELETE FROM events WHERE id = :id AND crc = :crc", gone)

    def _covered(self, ask: Ask, session: str, note: str | None) -> list[tuple]:
        """The rows that an erasure of a note, or of the whole session, takes away.

        What coders have said of the note is among them, and what a newer version has kept of it.
        """
        of_a_note = [kind for (kind,) in ask(_KINDS_KEPT) if kind not in SPEAK_OF_NO_NOTE]
        which = f"what IN ({self._among('kinds')})"
        asked = {"it": session, "kinds": json.dumps(of_a_note), "named": f"%{session}%"}
        own = "what <> 'erased'" if note is None else which
        rows = ask(f"SELECT {_COLUMNS} FROM events WHERE session = :it AND {own}", asked)
        elsewhere = ask(
            f"SELECT {_COLUMNS} FROM events WHERE {which} AND session <> :it AND body LIKE :named", asked
        )
        return [row for row in [*rows, *elsewhere] if _is_covered(row, session, note)]

    def _add_decks(self, ask: Ask, decks: Iterable[Deck]) -> list[Deck]:
        """Add the decks that are not here yet, and tell which."""
        known = {fingerprint for (fingerprint,) in ask("SELECT fingerprint FROM decks")}
        fresh = [deck for deck in decks if deck.fingerprint not in known]
        if fresh:
            rows = [{"it": deck.fingerprint, "body": deck_body(deck)} for deck in fresh]
            ask("INSERT INTO decks VALUES (:it, :body) ON CONFLICT (fingerprint) DO NOTHING", rows)
        return fresh

    def _erased(self, ask: Ask, sessions: list[str]) -> set[tuple[str, str | None]]:
        """What was erased in these sessions: pairs of a session and a note, or None for all of it."""
        found = ask(
            f"SELECT session, body FROM events WHERE what = 'erased' AND session IN ({self._among('them')})",
            {"them": json.dumps(sessions)},
        )
        try:
            return {(session, json.loads(body).get("note")) for session, body in found}
        except (AttributeError, ValueError, RecursionError) as fault:
            raise StoreError("damaged", path=self.place) from fault

    def _crcs_by_id(self, ask: Ask, ids: list[str]) -> dict[str, list[int]]:
        kept: dict[str, list[int]] = {}
        for start in range(0, len(ids), _BATCH):
            for id, crc in ask(
                f"SELECT id, crc FROM events WHERE id IN ({self._among('ids')})",
                {"ids": json.dumps(ids[start : start + _BATCH])},
            ):
                kept.setdefault(id, []).append(crc)
        return kept

    def _every_row(self) -> Iterator[list[tuple]]:
        arrival = 0
        while True:
            with self._reading() as ask:
                rows = ask(
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
            raise StoreError("damaged", path=self.place) from fault

    def _by_session(self, rows: Iterable[tuple]) -> dict[str, list[Event]]:
        """The events of rows by session, without the sessions that have an unreadable one; these are told."""
        found: dict[str, list[Event]] = {}
        unreadable: list[str] = []
        for event in _readable(rows, unreadable):
            found.setdefault(event.session, []).append(event)
        for session in sorted(set(unreadable)):
            found.pop(session, None)
            warnings.warn(text("store.left_out", session=session, path=self.place), stacklevel=3)
        return found

    def _deck(self, fingerprint: str, body: str) -> Deck:
        """The deck of a row; one that reads otherwise than it was written is a damage to the store."""
        try:
            deck = _deck_of(body)
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as fault:
            raise StoreError("damaged", path=self.place) from fault
        if deck.fingerprint != fingerprint:
            raise StoreError("damaged", path=self.place)
        return deck


@dataclass
class Batch:
    """A transaction that is open, and what is to be noted down before it is committed."""

    ask: Ask
    rows: list[dict] = field(default_factory=list)
    decks: list[Deck] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=dict)  # by session: how far it was read


# --- what comes in ------------------------------------------------------------------------------------


class _Sorting:
    """Which events are new to a store, list by list, as if each had been kept before the next one came."""

    def __init__(self, erased: set[tuple[str, str | None]]):
        self.erased = erased
        self.kept: dict[str, list[int]] = {}
        self.wanted: list[dict] = []
        self.markers: list[Erased] = []

    def sort(self, events: list[Event]) -> ImportCounts:
        """Count the events of one list, and put those that are to be kept with `wanted`."""
        rows = {(row["id"], row["crc"]): (event, row) for event in events for row in [row_of(event)]}
        # What was erased earlier is in no table, though a list before this one may have brought it.
        gone = {key for key, (event, _) in rows.items() if is_covered(event, self.erased)}
        fresh = [key for key in rows if key in gone or key[1] not in self.kept.get(key[0], ())]
        markers = [rows[key][0] for key in fresh if isinstance(rows[key][0], Erased)]
        self.erased |= set(map(_covers, markers))
        wanted = [rows[key] for key in fresh if not is_covered(rows[key][0], self.erased)]
        differing = sum(event.id in self.kept for event, _ in wanted)
        for event, row in wanted:
            self.kept.setdefault(event.id, []).append(row["crc"])
        self.wanted += [row for _, row in wanted]
        self.markers += markers
        return ImportCounts(len(wanted), len(events) - len(fresh), len(fresh) - len(wanted), differing)


# --- rows ---------------------------------------------------------------------------------------------


def row_of(event: Event) -> dict:
    """An event as a row: id, session, what, body (JSON of the rest), crc. ValueError if it can't be kept.

    The form of the body is a promise to every version: the fields by name, written as Python's `json` writes
    them. So what a newer version has kept is the same, letter by letter, when it is read and written again.
    """
    record = to_record(event)
    # What could not be read again must not be kept; what this version makes is of a form that it knows.
    (from_stored_record if is_newer(event) else from_record)(record)
    id, session, what = record.pop("id"), record.pop("session"), record.pop("what")
    body = json.dumps(record, ensure_ascii=False, sort_keys=True)
    return {"id": id, "session": session, "what": what, "body": body, "crc": crc_of(id, session, what, body)}


_MAYBE_HALF_A_LETTER = re.compile(r"\\u[dD][89a-fA-F]")
_decode = json.JSONDecoder().raw_decode  # as json.loads, without a look for space around it


def crc_of(id: str, session: str, what: str, body: str) -> int:
    """The checksum of a row (CRC-32, as in zip files): it tells a bit that has tipped over on a disk."""
    return zlib.crc32(f"{id}\n{session}\n{what}\n{body}".encode())


_UNREADABLE = (AttributeError, KeyError, TypeError, ValueError, RecursionError)


def _readable(rows: Iterable[tuple], unreadable: list[str]) -> Iterator[Event]:
    """The events of rows. Of one that reads otherwise than it was written, the session is added to a list."""
    for row in rows:
        try:
            yield event_of(row)
        except _UNREADABLE:
            unreadable.append(str(row[1]))


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
    """The deck that a text tells; thousands of sessions are dealt from the same few."""
    return Deck.from_record(json.loads(body))


def deck_body(deck: Deck) -> str:
    """A deck as JSON."""
    return json.dumps(deck.to_record(), ensure_ascii=False)


def _characters(row: tuple) -> int:
    """How much a person wrote in an event; of what a newer version has kept, every text that is no id."""
    with suppress(*_UNREADABLE):
        event = event_of(row)
        if row[2] in _WRITTEN or is_known_kind(row[2]):
            return sum(len(getattr(event, name)) for name in _WRITTEN.get(row[2], ()))
        return sum(len(written) for written in texts_of(event) if not is_id(written)) - len(row[2])
    return 0  # nobody can tell what a damaged one says


def _is_covered(row: tuple, session: str, note: str | None) -> bool:
    """True for a row that an erasure takes away; also for a damaged one that names what is erased."""
    try:
        return is_covered(event_of(row), {(session, note)})
    except _UNREADABLE:
        return row[1] == session if note is None else note in row[3]


def _touched(events: Iterable[Event]) -> list[str]:
    """The sessions whose erasures events must heed."""
    return sorted({session for event in events for session in sessions_of(event)})


def _covers(marker: Erased) -> tuple[str, str | None]:
    return marker.session, marker.note


def _marker(ask: Ask, session: str, covered: list[tuple], note: str | None) -> Erased | None:
    """What an erasure of these rows is to leave; None when there are none."""
    if not covered:
        return None
    newest = ask("SELECT max(id) FROM events WHERE session = :it", {"it": session})[0][0]
    return Erased(
        id=new_id(_now(), after=newest),
        session=session,
        note=note,
        events=len({row[0] for row in covered}),
        characters=sum(_characters(row) for row in covered),
    )


def _now() -> int:
    return time.time_ns() // 1_000_000


def _last_arrival(ask: Ask, session: str) -> int:
    return ask("SELECT max(arrival) FROM events WHERE session = :it", {"it": session})[0][0] or 0
