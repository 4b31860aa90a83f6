"""The chart shows what the frame says, the sentence what the chart shows, and a room can read both."""

import itertools
import subprocess
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from area_tables import MEASURES, NAMES, areas, with_nothing_turned
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.legend import Legend
from matplotlib.text import Text

from dialogkort.charts import as_png, as_svg, overview
from dialogkort.i18n import catalogue
from dialogkort.narrative import alt_text, listed, number, overview_sentence
from dialogkort.theme import area_style

pytestmark = pytest.mark.usefixtures("allowing_unprotected")

# An overview as `by_area` tells it


def with_one_card():
    columns = {x: [1, 0, 0, 0] for x in ("drawn", "discussed", "notes")} | {"minutes": [5.25, 0, 0, 0]}
    columns |= {f"{x}_{end}": columns[x] for x in MEASURES[1:] for end in ("expected", "low", "high")}
    columns |= {"drawn_expected": [0.31, 0.17, 0.29, 0.23], "drawn_low": [0] * 4, "drawn_high": [1] * 4}
    columns |= {"sessions": [1] * 4, "workshops": [1] * 4, "skipped": [0] * 4}
    columns |= {f"{x}_could_differ": [False] * 4 for x in MEASURES}
    return areas(**columns)


def with_everything_at_once():
    """Six areas with names too long, large numbers, all outcomes, and differences everywhere."""
    names = (
        "Anvendelseskompetencer i en kommunal forvaltning",
        "Specialundervisningskonsulentbistand",
        "Etik, sikkerhed og databeskyttelse i hverdagen",
        *NAMES[1:],
    )
    large = {"drawn": 12_480, "discussed": 9_001, "skipped": 3_000, "put_back": 400, "open": 79}
    rows = areas(names).assign(
        **large, minutes=71_234.5, notes=20_071, sessions=1_560, in_deck=9_000, judgement=31
    )
    for x in MEASURES:
        rows[f"{x}_expected"], rows[f"{x}_low"], rows[f"{x}_high"] = (
            rows[x] * 0.7,
            rows[x] * 0.65,
            rows[x] * 0.75,
        )
        rows[f"{x}_differs"] = pd.array(["more", "less"] * 3, dtype="string")
    return rows


def with_four_areas_each_in_its_own_way():
    """The longest sentence there can be about four areas."""
    ways = {"discussed": ["more", "less", "more", "less"], "minutes": ["more", "less", None, "less"]}
    ways |= {"notes": ["more", "less", "less", "more"], "drawn": ["more", "less", None, None]}
    return areas(**{f"{x}_differs": way for x, way in ways.items()}, put_back=[1] * 4, open=[1] * 4)


EVERY_KIND = {
    "nothing turned": with_nothing_turned(),
    "one card": with_one_card(),
    "six groups": areas(
        skipped=[2, 2, 2, 2], put_back=[1, 0, 1, 0], minutes_differs=["more", None, "less", None]
    ),
    "four ways": with_four_areas_each_in_its_own_way(),
    "everything at once": with_everything_at_once(),
    "no areas": areas(()),
}
every_kind = pytest.mark.parametrize("rows", EVERY_KIND.values(), ids=EVERY_KIND)


def panel(figure, measure):
    return next(axes for axes in figure.axes if axes.get_label() == measure)


def drawn(parent, gid):
    """The visible things of a figure or panel that carry a mark."""
    return parent.findobj(lambda artist: artist.get_gid() == gid and artist.get_visible())


def texts_of(parent, gid):
    return [words.get_text() for words in drawn(parent, gid) if words.get_text()]


# Bars, fields and lines


@pytest.mark.parametrize("measure", MEASURES[1:])
def test_a_bar_is_as_long_as_the_number_it_stands_for(measure):
    counts = [4, 0, 7, 2]
    bars = drawn(panel(overview(areas(**{measure: counts})), measure), measure)
    assert [bar.get_width() for bar in bars] == counts
    assert [bar.get_x() for bar in bars] == [0, 0, 0, 0]


def test_the_bar_of_the_cards_turned_is_stacked_of_what_became_of_them():
    rows = areas(
        drawn=[10, 4, 1, 0],
        discussed=[5, 4, 0, 0],
        skipped=[3, 0, 0, 0],
        put_back=[1, 0, 0, 0],
        open=[1, 0, 1, 0],
    )
    cards = panel(overview(rows), "drawn")
    stack = [drawn(cards, part)[0] for part in ("discussed", "skipped", "put_back", "open")]
    assert [bar.get_width() for bar in stack] == [5, 3, 1, 1]
    assert [bar.get_x() for bar in stack] == [0, 5, 8, 9]


