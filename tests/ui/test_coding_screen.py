"""The screen's side of the coding page: a coder's word is kept, and nobody else's is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from windows import OwnDispatcher, Window, now

from dialogkort.decks.reading import read_deck
from dialogkort.domain.event_ids import new_id
from dialogkort.frames.codings import codings
from dialogkort.frames.sessions import read_all
from dialogkort.i18n import text
from dialogkort.sessions.coding_project import Project, begin
from dialogkort.sessions.session import start
from dialogkort.store import open_store
from dialogkort.ui.coding.comparison import _verdict

NOT_UNDERSTOOD = text("page.refused.not_understood")
everywhere = pytest.mark.parametrize("host", ["dispatcher", "notebook", "command"], indirect=True)


class Coder:
    """A coder's page without the browser; what it is shown is `window`'s."""

    def __init__(self, window: Window):
        self.window = window
        self.newest = ""

    def __getattr__(self, name):
        return getattr(self.window, name)

    def sign_in(self, coder, name="Behov"):
        self.ask("hello", session=None)
        return self.ask("sign_in", coder=coder, session=self.lobby["project"], name=name)

    def record(self, what, **fields):
        self.newest = new_id(now(), after=max(self.newest, self.lobby.get("newest", "")))
        session = self.lobby["project"]
        coder = {"coder": self.lobby["coder"]} if what != "undone" else {}
        event = {"what": what, "id": self.newest, "session": session, **coder, **fields}
        return self.send({"type": "event", "event": event})

    def define(self, name, **fields):
        code = new_id(now())
        assert "refused" not in self.record("code defined", code=code, name=name, **fields)
        return code

    def code(self, index, code, **fields):
        return self.record("coded", **self.about(index), code=code, **fields)

    def about(self, index):
        assert self.corpus["notes"], self.lobby["notice"]
        note = self.corpus["notes"][index]
        return {"note": note["id"], "noted_in": note["in"]}

    def note(self, index):
        return self.corpus["notes"][index]["id"]

    def compare(self):
        return self.shown_once("comparison", lambda: self.ask("compare"))

    @property
    def last_readings(self):
        """What the last message said of readings."""
        return self.messages[-1].get("patch", {}).get("readings", {})

    @property
    def readings(self):
        return self.slices["readings"]

    @property
    def corpus(self):
        return self.slices["corpus"]


@pytest.fixture
def host(request, serve, folder):
    return serve(getattr(request, "param", "dispatcher"), folder)


@pytest.fixture
def come(host):
    """A coder's page that has said nothing yet."""
    return lambda **how: Coder(host.open("coding", **how))


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
def anna(come):
    window = come()
    window.sign_in("Anna")
    return window


# --- arriving ---------------------------------------------------------------------------------------------


def test_what_was_coded_before_the_notes_are_read_again_is_kept(anna, come, host):
    """As behind a server that was killed: a page's hello is followed by what it still holds, at once."""
    code = anna.define("Tid")
    later = come()
    later._line.send({"type": "hello", "id": new_id(now()), "session": anna.lobby["project"]})
    event = {"what": "coded", "session": anna.lobby["project"], "coder": "Anna", "code": code}
    at = max(now(), 1 + int(anna.newest.replace("-", "")[:12], 16))
    assert "refused" not in later.send(
        {"type": "event", "event": {**event, **anna.about(2), "id": new_id(at)}}
    )
    unknown = {"note": new_id(5), "noted_in": anna.about(2)["noted_in"]}
    reply = later.send({"type": "event", "event": {**event, **unknown, "id": new_id(at + 1)}})
    assert reply["refused"] == text("coding.note_unknown")
    anna.until(lambda: anna.readings.get(anna.note(2), {}).get("codes") == [code])
    assert later.messages[0].get("set", {}).get("corpus") is None  # nobody is shown that there are no notes


