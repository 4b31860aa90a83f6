"""The screen's side of the page: what a page asks for happens and is kept, and nonsense changes nothing."""

import io
import json
import zipfile
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from windows import DETAILS, OwnDispatcher, now, stored_events

from dialogkort.domain.deck import Deck
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.event_records import from_record
from dialogkort.domain.events import Noted
from dialogkort.frames.sessions import read_all
from dialogkort.i18n import text
from dialogkort.sessions.session import Session, start
from dialogkort.store import FILE_NAME, open_store
from dialogkort.ui.messages import MESSAGES

NOT_UNDERSTOOD = text("page.refused.not_understood")

everywhere = pytest.mark.parametrize("host", ["dispatcher", "notebook", "command"], indirect=True)
"""Below a dispatcher alone, as a widget, and by a real socket to the real command."""
in_a_notebook = pytest.mark.parametrize("host", ["notebook"], indirect=True)


def _all_in(store):
    return {session: store.events(session)[0] for session in store.sessions()}


@pytest.fixture
def host(request, serve, tmp_path):
    """What serves the pages."""
    return serve(getattr(request, "param", "dispatcher"), tmp_path)


@pytest.fixture
def window(host):
    """A page that has said hello."""
    opened = host.open()
    opened.ask("hello", session=None)
    return opened


@pytest.fixture
def at_table(window):
    """A page where a group has begun."""
    window.ask("start", details=DETAILS)
    return window


def look(host):
    """Look now at what others have written, as is done every second."""
    host.dispatcher.call(lambda _: host.dispatcher._writer._poll_store())


# --- arriving, beginning, leaving -------------------------------------------------------------------------


@everywhere
def test_a_page_that_says_hello_is_shown_the_deck_and_an_empty_lobby(window, deck, tmp_path):
    assert window.reply.keys() == {"to", "opened", "session", "now"}
    assert window.session is None
    assert abs(window.reply["now"] - now()) < 60_000
    assert window.lobby == {
        "sessions": [],
        "unreadable": "",
        "older": "",
        "folder": str(tmp_path),
        "notices": "",
        "overdue": [],
        "proposal": {"date": date.today().isoformat()},
        "plans": [],
    }
    assert window.deck["title"] == deck.title
    assert set(window.deck["cards"]) == {card.id for card in deck.cards}
    assert "table" not in window.slices or window.table == {}
    assert window.messages[0]["whole"]


@in_a_notebook
def test_a_widget_knows_its_texts_before_anything_is_said_and_nothing_of_what_was_said(at_table, host):
    at_table.note("Noget, som ikke skal i notesbogens fil", opening_question=1)
    (widget,) = host.widgets
    assert widget.boot["screen"] == "workshop"
    assert widget.boot["texts"]["code"] == "da"
    assert "Noget, som" not in json.dumps(widget.get_state(), default=str)


def test_what_was_said_when_dialogkort_started_is_on_the_front_page(serve, tmp_path):
    opened = serve("dispatcher", tmp_path, notices=["Filen var beskadiget."]).open()
    opened.ask("hello", session=None)
    assert opened.lobby["notices"] == "Filen var beskadiget."


@everywhere
def test_a_group_gets_its_notes_as_files_and_what_it_erases_is_gone_from_the_folder(at_table, tmp_path):
    secret = "Noget, som ikke skulle stå her"
    card = at_table.table["face_down"][0]
    at_table.record("turned", card=card)
    note = at_table.note(secret, card=card)
    download = at_table.shown_once("download", lambda: at_table.ask("export", session=at_table.session))
    assert download["name"] == "2026-03-02 Dialogkort Gruppe 1.zip"
    with zipfile.ZipFile(io.BytesIO(at_table.file)) as handed:
        assert secret in handed.read("notes.csv").decode("utf-8-sig")
    at_table.ask("erase", note=note)
    assert at_table.pad == []
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert secret.encode() not in stored
    assert "refused" in at_table.ask("erase", note=note)
    session = at_table.session
    assert "slettet for altid" in at_table.ask("erase", sessions=[session])["refused"]
    assert at_table.session is None
    assert at_table.lobby["sessions"] == []


@pytest.mark.parametrize("arguments", [{"sessions": "alle"}, {"sessions": ["x"]}, {"note": 5}, {}])
def test_an_erasure_that_makes_no_sense_erases_nothing(at_table, tmp_path, arguments):
    before = stored_events(tmp_path)
    assert at_table.ask("erase", **arguments)["refused"] == NOT_UNDERSTOOD
    assert stored_events(tmp_path) == before


