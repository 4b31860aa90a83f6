"""Files of an organisation's own catalogue of competences, kept beside the notes for this user only.

A file is looked at before it is kept, and again before it is handed to a table: what it is follows from what
is in it, never from what it is called. Nothing in it is opened or run here. On this disk it is called by the
SHA-256 of its content, so plans that were copied for the next time share one, and what comes in with somebody
else's plan can name no other file.
"""

import hashlib
import re
import time
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

from dialogkort.domain.event_ids import Id
from dialogkort.domain.events import Erased, WorkshopPlanned
from dialogkort.domain.limits import MAX_CATALOGUE_BYTES, MAX_NAME_LENGTH, QUOTED
from dialogkort.errors import InvalidAction, StoreError, writable
from dialogkort.files.durable_files import make_folder, write_atomically
from dialogkort.i18n import text
from dialogkort.store.base import Store
from dialogkort.store.catalogue_kinds import as_text, kind_of
from dialogkort.store.locations import default_folder, is_address

_FOLDER = "catalogues"
_UNUSED_SECONDS = 24 * 3600  # a file may be kept before the plan that names it is
_DIGEST = re.compile(r"[0-9a-f]{64}")
_UNFINISHED = ".new"  # see `write_atomically`
# Neither seen nor a part of a name: what would turn the way it is read, or lead elsewhere.
_UNSEEN = r"\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
_NOT_IN_NAMES = re.compile(rf'[{_UNSEEN}<>:"/\\|?*]')
_ENDINGS = re.compile(r"(\.[A-Za-z][A-Za-z0-9]{1,4})+$")


def folder_of(location: str | Path) -> Path:
    """The folder of notes that files are kept beside.

    For a server's address it is one of its own in the usual folder here: what no plan of this computer names
    is removed from that, and the server's plans are none of them.
    """
    if is_address(location):
        return catalogue_folder(default_folder()) / "server"
    return Path(location).expanduser()


def catalogue_folder(folder: Path) -> Path:
    """Where the files of a folder of notes lie."""
    return folder / _FOLDER


def is_digest(digest: str) -> bool:
    """True for what a file may be called here."""
    return _DIGEST.fullmatch(digest) is not None


def keep(folder: Path, file: Path, name: str) -> tuple[str, str]:
    """Keep a catalogue's file for a folder of notes; what it is called from now on, and its digest.

    `InvalidAction` when it is of a kind that no table is shown, too large, or cannot be kept.
    """
    content = _content(file, name)
    kind = kind_of(content, file, name)
    digest = hashlib.sha256(content).hexdigest()
    try:
        make_folder(catalogue_folder(folder))
        write_atomically(catalogue_folder(folder) / digest, content)
    except OSError as fault:
        raise InvalidAction(text("catalogue.not_kept", reason=fault.strerror or fault)) from None
    return plain_name(name, kind), digest


def path_of(folder: Path, digest: str) -> Path | None:
    """Where a file lies; None when it is not here."""
    path = catalogue_folder(folder) / digest
    return path if is_digest(digest) and path.is_file() and not path.is_symlink() else None


def read_for_table(folder: Path, digest: str, name: str) -> tuple[str, bytes]:
    """A kept file as it is handed over: a name with the ending of what is in it, and the content.

    `InvalidAction` when it is not here, or is not what was kept.
    """
    path = path_of(folder, digest)
    if path is None:
        raise InvalidAction(text("catalogue.not_here", name=name[:QUOTED]))
    content = _content(path, name)
    if hashlib.sha256(content).hexdigest() != digest:
        raise InvalidAction(text("catalogue.damaged", name=name[:QUOTED]))
    kind = kind_of(content, path, name)
    return plain_name(name, kind), as_text(content) if kind == "txt" else content


def forget(folder: Path, digests: Iterable[str]) -> None:
    """Remove files, for good."""
    for digest in digests:
        if path := path_of(folder, digest):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def erase(store: Store, folder: Path, *sessions: Id, note: Id | None = None) -> list[Erased]:
    """Erase as the store does; with a plan also each file it names or has named, unless another plan does."""
    named: set[str] = set()
    for session in sessions if note is None else ():
        with suppress(StoreError):  # it can be erased all the same; its file goes as one that nobody names
            events, _ = store.events(session)
            named |= {event.catalogue_digest for event in events if isinstance(event, WorkshopPlanned)}
    markers = store.erase(*sessions, note=note)
    if named:
        forget(folder, named - digests_of(store.plans()))
    return markers


def forget_unused(folder: Path, named: Collection[str]) -> None:
    """Remove the files that were chosen a day ago or more and that no plan names: see `digests_of`.

    What is not called as a file is called here is left alone: it may be a folder that somebody had before.
    """
    for path in catalogue_folder(folder).glob("*"):
        is_ours = is_digest(path.name.removesuffix(_UNFINISHED))
        with suppress(OSError):  # the disk is not there, or it is a folder
            if is_ours and path.name not in named and time.time() - path.lstat().st_mtime > _UNUSED_SECONDS:
                path.unlink(missing_ok=True)


def digests_of(plans: Mapping[Id, WorkshopPlanned]) -> set[str]:
    """The files that plans name, as they read now."""
    return {planned.catalogue_digest for planned in plans.values()} - {""}


def plain_name(name: str, kind: str) -> str:
    """A file's name without folders and what is not seen, with the ending of its kind.

    Examples
    --------
    >>> plain_name("C:/katalog 1.2.pdf.exe", "pdf"), plain_name("Kompetencer.JPEG", "jpg")
    ('katalog 1.2.pdf', 'Kompetencer.jpg')
    """
    stem = PurePosixPath(writable(name).replace("\\", "/")).name
    stem = _NOT_IN_NAMES.sub("", _ENDINGS.sub("", stem)).strip(" .")[: MAX_NAME_LENGTH - 5]
    return f"{stem or text('catalogue.name')}.{kind}"


def _content(file: Path, name: str) -> bytes:
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_CATALOGUE_BYTES + 1)
    except OSError as fault:
        raise InvalidAction(text("catalogue.not_kept", reason=fault.strerror or fault)) from None
    if len(content) > MAX_CATALOGUE_BYTES:
        most = MAX_CATALOGUE_BYTES >> 20
        raise InvalidAction(text("catalogue.too_large", name=name[:QUOTED], most=most))
    return content
