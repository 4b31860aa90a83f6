"""A room's devices: what each is to its group, and that they go on when the facilitator's machine fails."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browser_steps import button, cards, note, notes, part, saved, turn, watched, words, write
from joining import join
from playwright.sync_api import Browser, Page, expect
from running import Running, free_port, run_module, until

from dialogkort.domain.events import Noted
from dialogkort.store import open_store

# The command as it is, but for how long it waits for a sign of life: a second in place of forty.
_IMPATIENT = (
    "import sys; from dialogkort.server.sockets import WindowSocket;"
    "WindowSocket.ping_interval = WindowSocket.ping_timeout = 1.0;"
    "from dialogkort.cli.app import main; sys.exit(main(sys.argv[1:]))"
)
GROUPS = 3


@pytest.fixture
def notes_folder(tmp_path: Path) -> Path:
    return tmp_path / "noter"


@pytest.fixture
def sharing(notes_folder: Path) -> Iterator[Running]:
    arguments = ["-c", _IMPATIENT, "--no-browser", "--folder", str(notes_folder), "--share", "127.0.0.1"]
    yield from run_module(arguments, ["--port", str(free_port())])


def _devices(stack: ExitStack, browser: Browser, origin: str, code: str) -> list[Page]:
    """A device for each group, at its first card."""
    devices = []
    for number in range(GROUPS):
        page = stack.enter_context(browser.new_context()).new_page()
        page.set_default_timeout(30_000)
        stack.enter_context(watched(page))
        page.goto(f"{origin}/{join(origin, code, f'Gruppe {number}')}")
        button(page, "opening.to_cards").click()
        turn(page)
        devices.append(page)
    return devices


def _stored_texts(folder: Path) -> Counter[str]:
    """The texts of all notes as they were said, each with how often its last version is kept."""
    store = open_store(folder)
    newest = {event.note: event.text for event in store.every_event() if isinstance(event, Noted)}
    store.close()
    return Counter(newest.values())


def _write_everywhere(devices: list[Page], content: str) -> None:
    for number, page in enumerate(devices):
        write(page, f"{content} {number}")


def _all_go_on(devices: list[Page], facilitator: Page) -> None:
    """Nobody has touched anything: all is saved, and the facilitator sees everybody."""
    for page in devices:
        saved(page)
    groups = part(facilitator, "groups").locator("li[data-here]")
    expect(groups).to_have_count(len(devices))


def test_every_device_goes_on_by_itself_when_the_machine_slept_and_when_it_was_killed(
    page: Page, browser: Browser, sharing: Running, notes_folder: Path
):
    page.goto(sharing.url)
    part(page, "code").wait_for()
    origin, code = part(page, "address").inner_text(), part(page, "code").inner_text()
    with ExitStack() as stack:
        devices = _devices(stack, browser, origin, code)
        _write_everywhere(devices, "vågen")
        _all_go_on(devices, page)

        with sharing.asleep():
            _write_everywhere(devices, "mens den sov")
            for device in devices:  # six seconds without an answer: far beyond the server's own limits
                expect(part(device, "status")).to_have_attribute("data-state", "offline")
        _all_go_on(devices, page)

        sharing.kill()
        _write_everywhere(devices, "mens den var død")
        for device in devices:
            expect(part(device, "status")).to_have_attribute("data-state", "offline")
        sharing.start()
        _all_go_on(devices, page)
        assert part(page, "code").inner_text() == code
        assert urlsplit(part(page, "address").inner_text()).port == urlsplit(origin).port
        button(page, "share.close").click()
        expect(part(page, "closed")).to_have_text(words("share.closed"))

    expected = Counter(
        f"{content} {number}"
        for content in ("vågen", "mens den sov", "mens den var død")
        for number in range(GROUPS)
    )
    until(lambda: _stored_texts(notes_folder) == expected)


def _join_as(page: Page, origin: str, code: str, kind: str, group: str | None = None) -> None:
    """Join by the page: a new group, or one that is there, with a device for one thing alone."""
    page.goto(f"{origin}/#code={code.replace('-', '')}")
    if group:
        page.get_by_label(group).check()
    else:
        page.get_by_label(words("join.name")).fill("Gruppe 1")
    page.get_by_text(words("join.two")).click()
    page.mouse.move(0, 0)
    page.get_by_label(words(f"join.as_{kind}")).check()
    button(page, "join.begin").click()
    button(page, "opening.to_cards").click()


def test_of_a_groups_two_devices_one_shows_the_cards_and_the_other_takes_the_notes(
    page: Page, browser: Browser, sharing: Running
):
    page.goto(sharing.url)
    part(page, "code").wait_for()
    origin, code = part(page, "address").inner_text(), part(page, "code").inner_text()
    with ExitStack() as stack:
        table, pad = (stack.enter_context(browser.new_context()).new_page() for _ in range(2))
        _join_as(table, origin, code, "table")
        _join_as(pad, origin, code, "pad", "Gruppe 1")
        expect(pad.get_by_text(words("pad.waits"))).to_be_visible()
        assert not cards(pad).locator("visible=true").count()
        turn(table)
        expect(notes(table).first).to_be_hidden()
        expect(part(pad, "question")).to_have_text(part(table, "question").inner_text())
        expect(button(pad, "outcome.discussed.button")).to_be_hidden()
        pad.keyboard.press("Escape")  # no key does what has no button here
        write(pad, "skrevet på den anden enhed")
        saved(pad)
        button(table, "bar.notes").click()
        dialog = table.get_by_role("dialog", name=words("notes.title"))
        expect(note(dialog)).to_have_value("skrevet på den anden enhed")
        table.keyboard.press("Escape")
        table.mouse.move(0, 0)
        button(table, "outcome.discussed.button").click()
        expect(pad.get_by_text(words("pad.waits"))).to_be_visible()
