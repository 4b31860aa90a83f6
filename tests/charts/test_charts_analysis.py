"""The consultant's charts show what their frames say, in one look, and go to paper with their words."""

import itertools
import subprocess
import sys
import zlib
from functools import cache, cached_property

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from simulated_workshops import workshops

from dialogkort import charts, narrative
from dialogkort.analysis.discussion import (
    MEASURES,
    between_groups,
    by_area,
    by_card,
    by_group,
    compare,
    then_and_now,
)
from dialogkort.analysis.protection import mark_protected
from dialogkort.analysis.session_timeline import course
from dialogkort.charts.skip_reasons import _REASONS
from dialogkort.i18n import text
from dialogkort.theme import area_style

pytestmark = pytest.mark.usefixtures("allowing_unprotected")


class _Analysed:
    """The frames that the charts show, each made when the first test asks for it.

    How they look is asked here; what is not protected, and refused, in test_protection.
    """

    @cached_property
    def frames(self):
        places, days = ("Havneby", "Nordby", "Vestermarken"), ("2026-03-02", "2026-10-05")
        return workshops(places, 12, keen=["Nordby"], days=days)

    @cached_property
    def areas(self):
        return mark_protected(by_area(*self.frames, measures=MEASURES))

    @cached_property
    def cards(self):
        return mark_protected(by_card(*self.frames))

    @cached_property
    def groups(self):
        return mark_protected(by_group(*self.frames))

    @cached_property
    def workshops_in_order(self):
        """Workshop by workshop."""
        return mark_protected(by_group(*self.frames, by="workshop"))

    @cached_property
    def between(self):
        return between_groups(*self.frames)

    @cached_property
    def pair(self):
        return mark_protected(compare(*self.frames, a="Havneby", b="Nordby"))

    @cached_property
    def change(self):
        return mark_protected(then_and_now(*self.frames, split="2026-06-01"))

    @cached_property
    def course(self):
        return mark_protected(course(*self.frames, session=self.frames.sessions["session"].iloc[0]))

    @cached_property
    def deck(self):
        return self.frames.cards["area"].unique()


SHOWN = _Analysed()
WORDS = pd.DataFrame(
    {
        "area": ["Anvendelse", "Anvendelse", "Forståelse", "Forståelse", "Formidling"],
        "word": ["adgangskode", "system", "etik", "specialundervisningskonsulentbistand", "borger"],
        "z": [6.2, 1.2, 4.0, 2.1, -3.0],
        "per_1000": [9.0, 2.6, 6.0, 3.3, 2.0],
        "other_per_1000": [3.0, 2.0, 2.0, 0.0, 4.0],
        "marks": [True, False, True, True, True],
        "count": [120, 14, 31, 9, 44],
    }
)
mark_protected(WORDS)


def suppressed(frame):
    """The frame as protection leaves it: the figures of its first rows are not to be shown."""
    hidden = frame.copy()
    for column in hidden.columns[hidden.dtypes.map(pd.api.types.is_numeric_dtype)]:
        if column != "number":
            hidden[column] = hidden[column].astype("Float64")
            hidden.loc[hidden.index[: len(SHOWN.areas)], column] = pd.NA
    return hidden


def long_named():
    """Twelve groups whose names need two lines each."""
    names = [f"Birkestrøm Kommune, afdeling {number}" for number in range(12)]
    return pd.concat([SHOWN.groups[SHOWN.groups["group"] == "Nordby"].assign(group=name) for name in names])


EVERY_CHART = {
    "against the draw": lambda **how: charts.against_draw(SHOWN.areas, **how),
    "skipped against the draw": lambda **how: charts.against_draw(SHOWN.areas, "skipped", **how),
    "cards against the draw": lambda **how: charts.against_draw(SHOWN.cards, **how),
    "coverage": lambda **how: charts.coverage(SHOWN.groups, **how),
    "coverage, some hidden": lambda **how: charts.coverage(suppressed(SHOWN.groups), "drawn", **how),
    "coverage of workshops": lambda **how: charts.coverage(SHOWN.workshops_in_order, **how),
    "timeline": lambda **how: charts.timeline(SHOWN.course, **how),
    "skip reasons": lambda **how: charts.skip_reasons(SHOWN.areas, **how),
    "skip reasons of cards": lambda **how: charts.skip_reasons(SHOWN.cards, **how),
    "skip reasons, some hidden": lambda **how: charts.skip_reasons(suppressed(SHOWN.cards), **how),
    "marking words": lambda **how: charts.marking_words(WORDS, SHOWN.deck, **how),
    "marking words of organisations": lambda **how: charts.marking_words(
        WORDS.rename(columns={"area": "organisation"}), **how
    ),
    "then and now": lambda **how: charts.then_and_now(SHOWN.change, **how),
    "a pair": lambda **how: charts.then_and_now(SHOWN.pair, "notes", **how),
    "small multiples": lambda **how: charts.small_multiples(SHOWN.groups, between=SHOWN.between, **how),
    "one panel": lambda **how: charts.small_multiples(SHOWN.groups[SHOWN.groups["group"] == "Nordby"], **how),
    "timeline of one card": lambda **how: charts.timeline(SHOWN.course[SHOWN.course["turn"] == 1], **how),
    "panels with long names": lambda **how: charts.small_multiples(long_named(), **how),
    "small multiples, some hidden": lambda **how: charts.small_multiples(suppressed(SHOWN.groups), **how),
}
every_chart = pytest.mark.parametrize("name", EVERY_CHART)


