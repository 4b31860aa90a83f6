"""A new outcome is one row, one event and its words: these say what of it is not there yet."""

import re
from pathlib import Path

import pytest

from dialogkort import i18n
from dialogkort.domain import outcomes
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.event_records import from_record, to_record
from dialogkort.domain.outcomes import COUNTED, SETTLED, Outcome, outcome_of
from dialogkort.domain.table import Table, turns
from dialogkort.theme import PATTERNS
from dialogkort.ui import bundle
from dialogkort.ui.vocabulary import vocabulary

every_outcome = pytest.mark.parametrize("outcome", list(Outcome), ids=lambda outcome: outcome.column)
every_settled = pytest.mark.parametrize("outcome", SETTLED, ids=lambda outcome: outcome.column)


def _words_wanted(outcome: Outcome) -> set[str]:
    wanted = {"word", "heading"}
    wanted |= {"button", "step", "announcement", "remote"} if outcome.event else set()
    return wanted | ({"left"} if outcome.is_aside else set())


@every_outcome
@pytest.mark.parametrize("code", i18n.languages())
def test_an_outcome_has_all_its_words_in_every_language(outcome: Outcome, code: str):
    assert set(i18n.catalogue(code)["outcome"].get(outcome.column, ())) == _words_wanted(outcome)


@every_settled
def test_an_outcome_is_called_as_its_event_is(outcome: Outcome):
    id, card = new_id(1), "k-01"
    event = from_record({"id": id, "session": id, "what": outcome.value, "card": card})
    assert type(event) is outcome.event and outcome_of(event) is outcome
    assert to_record(event)["what"] == outcome


@every_outcome
def test_the_page_and_the_charts_can_draw_an_outcome(outcome: Outcome):
    core = bundle.FRONTEND / "core"
    assert outcome.pattern in PATTERNS
    assert f'[data-pattern="{outcome.pattern}"]' in (core / "area_bars.css").read_text(encoding="utf-8")
    assert re.search(rf'^  {outcome.icon}: "', (core / "icons.js").read_text(encoding="utf-8"), re.M)
    assert f'"value": "{outcome.value}"' in bundle.bundle("workshop.js")


def test_no_two_outcomes_look_or_sound_alike():
    for name in ("icon", "pattern", "column"):
        assert len({getattr(outcome, name) for outcome in Outcome}) == len(Outcome)
    for code in i18n.languages():
        words = i18n.catalogue(code)["outcome"]
        assert len({words[outcome.column]["word"] for outcome in Outcome}) == len(Outcome)


@every_settled
def test_a_settled_card_lies_there_with_its_outcome_or_is_the_last_to_be_drawn(outcome: Outcome):
    table = Table().lay(("a", "b")).turn("a").settle("a", outcome)
    assert table.current is None
    if outcome.is_face_down:
        assert (table.face_down, dict(table.turned)) == (("b", "a"), {})
    else:
        assert (table.face_down, dict(table.turned)) == (("b",), {"a": outcome})


@every_settled
def test_a_turn_ends_with_what_its_event_says(outcome: Outcome):
    ids = [new_id(60_000 * minute) for minute in range(1, 4)]
    records = [
        {"what": "dealt", "deck": "d", "seed": 1, "order": ["a"]},
        {"what": "turned", "card": "a"},
        {"what": outcome.value, "card": "a"},
    ]
    events = [
        from_record({**record, "id": id, "session": ids[0]}) for id, record in zip(ids, records, strict=True)
    ]
    assert [(turn.outcome, turn.in_hand) for turn in turns(events)] == [(outcome, 60_000)]


def test_what_the_page_is_told_of_outcomes_is_the_table_of_them():
    assert [row["value"] for row in vocabulary()["outcomes"]] == list(COUNTED)
    assert [row["key"] for row in vocabulary()["outcomes"]] == list(outcomes.COLUMNS)


def test_nobody_types_the_list_of_outcomes_again():
    """Two of them in quotation marks within a few lines are the beginning of such a list."""
    package = Path(bundle.__file__).parents[1]
    rare = [
        name for outcome in (Outcome.SKIPPED, Outcome.PUT_BACK) for name in {outcome.value, outcome.column}
    ]
    either = "|".join(map(re.escape, rare))
    a_list = re.compile(rf"""["']({either})["'](?:.|\n){{0,80}}["'](?!\1["'])({either})["']""")
    actual = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*")
        if path.suffix in (".py", ".js", ".css") and a_list.search(path.read_text(encoding="utf-8"))
    }
    assert actual <= {"domain/outcomes.py", "domain/events.py"}
