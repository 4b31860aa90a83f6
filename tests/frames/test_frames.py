"""What the groups did and wrote comes out as four tidy tables whose columns never change."""

import re
import warnings
from dataclasses import replace

import pandas as pd
import pytest

import dialogkort
from dialogkort.domain.deck import CONFIDENCES
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import (
    Agreement,
    Dealt,
    Described,
    Discussed,
    Noted,
    NoteKind,
    NoteRemoved,
    PutBack,
    Skipped,
    SkipReason,
    Turned,
    Undone,
)
from dialogkort.errors import StoreError
from dialogkort.frames.closing import next_steps, ratings
from dialogkort.frames.codings import codings
from dialogkort.frames.plans import read_plans
from dialogkort.frames.sessions import Frames, read, read_all
from dialogkort.frames.votes import votes
from dialogkort.sessions.session import start
from dialogkort.ui.workshop.widget import Workshop

MOMENT = "datetime64[ms, UTC]"
DAY = "datetime64[s]"
PROMISED = {
    "sessions": {
        "session": "string",
        "workshop": "string",
        "organisation": "string",
        "unit": "string",
        "date": DAY,
        "group": "string",
        "participants": "Int64",
        "note_taker": "string",
        "deck": "string",
        "deck_fingerprint": "string",
        "draw_plan": "string",
        "seed": "Int64",
        "started_at": MOMENT,
        "last_at": MOMENT,
        "ended_at": MOMENT,
        "clock_differed": "boolean",
        "typed_in": "boolean",
        "keep_until": DAY,
        "follows": "string",
        "ratings": "Int64",
        "rating_mean": "Float64",
        "prepared": "string",
    },
    "turns": {
        "session": "string",
        "turn": "Int64",
        "card": "string",
        "area": "string",
        "area_confidence": "category",
        "question": "string",
        "turned_at": MOMENT,
        "outcome": "category",
        "minutes": "Float64",
        "skip_reason": "category",
        "agreement": "category",
        "timer_minutes": "Float64",
        "silent_notes": "Int64",
    },
    "notes": {
        "session": "string",
        "note": "string",
        "card": "string",
        "area": "string",
        "question": "string",
        "opening_question": "Int64",
        "kind": "category",
        "text": "string",
        "words": "Int64",
        "owner": "string",
        "due": DAY,
        "created_at": MOMENT,
        "updated_at": MOMENT,
        "from_silence": "boolean",
        "hands": "Int64",
    },
    "cards": {
        "deck_fingerprint": "string",
        "card": "string",
        "number": "Int64",
        "area": "string",
        "area_confidence": "category",
        "question": "string",
        "is_own": "boolean",
        "label": "string",
    },
}
CATEGORIES = {
    ("turns", "area_confidence"): list(CONFIDENCES),
    ("turns", "outcome"): ["open", "discussed", "skipped", "put back"],
    ("turns", "skip_reason"): ["not relevant", "unclear", "already covered", "no time"],
    ("turns", "agreement"): ["alike", "differently", "not settled"],
    ("notes", "kind"): ["point", "example", "disagreement", "competence need", "next step"],
    ("cards", "area_confidence"): list(CONFIDENCES),
}

MINUTE = 60_000
START = 29_541_600 * MINUTE  # 2 March 2026 at 10:00 in UTC
OTHER_NOTE = new_id(4)


