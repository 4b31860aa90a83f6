"""Names and numbers in the notes: what is found in them once they are kept, and how it goes for good."""

import threading

import psutil
import pytest
from windows import DETAILS, stored_events

from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import Erased, Noted
from dialogkort.i18n import text

CPR = "211062-5629"  # the number that python-stdnum's documentation uses


@pytest.fixture
def host(serve, tmp_path):
    return serve("dispatcher", tmp_path)


@pytest.fixture
def window(host):
    """A page where a group has turned its first card."""
    window = host.open().begin()
    window.card = window.table["order"][0]
    window.record("turned", card=window.card)
    return window


@pytest.fixture
def guard(host, window):
    """What the page is told once somebody has looked, without having asked."""

    def last_findings():
        host.settle()
        assert all("reply" not in message for message in window.unasked())
        return window.findings

    return last_findings


def redact(window, old, words, **fields):
    """What the page sends when somebody presses "Fjern det"."""
    event = window.event("noted", text=words, kind="point", owner="", due="", after=old, card=window.card)
    event |= {"note": event["id"], **fields}
    window.send({"type": "redact", "event": event})
    return event


def in_the_folder(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_what_may_identify_somebody_is_told_of_every_version_of_a_note(window, guard):
    note = window.note("Vi øver os", card=window.card)
    assert guard() == {}
    window.record("noted", note=note, text=f"👍 Hun har {CPR}", card=window.card)
    assert guard() == {
        note: [{"words": CPR, "at": 11, "kind": "cpr", "sure": True, "instead": "[cpr-nummer]"}]
    }  # the thumb counts as two letters in a browser
    window.record("noted", note=note, text="Hun har et nummer", card=window.card)
    assert guard() == {}


def test_a_note_is_looked_through_although_the_process_that_does_so_was_killed(serve, tmp_path):
    host = serve("command", tmp_path)
    window = host.open().begin()
    card = window.table["order"][0]
    window.record("turned", card=card)
    before = window.note(f"Hun har {CPR}", card=card)
    window.until(lambda: before in window.findings)
    (process,) = psutil.Process(host.running.process.pid).children()
    process.kill()
    after = window.note(f"Han har {CPR}", card=card)
    window.until(lambda: after in window.findings)


@pytest.mark.parametrize("kind", ["notebook", "command"])
def test_a_page_is_told_of_it_by_itself_wherever_it_runs(kind, serve, tmp_path):
    window = serve(kind, tmp_path / "andet").open().begin()
    note = window.note(f"Hun har {CPR}", opening_question=1)
    window.until(lambda: window.findings.get(note))
    assert [span["words"] for span in window.findings[note]] == [CPR]


def test_the_answer_is_on_its_way_before_anybody_looks(host, window):
    looked = threading.Event()
    host.keep_from_looking(looked)
    note = window.note(f"Hun har {CPR}", card=window.card)
    assert [(shown["id"], window.findings) for shown in window.pad] == [(note, {})]
    looked.set()
    host.settle()
    window.unasked()
    assert set(window.findings) == {note}


def test_names_of_the_folders_list_and_of_those_who_do_a_next_step_are_found(window, guard, tmp_path):
    (tmp_path / "navne.txt").write_text("Karin Holm # lederen\n\n", encoding="utf-8")
    first = window.note("Karin ved det", card=window.card)
    second = window.note("Spørg Vibeke", card=window.card)
    assert set(guard()) == {first}
    window.record(
        "noted",
        note=new_id(1_790_000_000_000),
        text="Book lokale",
        kind="next step",
        owner="Vibeke",
        card=window.card,
    )
    assert set(guard()) == {first, second}
    window.note("Hele teamet øver sig", card=window.card)
    fields = {"kind": "next step", "owner": "hele teamet", "card": window.card}
    window.record("noted", note=new_id(1_790_000_000_001), text="Øv jer", **fields)
    assert set(guard()) == {first, second}, "a role is no name"


def test_what_was_taken_out_of_a_note_is_nowhere_any_more(window, guard, tmp_path):
    old = window.note(f"Hun har {CPR[:8]}", card=window.card)
    window.record("noted", note=old, text=f"Hun har {CPR}", card=window.card)
    assert CPR.encode() in in_the_folder(tmp_path)
    event = redact(window, old, "Hun har [cpr-nummer]")
    assert window.reply["to"] == event["id"]
    assert not {"refused", "unsaved"} & set(window.reply)
    assert [(note["id"], note["text"], note["instead_of"]) for note in window.pad] == [
        (event["id"], "Hun har [cpr-nummer]", old)
    ]
    assert guard() == {}
    content = in_the_folder(tmp_path)
    assert CPR.encode() not in content and CPR[:8].encode() not in content
    events = stored_events(tmp_path)[window.session]
    assert [event.note for event in events if isinstance(event, Erased)] == [old]


def test_taking_out_is_one_thing_however_often_it_is_sent(window, serve, tmp_path):
    old = window.note(f"Hun har {CPR}", card=window.card)
    event = redact(window, old, "Hun har [cpr-nummer]")
    before = stored_events(tmp_path)
    again = serve("dispatcher", tmp_path).open()  # another process; the answer of the first was never heard
    assert not {"refused", "unsaved"} & set(again.send({"type": "redact", "event": event}))
    assert stored_events(tmp_path) == before


def test_a_server_that_died_between_the_two_halves_does_the_other_when_it_is_sent_again(window, tmp_path):
    old = window.note(f"Hun har {CPR}", card=window.card)
    event = window.event("noted", text="Hun har [cpr-nummer]", after=old, card=window.card)
    event["note"] = event["id"]
    window.send({"type": "event", "event": event})  # the first half
    assert len(window.pad) == 2
    window.send({"type": "redact", "event": event})
    assert [note["id"] for note in window.pad] == [event["id"]]
    assert CPR.encode() not in in_the_folder(tmp_path)


def test_one_goes_on_writing_in_the_note_and_another_window_is_told_where(window, host):
    old = window.note(f"Hun har {CPR}", card=window.card)
    other = host.open()
    other.ask("hello", session=window.session)
    event = redact(window, old, "Hun har [cpr-nummer]")
    late = other.event("noted", note=old, text=f"Hun har {CPR} og", card=window.card)
    assert "refused" in other.send({"type": "event", "event": late})
    (note,) = other.pad
    assert (note["id"], note["instead_of"]) == (event["id"], old)
    other.record(
        "noted", note=note["id"], after=note["id"], text="Hun har [cpr-nummer] og mere", card=window.card
    )
    assert [note["text"] for note in other.pad] == ["Hun har [cpr-nummer] og mere"]


def test_who_wrote_on_and_who_came_late_are_both_kept(window, tmp_path):
    old = window.note(f"Hun har {CPR}", card=window.card)
    event = redact(window, old, "Hun har [cpr-nummer]")
    window.record(
        "noted", note=event["id"], after=event["id"], text="Hun har [cpr-nummer], siger hun", card=window.card
    )
    window.record("noted", note=event["id"], after=event["id"], text="sent, og uden nummer", card=window.card)
    assert {note["text"] for note in window.pad} == {
        "Hun har [cpr-nummer], siger hun",
        "sent, og uden nummer",
    }


def test_undo_takes_back_what_was_done_before_and_brings_nothing_back_that_was_taken_out(window):
    old = window.note(f"Hun har {CPR}", card=window.card)
    redact(window, old, "Hun har [cpr-nummer]")
    number = window.deck["cards"][window.card]["number"]
    assert window.table["undo"]["label"] == f"kort {number} vendt"
    assert [note["text"] for note in window.pad] == ["Hun har [cpr-nummer]"]


def test_what_waited_in_the_outbox_of_another_table_is_taken_out_there(window, tmp_path):
    old = window.note(f"Hun har {CPR}", card=window.card)
    event = window.event("noted", text="Hun har [cpr-nummer]", after=old, card=window.card)
    event["note"] = event["id"]
    window.ask("start", details=DETAILS | {"group": "Gruppe 2"})
    window.send({"type": "redact", "event": event})
    assert "refused" not in window.reply
    assert CPR.encode() not in in_the_folder(tmp_path)


@pytest.mark.parametrize("wrong", [{"note": None}, {"after": None}, {"text": 5}, {"what": "turned"}])
def test_a_redaction_that_makes_no_sense_erases_nothing(window, tmp_path, wrong):
    old = window.note(f"Hun har {CPR}", card=window.card)
    before = stored_events(tmp_path)
    event = window.event("noted", text="tomt", after=old, card=window.card)
    event = {**event, "note": event["id"], **wrong}
    if wrong == {"note": None}:
        event["note"] = old
    answer = window.send({"type": "redact", "event": event})
    assert answer["refused"] in (text("page.refused.not_understood"), text("session.no_such_move"))
    assert stored_events(tmp_path) == before


def test_the_first_version_of_a_note_that_took_a_place_says_whose(window, tmp_path):
    old = window.note(f"Hun har {CPR}", card=window.card)
    event = redact(window, old, "Hun har [cpr-nummer]")
    (noted,) = (one for one in stored_events(tmp_path)[window.session] if isinstance(one, Noted))
    assert (noted.id, noted.note, noted.after) == (event["id"], event["id"], old)


def test_one_place_after_the_other_is_taken_out_of_a_note_and_the_rest_of_it_is_kept(window, serve, tmp_path):
    written = f"Ring 22 33 44 55 eller skriv til lone@example.dk om {CPR}"
    first = window.note(written, card=window.card)
    without_phone = written.replace("22 33 44 55", "[telefon]")
    second = redact(window, first, without_phone)
    without_mail = without_phone.replace("lone@example.dk", "[e-mail]")
    third = redact(window, second["id"], without_mail)
    fourth = redact(window, third["id"], without_mail.replace(CPR, "[cpr-nummer]"))
    left = "Ring [telefon] eller skriv til [e-mail] om [cpr-nummer]"
    assert [(note["id"], note["text"]) for note in window.pad] == [(fourth["id"], left)]
    again = serve("dispatcher", tmp_path).open()
    again.ask("hello", session=window.session)
    assert [note["text"] for note in again.pad] == [left]
    assert not any(word in in_the_folder(tmp_path) for word in (b"22 33 44 55", b"lone@", CPR.encode()))
