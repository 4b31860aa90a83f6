"""What do all charts share? Paper, ink, letters, the page's heading, a scale of ratios."""

import html
import math
import textwrap
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.lines import Line2D

from dialogkort.charts.export import STYLE, as_png
from dialogkort.i18n import text
from dialogkort.narrative import in_short, number, times
from dialogkort.theme import look

# Inches. A 16:9 slide; 12 points are 1/43 of its height.
WIDTH, HEIGHT = 12.8, 7.2
MARGIN = 0.35
# Where a chart's panels may begin and end, from the top and from the bottom.
TOP, BOTTOM = 1.95, 1.2
# No row of a panel is taller than this: with one or two, a bar must not become a field.
_TALLEST = 1.1
# Points.
HEADLINE, BODY, SMALL, SMALLEST = 17, 14, 12, 11
# On a scale of ratios no more than this is shown; what lies further out gets an arrow.
FURTHEST = 8.0
# With fewer inches than this from one tick to the next, only every other has its number.
_DOUBLING = 0.6
_MEASURED_AT = 100  # points
_TICKS = (1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8)


class Palette(NamedTuple):
    """The colours of a chart that are no area's."""

    paper: str
    ink: str
    quiet: str
    field: str
    edge: str


# The paper and ink of the page, so that the picture lies on it without a frame.
LIGHT = Palette(paper="#fffdf8", ink="#1f2a30", quiet="#54605f", field="#e6e1d8", edge="#857f6e")
DARK = Palette(paper="#1b2327", ink="#f1efe9", quiet="#b6c0bf", field="#37434a", edge="#82908f")


class ChartFigure(Figure):
    """A figure that knows what it shows in words (its label), and shows itself, with them, in a notebook."""

    @property
    def alt(self) -> str:
        """What the figure shows, in complete sentences, for a reader who cannot see it."""
        return self.get_label()

    def _repr_mimebundle_(self, **_asked: object) -> dict[str, object]:
        png = as_png(self)
        shown = f"data:image/png;base64,{b64encode(png).decode('ascii')}"
        alt = html.escape(self.alt, quote=True)
        page = f'<img src="{shown}" alt="{alt}" style="width: 100%; max-width: {WIDTH * 96:.0f}px">'
        return {"text/html": page, "image/png": b64encode(png).decode("ascii"), "text/plain": self.alt}


def palette(dark: bool) -> Palette:
    """The paper and ink, light or dark."""
    return DARK if dark else LIGHT


def colour(place: int, dark: bool) -> str:
    """The colour of the area at a place in the deck."""
    return look(place).dark if dark else look(place).light


def new_page(about: str, headline: str, alt: str, *, dark: bool, height: float = HEIGHT) -> ChartFigure:
    """An empty chart with its heading: what it is about, and what it says."""
    ink = palette(dark)
    figure = ChartFigure(figsize=(WIDTH, height), facecolor=ink.paper, label=in_short(alt))
    said, size = fitted(headline, WIDTH - 2 * MARGIN, HEADLINE, lines=3, weight="bold")
    about, _ = fitted(about, WIDTH - 2 * MARGIN, SMALL, lines=1, cut=True)
    write(figure, MARGIN, height - 0.28, about, SMALL, ink.quiet, va="top", gid="about")
    write(figure, MARGIN, height - 0.58, said, size, ink.ink, va="top", weight="bold", gid="headline")
    return figure


def empty(about: str, why: str, *, dark: bool) -> ChartFigure:
    """A chart of nothing, which says so."""
    with matplotlib.rc_context(STYLE):
        return new_page(about, why, f"{stopped(about)} {why}", dark=dark)


def stopped(said: str) -> str:
    """A heading as a sentence: with a full stop when it ends in no mark of its own."""
    return said if said[-1:] in "?.!" else f"{said}."


def panel(figure: Figure, left: float, width: float, rows: int, *, top=TOP, bottom=BOTTOM, label="") -> Axes:
    """Room for so many rows, 0 at the top, without axes of its own; sizes in inches."""
    height = figure.get_figheight()
    bottom = max(bottom, height - top - _TALLEST * rows)
    box = (left / WIDTH, bottom / height, width / WIDTH, 1 - (top + bottom) / height)
    made = figure.add_axes(box, label=label)
    made.set_axis_off()
    made.set_ylim(rows - 0.5, -0.5)
    return made


