"""A session from its form to its end: what is told is corrected, all notes are seen, it is ended."""

from contextlib import closing

import pytest
from browser_steps import (
    begin,
    button,
    discuss,
    examine_in_both_themes,
    note,
    notes,
    part,
    question,
    saved,
    stage_is,
    turn,
    undo,
    values,
    visit,
    words,
    write,
)
from playwright.sync_api import Locator, Page, expect
from running import until

from dialogkort.decks.reading import read_deck
from dialogkort.domain.event_ids import new_id, time_of
from dialogkort.domain.events import Noted
from dialogkort.i18n import text
from dialogkort.sessions.session import Session, start
from dialogkort.store import open_store

WORKSHOP = "Forårsdag i Børn og Unge"


@pytest.fixture
def browser_context_args(browser_context_args: dict) -> dict:
    """A browser whose language is not the kit's."""
    return {**browser_context_args, "locale": "en-US"}


def field(page: Page | Locator, name: str) -> Locator:
    return page.get_by_label(words(f"start.{name}"), exact=True)


def note_of_kind(page: Page, content: str, kind: str, who: str = "", when: str = "") -> None:
    page.get_by_label(words("pad.kind"), exact=True).last.select_option(kind)
    write(page, content)
    if who:
        page.get_by_label(words("pad.owner"), exact=True).first.fill(who)
        page.get_by_label(words("pad.due")).first.fill(when)
    saved(page)


def correct(page: Page) -> Locator:
    page.get_by_role("button", name=words("details.correct")).click()
    return page.get_by_role("dialog", name=words("details.correct"))


