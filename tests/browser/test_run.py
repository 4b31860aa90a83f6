"""While a group runs: a timer, who begins, reading aloud, a screen that stays awake, a silent minute."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from browser_steps import (
    begin,
    button,
    discuss,
    note,
    part,
    question,
    saved,
    session_of,
    stage_is,
    turn,
    undo,
    visit,
    watched,
    words,
)
from playwright.sync_api import Browser, Page, expect
from running import Running, until

sys.path.append(str(Path(__file__).parents[1] / "server"))

from attack_client import room_in

from dialogkort.i18n import text

# Counts what sounds, and what is read aloud: nobody hears a test.
LISTEN = """
    window.sounds = 0;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...at) { window.sounds++; return start.apply(this, at); };
"""
VOICES = """
    window.spoken = [];
    const voice = { lang: "da-DK", name: "Dansk", localService: LOCAL };
    const synthesis = {
        speaking: false,
        getVoices: () => [voice, { lang: "en-US", name: "English", localService: true }],
        speak: (words) => { synthesis.speaking = true; window.spoken.push(words.text); },
        cancel: () => { synthesis.speaking = false; },
        addEventListener: () => {},
        removeEventListener: () => {},
    };
    Object.defineProperty(window, "speechSynthesis", { value: synthesis });
    window.SpeechSynthesisUtterance = function (text) { this.text = text; };
"""
AWAKE = """
    window.locks = [];
    Object.defineProperty(navigator, "wakeLock", { value: { request: async () => {
        const lock = { released: false, release: async () => { lock.released = true; } };
        window.locks.push(lock);
        return lock;
    } } });
"""


@contextmanager
def window_with(browser: Browser, script: str, url: str) -> Iterator[Page]:
    """A window in which a script ran first; nothing goes wrong in it."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    with watched(page):
        page.add_init_script(script)
        yield visit(page, url)
        context.close()


def tools(page: Page):
    """Open the tools; the dialog."""
    page.mouse.move(5, 700)
    button(page, "tools.title").click()
    return page.get_by_role("dialog", name=words("tools.title"))


def set_timer(page: Page, minutes: str, starts: str) -> None:
    dialog = tools(page)
    dialog.get_by_label(words(f"timer.{starts}"), exact=True).check()
    dialog.get_by_label(words("timer.minutes"), exact=True).fill(minutes)
    button(dialog, "timer.save").click()
    expect(dialog).to_be_hidden()


def seconds_left(page: Page) -> int:
    """What the timer shows; 0 when time is up."""
    minutes, _, seconds = part(page, "timer").inner_text().partition(":")
    return int(minutes) * 60 + int(seconds) if seconds else 0


def run_alike(one: Page, other: Page) -> bool:
    """Whether two windows show the same time, however long it takes to look at both."""
    before, between, after = seconds_left(one), seconds_left(other), seconds_left(one)
    return after - 2 <= between <= before + 2


def test_a_timer_runs_from_the_card_alike_on_devices_whose_clocks_differ_and_over_a_reload_and_undo(
    workshop: Page, server: Running, browser: Browser
):
    session = begin(workshop)
    turn(workshop)
    expect(part(workshop, "timer")).to_be_hidden()  # nobody has asked for one
    undo(workshop).click()
    stage_is(workshop, "none")
    set_timer(workshop, "5", "with_card")
    expect(part(workshop, "timer")).to_have_text("5:00")
    turn(workshop)
    until(lambda: 0 < seconds_left(workshop) < 300)
    behind = "const now = Date.now; Date.now = () => now() - 600_000;"
    with window_with(browser, behind, server.page(session)) as other:
        until(lambda: part(other, "timer").is_visible() and seconds_left(other) < 300)
        assert run_alike(workshop, other)
        before = seconds_left(workshop)
        button(other, "timer.more").click()
        until(lambda: before < seconds_left(workshop) <= before + 60)
        workshop.reload()
        expect(question(workshop)).to_be_visible()
        until(lambda: run_alike(workshop, other))
        undo(workshop).click()  # the card, and not the minute: its time is gone with it
        stage_is(workshop, "none")
        expect(part(other, "timer")).to_have_text("5:00")
        turn(other)
        discuss(other)
        expect(part(workshop, "timer")).to_have_text("5:00")
    set_timer(workshop, "5", "never")
    expect(part(workshop, "timer")).to_be_hidden()


def test_when_time_is_up_every_screen_says_so_once_and_those_that_want_it_sound_and_nothing_moves(
    server: Running, browser: Browser
):
    with window_with(browser, LISTEN, server.url) as first:
        session = begin(first)
        card = turn(first)
        with window_with(browser, LISTEN, server.page(session)) as second:
            tools(second).get_by_label(words("timer.sound")).uncheck()
            second.keyboard.press("Escape")
            set_timer(first, "0,1", "by_hand")
            first.mouse.move(5, 700)
            button(first, "timer.start").focus()
            first.keyboard.press("Enter")
            for window in (first, second):
                expect(part(window, "timer")).to_have_text(words("timer.over"))
                expect(part(window, "announcements")).to_have_text(words("timer.over"))
                expect(question(window)).to_be_visible()
            until(lambda: first.evaluate("window.sounds") == 2)  # two soft tones
            assert second.evaluate("window.sounds") == 0
            button(second, "timer.more").click()
            until(lambda: 0 < seconds_left(first) <= 60)
            button(first, "timer.stop").click()
            expect(part(second, "timer")).to_have_text("0:06")
            first.reload()
            expect(question(first)).to_be_visible()
            assert first.evaluate("window.sounds") == 0  # what was over before sounds no more
            assert session_of(second) == session and card


