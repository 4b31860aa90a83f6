"""The kernel guards the notes: what it finds in them once they are kept, and how something goes for good."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from test_workshop import DETAILS, Window, all_kept

from dialogkort.events import Erased, Noted, new_id
from dialogkort.texts import text

CPR = "211062-5629"  # the number that python-stdnum's documentation uses


def at_a_card(folder):
    """A page where a group has turned its first card."""
    window = Window(folder)
    window.ask("hello", session=None)
    window.ask("start", details=DETAILS)
    window.card = window.table["order"][0]
    window.happened("turned", card=window.card)
    return window


@pytest.fixture
def window(tmp_path):
    return at_a_card(tmp_path)


def guard(window):
    """What the page is told, once the kernel has come to look."""
    window.workshop.look_at_notes()
    return window.workshop.guard


def redact(window, old, words, **fields):
    """What the page sends when somebody presses "Fjern det"."""
    event = window.event("noted", text=words, kind="point", owner="", due="", after=old, card=window.card)
    event |= {"note": event["id"], **fields}
    window.send({"do": "redact", "event": event})
    return event


def in_the_folder(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_what_may_identify_somebody_is_told_of_every_version_of_a_note(window):
    note = window.note("Vi øver os", card=window.card)
    assert guard(window) == {}
    window.happened("noted", note=note, text=f"👍 Hun har {CPR}", card=window.card)
    assert guard(window) == {
        note: [{"words": CPR, "at": 11, "kind": "cpr", "sure": True, "instead": "[cpr-nummer]"}]
    }  # the thumb counts as two letters in a browser
    window.happened("noted", note=note, text="Hun har et nummer", card=window.card)
    assert guard(window) == {}


def test_the_answer_is_on_its_way_before_the_guard_looks(tmp_path):
    """In a kernel there is a loop, and the look is put behind what is there to be sent."""

    async def write():
        window = at_a_card(tmp_path)
        note = window.note(f"Hun har {CPR}", card=window.card)
        told = window.pad[0]["id"] == note, dict(window.workshop.guard)
        await asyncio.sleep(0)
        return told, set(window.workshop.guard) == {note}

    with ThreadPoolExecutor() as alone:  # with a loop of its own
        assert alone.submit(asyncio.run, write()).result() == ((True, {}), True)


def test_names_of_the_folders_list_and_of_those_who_do_a_next_step_are_found(window, tmp_path):
    (tmp_path / "navne.txt").write_text("Karin Holm # lederen\n\n", encoding="utf-8")
    first = window.note("Karin ved det", card=window.card)
    second = window.note("Spørg Vibeke", card=window.card)
    assert set(guard(window)) == {first}
    window.happened(
        "noted",
        note=new_id(1_790_000_000_000),
        text="Book lokale",
        kind="next step",
        owner="Vibeke",
        card=window.card,
    )
    assert set(guard(window)) == {first, second}
    window.note("Hele teamet øver sig", card=window.card)
    told = {"kind": "next step", "owner": "hele teamet", "card": window.card}
    window.happened("noted", note=new_id(1_790_000_000_001), text="Øv jer", **told)
    assert set(guard(window)) == {first, second}, "a role is no name"


def test_before_the_notes_leave_as_files_it_is_said_how_many_places_may_identify_somebody(window):
    window.ask("hand over", session=window.session)
    assert window.workshop.files["said"] == ""
    window.note(f"Hun har {CPR}, ring 33 66 33 66", card=window.card)
    window.ask("hand over", session=window.session)
    assert window.workshop.files["said"].startswith(
        "2 steder kan udpege nogen (1 cpr-nummer, 1 telefonnummer)"
    )
    assert window.workshop.files["content"]  # it is said, and nothing is held back


def test_what_was_taken_out_of_a_note_is_nowhere_any_more(window, tmp_path):
    old = window.note(f"Hun har {CPR[:8]}", card=window.card)
    window.happened("noted", note=old, text=f"Hun har {CPR}", card=window.card)
    assert CPR.encode() in in_the_folder(tmp_path)
    event = redact(window, old, "Hun har [cpr-nummer]")
    assert window.workshop.answer["to"] == event["id"]
    assert not {"refused", "unsaved"} & set(window.workshop.answer)
    assert [(note["id"], note["text"], note["instead_of"]) for note in window.pad] == [
        (event["id"], "Hun har [cpr-nummer]", old)
    ]
    assert guard(window) == {}
    kept = in_the_folder(tmp_path)
    assert CPR.encode() not in kept and CPR[:8].encode() not in kept
    events = all_kept(tmp_path)[window.session]
    assert [event.note for event in events if isinstance(event, Erased)] == [old]


def test_taking_out_is_one_thing_however_often_it_is_sent(window, tmp_path):
    old = window.note(f"Hun har {CPR}", card=window.card)
    event = redact(window, old, "Hun har [cpr-nummer]")
    before = all_kept(tmp_path)
    again = Window(tmp_path)  # another kernel, and the answer of the first was never heard
    again.send({"do": "redact", "event": event})
    assert not {"refused", "unsaved"} & set(again.workshop.answer)
    assert all_kept(tmp_path) == before


def test_a_kernel_that_died_between_the_two_halves_does_the_other_when_it_is_sent_again(window, tmp_path):
    old = window.note(f"Hun har {CPR}", card=window.card)
    event = window.event("noted", text="Hun har [cpr-nummer]", after=old, card=window.card)
    event["note"] = event["id"]
    window.send({"do": "happened", "event": event})  # the first half
    assert len(window.pad) == 2
    window.send({"do": "redact", "event": event})
    assert [note["id"] for note in window.pad] == [event["id"]]
    assert CPR.encode() not in in_the_folder(tmp_path)


def test_one_goes_on_writing_in_the_note_and_another_window_is_told_where(window, tmp_path):
    old = window.note(f"Hun har {CPR}", card=window.card)
    other = Window(tmp_path)
    other.ask("hello", session=window.session)
    event = redact(window, old, "Hun har [cpr-nummer]")
    late = other.event("noted", note=old, text=f"Hun har {CPR} og", card=window.card)
    assert "refused" in other.send({"do": "happened", "event": late})
    (note,) = other.pad
    assert (note["id"], note["instead_of"]) == (event["id"], old)
    other.happened(
        "noted", note=note["id"], after=note["id"], text="Hun har [cpr-nummer] og mere", card=window.card
    )
    assert [note["text"] for note in other.pad] == ["Hun har [cpr-nummer] og mere"]


def test_who_wrote_on_and_who_came_late_are_both_kept(window, tmp_path):
    old = window.note(f"Hun har {CPR}", card=window.card)
    event = redact(window, old, "Hun har [cpr-nummer]")
    window.happened(
        "noted", note=event["id"], after=event["id"], text="Hun har [cpr-nummer], siger hun", card=window.card
    )
    window.happened(
        "noted", note=event["id"], after=event["id"], text="sent, og uden nummer", card=window.card
    )
    assert {note["text"] for note in window.pad} == {
        "Hun har [cpr-nummer], siger hun",
        "sent, og uden nummer",
    }


def test_undo_takes_back_what_was_done_before_and_brings_nothing_back_that_was_taken_out(window):
    old = window.note(f"Hun har {CPR}", card=window.card)
    redact(window, old, "Hun har [cpr-nummer]")
    number = window.workshop.deck["cards"][window.card]["number"]
    assert window.table["undo"]["label"] == f"kort {number} vendt"
    assert [note["text"] for note in window.pad] == ["Hun har [cpr-nummer]"]


def test_what_waited_in_the_outbox_of_another_table_is_taken_out_there(window, tmp_path):
    old = window.note(f"Hun har {CPR}", card=window.card)
    event = window.event("noted", text="Hun har [cpr-nummer]", after=old, card=window.card)
    event["note"] = event["id"]
    window.ask("start", details=DETAILS | {"group": "Gruppe 2"})
    window.send({"do": "redact", "event": event})
    assert "refused" not in window.workshop.answer
    assert CPR.encode() not in in_the_folder(tmp_path)


@pytest.mark.parametrize("wrong", [{"note": None}, {"after": None}, {"text": 5}, {"what": "turned"}])
def test_a_redaction_that_makes_no_sense_erases_nothing(window, tmp_path, wrong):
    old = window.note(f"Hun har {CPR}", card=window.card)
    before = all_kept(tmp_path)
    event = window.event("noted", text="tomt", after=old, card=window.card)
    event = {**event, "note": event["id"], **wrong}
    if wrong == {"note": None}:
        event["note"] = old
    answer = window.send({"do": "redact", "event": event})
    assert answer["refused"] in (text("page.refused.not_understood"), text("session.no_such_move"))
    assert all_kept(tmp_path) == before


def test_the_first_version_of_a_note_that_took_a_place_says_whose(window, tmp_path):
    old = window.note(f"Hun har {CPR}", card=window.card)
    event = redact(window, old, "Hun har [cpr-nummer]")
    (kept,) = (one for one in all_kept(tmp_path)[window.session] if isinstance(one, Noted))
    assert (kept.id, kept.note, kept.after) == (event["id"], event["id"], old)


def test_one_place_after_the_other_is_taken_out_of_a_note_and_the_rest_of_it_is_kept(window, tmp_path):
    said = f"Ring 22 33 44 55 eller skriv til lone@example.dk om {CPR}"
    first = window.note(said, card=window.card)
    without_phone = said.replace("22 33 44 55", "[telefon]")
    second = redact(window, first, without_phone)
    without_mail = without_phone.replace("lone@example.dk", "[e-mail]")
    third = redact(window, second["id"], without_mail)
    fourth = redact(window, third["id"], without_mail.replace(CPR, "[cpr-nummer]"))
    left = "Ring [telefon] eller skriv til [e-mail] om [cpr-nummer]"
    assert [(note["id"], note["text"]) for note in window.pad] == [(fourth["id"], left)]
    again = Window(tmp_path)
    again.ask("hello", session=window.session)
    assert [note["text"] for note in again.pad] == [left]
    assert not any(word in in_the_folder(tmp_path) for word in (b"22 33 44 55", b"lone@", CPR.encode()))
