"""The kernel's side of the page: what a page asks for happens and is kept, and nonsense changes nothing."""

import asyncio
import copy
import io
import json
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dialogkort.events import Noted, from_record, new_id
from dialogkort.frames import read_all
from dialogkort.screens.workshop import Workshop
from dialogkort.session import Session, start
from dialogkort.store import FILE_NAME, StoreProblem, open_store
from dialogkort.texts import text

DETAILS = {"workshop": "Digital dag", "group": "Gruppe 1", "participants": 5, "date": "2026-03-02"}
NOT_UNDERSTOOD = text("page.refused.not_understood")


class Window:
    """A browser's page without the browser: it sends what the page sends and reads what the page is shown."""

    def __init__(self, folder, deck=None):
        self.workshop = Workshop(where=folder, deck=deck)
        self.newest = ""

    def send(self, message):
        """Send a message as the front end does and return the answer; what is shown must fit in JSON."""
        wire = {"method": "custom", "content": json.loads(json.dumps(message))}
        self.workshop._handle_msg({"content": {"data": wire}, "buffers": []})
        json.dumps([self.workshop.answer, self.table, self.pad], ensure_ascii=False).encode("utf-8")
        return self.workshop.answer

    def ask(self, do, **fields):
        return self.send({"do": do, "id": new_id(_now()), **fields})

    def event(self, what, **fields):
        """What has happened, as the page makes it: by its own clock, behind all it has seen."""
        self.newest = new_id(_now(), after=max(self.newest, self.table["newest"]))
        return {"what": what, "id": self.newest, "session": self.session, **fields}

    def happened(self, what, **fields):
        event = self.event(what, **fields)
        answer = self.send({"do": "happened", "event": event})
        assert answer["to"] == event["id"]
        return answer

    def note(self, content, **fields):
        note = new_id(_now())
        answer = self.happened("noted", note=note, text=content, kind="point", owner="", due="", **fields)
        assert not {"refused", "unsaved"} & set(answer)
        return note

    @property
    def session(self):
        return self.workshop.answer["session"]

    @property
    def table(self):
        return self.workshop.table

    @property
    def pad(self):
        return self.workshop.pad

    def picture(self):
        return copy.deepcopy((self.table, self.pad, self.workshop.desk, self.workshop.deck))


def _now():
    return time.time_ns() // 1_000_000


def all_kept(folder):
    """Every event on the disk."""
    store = open_store(folder)
    try:
        return _all_in(store)
    finally:
        store.close()


def _all_in(store):
    return {session: store.events(session)[0] for session in store.sessions()}


@pytest.fixture
def window(tmp_path):
    """A page that has said hello."""
    opened = Window(tmp_path)
    opened.ask("hello", session=None)
    return opened


@pytest.fixture
def at_table(window):
    """A page where a group has begun."""
    window.ask("start", details=DETAILS)
    return window


# --- arriving, beginning, leaving -------------------------------------------------------------------------


def test_a_page_that_says_hello_is_shown_the_deck_and_an_empty_desk(window, deck, tmp_path):
    assert window.workshop.answer.keys() == {"to", "arrived", "session", "now"}
    assert window.session is None
    assert abs(window.workshop.answer["now"] - _now()) < 60_000
    assert window.workshop.desk == {
        "sessions": [],
        "unreadable": "",
        "folder": str(tmp_path),
        "said": "",
        "proposal": {"date": date.today().isoformat()},
    }
    assert window.workshop.deck["title"] == deck.title
    assert set(window.workshop.deck["cards"]) == {card.id for card in deck.cards}
    assert window.workshop.texts["code"] == "da"


def test_what_was_said_when_dialogkort_started_is_on_the_front_page(tmp_path, monkeypatch):
    monkeypatch.setenv("DIALOGKORT_SAID", "Filen var beskadiget.")
    opened = Window(tmp_path)
    opened.ask("hello", session=None)
    assert opened.workshop.desk["said"] == "Filen var beskadiget."


