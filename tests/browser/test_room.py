"""A room from the command to the plenum: four groups on a network of their own, and all that may go wrong."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browser_steps import (
    button,
    cards,
    examine,
    examine_in_both_themes,
    note,
    notes,
    notice,
    part,
    question,
    saved,
    status_is,
    turn,
    undo,
    words,
    write,
)
from playwright.sync_api import BrowserType, Locator, Page, expect
from room_network import IMPATIENT, Network, room_network
from running import Running, launch_arguments, run_module, until

from dialogkort.decks.reading import read_deck
from dialogkort.domain.events import Noted
from dialogkort.i18n import text
from dialogkort.sessions.session import start
from dialogkort.sessions.workshop_plan import begin
from dialogkort.store import FILE_NAME, open_store

SCRIPT = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
OWN_NAME = f"Hjemmeplejen {SCRIPT}"
WORKSHOP = {"workshop": "Temadag", "organisation": "Ikast", "date": date.today().isoformat()}
PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1280, "height": 720}


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with room_network() as network:
        yield network


@contextmanager
def browser_at(kind: BrowserType, executable: str):
    """A browser, on the machine or among the phones."""
    browser = kind.launch(**launch_arguments() | {"executable_path": executable})
    yield browser
    browser.close()


@contextmanager
def window_of(browser, network: Network, size: dict[str, int]) -> Iterator[Page]:
    """A window of a device of its own, which asks nobody but the facilitator's machine and runs no error."""
    faults: list[str] = []
    page = browser.new_context(viewport=size, reduced_motion="reduce").new_page()
    page.set_default_timeout(60_000)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: faults.extend(_strange(request.url, network)))
    page.on("websocket", lambda socket: faults.extend(_strange(socket.url, network)))
    yield page
    assert faults == []
    assert page.evaluate("window.hacked") is None
    page.context.close()


def _strange(url: str, network: Network) -> list[str]:
    return [] if urlsplit(url).hostname in (*network.addresses, "127.0.0.1", None) else [url]


def press(target: Locator) -> None:
    """Press something, also where it has just come under a pointer at rest."""
    target.page.mouse.move(0, 0)
    target.click()


def scan(page: Page, facilitator: Page) -> None:
    """Go where the QR code leads."""
    origin, code = part(facilitator, "address").inner_text(), part(facilitator, "code").inner_text()
    page.goto(f"{origin}/#code={code.replace('-', '')}")
    button(page, "join.begin").wait_for()
    assert page.url == f"{origin}/", "no code stays in the address"


def join(page: Page, group: str, kind: str = "both") -> None:
    """Say what the device is, and press a group."""
    if kind in ("table", "pad"):
        page.get_by_text(words("join.two")).click()
        page.mouse.move(0, 0)
    page.get_by_label(words(f"join.as_{kind}"), exact=kind != "phone").check()
    page.get_by_label(group).check()
    press(button(page, "join.begin"))


def to_cards(page: Page) -> None:
    page.wait_for_url("**/g/*/**")
    button(page, "opening.to_cards").click()


def prepare(folder: Path) -> None:
    """What the facilitator did yesterday."""
    store = open_store(folder)
    begin(store, read_deck(), **WORKSHOP).change(
        purpose="Et fælles sprog", groups=("Rød", "Blå", "Grøn", "Gul"), minutes=90
    )
    store.close()


def group_on_its_own(folder: Path) -> Path:
    """The file of a group that had no network at all."""
    store = open_store(folder)
    session = start(store, read_deck(), group="Gul", **WORKSHOP)
    session.note("skrevet uden net", opening_question=1)
    store.close()
    return folder / FILE_NAME


def stored_texts(folder: Path) -> Counter[str]:
    """The texts of all notes as they were said, each with how often its last version is kept."""
    store = open_store(folder)
    newest = {event.note: event.text for event in store.every_event() if isinstance(event, Noted)}
    store.close()
    return Counter(newest.values())


