"""Many windows on one store: who is told what, who may do what, and what happens when something fails."""

import json
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from windows import DETAILS, SECONDS, OwnDispatcher, now, stored_events

from dialogkort.domain.event_ids import new_id
from dialogkort.errors import TaskFailed
from dialogkort.i18n import text
from dialogkort.sessions.session import Session, start
from dialogkort.store import open_store
from dialogkort.ui.lobby import Lobby
from dialogkort.ui.messages import MESSAGES
from dialogkort.ui.open_sessions import OpenSessions
from dialogkort.ui.roles import Access, Role
from dialogkort.worker_process import Worker

NEVER = 3_600  # seconds between two looks: what is shown was pushed
NOT_UNDERSTOOD = text("page.refused.not_understood")


@pytest.fixture
def host(serve, tmp_path):
    return serve("dispatcher", tmp_path, poll_seconds=NEVER)


def statements(host, act):
    """The statements that SQLite is asked while something is done on the writer's thread."""
    statements_run = []
    host.dispatcher.call(lambda store: store._database.set_trace_callback(statements_run.append))
    act()
    host.dispatcher.call(lambda store: store._database.set_trace_callback(None))
    return statements_run


def calls(host, act):
    """How many functions the writer's thread calls while something is done."""
    names = []
    host.dispatcher.call(lambda store: sys.setprofile(lambda _, what, __: names.append(what)))
    act()
    host.dispatcher.call(lambda store: sys.setprofile(None))
    return names.count("call")


# --- who is told what -------------------------------------------------------------------------------------


def test_windows_on_one_session_follow_each_other_without_a_look(host):
    one = host.open().begin()
    others = [host.open() for _ in range(3)]
    for other in others:
        other.ask("hello", session=one.session)
    card = one.table["order"][0]
    one.record("turned", card=card)
    note = one.note("Vi øver os", card=card)
    others[0].until(lambda: others[0].pad)
    others[0].record("noted", note=note, text="Vi øver os mere", card=card, after=others[0].pad[0]["version"])
    for window in (one, *others):
        window.until(lambda window=window: [note["text"] for note in window.pad] == ["Vi øver os mere"])
        assert window.table["current"] == card


def test_a_window_is_told_what_has_changed_and_no_more(host):
    window, other = host.open().begin(), host.open()
    other.ask("hello", session=window.session)
    notes = [window.note(f"note {number}", opening_question=1) for number in range(30)]
    other.unasked()
    window.record("noted", note=notes[3], text="en anden", opening_question=1)
    for message in (window.messages[-1], *other.unasked()):
        assert message.keys() <= {"type", "patch", "reply"}
        assert set(message["patch"]["notes"]) == {notes[3]}
        assert message["patch"]["table"].keys() <= {"newest", "undo"}


def test_nobody_is_told_of_what_happens_at_another_table(host, tmp_path):
    window, neighbour = host.open().begin(), host.open().begin(group="Gruppe 2")
    neighbour.note("Vi øver os", opening_question=1)
    assert window.unasked() == []
    store = open_store(tmp_path)
    Session(store, neighbour.session).note("fra en anden proces", opening_question=2)
    store.close()
    host.look()
    neighbour.until(lambda: len(neighbour.pad) == 2)
    assert window.unasked() == []


def test_a_note_costs_no_more_where_fifty_write_at_other_tables(serve, tmp_path):
    """A device that only looks on asks of every note whose it is."""

    def cost(tables):
        host = serve("dispatcher", tmp_path / str(tables), poll_seconds=NEVER)
        for number in range(tables):
            host.open().begin(group=f"Gruppe {number + 2}").note("Vi øver os", opening_question=1)
        writing, reading = host.open().begin(), host.open()
        reading.ask("hello", session=writing.session)
        for number in range(30):
            writing.note(f"note {number}", opening_question=1)
        return calls(host, lambda: writing.note("en til", opening_question=1))

    assert cost(50) < 1.2 * cost(2)


