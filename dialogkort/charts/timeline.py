"""Timeline of one session along the clock: a bar for every card, ticks for notes, gaps for pauses."""

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from dialogkort.charts import layout
from dialogkort.charts.export import STYLE
from dialogkort.charts.protection import protected_chart
from dialogkort.domain.outcomes import COUNTED
from dialogkort.i18n import text
from dialogkort.i18n.formats import hour
from dialogkort.narrative import card_number, day, number, of_session

_OUTCOMES = {outcome.value: outcome for outcome in COUNTED}
_NAMES, _TOP, _BOTTOM = 5.3, 2.0, 1.8
_ON_A_SLIDE, _ROW = 13, 0.3
_BAR = 0.42
# Inches kept free for the words behind the last bar.
_LAST = 0.8
# Inches from the middle of one pause to the next for both to be written out.
_APART = 1.25
# Minutes between the ticks of the clock, whichever gives no more than eight.
_STEPS = (5, 10, 15, 30, 60, 120, 240, 480)


@protected_chart
def timeline(
    course: pd.DataFrame,
    *,
    about: str = "",
    zone: str = "Europe/Copenhagen",
    dark: bool = False,
    figure: layout.AnyFigure | None = None,
) -> layout.AnyFigure:
    """One session as `analysis.session_timeline.course` gives it: its cards, each at its time on the clock.

    Bars in the areas' colours with the patterns of the overview for what became of the card; a tick below a
    bar is a note. `about` says whose session it is; left out, its place, group and day do. `zone` is where
    the clock stands.

    Parameters
    ----------
    course : DataFrame
        As of `session_timeline.course`.
    about : str
        Whose session it is.
    zone : str
        The time zone of the clock, as "Europe/Copenhagen".
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
    >>> from dialogkort import merge, read_all
    >>> from dialogkort.resources import SAMPLE
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> frames = read_all(folder)
    >>> from dialogkort.analysis.session_timeline import course
    >>> one = course(*frames, session=frames.sessions["session"].iloc[0])
    >>> timeline(one, about="Hold 2", for_my_eyes=True).alt.split(":")[0]
    'Samtalens gang · Hold 2. 12 kort på 64 minutter'
    """
    about = " · ".join([text("charts.timeline.title"), *([about] if about else _session_words(course))])
    cards = course[course["what"] == "card"]
    if cards.empty:
        return layout.empty_chart(about, text("charts.timeline.no_cards"), dark=dark, figure=figure)
    if cards["at"].isna().all():
        return layout.empty_chart(about, text("charts.timeline.on_paper"), dark=dark, figure=figure)
    colours, course = layout.palette(dark), course.assign(clock=course["starts_at"].dt.tz_convert(zone))
    opening = course[(course["what"] == "note") & course["card"].isna()]
    first = 1 if len(opening) else 0
    rows = {turn: index for index, turn in enumerate(cards["turn"], start=first)}
    with matplotlib.rc_context(STYLE):
        height = layout.HEIGHT
        if len(rows) + first > _ON_A_SLIDE:
            height = max(layout.HEIGHT, _TOP + _BOTTOM + _ROW * (len(rows) + first))
        figure = layout.new_page(
            about, of_session(course), _alt(course, about), dark=dark, figure=figure, height=height
        )
        width = layout.content_width(figure) - _NAMES - 0.1
        lanes = {"top": _TOP, "bottom": _BOTTOM, "label": "course"}
        axes = layout.new_panel(figure, layout.MARGIN + _NAMES, width, len(rows) + first, **lanes)
        _clock(axes, course, colours)
        if first:
            layout.draw_row_label(
                axes,
                0,
                text("charts.timeline.opening"),
                None,
                colours,
                dark,
                _NAMES,
                lines=1,
                size=layout.SMALL,
            )
            _ticks(axes, 0, opening, colours)
        for card in cards.to_dict("records"):
            _card(axes, rows[card["turn"]], card, course, colours, dark)
        _pauses(axes, course, len(rows) + first, colours)
        became = [outcome for outcome in COUNTED if (cards["outcome"] == outcome.value).any()]
        areas = cards.dropna(subset="area_place").sort_values("area_place")
        positions = dict(zip(areas["area"], areas["area_place"].astype(int), strict=True))
        layout.draw_legend(figure, layout.area_marks(positions, dark), colours, y=1.04)
        shapes = {
            text(f"outcome.{outcome.column}.word"): layout.swatch(outcome.pattern, colours.quiet)
            for outcome in became
        }
        layout.draw_legend(figure, shapes, colours, y=0.72)
        layout.draw_caption(figure, text("charts.timeline.reading"), colours, y=0.6)
    return figure