@cache
def chart(name, language="da", dark=False):
    """One of every chart, drawn once for all tests that only look at it."""
    with pytest.MonkeyPatch.context() as room:
        room.setenv("DIALOGKORT_LANGUAGE", language)
        return EVERY_CHART[name](dark=dark)


def marked(parent, gid):
    return parent.findobj(lambda artist: artist.get_gid() == gid and artist.get_visible())


def texts_of(parent, gid):
    return [words.get_text() for words in marked(parent, gid) if words.get_text()]


def at(figure, gid):
    """The places of single points, from the top."""
    return [(point.get_xdata()[0], point.get_ydata()[0]) for point in marked(figure, gid)]


# What is drawn


def test_a_mark_stands_at_its_ratio_and_the_line_reaches_over_its_interval():
    figure = charts.against_draw(SHOWN.areas)
    assert [x for x, _ in at(figure, "dot")] == pytest.approx(SHOWN.areas["minutes_ratio"].tolist())
    lines = [tuple(line.get_xdata()) for line in marked(figure, "interval")]
    ends = SHOWN.areas[["minutes_ratio_low", "minutes_ratio_high"]].itertuples(index=False, name=None)
    assert np.array(lines) == pytest.approx(np.array(list(ends)))


def test_a_mark_is_filled_exactly_when_its_area_is_told_from_chance():
    rows = SHOWN.areas.assign(notes_differs=pd.array(["more", None, None, "less"], "string"))
    figure = charts.against_draw(rows, "notes")
    filled = [
        to_rgb(point.get_markerfacecolor()) == to_rgb(point.get_color()) for point in marked(figure, "dot")
    ]
    assert filled == [True, False, False, True]


@pytest.mark.parametrize(
    "draw",
    [lambda: charts.against_draw(SHOWN.areas), lambda: charts.then_and_now(SHOWN.change)],
    ids=["areas", "change"],
)
def test_every_area_has_its_own_mark(draw):
    figure = draw()
    assert [point.get_marker() for point in marked(figure, "mark")] == [
        area_style(index).marker for index in range(4)
    ]


def test_what_lies_past_the_scale_gets_an_arrow():
    wide = SHOWN.areas.assign(minutes_ratio_high=400.0)
    figure = charts.against_draw(wide)
    assert {point.get_marker() for point in marked(figure, "end")} == {"|", ">"}


def test_every_field_of_the_coverage_has_its_figures():
    figure = charts.coverage(SHOWN.groups)
    cells = SHOWN.groups[["discussed", "in_deck"]].itertuples(index=False)
    assert texts_of(figure, "cell") == [f"{cell.discussed} af {cell.in_deck}" for cell in cells]


def test_a_field_is_darker_where_the_share_is_larger():
    figure = charts.coverage(SHOWN.groups)
    shares = (SHOWN.groups["discussed"] / SHOWN.groups["in_deck"]).tolist()
    lights = [luminance(field.get_facecolor()) for field in marked(figure, "field")]
    assert np.argsort(shares)[::-1].tolist() == np.argsort(lights).tolist() or sorted(
        zip(shares, lights, strict=True)
    ) == sorted(zip(sorted(shares), sorted(lights, reverse=True), strict=True))


def test_a_field_that_may_not_be_shown_is_hatched_and_tells_no_figure():
    figure = charts.coverage(suppressed(SHOWN.groups))
    hatched = marked(figure, "suppressed")
    assert len(hatched) == 4 and all(field.get_hatch() for field in hatched)
    assert texts_of(figure, "cell").count("udeladt") == 4
    assert "Anvendelse udeladt" in figure.alt


def test_the_timeline_has_a_bar_for_every_card_as_long_as_it_was_in_hand():
    figure = charts.timeline(SHOWN.course)
    cards = SHOWN.course[SHOWN.course["what"] == "card"]
    bars = marked(figure, "card")
    assert [bar.get_x() for bar in bars] == pytest.approx(cards["at"].tolist())
    assert [bar.get_width() for bar in bars] == pytest.approx(cards["minutes"].tolist())
    assert len(marked(figure, "note")) == (SHOWN.course["what"] == "note").sum()
    assert len(marked(figure, "pause")) == (SHOWN.course["what"] == "pause").sum()


