"""The store of sessions: an SQLite file in a folder the user can see, or a PostgreSQL server.

`open_store` gives the one or the other; both are a `Store` and keep the same promises. `Writer` does all work
with a store on one thread, `backups` has the copies of a file, `catalogues` the files that lie
at the tables, `salvage` and `journal_records` read what a
damaged file and its journals still hold. What is not named here is the package's own.
"""

from dialogkort.errors import ErasedError, StoreError
from dialogkort.store import backups, catalogues
from dialogkort.store.base import Store, deck_body, row_of
from dialogkort.store.journal import JOURNAL_FOLDER, journal_records
from dialogkort.store.locations import (
    FILE_NAME,
    default_folder,
    default_location,
    is_address,
    is_synchronised,
    open_store,
    reading,
)
from dialogkort.store.recovery.salvage import Refusal, salvage
from dialogkort.store.sqlite import FileStore
from dialogkort.store.writer import Work, Writer

__all__ = [
    "FILE_NAME",
    "JOURNAL_FOLDER",
    "ErasedError",
    "FileStore",
    "Refusal",
    "Store",
    "StoreError",
    "Work",
    "Writer",
    "backups",
    "catalogues",
    "deck_body",
    "default_folder",
    "default_location",
    "is_address",
    "is_synchronised",
    "journal_records",
    "open_store",
    "reading",
    "row_of",
    "salvage",
]
