"""Charts as files (SVG, PNG, PDF): the same bytes for the same figure, no date, its words in the metadata."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from dialogkort.i18n import text

STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 14,
    "hatch.linewidth": 1.6,
    # Letters as outlines: a page lends a picture in an <img> no fonts, and so every machine draws the same.
    "svg.fonttype": "path",
    "svg.hashsalt": "dialogkort",
    # Letters as a font inside the file: they can be searched and copied, and every reader shows the same.
    "pdf.fonttype": 42,
}
_DPI = 150
_HEADING = ("about", "headline", "for_my_eyes")  # of `layout.new_page` and `protection`
_SENTENCES = re.compile(r"(?<=[.?!]) (?=[A-Z\u00c0-\u00de])")


def as_svg(figure: Figure, *, heading: bool = True) -> str:
    """The figure as an SVG document, titled with what it says in words.

    Parameters
    ----------
    figure : Figure
        One of the charts, or any figure whose label says in words what it shows.
    heading : bool
        Whether its heading is drawn; without it, for a page that says the same in words of its own, the
        picture is cut to what is left.

    Returns
    -------
    str
        The document; the same figure gives the same.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> figure = Figure(figsize=(2, 1), label="En tom figur.")
    >>> "<title>En tom figur.</title>" in as_svg(figure)
    True
    """
    with _with_heading(figure, heading) as bounds:
        return _written(figure, "svg", bounds=bounds).decode("utf-8")


def as_png(figure: Figure, dpi: int = _DPI, *, heading: bool = True) -> bytes:
    """The figure as a PNG picture: 1920 pixels wide unless another `dpi` is wanted.

    Parameters
    ----------
    figure : Figure
        One of the charts, or any figure whose label says in words what it shows.
    dpi : int
        Pixels per inch.
    heading : bool
        Whether its heading is drawn, see `as_svg`.

    Returns
    -------
    bytes
        The picture; the same figure gives the same bytes.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> figure = Figure(figsize=(2, 1), label="En tom figur.")
    >>> as_png(figure)[1:4]
    b'PNG'
    """
    with _with_heading(figure, heading) as bounds:
        return _written(figure, "png", dpi, bounds)


def save(figure: Figure, path: str | Path) -> Path:
    """Write the figure to a file by its ending (.png, .svg or .pdf) and return its path.

    Folders that are not there are made. What the figure says in words goes with it as the file's title. The
    same figure gives the same bytes.

    Parameters
    ----------
    figure : Figure
        One of the charts, or any figure whose label says in words what it shows.
    path : str or Path
        Where, ending in .png, .svg or .pdf.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ValueError
        Another ending.
    OSError
        The file cannot be written; the message is for the user.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> figure = Figure(figsize=(2, 1), label="En tom figur.")
    >>> import tempfile
    >>> save(figure, f"{tempfile.mkdtemp()}/figur.pdf").name
    'figur.pdf'
    """
    path = Path(path)
    kind = path.suffix.lower().removeprefix(".")
    if kind not in ("png", "svg", "pdf"):
        raise ValueError(text("charts.unknown_ending", file=path.name))
    content = _written(figure, kind)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as wrong:
        raise OSError(text("charts.not_saved", file=path, why=wrong.strerror or wrong)) from wrong
    return path


@contextmanager
def _with_heading(figure: Figure, heading: bool) -> Iterator[str | None]:
    """How `savefig` is to bound the picture, while what stands above the chart is hidden or shown."""
    hidden = [] if heading else [words for words in figure.texts if words.get_gid() in _HEADING]
    for words in hidden:
        words.set_visible(False)
    try:
        yield None if heading else "tight"
    finally:
        for words in hidden:
            words.set_visible(True)


def _written(figure: Figure, kind: str, dpi: int = _DPI, bounds: str | None = None) -> bytes:
    alt = _in_words(figure)
    title = _SENTENCES.split(alt)[0]
    metadata = {
        "png": {"Software": None, "Title": title, "Description": alt},
        "svg": {"Title": alt, "Date": None, "Creator": None},
        "pdf": {"Title": title, "Subject": alt, "Creator": None, "Producer": None},
    }[kind]
    if kind == "pdf":
        metadata["CreationDate"] = None
    out = io.BytesIO()
    with matplotlib.rc_context(STYLE):
        figure.savefig(out, format=kind, dpi=dpi, metadata=metadata, bbox_inches=bounds)
    return out.getvalue()


def _in_words(figure: Figure) -> str:
    """What the figure says in words: its label, or the labels of the charts in its subfigures."""
    return figure.get_label() or " ".join(filter(None, map(_in_words, figure.subfigs)))
