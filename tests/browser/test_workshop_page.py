"""The afternoon of a group, in a real page: what the screen shows, keeps and says."""

import re
from pathlib import Path

import pytest
from browser_steps import begin, examine, own_kernel, saved, turn, write
from playwright.sync_api import Page, expect

SIZES = {
    "laptop": (1280, 800),
    "small laptop": (1280, 720),
    "projector": (1920, 1080),
    "phone": (390, 844),
}
LONGEST_CARDS = ("medarbejderen-10", "medarbejderen-14", "medarbejderen-31")


def lies(page: Page, card: str, state: str) -> None:
    """The card lies so, or will in a moment."""
    expect(page.locator(f"[data-card={card}]")).to_have_attribute("data-state", state)


def test_35_cards_lie_face_down_and_tell_nothing(workshop):
    begin(workshop)
    cards = workshop.locator(".dk-card")
    expect(cards).to_have_count(35)
    assert {card.get_attribute("data-state") for card in cards.all()} == {"down"}
    assert workshop.locator(".dk-spread").inner_text().strip() == ""


def test_a_click_turns_the_card_in_the_same_frame(workshop):
    """The question is in place and the flip is running in the next frame drawn: no round trip before it."""
    begin(workshop)
    asked, animations, state = workshop.evaluate(
        """() => new Promise((done) => {
            const card = document.querySelector('.dk-card:nth-child(8)');
            card.click();
            requestAnimationFrame(() => {
                const open = document.querySelector('.dk-open');
                done([open.querySelector('h2').textContent, open.getAnimations().length, card.dataset.state]);
            });
        })"""
    )
    assert asked.endswith("?")
    assert animations == 1
    assert state == "open"


def test_a_click_does_not_wait_for_a_busy_kernel(workshop, server):
    """With the kernel stopped in its tracks the card turns all the same, and is saved when it wakes."""
    begin(workshop)
    kernel = own_kernel(workshop, server)
    kernel.suspend()
    try:
        turn(workshop)
        write(workshop, "skrevet imens")
        expect(workshop.locator(".dk-status")).to_have_attribute("data-state", "saving")
    finally:
        kernel.resume()
    saved(workshop)


def test_what_was_discussed_skipped_and_put_back_can_be_told_apart_without_colour(workshop):
    begin(workshop)
    discussed = turn(workshop)
    workshop.get_by_role("button", name="forskelligt").click()
    workshop.get_by_role("button", name="Drøftet").click()
    expect(workshop.locator(f"[data-card={discussed}]")).to_contain_text("Drøftet")
    skipped = turn(workshop)
    workshop.get_by_role("button", name="Spring over, fordi").click()
    workshop.get_by_role("button", name="Uklart").click()
    expect(workshop.locator(f"[data-card={skipped}]")).to_contain_text("Uklart")
    put_back = turn(workshop)
    workshop.get_by_role("button", name="Læg tilbage").click()
    expect(workshop.locator(f"[data-card={put_back}]")).to_have_attribute("data-state", "down")
    expect(workshop.locator(".dk-progress")).to_have_text("1 drøftet · 1 sprunget over · 33 tilbage")


def test_reload_finds_the_same_card_the_same_notes_and_the_half_written_one(workshop):
    begin(workshop)
    card = turn(workshop)
    question = workshop.locator(".dk-question").inner_text()
    write(workshop, "Vi øver os på hinanden")
    workshop.get_by_label("Slags note").first.select_option("next step")
    workshop.get_by_label("Hvem", exact=True).first.fill("Lederen")
    saved(workshop)
    write(workshop, "halvt skrev")
    workshop.reload()
    expect(workshop.locator(".dk-question")).to_have_text(question)
    notes = workshop.locator(".dk-note textarea")
    expect(notes.nth(0)).to_have_value("Vi øver os på hinanden")
    expect(notes.nth(1)).to_have_value("halvt skrev")
    expect(workshop.get_by_label("Hvem", exact=True).first).to_have_value("Lederen")
    lies(workshop, card, "open")


def test_a_session_is_continued_from_the_list(workshop):
    begin(workshop, group="Gruppe der vender tilbage")
    card = turn(workshop)
    write(workshop, "en note fra i går")
    saved(workshop)
    workshop.get_by_role("button", name="Til forsiden").click()
    workshop.get_by_role("button", name="Gruppe der vender tilbage").first.click()
    expect(workshop.locator(".dk-note textarea").first).to_have_value("en note fra i går")
    lies(workshop, card, "open")


