"""The notes that the segments of a file are about, found among those of the sessions.

A text is known by its guid, or by the session's id that stands in it; a note by its segment's guid, or by the
mark above it. Some programs count a line break as two characters, or a letter beyond the first 65,536 of
Unicode as two: the way of counting under which the segments meet the notes is the one that was meant.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

from dialogkort.domain.event_ids import Id
from dialogkort.exchange.refi_qda.names import CARD_LINE, guid, marks, note_mark, session_ids, with_line_feeds
from dialogkort.exchange.refi_qda.package import QdaSegment, QdaSource
from dialogkort.exchange.refi_qda.session_texts import SessionNotes, note_text, session_text

_LETTER = re.compile("\r\n|.", re.DOTALL)


@dataclass(frozen=True)
class Placed:
    """A segment and the notes it is about; `partly` when it holds some of a note only."""

    segment: QdaSegment
    notes: tuple[Id, ...]
    partly: bool


def session_of(source: QdaSource, sessions: Iterable[Id]) -> Id | None:
    """The session whose text a source is; None when it is none of ours."""
    by_guid = {guid(id): id for id in sessions}
    if source.guid in by_guid:
        return by_guid[source.guid]
    known = set(by_guid.values())
    return next((id for id in session_ids(source.text or "") if id in known), None)


def placed_segments(source: QdaSource, session: SessionNotes) -> Iterator[Placed]:
    """Every segment of a source, with the notes it is about."""
    by_guid = {guid(note.id): note.id for note in session.notes}
    words, segments = _as_counted(source, session)
    spans = _note_spans(words, session)
    starts = [start for start, _, _ in spans]
    for segment in segments:
        if segment.guid in by_guid:
            yield Placed(segment, (by_guid[segment.guid],), partly=False)
            continue
        yield _placed(segment, words, spans, starts)


def _placed(segment: QdaSegment, words: str, spans: list[tuple[int, int, Id]], starts: list[int]) -> Placed:
    met, partly = [], False
    first = max(0, bisect_right(starts, segment.start) - 1)
    for start, end, note in spans[first:]:
        if start >= segment.end:
            break
        shared = words[max(start, segment.start) : min(end, segment.end)].strip()
        if shared:
            met.append(note)
            partly = partly or len(shared) < len(words[start:end].strip())
    return Placed(segment, tuple(met), partly)


# --- where the notes stand --------------------------------------------------------------------------------


def _note_spans(words: str, session: SessionNotes) -> list[tuple[int, int, Id]]:
    """Where each note begins and ends in a text; those that are not in it are left out."""
    written, spans = session_text(session)
    if words == written:
        return sorted((start, end, note) for note, (start, end) in spans.items())
    return list(_marked_spans(words, session))


def _marked_spans(words: str, session: SessionNotes) -> Iterator[tuple[int, int, Id]]:
    """By the marks: the text is of another day, or another program has changed it."""
    counts = Counter(note_mark(note.id) for note in session.notes)
    notes = {note_mark(note.id): note for note in session.notes}
    marked = marks(words)
    ends = [begin for _, begin, _ in marked[1:]] + [len(words)]
    passed = 0
    for (mark, _, start), end in zip(marked, ends, strict=True):
        if start < passed or counts[mark] != 1:  # within a note, or of one that is not here
            continue
        note = notes[mark]
        same = words.startswith(expected := note_text(note), start)
        passed = start + len(expected) if same else _end_of_note(words, start, end)
        yield start, passed, note.id


def _end_of_note(words: str, start: int, end: int) -> int:
    """Where a note that reads otherwise now has ended: before the next card's line, and blank lines."""
    card = words.find("\n" + CARD_LINE, start, end)
    return start + len(words[start : card if card >= 0 else end].rstrip("\n"))


# --- how positions are counted ----------------------------------------------------------------------------


def _as_counted(source: QdaSource, session: SessionNotes) -> tuple[str, list[QdaSegment]]:
    """The text, and the segments in code points of it, counted as whoever wrote them has counted."""
    raw = source.text or ""
    words = with_line_feeds(raw)
    spans = {(start, end) for start, end, _ in _note_spans(words, session)}
    ways = [[_counted(segment, starts) for segment in source.segments] for starts in _ways_to_count(raw)]
    return words, max(ways, key=lambda way: sum((one.start, one.end) in spans for one in way))


def _ways_to_count(raw: str) -> Iterator[list[int]]:
    """The position of every letter: in code points, then with wide line breaks, wide letters, both."""
    letters = _LETTER.findall(raw)
    breaks = [len(letter) - 1 for letter in letters]
    wide = [letter > "\uffff" for letter in letters]
    for with_breaks in (False, True)[: 1 + any(breaks)]:
        for with_wide in (False, True)[: 1 + any(wide)]:
            widths = (
                1 + with_breaks * more + with_wide * double for more, double in zip(breaks, wide, strict=True)
            )
            yield list(accumulate(widths, initial=0))


def _counted(segment: QdaSegment, starts: list[int]) -> QdaSegment:
    """A segment told in another way of counting, in code points."""
    start, end = (max(0, bisect_right(starts, place) - 1) for place in (segment.start, segment.end))
    return replace(segment, start=start, end=end if segment.end >= 0 else 0)
