"""The end of a session on the screen: nobody sees an answer before all are shown, and who may decide what."""

import pytest

from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import FollowUpMarked, HandsCounted, RetentionSet, VotesShown
from dialogkort.i18n import text
from dialogkort.ui.messages import RecordEvent
from dialogkort.ui.roles import Access, Role


@pytest.fixture
def window(serve, tmp_path):
    return serve("dispatcher", tmp_path).open().begin()


def test_answers_to_the_closing_question_reach_no_page_before_they_are_shown_to_all(window):
    for rating, word in ((5, "Ærligt"), (1, "Spildt")):
        window.record("rated", rating=rating, word=word)
    assert window.record("ratings shown")["refused"] == text("session.too_few_ratings", fewest=3)
    assert (window.table["closing"]["answers"], window.table["closing"]["ratings"]) == (2, [])
    window.record("rated", rating=3)
    assert not [message for message in window.messages if "Spildt" in str(message)]
    window.record("ratings shown")
    assert window.table["closing"]["ratings"] == [[1, "Spildt"], [3, ""], [5, "Ærligt"]]
    assert window.record("rated", rating=3)["refused"] == text("session.ratings_shown")


def test_a_session_that_is_erased_at_its_end_is_not_in_the_list_any_more(window):
    session = window.session
    window.ask("leave")
    assert [row["session"] for row in window.lobby["sessions"]] == [session]
    window.ask("erase", sessions=[session])
    assert window.lobby["sessions"] == []


def test_a_workshop_that_follows_up_another_is_shown_its_next_steps_and_says_what_became_of_them(window):
    step = window.note("Aftal øvetid", opening_question=1)
    window.record(
        "noted", note=step, text="Aftal øvetid", kind="next step", owner="Leder", opening_question=1
    )
    window.note("Kun en pointe", opening_question=2)
    first = window.session
    window.ask("leave")
    window.ask("start", details={"workshop": "Digital dag 2", "group": "1"}, follows=[first])
    assert window.table["closing"]["follows"] == [first]
    (earlier,) = window.slices["earlier"]["steps"]
    assert (earlier["note"], earlier["noted_in"], earlier["owner"]) == (step, first, "Leder")
    window.record("step status", note=step, noted_in=first, status="done", word="Hver fredag")
    assert window.table["closing"]["statuses"][step] == {"status": "done", "word": "Hver fredag"}
    assert "refused" in window.record("step status", note=step, noted_in=new_id(9), status="done")


def test_what_the_earlier_workshop_agreed_is_gone_where_it_was_erased(window):
    step = window.note("Aftal øvetid", opening_question=1)
    window.record("noted", note=step, text="Aftal øvetid", kind="next step", opening_question=1)
    first = window.session
    window.ask("leave")
    window.ask("start", details={"workshop": "Digital dag 2", "group": "1"}, follows=[first])
    later = window.session
    window.ask("leave")
    window.ask("erase", sessions=[first])
    window.ask("open", session=later)
    assert window.slices["earlier"]["steps"] == []


@pytest.mark.parametrize("follows", [["nonsense"], "x", 7, [None]])
def test_what_names_no_sessions_begins_no_follow_up(window, follows):
    window.ask("leave")
    before = window.lobby["sessions"]
    assert "refused" in window.ask("start", details={"workshop": "W", "group": "1"}, follows=follows)
    assert window.lobby["sessions"] == before


def test_the_start_reminds_of_a_workshop_whose_day_is_past_however_old_and_of_no_other(window):
    first = window.session
    window.record("retention set", until="2026-01-31")
    window.ask("leave")
    window.ask("start", details={"workshop": "En anden", "group": "1"})
    window.ask("leave")
    (reminder,) = window.lobby["overdue"]
    assert (reminder["workshop"], reminder["day"], reminder["sessions"]) == (
        "Digital dag",
        "31. januar 2026",
        [first],
    )
    window.ask("open", session=first)
    window.record("retention set", until="2099-01-31")
    window.ask("leave")
    assert window.lobby["overdue"] == []


def test_what_holds_for_a_whole_workshop_is_the_facilitators_to_decide():
    session = new_id(1)
    fields = {"id": new_id(2), "session": session}
    for event in (
        FollowUpMarked(**fields, follows=(new_id(3),)),
        RetentionSet(**fields, until="2027-01-31"),
        HandsCounted(**fields, note=new_id(3), hands=2),
        VotesShown(**fields),
    ):
        assert Access().allows(RecordEvent(event=event))
        for role in (Role.GROUP, Role.READER, Role.PHONE):
            assert not Access(role, session).allows(RecordEvent(event=event))
