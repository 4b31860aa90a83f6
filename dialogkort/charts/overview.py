"""Overview chart: a row per area with cards drawn, cards discussed, minutes and notes."""

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from dialogkort.charts import layout
from dialogkort.charts.export import STYLE
from dialogkort.charts.protection import protected_chart
from dialogkort.domain.outcomes import COUNTED
from dialogkort.i18n import text
from dialogkort.narrative import alt_text, bar_labels, overview_sentence

# Inches from the left and from the top or the bottom.
_NAMES, _GAP = 3.1, 0.3
_RULE, _TOP, _BOTTOM = 2.03, 2.45, 1.45
# Each panel's share of the width, and the inches kept free for the words behind its longest bar.
_PANELS = {"drawn": 1.6, "discussed": 1.0, "minutes": 1.0, "notes": 1.0}
_ROOM = {"drawn": 1.4, "discussed": 0.8, "minutes": 0.8, "notes": 0.8}
_STEPS = {"deal": ("drawn", "drawn"), "talk": ("discussed", "notes")}
# Rows: the heights of the field and of the bar on it.
_FIELD, _BAR = 0.66, 0.36
# With no more areas than this a row has room for a third line of words.
_ROOMY = 4


@protected_chart
def overview(
    areas: pd.DataFrame, *, dark: bool = False, figure: layout.AnyFigure | None = None
) -> layout.AnyFigure:
    """The areas of `by_area` as a chart: what happened, beside what would have, had the areas been alike.

    One row per area, and a panel each for cards drawn (split into what became of them), cards discussed,
    minutes and notes. The line is the average, had the areas been alike; the field, of the cards drawn, what
    a shuffle can give; an arrow says in a word what is told of the area. `narrative.overview_sentence` is the
    headline. Of areas that may not all be shown there is no such picture: their average and field would give
    the hidden ones away.

    Parameters
    ----------
    areas : DataFrame
        As of `by_area`, with all its measures.
    dark : bool
        Whether to draw for dark paper.
    figure : Figure or SubFigure, optional
        An empty one to draw on, instead of one of the chart's own; in a small one all is drawn smaller.
    for_my_eyes : bool
        Whether a frame that is not protected is drawn all the same; that stands on the picture.

    Returns
    -------
    ChartFigure
        1280 × 720 pixels, or taller; `alt` says in words what it shows. With `figure` that one, and its label
        says so.

    Raises
    ------
    ValueError
        The frame is not protected, and not `for_my_eyes`.
    TypeError, ValueError
        `figure` is none, holds something already, or is too small for its letters to be read.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import Release, merge, read_all
    >>> from dialogkort.resources import SAMPLE
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> frames = read_all(folder)
    >>> overview(Release(frames).by_area()).alt.split("?")[0]
    'Hvad blev der talt om'
    """
    if len(areas) and areas["drawn_expected"].isna().any():
        return layout.empty_chart(
            text("overview.title"), text("charts.bars_suppressed"), dark=dark, figure=figure
        )
    colours = layout.palette(dark)
    with matplotlib.rc_context(STYLE):
        figure = layout.new_page(
            _what_of(areas), overview_sentence(areas), alt_text(areas), dark=dark, figure=figure
        )
        panels = _panels(figure, areas) if len(areas) else {}
        for measure, panel in panels.items():
            _draw(panel, areas, measure, colours, dark)
        if panels:
            _names(panels["drawn"], areas, colours, dark)
            _headings(figure, panels, colours)
        if areas["drawn"].sum():
            _legend(figure, areas, colours)
    return figure


# --- the page ----------------------------------------------------------------------------------------------


def _what_of(areas: pd.DataFrame) -> str:
    return " · ".join([text("overview.title"), *bar_labels.how_much(areas)])


def _panels(figure: layout.AnyFigure, areas: pd.DataFrame) -> dict[str, Axes]:
    left = layout.MARGIN + _NAMES
    across, height = layout.page_width(figure), layout.page_height(figure)
    unit = (across - left - layout.MARGIN - _GAP * (len(_PANELS) - 1)) / sum(_PANELS.values())
    panels = {}
    for measure, share in _PANELS.items():
        box = (
            left / across,
            _BOTTOM / height,
            unit * share / across,
            1 - (_TOP + _BOTTOM) / height,
        )
        panel = panels[measure] = figure.add_axes(box, label=measure)
        panel.set_axis_off()
        panel.set_ylim(len(areas) - 0.5, -0.5)
        left += unit * share + _GAP
    return panels


def _names(panel: Axes, areas: pd.DataFrame, colours: layout.Palette, dark: bool) -> None:
    """The area's mark and name at the left of each row."""
    for row, area in enumerate(areas["area"]):
        layout.draw_row_label(panel, row, area, row, colours, dark, _NAMES)


