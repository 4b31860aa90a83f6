"""Nothing is ever lost: reloads, cut lines, killed servers, two windows at one table."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from breakable_connection import Wire, wire_to
from browser_steps import (
    begin,
    button,
    card_at,
    cards,
    discuss,
    examine_in_both_themes,
    in_contact_again,
    lies,
    note,
    notes,
    notice,
    part,
    progress,
    question,
    saved,
    stage_is,
    status_is,
    turn,
    undo,
    values,
    visit,
    words,
    write,
)
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect
from running import Running, page_address, until

from dialogkort.decks.reading import read_deck
from dialogkort.domain.events import Discussed, Event, Noted, Skipped, Turned
from dialogkort.i18n import text
from dialogkort.sessions.session import Session, start
from dialogkort.store import open_store

_OUTBOXES = "Object.keys(localStorage).filter((key) => key.startsWith('dialogkort:outbox:'))"
_NUMBERS = {card.id: card.number for card in read_deck().cards}


@pytest.fixture
def wire(server: Running) -> Iterator[Wire]:
    with wire_to(server.url) as wire:
        yield wire


@pytest.fixture
def far(page: Page, wire: Wire, seen: list[str]) -> Page:
    """The workshop's page, at the far end of a wire."""
    return visit(page, wire.url)


@pytest.fixture
def mortal(server: Running) -> Iterator[Running]:
    """The command, which may be killed: the next journey finds it alive again."""
    yield server
    if not server.is_alive:
        server.start()


def _second_tab(page: Page, url: str, session: str | None = None) -> Page:
    """Another tab of the same browser, at the same table."""
    return visit(page.context.new_page(), page_address(url, session))


def _stored_events(folder: Path, session: str) -> list[Event]:
    """What the store has of a session."""
    store = open_store(folder)
    try:
        return store.events(session)[0]
    finally:
        store.close()


def _notes(folder: Path, session: str) -> list[str]:
    store = open_store(folder)
    try:
        return [note.text for note in Session(store, session).notes]
    finally:
        store.close()


def _once(events: list[Event]) -> None:
    assert max(Counter(event.id for event in events).values()) == 1


# --- whatever happens -------------------------------------------------------------------------------------


def _reload(page: Page, wire: Wire, server: Running) -> None:
    page.reload()


def _cut_the_line(page: Page, wire: Wire, server: Running) -> None:
    wire.cut()
    status_is(page, "offline")
    wire.mend()
    in_contact_again(page)


def _kill_and_start_again(page: Page, wire: Wire, server: Running) -> None:
    server.kill()
    status_is(page, "offline")
    server.start()
    in_contact_again(page)


def _close_and_start_again(page: Page, wire: Wire, server: Running) -> None:
    assert server.interrupt() == 0
    status_is(page, "offline")
    server.start()
    in_contact_again(page)


def _kill_start_and_reload(page: Page, wire: Wire, server: Running) -> None:
    server.kill()
    server.start()
    page.reload()


_MISHAPS = (_reload, _cut_the_line, _kill_and_start_again, _close_and_start_again, _kill_start_and_reload)


@pytest.mark.parametrize("mishap", _MISHAPS, ids=lambda mishap: mishap.__name__.strip("_"))
def test_the_same_card_the_same_notes_a_half_written_one_and_the_caret_come_back_by_themselves(
    far: Page, wire: Wire, mortal: Running, folder: Path, mishap
):
    session = begin(far)
    card = turn(far)
    question_text = question(far).inner_text()
    write(far, "skrevet før")
    saved(far)
    notes(far).last.click()
    far.keyboard.insert_text("halvt skrev")  # and it is not sent yet
    for _ in range(2):
        far.keyboard.press("ArrowLeft")
    mishap(far, wire, mortal)
    expect(question(far)).to_have_text(question_text)
    lies(far, card, "open")
    expect(note(far, 1)).to_have_value("halvt skrev")
    until(lambda: values(far) == ["skrevet før", "halvt skrev"])
    expect(note(far, 1)).to_be_focused()
    far.keyboard.insert_text("!")
    expect(note(far, 1)).to_have_value("halvt skr!ev")
    saved(far)
    assert _notes(folder, session) == ["skrevet før", "halvt skr!ev"]
    _once(_stored_events(folder, session))


# --- a reload ---------------------------------------------------------------------------------------------


