"""A workshop's plan: kept as it is written, on every device, until it is erased; and groups begin from it."""

import json
from dataclasses import replace
from random import Random

import pytest
from pandas import isna
from store_helpers import opened

from dialogkort.analysis.discussion import by_area
from dialogkort.dataset.collect import collect
from dialogkort.documents.blocks import Heading
from dialogkort.documents.report import report
from dialogkort.domain.deck import Area, Card, Deck, side_by_side
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import DrawPlan, Turned
from dialogkort.domain.limits import MAX_FOLLOWED_UP
from dialogkort.domain.planning import card_id, read_plan
from dialogkort.errors import InvalidAction
from dialogkort.exchange.erase import erase
from dialogkort.exchange.merge import merge
from dialogkort.exports.export import JSON_NAME, as_json
from dialogkort.frames.plans import read, read_plans
from dialogkort.frames.sessions import read as read_frames
from dialogkort.sessions.workshop_plan import WorkshopPlan, begin, copy

NAMED = {"workshop": "Digital dag", "date": "2026-12-01", "groups": ("Blå", "Grøn")}
MEETING = Card("v-1", 1, "Møder", "sure", "Hvad nu?", (), "Fx")
OTHERS = (replace(MEETING, question="Og så?"),)
THEIRS = Deck("v", "Vores", "", "", (Area("Møder"),), (MEETING,))
OWN = "Hvad betyder sprogmodeller for vores arbejde?"


@pytest.fixture
def plan(store, deck):
    return begin(store, deck, **NAMED)


def test_a_plan_reads_as_it_was_written_last_in_whatever_order_its_events_came(plan, store, deck):
    plan.change(purpose="Fælles sprog", minutes=60)
    question = plan.ask("Hvad", deck.areas[0].name)
    plan.ask(OWN, deck.areas[1].name, ("Skrive breve", "få svar"), question=question)
    plan.change(minutes=120)
    again = WorkshopPlan(store, plan.id)
    assert (again.planned.purpose, again.plan.timing.cards) == ("Fælles sprog", 20)
    assert [(one.text, one.examples) for one in again.plan.questions] == [(OWN, ("Skrive breve", "få svar"))]
    for seed in range(5):
        events = Random(seed).sample(list(plan.events) * 2, 2 * len(plan.events))
        assert read_plan(events) == again.plan


def test_a_group_begins_also_from_a_plan_of_a_file_that_follows_up_more_than_there_may_be(plan, store):
    follows = tuple(new_id(number) for number in range(MAX_FOLLOWED_UP + 1))
    store.append([replace(plan.planned, id=new_id(plan.planned.at + 1), follows=follows)])
    assert plan.start_group(group="Blå").history.closing.follows == follows[:-1]


def test_a_group_begins_with_the_plans_deck_order_and_details(plan, deck):
    plan.change(organisation="Havmose Kommune", left_out=(deck.cards[0].id, deck.cards[5].id))
    session = plan.start_group(workshop=plan.planned.workshop, group="Blå", seed=3)
    assert (session.details.workshop, session.details.organisation) == ("Digital dag", "Havmose Kommune")
    assert (session.details.group, session.details.date) == ("Blå", "2026-12-01")
    assert (session.dealt.plan, session.dealt.prepared) == ("balanced", plan.id)
    assert len(session.dealt.order) == len(deck.cards) - 2
    assert {card.id for card in session.deck.cards} == set(session.dealt.order)
    assert len({session.deck.card(card).area for card in session.dealt.order[:4]}) == 4


