"""The overview's bars on a page: what they are made of, what stands beside them, and what they keep to
themselves."""

import json

import pytest
from area_tables import areas, with_nothing_turned

from dialogkort.analysis.protection import allowing_unprotected
from dialogkort.i18n import text
from dialogkort.narrative import overview_sentence
from dialogkort.narrative.area_bars import MEASURES, area_bars


@pytest.fixture
def bars(allowing_unprotected):
    return area_bars(areas(discussed=[10, 4, 6, 8]))


def test_a_bar_is_as_long_as_its_figure_is_large(bars):
    rows = areas(discussed=[10, 4, 6, 8])
    for area, row in zip(bars["areas"], rows.to_dict("records"), strict=True):
        for measure in MEASURES:
            drawn = sum(length for _, length in area[measure]["parts"])
            assert drawn <= area[measure]["end"] <= 1
        shares = [length for _, length in area["drawn"]["parts"]]
        counts = [row[kind] for kind, _ in area["drawn"]["parts"]]
        assert [x / sum(shares) for x in shares] == pytest.approx([x / sum(counts) for x in counts])


def test_the_widest_row_of_a_measure_fills_its_room(bars):
    for measure in MEASURES:
        assert max(area[measure]["end"] for area in bars["areas"]) == pytest.approx(1)


def test_the_sentence_is_text_and_what_the_picture_says_is_there_for_who_cannot_see_it(
    bars, allowing_unprotected
):
    assert bars["sentence"] == overview_sentence(areas(discussed=[10, 4, 6, 8]))
    assert bars["sentence"] in bars["alt"]
    assert json.loads(json.dumps(bars)) == bars


def test_where_nothing_was_turned_there_is_a_sentence_and_no_empty_picture(allowing_unprotected):
    nothing = area_bars(with_nothing_turned())
    assert nothing["sentence"] == text("overview.nothing_yet") and nothing["areas"] == []


def test_figures_that_may_not_be_shown_are_not_drawn():
    with pytest.raises(ValueError, match="area_bars"):
        area_bars(areas())
    with allowing_unprotected():
        hidden = area_bars(areas().assign(drawn_expected=float("nan")))
    assert hidden["areas"] == [] and hidden["sentence"] == text("charts.bars_suppressed")
