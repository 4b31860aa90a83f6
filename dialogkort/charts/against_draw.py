"""Dot plot of one measure against the draw: a mark and an interval for every area, or every card."""

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from dialogkort.analysis.arguments import MEASURES, check_choice
from dialogkort.charts import layout
from dialogkort.charts.export import STYLE
from dialogkort.charts.protection import protected_chart
from dialogkort.i18n import text
from dialogkort.narrative import known, of_areas, of_cards, times

_NAMES, _FIGURES = 4.0, 3.7
_TOP, _BOTTOM = 2.25, 1.55
# With cards the areas have a key of their own, above the other.
_KEY = 0.3
# More rows than these need a taller page than a slide.
_ON_A_SLIDE, _ROW = 9, 0.4


@protected_chart
def against_draw(
    frame: pd.DataFrame,
    measure: str = "minutes",
    *,
    dark: bool = False,
    figure: layout.AnyFigure | None = None,
) -> layout.AnyFigure:
    """What each area of `by_area` (or card of `by_card`) got per card, against the groups' other cards.

    A mark at the ratio with its interval, on a scale where 2 and ½ are as far from 1; a filled mark is told
    from chance, also had the area's cards been others. Cards make a page taller than a
    slide.

    Parameters
    ----------
    frame : DataFrame
        As of `by_area` or `by_card`.
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
        The frame is not protected, and not `for_my_eyes`; an unknown measure; or an area
        that stands twice or has no name, as in `by_group`.
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
    >>> figure = against_draw(Release(frames).by_area(measures=["minutes"]), "minutes")
    >>> figure.alt.split("?")[0]
    'Hvad fik områderne, målt mod de vendte kort'

    Two side by side in a figure of one's own, saved as one picture:

    >>> from matplotlib.figure import Figure
    >>> from dialogkort.charts import save
    >>> both = Figure(figsize=(14, 4))
    >>> areas = Release(frames).by_area(measures=["minutes", "notes"])
    >>> for part, measured in zip(both.subfigures(1, 2), ("minutes", "notes")):
    ...     drawn_on = against_draw(areas, measured, figure=part)
    >>> save(both, f"{folder}/begge.png").name
    'begge.png'
    """
    check_choice("measure", measure, MEASURES)
    _one_row_each(frame)
    of_card = "card" in frame
    about = text("charts.against_draw_cards" if of_card else "charts.against_draw")
    about = f"{about} · {_heading(measure)}"
    if not len(frame) or f"{measure}_ratio" not in frame or not frame["drawn"].fillna(0).sum():
        return layout.empty_chart(about, text("narrative.nothing"), dark=dark, figure=figure)
    headline = of_cards(frame, measure) if of_card else of_areas(frame, measure)
    colours, rows = layout.palette(dark), frame.to_dict("records")
    alt = " ".join([layout.as_sentence(about), headline, *(_in_words(row, measure) for row in rows)])
    with matplotlib.rc_context(STYLE):
        bottom = _BOTTOM + (_KEY if of_card else 0)
        height = (
            max(layout.HEIGHT, _TOP + bottom + _ROW * len(rows)) if len(rows) > _ON_A_SLIDE else layout.HEIGHT
        )
        figure = layout.new_page(about, headline, alt, dark=dark, figure=figure, height=height)
        width = layout.content_width(figure) - _NAMES - _FIGURES
        axes = layout.new_panel(
            figure, layout.MARGIN + _NAMES, width, len(rows), top=_TOP, bottom=bottom, label=measure
        )
        layout.draw_ratio_scale(
            axes, frame[[f"{measure}_ratio", f"{measure}_ratio_low", f"{measure}_ratio_high"]], colours
        )
        positions = layout.area_positions(frame)
        for row, record in enumerate(rows):
            _row(
                axes,
                row,
                record,
                measure,
                positions[record["area"]],
                colours,
                dark,
                large=len(rows) <= _ON_A_SLIDE,
            )
        _headings(figure, measure, colours)
        layout.draw_legend(figure, _marks(colours, of_card), colours)
        if of_card:
            layout.draw_legend(figure, layout.area_marks(positions, dark), colours, y=0.82 + _KEY)
        layout.draw_caption(figure, _reading(frame, measure, of_card), colours)
    return figure


def _reading(frame: pd.DataFrame, measure: str, of_card: bool) -> str:
    """How to read the chart, with what only some charts need told."""
    if of_card:
        return text("charts.reading_ratio_cards")
    differs = frame[f"{measure}_differs"].astype("string")
    if f"{measure}_cards_differs" in frame:  # told in the headline, too
        differs = differs.fillna(frame[f"{measure}_cards_differs"].astype("string"))
    low, high = frame[f"{measure}_ratio_low"], frame[f"{measure}_ratio_high"]
    apart = [text("charts.apart_unfound")] if layout.is_apart_unfound(low, high, differs) else []
    return " ".join([text("charts.reading_ratio"), *apart])


