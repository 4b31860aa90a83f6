"""A random walk of real acts on two windows of one session, held against a model of what they must cause.

    python tests/browser/random_walk.py --acts 2000 --seed 1

One window is a laptop with a mouse, the other a phone under a finger, each with a network that can be cut.
They press, hold, type, turn back, reload, at the speed of people and far beyond it. `walk_model` says what
each act must have caused; the events on the disk must be just these, Python's fold of them must be what both
pages show, and neither page nor server may have raised anything.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from breakable_connection import Wire, wire_to
from browser_steps import begin, visit, words
from playwright.sync_api import Browser, Error, Page, TimeoutError, sync_playwright
from running import Running, launch_arguments, page_address, run_command
from walk_model import WindowModel

from dialogkort.domain.event_records import to_record
from dialogkort.domain.events import (
    AgreementChosen,
    Discussed,
    Erased,
    Event,
    PutBack,
    Skipped,
    Turned,
    WentBack,
)
from dialogkort.i18n import DEFAULT_LANGUAGE, languages
from dialogkort.sessions.session import Session
from dialogkort.store import open_store

RECORDER = Path(__file__).with_name("walk_recorder.js").read_text(encoding="utf-8")
_REST = """async (patience) => {  // what was asked for may follow when the last is saved
    const end = performance.now() + patience;
    const state = () => document.querySelector("[data-part=status]")?.dataset.state;
    for (let calm = 0; calm < 6; calm = state() === "saved" ? calm + 1 : 0) {
        if (performance.now() > end) {
            const kept = Object.entries(localStorage).filter(([key]) => key.includes(":outbox:"));
            throw new Error(`still ${state()}: ${kept}`);
        }
        await new Promise(requestAnimationFrame);
    }
}"""
LAPTOP = {"viewport": {"width": 1280, "height": 720}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
MOVES = (AgreementChosen, Discussed, PutBack, Skipped, Turned, WentBack)
PATIENCE = 30  # s until a window must show what is on the disk
INTENDED = {  # what each button is, by its words
    "discuss": "outcome.discussed.button",
    "skip": "outcome.skipped.button",
    "why": "skip.why",
    "not relevant": "skip.not_relevant",
    "unclear": "skip.unclear",
    "already covered": "skip.already_covered",
    "no time": "skip.no_time",
    "put back": "outcome.put_back.button",
    "to table": "card.to_table",
    "draw": "bar.draw",
    "to cards": "opening.to_cards",
    "opening": "bar.opening",
    "notes": "bar.notes",
    "overview": "bar.overview",
    "guide": "bar.guide",
    "full": "bar.full",
    "leave": "bar.leave",
    "correct": "details.correct",
    "save details": "details.save",
    "end": "end.end",
    "reopen": "end.reopen",
    "remove": "pad.remove",
    "bring back": "notes.bring_back",
    "redact": "guard.remove",
    "undo": "bar.undo",
    "export": "download.button",
    "erase": "erase.title",
    "close": "panel.close",
}
WEIGHTS = {  # of what can be pressed; what is not named weighs 1
    "place": 4,
    "draw": 3,
    "discuss": 4,
    "skip": 3,
    "why": 2,
    "reason": 4,
    "agree": 4,
    "put back": 2,
    "to table": 2,
    "to cards": 3,
    "undo": 4,
    "redo": 3,
    "field": 3,
    "remove": 2,
    "close": 3,
    "notes": 1,
    "leave": 0.2,
    "overview": 0.2,
    "end": 0.5,
    "reopen": 3,
    "erase": 0.2,
    "redact": 2,
}
LETTERS = ("draw", "discussed", "skipped", "note")
OFFLINE_NEVER = ("leave", "session")
SENTENCES = (
    "Vi øver os på hinanden. Så tør vi også spørge borgerne. ",
    "Systemet går ned hver mandag!\nIngen siger noget.",
    "Hvem har tid? Ikke os … ",
    "dvs. ca. 3 gange om ugen, fx. i vagten",
    "Vi er uenige. Nogle vil have kurser. Andre vil have ro. ",
    "Ring til Peter Hansen på 20 30 40 50. Han ved det. ",
    "æøå ÆØÅ – »citat« 🙂 og videre",
)


@dataclass
class Window:
    """One window at the session: its page, its wire, what is known of it."""

    page: Page
    wire: Wire
    model: WindowModel
    touch: bool
    is_cut: bool = False
    cut_for: int = 0

    def drain(self) -> str:
        return self.model.take(self.page.evaluate("window.takeWalk?.() ?? []"))


@dataclass
class Walk:
    """The acts, one after the other, and what was found wrong."""

    running: Running
    folder: Path
    session: str
    windows: list[Window]
    chance: Random
    human: float
    longest: int = 60  # letters that are written in one go
    faults: list[str] = field(default_factory=list)
    counts: Counter = field(default_factory=Counter)
    acts: list[str] = field(default_factory=list)

    # --- the walk -----------------------------------------------------------------------------------------

    def go(self, acts: int, between: int = 40) -> None:
        """So many acts; the windows are held against the disk after every `between` of them."""
        for number in range(acts):
            window = self.chance.choices(self.windows, (3, 2))[0]
            self._act(window, number)
            if number % between == between - 1:
                self.hold_up()
            if self.faults:
                break
        self.hold_up()

    def _act(self, window: Window, number: int) -> None:
        kind = self._choose(window)
        self.acts.append(f"{number} {window.model.name} {kind.__name__[1:]}")
        self.counts[kind.__name__[1:]] += 1
        try:
            kind(window)
        except Error as error:
            self.faults.append(f"act {self.acts[-1]}: {error}")
        if window.cut_for:
            window.cut_for -= 1
            if not window.cut_for:
                self._mend(window)
        self._collect(window)
        if self.chance.random() < self.human:
            window.page.wait_for_timeout(self.chance.uniform(150, 900))

    def _choose(self, window: Window) -> Callable[[Window], None]:
        acts: dict[Callable[[Window], None], float] = {
            self._press: 40,
            self._double: 8,
            self._tab: 6,
            self._hold: 4,
            self._letter: 6,
            self._write: 14,
            self._kind: 3,
            self._escape: 5,
            self._step: 8,
            self._stray: 2,
        }
        if not window.is_cut:
            acts |= {self._reload: 1.5, self._cut: 1.5}
        return self.chance.choices(list(acts), list(acts.values()))[0]

    def _collect(self, window: Window) -> str:
        letters = window.drain()
        for fault in window.model.faults:
            self.faults.append(f"act {self.acts[-1] if self.acts else 'before'}: {fault}")
        window.model.faults.clear()
        return letters

    # --- acts ---------------------------------------------------------------------------------------------

    def _pick(self, window: Window, *only: str) -> dict | None:
        inside = [self.chance.uniform(0.2, 0.8) for _ in range(2)]
        controls = [
            one
            for one in window.page.evaluate("(inside) => window.pressable?.(...inside) ?? []", inside)
            if (not only or one["meaning"] in only)
            and not (window.is_cut and one["meaning"] in OFFLINE_NEVER)
        ]
        kinds = sorted({one["meaning"] for one in controls})
        if not kinds:
            return None
        kind = self.chance.choices(kinds, [WEIGHTS.get(one, 1) for one in kinds])[0]
        picked = self.chance.choice([one for one in controls if one["meaning"] == kind])
        self.acts[-1] += f" {kind}"
        self.counts[f"  {kind}"] += 1
        return picked

    def _press(self, window: Window) -> None:
        if spot := self._pick(window):
            self._press_at(window, spot)

    def _press_at(self, window: Window, spot: dict) -> None:
        if window.touch:
            window.page.touchscreen.tap(spot["x"], spot["y"])
            return
        slowly = self.chance.random() < self.human
        window.page.mouse.move(spot["x"], spot["y"], steps=6 if slowly else 1)
        window.page.mouse.down()
        if slowly:
            window.page.wait_for_timeout(self.chance.uniform(40, 120))
        window.page.mouse.up()

    def _double(self, window: Window) -> None:
        spot = self._pick(window)
        if not spot:
            return
        gap = self.chance.choice((0, 90, 150))
        self._press_at(window, spot)
        window.page.wait_for_timeout(gap)
        if window.touch:
            window.page.touchscreen.tap(spot["x"], spot["y"])
            return
        window.page.mouse.down(click_count=2)
        window.page.mouse.up(click_count=2)

    def _tab(self, window: Window) -> None:
        for _ in range(self.chance.randint(1, 4)):
            window.page.keyboard.press(self.chance.choice(("Tab", "Tab", "Shift+Tab", "ArrowRight")))
        self._press_key(window, self.chance.choice(("Enter", "Space")))

    def _hold(self, window: Window) -> None:
        self._press_key(window, self.chance.choice(("Enter", "Space", "Escape")), times=5)

    def _press_key(self, window: Window, key: str, times: int = 1) -> None:
        """A key on what has the focus, unless that leads out of the walk."""
        focused = window.page.evaluate("window.inHand?.() ?? {}")
        never = ("full", "export", "begin", *(OFFLINE_NEVER if window.is_cut else ()))
        if not focused or focused["tag"] in ("INPUT", "SELECT") or focused["meaning"] in never:
            return
        self.acts[-1] += f" {key} {focused['meaning']}"
        for _ in range(times):
            window.page.keyboard.down(key)
        window.page.keyboard.up(key)

    def _letter(self, window: Window) -> None:
        draw, discuss, skip, note = (words(f"letters.{name}") for name in LETTERS)
        key = self.chance.choice((draw, draw, discuss, discuss, skip, note, "?")).lower()
        self.acts[-1] += f" {key}"
        window.page.keyboard.press(key)

    def _escape(self, window: Window) -> None:
        window.page.keyboard.press("Escape")

    def _step(self, window: Window) -> None:
        for _ in range(self.chance.choice((1, 1, 2, 4))):
            window.page.keyboard.press(self.chance.choice(("Control+z", "Control+z", "Control+Shift+z")))

    def _stray(self, window: Window) -> None:
        """A press wherever it falls, unless that leads out of the walk."""
        size = window.page.viewport_size
        x, y = self.chance.uniform(0, size["width"] - 1), self.chance.uniform(0, size["height"] - 1)
        under = window.page.evaluate("([x, y]) => window.meantAt?.(x, y)", [x, y])
        if under not in ("full", "export", "begin", *(OFFLINE_NEVER if window.is_cut else ())):
            self._press_at(window, {"x": x, "y": y})

    def _kind(self, window: Window) -> None:
        if spot := self._pick(window, "kind"):
            chosen = window.page.evaluate("([x, y]) => window.focusAt(x, y)", [spot["x"], spot["y"]])
            if chosen:
                window.page.keyboard.press(self.chance.choice(("ArrowDown", "ArrowDown", "ArrowUp")))

    def _write(self, window: Window) -> None:
        """Into a note, letter by letter; half of the time another window does something in the middle."""
        spot = self._pick(window, "field", "step field")
        if not spot:
            return
        self._collect(window)
        self._press_at(window, spot)
        if not window.page.evaluate("window.isInField()"):
            return
        sentence = self.chance.choice(SENTENCES)[: self.chance.randint(3, self.longest)]
        middle = self.chance.randint(0, len(sentence)) if self.chance.random() < 0.5 else len(sentence)
        typed = self._type(window, sentence[:middle])
        if middle < len(sentence):
            other = next(one for one in self.windows if one is not window)
            self._press(other)
            self._collect(other)
            typed += self._type(window, sentence[middle:])
        if typed != sentence and not self._was_removed():
            recent = "\n  ".join(window.model.recent[-30:])
            self.faults.append(f"act {self.acts[-1]}: typed {sentence!r}, arrived {typed!r}\n  {recent}")

    def _type(self, window: Window, letters: str) -> str:
        delay = self.chance.choice((0, 5)) if self.chance.random() >= self.human else 60
        for letter in letters:
            if letter == "\n":
                window.page.keyboard.press("Enter")
            elif ord(letter) > 0xFF:
                window.page.keyboard.insert_text(letter)
            else:
                window.page.keyboard.type(letter)
            if delay:
                window.page.wait_for_timeout(delay)
        return self._collect(window)

    def _was_removed(self) -> bool:
        """Whether the other window's act was one that takes the note away from under its writer."""
        return any(one in self.acts[-1].split()[-1] for one in ("remove", "erase", "undo", "redo"))

    def _reload(self, window: Window) -> None:
        self._collect(window)
        window.page.reload()
        window.page.locator("[data-screen=table], [data-screen=end], .dk-session").first.wait_for()

    def _cut(self, window: Window) -> None:
        self.chance.choice((window.wire.cut, window.wire.cut, window.wire.swallow))()
        window.is_cut, window.cut_for = True, self.chance.randint(2, 8)

    def _mend(self, window: Window) -> None:
        window.wire.mend()
        window.is_cut, window.cut_for = False, 0

    # --- what must have come of it ------------------------------------------------------------------------

    def hold_up(self) -> None:
        """Wait until all is saved and shown everywhere, and hold the windows against the disk."""
        for window in self.windows:
            if window.is_cut:
                self._mend(window)
        try:
            for window in self.windows:
                self._come_to_rest(window)
        except Error as error:
            refused = {window.model.name: window.model.refused for window in self.windows}
            self.faults.append(f"act {self.acts[-1]}: never at rest: {error}\n  refused {refused}")
            return
        self._hold_against_disk()
        self._hold_pages_against_fold()
        self.faults += [f"server: {line}" for line in self.running.printed if _is_trouble(line)]

    def _come_to_rest(self, window: Window) -> None:
        page = window.page
        self._return_to_session(page)
        page.evaluate(_REST, PATIENCE * 1000)
        page.evaluate("document.activeElement?.closest('.dk-pad, dialog') && document.activeElement.blur()")
        page.evaluate(_REST, PATIENCE * 1000)
        self._collect(window)
        window.model.rest()
        self._collect(window)

    def _return_to_session(self, page: Page) -> None:
        """From the start page; a press while the list is painted anew may hit nothing, and is done again."""
        at_session = page.locator("[data-screen=table], [data-screen=end]").first
        for _ in range(4):
            if not page.locator("[data-screen=start]").count():
                break
            page.locator(".dk-session").first.click(timeout=PATIENCE * 1000)
            with suppress(TimeoutError):
                at_session.wait_for(timeout=PATIENCE * 250)
                return
            self.counts["  a session that did not open at once"] += 1
        at_session.wait_for()

    def _events(self) -> list[Event]:
        store = open_store(self.folder)
        try:
            return store.events(self.session)[0]
        finally:
            store.close()

    def _hold_against_disk(self) -> None:
        stored = {event.id: to_record(event) for event in self._events()}
        erased = {event.note for event in self._events() if isinstance(event, Erased)}
        born: dict[str, tuple[Window, dict]] = {}
        for window in self.windows:
            born |= {id: (window, event) for id, event in window.model.born.items()}
        for id, (window, event) in born.items():
            if id not in stored and not self._is_excused(window, event, erased):
                way = "sent" if id in window.model.sent else "never sent"
                where = f"{window.model.name} {event}\n  around {window.model.around(id)}"
                self.faults.append(f"not on the disk, and {way}: {where}")
            elif id in stored:
                self.faults += _differences(event, stored[id])
        own = ("described", "dealt", "erased", "clock differed")
        for id, record in stored.items():
            if id not in born and record["what"] not in own:
                self.faults.append(f"on the disk, and nobody did it: {record}")

    def _is_excused(self, window: Window, event: dict, erased: set[str]) -> bool:
        """Refused by the rules, written over before there was contact, or erased for good."""
        if event["id"] in window.model.refused:
            self.counts[f"  refused: {window.model.refused[event['id']]}"] += 1
            at = window.model.born_at[event["id"]]
            own = (e["id"] for e in window.model.born.values() if e["what"] == "undone")
            taken_back = any(at - 10_000 < window.model.born_at[id] <= at for id in own)
            return taken_back or window.model.disturbed(at - 60_000, at + 60_000)
        if event.get("note") in erased:
            return True
        later = (one for one in window.model.born.values() if one["id"] > event["id"])
        unsent = event["what"] == "noted" and event["id"] not in window.model.sent
        return unsent and any(one.get("note") == event["note"] for one in later)

    def _hold_pages_against_fold(self) -> None:
        for window in self.windows:
            deadline = time.monotonic() + PATIENCE
            while differences := self._page_differences(window):
                if time.monotonic() > deadline:
                    self.faults += [f"{window.model.name} shows otherwise: {one}" for one in differences]
                    break
                window.page.wait_for_timeout(50)

    def _page_differences(self, window: Window) -> list[str]:
        store = open_store(self.folder)
        try:
            session = Session(store, self.session)
        finally:
            store.close()
        return list(_differences_of_page(window.page.evaluate("window.picture()"), session))


