"""The kernel's side of the coding page: a coder's word is kept, and nobody else's is shown."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogkort.coded import codings
from dialogkort.deck_file import read_deck
from dialogkort.events import new_id
from dialogkort.frames import read_all
from dialogkort.project import Project, begin
from dialogkort.screens.coding import Coding
from dialogkort.session import start
from dialogkort.store import StoreProblem, open_store
from dialogkort.texts import text

NOT_UNDERSTOOD = text("page.refused.not_understood")


class Window:
    """A coder's page without the browser: it sends what the page sends and reads what the page is shown."""

    def __init__(self, folder, **told):
        self.coding = Coding(where=folder, **told)
        self.newest = ""
        self.readings = {}

    def send(self, message):
        """Send a message as the front end does and return the answer; what is shown must fit in JSON."""
        wire = {"method": "custom", "content": json.loads(json.dumps(message))}
        self.coding._handle_msg({"content": {"data": wire}, "buffers": []})
        self.look()
        shown = [self.coding.answer, self.coding.desk, self.coding.shelf, self.coding.comparison]
        json.dumps(shown, ensure_ascii=False, allow_nan=False).encode("utf-8")
        return self.coding.answer

    def look(self):
        """Take in the readings as the page does."""
        answer = self.coding.answer
        if answer["whole"]:
            self.readings = {}
        for note, one in answer["readings"].items():
            self.readings[note] = one
        self.readings = {note: one for note, one in self.readings.items() if one}

    def ask(self, do, **fields):
        return self.send({"do": do, "id": new_id(_now()), **fields})

    def sit(self, coder, name="Behov"):
        self.ask("hello", session=None)
        return self.ask("sit", coder=coder, session=self.coding.desk["project"], name=name)

    def happened(self, what, **fields):
        self.newest = new_id(_now(), after=max(self.newest, self.coding.desk.get("newest", "")))
        session = self.coding.desk["project"]
        coder = {"coder": self.coding.desk["coder"]} if what != "undone" else {}
        event = {"what": what, "id": self.newest, "session": session, **coder, **fields}
        return self.send({"do": "happened", "event": event})

    def define(self, name, **fields):
        code = new_id(_now())
        assert "refused" not in self.happened("code defined", code=code, name=name, **fields)
        return code

    def code(self, place, code, **fields):
        return self.happened("coded", **self.about(place), code=code, **fields)

    def about(self, place):
        note = self.coding.shelf["notes"][place]
        return {"note": note["id"], "noted_in": note["in"]}

    def note(self, place):
        return self.coding.shelf["notes"][place]["id"]

    @property
    def desk(self):
        return self.coding.desk


def _now():
    return time.time_ns() // 1_000_000


@pytest.fixture
def folder(tmp_path, deck):
    """Notes of two groups: one each in the opening round, three each on cards."""
    store = open_store(tmp_path)
    for group in "12":
        session = start(
            store, deck, seed=7, workshop="Digital dag", group=group, organisation="Nordby", unit="Drift"
        )
        session.note("Alt, vi trykker på", opening_question=1)
        for card in session.table.face_down[:3]:
            session.turn(card)
            session.note(f"Note til {card} <script>", card=card, kind="competence need")
    store.close()
    return tmp_path


@pytest.fixture
def anna(folder):
    window = Window(folder)
    window.sit("Anna")
    return window


# --- arriving ---------------------------------------------------------------------------------------------


def test_a_page_that_says_hello_is_shown_every_note_with_its_card_area_and_group(folder, deck):
    window = Window(folder)
    answer = window.ask("hello", session=None)
    assert (answer["session"], answer["readings"], answer["arrived"]) == (None, {}, True)
    shelf = window.coding.shelf
    kept = read_all(folder).notes
    assert [note["text"] for note in shelf["notes"]] == list(kept["text"])
    opening, first = shelf["notes"][:2]
    assert (opening["card"], opening["opening"], opening["kind"]) == (None, 1, "point")
    card = shelf["cards"][first["card"]]
    assert deck.card(kept.loc[1, "card"]).question == card["question"]
    assert deck.card(kept.loc[1, "card"]).number == card["number"]
    assert shelf["areas"][card["area"]]["name"] == kept.loc[1, "area"]
    assert [area["name"] for area in shelf["areas"]] == [area.name for area in deck.areas]
    assert shelf["groups"][first["group"]] == {"where": "Nordby · Drift", "group": "Digital dag – 1"}


