"""Widget of the coding screen for a notebook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dialogkort.ui import bundle
from dialogkort.ui.coding.controller import CodingController
from dialogkort.ui.live_widget import LiveWidget
from dialogkort.ui.roles import Access

if TYPE_CHECKING:
    from dialogkort.frames.sessions import Frames


class Coding(LiveWidget):
    """The page for coding notes: `Coding()` in a cell shows it.

    Parameters
    ----------
    where : str or Path, optional
        The folder or the server's address where notes and codings are kept (`~/Dialogkort` when left out).
    coder : str
        Who codes; the page asks when it is left out.
    frames : Frames, optional
        As `read_all` gives them: the notes to code when it is not all of those kept there.

    Every coder sees their own codings only, until they ask to compare. Nothing is raised in front of a coder:
    what is wrong is said on the screen.

    Examples
    --------
    >>> import tempfile
    >>> page = Coding(tempfile.mkdtemp())
    >>> page.close()
    """

    _esm = bundle.bundle("coding.js")
    _css = bundle.stylesheet("coding", inline_font=True)

    def __init__(self, where: str | Path | None = None, coder: str = "", frames: Frames | None = None):
        corpus = None
        if frames is not None:
            from dialogkort.ui.coding.corpus import corpus_view  # pandas is there already

            corpus = corpus_view(frames)
        super().__init__(where, lambda context: CodingController(context, Access(), coder, corpus), "coding")
