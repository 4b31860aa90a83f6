"""One session that cannot be read, or something in it that does not belong there, never breaks the others."""

import json
import sqlite3
import warnings
from contextlib import closing
from dataclasses import fields

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_helpers import opened

from dialogkort.analysis.discussion import by_area
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import (
    AgreementChosen,
    Coded,
    CodeDefined,
    CodingNamed,
    Dealt,
    Described,
    Discussed,
    DrawPlan,
    Erased,
    MemoWritten,
    Noted,
    NoteRemoved,
    PutBack,
    QuestionWritten,
    Skipped,
    Turned,
    Undone,
    WentBack,
    WorkshopPlanned,
)
from dialogkort.errors import InvalidAction, StoreError
from dialogkort.exchange.erase import erase
from dialogkort.exchange.merge import merge
from dialogkort.exports.export import JSON_NAME, exported_files
from dialogkort.frames import plans, sessions
from dialogkort.frames.codings import read as read_codings
from dialogkort.sessions import coding_project
from dialogkort.sessions.session import Session, start
from dialogkort.sessions.workshop_plan import begin, plan_follow_up
from dialogkort.store import sqlite
from dialogkort.ui.tasks import overview_chart

MINUTES = ("minutes", "opening", "per_card", "plenum", "breaks")
LISTS = ("groups", "areas", "chosen", "left_out", "opening_questions", "examples")
KINDS = (
    *(Described, Dealt, Turned, AgreementChosen, Discussed, Skipped, PutBack, WentBack, Noted, NoteRemoved),
    *(Undone, Erased),
    *(CodingNamed, CodeDefined, Coded, MemoWritten, WorkshopPlanned, QuestionWritten),
)


def two_groups_and_a_coding(location, deck):
    """Two sessions with a note each and a coding project that speaks of one; the ids of all."""
    with opened(location) as store:
        groups = [start(store, deck, workshop="Digital dag", group=group) for group in ("Rød", "Blå")]
        for group in groups:
            group.turn(group.table.face_down[0])
            group.note(f"Vi øver os i {group.details.group} gruppe", opening_question=1)
        coding = coding_project.begin(store, "Hvad siger de?")
        code = coding.define("Tid", coder="Åse")
        coding.code(groups[0].notes[0].id, groups[0].id, code, coder="Åse")
        return groups[0].id, groups[1].id, coding.id


moments = st.sampled_from([0, 5, 1_700_000_000_000, 2**47, 2**48 - 2])


@st.composite
def strangers(draw):
    """An event of any kind, saying anything, at any time. (A second deal would be another session.)"""
    kind = draw(st.sampled_from([kind for kind in KINDS if kind not in (Dealt, Erased)]))
    choices = {
        "id": st.builds(new_id, moments),
        "session": st.just(""),
        "note": st.builds(new_id, moments),
        "noted_in": st.builds(new_id, moments),
        "code": st.builds(new_id, moments),
        "question": st.builds(new_id, moments),
        "withdrawn": st.booleans(),
        "draw": st.sampled_from(DrawPlan),
        **dict.fromkeys(MINUTES, st.integers(-(2**63), 2**63 - 1)),
        **dict.fromkeys(LISTS, st.just(("x",))),
        "after": st.none() | st.builds(new_id, moments),
        "order": st.lists(st.sampled_from(["k-01", "x"]), max_size=3).map(tuple),
        "events": st.builds(new_id, moments).map(lambda id: (id,)),
        "follows": st.builds(new_id, moments).map(lambda id: (id,)),
        "seed": st.integers(-(2**63), 2**63 - 1),
        "participants": st.none() | st.integers(-(2**63), 2**63 - 1),
        "opening_question": st.none() | st.integers(-(2**63), 2**63 - 1),
        "applies": st.booleans(),
        "opening_own_only": st.booleans(),
        "retired": st.booleans(),
        "agreement": st.none(),
        "reason": st.none(),
        "kind": st.just("point"),
        "unknown_fields": st.just(""),
        "date": st.sampled_from(["", "i går", "9999-99-99", "0001-01-01", "2026-03-01"]),
        "due": st.sampled_from(["", "i går", "2026-W09-7"]),
    }
    text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5)
    by_name = {field.name: draw(choices.get(field.name, text)) for field in fields(kind)}
    return kind(**by_name)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some=st.lists(st.tuples(strangers(), st.integers(0, 2)), min_size=1, max_size=4))
def test_whatever_stands_in_a_store_sessions_overview_tables_and_export_can_be_had(
    some, deck, tmp_path_factory
):
    location = tmp_path_factory.mktemp("noter")
    ids = two_groups_and_a_coding(location, deck)
    with opened(location) as store:
        records = [event for event, _ in some]
        placed = [
            type(event)(
                **{field.name: getattr(event, field.name) for field in fields(event)}
                | {"session": ids[number]}
            )
            for event, number in zip(records, (number for _, number in some), strict=True)
        ]
        store.import_events(placed)
        assert set(store.sessions()) == set(ids[:2])
        assert set(store.codings()) == {ids[2]}
        assert not store.plans() and plans.read(store).plans.empty
        for id in ids[:2]:
            assert Session(store, id).table.order
            Session(store, id).notes, Session(store, id).next_undo
        assert coding_project.Project(store, ids[2]).name is not None
        assert coding_project.Project(store, ids[2]).next_undo("Åse") is not None
        tables = sessions.read(store)
        assert len(by_area(*tables))
        read_codings(store)
        exported_files(store)
    assert merge([location], location.with_name(location.name + " alle")).is_whole


