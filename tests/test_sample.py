"""The sample notes are invented and say so, are what `make.py` makes, and hold what their README tells."""

import contextlib
import json
import re
import runpy
import tomllib
import zipfile

import pytest

from dialogkort import resources
from dialogkort.analysis.discussion import TALK_MEASURES, by_area, by_card, by_group, then_and_now
from dialogkort.domain import notepad
from dialogkort.domain.deck import Deck
from dialogkort.domain.event_records import from_record
from dialogkort.domain.events import Dealt, Described, Discussed, Noted
from dialogkort.domain.table import play
from dialogkort.exchange.merge import merge
from dialogkort.exchange.sources import JSON_NAME, contents
from dialogkort.frames.sessions import read_all
from dialogkort.privacy.detection import findings
from dialogkort.sessions.session import MAX_NAME_LENGTH, MAX_NOTE_LENGTH, Session, validated_description
from dialogkort.store import open_store

SAMPLE = resources.DATA / "sample"
ZIPS = sorted((SAMPLE / "notes").glob("*.zip"))
INVENTED = "(opdigtet)"

REAL_MUNICIPALITIES = """
Albertslund, Allerød, Assens, Ballerup, Billund, Bornholm, Brøndby, Brønderslev, Dragør, Egedal, Esbjerg,
Fanø, Favrskov, Faxe, Fredensborg, Fredericia, Frederiksberg, Frederikshavn, Frederikssund, Furesø,
Faaborg-Midtfyn, Gentofte, Gladsaxe, Glostrup, Greve, Gribskov, Guldborgsund, Haderslev, Halsnæs,
Hedensted, Helsingør, Herlev, Herning, Hillerød, Hjørring, Holbæk, Holstebro, Horsens, Hvidovre,
Høje-Taastrup, Hørsholm, Ikast-Brande, Ishøj, Jammerbugt, Kalundborg, Kerteminde, Kolding, København,
Køge, Langeland, Lejre, Lemvig, Lolland, Lyngby-Taarbæk, Læsø, Mariagerfjord, Middelfart, Morsø,
Norddjurs, Nordfyns, Nyborg, Næstved, Odder, Odense, Odsherred, Randers, Rebild, Ringkøbing-Skjern,
Ringsted, Roskilde, Rudersdal, Rødovre, Samsø, Silkeborg, Skanderborg, Skive, Slagelse, Solrød, Sorø,
Stevns, Struer, Svendborg, Syddjurs, Sønderborg, Thisted, Tønder, Tårnby, Vallensbæk, Varde, Vejen, Vejle,
Vesthimmerlands, Viborg, Vordingborg, Ærø, Aabenraa, Aalborg, Aarhus
"""


def sentences_of(name):
    return tomllib.loads((SAMPLE / f"{name}.toml").read_text(encoding="utf-8"))


def inside(path):
    """What a zip holds: name, day and content of each entry."""
    with zipfile.ZipFile(path) as packed:
        return [(entry.filename, entry.date_time, packed.read(entry)) for entry in packed.infolist()]


def events(path):
    return [from_record(record) for record in json.loads(inside(path)[0][2])["events"]]


@pytest.fixture(scope="module")
def brought_together(tmp_path_factory):
    """All the zips merged in one place, with the sheet of what came in, and the frames."""
    folder = tmp_path_factory.mktemp("noter")
    return merge([SAMPLE / "notes"], into=folder), read_all(folder)


@pytest.fixture(scope="module")
def seasons(brought_together):
    """The frames' turns and notes, each with its municipality and season, and minutes as plain numbers."""
    sessions, turns, notes, _ = brought_together[1]
    who = sessions[["session", "organisation", "date", "unit"]].assign(
        name=sessions["organisation"].str.split().str[0],
        season=sessions["date"].dt.month.lt(7).map({True: "spring", False: "autumn"}),
    )
    turns = turns.assign(minutes=turns["minutes"].astype(float))
    return turns.merge(who, on="session"), notes.merge(who, on="session")


