"""All that notebook, page and two publications show, put together: nothing over few is recovered.

A small version of `python tests/everything_shown.py`, which does it with as many rounds as one likes.
"""

import sys

import everything_shown
import numpy as np
import pandas as pd
import pytest
from disclosure_attack import KINDS, Differencer
from everything_shown import (
    BY,
    Words,
    as_tables,
    attack,
    from_rooms,
    generated,
    in_files,
    rates,
    shown,
    some,
    two_days,
    words_recovered,
)

from dialogkort import charts
from dialogkort.analysis import permutation, words
from dialogkort.analysis.disclosure import protect
from dialogkort.analysis.protection import mark_protected
from dialogkort.analysis.release import Release
from dialogkort.exports.export import publication

SEED = 5


@pytest.fixture(scope="module", autouse=True)
def few_permutations():
    """Nobody asks here how sure something is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(permutation, "N_PERMUTATIONS", 19)
        patch.setattr(sys.modules[words.keyness.__module__], "N_PERMUTATIONS", 19)
        yield


def test_nothing_over_few_is_recovered_from_all_that_is_shown(tmp_path):
    looked_at, _, recovered = two_days(np.random.default_rng(SEED), tmp_path, (6, 4, 2))
    assert looked_at and recovered == []


@pytest.fixture(scope="module")
def day(tmp_path_factory, few_permutations):
    """A round with organisations of few groups and of many."""
    return shown(generated(np.random.default_rng(SEED), (8, 7, 6, 2)), tmp_path_factory.mktemp("dag"))


def test_tables_that_were_protected_apart_would_be_put_together(day):
    given = day.given.assign(groups=1)
    apart = {kind: protect(given, BY, kind, measures=everything_shown.MEASURES) for kind in KINDS}
    ways = {way for way, *_ in attack(day._replace(tables=apart, words=[]))[1]}
    assert ways == {"sum", "range"}


def test_what_an_organisation_of_few_said_would_follow_from_the_others_rates(day):
    everybody = set(day.frames.sessions["organisation"])
    raw = words.keyness(day.frames.notes, "organisation", day.frames.sessions, min_sessions=3)
    shown_as_it_is = Words(raw, everybody, {})
    assert rates(shown_as_it_is) and words_recovered(day.frames, [shown_as_it_is])
    assert any(way == "sum" for way, *_ in attack(day._replace(words=[shown_as_it_is]))[1])


def test_who_was_in_one_of_the_rooms_works_out_nothing_that_is_left_out(day):
    seen = from_rooms(day)
    assert seen.rooms > 3 and seen.hidden and not seen.recovered


def test_nearly_all_of_an_organisation_in_one_room_would_know_what_the_others_did(day):
    sessions = day.frames.sessions
    room = sessions["organisation"] + (sessions["group"].astype(int) // 5).astype("string")
    together = day._replace(frames=day.frames._replace(sessions=sessions.assign(workshop=room)))
    assert from_rooms(together).leave_few > from_rooms(day).leave_few


def test_two_publications_that_the_ledger_refuses_would_be_held_against_each_other(day, tmp_path):
    fewer = some(day.frames, set(day.frames.sessions["session"].iloc[1:]))
    publication(tmp_path / "ud", fewer, BY, ledger_folder=tmp_path)
    given = day.given[day.given["session"].isin(fewer.sessions["session"])]
    published = (given, as_tables([*in_files(tmp_path / "ud")], fewer), BY)
    assert shown(day.frames, tmp_path) is None
    assert Differencer(published, (day.given, day.tables, BY)).recovered()


def test_a_chart_says_nothing_that_its_frame_does_not(day):
    """Its words are the same of bare values: nothing comes along with a frame."""
    release = Release(day.frames, by=BY)
    for chart, frame in (
        (charts.against_draw, release.by_area()),
        (charts.overview, release.by_area()),
        (charts.skip_reasons, release.by_card()),
        (charts.marking_words, release.keyness()),
    ):
        bare = mark_protected(pd.DataFrame({name: column.array.copy() for name, column in frame.items()}))
        assert written(chart(frame)) == written(chart(bare))


def written(figure):
    """The letters of a chart, and its alternative text."""
    letters = (artist.get_text() for artist in figure.findobj(lambda artist: hasattr(artist, "get_text")))
    return [figure.alt, *letters]
