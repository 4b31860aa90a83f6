"""The address and its key: who has it comes in, nobody is shown it, and a stranger at the port gets none."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browser_steps import (
    begin,
    cards,
    examine_in_both_themes,
    note,
    notice,
    part,
    question,
    saved,
    status_is,
    turn,
    values,
    visit,
    words,
    write,
)
from impostor_server import CHALLENGE, TRICKS, stranger_at
from playwright.sync_api import Page, Route, expect
from running import Running, until, until_in_its_time

from dialogkort.sessions.session import Session
from dialogkort.store import open_store
from dialogkort.ui.screens import SCREENS


def _key(url: str) -> str:
    return urlsplit(url).fragment.removeprefix("key=")


# --- the key ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("screen", SCREENS.values())
def test_the_key_is_gone_from_the_address_before_anything_else_is_loaded(
    page: Page, server: Running, seen: list[str], screen: str
):
    key = _key(server.url)
    at_each_request: list[str] = []

    def look(route: Route) -> None:
        at_each_request.append(page.evaluate("location.href"))
        route.continue_()

    page.route("**/assets/**", look)
    page.goto(server.page(screen=screen))
    page.locator("[data-screen]").wait_for()
    until(lambda: len(at_each_request) >= 2)
    assert all(key not in address for address in at_each_request)
    assert key not in page.url


def test_the_key_is_kept_by_this_window_alone_and_never_travels(page: Page, server: Running, seen: list[str]):
    """Neither in an address nor in a header, a cookie, or a message of the socket."""
    key, travelled = _key(server.url), []
    page.on("request", lambda request: travelled.append(f"{request.url} {request.all_headers()}"))
    page.on(
        "websocket",
        lambda socket: (
            travelled.append(socket.url),
            socket.on("framesent", lambda sent: travelled.append(sent)),
        ),
    )
    visit(page, server.url)
    begin(page)
    turn(page)
    write(page, "en note")
    saved(page)
    assert any("sign_in" in str(sent) for sent in travelled)
    assert not any(key in str(sent) for sent in travelled)
    assert page.context.cookies() == []
    assert page.evaluate("sessionStorage['dialogkort:key']") == key
    assert key not in page.evaluate("JSON.stringify([{ ...localStorage }, history.state, document.cookie])")


def test_no_address_in_the_history_holds_the_key(page: Page, server: Running, seen: list[str]):
    visit(page, server.url)
    begin(page)
    page.goto("about:blank")
    page.go_back()
    cards(page).first.wait_for()  # the window has its key still
    session = page.context.new_cdp_session(page)
    entries = session.send("Page.getNavigationHistory")["entries"]
    assert len(entries) >= 2
    assert not any(_key(server.url) in entry["url"] for entry in entries)


@pytest.mark.parametrize("screen", SCREENS.values())
def test_an_address_without_its_key_says_so_and_shows_nothing(
    page: Page, server: Running, seen: list[str], screen: str
):
    page.goto(server.page(screen=screen).partition("#")[0])
    expect(notice(page)).to_have_text(words("line.no_key"))
    expect(page.locator("form, [data-card], [data-note]").locator("visible=true")).to_have_count(0)
    examine_in_both_themes(page, "without a key")


@pytest.mark.parametrize("screen", SCREENS.values())
def test_a_key_that_is_not_the_right_one_is_told_and_the_right_one_opens_the_same_window(
    page: Page, server: Running, seen: list[str], screen: str
):
    address = server.page(screen=screen)
    page.goto(address.replace(_key(address), "x" * 32))
    expect(notice(page)).to_have_text(words("line.locked"))
    expect(page.locator("form, [data-card], [data-note]").locator("visible=true")).to_have_count(0)
    page.goto(address)
    expect(notice(page)).to_be_hidden()
    page.get_by_role("heading").first.wait_for()


def test_a_server_that_was_given_a_new_key_says_that_the_old_address_is_not_good_any_more(
    page: Page, server: Running, seen: list[str], folder: Path
):
    """What is written meanwhile is there under the new address."""
    visit(page, server.url)
    session = begin(page)
    turn(page)
    saved(page)
    server.kill()
    write(page, "skrevet, før den nye adresse blev åbnet")
    status_is(page, "offline")
    (folder / ".dialogkort-key").unlink()
    server.start("--port", str(urlsplit(server.url).port))
    expect(notice(page)).to_have_text(words("line.locked"))
    page.goto(server.page(session))
    expect(note(page)).to_have_value("skrevet, før den nye adresse blev åbnet")
    saved(page)
    assert values(page) == ["skrevet, før den nye adresse blev åbnet"]


# --- a stranger at the port -------------------------------------------------------------------------------


def test_a_stranger_who_has_taken_the_port_gets_neither_key_nor_notes(
    page: Page, server: Running, seen: list[str], folder: Path
):
    """The page proves itself and asks for proof; it says that it has no contact, and goes on afterwards."""
    page.clock.install()
    visit(page, server.url)
    session = begin(page)
    turn(page)
    written = ["før den fremmede"]
    write(page, *written)
    saved(page)
    question_text = question(page).inner_text()
    page.evaluate("window.sammeSide = true")
    server.kill()
    for trick, messages in TRICKS.items():
        with stranger_at(urlsplit(server.url).port, messages) as stranger:
            until_in_its_time(page, lambda stranger=stranger: stranger.visits > 0)
            until(lambda stranger=stranger, messages=messages: stranger.received or CHALLENGE not in messages)
            status_is(page, "offline")
            written.append(f"kun for os selv: {trick}")
            write(page, written[-1])
            page.evaluate("dispatchEvent(new Event('online'))")
            until_in_its_time(page, lambda stranger=stranger: stranger.visits > 1)
            expect(part(page, "status")).to_have_attribute("data-state", "offline")
            expect(question(page)).to_have_text(question_text)
            assert values(page) == written
        got = json.dumps([stranger.received, stranger.requested], ensure_ascii=False)
        for secret in (_key(server.url), *written):
            assert secret not in got, trick
        for message in map(json.loads, stranger.received):
            assert set(message) == {"type", "nonce", "proof"} and message["type"] == "sign_in"
    server.start()
    saved(page)
    assert page.evaluate("window.sammeSide")
    store = open_store(folder)
    assert [note.text for note in Session(store, session).notes] == written
    store.close()
