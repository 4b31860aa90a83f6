"""In front of a group nothing happens by accident: a press is one act, and what was chosen is kept."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from breakable_connection import wire_to
from browser_steps import (
    begin,
    button,
    cards,
    discuss,
    fill_in,
    note,
    notice,
    part,
    question,
    saved,
    session_of,
    stage_is,
    step_label,
    turn,
    undo,
    visit,
    words,
)
from playwright.sync_api import Error, Locator, Page, expect
from running import Running

from dialogkort.domain import events as ev
from dialogkort.store import open_store

GAPS = (90, 150)  # ms between the two presses of a double-click, on a machine at rest


def double_click(target: Locator, gap: int, left: float = 0.5) -> None:
    """Two presses of the real mouse at one place of a button, `left` of its width from its left edge."""
    box = target.bounding_box()
    position = {"x": box["width"] * left, "y": box["height"] / 2}
    target.click(click_count=2, delay=gap / 2, position=position)


@contextmanager
def at_one_moment(page: Page) -> Iterator[None]:
    """Whatever is pressed as long as this lasts is pressed at one time of the page, on a busy machine too."""
    page.clock.install()
    pause(page)
    yield
    page.clock.resume()


def pause(page: Page) -> None:
    """Let the page's time stand still, a little later than it is: by as much more as this machine is slow."""
    for seconds in (2, 10, 60):
        with suppress(Error):
            page.clock.pause_at(
                datetime.fromtimestamp(page.evaluate("Date.now()") / 1000) + timedelta(seconds=seconds)
            )
            return
    raise AssertionError("a minute was not enough to let time stand still")


def double_tap(page: Page, target: Locator) -> None:
    """Two taps of a finger, without waiting in between."""
    box = target.bounding_box()
    with at_one_moment(page):
        for tremble in (0, 3):
            page.touchscreen.tap(box["x"] + box["width"] / 2 + tremble, box["y"] + box["height"] / 2)


def hold(page: Page, key: str) -> None:
    """A key that is held until it repeats."""
    for _ in range(4):
        page.keyboard.down(key)
    page.keyboard.up(key)


def moves(page: Page, folder: Path) -> list[type]:
    """The kinds of what has happened at the table, as it is on the disk."""
    saved(page)
    store = open_store(folder)
    try:
        events, _ = store.events(session_of(page))
    finally:
        store.close()
    return [type(event) for event in events[2:]]


# --- a press is one act -----------------------------------------------------------------------------------


@pytest.mark.parametrize("gap", GAPS)
def test_a_double_click_does_what_a_click_does(workshop: Page, folder: Path, gap: int):
    fill_in(workshop)
    double_click(button(workshop, "opening.to_cards"), gap)
    stage_is(workshop, "none")
    expect(undo(workshop)).to_be_disabled()
    expected: list[type] = []
    acts: list[tuple[Callable[[], Locator], str, type]] = [
        (lambda: button(workshop, "outcome.discussed.button"), "none", ev.Discussed),
        (lambda: button(workshop, "outcome.skipped.button"), "none", ev.Skipped),
        (lambda: button(workshop, "outcome.put_back.button"), "none", ev.PutBack),
    ]
    for (find, mode, kind), left in zip(acts, (0.05, 0.5, 0.95), strict=True):
        double_click(button(workshop, "bar.draw"), gap, left)
        stage_is(workshop, "card")
        double_click(find(), gap)
        stage_is(workshop, mode)
        expected += [ev.Turned, kind]
    assert moves(workshop, folder) == expected


def test_two_clicks_within_a_frame_turn_one_card_and_settle_it_once(workshop: Page, folder: Path):
    begin(workshop)
    twice = "(button) => { button.click(); button.click(); }"
    button(workshop, "bar.draw").evaluate(twice)
    button(workshop, "outcome.discussed.button").evaluate(twice)
    stage_is(workshop, "none")
    button(workshop, "bar.draw").evaluate(twice)
    button(workshop, "outcome.skipped.button").evaluate(twice)
    stage_is(workshop, "none")
    assert moves(workshop, folder) == [ev.Turned, ev.Discussed, ev.Turned, ev.Skipped]


