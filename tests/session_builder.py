"""What the tests of the archive have in common: afternoons of many groups, as the files that come in."""

import itertools
import json
import random
from dataclasses import replace
from datetime import UTC, datetime

from dialogkort.domain.draw import deal
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.event_records import to_record
from dialogkort.domain.events import (
    Agreement,
    Dealt,
    Described,
    Discussed,
    Noted,
    NoteKind,
    PutBack,
    Skipped,
    SkipReason,
    Turned,
)

MONTH = 30 * 86_400_000
START = 1_767_600_000_000  # ms: 5 January 2026
MINUTE = 60_000


class Afternoon:
    """What happens in one group; the clock goes on a minute with every step."""

    def __init__(self, deck, at=START, *, described=True, dealt=True, seed=1, **details):
        self.session, self.now = new_id(at), at
        details = {"workshop": "Digital dag", "group": "Gruppe 1"} | details
        self.events = [Described(id=self.session, session=self.session, **details)] if described else []
        self.order = deal([card.id for card in deck.cards], seed)
        if dealt:
            self.happen(Dealt, deck=deck.fingerprint, seed=seed, order=self.order)

    def happen(self, what, /, **fields):
        self.now += MINUTE
        self.events.append(what(id=new_id(self.now), session=self.session, **fields))
        return self.events[-1]

    def note(self, content, **where):
        return self.happen(Noted, note=new_id(self.now), text=content, **where)

    def talk(self, card, content="Vi øver os", **fields):
        self.happen(Turned, card=card)
        self.note(content, card=card)
        self.happen(Discussed, card=card, **fields)


def busy(deck, at=START, seed=1, cards=9, **details):
    """An afternoon in which most things happen."""
    afternoon = Afternoon(deck, at, seed=seed, **details)
    chance = random.Random(seed)
    afternoon.note("Vi glæder os til Ærø", opening_question=1)
    for index, card in enumerate(afternoon.order[:cards]):
        afternoon.happen(Turned, card=card)
        match index % 4:
            case 0:
                afternoon.happen(Skipped, card=card, reason=chance.choice(list(SkipReason)))
            case 1:
                afternoon.note(
                    "Ring til borgeren", card=card, kind=NoteKind.NEXT_STEP, owner="Bo", due="2026-05-01"
                )
                afternoon.happen(PutBack, card=card)
                afternoon.happen(Turned, card=card)
                afternoon.happen(Discussed, card=card, agreement=chance.choice(list(Agreement)))
            case 2:
                afternoon.note(f"Nummer {index}: vi øver os i det", card=card, kind=NoteKind.EXAMPLE)
                afternoon.happen(PutBack, card=card)
            case 3:
                afternoon.note("Vi er ikke enige", card=card, kind=NoteKind.DISAGREEMENT)
    return afternoon


def many(deck, count=12):
    """Afternoons of three organisations over three months; one in which no card was turned."""
    afternoons = [
        busy(
            deck,
            START + index % 3 * MONTH + index * MINUTE,
            seed=index + 1,
            cards=3 + index,
            organisation=f"Kommune {index % 3}",
            unit="Teknik & Miljø" if index % 2 else "",
            workshop=f"Workshop {index // 4}",
            group=f"Gruppe {index % 4 + 1}",
            date=day(START + index % 3 * MONTH) if index % 5 else "",
        )
        for index in range(count)
    ]
    return [*afternoons, Afternoon(deck, START + 7, organisation="Kommune 0", workshop="Aflyst")]


def other_deck(deck):
    """A deck with the same card ids and other areas."""
    names = {area.name: f"Nyt: {area.name}" for area in deck.areas}
    areas = tuple(replace(area, name=names[area.name]) for area in deck.areas)
    cards = tuple(replace(card, area=names[card.area]) for card in reversed(deck.cards))
    return replace(deck, id="nyt", title="Et andet sæt", areas=areas, cards=cards)


def day(at):
    return datetime.fromtimestamp(at / 1000, UTC).date().isoformat()


_numbers = itertools.count()


def handed_in(folder, deck, *afternoons, name=None):
    """A file with these afternoons, as a group's page hands it over; where it lies."""
    export = {"format": "dialogkort", "version": 1, "decks": [deck.to_record()]}
    export["events"] = [to_record(event) for afternoon in afternoons for event in afternoon.events]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (name or f"fil {next(_numbers)}.json")
    path.write_text(json.dumps(export, ensure_ascii=False), encoding="utf-8")
    return path
