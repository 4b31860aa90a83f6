"""Blocks of a document, whatever it becomes: headings, paragraphs, lists, tables and pictures."""

from typing import NamedTuple


class Heading(NamedTuple):
    """A heading; level 1 is the document's own."""

    level: int
    words: str


class Paragraph(NamedTuple):
    """Some words; `quiet` ones say what the document is, and are smaller."""

    words: str
    quiet: bool = False


class Bullets(NamedTuple):
    """A list; each item may have several lines."""

    items: tuple[str, ...]


class Grid(NamedTuple):
    """A table with a row of headings; every row has as many cells."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Picture(NamedTuple):
    """A picture, as SVG and as PNG, and what it shows in words."""

    svg: str
    png: bytes
    alt: str


Block = Heading | Paragraph | Bullets | Grid | Picture


class Document(NamedTuple):
    """A document: its title, what its file is called (without an ending), and its blocks."""

    title: str
    name: str
    blocks: tuple[Block, ...]
