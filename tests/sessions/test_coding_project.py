"""The rules of coding: what a coder says stands beside what others say, and nothing is ever lost."""

import json
from random import Random

import pytest
from store_helpers import opened

from dialogkort.analysis.agreement import alpha, disagreements
from dialogkort.domain import coding
from dialogkort.domain.coding import SETTLED, codebook, last_step, project_name, readings
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import Coded, CodeDefined, CodingNamed, MemoWritten, Noted, Undone
from dialogkort.domain.undo import effective_events
from dialogkort.errors import ErasedError, InvalidAction, StoreError
from dialogkort.exchange.erase import erase
from dialogkort.exchange.merge import merge
from dialogkort.exports.export import export
from dialogkort.frames import codings as tables
from dialogkort.frames.sessions import read_all
from dialogkort.sessions.coding_project import Project, begin
from dialogkort.sessions.session import Session, start
from dialogkort.store import FILE_NAME

PROJECT, SESSION = new_id(1_000), new_id(500)
FIRST, SECOND = new_id(600), new_id(700)
TIME, TRUST = new_id(1_100), new_id(1_200)


class Coding:
    """Events one after the other, a second apart, in one project."""

    def __init__(self):
        self.now = 2_000

    def __call__(self, kind, **fields):
        self.now += 1_000
        return kind(id=new_id(self.now), session=PROJECT, **fields)

    def coded(self, coder, note=FIRST, code=TIME, **fields):
        return self(Coded, coder=coder, note=note, noted_in=SESSION, code=code, **fields)

    def defined(self, code=TIME, name="Tid", **fields):
        return self(CodeDefined, code=code, name=name, **fields)

    def memo(self, coder, text, note=FIRST):
        return self(MemoWritten, coder=coder, note=note, noted_in=SESSION, text=text)


@pytest.fixture
def then():
    return Coding()


# --- the codebook -----------------------------------------------------------------------------------------


def test_a_code_reads_as_it_was_defined_last_and_keeps_its_place(then):
    events = [
        then.defined(TIME, "Tid"),
        then.defined(TRUST, "Tryghed"),
        then.defined(TIME, "Tid til at øve sig", definition="Når …", retired=True),
    ]
    first, second = codebook(Random(1).sample(events, 3))
    assert (first.id, first.name, first.definition, first.retired) == (
        TIME,
        "Tid til at øve sig",
        "Når …",
        True,
    )
    assert (second.id, second.name) == (TRUST, "Tryghed")


def test_a_project_is_called_what_it_was_called_last(then):
    assert project_name([then(CodingNamed, name="Forår"), then(CodingNamed, name="Efterår")]) == "Efterår"
    assert project_name([]) == ""


def test_two_codes_that_are_called_the_same_are_one(then):
    """As when two coders, each by themselves, have made the same code before their notes are put together."""
    events = [
        then.defined(TIME, "Tid"),
        then.defined(TRUST, " tid "),
        then.coded("Anna", code=TIME),
        then.coded("Bo", code=TRUST),
    ]
    assert [code.id for code in codebook(events)] == [TIME]
    assert {one.codes for one in readings(events).values()} == {frozenset({TIME})}
    apart = [*events, then.defined(TRUST, "Tryghed")]
    assert readings(apart)[FIRST, "Bo"].codes == {TRUST}


# --- what a coder says ------------------------------------------------------------------------------------


def test_a_coder_puts_codes_on_a_note_and_takes_them_off(then):
    events = [then.defined(TIME, "Tid"), then.defined(TRUST, "Tryghed")]
    events += [then.coded("Anna", code=code) for code in (TIME, TRUST)]
    assert readings(events)[FIRST, "Anna"].codes == {TIME, TRUST}
    events.append(then.coded("Anna", code=TIME, applies=False))
    assert readings(events)[FIRST, "Anna"].codes == {TRUST}
    events.append(then.coded("Anna", code=TRUST, applies=False))
    assert readings(events) == {}


def test_that_none_applies_is_something_else_than_not_having_read_it(then):
    events = [then.defined(), then.coded("Anna"), then.coded("Anna", code=None)]
    one = readings(events)[FIRST, "Anna"]
    assert (one.codes, one.none) == (frozenset(), True)
    assert readings([*events, then.coded("Anna", code=None, applies=False)]) == {}
    again = readings([*events, then.coded("Anna")])[FIRST, "Anna"]
    assert (again.codes, again.none) == ({TIME}, False)


