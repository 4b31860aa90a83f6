"""The rules of the table: deal, turn, discuss, skip, put back, go back.

A `Table` is a still picture. A move gives a new picture, or raises `IllegalMove` and changes nothing.
`play` folds a session's events into the picture they lead to.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from types import MappingProxyType
from typing import TypedDict, Unpack

from dialogkort.domain.events import (
    Agreement,
    AgreementChosen,
    CardEvent,
    Dealt,
    Described,
    Ended,
    Event,
    MinutesTold,
    SilenceBegun,
    SilenceEnded,
    SkipReason,
    Turned,
    TurnsOrdered,
    TypedIn,
    WentBack,
)
from dialogkort.domain.limits import MINUTES
from dialogkort.domain.outcomes import Outcome, outcome_of
from dialogkort.domain.silence import Silence
from dialogkort.domain.timer import Timer
from dialogkort.domain.undo import effective_events
from dialogkort.errors import IllegalMove

PAUSE = 20 * 60_000  # ms of silence that no card is given


@dataclass(frozen=True)
class Table:
    """The cards as they lie: every card is either in `face_down` or in `turned`, never in both.

    `order` is the deal, place by place; `face_down` the cards still to turn, next one first; `turned` what
    became of the others, in the order they were first turned; `current` the card the group has in hand.
    """

    order: tuple[str, ...] = ()
    face_down: tuple[str, ...] = ()
    turned: Mapping[str, Outcome] = field(default_factory=lambda: MappingProxyType({}))
    current: str | None = None

    def lay(self, order: tuple[str, ...]) -> "Table":
        """Spread the deck face down."""
        if self.order:
            raise IllegalMove("already dealt")
        return Table(order=order, face_down=order)

    def turn(self, card: str) -> "Table":
        """Turn any card that lies face down. One that was in hand stays where it is, face up."""
        if card not in self.face_down:
            raise IllegalMove("not face down", card)
        index = self.face_down.index(card)
        rest = self.face_down[:index] + self.face_down[index + 1 :]
        return Table(self.order, rest, self._with(card, Outcome.OPEN), card)

    def discuss(self, card: str) -> "Table":
        """Say that a turned card was talked about."""
        return self.settle(card, Outcome.DISCUSSED)

    def skip(self, card: str) -> "Table":
        """Let a turned card lie."""
        return self.settle(card, Outcome.SKIPPED)

    def put_back(self, card: str) -> "Table":
        """Lay a turned card face down again, last in the row."""
        return self.settle(card, Outcome.PUT_BACK)

    def settle(self, card: str, outcome: Outcome) -> "Table":
        """Say what became of a turned card: it lies there, or face down again, last in the row."""
        self._must_be_turned(card)
        hand = None if self.current == card else self.current
        if not outcome.is_face_down:
            return Table(self.order, self.face_down, self._with(card, outcome), hand)
        others = {other: outcome for other, outcome in self.turned.items() if other != card}
        return Table(self.order, (*self.face_down, card), MappingProxyType(others), hand)

    def go_back(self, card: str) -> "Table":
        """Take up a card that was turned earlier."""
        self._must_be_turned(card)
        return Table(self.order, self.face_down, self.turned, card)

    def arrange(self, order: tuple[str, ...]) -> "Table":
        """Say in which order the cards were turned; those it does not name come last, as they lay."""
        place = {card: index for index, card in enumerate(order)}
        cards = sorted(self.turned, key=lambda card: place.get(card, len(order)))
        in_order = MappingProxyType({card: self.turned[card] for card in cards})
        return Table(self.order, self.face_down, in_order, self.current)

    def see(self, card: str) -> "Table":
        """Say something of a turned card (how it is seen, how long it took): it lies as it lay."""
        self._must_be_turned(card)
        return self

    def after(self, event: Event) -> "Table":
        """The table when an event has happened."""
        if isinstance(event, Dealt):
            return self.lay(event.order)
        if isinstance(event, TurnsOrdered):
            return self.arrange(event.order)
        if not isinstance(event, CardEvent):
            return self
        outcome = outcome_of(event)
        return self.settle(event.card, outcome) if outcome else _MOVES[type(event)](self, event.card)

    def _with(self, card: str, outcome: Outcome) -> Mapping[str, Outcome]:
        return MappingProxyType({**self.turned, card: outcome})

    def _must_be_turned(self, card: str) -> None:
        if card not in self.turned:
            raise IllegalMove("not turned", card)


_MOVES: Mapping[type[Event], Callable[[Table, str], Table]] = {
    Turned: Table.turn,
    AgreementChosen: Table.see,
    MinutesTold: Table.see,
    WentBack: Table.go_back,
    SilenceBegun: Table.see,
    SilenceEnded: Table.see,
}


def play(events: Iterable[Event]) -> Table:
    """The table that a session's events lead to, in whatever order and however often they are given.

    An event that the rules do not allow where it stands (two devices turned the same card) changes nothing.
    """
    return reduce(lambda _, step: step[0], _steps(effective_events(events)), Table())


@dataclass(frozen=True)
class Turn:
    """One time a card was turned: when (ms since 1970), what came of it, how long it was in hand (ms).

    `timer` is how long (ms) a timer was to run in all that ran while the card was in hand, the last of them;
    None when none did. `silent_notes` counts what was written about it in silence and shown.

    Of a session that was typed in nobody knows when; how long is what was told, or None.
    """

    card: str
    turned_at: int | None
    outcome: Outcome = Outcome.OPEN
    in_hand: int | None = 0
    skip_reason: SkipReason | None = None
    agreement: Agreement | None = None
    timer: int | None = None
    silent_notes: int = 0


def turns(events: Iterable[Event]) -> tuple[Turn, ...]:
    """Every turn of a session, oldest first; a card that was put back and turned again has two.

    A card is in hand from when it is turned (or taken up again) until the group settles it, turns another
    or, for the last one, until the session is ended or the last thing happened in it. A silence of more than
    `PAUSE`
    is a break, or a session taken up another day, and is nobody's time. Of a session that was typed in
    (`TypedIn`) only the minutes that were told count, and its turns stand in the order they were told.
    """
    effective = effective_events(events)
    is_typed_in = any(isinstance(event, TypedIn) for event in effective)
    turns_so_far: list[Turn] = []
    latest: dict[str, int] = {}
    hand, since, timer, silence = None, 0, Timer(), Silence()
    for table, event in _steps(effective):
        timer, before, silence = timer.after(event), silence, silence.after(event)
        if isinstance(event, Described):
            continue  # correcting who met where, perhaps days later, is no time at the table
        if hand is not None and not is_typed_in and event.at - since <= PAUSE:
            in_hand = (turns_so_far[latest[hand]].in_hand or 0) + event.at - since
            _replace_turn(turns_so_far, latest[hand], in_hand=in_hand)
        if isinstance(event, Turned):
            latest[event.card] = len(turns_so_far)
            unknown = Turn(event.card, None, in_hand=None)
            turns_so_far.append(unknown if is_typed_in else Turn(event.card, event.at))
        elif isinstance(event, TurnsOrdered):
            _arrange(turns_so_far, latest, event.order)
        elif isinstance(event, MinutesTold) and is_typed_in:
            _replace_turn(turns_so_far, latest[event.card], in_hand=_known_ms(event.minutes))
        elif isinstance(event, CardEvent) and (changes := _changes_of(event)):
            _replace_turn(turns_so_far, latest[event.card], **changes)
        if isinstance(event, SilenceEnded) and (round := before.rounds.get(event.card)):
            more = turns_so_far[latest[event.card]].silent_notes + len(round.waiting)
            _replace_turn(turns_so_far, latest[event.card], silent_notes=more)
        if timer.run and table.current is not None:
            _replace_turn(turns_so_far, latest[table.current], timer=timer.run.ends_at - timer.run.started_at)
        hand, since = None if isinstance(event, Ended) else table.current, event.at
    return tuple(turns_so_far)


def _known_ms(minutes: int | None) -> int | None:
    return None if minutes is None or minutes not in MINUTES else minutes * 60_000


def _arrange(turns: list[Turn], latest: dict[str, int], order: tuple[str, ...]) -> None:
    """Put the turns in the order of their cards; those of no card of it come last."""
    place = {card: index for index, card in enumerate(order)}
    turns.sort(key=lambda turn: place.get(turn.card, len(order)))
    latest.update({turn.card: index for index, turn in enumerate(turns)})


class _Changes(TypedDict, total=False):
    outcome: Outcome
    in_hand: int | None
    skip_reason: SkipReason | None
    agreement: Agreement | None
    timer: int | None
    silent_notes: int


def _changes_of(event: Event) -> _Changes | None:
    """What an event says of a turn."""
    if isinstance(event, AgreementChosen):
        return {"agreement": event.agreement}
    if outcome := outcome_of(event):
        reason, agreement = getattr(event, "reason", None), getattr(event, "agreement", None)
        return {"outcome": outcome, "skip_reason": reason, "agreement": agreement}
    return None


def _replace_turn(turns: list[Turn], index: int, **changes: Unpack[_Changes]) -> None:
    turns[index] = replace(turns[index], **changes)


def _steps(events: Iterable[Event]) -> Iterable[tuple[Table, Event]]:
    """Each event that the rules allow, with the table after it."""
    table = Table()
    for event in events:
        try:
            table = table.after(event)
        except IllegalMove:
            continue
        yield table, event
