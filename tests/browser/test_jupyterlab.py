"""In JupyterLab: screens in notebooks, tiles in the launcher, pages in the same server, nginx before it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docx
import pytest
from behind_nginx import nginx_before
from browser_steps import (
    START_OR_TABLE,
    begin,
    button,
    discuss,
    examine,
    go_through_the_new_screens,
    hand_over,
    note,
    notice,
    part,
    saved,
    stage_is,
    turn,
    watched,
    words,
    write,
)
from playwright.sync_api import Browser, Page, Response, expect
from running import LAB_BASE, Lab, free_port, run_module

from dialogkort.decks.reading import read_deck
from dialogkort.i18n import text
from dialogkort.sessions import session as sessions
from dialogkort.store import FILE_NAME, open_store


def run_all(page: Page) -> None:
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def run_all_again(page: Page) -> None:
    """Run all cells and wait until the screen is another one: the one there was says the same for a while."""
    screen = page.locator(".dk").locator("visible=true").first
    screen.evaluate("(screen) => void (screen.dataset.earlier = '')")
    run_all(page)
    expect(page.locator(".dk[data-earlier]")).to_have_count(0)


@contextmanager
def patient(page: Page) -> Iterator[None]:
    """JupyterLab takes its time to load, and a kernel to start."""
    page.set_default_timeout(60_000)
    yield
    page.set_default_timeout(30_000)


@contextmanager
def opened_and_run(page: Page) -> Iterator[None]:
    """The cells of the notebook that is opened here are run, as soon as it has its kernel."""

    def is_start(response: Response) -> bool:
        return "/api/sessions" in response.url and response.request.method == "POST"

    with patient(page):
        with page.expect_response(is_start):
            yield
        front = page.locator(".jp-NotebookPanel").locator("visible=true")
        front.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        front.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
        run_all(page)
        front.locator(".dk").first.wait_for()


def open_notebook(page: Page, name: str) -> None:
    """Open a notebook by a double click in the list of files, and run its cells."""
    with opened_and_run(page):
        page.locator("[data-command='filebrowser:refresh']").locator("visible=true").click()
        page.locator(".jp-DirListing-item", has_text=name).dblclick()


def bring_forward(page: Page, tab: str) -> None:
    page.locator("#jp-main-dock-panel").get_by_role("tab", name=tab).click()


@pytest.fixture(scope="module")
def window(browser: Browser, lab: Lab) -> Iterator[Page]:
    """What a facilitator sees who has just said `dialogkort --lab`, for all tests: it takes long to load."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    with watched(page):
        with patient(page):
            page.goto(lab.running.url)
            tiles(page).first.wait_for()
        yield page
    context.close()


@pytest.fixture(scope="module")
def notebook_in_window(window: Page, lab: Lab) -> str:
    name = lab.workshop_alone()
    open_notebook(window, name)
    return name


@pytest.fixture
def notebook(window: Page, notebook_in_window: str) -> Page:
    """The workshop in JupyterLab, its cell run, at its start screen."""
    bring_forward(window, notebook_in_window)
    leave = button(window, "bar.leave")
    window.locator(START_OR_TABLE).locator("visible=true").first.wait_for()
    if leave.is_visible():
        leave.click()
    window.locator(".dk-start-form").wait_for()
    return window


# --- a screen in a notebook -------------------------------------------------------------------------------


def test_a_card_is_turned_and_a_note_of_two_lines_is_kept(notebook: Page):
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


def test_all_notes_removed_ones_details_and_the_end_work_in_a_cell(notebook: Page):
    begin(notebook, workshop="I en celle")
    notebook.locator(".dk-card").nth(9).click()  # not the one that has just come under the pointer
    expect(notebook.locator(".dk-question")).to_be_visible()
    go_through_the_new_screens(notebook)


def test_documents_and_cards_come_out_of_a_cell(notebook: Page):
    begin(notebook, workshop="Ud af en celle", group="2")
    notebook.locator(".dk-card").nth(9).click()
    expect(notebook.locator(".dk-question")).to_be_visible()
    write(notebook, "skrevet i en celle")
    saved(notebook)
    button(notebook, "download.button").click()
    document = hand_over(notebook, "docx")
    assert "skrevet i en celle" in str([one.text for one in docx.Document(document.path()).paragraphs])
    assert hand_over(notebook, "pdf").path().read_bytes().startswith(b"%PDF-")
    notebook.keyboard.press("Escape")
    button(notebook, "bar.leave").click()
    button(notebook, "print.button").click()
    assert hand_over(notebook, "guide").suggested_filename == text("documents.files.guide")
    notebook.keyboard.press("Escape")


