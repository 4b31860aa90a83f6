"""Where sessions are kept: a file in a folder the user can see, or a PostgreSQL server.

`open_store` gives the one or the other; both are a `Store` and keep the same promises.
"""

from dialogkort.errors import ErasedError, StoreError
from dialogkort.store.base import Store
from dialogkort.store.locations import (
    FILE_NAME,
    default_folder,
    default_place,
    is_address,
    open_store,
    reading,
)

__all__ = [
    "FILE_NAME",
    "ErasedError",
    "Store",
    "StoreError",
    "default_folder",
    "default_place",
    "is_address",
    "open_store",
    "reading",
]