def _differences_of_page(seen: dict, session: Session) -> Iterator[str]:
    table = session.table
    card_states = dict.fromkeys(table.face_down, "down") | {
        card: outcome.value for card, outcome in table.turned.items()
    }
    if seen["mode"] == "none" or seen["screen"] == "end":
        if seen["card_states"] != card_states:
            yield f"{set(seen['card_states'].items()) ^ set(card_states.items())}"
        if seen["current"] != table.current:
            yield f"{seen['current']} in hand, not {table.current}"
    numbers = {card.number: card.id for card in session.deck.cards}
    about = (None, None)
    if seen["screen"] == "table" and seen["mode"] == "card":
        about = numbers[seen["shown"]], None
        if about[0] != table.current:
            yield f"card {about[0]} on show, not {table.current}"
        agreement = session.history.card_facts.get(about[0], {}).get("agreement")
        if seen["seen"] != (agreement and str(agreement)):
            yield f"seen {seen['seen']}, not {agreement}"
    elif seen["screen"] == "table" and seen["mode"] == "opening":
        about = None, seen["question"]
    if about != (None, None):
        ours = [note for note in session.notes if (note.card, note.opening_question) == about]
        notes = [[note.text, note.kind.value, note.owner] for note in ours]
        if sorted(note[:3] for note in seen["notes"]) != sorted(notes):
            yield f"notes {seen['notes']}, not {notes}"
    moves = [event for event in session.history.effective if isinstance(event, MOVES)]
    if seen["screen"] == "table" and not bool(moves) <= seen["canUndo"] <= bool(session.next_undo):
        yield f"can undo {seen['canUndo']}, next {session.next_undo}"
    if seen["screen"] == "table" and seen["canRedo"] != bool(session.history.next_redo):
        yield f"can redo {seen['canRedo']}"


