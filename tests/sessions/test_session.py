"""A session goes on where it was left, keeps every move when it is made, and refuses what makes no sense."""

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogkort.domain.draw import Draw, DrawPlan
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import (
    Agreement,
    AgreementChosen,
    Dealt,
    Described,
    Discussed,
    Erased,
    Noted,
    NoteKind,
    NoteRemoved,
    PutBack,
    Skipped,
    SkipReason,
    Turned,
    Undone,
    WentBack,
)
from dialogkort.domain.table import Outcome, turns
from dialogkort.errors import IllegalMove, InvalidAction, StoreError
from dialogkort.sessions.session import MAX_NAME_LENGTH, MAX_NOTE_LENGTH, Session, start

HOUR = 3_600_000
DETAILS = {"workshop": "Digital dag", "group": "Gruppe 1"}


def now():
    return time.time_ns() // 1_000_000


@pytest.fixture
def page_event(session):
    """An event as the page makes it: `page_event(Turned, card="k-01")`."""

    def new_event(kind, /, **fields):
        newest = max(event.id for event in session.events)
        return kind(**{"id": new_id(now(), after=newest), "session": session.id} | fields)

    return new_event


@pytest.fixture
def first(session):
    """The card that lies first in the row, turned."""
    card = session.table.face_down[0]
    session.turn(card)
    return card


def unchanged(session):
    """A picture of the session and of what is on the disk, to compare with later."""
    again = Session(session._store, session.id)
    assert again.table == session.table
    return again.events, again.table, again.notes, again.details


# --- beginning and going on -------------------------------------------------------------------------------


def test_sessions_that_are_begun_in_one_millisecond_are_listed_in_the_order_they_were_begun(
    store, deck, monkeypatch
):
    moment = now()
    monkeypatch.setattr("dialogkort.sessions.session._now", lambda: moment)
    begun = [start(store, deck, workshop="W", group=str(number)).id for number in range(6)]
    assert begun == sorted(begun)
    monkeypatch.setattr("dialogkort.sessions.session._now", lambda: moment - HOUR)
    assert start(store, deck, workshop="W", group="uret stillet").id < begun[0]


def test_a_session_begins_with_the_whole_deck_face_down_and_the_same_seed_deals_the_same(store, deck):
    one, other = (start(store, deck, seed=7, **DETAILS) for _ in range(2))
    assert sorted(one.table.face_down) == sorted(card.id for card in deck.cards)
    assert one.table == other.table
    assert one.id != other.id


def test_without_a_seed_every_group_gets_its_own_order(store, deck):
    orders = {start(store, deck, **DETAILS).table.order for _ in range(5)}
    assert len(orders) == 5


def test_a_session_that_is_continued_is_at_the_same_card_with_the_same_notes(
    session, first, location, open_here
):
    session.discuss(first, Agreement.DIFFERENTLY)
    second = session.table.face_down[0]
    session.turn(second)
    session.note("halvt skrev", card=second)
    again = Session(open_here(location), session.id)
    assert again.table == session.table
    assert again.table.current == second
    assert again.notes == session.notes
    assert again.details == session.details
    assert again.deck == session.deck


def test_a_session_nobody_has_begun_is_refused(store):
    with pytest.raises(InvalidAction, match="findes ikke på denne computer"):
        Session(store, new_id(5))


@pytest.mark.parametrize("id", ["", "mandag", "\ud800", "\x00", "x" * 10_000])
def test_what_is_no_session_at_all_is_refused(store, id):
    with pytest.raises(InvalidAction, match="findes ikke på denne computer") as refused:
        Session(store, id)
    assert len(str(refused.value)) < 200
    str(refused.value).encode("utf-8")


def test_a_session_whose_deal_has_not_arrived_is_refused(store):
    id = new_id(5)
    store.append([Described(id=id, session=id, **DETAILS)])
    with pytest.raises(InvalidAction, match="findes ikke på denne computer"):
        Session(store, id)


# --- every move is on the disk when it is made --------------------------------------------------------------


def _moves(session):
    card, other = session.table.face_down[:2]
    yield lambda: session.turn(card)
    yield lambda: session.note("Vi øver", card=card)
    yield lambda: session.discuss(card, Agreement.ALIKE)
    yield lambda: session.turn(other)
    yield lambda: session.skip(other, SkipReason.NO_TIME)
    yield lambda: session.go_back(card)
    yield lambda: session.put_back(other)
    yield lambda: session.note("Alt med strøm", opening_question=1)
    yield lambda: session.remove_note(session.notes[0].id)
    yield lambda: session.undo()
    yield lambda: session.describe(workshop="Digital dag", group="Gruppe 2", participants=5)


