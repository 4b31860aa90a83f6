"""Widget of the overview for a notebook."""

from pathlib import Path

from dialogkort.ui import bundle
from dialogkort.ui.live_widget import LiveWidget
from dialogkort.ui.overview.controller import OverviewController
from dialogkort.ui.roles import Access


class Overview(LiveWidget):
    """The overview of the workshops kept in one place: `Overview()` in a cell shows it.

    Parameters
    ----------
    where : str or Path, optional
        A folder or a server's address (`~/Dialogkort` when left out, see `default_location`).

    Examples
    --------
    >>> import tempfile
    >>> page = Overview(tempfile.mkdtemp())
    >>> page.close()
    """

    _esm = bundle.bundle("overview.js")
    _css = bundle.stylesheet("overview", inline_font=True)

    def __init__(self, where: str | Path | None = None):
        super().__init__(where, lambda context: OverviewController(context, Access()), "overview")