@pytest.fixture
def played(store, deck):
    """An afternoon with known times: three cards in hand, one put back and drawn again, three notes."""
    first, second, third = (card.id for card in deck.cards[:3])
    session, note, gone = new_id(START), new_id(START + 1), new_id(START + 2)
    step = {"kind": NoteKind.NEXT_STEP, "owner": "Ida", "due": "2026-04-01", "card": first}
    steps = [
        (0, Dealt, {"deck": deck.fingerprint, "seed": 7, "order": tuple(card.id for card in deck.cards)}),
        (1, Noted, {"note": OTHER_NOTE, "text": "Alt med strøm", "opening_question": 1}),
        (2, Turned, {"card": first}),
        (3, Noted, {"note": note, "text": "Ring", **step}),
        (4, Noted, {"note": note, "text": "Ring til it", **step}),
        (5, Noted, {"note": gone, "text": "væk", "card": first}),
        (6, NoteRemoved, {"note": gone}),
        (7, Discussed, {"card": first, "agreement": Agreement.DIFFERENTLY}),
        (8, Turned, {"card": second}),
        (9, PutBack, {"card": second}),
        (10, Turned, {"card": second}),
        (13, Skipped, {"card": second, "reason": SkipReason.ALREADY_COVERED}),
        (14, Turned, {"card": third}),
        (15, Turned, {"card": deck.cards[3].id}),
    ]
    events = [
        kind(id=new_id(START + at * MINUTE + 5), session=session, **fields) for at, kind, fields in steps
    ]
    events.append(
        Undone(id=new_id(START + 20 * MINUTE + 5), session=session, events=(events[-1].id,)),
    )
    store.keep_deck(deck)
    store.append([Described(id=session, session=session, workshop="Digital dag", group="Rød"), *events])
    store.append(
        [
            Described(
                id=new_id(START + 16 * MINUTE + 5),
                session=session,
                workshop="Digital dag",
                organisation="Ærø Kommune",
                unit="Børn & Unge",
                date="2026-03-02",
                group="Blå",
                participants=5,
                note_taker="leader",
            )
        ]
    )
    return session


def rows(frame, *columns):
    """The rows of some columns as plain values, with None where there is nothing."""
    chosen = frame[list(columns)].astype(object)
    return [
        tuple(None if pd.isna(value) else value for value in row) for row in chosen.itertuples(index=False)
    ]


def at(minute):
    return pd.Timestamp(START + minute * MINUTE + 5, unit="ms", tz="UTC")


# --- the promise ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("filled", [False, True])
def test_every_frame_has_the_promised_columns_and_types_whether_or_not_it_has_rows(store, request, filled):
    if filled:
        request.getfixturevalue("played")
    frames = read(store)
    assert {name: len(frame) > 0 for name, frame in frames._asdict().items()} == dict.fromkeys(
        PROMISED, filled
    )
    for name, frame in frames._asdict().items():
        assert {column: str(dtype) for column, dtype in frame.dtypes.items()} == PROMISED[name]


@pytest.mark.parametrize("filled", [False, True])
def test_a_category_holds_all_it_can_be_also_what_nobody_chose(store, request, filled):
    if filled:
        request.getfixturevalue("played")
    frames = read(store)
    for (name, column), categories in CATEGORIES.items():
        assert list(getattr(frames, name)[column].cat.categories) == categories


def test_the_frames_of_an_empty_store_can_be_joined_and_counted(store):
    sessions, turns, notes, cards = read(store)
    assert turns.merge(sessions, on="session").merge(notes, on=["session", "card"]).empty
    assert turns.groupby("outcome", observed=False).size().sum() == len(cards) == 0


def test_the_docstring_names_every_frame_and_every_column():
    documented = {}
    for name, words in re.findall(r"^    (\w+): (.*?)(?=^    \w+: |\Z)", Frames.__doc__, re.M | re.S):
        documented[name] = set(re.findall(r"\w+", words))
    assert list(documented) == list(Frames._fields) == list(PROMISED)
    for name, columns in PROMISED.items():
        assert set(columns) <= documented[name]


def test_the_docstring_names_every_word_a_category_can_hold():
    for (_, column), categories in CATEGORIES.items():
        if column != "area_confidence":
            assert all(category in " ".join(Frames.__doc__.split()) for category in categories)


# --- the values -------------------------------------------------------------------------------------------


