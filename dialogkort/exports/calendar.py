"""Next steps as a calendar file (iCalendar, RFC 5545): one all-day event for each that has a day.

Events, not tasks: Outlook on the web and on the phone take no tasks out of a file. Nothing is in it but what
the group has written of a step: what, who and when.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dialogkort.errors import InvalidAction
from dialogkort.i18n import text

if TYPE_CHECKING:
    import pandas as pd

_LINE = 75  # octets of a line, without its end
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")  # at which some programs end a line
_ESCAPED = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})


def as_calendar(notes: pd.DataFrame) -> bytes:
    """The next steps among some notes that have a day, as a calendar file.

    Parameters
    ----------
    notes : DataFrame
        The frame of `read_all`.

    Returns
    -------
    bytes
        The .ics file. An event's UID is the note's id: taken in again, a step stands in the calendar once.

    Raises
    ------
    InvalidAction
        No next step has a day.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import merge, read_all
    >>> from dialogkort.resources import SAMPLE
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> as_calendar(read_all(folder).notes).splitlines()[0]
    b'BEGIN:VCALENDAR'
    """
    steps = notes[(notes["kind"] == "next step") & notes["due"].notna()]
    if steps.empty:
        raise InvalidAction(text("calendar.no_day"))
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Dialogkort//DA", "CALSCALE:GREGORIAN"]
    for step in steps.sort_values(["due", "note"]).to_dict("records"):
        lines += _event(step)
    return b"".join(map(_folded, [*lines, "END:VCALENDAR"]))


def _event(step: dict) -> Iterator[str]:
    what = ": ".join(filter(None, [step["owner"], step["text"].strip()]))
    yield "BEGIN:VEVENT"
    yield f"UID:{step['note']}@dialogkort"
    yield f"DTSTAMP:{step['updated_at']:%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{step['due']:%Y%m%d}"
    yield f"SUMMARY:{_escaped(what)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _escaped(words: str) -> str:
    lines = _LINE_ENDS.sub("\n", words)
    return _CONTROL.sub(" ", lines).translate(_ESCAPED)


def _folded(line: str) -> bytes:
    """A line in pieces of 75 octets at most, no letter cut in two; each but the first begins with a blank."""
    pieces, piece = [], b""
    for letter in line:
        octets = letter.encode("utf-8")
        if len(piece) + len(octets) > _LINE:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
