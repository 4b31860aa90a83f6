"""On a phone a warning comes into view under the note that is written, and takes nobody from it."""

import pytest
from browser_steps import begin, button, note, question, turn, words
from playwright.sync_api import Page, expect

CARET = "[document.activeElement.selectionStart, document.activeElement.selectionEnd]"


@pytest.fixture
def phone(workshop: Page, request: pytest.FixtureRequest) -> Page:
    """A card in hand, and a first note of several lines on its pad."""
    workshop.set_viewport_size({"width": 390, "height": 844})
    begin(workshop, group=request.node.name[:40])
    turn(workshop)
    note(workshop, 0).press_sequentially(
        "En første note om noget ganske andet, der fylder flere linjer på en telefon."
    )
    return workshop


def test_the_warning_of_a_second_note_is_in_view_with_its_buttons_while_one_writes(phone: Page):
    content = "Ring til hende på 33 66 33 66 i morgen"
    note(phone, 1).click()
    phone.keyboard.type(content)
    for way in ("guard.remove", "guard.fine"):
        expect(phone.get_by_role("button", name=words(way))).to_be_in_viewport(ratio=0.99)
    expect(note(phone, 1)).to_be_in_viewport(ratio=0.99)
    expect(note(phone, 1)).to_be_focused()
    assert phone.evaluate(CARET) == [len(content), len(content)]
    phone.keyboard.type(" igen")
    expect(note(phone, 1)).to_have_value(f"{content} igen")


def test_the_warning_comes_back_into_view_when_its_note_is_taken_up_again(phone: Page):
    note(phone, 0).press_sequentially(" Ring 33 66 33 66.")
    remove = phone.get_by_role("button", name=words("guard.remove"))
    expect(remove).to_be_in_viewport(ratio=0.99)
    for _ in range(3):
        note(phone, -1).press_sequentially("Endnu en note\nmed to linjer")
        phone.keyboard.press("Control+Enter")
    expect(remove).not_to_be_in_viewport()
    note(phone, 0).focus()
    expect(remove).to_be_in_viewport(ratio=0.99)


def test_the_card_gets_its_room_back_and_what_one_presses_meanwhile_stays_in_its_place(phone: Page):
    discussed = button(phone, "outcome.discussed.button")
    pad = phone.get_by_role("complementary", name=words("pad.title"))
    writing = pad.bounding_box()["height"]
    phone.clock.install()
    discussed.hover()
    phone.mouse.down()
    phone.clock.run_for(2_000)  # however long it is pressed
    phone.mouse.up()
    expect(phone.locator("[data-card][data-state=discussed]")).to_have_count(1)
    phone.locator("[data-card][data-state=discussed]").click()
    expect(question(phone)).to_be_visible()
    assert pad.bounding_box()["height"] < writing / 1.5
