"""One commit answers many: what shares it is decided in order, kept together or not at all, and told once."""

import contextlib
import json
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_helpers import MUCH, afternoon, at_once, everything, noted, stored_events

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
        self.answers = []
        self.undone = 0
        self._over = threading.Event()

    def __call__(self, result, fault):
        self.answers.append((result, fault))
        self._over.set()

    def result(self):
        assert self._over.wait(SECONDS), "nobody was told"
        ((result, fault),) = self.answers
        if fault is not None:
            raise fault
        return result

    @property
    def fault(self):
        with contextlib.suppress(Exception):
            self.result()
        return self.answers[0][1]


class WriterAndCallers:
    """A writer, and those who hand work in."""

    def __init__(self, location):
        self.writer = Writer(lambda: open_store(location))
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
def writer_and_callers(location):
    writer_and_callers = WriterAndCallers(location)
    yield writer_and_callers
    writer_and_callers.writer.close()


def new_sessions(number):
    return [new_id(1_000 + at) for at in range(number)]


def in_the_journal(location):
    """The ids of all events in the journal of a folder."""
    contents = [path.read_bytes() for path in sorted((location / JOURNAL_FOLDER).glob("*.jsonl"))]
    return [event.id for content in contents for _, event in parse_journal(content) if hasattr(event, "id")]


def commits(location, store):
    """How many transactions have written in a store."""
    if isinstance(store, ServerStore):
        with store._reading() as ask:
            return ask("SELECT count(DISTINCT CAST(xmin AS text)) FROM events")[0][0]
    # The file counts them itself (https://sqlite.org/fileformat.html#file_change_counter).
    return int.from_bytes((location / FILE_NAME).read_bytes()[24:28])


# --- in order, and together -------------------------------------------------------------------------------


def test_each_sees_what_was_done_before_it_and_nobody_else_does_yet(writer_and_callers, location, open_here):
    first, second, third = afternoon(3)
    other, seen = open_here(location), []

    def look(store):
        seen.append((stored_events(store), stored_events(other)))

    with writer_and_callers.busy():
        answers = [
            writer_and_callers.append(first),
            writer_and_callers.hand_in(look, first.session),
            writer_and_callers.append(second),
        ]
        answers += [writer_and_callers.hand_in(look, first.session), writer_and_callers.append(third)]
    for answer in answers:
        answer.result()
    assert seen == [([first], []), ([first, second], [])]
    assert stored_events(other) == [first, second, third]


def test_many_notes_of_many_groups_share_one_commit(writer_and_callers, location, open_here):
    sessions = new_sessions(40)
    writer_and_callers.append(noted(1_500)).result()
    before = commits(location, writer_and_callers.store)
    with writer_and_callers.busy():
        answers = [writer_and_callers.append(noted(2_000 + at, session=id)) for at, id in enumerate(sessions)]
    assert [answer.result() for answer in answers] == [True] * 40
    assert commits(location, writer_and_callers.store) - before == 1
    assert all(len(stored_events(open_here(location), session)) == 1 for session in sessions)


def test_who_comes_alone_waits_for_nobody(writer_and_callers, location):
    writer_and_callers.append(noted(1_500)).result()
    before = commits(location, writer_and_callers.store)
    for event in afternoon(3):
        writer_and_callers.append(event).result()
    assert commits(location, writer_and_callers.store) - before == 3


def test_what_one_expects_is_decided_among_the_others_of_the_commit(writer_and_callers):
    first, second, third = afternoon(3)

    def expecting(event, number):
        def run(store):
            store.events(event.session)  # it has looked, as a session does
            return store.append([event], expected=number)

        return writer_and_callers.hand_in(run, event.session)

    def on_what_it_read_before_the_last(store):
        _, number = store.events(second.session)
        assert store.append([second], expected=number)
        return store.append([third], expected=number)

    with writer_and_callers.busy():
        answers = [expecting(first, 0), expecting(second, 0)]
        answers += [writer_and_callers.hand_in(on_what_it_read_before_the_last, second.session)]
    assert [answer.result() for answer in answers] == [True, False, False]
    assert stored_events(writer_and_callers.store) == [first, second]


def test_what_another_process_has_written_in_between_is_seen_before_anything_is_decided(
    writer_and_callers, location, open_here, deck
):
    session = start(writer_and_callers.store, deck, workshop="W", group="1")
    card = session.table.face_down[0]
    turned, again = (Turned(id=new_id(now), session=session.id, card=card) for now in (2**44, 2**44 + 1))
    mine = writer_and_callers.writer.call(lambda store: Session(store, session.id))
    with writer_and_callers.busy():
        answer = writer_and_callers.hand_in(lambda store: mine.record(again), session.id)
        known = mine.position
        late = writer_and_callers.hand_in(lambda store: store.append([again], expected=known), session.id)
        Session(open_here(location), session.id).turn(card)
    assert isinstance(answer.fault, IllegalMove | InvalidAction)
    assert late.result() is False
    assert turned.card == mine.table.current
    assert len(stored_events(writer_and_callers.store, session.id)) == 3


