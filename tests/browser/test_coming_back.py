"""From the end of a workshop to the next: answers, a day until which notes are kept, what was agreed."""

from contextlib import closing
from pathlib import Path

from browser_steps import begin, button, part, saved, stage_is, turn, words
from playwright.sync_api import Page, expect
from running import until

from dialogkort.decks.reading import read_deck
from dialogkort.domain.events import NoteKind
from dialogkort.frames.closing import next_steps
from dialogkort.frames.sessions import read_all
from dialogkort.sessions.session import start
from dialogkort.store import open_store

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


def test_a_workshop_is_followed_up_and_begins_with_what_the_last_one_agreed(workshop: Page, folder: Path):
    with closing(open_store(folder)) as store:
        first = start(store, read_deck(), workshop=WORKSHOP, group="Nord", date="2026-10-28")
        step = first.note("Aftal øvetid", opening_question=1, kind=NoteKind.NEXT_STEP, owner="Leder")
        first.keep_until("2026-11-01")
    workshop.reload()
    expect(part(workshop, "overdue")).to_contain_text(WORKSHOP)
    workshop.mouse.move(0, 0)
    button(workshop, "follow_up.of", name=WORKSHOP).click()
    expect(part(workshop, "follows")).to_contain_text("28. oktober 2026")
    workshop.get_by_label(words("start.group"), exact=True).fill("Nord")
    button(workshop, "start.begin").click()
    earlier = workshop.get_by_role("dialog", name=words("follow_up.title"))
    expect(earlier).to_contain_text("Aftal øvetid")
    workshop.mouse.move(0, 0)
    earlier.get_by_role("button", name=words("follow_up.done"), exact=True).click()
    earlier.get_by_label(words("follow_up.word")).fill("Hver fredag")
    button(earlier, "follow_up.onward").click()
    stage_is(workshop, "opening")
    saved(workshop)
    until(lambda: next_steps(folder)["status_word"].tolist() == ["Hver fredag"])
    steps = next_steps(folder)
    assert steps[["note", "status"]].values.tolist() == [[step, "done"]]