def _differences(event: dict, record: dict) -> list[str]:
    """What is otherwise on the disk than it was when it was made; a step's events are told by the server."""
    loose = ("events", "whole_step", "instead_of", "refused", "note", "after", "participants")
    names = (set(event) | set(record)) - set(loose)
    usual = {"kind": "point", "owner": "", "due": "", "organisation": "", "unit": "", "note_taker": ""}
    other = {n for n in names if (event.get(n) or usual.get(n)) != (record.get(n) or usual.get(n))}
    return [f"made as {event}, kept as {record}"] if other else []


def _is_trouble(line: str) -> bool:
    return any(sign in line for sign in ("Traceback", "Error", "ERROR", "Exception", "CRITICAL"))


# --- two windows at one session -------------------------------------------------------------------------


@contextmanager
def two_windows(
    browser: Browser, running: Running, folder: Path, chance: Random, human: float, theme: str = "light"
):
    """A walk about to begin: a laptop and a phone at a session of their own."""
    with wire_to(running.url) as near, wire_to(running.url) as far:
        laptop = _window(browser, "laptop", {**LAPTOP, "color_scheme": theme}, near)
        phone = _window(browser, "phone", {**PHONE, "color_scheme": theme}, far)
        faults: list[str] = []
        for window, other in ((laptop, phone), (phone, laptop)):
            window.model.disturbed = _disturbed_by(other)
            _watch(window, faults)
        visit(laptop.page, near.url)
        laptop.page.set_viewport_size(LAPTOP["viewport"])
        session = begin(laptop.page, "Gruppe 1", f"Vandring {chance.random():.6f}")
        phone.page.goto(page_address(far.url, session))
        phone.page.locator("[data-screen=table]").wait_for()
        walk = Walk(running, folder, session, [laptop, phone], chance, human, faults=faults)
        store = open_store(folder)
        numbers = {card.number: card.id for card in Session(store, session).deck.cards}
        store.close()
        for window in walk.windows:
            window.page.set_default_timeout(20_000)
            window.model.card_of = numbers
            window.drain()
        try:
            yield walk
        finally:
            for window in walk.windows:
                window.page.context.close()


