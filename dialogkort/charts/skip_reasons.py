"""Stacked bars of skip reasons: one per area or card, the reasons told apart by pattern."""

import matplotlib
import pandas as pd
from matplotlib.patches import Rectangle

from dialogkort.charts.export import STYLE
from dialogkort.charts.layout import (
    BODY,
    HEIGHT,
    MARGIN,
    SMALL,
    SMALLEST,
    WIDTH,
    ChartFigure,
    Palette,
    annotate_right,
    area_marks,
    colour,
    draw_caption,
    draw_legend,
    empty,
    name,
    new_page,
    palette,
    panel,
    places,
)
from dialogkort.charts.protection import protected_chart
from dialogkort.i18n import text
from dialogkort.narrative import known, most_skipped, number, percent
from dialogkort.narrative.findings import cards_that_differ

_NAMES, _FIGURES, _TOP, _BOTTOM = 4.0, 3.2, 1.9, 1.3
# Of cards: their questions need the room more than the bars do, and the areas need a key of their own.
_QUESTIONS, _SMALL_FIGURES, _TWO_KEYS = 6.4, 2.35, 1.6
_ON_A_SLIDE, _ROW = 9, 0.38
_REASONS = {
    "reason_not_relevant": {"fill": True},
    "reason_unclear": {"fill": False, "hatch": "////"},
    "reason_already_covered": {"fill": False, "hatch": "...."},
    "reason_no_time": {"fill": False, "hatch": "---"},
    "reason_not_told": {"fill": False},
}


@protected_chart
def skip_reasons(frame: pd.DataFrame, *, dark: bool = False) -> ChartFigure:
    """Why the cards of each area of `by_area` (or each card of `by_card`) were skipped, by pattern.

    Bars are as long as the number skipped; beside them how many of the cards drawn that was, for cards with
    its interval.
    """
    about = text("charts.skip_reasons.title")
    if not len(frame) or not frame["drawn"].fillna(0).sum():
        return empty(about, text("narrative.nothing"), dark=dark)
    ink, rows, headline = palette(dark), frame.to_dict("records"), _headline(frame)
    alt = " ".join([about, headline, *(_in_words(row) for row in rows)])
    large, of_card = len(rows) <= _ON_A_SLIDE, "card" in frame
    names, bottom = (_QUESTIONS, _TWO_KEYS) if of_card else (_NAMES, _BOTTOM)
    with matplotlib.rc_context(STYLE):
        height = HEIGHT if large else max(HEIGHT, _TOP + bottom + _ROW * len(rows))
        figure = new_page(about, headline, alt, dark=dark, height=height)
        width = WIDTH - 2 * MARGIN - names
        axes = panel(figure, MARGIN + names, width, len(rows), top=_TOP, bottom=bottom, label="skipped")
        figures = _FIGURES if large else _SMALL_FIGURES
        longest = frame["skipped"].astype(float).max()
        axes.set_xlim(0, (longest if longest > 0 else 1) * width / (width - figures))
        axes.axvline(0, color=ink.quiet, linewidth=1)
        place = places(frame)
        size = {"lines": 2} if large else {"lines": 1, "size": SMALL, "mark": 9}
        for row, of in enumerate(rows):
            name(axes, row, _name(of), place[of["area"]], ink, dark, names, **size)
            end = _bar(axes, row, of, colour(place[of["area"]], dark))
            letters = {"size": BODY if large else SMALLEST, "color": ink.ink, "gid": "number"}
            annotate_right(axes, end, row, _share(of), **letters)
        draw_legend(figure, _swatches(frame, ink), ink, y=0.72)
        if of_card:
            draw_legend(figure, area_marks(place, dark), ink, y=1.04)
        draw_caption(figure, text("charts.skip_reasons.reading"), ink, y=0.6)
    return figure


def _bar(panel, row: int, of: dict, shade: str) -> float:
    left = 0.0
    for reason, style in _REASONS.items():
        count = of[reason]
        if pd.notna(count) and count > 0:
            bar = panel.barh(row, count, 0.56, left=left, gid=reason)[0]
            bar.set(facecolor=shade, edgecolor=shade, linewidth=1.6, **style)
            left += count
    return left


def _swatches(frame: pd.DataFrame, ink: Palette) -> dict[str, Rectangle]:
    return {
        text(f"charts.skip_reasons.{reason}"): Rectangle(
            (0, 0), 1, 1, facecolor=ink.quiet, edgecolor=ink.quiet, linewidth=1.6, **style
        )
        for reason, style in _REASONS.items()
        if frame[reason].fillna(0).sum()
    }


def _name(of: dict) -> str:
    if "card" not in of:
        return of["area"]
    return text("charts.card_and_question", number=of["number"], question=of["question"])


def _share(of: dict) -> str:
    if pd.isna(of["skipped"]) or pd.isna(of["drawn"]):
        return text("charts.suppressed")
    share = of["skipped"] / of["drawn"] if of["drawn"] else 0
    gaps = {"skipped": number(of["skipped"]), "drawn": number(of["drawn"]), "share": percent(share)}
    if pd.isna(of.get("skipped_share_low")):
        return text("charts.skip_reasons.share", **gaps)
    ends = {"low": number(100 * of["skipped_share_low"]), "high": percent(of["skipped_share_high"])}
    return text("charts.skip_reasons.share_between", **gaps, **ends)


def _headline(frame: pd.DataFrame) -> str:
    drawn, skipped = frame["drawn"].fillna(0).sum(), frame["skipped"].fillna(0).sum()
    gaps = {"drawn": number(drawn), "skipped": number(skipped), "share": percent(skipped / drawn)}
    if not skipped:
        return text("charts.skip_reasons.none", drawn=number(drawn))
    reasons_given = (
        frame[[given_reason for given_reason in _REASONS if given_reason != "reason_not_told"]]
        .astype("Float64")
        .fillna(0)
        .sum()
    )
    if not reasons_given.sum():
        return " ".join([text("charts.skip_reasons.said_not_told", **gaps), *_of_cards(frame)])
    reason = text(f"charts.skip_reasons.{reasons_given.astype(float).idxmax()}")
    sentence = text("charts.skip_reasons.said", reason=reason, count=number(reasons_given.max()), **gaps)
    return " ".join([sentence, *_of_cards(frame)])


def _of_cards(frame: pd.DataFrame) -> list[str]:
    """The cards told from chance, when that was asked, and the one skipped most."""
    if "card" not in frame:
        return []
    tested = cards_that_differ(frame, "skipped") if "skipped_differs" in frame else []
    return [*tested, *filter(None, [most_skipped(frame)])]


def _in_words(of: dict) -> str:
    gaps = {"name": _name(of), "drawn": known(of["drawn"]), "skipped": known(of["skipped"])}
    if pd.notna(of["skipped"]) and not of["skipped"]:
        return text("charts.skip_reasons.alt_none", **gaps)
    reasons = [
        f"{known(of[reason])} {text(f'charts.skip_reasons.{reason}')}"
        for reason in _REASONS
        if pd.isna(of[reason]) or of[reason]
    ]
    return text("charts.skip_reasons.alt", reasons=", ".join(reasons), **gaps)
