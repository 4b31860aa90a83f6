"""The check of a deck, with the measure of the printed card."""

from pathlib import Path

from dialogkort.decks.checking import DeckReport, check_file
from dialogkort.documents.cards import too_long


def check_deck(path: str | Path) -> DeckReport:
    """Everything to mend or to look at in a file of cards: the same as `dialogkort check`.

    Parameters
    ----------
    path : str or Path
        A workbook (.xlsx, .xls, .ods), a CSV file, or a folder with one.

    Returns
    -------
    DeckReport
        `findings`, each with its line and severity; `deck` when nothing must be mended.

    Examples
    --------
    >>> from dialogkort import resources
    >>> print(check_deck(resources.DATA / "medarbejderen").as_text())
    cards.csv: 35 kort, 4 områder, lixtal 41
    Intet at rette.
    """
    return check_file(path, too_long)
