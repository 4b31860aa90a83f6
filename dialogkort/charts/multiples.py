"""How do many groups look side by side? The same small panel for each, on one scale."""

import math

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from dialogkort.aloud import number, of_groups
from dialogkort.charts.drawing import (
    HEIGHT,
    MARGIN,
    SMALL,
    SMALLEST,
    WIDTH,
    Ink,
    Picture,
    colour,
    dot,
    empty,
    fitted,
    ink_of,
    interval,
    key,
    page,
    places,
    ratio_scale,
    reading,
    stopped,
    times,
    write,
)
from dialogkort.charts.files import STYLE
from dialogkort.looks import look
from dialogkort.texts import text

_TOP, _BOTTOM = 1.75, 1.3
_ACROSS, _GAP, _HEAD, _FOOT, _PANEL = 4, 0.4, 0.3, 0.26, 1.38


def small_multiples(
    groups: pd.DataFrame,
    measure: str = "minutes",
    *,
    between: pd.DataFrame | None = None,
    dark: bool = False,
) -> Picture:
    """Each group of `by_group` in a panel of its own: what its areas got per card, against its other cards.

    All panels have one scale. `between` is the frame of `between_groups`, if the headline is to say whether
    the groups differ from one another. A group whose figures may not be shown says so. Twelve panels fill a
    slide; more make a taller page.
    """
    label = text(f"charts.per_card.{measure}")
    about = f"{text('charts.small_multiples.title')} · {label}"
    if not len(groups) or f"{measure}_ratio" not in groups:
        return empty(about, text("aloud.no_groups"), dark=dark)
    names, place, ink = list(groups["group"].drop_duplicates()), places(groups), ink_of(dark)
    headline = of_groups(_only(groups, measure), _only_between(between, measure))
    alt = " ".join([stopped(about), headline, *(_in_words(groups, group, measure) for group in names)])
    with matplotlib.rc_context(STYLE):
        down = math.ceil(len(names) / _ACROSS)
        height = max(HEIGHT, _TOP + _BOTTOM + down * _PANEL)
        figure = page(about, headline, alt, dark=dark, height=height)
        ends = groups[[f"{measure}_ratio", f"{measure}_ratio_low", f"{measure}_ratio_high"]]
        for number_of, group in enumerate(names):
            shown = _panel(figure, number_of, down, len(place))
            ratio_scale(shown, ends, ink)
            _fill(shown, groups[groups["group"] == group], measure, place, ink, dark)
            _title(figure, shown, groups[groups["group"] == group], group, ink)
        key(figure, _marks(place, dark), ink, y=0.82)
        reading(figure, text("charts.small_multiples.reading"), ink, y=0.68)
    return figure


def _only(groups: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Only what the chart shows: the other measures have their own."""
    return groups[["group", "area", f"{measure}_differs"]]


def _only_between(between: pd.DataFrame | None, measure: str) -> pd.DataFrame | None:
    return None if between is None else between[between["measure"] == measure]


def _panel(figure: Picture, number_of: int, down: int, areas: int) -> Axes:
    height = figure.get_figheight()
    width = (WIDTH - 2 * MARGIN - _GAP * (_ACROSS - 1)) / _ACROSS
    tall = (height - _TOP - _BOTTOM) / max(3, down)
    row, column = divmod(number_of, _ACROSS)
    left, top = MARGIN + column * (width + _GAP), height - _TOP - row * tall
    box = (left, top - tall + _FOOT, width, tall - _HEAD - _FOOT)
    made = figure.add_axes((box[0] / WIDTH, box[1] / height, box[2] / WIDTH, box[3] / height), label="group")
    made.set_axis_off()
    made.set_ylim(areas - 0.5, -0.5)
    return made


def _fill(panel: Axes, rows: pd.DataFrame, measure: str, place: dict[str, int], ink: Ink, dark: bool) -> None:
    if rows[f"{measure}_ratio"].isna().all():
        middle = (len(place) - 1) / 2
        how = {"ha": "center", "va": "center", "size": SMALL, "color": ink.quiet, "gid": "suppressed"}
        bare = {"facecolor": ink.paper, "edgecolor": "none", "pad": 3}
        panel.text(1, middle, text("charts.suppressed"), bbox=bare, **how)
        return
    for of in rows.to_dict("records"):
        row, shade = place[of["area"]], colour(place[of["area"]], dark)
        interval(panel, row, of[f"{measure}_ratio_low"], of[f"{measure}_ratio_high"], shade, linewidth=1.8)
        told = pd.notna(of[f"{measure}_differs"])
        dot(panel, row, of[f"{measure}_ratio"], row, shade, told, ink, size=9)


def _title(figure: Picture, panel: Axes, rows: pd.DataFrame, group: str, ink: Ink) -> None:
    box, height = panel.get_position(), figure.get_figheight()
    said, size = fitted(
        group or text("charts.small_multiples.not_told"), box.width * WIDTH - 0.5, 13, lines=1, cut=True
    )
    y = box.y1 * height + 0.08
    write(figure, box.x0 * WIDTH, y, said, size, ink.ink, weight="bold", gid="group")
    if "sessions" not in rows or pd.isna(many := rows["sessions"].max()):
        return
    write(figure, box.x1 * WIDTH, y, number(many), SMALLEST, ink.quiet, ha="right", gid="sessions")


def _marks(place: dict[str, int], dark: bool) -> dict[str, Line2D]:
    return {
        area: Line2D([], [], linestyle="none", marker=look(at).marker, markersize=11, color=colour(at, dark))
        for area, at in place.items()
    }


def _in_words(groups: pd.DataFrame, group: str, measure: str) -> str:
    rows = groups[groups["group"] == group].to_dict("records")
    cells = [
        text(
            "charts.small_multiples.alt_cell",
            area=row["area"],
            times=text("charts.suppressed")
            if pd.isna(row[f"{measure}_ratio"])
            else times(row[f"{measure}_ratio"]),
        )
        for row in rows
    ]
    told = group or text("charts.small_multiples.not_told")
    return text("charts.small_multiples.alt", group=told, cells=", ".join(cells))