def test_nobodys_reading_changes_another_ones(then):
    events = [then.defined(), then.coded("Anna"), then.coded("Bo", code=None), then.coded("Bo", note=SECOND)]
    by_coder = readings(events)
    assert by_coder[FIRST, "Anna"].codes == {TIME}
    assert by_coder[FIRST, "Bo"].none
    assert set(by_coder) == {(FIRST, "Anna"), (FIRST, "Bo"), (SECOND, "Bo")}


def test_what_is_settled_is_a_voice_of_its_own(then):
    events = [
        then.defined(),
        then.coded("Anna"),
        then.coded("Bo", code=None),
        then.coded(SETTLED, applies=False),
    ]
    by_coder = readings(events)
    assert by_coder[FIRST, SETTLED].rejected == {TIME}
    assert by_coder[FIRST, "Anna"].codes == {TIME}
    assert by_coder[FIRST, SETTLED].deciding_events == {TIME: events[-1].id}


def test_a_memo_reads_as_it_was_written_last_and_is_no_coding(then):
    events = [then.memo("Anna", "Hvad"), then.memo("Anna", "Hvad mener de?")]
    one = readings(events)[FIRST, "Anna"]
    assert (one.memo, one.codes, one.none) == ("Hvad mener de?", frozenset(), False)
    assert readings([*events, then.memo("Anna", "")]) == {}


def test_a_coding_with_a_code_that_has_not_arrived_waits_for_it(then):
    coded, defined = then.coded("Anna"), then.defined()
    assert readings([coded]) == {}
    assert readings([coded, defined])[FIRST, "Anna"].codes == {TIME}


def test_a_retired_code_keeps_what_was_coded_with_it(then):
    events = [then.defined(), then.coded("Anna"), then.defined(retired=True)]
    assert readings(events)[FIRST, "Anna"].codes == {TIME}


# --- undo -------------------------------------------------------------------------------------------------


def test_undo_takes_back_ones_own_newest_step_and_no_one_elses(then):
    own, other = then.coded("Anna"), then.coded("Bo")
    events = [then.defined(coder="Bo"), own, other]
    assert last_step(events, "Anna") == (own,)
    undone = then(Undone, events=(own.id,))
    assert last_step([*events, undone], "Anna") == ()
    assert set(readings([*events, undone])) == {(FIRST, "Bo")}


def test_a_memo_written_in_one_go_is_one_step(then):
    memos = tuple(then.memo("Anna", words) for words in ("H", "Hv", "Hvad"))
    assert last_step(memos, "Anna") == memos
    assert last_step([*memos, then.memo("Anna", "Andet", note=SECOND)], "Anna")[0].note == SECOND


def test_a_new_code_can_be_undone_until_somebody_has_used_it(then):
    defined = then.defined(coder="Anna")
    assert last_step([defined], "Anna") == (defined,)
    assert last_step([defined, then.coded("Bo")], "Anna") == ()
    renamed = then.defined(coder="Anna", name="Tiden")
    assert last_step([defined, then.coded("Bo"), renamed], "Anna") == (renamed,)


def test_the_order_the_events_arrive_in_and_how_often_makes_no_difference(then):
    events = [then.defined(), then.defined(TRUST, "Tryghed"), then.coded("Anna"), then.memo("Anna", "Hm")]
    events += [then.coded("Anna", code=TRUST), then.coded("Bo", code=None), then.coded(SETTLED)]
    events.append(then(Undone, events=(events[4].id,)))
    expected = (codebook(events), readings(events))
    for seed in range(20):
        shuffled = Random(seed).sample(events * 2, 2 * len(events))
        assert (codebook(shuffled), readings(shuffled)) == expected
    assert effective_events(events)[0].name == "Tid"


# --- a project in a store, on every engine ----------------------------------------------------------------


@pytest.fixture
def noted(store, deck):
    """A session with three notes: its id, and theirs."""
    session = start(store, deck, seed=7, workshop="Digital dag", group="Gruppe 1")
    return session.id, [session.note(f"Note {index}", opening_question=1) for index in range(3)]


