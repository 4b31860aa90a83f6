"""A room's vote on what matters: hidden until it is closed, each device's last word, no names, no order."""

import json
from contextlib import closing

import pandas as pd
import pytest
from store_helpers import opened

from dialogkort.dataset import collect
from dialogkort.domain.event_ids import new_id, time_of
from dialogkort.domain.events import HandsCounted, VoteCast, VoteOpened, VoteSubject
from dialogkort.domain.limits import VOTE_ITEMS
from dialogkort.errors import InvalidAction
from dialogkort.exchange.erase import erase
from dialogkort.exchange.merge import merge
from dialogkort.exports.export import as_json, exported_files
from dialogkort.frames.votes import read_votes, votes
from dialogkort.i18n import text
from dialogkort.sessions.plenum import Plenum, open_plenum
from dialogkort.sessions.session import start
from dialogkort.store import open_store

SUBJECT = VoteSubject.THEMES


@pytest.fixture
def groups(store, deck):
    """Two groups of one workshop with two notes each."""
    sessions = [start(store, deck, workshop="Digital dag", group=name) for name in "AB"]
    for session in sessions:
        for words in ("Vi mangler tid", "Fagsystemet logger af"):
            session.note(f"{words} ({session.details.group})", opening_question=1)
    return sessions


@pytest.fixture
def room(store, groups):
    room = open_plenum(store, [session.id for session in groups], "Plenum · Digital dag")
    for place, name in enumerate(("Tid", "Systemer")):
        room.gather({session.notes[place].id: session.id for session in groups}, name)
    return room


@pytest.fixture
def themes(room):
    return [theme.id for theme in room.themes]


def totals(room):
    return {result.item: (result.rank, result.total) for result in room.newest_vote.results}


def test_hands_phones_and_tables_come_to_one_ranked_sum_and_the_last_word_of_each_counts(room, themes):
    tid, systems = themes
    room.open_vote(SUBJECT, themes, choices=1)
    vote = room.newest_vote.id
    room.count_hands(tid, 3)
    room.count_hands(tid, 2)
    for voter, chosen in (("a", tid), ("b", systems), ("c", systems)):
        room.cast_vote(vote, voter, [chosen])
    room.cast_vote(vote, "a", [systems])
    room.cast_vote(vote, "table", [tid, systems], [4, 1])
    assert totals(room) == {tid: (1, 6), systems: (2, 4)}
    assert room.newest_vote.voters == 4
    room.cast_vote(vote, "table", [])
    assert (totals(room), room.newest_vote.voters) == ({tid: (2, 2), systems: (1, 3)}, 3)


def test_a_vote_takes_what_stands_open_and_no_more_than_a_device_may_choose(room, themes):
    tid, systems = themes
    with pytest.raises(InvalidAction, match=text("plenum.vote_closed")):
        room.cast_vote(new_id(1), "a", [tid])
    room.open_vote(SUBJECT, themes, choices=1)
    vote = room.newest_vote.id
    for wrong in (
        {"vote": new_id(1), "items": [tid]},
        {"vote": vote, "items": [new_id(1)]},
        {"vote": vote, "items": [tid, tid]},
        {"vote": vote, "items": themes},
        {"vote": vote, "items": [tid], "hands": [-1]},
        {"vote": vote, "items": [tid], "hands": [10**9]},
        {"vote": vote, "items": [tid], "hands": [1, 1]},
    ):
        with pytest.raises(InvalidAction):
            room.cast_vote(voter="a", **wrong)
    with pytest.raises(InvalidAction, match=text("plenum.vote_is_open")):
        room.open_vote(SUBJECT, themes, choices=1)
    room.show_votes()
    for late in (lambda: room.cast_vote(vote, "a", [tid]), lambda: room.count_hands(tid, 3)):
        with pytest.raises(InvalidAction, match=text("plenum.vote_closed")):
            late()
    assert totals(room) == {tid: (1, 0), systems: (1, 0)}


@pytest.mark.parametrize("number", [0, 1, VOTE_ITEMS[-1] + 1])
def test_too_few_or_too_many_stand_to_vote_nowhere(room, number):
    with pytest.raises(InvalidAction):
        room.open_vote(SUBJECT, [new_id(place) for place in range(number)], choices=1)


