"""One workshop's plan: its events in a store, what they lead to, and the groups that begin from it.

Every method that changes something returns when the change is on the disk. What makes no sense is
`InvalidAction` and changes nothing. What is only half written (no name yet, too little time) is kept too.
"""

import re
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import fields, replace
from datetime import date
from typing import TypedDict, Unpack
from urllib.parse import urlsplit

from dialogkort.domain.deck import Deck
from dialogkort.domain.details import Details
from dialogkort.domain.erasures import without_erased
from dialogkort.domain.event_ids import NO_ID, Id, is_id, new_id, newest_id, time_of
from dialogkort.domain.events import Dealt, DrawPlan, Event, QuestionWritten, RetentionSet, WorkshopPlanned
from dialogkort.domain.limits import (
    MAX_EXAMPLES,
    MAX_FOLLOWED_UP,
    MAX_GROUPS,
    MAX_LINK_LENGTH,
    MAX_NAME_LENGTH,
    MAX_OPENING_LENGTH,
    MAX_OWN_OPENING,
    MAX_OWN_QUESTIONS,
    MAX_PLAN_TEXT,
    QUOTED,
    WORKSHOP_MINUTES,
)
from dialogkort.domain.opening import opening_of
from dialogkort.domain.planning import Plan, is_own_card, read_plan
from dialogkort.errors import ErasedError, InvalidAction, StoreError, writable
from dialogkort.i18n import text
from dialogkort.sessions.opening_ids import opening_ids
from dialogkort.sessions.session import Session, check_day, start
from dialogkort.store import Store, catalogues

_CLOCK_TOLERANCE = 24 * 3_600_000  # ms a device's clock may be ahead
_LINES = ("workshop", "organisation", "unit", "turner", "writer", "timekeeper", "catalogue_file")
_TEXTS = ("purpose", "rules")
_MINUTES = ("opening", "plenum", "breaks")
# Without what is not seen or turns the way it is read: another address than one that looks like it.
_UNSEEN = r"\x00-\x1f\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
_LINK = re.compile(rf"https?://[^\s{_UNSEEN}\\<>\"]+", re.IGNORECASE)
_TIME_OF_DAY = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


class PlanFields(TypedDict, total=False):
    """What a plan says: fields of `WorkshopPlanned`."""

    workshop: str
    organisation: str
    unit: str
    date: str
    purpose: str
    groups: tuple[str, ...]
    starts: str
    minutes: int
    opening: int
    per_card: int
    plenum: int
    breaks: int
    draw: DrawPlan
    areas: tuple[str, ...]
    chosen: tuple[str, ...]
    left_out: tuple[str, ...]
    rules: str
    turner: str
    writer: str
    timekeeper: str
    catalogue: str
    opening_questions: tuple[str, ...]
    opening_own_only: bool
    catalogue_file: str
    catalogue_digest: str
    follows: tuple[Id, ...]


def begin(store: Store, deck: Deck, **plan_fields: Unpack[PlanFields]) -> "WorkshopPlan":
    """A new plan in a store, for workshops with a deck."""
    id = opening_ids.new(_now())
    event = _validated_plan(WorkshopPlanned(id=id, session=id, deck=deck.fingerprint, **plan_fields))
    store.keep_deck(deck)
    store.append([event])
    return WorkshopPlan(store, id)


def copy(store: Store, plan: "WorkshopPlan", **plan_fields: Unpack[PlanFields]) -> "WorkshopPlan":
    """A new plan that reads as another one, with its questions and without its day: for the next time.

    What is given of `plan_fields` it says otherwise.
    """
    id = newest = opening_ids.new(_now())
    fields_of_next_time: PlanFields = {"date": "", "follows": (), **plan_fields}
    planned = replace(plan.planned, id=id, session=id, unknown_fields="", **fields_of_next_time)
    events: list[Event] = [_validated_plan(planned) if plan_fields else planned]
    for question in plan.plan.questions:
        newest = new_id(_now(), after=newest)
        events.append(replace(question, id=newest, session=id, unknown_fields=""))
    store.append(events)
    return WorkshopPlan(store, id)