def test_another_group_s_file_of_many_pieces_comes_into_a_cell(notebook: Page, tmp_path: Path):
    store = open_store(tmp_path)
    session = sessions.start(store, read_deck(), workshop="Ind i en celle", group="Fra USB")
    card = session.table.face_down[0]
    session.turn(card)
    for number in range(16):
        session.note(f"{number} " + "æ" * 100_000, card=card)
    store.close()
    assert (tmp_path / FILE_NAME).stat().st_size > 2 << 20, "it is sent in several pieces"
    button(notebook, "import.button").click()
    with notebook.expect_file_chooser() as choosing:
        button(notebook, "import.choose_files").click()
    choosing.value.set_files([tmp_path / FILE_NAME])
    expect(part(notebook, "imported")).to_contain_text(words("import.notes_in_all", count=16))
    notebook.keyboard.press("Escape")
    expect(notebook.get_by_role("button", name="Fra USB").first).to_be_visible()


def test_a_kernel_that_was_restarted_costs_nothing_once_the_cells_are_run_again(notebook: Page):
    begin(notebook)
    notebook.locator(".dk-card").nth(7).click()
    expect(notebook.locator(".dk-question")).to_be_visible()
    question = notebook.locator(".dk-question").inner_text()
    saved(notebook)
    notebook.get_by_role("menuitem", name="Kernel", exact=True).click()
    notebook.get_by_role("menuitem", name="Restart Kernel…").click()
    with notebook.expect_response(lambda response: response.url.partition("?")[0].endswith("/restart")):
        notebook.locator(".jp-Dialog .jp-mod-accept").click()
    notebook.get_by_text("| Idle").wait_for()
    note = notebook.get_by_placeholder("Skriv en note …").first
    note.fill("skrevet uden kerne")
    expect(notebook.locator(".dk-strip")).to_contain_text("Kør cellen igen", timeout=30_000)
    run_all_again(notebook)
    expect(notebook.locator(".dk-strip")).to_be_hidden(timeout=30_000)
    expect(notebook.locator(".dk-question")).to_have_text(question, timeout=30_000)
    expect(notebook.locator(".dk-note textarea").first).to_have_value("skrevet uden kerne")
    saved(notebook)


def test_running_the_cells_again_finds_the_same_card(notebook: Page):
    begin(notebook)
    notebook.locator(".dk-card").nth(5).click()
    expect(notebook.locator(".dk-question")).to_be_visible()
    question = notebook.locator(".dk-question").inner_text()
    saved(notebook)
    run_all_again(notebook)
    expect(notebook.locator(".dk-question")).to_have_text(question, timeout=30_000)


# --- the pages in the same server -------------------------------------------------------------------------


@pytest.fixture
def launcher(window: Page) -> Page:
    """The launcher that JupyterLab has opened with."""
    bring_forward(window, "Launcher")
    return window


def tiles(page: Page):
    return page.locator(".jp-LauncherCard[data-category=Dialogkort]")


def _open_tile(page: Page, name: str) -> Page:
    with page.expect_popup() as opened:
        tiles(page).get_by_text(name, exact=True).click()
    return opened.value


def test_a_tile_for_each_screen_stands_in_the_launcher_and_opens_its_page_in_a_new_tab(
    launcher: Page, lab: Lab
):
    addresses = {
        "Workshop": "",
        "Forbered en workshop": "forbered",
        "Overblik": "overblik",
        "Plenum": "plenum",
        "Kodning": "kodning",
        "Tast ind fra papir": "papir",
        "Del med rummet": "del",
    }
    assert tiles(launcher).all_inner_texts() == [*addresses]
    for name, path in addresses.items():
        page = _open_tile(launcher, name)
        page.locator(".dk").first.wait_for()
        assert page.url == f"{lab.base}dialogkort/{path}"
        assert page.title() == f"{name} – Dialogkort"
        assert page.evaluate("window.opener") is None
        page.close()