# --- as they were made ------------------------------------------------------------------------------------


def test_the_zips_are_what_make_makes(tmp_path):
    zips = runpy.run_path(str(SAMPLE / "make.py"))["make"](tmp_path)
    # Entry by entry: another zlib may pack the same content in other bytes.
    assert len(zips) == 12
    assert {path.name: inside(path) for path in zips} == {path.name: inside(path) for path in ZIPS}


def test_they_are_as_the_page_hands_them_over():
    for path in ZIPS:
        ((name, _, content),) = inside(path)
        assert name == JSON_NAME
        assert list(json.loads(content)) == ["format", "version", "made_at", "decks", "events"]
    assert sum(path.stat().st_size for path in ZIPS) < 1_000_000


def test_together_they_are_12_organisations_60_workshops_240_groups(brought_together):
    sheet, (sessions, *_) = brought_together
    assert sheet.is_whole
    assert sheet.total.met == sheet.total.new
    assert sheet.total.differing == 0
    assert len(sheet.sources) == sessions["organisation"].nunique() == 12
    assert sessions["workshop"].nunique() == 60
    assert len(sessions) == 240
    assert sessions.groupby("workshop").size().between(3, 5).all()
    assert sessions.groupby(["workshop", "group"]).ngroups == 240


def test_every_step_is_one_a_group_could_take(tmp_path, monkeypatch):
    # The day after the last of them, on a machine whose clock is behind too: what is to come is refused.
    session_events = events(ZIPS[0])
    last = max(event.at for event in session_events)
    monkeypatch.setattr("dialogkort.sessions.session._now", lambda: last + 86_400_000)
    groups = [event.session for event in session_events if isinstance(event, Dealt)][:6]
    sessions = {}
    with contextlib.closing(open_store(tmp_path)) as store:
        store.import_events([], [one for one in contents(ZIPS[0]) if isinstance(one, Deck)])
        for event in (event for event in session_events if event.session in groups):
            if isinstance(event, Described | Dealt):
                store.append([event])
                continue
            if event.session not in sessions:
                sessions[event.session] = Session(store, event.session)
            session = sessions[event.session]
            before = session.table, session.notes
            session.record(event)  # InvalidAction, or IllegalMove, when it could not
            assert isinstance(event, Discussed) or (session.table, session.notes) != before
    assert list(sessions) == groups


@pytest.mark.parametrize("path", ZIPS, ids=lambda path: path.stem)
def test_ids_are_unique_and_texts_fit_the_pad(path):
    session_events = events(path)
    assert len({event.id for event in session_events}) == len(session_events)
    for event in session_events:
        if isinstance(event, Described):
            assert validated_description(event) == event
        if isinstance(event, Noted):
            assert event.text.strip() and len(event.text) < min(MAX_NOTE_LENGTH, 400)
            assert len(event.owner) <= MAX_NAME_LENGTH
            assert "{" not in event.text


# --- invented, and saying so ------------------------------------------------------------------------------


def test_everything_says_that_it_is_invented(brought_together):
    sessions = brought_together[1].sessions
    assert sessions["organisation"].str.endswith(INVENTED).all()
    assert sessions["workshop"].str.endswith(INVENTED).all()
    assert all(path.name.startswith("opdigtet-") for path in ZIPS)
    assert "invented" in (SAMPLE / "README.md").read_text(encoding="utf-8").splitlines()[0]


def test_no_real_municipality_is_named(brought_together):
    real = [name.strip() for name in REAL_MUNICIPALITIES.split(",")]
    assert len(real) == 98
    named = re.compile(rf"\b({'|'.join(map(re.escape, real))})s?\b")
    sessions, _, notes, _ = brought_together[1]
    for texts in (sessions["organisation"], sessions["workshop"], sessions["unit"], notes["text"]):
        assert not [text for text in texts if named.search(text)]


