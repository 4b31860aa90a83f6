"""Reading a .qdpx or a .qdc from anywhere: what it holds, as values, in bounded time and memory.

The file is somebody else's. Nothing is unpacked onto the disk; a name in it is only looked up in the zip's
own list; XML with a document type (and so with entities) is refused; what is unpacked is counted on the way.
"""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from dialogkort.errors import StoreError
from dialogkort.exchange.refi_qda.codebook import CodeNode
from dialogkort.exchange.refi_qda.names import plain_guid
from dialogkort.exchange.sources import NOT_A_ZIP, is_modest

_MAX_FILES = 20_000  # in a zip
_MAX_XML_BYTES, _MAX_TEXT_BYTES = 128 << 20, 64 << 20  # bytes, unpacked
_TIMES_SMALLER = 200  # how much smaller a file may be when packed; XML of codings is some 20 times
_MAX_ELEMENTS, _MAX_PER_PIECE, _MAX_DEPTH = 3_000_000, 500_000, 100
_CHUNK = 1 << 16
_PIECES = 3  # the depth of what is handed on and forgotten: a source, a note, the tree of codes
_INTERNAL = "internal://"


@dataclass(frozen=True, slots=True)
class QdaCoding:
    """A code on a segment, and who says so, by guid; the user may be missing."""

    code: str
    user: str


@dataclass(frozen=True, slots=True)
class QdaSegment:
    """A selection in a text, from the first character to the place behind the last."""

    guid: str
    start: int
    end: int
    user: str
    description: str
    codings: tuple[QdaCoding, ...]
    memos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QdaSource:
    """A plain text. `on_the_whole` counts codings that are on all of it, `memos` are those by it."""

    guid: str
    name: str
    text: str | None
    segments: tuple[QdaSegment, ...]
    on_the_whole: int
    memos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QdaMemo:
    """A note of the file: its words, by whom, and (as some write it) where in the text beside it."""

    words: str
    user: str
    selections: tuple[QdaSegment, ...] = ()


@dataclass
class QdaFile:
    """What a file holds; `left_out` counts what a workshop has nothing for, by the element's name."""

    name: str = ""
    origin: str = ""
    users: dict[str, str] = field(default_factory=dict)
    codes: tuple[CodeNode, ...] = ()
    sources: list[QdaSource] = field(default_factory=list)
    memos: dict[str, QdaMemo] = field(default_factory=dict)
    cases: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def read_qda(path: Path) -> QdaFile:
    """What a project or a codebook holds. `StoreError` when it is none, damaged, or far too large."""
    try:
        if zipfile.is_zipfile(path):
            return _read_project(path)
        with path.open("rb") as file:
            return _read_xml(path, file, QdaFile(), lambda _: None)
    except FileNotFoundError:
        raise StoreError("nothing_kept", path=path) from None
    except OSError as fault:
        raise StoreError("failed", path=path, reason=fault.strerror or fault) from fault
    except (*NOT_A_ZIP, expat.ExpatError, UnicodeError, RecursionError, NotImplementedError):
        raise StoreError("no_qda", path=path) from None


def _read_project(path: Path) -> QdaFile:
    if not is_modest(path, _MAX_FILES):
        raise StoreError("too_large", path=path)
    with zipfile.ZipFile(path) as packed:
        members = {member.filename.lower(): member for member in packed.infolist()}
        project = next((name for name in members if "/" not in name and name.endswith(".qde")), None)
        if project is None:
            raise StoreError("no_qda", path=path)
        texts = _Texts(path, packed, members)
        _check_size(path, members[project], _MAX_XML_BYTES)
        with packed.open(members[project]) as file:
            return _read_xml(path, file, QdaFile(), texts.read)


def _check_size(path: Path, member: zipfile.ZipInfo, most: int) -> None:
    """A zip gives no more of a file than its list says: a bomb shows there."""
    swollen = member.file_size > max(1 << 20, _TIMES_SMALLER * member.compress_size)
    if member.file_size > most or swollen:
        raise StoreError("too_large", path=path)
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise StoreError("no_qda", path=path)


class _Texts:
    """The plain texts beside the XML, until they are too much."""

    def __init__(self, path: Path, packed: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]):
        self._path, self._packed, self._members = path, packed, members
        self._left = _MAX_TEXT_BYTES

    def read(self, address: str) -> str | None:
        """A text by its address in the XML; None when it is not in the zip."""
        name = address.removeprefix(_INTERNAL).strip("/").lower()
        member = self._members.get(f"sources/{name}") if address.startswith(_INTERNAL) else None
        if member is None:
            return None
        _check_size(self._path, member, self._left)
        self._left -= member.file_size
        return self._packed.read(member).decode("utf-8-sig", errors="replace")


# --- XML in pieces ------------------------------------------------------------------------------------------


def _read_xml(path: Path, file: IO[bytes], into: QdaFile, text_of: Callable[[str], str | None]) -> QdaFile:
    known = False
    for section, element in _pieces(path, file):
        if section == "":
            known = _local(element.tag) in ("Project", "CodeBook")
            into.name, into.origin = element.get("name", ""), element.get("origin", "")
        elif not known:
            break
        else:
            _take(into, section, element, text_of)
    if not known:
        raise StoreError("no_qda", path=path)
    return into