def test_a_group_gets_its_notes_as_files_and_what_it_erases_is_gone_from_the_folder(at_table, tmp_path):
    secret = "Noget, som ikke skulle stå her"
    card = at_table.table["draw"][0]
    at_table.happened("turned", card=card)
    note = at_table.note(secret, card=card)
    at_table.ask("hand over", session=at_table.session)
    with zipfile.ZipFile(io.BytesIO(at_table.workshop.files["content"])) as handed:
        assert secret in handed.read("notes.csv").decode("utf-8-sig")
    at_table.ask("erase", note=note)
    assert at_table.pad == []
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert secret.encode() not in kept
    assert "refused" in at_table.ask("erase", note=note)
    session = at_table.session
    assert "slettet for altid" in at_table.ask("erase", sessions=[session])["refused"]
    assert at_table.session is None
    assert at_table.workshop.desk["sessions"] == []


@pytest.mark.parametrize("asked", [{"sessions": "alle"}, {"sessions": ["x"]}, {"note": 5}, {}])
def test_an_erasure_that_makes_no_sense_erases_nothing(at_table, tmp_path, asked):
    before = all_kept(tmp_path)
    assert at_table.ask("erase", **asked)["refused"] == NOT_UNDERSTOOD
    assert all_kept(tmp_path) == before


def test_nothing_is_written_before_a_page_says_hello(tmp_path):
    Workshop(where=tmp_path / "ny")
    assert list(tmp_path.iterdir()) == []


def test_a_group_that_begins_has_the_deck_face_down_and_on_the_disk(window, deck, tmp_path):
    answer = window.ask("start", details=DETAILS)
    assert answer["session"]
    table = window.table
    assert sorted(table["draw"]) == sorted(card.id for card in deck.cards)
    assert (table["order"], table["lying"], table["current"], table["undo"]) == (
        table["draw"],
        {},
        None,
        None,
    )
    assert table["details"] == {"organisation": "", "unit": "", "note_taker": "", **DETAILS}
    assert [type(event).__name__ for event in all_kept(tmp_path)[answer["session"]]] == ["Described", "Dealt"]


def test_an_afternoon_is_shown_move_by_move(at_table, tmp_path):
    window = at_table
    first, second = window.table["order"][:2]
    number = window.workshop.deck["cards"][first]["number"]
    window.happened("turned", card=first)
    assert (window.table["lying"], window.table["current"]) == ({first: "open"}, first)
    assert window.table["undo"]["label"] == f"kort {number} vendt"
    window.note("Vi øver", card=first)
    assert [(note["text"], note["card"]) for note in window.pad] == [("Vi øver", first)]
    window.happened("discussed", card=first, agreement="not settled")
    window.happened("turned", card=second)
    window.happened("skipped", card=second, reason="no time")
    assert window.table["lying"] == {first: "discussed", second: "skipped"}
    assert window.table["told"] == {first: {"agreement": "not settled"}, second: {"reason": "no time"}}
    window.happened("went back", card=first)
    assert window.table["current"] == first
    window.happened("undone", events=window.table["undo"]["events"])
    assert window.table["current"] is None
    window.happened("put back", card=second)
    assert window.table["draw"][-1] == second
    assert len(all_kept(tmp_path)[window.session]) == 10


def test_a_card_drawn_again_is_a_fresh_card_with_its_notes(at_table):
    card = at_table.table["order"][0]
    at_table.happened("turned", card=card)
    at_table.note("Vi øver", card=card)
    at_table.happened("discussed", card=card, agreement="alike")
    at_table.happened("put back", card=card)
    at_table.happened("turned", card=card)
    assert at_table.table["told"] == {}
    assert at_table.table["lying"] == {card: "open"}
    assert [note["card"] for note in at_table.pad] == [card]


def test_undo_pressed_again_and_again_leads_back_to_the_deal(at_table):
    window = at_table
    dealt = window.table["draw"]
    card = dealt[3]
    window.happened("turned", card=card)
    note = window.note("V", card=card)
    window.happened("noted", note=note, text="Vi", card=card)
    window.happened("note removed", note=note)
    window.happened("put back", card=card)
    labels = []
    while step := window.table["undo"]:
        labels.append(step["label"].rstrip("0123456789 "))
        window.happened("undone", events=step["events"])
    number = window.workshop.deck["cards"][card]["number"]
    assert labels == [
        f"kort {number} lagt tilbage",
        "en note fjernet",
        "en note skrevet",
        f"kort {number} vendt",
    ]
    assert window.table["draw"] == dealt
    assert window.pad == []


