"""Placement of a chart in a given figure or subfigure: what that must be, and how far the chart shrinks.

A chart is a page of so many inches. In a smaller figure the whole page is drawn smaller, letters and lines
with it, down to letters of five points; a larger one gives the plot more room.
"""

import math
from typing import TypeAlias
from weakref import WeakKeyDictionary

from matplotlib.artist import Artist
from matplotlib.collections import Collection
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Annotation, Text

from dialogkort.i18n import text
from dialogkort.narrative import number

AnyFigure: TypeAlias = Figure | SubFigure

# The smallest letters of a chart are of 11 points. Below 5 no journal prints them.
_LEAST_SCALE = 5 / 11
_scales: "WeakKeyDictionary[AnyFigure, float]" = WeakKeyDictionary()


def check_empty_figure(figure: object) -> None:
    """Raise `TypeError` for what is no figure or subfigure, `ValueError` for one that holds something."""
    if not isinstance(figure, Figure | SubFigure):
        raise TypeError(text("charts.no_figure", given=type(figure).__name__))
    if any((figure.axes, figure.texts, figure.legends, figure.artists, figure.subfigs)):
        raise ValueError(text("charts.figure_not_empty"))


def fit_page(figure: AnyFigure, width: float, height: float) -> None:
    """Scale a page of so many inches to the figure; `ValueError` where nobody could read it."""
    across, tall = _inches(figure)
    scale = min(1.0, across / width, tall / height)
    if scale < _LEAST_SCALE:
        given = {"width": number(across, 1), "height": number(tall, 1)}
        least = {"least_width": _tenths(width * _LEAST_SCALE), "least_height": _tenths(height * _LEAST_SCALE)}
        raise ValueError(text("charts.figure_too_small", **given, **least))
    _scales[figure] = scale


def scale_of(figure: AnyFigure) -> float:
    """How much smaller than its page a chart is drawn: 1 unless it was given too little room."""
    return _scales.get(figure, 1.0)


def page_width(figure: AnyFigure) -> float:
    """Inches across the page, before it is drawn smaller."""
    return _inches(figure)[0] / scale_of(figure)


def page_height(figure: AnyFigure) -> float:
    """Inches from the foot to the top of the page, before it is drawn smaller."""
    return _inches(figure)[1] / scale_of(figure)


def shrink(figure: AnyFigure) -> AnyFigure:
    """The figure, with all that is measured in points drawn as much smaller as its page is."""
    if (scale := scale_of(figure)) < 1:
        of_legends = {label for legend in figure.legends for label in legend.get_texts()}
        for artist in figure.findobj():
            if artist not in of_legends:  # their letters were made small with the legend around them
                _shrink_artist(artist, scale)
    return figure


def _inches(figure: AnyFigure) -> tuple[float, float]:
    return figure.bbox.width / figure.dpi, figure.bbox.height / figure.dpi


def _tenths(inches: float) -> str:
    return number(math.ceil(10 * inches) / 10, 1)


def _shrink_artist(artist: Artist, scale: float) -> None:
    match artist:
        case Text():
            artist.set_fontsize(artist.get_fontsize() * scale)
            if isinstance(artist, Annotation):
                _shrink_annotation(artist, scale)
        case Line2D():
            artist.set_linewidth(artist.get_linewidth() * scale)
            artist.set_markersize(artist.get_markersize() * scale)
            artist.set_markeredgewidth(artist.get_markeredgewidth() * scale)
        case Patch():
            artist.set_linewidth(artist.get_linewidth() * scale)
        case Collection():
            artist.set_sizes(artist.get_sizes() * scale**2)


def _shrink_annotation(annotation: Annotation, scale: float) -> None:
    if annotation.anncoords == "offset points":
        annotation.xyann = tuple(points * scale for points in annotation.xyann)
    if (arrow := annotation.arrow_patch) is not None:
        annotation.arrowprops["mutation_scale"] *= scale
        arrow.set_linewidth(arrow.get_linewidth() * scale)
        arrow.shrinkA, arrow.shrinkB = arrow.shrinkA * scale, arrow.shrinkB * scale
