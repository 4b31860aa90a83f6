"""What a group does next, made up: moves and notes that a page could say, and what must come of them."""

import contextlib
import json
import os
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Protocol

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from dialogkort.domain.deck import Deck
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.event_records import to_record
from dialogkort.domain.events import (
    Agreement,
    Dealt,
    Discussed,
    Event,
    Noted,
    NoteKind,
    NoteRemoved,
    PutBack,
    Skipped,
    SkipReason,
    Turned,
    Undone,
    WentBack,
)
from dialogkort.domain.notepad import Note
from dialogkort.domain.notepad import read as read_notes
from dialogkort.domain.table import Table, play
from dialogkort.domain.undo import last_step
from dialogkort.errors import InvalidAction, StoreError
from dialogkort.sessions.session import Session, start
from dialogkort.store import Store, open_store

WORDS = ("vi øver os", "på hinanden", "når der er tid", "og spørger borgerne", "før systemet", "går i drift")
CANNOT_RUN = 77  # the exit code when a machine lacks what a trial needs


class Seen(Protocol):
    """What a page sees of a session; a `Session` will do."""

    id: str
    events: Sequence[Event]
    table: Table
    notes: Sequence[Note]
    next_undo: Sequence[Event]


@dataclass
class PageSession:
    """A session as a page sees it: by the events it knows of, the ones it has just sent included."""

    id: str
    events: list[Event] = field(default_factory=list)

    @property
    def table(self) -> Table:
        return play(self.events)

    @property
    def notes(self) -> tuple[Note, ...]:
        return read_notes(self.events)

    @property
    def next_undo(self) -> tuple[Event, ...]:
        return last_step(self.events)


# --- what happens next ----------------------------------------------------------------------------------


def next_event(seen: Seen, chance: Random) -> Event:
    """A move or a note that the rules allow."""
    return next_note(seen, chance) if chance.random() < 0.4 else next_move(seen, chance)


def next_move(seen: Seen, chance: Random) -> Event:
    """A card is turned, settled, put back or taken up again, or a step is undone."""
    turned, hand, down = list(seen.table.turned), seen.table.current, seen.table.face_down
    moves = []
    if down and hand is None:
        moves += [lambda: (Turned, {"card": chance.choice(down)})] * 12
    if hand:
        moves += [lambda: (Discussed, {"card": hand, "agreement": chance.choice(_AGREEMENTS)})] * 6
        moves += [lambda: (Skipped, {"card": hand, "reason": chance.choice(_REASONS)})] * 2
    if turned:
        # Towards the end most cards lie face up, and the afternoon must go on.
        moves += [lambda: (PutBack, {"card": chance.choice(turned)})] * (1 if down else 12)
        moves += [lambda: (WentBack, {"card": chance.choice(turned)})]
    if undo := seen.next_undo:
        moves += [lambda: (Undone, {"events": tuple(event.id for event in undo)})]
    kind, fields = chance.choice(moves)()
    return kind(id=_next_id(seen), session=seen.id, **fields)


def next_note(seen: Seen, chance: Random) -> Event:
    """A new note, another version of the newest one, or (seldom) one that is taken off the pad."""
    id, notes = _next_id(seen), seen.notes
    if notes and chance.random() < 0.05:
        return NoteRemoved(id=id, session=seen.id, note=chance.choice(notes).id)
    content = " ".join(chance.choices(WORDS, k=chance.randint(2, 15)))
    if notes and chance.random() < 0.5:
        newest = notes[-1]
        fields = {"card": newest.card, "opening_question": newest.opening_question}
        return Noted(id=id, session=seen.id, note=newest.id, after=newest.version, text=content, **fields)
    card = seen.table.current or chance.choice(seen.table.order)
    return Noted(id=id, session=seen.id, note=id, text=content, card=card, kind=chance.choice(list(NoteKind)))


_AGREEMENTS = (*Agreement, None)
_REASONS = (*SkipReason, None)


