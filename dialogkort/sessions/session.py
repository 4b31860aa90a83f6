"""One group's session: its events in a store, and the table and the pad they lead to.

Every method that changes something returns when the change is on the disk.
A move that is not possible, or a store that cannot be written, raises and changes nothing.
"""

import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields, replace
from datetime import date
from typing import TypedDict, Unpack

from dialogkort.domain.deck import Deck
from dialogkort.domain.details import DETAILS, Details
from dialogkort.domain.draw import Draw
from dialogkort.domain.event_ids import NO_ID, Id, id_between, is_id, new_id, time_of
from dialogkort.domain.events import (
    OF_CLOSING,
    OF_SILENCE,
    OF_TIMER,
    Agreement,
    AgreementChosen,
    CardEvent,
    ClockDiffered,
    Dealt,
    Described,
    Discussed,
    Ended,
    Erased,
    Event,
    FollowUpMarked,
    HandsCounted,
    MinutesTold,
    Noted,
    NoteKind,
    NoteRemoved,
    PutBack,
    Rated,
    RatingsShown,
    Reopened,
    RetentionSet,
    SilenceBegun,
    SilenceEnded,
    SilentlyNoted,
    Skipped,
    SkipReason,
    StepStatus,
    StepStatusSet,
    TimerExtended,
    TimerSet,
    TimerStart,
    TimerStarted,
    TimerStopped,
    Turned,
    TurnsOrdered,
    TypedIn,
    Undone,
    VotesShown,
    WentBack,
    workshop_of,
)
from dialogkort.domain.history import History
from dialogkort.domain.limits import (
    HANDS,
    LATE_HAND_IN,
    MAX_FOLLOWED_UP,
    MAX_NAME_LENGTH,
    MAX_NOTE_LENGTH,
    MAX_RATINGS,
    MAX_SILENT_LENGTH,
    MAX_SILENT_NOTES,
    MAX_WORD_LENGTH,
    MINUTES,
    MORE_RATINGS,
    PEOPLE,
    QUOTED,
    RATINGS,
    RATINGS_SHOWN_FROM,
    TIMER_SECONDS,
    YEARS,
)
from dialogkort.domain.notepad import Note
from dialogkort.domain.opening import Opening, opening_of
from dialogkort.domain.table import Table
from dialogkort.domain.undo import NOT_A_STEP
from dialogkort.errors import ErasedError, IllegalMove, InvalidAction, writable
from dialogkort.i18n import text
from dialogkort.i18n.formats import day_in_words
from dialogkort.sessions.opening_ids import opening_ids
from dialogkort.store import Store

_SHUFFLED = Draw()
_USUAL_OPENING = Opening()
_CLOCK_TOLERANCE = 24 * 3_600_000  # ms a device's clock may be ahead
# What a group does. The rest is made by the store and by coders, or has happened when the session began.
_MOVES = (Described, CardEvent, TurnsOrdered, Noted, NoteRemoved, Ended, Reopened, Undone)
_RECORDED = (*_MOVES, *OF_TIMER, *OF_SILENCE, *OF_CLOSING)


class NoteFields(TypedDict, total=False):
    """Where a note belongs and what it is: fields of `Noted`, as `Session.note` takes them."""

    card: str | None
    opening_question: int | None
    kind: NoteKind
    owner: str
    due: str
    after: Id | None


def start(
    store: Store,
    deck: Deck,
    *,
    seed: int | None = None,
    typed_in: bool = False,
    draw: Draw = _SHUFFLED,
    prepared: Id | None = None,
    keep_until: str = "",
    opening: Opening = _USUAL_OPENING,
    **details: Unpack[Details],
) -> "Session":
    """A new session with the deck dealt face down.

    `details` are the fields of `Described` (workshop, organisation, unit, date, group, participants,
    note_taker); `InvalidAction` when they make no sense. The same `seed` (0 to 2^63 - 1) deals
    the same order again; without one it is drawn at random. With `typed_in` it was held on paper, on the day
    of its `date`, and is typed in now. `draw` is how the cards are laid, `prepared` the workshop's plan it
    comes from. The notes are kept until the day `keep_until`, or as long as the other groups of the
    workshop keep theirs. `opening` has the questions of the opening round.
    """
    seed = secrets.randbits(32) if seed is None else seed
    if not 0 <= seed < 2**63:
        raise ValueError(f"seed: {seed}")
    order = draw.lay(deck.cards, seed)
    id = opening_ids.new(_now())
    dealing = new_id(_now(), after=id)
    described = validated_description(Described(id=id, session=id, **details))
    if typed_in:
        _check_day_of_meeting(described.date)
    mark = [TypedIn(id=new_id(_now(), after=dealing), session=id)] if typed_in else []
    dealt = Dealt(
        id=dealing,
        session=id,
        deck=deck.fingerprint,
        seed=seed,
        order=order,
        plan=draw.plan.value,
        prepared=prepared,
        opening_questions=opening.own,
        opening_own_only=opening.own_only,
    )
    newest = mark[-1].id if mark else dealing
    until = keep_until or _keep_until_of_workshop(store, described)
    retention = [RetentionSet(id=new_id(_now(), after=newest), session=id, until=until)] if until else []
    store.keep_deck(deck)
    store.append([described, dealt, *mark, *retention])
    return Session(store, id)


