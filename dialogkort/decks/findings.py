"""Findings in a file of cards, each with the line it is about and whether it must be mended."""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from dialogkort.i18n import text

_MAX_FAULTS = 10
_MAX_VALUE_LENGTH = 60
# What would steer a terminal, or turn the way a line is read.
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Severity(StrEnum):
    """Whether a finding keeps the cards from being used."""

    ERROR = "error"
    LOOK = "look"


class Finding(NamedTuple):
    """One finding: `what` is its kind, `message` says it with what to do, `number` is the card's as typed.

    `line` is counted as the program counts that shows the file; None where it is about the file as a whole.
    `unit` is what people call such a line: `line` or `row`.
    """

    file: str
    what: str
    message: str
    severity: Severity = Severity.ERROR
    sheet: str = ""
    line: int | None = None
    unit: str = "line"
    number: str = ""
    place: str = ""  # of a deck.toml, in words

    @property
    def where(self) -> str:
        """The line in words; empty where it is about the file as a whole."""
        return self.place or ("" if self.line is None else line_in_words(self.unit, self.line))

    @property
    def sentence(self) -> str:
        """The finding with its file and line."""
        return f"{', '.join(filter(None, (self.file, self.where)))}: {self.message}"


def line_in_words(unit: str, line: int) -> str:
    """A line of a file or row of a sheet, as it is told."""
    return text(f"deck.{unit}", line=line)


def message_of(findings: Sequence[Finding]) -> str:
    """All errors of a file that cannot be used, in one message; a long list is cut."""
    untold = len(findings) - _MAX_FAULTS
    more = [text("deck.more", count=untold)] if untold > 0 else []
    listed = "\n".join([*(one.sentence for one in findings[:_MAX_FAULTS]), *more])
    return text("deck.problem", count=len(findings), faults=listed)


def listed(names: Iterable[str]) -> str:
    """Names with quotation marks around them."""
    return ", ".join(f"”{name}”" for name in names)


def on_one_line(value: object) -> str:
    """A value from a file as it can be printed: on one line, and with nothing that steers a terminal."""
    return _STEERING.sub("\ufffd", " ".join(str(value).split()))


def short(value: object) -> str:
    """The beginning of a value, on one line."""
    flat = on_one_line(value)
    return flat if len(flat) <= _MAX_VALUE_LENGTH else flat[: _MAX_VALUE_LENGTH - 1].rstrip() + "…"
