"""The screen's side of preparing: a plan saved as it is written, and groups that begin from it."""

from contextlib import closing
from dataclasses import replace
from datetime import date, datetime

import pytest
from windows import DETAILS

from dialogkort.decks.reading import read_deck
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import WorkshopPlanned
from dialogkort.domain.planning import Plan
from dialogkort.i18n import text
from dialogkort.sessions.session import start
from dialogkort.sessions.workshop_plan import WorkshopPlan
from dialogkort.store import catalogues, open_store
from dialogkort.ui.prepare.view import at_the_table
from dialogkort.ui.roles import Access, Role

PLANNED = {"workshop": "Digital dag", "minutes": 60, "starts": "09:10", "groups": ["Blå", "Grøn"]}

PDF = b"%PDF-1.7\n%%EOF"
CATALOGUE = "https://intra.kommune.dk/kompetencer"

everywhere = pytest.mark.parametrize("host", ["dispatcher", "notebook", "command"], indirect=True)


@pytest.fixture
def host(request, serve, tmp_path):
    """What serves the pages."""
    return serve(getattr(request, "param", "dispatcher"), tmp_path)


@pytest.fixture
def window(host):
    """A page with a new plan open in it."""
    opened = host.open("prepare")
    opened.ask("hello", session=None)
    opened.ask("start", details={})
    return opened


def plan(window, **fields):
    window.record("workshop planned", **window.slices["plan"]["fields"] | fields)


@everywhere
def test_what_is_written_is_kept_and_the_time_is_told_as_cards(window, tmp_path):
    assert window.slices["plan"]["timing"]["cards"] == text("page.prepare.cards", count=14)
    plan(window, **PLANNED)
    timing = window.slices["plan"]["timing"]
    assert timing["cards"] == text("page.prepare.cards", count=8)
    assert [row["when"] for row in timing["script"]][:3] == ["9.10", "9.20", "9.25"]
    store = open_store(tmp_path)
    assert WorkshopPlan(store, window.slices["plan"]["session"]).planned.groups == ("Blå", "Grøn")
    store.close()


@everywhere
def test_a_group_begins_from_the_plan_and_is_shown_what_was_prepared(window, host):
    plan(window, **PLANNED, purpose="Fælles sprog", turner="Går på omgang", catalogue=CATALOGUE)
    area = window.slices["choices"]["areas"][1]
    window.record("question written", question=new_id(5), text="Hvad med sprogmodeller?", area=area)
    at_start = host.open("workshop")
    at_start.ask("hello", session=None)
    (listed,) = at_start.slices["lobby"]["plans"]
    assert [group["session"] for group in listed["groups"]] == [None, None]
    at_start.ask("start", details={"workshop": "Digital dag", "group": "Blå"}, plan=listed["plan"])
    assert at_start.table["details"]["workshop"] == "Digital dag"
    assert len(at_start.table["order"]) == 36
    assert [card["is_own"] for card in at_start.slices["deck"]["cards"].values()].count(True) == 1
    prepared = at_start.slices["prepared"]
    assert (prepared["purpose"], prepared["cards"]) == ("Fælles sprog", 8)
    assert prepared["catalogue"] == CATALOGUE
    assert [role["who"] for role in prepared["roles"]] == ["Går på omgang"]
    begun = at_start.session
    at_start.ask("leave")
    (listed,) = at_start.slices["lobby"]["plans"]
    assert [group["session"] for group in listed["groups"]] == [begun, None]
    assert at_start.slices["prepared"] == {}


def test_a_day_until_which_notes_are_kept_is_chosen_beforehand_and_holds_for_every_group(window, host):
    plan(window, **PLANNED)
    assert window.record("retention set", until="i morgen")["refused"]
    window.record("retention set", until="2027-01-31")
    assert window.slices["plan"]["keep_until"] == "2027-01-31"
    at_start = host.open("workshop")
    plan_id = window.slices["plan"]["session"]
    for group in ("Blå", "Grøn"):
        at_start.ask("hello", session=None)
        at_start.ask("start", details={"workshop": "Digital dag", "group": group}, plan=plan_id)
        assert at_start.table["closing"]["keep_until"] == "2027-01-31"