def test_a_held_key_and_a_second_press_of_it_do_what_one_press_does(workshop: Page, folder: Path):
    fill_in(workshop)
    stage_is(workshop, "opening")
    button(workshop, "opening.to_cards").focus()
    with at_one_moment(workshop):
        for _ in range(2):
            workshop.keyboard.press("Enter")
    expect(cards(workshop).first).to_be_focused()
    workshop.keyboard.press("ArrowRight")
    hold(workshop, "Enter")
    expect(question(workshop)).to_be_focused()
    workshop.keyboard.press("Tab")
    button(workshop, "outcome.discussed.button").focus()
    hold(workshop, "Enter")
    stage_is(workshop, "none")
    assert moves(workshop, folder) == [ev.Turned, ev.Discussed]


def test_a_double_tap_does_what_a_tap_does(browser, server, folder: Path):
    with browser.new_context(has_touch=True, viewport={"width": 820, "height": 1180}) as context:
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(server.url)
        fill_in(page)
        stage_is(page, "opening")
        double_tap(page, button(page, "opening.to_cards"))
        stage_is(page, "none")
        double_tap(page, button(page, "bar.draw"))
        stage_is(page, "card")
        double_tap(page, button(page, "outcome.discussed.button"))
        stage_is(page, "none")
        assert moves(page, folder) == [ev.Turned, ev.Discussed]
        assert not faults


def test_a_double_click_does_not_choose_and_take_off_again(workshop: Page):
    begin(workshop)
    turn(workshop)
    chip = button(workshop, "agreement.differently")
    double_click(chip, GAPS[0])
    expect(chip).to_have_attribute("aria-pressed", "true")


def test_a_dialog_stays_when_it_is_opened_by_a_double_click_or_words_in_it_are_marked(workshop: Page):
    begin(workshop)
    dialog = workshop.get_by_role("dialog")
    double_click(button(workshop, "bar.guide"), GAPS[0])
    expect(dialog).to_be_visible()
    box = dialog.get_by_role("heading").first.bounding_box()
    workshop.mouse.move(box["x"] + 30, box["y"] + 10)
    workshop.mouse.down()
    workshop.mouse.move(3, 3)
    workshop.mouse.up()
    expect(dialog).to_be_visible()
    workshop.mouse.move(3, 60)  # this press is meant
    workshop.mouse.click(3, 3)
    expect(dialog).to_be_hidden()
    button(workshop, "details.correct").focus()
    hold(workshop, "Enter")
    expect(dialog).to_be_visible()
    unit = dialog.get_by_label(words("start.unit"), exact=True)
    unit.fill("Aften")
    workshop.mouse.click(3, 3)
    expect(unit).to_be_visible()
    expect(unit).to_have_value("Aften")


def test_undo_and_redo_may_be_pressed_as_fast_as_one_likes(workshop: Page, server: Running, folder: Path):
    begin(workshop)
    for _ in range(2):
        turn(workshop)
        discuss(workshop)
        stage_is(workshop, "none")
    saved(workshop)
    for step in ("discussed", "turned", "discussed", "turned"):
        expect(undo(workshop)).to_have_attribute("title", re.compile(step_label(step, r"\d+")))
        undo(workshop).click()
    expect(undo(workshop)).to_be_disabled()
    saved(workshop)
    with server.asleep():
        for key in ("Control+Shift+z", "Control+z", "Control+Shift+z"):
            workshop.keyboard.press(key)
    stage_is(workshop, "card")
    expect(undo(workshop)).to_have_attribute("title", re.compile(step_label("turned", r"\d+")))
    assert moves(workshop, folder)[4:] == [ev.Undone] * 7


PRESS_AND_WRITE = """(field, button) => {
  button.click();
  field.value = "V";
  field.dispatchEvent(new Event("input", { bubbles: true }));
}"""


def test_undo_that_is_under_way_takes_back_nothing_done_since_and_lets_a_writer_be(
    workshop: Page, server: Running, folder: Path
):
    begin(workshop)
    turn(workshop)
    discuss(workshop)
    stage_is(workshop, "none")
    saved(workshop)
    with server.asleep():
        undo(workshop).click()
        undo(workshop).click()
        turn(workshop)
    assert moves(workshop, folder) == [ev.Turned, ev.Discussed, ev.Undone, ev.Turned]
    stage_is(workshop, "card")
    with server.asleep():
        button = undo(workshop).element_handle()
        note(workshop).evaluate(PRESS_AND_WRITE, button)  # both before the page is drawn again
        note(workshop).press_sequentially("i")
    assert moves(workshop, folder)[-2:] == [ev.Undone, ev.Noted]
    workshop.keyboard.type(" husker")
    expect(note(workshop)).to_have_value("Vi husker")


