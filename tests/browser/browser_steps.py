"""Steps that several journeys take, and where things are on the page: by role, by hook, by their words."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Download, Locator, Page, expect

from dialogkort.domain.outcomes import SETTLED, Outcome
from dialogkort.i18n import text

_WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WCAG_AND_A_HEADING = {"runOnly": _WCAG_22_AA, "rules": {"page-has-heading-one": {"enabled": True}}}
OF_COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
_AXE = """async ([within, options]) => {
    const { violations } = await axe.run(within ?? document, options);
    return violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)]);
}"""
START_OR_TABLE = "[data-screen=start] form, [data-screen=table] [data-part=status]"


def words(key: str, **gaps: object) -> str:
    """What the page says, from its catalogue of texts."""
    return text(key if key.startswith("outcome.") else f"page.{key}", **gaps)


def step_label(what: str, number: object) -> str:
    """What undo calls a step, by the name of its last event."""
    settled = {outcome.column for outcome in SETTLED}
    return words(f"outcome.{what}.step" if what in settled else f"step.{what}", number=number)


# --- where things are -------------------------------------------------------------------------------------


def button(page: Page | Locator, key: str, **gaps: object) -> Locator:
    """A button, by the text it bears."""
    return page.get_by_role("button", name=words(key, **gaps), exact=True)


def part(page: Page | Locator, name: str) -> Locator:
    """A part of the screen that has no role of its own."""
    return page.locator(f"[data-part={name}]")


def cards(page: Page) -> Locator:
    return page.locator("[data-card]")


def card_at(page: Page, card: str) -> Locator:
    return page.locator(f"[data-card={card}]")


def notes(page: Page) -> Locator:
    """The fields of the notes on show; the last one is blank."""
    return page.get_by_role("textbox", name=words("pad.text"), exact=True)


def note(page: Page, which: int = 0) -> Locator:
    return notes(page).nth(which)


def values(page: Page) -> list[str]:
    """What stands in the notes on show, less the blank one."""
    return notes(page).evaluate_all("(fields) => fields.map((field) => field.value)")[:-1]


def question(page: Page) -> Locator:
    """The question of the card in hand."""
    return part(page, "question")


def progress(**counts: int) -> str:
    """What the bar says of the deck: so many cards each, those of which there are any."""
    key = {outcome.column: f"outcome.{outcome.column}.word" for outcome in Outcome}
    named = {words(key.get(name, "bar.progress_left")): count for name, count in counts.items()}
    return " · ".join(f"{count} {name}" for name, count in named.items())


def undo(page: Page) -> Locator:
    return part(page, "undo")


def notice(page: Page) -> Locator:
    """The sentence under the bar, while there is something to know."""
    return part(page, "notice")


@contextmanager
def watched(page: Page) -> Iterator[list[str]]:
    """What a page does wrong as long as this lasts, and those that it opens; in the end there is nothing."""
    faults: list[str] = []

    def look(url: str) -> None:
        name = urlsplit(url).hostname or "localhost"
        if name not in ("127.0.0.1", "localhost") and not name.endswith(".localhost"):
            faults.append(f"asked {url}")

    def watch(window: Page) -> None:
        window.on("pageerror", lambda error: faults.append(f"script error: {error}"))
        window.on("request", lambda request: look(request.url))
        window.on("websocket", lambda socket: look(socket.url))

    watch(page)
    page.context.on("page", watch)
    yield faults
    assert not faults, json.dumps(faults, indent=1)


@contextmanager
def move_before_each_press() -> Iterator[None]:
    """The mouse comes from elsewhere to what is clicked: a page refuses presses on what has just come under a
    pointer at rest, and how long a test takes from one press to the next is a matter of the machine."""
    click = Locator.click

    def click_from_elsewhere(self: Locator, **how: object) -> None:
        self.page.mouse.move(0, 0)
        click(self, **how)

    Locator.click = click_from_elsewhere
    try:
        yield
    finally:
        Locator.click = click


# --- what a group does ------------------------------------------------------------------------------------


def visit(page: Page, url: str) -> Page:
    """Open the workshop's page and wait until it can be used."""
    page.set_default_timeout(30_000)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(url)
    page.locator(START_OR_TABLE).locator("visible=true").first.wait_for()
    return page


def fill_in(page: Page, group: str = "Gruppe 1", workshop: str = "Prøveworkshop") -> None:
    """Fill in the form, and lay the cards on the table."""
    page.get_by_label(words("start.workshop"), exact=True).fill(workshop)
    page.get_by_label(words("start.group"), exact=True).fill(group)
    button(page, "start.begin").click()


def begin(page: Page, group: str = "Gruppe 1", workshop: str = "Prøveworkshop") -> str:
    """Begin, and go past the opening round; returns the session's id."""
    fill_in(page, group, workshop)
    button(page, "opening.to_cards").wait_for()
    page.mouse.move(0, 0)  # a press on what has just come under a pointer at rest does nothing
    button(page, "opening.to_cards").click()
    cards(page).first.wait_for()
    return session_of(page)


def session_of(page: Page) -> str:
    """The session that a window is at."""
    return page.evaluate("sessionStorage.getItem('dialogkort:session')")


def turn(page: Page, card: str | None = None) -> str:
    """Turn a card (any that lies face down, unless one is named) and wait until it can be read."""
    card = card or page.locator("[data-card][data-state=down]").first.get_attribute("data-card")
    page.mouse.move(0, 0)
    card_at(page, card).click()  # by its name: which one is the first may change meanwhile
    expect(question(page)).to_be_visible()
    return card


def discuss(page: Page) -> None:
    button(page, "outcome.discussed.button").click()


