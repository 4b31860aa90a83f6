"""The pages below a Jupyter server, at `<base_url>/dialogkort/`: who may ask is for Jupyter to say.

Jupyter's identity provider, authorizer and checks of `Host` and `Origin` apply, so it is the same behind a
proxy and on a hub. Jupyter loads this module whenever it starts, so it loads nothing that is only needed once
somebody opens a page: the notes' store and the process for tasks wait for the first window.
"""

import asyncio
import os
import re
import ssl
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import allow_unauthenticated, authorized, ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from jupyter_server.extension.application import ExtensionApp
from tornado.web import HTTPError, authenticated
from tornado.websocket import WebSocketHandler
from traitlets import Bool, Unicode

from dialogkort.i18n import text
from dialogkort.server.gate import Gate
from dialogkort.server.handlers import (
    UPLOAD_ACCESS,
    Asset,
    Download,
    Health,
    ScreenPage,
    Upload,
    security_headers,
    write_notice,
)
from dialogkort.server.sockets import WindowSocket, facilitator
from dialogkort.ui.screens import ADDRESSES, BY_ADDRESS, NAMES
from dialogkort.ui.share.process import ALLOWED
from dialogkort.ui.share.public_address import PublicAddress, read_public_address

if TYPE_CHECKING:
    from dialogkort.server.host import Host

_NAME = "dialogkort"
_SECRET = r"([\w-]{20,64})"
_HOST = re.compile(r"[\w.-]+(:\d+)?|\[[0-9a-fA-F:.]+\](:\d+)?")


def launcher_tiles() -> dict:
    """The tiles of JupyterLab's launcher: a tile for each screen, by the address it opens."""
    names = {path: text(f"app.screens.{screen}") for path, screen in BY_ADDRESS.items()}
    return {
        "category": text("app.tile.category"),
        "tiles": [
            {"path": path, "label": name, "caption": text("app.tile.caption", screen=name)}
            for path, name in names.items()
        ],
    }


class LateHost:
    """The host of a Jupyter server: made when the first window opens, and the same for all of them.

    Parameters
    ----------
    log : str
        The file that gets what tasks print; empty when there is none.
    maintains : bool
        See to the notes first (is the file sound?), and back them up while the server runs.
    shares : bool
        Let the facilitator share with the room.
    """

    def __init__(self, log: str = "", maintains: bool = True, shares: bool = True):
        self.tls: ssl.SSLContext | None = None  # the certificate that devices in the room are shown
        self.share_url: PublicAddress | None = None  # what they call the room by, behind a proxy
        self.proxy = ""  # the address that proxy calls from, if its word on who calls is taken
        self.gate = Gate(frozenset())  # counts sockets; names and origins are Jupyter's to check
        self._log = log
        self._maintains = maintains
        self._shares = shares
        self._making: asyncio.Future[Host] | None = None
        self._running = ExitStack()

    async def get(self) -> "Host":
        """The host. Reading a large store takes its time; the server's loop does not wait for it."""
        if self._making is None or (self._making.done() and self._making.exception()):
            loop = asyncio.get_running_loop()
            self._making = loop.run_in_executor(None, self._make, loop)
        return await asyncio.shield(self._making)

    def existing(self) -> "Host | None":
        """The host, if a window has been opened yet."""
        if self._making is None or not self._making.done() or self._making.exception():
            return None
        return self._making.result()

    async def close(self) -> None:
        """Finish what was asked, and let go of the store."""
        if self._making is not None:
            await asyncio.wait([self._making])
            await asyncio.get_running_loop().run_in_executor(None, self._running.close)

    def _make(self, loop: asyncio.AbstractEventLoop) -> "Host":
        from dialogkort.errors import StoreError
        from dialogkort.maintenance import periodic_backups, run_maintenance
        from dialogkort.server.host import Host
        from dialogkort.store import default_folder, default_location, is_address

        store, notices = default_location(), []
        folder = None if is_address(store) or not self._maintains else Path(store)
        if folder:
            try:
                notices = run_maintenance(folder)
            except StoreError as problem:
                notices = [str(problem)]
        host = Host(store, log=self._log or None, notices=notices)
        host.loop = loop
        self._running.callback(host.close)
        if self._shares:
            self._share(host, folder or default_folder())
        if folder:
            self._running.enter_context(periodic_backups(folder, host.dispatcher.copy_file))
        return host

    def _share(self, host: "Host", folder: Path) -> None:
        from dialogkort.errors import InvalidAction
        from dialogkort.server.sharing import Sharing

        host.sharing = Sharing(host, folder, self.tls, self.share_url, self.proxy)
        with suppress(InvalidAction):  # not on that network any more: the page offers another
            host.sharing.resume()


class JupyterAccess(JupyterHandler):
    """A handler of ours below Jupyter: Jupyter says who may ask, we say what the browser may do with it."""

    SUPPORTED_METHODS: tuple[str, ...] = ("GET", "HEAD")
    auth_resource = _NAME

    def initialize(self, hosts: LateHost) -> None:
        self.hosts = hosts

    def set_default_headers(self) -> None:
        super().set_default_headers()  # what the administrator has asked for
        self.clear_header("Server")
        host = self.request.headers.get("Host", "")
        for name, value in security_headers(host if _HOST.fullmatch(host) else "localhost").items():
            self.set_header(name, value)

    def write_error(self, status_code: int, **_: object) -> None:
        write_notice(self, {403: "forbidden", 404: "unknown", 405: "unknown"}.get(status_code, "broken"))


