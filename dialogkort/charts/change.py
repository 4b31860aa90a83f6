"""How does change look? Then and now (or one group and another) for every area, with what is uncertain."""

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from dialogkort.aloud import of_comparison
from dialogkort.aloud.findings import side
from dialogkort.charts.drawing import (
    BODY,
    MARGIN,
    SMALL,
    WIDTH,
    Ink,
    Picture,
    at_right,
    between,
    colour,
    dot,
    empty,
    ink_of,
    interval,
    key,
    known,
    name,
    page,
    panel,
    places,
    ratio_scale,
    reading,
    stopped,
    times,
    write,
)
from dialogkort.charts.files import STYLE
from dialogkort.texts import text

_NAMES, _FIGURES, _TOP, _BOTTOM = 3.6, 3.2, 2.25, 1.75
_APART = 0.17


def then_and_now(compared: pd.DataFrame, measure: str = "minutes", *, dark: bool = False) -> Picture:
    """One measure of `analysis.discussion.then_and_now` or `compare`: two marks per area.

    The hollow mark is the first side, the filled one the second, each with its interval; an arrow joins them,
    solid when the difference is told from chance.
    """
    about = text("charts.then_and_now.title")
    rows = compared[compared["measure"] == measure] if len(compared) else compared
    if not len(rows):
        return empty(about, text("aloud.nothing_to_compare"), dark=dark)
    a, b = side(rows["a"].iloc[0]), side(rows["b"].iloc[0])
    if rows["a"].iloc[0] != "then":
        about = text("charts.then_and_now.title_pair", a=a, b=b)
    headline, ink = of_comparison(compared, measure), ink_of(dark)
    alt = " ".join([stopped(about), headline, *(_in_words(row, a, b) for row in rows.to_dict("records"))])
    with matplotlib.rc_context(STYLE):
        heading = f"{about} · {text(f'charts.per_card.{measure}')}"
        figure = page(heading, headline, alt, dark=dark)
        width = WIDTH - 2 * MARGIN - _NAMES - _FIGURES
        shown = panel(figure, MARGIN + _NAMES, width, len(rows), top=_TOP, bottom=_BOTTOM, label=measure)
        sides = [f"{each}_{end}" for each in "ab" for end in ("ratio", "ratio_low", "ratio_high")]
        ratio_scale(shown, rows[sides], ink)
        place = places(rows)
        for row, of in enumerate(rows.to_dict("records")):
            _row(shown, row, of, place[of["area"]], ink, dark)
        left = MARGIN + _NAMES + width + 0.25
        said = {"weight": "bold", "gid": "heading"}
        write(
            figure,
            left,
            figure.get_figheight() - _TOP + 0.12,
            text("charts.then_and_now.change"),
            SMALL,
            ink.quiet,
            **said,
        )
        key(figure, _marks(rows, a, b, ink), ink, y=1.0)
        reading(figure, text("charts.then_and_now.reading"), ink, y=0.87)
    return figure


def _row(panel: Axes, row: int, of: dict, place: int, ink: Ink, dark: bool) -> None:
    shade, told = colour(place, dark), pd.notna(of["differs"])
    name(panel, row, of["area"], place, ink, dark, _NAMES)
    for each, y, filled in (("a", row - _APART, False), ("b", row + _APART, True)):
        how = {"linewidth": 2.0, "alpha": 0.75} if each == "a" else {}
        interval(panel, y, of[f"{each}_ratio_low"], of[f"{each}_ratio_high"], shade, **how)
        dot(panel, y, of[f"{each}_ratio"], place, shade, filled, ink, size=11)
    if pd.notna(of["a_ratio"]) and pd.notna(of["b_ratio"]) and of["a_ratio"] > 0 and of["b_ratio"] > 0:
        _arrow(panel, row, of, ink, told)
    weight = "bold" if told else "normal"
    at_right(panel, row - 0.02, _change(of), 0.25, ink, size=BODY, weight=weight, va="bottom", gid="change")
    ends = between(of["change_low"], of["change_high"])
    at_right(panel, row + 0.06, f"({ends})" if ends else "", 0.25, ink, color=ink.quiet, va="top", gid="ends")


def _arrow(panel: Axes, row: int, of: dict, ink: Ink, told: bool) -> None:
    least, most = panel.get_xlim()
    a, b = (min(max(of[f"{each}_ratio"], least), most) for each in "ab")
    how = {
        "arrowstyle": "-|>" if told else "-",
        "color": ink.ink if told else ink.edge,
        "shrinkA": 8,
        "shrinkB": 8,
    }
    how |= {
        "linewidth": 2.2 if told else 1.2,
        "linestyle": "-" if told else (0, (2, 2)),
        "mutation_scale": 16,
    }
    panel.annotate("", (b, row + _APART), (a, row - _APART), arrowprops=how, gid="arrow", zorder=3)


def _change(of: dict) -> str:
    if pd.isna(of["change"]):
        return text("charts.then_and_now.unknown")
    return f"{times(of['change'])} {text('charts.times')}"


def _marks(rows: pd.DataFrame, a: str, b: str, ink: Ink) -> dict[str, Line2D]:
    how = {"linestyle": "none", "marker": "o", "markersize": 11, "color": ink.quiet, "markeredgewidth": 2}
    return {
        _counted(rows, "a", a): Line2D([], [], **how, markerfacecolor=ink.paper),
        _counted(rows, "b", b): Line2D([], [], **how),
    }


def _counted(rows: pd.DataFrame, each: str, said: str) -> str:
    many = rows[f"{each}_sessions"].iloc[0]
    return text("charts.then_and_now.sessions", count=many, name=said, number=known(many))


def _in_words(of: dict, a: str, b: str) -> str:
    sides = {
        f"{each}_times": text("charts.then_and_now.unknown") if pd.isna(ratio) else times(ratio)
        for each, ratio in (("a", of["a_ratio"]), ("b", of["b_ratio"]))
    }
    ends = between(of["change_low"], of["change_high"])
    change = text("charts.then_and_now.unknown") if pd.isna(of["change"]) else times(of["change"])
    key = "charts.then_and_now.alt_ends" if ends else "charts.then_and_now.alt"
    said = text("charts.ends", ends=ends)
    return text(key, area=of["area"], a=a, b=b, change=change, ends=said, **sides)