def test_a_closed_vote_opens_again_with_all_that_was_cast_and_an_open_one_is_withdrawn(room, themes):
    room.open_vote(SUBJECT, themes, choices=1)
    first = room.newest_vote.id
    room.cast_vote(first, "a", themes[:1])
    room.show_votes()
    room.show_votes(is_shown=False)
    room.cast_vote(first, "b", themes[:1])
    room.show_votes()
    assert totals(room)[themes[0]] == (1, 2)
    room.open_vote(SUBJECT, themes, choices=1)
    room.count_hands(themes[1], 9)
    room.withdraw_vote()
    assert room.newest_vote.id == first and room.newest_vote.is_shown
    assert totals(room)[themes[0]] == (1, 2) and totals(room)[themes[1]] == (2, 0)


def test_a_vote_says_neither_who_nor_when_nor_in_which_order(room, themes):
    room.open_vote(SUBJECT, themes, choices=1)
    vote = room.newest_vote.id
    for voter in "abcdef":
        room.cast_vote(vote, voter, themes[:1])
    cast = [event for event in room.events if isinstance(event, VoteCast)]
    assert {time_of(event.id) for event in cast} == {time_of(vote) + 1}


def test_what_was_not_shown_leaves_in_no_file_and_what_was_comes_along(store, room, themes, groups, tmp_path):
    room.open_vote(SUBJECT, themes, choices=1)
    room.cast_vote(room.newest_vote.id, "a", themes[:1])
    room.count_hands(themes[1], 3)
    for kind in ("vote cast", "hands counted"):
        assert kind not in as_json(store).decode()
    assert read_votes(store).empty
    room.show_votes()
    rows = read_votes(store)
    assert rows[["text", "hands", "dots", "total", "rank"]].values.tolist() == [
        ["Systemer", 3, 0, 3, 1],
        ["Tid", 0, 1, 1, 2],
    ]
    (tmp_path / "ud.json").write_bytes(as_json(store))
    assert merge(tmp_path / "ud.json", into=tmp_path / "igen").is_whole
    pd.testing.assert_frame_equal(votes(tmp_path / "igen"), rows)
    room.show_votes(is_shown=False)
    assert read_votes(store).empty and "vote cast" not in as_json(store).decode()


def test_one_group_takes_along_what_its_own_notes_got_and_nothing_of_the_others(store, room, groups):
    notes = [session.notes[0].id for session in groups]
    room.open_vote(VoteSubject.NOTES, notes, choices=1)
    room.count_hands(notes[1], 5)
    room.show_votes()
    own = read_votes(store, [groups[0].id])
    assert own["text"].tolist() == ["Vi mangler tid (A)"]
    exported = exported_files(store, [groups[0].id]).files
    assert notes[1].encode() not in b"".join(exported.values())
    assert len(read_votes(store, [session.id for session in groups])) == 2


def test_what_is_erased_is_gone_from_what_was_voted_on(tmp_path, deck):
    with opened(tmp_path) as store:
        session = start(store, deck, workshop="Digital dag", group="A")
        notes = [session.note(f"Hemmelighed {place}", opening_question=1) for place in range(2)]
        room = open_plenum(store, [session.id], "Plenum")
        room.open_vote(VoteSubject.NOTES, notes, choices=1)
        room.count_hands(notes[0], 5)
        room.show_votes()
        id = room.id
    erase(tmp_path, note=notes[0])
    assert "Hemmelighed 0" not in "".join(votes(tmp_path)["text"])
    with opened(tmp_path) as store:
        assert json.loads(as_json(store)) and Plenum(store, id).newest_vote.is_shown
    erase(tmp_path, session=id)
    assert votes(tmp_path).empty


def test_a_dataset_takes_a_vote_in_when_the_room_has_seen_it_and_not_before(
    store, groups, room, themes, tmp_path
):
    room.open_vote(SUBJECT, themes, choices=1)
    room.cast_vote(room.newest_vote.id, "a", themes[:1])
    room.count_hands(themes[1], 4)

    def collected():
        collect(store.location, tmp_path / "data", progress=False)
        with closing(open_store(tmp_path / "data")) as dataset:
            return {type(event) for event in dataset.every_event()} & {VoteCast, HandsCounted, VoteOpened}

    assert collected() == {VoteOpened}
    room.show_votes()
    assert collected() == {VoteOpened, VoteCast, HandsCounted}
