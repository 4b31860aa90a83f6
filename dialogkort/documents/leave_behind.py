"""The leave-behind: a document of each group, or of a workshop, as PDF, Word and web page.

It can be made at any moment and ends nothing. What may identify somebody is listed first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dialogkort.documents.blocks import Document
from dialogkort.documents.formats import as_pdf, as_web_page, as_word
from dialogkort.documents.report import report
from dialogkort.domain.event_ids import Id
from dialogkort.errors import InvalidAction
from dialogkort.exchange.erase import find_sessions
from dialogkort.exports.export import listed_names_of, write
from dialogkort.frames.sessions import Frames, read
from dialogkort.i18n import text
from dialogkort.privacy.detection import scan_notes
from dialogkort.store import Store, default_location, reading

if TYPE_CHECKING:
    import pandas as pd

FORMATS: Mapping[str, Callable[[Document], bytes]] = {"pdf": as_pdf, "docx": as_word, "html": as_web_page}


class Prepared(NamedTuple):
    """Documents that are ready to be made, and the places in them that may identify somebody.

    `places` is as `privacy.scan_notes` gives it; nothing found is no promise.

    Examples
    --------
    >>> import pandas as pd
    >>> from dialogkort.documents.blocks import Paragraph
    >>> document = Document("Data", "data", (Paragraph("Vi talte om data."),))
    >>> ready = Prepared((document, document), pd.DataFrame())
    >>> list(ready.files(["html"]))
    ['data.html', 'data (2).html']
    """

    documents: tuple[Document, ...]
    places: pd.DataFrame

    def files(self, formats: Iterable[str] = tuple(FORMATS)) -> dict[str, bytes]:
        """The documents by file name, in each of the formats.

        Parameters
        ----------
        formats : iterable of str
            Some of "pdf", "docx" and "html".

        Returns
        -------
        dict of str to bytes
            Contents by file name.
        """
        formats = list(formats)
        return {
            f"{name}.{ending}": FORMATS[ending](document)
            for name, document in _by_name(self.documents)
            for ending in formats
        }


def prepared(
    where: str | Path | None = None, *, session: str | None = None, workshop: str | None = None
) -> Prepared:
    """The documents of one session, of a workshop's groups together, or of every group for itself.

    Parameters
    ----------
    where : str or Path, optional
        A folder, a file or a server's address; `~/Dialogkort` when left out.
    session : str, optional
        The id of the one session wanted.
    workshop : str, optional
        The name of a workshop: one document for all its groups.

    Returns
    -------
    Prepared
        Look at `places` before the files are made.

    Raises
    ------
    StoreError
        Nothing is kept there.
    InvalidAction
        There is no such session or workshop.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import merge
    >>> from dialogkort.resources import SAMPLE
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> prepared(folder, workshop="Havmose, Plejecenter, forår 2026 (opdigtet)").documents[0].title
    'Havmose, Plejecenter, forår 2026 (opdigtet)'
    """
    location = where if where is not None else default_location()
    with reading(location) as store:
        together = _chosen(store, session, workshop)
        frames = [read(store, sessions) for sessions in together]
        documents = tuple(report(some, attribution_of(store, some)) for some in frames)
    names = listed_names_of(location)
    return Prepared(documents, _places(frames, names))


def leave_behind(
    into: str | Path,
    where: str | Path | None = None,
    *,
    session: str | None = None,
    workshop: str | None = None,
    formats: Iterable[str] = tuple(FORMATS),
) -> list[Path]:
    """Write what groups take along into a folder: see `prepared`.

    Look through what it says before sharing it:
    `prepared(…).places` lists what may identify somebody.

    Parameters
    ----------
    into : str or Path
        The folder, which is made if need be. Files of the same names are replaced.
    where : str or Path, optional
        A folder, a file or a server's address; `~/Dialogkort` when left out.
    session : str, optional
        The id of the one session wanted.
    workshop : str, optional
        The name of a workshop: one document for all its groups.
    formats : iterable of str
        Some of "pdf", "docx" and "html".

    Returns
    -------
    list of Path
        The files; of every group when neither session nor workshop is given.

    Raises
    ------
    StoreError
        Nothing is kept there, or the folder cannot be written in.
    InvalidAction
        There is no such session or workshop.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import merge
    >>> from dialogkort.resources import SAMPLE
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> spring = "Havmose, Plejecenter, forår 2026 (opdigtet)"
    >>> files = leave_behind(tempfile.mkdtemp(), folder, workshop=spring, formats=["html"])
    >>> [path.suffix for path in files]
    ['.html']
    """
    return write(into, prepared(where, session=session, workshop=workshop).files(formats))


def _chosen(store: Store, session: str | None, workshop: str | None) -> list[list[Id]]:
    """The ids of the sessions of each document."""
    if session is None and workshop is None:
        chosen = [[id] for id in sorted(store.sessions())]  # the oldest first
    else:
        chosen = [find_sessions(store, session=session, workshop=workshop)]
    if not any(chosen):
        raise InvalidAction(text("documents.report.no_session"))
    return chosen


def attribution_of(store: Store, frames: Frames) -> str:
    """Whose text the cards of some sessions are, as it stands at the foot of their document.

    Parameters
    ----------
    store : Store
        As `store.open_store` opens it.
    frames : Frames
        The sessions.

    Returns
    -------
    str
        Each source once.

    Examples
    --------
    >>> import tempfile
    >>> from contextlib import closing
    >>> from dialogkort import merge
    >>> from dialogkort.resources import SAMPLE
    >>> from dialogkort.store import open_store
    >>> folder = tempfile.mkdtemp()
    >>> imported = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> with closing(open_store(folder)) as store:
    ...     attribution_of(store, read(store))
    'Kortenes tekst: KL / Digitalt kompetente kommuner'
    """
    attributions = {deck.fingerprint: deck.attribution for deck in store.decks([])}
    sources = (attributions.get(fingerprint, "") for fingerprint in frames.sessions["deck_fingerprint"])
    return " · ".join(dict.fromkeys(filter(None, sources)))


def _places(frames: Iterable[Frames], names: Iterable[str]) -> pd.DataFrame:
    import pandas as pd

    return pd.concat([scan_notes(some.notes, names) for some in frames], ignore_index=True)


def _by_name(documents: Iterable[Document]) -> Iterable[tuple[str, Document]]:
    """Each document with a name of its own: a second of the same name gets a number."""
    seen: dict[str, int] = {}
    for document in documents:
        key = document.name.casefold()
        seen[key] = seen.get(key, 0) + 1
        yield document.name if seen[key] == 1 else f"{document.name} ({seen[key]})", document
