"""An event reads back as it was written, sorts itself by its id, and counts once until it is undone."""

import json
from dataclasses import fields, replace
from itertools import pairwise
from random import Random
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogkort.domain.erasures import is_covered, sessions_concerned, without_erased
from dialogkort.domain.event_ids import is_id, new_id, time_of
from dialogkort.domain.event_records import from_record, from_stored_record, to_record
from dialogkort.domain.events import (
    OF_CLOSING,
    Agreement,
    AgreementChosen,
    Coded,
    CodeDefined,
    CodingNamed,
    Dealt,
    Described,
    Discussed,
    DrawPlan,
    Ended,
    Erased,
    MemoWritten,
    Noted,
    NoteKind,
    NoteRemoved,
    PlenumOpened,
    PlenumStep,
    PutBack,
    QuestionWritten,
    Reopened,
    SilenceBegun,
    SilenceEnded,
    SilentlyNoted,
    Skipped,
    SkipReason,
    StepStatus,
    TimerExtended,
    TimerSet,
    TimerStart,
    TimerStarted,
    TimerStopped,
    Turned,
    Undone,
    VoteCast,
    VoteOpened,
    VoteSubject,
    WentBack,
    WorkshopPlanned,
    is_newer,
    newest_description,
)
from dialogkort.domain.undo import WRITING_PAUSE, effective_events, last_step, next_redo

CODING = (CodingNamed, CodeDefined, Coded, MemoWritten, PlenumOpened, PlenumStep, VoteOpened, VoteCast)
TABLE = (Described, Dealt, Turned, AgreementChosen, Discussed, Skipped, PutBack, WentBack, Noted, NoteRemoved)
TABLE += (Ended, Reopened, TimerSet, TimerStarted, TimerExtended, TimerStopped)
TABLE += (SilenceBegun, SilentlyNoted, SilenceEnded)
TABLE += OF_CLOSING
PLAN = (WorkshopPlanned, QuestionWritten)
KINDS = (*TABLE, *CODING, *PLAN, Undone, Erased)
LAST_MOMENT = 2**48 - 2

moments = st.integers(min_value=0, max_value=LAST_MOMENT)
ids = st.builds(new_id, moments)
numbers = st.integers(min_value=-(2**63), max_value=2**63 - 1)
lists = st.lists(st.text(), max_size=3).map(tuple)
values = {
    "id": ids,
    "session": ids,
    "note": ids,
    "noted_in": ids,
    "code": ids,
    "question": ids,
    "withdrawn": st.booleans(),
    "draw": st.sampled_from(DrawPlan),
    **dict.fromkeys(("minutes", "opening", "per_card", "plenum", "breaks"), numbers),
    **dict.fromkeys(("groups", "areas", "chosen", "left_out", "examples"), lists),
    "applies": st.booleans(),
    "retired": st.booleans(),
    "after": st.none() | ids,
    "prepared": st.none() | ids,
    "events": st.lists(ids, max_size=4).map(tuple),
    "sessions": st.lists(ids, max_size=4).map(tuple),
    "characters": numbers,
    "order": st.lists(st.text(), max_size=4).map(tuple),
    "participants": st.none() | numbers,
    "opening_question": st.none() | numbers,
    "seed": numbers,
    "seconds": numbers,
    "starts": st.sampled_from(TimerStart),
    "agreement": st.none() | st.sampled_from(Agreement),
    "reason": st.none() | st.sampled_from(SkipReason),
    "kind": st.sampled_from(NoteKind),
    "rating": numbers,
    "status": st.sampled_from(StepStatus),
    "follows": st.lists(ids, max_size=4).map(tuple),
    "hands": st.none() | numbers,
    "is_shown": st.booleans(),
    "vote": ids,
    "items": st.lists(ids, max_size=4).map(tuple),
    "subject": st.sampled_from(VoteSubject),
    "choices": numbers,
    "unknown_fields": st.just(""),  # see the events of a newer version
}


def built(kind):
    chosen = {field.name: values.get(field.name, st.text()) for field in fields(kind)}
    if kind is Erased:  # it counts events, and a note may or may not be named
        chosen |= {"events": numbers, "note": st.none() | ids}
    if kind is Coded:
        chosen |= {"code": st.none() | ids}
    if kind is VoteCast:
        chosen |= {"hands": st.lists(numbers, max_size=4).map(tuple)}
    return st.builds(kind, **chosen)


any_event = st.sampled_from(KINDS).flatmap(built)
anything_in_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | ids,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)

SESSION = new_id(1_000)


