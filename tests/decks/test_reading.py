"""A deck is read from whatever the facilitator saved; a file that cannot be used says plainly why."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
from datetime import date
from hashlib import sha256
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
import xlwt
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from dialogkort import resources
from dialogkort.decks.reading import read_deck
from dialogkort.domain.deck import CONFIDENCES, Area, Card, Deck
from dialogkort.errors import DeckError

SHIPPED = resources.DATA / "medarbejderen"
COLUMNS = ["id", "number", "area", "area_confidence", "question", "examples", "examples_label"]
HEADINGS = ["Område", "Spørgsmål", "Eksempler"]
OWN = [
    HEADINGS,
    ["Møder", "Hvad ”gør” vi, når vi mødes?", "Vi taler | vi tier"],
    ["Værktøjer", "Hvad bruger vi; og hvorfor?", ""],
]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "cp1252"]
DELIMITERS = [";", "\t", ","]


# What a facilitator may have saved


def table(rows, delimiter=";", newline="\r\n") -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator=newline).writerows(rows)
    return written.getvalue()


def saved(file: Path, content: str | bytes, encoding="utf-8") -> Path:
    file.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
    return file


def workbook(file: Path, rows, before=()) -> Path:
    """A workbook with the rows on its last sheet; a text stays a text, whatever it looks like."""
    book = Workbook()
    book.remove(book.active)
    for sheet_rows in (*before, rows):
        sheet = book.create_sheet()
        for row, cells in enumerate(sheet_rows, 1):
            for column, value in enumerate(cells, 1):
                cell = sheet.cell(row, column, value)
                if isinstance(value, str):
                    cell.data_type = "s"
    book.save(file)
    return file


def old_workbook(file: Path, rows) -> Path:
    """As Excel saved it until 2003."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Kort")
    for row, cells in enumerate(rows):
        for column, value in enumerate(cells):
            day = xlwt.easyxf(num_format_str="DD-MM-YYYY" if isinstance(value, date) else "General")
            sheet.write(row, column, value, day)
    book.save(str(file))
    return file


def opendocument(file: Path, rows) -> Path:
    """As LibreOffice saves it: each row, and once more an empty one, reaches the end of the sheet."""
    filled = "".join(_ods_row("".join(map(_ods_cell, row)) + _ods_blanks(16_384 - len(row))) for row in rows)
    last = _ods_row(_ods_blanks(16_384), repeated=1_048_576 - len(rows))
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr("content.xml", ODS.format(rows=filled + last))
    return file


MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>"""
ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
 office:version="1.3"><office:body><office:spreadsheet><table:table table:name="Kort">{rows}</table:table>
</office:spreadsheet></office:body>
</office:document-content>"""


def _ods_row(cells: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{cells}</table:table-row>'


def _ods_blanks(count: int) -> str:
    return f'<table:table-cell table:number-columns-repeated="{count}"/>'


def _ods_cell(value) -> str:
    value_type = {
        bool: f'"boolean" office:boolean-value="{str(value).lower()}"',
        date: f'"date" office:date-value="{value}"',
        int: f'"float" office:value="{value}"',
        str: '"string"',
    }[type(value)]
    words = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(value).splitlines())
    return f"<table:table-cell office:value-type={value_type}>{words}</table:table-cell>"


WRITERS = {"xls": old_workbook, "ods": opendocument}


def rows_of(deck: Deck) -> list[list]:
    return [
        COLUMNS,
        *(
            [c.id, c.number, c.area, c.area_confidence, c.question, " | ".join(c.examples), c.examples_label]
            for c in deck.cards
        ),
    ]


def toml_of(deck: Deck) -> str:
    def deck_toml(**words):
        return "".join(f"{key} = {json.dumps(word, ensure_ascii=False)}\n" for key, word in words.items())

    about = deck_toml(id=deck.id, title=deck.title, subtitle=deck.subtitle, attribution=deck.attribution)
    return about + "".join(
        "[[areas]]\n" + deck_toml(name=area.name, **area.descriptions) for area in deck.areas
    )


def problem(path: Path) -> str:
    with pytest.raises(DeckError) as caught:
        read_deck(path)
    return str(caught.value)


# The shipped deck


def test_the_shipped_deck_is_letter_for_letter_the_source():
    words = [[card.number, card.question, list(card.examples)] for card in read_deck().cards]
    letters = json.dumps(words, separators=(",", ":")).encode("ascii")
    assert sha256(letters).hexdigest() == "3624526929118adedccfbef0b7aaa912e61f719ff512a17b6e31d281cd197617"


def test_the_shipped_deck_has_35_cards_with_119_examples_and_ids_that_stay():
    cards = read_deck().cards
    assert sum(len(card.examples) for card in cards) == 119
    assert [card.id for card in cards] == [f"medarbejderen-{number:02d}" for number in range(1, 36)]