def _keep_until_of_workshop(store: Store, described: Described) -> str:
    """The day until which the other groups of a workshop keep their notes, the latest; empty without one."""
    days = store.retention_days()
    if not (days and described.workshop):
        return ""
    sessions = store.sessions()
    identity = workshop_of(described)
    of_workshop = (id for id in days if id in sessions and workshop_of(sessions[id]) == identity)
    return max((days[id] for id in of_workshop), default="")


class Session:
    """A session that is kept in a store, to go on with."""

    REFERS_TO_OTHER_SESSIONS = False  # what is erased in other sessions leaves it as it is

    def __init__(self, store: Store, id: str):
        self.id = id if is_id(id) else NO_ID  # what a page or a person names may be none
        self._store = store
        self._position = 0
        self._history = History()
        if self.id:
            self.catch_up()
        if self._history.dealt is None:
            raise InvalidAction(
                text("session.erased") if self.is_erased else text("session.unknown", session=id[:40])
            )
        self.dealt: Dealt = self._history.dealt
        self.deck: Deck = store.deck(self.dealt.deck)

    @property
    def events(self) -> tuple[Event, ...]:
        """Everything that has happened, in the order it reached the store."""
        return tuple(self._history.events)

    @property
    def position(self) -> int:
        """The number, in the store, of the last event it knows of."""
        return self._position

    @property
    def history(self) -> History:
        """The events and all that follows from them."""
        return self._history

    @property
    def is_erased(self) -> bool:
        """True when everything in it was erased for good; nothing is kept in it any more."""
        return self._history.is_erased

    @property
    def details(self) -> Described:
        """Who meets where, as last described."""
        if self.is_erased:
            return Described(id=self.id, session=self.id, workshop="")
        return self._history.details

    @property
    def opening(self) -> Opening:
        """The questions of its opening round."""
        return opening_of(self.dealt)

    @property
    def table(self) -> Table:
        """The cards as they lie."""
        return self._history.table

    @property
    def is_ended(self) -> bool:
        """True when the group has finished and has not taken the session up again."""
        return self._history.ended_at is not None

    @property
    def is_typed_in(self) -> bool:
        """True when the session was held on paper and typed in afterwards."""
        return self._history.is_typed_in

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes on the pad, in the order they were begun."""
        return self._history.notes

    @property
    def next_undo(self) -> tuple[Event, ...]:
        """What `undo` would take back."""
        return self._history.next_undo

    def turn(self, card: str) -> None:
        """Turn a card that lies face down."""
        self.record(Turned(id=self._new_id(), session=self.id, card=card))

    def discuss(self, card: str, agreement: Agreement | None = None) -> None:
        """Say that a turned card was talked about."""
        self.record(Discussed(id=self._new_id(), session=self.id, card=card, agreement=agreement))

    def choose_agreement(self, card: str, agreement: Agreement | None) -> None:
        """Say how the group sees a turned card; None takes that back."""
        self.record(AgreementChosen(id=self._new_id(), session=self.id, card=card, agreement=agreement))

    def skip(self, card: str, reason: SkipReason | None = None) -> None:
        """Let a turned card lie."""
        self.record(Skipped(id=self._new_id(), session=self.id, card=card, reason=reason))

    def tell_minutes(self, card: str, minutes: int | None) -> None:
        """Say how long a card was talked about, in a session that is typed in; None when nobody knows."""
        self.record(MinutesTold(id=self._new_id(), session=self.id, card=card, minutes=minutes))

    def order_turns(self, order: tuple[str, ...]) -> None:
        """Say in which order the cards were turned, in a session that is typed in."""
        self.record(TurnsOrdered(id=self._new_id(), session=self.id, order=order))

    def put_back(self, card: str) -> None:
        """Lay a turned card face down again."""
        self.record(PutBack(id=self._new_id(), session=self.id, card=card))

    def go_back(self, card: str) -> None:
        """Take up a card that was turned earlier."""
        self.record(WentBack(id=self._new_id(), session=self.id, card=card))

    def note(self, content: str, *, note: Id | None = None, **fields: Unpack[NoteFields]) -> Id:
        """Write a note, or a new version of `note`; returns the note's id.

        `fields` are those of `Noted`: `card` or `opening_question` says where it belongs; `kind`; `owner` and
        `due` for a next step.
        """
        note = note or self._new_id()
        self.record(Noted(id=self._new_id(), session=self.id, note=note, text=content, **fields))
        return note

    def remove_note(self, note: Id) -> None:
        """Take a note off the pad."""
        self.record(NoteRemoved(id=self._new_id(), session=self.id, note=note))

    def undo(self) -> None:
        """Take the newest step back; again for the one before it."""
        self.catch_up()
        if not self.next_undo:
            raise InvalidAction(text("session.nothing_to_undo"))
        self._undo(*(event.id for event in self.next_undo))

    def redo(self) -> None:
        """Let count again what `undo` took back last; again for what it took back before that."""
        self.catch_up()
        if not (undone := self._history.next_redo):
            raise InvalidAction(text("session.nothing_to_redo"))
        self._undo(undone.id)

    def describe(self, **details: Unpack[Details]) -> None:
        """Correct who meets where."""
        self.record(Described(id=self._new_id(), session=self.id, **details))

    def set_timer(self, seconds: int, starts: TimerStart) -> None:
        """Say how long the timer runs from now on, and what it starts with."""
        self.record(TimerSet(id=self._new_id(), session=self.id, seconds=seconds, starts=starts))

    def start_timer(self, seconds: int) -> None:
        """Start the timer by hand."""
        self.record(TimerStarted(id=self._new_id(), session=self.id, seconds=seconds))

    def extend_timer(self, seconds: int) -> None:
        """Take more time."""
        self.record(TimerExtended(id=self._new_id(), session=self.id, seconds=seconds))

    def stop_timer(self) -> None:
        """Stop the timer, or put away what it says when time is up."""
        self.record(TimerStopped(id=self._new_id(), session=self.id))

    def begin_silence(self, card: str) -> None:
        """Let everybody write about a turned card alone, before the talk."""
        self.record(SilenceBegun(id=self._new_id(), session=self.id, card=card))

    def note_silently(self, card: str, content: str) -> Id:
        """Hand in what somebody wrote alone; returns the note's id, which does not say when that was."""
        id = self._new_id()
        round = self._history.silence.rounds.get(card)
        if round and round.is_open:
            id = new_id(0, after=round.begun)
        self.record(SilentlyNoted(id=id, session=self.id, note=id, card=card, text=content))
        return id

    def show_silent_notes(self, card: str) -> None:
        """Show the group what was written about a card in silence."""
        self.record(SilenceEnded(id=self._new_id(), session=self.id, card=card))

    def end(self) -> None:
        """Say that the group has finished."""
        self.record(Ended(id=self._new_id(), session=self.id))

    def reopen(self) -> None:
        """Take the session up again after it was ended."""
        self.record(Reopened(id=self._new_id(), session=self.id))

    def rate(self, rating: int, word: str = "") -> None:
        """Answer the closing question, from 1 to 5 and with a word; once for everybody at the table."""
        self.record(Rated(id=self._new_id(), session=self.id, rating=rating, word=word))

    def show_ratings(self) -> None:
        """Say that the group hears what was answered to the closing question; nobody answers after that."""
        self.record(RatingsShown(id=self._new_id(), session=self.id))

    def set_step_status(
        self, note: Id, status: StepStatus, word: str = "", noted_in: Id | None = None
    ) -> None:
        """Say what has become of a next step of this session, or of the one (`noted_in`) it follows up."""
        self.record(
            StepStatusSet(
                id=self._new_id(),
                session=self.id,
                note=note,
                noted_in=noted_in or self.id,
                status=status,
                word=word,
            )
        )

    def follow_up(self, *sessions: Id) -> None:
        """Say that this session follows up earlier ones; with none, that it does not."""
        self.record(FollowUpMarked(id=self._new_id(), session=self.id, follows=sessions))

    def keep_until(self, day: str) -> None:
        """Say until which day (ISO 8601) the notes are to be kept; empty takes it back."""
        self.record(RetentionSet(id=self._new_id(), session=self.id, until=day))

    def count_hands(self, note: Id, hands: int | None) -> None:
        """Say how many hands went up for a note; None takes the count back."""
        self.record(HandsCounted(id=self._new_id(), session=self.id, note=note, hands=hands))

    def show_votes(self, is_shown: bool = True) -> None:
        """Show the room how many hands each note got, or hide it again."""
        self.record(VotesShown(id=self._new_id(), session=self.id, is_shown=is_shown))

    def record(self, event: Event) -> None:
        """Let an event happen that was made elsewhere (in the page). One that is kept already is left alone.

        `InvalidAction` when it makes no sense here, `IllegalMove` when the rules forbid it. An event older
        than the newest one (it waited for a connection) is kept as history: the fold gives it the effect it
        had then.
        """
        self.catch_up()
        if self._has_recorded(event):
            return
        while not (self._has_recorded(event) or self._append(event)):
            self.catch_up()  # another window was faster: look again whether it makes sense
        self.catch_up()

    def take_back(self, event: Undone) -> None:
        """Take back the whole step that ends with the one event that is named, as `undo` does."""
        self.catch_up()
        if self._has_recorded(event):
            return
        step = self._history.step_until(event.events[0]) if len(event.events) == 1 else ()
        if not step:
            raise InvalidAction(text("session.nothing_to_undo"))
        self.record(replace(event, events=tuple(one.id for one in step)))

    def redact(self, event: Noted) -> None:
        """Let a note go on as another one, `event`, and erase the one there was, `event.after`, for good.

        The versions of a note hold what was taken out of it, so a note cannot be redacted and stay the same
        one. The new note's id is that of its first version. Done again it changes nothing.
        """
        if event.note != event.id or not event.after:
            raise _no_such_move()
        self.record(event)
        with suppress(InvalidAction):  # there is nothing of it (any more)
            self.erase(event.after)

    def erase(self, note: Id | None = None) -> Erased:
        """Remove a note, or everything in this session, for good; the marker that is left says how much."""
        erased = self._store.erase(self.id, note=note)
        if not erased:
            raise InvalidAction(text("session.note_unknown"))
        self.catch_up()
        return erased[0]

    def catch_up(self) -> bool:
        """Take in what other windows have written since; True when there was something."""
        new_events, self._position = self._store.events(self.id, after=self._position)
        self._history.add(new_events)
        return bool(new_events)

    def forget(self) -> None:
        """Forget all that was read: what was appended last has not been kept. `catch_up` reads it anew."""
        self._position = 0
        self._history = History()

    def _has_recorded(self, event: Event) -> bool:
        return event.id in self._history

    def _append(self, event: Event) -> bool:
        if self._history.has_erased(event):
            raise InvalidAction(text("session.erased"))
        event = self._validated(event)
        if event.id > self._history.newest:
            self.table.after(event)
        try:
            return self._store.append([*self._clock_marks(event), event], expected=self._position)
        except ErasedError:
            raise InvalidAction(text("session.erased")) from None

    def _clock_marks(self, event: Event) -> list[ClockDiffered]:
        """What to keep before an event whose time is more than a day later than the clock says: once."""
        clock, newest = _now(), self._history.newest
        if self._history.clock_differed or event.at <= clock + _CLOCK_TOLERANCE or event.id < newest:
            return []
        id = id_between(newest, event.id)
        return [ClockDiffered(id=id, session=self.id, clock=clock)] if id else []

    def _undo(self, *events: Id) -> None:
        self.record(Undone(id=self._new_id(), session=self.id, events=events))

    def _new_id(self) -> Id:
        """The id of an event that happens now, behind all that is known by now."""
        self.catch_up()
        return new_id(_now(), after=self._history.newest)

    def _validated(self, event: Event) -> Event:
        """The event as it can be kept, or `InvalidAction`."""
        if event.session != self.id:
            raise InvalidAction(text("session.unknown", session=event.session))
        # Once a clock has run ahead, all that follows is later than it says: no reason to lose a note.
        # But a phone moves no clock: with a step at a time it would move it by weeks.
        newest = 0 if isinstance(event, SilentlyNoted) else time_of(self._history.newest)
        if event.at > max(_now(), newest) + _CLOCK_TOLERANCE:
            raise InvalidAction(text("session.clock"))
        if not isinstance(event, _RECORDED):
            raise IllegalMove("already dealt") if isinstance(event, Dealt) else _no_such_move()
        if event.id < self.dealt.id:
            raise InvalidAction(text("session.clock_behind"))
        for card in _cards_of(event):
            if card not in self.dealt.order:
                raise InvalidAction(text("session.card_unknown", card=card[:40]))
        match event:
            case Undone(events=undone) if any(isinstance(self._history.get(id), NOT_A_STEP) for id in undone):
                raise InvalidAction(text("session.nothing_to_undo"))
            case Described():
                described = validated_description(event)
                if self.is_typed_in:
                    _check_day_of_meeting(described.date)
                return described
            case MinutesTold() | TurnsOrdered() if not self.is_typed_in:
                raise _no_such_move()
            case MinutesTold(minutes=minutes):
                _check_minutes(minutes)
            case TimerSet(seconds=seconds) | TimerStarted(seconds=seconds) | TimerExtended(seconds=seconds):
                _check_seconds(seconds)
            case SilentlyNoted():
                return self._validated_silent_note(event)
            case Noted():
                return self._resolve_conflict(self._validated_note(event))
            case NoteRemoved(note=note) if self._history.notepad.get(note) is None:
                raise InvalidAction(text("session.note_unknown"))
            case _ if isinstance(event, OF_CLOSING):
                return self._validated_closing(event)
        return event

    def _validated_closing(self, event: Event) -> Event:
        closing = self._history.closing
        match event:
            case Rated(rating=rating, word=word):
                if closing.ratings_shown:
                    raise InvalidAction(text("session.ratings_shown"))
                if len(closing.ratings) >= self._most_ratings():
                    raise InvalidAction(text("session.too_many_ratings"))
                return replace(event, word=_checked_word(rating, word))
            case RatingsShown() if not closing.can_show_ratings:
                raise InvalidAction(text("session.too_few_ratings", fewest=RATINGS_SHOWN_FROM))
            case StepStatusSet(noted_in=noted_in, word=word):
                if noted_in != self.id and noted_in not in closing.follows:
                    raise InvalidAction(text("session.not_followed_up"))
                _check_length(word)
                return replace(event, word=writable(word.strip()))
            case FollowUpMarked(follows=follows):
                if self.id in follows or len(follows) > MAX_FOLLOWED_UP:
                    raise InvalidAction(text("session.not_followed_up"))
            case RetentionSet(until=until):
                check_day(until)
            case HandsCounted(note=note, hands=hands):
                if self._history.notepad.get(note) is None:
                    raise InvalidAction(text("session.note_unknown"))
                if hands is not None and hands not in HANDS:
                    raise InvalidAction(text("session.hands", value=hands, most=HANDS[-1]))
        return event

    def _most_ratings(self) -> int:
        """As many as sit at the table, and some that came later; a device is handed round."""
        participants = self.details.participants
        return MAX_RATINGS if participants is None else participants + MORE_RATINGS

    def _validated_note(self, event: Noted) -> Noted:
        if len(event.text) > MAX_NOTE_LENGTH:
            raise InvalidAction(
                text("session.note_too_long", length=len(event.text), longest=MAX_NOTE_LENGTH)
            )
        if (event.card is None) == (event.opening_question is None):
            raise InvalidAction(text("session.note_nowhere"))
        if event.opening_question not in (None, *self.opening.known):
            raise InvalidAction(text("session.note_nowhere"))
        _check_length(event.owner)
        check_day(event.due)
        return replace(event, text=writable(event.text), owner=writable(event.owner))

    def _validated_silent_note(self, event: SilentlyNoted) -> SilentlyNoted:
        round = self._history.silence.rounds.get(event.card)
        if event.note != event.id or not event.text.strip():
            raise _no_such_move()
        if round is None or not round.takes(event.id):
            raise InvalidAction(text("session.silence_over"))
        if not round.is_open and _now() > time_of(round.ended) + LATE_HAND_IN:
            raise InvalidAction(text("session.silence_over"))
        if len(event.text) > MAX_SILENT_LENGTH:
            raise InvalidAction(
                text("session.note_too_long", length=len(event.text), longest=MAX_SILENT_LENGTH)
            )
        if len(round.waiting) + len(round.shown) >= MAX_SILENT_NOTES:
            raise InvalidAction(text("session.too_many_silent_notes"))
        return replace(event, text=writable(event.text.strip()))

    def _resolve_conflict(self, event: Noted) -> Noted:
        """The event as a version of its note, or as a note of its own when two wrote in the same one at once.

        It is written upon a version that is no longer the newest: kept as it stands, it would hide what the
        other one wrote. What takes a note's place (its id is the note's) is no version of that one.
        """
        if event.note == event.id:
            return event
        before = self._history.get(event.after) if event.after else None
        if not isinstance(before, Noted):
            return event
        note = self._history.notepad.get(before.note)
        newest = note.version if note else before.id
        return replace(event, note=before.note if newest == before.id else event.id)


