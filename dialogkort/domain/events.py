"""The kinds of events, at a table and when notes are coded afterwards, each one small frozen value.

A session is the list of its events and nothing else, and so are a coding project and a workshop's plan (their
id stands where a session's does). An event is never changed; taking a step back is one more event (`Undone`,
see `undo`). Only an erasure removes something, and leaves a marker (`Erased`, see `erasures`). The id is a
UUIDv7 (`event_ids`) and says when it happened, so a list put together from many places sorts itself, and the
same event met twice is one. How they are stored: `event_records`.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from dialogkort.domain.event_ids import Id, is_id, time_of


class Agreement(StrEnum):
    """How a group saw a card when it had talked: agreeing is not the point, saying so is data."""

    ALIKE = "alike"
    DIFFERENTLY = "differently"
    NOT_SETTLED = "not settled"


class SkipReason(StrEnum):
    """Why a group let a card lie."""

    NOT_RELEVANT = "not relevant"
    UNCLEAR = "unclear"
    ALREADY_COVERED = "already covered"
    NO_TIME = "no time"


class NoteKind(StrEnum):
    """What a note is."""

    POINT = "point"
    EXAMPLE = "example"
    DISAGREEMENT = "disagreement"
    COMPETENCE_NEED = "competence need"
    NEXT_STEP = "next step"


class TimerStart(StrEnum):
    """What a group's timer starts with."""

    NEVER = "never"
    BY_HAND = "by hand"
    WITH_CARD = "with card"  # whenever a card is turned


class StepStatus(StrEnum):
    """What has become of a next step."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class VoteSubject(StrEnum):
    """What a room votes on."""

    THEMES = "themes"
    STEPS = "steps"
    NOTES = "notes"


class DrawPlan(StrEnum):
    """How the cards of a table were laid; the analysis takes all but a plain shuffle as dealt."""

    SHUFFLE = "shuffle"  # any card at any place
    BALANCED = "balanced"  # every area as often, as far as one comes
    BY_AREA = "by area"  # one area after the other, shuffled inside
    CHOSEN = "chosen"  # the cards that somebody has chosen, shuffled
    OWN_ORDER = "own order"  # the cards that somebody has chosen, as they were put


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that happened in a session: `id` is a UUIDv7, `session` the id of the session.

    `unknown_fields` is what a newer version has told besides, as a JSON object; empty when there is nothing.
    It is kept, handed on and erased with the event, and means nothing here.
    """

    id: Id
    session: Id
    unknown_fields: str = ""

    @property
    def at(self) -> int:
        """When it happened, in milliseconds since 1970 (UTC)."""
        return time_of(self.id)


