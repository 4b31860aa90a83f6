"""A streaming reader of large JSON files, one record at a time: none can fill the memory.

`json.load` makes thirty bytes of one, and an export may be of any size.
"""

import json
import re
from collections.abc import Callable, Iterator

LONGEST = 8 * 2**20  # characters of one record
_PART = 2**16
_SPACE = re.compile(r"[ \t\n\r]*")
_decode = json.JSONDecoder().raw_decode


def members(read: Callable[[int], str]) -> Iterator[tuple[str, bool, object]]:
    """The members of a JSON object: name, whether the value is an element of its list, and the value.

    `read` gives so many characters more, and an empty text at the end. An empty list comes as an element
    that is `EMPTY`. `ValueError` when it is no JSON object, or something in it is far too long or too deep.
    """
    text = _Text(read)
    text.take("{")
    if text.ahead() == "}":
        text.take("}")
    else:
        yield from _members(text)
    if text.ahead():
        raise ValueError("more than one value")


EMPTY = object()


def _members(text: "_Text") -> Iterator[tuple[str, bool, object]]:
    while True:
        name = text.value()
        if not isinstance(name, str):
            raise ValueError("no name")
        text.take(":")
        if text.ahead() == "[":
            for element in _elements(text):
                yield name, True, element
        else:
            yield name, False, text.value()
        if text.take(",}") == "}":
            return


def _elements(text: "_Text") -> Iterator[object]:
    text.take("[")
    if text.ahead() == "]":
        text.take("]")
        yield EMPTY
        return
    while True:
        yield text.value()
        if text.take(",]") == "]":
            return


class _Text:
    """A text of which no more is in memory than one record needs."""

    def __init__(self, read: Callable[[int], str]):
        self._read = read
        self._text = ""
        self._offset = 0

    def ahead(self) -> str:
        """The next character that is no space; nothing at the end."""
        while True:
            if space := _SPACE.match(self._text, self._offset):
                self._offset = space.end()
            if self._offset < len(self._text):
                return self._text[self._offset]
            if not self._more():
                return ""

    def take(self, expected: str) -> str:
        """Go past one of some characters."""
        character = self.ahead()
        if not character or character not in expected:
            raise ValueError(f"no {expected}")
        self._offset += 1
        return character

    def value(self) -> object:
        """Go past a value that is no list, or is a short one."""
        self.ahead()
        while True:
            try:
                value, end = _decode(self._text, self._offset)
            except RecursionError:
                raise ValueError("too deep") from None
            except ValueError:
                if not self._more():
                    raise
                continue
            if end == len(self._text) and self._more():
                continue  # a number may go on
            self._offset = end
            return value

    def _more(self) -> bool:
        """Read on, twice as much each time that a value is not at its end."""
        rest = self._text[self._offset :]
        if len(rest) > LONGEST:
            raise ValueError("too long")
        part = self._read(max(_PART, len(rest)))
        self._text, self._offset = rest + part, 0
        return bool(part)
