"""Coding in a real browser, with the keyboard alone: quick, undone, remembered, and honestly saved."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from browser_steps import button, examine_in_both_themes, in_contact_again, part, saved, status_is, words
from playwright.sync_api import Page, expect
from running import Running, run_command, until

from dialogkort.decks.reading import read_deck
from dialogkort.frames.codings import codings, memos
from dialogkort.sessions import session as sessions
from dialogkort.sessions.coding_project import Project, begin
from dialogkort.store import open_store

NOTES = 60


@pytest.fixture(scope="module")
def noted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with sixty notes of three groups."""
    folder = tmp_path_factory.mktemp("noter")
    store = open_store(folder)
    for group in range(3):
        session = sessions.start(
            store, read_deck(), seed=group, workshop="Digital dag", group=f"Gruppe {group}", unit="Drift"
        )
        for card in session.table.face_down[:10]:
            session.turn(card)
            for index in range(2):
                session.note(f"Note {index} til {card} <img src=x onerror=alert(1)>", card=card)
    store.close()
    return folder


@pytest.fixture(scope="module")
def coding(noted: Path) -> Iterator[Running]:
    """The page for coding what is kept there."""
    yield from run_command(noted, "kodning")


def sit(page: Page, url: str, coder: str, project: str) -> None:
    """Say who is coding, with the keyboard alone, in a project of one's own."""
    page.goto("about:blank")  # else a key alone is no new page: it is loaded anew a moment later
    page.goto(url)
    name = page.get_by_label(words("coding.who"))
    name.wait_for(timeout=30_000)
    name.focus()
    page.keyboard.type(coder)
    which = page.get_by_label(words("coding.which"))
    if which.is_visible():
        options = which.locator("option").all_inner_texts()
        which.select_option(label=project if project in options else words("coding.new_project"))
    if (named := page.get_by_label(words("coding.project_name"))).is_visible():
        named.fill(project)
    name.press("Enter")
    expect(current(page)).to_be_focused()


@pytest.fixture
def grid(page: Page, coding: Running, seen: list[str], request: pytest.FixtureRequest) -> Page:
    """Anna's grid, in a project called after the test."""
    page.set_default_timeout(30_000)
    page.set_viewport_size({"width": 1280, "height": 720})
    sit(page, coding.url, "Anna", request.node.name[:60])
    return page


def new_code(page: Page, name: str) -> None:
    page.keyboard.press("n")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    expect(
        page.get_by_role("group", name=words("coding.codes")).get_by_text(name, exact=True)
    ).to_be_visible()


def current(page: Page):
    """The note at hand."""
    return page.locator("[data-note][aria-current]")


def rows(page: Page):
    """The notes on show."""
    return page.locator("[data-note]")


def progress_is(page: Page, done: int) -> None:
    expect(part(page, "progress")).to_have_text(words("coding.progress", count=NOTES, done=done))


def own(folder: Path, coder: str, page: Page) -> list[list]:
    """Note and code's name, as they are kept, of the project on the page."""
    coded = codings(folder)
    project = page.evaluate("sessionStorage['dialogkort:coding']")
    mine = coded[(coded["coder"] == coder) & (coded["project"] == project)]
    return sorted(mine[["note", "name"]].to_numpy(object, na_value="").tolist())