def test_a_group_that_came_in_from_another_computer_is_not_offered_to_begin(window, host, deck, tmp_path):
    today = date.today().isoformat()
    plan(window, **PLANNED, date=today)
    details = {"workshop": "Digital dag", "organisation": "", "group": " blå "}
    with closing(open_store(tmp_path)) as store:
        elsewhere = start(store, deck, date=today, **details)
        start(store, deck, date="2026-01-01", **{**details, "group": "Grøn"})
    at_start = host.open("workshop")
    at_start.ask("hello", session=None)
    (listed,) = at_start.slices["lobby"]["plans"]
    assert [group["session"] for group in listed["groups"]] == [elsewhere.id, None]


def test_five_chosen_cards_are_five_on_the_list_in_the_plan_and_at_the_table(window, host):
    chosen = list(window.deck["cards"])[:5]
    plan(window, **PLANNED, draw="chosen", chosen=chosen, unit="Hjemmeplejen")
    assert window.slices["plan"]["timing"]["cards"] == text("page.prepare.cards", count=5)
    at_start = host.open("workshop")
    at_start.ask("hello", session=None)
    (listed,) = at_start.slices["lobby"]["plans"]
    assert text("page.prepare.minutes_and_cards", minutes=60, cards=5) in listed["facts"]
    assert "Hjemmeplejen" in listed["facts"]
    at_start.ask("start", details={"workshop": "Digital dag", "group": "Blå"}, plan=listed["plan"])
    assert at_start.slices["prepared"]["cards"] == 5


def test_without_time_for_a_card_it_says_so_and_shows_no_script(window):
    plan(window, minutes=20)
    timing = window.slices["plan"]["timing"]
    assert (timing["fits"], timing["script"], timing["sum"]) == (False, [], text("page.prepare.no_time"))


def test_what_makes_no_sense_is_refused_in_words_and_the_plan_stays(window):
    before = window.slices["plan"]["fields"]
    event = {"what": "workshop planned", "id": new_id(2**41), "session": window.slices["plan"]["session"]}
    refused = window.ask("event", event=event | before | {"minutes": 5})["refused"]
    assert refused and window.slices["plan"]["fields"] == before


def test_a_plan_is_used_again_erased_and_begun_once_however_often_it_is_asked_for(window):
    plan(window, **PLANNED, date=date.today().isoformat())
    first = window.slices["plan"]["session"]
    window.ask("copy_plan", session=first)
    assert window.slices["plan"]["fields"]["workshop"] == "Digital dag"
    assert window.slices["plan"]["fields"]["date"] == ""
    window.ask("leave")
    assert len(window.slices["lobby"]["plans"]) == 2
    window.ask("erase", sessions=[first])
    assert [listed["plan"] != first for listed in window.slices["lobby"]["plans"]] == [True]


def test_a_session_is_not_opened_changed_or_erased_as_a_plan(window, host):
    other = host.open("workshop")
    other.ask("hello", session=None)
    other.ask("start", details=DETAILS)
    assert window.ask("open", session=other.session)["refused"]
    assert window.ask("erase", sessions=[other.session])["refused"]
    assert other.table["order"]


def test_plans_of_days_gone_by_are_not_on_the_start_page(window, host):
    plan(window, **PLANNED, date="2026-01-05")
    at_start = host.open("workshop")
    at_start.ask("hello", session=None)
    assert at_start.slices["lobby"]["plans"] == []


@pytest.mark.parametrize(
    ("starts", "day", "ends"),
    [("09:10", "2026-12-01", (10, 10)), ("", "2026-12-01", (10, 20)), ("09:10", "2026-12-20", (10, 20))],
)
def test_the_time_that_is_left_is_counted_from_when_it_was_to_begin_or_else_from_when_the_group_did(
    starts, day, ends
):
    begun = datetime(2026, 12, 1, 9, 20).timestamp() * 1000
    planned = WorkshopPlanned(id=new_id(1), session=new_id(1), deck="", minutes=60, starts=starts, date=day)
    shown = at_the_table(Plan(planned), int(begun), on_table=35)
    assert shown["ends_at"] == datetime(2026, 12, 1, *ends).timestamp() * 1000


