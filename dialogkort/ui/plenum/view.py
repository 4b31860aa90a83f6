"""Views of the plenum as plain data: one group's row, notes and cards; and what several groups met.

Each group is read by itself, so that an event costs the reading of its own group only.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from dialogkort.domain.deck import Card
from dialogkort.domain.event_ids import Id, time_of
from dialogkort.domain.events import Agreement, HandsCounted, Turned, VotesShown, WentBack
from dialogkort.domain.notepad import Note
from dialogkort.domain.outcomes import Outcome
from dialogkort.domain.plenum import Theme
from dialogkort.domain.voting import Vote
from dialogkort.sessions.session import Session
from dialogkort.theme import area_style
from dialogkort.ui.privacy_hints import MAX_CHECKED
from dialogkort.ui.share.service import DeviceStatus

DISCUSSED, SKIPPED, DIFFERENTLY = "discussed", "skipped", "differently"
_WAYS = (DISCUSSED, SKIPPED, DIFFERENTLY)
_FEWEST_GROUPS = 2  # "several"
_LONGEST_LIST = 5  # cards: a wall is read at a glance

CardKey = tuple[int | str, str, str]  # number, question, area: what is one card whoever's deck it was in


@dataclass(frozen=True)
class GroupView:
    """What the plenum shows of one group; `ways` by card are those of `_WAYS` it was met in."""

    row: dict
    notes: Mapping[Id, dict]
    ways: Mapping[CardKey, frozenset[str]]
    areas: Mapping[str, dict]


def group_view(session: Session) -> GroupView:
    """What is shown of a group, read from its session as it stands."""
    areas = {
        area.name: {"name": area.name, **area_style(index).on_screen}
        for index, area in enumerate(session.deck.areas)
    }
    notes = {note.id: _note_view(session, note) for note in session.notes}
    return GroupView(_row(session), notes, _ways_by_card(session), areas)


def _row(session: Session) -> dict:
    table = session.table
    state = _state(session)
    counted = [outcome for outcome in table.turned.values() if outcome is not Outcome.OPEN]
    return {
        "name": session.details.group,
        "people": session.details.participants,
        "state": state,
        "card": _card_view(session.deck.card(table.current)) if state == "card" and table.current else None,
        "in_hand_since": _in_hand_since(session),
        "done": len(counted),
        "of": len(table.order),
        "notes": len(session.history.notepad),
        "last_event": _last_event(session),
    }


def _last_event(session: Session) -> int:
    """When the group did something itself; what the room voted says nothing of that."""
    own = (
        event.at
        for event in reversed(session.history.events)
        if not isinstance(event, HandsCounted | VotesShown)
    )
    return next(own, time_of(session.history.newest))


def _state(session: Session) -> str:
    """Whether a group has ended, was typed in from paper, has a card in hand, is between two, or begins."""
    if session.is_ended:
        return "ended"
    if session.is_typed_in:
        return "typed_in"
    if session.table.current:
        return "card"
    return "between" if session.table.turned else "begun"


def _in_hand_since(session: Session) -> int | None:
    card = session.table.current
    return next(
        (
            event.at
            for event in reversed(session.history.effective)
            if isinstance(event, Turned | WentBack) and event.card == card
        ),
        None,
    )


def _card_view(card: Card) -> dict:
    return {"number": card.shown_number, "question": card.question, "area": card.area}


def _note_view(session: Session, note: Note) -> dict:
    """A note in the words it was written in; of a very long one only what is looked through."""
    return {
        "session": session.id,
        "text": note.text[:MAX_CHECKED],
        "is_cut": len(note.text) > MAX_CHECKED,
        "kind": note.kind.value,
        "card": _card_view(session.deck.card(note.card)) if note.card else None,
        "card_id": note.card,
        "opening_question": note.opening_question,
        "opening": session.opening.own_words(note.opening_question),
        "owner": note.owner,
        "due": note.due,
        "version": note.version,
    }


def _ways_by_card(session: Session) -> dict[CardKey, frozenset[str]]:
    """By card that was turned, whether it was discussed, skipped, and seen differently."""
    ways_by_card: dict[CardKey, frozenset[str]] = {}
    for id, outcome in session.table.turned.items():
        card = session.deck.card(id)
        agreement = session.history.card_facts.get(id, {}).get("agreement")
        ways = {
            DISCUSSED: outcome is Outcome.DISCUSSED,
            SKIPPED: outcome is Outcome.SKIPPED,
            DIFFERENTLY: outcome is Outcome.DISCUSSED and agreement == Agreement.DIFFERENTLY.value,
        }
        ways_by_card[card.shown_number, card.question, card.area] = frozenset(
            way for way, is_so in ways.items() if is_so
        )
    return ways_by_card


def cards_of_several(groups: Collection[GroupView]) -> dict[str, list[dict]]:
    """The cards that several groups discussed, skipped or saw differently: most groups first, few of each."""
    counts: dict[str, dict[CardKey, int]] = {way: {} for way in _WAYS}
    for group in groups:
        for card, ways in group.ways.items():
            for way in ways:
                counts[way][card] = counts[way].get(card, 0) + 1
    return {way: _most(of_way) for way, of_way in counts.items()}


def _most(counts: Mapping[CardKey, int]) -> list[dict]:
    several = [(card, groups) for card, groups in counts.items() if groups >= _FEWEST_GROUPS]
    several.sort(key=lambda counted: (-counted[1], counted[0]))
    return [
        {"number": number, "question": question, "area": area, "groups": groups}
        for (number, question, area), groups in several[:_LONGEST_LIST]
    ]


def areas_of(groups: Iterable[GroupView]) -> list[dict]:
    """The areas of the groups' decks, each once."""
    areas: dict[str, dict] = {}
    for group in groups:
        areas |= {name: area for name, area in group.areas.items() if name not in areas}
    return [*areas.values()]


def themes_view(themes: Iterable[Theme], notes: Collection[str]) -> list[dict]:
    """The themes and their notes, as far as those stand on a pad."""
    return [
        {"id": theme.id, "name": theme.name, "notes": [note for note in theme.notes if note in notes]}
        for theme in themes
    ]


def vote_view(vote: Vote | None, items: Collection[str]) -> dict | None:
    """The room's newest vote on what is still there: until it is shown, how many have voted and nothing else.

    Of hands that were counted in the room it is said before only that they were.
    """
    if vote is None:
        return None
    results = [
        {"item": result.item, "rank": result.rank, "hands": result.hands, "dots": result.dots}
        for result in vote.results
        if result.item in items
    ]
    return {
        "id": vote.id,
        "subject": vote.subject.value,
        "choices": vote.choices,
        "items": [item for item in vote.items if item in items],
        "is_shown": vote.is_shown,
        "voters": vote.voters,
        "counted": [item for item in vote.items if item in vote.counted],
        "results": results if vote.is_shown else [],
    }


def devices_view(devices: Iterable[DeviceStatus]) -> dict[Id, dict]:
    """By session whose devices have joined: whether one of them is here, and when one was last (ms)."""
    view: dict[Id, dict] = {}
    for device in devices:
        known = view.setdefault(device.session, {"is_here": False, "seen": 0})
        known["is_here"] = known["is_here"] or device.windows > 0
        known["seen"] = max(known["seen"], round(device.last_seen * 1000))
    return view