def plan_follow_up(
    store: Store, sessions: tuple[Id, ...], deck: Deck, **plan_fields: Unpack[PlanFields]
) -> "WorkshopPlan":
    """The plan of a workshop that follows up some sessions of an earlier one.

    It is the one there is already, for that workshop and day. A new one reads as the earlier workshop's plan,
    with its cards and deck, questions, ground rules, roles and catalogue; where that was not prepared (or not
    here) it begins afresh, with `deck`.
    """
    who = plan_fields.get("workshop", ""), plan_fields.get("organisation", "")
    days = {"", plan_fields.get("date", "")}
    for id, planned in store.plans().items():
        is_same = (planned.workshop.strip(), planned.organisation.strip()) == who
        is_to_come = days == {""} and planned.date >= date.today().isoformat()
        if is_same and set(planned.follows) & set(sessions) and (planned.date in days or is_to_come):
            return WorkshopPlan(store, id)
    fields_of_follow_up: PlanFields = {**plan_fields, "follows": sessions}
    earlier = _earlier_plan(store, sessions)
    return (
        copy(store, earlier, **fields_of_follow_up) if earlier else begin(store, deck, **fields_of_follow_up)
    )


def has_plan(store: Store, sessions: Iterable[Id]) -> bool:
    """Whether one of some sessions began from a plan that is here."""
    return _earlier_plan(store, sessions) is not None


def _earlier_plan(store: Store, sessions: Iterable[Id]) -> "WorkshopPlan | None":
    """The plan that earlier sessions began from; None when there was none, or it is not here."""
    for session in sessions:
        with suppress(InvalidAction, StoreError):  # it is not here, or what is kept of it cannot be read
            for event in store.events(session)[0]:
                if isinstance(event, Dealt) and event.prepared:
                    return WorkshopPlan(store, str(event.prepared))
    return None


class WorkshopPlan:
    """A workshop's plan that is kept in a store, to go on with."""

    REFERS_TO_OTHER_SESSIONS = False  # what is erased in other sessions leaves it as it is

    def __init__(self, store: Store, id: str):
        self.id = id if is_id(id) else NO_ID  # what a page or a person names may be none
        self._store = store
        self._events: list[Event] = []
        self._position = 0
        self._plan: Plan | None = None
        self._deck: Deck | None = None
        if self.id:
            self.catch_up()
        if not self.is_open:
            raise InvalidAction(text("plan.unknown", plan=id[:QUOTED]))

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
        return self._plan is not None

    @property
    def plan(self) -> Plan:
        """The plan as it reads now. `InvalidAction` when it was erased."""
        if self._plan is None:
            raise InvalidAction(text("plan.erased"))
        return self._plan

    @property
    def planned(self) -> WorkshopPlanned:
        """The newest word on the workshop."""
        return self.plan.planned

    @property
    def deck(self) -> Deck:
        """The deck that the plan chooses from."""
        if self._deck is None or self._deck.fingerprint != self.planned.deck:
            self._deck = self._store.deck(self.planned.deck)
        return self._deck

    @property
    def table_deck(self) -> Deck:
        """What lies on each group's table."""
        return self.plan.lays(self.deck)

    def change(self, **plan_fields: Unpack[PlanFields]) -> None:
        """Say something else of the workshop; the rest stays."""
        self.catch_up()
        self.record(replace(self.planned, id=self._new_id(), unknown_fields="", **plan_fields))

    def use_deck(self, deck: Deck) -> None:
        """Choose from another deck from now on; what was chosen or left out of the old one is forgotten."""
        self._store.keep_deck(deck)
        while not self._append(self._with_deck(deck)):
            pass  # another window was faster
        self.catch_up()

    def _with_deck(self, deck: Deck) -> WorkshopPlanned:
        id = self._new_id()
        return replace(self.planned, id=id, unknown_fields="", **_fitting(self.planned, deck))

    def ask(
        self,
        words: str,
        area: str,
        examples: tuple[str, ...] = (),
        *,
        question: Id | None = None,
        withdrawn: bool = False,
    ) -> Id:
        """A question of one's own, or a new version of `question`; returns the question's id."""
        question = question or self._new_id()
        event = QuestionWritten(
            id=self._new_id(),
            session=self.id,
            question=question,
            text=words,
            area=area,
            examples=examples,
            withdrawn=withdrawn,
        )
        self.record(event)
        return question

    def keep_until(self, day: str) -> None:
        """Say until which day (ISO 8601) the groups keep their notes; empty takes it back."""
        self.record(RetentionSet(id=self._new_id(), session=self.id, until=day))

    def record(self, event: Event) -> None:
        """Let an event happen that was made elsewhere (in the page), unless it is kept already."""
        self.catch_up()
        while not any(known.id == event.id for known in self._events):
            event = self._validated(event)
            if self._append(event):
                self.catch_up()
                return
            self.catch_up()  # another window was faster

    def start_group(self, *, seed: int | None = None, **details: Unpack[Details]) -> Session:
        """A session of a group of this workshop, its cards dealt as planned; the plan says the rest."""
        self.catch_up()
        who_meets, deck = _details_of(self.planned), self.table_deck
        who_meets.update(details)
        if not deck.cards:
            raise InvalidAction(text("plan.no_cards"))
        session = start(
            self._store,
            deck,
            seed=seed,
            draw=self.plan.draw,
            prepared=self.id,
            keep_until=self.plan.keep_until,
            opening=opening_of(self.planned),
            **who_meets,
        )
        if self.planned.follows:
            session.follow_up(*self.planned.follows[:MAX_FOLLOWED_UP])  # it may have come in a file
        return session

    def catch_up(self) -> bool:
        """Take in what other windows have written since; True when there was something."""
        new_events, self._position = self._store.events(self.id, after=self._position)
        if new_events:
            self._events = without_erased([*self._events, *new_events])
            self._plan = read_plan(self._events)
        return bool(new_events)

    def forget(self) -> None:
        """Forget all that was read: what was appended last has not been kept. `catch_up` reads it anew."""
        self._events, self._position, self._plan = [], 0, None

    def _append(self, event: Event) -> bool:
        try:
            return self._store.append([event], expected=self._position)
        except ErasedError:
            raise InvalidAction(text("plan.erased")) from None

    def _newest(self) -> Id:
        return newest_id(NO_ID, (event.id for event in self._events))

    def _new_id(self) -> Id:
        self.catch_up()
        return new_id(_now(), after=self._newest())

    def _validated(self, event: Event) -> Event:
        """The event as it can be kept, or `InvalidAction`."""
        if event.session != self.id:
            raise InvalidAction(text("plan.unknown", plan=event.session))
        if event.at > max(_now(), time_of(self._newest())) + _CLOCK_TOLERANCE:
            raise InvalidAction(text("session.clock"))
        match event:
            case WorkshopPlanned():
                return _validated_plan(self._of_todays_deck(event))
            case QuestionWritten():
                return self._validated_question(event)
            case RetentionSet(until=until):
                check_day(until)
                return event
        raise InvalidAction(text("session.no_such_move"))

    def _of_todays_deck(self, event: WorkshopPlanned) -> WorkshopPlanned:
        """What was written before another deck was chosen holds for that one."""
        if event.deck == self.planned.deck:
            return event
        if event.deck not in {known.deck for known in self._events if isinstance(known, WorkshopPlanned)}:
            raise InvalidAction(text("session.no_such_move"))
        return replace(event, **_fitting(event, self.deck))

    def _validated_question(self, event: QuestionWritten) -> QuestionWritten:
        areas = {area.name for area in self.deck.areas} | {one.area for one in self.plan.questions}
        if event.area and event.area not in areas:  # half-written it is kept too, and lies on no table yet
            raise InvalidAction(text("plan.no_area", value=event.area[:QUOTED]))
        known = {one.question for one in self.plan.questions}
        if event.question not in known and len(known) >= MAX_OWN_QUESTIONS:
            raise InvalidAction(text("plan.too_many", most=MAX_OWN_QUESTIONS))
        if len(event.examples) > MAX_EXAMPLES:
            raise InvalidAction(text("plan.too_many", most=MAX_EXAMPLES))
        for words in (event.text, *event.examples):
            _check_text(words)
        examples = tuple(filter(None, (writable(example).strip() for example in event.examples)))
        return replace(event, text=writable(event.text), examples=examples)


