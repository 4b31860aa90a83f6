"""PDF files as a reader, a screen reader, a printer and an archive take them (by Chrome's PDFium)."""

import ctypes
import re
from collections import defaultdict
from contextlib import closing, contextmanager
from functools import cache
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium
from page import ValidationProfile, validate_pdf_bytes

MM = 72 / 25.4
PROFILES = ("ua1", "2a")  # PDF/UA-1, PDF/A-2a
_UNSEEN = str.maketrans("", "", " \n\t\r\xa0\xad\u200b\u200d\x02\ufffe")


class Shape(NamedTuple):
    """Something a page shows: where, in millimetres from the left and the top, and a path's corners."""

    kind: int
    left: float
    top: float
    right: float
    bottom: float
    fill: str
    stroked: bool
    corners: tuple
    words: str
    size: float

    @property
    def width(self):
        return self.right - self.left

    @property
    def height(self):
        return self.bottom - self.top

    @property
    def middle(self):
        return round((self.left + self.right) / 2, 1), round((self.top + self.bottom) / 2, 1)

    def is_within(self, left, top, right, bottom):
        """True when it lies wholly within these edges."""
        return self.left >= left and self.top >= top and self.right <= right and self.bottom <= bottom


class Page(NamedTuple):
    """A page: its size in millimetres, what it shows, and what is read aloud of it: (tag, words)."""

    size: tuple[int, int]
    shapes: list[Shape]
    spoken: list[tuple[str, str]]

    @property
    def paths(self):
        return [shape for shape in self.shapes if shape.kind == pdfium.FPDF_PAGEOBJ_PATH]

    @property
    def texts(self):
        return [
            shape for shape in self.shapes if shape.kind == pdfium.FPDF_PAGEOBJ_TEXT and shape.words.strip()
        ]


@cache
def pages(content):
    """The pages of a PDF, read once."""
    with _opened(content) as document:
        return [_page(document, index) for index in range(len(document))]


def text_in_reading_order(content):
    """All that a screen reader reads, in its order: that of the structure, page after page."""
    return "".join(words for page in pages(content) for _, words in page.spoken)


def tags(content):
    """The kinds of elements in the structure of a PDF."""
    return [tag for page in pages(content) for tag, words in page.spoken if not words]


def fonts(content):
    """By name, whether each font of a PDF lies within it."""
    with _opened(content) as document:
        embedded = {}
        for index in range(len(document)):
            page = document[index]
            for thing in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
                font = pdfium.FPDFTextObj_GetFont(thing)
                embedded[_utf8(pdfium.FPDFFont_GetBaseFontName, font)] = (
                    pdfium.FPDFFont_GetIsEmbedded(font) == 1
                )
        return embedded


def language_and_title(content):
    """The language a PDF says it is in, and its title."""
    with _opened(content) as document:
        language = _utf16(lambda *to: pdfium.FPDFCatalog_GetLanguage(document, *to), wide=True)
        return language, document.get_metadata_dict()["Title"]


def faults(content, profile):
    """What is wrong with a PDF, by the rules of veraPDF."""
    report = validate_pdf_bytes(content, profile=ValidationProfile(profile))
    failures = [failure for failure in report.failures if not _is_of_a_last_byte(failure, content)]
    is_compliant = report.is_compliant or len(failures) < len(report.failures)
    return [str(failure) for failure in failures] or ([] if is_compliant else ["not compliant"])


def _is_of_a_last_byte(failure, content):
    """The validator takes a stream's last byte, when it happens to be one, for the end of line behind it."""
    if failure.rule_id != "PDFA2A-STREAM-LENGTH-001":
        return False
    lengths = re.finditer(rb"/Length (\d+)(?! \d+ R)[^\0]*?>>\s*?stream\r?\n", content)
    ends = [content[match.end() + int(match[1]) :][:12] for match in lengths]
    return bool(ends) and all(re.match(rb"\r?\n?endstream", end) for end in ends)


def all_faults(content):
    """What is wrong with a PDF by any of the standards it claims."""
    return [fault for profile in PROFILES for fault in faults(content, profile)]


def solid(words):
    """Words without what may stand between and within them."""
    return words.translate(_UNSEEN)


@contextmanager
def _opened(content):
    with closing(pypdfium2.PdfDocument(content)) as document:
        yield document