def test_every_move_can_be_read_from_the_store_when_the_method_returns(session, location, open_here):
    reader = open_here(location)
    for move in _moves(session):
        before = len(session.events)
        move()
        actual = reader.events(session.id)[0]
        assert tuple(actual) == session.events
        assert len(actual) == before + 1
    assert [note.text for note in session.notes] == ["Vi øver", "Alt med strøm"]
    assert session.details.participants == 5


def test_a_move_that_is_not_possible_changes_nothing(session, first):
    before = unchanged(session)
    face_down = session.table.face_down[0]
    for move in (session.discuss, session.skip, session.put_back, session.go_back):
        with pytest.raises(IllegalMove):
            move(face_down)
    with pytest.raises(IllegalMove):
        session.turn(first)
    assert unchanged(session) == before


def test_a_move_that_cannot_be_saved_is_not_made(session, first, closed_to_writing):
    before = session.table
    with (
        closed_to_writing(session._store),
        pytest.raises(StoreError, match=r"Der kan ikke skrives|lader dig ikke skrive"),
    ):
        session.discuss(first)
    assert session.table == before
    session.discuss(first)
    assert session.table.turned[first] == Outcome.DISCUSSED


def test_what_no_record_can_hold_is_not_kept_so_that_the_session_can_still_be_read(session, first):
    before = unchanged(session)
    for wrong in (
        lambda: session.discuss(first, "splendid"),
        lambda: session.skip(first, "bored"),
        lambda: session.note("Vi", card=first, kind="song"),
        lambda: session.note("Vi", note="min note", card=first),
    ):
        with pytest.raises(ValueError):
            wrong()
    assert unchanged(session) == before


# --- undo -------------------------------------------------------------------------------------------------


def test_undo_takes_the_newest_step_back_and_then_the_one_before_it(session):
    dealt = session.table
    card = dealt.face_down[0]
    session.turn(card)
    note = session.note("V", card=card)
    session.note("Vi", note=note, card=card)
    session.discuss(card)
    for expected in (1, 0, 0):
        session.undo()
        assert len(session.notes) == expected
    assert session.table == dealt
    assert session.next_undo == ()


def test_redo_lets_everything_count_again_that_was_undone(session):
    card = session.table.face_down[0]
    session.turn(card)
    session.note("Vi øver os.", card=card)
    session.discuss(card)
    before = session.table, session.notes
    for _ in range(3):
        session.undo()
    for _ in range(3):
        session.redo()
    assert (session.table, session.notes) == before
    with pytest.raises(InvalidAction, match="ikke noget at gentage"):
        session.redo()


def test_when_nothing_is_left_to_undo_it_is_said(session):
    with pytest.raises(InvalidAction, match="ikke mere at fortryde"):
        session.undo()


def test_the_deal_and_the_description_cannot_be_undone(session, first, page_event):
    before = unchanged(session)
    for fixed in (session.id, session.dealt.id):
        with pytest.raises(InvalidAction, match="ikke mere at fortryde"):
            session.record(page_event(Undone, events=(session.events[-1].id, fixed)))
    assert unchanged(session) == before


# --- events made elsewhere ----------------------------------------------------------------------------------


def test_an_event_taken_twice_happens_once(session, page_event):
    turned = page_event(Turned, card=session.table.face_down[0])
    session.record(turned)
    after = unchanged(session)
    session.record(turned)
    assert unchanged(session) == after


def test_an_event_that_waited_for_a_connection_gets_the_effect_it_had_then(session, page_event):
    card, other = session.table.face_down[:2]
    waiting = page_event(Turned, card=card)
    session.record(page_event(Turned, id=new_id(waiting.at + 5), card=other))
    session.record(waiting)
    assert list(session.table.turned) == [card, other]
    assert session.table.current == other


def test_a_word_on_a_card_that_waited_is_kept_though_the_card_has_been_put_back_since(
    session, first, page_event
):
    waiting = page_event(Discussed, card=first, agreement=Agreement.ALIKE)
    session.record(page_event(PutBack, id=new_id(waiting.at + 5), card=first))
    session.record(waiting)
    assert first in session.table.face_down
    assert waiting in session.events
    assert [turn.outcome for turn in turns(session.events)] == [Outcome.PUT_BACK]


