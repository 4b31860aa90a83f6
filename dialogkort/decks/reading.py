"""Reading a deck of cards from a spreadsheet or CSV file, with every fault of the file when it is no deck.

A deck file has a row per card under a row of headings; only `question` and `area` are needed. A `deck.toml`
beside it may name the deck and describe its areas. `data/README.md` tells what each column means.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from dialogkort import resources
from dialogkort.decks.spreadsheet import Converted, Row, Sheet, content_of, decoded, read_sheets
from dialogkort.domain.deck import Area, Card, Deck
from dialogkort.errors import DeckError, SpreadsheetError
from dialogkort.i18n import DEFAULT_LANGUAGE, text, text_in

# What a column may be called: our name, its Danish twin, then other words people use for the same.
_COLUMNS = {
    "id": ("id", "kort-id"),
    "number": ("number", "nummer", "nr", "no", "kortnummer"),
    "area": ("area", "område", "kompetenceområde"),
    "area_confidence": ("area_confidence", "sikkerhed", "områdesikkerhed"),
    "question": ("question", "spørgsmål"),
    "examples": ("examples", "eksempler", "example", "eksempel"),
    "examples_label": ("examples_label", "eksempeltitel"),
}
_REQUIRED = ("area", "question")
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

# æ, ø and å after a wrong turn: UTF-8 read as Windows-1252, or a Mac's or MS-DOS's letters inside a word.
_GARBLED = re.compile("Ã[¦¸¥†˜…]|[a-z][¿Œ›†¾][a-z]")
_CARD_FILES = {"cards.csv", "cards.xlsx", "cards.xls", "cards.ods"}
_MAX_FAULTS = 10
_MAX_VALUE_LENGTH = 60


class _About(NamedTuple):
    """The details of a deck as a whole; without areas here, the cards say which there are."""

    id: str
    title: str
    subtitle: str = ""
    attribution: str = ""
    areas: tuple[Area, ...] = ()


class _Draft(NamedTuple):
    """A card as its row has it, each value still as typed; `stray` is what stands under no heading."""

    line: int
    values: dict[str, str]
    stray: list[str]

    @property
    def id(self) -> str:
        return self.values["id"]

    @property
    def number(self) -> int | None:
        whole = re.fullmatch(r"0*([1-9][0-9]{0,5})(?:[.,]0*)?", self.values["number"])
        return int(whole[1]) if whole else None

    def having(self, **values: str) -> "_Draft":
        return self._replace(values=self.values | values)


def read_deck(path: str | Path | None = None) -> Deck:
    """The deck in a file, or in a folder with `cards.xlsx` or `cards.csv`; without a path, the shipped deck.

    Parameters
    ----------
    path : str or Path, optional
        A workbook (.xlsx, .xls, .ods), a CSV file, or a folder with one.

    Returns
    -------
    Deck
        Its cards in the order of their numbers.

    Raises
    ------
    DeckError
        The file cannot be used; the message names every fault.

    Examples
    --------
    >>> deck = read_deck()
    >>> deck.title, len(deck.cards)
    ('Dialogkort – Medarbejderen', 35)
    >>> [area.name for area in deck.areas][:2]
    ['Anvendelseskompetencer', 'Teknologiforståelse']
    """
    home = _opened(resources.DATA / "medarbejderen", shipped=None)
    return home if path is None else _opened(_path_of(path), shipped=home)


def _path_of(path: str | Path) -> Path:
    # Windows' “Copy as path” puts quotation marks around it.
    return Path(str(path).strip(' "')).expanduser().absolute()


def _opened(path: Path, shipped: Deck | None) -> Deck:
    try:
        return _read(path, shipped)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DeckError(text("deck.missing", file=path)) from error
    except OSError as error:
        raise DeckError(text("deck.unreadable", file=error.filename or path)) from error
    except SpreadsheetError as error:
        raise DeckError(str(error)) from error


def _read(path: Path, shipped: Deck | None) -> Deck:
    is_folder = path.is_dir()
    file = _cards_in(path) if is_folder else path
    sheet = _sheet_of_cards(file)
    about, about_faults = _about(file.with_name("deck.toml"), (is_folder and path.name) or file.stem)
    drafts = _drafts(sheet, about.id)
    faults = about_faults + _sheet_faults(file, sheet, drafts, about.areas)
    if faults:
        raise DeckError(_message(faults))
    return _deck(about, sorted(drafts, key=lambda draft: draft.number or 0), shipped)


def _cards_in(folder: Path) -> Path:
    files = sorted(file for file in folder.iterdir() if file.name.casefold() in _CARD_FILES)
    if not files:
        raise DeckError(text("deck.no_cards", file=folder))
    if len(files) > 1:
        raise DeckError(text("deck.two_cards", file=folder, found=_listed(file.name for file in files)))
    return files[0]


def _sheet_of_cards(file: Path) -> Sheet:
    sheets = read_sheets(file)
    if not sheets:
        raise DeckError(text("deck.empty", file=file))
    return next((sheet for sheet in sheets if set(_REQUIRED) <= _columns(sheet.rows[0]).keys()), sheets[0])


# Headings


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _bare(heading: str) -> str:
    return "".join(letter for letter in _folded(heading) if letter.isalnum())


_HEADINGS = {_bare(name): column for column, names in _COLUMNS.items() for name in names}


def _columns(headings: Row) -> dict[str, int]:
    """The index of each column, counted from 0; of two with the same meaning, the first."""
    columns = [(_HEADINGS.get(_bare(cell)), index) for index, cell in enumerate(headings.cells)]
    return {column: index for column, index in reversed(columns) if column}


# From rows to cards


def _drafts(sheet: Sheet, deck_id: str) -> list[_Draft]:
    headings, *rows = sheet.rows
    columns = _columns(headings)
    drafts = _numbered([_draft(row, headings.cells, columns) for row in rows])
    return [_identified(draft, deck_id) for draft in drafts]


def _draft(row: Row, headings: list[str], columns: Mapping[str, int]) -> _Draft:
    cells = row.cells + [""] * (len(headings) - len(row.cells))
    values = {column: cells[columns[column]] if column in columns else "" for column in _COLUMNS}
    named = {index for index, name in enumerate(headings) if name}
    stray = [cell for index, cell in enumerate(cells) if cell and index not in named]
    return _Draft(row.line, values, stray)


def _numbered(drafts: list[_Draft]) -> list[_Draft]:
    if any(draft.values["number"] for draft in drafts):
        return drafts
    return [draft.having(number=str(index)) for index, draft in enumerate(drafts, 1)]


def _identified(draft: _Draft, deck_id: str) -> _Draft:
    if draft.id or draft.number is None:
        return draft
    return draft.having(id=f"{deck_id}-{draft.number:02d}")


def _deck(about: _About, drafts: list[_Draft], shipped: Deck | None) -> Deck:
    areas = about.areas or _areas_named([draft.values["area"] for draft in drafts], shipped)
    names = {_folded(area.name): area.name for area in areas}
    cards = tuple(_card(draft, names) for draft in drafts)
    attribution = about.attribution or _attribution_of(cards, shipped)
    return Deck(about.id, about.title, about.subtitle, attribution, areas, cards)


def _card(draft: _Draft, areas: Mapping[str, str]) -> Card:
    values = draft.values
    examples = (example.strip() for example in re.split(r"[|\n]", values["examples"]))
    return Card(
        id=draft.id,
        number=draft.number or 0,  # told as a fault before
        area=areas[_folded(values["area"])],
        area_confidence=_CONFIDENCES[_folded(values["area_confidence"])],
        question=values["question"],
        examples=tuple(example for example in examples if example),
        examples_label=values["examples_label"] or _examples_label(),
    )


def _examples_label() -> str:
    """A word of the deck, not of the screen: a deck reads the same whatever language the screen speaks."""
    return text_in(DEFAULT_LANGUAGE, "deck.examples_label")


def _areas_named(names: list[str], shipped: Deck | None) -> tuple[Area, ...]:
    """The areas as the cards first name them; if all are the shipped deck's, in its order."""
    named = {_folded(name): Area(" ".join(name.split())) for name in reversed(names)}
    known = {_folded(area.name): area for area in shipped.areas} if shipped else {}
    order = known if named.keys() <= known.keys() else map(_folded, names)
    return tuple((named | known)[key] for key in dict.fromkeys(order) if key in named)