class Afternoon:
    """Events one after the other, a second apart, in one session."""

    def __init__(self):
        self.now = 2_000

    def __call__(self, kind, /, **fields):
        self.now += 1_000
        return kind(id=new_id(self.now), session=SESSION, **fields)


@pytest.fixture
def then():
    return Afternoon()


# --- as plain records -------------------------------------------------------------------------------------


@given(any_event)
def test_an_event_written_as_json_and_read_again_is_the_same_event(event):
    again = from_record(json.loads(json.dumps(to_record(event))))
    assert again == event
    assert type(again) is type(event)


@given(any_event, st.data())
def test_a_record_with_anything_at_all_in_a_field_is_a_value_error_or_an_event_that_says_the_same(
    event, data
):
    record = to_record(event)
    field = data.draw(st.sampled_from([*record, "stranger"]))
    broken = json.loads(json.dumps(record | {field: data.draw(anything_in_json)}))
    try:
        read = from_record(broken)
    except ValueError:
        return
    assert to_record(read)["what"] == broken.pop("what")
    # As JSON has them: a tuple is a list there, and True is not 1.
    assert json.dumps({name: getattr(read, name) for name in broken}) == json.dumps(broken)


@given(anything_in_json)
def test_a_record_that_is_anything_at_all_is_a_value_error(nonsense):
    with pytest.raises(ValueError):
        from_record(nonsense)


GOOD = {"what": "noted", "id": new_id(1), "session": new_id(0), "note": new_id(2), "text": "Vi øver os"}
DESCRIBED = {"what": "described", "id": new_id(1), "session": new_id(0), "workshop": "W"}
DEALT = {"what": "dealt", "id": new_id(1), "session": new_id(0), "deck": "d", "seed": 1, "order": ["a"]}
ERASED = {"what": "erased", "id": new_id(1), "session": new_id(0), "events": 3, "characters": 7}
UNDONE = {"what": "undone", "id": new_id(1), "session": new_id(0), "events": [new_id(3)]}
CODED = {"what": "coded", "id": new_id(1), "session": new_id(9), "note": new_id(2), "noted_in": new_id(0)}


@pytest.mark.parametrize(
    ("record", "named"),
    [
        (None, "what"),
        ([], "what"),
        ("noted", "what"),
        ({}, "what"),
        (GOOD | {"what": None}, "what"),
        (GOOD | {"what": ["noted"]}, "what"),
        (GOOD | {"what": "burned"}, "burned"),
        (GOOD | {"colour": "red"}, "colour"),
        (GOOD | {3: "x", "colour": "red"}, "unknown field"),
        (GOOD | {"id": "1"}, "id"),
        (GOOD | {"id": None}, "id"),
        (GOOD | {"id": GOOD["id"].upper()}, "id"),
        (GOOD | {"id": GOOD["id"] + "\n"}, "id"),
        (GOOD | {"id": str(UUID(int=4))}, "id"),
        (GOOD | {"session": "monday"}, "session"),
        (GOOD | {"note": "my note"}, "note"),
        (GOOD | {"text": None}, "text"),
        (GOOD | {"text": 7}, "text"),
        (GOOD | {"text": ["a"]}, "text"),
        (GOOD | {"kind": "song"}, "song"),
        (GOOD | {"kind": None}, "None"),
        (GOOD | {"kind": ["point"]}, "point"),
        (GOOD | {"opening_question": True}, "opening_question"),
        (GOOD | {"opening_question": 1.0}, "opening_question"),
        (GOOD | {"opening_question": "1"}, "opening_question"),
        ({key: GOOD[key] for key in GOOD if key != "text"}, "text"),
        ({key: GOOD[key] for key in GOOD if key != "id"}, "id"),
        (DESCRIBED | {"participants": True}, "participants"),
        (DESCRIBED | {"participants": 4.0}, "participants"),
        (DEALT | {"order": "abc"}, "order"),
        (DEALT | {"order": [1]}, "order"),
        (DEALT | {"seed": True}, "seed"),
        (UNDONE | {"events": ["yesterday"]}, "events"),
        (UNDONE | {"events": new_id(3)}, "events"),
        (GOOD | {"after": "1"}, "after"),
        (ERASED | {"note": "my note"}, "note"),
        (CODED | {"noted_in": "monday"}, "noted_in"),
        (CODED | {"applies": 1}, "applies"),
        (CODED | {"code": "trust"}, "code"),
        ({key: CODED[key] for key in CODED if key != "noted_in"}, "noted_in"),
        (ERASED | {"events": None}, "events"),
    ],
)
def test_a_record_that_is_not_of_the_form_is_a_value_error_that_names_the_fault(record, named):
    with pytest.raises(ValueError, match=named):
        from_record(record)


