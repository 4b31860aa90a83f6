"""The facilitator's machine sleeps beyond every limit, and its address goes and returns: is anything lost?

`python tests/trials/sleeping.py [--seconds N]` lets the command, with its limits as they are, share in a
network of its own (root on Linux; elsewhere the address stays), stops it for longer than it waits for any
sign of life while three groups write on, and lets it go on. Exit code 1 when a note was lost or doubled, 77
without a browser.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from browser_steps import button, part, saved, status_is, words, write
from playwright.sync_api import Browser, Page, sync_playwright
from room_network import Network, room_network
from running import Running, chromium, launch_arguments, run_module, until

from dialogkort.domain.events import Noted
from dialogkort.server import limits
from dialogkort.store import open_store

CANNOT_RUN = 77
GROUPS = 3
BEYOND = 2.5 * limits.PING_SECONDS  # a ping goes unsent, unanswered, and there is half as long again


def main() -> int:
    """Run the trial and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=BEYOND, help="how long it sleeps")
    seconds = parser.parse_args().seconds
    if chromium() is None:
        print("no browser")
        return CANNOT_RUN
    with tempfile.TemporaryDirectory() as folder, room_network() as network, sync_playwright() as playwright:
        expected, stored, awake_after = _sleep(playwright.chromium, network, Path(folder), seconds)
    wrong = sum(((expected - stored) + (stored - expected)).values())
    print(
        "| asleep, s | address went | notes | lost or doubled | all saved after, s |\n|---|---|---|---|---|"
    )
    print(f"| {seconds:.0f} | {bool(network.cable)} | {expected.total()} | {wrong} | {awake_after:.1f} |")
    return 1 if wrong else 0


def _sleep(kind, network: Network, folder: Path, seconds: float) -> tuple[Counter, Counter, float]:
    """What was written, what is kept, and how long it took after waking."""
    notes = folder / "noter"
    with ExitStack() as stack:
        running: Running = stack.enter_context(contextmanager(run_module)(network.command(notes)))
        flags = launch_arguments()
        machine = kind.launch(**flags | {"executable_path": network.browser(folder, network.machine)})
        phones = kind.launch(**flags | {"executable_path": network.browser(folder, network.phones)})
        stack.callback(machine.close)
        stack.callback(phones.close)
        devices = _devices(machine, phones, running)
        expected = _write(devices, "awake")
        for device in devices:
            saved(device)
        with running.asleep(), network.without_address():
            expected += _write(devices, "asleep")
            devices[0].wait_for_timeout(seconds * 1000)
            for device in devices:
                status_is(device, "offline")
        begun = time.monotonic()
        for device in devices:
            saved(device)
        awake_after = time.monotonic() - begun
        until(lambda: _stored(notes).total() >= expected.total())
        return expected, _stored(notes), awake_after


def _devices(machine: Browser, phones: Browser, running: Running) -> list[Page]:
    """A device for each group, at its table."""
    facilitator = machine.new_page()
    facilitator.goto(running.url)
    part(facilitator, "code").wait_for()
    origin, code = part(facilitator, "address").inner_text(), part(facilitator, "code").inner_text()
    devices = [phones.new_context().new_page() for _ in range(GROUPS)]
    for number, device in enumerate(devices):
        device.goto(f"{origin}/#code={code.replace('-', '')}")
        if number:
            device.get_by_label(words("join.new_group")).check()
        device.get_by_label(words("join.name")).fill(f"Gruppe {number}")
        device.mouse.move(0, 0)
        button(device, "join.begin").click()
        device.wait_for_url("**/g/*/**")
    return devices


def _write(devices: list[Page], content: str) -> Counter:
    texts = [f"{content} {number}" for number in range(len(devices))]
    for device, text in zip(devices, texts, strict=True):
        write(device, text)
    return Counter(texts)


def _stored(folder: Path) -> Counter:
    """The texts of all notes as they were said, each with how often its last version is kept."""
    store = open_store(folder)
    newest = {event.note: event.text for event in store.every_event() if isinstance(event, Noted)}
    store.close()
    return Counter(newest.values())


if __name__ == "__main__":
    sys.exit(main())
