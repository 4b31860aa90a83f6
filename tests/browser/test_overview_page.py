"""The overview's page: choose a workshop, see what was talked about, follow what is done meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from browser_steps import button, file_kinds, hand_over, notice, part, words
from playwright.sync_api import Locator, Page, expect
from running import Running, run_command, until

from dialogkort.decks.reading import read_deck
from dialogkort.i18n import text
from dialogkort.sessions.session import start
from dialogkort.store import open_store

GROUPS = (("Forår", "1"), ("Forår", "2"), ("Efterår", "1"))
CARDS = 6


@pytest.fixture(scope="module")
def workshops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two workshops: one of two groups, one of a single group."""
    folder = tmp_path_factory.mktemp("holdt")
    for workshop, group in GROUPS:
        _talk(folder, workshop, group)
    return folder


def _talk(folder: Path, workshop: str, group: str) -> None:
    """A group turns six cards, writes a note to each, and discusses it; in autumn all of the first area."""
    store, deck = open_store(folder), read_deck()
    session = start(store, deck, workshop=workshop, group=group, date="2026-03-01")
    first_area = [card.id for card in deck.cards if card.area == deck.areas[0].name]
    for card in (first_area if workshop == "Efterår" else session.table.face_down)[:CARDS]:
        session.turn(card)
        session.note("En note", card=card)
        session.discuss(card)
    store.close()


@pytest.fixture(scope="module")
def overview(workshops: Path) -> Iterator[Running]:
    yield from run_command(workshops, "overblik")


def turned(page: Page, groups: int) -> None:
    """The figures behind the chart are of so many groups; its sentence is a matter of the deal."""
    expect(part(page, "bars")).to_be_visible(timeout=30_000)

    def drawn() -> int:
        return sum(
            int(cell) for cell in page.locator("tbody td:nth-child(2)").all_text_contents() if cell.isdigit()
        )

    until(lambda: drawn() == groups * CARDS, 30)


def choice(name: str, groups: int) -> str:
    return f"{name} · 1. marts 2026 ({words('overview.groups', count=groups)})"


def every_figure(page: Page) -> Locator:
    return page.get_by_role("checkbox", name=words("overview.for_my_eyes"))


def test_the_overview_shows_all_protected_and_one_workshop_only_for_ones_own_eyes(
    page: Page, seen: list[str], overview: Running
):
    page.goto(overview.url)
    which = page.get_by_role("combobox")
    warning = page.get_by_text(words("overview.not_protected")).locator("visible=true")
    expect(part(page, "finding")).to_have_text(words("overview.not_alone"), timeout=30_000)
    assert not page.get_by_role("table").count() and warning.is_hidden()
    which.select_option(label=words("overview.all", count=2))
    expect(page.get_by_text(words("overview.protected"))).to_be_visible(timeout=30_000)
    assert page.locator("tbody td", has_text=text("charts.suppressed")).count() > 0
    button(page, "download.button").click()
    assert hand_over(page, "xlsx").suggested_filename.startswith("dialogkort ")
    assert file_kinds(page) == {"xlsx", "data", "ics"}, "a document is of one workshop"
    page.keyboard.press("Escape")
    every_figure(page).check()
    turned(page, 3)
    expect(warning).to_be_visible()
    which.select_option(label=choice("Forår", 2))
    turned(page, 2)
    button(page, "download.button").click()
    document = hand_over(page, "docx")
    assert document.suggested_filename == "2026-03-01 Dialogkort Forår.docx"
    paragraphs = [paragraph.text for paragraph in docx.Document(document.path()).paragraphs]
    assert paragraphs[0] == "Forår" and "Pointe: En note (Gruppe 2)" in paragraphs
    page.keyboard.press("Escape")
    which.select_option(label=choice("Efterår", 1))
    turned(page, 1)
    expect(page.get_by_text(words("overview.protected"))).to_be_hidden()
    every_figure(page).uncheck()
    expect(part(page, "finding")).to_have_text(words("overview.not_alone"))
    expect(warning).to_be_hidden()
    every_figure(page).check()
    turned(page, 1)
    page.reload()
    expect(every_figure(page)).not_to_be_checked()


def test_a_workshop_that_begins_meanwhile_can_be_chosen(
    page: Page, seen: list[str], overview: Running, workshops: Path
):
    page.goto(overview.url)
    part(page, "finding").wait_for()
    _talk(workshops, "Sommer", "1")
    every_figure(page).check()
    which = page.get_by_role("combobox")
    which.locator("option", has_text="Sommer").wait_for(state="attached")
    which.select_option(label=choice("Sommer", 1))
    turned(page, 1)
    button(page, "overview.refresh").click()
    turned(page, 1)


def test_where_nobody_has_begun_that_is_said_and_no_empty_table_shown(
    page: Page, seen: list[str], tmp_path: Path
):
    for empty in run_command(tmp_path, "overblik"):
        page.goto(empty.url)
        expect(part(page, "finding")).to_have_text(text("overview.no_areas"))
        expect(page.get_by_text(words("overview.figures"))).to_be_hidden()


def test_the_overview_is_there_again_when_the_server_was_killed_and_started_again(
    page: Page, seen: list[str], overview: Running
):
    page.goto(overview.url)
    part(page, "finding").wait_for()
    overview.kill()
    expect(notice(page)).to_have_text(words("line.lost"))
    overview.start()
    expect(notice(page)).to_be_hidden(timeout=30_000)
    every_figure(page).check()
    page.get_by_role("combobox").select_option(label=choice("Forår", 2))
    turned(page, 2)