def test_ones_own_question_lies_beside_the_decks_and_is_marked_as_ones_own(plan, deck):
    area = deck.areas[1].name
    question = plan.ask(OWN, area, ("Skrive breve",))
    withdrawn = plan.ask("Nej", area)
    plan.ask("Nej", area, question=withdrawn, withdrawn=True)
    session = plan.start_group(workshop=plan.planned.workshop, group="1")
    card = session.deck.card(card_id(question))
    assert (card.question, card.area, card.number, card.is_own) == (OWN, area, len(deck.cards) + 1, True)
    assert card.shown_number == "E1"  # of a series of its own: 36 would be a card of the deck's
    assert not any(one.is_own for one in session.deck.cards if one is not card)
    assert Deck.from_record(json.loads(json.dumps(session.deck.to_record()))) == session.deck


def test_a_deck_without_own_questions_has_the_fingerprint_it_always_had(deck):
    assert all("is_own" not in card for card in deck.to_record()["cards"])


def test_another_deck_is_chosen_and_what_named_cards_of_the_old_one_is_forgotten(plan, deck):
    area = deck.areas[0].name
    plan.ask(OWN, area)
    plan.change(left_out=(deck.cards[0].id,), areas=(area,), draw=DrawPlan.BY_AREA)
    earlier = plan.planned
    plan.use_deck(THEIRS)
    assert (plan.planned.left_out, plan.planned.areas) == ((), ())
    on_table = plan.table_deck
    assert [(card.shown_number, card.question) for card in on_table.cards] == [(1, "Hvad nu?"), ("E1", OWN)]
    assert [one.name for one in on_table.areas] == ["Møder", area]
    # Another window had written before it knew of the new deck.
    plan.record(replace(earlier, id=plan._new_id(), purpose="Fælles sprog"))
    assert (plan.planned.purpose, plan.planned.deck) == ("Fælles sprog", THEIRS.fingerprint)
    assert plan.start_group(group="Blå", workshop="Digital dag").deck == on_table


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//kommune.dk",
        "https://",
        "https://a b.dk",
        "https://navn:kode@kommune.dk",
        "https://[x",
        "https://kommune.dk:99999",
        "https://kommune.dk\r\nSet-Cookie: a",
        "https://kommune.dk/\u202egpj.exe",
        "https://kom\u00admune.dk/",
        "https://\u200bkommune.dk/",
        "https://kommune.dk/" + "x" * 2_000,
    ],
)
def test_a_catalogue_is_an_address_on_the_web_and_nothing_else(plan, address):
    with pytest.raises(InvalidAction):
        plan.change(catalogue=address)
    assert plan.planned.catalogue == ""
    plan.change(catalogue="https://intra.kommune.dk/kompetencer")
    assert WorkshopPlan(plan._store, plan.id).planned.catalogue == "https://intra.kommune.dk/kompetencer"


@pytest.mark.parametrize("own_only", [False, True])
def test_ones_own_opening_questions_are_asked_and_their_notes_keep_their_words(
    plan, store, tmp_path, own_only
):
    plan.change(
        opening_questions=("Hvad glæder\ndu dig til?", " ", "Hvad driller?"), opening_own_only=own_only
    )
    session = plan.start_group(workshop="Digital dag", group="Blå")
    assert session.opening.in_round == ((3, 4) if own_only else (1, 2, 3, 4))
    plan.change(opening_questions=("Noget andet?",))
    session.note("At lære", opening_question=3)
    session.note("Alt med strøm", opening_question=1)
    session.note("Koderne", opening_question=4)
    with pytest.raises(InvalidAction):
        session.note("Hvor?", opening_question=5)
    archive = tmp_path / "dialogkort.json"
    archive.write_bytes(as_json(store, [session.id]))
    merge(archive, into=tmp_path / "andet")
    own = "Hvad glæder du dig til?", "Hvad driller?"
    with opened(tmp_path / "andet") as elsewhere:
        frames = read_frames(elsewhere)
    notes, blocks = frames.notes, report(frames).blocks
    headings = [block.words for block in blocks if isinstance(block, Heading)]
    assert [None if isna(words) else words for words in notes["question"]] == [own[0], None, own[1]]
    assert [heading for heading in headings if heading in own] == list(own)
    assert read(store).plans["opening_questions"].tolist() == ["Noget andet?"]


