"""A vote in plenum: phones and tables choose what stands open, and nobody sees more before it closes."""

import json
from dataclasses import replace

import pytest
from windows import now

from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import HandsCounted
from dialogkort.domain.limits import MAX_BALLOT_CHANGES, MAX_SILENT_OF_ADDRESS, MAX_SILENT_OF_DEVICE
from dialogkort.i18n import text
from dialogkort.sessions.plenum import find_plenum
from dialogkort.sessions.session import Session, start
from dialogkort.store import open_store
from dialogkort.ui.roles import Access, Role

NEVER = 3_600  # seconds between two looks: what is shown was pushed


@pytest.fixture
def host(serve, tmp_path):
    return serve("dispatcher", tmp_path, poll_seconds=NEVER)


def opened(window):
    window.ask("hello", session=None)
    return window


@pytest.fixture
def groups(host):
    """Two groups with two notes each; the second notes are next steps."""
    groups = [host.open().begin(group=f"Gruppe {name}") for name in "AB"]
    for group in groups:
        group.note(f"Vi mangler tid {group.session[-4:]}", opening_question=1)
        group.record("noted", note=new_id(1), text="Ring 33 66 33 66", kind="next step", opening_question=2)
    return groups


@pytest.fixture
def room(host, groups):
    room = opened(host.open("plenum"))
    notes = sorted(room.slices["notes"].items())
    for name, kind in (("Tid", "point"), ("Opkald", "next step")):
        room.ask("gather", notes=[id for id, note in notes if note["kind"] == kind], name=name)
    return room


def themes(room):
    return {theme["name"]: theme["id"] for theme in room.slices["themes"]}


def phone_of(host, group, device):
    return opened(host.open("phone", Access(Role.PHONE, group.session, device=device)))


def vote_on(window):
    window.unasked()
    return window.slices["phone"]["vote"] if "phone" in window.slices else window.slices["vote"]


def test_a_vote_is_hidden_from_everybody_until_it_is_closed_and_ranked_then(host, groups, room):
    by_name = themes(room)
    room.ask("open_vote", subject="themes", items=list(by_name.values()), choices=1)
    phones = [phone_of(host, groups[place % 2], f"telefon {place}") for place in range(3)]
    ballot = vote_on(phones[0])
    assert {item["label"]: item["id"] for item in ballot["items"]} == by_name
    for phone in phones:
        assert "refused" not in phone.ask("cast_vote", vote=ballot["id"], items=[by_name["Tid"]])
    phones[0].ask("cast_vote", vote=ballot["id"], items=[by_name["Opkald"]])
    assert vote_on(phones[0])["own"] == {by_name["Opkald"]: 1}
    table = groups[1]
    assert vote_on(table)["id"] == ballot["id"], "a group without phones votes at its table"
    table.ask("cast_vote", vote=ballot["id"], items=[by_name["Opkald"]], counts=[4])
    room.ask("count_hands", item=by_name["Tid"], hands=2)
    host.look()
    seen = vote_on(room)
    assert (seen["voters"], seen["results"], seen["counted"]) == (4, [], [by_name["Tid"]])
    for window in (room, table, *phones):
        assert not {"hands", "dots", "total"} & _keys_in(window.slices.get("vote") or {})
    room.ask("show_votes", is_shown=True)
    assert [(one["rank"], one["hands"], one["dots"]) for one in room.slices["vote"]["results"]] == [
        (1, 4, 1),
        (2, 2, 2),
    ]
    assert vote_on(phones[0]) is None and vote_on(table) is None
    late = phones[1].ask("cast_vote", vote=ballot["id"], items=[by_name["Opkald"]])
    assert late["refused"] == text("plenum.vote_closed")
    room.ask("show_votes", is_shown=False)
    assert vote_on(phones[0])["own"] == {by_name["Opkald"]: 1} and room.slices["vote"]["results"] == []


def _keys_in(value):
    if isinstance(value, dict):
        return set(value).union(*map(_keys_in, value.values()))
    return set().union(*map(_keys_in, value)) if isinstance(value, list) else set()


