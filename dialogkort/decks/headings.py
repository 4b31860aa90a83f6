"""The headings over a deck's columns: what people call them, and on which row they stand."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from dialogkort.decks.spreadsheet import Row

# What a column may be called: our name, its Danish twin, then other words people use for the same.
COLUMNS = {
    "id": ("id", "kort-id"),
    "number": ("number", "nummer", "nr", "no", "kortnummer", "kort nr", "løbenummer", "spørgsmål nr"),
    "area": ("area", "område", "kompetenceområde", "omrade", "områder", "områdenavn"),
    "area_confidence": ("area_confidence", "sikkerhed", "områdesikkerhed"),
    "question": ("question", "spørgsmål", "sporgsmal", "spørgsmålet", "spørgsmålstekst", "questions"),
    "examples": ("examples", "eksempler", "example", "eksempel", "for eksempel", "eksemplerne"),
    "examples_label": ("examples_label", "eksempeltitel"),
}
# Words that mean a column only where no heading says so more plainly.
OTHER_WORDS = {
    "area": ("tema", "kategori", "emne", "kompetence", "emneområde", "theme", "topic", "category"),
    "question": ("dialogspørgsmål", "refleksionsspørgsmål", "hovedspørgsmål", "korttekst", "kortets tekst"),
    "examples": ("hjælpespørgsmål", "underspørgsmål", "uddybende spørgsmål", "stikord", "uddybning", "fx"),
}
REQUIRED = ("area", "question")
_SPELT_OUT = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
_NUMBERED = re.compile("(.*?)[0-9]{1,2}")
_TITLE_ROWS = 30  # above the headings, at most


def folded(name: str) -> str:
    """A name without what only looks different: case, blanks, and how a Mac writes å."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def bare(heading: str) -> str:
    """The letters and digits of a heading, with æ, ø and å spelt out."""
    return "".join(letter for letter in folded(heading) if letter.isalnum()).translate(_SPELT_OUT)


_HEADINGS = {bare(name): column for column, names in COLUMNS.items() for name in names}
_OTHERS = {bare(name): column for column, names in OTHER_WORDS.items() for name in names}


def columns_of(headings: Row) -> dict[str, int]:
    """The index of each column, counted from 0; of two with the same meaning, the first."""
    columns: dict[str, int] = {}
    for known in (_HEADINGS, _OTHERS):
        for index, cell in enumerate(headings.cells):
            if column := known.get(bare(cell)):
                columns.setdefault(column, index)
    if "examples" not in columns and (numbered := numbered_examples(headings)):
        columns["examples"] = numbered[0]
    return columns


def numbered_examples(headings: Row) -> list[int]:
    """The indexes of columns with an example each: `Eksempel 1`, `Eksempel 2` …"""
    matches = [(index, _NUMBERED.fullmatch(bare(cell))) for index, cell in enumerate(headings.cells)]
    return [index for index, match in matches if match and _meaning(match[1]) == "examples"]


def _meaning(name: str) -> str:
    return _HEADINGS.get(name) or _OTHERS.get(name, "")


def has_cards(rows: Sequence[Row]) -> bool:
    """True when a row has the headings that a deck needs."""
    return set(REQUIRED) <= columns_of(rows[heading_row(rows)]).keys()


def heading_row(rows: Sequence[Row]) -> int:
    """The index of the row of headings: below a title, if there is one; else of the row most like it."""
    first_rows = rows[:_TITLE_ROWS]
    for index, row in enumerate(first_rows):
        if set(REQUIRED) <= columns_of(row).keys():
            return index
    alike = [len(columns_of(row)) + len(dict(misspelt(row))) for row in first_rows]
    return alike.index(max(alike))


def doubled(headings: Row) -> Iterator[tuple[str, str]]:
    """Each heading that means the same as an earlier one, and that one."""
    first: dict[str, str] = {}
    for cell in headings.cells:
        column = _HEADINGS.get(bare(cell))
        if column and first.setdefault(column, cell) is not cell:
            yield cell, first[column]


def misspelt(headings: Row, columns: Mapping[str, int] | None = None) -> Iterator[tuple[str, str]]:
    """Each unknown heading that looks much like a column not there, and that column."""
    columns = columns_of(headings) if columns is None else columns
    for cell in headings.cells:
        near = get_close_matches(bare(cell)[:40], _HEADINGS, n=1, cutoff=0.85)
        if near and bare(cell) not in _OTHERS and _HEADINGS[near[0]] not in columns:
            yield cell, _HEADINGS[near[0]]


def danish_name(column: str) -> str:
    """A column's heading in Danish, with a capital letter."""
    return COLUMNS[column][1].capitalize()


def label(column: str) -> str:
    """A column as a person may write it: in Danish, and our name behind it."""
    return "{1} ({0})".format(*COLUMNS[column])
