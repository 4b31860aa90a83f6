"""What the acts on a window must have caused: a model that knows the screen's promises, not its code.

It reads what `walk_recorder.js` has written down: every trusted press and letter with what lay under it, and
every event the page made. A press that was surely meant must have caused its event and no other; the second
press of a double-click, a held key and a press on a card that is gone must have caused none; whatever is so
fast that nobody can say may have been taken or not. A letter that was typed must be in an event's text.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

FAST, SLOW = 250, 800  # ms: surely one press too many, surely a press of its own
NEAR, FAR = 10, 60  # px: surely the same place, surely another one
IN_ONE_GO = 3_000  # ms between letters of somebody who writes: what is a short cut otherwise may be one
MEANWHILE = 1_500  # ms in which what another window did may not be on the screen yet
ON_CARD = ("discuss", "skip", "reason", "put back", "agree", "to table")
STEPS = ("undo", "redo")

Expected = list[Mapping[str, object]]


@dataclass
class Row:
    """One note on show, as it was last seen."""

    text: str = ""
    typed: str | None = None  # as it was after the last letter
    typed_at: int = 0
    waits: bool = False  # for an event that says the same
    states: list[tuple] = field(default_factory=list)


@dataclass
class WindowModel:
    """One window: what was pressed there, what came of it, and what is wrong with that."""

    name: str
    card_of: Mapping[int, str]
    disturbed: Callable[[int, int], bool]  # did another window do something between two moments?
    faults: list[str] = field(default_factory=list)
    counts: Counter = field(default_factory=Counter)
    born: dict[str, dict] = field(default_factory=dict)
    born_at: dict[str, int] = field(default_factory=dict)
    sent: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)  # by event, the server's words
    rows: dict[str, Row] = field(default_factory=dict)
    steps_pressed: list[str] = field(default_factory=list)  # steps to undo and redo that have not come yet
    _press: dict | None = None
    _came: list[dict] = field(default_factory=list)
    _gone: int = 0  # the card that this window has laid down, until another scene shows
    _may_be_gone: int = 0
    _key: dict | None = None
    _key_before: dict | None = None
    _wrote_at: int = 0
    recent: list[str] = field(default_factory=list)  # all that was taken in, to be read by people

    def take(self, entries: Iterable[dict]) -> str:
        """Take in what was written down; returns the letters that were typed in notes."""
        letters = ""
        for entry in entries:
            self.recent.append(_short(entry))
            self.counts[entry["is"]] += 1
            match entry["is"]:
                case "click" | "key":
                    self._end_press()
                    self._begin_press(entry)
                case "event":
                    self._take_event(entry)
                case "before input":
                    self._before_letter(entry)
                case "input":
                    letters += self._letter(entry)
                case "focusin" | "focusout":
                    self._see_row(entry)
                case "scene":
                    self._gone = self._may_be_gone = 0
                case "sent":
                    self.sent.add(entry["id"])
                case "refused":
                    self.refused[entry["id"]] = entry["words"]
                case "fault":
                    self._fault(f"unhandled: {entry['words']}")
        return letters

    def around(self, id: str) -> str:
        """What happened here before and after an event came to be."""
        first = next(index for index, line in enumerate(self.recent) if id in line)
        return "\n        ".join(self.recent[max(0, first - 12) : first + 30])

    def rest(self) -> None:
        """Everything is said to be saved: nothing that was typed may be missing."""
        self._end_press()
        for row in self.rows.values():
            if row.waits:
                self._fault(f"typed and never sent: {row.states[-1]}")
                row.waits = False
        self.steps_pressed.clear()

    # --- presses ------------------------------------------------------------------------------------------

    def _begin_press(self, entry: dict) -> None:
        if entry["is"] == "key":
            self._key_before, self._key = self._key, entry
            self.steps_pressed += _step_of_key(entry)
        elif _meaning(entry) in STEPS:
            self.steps_pressed.append(_meaning(entry))
        self._press, self._came = entry, []

    def _end_press(self) -> None:
        press, came = self._press, self._came
        self._press, self._came = None, []
        if press is None:
            return
        expected, is_sure = self._expected(press)
        self._follow_hand(press)
        fits = len(came) == len(expected) and all(map(_is_as, came, expected))
        if expected and came:
            self.counts["effective"] += 1
        if not fits and not (came == [] and not is_sure) and not self._may_be_stale(press, came):
            self._fault(f"expected {expected}, came {came} ({'sure' if is_sure else 'fast'})")
        if expected and press["mode"] == "card" and _meaning(press) in ON_CARD[:4] and came:
            self._gone = press["shown"]

    def _may_be_stale(self, press: dict, came: list[dict]) -> bool:
        """What another window did just now was not on the screen, or was already known."""
        if not self.disturbed(press["at"] - MEANWHILE, press["at"] + 300):
            return False
        self.counts["stale"] += 1
        turns = ("turned", "went back")
        return came == [] or (len(came) == 1 and _meaning(press) == "place" and came[0]["what"] in turns)

    def _expected(self, press: dict) -> tuple[Expected, bool]:
        """What must have come of a press, and whether it was surely meant."""
        if press["is"] == "key":
            return self._expected_of_key(press)
        if press["control"] is None:
            return [], True
        counts = self._counts(press)
        if counts is False:
            return [], True
        effect, meaning = self._effect(press), _meaning(press)
        if meaning == "to table" and counts:
            self._gone = press["shown"]
        elif meaning == "to table":
            self._may_be_gone = press["shown"]
        is_sure = counts is True and not (meaning in ON_CARD and press["shown"] == self._may_be_gone)
        return effect, is_sure

    def _expected_of_key(self, press: dict) -> tuple[Expected, bool]:
        key = press["key"]
        modified = press["ctrl"] or press["alt"] or press["repeat"]
        letters = not (press["inField"] or press["dialog"] or modified)
        if press["screen"] != "table" or press["dialog"] or press["repeat"]:
            return [], True
        if key == "Escape":
            if press["mode"] == "card" and not press["inPad"]:
                self._may_be_gone = press["shown"]
            return [], True
        if letters and not press["lettersOff"] and press["control"] and not press["control"]["disabled"]:
            is_there = press["shown"] != self._may_be_gone
            return self._effect(press), is_there and press["at"] - self._wrote_at > IN_ONE_GO
        return [], True

    def _follow_hand(self, press: dict) -> None:
        """Whether somebody is in the middle of a word: a press, Esc or Tab ends it."""
        key = press.get("key", "Escape" if press.get("detail") else "Enter")
        if key in ("Escape", "Tab") or key.startswith("Arrow"):
            self._wrote_at = 0
        elif len(key) == 1 and key != " " and not press["ctrl"]:
            self._wrote_at = press["at"]

    def _counts(self, press: dict) -> bool | None:
        """Whether a press is an act of its own: True or False when that is sure."""
        if press["detail"] == 0:
            return self._key_counts()
        repeats = _meaning(press) in STEPS
        again = press["sincePress"] < FAST and press["movedSincePress"] < NEAR
        if again and not repeats:
            return False
        alone = press["sincePress"] > SLOW or press["movedSincePress"] > FAR
        seen = press["sinceScene"] > SLOW or press["movedSinceScene"] > FAR
        return True if alone and seen and press["detail"] == 1 else None

    def _key_counts(self) -> bool | None:
        key, before = self._key, self._key_before
        if key is None:
            return None
        if key["repeat"]:
            return False
        if key["at"] - self._wrote_at < IN_ONE_GO:
            return None
        if before is None or before["key"] not in ("Enter", " "):
            return True
        gap = key["at"] - before["at"]
        return False if gap < FAST else True if gap > SLOW else None

    def _effect(self, press: dict) -> Expected:
        control, meaning = press["control"], _meaning(press)
        card = self.card_of.get(press["shown"])
        if meaning in ON_CARD and (press["mode"] != "card" or press["shown"] == self._gone):
            return []
        if meaning in ("place", "draw") and press["mode"] != "none":
            return []
        match meaning:
            case "place" if control["state"] == "down":
                return [{"what": "turned", "card": control["card"]}]
            case "place":
                again = {"what": "went back", "card": control["card"]}
                return [] if press["current"] == control["card"] else [again]
            case "draw":
                return [{"what": "turned"}]
            case "agree":
                value = None if press["seen"] == control["value"] else control["value"]
                return [{"what": "agreement chosen", "card": card, "agreement": value}]
            case "discuss":
                return [{"what": "discussed", "card": card, "agreement": press["seen"]}]
            case "skip":
                return [{"what": "skipped", "card": card, "reason": None}]
            case "reason":
                return [{"what": "skipped", "card": card, "reason": control["reason"]}]
            case "put back":
                return [{"what": "put back", "card": card}]
            case "remove" if control["row"]["known"]:
                self._drop(control["row"]["uid"])
                return [{"what": "note removed"}]
            case "end":
                return [{"what": "ended"}]
            case "reopen":
                return [{"what": "reopened"}]
            case "save details":
                return [{"what": "described"}]
            case "redact":
                self._drop(control["row"]["uid"])
                return [{"what": "noted"}]
            case "offer undo":
                return [{"what": "undone"}]
        return []

    # --- events -------------------------------------------------------------------------------------------

    def _take_event(self, entry: dict) -> None:
        event = entry["event"]
        if event["id"] in self.born:  # told again by the page that took over after a reload
            return
        self.born[event["id"]] = event
        self.born_at[event["id"]] = entry["at"]
        self.counts[event["what"]] += 1
        meaning = self._press and _meaning(self._press)
        if meaning == "bring back" and event["what"] in ("undone", "noted"):
            self.counts["brought back"] += 1
        elif event["what"] == "noted" and not event.get("instead_of"):
            self._take_note(event)
        elif event["what"] == "undone" and meaning != "offer undo":
            self._take_step(event)
        else:
            self._came.append(event)
            if self._press is None:
                self._fault(f"nobody pressed anything: {event}")

    def _take_step(self, event: dict) -> None:
        """Steps come in the order they were asked for; some lead to nothing, or are ended by another act."""
        self._gone, self._may_be_gone = 0, self._gone or self._may_be_gone  # it may lie there again
        own = [self.born[id]["what"] for id in event["events"] if id in self.born]
        is_undo = event.get("whole_step") or (own and "undone" not in own)
        way = "undo" if is_undo else "redo"
        if way not in self.steps_pressed:
            self._fault(f"{way} that nobody asked for, but {self.steps_pressed}")
        else:
            del self.steps_pressed[: self.steps_pressed.index(way) + 1]

    def _take_note(self, event: dict) -> None:
        noted = event["text"], event.get("kind", "point"), event.get("owner", "")
        rows = [row for row in self.rows.values() if noted in row.states]
        if not rows:
            self._fault(f"nobody wrote {noted}")
        for row in rows:
            if row.states[-1] == noted:
                row.waits, row.states = False, [noted]

    # --- notes --------------------------------------------------------------------------------------------

    def _see_row(self, entry: dict) -> Row:
        seen = entry["row"]
        row = self.rows.setdefault(seen["uid"], Row())
        state = seen["text"], seen["kind"], seen["owner"]
        if not row.states or row.states[-1] != state:
            row.states.append(state)
        return row

    def _before_letter(self, entry: dict) -> None:
        row = self.rows.get(entry["row"]["uid"])
        if row is None or row.typed is None or row.typed == entry["row"]["text"]:
            return
        if not self._may_change(row.typed_at - 500, entry["at"]):
            self._fault(f"changed under the writer: {row.typed!r} -> {entry['row']['text']!r}")

    def _may_change(self, since: int, until: int) -> bool:
        """Whether something happened after which a note may read otherwise."""
        taken_back = any(
            event["what"] in ("undone", "note removed") and since <= self.born_at[id] <= until
            for id, event in self.born.items()
        )
        return taken_back or self.disturbed(since, until)

    def _letter(self, entry: dict) -> str:
        row, seen = self._see_row(entry), entry["row"]
        row.typed, row.typed_at = seen["text"], entry["at"]
        is_blank = not (seen["text"].strip() or seen["owner"] or seen["due"].strip())
        row.waits = seen["known"] or not is_blank
        return "\n" if entry["how"] == "insertLineBreak" else entry["letter"]

    def _drop(self, uid: str) -> None:
        if uid in self.rows:
            self.rows[uid].waits, self.rows[uid].typed = False, None

    def _fault(self, words: str) -> None:
        self.faults.append(f"{self.name}: {words}\n  after " + "\n        ".join(self.recent[-14:]))


def _step_of_key(key: dict) -> list[str]:
    letter = key["key"].lower()
    if letter not in ("z", "y") or not key["ctrl"] or key["inField"] or key["repeat"]:
        return []
    return ["redo" if letter == "y" or key["shift"] else "undo"]


def _meaning(press: dict) -> str | None:
    return press["control"] and press["control"]["meaning"]


def _is_as(event: dict, expected: Mapping[str, object]) -> bool:
    return all(event.get(name) == value for name, value in expected.items())


def _short(entry: dict) -> str:
    control = entry.get("control") or {}
    shown = {
        name: value for name, value in entry.items() if name not in ("at", "is", "control", "sinceScene")
    }
    if control:
        shown["control"] = {name: control[name] for name in ("meaning", "card", "state", "value", "disabled")}
    return f"{entry['at'] % 1_000_000} {entry['is']} {shown}"[:700]
