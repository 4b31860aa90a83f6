"""A deck, its areas and its cards as frozen values; no file, no screen, no clock."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType

# How sure it is that a card belongs to the area it is filed under, surest first.
CONFIDENCES = ("sure", "likely", "judgement")
OWN_SERIES = "E"  # of the facilitator's own questions, which are numbered E1, E2 …
_USUALLY_EMPTY = ("is_own", "label")  # what most cards have always been without
_SERIES = "BCDFGHJKLMNPQRSTUVXYZ"  # of decks that lie beside the first


@dataclass(frozen=True)
class Area:
    """A field of competence the cards belong to, with one description per language code (may be empty)."""

    name: str
    descriptions: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "descriptions", MappingProxyType(dict(self.descriptions)))

    def __reduce__(self) -> tuple:
        # A read-only mapping can be neither copied nor pickled; the area it stands in should be.
        return Area, (self.name, dict(self.descriptions))


@dataclass(frozen=True)
class Card:
    """One question to talk about; the examples are prompts, read together and in order, never one alone.

    `is_own`: it is the facilitator's own, beside those of the deck. `label` is what people call it where that
    is not its number: `E1`, `B12`. Numbers are whole and differ all the same, so that cards can be sorted.

    `area` is the name of an area of the deck; `area_confidence` is one of `CONFIDENCES`.
    """

    id: str
    number: int
    area: str
    area_confidence: str
    question: str
    examples: tuple[str, ...]
    examples_label: str
    is_own: bool = False
    label: str = ""

    @property
    def shown_number(self) -> int | str:
        """The number as people see it: on the screen, on paper, in a document."""
        return self.label or self.number

    def __post_init__(self) -> None:
        if self.area_confidence not in CONFIDENCES:
            raise ValueError(f"card {self.id!r}: {self.area_confidence!r} is not one of {CONFIDENCES}")


@dataclass(frozen=True)
class Deck:
    """The cards of a workshop and the areas they belong to.

    Every card's area is one of `areas`, and no two cards share an id; anything else raises `ValueError`.
    """

    id: str
    title: str
    subtitle: str
    attribution: str
    areas: tuple[Area, ...]
    cards: tuple[Card, ...]

    def __post_init__(self) -> None:
        if homeless := {card.area for card in self.cards} - {area.name for area in self.areas}:
            raise ValueError(f"deck {self.id!r}: no such area: {', '.join(sorted(homeless))}")
        if len(self._by_id) < len(self.cards):
            raise ValueError(f"deck {self.id!r}: two cards share an id")

    def card(self, id: str) -> Card:
        """The card with an id; `KeyError` if the deck has none."""
        return self._by_id[id]

    @cached_property
    def fingerprint(self) -> str:
        """A sha256 of the whole deck: the same on every machine, another as soon as a letter differs."""
        canonical = json.dumps(self.to_record(), sort_keys=True, separators=(",", ":"))
        return sha256(canonical.encode("ascii")).hexdigest()

    def to_record(self) -> dict:
        """The deck as plain dicts, lists, strings and integers, ready for JSON."""
        return {
            "id": self.id,
            "title": self.title,
            "subtitle": self.subtitle,
            "attribution": self.attribution,
            "areas": [{"name": area.name, "descriptions": dict(area.descriptions)} for area in self.areas],
            "cards": [_card_record(card) for card in self.cards],
        }

    @classmethod
    def from_record(cls, record: Mapping) -> "Deck":
        """The deck that `to_record` was asked of."""
        areas = tuple(Area(**area) for area in record["areas"])
        cards = tuple(Card(**card | {"examples": tuple(card["examples"])}) for card in record["cards"])
        return cls(**dict(record) | {"areas": areas, "cards": cards})

    @cached_property
    def _by_id(self) -> dict[str, Card]:
        return {card.id: card for card in self.cards}


def _card_record(card: Card) -> dict:
    """A card's fields; what a deck has always been without is told only where it is so."""
    record = vars(card) | {"examples": list(card.examples)}
    return {name: value for name, value in record.items() if value or name not in _USUALLY_EMPTY}


def side_by_side(deck: Deck, other: Deck) -> Deck:
    """Both decks as one: the other's cards after the deck's, in a series of their own (`B1`, `B2` …).

    A question that the deck has already lies there once. Areas of the same name are one.

    Examples
    --------
    >>> card = Card("k-1", 1, "A", "sure", "Hvad nu?", (), "Fx")
    >>> deck = Deck("k", "Kort", "", "", (Area("A"),), (card,))
    >>> theirs = replace(card, id="v-1", area="B", question="Og så?")
    >>> other = Deck("v", "Vores", "", "", (Area("B"),), (theirs,))
    >>> [(card.shown_number, card.area) for card in side_by_side(deck, other).cards]
    [(1, 'A'), ('B1', 'B')]
    """
    taken = {card.label[:1] for card in deck.cards}
    series = next(letter for letter in _SERIES if letter not in taken or letter == _SERIES[-1])
    questions = {card.question for card in deck.cards}
    last = max((card.number for card in deck.cards), default=0)
    added = [
        replace(
            card,
            id=card.id if card.id not in deck._by_id else f"{series}-{card.id}",
            number=last + place,
            label=f"{series}{card.number}",
        )
        for place, card in enumerate((c for c in other.cards if c.question not in questions), start=1)
    ]
    names = {area.name for area in deck.areas}
    return Deck(
        id=f"{deck.id}+{other.id}",
        title=f"{deck.title} + {other.title}",
        subtitle=deck.subtitle,
        attribution=" · ".join(dict.fromkeys(filter(None, (deck.attribution, other.attribution)))),
        areas=(*deck.areas, *(area for area in other.areas if area.name not in names)),
        cards=(*deck.cards, *added),
    )