class JupyterPage(ScreenPage, JupyterAccess):
    """A screen's page, for who is logged in."""

    access_kind = "jupyter"

    @authenticated
    @authorized("read")
    def get(self, screen: str = "") -> None:
        self.answer(screen)

    @authenticated
    @authorized("read")
    def head(self, screen: str = "") -> None:
        self.answer(screen)


class JupyterBase(JupyterAccess):
    """The address without its slash: what a page asks for is relative to the one with it."""

    @authenticated
    def get(self) -> None:
        self.redirect(f"{self.base_url}{_NAME}/")


class JupyterAsset(Asset, JupyterAccess):
    """An asset, for anybody: it holds nothing but what was published."""

    @allow_unauthenticated
    def get(self, version: str, name: str) -> None:
        self.answer(version, name)

    @allow_unauthenticated
    def head(self, version: str, name: str) -> None:
        self.answer(version, name)


class JupyterHealth(Health, JupyterAccess):
    """The health check, for who is logged in."""

    @authenticated
    def get(self) -> None:
        self.answer()


class JupyterDownload(Download, JupyterAccess):
    """A file that was made for a window of somebody who is logged in."""

    @authenticated
    @authorized("read")
    async def get(self, secret: str) -> None:
        host = self.hosts.existing()
        if host is None:
            raise HTTPError(404)
        self.host = host
        await self.answer(secret)


class JupyterUpload(Upload, JupyterAccess):
    """A file that a window hands in: for who is logged in, and was given the access to do so by its socket.

    No other page can have that access, and it has to be a page of this server that shows it: so Jupyter's own
    cookie against forged requests is not asked for.
    """

    SUPPORTED_METHODS = ("POST",)

    def check_xsrf_cookie(self) -> None:
        pass

    async def prepare(self) -> None:
        if waiting := super().prepare():
            await waiting
        host = self.hosts.existing()
        user = self.current_user
        if user is None or not self.authorizer.is_authorized(self, user, "write", _NAME):
            raise HTTPError(403)
        if host is None or not host.has_access_token(self.request.headers.get(UPLOAD_ACCESS, "")):
            raise HTTPError(403)
        if "Origin" not in self.request.headers or not self.check_origin():
            raise HTTPError(403)
        self.host = host
        self.begin()

    @authenticated
    def post(self) -> None:
        self.answer()


class JupyterSocket(WindowSocket, WebSocketMixin, WebSocketHandler, JupyterAccess):
    """A facilitator's socket, for who is logged in: it is welcome at once."""

    def initialize(self, hosts: LateHost) -> None:
        super().initialize(hosts)
        self.begin(hosts.gate)

    @ws_authenticated
    @authorized("write")
    async def get(self, screen: str) -> None:
        await super().get(screen)

    async def open(self, screen: str) -> None:
        if not self.count():
            return
        self.host = await self.hosts.get()
        if self.ws_connection is not None:  # it may have been closed meanwhile
            self.start_window(screen, facilitator(), {"access": ""})  # files need no more than Jupyter's word

    async def on_message(self, content: str | bytes) -> None:
        self.settings["last_activity_times"][_NAME] = datetime.now(UTC)  # a hub must not think it idle
        await super().on_message(content)


class DialogkortExtension(ExtensionApp):
    """Dialogkort's pages in a Jupyter server."""

    name = _NAME
    extension_url = f"/{_NAME}/"

    log_path = Unicode(help="The file that gets what tasks print; none when empty.").tag(config=True)
    shares = Bool(
        "JUPYTERHUB_API_TOKEN" not in os.environ,
        help="Let the facilitator share with the room, on a port of its own; not on a hub unless asked for.",
    ).tag(config=True)
    share_url = Unicode(
        help="What devices in the room call that by behind a proxy, e.g. https://cards.example/room/."
    ).tag(config=True)
    maintains = Bool(True, help="See to the notes and back them up while the server runs.").tag(config=True)

    def initialize_handlers(self) -> None:
        """Mount the pages, and tell JupyterLab's launcher what its tiles are called."""
        self.hosts = LateHost(self.log_path, self.maintains, self.shares)
        self.hosts.share_url = read_public_address(self.share_url) if self.share_url else None
        os.environ[ALLOWED] = "1" if self.shares else "0"  # for the kernels' notebooks too
        shared = {"hosts": self.hosts}
        routes = [
            ("", JupyterPage),
            (f"({ADDRESSES})", JupyterPage),
            (f"socket/({NAMES})", JupyterSocket),
            (rf"files/{_SECRET}", JupyterDownload),
            ("uploads", JupyterUpload),
            (r"assets/(\w+)/([\w/.-]+)", JupyterAsset),
            ("alive", JupyterHealth),
        ]
        self.handlers.append((_NAME, JupyterBase, shared))
        self.handlers.extend((f"{_NAME}/{path}", handler, shared) for path, handler in routes)
        self.serverapp.web_app.settings.setdefault("page_config_data", {})["dialogkort"] = launcher_tiles()

    def current_activity(self) -> int:
        """The number of open windows: a server that ends when nobody works there goes on."""
        return self.hosts.gate.sockets

    async def stop_extension(self) -> None:
        """Close the notes' store with the server."""
        await self.hosts.close()
