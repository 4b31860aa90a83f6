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
from dialogkort.ui.share.way_in import WayIn


class Share(LiveWidget):
    """Sharing with the room: `Share()` in a cell shows it.

    A process of its own listens for the room; it ends with the kernel. On a hub it is off, unless the
    administrator has set `DialogkortExtension.shares`. All cells that share the same notes have one way in:
    the last that was named.

    Parameters
    ----------
    where : str or Path, optional
        A folder or a server's address (`~/Dialogkort` when left out, see `default_location`).
    share_url : str
        What devices call the room by where a proxy stands between, such as https://kort.kommune.dk/rum/; it
        answers to no other then. Choose 127.0.0.1 as network where the proxy is on this machine.
    proxy : str
        The address that proxy calls from, if its word on who calls is taken.
    certificate, key : str or Path, optional
        Files (PEM) with a certificate and its key, which encrypt the connection.

    Raises
    ------
    InvalidAction
        `share_url` or `proxy` is no address.
    StartupError
        The certificate cannot be used.

    Examples
    --------
    >>> import tempfile
    >>> page = Share(tempfile.mkdtemp())
    >>> page.close()
    """

    _esm = bundle.bundle("share.js")
    _css = bundle.stylesheet("share", inline_font=True)

    def __init__(
        self,
        where: str | Path | None = None,
        *,
        share_url: str = "",
        proxy: str = "",
        certificate: str | Path | None = None,
        key: str | Path | None = None,
    ):
        self._way_in = WayIn(share_url, proxy, _path(certificate), _path(key))
        self._way_in.check()
        # Without a service its window says that one cannot share here.
        super().__init__(where, lambda context: ShareController(context, Access(), None), "share")

    def _attach(self, make: Callable[[Context], Controller]) -> Window | SharingWindow:
        if not is_allowed():
            return super()._attach(make)
        process = sharing_process(self._location)
        process.use(self._way_in)
        return process.attach(self._deliver)


def _path(file: str | Path | None) -> str:
    return str(Path(file).expanduser().absolute()) if file else ""