@everywhere
def test_a_page_that_says_hello_is_shown_every_note_with_its_card_area_and_group(come, folder, deck):
    window = come()
    answer = window.ask("hello", session=None)
    assert (answer["session"], window.readings, answer["opened"]) == (None, {}, True)
    corpus = window.corpus
    notes = read_all(folder).notes
    assert [note["text"] for note in corpus["notes"]] == list(notes["text"])
    opening, first = corpus["notes"][:2]
    assert (opening["card"], opening["opening"], opening["kind"]) == (None, 1, "point")
    card = corpus["cards"][first["card"]]
    assert deck.card(notes.loc[1, "card"]).question == card["question"]
    assert deck.card(notes.loc[1, "card"]).number == card["number"]
    assert corpus["areas"][card["area"]]["name"] == notes.loc[1, "area"]
    assert [area["name"] for area in corpus["areas"]] == [area.name for area in deck.areas]
    assert corpus["groups"][first["group"]] == {"where": "Nordby · Drift", "group": "Digital dag – 1"}


def test_nothing_is_written_before_a_coder_begins(come, folder):
    before = (folder / "dialogkort.sqlite").read_bytes()
    come().ask("hello", session=None)
    assert (folder / "dialogkort.sqlite").read_bytes() == before


def test_a_coder_says_their_name_and_begins_a_project(come):
    window = come()
    assert "refused" in window.sign_in("  ")
    assert window.lobby["projects"] == []
    answer = window.sign_in("  Anna  Berg ")
    assert window.lobby["coder"] == "Anna Berg"
    assert window.lobby["projects"] == [{"id": answer["session"], "name": "Behov"}]
    other = come()
    other.ask("hello", session=None)
    assert other.lobby["project"] == answer["session"]


@pytest.mark.parametrize("host", ["dispatcher", "notebook"], indirect=True)
def test_a_name_that_is_given_holds_and_is_not_asked_for(anna, come):
    bo = come(coder="Bo")
    assert bo.ask("hello", session=None)["session"] == anna.lobby["project"]
    assert bo.lobby["coder"] == "Bo"


def test_only_the_notes_one_asks_for_are_coded(serve, folder):
    frames = read_all(folder)
    chosen = frames._replace(notes=frames.notes[frames.notes["kind"] == "competence need"])
    window = Coder(serve("notebook", folder).open("coding", frames=chosen, coder="Anna"))
    window.sign_in("Anna")
    assert len(window.corpus["notes"]) == 6


def test_a_folder_without_notes_is_an_empty_grid(serve, tmp_path):
    window = Coder(serve("dispatcher", tmp_path).open("coding"))
    assert "refused" not in window.sign_in("Anna")
    assert window.corpus["notes"] == []
    assert window.compare()["disagreements"] == []


@pytest.mark.parametrize(
    ("workshop", "where"),
    [("Digital dag", "Nordby · HR"), ("Digital dag i hr, Nordby", ""), ("Chrome for alle", "Nordby · HR")],
)
def test_a_place_that_the_workshops_name_tells_is_not_told_twice(tmp_path, serve, deck, workshop, where):
    store = open_store(tmp_path)
    details = {"workshop": workshop, "organisation": "Nordby", "unit": "HR", "group": "1"}
    start(store, deck, **details).note("Vi", opening_question=1)
    store.close()
    window = Coder(serve("dispatcher", tmp_path).open("coding"))
    window.ask("hello", session=None)
    assert window.corpus["groups"] == [{"where": where, "group": f"{workshop} – 1"}]


# --- coding -----------------------------------------------------------------------------------------------


@everywhere
def test_what_is_coded_is_kept_and_answered_note_by_note(anna, folder):
    code = anna.define("Tid", definition="Når …")
    anna.code(1, code)
    assert anna.last_readings == {anna.note(1): {"codes": [code], "none": False, "memo": ""}}
    anna.code(2, None)
    anna.record("memo written", **anna.about(2), text="Hvad mener de?")
    assert anna.readings[anna.note(2)] == {"codes": [], "none": True, "memo": "Hvad mener de?"}
    anna.code(1, code, applies=False)
    assert anna.note(1) not in anna.readings
    coded = codings(folder)
    assert coded[["note", "coder", "applies"]].to_numpy().tolist() == [[anna.note(2), "Anna", False]]


