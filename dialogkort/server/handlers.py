"""HTTP handlers: pages, assets, health checks, downloads. Nothing here runs what a browser sends.

What is answered is written in mixins that know neither keys nor Jupyter; who may ask is said by the class
they are mixed into: `Handler` here, `JupyterAccess` in `extension`. Jupyter loads this module when it starts,
so what a window needs is loaded when the first one opens.
"""

import asyncio
import base64
import hashlib
import json
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tornado.http1connection import HTTP1Connection
from tornado.web import HTTPError, RequestHandler, stream_request_body

from dialogkort import __version__
from dialogkort.errors import InvalidAction
from dialogkort.i18n import language, text
from dialogkort.server import limits
from dialogkort.server.peers import is_somebody_else
from dialogkort.theme import COLOURS
from dialogkort.ui import bundle
from dialogkort.ui.boot import boot_view
from dialogkort.ui.screens import BY_ADDRESS, JOIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialogkort.server.gate import Gate
    from dialogkort.server.host import Host, PendingDownload
    from dialogkort.ui.uploads import Uploads

_TEMPLATES = Path(__file__).parent / "templates"
_CHUNK = 256 << 10
# Of a file that is handed over, should a browser show one after all: it may be somebody else's.
_FILES_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
# Headers of a file that is handed in: the access its socket was given, and its name, percent-encoded.
UPLOAD_ACCESS, UPLOAD_NAME = "Dialogkort-Access", "Dialogkort-Name"


@cache
def template(name: str) -> str:
    """A file beside this one, as text."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")


@cache
def _notice_style() -> str:
    """The style sheet of a notice, in the colours of the pages."""
    ink, ground = COLOURS["ink"], COLOURS["linen"]
    colours = {"ink": ink.light, "ink_dark": ink.dark, "ground": ground.light, "ground_dark": ground.dark}
    return Template(template("notice.css")).substitute(colours)


@cache
def _hash(content: str) -> str:
    """The source expression of an inline script or style in a Content-Security-Policy."""
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def security_headers(host: str) -> dict[str, str]:
    """The security headers of every answer: nothing from elsewhere, nothing to elsewhere."""
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none';"
        f" script-src 'self' {_hash(template('take_key.js'))}; style-src 'self' {_hash(_notice_style())};"
        " font-src 'self';"
        f" img-src 'self' data: blob:; connect-src 'self' ws://{host} wss://{host};"
        " require-trusted-types-for 'script'; trusted-types 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


class HostCheckedHandler(RequestHandler):
    """Answers only who calls this server by its name; mixed into tornado's and Jupyter's handlers."""

    gate: "Gate"

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        if not hasattr(self, "gate"):
            return  # tornado asks for headers before it has initialized a handler
        for name, value in security_headers(self._known_host()).items():
            self.set_header(name, value)

    def check_host(self) -> None:
        """Set the headers that go with every answer.

        `HTTPError` 403 when a name from elsewhere was made to lead here (DNS rebinding).
        """
        self.set_default_headers()
        if not self.gate.allows_host(self.request.headers.get("Host")):
            raise HTTPError(403)

    def _known_host(self) -> str:
        host = self.request.headers.get("Host", "")
        return host if self.gate.allows_host(host) else "localhost"


class Handler(HostCheckedHandler):
    """A handler of ours without Jupyter."""

    SUPPORTED_METHODS: tuple[str, ...] = ("GET", "HEAD")

    def initialize(self, host: "Host", gate: "Gate") -> None:
        self.host = host
        self.gate = gate

    def prepare(self) -> None:
        self.check_host()

    def write_error(self, status_code: int, **_: object) -> None:
        kind = {403: "refused", 404: "unknown", 405: "unknown"}.get(status_code, "broken")
        write_notice(self, kind)


# --- what is answered -------------------------------------------------------------------------------------


class ScreenPage(RequestHandler):
    """A screen's page. It holds no notes: those come by its socket, once it has shown who it is."""

    access_kind = "key"  # how a socket finds out who is there: key, code, address or jupyter
    up = ""  # from the page's address to the base

    def answer(self, screen: str = "") -> None:
        """Send the page of a screen, by what stands in its address."""
        self.finish(screen_page(BY_ADDRESS[screen or ""], self.access_kind, self.up))


