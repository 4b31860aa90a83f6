"""What a store promises, on every engine: kept is kept, once, in one order, and erased stays erased."""

import itertools
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_helpers import (
    MUCH,
    SESSION,
    afternoon,
    at_once,
    everything,
    names_all,
    noted,
    opened,
    process,
    stored_events,
)

from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import Dealt, Described, Erased, Noted, NoteRemoved, Turned, Undone
from dialogkort.errors import ErasedError, StoreError

# --- keeping ----------------------------------------------------------------------------------------------


def test_what_is_kept_comes_back_in_the_order_it_came(store):
    events = [noted(9), noted(3), noted(6)]
    store.append(events[:1])
    store.append(events[1:])
    assert stored_events(store) == list(store.every_event()) == events


def test_opening_again_finds_what_was_kept(location):
    event = noted(5)
    with opened(location) as store:
        store.append([event])
    with opened(location) as store:
        assert stored_events(store) == [event]


def test_an_event_kept_twice_is_one_event(store):
    event = noted(5)
    store.append([event, event])
    store.append([event])
    assert stored_events(store) == [event]


def test_the_first_word_of_an_event_stands(store):
    event = noted(5)
    store.append([event])
    store.append([replace(event, text="noget andet")])
    assert stored_events(store) == [event]


def test_of_events_of_which_one_cannot_be_kept_none_is_kept(store):
    good = noted(5)
    with pytest.raises(ValueError):
        store.append([good, replace(good, id=new_id(6), text=None)])
    assert stored_events(store) == []


@pytest.mark.parametrize("wrong", [{"note": "min note"}, {"text": "\ud800"}, {"id": "1"}])
def test_what_could_not_be_read_again_is_not_kept(store, wrong):
    with pytest.raises(ValueError):
        store.append([replace(noted(5), **wrong)])
    assert stored_events(store) == []


def test_a_session_is_read_from_where_one_left_off(store):
    first, second = noted(5), noted(6)
    store.append([first, noted(5, session=new_id(7))])
    events, position = store.events(SESSION)
    assert events == [first]
    store.append([second])
    assert store.events(SESSION, after=position)[0] == [second]
    newest = store.events(SESSION, after=position)[1]
    assert store.events(SESSION, after=newest) == ([], newest)


def test_nothing_is_kept_when_somebody_else_was_first(store):
    assert store.append([noted(5)], expected=0)
    _, position = store.events(SESSION)
    assert store.append([noted(6)], expected=position)
    assert not store.append([noted(7)], expected=position)
    assert not store.append([noted(7)], expected=0)
    assert store.append([noted(8, session=new_id(1))], expected=0), "other sessions are not in the way"
    assert [event.at for event in stored_events(store)] == [5, 6]


def _opening(at, group="Rød"):
    id = new_id(at)
    return [
        Described(id=id, session=id, workshop="W", group=group),
        Dealt(id=new_id(at + 1), session=id, deck="d", seed=1, order=("a",)),
    ]


def test_every_session_is_listed_by_its_newest_description_the_newest_session_first(store):
    first, second = _opening(10_000), _opening(20_000)
    corrected = Described(id=new_id(30_000), session=first[0].id, workshop="W", group="Blå")
    store.append([corrected])  # it may arrive first, from another laptop
    store.append(first)
    store.append(second)
    assert list(store.sessions().items()) == [(second[0].id, second[0]), (first[0].id, corrected)]


def test_a_session_whose_cards_have_not_arrived_is_not_listed(store):
    store.append(_opening(10_000)[:1])
    assert store.sessions() == {}


def test_of_two_descriptions_edited_under_one_id_every_store_lists_the_same(new_location, open_here):
    described, dealt = _opening(10_000)
    versions = [described, replace(described, group="Blå"), replace(described, group="Grøn")]
    listed = []
    for order in (versions, versions[::-1]):
        store = open_here(new_location())
        for version in order:
            store.import_events([version, dealt])
        listed.append(store.sessions())
    assert listed[0] == listed[1]


