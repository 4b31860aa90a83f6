"""The `dialogkort` command: parses options, sees to the notes, listens on a port, opens a browser."""

import argparse
import logging
import os
import re
import signal
import ssl
import sys
import threading
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing, nullcontext, redirect_stderr, suppress
from io import TextIOWrapper
from pathlib import Path
from socket import socket
from typing import TYPE_CHECKING, NoReturn

from dialogkort import __version__, resources
from dialogkort.cli.commands import COMMANDS, describe
from dialogkort.decks.reading import DECK_VARIABLE, deck_to_begin_with
from dialogkort.errors import DeckError, DialogkortError, InvalidAction, StartupError, StoreError
from dialogkort.i18n import language, languages, text
from dialogkort.logs import NAME as LOG_NAME
from dialogkort.logs import Log, open_log
from dialogkort.maintenance import periodic_backups, run_maintenance
from dialogkort.server.keys import keep_key, read_key
from dialogkort.store import default_folder, is_address, open_store
from dialogkort.ui.screens import BY_COMMAND, SCREENS
from dialogkort.ui.share.public_address import base_path, host_name, proxy_address, read_public_address
from dialogkort.ui.share.way_in import room_certificate

if TYPE_CHECKING:
    from dialogkort.server.serve import Address
    from dialogkort.server.sharing import Sharing

PORT = 8866
# A browser keeps what is not saved yet by address, port included: so the next free port is tried in order.
_PORTS = (*range(PORT, PORT + 10), 0)
_HERE = "127.0.0.1"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    argv = sys.argv[1:] if argv is None else argv
    if argv and argv[0] in COMMANDS:
        return _run_command(argv[0], argv[1:])
    options = _parsed(argv)
    try:
        tls = _tls(options)
        _choose_deck(options.deck)
        folder, notices = _notes_folder(options)
        key = read_key(folder)
        log = _log(folder, lambda: (key.token,))
        sockets = _sockets(options.port, key.port)
        key = key.for_port(sockets[0].getsockname()[1])
        keep_key(folder, key)
    except (StartupError, StoreError, DeckError) as fault:
        print(fault, file=sys.stderr)
        return 1
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have told it to ignore Ctrl-C
        _prepare(folder)
        with redirect_stderr(log):
            if options.lab:
                with _backed_up(folder):
                    _open_lab(options, folder, log, sockets, key.token, tls)
            else:
                _open_page(options, folder, log, sockets, key.token, notices, tls)
    except StartupError as fault:
        print(fault, file=sys.stderr)
        return 1
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

    given: Sequence[str] = ()

    def error(self, message: str) -> NoReturn:
        self.exit(2, text("app.not_understood", given=" ".join(self.given), program=self.prog) + "\n")


def _parsed(argv: Sequence[str]) -> argparse.Namespace:
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
        choices=list(BY_COMMAND),
        metavar=text("app.help.screen_name"),
        help=text("app.help.screen", screens=", ".join(BY_COMMAND)),
    )
    group = parser.add_argument_group(text("app.help.options"))
    folder, number = text("app.help.folder_name"), text("app.help.number_name")
    file = text("app.help.store_file_name")
    usual = str(default_folder()).replace("%", "%%")  # argparse would fill in what follows a %
    group.add_argument("--folder", metavar=folder, help=text("app.help.folder", folder=usual))
    group.add_argument("--store", metavar=text("app.help.store_name"), help=text("app.help.store"))
    group.add_argument(
        "--store-file", metavar=text("app.help.store_file_name"), help=text("app.help.store_file")
    )
    group.add_argument("--deck", metavar=file, help=text("app.help.deck"))
    group.add_argument(
        "--port", type=_whole_number(1, 65_535), metavar=number, help=text("app.help.port", port=PORT)
    )
    group.add_argument(
        "--share", nargs="?", const="", metavar=text("app.help.address_name"), help=text("app.help.share")
    )
    group.add_argument(
        "--share-url",
        type=read_public_address,
        metavar=text("app.help.share_url_name"),
        help=text("app.help.share_url"),
    )
    group.add_argument(
        "--proxy",
        type=proxy_address,
        metavar=text("app.help.address_name"),
        help=text("app.help.proxy"),
    )
    group.add_argument("--certificate", metavar=file, help=text("app.help.certificate"))
    group.add_argument("--key", metavar=file, help=text("app.help.key"))
    group.add_argument("--no-browser", dest="browser", action="store_false", help=text("app.help.no_browser"))
    group.add_argument("--lab", action="store_true", help=text("app.help.lab"))
    group.add_argument(
        "--base-url",
        type=base_path,
        default="/",
        metavar=text("app.help.base_url_name"),
        help=text("app.help.base_url"),
    )
    group.add_argument(
        "--public-host",
        type=host_name,
        metavar=text("app.help.public_host_name"),
        help=text("app.help.public_host"),
    )
    _add_language(group)
    group.add_argument(
        "--version",
        action="version",
        version=f"dialogkort {__version__}",
        help=text("app.help.version"),
    )
    group.add_argument("-h", "--help", action="help", help=text("app.help.help"))
    return parser.parse_args(argv)