def test_nothing_is_written_before_a_page_says_hello(serve, tmp_path):
    for kind in ("dispatcher", "notebook"):
        host = serve(kind, tmp_path / "ny")
        host.open()
        host.dispatcher.close()  # all that was handed in is done
    assert list(tmp_path.iterdir()) == []


@everywhere
def test_a_group_that_begins_has_the_deck_face_down_and_on_the_disk(window, deck, tmp_path):
    answer = window.ask("start", details=DETAILS)
    assert answer["session"]
    table = window.table
    assert sorted(table["face_down"]) == sorted(card.id for card in deck.cards)
    assert (table["order"], table["turned"], table["current"], table["undo"]) == (
        table["face_down"],
        {},
        None,
        None,
    )
    assert table["details"] == {"organisation": "", "unit": "", "note_taker": "", **DETAILS}
    assert [type(event).__name__ for event in stored_events(tmp_path)[answer["session"]]] == [
        "Described",
        "Dealt",
    ]


@everywhere
def test_an_afternoon_is_shown_move_by_move(at_table, tmp_path):
    window = at_table
    first, second = window.table["order"][:2]
    number = window.deck["cards"][first]["number"]
    window.record("turned", card=first)
    assert (window.table["turned"], window.table["current"]) == ({first: "open"}, first)
    assert window.table["undo"]["label"] == f"kort {number} vendt"
    window.note("Vi øver", card=first)
    assert [(note["text"], note["card"]) for note in window.pad] == [("Vi øver", first)]
    window.record("discussed", card=first, agreement="not settled")
    window.record("turned", card=second)
    window.record("skipped", card=second, reason="no time")
    assert window.table["turned"] == {first: "discussed", second: "skipped"}
    assert window.table["card_facts"] == {first: {"agreement": "not settled"}, second: {"reason": "no time"}}
    window.record("went back", card=first)
    assert window.table["current"] == first
    window.record("undone", events=window.table["undo"]["events"])
    assert window.table["current"] is None
    window.record("put back", card=second)
    assert window.table["face_down"][-1] == second
    assert len(stored_events(tmp_path)[window.session]) == 10


def test_a_card_drawn_again_is_a_fresh_card_with_its_notes(at_table):
    card = at_table.table["order"][0]
    at_table.record("turned", card=card)
    at_table.note("Vi øver", card=card)
    at_table.record("discussed", card=card, agreement="alike")
    at_table.record("put back", card=card)
    at_table.record("turned", card=card)
    assert at_table.table["card_facts"] == {}
    assert at_table.table["turned"] == {card: "open"}
    assert [note["card"] for note in at_table.pad] == [card]


def test_undo_pressed_again_and_again_leads_back_to_the_deal(at_table):
    window = at_table
    dealt = window.table["face_down"]
    card = dealt[3]
    window.record("turned", card=card)
    note = window.note("V", card=card)
    window.record("noted", note=note, text="Vi", card=card)
    window.record("note removed", note=note)
    window.record("put back", card=card)
    labels = []
    while step := window.table["undo"]:
        labels.append(step["label"].rstrip("0123456789 "))
        (last,) = step["events"]
        undone = {"type": "undo", "event": window.event("undone", events=[last])}
        for _ in range(2):  # an answer that was not heard: it is one step all the same
            assert "refused" not in window.send(undone)
    number = window.deck["cards"][card]["number"]
    assert labels == [
        f"kort {number} lagt tilbage",
        "en note fjernet",
        "det sidst skrevne i en note",
        f"kort {number} vendt",
    ]
    assert window.table["face_down"] == dealt
    assert window.pad == []


@everywhere
def test_a_group_that_leaves_is_in_the_lobby_and_can_go_on(at_table):
    window = at_table
    session, card = window.session, window.table["order"][0]
    window.record("turned", card=card)
    window.note("Vi øver", card=card)
    assert window.ask("leave")["session"] is None
    (listed,) = window.lobby["sessions"]
    assert (listed["session"], listed["workshop"], listed["group"]) == (session, "Digital dag", "Gruppe 1")
    assert (listed["turned"], listed["notes"], listed["date_read"]) == (1, 1, "2. marts 2026")
    assert window.ask("open", session=session)["session"] == session
    assert window.table["current"] == card