def test_the_clock_is_that_of_the_room():
    ticks = texts_of(charts.timeline(SHOWN.course), "tick")
    assert ticks[0] == "10.00"  # 9 in UTC is 10 in Denmark in March
    assert texts_of(charts.timeline(SHOWN.course, zone="UTC"), "tick")[0] == "09.00"


def test_reasons_are_stacked_to_what_was_skipped_and_told_apart_by_pattern():
    figure = charts.skip_reasons(SHOWN.areas)
    bars = [bar for reason in _REASONS for bar in marked(figure, reason)]
    assert sum(bar.get_width() for bar in bars) == SHOWN.areas["skipped"].sum()
    patterns = {reason: pattern(marked(figure, reason)[0]) for reason in _REASONS}
    assert len(set(patterns.values())) == 5


def pattern(bar):
    return bar.get_fill(), bar.get_hatch()


def test_words_stand_by_how_much_more_they_are_used_and_are_grey_when_they_may_be_chance():
    figure = charts.marking_words(WORDS, SHOWN.deck)
    assert texts_of(figure, "times") == ["3,0 gange", "1,3 gange", "3,0 gange", "kun her"]
    shades = [to_rgb(point.get_color()) for point in marked(figure, "dot")]
    assert shades[0] == to_rgb(area_style(0).light) and shades[1] != shades[0]
    assert "ingen ord" in texts_of(figure, "word")


def test_a_word_that_comes_from_one_card_bears_a_mark_that_is_explained():
    words = WORDS.assign(one_card=["c03", None, None, None, None])
    figure = charts.marking_words(words, SHOWN.deck)
    assert [word for word in texts_of(figure, "word") if "¹" in word] == ["adgangskode (120) ¹"]
    explained = text("charts.marking_words.one_card")
    assert explained.startswith("¹") and any(explained[:20] in one.get_text() for one in figure.texts)
    assert not any("¹" in one.get_text() for one in charts.marking_words(WORDS, SHOWN.deck).texts)


def test_a_word_whose_figures_are_left_out_has_no_mark_that_could_be_taken_for_one():
    words = mark_protected(WORDS.assign(other_per_1000=[pd.NA, 2.0, 2.0, 0.0, 4.0]))
    figure = charts.marking_words(words, SHOWN.deck)
    assert texts_of(figure, "times") == ["udeladt", "1,3 gange", "3,0 gange", "kun her"]
    assert len(marked(figure, "dot")) == len(marked(figure, "line")) == 3


def test_areas_keep_their_colours_in_whatever_order_their_words_come():
    figure = charts.marking_words(WORDS.iloc[::-1], SHOWN.deck)
    assert texts_of(figure, "area") == ["Anvendelse", "Forståelse", "Formidling"]
    assert texts_of(figure, "mark") == [area_style(index).shape for index in (0, 1, 2)]
    assert not texts_of(charts.marking_words(WORDS), "mark")


def test_then_is_small_and_pale_now_is_full_and_only_an_arrow_tells_from_chance():
    differs = (SHOWN.pair["area"] == "Forståelse").map({True: "more", False: None}).astype("string")
    figure = charts.then_and_now(SHOWN.pair.assign(differs=differs), "notes")
    points = marked(figure, "dot")
    paper = to_rgb(figure.get_facecolor())
    faces = [to_rgb(point.get_markerfacecolor()) for point in points]
    assert faces[1::2] == [to_rgb(area_style(index).light) for index in range(4)]
    assert not {paper, *faces[1::2]} & set(faces[::2])  # neither hollow nor full
    assert {point.get_markersize() for point in points[::2]} < {8, 12}
    rows = SHOWN.pair[SHOWN.pair["measure"] == "notes"]
    dots = at(figure, "dot")
    assert [x for x, _ in dots[::2]] == pytest.approx(rows["a_ratio"].tolist())
    assert [x for x, _ in dots[1::2]] == pytest.approx(rows["b_ratio"].tolist())
    solid = [arrow.arrow_patch.get_linestyle() == "-" for arrow in marked(figure, "arrow")]
    assert solid == [False, True, False, False]


def caption(figure):
    """What stands at the foot, as one line."""
    return " ".join(" ".join(texts_of(figure, "reading")).split())