@pytest.mark.parametrize("record", [GOOD, DESCRIBED, DEALT, UNDONE, ERASED, CODED])
def test_the_records_the_broken_ones_were_made_from_are_good(record):
    assert to_record(from_record(record)).items() >= {"what": record["what"], "id": record["id"]}.items()


# --- of a newer version -----------------------------------------------------------------------------------

STORED = [
    GOOD | {"what": "voted", "for": ["Ida", 3, None], "weight": 0.5},
    GOOD | {"colour": "red", "heard": {"at": 3}},
    GOOD | {"kind": "question"},
    {"what": "skipped", "id": new_id(1), "session": new_id(0), "card": "a", "reason": "too tired"},
    DEALT | {"plan": "by hand", "crc": 7, "fingerprint": "x", "body": {}},
    {"what": "turned", "id": new_id(1), "session": new_id(0), "card": "a", "unknown_fields": "mine"},
]


@pytest.mark.parametrize("record", STORED)
def test_what_a_newer_version_kept_is_read_and_written_as_it_was_and_a_page_may_not_say_it(record):
    event = from_stored_record(record)
    assert to_record(event) == record
    assert is_newer(event)
    with pytest.raises(ValueError):
        from_record(record)


@given(any_event, st.dictionaries(st.text(), anything_in_json, min_size=1, max_size=3), st.text(min_size=1))
def test_whatever_a_newer_version_tells_it_reads_the_same_when_it_is_written_again(event, more, what):
    for record in (more | to_record(event), more | {"what": what, "id": event.id, "session": event.session}):
        try:
            read = from_stored_record(record)
        except ValueError:
            continue  # neither a kind's name nor a field of the form
        assert to_record(read) == record


def test_of_a_known_kind_with_fields_we_do_not_know_the_others_count():
    note = from_stored_record(GOOD | {"colour": "red", "kind": "question"})
    assert effective_events([note]) == (note,)
    assert (note.text, note.kind) == ("Vi øver os", NoteKind.POINT)


def test_a_kind_we_do_not_know_is_counted_by_nothing_and_cannot_be_undone_here(then):
    turned = then(Turned, card="a")
    vote = from_stored_record({"what": "voted", "id": new_id(9_000), "session": SESSION})
    assert effective_events([turned, vote]) == (turned,)
    assert last_step([turned, vote]) == (turned,)


@pytest.mark.parametrize(
    "record",
    [
        GOOD | {"what": "voted", "id": "1"},
        {"what": "voted", "id": new_id(1)},
        GOOD | {"what": ""},
        GOOD | {"what": "vo\nted"},
        GOOD | {"what": "v" * 65},
        GOOD | {"what": 7},
        GOOD | {"text": 7},
        GOOD | {"colour": "\ud800"},
        GOOD | {"what": "voted", 3: "x"},
        {key: GOOD[key] for key in GOOD if key != "text"} | {"colour": "red"},
    ],
)
def test_what_no_version_can_have_written_is_a_value_error(record):
    with pytest.raises(ValueError):
        from_stored_record(record)


def test_what_a_newer_version_tells_of_a_note_goes_with_the_note_wherever_it_is_kept():
    note, project = new_id(1), new_id(77)
    here = from_stored_record({"what": "praised", "id": new_id(3), "session": SESSION, "note": note})
    there = from_stored_record(
        {"what": "praised", "id": new_id(3), "session": project, "note": note, "noted_in": SESSION}
    )
    other = from_stored_record({"what": "praised", "id": new_id(3), "session": SESSION, "note": "a song"})
    assert [is_covered(event, {(SESSION, note)}) for event in (here, there, other)] == [True, True, False]
    assert all(is_covered(event, {(SESSION, None)}) for event in (here, there, other))
    assert (sessions_concerned(here), sessions_concerned(there)) == ((SESSION,), (project, SESSION))


# --- ids --------------------------------------------------------------------------------------------------


@given(moments)
def test_an_id_is_a_uuid_of_version_7_that_carries_its_moment(now):
    id = new_id(now)
    assert is_id(id)
    assert (UUID(id).version, UUID(id).variant) == (7, RFC_4122)
    assert str(UUID(id)) == id
    assert time_of(id) == now


@given(moments, moments)
def test_ids_sort_by_time(one, other):
    if one != other:
        assert (new_id(one) < new_id(other)) == (one < other)


@given(moments, st.integers(min_value=0, max_value=LAST_MOMENT - 1))
def test_an_id_sorts_behind_the_one_before_even_when_the_clock_has_gone_backwards(now, before):
    earlier = new_id(before)
    later = new_id(now, after=earlier)
    assert is_id(later)
    assert later > earlier
    assert time_of(later) == max(now, before + 1)