def test_what_became_of_a_card_is_told_without_colour():
    rows = areas(put_back=[1] * 4, open=[1] * 4)
    cards = panel(overview(rows), "drawn")
    looks = [
        (bar.get_fill(), bar.get_hatch(), bar.get_linestyle())
        for bar in (drawn(cards, part)[0] for part in ("discussed", "skipped", "put_back", "open"))
    ]
    assert len(set(looks)) == 4
    assert (
        len({bar.get_edgecolor() for part in ("discussed", "skipped") for bar in drawn(cards, part)[:1]}) == 1
    )


def test_the_talk_has_no_field_but_only_a_line_at_the_expected_value():
    """What is told of it is not told of totals, and of one workshop nothing is."""
    figure = overview(areas(minutes_expected=[2.0, 3, 4, 5]))
    assert not any(drawn(panel(figure, measure), "field") for measure in MEASURES[1:])
    assert [line.get_xdata()[0] for line in drawn(panel(figure, "minutes"), "average")] == [2, 3, 4, 5]


@pytest.mark.parametrize("measure", ["drawn"])
def test_the_field_reaches_from_low_to_high_and_the_line_stands_at_the_expected_value(measure):
    ends = {
        f"{measure}_low": [0, 1, 2, 3],
        f"{measure}_expected": [2, 3, 4, 5],
        f"{measure}_high": [5, 6, 7, 8],
    }
    shown = panel(overview(areas(**ends)), measure)
    fields = [(field.get_x(), field.get_x() + field.get_width()) for field in drawn(shown, "field")]
    assert fields == [(0, 5), (1, 6), (2, 7), (3, 8)]
    assert [line.get_xdata()[0] for line in drawn(shown, "average")] == [2, 3, 4, 5]


def test_the_line_never_hides_where_a_bar_ends():
    shown = panel(overview(areas()), "notes")
    assert max(line.get_zorder() for line in drawn(shown, "average")) < drawn(shown, "notes")[0].get_zorder()


def test_every_bar_carries_its_number_in_danish():
    rows = areas(minutes=[1234.5, 9.4, 0, 48])
    assert texts_of(panel(overview(rows), "minutes"), "number") == ["1.234", "9,4", "0", "48"]


def test_a_bar_that_is_told_from_luck_says_so_in_a_word():
    rows = areas(
        discussed_differs=["less", None, None, None],
        minutes_differs=[None, "more", None, None],
        notes_differs=["less", None, "more", None],
    )
    figure = overview(rows)
    assert texts_of(panel(figure, "discussed"), "beneath") == ["↓ færre"]
    assert texts_of(panel(figure, "minutes"), "beneath") == ["↑ mere"]
    assert texts_of(panel(figure, "notes"), "beneath") == ["↓ færre", "↑ flere"]


def test_what_was_skipped_is_said_beside_the_cards_turned():
    rows = areas(skipped=[3, 0, 2, 2], put_back=[0, 0, 1, 2], open=[0, 0, 0, 1])
    assert texts_of(panel(overview(rows), "drawn"), "beneath") == [
        "3 sprunget over",
        "2 sprunget over\n1 lagt tilbage",
        "5 ikke drøftet",
    ]


def test_minutes_that_nobody_measured_are_not_drawn_as_none():
    shown = panel(overview(areas(minutes=[0.0] * 4)), "minutes")
    assert not drawn(shown, "minutes") and not drawn(shown, "field")
    assert "ikke målt" in [words.get_text() for words in shown.texts]


def test_all_areas_are_there_with_their_own_mark_also_before_anything_is_turned():
    figure = overview(with_nothing_turned())
    assert [name.replace("\n", " ") for name in texts_of(figure, "name")] == list(NAMES)
    marks = [
        line.get_marker() for line in panel(figure, "drawn").lines if line.get_marker() not in ("None", "|")
    ]
    assert marks == [area_style(index).marker for index in range(4)]
    assert not drawn(figure, "average")


# It can be read in a room


@every_kind
@pytest.mark.parametrize("language", ["da", "en"])
def test_no_words_are_cut_off_or_lie_on_other_words(rows, language, monkeypatch):
    monkeypatch.setenv("DIALOGKORT_LANGUAGE", language)
    figure = overview(rows)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    words = [
        each for each in figure.findobj(Text) if each.get_text() and each.get_visible() and on_page(each)
    ]
    boxes = [(each.get_text(), each.get_window_extent()) for each in words]
    width, height = canvas.get_width_height()
    for shown, box in boxes:
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, shown
    for (one, box), (other, another) in itertools.combinations(boxes, 2):
        assert not box.padded(-1).overlaps(another.padded(-1)), (one, other)