class Room:
    """The windows of a room: facilitator's, plenum's, and a device for each thing that one may be."""

    def __init__(self, stack: ExitStack, kind: BrowserType, network: Network, folder: Path):
        enter = stack.enter_context
        self.network, self.folder = network, folder
        self.running: Running = enter(contextmanager(run_module)(network.command(folder, IMPATIENT)))
        machine = enter(browser_at(kind, network.browser(folder.parent, network.machine)))
        phones = enter(browser_at(kind, network.browser(folder.parent, network.phones)))
        self.facilitator = enter(window_of(machine, network, LAPTOP))
        self.plenum = enter(window_of(machine, network, LAPTOP))
        self.red, self.blue, self.own_phone = (enter(window_of(phones, network, PHONE)) for _ in range(3))
        self.table = enter(window_of(phones, network, LAPTOP))
        self.pad = enter(window_of(phones, network, PHONE))
        self.expected: Counter[str] = Counter()

    @property
    def writers(self) -> dict[str, Page]:
        """The devices that notes are taken on, by their groups' names."""
        return {"Rød": self.red, "Hjemmeplejen": self.blue, "Grøn": self.pad}

    def write_everywhere(self, content: str) -> None:
        for group, page in self.writers.items():
            write(page, f"{content} {group}")
            self.expected[f"{content} {group}"] = 1

    def all_without_line(self) -> None:
        for page in self.writers.values():
            status_is(page, "offline")

    def all_go_on(self) -> None:
        """Nobody has touched anything: all is saved, and the facilitator sees everybody."""
        for page in self.writers.values():
            saved(page)
        expect(part(self.facilitator, "groups").locator("li[data-here]")).to_have_count(len(self.writers))
        until(lambda: stored_texts(self.folder) == self.expected)


def test_four_groups_share_a_room_until_the_plenum_over_all_that_may_go_wrong(
    browser_type: BrowserType, network: Network, tmp_path: Path
):
    prepare(tmp_path / "noter")
    with ExitStack() as stack:
        room = Room(stack, browser_type, network, tmp_path / "noter")
        _they_join_the_workshop_that_was_prepared(room)
        _a_groups_two_devices_share_the_work(room)
        _they_write_alone_and_together(room)
        _one_hands_over_a_file_and_the_plenum_sees_all(room, tmp_path)
        _a_line_a_sleep_and_a_kill_lose_nothing(room)
        _one_device_is_removed_and_nobody_new_is_let_in(room)
        if network.cable:  # the system lets this test have a network of its own
            _the_network_gives_another_address(room)
        until(lambda: stored_texts(room.folder) == room.expected)


def _they_join_the_workshop_that_was_prepared(room: Room) -> None:
    facilitator, red, blue, phone = room.facilitator, room.red, room.blue, room.own_phone
    facilitator.goto(room.running.url)
    part(facilitator, "code").wait_for()
    origin = part(facilitator, "address").inner_text()
    assert urlsplit(origin).hostname == room.network.address
    expect(facilitator.get_by_role("img", name=words("share.qr", address=origin))).to_be_visible()
    expect(part(facilitator, "selftest")).not_to_have_attribute("data-state", "works")
    expect(part(facilitator, "room")).to_contain_text("Temadag · Ikast")

    # A participant's own phone is first: it waits for its group's screen.
    scan(phone, facilitator)
    expect(phone.get_by_text("Et fælles sprog")).to_be_visible()
    examine_in_both_themes(phone, "joining")
    join(phone, "Rød", "phone")
    expect(part(phone, "waiting")).to_contain_text(words("join.waits", group="Rød"))
    examine(phone, "waiting")
    scan(red, facilitator)
    join(red, "Rød")
    phone.get_by_text(words("phone.no_card")).wait_for()
    examine_in_both_themes(phone, "own phone")
    to_cards(red)
    expect(part(facilitator, "selftest")).to_have_attribute("data-state", "works")

    # One writes a name of its own, and what is in it runs nowhere.
    scan(blue, facilitator)
    blue.get_by_label(words("join.new_group")).check()
    blue.get_by_label(words("join.name")).fill(OWN_NAME)
    press(button(blue, "join.begin"))
    to_cards(blue)
    expect(part(facilitator, "groups")).to_contain_text(OWN_NAME)
    expect(button(blue, "bar.leave")).to_be_hidden()  # what is the facilitator's is not offered


