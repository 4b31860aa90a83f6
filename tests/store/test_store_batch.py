"""One commit answers many: what shares it is decided in order, kept together or not at all, and told once."""

import contextlib
import json
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from storing import MUCH, afternoon, at_once, everything, kept, noted

from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import Turned
from dialogkort.errors import IllegalMove, InvalidAction
from dialogkort.sessions.session import Session, start
from dialogkort.store import FILE_NAME, open_store
from dialogkort.store.journal import JOURNAL_FOLDER, parse_journal
from dialogkort.store.postgresql import ServerStore
from dialogkort.store.writer import Work, Writer

SECONDS = 60


class Answer:
    """What somebody who has handed work in is told."""

    def __init__(self):
        self.told = []
        self.undone = 0
        self._over = threading.Event()

    def __call__(self, result, fault):
        self.told.append((result, fault))
        self._over.set()

    def result(self):
        assert self._over.wait(SECONDS), "nobody was told"
        ((result, fault),) = self.told
        if fault is not None:
            raise fault
        return result

    @property
    def fault(self):
        with contextlib.suppress(Exception):
            self.result()
        return self.told[0][1]


class Desk:
    """A writer, and those who hand work in."""

    def __init__(self, place):
        self.writer = Writer(lambda: open_store(place))
        self.store = self.writer.call(lambda store: store)

    def hand_in(self, run, *sessions):
        answer = Answer()

        def undo():
            answer.undone += 1

        self.writer.submit(Work(run, answer, sessions, undo))
        return answer

    def append(self, *events):
        return self.hand_in(lambda store: store.append(events), *{event.session for event in events})

    @contextlib.contextmanager
    def busy(self):
        """While this lasts the writer is at something else, and what is handed in shares the next commit."""
        begun, over = threading.Event(), threading.Event()

        def wait(_):
            begun.set()
            assert over.wait(SECONDS)

        self.writer.submit(Work(wait, Answer()))
        assert begun.wait(SECONDS)
        yield
        over.set()


@pytest.fixture
def desk(place):
    desk = Desk(place)
    yield desk
    desk.writer.close()


def new_sessions(number):
    return [new_id(1_000 + at) for at in range(number)]


def in_the_journal(place):
    """The ids of all events in the journal of a folder."""
    contents = [path.read_bytes() for path in sorted((place / JOURNAL_FOLDER).glob("*.jsonl"))]
    return [told.id for content in contents for _, told in parse_journal(content) if hasattr(told, "id")]


def commits(place, store):
    """How many transactions have written in a store."""
    if isinstance(store, ServerStore):
        with store._reading() as ask:
            return ask("SELECT count(DISTINCT CAST(xmin AS text)) FROM events")[0][0]
    # The file counts them itself (https://sqlite.org/fileformat.html#file_change_counter).
    return int.from_bytes((place / FILE_NAME).read_bytes()[24:28])


# --- in order, and together -------------------------------------------------------------------------------


def test_each_sees_what_was_done_before_it_and_nobody_else_does_yet(desk, place, open_here):
    first, second, third = afternoon(3)
    other, seen = open_here(place), []

    def look(store):
        seen.append((kept(store), kept(other)))

    with desk.busy():
        answers = [desk.append(first), desk.hand_in(look, first.session), desk.append(second)]
        answers += [desk.hand_in(look, first.session), desk.append(third)]
    for answer in answers:
        answer.result()
    assert seen == [([first], []), ([first, second], [])]
    assert kept(other) == [first, second, third]


def test_many_notes_of_many_groups_share_one_commit(desk, place, open_here):
    sessions = new_sessions(40)
    desk.append(noted(1_500)).result()
    before = commits(place, desk.store)
    with desk.busy():
        answers = [desk.append(noted(2_000 + at, session=id)) for at, id in enumerate(sessions)]
    assert [answer.result() for answer in answers] == [True] * 40
    assert commits(place, desk.store) - before == 1
    assert all(len(kept(open_here(place), session)) == 1 for session in sessions)


