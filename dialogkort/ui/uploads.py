"""Files that somebody hands in: written piece by piece to a private temporary folder, within limits.

Both adapters write here, a page's by HTTP and a notebook's by its kernel. The names that people's files have
never become names on this disk: what a file is called here is made here.
"""

import os
import secrets
import shutil
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from dialogkort.errors import InvalidAction
from dialogkort.exchange.sources import JSON_NAME
from dialogkort.files.temporary import private_folder
from dialogkort.i18n import text
from dialogkort.store import FILE_NAME, JOURNAL_FOLDER, backups

MAX_FILE_BYTES = 256 << 20
MAX_BYTES = 1 << 30  # of all files that wait to be read
MAX_FILES = 1_000  # that wait
MAX_NAME_LENGTH = 1_000  # characters of a file's path
MAX_DEPTH = 32  # folders that it lies in
_KEEP_SECONDS = 15 * 60  # a file that nobody has asked to read
# The names that reading goes by (see `exchange.sources`): a file or folder called so keeps its name.
_SIDE_FILES = tuple(f"{FILE_NAME}-{part}" for part in ("journal", "wal"))
_FILE_NAMES = {FILE_NAME, *_SIDE_FILES, JSON_NAME, backups.DATASET}
_FOLDER_NAMES = {backups.BACKUPS, backups.DAMAGED, JOURNAL_FOLDER}
_ENDINGS = (".sqlite", ".sqlite-journal", ".sqlite-wal", ".jsonl", ".json", ".zip")


@dataclass
class Upload:
    """A file that comes in: what it is called where it comes from, and where it lies."""

    name: str
    path: Path
    until: float
    length: int = 0
    is_whole: bool = False


@dataclass(frozen=True)
class HandedIn:
    """Files to be read together: the folder they lie in, and what each is called where it comes from."""

    folder: Path
    names: dict[str, str] = field(default_factory=dict)  # by path below the folder


