"""Printed cards: A4 sheets to cut out, with backs for duplex printing, from a deck or some of its cards."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from dialogkort.decks.origin import is_own_question
from dialogkort.decks.reading import read_deck
from dialogkort.documents.typesetting import measured, pdf
from dialogkort.domain.deck import Card, Deck
from dialogkort.errors import DeckError, InvalidAction
from dialogkort.i18n import language, text
from dialogkort.theme import area_style

# Millimetres: a card (larger than A7), and how far the first one is from the edges of the paper.
WIDTH, HEIGHT = 90, 130
LEFT, TOP = 15, 18.5
PER_SHEET = 4
MAX_SHIFT = 5  # of the backs, so that they stay where a printer can print
_MAX_CARDS = 1_000
_LONGEST = 4_000  # characters on a card; far more than fit, and soon measured
_NUMBERS = re.compile(r"(\d{1,6})(?:-(\d{1,6}))?")


def card_sheets(
    deck: Deck,
    cards: Iterable[int] | None = None,
    *,
    backs: bool = True,
    shift: tuple[float, float] = (0, 0),
    created_at: datetime | None = None,
) -> bytes:
    """A PDF of the cards, four on an A4 page with crop marks, each page followed by the backs.

    Parameters
    ----------
    deck : Deck
        The deck to print.
    cards : iterable of int, optional
        Numbers of the cards to print, in the order to print them; all of them when left out.
    backs : bool
        Whether a page of backs follows each page, mirrored for printing on both sides, flipped on the long
        edge. The backs are all alike, so that nobody sees which area lies face down.
    shift : tuple of float
        How far the backs are moved to the right and down, in millimetres, when the alignment page shows
        that the printer is off.
    created_at : datetime, optional
        What the document says of when it was made.

    Returns
    -------
    bytes
        The PDF, in Danish, PDF/UA-1 and PDF/A-2a.

    Raises
    ------
    DeckError
        A card is too long for its place; every such card is named.
    InvalidAction
        The deck has no such card, or the shift is too large.

    Examples
    --------
    >>> from dialogkort import read_deck
    >>> card_sheets(read_deck(), [12, 3, 31])[:5]
    b'%PDF-'
    """
    chosen = chosen_cards(deck, cards)
    check_shift(shift)
    content = _content(deck, chosen, backs, shift)
    _check_lengths(chosen, content)
    return pdf("cards.typ", content, created_at=created_at)


def too_long(deck: Deck) -> list[int]:
    """The numbers of the cards that are too long for their place on paper.

    Parameters
    ----------
    deck : Deck
        The deck.

    Returns
    -------
    list of int

    Examples
    --------
    >>> from dialogkort import read_deck
    >>> too_long(read_deck())
    []
    """
    endless = _endless(deck.cards)
    rest = [card for card in deck.cards if card.number not in endless]
    content = _content(deck, rest, backs=False, shift=(0, 0))
    return endless + (measured("cards.typ", content, "overflow") if rest else [])


def chosen_cards(deck: Deck, numbers: Iterable[int] | None = None) -> list[Card]:
    """The cards of a deck that have these numbers, in their order; all of them when left out.

    Parameters
    ----------
    deck : Deck
        The deck.
    numbers : iterable of int, optional
        Numbers of cards.

    Returns
    -------
    list of Card

    Raises
    ------
    InvalidAction
        The deck has no such card, or there are no numbers.

    Examples
    --------
    >>> from dialogkort import read_deck
    >>> [card.area for card in chosen_cards(read_deck(), [12, 3])]
    ['Teknologiforståelse', 'Anvendelseskompetencer']
    """
    if numbers is None:
        return list(deck.cards)
    by_number = {card.number: card for card in deck.cards}
    numbers = list(dict.fromkeys(numbers))
    if missing := [number for number in numbers if number not in by_number]:
        raise InvalidAction(text("documents.no_such_card", cards=_listed(missing), deck=deck.title))
    if not numbers:
        raise InvalidAction(text("documents.no_cards"))
    return [by_number[number] for number in numbers]


def parsed_numbers(written: str) -> list[int]:
    """Numbers of cards as a person writes them.

    Parameters
    ----------
    written : str
        As "12, 3, 5-8".

    Returns
    -------
    list of int
        In the order they are written.

    Raises
    ------
    InvalidAction
        What is no number.

    Examples
    --------
    >>> parsed_numbers("12, 3, 5-8")
    [12, 3, 5, 6, 7, 8]
    """
    numbers: list[int] = []
    for part in filter(None, re.split(r"[\s,;]+", written.replace("–", "-"))):
        match = _NUMBERS.fullmatch(part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if not 0 <= last - first < _MAX_CARDS:
            raise InvalidAction(text("documents.no_numbers", value=part[:40]))
        numbers.extend(range(first, last + 1))
    return numbers


def _content(deck: Deck, cards: Sequence[Card], backs: bool, shift: tuple[float, float]) -> dict:
    sheets = -(-len(cards) // PER_SHEET)
    shipped = read_deck()
    styles = {area.name: area_style(index) for index, area in enumerate(deck.areas)}
    return {
        "title": text("documents.cards.title", deck=deck.title),
        "author": deck.attribution,
        "lang": language(),
        "words": {"own": text("documents.cards.own")},
        "card": {"width": WIDTH, "height": HEIGHT, "left": LEFT, "top": TOP},
        "back": {
            "title": deck.title,
            "subtitle": deck.subtitle,
            "colour": area_style(0).light,
            "signs": [style.shape for style in styles.values()],
        },
        "backs": backs,
        "shift": list(shift),
        "notes": [
            text("documents.cards.sheet", sheet=sheet, sheets=sheets) for sheet in range(1, sheets + 1)
        ],
        "cards": [
            _card(card, styles[card.area], deck, is_own_question(card, deck, shipped)) for card in cards
        ],
    }


def _card(card: Card, look, deck: Deck, own: bool) -> dict:
    return {
        "number": card.number,
        "shown": str(card.shown_number),
        "area": card.area,
        "colour": look.light,
        "sign": look.shape,
        "note": "" if card.area_confidence == "sure" else text("documents.cards.best_guess"),
        "question": card.question,
        "label": card.examples_label,
        "examples": list(card.examples),
        "own": own,
        "source": "" if own else deck.attribution,
    }


def _check_lengths(cards: Sequence[Card], content: dict) -> None:
    if len(cards) > _MAX_CARDS:
        raise DeckError(text("documents.too_many_cards", count=len(cards), most=_MAX_CARDS))
    if overflowing := _endless(cards) or measured("cards.typ", content, "overflow"):
        raise DeckError(text("documents.too_long", count=len(overflowing), cards=_listed(overflowing)))


def _endless(cards: Sequence[Card]) -> list[int]:
    """The numbers of cards so long that they need not be measured."""
    return [card.number for card in cards if len(card.question) + sum(map(len, card.examples)) > _LONGEST]


def check_shift(shift: tuple[float, float]) -> None:
    """Refuse a shift by which backs might lie where no printer prints.

    Parameters
    ----------
    shift : tuple of float
        Millimetres to the right and down.

    Raises
    ------
    InvalidAction
        More than `MAX_SHIFT` either way.

    Examples
    --------
    >>> check_shift((0.5, -1))
    """
    if not all(abs(millimetres) <= MAX_SHIFT for millimetres in shift):
        value = ", ".join(f"{millimetres:g}" for millimetres in shift)
        raise InvalidAction(text("documents.too_far", value=value, most=MAX_SHIFT))


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))