def validated_description(event: Described) -> Described:
    """A description that can be kept: workshop and group told, a real date, a likely number of people."""
    values = {field.name: getattr(event, field.name) for field in fields(event)}
    values |= {name: writable(value.strip()) for name, value in values.items() if isinstance(value, str)}
    for detail in DETAILS:
        if detail.required and not values[detail.name]:
            raise InvalidAction(text(f"session.{detail.name}_missing"))
    for detail in DETAILS:
        _CHECKS[detail.kind](values[detail.name])
    return Described(**values)


def _cards_of(event: Event) -> tuple[str, ...]:
    """The cards that an event speaks of."""
    if isinstance(event, TurnsOrdered):
        return event.order
    card = event.card if isinstance(event, CardEvent | Noted | SilentlyNoted) else None
    return () if card is None else (card,)


def _no_such_move() -> InvalidAction:
    return InvalidAction(text("session.no_such_move"))


def _check_length(name: str) -> None:
    if len(name) > MAX_NAME_LENGTH:
        raise InvalidAction(text("session.name_too_long", value=name[:QUOTED], longest=MAX_NAME_LENGTH))


def _checked_word(rating: int, word: str) -> str:
    """The word that goes with a rating as it can be kept: in one line, and not long."""
    if rating not in RATINGS:
        raise InvalidAction(text("session.rating", value=rating, lowest=RATINGS[0], highest=RATINGS[-1]))
    word = " ".join(writable(word).split())
    if len(word) > MAX_WORD_LENGTH:
        raise InvalidAction(text("session.word_too_long", value=word[:QUOTED], longest=MAX_WORD_LENGTH))
    return word


