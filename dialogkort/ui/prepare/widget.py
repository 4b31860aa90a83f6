"""Widget for preparing a workshop, for a notebook."""

from pathlib import Path

from dialogkort.decks.reading import deck_to_begin_with
from dialogkort.domain.deck import Deck
from dialogkort.errors import DeckError
from dialogkort.i18n import text
from dialogkort.ui import bundle
from dialogkort.ui.live_widget import LiveWidget
from dialogkort.ui.prepare.controller import PrepareController
from dialogkort.ui.roles import Access


class Prepare(LiveWidget):
    """The page for preparing a workshop: `Prepare()` in a cell shows it.

    Parameters
    ----------
    where : str or Path, optional
        The folder or the server's address where the plans are kept (`~/Dialogkort` when left out, see
        `default_location`).
    deck : str or Path, optional
        The deck to choose from: a file or folder; else the deck that comes with the kit.

    Nothing is raised in front of who prepares: what is wrong is said on the screen.

    Examples
    --------
    >>> import tempfile
    >>> page = Prepare(tempfile.mkdtemp())
    >>> page.close()
    """

    _esm = bundle.bundle("prepare.js")
    _css = bundle.stylesheet("prepare", inline_font=True)

    def __init__(self, where: str | Path | None = None, deck: str | Path | None = None):
        chosen_deck, deck_error = Deck("", text("page.title"), "", "", (), ()), ""
        try:
            chosen_deck = deck_to_begin_with(deck)
        except DeckError as fault:
            deck_error = str(fault)
        super().__init__(
            where,
            lambda context: PrepareController(context, Access(), chosen_deck, deck_error),
            "prepare",
        )
