"""The page for preparing a workshop: an hour with three own questions, and its groups with one press."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_steps import begin, button, cards, examine, part, saved, session_of, stage_is, state_after, words
from playwright.sync_api import Locator, Page, expect
from running import Running, run_command

from dialogkort import i18n
from dialogkort.decks.reading import read_deck
from dialogkort.domain.events import DrawPlan
from dialogkort.sessions.session import Session
from dialogkort.sessions.workshop_plan import WorkshopPlan
from dialogkort.store import open_store

QUESTIONS = ("Hvad betyder sprogmodeller for os?", "Hvem spørger du om hjælp?", "Hvad skal vi lade være med?")

WRITE = "(field) => { field.value += '!'; field.dispatchEvent(new Event('input', { bubbles: true })); }"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("planer")


@pytest.fixture(scope="module")
def prepared(folder: Path) -> Iterator[Running]:
    yield from run_command(folder)


def field(page: Page, name: str):
    return page.get_by_label(words(f"prepare.fields.{name}"), exact=True)


def choose(file: Locator, name: str, content: bytes) -> None:
    file.locator("input").set_input_files({"name": name, "mimeType": "", "buffer": content})


def ask(page: Page, question: str) -> None:
    button(page, "prepare.add_question").click()
    page.get_by_label(words("prepare.question"), exact=True).last.fill(question)
    area = page.get_by_label(words("prepare.area"), exact=True).last
    expect(area).to_have_value("")  # nobody but the person knows which
    expect(page.get_by_text(words("prepare.area_fault"), exact=True).last).to_be_visible()
    area.select_option(index=2)
    page.get_by_label(words("prepare.examples"), exact=True).last.fill("Et eksempel\nog et til")


def test_an_hour_with_three_own_questions_is_prepared_and_its_groups_begin_with_one_press(
    page: Page, seen: list[str], prepared: Running, folder: Path
):
    page.goto(prepared.page())
    page.get_by_role("link", name=words("prepare.title")).click()
    button(page, "prepare.begin").click()
    expect(page.get_by_role("status").filter(has_text=words("prepare.cards", count=14))).to_be_visible()
    button(page, "prepare.minutes", minutes=60).click()
    expect(page.get_by_role("status").filter(has_text=words("prepare.cards", count=8))).to_be_visible()
    field(page, "workshop").fill("Digital dag")
    field(page, "starts").fill("9.10")
    field(page, "groups").fill("2")
    field(page, "purpose").fill("Et fælles sprog")
    page.locator("summary", has_text=words("prepare.table")).click()
    page.get_by_label(words("prepare.catalogue_link")).fill("intra.kommune.dk/kompetencer")
    file = part(page, "catalogue-file")
    choose(file, "katalog.html", b"<script>alert(1)</script>")
    expect(file.get_by_role("status")).to_have_text(i18n.text("catalogue.kind", name="katalog.html"))
    choose(file, "katalog.txt", "<b>Læse</b> og skrive".encode())
    expect(file.get_by_role("status")).to_have_text(words("prepare.catalogue_kept", name="katalog.txt"))
    button(file, "prepare.see_catalogue").click()
    expect(part(page, "catalogue").locator("pre")).to_have_text("<b>Læse</b> og skrive")
    page.keyboard.press("Escape")
    page.locator("summary", has_text=words("prepare.questions")).click()
    for question in QUESTIONS:
        ask(page, question)
    page.get_by_label(words("prepare.opening"), exact=True).fill("Hvad glæder du dig til?\n\nHvad driller?")
    page.get_by_label(words("prepare.opening_own_only")).check()
    expect(
        page.locator("li", has_text="9.20").get_by_text(words("prepare.steps.card", number=1))
    ).to_be_visible()
    assert state_after(field(page, "purpose"), WRITE) == "saving"
    saved(page)
    examine(page, "forbered")

    page.reload()
    expect(field(page, "workshop")).to_have_value("Digital dag")
    expect(field(page, "groups")).to_have_value("2")
    page.get_by_role("link", name=words("prepare.to_start")).click()
    first = words("prepare.group", number=1)
    button(page, "prepare.begin_group", group=first).click()
    stage_is(page, "opening")
    expect(page.get_by_role("definition")).to_have_text("Et fælles sprog!")
    listed = page.locator(".dk-opening-question")
    own = words("card.own")
    expect(listed).to_have_text([f"E1Hvad glæder du dig til? {own}", f"E2Hvad driller? {own}"])
    listed.last.click()
    expect(listed.last).to_have_attribute("aria-pressed", "true")
    page.mouse.move(0, 0)
    button(page, "opening.to_cards").click()
    expect(cards(page)).to_have_count(38)
    link = page.get_by_role("link", name=words("prepare.catalogue_online"))
    expect(link).to_have_attribute("href", "https://intra.kommune.dk/kompetencer")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    button(page, "prepare.catalogue").click()
    expect(part(page, "catalogue").locator("pre")).to_have_text("<b>Læse</b> og skrive")
    page.keyboard.press("Escape")
    session = session_of(page)
    page.mouse.move(0, 0)
    button(page, "bar.leave").click()
    expect(button(page, "prepare.open_group", group=first)).to_be_visible()
    page.get_by_role("link", name=f"{words('prepare.edit')}: Digital dag").click()
    expect(field(page, "workshop")).to_have_value("Digital dag")
    page.get_by_role("link", name=words("prepare.to_start")).click()
    page.get_by_role("link", name=f"{words('share.title')}: Digital dag").click()
    expect(page.get_by_label(words("share.which")).locator("option:checked")).to_have_text("Digital dag")
    page.go_back()

    store = open_store(folder)
    dealt = Session(store, session).dealt
    plan = WorkshopPlan(store, dealt.prepared)
    assert dealt.plan == DrawPlan.BALANCED
    assert [(one.text, len(one.examples)) for one in plan.plan.questions] == [(one, 2) for one in QUESTIONS]
    store.close()


def test_cards_of_ones_own_are_mended_here_used_beside_the_others_and_saved_as_a_new_file(
    page: Page, seen: list[str], prepared: Running, tmp_path: Path
):
    rows = "Nr;Område;Spørgsmål\r\n1;Møder;Hvad er digi- tale møder?\r\n1;;Hvem skriver ned?\r\n"
    page.goto(prepared.page(screen="forbered"))
    if part(page, "status").is_visible():
        button(page, "prepare.all").click()
    button(page, "prepare.begin").click()
    page.locator("summary", has_text=words("decks.title")).click()
    button(page, "decks.choose").click()
    file = {"name": "Vores kort.csv", "mimeType": "text/csv", "buffer": rows.encode("cp1252")}
    page.locator("dialog[open] input[type=file]").set_input_files(file)
    listed = page.locator(".dk-deck-rows > li")
    expect(listed).to_have_count(2)
    expect(listed.nth(1)).to_contain_text("Kortet har intet område")
    expect(listed.nth(0)).to_contain_text("digi- tale")
    expect(button(page, "decks.use")).to_be_disabled()
    examine(page, "egne kort")
    number = listed.get_by_label(words("decks.number"), exact=True).locator("visible=true")
    expect(number).to_have_count(1)  # only the card that has another's number is asked for one
    expect(page.get_by_label(words("decks.only_findings"))).to_be_checked()  # what must be mended comes first
    number.fill("2")
    expect(listed.nth(1)).not_to_contain_text("Nummer 1 er brugt")
    listed.nth(1).get_by_label(words("decks.area"), exact=True).fill("M")
    expect(listed.nth(1)).not_to_have_attribute("data-state", "error")  # and it stays to be written on in
    listed.nth(1).get_by_label(words("decks.area"), exact=True).fill("Møder")
    listed.nth(0).get_by_label(words("decks.question"), exact=True).fill("Hvad er digitale møder?")
    button(page, "decks.add").click()
    expect(listed.nth(2).get_by_label(words("decks.question"), exact=True)).to_be_focused()
    page.keyboard.type("Hvem får ordet?")
    expect(button(page, "decks.use")).to_be_disabled()  # a card without an area is none yet
    listed.nth(2).get_by_label(words("decks.area"), exact=True).fill("Møder")
    expect(button(page, "decks.use")).to_be_enabled()
    with page.expect_download() as download:
        button(page, "decks.save").click()
    download.value.save_as(tmp_path / "ny.xlsx")
    questions = [card.question for card in read_deck(tmp_path / "ny.xlsx").cards]
    assert questions == ["Hvad er digitale møder?", "Hvem skriver ned?", "Hvem får ordet?"]
    button(page, "decks.use_beside").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator(".dk-toast.dk-offer")).to_have_text(words("decks.used_beside", deck="Vores kort"))
    expect(page.locator("summary", has_text=words("decks.title"))).to_contain_text("38 kort")
    page.locator("summary", has_text=words("prepare.which_cards")).click()
    page.locator(".dk-prep-areas summary", has_text="Møder").click()
    expect(page.locator(".dk-prep-areas")).to_contain_text("B1. Hvad er digitale møder?")


def test_a_workshop_that_was_not_prepared_shows_nothing_of_a_plan(page: Page, prepared: Running):
    page.goto(prepared.page())
    begin(page)
    expect(part(page, "remaining")).to_be_hidden()
