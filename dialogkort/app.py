"""How the workshop gets from a command line into a browser: the `dialogkort` command."""

import argparse
import logging
import os
import re
import secrets
import sys
import threading
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing, nullcontext, redirect_stderr, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from socket import socket
from typing import NoReturn, TextIO

from dialogkort import __version__, shipped
from dialogkort.commands import COMMANDS, describe
from dialogkort.session import Refused
from dialogkort.store import StoreProblem, default_folder, is_address, open_store
from dialogkort.tending import tend, watched
from dialogkort.texts import language, languages, text

PORT = 8866
# A browser keeps what is not saved yet by address, port included: so the next free port is tried in order.
_PORTS = (*range(PORT, PORT + 10), 0)
_HERE = "127.0.0.1"
_KEY_NAME = ".dialogkort-key"
_LOG_NAME = "dialogkort.log"
_LOG_BYTES = 1_000_000


class CannotStart(Exception):
    """The command cannot do what was asked; the message says what to do, in the user's language."""


def main(argv: Sequence[str] | None = None, notebook: Path | None = None) -> int:
    """Run the command and return its exit code. `notebook` puts another page in the screen's place."""
    argv = sys.argv[1:] if argv is None else argv
    if argv and argv[0] in COMMANDS:
        return _run_command(argv[0], argv[1:])
    asked = _asked(argv)
    try:
        folder = _notes_folder(asked)
        log = _log(folder)
        key = _key(folder)
        sockets = _sockets(asked.port, key.port)
        key = _kept(folder, replace(key, port=sockets[0].getsockname()[1]))
    except (CannotStart, StoreProblem) as fault:
        print(fault, file=sys.stderr)
        return 1
    try:
        _prepare(folder)
        with redirect_stderr(log), _looked_after(folder):
            if asked.lab:
                _open_lab(asked, folder, log, sockets, key.token)
            else:
                _open_page(asked, notebook or _screens()[asked.screen], folder, log, sockets, key.token)
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
        self.exit(2, text("app.not_understood", given=" ".join(self.given), program=self.prog) + "\n")


def _asked(argv: Sequence[str]) -> argparse.Namespace:
    _choose_language(argv)
    parser = _Parser(
        "dialogkort",
        description=text("app.help.about"),
        epilog=text("app.help.commands"),
        formatter_class=_Form,
        add_help=False,
    )
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
    options.add_argument("--store", metavar=text("app.help.store_name"), help=text("app.help.store"))
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


def _run_command(name: str, argv: Sequence[str]) -> int:
    """Do something with notes that are kept, without a page."""
    _choose_language(argv)
    about = text(f"command.{name}.about")
    parser = _Parser(f"dialogkort {name}", description=about, formatter_class=_Form, add_help=False)
    parser.given = [name, *argv]
    options = parser.add_argument_group(text("app.help.options"))
    act = describe(name, options)
    options.add_argument("--language", choices=languages(), help=text("app.help.language"))
    options.add_argument("-h", "--help", action="help", help=text("app.help.help"))
    asked = parser.parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # no path is too odd for the window it is shown in
    try:
        return act(asked)
    except (StoreProblem, Refused) as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(text("command.broken_off"), file=sys.stderr)
        return 130  # as shells have it


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


def _notes_folder(asked: argparse.Namespace) -> Path:
    """The folder to keep notes in, tried: it is made, and its store is seen to.

    With a server's address only the log and JupyterLab's files are kept there.
    """
    folder = (Path(asked.folder).expanduser() if asked.folder else default_folder()).absolute()
    if asked.store:
        if not is_address(asked.store):
            raise StoreProblem("no_address", address=asked.store.split("@")[-1])
        os.environ["DIALOGKORT_STORE"] = asked.store
    elif asked.folder:
        os.environ.pop("DIALOGKORT_STORE", None)  # the folder was asked for here and now
    if address := os.environ.get("DIALOGKORT_STORE"):
        with closing(open_store(address)) as store:
            store.finish_erasing()
        folder.mkdir(parents=True, exist_ok=True)
        return folder
    said = tend(folder)
    for sentence in said:
        print(sentence, flush=True)
    os.environ["DIALOGKORT_SAID"] = "\n".join(said)  # who never sees this window reads it on the page
    return folder


def _looked_after(folder: Path) -> AbstractContextManager:
    """While the command runs, a file with notes is backed up. A server has an administrator for that."""
    return nullcontext() if os.environ.get("DIALOGKORT_STORE") else watched(folder)


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
    logging.getLogger().handlers[0].addFilter(_without_key)
    logging.captureWarnings(True)
    return log


def _without_key(line: logging.LogRecord) -> bool:
    """The page's key is no business of whoever is sent the log."""
    line.msg, line.args = re.sub(r"token=[\w-]+", "token=…", line.getMessage()), ()
    return True


@dataclass(frozen=True)
class _Key:
    """What lets a page in, and the port it was opened at: the same every time for a folder.

    So a page that is open when the command is started again goes on by itself.
    """

    token: str
    port: int | None = None


def _key(folder: Path) -> _Key:
    """The folder's key; a new one when there is none, or it cannot be read, or others can read it too."""
    path = folder / _KEY_NAME
    with suppress(OSError, ValueError):
        others_see_it = os.name == "posix" and path.stat().st_mode & 0o077
        token, port = path.read_text("ascii").split()
        if re.fullmatch(r"[\w-]{32}", token) and 0 < int(port) < 65_536 and not others_see_it:
            return _Key(token, int(port))
    return _Key(secrets.token_urlsafe(24))


def _kept(folder: Path, key: _Key) -> _Key:
    """The key, kept for the next time and for this user's eyes only. (If it cannot be: a new one then.)"""
    path = folder / _KEY_NAME
    part = path.with_name(f"{_KEY_NAME}.{os.getpid()}")
    with suppress(OSError):
        part.unlink(missing_ok=True)
        with open(part, "x", encoding="ascii", opener=lambda name, how: os.open(name, how, 0o600)) as file:
            file.write(f"{key.token} {key.port}\n")
        part.replace(path)
    return key


def _sockets(port: int | None, last: int | None) -> list[socket]:
    """Where to listen: the port asked for and no other, else the one of last time or one that is free."""
    from tornado.netutil import bind_sockets

    usual = (last, *_PORTS) if last else _PORTS
    for candidate in usual if port is None else (port,):
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
    asked: argparse.Namespace, notebook: Path, folder: Path, log: TextIO, sockets: list[socket], token: str
) -> None:
    from dialogkort.server import Served, serve

    origin = f"http://{_HERE}:{sockets[0].getsockname()[1]}"
    title = text("app.title", screen=asked.screen.capitalize())

    def ready(door: str) -> None:
        _say_ready(f"{origin}/?token={token}", folder)
        if asked.browser:
            # A browser of text takes its time; the page must not wait for it.
            threading.Thread(target=webbrowser.open, args=(origin + door,), daemon=True).start()

    serve(Served(notebook.resolve(), title, folder, log, token, spare=max(asked.groups, 0)), sockets, ready)


def _open_lab(
    asked: argparse.Namespace, folder: Path, log: TextIO, sockets: list[socket], token: str
) -> None:
    from dialogkort.lab import ADDRESS, Desk, copies, open_lab

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
