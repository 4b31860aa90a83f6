"""What depends on the language comes from its catalogue: numbers, days, hours, separators, plurals."""

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from deno_runner import run_script

import dialogkort
from dialogkort.decks.reading import read_deck
from dialogkort.exports.export import as_csv
from dialogkort.i18n import catalogue, formats, languages, text
from dialogkort.i18n.plural import form_of
from dialogkort.narrative import number

PACKAGE = Path(dialogkort.__file__).parent
RULES = [
    {"one": "n = 1"},  # Danish
    {"one": "n = 0,1"},  # French, of whole numbers
    {"one": "n % 10 = 1 and n % 100 != 11"},  # Icelandic
    {  # Polish
        "one": "n = 1",
        "few": "n % 10 = 2..4 and n % 100 != 12..14",
        "many": "n % 10 = 0..1 or n % 10 = 5..9 or n % 100 = 12..14",
    },
]
COUNTS = [*range(130), 1_000_001]


@pytest.fixture
def in_english(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DIALOGKORT_LANGUAGE", "en")


def test_a_count_takes_the_form_that_the_rules_of_its_language_give():
    forms = [[form_of(count, rules) for count in (0, 1, 2, 5, 11, 12, 21, 22)] for rules in RULES]
    assert forms[0] == ["other", "one", *["other"] * 6]
    assert forms[1][:3] == ["one", "one", "other"]
    assert forms[2] == ["other", "one", *["other"] * 4, "one", "other"]
    assert forms[3] == ["many", "one", "few", "many", "many", "many", "many", "few"]


def test_the_page_counts_as_the_server_does():
    rules = [*RULES, *(catalogue(code)["format"]["plural"] for code in languages())]
    expected = [[form_of(count, of_language) for count in COUNTS] for of_language in rules]
    assert json.loads(run_script("plural.js", json.dumps([rules, COUNTS]))) == expected


def test_a_rule_that_cannot_be_read_is_refused():
    with pytest.raises(ValueError, match="n is 1"):
        form_of(1, {"one": "n is 1"})


def _formatted() -> list[str]:
    moment = datetime(2026, 3, 1, 9, 5, tzinfo=UTC)
    days = pd.to_datetime(["2026-03-01"]).astype("datetime64[s]")
    shown = as_csv(pd.DataFrame({"minutes": [1.5], "day": days}))
    return [
        number(1234.5, 1),
        formats.day_in_words(date(2026, 3, 1)),
        formats.day_in_numbers(date(2026, 3, 1)),
        formats.day_and_hour(moment),
        shown.decode("utf-8-sig"),
    ]


def test_danes_read_it_as_danes_write():
    csv = "minutes;day\r\n1,5000;2026-03-01\r\n"
    assert _formatted() == ["1.234,5", "1. marts 2026", "01-03-2026", "1. marts 2026 kl. 09.05", csv]


def test_in_english_it_is_read_as_the_english_write(in_english):
    """The columns' names and the days between programs are the same: they are a promise."""
    csv = "minutes,day\r\n1.5000,2026-03-01\r\n"
    assert _formatted() == ["1,234.5", "1 March 2026", "01/03/2026", "1 March 2026 at 09:05", csv]


def test_a_deck_reads_the_same_whatever_language_the_screen_speaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "cards.csv").write_text("area;question;examples\nA;Hvad?;Et | To\n", encoding="utf-8")
    fingerprints = set()
    for code in languages():
        monkeypatch.setenv("DIALOGKORT_LANGUAGE", code)
        fingerprints.add(read_deck(tmp_path).fingerprint)
    assert len(fingerprints) == 1


# Here a time is part of a file's name, of a log or of what programs read.
FOR_PROGRAMS = re.compile(r"^(store|files|logs\.py|i18n/formats\.py|exchange|exports/calendar\.py)")
ISO = re.compile(r"%Y-%m-%d(?: %H:%M:%S)?")


def test_no_module_formats_a_day_or_an_hour_by_itself():
    actual = {}
    for path in PACKAGE.rglob("*.py"):
        source, name = path.read_text(encoding="utf-8"), path.relative_to(PACKAGE).as_posix()
        if not FOR_PROGRAMS.match(name) and (hits := re.findall(r"%[HMdmYbB]\b", ISO.sub("", source))):
            actual[name] = hits
    assert actual == {}
    for path in PACKAGE.rglob("*.js"):
        assert not re.search(r"toLocale(Date|Time)?String|Intl\.", path.read_text(encoding="utf-8")), path


def test_a_text_without_a_form_of_its_own_for_a_count_takes_the_other():
    assert text("charts.timeline.pauses", count=1, number=1, minutes=2) != text(
        "charts.timeline.pauses", count=2, number=1, minutes=2
    )