def test_the_shipped_cards_lie_in_four_blocks_one_for_each_area():
    deck = read_deck()
    blocks = [[card.number for card in deck.cards if card.area == area.name] for area in deck.areas]
    assert blocks == [[*range(1, 12)], [*range(12, 18)], [*range(18, 28)], [*range(28, 36)]]
    assert [area.name for area in deck.areas] == [
        "Anvendelseskompetencer",
        "Teknologiforståelse",
        "Formidling og kommunikation",
        "Udvikling og implementering",
    ]


def test_it_is_told_of_each_shipped_card_how_sure_its_area_is():
    confidences = [card.area_confidence for card in read_deck().cards]
    assert [confidences.count(confidence) for confidence in CONFIDENCES] == [19, 11, 5]
    judged = [card.number for card in read_deck().cards if card.area_confidence == "judgement"]
    assert judged == [23, 26, 28, 30, 31]


def test_only_cards_17_and_22_are_labelled_eksempel():
    labels = {card.number: card.examples_label for card in read_deck().cards}
    assert [number for number, label in labels.items() if label == "Eksempel"] == [17, 22]
    assert set(labels.values()) == {"Eksempel", "For eksempel"}


def test_the_shipped_deck_names_its_owner_and_describes_its_areas_in_both_languages():
    deck = read_deck()
    assert "KL / Digitalt kompetente kommuner" in deck.attribution
    assert all(area.descriptions.keys() == {"da", "en"} for area in deck.areas)
    assert all(text for area in deck.areas for text in area.descriptions.values())


def test_the_guide_with_its_five_steps_lies_beside_the_cards():
    guide = (SHIPPED / "guide.md").read_text(encoding="utf-8")
    assert re.findall(r"^\d(?=\.)", guide, re.MULTILINE) == ["1", "2", "3", "4", "5"]


# A deck of one's own


@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_csv_file_is_read_however_it_was_saved(tmp_path, encoding, delimiter, newline):
    deck = read_deck(saved(tmp_path / "vores møder.csv", table(OWN, delimiter, newline), encoding))
    assert deck == Deck(
        id="vores-møder",
        title="vores møder",
        subtitle="",
        attribution="",
        areas=(Area("Møder"), Area("Værktøjer")),
        cards=(
            Card("vores-møder-01", 1, "Møder", "sure", OWN[1][1], ("Vi taler", "vi tier"), "For eksempel"),
            Card("vores-møder-02", 2, "Værktøjer", "sure", OWN[2][1], (), "For eksempel"),
        ),
    )


def test_a_workbook_holds_the_same_deck_as_a_csv_file(tmp_path):
    in_csv = read_deck(saved(tmp_path / "kort.csv", table(OWN)))
    assert read_deck(workbook(tmp_path / "kort.xlsx", OWN)) == in_csv


@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_an_old_workbook_and_one_from_libreoffice_hold_the_same_deck_as_a_csv_file(tmp_path, ending):
    in_csv = read_deck(saved(tmp_path / "kort.csv", table(OWN)))
    written = WRITERS[ending](tmp_path / f"kort.{ending}", OWN)
    assert read_deck(written) == in_csv
    assert read_deck(written.rename(tmp_path / f"cards.{ending}")).cards[0].question == OWN[1][1]
    (tmp_path / "kort.csv").unlink()
    assert len(read_deck(tmp_path).cards) == 2


@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_what_another_program_made_of_a_text_is_told_with_its_row(tmp_path, ending):
    rows = [[], ["nr", *HEADINGS[:2]], [1, "A", date(2026, 5, 5)], [2, "A", True], [3, "A", "B?"]]
    message = problem(WRITERS[ending](tmp_path / f"kort.{ending}", rows))
    assert "række 3: Excel har lavet feltet under spørgsmål (question) om til 05-05-2026" in message
    assert "række 4: Excel har lavet feltet under spørgsmål (question) om til True" in message
    assert "Ret de 2 ting her" in message


def test_a_workbook_named_as_a_csv_file_is_read_as_the_workbook_it_is(tmp_path):
    file = workbook(tmp_path / "kort.xlsx", OWN)
    deck = read_deck(file)
    assert read_deck(file.rename(tmp_path / "kort.csv")) == deck


@pytest.mark.parametrize("delimiter", [*DELIMITERS, "^"])
def test_a_first_line_with_sep_names_the_delimiter_and_is_no_card(tmp_path, delimiter):
    file = saved(tmp_path / "kort.csv", f"sep={delimiter}\r\n" + table(OWN, delimiter))
    assert [card.question for card in read_deck(file).cards] == [OWN[1][1], OWN[2][1]]
    file = saved(file, f"SEP={delimiter}\r\n" + table([*OWN, ["Møder", "", ""]], delimiter))
    assert "linje 5: Kortet har intet spørgsmål" in problem(file)