def test_an_event_of_another_session_is_refused(session, store, deck, page_event):
    before = unchanged(session)
    for stranger in (new_id(5), start(store, deck, **DETAILS).id):
        with pytest.raises(InvalidAction, match="findes ikke"):
            session.record(page_event(Turned, card=session.table.face_down[0], session=stranger))
    assert unchanged(session) == before


def test_an_event_from_a_clock_that_is_far_ahead_is_refused(session, page_event):
    before, card = unchanged(session), session.table.face_down[0]
    with pytest.raises(InvalidAction, match="mere end et døgn foran"):
        session.record(page_event(Turned, id=new_id(now() + 25 * HOUR), card=card))
    assert unchanged(session) == before
    session.record(page_event(Turned, id=new_id(now() + 23 * HOUR), card=card))
    session.discuss(card)
    assert session.table.turned[card] == Outcome.DISCUSSED


def test_an_event_from_before_the_session_began_is_refused(session, page_event):
    before = unchanged(session)
    with pytest.raises(InvalidAction, match="Computerens ur går efter"):
        session.record(page_event(Turned, id=new_id(session.dealt.at - 5), card=session.table.face_down[0]))
    assert unchanged(session) == before


def test_the_cards_are_not_dealt_twice(session, page_event):
    before = unchanged(session)
    with pytest.raises(IllegalMove, match="already dealt"):
        session.record(page_event(Dealt, deck="d", seed=1, order=("a",)))
    assert unchanged(session) == before


@pytest.mark.parametrize("kind", [Turned, AgreementChosen, Discussed, Skipped, PutBack, WentBack])
@pytest.mark.parametrize("late", [False, True])
def test_a_card_that_is_not_in_the_deck_is_refused_however_late_it_comes(session, page_event, kind, late):
    waited = {"id": new_id(session.dealt.at + 1)} if late else {}
    if late:
        session.turn(session.table.face_down[0])
    before = unchanged(session)
    with pytest.raises(InvalidAction, match="Kortet joker er ikke med"):
        session.record(page_event(kind, card="joker", **waited))
    assert unchanged(session) == before


# --- notes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("æøå ÆØÅ", "æøå ÆØÅ"),
        ("Vi øver os. " * 4_200, "Vi øver os. " * 4_200),
        ("x" * MAX_NOTE_LENGTH, "x" * MAX_NOTE_LENGTH),
        ("👩🏽‍🏫🧑‍💻", "👩🏽‍🏫🧑‍💻"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("én\nto\r\ntre", "én\nto\r\ntre"),
        ("nul\x00tegn", "nul�tegn"),
        ("halv \ud83d emoji", "halv � emoji"),
    ],
)
def test_a_note_is_kept_as_it_was_written(session, first, location, open_here, written, expected):
    session.note(written, card=first, owner=written[:9])
    (note,) = Session(open_here(location), session.id).notes
    assert note.text == expected
    assert note.owner == expected[:9]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=st.text(st.characters(categories=None), max_size=40).filter(str.strip))
def test_any_text_at_all_can_be_a_note(session, written):
    note = session.note(written, opening_question=2)
    note_seen = next(stored for stored in Session(session._store, session.id).notes if stored.id == note)
    assert len(note_seen.text) == len(written)
    assert all(here == there or here == "�" for here, there in zip(note_seen.text, written, strict=True))
    session.remove_note(note)


def test_a_note_is_written_on_and_stays_one_note(session, first):
    note = session.note("Vi", card=first)
    assert session.note("Vi øver", note=note, card=first, kind=NoteKind.EXAMPLE) == note
    (actual,) = session.notes
    assert (actual.text, actual.kind) == ("Vi øver", NoteKind.EXAMPLE)
    assert actual.created_at < actual.updated_at


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"card": "joker"}, "Kortet joker er ikke med i denne samtale"),
        ({"opening_question": 3}, "En note hører til et kort eller til åbningsrunden"),
        ({"opening_question": 0}, "En note hører til et kort eller til åbningsrunden"),
        ({}, "En note hører til et kort eller til åbningsrunden"),
        ({"opening_question": 1, "content": "x" * (MAX_NOTE_LENGTH + 1)}, "200001 tegn"),
        ({"opening_question": 1, "owner": "x" * (MAX_NAME_LENGTH + 1)}, "er for langt"),
        ({"opening_question": 1, "due": "i morgen"}, "”i morgen” er ikke en dato"),
        ({"opening_question": 1, "due": "20260301"}, "er ikke en dato"),
        ({"opening_question": 1, "due": "2026-W09-7"}, "er ikke en dato"),
        ({"opening_question": 1, "due": "2026-02-30"}, "er ikke en dato"),
        ({"opening_question": 1, "due": "\ud800"}, "er ikke en dato"),
    ],
)
def test_a_note_that_makes_no_sense_is_refused_in_words_and_leaves_no_trace(session, fields, message):
    before = unchanged(session)
    with pytest.raises(InvalidAction) as refused:
        session.note(**{"content": "Vi øver"} | fields)
    assert message in str(refused.value)
    assert unchanged(session) == before