def _one_row_each(frame: pd.DataFrame) -> None:
    names = ["card", "area", "question"] if "card" in frame else ["area"] if "area" in frame else []
    known = frame[names].astype("string").fillna("")
    several = "group" in frame or known.duplicated().any() or not names or known["area"].eq("").any()
    if several and len(frame):
        name_count = len(known.drop_duplicates()) if names else 0
        raise ValueError(text("charts.not_one_row_each", rows=len(frame), names=name_count))


def _heading(measure: str) -> str:
    return text(f"charts.per_card.{measure}")


def _headings(figure: layout.AnyFigure, measure: str, colours: layout.Palette) -> None:
    y = layout.page_height(figure) - _TOP + 0.12
    width = layout.content_width(figure) - _NAMES - _FIGURES
    layout.write_text(
        figure,
        layout.MARGIN + _NAMES,
        y,
        f"← {text('charts.much_less')}",
        layout.SMALL,
        colours.quiet,
        gid="heading",
    )
    more = f"{text('charts.much_more')} →"
    layout.write_text(
        figure,
        layout.MARGIN + _NAMES + width,
        y,
        more,
        layout.SMALL,
        colours.quiet,
        ha="right",
        gid="heading",
    )
    left = layout.MARGIN + _NAMES + width + 0.25
    layout.write_text(
        figure, left, y, _heading(measure), layout.SMALL, colours.quiet, weight="bold", gid="heading"
    )


def _row(
    panel: Axes,
    row: int,
    record: dict,
    measure: str,
    index: int,
    colours: layout.Palette,
    dark: bool,
    large: bool,
) -> None:
    shade, is_significant = layout.colour(index, dark), pd.notna(record[f"{measure}_differs"])
    size = {"lines": 2} if large else {"lines": 1, "size": layout.SMALL, "mark": 9}
    layout.draw_row_label(panel, row, layout.area_or_card(record), index, colours, dark, _NAMES, **size)
    layout.draw_interval(panel, row, record[f"{measure}_ratio_low"], record[f"{measure}_ratio_high"], shade)
    layout.draw_ratio(
        panel, row, record[f"{measure}_ratio"], index, shade, is_significant, colours, size=13 if large else 9
    )
    weight = "bold" if is_significant else "normal"
    ratio = _ratio(record, measure)
    if large:
        layout.annotate_margin(
            panel, row - 0.02, ratio, 0.25, colours, size=layout.BODY, weight=weight, va="bottom", gid="ratio"
        )
        layout.annotate_margin(
            panel,
            row + 0.06,
            _basis(record, measure),
            0.25,
            colours,
            color=colours.quiet,
            va="top",
            gid="basis",
        )
        return
    layout.annotate_margin(panel, row, ratio, 0.25, colours, weight=weight, gid="ratio")
    layout.annotate_margin(panel, row, _cards(record), 2.5, colours, color=colours.quiet, gid="basis")


def _ratio(record: dict, measure: str) -> str:
    ratio = record[f"{measure}_ratio"]
    if pd.isna(ratio):
        return text("charts.suppressed")
    ends = layout.interval_label(record[f"{measure}_ratio_low"], record[f"{measure}_ratio_high"])
    return f"{times(ratio)}  ({ends})" if ends else times(ratio)


def _basis(record: dict, measure: str) -> str:
    return f"{_cards(record)} · {_total(record, measure)}"


def _cards(record: dict) -> str:
    return text("charts.cards_and_area", drawn=known(record["drawn"]))


def _total(record: dict, measure: str) -> str:
    return text(f"charts.unit.{measure}", number=known(record[measure]))


def _in_words(record: dict, measure: str) -> str:
    ratio = record[f"{measure}_ratio"]
    words = {
        "name": layout.area_or_card(record),
        "drawn": known(record["drawn"]),
        "total": _total(record, measure),
    }
    if pd.isna(ratio):
        return text("charts.alt_ratio_none", **words)
    ends = layout.interval_label(record[f"{measure}_ratio_low"], record[f"{measure}_ratio_high"])
    key = "charts.alt_ratio" if ends else "charts.alt_ratio_plain"
    return text(key, times=times(ratio), ends=text("charts.ends", ends=ends), **words)


def _marks(colours: layout.Palette, of_card: bool) -> dict[str, Line2D]:
    style = {
        "linestyle": "none",
        "marker": "o",
        "markersize": 11,
        "color": colours.quiet,
        "markeredgewidth": 2,
    }
    return {
        text("charts.differs_card" if of_card else "charts.differs"): Line2D([], [], **style),
        text("charts.alike"): Line2D([], [], **style, markerfacecolor=colours.paper),
    }
