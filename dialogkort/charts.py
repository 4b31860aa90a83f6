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

# Inches. A 16:9 slide: text of 12 points is one fortieth of its height.
WIDTH, HEIGHT = 12.8, 7.2
_MARGIN = 0.35
_NAMES = 2.95
_GAP = 0.3
_TOP, _BOTTOM = 2.45, 1.45
_STEPS, _RULE = 1.98, 2.03
# Each panel's share of the width, and the inches kept free for the words behind its longest bar.
_PANELS = {"drawn": 1.6, "discussed": 1.0, "minutes": 1.0, "notes": 1.0}
_ROOM = {"drawn": 1.3, "discussed": 0.75, "minutes": 0.75, "notes": 0.75}
_FIELD, _BAR = 0.66, 0.36
_HEADLINE, _BODY, _SMALL, _SMALLEST = 17, 14, 12, 11
_HEADLINE_LINES = 3
_STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": _BODY,
    "hatch.linewidth": 1.6,
    # Letters as outlines: inside an <img> a page lends the picture no fonts, and every machine draws the same.
    "svg.fonttype": "path",
    "svg.hashsalt": "dialogkort",
}
# What became of the cards drawn, in the order it is stacked: told by pattern, and by colour only besides.
_PARTS = {
    "discussed": {"fill": True},
    "skipped": {"fill": False, "hatch": "////"},
    "put_back": {"fill": False, "linestyle": (0, (2.5, 1.5))},
    "open": {"fill": False},
}


class _Ink(NamedTuple):
    paper: str
    ink: str
    quiet: str
    field: str


_LIGHT = _Ink(paper="#ffffff", ink="#1b1f24", quiet="#525a63", field="#dde2e8")
_DARK = _Ink(paper="#14181d", ink="#f3f5f7", quiet="#b8c0ca", field="#3a434e")


def overview(areas: pd.DataFrame, *, dark: bool = False) -> Figure:
    """The areas of `by_area` as a chart: what happened, on top of what chance alone would give.

    One row per area; panels for cards drawn (split into what became of them), cards discussed, minutes and notes.
    The pale field is where chance alone would leave the bar, the line its average; what lies outside says so.
    """
    ink = _DARK if dark else _LIGHT
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(WIDTH, HEIGHT), facecolor=ink.paper)
        _headline(figure, areas, ink)
        if len(areas):
            panels = _lay_out(figure, areas)
            _names(panels["drawn"], areas, ink, dark)
            for measure, panel in panels.items():
                _panel(panel, areas, measure, ink, dark)
            _headings(figure, panels, ink)
            _legend(figure, areas, ink)
    return figure


def as_svg(figure: Figure) -> str:
    """The figure as an SVG document, the same bytes for the same figure."""
    out = io.StringIO()
    with matplotlib.rc_context(_STYLE):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()


def as_png(figure: Figure, dpi: int = 150) -> bytes:
    """The figure as a PNG picture: 1920 × 1080 unless another `dpi` is wanted."""
    out = io.BytesIO()
    with matplotlib.rc_context(_STYLE):
        figure.savefig(out, format="png", dpi=dpi, metadata={"Software": None})
    return out.getvalue()


# --- the page ------------------------------------------------------------------------------------------------


def _headline(figure: Figure, areas: pd.DataFrame, ink: _Ink) -> None:
    _write(figure, _MARGIN, HEIGHT - 0.28, _what_of(areas), _SMALL, ink.quiet, va="top")
    for size in range(_HEADLINE, _SMALLEST - 1, -1):
        said = _wrapped(sentence(areas), WIDTH - 2 * _MARGIN, size, "bold")
        if said.count("\n") < _HEADLINE_LINES:
            break
    _write(figure, _MARGIN, HEIGHT - 0.58, said, size, ink.ink, va="top", weight="bold", gid="headline")


