"""Drafts: cards as somebody has typed them, the faults that keep them from being cards, and their deck."""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from dialogkort.decks.findings import line_in_words, listed, short
from dialogkort.decks.headings import COLUMNS, columns_of, folded, label, numbered_examples
from dialogkort.decks.spreadsheet import Converted, Row, Sheet
from dialogkort.domain.deck import Area, Card, Deck
from dialogkort.i18n import DEFAULT_LANGUAGE, text, text_in

_CONFIDENCES = {
    "": "sure",
    "sure": "sure",
    "sikker": "sure",
    "likely": "likely",
    "sandsynlig": "likely",
    "judgement": "judgement",
    "judgment": "judgement",
    "skøn": "judgement",
}

_SERIES = re.compile(r"([^\W\d_]{1,12}(?: ?nr\.?)?)[ .\-]{0,3}(0*[1-9][0-9]{0,5})")

# æ, ø and å after a wrong turn: UTF-8 read as Windows-1252, or a Mac's or MS-DOS's letters inside a word.
_GARBLED = re.compile("Ã[¦¸¥†˜…]|[a-z][¿Œ›†¾][a-z]")


def is_garbled(written: str) -> bool:
    """True for a text whose Danish letters are broken."""
    return bool(_GARBLED.search(written))


class CardDraft(NamedTuple):
    """A card as its row has it, each value still as typed; `stray` is what stands under no heading."""

    line: int
    values: dict[str, str]
    stray: list[str]

    @property
    def id(self) -> str:
        """The id, typed or made."""
        return self.values["id"]

    @property
    def number(self) -> int | None:
        """The number as a whole one; None where there is none."""
        whole = re.fullmatch(r"0*([1-9][0-9]{0,5})(?:[.,]0*)?", self.values["number"])
        return int(whole[1]) if whole else None

    @property
    def examples(self) -> tuple[str, ...]:
        """The examples one by one."""
        parts = (example.strip() for example in re.split(r"[|\n]", self.values["examples"]))
        return tuple(example for example in parts if example)

    def having(self, **values: str) -> "CardDraft":
        """The same draft with other values."""
        return self._replace(values=self.values | values)


class Fault(NamedTuple):
    """What keeps a draft from being a card: its kind, and the sentence."""

    what: str
    message: str


def fault(what: str, **gaps: object) -> Fault:
    """A fault whose sentence is the catalogue's of that name."""
    return Fault(what, text(f"deck.{what}", **gaps))


def drafts_of(sheet: Sheet, headings: int, deck_id: str) -> list[CardDraft]:
    """The drafts below the row of headings, numbered and named where nobody has done so."""
    row = sheet.rows[headings]
    columns, more = columns_of(row), numbered_examples(row)
    return completed(
        [_draft(below, row.cells, columns, more) for below in sheet.rows[headings + 1 :]], deck_id
    )


def completed(drafts: Sequence[CardDraft], deck_id: str) -> list[CardDraft]:
    """The drafts with the numbers and ids that a deck gives them where they have none.

    Numbers of one series with letters before them (K1, K2; Kort 1, Kort 2) are the numbers behind those; of
    several series (A1, A2, B1) the cards are numbered in the order of the file.
    """
    series = [_SERIES.fullmatch(draft.values["number"]) for draft in drafts]
    known = [match for match in series if match]
    is_lettered = bool(known) and len(known) == len(drafts)
    if is_lettered and len({match[1].casefold() for match in known}) == 1:
        drafts = [draft.having(number=match[2]) for draft, match in zip(drafts, known, strict=True)]
    elif not any(draft.values["number"] for draft in drafts) or (
        is_lettered and len({match[0].casefold() for match in known}) == len(known)
    ):
        drafts = [draft.having(number=str(index)) for index, draft in enumerate(drafts, 1)]
    return [_identified(draft, deck_id) for draft in drafts]


def _draft(row: Row, headings: list[str], columns: Mapping[str, int], numbered: list[int]) -> CardDraft:
    cells = row.cells + [""] * (len(headings) - len(row.cells))
    values = {column: cells[columns[column]] if column in columns else "" for column in COLUMNS}
    if columns.get("examples") in numbered:
        values["examples"] = "\n".join(cells[index] for index in numbered)
    named = {index for index, name in enumerate(headings) if name}
    stray = [cell for index, cell in enumerate(cells) if cell and index not in named]
    return CardDraft(row.line, values, stray)


def _identified(draft: CardDraft, deck_id: str) -> CardDraft:
    if draft.id or draft.number is None:
        return draft
    return draft.having(id=f"{deck_id}-{draft.number:02d}")


# What is wrong with them


