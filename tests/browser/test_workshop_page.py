"""The afternoon of a group, in a real page: what the screen shows, keeps and says."""

import re
from pathlib import Path

from browser_steps import (
    begin,
    button,
    card_at,
    cards,
    discuss,
    fill_in,
    lies,
    note,
    notes,
    notice,
    part,
    progress,
    question,
    saved,
    stage_is,
    state_after,
    status_is,
    step_label,
    turn,
    undo,
    values,
    visit,
    words,
    write,
)
from playwright.sync_api import expect

from dialogkort.decks.reading import read_deck
from dialogkort.i18n import text

SIZES = ((1280, 800), (1280, 720), (1920, 1080), (390, 844))
NUMBERS = {card.id: card.number for card in read_deck().cards}
LONGEST_CARDS = ("medarbejderen-10", "medarbejderen-14", "medarbejderen-31")


def test_35_cards_lie_face_down_and_tell_nothing(workshop):
    begin(workshop)
    expect(cards(workshop)).to_have_count(35)
    assert {card.get_attribute("data-state") for card in cards(workshop).all()} == {"down"}
    table = workshop.get_by_role("group", name=words("table.cards"))
    assert table.inner_text().strip() == ""


def test_a_click_turns_the_card_in_the_same_frame(workshop):
    """The question is in place and the flip is running in the next frame drawn: no round trip before it."""
    begin(workshop)
    card = cards(workshop).nth(7).get_attribute("data-card")
    question_text, animations = workshop.evaluate(
        """() => new Promise((done) => {
            document.querySelectorAll('[data-card]')[7].click();
            requestAnimationFrame(() => {
                const asked = document.querySelector('[data-part=question]');
                done([asked.textContent, asked.closest('article').getAnimations().length]);
            });
        })"""
    )
    assert question_text.endswith("?")
    assert animations == 1
    lies(workshop, card, "open")


def test_a_click_does_not_wait_for_a_busy_server(workshop, server):
    """With the server stopped in its tracks the card turns all the same, and is saved when it wakes."""
    begin(workshop)
    with server.asleep():
        turn(workshop)
        write(workshop, "skrevet imens")
        status_is(workshop, "saving")
    saved(workshop)


def test_what_is_pressed_is_not_called_saved_before_it_is(workshop):
    begin(workshop)
    turn(workshop)
    saved(workshop)
    assert state_after(button(workshop, "outcome.discussed.button"), "(press) => press.click()") == "saving"
    saved(workshop)


def test_what_was_discussed_skipped_and_put_back_can_be_told_apart_without_colour(workshop):
    begin(workshop)
    discussed = turn(workshop)
    button(workshop, "agreement.differently").click()
    discuss(workshop)
    expect(card_at(workshop, discussed)).to_contain_text(words("outcome.discussed.heading"))
    skipped = turn(workshop)
    button(workshop, "skip.why").click()
    button(workshop, "skip.unclear").click()
    expect(card_at(workshop, skipped)).to_contain_text(words("skip.unclear"))
    put_back = turn(workshop)
    button(workshop, "outcome.put_back.button").click()
    lies(workshop, put_back, "down")
    expect(part(workshop, "progress")).to_have_text(progress(discussed=1, skipped=1, left=33))


def test_reload_finds_the_same_card_the_same_notes_and_the_half_written_one(workshop):
    begin(workshop)
    card = turn(workshop)
    question_text = question(workshop).inner_text()
    write(workshop, "Vi øver os på hinanden")
    workshop.get_by_label(words("pad.kind"), exact=True).first.select_option("next step")
    workshop.get_by_label(words("pad.owner"), exact=True).first.fill("Lederen")
    saved(workshop)
    write(workshop, "halvt skrev")
    workshop.reload()
    expect(question(workshop)).to_have_text(question_text)
    expect(note(workshop, 0)).to_have_value("Vi øver os på hinanden")
    expect(note(workshop, 1)).to_have_value("halvt skrev")
    expect(workshop.get_by_label(words("pad.owner"), exact=True).first).to_have_value("Lederen")
    lies(workshop, card, "open")