class Uploads:
    """The files that are on their way in, or wait to be read. From any thread.

    Examples
    --------
    >>> uploads = Uploads()
    >>> secret = uploads.begin("Gruppe 1/dialogkort.sqlite")
    >>> uploads.append(secret, b"SQLite")
    >>> uploads.finish(secret)
    >>> handed_in = uploads.take([secret])
    >>> handed_in.names
    {'1/dialogkort.sqlite': 'Gruppe 1/dialogkort.sqlite'}
    >>> (handed_in.folder / "1" / "dialogkort.sqlite").read_bytes()
    b'SQLite'
    >>> uploads.close()
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running = ExitStack()
        self._folder: Path | None = None  # made when the first file comes
        self._uploads: dict[str, Upload] = {}
        self._taken: dict[Path, int] = {}  # bytes of those that are being read, or wait for their turn

    def begin(self, name: str) -> str:
        """The secret of a file that is to come, by its name or its path. `InvalidAction` when none may."""
        if not 0 < len(name) <= MAX_NAME_LENGTH or name.count("/") > MAX_DEPTH:
            raise InvalidAction(text("import.no_name"))
        with self._lock:
            self._forget_old()
            if len(self._uploads) >= MAX_FILES:
                raise InvalidAction(text("import.too_many"))
            secret = secrets.token_urlsafe(24)
            path = self._own_folder() / secret
            path.touch(mode=0o600)
            self._uploads[secret] = Upload(name, path, time.monotonic() + _KEEP_SECONDS)
        return secret

    def append(self, secret: str, content: bytes) -> None:
        """Write the next piece of a file. `InvalidAction` when it gets too large, or cannot be kept."""
        with self._lock:
            upload = self._uploads.get(secret)
            if upload is None or upload.is_whole:
                raise InvalidAction(text("import.broken_off"))
            is_too_large = upload.length + len(content) > MAX_FILE_BYTES
            if is_too_large or self._waiting() + len(content) > MAX_BYTES:
                self._forget(secret)
                if self._taken and not is_too_large:
                    raise InvalidAction(text("import.too_many_waiting"))
                raise InvalidAction(text("import.too_large", name=upload.name))
            upload.length += len(content)
        try:
            with upload.path.open("r+b") as file:  # which makes no file: it may have been forgotten meanwhile
                file.seek(0, os.SEEK_END)
                file.write(content)
        except OSError:
            self.forget(secret)
            raise InvalidAction(text("import.no_room", name=upload.name)) from None

    def finish(self, secret: str) -> None:
        """All of a file has come."""
        with self._lock:
            if secret not in self._uploads:
                raise InvalidAction(text("import.broken_off"))
            self._uploads[secret].is_whole = True

    def forget(self, secret: str) -> None:
        """A file was broken off, or nobody wants it any more."""
        with self._lock:
            self._forget(secret)

    def take(self, chosen: Iterable[str]) -> HandedIn:
        """The files with these secrets, laid out as they lay where they come from; `remove` them then.

        `InvalidAction` when one of them is not here: then they are all gone.
        """
        with self._lock:
            uploads = [self._uploads.pop(secret, None) for secret in dict.fromkeys(chosen)]
            files = [upload for upload in uploads if upload is not None]
            if len(files) < len(uploads) or not all(upload.is_whole for upload in files):
                for upload in files:
                    upload.path.unlink(missing_ok=True)
                raise InvalidAction(text("import.broken_off"))
            folder = self._own_folder() / f"{secrets.token_hex(8)}"
            handed_in = HandedIn(folder, _laid_out(folder, files))
            self._taken[folder] = sum(upload.length for upload in files)
            return handed_in

    def remove(self, handed_in: HandedIn) -> None:
        """They have been read."""
        shutil.rmtree(handed_in.folder, ignore_errors=True)
        with self._lock:
            self._taken.pop(handed_in.folder, None)

    def close(self) -> None:
        """Leave nothing among the temporary files."""
        with self._lock:
            self._uploads, self._taken = {}, {}
            self._folder = None
            self._running.close()

    def _own_folder(self) -> Path:
        if self._folder is None:
            self._folder = self._running.enter_context(private_folder())
        return self._folder

    def _waiting(self) -> int:
        return sum(upload.length for upload in self._uploads.values()) + sum(self._taken.values())

    def _forget_old(self) -> None:
        for secret, upload in list(self._uploads.items()):
            if upload.until < time.monotonic():
                self._forget(secret)

    def _forget(self, secret: str) -> None:
        if upload := self._uploads.pop(secret, None):
            upload.path.unlink(missing_ok=True)


def take_in(uploads: Uploads, message: Mapping, content: bytes) -> dict:
    """A piece of a file that comes by messages: its `upload`, or why it is `refused`.

    The first piece says its `name`, those after it the `upload` that the first was answered with; the last
    one says that it `is_last`.
    """
    upload, name = message.get("upload"), message.get("name")
    try:
        secret = upload if isinstance(upload, str) else uploads.begin(name if isinstance(name, str) else "")
        uploads.append(secret, content)
        if message.get("is_last") is True:
            uploads.finish(secret)
    except InvalidAction as fault:
        return {"refused": str(fault)}
    return {"upload": secret}


def _laid_out(folder: Path, uploads: Iterable[Upload]) -> dict[str, str]:
    """Move files into a folder, each where its name says; their own names by their new paths."""
    folder.mkdir(mode=0o700)
    folders: dict[tuple[str, ...], str] = {(): ""}
    names: dict[str, str] = {}
    for number, upload in enumerate(uploads, 1):
        *above, name = upload.name.split("/")
        for depth in range(len(above)):
            _name_folder(folders, tuple(above[: depth + 1]))
        path = f"{folders[tuple(above)]}{_file_name(name, number)}"
        if path in names:  # two of the same name in one folder: only who plays sends those
            path = f"{folders[tuple(above)]}{number}-{_file_name('', number)}"
        (folder / path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        upload.path.replace(folder / path)
        names[path] = upload.name
    return names


def _name_folder(folders: dict[tuple[str, ...], str], parts: tuple[str, ...]) -> None:
    """Give a folder its name here: a number, unless reading goes by its name."""
    own = parts[-1] if parts[-1] in _FOLDER_NAMES else str(len(folders))
    folders.setdefault(parts, f"{folders[parts[:-1]]}{own}/")


def _file_name(name: str, number: int) -> str:
    if name in _FILE_NAMES:
        return name
    return f"{number}{next((ending for ending in _ENDINGS if name.lower().endswith(ending)), '')}"
