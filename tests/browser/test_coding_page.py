"""Coding in a real browser, with the keyboard alone: quick, undone, remembered, and honestly saved."""

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from browser_steps import examine, own_kernel, saved
from playwright.sync_api import Page, expect
from running import Running, run_module, until

from dialogkort import session as sessions
from dialogkort.coded import codings, memos
from dialogkort.deck_file import read_deck
from dialogkort.project import begin
from dialogkort.store import open_store

NOTES = 60
SHOW_IT = (
    "import sys; from pathlib import Path; from dialogkort.app import main;"
    "sys.exit(main(sys.argv[2:], notebook=Path(sys.argv[1])))"
)

OPEN_LAB = (
    "import sys; from pathlib import Path; from dialogkort.lab import Desk, open_lab;"
    "folder = Path(sys.argv[1]);"
    "desk = Desk(folder, folder / 'checkpoints', sys.stderr, 8961, 30, 'kodning', False);"
    "open_lab(desk, lambda port: print(f'http://127.0.0.1:{port}', flush=True))"
)


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
            for place in range(2):
                session.note(f"Note {place} til {card} <img src=x onerror=alert(1)>", card=card)
    store.close()
    return folder


@pytest.fixture(scope="module")
def coding(noted: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The page of a notebook that says `Coding()`."""
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("from dialogkort.screens.coding import Coding\n\nCoding()")]
    )
    book.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    path = tmp_path_factory.mktemp("notesbog") / "kodning.ipynb"
    nbformat.write(book, path)
    yield from run_module(["-c", SHOW_IT, str(path), "--no-browser", "--folder", str(noted)])


@pytest.fixture(scope="module")
def lab(noted: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """JupyterLab on a notebook that says `Coding()` between other cells."""
    told = ("1 + 1", f"from dialogkort.screens.coding import Coding\n\nCoding({str(noted)!r})", "2 + 2")
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in told])
    book.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    folder = tmp_path_factory.mktemp("notesbog")
    nbformat.write(book, folder / "kodning.ipynb")
    clone = str(Path(__file__).resolve().parents[2])
    yield from run_module(["-c", OPEN_LAB, str(folder)], PYTHONPATH=clone)


def run_all(page: Page) -> None:
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def sit(page: Page, url: str, coder: str, project: str) -> None:
    """Say who is coding, with the keyboard alone, in a project of one's own."""
    page.goto(url)
    name = page.get_by_label("Hvem koder?")
    name.wait_for(timeout=30_000)
    name.focus()
    page.keyboard.type(coder)
    which = page.get_by_label("Hvilken kodning?")
    if which.is_visible():
        options = which.locator("option").all_inner_texts()
        which.select_option(label=project if project in options else "En ny kodning")
    if (named := page.get_by_label("Hvad skal den hedde?")).is_visible():
        named.fill(project)
    name.press("Enter")
    expect(page.locator(".dk-coding-note[aria-current]")).to_be_focused()


@pytest.fixture
def grid(page: Page, coding: Running, seen: list[str], request: pytest.FixtureRequest) -> Page:
    """Anna's grid, in a project called after the test."""
    page.set_default_timeout(15_000)
    page.set_viewport_size({"width": 1280, "height": 720})
    sit(page, coding.url, "Anna", request.node.name[:60])
    return page


def new_code(page: Page, name: str) -> None:
    page.keyboard.press("n")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    expect(page.locator(".dk-coding-code", has_text=name)).to_be_visible()


def current(page: Page):
    return page.locator(".dk-coding-note[aria-current]")


def own(folder: Path, coder: str, page: Page) -> list[list]:
    """Note and code's name, as they are kept, of the project on the page."""
    told = codings(folder)
    project = page.evaluate("sessionStorage['dialogkort:coding']")
    mine = told[(told["coder"] == coder) & (told["project"] == project)]
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
    expect(grid.locator(".dk-progress")).to_have_text(f"3 af {NOTES} noter kodet")
    grid.keyboard.press("2")
    grid.keyboard.press("Control+z")
    expect(current(grid)).to_contain_text("Ingen passer")
    grid.keyboard.press("m")
    grid.keyboard.type("Hvad mener de med 1, 2 og 0?")
    grid.keyboard.press("Escape")
    expect(current(grid)).to_contain_text("Memo skrevet")
    saved(grid)
    expected = sorted([[first, "Tid"], [second, "Tid"], [second, "Tryghed"], [third, ""]])
    assert own(noted, "Anna", grid) == expected
    assert list(memos(noted)["text"]) == ["Hvad mener de med 1, 2 og 0?"]
    grid.reload()
    expect(grid.locator(".dk-progress")).to_have_text(f"3 af {NOTES} noter kodet", timeout=30_000)
    expect(current(grid)).to_be_focused()
    assert current(grid).get_attribute("data-note") not in (first, second, third)
    expect(grid.locator(f"[data-note='{second}']")).to_contain_text("Tryghed")
    grid.keyboard.press("Control+z")
    expect(grid.locator(f"[data-note='{third}']")).not_to_contain_text("Memo skrevet")
    saved(grid)
    assert own(noted, "Anna", grid) == expected


def test_twenty_notes_coded_as_fast_as_the_keys_can_be_pressed_are_all_kept(grid: Page, noted: Path):
    new_code(grid, "Tid")
    for _ in range(19):
        grid.keyboard.press("ArrowDown")
        grid.keyboard.press("1")
    expect(grid.locator(".dk-progress")).to_have_text(f"20 af {NOTES} noter kodet")
    saved(grid)
    assert len(own(noted, "Anna", grid)) == 20


def test_more_notes_than_fit_on_a_page_come_one_page_at_a_time(grid: Page):
    expect(grid.locator(".dk-coding-note")).to_have_count(40)
    grid.keyboard.press("End")
    expect(grid.locator(".dk-coding-note")).to_have_count(NOTES - 40)
    grid.keyboard.press("Home")
    for _ in range(40):
        grid.keyboard.press("ArrowDown")
    expect(grid.locator(".dk-coding-pager")).to_contain_text(f"41–{NOTES} af {NOTES}")
    expect(current(grid)).to_be_focused()


def test_notes_are_found_by_area_by_words_and_by_what_is_left_to_do(grid: Page):
    new_code(grid, "Tid")
    words = current(grid).locator(".dk-coding-text").inner_text()[:25]
    grid.get_by_label("Vis", exact=True).select_option(label="Ikke kodet endnu")
    expect(grid.locator(".dk-coding-pager")).to_contain_text(f"af {NOTES - 1}")
    grid.keyboard.press("Escape")
    grid.keyboard.press("1")
    expect(current(grid)).to_contain_text("Tid")  # what is coded now stays until one chooses anew
    grid.get_by_label("Vis", exact=True).select_option(label="Kode: Tid")
    expect(grid.locator(".dk-coding-note")).to_have_count(2)
    grid.get_by_label("Vis", exact=True).select_option(label="Alle noter")
    grid.get_by_label("Søg i noterne").fill(words)
    expect(grid.locator(".dk-coding-note").first).to_contain_text(words)
    grid.get_by_label("Søg i noterne").fill("findes ikke i nogen note")
    expect(grid.get_by_text("Ingen noter passer til det valgte.")).to_be_visible()


def test_a_code_is_defined_renamed_and_retired_in_the_codebook(grid: Page, noted: Path):
    new_code(grid, "Tid")
    grid.get_by_role("button", name="Kodebog").click()
    book = grid.get_by_role("dialog")
    entry = book.locator("form").nth(1)
    entry.get_by_label("Navn").fill("Tid til at øve sig")
    entry.get_by_label("Definition").fill("Når der mangler tid")
    entry.get_by_role("button", name="Gem").click()
    expect(entry.get_by_role("heading")).to_have_text("Tid til at øve sig")
    fresh = book.locator("form").first
    fresh.get_by_label("Navn").fill("TID til at øve sig")
    fresh.get_by_role("button", name="Gem").click()
    expect(book.get_by_role("alert")).to_contain_text("allerede en kode")
    entry.get_by_role("button", name="Tag ud af brug").click()
    expect(entry.get_by_role("heading")).to_contain_text("ude af brug")
    grid.keyboard.press("Escape")
    expect(current(grid)).to_contain_text("Tid til at øve sig")
    saved(grid)
    assert [name for _, name in own(noted, "Anna", grid)] == ["Tid til at øve sig"]


def test_two_coders_compare_and_settle_and_neither_is_overwritten(
    page: Page, coding: Running, seen: list[str], noted: Path
):
    store = open_store(noted)
    project = begin(store, "To kodere")
    code = project.define("Tid", coder="Bo")
    (session, *_) = store.sessions()
    notes = [note.id for note in sessions.Session(store, session).notes]
    for place, note in enumerate(notes):
        project.code(note, session, code if place % 4 == 0 else None, coder="Bo")
        project.code(note, session, code if place % 5 == 0 else None, coder="Anna")
    store.close()
    page.set_default_timeout(15_000)
    sit(page, coding.url, "Anna", "To kodere")
    expect(page.locator(".dk-coding")).not_to_contain_text("Bo")
    page.get_by_role("button", name="Sammenlign").click()
    compared = page.locator(".dk-coding-compare")
    expect(compared).to_contain_text("2 kodere har 20 noter til fælles.")
    expect(compared.locator("tbody th")).to_have_count(2)
    first = compared.locator(".dk-coding-differs").first
    first.get_by_role("button", name="Koden gælder ikke").click()
    expect(first).to_contain_text("Aftalt: koden gælder ikke")
    saved(page)
    told = codings(noted).query("project == @project.id")
    assert set(told["coder"]) == {"Anna", "Bo", ""}
    assert told.groupby("coder")["note"].nunique().to_dict() == {"": 1, "Anna": 20, "Bo": 20}
    first.get_by_role("button", name="Fortryd aftalen").click()
    expect(first).not_to_contain_text("Aftalt")
    page.get_by_role("button", name="Tilbage til noterne").click()
    expect(current(page)).to_be_focused()


def test_a_killed_kernel_costs_no_coding(grid: Page, coding: Running, noted: Path):
    new_code(grid, "Tid")
    saved(grid)
    own_kernel(grid, coding).kill()
    for _ in range(5):
        grid.keyboard.press("ArrowDown")
        grid.keyboard.press("1")
    expect(grid.locator(".dk-coding-note").filter(has_text="Ikke")).to_have_count(0)
    grid.locator(".dk-status[data-state=back]").wait_for(timeout=30_000)
    saved(grid)
    until(lambda: len(own(noted, "Anna", grid)) == 6)
    expect(grid.locator(".dk-progress")).to_have_text(f"6 af {NOTES} noter kodet")


def test_a_new_page_proposes_the_name_of_last_time_and_a_reload_goes_on_in_it(
    grid: Page, coding: Running, noted: Path
):
    new_code(grid, "Tid")
    saved(grid)
    grid.reload()
    expect(current(grid)).to_be_focused(timeout=30_000)
    expect(grid.get_by_role("button", name="Anna koder")).to_be_visible()
    other = grid.context.new_page()
    other.goto(coding.url)
    other.get_by_role("button", name="Fortsæt som Anna").wait_for(timeout=30_000)
    expect(other.get_by_text("Er du ikke Anna")).to_be_visible()
    sit(other, coding.url, "Bo", "En anden kodning")
    expect(other.get_by_role("button", name="Bo koder")).to_be_visible()
    own_kernel(grid, coding).kill()
    grid.keyboard.press("ArrowDown")
    grid.keyboard.press("1")
    grid.locator(".dk-status[data-state=back]").wait_for(timeout=30_000)
    saved(grid)
    expect(grid.get_by_role("button", name="Anna koder")).to_be_visible()
    until(lambda: len(own(noted, "Anna", grid)) == 2)
    other.close()


def test_in_jupyterlab_the_note_at_hand_is_seen_whole_and_a_cell_run_again_asks_who_is_coding(
    page: Page, lab: Running, seen: list[str]
):
    page.set_default_timeout(60_000)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{lab.url}/lab/tree/kodning.ipynb?token=kodning")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.get_by_text("| Idle").wait_for()
    run_all(page)
    page.get_by_label("Hvem koder?").fill("Anna")
    page.get_by_role("button", name="Begynd").click()
    page.set_default_timeout(15_000)
    expect(current(page)).to_be_focused()
    expect(page.locator(".dk[data-screen=coding]")).to_be_in_viewport(ratio=0.99)
    new_code(page, "Mangel på tid")
    for _ in range(15):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("1")
        expect(current(page)).to_contain_text("Mangel på tid")
        expect(current(page)).to_be_in_viewport(ratio=1)
        expect(current(page)).to_be_focused()
    run_all(page)
    page.get_by_role("button", name="Fortsæt som Anna").wait_for(timeout=30_000)
    page.get_by_label("Hvem koder?").fill("Bo")
    page.get_by_role("button", name="Begynd").click()
    expect(page.get_by_role("button", name="Bo koder")).to_be_visible()


def test_what_is_coded_counts_at_once_as_the_row_shows_it(grid: Page, coding: Running):
    new_code(grid, "Tid")
    saved(grid)
    kernel = own_kernel(grid, coding)
    kernel.suspend()
    try:
        grid.keyboard.press("ArrowDown")
        grid.keyboard.press("1")
        expect(current(grid)).to_contain_text("Tid")
        expect(grid.locator(".dk-progress")).to_have_text(f"2 af {NOTES} noter kodet")
    finally:
        kernel.resume()
    saved(grid)
    expect(grid.locator(".dk-progress")).to_have_text(f"2 af {NOTES} noter kodet")


def test_a_note_with_two_disagreements_is_shown_once_with_both_codes(
    page: Page, coding: Running, seen: list[str], noted: Path
):
    store = open_store(noted)
    project = begin(store, "To koder til hver")
    codes = [project.define(name, coder="Bo") for name in ("Tid", "Tryghed")]
    (session, *_) = store.sessions()
    for place, note in enumerate(note.id for note in sessions.Session(store, session).notes):
        project.code(note, session, None, coder="Bo")
        for code in codes if place < 2 else [None]:
            project.code(note, session, code, coder="Anna")
    store.close()
    page.set_default_timeout(15_000)
    sit(page, coding.url, "Anna", "To koder til hver")
    page.get_by_role("button", name="Sammenlign").click()
    differing = page.locator(".dk-coding-differs")
    expect(differing).to_have_count(2)
    expect(differing.first.locator(".dk-coding-difference strong")).to_have_text(["Tid", "Tryghed"])
    differing.first.get_by_role("button", name="Koden gælder ikke").last.click()
    expect(differing.first.get_by_text("Aftalt: koden gælder ikke")).to_have_count(1)
    saved(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_violation_of_wcag_22(
    page: Page, coding: Running, seen: list[str], scheme: str, width: int, request: pytest.FixtureRequest
):
    page.set_default_timeout(15_000)
    page.set_viewport_size({"width": width, "height": 720 if width > 400 else 844})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(coding.url)
    page.get_by_label("Hvem koder?").wait_for(timeout=30_000)
    examine(page, "who is coding")
    sit(page, coding.url, "Anna", request.node.name)
    new_code(page, "Tid")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("0")
    examine(page, "the grid")
    overflow = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(overflow)
    page.get_by_role("button", name="Kodebog").click()
    examine(page, "the codebook")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Sammenlign").click()
    expect(page.locator(".dk-coding-compare")).to_contain_text("Én koder indtil nu")
    examine(page, "comparing")


def test_a_note_erased_elsewhere_goes_from_the_page_and_the_memo_stays_with_its_note(grid: Page, noted: Path):
    erased = current(grid).get_attribute("data-note")
    grid.keyboard.press("ArrowDown")
    kept = current(grid).get_attribute("data-note")
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
    assert current(grid).get_attribute("data-note") == kept
    until(lambda: memos(noted).set_index("note")["text"].get(kept) == "Om den anden note")
    store.close()
