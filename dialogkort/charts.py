"""How does the overview look? Draws the frame `by_area` gives, and counts nothing."""

import io
import textwrap
from typing import NamedTuple

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import FT2Font
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from dialogkort.aloud import number, sentence
from dialogkort.looks import look
from dialogkort.texts import text

# Inches from the left and from the top or the bottom. A 16:9 slide; 12 points are 1/43 of its height.
WIDTH, HEIGHT = 12.8, 7.2
_MARGIN, _NAMES, _GAP = 0.35, 3.1, 0.3
_RULE, _TOP, _BOTTOM = 2.03, 2.45, 1.45
# Each panel's share of the width, and the inches kept free for the words behind its longest bar.
_PANELS = {"drawn": 1.6, "discussed": 1.0, "minutes": 1.0, "notes": 1.0}
_ROOM = {"drawn": 1.4, "discussed": 0.8, "minutes": 0.8, "notes": 0.8}
_STEPS = {"deal": ("drawn", "drawn"), "talk": ("discussed", "notes")}
# Rows: the heights of the field and of the bar on it.
_FIELD, _BAR = 0.66, 0.36
# With no more areas than this a row has room for a third line of words.
_ROOMY = 4
# Points.
_HEADLINE, _BODY, _SMALL, _SMALLEST = 17, 14, 12, 11
_STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": _BODY,
    "hatch.linewidth": 1.6,
    # Letters as outlines: a page lends a picture in an <img> no fonts, and so every machine draws the same.
    "svg.fonttype": "path",
    "svg.hashsalt": "dialogkort",
}
# What became of the cards drawn, as it is stacked: told apart by pattern, never by colour.
_PARTS = {
    "discussed": {"fill": True},
    "skipped": {"fill": False, "hatch": "////"},
    "put_back": {"fill": False, "linestyle": (0, (2.5, 1.5))},
    "open": {"fill": False},
}
_ARROWS = {"more": "↑", "less": "↓"}


class _Ink(NamedTuple):
    paper: str
    ink: str
    quiet: str
    field: str
    edge: str


# The paper and ink of the page, so that the picture lies on it without a frame.
_LIGHT = _Ink(paper="#fffdf8", ink="#1f2a30", quiet="#54605f", field="#e6e1d8", edge="#857f6e")
_DARK = _Ink(paper="#1b2327", ink="#f1efe9", quiet="#b6c0bf", field="#37434a", edge="#82908f")


def overview(areas: pd.DataFrame, *, dark: bool = False) -> Figure:
    """The areas of `by_area` as a chart: what happened, on top of what chance alone would give.

    One row per area, and a panel each for cards drawn (split into what became of them), cards discussed,
    minutes and notes. The pale field is where chance alone can leave a bar, the line is its average; a bar
    that ends outside says so in a word. The sentence of `aloud.sentence` is its headline.
    """
    ink = _DARK if dark else _LIGHT
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(WIDTH, HEIGHT), facecolor=ink.paper, label=sentence(areas))
        _headline(figure, areas, ink)
        panels = _panels(figure, areas) if len(areas) else {}
        for measure, panel in panels.items():
            _draw(panel, areas, measure, ink, dark)
        if panels:
            _names(panels["drawn"], areas, ink, dark)
            _headings(figure, panels, ink)
        if areas["drawn"].sum():
            _key(figure, areas, ink)
    return figure


def as_svg(figure: Figure) -> str:
    """The figure as an SVG document: the same letters for the same figure, and no date in it."""
    out = io.StringIO()
    with matplotlib.rc_context(_STYLE):
        title = {"Title": figure.get_label(), "Date": None, "Creator": None}
        figure.savefig(out, format="svg", metadata=title)
    return out.getvalue()


def as_png(figure: Figure, dpi: int = 150) -> bytes:
    """The figure as a PNG picture: 1920 × 1080 unless another `dpi` is wanted."""
    out = io.BytesIO()
    with matplotlib.rc_context(_STYLE):
        figure.savefig(out, format="png", dpi=dpi, metadata={"Software": None})
    return out.getvalue()


# --- the page ----------------------------------------------------------------------------------------------


def _headline(figure: Figure, areas: pd.DataFrame, ink: _Ink) -> None:
    said, size = _fitted(sentence(areas), WIDTH - 2 * _MARGIN, _HEADLINE, lines=3, weight="bold")
    _write(figure, _MARGIN, HEIGHT - 0.28, _what_of(areas), _SMALL, ink.quiet, va="top")
    _write(figure, _MARGIN, HEIGHT - 0.58, said, size, ink.ink, va="top", weight="bold", gid="headline")


def _what_of(areas: pd.DataFrame) -> str:
    said = [text("overview.title")]
    if areas["drawn"].sum():
        said += [_counted("groups", areas["sessions"].max()), _counted("turned", areas["drawn"].sum())]
    return " · ".join(said)


def _counted(key: str, count: int) -> str:
    return text(f"overview.{key}", count=int(count), number=number(count))