def test_a_group_that_leaves_is_on_the_desk_and_can_go_on(at_table):
    window = at_table
    session, card = window.session, window.table["order"][0]
    window.happened("turned", card=card)
    window.note("Vi øver", card=card)
    assert window.ask("leave")["session"] is None
    (listed,) = window.workshop.desk["sessions"]
    assert (listed["session"], listed["workshop"], listed["group"]) == (session, "Digital dag", "Gruppe 1")
    assert (listed["turned"], listed["notes"], listed["date_read"]) == (1, 1, "2. marts 2026")
    assert window.ask("go on", session=session)["session"] == session
    assert window.table["current"] == card


def test_the_next_group_of_the_day_need_not_write_the_workshop_again(window):
    today = date.today().isoformat()
    window.ask("start", details=DETAILS | {"date": today, "organisation": "Ærø", "unit": "Børn"})
    window.ask("leave")
    proposal = {"workshop": "Digital dag", "organisation": "Ærø", "unit": "Børn", "date": today}
    assert window.workshop.desk["proposal"] == proposal


def test_the_desk_shows_the_newest_sessions_first_and_not_more_than_fit(window, tmp_path, deck):
    store = open_store(tmp_path)
    ids = [start(store, deck, workshop="W", group=str(group)).id for group in range(33)]
    window.ask("hello", session=None)
    shown = [session["session"] for session in window.workshop.desk["sessions"]]
    assert shown == sorted(ids, reverse=True)[:30]


# --- a kernel that died, a page that was reloaded, a second window ------------------------------------------


def test_after_a_restart_of_the_kernel_the_group_is_at_the_same_card_with_the_same_notes(at_table, tmp_path):
    card = at_table.table["order"][4]
    at_table.happened("turned", card=card)
    at_table.note("halvt skrev", card=card)
    again = Window(tmp_path)
    answer = again.ask("hello", session=at_table.session)
    assert answer["session"] == at_table.session
    assert again.table == at_table.table
    assert again.table["current"] == card
    assert again.pad == at_table.pad


def test_an_event_sent_again_after_a_restart_happens_once(at_table, tmp_path):
    event = at_table.event("turned", card=at_table.table["order"][0])
    at_table.send({"do": "happened", "event": event})
    again = Window(tmp_path)
    for _ in range(2):  # the new kernel has not even been greeted
        answer = again.send({"do": "happened", "event": event})
        assert answer["to"] == event["id"]
        assert not {"refused", "unsaved"} & set(answer)
    again.ask("hello", session=at_table.session)
    assert again.table == at_table.table
    assert len(all_kept(tmp_path)[at_table.session]) == 3


def test_what_was_left_in_the_outbox_of_another_table_is_kept_and_nobody_is_moved_there(at_table, tmp_path):
    first_table, card = at_table.session, at_table.table["order"][0]
    left_behind = at_table.event("turned", card=card)
    at_table.ask("start", details=DETAILS | {"group": "Gruppe 2"})
    second_table, before = at_table.session, at_table.picture()
    answer = at_table.send({"do": "happened", "event": left_behind})
    assert (answer["to"], answer["session"]) == (left_behind["id"], second_table)
    assert at_table.picture() == before
    assert [event.id for event in all_kept(tmp_path)[first_table]][-1] == left_behind["id"]
    at_table.ask("go on", session=first_table)
    assert at_table.table["current"] == card


def test_only_arriving_and_leaving_move_the_page(at_table):
    assert at_table.workshop.answer["arrived"]
    assert not at_table.happened("turned", card=at_table.table["order"][0])["arrived"]
    assert not at_table.ask("burn")["arrived"]
    assert at_table.ask("leave")["arrived"]


def test_a_second_window_is_shown_what_the_first_has_done(at_table, tmp_path):
    other = Window(tmp_path)
    other.ask("hello", session=at_table.session)
    first, second = at_table.table["order"][:2]
    at_table.happened("turned", card=first)
    other.ask("go on", session=at_table.session)
    assert other.table | {"news": None} == at_table.table
    assert (other.table["news"]["what"], other.table["news"]["card"]) == ("turned", first)
    other.happened("turned", card=second)
    at_table.ask("hello", session=at_table.session)
    assert at_table.table | {"news": None} == other.table | {"news": None}
    assert at_table.table["news"]["card"] == second  # what the other one did, and not what it did itself
    assert other.table["news"]["card"] == first
    assert list(at_table.table["lying"]) == [first, second]


