"""How the workshop gets from a command line into a browser: the `dialogkort` command."""

import argparse
import logging
import os
import secrets
import sys
import threading
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, suppress
from pathlib import Path
from socket import socket
from typing import NoReturn, TextIO

from dialogkort import __version__, shipped
from dialogkort.store import Store, StoreProblem, default_folder
from dialogkort.texts import language, languages, text

PORT = 8866
# A browser keeps what is not saved yet by address, port included: so the next free port is tried in order.
_PORTS = (*range(PORT, PORT + 10), 0)
_HERE = "127.0.0.1"
_LOG_NAME = "dialogkort.log"
_LOG_BYTES = 1_000_000


class CannotStart(Exception):
    """The command cannot do what was asked; the message says what to do, in the user's language."""


def main(argv: Sequence[str] | None = None, notebook: Path | None = None) -> int:
    """Run the command and return its exit code. `notebook` puts another page in the screen's place."""
    asked = _asked(sys.argv[1:] if argv is None else argv)
    try:
        folder = _notes_folder(asked.folder)
        log = _log(folder)
        sockets = _sockets(asked.port)
    except (CannotStart, StoreProblem) as fault:
        print(fault, file=sys.stderr)
        return 1
    try:
        _prepare(folder)
        with redirect_stderr(log):
            if asked.lab:
                _open_lab(asked, folder, log, sockets)
            else:
                _open_page(asked, notebook or _screens()[asked.screen], folder, log, sockets)
    except KeyboardInterrupt:
        pass  # before there was anything to close
    except (Exception, SystemExit):
        logging.exception("The command broke off")
        print(text("app.broke_off", log=log.name), file=sys.stderr)
        return 1
    print(text("app.goodbye"), flush=True)
    return 0


# --- what was asked for -------------------------------------------------------------------------------


class _Form(argparse.HelpFormatter):
    """Help whose one fixed word is in the user's language too."""

    def add_usage(self, usage, actions, groups, prefix=None):
        super().add_usage(usage, actions, groups, prefix or text("app.help.usage"))


