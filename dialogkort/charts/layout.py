"""Layout of all charts: colours, page with heading and caption, panels, row labels, a scale of ratios."""

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
from matplotlib.patches import Rectangle

from dialogkort.charts.export import STYLE, as_png
from dialogkort.charts.placement import AnyFigure, fit_page, page_height, page_width, scale_of
from dialogkort.i18n import text
from dialogkort.narrative import card_number, in_short, number, times
from dialogkort.theme import CHANCE, CHANCE_EDGE, COLOURS, PATTERNS, area_style

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
# In small letters no more of a line is filled than this share.
_ROUNDED = 0.95
_TICKS = (1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8)


class Palette(NamedTuple):
    """The colours of a chart that are no area's."""

    paper: str
    ink: str
    quiet: str
    field: str
    edge: str


# The paper and ink of the page, so that the picture lies on it without a frame.
_INK, _QUIET = COLOURS["ink"], COLOURS["quiet"]
LIGHT = Palette(COLOURS["paper"].light, _INK.light, _QUIET.light, CHANCE.light, CHANCE_EDGE.light)
DARK = Palette(COLOURS["linen"].dark, _INK.dark, _QUIET.dark, CHANCE.dark, CHANCE_EDGE.dark)


def patterned(pattern: str, colour: str) -> dict:
    """How a bar of a colour is filled: one of `theme.PATTERNS`."""
    return {"facecolor": colour, "edgecolor": colour, "linewidth": 1.6, **PATTERNS[pattern]}


def area_or_card(record: dict) -> str:
    """What a row is called: its area, or its card with number and question."""
    if "card" not in record:
        return record["area"]
    return text("charts.card_and_question", number=card_number(record), question=record["question"])


def swatch(pattern: str, colour: str) -> Rectangle:
    """A pattern as a legend shows it."""
    return Rectangle((0, 0), 1, 1, **patterned(pattern, colour))


class ChartFigure(Figure):
    """A figure that knows what it shows in words (its label), and shows itself, with them, in a notebook."""

    @property
    def alt(self) -> str:
        """What the figure shows, in complete sentences, for a reader who cannot see it."""
        return self.get_label()

    def _repr_mimebundle_(self, **_options: object) -> dict[str, object]:
        png = as_png(self)
        source = f"data:image/png;base64,{b64encode(png).decode('ascii')}"
        alt = html.escape(self.alt, quote=True)
        markup = f'<img src="{source}" alt="{alt}" style="width: 100%; max-width: {WIDTH * 96:.0f}px">'
        return {"text/html": markup, "image/png": b64encode(png).decode("ascii"), "text/plain": self.alt}


def palette(dark: bool) -> Palette:
    """The paper and ink, light or dark."""
    return DARK if dark else LIGHT


def colour(index: int, dark: bool) -> str:
    """The colour of the area at a place in the deck."""
    return area_style(index).dark if dark else area_style(index).light


def new_page(
    about: str,
    headline: str,
    alt: str,
    *,
    dark: bool,
    height: float = HEIGHT,
    figure: AnyFigure | None = None,
) -> AnyFigure:
    """An empty chart (or the `figure` given) with its heading: what it is about, and what it says."""
    colours = palette(dark)
    if figure is None:
        figure = ChartFigure(figsize=(WIDTH, height))
    else:
        fit_page(figure, WIDTH, height)
    figure.set(facecolor=colours.paper, label=in_short(alt))
    width, height = _line_width(figure), page_height(figure)
    heading, size = fit_text(headline, width, HEADLINE, lines=3, weight="bold")
    about, _ = fit_text(about, width, SMALL, lines=1, cut=True)
    write_text(figure, MARGIN, height - 0.28, about, SMALL, colours.quiet, va="top", gid="about")
    write_text(
        figure, MARGIN, height - 0.58, heading, size, colours.ink, va="top", weight="bold", gid="headline"
    )
    return figure


def empty_chart(about: str, why: str, *, dark: bool, figure: AnyFigure | None = None) -> AnyFigure:
    """A chart of nothing, which says so."""
    with matplotlib.rc_context(STYLE):
        return new_page(about, why, f"{as_sentence(about)} {why}", dark=dark, figure=figure)


def as_sentence(sentence: str) -> str:
    """A heading as a sentence: with a full stop when it ends in no mark of its own."""
    return sentence if sentence[-1:] in "?.!" else f"{sentence}."


def new_panel(
    figure: AnyFigure, left: float, width: float, rows: int, *, top=TOP, bottom=BOTTOM, label=""
) -> Axes:
    """Room for so many rows, 0 at the top, without axes of its own; sizes in inches."""
    across, height = page_width(figure), page_height(figure)
    bottom = max(bottom, height - top - _TALLEST * rows)
    box = (left / across, bottom / height, width / across, 1 - (top + bottom) / height)
    axes = figure.add_axes(box, label=label)
    axes.set_axis_off()
    axes.set_ylim(rows - 0.5, -0.5)
    return axes


