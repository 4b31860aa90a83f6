"""The consultant's charts show what their frames say, in one look, and go to paper with their words."""

import itertools
import subprocess
import sys
import zlib

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from simulating import workshops

from dialogkort import charts
from dialogkort.analysis.course import course
from dialogkort.analysis.discussion import (
    MEASURES,
    between_groups,
    by_area,
    by_card,
    by_group,
    compare,
    then_and_now,
)
from dialogkort.looks import look

FRAMES = workshops(
    ("Havneby", "Nordby", "Vestermarken"), 12, keen=["Nordby"], days=("2026-03-02", "2026-10-05")
)
AREAS = by_area(*FRAMES, measures=MEASURES)
CARDS = by_card(*FRAMES)
GROUPS = by_group(*FRAMES)
BETWEEN = between_groups(*FRAMES)
PAIR = compare(*FRAMES, a="Havneby", b="Nordby")
CHANGE = then_and_now(*FRAMES, split="2026-06-01")
COURSE = course(*FRAMES, session=FRAMES.sessions["session"].iloc[0])
DECK = FRAMES.cards["area"].unique()
WORDS = pd.DataFrame(
    {
        "area": ["Anvendelse", "Anvendelse", "Forståelse", "Forståelse", "Formidling"],
        "word": ["adgangskode", "system", "etik", "specialundervisningskonsulentbistand", "borger"],
        "z": [6.2, 1.2, 4.0, 2.1, -3.0],
        "marks": [True, False, True, True, True],
        "count": [120, 14, 31, 9, 44],
    }
)


def suppressed(frame):
    """The frame as protection leaves it: the figures of its first rows are not to be shown."""
    hidden = frame.copy()
    for column in hidden.columns[hidden.dtypes.map(pd.api.types.is_numeric_dtype)]:
        if column != "number":
            hidden[column] = hidden[column].astype("Float64")
            hidden.loc[hidden.index[: len(AREAS)], column] = pd.NA
    return hidden


EVERY_CHART = {
    "against the draw": lambda **how: charts.against_draw(AREAS, **how),
    "skipped against the draw": lambda **how: charts.against_draw(AREAS, "skipped", **how),
    "cards against the draw": lambda **how: charts.against_draw(CARDS, **how),
    "coverage": lambda **how: charts.coverage(GROUPS, **how),
    "coverage, some hidden": lambda **how: charts.coverage(suppressed(GROUPS), "drawn", **how),
    "coverage of workshops": lambda **how: charts.coverage(by_group(*FRAMES, unit="workshop"), **how),
    "timeline": lambda **how: charts.timeline(COURSE, **how),
    "skip reasons": lambda **how: charts.skip_reasons(AREAS, **how),
    "skip reasons of cards": lambda **how: charts.skip_reasons(CARDS, **how),
    "skip reasons, some hidden": lambda **how: charts.skip_reasons(suppressed(CARDS), **how),
    "marking words": lambda **how: charts.marking_words(WORDS, DECK, **how),
    "marking words of organisations": lambda **how: charts.marking_words(
        WORDS.rename(columns={"area": "organisation"}), **how
    ),
    "then and now": lambda **how: charts.then_and_now(CHANGE, **how),
    "a pair": lambda **how: charts.then_and_now(PAIR, "notes", **how),
    "small multiples": lambda **how: charts.small_multiples(GROUPS, between=BETWEEN, **how),
    "small multiples, some hidden": lambda **how: charts.small_multiples(suppressed(GROUPS), **how),
}
every_chart = pytest.mark.parametrize("draw", EVERY_CHART.values(), ids=EVERY_CHART)


def marked(parent, gid):
    return parent.findobj(lambda artist: artist.get_gid() == gid and artist.get_visible())


def said(parent, gid):
    return [words.get_text() for words in marked(parent, gid) if words.get_text()]


def at(figure, gid):
    """The places of single points, from the top."""
    return [(point.get_xdata()[0], point.get_ydata()[0]) for point in marked(figure, gid)]


# What is drawn