# --- undo that people expect ------------------------------------------------------------------------------


def test_undo_goes_by_the_sentence_and_by_the_kind_and_redo_brings_all_back(workshop: Page):
    begin(workshop)
    turn(workshop)
    field = note(workshop)
    field.press_sequentially("Vi øver os. ")
    field.press_sequentially("Hver uge. ")
    field.press_sequentially("Sammen")
    saved(workshop)
    workshop.get_by_label(words("pad.kind"), exact=True).first.select_option("example")
    saved(workshop)
    kind = workshop.get_by_label(words("pad.kind"), exact=True).first
    undo(workshop).click()
    expect(kind).to_have_value("point")
    expect(field).to_have_value("Vi øver os. Hver uge. Sammen")
    for text in ("Vi øver os. Hver uge. ", "Vi øver os. ", ""):
        undo(workshop).click()
        expect(field).to_have_value(text)
    for text in ("Vi øver os. ", "Vi øver os. Hver uge. ", "Vi øver os. Hver uge. Sammen"):
        part(workshop, "redo").click()
        expect(field).to_have_value(text)
    part(workshop, "redo").click()
    expect(kind).to_have_value("example")
    expect(part(workshop, "redo")).to_be_disabled()


# --- nothing chosen is lost -------------------------------------------------------------------------------


def test_how_a_card_is_seen_is_kept_when_it_is_chosen(workshop: Page):
    begin(workshop)
    turn(workshop)
    chip, other = button(workshop, "agreement.differently"), button(workshop, "agreement.alike")
    chip.click()
    saved(workshop)
    button(workshop, "card.to_table").click()
    stage_is(workshop, "none")
    open_card = workshop.locator("[data-card][data-state=open]")
    open_card.click()
    expect(chip).to_have_attribute("aria-pressed", "true")
    workshop.reload()
    expect(chip).to_have_attribute("aria-pressed", "true")
    discuss(workshop)
    stage_is(workshop, "none")
    workshop.locator("[data-card][data-state=discussed]").click()
    other.click()
    button(workshop, "card.to_table").click()
    stage_is(workshop, "none")
    workshop.locator("[data-card][data-state=discussed]").click()
    expect(other).to_have_attribute("aria-pressed", "true")
    undo(workshop).click()
    expect(chip).to_have_attribute("aria-pressed", "true")


# --- the note-taker keeps the pen, keys, messages ---------------------------------------------------------


def test_one_who_is_at_a_note_keeps_it_while_another_window_moves(workshop: Page, server: Running):
    session = begin(workshop)
    card = turn(workshop)
    workshop.clock.install()
    other = visit(workshop.context.new_page(), server.page(session))
    note(workshop).press_sequentially("Vi begynder")
    saved(workshop)
    discuss(other)
    expect(notice(workshop)).to_contain_text(words("remote.finish"))
    workshop.clock.run_for(20_000)
    workshop.keyboard.type(" og skriver videre")
    expect(note(workshop)).to_be_focused()
    expect(note(workshop)).to_have_value("Vi begynder og skriver videre")
    workshop.keyboard.press("Escape")
    workshop.clock.run_for(1_000)
    stage_is(workshop, "none")
    turn(other, card)
    expect(note(other)).to_have_value("Vi begynder og skriver videre")


def test_undo_in_one_window_takes_no_words_from_who_writes_in_another(workshop: Page, server: Running):
    session = begin(workshop)
    turn(workshop)
    button(workshop, "outcome.skipped.button").click()
    stage_is(workshop, "none")
    turn(workshop)
    saved(workshop)
    other = visit(workshop.context.new_page(), server.page(session))
    note(other).press_sequentially("Vi er midt i det")
    saved(other)
    undo(workshop).click()
    stage_is(workshop, "none")
    undo(workshop).click()
    stage_is(workshop, "card")
    other.keyboard.type(" hele.")
    expect(note(other)).to_have_value("Vi er midt i det hele.")
    undo(other).click()
    expect(undo(other)).to_have_attribute("title", re.compile(words("step.turned", number=r"\d+")))
    other.close()


