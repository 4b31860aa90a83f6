"""The report of an import: how many events came in from each source, as text, as HTML and as a DataFrame."""

from __future__ import annotations

import html
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dialogkort.domain.event_ids import Id
from dialogkort.i18n import text
from dialogkort.store import is_address

if TYPE_CHECKING:
    import pandas as pd

_WIDTH = 79  # characters in a line of a terminal
_FEW = 12  # sources that have a line each, whatever was in them
_NUMBERS = ("met", "new", "known", "erased", "refused")
_COLUMNS = {
    "source": "string",
    **dict.fromkeys((*_NUMBERS, "differing", "refused_decks"), "int64"),
    "problem": "string",
    "newer": "int64",
}


@dataclass(frozen=True)
class SourceCounts:
    """Counts of the events of one source: `met` is the sum of `new`, `known`, `erased` and all `refused`.

    new: were not here before. known: were here already. erased: belong to what was erased for good, here or
    there. refused: how many, by reason (changed, not_whole, unreadable). differing: so many of the new ones
    read otherwise than one that was here under the same id; all are kept. newer: so many of those met are (in
    part) known to a newer version only; they are kept as they are. refused_decks: decks that could not be
    read. `problem` says why a source could not be read (to its end). `sessions` are those it has events of.
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
    sessions: frozenset[Id] = frozenset()

    @property
    def met(self) -> int:
        return self.new + self.known + self.erased + sum(self.refused.values())

    @property
    def is_whole(self) -> bool:
        """True when everything in it could be read."""
        return not (self.problem or self.refused or self.refused_decks)


@dataclass(frozen=True)
class ImportReport:
    """Counts of the events imported from each source, in the order they were read.

    As text: a table in the user's language that fits a terminal. Of many sources those have a line each
    that could not be read in full; `as_text(every=True)` lists all, `table()` gives them as a DataFrame.
    """

    sources: tuple[SourceCounts, ...]

    @property
    def total(self) -> SourceCounts:
        """All sources together."""
        return _sum_of(text("merge.total"), self.sources)

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
            {name: getattr(source, name) for name in _COLUMNS} | {"refused": sum(source.refused.values())}
            for source in self.sources
        ]
        return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)

    def as_text(self, every: bool = False) -> str:
        """The table for a terminal; with `every`, one line for each source however many there are."""
        heading, lines, remarks = self._layout(every)
        return "\n".join([*heading, *_aligned(lines), *remarks])

    def __str__(self) -> str:
        return self.as_text()

    def _repr_html_(self) -> str:
        import pandas as pd

        heading, (head, *rows), remarks = self._layout(every=False)
        table = pd.DataFrame(rows, columns=list(head)).to_html(index=False, border=0)
        return "".join([*map(_paragraph, heading), table, *map(_paragraph, remarks)])

    def _layout(self, every: bool) -> tuple[list[str], list[tuple[str, ...]], list[str]]:
        """The heading above the table, its lines, and the remarks beneath."""
        listed, rest = _listed_and_rest(self.sources, every)
        folder = _common_folder(listed)
        lines = [tuple(text(f"merge.columns.{name}") for name in ("source", *_NUMBERS))]
        lines += [_cells(_relative_to(folder, source.source), source) for source in listed]
        if rest:
            others = text("merge.others" if listed else "merge.whole", count=len(rest))
            lines.append(_cells(others, _sum_of("", rest)))
        lines.append(_cells(self.total.source, self.total))
        heading = [text("merge.folder", path=folder)] if folder else []
        return heading, lines, list(self._remarks(folder))

    def _remarks(self, folder: str) -> Iterator[str]:
        for source in self.sources:
            name = _relative_to(folder, source.source)
            if source.problem:
                yield source.problem
            for why, count in sorted(source.refused.items()):
                yield f"{name}: {text(f'merge.refused.{why}', count=count)}"
            if source.refused_decks:
                yield f"{name}: {text('merge.refused_decks', count=source.refused_decks)}"
        if self.total.differing:
            yield text("merge.differing", count=self.total.differing)
        if self.total.newer:
            yield text("merge.newer", count=self.total.newer)


def _sum_of(name: str, sources: Iterable[SourceCounts]) -> SourceCounts:
    sources = list(sources)
    refused: Counter[str] = Counter()
    for source in sources:
        refused.update(source.refused)
    names = ("new", "known", "erased", "differing", "newer", "refused_decks")
    return SourceCounts(
        name, refused=refused, **{name: sum(getattr(source, name) for source in sources) for name in names}
    )


def _listed_and_rest(
    sources: tuple[SourceCounts, ...], every: bool
) -> tuple[list[SourceCounts], list[SourceCounts]]:
    """The sources that have a line each, and the rest."""
    if every or len(sources) <= _FEW:
        return list(sources), []
    rest = [source for source in sources if source.is_whole]
    return [source for source in sources if not source.is_whole], rest


def _common_folder(sources: list[SourceCounts]) -> str:
    """The folder that all files lie in; nothing when there is none, or only one file."""
    files = [source.source for source in sources if not is_address(source.source)]
    try:
        return os.path.commonpath(map(os.path.dirname, files)) if len(files) > 1 else ""
    except ValueError:
        return ""  # on Windows: on different disks


def _relative_to(folder: str, source: str) -> str:
    return os.path.relpath(source, folder) if folder and not is_address(source) else source


def _cells(name: str, counts: SourceCounts) -> tuple[str, ...]:
    numbers = (counts.met, counts.new, counts.known, counts.erased, sum(counts.refused.values()))
    return (name, *map(str, numbers))


def _paragraph(sentence: str) -> str:
    return f"<p>{html.escape(sentence)}</p>"


def _aligned(lines: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(line[column]) for line in lines) for column in range(1, len(lines[0]))]
    name_width = max(20, _WIDTH - sum(width + 2 for width in widths))
    name_width = min(name_width, max(len(line[0]) for line in lines))
    for name, *numbers in lines:
        name = name if len(name) <= name_width else "…" + name[1 - name_width :]
        yield name.ljust(name_width) + "".join(
            "  " + number.rjust(width) for number, width in zip(numbers, widths, strict=True)
        )