def draw_row_label(
    panel: Axes,
    row: float,
    label: str,
    index: int | None,
    colours: Palette,
    dark: bool,
    label_width: float,
    **style,
) -> None:
    """A row's name at the left of the panel, behind the mark of its area."""
    transform, width = panel.get_yaxis_transform(), panel_width(panel)
    indent = 0.36
    if index is None:
        indent = 0.0
    else:
        mark = Line2D(
            [(0.12 - label_width) / width], [row], transform=transform, clip_on=False, linestyle="none"
        )
        mark.set(
            marker=area_style(index).marker,
            markersize=style.pop("mark", 13),
            color=colour(index, dark),
            gid="mark",
        )
        panel.add_artist(mark)
    lines, size = style.pop("lines", 2), style.pop("size", BODY)
    label, size = fit_text(label, label_width - indent - 0.14, size, lines=lines, cut=lines == 1)
    left = (indent - label_width) / width
    panel.text(
        left, row, label, size=size, transform=transform, color=colours.ink, va="center", gid="name", **style
    )


def area_positions(frame: pd.DataFrame) -> dict[str, int]:
    """The place of each area in the deck: frames have them in its order."""
    return {area: index for index, area in enumerate(frame["area"].drop_duplicates())}


def area_marks(positions: Mapping[str, int], dark: bool) -> dict[str, Line2D]:
    """The mark of each area, for the key."""
    return {
        area: Line2D(
            [],
            [],
            linestyle="none",
            marker=area_style(index).marker,
            markersize=11,
            color=colour(index, dark),
        )
        for area, index in positions.items()
    }


def draw_caption(figure: AnyFigure, caption: str, colours: Palette, y: float = 0.72) -> None:
    """How to read the chart, at its foot."""
    lines = wrap_text(caption, _line_width(figure), SMALL)
    write_text(figure, MARGIN, y, lines, SMALL, colours.quiet, va="top", gid="reading")


def is_apart_unfound(lows: pd.Series, highs: pd.Series, differs: pd.Series) -> bool:
    """Whether some interval keeps clear of 1 of which nothing is told: whoever looks wonders why."""
    apart = (lows.astype(float) > 1) | (highs.astype(float) < 1)
    return bool((apart & differs.isna()).any())


def draw_legend(figure: AnyFigure, entries: Mapping[str, object], colours: Palette, y: float = 0.82) -> None:
    """What marks and patterns mean, in a line above `y`."""
    figure.legend(
        entries.values(),
        entries.keys(),
        loc="lower left",
        bbox_to_anchor=(MARGIN / page_width(figure), y / page_height(figure)),
        ncols=max(1, len(entries)),
        frameon=False,
        fontsize=SMALL * scale_of(figure),
        labelcolor=colours.ink,
        borderpad=0,
        borderaxespad=0,
        columnspacing=1.4,
        handletextpad=0.6,
    )


# --- ratios ------------------------------------------------------------------------------------------------


def draw_ratio_scale(panel: Axes, ends: pd.DataFrame, colours: Palette, *, ticks: bool = True) -> None:
    """A scale on which twice as much is as far from 1 as half as much, wide enough for all the `ends`."""
    known = ends.to_numpy(float, na_value=float("nan"))
    known = [max(value, 1 / value) for value in known.ravel() if value > 0 and value != float("inf")]
    half_width = min(max([2.0, *known]) * 1.08, FURTHEST)
    panel.set_xscale("log", base=2)
    panel.set_xlim(1 / half_width, half_width)
    panel.minorticks_off()
    crowded = panel_width(panel) / (2 * math.log2(half_width)) < _DOUBLING
    for tick in _TICKS:
        if 1 / half_width <= tick <= half_width:
            line = (
                {"color": colours.ink, "linewidth": 1.5}
                if tick == 1
                else {"color": colours.field, "linewidth": 1}
            )
            panel.axvline(tick, zorder=0.5, gid="one" if tick == 1 else "grid", **line)
            if ticks and (not crowded or tick in (1 / 4, 1, 4)):
                style = {"va": "top", "ha": "center", "size": SMALL, "color": colours.quiet, "gid": "tick"}
                label = number(tick, 3 if tick < 0.2 else 2 if tick < 0.4 else 1 if tick < 1 else 0)
                bottom = panel.get_ylim()[0]
                panel.annotate(label, (tick, bottom), (0, -6), textcoords="offset points", **style)