def test_a_catalogue_that_came_in_a_plan_of_a_file_is_no_link_at_the_table_unless_it_is_an_address():
    for address, shown in (
        ("https://navn:kode@kommune.dk", ""),
        ("javascript:alert(1)", ""),
        (CATALOGUE, CATALOGUE),
    ):
        planned = WorkshopPlanned(id=new_id(1), session=new_id(1), deck="", catalogue=address)
        assert at_the_table(Plan(planned), 0, on_table=35)["catalogue"] == shown


@pytest.mark.parametrize(
    "fields",
    [{"date": "2026-99-99"}, {"date": "x" * 500}, {"date": "9999-12-31", "starts": "23:59"}]
    + [{"starts": starts} for starts in ("25:99", "x", "9")]
    + [{"minutes": 10**15}, {"minutes": -5}, {"per_card": 0}],
)
def test_a_plan_that_came_in_a_file_and_makes_no_sense_leaves_every_screen_standing(
    window, host, tmp_path, fields
):
    plan(window, **PLANNED, purpose="Fælles sprog")
    table = at_a_table(host, window)
    with closing(open_store(tmp_path)) as store:  # as `merge` appends it
        planned = WorkshopPlan(store, window.session).planned
        store.append([replace(planned, id=new_id(planned.at + 1), **fields)])
    shown = host.open("prepare")
    assert not shown.ask("hello", session=None).get("refused")
    assert [one["name"] for one in shown.slices["lobby"]["plans"]] == ["Digital dag"]
    assert not shown.ask("open", session=window.session).get("unsaved")
    assert shown.slices["plan"]["fields"]
    assert not {"refused", "unsaved"} & set(host.open("workshop").ask("hello", session=None))
    again = host.open("workshop")
    again.ask("hello", session=table.session)
    assert again.slices["prepared"]["purpose"] == table.slices["prepared"]["purpose"]


# --- the follow-up of an earlier workshop -----------------------------------------------------------------

OWN = "Hvad med sprogmodeller?"


@pytest.fixture
def earlier(window, host, catalogue):
    """A group of a workshop that was prepared with all there is."""
    area = window.slices["choices"]["areas"][1]
    chosen = list(window.deck["cards"])[:5]
    plan(
        window,
        **PLANNED,
        rules="Alle kommer til orde.",
        turner="Ida",
        opening_questions=["Hvad driller?"],
        opening_own_only=True,
        draw="own order",
    )
    catalogue()
    question = new_id(5)
    window.record("question written", question=question, text=OWN, area=area)
    plan(window, chosen=[*chosen, f"own-{question}"], date="2026-01-05")
    return at_a_table(host, window)


def test_a_follow_up_begins_with_what_was_prepared_for_the_workshop_before_it(earlier, host):
    follower = host.open("workshop")
    follower.ask("hello", session=None)
    (row,) = follower.slices["lobby"]["sessions"]
    assert row["has_plan"]
    today = date.today().isoformat()
    for group in ("Blå", "Grøn"):
        details = {"workshop": "Digital dag", "group": group, "date": today, "participants": 4}
        follower.ask("start", details=details, follows=[earlier.session])
        assert follower.table["order"] == earlier.table["order"]
        assert follower.table["closing"]["follows"] == [earlier.session]
        own = [card for card in follower.deck["cards"].values() if card["is_own"]]
        assert [card["question"] for card in own] == [OWN]
        openings = [one["text"] for one in follower.deck["openings"] if one["in_round"]]
        assert openings == ["Hvad driller?"]
        prepared = follower.slices["prepared"]
        assert (prepared["rules"], prepared["catalogue_file"]) == ("Alle kommer til orde.", "Katalog.pdf")
        assert [role["who"] for role in prepared["roles"]] == ["Ida"]
        assert follower.table["details"]["participants"] == 4
        follower.ask("leave")
    (listed,) = follower.slices["lobby"]["plans"]  # one plan for both groups, dated today
    assert listed["name"] == "Digital dag"
    assert listed["facts"].startswith(text("page.prepare.is_follow_up"))