def _panels(figure: Figure, areas: pd.DataFrame) -> dict[str, Axes]:
    left = _MARGIN + _NAMES
    unit = (WIDTH - left - _MARGIN - _GAP * (len(_PANELS) - 1)) / sum(_PANELS.values())
    panels = {}
    for measure, share in _PANELS.items():
        box = (left / WIDTH, _BOTTOM / HEIGHT, unit * share / WIDTH, 1 - (_TOP + _BOTTOM) / HEIGHT)
        panel = panels[measure] = figure.add_axes(box, label=measure)
        panel.set_axis_off()
        panel.set_ylim(len(areas) - 0.5, -0.5)
        left += unit * share + _GAP
    return panels


def _names(panel: Axes, areas: pd.DataFrame, ink: _Ink, dark: bool) -> None:
    """The area's mark and name at the left of each row."""
    across, width = panel.get_yaxis_transform(), _width(panel)
    for row, name in enumerate(areas["area"]):
        mark = Line2D([(0.12 - _NAMES) / width], [row], transform=across, clip_on=False, linestyle="none")
        mark.set(marker=look(row).marker, markersize=13, color=_colour(row, dark))
        panel.add_artist(mark)
        said, size = _fitted(name, _NAMES - 0.5, _BODY, lines=2)
        left = (0.36 - _NAMES) / width
        panel.text(left, row, said, size=size, transform=across, color=ink.ink, va="center", gid="area")


def _headings(figure: Figure, panels: dict[str, Axes], ink: _Ink) -> None:
    """The two steps above the panels, the deal and the talk, and under them the panels' own names."""
    for step, (first, last) in _STEPS.items():
        left, right = panels[first].get_position().x0, panels[last].get_position().x1
        figure.add_artist(Line2D([left, right], [1 - _RULE / HEIGHT] * 2, color=ink.quiet, linewidth=1))
        for above, key in ((0.3, f"the_{step}"), (0.08, f"the_{step}_against")):
            said = text(f"overview.{key}")
            _write(figure, left * WIDTH, HEIGHT - _RULE + above, said, _SMALL, ink.quiet, gid="step")
    for measure, panel in panels.items():
        left = panel.get_position().x0 * WIDTH
        said = text(f"overview.{measure}")
        _write(figure, left, HEIGHT - _RULE - 0.3, said, _BODY, ink.ink, weight="bold", gid="heading")


def _key(figure: Figure, areas: pd.DataFrame, ink: _Ink) -> None:
    """What the patterns, the field and the line mean, and how to read them."""
    shown = {text(f"overview.part_{part}"): _swatch(part, ink.quiet) for part in _PARTS if areas[part].sum()}
    shown[text("overview.field")] = Rectangle((0, 0), 1, 1, facecolor=ink.field, edgecolor=ink.edge)
    average = Line2D([], [], color=ink.ink, marker="|", markersize=14, markeredgewidth=2.5, linestyle="none")
    shown[text("overview.average")] = average
    figure.legend(
        shown.values(),
        shown.keys(),
        loc="lower left",
        bbox_to_anchor=(_MARGIN / WIDTH, 0.93 / HEIGHT),
        ncols=len(shown),
        frameon=False,
        fontsize=_SMALL,
        labelcolor=ink.ink,
        borderpad=0,
        borderaxespad=0,
        columnspacing=1.4,
        handletextpad=0.6,
    )
    reading = _wrapped(_reading(areas), WIDTH - 2 * _MARGIN, _SMALL)
    _write(figure, _MARGIN, 0.8, reading, _SMALL, ink.quiet, va="top", gid="reading")


def _reading(areas: pd.DataFrame) -> str:
    said = text("overview.reading")
    unsure = areas["judgement"].sum()
    return f"{said} {_counted('judgement', unsure)}" if unsure else said


# --- one panel ---------------------------------------------------------------------------------------------


def _draw(panel: Axes, areas: pd.DataFrame, measure: str, ink: _Ink, dark: bool) -> None:
    furthest = areas[[measure, f"{measure}_high"]].to_numpy().max()
    panel.set_xlim(0, (furthest or 1) * _width(panel) / (_width(panel) - _ROOM[measure]))
    panel.axvline(0, color=ink.quiet, linewidth=1)
    if measure == "minutes" and areas["drawn"].sum() and not areas["minutes"].sum():
        _beside(panel, 0, 0, text("overview.no_minutes"), color=ink.quiet)
        return
    for row, area in enumerate(areas.to_dict("records")):
        _field(panel, row, area, measure, ink)
        _bar(panel, row, area, measure, _colour(row, dark))
        _average(panel, row, area, measure, ink)
        _label(panel, row, area, measure, ink, lines=2 if len(areas) <= _ROOMY else 1)


def _field(panel: Axes, row: int, area: dict, measure: str, ink: _Ink) -> None:
    low, high = area[f"{measure}_low"], area[f"{measure}_high"]
    colours = {"facecolor": ink.field, "edgecolor": ink.edge}
    panel.barh(row, high - low, _FIELD, left=low, linewidth=1, zorder=0.9, gid="field", **colours)


