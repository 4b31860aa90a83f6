"""A plenum: the room lays notes of several groups together under themes, and a theme is a code for later."""

import json
import zipfile

import pytest
from store_helpers import opened

from dialogkort.domain.plenum import ROOM
from dialogkort.errors import InvalidAction
from dialogkort.exchange.merge import merge
from dialogkort.exports.export import export
from dialogkort.exports.refi_qda import export_qda
from dialogkort.frames import codings as tables
from dialogkort.sessions.coding_project import Project
from dialogkort.sessions.plenum import find_plenum, open_plenum
from dialogkort.sessions.session import start


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
    return open_plenum(store, [session.id for session in groups], "Plenum · Digital dag")


@pytest.fixture
def notes(groups):
    """By note, the session it was noted in."""
    return {note.id: session.id for session in groups for note in session.notes}


def laid(room):
    return {theme.name: list(theme.notes) for theme in room.themes}


def some(notes, *places):
    return {note: notes[note] for place, note in enumerate(notes) if place in places}


def test_notes_of_several_groups_lie_under_the_theme_the_room_names_and_each_under_one(room, notes):
    first, second, third, _ = notes
    room.gather(some(notes, 0, 2), "  Tid ")
    assert laid(room) == {"Tid": [first, third]}
    room.gather(some(notes, 1), "tid")
    assert laid(room) == {"Tid": [first, third, second]}, "called the same it is the same theme"
    room.gather(some(notes, 2), "Systemer")
    assert laid(room) == {"Tid": [first, second], "Systemer": [third]}
    room.take_out(some(notes, 0, 3))
    assert laid(room) == {"Tid": [second], "Systemer": [third]}


def test_one_undo_takes_back_all_of_an_act_and_no_more(room, notes):
    room.gather(some(notes, 0, 1), "Tid")
    before = laid(room)
    room.gather(notes, "Systemer")
    room.rename_theme(room.themes[-1].id, "Fagsystemer")
    room.undo_act()
    assert laid(room) == {"Tid": [], "Systemer": [*notes]}
    room.undo_act()
    assert laid(room) == before
    room.undo_act()
    assert laid(room) == {}
    with pytest.raises(InvalidAction):
        room.undo_act()


def test_what_changes_nothing_is_no_act(room, notes):
    room.gather(notes, "Tid")
    known = len(room.events)
    room.gather(notes, "Tid")
    room.take_out({})
    assert len(room.events) == known
    room.undo_act()
    assert laid(room) == {}


def test_a_theme_that_is_dissolved_lets_its_notes_go_also_when_its_name_is_used_again(room, notes):
    room.gather(some(notes, 0, 1), "Tid")
    room.dissolve(room.themes[0].id)
    assert laid(room) == {}
    room.gather(some(notes, 2), "Tid")
    assert laid(room) == {"Tid": [[*notes][2]]}
    room.undo_act()
    room.undo_act()
    assert laid(room) == {"Tid": [*notes][:2]}


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_theme_has_a_name_that_fits_a_wall(room, notes, name):
    with pytest.raises(InvalidAction):
        room.gather(notes, name)
    assert not room.themes


def test_a_theme_is_not_called_what_another_one_is_called(room, notes):
    room.gather(some(notes, 0), "Tid")
    room.gather(some(notes, 1), "Systemer")
    with pytest.raises(InvalidAction, match="Systemer"):
        room.rename_theme(room.themes[0].id, "systemer")


def test_a_workshop_has_one_plenum_whatever_it_is_called_and_whoever_joins(store, deck, groups, room):
    groups[0].describe(workshop="Digital dag i Vejle", group="A")
    late = start(store, deck, workshop="Digital dag i Vejle", group="C")
    assert open_plenum(store, [groups[0].id, late.id], "et andet navn").id == room.id
    other = start(store, deck, workshop="En anden dag", group="A")
    assert find_plenum(store, [other.id]) is None


def test_an_erased_note_leaves_its_theme_and_the_others_stay(room, groups, notes):
    room.gather(notes, "Tid")
    groups[0].erase(note := groups[0].notes[0].id)
    room.forget()
    room.catch_up()
    assert laid(room) == {"Tid": [other for other in notes if other != note]}
    with pytest.raises(InvalidAction):
        room.gather({note: groups[0].id}, "Systemer")


def test_two_windows_that_lay_the_same_note_at_once_leave_it_under_one_theme(store, room, notes):
    other = find_plenum(store, notes.values())
    room.gather(some(notes, 0), "Tid")
    other.gather(some(notes, 0), "Systemer")
    room.catch_up()
    assert laid(room) == laid(other) == {"Tid": [], "Systemer": [next(iter(notes))]}


def test_the_consultant_meets_the_themes_as_the_codes_of_a_project(store, room, notes):
    room.gather(some(notes, 0, 3), "Tid")
    assert store.codings() == {room.id: "Plenum · Digital dag"}
    frames = tables.read(store)
    assert frames.codebook["name"].tolist() == ["Tid"]
    assert set(frames.codings["note"]) == set(some(notes, 0, 3))
    assert set(frames.codings["coder"]) == {ROOM} and frames.codings["applies"].all()
    project = Project(store, room.id)
    project.define("Ledelse", coder="Anna")
    project.code(*[*notes.items()][1], project.codebook[-1].id, coder="Anna")
    project.undo("Anna")
    room.catch_up()
    assert laid(room)["Tid"] == list(some(notes, 0, 3)), "who codes takes back their own"


def test_themes_travel_with_the_notes_and_are_the_same_where_they_arrive(
    location, new_location, room, notes, tmp_path
):
    room.gather(some(notes, 0, 3), "Tid")
    room.gather(some(notes, 1), "Systemer")
    room.undo_act()
    into = new_location()
    for _ in range(2):
        merge([location], into=into)
    with opened(into) as store:
        assert laid(find_plenum(store, notes.values())) == {"Tid": list(some(notes, 0, 3))}
    export(tmp_path / "ud", location)
    record = json.loads((tmp_path / "ud" / "dialogkort.json").read_text(encoding="utf-8"))
    assert {"plenum opened", "plenum step"} <= {event["what"] for event in record["events"]}
    paths = export_qda(tmp_path / "qda", location)
    with zipfile.ZipFile(paths[0]) as packed:
        project = next(packed.read(name).decode() for name in packed.namelist() if name.endswith(".qde"))
    assert 'name="Tid"' in project