def test_a_thousand_ids_of_a_clock_that_stands_still_are_in_order_and_all_different():
    row = [new_id(1_000)]
    while len(row) < 1_000:
        row.append(new_id(1_000, after=row[-1]))
    assert all(one < other for one, other in pairwise(row))


def test_ten_thousand_devices_that_make_an_id_in_the_same_millisecond_make_different_ones():
    assert len({new_id(1_000) for _ in range(10_000)}) == 10_000


@pytest.mark.parametrize("text", [None, 7, "", "k-01", b"x", str(UUID(int=0)), "0" * 36, ["a"]])
def test_what_is_not_a_uuid_of_version_7_is_no_id(text):
    assert not is_id(text)


# --- what counts ------------------------------------------------------------------------------------------


def test_an_event_is_counted_once_however_often_it_is_met(then):
    turned, discussed = then(Turned, card="a"), then(Discussed, card="a")
    assert effective_events([discussed, turned, discussed, turned]) == (turned, discussed)


def test_what_was_undone_does_not_count_and_neither_does_the_undoing(then):
    turned, skipped = then(Turned, card="a"), then(Skipped, card="a")
    undone = then(Undone, events=(skipped.id,))
    assert effective_events([turned, skipped, undone]) == (turned,)


def test_undoing_an_undo_makes_the_events_count_again(then):
    turned = then(Turned, card="a")
    undone = then(Undone, events=(turned.id,))
    undone_undone = then(Undone, events=(undone.id,))
    assert effective_events([undone_undone, undone, turned]) == (turned,)


def test_undo_cannot_reach_what_happens_after_it(then):
    turned = then(Turned, card="a")
    later = then(Discussed, card="a")
    early = Undone(id=new_id(turned.at + 1), session=SESSION, events=(later.id,))
    assert effective_events([turned, early, later]) == (turned, later)


@given(st.lists(any_event, max_size=8), st.randoms(use_true_random=False))
def test_what_counts_does_not_depend_on_the_order_or_the_number_of_times_the_events_are_met(events, chance):
    events = [replace(event, id=new_id(index)) for index, event in enumerate(events)]
    again = [*events, *events]
    chance.shuffle(again)
    assert effective_events(again) == effective_events(events)


@given(st.data(), st.randoms(use_true_random=False))
def test_of_events_that_differ_under_one_id_the_same_one_counts_everywhere(data, chance):
    first = data.draw(built(Noted))
    versions = [first, *(replace(first, text=data.draw(st.text())) for _ in range(3))]
    counted = effective_events(versions)
    chance.shuffle(versions)
    assert effective_events(versions) == counted
    assert len(counted) == 1


def test_the_newest_description_holds_and_of_two_that_were_edited_the_same_one_everywhere(then):
    first, second = (then(Described, workshop="W", group=group) for group in ("Rød", "Blå"))
    edited = replace(second, group="Grøn")
    for counts in ([first, second, edited], [edited, second, first]):
        assert newest_description(counts) == min(second, edited, key=repr)
    with pytest.raises(ValueError):
        newest_description([])


# --- what was erased --------------------------------------------------------------------------------------


def _an_afternoon_with_erasures(then):
    stored, gone = (then(Noted, note=new_id(at), text="Vi", card="a") for at in (1, 2))
    removal = then(NoteRemoved, note=gone.note)
    marker = then(Erased, note=gone.note, events=2, characters=2)
    return stored, gone, removal, marker


def test_an_erased_note_is_gone_in_all_its_versions_and_the_marker_stays(then):
    stored, gone, removal, marker = _an_afternoon_with_erasures(then)
    later = replace(gone, id=new_id(9_000_000), text="en gammel kopi")
    assert without_erased([stored, later, gone, removal, marker]) == [stored, marker]
    assert effective_events([stored, later, gone, removal, marker]) == (stored,)


def test_an_erased_session_is_its_markers_and_nothing_else(then):
    events = _an_afternoon_with_erasures(then)
    marker = then(Erased, events=3, characters=4)
    assert without_erased([*events, marker]) == [events[-1], marker]
    assert effective_events([*events, marker]) == ()


def test_an_erasure_covers_its_own_session_and_no_other(then):
    note = then(Noted, note=new_id(1), text="Vi", card="a")
    assert is_covered(note, {(SESSION, note.note)})
    assert is_covered(note, {(SESSION, None)})
    assert not is_covered(note, {(new_id(77), None), (new_id(77), note.note), (SESSION, new_id(78))})


