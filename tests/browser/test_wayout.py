"""The ways out on the page: notes as files at any moment, cards to print, and erasing for good."""

import json
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import docx
import pypdfium2
from breakable_connection import Wire
from browser_steps import (
    START_OR_TABLE,
    begin,
    button,
    discuss,
    examine_in_both_themes,
    file_kinds,
    file_status,
    hand_over,
    note,
    notes,
    part,
    question,
    saved,
    turn,
    visit,
    words,
)
from playwright.sync_api import Download, Locator, Page, expect
from python_calamine import CalamineWorkbook
from running import Running

from dialogkort.decks.reading import read_deck
from dialogkort.i18n import text

SECRET = "Noget, som ikke skulle have været skrevet"


def write(page: Page, content: str) -> None:
    notes(page).last.fill(content)
    saved(page)


def unpacked(file: Download) -> dict[str, bytes]:
    with zipfile.ZipFile(file.path()) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def holding(folder: Path, content: str) -> list[Path]:
    return [path for path in folder.rglob("*") if content.encode() in bytes_of(path)]


def bytes_of(path: Path) -> bytes:
    """What stands in a file; nothing where it is none any more, as a database's own journal soon is."""
    with suppress(FileNotFoundError):
        return path.read_bytes() if path.is_file() else b""
    return b""


def test_a_group_takes_its_session_along_in_every_form_while_it_goes_on(workshop):
    """By keyboard and by mouse, from the table, all notes, the overview and the end."""
    session = begin(workshop, group="1", workshop="Dag med filer")
    turn(workshop)
    write(workshop, "- skrevet midt i det hele")
    button(workshop, "download.button").click()
    dialog = workshop.get_by_role("dialog", name=words("download.title"))
    assert file_kinds(workshop) == {"docx", "pdf", "html", "xlsx", "data", "ics"}
    with workshop.expect_download(timeout=60_000) as waiting:
        dialog.locator("[data-file=html]").press("Enter")
    assert "- skrevet midt i det hele" in waiting.value.path().read_text(encoding="utf-8")
    name = f"{date.today().isoformat()} Dialogkort gruppe 1"
    assert waiting.value.suggested_filename == f"{name}.html"
    expect(file_status(workshop)).to_contain_text(f"{name}.html")
    word = hand_over(workshop, "docx")
    assert "- skrevet midt i det hele" in str([one.text for one in docx.Document(word.path()).paragraphs])
    assert hand_over(workshop, "pdf").path().read_bytes().startswith(b"%PDF-")
    examine_in_both_themes(workshop, "Hent", "dialog[open]")
    workshop.keyboard.press("Escape")
    expect(button(workshop, "download.button")).to_be_focused()
    write(workshop, "og skrevet videre")
    button(workshop, "bar.notes").click()
    button(workshop.get_by_role("dialog"), "download.button").click()
    sheet = CalamineWorkbook.from_path(hand_over(workshop, "xlsx").path())
    assert "og skrevet videre" in str(sheet.get_sheet_by_name("Noter").to_python())
    for _ in range(2):
        workshop.keyboard.press("Escape")
    discuss(workshop)
    button(workshop, "end.end").click()
    button(workshop, "download.button").locator("visible=true").click()
    button(workshop, "download.workshop").click()
    handed = unpacked(hand_over(workshop, "data"))
    assert "'- skrevet midt i det hele" in handed["notes.csv"].decode("utf-8-sig")
    events = json.loads(handed["dialogkort.json"])["events"]
    assert {event["session"] for event in events} == {session}


def test_the_front_page_hands_over_everything_and_the_deck_to_print(workshop):
    for group in ("Gruppe A til filerne", "Gruppe B til filerne"):
        begin(workshop, group=group)
        button(workshop, "bar.leave").click()
    button(workshop, "download.all").click()
    assert file_kinds(workshop) == {"xlsx", "data", "ics"}
    sessions = unpacked(hand_over(workshop, "data"))["sessions.csv"].decode("utf-8-sig")
    assert "Gruppe A til filerne" in sessions and "Gruppe B til filerne" in sessions
    workshop.keyboard.press("Escape")
    button(workshop, "print.button").click()
    papers = unpacked(hand_over(workshop, "all"))
    assert [name for name in papers if papers[name].startswith(b"%PDF-")] == [
        text(f"documents.files.{name}") for name in ("cards", "guide", "notes", "alignment", "handbook")
    ]
    area = read_deck().areas[0].name
    workshop.get_by_role("combobox", name=words("print.area")).select_option(area)
    cards = pypdfium2.PdfDocument(hand_over(workshop, "cards").path().read_bytes())
    of_area = sum(card.area == area for card in read_deck().cards)
    assert len(cards) == 2 * -(-of_area // 4)


def test_on_a_phone_a_file_comes_and_says_so_and_without_contact_it_says_why_not(
    page: Page, server: Running, seen: list[str]
):
    wire = Wire(server.url)
    workshop = visit(page, wire.url)
    workshop.set_viewport_size({"width": 390, "height": 844})
    begin(workshop, group="3")
    button(workshop, "bar.more").click()
    button(workshop, "download.button").click()
    assert hand_over(workshop, "pdf").suggested_filename.endswith(".pdf")
    expect(file_status(workshop).get_by_role("link")).to_be_in_viewport(ratio=0.9)
    assert workshop.evaluate("document.documentElement.scrollWidth <= innerWidth")
    workshop.mouse.move(5, 5)  # what has just come under a finger at rest would not be meant
    with workshop.expect_download(timeout=60_000) as waiting, server.asleep():
        workshop.locator("[data-file=html]").click()
        workshop.keyboard.press("Escape")  # before it has come
    expect(workshop.get_by_role("alert").first).to_contain_text(waiting.value.suggested_filename)
    button(workshop, "bar.more").click()
    button(workshop, "download.button").click()
    wire.cut()
    workshop.locator("[data-file=docx]").click()
    expect(file_status(workshop)).to_have_attribute("data-state", "failed")
    expect(file_status(workshop)).to_contain_text(words("line.no_files"))
    wire.close()


def test_who_may_be_identified_is_shown_first_and_the_note_corrected_or_the_file_made(workshop: Page):
    begin(workshop, group="Gruppe med et nummer")
    turn(workshop)
    write(workshop, "Ring på 33 66 33 66")
    button(workshop, "download.button").click()
    workshop.locator("[data-file=docx]").click()
    places = part(workshop, "places").get_by_role("listitem")
    expect(places).to_have_count(1)
    expect(places).to_contain_text(words("download.kinds.phone"))
    examine_in_both_themes(workshop, "what may identify somebody", "dialog[open]")
    expect(button(workshop, "download.correct")).to_be_focused()
    workshop.keyboard.press("Enter")
    all_notes = workshop.get_by_role("dialog", name=words("notes.title"))
    expect(note(all_notes)).to_be_focused()
    button(all_notes, "download.button").click()
    workshop.locator("[data-file=html]").click()
    with workshop.expect_download() as waiting:
        button(workshop, "download.go_on").click()
    assert "33 66 33 66" in waiting.value.path().read_text(encoding="utf-8")


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
    button(workshop, "download.button").click()
    addresses: list[str] = []
    workshop.on("request", lambda request: addresses.append(request.url))
    hand_over(workshop, "data")
    (address,) = (url for url in addresses if "/files/" in url)
    for token in ("", "Bearer ", "Bearer et-gaet"):
        answer = workshop.request.get(address, headers={"Authorization": token})
        assert answer.status == 403