def test_a_next_step_belongs_to_a_role_and_never_to_a_person(brought_together):
    notes = brought_together[1].notes
    roles = set(sentences_of("municipalities")["owners"]["roles"])
    owners = notes.loc[notes["kind"] == "next step", "owner"]
    assert set(owners) - {""} == roles
    assert set(notes.loc[notes["kind"] != "next step", "owner"]) == {""}


def test_the_guards_notes_are_there_once_each_and_it_finds_what_they_hold(brought_together):
    texts = brought_together[1].notes["text"]
    for note in sentences_of("sentences")["guard"]["notes"]:
        assert (texts == note["text"]).sum() == 1
        assert {finding.kind for finding in findings(note["text"])} == {note["holds"]} - {""}


def test_no_other_note_holds_a_personal_detail(brought_together):
    planted = {note["text"] for note in sentences_of("sentences")["guard"]["notes"]}
    assert not [text for text in brought_together[1].notes["text"] if text not in planted and findings(text)]


def test_a_cpr_number_that_is_planted_is_nobodys():
    from stdnum.dk import cpr

    numbers = re.findall(r"\d{6}-\d{4}", (SAMPLE / "sentences.toml").read_text(encoding="utf-8"))
    assert len(set(numbers)) == 3
    for number in numbers:
        born = cpr.get_birth_date(cpr.compact(number))
        assert cpr.checksum(cpr.compact(number)) != 0
        assert born.year < 2007 and (born.day, born.month) != (1, 1)


# --- like real ones ---------------------------------------------------------------------------------------


def test_every_card_has_sentences_of_its_own(deck):
    cards = sentences_of("sentences")["cards"]
    assert set(cards) == {str(card.number) for card in deck.cards}
    for card in cards.values():
        assert set(card) == {"point", "example", "disagreement", "need", "next"}
        assert len({sentence for kind in card.values() for sentence in kind}) >= 5


def test_the_groups_are_like_groups(brought_together):
    sessions, turns, notes, _ = brought_together[1]
    cards = turns.groupby("session")["card"].nunique()
    assert cards[cards > 1].between(6, 12).all()
    assert (cards == 1).sum() == 3
    assert len(sessions) - len(cards) == 2
    lasted = (sessions["last_at"] - sessions["started_at"]).dt.total_seconds() / 60
    assert lasted[sessions["session"].isin(cards[cards > 1].index)].between(35, 100).all()
    assert lasted.quantile(0.25) > 55 and lasted.quantile(0.75) < 90
    assert turns["minutes"].max() < 20
    assert sessions["participants"].dropna().between(3, 8).all()
    assert set(turns["outcome"]) == {"discussed", "skipped", "put back", "open"}
    assert set(notes["kind"]) == {"point", "example", "disagreement", "competence need", "next step"}
    assert notes["text"].str.lower().nunique() > 0.8 * len(notes)


def test_some_notes_were_rewritten_removed_or_brought_back():
    session_events = [event for path in ZIPS for event in events(path)]
    whats = [type(event).__name__ for event in session_events]
    assert {"NoteRemoved", "Undone", "WentBack", "PutBack"} <= set(whats)
    assert whats.count("Noted") > 1.2 * len(
        {event.note for event in session_events if isinstance(event, Noted)}
    )


# --- what is planted, and nothing else --------------------------------------------------------------------

COMMUNICATION, TECHNOLOGY = "Formidling og kommunikation", "Teknologiforståelse"


def names(flag):
    return {one["name"] for one in sentences_of("municipalities")["municipalities"] if one.get(flag)}


def pull(turns, area):
    """Minutes of a discussed card of an area, over those of the others."""
    discussed = turns[turns["outcome"] == "discussed"]
    inside = discussed["area"] == area
    return discussed.loc[inside, "minutes"].mean() / discussed.loc[~inside, "minutes"].mean()