def test_one_look_asks_as_much_of_the_store_for_twelve_windows_as_for_two(serve, tmp_path):
    def statements_of(number):
        location = tmp_path / str(number)
        host = serve("dispatcher", location, poll_seconds=NEVER)
        windows = [host.open().begin(group=str(at)) for at in range(number)]
        host.look()  # what it wrote itself
        nothing = statements(host, host.look)
        store = open_store(location)
        Session(store, windows[0].session).note("Vi øver os", opening_question=1)
        store.close()
        something = statements(host, host.look)
        windows[0].until(lambda: windows[0].pad)
        return len(nothing), len(something)

    assert statements_of(12) == statements_of(2)
    assert statements_of(1)[0] == 1, "nothing has happened: one question, and no more"


def test_the_lobby_knows_what_has_changed_since_it_was_asked_last_also_of_what_changed_again():
    lobby = Lobby(OpenSessions())
    for changed in ({"a", "b"}, {"c"}, {"a"}):
        lobby.changed(changed)
    since = [lobby.changed_since(version) for version in range(4)]
    assert since == [{"a", "b", "c"}, {"a", "c"}, {"a"}, set()]


def test_every_lobby_follows_whatever_happens_anywhere(host, tmp_path):
    lobbies = [host.open(), host.open()]
    for lobby in lobbies:
        lobby.ask("hello", session=None)
    table = host.open().begin()
    table.note("Vi øver os", opening_question=1)
    host.look()
    store = open_store(tmp_path)
    start(store, Session(store, table.session).deck, workshop="Fra en anden proces", group="2")
    store.close()
    host.look()
    for lobby in lobbies:
        lobby.unasked()
        shown = {row["workshop"]: row["notes"] for row in lobby.lobby["sessions"]}
        assert shown == {"Digital dag": 1, "Fra en anden proces": 0}
    lobbies[0].ask("open", session=table.session)
    table.ask("erase", sessions=[table.session])
    assert [row["workshop"] for row in table.lobby["sessions"]] == ["Fra en anden proces"]
    lobbies[0].until(lambda: lobbies[0].session is None)
    host.look()
    for lobby in lobbies:
        lobby.unasked()
        assert [row["workshop"] for row in lobby.lobby["sessions"]] == ["Fra en anden proces"]


def test_a_window_that_has_said_nothing_or_is_closed_is_in_nobodys_way(host):
    silent, closed, window = host.open(), host.open(), host.open().begin()
    closed.ask("hello", session=window.session)
    closed.close()
    before = len(closed.messages)
    window.note("Vi øver os", opening_question=1)
    host.look()
    assert window.unasked() == []
    assert closed._received.empty() and len(closed.messages) == before
    assert silent._received.empty()


# --- who may do what --------------------------------------------------------------------------------------

SECRET = "Det sagde de andre"


@pytest.fixture(scope="module", params=[Role.GROUP, Role.READER])
def bounded(request, tmp_path_factory):
    """A page that is for one session, in a place where there is another one."""
    folder = tmp_path_factory.mktemp("rum")
    host = OwnDispatcher(folder, poll_seconds=NEVER)
    others, own = host.open().begin(workshop="De andres", group="2"), host.open().begin()
    others.note(SECRET, opening_question=1)
    own.note("Vi øver os", opening_question=1)
    page = host.open(access=Access(request.param, own.session))
    page.ask("hello", session=None)
    notes = [own.pad[0]["id"], others.pad[0]["id"]]
    yield page, own.session, others.session, folder, request.param, notes
    host.close()


def test_a_page_that_is_for_one_session_is_shown_that_one_and_no_list(bounded):
    page, own, other, *_ = bounded
    assert page.session == own
    assert page.slices.get("lobby", {}) == {}
    assert page.ask("hello", session=own)["session"] == own
    assert page.ask("hello", session=other)["refused"] == NOT_UNDERSTOOD
    assert SECRET not in json.dumps(page.messages)


