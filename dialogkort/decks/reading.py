"""Reading a deck of cards from a spreadsheet or CSV file, with every fault of the file when it is no deck.

A deck file has a row per card under a row of headings; only `question` and `area` are needed. A `deck.toml`
beside it may name the deck and describe its areas. `data/README.md` tells what each column means.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dialogkort import resources
from dialogkort.decks import headings
from dialogkort.decks.about import about
from dialogkort.decks.drafts import (
    About,
    CardDraft,
    Fault,
    deck_of,
    draft_faults,
    drafts_of,
    fault,
    is_garbled,
)
from dialogkort.decks.findings import Finding, Severity, listed, message_of, short
from dialogkort.decks.spreadsheet import Row, Sheet, read_sheets
from dialogkort.domain.deck import Area, Deck
from dialogkort.errors import DeckError, SpreadsheetError
from dialogkort.i18n import text

DECK_VARIABLE = "DIALOGKORT_DECK"
_CARD_FILES = {"cards.csv", "cards.xlsx", "cards.xls", "cards.ods"}


class DeckFile(NamedTuple):
    """A file of cards as far as it can be read: its sheet, its drafts, and what was found in it."""

    file: Path
    about: About
    sheet: Sheet
    drafts: list[CardDraft]
    findings: list[Finding]

    @property
    def errors(self) -> list[Finding]:
        """What keeps it from being a deck."""
        return [one for one in self.findings if one.severity is Severity.ERROR]

    def deck(self) -> Deck:
        """The deck; `DeckError` with every error of the file when it is none."""
        if errors := self.errors:
            raise DeckError(message_of(errors))
        return deck_of(self.about, self.drafts, shipped_deck())

    def deck_of_drafts(self) -> Deck:
        """The deck of drafts that were edited since; `DeckError` with what is wrong with them now."""
        faults = draft_faults(self.drafts, self.about.areas, self.sheet.unit)
        return self._replace(findings=[*(self.of_draft(*fault) for fault in faults)]).deck()

    def of_draft(self, draft: CardDraft, fault: Fault) -> Finding:
        """The finding of a draft's fault."""
        return self.finding(fault.what, fault.message, draft.line, number=draft.values["number"])

    def finding(self, what: str, message: str, line: int | None = None, **fields) -> Finding:
        """A finding in this file."""
        return _finding(self.file, self.sheet, what, message, line, **fields)


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
    return shipped_deck() if path is None else read_deck_file(path).deck()


def deck_to_begin_with(path: str | Path | None = None) -> Deck:
    """The deck in a file; without one, that of the environment's `DIALOGKORT_DECK`, else the shipped deck.

    `DeckError` as for `read_deck`.
    """
    return read_deck(path if path is not None else os.environ.get(DECK_VARIABLE) or None)


def shipped_deck() -> Deck:
    """The deck that comes with the kit."""
    read = read_deck_file(resources.DATA / "medarbejderen")
    return deck_of(read.about, read.drafts, None)


def read_deck_file(path: str | Path, called: str = "") -> DeckFile:
    """A file of cards, or a folder with one, as far as it can be read, and every finding of the reading.

    Parameters
    ----------
    path : str or Path
        As for `read_deck`.
    called : str, optional
        What the file is called where it comes from; its own name when left out.

    Returns
    -------
    DeckFile

    Raises
    ------
    DeckError
        No rows can be read from it.

    Examples
    --------
    >>> read_deck_file(resources.DATA / "medarbejderen").errors
    []
    """
    file = _path_of(path)
    try:
        return _read(file, called)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DeckError(text("deck.missing", file=file)) from error
    except OSError as error:
        raise DeckError(text("deck.unreadable", file=error.filename or file)) from error
    except SpreadsheetError as error:
        raise DeckError(str(error)) from error


def _path_of(path: str | Path) -> Path:
    # Windows' “Copy as path” puts quotation marks around it.
    return Path(str(path).strip(' "')).expanduser().absolute()


def _read(path: Path, called: str) -> DeckFile:
    is_folder = path.is_dir()
    file = _cards_in(path) if is_folder else path
    sheets = read_sheets(file)
    if not sheets:
        raise DeckError(text("deck.empty", file=file))
    sheet = _sheet_of_cards(sheets)
    file, toml = Path(called or file), file.with_name("deck.toml")
    details, findings = about(toml, (is_folder and path.name) or file.stem)
    head = headings.heading_row(sheet.rows)
    drafts = drafts_of(sheet, head, details.id)
    findings += [*_sheet_findings(file, sheet, sheet.rows[head], drafts, details.areas)]
    findings += [*_unseen(file, sheet, sheet.rows[head], sheets, drafts)]
    return DeckFile(file, details, sheet, drafts, findings)


