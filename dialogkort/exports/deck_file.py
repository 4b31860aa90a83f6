"""A deck as an Excel workbook that reads back as it was: for one who has edited a file of cards on screen."""

import io
from collections.abc import Sequence

from dialogkort.decks.drafts import CardDraft
from dialogkort.decks.findings import short
from dialogkort.decks.headings import danish_name
from dialogkort.errors import DeckError
from dialogkort.exports.csv_files import begins_like_a_formula
from dialogkort.i18n import text
from dialogkort.theme import area_style

_LONGEST_CELL = 32_767  # characters: Excel's limit, past which the rest would be left out without a word
_COLUMNS = {
    "number": 8,
    "area": 28,
    "area_confidence": 14,
    "question": 60,
    "examples": 60,
    "examples_label": 16,
    "id": 22,
}


def deck_workbook(drafts: Sequence[CardDraft]) -> bytes:
    """An .xlsx file with a row for each draft under headings that a deck is read by; no cell is a formula.

    Parameters
    ----------
    drafts : sequence of CardDraft
        The cards as they were typed.

    Returns
    -------
    bytes

    Raises
    ------
    DeckError
        A card has more text than a cell of Excel's holds.

    Examples
    --------
    >>> from dialogkort import resources
    >>> from dialogkort.decks.reading import read_deck_file
    >>> deck_workbook(read_deck_file(resources.DATA / "medarbejderen").drafts)[:2]
    b'PK'
    """
    from xlsxwriter import Workbook

    _check_lengths(drafts)
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as workbook:
        head = {"bold": True, "bg_color": area_style(0).light, "font_color": "white"}
        heading = workbook.add_format(head)
        usual = workbook.add_format({"valign": "top", "text_wrap": True, "num_format": "@"})
        sign = workbook.add_format(
            {"valign": "top", "text_wrap": True, "num_format": "@", "quote_prefix": True}
        )
        sheet = workbook.add_worksheet(text("spreadsheet.sheet.cards"))
        sheet.freeze_panes(1, 0)
        for column, (name, width) in enumerate(_COLUMNS.items()):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, danish_name(name), heading)
            for row, draft in enumerate(drafts, start=1):
                words = draft.values[name]
                if words:
                    sheet.write_string(row, column, words, sign if begins_like_a_formula(words) else usual)
    return file.getvalue()


def _check_lengths(drafts: Sequence[CardDraft]) -> None:
    for draft in drafts:
        if max(map(len, draft.values.values())) > _LONGEST_CELL:
            card = text("deck.report.card", number=short(draft.values["number"]))
            raise DeckError(f"{card}: {text('deck.too_long')}")