def _headings(figure: layout.AnyFigure, panels: dict[str, Axes], colours: layout.Palette) -> None:
    """The two steps above the panels, the deal and the talk, and under them the panels' own names."""
    across, height = layout.page_width(figure), layout.page_height(figure)
    for step, (first, last) in _STEPS.items():
        left, right = panels[first].get_position().x0, panels[last].get_position().x1
        figure.add_artist(Line2D([left, right], [1 - _RULE / height] * 2, color=colours.quiet, linewidth=1))
        for above, part in ((0.3, f"the_{step}"), (0.08, f"the_{step}_against")):
            label = text(f"overview.{part}")
            layout.write_text(
                figure,
                left * across,
                height - _RULE + above,
                label,
                layout.SMALL,
                colours.quiet,
                gid="step",
            )
    for measure, panel in panels.items():
        left = panel.get_position().x0 * across
        label = text(f"overview.{measure}")
        layout.write_text(
            figure,
            left,
            height - _RULE - 0.3,
            label,
            layout.BODY,
            colours.ink,
            weight="bold",
            gid="heading",
        )


def _legend(figure: layout.AnyFigure, areas: pd.DataFrame, colours: layout.Palette) -> None:
    """What the patterns, the field and the line mean, and how to read them."""
    entries = {
        text(f"outcome.{outcome.column}.word"): layout.swatch(outcome.pattern, colours.quiet)
        for outcome in COUNTED
        if areas[outcome.column].sum()
    }
    entries[text("overview.field")] = Rectangle((0, 0), 1, 1, facecolor=colours.field, edgecolor=colours.edge)
    average = Line2D(
        [], [], color=colours.ink, marker="|", markersize=14, markeredgewidth=2.5, linestyle="none"
    )
    entries[text("overview.average")] = average
    layout.draw_legend(figure, entries, colours, y=0.93)
    layout.draw_caption(figure, bar_labels.reading(areas), colours, y=0.8)


# --- one panel ---------------------------------------------------------------------------------------------


def _draw(panel: Axes, areas: pd.DataFrame, measure: str, colours: layout.Palette, dark: bool) -> None:
    furthest = max(bar_labels.furthest(area, measure) for area in areas.to_dict("records"))
    panel.set_xlim(
        0, (furthest or 1) * layout.panel_width(panel) / (layout.panel_width(panel) - _ROOM[measure])
    )
    panel.axvline(0, color=colours.quiet, linewidth=1)
    if not bar_labels.is_measured(areas, measure):
        layout.annotate_right(panel, 0, 0, text("overview.no_minutes"), color=colours.quiet)
        return
    for row, area in enumerate(areas.to_dict("records")):
        if measure == "drawn":
            _field(panel, row, area, measure, colours)
        _bar(panel, row, area, measure, layout.colour(row, dark))
        _average(panel, row, area, measure, colours)
        _label(panel, row, area, measure, colours, lines=2 if len(areas) <= _ROOMY else 1)


def _field(panel: Axes, row: int, area: dict, measure: str, colours: layout.Palette) -> None:
    low, high = area[f"{measure}_low"], area[f"{measure}_high"]
    box = {"facecolor": colours.field, "edgecolor": colours.edge}
    panel.barh(row, high - low, _FIELD, left=low, linewidth=1, zorder=0.9, gid="field", **box)


def _bar(panel: Axes, row: int, area: dict, measure: str, colour: str) -> None:
    if measure != "drawn":
        panel.barh(row, area[measure], _BAR, color=colour, gid=measure)
        return
    left = 0
    for outcome in COUNTED:
        count = area[outcome.column]
        bar = panel.barh(row, count, _BAR, left=left, gid=outcome.column)[0]
        bar.set(**layout.patterned(outcome.pattern, colour), visible=count > 0)
        left += count


def _average(panel: Axes, row: int, area: dict, measure: str, colours: layout.Palette) -> None:
    if area["sessions"]:
        ends = row - _FIELD / 2, row + _FIELD / 2
        # Behind the bar: a short bar shows the whole line, a long one only its two ends.
        style = {"color": colours.ink, "linewidth": 2.5, "solid_capstyle": "butt", "zorder": 0.95}
        panel.plot([area[f"{measure}_expected"]] * 2, ends, gid="average", **style)


def _label(panel: Axes, row: int, area: dict, measure: str, colours: layout.Palette, lines: int) -> None:
    """Behind the bar: its number and, beneath it, how it differs and what was not discussed."""
    beneath = bar_labels.difference(area, measure)
    weight = "bold" if beneath and measure != "drawn" else "normal"
    if measure == "drawn":
        beneath += bar_labels.not_discussed(area, lines - len(beneath))
    end, lift = bar_labels.furthest(area, measure), 7 * len(beneath)
    number_style = {"color": colours.ink, "weight": "bold", "gid": "number"}
    layout.annotate_right(panel, end, row, bar_labels.shown(area, measure), lift, **number_style)
    style = {"size": layout.SMALLEST, "va": "top", "color": colours.ink, "weight": weight, "gid": "beneath"}
    layout.annotate_right(panel, end, row, "\n".join(beneath), lift - 9, **style)
