"""Putting notes together: any number of files, folders and servers into one place, and a sheet that counts.

The result is the union of all events, less what was erased anywhere. So the order of the sources does not
matter, nor how often one is met: merge(a, b) = merge(b, a), merge(a, a) = a, and merging in steps gives the
same as merging at once. No source is changed.
"""

from __future__ import annotations

import html
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dialogkort.domain.deck import Deck
from dialogkort.domain.events import Erased, Event, is_newer
from dialogkort.errors import StoreError
from dialogkort.exchange.sources import contents, copies_beside, each, shown
from dialogkort.i18n import text
from dialogkort.store import Refusal, Store, is_address, open_store

if TYPE_CHECKING:
    import pandas as pd

_BATCH = 5_000  # events that are kept in one go
_MANY = 200  # sources that are, however little is in them
_WIDTH = 79  # characters in a line of a terminal
_FEW = 12  # sources that are told one by one, whatever was in them
_NUMBERS = ("met", "new", "known", "erased", "refused")


@dataclass(frozen=True)
class SourceCounts:
    """What one source held, event by event: `met` is the sum of `new`, `known`, `erased` and all `refused`.

    new: were not here before. known: were here already. erased: belong to what was erased for good, here or
    there. refused: how many, by reason (changed, not_whole, unreadable). differing: so many of the new ones
    read otherwise than one that was here under the same id; all are kept. newer: so many of those met are (in
    part) known to a newer version only; they are kept as they are. refused_decks: decks that could not be
    read. `problem` says why a source could not be read (to its end).
    """

    source: str
    new: int = 0
    known: int = 0
    erased: int = 0
    differing: int = 0
    newer: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    refused_decks: int = 0
    problem: str = ""

    @property
    def met(self) -> int:
        return self.new + self.known + self.erased + sum(self.refused.values())

    @property
    def is_whole(self) -> bool:
        """True when everything in it could be read."""
        return not (self.problem or self.refused or self.refused_decks)


@dataclass(frozen=True)
class ImportReport:
    """What came in from each source, in the order they were read.

    As text: a table in the user's language that fits a terminal. Of many sources it tells one by one those
    that could not be read in full; `as_text(every=True)` tells all, `table()` gives them as a DataFrame.
    """

    sources: tuple[SourceCounts, ...]

    @property
    def total(self) -> SourceCounts:
        """All sources together."""
        return _together(text("merge.total"), self.sources)

    @property
    def is_whole(self) -> bool:
        """True when everything in every source could be read."""
        return all(source.is_whole for source in self.sources)

    def table(self) -> pd.DataFrame:
        """A row per source, with numbers of events as in `SourceCounts`.

        source, met, new, known, erased, refused (all reasons together), differing, refused_decks, problem,
        newer.
        """
        import pandas as pd

        rows = [
            {name: getattr(one, name) for name in _COLUMNS} | {"refused": sum(one.refused.values())}
            for one in self.sources
        ]
        return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)

    def as_text(self, every: bool = False) -> str:
        """The table for a terminal; with `every`, one line for each source however many there are."""
        heading, lines, remarks = self._told(every)
        return "\n".join([*heading, *_aligned(lines), *remarks])

    def __str__(self) -> str:
        return self.as_text()

    def _repr_html_(self) -> str:
        import pandas as pd

        heading, (head, *rows), remarks = self._told(every=False)
        table = pd.DataFrame(rows, columns=list(head)).to_html(index=False, border=0)
        return "".join([*map(_paragraph, heading), table, *map(_paragraph, remarks)])

    def _told(self, every: bool) -> tuple[list[str], list[tuple[str, ...]], list[str]]:
        """What stands above the table, its lines, and what stands beneath."""
        told, rest = _worth_telling(self.sources, every)
        folder = _common_folder(told)
        lines = [tuple(text(f"merge.columns.{name}") for name in ("source", *_NUMBERS))]
        lines += [_cells(_within(folder, one.source), one) for one in told]
        if rest:
            others = text("merge.others" if told else "merge.whole", count=len(rest))
            lines.append(_cells(others, _together("", rest)))
        lines.append(_cells(self.total.source, self.total))
        heading = [text("merge.folder", path=folder)] if folder else []
        return heading, lines, list(self._remarks(folder))

    def _remarks(self, folder: str) -> Iterator[str]:
        for one in self.sources:
            name = _within(folder, one.source)
            if one.problem:
                yield one.problem
            for why, count in sorted(one.refused.items()):
                yield f"{name}: {text(f'merge.refused.{why}', count=count)}"
            if one.refused_decks:
                yield f"{name}: {text('merge.refused_decks', count=one.refused_decks)}"
        if self.total.differing:
            yield text("merge.differing", count=self.total.differing)
        if self.total.newer:
            yield text("merge.newer", count=self.total.newer)


def merge(sources: Iterable[str | Path], into: str | Path | Store | None = None) -> ImportReport:
    """Bring the notes of many sources together in one place, and count what came in.

    A source is a session file (`.sqlite`), a folder with one or with many, an export (`.json`), a journal
    (`.jsonl`), or a server's address. `into` is a folder or an address (`~/Dialogkort` when left out).
    A source that cannot be read is told on the sheet and does not stop the others; when it is damaged, the
    backups and journals beside it are read too. `StoreError` is raised only when `into` cannot be written.
    """
    sources = [sources] if isinstance(sources, str | Path) else sources
    goal = into if isinstance(into, Store) else open_store(into)
    try:
        try:
            return ImportReport(tuple(_take_in_all(each(sources), goal)))
        finally:
            if goal.has_erased_of_late():
                goal.finish_erasing()
    finally:
        if goal is not into:
            goal.close()