# --- what is refused --------------------------------------------------------------------------------------


def test_what_is_refused_leaves_the_others_and_no_trace(writer_and_callers, location, open_here):
    first, second, third = afternoon(3)

    def refuse(_):
        raise InvalidAction("Nej.")

    def change_ones_mind(store):
        store.append([second])
        raise InvalidAction("Alligevel ikke.")

    with writer_and_callers.busy():
        answers = [writer_and_callers.append(first), writer_and_callers.hand_in(refuse, first.session)]
        answers += [
            writer_and_callers.hand_in(change_ones_mind, first.session),
            writer_and_callers.append(third),
        ]
    assert [str(answer.fault) for answer in answers] == ["None", "Nej.", "Alligevel ikke.", "None"]
    assert stored_events(open_here(location)) == [first, third]
    if not isinstance(writer_and_callers.store, ServerStore):
        assert in_the_journal(location) == [first.id, third.id]


def test_a_damaged_session_takes_no_other_along(writer_and_callers, location, open_here):
    sound, damaged, other = new_sessions(3)
    writer_and_callers.append(noted(1_500, session=damaged)).result()
    with open_here(location)._writing([damaged]) as ask:
        ask("UPDATE events SET crc = crc + 1 WHERE session = :it", {"it": damaged})

    def go_on(event):
        def run(store):
            store.events(event.session)
            return store.append([event])

        return writer_and_callers.hand_in(run, event.session)

    events = [noted(2_000 + at, session=id) for at, id in enumerate((sound, damaged, other))]
    with writer_and_callers.busy():
        answers = list(map(go_on, events))
    assert [getattr(answer.fault, "kind", None) for answer in answers] == [None, "damaged", None]
    assert [answer.undone for answer in answers] == [1, 2, 1]  # all of it was done anew, one by one
    for event in (events[0], events[2]):
        assert stored_events(open_here(location), event.session) == [event]


# --- a commit that fails ----------------------------------------------------------------------------------


def _nothing_was_stored(answers, *kinds):
    assert {answer.fault.kind for answer in answers} <= set(kinds)
    assert all(answer.undone == 1 for answer in answers)


def test_a_commit_that_finds_the_disk_full_keeps_nothing_and_the_next_one_all(small_disk, open_here):
    location = small_disk / "noter"
    writer_and_callers = WriterAndCallers(location)
    sessions = new_sessions(20)
    writer_and_callers.append(noted(1_500)).result()
    filler = small_disk / "fyld"
    free = 40_000
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4_096)
    with filler.open("r+b") as file:
        file.truncate(filler.stat().st_size - free)
    events = [noted(2_000 + at, MUCH, session=id) for at, id in enumerate(sessions)]
    assert sum(len(event.text) for event in events) > free
    before = everything(writer_and_callers.store)
    with writer_and_callers.busy():
        answers = list(map(writer_and_callers.append, events))
    _nothing_was_stored(answers, "full")
    assert everything(open_here(location)) == before
    filler.unlink()
    with writer_and_callers.busy():
        answers = list(map(writer_and_callers.append, events))
    assert all(answer.result() for answer in answers)
    assert sum(len(stored_events(open_here(location), id)) for id in sessions) == 20
    writer_and_callers.writer.close()


def test_a_disk_that_is_full_before_the_commit_is_told_as_the_stores_fault_and_not_as_its_engines(tmp_path):
    writer_and_callers = WriterAndCallers(tmp_path)
    writer_and_callers.store._database.execute(
        "PRAGMA cache_size = 5"
    )  # what does not fit in there is written at once
    pages = writer_and_callers.store._database.execute("PRAGMA page_count").fetchone()[0]
    writer_and_callers.store._database.execute(f"PRAGMA max_page_count = {pages + 1}")
    sessions = new_sessions(10)
    with writer_and_callers.busy():
        answers = [
            writer_and_callers.append(noted(2_000 + at, MUCH, session=id)) for at, id in enumerate(sessions)
        ]
    assert {answer.fault and answer.fault.kind for answer in answers} == {"full", None}
    for answer, id in zip(answers, sessions, strict=True):
        assert len(stored_events(writer_and_callers.store, id)) == (0 if answer.fault else 1)
    writer_and_callers.writer.close()


def test_a_store_that_is_closed_to_writing_keeps_nothing_and_the_next_commit_all(
    writer_and_callers, location, open_here, closed_to_writing
):
    events = afternoon(5)
    with closed_to_writing(writer_and_callers.store):
        with writer_and_callers.busy():
            answers = list(map(writer_and_callers.append, events))
        _nothing_was_stored_one_by_one(answers, "read_only", "server_refuses")
        assert stored_events(open_here(location)) == []
    with writer_and_callers.busy():
        answers = list(map(writer_and_callers.append, events))
    assert all(answer.result() for answer in answers)
    assert stored_events(open_here(location)) == events


def _nothing_was_stored_one_by_one(answers, *kinds):
    assert {answer.fault.kind for answer in answers} <= set(kinds)
    assert all(answer.undone for answer in answers)


