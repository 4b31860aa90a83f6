"""Nothing is ever lost: reloads, cut lines, killed kernels and servers, two windows at one table."""

import os
import re
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from browser_steps import begin, examine, own_kernel, saved, turn, write
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect
from running import Running, run_module, until
from wire import Wire, wire_to

from dialogkort.events import Discussed, Event, Noted, Skipped, Turned
from dialogkort.session import Session
from dialogkort.store import open_store

_OUTBOXES = "Object.keys(localStorage).filter((key) => key.startsWith('dialogkort:outbox:'))"


@pytest.fixture
def wire(server: Running) -> Iterator[Wire]:
    with wire_to(server.url) as wire:
        yield wire


@pytest.fixture
def far(page: Page, wire: Wire, seen: list[str]) -> Page:
    """The workshop's page, at the far end of a wire."""
    return _open(page, wire.url)


def _open(page: Page, url: str) -> Page:
    page.set_default_timeout(15_000)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(url)
    page.locator(".dk-start-form, .dk-bar").locator("visible=true").wait_for()
    return page


def _beside(page: Page, session: str) -> Page:
    """Another tab of the same browser at the same table."""
    return _open(page.context.new_page(), _address(page, session))


def _address(page: Page, session: str) -> str:
    return f"{page.url.split('&session')[0]}&session={session}"


def _state(page: Page, state: str) -> None:
    """The bar says so, or will in a moment."""
    expect(page.locator(".dk-status")).to_have_attribute("data-state", state, timeout=25_000)


def _kept(folder: Path, session: str) -> list[Event]:
    """What the store has of a session."""
    store = open_store(folder)
    try:
        return store.events(session)[0]
    finally:
        store.close()


def _notes(folder: Path, session: str) -> list[str]:
    store = open_store(folder)
    try:
        return [note.text for note in Session(store, session).notes]
    finally:
        store.close()


def _once(events: list[Event]) -> None:
    assert max(Counter(event.id for event in events).values()) == 1


def _values(page: Page) -> list[str]:
    """What stands in the notes on show, less the blank one."""
    return [note.input_value() for note in page.locator(".dk-note textarea").all()][:-1]


@contextmanager
def _asleep(process: psutil.Process) -> Iterator[None]:
    process.suspend()
    try:
        yield
    finally:
        process.resume()


# --- a reload ---------------------------------------------------------------------------------------------


def test_what_is_on_its_way_survives_a_reload(workshop: Page, server: Running, folder: Path):
    session = begin(workshop)
    with _asleep(own_kernel(workshop, server)):
        card = turn(workshop)
        write(workshop, "på vej")
        workshop.wait_for_function(f"{_OUTBOXES}.some((key) => localStorage[key].includes('på vej'))")
        workshop.reload()
    saved(workshop)
    expect(workshop.locator(".dk-note textarea").first).to_have_value("på vej")
    events = _kept(folder, session)
    _once(events)
    assert [event.card for event in events if isinstance(event, Turned)] == [card]
    workshop.wait_for_function(f"!{_OUTBOXES}.some((key) => key.includes('{session}'))")


def test_a_letter_that_was_just_typed_survives_a_crash_of_the_tab(workshop: Page, folder: Path):
    """Nobody is told that a tab crashes: what the browser has is what is left."""
    session = begin(workshop)
    turn(workshop)
    note = workshop.get_by_placeholder("Skriv en note …").first
    note.click()
    workshop.keyboard.insert_text("midt i en sætn")
    address, context = _address(workshop, session), workshop.context
    with pytest.raises(Error, match="crash"):
        workshop.goto("chrome://crash")
    again = _open(context.new_page(), address)
    expect(again.locator(".dk-note textarea").first).to_have_value("midt i en sætn")
    saved(again)
    assert _notes(folder, session) == ["midt i en sætn"]


def test_a_tab_that_is_closed_right_after_a_word_keeps_the_word(workshop: Page, folder: Path):
    session = begin(workshop)
    turn(workshop)
    write(workshop, "lukket lige efter")
    with workshop.expect_event("close"):
        workshop.close(run_before_unload=True)
    until(lambda: _notes(folder, session) == ["lukket lige efter"])