def test_nothing_is_written_before_a_coder_begins(folder):
    before = (folder / "dialogkort.sqlite").read_bytes()
    Window(folder).ask("hello", session=None)
    assert (folder / "dialogkort.sqlite").read_bytes() == before


def test_a_coder_says_their_name_and_begins_a_project(folder):
    window = Window(folder)
    assert "refused" in window.sit("  ")
    assert window.desk["projects"] == []
    answer = window.sit("  Anna  Berg ")
    assert window.desk["coder"] == "Anna Berg"
    assert window.desk["projects"] == [{"id": answer["session"], "name": "Behov"}]
    other = Window(folder)
    other.ask("hello", session=None)
    assert other.desk["project"] == answer["session"]


def test_a_name_that_is_given_holds_and_is_not_asked_for(anna, folder):
    bo = Window(folder, coder="Bo")
    assert bo.ask("hello", session=None)["session"] == anna.desk["project"]
    assert bo.desk["coder"] == "Bo"


def test_only_the_notes_one_asks_for_are_coded(folder):
    frames = read_all(folder)
    chosen = frames._replace(notes=frames.notes[frames.notes["kind"] == "competence need"])
    window = Window(folder, frames=chosen, coder="Anna")
    window.sit("Anna")
    assert len(window.coding.shelf["notes"]) == 6


def test_a_folder_without_notes_is_an_empty_grid(tmp_path):
    window = Window(tmp_path)
    assert "refused" not in window.sit("Anna")
    assert window.coding.shelf["notes"] == []
    window.ask("compare")
    assert window.coding.comparison["disagreements"] == []


@pytest.mark.parametrize(
    ("workshop", "where"),
    [("Digital dag", "Nordby · HR"), ("Digital dag i hr, Nordby", ""), ("Chrome for alle", "Nordby · HR")],
)
def test_a_place_that_the_workshops_name_tells_is_not_told_twice(tmp_path, deck, workshop, where):
    store = open_store(tmp_path)
    details = {"workshop": workshop, "organisation": "Nordby", "unit": "HR", "group": "1"}
    start(store, deck, **details).note("Vi", opening_question=1)
    store.close()
    window = Window(tmp_path)
    window.ask("hello", session=None)
    assert window.coding.shelf["groups"] == [{"where": where, "group": f"{workshop} – 1"}]


# --- coding -----------------------------------------------------------------------------------------------


def test_what_is_coded_is_kept_and_answered_note_by_note(anna, folder):
    code = anna.define("Tid", definition="Når …")
    answer = anna.code(1, code)
    assert answer["readings"] == {anna.note(1): {"codes": [code], "none": False, "memo": ""}}
    anna.code(2, None)
    anna.happened("memo written", **anna.about(2), text="Hvad mener de?")
    assert anna.readings[anna.note(2)] == {"codes": [], "none": True, "memo": "Hvad mener de?"}
    anna.code(1, code, applies=False)
    assert anna.note(1) not in anna.readings
    told = codings(folder)
    assert told[["note", "coder", "applies"]].to_numpy().tolist() == [[anna.note(2), "Anna", False]]


def test_a_reload_finds_everything_again(anna, folder):
    code = anna.define("Tid")
    anna.code(1, code)
    again = Window(folder)
    assert again.ask("hello", session=anna.desk["project"])["readings"] == {}  # nobody has said who it is
    again.sit("Anna")
    assert again.readings == anna.readings
    assert again.desk["codes"] == anna.desk["codes"]


def test_undo_goes_back_step_by_step_and_says_what_it_takes_back(anna):
    code = anna.define("Tid")
    anna.code(1, code)
    anna.code(2, None)
    anna.happened("memo written", **anna.about(2), text="Hm")
    labels = []
    while step := anna.desk["undo"]:
        labels.append((step["label"], step["note"]))
        assert "refused" not in anna.happened("undone", events=step["events"])
    assert labels == [
        ("memoen", anna.note(2)),
        ("ingen kode passer", anna.note(2)),
        ("koden Tid sat på", anna.note(1)),
        ("koden Tid ændret", None),
    ]
    assert anna.readings == {} and anna.desk["codes"] == []


def test_a_code_that_is_renamed_or_retired_keeps_what_was_coded(anna):
    code = anna.define("Tid")
    anna.code(1, code)
    anna.happened("code defined", code=code, name="Tid til at øve sig", retired=True)
    assert anna.desk["codes"][0] == {
        "id": code,
        "name": "Tid til at øve sig",
        "definition": "",
        "retired": True,
    }
    assert anna.readings[anna.note(1)]["codes"] == [code]
    assert "taget ud af brug" in anna.code(2, code)["refused"]


