"""Light or dark is right at every load, and follows when it changes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from static_frontend import static_frontend

_FOLLOW = """async () => {
    const { followTheme } = await import("/core/theme.js");
    window.changes = [];
    window.root = document.createElement("section");
    document.body.append(root);
    window.stop = followTheme(root, () => changes.push(root.dataset.theme));
    return root.dataset.theme;
}"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with static_frontend() as address:
        yield address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_screen_knows_before_its_style_sheet_is_there(page: Page, address: str, scheme: str):
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    assert page.evaluate(_FOLLOW) == scheme


def test_a_screen_follows_the_system_and_says_so_once(page: Page, address: str):
    page.emulate_media(color_scheme="light")
    page.goto(address)
    page.evaluate(_FOLLOW)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("changes.length")
    assert page.evaluate("[root.dataset.theme, changes]") == ["dark", ["dark"]]


def test_a_notebooks_theme_comes_before_the_systems(page: Page, address: str):
    page.emulate_media(color_scheme="dark")
    page.goto(address)
    page.evaluate("document.body.dataset.jpThemeLight = 'true'")
    assert page.evaluate(_FOLLOW) == "light"
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    page.wait_for_function("changes.length")
    assert page.evaluate("root.dataset.theme") == "dark"


def test_a_screen_that_was_closed_follows_no_more(page: Page, address: str):
    page.emulate_media(color_scheme="light")
    page.goto(address)
    page.evaluate(_FOLLOW)
    page.evaluate("stop()")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("matchMedia('(prefers-color-scheme: dark)').matches")
    assert page.evaluate("root.dataset.theme") == "light"