def _window(browser: Browser, name: str, how: dict, wire: Wire) -> Window:
    context = browser.new_context(**how)
    meanings = {words(key): name for name, key in INTENDED.items()}
    context.add_init_script(f"window.WALK_WORDS = {json.dumps(meanings)};\n{RECORDER}")
    model = WindowModel(name, {}, lambda since, until: False)
    return Window(context.new_page(), wire, model, how.get("has_touch", False))


def _disturbed_by(other: Window) -> Callable[[int, int], bool]:
    def disturbed(since: int, until: int) -> bool:
        return any(since <= at <= until for at in other.model.born_at.values())

    return disturbed


def _watch(window: Window, faults: list[str]) -> None:
    """Whatever a page raises or complains of."""
    name = window.model.name

    def complain(message: object) -> None:
        lost = ("WebSocket", "Failed to load resource", "ERR_")  # the wire was cut
        if message.type == "error" and not any(sign in message.text for sign in lost):
            faults.append(f"{name}: console.error: {message.text}")

    window.page.on("pageerror", lambda error: faults.append(f"{name}: {error.stack or error}"))
    window.page.on("console", complain)


# --- by command -------------------------------------------------------------------------------------------


def main() -> int:
    """Walk as the command line says; the exit code tells whether anything was wrong."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--acts", type=int, default=2_000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--human", type=float, default=0.15, help="how many acts are at a person's speed")
    arguments.add_argument("--language", default=DEFAULT_LANGUAGE, choices=languages())
    arguments.add_argument("--theme", default="light", choices=("light", "dark"))
    given = arguments.parse_args()
    os.environ["DIALOGKORT_LANGUAGE"] = given.language  # of the server, and of the words looked for here
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_arguments())
        for running in run_command(Path(folder)):
            chance = Random(given.seed)
            with two_windows(browser, running, Path(folder), chance, given.human, given.theme) as walk:
                walk.go(given.acts)
                _report(walk, given, time.monotonic() - began)
        browser.close()
    return 1 if walk.faults else 0


def _report(walk: Walk, given: argparse.Namespace, seconds: float) -> None:
    print(f"seed {given.seed}: {len(walk.acts)} acts in {seconds:.0f} s, {len(walk._events())} events kept")
    for name, count in walk.counts.items():
        print(f"  {name}: {count}")
    for window in walk.windows:
        print(f"  {window.model.name}: {dict(window.model.counts)}")
    for fault in walk.faults[:5]:
        print("FAULT:", fault)
    if walk.faults:
        print("the last acts:", *walk.acts[-15:], sep="\n  ")
        for window in walk.windows:
            shot = f"walk-{given.seed}-{window.model.name}.png"
            window.page.screenshot(path=Path(tempfile.gettempdir()) / shot)


if __name__ == "__main__":
    raise SystemExit(main())
