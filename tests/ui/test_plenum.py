"""The plenum: all groups as they work, their notes for the wall, and what the room does with them."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from windows import now

from dialogkort.decks.reading import read_deck
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import Agreement
from dialogkort.exchange.erase import erase
from dialogkort.frames import codings as tables
from dialogkort.i18n import text
from dialogkort.sessions.session import Session, start
from dialogkort.sessions.workshop_plan import begin
from dialogkort.store import open_store
from dialogkort.ui.share.service import DeviceStatus

NEVER = 3_600  # seconds between two looks: what is shown was pushed
SCRIPT = "<img src=x onerror=alert(1)>"


@pytest.fixture
def host(serve, tmp_path):
    return serve("dispatcher", tmp_path, poll_seconds=NEVER)


def plenum_of(host, **more):
    window = host.open("plenum", **more)
    window.ask("hello", session=None)
    return window


def shown(window, slice):
    window.unasked()
    return window.slices[slice]


def statements(host, act):
    """The statements that SQLite is statements_run while something is done on the writer's thread."""
    statements_run = []
    host.dispatcher.call(lambda store: store._database.set_trace_callback(statements_run.append))
    act()
    host.dispatcher.call(lambda store: store._database.set_trace_callback(None))
    return statements_run


# --- the groups -------------------------------------------------------------------------------------------


def test_groups_stand_in_the_order_in_which_they_were_prepared_and_the_others_by_name(host, tmp_path):
    for name in ("Blå", "Rød", "Gruppe 10", "Gruppe 9"):
        host.open().begin(group=name)
    room = plenum_of(host)

    def in_order():
        host.look()
        rows = shown(room, "groups").values()
        return [row["name"] for row in sorted(rows, key=lambda row: row["place"])]

    assert in_order() == ["Blå", "Gruppe 9", "Gruppe 10", "Rød"]
    store = open_store(tmp_path)
    begin(store, read_deck(), workshop="Digital dag", groups=("Rød", "Grøn", "Blå"))
    store.close()
    assert in_order() == ["Rød", "Blå", "Gruppe 9", "Gruppe 10"]


def test_the_room_sees_each_group_with_its_card_how_far_it_is_and_when_it_was_there(host):
    one, other = host.open().begin(group="Gruppe 1"), host.open().begin(group="Gruppe 2")
    room = plenum_of(host)
    assert {row["name"]: row["state"] for row in room.slices["groups"].values()} == {
        "Gruppe 1": "begun",
        "Gruppe 2": "begun",
    }
    before = now()
    card, second = one.table["order"][:2]
    one.record("turned", card=card)
    one.record("discussed", card=card, agreement="differently")
    one.record("turned", card=second)
    one.note("Vi øver os", card=second)
    host.look()
    row = shown(room, "groups")[one.session]
    question = {card.id: card.question for card in read_deck().cards}[second]
    assert (row["state"], row["card"]["question"], row["done"], row["notes"]) == ("card", question, 1, 1)
    assert before <= row["in_hand_since"] <= row["last_event"]
    other.record("ended")
    host.look()
    assert shown(room, "groups")[other.session]["state"] == "ended"


def test_what_happens_in_a_group_reaches_every_plenum_with_the_next_look_and_nothing_else_is_told(host):
    groups = [host.open().begin(group=f"Gruppe {number}") for number in range(3)]
    rooms = [plenum_of(host) for _ in range(2)]
    groups[1].note("Vi øver os", opening_question=1)
    host.look()
    for room in rooms:
        changes = [message["patch"].get("groups", {}) for message in room.unasked() if "patch" in message]
        assert {session for change in changes for session in change} == {groups[1].session}
        assert [note["text"] for note in room.slices["notes"].values()] == ["Vi øver os"]


def test_an_event_costs_as_much_for_two_groups_as_for_twenty(serve, tmp_path):
    def statements_of(number):
        host = serve("dispatcher", tmp_path / str(number), poll_seconds=NEVER)
        groups = [host.open().begin(group=f"Gruppe {at}") for at in range(number)]
        for group in groups:
            group.note("Vi øver os", opening_question=1)
        room = plenum_of(host)
        host.look()
        groups[0].note("Vi øver os mere", opening_question=2)
        statements_run = statements(host, host.look)
        assert len(shown(room, "notes")) == number + 1
        return len(statements_run)

    assert statements_of(20) == statements_of(2)


def test_another_process_a_new_group_and_an_erased_one_are_seen(host, tmp_path, deck):
    group = host.open().begin(group="Gruppe 1")
    room = plenum_of(host)
    store = open_store(tmp_path)
    details = {"workshop": "Digital dag", "date": "2026-03-02"}
    late = start(store, deck, group="Gruppe 2", **details)
    late.note("Fra en fil", opening_question=1)
    Session(store, group.session).note("fra en anden proces", opening_question=2)
    host.look()
    assert {row["name"] for row in shown(room, "groups").values()} == {"Gruppe 1", "Gruppe 2"}
    assert {note["text"] for note in room.slices["notes"].values()} == {"Fra en fil", "fra en anden proces"}
    store.close()
    erase(tmp_path, session=late.id)
    host.look()
    assert {row["name"] for row in shown(room, "groups").values()} == {"Gruppe 1"}
    assert "Fra en fil" not in str(room.slices["notes"])