def test_english_and_danish_headings_mean_the_same_whatever_case_and_blanks_they_have(tmp_path):
    values = ["x-1", "7", "Møder", "likely", "Hvad nu?", "Intet", "Eksempel"]
    danish = ["Kort-id", " NUMMER", "område ", "Sikkerhed", "SPØRGSMÅL", "eksempler", "Eksempel titel"]
    english = ["ID", "Number", "AREA", "Area confidence", " question", "Examples", "examples label"]
    read = [
        read_deck(saved(tmp_path / "kort.csv", table([names, values]))).cards
        for names in (COLUMNS, danish, english)
    ]
    assert read[0] == (Card("x-1", 7, "Møder", "likely", "Hvad nu?", ("Intet",), "Eksempel"),)
    assert read[0] == read[1] == read[2]


def test_a_heading_whose_letters_a_mac_took_apart_is_still_known(tmp_path):
    rows = [[unicodedata.normalize("NFD", cell) for cell in HEADINGS], *OWN[1:]]
    assert len(read_deck(saved(tmp_path / "kort.csv", table(rows))).cards) == 2


@pytest.mark.parametrize(
    ("written", "intended"),
    [
        ("", "sure"),
        ("Sikker", "sure"),
        ("sandsynlig", "likely"),
        ("Skøn", "judgement"),
        ("JUDGEMENT", "judgement"),
    ],
)
def test_how_sure_an_area_is_may_be_said_in_danish_or_left_out(tmp_path, written, intended):
    rows = [["område", "sikkerhed", "spørgsmål"], ["Møder", written, "Hvad nu?"]]
    assert read_deck(saved(tmp_path / "kort.csv", table(rows))).cards[0].area_confidence == intended


@pytest.mark.parametrize("number", ["3", 3, 3.0, "3,0", "3.", "03", " 3\xa0"])
def test_a_number_is_understood_however_excel_wrote_it(tmp_path, number):
    rows = [["nr", "område", "spørgsmål"], [number, "Møder", "Hvad nu?"]]
    assert read_deck(workbook(tmp_path / "kort.xlsx", rows)).cards[0].number == 3


def test_blanks_around_a_cell_and_wholly_empty_rows_are_no_part_of_the_deck(tmp_path):
    rows = [
        ["", "", ""],
        HEADINGS,
        ["", "\xa0 ", ""],
        [" Møder\xa0", "  Hvad nu? ", " a|b  | | c "],
        ["", "", ""],
    ]
    for file in (saved(tmp_path / "kort.csv", table(rows)), workbook(tmp_path / "kort.xlsx", rows)):
        (card,) = read_deck(file).cards
        assert (card.area, card.question, card.examples) == ("Møder", "Hvad nu?", ("a", "b", "c"))


def test_line_breaks_in_a_cell_part_the_examples_and_stay_in_the_question(tmp_path):
    rows = [HEADINGS, ["Møder", "Hvad\r\nnu?", "Intet\r\nalt"]]
    escaped = [HEADINGS, ["Møder", "Hvad_x000D_\nnu?", "Intet_x000D_\nalt"]]  # as some workbooks have it
    for file in (saved(tmp_path / "kort.csv", table(rows)), workbook(tmp_path / "kort.xlsx", escaped)):
        (card,) = read_deck(file).cards
        assert (card.question, card.examples) == ("Hvad\nnu?", ("Intet", "alt"))


def test_cards_come_in_the_order_of_their_numbers_so_that_sorting_the_sheet_changes_nothing(tmp_path):
    rows = [["nr", "område", "spørgsmål"], [1, "A", "Et?"], [2, "B", "To?"], [10, "A", "Ti?"]]
    deck = read_deck(saved(tmp_path / "kort.csv", table(rows)))
    assert read_deck(saved(tmp_path / "kort.csv", table([rows[0], *rows[:0:-1]]))) == deck
    assert [card.id for card in deck.cards] == ["kort-01", "kort-02", "kort-10"]


def test_areas_come_in_the_order_the_cards_name_them_and_small_slips_make_no_new_area(tmp_path):
    rows = [HEADINGS[:2], ["Nyt felt", "Et?"], ["Andet", "To?"], ["nyt  FELT", "Tre?"]]
    deck = read_deck(saved(tmp_path / "kort.csv", table(rows)))
    assert deck.areas == (Area("Nyt felt"), Area("Andet"))
    assert [card.area for card in deck.cards] == ["Nyt felt", "Andet", "Nyt felt"]


def test_a_column_of_ones_own_is_left_alone(tmp_path):
    rows = [[*HEADINGS, "Bemærkning"], [*OWN[1], "Spørg Bo"]]
    assert len(read_deck(saved(tmp_path / "kort.csv", table(rows))).cards) == 1


