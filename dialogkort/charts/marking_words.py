"""Bar chart of the words that mark each area: the surest of each, and how much more they are used."""

from collections.abc import Iterable

import matplotlib
import pandas as pd
from matplotlib.axes import Axes

from dialogkort.charts import layout
from dialogkort.charts.export import STYLE
from dialogkort.charts.protection import protected_chart
from dialogkort.i18n import text
from dialogkort.narrative import number, of_words
from dialogkort.theme import area_style

_TOP, _GAP, _ACROSS, _HEAD = 1.95, 0.35, 4, 0.6
_ONE_CARD = " ¹"
# No line is longer: a word hardly used elsewhere would leave the others no room.
_FURTHEST = 8.0


@protected_chart
def marking_words(
    words: pd.DataFrame,
    areas: Iterable[str] = (),
    most: int = 9,
    *,
    dark: bool = False,
    figure: layout.AnyFigure | None = None,
) -> layout.AnyFigure:
    """The words of `analysis.words.keyness` that mark each area most surely, `most` of them for each.

    `areas` are all the areas in the order of the deck, as in `cards["area"].unique()`: it gives them their
    order, colours and marks. Without it, or for words by organisation, all have one colour. Words that may
    be chance are grey and come last.

    Parameters
    ----------
    words : DataFrame
        As of `words.keyness`.
    areas : iterable of str
        All the areas, in the order of the deck.
    most : int
        How many words for each.
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
    >>> words = Release(frames).keyness()
    >>> figure = marking_words(words, frames.cards["area"].unique())
    >>> figure.alt.split("?")[0]
    'Hvilke ord kendetegner hvert område'
    """
    words = words.rename(columns={words.columns[0]: "area"})
    about = text("charts.marking_words.title")
    if not len(words):
        return layout.empty_chart(about, text("charts.marking_words.nothing"), dark=dark, figure=figure)
    colours, positions = layout.palette(dark), _places(words, list(areas))
    words_of_area = {area: _surest(words, area, most) for area in positions}
    headline = of_words(words, positions, most)
    alt = " ".join([about, headline, *(_in_words(area, rows) for area, rows in words_of_area.items())])
    with matplotlib.rc_context(STYLE):
        across = min(_ACROSS, len(positions))
        down = -(-len(positions) // across)
        height = layout.HEIGHT if down == 1 else _TOP + layout.BOTTOM + down * 3.6
        figure = layout.new_page(about, headline, alt, dark=dark, figure=figure, height=height)
        height = layout.page_height(figure)
        width = (layout.content_width(figure) - _GAP * (across - 1)) / across
        tall = (height - _TOP - layout.BOTTOM) / down
        furthest = max(
            [1.0, *(_times(row) for rows in words_of_area.values() for row in rows.to_dict("records"))]
        )
        for number_of, (area, index) in enumerate(positions.items()):
            row, column = divmod(number_of, across)
            left, top = layout.MARGIN + column * (width + _GAP), _TOP + row * tall
            foot = height - top - tall + (0.3 if down > 1 else 0.1)
            column_of = layout.new_panel(figure, left, width, most, top=top + _HEAD, bottom=foot, label=area)
            _heading(figure, area, index, left, height - top + 0.1, width, colours, dark)
            _draw(column_of, words_of_area[area], furthest, index, colours, dark)
        from_one = any(
            _is_of_one_card(row) for rows in words_of_area.values() for row in rows.to_dict("records")
        )
        one_card = [text("charts.marking_words.one_card")] if from_one else []
        layout.draw_caption(figure, " ".join([*one_card, text("charts.marking_words.reading")]), colours)
    return figure


def _places(words: pd.DataFrame, areas: list[str]) -> dict[str, int | None]:
    areas_with_words = list(words["area"].drop_duplicates())
    if set(areas_with_words) <= set(areas):
        return {area: index for index, area in enumerate(areas) if area in areas_with_words}
    return dict.fromkeys(areas_with_words)


def _shade(index: int | None, colours: layout.Palette, dark: bool) -> str:
    return colours.ink if index is None else layout.colour(index, dark)


def _surest(words: pd.DataFrame, area: str, most: int) -> pd.DataFrame:
    candidates = words[(words["area"] == area) & (words["z"].astype(float) > 0)]
    candidates = candidates.assign(sure=candidates["marks"].astype("boolean").fillna(False).astype(bool))
    return candidates.sort_values(["sure", "z", "word"], ascending=[False, False, True]).head(most)


def _heading(
    figure,
    area: str,
    index: int | None,
    left: float,
    y: float,
    width: float,
    colours: layout.Palette,
    dark: bool,
) -> None:
    label, size = layout.fit_text(area, width - 0.35, 13, lines=2, weight="bold")
    if index is not None:
        layout.write_text(
            figure, left, y, area_style(index).shape, 14, layout.colour(index, dark), va="top", gid="mark"
        )
        left += 0.28
    layout.write_text(figure, left, y, label, size, colours.ink, va="top", weight="bold", gid="area")


def _draw(
    panel: Axes, rows: pd.DataFrame, furthest: float, index: int | None, colours: layout.Palette, dark: bool
) -> None:
    """Words above their lines; a line ends in a dot at how many times as often the word is used here."""
    panel.set_xlim(0, furthest * 1.45)
    if rows.empty:
        panel.text(
            0, 0, text("charts.marking_words.no_words"), size=layout.SMALL, color=colours.quiet, gid="word"
        )
    for row, word in enumerate(rows.to_dict("records")):
        shade = _shade(index, colours, dark) if _is_sure(word) else colours.edge
        end = _times(word)
        if not _is_left_out(word):
            panel.plot(
                [0, end], [row + 0.28] * 2, color=shade, linewidth=3, solid_capstyle="butt", gid="line"
            )
            shape = "o" if index is None else area_style(index).marker
            mark = {"marker": shape, "markersize": 8, "color": shade, "linestyle": "none"}
            panel.plot(end, row + 0.28, gid="dot", **mark)
        text_colour = colours.ink if _is_sure(word) else colours.quiet
        weight = "bold" if _is_sure(word) else "normal"
        inches = layout.panel_width(panel)
        count = "" if pd.isna(word["count"]) else f" ({number(word['count'])})"
        count += _ONE_CARD if _is_of_one_card(word) else ""
        label, size = layout.fit_text(
            f"{word['word']}{count}", inches, layout.SMALL, lines=1, weight=weight, cut=True
        )
        style = {"va": "bottom", "size": size, "color": text_colour, "weight": weight, "gid": "word"}
        bare = {"facecolor": colours.paper, "edgecolor": "none", "pad": 0.5}
        panel.text(0, row + 0.08, label, bbox=bare, zorder=1, **style)
        style_of_times = {
            "textcoords": "offset points",
            "va": "center",
            "size": layout.SMALLEST,
            "color": colours.quiet,
            "gid": "times",
        }
        aside = 0 if _is_left_out(word) else 7
        panel.annotate(_times_label(word), (end, row + 0.28), (aside, 0), **style_of_times)


def _times(word: dict) -> float:
    """How many times as often the word is used here as elsewhere; at most what the scale holds."""
    here, elsewhere = word["per_1000"], word["other_per_1000"]
    if _is_left_out(word):
        return 0.0
    return min(here / elsewhere, _FURTHEST) if elsewhere > 0 else _FURTHEST


def _times_label(word: dict) -> str:
    if _is_left_out(word):
        return text("charts.suppressed")
    if not word["other_per_1000"]:
        return text("charts.marking_words.only_here")
    return f"{number(word['per_1000'] / word['other_per_1000'], 1)} {text('charts.times')}"


def _is_left_out(word: dict) -> bool:
    """Whether how often it is used is not told, here or elsewhere, as too few are behind it."""
    return bool(pd.isna(word["per_1000"]) or pd.isna(word["other_per_1000"]))


def _is_sure(word: dict) -> bool:
    return bool(pd.notna(word["marks"]) and word["marks"])


def _is_of_one_card(word: dict) -> bool:
    """Whether the word comes from one card of the area, and tells of that."""
    return pd.notna(word.get("one_card"))


def _in_words(area: str, rows: pd.DataFrame) -> str:
    words = [
        text("charts.marking_words.alt_word", word=row["word"], times=_times_label(row), count=_count(row))
        + (_ONE_CARD if _is_of_one_card(row) else "")
        for row in rows.to_dict("records")
    ]
    word_list = ", ".join(words) or text("charts.marking_words.no_words")
    return text("charts.marking_words.alt", area=area, words=word_list)


def _count(row: dict) -> str:
    return text("charts.suppressed") if pd.isna(row["count"]) else number(row["count"])