def test_the_next_group_of_the_day_need_not_write_the_workshop_again(window):
    today = date.today().isoformat()
    window.ask("start", details=DETAILS | {"date": today, "organisation": "Ærø", "unit": "Børn"})
    window.ask("leave")
    proposal = {"workshop": "Digital dag", "organisation": "Ærø", "unit": "Børn", "date": today}
    assert window.lobby["proposal"] == proposal


def test_the_lobby_shows_all_sessions_newest_first_and_counts_cards_and_notes_of_the_newest(
    window, tmp_path, deck
):
    store = open_store(tmp_path)
    ids = [start(store, deck, workshop="W", group=str(group)).id for group in range(33)]
    store.close()
    window.ask("hello", session=None)
    newest = sorted(ids, reverse=True)
    window.until(lambda: [session["session"] for session in window.lobby["sessions"]] == newest)
    assert [session["turned"] for session in window.lobby["sessions"]] == [0] * 30 + [None] * 3
    assert window.lobby["older"] == ""


def test_the_lobby_says_how_many_sessions_it_does_not_show(window, tmp_path, deck, monkeypatch):
    monkeypatch.setattr("dialogkort.ui.lobby._LISTED", 2)
    store = open_store(tmp_path)
    for group in "123":
        start(store, deck, workshop="W", group=group)
    store.close()
    window.ask("hello", session=None)
    window.until(lambda: window.lobby["older"] == text("page.older", count=1))
    assert [session["group"] for session in window.lobby["sessions"]] == ["3", "2"]


def test_a_session_that_is_ended_says_so_in_the_lobby_and_to_every_window(at_table, host):
    other = host.open()
    other.ask("hello", session=at_table.session)
    at_table.record("ended")
    other.until(lambda: other.table["ended"])
    assert other.table["remote_move"]["what"] == "ended"
    at_table.ask("leave")
    assert [row["ended"] for row in at_table.lobby["sessions"]] == [True]


# --- a server that died, a page that was reloaded, a second window ------------------------------------------


@pytest.mark.parametrize("host", ["dispatcher", "notebook", "command"])
def test_after_a_restart_the_group_is_at_the_same_card_with_the_same_notes(host, serve, tmp_path):
    before = serve(host, tmp_path)
    at_table = before.open().begin()
    card = at_table.table["order"][4]
    at_table.record("turned", card=card)
    at_table.note("halvt skrev", card=card)
    before.close()
    again = serve(host, tmp_path).open()
    reply = again.ask("hello", session=at_table.session)
    assert (reply["session"], reply["opened"]) == (at_table.session, True)
    assert again.table == at_table.table
    assert again.table["current"] == card
    assert again.pad == at_table.pad


def test_an_event_sent_again_after_a_restart_happens_once(at_table, serve, tmp_path):
    event = at_table.event("turned", card=at_table.table["order"][0])
    at_table.send({"type": "event", "event": event})
    again = serve("dispatcher", tmp_path).open()
    for _ in range(2):  # it has not even been greeted
        reply = again.send({"type": "event", "event": event})
        assert reply["to"] == event["id"]
        assert not {"refused", "unsaved"} & set(reply)
    again.ask("hello", session=at_table.session)
    assert again.table == at_table.table
    assert len(stored_events(tmp_path)[at_table.session]) == 3


def test_what_was_left_in_the_outbox_of_another_table_is_kept_and_nobody_is_moved_there(at_table, tmp_path):
    first_table, card = at_table.session, at_table.table["order"][0]
    left_behind = at_table.event("turned", card=card)
    at_table.ask("start", details=DETAILS | {"group": "Gruppe 2"})
    second_table, before = at_table.session, at_table.picture()
    answer = at_table.send({"type": "event", "event": left_behind})
    assert (answer["to"], answer["session"]) == (left_behind["id"], second_table)
    assert at_table.picture() == before
    assert [event.id for event in stored_events(tmp_path)[first_table]][-1] == left_behind["id"]
    at_table.ask("open", session=first_table)
    assert at_table.table["current"] == card


def test_only_arriving_and_leaving_move_the_page(at_table):
    assert at_table.reply["opened"]
    assert not at_table.record("turned", card=at_table.table["order"][0])["opened"]
    assert not at_table.ask("burn")["opened"]
    assert at_table.ask("leave")["opened"]


