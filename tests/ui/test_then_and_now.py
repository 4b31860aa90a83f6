"""A follow-up beside the workshop it follows up: both days, and no more is said than they can tell."""

import pytest
from store_helpers import opened

from dialogkort.analysis.release import Release
from dialogkort.frames.sessions import read_all
from dialogkort.i18n import text
from dialogkort.sessions.session import start
from dialogkort.ui.roles import Access, Role
from dialogkort.ui.then_and_now_view import then_and_now_view

NOT_UNDERSTOOD = text("page.refused.not_understood")
NOTHING = text("narrative.nothing_to_compare")
TOO_FEW = text("narrative.too_few_to_compare", a=text("narrative.then"), b=text("narrative.now"))


@pytest.fixture
def store(tmp_path):
    with opened(tmp_path) as store:
        yield store


def workshop(store, deck, day, groups, follows=(), name="Digital dag", talks=False):
    """A workshop's sessions: every group turns a card of every area."""
    ids = []
    for group in range(groups):
        session = start(store, deck, workshop=name, group=f"{group}", date=day, participants=5)
        if follows:
            session.follow_up(*follows)
        for card in session.table.face_down[: 7 * talks]:
            session.turn(card)
            session.note("Vi øver os", card=card)
        for area in deck.areas if not talks else ():
            session.turn(next(card.id for card in deck.cards if card.area == area.name))
        ids.append(session.id)
    return ids


def shown(store, sessions, *, for_my_eyes=False, is_dark=False):
    return then_and_now_view(store, sessions, for_my_eyes=for_my_eyes, is_dark=is_dark)


def got(view, day):
    """What stands of each area on a day; None where it is left out."""
    return [area[day] and area[day]["words"] for area in view["areas"]]


def drawn(view):
    """How many cards were turned on each of the two days."""
    return tuple(sum(int(words.split()[0]) for words in got(view, day)) for day in ("then", "now"))


def test_two_days_are_shown_side_by_side_and_no_change_is_told(store, deck):
    later = workshop(store, deck, "2026-11-28", 3, workshop(store, deck, "2026-10-28", 4))
    view = shown(store, later)
    assert view["sentence"] == TOO_FEW and "picture" not in view
    assert view["sides"] == {
        "then": text("page.then_and_now.then_was", count=4, day="28. oktober 2026"),
        "now": text("page.then_and_now.now_was", count=3, day="28. november 2026"),
    }
    assert drawn(view) == (16, 12)
    assert view["remarks"] == [text("page.then_and_now.protected")]
    alone = shown(store, later, for_my_eyes=True)
    assert drawn(alone) == (16, 12)
    assert alone["sentence"] == TOO_FEW and "picture" not in alone
    assert alone["remarks"] == []  # the choice says that it is not protected, and says so once


def test_where_all_is_left_out_that_is_said(store, deck):
    later = workshop(store, deck, "2026-11-28", 2, workshop(store, deck, "2026-10-28", 1))
    view = shown(store, later)
    assert view["areas"] == []
    assert view["remarks"] == [text("charts.all_suppressed"), text("page.then_and_now.protected")]


@pytest.mark.parametrize("small", ["beside", "on the later day"])
def test_with_what_the_overview_shows_of_all_it_gives_no_figure_of_a_small_workshop_away(
    store, deck, tmp_path, small
):
    first = workshop(store, deck, "2026-10-28", 3)
    later = workshop(store, deck, "2026-11-28", 1 if small == "on the later day" else 3, first)
    alone = workshop(store, deck, "2026-12-29", 1, name="En lille") if small == "beside" else later
    areas = {area["name"]: area for area in shown(store, later)["areas"]}
    frames = read_all(tmp_path)
    of_all = Release(frames).by_area(measures=["minutes"]).dropna(subset="drawn")["area"]
    of_the_small = set(frames.turns[frames.turns["session"].isin(alone)]["area"])
    assert len(of_the_small) == len(deck.areas)
    days = ("then", "now") if small == "beside" else ("then",)
    assert not [
        area for area in of_the_small & set(of_all) & areas.keys() if all(areas[area][day] for day in days)
    ]


def test_where_several_workshops_met_on_both_sides_the_change_is_drawn_in_both_themes(store, deck):
    later = []
    for name, days in {"Nord": ("2026-09-01", "2026-11-01"), "Syd": ("2026-09-02", "2026-11-02")}.items():
        first = workshop(store, deck, days[0], 1, name=name, talks=True)
        later += workshop(store, deck, days[1], 1, first, name=name, talks=True)
    light, dark = (shown(store, later, for_my_eyes=True, is_dark=is_dark) for is_dark in (False, True))
    for view in (light, dark):
        assert view["picture"].startswith("data:image/svg+xml;base64,")
        assert "siden 1. november 2026" in view["alt"] and view["sentence"] != TOO_FEW
    assert light["picture"] != dark["picture"]


def test_what_follows_up_nothing_or_a_later_day_or_what_was_erased_has_nothing_beside_it(store, deck):
    first = workshop(store, deck, "2026-10-28", 1)
    later = workshop(store, deck, "2026-11-28", 1, first)
    before_it = workshop(store, deck, "2026-10-01", 1, first)
    same_day = workshop(store, deck, "2026-10-28", 1, first, name="Samme dag")
    days = {"day": "1. oktober 2026", "earlier": "28. oktober 2026"}
    why = {
        "": first,
        text("page.then_and_now.not_before", **days): before_it,
        text("page.then_and_now.same_day", day="28. oktober 2026"): same_day,
    }
    assert [shown(store, ids)["sentence"] for ids in why.values()] == [
        f"{NOTHING} {one}".strip() for one in why
    ]
    store.erase(*first)
    view = shown(store, later, for_my_eyes=True)
    assert view == {
        "sentence": f"{NOTHING} {text('page.then_and_now.not_here')}",
        "areas": [],
        "remarks": [],
    }


def test_it_is_for_the_facilitator_at_the_table_and_in_the_overview(serve, store, deck, tmp_path):
    later = workshop(store, deck, "2026-11-28", 2, workshop(store, deck, "2026-10-28", 3))
    workshop(store, deck, "2026-11-20", 1, name="En helt anden")
    host = serve("dispatcher", tmp_path)
    window = host.open()
    assert window.ask("then_and_now")["refused"] == NOT_UNDERSTOOD, "no session is at hand"
    window.ask("open", session=later[0])
    view = window.shown_once("then_and_now", lambda: window.ask("then_and_now", for_my_eyes=True))
    assert drawn(view) == (12, 8)
    groups = host.open(access=Access(Role.GROUP, later[0]))
    assert groups.ask("then_and_now")["refused"] == NOT_UNDERSTOOD
    overview = host.open("overview")
    overview.ask("hello")
    rows = {row["name"]: row for row in overview.slices["workshops"]}
    assert [name for name, row in rows.items() if row["follows_up"]] == ["Digital dag · 28. november 2026"]
    for key in (rows["Digital dag · 28. november 2026"]["key"], None):
        ask = {"workshop": key, "for_my_eyes": True}
        view = overview.shown_once("then_and_now", lambda: overview.ask("then_and_now", **ask))  # noqa: B023
        assert drawn(view) == (12, 8)
    assert overview.ask("then_and_now", workshop="0123456789abcdef")["refused"] == NOT_UNDERSTOOD