def test_the_cards_may_lie_on_another_sheet_than_the_first(tmp_path):
    file = workbook(
        tmp_path / "kort.xlsx", OWN, before=([["Sådan gør du"], ["Skriv kortene på næste ark"]], [])
    )
    assert len(read_deck(file).cards) == 2


def test_every_card_of_a_workbook_is_read_even_if_it_claims_to_be_smaller(tmp_path):
    honest = workbook(tmp_path / "kort.xlsx", OWN)
    dishonest = tmp_path / "løgn.xlsx"
    with zipfile.ZipFile(honest) as source, zipfile.ZipFile(dishonest, "w") as target:
        for name in source.namelist():
            target.writestr(
                name, re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:A1"', source.read(name))
            )
        assert b'ref="A1:C3"' in source.read("xl/worksheets/sheet1.xml")
    assert [card.question for card in read_deck(dishonest).cards] == [OWN[1][1], OWN[2][1]]


def test_blanks_typed_after_a_comma_part_no_field_from_its_quotation_marks(tmp_path):
    (card,) = read_deck(saved(tmp_path / "kort.csv", 'område, spørgsmål\nMøder, "Hvis ja, hvad?"\n')).cards
    assert card.question == "Hvis ja, hvad?"


def test_a_deck_has_the_same_name_on_a_mac_which_takes_the_letters_of_file_names_apart(tmp_path):
    deck = read_deck(saved(tmp_path / unicodedata.normalize("NFD", "på møde.csv"), table(OWN)))
    assert (deck.title, deck.id) == ("på møde", "på-møde")


def test_a_path_may_be_pasted_as_windows_copies_it(tmp_path):
    file = saved(tmp_path / "kort.csv", table(OWN))
    assert read_deck(f'"{file}"') == read_deck(file) == read_deck(str(file))


def test_a_deck_is_found_from_the_folder_one_stands_in(tmp_path, monkeypatch):
    saved(tmp_path / "cards.csv", table(OWN))
    monkeypatch.chdir(tmp_path)
    assert read_deck("cards.csv").title == "cards"
    assert read_deck(".").title == tmp_path.name


# A folder, a deck.toml, and kinship with the shipped deck


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_shipped_deck_saved_in_another_way_is_the_same_deck(tmp_path, encoding):
    shutil.copy(SHIPPED / "deck.toml", tmp_path)
    saved(tmp_path / "cards.csv", table(rows_of(read_deck())), encoding)
    assert read_deck(tmp_path).fingerprint == read_deck().fingerprint


def test_the_shipped_deck_saved_as_a_workbook_is_the_same_deck(tmp_path):
    shutil.copy(SHIPPED / "deck.toml", tmp_path)
    workbook(tmp_path / "Cards.xlsx", rows_of(read_deck()))
    assert read_deck(tmp_path).fingerprint == read_deck().fingerprint


def test_the_order_of_the_lines_in_deck_toml_changes_nothing(tmp_path):
    first, *areas = (SHIPPED / "deck.toml").read_text(encoding="utf-8").split("[[areas]]\n")
    turned = ["\n".join(reversed(part.strip().splitlines())) + "\n" for part in (first, *areas)]
    shutil.copy(SHIPPED / "cards.csv", tmp_path)
    saved(tmp_path / "deck.toml", "[[areas]]\n".join(turned))
    assert read_deck(tmp_path).fingerprint == read_deck().fingerprint


def test_a_variation_of_the_shipped_deck_keeps_its_areas_and_its_owner(tmp_path):
    header, *cards = rows_of(read_deck())
    own = ["", 36, "teknologiforståelse", "", "Hvad gør kunstig intelligens ved jeres faglighed?", "", ""]
    deck = read_deck(saved(tmp_path / "vores.csv", table([header, own, *cards[30:], *cards[:12]])))
    home = read_deck()
    assert deck.areas == (home.areas[0], home.areas[1], home.areas[3])  # its order, not the rows'
    assert deck.attribution == home.attribution
    assert deck.title == "vores"
    assert deck.card("vores-36").area == "Teknologiforståelse"
    assert deck.card("medarbejderen-12") == home.card("medarbejderen-12")


def test_areas_that_are_all_the_shipped_decks_keep_its_order_whatever_card_comes_first(tmp_path):
    rows = [HEADINGS[:2], ["Udvikling og implementering", "Et?"], ["Teknologiforståelse", "To?"]]
    home = read_deck()
    assert read_deck(saved(tmp_path / "kort.csv", table(rows))).areas == (home.areas[1], home.areas[3])


def test_a_new_area_among_those_of_the_shipped_deck_leaves_them_described(tmp_path):
    rows = [HEADINGS[:2], ["Kunstig intelligens", "Et?"], ["Teknologiforståelse", "To?"]]
    deck = read_deck(saved(tmp_path / "kort.csv", table(rows)))
    assert deck.areas == (Area("Kunstig intelligens"), read_deck().areas[1])
    assert deck.attribution == ""  # none of the questions are KL's


