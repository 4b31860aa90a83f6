"""PDF documents by typst: archivable (PDF/A-2a) and accessible (PDF/UA-1) at once, fonts embedded, offline.

What a document says travels as data beside the template and is never read as markup. A character that no font
has is shown as a box and can still be searched and copied.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_HERE = Path(__file__).parent
_STANDARDS = ["ua-1", "a-2a"]
_FORBIDDEN = {"Cc", "Cn", "Co", "Cs"}  # Unicode's categories; no PDF/A may hold them
_MARKS = re.compile("[\u2028\u2029\x85\x0b\x0c]")


def pdf(template: str, content: Mapping, *, created_at: datetime | None = None) -> bytes:
    """The PDF that a template of this folder makes of some content (of what JSON can hold).

    The same content gives the same bytes, but for `created_at` (UTC; now when left out).
    """
    return _compiler(template, content).compile(
        format="pdf",
        pdf_standards=_STANDARDS,
        timestamp=(created_at or datetime.now(UTC)).replace(microsecond=0),
    )


def measured(template: str, content: Mapping, label: str) -> list:
    """What a template tells of the content under a label, without a page being written."""
    return [entry["value"] for entry in json.loads(_compiler(template, content).query(f"<{label}>"))]


def printable(content: str) -> str:
    """A text as a PDF for the archive can hold it: control and private characters show as �.

    Examples
    --------
    >>> printable("to\\r\\nlinjer\\x07")
    'to\\nlinjer�'
    """
    lines = _MARKS.sub("\n", unicodedata.normalize("NFC", content).replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(_shown(letter) for letter in lines)


def _shown(letter: str) -> str:
    if letter in "\n\t":
        return letter if letter == "\n" else " "
    if letter == "\ufeff":
        return ""
    return "\ufffd" if unicodedata.category(letter) in _FORBIDDEN else letter


def _all_printable(value: object) -> object:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {key: _all_printable(inner) for key, inner in value.items()}
    return [_all_printable(inner) for inner in value] if isinstance(value, list | tuple) else value


def _compiler(template: str, content: Mapping):
    from typst import Compiler  # a large library, for those alone who want a document

    return Compiler(
        _HERE / template,
        root=_HERE,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(_all_printable(content), ensure_ascii=False)},
    )


@cache
def _fonts():
    """Source Sans Pro, which comes along; what it lacks from the fonts that matplotlib has with it.

    The machine's own fonts are left alone, so that every machine makes the same document.
    """
    from typst import Fonts

    spec = find_spec("matplotlib")  # found, not loaded
    packages = (spec and spec.submodule_search_locations) or []
    of_charts = [str(Path(package, "mpl-data", "fonts", "ttf")) for package in packages]
    folders = [str(_HERE / "fonts"), *of_charts]
    return Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