def test_a_reload_finds_everything_again(anna, come):
    code = anna.define("Tid")
    anna.code(1, code)
    again = come()
    again.ask("hello", session=anna.lobby["project"])
    assert again.readings == {}  # nobody has said who it is
    again.sign_in("Anna")
    assert again.readings == anna.readings
    assert again.lobby["codes"] == anna.lobby["codes"]


def test_undo_goes_back_step_by_step_and_says_what_it_takes_back(anna):
    code = anna.define("Tid")
    anna.code(1, code)
    anna.code(2, None)
    anna.record("memo written", **anna.about(2), text="Hm")
    labels = []
    while step := anna.lobby["undo"]:
        labels.append((step["label"], step["note"]))
        assert "refused" not in anna.record("undone", events=step["events"])
    assert labels == [
        ("memoen", anna.note(2)),
        ("ingen kode passer", anna.note(2)),
        ("koden Tid sat på", anna.note(1)),
        ("koden Tid ændret", None),
    ]
    assert anna.readings == {} and anna.lobby["codes"] == []


def test_a_code_that_is_renamed_or_retired_keeps_what_was_coded(anna):
    code = anna.define("Tid")
    anna.code(1, code)
    anna.record("code defined", code=code, name="Tid til at øve sig", retired=True)
    assert anna.lobby["codes"][0] == {
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
        "id": new_id(now()),
        "session": anna.lobby["project"],
        "coder": "Anna",
        "code": code,
    }
    for _ in range(3):
        answer = anna.send({"type": "event", "event": event | anna.about(1)})
        assert "refused" not in answer
        assert anna.last_readings == {anna.note(1): {"codes": [code], "none": False, "memo": ""}}
    assert len(codings(folder)) == 1
    undone = {
        "what": "undone",
        "id": new_id(now() + 1),
        "session": event["session"],
        "events": [event["id"]],
    }
    for _ in range(2):
        assert "refused" not in anna.send({"type": "event", "event": undone})
        assert anna.note(1) not in anna.readings


def test_what_was_left_in_the_outbox_comes_in_before_the_coder_has_said_who_they_are(anna, come, folder):
    code = anna.define("Tid")
    late = come()
    late.ask("hello", session=anna.lobby["project"])
    coded = {
        "what": "coded",
        "session": anna.lobby["project"],
        "coder": "Anna",
        "code": code,
        **anna.about(3),
    }
    assert "refused" not in late.send({"type": "event", "event": coded | {"id": new_id(now())}})
    undone = {"what": "undone", "session": anna.lobby["project"], "events": [late.lobby["newest"]]}
    assert "refused" not in late.send({"type": "event", "event": undone | {"id": new_id(now() + 1)}})
    assert len(codings(folder)) == 0


# --- several coders ---------------------------------------------------------------------------------------


def test_a_coder_sees_their_own_coding_only_and_cannot_touch_anothers(anna, come, folder):
    code = anna.define("Tid")
    anna.code(1, code)
    bo = come()
    bo.sign_in("Bo")
    assert bo.readings == {}
    assert [one["name"] for one in bo.lobby["codes"]] == ["Tid"]
    assert bo.lobby["undo"] is None
    coded = Project(open_store(folder), bo.lobby["project"]).events[-1].id
    assert "refused" in bo.record("undone", events=[coded])
    bo.code(1, None)
    assert anna.readings[anna.note(1)]["codes"] == [code]


@everywhere
def test_a_second_window_follows(anna, come):
    other = come()
    other.sign_in("Anna")
    code = anna.define("Tid")
    anna.code(1, code)
    other.until(lambda: other.readings)
    assert other.readings == anna.readings
    assert other.lobby["codes"] == anna.lobby["codes"]
    assert other.unasked() == []


@pytest.mark.parametrize("given", [False, True], ids=["read here", "given"])
def test_a_note_that_is_erased_elsewhere_is_gone_from_the_page_with_what_was_said_of_it(folder, serve, given):
    host = serve("notebook", folder)
    window = Coder(host.open("coding", frames=read_all(folder) if given else None))
    window.sign_in("Anna")
    window.record("memo written", **window.about(1), text="Hm")
    note = window.corpus["notes"][1]
    store = open_store(folder)
    store.erase(note["in"], note=note["id"])
    store.close()
    window.until(lambda: len(window.corpus["notes"]) == 7)
    assert note not in window.corpus["notes"]
    assert window.readings == {}
    assert window.lobby["undo"] is None


