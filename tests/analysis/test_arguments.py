"""A wrong argument of a public function is answered with what was given and what there is."""

import pytest
from simulated_workshops import workshops

from dialogkort import charts, narrative
from dialogkort.analysis import agreement, discussion, words
from dialogkort.analysis.release import Release


@pytest.fixture(scope="module")
def frames():
    return workshops(("Nordby", "Havneby"), 2)


@pytest.fixture(scope="module")
def areas(frames):
    return discussion.by_area(*frames, measures=["notes"])


@pytest.mark.parametrize(
    ("function", "wrong", "message"),
    [
        (
            discussion.by_area,
            {"measures": ["laughter"]},
            "measures: 'laughter'; there are discussed",
        ),
        (discussion.by_card, {"cluster": "person"}, "cluster: 'person'; there are session, workshop"),
        (discussion.by_group, {"by": "town"}, "by: 'town' is no column of sessions; there are session, "),
        (discussion.between_groups, {"measures": ["drawn"]}, "measures: 'drawn'; there are discussed"),
        (discussion.compare, {"by": "town"}, "by: 'town' is no column of sessions; there are session, "),
        (discussion.compare, {"measures": ["laughter"]}, "measures: 'laughter'; there are discussed"),
        (
            discussion.then_and_now,
            {"split": "01-07-2026"},
            "split: '01-07-2026' is no day; write it as",
        ),
        (
            discussion.then_and_now,
            {"split": "2026-07-01", "by": "town"},
            "by: 'town' is no column of sessions",
        ),
    ],
)
def test_a_wrong_argument_of_an_analysis_is_named_with_what_there_is(frames, function, wrong, message):
    with pytest.raises(ValueError, match=message):
        function(*frames, **wrong)


def test_frames_in_another_order_are_named(frames):
    sessions, turns, notes, cards = frames
    with pytest.raises(ValueError, match="notes: 'session' is no column of notes; there are deck_"):
        discussion.by_area(sessions, turns, cards, notes)


def test_a_column_that_keyness_does_not_have_is_named(frames):
    with pytest.raises(ValueError, match="by: 'town' is no column of notes or sessions; there are session, "):
        words.keyness(frames.notes, "town", frames.sessions)


def test_a_level_that_a_release_does_not_have_is_named(frames):
    with pytest.raises(ValueError, match="level: 'unit'; there are organisation"):
        Release(frames).by_group("unit")


def test_a_distance_that_alpha_does_not_have_is_named():
    with pytest.raises(ValueError, match="distance: 'euclid'; there are masi, jaccard"):
        agreement.set_distance(frozenset("a"), frozenset("a"), "euclid")


@pytest.mark.parametrize(
    "chart", [charts.against_draw, charts.coverage, charts.small_multiples, charts.then_and_now]
)
def test_a_measure_that_a_chart_does_not_have_is_named(areas, chart):
    with pytest.raises(ValueError, match="measure: 'laughter'; there are discussed, "):
        chart(areas, "laughter", for_my_eyes=True)


def test_a_measure_that_a_frame_does_not_have_is_named(areas):
    with pytest.raises(ValueError, match="measure: 'minutes'; there are notes"):
        narrative.of_areas(areas, "minutes", for_my_eyes=True)
