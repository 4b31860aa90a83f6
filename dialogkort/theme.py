"""Colours for light ground and dark, patterns and the areas' marks, on screen and in charts.

The page has the colours as CSS variables (`stylesheet`), charts take theirs from the same table. Areas take
their look by their place in the deck: one colour (light and dark) and one shape each. The colours keep at
least 4.5:1 against the page and its paper, and the first four stay 24 steps of CIELAB apart for eyes without
red, green or blue cones (simulated after Machado et al. 2009); the shape says the same without colour.
"""

from typing import NamedTuple


class Colour(NamedTuple):
    """A colour on light ground, and what it is on dark."""

    light: str
    dark: str


# Each is a variable of this name in the page's style sheets.
COLOURS = {
    "linen": Colour("#efe8dc", "#1b2327"),
    "linen-deep": Colour("#e3d9c8", "#141b1e"),
    "paper": Colour("#fffdf8", "#2a343a"),
    "ink": Colour("#1f2a30", "#f1efe9"),
    "quiet": Colour("#54605f", "#b6c0bf"),
    "line": Colour("#cfc4b1", "#47545a"),
    "edge": Colour("#8b8574", "#82908f"),
    "fjord": Colour("#1f5063", "#7fb9cc"),
    "on-fjord": Colour("#ffffff", "#10191c"),
    "back": Colour("#2b5b6e", "#35606f"),
    "back-line": Colour("#ffffff1f", "#ffffff1c"),
    "back-edge": Colour("#1e404d", "#25434e"),
    "gloss": Colour("#ffffff40", "#ffffff40"),
    "ring": Colour("#b04a00", "#ffc46b"),
    "warn": Colour("#8c2f14", "#ffb59b"),
    "warn-paper": Colour("#fff0e6", "#41291f"),
    "good": Colour("#2f6b4f", "#8fd0ae"),
    "field": Colour("#ffffff", "#1f282d"),
    "pad": Colour("#f9f5ed", "#242e33"),
    "laid-aside": Colour("#f2ede2", "#20292d"),
    "scan-ground": Colour("#ffffff", "#ffffff"),  # a camera wants a QR code dark on light, always
    "scan-ink": Colour("#000000", "#000000"),
    "shade": Colour("#3b2f1a", "#000000"),
    "veil": Colour("#0d1417a6", "#0d1417a6"),
}
# Of these the page also has the three parts, as `--ink-rgb`, to make them more or less clear.
_SEE_THROUGH = ("ink", "paper", "shade")
# What a chart has besides: the field of what may be chance and its edge; shares, from nearly paper to ink.
CHANCE = Colour("#e6e1d8", "#37434a")
CHANCE_EDGE = Colour("#857f6e", COLOURS["edge"].dark)
SHARES_LIGHT = ("#f3efe6", "#8fb4c9", "#1d5b7d", "#0b2f45")
SHARES_DARK = ("#263238", "#33617a", "#6fb0d0", "#d9f0fa")


def stylesheet() -> str:
    """The colours as variables of whatever is `.dk`, light or dark, and those of the page around a screen.

    Paper is light: what is dark is so on a screen alone.
    """
    ink, ground = COLOURS["ink"], COLOURS["linen"]
    return "\n".join(
        [
            f".dk{{{_variables(0)};color-scheme:light}}",
            f'@media screen{{.dk[data-theme="dark"]{{{_variables(1)};color-scheme:dark}}}}',
            f"[data-dialogkort] body{{color:{ink.light};background:{ground.light}}}",
            "@media (prefers-color-scheme:dark){"
            f"[data-dialogkort] body{{color:{ink.dark};background:{ground.dark}}}}}",
        ]
    )


def _variables(which: int) -> str:
    plain = {name: colour[which] for name, colour in COLOURS.items()}
    parts = {f"{name}-rgb": " ".join(map(str, bytes.fromhex(plain[name][1:]))) for name in _SEE_THROUGH}
    return ";".join(f"--{name}:{value}" for name, value in (plain | parts).items())


class AreaStyle(NamedTuple):
    """A colour for light paper, one for dark, a shape as a character, and matplotlib's marker for it."""

    light: str
    dark: str
    shape: str
    marker: str

    @property
    def on_screen(self) -> dict[str, str]:
        """What a page needs of it."""
        return {"light": self.light, "dark": self.dark, "shape": self.shape}


_AREA_STYLES = (
    AreaStyle("#125fbb", "#5aa2fa", "●", "o"),
    AreaStyle("#985412", "#ee7f55", "▲", "^"),
    AreaStyle("#004623", "#a9f2c6", "■", "s"),
    AreaStyle("#69386e", "#c98fb4", "◆", "D"),
    AreaStyle("#775c2e", "#fcd76c", "★", "*"),
    AreaStyle("#b13a60", "#e0898d", "⬟", "p"),
)


# How bars of one colour are told apart, in matplotlib's words; the page's are in `core/area_bars.css`.
PATTERNS: dict[str, dict[str, object]] = {
    "filled": {"fill": True},
    "hatched": {"fill": False, "hatch": "////"},
    "dotted": {"fill": False, "hatch": "...."},
    "lined": {"fill": False, "hatch": "---"},
    "dashed": {"fill": False, "linestyle": (0, (2.5, 1.5))},
    "outlined": {"fill": False},
}


def area_style(index: int) -> AreaStyle:
    """How the area at an index in the deck looks, counted from 0; past the sixth they repeat."""
    return _AREA_STYLES[index % len(_AREA_STYLES)]