def _attribution_of(cards: Iterable[Card], shipped: Deck | None) -> str:
    """The shipped deck's attribution, if some questions are that deck's."""
    if shipped is None:
        return ""
    theirs = {card.question for card in shipped.cards}
    return shipped.attribution if theirs & {card.question for card in cards} else ""


# The deck.toml beside the cards


def _about(file: Path, name: str) -> tuple[_About, list[str]]:
    """The details in deck.toml, else made from the file's name, and the faults in it."""
    name = unicodedata.normalize("NFC", name)  # macOS may store the å of a file name as two characters
    plain = _About(id=re.sub(r"\W+", "-", name.casefold()).strip("-") or "deck", title=name)
    try:
        fields = tomllib.loads(decoded(content_of(file, 1_000_000))) if file.is_file() else {}
    except (ValueError, RecursionError) as error:
        return plain, [_fault(file, _toml_line(error), text("deck.not_toml"))]
    if faults := [f"{file.name}: {fault}" for fault in (*_field_faults(fields), *_area_faults(fields))]:
        return plain, faults
    words = {
        key: fields[key].strip() for key in plain._fields if key != "areas" and fields.get(key, "").strip()
    }
    return plain._replace(**words, areas=tuple(map(_area, fields.get("areas", [])))), []


def _area(fields: Mapping[str, str]) -> Area:
    return Area(fields["name"].strip(), {key: fields[key].strip() for key in fields if key != "name"})


