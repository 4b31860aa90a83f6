"""`dialogkort merge`, `export` and `erase` do what they say in a real process, and say so to a person."""

import contextlib
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dialogkort.cli.commands import COMMANDS
from dialogkort.frames.closing import Closing
from dialogkort.frames.sessions import Frames
from dialogkort.sessions.session import start
from dialogkort.store import FILE_NAME, open_store

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path):
    """Runs the command in a process of its own, away from this machine's notes; gives code and words."""

    def run_it(*arguments, given=None, **environment):
        completed = subprocess.run(
            [sys.executable, "-m", "dialogkort.cli.app", *map(str, arguments)],
            cwd=tmp_path,
            env=_surroundings(tmp_path) | environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            timeout=300,
            check=False,
        )
        assert "Traceback" not in completed.stderr
        return completed.returncode, completed.stdout, completed.stderr

    return run_it


def _surroundings(home):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DIALOGKORT")}
    return inherited | {
        "PYTHONPATH": str(ROOT),
        "HOME": str(home),
        "USERPROFILE": str(home),
        "PYTHONUTF8": "1",
    }


@pytest.fixture
def folder(tmp_path, deck):
    """A folder with a session of the workshop “Digital dag”."""
    write(tmp_path / "noter", deck)
    return tmp_path / "noter"


def write(folder, deck, workshop="Digital dag"):
    with contextlib.closing(open_store(folder)) as store:
        session = start(store, deck, workshop=workshop, group="Gruppe 1")
        session.note("Vi øver os om fredagen", opening_question=1)


def events_in(folder):
    with contextlib.closing(open_store(folder)) as store:
        return len(list(store.every_event()))


# --- merge ------------------------------------------------------------------------------------------------


def test_merge_brings_notes_together_and_shows_what_came_in(run, folder, tmp_path):
    code, output, problems = run("merge", folder, folder / FILE_NAME, "--into", tmp_path / "alle")
    assert (code, problems) == (0, "")
    lines = output.splitlines()
    assert lines[0] == f"I mappen {folder}:"
    assert lines[1].split() == ["Kilde", "Fundet", "Nye", "Kendt", "Slettet", "Afvist"]
    assert lines[2].split() == [FILE_NAME, "3", "3", "0", "0", "0"]
    assert lines[-1].split() == ["I", "alt", "6", "3", "3", "0", "0"]
    assert events_in(tmp_path / "alle") == 3


def test_merge_goes_to_the_usual_folder_and_relative_paths_are_fine(run, folder, tmp_path):
    assert run("merge", "noter")[0] == 0
    assert events_in(tmp_path / "Dialogkort") == 3


def test_merge_tells_of_sources_that_cannot_be_read_and_says_so_by_its_code(run, folder, tmp_path):
    (tmp_path / "brev.txt").write_text("Kære alle", encoding="utf-8")
    code, output, _ = run("merge", "brev.txt", "stavefejl", folder, "--into", "alle")
    assert code == 1
    assert "brev.txt er ikke en fil med noter fra Dialogkort." in output
    assert "I stavefejl er der ingen noter fra Dialogkort" in output
    assert events_in(tmp_path / "alle") == 3


def test_merge_of_many_shows_a_short_sheet_and_with_all_the_whole_one(run, folder, deck, tmp_path):
    for number in range(20):
        (tmp_path / "mange" / f"{number}").mkdir(parents=True)
        (tmp_path / "mange" / f"{number}" / FILE_NAME).write_bytes((folder / FILE_NAME).read_bytes())
    code, output, _ = run("merge", "mange", "--into", "alle")
    assert code == 0
    assert [line.split("  ")[0] for line in output.splitlines()] == ["Kilde", "20 kilder, læst helt", "I alt"]
    assert len(run("merge", "mange", "--into", "alle", "--all")[1].splitlines()) == 23


def test_merge_into_what_is_no_folder_is_told(run, folder, tmp_path):
    (tmp_path / "fil").write_text("x", encoding="utf-8")
    code, output, problems = run("merge", folder, "--into", "fil")
    assert (code, output) == (1, "")
    assert "fil er en fil og ikke en mappe" in problems


# --- export -----------------------------------------------------------------------------------------------


def test_export_writes_the_files_and_names_them(run, folder, tmp_path):
    code, output, problems = run("export", "ud", "--from", folder)
    assert (code, problems) == (0, "")
    *named, last_line = output.splitlines()
    assert last_line.startswith("Der er ikke fundet noget, som kan udpege nogen. Det er ingen garanti")
    assert {Path(line).name for line in named} == {path.name for path in (tmp_path / "ud").iterdir()}
    assert {*Frames._fields, *Closing._fields, "votes"} <= {Path(line).stem for line in named}


@pytest.mark.parametrize("engine", ["folder", "server"])
def test_export_tells_when_nothing_is_there(run, tmp_path, engine):
    source = ["--from", "stavefejl" if engine == "folder" else "postgresql://127.0.0.1:9/noter"]
    code, output, problems = run("export", "ud", *source)
    assert (code, output) == (1, "")
    assert ("ingen noter" if engine == "folder" else "ingen forbindelse") in problems
    assert not (tmp_path / "ud").exists()


def test_export_of_a_session_that_is_not_there_is_told(run, folder):
    code, _, problems = run("export", "ud", "--from", folder, "--session", "stavefejl")
    assert code == 1
    assert "Samtalen stavefejl findes ikke" in problems


# --- erase ------------------------------------------------------------------------------------------------


