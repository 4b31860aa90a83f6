"""Paths of the files that come with the kit: decks, invented notes, notebooks."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
# Inside an installed wheel they lie in the package; in a clone (or an editable install) beside it.
_HOME = _PACKAGE / "_shipped" if (_PACKAGE / "_shipped").is_dir() else _PACKAGE.parent

DATA = _HOME / "data"
SAMPLE = DATA / "sample" / "notes"
NOTEBOOKS = _HOME / "notebooks"
