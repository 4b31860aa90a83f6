"""The rules of the table: no card is lost or doubled, undo goes a step back, events may come in any order."""

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from scipy.stats import chisquare

from dialogkort.domain import notepad
from dialogkort.domain.draw import deal
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import (
    Agreement,
    AgreementChosen,
    Dealt,
    Described,
    Discussed,
    Ended,
    Noted,
    NoteRemoved,
    PutBack,
    Reopened,
    Skipped,
    SkipReason,
    Turned,
    Undone,
    WentBack,
)
from dialogkort.domain.table import Outcome, Table, Turn, play, turns
from dialogkort.domain.undo import WRITING_PAUSE, last_step
from dialogkort.errors import IllegalMove

SESSION = new_id(1_000)
CARDS = tuple("abcdefg")
MOVES = {Turned: Table.turn, Discussed: Table.discuss, Skipped: Table.skip, PutBack: Table.put_back}
MOVES[WentBack] = Table.go_back

reasons = st.none() | st.sampled_from(SkipReason)
agreements = st.none() | st.sampled_from(Agreement)


def written_in_one_go(event, later):
    same = isinstance(event, Noted) and isinstance(later, Noted) and event.note == later.note
    return same and later.at - event.at <= WRITING_PAUSE


class AnAfternoon(RuleBasedStateMachine):
    """A group that does whatever a group can do, with a clock that may stand still or go backwards.

    `past` is the afternoon as a person remembers it: each step, the table before it and the pad before it.
    """

    @initialize(seed=st.integers(0, 2**32))
    def deal_the_cards(self, seed):
        self.now, self.events, self.past, self.table = 10_000, [], [], Table()
        order = deal(CARDS, seed)
        self.record(Dealt, deck="d", seed=seed, order=order)
        self.dealt = self.table = Table().lay(order)

    def record(self, kind, **fields):
        newest = self.events[-1].id if self.events else ""
        self.events.append(kind(id=new_id(self.now, after=newest), session=SESSION, **fields))

    def pad(self):
        return notepad.read(self.events)

    def step(self, kind, **fields):
        before, pad = self.table, self.pad()
        self.record(kind, **fields)
        self.past.append((self.events[-1], before, pad))
        if kind in MOVES:
            self.table = MOVES[kind](before, fields["card"])

    @rule(passed=st.integers(-5_000, 60_000))
    def time_passes(self, passed):
        self.now += passed

    @precondition(lambda self: self.table.face_down)
    @rule(data=st.data())
    def turn_any_card_that_lies_face_down(self, data):
        before, card = self.table, data.draw(st.sampled_from(self.table.face_down))
        self.step(Turned, card=card)
        assert self.table.current == card
        assert self.table.turned[card] == Outcome.OPEN
        assert self.table.face_down == tuple(other for other in before.face_down if other != card)

    @precondition(lambda self: self.table.turned)
    @rule(data=st.data(), agreement=agreements)
    def discuss(self, data, agreement):
        before, card = self.table, data.draw(st.sampled_from(list(self.table.turned)))
        self.step(Discussed, card=card, agreement=agreement)
        assert self.table.face_down == before.face_down
        assert self.table.turned == {**before.turned, card: Outcome.DISCUSSED}

    @precondition(lambda self: self.table.turned)
    @rule(data=st.data(), reason=reasons)
    def skip_with_or_without_a_reason(self, data, reason):
        before, card = self.table, data.draw(st.sampled_from(list(self.table.turned)))
        self.step(Skipped, card=card, reason=reason)
        assert self.table.face_down == before.face_down
        assert self.table.turned == {**before.turned, card: Outcome.SKIPPED}

    @precondition(lambda self: self.table.turned)
    @rule(data=st.data())
    def put_back(self, data):
        before, card = self.table, data.draw(st.sampled_from(list(self.table.turned)))
        self.step(PutBack, card=card)
        assert self.table.face_down == (*before.face_down, card)
        assert card not in self.table.turned

    @precondition(lambda self: self.table.turned)
    @rule(data=st.data())
    def go_back_to_a_card(self, data):
        before, card = self.table, data.draw(st.sampled_from(list(self.table.turned)))
        self.step(WentBack, card=card)
        assert self.table == replace(before, current=card)

    @rule(data=st.data(), content=st.sampled_from(["Vi", "Vi øver", ""]))
    def write_a_note_or_go_on_with_one(self, data, content):
        written = dict.fromkeys(event.note for event in self.events if isinstance(event, Noted))
        note = data.draw(st.sampled_from([*written, "new"]))
        self.step(Noted, note=new_id(self.now) if note == "new" else note, text=content, card="a")

    @precondition(lambda self: self.pad())
    @rule(data=st.data())
    def remove_a_note(self, data):
        note = data.draw(st.sampled_from([note.id for note in self.pad()]))
        self.step(NoteRemoved, note=note)
        assert note not in {stored.id for stored in self.pad()}

    @precondition(lambda self: self.past)
    @rule(times=st.integers(1, 12))
    def undo(self, times):
        for _ in range(min(times, len(self.past))):
            self.undo_once()

    def undo_once(self):
        if not self.past:
            return
        newest, before, pad = self.past.pop()
        while self.past and written_in_one_go(self.past[-1][0], newest):
            newest, before, pad = self.past.pop()
        self.record(Undone, events=tuple(event.id for event in last_step(self.events)))
        self.table = before
        assert self.pad() == pad

    @precondition(lambda self: self.past and type(self.past[-1][0]) in MOVES)
    @rule()
    def undo_a_move_and_make_it_again(self):
        after, (move, *_) = self.table, self.past[-1]
        self.undo_once()
        fields = {
            name: getattr(move, name) for name in ("card", "reason", "agreement") if hasattr(move, name)
        }
        self.step(type(move), **fields)
        assert self.table == after

    @rule(move=st.sampled_from(list(MOVES.values())), card=st.sampled_from([*CARDS, "joker"]))
    def a_move_the_rules_forbid_changes_nothing(self, move, card):
        allowed = self.table.face_down if move is Table.turn else self.table.turned
        if card not in allowed:
            before = replace(self.table)
            with pytest.raises(IllegalMove) as refused:
                move(self.table, card)
            assert refused.value.reason == ("not face down" if move is Table.turn else "not turned")
            assert refused.value.card == card
            assert self.table == before

    @invariant()
    def no_card_is_lost_or_doubled(self):
        on_table = [*self.table.face_down, *self.table.turned]
        assert Counter(on_table) == Counter(self.table.order) == Counter(CARDS)
        assert self.table.current is None or self.table.current in self.table.turned

    @invariant()
    def the_table_is_the_fold_of_its_events(self):
        assert play(self.events) == self.table

    @invariant()
    def the_newest_outcome_of_a_card_is_what_lies_on_the_table(self):
        newest = {turn.card: turn.outcome for turn in turns(self.events)}
        assert {card: newest[card] for card in self.table.turned} == self.table.turned
        assert all(newest[card] == Outcome.PUT_BACK for card in newest if card not in self.table.turned)

    @invariant()
    def no_more_time_is_counted_than_has_passed(self):
        span = self.events[-1].at - self.events[0].at
        assert all(turn.in_hand >= 0 for turn in turns(self.events))
        assert sum(turn.in_hand for turn in turns(self.events)) <= span

    def teardown(self):
        if not hasattr(self, "events"):
            return
        shuffled = Random(len(self.events)).sample(self.events * 2, len(self.events) * 2)
        assert play(shuffled) == self.table
        assert turns(shuffled) == turns(self.events)
        assert notepad.read(shuffled) == self.pad()
        while self.past:
            self.undo_once()
        assert play(self.events) == self.dealt
        assert last_step(self.events) == ()
        assert turns(self.events) == self.pad() == ()