def test_a_deck_is_kept_word_for_word(store, deck):
    store.keep_deck(deck)
    store.keep_deck(deck)
    assert store.deck(deck.fingerprint) == deck
    assert store.decks() == [deck]


def test_a_deck_that_is_not_kept_is_told_with_the_place_and_what_to_do(store):
    with pytest.raises(StoreError) as problem:
        store.deck("f00d")
    assert names_all(problem, "f00d", store.location, "Hent filen igen")


@pytest.mark.parametrize(
    "content",
    [
        "æøå ÆØÅ",
        "🧑‍💻👩🏽‍🏫",
        "=1+1",
        "<script>alert(1)</script>",
        '"\\',
        "\n\t\r",
        "'; --",
        "\x00",
        "%s :it $1",
        MUCH * 40,
    ],
    ids=["danish", "emoji", "formula", "script", "quotes", "space", "sql", "nul", "placeholders", "long"],
)
def test_whatever_can_be_written_is_kept_as_it_was_written(store, content):
    store.append([noted(5, content)])
    assert stored_events(store)[0].text == content


def test_a_reader_with_nothing_but_json_can_read_the_notes(store):
    store.append([Undone(id=new_id(5), session=SESSION, events=()), noted(6, "Vi øver os på æ, ø og å")])
    store.append([Turned(id=new_id(7), session=SESSION, card="k-01")])
    with store._reading() as ask:
        rows = ask("SELECT what, body FROM events ORDER BY id")
    assert [what for what, _ in rows] == ["undone", "noted", "turned"]
    assert "æ, ø og å" in rows[1][1]
    assert json.loads(rows[2][1]) == {"card": "k-01"}


# --- damage -----------------------------------------------------------------------------------------------


def _altered(store, **changes):
    """Change a column of the events of another session than `SESSION`, as a tipped bit would."""
    sets = ", ".join(f"{column} = :{column}" for column in changes)
    with store._writing([]) as ask:
        ask(f"UPDATE events SET {sets} WHERE session <> :session", changes | {"session": SESSION})


@pytest.mark.parametrize(
    "changes",
    [
        {"body": body}
        for body in ("{", "[]", '{"text": 7}', "null", '{"card": "k-01", "note": "1", "text": "Vi"}')
    ]
    + [{"what": "turned"}, {"crc": 1}],
    ids=str,
)
def test_an_event_that_does_not_read_as_it_was_written_is_told_and_hides_no_other_session(store, changes):
    elsewhere = noted(6, session=new_id(7))
    store.append([noted(5), elsewhere])
    store.check()
    _altered(store, **changes)
    for ask in (lambda: store.events(elsewhere.session), store.check, lambda: list(store.every_event())):
        with pytest.raises(StoreError) as problem:
            ask()
        assert problem.value.kind == "damaged"
        assert names_all(problem, store.location, "er beskadiget")
    assert len(stored_events(store)) == 1


@pytest.mark.parametrize("body", ["{", "[]", "{}", '{"id": 7}'])
def test_a_deck_whose_words_no_longer_make_sense_is_told_as_damage(store, deck, body):
    store.keep_deck(deck)
    with store._writing([]) as ask:
        ask("UPDATE decks SET body = :body", {"body": body})
    with pytest.raises(StoreError) as problem:
        store.deck(deck.fingerprint)
    assert names_all(problem, store.location, "er beskadiget")


# --- many at once -----------------------------------------------------------------------------------------

OPEN_AND_APPEND = """
import sys
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import Turned
from dialogkort.store import open_store
place, session, count, name = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
store = open_store(place)
for number in range(int(count)):
    event = Turned(id=new_id(1_000_000 + number), session=session, card=f"{name}-{number}")
    store.append([event])
    print(event.id, flush=True)
"""