def test_undo_walks_back_to_the_freshly_dealt_table(workshop):
    begin(workshop)
    card = turn(workshop)
    write(workshop, "en note")
    saved(workshop)
    workshop.get_by_role("button", name="Drøftet").click()
    undo = workshop.locator(".dk-undo")
    for step in ("drøftet", "note", "vendt"):
        expect(undo).to_have_attribute("aria-label", re.compile(step))
        undo.click()
    expect(undo).to_be_disabled()
    lies(workshop, card, "down")
    turn(workshop, card)
    expect(workshop.locator(".dk-note textarea")).to_have_count(1)


def test_a_removed_note_comes_back_by_undo(workshop):
    begin(workshop)
    turn(workshop)
    write(workshop, "fjernet ved en fejl")
    saved(workshop)
    workshop.get_by_role("button", name="Fjern noten").first.click()
    expect(workshop.locator(".dk-note textarea")).to_have_count(1)
    workshop.locator(".dk-undo").click()
    expect(workshop.locator(".dk-note textarea").first).to_have_value("fjernet ved en fejl")


def test_who_and_when_of_a_next_step_are_kept_before_a_word_of_it_is_written(workshop):
    begin(workshop)
    turn(workshop)
    workshop.get_by_label("Slags note").select_option("next step")
    workshop.get_by_label("Hvem", exact=True).fill("Ida")
    workshop.get_by_label("Hvornår").first.fill("2026-05-01")
    saved(workshop)
    workshop.reload()
    expect(workshop.get_by_label("Hvem", exact=True).first).to_have_value("Ida")
    expect(workshop.get_by_label("Hvornår").first).to_have_value("2026-05-01")


def test_a_note_that_is_emptied_is_gone(workshop):
    begin(workshop)
    turn(workshop)
    write(workshop, "slettes igen")
    saved(workshop)
    workshop.locator(".dk-note textarea").first.fill("")
    saved(workshop)
    workshop.reload()
    expect(workshop.locator(".dk-note textarea")).to_have_count(1)


def test_the_opening_round_in_mid_card_leads_back_to_the_card(workshop):
    begin(workshop)
    turn(workshop)
    question = workshop.locator(".dk-question").inner_text()
    workshop.get_by_role("button", name="Åbningsrunde").click()
    workshop.get_by_role("button", name="Til kortene").click()
    expect(workshop.locator(".dk-question")).to_be_visible()
    assert workshop.locator(".dk-question").inner_text() == question


def test_the_opening_round_comes_first_and_keeps_its_notes(workshop):
    workshop.get_by_label("Workshop", exact=True).fill("W")
    workshop.get_by_label("Gruppe", exact=True).fill("G")
    workshop.get_by_role("button", name="Læg kortene på bordet").click()
    expect(workshop.get_by_role("heading", name="Inden I vender det første kort")).to_be_focused()
    write(workshop, "alt med strøm")
    workshop.get_by_role("button", name="Hvilke digitale værktøjer bruger I?").click()
    write(workshop, "fagsystemet")
    workshop.get_by_role("button", name="Til kortene").click()
    workshop.get_by_role("button", name="Åbningsrunde").click()
    expect(workshop.locator(".dk-note textarea").first).to_have_value("alt med strøm")
    workshop.get_by_role("button", name="Hvilke digitale værktøjer bruger I?").click()
    expect(workshop.locator(".dk-note textarea").first).to_have_value("fagsystemet")


@pytest.mark.parametrize(
    "words",
    [
        "<img src=x onerror='window.ramt=1'><script>window.ramt=1</script>",
        "=1+1",
        "👩‍👩‍👧 æøå ” –",
        "ord " * 12_500,
    ],
    ids=["markup", "formula", "emoji", "50,000 characters"],
)
def test_any_note_is_kept_and_shown_as_text(workshop, words):
    begin(workshop)
    turn(workshop)
    write(workshop, words)
    saved(workshop)
    workshop.reload()
    expect(workshop.locator(".dk-note textarea").first).to_have_value(words)
    assert workshop.evaluate("window.ramt") is None