@everywhere
def test_a_second_window_is_shown_what_the_first_has_done(at_table, host):
    other = host.open()
    other.ask("hello", session=at_table.session)
    first, second = at_table.table["order"][:2]
    at_table.record("turned", card=first)
    other.until(lambda: other.table["current"] == first)
    assert other.table | {"remote_move": None} == at_table.table
    assert (other.table["remote_move"]["what"], other.table["remote_move"]["card"]) == ("turned", first)
    assert other.messages[-1].keys() == {"type", "patch"}, "nobody had asked, and no more than it is told"
    other.record("turned", card=second)
    at_table.until(lambda: at_table.table["current"] == second)
    assert at_table.table | {"remote_move": None} == other.table | {"remote_move": None}
    assert (
        at_table.table["remote_move"]["card"] == second
    )  # what the other one did, and not what it did itself
    assert other.table["remote_move"]["card"] == first
    assert list(at_table.table["turned"]) == [first, second]


@everywhere
def test_a_window_follows_what_another_process_writes(at_table, tmp_path):
    store = open_store(tmp_path)
    session = Session(store, at_table.session)
    card = at_table.table["order"][0]
    session.turn(card)
    session.note("Vi øver", card=card)
    store.close()
    before = len(at_table.messages)
    at_table.until(lambda: at_table.table["current"] == card and at_table.pad)
    assert (at_table.table["remote_move"]["what"], at_table.table["remote_move"]["card"]) == ("turned", card)
    assert [note["text"] for note in at_table.pad] == ["Vi øver"]
    assert not any("reply" in message for message in at_table.messages[before:])  # nobody had asked


def test_a_look_that_finds_nothing_is_not_spoken_of(at_table, host):
    look(host)  # what it wrote itself
    at_table.unasked()
    look(host)
    assert at_table.unasked() == []


@everywhere
def test_a_lobby_shows_a_session_that_another_window_has_begun(window, host):
    other = host.open()
    other.ask("start", details=DETAILS | {"group": "Gruppe 2"})
    window.until(lambda: window.lobby["sessions"])
    assert [session["group"] for session in window.lobby["sessions"]] == ["Gruppe 2"]


def test_a_store_that_fails_while_nobody_asks_is_not_spoken_of(at_table, host, tmp_path):
    before = at_table.picture()
    at_table.unasked()
    (tmp_path / FILE_NAME).rename(tmp_path / "flyttet.sqlite")
    look(host)
    assert at_table.unasked() == []
    assert at_table.picture() == before
    (tmp_path / "flyttet.sqlite").rename(tmp_path / FILE_NAME)
    assert "unsaved" not in at_table.record("turned", card=at_table.table["order"][0])


@everywhere
def test_a_session_that_is_erased_while_a_window_shows_it_is_gone_from_the_window(at_table, tmp_path):
    store = open_store(tmp_path)
    Session(store, at_table.session).erase()
    store.close()
    at_table.until(lambda: at_table.session is None)
    assert at_table.reply["refused"] == text("session.erased")
    assert at_table.reply["opened"] and at_table.messages[-1]["whole"]
    assert at_table.lobby["sessions"] == []
    assert (at_table.table, at_table.pad) == ({}, [])


def test_two_who_write_in_one_note_both_keep_their_words(at_table, host):
    other = host.open()
    other.ask("hello", session=at_table.session)
    note = at_table.note("fælles", opening_question=1)
    (shown,) = at_table.pad
    same = {"note": note, "opening_question": 1, "after": shown["version"]}
    at_table.record("noted", text="den ene", **same)
    other.record("noted", text="den anden", **same)
    assert sorted(written["text"] for written in other.pad) == ["den anden", "den ene"]
    at_table.until(lambda: at_table.pad == other.pad)
    assert {written["version"]: written["id"] for written in other.pad}[other.newest] == other.newest


def test_a_card_the_other_window_has_turned_is_refused_in_words_and_then_shown(at_table, host):
    other = host.open()
    other.ask("hello", session=at_table.session)
    card = at_table.table["order"][0]
    at_table.record("turned", card=card)
    answer = other.record("turned", card=card)
    assert answer["refused"] == "Kortet er allerede vendt. Vælg et, der ligger med bagsiden opad."
    assert other.table["turned"] == {card: "open"}


# --- what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"workshop": ""}, "Skriv workshoppens navn"),
        ({"group": "  "}, "Skriv gruppens navn"),
        ({"participants": 0}, "0 deltagere?"),
        ({"participants": 1000}, "1000 deltagere?"),
        ({"date": "i dag"}, "”i dag” er ikke en dato"),
        ({"unit": "x" * 201}, "er for langt"),
    ],
)
def test_a_form_that_makes_no_sense_is_refused_beside_the_button(window, tmp_path, fields, message):
    answer = window.ask("start", details=DETAILS | fields)
    assert message in answer["refused"]
    assert answer["session"] is None
    assert stored_events(tmp_path) == {}