def test_a_line_to_the_server_that_is_cut_keeps_nothing_and_the_next_commit_all(new_address, open_here):
    location = new_address()
    writer_and_callers, other = WriterAndCallers(location), open_here(location)
    events = afternoon(5)

    def cut(store):
        ((backend,),) = store._batch.execute("SELECT pg_backend_pid()")
        with other._reading() as ask:
            ask("SELECT pg_terminate_backend(:it)", {"it": backend})

    def answers_after(act):
        with writer_and_callers.busy():
            answers = list(map(writer_and_callers.append, events[:3]))
            writer_and_callers.hand_in(act, events[0].session)
        return [answer.fault for answer in answers]

    assert [fault.kind for fault in answers_after(cut)] == ["server_away"] * 3
    assert stored_events(other) == []
    assert answers_after(lambda _: None) == [None] * 3
    assert stored_events(other) == events[:3]
    writer_and_callers.writer.close()


# --- a server ---------------------------------------------------------------------------------------------


def test_on_a_server_no_commit_writes_in_more_sessions_than_it_has_locks_for(new_address):
    writer_and_callers = WriterAndCallers(new_address())
    with writer_and_callers.busy():
        answers = [
            writer_and_callers.append(noted(2_000 + at, session=id))
            for at, id in enumerate(new_sessions(120))
        ]
    for answer in answers:
        answer.result()
    with writer_and_callers.store._reading() as ask:
        actual = ask("SELECT count(DISTINCT session) FROM events GROUP BY CAST(xmin AS text)")
    assert sorted(number for (number,) in actual) == [20, 50, 50]
    assert writer_and_callers.store.most_sessions == 50
    writer_and_callers.writer.close()


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
    location, open_here
):
    open_here(location)
    assert at_once(BUSY_PROCESS, 3, location) == [["60"]] * 3


# --- whoever hands in is told, once -----------------------------------------------------------------------


def test_a_writer_that_is_closed_does_first_what_was_handed_in(location, open_here):
    writer_and_callers = WriterAndCallers(location)
    events = afternoon(30)
    with writer_and_callers.busy():
        answers = list(map(writer_and_callers.append, events))
        closing = threading.Thread(target=writer_and_callers.writer.close)
        closing.start()
        while not writer_and_callers.writer._closing:
            threading.Event().wait(0.001)
        with pytest.raises(RuntimeError):
            writer_and_callers.append(noted(9_000))
    closing.join(SECONDS)
    assert all(answer.result() for answer in answers)
    assert stored_events(open_here(location)) == events


def test_one_who_cannot_be_told_leaves_nobody_else_without_an_answer(writer_and_callers, caplog):
    first, second, third = afternoon(3)

    def gone(*_):
        raise ConnectionError("the window is gone")

    with writer_and_callers.busy():
        answers = [writer_and_callers.append(first)]
        writer_and_callers.writer.submit(Work(lambda store: store.append([second]), gone, (second.session,)))
        answers.append(writer_and_callers.append(third))
    assert all(answer.result() for answer in answers)
    assert stored_events(writer_and_callers.store) == [first, second, third]
    assert [record.exc_info[0] for record in caplog.records] == [ConnectionError]


KINDS = ("keep", "refuse", "keep and refuse", "alone", "read", "two sessions")


@settings(max_examples=30)
@given(
    requested=st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 2)), max_size=12), number=st.data()
)
def test_whatever_is_handed_in_everybody_is_told_once_and_only_what_was_promised_is_kept(
    requested, number, tmp_path_factory
):
    location = tmp_path_factory.mktemp("noter")
    writer_and_callers = WriterAndCallers(location)
    sessions = new_sessions(3)
    promised, answers = {id: [] for id in sessions}, []
    with writer_and_callers.busy():
        for at, (kind, which) in enumerate(requested):
            events = [noted(2_000 + at, session=sessions[which])]
            if kind == "two sessions":
                events.append(noted(3_000 + at, session=sessions[(which + 1) % 3]))
            answers.append((kind, events, _hand_in(writer_and_callers, kind, events)))
    for kind, events, answer in answers:
        refused = "refuse" in kind
        assert isinstance(answer.fault, InvalidAction) == refused
        for event in events if not refused and kind != "read" else ():
            promised[event.session].append(event)
    writer_and_callers.writer.close()
    store = open_store(location)
    assert {id: stored_events(store, id) for id in sessions} == promised
    store.close()
    assert sorted(in_the_journal(location)) == sorted(
        event.id for promised_events in promised.values() for event in promised_events
    )
    assert all(len(answer.answers) == 1 for _, _, answer in answers)


def _hand_in(writer_and_callers, kind, events):
    def run(store):
        if kind != "refuse" and kind != "read":
            store.append(events)
        if "refuse" in kind:
            raise InvalidAction(kind)
        return json.dumps([event.id for event in store.events(events[0].session)[0]])

    if kind == "alone":
        answer = Answer()
        writer_and_callers.writer.submit(Work(run, answer))
        return answer
    return writer_and_callers.hand_in(run, *(() if kind == "read" else {event.session for event in events}))
