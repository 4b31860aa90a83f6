"""Dumbbell chart of change: then and now (or one group and another) for every area, with intervals."""

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.lines import Line2D

from dialogkort.analysis.arguments import MEASURES, check_choice
from dialogkort.charts import layout
from dialogkort.charts.export import STYLE
from dialogkort.charts.protection import protected_chart
from dialogkort.i18n import text
from dialogkort.narrative import day, known, of_comparison, times
from dialogkort.narrative.findings import side

_NAMES, _FIGURES, _TOP, _BOTTOM = 3.6, 3.2, 2.25, 2.0
_APART = 0.17
# Hollow and filled say in other charts what is told from chance; so the two sides are pale and full.
_PALE, _SIZES = 0.45, {"a": 8, "b": 12}


@protected_chart
def then_and_now(
    compared: pd.DataFrame,
    measure: str = "minutes",
    *,
    dark: bool = False,
    figure: layout.AnyFigure | None = None,
) -> layout.AnyFigure:
    """One measure of `analysis.discussion.then_and_now` or `compare`: two marks per area.

    The small pale mark is the first side, the full one the second, each with its interval; an arrow joins
    them when the difference is told from chance, else a dashed line.

    Parameters
    ----------
    compared : DataFrame
        As of `then_and_now` or `compare`.
    measure : str
        One of those the frame was made with.
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
        The frame is not protected, and not `for_my_eyes`, or an unknown measure.
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
    >>> changed = Release(frames).then_and_now("2026-07-01", measures=["minutes"])
    >>> then_and_now(changed).alt.split("?")[0]
    'Hvad har ændret sig siden 1. juli 2026'
    """
    about = text("charts.then_and_now.title")
    check_choice("measure", measure, MEASURES)
    rows = compared[compared["measure"] == measure] if len(compared) else compared
    if not len(rows):
        return layout.empty_chart(about, text("narrative.nothing_to_compare"), dark=dark, figure=figure)
    a, b = side(rows["a"].iloc[0]), side(rows["b"].iloc[0])
    if split := _split(rows):
        about = text("charts.then_and_now.title_since", day=split)
    elif rows["a"].iloc[0] != "then":
        about = text("charts.then_and_now.title_pair", a=a, b=b)
    headline, colours = of_comparison(compared, measure), layout.palette(dark)
    alt = " ".join(
        [layout.as_sentence(about), headline, *(_in_words(row, a, b) for row in rows.to_dict("records"))]
    )
    with matplotlib.rc_context(STYLE):
        heading = f"{about} · {text(f'charts.per_card.{measure}')}"
        figure = layout.new_page(heading, headline, alt, dark=dark, figure=figure)
        width = layout.content_width(figure) - _NAMES - _FIGURES
        axes = layout.new_panel(
            figure, layout.MARGIN + _NAMES, width, len(rows), top=_TOP, bottom=_BOTTOM, label=measure
        )
        sides = [
            f"{side_letter}_{end}" for side_letter in "ab" for end in ("ratio", "ratio_low", "ratio_high")
        ]
        layout.draw_ratio_scale(axes, rows[sides], colours)
        positions = layout.area_positions(rows)
        for row, record in enumerate(rows.to_dict("records")):
            _row(axes, row, record, positions[record["area"]], colours, dark)
        left = layout.MARGIN + _NAMES + width + 0.25
        style = {"weight": "bold", "gid": "heading"}
        layout.write_text(
            figure,
            left,
            layout.page_height(figure) - _TOP + 0.12,
            text("charts.then_and_now.change"),
            layout.SMALL,
            colours.quiet,
            **style,
        )
        layout.draw_legend(figure, _marks(rows, *_sides(split, a, b), colours), colours, y=1.24)
        layout.draw_legend(figure, _arrows(colours), colours, y=0.92)
        layout.draw_caption(figure, _reading(compared, rows), colours, y=0.78)
    return figure


def _row(panel: Axes, row: int, record: dict, index: int, colours: layout.Palette, dark: bool) -> None:
    shade, is_significant = layout.colour(index, dark), pd.notna(record["differs"])
    layout.draw_row_label(panel, row, record["area"], index, colours, dark, _NAMES)
    for side_letter, y in (("a", row - _APART), ("b", row + _APART)):
        style = {"linewidth": 2.0, "alpha": 0.75} if side_letter == "a" else {}
        layout.draw_interval(
            panel, y, record[f"{side_letter}_ratio_low"], record[f"{side_letter}_ratio_high"], shade, **style
        )
        face = _pale(shade, colours) if side_letter == "a" else shade
        layout.draw_ratio(
            panel,
            y,
            record[f"{side_letter}_ratio"],
            index,
            shade,
            True,
            colours,
            size=_SIZES[side_letter],
            face=face,
        )
    if (
        pd.notna(record["a_ratio"])
        and pd.notna(record["b_ratio"])
        and record["a_ratio"] > 0
        and record["b_ratio"] > 0
    ):
        _arrow(panel, row, record, colours, is_significant)
    weight = "bold" if is_significant else "normal"
    layout.annotate_margin(
        panel,
        row - 0.02,
        _change(record),
        0.25,
        colours,
        size=layout.BODY,
        weight=weight,
        va="bottom",
        gid="change",
    )
    ends = layout.interval_label(record["change_low"], record["change_high"])
    layout.annotate_margin(
        panel,
        row + 0.06,
        f"({ends})" if ends else "",
        0.25,
        colours,
        color=colours.quiet,
        va="top",
        gid="ends",
    )