def draft_faults(
    drafts: Sequence[CardDraft], areas: tuple[Area, ...], unit: str
) -> Iterator[tuple[CardDraft, Fault]]:
    """Every fault of each draft; with `areas`, a card must belong to one of them."""
    known = {folded(area.name): area.name for area in areas}
    for draft in drafts:
        faults = (*_value_faults(draft), *_filing_faults(draft, known), *_cell_faults(draft))
        yield from ((draft, one) for one in faults)
    for draft, first in repeats(drafts, key=lambda draft: draft.number):
        where = line_in_words(unit, first.line)
        yield draft, fault("number_twice", value=draft.number, first=where)
    for draft, first in repeats(drafts, key=lambda draft: draft.id):
        if draft.number != first.number:  # else the number's fault covers it
            yield draft, fault("id_twice", value=short(draft.id), first=line_in_words(unit, first.line))


def _value_faults(draft: CardDraft) -> Iterator[Fault]:
    number = draft.values["number"]
    if not draft.values["question"]:
        yield fault("no_question")
    if not number:
        yield fault("no_number")
    elif draft.number is None:
        yield fault("bad_number", value=short(number))


def _filing_faults(draft: CardDraft, known: Mapping[str, str]) -> Iterator[Fault]:
    area, confidence = draft.values["area"], draft.values["area_confidence"]
    if not area:
        yield fault("no_area")
    elif known and folded(area) not in known:
        yield fault("unknown_area", value=short(area), known=listed(known.values()))
    if folded(confidence) not in _CONFIDENCES:
        yield fault("unknown_confidence", value=short(confidence))


def _cell_faults(draft: CardDraft) -> Iterator[Fault]:
    for value in draft.values.values():
        if is_garbled(value):
            yield fault("garbled", value=short(value))
    for column, value in draft.values.items():
        if isinstance(value, Converted) and column != "number":
            if value.has_no_result:
                yield fault("no_result", column=label(column))
            else:
                yield fault("converted", column=label(column), value=short(value))
    yield from (fault("stray", value=short(value)) for value in draft.stray)


def repeats(things: Iterable, key: Callable[..., Hashable]) -> Iterator[tuple]:
    """Each thing whose key an earlier one has, and that earlier one; a thing without a key repeats none."""
    first: dict[Hashable, object] = {}
    for thing in things:
        if key(thing) and first.setdefault(key(thing), thing) is not thing:
            yield thing, first[key(thing)]


# From drafts to a deck


class About(NamedTuple):
    """The details of a deck as a whole; without areas here, the cards say which there are."""

    id: str
    title: str
    subtitle: str = ""
    attribution: str = ""
    areas: tuple[Area, ...] = ()


def deck_of(about: About, drafts: Sequence[CardDraft], shipped: Deck | None) -> Deck:
    """The deck of drafts without faults, in the order of their numbers; `shipped` lends what is its own."""
    drafts = sorted(drafts, key=lambda draft: draft.number or 0)
    areas = about.areas or _areas_named([draft.values["area"] for draft in drafts], shipped)
    names = {folded(area.name): area.name for area in areas}
    cards = tuple(_card(draft, names) for draft in drafts)
    attribution = about.attribution or _attribution_of(cards, shipped)
    return Deck(about.id, about.title, about.subtitle, attribution, areas, cards)


def _card(draft: CardDraft, areas: Mapping[str, str]) -> Card:
    values = draft.values
    return Card(
        id=draft.id,
        number=draft.number or 0,  # told as a fault before
        area=areas[folded(values["area"])],
        area_confidence=_CONFIDENCES[folded(values["area_confidence"])],
        question=values["question"],
        examples=draft.examples,
        examples_label=values["examples_label"] or _examples_label(),
    )


def _examples_label() -> str:
    """A word of the deck, not of the screen: a deck reads the same whatever language the screen speaks."""
    return text_in(DEFAULT_LANGUAGE, "deck.examples_label")


def _areas_named(names: list[str], shipped: Deck | None) -> tuple[Area, ...]:
    """The areas as the cards first name them; if all are the shipped deck's, in its order."""
    named = {folded(name): Area(" ".join(name.split())) for name in reversed(names)}
    known = {folded(area.name): area for area in shipped.areas} if shipped else {}
    order = known if named.keys() <= known.keys() else map(folded, names)
    return tuple((named | known)[key] for key in dict.fromkeys(order) if key in named)


def _attribution_of(cards: Iterable[Card], shipped: Deck | None) -> str:
    """The shipped deck's attribution, if some questions are that deck's."""
    if shipped is None:
        return ""
    theirs = {card.question for card in shipped.cards}
    return shipped.attribution if theirs & {card.question for card in cards} else ""
