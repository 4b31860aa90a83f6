"""Every screen is whole at every size, by day and by night, on paper, and from the back of the room."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_steps import button, cards, note, part, progress, question, stage_is, words
from playwright.sync_api import Page, expect
from running import run_command, until
from screens_in_every_size import LONGEST, SCREENS, ServedScreens, examine_screen, prepare, resize

PAPER = {"width": 718, "height": 1000}  # A4 between its margins


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedScreens]:
    folder: Path = tmp_path_factory.mktemp("noter")
    sessions = prepare(folder)
    for running in run_command(folder):
        yield ServedScreens(running, sessions, folder)


def at(page: Page, served: ServedScreens, screen: str, width: int = 1280, height: int = 720) -> None:
    """Stand at a screen."""
    resize(page, (width, height))
    page.emulate_media(reduced_motion="reduce")
    SCREENS[screen](page, served)


def letters(page: Page, selector: str) -> list[float]:
    """The sizes of the letters of what is seen of some elements, px."""
    return (
        page.locator(selector)
        .locator("visible=true")
        .evaluate_all(
            "(elements) => elements.map((element) => parseFloat(getComputedStyle(element).fontSize))"
        )
    )


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_is_whole_at_every_size_in_both_themes(
    page: Page, seen: list[str], served: ServedScreens, screen: str
):
    assert examine_screen(page, served, screen) == []


def test_a_card_that_is_turned_comes_into_view_with_its_question_first(
    page: Page, seen: list[str], served: ServedScreens
):
    """At 200 %: the card lies far down a table that is scrolled."""
    at(page, served, "opening", 640, 360)
    button(page, "opening.to_cards").click()
    stage_is(page, "none")
    card = cards(page).last
    card.scroll_into_view_if_needed()
    assert page.evaluate("scrollY") > 0
    card.click()
    expect(question(page)).to_be_in_viewport(ratio=0.9)
    expect(button(page, "outcome.discussed.button")).to_be_in_viewport(ratio=0.99)
    button(page, "outcome.put_back.button").click()
    stage_is(page, "none")
    expect(card).to_be_focused()
    expect(card).to_be_in_viewport(ratio=0.9)


def test_the_progress_is_one_line_that_adds_up_to_the_deck(
    page: Page, seen: list[str], served: ServedScreens
):
    at(page, served, "table")
    expect(part(page, "progress")).to_have_text(progress(discussed=7, skipped=5, open=2, left=21))
    for width in (320, 390, 640, 820, 844, 1024, 1280, 1920):
        resize(page, (width, 800))
        line = part(page, "progress").evaluate(
            "(told) => told.getBoundingClientRect().height / parseFloat(getComputedStyle(told).lineHeight)"
        )
        assert line < 1.5, f"at {width} it takes {line:.1f} lines"


def test_the_bar_takes_two_rows_on_a_phone_and_what_is_rare_stands_in_a_menu(
    page: Page, seen: list[str], served: ServedScreens
):
    at(page, served, "table", 320, 640)
    rows = page.locator(".dk-bar").evaluate(
        """(bar) => {
            const seen = [...bar.querySelectorAll("button")].filter((one) => one.checkVisibility());
            return new Set(seen.map((one) => Math.round(one.getBoundingClientRect().bottom / 20))).size;
        }"""
    )
    assert rows == 2
    assert page.locator(".dk-bar").bounding_box()["height"] < 110
    menu = button(page, "bar.more")
    expect(button(page, "bar.guide")).to_be_hidden()
    menu.press("Enter")
    for name in ("details.correct", "bar.guide", "bar.full"):
        expect(button(page, name)).to_be_in_viewport(ratio=0.99)
        expect(button(page, name).get_by_text(words(name), exact=True)).to_be_visible()
    expect(button(page, "details.correct")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    expect(button(page, "bar.guide")).to_be_hidden()
    menu.click()
    button(page, "bar.guide").click()
    expect(page.get_by_role("dialog", name=words("guide.title"))).to_be_visible()
    page.keyboard.press("Escape")
    resize(page, (1280, 720))
    expect(menu).to_be_hidden()
    expect(button(page, "bar.guide")).to_be_visible()


def test_a_card_on_the_table_shows_whole_lines_of_its_question_or_none(
    page: Page, seen: list[str], served: ServedScreens
):
    at(page, served, "table")
    result: dict[int, int] = {}
    for width, height in ((1280, 720), (1920, 1080), (820, 1180), (1180, 820), (1440, 900)):
        resize(page, (width, height))
        shown = (
            page.locator(".dk-mini-text")
            .locator("visible=true")
            .evaluate_all(
                """(texts) => texts.map((text) => [
                text.offsetHeight / parseFloat(getComputedStyle(text).lineHeight),
                text.parentElement.clientHeight - text.offsetHeight,
            ])"""
            )
        )
        assert shown
        assert all(abs(lines - round(lines)) < 0.1 and lines > 1.5 for lines, _ in shown), (width, shown)
        assert all(room > -1.5 for _, room in shown), "no line is cut"
        result[width] = len(shown)
    assert result[1920] >= result[1280], "a larger screen tells no less"


def test_while_one_writes_on_a_phone_what_is_talked_about_is_whole(
    page: Page, seen: list[str], served: ServedScreens
):
    at(page, served, "opening", 390, 844)
    note(page).click()
    whole = [words("opening.title"), words("opening.question_1"), words("opening.question_2")]
    for result in [page.get_by_text(one) for one in whole] + [button(page, "opening.to_cards")]:
        expect(result).to_be_in_viewport(ratio=0.99)
    at(page, served, "card", 390, 844)
    note(page).click()
    expect(question(page)).to_be_in_viewport(ratio=0.99)
    expect(page.locator(".dk-examples")).to_be_hidden()
    question(page).click()
    expect(page.locator(".dk-examples")).to_be_visible()


def test_a_card_has_a_back_where_colours_are_forced(page: Page, seen: list[str], served: ServedScreens):
    at(page, served, "table")
    back = page.locator("[data-state=down] > .dk-back").first
    colour = "(back) => getComputedStyle(back).backgroundColor"
    own = back.evaluate(colour)
    page.emulate_media(forced_colors="active")
    until(lambda: page.evaluate("matchMedia('(forced-colors: active)').matches"))
    assert back.evaluate(colour) == own


def test_a_larger_screen_is_used(page: Page, seen: list[str], served: ServedScreens):
    for screen, within in (("start", ".dk-start"), ("table", ".dk-spread")):
        sizes = {}
        at(page, served, screen)
        for width, height in ((1280, 720), (1920, 1080)):
            resize(page, (width, height))
            sizes[width] = letters(page, f"{within} :is(label, .dk-mini-foot)")[0]
            room = page.locator(within).bounding_box()["width"]
            assert room > 0.9 * width
        assert sizes[1920] >= 1.4 * sizes[1280]


def test_the_picture_is_read_from_the_back_of_the_room(page: Page, seen: list[str], served: ServedScreens):
    for screen in ("overview", "overblik"):
        at(page, served, screen)
        assert page.evaluate("document.fonts.check('16px \"Dialogkort Figtree\"')")
        family = part(page, "bars").evaluate("(bars) => getComputedStyle(bars).fontFamily")
        assert family.startswith('"Dialogkort Figtree"')
        for width, height, least in ((1280, 720, 14), (390, 844, 14), (1920, 1080, 24)):
            resize(page, (width, height))
            assert min(letters(page, "[data-part=bars] :is(b, p, span), [data-part=finding]")) >= least


def test_the_sentence_of_the_overview_is_text_and_whole_on_a_phone(
    page: Page, seen: list[str], served: ServedScreens
):
    at(page, served, "overblik", 390, 844)
    finding = part(page, "finding")
    expect(finding).to_be_in_viewport(ratio=0.99)
    assert finding.evaluate("(told) => told.scrollWidth <= told.clientWidth && told.innerText.length") > 40


def test_the_picture_is_dark_at_every_load_and_when_it_turns_dark(
    page: Page, seen: list[str], served: ServedScreens
):
    paper = "(bars) => getComputedStyle(bars.closest('.dk')).getPropertyValue('--paper')"
    ink = "(bars) => getComputedStyle(bars).color"
    page.emulate_media(color_scheme="dark")
    page.goto(served.running.page(screen="overblik"))
    for _ in range(3):
        page.get_by_role("checkbox", name=words("overview.for_my_eyes")).check()
        part(page, "bars").wait_for()
        assert part(page, "bars").evaluate(ink) == "rgb(241, 239, 233)"
        page.reload()
    page.get_by_role("checkbox", name=words("overview.for_my_eyes")).check()
    part(page, "bars").wait_for()
    night = part(page, "bars").evaluate(paper)
    page.emulate_media(color_scheme="light")
    page.locator("[data-theme=light]").wait_for()
    assert part(page, "bars").evaluate(paper) != night
    assert part(page, "bars").evaluate(ink) == "rgb(31, 42, 48)"


def test_what_rests_on_statistics_is_one_press_away(page: Page, seen: list[str], served: ServedScreens):
    at(page, served, "overblik")
    expect(part(page, "bars")).to_be_visible()
    exact = page.get_by_text("95 af 100")
    expect(exact).to_be_hidden()
    page.get_by_text(words("overview.exact")).click()
    expect(exact).to_be_visible()


# --- on paper ---------------------------------------------------------------------------------------------


def print_of(page: Page) -> None:
    """As it will lie on the paper, from a screen that is dark."""
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size(PAPER)


def test_a_card_is_printed_with_all_its_notes_and_nothing_to_press(
    page: Page, seen: list[str], served: ServedScreens
):
    at(page, served, "notes")
    print_of(page)
    question_box = question(page).bounding_box()
    assert question_box["height"] > 20 and question_box["y"] >= 0
    for which in range(5):
        note_field = note(page, which)
        expect(note_field).to_be_visible()
        assert note_field.evaluate("(field) => field.scrollHeight - field.clientHeight") <= 1
    expect(note(page, 5)).to_be_hidden()
    expect(button(page, "outcome.discussed.button")).to_be_hidden()
    expect(button(page, "bar.guide")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.querySelector('[data-part=question]')).color") == (
        "rgb(31, 42, 48)"
    ), "paper is light"
    assert (
        page.evaluate("document.documentElement.scrollHeight") >= question_box["y"] + question_box["height"]
    )


def test_the_table_is_printed_as_the_cards_that_were_turned(
    page: Page, seen: list[str], served: ServedScreens
):
    at(page, served, "table")
    print_of(page)
    turned = page.locator("[data-card]:not([data-state=down])")
    assert turned.count() == 14
    for card in turned.all():
        card_text = card.locator(".dk-mini-text")
        expect(card_text).to_be_visible()
        assert card_text.evaluate("(text) => text.scrollHeight - text.clientHeight") <= 1
    expect(page.locator("[data-card][data-state=down]").first).to_be_hidden()
    expect(button(page, "bar.draw")).to_be_hidden()


def test_the_overview_is_printed_without_the_table_under_it(
    page: Page, seen: list[str], served: ServedScreens
):
    at(page, served, "overview")
    print_of(page)
    expect(part(page, "finding")).to_be_visible()
    expect(part(page, "bars")).to_be_visible()
    expect(cards(page).first).to_be_hidden()
    dialog = page.get_by_role("dialog")
    assert dialog.evaluate("(panel) => panel.scrollHeight - panel.clientHeight") <= 1, "nothing is cut off"
    page.emulate_media(media="screen")
    page.keyboard.press("Escape")
    print_of(page)
    expect(page.locator("[data-card]:not([data-state=down])").first).to_be_visible()


def test_all_notes_and_the_end_are_printed_whole_with_whose_they_are_and_nothing_to_press(
    page: Page, seen: list[str], served: ServedScreens
):
    at(page, served, "all_notes")
    print_of(page)
    dialog = page.get_by_role("dialog", name=words("notes.title"))
    for which in range(5):
        expect(note(dialog, which)).to_be_visible()
        assert note(dialog, which).evaluate("(field) => field.scrollHeight - field.clientHeight") <= 1
    expect(dialog).to_contain_text("Hverdagsrehabiliteringsmedarbejderne notes")
    for hidden in (dialog.get_by_role("searchbox"), button(dialog, "notes.by_kind"), part(page, "removed")):
        expect(hidden).to_be_hidden()
    expect(dialog.get_by_text(re.compile("^Her står"))).to_be_hidden()
    page.emulate_media(media="screen")
    at(page, served, "end")
    print_of(page)
    expect(page.get_by_role("heading", name=words("end.title"))).to_be_visible()
    questions = part(page, "talked").get_by_role("listitem")
    assert questions.count() == 10
    for line in (questions.last, part(page, "agreed").get_by_text("Hanne Sørensen ringer", exact=False)):
        expect(line).to_be_visible()
    assert page.get_by_role("button").locator("visible=true").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]


def test_the_longest_card_is_whole_on_a_tablet_and_a_laptop(
    page: Page, seen: list[str], served: ServedScreens
):
    at(page, served, "card")
    for width, height in ((1280, 720), (820, 1180), (1180, 820)):
        resize(page, (width, height))
        expect(page.locator(f"[data-card={LONGEST}]")).to_have_attribute("data-state", "open")
        assert part(page, "card").evaluate("(body) => body.scrollHeight - body.clientHeight") <= 1


def test_who_meant_to_share_another_workshop_than_the_one_that_is_shared_is_told_so(
    page: Page, seen: list[str], served: ServedScreens
):
    """It was pressed on the start page, while the room was shared already."""
    at(page, served, "share")
    choose = "(plan) => sessionStorage.setItem('dialogkort:share', plan)"
    shared = page.get_by_role("heading", level=2).first.inner_text().split(" · ")[0]
    notice = part(page, "other-workshop")
    for plan, is_other in ((served.sessions["plan"], False), (served.sessions["end"], True)):
        page.evaluate(choose, plan)
        page.reload()
        part(page, "code").wait_for()
        expect(notice).to_have_text(words("share.other_shared", workshop=shared) if is_other else "")
        expect(notice).to_be_visible(visible=is_other)