def test_a_mark_stands_at_its_ratio_and_the_line_reaches_over_its_interval():
    figure = charts.against_draw(AREAS)
    assert [x for x, _ in at(figure, "dot")] == pytest.approx(AREAS["minutes_ratio"].tolist())
    lines = [tuple(line.get_xdata()) for line in marked(figure, "interval")]
    ends = AREAS[["minutes_ratio_low", "minutes_ratio_high"]].itertuples(index=False, name=None)
    assert np.array(lines) == pytest.approx(np.array(list(ends)))


def test_a_mark_is_filled_exactly_when_its_area_is_told_from_chance():
    figure = charts.against_draw(AREAS, "notes")
    filled = [
        to_rgb(point.get_markerfacecolor()) == to_rgb(point.get_color()) for point in marked(figure, "dot")
    ]
    assert filled == AREAS["notes_differs"].notna().tolist() and True in filled and False in filled


@pytest.mark.parametrize(
    "figure", [charts.against_draw(AREAS), charts.then_and_now(CHANGE)], ids=["areas", "change"]
)
def test_every_area_has_its_own_mark(figure):
    assert [point.get_marker() for point in marked(figure, "mark")] == [
        look(place).marker for place in range(4)
    ]


def test_what_lies_past_the_scale_gets_an_arrow():
    wide = AREAS.assign(minutes_ratio_high=400.0)
    figure = charts.against_draw(wide)
    assert {point.get_marker() for point in marked(figure, "end")} == {"|", ">"}


def test_every_field_of_the_coverage_has_its_figures():
    figure = charts.coverage(GROUPS)
    cells = GROUPS[["discussed", "in_deck"]].itertuples(index=False)
    assert said(figure, "cell") == [f"{cell.discussed} af {cell.in_deck}" for cell in cells]


def test_a_field_is_darker_where_the_share_is_larger():
    figure = charts.coverage(GROUPS)
    shares = (GROUPS["discussed"] / GROUPS["in_deck"]).tolist()
    lights = [luminance(field.get_facecolor()) for field in marked(figure, "field")]
    assert np.argsort(shares)[::-1].tolist() == np.argsort(lights).tolist() or sorted(
        zip(shares, lights, strict=True)
    ) == sorted(zip(sorted(shares), sorted(lights, reverse=True), strict=True))


def test_a_field_that_may_not_be_shown_is_hatched_and_tells_no_figure():
    figure = charts.coverage(suppressed(GROUPS))
    hatched = marked(figure, "suppressed")
    assert len(hatched) == 4 and all(field.get_hatch() for field in hatched)
    assert said(figure, "cell").count("for få") == 4
    assert "Anvendelse for få" in figure.alt


def test_the_timeline_has_a_bar_for_every_card_as_long_as_it_was_in_hand():
    figure = charts.timeline(COURSE)
    cards = COURSE[COURSE["what"] == "card"]
    bars = marked(figure, "card")
    assert [bar.get_x() for bar in bars] == pytest.approx(cards["at"].tolist())
    assert [bar.get_width() for bar in bars] == pytest.approx(cards["minutes"].tolist())
    assert len(marked(figure, "note")) == (COURSE["what"] == "note").sum()
    assert len(marked(figure, "pause")) == (COURSE["what"] == "pause").sum()


def test_the_clock_is_that_of_the_room():
    ticks = said(charts.timeline(COURSE), "tick")
    assert ticks[0] == "10.00"  # 9 in UTC is 10 in Denmark in March
    assert said(charts.timeline(COURSE, zone="UTC"), "tick")[0] == "09.00"


def test_reasons_are_stacked_to_what_was_skipped_and_told_apart_by_pattern():
    figure = charts.skip_reasons(AREAS)
    bars = [bar for reason in charts.reasons._REASONS for bar in marked(figure, reason)]
    assert sum(bar.get_width() for bar in bars) == AREAS["skipped"].sum()
    patterns = {reason: pattern(marked(figure, reason)[0]) for reason in charts.reasons._REASONS}
    assert len(set(patterns.values())) == 5


def pattern(bar):
    return bar.get_fill(), bar.get_hatch()


