"""Makes the invented notes of twelve invented municipalities: the same ones every time, on every machine.

    python data/sample/make.py              writes data/sample/notes/*.zip
    python data/sample/make.py some/folder

Who meets and in which words is told in `municipalities.toml` and `sentences.toml`; how much happens, here.
What is planted is told in README.md: change one, change the other.
"""

import json
import re
import sys
import tomllib
import zipfile
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from random import Random

from dialogkort.decks.reading import read_deck
from dialogkort.domain.draw import deal
from dialogkort.domain.event_records import to_record
from dialogkort.domain.events import (
    Agreement,
    Dealt,
    Described,
    Discussed,
    Event,
    Noted,
    NoteKind,
    NoteRemoved,
    PutBack,
    Skipped,
    SkipReason,
    Turned,
    Undone,
    WentBack,
)
from dialogkort.domain.table import play
from dialogkort.exchange.sources import EXPORT_FORMAT, EXPORT_VERSION, JSON_NAME

HERE = Path(__file__).resolve().parent
SEED = "Dialogkort 2026"
# When the zips say they were handed over: after the last workshop.
MADE_AT = datetime(2026, 10, 30, 12, tzinfo=UTC)

# Weeks with schools at work and Danish summer time: workshops begin at 9 or at 13, which is 7 and 11 in UTC.
DAYS = {"spring": (date(2026, 4, 7), 37), "autumn": (date(2026, 8, 31), 40)}
MAY_DAY = date(2026, 5, 1)

# --- what is planted: groups and cards --------------------------------------------------------------------

UNCLEAR_CARD = 5
DISPUTED_CARDS = (16, 31)
TECHNOLOGY, COMMUNICATION = "Teknologiforståelse", "Formidling og kommunikation"
NEVER_PLAYED = (57, 171)  # groups, counted from 0 through all organisations
ONE_CARD_ONLY = (23, 118, 204)
GUARDED = 7  # in every organisation the 8th group has a note with an invented personal detail


class Chance:
    """Luck that falls alike everywhere: of `Random`, Python promises only that `random` stays as it is."""

    def __init__(self, *names: object):
        seed = sha256(" / ".join(map(str, (SEED, *names))).encode()).digest()
        self._next = Random(int.from_bytes(seed[:8], "big")).random

    def whole(self, low: int, high: int) -> int:
        return low + int(self._next() * (high - low + 1))

    def pick(self, things):
        return things[int(self._next() * len(things))]

    def often(self, things: dict):
        """One of the keys, as often as its value says."""
        return self.pick([thing for thing, times in things.items() for _ in range(times)])

    def percent(self, of_100: int) -> bool:
        return self._next() * 100 < of_100

    def id(self, at: int) -> str:
        """A UUIDv7 (RFC 9562) for a moment."""
        digits = f"{at:012x}7{self.whole(0, 0xFFF):03x}{self.whole(8, 11):x}"
        digits += "".join(f"{self.whole(0, 0xFFF):03x}" for _ in range(5))
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


class Sitting:
    """One group at its table: what happens, when. A move the rules forbid raises `IllegalMove`."""

    def __init__(self, chance: Chance, deck, at: int, **details: object):
        self.at = at
        self.session = chance.id(at)
        self._chance = chance
        self.events: list[Event] = [Described(id=self.session, session=self.session, **details)]
        seed = chance.whole(0, 2**32 - 1)
        self.happen(
            Dealt, deck=deck.fingerprint, seed=seed, order=deal((card.id for card in deck.cards), seed)
        )

    @property
    def table(self):
        return play(self.events)

    def happen(self, what: type[Event], /, **fields: object) -> str:
        """Let something happen a moment later; returns its id."""
        self.at += self._chance.whole(300, 900)
        event = what(id=self._chance.id(self.at), session=self.session, **fields)
        self.table.after(event)
        self.events.append(event)
        return event.id

    def seconds_pass(self, low: int, high: int) -> None:
        self.at += self._chance.whole(low * 1000, high * 1000)

    def wait_until(self, at: int) -> None:
        self.at = max(self.at, at)


# --- what is written --------------------------------------------------------------------------------------