def test_a_follow_up_is_prepared_first_where_all_of_it_can_be_changed(earlier, window, host):
    start_page = host.open("workshop")
    start_page.ask("hello", session=None)
    who = {"workshop": "Digital dag", "organisation": "", "unit": ""}

    def prepare():
        fields = {"details": who, "follows": [earlier.session]}
        return start_page.shown_once("follow_up_planned", lambda: start_page.ask("plan_follow_up", **fields))

    planned = prepare()["plan"]
    assert prepare()["plan"] == planned
    window.ask("open", session=planned)
    shown = window.slices["plan"]
    assert shown["follow_up"] == text("page.follow_up.follows", name="Digital dag, 5. januar 2026")
    assert shown["fields"]["date"] == "" and shown["questions"][0]["text"] == OWN
    plan(window, rules="", follows=[earlier.session])
    table = at_a_table(host, window)
    assert (table.slices["prepared"]["rules"], table.table["closing"]["follows"]) == ("", [earlier.session])
    other = host.open("workshop").begin(workshop="Ledermøde", date="2026-02-03")
    plan(window, follows=[earlier.session, other.session])  # as a plan that came in a file may say
    name = "Digital dag, 5. januar 2026 · Ledermøde, 3. februar 2026"
    assert window.slices["plan"]["follow_up"] == text("page.follow_up.follows", name=name)
    plan(window, follows=[])
    assert window.slices["plan"]["follow_up"] == ""
    assert at_a_table(host, window, "Grøn").table["closing"]["follows"] == []


def test_a_follow_up_of_a_workshop_without_a_plan_begins_as_ever_and_may_be_prepared_afresh(host, window):
    first = host.open("workshop").begin()
    follower = host.open("workshop")
    follower.ask("hello", session=None)
    assert [row["has_plan"] for row in follower.slices["lobby"]["sessions"]] == [False]
    follower.ask("start", details=DETAILS, follows=[first.session])
    assert follower.table["closing"]["follows"] == [first.session] and follower.slices["prepared"] == {}
    fields = {"details": {"workshop": "Digital dag"}, "follows": [first.session]}
    shown = follower.shown_once("follow_up_planned", lambda: follower.ask("plan_follow_up", **fields))
    window.ask("open", session=shown["plan"])
    assert window.slices["plan"]["follow_up"]
    assert follower.ask("plan_follow_up", details={}, follows=[])["refused"]


# --- the catalogue's file ---------------------------------------------------------------------------------


@pytest.fixture
def catalogue(window, host):
    """Hands a file in, and lets the plan name it; what is shown of it."""
    uploads = host.dispatcher.context.uploads

    def choose(content=PDF, name="Katalog.pdf"):
        secret = uploads.begin(name)
        uploads.append(secret, content)
        uploads.finish(secret)
        shown = window.shown_once("catalogue_kept", lambda: window.ask("keep_catalogue", uploads=[secret]))
        if "refused" not in shown:
            plan(window, catalogue_file=shown["name"], catalogue_digest=shown["digest"])
        return shown

    return choose


def at_a_table(host, window, group="Blå"):
    table = host.open("workshop")
    table.ask("hello", session=None)
    table.ask("start", details={"workshop": "Digital dag", "group": group}, plan=window.session)
    return table


def test_a_file_is_handed_over_at_its_own_workshops_tables_and_at_no_other(window, host, catalogue):
    plan(window, **PLANNED)
    assert window.ask("catalogue")["refused"]
    catalogue()
    assert window.slices["plan"]["has_catalogue"]
    table = at_a_table(host, window)
    assert table.slices["prepared"]["catalogue_file"] == "Katalog.pdf"
    reader = host.open("workshop", Access(Role.READER, table.session))
    own = host.open("workshop", Access(Role.GROUP, table.session))
    other = host.open("workshop").begin(workshop="En anden dag")
    strange = host.open("workshop", Access(Role.GROUP, other.session))
    phone = host.open("phone", Access(Role.PHONE, table.session))
    for allowed in (window, table, own, reader):
        if allowed is not window:
            allowed.ask("hello", session=table.session)
        download = allowed.shown_once("download", lambda: allowed.ask("catalogue"))  # noqa: B023
        assert (download["name"], allowed.file) == ("Katalog.pdf", PDF)
    for refused in (other, strange, phone):
        refused.ask("hello", session=None if refused is not other else other.session)
        assert refused.ask("catalogue")["refused"]
    for alone in (own, reader, phone):
        assert alone.ask("keep_catalogue", uploads=["x" * 32])["refused"]