def name(
    panel: Axes, row: float, said: str, place: int | None, ink: Palette, dark: bool, room: float, **how
) -> None:
    """A row's name at the left of the panel, behind the mark of its area."""
    across, width = panel.get_yaxis_transform(), width_of(panel)
    indent = 0.36
    if place is None:
        indent = 0.0
    else:
        mark = Line2D([(0.12 - room) / width], [row], transform=across, clip_on=False, linestyle="none")
        mark.set(
            marker=look(place).marker, markersize=how.pop("mark", 13), color=colour(place, dark), gid="mark"
        )
        panel.add_artist(mark)
    lines, size = how.pop("lines", 2), how.pop("size", BODY)
    said, size = fitted(said, room - indent - 0.14, size, lines=lines, cut=lines == 1)
    left = (indent - room) / width
    panel.text(left, row, said, size=size, transform=across, color=ink.ink, va="center", gid="name", **how)


def places(frame: pd.DataFrame) -> dict[str, int]:
    """The place of each area in the deck: frames have them in its order."""
    return {area: place for place, area in enumerate(frame["area"].drop_duplicates())}


def area_marks(place: Mapping[str, int], dark: bool) -> dict[str, Line2D]:
    """The mark of each area, for the key."""
    return {
        area: Line2D([], [], linestyle="none", marker=look(at).marker, markersize=11, color=colour(at, dark))
        for area, at in place.items()
    }


def draw_caption(figure: Figure, said: str, ink: Palette, y: float = 0.72) -> None:
    """How to read the chart, at its foot."""
    lines = wrapped(said, WIDTH - 2 * MARGIN, SMALL)
    write(figure, MARGIN, y, lines, SMALL, ink.quiet, va="top", gid="reading")


def draw_legend(figure: Figure, shown: Mapping[str, object], ink: Palette, y: float = 0.82) -> None:
    """What marks and patterns mean, in a line above `y`."""
    figure.legend(
        shown.values(),
        shown.keys(),
        loc="lower left",
        bbox_to_anchor=(MARGIN / WIDTH, y / figure.get_figheight()),
        ncols=max(1, len(shown)),
        frameon=False,
        fontsize=SMALL,
        labelcolor=ink.ink,
        borderpad=0,
        borderaxespad=0,
        columnspacing=1.4,
        handletextpad=0.6,
    )


# --- ratios ------------------------------------------------------------------------------------------------


def ratio_scale(panel: Axes, ends: pd.DataFrame, ink: Palette, *, ticks: bool = True) -> None:
    """A scale on which twice as much is as far from 1 as half as much, wide enough for all the `ends`."""
    known = ends.to_numpy(float, na_value=float("nan"))
    known = [max(value, 1 / value) for value in known.ravel() if value > 0 and value != float("inf")]
    reach = min(max([2.0, *known]) * 1.08, FURTHEST)
    panel.set_xscale("log", base=2)
    panel.set_xlim(1 / reach, reach)
    panel.minorticks_off()
    crowded = width_of(panel) / (2 * math.log2(reach)) < _DOUBLING
    for tick in _TICKS:
        if 1 / reach <= tick <= reach:
            line = {"color": ink.ink, "linewidth": 1.5} if tick == 1 else {"color": ink.field, "linewidth": 1}
            panel.axvline(tick, zorder=0.5, gid="one" if tick == 1 else "grid", **line)
            if ticks and (not crowded or tick in (1 / 4, 1, 4)):
                below = {"va": "top", "ha": "center", "size": SMALL, "color": ink.quiet, "gid": "tick"}
                said = number(tick, 3 if tick < 0.2 else 2 if tick < 0.4 else 1 if tick < 1 else 0)
                bottom = panel.get_ylim()[0]
                panel.annotate(said, (tick, bottom), (0, -6), textcoords="offset points", **below)


def interval(panel: Axes, row: float, low: float, high: float, shade: str, **how) -> None:
    """The interval of a ratio; an arrow where it goes on past the scale."""
    if pd.isna(low) or pd.isna(high):
        return
    least, most = panel.get_xlim()
    # An interval can lie outside the scale as a whole; then its arrow stands at the edge.
    inside = min(max(low, least), most), max(min(high, most), least)
    panel.plot(
        inside, (row, row), color=shade, solid_capstyle="butt", gid="interval", **{"linewidth": 2.4, **how}
    )
    for end, beyond, mark in ((inside[0], low < least, "<"), (inside[1], high > most, ">")):
        panel.plot(
            end, row, marker=mark if beyond else "|", color=shade, markersize=9, clip_on=False, gid="end"
        )