def test_a_reload_leads_back_to_the_letter_one_was_at(workshop: Page):
    begin(workshop)
    turn(workshop)
    for words in ("første", "anden", "tredje"):
        write(workshop, words)
    saved(workshop)
    workshop.locator(".dk-note textarea").nth(1).click()
    for _ in range(2):
        workshop.keyboard.press("ArrowLeft")
    workshop.reload()
    expect(workshop.locator(".dk-note textarea").nth(1)).to_be_focused()
    workshop.keyboard.insert_text("!")
    expect(workshop.locator(".dk-note textarea").nth(1)).to_have_value("and!en")


# --- the line is cut --------------------------------------------------------------------------------------


def _work(page: Page, seconds: float, words: list[str]) -> list[str]:
    """Turn cards, write and settle them for a while; the cards that were turned."""
    cards = []
    for round, word in enumerate(words):
        cards.append(turn(page))
        for letter in word:
            page.get_by_placeholder("Skriv en note …").first.press_sequentially(letter)
        page.wait_for_timeout(seconds * 1000 / len(words))  # a person takes that long
        if round % 2:
            page.get_by_role("button", name="Spring over, fordi").click()
            page.get_by_role("button", name="Uklart").click()
        else:
            page.get_by_role("button", name="ens", exact=True).click()
            page.get_by_role("button", name="Drøftet", exact=True).click()
        expect(page.locator(".dk-stage")).to_have_attribute("data-mode", "none")
    return cards


def test_ten_seconds_without_a_line_cost_nothing(far: Page, wire: Wire, folder: Path):
    session = begin(far)
    turn(far)
    write(far, "før")
    saved(far)
    far.get_by_role("button", name="Drøftet", exact=True).click()
    wire.cut()
    cards = _work(far, 10, ["en", "to", "tre", "fire"])
    _state(far, "offline")
    expect(far.locator(".dk-status")).to_have_text("Ingen forbindelse")
    expect(far.locator(".dk-strip")).to_contain_text("bliver på denne enhed")
    expect(far.locator(f"[data-card={cards[1]}]")).to_contain_text("Uklart")
    wire.mend()
    _state(far, "back")
    saved(far)
    expect(far.locator(".dk-strip")).to_be_hidden()
    events = _kept(folder, session)
    _once(events)
    assert [event.card for event in events if isinstance(event, Turned)][1:] == cards
    assert [event.card for event in events if isinstance(event, Discussed)][1:] == cards[::2]
    assert [event.card for event in events if isinstance(event, Skipped)] == cards[1::2]
    assert _notes(folder, session) == ["før", "en", "to", "tre", "fire"]
    assert events == sorted(events, key=lambda event: event.id)
    assert far.evaluate(f"{_OUTBOXES}.length") == 0


def test_a_cable_that_is_pulled_is_noticed_by_the_silence(far: Page, wire: Wire, folder: Path):
    session = begin(far)
    wire.swallow()
    turn(far)
    write(far, "i stilheden")
    _state(far, "offline")
    wire.mend()
    saved(far)
    assert _notes(folder, session) == ["i stilheden"]


def test_the_page_is_the_same_page_after_a_cut(far: Page, wire: Wire):
    """Nothing flickers, the caret stays, and full screen would, too: nothing is loaded again."""
    begin(far)
    turn(far)
    write(far, "begyndt")
    far.evaluate("window.sammeSide = true")
    far.locator(".dk-note textarea").first.click()
    wire.cut()
    _state(far, "offline")
    far.keyboard.insert_text(" og fortsat")
    wire.mend()
    far.keyboard.insert_text(" og endt")
    saved(far)
    assert far.evaluate("window.sammeSide")
    expect(far.locator(".dk-note textarea").first).to_be_focused()
    expect(far.locator(".dk-note textarea").first).to_have_value("begyndt og fortsat og endt")


def test_five_minutes_of_typing_do_not_fill_the_browser(far: Page, wire: Wire, folder: Path):
    """Without a line the newest version of a note stands for those before it."""
    session = begin(far)
    turn(far)
    write(far, "0")
    saved(far)
    wire.cut()
    _state(far, "offline")
    for version in range(1, 30):
        write_again(far, f"{version} " * 50)
    kept = far.evaluate(f"JSON.parse(localStorage[{_OUTBOXES}[0]])")
    assert len([event for event in kept if event["what"] == "noted"]) <= 2  # and perhaps one half-written
    wire.mend()
    saved(far)
    assert _notes(folder, session) == ["29 " * 50]