def _toml_line(error: Exception) -> str:
    line = re.search(r"line (\d+)", str(error))
    return text("deck.line", line=line[1]) if line else text("deck.last_line")


def _field_faults(fields: Mapping) -> Iterator[str]:
    for key in ("id", "title", "subtitle", "attribution"):
        if not isinstance(fields.get(key, ""), str):
            yield text("deck.not_text", name=key, value=_short(fields[key]))


def _area_faults(fields: Mapping) -> Iterator[str]:
    areas = fields.get("areas", [])
    if not isinstance(areas, list):
        yield text("deck.bad_area", value=_short(areas))
        return
    sound = [area for area in areas if _is_area(area)]
    yield from (text("deck.bad_area", value=_short(area)) for area in areas if not _is_area(area))
    for area, _ in _repeats(sound, key=lambda area: _folded(area["name"])):
        yield text("deck.area_twice", value=_short(area["name"]))


def _is_area(fields: object) -> bool:
    """True for a table with a name, and nothing but texts."""
    if not (isinstance(fields, dict) and all(isinstance(value, str) for value in fields.values())):
        return False
    return bool(fields.get("name", "").strip())


# What is wrong with the rows


def _sheet_faults(file: Path, sheet: Sheet, drafts: list[_Draft], areas: tuple[Area, ...]) -> list[str]:
    """Every fault of the rows; those that only follow from another are left untold."""
    headings = sheet.rows[0]
    faults = list(_letter_faults(sheet)) or [(headings.line, fault) for fault in _heading_faults(headings)]
    if not faults and not drafts:
        return [text("deck.only_headings", file=file)]
    faults = faults or sorted(_draft_faults(sheet, drafts, areas), key=itemgetter(0))
    return [_fault(file, _line(sheet, line), fault) for line, fault in faults]


def _letter_faults(sheet: Sheet) -> Iterator[tuple[int, str]]:
    cells = ((row.line, cell) for row in sheet.rows for cell in row.cells)
    for line, cell in cells:
        if _GARBLED.search(cell):
            yield line, text("deck.garbled", value=_short(cell))
            return  # one is enough: the whole file was saved the wrong way


