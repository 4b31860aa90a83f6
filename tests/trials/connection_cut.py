"""Cut the line between a page and the server while somebody goes on working, and count what arrives.

    python tests/trials/connection_cut.py --seconds 300

A real browser turns cards, writes notes and settles cards by way of a wire; the wire is cut for that long
and mended. Printed are what was done without a line and what the store has afterwards. Exit code 1 when
anything is missing, or is there twice.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(_ROOT), str(_ROOT / "tests" / "browser")]

from breakable_connection import Wire, wire_to  # noqa: E402
from browser_steps import (  # noqa: E402
    begin,
    button,
    discuss,
    note,
    saved,
    stage_is,
    status_is,
    turn,
    visit,
)
from playwright.sync_api import Page, expect, sync_playwright  # noqa: E402
from running import launch_arguments, run_command  # noqa: E402

from dialogkort.domain.events import Discussed, Event, Skipped, Turned  # noqa: E402
from dialogkort.sessions.session import Session  # noqa: E402
from dialogkort.store import open_store  # noqa: E402

_WORDS = "vi øver os på hinanden, før vi siger det til borgerne, og skriver det ned bagefter"
_LETTER_MS = 70  # a fast writer


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=300, help="how long the line is cut (300)")
    parser.add_argument("--silent", action="store_true", help="carry nothing, rather than hang up")
    given = parser.parse_args()
    expect.set_options(timeout=60_000)
    folder = Path(tempfile.mkdtemp(prefix="cut-"))
    for server in run_command(folder):
        with sync_playwright() as play, wire_to(server.url) as wire:
            page = visit(play.chromium.launch(**launch_arguments()).new_page(), wire.url)
            session = begin(page)
            done, notes = _work_without_a_line(page, wire, given.seconds, given.silent)
            mended = time.monotonic()
            page.locator("[data-part=status][data-state=saved]").wait_for(timeout=120_000)
            back = time.monotonic() - mended
    return _report(folder, session, done, notes, back)


def _work_without_a_line(
    page: Page, wire: Wire, seconds: float, silent: bool
) -> tuple[list[tuple[str, str]], list[str]]:
    """What was done: moves as pairs of what and card, and the notes' words."""
    done, notes, slowest = [], [], 0.0
    turn(page)
    discuss(page)
    saved(page)
    wire.swallow() if silent else wire.cut()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if page.locator("[data-card][data-state=down]").count() == 0:
            page.wait_for_timeout(min(1000, max(0, end - time.monotonic()) * 1000 + 1))
            continue
        began = time.monotonic()
        card = turn(page)
        slowest = max(slowest, time.monotonic() - began)
        done.append(("turned", card))
        words = f"{len(notes)} {_WORDS}"
        note(page).press_sequentially(words, delay=_LETTER_MS)
        notes.append(words)
        skip = len(notes) % 3 == 0
        button(page, "outcome.skipped.button" if skip else "outcome.discussed.button").click()
        done.append(("skipped" if skip else "discussed", card))
        stage_is(page, "none")
    status_is(page, "offline")
    wire.mend()
    print(f"slowest card to turn without a line {slowest:.1f} s")
    return done, notes


def _report(folder: Path, session: str, done: list[tuple[str, str]], notes: list[str], back: float) -> int:
    store = open_store(folder)
    events = store.events(session)[0]
    stored = [note.text for note in Session(store, session).notes]
    store.close()
    received = [move for move in map(_move, events) if move][2:]  # less what was done before the line was cut
    twice = [id for id, count in Counter(event.id for event in events).items() if count > 1]
    print(f"moves made without a line {len(done)}, arrived in order {sum(map(_same, done, received))}")
    print(f"notes written without a line {len(notes)}, arrived word for word {len(set(notes) & set(stored))}")
    print(f"events in the store {len(events)}, twice {len(twice)}")
    print(f"all saved {back:.1f} s after the line was mended")
    whole = done == received and notes == stored and not twice
    print("nothing was lost" if whole else f"SOMETHING WAS LOST; the notes are in {folder}")
    if whole:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if whole else 1


def _move(event: Event) -> tuple[str, str] | None:
    names = {Turned: "turned", Discussed: "discussed", Skipped: "skipped"}
    return (names[type(event)], event.card) if type(event) in names else None


def _same(one: object, other: object) -> bool:
    return one == other


if __name__ == "__main__":
    sys.exit(main())