def test_a_session_is_continued_from_the_list(workshop):
    begin(workshop, group="Gruppe der vender tilbage")
    card = turn(workshop)
    write(workshop, "en note fra i går")
    saved(workshop)
    button(workshop, "bar.leave").click()
    workshop.get_by_role("button", name="Gruppe der vender tilbage").first.click()
    expect(note(workshop)).to_have_value("en note fra i går")
    lies(workshop, card, "open")


def test_what_is_being_filled_in_stays_when_another_group_begins(workshop, server):
    field = workshop.get_by_label(words("start.workshop"), exact=True)
    place = workshop.get_by_label(words("start.organisation"), exact=True)
    field.fill("Vores egen dag")
    other = visit(workshop.context.new_page(), server.url)
    other.get_by_label(words("start.organisation"), exact=True).fill("Nabokommunen")
    begin(other, workshop="Naboens dag")
    expect(workshop.get_by_role("heading", name="Naboens dag")).to_be_attached()
    expect(place).to_have_value("Nabokommunen")  # where nobody has written, it is still proposed
    expect(field).to_have_value("Vores egen dag")
    other.close()


def test_undo_walks_back_to_the_freshly_dealt_table(workshop):
    begin(workshop)
    card = turn(workshop)
    write(workshop, "en note")
    saved(workshop)
    discuss(workshop)
    for step in ("discussed", "noted", "turned"):
        label = words("bar.undo_this", step=step_label(step, NUMBERS[card]))
        expect(undo(workshop)).to_have_attribute("aria-label", label)
        undo(workshop).click()
    expect(undo(workshop)).to_be_disabled()
    lies(workshop, card, "down")
    turn(workshop, card)
    expect(notes(workshop)).to_have_count(1)


def test_a_removed_note_comes_back_by_undo(workshop):
    begin(workshop)
    turn(workshop)
    write(workshop, "fjernet ved en fejl")
    saved(workshop)
    button(workshop, "pad.remove").first.click()
    expect(notes(workshop)).to_have_count(1)
    undo(workshop).click()
    expect(note(workshop)).to_have_value("fjernet ved en fejl")


def test_who_and_when_of_a_next_step_are_kept_before_a_word_of_it_is_written(workshop):
    begin(workshop)
    turn(workshop)
    workshop.get_by_label(words("pad.kind"), exact=True).select_option("next step")
    owner = workshop.get_by_label(words("pad.owner"), exact=True).first
    owner.press_sequentially("Ida ")
    saved(workshop)  # in the middle of it: who thinks before the next name keeps the space
    workshop.keyboard.type("og Bo")
    expect(owner).to_have_value("Ida og Bo")
    workshop.get_by_label(words("pad.due")).first.fill("1.5.2026")
    saved(workshop)
    workshop.reload()
    expect(owner).to_have_value("Ida og Bo")
    expect(workshop.get_by_label(words("pad.due")).first).to_have_value("1. maj 2026")


def test_a_note_that_is_emptied_is_gone(workshop):
    begin(workshop)
    turn(workshop)
    write(workshop, "slettes igen")
    saved(workshop)
    note(workshop).fill("")
    saved(workshop)
    workshop.reload()
    expect(notes(workshop)).to_have_count(1)


def test_the_opening_round_in_mid_card_leads_back_to_the_card(workshop):
    begin(workshop)
    turn(workshop)
    question_text = question(workshop).inner_text()
    button(workshop, "bar.opening").click()
    button(workshop, "opening.to_cards").click()
    expect(question(workshop)).to_be_visible()
    assert question(workshop).inner_text() == question_text


def test_the_opening_round_comes_first_and_keeps_its_notes(workshop):
    fill_in(workshop)
    expect(workshop.get_by_role("heading", name=words("opening.title"))).to_be_focused()
    write(workshop, "alt med strøm")
    button(workshop, "opening.question_2").click()
    write(workshop, "fagsystemet")
    button(workshop, "opening.to_cards").click()
    button(workshop, "bar.opening").click()
    expect(note(workshop)).to_have_value("alt med strøm")
    button(workshop, "opening.question_2").click()
    expect(note(workshop)).to_have_value("fagsystemet")