@pytest.mark.parametrize("questions", [tuple("12345"), ("x" * 301,)])
def test_the_opening_round_takes_four_short_questions_of_ones_own(plan, questions):
    with pytest.raises(InvalidAction):
        plan.change(opening_questions=questions)
    assert plan.planned.opening_questions == ()


def test_decks_lie_side_by_side_each_with_numbers_of_its_own(plan, deck, store):
    plan.use_deck(side_by_side(side_by_side(deck, THEIRS), replace(THEIRS, cards=OTHERS)))
    numbers = [card.shown_number for card in plan.table_deck.cards]
    assert numbers == [*range(1, len(deck.cards) + 1), "B1", "C1"]
    assert len({card.number for card in plan.table_deck.cards}) == len(numbers)
    session = plan.start_group(group="Blå", workshop="Digital dag")
    assert session.deck.title == f"{deck.title} + Vores + Vores"
    cards = read_frames(store).cards
    assert cards["label"].tolist()[-2:] == ["B1", "C1"]


def test_chosen_cards_and_an_own_order_are_all_that_lies_on_the_table(plan, deck):
    chosen = tuple(deck.cards[index].id for index in (30, 2, 17))
    plan.change(draw=DrawPlan.OWN_ORDER, chosen=chosen)
    assert plan.start_group(workshop=plan.planned.workshop, group="1").dealt.order == chosen
    plan.change(draw=DrawPlan.CHOSEN)
    assert set(plan.start_group(workshop=plan.planned.workshop, group="2").dealt.order) == set(chosen)


def test_by_area_takes_the_areas_that_were_chosen_in_their_order(plan, deck):
    areas = (deck.areas[2].name, deck.areas[0].name)
    plan.change(draw=DrawPlan.BY_AREA, areas=areas)
    session = plan.start_group(workshop=plan.planned.workshop, group="1")
    assert tuple(dict.fromkeys(session.deck.card(card).area for card in session.dealt.order)) == areas


def test_the_analysis_takes_what_was_chosen_as_dealt_and_counts_what_lay_on_the_tables(plan, deck, store):
    first = deck.areas[0].name
    of_first = [card.id for card in deck.cards if card.area == first]
    chosen = (*of_first[:6], deck.cards[20].id)
    plan.change(draw=DrawPlan.CHOSEN, chosen=chosen)
    for group in "abcdef":
        session = plan.start_group(workshop=plan.planned.workshop, group=group)
        for card in session.dealt.order[:5]:
            session.turn(card)
            session.discuss(card)
    areas = by_area(*read_frames(store), for_my_eyes=True).set_index("area")
    assert areas.loc[first, "in_deck"] == 36 and areas["in_deck"].sum() == 42
    assert areas["drawn_differs"].isna().all() and areas["place_differs"].isna().all()
    assert (areas["drawn_expected"] == areas["drawn"]).all()


def test_copied_for_the_next_time_it_reads_the_same_without_its_day(plan, store, deck):
    plan.change(purpose="Fælles sprog")
    plan.ask(OWN, deck.areas[1].name)
    other = copy(store, plan)
    assert (other.planned.purpose, other.planned.date) == ("Fælles sprog", "")
    assert [one.text for one in other.plan.questions] == [OWN]
    other.change(purpose="Et andet")
    assert WorkshopPlan(store, plan.id).planned.purpose == "Fælles sprog"
    assert list(store.plans()) == [other.id, plan.id]