def _next_id(seen: Seen) -> str:
    newest = max((event.id for event in seen.events), default="")
    return new_id(time.time_ns() // 1_000_000, after=newest)


# --- another process that plays ---------------------------------------------------------------------------


def played(
    folder: Path,
    session: str | None,
    deck: Deck,
    seed: float,
    *,
    control: bool = False,
    prepare: Callable[[Store], object] = lambda store: None,
) -> Iterator[dict]:
    """A session without an end: what is asked for, and what is acknowledged (too early for a `control`)."""
    chance, store = Random(seed), open_store(folder)
    prepare(store)
    at_table = Session(store, session) if session else start(store, deck, workshop="Prøve", group="Gruppe 1")
    yield {"began": at_table.id}
    while True:
        event = next_event(at_table, chance)
        yield {"asked": to_record(event)}
        if control:
            yield {"kept": event.id}
        at_table.record(event)
        if not control:
            yield {"kept": event.id}


@contextlib.contextmanager
def forked(playing: Iterator[dict]) -> Iterator[tuple[int, int]]:
    """Another process that says line by line what it plays, for others to kill: its id, where to listen."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            for line in playing:
                os.write(writer, json.dumps(line).encode() + b"\n")  # short enough to be whole or not at all
        except BaseException:
            traceback.print_exc()
        os._exit(1)
    os.close(writer)
    try:
        yield child, reader
    finally:
        os.kill(child, signal.SIGKILL)
        os.close(reader)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != -signal.SIGKILL:
            raise SystemExit("a process broke off by itself")


# --- what must have come of it --------------------------------------------------------------------------


def faults(store: Store, session: str, acknowledged: Iterable[Event], underway: Iterable[Event]) -> list[str]:
    """What is wrong with a session that is kept, in words; nothing when it is as it must be.

    Every acknowledged event is there once and as it was said; of those underway (sent, and not yet
    acknowledged) each may be there once; there is nothing else; the table is the fold of just these.
    """
    stored = [event for event in store.events(session)[0] if not is_opening(event)]
    sent = {event.id: event for event in (*acknowledged, *underway)}
    errors = [f"lost: {event}" for event in acknowledged if all(one.id != event.id for one in stored)]
    errors += [
        f"kept {times} times: {id}" for id, times in Counter(e.id for e in stored).items() if times > 1
    ]
    errors += [f"never said: {event}" for event in stored if event.id not in sent]
    errors += [f"changed: {event}" for event in stored if event.id in sent and event != sent[event.id]]
    return errors + _table_faults(store, session, stored)


def count_stored(store: Store, events: Sequence[Event]) -> int:
    """How many of some events a store has."""
    stored = {event.id for event in store.every_event()}
    return sum(event.id in stored for event in events)


def _table_faults(store: Store, session: str, stored: list[Event]) -> list[str]:
    try:
        reopened = Session(store, session)
    except (InvalidAction, StoreError) as fault:
        return [f"does not open: {fault}"]
    expected = play([*filter(is_opening, reopened.events), *stored])
    if (reopened.table.current, reopened.table) != (expected.current, expected):
        return [f"another table: {reopened.table.current} instead of {expected.current}"]
    if reopened.notes != read_notes(stored):
        return ["other notes than those said"]
    return []


def is_opening(event: Event) -> bool:
    """True for the two events that `start` makes."""
    return event.id == event.session or isinstance(event, Dealt)


@dataclass
class Count:
    """What the kills of one kind have come to. What was sent and had no answer yet was underway."""

    kills: int = 0
    acknowledged: int = 0
    underway: int = 0
    underway_stored: int = 0
    faults: list[str] = field(default_factory=list)

    def row(self, name: str) -> tuple:
        return name, self.kills, self.acknowledged, self.underway, self.underway_stored, len(self.faults)


# --- what is printed -------------------------------------------------------------------------------------


def print_table(title: str, head: Sequence[object], rows: Iterable[Sequence[object]]) -> None:
    """A Markdown table."""
    print(f"\n**{title}**\n")
    for line in (head, ["---"] * len(head), *rows):
        print("| " + " | ".join(map(str, line)) + " |")
    print(flush=True)


def print_faults(errors: Sequence[str], most: int = 20) -> int:
    """Say what went wrong; the exit code."""
    for fault in errors[:most]:
        print("FAULT:", fault)
    if len(errors) > most:
        print(f"… and {len(errors) - most} more")
    return 1 if errors else 0
