"""Durable files and folders: what was made is still there after a power cut.

Syncing a file is not enough: the folder that names it is a file of its own, and is synced too. What is made
is for this user only, unless it is made to be shared.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from dialogkort.files.permissions import make_private, make_private_folder, private_opener


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing."""
    for created in make_private_folder(folder):
        sync_folder(created.parent)


def write_atomically(path: Path, content: bytes | Iterable[bytes], *, shared: bool = False) -> None:
    """Put a file in a file's place, whole or not at all. One to be `shared` has the usual rights."""
    new = path.with_suffix(".new")
    make_private(new)  # left by a crash
    with open(new, "wb", opener=None if shared else private_opener) as file:
        for part in [content] if isinstance(content, bytes) else content:
            file.write(part)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """See that what was written in a file is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """See that the names in a folder are on the disk, where the system can."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
