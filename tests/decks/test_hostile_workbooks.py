"""A file made to break its reader is refused with a message, within seconds and 300 MB."""

import io
import json
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import psutil
import pytest
import xlwt
from openpyxl import Workbook
from openpyxl.styles import Font

SECONDS = 10  # of the processor, as the machine may do other things too; most take less than one
MEGABYTES = 300

CONTENT_TYPES = """<?xml version="1.0"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Override PartName="/xl/workbook.xml"
ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"""
RELATIONS = """<?xml version="1.0"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}"/>
</Relationships>"""
BOOK = """<?xml version="1.0"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>
<sheet name="Kort" sheetId="1" r:id="r1"/></sheets></workbook>"""
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = f'<worksheet xmlns="{MAIN}"><sheetData>'
SHEET_END = "</sheetData></worksheet>"
HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>område</t></is></c></row>'


def xlsx(*pieces: str, target="worksheets/sheet1.xml", **others: str) -> bytes:
    """A workbook whose one sheet holds some XML, which is never in memory as a whole."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELATIONS.format(kind="officeDocument", target="xl/workbook.xml"))
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONS.format(kind="worksheet", target=target))
        archive.writestr("xl/workbook.xml", BOOK)
        with archive.open("xl/" + target, "w", force_zip64=True) as sheet:
            for piece in pieces:
                sheet.write(piece.encode())
        for name, content in others.items():
            archive.writestr(f"xl/{name}.xml", content)
    return written.getvalue()


def cell(reference: str) -> str:
    return f'<row><c r="{reference}"><v>1</v></c></row>'


def row_900_000_000():
    row = '<row r="900000000"><c t="inlineStr"><is><t>x</t></is></c></row>'
    return xlsx(SHEET, HEAD, row, SHEET_END)


def last_cell_of_all():
    return xlsx(SHEET, HEAD, cell("XFD1048576"), SHEET_END)


def last_cell_of_all_unmeasured():
    """The part with the cells is called what no sheet is called: only the process stands in the way."""
    return xlsx(SHEET, HEAD, cell("XFD1048576"), SHEET_END, target="worksheets/sheet1.bin")


def cell_of_700_mb():
    letters = ("å" * (1 << 20) for _ in range(350))
    return xlsx(
        SHEET, '<row r="1"><c r="A1" t="inlineStr"><is><t>', *letters, "</t></is></c></row>", SHEET_END
    )


def cell_of_700_mb_unmeasured():
    letters = ("å" * (1 << 20) for _ in range(350))
    inside = ('<row r="1"><c r="A1" t="inlineStr"><is><t>', *letters, "</t></is></c></row>")
    return xlsx(SHEET, *inside, SHEET_END, target="worksheets/sheet1.bin")


def bomb_that_lies_about_its_size():
    """A part of 500 MB of blanks that says it has 100 bytes."""
    blanks = " " * (1 << 20)
    honest = bytearray(xlsx(SHEET, *(blanks for _ in range(500)), SHEET_END))
    with zipfile.ZipFile(io.BytesIO(honest)) as archive:
        size = struct.pack("<I", archive.getinfo("xl/worksheets/sheet1.xml").file_size)
    while (header := honest.find(size)) >= 0:
        honest[header : header + 4] = struct.pack("<I", 100)
    return bytes(honest)


def a_million_laughs():
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<!DOCTYPE worksheet [<!ENTITY e0 "{"ha" * 50}">{entities}]>'
    laugh = '<row r="1"><c r="A1" t="inlineStr"><is><t>&e9;</t></is></c></row>'
    return xlsx(doctype, SHEET, laugh, SHEET_END)


def one_long_text_in_every_cell():
    """Shared: 1 MB in the file, 9 GB when each cell has its own."""
    text = f'<sst xmlns="{MAIN}"><si><t>{"x" * 1_000_000}</t></si></sst>'
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 9_001))
    return xlsx(SHEET, cells, SHEET_END, sharedStrings=text)


def more_cards_than_anybody_has():
    rows = "".join(f'<row r="{row}"><c r="A{row}"><v>{row}</v></c></row>' for row in range(1, 900_000))
    return xlsx(SHEET, rows, SHEET_END)


def elements_within_elements():
    return xlsx(SHEET, "<c>" * 500_000, "</c>" * 500_000, SHEET_END)


def claimed_texts():
    text = f'<sst xmlns="{MAIN}" uniqueCount="4294967295"/>'
    return xlsx(SHEET, HEAD, SHEET_END, sharedStrings=text)


def ods(table: str) -> bytes:
    written = io.BytesIO()
    names = {
        name: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("office", "table", "text")
    }
    spaces = " ".join(f'xmlns:{name}="{address}"' for name, address in names.items())
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        archive.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{manifest}"/>')
        archive.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet>{table}</office:spreadsheet>"
            "</office:body></office:document-content>",
        )
    return written.getvalue()


def a_cell_repeated_over_the_whole_sheet():
    cell = '<table:table-cell table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    return ods(f'<table:table table:name="Kort">{row}</table:table>')


def empty_sheets_repeated_without_end():
    row = (
        '<table:table-row table:number-rows-repeated="4000000000">'
        '<table:table-cell table:number-columns-repeated="4000000000"/></table:table-row>'
    )
    return ods(f'<table:table table:name="Kort">{row * 1000}</table:table>')


def old_workbook_that_claims_many_sectors():
    """tafia/calamine#714: 612 bytes whose head makes the reader ask for 17 GB."""
    head = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(604))
    struct.pack_into("<HHHH", head, 24, 0x3E, 3, 0xFFFE, 9)
    struct.pack_into("<I", head, 44, 0xFFFFFFFF)
    struct.pack_into("<I", head, 72, 0xFFFFFFFF)
    return bytes(head)