def test_any_note_is_kept_and_shown_as_text(workshop):
    written = [
        "<img src=x onerror='window.ramt=1'><script>window.ramt=1</script>",
        "=1+1",
        "👩‍👩‍👧 æøå ” –",
        "ord " * 12_500,
    ]
    begin(workshop)
    turn(workshop)
    for content in written:
        write(workshop, content)
        saved(workshop)
    workshop.reload()
    expect(notes(workshop)).to_have_count(len(written) + 1)
    assert values(workshop) == written
    assert workshop.evaluate("window.ramt") is None


def _press_until(page, key, there):
    """As one finds one's way with the keyboard: a key until the right thing has the focus."""
    for _ in range(12):
        if there.locator("css=:focus").or_(there.and_(page.locator("css=:focus"))).count():
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} does not lead there")


def test_a_whole_workshop_by_keyboard_alone(workshop):
    keys = workshop.keyboard
    workshop.get_by_label(words("start.workshop"), exact=True).focus()
    keys.type("Uden mus")
    for _ in range(8):
        if workshop.evaluate("document.activeElement.name") == "group":
            break
        keys.press("Tab")
    keys.type("Gruppe T")
    keys.press("Enter")
    expect(workshop.get_by_role("heading", name=words("opening.title"))).to_be_focused()
    _press_until(workshop, "Tab", button(workshop, "opening.to_cards"))
    keys.press("Enter")
    expect(cards(workshop).first).to_be_focused()
    keys.press("ArrowRight")
    keys.press("ArrowDown")
    ninth = cards(workshop).nth(8)
    expect(ninth).to_be_focused()
    keys.press("Enter")
    expect(question(workshop)).to_be_focused()
    keys.press("Escape")
    expect(ninth).to_be_focused()
    keys.press("Enter")
    expect(question(workshop)).to_be_focused()
    workshop.get_by_placeholder(words("pad.write")).focus()
    keys.type("første")
    keys.press("Enter")
    keys.type("linje to")
    keys.press("Control+Enter")
    keys.type("anden note")
    saved(workshop)
    assert values(workshop) == ["første\nlinje to", "anden note"]
    _press_until(workshop, "Shift+Tab", workshop.get_by_role("toolbar").locator("visible=true"))
    _press_until(workshop, "ArrowRight", button(workshop, "outcome.discussed.button"))
    keys.press("Enter")
    expect(ninth).to_be_focused()
    keys.press("Home")
    expect(cards(workshop).first).to_be_focused()
    keys.press("End")
    expect(cards(workshop).last).to_be_focused()


def test_a_screen_reader_is_told_what_happened(workshop):
    begin(workshop)
    face_down = button(workshop, "table.place_down", place=3)
    card = face_down.get_attribute("data-card")
    face_down.click()
    live = part(workshop, "announcements")
    expect(live).to_have_text(words("say.turned", number=NUMBERS[card], count=34))
    discuss(workshop)
    expect(live).to_have_text(words("outcome.discussed.announcement", number=NUMBERS[card], count=34))
    gaps = {"outcome": words("outcome.discussed.word"), "area": "(.*)", "question": "(.*)"}
    settled = words("table.place_turned", place=3, number=NUMBERS[card], **gaps)
    expect(cards(workshop).nth(2)).to_have_attribute("aria-label", re.compile(settled))


def test_an_area_that_is_a_judgement_says_so_on_the_card_and_in_the_guide(workshop):
    begin(workshop)
    turn(workshop, "medarbejderen-30")
    expect(part(workshop, "area")).to_contain_text(words("card.confidence_judgement"))
    button(workshop, "bar.guide").click()
    guide = workshop.get_by_role("dialog", name=words("guide.title"))
    expect(guide).to_contain_text(words("guide.judged", cards="23, 26, 28, 30, 31"))
    expect(guide).to_contain_text(read_deck().attribution)


def test_reduced_motion_turns_the_card_without_a_flip(workshop):
    workshop.emulate_media(reduced_motion="reduce")
    begin(workshop)
    running = workshop.evaluate(
        """() => new Promise((done) => {
            document.querySelector('[data-card]').click();
            requestAnimationFrame(() => done(document.getAnimations().length));
        })"""
    )
    assert running == 0
    expect(question(workshop)).to_be_visible()
    discuss(workshop)
    expect(cards(workshop).first).to_have_attribute("data-state", "discussed")


