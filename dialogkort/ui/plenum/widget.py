"""Widget of the plenum for a notebook."""

from pathlib import Path

from dialogkort.ui import bundle
from dialogkort.ui.live_widget import LiveWidget, dispatcher_of, location_of
from dialogkort.ui.plenum.controller import PlenumController
from dialogkort.ui.roles import Access
from dialogkort.ui.share.process import is_allowed, sharing_process


class Plenum(LiveWidget):
    """All groups of a workshop and their notes, for the room: `Plenum()` in a cell shows it.

    What joins by `Share()` in the same kernel is seen here, and phones vote; else hands are counted.

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
        location = location_of(where)
        devices = sharing_process(location) if is_allowed() else None
        super().__init__(where, lambda context: PlenumController(context, Access(), devices), "plenum")
        if devices:
            devices.follow(lambda: dispatcher_of(location).refresh(("plenum",), lambda: None))
