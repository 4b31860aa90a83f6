"""What a browser is given: one notebook as a page, from a standalone Voilà that serves nothing else.

It differs from Voilà as it comes: it answers on this machine only, to the one who has the token, at a handful
of addresses; a page that is closed takes its kernel along, and a kernel is kept warm for the next one; the
page is our own (`jupyter/nbconvert/templates/dialogkort`) and asks nobody outside this machine for anything.
"""

import asyncio
import hashlib
import logging
import os
import re
import secrets
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from socket import socket
from tempfile import TemporaryDirectory, gettempdir
from typing import TextIO

import psutil
import voila
from jupyter_client import AsyncKernelManager
from jupyter_core.utils import ensure_async
from jupyter_server.auth.identity import IdentityProvider
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.services.kernels.handlers import KernelHandler
from tornado.httpserver import HTTPServer
from tornado.web import Application, HTTPError, RequestHandler, authenticated
from traitlets import Any
from traitlets.config import Config
from voila.app import Voila
from voila.request_info_handler import RequestInfoSocketHandler
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.static_file_handler import MultiStaticFileHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from dialogkort.kernels import OwnPython, quiet_kernels
from dialogkort.texts import language, text

_TEMPLATES = Path(__file__).resolve().parent / "jupyter"
_TEMPLATE = "dialogkort"
_FOR_JUPYTERLAB = "jupyterlab"  # a cell with this tag is neither run nor shown by the page
_WIDGETS = ("@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8", "anywidget")
_ABANDONED_SECONDS = 15 * 60  # a browser that crashed says no goodbye: its kernel goes after this long
_DEAD_SECONDS = 1.0  # a kernel that died is noticed within this
_LAST_WORDS_SECONDS = 0.2
_PATIENCE_SECONDS = 10  # with a kernel that is asked to do one last thing
_STOPPING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # no system has them all
_CHATTER = ("is not trusted", "websocket_ping_timeout")  # logged whenever all is well

# The version is in the address, so that a browser may keep what it has fetched until Voilà is another.
_SCRIPTS = f"/voila/static/{voila.__version__}"
_EXTENSIONS = "/voila/labextensions"
_KERNEL = r"(\w+-\w+-\w+-\w+-\w+)"
# Voilà fetches a megabyte of MathJax for every page; it is content with this.
_NO_MATHS = "MathJax={Hub:{Config(){},Configured(){},Queue(){},Register:{StartupHook(){}}}}"
# Scripts in the page, and those that widgets make, may run; nothing may be fetched from anywhere else.
_POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob: ws://127.0.0.1:{port};"
    " object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

# A kernel's socket is a file where the system has that: nobody else on the machine can knock at its door. The
# path may have 103 characters on a Mac, where the usual folder for temporary files is half of that already.
_SHORT_FOLDER = "/tmp" if os.access("/tmp", os.W_OK) else None
_LONGEST_FOLDER = 50
_DOORS = "dialogkort-"


@dataclass(frozen=True)
class Served:
    """A notebook and how it is served: where notes and log are, who gets in, how many kernels wait."""

    notebook: Path
    title: str
    folder: Path
    log: TextIO
    token: str
    spare: int = 1


def serve(what: Served, sockets: list[socket], ready: Callable[[str], None]) -> None:
    """Serve on sockets until the command is told to stop; kernels stop with it.

    `ready` is called once, when the page can be asked for, with a path that is good for a single visit: a
    browser is started with that, because others on the machine may read how a program was started.
    """
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(_TEMPLATES), os.getenv("JUPYTER_PATH")]))
    ip, port = sockets[0].getsockname()[:2]
    _tidy_up()
    mine = f"{_DOORS}{os.getpid()}-"
    with TemporaryDirectory(prefix=mine, dir=_SHORT_FOLDER, ignore_cleanup_errors=True) as doors:
        server = _Server.instance(
            what=what,
            config=_config(what, doors),
            config_file_paths=[],  # what the user has set for Voilà is not meant for this page
            notebook_path=str(what.notebook),
            ip=ip,
            port=port,
            token=what.token,
            # Who has been let in stays let in when the command is started again.
            cookie_secret=hashlib.sha256(f"cookies {what.token}".encode()).digest(),
            identity_provider_class=IdentityProvider,
            connection_dir=doors,
            log=_log(),
        )
        server.initialize([])
        asyncio.run(server.run(sockets, ready))