def test_the_longest_questions_and_the_note_field_are_in_view_without_scrolling_at_every_size(workshop):
    """And at 1920×1080 they can be read from the back of the room: a thirtieth of the picture's height."""
    workshop.emulate_media(reduced_motion="reduce")
    begin(workshop)
    for width, height in SIZES:
        workshop.set_viewport_size({"width": width, "height": height})
        for card in LONGEST_CARDS:
            turn(workshop, card)
            expect(question(workshop)).to_be_in_viewport(ratio=0.99)
            expect(workshop.get_by_placeholder(words("pad.write"))).to_be_in_viewport(ratio=0.9)
            expect(button(workshop, "outcome.discussed.button")).to_be_in_viewport(ratio=0.99)
            if width > 400:
                hidden = "(body) => body.scrollHeight - body.clientHeight"
                assert part(workshop, "card").evaluate(hidden) <= 1, f"{card} must be read whole at {width}"
            if height == 1080:
                letters = question(workshop).evaluate(
                    "(asked) => parseFloat(getComputedStyle(asked).fontSize)"
                )
                assert letters >= height / 30
            button(workshop, "card.to_table").click()
            stage_is(workshop, "none")
        assert workshop.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_five_notes_and_the_field_for_the_next_are_in_view_on_a_laptop_and_a_tablet(
    workshop, browser, server
):
    session = begin(workshop)
    turn(workshop)
    button(workshop, "bar.notes").wait_for()
    workshop.keyboard.press("n")
    for which in range(5):
        workshop.keyboard.type(f"pointe {which}")
        workshop.keyboard.press("Control+Enter")
    saved(workshop)
    workshop.set_viewport_size({"width": 1280, "height": 720})
    with browser.new_context(has_touch=True, is_mobile=True) as tablet:
        content = tablet.new_page()
        content.goto(server.page(session))
        for width, height in ((1180, 820), (820, 1180)):
            content.set_viewport_size({"width": width, "height": height})
            notes(content).nth(5).tap()
            for field in notes(content).all():
                expect(field).to_be_in_viewport(ratio=0.99)
    for field in notes(workshop).all():
        expect(field).to_be_in_viewport(ratio=0.99)
    assert notes(workshop).count() == 6


def test_the_overview_says_what_it_found_and_shows_it_in_bars(workshop):
    begin(workshop, workshop="Workshop med overblik")
    turn(workshop)
    discuss(workshop)
    button(workshop, "bar.overview").click()
    expect(part(workshop, "finding")).to_have_text(text("overview.one_card"))
    expect(workshop.get_by_role("img", name=text("overview.one_card"))).to_be_visible()
    button(workshop, "overview.scope_workshop").click()
    expect(part(workshop, "bars")).to_be_visible()
    workshop.get_by_text(words("overview.figures")).click()
    rows = workshop.get_by_role("table").locator("tbody tr")
    expect(rows).to_have_count(4)
    assert sum(int(row.locator("td").first.inner_text()) for row in rows.all()) == 1


def test_a_note_that_is_refused_stays_on_the_screen(workshop):
    begin(workshop)
    turn(workshop)
    write(workshop, "x" * 200_001)
    expect(workshop.get_by_role("alert")).to_contain_text("200001")
    expect(part(workshop, "status")).to_have_text(words("bar.unsaved"))
    assert len(note(workshop).input_value()) == 200_001
    note(workshop).fill("kort nok")
    saved(workshop)
    workshop.reload()
    expect(note(workshop)).to_have_value("kort nok")


def test_a_store_that_fails_is_told_and_what_was_written_is_sent_again(workshop, folder: Path):
    """The file is moved away in mid-session, as a synchronised folder may do, and comes back."""
    begin(workshop)
    turn(workshop)
    saved(workshop)
    path, elsewhere = folder / "dialogkort.sqlite", folder / "flyttet.sqlite"
    path.rename(elsewhere)
    try:
        write(workshop, "må ikke gå tabt")
        expect(notice(workshop)).to_contain_text(text("store.moved", path=path))
        expect(part(workshop, "status")).to_have_text(words("bar.unsaved"))
    finally:
        elsewhere.rename(path)
    saved(workshop)
    expect(notice(workshop)).to_be_hidden()
    workshop.reload()
    expect(note(workshop)).to_have_value("må ikke gå tabt")
