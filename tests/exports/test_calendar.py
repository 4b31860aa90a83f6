"""Next steps come into a calendar once, on their day, letter for letter, with what was written alone."""

import re

import pytest

from dialogkort.domain.events import NoteKind
from dialogkort.errors import InvalidAction
from dialogkort.exports.calendar import as_calendar
from dialogkort.frames.sessions import read
from dialogkort.i18n import text

AWKWARD = "Ring til it; spørg om æ, ø og å \\ og 🙂\nså ring igen" + " – blåbærgrød" * 20


def properties(content: bytes) -> list[tuple[str, str]]:
    """Names and values of a calendar file, unfolded and with nothing escaped."""
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        line.decode("utf-8")  # no letter is cut in two
    lines = content.decode("utf-8").replace("\r\n ", "").removesuffix("\r\n").split("\r\n")
    letters = {"n": "\n"}
    pairs = [line.split(":", 1) for line in lines]
    return [
        (name, re.sub(r"\\(.)", lambda match: letters.get(match[1], match[1]), value))
        for name, value in pairs
    ]


@pytest.fixture
def step(session):
    """A next step with awkward words; besides it are one without a day, and a point."""
    session.note("Uden dag", opening_question=1, kind=NoteKind.NEXT_STEP, owner="Bo")
    session.note("En pointe", opening_question=1)
    where = {"opening_question": 1, "kind": NoteKind.NEXT_STEP, "owner": "Ida", "due": "2026-12-18"}
    return session.note(AWKWARD, **where)


def test_a_step_with_a_day_is_an_event_of_that_day_with_what_was_written_and_nothing_else(store, step):
    pairs = properties(as_calendar(read(store).notes))
    assert pairs[0] == ("BEGIN", "VCALENDAR") and pairs[-1] == ("END", "VCALENDAR")
    assert [value for name, value in pairs if name == "BEGIN"] == ["VCALENDAR", "VEVENT"]
    named = dict(pairs)
    assert named["SUMMARY"] == f"Ida: {AWKWARD}"
    assert named["DTSTART;VALUE=DATE"] == "20261218"
    assert named["UID"] == f"{step}@dialogkort"
    assert not {"ATTENDEE", "ORGANIZER"} & named.keys()


def test_taken_in_again_a_step_that_was_corrected_is_the_same_event(store, session, step):
    before = dict(properties(as_calendar(read(store).notes)))
    session.note("Ring", note=step, opening_question=1, kind=NoteKind.NEXT_STEP, due="2026-12-19")
    after = dict(properties(as_calendar(read(store).notes)))
    assert before["UID"] == after["UID"]
    assert (after["SUMMARY"], after["DTSTART;VALUE=DATE"]) == ("Ring", "20261219")


def test_where_no_step_has_a_day_it_is_said_and_no_file_is_made(store, session):
    session.note("Uden dag", opening_question=1, kind=NoteKind.NEXT_STEP)
    with pytest.raises(InvalidAction) as refused:
        as_calendar(read(store).notes)
    assert str(refused.value) == text("calendar.no_day")


def test_what_a_person_wrote_begins_no_line_of_its_own(store, session):
    where = {"opening_question": 1, "kind": NoteKind.NEXT_STEP, "due": "2026-12-18"}
    ends = "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"
    forged = "".join(f"{end}ATTENDEE:mailto:bo@eksempel.dk{end}END:VEVENT" for end in ends)
    session.note(f"x{forged}\x0b\x1b", **where)
    content = as_calendar(read(store).notes)
    pairs = properties(content)
    assert not [line for line in content.decode().splitlines() if line.startswith("ATTENDEE")]
    assert "ATTENDEE" not in dict(pairs)
    assert [name for name, _ in pairs].count("END") == 2