def _reading(compared: pd.DataFrame, rows: pd.DataFrame) -> str:
    """How to read the chart, with what only some charts need told."""
    sentences = [text("charts.then_and_now.reading")]
    if compared.loc[compared["differs"].notna(), "area"].nunique() > 1:
        sentences.append(text("charts.then_and_now.second"))
    if layout.is_apart_unfound(rows["change_low"], rows["change_high"], rows["differs"]):
        sentences.append(text("charts.apart_unfound"))
    return " ".join(sentences)


def _arrow(panel: Axes, row: int, record: dict, colours: layout.Palette, is_significant: bool) -> None:
    least, most = panel.get_xlim()
    a, b = (min(max(record[f"{side_letter}_ratio"], least), most) for side_letter in "ab")
    style: dict[str, object] = {
        "arrowstyle": "-|>" if is_significant else "-",
        "color": colours.ink if is_significant else colours.edge,
        "shrinkA": 8,
        "shrinkB": 8,
    }
    style |= {
        "linewidth": 2.2 if is_significant else 1.2,
        "linestyle": "-" if is_significant else (0, (2, 2)),
        "mutation_scale": 16,
    }
    panel.annotate("", (b, row + _APART), (a, row - _APART), arrowprops=style, gid="arrow", zorder=3)


def _change(record: dict) -> str:
    if pd.isna(record["change"]):
        return text("charts.then_and_now.unknown")
    return f"{times(record['change'])} {text('charts.times')}"


def _marks(rows: pd.DataFrame, a: str, b: str, colours: layout.Palette) -> dict[str, Line2D]:
    style = {"linestyle": "none", "marker": "o", "color": colours.quiet, "markeredgewidth": 2.2}
    pale = {"markersize": _SIZES["a"], "markerfacecolor": _pale(colours.quiet, colours)}
    return {
        _counted(rows, "a", a): Line2D([], [], **style, **pale),
        _counted(rows, "b", b): Line2D([], [], **style, markersize=_SIZES["b"]),
    }


def _arrows(colours: layout.Palette) -> dict[str, Line2D]:
    significant = Line2D([], [], color=colours.ink, linewidth=2.2, marker=">", markersize=8)
    return {
        text("charts.then_and_now.differs"): significant,
        text("charts.then_and_now.alike"): Line2D([], [], color=colours.edge, linewidth=1.2, dashes=(2, 2)),
    }


def _pale(shade: str, colours: layout.Palette) -> str:
    """A colour half-way to the paper."""
    return to_hex(np.average([to_rgb(colours.paper), to_rgb(shade)], axis=0, weights=[1 - _PALE, _PALE]))


def _split(rows: pd.DataFrame) -> str:
    """The day between then and now, when the frame has it."""
    days = rows["split"].dropna() if "split" in rows else pd.Series(dtype=object)
    return day(days.iloc[0]) if len(days) else ""


def _sides(split: str, a: str, b: str) -> tuple[str, str]:
    """What the two sides are called in the key: with the day between them, when it is known."""
    if not split:
        return a, b
    return text("charts.then_and_now.before", day=split), text("charts.then_and_now.since", day=split)


def _counted(rows: pd.DataFrame, side_letter: str, label: str) -> str:
    sessions = rows[f"{side_letter}_sessions"].iloc[0]
    return text("charts.then_and_now.sessions", count=sessions, name=label, number=known(sessions))


def _in_words(record: dict, a: str, b: str) -> str:
    sides = {
        f"{side_letter}_times": text("charts.then_and_now.unknown") if pd.isna(ratio) else times(ratio)
        for side_letter, ratio in (("a", record["a_ratio"]), ("b", record["b_ratio"]))
    }
    ends = layout.interval_label(record["change_low"], record["change_high"])
    change = text("charts.then_and_now.unknown") if pd.isna(record["change"]) else times(record["change"])
    key = "charts.then_and_now.alt_ends" if ends else "charts.then_and_now.alt"
    ends_label = text("charts.ends", ends=ends)
    return text(key, area=record["area"], a=a, b=b, change=change, ends=ends_label, **sides)