class Pen:
    """How one note-taker writes, in the words of one unit."""

    def __init__(self, chance: Chance, sentences: dict, unit: dict, taker: dict):
        self._chance, self._sentences, self._taker = chance, sentences, taker
        self._words = {**sentences["words"], **unit}
        self._unit_points = unit["notes"]
        self._written: set[str] = set()
        self._habit = sentences["long" if chance.percent(taker["neat"]) else "short"]

    def note(self, card: int, kind: str) -> str:
        """A note on a card."""
        note = self._sentence(card, kind)
        if kind in ("point", "example") and self._chance.percent(8):
            note = self._chance.pick(self._sentences["leads"]["any"]) + _small(note)
        else:
            note += self._tail(kind)
        if kind in ("point", "example") and self._chance.percent(18):
            more = self._sentence(card, kind)
            note += self._chance.pick((". " + more, "\n" + more, "; " + _small(more), " – " + _small(more)))
        return self._finished(note)

    def opening(self, question: int) -> str:
        """A note on one of the two questions of the opening round."""
        note = self._unused(self._sentences["opening"][str(question)])
        return self._finished(note + self._tail("opening"))

    def _tail(self, kind: str) -> str:
        """What is often added to a sentence."""
        tails = self._sentences["tails"]
        return self._chance.pick(tails.get(kind, tails["point"])) if self._chance.percent(40) else ""

    def begun(self, note: str) -> str:
        """The note as it stood before it was done: its first words."""
        words = note.split(" ")
        return " ".join(words[: max(1, len(words) * self._chance.whole(40, 80) // 100)])

    def _sentence(self, card: int, kind: str) -> str:
        own, generic = self._sentences["cards"][str(card)][kind], self._sentences["generic"][kind]
        if kind == "point" and self._chance.percent(12):
            return self._unused(self._unit_points)
        return self._unused(generic if self._chance.percent(15) else own, generic)

    def _unused(self, sentences: list[str], otherwise: list[str] = ()) -> str:
        """A sentence this pen has not written yet."""
        fresh = [one for one in (*sentences, *otherwise) if one not in self._written]
        preferred = [one for one in fresh if one in sentences]
        chosen = self._chance.pick(preferred or fresh or sentences)
        self._written.add(chosen)
        return chosen

    def _finished(self, note: str) -> str:
        note = re.sub(r"\{(\w+)\}", lambda gap: self._chance.pick(self._words[gap[1]]), note)
        for usual, habit in self._habit.items():
            if self._chance.percent(60):
                note = re.sub(rf"(?<!\w){re.escape(usual)}(?!\w)", habit, note)
        note = self._slipped(note) if self._chance.percent(self._taker["typos"]) else note
        neat = self._chance.percent(self._taker["neat"])
        note = note[0].upper() + note[1:] if neat or self._chance.percent(30) else _small(note)
        return note + "." if neat and self._chance.percent(40) and note[-1].isalnum() else note

    def _slipped(self, note: str) -> str:
        """The note with one slip of the fingers in one of its longer words."""
        if not (words := list(re.finditer(r"[a-zæøå]{6,}", note))):
            return note
        word = self._chance.pick(words)
        place = word.start() + self._chance.whole(1, len(word[0]) - 3)
        one, two = note[place], note[place + 1]
        return note[:place] + self._chance.pick((two + one, two, one + one + two)) + note[place + 2 :]


def _small(note: str) -> str:
    """The note as it goes on inside a sentence: `Vi` as `vi`, and `AI` as it is."""
    return note[0].lower() + note[1:] if note[1:2].islower() else note


KINDS = {
    "point": NoteKind.POINT,
    "example": NoteKind.EXAMPLE,
    "disagreement": NoteKind.DISAGREEMENT,
    "need": NoteKind.COMPETENCE_NEED,
    "next": NoteKind.NEXT_STEP,
}
_USUAL = {"point": 55, "example": 20, "disagreement": 4, "need": 13, "next": 8}
_DISAGREED = {"point": 40, "example": 15, "disagreement": 30, "need": 9, "next": 6}
_ALIKE_OR_NOT = {Agreement.ALIKE: 45, Agreement.DIFFERENTLY: 12, Agreement.NOT_SETTLED: 15, None: 28}
_DISPUTED = {Agreement.ALIKE: 10, Agreement.DIFFERENTLY: 60, Agreement.NOT_SETTLED: 20, None: 10}
_REASONS = {SkipReason.NOT_RELEVANT: 4, SkipReason.ALREADY_COVERED: 3, SkipReason.UNCLEAR: 1, None: 1}


class Group:
    """One group's afternoon, from the deal to the last card."""

    def __init__(self, chance: Chance, deck, sitting: Sitting, pen: Pen, taker: dict, planted: dict):
        self._chance, self._deck, self._sitting, self._pen = chance, deck, sitting, pen
        self._taker, self._planted = taker, planted
        self._put_back: list = []

    def play(self, cards: int) -> None:
        """The opening round, and so many cards in the time there is."""
        self._open()
        minutes = 54 + (cards - 6) * 4 + self._chance.whole(-4, 4)
        weights = [self._chance.whole(50, 150) for _ in range(cards)]
        drawn = self._draw_plan(cards)
        weights = [weight * self._pull(card) // 100 for weight, card in zip(weights, drawn, strict=True)]
        for place, (weight, card) in enumerate(zip(weights, drawn, strict=True)):
            length = min(minutes * weight * 60_000 // sum(weights), 19 * 60_000)
            self._take_up(card, length, is_last=place == cards - 1)
        for card in self._put_back[:]:
            if self._chance.percent(60):
                self._take_up(card, 5 * self._pull(card) * 600, is_last=True)

    def play_one(self) -> None:
        """One card, and then they had to go."""
        self._open()
        self._take_up(self._draw_plan(1)[0], 9 * 60_000, is_last=False)

    def _draw_plan(self, cards: int) -> list:
        """Which cards they will turn: any, so without preference."""
        left, drawn = list(self._deck.cards), []
        for _ in range(cards):
            drawn.append(self._chance.pick(left))
            left.remove(drawn[-1])
        return drawn

    def _open(self) -> None:
        self._sitting.seconds_pass(60, 180)
        for question in (1, 2):
            for _ in range(self._chance.pick((1, 1, 2, 2, 3))):
                self._sitting.seconds_pass(45, 110)
                self._write(self._pen.opening(question), "point", opening_question=question)
        self._sitting.seconds_pass(20, 90)

    def _take_up(self, card, length: int, *, is_last: bool) -> None:
        self._turn(card)
        what = self._becomes(card, is_last)
        if what == "talked about":
            self._talk(card, length)
        elif what == "put back":
            self._sitting.seconds_pass(15, 70)
            self._sitting.happen(PutBack, card=card.id)
            self._put_back.append(card)
        else:
            self._sitting.seconds_pass(15, 80)
            self._sitting.happen(Skipped, card=card.id, reason=what)
        self._sitting.seconds_pass(3, 25)

    def _turn(self, card) -> None:
        others = [face_down for face_down in self._sitting.table.face_down if face_down != card.id]
        if self._chance.percent(1):  # a click beside
            self._sitting.happen(Turned, card=self._chance.pick(others))
            self._sitting.seconds_pass(2, 6)
            self._sitting.happen(Undone, events=(self._sitting.events[-1].id,))
            self._sitting.seconds_pass(1, 4)
        self._sitting.happen(Turned, card=card.id)

    def _becomes(self, card, is_last: bool) -> str | SkipReason | None:
        if card.number == UNCLEAR_CARD and self._chance.percent(55):
            return SkipReason.UNCLEAR
        if self._chance.percent(3):
            return "put back"
        if self._chance.percent(self._planted["skips"].get(card.area, 9)):
            return self._chance.often(_REASONS)
        return SkipReason.NO_TIME if is_last and self._chance.percent(12) else "talked about"

    def _pull(self, card) -> int:
        """How long this group talks about a card's area, in percent of the usual."""
        return self._planted["minutes"].get(card.area, 100)

    def _talk(self, card, length: int) -> None:
        begun, sitting = self._sitting.at, self._sitting
        agreement = self._agreement(card)
        count = max(0, self._chance.pick(self._taker["notes"]) + self._planted["notes"].get(card.area, 0))
        moments = sorted(self._chance.whole(15, 92) for _ in range(count))
        for moment in moments:
            sitting.wait_until(begun + length * moment // 100)
            self._note(card, agreement)
        sitting.wait_until(begun + length)
        if self._chance.percent(1):  # the wrong button
            mistaken = sitting.happen(Skipped, card=card.id)
            sitting.seconds_pass(2, 6)
            sitting.happen(Undone, events=(mistaken,))
        if self._chance.percent(98):
            sitting.happen(Discussed, card=card.id, agreement=agreement)
        if self._chance.percent(3):
            self._go_back()

    def _go_back(self) -> None:
        """They come to think of a card they have talked about, any of them."""
        card = self._deck.card(self._chance.pick(list(self._sitting.table.turned)))
        self._sitting.seconds_pass(5, 20)
        self._sitting.happen(WentBack, card=card.id)
        self._sitting.seconds_pass(40, 100)
        self._note(card, None)
        self._sitting.happen(Discussed, card=card.id, agreement=self._agreement(card))

    def _agreement(self, card) -> Agreement | None:
        return self._chance.often(_DISPUTED if card.number in DISPUTED_CARDS else _ALIKE_OR_NOT)

    def _note(self, card, agreement: Agreement | None) -> None:
        kind = self._chance.often(_DISAGREED if agreement is Agreement.DIFFERENTLY else _USUAL)
        fields = self._who_and_when() if kind == "next" else {}
        note = self._write(self._pen.note(card.number, kind), kind, card=card.id, **fields)
        if self._chance.percent(2):
            self._sitting.seconds_pass(4, 40)
            removed = self._sitting.happen(NoteRemoved, note=note)
            if self._chance.percent(40):
                self._sitting.seconds_pass(2, 6)
                self._sitting.happen(Undone, events=(removed,))

    def _who_and_when(self) -> dict[str, str]:
        told = {}
        if self._chance.percent(80):
            told["owner"] = self._chance.pick(self._planted["owners"])
        if self._chance.percent(70):
            told["due"] = (_day(self._sitting.at) + timedelta(days=self._chance.whole(7, 90))).isoformat()
        return told

    def _write(self, text: str, kind: str, **fields: object) -> str:
        """A note, as it grows: now and then it is saved before it is done."""
        note, after = self._chance.id(self._sitting.at), None
        for _ in range(self._chance.pick((0,) * 7 + (1,) * 2 + (2,))):
            draft = self._pen.begun(text)
            where = {name: value for name, value in fields.items() if name not in ("owner", "due")}
            after = self._sitting.happen(Noted, note=note, text=draft, after=after, **where)
            self._sitting.seconds_pass(2, 15)
        self._sitting.happen(Noted, note=note, text=text, kind=KINDS[kind], after=after, **fields)
        return note

    def write_what_the_guard_finds(self, text: str) -> None:
        """A note with an invented personal detail, on the last card that was turned."""
        self._write(text, "point", card=list(self._sitting.table.turned)[-1])


# --- who meets when ---------------------------------------------------------------------------------------


def make(into: Path = HERE / "notes") -> list[Path]:
    """One zip per invented municipality in a folder, each as the page hands it over; returns their paths."""
    into.mkdir(parents=True, exist_ok=True)
    return [
        _packed(into / _file_name(one["name"]), _events(place, one))
        for place, one in enumerate(_told("municipalities")["municipalities"])
    ]


def _events(place: int, municipality: dict) -> list[Event]:
    """Everything that happened in one municipality, group by group."""
    number, events, told = 20 * place, [], _told("municipalities")
    for (unit, season), groups in zip(_plan(place, municipality), municipality["groups"], strict=True):
        chance = Chance(municipality["name"], unit, season)
        begins, pattern = _begins(chance, season), chance.pick(told["groups"]["names"])
        details = {
            "workshop": told["workshop"].format(
                name=municipality["name"], unit=unit, season=told["seasons"][season]
            ),
            "organisation": told["organisation"].format(name=municipality["name"]),
            "unit": unit,
            "date": _day(begins).isoformat(),
        }
        for group in range(1, groups + 1):
            of_the_group = details | {"group": pattern.format(n=group)}
            planted = _planted(municipality, season) | {"owners": told["owners"]["roles"]}
            events += _group(number, begins, of_the_group, planted)
            number += 1
    return events


def _plan(place: int, municipality: dict) -> list[tuple[str, str]]:
    """Two units meet in spring and again in autumn, the third once."""
    first, second, third = municipality["units"]
    once = (third, ("spring", "autumn")[place % 2])
    return [(first, "spring"), (second, "spring"), once, (first, "autumn"), (second, "autumn")]


def _planted(municipality: dict, season: str) -> dict[str, dict[str, int]]:
    """By area: minutes in percent of the usual, notes more or fewer, skips of 100."""
    planted: dict[str, dict[str, int]] = {"minutes": {}, "notes": {}, "skips": {}}
    if municipality.get("long_talk") and season == "autumn":
        planted["minutes"] = {COMMUNICATION: 200}
    if municipality.get("growing"):
        grown = season == "autumn"
        planted["minutes"] = {TECHNOLOGY: 170 if grown else 60}
        planted["notes"] = {TECHNOLOGY: 1 if grown else -1}
        planted["skips"] = {TECHNOLOGY: 3 if grown else 25}
    return planted


def _group(number: int, begins: int, details: dict, planted: dict) -> list[Event]:
    told, sentences, deck = _told("municipalities"), _told("sentences"), _deck()
    chance = Chance("group", number)
    taker = chance.pick([one for one in told["note_takers"] for _ in range(one["often"])])
    details = details | {"note_taker": taker["name"]}
    details["participants"] = None if chance.percent(4) else chance.whole(3, 8)
    sitting = Sitting(chance, deck, begins + chance.whole(0, 6 * 60_000), **details)
    pen = Pen(chance, sentences, told["units"][details["unit"]], taker)
    group = Group(chance, deck, sitting, pen, taker, planted)
    if number in ONE_CARD_ONLY:
        group.play_one()
    elif number not in NEVER_PLAYED:
        group.play(chance.whole(6, 12))
    if number % 20 == GUARDED:
        group.write_what_the_guard_finds(sentences["guard"]["notes"][number // 20]["text"])
    return sitting.events


def _begins(chance: Chance, season: str) -> int:
    """When a workshop begins, in milliseconds since 1970: on a working day, at 9 or at 13 o'clock."""
    first, days = DAYS[season]
    working = [first + timedelta(days=day) for day in range(days)]
    day = chance.pick([day for day in working if day.weekday() < 5 and day != MAY_DAY])
    hour = datetime(day.year, day.month, day.day, chance.pick((7, 11)), tzinfo=UTC)
    return int(hour.timestamp()) * 1000


def _day(at: int) -> date:
    return datetime.fromtimestamp(at // 1000, UTC).date()


# --- files ------------------------------------------------------------------------------------------------


@cache
def _deck():
    return read_deck(HERE.parent / "medarbejderen")


@cache
def _told(name: str) -> dict:
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


def _file_name(municipality: str) -> str:
    """`Ørneklit` as `opdigtet-oerneklit.zip`: letters that every disk writes alike."""
    plain = municipality.lower().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    return f"opdigtet-{plain}.zip"


def _packed(path: Path, events: list[Event]) -> Path:
    told = {
        "format": EXPORT_FORMAT,
        "version": EXPORT_VERSION,
        "made_at": MADE_AT.isoformat(timespec="seconds"),
        "decks": [_deck().to_record()],
        "events": [to_record(event) for event in events],
    }
    entry = zipfile.ZipInfo(JSON_NAME, date_time=MADE_AT.timetuple()[:6])
    entry.create_system, entry.external_attr = 3, 0o644 << 16  # Windows would write otherwise
    content = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry, content, zipfile.ZIP_DEFLATED, compresslevel=9)
    return path


if __name__ == "__main__":
    for made in make(*map(Path, sys.argv[1:2])):
        print(made)
