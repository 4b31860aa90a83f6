"""The plenum's page: a room follows its groups, lays notes together, and corrects next steps."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_steps import button, part, words
from playwright.sync_api import Page, expect
from running import Running, run_command, until

from dialogkort.decks.reading import read_deck
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import Noted, NoteKind
from dialogkort.sessions.plenum import open_plenum
from dialogkort.sessions.session import Session, start
from dialogkort.store import open_store

SCRIPT = "<img src=x onerror=\"document.title='ramt'\">"
GROUPS = ("Ældre", f"Børn {SCRIPT}")
MANY = 500


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two groups of today's workshop, one of which has written markup wherever it can."""
    folder = tmp_path_factory.mktemp("plenum")
    store, deck = open_store(folder), read_deck()
    for group in GROUPS:
        session = start(store, deck, workshop="Digital dag", group=group, date="2026-03-01")
        session.note(f"Vi mangler tid {SCRIPT}", opening_question=1)
        session.note("Ring 33 66 33 66", opening_question=2, kind=NoteKind.NEXT_STEP, owner=SCRIPT)
    store.close()
    return folder


@pytest.fixture(scope="module")
def plenum(workshop: Path) -> Iterator[Running]:
    yield from run_command(workshop, "plenum")


def groups(folder: Path) -> dict[str, Session]:
    store = open_store(folder)
    return {described.group: Session(store, id) for id, described in store.sessions().items()}


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=words(f"plenum.tab.{name}")).click()


def shown_notes(page: Page) -> list[str]:
    return part(page, "board").locator("[data-part=words]").all_inner_texts()


def test_the_room_follows_what_groups_do_elsewhere_and_nothing_they_wrote_runs(
    page: Page, seen: list[str], plenum: Running, workshop: Path
):
    page.goto(plenum.url)
    tiles = part(page, "groups").get_by_role("listitem")
    expect(tiles).to_have_count(len(GROUPS))
    elder = groups(workshop)["Ældre"]
    card = elder.deck.card(elder.table.face_down[0])
    elder.turn(card.id)
    expect(tiles.filter(has_text="Ældre")).to_contain_text(card.question)
    elder.discuss(card.id)
    expect(tiles.filter(has_text="Ældre")).to_contain_text(
        words("plenum.done", count=1).replace(" ", "\N{NO-BREAK SPACE}")
    )
    for name in ("board", "cards", "steps", "groups"):
        tab(page, name)
        assert page.locator(".dk img").count() == 0 and page.title() != "ramt"
    expect(tiles.filter(has_text=SCRIPT)).to_have_count(1)


def test_notes_are_laid_under_a_theme_and_taken_back_by_the_keyboard_alone(
    page: Page, seen: list[str], plenum: Running
):
    page.goto(plenum.url)
    page.get_by_role("tab", name=words("plenum.tab.groups")).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name=words("plenum.tab.board"))).to_be_focused()
    page.get_by_label(words("plenum.filter.search")).focus()
    page.keyboard.type("mangler tid")
    boxes = part(page, "board").get_by_role("checkbox")
    expect(boxes).to_have_count(2)
    for place in range(2):
        boxes.nth(place).focus()
        page.keyboard.press("Space")
    expect(part(page, "chosen")).to_contain_text(words("plenum.chosen", count=2))
    page.get_by_label(words("plenum.theme_name")).focus()
    page.keyboard.type("Tid")
    page.keyboard.press("Enter")
    heading = part(page, "board").get_by_role("heading", name="Tid (2)")
    expect(heading).to_be_visible()
    expect(part(page, "chosen")).to_be_hidden()
    page.reload()
    tab(page, "board")
    expect(part(page, "board").get_by_text("· Tid")).to_have_count(2)
    button(page, "plenum.undo").focus()
    page.keyboard.press("Enter")
    expect(part(page, "board").get_by_text("· Tid")).to_have_count(0)


def test_what_may_identify_somebody_is_covered_until_one_press_shows_it_and_again_after_a_reload(
    page: Page, seen: list[str], plenum: Running
):
    page.goto(plenum.url)
    tab(page, "board")
    until(lambda: part(page, "covered").count() == len(GROUPS))
    assert "33 66 33 66" not in "".join(shown_notes(page))
    part(page, "uncover").click()
    expect(part(page, "covered")).to_have_count(0)
    assert "33 66 33 66" in "".join(shown_notes(page))
    page.reload()
    tab(page, "board")
    until(lambda: part(page, "covered").count() == len(GROUPS))