json_values = st.none() | st.booleans() | st.integers() | st.text(max_size=4)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_message_of_it_reaches_another_session_or_does_what_is_the_facilitators(bounded, data):
    page, own, other, folder, role, notes = bounded
    before = stored_events(folder)
    sessions = st.sampled_from([own, other])
    events = st.sampled_from(
        [
            {"what": "noted", "note": new_id(7), "text": "x", "opening_question": 1},
            {"what": "turned", "card": page.table["order"][0]},
            {"what": "undone", "events": [before[other][-1].id]},
            {"what": "erased", "events": 1, "characters": 1},
            {"what": "described", "workshop": "W", "group": "1"},
            {"what": "dealt", "deck": "d", "seed": 1, "order": []},
        ]
    )
    fields = {
        "session": sessions | st.none(),
        "sessions": st.lists(sessions, max_size=2),
        "note": st.sampled_from(notes),
        "event": events.flatmap(
            lambda event: sessions.map(lambda id: event | {"id": new_id(now()), "session": id})
        ),
        "details": st.just(DETAILS),
        "scope": st.sampled_from(["group", "workshop"]),
        "workshop": json_values,
        "coder": st.just("Bo"),
        "name": st.just("Behov"),
    }
    type = data.draw(st.sampled_from([name for name in MESSAGES if name not in ("overview", "export")]))
    chosen = data.draw(st.sets(st.sampled_from(sorted(fields)), max_size=2))
    reply = page.send(
        {"type": type, "id": new_id(now()), **{name: data.draw(fields[name]) for name in sorted(chosen)}}
    )
    after = stored_events(folder)
    assert after.keys() == before.keys(), "nothing is begun or erased"
    assert after[other] == before[other]
    assert reply["session"] in (own, None) and page.table["session"] == own
    assert SECRET not in json.dumps(page.messages[-3:])
    if role is Role.READER or type not in ("hello", "event", "undo", "redact"):
        assert after == before
        assert type == "hello" or reply["refused"] == NOT_UNDERSTOOD


@pytest.mark.parametrize(
    "arguments",
    [
        {"scope": "workshop"},
        {"workshop": "x"},
        {"scope": "group", "workshop": "x"},
        {"for_my_eyes": True},
        {"scope": "workshop", "for_my_eyes": True},
    ],
)
def test_it_cannot_ask_for_the_figures_of_others(bounded, arguments):
    page, *_ = bounded
    assert page.ask("overview", **arguments)["refused"] == NOT_UNDERSTOOD


def test_an_address_for_groups_always_names_a_session_and_the_facilitators_never_does():
    for role, session in ((Role.GROUP, None), (Role.READER, None), (Role.FACILITATOR, "x")):
        with pytest.raises(ValueError, match="session"):
            Access(role, session)


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("erased", {"events": 1, "characters": 1}),
        ("coded", {"note": new_id(1), "noted_in": new_id(2), "code": None, "coder": "Bo"}),
        ("memo written", {"note": new_id(1), "noted_in": new_id(2), "text": "x", "coder": "Bo"}),
        ("code defined", {"code": new_id(1), "name": "Tid", "coder": "Bo"}),
        ("coding named", {"name": "Behov"}),
        ("clock differed", {"clock": 5}),
    ],
)
def test_an_event_of_a_kind_that_a_table_does_not_know_is_refused(host, tmp_path, what, fields):
    window = host.open().begin()
    before = stored_events(tmp_path)
    assert window.record(what, **fields)["refused"] == text("session.no_such_move")
    assert stored_events(tmp_path) == before
    assert "refused" not in window.record("turned", card=window.table["order"][0])