def test_a_phone_casts_its_own_vote_for_what_stands_open_and_does_nothing_else(host, groups, room):
    ids = list(themes(room).values())
    phone = phone_of(host, groups[0], "telefon")
    assert phone.ask("cast_vote", vote=new_id(1), items=ids[:1])["refused"] == text("plenum.vote_closed")
    room.ask("open_vote", subject="themes", items=ids, choices=1)
    vote = vote_on(phone)["id"]
    for wrong in ({"items": ids}, {"items": [new_id(1)]}, {"items": ids[:1], "counts": [40]}, {"items": "x"}):
        assert phone.ask("cast_vote", vote=vote, **wrong)["refused"], wrong
    for refused in ("open_vote", "count_hands", "show_votes", "withdraw_vote"):
        fields = {"items": ids, "subject": "themes", "choices": 1, "item": ids[0], "is_shown": True}
        of_kind = {"open_vote": ("subject", "items", "choices"), "show_votes": ("is_shown",)}
        chosen = {name: fields[name] for name in of_kind.get(refused, ())}
        assert phone.ask(refused, **chosen)["refused"] == text("page.refused.not_understood")
        group = opened(host.open(access=Access(Role.GROUP, groups[0].session)))
        assert group.ask(refused, **chosen)["refused"] == text("page.refused.not_understood")
    reader = opened(host.open(access=Access(Role.READER, groups[0].session)))
    assert reader.ask("cast_vote", vote=vote, items=ids[:1], counts=[1])["refused"]
    host.look()
    assert vote_on(room)["voters"] == 0


def test_steps_are_voted_on_with_numbers_covered_and_what_they_got_goes_with_their_groups(
    host, groups, room, tmp_path
):
    steps = [id for id, note in room.slices["notes"].items() if note["kind"] == "next step"]
    room.ask("open_vote", subject="steps", items=steps, choices=2)
    phone = phone_of(host, groups[0], "telefon")
    assert "33 66 33 66" not in json.dumps(phone.slices)
    assert len(vote_on(phone)["items"]) == 2
    phone.ask("cast_vote", vote=vote_on(phone)["id"], items=steps)
    host.look()
    stored = open_store(tmp_path)
    sessions = [Session(stored, group.session) for group in groups]
    assert not any(isinstance(event, HandsCounted) for session in sessions for event in session.events)
    room.ask("show_votes", is_shown=True)
    for session in sessions:
        session.catch_up()
        assert list(session.history.closing.shown_hands.values()) == [1]
    room.ask("show_votes", is_shown=False)
    for session in sessions:
        session.catch_up()
        assert not session.history.closing.shown_hands
    stored.close()


def test_only_what_is_there_stands_to_vote_and_what_is_gone_stands_no_more(host, groups, room):
    notes = list(room.slices["notes"])
    steps = [id for id, note in room.slices["notes"].items() if note["kind"] == "next step"]
    for wrong in (
        {"subject": "steps", "items": notes[:2]},
        {"subject": "notes", "items": [new_id(1), new_id(2)]},
        {"subject": "groups", "items": notes[:2]},
        {"subject": "themes", "items": notes[:2]},
    ):
        assert room.ask("open_vote", choices=1, **wrong)["refused"], wrong
    room.ask("open_vote", subject="steps", items=steps, choices=1)
    phone = phone_of(host, groups[0], "telefon")
    gone = next(step for step in steps if room.slices["notes"][step]["session"] == groups[1].session)
    groups[1].record("note removed", note=gone)
    host.look()
    assert [item["id"] for item in vote_on(phone)["items"]] == [step for step in steps if step != gone]
    assert vote_on(room)["items"] == [step for step in steps if step != gone]
    room.ask("withdraw_vote")
    assert vote_on(room) is None and vote_on(phone) is None


def test_a_phone_that_votes_again_and_again_is_stopped_and_its_last_word_counts(host, groups, room):
    ids = list(themes(room).values())
    room.ask("open_vote", subject="themes", items=ids, choices=1)
    phone, other = phone_of(host, groups[0], "a"), phone_of(host, groups[0], "b")
    vote = vote_on(phone)["id"]

    def cast(phone, number):
        return phone.ask("cast_vote", vote=vote, items=[ids[number % 2]]).get("refused")

    assert not any(cast(phone, number) for number in range(MAX_BALLOT_CHANGES))
    assert cast(phone, MAX_BALLOT_CHANGES) == text("plenum.vote_changed_often")
    assert vote_on(phone)["own"] == {ids[(MAX_BALLOT_CHANGES - 1) % 2]: 1}
    assert cast(other, 0) is None