def test_who_and_when_of_a_next_step_are_put_right_in_the_room_and_its_group_has_them(
    page: Page, seen: list[str], plenum: Running, workshop: Path
):
    page.goto(plenum.url)
    tab(page, "steps")
    row = part(page, "steps").get_by_role("listitem").filter(has_text="Ældre")
    row.get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(words("plenum.uncover_first"))).to_be_visible()
    dialog.get_by_label(words("pad.owner")).fill("Bo")
    dialog.get_by_label(words("pad.due")).fill("1/5 2027")
    button(dialog, "plenum.save_step").click()
    expect(row).to_contain_text("Bo")
    expect(row).to_contain_text("1. maj 2027")
    (step,) = (note for note in groups(workshop)["Ældre"].notes if note.kind is NoteKind.NEXT_STEP)
    assert (step.text, step.owner, step.due) == ("Ring 33 66 33 66", "Bo", "2027-05-01")


def test_the_room_votes_and_sees_the_ranking_only_when_the_vote_is_closed(
    page: Page, seen: list[str], plenum: Running, workshop: Path
):
    store = open_store(workshop)
    day = {"workshop": "Valgdag", "date": "2026-03-03"}
    session = start(store, read_deck(), group="Alle", **day)
    notes = [session.note(words, opening_question=1) for words in ("Vi mangler tid", "Vi øver os")]
    room = open_plenum(store, [session.id], "Valgdag")
    for note, name in zip(notes, (SCRIPT, "Øvelse"), strict=True):
        room.gather({note: session.id}, name)
    page.goto(plenum.url)
    choice = page.get_by_role("combobox", name=words("plenum.which"))
    choice.select_option(label="Valgdag · 3. marts 2026")
    tab(page, "vote")
    button(page, "plenum.vote.open").click()
    rows = part(page, "standing").get_by_role("listitem")
    row = rows.filter(has_text="Øvelse")
    row.get_by_role("button").click()
    row.get_by_role("textbox").fill("6")
    row.get_by_role("textbox").press("Enter")
    expect(row).to_contain_text(words("plenum.vote.is_counted"))
    table = page.context.new_page()
    table.goto(plenum.page(session.id))
    button(table, "opening.to_cards").click()
    button(table, "vote.open").click()
    dialog = table.get_by_role("dialog")
    more = dialog.get_by_role("button", name=words("vote.more"))
    hands = dialog.get_by_role("textbox").first
    for count in (1, 2):
        more.first.click()
        expect(hands).to_have_value(str(count))
    expect(dialog).to_contain_text(words("vote.saved"))
    expect(part(page, "voters")).to_have_text(words("plenum.vote.voters", count=1))
    assert "6" not in part(page, "vote").inner_text() and not table.locator(".dk img").count()
    page.reload()
    choice.select_option(label="Valgdag · 3. marts 2026")
    tab(page, "vote")
    button(page, "plenum.vote.show").click()
    results = part(page, "results").get_by_role("listitem")
    expect(results).to_have_count(2)
    assert results.nth(0).inner_text().split() == ["1.", "Øvelse", "6"]
    assert results.nth(1).inner_text().split()[-1] == "2"
    expect(dialog).to_have_count(0)
    table.close()
    button(page, "plenum.vote.reopen").click()
    button(page, "plenum.vote.withdraw").click()
    button(page, "plenum.vote.withdraw_sure").click()
    expect(button(page, "plenum.vote.open")).to_be_visible()
    assert page.locator(".dk img").count() == 0 and page.title() != "ramt"
    store.close()


def test_five_hundred_notes_and_a_very_long_one_can_be_searched(
    page: Page, seen: list[str], plenum: Running, workshop: Path
):
    store = open_store(workshop)
    session = start(store, read_deck(), workshop="Stor dag", group="Alle", date="2026-03-02").id
    contents = [*(f"Note nummer {number}" for number in range(MANY - 1)), "Vi øver os. " * 2_000]
    ids = [new_id(time.time_ns() // 1_000_000 + place) for place in range(MANY)]
    store.append(
        Noted(id=id, session=session, note=id, text=content, opening_question=1)
        for id, content in zip(ids, contents, strict=True)
    )
    store.close()
    page.goto(plenum.url)
    choice = page.get_by_role("combobox", name=words("plenum.which"))
    choice.select_option(label="Stor dag · 2. marts 2026")
    tab(page, "board")
    boxes = part(page, "board").get_by_role("checkbox")
    expect(boxes).to_have_count(MANY)
    page.get_by_label(words("plenum.filter.search")).fill("nummer 498")
    expect(boxes).to_have_count(1)
    page.get_by_label(words("plenum.filter.search")).fill("øver")
    expect(boxes).to_have_count(1)
    until(lambda: part(page, "covered").count() == 0)
    assert len(shown_notes(page)[0]) < 400
    button(page, "plenum.more").click()
    assert len(shown_notes(page)[0]) > 19_000