def on_page(words):
    return words.axes is None or words.axes.axison or words in words.axes.texts


def test_an_area_name_never_runs_into_the_bars():
    figure = overview(with_everything_at_once())
    FigureCanvasAgg(figure).draw()
    bars = panel(figure, "drawn").get_window_extent().x0
    assert all(name.get_window_extent().x1 < bars for name in drawn(figure, "name"))
    assert " ".join(texts_of(figure, "name")[2].split()) == "Etik, sikkerhed og databeskyttelse i hverdagen"


@every_kind
def test_no_letters_are_smaller_than_can_be_read_from_the_back(rows):
    """11 points on a slide 7.2 inches high: 23 of the 1080 lines of a projector."""
    assert min(words.get_fontsize() for words in overview(rows).findobj(Text) if words.get_text()) >= 11


def test_large_numbers_are_written_in_danish_everywhere():
    words = [each.get_text() for each in overview(with_everything_at_once()).findobj(Text)]
    assert "Hvad blev der talt om? · 1.560 grupper · 74.880 vendte kort" in words


def test_the_chart_explains_its_patterns_its_field_and_its_line():
    figure = overview(areas(judgement=[2, 0, 0, 1]))
    (legend,) = figure.findobj(Legend)
    explained = [words.get_text() for words in legend.get_texts()]
    assert explained == [
        "drøftet",
        "sprunget over",
        "kan være tilfældigt",
        "det, man kan forvente",
    ]
    assert "For 3 vendte kort er området et skøn." in " ".join(texts_of(figure, "reading")[0].split())


@pytest.mark.parametrize("dark", [False, True])
def test_letters_bars_and_fields_stand_out_from_the_paper(dark):
    figure = overview(areas(), dark=dark)
    paper = figure.get_facecolor()
    assert all(
        contrast(words.get_color(), paper) >= 4.5 for words in figure.findobj(Text) if words.get_text()
    )
    shown = panel(figure, "drawn")
    for bar, field in zip(drawn(shown, "discussed"), drawn(shown, "field"), strict=True):
        assert contrast(bar.get_facecolor(), paper) >= 4.5
        assert contrast(bar.get_facecolor(), field.get_facecolor()) >= 3
        assert contrast(field.get_edgecolor(), paper) >= 3


def test_dark_is_dark_and_light_is_light():
    light, dark = (luminance(overview(areas(), dark=dark).get_facecolor()) for dark in (False, True))
    assert light > 0.9 and dark < 0.05


# How colours look to eyes without one kind of cones: Machado, Oliveira & Fernandes 2009, severity 1.
EYES = {
    "all cones": np.eye(3),
    "no red": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "no green": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no blue": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("paper", ["light", "dark"])
def test_the_four_areas_are_told_apart_by_every_pair_of_eyes(paper, eyes):
    seen = [lab(np.asarray(EYES[eyes]) @ linear(getattr(area_style(index), paper))) for index in range(4)]
    assert min(np.linalg.norm(one - other) for one, other in itertools.combinations(seen, 2)) >= 24


def linear(colour):
    levels = np.array(to_rgb(colour))
    return np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)