def test_what_is_on_its_way_survives_that_the_page_is_left(workshop: Page, server: Running, folder: Path):
    session = begin(workshop)
    with server.asleep():
        card = turn(workshop)
        write(workshop, "på vej")
        until(lambda: workshop.evaluate(f"{_OUTBOXES}.some((key) => localStorage[key].includes('på vej'))"))
        workshop.goto("about:blank")
    visit(workshop, server.page(session))
    saved(workshop)
    expect(note(workshop)).to_have_value("på vej")
    events = _stored_events(folder, session)
    _once(events)
    assert [event.card for event in events if isinstance(event, Turned)] == [card]
    until(lambda: workshop.evaluate(f"!{_OUTBOXES}.some((key) => key.includes('{session}'))"))


def test_a_letter_that_was_just_typed_survives_a_crash_of_the_tab(
    workshop: Page, server: Running, folder: Path
):
    """Nobody is told that a tab crashes: what the browser has is what is left."""
    session = begin(workshop)
    turn(workshop)
    note(workshop).click()
    workshop.keyboard.insert_text("midt i en sætn")
    context = workshop.context
    with pytest.raises(Error, match="crash"):
        workshop.goto("chrome://crash")
    again = visit(context.new_page(), server.page(session))
    expect(note(again)).to_have_value("midt i en sætn")
    saved(again)
    assert _notes(folder, session) == ["midt i en sætn"]


def test_a_tab_that_is_closed_right_after_a_word_keeps_the_word(workshop: Page, folder: Path):
    session = begin(workshop)
    turn(workshop)
    write(workshop, "lukket lige efter")
    with workshop.expect_event("close"):
        workshop.close(run_before_unload=True)
    until(lambda: _notes(folder, session) == ["lukket lige efter"])


def test_a_reload_leads_back_to_the_letter_one_was_at(workshop: Page):
    begin(workshop)
    turn(workshop)
    for content in ("første", "anden", "tredje"):
        write(workshop, content)
    saved(workshop)
    note(workshop, 1).click()
    for _ in range(2):
        workshop.keyboard.press("ArrowLeft")
    workshop.reload()
    expect(note(workshop, 1)).to_be_focused()
    workshop.keyboard.insert_text("!")
    expect(note(workshop, 1)).to_have_value("and!en")


# --- the line is cut --------------------------------------------------------------------------------------


def _work(page: Page, contents: list[str]) -> list[str]:
    """Turn cards, write and settle them; the cards that were turned."""
    turned = []
    for round, content in enumerate(contents):
        turned.append(turn(page))
        note(page).press_sequentially(content)
        if round % 2:
            button(page, "skip.why").click()
            button(page, "skip.unclear").click()
        else:
            button(page, "agreement.alike").click()
            discuss(page)
        stage_is(page, "none")
    return turned


def test_what_is_done_without_a_line_arrives_in_order_and_once(far: Page, wire: Wire, folder: Path):
    session = begin(far)
    turn(far)
    write(far, "før")
    saved(far)
    discuss(far)
    wire.cut()
    turned = _work(far, ["en", "to", "tre", "fire"])
    status_is(far, "offline")
    expect(part(far, "status")).to_have_text(words("bar.offline"))
    expect(notice(far)).to_have_text(words("line.lost"))
    expect(card_at(far, turned[1])).to_contain_text(words("skip.unclear"))
    wire.mend()
    in_contact_again(far)
    saved(far)
    expect(notice(far)).to_be_hidden()
    events = _stored_events(folder, session)
    _once(events)
    assert [event.card for event in events if isinstance(event, Turned)][1:] == turned
    assert [event.card for event in events if isinstance(event, Discussed)][1:] == turned[::2]
    assert [event.card for event in events if isinstance(event, Skipped)] == turned[1::2]
    assert _notes(folder, session) == ["før", "en", "to", "tre", "fire"]
    assert events == sorted(events, key=lambda event: event.id)
    until(lambda: far.evaluate(f"{_OUTBOXES}.length === 0"))


def test_a_cable_that_is_pulled_is_noticed_by_the_silence(far: Page, wire: Wire, folder: Path):
    session = begin(far)
    wire.swallow()
    turn(far)
    write(far, "i stilheden")
    status_is(far, "offline")
    wire.mend()
    saved(far)
    assert _notes(folder, session) == ["i stilheden"]


