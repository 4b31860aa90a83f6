"""Heat map of coverage: a field for every group and area, darker where more of the cards came up."""

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.patches import Rectangle
from matplotlib.transforms import ScaledTranslation

from dialogkort.analysis.arguments import check_choice
from dialogkort.charts import layout
from dialogkort.charts.export import STYLE
from dialogkort.charts.protection import protected_chart
from dialogkort.i18n import text
from dialogkort.narrative import number, of_coverage, percent
from dialogkort.theme import SHARES_DARK, SHARES_LIGHT, area_style

_NAMES, _LONG_NAMES, _TOP, _BOTTOM = 2.7, 3.4, 2.5, 0.95
_ON_A_SLIDE, _ROW = 12, 0.34
# Letters that fit in the narrower room for names.
_SHORT = 26
# The full shade is the largest share on the page, and never less than this.
_LEAST = 0.3
# One hue from nearly paper to nearly ink; the numbers on it change sides in between.
_LIGHT = LinearSegmentedColormap.from_list("light", SHARES_LIGHT)
_DARK = LinearSegmentedColormap.from_list("dark", SHARES_DARK)


@protected_chart
def coverage(
    groups: pd.DataFrame,
    measure: str = "discussed",
    *,
    dark: bool = False,
    figure: layout.AnyFigure | None = None,
) -> layout.AnyFigure:
    """The cards of each area discussed (or "drawn") in each group of `by_group`, out of those there.

    Which cards came up is the luck of the draw, and the page says so; what was made of them is told by
    others.

    One field per group and area with its figures in it; a field that may not be shown is hatched. More groups
    than a slide holds make a taller page.

    Parameters
    ----------
    groups : DataFrame
        As of `by_group`.
    measure : str
        "discussed" or "drawn".
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
    >>> coverage(groups, for_my_eyes=True).alt.split(" (")[0]
    'Hvor mange af kortene blev drøftet? 145 af 700 kort på bordene blev drøftet'
    """
    check_choice("measure", measure, ("discussed", "drawn"))
    about = text(f"charts.coverage.{measure}")
    if not len(groups) or not groups["drawn"].fillna(0).sum():
        return layout.empty_chart(about, _why(groups), dark=dark, figure=figure)
    names, positions, colours = (
        list(groups["group"].drop_duplicates()),
        layout.area_positions(groups),
        layout.palette(dark),
    )
    headline = of_coverage(groups, measure)
    alt = " ".join([f"{about} {headline}", *(_in_words(groups, group, measure) for group in names)])
    with matplotlib.rc_context(STYLE):
        height = (
            max(layout.HEIGHT, _TOP + _BOTTOM + _ROW * len(names))
            if len(names) > _ON_A_SLIDE
            else layout.HEIGHT
        )
        figure = layout.new_page(about, headline, alt, dark=dark, figure=figure, height=height)
        names_room = _NAMES if max(map(len, names)) <= _SHORT else _LONG_NAMES
        width = layout.content_width(figure) - names_room
        axes = layout.new_panel(
            figure, layout.MARGIN + names_room, width, len(names), top=_TOP, bottom=_BOTTOM, label=measure
        )
        axes.set_xlim(-0.5, len(positions) - 0.5)
        for row, group in enumerate(names):
            layout.draw_row_label(
                axes,
                row,
                group or text("charts.small_multiples.not_stated"),
                None,
                colours,
                dark,
                names_room,
                lines=1,
            )
        _areas(axes, positions, colours, dark)
        darkest = max(_LEAST, _shares(groups, measure).max())
        for cell in groups.to_dict("records"):
            centre = positions[cell["area"]], names.index(cell["group"])
            _cell(axes, centre, cell, measure, darkest, colours, dark)
        _scale(figure, darkest, colours, dark)
        layout.draw_caption(figure, text("charts.coverage.reading"), colours, y=0.62)
    return figure


def _why(groups: pd.DataFrame) -> str:
    hidden = len(groups) and groups["drawn"].isna().any()
    return text("charts.all_suppressed" if hidden else "narrative.nothing")