@pytest.mark.parametrize(
    ("low", "differs", "is_explained"), [(1.1, None, True), (0.9, None, False), (1.1, "more", False)]
)
def test_an_interval_that_keeps_clear_of_1_and_is_no_finding_is_explained(low, differs, is_explained):
    explained = text("charts.apart_unfound")
    ends = {"low": 0.9, "high": 1.5}
    first = SHOWN.pair.index == SHOWN.pair.index[SHOWN.pair["measure"] == "notes"][0]
    findings = pd.Series(None, SHOWN.pair.index, "string").mask(first, differs)
    pair = SHOWN.pair.assign(**{f"change_{end}": each for end, each in ends.items()}, differs=findings)
    pair.loc[first, "change_low"] = low
    assert (explained in caption(charts.then_and_now(mark_protected(pair), "notes"))) == is_explained
    areas = SHOWN.areas.assign(**{f"notes_ratio_{end}": each for end, each in ends.items()})
    first = areas.index == areas.index[0]
    for column in ("notes_differs", "notes_cards_differs"):
        areas[column] = pd.Series(None, areas.index, "string").mask(first, differs)
    areas.loc[first, "notes_ratio_low"] = low
    assert (explained in caption(charts.against_draw(mark_protected(areas), "notes"))) == is_explained


def test_that_the_second_finding_is_measured_without_the_first_is_expected_where_there_are_two():
    sentence = text("charts.then_and_now.second")
    areas = SHOWN.pair["area"].unique()
    for count, is_expected in ((1, False), (2, True)):
        findings = SHOWN.pair["area"].isin(areas[:count]).map({True: "more", False: None}).astype("string")
        figure = charts.then_and_now(mark_protected(SHOWN.pair.assign(differs=findings)), "notes")
        assert (sentence in caption(figure)) == is_expected


def test_the_key_says_which_days_are_before_and_after():
    figure = charts.then_and_now(SHOWN.change)
    assert keys(figure)[:2] == ["før 1. juni 2026: 36 samtaler", "fra 1. juni 2026: 36 samtaler"]
    assert figure.alt.startswith("Hvad har ændret sig siden 1. juni 2026? Forskellen")
    assert keys(charts.then_and_now(SHOWN.change.drop(columns="split")))[0] == "før: 36 samtaler"
    assert keys(charts.then_and_now(SHOWN.pair))[0].startswith("Havneby: ")


def keys(figure):
    return [words.get_text() for legend in figure.legends for words in legend.get_texts()]


def test_headline_and_row_give_the_same_figures_of_a_difference():
    rows = SHOWN.pair[(SHOWN.pair["measure"] == "notes") & SHOWN.pair["differs"].notna()]
    figure = charts.then_and_now(SHOWN.pair, "notes")
    headline = " ".join(texts_of(figure, "headline")[0].split())
    shown = [change for change in marked(figure, "change") if change.get_weight() == "bold"]
    assert len(rows) and len(shown) == len(rows)
    for change in shown:
        assert f"({change.get_text()}, usikkerhed " in headline


@pytest.mark.parametrize("name", ["timeline", "skip reasons of cards", "cards against the draw"])
def test_where_rows_are_cards_the_key_tells_the_areas_marks(name):
    assert set(SHOWN.deck) <= set(keys(chart(name)))


def test_the_card_skipped_most_is_in_the_headline_and_its_question_can_be_read():
    figure = charts.skip_reasons(SHOWN.cards)
    assert "Oftest sprunget over er kort " in " ".join(texts_of(figure, "headline")[0].split())
    assert "Oftest sprunget over er kort " not in charts.skip_reasons(SHOWN.areas).alt
    tested = SHOWN.cards.assign(skipped_differs=pd.array(["more", *[pd.NA] * 34], dtype="string"))
    assert "Kort 1 blev sprunget over oftere end gruppernes andre kort." in charts.skip_reasons(tested).alt
    long = SHOWN.cards.assign(
        question="Hvordan sætter I jer ind i nye værktøjer, så I kan bruge dem i jeres hverdag?"
    )
    assert "bruge dem i" in texts_of(charts.skip_reasons(long), "name")[0]


def test_the_coverage_names_no_field_as_the_largest():
    headline = texts_of(charts.coverage(SHOWN.groups), "headline")[0]
    assert not any(name in headline for name in (*SHOWN.deck, *SHOWN.groups["group"]))


def test_a_timeline_says_whose_session_it_is():
    assert texts_of(charts.timeline(SHOWN.course), "about") == [
        "Samtalens gang · Havneby · Ældrepleje · 1 · 2. marts 2026"
    ]
    placeless = SHOWN.course.assign(organisation="", unit=pd.NA, date=pd.NaT)
    assert texts_of(charts.timeline(placeless), "about") == ["Samtalens gang · Digital hverdag · 1"]
    bare = SHOWN.course.drop(columns=["organisation", "unit", "workshop", "group", "date"])
    assert texts_of(charts.timeline(bare), "about") == ["Samtalens gang"]
    assert texts_of(charts.timeline(bare, about="Bord 7"), "about") == ["Samtalens gang · Bord 7"]