def test_notes_are_coded_undone_and_remembered_with_the_keyboard_alone(grid: Page, noted: Path):
    first = current(grid).get_attribute("data-note")
    new_code(grid, "Tid")
    expect(current(grid)).to_contain_text("Tid")
    grid.keyboard.press("ArrowDown")
    second = current(grid).get_attribute("data-note")
    new_code(grid, "Tryghed")
    grid.keyboard.press("1")
    grid.keyboard.press("ArrowDown")
    third = current(grid).get_attribute("data-note")
    grid.keyboard.press("0")
    progress_is(grid, 3)
    grid.keyboard.press("2")
    grid.keyboard.press("Control+z")
    expect(current(grid)).to_contain_text(words("coding.none_applies"))
    grid.keyboard.press("m")
    grid.keyboard.type("Hvad mener de med 1, 2 og 0?")
    grid.keyboard.press("Escape")
    expect(current(grid)).to_contain_text(words("coding.has_memo"))
    saved(grid)
    expected = sorted([[first, "Tid"], [second, "Tid"], [second, "Tryghed"], [third, ""]])
    assert own(noted, "Anna", grid) == expected
    assert list(memos(noted)["text"]) == ["Hvad mener de med 1, 2 og 0?"]
    grid.reload()
    progress_is(grid, 3)
    expect(current(grid)).to_be_focused()
    assert current(grid).get_attribute("data-note") not in (first, second, third)
    expect(grid.locator(f"[data-note='{second}']")).to_contain_text("Tryghed")
    grid.keyboard.press("Control+z")
    expect(grid.locator(f"[data-note='{third}']")).not_to_contain_text(words("coding.has_memo"))
    saved(grid)
    assert own(noted, "Anna", grid) == expected


def test_twenty_notes_coded_as_fast_as_the_keys_can_be_pressed_are_all_kept(grid: Page, noted: Path):
    new_code(grid, "Tid")
    for _ in range(19):
        grid.keyboard.press("ArrowDown")
        grid.keyboard.press("1")
    progress_is(grid, 20)
    saved(grid)
    assert len(own(noted, "Anna", grid)) == 20


def test_more_notes_than_fit_on_a_page_come_one_page_at_a_time(grid: Page):
    expect(rows(grid)).to_have_count(40)
    grid.keyboard.press("End")
    expect(rows(grid)).to_have_count(NOTES - 40)
    grid.keyboard.press("Home")
    for _ in range(40):
        grid.keyboard.press("ArrowDown")
    expect(part(grid, "pager")).to_contain_text(
        words("coding.page", **{"from": 41, "to": NOTES, "all": NOTES})
    )
    expect(current(grid)).to_be_focused()


def test_notes_are_found_by_area_by_words_and_by_what_is_left_to_do(grid: Page):
    new_code(grid, "Tid")
    show = grid.get_by_label(words("coding.show"), exact=True)
    beginning = "Note 0 til " + current(grid).inner_text().partition("Note 0 til ")[2][:14]
    show.select_option(label=words("coding.show_open"))
    left = {"from": 1, "to": 40, "all": NOTES - 1}
    expect(part(grid, "pager")).to_contain_text(words("coding.page", **left))
    grid.keyboard.press("Escape")
    grid.keyboard.press("1")
    expect(current(grid)).to_contain_text("Tid")  # what is coded now stays until one chooses anew
    show.select_option(label=words("coding.show_code", name="Tid"))
    expect(rows(grid)).to_have_count(2)
    show.select_option(label=words("coding.show_all"))
    grid.get_by_label(words("coding.search")).fill(beginning)
    expect(rows(grid).first).to_contain_text(beginning)
    grid.get_by_label(words("coding.search")).fill("findes ikke i nogen note")
    expect(grid.get_by_text(words("coding.nothing_found"))).to_be_visible()


def test_a_code_is_defined_renamed_and_retired_in_the_codebook(grid: Page, noted: Path):
    new_code(grid, "Tid")
    button(grid, "coding.book").click()
    book = grid.get_by_role("dialog")
    entry = book.locator("form").nth(1)
    entry.get_by_label(words("coding.name"), exact=True).fill("Tid til at øve sig")
    entry.get_by_label(words("coding.definition")).fill("Når der mangler tid")
    button(entry, "coding.keep").click()
    expect(entry.get_by_role("heading")).to_have_text("Tid til at øve sig")
    code_form = book.locator("form").first
    code_form.get_by_label(words("coding.name"), exact=True).fill("TID til at øve sig")
    button(code_form, "coding.keep").click()
    expect(book.get_by_role("alert")).to_contain_text("allerede en kode")
    button(entry, "coding.retire").click()
    expect(entry.get_by_role("heading")).to_contain_text(words("coding.retired"))
    grid.keyboard.press("Escape")
    expect(current(grid)).to_contain_text("Tid til at øve sig")
    saved(grid)
    assert [name for _, name in own(noted, "Anna", grid)] == ["Tid til at øve sig"]