def test_only_one_workshop_is_shown_and_another_one_when_it_is_chosen(host):
    host.open().begin(group="Gruppe 1", workshop="Forår").note("I foråret", opening_question=1)
    host.open().begin(group="Gruppe 1", workshop="Efterår").note("I efteråret", opening_question=1)
    room = plenum_of(host)
    assert [note["text"] for note in room.slices["notes"].values()] == ["I efteråret"]
    keys = {row["name"].split(" · ")[0]: row["key"] for row in room.slices["workshops"]}
    room.ask("show_plenum", workshop=keys["Forår"])
    assert [note["text"] for note in room.slices["notes"].values()] == ["I foråret"]
    assert "refused" in room.ask("show_plenum", workshop="findes ikke")


def test_a_workshop_whose_name_is_corrected_stays_on_the_wall(host):
    group = host.open().begin(group="Gruppe 1", workshop="Digital dga")
    room = plenum_of(host)
    details = {"workshop": "Digital dag", "group": "Gruppe 1", "date": "2026-03-02"}
    group.record("described", **details)
    host.look()
    assert {row["name"] for row in shown(room, "groups").values()} == {"Gruppe 1"}
    assert [row["name"] for row in room.slices["workshops"]] == ["Digital dag · 2. marts 2026"]


class Devices:
    """A room that is shared with: what the plenum asks of it."""

    def __init__(self):
        self.devices = []

    def status(self):
        return SimpleNamespace(devices=tuple(self.devices))


def test_a_group_whose_device_has_gone_is_told_from_one_that_thinks(host):
    one, other = host.open().begin(group="Gruppe 1"), host.open().begin(group="Gruppe 2")
    sharing = Devices()
    phone = DeviceStatus("d", one.session, "both", joined_at=1_600.0, windows=1, last_seen=1_700.0)
    sharing.devices = [phone, replace(phone, session=new_id(now()))]
    room = plenum_of(host, sharing=sharing)
    assert room.slices["devices"] == {one.session: {"is_here": True, "seen": 1_700_000}}
    sharing.devices = [replace(phone, windows=0, last_seen=1_800.0)]
    host.dispatcher.refresh(("share", "plenum"), lambda: None)
    host.settle()
    assert shown(room, "devices") == {one.session: {"is_here": False, "seen": 1_800_000}}
    assert other.session not in room.slices["devices"], "nobody knows: it has no device of its own"


# --- the board --------------------------------------------------------------------------------------------


def test_what_may_identify_somebody_is_told_of_every_note_before_it_need_be_shown(host):
    group = host.open().begin(group="Gruppe 1")
    named = group.note("Ring på 33 66 33 66, hun bor på Vestergade 5", opening_question=1)
    plain = group.note(f"Vi øver os {SCRIPT}", opening_question=1)
    room = plenum_of(host)
    room.until(lambda: {named, plain} <= room.slices["places"].keys())
    assert [place["words"] for place in room.slices["places"][named]] == ["33 66 33 66", "Vestergade 5"]
    assert room.slices["places"][plain] == []
    assert room.slices["notes"][plain]["text"] == f"Vi øver os {SCRIPT}", "in the words it was written in"
    group.record("noted", note=plain, text="Vi øver os på Vestergade 5", opening_question=1, after=plain)
    host.look()
    room.until(lambda: room.slices["places"].get(plain))
    assert [place["words"] for place in room.slices["places"][plain]] == ["Vestergade 5"]


def test_who_does_a_next_step_is_looked_for_in_all_notes_from_then_on(host):
    group = host.open().begin(group="Gruppe 1")
    note = group.note("Vi spørger Ragnfrid om det", opening_question=1)
    room = plenum_of(host)
    room.until(lambda: note in room.slices["places"])
    group.record(
        "noted",
        note=new_id(now()),
        text="Ring til leverandøren",
        kind="next step",
        owner="Ragnfrid Holm",
        opening_question=1,
    )
    host.look()
    room.until(lambda: room.slices["places"].get(note))
    assert [place["words"] for place in room.slices["places"][note]] == ["Ragnfrid"]


# --- themes -----------------------------------------------------------------------------------------------


@pytest.fixture
def three_notes(host):
    one, other = host.open().begin(group="Gruppe 1"), host.open().begin(group="Gruppe 2")
    return [
        one.note("Vi mangler tid", opening_question=1),
        one.note("Fagsystemet logger af", opening_question=1),
        other.note("Der er ikke tid nok", opening_question=1),
    ]


def themes(window):
    return {theme["name"]: theme["notes"] for theme in shown(window, "themes")}