def _fitting(planned: WorkshopPlanned, deck: Deck) -> dict:
    """The fields of a plan that name cards and areas, as far as a deck has them; and the deck."""
    cards, areas = {card.id for card in deck.cards}, {area.name for area in deck.areas}
    return {
        "deck": deck.fingerprint,
        "chosen": tuple(id for id in planned.chosen if id in cards or is_own_card(id)),
        "left_out": tuple(id for id in planned.left_out if id in cards or is_own_card(id)),
        "areas": tuple(area for area in planned.areas if area in areas),
    }


def is_link(address: str) -> bool:
    """True for an address that a page may lead to: http or https, to a host, without a name and password.

    Examples
    --------
    >>> is_link("https://www.kl.dk/kompetencer"), is_link("javascript:alert(1)"), is_link("kl.dk")
    (True, False, False)
    """
    if len(address) > MAX_LINK_LENGTH or not _LINK.fullmatch(address):
        return False
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:  # a bracket or a port that is none
        return False


def is_time_of_day(words: str) -> bool:
    """True for a time as it is kept: `09:10`."""
    return _TIME_OF_DAY.fullmatch(words) is not None


def plan_for(store: Store, workshop: str, organisation: str, day: str) -> "WorkshopPlan | None":
    """The newest plan of a workshop (see `events.workshop_of`), also one without a day; None without any."""
    id = find_plan(store.plans(), workshop, organisation, day)
    return WorkshopPlan(store, id) if id else None