def test_a_whole_workshop_by_keyboard_alone(workshop):
    keys = workshop.keyboard
    workshop.get_by_label("Workshop", exact=True).focus()
    keys.type("Uden mus")
    for _ in range(8):
        if workshop.evaluate("document.activeElement.name") == "group":
            break
        keys.press("Tab")
    keys.type("Gruppe T")
    keys.press("Enter")
    expect(workshop.get_by_role("heading", name="Inden I vender det første kort")).to_be_focused()
    workshop.get_by_role("button", name="Til kortene").focus()
    keys.press("Enter")
    expect(workshop.locator(".dk-card").first).to_be_focused()
    keys.press("ArrowRight")
    keys.press("ArrowDown")
    ninth = workshop.locator(".dk-card").nth(8)
    expect(ninth).to_be_focused()
    keys.press("Enter")
    expect(workshop.locator(".dk-question")).to_be_focused()
    keys.press("Escape")
    expect(ninth).to_be_focused()
    keys.press("Enter")
    expect(workshop.locator(".dk-question")).to_be_focused()
    workshop.get_by_placeholder("Skriv en note …").focus()
    keys.type("første")
    keys.press("Enter")
    keys.type("linje to")
    keys.press("Control+Enter")
    keys.type("anden note")
    saved(workshop)
    values = [note.input_value() for note in workshop.locator(".dk-note textarea").all()]
    assert values == ["første\nlinje to", "anden note", ""]
    workshop.get_by_role("button", name="Drøftet").focus()
    keys.press("Enter")
    expect(ninth).to_be_focused()
    keys.press("Home")
    expect(workshop.locator(".dk-card").first).to_be_focused()
    keys.press("End")
    expect(workshop.locator(".dk-card").last).to_be_focused()


def test_a_screen_reader_is_told_what_happened(workshop):
    begin(workshop)
    face_down = workshop.get_by_role("button", name="Plads 3: kort med bagsiden op")
    face_down.click()
    live = workshop.locator(".dk-unseen[role=status]")
    expect(live).to_contain_text("er vendt. 34 kort ligger med bagsiden op.")
    workshop.get_by_role("button", name="Drøftet").click()
    expect(live).to_contain_text("er drøftet. 34 kort")
    settled = re.compile(r"^Plads 3: kort \d+, .*, drøftet\. ")
    expect(workshop.locator(".dk-card").nth(2)).to_have_attribute("aria-label", settled)


def test_an_area_that_is_a_judgement_says_so_on_the_card_and_in_the_guide(workshop):
    begin(workshop)
    turn(workshop, "medarbejderen-30")
    expect(workshop.locator(".dk-area")).to_contain_text("efter skøn")
    workshop.get_by_role("button", name="Vejledning").click()
    guide = workshop.get_by_role("dialog", name="Sådan bruger I kortene")
    expect(guide).to_contain_text("Område efter skøn: kort 23, 26, 28, 30, 31.")
    expect(guide).to_contain_text("KL / Digitalt kompetente kommuner")


def test_reduced_motion_turns_the_card_without_a_flip(workshop):
    workshop.emulate_media(reduced_motion="reduce")
    begin(workshop)
    running = workshop.evaluate(
        """() => new Promise((done) => {
            document.querySelector('.dk-card').click();
            requestAnimationFrame(() => done(document.getAnimations().length));
        })"""
    )
    assert running == 0
    expect(workshop.locator(".dk-question")).to_be_visible()
    workshop.get_by_role("button", name="Drøftet").click()
    expect(workshop.locator(".dk-card").first).to_have_attribute("data-state", "discussed")