def test_who_thinks_long_or_has_only_come_to_a_note_keeps_it_and_half_a_word_turns_no_card(
    workshop: Page, server: Running
):
    session = begin(workshop)
    turn(workshop)
    workshop.clock.install()
    other = visit(workshop.context.new_page(), server.page(session))
    note(workshop).click()
    discuss(other)
    expect(notice(workshop)).to_contain_text(words("remote.finish"))
    note(workshop).press_sequentially("ved ikke")
    workshop.clock.run_for(120_000)
    expect(notice(workshop)).to_contain_text(words("remote.finish"))
    workshop.keyboard.type(" endnu.")
    expect(note(workshop)).to_have_value("ved ikke endnu.")
    workshop.clock.run_for(90_000)
    stage_is(workshop, "none")
    expect(notice(workshop)).to_be_hidden()  # it has been said long enough
    pause(workshop)  # the letters below come within a second, however long that takes here
    workshop.keyboard.type("h")
    cards(workshop).last.focus()
    for letter in ("v", "s", "Space", "d", "Enter"):
        workshop.clock.run_for(300)
        workshop.keyboard.press(letter)
    stage_is(workshop, "none")
    workshop.clock.resume()
    workshop.keyboard.press("Escape")
    workshop.keyboard.press("v")
    stage_is(workshop, "card")


def test_keys_do_what_is_done_often_and_esc_leaves_a_note_first(workshop: Page):
    begin(workshop)
    keys = workshop.keyboard
    keys.press("v")
    stage_is(workshop, "card")
    workshop.get_by_role("article").click(position={"x": 5, "y": 5})
    keys.press("n")
    expect(note(workshop)).to_be_focused()
    keys.type("dvs. en note")
    hold(workshop, "Escape")
    expect(question(workshop)).to_be_focused()
    expect(notice(workshop)).to_contain_text(words("say.note_saved"))
    keys.press("Control+z")
    expect(note(workshop)).to_have_value("dvs. ")
    keys.press("Control+Shift+z")
    expect(note(workshop)).to_have_value("dvs. en note")
    keys.press("Escape")
    stage_is(workshop, "none")
    workshop.locator("[data-card][data-state=open]").click()
    keys.press("d")
    stage_is(workshop, "none")
    keys.press("v")
    stage_is(workshop, "card")
    keys.press("s")
    stage_is(workshop, "none")
    expect(cards(workshop).locator("visible=true").first).to_be_visible()
    assert workshop.locator("[data-card][data-state=skipped]").count() == 1
    button(workshop, "bar.opening").click()
    stage_is(workshop, "opening")
    keys.press("Escape")
    stage_is(workshop, "none")
    keys.press("?")
    guide = workshop.get_by_role("dialog", name=words("guide.title"))
    letters = {name: words(f"letters.{name}") for name in ("draw", "discussed", "skipped", "note")}
    expect(guide).to_contain_text("Ctrl+Shift+Z")
    guide.get_by_role("checkbox", name=words("guide.letter_keys", **letters)).uncheck()
    keys.press("Escape")
    expect(guide).to_be_hidden()
    keys.press("v")
    expect(cards(workshop).locator("visible=true").first).to_be_visible()
    stage_is(workshop, "none")
    workshop.reload()
    button(workshop, "bar.guide").click()
    expect(guide.get_by_role("checkbox", name=words("guide.letter_keys", **letters))).not_to_be_checked()


def test_the_note_is_three_tabs_from_the_question_and_the_buttons_between_are_one_stop(workshop: Page):
    begin(workshop)
    turn(workshop)
    buttons = workshop.get_by_role("toolbar").get_by_role("button")
    for size in ({"width": 1280, "height": 720}, {"width": 390, "height": 844}):
        workshop.set_viewport_size(size)
        question(workshop).focus()
        for _ in range(3):
            workshop.keyboard.press("Tab")
        expect(note(workshop)).to_be_focused()
    question(workshop).focus()
    workshop.keyboard.press("Tab")
    for name in ("alike", "differently", "not_settled"):
        expect(button(workshop, f"agreement.{name}")).to_be_focused()
        workshop.keyboard.press("ArrowRight")
    for which in range(3, buttons.count()):
        expect(buttons.nth(which)).to_be_focused()
        workshop.keyboard.press("ArrowRight")
    expect(buttons.first).to_be_focused()
    workshop.keyboard.press("End")
    workshop.keyboard.press("Enter")
    stage_is(workshop, "none")