def _a_groups_two_devices_share_the_work(room: Room) -> None:
    table, pad, facilitator = room.table, room.pad, room.facilitator
    scan(table, facilitator)
    join(table, "Grøn", "table")
    to_cards(table)

    # The other one types the code, in its own way, and finds the group begun.
    pad.goto(f"{part(facilitator, 'address').inner_text()}/")
    examine_in_both_themes(pad, "code")
    code = part(facilitator, "code").inner_text()
    for typed in ("0000-0000", code.lower().replace("-", " ")):
        pad.get_by_label(words("join.code")).fill(typed)
        press(button(pad, "join.show"))
        pad.get_by_role("alert").or_(button(pad, "join.begin")).locator("visible=true").first.wait_for()
    join(pad, "Grøn", "pad")
    expect(pad.locator(".dk-opening").get_by_text(words("pad.waits"))).to_be_visible()
    expect(button(pad, "opening.to_cards")).to_be_hidden()  # there is nothing to go to yet
    examine(pad, "pad")
    assert not cards(pad).locator("visible=true").count()

    turn(table)
    examine(table, "table")
    expect(notes(table).first).to_be_hidden()
    expect(part(pad, "question")).to_have_text(part(table, "question").inner_text())
    expect(button(pad, "outcome.discussed.button")).to_be_hidden()
    pad.keyboard.press("Escape")  # no key does what has no button here
    write(pad, "skrevet på den anden enhed")
    room.expected["skrevet på den anden enhed"] = 1
    saved(pad)
    pad.evaluate("document.activeElement.blur()")  # who is in the midst of a note is not led on
    press(button(table, "bar.notes"))
    dialog = table.get_by_role("dialog", name=words("notes.title"))
    expect(note(dialog)).to_have_value("skrevet på den anden enhed")
    table.keyboard.press("Escape")
    press(button(table, "outcome.discussed.button"))
    expect(pad.locator(".dk-table").get_by_text(words("pad.waits"))).to_be_visible()
    turn(table)
    until(lambda: part(pad, "question").inner_text() == part(table, "question").inner_text())


def _they_write_alone_and_together(room: Room) -> None:
    red, phone = room.red, room.own_phone
    turn(room.blue)
    turn(red)
    expect(question(phone)).to_have_text(question(red).inner_text())
    red.mouse.move(0, 0)
    button(red, "bar.more").click()
    press(button(red, "tools.title"))
    press(button(red, "silence.begin"))
    button(red, "silence.invite").wait_for()
    phone.get_by_label(words("phone.field")).fill("skrevet alene")
    press(button(phone, "phone.hand_in"))
    expect(part(red, "silence")).to_have_text(words("silence.writing", count=1))
    press(button(red, "silence.show"))
    silent = red.get_by_role("dialog", name=words("silence.title"))
    press(button(silent, "silence.keep"))
    expect(silent).to_contain_text(words("silence.is_note"))
    press(button(silent, "panel.close"))
    room.expected["skrevet alene"] = 1
    room.write_everywhere("vågen")
    room.all_go_on()
    examine(red, "group's phone")
    examine_in_both_themes(room.facilitator, "sharing")


def _one_hands_over_a_file_and_the_plenum_sees_all(room: Room, folder: Path) -> None:
    facilitator, plenum = room.facilitator, room.plenum
    plenum.goto(room.running.page(screen="plenum"))
    plenum.get_by_role("tab", name=words("plenum.tab.groups")).wait_for()
    file = group_on_its_own(folder / "en anden computer")
    press(facilitator.get_by_role("link", name=words("share.back")))
    press(button(facilitator, "import.button"))
    dialog = facilitator.get_by_role("dialog")
    with facilitator.expect_file_chooser() as choosing:
        press(button(dialog, "import.choose_files"))
    choosing.value.set_files(file)
    expect(part(facilitator, "imported")).to_have_attribute("data-state", "done")
    room.expected["skrevet uden net"] = 1
    tiles = part(plenum, "groups").get_by_role("listitem")
    for group in ("Rød", OWN_NAME, "Grøn", "Gul"):
        expect(tiles.filter(has_text=group)).to_have_count(1)
    examine_in_both_themes(plenum, "plenum")
    plenum.get_by_role("tab", name=words("plenum.tab.board")).click()
    for content in room.expected:
        expect(part(plenum, "board")).to_contain_text(content)
    facilitator.goto(room.running.page(screen="del"))
    part(facilitator, "code").wait_for()


