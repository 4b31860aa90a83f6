"""A document as PDF, as Word and as a web page of its own: the same words in each."""

import base64
import html
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from dialogkort.documents.blocks import Block, Bullets, Document, Grid, Heading, Paragraph, Picture
from dialogkort.documents.typesetting import pdf, printable
from dialogkort.i18n import language, text
from dialogkort.theme import area_style

_STYLE = Path(__file__).with_name("report.css")


def as_pdf(document: Document, *, created_at: datetime | None = None) -> bytes:
    """The document as a PDF that is accessible (PDF/UA-1) and can be archived (PDF/A-2a).

    Parameters
    ----------
    document : Document
        As of `report`.
    created_at : datetime, optional
        What the document says of when it was made.

    Returns
    -------
    bytes
        The file.

    Examples
    --------
    >>> from dialogkort.documents.blocks import Heading
    >>> document = Document("Data", "data", (Heading(1, "Data"),))
    >>> as_pdf(document)[:5]
    b'%PDF-'
    """
    content = {
        "title": document.title,
        "lang": language(),
        "colour": area_style(0).light,
        "words": {},
        "blocks": [_as_data(block, stays) for block, stays in _with_neighbours(document.blocks)],
    }
    return pdf("report.typ", content, created_at=created_at)


def _with_neighbours(blocks: tuple[Block, ...]) -> Iterator[tuple[Block, bool]]:
    """Each block, and whether it is the sentence of a picture or a list, and stays on the page of that."""
    return (
        (block, isinstance(block, Paragraph) and isinstance(after, Picture | Bullets))
        for block, after in zip(blocks, [*blocks[1:], None], strict=True)
    )


def _as_data(block: Block, stays: bool) -> dict:
    match block:
        case Heading(level, words):
            return {"kind": "heading", "level": level, "words": words}
        case Paragraph(words, quiet):
            return {"kind": "paragraph", "words": words, "quiet": quiet, "stays": stays}
        case Bullets(items):
            return {"kind": "list", "items": list(items)}
        case Grid(head, rows):
            return {"kind": "table", "head": list(head), "rows": [list(row) for row in rows]}
        case Picture(svg, _, alt):
            return {"kind": "picture", "svg": svg, "alt": alt}


def as_web_page(document: Document) -> bytes:
    """The document as one HTML file that needs nothing else and runs nothing.

    Parameters
    ----------
    document : Document
        As of `report`.

    Returns
    -------
    bytes
        The file, in UTF-8.

    Examples
    --------
    >>> from dialogkort.documents.blocks import Heading
    >>> document = Document("Data", "data", (Heading(1, "Data"),))
    >>> b"<title>Data</title>" in as_web_page(document)
    True
    """
    style = _STYLE.read_text(encoding="utf-8")
    head = _element("meta", charset="utf-8") + _element("title", _escaped(document.title))
    head += _element("meta", name="viewport", content="width=device-width, initial-scale=1")
    body = _element("main", "".join(map(_as_html, document.blocks)))
    page = _element(
        "html", _element("head", head + _element("style", style)) + _element("body", body), lang=language()
    )
    return f"<!doctype html>\n{page}\n".encode()


def _as_html(block: Block) -> str:
    match block:
        case Heading(level, words):
            return _element(f"h{level}", _escaped(words))
        case Paragraph(words, quiet):
            return _element("p", _escaped(words), **({"class": "quiet"} if quiet else {}))
        case Bullets(items):
            return _element("ul", "".join(_element("li", _escaped(item)) for item in items))
        case Grid(head, rows):
            names = "".join(_element("th", _escaped(name), scope="col") for name in head)
            cells = "".join(_row(row) for row in rows)
            return _element("table", _element("thead", _element("tr", names)) + _element("tbody", cells))
        case Picture(svg, _, alt):
            packed = base64.b64encode(svg.encode()).decode("ascii")
            return _element("img", src=f"data:image/svg+xml;base64,{packed}", alt=printable(alt))


def _row(cells: Iterable[str]) -> str:
    return _element("tr", "".join(_element("td", _escaped(cell)) for cell in cells))


def _element(tag: str, inside: str | None = None, /, **attributes: str) -> str:
    """An element; what stands in it is markup already, its attributes are not."""
    opening = "".join(f' {key}="{html.escape(value)}"' for key, value in attributes.items())
    return f"<{tag}{opening}>" if inside is None else f"<{tag}{opening}>{inside}</{tag}>"


def _escaped(words: str) -> str:
    return html.escape(printable(words))


def as_word(document: Document) -> bytes:
    """The document as a Word file in the user's language, with Word's own headings, lists and tables.

    Parameters
    ----------
    document : Document
        As of `report`.

    Returns
    -------
    bytes
        The file.

    Examples
    --------
    >>> from dialogkort.documents.blocks import Heading
    >>> document = Document("Data", "data", (Heading(1, "Data"),))
    >>> as_word(document)[:2]
    b'PK'
    """
    from docx import Document as WordFile

    word = WordFile()
    _prepare(word, document.title)
    for block, stays in _with_neighbours(document.blocks):
        _add(word, block)
        if stays:
            word.paragraphs[-1].paragraph_format.keep_with_next = True
    file = io.BytesIO()
    word.save(file)
    return file.getvalue()


def _prepare(word, title: str) -> None:
    """A4, the language of every word, headings dark enough to read, a title, today's date, nobody's name."""
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    code = text("documents.report.language")
    for element in word.styles.element.iter(qn("w:lang")):
        element.set(qn("w:val"), code)
    properties = word.core_properties
    properties.title, properties.language, properties.author, properties.comments = (
        printable(title),
        code,
        "",
        "",
    )
    properties.created = properties.modified = datetime.now(UTC)  # else those of python-docx's own template
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(20)
    word.styles["Normal"].font.name, word.styles["Normal"].font.size = "Calibri", Pt(11)
    for level in range(1, 5):
        word.styles[f"Heading {level}"].font.color.rgb = RGBColor.from_string(
            area_style(0).light.lstrip("#").upper()
        )
        word.styles[f"Heading {level}"].font.italic = False


def _add(word, block: Block) -> None:
    match block:
        case Heading(level, words):
            word.add_heading(printable(words), level)
        case Paragraph(words, quiet):
            added = word.add_paragraph(printable(words))
            added.runs[0].italic = quiet or None
        case Bullets(items):
            bullet = word.styles["List Bullet"].style_id  # looking it up for each takes most of the time
            for item in items:
                word.add_paragraph(printable(item))._p.style = bullet
        case Grid():
            _add_table(word, block)
        case Picture():
            _add_picture(word, block)


def _add_table(word, grid: Grid) -> None:
    from docx.oxml import OxmlElement

    table = word.add_table(rows=1, cols=len(grid.head), style="Table Grid")
    heading = table.rows[0]
    heading._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # again on every page
    for cell, name in zip(heading.cells, grid.head, strict=True):
        cell.text = name
        cell.paragraphs[0].runs[0].bold = True
    for row in grid.rows:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = printable(words)


def _add_picture(word, picture: Picture) -> None:
    from docx.shared import Mm

    added = word.add_picture(io.BytesIO(picture.png), width=Mm(170))
    added._inline.docPr.set("descr", printable(picture.alt))
