"""What the page predicts is what the rules decide: random sessions, folded in Python and by the page.

A session is cut somewhere: what came before is known to the server, the rest is still on its way. The page
predicts from the server's state and the rest; the rules fold all of it.
"""

import json
from random import Random

from deno_runner import run_script

from dialogkort.domain import events as ev
from dialogkort.domain import notepad
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.event_records import to_record
from dialogkort.domain.history import History
from dialogkort.domain.table import play, turns
from dialogkort.domain.undo import effective_events, last_step, next_redo
from dialogkort.ui.workshop.view import closing_view, details_view, timer_view

SESSIONS = 4000
CARDS = tuple("abcdef")
START = 1_750_000_000_000
BLANKS = ("", " ", "\n\t", "\x1c", "\u00a0", "\ufeff", "\x85")
TEXTS = ("ord", "to ord", "Et. ", "Et.", "Et. To", "linje\n", *BLANKS)
MOVES = (ev.Turned, ev.AgreementChosen, ev.Discussed, ev.Skipped, ev.PutBack, ev.WentBack)
MOVES_ON_PAPER = (*MOVES, ev.MinutesTold, ev.TurnsOrdered)


class RandomSession:
    """Something like an hour at a table, a misclick and a second window included."""

    def __init__(self, seed: int):
        self.random = Random(seed)
        self.now = START
        self.id = self.new_id()
        self.notes: list[str] = []
        described = ev.Described(id=self.id, session=self.id, workshop="W", group="1")
        dealt = ev.Dealt(id=self.new_id(), session=self.id, deck="d", seed=seed, order=CARDS)
        self.is_typed_in = seed % 4 == 0
        mark = [ev.TypedIn(id=self.new_id(), session=self.id)] if self.is_typed_in else []
        self.events: list[ev.Event] = [described, dealt, *mark]

    def new_id(self) -> str:
        self.now += self.random.choice([1, 900, 3_500, 3_501, 90_000])
        return new_id(self.now)

    def go_on(self, steps: int, first_of_window: int) -> None:
        for _ in range(steps):
            make = self.random.choice(
                [
                    self.move,
                    self.move,
                    self.write,
                    self.write,
                    self.remove,
                    self.bring_back,
                    self.undo,
                    self.redo,
                    self.tell,
                    self.time,
                    self.close,
                ]
            )
            if event := make(first_of_window):
                self.events.append(event)

    def move(self, _first: int) -> ev.Event:
        kind = self.random.choice(MOVES_ON_PAPER if self.is_typed_in else MOVES)
        facts = {}
        if kind is ev.MinutesTold:
            facts["minutes"] = self.random.choice([None, 0, 5])
        if kind is ev.TurnsOrdered:
            order = self.random.sample(CARDS, self.random.randint(1, len(CARDS)))
            return kind(id=self.new_id(), session=self.id, order=tuple(order))
        if kind in (ev.Discussed, ev.AgreementChosen):
            facts["agreement"] = self.random.choice([None, *ev.Agreement])
        if kind is ev.Skipped:
            facts["reason"] = self.random.choice([None, *ev.SkipReason])
        return kind(id=self.new_id(), session=self.id, card=self.random.choice(CARDS), **facts)

    def write(self, _first: int) -> ev.Event:
        if begins := not self.notes or self.random.random() < 0.4:
            self.notes.append(self.new_id())  # with its first letter
        note = self.notes[-1] if begins else self.random.choice(self.notes)
        card = self.random.choice(CARDS) if self.random.random() < 0.8 else None
        where = {"card": card} if card else {"opening_question": self.random.choice([1, 2])}
        return ev.Noted(
            id=self.new_id(),
            session=self.id,
            note=note,
            text=self.random.choice(TEXTS),
            kind=self.random.choice(list(ev.NoteKind)),
            owner=self.random.choice(["", "", "Bo"]),
            due=self.random.choice(["", "", "2026-03-01"]),
            **where,
        )

    def tell(self, _first: int) -> ev.Event:
        """The details are put right, or the session is ended and taken up again."""
        kind = self.random.choice([ev.Described, ev.Ended, ev.Reopened])
        facts = {"workshop": "W2", "group": "2", "participants": 5} if kind is ev.Described else {}
        return kind(id=self.new_id(), session=self.id, **facts)

    def time(self, _first: int) -> ev.Event:
        """The timer is set, started, extended or stopped."""
        kind = self.random.choice(ev.OF_TIMER)
        facts = {} if kind is ev.TimerStopped else {"seconds": self.random.choice([1, 60, 300])}
        if kind is ev.TimerSet:
            facts["starts"] = self.random.choice([*ev.TimerStart, ev.TimerStart.WITH_CARD])
        return kind(id=self.new_id(), session=self.id, **facts)

    def close(self, _first: int) -> ev.Event:
        """Something of the end, which neither moves a card nor is undone."""
        facts, kind = self.random.choice(
            [({"rating": 4}, ev.Rated), ({"until": "2027-01-31"}, ev.RetentionSet)]
        )
        return kind(id=self.new_id(), session=self.id, **facts)

    def remove(self, _first: int) -> ev.Event | None:
        if not self.notes:
            return None
        return ev.NoteRemoved(id=self.new_id(), session=self.id, note=self.random.choice(self.notes))

    def bring_back(self, _first: int) -> ev.Event | None:
        """A note that was removed is on the pad again."""
        removed = notepad.Notepad(effective_events(self.events)).removed()
        if not removed:
            return None
        back = self.random.choice(removed)
        return ev.Undone(id=self.new_id(), session=self.id, events=back.removals)

    def undo(self, first: int) -> ev.Event | None:
        """The newest step of one's own; without contact a window takes back nothing that the server knows."""
        step = last_step(self.events[first:])
        if not step:
            return None
        undone = ev.Undone(id=self.new_id(), session=self.id, events=tuple(event.id for event in step))
        left = {
            event.note for event in effective_events([*self.events, undone]) if isinstance(event, ev.Noted)
        }
        self.notes = [note for note in self.notes if note in left]  # one that is gone is not gone on with
        return undone

    def redo(self, first: int) -> ev.Event | None:
        """The newest undoing of one's own, taken back."""
        if undone := next_redo(self.events[first:]):
            return ev.Undone(id=self.new_id(), session=self.id, events=(undone.id,))
        return None