def test_an_answer_that_was_lost_and_sent_again_happens_once(anna, folder):
    code = anna.define("Tid")
    event = {
        "what": "coded",
        "id": new_id(_now()),
        "session": anna.desk["project"],
        "coder": "Anna",
        "code": code,
    }
    for _ in range(3):
        answer = anna.send({"do": "happened", "event": event | anna.about(1)})
        assert "refused" not in answer
        assert answer["readings"] == {anna.note(1): {"codes": [code], "none": False, "memo": ""}}
    assert len(codings(folder)) == 1
    undone = {
        "what": "undone",
        "id": new_id(_now() + 1),
        "session": event["session"],
        "events": [event["id"]],
    }
    for _ in range(2):
        assert anna.send({"do": "happened", "event": undone})["readings"] == {anna.note(1): None}


def test_what_was_left_in_the_outbox_comes_in_before_the_coder_has_said_who_they_are(anna, folder):
    code = anna.define("Tid")
    late = Window(folder)
    late.ask("hello", session=anna.desk["project"])
    coded = {"what": "coded", "session": anna.desk["project"], "coder": "Anna", "code": code, **anna.about(3)}
    assert "refused" not in late.send({"do": "happened", "event": coded | {"id": new_id(_now())}})
    undone = {"what": "undone", "session": anna.desk["project"], "events": [late.desk["newest"]]}
    assert "refused" not in late.send({"do": "happened", "event": undone | {"id": new_id(_now() + 1)}})
    assert len(codings(folder)) == 0


# --- several coders ---------------------------------------------------------------------------------------


def test_a_coder_sees_their_own_coding_only_and_cannot_touch_anothers(anna, folder):
    code = anna.define("Tid")
    anna.code(1, code)
    bo = Window(folder)
    bo.sit("Bo")
    assert bo.readings == {}
    assert [one["name"] for one in bo.desk["codes"]] == ["Tid"]
    assert bo.desk["undo"] is None
    coded = Project(open_store(folder), bo.desk["project"]).events[-1].id
    assert "refused" in bo.happened("undone", events=[coded])
    bo.code(1, None)
    assert anna.readings[anna.note(1)]["codes"] == [code]


def test_a_second_window_follows(anna, folder):
    other = Window(folder)
    other.sit("Anna")
    code = anna.define("Tid")
    anna.code(1, code)
    other.coding.look()
    other.look()
    assert other.readings == anna.readings
    assert other.desk["codes"] == anna.desk["codes"]
    before = other.coding.answer
    other.coding.look()
    assert other.coding.answer is before


@pytest.mark.parametrize("given", [False, True], ids=["read here", "given"])
def test_a_note_that_is_erased_elsewhere_is_gone_from_the_page_with_what_was_said_of_it(folder, given):
    window = Window(folder, frames=read_all(folder) if given else None)
    window.sit("Anna")
    window.happened("memo written", **window.about(1), text="Hm")
    note = window.coding.shelf["notes"][1]
    open_store(folder).erase(note["in"], note=note["id"])
    window.coding.look()
    window.look()
    assert len(window.coding.shelf["notes"]) == 7
    assert note not in window.coding.shelf["notes"]
    assert window.readings == {}
    assert window.desk["undo"] is None


@pytest.fixture
def compared(anna, folder):
    """Two coders, a disagreement on the second note; Anna compares."""
    code = anna.define("Tid")
    bo = Window(folder)
    bo.sit("Bo")
    for place in range(6):
        anna.code(place, code if place < 2 else None)
        bo.code(place, code if place < 1 else None)
    anna.ask("compare")
    return anna, code


def test_agreement_is_told_in_danish_with_its_interval_and_the_disagreements_by_name(compared):
    anna, code = compared
    told = anna.coding.comparison
    assert told["said"][0] == "2 kodere har 6 noter til fælles."
    assert told["said"][1].startswith("Alle koder under ét: alfa 0,")
    (row,) = told["rows"]
    assert row[:4] == ["Tid", "6", "83 %", "0,59"]
    (pair,) = told["pairs"]
    assert pair[:2] == ["Tid", "Anna – Bo"]
    (one,) = told["disagreements"]
    assert (one["note"], one["code"], one["found_by"], one["not_by"]) == (
        anna.note(1),
        code,
        ["Anna"],
        ["Bo"],
    )
    assert one["settled"] is None