@pytest.mark.parametrize(
    ("draw", "gid"),
    [
        (lambda: charts.timeline(SHOWN.course[SHOWN.course["turn"] == 1]), "card"),
        (lambda: charts.skip_reasons(SHOWN.areas.iloc[:1]), "reason_unclear"),
    ],
    ids=["timeline", "skip reasons"],
)
def test_the_bar_of_a_single_row_stays_a_bar(draw, gid):
    figure = draw()
    (bar,) = marked(figure, gid)
    box = bar.get_window_extent()
    assert box.height / figure.dpi < 0.7


def test_words_told_from_chance_come_before_those_that_may_be_chance():
    words = WORDS.assign(marks=[False, True, False, True, True])
    figure = charts.marking_words(words, SHOWN.deck)
    assert texts_of(figure, "times") == ["1,3 gange", "3,0 gange", "kun her", "3,0 gange"]
    assert "for få samtaler eller kort bærer det" in texts_of(figure, "reading")[0].replace("\n", " ")


@pytest.mark.parametrize("many", [1, 2, 3, 4, 6])
def test_few_panels_are_large_and_none_over_half_the_page(many):
    names = [f"Sted {number}" for number in range(many)]
    groups = pd.concat([SHOWN.groups[SHOWN.groups["group"] == "Nordby"].assign(group=name) for name in names])
    boxes = [axes.get_position() for axes in charts.small_multiples(groups).axes]
    assert len(boxes) == many and all(0.25 < box.width < 0.5 and box.height > 0.2 for box in boxes)
    assert min(box.y0 for box in boxes) < 0.25  # the page is used to its foot


def test_a_long_name_of_a_panel_takes_two_lines_before_it_is_cut():
    titles = texts_of(charts.small_multiples(long_named()), "group")
    assert [" ".join(title.split()) for title in titles] == list(long_named()["group"].unique())
    assert all(title.count("\n") == 1 for title in titles)


def test_numbers_of_a_wide_scale_have_room_in_small_panels():
    wide = long_named().assign(minutes_ratio_high=400.0)
    assert texts_of(charts.small_multiples(wide), "tick")[:3] == ["0,25", "1", "4"]
    assert texts_of(charts.against_draw(SHOWN.areas.assign(minutes_ratio_high=400.0)), "tick")[0] == "0,125"


def test_all_small_panels_have_one_scale():
    figure = charts.small_multiples(SHOWN.groups)
    assert len(figure.axes) == 3 and len({axes.get_xlim() for axes in figure.axes}) == 1
    assert texts_of(figure, "group") == ["Havneby", "Nordby", "Vestermarken"]


def test_a_panel_that_may_not_be_shown_says_so():
    figure = charts.small_multiples(suppressed(SHOWN.groups))
    assert texts_of(figure, "suppressed") == ["udeladt"]


def test_small_panels_stand_at_the_shrunk_ratio_and_explain_their_open_marks():
    figure = charts.small_multiples(SHOWN.groups)
    assert [x for x, _ in at(figure, "dot")] == pytest.approx(SHOWN.groups["minutes_shrunk"].tolist())
    assert "Åbent mærke: kan ikke skelnes fra dem." in " ".join(texts_of(figure, "reading")[0].split())


def test_the_coverage_says_that_which_cards_came_up_is_luck_and_has_a_scale():
    figure = charts.coverage(SHOWN.groups)
    assert "Forskellene er blandingens" in " ".join(texts_of(figure, "headline")[0].split())
    assert "blandingens held" in " ".join(texts_of(figure, "reading")[0].split())
    assert len(marked(figure, "scale")) > 10 and texts_of(figure, "tick")[0] == "0 %"
    chosen = SHOWN.groups.assign(
        drawn_differs=pd.array(["more"] + [None] * (len(SHOWN.groups) - 1), "string")
    )
    assert "I 1 af 12 felter" in " ".join(texts_of(charts.coverage(chosen), "headline")[0].split())


@pytest.mark.parametrize(
    "make",
    [
        lambda: SHOWN.groups,
        lambda: pd.concat([SHOWN.areas, SHOWN.areas]),
        lambda: SHOWN.areas.assign(area=""),
    ],
    ids=["groups", "twice", "nameless"],
)
def test_a_frame_that_cannot_be_drawn_honestly_is_refused(make):
    with pytest.raises(ValueError, match=r"rækker med .* navne\. Brug charts\.small_multiples"):
        charts.against_draw(make())


# Nothing to show