def test_who_writes_in_a_codebook_or_a_form_goes_on_when_another_coder_does_something(
    grid: Page, coding: Running, noted: Path
):
    new_code(grid, "Tid")
    saved(grid)
    button(grid, "coding.book").click()
    book = grid.get_by_role("dialog")
    name = book.locator("form").first.get_by_label(words("coding.name"), exact=True)
    name.press_sequentially("Ro")
    with closing(open_store(noted)) as store:
        project_id = grid.evaluate("sessionStorage['dialogkort:coding']")
        Project(store, project_id).define("Tryghed", coder="Bo")
        expect(book.get_by_role("heading", name="Tryghed")).to_be_visible()
        grid.keyboard.type(" og mag")
        expect(name).to_have_value("Ro og mag")

        other = grid.context.new_page()
        other.goto(coding.url)
        which = other.get_by_label(words("coding.which"))
        which.select_option(label=words("coding.new_project"))
        own = other.get_by_label(words("coding.project_name"))
        own.fill("")
        begin(store, "Begyndt imens")
    expect(which.locator("option", has_text="Begyndt imens")).to_be_attached()
    other.keyboard.type("Mit eget")
    expect(own).to_have_value("Mit eget")
    other.close()


def test_two_coders_compare_and_settle_and_neither_is_overwritten(
    page: Page, coding: Running, seen: list[str], noted: Path
):
    store = open_store(noted)
    project = begin(store, "To kodere")
    code = project.define("Tid", coder="Bo")
    (session, *_) = store.sessions()
    notes = [note.id for note in sessions.Session(store, session).notes]
    for index, note in enumerate(notes):
        project.code(note, session, code if index % 4 == 0 else None, coder="Bo")
        project.code(note, session, code if index % 5 == 0 else None, coder="Anna")
    store.close()
    page.set_default_timeout(30_000)
    sit(page, coding.url, "Anna", "To kodere")
    expect(page.get_by_role("list", name=words("coding.notes"))).not_to_contain_text("Bo")
    button(page, "coding.compare").click()
    compared = part(page, "comparison")
    expect(compared).to_contain_text("2 kodere har 20 noter til fælles.")
    expect(compared.locator("tbody th")).to_have_count(2)
    first = part(compared, "differing").first
    button(first, "coding.applies_not").click()
    expect(first).to_contain_text(words("coding.settled_no"))
    saved(page)
    coded = codings(noted).query("project == @project.id")
    assert set(coded["coder"]) == {"Anna", "Bo", ""}
    assert coded.groupby("coder")["note"].nunique().to_dict() == {"": 1, "Anna": 20, "Bo": 20}
    button(first, "coding.unsettle").click()
    expect(first).not_to_contain_text(words("coding.settled_no"))
    button(page, "coding.back").click()
    expect(current(page)).to_be_focused()


def test_a_killed_server_costs_no_coding(grid: Page, coding: Running, noted: Path):
    new_code(grid, "Tid")
    saved(grid)
    coding.kill()
    for _ in range(5):
        grid.keyboard.press("ArrowDown")
        grid.keyboard.press("1")
        expect(current(grid)).to_contain_text("Tid")
    status_is(grid, "offline")
    coding.start()
    in_contact_again(grid)
    saved(grid)
    until(lambda: len(own(noted, "Anna", grid)) == 6)
    progress_is(grid, 6)