def test_a_window_that_looks_is_shown_what_another_has_done(at_table, tmp_path):
    other = Window(tmp_path)
    other.ask("hello", session=at_table.session)
    card = at_table.table["order"][0]
    at_table.happened("turned", card=card)
    at_table.note("Vi øver", card=card)
    answered = other.workshop.answer
    other.workshop.look()
    assert other.table["current"] == card
    assert (other.table["news"]["what"], other.table["news"]["card"]) == ("turned", card)
    assert [note["text"] for note in other.pad] == ["Vi øver"]
    assert other.workshop.answer == answered  # nobody had asked


def test_a_window_that_looks_and_finds_nothing_says_nothing(at_table):
    said = []
    at_table.workshop.observe(said.append)
    at_table.workshop.look()
    assert said == []


def test_a_desk_shows_a_session_that_another_window_has_begun(window, tmp_path):
    other = Window(tmp_path)
    other.ask("start", details=DETAILS | {"group": "Gruppe 2"})
    window.workshop.look()
    assert [session["group"] for session in window.workshop.desk["sessions"]] == ["Gruppe 2"]


def test_a_window_follows_by_itself_while_its_kernel_runs(at_table, tmp_path, monkeypatch):
    monkeypatch.setattr("dialogkort.screens.watching.LOOK_SECONDS", 0.01)
    other, card = Window(tmp_path), at_table.table["order"][0]

    async def afternoon():
        other.ask("hello", session=at_table.session)
        shown = asyncio.Event()
        other.workshop.observe(lambda _: shown.set(), "table")
        at_table.happened("turned", card=card)
        await asyncio.wait_for(shown.wait(), 10)

    with ThreadPoolExecutor(1) as elsewhere:  # here, the browser tests may have left a loop that runs
        elsewhere.submit(asyncio.run, afternoon()).result()
    assert other.table["current"] == card


def test_a_store_that_fails_while_nobody_asks_is_not_spoken_of(at_table, monkeypatch):
    def fail():
        raise StoreProblem("busy", path="x")

    monkeypatch.setattr(at_table.workshop.session, "catch_up", fail)
    before = at_table.picture()
    at_table.workshop._look()
    assert at_table.picture() == before


def test_a_session_that_is_erased_while_a_window_shows_it_is_gone_from_the_window(at_table, tmp_path):
    session = at_table.session
    Session(open_store(tmp_path), session).erase()
    at_table.workshop.look()
    assert (at_table.session, at_table.workshop.answer["refused"]) == (None, text("session.erased"))
    assert at_table.workshop.desk["sessions"] == []


def test_two_who_write_in_one_note_both_keep_their_words(at_table, tmp_path):
    other = Window(tmp_path)
    other.ask("hello", session=at_table.session)
    note = at_table.note("fælles", opening_question=1)
    (shown,) = at_table.pad
    same = {"note": note, "opening_question": 1, "after": shown["version"]}
    at_table.happened("noted", text="den ene", **same)
    other.happened("noted", text="den anden", **same)
    assert sorted(written["text"] for written in other.pad) == ["den anden", "den ene"]
    assert {written["version"]: written["id"] for written in other.pad}[other.newest] == other.newest


def test_a_card_the_other_window_has_turned_is_refused_in_words_and_then_shown(at_table, tmp_path):
    other = Window(tmp_path)
    other.ask("hello", session=at_table.session)
    card = at_table.table["order"][0]
    at_table.happened("turned", card=card)
    answer = other.happened("turned", card=card)
    assert answer["refused"] == "Kortet er allerede vendt. Vælg et, der ligger med bagsiden op."
    assert other.table["lying"] == {card: "open"}


# --- what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"workshop": ""}, "Skriv workshoppens navn"),
        ({"group": "  "}, "Skriv gruppens navn"),
        ({"participants": 0}, "0 deltagere?"),
        ({"participants": 1000}, "1000 deltagere?"),
        ({"date": "i dag"}, "”i dag” er ikke en dato"),
        ({"unit": "x" * 201}, "er for langt"),
    ],
)
def test_a_form_that_makes_no_sense_is_refused_beside_the_button(window, tmp_path, told, said):
    answer = window.ask("start", details=DETAILS | told)
    assert said in answer["refused"]
    assert answer["session"] is None
    assert all_kept(tmp_path) == {}