@pytest.mark.parametrize(
    "fields",
    [
        {"minutes": 5},
        {"per_card": 0},
        {"plenum": -1},
        {"date": "1/12"},
        {"starts": "9.10"},
        {"workshop": "x" * 201},
        {"groups": ("x" * 201,)},
        {"groups": ("1",) * 201},
        {"purpose": "x" * 4_001},
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(plan, store, fields):
    before = plan.events
    with pytest.raises(InvalidAction):
        plan.change(**fields)
    assert WorkshopPlan(store, plan.id).events == before


def test_a_question_of_no_area_and_a_move_at_a_table_are_no_part_of_a_plan(plan, deck):
    with pytest.raises(InvalidAction):
        plan.ask(OWN, "Ingen steder")
    with pytest.raises(InvalidAction):
        plan.record(Turned(id=new_id(2**41), session=plan.id, card=deck.cards[0].id))


def test_no_group_begins_without_a_name_or_without_cards(plan, deck):
    plan.change(draw=DrawPlan.CHOSEN, chosen=())
    with pytest.raises(InvalidAction):
        plan.start_group(workshop=plan.planned.workshop, group="1")
    plan.change(draw=DrawPlan.BALANCED, workshop="")
    with pytest.raises(InvalidAction):
        plan.start_group(workshop=plan.planned.workshop, group="1")


def test_a_plan_is_no_session_and_no_coding_project(plan, store):
    assert list(store.plans()) == [plan.id]
    assert not store.sessions() and not store.codings()


def test_a_plan_comes_along_with_what_began_from_it(plan, store, deck, tmp_path):
    plan.ask(OWN, deck.areas[1].name, ("Skrive breve", "få svar"))
    question = plan.ask("Trukket tilbage", deck.areas[1].name)
    plan.ask("Trukket tilbage", deck.areas[1].name, question=question, withdrawn=True)
    groups = [plan.start_group(workshop=plan.planned.workshop, group=name).id for name in ("Blå", "Grøn")]
    begin(store, deck, workshop="En anden")
    path = tmp_path / JSON_NAME
    alone = as_json(store, groups[:1]).decode()
    assert OWN in alone and "Grøn" not in alone, "its own questions go along, the others' names do not"
    assert "Trukket tilbage" in as_json(store).decode()
    path.write_bytes(as_json(store, groups))
    assert "Trukket tilbage" not in path.read_text("utf-8")
    report = merge(path, into=tmp_path / "there")
    assert not report.total.refused
    plans = read_plans(tmp_path / "there")
    assert plans.plans["workshop"].tolist() == ["Digital dag"]
    assert plans.plans.loc[0, ["groups", "draw", "cards"]].tolist() == ["Blå | Grøn", "balanced", 14]
    assert plans.questions.loc[0, ["text", "examples"]].tolist() == [OWN, "Skrive breve | få svar"]
    data = collect(path, tmp_path / "data", progress=False)
    assert data.sessions()["prepared"].tolist() == [plan.id] * 2
    assert data.cards()["is_own"].sum() == 1
    assert read_plans(tmp_path / "data").plans["plan"].tolist() == [plan.id]


def test_a_plan_goes_with_its_workshop_when_that_is_erased(tmp_path, deck):
    with opened(tmp_path) as store:
        plan = begin(store, deck, **NAMED, purpose="Det hemmelige formål")
        plan.start_group(workshop=plan.planned.workshop, group="Blå")
    erased = erase(tmp_path, workshop="Digital dag")
    assert len(erased.markers) == 2
    assert not any("hemmelige" in path.read_text("latin-1") for path in tmp_path.rglob("*") if path.is_file())
    with opened(tmp_path) as store:
        assert not store.plans() and read(store).plans.empty
        with pytest.raises(InvalidAction):
            WorkshopPlan(store, plan.id)


def test_a_question_whose_area_is_not_chosen_yet_is_kept_and_on_no_table(plan, deck):
    question = plan.ask(OWN, "")
    assert [one.text for one in plan.plan.questions] == [OWN]
    assert plan.table_deck.cards == deck.cards
    plan.ask(OWN, deck.areas[1].name, question=question)
    assert [card.question for card in plan.table_deck.cards if card.is_own] == [OWN]
    with pytest.raises(InvalidAction):
        plan.ask(OWN, "Et område, der ikke findes")