@pytest.mark.parametrize(
    "draw",
    [
        lambda: charts.against_draw(SHOWN.areas.iloc[:0]),
        lambda: charts.against_draw(SHOWN.areas.assign(drawn=0)),
        lambda: charts.against_draw(SHOWN.cards.iloc[:0]),
        lambda: charts.skip_reasons(SHOWN.cards.assign(drawn=0)),
        lambda: charts.coverage(SHOWN.groups.iloc[:0]),
        lambda: charts.coverage(
            SHOWN.groups.assign(drawn=pd.array([pd.NA] * len(SHOWN.groups), dtype="Int64"))
        ),
        lambda: charts.timeline(SHOWN.course[SHOWN.course["what"] == "nothing"]),
        lambda: charts.skip_reasons(SHOWN.areas.iloc[:0]),
        lambda: charts.marking_words(WORDS.iloc[:0]),
        lambda: charts.then_and_now(SHOWN.pair.iloc[:0]),
        lambda: charts.small_multiples(SHOWN.groups.iloc[:0]),
    ],
)
def test_a_chart_of_nothing_says_so(draw):
    figure = draw()
    assert len(figure.axes) == 0 and "Begynd" not in figure.alt and "endnu" not in figure.alt
    assert (
        len(texts_of(figure, "headline")) == 1 and texts_of(figure, "headline")[0].split()[-1] in figure.alt
    )


# It can be read


@every_chart
@pytest.mark.parametrize("language", ["da", "en"])
def test_no_words_are_cut_off_or_lie_on_other_words(name, language):
    figure = chart(name, language)
    FigureCanvasAgg(figure).draw()
    assert all_words_apart(figure, figure.bbox)


def all_words_apart(figure, page):
    """The words of a figure that was drawn, none of which leaves the page or lies on others."""
    words = [
        each for each in figure.findobj(Text) if each.get_text() and each.get_visible() and on_page(each)
    ]
    boxes = [(each.get_text(), each.get_window_extent()) for each in words]
    for one, box in boxes:
        assert box.x0 >= page.x0 and box.y0 >= page.y0 and box.x1 <= page.x1 and box.y1 <= page.y1, one
    inner = [(one, *box.padded(-1).extents) for one, box in boxes]
    for (one, left, low, right, high), (other, x0, y0, x1, y1) in itertools.combinations(inner, 2):
        assert right < x0 or x1 < left or high < y0 or y1 < low, (one, other)
    return [one for one, _ in boxes]


def on_page(words):
    return words.axes is None or words.axes.axison or words in words.axes.texts


@every_chart
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_letters_are_large_and_stand_out_from_the_paper(name, dark):
    figure = chart(name, dark=dark)
    words = [each for each in figure.findobj(Text) if each.get_text() and each.get_gid() != "cell"]
    assert min(each.get_fontsize() for each in words) >= 11
    assert min(contrast(each.get_color(), figure.get_facecolor()) for each in words) >= 4.5


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_figures_stand_out_from_the_field_they_are_written_on(dark):
    figure = charts.coverage(SHOWN.groups, dark=dark)
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
def test_every_chart_says_in_words_what_it_shows(name):
    figure = chart(name)
    assert figure.alt.endswith((".", "!")) and 120 < len(figure.alt) < 400
    assert " ".join(texts_of(figure, "headline")[0].split())[:40] in figure.alt


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("against the draw", lambda: narrative.of_areas(SHOWN.areas)),
        ("cards against the draw", lambda: narrative.of_cards(SHOWN.cards, "minutes")),
        ("coverage", lambda: narrative.of_coverage(SHOWN.groups)),
        ("coverage, some hidden", lambda: narrative.of_coverage(suppressed(SHOWN.groups), "drawn")),
        ("timeline", lambda: narrative.of_session(SHOWN.course)),
        ("skip reasons", lambda: narrative.of_skip_reasons(SHOWN.areas)),
        ("skip reasons of cards", lambda: narrative.of_skip_reasons(SHOWN.cards)),
        ("marking words", lambda: narrative.of_words(WORDS, SHOWN.deck)),
        ("then and now", lambda: narrative.of_comparison(SHOWN.change, "minutes")),
    ],
)
def test_the_headline_of_every_chart_is_a_sentence_that_the_narrative_says_of_its_frame(name, sentence):
    (headline,) = texts_of(chart(name), "headline")
    assert in_one_line(headline) == sentence() and sentence().split(". ")[0] in chart(name).alt


# In a figure of somebody's own


def test_every_chart_fits_into_its_part_of_one_figure_and_nothing_lies_on_anything():
    figure = Figure(figsize=(6 * 6, 3 * 8.4), dpi=150)  # as it is saved
    parts = list(figure.subfigures(3, 6).ravel())
    drawn_in = {name: EVERY_CHART[name](figure=part) for name, part in zip(EVERY_CHART, parts, strict=False)}
    assert list(drawn_in.values()) == parts[: len(EVERY_CHART)]
    FigureCanvasAgg(figure).draw()
    for name, part in drawn_in.items():
        assert part.get_label() == chart(name).alt, name
        words = all_words_apart(part, part.bbox)
        assert list(map(in_one_line, words)) == list(map(in_one_line, all_words(chart(name)))), name
        sizes = [words.get_fontsize() for words in part.findobj(Text) if words.get_text()]
        assert 5 <= min(sizes) < 11, name
        for kind in ("interval", "dot", "card", "field", "line"):
            for shape in marked(part, kind):
                box = shape.get_window_extent()
                assert part.bbox.x0 <= box.x0 and box.x1 <= part.bbox.x1, (name, kind)
                assert part.bbox.y0 <= box.y0 and box.y1 <= part.bbox.y1, (name, kind)