def test_a_note_with_a_card_and_an_opening_question_has_no_home(session, first):
    with pytest.raises(InvalidAction, match="En note hører til et kort eller"):
        session.note("Vi", card=first, opening_question=1)


def test_a_note_that_is_not_on_the_pad_cannot_be_removed(session, first):
    note = session.note("Vi", card=first)
    session.remove_note(note)
    for gone in (note, new_id(5)):
        with pytest.raises(InvalidAction, match="allerede fjernet"):
            session.remove_note(gone)


# --- who meets where --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"workshop": ""}, "Skriv workshoppens navn"),
        ({"workshop": " \t"}, "Skriv workshoppens navn"),
        ({"group": ""}, "Skriv gruppens navn"),
        ({"participants": 0}, "0 deltagere? Skriv et tal fra 1 til 999"),
        ({"participants": -3}, "-3 deltagere?"),
        ({"participants": 1000}, "1000 deltagere? Skriv et tal fra 1 til 999"),
        ({"date": "i dag"}, "”i dag” er ikke en dato"),
        ({"date": "2026-13-01"}, "er ikke en dato"),
        ({"date": "01-03-2026"}, "er ikke en dato"),
        ({"date": "20260301"}, "er ikke en dato"),
        ({"date": "9999-03-01"}, "Året 9999"),
        ({"date": "1999-12-31"}, "Året 1999"),
        ({"unit": "x" * (MAX_NAME_LENGTH + 1)}, "er for langt"),
    ],
)
def test_a_description_that_makes_no_sense_is_refused_in_words(store, deck, session, fields, message):
    before = unchanged(session)
    for refused_by in (
        lambda: start(store, deck, **DETAILS | fields),
        lambda: session.describe(**DETAILS | fields),
    ):
        with pytest.raises(InvalidAction) as refused:
            refused_by()
        assert message in str(refused.value)
    assert unchanged(session) == before
    assert list(store.sessions()) == [session.id]


@pytest.mark.parametrize(
    "fields",
    [
        {"participants": None},
        {"participants": 1},
        {"participants": 999},
        {"date": ""},
        {"date": "2026-03-01"},
        {"date": "2099-12-31"},
        {"workshop": "x" * MAX_NAME_LENGTH},
        {"organisation": "Ærø Kommune", "unit": "Børn & Unge", "note_taker": "leader"},
    ],
)
def test_a_description_that_makes_sense_is_kept_as_it_was_told(store, deck, fields):
    details = start(store, deck, **DETAILS | fields).details
    assert {name: getattr(details, name) for name in DETAILS | fields} == DETAILS | fields


def test_a_description_is_kept_without_the_space_around_it_and_with_what_no_keyboard_writes_shown(
    store, deck
):
    details = start(store, deck, workshop="  Digital dag ", group="Gruppe \ud83d\x00").details
    assert (details.workshop, details.group) == ("Digital dag", "Gruppe ��")


def test_the_newest_description_holds(session):
    session.describe(workshop="Digital dag", group="Gruppe 2", note_taker="employee")
    assert session.details.group == "Gruppe 2"
    assert session.dealt.order == session.table.order


# --- the end ----------------------------------------------------------------------------------------------


def test_a_session_is_ended_and_taken_up_again_and_loses_nothing_meanwhile(store, session, first):
    session.end()
    session.note("sagt på vej ud", card=first)
    assert session.is_ended and Session(store, session.id).is_ended
    assert [note.text for note in session.notes] == ["sagt på vej ud"]
    session.reopen()
    assert not session.is_ended and not Session(store, session.id).is_ended