def test_who_comes_alone_waits_for_nobody(desk, place):
    desk.append(noted(1_500)).result()
    before = commits(place, desk.store)
    for event in afternoon(3):
        desk.append(event).result()
    assert commits(place, desk.store) - before == 3


def test_what_one_expects_is_decided_among_the_others_of_the_commit(desk):
    first, second, third = afternoon(3)

    def expecting(event, number):
        def run(store):
            store.events(event.session)  # it has looked, as a session does
            return store.append([event], expected=number)

        return desk.hand_in(run, event.session)

    def on_what_it_read_before_the_last(store):
        _, number = store.events(second.session)
        assert store.append([second], expected=number)
        return store.append([third], expected=number)

    with desk.busy():
        answers = [expecting(first, 0), expecting(second, 0)]
        answers += [desk.hand_in(on_what_it_read_before_the_last, second.session)]
    assert [answer.result() for answer in answers] == [True, False, False]
    assert kept(desk.store) == [first, second]


def test_what_another_process_has_written_in_between_is_seen_before_anything_is_decided(
    desk, place, open_here, deck
):
    session = start(desk.store, deck, workshop="W", group="1")
    card = session.table.face_down[0]
    turned, again = (Turned(id=new_id(now), session=session.id, card=card) for now in (2**44, 2**44 + 1))
    mine = desk.writer.call(lambda store: Session(store, session.id))
    with desk.busy():
        answer = desk.hand_in(lambda store: mine.record(again), session.id)
        known = mine.position
        late = desk.hand_in(lambda store: store.append([again], expected=known), session.id)
        Session(open_here(place), session.id).turn(card)
    assert isinstance(answer.fault, IllegalMove | InvalidAction)
    assert late.result() is False
    assert turned.card == mine.table.current
    assert len(kept(desk.store, session.id)) == 3


# --- what is refused --------------------------------------------------------------------------------------


def test_what_is_refused_leaves_the_others_and_no_trace(desk, place, open_here):
    first, second, third = afternoon(3)

    def refuse(_):
        raise InvalidAction("Nej.")

    def change_ones_mind(store):
        store.append([second])
        raise InvalidAction("Alligevel ikke.")

    with desk.busy():
        answers = [desk.append(first), desk.hand_in(refuse, first.session)]
        answers += [desk.hand_in(change_ones_mind, first.session), desk.append(third)]
    assert [str(answer.fault) for answer in answers] == ["None", "Nej.", "Alligevel ikke.", "None"]
    assert kept(open_here(place)) == [first, third]
    if not isinstance(desk.store, ServerStore):
        assert in_the_journal(place) == [first.id, third.id]


def test_a_damaged_session_takes_no_other_along(desk, place, open_here):
    sound, damaged, other = new_sessions(3)
    desk.append(noted(1_500, session=damaged)).result()
    with open_here(place)._writing([damaged]) as ask:
        ask("UPDATE events SET crc = crc + 1 WHERE session = :it", {"it": damaged})

    def go_on(event):
        def run(store):
            store.events(event.session)
            return store.append([event])

        return desk.hand_in(run, event.session)

    events = [noted(2_000 + at, session=id) for at, id in enumerate((sound, damaged, other))]
    with desk.busy():
        answers = list(map(go_on, events))
    assert [getattr(answer.fault, "kind", None) for answer in answers] == [None, "damaged", None]
    assert [answer.undone for answer in answers] == [1, 2, 1]  # all of it was done anew, one by one
    for event in (events[0], events[2]):
        assert kept(open_here(place), event.session) == [event]


# --- a commit that fails ----------------------------------------------------------------------------------


def _nothing_was_kept(answers, *kinds):
    assert {answer.fault.kind for answer in answers} <= set(kinds)
    assert all(answer.undone == 1 for answer in answers)