def test_settling_stands_beside_what_each_has_said_and_can_be_taken_back(compared, folder):
    anna, code = compared
    alphas = anna.coding.comparison["rows"]
    event = {
        "what": "coded",
        "id": new_id(_now() + 5),
        "session": anna.desk["project"],
        "code": code,
        "applies": False,
    }
    anna.send({"do": "happened", "event": event | anna.about(1)})
    anna.ask("compare")
    (one,) = anna.coding.comparison["disagreements"]
    assert (one["settled"], one["said"]) == (False, event["id"])
    assert anna.coding.comparison["rows"] == alphas
    assert anna.readings[anna.note(1)]["codes"] == [code]
    assert set(codings(folder)["coder"]) == {"", "Anna", "Bo"}
    assert "refused" not in anna.happened("undone", events=[event["id"]])
    anna.ask("compare")
    assert anna.coding.comparison["disagreements"][0]["settled"] is None


@pytest.mark.parametrize(
    ("low", "alpha", "key"),
    [(0.85, 0.9, "good"), (0.7, 0.9, "tentative"), (0.5, 0.9, "unsure"), (0.2, 0.5, "low")],
)
def test_a_coefficient_is_judged_by_the_end_of_its_interval_that_promises_least(low, alpha, key):
    from dialogkort.screens.coding import _verdict

    assert _verdict({"why": "", "alpha": alpha, "low": low}) == text(f"coding.verdict.{key}")


# --- nonsense, and trouble --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "message",
    [
        None,
        7,
        {},
        {"do": "happened"},
        {"do": "happened", "event": {}},
        {"do": "happened", "event": {"what": "coded"}},
        {"do": "sit", "coder": 7, "session": None, "name": ""},
        {"do": "sit", "coder": "Bo", "session": ["x"], "name": ""},
        {"do": "burn"},
    ],
)
def test_nonsense_is_refused_and_changes_nothing(anna, folder, message):
    before = Project(open_store(folder), anna.desk["project"]).events
    assert anna.send(message)["refused"] == NOT_UNDERSTOOD
    assert Project(open_store(folder), anna.desk["project"]).events == before


def test_only_notes_that_are_shown_are_coded(anna):
    for strange in ({"note": new_id(1)}, {"noted_in": new_id(1)}):
        assert "ikke blandt dem" in anna.happened("coded", **anna.about(1) | strange, code=None)["refused"]


def test_a_project_that_is_not_there_is_refused_in_words(anna):
    assert "findes ikke" in anna.ask("sit", coder="Bo", session=new_id(1), name="")["refused"]
    assert anna.desk["coder"] == "Anna"


def test_a_store_that_cannot_be_written_keeps_the_word_in_the_page(anna, monkeypatch):
    code = anna.define("Tid")

    def full(*_, **__):
        raise StoreProblem("full", path="her")

    monkeypatch.setattr(type(anna.coding._opened), "append", full)
    answer = anna.code(1, code)
    assert "fuld" in answer["unsaved"] and "refused" not in answer
    monkeypatch.undo()
    assert "unsaved" not in anna.code(1, code)


@pytest.fixture(scope="module")
def asked_anything(tmp_path_factory):
    folder = tmp_path_factory.mktemp("noter")
    store = open_store(folder)
    start(store, read_deck(), workshop="W", group="1").note("Vi", opening_question=1)
    begin(store, "Behov")
    store.close()
    window = Window(folder)
    window.sit("Anna")
    return window


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
kinds = st.sampled_from(["happened", "sit", "hello", "compare"])
whats = st.sampled_from(
    ["coded", "code defined", "memo written", "undone", "coding named", "noted", "erased"]
)


@settings(max_examples=80)
@given(st.data())
def test_whatever_a_page_sends_it_gets_an_answer_in_words(asked_anything, data):
    about = asked_anything.about(0)
    good = {"id": new_id(_now()), "session": asked_anything.desk["project"], **about, "coder": "Anna"}
    event = {
        "what": data.draw(whats),
        **good,
        **data.draw(st.dictionaries(st.sampled_from([*good, "code", "x"]), scalars, max_size=3)),
    }
    answer = asked_anything.send(
        {"do": data.draw(kinds), "event": event, "coder": "Anna", "session": None, "name": "K"}
    )
    assert isinstance(answer.get("refused", ""), str)
    assert "gik galt" not in answer.get("refused", "")