def _session_words(course: pd.DataFrame) -> list[str]:
    """The organisation and unit (the workshop where neither was told), the group and the day."""
    if course.empty:
        return []
    details = (
        course.iloc[0].reindex(["organisation", "unit", "workshop", "group", "date"]).fillna("").to_dict()
    )
    hosts = [details["organisation"], details["unit"]]
    hosts = hosts if any(hosts) else [details["workshop"]]
    return [
        detail for detail in (*hosts, details["group"], details["date"] and day(details["date"])) if detail
    ]


def _clock(panel: Axes, course: pd.DataFrame, colours: layout.Palette) -> None:
    """Minutes since the first thing happened, marked with the time of day."""
    began = (course["clock"] - pd.to_timedelta(course["at"], unit="min")).iloc[0]
    ends = (course["at"] + course["minutes"].fillna(0)).max()
    width = layout.panel_width(panel)
    panel.set_xlim(0, max(ends, 1) * width / (width - _LAST))
    step = next((minutes for minutes in _STEPS if ends / minutes <= 8), _STEPS[-1])
    first = began.ceil(f"{step}min") if step < 60 else began.ceil("60min")
    minute = (first - began).total_seconds() / 60
    while minute <= ends:
        panel.axvline(minute, color=colours.field, linewidth=1, zorder=0.5, gid="grid")
        label = hour(began + pd.Timedelta(minutes=minute))
        style = {
            "textcoords": "offset points",
            "ha": "center",
            "va": "top",
            "size": layout.SMALL,
            "color": colours.quiet,
        }
        panel.annotate(label, (minute, panel.get_ylim()[0]), (0, -4), gid="tick", **style)
        minute += step


def _card(
    panel: Axes, row: int, card: dict, course: pd.DataFrame, colours: layout.Palette, dark: bool
) -> None:
    index = 0 if pd.isna(card["area_place"]) else int(card["area_place"])
    label = text("charts.card_and_question", number=card_number(card), question=card["question"])
    layout.draw_row_label(
        panel, row, label, index, colours, dark, _NAMES, lines=1, size=layout.SMALL, mark=10
    )
    minutes = 0 if pd.isna(card["minutes"]) else card["minutes"]
    bar = panel.barh(row - 0.08, minutes, _BAR, left=card["at"], gid="card")[0]
    bar.set(**layout.patterned(_OUTCOMES[card["outcome"]].pattern, layout.colour(index, dark)), zorder=2)
    layout.annotate_right(
        panel,
        card["at"] + minutes,
        row - 0.08,
        text("charts.unit.minutes", number=number(minutes)),
        size=layout.SMALLEST,
        color=colours.quiet,
        gid="minutes",
    )
    _ticks(panel, row, course[(course["what"] == "note") & (course["turn"] == card["turn"])], colours)


def _ticks(panel: Axes, row: int, notes: pd.DataFrame, colours: layout.Palette) -> None:
    for minute in notes["at"]:
        panel.plot(
            [minute, minute], [row + 0.18, row + 0.42], color=colours.ink, linewidth=1.8, gid="note", zorder=3
        )


def _pauses(panel: Axes, course: pd.DataFrame, rows: int, colours: layout.Palette) -> None:
    last, an_inch = -float("inf"), layout.panel_width(panel) / panel.get_xlim()[1]
    for pause in course[course["what"] == "pause"].to_dict("records"):
        style_of_field = {"facecolor": colours.field, "edgecolor": "none", "zorder": 0.6, "gid": "pause"}
        panel.add_patch(Rectangle((pause["at"], -0.5), pause["minutes"], rows, **style_of_field))
        label = text("charts.timeline.pause", minutes=number(pause["minutes"]))
        middle = pause["at"] + pause["minutes"] / 2
        if (middle - last) * an_inch < _APART:
            continue
        last = middle
        style = {
            "ha": "center",
            "va": "bottom",
            "size": layout.SMALLEST,
            "color": colours.quiet,
            "gid": "long",
        }
        panel.annotate(label, (middle, -0.5), (0, 3), textcoords="offset points", **style)


def _alt(course: pd.DataFrame, about: str) -> str:
    notes = course[course["what"] == "note"]["turn"].value_counts()
    sentences = [layout.as_sentence(about), of_session(course)]
    for row in course[course["what"] != "note"].to_dict("records"):
        clock, minutes = (
            hour(row["clock"]),
            number(row["minutes"] if pd.notna(row["minutes"]) else 0),
        )
        if row["what"] == "pause":
            sentences.append(text("charts.timeline.alt_pause", clock=clock, minutes=minutes))
            continue
        note_count = int(notes.get(row["turn"], 0))
        counted = text("charts.timeline.alt_notes", count=note_count, number=number(note_count))
        became = text(f"outcome.{_OUTCOMES[row['outcome']].column}.word")
        gaps = {"number": card_number(row), "area": row["area"], "outcome": became, "notes": counted}
        sentences.append(text("charts.timeline.alt_card", clock=clock, minutes=minutes, **gaps))
    return " ".join(sentences)
