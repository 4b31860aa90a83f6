"""The screen's side of typing in a session on paper: its sessions alone, on their day, line by line."""

from datetime import date

import pytest
from windows import DETAILS

from dialogkort.i18n import text
from dialogkort.sessions.session import Session, start
from dialogkort.store import open_store

DETAILS_OF_PAPER = {**DETAILS, "date": "2026-03-02"}

everywhere = pytest.mark.parametrize("host", ["dispatcher", "notebook", "command"], indirect=True)


@pytest.fixture
def host(request, serve, tmp_path):
    """What serves the pages."""
    return serve(getattr(request, "param", "dispatcher"), tmp_path)


@pytest.fixture
def window(host):
    """A page that has said hello."""
    opened = host.open("paper_session")
    opened.ask("hello", session=None)
    return opened


@everywhere
def test_a_line_is_typed_in_and_taken_away_whole(window, tmp_path):
    window.ask("start", details=DETAILS_OF_PAPER)
    first, second = window.table["order"][:2]
    for card, minutes in ((first, 5), (second, None)):
        window.record("turned", card=card)
        window.record("discussed", card=card, agreement="alike")
        window.record("minutes told", card=card, minutes=minutes)
    window.record("turns ordered", order=[second, first])
    assert window.table["turn_order"] == [second, first]
    assert window.table["card_facts"][first] == {"agreement": "alike", "minutes": 5}
    window.record("undone", events=window.slices["lines"][first])
    assert window.table["turn_order"] == [second]
    assert list(window.slices["lines"]) == [second]
    store = open_store(tmp_path)
    reopened = Session(store, window.session)
    assert (reopened.is_typed_in, list(reopened.table.turned)) == (True, [second])
    store.close()


def test_a_session_without_its_day_or_on_a_day_to_come_does_not_begin(window, tmp_path):
    for day, refusal in (("", "session.date_missing"), ("2099-01-01", None)):
        refused = window.ask("start", details={**DETAILS, "date": day})["refused"]
        assert refused == (text(refusal) if refusal else text("session.not_held_yet", value="1. januar 2099"))
    assert window.session is None


def test_only_sessions_on_paper_are_listed_and_taken_up(window, deck, tmp_path):
    store = open_store(tmp_path)
    live = start(store, deck, **DETAILS_OF_PAPER)
    store.close()
    assert window.ask("open", session=live.id)["refused"] == text("page.paper.not_on_paper")
    window.ask("start", details=DETAILS_OF_PAPER)
    typed_in = window.session
    window.ask("leave")
    assert [row["session"] for row in window.lobby["sessions"]] == [typed_in]
    window.ask("open", session=typed_in)
    assert window.session == typed_in


def test_the_workshop_that_was_typed_in_last_today_is_proposed_and_else_no_day(window):
    assert window.lobby["proposal"] == {}
    window.ask("start", details={**DETAILS_OF_PAPER, "organisation": "Vejle Kommune", "participants": 5})
    window.ask("leave")
    proposal = window.lobby["proposal"]
    assert (proposal["date"], proposal["organisation"]) == ("2026-03-02", "Vejle Kommune")
    assert {"group", "participants"}.isdisjoint(proposal)
    assert proposal["date"] != date.today().isoformat()


def test_in_a_session_on_screen_no_minutes_are_told(serve, tmp_path):
    at_table = serve("dispatcher", tmp_path).open()
    at_table.ask("hello", session=None)
    at_table.ask("start", details=DETAILS)
    card = at_table.table["face_down"][0]
    at_table.record("turned", card=card)
    for what, fields in (
        ("minutes told", {"card": card, "minutes": 5}),
        ("turns ordered", {"order": [card]}),
    ):
        assert at_table.record(what, **fields)["refused"] == text("session.no_such_move")
