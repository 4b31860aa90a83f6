"""A file of cards is a deck, or every fault is told with its line: nine as Danes save them, twenty broken."""

import io
import json
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from dialogkort import resources
from dialogkort.cli.app import main
from dialogkort.decks.findings import Severity
from dialogkort.decks.reading import DECK_VARIABLE, deck_to_begin_with, read_deck_file
from dialogkort.documents.deck_check import check_deck
from dialogkort.domain.deck_check import CardText, lix, remarks
from dialogkort.i18n import text

REAL = Path(__file__).parent / "real"
HEADINGS = ["Område", "Spørgsmål", "Eksempler"]
CARDS = [
    ["Møder", "Hvad gør vi, når vi mødes på skærmen?", "Vi taler\nvi tier"],
    ["Møder", "Hvem skriver ned, hvad vi aftaler?", ""],
    ["Værktøjer", "Hvilke værktøjer bruger vi – og hvorfor?", "Outlook\n”Teams”"],
    ["Værktøjer", "Hvad ville vi ønske, vi kunne?", ""],
]
OF_THE_CARDS = [
    (number, area, question, tuple(examples.split("\n")) if examples else ())
    for number, (area, question, examples) in enumerate(CARDS, 1)
]


def contents(deck) -> list[tuple]:
    return [(card.number, card.area, card.question, card.examples) for card in deck.cards]


def quoted(rows, delimiter: str, newline="\r\n") -> str:
    return "".join(delimiter.join(f'"{cell}"' for cell in row) + newline for row in rows)


def workbook(rows, **merged: str) -> Workbook:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for cells in merged.values():
        book.active.merge_cells(cells)
    return book


def saved(book: Workbook) -> bytes:
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


# Nine as they come


def of_excel() -> bytes:
    """A title above, merged areas, an empty row, a hidden sheet beside, a column of one's own."""
    rows = [["Vores kort, udkast 3"], [], [*HEADINGS, "Hvem skrev det?"], *CARDS[:2], [], *CARDS[2:]]
    rows[4] = [None, *CARDS[1][1:]]
    book = workbook(rows, title="A1:D1", area="A4:A5")
    book.create_sheet("Lister").append(HEADINGS)
    book["Lister"].append(["Møder", "Gammelt?"])
    book["Lister"].sheet_state = "hidden"
    return saved(book)


def of_numbers() -> bytes:
    """The name of the table first; commas; UTF-8 without a mark; a column for each example."""
    rows = [["Tabel 1", "", "", ""], ["Tema", "SPOERGSMAAL ", "Eksempel 1", "Eksempel 2"]]
    rows += [[area, question, *(*examples.split("\n"), "")[:2]] for area, question, examples in CARDS]
    return quoted(rows, ",", "\n").encode("utf-8")


def of_500_rows() -> bytes:
    rows = [[f"Område {number % 4}", f"Hvad er spørgsmål nummer {number}?", ""] for number in range(500)]
    return saved(workbook([HEADINGS, *rows]))


NINE = {
    "Excel.xlsx": of_excel,
    "LibreOffice.ods": (REAL / "libreoffice.ods").read_bytes,
    "old Excel.xls": (REAL / "libreoffice.xls").read_bytes,
    "with formulas.xlsx": (REAL / "libreoffice.xlsx").read_bytes,
    "Numbers.csv": of_numbers,
    "Excel in Denmark.csv": lambda: quoted([HEADINGS, *CARDS], ";").encode("cp1252"),
    "Excel, CSV UTF-8.csv": lambda: quoted([HEADINGS, *CARDS], ";").encode("utf-8-sig"),
    "Unicode-tekst.txt": lambda: quoted([HEADINGS, *CARDS], "\t").encode("utf-16"),
}