def test_the_page_is_the_same_page_after_a_cut(far: Page, wire: Wire):
    """Nothing flickers, the caret stays, and full screen would, too: nothing is loaded again."""
    begin(far)
    turn(far)
    write(far, "begyndt")
    far.evaluate("window.sammeSide = true")
    note(far).click()
    wire.cut()
    status_is(far, "offline")
    far.keyboard.insert_text(" og fortsat")
    wire.mend()
    far.keyboard.insert_text(" og endt")
    saved(far)
    assert far.evaluate("window.sammeSide")
    expect(note(far)).to_be_focused()
    expect(note(far)).to_have_value("begyndt og fortsat og endt")


def test_five_minutes_of_typing_do_not_fill_the_browser(far: Page, wire: Wire, folder: Path):
    """Without a line the newest version of a note stands for those before it."""
    session = begin(far)
    turn(far)
    write(far, "0")
    saved(far)
    wire.cut()
    status_is(far, "offline")
    for version in range(1, 30):
        note(far).fill(f"{version} " * 50)
        note(far).dispatch_event("focusout")  # it is sent at once
    pending = far.evaluate(f"JSON.parse(localStorage[{_OUTBOXES}[0]])")
    assert len([event for event in pending if event["what"] == "noted"]) <= 2  # and perhaps one half-written
    wire.mend()
    saved(far)
    assert _notes(folder, session) == ["29 " * 50]


def test_no_violation_of_wcag_22_without_a_line(far: Page, wire: Wire):
    """And the longest question is read whole under the sentence, except on a phone."""
    far.set_viewport_size({"width": 1280, "height": 720})
    far.emulate_media(reduced_motion="reduce")
    begin(far)
    turn(far, "medarbejderen-10")
    wire.cut()
    status_is(far, "offline")
    whole = "({ scrollHeight, clientHeight }) => scrollHeight <= clientHeight + 1"
    until(lambda: part(far, "card").evaluate(whole))
    examine_in_both_themes(far, "without a line")
    far.set_viewport_size({"width": 390, "height": 844})
    examine_in_both_themes(far, "without a line, on a phone")


def test_undo_without_a_line_takes_back_what_was_done_without_it(far: Page, wire: Wire, folder: Path):
    session = begin(far)
    wire.cut()
    status_is(far, "offline")
    expect(undo(far)).to_be_disabled()
    card = turn(far)
    discuss(far)
    lies(far, card, "discussed")
    undo(far).click()
    stage_is(far, "card")
    undo(far).click()
    lies(far, card, "down")
    expect(undo(far)).to_be_disabled()
    wire.mend()
    saved(far)
    store = open_store(folder)
    assert not Session(store, session).table.turned
    store.close()


def test_a_browser_that_cannot_keep_anything_says_so(far: Page, wire: Wire, folder: Path):
    session = begin(far)
    far.evaluate("() => { Storage.prototype.setItem = () => { throw new DOMException('full') } }")
    turn(far)
    wire.cut()
    write(far, "kun her")
    status_is(far, "offline")
    expect(notice(far)).to_have_text(words("line.at_risk"))
    with far.expect_event("dialog") as warning:
        far.close(run_before_unload=True)
    assert warning.value.type == "beforeunload"
    warning.value.dismiss()
    wire.mend()
    saved(far)
    assert _notes(folder, session) == ["kun her"]


# --- the server is killed ---------------------------------------------------------------------------------


def test_one_goes_on_writing_while_the_server_is_killed_and_started_again(
    workshop: Page, mortal: Running, folder: Path
):
    address = mortal.url
    session = begin(workshop)
    card = turn(workshop)
    write(workshop, "før")
    saved(workshop)
    workshop.evaluate("window.sammeSide = true")
    note(workshop).click()
    mortal.kill()
    workshop.keyboard.type(" og imens", delay=50)
    status_is(workshop, "offline")
    mortal.start()
    assert mortal.url == address
    workshop.keyboard.type(" og efter", delay=50)
    saved(workshop)
    assert workshop.evaluate("window.sammeSide")
    expect(note(workshop)).to_be_focused()
    expect(note(workshop)).to_have_value("før og imens og efter")
    discuss(workshop)
    saved(workshop)
    assert _notes(folder, session) == ["før og imens og efter"]
    assert [event.card for event in _stored_events(folder, session) if isinstance(event, Discussed)] == [card]