def test_communication_is_talked_about_twice_as_long_in_four_organisations_in_autumn_only(seasons):
    turns, _ = seasons
    chosen = turns["name"].isin(names("long_talk"))
    autumn = turns["season"] == "autumn"
    assert len(names("long_talk")) == 4
    assert 1.5 < pull(turns[chosen & autumn], COMMUNICATION) < 2.2
    assert 0.85 < pull(turns[chosen & ~autumn], COMMUNICATION) < 1.15
    assert (
        0.85 < pull(turns[~turns["name"].isin(names("long_talk") | names("growing"))], COMMUNICATION) < 1.15
    )


def test_understanding_technology_grows_in_three_organisations(seasons):
    turns, notes = seasons
    chosen, autumn = turns["name"].isin(names("growing")), turns["season"] == "autumn"
    assert len(names("growing")) == 3
    assert pull(turns[chosen & ~autumn], TECHNOLOGY) < 0.75
    assert pull(turns[chosen & autumn], TECHNOLOGY) > 1.3
    written = notes[notes["name"].isin(names("growing")) & (notes["area"] == TECHNOLOGY)]
    per_card = (
        written.groupby("season").size()
        / turns[chosen & (turns["area"] == TECHNOLOGY)].groupby("season")["card"].size()
    )
    assert per_card["autumn"] > 2 * per_card["spring"]


def test_one_card_is_often_skipped_as_unclear_and_two_divide_the_groups(seasons):
    turns, _ = seasons
    unclear = (turns["skip_reason"] == "unclear").fillna(False).groupby(turns["card"]).mean()
    assert unclear["medarbejderen-05"] > 0.4
    assert unclear.drop("medarbejderen-05").max() < 0.1
    answered = turns[turns["agreement"].notna()]
    divided = (answered["agreement"] == "differently").groupby(answered["card"]).mean()
    assert set(divided.nlargest(2).index) == {"medarbejderen-16", "medarbejderen-31"}


def test_the_analysis_tells_what_is_planted_and_nothing_else(brought_together):
    """What the notebook shows: change, the autumn's municipalities, cards, words."""
    frames = brought_together[1]
    changed = then_and_now(*frames, split="2026-07-01")
    differing = changed[changed["differs"].notna()]
    assert {*zip(differing["area"], differing["measure"], differing["differs"], strict=True)} == {
        (COMMUNICATION, "minutes", "more"),
        (TECHNOLOGY, "notes", "more"),
    }
    assert (differing["change_low"] > 1).all()  # a finding and its interval agree
    is_autumn = frames.sessions["date"] >= "2026-07-01"
    groups = by_group(*frames._replace(sessions=frames.sessions[is_autumn]))
    named = groups[groups[["discussed_differs", "minutes_differs", "notes_differs"]].notna().any(axis=1)]
    who = {(row["group"].split()[0], row["area"], row["minutes_differs"]) for row in named.to_dict("records")}
    assert who == {(name, COMMUNICATION, "more") for name in names("long_talk")} | {
        (name, TECHNOLOGY, "more") for name in names("growing")
    }
    spring = by_area(*frames._replace(sessions=frames.sessions[~is_autumn]))
    assert (
        spring[[f"{x}_{what}" for x in TALK_MEASURES for what in ("differs", "cards_differs")]]
        .isna()
        .all(axis=None)
    )
    cards = by_card(*frames, measures=["skipped"])
    assert cards.loc[cards["skipped_differs"].notna(), "number"].tolist() == [5]


def test_no_group_chose_its_cards(brought_together, deck):
    turns = brought_together[1].turns
    drawn = turns.drop_duplicates(["session", "card"])["card"].value_counts()
    expected = drawn.sum() / len(deck.cards)
    assert len(drawn) == len(deck.cards)
    assert ((drawn - expected) ** 2 / expected).sum() < 60  # chi squared, 34 degrees of freedom: p > 0.004


def test_the_table_of_every_session_folds():
    for path in ZIPS:
        by_session = {}
        for event in events(path):
            by_session.setdefault(event.session, []).append(event)
        assert len(by_session) == 20
        for session_events in by_session.values():
            assert len(play(session_events).order) == 35
            assert len(notepad.read(session_events)) or len(session_events) == 2
