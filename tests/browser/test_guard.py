"""While a note is typed, what may identify somebody is marked, and one click takes it out; nothing waits."""

from contextlib import suppress

import pytest
from breakable_connection import wire_to
from browser_steps import (
    begin,
    button,
    examine_in_both_themes,
    note,
    notes,
    part,
    saved,
    session_of,
    turn,
    visit,
    words,
    write,
)
from playwright.sync_api import expect

MARKS = "[data-part=marks]"
CPR = "211062-5629"  # the number that python-stdnum's documentation uses
TAKEN_OUT = "Hun har [cpr-nummer] og ringer"


def warnings(page):
    return part(page, "warnings").get_by_role("listitem")


def marks(page):
    return page.locator("[data-part=marks]:not([hidden]) mark")


def take_out(page):
    return page.get_by_role("button", name=words("guard.remove"))


def warned(kind, content, sure=True):
    return words(f"guard.{'is' if sure else 'may_be'}.{kind}", words=content)


def in_the_folder(folder):
    contents = []
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError, IsADirectoryError, PermissionError):  # a journal that is gone by now
            contents.append(path.read_bytes())
    return b"".join(contents)


@pytest.fixture
def at_card(workshop, request):
    begin(workshop, group=request.node.name[:40])
    turn(workshop)
    return workshop


def test_a_cpr_number_is_marked_where_it_stands_and_one_click_takes_it_out_for_good(at_card, folder):
    note(at_card).press_sequentially(f"Hun har {CPR} og ringer")
    expect(warnings(at_card)).to_have_count(1)
    expect(warnings(at_card)).to_contain_text(warned("cpr", "211062-"))
    expect(warnings(at_card)).not_to_contain_text(CPR)
    expect(marks(at_card)).to_have_text(CPR)
    expect(note(at_card)).to_be_focused()  # it took nobody away from the writing
    saved(at_card)
    assert CPR.encode() in in_the_folder(folder)
    take_out(at_card).click()
    expect(note(at_card)).to_have_value(TAKEN_OUT)
    expect(note(at_card)).to_be_focused()
    expect(warnings(at_card)).to_have_count(0)
    saved(at_card)
    assert CPR.encode() not in in_the_folder(folder)
    assert CPR not in at_card.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")
    at_card.keyboard.type(" igen")
    expect(note(at_card)).to_have_value(f"{TAKEN_OUT} igen")
    saved(at_card)
    at_card.reload()
    expect(note(at_card)).to_have_value(f"{TAKEN_OUT} igen")


def test_two_places_are_taken_out_of_one_note_and_the_rest_of_it_is_there_after_a_reload(at_card, folder):
    note(at_card).press_sequentially(f"Ring 22 33 44 55 eller find {CPR} frem")
    expect(warnings(at_card)).to_have_count(2)
    assert at_card.locator(".dk-guard").first.bounding_box()["height"] < 120  # px: the next note is in view
    saved(at_card)
    for left in (1, 0):
        take_out(at_card).first.click()
        expect(warnings(at_card)).to_have_count(left)
        at_card.mouse.move(0, 0)  # the second one has just come under the pointer
        saved(at_card)
    expect(note(at_card)).to_have_value("Ring [telefon] eller find [cpr-nummer] frem")
    at_card.reload()
    expect(note(at_card)).to_have_value("Ring [telefon] eller find [cpr-nummer] frem")
    assert CPR.encode() not in in_the_folder(folder)


def test_the_mark_lies_behind_the_very_letters(at_card):
    note(at_card).fill(
        "En lang note, der fylder flere linjer, før den kommer til sagen. " * 3 + "Ring 33 66 33 66."
    )
    expect(marks(at_card)).to_have_text("33 66 33 66")
    behind, written = (
        at_card.evaluate(
            """(which) => {
                const found = document.querySelector(which), look = getComputedStyle(found);
                const { x, y, width, height } = found.getBoundingClientRect();
                return [x, y, width, height, look.font, look.letterSpacing, look.paddingLeft, look.paddingTop,
                        look.borderLeftWidth, found.clientWidth, found.scrollHeight, look.textIndent];
            }""",
            which,
        )
        for which in (f"{MARKS}:not([hidden])", f":has(> {MARKS}:not([hidden])) > textarea")
    )
    assert behind == written


def test_what_is_in_order_is_not_asked_about_again_in_that_note(at_card):
    write(at_card, "Vi ringer til MJ om det")
    expect(warnings(at_card)).to_contain_text(warned("initials", "MJ", sure=False))
    at_card.get_by_role("button", name=words("guard.fine")).click()
    expect(warnings(at_card)).to_have_count(0)
    expect(marks(at_card)).to_have_count(0)
    note(at_card).press_sequentially(" MJ")
    saved(at_card)
    expect(warnings(at_card)).to_have_count(0)
    at_card.reload()
    expect(note(at_card)).to_have_value("Vi ringer til MJ om det MJ")
    expect(warnings(at_card)).to_have_count(0)
    write(at_card, "MJ siger også noget andet")
    expect(warnings(at_card)).to_have_count(1)