def test_a_killed_server_finds_its_windows_at_their_tables_again(workshop: Page, mortal: Running):
    """Each window is led back to its own table, and hears of what the others do there."""
    first = begin(workshop, group="Ved vinduet")
    other = _second_tab(workshop, mortal.url)
    begin(other, group="Ved døren")
    follower = _second_tab(workshop, mortal.url, first)
    for page in (workshop, other, follower):
        saved(page)
    mortal.kill()
    for page in (workshop, other, follower):
        status_is(page, "offline")
    mortal.start()
    for page in (workshop, other, follower):
        in_contact_again(page)
    card = turn(workshop)
    lies(follower, card, "open")
    lies(other, card, "down")


# --- two windows ------------------------------------------------------------------------------------------


def test_a_second_window_follows_by_itself(workshop: Page, server: Running):
    session = begin(workshop)
    other = _second_tab(workshop, server.url, session)
    card = turn(workshop)
    expect(other.locator("[data-mode]")).to_have_attribute("data-mode", "card")
    expect(notice(other)).to_have_text(words("remote.turned", number=_NUMBERS[card]))
    write(other, "fra den anden")
    expect(note(workshop)).to_have_value("fra den anden")
    discuss(other)
    expect(card_at(workshop, card)).to_have_attribute("data-state", "discussed")
    expect(notice(workshop)).to_have_text(words("outcome.discussed.remote", number=_NUMBERS[card]))


def test_a_window_follows_by_itself_what_another_process_does(workshop: Page, server: Running, folder: Path):
    """A notebook at the same table, for instance."""
    id = begin(workshop)
    store = open_store(folder)
    session = Session(store, id)
    card = session.table.face_down[0]
    session.turn(card)
    expect(card_at(workshop, card)).to_have_attribute("data-state", "open")
    session.note("fra en notesbog", card=card)
    expect(note(workshop)).to_have_value("fra en notesbog")
    store.close()


def test_two_tabs_of_one_browser_keep_an_outbox_each(far: Page, wire: Wire, folder: Path):
    session = begin(far)
    card = turn(far)
    other = _second_tab(far, wire.url, session)
    expect(question(other)).to_be_visible()
    wire.cut()
    for tab in (far, other):
        status_is(tab, "offline")
    write(far, "fra den ene")
    write(other, "fra den anden")
    until(lambda: far.evaluate(f"{_OUTBOXES}.length === 2"))
    far.close()  # what it leaves behind is taken over by the one that is still there
    until(lambda: other.evaluate(f"{_OUTBOXES}.length === 1"))
    wire.mend()
    saved(other)
    assert sorted(_notes(folder, session)) == ["fra den anden", "fra den ene"]
    assert all(event.card == card for event in _stored_events(folder, session) if isinstance(event, Noted))


@pytest.fixture
def elsewhere(browser: Browser) -> Iterator[BrowserContext]:
    """Another browser, as on another device."""
    context = browser.new_context()
    yield context
    context.close()


def test_two_devices_that_write_in_the_same_note_both_keep_their_words(
    far: Page, wire: Wire, server: Running, elsewhere: BrowserContext, folder: Path
):
    session = begin(far)
    turn(far)
    write(far, "fælles")
    saved(far)
    other = visit(elsewhere.new_page(), server.page(session))
    expect(note(other)).to_have_value("fælles")
    wire.cut()
    status_is(far, "offline")
    note(far).fill("fælles, fra den ene")
    note(other).fill("fælles, fra den anden")
    saved(other)
    wire.mend()
    saved(far)
    both = ["fælles, fra den anden", "fælles, fra den ene"]
    assert sorted(_notes(folder, session)) == both
    for page in (far, other):
        expect(notes(page)).to_have_count(3)
        until(lambda page=page: sorted(values(page)) == both)
    # The row one wrote in is the note of one's own words: what comes after belongs to that.
    note(far).fill(note(far).input_value() + "!")
    saved(far)
    assert len(_notes(folder, session)) == 2


def test_a_note_that_became_ones_own_in_two_steps_stands_on_the_pad_once(
    far: Page, server: Running, elsewhere: BrowserContext, folder: Path
):
    session = begin(far)
    turn(far)
    write(far, "fælles")
    saved(far)
    other = visit(elsewhere.new_page(), server.page(session))
    expect(note(other)).to_have_value("fælles")
    with server.asleep():
        note(other).fill("fælles. Den anden.")
        note(other).blur()
        for content in ("fælles. Den ene.", "fælles. Den ene. Og mere."):
            note(far).fill(content)
            note(far).blur()
    for page in (far, other):
        saved(page)
    both = ["fælles. Den anden.", "fælles. Den ene. Og mere."]
    assert sorted(_notes(folder, session)) == both
    for page in (far, other):
        expect(notes(page)).to_have_count(3)
        until(lambda page=page: sorted(values(page)) == both)