@pytest.mark.parametrize(
    ("what", "fields", "message"),
    [
        ("discussed", {"card": "LAST"}, "Kortet ligger med bagsiden opad. Vend det først."),
        ("turned", {"card": "joker"}, "Kortet joker er ikke med i denne samtale."),
        ("dealt", {"deck": "d", "seed": 1, "order": []}, "Kortene er allerede lagt på bordet."),
        ("noted", {"note": new_id(5), "text": "x", "card": "joker"}, "Kortet joker er ikke med"),
        ("noted", {"note": new_id(5), "text": "x"}, "En note hører til et kort eller til åbningsrunden."),
        ("noted", {"note": new_id(5), "text": "x", "opening_question": 3}, "En note hører til et kort"),
        ("note removed", {"note": new_id(5)}, "Noten er allerede fjernet."),
        ("described", {"workshop": "", "group": "1"}, "Skriv workshoppens navn"),
        ("undone", {"events": ["SESSION"]}, "Der er ikke mere at fortryde."),
    ],
)
def test_what_the_rules_forbid_is_refused_in_words_and_changes_nothing(
    at_table, tmp_path, what, fields, message
):
    stand_ins = {"LAST": at_table.table["order"][-1]}
    fields = {name: stand_ins.get(str(value), value) for name, value in fields.items()}
    if fields.get("events"):
        fields["events"] = [at_table.session]
    before, stored = at_table.picture(), stored_events(tmp_path)
    answer = at_table.record(what, **fields)
    assert answer["refused"].startswith(message)
    assert at_table.picture() == before
    assert stored_events(tmp_path) == stored


def test_a_session_that_is_not_here_is_refused_and_the_group_stays_where_it_is(at_table):
    before, session = at_table.picture(), at_table.session
    for gone in (new_id(5), "mandag", "", "\ud800"):
        answer = at_table.ask("open", session=gone)
        assert "findes ikke på denne computer" in answer["refused"]
        assert answer["session"] == session
    answer = at_table.send(
        {"type": "event", "event": at_table.event("turned", card="a") | {"session": new_id(5)}}
    )
    assert "findes ikke på denne computer" in answer["refused"]
    assert at_table.picture() == before
    at_table.record("turned", card=at_table.table["order"][0])


def test_a_page_that_remembers_a_session_that_is_gone_is_told_and_shown_the_lobby(window, host):
    window.ask("start", details=DETAILS)
    reopened = host.open()
    answer = reopened.ask("hello", session=new_id(5))
    assert "findes ikke på denne computer" in answer["refused"]
    assert answer["session"] is None
    assert len(reopened.lobby["sessions"]) == 1


def test_letters_that_no_keyboard_writes_are_shown_as_unreadable(at_table):
    at_table.note("halv \ud83d emoji, nul \x00", opening_question=1)
    assert at_table.pad[0]["text"] == "halv � emoji, nul �"


@pytest.mark.parametrize("written", ["<img src=x onerror=alert(1)>", "=1+1", "👩🏽‍🏫", "x" * 50_000])
def test_what_a_person_wrote_is_shown_as_it_was_written(at_table, tmp_path, written):
    at_table.note(written, opening_question=2)
    assert at_table.pad[0]["text"] == written
    assert list(read_all(tmp_path).notes["text"]) == [written]


# --- nonsense ---------------------------------------------------------------------------------------------

any_text = st.text(st.characters(categories=None))
in_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
DETAIL_NAMES = ("workshop", "organisation", "unit", "date", "group", "participants", "note_taker")


@pytest.fixture(scope="module")
def hardened(tmp_path_factory):
    """A page at a table with something on it, for nonsense that may not change it."""
    folder = tmp_path_factory.mktemp("hardened")
    host = OwnDispatcher(folder)
    window = host.open().begin()
    card = window.table["order"][0]
    window.record("turned", card=card)
    window.note("Vi øver", card=card)
    reader = open_store(folder)
    yield window, reader
    reader.close()
    host.close()


def _changes_nothing(hardened, message):
    window, reader = hardened
    before, stored, session = window.picture(), _all_in(reader), window.session
    before_it = len(window.messages)
    answer = window.send(message)
    (messages,) = window.messages[before_it:]
    assert messages.keys() <= ({"type", "whole", "set", "reply"} if answer["opened"] else {"type", "reply"})
    assert set(answer) == {"to", "opened", "refused", "session", "now"}
    assert answer["session"] == session
    assert window.picture() == before
    assert _all_in(reader) == stored
    return answer["refused"]