def test_what_a_group_erases_or_corrects_is_shown_on_no_other_groups_phone_any_more(host, groups, room):
    steps = [id for id, note in room.slices["notes"].items() if note["kind"] == "next step"]
    room.ask("open_vote", subject="steps", items=steps, choices=1)
    phone = phone_of(host, groups[0], "telefon")
    host.look()  # the vote itself is news once
    assert len(vote_on(phone)["items"]) == 2
    theirs = next(step for step in steps if room.slices["notes"][step]["session"] == groups[1].session)
    written = {"after": groups[1].slices["notes"][theirs]["version"], "kind": "next step"}
    groups[1].record("noted", note=theirs, text="Ring til Lone", opening_question=2, **written)
    host.look()
    assert "Ring til Lone" in json.dumps(vote_on(phone), ensure_ascii=False)
    groups[1].send({"type": "erase", "sessions": [], "note": theirs})
    host.look()
    assert "Lone" not in json.dumps(vote_on(phone)) and len(vote_on(phone)["items"]) == 1


def test_a_vote_that_another_process_opens_reaches_phones_and_a_group_that_comes_late(
    host, groups, room, tmp_path, deck
):
    ids = list(themes(room).values())
    phone = phone_of(host, groups[0], "telefon")
    assert vote_on(phone) is None
    store = open_store(tmp_path)
    plenum = find_plenum(store, [groups[0].session])
    plenum.open_vote("themes", ids, 1)
    late = start(store, deck, workshop="Digital dag", group="Sen", date="2026-03-02").id
    host.look()
    assert vote_on(phone)["id"] == plenum.newest_vote.id
    latecomer = opened(host.open("phone", Access(Role.PHONE, late, device="sen")))
    assert vote_on(latecomer)["id"] == plenum.newest_vote.id
    latecomer.ask("cast_vote", vote=plenum.newest_vote.id, items=ids[:1])
    plenum.catch_up()
    assert plenum.newest_vote.voters == 1
    plenum.show_votes()
    host.look()
    assert vote_on(phone) is None
    store.close()


def test_one_phone_fills_no_silent_round_nor_do_many_windows_of_one_address(host, groups):
    group = groups[0]
    card = group.table["order"][0]
    group.record("turned", card=card)
    group.record("silence begun", card=card)

    def hand_in(phone):
        id = new_id(now())
        note = {"what": "silently noted", "id": id, "session": group.session, "note": id, "card": card}
        return phone.send({"type": "event", "event": {**note, "text": "igen"}}).get("refused")

    limit = text("session.too_many_of_yours")
    for device in range(MAX_SILENT_OF_ADDRESS // MAX_SILENT_OF_DEVICE):
        access = Access(Role.PHONE, group.session, device=str(device), peer="192.0.2.7")
        phone = opened(host.open("phone", access))
        assert [hand_in(phone) for _ in range(MAX_SILENT_OF_DEVICE)] == [None] * MAX_SILENT_OF_DEVICE
        assert hand_in(phone) == limit
    assert hand_in(opened(host.open("phone", replace(access, device="ny")))) == limit
    other = opened(host.open("phone", replace(access, device="ny", peer="192.0.2.8")))
    assert hand_in(other) is None


def test_a_note_costs_the_store_no_more_while_nobody_votes(host, groups, room):
    def statements_of(act):
        statements_run = []
        host.dispatcher.call(lambda store: store._database.set_trace_callback(statements_run.append))
        act()
        host.dispatcher.call(lambda store: store._database.set_trace_callback(None))
        return [one for one in statements_run if "vote opened" in one or "plenum" in one]

    groups[0].note("Først", opening_question=1)
    assert statements_of(lambda: groups[0].note("Vi øver os", opening_question=1)) == []
