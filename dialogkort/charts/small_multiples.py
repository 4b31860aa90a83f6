"""Small multiples: the same small panel for each group, on one scale."""

import math

import matplotlib
import pandas as pd
from matplotlib.axes import Axes

from dialogkort.analysis.arguments import MEASURES, check_choice
from dialogkort.charts import layout
from dialogkort.charts.export import STYLE
from dialogkort.charts.protection import protected_chart
from dialogkort.i18n import text
from dialogkort.narrative import number, of_groups, times

_TOP, _BOTTOM = 1.7, 1.2
_ACROSS, _GAP, _FOOT, _PANEL = 4, 0.4, 0.28, 0.69
# Inches above a panel for its name, by its lines; inches beside it for the number of sessions.
_HEADS, _NUMBER = {1: 0.3, 2: 0.46, 3: 0.65}, 0.42


@protected_chart
def small_multiples(
    groups: pd.DataFrame,
    measure: str = "minutes",
    *,
    between: pd.DataFrame | None = None,
    dark: bool = False,
    figure: layout.AnyFigure | None = None,
) -> layout.AnyFigure:
    """Each group of `by_group` in a panel of its own: what its areas got per card, against its other cards.

    A mark stands at the ratio drawn towards what all groups share, filled when the group stands out from the
    others; the line is the interval of its own figures. All panels have one scale. `between` is the frame of
    `between_groups`, if the headline is to say whether the groups differ from one another. A group whose
    figures may not be shown says so. Twelve panels fill a slide; more make a taller page.

    Parameters
    ----------
    groups : DataFrame
        As of `by_group`.
    measure : str
        One of those the frame was made with.
    between : DataFrame, optional
        As of `between_groups`.
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
    >>> from dialogkort import merge, read_all
    >>> from dialogkort.resources import SAMPLE
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> frames = read_all(folder)
    >>> from dialogkort.analysis.discussion import by_group
    >>> groups = by_group(*frames, by="unit", measures=["minutes"])
    >>> small_multiples(groups, for_my_eyes=True).alt.split("?")[0]
    'Hvad fik områderne, sted for sted'
    """
    check_choice("measure", measure, MEASURES)
    label = text(f"charts.per_card.{measure}")
    about = f"{text('charts.small_multiples.title')} · {label}"
    if not len(groups) or f"{measure}_ratio" not in groups:
        return layout.empty_chart(about, text("narrative.nothing"), dark=dark, figure=figure)
    names, positions, colours = (
        list(groups["group"].drop_duplicates()),
        layout.area_positions(groups),
        layout.palette(dark),
    )
    headline = of_groups(_only(groups, measure), _only_between(between, measure))
    alt = " ".join(
        [layout.as_sentence(about), headline, *(_in_words(groups, group, measure) for group in names)]
    )
    with matplotlib.rc_context(STYLE):
        across = _across(len(names))
        down = math.ceil(len(names) / across)
        titles = {group: _fitted(group, _wide(layout.WIDTH, across)) for group in names}
        head = _HEADS[max(title.count("\n") + 1 for title, _ in titles.values())]
        height = max(layout.HEIGHT, _TOP + _BOTTOM + down * (head + _PANEL + _FOOT))
        figure = layout.new_page(about, headline, alt, dark=dark, figure=figure, height=height)
        ends = groups[[f"{measure}_shrunk", f"{measure}_ratio_low", f"{measure}_ratio_high"]]
        for number_of, group in enumerate(names):
            axes = _panel(figure, number_of, across, down, len(positions), head)
            layout.draw_ratio_scale(axes, ends, colours)
            _fill(axes, groups[groups["group"] == group], measure, positions, colours, dark, large=down < 3)
            _title(figure, axes, groups[groups["group"] == group], titles[group], colours)
        layout.draw_legend(figure, layout.area_marks(positions, dark), colours, y=0.82)
        layout.draw_caption(figure, text("charts.small_multiples.reading"), colours, y=0.68)
    return figure


