"""The ways out on the page: notes as files at any moment, and erasing for good."""

import json
import zipfile
from pathlib import Path

from browser_steps import begin, saved
from playwright.sync_api import Page, expect

SECRET = "Noget, som ikke skulle have været skrevet"


def write(page: Page, words: str) -> None:
    page.get_by_placeholder("Skriv en note …").last.fill(words)
    saved(page)


def turn_one(page: Page) -> None:
    page.locator(".dk-card").first.click()
    page.locator(".dk-question").wait_for()


def files(page: Page, button: str) -> dict[str, bytes]:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button).click()
    with zipfile.ZipFile(waiting.value.path()) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def holding(folder: Path, words: str) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and words.encode() in path.read_bytes()]


def test_the_notes_of_a_session_are_handed_over_as_files_while_it_goes_on(workshop):
    session = begin(workshop, group="Gruppe med filer")
    turn_one(workshop)
    write(workshop, "- skrevet midt i det hele")
    workshop.get_by_role("button", name="Overblik").click()
    workshop.locator(".dk-chart").wait_for()
    handed = files(workshop, "Hent noter og tal som filer")
    assert "'- skrevet midt i det hele" in handed["notes.csv"].decode("utf-8-sig")
    events = json.loads(handed["dialogkort.json"])["events"]
    assert {event["session"] for event in events} == {session}
    workshop.keyboard.press("Escape")
    write(workshop, "og skrevet videre")


def test_everything_is_handed_over_from_the_front_page(workshop):
    begin(workshop, group="Gruppe A til filerne")
    workshop.get_by_role("button", name="Til forsiden").click()
    begin(workshop, group="Gruppe B til filerne")
    workshop.get_by_role("button", name="Til forsiden").click()
    sessions = files(workshop, "Hent alle noter som filer")["sessions.csv"].decode("utf-8-sig")
    assert "Gruppe A til filerne" in sessions and "Gruppe B til filerne" in sessions


def test_a_note_taken_off_the_pad_can_be_erased_for_good(workshop, folder: Path):
    begin(workshop)
    turn_one(workshop)
    write(workshop, SECRET)
    assert holding(folder, SECRET)
    workshop.get_by_role("button", name="Fjern noten").first.click()
    workshop.locator(".dk-toast").get_by_role("button", name="Slet for altid").click()
    asking = workshop.locator("dialog[open]")
    expect(asking).to_contain_text(SECRET)
    expect(asking.get_by_role("button", name="Behold")).to_be_focused()
    asking.get_by_role("button", name="Slet for altid").click()
    write(workshop, "en anden note")
    assert not holding(folder, SECRET)


def test_a_session_is_erased_from_the_front_page_and_another_window_leaves_it(
    workshop, context, server, folder
):
    session = begin(workshop, group="Gruppe der skal slettes")
    turn_one(workshop)
    write(workshop, SECRET)
    other = context.new_page()
    other.goto(server.url)
    row = other.locator("li", has=other.get_by_role("button", name="Gruppe der skal slettes")).first
    row.get_by_role("button", name="Slet Prøveworkshop – Gruppe der skal slettes for altid").click()
    other.locator("dialog[open]").get_by_role("button", name="Slet for altid").click()
    expect(other.get_by_role("button", name="Gruppe der skal slettes")).to_have_count(0)
    expect(other.get_by_text("Gruppe der skal slettes er slettet for altid.")).to_be_visible()
    expect(other.get_by_role("heading", name="Fortsæt en samtale")).to_be_focused()
    expect(workshop.locator(".dk-start-form")).to_be_visible()
    expect(workshop.get_by_role("alert").first).to_contain_text("slettet for altid")
    assert not holding(folder, SECRET)
    workshop.goto(f"{server.url}&session={session}")
    expect(workshop.get_by_role("alert").first).to_contain_text("slettet for altid")