def draw_interval(panel: Axes, row: float, low: float, high: float, shade: str, **style) -> None:
    """The interval of a ratio; an arrow where it goes on past the scale."""
    if pd.isna(low) or pd.isna(high):
        return
    lowest, highest = panel.get_xlim()
    # An interval can lie outside the scale as a whole; then its arrow stands at the edge.
    inside = min(max(low, lowest), highest), max(min(high, highest), lowest)
    panel.plot(
        inside, (row, row), color=shade, solid_capstyle="butt", gid="interval", **{"linewidth": 2.4, **style}
    )
    for end, beyond, marker in ((inside[0], low < lowest, "<"), (inside[1], high > highest, ">")):
        panel.plot(
            end, row, marker=marker if beyond else "|", color=shade, markersize=9, clip_on=False, gid="end"
        )


def draw_ratio(
    panel: Axes,
    row: float,
    ratio: float,
    index: int,
    shade: str,
    filled: bool,
    colours: Palette,
    size=13,
    face="",
) -> None:
    """A ratio, with the mark of its area: filled when it is told from chance, or with a `face` of its own."""
    if pd.isna(ratio):
        return
    lowest, highest = panel.get_xlim()
    face = face or (shade if filled else colours.paper)
    x = min(max(ratio, lowest), highest)
    style = {"markersize": size, "color": shade, "markerfacecolor": face, "markeredgewidth": 2.2, "zorder": 4}
    panel.plot(x, row, marker=area_style(index).marker, linestyle="none", clip_on=False, gid="dot", **style)


def interval_label(low: float, high: float) -> str:
    """The ends of an interval: `1,4–1,8`; empty when it is not known."""
    if pd.isna(low) or pd.isna(high):
        return ""
    return f"{times(low)}–{times(high)}" if high < 100 else text("charts.from", low=times(low))


# --- words -------------------------------------------------------------------------------------------------


def panel_width(panel: Axes) -> float:
    """A panel's width in inches."""
    return panel.get_position().width * page_width(panel.get_figure())


def content_width(figure: AnyFigure) -> float:
    """Inches between the page's margins."""
    return page_width(figure) - 2 * MARGIN


def _line_width(figure: AnyFigure) -> float:
    """Inches for a line of words across the page: small letters are rounded to pixels, some up."""
    return content_width(figure) * (1 if scale_of(figure) == 1 else _ROUNDED)


def write_text(figure: AnyFigure, x: float, y: float, words: str, size: float, colour: str, **style) -> None:
    """Words on the page, at inches from its left and its foot."""
    position = x / page_width(figure), y / page_height(figure)
    figure.text(*position, words, fontsize=size, color=colour, linespacing=1.25, **style)


def annotate_right(panel: Axes, x: float, row: float, words: str, lift: float = 0, **style) -> None:
    """Words to the right of a point of the panel."""
    panel.annotate(words, (x, row), (7, lift), textcoords="offset points", **{"va": "center", **style})


def annotate_margin(panel: Axes, row: float, words: str, inches: float, colours: Palette, **style) -> None:
    """Words so many inches to the right of the panel."""
    transform = panel.get_yaxis_transform()
    style = {"size": SMALL, "color": colours.ink, "va": "center", **style}
    panel.text(1 + inches / panel_width(panel), row, words, transform=transform, **style)


def fit_text(words: str, inches: float, size: int, lines: int, weight: str = "normal", *, cut=False):
    """The text wrapped, and the largest size (down to the smallest) that needs no more lines than that.

    With `cut`, what needs more lines even in the smallest letters is cut short with an ellipsis.
    """
    for smaller in range(size, SMALLEST - 1, -1):
        wrapping = wrap_text(words, inches, smaller, weight)
        if wrapping.count("\n") < lines and wrapping.split() == words.split():
            return wrapping, smaller
    all_lines = wrapping.split("\n")
    if not cut or len(all_lines) <= lines:
        return wrapping, SMALLEST
    last_line = _cut(" ".join(all_lines[lines - 1 :]), inches, weight)
    return "\n".join([*all_lines[: lines - 1], last_line]), SMALLEST


def _cut(words: str, inches: float, weight: str) -> str:
    while words and _points(f"{words} …", SMALLEST, weight) > inches * 72:
        parts = words.rsplit(" ", 1)
        words = parts[0] if len(parts) == 2 else words[:-1]
    return f"{words.rstrip(' ,.')} …"


@lru_cache(maxsize=4096)
def wrap_text(words: str, inches: float, size: int, weight: str = "normal") -> str:
    """The text in as few lines as fit the width; a word too long for a line is broken."""
    # No line holds more letters than this, were its letters a third narrower than all of them are.
    widest = int(1.5 * len(words) * inches * 72 / max(1.0, _points(words, size, weight))) + 1
    for letters in range(max(1, min(len(words), widest)), 0, -1):
        lines = textwrap.wrap(words, letters)
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