def test_a_commit_that_finds_the_disk_full_keeps_nothing_and_the_next_one_all(small_disk, open_here):
    place = small_disk / "noter"
    desk = Desk(place)
    sessions = new_sessions(20)
    desk.append(noted(1_500)).result()
    filler = small_disk / "fyld"
    free = 40_000
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4_096)
    with filler.open("r+b") as file:
        file.truncate(filler.stat().st_size - free)
    events = [noted(2_000 + at, MUCH, session=id) for at, id in enumerate(sessions)]
    assert sum(len(event.text) for event in events) > free
    before = everything(desk.store)
    with desk.busy():
        answers = list(map(desk.append, events))
    _nothing_was_kept(answers, "full")
    assert everything(open_here(place)) == before
    filler.unlink()
    with desk.busy():
        answers = list(map(desk.append, events))
    assert all(answer.result() for answer in answers)
    assert sum(len(kept(open_here(place), id)) for id in sessions) == 20
    desk.writer.close()


def test_a_disk_that_is_full_before_the_commit_is_told_as_the_stores_fault_and_not_as_its_engines(tmp_path):
    desk = Desk(tmp_path)
    desk.store._database.execute("PRAGMA cache_size = 5")  # what does not fit in there is written at once
    pages = desk.store._database.execute("PRAGMA page_count").fetchone()[0]
    desk.store._database.execute(f"PRAGMA max_page_count = {pages + 1}")
    sessions = new_sessions(10)
    with desk.busy():
        answers = [desk.append(noted(2_000 + at, MUCH, session=id)) for at, id in enumerate(sessions)]
    assert {answer.fault and answer.fault.kind for answer in answers} == {"full", None}
    for answer, id in zip(answers, sessions, strict=True):
        assert len(kept(desk.store, id)) == (0 if answer.fault else 1)
    desk.writer.close()


def test_a_store_that_is_closed_to_writing_keeps_nothing_and_the_next_commit_all(
    desk, place, open_here, closed_to_writing
):
    events = afternoon(5)
    with closed_to_writing(desk.store):
        with desk.busy():
            answers = list(map(desk.append, events))
        _nothing_was_kept_one_by_one(answers, "read_only", "server_refuses")
        assert kept(open_here(place)) == []
    with desk.busy():
        answers = list(map(desk.append, events))
    assert all(answer.result() for answer in answers)
    assert kept(open_here(place)) == events


def _nothing_was_kept_one_by_one(answers, *kinds):
    assert {answer.fault.kind for answer in answers} <= set(kinds)
    assert all(answer.undone for answer in answers)


def test_a_line_to_the_server_that_is_cut_keeps_nothing_and_the_next_commit_all(new_address, open_here):
    place = new_address()
    desk, other = Desk(place), open_here(place)
    events = afternoon(5)

    def cut(store):
        ((backend,),) = store._batch.execute("SELECT pg_backend_pid()")
        with other._reading() as ask:
            ask("SELECT pg_terminate_backend(:it)", {"it": backend})

    def answers_after(act):
        with desk.busy():
            answers = list(map(desk.append, events[:3]))
            desk.hand_in(act, events[0].session)
        return [answer.fault for answer in answers]

    assert [fault.kind for fault in answers_after(cut)] == ["server_away"] * 3
    assert kept(other) == []
    assert answers_after(lambda _: None) == [None] * 3
    assert kept(other) == events[:3]
    desk.writer.close()


# --- a server ---------------------------------------------------------------------------------------------


def test_on_a_server_no_commit_writes_in_more_sessions_than_it_has_locks_for(new_address):
    desk = Desk(new_address())
    with desk.busy():
        answers = [desk.append(noted(2_000 + at, session=id)) for at, id in enumerate(new_sessions(120))]
    for answer in answers:
        answer.result()
    with desk.store._reading() as ask:
        found = ask("SELECT count(DISTINCT session) FROM events GROUP BY CAST(xmin AS text)")
    assert sorted(number for (number,) in found) == [20, 50, 50]
    assert desk.store.most_sessions == 50
    desk.writer.close()