class Asset(RequestHandler):
    """A script, a style sheet or the font. Its address holds its version, so that a browser may keep it."""

    def answer(self, version: str, name: str) -> None:
        """Send an asset, by its name; `HTTPError` 404 when there is none, or only of another version."""
        asset = bundle.assets().get(name)
        if asset is None or version != bundle.version():
            raise HTTPError(404)
        content, kind = asset
        self.set_header("Content-Type", kind)
        self.set_header("Cache-Control", "public, max-age=31536000, immutable")
        self.finish(content)


class Health(RequestHandler):
    """A health check: an empty answer says that the server is there."""

    def answer(self) -> None:
        """Answer with an empty 204."""
        self.set_status(204)
        self.finish()


class Download(RequestHandler):
    """A file that was made for a window: by the secret its socket was sent, and once."""

    host: "Host"

    async def answer(self, secret: str, access: str | None = None) -> None:
        """Send a file, by its secret; `HTTPError` 404 when it was fetched already, or too late."""
        download = self.host.take_download(secret, access)
        if download is None:
            raise HTTPError(404)
        await send_file(self, self.host, download)


@stream_request_body
class Upload(RequestHandler):
    """A file that is handed in, written to a private temporary file as it comes; its secret is the answer.

    Who mixes it in calls `begin` once it is known who sends, before anything of the file is taken in: what
    else comes is read no further than any small body. (`RequestHandler.prepare` comes before the body.)
    """

    host: "Host"
    _secret = ""
    _refused = ""

    def begin(self) -> None:
        """Take in what comes, until it is too large or takes too long."""
        from dialogkort.ui.uploads import MAX_FILE_BYTES

        connection = self.request.connection
        if isinstance(connection, HTTP1Connection):
            connection.set_max_body_size(MAX_FILE_BYTES)
            connection.set_body_timeout(limits.UPLOAD_SECONDS)
        name = unquote(self.request.headers.get(UPLOAD_NAME, ""), errors="replace")
        self._secret = self._do(lambda uploads: uploads.begin(name)) or ""

    async def data_received(self, chunk: bytes) -> None:
        """Write a piece; the next is read when that is done."""
        if self._secret and not self._refused:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(
                self.host.threads, self._do, lambda uploads: uploads.append(self._secret, chunk)
            )

    def answer(self) -> None:
        """Say what the file is called by now, or why it was not taken in."""
        if self._secret and not self._refused:
            self._do(lambda uploads: uploads.finish(self._secret))
        secret, self._secret = self._secret, ""  # it is the window's from here
        self.finish({"refused": self._refused} if self._refused else {"upload": secret})

    def on_finish(self) -> None:
        self._forget()

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self._forget()

    def _forget(self) -> None:
        """Leave nothing of a file that was broken off."""
        if self._secret:
            self.host.dispatcher.context.uploads.forget(self._secret)

    def _do(self, act: "Callable[[Uploads], str | None]") -> str | None:
        try:
            return act(self.host.dispatcher.context.uploads)
        except InvalidAction as fault:
            self._refused = str(fault)
            return None


# --- standalone -------------------------------------------------------------------------------------------


class KeyPage(ScreenPage, Handler):
    """A facilitator's page: its socket asks for the key."""

    def get(self, screen: str = "") -> None:
        self.answer(screen)

    head = get


class GroupPage(ScreenPage, Handler):
    """The page of one group, at the group's own address."""

    def write_error(self, status_code: int, **more: object) -> None:
        """Say to who was removed, or had an address of another day, how to join again."""
        if status_code == 404:
            write_notice(self, "not_joined")
        else:
            super().write_error(status_code, **more)

    def get(self, secret: str) -> None:
        access = self.host.groups.get(secret)
        if access is None:
            raise HTTPError(404)
        kind = self.host.sharing.kind_of(secret) if self.host.sharing else "both"
        self.finish(screen_page(access.screen, "address", "../../", device=kind))

    head = get


class JoinPage(Handler):
    """The page by which a device joins. It holds nothing before its socket has shown the code."""

    def get(self) -> None:
        if not self.host.sharing:
            raise HTTPError(404)
        self.host.sharing.note_device(self.gate.peer(self.request))
        self.finish(screen_page(JOIN, "code", ""))

    head = get


class OpenAsset(Asset, Handler):
    """An asset, for anybody who calls this server by its name."""

    def get(self, version: str, name: str) -> None:
        self.answer(version, name)

    head = get


