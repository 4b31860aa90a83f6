"""Guard of the charts: one of a frame that is not protected is for one's own eyes, and says so."""

import inspect
from collections.abc import Callable
from functools import wraps

from matplotlib.colors import to_rgb

from dialogkort.analysis.protection import guarded
from dialogkort.charts.layout import DARK, LIGHT, MARGIN, SMALLEST, WIDTH, ChartFigure, write_text
from dialogkort.i18n import text

_EDGE = 0.06  # inches from the top: above everything else


def protected_chart(draw: Callable[..., ChartFigure]) -> Callable[..., ChartFigure]:
    """A chart that refuses a frame which is not protected, unless `for_my_eyes`; then it says so itself."""
    checked = guarded(draw)

    @wraps(checked)
    def drawn(frame, *args: object, for_my_eyes: bool = False, **options: object) -> ChartFigure:
        figure = checked(frame, *args, for_my_eyes=for_my_eyes, **options)
        return _signed(figure) if for_my_eyes else figure

    drawn.__signature__ = inspect.signature(checked)
    return drawn


def _signed(figure: ChartFigure) -> ChartFigure:
    remark = text("charts.for_my_eyes")
    is_dark = sum(to_rgb(figure.get_facecolor())) < 1.5
    colour = (DARK if is_dark else LIGHT).quiet
    position = WIDTH - MARGIN, figure.get_figheight() - _EDGE
    write_text(figure, *position, remark, SMALLEST, colour, ha="right", va="top", gid="for_my_eyes")
    figure.set_label(f"{figure.alt} {remark}")
    return figure