def write_again(page: Page, words: str) -> None:
    note = page.locator(".dk-note textarea").first
    note.fill(words)
    note.dispatch_event("focusout")  # it is sent at once


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 720), (390, 844)])
def test_no_violation_of_wcag_22_without_a_line(far: Page, wire: Wire, scheme: str, size: tuple[int, int]):
    """And the longest question is read whole under the sentence, except on a phone."""
    width, height = size
    far.set_viewport_size({"width": width, "height": height})
    far.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    begin(far)
    turn(far, "medarbejderen-10")
    wire.cut()
    _state(far, "offline")
    examine(far, "without a line")
    if width > 400:
        far.wait_for_function(
            "(({ scrollHeight, clientHeight }) => scrollHeight <= clientHeight + 1)"
            "(document.querySelector('.dk-open-body'))"
        )


def test_undo_without_a_line_takes_back_what_was_done_without_it(far: Page, wire: Wire, folder: Path):
    session = begin(far)
    wire.cut()
    _state(far, "offline")
    expect(far.locator(".dk-undo")).to_be_disabled()
    card = turn(far)
    far.get_by_role("button", name="Drøftet", exact=True).click()
    expect(far.locator(f"[data-card={card}]")).to_have_attribute("data-state", "discussed")
    far.locator(".dk-undo").click()
    expect(far.locator(".dk-stage")).to_have_attribute("data-mode", "card")
    far.locator(".dk-undo").click()
    expect(far.locator(f"[data-card={card}]")).to_have_attribute("data-state", "down")
    expect(far.locator(".dk-undo")).to_be_disabled()
    wire.mend()
    saved(far)
    store = open_store(folder)
    assert not Session(store, session).table.turned
    store.close()


def test_a_browser_that_cannot_keep_anything_says_so(far: Page, wire: Wire, folder: Path):
    far.evaluate("() => { Storage.prototype.setItem = () => { throw new DOMException('full') } }")
    begin(far)
    session = re.search(r"session=([\w-]+)", far.url)[1]
    turn(far)
    wire.cut()
    write(far, "kun her")
    _state(far, "offline")
    expect(far.locator(".dk-strip")).to_contain_text("Luk ikke siden")
    with far.expect_event("dialog") as warning:
        far.close(run_before_unload=True)
    assert warning.value.type == "beforeunload"
    warning.value.dismiss()
    wire.mend()
    saved(far)
    assert _notes(folder, session) == ["kun her"]


# --- the kernel dies --------------------------------------------------------------------------------------


def test_a_killed_kernel_is_replaced_while_one_goes_on_writing(workshop: Page, server: Running, folder: Path):
    session = begin(workshop)
    card = turn(workshop)
    write(workshop, "før")
    saved(workshop)
    workshop.evaluate("window.sammeSide = true")
    note = workshop.locator(".dk-note textarea").first
    note.click()
    own_kernel(workshop, server).kill()
    for letter in " og efter":
        workshop.keyboard.type(letter, delay=120)
    _state(workshop, "back")
    saved(workshop)
    assert workshop.evaluate("window.sammeSide")
    expect(note).to_be_focused()
    expect(note).to_have_value("før og efter")
    workshop.get_by_role("button", name="Drøftet", exact=True).click()
    saved(workshop)
    assert _notes(folder, session) == ["før og efter"]
    assert [event.card for event in _kept(folder, session) if isinstance(event, Discussed)] == [card]


def test_a_kernel_that_took_another_ones_place_goes_with_the_page(workshop: Page, server: Running):
    begin(workshop)
    own_kernel(workshop, server).kill()
    _state(workshop, "back")
    kernels = server.kernels()
    workshop.goto("about:blank")
    gone, _ = psutil.wait_procs(kernels, timeout=10, callback=None)
    assert gone


