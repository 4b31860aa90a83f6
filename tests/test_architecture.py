"""The architecture: imports between layers, where texts live, what a page may load, what a notebook is."""

import ast
import importlib.util
import json
import re
import string
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

import dialogkort
from dialogkort import i18n, store
from dialogkort.decks.headings import COLUMNS, OTHER_WORDS
from dialogkort.i18n.plural import OTHER
from dialogkort.server.gate import Gate
from dialogkort.server.handlers import KeyPage
from dialogkort.server.serve import facilitator_application
from dialogkort.server.sockets import KeySocket
from dialogkort.ui.live_widget import LiveWidget
from dialogkort.ui.screens import SCREENS

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "dialogkort"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "_shipped" not in path.parts)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
PAGES = sorted(
    path for ending in ("js", "css", "html", "j2", "json") for path in PACKAGE.rglob(f"*.{ending}")
)
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LANGUAGES = i18n.languages()

# What only some layers may load, and those layers. What a screen needs pandas or matplotlib for is a task,
# done in a process of its own.
ONLY_FOR = {
    "pandas": {
        "frames",
        "dataset",
        "analysis",
        "narrative",
        "charts",
        "documents",
        "exports",
        "exchange",
        "privacy",
    },
    "numpy": {"analysis", "charts"},
    "scipy": {"analysis"},
    "sklearn": {"analysis"},
    "simplemma": {"analysis"},
    "snowballstemmer": {"analysis"},
    "duckdb": {"dataset"},
    "ibis": {"dataset"},
    "pyarrow": {"dataset"},
    "tqdm": {"dataset"},
    "stdnum": {"privacy"},
    "phonenumbers": {"privacy"},
    "email_validator": {"privacy"},
    "matplotlib": {"charts"},
    "ipywidgets": {"ui"},
    "anywidget": {"ui"},
    "traitlets": {"server", "ui"},
    "tornado": {"server", "cli"},
    "sqlite3": {"store", "files"},
    "sqlalchemy": {"store"},
    "psycopg": {"store"},
    "psutil": {"worker_process", "store", "server"},
    "segno": {"ui"},
    "python_calamine": {"decks"},
    "docx": {"documents"},
    "typst": {"documents"},
    "xlsxwriter": {"exports"},
}
WITH_THE_STANDARD_LIBRARY_ALONE = {"domain", "errors", "files", "i18n", "theme", "resources", "store"}
# What the store loads only when it is needed: the system's disks, and a server.
ALSO_LOADED = {"locations.py": {"psutil"}, "postgresql.py": {"sqlalchemy", "psycopg"}}

HEADING_WORDS = {name for names in (*COLUMNS.values(), *OTHER_WORDS.values()) for name in names}

# Danish in the code that is no text of the screen: words a deck file may use, letters to sort by.
DANISH_THAT_IS_NO_TEXT = {
    "headings.py": {*HEADING_WORDS, "æ", "ø", "å"},
    "drafts.py": {"skøn"},
    "deck_check.py": {"og", "eller", "til"},
    "sorting.py": {"æ", "ø", "å"},
}
DANISH = re.compile(
    r"[æøåÆØÅ]|\b(og|ikke|kort|kortet|kortene|det|der|til|på|med|eller|vælg|skriv|vend|noten|noter|fortryd|luk)\b",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"^[A-ZÆØÅ]?[a-zæøå]+(?:,? [a-zæøå]+){2,}[.!?…]?$")


def read(path):
    return path.read_text(encoding="utf-8")


@cache
def tree(path):
    """A module as Python reads it, parsed once."""
    return ast.parse(read(path))


def named(paths):
    """For parametrize: a test per file, called by the file's name."""
    return pytest.mark.parametrize("path", paths, ids=lambda path: path.relative_to(ROOT).as_posix())


# --- imports ----------------------------------------------------------------------------------------------


def _run(*command):
    """Whether another Python was content, and what it said. Here, it might change how this one logs."""
    completed = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    return completed.returncode == 0, completed.stdout + completed.stderr


def test_imports_only_point_down():
    content, output = _run(
        "-c", "from importlinter.cli import lint_imports_command as ask; ask(['--no-cache'])"
    )
    assert content, output
    assert "0 broken" in output


