"""Merging: the notes of any number of files, folders and servers in one store, and a report that counts.

The result is the union of all events, less what was erased anywhere. So the order of the sources does not
matter, nor how often a source is given: merge(a, b) = merge(b, a), merge(a, a) = a, and merging in steps
gives the same as merging at once. No source is changed.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from dialogkort.domain.deck import Deck
from dialogkort.domain.erasures import is_covered
from dialogkort.domain.event_ids import Id
from dialogkort.domain.events import Erased, Event, is_newer
from dialogkort.domain.hidden import without_hidden
from dialogkort.errors import StoreError
from dialogkort.exchange.import_report import ImportReport, SourceCounts
from dialogkort.exchange.sources import contents, display_name, neighbouring_copies, source_files
from dialogkort.store import Refusal, Store, open_store

_WOULD_ERASE = Refusal("would_erase")
_BATCH = 5_000  # events that are imported in one transaction
_MANY = 200  # sources that are, however little is in them


def merge(
    sources: Iterable[str | Path],
    into: str | Path | Store | None = None,
    *,
    may_erase: bool = True,
    with_hidden: bool = True,
) -> ImportReport:
    """Bring the notes of many sources together in one place, and count what came in.

    A source that cannot be read is named in the report and does not stop the others; when it is damaged, the
    backups and journals beside it are read too.

    Parameters
    ----------
    sources : str, Path or iterable of them
        Session files (`.sqlite`), folders with one or with many, exports (`.json`, `.zip`), journals
        (`.jsonl`) and servers' addresses.
    into : str, Path or Store, optional
        A folder or an address; `~/Dialogkort` when left out.
    may_erase : bool
        Whether what was erased for good in a source is erased in `into` as well. If not, it is counted as
        refused (`would_erase`): who has handed in a file may have meant something else by it.
    with_hidden : bool
        Whether votes, answers and silent notes that nobody has been shown yet come too. If not, they are left
        where they are, and come with the same source when they have been shown.

    Returns
    -------
    ImportReport
        How many events each source had, and how many were new.

    Raises
    ------
    StoreError
        `into` cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort.resources import SAMPLE
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> report.total.new, report.is_whole
    (911, True)
    >>> again = merge([SAMPLE / "opdigtet-havmose.zip"], into=folder)
    >>> again.total.new, again.total.known
    (0, 911)
    """
    sources = [sources] if isinstance(sources, str | Path) else sources
    destination = into if isinstance(into, Store) else open_store(into)
    try:
        try:
            read = _read_all(source_files(sources))
            if not with_hidden:
                read = map(_without_hidden, read)
            return ImportReport(tuple(_import_all(read, destination, may_erase)))
        finally:
            if destination.has_unfinished_erasures():
                destination.finish_erasing()
    finally:
        if destination is not into:
            destination.close()


def _import_all(
    sources: Iterable[list["_SourceContent"]], destination: Store, may_erase: bool
) -> Iterator[SourceCounts]:
    """The counts of each source. Small ones are imported in batches: each commit costs several disk syncs."""
    pending: list[_SourceContent] = []
    for contents_read in sources:
        pending += contents_read
        if len(pending) >= _MANY or sum(len(content.events) for content in pending) >= _BATCH:
            yield from _import(pending, destination, may_erase)
            pending = []
    yield from _import(pending, destination, may_erase)


def _read_all(sources: Iterable[str | Path]) -> Iterator[list["_SourceContent"]]:
    """What is in each source; where that is not whole, with the copies beside it."""
    for source in sources:
        content = _read_source(source)
        yield [content, *([] if content.is_whole else map(_read_source, neighbouring_copies(source)))]


@dataclass(frozen=True)
class _SourceContent:
    """The events, decks and refusals read from a source."""

    source: str
    events: list[Event]
    decks: list[Deck]
    refused: Counter[Refusal]
    problem: str

    @property
    def is_whole(self) -> bool:
        return not (self.problem or self.refused)


def _read_source(source: str | Path) -> _SourceContent:
    content = _SourceContent(display_name(source), [], [], Counter(), "")
    try:
        for record in contents(source):
            if isinstance(record, Refusal):
                content.refused[record] += 1
            elif isinstance(record, Deck):
                content.decks.append(record)
            else:
                content.events.append(record)
    except StoreError as fault:
        content = replace(content, problem=str(fault))
    # Erasures first, so that nothing is taken in only to be removed again, and counted as new.
    content.events.sort(key=lambda event: not isinstance(event, Erased))
    return content


def _without_hidden(sources: list[_SourceContent]) -> list[_SourceContent]:
    """A source, and the copies beside it, without what nobody has been shown."""
    remaining = {event.id for event in without_hidden(event for one in sources for event in one.events)}
    return [replace(one, events=[event for event in one.events if event.id in remaining]) for one in sources]


def _without_erasures(sources: list[_SourceContent], destination: Store) -> list[_SourceContent]:
    """The sources without what would erase something that is in the destination, or comes beside it."""
    in_sources = {
        event.session for source in sources for event in source.events if not isinstance(event, Erased)
    }

    @cache
    def here(session: Id) -> list[Event]:
        return destination.events(session)[0]

    def would_erase(event: Event) -> bool:
        if not isinstance(event, Erased):
            return False
        covered = {(event.session, event.note)}
        is_in_sources = event.note is None and event.session in in_sources
        return is_in_sources or any(is_covered(known, covered) for known in here(event.session))

    def remaining(source: _SourceContent) -> _SourceContent:
        events = [event for event in source.events if not would_erase(event)]
        withheld = Counter({_WOULD_ERASE: len(source.events) - len(events)})
        return replace(source, events=events, refused=source.refused + withheld)

    return list(map(remaining, sources))


def _import(sources: list[_SourceContent], destination: Store, may_erase: bool) -> Iterator[SourceCounts]:
    if not may_erase:
        sources = _without_erasures(sources, destination)
    totals: list[Counter[str]] = [Counter() for _ in sources]
    parts = [
        (index, source.events[start : start + _BATCH])
        for index, source in enumerate(sources)
        for start in range(0, len(source.events), _BATCH)
    ]
    decks = [deck for source in sources for deck in source.decks]
    for batch in _in_batches(parts):
        for (index, _), counts in zip(
            batch, destination.import_batches([part for _, part in batch], decks), strict=True
        ):
            totals[index].update(vars(counts))
        decks = []
    if decks:
        destination.import_batches([], decks)
    for source, numbers in zip(sources, totals, strict=True):
        yield _counts_of(source, numbers)


def _in_batches(parts: list[tuple[int, list[Event]]]) -> Iterator[list[tuple[int, list[Event]]]]:
    """Batches of parts for one transaction, of a few thousand events together."""
    batch: list[tuple[int, list[Event]]] = []
    for part in parts:
        batch.append(part)
        if sum(len(events) for _, events in batch) >= _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _counts_of(source: _SourceContent, numbers: Mapping[str, int]) -> SourceCounts:
    refusals = source.refused.items()
    return SourceCounts(
        source.source,
        **numbers,
        newer=sum(map(is_newer, source.events)),
        refused=Counter({refusal.why: count for refusal, count in refusals if refusal.of == "event"}),
        refused_decks=sum(count for refusal, count in refusals if refusal.of == "deck"),
        problem=source.problem,
        sessions=frozenset(event.session for event in source.events),
    )