@dataclass(frozen=True, kw_only=True, slots=True)
class Described(Event):
    """Who meets where: opens a session, and corrects it later (the newest description holds).

    `date` and nothing else is ISO 8601 (`2026-03-01`); `participants` is a whole number or not told.
    """

    workshop: str
    organisation: str = ""
    unit: str = ""
    date: str = ""
    group: str = ""
    participants: int | None = None
    note_taker: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dealt(Event):
    """The deck is spread face down: `order` is every card's id, place by place.

    `plan` says how it was drawn (`draw.DrawPlan`), `prepared` in which workshop's plan that was written.
    `opening_questions` are that plan's own for the opening round, as they read then (`opening.Opening`).
    """

    deck: str
    seed: int
    order: tuple[str, ...]
    plan: str = "shuffle"
    prepared: Id | None = None
    opening_questions: tuple[str, ...] = ()
    opening_own_only: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CardEvent(Event):
    """Something that happens to a card on the table."""

    card: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Turned(CardEvent):
    """A card that lay face down is turned and read aloud."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AgreementChosen(CardEvent):
    """The group says how it sees a card that was turned, or (with none) takes that back."""

    agreement: Agreement | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Discussed(CardEvent):
    """The group has talked about a card."""

    agreement: Agreement | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Skipped(CardEvent):
    """The group lets a card lie."""

    reason: SkipReason | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PutBack(CardEvent):
    """A turned card is laid face down again, last in the row of cards to draw."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WentBack(CardEvent):
    """The group takes up a card again that it turned earlier. What it said of the card still holds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MinutesTold(CardEvent):
    """How long a group talked about a card, of a session that was typed in; with none, nobody knows."""

    minutes: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TurnsOrdered(Event):
    """The cards of a session that was typed in were turned in this order; those not named, after them."""

    order: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted(Event):
    """A note as it reads from now on; `note` is the note's own id, the same through all its versions.

    It belongs to a `card` or, in the opening round, to `opening_question` 1 or 2, from 3 one of one's own.
    `owner` and `due` (ISO 8601) are for a next step. `after` is the version it was written upon, so that two
    who write in the same note at once are told from one who goes on writing; in the first version of a note
    that took another one's place (because that had to be erased) it is that note's id.
    """

    note: Id
    text: str
    kind: NoteKind = NoteKind.POINT
    card: str | None = None
    opening_question: int | None = None
    owner: str = ""
    due: str = ""
    after: Id | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteRemoved(Event):
    """A note is taken off the pad (undo brings it back)."""

    note: Id


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended(Event):
    """The group has finished. What is written or turned afterwards counts all the same."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reopened(Event):
    """The group takes a session up again that it had ended."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TypedIn(Event):
    """The session was held on paper and typed in afterwards: its times are those of the typing.

    The day it was held is the `date` it is described with, the order of its cards the order of their turns.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockDiffered(Event):
    """From here on the session's times are later than the computer's clock said: how much is not certain.

    A clock that was ahead, or was set back, makes ids that go on from the newest one, so that order is kept.
    `clock` is what it said, in milliseconds since 1970 (UTC).
    """

    clock: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TimerSet(Event):
    """How long the group's timer runs from now on, and what it starts with; with `never` it stops."""

    seconds: int
    starts: TimerStart = TimerStart.NEVER