def test_a_deck_toml_beside_a_file_names_the_deck_and_its_areas(tmp_path):
    saved(
        tmp_path / "deck.toml",
        'title = "Om møder"\n'
        '[[areas]]\nname = "Værktøjer"\nda = "Det, vi bruger."\n'
        '[[areas]]\nname = "Møder"\n',
        "utf-8-sig",
    )
    deck = read_deck(saved(tmp_path / "kort.csv", table(OWN)))
    assert (deck.id, deck.title) == ("kort", "Om møder")
    assert deck.areas == (Area("Værktøjer", {"da": "Det, vi bruger."}), Area("Møder"))


def test_a_folder_without_a_deck_toml_gives_the_deck_its_name(tmp_path):
    folder = tmp_path / "Vores kort"
    folder.mkdir()
    saved(folder / "cards.csv", table(OWN))
    deck = read_deck(folder)
    assert (deck.id, deck.title, deck.cards[0].id) == ("vores-kort", "Vores kort", "vores-kort-01")


# Any deck, written and read again


def printable(encoding: str, without: str = ""):
    letters = st.characters(
        codec=encoding, exclude_categories=("C", "Z"), include_characters=" ", exclude_characters=without
    )
    return st.text(letters, max_size=30).map(str.strip).filter(is_whole)


def is_whole(words: str) -> bool:
    """Not looking as if its letters were broken on the way: such a file is refused."""
    return not re.search("Ã[¦¸¥†˜…]|[a-z][¿Œ›†¾][a-z]", words)


def folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


@st.composite
def decks(draw, encoding):
    words = printable(encoding)
    some_words = words.filter(bool)
    names = draw(st.lists(some_words, min_size=1, max_size=4, unique_by=folded))
    numbers = sorted(draw(st.sets(st.integers(1, 999_999), min_size=1, max_size=5)))
    ids = draw(st.lists(some_words, min_size=len(numbers), max_size=len(numbers), unique=True))
    examples = st.lists(printable(encoding, without="|").filter(bool), max_size=3).map(tuple)
    cards = tuple(
        Card(
            id=id,
            number=number,
            area=draw(st.sampled_from(names)),
            area_confidence=draw(st.sampled_from(CONFIDENCES)),
            question=draw(some_words),
            examples=draw(examples),
            examples_label=draw(some_words),
        )
        for id, number in zip(ids, numbers, strict=True)
    )
    areas = tuple(Area(name, {"da": draw(words), "en": draw(words)}) for name in names)
    return Deck(draw(some_words), draw(some_words), draw(words), draw(words), areas, cards)


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("encoding", ENCODINGS)
@given(data=st.data())
def test_any_deck_written_as_csv_and_read_again_is_the_same_deck(encoding, delimiter, data):
    deck = data.draw(decks("cp1252" if encoding == "cp1252" else "utf-8"))
    content = table(rows_of(deck), delimiter).encode(encoding)
    assume(encoding != "cp1252" or not is_also_utf8(content))
    with tempfile.TemporaryDirectory() as folder:
        saved(Path(folder, "deck.toml"), toml_of(deck))
        saved(Path(folder, "cards.csv"), content)
        assert read_deck(folder) == deck


def is_also_utf8(content: bytes) -> bool:
    """Whether bytes could be either: no reader can then tell what was meant."""
    try:
        return not content.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False


@settings(max_examples=10)  # each starts a process
@given(decks("utf-8"))
def test_any_deck_written_as_a_workbook_and_read_again_is_the_same_deck(deck):
    assume("_x000D_" not in str(deck.to_record()))  # in a workbook, that is a carriage return
    with tempfile.TemporaryDirectory() as folder:
        saved(Path(folder, "deck.toml"), toml_of(deck))
        workbook(Path(folder, "cards.xlsx"), rows_of(deck))
        assert read_deck(folder) == deck


@settings(max_examples=40)
@given(st.binary(max_size=300), st.sampled_from(["kort.csv", "kort.xlsx", "deck.toml"]), st.booleans())
def test_whatever_bytes_a_file_holds_it_is_a_deck_or_a_problem_told(content, name, is_zip):
    with tempfile.TemporaryDirectory() as folder:
        cards = saved(Path(folder, "kort.csv"), table(OWN)) if name == "deck.toml" else Path(folder, name)
        saved(Path(folder, name), b"PK\x03\x04" + content if is_zip else content)
        try:
            assert read_deck(cards).cards
        except DeckError as fault:
            assert name in str(fault)


