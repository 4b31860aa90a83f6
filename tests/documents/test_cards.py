"""The deck on paper: large enough, inside what a printer prints, back behind front, and readable by all."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from pdf_reading import (
    PROFILES,
    all_faults,
    faults,
    fonts,
    language_and_title,
    pages,
    solid,
    tags,
    text_in_reading_order,
)

from dialogkort import documents
from dialogkort.cli.app import main
from dialogkort.documents.cards import card_sheets, parsed_numbers
from dialogkort.documents.printing import print_deck
from dialogkort.documents.sheets import alignment_page, guide_sheet, note_sheet
from dialogkort.domain.deck import Area, Card, Deck
from dialogkort.errors import DeckError, InvalidAction
from dialogkort.i18n import text
from dialogkort.theme import area_style

A4 = 210, 297
UNPRINTABLE = 5  # mm along the edges, more than office printers leave blank
A7 = 74, 105


def a_deck(*questions, examples=("Et", "to"), area="Møder", **about):
    cards = (
        Card(f"k-{number}", number, area, "sure", question, tuple(examples), "For eksempel")
        for number, question in enumerate(questions, 1)
    )
    return Deck(
        "vores",
        about.get("title", "Vores kort"),
        "",
        about.get("attribution", ""),
        (Area(area),),
        tuple(cards),
    )


@pytest.fixture(scope="module")
def printed(deck):
    return card_sheets(deck)


@pytest.fixture(scope="module")
def sheets(printed):
    return pages(printed)


def bands(page):
    """The coloured band of each card, row by row."""
    paths = [path for path in page.paths if path.fill and path.width > 60]
    return sorted(paths, key=lambda band: (round(band.top), band.left))


def frames(page):
    """The frame of each back."""
    return [path for path in page.paths if path.stroked and path.width > 60 and path.height > 60]


def test_the_deck_is_printed_on_a4_four_cards_a_page_and_a_page_of_backs_after_each(sheets):
    assert [page.size for page in sheets] == [A4] * 18
    assert [len(bands(page)) for page in sheets[::2]] == [4] * 8 + [3]
    assert [len(frames(page)) for page in sheets[1::2]] == [4] * 8 + [3]


def test_everything_lies_where_a_printer_prints(sheets):
    edges = (UNPRINTABLE, UNPRINTABLE, A4[0] - UNPRINTABLE, A4[1] - UNPRINTABLE)
    for page in sheets:
        assert page.shapes and all(shape.is_within(*edges) for shape in page.shapes)


def test_every_back_lies_exactly_behind_its_front_when_the_sheet_is_flipped_on_the_long_edge(sheets):
    for front, back in zip(sheets[::2], sheets[1::2], strict=True):
        seen_through = {(A4[0] - frame.middle[0], frame.middle[1]) for frame in frames(back)}
        assert seen_through == {(band.middle[0], round(band.top + 130 / 2 - 4, 1)) for band in bands(front)}


def test_backs_that_were_moved_lie_as_far_from_where_they_were(deck):
    (moved,) = frames(pages(card_sheets(deck, [1], shift=(1.5, -0.5)))[1])
    (usual,) = frames(pages(card_sheets(deck, [1]))[1])
    assert (moved.left - usual.left, moved.top - usual.top) == pytest.approx((1.5, -0.5), abs=0.01)
    for shift in [(5.1, 0), (0, -6), (float("nan"), 0)]:
        with pytest.raises(InvalidAction, match="5 mm"):
            card_sheets(deck, [1], shift=shift)


def test_one_cuts_along_the_marks_and_has_cards_of_at_least_a7(sheets):
    marks = [path for path in sheets[0].paths if path.stroked and not path.fill]
    across = sorted({mark.middle[0] for mark in marks if mark.width < mark.height})
    down = sorted({mark.middle[1] for mark in marks if mark.width > mark.height})
    assert len(across) == len(down) == 3
    assert all(right - left >= A7[0] for left, right in pairwise(across))
    assert all(below - above >= A7[1] for above, below in pairwise(down))
    cut_out = (across[0], down[0], across[-1], down[-1])
    inside = [shape for shape in sheets[0].shapes if shape.is_within(*cut_out)]
    assert len(inside) > 20
    for shape in inside:
        assert not [cut for cut in across if shape.left - 3 < cut < shape.right + 3], "too near to a cut"
        assert not [cut for cut in down if shape.top - 3 < cut < shape.bottom + 3], "too near to a cut"


def test_every_letter_of_every_card_is_read_out_in_order(printed, deck):
    spoken = [
        part
        for card in deck.cards
        for part in (
            card.area,
            "" if card.area_confidence == "sure" else text("documents.cards.best_guess"),
            str(card.number),
            card.question,
            card.examples_label,
            *(f"–{example}" for example in card.examples),
            deck.attribution,
        )
    ]
    assert solid(text_in_reading_order(printed)) == solid("".join(spoken))


def test_a_screen_reader_goes_from_question_to_question_and_hears_no_backs(printed, deck):
    elements = tags(printed)
    assert elements.count("H1") == len(deck.cards)
    assert elements.count("LI") == sum(len(card.examples) for card in deck.cards)
    assert not [words for page in pages(printed)[1::2] for _, words in page.spoken if words]


def test_an_area_has_a_colour_and_a_sign_of_its_own(sheets, deck):
    shown = {area.name: set() for area in deck.areas}
    for page, first in zip(sheets[::2], range(0, 35, 4), strict=True):
        for card, band in zip(deck.cards[first : first + 4], bands(page), strict=True):
            edges = (band.left, band.top, band.right, band.bottom)
            signs = [path.corners for path in page.paths if path.fill == "#ffffff" and path.is_within(*edges)]
            shown[card.area].add((band.fill, *signs))
    assert [len(looks) for looks in shown.values()] == [1, 1, 1, 1]
    looks = [looks.pop() for looks in shown.values()]
    assert [colour for colour, _ in looks] == [area_style(index).light for index in range(4)]
    assert len({sign for _, sign in looks}) == 4


def test_all_that_is_printed_is_accessible_and_can_be_archived(printed, deck):
    for content in (printed, guide_sheet(deck), note_sheet(deck), alignment_page()):
        assert all_faults(content) == []
        assert all(fonts(content).values())
        assert any("SourceSansPro" in name for name in fonts(content))
        assert language_and_title(content)[0] == "da"
    assert language_and_title(printed)[1] == "Dialogkort – Medarbejderen: kort til print"


@pytest.mark.parametrize("profile", PROFILES)
def test_the_check_of_a_pdf_finds_one_that_is_neither(printed, profile):
    spoilt = printed.replace(b"pdfuaid:part", b"pdfuaid:xxxx").replace(b"pdfaid:part", b"pdfaid:xxxx")
    assert len(spoilt) == len(printed) and faults(spoilt, profile)


def test_chosen_cards_come_in_the_order_they_were_chosen(deck):
    spoken = text_in_reading_order(card_sheets(deck, [31, 2, 2, 17], backs=False))
    places = [solid(spoken).index(solid(deck.cards[number - 1].question)) for number in (31, 2, 17)]
    assert places == sorted(places)
    assert len(pages(card_sheets(deck, [31, 2, 17], backs=False))) == 1
    for wrong, named in [([3, 36, 99], "36, 99"), ([], "ikke valgt")]:
        with pytest.raises(InvalidAction, match=named):
            card_sheets(deck, wrong)


def test_numbers_of_cards_are_read_as_people_write_them():
    assert parsed_numbers("12, 3;5–7 9") == [12, 3, 5, 6, 7, 9]
    for wrong in ("tre", "5-3", "1-999999", "-1", "1--2"):
        with pytest.raises(InvalidAction, match=re.escape(wrong.replace("–", "-"))):
            parsed_numbers(wrong)


def test_an_own_question_is_marked_and_not_said_to_be_anothers(deck):
    own = Card("ny", 36, deck.areas[1].name, "sure", "Hvad med kunstig intelligens?", (), "For eksempel")
    mixed = Deck(deck.id, deck.title, deck.subtitle, deck.attribution, deck.areas, (*deck.cards[:1], own))
    theirs, ours = (
        text_in_reading_order(card_sheets(mixed, [1])),
        text_in_reading_order(card_sheets(mixed, [36])),
    )
    assert "KL" in theirs and text("documents.cards.own") not in theirs
    assert "KL" not in ours and text("documents.cards.own") in ours
    assert text("documents.cards.own") not in text_in_reading_order(card_sheets(a_deck("Vores?")))


def test_a_card_either_lies_within_its_edges_or_is_named_and_refused():
    refused = []
    for words in (10, 30, 45, 60, 80, 100, 2_000):
        long = a_deck("Kort?", "Hvordan mon " * words + "?")
        try:
            content = card_sheets(long, backs=False)
        except DeckError as fault:
            assert "Kort 2 har" in str(fault)
            refused.append(words)
            continue
        body = [shape for shape in pages(content)[0].texts if shape.left > A4[0] / 2 and shape.size > 9]
        assert body and all(
            shape.is_within(15 + 90 + 4, 18.5, 15 + 180 - 4, 18.5 + 130 - 7) for shape in body
        )
    assert 0 < len(refused) < 7


def test_a_word_without_end_is_broken_at_the_edge_of_its_card():
    word = "speciallægepraksisplanlægningsstabiliseringsperiode"
    content = card_sheets(a_deck(word, examples=["x" * 150]), backs=False)
    assert solid(word) in solid(text_in_reading_order(content))
    body = [shape for shape in pages(content)[0].texts if shape.size > 9]
    assert body and all(shape.is_within(15 + 4, 18.5 + 4, 15 + 90 - 4, 18.5 + 130) for shape in body)


NASTY = [
    '#panic("x") #read("/etc/passwd") $x^2$ *fed* _kursiv_ @navn <mærke> // nej /* nej */',
    '#import "@preview/cetz:0.3.0": * \\ ` ``` = Overskrift\n- punkt + punkt / ord: ja',
    '#{while true {}} "]} <script>alert(1)</script> {gap} %s \\u{41}',
]


@pytest.mark.parametrize("question", NASTY)
def test_what_a_deck_says_is_never_run_and_shown_letter_for_letter(question):
    content = card_sheets(a_deck(question, examples=NASTY, title=question[:40]), backs=False)
    spoken = solid(text_in_reading_order(content))
    assert all(solid(words) in spoken for words in (question, *NASTY))


@pytest.mark.parametrize(
    "question",
    [
        "שלום עולם – سلام",
        "Hvad siger 👩🏽‍🏫 og 😀?",
        "中文 한국어 ไทย",
        "a\x00b\x07c\ud800d\ue000e\u2028f",
        "\u0378\ufeff?",
    ],
    ids=["right to left", "emoji", "far", "control", "unassigned"],
)
def test_any_letter_can_be_printed_and_archived(question):
    assert all_faults(card_sheets(a_deck(question, title=question, attribution=question))) == []


def test_the_sheets_say_what_a_group_needs(deck):
    guide = solid(text_in_reading_order(guide_sheet(deck)))
    for key in ("step_1", "step_6", "rule_1", "rule_5", "role_note_taker"):
        assert solid(text(f"documents.guide.{key}")) in guide
    assert all(solid(area.name) in guide for area in deck.areas) and "KL/" in guide
    notes = note_sheet(deck)
    assert {"Table", "THead", "TH"} <= set(tags(notes))
    assert len(pages(notes)) == 2  # one sheet, printed on both sides
    (page,) = pages(guide_sheet(deck))
    edges = (UNPRINTABLE, UNPRINTABLE, A4[0] - UNPRINTABLE, A4[1] - UNPRINTABLE)
    assert all(shape.is_within(*edges) for shape in page.shapes)


def test_the_rings_lie_behind_the_crosses_of_the_alignment_page():
    front, back = pages(alignment_page())
    crosses = {path.middle for path in front.paths if path.height > 10}
    rings = {(round(A4[0] - ring.middle[0], 1), ring.middle[1]) for ring in back.paths}
    assert len(crosses) == 9 and rings == crosses


def test_the_command_writes_what_is_to_be_printed_and_names_what_cannot(tmp_path, capsys):
    assert main(["print", str(tmp_path / "ark"), "--cards", "1-3", "--shift", "1,5;-0,5"]) == 0
    names = ["hjælp.pdf", "kort.pdf", "noteark.pdf", "prøveside.pdf", "vejledning.pdf"]
    assert sorted(path.name for path in (tmp_path / "ark").iterdir()) == names
    assert all(name in capsys.readouterr().out for name in names[:1])
    (tmp_path / "kort.csv").write_text("område;spørgsmål\nA;" + "Hvorfor mon? " * 200, encoding="utf-8")
    for wrong, message in [
        (["--cards", "1,99"], "99"),
        (["--shift", "lidt"], "lidt"),
        (["--deck", str(tmp_path / "kort.csv")], "Kort 1"),
        (["--deck", str(tmp_path / "væk.csv")], "væk.csv"),
    ]:
        assert main(["print", str(tmp_path / "andre"), *wrong]) == 1
        assert message in capsys.readouterr().err
    assert not (tmp_path / "andre").exists()


def test_what_is_printed_speaks_the_language_that_was_asked_for(tmp_path, monkeypatch):
    monkeypatch.setenv("DIALOGKORT_LANGUAGE", "en")
    cards, guide, *_ = print_deck(tmp_path, cards=[23])
    assert (cards.name, language_and_title(guide.read_bytes())[0]) == ("cards.pdf", "en")
    assert solid("The area is our best guess") in solid(text_in_reading_order(cards.read_bytes()))


def test_a_template_holds_no_words_and_loads_nothing_from_outside():
    templates = sorted(Path(documents.__file__).parent.glob("*.typ"))
    assert templates
    for path in templates:
        source = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
        assert not re.search("[æøåÆØÅ]", source)
        assert set(re.findall(r"(?:import|include|read|json|csv)[ (]+\"([^\"]*)\"", source)) <= {"base.typ"}