def test_a_session_is_one_row_with_its_newest_description_and_its_deal(store, deck, played):
    sessions = read(store).sessions
    assert len(sessions) == 1
    assert sessions.loc[0].to_dict() == {
        "session": played,
        "workshop": "Digital dag",
        "organisation": "Ærø Kommune",
        "unit": "Børn & Unge",
        "date": pd.Timestamp("2026-03-02"),
        "group": "Blå",
        "participants": 5,
        "note_taker": "leader",
        "deck": deck.title,
        "deck_fingerprint": deck.fingerprint,
        "draw_plan": "shuffle",
        "seed": 7,
        "started_at": pd.Timestamp(START, unit="ms", tz="UTC"),
        "last_at": at(20),
        "ended_at": pd.NaT,
        "clock_differed": False,
        "typed_in": False,
        "keep_until": pd.NaT,
        "follows": "",
        "ratings": 0,
        "rating_mean": None,
        "prepared": None,
    }


def test_a_session_row_says_when_the_group_ended_it_and_nothing_once_it_is_taken_up_again(store, deck):
    session = start(store, deck, workshop="W", group="1")
    session.end()
    ended = pd.Timestamp(session.events[-1].at, unit="ms", tz="UTC")
    assert read(store).sessions.loc[0, "ended_at"] == ended
    session.reopen()
    assert pd.isna(read(store).sessions.loc[0, "ended_at"])


def test_what_a_group_did_not_tell_is_empty_text_and_no_number_and_no_day(store, deck):
    start(store, deck, workshop="W", group="1")
    session_rows = rows(read(store).sessions, "organisation", "unit", "note_taker", "participants", "date")
    assert session_rows == [("", "", "", None, None)]


def test_a_turn_is_one_row_in_order_and_a_card_put_back_and_drawn_again_has_two(store, deck, played):
    first, second, third = (card.id for card in deck.cards[:3])
    turns = read(store).turns
    assert rows(turns, "turn", "card", "outcome", "minutes", "skip_reason", "agreement") == [
        (1, first, "discussed", 5.0, None, "differently"),
        (2, second, "put back", 1.0, None, None),
        (3, second, "skipped", 3.0, "already covered", None),
        (4, third, "open", 0.0, None, None),
    ]
    assert list(turns["turned_at"]) == [at(2), at(8), at(10), at(14)]
    assert set(turns["session"]) == {played}


def test_a_turn_says_what_its_card_says(store, deck, played):
    turn_rows = rows(read(store).turns, "card", "area", "area_confidence", "question")
    for card, *says in turn_rows:
        card = deck.card(card)
        assert says == [card.area, card.area_confidence, card.question]


def test_a_note_is_one_row_as_it_reads_now_and_a_removed_note_is_none(store, deck, played):
    card = deck.cards[0]
    notes = read(store).notes
    assert rows(notes, "card", "area", "question", "opening_question", "kind", "text", "owner", "due") == [
        (None, None, None, 1, "point", "Alt med strøm", "", None),
        (
            *(card.id, card.area, card.question, None, "next step", "Ring til it", "Ida"),
            pd.Timestamp("2026-04-01"),
        ),
    ]
    assert rows(notes, "created_at", "updated_at") == [(at(1), at(1)), (at(3), at(4))]
    assert list(notes["words"]) == [3, 3]
    assert notes.loc[0, "note"] == OTHER_NOTE


def test_every_card_of_every_deck_is_one_row_however_many_groups_used_the_deck(store, deck, played):
    start(store, deck, workshop="W", group="2")
    cards = read(store).cards
    expected = [
        (deck.fingerprint, c.id, c.number, c.area, c.area_confidence, c.question, False, str(c.number))
        for c in deck.cards
    ]
    assert rows(cards, *PROMISED["cards"]) == expected


def test_groups_come_in_the_order_they_began_and_some_can_be_chosen(store, deck):
    ids = [start(store, deck, workshop="W", group=str(group)).id for group in range(3)]
    assert list(read(store).sessions["session"]) == sorted(ids)
    assert list(read(store, [ids[1]]).sessions["group"]) == ["1"]
    assert read(store, []).sessions.empty


