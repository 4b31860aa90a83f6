"""A deck's drafts as plain values, for a screen on which somebody edits them; and back again."""

from collections.abc import Mapping
from pathlib import Path

from dialogkort.decks.about import plain_details
from dialogkort.decks.checking import MAX_CARDS
from dialogkort.decks.drafts import CardDraft, completed
from dialogkort.decks.headings import COLUMNS
from dialogkort.decks.reading import DeckFile
from dialogkort.decks.spreadsheet import Converted, Sheet
from dialogkort.errors import writable

_UNITS = ("line", "row")


def as_record(read: DeckFile) -> dict:
    """A file that was read, as plain values: its names, and each draft with its line."""
    return {
        "file": read.file.name,
        "title": read.about.title,
        "sheet": read.sheet.name,
        "unit": read.sheet.unit,
        "cards": [_card_record(draft) for draft in read.drafts],
    }


def from_record(record: Mapping) -> DeckFile:
    """The file of such values; `ValueError`, `TypeError` or `KeyError` when they are of another form.

    Examples
    --------
    >>> values = dict.fromkeys(COLUMNS, "") | {"area": "Møder", "question": "Hvad nu?"}
    >>> card = {"line": 2, "stray": [], "converted": [], **values}
    >>> record = {"file": "kort.xlsx", "title": "Kort", "sheet": "Ark1", "unit": "row", "cards": [card]}
    >>> from_record(record).deck().cards[0].id
    'kort-01'
    """
    cards = _list(record["cards"])
    unit = _text(record["unit"])
    if len(cards) > MAX_CARDS or unit not in _UNITS:
        raise ValueError(unit)
    about = plain_details(_text(record["title"]).strip() or Path(_text(record["file"])).stem)
    sheet = Sheet(unit, [], _text(record["sheet"]))
    drafts = completed([_draft(card) for card in cards], about.id)
    return DeckFile(Path(_text(record["file"]) or "-"), about, sheet, drafts, [])


def _card_record(draft: CardDraft) -> dict:
    converted = [column for column, value in draft.values.items() if isinstance(value, Converted)]
    values = draft.values | {"examples": "\n".join(draft.examples)}
    values |= {column: draft.values[column] for column in converted}
    return {"line": draft.line, "stray": draft.stray, "converted": converted, **values}


def _draft(card: Mapping) -> CardDraft:
    values = {column: _text(card[column]).strip() for column in COLUMNS}
    converted = {column: Converted(values[column]) for column in map(_text, _list(card["converted"]))}
    if type(card["line"]) is not int:
        raise ValueError(card["line"])
    return CardDraft(card["line"], values | converted, [*map(_text, _list(card["stray"]))])


def _text(value: object) -> str:
    if type(value) is not str:
        raise ValueError(value)
    return writable(value)


def _list(value: object) -> list:
    if type(value) is not list:
        raise ValueError(value)
    return value
