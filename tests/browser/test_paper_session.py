"""Typing in a session that was held on paper: by keyboard alone, corrected, taken up again, never lost."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from browser_steps import (
    button,
    hand_over,
    note,
    notes,
    part,
    saved,
    session_of,
    status_is,
    undo,
    values,
    words,
)
from playwright.sync_api import Locator, Page, expect
from running import Running

from dialogkort.frames.sessions import Frames, read
from dialogkort.store import open_store

DAY = "2. marts 2026"


class Hand:
    """Somebody at the keyboard, who counts what is pressed."""

    def __init__(self, page: Page):
        self.page = page
        self.presses = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.presses += 1

    def type(self, content: str) -> None:
        self.page.keyboard.type(content)
        self.presses += len(content)

    def tab_to(self, field: Locator) -> None:
        """To a field that is further on, as Tab goes."""
        for _ in range(20):
            self.press("Tab")
            if field.evaluate("field => field === document.activeElement"):
                return
        raise AssertionError(f"Tab never came to {field}")

    def line(self, content: str, *noted: str) -> None:
        """A line and its notes, as they stand on the paper."""
        expect(line_field(self.page)).to_be_focused()
        self.type(content)
        self.press("Enter")
        for words_of_note in noted:
            self.type(words_of_note)
            self.press("Enter")
        self.press("Enter")


@pytest.fixture
def mortal(server: Running) -> Iterator[Running]:
    """The command, which may be killed: the next journey finds it alive again."""
    yield server
    if not server.is_alive:
        server.start()


@pytest.fixture
def hand(page: Page, mortal: Running, seen: list[str]) -> Hand:
    """At a session that has just begun; all of it by keyboard."""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(mortal.page(screen="papir"))
    hand = Hand(page)
    fill_in(hand, "Gruppe 1")
    return hand


def fill_in(hand: Hand, group: str) -> None:
    """Say who met, and when."""
    page = hand.page
    expect(page.locator("[name=workshop]")).to_be_visible()
    for name, value in (("workshop", "Digital dag"), ("date", "2/3-2026"), ("group", group)):
        hand.tab_to(page.locator(f"[name={name}]"))
        page.keyboard.press("ControlOrMeta+a")
        hand.type(value)
    hand.press("Enter")
    expect(line_field(page)).to_be_focused()


def line_field(page: Page) -> Locator:
    return part(page, "line")


def lines(page: Page) -> Locator:
    """The lines that are typed in, in their order."""
    return page.locator("[data-line]")


def line_of(page: Page, number: int) -> Locator:
    return lines(page).filter(has_text=f"{words('card.number', number=number)}:")


def fault(page: Page, key: str, **gaps: object) -> Locator:
    return page.get_by_role("alert").filter(has_text=words(f"paper.{key}", **gaps))


def stored_frames(page: Page, folder: Path) -> Frames:
    """What the store has of the session on show."""
    saved(page)
    store = open_store(folder)
    try:
        return read(store, [session_of(page)])
    finally:
        store.close()


def numbers(frames: Frames) -> list[int]:
    """The numbers of the cards, in the order they were turned."""
    return frames.turns.merge(frames.cards, on="card", sort=False).sort_values("turn")["number"].tolist()


def test_a_session_is_typed_in_by_keyboard_alone(hand: Hand, folder: Path):
    page = hand.page
    hand.line("å1", "Vi siger hej")
    hand.line("12", "Vi øver os", "e:Fagsystemet logger af")
    hand.line("7e 5")
    hand.line("3r")
    hand.line("20f12")
    hand.line("31s", "n:Ring til it", "Hanne", "1/12-2026")
    expect(lines(page)).to_have_count(6)
    frames = stored_frames(page, folder)
    assert numbers(frames) == [12, 7, 3, 20, 31]
    turns = frames.turns.astype(object).where(frames.turns.notna(), None)
    columns = ["outcome", "agreement", "skip_reason", "minutes"]
    assert turns[columns].to_numpy().tolist() == [
        ["discussed", None, None, None],
        ["discussed", "alike", None, 5.0],
        ["skipped", None, "not relevant", None],
        ["discussed", "differently", None, 12.0],
        ["skipped", None, None, None],
    ]
    rows = frames.notes[["text", "kind", "owner"]].to_numpy().tolist()
    assert rows == [
        ["Vi siger hej", "point", ""],
        ["Vi øver os", "point", ""],
        ["Fagsystemet logger af", "example", ""],
        ["Ring til it", "next step", "Hanne"],
    ]
    assert frames.notes["opening_question"].tolist()[0] == 1
    assert frames.notes["due"].dropna().dt.date.tolist() == [date(2026, 12, 1)]
    assert frames.sessions["typed_in"].tolist() == [True]
    assert frames.sessions["date"].dt.date.tolist() == [date(2026, 3, 2)]


def test_a_card_takes_its_number_and_two_presses_and_a_note_its_words_and_one(hand: Hand):
    before = hand.presses
    hand.line("12")
    assert hand.presses - before == len("12") + 2
    before = hand.presses
    hand.line("7e", "Vi øver os", "Mere tid")
    assert hand.presses - before == len("7e") + 2 + len("Vi øver os") + 1 + len("Mere tid") + 1
    expect(lines(hand.page)).to_have_count(2)


def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(hand: Hand):
    page = hand.page
    hand.line("12", "Vi øver os")
    for typed, reading in (
        ("99", fault(page, "no_card", number=99)),
        ("12", fault(page, "twice", number=12, place=1)),
        ("7x", fault(page, "no_letter", value="x")),
        ("", fault(page, "no_number")),
        ("digital", fault(page, "several")),
    ):
        hand.type(typed)
        hand.press("Enter")
        expect(reading).to_be_visible()
        expect(line_field(page)).to_have_value(typed)
        expect(line_field(page)).to_be_focused()
        hand.press("ControlOrMeta+a", "Delete")
    hand.type("faglighed")
    expect(page.get_by_role("alert")).to_have_count(0)
    hand.press("ArrowDown", "Enter")
    expect(line_field(page)).to_have_value("12")
    hand.press("Escape")
    expect(lines(page)).to_have_count(1)
    expect(line_of(page, 12)).to_contain_text(words("table.notes", count=1))


def test_a_line_is_corrected_renumbered_moved_removed_and_brought_back(hand: Hand, folder: Path):
    page = hand.page
    for content, *noted in (("12", "Vi øver os"), ("7",), ("3",)):
        hand.line(content, *noted)
    hand.press("ArrowUp")
    expect(line_field(page)).to_have_value("3")
    hand.type("3 t 4")
    hand.press("Enter", "Alt+ArrowUp", "Escape")
    expect(lines(page).nth(1)).to_contain_text(words("skip.already_covered"))
    hand.press("ArrowUp", "ArrowUp", "ArrowUp")
    expect(line_field(page)).to_have_value("12")
    hand.type("14 i")
    hand.press("Enter")
    expect(note(page)).to_have_value("Vi øver os")
    frames = stored_frames(page, folder)
    assert numbers(frames) == [14, 3, 7]
    assert frames.turns["minutes"].tolist()[1] == 4
    assert frames.notes["card"].tolist() == frames.turns["card"].tolist()[:1]
    button(page, "paper.remove").click()
    expect(lines(page)).to_have_count(2)
    assert stored_frames(page, folder).notes.empty
    page.get_by_role("alert").get_by_role("button", name=words("bar.undo"), exact=True).click()
    expect(lines(page)).to_have_count(3)
    frames = stored_frames(page, folder)
    assert (numbers(frames), frames.notes["text"].tolist()) == ([14, 3, 7], ["Vi øver os"])


def test_undo_takes_a_whole_line_back_and_redo_brings_it_again(hand: Hand):
    page = hand.page
    hand.line("12")
    hand.line("7e 5")
    saved(page)
    hand.press("Control+z")
    expect(lines(page)).to_have_count(1)
    expect(line_field(page)).to_be_focused()
    part(page, "redo").click()
    expect(line_of(page, 7)).to_contain_text(words("agreement.alike"))
    for _ in range(2):
        saved(page)
        undo(page).click()
    expect(lines(page)).to_have_count(0)


def test_a_half_typed_line_and_a_half_written_note_survive_a_reload_and_a_killed_server(
    hand: Hand, mortal: Running, folder: Path
):
    page = hand.page
    hand.line("12", "Vi øver os")
    hand.type("9 f 1")
    page.reload()
    expect(line_field(page)).to_have_value("9 f 1")
    expect(line_field(page)).to_be_focused()
    hand.type("2")
    hand.press("Enter")
    hand.type("Halv")
    page.reload()
    expect(note(page)).to_have_value("Halv")
    expect(note(page)).to_be_focused()
    hand.type("vejs")
    mortal.kill()
    hand.press("Enter", "Enter")
    hand.line("20s", "Imens")
    status_is(page, "offline")
    hand.type("31 e")
    mortal.start()
    page.reload()
    expect(line_field(page)).to_have_value("31 e")
    hand.press("Enter", "Enter")
    expect(lines(page)).to_have_count(4)
    frames = stored_frames(page, folder)
    assert numbers(frames) == [12, 9, 20, 31]
    assert frames.turns["minutes"].dropna().tolist() == [12]
    assert frames.notes["text"].tolist() == ["Vi øver os", "Halvvejs", "Imens"]


def test_the_next_group_is_of_the_same_workshop_and_an_earlier_one_is_gone_on_with(
    hand: Hand, server: Running
):
    page = hand.page
    hand.line("12")
    saved(page)
    button(page, "paper.done").click()
    expect(page.locator("[name=workshop]")).to_have_value("Digital dag")
    expect(page.locator("[name=date]")).to_have_value(DAY)
    expect(page.locator("[name=group]")).to_have_value("")
    page.locator(".dk-session").first.click()
    expect(line_of(page, 12)).to_be_visible()
    assert values(page) == []
    expect(notes(page)).to_have_count(0)


def test_the_result_is_taken_along_while_it_is_typed_in_and_what_may_identify_somebody_corrected_first(
    hand: Hand,
):
    page = hand.page
    hand.line("12", "Ring på 33 66 33 66")
    hand.line("7")
    button(page, "download.button").click()
    page.locator("[data-file=html]").click()
    button(page, "download.correct").click()
    expect(note(page)).to_be_focused()
    expect(line_field(page)).to_have_value("12")
    note(page).fill("Ring på skolen")
    button(page, "download.button").click()
    file = hand_over(page, "html")
    assert file.suggested_filename == "2026-03-02 Dialogkort Gruppe 1.html"
    content = file.path().read_text(encoding="utf-8")
    assert ("Ring på skolen" in content, "33 66 33 66" in content) == (True, False)


def test_the_way_there_is_on_the_start_page_and_a_session_on_screen_stays_there(
    page: Page, server: Running, seen: list[str]
):
    page.goto(server.url)
    page.get_by_role("link", name=words("paper.title")).click()
    expect(page.get_by_role("heading", name=words("paper.title"))).to_be_visible()
    page.get_by_role("link", name=words("bar.leave")).click()
    expect(page.get_by_role("heading", name=words("start.new"))).to_be_visible()
    page.get_by_label(words("start.workshop"), exact=True).fill("Digital dag")
    page.get_by_label(words("start.group"), exact=True).fill("Ved skærmen")
    button(page, "start.begin").click()
    button(page, "opening.to_cards").wait_for()
    session = session_of(page)
    page.goto(server.page(session, "papir"))
    expect(page.get_by_text(words("paper.not_on_paper"))).to_be_visible()