# What cannot be used, and what is then told


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("empty", "", "kort.csv er tom"),
        ("only blanks", " ;\r\n\r\n;", "kort.csv er tom"),
        ("only headings", "område;spørgsmål\r\n;\r\n", "kort.csv har overskrifter, men ingen kort"),
        ("no question", "område;tekst\r\nA;B\r\n", "linje 1: Her mangler overskriften spørgsmål (question)"),
        ("no area", "\r\nspørgsmål\r\nHvad?\r\n", "linje 2: Her mangler overskriften område (area)"),
        (
            "no headings",
            "Møder;Hvad nu?\r\n",
            "overskriften område (area), spørgsmål (question). Der står ”Møder”, ”Hvad nu?”",
        ),
        (
            "misspelt",
            "område;spørgmål\r\nA;B\r\n",
            "”spørgmål” kendes ikke. Ret den til spørgsmål (question)",
        ),
        (
            "lost examples",
            "område;spørgsmål;eksemplre\r\nA;B;C\r\n",
            "”eksemplre” kendes ikke. Ret den til eksempler",
        ),
        ("twice", "område;spørgsmål;Area\r\nA;B;C\r\n", "”område” og ”Area” betyder det samme"),
        ("empty question", "område;spørgsmål;nr\r\nA; ;1\r\n", "linje 2: Kortet har intet spørgsmål"),
        ("empty area", "område;spørgsmål\r\n;Hvad?\r\n", "linje 2: Kortet har intet område"),
        ("too few fields", "område;spørgsmål\r\nA\r\n", "linje 2: Kortet har intet spørgsmål"),
        (
            "too many fields",
            "område,spørgsmål\r\nA,Hvis ja, hvad?\r\n",
            "linje 2: ”hvad?” står ikke under nogen",
        ),
        ("no unit", "nr;område;spørgsmål\r\n1;A;B\r\n;A;C\r\n", "linje 3: Kortet har intet nummer"),
        ("zero", "nr;område;spørgsmål\r\n0;A;B\r\n", "linje 2: ”0” er ikke et kortnummer"),
        ("minus", "nr;område;spørgsmål\r\n-3;A;B\r\n", "”-3” er ikke et kortnummer"),
        ("fraction", "nr;område;spørgsmål\r\n5,5;A;B\r\n", "”5,5” er ikke et kortnummer"),
        ("word", "nr;område;spørgsmål\r\nfem;A;B\r\n", "”fem” er ikke et kortnummer"),
        (
            "number twice",
            "nr;område;spørgsmål\r\n1;A;B\r\n2;A;C\r\n1.0;A;D\r\n",
            "linje 4: Nummer 1 er brugt i linje 2",
        ),
        ("id twice", "id;område;spørgsmål\r\nx;A;B\r\nx;A;C\r\n", "linje 3: Id ”x” er brugt i linje 2"),
        (
            "made id taken",
            "id;område;spørgsmål\r\nkort-02;A;B\r\n;A;C\r\n",
            "linje 3: Id ”kort-02” er brugt i linje 2",
        ),
        (
            "confidence",
            "område;spørgsmål;sikkerhed\r\nA;B;måske\r\n",
            "linje 2: Sikkerheden ”måske” kendes ikke",
        ),
        ("open quote", 'område;spørgsmål\r\nA;B\r\nA;"Hvad\r\nA;C\r\n', "linje 3: Et anførselstegn"),
        ("stray quote", 'område;spørgsmål\r\nA;"Gør" I noget?\r\n', "linje 2: Et anførselstegn"),
        ("binary", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "kort.csv kan ikke læses som en tabel"),
        ("no known letters", "område".encode() + b"\x81\xff", "kan ikke læses som en tabel"),
        ("half a letter", "område;spørgsmål".encode("utf-16") + b"x", "kan ikke læses som en tabel"),
        (
            "old Excel",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
            "kort.csv har en adgangskode, er beskadiget",
        ),
        ("broken workbook", b"PK\x03\x04" + bytes(100), "kort.csv er beskadiget"),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_what(tmp_path, name, content, expected):
    message = problem(saved(tmp_path / "kort.csv", content))
    assert expected in message
    assert "kort.csv" in message
    assert "\n" not in message  # one fault, told once
    assert not re.search(r"\{\w*\}", message)


def test_a_file_that_is_not_there_is_named_in_full(tmp_path):
    assert f"{tmp_path / 'væk.xlsx'} findes ikke" in problem(tmp_path / "væk.xlsx")
    assert "findes ikke" in problem(saved(tmp_path / "kort.csv", "") / "cards.csv")


def test_a_folder_without_cards_says_what_it_looked_for(tmp_path):
    message = problem(tmp_path)
    assert str(tmp_path) in message
    assert "cards.xlsx" in message and "cards.csv" in message


def test_a_folder_with_two_files_of_cards_does_not_choose_for_you(tmp_path):
    saved(tmp_path / "cards.csv", table(OWN))
    workbook(tmp_path / "cards.xlsx", OWN)
    assert "”cards.csv”, ”cards.xlsx”" in problem(tmp_path)