def _tidy_up() -> None:
    """Remove what commands that were killed have left among the temporary files."""
    for left in Path(_SHORT_FOLDER or gettempdir()).glob(f"{_DOORS}*"):
        owner = re.fullmatch(rf"{_DOORS}(\d+)-\w+", left.name)
        if owner and not psutil.pid_exists(int(owner[1])):
            shutil.rmtree(left, ignore_errors=True)  # another user's stays: it is not ours to remove


def _config(what: Served, doors: str) -> Config:
    config = Config()
    config.VoilaConfiguration = Config(
        template=_TEMPLATE,
        allow_template_override="NO",
        allow_theme_override="NO",
        file_allowlist=[],
        show_tracebacks=False,
        strip_sources=True,
        preheat_kernel=what.spare > 0,
        default_pool_size=what.spare,
        extension_allowlist=list(_WIDGETS),
        page_config_hook=_page_config,
        kernel_spec_manager_class=OwnPython,
        multi_kernel_manager_class=quiet_kernels(what.log, what.folder),
        resources={"text": text, "language": language(), "title": what.title, "log": what.log.name},
    )
    config.TagRemovePreprocessor.remove_cell_tags = {_FOR_JUPYTERLAB}
    config.NotebookNotary.db_file = ":memory:"  # who has signed a notebook is JupyterLab's business
    # A kernel that was started anew by itself has not run the notebook: the page asks for one that has.
    config.KernelRestarter.restart_limit = 0
    config.KernelRestarter.time_to_dead = _DEAD_SECONDS
    config.MappingKernelManager.cull_idle_timeout = _ABANDONED_SECONDS
    config.MappingKernelManager.cull_interval = 60
    if os.name == "posix" and len(doors) <= _LONGEST_FOLDER:
        config.KernelManager.transport = "ipc"
    return config


def _page_config(page_config: dict, **_: object) -> dict:
    """What Voilà's scripts are told about this page."""
    return page_config | {
        "fullStaticUrl": _SCRIPTS,
        "fullLabextensionsUrl": _EXTENSIONS,
        "fullMathjaxUrl": f"data:text/javascript,{_NO_MATHS}//",
        "mathjaxConfig": "none",
    }


def _log() -> logging.Logger:
    """Voilà's log, less the chatter."""
    for name in ("dialogkort", "tornado.general"):
        logging.getLogger(name).addFilter(lambda line: not any(word in str(line.msg) for word in _CHATTER))
    return logging.getLogger("dialogkort")


class _Server(Voila):
    """Voilà with a short list of addresses, on sockets it is handed, that leaves no kernel behind."""

    what = Any()

    async def run(self, sockets: list[socket], ready: Callable[[str], None]) -> None:
        """Serve until a signal says stop."""
        with _told_to_stop() as stop:
            self.app = Application(**self.init_settings())
            try:
                self.app.add_handlers(".*$", self.init_handlers())
                http = HTTPServer(self.app)
                http.add_sockets(sockets)
                ready(self.app.settings["door"])
                await stop.wait()
                http.stop()
            finally:
                # At once: what a screen calls saved is on the disk, and a busy kernel would keep us waiting.
                with suppress(HTTPError):  # of a kernel that never came to life
                    await ensure_async(self.kernel_manager.shutdown_all(now=True))

    def init_settings(self) -> dict:
        return super().init_settings() | {
            "allow_remote_access": False,  # a page elsewhere cannot reach in by a name that leads to here
            # Voilà's goodbye from a closed page carries no xsrf token (voila#1458), and refusing it leaks the
            # kernel. The kernel's id in the path is a secret, and a foreign origin is refused all the same.
            "disable_check_xsrf": True,
            "headers": {"Content-Security-Policy": _POLICY.format(port=self.port)},
            "default_handler_class": _Page,
            "default_handler_args": {"voila_configuration": self.voila_configuration},
            "log_function": lambda _: None,
            "door": f"/ind/{secrets.token_urlsafe(16)}",
        }

    def init_handlers(self) -> list[tuple]:
        page = {
            "notebook_path": os.path.relpath(self.notebook_path, self.root_dir),
            "template_paths": self.template_paths,
            "config": self.config,
            "voila_configuration": self.voila_configuration,
        }
        widgets = "|".join(_WIDGETS)
        return [
            (r"/", _Page, page),
            (r"/ind/.*", _Door),
            (r"/alive", _Alive),
            (rf"/api/kernels/{_KERNEL}", KernelHandler),
            (rf"/api/kernels/{_KERNEL}/channels", _Line),
            (rf"/voila/api/shutdown/{_KERNEL}", _Goodbye),
            (rf"/voila/query/{_KERNEL}", RequestInfoSocketHandler),
            (rf"{_SCRIPTS}/(.*)", _Script, {"paths": self.static_paths}),
            (rf"{_EXTENSIONS}/((?:{widgets})/static/.*)", _Script, {"paths": self.labextensions_path}),
        ]