def test_what_is_written_on_the_page_below_jupyter_is_there_after_a_reload(launcher: Page, lab: Lab):
    page = _open_tile(launcher, "Workshop")
    begin(page, workshop="Under JupyterLab")
    card = turn(page)
    write(page, "Skrevet under JupyterLab")
    saved(page)
    page.reload()
    expect(page.locator(".dk-note textarea").first).to_have_value("Skrevet under JupyterLab")
    expect(page.locator(".dk-open-body h2")).to_be_visible()
    assert card in str(_stored_events(lab)["card"].tolist())


def _stored_events(lab: Lab):
    from dialogkort import read_all

    notes = read_all(lab.folder).notes
    return notes[notes["text"] == "Skrevet under JupyterLab"]


def test_a_notebook_and_a_page_in_the_same_lab_follow_each_other(notebook: Page, lab: Lab):
    begin(notebook, workshop="To veje")
    card = turn(notebook)
    saved(notebook)
    other = notebook.context.new_page()
    other.goto(f"{lab.base}dialogkort/")
    other.get_by_role("button", name=re.compile("^To veje")).click()
    expect(other.locator(".dk-open-body h2")).to_be_visible()
    write(other, "fra siden")
    saved(other)
    expect(note(notebook)).to_have_value("fra siden")
    assert card
    button(other, "pad.remove").first.click()
    expect(note(notebook)).to_have_value("")
    button(notebook, "bar.notes").click()
    part(notebook, "removed").locator("summary").click()
    button(part(notebook, "removed"), "notes.bring_back").click()
    expect(note(other)).to_have_value("fra siden")
    button(notebook.get_by_role("dialog"), "panel.close").click()
    button(other, "details.correct").first.click()
    other.get_by_role("dialog").get_by_label(words("start.workshop"), exact=True).fill("To veje, rettet")
    button(other, "details.save").click()
    expect(notebook.locator(".dk").get_by_role("heading", level=1)).to_have_text(
        re.compile("^To veje, rettet")
    )
    discuss(other)
    stage_is(notebook, "none")
    button(other, "end.end").click()
    expect(notice(notebook)).to_have_text(words("remote.ended"))
    button(notebook, "end.show").click()
    expect(notebook.get_by_role("heading", name=words("end.title"))).to_be_visible()
    button(other, "end.reopen").click()
    expect(button(notebook, "end.end")).to_be_visible()
    other.close()


# --- the last in that window: it has two screens from now on ----------------------------------------------


@pytest.fixture
def coding_notebook(window: Page, lab: Lab, tmp_path: Path) -> Page:
    """A notebook that says `Coding(...)` of thirty notes, between other cells."""
    store = open_store(tmp_path)
    session = sessions.start(store, read_deck(), seed=1, workshop="Digital dag", group="1", unit="Drift")
    for card in session.table.face_down[:15]:
        session.turn(card)
        for number in range(2):
            session.note(f"Note {number} til {card}", card=card)
    store.close()
    sources = ("1 + 1", f"from dialogkort import Coding\n\nCoding({str(tmp_path)!r})", "2 + 2")
    write_notebook(lab.notebooks / "kodning.ipynb", sources)
    open_notebook(window, "kodning.ipynb")
    return window


def test_the_note_at_hand_is_seen_whole_and_a_cell_run_again_asks_who_is_coding(
    coding_notebook: Page, lab: Lab, tmp_path: Path
):
    page = coding_notebook
    page.get_by_label("Hvem koder?").fill("Anna")
    page.get_by_role("button", name="Begynd").click()
    current = page.locator("[data-note][aria-current]")
    expect(current).to_be_focused()
    expect(page.locator(".dk[data-screen=coding]")).to_be_in_viewport(ratio=0.99)
    page.keyboard.press("n")
    page.keyboard.type("Mangel på tid")
    page.keyboard.press("Enter")
    expect(current).to_contain_text("Mangel på tid")
    for _ in range(15):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("1")
        expect(current).to_contain_text("Mangel på tid")
        expect(current).to_be_in_viewport(ratio=0.99)
        expect(current).to_be_focused()
    run_all(page)
    page.get_by_role("button", name="Fortsæt som Anna").wait_for(timeout=30_000)
    page.get_by_label("Hvem koder?").fill("Bo")
    page.get_by_role("button", name="Begynd").click()
    expect(page.get_by_role("button", name="Bo koder")).to_be_visible()
    prepare_and_come_back(page, lab, tmp_path)