def test_undo_passes_over_an_end_and_nobody_can_take_it_back_that_way(session, first, page_event):
    session.end()
    ended = session.events[-1]
    with pytest.raises(InvalidAction):
        session.record(page_event(Undone, events=(ended.id,)))
    session.undo()
    assert first in session.table.face_down
    assert session.is_ended


# --- two windows ------------------------------------------------------------------------------------------


@pytest.fixture
def other_window(session, location, open_here):
    """The same session in another process's hands: a store of its own in the same place."""
    return Session(open_here(location), session.id)


def test_each_window_sees_what_the_other_has_done(session, other_window):
    card, other = session.table.face_down[:2]
    session.turn(card)
    assert other_window.catch_up()
    assert other_window.table.current == card
    assert not other_window.catch_up()
    other_window.discuss(card)
    other_window.turn(other)
    session.catch_up()
    assert session.table == other_window.table
    assert session.events == other_window.events


def test_a_window_that_has_not_caught_up_cannot_turn_a_card_that_is_turned(session, other_window, first):
    with pytest.raises(IllegalMove, match="not face down"):
        other_window.turn(first)
    assert other_window.table == session.table


def test_notes_written_in_two_windows_are_both_kept_and_a_newer_version_wins(session, other_window, first):
    note = session.note("Vi", card=first)
    other_window.note("De", card=first)
    other_window.note("Vi øver", note=note, card=first)
    session.catch_up()
    assert [one.text for one in session.notes] == ["Vi øver", "De"]
    assert session.notes == other_window.notes


def test_a_note_of_the_other_window_can_be_removed_before_one_has_seen_it(session, other_window, first):
    note = session.note("Vi", card=first)
    removal = NoteRemoved(id=new_id(now(), after=session.events[-1].id), session=session.id, note=note)
    other_window.record(removal)
    assert other_window.notes == ()


def test_an_event_the_other_window_has_kept_is_seen_when_it_is_sent_here_too(session, other_window):
    card = session.table.face_down[0]
    session.turn(card)
    other_window.record(session.events[-1])
    assert other_window.table == session.table


def test_undo_in_one_window_takes_back_what_the_other_did_last(session, other_window, first):
    other_window.catch_up()
    other_window.discuss(first)
    session.undo()
    assert session.table.turned[first] == Outcome.OPEN
    other_window.catch_up()
    assert other_window.table == session.table


def test_ids_stay_in_order_between_two_windows_in_the_same_millisecond(session, other_window):
    for index in range(20):
        (session if index % 2 else other_window).note(f"{index}", opening_question=1)
    session.catch_up()
    assert [note.text for note in session.notes] == [str(index) for index in range(20)]
    assert list(session.events) == sorted(session.events, key=lambda event: event.id)


def test_a_note_made_by_the_page_is_the_note_the_session_keeps(session, page_event, first):
    note = page_event(Noted, note=new_id(now()), text="Vi øver", card=first, kind=NoteKind.COMPETENCE_NEED)
    session.record(note)
    assert session.notes[0].kind is NoteKind.COMPETENCE_NEED


# --- two that write at the same time ------------------------------------------------------------------------


def test_two_versions_written_upon_the_same_version_are_both_kept_as_notes(session, other_window, first):
    note = session.note("Vi", card=first)
    other_window.catch_up()
    seen = session.notes[0].version
    session.note("Vi øver", note=note, card=first, after=seen)
    other_window.note("Vi tier", note=note, card=first, after=seen)
    session.catch_up()
    assert [stored.text for stored in session.notes] == ["Vi øver", "Vi tier"]
    assert session.notes == other_window.notes


def test_who_goes_on_writing_upon_a_version_that_became_a_note_of_its_own_goes_on_in_that_note(
    session, other_window, first
):
    note = session.note("Vi", card=first)
    seen = session.notes[0].version
    session.note("Vi øver", note=note, card=first, after=seen)
    other_window.note("Vi tier", note=note, card=first, after=seen)
    own = other_window.events[-1].id
    other_window.note("Vi tier helt", note=note, card=first, after=own)
    session.catch_up()
    assert [stored.text for stored in session.notes] == ["Vi øver", "Vi tier helt"]


def test_one_who_goes_on_writing_in_a_note_has_one_note(session, first):
    note = session.note("V", card=first)
    for text in ("Vi", "Vi ø", "Vi øver"):
        session.note(text, note=note, card=first, after=session.notes[0].version)
    assert [stored.text for stored in session.notes] == ["Vi øver"]


