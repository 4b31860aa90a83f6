"""Guids and names of a workshop's things in a REFI-QDA file, by which they are known again.

Sessions, notes, codes and coding projects have ids that are guids. Programs give new ones to what they write,
so everything is also known by words: a session by its id in its text, a note by its mark, a code by its name.
"""

import re
from functools import cache
from uuid import UUID, uuid5

from dialogkort.domain.event_ids import Id, is_id
from dialogkort.i18n import languages, text_in

PROJECT_NAMESPACE = "urn:QDA-XML:project:1.0"
CODEBOOK_NAMESPACE = "urn:QDA-XML:codebook:1.0"
ORIGIN = "Dialogkort"
CARD_LINE = "── "  # opens the line in a session's text that says which card the notes beneath are about

_OURS = UUID("7a0d7e29-5b0c-5c9f-9a52-3f1f2b7f6f0e")
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MARK = re.compile(r"^\[[^\n#\]]*#([0-9a-f]{8})\b[^\n]*$", re.MULTILINE)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def guid(*parts: str) -> str:
    """The guid of something: an id that is one already, or one made of words, the same every time."""
    if len(parts) == 1 and _GUID.fullmatch(parts[0]):
        return parts[0]
    return str(uuid5(_OURS, "\0".join(parts)))


SYSTEM_USER = guid("user", "notes")
SETTLED_USER = guid("user", "settled")


def plain_guid(value: str | None) -> str:
    """A guid as another program may write it: in capitals, or in braces."""
    return (value or "").strip().strip("{}").lower()


def note_mark(note: str) -> str:
    """What stands by a note in its session's text: the end of its id, which is random."""
    return "#" + guid(note)[-8:]


def marks(text: str) -> list[tuple[str, int, int]]:
    """Every mark in a session's text, where its line begins, and where the note beneath begins."""
    return [("#" + mark[1], mark.start(), mark.end() + 1) for mark in _MARK.finditer(text)]


def session_ids(text: str) -> list[Id]:
    """The ids that stand above the first note of a text."""
    first = _MARK.search(text)
    return [id for id in _GUID.findall(text[: first.start() if first else 2_000]) if is_id(id)]


def with_line_feeds(text: str) -> str:
    """A text with one kind of line break: programs count a pair of two characters as one or as two."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def xml_text(text: str) -> str:
    """A text as XML can hold it: control characters, which it cannot, show as �."""
    return _NOT_XML.sub("\ufffd", with_line_feeds(text))


def is_called(name: str, key: str) -> bool:
    """True when something has the name that a text gives it, in any language."""
    return any(pattern.fullmatch(name) for pattern in _patterns(key))


def name_in(name: str, key: str) -> str:
    """The `{name}` that stands in a text, in any language; empty when the name is not made of it."""
    matches = (pattern.fullmatch(name) for pattern in _patterns(key))
    return next((match["name"] for match in matches if match), "")


@cache
def _patterns(key: str) -> tuple[re.Pattern[str], ...]:
    forms = [text_in(code, key, name="\0") for code in languages()]
    return tuple(re.compile(re.escape(form).replace("\0", "(?P<name>.+)"), re.DOTALL) for form in forms)