class _Parser(argparse.ArgumentParser):
    """A parser that says in the user's language that it did not understand."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, text("app.not_understood", given=" ".join(self.given)) + "\n")


def _asked(argv: Sequence[str]) -> argparse.Namespace:
    _choose_language(argv)
    parser = _Parser("dialogkort", description=text("app.help.about"), formatter_class=_Form, add_help=False)
    parser.given = argv
    screen = parser.add_argument_group(text("app.help.screens"))
    screen.add_argument(
        "screen",
        nargs="?",
        choices=list(_screens()),
        default="workshop",
        metavar=text("app.help.screen_name"),
        help=text("app.help.screen", screens=", ".join(_screens())),
    )
    options = parser.add_argument_group(text("app.help.options"))
    folder, number = text("app.help.folder_name"), text("app.help.number_name")
    usual = str(default_folder()).replace("%", "%%")  # argparse would fill in what follows a %
    options.add_argument("--folder", metavar=folder, help=text("app.help.folder", folder=usual))
    options.add_argument(
        "--port", type=_whole(1, 65_535), metavar=number, help=text("app.help.port", port=PORT)
    )
    options.add_argument(
        "--groups", type=_whole(0, 100), default=1, metavar=number, help=text("app.help.groups")
    )
    options.add_argument(
        "--no-browser", dest="browser", action="store_false", help=text("app.help.no_browser")
    )
    options.add_argument("--lab", action="store_true", help=text("app.help.lab"))
    options.add_argument("--language", choices=languages(), help=text("app.help.language"))
    options.add_argument(
        "--version",
        action="version",
        version=f"dialogkort {__version__}",
        help=text("app.help.version"),
    )
    options.add_argument("-h", "--help", action="help", help=text("app.help.help"))
    return parser.parse_args(argv)


def _whole(least: int, most: int) -> Callable[[str], int]:
    """Reads a whole number between two others."""

    def read(given: str) -> int:
        if not least <= int(given) <= most:
            raise ValueError(given)
        return int(given)

    return read


def _choose_language(argv: Sequence[str]) -> None:
    """Set the language before the first word of help is said; kernels inherit it."""
    early = argparse.ArgumentParser(add_help=False)
    early.add_argument("--language", nargs="?")
    chosen = early.parse_known_args(argv)[0].language
    os.environ["DIALOGKORT_LANGUAGE"] = chosen if chosen in languages() else language()


def _screens() -> dict[str, Path]:
    """The shipped notebooks by the name they are asked for: `2_workshop.ipynb` is `workshop`."""
    return {path.stem.partition("_")[2]: path for path in sorted(shipped.NOTEBOOKS.glob("*.ipynb"))}


# --- what it needs ------------------------------------------------------------------------------------


def _notes_folder(chosen: str | None) -> Path:
    """The folder to keep notes in, tried: it is made, and its store is opened once."""
    folder = (Path(chosen).expanduser() if chosen else default_folder()).absolute()
    Store(folder).close()
    return folder


def _log(folder: Path) -> TextIO:
    """The file errors are found in, in place of a traceback on the screen. A long one is set aside."""
    path = folder / _LOG_NAME
    with suppress(OSError):
        if path.stat().st_size > _LOG_BYTES:
            path.replace(path.with_suffix(".old.log"))
    try:
        log = path.open("a", encoding="utf-8", buffering=1)
    except OSError:
        raise CannotStart(text("store.read_only", path=path)) from None
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(stream=log, level=logging.WARNING, format=form, force=True)
    logging.captureWarnings(True)
    return log


def _sockets(port: int | None) -> list[socket]:
    """Where to listen: the port asked for and no other, else the first that is free."""
    from tornado.netutil import bind_sockets

    for candidate in _PORTS if port is None else (port,):
        with suppress(OSError, OverflowError):
            return bind_sockets(candidate, _HERE)
    raise CannotStart(text("app.port_taken", port=PORT if port is None else port))


def _prepare(folder: Path) -> None:
    """Make this process, and the kernels it will start, ready to find what they need."""
    os.environ["DIALOGKORT_FOLDER"] = str(folder)
    if not _installed():
        # From a clone, kernels elsewhere must find this very package.
        here = str(Path(__file__).resolve().parent.parent)
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [here, os.getenv("PYTHONPATH")]))
    # jsonschema builds a grammar for international web addresses when it is imported: a second of waiting for
    # a format that no schema here uses. It does without when the module is not to be had.
    sys.modules.setdefault("rfc3987_syntax", None)


def _installed() -> bool:
    return shipped.NOTEBOOKS.is_relative_to(Path(__file__).resolve().parent)


# --- what it opens ------------------------------------------------------------------------------------


def _open_page(
    asked: argparse.Namespace, notebook: Path, folder: Path, log: TextIO, sockets: list[socket]
) -> None:
    from dialogkort.server import Served, serve

    origin = f"http://{_HERE}:{sockets[0].getsockname()[1]}"
    token = secrets.token_urlsafe(24)
    title = text("app.title", screen=asked.screen.capitalize())

    def ready(door: str) -> None:
        _say_ready(f"{origin}/?token={token}", folder)
        if asked.browser:
            # A browser of text takes its time; the page must not wait for it.
            threading.Thread(target=webbrowser.open, args=(origin + door,), daemon=True).start()

    serve(Served(notebook.resolve(), title, folder, log, token, spare=max(asked.groups, 0)), sockets, ready)


def _open_lab(asked: argparse.Namespace, folder: Path, log: TextIO, sockets: list[socket]) -> None:
    from dialogkort.lab import ADDRESS, Desk, copies, open_lab

    token = secrets.token_urlsafe(24)
    notebooks = copies(shipped.NOTEBOOKS, folder / "notebooks") if _installed() else shipped.NOTEBOOKS
    port = sockets[0].getsockname()[1]
    others = len(_PORTS) if asked.port is None else 0
    for held in sockets:
        held.close()  # JupyterLab wants to listen for itself

    def ready(port: int) -> None:
        _say_ready(f"http://{_HERE}:{port}{ADDRESS}?token={token}", folder)

    open_lab(Desk(notebooks, folder / "checkpoints", log, port, others, token, asked.browser), ready)


def _say_ready(address: str, folder: Path) -> None:
    print(text("app.ready", address=address))
    print(text("app.kept", folder=folder))
    print(text("app.stop"), flush=True)


if __name__ == "__main__":
    sys.exit(main())