def test_ten_processes_that_make_the_same_new_store_at_once_all_keep_their_event(location, open_here):
    promised = at_once(OPEN_AND_APPEND, 10, location, SESSION, 1)
    store = open_here(location)
    assert sorted(event.id for event in stored_events(store)) == sorted(id for ids in promised for id in ids)
    with store._reading() as ask:
        assert len(ask("SELECT version FROM migrations")) == 2, "it was laid out once"


@pytest.mark.parametrize("round", range(3))
def test_whoever_comes_first_lays_the_store_out_and_nobody_is_turned_away(location, open_here, round):
    gate = threading.Barrier(12)

    def arrive(number):
        gate.wait()
        with opened(location) as store:
            store.append([noted(2_000 + number)])

    with ThreadPoolExecutor(12) as crowd:
        list(crowd.map(arrive, range(12)))
    assert len(stored_events(open_here(location))) == 12


def test_four_processes_that_write_at_once_lose_nothing(location, open_here):
    promised = at_once(OPEN_AND_APPEND, 4, location, SESSION, 25)
    actual = [event.id for event in stored_events(open_here(location))]
    assert len(actual) == len(set(actual)) == 100
    for ids in promised:
        assert [id for id in actual if id in ids] == ids


def test_a_reader_that_follows_a_session_misses_nothing_while_others_write(location, open_here):
    """Numbers of arrival are seen in their order: none comes in behind one that was read already."""
    reader = open_here(location)
    writers = [process(OPEN_AND_APPEND, location, SESSION, 40, number) for number in range(3)]
    for writer in writers:
        writer.stdin.write("\n")
        writer.stdin.close()
    followed, position = [], 0
    running = True
    while running:
        running = any(writer.poll() is None for writer in writers)
        events, position = reader.events(SESSION, after=position)
        followed += events
    for writer in writers:
        writer.stdout.close()
    assert len(followed) == 120
    assert followed == stored_events(reader)


def test_of_two_that_expect_the_same_exactly_one_is_let_in(location, open_here):
    gate = threading.Barrier(4)

    def write(number):
        with opened(location) as store:
            wins = 0
            for round in range(15):
                position = store.events(SESSION)[1]
                gate.wait()
                wins += store.append([noted(1_000 * round + number + 1)], expected=position)
                gate.wait()
            return wins

    with ThreadPoolExecutor(4) as crowd:
        assert sum(crowd.map(write, range(4))) == 15
    assert len(stored_events(open_here(location))) == 15


# --- a crash ----------------------------------------------------------------------------------------------

WRITE_PAIRS_FOR_EVER = """
import itertools, sys
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import Noted
from dialogkort.store import open_store
place, session = sys.argv[1:]
store = open_store(place)
for number in itertools.count():
    note = new_id(1_000_000 + number)
    ids = new_id(2_000_000 + 2 * number), new_id(2_000_001 + 2 * number)
    pair = [Noted(id=id, session=session, note=note, card="a", text="x" * 3_000) for id in ids]
    store.append(pair)
    print(pair[0].id, pair[1].id, flush=True)
"""


@pytest.mark.parametrize("acknowledged", [1, 2, 11, 40])
def test_a_killed_process_takes_nothing_with_it_that_was_acknowledged(location, open_here, acknowledged):
    writer = process(WRITE_PAIRS_FOR_EVER, location, SESSION)
    promised = [writer.stdout.readline().split() for _ in range(acknowledged)]
    writer.kill()  # in the midst of the next one
    promised += [line.split() for line in writer.communicate()[0].splitlines() if line.count(" ")]
    store = open_here(location)
    stored = stored_events(store)
    store.append([noted(5)])
    ids = [event.id for event in stored]
    assert len(ids) == len(set(ids))
    assert {id for pair in promised for id in pair} <= set(ids)
    notes = [event.note for event in stored]
    assert all(notes.count(note) == 2 for note in notes), "half of a pair was kept"


# --- erasing ----------------------------------------------------------------------------------------------