def test_the_room_lays_notes_together_takes_it_back_and_every_plenum_follows(host, three_notes):
    room, other = plenum_of(host), plenum_of(host)
    first, second, third = three_notes
    room.ask("gather", notes=[first, third], name="Tid")
    room.ask("gather", notes=[second], name="Systemer")
    host.look()
    assert themes(room) == themes(other) == {"Tid": [first, third], "Systemer": [second]}
    other.ask("rename_theme", theme=other.slices["themes"][1]["id"], name="Fagsystemer")
    other.ask("gather", notes=[third], name="")
    assert themes(other) == {"Tid": [first], "Fagsystemer": [second]}
    act = other.slices["last_act"]
    for _ in range(2):  # pressed twice, it is taken back once
        other.ask("undo_plenum", act=act)
    assert themes(other) == {"Tid": [first, third], "Fagsystemer": [second]}
    other.ask("dissolve_theme", theme=other.slices["themes"][0]["id"])
    host.look()
    assert themes(room) == themes(other) == {"Fagsystemer": [second]}
    again = plenum_of(host)
    assert themes(again) == themes(other), "it is kept"


def test_a_theme_of_the_room_is_a_code_and_its_project_bears_the_workshops_name(host, three_notes, tmp_path):
    room = plenum_of(host)
    room.ask("gather", notes=three_notes, name="Tid")
    store = open_store(tmp_path)
    frames = tables.read(store)
    store.close()
    assert frames.codebook["project_name"].tolist() == [
        text("plenum.name", workshop="Digital dag · 2. marts 2026")
    ]
    assert set(frames.codings["note"]) == set(three_notes) and set(frames.codings["name"]) == {"Tid"}


def test_a_note_that_is_erased_or_removed_is_under_no_theme(host, three_notes, tmp_path):
    room = plenum_of(host)
    room.ask("gather", notes=three_notes, name="Tid")
    erase(tmp_path, note=three_notes[0])
    host.look()
    assert themes(room) == {"Tid": three_notes[1:]}
    reply = room.ask("gather", notes=[three_notes[0]], name="Systemer")
    assert reply["refused"] == text("plenum.note_gone")


def test_notes_of_another_workshop_and_unknown_ones_are_not_laid_anywhere(host, three_notes):
    elsewhere = host.open().begin(workshop="En anden dag").note("Andetsteds", opening_question=1)
    room = plenum_of(host)
    key = next(row["key"] for row in room.slices["workshops"] if row["name"].startswith("Digital"))
    room.ask("show_plenum", workshop=key)
    for note in (elsewhere, new_id(now())):
        reply = room.ask("gather", notes=[three_notes[0], note], name="Tid")
        assert reply["refused"] == text("plenum.note_gone")
    assert themes(room) == {}


# --- what several met, and next steps ---------------------------------------------------------------------


def test_only_what_several_groups_met_is_listed_most_groups_first(host, tmp_path, deck):
    store = open_store(tmp_path)
    sessions = [start(store, deck, workshop="Digital dag", group=str(number)) for number in range(3)]
    all_three, two, one = (card.id for card in deck.cards[:3])
    for number, session in enumerate(sessions):
        for card in (all_three, two, one):
            session.turn(card)
        session.discuss(all_three, Agreement.DIFFERENTLY if number else Agreement.ALIKE)
        (session.skip if number else session.discuss)(two)
        (session.discuss if number else session.skip)(one)
    store.close()
    cards = plenum_of(host).slices["cards"]
    numbers = {way: [(card["number"], card["groups"]) for card in of_way] for way, of_way in cards.items()}
    first, second, third = (card.number for card in deck.cards[:3])
    assert numbers == {
        "discussed": [(first, 3), (third, 2)],
        "skipped": [(second, 2)],
        "differently": [(first, 2)],
    }


def test_a_next_step_corrected_in_the_room_is_corrected_in_its_group_and_no_words_are_lost(host):
    group = host.open().begin(group="Gruppe 1")
    step = group.note("Ring til leverandøren", opening_question=1)
    room = plenum_of(host)
    room_view = room.slices["notes"][step]
    fields = {"note": step, "kind": "next step", "opening_question": 1, "due": "2026-05-01"}

    def correct(content, **more):
        event = {"what": "noted", "id": new_id(now()), "session": group.session, "text": content}
        return room.send({"type": "event", "event": event | fields | more})

    assert "refused" not in correct("Ring til leverandøren", owner="Bo", after=room_view["version"])
    group.until(lambda: group.pad[0]["owner"] == "Bo")
    group.record(
        "noted",
        note=step,
        text="Ring i morgen",
        kind="next step",
        opening_question=1,
        owner="Bo",
        after=group.pad[0]["version"],
    )
    assert "refused" not in correct("Skriv i stedet", after=room_view["version"])
    group.until(lambda: len(group.pad) == 2)
    assert {note["text"] for note in group.pad} == {"Ring i morgen", "Skriv i stedet"}
    assert "refused" in correct("Til ingen", note=new_id(now()))


def test_the_plenum_writes_notes_and_nothing_else_in_a_group(host):
    group = host.open().begin(group="Gruppe 1")
    room = plenum_of(host)
    for event in (
        {"what": "turned", "card": group.table["order"][0]},
        {"what": "ended"},
        {"what": "noted", "note": new_id(now()), "text": "ny", "opening_question": 1},
    ):
        whole = {**event, "id": new_id(now()), "session": group.session}
        assert "refused" in room.send({"type": "event", "event": whole})
