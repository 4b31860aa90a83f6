"""Bundler of the frontend: ES modules become one script and one style sheet per screen, without a build step.

A screen's entry module stands in `frontend/<screen>.js`. `bundle` puts it together with all that it imports;
`stylesheet` puts together the style sheets that stand beside those modules; `assets` is what a server serves.
"""

import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path, PurePosixPath

from dialogkort import theme
from dialogkort.ui.screens import ENTRIES
from dialogkort.ui.vocabulary import vocabulary

FRONTEND = Path(__file__).parent / "frontend"

_BASE = "core/base.css"
_FONT = "fonts/figtree.woff2"
_ICON = "icon.svg"
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
}

_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";\n', re.M)
_EXPORT = re.compile(r"^export (?=(?:async )?function\*? (\w+)|const (\w+)|class (\w+))", re.M)
_EXPORT_NOTHING = re.compile(r"^export \{\};\n", re.M)
_UNKNOWN_IMPORT = re.compile(r"^import\b.*|\bimport\(", re.M)
_UNKNOWN_EXPORT = re.compile(r"^export\b.*", re.M)
_VOCABULARY = 'globalThis["dialogkortVocabulary"]'  # in core/vocabulary.js
_DOC = r"/\*\*(?:(?!\*/).)*\*/"
_COMMENT = re.compile(rf"^ *//[^\n]*\n|^ *{_DOC}\n|{_DOC} ?", re.M | re.S)


class BundleError(Exception):
    """A module that cannot be put together with the others; the message says which, and why."""


@cache
def bundle(entry: str) -> str:
    """One self-contained ES module: `entry` (such as `workshop.js`) with all that it imports.

    Each module is a function that is called once and gives what it exports; a module comes after those it
    imports. Comments are left out.

    Raises
    ------
    BundleError
        When modules import each other in a circle, or in a form that is not known here.
    """
    *parts, last = module_graph(entry)
    wrapped = [_as_function(module) for module in parts]
    return "\n".join([*wrapped, _as_entry(last)])


@cache
def module_graph(entry: str) -> tuple[str, ...]:
    """The modules that `entry` needs, itself included, each after those it imports."""
    ordered: dict[str, None] = {}
    _visit(entry, ordered, ())
    return tuple(ordered)


@cache
def stylesheet(screen: str, inline_font: bool) -> str:
    """A screen's style sheet: the base, and what stands beside the modules of that screen.

    With `inline_font` the font is part of it (in a notebook there is no other way); else it is a file.
    """
    modules = (
        PurePosixPath(module).with_suffix(".css").as_posix() for module in module_graph(f"{screen}.js")
    )
    sheets = [_BASE, *(sheet for sheet in modules if (FRONTEND / sheet).is_file())]
    return "\n".join([_font_face(inline_font), theme.stylesheet(), *map(_read, sheets)])


@cache
def version() -> str:
    """A fingerprint of the frontend: another one when any of its files has changed."""
    digest = hashlib.sha256((_vocabulary() + theme.stylesheet()).encode("utf-8"))
    for path in sorted(path for path in FRONTEND.rglob("*") if path.suffix in _TYPES):
        digest.update(
            path.relative_to(FRONTEND).as_posix().encode("utf-8") + b"\0" + path.read_bytes() + b"\0"
        )
    return digest.hexdigest()[:16]


@cache
def assets() -> dict[str, tuple[bytes, str]]:
    """What a page loads, by its name below `assets/<version>/`: the bytes and the media type."""
    scripts = {f"{screen}.js": bundle(f"{screen}.js") for screen in ENTRIES}
    sheets = {f"{screen}.css": stylesheet(screen, inline_font=False) for screen in ENTRIES}
    texts = {name: text.encode("utf-8") for name, text in (scripts | sheets).items()}
    files = texts | {name: (FRONTEND / name).read_bytes() for name in (_FONT, _ICON)}
    return {name: (content, _TYPES[PurePosixPath(name).suffix]) for name, content in files.items()}


def _visit(module: str, ordered: dict[str, None], above: tuple[str, ...]) -> None:
    if module in above:
        raise BundleError(f"modules import each other: {' → '.join((*above, module))}")
    if module in ordered:
        return
    for _, address in _IMPORT.findall(module_source(module)):
        _visit(_resolve(module, address), ordered, (*above, module))
    ordered[module] = None


def _resolve(module: str, address: str) -> str:
    """The module that another one imports by an address relative to itself."""
    if not address.startswith(("./", "../")):
        raise BundleError(f"{module}: {address!r} is not in the frontend")
    path = (FRONTEND / module).parent.joinpath(address).resolve()
    if not path.is_relative_to(FRONTEND.resolve()) or not path.is_file():
        raise BundleError(f"{module}: there is no {address!r}")
    return path.relative_to(FRONTEND.resolve()).as_posix()


def _as_function(module: str) -> str:
    body, names = _body(module)
    return f"const {_variable(module)} = (() => {{\n{body}\nreturn {{ {', '.join(names)} }};\n}})();"


def _as_entry(module: str) -> str:
    """The entry stands at the end as it is: what it exports is what the whole exports."""
    return _with_known_imports(module)


def _body(module: str) -> tuple[str, list[str]]:
    """A module without `import` and `export`, and the names it exports."""
    source = _EXPORT_NOTHING.sub("", _with_known_imports(module))
    names = [next(filter(None, groups)) for groups in _EXPORT.findall(source)]
    body = _EXPORT.sub("", source)
    if unknown := _UNKNOWN_EXPORT.search(body):
        raise BundleError(f"{module}: {unknown[0]!r} cannot be put together here")
    return body, names


def _with_known_imports(module: str) -> str:
    def destructured(match: re.Match) -> str:
        names = match[1].replace(" as ", ": ")
        return f"const {{{names}}} = {_variable(_resolve(module, match[2]))};\n"

    source = _IMPORT.sub(destructured, module_source(module))
    if unknown := _UNKNOWN_IMPORT.search(source):
        raise BundleError(f"{module}: {unknown[0]!r} cannot be put together here")
    return source


@cache
def module_source(module: str) -> str:
    """A module's source without comments, and with what the page knows of the rules written in."""
    return _COMMENT.sub("", _read(module)).strip().replace(_VOCABULARY, _vocabulary()) + "\n"


def _vocabulary() -> str:
    return json.dumps(vocabulary(), ensure_ascii=False)


def _variable(module: str) -> str:
    return "m_" + re.sub(r"\W", "_", module.removesuffix(".js"))


def _font_face(inline: bool) -> str:
    address = _FONT
    if inline:
        content = base64.b64encode((FRONTEND / _FONT).read_bytes()).decode("ascii")
        address = f"data:font/woff2;base64,{content}"
    return (
        "@font-face{font-family:'Dialogkort Figtree';font-weight:300 900;font-display:swap;"
        f"src:url({address}) format('woff2')}}"
    )


def _read(name: str) -> str:
    return (FRONTEND / name).read_text(encoding="utf-8")