BUSY_PROCESS = """
import random, sys, threading
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import Noted
from dialogkort.store import open_store
from dialogkort.store.writer import Work, Writer

place, number = sys.argv[1], int(sys.argv[2])
chance = random.Random(number)
sessions = [f"00000000-0001-7000-8000-{at:012x}" for at in range(30)]
writer = Writer(lambda: open_store(place))
writer.call(lambda _: None)
print("ready", flush=True)
sys.stdin.readline()
left, faults = threading.Semaphore(0), []

def append(ids):
    def run(store):
        for id in ids:
            mine = new_id(2_000 + number)
            store.events(id)
            store.append([Noted(id=mine, session=id, note=mine, text="Vi", card="k-01")])
    return run

def done(_, fault):
    faults.append(fault)
    left.release()

for _ in range(60):
    ids = tuple(chance.sample(sessions, chance.randint(1, 3)))
    writer.submit(Work(append(ids), done, ids))
for _ in range(60):
    left.acquire()
writer.close()
print(sum(fault is None for fault in faults), *(type(fault).__name__ for fault in faults if fault))
"""


def test_processes_that_write_in_the_same_sessions_together_never_wait_for_each_other_in_a_ring(
    place, open_here
):
    open_here(place)
    assert at_once(BUSY_PROCESS, 3, place) == [["60"]] * 3


# --- whoever hands in is told, once -----------------------------------------------------------------------


def test_a_writer_that_is_closed_does_first_what_was_handed_in(place, open_here):
    desk = Desk(place)
    events = afternoon(30)
    with desk.busy():
        answers = list(map(desk.append, events))
        closing = threading.Thread(target=desk.writer.close)
        closing.start()
        while not desk.writer._closing:
            threading.Event().wait(0.001)
        with pytest.raises(RuntimeError):
            desk.append(noted(9_000))
    closing.join(SECONDS)
    assert all(answer.result() for answer in answers)
    assert kept(open_here(place)) == events


def test_one_who_cannot_be_told_leaves_nobody_else_without_an_answer(desk, caplog):
    first, second, third = afternoon(3)

    def gone(*_):
        raise ConnectionError("the window is gone")

    with desk.busy():
        answers = [desk.append(first)]
        desk.writer.submit(Work(lambda store: store.append([second]), gone, (second.session,)))
        answers.append(desk.append(third))
    assert all(answer.result() for answer in answers)
    assert kept(desk.store) == [first, second, third]
    assert [record.exc_info[0] for record in caplog.records] == [ConnectionError]


KINDS = ("keep", "refuse", "keep and refuse", "alone", "read", "two sessions")


@settings(max_examples=30)
@given(asked=st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 2)), max_size=12), number=st.data())
def test_whatever_is_handed_in_everybody_is_told_once_and_only_what_was_promised_is_kept(
    asked, number, tmp_path_factory
):
    place = tmp_path_factory.mktemp("noter")
    desk = Desk(place)
    sessions = new_sessions(3)
    promised, answers = {id: [] for id in sessions}, []
    with desk.busy():
        for at, (kind, which) in enumerate(asked):
            events = [noted(2_000 + at, session=sessions[which])]
            if kind == "two sessions":
                events.append(noted(3_000 + at, session=sessions[(which + 1) % 3]))
            answers.append((kind, events, _hand_in(desk, kind, events)))
    for kind, events, answer in answers:
        refused = "refuse" in kind
        assert isinstance(answer.fault, InvalidAction) == refused
        for event in events if not refused and kind != "read" else ():
            promised[event.session].append(event)
    desk.writer.close()
    store = open_store(place)
    assert {id: kept(store, id) for id in sessions} == promised
    store.close()
    assert sorted(in_the_journal(place)) == sorted(event.id for said in promised.values() for event in said)
    assert all(len(answer.told) == 1 for _, _, answer in answers)


def _hand_in(desk, kind, events):
    def run(store):
        if kind != "refuse" and kind != "read":
            store.append(events)
        if "refuse" in kind:
            raise InvalidAction(kind)
        return json.dumps([event.id for event in store.events(events[0].session)[0]])

    if kind == "alone":
        answer = Answer()
        desk.writer.submit(Work(run, answer))
        return answer
    return desk.hand_in(run, *(() if kind == "read" else {event.session for event in events}))