def test_a_spare_kernel_that_died_is_given_to_nobody(workshop: Page, server: Running, page: Page):
    own = own_kernel(workshop, server)
    spares = [kernel for kernel in server.kernels() if kernel.pid != own.pid]
    for spare in spares:
        spare.kill()
    psutil.wait_procs(spares, timeout=10)
    other = page.context.new_page()
    _open(other, server.url)
    begin(other)
    turn(other)
    saved(other)


def test_kernels_that_die_at_once_are_not_asked_for_without_end(workshop: Page, server: Running):
    begin(workshop)
    workshop.evaluate("sessionStorage['dialogkort:starts'] = JSON.stringify([1, 2, 3].map(() => Date.now()))")
    own_kernel(workshop, server).kill()
    button = workshop.locator(".dk-strip").get_by_role("button", name="Genindlæs")
    button.click(timeout=20_000)
    saved(workshop)


# --- the server is killed ---------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signal")
def test_a_page_goes_on_by_itself_when_the_command_was_killed_and_started_again(
    page: Page, seen: list[str], tmp_path: Path
):
    command = ["-m", "dialogkort.app", "--no-browser", "--folder", str(tmp_path)]
    for first in run_module(command):
        _open(page, first.url)
        session = begin(page)
        turn(page)
        write(page, "før")
        saved(page)
        page.evaluate("window.sammeSide = true")
        first.process.send_signal(signal.SIGKILL)
        first.process.wait(10)
    page.get_by_placeholder("Skriv en note …").last.click()
    page.keyboard.type("skrevet, mens der ingen var")
    _state(page, "offline")
    for second in run_module(command):
        assert second.url == first.url
        saved(page)
        assert page.evaluate("window.sammeSide")
        assert _notes(tmp_path, session) == ["før", "skrevet, mens der ingen var"]


# --- two windows ------------------------------------------------------------------------------------------


def test_a_second_window_follows_within_a_second_or_two(workshop: Page):
    session = begin(workshop)
    other = _beside(workshop, session)
    card = turn(workshop)
    expect(other.locator(".dk-stage")).to_have_attribute("data-mode", "card", timeout=2500)
    expect(other.locator(".dk-strip")).to_contain_text("blev vendt i et andet vindue")
    write(other, "fra den anden")
    expect(workshop.locator(".dk-note textarea").first).to_have_value("fra den anden", timeout=3000)
    other.get_by_role("button", name="Drøftet", exact=True).click()
    expect(workshop.locator(f"[data-card={card}]")).to_have_attribute("data-state", "discussed", timeout=3000)
    expect(workshop.locator(".dk-strip")).to_contain_text("blev drøftet i et andet vindue")


def test_two_tabs_of_one_browser_keep_an_outbox_each(far: Page, wire: Wire, folder: Path):
    session = begin(far)
    card = turn(far)
    other = _beside(far, session)
    expect(other.locator(".dk-question")).to_be_visible()
    wire.cut()
    for tab in (far, other):
        _state(tab, "offline")
    write(far, "fra den ene")
    write(other, "fra den anden")
    far.wait_for_function(f"{_OUTBOXES}.length === 2")
    far.close()  # what it leaves behind is taken over by the one that is still there
    other.wait_for_function(f"{_OUTBOXES}.length === 1")
    wire.mend()
    saved(other)
    assert sorted(_notes(folder, session)) == ["fra den anden", "fra den ene"]
    assert all(event.card == card for event in _kept(folder, session) if isinstance(event, Noted))


@pytest.fixture
def elsewhere(browser: Browser) -> Iterator[BrowserContext]:
    """Another browser, as on another device."""
    context = browser.new_context()
    yield context
    context.close()


def test_two_devices_that_write_in_the_same_note_both_keep_their_words(
    far: Page, wire: Wire, server: Running, elsewhere: BrowserContext, folder: Path
):
    session = begin(far)
    turn(far)
    write(far, "fælles")
    saved(far)
    other = _open(elsewhere.new_page(), f"{server.url}&session={session}")
    expect(other.locator(".dk-note textarea").first).to_have_value("fælles")
    wire.cut()
    _state(far, "offline")
    far.locator(".dk-note textarea").first.fill("fælles, fra den ene")
    other.locator(".dk-note textarea").first.fill("fælles, fra den anden")
    saved(other)
    wire.mend()
    saved(far)
    both = ["fælles, fra den anden", "fælles, fra den ene"]
    assert sorted(_notes(folder, session)) == both
    for page in (far, other):
        expect(page.locator(".dk-note textarea")).to_have_count(3, timeout=5000)
        assert sorted(_values(page)) == both
    # The row one wrote in is the note of one's own words: what comes after belongs to that.
    mine = far.locator(".dk-note textarea").first
    mine.fill(mine.input_value() + "!")
    saved(far)
    assert len(_notes(folder, session)) == 2


