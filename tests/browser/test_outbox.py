"""The outbox in a real browser: what a window leaves behind is taken over, what a living one has is not.

On plain http at a LAN address a browser has no Web Locks: everything here holds with and without.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Error, Page
from running import until
from static_frontend import static_frontend

SESSION = "01974000-0000-7000-8000-000000000000"
DRAFT = {"what": "noted", "session": SESSION, "id": "d", "note": "n", "text": "half", "draft": True}
EVENT = {"what": "turned", "session": SESSION, "id": "e", "card": "a"}
# A window with an outbox of its own, and what it has found of others.
_OPEN = """async () => {
    const { openOutbox } = await import("/sync/outbox.js");
    window.found = [];
    window.outbox = openOutbox((events) => window.found.push(...events));
}"""
_NO_LOCKS = "Object.defineProperty(Navigator.prototype, 'locks', { get: () => undefined })"
_OUTBOX_KEYS = "Object.keys(localStorage).filter((key) => key.startsWith('dialogkort:outbox:'))"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with static_frontend() as address:
        yield address


@pytest.fixture(params=["locks", "no locks"])
def browser_windows(request: pytest.FixtureRequest, context: BrowserContext) -> BrowserContext:
    if request.param == "no locks":
        context.add_init_script(_NO_LOCKS)
    return context


@pytest.fixture
def window(browser_windows: BrowserContext, address: str):
    """A new window at the session; called with what it keeps."""

    def open_window(*stored: dict) -> Page:
        page = browser_windows.new_page()
        page.set_default_timeout(30_000)
        page.goto(address)
        page.evaluate(_OPEN)
        _keep(page, *stored)
        page.evaluate(f"outbox.join({SESSION!r})")
        return page

    return open_window


def _keep(page: Page, *events: dict) -> None:
    page.evaluate("(events) => outbox.save(events)", list(events))


def _adopted(page: Page) -> list[dict]:
    return page.evaluate("found")


def _wait_for_adopted(page: Page, count: int) -> None:
    page.wait_for_function(f"found.length >= {count}")


def test_what_a_crashed_window_left_behind_is_taken_over_once(window):
    crashed, other = window(EVENT, DRAFT), window()
    assert _adopted(other) == []
    with pytest.raises(Error, match="crash"):
        crashed.goto("chrome://crash")
    _wait_for_adopted(other, 2)
    assert _adopted(other) == [EVENT, DRAFT]
    assert other.evaluate(_OUTBOX_KEYS) == []


def test_what_a_closed_window_left_behind_is_found_by_the_next_that_comes(window):
    window(EVENT).close()
    later = window()
    _wait_for_adopted(later, 1)
    assert _adopted(later) == [EVENT]


def test_a_window_that_says_goodbye_is_not_waited_for(window, browser_windows: BrowserContext):
    browser_windows.clock.install()
    first, second = window(EVENT), window()
    browser_windows.clock.pause_at(datetime.now() + timedelta(minutes=1))  # nobody asks any more, nor counts
    assert _adopted(second) == []
    first.evaluate("outbox.close()")
    until(lambda: _adopted(second) == [EVENT])


def test_what_a_living_window_has_is_not_taken_out_of_its_hands(window):
    """One types a letter now and then, one thinks, longer than a silent window would be waited for."""
    writer, thinker, other = window(DRAFT), window({**DRAFT, "note": "m"}), window()
    other.evaluate("window.since = Date.now()")
    letters = "en lang note"
    for count in range(len(letters)):
        _keep(writer, {**DRAFT, "text": letters[: count + 1]})
        writer.wait_for_timeout(700)  # a person who thinks; timers are what this is about
    other.wait_for_function("Date.now() - since > 8_000")
    assert _adopted(other) == _adopted(writer) == _adopted(thinker) == []
    assert len(other.evaluate(_OUTBOX_KEYS)) == 2
    assert "en lang note" in str(other.evaluate(f"{_OUTBOX_KEYS}.map((key) => localStorage[key])"))


def test_two_windows_that_wait_for_the_same_find_the_same(window):
    """A browser tells its windows late what was removed: both may have it, with one id in both."""
    crashed, *others = window(EVENT, DRAFT), window(), window()
    with pytest.raises(Error, match="crash"):
        crashed.goto("chrome://crash")
    for other in others:
        other.wait_for_function(f"{_OUTBOX_KEYS}.length === 0")
    actual = [_adopted(other) for other in others]
    assert [EVENT, DRAFT] in actual
    assert all(events in ([EVENT, DRAFT], []) for events in actual)


def test_what_belongs_to_another_session_is_left_where_it_is(window):
    elsewhere = {**EVENT, "session": SESSION.replace("4000", "5000")}
    window(elsewhere, EVENT).close()
    later = window()
    _wait_for_adopted(later, 1)
    assert _adopted(later) == [EVENT]
    assert [key for key in later.evaluate(_OUTBOX_KEYS) if "5000" in key] != []
