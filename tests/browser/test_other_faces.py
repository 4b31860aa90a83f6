"""The same screens elsewhere: in English, from a built wheel."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from browser_steps import begin, cards, saved, turn
from playwright.sync_api import Page, expect
from running import run_module

from dialogkort.i18n import catalogue


def test_the_screen_speaks_english_when_asked(page: Page, seen: list[str], tmp_path: Path):
    arguments = ["-m", "dialogkort.cli.app", "--no-browser", "--folder", str(tmp_path), "--language", "en"]
    for server in run_module(arguments):
        page.goto(server.url)
        begins = catalogue("en")["page"]["start"]["begin"]
        expect(page.get_by_role("button", name=begins)).to_be_visible()
        assert page.evaluate("document.documentElement.lang") == "en"
        assert page.locator("[data-screen]").get_attribute("lang") == "en"
        assert catalogue("da")["page"]["start"]["begin"] not in page.content()


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """An empty folder into which a wheel, built from this clone, has been unpacked."""
    from build import ProjectBuilder

    root = Path(__file__).resolve().parents[2]
    wheel = ProjectBuilder(root).build("wheel", tmp_path / "dist")
    into = tmp_path / "installed"
    shutil.unpack_archive(wheel, into, "zip")
    return into


def test_a_built_wheel_carries_deck_and_notebooks(built: Path, page: Page, seen: list[str], tmp_path: Path):
    """Nothing of the clone is in reach: the package runs from an empty folder."""
    arguments = ["-P", "-m", "dialogkort.cli.app", "--no-browser", "--folder", str(tmp_path / "noter")]
    for server in run_module(arguments, PYTHONPATH=str(built)):
        page.goto(server.url)
        begin(page)
        expect(cards(page)).to_have_count(35)
        turn(page)
        saved(page)
    shipped = sqlite3.connect(tmp_path / "noter" / "dialogkort.sqlite")
    (deck,) = shipped.execute("SELECT body FROM decks").fetchone()
    assert len(json.loads(deck)["cards"]) == 35
    assert (built / "dialogkort" / "py.typed").is_file()