class _Keyed:
    """There is no login: the address with the token is the key."""

    def get_login_url(self) -> str:
        raise HTTPError(403)


class _Alive(_Keyed, JupyterHandler):
    """Nothing but a nod: a page that has lost contact asks whether the command runs and lets it in."""

    @authenticated
    def get(self) -> None:
        self.set_status(204)

    def write_error(self, status_code: int, **_: object) -> None:
        self.finish()


class _Page(_Keyed, TornadoVoilaHandler):
    """The notebook as a page; at every other address, and when something fails, a page that says so."""

    async def get(self, path: str | None = None) -> None:
        if self.request.path != "/":
            raise HTTPError(404)
        if self.current_user:
            await self._drop_dead_spares()
        await super().get()

    async def _drop_dead_spares(self) -> None:
        """See that no page is given a kernel that died while it was kept warm."""
        kernels = self.kernel_manager
        for pool in getattr(kernels, "_pools", {}).values():
            pool[:] = [spare for spare in pool if await _is_fit(kernels, spare)]
        if kernels.get_pool_size(self.notebook_path) < self.voila_configuration.default_pool_size:
            kernels.fill_if_needed(delay=0, notebook_name=self.notebook_path)

    def write_error(self, status_code: int, **_: object) -> None:
        kind = {403: "refused", 404: "unknown"}.get(status_code, "broken")
        what = text(f"app.{kind}.what", log=self.settings["voila"].what.log.name)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(
            self.render_template(
                "error.html", language=language(), title=text(f"app.{kind}.title"), what=what
            )
        )


async def _is_fit(kernels: object, spare: asyncio.Task) -> bool:
    """Whether a spare kernel lives, or is on its way."""
    if not spare.done():
        return True
    if spare.exception():
        return False
    kernel_id, rendering = spare.result()["kernel_id"], spare.result()["task"]
    if rendering.done() and rendering.exception():
        return False
    return kernel_id in kernels and await ensure_async(kernels.is_alive(kernel_id))


class _Door(RequestHandler):
    """The address a browser is started with. It opens once, and leads on to the page with its token."""

    def get(self) -> None:
        if self.request.path == self.settings["door"]:
            self.settings["door"] = None
            self.redirect(f"/?token={self.settings['voila'].what.token}")
        else:
            self.redirect("/")


class _Goodbye(VoilaShutdownKernelHandler):
    """A page that is closed takes its kernel along, when the kernel has done what the page said last."""

    @authenticated
    async def post(self, kernel_id: str) -> None:
        if kernel_id in self.kernel_manager:
            await asyncio.sleep(_LAST_WORDS_SECONDS)  # they come by another way than the goodbye
            kernel = self.kernel_manager.get_kernel(kernel_id)
            if await ensure_async(kernel.is_alive()):  # a killed one has no last words
                await _done(kernel)
        await super().post(kernel_id)


async def _done(kernel: AsyncKernelManager) -> None:
    """Wait until a kernel has done what it was asked to do: it answers in order."""
    client = kernel.client()
    client.start_channels(iopub=False, stdin=False, hb=False, control=False)
    try:
        with suppress(TimeoutError, Empty):
            await ensure_async(client.kernel_info(reply=True, timeout=_PATIENCE_SECONDS))
    finally:
        client.stop_channels()


class _Line(VoilaKernelWebsocketHandler):
    """The line between a page and its kernel."""

    async def open(self, kernel_id: str) -> None:
        # Otherwise a small answer waits until the one before it is acknowledged: 40 ms each time.
        self.set_nodelay(True)
        await super().open(kernel_id)


class _Script(MultiStaticFileHandler):
    """The scripts of Voilà and of the widgets. A browser keeps them: another version has another address."""

    def set_extra_headers(self, path: str) -> None:
        self.set_header("Cache-Control", "max-age=31536000, immutable")


@contextmanager
def _told_to_stop() -> Iterator[asyncio.Event]:
    """An event that is set when the command is told to stop: by Ctrl-C, or by the system."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for name in _STOPPING:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: loop.call_soon_threadsafe(stop.set))
    # Windows hears Ctrl-C only when the loop has something to do.
    awake = asyncio.create_task(_stay_awake()) if sys.platform == "win32" else None
    yield stop
    if awake:
        awake.cancel()


async def _stay_awake() -> None:
    while True:
        await asyncio.sleep(0.5)