def damage(location, session, what):
    """Change a letter in what is kept, as a bad disk does."""
    with opened(location) as store, store._writing([session]) as ask:
        ask(
            "UPDATE events SET body = replace(body, :old, :new) WHERE session = :it AND what = :what",
            {"it": session, "what": what, "old": '": "', "new": '":  "'},
        )


@pytest.fixture
def one_damaged(location, deck):
    """A place with two sessions, the first of which cannot be read any more; both ids."""
    red, blue, _ = two_groups_and_a_coding(location, deck)
    damage(location, red, "described")
    return red, blue


def test_a_session_whose_description_is_damaged_is_left_out_and_said_and_the_other_is_there(
    location, one_damaged, open_here
):
    red, blue = one_damaged
    store = open_here(location)
    with pytest.warns(UserWarning, match=red):
        assert list(store.sessions()) == [blue]
    assert store.sessions()[blue].group == "Blå"


def test_a_coding_project_whose_name_is_damaged_is_left_out_and_said(location, deck, open_here):
    *_, coding = two_groups_and_a_coding(location, deck)
    store = open_here(location)
    other = coding_project.begin(store, "Den anden")
    damage(location, coding, "coding named")
    with pytest.warns(UserWarning, match=coding):
        assert store.codings() == {other.id: "Den anden"}


@pytest.mark.parametrize("what", ["described", "dealt", "noted"])
def test_tables_and_export_tell_the_other_sessions_and_name_the_damaged_one(location, deck, open_here, what):
    red, blue, _ = two_groups_and_a_coding(location, deck)
    damage(location, red, what)
    store = open_here(location)
    with pytest.warns(UserWarning, match=red):
        assert sessions.read(store).sessions["session"].tolist() == [blue]
    with pytest.warns(UserWarning, match=red):
        exported = exported_files(store).files
    records = json.loads(exported[JSON_NAME])["events"]
    assert len(records) == len(list(store.every_event(unreadable=[])))
    assert {event["session"] for event in records} >= {blue}
    frames_of_both, left_out = sessions.read_what_can_be(store, [red, blue])
    assert frames_of_both.sessions["session"].tolist() == [blue]
    assert len(left_out) == 1 and red in left_out[0]


def test_a_session_without_its_cards_is_left_out_and_the_overview_of_the_others_is_right(
    location, deck, open_here
):
    red, blue, _ = two_groups_and_a_coding(location, deck)
    store = open_here(location)
    alone, _ = sessions.read_what_can_be(store, [blue])
    with store._writing([red]) as ask:
        ask("UPDATE events SET crc = crc WHERE session = :it", {"it": red})
    stranger = Dealt(id=new_id(5), session=red, deck="f" * 64, seed=1, order=("x",))
    store.import_events([stranger])
    tables, left_out = sessions.read_what_can_be(store, [red, blue])
    assert by_area(*tables).equals(by_area(*alone))
    assert "mangler" in left_out[0] and red in left_out[0]


def test_the_overview_of_all_shows_the_other_sessions_and_names_the_damaged_one(location, one_damaged):
    red, blue = one_damaged
    chart = overview_chart(str(location), [red, blue], for_my_eyes=True)
    assert chart["bars"]["about"].startswith("1 gruppe") and chart["rows"]
    assert [red in sentence for sentence in chart["remarks"]] == [True, False]


def test_a_store_that_has_gone_is_told_and_not_taken_for_unreadable_sessions(tmp_path, deck, monkeypatch):
    red, blue, _ = two_groups_and_a_coding(tmp_path, deck)
    monkeypatch.setattr(sqlite, "_WAIT_SECONDS", 0)
    with opened(tmp_path) as store, closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="låst"):
            sessions.read_what_can_be(store, [red, blue])


def test_a_damaged_session_can_be_erased_and_so_can_a_note_in_another(location, deck):
    red, blue, _ = two_groups_and_a_coding(location, deck)
    damage(location, red, "noted")
    with opened(location) as store:
        other = Session(store, blue).notes[0].id
    assert erase(location, note=other).events == 1
    assert erase(location, session=red).events == 5  # with what was coded in it
    with opened(location) as store:
        assert [event.session for event in store.events(red)[0]] == [red]
        assert list(store.sessions()) == [blue]


def test_of_a_damaged_session_and_another_the_follow_up_is_planned_by_the_other(location, deck):
    with opened(location) as store:
        plan = begin(store, deck, workshop="Digital dag", rules="Alle kommer til orde")
        red, blue = (plan.start_group(group=group).id for group in ("Rød", "Blå"))
    damage(location, red, "described")
    with opened(location) as store:
        assert (
            plan_follow_up(store, (red, blue), deck, workshop="Igen").planned.rules == "Alle kommer til orde"
        )
        assert plan_follow_up(store, (red,), deck, workshop="Alene").planned.rules == ""


def test_damaged_cards_leave_the_rest_of_the_export_whole(location, deck, open_here):
    two_groups_and_a_coding(location, deck)
    store = open_here(location)
    with store._writing([]) as ask:
        ask("UPDATE decks SET body = replace(body, 'digitale', 'digitalt')")
    with pytest.warns(UserWarning, match=deck.fingerprint):
        record = json.loads(exported_files(store).files[JSON_NAME])
    assert record["decks"] == [] and len(record["events"]) == len(list(store.every_event()))


def test_a_session_that_is_asked_for_by_its_id_is_no_warning_but_a_fault(location, one_damaged, open_here):
    with pytest.raises((InvalidAction, StoreError)), warnings.catch_warnings():
        warnings.simplefilter("error")
        exported_files(open_here(location), [one_damaged[0]])