@pytest.fixture
def reader():
    """Whoever runs the tests, without the right to read everything."""
    if os.name == "nt":
        pytest.skip("on Windows chmod takes nobody's right to read")
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    yield
    if is_root:
        os.seteuid(0)


@pytest.mark.parametrize("locked", ["cards.csv", "deck.toml", "."])
def test_a_file_one_may_not_read_says_so(reader, locked):
    with tempfile.TemporaryDirectory() as folder:
        saved(Path(folder, "cards.csv"), table(OWN))
        saved(Path(folder, "deck.toml"), 'title = "Kort"\n')
        barred = Path(folder, locked)
        barred.chmod(0)
        message = problem(Path(folder, "cards.csv"))
        barred.chmod(0o700)
    assert "kan ikke åbnes" in message
    assert folder in message


def test_a_workbook_cut_short_says_it_is_damaged(tmp_path):
    file = workbook(tmp_path / "kort.xlsx", OWN)
    saved(file, file.read_bytes()[:-200])
    assert "kort.xlsx er beskadiget" in problem(file)


def test_a_workbook_that_is_some_other_zip_file_says_it_is_no_workbook(tmp_path):
    with zipfile.ZipFile(tmp_path / "kort.xlsx", "w") as other:
        other.writestr("brev.txt", "Kære alle")
    assert "ikke en Excel-projektmappe" in problem(tmp_path / "kort.xlsx")


@pytest.mark.parametrize(
    "rows", [OWN, [["area", "question", "examples"], *OWN[1:]]], ids=["danish", "english"]
)
@pytest.mark.parametrize("encoding", ["mac_roman", "cp850", "cp865"])
def test_letters_of_a_mac_or_of_ms_dos_are_refused_with_the_way_out(tmp_path, encoding, rows):
    straight = [[cell.replace("”", '"') for cell in row] for row in rows]
    message = problem(saved(tmp_path / "kort.csv", table(straight), encoding))
    assert "Bogstaverne er gået i stykker" in message
    assert "gem som Excel-projektmappe eller CSV UTF-8" in message


def test_a_workbook_saved_from_a_csv_file_excel_misread_is_refused(tmp_path):
    misread = [[cell.encode("utf-8").decode("cp1252", errors="ignore") for cell in row] for row in OWN]
    assert "række 1: Bogstaverne er gået i stykker: ”OmrÃ¥de”" in problem(
        workbook(tmp_path / "kort.xlsx", misread)
    )


def test_a_line_is_counted_as_the_person_who_opens_the_file_counts_it(tmp_path):
    rows = [HEADINGS, ["A", "Hvad\nmener\nI?", "a\nb"], ["", "", ""], ["B", "", ""]]
    message = problem(saved(tmp_path / "kort.csv", table(rows, newline="\n")))
    lines = (tmp_path / "kort.csv").read_text(encoding="utf-8").split("\n")
    assert f"linje {lines.index('B;;') + 1}: Kortet har intet spørgsmål" in message


def test_a_row_of_a_workbook_is_counted_as_excel_counts_it(tmp_path):
    rows = [[], HEADINGS, OWN[1], [], ["B", "", ""]]
    assert "kort.xlsx, række 5: Kortet har intet spørgsmål" in problem(workbook(tmp_path / "kort.xlsx", rows))


def test_what_excel_made_of_a_text_is_never_taken_for_a_text(tmp_path):
    rows = [
        ["nr", *HEADINGS],
        [1, "A", date(2026, 5, 5), ""],
        [date(2026, 5, 6), "A", "B?", ""],
        [3, "A", True, ""],
    ]
    message = problem(workbook(tmp_path / "kort.xlsx", rows))
    assert "række 2: Excel har lavet feltet under spørgsmål (question) om til 05-05-2026" in message
    assert "række 3: ”06-05-2026” er ikke et kortnummer" in message
    assert "række 4: Excel har lavet feltet under spørgsmål (question) om til True" in message
    assert "Ret de 3 ting her" in message


def test_a_formula_gone_wrong_is_never_taken_for_an_area(tmp_path):
    book = Workbook()
    book.active.append(HEADINGS)
    book.active.append(["#REF!", "Hvad nu?", ""])
    book.save(tmp_path / "kort.xlsx")
    assert "område (area) om til #REF!" in problem(tmp_path / "kort.xlsx")


def test_a_text_that_reads_like_an_error_stays_a_text(tmp_path):
    rows = [HEADINGS, ["A", "Hvad betyder det?", "#NAME?"]]
    for ending, write in {"xlsx": workbook, **WRITERS}.items():
        assert read_deck(write(tmp_path / f"kort.{ending}", rows)).cards[0].examples == ("#NAME?",)


