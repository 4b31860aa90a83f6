"""Cache of the list of names in the notes' folder, read again every few seconds."""

import time
from pathlib import Path

from dialogkort.privacy.detection import names_in

_CHECK_SECONDS = 2.0  # between two looks at the file: notes come faster


class ListedNames:
    """The names of `navne.txt` in a folder."""

    def __init__(self, folder: str | Path):
        self._folder = folder
        self._names: tuple[str, ...] = ()
        self._next_check = 0.0

    def read(self) -> tuple[str, ...]:
        """The names as they are listed now; none without a list."""
        if time.monotonic() >= self._next_check:
            self._names = names_in(self._folder)
            self._next_check = time.monotonic() + _CHECK_SECONDS
        return self._names