def _check_count(number: int | None) -> None:
    if number is not None and number not in PEOPLE:
        raise InvalidAction(text("session.participants", value=number, fewest=PEOPLE[0], most=PEOPLE[-1]))


def _check_minutes(minutes: int | None) -> None:
    if minutes is not None and minutes not in MINUTES:
        raise InvalidAction(text("session.minutes", value=minutes, most=MINUTES[-1]))


def _check_seconds(seconds: int) -> None:
    if seconds not in TIMER_SECONDS:
        raise InvalidAction(text("session.timer", value=seconds, most=TIMER_SECONDS[-1] // 3600))


def _check_day_of_meeting(day: str) -> None:
    """A session on paper was held on a day that has come."""
    if not day:
        raise InvalidAction(text("session.date_missing"))
    if day > date.today().isoformat():
        raise InvalidAction(text("session.not_held_yet", value=day_in_words(date.fromisoformat(day))))


def check_day(day: str) -> None:
    """`InvalidAction` when a day is told that is no likely one, as 2026-07-01."""
    try:
        # Python also reads 20260301 and 2026-W09-7; others who get the notes may not.
        is_valid = not day or date.fromisoformat(day).isoformat() == day
    except ValueError:
        is_valid = False
    if not is_valid:
        raise InvalidAction(text("session.no_date", value=day[:QUOTED]))
    if day and int(day[:4]) not in YEARS:
        raise InvalidAction(text("session.no_year", value=day[:4], first=YEARS[0], last=YEARS[-1]))


_CHECKS: dict[str, Callable[..., None]] = {
    "text": _check_length,
    "choice": _check_length,
    "count": _check_count,
    "day": check_day,
}


def _now() -> int:
    return time.time_ns() // 1_000_000