def test_erase_asks_first_and_does_it_when_the_answer_is_yes(run, folder):
    code, output, _ = run("erase", "--workshop", "Digital dag", "--from", folder, given="Ja\n")
    assert code == 0
    assert "Slet ”Digital dag” for altid (1 samtale berøres)?" in output
    assert "Slettet for altid. Hændelser: 3." in output
    assert events_in(folder) == 1


@pytest.mark.parametrize(
    "given", ["nej\n", "\n", "", None, "j\n"], ids=["no", "nothing", "end", "closed", "j"]
)
def test_erase_leaves_everything_alone_when_the_answer_is_anything_else(run, folder, given):
    code, output, _ = run("erase", "--workshop", "Digital dag", "--from", folder, given=given)
    assert code == 1
    assert output.rstrip().endswith("Intet er slettet.")
    assert events_in(folder) == 3


def test_erase_does_not_ask_when_told_so_and_names_files_of_others(run, folder):
    (folder / "referat.txt").write_text("De sagde: Vi øver os om fredagen.", encoding="utf-8")
    code, output, _ = run("erase", "--workshop", "Digital dag", "--from", folder, "--yes")
    assert code == 0
    assert "?" not in output
    assert f"Teksten står stadig i {folder / 'referat.txt'}" in output


@pytest.mark.parametrize("yes", [[], ["--yes"]])
def test_erase_of_what_is_not_there_is_told_without_asking(run, folder, yes):
    code, output, problems = run("erase", "--note", "stavefejl", "--from", folder, *yes)
    assert (code, output) == (1, "")
    assert "Der er intet med id eller navn ”stavefejl”" in problems


def test_erase_in_a_folder_that_is_not_there_makes_none(run, tmp_path):
    code, _, problems = run("erase", "--workshop", "W", "--from", "stavefejl", "--yes")
    assert code == 1 and "ingen noter" in problems
    assert not (tmp_path / "stavefejl").exists()


# --- all three --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_help_says_in_the_users_language_what_it_does_and_what_can_be_told(run, name):
    code, output, _ = run(name, "--help")
    assert code == 0 and output.startswith(f"Brug: dialogkort {name}")
    assert all(len(line) <= 80 for line in output.splitlines())
    code, output, _ = run(name, "--help", "--language", "en")
    assert code == 0 and output.startswith(f"Usage: dialogkort {name}")


def test_the_plain_help_names_them(run):
    output = run("--help")[1]
    assert all(re.search(rf"\b{name}\b", output) for name in COMMANDS)


def test_english_can_be_asked_for(run, folder):
    code, output, _ = run("merge", folder, "--into", "all", "--language", "en")
    assert code == 0 and output.split()[:3] == ["Source", "Found", "New"]
    code, output, _ = run(
        "erase", "--workshop", "Digital dag", "--from", folder, "--language=en", given="yes\n"
    )
    assert code == 0 and "Erased for good. Events: 3." in output


@pytest.mark.parametrize(
    "requested",
    [
        ["merge"],
        ["merge", "x", "--unknown"],
        ["export"],
        ["erase"],
        ["erase", "--note", "a", "--session", "b"],
        ["erase", "--yes"],
    ],
    ids=" ".join,
)
def test_what_is_not_understood_is_told_with_the_way_to_help(run, requested):
    code, output, problems = run(*requested)
    assert (code, output) == (2, "")
    assert problems == (
        f"Kommandoen ”dialogkort {' '.join(requested)}” blev ikke forstået. "
        f"Se, hvad den kan, med: dialogkort {requested[0]} --help\n"
    )


def test_a_name_that_the_window_cannot_show_does_no_harm(run, folder, tmp_path):
    odd = tmp_path / "👩🏽‍🏫 – dag.sqlite"
    odd.write_bytes((folder / FILE_NAME).read_bytes())
    code, output, _ = run("merge", odd, "--into", "alle", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert code == 0 and "dag.sqlite" in output


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a signal")
def test_ctrl_c_at_the_question_leaves_everything_alone_without_a_traceback(folder, tmp_path):
    command = [
        sys.executable,
        "-u",
        "-m",
        "dialogkort.cli.app",
        "erase",
        "--workshop",
        "Digital dag",
        "--from",
        folder,
    ]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=_surroundings(tmp_path),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as asking:
        asking.stdout.read(1)  # the question has begun
        asking.send_signal(signal.SIGINT)
        _, problems = asking.communicate(timeout=300)
    assert asking.returncode == 130
    assert problems.decode().strip() == "Afbrudt. Det, der var nået, er gemt; kommandoen kan køres igen."
    assert events_in(folder) == 3


STARTS = """
import sys
from dialogkort.cli.app import main
code = main(sys.argv[1:]) if sys.argv[1:] else 0
heavy = {"pandas", "numpy", "matplotlib", "openpyxl", "sqlalchemy", "jupyterlab", "voila", "tornado"}
print(sorted(heavy & set(sys.modules)))
"""


@pytest.mark.parametrize("name", ["", "merge", "erase"])
def test_it_starts_without_what_it_does_not_need(folder, tmp_path, name):
    arguments = {"": [], "merge": ["merge", folder], "erase": ["erase", "--note", "x", "--from", folder]}[
        name
    ]
    completed = subprocess.run(
        [sys.executable, "-c", STARTS, *map(str, arguments)],
        cwd=tmp_path,
        env=_surroundings(tmp_path),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert completed.stdout.splitlines()[-1] == "[]"
