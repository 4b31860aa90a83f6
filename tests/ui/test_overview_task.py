"""What the overview shows in the room, and what it shows of several workshops at once."""

import pytest
from store_helpers import opened

from dialogkort.i18n import text
from dialogkort.sessions.session import start
from dialogkort.ui.tasks import overview_chart

ALONE = "Ikke beskyttet: kun til jer selv, ikke til deling."


@pytest.fixture
def workshops(tmp_path, deck):
    """A workshop of two groups, and one of a single group that had one area: the place, and all sessions."""
    ids = {"Forår": [], "Efterår": []}
    with opened(tmp_path) as store:
        for workshop, group in (("Forår", "1"), ("Forår", "2"), ("Efterår", "1")):
            session = start(store, deck, workshop=workshop, group=group, date="2026-03-01", participants=5)
            first_area = [card.id for card in deck.cards if card.area == deck.areas[0].name]
            for card in first_area if workshop == "Efterår" else [card.id for card in deck.cards[::6]]:
                session.turn(card)
                session.note("Vi øver os", card=card)
                session.discuss(card)
            ids[workshop].append(session.id)
    return str(tmp_path), ids


def test_in_the_room_every_figure_of_the_workshop_is_shown_and_the_picture_is_not_to_be_shared(workshops):
    location, ids = workshops
    chart = overview_chart(location, ids["Forår"], for_my_eyes=True)
    assert sum(int(row[1]) for row in chart["rows"]) == 12
    assert chart["remarks"] == [ALONE] and len(chart["bars"]["areas"]) == 4


def test_of_several_workshops_at_once_no_figure_over_few_is_shown(workshops):
    location, ids = workshops
    chart = overview_chart(location, [*ids["Forår"], *ids["Efterår"]], for_my_eyes=False)
    hidden = [row for row in chart["rows"] if set(row[1:]) == {text("charts.suppressed")}]
    shown = [row for row in chart["rows"] if row not in hidden]
    assert hidden and not any(text("charts.suppressed") in row for row in shown)
    assert chart["remarks"] == [text("page.overview.protected")]
    assert chart["bars"]["areas"] == [] and chart["bars"]["sentence"] == text("charts.bars_suppressed")
