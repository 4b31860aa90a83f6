"""Widget of sharing for a notebook."""

from collections.abc import Callable
from pathlib import Path

from dialogkort.ui import bundle
from dialogkort.ui.controller import Context, Controller
from dialogkort.ui.dispatcher import Window
from dialogkort.ui.live_widget import LiveWidget
from dialogkort.ui.roles import Access
from dialogkort.ui.share.controller import ShareController
from dialogkort.ui.share.process import SharingWindow, is_allowed, sharing_process


class Share(LiveWidget):
    """Sharing with the room: `Share()` in a cell shows it.

    A process of its own listens for the room; it ends with the kernel. On a hub it is off, unless the
    administrator has set `DialogkortExtension.shares`.

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
        # Without a service its window says that one cannot share here.
        super().__init__(where, lambda context: ShareController(context, Access(), None), "share")

    def _attach(self, make: Callable[[Context], Controller]) -> Window | SharingWindow:
        if not is_allowed():
            return super()._attach(make)
        return sharing_process(self._location).attach(self._deliver)