@pytest.mark.parametrize("host", ["notebook"], indirect=True)
def test_in_a_notebook_a_file_is_kept_as_well_and_comes_into_the_cell_of_the_table(window, host, catalogue):
    plan(window, **PLANNED)
    catalogue()
    table = at_a_table(host, window)
    assert table.slices["prepared"]["catalogue_file"] == "Katalog.pdf"
    table.shown_once("download", lambda: table.ask("catalogue"))
    assert table.file == PDF


def test_a_file_of_another_kind_is_refused_in_words_and_the_plan_keeps_the_one_it_had(window, catalogue):
    catalogue()
    refused = catalogue(b"<script>alert(1)</script>", "ondt.html")
    assert refused["refused"] == text("catalogue.kind", name="ondt.html")
    assert window.slices["plan"]["fields"]["catalogue_file"] == "Katalog.pdf"
    for digest in ("../../etc/passwd", "x"):
        assert window.record(
            "workshop planned", **window.slices["plan"]["fields"] | {"catalogue_digest": digest}
        )["refused"]


def test_a_copied_plan_has_the_file_and_it_goes_with_the_last_plan_that_names_it(window, catalogue, tmp_path):
    digest = catalogue()["digest"]
    first = window.session
    window.ask("copy_plan", session=first)
    assert window.slices["plan"]["has_catalogue"]
    copied = window.session
    window.ask("erase", sessions=[first])
    assert catalogues.path_of(tmp_path, digest)
    window.ask("erase", sessions=[copied])
    assert catalogues.path_of(tmp_path, digest) is None


@pytest.mark.parametrize("screen", ["prepare", "workshop"])
def test_a_file_that_was_replaced_goes_with_its_plan_as_well(window, host, catalogue, tmp_path, screen):
    earlier, last = catalogue(PDF + b"1")["digest"], catalogue(PDF + b"2")["digest"]
    assert catalogues.path_of(tmp_path, earlier)
    eraser = host.open(screen)
    eraser.ask("hello", session=None)
    eraser.ask("erase", sessions=[window.session])
    assert [catalogues.path_of(tmp_path, one) for one in (earlier, last)] == [None, None]


def test_a_file_that_is_not_on_this_computer_is_asked_for_again_and_no_table_offers_it(
    window, host, catalogue
):
    plan(window, **PLANNED)
    catalogue()
    plan(window, catalogue_digest="a" * 64)  # as a plan that came in a file says
    assert not window.slices["plan"]["has_catalogue"]
    table = at_a_table(host, window)
    assert table.slices["prepared"]["catalogue_file"] == ""
    download = table.shown_once("download", lambda: table.ask("catalogue"))
    assert download["refused"] == text("catalogue.not_here", name="Katalog.pdf")


# --- a deck of one's own ----------------------------------------------------------------------------------

ROWS = "Område;Spørgsmål;Eksempler\r\nMøder;Hvad nu?;a|b\r\n;Hvem skriver ned?;\r\n"


@pytest.fixture
def reading(window, host):
    """Reads a file in the window's plan; gives what is shown of it."""
    uploads = host.dispatcher.context.uploads

    def read(content=ROWS, name="Vores kort.csv"):
        secret = uploads.begin(name)
        uploads.append(secret, content.encode("cp1252"))
        uploads.finish(secret)
        return window.shown_once("deck_report", lambda: window.ask("read_deck", uploads=[secret]))

    return read


def mended(deck, line, **fields):
    return deck | {"cards": [card | (fields if card["line"] == line else {}) for card in deck["cards"]]}