TestAnAfternoon = AnAfternoon.TestCase
TestAnAfternoon.settings = settings(max_examples=100, stateful_step_count=40)


SEED_7 = [9, 14, 20, 8, 34, 13, 31, 16, 21, 30, 25, 4, 33, 1, 28, 7, 23, 18, 26, 5, 24, 19, 10, 32, 27, 35]
SEED_7 += [29, 15, 2, 11, 17, 3, 22, 6, 12]


# --- the deal ---------------------------------------------------------------------------------------------


def test_seed_7_deals_the_shipped_deck_in_this_order_on_every_machine(deck):
    order = deal((card.id for card in deck.cards), seed=7)
    assert [deck.card(id).number for id in order] == SEED_7


@given(st.lists(st.text(), unique=True), st.integers())
def test_a_deal_holds_every_card_once_and_the_same_seed_deals_the_same_order(cards, seed):
    assert Counter(deal(cards, seed)) == Counter(cards)
    assert deal(cards, seed) == deal(tuple(cards), seed)


def test_different_seeds_deal_different_orders(deck):
    cards = [card.id for card in deck.cards]
    assert len({deal(cards, seed) for seed in range(1_000)}) == 1_000


def test_every_order_of_four_cards_is_dealt_equally_often():
    orders = Counter(deal("abcd", seed) for seed in range(12_000))
    assert len(orders) == 24
    assert chisquare(list(orders.values())).pvalue > 0.001