def overflows(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def test_what_is_wrong_in_the_form_stands_beside_the_field_in_danish_and_nothing_is_lost(workshop):
    assert workshop.evaluate("navigator.language") == "en-US"
    assert field(workshop, "workshop").get_attribute("required") is not None
    field(workshop, "workshop").fill("   ")
    field(workshop, "date").fill("31.2.2026")
    field(workshop, "group").fill("G")
    field(workshop, "participants").fill("en hel del")
    button(workshop, "start.begin").click()
    expect(field(workshop, "workshop")).to_be_focused()
    for name, fault in (
        ("workshop", text("session.workshop_missing")),
        ("date", words("day.no_day")),
        ("participants", text("session.participants", value="en hel del", fewest=1, most=999)),
    ):
        expect(field(workshop, name)).to_have_accessible_description(fault)
        expect(workshop.get_by_text(fault)).to_be_visible()
    expect(field(workshop, "group")).to_have_accessible_description("")
    expect(field(workshop, "group")).to_have_value("G")
    examine_in_both_themes(workshop, "form with faults")
    field(workshop, "date").fill("28.11.9999")
    fault = text("session.no_year", value=9999, first=2000, last=2099)
    expect(field(workshop, "date")).to_have_accessible_description(fault)
    field(workshop, "date").fill("3/5 26")
    field(workshop, "workshop").fill(WORKSHOP)
    expect(field(workshop, "date")).to_have_value("3. maj 2026")
    field(workshop, "participants").fill("7")
    field(workshop, "participants").press("Enter")
    expect(workshop.get_by_role("heading", name=words("opening.title"))).to_be_visible()


def test_details_are_corrected_at_the_table_and_every_window_sees_it(workshop, server):
    session = begin(workshop, "Grupe 1", "Forårdag")
    other = visit(workshop.context.new_page(), server.page(session))
    dialog = correct(workshop)
    expect(field(dialog, "workshop")).to_have_value("Forårdag")
    field(dialog, "group").fill(" ")
    button(dialog, "details.save").click()
    expect(field(dialog, "group")).to_be_focused()
    expect(field(dialog, "group")).to_have_accessible_description(text("session.group_missing"))
    examine_in_both_themes(workshop, "details with a fault")
    field(dialog, "group").fill("Gruppe 1")
    field(dialog, "workshop").fill("Forårsdag")
    field(dialog, "workshop").press("Enter")
    saved(workshop)
    for page in (workshop, other):
        expect(page.get_by_role("heading", level=1, name="Forårsdag – Gruppe 1")).to_be_visible()
    expect(part(other, "notice")).to_have_text(words("remote.described"))
    other.close()
    workshop.reload()
    expect(workshop.get_by_role("heading", level=1, name="Forårsdag – Gruppe 1")).to_be_visible()
    dialog = correct(workshop)
    workshop.set_viewport_size({"width": 320, "height": 640})
    assert overflows(workshop) <= 0
    workshop.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_all_notes_stand_in_one_list_next_steps_first_and_are_found_and_corrected_there(workshop):
    begin(workshop, "Alle noter", WORKSHOP)
    first = turn(workshop)
    note_of_kind(workshop, "vi bruger det forskelligt", "point")
    discuss(workshop)
    stage_is(workshop, "none")
    turn(workshop)
    note_of_kind(workshop, "lav en vejledning", "next step", "Karin", "1.2.2027")
    button(workshop, "bar.notes").click()
    dialog = workshop.get_by_role("dialog", name=words("notes.title"))
    expect(dialog.get_by_role("heading", level=3).first).to_have_text(words("notes.next_steps"))
    listed = notes(dialog)
    expect(listed).to_have_count(2)
    assert [one.input_value() for one in listed.all()] == ["lav en vejledning", "vi bruger det forskelligt"]
    expect(dialog.get_by_label(words("pad.due")).first).to_have_value("1. februar 2027")
    button(dialog, "notes.by_kind").click()
    expect(dialog.get_by_role("heading", level=3).last).to_have_text(words("kinds.point"))
    examine_in_both_themes(workshop, "all notes")
    dialog.get_by_role("searchbox").fill("FORSKELLIGT")
    expect(listed).to_have_count(1)
    listed.first.fill("vi bruger det meget forskelligt")
    saved(workshop)
    dialog.get_by_role("searchbox").fill("")
    dialog.get_by_label(words("pad.kind"), exact=True).last.select_option("next step")
    button(dialog, "notes.by_card").focus()
    expect(dialog.get_by_role("heading", level=3)).to_have_count(1)
    workshop.set_viewport_size({"width": 320, "height": 640})
    assert dialog.evaluate("(panel) => panel.scrollWidth - panel.clientWidth") <= 0
    workshop.set_viewport_size({"width": 1280, "height": 800})
    workshop.keyboard.press("Escape")
    saved(workshop)
    workshop.reload()
    button(workshop, "card.to_table").click()
    turn(workshop, first)
    expect(note(workshop)).to_have_value("vi bruger det meget forskelligt")


def test_removed_notes_are_seen_after_a_reload_in_every_window_and_brought_back_or_erased(workshop, server):
    session = begin(workshop, "Fjernede noter", WORKSHOP)
    turn(workshop)
    for content in ("skal tilbage", "skal væk for altid", "blev fortrudt."):
        write(workshop, content)
        saved(workshop)
    undo(workshop).click()
    for _ in range(2):
        button(workshop, "pad.remove").first.click()
    write(workshop, "bliver")  # now there is nothing to redo
    saved(workshop)
    workshop.reload()
    other = visit(workshop.context.new_page(), server.page(session))
    gone = {page: removed_in(page) for page in (workshop, other)}
    words_of = {page: gone[page].locator(".dk-removed-words") for page in gone}
    expect(words_of[workshop]).to_have_text(["skal tilbage", "skal væk for altid", "blev fortrudt."])
    examine_in_both_themes(workshop, "removed notes")
    button(gone[workshop], "notes.bring_back").first.click()
    expect(words_of[workshop]).to_have_text(["skal væk for altid", "blev fortrudt."])
    button(gone[workshop], "notes.bring_back").last.press("Enter")
    for page in gone:
        expect(words_of[page]).to_have_text(["skal væk for altid"])
        expect(notes(page.get_by_role("dialog"))).to_have_count(3)
    expect(gone[workshop].locator("summary")).to_be_focused()
    button(gone[workshop], "erase.yes").click()
    sure = workshop.get_by_role("dialog", name=words("erase.title"))
    expect(sure).to_contain_text("skal væk for altid")
    button(sure, "erase.keep").click()
    expect(words_of[workshop]).to_have_count(1)
    button(gone[workshop], "erase.yes").click()
    button(sure, "erase.yes").click()
    for page in gone:
        expect(gone[page]).to_be_hidden()
        page.keyboard.press("Escape")
        expect(notes(page)).to_have_count(4)
        assert sorted(values(page)) == ["blev fortrudt.", "bliver", "skal tilbage"]
    other.close()
    undo(workshop).click()  # to bring back is a step as others are
    expect(notes(workshop)).to_have_count(3)


def test_all_notes_stand_there_while_one_takes_the_place_of_another(workshop, folder):
    """What is taken out of a note is done in two halves: between them both are there."""
    session = begin(workshop, "To halve", WORKSHOP)
    card = turn(workshop)
    write(workshop, "Ring til Peter")
    saved(workshop)
    with closing(open_store(folder)) as store:
        reopened = Session(store, session)
        (before,) = reopened.notes
        id = new_id(time_of(before.version) + 1)
        reopened.record(
            Noted(id=id, session=session, note=id, card=card, text="Ring til ham", after=before.id)
        )
    expect(notes(workshop)).to_have_count(3)
    button(workshop, "bar.notes").click()
    dialog = workshop.get_by_role("dialog", name=words("notes.title"))
    expect(notes(dialog)).to_have_count(2)
    assert [one.input_value() for one in notes(dialog).all()] == ["Ring til Peter", "Ring til ham"]


def removed_in(page: Page) -> Locator:
    """The list of removed notes, unfolded."""
    button(page, "bar.notes").click()
    removed = part(page, "removed")
    removed.locator("summary").click()
    return removed


def test_a_session_is_ended_with_what_was_agreed_and_taken_up_again_by_keyboard(workshop, server):
    begin(workshop, "Slut", WORKSHOP)
    turn(workshop)
    question_text = question(workshop).inner_text()
    note_of_kind(workshop, "spørg it om adgang", "next step", "Bo", "1.12.2026")
    button(workshop, "agreement.alike").click()
    discuss(workshop)
    stage_is(workshop, "none")
    button(workshop, "end.end").focus()
    workshop.keyboard.press("Enter")
    expect(workshop.get_by_role("heading", name=words("end.title"))).to_be_focused()
    saved(workshop)
    workshop.reload()  # an ended session is found again at its end
    expect(part(workshop, "talked")).to_contain_text(question_text)
    for words_of_step in ("spørg it om adgang", "Bo", "1. december 2026"):
        expect(part(workshop, "agreed")).to_contain_text(words_of_step)
    for width, height in ((320, 640), (640, 360), (1920, 1080)):
        workshop.set_viewport_size({"width": width, "height": height})
        assert overflows(workshop) <= 0
        button(workshop, "end.reopen").scroll_into_view_if_needed()
        expect(button(workshop, "end.reopen")).to_be_in_viewport(ratio=0.95)  # of a pixel, a part
    workshop.set_viewport_size({"width": 640, "height": 360})
    workshop.mouse.wheel(0, 5_000)
    until(lambda: workshop.evaluate("scrollY > 100"))
    button(workshop, "bar.leave").last.click()
    expect(workshop.get_by_role("heading", level=1)).to_be_in_viewport(ratio=0.99)
    workshop.get_by_role("listitem").get_by_role("button", name=f"{WORKSHOP} – Slut").first.click()
    expect(workshop.get_by_role("heading", name=words("end.title"))).to_be_in_viewport(ratio=0.99)
    workshop.set_viewport_size({"width": 1280, "height": 800})
    button(workshop, "end.reopen").focus()
    workshop.keyboard.press("Enter")
    stage_is(workshop, "none")
    saved(workshop)
    workshop.reload()
    expect(button(workshop, "end.end")).to_be_visible()
    turn(workshop)


def test_many_sessions_stand_by_workshop_newest_first_and_are_searched(page, server, folder, seen):
    deck = read_deck()
    store = open_store(folder)
    for workshop, groups in (("Vinterdag", 9), ("Efterårsdag", 8)):
        for group in range(groups):
            start(store, deck, workshop=workshop, group=f"Bord {group + 1}", date="2026-10-01")
    store.close()
    visit(page, server.url)
    workshops = page.locator("details h3")
    expect(workshops.nth(1)).to_have_text("Vinterdag")
    expect(workshops.first).to_have_text("Efterårsdag")
    autumn, winter = (page.locator("details", has_text=name) for name in ("Efterårsdag", "Vinterdag"))
    expect(autumn.get_by_role("listitem").first).to_contain_text("Bord 8")
    expect(winter.get_by_role("listitem")).to_have_count(0)
    winter.locator("summary").press("Enter")
    expect(winter.get_by_role("listitem")).to_have_count(9)
    examine_in_both_themes(page, "many sessions")
    page.get_by_role("searchbox").fill("vinterdag bord 4")
    expect(page.get_by_role("listitem")).to_have_count(1)
    name = "Vinterdag – Bord 4"
    for visible, whole in (("download.button", "download.session"), ("wayout.drop", "wayout.erase")):
        expect(button(page, whole, name=name)).to_have_text(words(visible))
        expect(button(page, whole, name=name)).to_have_attribute("title", words(whole, name=name))
    page.set_viewport_size({"width": 390, "height": 844})
    button(page, "start.continue").click()
    expect(page.get_by_role("heading", name=words("start.continue"))).to_be_focused()
    expect(page.get_by_role("searchbox")).to_be_in_viewport(ratio=0.99)
    page.set_viewport_size({"width": 320, "height": 640})
    assert overflows(page) <= 0
    page.get_by_role("listitem").get_by_role("button", name="Vinterdag – Bord 4").first.click()
    expect(page.get_by_role("heading", name=words("opening.title"))).to_be_visible()


def test_a_press_on_a_session_counts_and_the_focus_stays_while_its_group_goes_on(page, server, folder):
    with closing(open_store(folder)) as store:
        deck = read_deck()
        sessions = [start(store, deck, workshop="Sommerdag", group=f"Bord {number}") for number in (1, 2)]
        visit(page, server.url)
        second = page.get_by_role("listitem").get_by_role("button", name="Sommerdag – Bord 2").first
        erase = button(page, "wayout.erase", name="Sommerdag – Bord 1")
        erase.focus()
        second.hover()
        page.mouse.down()
        erase.focus()
        for session in sessions:
            session.turn(session.dealt.order[0])
        expect(second).to_contain_text(words("start.turned", count=1))
        expect(erase).to_be_focused()
        page.mouse.up()
        expect(page.get_by_role("heading", name=words("opening.title"))).to_be_hidden()
        expect(question(page)).to_be_visible()