def test_who_begins_is_a_seat_among_those_there_are(workshop: Page):
    begin(workshop)
    dialog = tools(workshop)
    button(dialog, "begins.draw").click()
    expect(part(dialog, "drawn")).to_have_text(words("begins.no_count"))
    dialog.get_by_label(words("begins.people")).fill("3")
    seats = {words("begins.drawn", number=number) for number in (1, 2, 3)}
    workshop.mouse.move(5, 700)
    button(dialog, "begins.draw").click()
    until(lambda: part(dialog, "drawn").inner_text() in seats)


@pytest.mark.parametrize("is_local", [True, False])
def test_a_card_is_read_aloud_by_a_voice_of_the_devices_own_until_it_is_closed(
    server: Running, browser: Browser, is_local: bool
):
    script = VOICES.replace("LOCAL", str(is_local).lower())
    with window_with(browser, script, server.url) as page:
        begin(page)
        turn(page)
        reading = button(page, "card.read_aloud")
        if not is_local:  # it would send the words elsewhere
            expect(reading).to_be_hidden()
            return
        reading.click()
        assert page.evaluate("window.spoken")[0] == question(page).inner_text()
        discuss(page)
        stage_is(page, "none")
        assert not page.evaluate("speechSynthesis.speaking")


def test_the_screen_stays_awake_at_the_table_and_is_asked_to_again_when_it_is_seen_again(
    server: Running, browser: Browser
):
    with window_with(browser, AWAKE, server.url) as page:
        assert page.evaluate("window.locks.length") == 0
        begin(page)
        until(lambda: page.evaluate("window.locks.length") == 1)
        page.evaluate("window.locks[0].released = true")  # as a browser does when the page is hidden
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        until(lambda: page.evaluate("window.locks.length") == 2)
        saved(page)
        button(page, "bar.leave").click()
        until(lambda: page.evaluate("window.locks.every((lock) => lock.released)"))


def test_in_a_silent_minute_a_phone_hands_in_what_the_table_shows_at_once_and_keeps_by_choice(
    page: Page, browser: Browser, seen: list[str], tmp_path: Path
):
    table = page
    with room_in(tmp_path / "noter") as room:
        origin = f"http://127.0.0.1:{room.port}"
        address = f"{origin}/#code={room.code.replace('-', '')}"
        visit_joining(table, address)
        table.get_by_label(words("join.name")).fill("Gruppe 1")
        button(table, "join.begin").click()
        button(table, "opening.to_cards").click()
        context = browser.new_context(viewport={"width": 390, "height": 844})
        phone = context.new_page()
        with watched(phone):
            visit_joining(phone, address)
            phone.get_by_label("Gruppe 1").check()
            phone.get_by_label(words("join.as_phone")).check()
            button(phone, "join.begin").click()
            phone.get_by_text(words("phone.no_card")).wait_for()
            turn(table)
            expect(question(phone)).to_have_text(question(table).inner_text())
            field = phone.get_by_label(words("phone.field"))
            expect(field).to_be_hidden()
            button(tools(table), "silence.begin").click()
            _the_code_stands_here_too(table, origin, room.code)
            field.fill("Vi tør ikke")
            phone.reload()
            expect(field).to_have_value("Vi tør ikke")  # half-written, and still there
            field.fill("Vi tør ikke spørge")
            button(phone, "phone.hand_in").click()
            expect(field).to_have_value("")
            field.fill("halvt skre")
            expect(part(table, "silence")).to_have_text(words("silence.writing", count=1))
            assert "Vi tør ikke" not in table.locator("main").inner_text()
            table.mouse.move(5, 700)
            button(table, "silence.show").click()
            silent = table.get_by_role("dialog", name=words("silence.title"))
            expect(part(silent, "silent").locator("li")).to_contain_text(["Vi tør ikke spørge"])
            expect(phone.get_by_role("alert")).to_have_text(text("session.silence_over"))
            expect(field).to_have_value("halvt skre")
            table.mouse.move(5, 700)
            button(silent, "silence.keep").click()
            expect(silent).to_contain_text(words("silence.is_note"))
            button(silent, "panel.close").click()
            expect(note(table)).to_have_value("Vi tør ikke spørge")
            assert "Vi tør" not in phone.locator("main").inner_text()
            context.close()


def _the_code_stands_here_too(table: Page, origin: str, code: str) -> None:
    """One press shows how more phones join, while it is silent."""
    table.mouse.move(5, 700)
    button(table, "silence.invite").click()
    invitation = table.get_by_role("dialog", name=words("silence.join"))
    expect(invitation.get_by_role("img", name=words("share.qr", address=origin))).to_be_visible()
    expect(invitation).to_contain_text(code)
    table.keyboard.press("Escape")


def visit_joining(page: Page, address: str) -> None:
    page.set_default_timeout(30_000)
    page.goto(address)
    button(page, "join.begin").wait_for()
