"""File permissions for this user only: folders are 0700 and files 0600, also older ones.

Only what belongs to this user is tightened, and nothing is ever loosened. Windows has no such numbers: there
a home folder is the user's own already. A file is changed by its path and never opened for it: to close a
second descriptor of a SQLite file would let go of the locks on it (https://sqlite.org/howtocorrupt.html).
"""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_FOLDER, _FILE = 0o700, 0o600
_KEY = ".dialogkort-key"
_PUBLISHED = ".dialogkort-published"  # see `ledger`
_FOLDERS = ("journal", "backup", "damaged", "catalogues", "tables", "notebooks", "checkpoints")
_FILES = (
    "*.sqlite",
    "*.sqlite-*",
    "*.sqlite.*",
    "dataset.json*",
    "dataset.new",
    "dialogkort*.log",
    f"{_KEY}*",
    f"{_PUBLISHED}*",
)
_NAMES = "navne.txt"


def private_opener(path: str, flags: int) -> int:
    """For `open(…, opener=…)`: a file that is made is for this user only."""
    return os.open(path, flags, _FILE)


def make_private_file(path: Path) -> None:
    """Make an empty file for this user only, where there is none."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _FILE))


def make_private_folder(folder: Path) -> list[Path]:
    """Make a folder, and those above it that are missing, for this user only; gives those that were made."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        with suppress(FileExistsError):  # another process was faster
            path.mkdir(_FOLDER)
    if not missing:
        folder.mkdir(exist_ok=True)  # says so when it is a file
    return missing


def tighten(folder: Path) -> None:
    """See that nobody else can read what is kept in a folder of notes.

    The folder itself is closed too, unless something lies in it that is none of ours: then it is a folder for
    other things as well, as a home folder is.
    """
    if os.name != "posix":
        return
    with suppress(OSError):  # a folder that cannot even be listed is somebody else's
        if all(_is_ours(path) for path in folder.iterdir()):
            make_private(folder)
        for path in _our_files(folder):
            if not path.name.startswith(_KEY):  # one that others could read is known: there is a new one then
                make_private(path)


def make_private(path: Path) -> None:
    """Take from everybody else the right to a file or folder of this user's; a link is left alone."""
    if os.name != "posix":
        return
    with suppress(OSError):  # it has gone, or lies on a disk that has no such rights
        status = path.lstat()
        mode = stat.S_IMODE(status.st_mode)
        kind_is_known = stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)
        if kind_is_known and status.st_uid == os.geteuid() and mode & 0o077:
            path.chmod(mode & 0o700)


def _is_ours(path: Path) -> bool:
    return path.name in (*_FOLDERS, _NAMES) or any(path.match(pattern) for pattern in _FILES)


def _our_files(folder: Path) -> Iterator[Path]:
    for pattern in (*_FILES, _NAMES):
        yield from folder.glob(pattern)
    for name in _FOLDERS:
        yield folder / name
        yield from (folder / name).rglob("*")