def test_a_formula_gone_wrong_in_libreoffice_is_told_too(tmp_path):
    file = opendocument(tmp_path / "kort.ods", [HEADINGS, ["A", "#DIV/0!", ""]])
    broken = 'office:value-type="string" calcext:value-type="error"><text:p>#'
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part.replace('office:value-type="string"><text:p>#', broken))
    assert "række 2: Excel har lavet feltet under spørgsmål (question) om til #DIV/0!" in problem(file)


def test_a_formula_gone_wrong_is_told_on_the_sheet_it_stands_on(tmp_path):
    book = Workbook()
    book.active.append(["Sådan gør du"])
    book.active.append(["#REF!"])
    cards = book.create_sheet("Kort & spil")
    for row in (HEADINGS, ["A", "Et?", ""], ["A", "#N/A", ""]):
        cards.append(row)
    book.save(tmp_path / "kort.xlsx")
    message = problem(tmp_path / "kort.xlsx")
    assert "række 3: Excel har lavet feltet under spørgsmål (question) om til #N/A" in message
    assert "#REF!" not in message


def test_an_area_that_cells_were_merged_over_holds_for_every_card_beside_them(tmp_path):
    book = Workbook()
    for row in (HEADINGS, ["A", "Et?", ""], ["A", "To?", ""], ["B", "Tre?", ""]):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    book.save(tmp_path / "kort.xlsx")
    assert [card.area for card in read_deck(tmp_path / "kort.xlsx").cards] == ["A", "A", "B"]


def test_an_area_that_deck_toml_does_not_know_is_told_with_those_it_knows(tmp_path):
    shutil.copy(SHIPPED / "deck.toml", tmp_path)
    message = problem(saved(tmp_path / "kort.csv", table([HEADINGS[:2], ["Tecnologi", "Hvad nu?"]])))
    assert "kort.csv, linje 2: Området ”Tecnologi” står ikke i deck.toml" in message
    assert all(area.name in message for area in read_deck().areas)


def test_all_faults_are_told_at_once_in_the_order_of_the_lines(tmp_path):
    rows = [["nr", *HEADINGS], ["1", "A", "", ""], ["1", "A", "B?", ""], ["x", "", "Hvad?", ""]]
    saved(tmp_path / "deck.toml", 'title = 7\n[[areas]]\nda = "Uden navn"\n')
    message = problem(saved(tmp_path / "kort.csv", table(rows)))
    assert "Ret de 6 ting her" in message
    places = [
        "deck.toml: title er ”7”",
        "deck.toml: ”{'da': 'Uden navn'}”",
        "linje 2",
        "linje 3",
        "linje 4",
        "linje 4",
    ]
    lines = message.splitlines()[1:]
    assert all(location in line for location, line in zip(places, lines, strict=True))


def test_a_long_list_of_faults_is_cut_and_says_how_many_more_there_are(tmp_path):
    rows = [HEADINGS, *(["A", "", "x"] for _ in range(13))]
    lines = problem(saved(tmp_path / "kort.csv", table(rows))).splitlines()
    assert "13 ting" in lines[0]
    assert len(lines) == 1 + 10 + 1
    assert lines[-1] == "… og 3 mere"


def test_a_long_value_is_told_by_its_beginning(tmp_path):
    message = problem(saved(tmp_path / "kort.csv", table([["nr", *HEADINGS], ["ord " * 500, "A", "B?", ""]])))
    assert "”ord ord" in message and "…”" in message
    assert len(message) < 300


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ('title = "Kort"\ntitel: Kort\n', "deck.toml, linje 2: Linjen følger ikke reglerne"),
        ('title = "Kort', "deck.toml, "),
        ("title = 08\n", "deck.toml, linje 1"),
        ("title = 8\n", "deck.toml: title er ”8”, men skal være en tekst"),
        ('areas = "A"\n', "deck.toml: ”A” er ikke et område"),
        ("[[areas]]\nname = 3\n", "er ikke et område"),
        ('[[areas]]\nname = " "\n', "er ikke et område"),
        ('[[areas]]\nname = "A"\n[[areas]]\nname = "a "\n', "deck.toml: Området ”a” står to gange"),
    ],
)
def test_a_deck_toml_that_cannot_be_used_says_where_and_what(tmp_path, toml, expected):
    saved(tmp_path / "deck.toml", toml)
    message = problem(saved(tmp_path / "kort.csv", table([HEADINGS[:2], ["A", "Hvad nu?"]])))
    assert expected in message
    assert "\n" not in message


# What it costs


def test_a_deck_is_read_without_any_heavy_library_and_without_another_process(tmp_path):
    saved(tmp_path / "kort.csv", table(OWN))
    code = (
        "import sys; from dialogkort.decks.reading import read_deck; read_deck(); read_deck(sys.argv[1]);"
        "print(sorted({'python_calamine', 'psutil', 'pandas', 'numpy', 'ipywidgets'} & set(sys.modules)))"
    )
    home = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "kort.csv")],
        cwd=home,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "[]"