def _loaded_by(path):
    """The top-level names of what a module imports, anywhere in it, as `package` or `dialogkort`."""
    for node in _running(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "dialogkort" if node.level else node.module.split(".")[0]


def _running(node):
    """The nodes below a node, but for what only a type checker reads."""
    yield node
    if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
        for below in ast.iter_child_nodes(node):
            yield from _running(below)


def _layer(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@named(MODULES)
def test_a_library_is_loaded_only_in_the_layers_it_is_for(path):
    strangers = {name for name in _loaded_by(path) if _layer(path) not in ONLY_FOR.get(name, {_layer(path)})}
    assert not strangers
    if _layer(path) in WITH_THE_STANDARD_LIBRARY_ALONE:
        known = sys.stdlib_module_names | {"dialogkort"} | ALSO_LOADED.get(path.name, set())
        assert set(_loaded_by(path)) <= known


def _taken_from_the_store(path):
    """What a module imports of the store, as a submodule, or a name of the package itself."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dialogkort.store."):
            yield node.module
        elif isinstance(node, ast.ImportFrom) and node.module == "dialogkort.store":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("dialogkort.store."))


@named([path for path in MODULES if _layer(path) != "store"])
def test_nobody_outside_the_store_imports_its_internals(path):
    assert set(_taken_from_the_store(path)) <= set(store.__all__)


def test_a_screen_knows_nothing_of_the_way_its_messages_travel():
    carriers = {"anywidget", "ipywidgets", "traitlets", "tornado", "asyncio"}
    adapters = {path.name for path in MODULES if _layer(path) == "ui" and carriers & set(_loaded_by(path))}
    assert adapters == {"live_widget.py"}


def test_every_screen_has_its_widget_its_notebook_and_its_page():
    screens = {path.parent.name for path in (PACKAGE / "ui").glob("*/controller.py")}
    assert screens >= {"workshop", "overview", "coding"}
    shown = "\n".join(cell.source for path in NOTEBOOKS for cell in _code_cells(path))
    pages = set(_pages_served())
    for screen in screens:
        widget = screen.title().replace("_", "")
        kind = getattr(dialogkort, widget, None)
        assert widget in dialogkort.__all__ and issubclass(kind, LiveWidget), f"{screen} has no widget"
        assert kind.__module__ == f"dialogkort.ui.{screen}.widget"
        assert re.search(rf"^(dialogkort\.)?{widget}\([^\n]*\)$", shown, re.M), f"no notebook shows {screen}"
        assert screen in pages, f"{screen} has no page"
    assert pages == screens


@cache
def _cells(path):
    import nbformat  # takes three seconds, which only these tests shall wait for

    return nbformat.reads(read(path), as_version=4).cells


def _code_cells(path):
    cells = _cells(path)
    return [cell for cell in cells if cell.cell_type == "code"]


def _pages_served() -> Iterator[str]:
    """The screens that the facilitator's application has both a page and a socket for."""
    application = facilitator_application(None, Gate(frozenset({"here:1"})), "key")
    for screen, address in SCREENS.items():
        page, socket = _handler(application, f"/{address}"), _handler(application, f"/socket/{screen}")
        if page is KeyPage and socket is KeySocket:
            yield screen


def _handler(application, path):
    request = HTTPServerRequest(
        headers=HTTPHeaders(Host="here:1"), start_line=RequestStartLine("GET", path, "HTTP/1.1")
    )
    return application.find_handler(request).handler_class


def test_the_rules_are_pure():
    impure = {"time", "datetime", "os", "pathlib", "sqlite3", "io", "socket", "threading"}
    for path in (PACKAGE / "domain").glob("*.py"):
        assert not impure & set(_loaded_by(path))


IN_A_NOTEBOOK = """
import dialogkort
from windows import Notebook as Host
"""
IN_THE_SERVER = """
import dialogkort.cli.app, dialogkort.server.serve
from dialogkort.server.host import Host as Served
from dialogkort.ui.roles import Access
from windows import Window, _Attached

class Host:
    def __init__(self, place):
        self.served = Served(place)
        self.close = self.served.close

    def open(self):
        make = self.served.maker("workshop", Access())
        return Window(lambda deliver: _Attached(self.served.dispatcher, make, deliver))
"""
AN_AFTERNOON = """
import json, sys
host = Host(sys.argv[1])
window = host.open().begin()
window.record("turned", card=window.table["order"][0])
window.note("Vi øver os, siger Karin på 33 66 33 66", card=window.table["order"][0])
window.until(lambda: window.findings)
window.shown_once("chart", lambda: window.ask("overview", scope="group"))
window.shown_once("download", lambda: window.ask("export", session=window.session))
host.close()
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


def _loaded_in(host, folder):
    words = f"import sys; sys.path.insert(0, {str(ROOT / 'tests')!r})" + host + AN_AFTERNOON
    content, output = _run("-c", words, str(folder))
    assert content, output
    return set(json.loads(output.splitlines()[-1]))


@pytest.mark.parametrize("host", [IN_A_NOTEBOOK, IN_THE_SERVER], ids=["notebook", "server"])
def test_what_serves_groups_carries_neither_pandas_nor_matplotlib_whatever_is_asked_of_it(host, tmp_path):
    loaded = _loaded_in(host, tmp_path)
    assert "dialogkort" in loaded
    assert not loaded & {"pandas", "numpy", "matplotlib", "python_calamine", "scipy", "voila"}
    assert not loaded & {"sqlalchemy", "psycopg"}
    if host == IN_A_NOTEBOOK:
        assert "anywidget" in loaded and "tornado.web" not in loaded


@named([path for path in MODULES if read(path).strip()])
def test_every_module_says_first_what_it_is_for(path):
    assert (ast.get_docstring(tree(path)) or "").strip(), "the first line says which question it answers"


# --- tidy -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command", [["check", "--output-format=concise"], ["format", "--check"]], ids=["check", "format"]
)
def test_ruff_has_nothing_to_say(command):
    content, output = _run("-m", "ruff", *command, "--no-cache", ".")
    assert content, output


# --- notebooks --------------------------------------------------------------------------------------------


@named(NOTEBOOKS)
def test_a_notebook_is_sound_and_remembers_nothing_of_what_was_said(path):
    import nbformat

    book = nbformat.reads(read(path), as_version=nbformat.NO_CONVERT)
    nbformat.validate(book)
    assert (book.nbformat, book.nbformat_minor >= 5) == (4, True)
    ids = [cell.id for cell in book.cells]
    assert len(ids) == len(set(ids))
    for cell in book.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


@named(NOTEBOOKS)
def test_a_notebook_is_a_page_for_a_person_with_a_few_lines_of_python(path):
    cells = _cells(path)
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert 1 <= len(code) <= 14
    assert all(cell.source.strip() and len(cell.source.splitlines()) <= 12 for cell in code)
    for above, cell in zip([None, *cells], cells, strict=False):
        if cell.cell_type == "code":
            assert above is not None and above.cell_type == "markdown", f"no words over {cell.source!r}"
            assert DANISH.search(above.source) and re.search(r"[.!?:]\s*$", above.source), above.source


def test_there_are_notebooks():
    assert NOTEBOOKS


@named([path for path in NOTEBOOKS if path.name[0] in "123"])
def test_a_notebook_of_the_facilitator_takes_all_it_needs_from_the_package_itself(path):
    taken = {
        node.module if isinstance(node, ast.ImportFrom) else alias.name
        for cell in _code_cells(path)
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert taken == {"dialogkort"}


# --- words ------------------------------------------------------------------------------------------------


def _leaves(branch, path="") -> Iterator[tuple[str, dict[str, str]]]:
    """Every text by its dotted key, as its forms: one, or those of the language's plurals."""
    for name, value in branch.items():
        key = f"{path}.{name}" if path else name
        if isinstance(value, str):
            yield key, {"": value}
        elif "other" in value and set(value) < {"zero", "one", "two", "few", "many", "other"}:
            yield key, value
        else:
            yield from _leaves(value, key)


def _catalogue(code):
    """The texts of a language; its rules of plurals, of which each has its own, are none."""
    leaves = _leaves(i18n.catalogue(code))
    return {key: forms for key, forms in leaves if not key.startswith("format.plural.")}


def _gaps(form):
    return {gap for _, gap, _, _ in string.Formatter().parse(form) if gap is not None}


def test_there_is_danish_and_english():
    assert {"da", "en"} <= set(LANGUAGES)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_has_the_same_texts_with_the_same_gaps(code):
    ours, source = _catalogue(code), _catalogue("da")
    plural = {*i18n.catalogue(code)["format"]["plural"], OTHER}
    assert set(ours) ^ set(source) == set()
    differing = {
        key
        for key, forms in source.items()
        if set().union(*map(_gaps, forms.values())) != set().union(*map(_gaps, ours[key].values()))
        or set(ours[key]) != (plural if len(forms) > 1 else {""})
    }
    assert not differing


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_text_says_something_and_has_gaps_with_plain_names(code):
    for key, forms in _catalogue(code).items():
        for form in forms.values():
            assert form.strip() or key == "format.thousands_mark", key  # in Norwegian it is a space
            assert all(gap.isidentifier() for gap in _gaps(form)), key


def _keys_used_in_python() -> Iterator[str]:
    """Patterns of the keys that the code may ask for; a gap in a key is anything but a dot."""
    for path in MODULES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield re.escape(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = (part.value if isinstance(part, ast.Constant) else None for part in node.values)
                yield "".join("[^.]+" if part is None else re.escape(part) for part in parts)


def _keys_used_in_the_page() -> Iterator[str]:
    for path in PAGES:
        if path.suffix in (".html", ".j2"):
            yield from (re.escape(key) for key in re.findall(r'text\("([\w.]+)"', read(path)))
        elif path.suffix == ".js":
            for words in re.findall(r'"([\w.]+)"|`([\w.]+\$\{.*?)`', read(path)):
                parts = re.split(r"\$\{.*?\}", "".join(words))
                key = "[^.]+".join(map(re.escape, parts))
                yield rf"(?:page\.)?{key}"  # a few sections besides `page` go there


def test_every_text_is_used():
    sections = "|".join(i18n.catalogue("da"))
    patterns = {pattern for pattern in _keys_used_in_python() if re.match(rf"({sections})\\?\.", pattern)}
    used = re.compile("|".join(patterns | set(_keys_used_in_the_page())))
    assert [key for key in _catalogue("da") if not used.fullmatch(key)] == []


def _calls(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "text":
            yield node


@named([path for path in MODULES if "text(" in read(path)])
def test_every_text_a_module_asks_for_is_there_and_gets_its_gaps_filled(path):
    known = _catalogue("da")
    for call in _calls(path):
        if isinstance(call.args[0], ast.Constant):
            key = call.args[0].value
            filled = {keyword.arg for keyword in call.keywords}
            assert key in known
            assert None in filled or set().union(*map(_gaps, known[key].values())) <= filled, key


def _docstrings(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value


@named(MODULES)
def test_no_danish_stands_in_the_python_code(path):
    docstrings = set(_docstrings(tree(path)))
    texts = {
        node.value
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docstrings
    }
    assert {words for words in texts if DANISH.search(words)} <= DANISH_THAT_IS_NO_TEXT.get(path.name, set())


# A comment, or what stands between quotation marks; read from the left, so that neither passes for the other.
JS_TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"((?:\\.|[^"\\\n])*)"|'((?:\\.|[^'\\\n])*)'|`((?:\\.|[^`\\])*)`""", re.S
)


def _strings(path) -> set[str]:
    return {"".join(filter(None, match.groups())) for match in JS_TOKEN.finditer(read(path))}


@named([path for path in PAGES if path.suffix in (".html", ".j2", ".css")])
def test_no_text_for_the_screen_stands_in_a_template_or_a_style_sheet(path):
    assert re.findall(r">[^<{]*[æøåÆØÅ][^<{]*<|content:.*[æøåÆØÅ]", read(path)) == []


@named([path for path in PAGES if path.suffix == ".js"])
def test_no_text_for_the_screen_stands_in_the_page_code(path):
    texts = {words for words in _strings(path) if re.search("[æøåÆØÅ]", words) or SENTENCE.match(words)}
    assert texts == set()


# --- no network -------------------------------------------------------------------------------------------


@named(PAGES)
def test_a_page_loads_nothing_from_the_network(path):
    source = (
        "\n".join(_strings(path))
        if path.suffix == ".js"
        else re.sub(r"/\*.*?\*/", "", read(path), flags=re.S)
    )
    addresses = re.findall(r"https?://[^\s\"'`)>]*", source)
    assert [address for address in addresses if not address.startswith("http://www.w3.org/")] == []
    assert not re.search(r"""(?:src|href)=["']?//|url\(["']?//|^//\w|@import""", source, re.M)


# --- installing -------------------------------------------------------------------------------------------

# What conda-forge calls differently; matplotlib there would bring a desktop's windows along.
CONDA_NAMES = {"matplotlib": "matplotlib-base"}
FROM_PIP = {"phonenumberslite", "typst"}  # not on conda-forge; the last line of environment.yml brings it


def test_the_version_is_written_once():
    project = tomllib.loads(read(ROOT / "pyproject.toml"))
    assert "version" in project["project"]["dynamic"]
    source = (ROOT / project["tool"]["hatch"]["version"]["path"]).read_text(encoding="utf-8")
    assert source.count(f'__version__ = "{dialogkort.__version__}"') == 1


def test_conda_users_get_what_pip_users_get():
    project = tomllib.loads(read(ROOT / "pyproject.toml"))["project"]
    wanted = [Requirement(line) for line in project["dependencies"]]
    wanted.append(Requirement(f"python{project['requires-python']}"))
    conda = yaml.safe_load(read(ROOT / "environment.yml"))["dependencies"]
    listed = [Requirement(line) for line in conda if isinstance(line, str) and line != "pip"]
    assert {requirement.name: requirement.specifier for requirement in listed} == {
        CONDA_NAMES.get(requirement.name, requirement.name): requirement.specifier
        for requirement in wanted
        if requirement.name not in FROM_PIP
    }


def test_no_module_takes_the_place_of_a_public_name_once_it_is_imported():
    for name in dialogkort.__all__:
        assert callable(getattr(dialogkort, name))
        assert importlib.util.find_spec(f"dialogkort.{name}") is None


# Promised columns: of the report of an import, of the disagreements, of a dataset; and a field of a file.
PROMISED_NAMES = {"met", "found_by", "met_cards", "made_at"}
QUESTION = re.compile(r"(what|which|who|whose|how|where|when|why)\b", re.IGNORECASE)
# Words of mood that a name's term in CONTRIBUTING.md has taken the place of.
MOODS = re.compile(
    r"told|said|met|kept|held|fresh|found|made|asked|heard|hear|meant|meet|keeping|tending|absorb|aloud|spread"
    r"|reach|freedom|off|whose|besides?|standing|touched|happen(ed|ings)|doors|house|desk|lying|news|arrived"
)


def _bound(path: Path) -> Iterator[str]:
    """What a module calls itself and what is in it: functions, classes, parameters, variables, attributes."""
    yield path.stem
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.id if isinstance(node, ast.Name) else node.attr
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.alias):
            yield node.asname or ""
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
            yield node.name or ""


def _keys(path: Path) -> Iterator[str]:
    """The keys of what it puts into mappings and takes out: messages, views, records."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Dict):
            yield from filter(_is_name, (getattr(key, "value", None) for key in node.keys))
        elif isinstance(node, ast.Subscript) and _is_name(getattr(node.slice, "value", None)):
            yield node.slice.value


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value.isidentifier()


def _has_mood(name: str) -> bool:
    return name not in PROMISED_NAMES and any(map(MOODS.fullmatch, name.lower().split("_")))


@named(MODULES)
def test_a_name_says_what_is_there(path):
    assert not [name for name in {*_bound(path), *_keys(path)} if _has_mood(name)]


def test_a_name_in_the_tests_says_what_is_there():
    """But for a test's own, which is a sentence about the workshop."""
    moods = {
        (path.name, name)
        for path in TESTS
        for name in _bound(path)
        if not name.startswith("test_") and _has_mood(name)
    }
    assert not moods


@named(MODULES)
def test_a_docstring_opens_with_what_one_gets(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            opening = (ast.get_docstring(node) or "").split("\n\n")[0].split(". ")[0]
            assert "?" not in opening
            assert not (isinstance(node, ast.Module) and QUESTION.match(opening)), opening