def _heading_faults(headings: Row) -> Iterator[str]:
    columns = _columns(headings)
    yield from _doubled(headings, columns)
    corrections = dict(_misspelt(headings, columns))
    yield from (
        text("deck.misspelt", value=_short(cell), meant=_label(corrections[cell])) for cell in corrections
    )
    missing = [_label(column) for column in _REQUIRED if column not in {*columns, *corrections.values()}]
    if missing:
        headings_given = _short(_listed(cell for cell in headings.cells if cell))
        yield text("deck.no_column", columns=", ".join(missing), found=headings_given)


def _doubled(headings: Row, columns: Mapping[str, int]) -> Iterator[str]:
    for index, cell in enumerate(headings.cells):
        first = columns.get(_HEADINGS.get(_bare(cell), ""), index)
        if first != index:
            yield text("deck.column_twice", value=_short(cell), first=_short(headings.cells[first]))


def _misspelt(headings: Row, columns: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Each unknown heading that looks much like a column not there, and that column."""
    for cell in headings.cells:
        near = get_close_matches(_bare(cell), _HEADINGS, n=1, cutoff=0.85)
        if near and _HEADINGS[near[0]] not in columns:
            yield cell, _HEADINGS[near[0]]


def _draft_faults(sheet: Sheet, drafts: list[_Draft], areas: tuple[Area, ...]) -> Iterator[tuple[int, str]]:
    known = {_folded(area.name): area.name for area in areas}
    for draft in drafts:
        faults = (*_value_faults(draft), *_filing_faults(draft, known), *_cell_faults(draft))
        yield from ((draft.line, fault) for fault in faults)
    for draft, first in _repeats(drafts, key=lambda draft: draft.number):
        yield draft.line, text("deck.number_twice", value=draft.number, first=_line(sheet, first.line))
    for draft, first in _repeats(drafts, key=lambda draft: draft.id):
        if draft.number != first.number:  # else the number's fault covers it
            yield draft.line, text("deck.id_twice", value=_short(draft.id), first=_line(sheet, first.line))


def _value_faults(draft: _Draft) -> Iterator[str]:
    number = draft.values["number"]
    if not draft.values["question"]:
        yield text("deck.no_question")
    if not number:
        yield text("deck.no_number")
    elif draft.number is None:
        yield text("deck.bad_number", value=_short(number))


def _filing_faults(draft: _Draft, known: Mapping[str, str]) -> Iterator[str]:
    area, confidence = draft.values["area"], draft.values["area_confidence"]
    if not area:
        yield text("deck.no_area")
    elif known and _folded(area) not in known:
        yield text("deck.unknown_area", value=_short(area), known=_listed(known.values()))
    if _folded(confidence) not in _CONFIDENCES:
        yield text("deck.unknown_confidence", value=_short(confidence))


def _cell_faults(draft: _Draft) -> Iterator[str]:
    for column, value in draft.values.items():
        if isinstance(value, Converted) and column != "number":
            yield text("deck.converted", column=_label(column), value=value)
    yield from (text("deck.stray", value=_short(value)) for value in draft.stray)


def _repeats(things: Iterable, key: Callable[..., Hashable]) -> Iterator[tuple]:
    """Each thing whose key an earlier one has, and that earlier one; a thing without a key repeats none."""
    first: dict[Hashable, object] = {}
    for thing in things:
        if key(thing) and first.setdefault(key(thing), thing) is not thing:
            yield thing, first[key(thing)]


# Words


def _fault(file: Path, where: str, fault: str) -> str:
    return f"{file.name}, {where}: {fault}"


def _line(sheet: Sheet, line: int) -> str:
    return text(f"deck.{sheet.unit}", line=line)


def _message(faults: list[str]) -> str:
    untold = len(faults) - _MAX_FAULTS
    more = [text("deck.more", count=untold)] if untold > 0 else []
    listed = "\n".join([*faults[:_MAX_FAULTS], *more])
    return text("deck.problem", count=len(faults), faults=listed)


def _label(column: str) -> str:
    return "{1} ({0})".format(*_COLUMNS[column])


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"”{name}”" for name in names)


def _short(value: object) -> str:
    flat = " ".join(str(value).split())
    return flat if len(flat) <= _MAX_VALUE_LENGTH else flat[: _MAX_VALUE_LENGTH - 1].rstrip() + "…"