@pytest.mark.parametrize("size", SIZES)
def test_question_and_note_field_are_in_view_without_scrolling(workshop, size):
    width, height = SIZES[size]
    workshop.set_viewport_size({"width": width, "height": height})
    begin(workshop)
    for card in LONGEST_CARDS:
        turn(workshop, card)
        expect(workshop.locator(".dk-question")).to_be_in_viewport(ratio=1)
        expect(workshop.get_by_placeholder("Skriv en note …")).to_be_in_viewport(ratio=0.9)
        expect(workshop.get_by_role("button", name="Drøftet")).to_be_in_viewport(ratio=1)
        if size != "phone":
            hidden = "(body) => body.scrollHeight - body.clientHeight"
            assert workshop.locator(".dk-open-body").evaluate(hidden) <= 1, f"{card} must be read whole"
        workshop.get_by_role("button", name="Til bordet").click()
        expect(workshop.locator(".dk-stage")).to_have_attribute("data-mode", "none")
    assert workshop.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_question_can_be_read_from_the_back_of_the_room(workshop):
    """At 1920×1080 even the longest question is at least one thirtieth of the picture's height."""
    workshop.set_viewport_size({"width": 1920, "height": 1080})
    begin(workshop)
    for card in LONGEST_CARDS:
        turn(workshop, card)
        size = workshop.evaluate(
            "parseFloat(getComputedStyle(document.querySelector('.dk-question')).fontSize)"
        )
        assert size >= 1080 / 30
        workshop.get_by_role("button", name="Til bordet").click()
        expect(workshop.locator(".dk-stage")).to_have_attribute("data-mode", "none")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_no_violation_of_wcag_22_on_any_screen(workshop, scheme, size):
    width, height = SIZES[size]
    workshop.set_viewport_size({"width": width, "height": height})
    workshop.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    examine(workshop, "start")
    workshop.get_by_label("Workshop", exact=True).fill("W")
    workshop.get_by_label("Gruppe", exact=True).fill("G")
    workshop.get_by_role("button", name="Læg kortene på bordet").click()
    workshop.locator(".dk-opening").wait_for()
    examine(workshop, "opening round")
    workshop.get_by_role("button", name="Til kortene").click()
    turn(workshop, LONGEST_CARDS[0])
    write(workshop, "en note")
    workshop.get_by_label("Slags note").first.select_option("next step")
    examine(workshop, "open card")
    workshop.get_by_role("button", name="Spring over, fordi").click()
    examine(workshop, "reasons to skip")
    workshop.get_by_role("button", name="Uklart").click()
    examine(workshop, "table")
    workshop.get_by_role("button", name="Vejledning").click()
    examine(workshop, "guide")
    workshop.keyboard.press("Escape")
    workshop.get_by_role("button", name="Overblik").click()
    workshop.locator(".dk-chart").wait_for()
    workshop.get_by_text("Vis tallene").click()
    examine(workshop, "overview")


def test_the_overview_is_a_picture_with_words(workshop):
    begin(workshop, workshop="Workshop med overblik")
    turn(workshop)
    workshop.get_by_role("button", name="Drøftet").click()
    workshop.get_by_role("button", name="Overblik").click()
    chart = workshop.get_by_role("img")
    chart.wait_for()
    assert "vendt" in chart.get_attribute("alt")
    assert workshop.evaluate("document.querySelector('.dk-chart').naturalWidth") > 0
    workshop.get_by_role("button", name="Hele workshoppen på denne maskine").click()
    chart.wait_for()
    workshop.get_by_text("Vis tallene").click()
    rows = workshop.locator(".dk-figures tbody tr")
    expect(rows).to_have_count(4)
    assert sum(int(row.locator("td").first.inner_text()) for row in rows.all()) == 1


def test_bad_input_in_the_form_is_told_beside_the_button_and_loses_nothing(workshop):
    workshop.get_by_label("Workshop", exact=True).fill("   ")
    workshop.get_by_label("Gruppe", exact=True).fill("G")
    workshop.get_by_role("button", name="Læg kortene på bordet").click()
    expect(workshop.get_by_role("alert").first).to_contain_text("Skriv workshoppens navn")
    expect(workshop.get_by_label("Gruppe", exact=True)).to_have_value("G")


def test_a_note_that_is_refused_stays_on_the_screen(workshop):
    begin(workshop)
    turn(workshop)
    write(workshop, "x" * 200_001)
    expect(workshop.locator(".dk-toast[role=alert]").first).to_contain_text("200001 tegn")
    expect(workshop.locator(".dk-status")).to_have_text("Ikke gemt endnu")
    note = workshop.locator(".dk-note textarea").first
    assert len(note.input_value()) == 200_001
    note.fill("kort nok")
    saved(workshop)
    workshop.reload()
    expect(note).to_have_value("kort nok")


def test_a_store_that_fails_is_told_and_what_was_written_is_sent_again(workshop, folder: Path):
    """The file is moved away in mid-session, as a synchronised folder may do, and comes back."""
    begin(workshop)
    turn(workshop)
    saved(workshop)
    path, elsewhere = folder / "dialogkort.sqlite", folder / "flyttet.sqlite"
    path.rename(elsewhere)
    try:
        write(workshop, "må ikke gå tabt")
        expect(workshop.locator(".dk-strip")).to_contain_text("er flyttet eller omdøbt")
        expect(workshop.locator(".dk-status")).to_have_text("Ikke gemt endnu")
    finally:
        elsewhere.rename(path)
    saved(workshop)
    expect(workshop.locator(".dk-strip")).to_be_hidden()
    workshop.reload()
    expect(workshop.locator(".dk-note textarea").first).to_have_value("må ikke gå tabt")


def test_reloading_does_not_pile_up_kernels(workshop, server):
    begin(workshop)
    spare = len(server.kernels())
    for _ in range(3):
        workshop.reload()
        workshop.locator(".dk-bar").wait_for()
    assert len(server.kernels()) <= spare + 2
