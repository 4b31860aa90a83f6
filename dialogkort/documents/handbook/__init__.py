"""The guide for facilitators (two pages) and the page for IT departments: on screen, as PDF and as Markdown.

The text stands beside this module, a file per language. What is the name of a button there is a key of the
catalogue, so that it always is what the screen says; a key that is gone is a `KeyError`.
"""

import re
import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from dialogkort.documents.typesetting import pdf
from dialogkort.i18n import language, text_in

_HERE = Path(__file__).parent
_PIECE = re.compile(r"\{([\w.]+)\}|`([^`]+)`")


class Piece(NamedTuple):
    """A piece of a line: plain words, the name of a "button", or "code" to be typed."""

    kind: str
    words: str


class Part(NamedTuple):
    """A section: its heading, its lines, and the name of a picture with its words, where there is one."""

    heading: str
    lines: tuple[tuple[Piece, ...], ...]
    picture: str = ""
    alt: str = ""


class HandbookPage(NamedTuple):
    """A page: its heading, what stands first, and its sections."""

    heading: str
    lead: str
    parts: tuple[Part, ...]


@cache
def handbook(code: str) -> tuple[HandbookPage, ...]:
    """The pages in a language: two for facilitators, one for IT departments.

    Parameters
    ----------
    code : str
        A language of `i18n.languages`.

    Returns
    -------
    tuple of HandbookPage

    Examples
    --------
    >>> [len(page.parts) for page in handbook("da")]
    [3, 4, 5]
    """
    return tuple(
        HandbookPage(page["heading"], page["lead"], tuple(_part(part, code) for part in page["parts"]))
        for page in _source(code)["pages"]
    )


def title(code: str) -> str:
    """What the guide is called in a language."""
    return _source(code)["title"]


def picture(name: str) -> bytes:
    """A picture of the guide, as WebP."""
    return (_HERE / "pictures" / f"{name}.webp").read_bytes()


def handbook_sheet(*, created_at: datetime | None = None) -> bytes:
    """The guide as a PDF of three pages of A4, in the user's language; PDF/UA-1 and PDF/A-2a.

    Parameters
    ----------
    created_at : datetime, optional
        What the document says of when it was made.

    Returns
    -------
    bytes
        The PDF.

    Examples
    --------
    >>> handbook_sheet()[:5]
    b'%PDF-'
    """
    code = language()
    pages = [
        {
            "heading": page.heading,
            "lead": page.lead,
            "parts": [
                {**part._asdict(), "lines": [[list(piece) for piece in line] for line in part.lines]}
                for part in page.parts
            ],
        }
        for page in handbook(code)
    ]
    content = {"title": title(code), "lang": code, "words": {}, "pages": pages}
    return pdf("handbook.typ", content, created_at=created_at)


def as_markdown(code: str, pictures: str) -> str:
    """The guide as a page of the repository; `pictures` is the way to its pictures."""
    blocks = [f"# {title(code)}"]
    for page in handbook(code):
        blocks += [f"## {page.heading}", page.lead]
        for part in page.parts:
            blocks += [f"### {part.heading}"]
            blocks += [f"![{part.alt}]({pictures}/{part.picture}.webp)"] if part.picture else []
            blocks += ["\n".join(f"- {_marked(line)}" for line in part.lines)]
    return "\n\n".join(blocks) + "\n"


def _marked(line: tuple[Piece, ...]) -> str:
    marks = {"text": "{}", "button": "**{}**", "code": "`{}`"}
    return "".join(marks[piece.kind].format(piece.words) for piece in line)


@cache
def _source(code: str) -> dict:
    return tomllib.loads((_HERE / f"{code}.toml").read_text(encoding="utf-8"))


def _part(part: dict, code: str) -> Part:
    lines = tuple(_pieces(line, code) for line in part["lines"])
    return Part(part["heading"], lines, part.get("picture", ""), part.get("alt", ""))


def _pieces(line: str, code: str) -> tuple[Piece, ...]:
    pieces, end = [], 0
    for match in _PIECE.finditer(line):
        pieces += [Piece("text", line[end : match.start()])]
        pieces += [Piece("button", text_in(code, match[1])) if match[1] else Piece("code", match[2])]
        end = match.end()
    return tuple(piece for piece in [*pieces, Piece("text", line[end:])] if piece.words)