def test_a_note_keeps_the_wording_and_area_it_was_written_under_when_the_deck_file_changes(store, deck):
    before = start(store, deck, seed=7, workshop="W", group="1")
    card = before.table.face_down[0]
    before.turn(card)
    before.note("Vi øver", card=card)
    changed_cards = [
        replace(c, question="Et helt andet spørgsmål?", area=deck.areas[-1].name) if c.id == card else c
        for c in deck.cards
    ]
    changed = replace(deck, cards=tuple(changed_cards), title="Nyt sæt")
    after = start(store, changed, seed=7, workshop="W", group="2")
    after.turn(card)
    after.note("De øver", card=card)
    sessions, turns, notes, cards = read(store)
    old, new = deck.card(card), changed.card(card)
    assert old.question != new.question
    assert rows(notes, "question", "area") == [(old.question, old.area), (new.question, new.area)]
    assert rows(turns, "question", "area") == rows(notes, "question", "area")
    assert list(sessions["deck"]) == [deck.title, "Nyt sæt"]
    assert cards.groupby("deck_fingerprint").size().to_dict() == {
        deck.fingerprint: len(deck.cards),
        changed.fingerprint: len(deck.cards),
    }


@pytest.mark.parametrize("written", ["=1+1", "<b>fed</b>", "👩🏽‍🏫", "to\nlinjer", "x" * 50_000, "<NA>"])
def test_a_note_comes_out_as_it_was_written(store, session, written):
    session.note(written, opening_question=1)
    assert list(read(store).notes["text"]) == [written]


def test_a_folder_or_a_server_is_read_in_one_line_and_let_go_of(played, location):
    frames = read_all(location)
    assert len(frames.turns) == 4
    assert dialogkort.read_all is read_all
    assert dialogkort.Workshop is Workshop


def test_a_folder_that_is_named_and_holds_no_notes_is_told_and_not_made(tmp_path):
    with pytest.raises(StoreError, match="ingen noter"):
        read_all(tmp_path / "stavefejl")
    assert not (tmp_path / "stavefejl").exists()


def test_the_usual_folder_before_the_first_workshop_is_four_empty_frames(tmp_path, monkeypatch):
    monkeypatch.setenv("DIALOGKORT_FOLDER", str(tmp_path))
    assert all(frame.empty for frame in read_all())


@pytest.mark.parametrize("edit", [{"order": ("kort-x",)}, {"deck": "0" * 64}], ids=["cards", "deck"])
def test_a_session_that_somebody_has_edited_is_left_out_by_name_and_the_others_are_read(
    tmp_path, deck, open_here, edit
):
    store = open_here(tmp_path)
    good = start(store, deck, workshop="W", group="1").id
    odd = new_id(START)
    dealt = {"deck": deck.fingerprint, "seed": 1, "order": (deck.cards[0].id,)} | edit
    result = Described(id=odd, session=odd, workshop="W", group="2", date="i går")
    store.append([result, Dealt(id=new_id(START + 1), session=odd, **dealt)])
    store.append([Turned(id=new_id(START + 2), session=odd, card=dealt["order"][0])])
    with pytest.warns(UserWarning, match=odd):
        assert list(read(store).sessions["session"]) == [good]


def test_the_usual_folder_before_the_first_workshop_has_no_votes_codings_steps_answers_or_plans(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("DIALOGKORT_FOLDER", str(tmp_path))
    for read_frame in (votes, codings, next_steps, ratings):
        assert read_frame().empty and len(read_frame().columns)
        with pytest.raises(StoreError):
            read_frame(tmp_path)
    assert all(frame.empty for frame in read_plans())
    assert not [*tmp_path.iterdir()]


def test_a_day_that_is_none_is_no_day(tmp_path, deck, open_here):
    store = open_here(tmp_path)
    session = start(store, deck, workshop="W", group="1")
    store.append([Described(id=new_id(2 * START), session=session.id, workshop="W", group="1", date="i går")])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert rows(read(store).sessions, "date") == [(None,)]