def _add_language(group: argparse._ArgumentGroup) -> None:
    there = languages()
    group.add_argument(
        "--language", choices=there, help=text("app.help.language", languages=", ".join(there))
    )


def _run_command(name: str, argv: Sequence[str]) -> int:
    """Do something with notes that are kept, without a page."""
    _choose_language(argv)
    about = text(f"command.{name}.about")
    parser = _Parser(f"dialogkort {name}", description=about, formatter_class=_Form, add_help=False)
    parser.given = [name, *argv]
    arguments = parser.add_argument_group(text("app.help.options"))
    act = describe(name, arguments)
    _add_language(arguments)
    arguments.add_argument("-h", "--help", action="help", help=text("app.help.help"))
    options = parser.parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # no path is too odd for the window it is shown in
    try:
        return act(options)
    except DialogkortError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(text("command.broken_off"), file=sys.stderr)
        return 130  # as shells have it


def _whole_number(minimum: int, maximum: int) -> Callable[[str], int]:
    """Reads a whole number between two others."""

    def read(value: str) -> int:
        if not minimum <= int(value) <= maximum:
            raise ValueError(value)
        return int(value)

    return read


def _choose_language(argv: Sequence[str]) -> None:
    """Set the language before the first word of help is said; kernels inherit it."""
    early = argparse.ArgumentParser(add_help=False)
    early.add_argument("--language", nargs="?")
    chosen = early.parse_known_args(argv)[0].language
    os.environ["DIALOGKORT_LANGUAGE"] = chosen if chosen in languages() else language()


# --- what it needs ------------------------------------------------------------------------------------


def _notes_folder(options: argparse.Namespace) -> tuple[Path, list[str]]:
    """The folder to keep notes in, tried, and what a person should know of it.

    It is made, and its store is seen to. With a server's address only the log and JupyterLab's files are kept
    there.
    """
    folder = (Path(options.folder).expanduser() if options.folder else default_folder()).absolute()
    if address := _store_address(options):
        if not is_address(address):
            raise StoreError("no_address", address=address.split("@")[-1])
        os.environ["DIALOGKORT_STORE"] = address
    elif options.folder:
        os.environ.pop("DIALOGKORT_STORE", None)  # the folder was asked for here and now
    if address := os.environ.get("DIALOGKORT_STORE"):
        with closing(open_store(address)) as store:
            store.finish_erasing()
        folder.mkdir(parents=True, exist_ok=True)
        return folder, []
    notices = run_maintenance(folder)
    for sentence in notices:
        print(sentence, flush=True)
    return folder, notices


def _choose_deck(path: str | None) -> None:
    """Let screens and notebooks begin with the cards of a file. `DeckError` when it has none."""
    if path is not None:
        deck_to_begin_with(path)
        os.environ[DECK_VARIABLE] = str(Path(path).expanduser().absolute())


def _store_address(options: argparse.Namespace) -> str | None:
    """The server's address that was asked for. Whoever reads how a program was started reads its password."""
    if options.store_file:
        try:
            return Path(options.store_file).expanduser().read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise StartupError(text("app.no_store_file", path=options.store_file)) from None
    if options.store and re.search(r"//[^/@]*:[^/@]+@|[?&]password=", options.store):
        print(text("app.password_seen"), file=sys.stderr)
    return options.store


def _tls(options: argparse.Namespace) -> ssl.SSLContext | None:
    """The certificate that devices in the room are shown, if there is one."""
    return room_certificate(options.certificate, options.key) if options.certificate else None


def _backed_up(folder: Path, copy: Callable[[Path], None] | None = None) -> AbstractContextManager:
    """While the command runs, a file with notes is backed up. A server has an administrator for that."""
    return nullcontext() if os.environ.get("DIALOGKORT_STORE") else periodic_backups(folder, copy)


def _log(folder: Path, secrets: Callable[[], tuple[str, ...]]) -> Log:
    """The file errors are found in, in place of a traceback on the screen."""
    try:
        log = open_log(folder, secrets)
    except OSError:
        raise StartupError(text("store.read_only", path=folder / LOG_NAME)) from None
    logging.basicConfig(handlers=[log.handler()], level=logging.WARNING, force=True)
    logging.captureWarnings(True)
    return log


def _sockets(port: int | None, last: int | None) -> list[socket]:
    """Listening sockets: on the port asked for and no other, else on the last one or one that is free."""
    from tornado.netutil import bind_sockets

    usual = (last, *_PORTS) if last else _PORTS
    for candidate in usual if port is None else (port,):
        with suppress(OSError, OverflowError):
            return bind_sockets(candidate, _HERE)
    raise StartupError(text("app.port_taken", port=PORT if port is None else port))