def in_one_line(words):
    return " ".join(words.split())


def all_words(figure):
    return [one.get_text() for one in figure.findobj(Text) if one.get_text() and on_page(one)]


@pytest.mark.parametrize("name", ["timeline", "then and now", "coverage, some hidden", "marking words"])
def test_in_a_figure_of_half_the_size_everything_is_half_as_large(name):
    """With twice as many points to an inch it is the same picture, point by point."""
    whole = chart(name)
    width, height = whole.get_size_inches()
    half = EVERY_CHART[name](figure=Figure(figsize=(width / 2, height / 2), dpi=2 * whole.dpi))
    FigureCanvasAgg(whole).draw()
    FigureCanvasAgg(half).draw()
    words = [
        [one for one in figure.findobj(Text) if one.get_text() and on_page(one)] for figure in (whole, half)
    ]
    # Where small letters might take more room a line may be broken a word earlier.
    alike = [pair for pair in zip(*words, strict=True) if pair[0].get_text() == pair[1].get_text()]
    assert len(alike) >= len(words[0]) - 3
    for pair in alike:
        apart = np.subtract(*(one.get_window_extent().extents for one in pair))
        assert np.abs(apart).max() < 2, pair[0].get_text()
    lines = [[line for line in figure.findobj(Line2D) if line.get_gid()] for figure in (whole, half)]
    for one, other in zip(*lines, strict=True):
        sizes = [(line.get_linewidth(), line.get_markersize()) for line in (one, other)]
        assert sizes[0] == pytest.approx([2 * size for size in sizes[1]])
    arrows = [[arrow.arrow_patch for arrow in marked(figure, "arrow")] for figure in (whole, half)]
    for one, other in zip(*arrows, strict=True):
        assert one.get_mutation_scale() == 2 * other.get_mutation_scale()


def test_a_figure_as_large_as_the_page_holds_the_chart_as_it_is():
    own = charts.against_draw(SHOWN.areas)
    given = Figure(figsize=own.get_size_inches())
    assert charts.against_draw(SHOWN.areas, figure=given) is given
    assert charts.as_svg(given) == charts.as_svg(own)


def test_in_a_larger_figure_letters_stay_and_the_plot_gets_the_room():
    own, wide = charts.against_draw(SHOWN.areas), Figure(figsize=(16, 7.2))
    charts.against_draw(SHOWN.areas, figure=wide)
    sizes = [[words.get_fontsize() for words in figure.findobj(Text)] for figure in (own, wide)]
    assert sizes[0] == sizes[1]
    inches = [figure.axes[0].get_position().width * figure.get_figwidth() for figure in (own, wide)]
    assert inches[1] - inches[0] == pytest.approx(16 - 12.8)


def test_two_charts_side_by_side_are_saved_with_the_words_of_both():
    figure = Figure(figsize=(14, 4))
    left, right = figure.subfigures(1, 2)
    one = charts.against_draw(SHOWN.areas, figure=left)
    other = charts.skip_reasons(SHOWN.areas, figure=right, dark=True)
    assert text_of_png(charts.as_png(figure, 20))["Description"] == f"{one.get_label()} {other.get_label()}"
    papers = [to_rgb(part.get_facecolor()) for part in (left, right)]
    assert luminance(papers[0]) > 0.9 > 0.05 > luminance(papers[1])


def test_what_is_for_ones_own_eyes_says_so_in_its_part_of_a_figure():
    (part,) = [Figure(figsize=(8, 5)).subfigures(1, 1)]
    figure = charts.coverage(SHOWN.groups, figure=part, for_my_eyes=True)
    remark = text("charts.for_my_eyes")
    assert texts_of(figure, "for_my_eyes") == [remark] and figure.get_label().endswith(remark)
    assert 120 < len(charts.timeline(SHOWN.course, for_my_eyes=True).alt) < 400


