"""The log stays small while the command runs, is for this user only, and tells no key and no password."""

import contextlib
import logging
import os
import sys
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_helpers import process

from dialogkort.logs import MAX_BYTES, NAME, open_log, without_secrets


def test_what_is_logged_printed_and_warned_of_is_in_the_file_line_by_line(tmp_path):
    log = open_log(tmp_path)
    logger = logging.Logger("dialogkort")
    logger.addHandler(log.handler())
    logger.error("Det gik galt på %s", "æ")
    with contextlib.redirect_stderr(log):
        print("en linje", file=sys.stderr)
        print("en halv ", end="", file=sys.stderr)
        print("og resten", file=sys.stderr)
    first, *others = (tmp_path / NAME).read_text(encoding="utf-8").splitlines()
    assert first.endswith("ERROR dialogkort: Det gik galt på æ")
    assert others == ["en linje", "en halv og resten"]


def test_a_line_that_was_begun_is_there_when_the_log_is_closed(tmp_path):
    log = open_log(tmp_path)
    log.write("det sidste")
    log.close()
    assert (tmp_path / NAME).read_text(encoding="utf-8") == "det sidste\n"


def test_it_is_bounded_while_it_is_written_in_and_one_old_one_is_kept(tmp_path):
    log = open_log(tmp_path)
    for number in range(3_000):
        log.write(f"{number} {'x' * 990}\n")
    old, new = tmp_path / "dialogkort.old.log", tmp_path / NAME
    assert {path.name for path in tmp_path.iterdir()} == {old.name, new.name}
    assert max(old.stat().st_size, new.stat().st_size) <= MAX_BYTES
    lines = (old.read_text(encoding="utf-8") + new.read_text(encoding="utf-8")).splitlines()
    numbers = [int(line.split()[0]) for line in lines]
    assert numbers == list(range(numbers[0], 3_000)) and len(numbers) > 1_000


def test_a_line_without_an_end_is_bounded_too(tmp_path):
    log = open_log(tmp_path)
    for _ in range(50):
        log.write("x" * 100_000)
    log.write("y" * 5_000_000 + "\n")
    assert all(path.stat().st_size <= MAX_BYTES for path in tmp_path.iterdir())


WRITES = """
import sys
from pathlib import Path
from dialogkort.logs import open_log
log = open_log(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for number in range(400):
    log.write(f"{sys.argv[2]} {number} " + "x" * 1_500 + "\\n")
"""


def test_two_processes_write_in_it_at_once_and_no_line_is_torn(tmp_path):
    both = [process(WRITES, tmp_path, name) for name in ("rød", "blå")]
    for one in both:
        assert one.stdout.readline() == "ready\n"
    for one in both:
        one.stdin.write("\n")
        one.stdin.flush()
    assert [one.wait() for one in both] == [0, 0]
    for one in both:
        one.communicate()
    assert all(path.stat().st_size <= MAX_BYTES + 10_000 for path in tmp_path.iterdir())
    lines = [line for path in tmp_path.iterdir() for line in path.read_text(encoding="utf-8").splitlines()]
    assert lines  # of those set aside, one file may be lost when both do so at once
    assert {(line.split()[0], len(line.split()[2])) for line in lines} <= {("rød", 1_500), ("blå", 1_500)}


@pytest.mark.skipif(os.name != "posix", reason="only POSIX systems have these rights")
def test_it_is_for_this_user_only_also_one_of_an_earlier_version(tmp_path):
    (tmp_path / NAME).write_text("før\n", encoding="utf-8")
    (tmp_path / NAME).chmod(0o644)
    log = open_log(tmp_path)
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
    log.write("x" * MAX_BYTES + "\n")
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_a_folder_that_cannot_be_written_in_is_told_by_an_error(tmp_path):
    with pytest.raises(OSError):
        open_log(tmp_path / "findes ikke")


SECRET = "s3cr3t-Kode_9"


@pytest.mark.parametrize(
    "line",
    [
        "GET /?token={} HTTP/1.1",
        "http://127.0.0.1:8866/#key={}",
        "http://127.0.0.1:8866/?a=b&token={}&c=d",
        "postgresql://ida:{}@maskine/noter",
        "postgresql://ida@maskine/noter?password={}&sslmode=require",
        "could not connect to postgresql+psycopg://ida:{}@[::1]:5432/noter",
        "Authorization: token {}",
        "Authorization: Bearer {}",
        '{{"do": "sign_in", "key": "{}"}}',
        "{{'token': '{}'}}",
        "host=maskine password={} user=ida",
        "key: {}",
    ],
)
def test_no_key_and_no_password_reaches_the_disk(tmp_path, line):
    open_log(tmp_path).write(line.format(SECRET) + "\n")
    written = (tmp_path / NAME).read_text(encoding="utf-8")
    assert SECRET not in written and "…" in written
    assert len(written) > 5


def test_a_secret_that_is_known_is_struck_out_wherever_it_stands(tmp_path):
    log = open_log(tmp_path, secrets=lambda: (SECRET, ""))
    logger = logging.Logger("x")
    logger.addHandler(log.handler())
    try:
        raise ValueError(f"what of {SECRET}?")
    except ValueError:
        logger.exception("The command broke off")
    assert SECRET not in (tmp_path / NAME).read_text(encoding="utf-8")


def test_an_ordinary_line_is_written_as_it_is():
    line = "2026-03-01 14:32:10 ERROR dialogkort.server: KeyError: 'note' in key_of(x), see http://a.dk/b:c"
    assert without_secrets(line) == line


@given(st.text())
def test_whatever_is_written_the_lines_stay_lines(text):
    assert without_secrets(text).count("\n") == text.count("\n")


def test_warnings_reach_it_when_python_is_told_to_log_them(tmp_path):
    log = open_log(tmp_path)
    logger = logging.getLogger("py.warnings")
    handler = log.handler()
    logger.addHandler(handler)
    logging.captureWarnings(True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            logging.captureWarnings(True)
            warnings.warn("Samtalen er ikke med", stacklevel=1)
    finally:
        logging.captureWarnings(False)
        logger.removeHandler(handler)
    assert "Samtalen er ikke med" in (tmp_path / NAME).read_text(encoding="utf-8")