def test_a_new_page_proposes_the_name_of_last_time_and_a_reload_goes_on_in_it(
    grid: Page, coding: Running, noted: Path
):
    new_code(grid, "Tid")
    saved(grid)
    grid.reload()
    expect(current(grid)).to_be_focused(timeout=30_000)
    expect(button(grid, "coding.by", coder="Anna")).to_be_visible()
    other = grid.context.new_page()
    other.goto(coding.url)
    button(other, "coding.go_on_as", coder="Anna").wait_for(timeout=30_000)
    expect(other.get_by_text(words("coding.not_you", coder="Anna"))).to_be_visible()
    sit(other, coding.url, "Bo", "En anden kodning")
    expect(button(other, "coding.by", coder="Bo")).to_be_visible()
    coding.kill()
    grid.keyboard.press("ArrowDown")
    grid.keyboard.press("1")
    status_is(grid, "offline")
    coding.start()
    in_contact_again(grid)
    saved(grid)
    expect(button(grid, "coding.by", coder="Anna")).to_be_visible()
    until(lambda: len(own(noted, "Anna", grid)) == 2)
    other.close()


def test_what_is_coded_counts_at_once_as_the_row_shows_it(grid: Page, coding: Running):
    new_code(grid, "Tid")
    saved(grid)
    with coding.asleep():
        grid.keyboard.press("ArrowDown")
        grid.keyboard.press("1")
        expect(current(grid)).to_contain_text("Tid")
        progress_is(grid, 2)
    saved(grid)
    progress_is(grid, 2)


def test_a_note_with_two_disagreements_is_shown_once_with_both_codes(
    page: Page, coding: Running, seen: list[str], noted: Path
):
    store = open_store(noted)
    project = begin(store, "To koder til hver")
    codes = [project.define(name, coder="Bo") for name in ("Tid", "Tryghed")]
    (session, *_) = store.sessions()
    for index, note in enumerate(note.id for note in sessions.Session(store, session).notes):
        project.code(note, session, None, coder="Bo")
        for code in codes if index < 2 else [None]:
            project.code(note, session, code, coder="Anna")
    store.close()
    page.set_default_timeout(30_000)
    sit(page, coding.url, "Anna", "To koder til hver")
    button(page, "coding.compare").click()
    differing = part(page, "differing")
    expect(differing).to_have_count(2)
    expect(differing.first.get_by_role("group").locator("strong")).to_have_text(["Tid", "Tryghed"])
    button(differing.first, "coding.applies_not").last.click()
    expect(differing.first.get_by_text(words("coding.settled_no"))).to_have_count(1)
    saved(page)


def test_no_violation_of_wcag_22_on_a_laptop_or_a_phone(
    page: Page, coding: Running, seen: list[str], request: pytest.FixtureRequest
):
    page.set_default_timeout(30_000)
    page.emulate_media(reduced_motion="reduce")
    sit(page, coding.url, "Anna", request.node.name)
    new_code(page, "Tid")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("0")
    examine_at_both_sizes(page, "the grid")
    button(page, "coding.book").click()
    examine_at_both_sizes(page, "the codebook")
    page.keyboard.press("Escape")
    button(page, "coding.compare").click()
    expect(part(page, "comparison")).to_contain_text("Én koder indtil nu")
    examine_at_both_sizes(page, "comparing")


def examine_at_both_sizes(page: Page, name: str) -> None:
    overflow = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    for width, height in ((1280, 720), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert not page.evaluate(overflow)
        examine_in_both_themes(page, f"{name} at {width}")


def test_a_note_erased_elsewhere_goes_from_the_page_and_the_memo_stays_with_its_note(grid: Page, noted: Path):
    erased = current(grid).get_attribute("data-note")
    grid.keyboard.press("ArrowDown")
    note_id = current(grid).get_attribute("data-note")
    grid.keyboard.press("m")
    grid.keyboard.type("Om den anden")
    store = open_store(noted)
    session = next(
        id for id in store.sessions() if erased in {n.id for n in sessions.Session(store, id).notes}
    )
    store.erase(session, note=erased)
    expect(grid.locator(f"[data-note='{erased}']")).to_have_count(0)
    grid.keyboard.type(" note")
    grid.keyboard.press("Escape")
    saved(grid)
    assert current(grid).get_attribute("data-note") == note_id
    until(lambda: memos(noted).set_index("note")["text"].get(note_id) == "Om den anden note")
    store.close()
