"""Groups' files and folders, chosen and dropped on the screen: counted, refusals told, every window told."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_steps import button, part, watched, words
from playwright.sync_api import Page, expect
from running import Running, run_command

from dialogkort.decks.reading import read_deck
from dialogkort.sessions.session import start
from dialogkort.store import FILE_NAME, open_store

DROP = """([files]) => {
    const transfer = new DataTransfer();
    for (const [name, text] of files) transfer.items.add(new File([text], name));
    const target = document.querySelector("[data-screen]");
    for (const type of ["dragover", "drop"]) {
        const how = { dataTransfer: transfer, bubbles: true, cancelable: true };
        target.dispatchEvent(new DragEvent(type, how));
    }
}"""


@pytest.fixture(scope="module")
def overview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    yield from run_command(tmp_path_factory.mktemp("samling"), "overblik")


def group_in(folder: Path, group: str, notes: int) -> Path:
    store = open_store(folder)
    session = start(store, read_deck(), workshop="Fælles dag", group=group)
    card = session.table.face_down[0]
    session.turn(card)
    for number in range(notes):
        session.note(f"Note {number}", card=card)
    store.close()
    return folder


def summary(page: Page, groups: int, notes: int) -> str:
    counts = {
        "groups": words("import.groups", count=groups),
        "notes": words("import.notes_in_all", count=notes),
    }
    return words("import.came_in", **counts)


def test_groups_come_in_by_a_folder_and_by_files_and_the_other_window_sees_them(
    page: Page, seen: list[str], overview: Running, tmp_path: Path
):
    other = page.context.new_page()
    other.goto(overview.page())
    other.get_by_text(words("start.none"), exact=True).wait_for()

    page.goto(overview.url)
    button(page, "import.button").click()
    dialog, came = page.get_by_role("dialog"), part(page, "imported")
    first = group_in(tmp_path / "gruppe 1", "Gruppe 1", 2)
    (first / "billede.png").write_bytes(b"\x89PNG")
    with page.expect_file_chooser() as choosing:
        button(dialog, "import.choose_folder").click()
    choosing.value.set_files(first)
    expect(came).to_contain_text(summary(page, 1, 2))
    expect(came).to_contain_text(f"Gruppe 1: {words('import.notes', count=2)}")
    expect(came).to_have_attribute("data-state", "done")

    (tmp_path / "foto.jpg").write_bytes(b"\xff\xd8" * 100)
    second = group_in(tmp_path / "gruppe 2", "Gruppe 2", 1)
    with page.expect_file_chooser() as choosing:
        button(dialog, "import.choose_files").click()
    choosing.value.set_files([first / FILE_NAME, second / FILE_NAME, tmp_path / "foto.jpg"])
    expect(came).to_contain_text(summary(page, 1, 1))
    expect(came).to_contain_text(words("import.were_here", count=1))
    expect(came).to_contain_text(words("import.refused", count=1))
    expect(came.locator("[data-refused=true]")).to_contain_text("foto.jpg")
    assert "/tmp" not in came.inner_text()

    # The windows that were open have them, without being asked.
    page.keyboard.press("Escape")
    expect(part(page, "finding")).not_to_be_empty()
    expect(page.locator("option", has_text="Fælles dag")).to_contain_text(words("overview.groups", count=2))
    expect(other.get_by_role("button", name="Gruppe 2").first).to_be_visible()


def test_what_is_dropped_anywhere_on_the_start_page_is_handed_in_and_leaves_the_page(
    page: Page, seen: list[str], overview: Running
):
    page.goto(overview.page())
    page.locator("[data-screen=start] form").wait_for()
    newer = json.dumps({"format": "dialogkort", "version": 99, "decks": [], "events": []})
    page.evaluate(DROP, [[["nyere.json", newer], ["tom.json", ""]]])
    came = part(page, "imported")
    expect(came.locator("[data-refused=true]")).to_have_count(2)
    expect(came).to_contain_text("nyere.json")
    with watched(page):
        page.keyboard.press("Escape")
    expect(page.locator("[data-screen=start]")).to_be_visible()