def luminance(colour):
    return linear(colour) @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    """WCAG 2.2: from 1 (the same) to 21 (black on white)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def lab(light):
    """CIELAB (D65) of linear sRGB."""
    to_xyz = [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
    xyz = to_xyz @ np.clip(light, 0, 1) / [0.95047, 1, 1.08883]
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


# As a file


def test_the_same_overview_gives_the_same_svg_and_it_says_no_date():
    one, other = as_svg(overview(areas())), as_svg(overview(areas()))
    assert one == other
    assert "<dc:date>" not in one


@every_kind
def test_the_svg_needs_nothing_from_outside_and_is_small(rows):
    svg = as_svg(overview(rows))
    page = ET.fromstring(svg)
    links = [value for each in page.iter() for name, value in each.attrib.items() if name.endswith("href")]
    assert all(link.startswith("#") for link in links)
    assert not list(page.iter("{http://www.w3.org/2000/svg}text"))
    assert len(svg) < 200_000


def test_the_svg_is_titled_with_all_it_says_in_words():
    page = ET.fromstring(as_svg(overview(areas())))
    assert page.find("{http://www.w3.org/2000/svg}title").text == alt_text(areas())


def test_a_png_is_a_full_projector_wide():
    png = as_png(overview(areas()))
    assert png.startswith(b"\x89PNG")
    assert [int.from_bytes(png[at : at + 4], "big") for at in (16, 20)] == [1920, 1080]


DRAW_EVERYTHING = """
import sys, matplotlib
# The setting `backend` is left out: looking at it is what loads pyplot.
settings = lambda: {name: matplotlib.rcParams[name] for name in matplotlib.rcParams if name != "backend"}
before = settings()
from dialogkort import charts, merge, read_all
from dialogkort.analysis.protection import allowing_unprotected
from dialogkort.analysis import discussion, words
from dialogkort.analysis.session_timeline import course
from dialogkort.resources import SAMPLE
merge(sorted(SAMPLE.glob("*.zip"))[:2], sys.argv[1])
frames = read_all(sys.argv[1])
areas, cards = discussion.by_area(*frames), discussion.by_card(*frames, measures=["discussed", "skipped"])
organisations = discussion.by_group(*frames, by="organisation", measures=["discussed"])
with allowing_unprotected():
  pictures = [
    charts.overview(areas),
    charts.against_draw(areas),
    charts.coverage(organisations),
    charts.small_multiples(organisations, "discussed"),
    charts.then_and_now(discussion.then_and_now(*frames, split="2026-07-01")),
    charts.skip_reasons(cards),
    charts.timeline(course(*frames, session=frames.sessions["session"].iloc[0])),
    charts.marking_words(words.keyness(frames.notes, by="area"), frames.cards["area"].unique()),
]
for number, picture in enumerate(pictures):
    charts.save(picture, f"{sys.argv[1]}/{number}.{('svg', 'png', 'pdf')[number % 3]}")