def test_a_removed_note_is_brought_back_where_that_is_said_and_the_offer_ends_with_its_matter(
    workshop: Page,
):
    begin(workshop)
    turn(workshop)
    note(workshop).press_sequentially("en note")
    saved(workshop)
    message = workshop.get_by_role("alert").filter(has_text=words("wayout.removed"))
    button(workshop, "pad.remove").first.click()
    above, below = message.bounding_box(), button(workshop, "outcome.discussed.button").bounding_box()
    assert above["y"] + above["height"] <= below["y"]
    button(message, "bar.undo").click()
    expect(note(workshop)).to_have_value("en note")
    expect(message).to_be_hidden()
    button(workshop, "pad.remove").first.click()
    expect(message).to_be_visible()
    undo(workshop).click()
    expect(note(workshop)).to_have_value("en note")
    expect(message).to_be_hidden()
    note(workshop, 1).press_sequentially("og en til")
    saved(workshop)
    button(workshop, "pad.remove").first.click()
    expect(note(workshop)).to_have_value("og en til")
    undo(workshop).click()
    expect(note(workshop, 1)).to_have_value("og en til")
    workshop.clock.install()
    button(workshop, "pad.remove").first.click()
    expect(message).to_be_visible()
    workshop.mouse.move(3, 700)
    workshop.clock.run_for(13_000)
    expect(message).to_be_hidden()
    button(workshop, "pad.remove").first.click()
    expect(message).to_be_visible()
    button(workshop, "bar.leave").click()
    expect(message).to_be_hidden()


def test_what_is_begun_without_contact_is_told_and_begins_when_contact_is_back(
    page: Page, server: Running, seen: list[str]
):
    with wire_to(server.url) as wire:
        visit(page, wire.url)
        wire.cut()
        status_lost(page)
        fill_in(page, group="Gruppe der venter")
        expect(page.get_by_text(words("start.waits"))).to_be_visible()
        wire.mend()
        stage_is(page, "opening")
        button(page, "opening.to_cards").click()
        turn(page)
        discuss(page)
        saved(page)
        wire.cut()
        status_lost(page)
        button(page, "bar.overview").click()
        dialog = page.get_by_role("dialog", name=words("overview.title"))
        expect(dialog).to_contain_text(words("line.lost"))
        wire.mend()
        expect(dialog.get_by_role("img")).to_be_visible(timeout=30_000)
        page.keyboard.press("Escape")
        button(page, "bar.leave").click()
        row = page.get_by_role("listitem").filter(has_text="Gruppe der venter")
        expect(row).to_have_count(1)
        wire.cut()
        status_lost(page)
        row.get_by_text(words("wayout.drop")).click()
        button(page, "erase.yes").click()
        expect(page.get_by_text(words("line.not_erased"))).to_be_visible()
        wire.mend()
        expect(notice(page)).to_be_hidden(timeout=30_000)
        expect(row).to_have_count(1)


def test_a_clock_that_is_put_right_while_a_session_runs_costs_nothing_and_nothing_untrue_is_said(
    workshop: Page,
):
    begin(workshop)
    turn(workshop)
    workshop.clock.install(time=datetime.now() - timedelta(days=3))
    note(workshop).fill("mens uret gik forkert")
    saved(workshop)
    workshop.clock.set_system_time(datetime.now())
    note(workshop, 1).fill("da uret blev stillet")
    saved(workshop)
    expect(notice(workshop)).to_be_hidden()
    discuss(workshop)
    stage_is(workshop, "none")
    saved(workshop)
    undo(workshop).click()
    expect(note(workshop, 1)).to_have_value("da uret blev stillet")


def status_lost(page: Page) -> None:
    """Wait until the page knows that there is no contact."""
    expect(notice(page)).to_contain_text(words("line.lost"), timeout=30_000)
