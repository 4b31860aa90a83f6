"""One session's events and what they lead to, kept up to date event by event.

`table.play`, `notepad.read` and `undo.effective_events` fold a list from the beginning. A session in use
grows by one event at a time, and nearly always at its end: then only what that event changes is changed here,
and an hour's last note costs what its first did. Whatever comes out of order (a step undone, something
erased, what waited for a connection) is folded anew.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import count

from dialogkort.domain.closing import Closing
from dialogkort.domain.erasures import is_covered, without_erased
from dialogkort.domain.event_ids import NO_ID, Id, newest_id
from dialogkort.domain.events import (
    AgreementChosen,
    CardEvent,
    ClockDiffered,
    Dealt,
    Described,
    Ended,
    Erased,
    Event,
    MinutesTold,
    Noted,
    Reopened,
    Turned,
    TypedIn,
    Undone,
    UnknownEvent,
    newest_description,
)
from dialogkort.domain.notepad import Note, Notepad, RemovedNote
from dialogkort.domain.outcomes import outcome_of
from dialogkort.domain.silence import Silence
from dialogkort.domain.table import Table
from dialogkort.domain.timer import Timer
from dialogkort.domain.undo import effective_events, ends_redo, newest_step, newest_undoable, next_redo
from dialogkort.errors import IllegalMove

_EPOCHS = count(1)  # no two histories have one in common: a window may have seen the one before


class History:
    """The events of a session, and the folds over them.

    Parameters
    ----------
    events : iterable of Event
        What has happened, in any order and however often.

    Examples
    --------
    >>> from dialogkort.domain.event_ids import new_id
    >>> from dialogkort.domain.events import Described
    >>> history = History([Described(id=new_id(1), session=new_id(1), workshop="Digital dag", group="1")])
    >>> history.details.workshop
    'Digital dag'
    """

    def __init__(self, events: Iterable[Event] = ()):
        self.events: list[Event] = []
        self.newest = NO_ID  # the id of the newest event, behind which new ones sort
        self._last = NO_ID  # the last id of all
        self.epoch = next(_EPOCHS)  # another one whenever all of it was folded anew
        self._by_id: dict[Id, Event] = {}
        self._fold([])
        self.add(events)

    def __contains__(self, id: str) -> bool:
        return id in self._by_id

    def has_erased(self, event: Event) -> bool:
        """Whether what an event belongs to was erased for good."""
        return bool(self._erased) and is_covered(event, self._erased)

    def get(self, id: Id) -> Event | None:
        """An event by its id."""
        return self._by_id.get(id)

    def add(self, events: Iterable[Event]) -> None:
        """Take in events, in the order they reached the store."""
        new_events = list(events)
        if not new_events:
            return
        if self._appends_in_order(new_events):
            self.events += new_events
            self._by_id.update((event.id, event) for event in new_events)
            for event in new_events:
                self._apply_effective(event)
        else:
            self.events = without_erased([*self.events, *new_events])
            self._by_id = {event.id: event for event in self.events}
            self._fold(effective_events(self.events))
            self.epoch = next(_EPOCHS)
        self._last = max(self._last, *(event.id for event in new_events))
        self.newest = newest_id(self.newest, (event.id for event in new_events))

    def _appends_in_order(self, new_events: Sequence[Event]) -> bool:
        """True when all of it is later than what is known, and takes nothing back."""
        last = self._last
        for event in new_events:
            if event.id <= last or isinstance(event, Undone | Erased) or event.id in self._undone:
                return False
            last = event.id
        return not any(map(self.has_erased, new_events))

    def _fold(self, effective: Sequence[Event]) -> None:
        self.effective: list[Event] = list(effective)
        self.table = Table()
        self.timer = Timer()
        self.silence = Silence()
        self.notepad = Notepad()
        self.closing = Closing()
        self.card_facts: dict[str, dict[str, str | int | None]] = {}
        self.replaced: dict[Id, Id] = {}
        self.dealt: Dealt | None = None
        self.ended_at: int | None = None  # ms since 1970; None while the session goes on
        self.clock_differed = False  # whether the times are certain
        self.is_typed_in = False  # whether they are those of a typing afterwards
        self._details: Described | None = None
        erasures = [event for event in self.events if isinstance(event, Erased)]
        self._erased = {(event.session, event.note) for event in erasures}
        self.is_erased = any(note is None for _, note in self._erased)
        self._undone = {id for event in self.events if isinstance(event, Undone) for id in event.events}
        self.next_redo = next_redo(self.events) if self._undone else None  # what redo would take back
        for event in self.effective:
            self._apply(event)
        for version in self._taken_back():
            self.notepad.miss(version)
        # Deal and description hold although somebody elsewhere has taken them back.
        described = [event for event in self.events if isinstance(event, Described)]
        self._details = newest_description(described) if described else None
        dealt = [event for event in self.events if isinstance(event, Dealt)]
        self.dealt = min(dealt, key=lambda event: (event.id, repr(event)), default=None)

    def _taken_back(self) -> Iterable[Noted]:
        """The last version of each note of which nothing counts any more."""
        if not self._undone:
            return ()
        counting = {event.note for event in self.effective if isinstance(event, Noted)}
        undone = [event for event in self.events if isinstance(event, Noted) and event.note not in counting]
        return {
            event.note: event for event in sorted(undone, key=lambda event: (event.id, repr(event)))
        }.values()

    def _apply_effective(self, event: Event) -> None:
        """Let an event count that is later than all before it; what only a newer version knows does not."""
        if ends_redo(event):
            self.next_redo = None
        if not isinstance(event, UnknownEvent):
            self.effective.append(event)
            self._apply(event)

    def _apply(self, event: Event) -> None:
        try:
            self.table = self.table.after(event)
        except IllegalMove:
            return  # two devices turned the same card: it was turned once
        self.timer = self.timer.after(event)
        self.silence = self.silence.after(event)
        self.notepad.add(event)
        self.closing = self.closing.after(event)
        match event:
            case Dealt() if self.dealt is None:
                self.dealt = event
            case Described():
                self._details = event
            case Ended(at=at):
                self.ended_at = at
            case Reopened():
                self.ended_at = None
            case ClockDiffered():
                self.clock_differed = True
            case TypedIn():
                self.is_typed_in = True
            case Noted(id=id, note=note, after=before) if id == note and before is not None:
                self.replaced[note] = before
            case AgreementChosen(card=card, agreement=agreement):
                facts = self.card_facts.get(card, {})
                self.card_facts[card] = {**facts, "agreement": agreement and agreement.value}
            case MinutesTold(card=card, minutes=minutes):
                self.card_facts[card] = {**self.card_facts.get(card, {}), "minutes": minutes}
            case Turned(card=card):
                self.card_facts.pop(card, None)
            case CardEvent(card=card) if (outcome := outcome_of(event)) and not outcome.is_face_down:
                values = {name: getattr(event, name) for name in outcome.fields}
                facts = self.card_facts.get(card, {})
                known = {"minutes": facts["minutes"]} if "minutes" in facts else {}
                self.card_facts[card] = known | {
                    name: value and value.value for name, value in values.items()
                }

    @property
    def details(self) -> Described:
        """Who meets where, as described last. `ValueError` when nobody has said."""
        if self._details is None:
            raise ValueError("not described")
        return self._details

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes on the pad, in the order they were begun."""
        return self.notepad.notes()

    @property
    def removed_notes(self) -> tuple[RemovedNote, ...]:
        """The notes that are off the pad and can be brought back."""
        return self.notepad.removed()

    @property
    def next_undo(self) -> tuple[Event, ...]:
        """The newest step, which undo would take back."""
        return newest_step(self.effective)

    def newest_undoable(self, passed_over: Callable[[Event], bool] = lambda event: False) -> Event | None:
        """The last event of the newest step that is not `passed_over`; not slower when the step is long."""
        return newest_undoable(self.effective, passed_over)

    def step_until(self, id: Id) -> tuple[Event, ...]:
        """The step that ends with an event; empty when that does not count (any more)."""
        last = next(
            (index for index, event in reversed(list(enumerate(self.effective))) if event.id == id), None
        )
        step = () if last is None else newest_step(self.effective[: last + 1])
        return step if step and step[-1].id == id else ()