def old_workbook_with_cells_far_apart():
    book = xlwt.Workbook()
    sheet = book.add_sheet("Kort")
    sheet.write(0, 0, "område")
    sheet.write(65_535, 255, "x")
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def csv_of_one_long_line():
    return b";" * 9_000_000


def csv_of_blank_lines():
    return b"\n" * 9_000_000


def csv_of_short_lines():
    return "område;spørgsmål\n".encode() + b"x\n" * 4_000_000


def csv_with_ten_thousand_faults():
    return "område;spørgsmål;nr\n".encode() + b"x;;q;y\n" * 9_999


def csv_of_blanks():
    return b" " * 9_000_000


HOSTILE = [
    row_900_000_000,
    last_cell_of_all,
    last_cell_of_all_unmeasured,
    cell_of_700_mb,
    cell_of_700_mb_unmeasured,
    bomb_that_lies_about_its_size,
    a_million_laughs,
    one_long_text_in_every_cell,
    more_cards_than_anybody_has,
    elements_within_elements,
    claimed_texts,
    a_cell_repeated_over_the_whole_sheet,
    empty_sheets_repeated_without_end,
    old_workbook_that_claims_many_sectors,
    old_workbook_with_cells_far_apart,
    csv_of_one_long_line,
    csv_of_blank_lines,
    csv_of_short_lines,
    csv_with_ten_thousand_faults,
    csv_of_blanks,
]

READER = """
import json, os, sys
from dialogkort.decks.reading import DeckError, read_deck
try:
    told = len(read_deck(sys.argv[1]).cards)
except DeckError as problem:
    told = str(problem)
print(json.dumps([told, sum(os.times()[:4])]))
"""


def read_apart(file: Path) -> tuple[str, float, float]:
    """What a process says that reads a file as a deck, its processor seconds, and the MB with its child."""
    reader = subprocess.Popen([sys.executable, "-c", READER, str(file)], stdout=subprocess.PIPE)
    family, most = psutil.Process(reader.pid), 0
    while _is_running(reader):
        most = max(most, _memory(family))
    record, seconds = json.loads(reader.stdout.read())
    reader.stdout.close()
    return record, seconds, most / (1 << 20)


def _is_running(process: subprocess.Popen) -> bool:
    try:
        process.wait(0.02)
    except subprocess.TimeoutExpired:
        return True
    return False


def _memory(family: psutil.Process) -> int:
    try:
        return sum(member.memory_info().rss for member in (family, *family.children()))
    except psutil.Error:
        return 0


@pytest.mark.parametrize("make", HOSTILE, ids=lambda make: make.__name__)
def test_a_hostile_file_is_refused_within_seconds_and_300_mb(tmp_path, make):
    file = tmp_path / "kort.bin"
    file.write_bytes(make())
    answer, seconds, megabytes = read_apart(file)
    print(f"{file.stat().st_size:,} bytes, {seconds:.1f} s, {megabytes:.0f} MB: {answer}")
    assert isinstance(answer, str) and "kort.bin" in answer
    assert seconds < SECONDS
    assert megabytes < MEGABYTES


def test_a_deck_of_a_thousand_cards_on_a_sheet_formatted_to_its_end_is_no_hostile_file(tmp_path):
    book = Workbook()
    book.active.append(["område", "spørgsmål"])
    for number in range(1_000):
        book.active.append(["A", f"Hvad er {number}?"])
    for end in ("A1048576", "XFD3"):
        book.active[end].font = Font(bold=True)
    book.save(tmp_path / "kort.xlsx")
    answer, seconds, megabytes = read_apart(tmp_path / "kort.xlsx")
    assert answer == 1_000
    assert seconds < SECONDS and megabytes < MEGABYTES