def test_what_coders_say_of_a_note_goes_with_the_note_wherever_it_is_kept(then):
    """A coding project is no session of its own when it comes to erasing: it speaks of others' notes."""
    note, project = new_id(1), new_id(77)
    message = [
        Coded(id=new_id(3_000), session=project, note=note, noted_in=SESSION, code=new_id(78), coder="Å"),
        MemoWritten(id=new_id(3_001), session=project, note=note, noted_in=SESSION, text="Hm", coder="Å"),
    ]
    for event in message:
        assert is_covered(event, {(SESSION, note)})
        assert is_covered(event, {(SESSION, None)})
        assert is_covered(event, {(project, None)})
        assert not is_covered(event, {(SESSION, new_id(2)), (new_id(76), None), (project, note)})
        assert sessions_concerned(event) == (project, SESSION)
    assert without_erased([*message, then(Erased, note=note, events=4, characters=2)])[:-1] == []


# --- the newest step --------------------------------------------------------------------------------------


def test_a_step_is_the_newest_move(then):
    turned, skipped = then(Turned, card="a"), then(Skipped, card="a")
    assert last_step([turned, skipped]) == (skipped,)


def test_the_deal_and_the_description_are_no_steps(then):
    opening = [then(Described, workshop="W", group="1"), then(Dealt, deck="d", seed=1, order=("a",))]
    turned = then(Turned, card="a")
    corrected = then(Described, workshop="W", group="2")
    assert last_step(opening) == ()
    assert last_step([*opening, turned, corrected]) == (turned,)


def test_all_versions_of_a_note_written_in_one_go_are_one_step(then):
    turned = then(Turned, card="a")
    note = new_id(5)
    versions = tuple(then(Noted, note=note, card="a", text=text) for text in ("V", "Vi", "Vi ø", "Vi øver"))
    assert last_step(Random(1).sample([turned, *versions], 5)) == versions


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"text": "Vi øver os."}, {"text": "Vi øver os. Hver uge"}),
        ({"text": "Vi øver os\n"}, {"text": "Vi øver os\nHver uge"}),
        ({"text": "Vi", "kind": NoteKind.POINT}, {"text": "Vi", "kind": NoteKind.EXAMPLE}),
        ({"text": "Vi"}, {"text": "Vi", "owner": "Ida"}),
    ],
    ids=["a sentence", "a line", "a kind", "an owner"],
)
def test_a_sentence_and_a_change_of_what_a_note_is_are_steps_of_their_own(then, before, after):
    note = new_id(5)
    first, second = (then(Noted, note=note, card="a", **fields) for fields in (before, after))
    assert last_step([first, second]) == (second,)


def test_a_blank_after_a_sentence_belongs_to_it(then):
    note = new_id(5)
    versions = tuple(then(Noted, note=note, card="a", text=text) for text in ("Vi øver os.", "Vi øver os. "))
    assert last_step(versions) == versions


def test_a_pause_in_writing_begins_another_step(then):
    note = new_id(5)
    first = then(Noted, note=note, card="a", text="Vi")
    then.now += WRITING_PAUSE
    second = then(Noted, note=note, card="a", text="Vi øver")
    assert last_step([first, second]) == (second,)


def test_redo_takes_back_the_newest_undoing_until_something_else_is_done(then):
    turned, skipped = then(Turned, card="a"), then(Skipped, card="a")
    back, further = then(Undone, events=(skipped.id,)), then(Undone, events=(turned.id,))
    events = [turned, skipped, back, further]
    assert next_redo([turned, skipped]) is None
    assert next_redo(events) == further
    once = then(Undone, events=(further.id,))
    assert next_redo([*events, once]) == back
    assert list(effective_events([*events, once, then(Undone, events=(back.id,))])) == [turned, skipped]
    assert next_redo([*events, once, then(Skipped, card="a")]) is None


def test_versions_of_a_note_with_something_between_them_are_two_steps(then):
    note, other = new_id(5), new_id(6)
    first = then(Noted, note=note, card="a", text="Vi")
    between = then(Noted, note=other, card="a", text="De")
    second = then(Noted, note=note, card="a", text="Vi øver")
    assert last_step([first, between, second]) == (second,)
    assert last_step([first, between]) == (between,)


def test_a_removed_note_is_a_step_of_its_own(then):
    note = new_id(5)
    written, removed = then(Noted, note=note, card="a", text="Vi"), then(NoteRemoved, note=note)
    assert last_step([written, removed]) == (removed,)


def test_what_was_undone_is_not_undone_again(then):
    turned, skipped = then(Turned, card="a"), then(Skipped, card="a")
    undone = then(Undone, events=(skipped.id,))
    assert last_step([turned, skipped, undone]) == (turned,)