def _bar(panel: Axes, row: int, area: dict, measure: str, colour: str) -> None:
    if measure != "drawn":
        panel.barh(row, area[measure], _BAR, color=colour, gid=measure)
        return
    left = 0
    for part in _PARTS:
        bar = panel.barh(row, area[part], _BAR, left=left, gid=part)[0]
        bar.set(**_part(part, colour), visible=area[part] > 0)
        left += area[part]


def _average(panel: Axes, row: int, area: dict, measure: str, ink: _Ink) -> None:
    if area["sessions"]:
        ends = row - _FIELD / 2, row + _FIELD / 2
        # Behind the bar: a short bar shows the whole line, a long one only its two ends.
        how = {"color": ink.ink, "linewidth": 2.5, "solid_capstyle": "butt", "zorder": 0.95}
        panel.plot([area[f"{measure}_expected"]] * 2, ends, gid="average", **how)


def _label(panel: Axes, row: int, area: dict, measure: str, ink: _Ink, lines: int) -> None:
    """Behind the bar: its number and, beneath it, how it differs and what was not discussed."""
    beneath = _difference(area, measure)
    weight = "bold" if beneath and measure != "drawn" else "normal"
    if measure == "drawn":
        beneath += _not_discussed(area, lines - len(beneath))
    end, lift = max(area[measure], area[f"{measure}_high"]), 7 * len(beneath)
    _beside(panel, end, row, _shown(area, measure), lift, color=ink.ink, weight="bold", gid="number")
    how = {"size": _SMALLEST, "va": "top", "color": ink.ink, "weight": weight, "gid": "beneath"}
    _beside(panel, end, row, "\n".join(beneath), lift - 9, **how)


def _shown(area: dict, measure: str) -> str:
    short = measure == "minutes" and 0 < area[measure] < 10
    return number(area[measure], decimals=1 if short else 0)


def _difference(area: dict, measure: str) -> list[str]:
    """In a word which way a bar lies outside its field."""
    way = area[f"{measure}_differs"]
    if pd.isna(way):
        return []
    return [f"{_ARROWS[way]} {text(f'overview.{way}_time' if measure == 'minutes' else f'overview.{way}')}"]


def _not_discussed(area: dict, lines: int) -> list[str]:
    """The other parts of a bar one by one, or together where there are more of them than lines."""
    counts = {part: area[part] for part in _PARTS if part != "discussed" and area[part]}
    if len(counts) > lines:
        counts = {"not_discussed": sum(counts.values())}
    return [f"{number(count)} {text(f'overview.part_{part}')}" for part, count in counts.items()][:lines]


def _swatch(part: str, colour: str) -> Rectangle:
    return Rectangle((0, 0), 1, 1, **_part(part, colour))


def _part(part: str, colour: str) -> dict:
    return {"facecolor": colour, "edgecolor": colour, "linewidth": 1.6, **_PARTS[part]}


def _colour(row: int, dark: bool) -> str:
    return look(row).dark if dark else look(row).light


# --- words -------------------------------------------------------------------------------------------------


def _width(panel: Axes) -> float:
    return panel.get_position().width * WIDTH


def _write(figure: Figure, x: float, y: float, said: str, size: float, colour: str, **how) -> None:
    figure.text(x / WIDTH, y / HEIGHT, said, fontsize=size, color=colour, linespacing=1.25, **how)


def _beside(panel: Axes, x: float, row: float, said: str, lift: float = 0, **how) -> None:
    panel.annotate(said, (x, row), (7, lift), textcoords="offset points", **{"va": "center", **how})


def _fitted(said: str, inches: float, size: int, lines: int, weight: str = "normal") -> tuple[str, int]:
    """The text wrapped, and the largest size (down to the smallest) that needs no more lines than that."""
    for smaller in range(size, _SMALLEST - 1, -1):
        wrapped = _wrapped(said, inches, smaller, weight)
        if wrapped.count("\n") < lines and wrapped.split() == said.split():
            break
    return wrapped, smaller


def _wrapped(said: str, inches: float, size: int, weight: str = "normal") -> str:
    """The text in as few lines as fit the width; a word too long for a line is broken."""
    font = get_font(findfont(FontProperties(family=_STYLE["font.family"], weight=weight)))
    # Measured ten times as large: at 72 dots an inch, letters are rounded to whole points.
    font.set_size(size, 720)
    # No line holds more letters than this: on average they are wider than a third of their height.
    widest = int(inches * 72 / size * 3)
    for most in range(max(1, min(len(said), widest)), 0, -1):
        lines = textwrap.wrap(said, most)
        if all(_points(line, font) <= inches * 72 for line in lines):
            break
    return "\n".join(lines)


def _points(line: str, font: FT2Font) -> float:
    font.set_text(line, 0)
    return font.get_width_height()[0] / 64 / 10
