"""Whatever is pressed how fast on two windows: the record is what was pressed, and nothing breaks."""

from pathlib import Path
from random import Random

from playwright.sync_api import Browser
from random_walk import two_windows
from running import Running

ACTS = 60  # `python tests/browser/random_walk.py --acts 2000` goes further
SEED = 13


def test_the_record_is_what_was_pressed_however_fast_on_two_windows(
    browser: Browser, server: Running, folder: Path
):
    with two_windows(browser, server, folder, Random(SEED), human=0.0) as walk:
        walk.longest = 12
        walk.go(ACTS, between=30)
    assert not walk.faults, "\n".join([f"seed {SEED}", *walk.acts[-12:], *walk.faults[:5]])
    assert sum(window.model.counts["effective"] for window in walk.windows) > 1
