"""Carving: the records on the pages of a SQLite file that SQLite itself will not read any more.

One damaged byte in the first page can make the whole file unreadable to SQLite, though all others are sound.
So the pages are looked at one by one, without a word of what the file says about itself. The format:
https://sqlite.org/fileformat.html#b_tree_pages and #record_format.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from mmap import mmap

_PAGE = 4_096  # bytes: as SQLite makes them, and so all our files
_LONGEST = 8 * 2**20  # bytes of a record
_LEAST = 32  # bytes that the shortest of ours has: an id alone has more
_FILE_HEADER = 100  # bytes at the beginning of the first page
_ROWS, _ENTRIES, _ENTRIES_WITH_CHILDREN = 13, 10, 2  # kinds of pages
_WHOLE_NUMBERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}  # bytes by kind of value
_NOTHING_AND_ONE = {0: None, 8: 0, 9: 1}

Pages = bytes | mmap  # a file's, in memory or where it lies


@dataclass(frozen=True)
class Record:
    """Something that stands on a page. `number` is the row's own; None for an entry of an index."""

    number: int | None
    values: tuple[int | bytes | None, ...]


class _Spent(Exception):
    """The pages say more than there is room for in the file: they lead in circles."""


class _Budget:
    """A limit on all that is read. Every byte belongs to one record at most, so twice the file is plenty."""

    def __init__(self, content: Pages):
        self.left = 2 * len(content) + 16 * _PAGE

    def spend(self, size: int) -> None:
        self.left -= max(size, _LEAST)
        if self.left < 0:
            raise _Spent


def records(content: Pages) -> Iterator[Record]:
    """Every record that can be made out; damaged ones too, so that each is to be checked by what it says."""
    budget = _Budget(content)
    with suppress(_Spent):
        for start in range(0, len(content), _PAGE):
            yield from _records_on_page(content, start, budget)


def _records_on_page(content: Pages, start: int, budget: _Budget) -> Iterator[Record]:
    page = content[start : start + _PAGE].ljust(_PAGE, b"\0")
    head = _FILE_HEADER if start == 0 else 0
    kind = page[head]
    if kind not in (_ROWS, _ENTRIES, _ENTRIES_WITH_CHILDREN):
        return
    pointers = head + (12 if kind == _ENTRIES_WITH_CHILDREN else 8)
    count = int.from_bytes(page[head + 3 : head + 5])
    for pointer in range(pointers, min(pointers + 2 * count, _PAGE), 2):
        budget.spend(0)
        try:
            yield _record(content, page, int.from_bytes(page[pointer : pointer + 2]), kind, budget)
        except (IndexError, ValueError):
            continue


def _record(content: Pages, page: bytes, offset: int, kind: int, budget: _Budget) -> Record:
    if kind == _ENTRIES_WITH_CHILDREN:
        offset += 4
    size, offset = _varint(page, offset)
    number = None
    if kind == _ROWS:
        number, offset = _varint(page, offset)
    if size > _LONGEST:
        raise ValueError
    budget.spend(size)
    size_on_page = _local_payload_size(size, kind)
    payload = page[offset : offset + size_on_page]
    if size_on_page < size:
        payload += _overflow(
            content,
            int.from_bytes(page[offset + size_on_page : offset + size_on_page + 4]),
            size - size_on_page,
        )
    return Record(number, tuple(_values(payload)))


def _local_payload_size(size: int, kind: int) -> int:
    """The bytes of a record that stand on its own page; the rest overflows to others."""
    largest = _PAGE - 35 if kind == _ROWS else (_PAGE - 12) * 64 // 255 - 23
    if size <= largest:
        return size
    smallest = (_PAGE - 12) * 32 // 255 - 23
    fitting = smallest + (size - smallest) % (_PAGE - 4)
    return fitting if fitting <= largest else smallest


def _overflow(content: Pages, page: int, size: int) -> bytes:
    content_read = bytearray()
    while len(content_read) < size:
        start = (page - 1) * _PAGE
        if start <= 0 or start >= len(content) or size > len(content):
            raise ValueError
        page = int.from_bytes(content[start : start + 4])
        content_read += content[start + 4 : start + _PAGE]
    return bytes(content_read[:size])


def _values(payload: bytes) -> Iterator[int | bytes | None]:
    end, offset = _varint(payload, 0)
    kinds = []
    while offset < end:
        kind, offset = _varint(payload, offset)
        kinds.append(kind)
    for kind in kinds:
        if kind in _NOTHING_AND_ONE:
            yield _NOTHING_AND_ONE[kind]
            continue
        size = _WHOLE_NUMBERS.get(kind) or (kind - 12) // 2
        value = payload[offset : offset + size]
        if size < 0 or len(value) < size:
            raise ValueError
        yield int.from_bytes(value, signed=True) if kind in _WHOLE_NUMBERS else value
        offset += size


def _varint(content: bytes, offset: int) -> tuple[int, int]:
    """A number of up to 9 bytes, and where it ends."""
    value = 0
    for index in range(offset, offset + 8):
        value = value << 7 | content[index] & 0x7F
        if content[index] < 0x80:
            return value, index + 1
    return value << 8 | content[offset + 8], offset + 9