def dot(
    panel: Axes,
    row: float,
    ratio: float,
    place: int,
    shade: str,
    filled: bool,
    ink: Palette,
    size=13,
    face="",
) -> None:
    """A ratio, with the mark of its area: filled when it is told from chance, or with a `face` of its own."""
    if pd.isna(ratio):
        return
    least, most = panel.get_xlim()
    face = face or (shade if filled else ink.paper)
    at = min(max(ratio, least), most)
    how = {"markersize": size, "color": shade, "markerfacecolor": face, "markeredgewidth": 2.2, "zorder": 4}
    panel.plot(at, row, marker=look(place).marker, linestyle="none", clip_on=False, gid="dot", **how)


def between(low: float, high: float) -> str:
    """The ends of an interval: `1,4–1,8`; empty when it is not known."""
    if pd.isna(low) or pd.isna(high):
        return ""
    return f"{times(low)}–{times(high)}" if high < 100 else text("charts.from", low=times(low))


# --- words -------------------------------------------------------------------------------------------------


def width_of(panel: Axes) -> float:
    """A panel's width in inches."""
    return panel.get_position().width * WIDTH


def write(figure: Figure, x: float, y: float, said: str, size: float, colour: str, **how) -> None:
    """Words on the page, at inches from its left and its foot."""
    at = x / WIDTH, y / figure.get_figheight()
    figure.text(*at, said, fontsize=size, color=colour, linespacing=1.25, **how)


def annotate_right(panel: Axes, x: float, row: float, said: str, lift: float = 0, **how) -> None:
    """Words to the right of a point of the panel."""
    panel.annotate(said, (x, row), (7, lift), textcoords="offset points", **{"va": "center", **how})


def at_right(panel: Axes, row: float, said: str, inches: float, ink: Palette, **how) -> None:
    """Words so many inches to the right of the panel."""
    across = panel.get_yaxis_transform()
    how = {"size": SMALL, "color": ink.ink, "va": "center", **how}
    panel.text(1 + inches / width_of(panel), row, said, transform=across, **how)


def fitted(said: str, inches: float, size: int, lines: int, weight: str = "normal", *, cut=False):
    """The text wrapped, and the largest size (down to the smallest) that needs no more lines than that.

    With `cut`, what needs more lines even in the smallest letters is cut short with an ellipsis.
    """
    for smaller in range(size, SMALLEST - 1, -1):
        wrapping = wrapped(said, inches, smaller, weight)
        if wrapping.count("\n") < lines and wrapping.split() == said.split():
            return wrapping, smaller
    whole = wrapping.split("\n")
    if not cut or len(whole) <= lines:
        return wrapping, SMALLEST
    return "\n".join([*whole[: lines - 1], _cut(" ".join(whole[lines - 1 :]), inches, weight)]), SMALLEST


def _cut(said: str, inches: float, weight: str) -> str:
    while said and _points(f"{said} …", SMALLEST, weight) > inches * 72:
        words = said.rsplit(" ", 1)
        said = words[0] if len(words) == 2 else said[:-1]
    return f"{said.rstrip(' ,.')} …"


@lru_cache(maxsize=4096)
def wrapped(said: str, inches: float, size: int, weight: str = "normal") -> str:
    """The text in as few lines as fit the width; a word too long for a line is broken."""
    # No line holds more letters than this, were its letters a third narrower than all of them are.
    widest = int(1.5 * len(said) * inches * 72 / max(1.0, _points(said, size, weight))) + 1
    for most in range(max(1, min(len(said), widest)), 0, -1):
        lines = textwrap.wrap(said, most)
        if all(_points(line, size, weight) <= inches * 72 for line in lines):
            break
    return "\n".join(lines)


def _points(line: str, size: int, weight: str) -> float:
    """How long a line is, letter by letter: to have it laid out would take a thousand times as long."""
    return size * sum(_width(letter, weight) for letter in line)


@lru_cache(maxsize=4096)
def _width(letter: str, weight: str) -> float:
    """How wide a letter is, as a share of its size."""
    font = get_font(findfont(FontProperties(family=STYLE["font.family"], weight=weight)))
    font.set_size(_MEASURED_AT, 72)
    glyph = font.load_glyph(font.get_char_index(ord(letter)), flags=LoadFlags.NO_HINTING)
    return glyph.linearHoriAdvance / 2**16 / _MEASURED_AT