def find_plan(plans: Mapping[Id, WorkshopPlanned], workshop: str, organisation: str, day: str) -> Id | None:
    """As `plan_for`, of plans that were read."""
    for id, planned in plans.items():
        is_same = (planned.workshop.strip(), planned.organisation.strip()) == (workshop, organisation)
        if is_same and planned.date in ("", day):
            return id
    return None


def plans_to_come(plans: Mapping[Id, WorkshopPlanned]) -> dict[Id, WorkshopPlanned]:
    """The plans of today and later by their day, then those without one; what has no name yet is left out."""
    today = date.today().isoformat()
    named = [(id, one) for id, one in plans.items() if one.workshop.strip()]
    coming = [(id, one) for id, one in named if not one.date or one.date >= today]
    return dict(sorted(coming, key=lambda plan: plan[1].date or "9999"))


def _details_of(planned: WorkshopPlanned) -> Details:
    """Who meets where, as far as the plan says; the day is today unless it says another."""
    return {
        "workshop": planned.workshop,
        "organisation": planned.organisation,
        "unit": planned.unit,
        "date": planned.date or date.today().isoformat(),
        "group": "",
    }


def plan_of(store: Store, session: Session) -> Plan | None:
    """The plan that a session began from, as it reads now; None without one, or when it is not here."""
    if session.dealt.prepared is None:
        return None
    return read_plan(store.events(session.dealt.prepared)[0])


def _validated_plan(event: WorkshopPlanned) -> WorkshopPlanned:
    values = {field.name: getattr(event, field.name) for field in fields(event)}
    values |= {name: writable(value) for name, value in values.items() if type(value) is str}
    event = WorkshopPlanned(**values | {"opening_questions": _validated_opening(event.opening_questions)})
    for name in (*_LINES, "groups"):
        for line in getattr(event, name) if name == "groups" else (getattr(event, name),):
            if len(line) > MAX_NAME_LENGTH:
                raise InvalidAction(
                    text("session.name_too_long", value=line[:QUOTED], longest=MAX_NAME_LENGTH)
                )
    for name in _TEXTS:
        _check_text(getattr(event, name))
    if len(event.follows) > MAX_FOLLOWED_UP:
        raise InvalidAction(text("session.not_followed_up"))
    if len(event.groups) > MAX_GROUPS:
        raise InvalidAction(text("plan.too_many", most=MAX_GROUPS))
    check_day(event.date)
    if event.catalogue and not is_link(event.catalogue):
        raise InvalidAction(text("plan.no_link", value=event.catalogue[:QUOTED]))
    if event.catalogue_digest and not catalogues.is_digest(event.catalogue_digest):
        raise InvalidAction(text("catalogue.unknown", name=event.catalogue_file[:QUOTED]))
    if event.starts and not is_time_of_day(event.starts):
        raise InvalidAction(text("plan.no_time_of_day", value=event.starts[:QUOTED]))
    _check_minutes(event)
    return event


def _validated_opening(questions: tuple[str, ...]) -> tuple[str, ...]:
    """The questions of the opening round as they can be kept: each in one line, and without empty ones."""
    lines = tuple(filter(None, (" ".join(writable(words).split()) for words in questions)))
    if len(lines) > MAX_OWN_OPENING:
        raise InvalidAction(text("plan.too_many", most=MAX_OWN_OPENING))
    for words in lines:
        if len(words) > MAX_OPENING_LENGTH:
            raise InvalidAction(text("plan.too_long", value=words[:QUOTED], longest=MAX_OPENING_LENGTH))
    return lines


def _check_minutes(event: WorkshopPlanned) -> None:
    fewest, most = WORKSHOP_MINUTES[0], WORKSHOP_MINUTES[-1]
    if event.minutes not in WORKSHOP_MINUTES:
        raise InvalidAction(text("plan.minutes", value=event.minutes, fewest=fewest, most=most))
    if event.per_card not in range(1, most + 1):
        raise InvalidAction(text("plan.minutes", value=event.per_card, fewest=1, most=most))
    for name in _MINUTES:
        if (value := getattr(event, name)) not in range(most + 1):
            raise InvalidAction(text("plan.minutes", value=value, fewest=0, most=most))


def _check_text(words: str) -> None:
    if len(words) > MAX_PLAN_TEXT:
        raise InvalidAction(text("plan.too_long", value=words[:QUOTED], longest=MAX_PLAN_TEXT))


def _now() -> int:
    return time.time_ns() // 1_000_000