def test_an_erased_note_leaves_a_marker_that_says_how_much_there_was(store):
    note = new_id(50)
    store.append([noted(5, "Vi", note=note), noted(6, "Vi øver", note=note), noted(7, "De")])
    store.append([NoteRemoved(id=new_id(8), session=SESSION, note=note)])
    (marker,) = store.erase(SESSION, note=note)
    assert (marker.session, marker.note, marker.events, marker.characters) == (SESSION, note, 3, 9)
    assert [event.text for event in stored_events(store) if isinstance(event, Noted)] == ["De"]
    assert store.erasures() == [marker]
    assert marker.id > new_id(8)


def test_an_erased_session_leaves_a_marker_and_its_neighbours_in_peace(store):
    store.append([*_opening(10_000), noted(10_005, "Vi", session=new_id(10_000))])
    other = _opening(20_000)
    store.append(other)
    first = next(id for id in store.sessions() if id != other[0].id)
    (marker,) = store.erase(first)
    assert (marker.note, marker.events) == (None, 2)
    assert list(store.sessions()) == [other[0].id]
    assert stored_events(store, first) == [marker]


def test_several_sessions_are_erased_in_one_go_and_one_that_is_not_there_leaves_no_trace(store):
    other = new_id(7)
    store.append([noted(5), noted(6, session=other)])
    markers = store.erase(SESSION, new_id(999), other)
    assert len(markers) == len(store.erasures()) == 2
    assert store.erase(new_id(999)) == store.erase(SESSION, note=new_id(1)) == []
    assert all(isinstance(event, Erased) for event in store.every_event())


def test_what_was_erased_is_turned_away_when_it_comes_again(store):
    gone, other = noted(5), noted(6)
    store.append([gone, other])
    store.erase(SESSION, note=gone.note)
    for again in ([gone], [replace(gone, id=new_id(9), text="ny")], [noted(10), gone]):
        with pytest.raises(ErasedError):
            store.append(again)
    assert store.append([noted(11)])
    store.erase(SESSION)
    with pytest.raises(ErasedError):
        store.append([noted(12)])


def test_nobody_slips_a_word_in_while_something_is_erased(location, open_here):
    store = open_here(location)
    for round in range(5):
        session, note = new_id(round), new_id(100 + round)
        gate = threading.Barrier(3)

        def write(number, session=session, note=note, gate=gate):
            with opened(location) as other:
                gate.wait()
                for word in itertools.count():
                    other.sessions()  # who writes without a pause lets nobody else in
                    other.events(session)
                    try:
                        other.append([noted(10_000 * number + word, session=session, note=note)])
                    except ErasedError:
                        return True

        with ThreadPoolExecutor(2) as crowd:
            writers = [crowd.submit(write, number) for number in (1, 2)]
            gate.wait()
            while not store.erase(session, note=note):
                pass
            assert all(writer.result() for writer in writers)
        assert stored_events(store, session) == [
            marker for marker in store.erasures() if marker.session == session
        ]


def test_numbers_of_arrival_are_not_given_again_so_that_nobody_who_follows_misses_an_event(store):
    store.append([noted(5), noted(6), noted(7)])
    _, position = store.events(SESSION)
    store.erase(SESSION, note=stored_events(store)[-1].note)
    (marker,), after = store.events(SESSION, after=position)
    assert isinstance(marker, Erased)
    store.append([noted(8)])
    assert [event.at for event in store.events(SESSION, after=after)[0]] == [8]


# --- putting stores together ------------------------------------------------------------------------------


def test_taking_in_a_store_counts_what_is_new_known_erased_and_different(store, deck):
    first, second, third = noted(5), noted(6), noted(7)
    store.append([first, second])
    store.erase(SESSION, note=second.note)
    came = store.import_events([first, replace(first, text="rettet"), second, third, third], [deck, deck])
    assert (came.new, came.known, came.erased, came.differing) == (2, 2, 1, 1)
    assert store.decks() == [deck]
    again = store.import_events([first, second, third])
    assert (again.new, again.known, again.erased, again.differing) == (0, 2, 1, 0)


