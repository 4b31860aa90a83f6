"""From the end of a workshop to the next: answers, a day until which notes are kept, what was agreed."""

from pathlib import Path

from browser_steps import begin, button, part, saved, stage_is, turn, words
from playwright.sync_api import Page, expect
from running import until

from dialogkort.frames.sessions import read_all

WORKSHOP = "Digital dag i Hjemmeplejen"


def answer(page: Page, rating: int, word: str = "") -> None:
    question = part(page, "closing")
    question.get_by_role("button", name=str(rating), exact=True).click()
    question.get_by_role("textbox").fill(word)
    button(question, "closing.answer").click()


def test_a_workshop_ends_with_an_answer_each_and_a_day_until_which_notes_are_kept(
    workshop: Page, folder: Path
):
    begin(workshop, "Team Syd", WORKSHOP)
    turn(workshop)
    button(workshop, "card.to_table").click()
    stage_is(workshop, "none")
    workshop.mouse.move(0, 0)
    button(workshop, "end.end").click()
    question = part(workshop, "closing")
    for count, (rating, word) in enumerate([(5, "Ærligt"), (4, ""), (2, "Langt")], start=1):
        expect(button(question, "closing.show")).to_be_hidden()
        answer(workshop, rating, word)
        expect(question).to_contain_text(words("closing.answers", count=count))
        expect(question.get_by_role("textbox")).to_have_value("")
        expect(question).not_to_contain_text("Ærligt")
    button(question, "closing.show").click()
    expect(question).to_contain_text("Langt · Ærligt")
    expect(question.get_by_role("textbox")).to_be_hidden()
    retention = part(workshop, "retention")
    retention.get_by_role("textbox").fill("31.1.2027")
    retention.get_by_role("textbox").press("Tab")
    expect(retention).to_contain_text(words("closing.kept_until", day="31. januar 2027"))
    saved(workshop)
    until(lambda: read_all(folder).sessions["keep_until"].dt.year.tolist() == [2027])
    workshop.reload()
    expect(part(workshop, "closing")).to_contain_text("Langt · Ærligt")
    workshop.mouse.move(0, 0)
    button(part(workshop, "retention"), "erase.title").click()
    button(workshop.get_by_role("dialog"), "erase.yes").click()
    expect(workshop.get_by_text(words("erase.done", name=f"{WORKSHOP} – Team Syd", count=1))).to_be_visible()
    until(lambda: read_all(folder).sessions.empty)