def test_words_stand_by_their_z_and_are_grey_when_they_may_be_chance():
    figure = charts.marking_words(WORDS, DECK)
    assert said(figure, "z") == ["6,2", "1,2", "4,0", "2,1"]
    shades = [to_rgb(point.get_color()) for point in marked(figure, "dot")]
    assert shades[0] == to_rgb(look(0).light) and shades[1] != shades[0]
    assert "ingen ord" in said(figure, "word")


def test_areas_keep_their_colours_in_whatever_order_their_words_come():
    figure = charts.marking_words(WORDS.iloc[::-1], DECK)
    assert said(figure, "area") == ["Anvendelse", "Forståelse", "Formidling"]
    assert said(figure, "mark") == [look(place).shape for place in (0, 1, 2)]
    assert not said(charts.marking_words(WORDS), "mark")


def test_then_is_hollow_now_is_filled_and_an_arrow_is_solid_when_it_is_told_from_chance():
    figure = charts.then_and_now(PAIR, "notes")
    rows = PAIR[PAIR["measure"] == "notes"]
    dots = at(figure, "dot")
    assert [x for x, _ in dots[::2]] == pytest.approx(rows["a_ratio"].tolist())
    assert [x for x, _ in dots[1::2]] == pytest.approx(rows["b_ratio"].tolist())
    solid = [arrow.arrow_patch.get_linestyle() == "-" for arrow in marked(figure, "arrow")]
    assert solid == rows["differs"].notna().tolist() and True in solid and False in solid


def test_all_small_panels_have_one_scale():
    figure = charts.small_multiples(GROUPS)
    assert len(figure.axes) == 3 and len({axes.get_xlim() for axes in figure.axes}) == 1
    assert said(figure, "group") == ["Havneby", "Nordby", "Vestermarken"]


def test_a_panel_that_may_not_be_shown_says_so():
    figure = charts.small_multiples(suppressed(GROUPS))
    assert said(figure, "suppressed") == ["for få"]


# Nothing to show


@pytest.mark.parametrize(
    "figure",
    [
        charts.against_draw(AREAS.iloc[:0]),
        charts.against_draw(AREAS.assign(drawn=0)),
        charts.coverage(GROUPS.iloc[:0]),
        charts.coverage(GROUPS.assign(drawn=pd.array([pd.NA] * len(GROUPS), dtype="Int64"))),
        charts.timeline(COURSE[COURSE["what"] == "nothing"]),
        charts.skip_reasons(AREAS.iloc[:0]),
        charts.marking_words(WORDS.iloc[:0]),
        charts.then_and_now(PAIR.iloc[:0]),
        charts.small_multiples(GROUPS.iloc[:0]),
    ],
)
def test_a_chart_of_nothing_says_so(figure):
    assert len(figure.axes) == 0
    assert len(said(figure, "headline")) == 1 and said(figure, "headline")[0].split()[-1] in figure.alt


# It can be read


@every_chart
@pytest.mark.parametrize("language", ["da", "en"])
def test_no_words_are_cut_off_or_lie_on_other_words(draw, language, monkeypatch):
    monkeypatch.setenv("DIALOGKORT_LANGUAGE", language)
    figure = draw()
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    words = [
        each for each in figure.findobj(Text) if each.get_text() and each.get_visible() and on_page(each)
    ]
    boxes = [(each.get_text(), each.get_window_extent()) for each in words]
    width, height = canvas.get_width_height()
    for one, box in boxes:
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, one
    for (one, box), (other, another) in itertools.combinations(boxes, 2):
        assert not box.padded(-1).overlaps(another.padded(-1)), (one, other)


def on_page(words):
    return words.axes is None or words.axes.axison or words in words.axes.texts


