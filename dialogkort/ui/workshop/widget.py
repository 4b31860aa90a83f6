"""Widget of the workshop for a notebook."""

from pathlib import Path

from dialogkort.decks.reading import deck_to_begin_with
from dialogkort.domain.deck import Deck
from dialogkort.errors import DeckError
from dialogkort.i18n import text
from dialogkort.ui import bundle
from dialogkort.ui.live_widget import LiveWidget
from dialogkort.ui.roles import Access
from dialogkort.ui.workshop.controller import WorkshopController


class Workshop(LiveWidget):
    """The workshop for one group: `Workshop()` in a cell shows it.

    Parameters
    ----------
    where : str or Path, optional
        The folder or the server's address where the notes are kept (`~/Dialogkort` when left out, see
        `default_location`).
    deck : str or Path, optional
        A deck file or folder; else the deck that comes with the kit.

    Nothing is raised in front of the group: what is wrong is said on the screen.

    Examples
    --------
    >>> import tempfile
    >>> page = Workshop(tempfile.mkdtemp())
    >>> page.close()
    """

    _esm = bundle.bundle("workshop.js")
    _css = bundle.stylesheet("workshop", inline_font=True)

    def __init__(self, where: str | Path | None = None, deck: str | Path | None = None):
        dealt_deck, deck_error = Deck("", text("page.title"), "", "", (), ()), ""
        try:
            dealt_deck = deck_to_begin_with(deck)
        except DeckError as fault:
            deck_error = str(fault)
        super().__init__(
            where, lambda context: WorkshopController(context, Access(), dealt_deck, deck_error), "workshop"
        )