class OpenHealth(Health, Handler):
    """The health check, for anybody who calls this server by its name."""

    def get(self) -> None:
        self.answer()

    head = get


class WelcomeDownload(Download, Handler):
    """A download, for the one whose socket was sent its secret.

    The header holds what the socket's welcome gave, so that an address alone opens nothing.
    """

    async def answer_welcome(self, secret: str, address: str = "") -> None:
        """Send a file to a window at an address; `HTTPError` 403 when the token is not of one."""
        access = self.request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        if not self.host.has_access_token(access, address):
            raise HTTPError(403)
        await self.answer(secret, access)


class KeyDownload(WelcomeDownload):
    """A download for a facilitator's window."""

    async def get(self, secret: str) -> None:
        await self.answer_welcome(secret)


class GroupDownload(WelcomeDownload):
    """A download for a window at a group's address, below that address alone."""

    async def get(self, address: str, secret: str) -> None:
        await self.answer_welcome(secret, address)


class KeyUpload(Upload, Handler):
    """A file that a facilitator's window hands in: for who was let in by a page of ours."""

    SUPPORTED_METHODS = ("POST",)

    def prepare(self) -> None:
        self.check_host()
        headers = self.request.headers
        is_ours = self.gate.allows_origin(headers.get("Origin"), headers.get("Host"))
        if self.request.method != "POST":
            raise HTTPError(405)
        if not is_ours or not self.host.has_access_token(headers.get(UPLOAD_ACCESS, "")):
            raise HTTPError(403)
        if isinstance(self.request.connection, HTTP1Connection):
            self.gate.strangers.discard(self.request.connection.stream)  # a slow one is not thrown out
        self.begin()

    def post(self) -> None:
        self.answer()


class OneTimeLogin(Handler):
    """The address a browser is started with. It opens once, and leads on to the page with its key.

    Others on the machine may read how a program was started, and be quicker: so it opens for this user only,
    where the system tells whose a connection is.
    """

    def get(self, secret: str) -> None:
        connection = self.request.connection
        if not isinstance(connection, HTTP1Connection) or is_somebody_else(connection.stream.socket):
            raise HTTPError(403)
        self.redirect(self.application.settings["logins"].pop(secret, "../"))


class NotFound(Handler):
    """Everything else."""

    def prepare(self) -> None:
        self.check_host()
        raise HTTPError(404)


# --- how it is written ------------------------------------------------------------------------------------


async def send_file(handler: RequestHandler, host: "Host", download: "PendingDownload") -> None:
    """Send a file that was made, piece by piece, and remove it."""
    loop = asyncio.get_running_loop()
    handler.set_header("Content-Type", "application/octet-stream")  # to be kept, and not to be shown
    handler.set_header("Content-Disposition", "attachment")
    handler.set_header("Content-Security-Policy", _FILES_POLICY)
    try:
        with download.path.open("rb") as file:
            while piece := await loop.run_in_executor(host.threads, file.read, _CHUNK):
                handler.write(piece)
                await handler.flush()
        handler.finish()
    finally:
        download.path.unlink(missing_ok=True)


def screen_page(screen: str, access: str, up: str, **more: str) -> str:
    """The page of a screen: its texts, its script, `more` to begin with, and nothing that was said."""
    about = {"version": bundle.version(), "program": __version__, "access": access}
    boot = {**boot_view(screen), **about, **more}
    return Template(template("page.html")).substitute(
        language=language(),
        title=escape(text("app.title", screen=text(f"app.screens.{screen}"))),
        waiting=escape(text("app.page.waiting")),
        late=escape(text("app.page.late")),
        no_script=escape(text("app.page.no_script")),
        take_key=template("take_key.js") if access in ("key", "code") else "",
        boot=json.dumps(boot, ensure_ascii=False).replace("<", "\\u003c"),
        assets=f"{up}assets/{bundle.version()}",
        screen=screen,
    )


def write_notice(handler: RequestHandler, kind: str) -> None:
    """Send a page that says one thing (a key below `app` in the catalogue), and nothing of the reason."""
    handler.set_header("Content-Type", "text/html; charset=utf-8")
    handler.finish(notice_page(text(f"app.{kind}.title"), text(f"app.{kind}.what")))


def notice_page(title: str, what: str) -> str:
    """A page that says one thing."""
    return Template(template("notice.html")).substitute(
        language=language(), title=escape(title), what=escape(what), style=_notice_style()
    )