def _pieces(path: Path, file: IO[bytes]) -> Iterator[tuple[str, Element]]:
    """The root without what is in it, then each piece, with the name of what it stands in."""
    parser = _Pieces(path)
    read = 0
    while chunk := file.read(_CHUNK):
        read += len(chunk)
        if read > _MAX_XML_BYTES:
            raise StoreError("too_large", path=path)
        parser.feed(chunk)
        yield from parser.take()
    parser.close()
    yield from parser.take()


class _Pieces:
    """Builds one piece at a time, so that a large file takes little memory."""

    def __init__(self, path: Path):
        self._path = path
        self._depth = self._elements = self._in_piece = 0
        self._section = ""
        self._builder = TreeBuilder()
        self._done: list[tuple[str, Element]] = []
        parser = self._parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse  # no such file has one; entities can grow
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._letters

    def feed(self, chunk: bytes) -> None:
        self._parser.Parse(chunk, False)

    def close(self) -> None:
        self._parser.Parse(b"", True)

    def take(self) -> list[tuple[str, Element]]:
        done, self._done = self._done, []
        return done

    def _refuse(self, *_: object) -> None:
        raise StoreError("no_qda", path=self._path)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        self._in_piece = self._in_piece + 1 if self._depth > _PIECES else 0
        too_many = self._elements > _MAX_ELEMENTS or self._in_piece > _MAX_PER_PIECE
        if too_many or self._depth > _MAX_DEPTH:
            raise StoreError("too_large", path=self._path)
        if self._depth == 1:
            self._done.append(("", Element(tag, attributes)))
        elif self._depth == 2:
            self._section = _local(tag)
            self._builder = TreeBuilder()
            self._builder.start(tag, attributes)
        else:
            self._builder.start(tag, attributes)

    def _letters(self, letters: str) -> None:
        if self._depth >= _PIECES:
            self._builder.data(letters)

    def _end(self, tag: str) -> None:
        if self._depth >= _PIECES:
            element = self._builder.end(tag)
            if self._depth == _PIECES:
                self._done.append((self._section, element))
                self._builder = TreeBuilder()
                self._builder.start("section", {})
        self._depth -= 1


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if _local(child.tag) == name)


def _words(element: Element, name: str) -> str:
    return next(((child.text or "") for child in _children(element, name)), "")


# --- pieces as values ---------------------------------------------------------------------------------------


def _take(into: QdaFile, section: str, element: Element, text_of: Callable[[str], str | None]) -> None:
    kind = _local(element.tag)
    id = plain_guid(element.get("guid"))
    if (section, kind) == ("Users", "User"):
        into.users[id] = element.get("name") or element.get("id") or ""
    elif kind == "Codes":
        into.codes = tuple(_nodes(element))
    elif section == "Codes" and kind == "Code":
        into.codes += (_node(element),)
    elif (section, kind) == ("Sources", "TextSource"):
        into.sources.append(_source(element, text_of))
    elif (section, kind) == ("Notes", "Note"):
        selections = tuple(_segments(_children(element, "PlainTextSelection")))
        into.memos[id] = QdaMemo(_memo_words(element, text_of), _user(element), selections)
    elif (section, kind) == ("Cases", "Case"):
        into.cases.append(id)
    elif kind not in ("Variable",):
        into.left_out[kind] += 1


def _nodes(element: Element) -> Iterator[CodeNode]:
    return (_node(child) for child in _children(element, "Code"))


def _node(element: Element) -> CodeNode:
    return CodeNode(
        plain_guid(element.get("guid")),
        element.get("name", ""),
        _words(element, "Description"),
        element.get("isCodable", "true").strip() not in ("false", "0"),
        tuple(_nodes(element)),
    )


def _source(element: Element, text_of: Callable[[str], str | None]) -> QdaSource:
    inside = next(_children(element, "PlainTextContent"), None)
    words = (inside.text or "") if inside is not None else text_of(element.get("plainTextPath", ""))
    segments = tuple(_segments(_children(element, "PlainTextSelection")))
    whole = sum(1 for _ in _children(element, "Coding"))
    id = plain_guid(element.get("guid"))
    return QdaSource(id, element.get("name", ""), words, segments, whole, tuple(_memo_refs(element)))


def _segments(elements: Iterable[Element]) -> Iterator[QdaSegment]:
    for element in elements:
        try:
            start, end = int(element.get("startPosition", "")), int(element.get("endPosition", ""))
        except ValueError:
            start = end = -1
        yield QdaSegment(
            plain_guid(element.get("guid")),
            start,
            end,
            _user(element),
            _words(element, "Description"),
            tuple(_codings(element)),
            tuple(_memo_refs(element)),
        )


def _memo_refs(element: Element) -> Iterator[str]:
    return (plain_guid(child.get("targetGUID")) for child in _children(element, "NoteRef"))


def _codings(segment: Element) -> Iterator[QdaCoding]:
    for element in _children(segment, "Coding"):
        code = next(_children(element, "CodeRef"), None)
        user = plain_guid(element.get("creatingUser")) or _user(segment)
        yield QdaCoding(plain_guid(code.get("targetGUID")) if code is not None else "", user)


def _memo_words(element: Element, text_of: Callable[[str], str | None]) -> str:
    inside = _words(element, "PlainTextContent")
    return inside or text_of(element.get("plainTextPath", "")) or _words(element, "Description")


def _user(element: Element) -> str:
    return plain_guid(element.get("creatingUser") or element.get("modifyingUser"))
