"""What the form asks of a session's details is what the server asks: what is sent is not refused."""

import json
from dataclasses import fields

import pytest
from deno_runner import run_script

from dialogkort.domain.details import DETAILS, NAMES, Details
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import Described, Event
from dialogkort.errors import InvalidAction
from dialogkort.frames.sessions import SESSIONS
from dialogkort.i18n import catalogue, languages
from dialogkort.sessions.session import MAX_NAME_LENGTH, validated_description

GOOD = {"workshop": "Digital dag", "date": "2026-11-28", "group": "1", "unit": "", "participants": ""}
EXAMPLES = [
    {},
    {"workshop": " "},
    {"group": ""},
    {"date": "1999-12-31"},
    {"date": "2000-01-01"},
    {"date": "2099-12-31"},
    {"date": "2100-01-01"},
    {"participants": "0"},
    {"participants": "1"},
    {"participants": "999"},
    {"participants": "1000"},
    {"participants": "-3"},
    {"unit": "x" * MAX_NAME_LENGTH},
    {"unit": "x" * (MAX_NAME_LENGTH + 1)},
    {"unit": "👩" * MAX_NAME_LENGTH},
    {"workshop": "x" * (MAX_NAME_LENGTH + 1), "participants": "0"},
]


def _is_taken(details: dict) -> bool:
    people = int(details["participants"]) if details["participants"] else None
    try:
        validated_description(
            Described(id=new_id(1), session=new_id(1), **details | {"participants": people})
        )
    except InvalidAction:
        return False
    return True


@pytest.fixture(scope="module")
def faults() -> list[list[str]]:
    return json.loads(run_script("check_details.js", json.dumps([GOOD | details for details in EXAMPLES])))


@pytest.mark.parametrize("which", range(len(EXAMPLES)), ids=lambda which: str(EXAMPLES[which])[:40])
def test_the_form_finds_a_fault_where_the_server_would_and_names_the_field(faults, which):
    assert (faults[which] == []) == _is_taken(GOOD | EXAMPLES[which])
    assert set(faults[which]) <= set(EXAMPLES[which])


def test_the_form_wants_a_day_that_is_one():
    """The server takes a session without a day: one may be begun from a notebook."""
    no_days = [GOOD | {"date": ""}, GOOD | {"date": None}]
    assert json.loads(run_script("check_details.js", json.dumps(no_days))) == [["date"], ["date"]]


def test_what_is_told_of_a_session_is_written_in_one_table_and_has_its_words():
    described = {field.name for field in fields(Described)} - {field.name for field in fields(Event)}
    assert list(SESSIONS)[1 : 1 + len(NAMES)] == list(NAMES) and set(NAMES) == described
    assert set(NAMES) == set(Details.__annotations__)
    for code in languages():
        words = catalogue(code)["page"]["start"]
        for detail in DETAILS:
            assert words[detail.name]
            offered = words[f"{detail.name}s"] if detail.choices else {}
            assert set(offered) == {choice.replace(" ", "_") for choice in detail.choices}
            if detail.required or detail.expected:
                assert catalogue(code)["session"][f"{detail.name}_missing"]