def _cards_in(folder: Path) -> Path:
    files = sorted(file for file in folder.iterdir() if file.name.casefold() in _CARD_FILES)
    if not files:
        raise DeckError(text("deck.no_cards", file=folder))
    if len(files) > 1:
        raise DeckError(text("deck.two_cards", file=folder, found=listed(file.name for file in files)))
    return files[0]


def _sheet_of_cards(sheets: list[Sheet]) -> Sheet:
    """The first sheet with the headings of a deck, one that is seen before one that is hidden."""
    in_order = sorted(sheets, key=lambda sheet: sheet.is_hidden)
    return next((sheet for sheet in in_order if headings.has_cards(sheet.rows)), in_order[0])


# What is found in the rows


def _sheet_findings(
    file: Path, sheet: Sheet, head: Row, drafts: list[CardDraft], areas: tuple[Area, ...]
) -> Iterator[Finding]:
    """Every fault of the rows; those that only follow from another are left untold."""
    faults = list(_letter_faults(sheet)) or [(head.line, "", one) for one in _heading_faults(head)]
    if not faults and not drafts:
        raise DeckError(text("deck.only_headings", file=file))
    if not faults:
        of_drafts = draft_faults(drafts, areas, sheet.unit)
        faults = [(draft.line, draft.values["number"], one) for draft, one in of_drafts]
        faults.sort(key=lambda entry: entry[0])
    for line, number, one in faults:
        yield _finding(file, sheet, one.what, one.message, line, number=number)


def _finding(file: Path, sheet: Sheet, what: str, message: str, line: int | None = None, **fields) -> Finding:
    return Finding(file.name, what, message, sheet=sheet.name, line=line, unit=sheet.unit, **fields)


def _letter_faults(sheet: Sheet) -> Iterator[tuple[int, str, Fault]]:
    cells = ((row.line, cell) for row in sheet.rows for cell in row.cells)
    for line, cell in cells:
        if is_garbled(cell):
            yield line, "", fault("garbled", value=short(cell))
            return  # one is enough: the whole file was saved the wrong way


def _heading_faults(head: Row) -> Iterator[Fault]:
    for cell, first in headings.doubled(head):
        yield fault("column_twice", value=short(cell), first=short(first))
    columns = headings.columns_of(head)
    corrections = dict(headings.misspelt(head, columns))
    for cell, column in corrections.items():
        yield fault("misspelt", value=short(cell), meant=headings.label(column))
    missing = [column for column in headings.REQUIRED if column not in {*columns, *corrections.values()}]
    if missing:
        given = short(listed(cell for cell in head.cells if cell))
        yield fault("no_column", columns=", ".join(map(headings.label, missing)), found=given)


def _unseen(
    file: Path, sheet: Sheet, head: Row, sheets: list[Sheet], drafts: list[CardDraft]
) -> Iterator[Finding]:
    """What somebody who opens the file would not expect: hidden rows that count, sheets that do not."""
    look = Severity.LOOK
    if sheet.is_hidden:
        message = text("deck.hidden_sheet", sheet=sheet.name)
        yield _finding(file, sheet, "hidden_sheet", message, severity=look)
    for other in sheets:
        if other is not sheet and headings.has_cards(other.rows):
            message = text("deck.other_sheet", sheet=other.name, read=sheet.name)
            yield _finding(file, other, "other_sheet", message, severity=look)
    if written := _renumbered(sheet, head, drafts):
        yield _finding(file, sheet, "numbered", text("deck.numbered", value=short(written)), severity=look)
    for draft in drafts:
        if draft.line in sheet.hidden_rows:
            message, number = text("deck.hidden_row"), draft.values["number"]
            yield _finding(file, sheet, "hidden_row", message, draft.line, number=number, severity=look)


def _renumbered(sheet: Sheet, head: Row, drafts: list[CardDraft]) -> str:
    """The first number that is told otherwise than it stands in the file; empty where none is."""
    column = headings.columns_of(head).get("number")
    rows = {row.line: row.cells for row in sheet.rows}
    for draft in drafts:
        cells = rows[draft.line]
        written = cells[column] if column is not None and column < len(cells) else ""
        digits = re.search(r"([0-9]+)(?:[.,]0*)?$", written)
        if digits and draft.number and int(digits[1]) != draft.number:
            return written
    return ""
