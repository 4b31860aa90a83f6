"""Colours (light and dark) and shapes of the areas, on screen and in charts.

Areas take their look by their place in the deck. The colours keep at least 4.5:1 against the page and its
paper, and the first four stay 24 steps of CIELAB apart for eyes without red, green or blue cones (simulated
after Machado et al. 2009); the shape says the same without colour.
"""

from typing import NamedTuple


class Look(NamedTuple):
    """A colour for light paper, one for dark, a shape as a character, and matplotlib's marker for it."""

    light: str
    dark: str
    shape: str
    marker: str


_LOOKS = (
    Look("#125fbb", "#5aa2fa", "●", "o"),
    Look("#985412", "#ee7f55", "▲", "^"),
    Look("#004623", "#a9f2c6", "■", "s"),
    Look("#69386e", "#c98fb4", "◆", "D"),
    Look("#775c2e", "#fcd76c", "★", "*"),
    Look("#b13a60", "#e0898d", "⬟", "p"),
)


# How bars of one colour are told apart, in matplotlib's words; the page's are in `core/area_bars.css`.
PATTERNS = {
    "filled": {"fill": True},
    "hatched": {"fill": False, "hatch": "////"},
    "dotted": {"fill": False, "hatch": "...."},
    "lined": {"fill": False, "hatch": "---"},
    "dashed": {"fill": False, "linestyle": (0, (2.5, 1.5))},
    "outlined": {"fill": False},
}


def look(index: int) -> Look:
    """The look of the area at a place in the deck, counted from 0; past the sixth they repeat."""
    return _LOOKS[index % len(_LOOKS)]