def test_two_coders_go_on_when_a_note_was_erased_at_the_table(anna, come, host):
    bo = come()
    bo.sign_in("Bo")
    code = anna.define("Tid")
    for index in (1, 2):
        anna.code(index, code)
    bo.until(lambda: bo.lobby["codes"])
    bo.code(1, None)
    erased, table = anna.corpus["notes"][1], host.open()
    table.ask("hello", session=erased["in"])
    assert "refused" not in table.ask("erase", note=erased["id"])
    for coder in (anna, bo):
        coder.until(lambda coder=coder: len(coder.corpus["notes"]) == 7)
        assert erased["id"] not in coder.readings
        assert "refused" not in coder.code(3, code)
    assert set(anna.readings) == {anna.note(1), anna.note(3)}  # the third moved up
    assert set(bo.readings) == {bo.note(3)}
    assert bo.readings[bo.note(3)]["codes"] == [code]


def test_a_project_that_is_erased_is_told_and_another_one_can_be_begun(anna, come, host):
    table = host.open()
    table.ask("hello", session=None)
    assert "refused" not in table.ask("erase", sessions=[anna.lobby["project"]])
    anna.until(lambda: "refused" in anna.reply)
    assert anna.reply["refused"] == text("session.erased")
    assert (anna.lobby["project"], anna.readings) == (None, {})
    assert "refused" not in anna.ask("sign_in", coder="Anna", session=None, name="Igen")
    assert "refused" not in anna.code(1, anna.define("Tid"))


def test_the_next_coder_in_the_same_window_sees_nothing_of_the_one_before(anna):
    code = anna.define("Tid")
    anna.code(1, code)
    hers = dict(anna.readings)
    anna.ask("sign_in", coder="Bo", session=anna.lobby["project"], name="")
    assert (anna.lobby["coder"], anna.readings) == ("Bo", {})
    anna.ask("sign_in", coder="Anna", session=anna.lobby["project"], name="")
    assert anna.readings == hers
    anna.ask("sign_in", coder="Anna", session=None, name="Et andet projekt")
    assert anna.readings == {}


@pytest.fixture
def compared(anna, come):
    """Two coders, a disagreement on the second note; Anna compares."""
    code = anna.define("Tid")
    bo = come()
    bo.sign_in("Bo")
    for index in range(6):
        anna.code(index, code if index < 2 else None)
        bo.code(index, code if index < 1 else None)
    anna.compare()
    return anna, code


def test_agreement_is_told_in_danish_with_its_interval_and_the_disagreements_by_name(compared):
    anna, code = compared
    comparison = anna.slices["comparison"]
    assert comparison["sentences"][0] == "2 kodere har 6 noter til fælles."
    assert comparison["sentences"][1].startswith("Alle koder under ét: alfa 0,")
    (row,) = comparison["rows"]
    assert row[:4] == ["Tid", "6", "83 %", "0,59"]
    (pair,) = comparison["pairs"]
    assert pair[:2] == ["Tid", "Anna – Bo"]
    (one,) = comparison["disagreements"]
    assert (one["note"], one["code"], one["found_by"], one["not_by"]) == (
        anna.note(1),
        code,
        ["Anna"],
        ["Bo"],
    )
    assert one["settled"] is None


def test_settling_stands_beside_what_each_has_said_and_can_be_taken_back(compared, folder):
    anna, code = compared
    alphas = anna.slices["comparison"]["rows"]
    event = {
        "what": "coded",
        "id": new_id(now() + 5),
        "session": anna.lobby["project"],
        "code": code,
        "applies": False,
    }
    anna.send({"type": "event", "event": event | anna.about(1)})
    anna.compare()
    (one,) = anna.slices["comparison"]["disagreements"]
    assert (one["settled"], one["settled_by"]) == (False, event["id"])
    assert anna.slices["comparison"]["rows"] == alphas
    assert anna.readings[anna.note(1)]["codes"] == [code]
    assert set(codings(folder)["coder"]) == {"", "Anna", "Bo"}
    assert "refused" not in anna.record("undone", events=[event["id"]])
    anna.compare()
    assert anna.slices["comparison"]["disagreements"][0]["settled"] is None


