"""What the analysis found is said plainly, and so is what it could not see."""

import re

import pandas as pd
import pytest
from simulated_workshops import workshops

from dialogkort.analysis.discussion import between_groups, by_area, by_card, by_group, compare, then_and_now
from dialogkort.i18n import catalogue, text
from dialogkort.narrative import (
    card_number,
    day,
    in_short,
    number,
    of_areas,
    of_cards,
    of_comparison,
    of_groups,
    overview,
    percent,
    times,
)
from dialogkort.narrative.findings import most_skipped

pytestmark = pytest.mark.usefixtures("allowing_unprotected")


@pytest.fixture(scope="module")
def keen():
    """Nordby gives the second area twice as much, Havneby does not."""
    return workshops(groups=40, keen=["Nordby"])


@pytest.fixture(scope="module")
def alike():
    return workshops(groups=16, seed=3)


def only(frames, organisation):
    return frames._replace(sessions=frames.sessions[frames.sessions["organisation"] == organisation])


def test_an_area_that_differs_is_named_with_its_size(keen):
    sentence = of_areas(by_area(*only(keen, "Nordby")), "notes")
    assert sentence.startswith("Pr. kort, målt mod de samme gruppers andre kort: Forståelse fik ")
    assert "gange så mange noter" in sentence and "Det kan man også forvente med andre spørgsmål" in sentence


def test_where_nothing_differs_it_says_what_could_be_hidden(alike):
    sentence = of_areas(by_area(*only(alike, "Nordby")), "minutes")
    assert sentence.startswith("Områderne kan ikke skelnes fra tilfældet, når det gælder tid.")
    assert "gange kan være skjult (mest for" in sentence


def test_of_one_workshop_no_more_is_said_than_what_happened_there(alike):
    few = alike._replace(sessions=alike.sessions.iloc[:2])
    assert of_areas(by_area(*few)).startswith("Tallene er fra én workshop: de fortæller, hvad der skete her.")


def test_where_nothing_was_turned_in_what_was_chosen_it_says_so(alike):
    bare = alike._replace(turns=alike.turns.iloc[:0], notes=alike.notes.iloc[:0])
    nothing = "Der er intet at vise: det, der er valgt, har ingen samtaler med vendte kort."
    assert of_areas(by_area(*bare)) == of_cards(by_card(*bare)) == of_groups(by_group(*bare)) == nothing
    assert of_comparison(compare(*bare)) == "Der er ikke to sider at sammenligne."


def test_the_owner_of_the_deck_hears_which_card_is_skipped_most():
    cards = by_card(*workshops(groups=40))
    most = cards.loc[cards["skipped_share"].idxmax()]
    sentence = of_cards(cards)
    assert sentence.startswith("35 kort er vendt 640 gange i alt.")
    assert f"kort {most['number']}: {most['skipped']} af {most['drawn']} gange (usikkerhed: " in sentence


def test_cards_that_were_hardly_turned_are_told_apart(alike):
    cards = by_card(*alike)
    assert f"{cards['few_turns'].sum()} kort er vendt færre end 10 gange" in of_cards(cards)


def test_what_two_cards_carry_is_said_of_those_cards_and_not_of_their_area():
    frames = workshops(("Nordby",), 80)
    turns = frames.turns.copy()
    turns.loc[turns["card"].isin(["c12", "c13"]), "minutes"] *= 5
    sentence = of_areas(by_area(*frames._replace(turns=turns)))
    assert (
        sentence.startswith("Kun for netop disse kort gælder: Forståelse fik ")
        and "Det kan man også forvente" not in sentence
    )
    assert "Forståelse: det er især kort 12 og 13, der gør forskellen." in sentence


def test_of_groups_those_that_differ_are_named_and_whether_they_differ_from_each_other(keen):
    sentence = of_groups(by_group(*keen, measures=["notes"]), between_groups(*keen, measures=["notes"]))
    assert "Forståelse fik flere noter i Nordby" in sentence
    assert sentence.startswith("De er forskellige i, hvad de gav ") and "Forståelse (noter)" in sentence


def test_groups_that_are_alike_are_said_to_be(alike):
    sentence = of_groups(by_group(*alike), between_groups(*alike))
    assert sentence.startswith("De kan ikke skelnes fra hinanden")
    assert of_groups(by_group(*alike)) == sentence


def test_one_group_has_nobody_to_be_compared_with(alike):
    one = only(alike, "Nordby")
    assert of_groups(by_group(*one), between_groups(*one)).endswith("Der er ikke andre at sammenligne med.")


def test_a_difference_between_two_is_told_with_size_and_uncertainty(keen):
    sentence = of_comparison(compare(*keen), "notes")
    assert sentence.startswith("Målt mod de samme gruppers andre kort, Nordby i forhold til Havneby: ")
    assert "Forståelse fik flere noter (" in sentence and "usikkerhed" in sentence