def test_a_note_one_is_writing_is_not_taken_from_ones_hands(workshop: Page, server: Running, folder: Path):
    """Another window turns a card meanwhile: it is said, and the card changes when the note is left."""
    session = begin(workshop)
    first = turn(workshop)
    other = _second_tab(workshop, server.url, session)
    button(other, "card.to_table").click()
    workshop.bring_to_front()
    note(workshop).click()
    workshop.keyboard.type("en lang")
    second = turn(other)
    workshop.keyboard.type(" note, skrevet i ét stræk", delay=50)
    expect(notice(workshop)).to_contain_text(words("remote.turned", number=_NUMBERS[second]))
    assert values(workshop) == ["en lang note, skrevet i ét stræk"]
    expect(card_at(workshop, second)).to_have_attribute("aria-current", "true")
    workshop.keyboard.press("Escape")
    number = words("card.number", number=_NUMBERS[second])
    expect(workshop.get_by_text(number, exact=True)).to_be_visible()
    expect(question(workshop)).to_be_focused()
    saved(workshop)
    stored = {event.text: event.card for event in _stored_events(folder, session) if isinstance(event, Noted)}
    assert stored["en lang note, skrevet i ét stræk"] == first


def test_the_same_card_turned_in_two_windows_at_once_lies_once_on_both(
    workshop: Page, server: Running, folder: Path
):
    session = begin(workshop)
    other = _second_tab(workshop, server.url, session)
    card = cards(workshop).nth(4).get_attribute("data-card")
    for page in (workshop, other):
        page.evaluate(f"document.querySelector('[data-card={card}]').click()")
    for page in (workshop, other):
        expect(question(page)).to_be_visible()
        lies(page, card, "open")
        expect(part(page, "progress")).to_have_text(progress(open=1, left=34))
        saved(page)
    store = open_store(folder)
    assert list(Session(store, session).table.turned) == [card]
    store.close()


def test_the_list_of_sessions_grows_when_another_window_begins_one(workshop: Page, server: Running):
    other = _second_tab(workshop, server.url)
    begin(other, group="Gruppen ved siden af")
    row = workshop.get_by_role("listitem").filter(has_text="Gruppen ved siden af")
    expect(row).to_be_visible(timeout=4000)


def test_a_window_is_told_nothing_when_there_is_no_news_for_it(workshop: Page, server: Running, folder: Path):
    """What other groups do is no traffic for this one, nor is the server's looking for news."""
    begin(workshop)
    saved(workshop)
    frames: list[object] = []
    workshop.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(frame)))
    workshop.reload()
    saved(workshop)
    lobby = _second_tab(workshop, server.url)
    expect(workshop.get_by_role("group", name=words("table.cards"))).to_be_visible()
    assert frames
    frames.clear()
    for group in ("En anden", "En tredje"):
        store = open_store(folder)
        start(store, read_deck(), workshop="Prøve", group=f"{group} {folder.name}")
        store.close()
        # The front page is told, so the server has looked.
        expect(lobby.get_by_role("listitem").filter(has_text=f"{group} {folder.name}")).to_be_visible()
    assert frames == []


def test_a_note_that_waits_for_the_disk_says_why_until_it_is_kept(
    page: Page, server: Running, seen: list[str], folder: Path
):
    """The file is moved away in mid-session and comes back: nobody touches the page."""
    page.clock.install()
    visit(page, server.url)
    session = begin(page)
    turn(page)
    saved(page)
    path, away = folder / "dialogkort.sqlite", folder / "flyttet.sqlite"
    path.rename(away)
    try:
        write(page, "venter")
        status_is(page, "unsaved")
        expect(notice(page)).to_have_text(f"{text('store.moved', path=path)} {words('line.tries')}")
        for _ in range(4):
            page.clock.run_for(2000)
            status_is(page, "unsaved")  # and not ”no connection”: there is one
    finally:
        away.rename(path)
    page.clock.run_for(4000)
    saved(page)
    expect(notice(page)).to_be_hidden()
    assert _notes(folder, session) == ["venter"]
    until(lambda: page.evaluate(f"{_OUTBOXES}.length === 0"))
