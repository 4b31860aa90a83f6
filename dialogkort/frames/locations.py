"""The store that frames are read from: at a place that was named, or the usual one, perhaps not there yet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from dialogkort.store import FILE_NAME, Store, default_location, is_address, reading

Read = TypeVar("Read")


def read_location(where: str | Path | None, read: Callable[[Store], Read], nothing: Read) -> Read:
    """What is read of the store at a place. Reading changes nothing and makes nothing.

    Parameters
    ----------
    where : str or Path, optional
        A folder, a file or a server's address; `~/Dialogkort` when left out.
    read : callable
        Takes the store, once it is open.
    nothing
        What is given of `~/Dialogkort` before anything was noted.

    Returns
    -------
    What `read` gives, or `nothing`.

    Raises
    ------
    StoreError
        The place that was named has no notes.

    Examples
    --------
    >>> read_location(None, lambda store: len(store.sessions()), 0)
    0
    """
    location = where if where is not None else default_location()
    if where is None and not is_address(location) and not (Path(location) / FILE_NAME).is_file():
        return nothing
    with reading(location) as store:
        return read(store)