@every_chart
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_letters_are_large_and_stand_out_from_the_paper(draw, dark):
    figure = draw(dark=dark)
    words = [each for each in figure.findobj(Text) if each.get_text() and each.get_gid() != "cell"]
    assert min(each.get_fontsize() for each in words) >= 11
    assert min(contrast(each.get_color(), figure.get_facecolor()) for each in words) >= 4.5


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_figures_stand_out_from_the_field_they_are_written_on(dark):
    figure = charts.coverage(GROUPS, dark=dark)
    fields, words = marked(figure, "field"), marked(figure, "cell")
    for field, figures in zip(fields, words, strict=True):
        assert contrast(figures.get_color(), field.get_facecolor()) >= 4.5


def luminance(colour):
    levels = np.array(to_rgb(colour))
    linear = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@every_chart
def test_every_chart_says_in_words_what_it_shows(draw):
    figure = draw()
    assert figure.alt.endswith((".", "!")) and len(figure.alt) > 120
    assert " ".join(said(figure, "headline")[0].split())[:40] in figure.alt


# To paper and into a notebook


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
@pytest.mark.parametrize(
    "draw", [EVERY_CHART["against the draw"], EVERY_CHART["timeline"]], ids=["draw", "timeline"]
)
def test_the_same_chart_gives_the_same_file_with_its_words_and_no_date(draw, ending, tmp_path):
    one, other = (charts.save(draw(), tmp_path / f"{n}.{ending}") for n in (1, 2))
    held = one.read_bytes()
    assert held == other.read_bytes()
    assert b"CreationDate" not in held and b"<dc:date>" not in held


def test_the_words_of_a_chart_are_in_its_file(tmp_path):
    figure = charts.against_draw(AREAS)
    assert figure.alt in charts.as_svg(figure)
    assert text_of_png(charts.as_png(figure))["Description"] == figure.alt
    pdf = charts.save(figure, tmp_path / "a.pdf").read_bytes()
    assert figure.alt.encode("utf-16-be")[:60] in pdf.replace(b"\\(", b"(").replace(b"\\)", b")")


def text_of_png(png):
    """The words in a PNG's iTXt chunks."""
    found, place = {}, 8
    while place < len(png):
        size, kind = int.from_bytes(png[place : place + 4], "big"), png[place + 4 : place + 8]
        body = png[place + 8 : place + 8 + size]
        if kind == b"iTXt":
            name, rest = body.split(b"\0", 1)
            packed, words = rest[0], rest[2:].split(b"\0", 2)[2]
            found[name.decode()] = (zlib.decompress(words) if packed else words).decode("utf-8")
        elif kind == b"tEXt":
            name, words = body.split(b"\0", 1)
            found[name.decode()] = words.decode("latin-1")
        place += 12 + size
    return found


def test_a_pdf_carries_its_letters_with_it(tmp_path):
    pdf = charts.save(charts.against_draw(AREAS), tmp_path / "a.pdf").read_bytes()
    assert b"/FontFile2" in pdf and b"DejaVuSans" in pdf


def test_an_unknown_ending_is_refused_with_those_that_are_known(tmp_path):
    with pytest.raises(ValueError, match=r"kan ikke gemmes som figur\.docx.*\.png, \.svg eller \.pdf"):
        charts.save(charts.against_draw(AREAS), tmp_path / "figur.docx")
    assert not list(tmp_path.iterdir())


def test_a_chart_shows_itself_in_a_notebook_with_its_words_escaped():
    groups = GROUPS.assign(group=GROUPS["group"].replace("Nordby", '<b onclick="x">Nordby</b>'))
    shown = charts.coverage(groups)._repr_mimebundle_()
    assert shown["text/html"].startswith('<img src="data:image/png;base64,')
    assert "<b" not in shown["text/html"] and "&lt;b onclick=&quot;x&quot;&gt;Nordby" in shown["text/html"]
    assert shown["text/plain"] == charts.coverage(groups).alt


def test_jupyters_own_formatter_shows_the_chart_without_pyplot():
    check = """
import sys
from IPython.core.interactiveshell import InteractiveShell
from dialogkort.charts.drawing import empty
shown, _ = InteractiveShell.instance().display_formatter.format(empty("Titel", "Intet.", dark=False))
assert "image/png" in shown and 'alt="Titel. Intet."' in shown["text/html"], shown.keys()
assert "matplotlib.pyplot" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", check], check=True)
