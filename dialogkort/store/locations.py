"""Locations of stores: the default folder, servers' addresses, network drives, synchronised folders."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dialogkort.errors import StoreError
from dialogkort.files.permissions import make_private
from dialogkort.files.temporary import private_folder, tidy_at_a_glance
from dialogkort.store.backups import has_backups, snapshot
from dialogkort.store.base import Store
from dialogkort.store.sqlite import FileStore

FILE_NAME = "dialogkort.sqlite"

# SQLite's locks do not hold there (https://sqlite.org/faq.html#q5); measured: notes lost, and no error.
_NETWORKS = {
    "nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afpfs", "webdav", "davfs", "ncpfs", "afs",
    "9p2000.L", "fuse.sshfs", "fuse.davfs2", "fuse.rclone", "fuse.glusterfs", "glusterfs", "ceph", "lustre",
    "beegfs", "gpfs",
}  # fmt: skip
_SYNCHRONISED = (
    "onedrive",
    "dropbox",
    "google drive",
    "googledrive",
    "icloud drive",
    "nextcloud",
    "owncloud",
)
_SYNCHRONISED_ON_A_MAC = ("library/cloudstorage/", "library/mobile documents/")


def default_folder() -> Path:
    """The folder notes are kept in: the environment's `DIALOGKORT_FOLDER`, else `Dialogkort` at home."""
    return Path(os.environ.get("DIALOGKORT_FOLDER") or Path.home() / "Dialogkort").expanduser()


def default_location() -> str | Path:
    """The default store: the server in the environment's `DIALOGKORT_STORE`, else `default_folder()`."""
    return os.environ.get("DIALOGKORT_STORE") or default_folder()


def is_address(where: str | Path) -> bool:
    """True for the address of a server, as in `postgresql://user@host/name`, also of one we cannot use."""
    return re.match(r"[A-Za-z][\w+.-]+://|postgres\w*:", str(where)) is not None


def open_store(where: str | Path | None = None) -> Store:
    """The store in a folder (made when missing) or at a server's address; `default_location()` when left out.

    `StoreError` when it cannot be used; also for a folder on a network drive.
    """
    where = where if where is not None else default_location()
    tidy_at_a_glance()
    if is_address(where):
        from dialogkort.store.postgresql import ServerStore  # SQLAlchemy is an extra, and takes its time

        return ServerStore(str(where))
    folder = Path(where).expanduser()
    if is_on_a_network(folder):
        raise StoreError("network", path=folder)
    if folder == default_folder():
        make_private(folder)  # nothing else is kept there, whatever lies in it
    return FileStore(folder / FILE_NAME)


@contextmanager
def reading(where: str | Path) -> Iterator[Store]:
    """A store to read from: a server's address, a folder or a file. A file is copied first and left as it is.

    So a file of an earlier version, on a network drive or in a folder that is closed to writing can be read,
    and so can one that another program is writing in. `StoreError` when there is nothing to read.
    """
    if is_address(where):
        store = open_store(where)
        try:
            yield store
        finally:
            store.close()
        return
    tidy_at_a_glance()
    path = Path(where)
    path = path / FILE_NAME if path.is_dir() else path
    if not path.is_file():
        lost = path.name == FILE_NAME and has_backups(path)
        raise StoreError("gone", path=path) if lost else StoreError("nothing_kept", path=where)
    with private_folder() as folder:
        try:
            copy = snapshot(path, folder)
        except PermissionError as fault:
            raise StoreError("no_access", path=path) from fault
        except OSError as fault:
            raise StoreError("failed", path=path, reason=fault.strerror or fault) from fault
        store = FileStore(copy, journaled=False, location=path)
        try:
            yield store
        finally:
            store.close()


def is_on_a_network(folder: Path) -> bool:
    """True when a folder lies on another machine's disk."""
    import psutil  # every kernel has it in memory already

    path = os.path.realpath(folder)  # a link, or a drive's letter, may lead there
    if path.startswith("\\\\"):
        return True
    mounts = [
        disk
        for disk in psutil.disk_partitions(all=True)
        if Path(disk.mountpoint) == Path(path) or Path(disk.mountpoint) in Path(path).parents
    ]
    nearest = max(mounts, key=lambda disk: len(disk.mountpoint), default=None)
    return nearest is not None and (nearest.fstype in _NETWORKS or "remote" in nearest.opts.split(","))


def is_synchronised(folder: Path) -> bool:
    """True when a program such as OneDrive keeps a folder in step with other machines."""
    path = folder.absolute()
    named = any(part.lower().startswith(_SYNCHRONISED) for part in path.parts)
    return named or any(mark in path.as_posix().lower() for mark in _SYNCHRONISED_ON_A_MAC)
