"""mypy finds nothing in the package, and what it is told to pass over has a reason."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "dialogkort"
_IGNORED = re.compile(r"#\s*type:\s*ignore[^\n]*")
_WITH_A_REASON = re.compile(r"# type: ignore\[[\w, -]+\]  # \w.+")


def test_mypy_finds_nothing():
    # From the folder of the sources, where its settings are. It remembers there what has not changed since.
    completed = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-pretty", "--no-color-output"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert completed.returncode == 0, completed.stdout + completed.stderr
    assert re.match(r"Success: no issues found in \d{3,} source files", completed.stdout), completed.stdout


def test_what_mypy_is_told_to_pass_over_has_a_code_and_a_reason():
    ignored = Counter(
        line for path in PACKAGE.rglob("*.py") for line in _IGNORED.findall(path.read_text(encoding="utf-8"))
    )
    assert [line for line in ignored if not _WITH_A_REASON.fullmatch(line)] == []


def test_other_programs_are_told_that_the_package_has_types():
    assert (PACKAGE / "py.typed").is_file()
