"""From the end of a workshop to the next: answers, a day until which notes are kept, what was agreed."""

from datetime import date, timedelta
from pathlib import Path

from browser_steps import button, examine, part, saved, stage_is, turn, words, write
from playwright.sync_api import Page, expect
from running import until

from dialogkort.frames.closing import next_steps
from dialogkort.frames.sessions import read_all

WORKSHOP = "Digital dag i Hjemmeplejen"


def answer(page: Page, rating: int, word: str = "") -> None:
    question = part(page, "closing")
    question.get_by_role("button", name=str(rating), exact=True).click()
    question.get_by_role("textbox").fill(word)
    button(question, "closing.answer").click()


def test_a_workshop_is_prepared_held_and_ended_and_the_next_begins_with_what_it_agreed(
    workshop: Page, folder: Path
):
    workshop.get_by_role("link", name=words("prepare.title")).click()
    button(workshop, "prepare.begin").click()
    workshop.get_by_label(words("prepare.fields.workshop"), exact=True).fill(WORKSHOP)
    workshop.get_by_label(words("closing.until"), exact=True).fill("31.1.2027")
    workshop.get_by_label(words("closing.until"), exact=True).press("Tab")
    saved(workshop)
    workshop.get_by_role("link", name=words("prepare.to_start")).click()
    group = words("prepare.group", number=1)
    button(workshop, "prepare.begin_group", group=group).click()
    stage_is(workshop, "opening")
    retention = words("closing.kept_until", day="31. januar 2027")
    expect(part(workshop, "retention").locator("visible=true")).to_have_text(retention)
    button(workshop, "opening.to_cards").click()
    turn(workshop)
    write_step(workshop, "Aftal øvetid")
    button(workshop, "card.to_table").click()
    stage_is(workshop, "none")
    workshop.mouse.move(0, 0)
    button(workshop, "end.end").click()
    all_answer(workshop)
    keep_until_a_day_that_is_past(workshop, folder)
    workshop.reload()
    expect(part(workshop, "closing")).to_contain_text("Langt · Ærligt")

    workshop.mouse.move(0, 0)
    button(workshop, "follow_up.button").click()
    expect(part(workshop, "follows")).to_contain_text(words("follow_up.follows", name=WORKSHOP))
    expect(part(workshop, "overdue")).to_contain_text(WORKSHOP)
    month_later = date.today() + timedelta(days=30)
    workshop.get_by_label(words("start.date"), exact=True).fill(f"{month_later:%d.%m.%Y}")
    workshop.get_by_label(words("start.group"), exact=True).fill("Nord")
    button(workshop, "start.begin").click()
    earlier = workshop.get_by_role("dialog", name=words("follow_up.title"))
    expect(earlier).to_contain_text("Aftal øvetid")
    workshop.mouse.move(0, 0)
    earlier.get_by_role("button", name=words("follow_up.done"), exact=True).click()
    earlier.get_by_label(words("follow_up.word")).fill("Hver fredag")
    button(earlier, "then_and_now.title").click()
    both = workshop.get_by_role("dialog", name=words("then_and_now.title"))
    expect(both).to_contain_text(words("then_and_now.protected"))
    both.get_by_role("checkbox").check()
    expect(both).to_contain_text("1 kort vendt")
    examine(workshop, "sidst og nu")
    workshop.keyboard.press("Escape")
    button(earlier, "follow_up.onward").click()
    stage_is(workshop, "opening")
    saved(workshop)
    until(lambda: next_steps(folder)["status_word"].tolist() == ["Hver fredag"])
    assert next_steps(folder)["status"].tolist() == ["done"]

    button(workshop, "bar.leave").click()
    workshop.mouse.move(0, 0)
    button(part(workshop, "overdue"), "erase.title").click()
    button(workshop.get_by_role("dialog"), "erase.yes").click()
    until(lambda: read_all(folder).sessions["group"].tolist() == ["Nord"])


def write_step(page: Page, content: str) -> None:
    """Write a note, and say that it is a next step."""
    write(page, content)
    page.get_by_label(words("pad.kind"), exact=True).first.select_option("next step")
    saved(page)


def all_answer(page: Page) -> None:
    """Three answer the closing question, none of them seen before all are shown."""
    question = part(page, "closing")
    for count, (rating, word) in enumerate([(5, "Ærligt"), (4, ""), (2, "Langt")], start=1):
        expect(button(question, "closing.show")).to_be_hidden()
        answer(page, rating, word)
        expect(question).to_contain_text(words("closing.answers", count=count))
        expect(question.get_by_role("textbox")).to_have_value("")
        expect(question).not_to_contain_text("Ærligt")
    button(question, "closing.show").click()
    expect(question).to_contain_text("Langt · Ærligt")
    expect(question.get_by_role("textbox")).to_be_hidden()


def keep_until_a_day_that_is_past(page: Page, folder: Path) -> None:
    retention = part(page, "retention").locator("visible=true")
    retention.get_by_role("textbox").fill("1.11.2025")
    retention.get_by_role("textbox").press("Tab")
    expect(retention).to_contain_text(words("closing.kept_until", day="1. november 2025"))
    saved(page)
    until(lambda: read_all(folder).sessions["keep_until"].dt.year.tolist() == [2025])