def test_a_project_is_coded_undone_and_found_again(store, noted):
    session, notes = noted
    project = begin(store, "  Behov  ")
    assert store.codings() == {project.id: "Behov"}
    time = project.define("Tid", "Når …", coder="Anna")
    project.code(notes[0], session, time, coder="Anna")
    project.code(notes[1], session, None, coder="Anna")
    project.memo(notes[1], session, "Hvad mener de?", coder="Anna")
    project.undo("Anna")
    project.undo("Anna")
    again = Project(store, project.id)
    assert again.name == "Behov"
    assert dict(again.readings) == dict(project.readings)
    assert [one.codes for one in again.readings.values()] == [{time}]
    project.rename("Kompetencer")
    assert [event.name for event in again.catch_up()] == ["Kompetencer"]
    project.undo("Anna")
    project.undo("Anna")
    with pytest.raises(InvalidAction):
        project.undo("Anna")
    assert project.codebook == ()


@pytest.mark.parametrize(
    ("do", "words"),
    [
        (lambda p, n: p.define(" ", coder="Anna"), "intet navn"),
        (lambda p, n: p.define("x" * 81, coder="Anna"), "for langt"),
        (lambda p, n: p.define("tid", coder="Anna"), "allerede"),
        (lambda p, n: p.define("Ny", coder=" "), "dit navn"),
        (lambda p, n: p.code(*n, new_id(5), coder="Anna"), "findes ikke"),
        (lambda p, n: p.code(*n, p.codebook[1].id, coder="Anna"), "ude af brug|ud af brug"),
        (lambda p, n: p.settle(*n, new_id(5), True), "findes ikke"),
        (lambda p, n: p.memo(*n, "x" * 200_001, coder="Anna"), "200000"),
        (lambda p, n: p.rename(" "), "intet navn"),
        (lambda p, n: p.undo("Bo"), "fortryde"),
        (lambda p, n: p.record(_coded(p, n, coder="Bo"), "Anna"), "Kun Bo"),
        (lambda p, n: p.record(_coded(p, n, session=new_id(9)), "Anna"), "findes ikke"),
        (lambda p, n: p.record(_coded(p, n, id=new_id(2**47)), "Anna"), "Computerens ur"),
        (
            lambda p, n: p.record(Noted(id=new_id(2_000), session=p.id, note=n[0], text="Vi"), "Anna"),
            "lade sig gøre",
        ),
        (lambda p, n: p.record(Undone(id=new_id(2_000), session=p.id, events=(p.id,)), "Anna"), "fortryde"),
        (lambda p, n: p.record(Undone(id=new_id(2_000), session=p.id, events=()), "Anna"), "fortryde"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words_and_changes_nothing(tmp_path, do, words):
    with opened(tmp_path) as store:
        project = begin(store, "Behov")
        project.define("Tid", coder="Anna")
        retired = project.define("Gammel", coder="Anna")
        project.define("Gammel", coder="Anna", code=retired, retired=True)
        before = project.events
        with pytest.raises(InvalidAction, match=words):
            do(project, (FIRST, SESSION))
        assert project.events == before


def _coded(project, note, **changes):
    fields = {"id": new_id(2_000), "session": project.id, "coder": "Anna", "code": project.codebook[0].id}
    return Coded(**{**fields, "note": note[0], "noted_in": note[1], **changes})


def test_a_code_that_was_used_is_not_undone(tmp_path):
    with opened(tmp_path) as store:
        project = begin(store, "Behov")
        time = project.define("Tid", coder="Anna")
        definition = project.events[-1]
        project.code(FIRST, SESSION, time, coder="Bo")
        with pytest.raises(InvalidAction, match="brugt"):
            project.record(Undone(id=new_id(3_000), session=project.id, events=(definition.id,)), "Anna")


def test_a_project_that_is_not_there_is_refused(store, noted):
    for id in (noted[0], new_id(9), "x"):
        with pytest.raises(InvalidAction, match="findes ikke"):
            Project(store, id)


def test_a_coding_project_is_no_session(store, noted):
    project = begin(store, "Behov")
    project.define("Tid", coder="Anna")
    assert list(store.sessions()) == [noted[0]]
    assert {event.session for event in store.every_event()} == {noted[0], project.id}
    store.check()


# --- erasing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("whole_session", [False, True], ids=["note", "session"])
def test_what_coders_said_of_a_note_goes_with_it_and_the_rest_stays(store, noted, whole_session):
    session, notes = noted
    project = begin(store, "Behov")
    time = project.define("Tid", coder="Anna")
    for note in notes[:2]:
        project.code(note, session, time, coder="Anna")
        project.memo(note, session, f"Tanke om {note}", coder="Anna")
    stored = [event for event in project.events if getattr(event, "note", None) != notes[0]]
    (marker,) = store.erase(session, note=None if whole_session else notes[0])
    assert marker.characters >= len("Note 0") + len(f"Tanke om {notes[0]}")
    left = Project(store, project.id)
    if whole_session:
        assert not left.readings
    else:
        assert list(left.events) == stored
        assert set(left.readings) == {(notes[1], "Anna")}
    assert [code.name for code in left.codebook] == ["Tid"]
    with pytest.raises(InvalidAction, match="slettet"):
        left.code(notes[0], session, time, coder="Anna")
    with pytest.raises(ErasedError):
        store.append([Coded(id=new_id(9_000), session=project.id, note=notes[0], noted_in=session)])


def test_a_memo_on_an_erased_note_is_in_no_file_of_the_folder(tmp_path, deck):
    secret = "Åse græd, da hun sagde det"
    with opened(tmp_path) as store:
        session = start(store, deck, workshop="W", group="1")
        note = session.note("Vi øver os i hverdagen", opening_question=1)
        begin(store, "Behov").memo(note, session.id, secret, coder="Anna")
    copy = tmp_path / "kopi.txt"
    copy.write_text(secret, encoding="utf-8")
    erased = erase(tmp_path, note=note)
    assert erased.events == 2
    assert erased.still_in == (copy,)
    copy.unlink()
    assert not [
        path for path in tmp_path.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()
    ]


def test_an_old_copy_that_is_merged_in_does_not_bring_codings_of_an_erased_note_back(tmp_path, deck):
    with opened(tmp_path / "her") as store:
        session = start(store, deck, workshop="W", group="1")
        note = session.note("Vi øver os", opening_question=1)
        project = begin(store, "Behov")
        time = project.define("Tid", coder="Anna")
    merge([tmp_path / "her"], tmp_path / "der")
    with opened(tmp_path / "der") as store:
        Project(store, project.id).code(note, session.id, time, coder="Bo")
    erase(tmp_path / "her", note=note)
    merge([tmp_path / "der"], tmp_path / "her")
    assert len(tables.codings(tmp_path / "her")) == 0
    merge([tmp_path / "her"], tmp_path / "der")
    assert len(tables.codings(tmp_path / "der")) == 0
    assert len(tables.codebook(tmp_path / "der")) == 1


# --- two coders on two laptops ----------------------------------------------------------------------------


def test_two_coders_on_two_laptops_are_put_together_and_compared(tmp_path, deck):
    """Anna begins and makes the codes; Bo gets a copy; both code; both copies come together, either way."""
    with opened(tmp_path / "anna") as store:
        session = start(store, deck, workshop="Digital dag", group="1")
        notes = [session.note(f"Note {index}", opening_question=1) for index in range(10)]
        project = begin(store, "Behov")
        code = project.define("Tid", coder="Anna")
    export(tmp_path / "til bo", tmp_path / "anna")
    merge([tmp_path / "til bo" / "dialogkort.json"], tmp_path / "bo")
    ten = {"anna": [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], "bo": [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]}
    for coder, values in ten.items():
        with opened(tmp_path / coder) as store:
            project = Project(store, project.id)
            for note, value in zip(notes, values, strict=True):
                project.code(note, session.id, code if value else None, coder=coder)
            assert {by for _, by in project.readings} == {coder}
    merge([tmp_path / "anna", tmp_path / "bo"], tmp_path / "sammen")
    merge([tmp_path / "sammen"], tmp_path / "anna")
    for index in ("sammen", "anna"):
        both = tables.codings(tmp_path / index)
        assert both.groupby("coder")["note"].nunique().to_dict() == {"anna": 10, "bo": 10}
        assert alpha(both).loc[1, "alpha"] == pytest.approx(0.095, abs=5e-4)
        assert len(disagreements(both)) == 4


@pytest.fixture
def joined(tmp_path, deck):
    """Anna and Bo have each made the code "Tid" and coded with it; what they have done is put together."""
    with opened(tmp_path / "anna") as store:
        session = start(store, deck, workshop="Dag", group="1")
        notes = [session.note(f"Note {index}", opening_question=1) for index in range(6)]
        project = begin(store, "Behov").id
    merge([tmp_path / "anna"], tmp_path / "bo")
    for coder, name, coded_notes in (("Anna", "Tid", 3), ("Bo", " tid ", 4)):
        with opened(tmp_path / coder.lower()) as store:
            mine = Project(store, project)
            code = mine.define(name, coder=coder)
            for index, note in enumerate(notes):
                mine.code(note, session.id, code if index < coded_notes else None, coder=coder)
    merge([tmp_path / "anna", tmp_path / "bo"], tmp_path / "sammen")
    return tmp_path, project


def summary_of(folder):
    """The codes' names and whether they are in use, the agreement, and how often each coder found a code."""
    codings, codes, _ = tables.read_codings(folder)
    counts = codings[codings["applies"]].groupby(["coder", "name"]).size().to_dict()
    names = list(zip(codes["name"], codes["retired"], strict=True))
    return names, round(alpha(codings).loc[1, "alpha"], 3), counts


@pytest.mark.parametrize(
    ("change", "name", "retired"),
    [
        ({"name": "Tidspres"}, "Tidspres", False),
        ({"name": "Tid", "definition": "Når …"}, "Tid", False),
        ({"name": "tid", "retired": True}, "tid", True),
    ],
)
@pytest.mark.parametrize("which", [0, 1], ids=["shown", "other"])
def test_codes_that_have_become_one_stay_one(joined, change, name, retired, which):
    """Also when what each coder has at home comes in again, before or after."""
    folder, id = joined
    with opened(folder / "sammen") as store:
        project = Project(store, id)
        ids = list(dict.fromkeys(one.code for one in project.events if isinstance(one, CodeDefined)))
        (before,) = project.codebook
        project.define(coder="Anna", code=ids[which], **change)
        (code,) = project.codebook
        assert (code.id, code.name, code.retired) == (before.id, name, retired)
        project.undo("Anna")
        assert project.codebook == (before,)
        project.define(coder="Anna", code=ids[which], **change)
    for index, sources in {"en": ("anna", "sammen", "bo"), "to": ("bo", "anna", "sammen")}.items():
        merge([folder / source for source in sources], folder / index)
    after = summary_of(folder / "sammen")
    assert after[0] == [(name, retired)]
    assert summary_of(folder / "en")[0] == summary_of(folder / "to")[0] == after[0]


def test_agreement_is_the_same_whatever_a_code_that_two_have_made_is_called(joined):
    folder, id = joined
    before = summary_of(folder / "sammen")
    assert before == ([("tid", False)], 0.686, {("Anna", "tid"): 3, ("Bo", "tid"): 4})
    with opened(folder / "sammen") as store:
        project = Project(store, id)
        project.define("Tidspres", coder="Bo", code=project.codebook[0].id)
    after = ([("Tidspres", False)], 0.686, {("Anna", "Tidspres"): 3, ("Bo", "Tidspres"): 4})
    assert summary_of(folder / "sammen") == after
    merge([folder / "bo", folder / "anna"], folder / "sammen")
    merge([folder / "sammen"], folder / "anna")
    assert summary_of(folder / "sammen") == summary_of(folder / "anna") == after


def test_a_page_that_takes_back_one_of_the_two_takes_back_both(joined):
    folder, id = joined
    with opened(folder / "sammen") as store:
        project = Project(store, id)
        before = project.codebook
        shown = before[0].id
        renamed = CodeDefined(
            id=new_id(project.events[-1].at + 5_000, after=project.newest),
            session=id,
            code=shown,
            name="Tidspres",
            coder="Bo",
        )
        project.record(renamed, "Bo")
        assert [code.name for code in project.codebook] == ["Tidspres"]
        undo = Undone(id=new_id(0, after=project.newest), session=id, events=(renamed.id,))
        project.record(undo, "Bo")
        assert project.codebook == before


@pytest.mark.parametrize("which", [0, 1], ids=["shown", "other"])
@pytest.mark.parametrize("is_first", [True, False])
def test_what_is_said_late_of_one_of_two_keeps_them_one(joined, which, is_first):
    """It waited in the page of a coder without a line; others have said something newer meanwhile, or not."""
    folder, id = joined
    with opened(folder / "sammen") as store:
        project = Project(store, id)
        definitions = [event for event in project.events if isinstance(event, CodeDefined)]
        late = CodeDefined(
            id=new_id(0, after=definitions[which].id),
            session=id,
            code=definitions[which].code,
            name="Sent",
            coder="Bo",
        )
        if not is_first:
            project.define("Nyt", coder="Anna", code=definitions[0].code)
        project.record(late, "Bo")
        assert [code.name for code in project.codebook] == ["Sent" if is_first else "Nyt"]


def test_a_code_is_coded_with_by_any_of_its_ids(joined):
    """As a window says that was open before the two were put together."""
    folder, id = joined
    with opened(folder / "sammen") as store:
        project = Project(store, id)
        known = dict(project.readings)
        note = next(note for (note, coder), one in known.items() if one.none and coder == "Bo")
        noted_in = known[note, "Bo"].noted_in
        ids = {one.code for one in project.events if isinstance(one, CodeDefined)}
        (other,) = ids - {code.id for code in project.codebook}
        project.code(note, noted_in, other, coder="Bo")
        assert project.readings[note, "Bo"].codes == {project.codebook[0].id}


# --- as tables --------------------------------------------------------------------------------------------


def test_the_tables_say_who_said_what_and_join_with_the_notes(tmp_path, deck):
    with opened(tmp_path) as store:
        session = start(store, deck, workshop="W", group="1")
        first, second = (session.note(words, opening_question=1) for words in ("Vi øver", "De øver"))
        project = begin(store, "Behov")
        time, trust = (project.define(name, f"Om {name}", coder="Anna") for name in ("Tid", "Tryghed"))
        project.code(first, session.id, trust, coder="Anna")
        project.code(first, session.id, time, coder="Anna")
        project.code(second, session.id, None, coder="Bo")
        project.settle(second, session.id, time, False)
        project.memo(first, session.id, "Hm", coder="Bo")
    codings, codes, memos = tables.read_codings(tmp_path)
    columns = ["note", "coder", "name", "applies"]
    coding_rows = codings[columns].to_numpy(object, na_value=None).tolist()
    assert coding_rows == [
        [first, "Anna", "Tid", True],
        [first, "Anna", "Tryghed", True],
        [second, "Bo", None, False],
        [second, SETTLED, "Tid", False],
    ]
    assert codes[["project_name", "name", "definition", "defined_by"]].to_numpy().tolist() == [
        ["Behov", "Tid", "Om Tid", "Anna"],
        ["Behov", "Tryghed", "Om Tryghed", "Anna"],
    ]
    assert memos[["note", "coder", "text"]].to_numpy().tolist() == [[first, "Bo", "Hm"]]
    notes = read_all(tmp_path).notes
    assert len(codings.merge(notes, on=["session", "note"])) == 4
    assert (tables.codebook(tmp_path)["code"] == codes["code"]).all()
    assert len(tables.memos(tmp_path)) == 1


def test_where_nothing_was_coded_the_tables_have_the_same_columns(tmp_path, monkeypatch, deck):
    monkeypatch.setenv("DIALOGKORT_FOLDER", str(tmp_path / "ingen"))
    nothing = tables.read_codings()
    with opened(tmp_path / "noter") as store:
        start(store, deck, workshop="W", group="1")
    empty = tables.read_codings(tmp_path / "noter")
    for one, other, promised in zip(
        nothing, empty, (tables.CODINGS, tables.CODEBOOK, tables.MEMOS), strict=True
    ):
        assert len(one) == len(other) == 0
        assert {name: str(dtype) for name, dtype in one.dtypes.items()} == promised
        assert list(one.dtypes) == list(other.dtypes)
    with pytest.raises(StoreError):
        tables.codings(tmp_path / "ikke her")


def test_what_was_coded_is_in_the_file_that_is_handed_over(tmp_path, deck):
    with opened(tmp_path / "noter") as store:
        start(store, deck, workshop="W", group="1")
        begin(store, "Behov").define("Tid", coder="Anna")
    export(tmp_path / "ud", tmp_path / "noter")
    records = json.loads((tmp_path / "ud" / "dialogkort.json").read_text(encoding="utf-8"))["events"]
    assert {"coding named", "code defined"} <= {event["what"] for event in records}
    assert not (tmp_path / "ud" / FILE_NAME).exists()


def test_a_table_is_untouched_by_what_is_coded(store, noted):
    before = Session(store, noted[0]).events
    project = begin(store, "Behov")
    project.code(noted[1][0], noted[0], None, coder="Anna")
    assert Session(store, noted[0]).events == before
    assert coding.SETTLED == ""