@pytest.mark.parametrize("name", NINE)
def test_a_deck_is_read_as_danes_save_it(tmp_path, name):
    (tmp_path / name).write_bytes(NINE[name]())
    report = check_deck(tmp_path / name)
    assert report.is_usable, report.as_text()
    assert contents(report.deck) == OF_THE_CARDS
    looks = [(finding.what, finding.sheet) for finding in report.findings]
    assert looks == ([("other_sheet", "Lister")] if name == "Excel.xlsx" else [])


def test_a_deck_of_500_rows_is_read_and_said_to_be_long(tmp_path):
    (tmp_path / "kort.xlsx").write_bytes(of_500_rows())
    report = check_deck(tmp_path / "kort.xlsx")
    assert report.cards == 500 and report.is_usable
    assert "many" in {finding.what for finding in report.findings}


def test_a_card_on_a_hidden_row_counts_and_is_pointed_out(tmp_path):
    book = workbook([HEADINGS, *CARDS])
    book.active.row_dimensions[3].hidden = True
    book.save(tmp_path / "kort.xlsx")
    report = check_deck(tmp_path / "kort.xlsx")
    assert [(finding.what, finding.line) for finding in report.findings] == [("hidden_row", 3)]
    assert contents(report.deck) == OF_THE_CARDS


# Twenty broken


def changed(row: int, column: int, value) -> bytes:
    """The cards with another value in a cell, counted as a spreadsheet does."""
    rows = [[*row] for row in (HEADINGS, *CARDS)]
    rows[row - 1][column - 1] = value
    return saved(workbook(rows))


def csv_with(line: str, at=3) -> bytes:
    lines = quoted([HEADINGS, *CARDS], ";").replace("\nvi tier", "|vi tier").replace("\n”", "|”")
    lines = lines.split("\r\n")
    lines[at - 1] = line
    return "\r\n".join(lines).encode("utf-8")


def numbered(*numbers: object) -> bytes:
    return saved(
        workbook([["Nr", *HEADINGS], *([n, *card] for n, card in zip(numbers, CARDS, strict=False))])
    )