def test_a_version_of_a_note_that_is_gone_from_the_pad_brings_it_back(session, other_window, first):
    note = session.note("Vi", card=first)
    seen = session.notes[0].version
    other_window.remove_note(note)
    session.note("Vi øver", note=note, card=first, after=seen)
    assert [(stored.id, stored.text) for stored in session.notes] == [(note, "Vi øver")]


def test_an_event_that_came_in_through_another_window_meanwhile_happens_once_and_is_not_refused(
    session, page_event, location, open_here, first
):
    """The page sends again what it has got no answer to, through another kernel."""
    note = session.note("Vi", card=first)
    removal = page_event(NoteRemoved, note=note)
    other = Session(open_here(location), session.id)
    keep = session._append

    def be_overtaken(event):
        session._append = keep
        other.record(event)
        return keep(event)

    session._append = be_overtaken
    session.record(removal)
    assert session.events == other.events
    assert session.events.count(removal) == 1


def test_many_windows_that_write_at_the_same_time_lose_no_note_and_end_with_the_same_table(
    session, location, open_here
):
    cards = session.table.face_down
    gate = threading.Barrier(4)

    def write(number):
        window = Session(open_here(location), session.id)
        gate.wait()
        for round in range(8):
            with contextlib.suppress(IllegalMove):
                window.turn(cards[round])
            window.note(f"{number}.{round}", card=cards[round])
            with contextlib.suppress(IllegalMove):
                window.discuss(cards[round])
        return window

    with ThreadPoolExecutor(4) as crowd:
        windows = list(crowd.map(write, range(4)))
    session.catch_up()
    assert sorted(note.text for note in session.notes) == [f"{n}.{r}" for n in range(4) for r in range(8)]
    for window in windows:
        window.catch_up()
        assert window.table == session.table
        assert window.events == session.events
    assert set(session.table.turned) == set(cards[:8])


# --- erasing ------------------------------------------------------------------------------------------------


def test_a_note_that_is_erased_is_gone_from_the_pad_in_every_window(session, other_window, first):
    note = session.note("Ida er ked af det", card=first)
    session.note("Vi øver", card=first)
    erased = session.erase(note)
    assert (erased.note, erased.events, erased.characters) == (note, 1, len("Ida er ked af det"))
    other_window.catch_up()
    assert (
        [stored.text for stored in session.notes]
        == [stored.text for stored in other_window.notes]
        == ["Vi øver"]
    )


def test_what_was_erased_is_refused_when_it_comes_again(session, other_window, first):
    note = session.note("Ida er ked af det", card=first)
    again = session.events[-1]
    session.erase(note)
    for window in (session, other_window):
        with pytest.raises(InvalidAction, match="slettet for altid"):
            window.record(again)
    with pytest.raises(InvalidAction, match="slettet for altid"):
        session.note("Ida", note=note, card=first)


def test_a_session_that_is_erased_is_empty_and_takes_nothing_more(
    session, other_window, store, page_event, first
):
    late = page_event(Noted, note=new_id(now()), text="Vi", card=first)
    session.erase()
    other_window.catch_up()
    for window in (session, other_window):
        assert window.is_erased
        assert (window.notes, window.table.turned, window.next_undo) == ((), {}, ())
        assert window.details.workshop == ""
        with pytest.raises(InvalidAction, match="slettet for altid"):
            window.record(late)
    with pytest.raises(InvalidAction, match="slettet for altid"):
        Session(store, session.id)
    assert store.sessions() == {}


def test_a_note_that_is_not_there_cannot_be_erased_and_a_page_cannot_erase_at_all(session, page_event):
    with pytest.raises(InvalidAction, match="allerede fjernet"):
        session.erase(new_id(5))
    with pytest.raises(InvalidAction, match="Genindlæs"):
        session.record(page_event(Erased, events=1, characters=1))


def test_how_the_cards_were_drawn_is_in_the_record(store, deck):
    plan = new_id(1)
    for draw in (Draw(DrawPlan.BALANCED), Draw(DrawPlan.BY_AREA, areas=(deck.areas[2].name,))):
        session = start(store, deck, draw=draw, seed=5, prepared=plan, workshop="Digital dag", group="1")
        again = Session(store, session.id)
        assert (again.dealt.plan, again.dealt.prepared) == (draw.plan.value, plan)
        assert again.table.face_down == again.dealt.order == draw.lay(deck.cards, again.dealt.seed)