def test_no_difference_is_no_proof_of_likeness(alike):
    sentence = of_comparison(compare(*alike))
    assert sentence.startswith("Forskellen mellem Havneby og Nordby kan ikke skelnes fra tilfældet.")
    assert "kan være skjult" in sentence


def test_before_and_after_are_words():
    frames = workshops(("A", "B"), 6, days=("2026-03-02", "2026-10-05"))
    sentence = of_comparison(then_and_now(*frames, split="2026-06-01"))
    assert "mellem før og nu" in sentence


def test_too_few_groups_to_compare_is_said(alike):
    few = alike._replace(sessions=alike.sessions[alike.sessions["group"].isin(["1", "2"])])
    assert of_comparison(compare(*few)).startswith("Der er for få workshops til at sammenligne Havneby med")


def test_figures_that_may_not_be_shown_do_not_stop_a_sentence(keen):
    cards, groups, pair = by_card(*keen), by_group(*keen), compare(*keen)
    for frame in (cards, groups, pair):
        for column in frame.columns[frame.dtypes.map(pd.api.types.is_numeric_dtype)]:
            hidden = frame[column].astype("Float64")
            hidden.iloc[: len(frame) // 2] = pd.NA
            frame[column] = hidden
    assert of_cards(cards) and of_groups(groups) and of_comparison(pair) and of_areas(groups)


def test_ratios_have_two_decimals_until_they_are_large():
    assert [times(ratio) for ratio in (0.836, 1.0, 1.24, 9.99, 12.34, 123.4)] == [
        "0,84",
        "1,00",
        "1,24",
        "9,99",
        "12,3",
        "123",
    ]


def test_what_is_below_nought_has_a_true_minus_and_nought_has_none():
    assert number(-0.46, 2) == "\N{MINUS SIGN}0,46" and number(-1234) == "\N{MINUS SIGN}1.234"
    assert number(-0.001, 2) == "0,00" and number(0) == "0"


def test_the_area_with_the_most_room_is_named_without_brackets_in_brackets(alike):
    comparison = compare(*alike)
    assert "((" not in of_comparison(comparison) and "))" not in of_comparison(comparison)
    assert re.search(r"for (tid|noter|drøftede kort) i [^()]+[.)]", of_comparison(comparison))
    assert re.search(
        r"kan være skjult(: på mere end ti gange for| \(mest for) [^ ()]+\)?\.$",
        of_comparison(comparison, "minutes"),
    )


def test_days_and_shares_are_written_in_danish():
    assert day(pd.Timestamp("2026-03-01")) == "1. marts 2026"
    assert percent(0.256) == "26 %"


def test_every_sentence_is_there_in_english_too(keen, alike, monkeypatch):
    monkeypatch.setenv("DIALOGKORT_LANGUAGE", "en")
    for frames in (keen, alike):
        sentences = " ".join(
            [
                of_areas(by_area(*frames)),
                of_cards(by_card(*frames)),
                of_groups(by_group(*frames), between_groups(*frames)),
                of_comparison(compare(*frames)),
            ]
        )
        assert "kort" not in sentences.split() and "chance" in sentences
    for part in ("narrative", "charts"):
        assert catalogue("da")[part].keys() == catalogue("en")[part].keys()


def test_what_a_chart_says_to_a_listener_is_whole_sentences_and_no_longer_than_can_be_heard_out():
    message = "Titel. Første 1. marts 2026. Kort i alt: 64. 2. Hvad siger kortet? " + "Og så videre. " * 60
    short = in_short(message.strip())
    assert short.startswith(
        "Titel. Første 1. marts 2026. Kort i alt: 64. 2. Hvad siger kortet? Og så videre."
    )
    assert len(short) < 400 and short.endswith("videre.")
    assert in_short("Titel. 2. Hvad siger kortet?", 20) == "Titel."
    assert len(in_short("ord " * 500)) < 400


def test_cards_of_ones_own_are_called_as_the_screen_calls_them():
    frames = workshops(groups=40)
    numbers = frames.cards["number"]
    last = numbers.max()
    labels = numbers.astype("string").mask(numbers == last, "E1")
    frames = frames._replace(cards=frames.cards.assign(label=labels))
    cards = by_card(*frames)
    assert cards.loc[cards["number"] == last, "label"].tolist() == ["E1"]
    own = cards[cards["number"] == last].assign(few_turns=False, skipped=3, skipped_share=0.9)
    assert "kort E1:" in most_skipped(own)
    assert card_number({"number": 5}) == "5" and card_number({"number": 36, "label": "B1"}) == "B1"
    areas = pd.DataFrame({"minutes_carried_by": ["E1", "17"]})
    assert overview._carried(areas) == [text("overview.carried", cards="17 og E1")]