@pytest.mark.parametrize("given", [None, "axes", "a list", "full", "too small"])
def test_a_figure_that_will_not_do_is_refused_with_what_would(given):
    small, full = Figure(figsize=(5, 4)), Figure(figsize=(13, 8))
    axes = full.add_subplot()
    wrong = {
        "axes": (axes, TypeError, "figure: Axes.*SubFigure"),
        "a list": ([full], TypeError, "figure: list.*SubFigure"),
        "full": (full, ValueError, r"allerede tegnet.*figure\.subfigures"),
        "too small": (small, ValueError, "5,0 × 4,0 tommer.*mindst 5,9 × 3,3"),
    }
    if given is None:
        assert charts.against_draw(SHOWN.areas, figure=None).get_size_inches().tolist() == [12.8, 7.2]
        return
    figure, error, words = wrong[given]
    with pytest.raises(error, match=words):
        charts.against_draw(SHOWN.areas, figure=figure)
    assert not small.texts and full.axes == [axes] and not full.texts


# To paper and into a notebook


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
@pytest.mark.parametrize(
    "draw", [EVERY_CHART["against the draw"], EVERY_CHART["timeline"]], ids=["draw", "timeline"]
)
def test_the_same_chart_gives_the_same_file_with_its_words_and_no_date(draw, ending, tmp_path):
    one, other = (charts.save(draw(), tmp_path / f"{n}.{ending}") for n in (1, 2))
    content = one.read_bytes()
    assert content == other.read_bytes()
    assert b"CreationDate" not in content and b"<dc:date>" not in content


def test_the_words_of_a_chart_are_in_its_file(tmp_path):
    figure = charts.against_draw(SHOWN.areas)
    assert figure.alt in charts.as_svg(figure)
    assert text_of_png(charts.as_png(figure))["Description"] == figure.alt
    pdf = charts.save(figure, tmp_path / "a.pdf").read_bytes()
    assert figure.alt.encode("utf-16-be")[:60] in pdf.replace(b"\\(", b"(").replace(b"\\)", b")")


def text_of_png(png):
    """The words in a PNG's iTXt chunks."""
    texts, offset = {}, 8
    while offset < len(png):
        size, kind = int.from_bytes(png[offset : offset + 4], "big"), png[offset + 4 : offset + 8]
        body = png[offset + 8 : offset + 8 + size]
        if kind == b"iTXt":
            name, rest = body.split(b"\0", 1)
            packed, words = rest[0], rest[2:].split(b"\0", 2)[2]
            texts[name.decode()] = (zlib.decompress(words) if packed else words).decode("utf-8")
        elif kind == b"tEXt":
            name, words = body.split(b"\0", 1)
            texts[name.decode()] = words.decode("latin-1")
        offset += 12 + size
    return texts


def test_a_pdf_carries_its_letters_with_it(tmp_path):
    pdf = charts.save(charts.against_draw(SHOWN.areas), tmp_path / "a.pdf").read_bytes()
    assert b"/FontFile2" in pdf and b"DejaVuSans" in pdf


def test_an_unknown_ending_is_refused_with_those_that_are_known(tmp_path):
    with pytest.raises(ValueError, match=r"kan ikke gemmes som figur\.docx.*\.png, \.svg eller \.pdf"):
        charts.save(charts.against_draw(SHOWN.areas), tmp_path / "figur.docx")
    assert not list(tmp_path.iterdir())


def test_a_chart_is_saved_into_a_folder_that_is_not_there_yet(tmp_path):
    saved = charts.save(charts.against_draw(SHOWN.areas), tmp_path / "nyt" / "her" / "figur.png")
    assert saved.read_bytes().startswith(b"\x89PNG")


def test_a_chart_that_cannot_be_saved_says_where_and_what_to_do(tmp_path):
    (tmp_path / "fil").write_text("ikke en mappe", encoding="utf-8")
    with pytest.raises(OSError, match=r"kan ikke gemmes som .*figur\.png \(.+\)\. Vælg en anden mappe"):
        charts.save(charts.against_draw(SHOWN.areas), tmp_path / "fil" / "figur.png")


def test_a_chart_shows_itself_in_a_notebook_with_its_words_escaped():
    groups = SHOWN.groups.assign(group=SHOWN.groups["group"].replace("Nordby", '<b onclick="x">Nordby</b>'))
    shown = charts.coverage(groups)._repr_mimebundle_()
    assert shown["text/html"].startswith('<img src="data:image/png;base64,')
    assert "<b" not in shown["text/html"] and "&lt;b onclick=&quot;x&quot;&gt;Nordby" in shown["text/html"]
    assert shown["text/plain"] == charts.coverage(groups).alt


def test_jupyters_own_formatter_shows_the_chart_without_pyplot():
    check = """
import sys
from IPython.core.interactiveshell import InteractiveShell
from dialogkort.charts.layout import empty_chart
shown, _ = InteractiveShell.instance().display_formatter.format(empty_chart("Titel", "Intet.", dark=False))
assert "image/png" in shown and 'alt="Titel. Intet."' in shown["text/html"], shown.keys()
assert "matplotlib.pyplot" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", check], check=True)