def test_more_sessions_than_a_server_has_locks_are_taken_in_at_once(store):
    events = [noted(5, session=new_id(number)) for number in range(9_000)]
    assert store.import_events(events).new == 9_000
    assert store.import_events(events).known == 9_000


_SESSIONS = [new_id(number) for number in (1, 2)]
_NOTES = [new_id(number) for number in (3, 4)]
_IDS = [new_id(number) for number in range(10, 18)]
_some_event = st.one_of(
    st.builds(
        Noted,
        id=st.sampled_from(_IDS),
        session=st.sampled_from(_SESSIONS),
        note=st.sampled_from(_NOTES),
        text=st.sampled_from(["Vi", "De", "rettet"]),
    ),
    st.builds(
        NoteRemoved,
        id=st.sampled_from(_IDS),
        session=st.sampled_from(_SESSIONS),
        note=st.sampled_from(_NOTES),
    ),
    st.builds(
        Erased,
        id=st.sampled_from(_IDS),
        session=st.sampled_from(_SESSIONS),
        note=st.none() | st.sampled_from(_NOTES),
        events=st.just(1),
        characters=st.just(1),
    ),
)
_some_events = st.lists(_some_event, max_size=6)
_few = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _emptied(store):
    with store._writing([]) as ask:
        for table in ("events", "decks", "erasing"):
            ask(f"DELETE FROM {table}")
    return store


@pytest.fixture
def pair(new_location, open_here):
    """Gives two empty stores, again and again the same two: making one takes its time."""
    two = [open_here(new_location()) for _ in range(2)]
    return lambda: [_emptied(store) for store in two]


@_few
@given(st.lists(_some_events, max_size=4), st.randoms(use_true_random=False))
def test_stores_put_together_in_any_order_and_as_often_as_one_likes_are_the_same(pair, sources, chance):
    one, other = pair()
    for events in sources:
        one.import_events(events)
    chance.shuffle(sources)
    for events in [*sources, *sources]:
        chance.shuffle(events)
        other.import_events(events)
    assert everything(one) == everything(other)


@_few
@given(_some_events, _some_events, _some_events)
def test_it_makes_no_difference_which_stores_are_put_together_first(pair, a, b, c):
    one, other = pair()
    other.import_events(b)
    other.import_events(c)
    one.import_events(a)
    one.import_events(list(other.every_event()))  # a with (b with c)
    together = everything(one)
    one, other = pair()
    other.import_events(a)
    other.import_events(b)
    one.import_events(list(other.every_event()))
    one.import_events(c)  # (a with b) with c
    assert everything(one) == together


@_few
@given(st.lists(_some_events, min_size=1, max_size=4), _some_events)
def test_no_old_copy_brings_back_what_was_erased_and_everything_that_was_met_is_counted(pair, copies, more):
    store, _ = pair()
    for events in [*copies, more, *copies]:
        came = store.import_events(events)
        assert came.new + came.known + came.erased == len(events)
    erased = {(marker.session, marker.note) for marker in store.erasures()}
    for event in store.every_event():
        if not isinstance(event, Erased):
            assert (event.session, None) not in erased
            assert (event.session, event.note) not in erased


@_few
@given(st.lists(_some_events, max_size=5))
def test_however_often_events_are_appended_each_is_there_once_as_it_was_first_told(pair, batches):
    store, _ = pair()
    first = {}
    for events in batches:
        events = [event for event in events if not isinstance(event, Erased)]
        store.append(events)
        store.append(events)
        for event in events:
            first.setdefault(event.id, event)
    assert list(store.every_event()) == list(first.values())


def test_many_events_go_in_and_come_out_in_one_piece(store):
    events = afternoon(12_000)
    store.import_events(events)
    assert list(store.every_event()) == events
