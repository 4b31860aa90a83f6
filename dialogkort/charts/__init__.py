"""Charts: every function draws a frame of the analysis and counts nothing.

A figure shows itself in a notebook, knows what it says in words (`figure.alt`), and is written by `save` as
PNG, SVG or PDF. An area has one colour and one mark everywhere; `dark=True` draws for dark paper, `figure=`
into a figure or subfigure of your own:

    two = Figure(figsize=(14, 4))
    for part, measure in zip(two.subfigures(1, 2), ("minutes", "notes"), strict=True):
        against_draw(areas, measure, figure=part)
    save(two, "two.png")

What is drawn may leave the room: the frame comes from a `Release`, or has been through `disclosure.hide`. Any
other is refused, unless it is drawn `for_my_eyes=True`; that stands on the picture.
"""

from dialogkort.charts.against_draw import against_draw
from dialogkort.charts.coverage import coverage
from dialogkort.charts.export import as_png, as_svg, save
from dialogkort.charts.marking_words import marking_words
from dialogkort.charts.overview import overview
from dialogkort.charts.skip_reasons import skip_reasons
from dialogkort.charts.small_multiples import small_multiples
from dialogkort.charts.then_and_now import then_and_now
from dialogkort.charts.timeline import timeline

__all__ = [
    "against_draw",
    "as_png",
    "as_svg",
    "coverage",
    "marking_words",
    "overview",
    "save",
    "skip_reasons",
    "small_multiples",
    "then_and_now",
    "timeline",
]