@pytest.mark.parametrize(
    ("low", "alpha", "key"),
    [(0.85, 0.9, "good"), (0.7, 0.9, "tentative"), (0.5, 0.9, "unsure"), (0.2, 0.5, "low")],
)
def test_a_coefficient_is_judged_by_the_end_of_its_interval_that_promises_least(low, alpha, key):
    assert _verdict({"why": "", "alpha": alpha, "low": low}) == text(f"coding.verdict.{key}")


# --- nonsense, and trouble --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "message",
    [
        None,
        7,
        {},
        {"type": "event"},
        {"type": "event", "event": {}},
        {"type": "event", "event": {"what": "coded"}},
        {"type": "sign_in", "coder": 7, "session": None, "name": ""},
        {"type": "sign_in", "coder": "Bo", "session": ["x"], "name": ""},
        {"type": "burn"},
    ],
)
def test_nonsense_is_refused_and_changes_nothing(anna, folder, message):
    before = Project(open_store(folder), anna.lobby["project"]).events
    assert anna.send(message)["refused"] == NOT_UNDERSTOOD
    assert Project(open_store(folder), anna.lobby["project"]).events == before


def test_only_notes_that_are_shown_are_coded(anna):
    for strange in ({"note": new_id(1)}, {"noted_in": new_id(1)}):
        assert "ikke blandt dem" in anna.record("coded", **anna.about(1) | strange, code=None)["refused"]


def test_a_project_that_is_not_there_is_refused_in_words(anna):
    assert "findes ikke" in anna.ask("sign_in", coder="Bo", session=new_id(1), name="")["refused"]
    assert anna.lobby["coder"] == "Anna"


def test_a_store_that_cannot_be_written_keeps_the_word_in_the_page(anna, host, closed_to_writing):
    code = anna.define("Tid")
    store = host.dispatcher.call(lambda store: store)
    with closed_to_writing(store):
        answer = anna.code(1, code)
        assert "skrive" in answer["unsaved"] and "refused" not in answer
        assert anna.readings == {}
    assert "unsaved" not in anna.code(1, code)
    assert anna.readings[anna.note(1)]["codes"] == [code]


@pytest.fixture(scope="module")
def hardened_coder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("noter")
    store = open_store(folder)
    start(store, read_deck(), workshop="W", group="1").note("Vi", opening_question=1)
    begin(store, "Behov")
    store.close()
    host = OwnDispatcher(folder)
    window = Coder(host.open("coding"))
    window.sign_in("Anna")
    yield window
    host.close()


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
whats = st.sampled_from(
    ["coded", "code defined", "memo written", "undone", "coding named", "noted", "erased"]
)


@given(st.data())
def test_whatever_a_page_sends_it_gets_an_answer_in_words(hardened_coder, data):
    about = hardened_coder.about(0)
    good = {"id": new_id(now()), "session": hardened_coder.lobby["project"], **about, "coder": "Anna"}
    event = {
        "what": data.draw(whats),
        **good,
        **data.draw(st.dictionaries(st.sampled_from([*good, "code", "x"]), scalars, max_size=3)),
    }
    messages = [
        {"type": "event", "event": event},
        {"type": "redact", "event": event},
        {"type": "sign_in", "coder": data.draw(scalars), "session": None, "name": data.draw(scalars)},
        {"type": "open", "session": data.draw(scalars)},
        {"type": "event", "event": event, "coder": "Anna"},
    ]
    answer = hardened_coder.send(data.draw(st.sampled_from(messages)))
    assert isinstance(answer.get("refused", ""), str)
    assert "Det gik galt" not in answer.get("refused", "")  # what nobody foresaw