def test_every_card_of_the_deck_comes_first_in_the_middle_and_last_equally_often(deck):
    cards = [card.id for card in deck.cards]
    deals = [deal(cards, seed) for seed in range(7_000)]
    for index in (0, len(cards) // 2, len(cards) - 1):
        actual = Counter(order[index] for order in deals)
        assert chisquare([actual[card] for card in cards]).pvalue > 0.001


def test_a_deck_that_lies_on_the_table_is_not_dealt_again():
    table = Table().lay(CARDS)
    with pytest.raises(IllegalMove, match="already dealt"):
        table.lay(CARDS)
    assert table == Table().lay(CARDS)


def test_a_table_cannot_be_changed_behind_its_back():
    table = Table().lay(CARDS).turn("a")
    with pytest.raises(TypeError):
        table.turned["a"] = Outcome.SKIPPED
    with pytest.raises(AttributeError):
        table.current = None


# --- what a person would say of the rules -------------------------------------------------------------------


def test_going_back_to_a_discussed_card_does_not_make_it_undiscussed():
    table = Table().lay(CARDS).turn("a").discuss("a").turn("b").go_back("a")
    assert table.turned == {"a": Outcome.DISCUSSED, "b": Outcome.OPEN}
    assert table.current == "a"


def test_a_card_in_hand_stays_face_up_when_the_next_is_turned():
    table = Table().lay(CARDS).turn("a").turn("b")
    assert table.turned["a"] == Outcome.OPEN
    assert table.current == "b"


def test_a_card_that_was_put_back_comes_up_last():
    table = Table().lay(CARDS).turn("b").put_back("b")
    assert table.face_down == ("a", "c", "d", "e", "f", "g", "b")
    assert table.current is None


def test_settling_a_card_leaves_the_one_in_hand_in_hand():
    table = Table().lay(CARDS).turn("a").turn("b").skip("a")
    assert table.current == "b"


# --- two devices ------------------------------------------------------------------------------------------


moves = st.tuples(st.sampled_from(list(MOVES)), st.sampled_from(CARDS), st.integers(0, 3))


@given(st.lists(moves, max_size=12), st.lists(moves, max_size=12), st.randoms(use_true_random=False))
def test_what_two_devices_did_without_seeing_each_other_leads_to_one_legal_table(mine, theirs, chance):
    dealt = Dealt(id=new_id(1_000), session=SESSION, deck="d", seed=1, order=CARDS)
    both = [dealt]
    for device in (mine, theirs):
        now, newest = 2_000, dealt.id
        for kind, card, passed in device:
            now += passed
            newest = new_id(now, after=newest)
            both.append(kind(id=newest, session=SESSION, card=card))
    table = play(both)
    assert Counter([*table.face_down, *table.turned]) == Counter(CARDS)
    for _ in range(3):
        chance.shuffle(both)
        assert play(both + both) == table
        assert turns(both) == turns(both + both)


def test_a_card_that_two_devices_turned_is_turned_once():
    dealt = Dealt(id=new_id(1_000), session=SESSION, deck="d", seed=1, order=CARDS)
    one = Turned(id=new_id(2_000), session=SESSION, card="a")
    other = Turned(id=new_id(2_001), session=SESSION, card="a")
    assert play([other, one, dealt]) == Table().lay(CARDS).turn("a")
    assert len(turns([other, one, dealt])) == 1


# --- minutes ----------------------------------------------------------------------------------------------

MINUTE = 60_000
DEAL = 1_000 * MINUTE


def afternoon(*steps):
    """Events at given minutes after the deal: `(minute, kind, fields)`."""
    dealt = Dealt(id=new_id(DEAL), session=SESSION, deck="d", seed=1, order=CARDS)
    return [
        dealt,
        *(kind(id=new_id(DEAL + at * MINUTE), session=SESSION, **fields) for at, kind, fields in steps),
    ]


def minutes(events):
    return [(turn.card, turn.outcome.value, turn.in_hand / MINUTE) for turn in turns(events)]


def test_a_card_is_in_hand_from_when_it_is_turned_until_it_is_settled():
    events = afternoon(
        (2, Turned, {"card": "a"}),
        (7, Discussed, {"card": "a", "agreement": Agreement.ALIKE}),
        (9, Turned, {"card": "b"}),
        (10, Skipped, {"card": "b", "reason": SkipReason.UNCLEAR}),
    )
    assert turns(events) == (
        Turn("a", DEAL + 2 * MINUTE, Outcome.DISCUSSED, 5 * MINUTE, None, Agreement.ALIKE),
        Turn("b", DEAL + 9 * MINUTE, Outcome.SKIPPED, 1 * MINUTE, SkipReason.UNCLEAR, None),
    )


def test_a_card_is_in_hand_until_the_next_is_turned():
    events = afternoon((2, Turned, {"card": "a"}), (5, Turned, {"card": "b"}), (6, Discussed, {"card": "b"}))
    assert minutes(events) == [("a", "open", 3), ("b", "discussed", 1)]


def test_going_back_to_a_card_adds_time_and_keeps_its_outcome():
    events = afternoon(
        (1, Turned, {"card": "a"}),
        (5, Discussed, {"card": "a"}),
        (6, Turned, {"card": "b"}),
        (7, WentBack, {"card": "a"}),
        (10, WentBack, {"card": "b"}),
        (11, Skipped, {"card": "b"}),
    )
    assert minutes(events) == [("a", "discussed", 7), ("b", "skipped", 2)]


def test_a_card_put_back_and_drawn_again_has_two_turns():
    events = afternoon(
        (1, Turned, {"card": "a"}),
        (2, PutBack, {"card": "a"}),
        (5, Turned, {"card": "a"}),
        (9, Discussed, {"card": "a"}),
    )
    assert minutes(events) == [("a", "put back", 1), ("a", "discussed", 4)]


def test_a_break_or_a_night_between_two_days_is_nobodys_time():
    events = afternoon(
        (1, Turned, {"card": "a"}),
        (6, WentBack, {"card": "a"}),
        (6 + 21, WentBack, {"card": "a"}),
        (31, Discussed, {"card": "a"}),
    )
    assert minutes(events) == [("a", "discussed", 5 + 4)]


def test_the_last_open_card_is_in_hand_until_the_last_thing_that_happened():
    turned = (1, Turned, {"card": "a"})
    note = (8, Noted, {"note": new_id(5), "text": "Vi øver", "card": "a"})
    assert minutes(afternoon(turned)) == [("a", "open", 0)]
    assert minutes(afternoon(turned, note)) == [("a", "open", 7)]


def test_no_card_is_in_hand_from_an_end_until_the_session_is_taken_up_again():
    events = afternoon(
        (1, Turned, {"card": "a"}),
        (5, Ended, {}),
        (9, Reopened, {}),
        (11, Discussed, {"card": "a"}),
    )
    assert minutes(events) == [("a", "discussed", 6)]


def test_correcting_the_description_the_day_after_is_no_time_at_the_table():
    events = afternoon(
        (1, Turned, {"card": "a"}),
        (8, Noted, {"note": new_id(5), "text": "Vi øver", "card": "a"}),
        (24 * 60, Described, {"workshop": "W", "group": "1"}),
    )
    assert minutes(events) == [("a", "open", 7)]


def test_a_turn_that_was_undone_has_no_time_and_the_card_before_it_keeps_its_own():
    events = afternoon((1, Turned, {"card": "a"}), (3, Turned, {"card": "b"}))
    undone = Undone(id=new_id(DEAL + 5 * MINUTE), session=SESSION, events=(events[-1].id,))
    last = Discussed(id=new_id(DEAL + 7 * MINUTE), session=SESSION, card="a")
    assert minutes([*events, undone, last]) == [("a", "discussed", 6)]


def test_the_newest_word_on_a_card_is_the_one_that_holds():
    events = afternoon(
        (1, Turned, {"card": "a"}),
        (2, Skipped, {"card": "a", "reason": SkipReason.NO_TIME}),
        (3, Discussed, {"card": "a", "agreement": Agreement.DIFFERENTLY}),
    )
    assert turns(events) == (
        Turn("a", DEAL + MINUTE, Outcome.DISCUSSED, MINUTE, None, Agreement.DIFFERENTLY),
    )


def test_nothing_that_happened_is_no_turns_and_an_empty_table():
    assert turns([]) == ()
    assert play([]) == Table()


def test_how_a_card_is_seen_is_told_before_and_after_it_was_discussed_and_can_be_taken_back():
    chosen = [
        (2, Turned, {"card": "a"}),
        (3, AgreementChosen, {"card": "a", "agreement": Agreement.DIFFERENTLY}),
        (4, AgreementChosen, {"card": "b", "agreement": Agreement.ALIKE}),
    ]
    (turn,) = turns(afternoon(*chosen))
    assert (turn.outcome, turn.agreement) == (Outcome.OPEN, Agreement.DIFFERENTLY)
    discussed = (5, Discussed, {"card": "a", "agreement": Agreement.DIFFERENTLY})
    corrected = (6, AgreementChosen, {"card": "a", "agreement": Agreement.ALIKE})
    (turn,) = turns(afternoon(*chosen, discussed, corrected))
    assert (turn.outcome, turn.agreement) == (Outcome.DISCUSSED, Agreement.ALIKE)
    (turn,) = turns(afternoon(*chosen, discussed, (7, AgreementChosen, {"card": "a"})))
    assert (turn.outcome, turn.agreement) == (Outcome.DISCUSSED, None)