NO_MESSAGES = [
    None,
    [],
    "hello",
    7,
    {},
    {"type": None},
    {"type": ["hello"]},
    {"type": {"hello": 1}},
    {"type": "burn"},
    {"type": "open"},
    {"type": "open", "session": None},
    {"type": "open", "session": 7},
    {"type": "start"},
    {"type": "start", "details": None},
    {"type": "start", "details": {}},
    {"type": "start", "details": {"workshop": "W", "group": 1}},
    {"type": "start", "details": {**DETAILS, "participants": "5"}},
    {"type": "start", "details": {**DETAILS, "participants": True}},
    {"type": "start", "details": {**DETAILS, "seed": 7}},
    {"type": "start", "details": {**DETAILS, "deck": "x", "store": "y"}},
    {"type": "event"},
    {"type": "event", "event": None},
    {"type": "event", "event": []},
    {"type": "event", "event": {}},
    {"type": "event", "event": {"what": "turned", "id": "1", "session": "2", "card": "3"}},
    {"type": "event", "event": {"what": ["turned"]}},
    {"type": "overview", "scope": "everyone"},
    {"type": "overview", "scope": ["group"]},
    {"id": {"a": ["strange", "id"]}, "type": "event", "event": {"id": {"another": 1}}},
    {"id": "\ud800", "type": "\ud800"},
    [["type", "leave"]],
    {"type": "leave", "id": "00000000-0007-7042-8c88-d8590bb96309", "session": None},
    {"type": "hello", "session": 7},
    {"type": "sign_in", "coder": "Bo", "session": None, "name": ""},
    {"type": "compare"},
    {"type": "redact", "event": {"what": "turned", "id": new_id(9), "session": new_id(10), "card": "k-01"}},
]


@pytest.mark.parametrize("message", NO_MESSAGES, ids=lambda message: json.dumps(message)[:60])
def test_a_message_that_makes_no_sense_is_refused_and_changes_nothing(hardened, message):
    assert _changes_nothing(hardened, message) == NOT_UNDERSTOOD


@pytest.mark.parametrize("name", ["id", "session", "what"])
def test_a_form_cannot_choose_the_ids_of_a_session(window, name):
    mine = new_id(5)
    window.ask("start", details=DETAILS | {name: mine})
    assert window.session != mine


@settings(max_examples=100)
@given(message=in_json)
def test_any_message_at_all_is_refused_and_changes_nothing(hardened, message):
    assume(not isinstance(message, dict) or message.get("type") not in list(MESSAGES))
    assert _changes_nothing(hardened, message) == NOT_UNDERSTOOD


@settings(max_examples=150)
@given(
    type=st.sampled_from(["start", "event", "redact", "open", "overview"]),
    rest=st.dictionaries(st.sampled_from(["details", "event", "session", "scope", "id"]), in_json),
    details=st.none() | st.dictionaries(st.sampled_from(DETAIL_NAMES), in_json),
)
def test_a_known_word_with_anything_at_all_behind_it_is_refused_and_changes_nothing(
    hardened, type, rest, details
):
    assume(type != "overview" or rest.keys() - {"id"})  # without a scope it is the group's
    assume(not (details and "workshop" in details and "group" in details))
    message = _changes_nothing(hardened, {"type": type, **rest} | ({"details": details} if details else {}))
    lacking = text("session.workshop_missing"), text("session.group_missing")
    assert message in (NOT_UNDERSTOOD, *lacking) or "findes ikke på denne computer" in message


@settings(max_examples=150)
@given(data=st.data())
def test_an_event_with_anything_at_all_in_a_field_is_refused_and_changes_nothing(hardened, data):
    window, _ = hardened
    card = window.table["current"]
    good = data.draw(
        st.sampled_from(
            [
                {"what": "turned", "card": window.table["face_down"][0]},
                {"what": "discussed", "card": card, "agreement": "alike"},
                {"what": "skipped", "card": card, "reason": "unclear"},
                {"what": "noted", "note": new_id(5), "text": "x", "card": card, "kind": "point", "due": ""},
                {"what": "undone", "events": []},
                {"what": "described", **DETAILS},
            ]
        )
    )
    event = window.event(**good)
    field = data.draw(
        st.sampled_from([name for name in event if name not in ("text", "participants")] + ["joker"])
    )
    broken = json.loads(json.dumps(event | {field: data.draw(in_json)}))
    assume(not _reads_as_an_event(broken))
    assert _changes_nothing(hardened, {"type": "event", "event": broken}) == NOT_UNDERSTOOD


