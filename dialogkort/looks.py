"""How an area looks, on screen and in a chart: one colour (light and dark) and one shape each.

Areas take their look by their place in the deck. The colours keep at least 4.5:1 against the paper they lie on
and stay apart for the common kinds of colour blindness; the shape says the same without colour.
"""

from typing import NamedTuple


class Look(NamedTuple):
    """A colour for light paper, one for dark paper, a shape as a character, and matplotlib's marker for it."""

    light: str
    dark: str
    shape: str
    marker: str


_LOOKS = (
    Look("#1f5f8b", "#8cc4ea", "●", "o"),
    Look("#a34a1f", "#f0a982", "▲", "^"),
    Look("#2f6b4f", "#8fd0ae", "■", "s"),
    Look("#7a4a86", "#d4a8e0", "◆", "D"),
    Look("#6b5a10", "#dcc765", "★", "*"),
    Look("#9c2f4f", "#f0a0b6", "⬟", "p"),
)


def look(place: int) -> Look:
    """The look of the area at a place in the deck, counted from 0; past the sixth they repeat."""
    return _LOOKS[place % len(_LOOKS)]