def _what_of(areas: pd.DataFrame) -> str:
    if areas.empty or not areas["drawn"].sum():
        return text("overview.title")
    counts = {"groups": areas["sessions"].max(), "turned": areas["drawn"].sum()}
    return " · ".join(
        [text("overview.title"), *(text(f"overview.{of}", count=int(count)) for of, count in counts.items())]
    )


def _lay_out(figure: Figure, areas: pd.DataFrame) -> dict[str, Axes]:
    left, bottom, height = _MARGIN + _NAMES, _BOTTOM, HEIGHT - _TOP - _BOTTOM
    unit = (WIDTH - left - _MARGIN - _GAP * (len(_PANELS) - 1)) / sum(_PANELS.values())
    panels = {}
    for measure, share in _PANELS.items():
        box = (left / WIDTH, bottom / HEIGHT, unit * share / WIDTH, height / HEIGHT)
        panel = panels[measure] = figure.add_axes(box, label=measure)
        panel.set_axis_off()
        panel.set_ylim(len(areas) - 0.5, -0.5)
        left += unit * share + _GAP
    return panels


def _names(panel: Axes, areas: pd.DataFrame, ink: _Ink, dark: bool) -> None:
    """The area's mark and name at the left of each row."""
    width = panel.get_position().width * WIDTH
    for row, name in enumerate(areas["area"]):
        mark = Line2D([(0.12 - _NAMES) / width], [row], transform=panel.get_yaxis_transform(), clip_on=False)
        mark.set(marker=look(row).marker, markersize=13, color=_colour(row, dark), linestyle="none")
        panel.add_artist(mark)
        panel.text(
            (0.36 - _NAMES) / width,
            row,
            _wrapped(name, _NAMES - 0.5, _BODY),
            transform=panel.get_yaxis_transform(),
            color=ink.ink,
            va="center",
            gid="area",
        )


def _headings(figure: Figure, panels: dict[str, Axes], ink: _Ink) -> None:
    """The two steps above the panels: what the deal gave, and the talk about it."""
    for step, first, last in (("deal", "drawn", "drawn"), ("talk", "discussed", "notes")):
        left = panels[first].get_position().x0 * WIDTH
        right = panels[last].get_position().x1 * WIDTH
        rule = [1 - _RULE / HEIGHT] * 2
        figure.add_artist(Line2D([left / WIDTH, right / WIDTH], rule, color=ink.quiet, linewidth=1))
        said = f"{text(f'overview.the_{step}')}\n{text(f'overview.the_{step}_against')}"
        _write(figure, left, HEIGHT - _STEPS, said, _SMALL, ink.quiet, va="bottom")
    for measure, panel in panels.items():
        left = panel.get_position().x0 * WIDTH
        _write(figure, left, HEIGHT - _RULE - 0.1, text(f"overview.{measure}"), _BODY, ink.ink, va="top", weight="bold")


def _legend(figure: Figure, areas: pd.DataFrame, ink: _Ink) -> None:
    entries = {text(f"overview.part_{part}"): Rectangle((0, 0), 1, 1, **_part_look(part, ink.quiet)) for part in _parts(areas)}
    entries[text("overview.field")] = Rectangle((0, 0), 1, 1, facecolor=ink.field)
    entries[text("overview.average")] = Line2D(
        [], [], color=ink.ink, marker="|", markersize=14, markeredgewidth=2.5, linestyle="none"
    )
    figure.legend(
        entries.values(),
        entries.keys(),
        loc="lower left",
        bbox_to_anchor=(_MARGIN / WIDTH, 0.93 / HEIGHT),
        ncols=len(entries),
        frameon=False,
        fontsize=_SMALL,
        labelcolor=ink.ink,
        borderpad=0,
        borderaxespad=0,
        columnspacing=1.5,
        handletextpad=0.6,
    )
    _write(figure, _MARGIN, 0.8, _reading(areas), _SMALL, ink.quiet, va="top", gid="caption")


def _reading(areas: pd.DataFrame) -> str:
    said = text("overview.reading")
    if unsure := int(areas["judgement"].sum()):
        said += " " + text("overview.judgement", count=unsure)
    return _wrapped(said, WIDTH - 2 * _MARGIN, _SMALL)


