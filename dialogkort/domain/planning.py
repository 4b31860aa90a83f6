"""A workshop's plan: folded from its events, and the deck that it lays on each group's table."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from dialogkort.domain.deck import OWN_SERIES, Area, Card, Deck
from dialogkort.domain.draw import Draw
from dialogkort.domain.event_ids import Id
from dialogkort.domain.events import DrawPlan, Event, QuestionWritten, RetentionSet, WorkshopPlanned
from dialogkort.domain.timing import Timing
from dialogkort.domain.undo import effective_events

_OWN = "own-"
PICKED = (DrawPlan.CHOSEN, DrawPlan.OWN_ORDER)


@dataclass(frozen=True)
class Plan:
    """How a workshop was planned last, and the facilitator's own questions, in the order they were begun.

    `keep_until` is the day (ISO 8601) until which its groups keep their notes, or empty.
    """

    planned: WorkshopPlanned
    questions: tuple[QuestionWritten, ...] = ()
    keep_until: str = ""

    @property
    def timing(self) -> Timing:
        """The minutes of the plan."""
        planned = self.planned
        return Timing(planned.minutes, planned.opening, planned.per_card, planned.plenum, planned.breaks)

    def lays(self, deck: Deck) -> Deck:
        """The deck of a table: without what is left out, with one's own questions after the deck's.

        Every card of it lies on the table, so whatever counts the cards of a session's deck counts these.
        """
        own = _own_cards(self.questions, deck)
        names = {area.name for area in deck.areas}
        areas = dict.fromkeys(card.area for card in own if card.area not in names)
        return replace(
            deck,
            areas=(*deck.areas, *map(Area, areas)),
            cards=tuple(card for card in (*deck.cards, *own) if self._is_on_table(card)),
        )

    @property
    def draw(self) -> Draw:
        """How the table's cards are laid."""
        return Draw(self.planned.draw, self.planned.areas, self.planned.chosen)

    def _is_on_table(self, card: Card) -> bool:
        planned = self.planned
        if planned.draw in PICKED:
            return card.id in planned.chosen
        if planned.draw is DrawPlan.BY_AREA and planned.areas and card.area not in planned.areas:
            return False
        return card.id not in planned.left_out


def read_plan(events: Iterable[Event]) -> Plan | None:
    """The plan that events lead to, in whatever order and however often they are given; None without one."""
    effective = effective_events(events)
    planned = [event for event in effective if isinstance(event, WorkshopPlanned)]
    if not planned:
        return None
    questions: dict[Id, QuestionWritten] = {}
    for event in effective:
        if isinstance(event, QuestionWritten):
            questions[event.question] = event  # where it was begun it stays
    days = [event.until for event in effective if isinstance(event, RetentionSet)]
    open_questions = tuple(one for one in questions.values() if not one.withdrawn)
    return Plan(planned[-1], open_questions, days[-1] if days else "")


def without_withdrawn(events: Iterable[Event]) -> list[Event]:
    """The events without questions that were withdrawn, in all their versions; for what others are handed."""
    events = list(events)
    newest: dict[Id, QuestionWritten] = {}
    for event in effective_events(event for event in events if isinstance(event, QuestionWritten)):
        if isinstance(event, QuestionWritten):
            newest[event.question] = event
    withdrawn = {question for question, event in newest.items() if event.withdrawn}
    return [
        event for event in events if not (isinstance(event, QuestionWritten) and event.question in withdrawn)
    ]


def card_id(question: Id) -> str:
    """The id that a question of one's own has as a card."""
    return f"{_OWN}{question}"


def is_own_card(id: str) -> bool:
    """True for the id of a card that is a question of one's own."""
    return id.startswith(_OWN)


def _own_cards(questions: Iterable[QuestionWritten], deck: Deck) -> list[Card]:
    """The questions as cards of a series of their own; one without words or area is none yet.

    An area that the deck has not (any more) comes along with its question.
    """
    written = [one for one in questions if one.text.strip() and one.area]
    first = max((card.number for card in deck.cards), default=0) + 1
    label = deck.cards[0].examples_label if deck.cards else ""
    return [
        Card(
            id=card_id(one.question),
            number=number,
            area=one.area,
            area_confidence="sure",
            question=one.text.strip(),
            examples=tuple(example for example in one.examples if example),
            examples_label=label,
            is_own=True,
            label=f"{OWN_SERIES}{number - first + 1}",
        )
        for number, one in enumerate(written, start=first)
    ]
