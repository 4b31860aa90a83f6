"""PDF files that a workshop needs on paper: cards, guide, note sheet, alignment page, handbook."""

from collections.abc import Callable, Iterable
from pathlib import Path

from dialogkort.decks.reading import read_deck
from dialogkort.documents.cards import card_sheets
from dialogkort.documents.handbook import handbook_sheet
from dialogkort.documents.sheets import alignment_page, guide_sheet, note_sheet
from dialogkort.domain.deck import Deck
from dialogkort.exports.export import write
from dialogkort.i18n import text

SHEETS = ("cards", "guide", "notes", "alignment", "handbook")


def print_deck(
    into: str | Path,
    deck: Deck | str | Path | None = None,
    cards: Iterable[int] | None = None,
    *,
    backs: bool = True,
    shift: tuple[float, float] = (0, 0),
) -> list[Path]:
    """PDF files to print, written into a folder: cards to cut out, the sheets beside them, the handbook.

    Parameters
    ----------
    into : str or Path
        The folder, which is made if need be. Files of the same names are replaced.
    deck : Deck, str or Path, optional
        A deck, or the file or folder it is in; the shipped deck when left out.
    cards : iterable of int, optional
        Numbers of the cards to print, in this order; all when left out.
    backs : bool
        Whether the cards get backs, for printing on both sides, flipped on the long edge.
    shift : tuple of float
        Millimetres to move the backs to the right and down, when the alignment page shows a need.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    DeckError
        The deck cannot be read, or a card is too long; every such card is named.
    InvalidAction
        There is no such card, or the shift is too large.
    StoreError
        The folder cannot be written in.

    Examples
    --------
    >>> import tempfile
    >>> [path.name for path in print_deck(tempfile.mkdtemp(), cards=[1, 2])]
    ['kort.pdf', 'vejledning.pdf', 'noteark.pdf', 'prøveside.pdf', 'hjælp.pdf']
    """
    deck = deck if isinstance(deck, Deck) else read_deck(deck)
    return write(into, printed_files(deck, cards, backs=backs, shift=shift), shared=True)


def printed_files(
    deck: Deck,
    cards: Iterable[int] | None = None,
    *,
    backs: bool = True,
    shift: tuple[float, float] = (0, 0),
    sheets: Iterable[str] = SHEETS,
) -> dict[str, bytes]:
    """The files that `print_deck` writes, or some of them.

    Parameters
    ----------
    deck : Deck
        The deck.
    cards : iterable of int, optional
        Numbers of the cards to print, in this order; all when left out.
    backs : bool
        Whether the cards get backs.
    shift : tuple of float
        Millimetres to move the backs to the right and down.
    sheets : iterable of str
        Some of "cards", "guide", "notes", "alignment" and "handbook".

    Returns
    -------
    dict of str to bytes
        Contents by file name.

    Raises
    ------
    DeckError
        A card is too long; every such card is named.
    InvalidAction
        There is no such card, or the shift is too large.

    Examples
    --------
    >>> list(printed_files(read_deck(), sheets=["guide"]))
    ['vejledning.pdf']
    """
    makers: dict[str, Callable[[], bytes]] = {
        "cards": lambda: card_sheets(deck, cards, backs=backs, shift=shift),
        "guide": lambda: guide_sheet(deck),
        "notes": lambda: note_sheet(deck),
        "alignment": lambda: alignment_page(shift=shift),
        "handbook": handbook_sheet,
    }
    return {text(f"documents.files.{sheet}"): makers[sheet]() for sheet in sheets}