def _only(groups: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Only what the chart shows: the other measures have their own."""
    return groups[["group", "area", f"{measure}_differs", f"{measure}_could_differ"]]


def _only_between(between: pd.DataFrame | None, measure: str) -> pd.DataFrame | None:
    return None if between is None else between[between["measure"] == measure]


def _across(groups: int) -> int:
    """How many panels lie side by side: few are drawn large, none over more than half the page."""
    return 2 if groups in (1, 2, 4) else 3 if groups in (3, 5, 6) else _ACROSS


def _wide(page: float, across: int) -> float:
    return (page - 2 * layout.MARGIN - _GAP * (across - 1)) / across


def _fitted(group: str, width: float) -> tuple[str, int]:
    title = group or text("charts.small_multiples.not_stated")
    fitted_title, size = layout.fit_text(title, width - _NUMBER, 13, lines=1, weight="bold")
    if "\n" not in fitted_title:
        return fitted_title, size
    return layout.fit_text(title, width - _NUMBER, layout.SMALLEST, lines=3, weight="bold", cut=True)


def _panel(figure: layout.AnyFigure, number_of: int, across: int, down: int, areas: int, head: float) -> Axes:
    page, height = layout.page_width(figure), layout.page_height(figure)
    width = _wide(page, across)
    tall = (height - _TOP - _BOTTOM) / down
    row, column = divmod(number_of, across)
    left, top = layout.MARGIN + column * (width + _GAP), height - _TOP - row * tall
    box = (left, top - tall + _FOOT, width, tall - head - _FOOT)
    axes = figure.add_axes((box[0] / page, box[1] / height, box[2] / page, box[3] / height), label="group")
    axes.set_axis_off()
    axes.set_ylim(areas - 0.5, -0.5)
    return axes


def _fill(
    panel: Axes,
    rows: pd.DataFrame,
    measure: str,
    positions: dict[str, int],
    colours: layout.Palette,
    dark: bool,
    large: bool,
) -> None:
    if rows[f"{measure}_ratio"].isna().all():
        middle = (len(positions) - 1) / 2
        style = {
            "ha": "center",
            "va": "center",
            "size": layout.SMALL,
            "color": colours.quiet,
            "gid": "suppressed",
        }
        bare = {"facecolor": colours.paper, "edgecolor": "none", "pad": 3}
        panel.text(1, middle, text("charts.suppressed"), bbox=bare, **style)
        return
    for record in rows.to_dict("records"):
        row, shade = positions[record["area"]], layout.colour(positions[record["area"]], dark)
        layout.draw_interval(
            panel, row, record[f"{measure}_ratio_low"], record[f"{measure}_ratio_high"], shade, linewidth=1.8
        )
        is_significant = pd.notna(record[f"{measure}_differs"])
        layout.draw_ratio(
            panel,
            row,
            record[f"{measure}_shrunk"],
            row,
            shade,
            is_significant,
            colours,
            size=13 if large else 9,
        )


def _title(
    figure: layout.AnyFigure, panel: Axes, rows: pd.DataFrame, fit: tuple[str, int], colours: layout.Palette
) -> None:
    box, page, height = panel.get_position(), layout.page_width(figure), layout.page_height(figure)
    y = box.y1 * height + 0.06
    layout.write_text(figure, box.x0 * page, y, *fit, colours.ink, weight="bold", va="bottom", gid="group")
    if "sessions" not in rows or pd.isna(many := rows["sessions"].max()):
        return
    layout.write_text(
        figure,
        box.x1 * page,
        y,
        number(many),
        layout.SMALLEST,
        colours.quiet,
        ha="right",
        va="bottom",
        gid="sessions",
    )


def _in_words(groups: pd.DataFrame, group: str, measure: str) -> str:
    rows = groups[groups["group"] == group].to_dict("records")
    cells = [
        text(
            "charts.small_multiples.alt_cell",
            area=row["area"],
            times=text("charts.suppressed")
            if pd.isna(row[f"{measure}_ratio"])
            else times(row[f"{measure}_shrunk"]),
        )
        for row in rows
    ]
    title = group or text("charts.small_multiples.not_stated")
    return text("charts.small_multiples.alt", group=title, cells=", ".join(cells))