def _reads_as_an_event(record):
    try:
        return bool(from_record(record))
    except ValueError:
        return False


@given(what=st.sampled_from(["turned", "discussed", "skipped", "put back", "went back"]), card=any_text)
def test_a_move_with_any_words_for_a_card_is_refused_and_changes_nothing(hardened, what, card):
    window, _ = hardened
    message = _changes_nothing(hardened, {"type": "event", "event": window.event(what, card=card)})
    assert "er ikke med i denne samtale" in message


@in_a_notebook
def test_what_the_page_is_shown_is_not_where_the_truth_lies(at_table, host):
    card = at_table.table["order"][0]
    at_table.record("turned", card=card)
    before = at_table.picture()
    forged = {"boot": {"screen": "coding"}, "table": {"order": []}, "notes": [{"id": "x"}]}
    update = {"method": "update", "state": forged, "buffer_paths": []}
    host.widgets[0]._handle_msg({"content": {"data": update}, "buffers": []})
    at_table.ask("hello", session=at_table.session)
    assert at_table.table["turned"] == {card: "open"}
    assert at_table.picture() == before


# --- a store or a deck that fails -------------------------------------------------------------------------


@everywhere
def test_a_folder_that_is_moved_away_is_told_and_the_group_goes_on_when_it_is_back(at_table, tmp_path):
    (tmp_path / FILE_NAME).rename(tmp_path / "væk")
    event = at_table.event("turned", card=at_table.table["order"][0])
    reply = at_table.send({"type": "event", "event": event})
    assert str(tmp_path / FILE_NAME) in reply["unsaved"]
    assert reply["session"] == at_table.session
    (tmp_path / "væk").rename(tmp_path / FILE_NAME)
    assert "unsaved" not in at_table.send({"type": "event", "event": event})
    assert at_table.table["current"] == event["card"]
    assert len(stored_events(tmp_path)[at_table.session]) == 3


@pytest.mark.parametrize("kind", ["dispatcher", "notebook"])
def test_a_folder_that_is_a_file_is_told_and_the_group_can_begin_when_it_is_moved(kind, serve, tmp_path):
    (tmp_path / "noter").write_text("mine", encoding="utf-8")
    window = serve(kind, tmp_path / "noter").open()
    for answer in (window.ask("hello", session=None), window.ask("start", details=DETAILS)):
        assert str(tmp_path / "noter") in answer["unsaved"]
        assert "er en fil og ikke en mappe" in answer["unsaved"]
        assert answer["session"] is None
    (tmp_path / "noter").rename(tmp_path / "gammel")
    assert window.ask("start", details=DETAILS)["session"]


def test_a_damaged_file_is_told_on_the_page(window, serve, tmp_path):
    (tmp_path / "anden").mkdir()
    (tmp_path / "anden" / FILE_NAME).write_bytes(b"Dette er et brev. " * 1_000)
    answer = serve("notebook", tmp_path / "anden").open().ask("hello", session=None)
    assert "er beskadiget" in answer["unsaved"]
    assert str(tmp_path / "anden") in answer["unsaved"]


@pytest.mark.parametrize("host", ["dispatcher", "notebook"], indirect=True)
def test_when_the_disk_is_full_nothing_is_called_saved_and_sending_it_again_saves_it_once(
    at_table, host, tmp_path
):
    card = at_table.table["order"][0]
    at_table.record("turned", card=card)
    pragma = lambda words: host.dispatcher.call(  # noqa: E731
        lambda store: store._database.execute(f"PRAGMA {words}").fetchone()[0]
    )
    pragma(f"max_page_count = {pragma('page_count')}")
    event = at_table.event("noted", note=new_id(now()), text="Vi øver. " * 2_000, card=card)
    before = at_table.picture()
    answer = at_table.send({"type": "event", "event": event})
    assert answer["to"] == event["id"]
    assert "Disken er fuld" in answer["unsaved"]
    assert answer["session"] == event["session"]
    assert at_table.picture() == before
    pragma("max_page_count = 100000")
    for _ in range(2):
        assert "unsaved" not in at_table.send({"type": "event", "event": event})
    assert [note["text"] for note in at_table.pad] == [event["text"]]
    assert [type(stored) for stored in stored_events(tmp_path)[event["session"]]].count(Noted) == 1