@pytest.mark.parametrize(
    ("what", "fields", "said"),
    [
        ("discussed", {"card": "LAST"}, "Kortet ligger med bagsiden op. Vend det først."),
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
    at_table, tmp_path, what, fields, said
):
    stand_ins = {"LAST": at_table.table["order"][-1]}
    fields = {name: stand_ins.get(str(value), value) for name, value in fields.items()}
    if fields.get("events"):
        fields["events"] = [at_table.session]
    before, kept = at_table.picture(), all_kept(tmp_path)
    answer = at_table.happened(what, **fields)
    assert answer["refused"].startswith(said)
    assert at_table.picture() == before
    assert all_kept(tmp_path) == kept


def test_a_session_that_is_not_here_is_refused_and_the_group_stays_where_it_is(at_table):
    before, session = at_table.picture(), at_table.session
    for gone in (new_id(5), "mandag", "", "\ud800"):
        answer = at_table.ask("go on", session=gone)
        assert "findes ikke på denne maskine" in answer["refused"]
        assert answer["session"] == session
    answer = at_table.send(
        {"do": "happened", "event": at_table.event("turned", card="a") | {"session": new_id(5)}}
    )
    assert "findes ikke på denne maskine" in answer["refused"]
    assert at_table.picture() == before
    at_table.happened("turned", card=at_table.table["order"][0])


def test_a_page_that_remembers_a_session_that_is_gone_is_told_and_shown_the_desk(window, tmp_path):
    window.ask("start", details=DETAILS)
    fresh = Window(tmp_path)
    answer = fresh.ask("hello", session=new_id(5))
    assert "findes ikke på denne maskine" in answer["refused"]
    assert answer["session"] is None
    assert len(fresh.workshop.desk["sessions"]) == 1


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
UNDERSTOOD = ("hello", "start", "happened", "go on", "leave", "overview")
DETAIL_NAMES = ("workshop", "organisation", "unit", "date", "group", "participants", "note_taker")


@pytest.fixture(scope="module")
def hardened(tmp_path_factory):
    """A page at a table with something on it, for nonsense that may not change it."""
    folder = tmp_path_factory.mktemp("hardened")
    window = Window(folder)
    window.ask("hello", session=None)
    window.ask("start", details=DETAILS)
    card = window.table["order"][0]
    window.happened("turned", card=card)
    window.note("Vi øver", card=card)
    reader = open_store(folder)
    yield window, reader
    reader.close()


def _changes_nothing(hardened, message):
    window, reader = hardened
    before, kept, session = window.picture(), _all_in(reader), window.session
    answer = window.send(message)
    assert set(answer) == {"to", "arrived", "refused", "session", "now"}
    assert answer["session"] == session
    assert window.picture() == before
    assert _all_in(reader) == kept
    return answer["refused"]


NO_MESSAGES = [
    None,
    [],
    "hello",
    7,
    {},
    {"do": None},
    {"do": ["hello"]},
    {"do": {"hello": 1}},
    {"do": "burn"},
    {"do": "hello"},
    {"do": "go on"},
    {"do": "go on", "session": None},
    {"do": "go on", "session": 7},
    {"do": "start"},
    {"do": "start", "details": None},
    {"do": "start", "details": {}},
    {"do": "start", "details": {"workshop": "W", "group": 1}},
    {"do": "start", "details": {**DETAILS, "participants": "5"}},
    {"do": "start", "details": {**DETAILS, "participants": True}},
    {"do": "start", "details": {**DETAILS, "seed": 7}},
    {"do": "start", "details": {**DETAILS, "deck": "x", "store": "y"}},
    {"do": "happened"},
    {"do": "happened", "event": None},
    {"do": "happened", "event": []},
    {"do": "happened", "event": {}},
    {"do": "happened", "event": {"what": "turned", "id": "1", "session": "2", "card": "3"}},
    {"do": "happened", "event": {"what": ["turned"]}},
    {"do": "overview"},
    {"do": "overview", "scope": "everyone"},
    {"do": "overview", "scope": ["group"]},
    {"id": {"a": ["strange", "id"]}, "do": "happened", "event": {"id": {"another": 1}}},
    {"id": "\ud800", "do": "\ud800"},
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
    assume(not isinstance(message, dict) or message.get("do") not in UNDERSTOOD)
    assert _changes_nothing(hardened, message) == NOT_UNDERSTOOD


@settings(max_examples=150)
@given(
    do=st.sampled_from(["start", "happened", "go on", "overview"]),
    rest=st.dictionaries(st.sampled_from(["details", "event", "session", "scope", "id"]), in_json),
    details=st.none() | st.dictionaries(st.sampled_from(DETAIL_NAMES), in_json),
)
def test_a_known_word_with_anything_at_all_behind_it_is_refused_and_changes_nothing(
    hardened, do, rest, details
):
    assume(not (details and "workshop" in details and "group" in details))
    said = _changes_nothing(hardened, {"do": do, **rest} | ({"details": details} if details else {}))
    lacking = text("session.workshop_missing"), text("session.group_missing")
    assert said in (NOT_UNDERSTOOD, *lacking) or "findes ikke på denne maskine" in said


@settings(max_examples=150)
@given(data=st.data())
def test_an_event_with_anything_at_all_in_a_field_is_refused_and_changes_nothing(hardened, data):
    window, _ = hardened
    card = window.table["current"]
    good = data.draw(
        st.sampled_from(
            [
                {"what": "turned", "card": window.table["draw"][0]},
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
    assert _changes_nothing(hardened, {"do": "happened", "event": broken}) == NOT_UNDERSTOOD


def _reads_as_an_event(record):
    try:
        return bool(from_record(record))
    except ValueError:
        return False


@given(what=st.sampled_from(["turned", "discussed", "skipped", "put back", "went back"]), card=any_text)
def test_a_move_with_any_words_for_a_card_is_refused_and_changes_nothing(hardened, what, card):
    window, _ = hardened
    said = _changes_nothing(hardened, {"do": "happened", "event": window.event(what, card=card)})
    assert "er ikke med i denne samtale" in said


def test_the_pictures_the_page_is_shown_are_not_where_the_truth_lies(at_table, tmp_path):
    card = at_table.table["order"][0]
    at_table.happened("turned", card=card)
    forged = {"table": {"order": []}, "pad": [{"id": "x"}], "deck": {}, "answer": {}}
    update = {"method": "update", "state": forged, "buffer_paths": []}
    at_table.workshop._handle_msg({"content": {"data": update}, "buffers": []})
    session = next(iter(all_kept(tmp_path)))
    at_table.ask("go on", session=session)
    assert at_table.table["lying"] == {card: "open"}
    assert at_table.pad == []


# --- a store or a deck that fails -------------------------------------------------------------------------


def test_a_folder_that_is_a_file_is_told_and_the_group_can_begin_when_it_is_moved(tmp_path):
    (tmp_path / "noter").write_text("mine", encoding="utf-8")
    window = Window(tmp_path / "noter")
    for answer in (window.ask("hello", session=None), window.ask("start", details=DETAILS)):
        assert str(tmp_path / "noter") in answer["unsaved"]
        assert "er en fil og ikke en mappe" in answer["unsaved"]
        assert answer["session"] is None
    (tmp_path / "noter").rename(tmp_path / "gammel")
    assert window.ask("start", details=DETAILS)["session"]


def test_a_damaged_file_is_told_on_the_page(tmp_path):
    (tmp_path / FILE_NAME).write_bytes(b"Dette er et brev. " * 1_000)
    answer = Window(tmp_path).ask("hello", session=None)
    assert "er beskadiget" in answer["unsaved"]
    assert str(tmp_path) in answer["unsaved"]


def test_when_the_disk_is_full_nothing_is_called_saved_and_sending_it_again_saves_it_once(at_table, tmp_path):
    card = at_table.table["order"][0]
    at_table.happened("turned", card=card)
    disk = at_table.workshop.session._store._database
    disk.execute(f"PRAGMA max_page_count = {disk.execute('PRAGMA page_count').fetchone()[0]}")
    event = at_table.event("noted", note=new_id(_now()), text="Vi øver. " * 2_000, card=card)
    before = at_table.picture()
    answer = at_table.send({"do": "happened", "event": event})
    assert answer["to"] == event["id"]
    assert "Disken er fuld" in answer["unsaved"]
    assert answer["session"] == event["session"]
    assert at_table.picture() == before
    disk.execute("PRAGMA max_page_count = 100000")
    for _ in range(2):
        assert "unsaved" not in at_table.send({"do": "happened", "event": event})
    assert [note["text"] for note in at_table.pad] == [event["text"]]
    assert [type(kept) for kept in all_kept(tmp_path)[event["session"]]].count(Noted) == 1


def test_a_deck_file_that_is_missing_is_told_and_no_session_can_begin(tmp_path):
    window = Window(tmp_path, deck=tmp_path / "mine kort.xlsx")
    for answer in (window.ask("hello", session=None), window.ask("start", details=DETAILS)):
        assert "mine kort.xlsx" in answer["refused"]
        assert answer["session"] is None
    assert all_kept(tmp_path) == {}


def test_a_group_can_go_on_with_its_cards_even_when_the_deck_file_has_gone(at_table, tmp_path):
    at_table.happened("turned", card=at_table.table["order"][0])
    window = Window(tmp_path, deck=tmp_path / "mine kort.xlsx")
    answer = window.ask("hello", session=at_table.session)
    assert "refused" not in answer
    assert window.table == at_table.table
    assert window.workshop.deck == at_table.workshop.deck


def test_a_session_keeps_its_cards_when_another_deck_is_in_use(at_table, tmp_path):
    sheet = tmp_path / "egne.csv"
    sheet.write_text("spørgsmål;område\nHvad nu?;Alt\nHvad så?;Alt\n", encoding="utf-8")
    window = Window(tmp_path, deck=sheet)
    window.ask("hello", session=None)
    assert len(window.workshop.deck["cards"]) == 2
    window.ask("go on", session=at_table.session)
    assert window.workshop.deck == at_table.workshop.deck
    window.ask("start", details=DETAILS)
    assert len(window.workshop.deck["cards"]) == len(window.table["order"]) == 2


def test_a_fault_nobody_foresaw_is_told_in_words_and_does_not_go_unseen(window, raised_in_callbacks):
    window.workshop._deck = None
    answer = window.ask("start", details=DETAILS)
    assert answer["refused"].startswith("Det gik galt (AttributeError")
    assert "Genindlæs siden" in answer["refused"]
    assert len(raised_in_callbacks) == 1
    raised_in_callbacks.clear()


def test_a_callback_that_raises_turns_a_test_red(window, raised_in_callbacks):
    window.workshop.on_msg(lambda *_: {}["nothing"])
    window.ask("leave")
    assert "KeyError('nothing')" in raised_in_callbacks[0]
    raised_in_callbacks.clear()


# --- the overview -----------------------------------------------------------------------------------------


def test_the_overview_counts_this_group_or_all_groups_of_the_workshop(at_table, tmp_path, deck):
    store = open_store(tmp_path)
    for workshop, day in (
        ("Digital dag", "2026-03-02"),
        ("Digital dag", "2025-03-02"),
        ("En anden", "2026-03-02"),
    ):
        other = start(store, deck, workshop=workshop, group="Gruppe 2", date=day)
        other.turn(other.table.face_down[0])
    first, second = at_table.table["order"][:2]
    at_table.happened("turned", card=first)
    at_table.happened("turned", card=second)
    drawn = {}
    for scope in ("group", "workshop"):
        assert "refused" not in at_table.ask("overview", scope=scope, dark=False)
        chart = at_table.workshop.chart
        assert chart["svg"].lstrip().startswith("<?xml") and "<script" not in chart["svg"]
        assert len(chart["rows"]) == len(deck.areas)
        drawn[scope] = sum(int(row[1]) for row in chart["rows"])
    assert drawn == {"group": 2, "workshop": 3}


def test_there_is_no_overview_without_a_group(window):
    assert window.ask("overview", scope="group")["refused"] == NOT_UNDERSTOOD


def test_a_session_that_python_has_continued_is_the_one_on_the_page(at_table, tmp_path):
    session = Session(open_store(tmp_path), at_table.session)
    session.turn(session.table.face_down[0])
    at_table.ask("go on", session=session.id)
    assert at_table.table["current"] == session.table.current