assert len(areas) == 4 and areas["drawn"].sum() > 100, areas
assert settings() == before
assert "matplotlib.pyplot" not in sys.modules
"""


def test_drawing_never_loads_pyplot_nor_leaves_settings_behind(tmp_path):
    subprocess.run([sys.executable, "-c", DRAW_EVERYTHING, str(tmp_path)], check=True)
    assert [len(list(tmp_path.glob(f"*.{ending}"))) for ending in ("svg", "png", "pdf")] == [3, 3, 2]


# The sentence


@every_kind
def test_the_headline_of_the_chart_is_the_sentence(rows):
    assert texts_of(overview(rows), "headline")[0].split() == overview_sentence(rows).split()


def test_areas_outside_their_field_are_named_with_what_differs():
    rows = areas(
        discussed_differs=[None, "more", None, None],
        minutes_differs=["less", "more", None, None],
        notes_differs=[None, "more", None, None],
    )
    assert overview_sentence(rows) == (
        "Anvendelseskompetencer fik mindre tid; Teknologiforståelse blev drøftet oftere og fik mere tid og "
        "flere noter, end man kan forvente ud fra de kort, der kom op. Det kan man også forvente med andre "
        "spørgsmål og i andre workshops. Resten kan være tilfældigt."
    )


def test_areas_that_differ_in_the_same_way_are_named_together():
    rows = areas(notes_differs=["less", None, "less", "less"])
    assert overview_sentence(rows).startswith(
        "Anvendelseskompetencer, Formidling og kommunikation og Udvikling og implementering fik færre noter,"
    )


@pytest.mark.parametrize("ways", list(itertools.product([None, "more", "less"], repeat=3)))
def test_an_area_is_named_exactly_when_something_of_the_talk_differs(ways):
    columns = {f"{x}_differs": [None, way, None, None] for x, way in zip(MEASURES[1:], ways, strict=True)}
    assert ("Teknologiforståelse" in overview_sentence(areas(**columns))) == any(ways)


def test_when_nothing_differs_it_says_so():
    assert overview_sentence(areas()) == (
        "Ingen områder skiller sig ud: forskellene i drøftede kort, tid og noter er ikke større, "
        "end kort, grupper og workshops tilfældigt kan give."
    )


def test_when_all_cards_were_discussed_it_says_that_their_number_is_the_shuffle():
    assert overview_sentence(areas(discussed=[12] * 4)).startswith(
        "Alle 48 vendte kort blev drøftet, så antallet viser mest"
    )


def test_when_no_card_is_marked_as_discussed_it_says_so():
    assert overview_sentence(areas(discussed=[0] * 4)).startswith(
        "Ingen af de 48 vendte kort er markeret som drøftet."
    )


def test_with_few_cards_it_names_the_areas_where_even_twice_the_time_could_be_chance():
    assert "dobbelt" not in overview_sentence(areas())
    assert overview_sentence(areas(minutes_ratio_high=[1.5, 2.0, 1.5, 2.6])).endswith(
        "selv dobbelt så meget tid til Teknologiforståelse eller Udvikling og implementering være tilfældigt."
    )
    assert overview_sentence(areas(minutes_ratio_high=[2.1] * 4)).endswith(
        "tid til et enkelt område være tilfældigt."
    )


def test_of_one_workshop_it_says_what_happened_there_and_no_more():
    rows = areas(workshops=[1] * 4, minutes=[48.0, 72.0, 24.0, 12.0])
    assert overview_sentence(rows) == (
        "Mest tid pr. kort fik Teknologiforståelse: 6,0 minutter. "
        "Tallene er fra én workshop: de fortæller, hvad "
        "der skete her. I et andet rum eller med andre spørgsmål kan det være anderledes."
    )
    seconds = overview_sentence(rows.assign(minutes=rows["minutes"] / 1000))
    assert seconds.startswith("Tallene er fra én workshop")


def test_what_holds_of_these_cards_only_is_said_so_and_who_carries_it():
    rows = areas(
        minutes_cards_differs=[None, "more", None, None], minutes_carried_by=[None, "5, 17", None, None]
    )
    overall = overview_sentence(rows)
    assert overall.startswith("Kun for netop disse kort gælder: Teknologiforståelse fik mere tid.")
    assert "Det er især kort 5 og 17, der gør forskellen." in overall


def test_cards_that_came_up_early_are_said_to_be_as_if_chosen():
    assert "Kortene om Teknologiforståelse kom usædvanligt tidligt frem" in overview_sentence(
        areas(place_differs=[None, "early", "late", None])
    )


def test_one_card_and_none_at_all():
    assert overview_sentence(with_one_card()) == "Der er vendt ét kort. Det siger endnu intet om områderne."
    assert overview_sentence(with_nothing_turned()) == "Der er ikke vendt nogen kort endnu."
    assert "Her er ingen samtaler endnu" in overview_sentence(areas(()))


def test_of_more_areas_than_can_be_listened_to_the_number_is_told():
    rows = with_everything_at_once()
    assert overview_sentence(rows) == (
        "6 områder skiller sig ud fra det, man kan forvente ud fra de kort, der kom op. Figurens "
        "pile viser hvordan. Kortene fordelte sig tilfældigvis usædvanligt skævt."
    )


def test_where_everything_differs_there_is_no_rest():
    assert "Resten" not in overview_sentence(
        areas(**{f"{x}_differs": ["more", "less"] * 2 for x in MEASURES[1:]})
    )


def test_an_unusual_deal_is_told_apart_from_what_the_group_chose():
    rows = areas(drawn_differs=["less", None, "more", None])
    assert overview_sentence(rows).startswith("Ingen områder skiller sig ud")
    assert "usædvanligt mange kort om Formidling og kommunikation." in overview_sentence(rows)
    assert "usædvanligt få kort om Anvendelseskompetencer." in overview_sentence(rows)


def test_the_chart_in_words_has_every_area_with_its_figures_and_can_be_heard_out():
    words = alt_text(areas(minutes=[1234.4, 48, 48, 48]))
    assert overview_sentence(areas()) in words and len(words) < 400
    assert all(name in words for name in NAMES)
    assert "Anvendelseskompetencer: 12 kort, 1.234 min., 20 noter." in words


def test_before_anything_is_turned_the_chart_in_words_is_short():
    assert alt_text(with_nothing_turned()) == "Hvad blev der talt om? Der er ikke vendt nogen kort endnu."


def test_numbers_are_written_as_the_reader_writes_them(monkeypatch):
    assert number(1234.56, 1) == "1.234,6"
    monkeypatch.setenv("DIALOGKORT_LANGUAGE", "en")
    assert number(1234.56, 1) == "1,234.6"


def test_names_are_listed_as_they_are_read_aloud():
    assert [listed(list(names)) for names in ("A", "AB", "ABC")] == ["A", "A og B", "A, B og C"]
    assert listed(["A", "B"], "or") == "A eller B"


def test_every_text_of_the_overview_is_there_in_english_too():
    assert catalogue("da")["overview"].keys() == catalogue("en")["overview"].keys()
