"""Stacked bars of skip reasons: one per area or card, the reasons told apart by pattern."""

import matplotlib
import pandas as pd
from matplotlib.patches import Rectangle

from dialogkort.analysis.card_outcomes import NO_REASON, REASONS
from dialogkort.charts import layout
from dialogkort.charts.export import STYLE
from dialogkort.charts.protection import protected_chart
from dialogkort.i18n import text
from dialogkort.narrative import known, number, of_skip_reasons, percent

_NAMES, _FIGURES, _TOP, _BOTTOM = 4.0, 3.2, 1.9, 1.3
# Of cards: their questions need the room more than the bars do, and the areas need a key of their own.
_QUESTIONS, _SMALL_FIGURES, _TWO_KEYS = 6.4, 2.35, 1.6
_ON_A_SLIDE, _ROW = 9, 0.38
_PATTERNS = ("filled", "hatched", "dotted", "lined", "outlined")
_REASONS = dict(zip((*REASONS.values(), NO_REASON), _PATTERNS, strict=True))


@protected_chart
def skip_reasons(
    frame: pd.DataFrame, *, dark: bool = False, figure: layout.AnyFigure | None = None
) -> layout.AnyFigure:
    """Why the cards of each area of `by_area` (or each card of `by_card`) were skipped, by pattern.

    Bars are as long as the number skipped; beside them how many of the cards drawn that was, for cards with
    its interval.

    Parameters
    ----------
    frame : DataFrame
        As of `by_area` or `by_card`.
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
    >>> skip_reasons(Release(frames).by_area(measures=["minutes"])).alt.split(" (")[0]
    'Hvorfor blev kort sprunget over? 28 af 181 vendte kort blev sprunget over'
    """
    about = text("charts.skip_reasons.title")
    if not len(frame) or not frame["drawn"].fillna(0).sum():
        return layout.empty_chart(about, text("narrative.nothing"), dark=dark, figure=figure)
    colours, rows, headline = layout.palette(dark), frame.to_dict("records"), of_skip_reasons(frame)
    alt = " ".join([about, headline, *(_in_words(row) for row in rows)])
    large, of_card = len(rows) <= _ON_A_SLIDE, "card" in frame
    names, bottom = (_QUESTIONS, _TWO_KEYS) if of_card else (_NAMES, _BOTTOM)
    with matplotlib.rc_context(STYLE):
        height = layout.HEIGHT if large else max(layout.HEIGHT, _TOP + bottom + _ROW * len(rows))
        figure = layout.new_page(about, headline, alt, dark=dark, figure=figure, height=height)
        width = layout.content_width(figure) - names
        axes = layout.new_panel(
            figure, layout.MARGIN + names, width, len(rows), top=_TOP, bottom=bottom, label="skipped"
        )
        figures = _FIGURES if large else _SMALL_FIGURES
        longest = frame["skipped"].astype(float).max()
        axes.set_xlim(0, (longest if longest > 0 else 1) * width / (width - figures))
        axes.axvline(0, color=colours.quiet, linewidth=1)
        positions = layout.area_positions(frame)
        size = {"lines": 2} if large else {"lines": 1, "size": layout.SMALL, "mark": 9}
        for row, record in enumerate(rows):
            layout.draw_row_label(
                axes,
                row,
                layout.area_or_card(record),
                positions[record["area"]],
                colours,
                dark,
                names,
                **size,
            )
            end = _bar(axes, row, record, layout.colour(positions[record["area"]], dark))
            letters = layout.BODY if large else layout.SMALLEST
            layout.annotate_right(
                axes, end, row, _share(record), size=letters, color=colours.ink, gid="number"
            )
        layout.draw_legend(figure, _swatches(frame, colours), colours, y=0.72)
        if of_card:
            layout.draw_legend(figure, layout.area_marks(positions, dark), colours, y=1.04)
        layout.draw_caption(figure, text("charts.skip_reasons.reading"), colours, y=0.6)
    return figure


def _bar(panel, row: int, record: dict, shade: str) -> float:
    left = 0.0
    for reason, pattern in _REASONS.items():
        count = record[reason]
        if pd.notna(count) and count > 0:
            bar = panel.barh(row, count, 0.56, left=left, gid=reason)[0]
            bar.set(**layout.patterned(pattern, shade))
            left += count
    return left


def _swatches(frame: pd.DataFrame, colours: layout.Palette) -> dict[str, Rectangle]:
    return {
        text(f"charts.skip_reasons.{reason}"): layout.swatch(pattern, colours.quiet)
        for reason, pattern in _REASONS.items()
        if frame[reason].fillna(0).sum()
    }


def _share(record: dict) -> str:
    if pd.isna(record["skipped"]) or pd.isna(record["drawn"]):
        return text("charts.suppressed")
    share = record["skipped"] / record["drawn"] if record["drawn"] else 0
    gaps = {"skipped": number(record["skipped"]), "drawn": number(record["drawn"]), "share": percent(share)}
    if pd.isna(record.get("skipped_share_low")):
        return text("charts.skip_reasons.share", **gaps)
    ends = {"low": number(100 * record["skipped_share_low"]), "high": percent(record["skipped_share_high"])}
    return text("charts.skip_reasons.share_between", **gaps, **ends)


def _in_words(record: dict) -> str:
    gaps = {
        "name": layout.area_or_card(record),
        "drawn": known(record["drawn"]),
        "skipped": known(record["skipped"]),
    }
    if pd.notna(record["skipped"]) and not record["skipped"]:
        return text("charts.skip_reasons.alt_none", **gaps)
    reasons = [
        f"{known(record[reason])} {text(f'charts.skip_reasons.{reason}')}"
        for reason in _REASONS
        if pd.isna(record[reason]) or record[reason]
    ]
    return text("charts.skip_reasons.alt", reasons=", ".join(reasons), **gaps)
