"""Widget of sharing for a notebook."""

from pathlib import Path

from dialogkort.ui import bundle
from dialogkort.ui.live_widget import LiveWidget
from dialogkort.ui.roles import Access
from dialogkort.ui.share.controller import ShareController


class Share(LiveWidget):
    """Sharing with the room: `Share()` in a cell shows it.

    Parameters
    ----------
    where : str or Path, optional
        A folder or a server's address (`~/Dialogkort` when left out, see `default_location`).

    Examples
    --------
    >>> import tempfile
    >>> page = Share(tempfile.mkdtemp())
    >>> page.close()
    """

    _esm = bundle.bundle("share.js")
    _css = bundle.stylesheet("share", inline_font=True)

    def __init__(self, where: str | Path | None = None):
        super().__init__(where, lambda context: ShareController(context, Access(), None), "share")
