"""Widget of the plenum for a notebook."""

from pathlib import Path

from dialogkort.ui import bundle
from dialogkort.ui.live_widget import LiveWidget
from dialogkort.ui.plenum.controller import PlenumController
from dialogkort.ui.roles import Access


class Plenum(LiveWidget):
    """All groups of a workshop and their notes, for the room: `Plenum()` in a cell shows it.

    Parameters
    ----------
    where : str or Path, optional
        A folder or a server's address (`~/Dialogkort` when left out, see `default_location`).

    Examples
    --------
    >>> import tempfile
    >>> page = Plenum(tempfile.mkdtemp())
    >>> page.close()
    """

    _esm = bundle.bundle("plenum.js")
    _css = bundle.stylesheet("plenum", inline_font=True)

    def __init__(self, where: str | Path | None = None):
        super().__init__(where, lambda context: PlenumController(context, Access(), None), "plenum")