def _scale(figure: layout.AnyFigure, darkest: float, colours: layout.Palette, dark: bool) -> None:
    """The shades and the shares they stand for, at the foot."""
    steps, across, height = 24, layout.page_width(figure), layout.page_height(figure)
    left, width, low, tall = across - layout.MARGIN - 2.6, 1.7, 0.72, 0.16
    for step in range(steps):
        shade = (_DARK if dark else _LIGHT)((step + 0.5) / steps)
        corner = (left + width * step / steps) / across, low / height
        box = {"width": width / steps / across * 1.05, "height": tall / height, "linewidth": 0}
        figure.add_artist(
            Rectangle(corner, **box, facecolor=shade, transform=figure.transSubfigure, gid="scale")
        )
    for x, label, side in ((left, percent(0), "right"), (left + width, percent(darkest), "left")):
        shift = -0.08 if side == "right" else 0.08
        layout.write_text(
            figure,
            x + shift,
            low + tall / 2,
            label,
            layout.SMALLEST,
            colours.quiet,
            ha=side,
            va="center",
            gid="tick",
        )
    layout.write_text(
        figure,
        left - 0.55,
        low + tall / 2,
        text("charts.coverage.scale"),
        layout.SMALLEST,
        colours.quiet,
        ha="right",
        va="center",
    )


def _shares(groups: pd.DataFrame, measure: str) -> pd.Series:
    total = groups["in_deck"].astype("Float64")
    return (
        (groups[measure].astype("Float64") / total.where(total > 0)).astype("Float64").fillna(0).astype(float)
    )


def _areas(panel: Axes, positions: dict[str, int], colours: layout.Palette, dark: bool) -> None:
    """The areas' marks and names above their columns."""
    figure, inches = panel.get_figure(), layout.panel_width(panel) / max(1, len(positions))
    for area, column in positions.items():
        label, size = layout.fit_text(area, inches - 0.05, layout.SMALL + 1, lines=2)
        above = {"textcoords": "offset points", "ha": "center", "annotation_clip": False}
        panel.annotate(
            label, (column, -0.5), (0, 20), size=size, va="center", color=colours.ink, gid="area", **above
        )
        lift = ScaledTranslation(0, 48 / 72 * layout.scale_of(figure), figure.dpi_scale_trans)
        mark = {
            "marker": area_style(column).marker,
            "s": 110,
            "color": layout.colour(column, dark),
            "clip_on": False,
        }
        panel.scatter([column], [-0.5], transform=panel.transData + lift, gid="mark", **mark)


def _cell(
    panel: Axes, centre: tuple, cell: dict, measure: str, darkest: float, colours: layout.Palette, dark: bool
) -> None:
    box = {"width": 0.96, "height": 0.9, "linewidth": 0}
    corner = centre[0] - 0.48, centre[1] - 0.45
    words = {"ha": "center", "va": "center", "size": layout.SMALL}
    if pd.isna(cell[measure]):
        hatched = {
            "facecolor": colours.paper,
            "edgecolor": colours.edge,
            "hatch": "////",
            "gid": "suppressed",
        }
        panel.add_patch(Rectangle(corner, **{**box, "linewidth": 1}, **hatched))
        bare = {"facecolor": colours.paper, "edgecolor": "none", "pad": 2}
        panel.text(*centre, text("charts.suppressed"), color=colours.ink, bbox=bare, gid="cell", **words)
        return
    share = _shares(pd.DataFrame([cell]), measure)[0]
    shade = (_DARK if dark else _LIGHT)(float(share / darkest))
    panel.add_patch(Rectangle(corner, **box, facecolor=shade, gid="field"))
    panel.text(*centre, _figures(cell, measure), color=_on(shade), gid="cell", **words)


def _on(shade: tuple) -> str:
    """Ink that stands out on a field: the darker or the lighter, whichever is further away (WCAG 2.2)."""
    levels = np.array(to_rgb(shade))
    linear = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    return "#000000" if linear @ [0.2126, 0.7152, 0.0722] > 0.179 else "#ffffff"


def _in_words(groups: pd.DataFrame, group: str, measure: str) -> str:
    cells = [
        text("charts.coverage.alt_cell", area=cell["area"], cell=_figures(cell, measure))
        for cell in groups[groups["group"] == group].to_dict("records")
    ]
    group_name = group or text("charts.small_multiples.not_stated")
    return text("charts.coverage.alt", group=group_name, cells=", ".join(cells))


def _figures(cell: dict, measure: str) -> str:
    if pd.isna(cell[measure]):
        return text("charts.suppressed")
    if pd.isna(cell["in_deck"]):  # it would give the others in its row away
        return number(cell[measure])
    return text("charts.coverage.cell", number=number(cell[measure]), of=number(cell["in_deck"]))
