"""The ways out on the page: notes as files at any moment, and erasing for good."""

import json
import zipfile
from pathlib import Path

from browser_steps import START_OR_TABLE, begin, button, notes, question, saved, turn, visit, words
from playwright.sync_api import Locator, Page, expect
from running import Running

from dialogkort.i18n import text

SECRET = "Noget, som ikke skulle have været skrevet"


def write(page: Page, content: str) -> None:
    notes(page).last.fill(content)
    saved(page)


def files(page: Page, way: str) -> dict[str, bytes]:
    with page.expect_download() as waiting:
        button(page, way).click()
    with zipfile.ZipFile(waiting.value.path()) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def holding(folder: Path, content: str) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and content.encode() in path.read_bytes()]


def test_the_notes_of_a_session_are_handed_over_as_files_while_it_goes_on(workshop):
    session = begin(workshop, group="Gruppe med filer")
    turn(workshop)
    write(workshop, "- skrevet midt i det hele")
    button(workshop, "bar.overview").click()
    workshop.locator("[data-part=finding]").wait_for()
    handed = files(workshop, "wayout.group")
    assert "'- skrevet midt i det hele" in handed["notes.csv"].decode("utf-8-sig")
    events = json.loads(handed["dialogkort.json"])["events"]
    assert {event["session"] for event in events} == {session}
    workshop.keyboard.press("Escape")
    write(workshop, "og skrevet videre")


def test_everything_is_handed_over_from_the_front_page(workshop):
    begin(workshop, group="Gruppe A til filerne")
    button(workshop, "bar.leave").click()
    begin(workshop, group="Gruppe B til filerne")
    button(workshop, "bar.leave").click()
    sessions = files(workshop, "wayout.all")["sessions.csv"].decode("utf-8-sig")
    assert "Gruppe A til filerne" in sessions and "Gruppe B til filerne" in sessions


def test_a_note_taken_off_the_pad_can_be_erased_for_good(workshop, folder: Path):
    begin(workshop)
    turn(workshop)
    write(workshop, SECRET)
    assert holding(folder, SECRET)
    button(workshop, "pad.remove").first.click()
    button(workshop.get_by_role("alert"), "erase.title").click()
    asking = workshop.get_by_role("dialog", name=words("erase.title"))
    expect(asking).to_contain_text(SECRET)
    expect(button(asking, "erase.keep")).to_be_focused()
    button(asking, "erase.yes").click()
    write(workshop, "en anden note")
    assert not holding(folder, SECRET)


def row_of(page: Page, group: str) -> Locator:
    return page.get_by_role("listitem").filter(has_text=group)


def test_a_session_is_erased_from_the_front_page_and_another_window_leaves_it(
    workshop: Page, server: Running, folder: Path
):
    group = "Gruppe der skal slettes"
    name = f"Prøveworkshop – {group}"
    session = begin(workshop, group=group)
    turn(workshop)
    write(workshop, SECRET)
    other = visit(workshop.context.new_page(), server.url)
    button(row_of(other, group), "wayout.erase", name=name).click()
    button(other.get_by_role("dialog", name=words("erase.title")), "erase.yes").click()
    expect(row_of(other, group)).to_have_count(0)
    expect(other.get_by_text(words("erase.done", count=1, name=name))).to_be_visible()
    expect(other.get_by_role("heading", name=words("start.continue"))).to_be_focused()
    expect(workshop.get_by_role("form", name=words("start.new"))).to_be_visible()
    expect(workshop.get_by_role("alert").first).to_have_text(text("session.erased"))
    expect(question(workshop)).to_be_hidden()
    assert not holding(folder, SECRET)
    assert SECRET not in workshop.content()
    workshop.goto("about:blank")
    workshop.goto(server.page(session))
    workshop.locator(START_OR_TABLE).locator("visible=true").first.wait_for()
    expect(workshop.get_by_role("alert").first).to_have_text(text("session.erased"))


def test_a_file_is_given_once_and_to_nobody_who_has_only_its_address(workshop: Page):
    begin(workshop, group="Gruppe med en fil")
    button(workshop, "bar.overview").click()
    addresses: list[str] = []
    workshop.on("request", lambda request: addresses.append(request.url))
    files(workshop, "wayout.group")
    (address,) = (url for url in addresses if "/files/" in url)
    for token in ("", "Bearer ", "Bearer et-gaet"):
        answer = workshop.request.get(address, headers={"Authorization": token})
        assert answer.status == 403