def without_end(content: bytes) -> bytes:
    return content[: len(content) // 2]


def with_growing_entities() -> bytes:
    written = io.BytesIO()
    whole = zipfile.ZipFile(io.BytesIO(saved(workbook([HEADINGS, *CARDS]))))
    with whole, zipfile.ZipFile(written, "w") as other:
        for name in whole.namelist():
            part = whole.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + part
            other.writestr(name, part)
    return written.getvalue()


BROKEN = {
    # what is wrong: the file, and the kind and line of its first error (None: of no line)
    "no question": (lambda: changed(3, 2, None), "no_question", 3),
    "no area": (lambda: changed(4, 1, None), "no_area", 4),
    "a date": (lambda: changed(2, 2, date(2026, 5, 5)), "converted", 2),
    "a formula gone wrong": (lambda: changed(5, 1, "#REF!"), "converted", 5),
    "a formula without a result": (lambda: changed(3, 2, "=A3&B2"), "no_result", 3),
    "too long for paper": (lambda: changed(4, 2, "Hvad mener I om det? " * 60), "too_long", 4),
    "endless": (lambda: changed(2, 3, "ord " * 5_000), "too_long", 2),
    "a number twice": (lambda: numbered(1, 2, 2, 3), "number_twice", 4),
    "no number": (lambda: numbered(1, None, 3, 4), "no_number", 3),
    "a word for a number": (lambda: numbered(1, 2, "tre", 4), "bad_number", 4),
    "a heading misspelt": (lambda: changed(1, 2, "Spørgmål"), "misspelt", 1),
    "a heading missing": (lambda: changed(1, 1, "Hvem"), "no_column", 1),
    "a heading twice": (lambda: changed(1, 3, "Question"), "column_twice", 1),
    "letters of MS-DOS": (lambda: quoted([HEADINGS, *CARDS], ";").encode("cp865", "replace"), "garbled", 1),
    "a semicolon in the text": (lambda: csv_with("Møder;Hvad nu;hvis;ikke?"), "stray", 3),
    "an open quotation mark": (lambda: csv_with('Møder;"Hvad nu?'), "unreadable", None),
    "only headings": (lambda: saved(workbook([HEADINGS])), "unreadable", None),
    "half a workbook": (lambda: without_end(changed(1, 1, "Område")), "unreadable", None),
    "entities that grow": (with_growing_entities, "unreadable", None),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "unreadable", None),
    "too many cards": (lambda: quoted([HEADINGS, *CARDS * 251], ";").encode(), "too_many", None),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_deck_is_refused_with_its_line(tmp_path, name):
    make, what, line = BROKEN[name]
    file = tmp_path / "kort.bin"
    file.write_bytes(make())
    report = check_deck(file)
    first = report.findings[0]
    assert (first.what, first.line) == (what, line), report.as_text()
    assert first.severity is Severity.ERROR and report.deck is None
    assert file.name in report.as_text()


LETTERED = {
    "one series": (("K1", "K2", "k3", "K 04"), [1, 2, 3, 4], []),
    "a word": (("Kort 2", "kort 1", "Kort 3", "Kort 10"), [2, 1, 3, 10], []),
    "several series": (("A1", "A2", "B1", "B2"), [1, 2, 3, 4], ["numbered"]),
    "whole numbers": (("4", "3,0", "02", "1"), [4, 3, 2, 1], []),
}


@pytest.mark.parametrize("name", LETTERED)
def test_numbers_with_letters_are_understood_or_told_of_once(tmp_path, name):
    written, numbers, findings = LETTERED[name]
    file = tmp_path / "kort.xlsx"
    file.write_bytes(numbered(*written))
    report = check_deck(file)
    assert report.errors == 0, report.as_text()
    assert [one.what for one in report.findings if one.what == "numbered"] == findings
    assert [card.number for card in report.deck.cards] == sorted(numbers)
    assert [draft.number for draft in read_deck_file(file).drafts] == numbers


def test_a_file_that_is_not_there_is_not_said_to_have_one_thing_to_mend(tmp_path):
    report = check_deck(tmp_path / "findes-ikke.xlsx")
    assert report.verdict == text("deck.report.unread") and report.errors == 1
    assert report.as_text().endswith(report.verdict)


# What to look at again


def test_words_that_a_line_break_has_cut_are_found_with_their_hyphen_and_without():
    cards = [
        CardText("A", "Hvad er digi- tale data, og hvad er it- og datasikkerhed?"),
        CardText("A", "Hvad betyder tekno logi?", ("ny teknologi",)),
        CardText("A", "Hvad er etik?"),
        CardText("A", "Hvad er data?"),
    ]
    assert [(remark.card, remark.value) for remark in remarks(cards)] == [
        (0, "digi- tale"),
        (1, "tekno logi"),
    ]


def test_doubled_cards_areas_much_alike_and_hard_words_are_pointed_out():
    hard = "Implementeringsstrategiernes organisatoriske forankringsmuligheder " * 6
    cards = [
        CardText("Teknologi", "Hvad nu?"),
        CardText("Teknologi", "hvad  nu"),
        CardText("Tecnologi", "Hvad så?"),
        CardText("Møder", hard),
    ]
    assert [(remark.what, remark.card, remark.first) for remark in remarks(cards)] == [
        ("doubled", 1, 0),
        ("area_alike", 2, 0),
        ("hard_to_read", 3, None),
    ]


def test_a_cell_without_end_is_looked_through_once_and_not_from_each_of_its_letters():
    endless = ("a" * 1_000_000, "." * 1_000_000 + "x", "a-" + " " * 1_000_000 + "1", "omr" * 300_000)
    cards = [CardText(words, words) for words in endless]
    assert "cut_word" not in {remark.what for remark in remarks(cards)}


def test_of_thousands_of_cards_it_is_said_that_they_are_too_many_and_nothing_of_each(tmp_path):
    file = tmp_path / "kort.csv"
    file.write_text(quoted([HEADINGS, *(CARDS[:1] * 3_000)], ";"), encoding="utf-8")
    assert [finding.what for finding in check_deck(file).findings] == ["too_many"]


def test_nothing_in_a_file_steers_the_terminal_it_is_told_in_or_passes_for_a_line_of_the_report(tmp_path):
    steering = "\x1b]0;titel\x07\x1b[2J\x9b31m\u202e"
    book = workbook([["Nr", *HEADINGS], ["1", *CARDS[0]], ["x", *CARDS[1]]])
    book.active.title = "Ark NYT"
    file = tmp_path / "kort.xlsx"
    file.write_bytes(with_sheet_named(saved(book), b"Ark NYT", b"Ark&#10;Intet at rette.&#10;"))
    assert "\nIntet at rette." not in check_deck(file).as_text()
    file = tmp_path / "kort.csv"
    file.write_text(f"Nr;Område;Spørgsmål\n{steering};Møder;Hvad {steering}?\n2;Møder\n", encoding="utf-8")
    words = check_deck(file).as_text()
    assert "kortnummer" in words
    assert all(letter.isprintable() for letter in words.replace("\n", "").replace("\ufffd", ""))


def with_sheet_named(content: bytes, before: bytes, after: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as whole, zipfile.ZipFile(written, "w") as other:
        for name in whole.namelist():
            other.writestr(name, whole.read(name).replace(before, after))
    return written.getvalue()


def test_the_shipped_deck_has_nothing_to_mend_and_nothing_to_look_at():
    assert check_deck(resources.DATA / "medarbejderen").findings == ()


def test_lix_counts_long_words_and_the_length_of_sentences():
    assert lix(["kort ord her " * 4]) == 12  # one sentence of twelve short words
    assert lix(["kort ord her " * 4 + "."] * 2) == 12
    assert lix(["Teknologi " * 12]) == 112
    assert lix(["Få ord."]) is None


# The command


def test_the_command_says_the_same_in_words_and_as_json_and_by_its_exit_code(tmp_path):
    (tmp_path / "kort.xlsx").write_bytes(changed(3, 2, None))
    (tmp_path / "gode kort.csv").write_bytes(NINE["Excel in Denmark.csv"]())
    code, words = run(tmp_path, "kort.xlsx")
    assert code == 1
    assert "kort.xlsx, arket ”Sheet”: 4 kort" in words
    assert "fejl:  række 3, kort 2  Kortet har intet spørgsmål." in words
    code, words = run(tmp_path, "kort.xlsx", "--json")
    record = json.loads(words)
    assert code == 1 and record["errors"] == 1
    [finding] = record["findings"]
    assert (finding["file"], finding["sheet"], finding["line"], finding["card"]) == (
        "kort.xlsx",
        "Sheet",
        3,
        "2",
    )
    assert (finding["severity"], finding["what"]) == ("error", "no_question")
    assert run(tmp_path, "gode kort.csv")[0] == 0


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    completed = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "dialogkort.cli.app", "check", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    return completed.returncode, completed.stdout


def test_the_command_begins_with_the_cards_of_a_file_also_in_notebooks_or_says_what_is_wrong(
    tmp_path, monkeypatch, capsys
):
    (tmp_path / "kort.csv").write_bytes(NINE["Excel in Denmark.csv"]())
    monkeypatch.setenv(DECK_VARIABLE, str(tmp_path / "kort.csv"))
    assert contents(deck_to_begin_with()) == OF_THE_CARDS
    (tmp_path / "tom.csv").write_text("", encoding="utf-8")
    assert main(["--deck", str(tmp_path / "tom.csv"), "--folder", str(tmp_path / "noter")]) == 1
    assert "tom.csv er tom" in capsys.readouterr().err
    assert not (tmp_path / "noter").exists()
