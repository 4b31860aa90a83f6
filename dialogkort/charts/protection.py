"""Guard of the charts: one of a frame that is not protected is for one's own eyes, and says so."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar, overload

import pandas as pd
from matplotlib.colors import to_rgb

from dialogkort.analysis.protection import guarded, with_signature
from dialogkort.charts import layout, placement
from dialogkort.i18n import text
from dialogkort.narrative.alt import LONGEST, in_short

_EDGE = 0.06  # inches from the top: above everything else
_Given = TypeVar("_Given", bound=placement.AnyFigure)


class Chart(Protocol):
    """A chart of a frame: a figure of its own, or the one it was given."""

    @overload
    def __call__(
        self, frame: pd.DataFrame, *args: Any, figure: None = None, **options: Any
    ) -> layout.ChartFigure: ...
    @overload
    def __call__(self, frame: pd.DataFrame, *args: Any, figure: _Given, **options: Any) -> _Given: ...


def protected_chart(draw: Callable[..., placement.AnyFigure]) -> Chart:
    """A chart that refuses a frame which is not protected, unless `for_my_eyes`; then it says so itself."""
    checked = guarded(draw)

    @wraps(checked)
    def drawn(frame, *args, figure=None, for_my_eyes: bool = False, **options):
        if figure is not None:
            placement.check_empty_figure(figure)
        chart = checked(frame, *args, figure=figure, for_my_eyes=for_my_eyes, **options)
        return placement.shrink(_signed(chart) if for_my_eyes else chart)

    return with_signature(drawn, inspect.signature(checked))


def _signed(figure: placement.AnyFigure) -> placement.AnyFigure:
    remark = text("charts.for_my_eyes")
    is_dark = sum(to_rgb(figure.get_facecolor())) < 1.5
    colour = (layout.DARK if is_dark else layout.LIGHT).quiet
    position = layout.page_width(figure) - layout.MARGIN, layout.page_height(figure) - _EDGE
    layout.write_text(
        figure, *position, remark, layout.SMALLEST, colour, ha="right", va="top", gid="for_my_eyes"
    )
    spoken = in_short(figure.get_label(), LONGEST - len(remark) - 1)
    figure.set_label(f"{spoken} {remark}")
    return figure