def test_the_warning_follows_the_words_and_goes_when_they_do(at_card):
    write(at_card, "Ring 33 66 33 66")
    expect(warnings(at_card)).to_have_count(1)
    note(at_card).press("Home")
    note(at_card).press_sequentially("NB: ")
    expect(marks(at_card)).to_have_text("33 66 33 66")
    note(at_card).press("End")
    for _ in range(4):
        note(at_card).press("Backspace")
    expect(warnings(at_card)).to_have_count(0)
    expect(marks(at_card)).to_have_count(0)


def test_writing_goes_on_while_the_server_is_busy_and_what_is_taken_out_then_is_taken_out(
    at_card, server, folder
):
    write(at_card, f"Hun har {CPR}")
    expect(warnings(at_card)).to_have_count(1)
    saved(at_card)
    with server.asleep():
        take_out(at_card).click()
        note(at_card).press_sequentially(" og mere")
        expect(note(at_card)).to_have_value("Hun har [cpr-nummer] og mere")
    saved(at_card)
    assert CPR.encode() not in in_the_folder(folder)
    at_card.reload()
    expect(note(at_card)).to_have_value("Hun har [cpr-nummer] og mere")
    expect(notes(at_card)).to_have_count(2)  # it, and the blank one


def test_a_server_that_is_killed_while_something_is_taken_out_costs_nothing(at_card, server, folder):
    write(at_card, f"Hun har {CPR}")
    expect(warnings(at_card)).to_have_count(1)
    saved(at_card)
    with server.asleep():
        take_out(at_card).click()
        note(at_card).press_sequentially(" og mere")
        server.process.kill()
    server.process.wait(60)
    server.start()
    at_card.reload()
    expect(note(at_card)).to_have_value("Hun har [cpr-nummer] og mere")
    saved(at_card)
    assert CPR.encode() not in in_the_folder(folder)


def test_two_windows_at_one_note_lose_no_letter_when_one_of_them_takes_something_out(at_card, server):
    write(at_card, f"Hun har {CPR}")
    saved(at_card)
    other = visit(at_card.context.new_page(), server.page(session_of(at_card)))
    expect(note(other)).to_have_value(f"Hun har {CPR}")
    note(other).press("End")
    take_out(at_card).click()
    expect(note(other)).to_have_value("Hun har [cpr-nummer]")  # where it is being written, too
    expect(note(other)).to_be_focused()
    other.keyboard.press("End")
    other.keyboard.type(", siger hun")
    expect(note(at_card)).to_have_value("Hun har [cpr-nummer], siger hun")
    expect(notes(at_card)).to_have_count(2)
    saved(other)
    other.close()


def test_letters_typed_in_another_window_at_the_same_moment_are_kept(at_card, server):
    write(at_card, f"Hun har {CPR}")
    saved(at_card)
    with wire_to(server.page(session_of(at_card))) as wire:
        other = visit(at_card.context.new_page(), wire.url)
        expect(note(other)).to_have_value(f"Hun har {CPR}")
        wire.swallow()
        note(other).press("End")
        other.keyboard.type(" og en ven")
        take_out(at_card).click()
        saved(at_card)
        wire.mend()
        saved(other)
        expect(note(other)).to_have_value(f"Hun har {CPR} og en ven")  # it is asked about again
        expect(warnings(other)).to_have_count(1)
        expect(note(at_card)).to_have_value(f"Hun har {CPR} og en ven")
        take_out(other).click()
        expect(note(at_card)).to_have_value("Hun har [cpr-nummer] og en ven")
        other.close()


def test_letters_typed_meanwhile_are_kept_where_a_place_was_taken_out_and_the_note_removed(at_card, server):
    write(at_card, f"Hun har {CPR}")
    saved(at_card)
    with wire_to(server.page(session_of(at_card))) as wire:
        other = visit(at_card.context.new_page(), wire.url)
        wire.swallow()
        note(other).press("End")
        other.keyboard.type(" i morgen")
        take_out(at_card).click()
        button(at_card, "pad.remove").first.click()
        saved(at_card)
        wire.mend()
        saved(other)
        for page in (other, at_card):
            expect(note(page)).to_have_value(f"Hun har {CPR} i morgen")
        other.close()


def test_it_is_reached_with_the_keyboard_and_said_politely(at_card):
    note(at_card).press_sequentially("Skriv til karin@example.dk")
    expect(warnings(at_card)).to_have_count(1)
    expect(part(at_card, "announcements")).to_contain_text(warned("email", ""))
    at_card.keyboard.press("Tab")
    expect(take_out(at_card)).to_be_focused()
    at_card.keyboard.press("Enter")
    expect(note(at_card)).to_have_value("Skriv til [e-mail]")


def test_a_warning_can_be_read_by_everybody(at_card):
    write(at_card, f"Hun har {CPR}, bor på Nørregade 12 og kan ringes op på 33 66 33 66")
    expect(warnings(at_card)).to_have_count(3)
    examine_in_both_themes(at_card, "a warned note", "aside")


def test_on_a_phone_the_buttons_are_in_reach(at_card):
    at_card.set_viewport_size({"width": 390, "height": 844})
    write(at_card, f"Hun har {CPR}")
    take_out(at_card).click()
    expect(note(at_card)).to_have_value("Hun har [cpr-nummer]")
    assert at_card.evaluate("document.documentElement.scrollWidth <= innerWidth")