def _a_line_a_sleep_and_a_kill_lose_nothing(room: Room) -> None:
    origin, code = part(room.facilitator, "address").inner_text(), part(room.facilitator, "code").inner_text()
    room.blue.context.set_offline(True)
    write(room.blue, "mens linjen var væk")
    room.expected["mens linjen var væk"] = 1
    with room.running.asleep(), room.network.without_address():
        # Longer than the server waits for any sign of life: that much only pages notice that try to send.
        room.write_everywhere("mens den sov")
        room.all_without_line()
        expect(notice(room.red)).to_have_text(words("line.guest_lost"))
    room.blue.context.set_offline(False)
    room.all_go_on()

    room.running.kill()
    room.write_everywhere("mens den var død")
    room.all_without_line()
    room.running.start()
    room.all_go_on()
    assert part(room.facilitator, "address").inner_text() == origin
    assert part(room.facilitator, "code").inner_text() == code
    expect(part(room.facilitator, "selftest")).to_have_attribute("data-state", "works")


def _one_device_is_removed_and_nobody_new_is_let_in(room: Room) -> None:
    facilitator, groups = room.facilitator, part(room.facilitator, "groups")
    groups.locator("summary", has_text="Rød").click()
    row = groups.locator("li li", has_text=words("share.device_phone"))
    press(row.get_by_role("button"))
    dialog = facilitator.get_by_role("dialog", name=words("share.remove"))
    expect(dialog).to_contain_text(f"Rød, {words('share.joined_at', hour='')}")
    press(button(dialog, "share.remove"))
    expect(row).to_have_count(0)
    title = text("app.not_joined.title")
    expect(room.own_phone.get_by_role("heading", name=title)).to_be_visible()
    assert not room.own_phone.get_by_label(words("phone.field")).count()

    address = f"{part(facilitator, 'address').inner_text()}/"
    code = part(facilitator, "code").inner_text().replace("-", "")
    press(button(facilitator, "share.close"))
    expect(part(facilitator, "closed")).to_have_text(words("share.closed"))
    room.own_phone.goto(f"{address}#code={code}")
    expect(room.own_phone.get_by_role("alert")).to_be_visible()
    press(button(facilitator, "share.open"))
    undo(room.blue).wait_for()


def _the_network_gives_another_address(room: Room) -> None:
    """By the facilitator's choice, while the old one is still there; then by the network's, at any time."""
    facilitator, red, second, third = room.facilitator, room.red, *room.network.other_addresses
    room.network.add_address(second)
    facilitator.reload()
    press(facilitator.locator("summary", has_text=words("share.change")))
    part(facilitator, "room").get_by_label(words("share.network")).select_option(second)
    press(facilitator.get_by_role("button", name=words("share.change"), exact=True))
    expect(part(facilitator, "address")).to_contain_text(second)
    expect(notice(red)).to_contain_text(words("line.moved"))
    examine(red, "moved")
    room.write_everywhere("efter flytningen")
    for page in room.writers.values():
        onward = part(page, "onward")
        saved(page)
        expect(onward).to_be_visible()
        press(onward)
        page.wait_for_url(f"http://{second}:*/g/*/**")
        expect(onward).to_be_hidden()
    room.all_go_on()

    for address in (second, room.network.address):  # the first goes last: it would take the others along
        room.network.remove_address(address)
    room.network.add_address(third)
    expect(part(facilitator, "address")).to_contain_text(third)
    expect(part(facilitator, "moved")).to_be_visible()
    origin = part(facilitator, "address").inner_text()
    expect(facilitator.get_by_role("img", name=words("share.qr", address=origin))).to_be_visible()
    scan(room.own_phone, facilitator)
    join(room.own_phone, "Rød")
    room.own_phone.wait_for_url("**/g/*/**")
