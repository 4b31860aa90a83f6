"""Kinds of file that a catalogue of competences may be, told by what is in it, never by what it is called."""

import re
import struct
import zipfile
import zlib
from pathlib import Path
from xml.etree import ElementTree

from dialogkort.domain.limits import QUOTED
from dialogkort.errors import InvalidAction
from dialogkort.i18n import text

KINDS = ("pdf", "docx", "xlsx", "odt", "ods", "png", "jpg", "txt")
_MOST_PIXELS = 50_000_000  # past that a picture chokes a tablet
_MOST_PARTS = 10_000  # files in a document
_MEGABYTE = 1 << 20
# What makes a document of a program: macros, and controls of their own.
_ACTIVE = re.compile(r"vbaproject|macrosheets/|activex/|(^|/)(basic|scripts)/", re.IGNORECASE)
_ACTIVE_TYPE = re.compile(r"vbaproject|macro|activex", re.IGNORECASE)
_TYPES = "[Content_Types].xml"
_NOT_A_DOCUMENT = (zipfile.BadZipFile, zlib.error, EOFError, ElementTree.ParseError)
_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_ODF = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
}


def kind_of(content: bytes, file: Path, name: str) -> str:
    """One of `KINDS`. `InvalidAction` for everything else, also for a document that is a program as well."""
    if content.startswith(b"%PDF-"):
        return "pdf"
    size = _size_of_picture(content)
    if size is not None:
        if size > _MOST_PIXELS:
            raise InvalidAction(text("catalogue.too_many_pixels", name=name[:QUOTED]))
        return "png" if content.startswith(b"\x89PNG") else "jpg"
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_document(file, name)
    if name.lower().endswith(".txt") and _is_text(content):
        return "txt"
    raise InvalidAction(text("catalogue.kind", name=name[:QUOTED]))


def _kind_of_document(file: Path, name: str) -> str:
    """The kind of a Word, Excel or OpenDocument file, by its table of contents: no more of it is unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.namelist()
            first = archive.infolist()[0]
            is_plain = first.filename == "mimetype" and first.compress_type == zipfile.ZIP_STORED
            form = archive.read(first) if is_plain and first.file_size < 100 else b""
            types = _types_of_parts(archive) if _TYPES in parts else []
    except (*_NOT_A_DOCUMENT, ValueError, IndexError, RuntimeError, NotImplementedError, OSError):
        raise InvalidAction(text("catalogue.kind", name=name[:QUOTED])) from None
    if len(parts) > _MOST_PARTS or any(map(_ACTIVE.search, parts)) or any(map(_ACTIVE_TYPE.search, types)):
        raise InvalidAction(text("catalogue.macros", name=name[:QUOTED]))
    kinds = [kind for kind, part in _PARTS.items() if part in parts and _TYPES in parts]
    kinds += [kind for kind, of_kind in _ODF.items() if form == of_kind]
    if len(kinds) != 1:
        raise InvalidAction(text("catalogue.kind", name=name[:QUOTED]))
    return kinds[0]


def _types_of_parts(archive: zipfile.ZipFile) -> list[str]:
    """What a Word or Excel file says that its parts are: macros are macros, whatever they are called."""
    with archive.open(_TYPES) as opened:
        content = opened.read(_MEGABYTE + 1)
    if len(content) > _MEGABYTE:
        raise ValueError
    return [one.get("ContentType", "") for one in ElementTree.fromstring(content)]


def _size_of_picture(content: bytes) -> int | None:
    """How many pixels a PNG or JPEG says it has; None when it is neither."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR" and len(content) > 24:
        width, height = struct.unpack(">II", content[16:24])
        return width * height
    if not content.startswith(b"\xff\xd8\xff"):
        return None
    place = 2  # from marker to marker, to the one that tells the size
    while place + 9 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return width * height
        place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    return None


def _is_text(content: bytes) -> bool:
    """Whether there is nothing in it that no keyboard writes."""
    return not re.search(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]", as_text(content))


def _is_wide(content: bytes) -> bool:
    return content.startswith((b"\xff\xfe", b"\xfe\xff"))


def as_text(content: bytes) -> bytes:
    """Text in UTF-8, whatever Windows kept it in."""
    if _is_wide(content):
        return content.decode("utf-16", errors="replace").encode(errors="replace")
    try:
        return content.decode("utf-8-sig").encode()
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace").encode()