def test_a_file_is_looked_through_mended_here_used_in_the_plan_and_lies_on_the_tables(window, host, reading):
    report = reading()
    assert (report["errors"], report["deck"]["title"]) == (1, "Vores kort")
    assert [finding["line"] for finding in report["findings"] if finding["is_error"]] == [3]
    plan(window, **PLANNED)
    refused = window.ask("use_deck", session=window.session, deck=report["deck"], adds=False)
    assert "linje 3: Kortet har intet område" in refused["refused"]
    deck = mended(report["deck"], 3, area="Værktøjer", area_confidence="judgement")
    checked = window.shown_once("deck_report", lambda: window.ask("check_deck", deck=deck))
    assert checked["errors"] == 0
    assert "refused" not in window.ask("use_deck", session=window.session, deck=deck, adds=False)
    assert window.slices["choices"]["areas"] == ["Møder", "Værktøjer"]
    at_start = host.open("workshop")
    at_start.ask("hello", session=None)
    (listed,) = at_start.slices["lobby"]["plans"]
    at_start.ask("start", details={"workshop": "Digital dag", "group": "Blå"}, plan=listed["plan"])
    cards = at_start.deck["cards"].values()
    assert [(card["number"], card["confidence"]) for card in cards] == [(1, "sure"), (2, "judgement")]


def test_decks_lie_side_by_side_until_the_usual_one_is_wanted_again(window, reading):
    deck = mended(reading()["deck"], 3, area="Møder")
    window.ask("use_deck", session=window.session, deck=deck, adds=True)
    numbers = [card["number"] for card in window.deck["cards"].values()]
    assert numbers == [*range(1, 36), "B1", "B2"]
    attributions = [card["attribution"] for card in window.deck["cards"].values()]
    assert attributions == [read_deck().attribution] * 35 + [""] * 2
    assert window.slices["choices"]["usual_deck"]
    window.ask("use_deck", session=window.session, deck=None)
    assert len(window.deck["cards"]) == 35 and window.slices["choices"]["usual_deck"] == ""


def test_what_was_mended_is_saved_as_a_new_file_that_reads_back_as_it_was(window, reading, tmp_path):
    deck = mended(reading()["deck"], 3, area="=Møder", question="Hvem\nskriver ned?")
    window.shown_once("download", lambda: window.ask("save_deck", deck=deck))
    (tmp_path / "ny.xlsx").write_bytes(window.file)
    cards = read_deck(tmp_path / "ny.xlsx").cards
    assert [(card.question, card.area, card.examples) for card in cards] == [
        ("Hvad nu?", "Møder", ("a", "b")),
        ("Hvem\nskriver ned?", "=Møder", ()),
    ]


def test_half_a_letter_in_a_card_is_shown_as_one_and_a_card_too_long_for_a_cell_is_not_cut(window, reading):
    deck = mended(reading()["deck"], 3, area="M\ud800der", question="Hvem\0 nu \udfff?")
    deck["title"] = "Vores\ud800"
    assert "refused" not in window.ask("use_deck", session=window.session, deck=deck, adds=False)
    assert [card["question"] for card in window.deck["cards"].values()] == [
        "Hvad nu?",
        "Hvem\ufffd nu \ufffd?",
    ]
    assert window.shown_once("deck_report", lambda: window.ask("check_deck", deck=deck))["errors"] == 0
    window.shown_once("download", lambda: window.ask("save_deck", deck=deck))
    assert window.file.startswith(b"PK")
    deck = mended(deck, 3, question="lang " * 7_000)
    download = window.shown_once("download", lambda: window.ask("save_deck", deck=deck))
    assert text("deck.too_long") in download["refused"]


def test_what_is_no_deck_is_refused_in_words_that_name_the_file(window, reading):
    assert "Vores kort.csv" in reading("Område;Spørgsmål\r\n")["refused"]
    assert "Sådan.csv" in reading('Område;Spørgsmål\r\nA;"B', name="mappe/Sådan.csv")["refused"]
    many = reading(ROWS + "Møder;Hvad nu?;\r\n" * 999)
    assert many["refused"] == text("deck.too_many", count=1001, most=1000) and "deck" not in many
    for deck in ({}, {"cards": [{}]}, {"cards": "x", "title": 1}):
        assert window.ask("check_deck", deck=deck)["refused"]
        assert window.ask("use_deck", session=window.session, deck=deck, adds=False)["refused"]