# --- one panel -----------------------------------------------------------------------------------------------


def _panel(panel: Axes, areas: pd.DataFrame, measure: str, ink: _Ink, dark: bool) -> None:
    width = panel.get_position().width * WIDTH
    furthest = areas[[measure, f"{measure}_high"]].to_numpy().max()
    panel.set_xlim(0, max(furthest, 1) * width / (width - _ROOM[measure]))
    panel.axvline(0, color=ink.quiet, linewidth=1)
    for row, area in enumerate(areas.to_dict("records")):
        _field(panel, row, area, measure, ink)
        _bar(panel, row, area, measure, _colour(row, dark))
        _average(panel, row, area, measure, ink)
        _label(panel, row, area, measure, ink)


def _field(panel: Axes, row: int, area: dict, measure: str, ink: _Ink) -> None:
    low, high = area[f"{measure}_low"], area[f"{measure}_high"]
    panel.barh(row, high - low, _FIELD, left=low, color=ink.field, gid="field")


def _average(panel: Axes, row: int, area: dict, measure: str, ink: _Ink) -> None:
    if not area["sessions"]:
        return
    # A rim in the colour of the paper, so that the line is seen across a dark bar too.
    for colour, width, gid in ((ink.paper, 5, "rim"), (ink.ink, 2.5, "average")):
        ends = row - _FIELD / 2, row + _FIELD / 2
        panel.vlines(area[f"{measure}_expected"], *ends, color=colour, linewidth=width, gid=gid)


def _bar(panel: Axes, row: int, area: dict, measure: str, colour: str) -> None:
    if measure != "drawn":
        panel.barh(row, area[measure], _BAR, color=colour, gid=measure)
        return
    left = 0
    for part in _PARTS:
        if area[part]:
            patch = panel.barh(row, area[part], _BAR, left=left, gid=part)[0]
            patch.set(**_part_look(part, colour))
            left += area[part]


def _label(panel: Axes, row: int, area: dict, measure: str, ink: _Ink) -> None:
    """Behind the bar: its number, and in words which way it lies outside or what was not discussed."""
    end = max(area[measure], area[f"{measure}_high"])
    said = [number(area[measure], decimals=int(measure == "minutes" and 0 < area[measure] < 10))]
    if not pd.isna(differs := area[f"{measure}_differs"]):
        said.append(text(f"overview.{differs}{'_time' if measure == 'minutes' else ''}"))
    if measure == "drawn":
        said += [f"{number(area[part])} {text(f'overview.part_{part}')}" for part in _PARTS if part != "discussed" and area[part]]
    for line, words in enumerate(said):
        ...


def _parts(areas: pd.DataFrame) -> list[str]:
    return [part for part in _PARTS if areas[part].sum()]


def _part_look(part: str, colour: str) -> dict:
    return {"facecolor": colour, "edgecolor": colour, "linewidth": 1.6, **_PARTS[part]}


def _colour(row: int, dark: bool) -> str:
    return look(row).dark if dark else look(row).light


# --- letters -------------------------------------------------------------------------------------------------


def _write(figure: Figure, x: float, y: float, said: str, size: float, colour: str, **how) -> None:
    figure.text(x / WIDTH, y / HEIGHT, said, fontsize=size, color=colour, linespacing=1.25, **how)


def _wrapped(said: str, inches: float, size: float, weight: str = "normal") -> str:
    """The text in as few lines as fit the width; a word too long for a line is broken."""
    font = get_font(findfont(FontProperties(family=_STYLE["font.family"], weight=weight)))
    font.set_size(size, 72)
    for most in range(len(said), 1, -1):
        lines = textwrap.wrap(said, most)
        if all(_points(line, font) <= inches * 72 for line in lines):
            break
    return "\n".join(lines)


def _points(line: str, font: FT2Font) -> float:
    font.set_text(line, 0)
    return font.get_width_height()[0] / 64