def _take_in_all(sources: Iterable[str | Path], goal: Store) -> Iterator[SourceCounts]:
    """What each source held. Small ones are kept many at a time: each time costs the disk several syncs."""
    waiting: list[_Met] = []
    for source in sources:
        waiting.append(_meet(source))
        if not waiting[-1].is_whole:
            waiting += map(_meet, copies_beside(source))
        if len(waiting) >= _MANY or sum(len(met.events) for met in waiting) >= _BATCH:
            yield from _keep(waiting, goal)
            waiting = []
    yield from _keep(waiting, goal)


@dataclass(frozen=True)
class _Met:
    """What was read from a source."""

    source: str
    events: list[Event]
    decks: list[Deck]
    refused: Counter[Refusal]
    problem: str

    @property
    def is_whole(self) -> bool:
        return not (self.problem or self.refused)


def _meet(source: str | Path) -> _Met:
    met = _Met(shown(source), [], [], Counter(), "")
    try:
        for one in contents(source):
            if isinstance(one, Refusal):
                met.refused[one] += 1
            else:
                (met.decks if isinstance(one, Deck) else met.events).append(one)
    except StoreError as fault:
        met = replace(met, problem=str(fault))
    # Erasures first, so that nothing is taken in only to be removed again, and counted as new.
    met.events.sort(key=lambda event: not isinstance(event, Erased))
    return met


def _keep(many: list[_Met], goal: Store) -> Iterator[SourceCounts]:
    came: list[Counter[str]] = [Counter() for _ in many]
    parts = [
        (place, met.events[start : start + _BATCH])
        for place, met in enumerate(many)
        for start in range(0, len(met.events), _BATCH)
    ]
    decks = [deck for met in many for deck in met.decks]
    for some in _in_batches(parts):
        for (place, _), absorbed in zip(
            some, goal.import_each([part for _, part in some], decks), strict=True
        ):
            came[place].update(vars(absorbed))
        decks = []
    if decks:
        goal.import_each([], decks)
    for met, numbers in zip(many, came, strict=True):
        yield _counted(met, numbers)


def _in_batches(parts: list[tuple[int, list[Event]]]) -> Iterator[list[tuple[int, list[Event]]]]:
    """Parts to be kept in one go: so many that they hold a few thousand events together."""
    some: list[tuple[int, list[Event]]] = []
    for part in parts:
        some.append(part)
        if sum(len(events) for _, events in some) >= _BATCH:
            yield some
            some = []
    if some:
        yield some


def _counted(met: _Met, numbers: Mapping[str, int]) -> SourceCounts:
    return SourceCounts(
        met.source,
        **numbers,
        newer=sum(map(is_newer, met.events)),
        refused=Counter({one.why: count for one, count in met.refused.items() if one.of == "event"}),
        refused_decks=sum(count for one, count in met.refused.items() if one.of == "deck"),
        problem=met.problem,
    )


# --- the sheet --------------------------------------------------------------------------------------------

_COLUMNS = {
    "source": "string",
    **dict.fromkeys((*_NUMBERS, "differing", "refused_decks"), "int64"),
    "problem": "string",
    "newer": "int64",
}


def _together(name: str, sources: Iterable[SourceCounts]) -> SourceCounts:
    sources = list(sources)
    refused: Counter[str] = Counter()
    for one in sources:
        refused.update(one.refused)
    names = ("new", "known", "erased", "differing", "newer", "refused_decks")
    return SourceCounts(
        name, refused=refused, **{name: sum(getattr(one, name) for one in sources) for name in names}
    )


def _worth_telling(
    sources: tuple[SourceCounts, ...], every: bool
) -> tuple[list[SourceCounts], list[SourceCounts]]:
    """The sources to tell one by one, and the rest."""
    if every or len(sources) <= _FEW:
        return list(sources), []
    return [one for one in sources if not one.is_whole], [one for one in sources if one.is_whole]


def _common_folder(sources: list[SourceCounts]) -> str:
    """The folder that all files lie in; nothing when there is none, or only one file."""
    files = [one.source for one in sources if not is_address(one.source)]
    try:
        return os.path.commonpath(map(os.path.dirname, files)) if len(files) > 1 else ""
    except ValueError:
        return ""  # on Windows: on different disks


def _within(folder: str, source: str) -> str:
    return os.path.relpath(source, folder) if folder and not is_address(source) else source


def _cells(name: str, counted: SourceCounts) -> tuple[str, ...]:
    numbers = (counted.met, counted.new, counted.known, counted.erased, sum(counted.refused.values()))
    return (name, *map(str, numbers))


def _paragraph(words: str) -> str:
    return f"<p>{html.escape(words)}</p>"


def _aligned(lines: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(line[place]) for line in lines) for place in range(1, len(lines[0]))]
    room = max(20, _WIDTH - sum(width + 2 for width in widths))
    room = min(room, max(len(line[0]) for line in lines))
    for name, *numbers in lines:
        name = name if len(name) <= room else "…" + name[1 - room :]
        yield name.ljust(room) + "".join(
            "  " + number.rjust(width) for number, width in zip(numbers, widths, strict=True)
        )
