"""Cache of the list of names in the notes' folder, for all windows; read again every few seconds."""

import time
from pathlib import Path

from dialogkort.privacy.detection import names_in
from dialogkort.store import default_folder, is_address

_CHECK_SECONDS = 2.0  # between two looks at the file: notes come faster


class ListedNames:
    """The names of `navne.txt` in a store's folder; of one on a server, in this machine's usual folder."""

    def __init__(self, location: str | Path):
        self._folder = default_folder() if is_address(location) else location
        self._names: tuple[str, ...] = ()
        self._next_check = 0.0

    def read(self) -> tuple[str, ...]:
        """The names as they are listed now; none without a list."""
        if time.monotonic() >= self._next_check:
            self._names = names_in(self._folder)
            self._next_check = time.monotonic() + _CHECK_SECONDS
        return self._names