def write(page: Page, content: str) -> None:
    """Write a note; it is sent after a breath."""
    notes(page).last.fill(content)


def go_through_the_new_screens(page: Page) -> None:
    """At an open card: look at the guide while a note is written, remove it, bring it back, end, go on."""
    write(page, "tages væk og hentes tilbage")
    look_at_the_guide(page)
    expect(note(page)).to_have_value("tages væk og hentes tilbage")
    saved(page)
    button(page, "pad.remove").first.click()
    button(page, "bar.notes").click()
    removed = part(page, "removed")
    removed.locator("summary").click()
    button(removed, "notes.bring_back").click()
    all_notes = page.get_by_role("dialog", name=words("notes.title"))
    expect(note(all_notes)).to_have_value("tages væk og hentes tilbage")
    button(all_notes, "panel.close").click()
    page.get_by_role("button", name=words("details.correct")).locator("visible=true").click()
    details = page.get_by_role("dialog", name=words("details.correct"))
    details.get_by_label(words("start.unit"), exact=True).fill("Aftenholdet")
    button(details, "details.save").click()
    expect(details).to_be_hidden()
    discuss(page)
    stage_is(page, "none")
    button(page, "end.end").click()
    expect(part(page, "talked")).to_contain_text(words("table.notes", count=1))
    button(page, "notes.title").click()
    expect(note(all_notes)).to_have_value("tages væk og hentes tilbage")
    page.keyboard.press("Escape")
    expect(all_notes).to_be_hidden()
    button(page, "end.reopen").click()
    stage_is(page, "none")
    saved(page)


def look_at_the_guide(page: Page) -> None:
    """Open the guide for facilitators from the table, see a picture of it, and close it again."""
    if button(page, "bar.more").is_visible():
        button(page, "bar.more").click()
    button(page, "bar.guide").click()
    button(page, "help.facilitators").click()
    guide = page.get_by_role("dialog", name=words("help.title"))
    expect(guide.get_by_role("img").first).to_be_visible()
    button(guide, "panel.close").click()
    expect(guide).to_be_hidden()


def hand_over(page: Page, form: str) -> Download:
    """In the open dialog "Hent": have a file made and handed over; the page says that it came."""
    page.mouse.move(5, 5)  # what has just come under a pointer at rest would not be meant
    with page.expect_download(timeout=60_000) as waiting:
        page.locator(f"[data-file={form}]").locator("visible=true").click()
    status = file_status(page)
    expect(status).to_have_attribute("data-state", "done")
    expect(status.get_by_role("link")).to_have_text(waiting.value.suggested_filename)
    return waiting.value


def file_kinds(page: Page) -> set[str]:
    """The kinds of files that the open dialog "Hent" offers."""
    return set(
        page.locator("dialog[open] [data-file]").evaluate_all("(ways) => ways.map((way) => way.dataset.file)")
    )


def file_status(page: Page) -> Locator:
    """What came of a file, in the open dialog."""
    return part(page.locator("dialog[open]").last, "file")


def lies(page: Page, card: str, state: str) -> None:
    """The card lies so, or will in a moment."""
    expect(card_at(page, card)).to_have_attribute("data-state", state)


def stage_is(page: Page, mode: str) -> None:
    """What lies over the table: `none`, a `card` or the `opening` round."""
    expect(page.locator("[data-screen] [data-mode]")).to_have_attribute("data-mode", mode)


def status_is(page: Page, state: str) -> None:
    """The bar says so, or will in a moment."""
    expect(part(page, "status")).to_have_attribute("data-state", state, timeout=30_000)


def in_contact_again(page: Page) -> None:
    """Wait until a page that has said that it has no contact says otherwise: "back" stands there for a moment
    only, which may be over before a slow machine looks."""
    expect(part(page, "status")).to_have_attribute("data-state", re.compile("^(back|saving|saved)$"))


def state_after(control: Locator, act: str) -> str:
    """What the bar says in the very moment when something was done to a control (a function of it)."""
    status = "document.querySelector('[data-part=status]').dataset.state"
    return control.evaluate(f"(control) => {{ ({act})(control); return {status}; }}")


def saved(page: Page) -> None:
    """Wait until the screen says that everything is saved."""
    page.locator("[data-part=status][data-state=saved]").wait_for(timeout=30_000)


def examine(page: Page, name: str, within: str | None = None) -> None:
    """No violation of WCAG 2.2 A or AA, as far as axe-core can tell, in the theme at hand, and a heading."""
    _run_axe(page, name, within, WCAG_AND_A_HEADING)


def examine_in_both_themes(page: Page, name: str, within: str | None = None) -> None:
    """Every rule by day, those of colours by night, too."""
    page.emulate_media(color_scheme="light")
    screen_in_theme(page, "light").wait_for()
    examine(page, name, within)
    page.emulate_media(color_scheme="dark")
    screen_in_theme(page, "dark").wait_for()
    _run_axe(page, f"{name}, dark", within, OF_COLOURS)
    page.emulate_media(color_scheme="light")


def screen_in_theme(page: Page, theme: str) -> Locator:
    return page.locator(f"[data-screen][data-theme={theme}]")


def axe_faults(page: Page, within: str | None, options: dict) -> list[list]:
    """What axe-core finds wrong: each rule, and where it is broken."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{AXE_SCRIPT}; 0")
    return page.evaluate(_AXE, [within, {"resultTypes": ["violations"], "preload": False, **options}])


def _run_axe(page: Page, name: str, within: str | None, options: dict) -> None:
    faults = axe_faults(page, within, options)
    assert not faults, f"{name}: {faults}"