def test_a_note_one_is_writing_is_not_taken_from_ones_hands(workshop: Page, folder: Path):
    """Another window turns a card meanwhile: it is said, and the card changes when one pauses."""
    session = begin(workshop)
    first = turn(workshop)
    other = _beside(workshop, session)
    other.get_by_role("button", name="Til bordet").click()
    workshop.bring_to_front()
    workshop.get_by_placeholder("Skriv en note …").first.click()
    workshop.keyboard.type("en lang")
    second = turn(other)
    for letter in " note, skrevet i ét stræk":
        workshop.keyboard.type(letter, delay=100)
    expect(workshop.locator(".dk-strip")).to_contain_text("blev vendt i et andet vindue")
    assert _values(workshop) == ["en lang note, skrevet i ét stræk"]
    expect(workshop.locator(f"[data-card={second}]")).to_have_attribute("aria-current", "true")
    expect(workshop.locator(".dk-question")).to_be_focused(timeout=6000)
    saved(workshop)
    notes = {event.text: event.card for event in _kept(folder, session) if isinstance(event, Noted)}
    assert notes["en lang note, skrevet i ét stræk"] == first


def test_the_same_card_turned_in_two_windows_at_once_lies_once_on_both(workshop: Page, folder: Path):
    session = begin(workshop)
    other = _beside(workshop, session)
    card = workshop.locator(".dk-card").nth(4).get_attribute("data-card")
    for page in (workshop, other):
        page.evaluate(f"document.querySelector('[data-card={card}]').click()")
    for page in (workshop, other):
        expect(page.locator(".dk-question")).to_be_visible()
        expect(page.locator(f"[data-card={card}]")).to_have_attribute("data-state", "open")
        expect(page.locator(".dk-progress")).to_contain_text("34 tilbage")
        saved(page)
    store = open_store(folder)
    assert list(Session(store, session).table.turned) == [card]
    store.close()


def test_the_list_of_sessions_grows_when_another_window_begins_one(workshop: Page):
    other = _open(workshop.context.new_page(), workshop.url)
    begin(other, group="Gruppen ved siden af")
    expect(workshop.locator(".dk-session", has_text="Gruppen ved siden af")).to_be_visible(timeout=4000)


def test_a_window_that_only_looks_is_no_work_for_its_kernel(workshop: Page, server: Running):
    """A kernel that looks for news says nothing when there is none: an abandoned one can be told."""
    begin(workshop)
    saved(workshop)
    heard: list[object] = []

    def hear(frame: object) -> None:
        heard.append(frame)

    workshop.on("websocket", lambda line: line.on("framereceived", hear))
    workshop.reload()
    saved(workshop)
    workshop.wait_for_timeout(1000)
    assert heard
    heard.clear()
    workshop.wait_for_timeout(3500)
    assert heard == []


def test_a_note_that_waits_for_the_disk_says_why_until_it_is_kept(workshop: Page, folder: Path):
    """The file is moved away in mid-session and comes back: nobody touches the page."""
    session = begin(workshop)
    turn(workshop)
    saved(workshop)
    path, away = folder / "dialogkort.sqlite", folder / "flyttet.sqlite"
    path.rename(away)
    try:
        write(workshop, "venter")
        _state(workshop, "unsaved")
        expect(workshop.locator(".dk-strip")).to_contain_text("Læg den tilbage")
        workshop.wait_for_timeout(7000)
        _state(workshop, "unsaved")  # and not ”no connection”: there is one
    finally:
        away.rename(path)
    saved(workshop)
    expect(workshop.locator(".dk-strip")).to_be_hidden()
    assert _notes(folder, session) == ["venter"]
    workshop.wait_for_function(f"{_OUTBOXES}.length === 0")