# --- when something fails ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "kind"),
    [({"seconds": 0.001, "megabytes": 2_000}, "time"), ({"seconds": SECONDS, "megabytes": 1}, "memory")],
)
def test_a_chart_that_takes_too_much_is_told_and_the_window_goes_on(serve, tmp_path, limits, kind):
    worker, allowed = Worker(), [limits, {"seconds": SECONDS, "megabytes": 2_000}]

    def run_task(task):
        return worker.call(task.target, dict(task.arguments), **allowed.pop(0))

    window = serve("dispatcher", tmp_path, run_task=run_task).open().begin()
    refused = window.shown_once("chart", lambda: window.ask("overview"))
    assert refused.keys() == {"refused"} and refused["refused"]
    assert "Error" not in refused["refused"] and "gik galt" not in refused["refused"]
    window.note("Vi øver os", opening_question=1)
    assert window.shown_once("chart", lambda: window.ask("overview"))["bars"]
    worker.close()


def test_a_chart_that_fails_shows_nobody_a_traceback(serve, tmp_path):
    def run_task(task):
        raise TaskFailed('Traceback (most recent call last):\n  File "x.py", line 1\nValueError: nul')

    window = serve("dispatcher", tmp_path, run_task=run_task).open().begin()
    refused = window.shown_once("chart", lambda: window.ask("overview"))["refused"]
    assert "ValueError: nul" in refused and "Traceback" not in refused and "x.py" not in refused


def test_while_a_chart_is_drawn_everybody_goes_on(serve, tmp_path):
    import threading

    over = threading.Event()
    host = serve("dispatcher", tmp_path, run_task=lambda task: over.wait(SECONDS) and {"bars": {}})
    window, other = host.open().begin(), host.open()
    window.ask("overview")
    other.ask("hello", session=window.session)
    for page in (window, other):
        page.note("Vi øver os", opening_question=1)
    assert "chart" not in window.slices
    over.set()
    window.until(lambda: "chart" in window.slices)
    assert "chart" not in other.slices, "who has not asked is not told"


def test_a_commit_that_fails_is_told_to_all_forgotten_and_goes_through_the_next_time(
    serve, location, closed_to_writing
):
    host = serve("dispatcher", location, poll_seconds=NEVER)
    tables = [host.open().begin(group=str(at)) for at in range(5)]
    watching = host.open()
    watching.ask("hello", session=tables[0].session)
    # Among them what was left in the outbox of another table, by a window that has gone on.
    moved, left = tables[-1], tables[-1].event("turned", card=tables[-1].table["order"][0])
    moved.ask("open", session=tables[0].session)
    events = [table.event("turned", card=table.table["order"][0]) for table in tables[:-1]] + [left]
    before = [table.picture() for table in tables]
    stored = stored_events(location)

    def send_all():
        with host.busy():
            waiting = [
                table.say({"type": "event", "event": event})
                for table, event in zip(tables, events, strict=True)
            ]
        return [wait() for wait in waiting]

    with closed_to_writing(host.dispatcher.call(lambda store: store)):
        replies = send_all()
        assert all("unsaved" in reply and "refused" not in reply for reply in replies)
        assert [table.picture() for table in tables] == before
    assert stored_events(location) == stored
    assert watching.unasked() == []
    for _ in range(2):  # sent again, it happens once
        assert not any({"unsaved", "refused"} & set(reply) for reply in send_all())
    for session, events_before in stored.items():
        assert len(stored_events(location)[session]) == len(events_before) + 1
    watching.until(lambda: watching.table["current"] == events[0]["card"])


def test_one_page_that_cannot_be_shown_keeps_nothing_from_the_others(host, caplog, monkeypatch):
    window, broken, other = host.open().begin(), host.open(), host.open()
    for page in (broken, other):
        page.ask("hello", session=window.session)

    def fail():
        raise RuntimeError("a fault in a view")

    monkeypatch.setattr(broken._line.window.controller, "show", fail)
    window.note("Vi øver os", opening_question=1)
    other.until(lambda: other.pad)
    window.unasked()  # by now all have been shown
    assert [record.exc_info[0] for record in caplog.records] == [RuntimeError]
