"""A deck, its areas and its cards as frozen values; no file, no screen, no clock."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType

# How sure it is that a card belongs to the area it is filed under, surest first.
CONFIDENCES = ("sure", "likely", "judgement")


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

    `is_own`: it is the facilitator's own, beside those of the deck.

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
    if not record["is_own"]:
        del record["is_own"]
    return record
