"""Steps that several journeys take."""

import psutil
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from running import Running

_WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def begin(page: Page, group: str = "Gruppe 1", workshop: str = "Prøveworkshop") -> str:
    """Fill in the form, lay the cards on the table, go past the opening round; returns the session's id."""
    page.get_by_label("Workshop", exact=True).fill(workshop)
    page.get_by_label("Gruppe", exact=True).fill(group)
    page.get_by_role("button", name="Læg kortene på bordet").click()
    page.get_by_role("button", name="Til kortene").click()
    page.locator(".dk-card").first.wait_for()
    return page.evaluate("sessionStorage.getItem('dialogkort:session')")


def turn(page: Page, card: str | None = None) -> str:
    """Turn a card (any that lies face down, unless one is named) and wait until it can be read."""
    place = page.locator(f"[data-card={card}]" if card else ".dk-card[data-state=down]").first
    card = place.get_attribute("data-card")
    place.click()
    expect(page.locator(".dk-open-body h2")).to_be_visible()
    return card


def write(page: Page, words: str) -> None:
    """Write a note; it is sent after a breath."""
    page.get_by_placeholder("Skriv en note …").last.fill(words)


def own_kernel(page: Page, server: Running) -> psutil.Process:
    """The kernel that answered a page when it was loaded."""
    told = "JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId"
    own = page.evaluate(told)
    (kernel,) = (kernel for kernel in server.kernels() if own in " ".join(kernel.cmdline()))
    return kernel


def saved(page: Page) -> None:
    """Wait until the screen says that everything is saved."""
    page.locator(".dk-status[data-state=saved]").wait_for(timeout=20_000)


def examine(page: Page, name: str, within: str | None = None) -> None:
    """No violation of WCAG 2.2 A or AA, as far as axe-core can tell."""
    options = {"runOnly": _WCAG_22_AA}
    found = Axe().run(page, context=within, options=options).response["violations"]
    told = [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in found]
    assert not told, f"{name}: {told}"