def _page(document, index):
    page = document[index]
    with closing(page.get_textpage()) as text:
        things = list(page.get_objects())
        height = page.get_height()
        words = {_address(thing): _words(thing, text) for thing in things}
        by_mcid = defaultdict(str)
        for thing in things:
            by_mcid[pdfium.FPDFPageObj_GetMarkedContentID(thing)] += words[_address(thing)]
        by_mcid.pop(-1, None)  # what no screen reader reads
        shapes = [_shape(thing, height, words[_address(thing)]) for thing in things]
    size = round(page.get_width() / MM), round(height / MM)
    return Page(size, shapes, list(_spoken(page, by_mcid)))


def _address(thing):
    return ctypes.addressof(thing.raw.contents)


def _words(thing, text):
    if thing.type != pdfium.FPDF_PAGEOBJ_TEXT:
        return ""
    return _utf16(lambda *to: pdfium.FPDFTextObj_GetText(thing, text, *to), wide=True)


def _shape(thing, height, words):
    left, bottom, right, top = thing.get_bounds()
    fill, stroked, corners, size = "", False, (), 0.0
    if thing.type == pdfium.FPDF_PAGEOBJ_PATH:
        mode, stroke = ctypes.c_int(), pdfium.FPDF_BOOL()
        pdfium.FPDFPath_GetDrawMode(thing, mode, stroke)
        stroked = bool(stroke.value)
        if mode.value:
            colour = [ctypes.c_uint() for _ in range(4)]
            pdfium.FPDFPageObj_GetFillColor(thing, *colour)
            fill = "#" + "".join(f"{part.value:02x}" for part in colour[:3])
        corners = _form(thing)
    elif thing.type == pdfium.FPDF_PAGEOBJ_TEXT:
        points = ctypes.c_float()
        pdfium.FPDFTextObj_GetFontSize(thing, points)
        size = points.value
    box = (left / MM, (height - top) / MM, right / MM, (height - bottom) / MM)
    return Shape(thing.type, *box, fill, stroked, corners, words, size)


def _form(path):
    """A path's segments, each with its kind and where in the path's own frame it ends, from 0 to 1."""
    segments = [pdfium.FPDFPath_GetPathSegment(path, n) for n in range(pdfium.FPDFPath_CountSegments(path))]
    ends = [_end(segment) for segment in segments]
    (left, low), (right, high) = (tuple(map(pick, zip(*ends, strict=True))) for pick in (min, max))
    wide, tall = right - left or 1, high - low or 1
    return tuple(
        (pdfium.FPDFPathSegment_GetType(segment), round((x - left) / wide, 1), round((y - low) / tall, 1))
        for segment, (x, y) in zip(segments, ends, strict=True)
    )


def _end(segment):
    x, y = ctypes.c_float(), ctypes.c_float()
    pdfium.FPDFPathSegment_GetPoint(segment, x, y)
    return x.value, y.value


def _spoken(page, by_mcid):
    tree = pdfium.FPDF_StructTree_GetForPage(page)
    for index in range(pdfium.FPDF_StructTree_CountChildren(tree)):
        yield from _element(pdfium.FPDF_StructTree_GetChildAtIndex(tree, index), by_mcid)
    pdfium.FPDF_StructTree_Close(tree)


def _element(element, by_mcid):
    tag = _utf16(pdfium.FPDF_StructElement_GetType, element)
    yield tag, ""
    for index in range(pdfium.FPDF_StructElement_CountChildren(element)):
        if child := pdfium.FPDF_StructElement_GetChildAtIndex(element, index):
            yield from _element(child, by_mcid)
        elif words := by_mcid.get(pdfium.FPDF_StructElement_GetChildMarkedContentID(element, index)):
            yield tag, words


def _utf16(ask, *of, wide=False):
    """What a function of PDFium that fills a buffer says; its lengths are in bytes, and seldom in letters."""
    length = ask(*of, None, 0)
    buffer = ctypes.create_string_buffer(length)
    ask(*of, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)) if wide else buffer, length)
    return buffer.raw.decode("utf-16-le", "replace").split("\0")[0]


def _utf8(ask, of):
    length = ask(of, None, 0)
    buffer = ctypes.create_string_buffer(length)
    ask(of, buffer, length)
    return buffer.value.decode()