def write_notebook(path: Path, sources: tuple[str, ...]) -> None:
    import nbformat

    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in sources])
    book.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(book, path)


def prepare_and_come_back(page: Page, lab: Lab, folder: Path) -> None:
    """A plan with a day and a deck of its own, and the answer of then and now, each in a cell."""
    store = open_store(folder)
    (earlier,) = store.sessions()
    later = sessions.start(store, read_deck(), workshop="Digital dag", group="1", date="2027-01-12")
    later.follow_up(earlier)
    store.close()
    cells = (f"dialogkort.{screen}({str(folder)!r})" for screen in ("Prepare", "Workshop"))
    write_notebook(lab.notebooks / "igen.ipynb", ("import dialogkort", *cells))
    open_notebook(page, "igen.ipynb")
    plan = page.get_by_role("region", name=words("prepare.title"), exact=True).locator("visible=true")
    button(plan, "prepare.begin").click()
    day = plan.get_by_label(words("prepare.fields.date"), exact=True)
    day.fill("12.1.27")
    day.press("Tab")
    expect(day).to_have_value("12. januar 2027")
    plan.locator("summary", has_text=words("decks.title")).click()
    button(plan, "decks.choose").click()
    deck = {"name": "Vores.csv", "mimeType": "text/csv", "buffer": "Område;Spørgsmål\nMøder;Hvem?".encode()}
    plan.locator("dialog[open] input[type=file]").set_input_files(deck)
    button(plan, "decks.use_beside").click()
    expect(plan.locator("summary", has_text=words("decks.title"))).to_contain_text("36 kort")
    saved(plan)

    table = page.get_by_role("region", name=words("title"), exact=True).locator("visible=true")
    assert table.evaluate("(screen) => screen.scrollWidth - screen.clientWidth") <= 0  # whole in the cell
    expect(button(table, "start.continue")).to_be_hidden()  # a phone's way to what lies far below
    table.locator(".dk-session").first.click()
    button(table, "then_and_now.title").click()
    both = table.get_by_role("dialog", name=words("then_and_now.title"))
    both.get_by_role("checkbox").check()
    expect(both).to_contain_text(text("narrative.nothing_to_compare"), timeout=60_000)  # none was turned yet


# --- behind nginx -----------------------------------------------------------------------------------------


def test_behind_nginx_the_lab_its_notebooks_and_its_pages_answer_below_the_base(
    page: Page, seen: list[str], lab: Lab, tmp_path: Path
):
    with nginx_before(lab.base, tmp_path, free_port()) as origin:
        base = f"{origin}{LAB_BASE}"
        with opened_and_run(page):
            page.goto(f"{base}lab/workspaces/nginx/tree/{lab.workshop_alone()}?token={lab.token}")
        begin(page, workshop="Notesbog bag nginx")
        turn(page)
        saved(page)
        page.locator("#jp-main-dock-panel .lm-TabBar-addButton").locator("visible=true").click()
        opened = _open_tile(page, "Workshop")
        assert opened.url == f"{base}dialogkort/"
        begin(opened, workshop="Side bag nginx")
        turn(opened)
        write(opened, "gennem nginx")
        saved(opened)
        opened.reload()
        expect(opened.locator(".dk-note textarea").first).to_have_value("gennem nginx")


def test_behind_nginx_the_command_alone_answers_by_its_public_name_below_the_base(
    page: Page, seen: list[str], tmp_path: Path
):
    port = free_port()
    public = f"kort.localhost:{port}"  # a name that browsers take for this machine
    options = ["--base-url", "/by/kort/", "--public-host", public, "--folder", str(tmp_path / "noter")]
    for server in run_module(["-m", "dialogkort", "--no-browser", *options]):
        address, key = server.url.split("#")
        with nginx_before(address, tmp_path, port) as origin:
            page.goto(f"http://{public}/by/kort/#{key}")
            begin(page, workshop="Bag nginx")
            turn(page)
            write(page, "ved sit offentlige navn")
            saved(page)
            page.reload()
            expect(page.locator(".dk-note textarea").first).to_have_value("ved sit offentlige navn")
            assert page.url.startswith(f"http://{public}/by/kort/")
            assert "key" not in page.url
            assert (
                page.request.get(f"{origin}/by/kort/").status == 403
            )  # nginx's own address is no name of it
