"""The same notebooks elsewhere: in JupyterLab, as the overview's page, in English, from a built wheel."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_steps import begin, examine, saved
from playwright.sync_api import Page, expect
from running import Running, run_module

from dialogkort import session as sessions
from dialogkort.deck_file import read_deck
from dialogkort.store import open_store


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("lab")
    yield from run_module(["-m", "dialogkort.app", "--lab", "--no-browser", "--folder", str(folder)])


@pytest.fixture
def notebook(page: Page, lab: Running, seen: list[str]) -> Page:
    """`2_workshop.ipynb` in JupyterLab, its cells run."""
    page.set_default_timeout(60_000)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(lab.url.replace("/lab?", "/lab/tree/2_workshop.ipynb?"))
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.get_by_text("| Idle").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.locator(".dk-start-form").wait_for()
    page.set_default_timeout(15_000)
    return page


def test_in_jupyterlab_a_card_is_turned_and_a_note_of_two_lines_is_kept(notebook: Page):
    """Enter and letters typed in a note are no commands of the notebook around it."""
    cells = notebook.locator(".jp-Notebook .jp-Cell").count()
    begin(notebook)
    notebook.locator(".dk-card").nth(3).click()
    expect(notebook.locator(".dk-question")).to_be_visible()
    notebook.get_by_placeholder("Skriv en note …").click()
    notebook.keyboard.type("banan")
    notebook.keyboard.press("Enter")
    notebook.keyboard.type("dd aa xx")
    saved(notebook)
    expect(notebook.locator(".dk-note textarea").first).to_have_value("banan\ndd aa xx")
    assert notebook.locator(".jp-Notebook .jp-Cell").count() == cells
    examine(notebook, "the screen in JupyterLab", within=".dk")


def test_in_jupyterlab_a_kernel_that_was_restarted_costs_nothing_once_the_cells_are_run_again(notebook: Page):
    begin(notebook)
    notebook.locator(".dk-card").nth(7).click()
    expect(notebook.locator(".dk-question")).to_be_visible()
    question = notebook.locator(".dk-question").inner_text()
    saved(notebook)
    notebook.get_by_role("menuitem", name="Kernel", exact=True).click()
    notebook.get_by_role("menuitem", name="Restart Kernel…").click()
    notebook.locator(".jp-Dialog .jp-mod-accept").click()
    notebook.get_by_text("| Idle").wait_for()
    note = notebook.get_by_placeholder("Skriv en note …").first
    note.fill("skrevet uden kerne")
    expect(notebook.locator(".dk-strip")).to_contain_text("Kør cellen igen", timeout=20_000)
    notebook.get_by_role("menuitem", name="Run", exact=True).click()
    notebook.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    expect(notebook.locator(".dk-strip")).to_be_hidden(timeout=30_000)
    expect(notebook.locator(".dk-question")).to_have_text(question, timeout=30_000)
    expect(notebook.locator(".dk-note textarea").first).to_have_value("skrevet uden kerne")
    saved(notebook)


def test_in_jupyterlab_running_the_cells_again_finds_the_same_card(notebook: Page):
    begin(notebook)
    notebook.locator(".dk-card").nth(5).click()
    expect(notebook.locator(".dk-question")).to_be_visible()
    question = notebook.locator(".dk-question").inner_text()
    saved(notebook)
    notebook.get_by_role("menuitem", name="Run", exact=True).click()
    notebook.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    expect(notebook.locator(".dk-question")).to_have_text(question, timeout=30_000)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two workshops: one of two groups, one of a single group."""
    folder = tmp_path_factory.mktemp("holdt")
    store = open_store(folder)
    deck = read_deck()
    for workshop, group in (("Forår", "1"), ("Forår", "2"), ("Efterår", "1")):
        session = sessions.start(store, deck, workshop=workshop, group=group, date="2026-03-01")
        for card in session.table.face_down[:6]:
            session.turn(card)
            session.note("En note", card=card)
            session.discuss(card)
    store.close()
    return folder


def test_the_overview_page_shows_one_workshop_or_all(page: Page, seen: list[str], held: Path):
    for server in run_module(["-m", "dialogkort.app", "overblik", "--no-browser", "--folder", str(held)]):
        page.set_default_timeout(30_000)
        page.goto(server.url)
        chart = page.get_by_role("img")
        chart.wait_for()
        assert "18 vendte kort" in chart.get_attribute("alt")
        page.get_by_label("Workshop").select_option(label="Forår · 2026-03-01 (2 grupper)")
        page.get_by_text("Tegner …").wait_for(state="detached")
        chart.wait_for()
        assert "12 vendte kort" in chart.get_attribute("alt")
        examine(page, "overview page")


def test_the_screen_speaks_english_when_asked(page: Page, seen: list[str], tmp_path: Path):
    arguments = ["-m", "dialogkort.app", "--no-browser", "--folder", str(tmp_path), "--language", "en"]
    for server in run_module(arguments):
        page.goto(server.url)
        expect(page.get_by_role("button", name="Lay the cards on the table")).to_be_visible()
        assert page.evaluate("document.documentElement.lang") == "en"
        assert page.evaluate("document.querySelector('.dk').lang") == "en"


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
    arguments = ["-P", "-m", "dialogkort.app", "--no-browser", "--folder", str(tmp_path / "noter")]
    for server in run_module(arguments, PYTHONPATH=str(built)):
        page.goto(server.url)
        begin(page)
        expect(page.locator(".dk-card")).to_have_count(35)
        page.locator(".dk-card").first.click()
        saved(page)
    kept = sqlite3.connect(tmp_path / "noter" / "dialogkort.sqlite")
    (deck,) = kept.execute("SELECT body FROM decks").fetchone()
    assert len(json.loads(deck)["cards"]) == 35
