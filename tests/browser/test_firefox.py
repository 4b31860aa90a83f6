"""The same afternoon in the Firefox that people have, over WebDriver BiDi."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from breakable_connection import wire_to
from browser_steps import (
    begin,
    button,
    discuss,
    go_through_the_new_screens,
    lies,
    note,
    notice,
    question,
    saved,
    status_is,
    turn,
    values,
    visit,
    words,
    write,
)
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, expect
from running import Lab, Running, until
from running import firefox as firefox_program

from dialogkort.sessions.session import Session
from dialogkort.store import open_store


@pytest.fixture(scope="session")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where Firefox puts files: over BiDi it does not tell of those that a page itself has made."""
    return tmp_path_factory.mktemp("hentet")


@pytest.fixture(scope="session")
def firefox(playwright: Playwright, downloads: Path) -> Iterator[Browser]:
    """Debian's Firefox, or whatever stands on the PATH."""
    program = firefox_program()
    assert program, "Firefox is required here: install firefox-esr"
    browser = playwright.firefox.launch(
        channel="moz-firefox", executable_path=program, downloads_path=downloads
    )
    yield browser
    browser.close()


@pytest.fixture
def windows(firefox: Browser) -> Iterator[BrowserContext]:
    """A browser of one person; a script error in any of its windows fails the test."""
    context = firefox.new_context(viewport={"width": 1280, "height": 800})
    faults: list[str] = []

    def look(error: Error) -> None:
        if "connection to the server at ws://" not in str(error):  # Firefox counts a cut line among them
            faults.append(str(error))

    context.on("page", lambda page: page.on("pageerror", look))
    yield context
    context.close()
    assert not faults


@pytest.fixture
def fox(windows: BrowserContext, server: Running) -> Page:
    """The workshop's page in Firefox."""
    return visit(windows.new_page(), server.url)


def _notes(folder: Path, session: str) -> list[str]:
    store = open_store(folder)
    try:
        return [note.text for note in Session(store, session).notes]
    finally:
        store.close()


def test_a_card_is_turned_and_its_note_is_there_after_a_reload_with_the_half_written_one(
    fox: Page, folder: Path
):
    session = begin(fox)
    card = turn(fox)
    question_text = question(fox).inner_text()
    write(fox, "første\nlinje to")
    saved(fox)
    note(fox, 1).click()
    fox.keyboard.type("halvt")
    fox.reload()
    expect(question(fox)).to_have_text(question_text)
    expect(note(fox, 0)).to_have_value("første\nlinje to")
    expect(note(fox, 1)).to_have_value("halvt")
    expect(note(fox, 1)).to_be_focused()
    fox.keyboard.type(" og helt")
    discuss(fox)
    lies(fox, card, "discussed")
    saved(fox)
    assert _notes(folder, session) == ["første\nlinje to", "halvt og helt"]


def test_what_is_written_without_a_line_arrives_once_when_it_is_back(
    windows: BrowserContext, server: Running, folder: Path
):
    with wire_to(server.url) as wire:
        page = visit(windows.new_page(), wire.url)
        session = begin(page)
        turn(page)
        wire.cut()
        write(page, "skrevet uden forbindelse")
        status_is(page, "offline")
        expect(notice(page)).to_have_text(words("line.lost"))
        discuss(page)
        card = turn(page)
        wire.mend()
        saved(page)
        lies(page, card, "open")
        assert _notes(folder, session) == ["skrevet uden forbindelse"]


def test_two_windows_follow_each_other(fox: Page, windows: BrowserContext, server: Running):
    session = begin(fox)
    other = visit(windows.new_page(), server.page(session))
    card = turn(fox)
    expect(question(other)).to_be_visible()
    write(other, "fra den anden")
    expect(note(fox)).to_have_value("fra den anden")
    discuss(other)
    lies(fox, card, "discussed")


def test_all_notes_removed_ones_details_and_the_end_work(fox: Page):
    begin(fox, group="Gruppe i Firefox")
    turn(fox)
    go_through_the_new_screens(fox)


def test_the_notes_come_as_a_file(fox: Page, downloads: Path):
    begin(fox, group="Gruppe med Firefox")
    turn(fox)
    write(fox, "til filen")
    saved(fox)
    button(fox, "download.button").click()
    fox.locator("[data-file=data]").click()
    until(lambda: any(map(zipfile.is_zipfile, downloads.glob("*.zip"))))
    (file,) = downloads.glob("*.zip")
    with zipfile.ZipFile(file) as packed:
        assert "til filen" in packed.read("notes.csv").decode("utf-8-sig")


def test_the_screen_in_jupyterlab_turns_a_card_and_keeps_a_note(windows: BrowserContext, lab: Lab):
    page = windows.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{lab.base}lab/workspaces/firefox/tree/{lab.workshop_alone()}?token={lab.token}")
    page.get_by_text("| Idle").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.get_by_role("form", name=words("start.new")).wait_for()
    begin(page)
    turn(page)
    note(page).click()
    page.keyboard.type("skrevet i Firefox")
    page.keyboard.press("Enter")
    page.keyboard.type("dd")
    saved(page)
    assert values(page) == ["skrevet i Firefox\ndd"]
