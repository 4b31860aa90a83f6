"""mypy finds nothing where events are made, kept and shown, and above them no more than it did."""

import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "dialogkort"
# What is left where frames, arrays and figures have no types that mypy is shown. A number here only shrinks.
LEFT = {"charts": 10}
_ERROR = re.compile(r"^dialogkort[/\\](\w+)[^:]*:\d+: error: .*$", re.M)
_IGNORED = re.compile(r"#\s*type:\s*ignore[^\n]*")
_WITH_A_REASON = re.compile(r"# type: ignore\[[\w, -]+\]  # \w.+")


@cache
def _mypy() -> str:
    # From the folder of the sources, where its settings are. It remembers there what has not changed since.
    completed = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-pretty", "--no-color-output"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert completed.returncode in (0, 1), completed.stdout + completed.stderr  # 2: it could not look
    assert re.search(r"^(Found \d+ errors?|Success)", completed.stdout, re.M), completed.stdout
    return completed.stdout


def _errors() -> dict[str, list[str]]:
    by_package: dict[str, list[str]] = {}
    for error in _ERROR.finditer(_mypy()):
        by_package.setdefault(error[1], []).append(error[0])
    return by_package


def test_mypy_finds_nothing_but_where_frames_and_figures_are():
    assert [error for package, errors in _errors().items() if package not in LEFT for error in errors] == []


@pytest.mark.parametrize("package", LEFT)
def test_what_mypy_finds_there_gets_no_more_and_its_number_here_is_lowered_with_it(package):
    errors = _errors().get(package, [])
    assert len(errors) <= LEFT[package], "\n".join(errors)
    assert len(errors) == LEFT[package], f"{len(errors)} are left: write that into LEFT"


def test_every_error_of_mypy_belongs_to_a_package():
    total = re.search(r"^Found (\d+)", _mypy(), re.M)
    assert sum(map(len, _errors().values())) == (int(total[1]) if total else 0)


def test_what_mypy_is_told_to_pass_over_has_a_code_and_a_reason():
    ignored = Counter(
        line for path in PACKAGE.rglob("*.py") for line in _IGNORED.findall(path.read_text(encoding="utf-8"))
    )
    assert [line for line in ignored if not _WITH_A_REASON.fullmatch(line)] == []


def test_other_programs_are_told_that_the_package_has_types():
    assert (PACKAGE / "py.typed").is_file()