def _prepare(folder: Path) -> None:
    """Make this process, and the kernels it will start, ready to find what they need."""
    os.environ["DIALOGKORT_FOLDER"] = str(folder)
    if not _installed():
        # From a clone, kernels elsewhere must find this very package.
        source_root = str(Path(__file__).resolve().parent.parent)
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [source_root, os.getenv("PYTHONPATH")]))


def _installed() -> bool:
    return resources.NOTEBOOKS.is_relative_to(Path(__file__).resolve().parent)


# --- what it opens ------------------------------------------------------------------------------------


def _address(options: argparse.Namespace) -> "Address":
    from dialogkort.server.serve import Address

    return Address(options.base_url, frozenset(filter(None, [options.public_host])))


def _open_page(
    options: argparse.Namespace,
    folder: Path,
    log: Log,
    sockets: list[socket],
    key: str,
    notices: Sequence[str],
    tls: ssl.SSLContext | None,
) -> None:
    from dialogkort.server.host import Host
    from dialogkort.server.serve import serve
    from dialogkort.server.sharing import Sharing

    origin = f"http://{_HERE}:{sockets[0].getsockname()[1]}"
    screen = BY_COMMAND[options.screen] if options.screen else "workshop"
    page = SCREENS["share" if options.share is not None and not options.screen else screen]

    def ready(login: str) -> None:
        words = _shared(sharing, options.share)
        _say_ready(f"{origin}{options.base_url}{page}#key={key}", folder, words)
        if options.browser:
            # A browser of text takes its time; the page must not wait for it.
            threading.Thread(target=webbrowser.open, args=(f"{origin}{login}",), daemon=True).start()

    store = os.environ.get("DIALOGKORT_STORE") or folder
    host = Host(store, log=log.name, notices=notices)
    sharing = host.sharing = Sharing(host, folder, tls, options.share_url, options.proxy or "")
    with _backed_up(folder, host.dispatcher.copy_file):
        serve(host, sockets, key, page, ready, _address(options))


def _open_lab(
    options: argparse.Namespace,
    folder: Path,
    log: Log,
    sockets: list[socket],
    token: str,
    tls: ssl.SSLContext | None,
) -> None:
    from dialogkort.server.jupyterlab import WORKSPACE, LabConfig, copies, open_lab

    notebooks = copies(resources.NOTEBOOKS, folder / "notebooks") if _installed() else resources.NOTEBOOKS
    config = LabConfig(
        notebooks=notebooks,
        checkpoints=folder / "checkpoints",
        log=log,
        port=sockets[0].getsockname()[1],
        other_ports=len(_PORTS) if options.port is None else 0,
        token=token,
        browser=options.browser,
        address=_address(options),
        tls=tls,
        share_url=options.share_url,
        proxy=options.proxy or "",
        share=None if options.share is None else lambda sharing: _shared_in_lab(sharing, options.share),
    )
    for listener in sockets:
        listener.close()  # JupyterLab wants to listen for itself

    def ready(port: int, words: str) -> None:
        _say_ready(f"http://{_HERE}:{port}{options.base_url}{WORKSPACE}?token={token}", folder, words)

    open_lab(config, ready)


def _shared(sharing: "Sharing", address: str | None) -> str:
    """Share with the room, when that was asked for or has been broken off; what to say of it."""
    from dialogkort.ui.share.view import in_groups

    try:
        goes_on = sharing.resume(elsewhere=address is not None)
    except InvalidAction as fault:
        if address is None:
            return str(fault)
        goes_on = False
    if address or (address == "" and not goes_on):
        _share(sharing, address)
    status = sharing.status()
    if status is None:
        return ""
    words = text("app.shared", address=status.origin, join_code=in_groups(status.code))
    return words if status.is_encrypted else f"{words}\n{text('app.not_encrypted')}"


def _shared_in_lab(sharing: "Sharing", address: str) -> str:
    """As `_shared`; JupyterLab is there also when nothing can be shared, and why not is what to say."""
    try:
        return _shared(sharing, address)
    except StartupError as fault:
        return str(fault)


def _share(sharing: "Sharing", address: str) -> None:
    choices = sharing.address_choices()
    if not address and not choices:
        raise StartupError(text("sharing.no_network"))
    try:
        sharing.open_next(address or choices[0].address)
    except InvalidAction as fault:
        raise StartupError(str(fault)) from None


def _say_ready(address: str, folder: Path, more: str = "") -> None:
    print(text("app.ready", address=address))
    if more:
        print(more)
    print(text("app.saved_in", folder=folder))
    print(text("app.stop"), flush=True)


if __name__ == "__main__":
    sys.exit(main())