@dataclass(frozen=True, kw_only=True, slots=True)
class TimerStarted(Event):
    """The timer is started by hand; one that runs begins anew."""

    seconds: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TimerExtended(Event):
    """The group takes more time: from when it is up or, when it is up already, from now."""

    seconds: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TimerStopped(Event):
    """The timer is stopped, or what it says when time is up is put away."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SilenceBegun(CardEvent):
    """Before the talk everybody writes about a card alone; what is handed in is seen by nobody as yet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SilentlyNoted(Event):
    """Somebody has handed in what they wrote alone about a card; nobody knows who. Its id is the note's."""

    note: Id
    card: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SilenceEnded(CardEvent):
    """The silence is over: the group is shown what was written about the card, and nothing more comes in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rated(Event):
    """Somebody answers the closing question, from 1 to 5 and with one `word`; nobody says who."""

    rating: int
    word: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RatingsShown(Event):
    """The group has heard what it answered to the closing question; nobody answers after that."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StepStatusSet(Event):
    """What has become of a next step, in a word; `noted_in` is the session the note was noted in.

    Said in that session itself or, at the next meeting, in one that follows it up.
    """

    note: Id
    noted_in: Id
    status: StepStatus
    word: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUpMarked(Event):
    """The session follows up these earlier ones, of one workshop; with none, it follows up nothing."""

    follows: tuple[Id, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RetentionSet(Event):
    """The notes are to be kept until a day (ISO 8601), and erased then by hand; empty: nothing is said."""

    until: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class HandsCounted(Event):
    """How many hands went up for a note when the room chose what matters; with none, they do not count.

    In a plenum, for a theme or a note that stands to vote: `note` is the id of either.
    """

    note: Id
    hands: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class VotesShown(Event):
    """The room sees how many hands each note got or, when it chooses once more, does not.

    In a plenum it closes the vote that was opened last, or opens it again.
    """

    is_shown: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class CodingNamed(Event):
    """Notes are to be coded: opens a coding project, and renames it later (the newest name holds)."""

    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeDefined(Event):
    """A code as it reads from now on; `code` is the code's own id, the same through all its versions.

    A `retired` code is not offered any more. What was coded with it stays.
    """

    code: Id
    name: str
    definition: str = ""
    retired: bool = False
    coder: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Coded(Event):
    """A coder says of a note that a code applies to it, or takes that back.

    `noted_in` is the session the note was noted in. With no `code`: the note was read, and none applies. With
    no `coder`: the coders have settled it together, which changes nothing of what each of them has said.
    """

    note: Id
    noted_in: Id
    code: Id | None = None
    applies: bool = True
    coder: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MemoWritten(Event):
    """What a coder thinks of a note, as it reads from now on; empty when the memo is taken away."""

    note: Id
    noted_in: Id
    text: str
    coder: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlenumOpened(Event):
    """A coding project is a plenum's: there the room lays notes of these sessions together under themes."""

    sessions: tuple[Id, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PlenumStep(Event):
    """These events were one act of the room, and are taken back together."""

    events: tuple[Id, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class VoteOpened(Event):
    """In a plenum these themes or notes stand to vote; a phone chooses up to `choices` of them."""

    items: tuple[Id, ...]
    subject: VoteSubject
    choices: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class VoteCast(Event):
    """What a phone chooses, or how many hands a table counts (`hands`, by item); the last word counts.

    `voter` tells one device from the others in this `vote` alone, and says nothing of it. Nor does the id say
    when: it carries the moment the vote was opened.
    """

    vote: Id
    voter: str
    items: tuple[Id, ...] = ()
    hands: tuple[int, ...] = ()

    @property
    def counts(self) -> tuple[tuple[Id, int], ...]:
        """What each item gets."""
        return tuple(zip(self.items, self.hands or (1,) * len(self.items), strict=False))


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkshopPlanned(Event):
    """A workshop is prepared: opens its plan, and is the whole of it as it reads from now on.

    A plan is a store's entry of its own, as a coding project is: its id stands where a session's does. `date`
    is ISO 8601, `starts` a time of day as `09:10`. `deck` is the fingerprint of the deck that is drawn from;
    `areas`, `chosen` (ids of cards) and `left_out` (likewise) say which of it, `draw` how. Minutes are those
    of the whole workshop, its opening round, a card, the plenum and the breaks. `catalogue` is the address of
    the organisation's own catalogue of competences, `catalogue_file` what its file is called, and
    `catalogue_digest` the file's SHA-256: the file itself is kept beside the store. `opening_questions` are
    the facilitator's own for the opening round, beside the usual ones or, with `opening_own_only`, instead of
    them. `follows` are the sessions of an earlier workshop that this one follows up.
    """

    deck: str
    workshop: str = ""
    organisation: str = ""
    unit: str = ""
    date: str = ""
    purpose: str = ""
    groups: tuple[str, ...] = ()
    starts: str = ""
    minutes: int = 90
    opening: int = 10
    per_card: int = 5
    plenum: int = 10
    breaks: int = 0
    draw: DrawPlan = DrawPlan.BALANCED
    areas: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    rules: str = ""
    turner: str = ""
    writer: str = ""
    timekeeper: str = ""
    catalogue: str = ""
    opening_questions: tuple[str, ...] = ()
    opening_own_only: bool = False
    catalogue_file: str = ""
    catalogue_digest: str = ""
    follows: tuple[Id, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionWritten(Event):
    """A facilitator's own question as it reads from now on, beside the deck's; `question` is its own id.

    It belongs to an `area` of the deck, once that was chosen: without one it lies on no table. One that is
    `withdrawn` is not asked any more.
    """

    question: Id
    text: str
    area: str
    examples: tuple[str, ...] = ()
    withdrawn: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Undone(Event):
    """Earlier events no longer count. Undoing an `Undone` makes them count again."""

    events: tuple[Id, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Erased(Event):
    """A note in all its versions, or (with no `note`) the whole session, is gone for good and stays so.

    `events` and `characters` tell how much there was.
    """

    events: int
    characters: int
    note: Id | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class UnknownEvent(Event):
    """Something of a kind that only a newer version knows: `what` names it, `unknown_fields` is all it tells.

    It is kept word for word, and no fold counts it.
    """

    what: str

    @property
    def note(self) -> Id | None:
        """The note it speaks of, if it names one."""
        return self._id_in("note")

    @property
    def noted_in(self) -> Id | None:
        """The session that the note was noted in, if it names one."""
        return self._id_in("noted_in")

    def _id_in(self, field: str) -> Id | None:
        value = json.loads(self.unknown_fields).get(field) if self.unknown_fields else None
        return value if is_id(value) else None


_AnyEvent = TypeVar("_AnyEvent", bound=Event)

KINDS: dict[str, type[Event]] = {
    "described": Described,
    "dealt": Dealt,
    "turned": Turned,
    "agreement chosen": AgreementChosen,
    "discussed": Discussed,
    "skipped": Skipped,
    "put back": PutBack,
    "went back": WentBack,
    "minutes told": MinutesTold,
    "turns ordered": TurnsOrdered,
    "noted": Noted,
    "note removed": NoteRemoved,
    "ended": Ended,
    "reopened": Reopened,
    "typed in": TypedIn,
    "clock differed": ClockDiffered,
    "coding named": CodingNamed,
    "code defined": CodeDefined,
    "coded": Coded,
    "memo written": MemoWritten,
    "undone": Undone,
    "erased": Erased,
    "timer set": TimerSet,
    "timer started": TimerStarted,
    "timer extended": TimerExtended,
    "timer stopped": TimerStopped,
    "silence begun": SilenceBegun,
    "silently noted": SilentlyNoted,
    "silence ended": SilenceEnded,
    "plenum opened": PlenumOpened,
    "plenum step": PlenumStep,
    "rated": Rated,
    "ratings shown": RatingsShown,
    "step status": StepStatusSet,
    "follow-up marked": FollowUpMarked,
    "retention set": RetentionSet,
    "hands counted": HandsCounted,
    "votes shown": VotesShown,
    "workshop planned": WorkshopPlanned,
    "question written": QuestionWritten,
    "vote opened": VoteOpened,
    "vote cast": VoteCast,
}
OF_TIMER = (TimerSet, TimerStarted, TimerExtended, TimerStopped)
OF_SILENCE = (SilenceBegun, SilentlyNoted, SilenceEnded)
OF_CLOSING = (Rated, RatingsShown, StepStatusSet, FollowUpMarked, RetentionSet, HandsCounted, VotesShown)
OF_A_NOTE = (Noted, NoteRemoved, SilentlyNoted, HandsCounted)
CODING_OF_A_NOTE = (Coded, MemoWritten)  # in a coding project, wherever the note is
OF_A_NOTE_ELSEWHERE = (*CODING_OF_A_NOTE, StepStatusSet)  # kept in another session than the note, or may be


def is_known_kind(what: str) -> bool:
    """True for a kind of event, by its name in records, that this version knows."""
    return what in KINDS


def is_newer(event: Event) -> bool:
    """True for what a newer version has written: of a kind, or with fields, that are not known here."""
    return bool(event.unknown_fields) or isinstance(event, UnknownEvent)


def newest_description(events: Iterable[Event]) -> Described:
    """Who meets where, as it was described last. `ValueError` when nobody has said."""
    return max(each_once(event for event in events if isinstance(event, Described)), key=by_id)


def workshop_of(details: Described) -> tuple[str, str, str]:
    """What makes sessions one workshop: the same name, organisation and day."""
    return details.workshop, details.organisation, details.date


def by_id(event: Event) -> Id:
    """The id of an event, which events are sorted by."""
    return event.id


def each_once(events: Iterable[_AnyEvent]) -> Iterable[_AnyEvent]:
    """Every event once; of those that differ under one id, the same one everywhere."""
    unique: dict[Id, _AnyEvent] = {}
    for event in events:
        if (other := unique.setdefault(event.id, event)) is not event and other != event:
            unique[event.id] = min(other, event, key=repr)
    return unique.values()