def test_a_deck_file_that_is_missing_is_told_and_no_session_can_begin(serve, tmp_path):
    window = serve("notebook", tmp_path, deck=tmp_path / "mine kort.xlsx").open()
    for answer in (window.ask("hello", session=None), window.ask("start", details=DETAILS)):
        assert "mine kort.xlsx" in answer["refused"]
        assert answer["session"] is None
    assert stored_events(tmp_path) == {}


def test_a_group_can_go_on_with_its_cards_even_when_the_deck_file_has_gone(at_table, serve, tmp_path):
    at_table.record("turned", card=at_table.table["order"][0])
    window = serve("notebook", tmp_path, deck=tmp_path / "mine kort.xlsx").open()
    answer = window.ask("hello", session=at_table.session)
    assert "refused" not in answer
    assert window.table == at_table.table
    assert window.deck == at_table.deck


def test_a_session_keeps_its_cards_when_another_deck_is_in_use(at_table, serve, tmp_path):
    sheet = tmp_path / "egne.csv"
    sheet.write_text("spørgsmål;område\nHvad nu?;Alt\nHvad så?;Alt\n", encoding="utf-8")
    window = serve("notebook", tmp_path, deck=sheet).open()
    window.ask("hello", session=None)
    assert len(window.deck["cards"]) == 2
    window.ask("open", session=at_table.session)
    assert window.deck == at_table.deck
    window.ask("start", details=DETAILS)
    assert len(window.deck["cards"]) == len(window.table["order"]) == 2


class _Unreadable(Deck):
    """A deck that nobody foresaw."""

    @property
    def fingerprint(self):
        raise AttributeError("fingerprint")


def test_a_fault_nobody_foresaw_is_told_in_words_and_does_not_go_unseen(serve, tmp_path, deck, caplog):
    broken = _Unreadable(*(getattr(deck, name) for name in deck.__dataclass_fields__))
    window = serve("dispatcher", tmp_path, deck=broken).open()
    window.ask("hello", session=None)
    answer = window.ask("start", details=DETAILS)
    assert answer["refused"].startswith("Det gik galt (AttributeError")
    assert "Genindlæs siden" in answer["refused"]
    assert [record.exc_info[0] for record in caplog.records] == [AttributeError]
    assert "refused" not in window.ask("leave"), "and the page goes on"


@in_a_notebook
def test_a_callback_that_raises_turns_a_test_red(window, host, raised_in_callbacks):
    host.widgets[0].on_msg(lambda *_: {}["nothing"])
    window.ask("leave")
    assert "KeyError('nothing')" in raised_in_callbacks[0]
    raised_in_callbacks.clear()


# --- the overview -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["command"], indirect=True)
def test_the_overview_counts_this_group_or_all_groups_of_the_workshop(at_table, tmp_path, deck):
    store = open_store(tmp_path)
    for workshop, day in (
        ("Digital dag", "2026-03-02"),
        ("Digital dag", "2025-03-02"),
        ("En anden", "2026-03-02"),
    ):
        other = start(store, deck, workshop=workshop, group="Gruppe 2", date=day)
        other.turn(other.table.face_down[0])
    store.close()
    first, second = at_table.table["order"][:2]
    at_table.record("turned", card=first)
    at_table.record("turned", card=second)
    drawn = {}
    for scope in ("group", "workshop"):
        chart = at_table.shown_once("chart", lambda: at_table.ask("overview", scope=scope))  # noqa: B023
        assert chart["bars"]["sentence"]
        assert len(chart["rows"]) == len(deck.areas)
        drawn[scope] = sum(int(row[1]) for row in chart["rows"])
    assert drawn == {"group": 2, "workshop": 3}


def test_there_is_no_overview_without_a_group(window):
    assert window.ask("overview", scope="group")["refused"] == NOT_UNDERSTOOD


def test_a_session_that_python_has_continued_is_the_one_on_the_page(at_table, tmp_path):
    session = Session(open_store(tmp_path), at_table.session)
    session.turn(session.table.face_down[0])
    at_table.ask("open", session=session.id)
    assert at_table.table["current"] == session.table.current


def test_a_session_that_is_asked_for_twice_is_begun_once(window):
    message = {"type": "start", "id": new_id(now()), "details": DETAILS}
    begun = window.send(message)["session"]
    assert window.send(message)["session"] == begun
    window.ask("leave")
    assert [row["session"] for row in window.lobby["sessions"]] == [begun]
