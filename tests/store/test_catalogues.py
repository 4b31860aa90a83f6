"""A catalogue's file beside the notes: what is kept, what is refused, and what is handed to a table."""

import io
import os
import stat
import struct
import zipfile
import zlib

import pytest

from dialogkort.domain.limits import MAX_CATALOGUE_BYTES
from dialogkort.errors import InvalidAction
from dialogkort.i18n import text
from dialogkort.store import catalogues, default_folder

PDF = b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF"
_ODT = b"application/vnd.oasis.opendocument.text"


def zipped(*names, mimetype=None, types=b"<Types/>"):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        if mimetype is not None:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, types, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def png(width, height):
    def chunk(kind, data):
        crc = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + crc

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    picture = chunk(b"IDAT", zlib.compress(b"\0" * (width + 1)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + picture + chunk(b"IEND", b"")


def jpeg(width, height):
    size = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8\xff\xe0\x00\x04xx\xff\xc0" + struct.pack(">H", len(size) + 2) + size + b"\xff\xd9"


def word_of(types):
    return zipped("[Content_Types].xml", "word/document.xml", types=types.encode())


MACROS = "application/vnd.ms-office.vba&#80;roject"
MACROS_BY_ANOTHER_NAME = f'<Types><Override PartName="/word/1.bin" ContentType="{MACROS}"/></Types>'
BOMB = '<!DOCTYPE a [<!ENTITY b "' + "x" * 90_000 + '">]><Types>' + "&b;" * 90_000 + "</Types>"
WORD = zipped("[Content_Types].xml", "word/document.xml")
EXCEL = zipped("[Content_Types].xml", "xl/workbook.xml")


@pytest.fixture
def keep(tmp_path):
    def keep_file(content, name):
        file = tmp_path / "handed-in"
        file.write_bytes(content)
        return catalogues.keep(tmp_path, file, name)

    return keep_file


@pytest.mark.parametrize(
    ("content", "name", "called"),
    [
        (PDF, "Kompetencer 2.1.pdf", "Kompetencer 2.1.pdf"),
        (PDF, "side.html", "side.pdf"),  # what it is follows from what is in it
        (PDF, "C:\\Brugere\\Anna\\katalog.pdf.exe", "katalog.pdf"),
        (PDF, "kat\u202ealog\x00/../..pdf", "Kompetencekatalog.pdf"),
        (WORD, "Katalog.docx", "Katalog.docx"),
        (EXCEL, "Katalog.xlsx", "Katalog.xlsx"),
        (zipped("content.xml", mimetype=_ODT), "Katalog.odt", "Katalog.odt"),
        (png(3, 2), "Billede.PNG", "Billede.png"),
        (jpeg(3, 2), "Billede.jpeg", "Billede.jpg"),
        ("Læse og skrive\r\n".encode(), "Katalog.txt", "Katalog.txt"),
        ("Læse og skrive".encode("cp1252"), "Katalog.txt", "Katalog.txt"),
    ],
)
def test_what_tables_can_be_shown_is_kept_for_the_user_only_and_comes_back(
    keep, tmp_path, content, name, called
):
    new_name, digest = keep(content, name)
    assert new_name == called
    path = catalogues.path_of(tmp_path, digest)
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    back, given = catalogues.read_for_table(tmp_path, digest, new_name)
    assert back == called
    assert given.decode().strip() == "Læse og skrive" if called.endswith("txt") else given == content


@pytest.mark.parametrize(
    ("content", "name", "key"),
    [
        (b"<!doctype html><script>alert(1)</script>", "katalog.html", "kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "katalog.svg", "kind"),
        (b"<svg/>", "katalog.pdf", "kind"),
        (b"MZ\x90\x00\x03", "katalog.txt", "kind"),
        (b"", "katalog.docx", "kind"),
        (b"PK\x03\x04 cut short", "katalog.docx", "kind"),
        (zipped("noter.txt"), "katalog.zip", "kind"),
        (zipped("[Content_Types].xml", "word/document.xml", "xl/workbook.xml"), "to.docx", "kind"),
        (zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "k.docm", "macros"),
        (zipped("[Content_Types].xml", "xl/workbook.xml", "xl/macrosheets/a.xml"), "k.xlsx", "macros"),
        (zipped("[Content_Types].xml", "word/document.xml", "word/activeX/a.xml"), "k.docx", "macros"),
        (zipped("Basic/Standard/Module1.xml", mimetype=_ODT), "k.odt", "macros"),
        (zipped(*map(str, range(10_001))), "k.docx", "macros"),
        (word_of(MACROS_BY_ANOTHER_NAME), "k.docx", "macros"),
        (word_of(MACROS_BY_ANOTHER_NAME).replace(b"PK\x01\x02", b"PK\x01\x03"), "k.docx", "kind"),
        (word_of("<Types>"), "k.docx", "kind"),
        (word_of("<Types>" + " " * (1 << 20) + "</Types>"), "k.docx", "kind"),  # a zip bomb's beginning
        (word_of(BOMB), "k.docx", "kind"),
        (png(60_000, 60_000), "k.png", "too_many_pixels"),
        (jpeg(60_000, 60_000), "k.jpg", "too_many_pixels"),
    ],
)
def test_what_no_table_is_shown_is_refused_with_words_and_leaves_nothing(keep, tmp_path, content, name, key):
    with pytest.raises(InvalidAction) as refused:
        keep(content, name)
    assert str(refused.value) == text(f"catalogue.{key}", name=name)
    assert not catalogues.catalogue_folder(tmp_path).exists()


def test_a_file_that_is_too_large_is_refused(keep):
    with pytest.raises(InvalidAction, match="20 MB"):
        keep(PDF + b"\0" * MAX_CATALOGUE_BYTES, "k.pdf")


def test_words_a_file_is_called_by_never_become_what_it_is_taken_for(keep, tmp_path):
    _, digest = keep(PDF, "k.pdf")
    assert catalogues.read_for_table(tmp_path, digest, "k.html")[0] == "k.pdf"


@pytest.mark.parametrize("digest", ["", "../k", "/etc/passwd", "a" * 63, "A" * 64, "g" * 64, "a" * 64])
def test_a_digest_that_came_with_somebody_elses_plan_leads_to_no_file(keep, tmp_path, digest):
    keep(PDF, "k.pdf")
    assert catalogues.path_of(tmp_path, digest) is None
    with pytest.raises(InvalidAction):
        catalogues.read_for_table(tmp_path, digest, "k.pdf")


def test_a_file_that_reads_otherwise_than_it_was_kept_is_not_handed_over(keep, tmp_path):
    name, digest = keep(PDF, "k.pdf")
    catalogues.path_of(tmp_path, digest).write_bytes(PDF + b" mere")
    with pytest.raises(InvalidAction) as refused:
        catalogues.read_for_table(tmp_path, digest, name)
    assert str(refused.value) == text("catalogue.damaged", name=name)


@pytest.mark.skipif(os.name != "posix", reason="links are for administrators there")
def test_a_link_in_the_files_place_is_not_followed(keep, tmp_path):
    _, digest = keep(PDF, "k.pdf")
    path = catalogues.path_of(tmp_path, digest)
    (tmp_path / "noter").write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(tmp_path / "noter")
    assert catalogues.path_of(tmp_path, digest) is None


def test_what_no_plan_names_goes_after_a_day_and_what_was_just_chosen_stays(keep, tmp_path):
    old, named, new = (keep(PDF + bytes([number]), "k.pdf")[1] for number in range(3))
    for digest in (old, named):
        os.utime(catalogues.path_of(tmp_path, digest), (1, 1))
    catalogues.forget_unused(tmp_path, {named})
    left = [digest for digest in (old, named, new) if catalogues.path_of(tmp_path, digest)]
    assert left == [named, new]


def test_what_is_none_of_ours_is_left_in_a_folder_that_somebody_had_before(keep, tmp_path):
    _, old = keep(PDF, "k.pdf")
    folder = catalogues.catalogue_folder(tmp_path)
    unfinished, own, below = folder / f"{'b' * 64}.new", folder / "Katalog 2019.pdf", folder / ("c" * 64)
    unfinished.write_bytes(b"half")
    own.write_bytes(PDF)
    below.mkdir()
    for path in (folder / old, unfinished, own, below):
        os.utime(path, (1, 1))
    catalogues.forget_unused(tmp_path, {"../../noter"})
    assert sorted(folder.iterdir()) == sorted([own, below])


def test_files_of_a_servers_plans_lie_apart_from_those_that_plans_of_this_computer_name(
    monkeypatch, tmp_path
):
    monkeypatch.setenv("DIALOGKORT_FOLDER", str(tmp_path / "noter"))
    here = catalogues.folder_of(default_folder())
    there = catalogues.folder_of("postgresql://noter@server/dialogkort")
    assert here == default_folder()
    (file := tmp_path / "k.pdf").write_bytes(PDF)
    _, digest = catalogues.keep(there, file, "k.pdf")
    os.utime(catalogues.path_of(there, digest), (1, 1))
    catalogues.forget_unused(here, ())  # as every start here does
    assert catalogues.path_of(there, digest)