def _card_facts(events: list[ev.Event]) -> dict[str, dict]:
    """What a group has said of each card: in what came of the last time it was turned."""
    latest = {turn.card: turn for turn in turns(events)}
    facts_by_card = {
        card: {"agreement": turn.agreement, "reason": turn.skip_reason} for card, turn in latest.items()
    }
    if any(isinstance(event, ev.TypedIn) for event in events):
        for card, turn in latest.items():
            facts_by_card[card]["minutes"] = turn.in_hand and turn.in_hand // 60_000
    return {
        card: {name: value for name, value in facts.items() if value} for card, facts in facts_by_card.items()
    }


def _table(events: list[ev.Event]) -> dict:
    table, history = play(events), History(events)
    return {
        "details": details_view(history.details),
        "ended": history.ended_at is not None,
        "order": list(table.order),
        "face_down": list(table.face_down),
        "turn_order": list(table.turned),
        "turned": {card: outcome.value for card, outcome in table.turned.items()},
        "current": table.current,
        "card_facts": _card_facts(events),
        "timer": timer_view(history.timer),
        "closing": closing_view(history.closing),
    }


def _note(note: notepad.Note) -> dict:
    names = ("id", "version", "text", "kind", "card", "opening_question", "owner", "due")
    return {name: getattr(note, name) for name in names}


def _notes(events: list[ev.Event]) -> dict[str, dict]:
    """The server's slice: with each note, by what it is sorted."""
    begun: dict[str, str] = {}
    for event in effective_events(events):
        if isinstance(event, ev.Noted):
            begun.setdefault(event.note, event.id)
    return {note.id: {**_note(note), "begun": begun[note.id]} for note in notepad.read(events)}


def _removed(events: list[ev.Event]) -> dict[str, dict]:
    """The server's slice of what is off the pad."""
    return {
        gone.note.id: {**_note(gone.note), "begun": gone.note.begun, "removals": list(gone.removals)}
        for gone in History(events).removed_notes
    }


def _as_seen(table: dict) -> dict:
    """Less what was said of a card that was put back, and what was left unsaid: nobody sees it."""
    facts = {
        card: {name: value for name, value in facts.items() if value}
        for card, facts in table["card_facts"].items()
        if card in table["turned"]
    }
    return {**table, "card_facts": {card: facts for card, facts in facts.items() if facts}}


def test_what_the_page_predicts_is_what_the_rules_decide():
    given, expected = [], []
    for seed in range(SESSIONS):
        session = RandomSession(seed)
        session.go_on(session.random.randint(0, 25), first_of_window=0)
        known = list(session.events)
        session.go_on(session.random.randint(0, 25), first_of_window=len(known))
        pending = session.events[len(known) :]
        given.append(
            {
                "table": _table(known),
                "notes": _notes(known),
                "removed": _removed(known),
                "pending": [to_record(event) for event in pending],
            }
        )
        notes = [_note(note) for note in notepad.read(session.events)]
        steps = {
            "step": [event.id for event in last_step(pending)],
            "redo": _redo(session.events, pending),
        }
        gone = [note for note, facts in _removed(session.events).items() if facts["removals"]]
        expected.append(
            {"table": _as_seen(_table(session.events)), "notes": notes, "removed": sorted(gone), **steps}
        )

    predicted = json.loads(run_script("predict.js", json.dumps(given)))
    assert len(predicted) == SESSIONS
    for seed, (page, rules) in enumerate(zip(predicted, expected, strict=True)):
        notes = [{name: note[name] for name in _NOTE_FIELDS} for note in page["notes"]]
        assert (seed, _as_seen(page["table"])) == (seed, rules["table"])
        assert (seed, notes) == (seed, rules["notes"])
        gone = [note["id"] for note in page["removed"] if note["removals"]]
        assert (seed, sorted(gone)) == (seed, rules["removed"])
        assert (seed, sorted(page["step"]), page["redo"]) == (seed, rules["step"], rules["redo"])


def _redo(events: list[ev.Event], pending: list[ev.Event]) -> str | None:
    """What redo takes back, when the page knows of it."""
    undone = next_redo(events)
    return undone.id if undone in pending else None


_NOTE_FIELDS = ("id", "version", "text", "kind", "card", "opening_question", "owner", "due")
