"""Dialogue cards on screen: turn a card, talk, take notes, see honestly what was discussed.

`Workshop()` is the page for a group, `Overview()` the page that shows what was talked about, and
`read_folder()` gives what the groups have said as tidy DataFrames. `read_deck()` reads a deck of your own.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["Overview", "Workshop", "read_deck", "read_folder"]

if TYPE_CHECKING:
    from dialogkort.deck_file import read_deck
    from dialogkort.frames import read_folder
    from dialogkort.screens.overview import Overview
    from dialogkort.screens.workshop import Workshop

_DOORS = {
    "Workshop": ("dialogkort.screens.workshop", "Workshop"),
    "Overview": ("dialogkort.screens.overview", "Overview"),
    "read_deck": ("dialogkort.deck_file", "read_deck"),
    "read_folder": ("dialogkort.frames", "read_folder"),
}


def __getattr__(name: str) -> object:
    """Open a door when it is asked for: a group's kernel must not carry pandas and matplotlib for nothing."""
    from importlib import import_module

    if name not in _DOORS:
        raise AttributeError(f"module 'dialogkort' has no attribute {name!r}")
    room, thing = _DOORS[name]
    return getattr(import_module(room), thing)
