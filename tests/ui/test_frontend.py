"""The frontend: sound by types, linter and its own tests; old browsers; what a screen's page loads."""

import hashlib
import hmac
import json
import re
import shutil
from pathlib import Path

import pytest
from deno_runner import CONFIG, FRONTEND, JS_TESTS, deno, run_script

from dialogkort import theme
from dialogkort.ui import bundle

SCRIPTS = sorted(FRONTEND.rglob("*.js"))
SHEETS = sorted(FRONTEND.rglob("*.css"))
ENTRIES = [FRONTEND / f"{screen}.js" for screen in bundle.ENTRIES]
OFFLINE = ("--no-lock", "--no-remote", f"--config={CONFIG}")


def _named(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=lambda path: path.relative_to(FRONTEND).as_posix())


def _css(path: Path) -> str:
    """A style sheet without comments and quoted words."""
    return re.sub(r'/\*.*?\*/|"[^"]*"', '""', path.read_text(encoding="utf-8"), flags=re.S)


# --- sound ------------------------------------------------------------------------------------------------


def test_every_type_fits_and_nothing_of_the_language_is_too_new():
    content, output = deno("check", *OFFLINE, *ENTRIES)
    assert content, output


@_named(SCRIPTS)
def test_every_script_has_its_types_checked(path: Path):
    assert path.read_text(encoding="utf-8").startswith("// @ts-check\n")


def test_the_linter_finds_nothing():
    """No unused names, no long functions, nothing the content policy forbids, nothing too new, no moods."""
    content, output = deno("lint", f"--config={CONFIG}", FRONTEND)
    assert content, output


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("export const a = Object.groupBy([], (one) => one);", "groupBy is too new"),
        ("export const a = [2, 1].toSorted();", "toSorted is too new"),
        ('export const a = (e) => e.setAttribute("style", "color: red");', "the content policy forbids it"),
        ('export const a = (e) => (e.innerHTML = "<p>");', "never markup"),
        ('export const a = (h) => h("p", { style: "color: red" });', "no style attribute"),
        ("export function a() {\n" + "  b();\n" * 80 + "}\nconst b = () => {};", "a function of 82 lines"),
        ("export const a = 1;\n" + "// more\n" * 300, "a file of 301 lines"),
        ("export const wasTold = 1;", "wasTold does not say what is there"),
        ("export class A {\n  #heldUntil = 0;\n}", "heldUntil does not say what is there"),
        ("export const a = (table) => table.lying;", "lying does not say what is there"),
        ("const a = 1;", "no-unused-vars"),
    ],
)
def test_the_linter_bites(tmp_path: Path, source: str, complaint: str):
    (tmp_path / "bad.js").write_text(source, encoding="utf-8")
    content, output = deno("lint", f"--config={CONFIG}", tmp_path / "bad.js")
    assert not content and complaint in output, output


def test_the_types_bite(tmp_path: Path):
    """On a name that is not there, a type that does not fit, and what only newer browsers have."""
    source = (
        '// @ts-check\nexport const a = [1].map((one) => one.length);\nexport const b = "a".isWellFormed();\n'
    )
    (tmp_path / "bad.js").write_text(source, encoding="utf-8")
    content, output = deno("check", *OFFLINE, tmp_path / "bad.js")
    assert not content
    assert "'length' does not exist" in output and "'isWellFormed' does not exist" in output


def test_scripts_and_sheets_are_formatted():
    content, output = deno("fmt", "--check", f"--config={CONFIG}", FRONTEND, JS_TESTS)
    assert content, output


@_named([*SCRIPTS, *SHEETS])
def test_no_line_is_too_long_to_read(path: Path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [number for number, line in enumerate(lines, 1) if len(line) > 110] == []


def test_the_pure_modules_do_what_their_tests_say():
    content, output = deno("test", "--no-check", *OFFLINE, JS_TESTS)
    assert content, output
    assert re.search(r"\d+ passed", output)


# --- old browsers: Safari 16, Chrome 109, Firefox 115 -----------------------------------------------------

# All that the style sheets may use: what is not here is looked up first (caniuse.com) and then added.
KNOWN = {
    "property": """
        align-content align-items align-self all animation appearance backface-visibility background
        border border-block-end border-block-start border-collapse border-color
        border-end-end-radius border-end-start-radius border-inline-end border-inline-start
        border-inline-start-color border-inline-start-style border-radius border-start-end-radius
        border-start-start-radius border-style border-width box-shadow box-sizing break-after break-inside
        clip-path color color-scheme contain container container-name container-type content cursor
        display fill filter flex flex-basis flex-direction flex-flow flex-wrap float font font-size
        font-variant-numeric font-weight gap grid-area grid-auto-rows grid-column grid-template
        grid-template-columns grid-template-rows height inset inset-block inset-block-end
        inset-inline inset-inline-start justify-content justify-self letter-spacing line-height list-style
        margin
        margin-block-end margin-block-start margin-inline margin-inline-end margin-inline-start
        max-height max-width min-height min-width opacity order outline outline-offset overflow
        overflow-wrap overflow-x overflow-y padding padding-block padding-block-end
        padding-block-start padding-inline padding-inline-start perspective place-items pointer-events
        position resize scroll-padding stroke stroke-linecap stroke-linejoin stroke-width text-align
        text-decoration text-overflow text-underline-offset transform transform-origin
        transform-style transition vertical-align visibility white-space width will-change z-index
        -webkit-box-orient -webkit-line-clamp
        """,
    "function": """
        brightness calc clamp inset max min minmax radial-gradient repeat
        repeating-linear-gradient repeating-radial-gradient rgb rotate rotateY scaleX translateY var
        """,
    "pseudo": """
        ::after
        ::backdrop ::before ::placeholder :disabled :empty :first-child :focus-visible :hover :is :last-child
        :not :nth-child
        """,
    "unit": "% cqh cqi deg dvh em fr pt px rem s vh vw",
    "at-rule": """
        container:max-width container:min-width media:forced-colors media:min-width
        media:pointer media:prefers-color-scheme media:prefers-reduced-motion
        """,
}
# Newer ones that a page does without: lines break less evenly, notes.js lets a field grow, no full screen;
# who knows nothing of forced colours forces none.
WITHOUT_HARM = {"text-wrap", "field-sizing", ":fullscreen", "forced-color-adjust"}
# Newer ones that stand behind the same with the prefix that older browsers know.
PREFIXED = {"user-select", "hyphens", "print-color-adjust"}


def _used_by(sheet: str) -> set[tuple[str, str]]:
    used: set[tuple[str, str]] = set()
    for head in re.findall(r"([^{};]+)\{", sheet):
        if at := re.match(r"\s*@([\w-]+)", head):
            used |= {("at-rule", f"{at[1]}:{name}") for name in re.findall(r"\(\s*([\w-]+)", head)}
        else:
            used |= {("pseudo", name) for name in re.findall(r"::?[\w-]+", head)}
    for name, value in re.findall(r"(?<=[{;])\s*([\w-]+)\s*:([^;{}]+)(?=[;}])", sheet):
        if not name.startswith("--"):
            used.add(("property", name))
        used |= {("function", results) for results in re.findall(r"([\w-]+)\(", value)}
        used |= {("unit", results) for results in re.findall(r"(?<![\w#.-])\d*\.?\d+([a-z%]+)", value)}
    return used


def _too_new(sheet: str) -> set[str]:
    prefixed = {name for name in PREFIXED if f"-webkit-{name}:" in sheet}
    fine = WITHOUT_HARM | prefixed | {f"-webkit-{name}" for name in prefixed}
    return {name for kind, name in _used_by(sheet) if name not in KNOWN[kind].split() and name not in fine}


@_named(SHEETS)
def test_old_browsers_understand_every_rule(path: Path):
    assert _too_new(_css(path)) == set()


@pytest.mark.parametrize(
    ("sheet", "names"),
    [
        (".a{color:light-dark(red,blue)}", {"light-dark"}),
        (".a{color:color-mix(in srgb,red,blue)}", {"color-mix"}),
        (".a:has(b){color:red}", {":has"}),
        (".a{hyphens:auto}", {"hyphens"}),
        (".a{-webkit-hyphens:auto;hyphens:auto}", set()),
        (".a{anchor-name:--a}", {"anchor-name"}),
        (".a{width:1rcap}", {"rcap"}),
        ("@media (scripting:none){.a{color:red}}", {"media:scripting"}),
    ],
)
def test_a_rule_that_is_too_new_is_found(sheet: str, names: set[str]):
    assert _too_new(sheet) == names


@_named(SHEETS)
def test_what_not_every_browser_knows_of_a_list_of_selectors_stands_alone(path: Path):
    """A browser drops a whole list for one selector that it does not know."""
    heads = re.findall(r"([^{};]+)\{", _css(path))
    assert [head for head in heads if ":fullscreen" in head and "," in head] == []


# --- put together -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("screen", bundle.ENTRIES)
def test_a_screen_is_one_module_that_anywidget_can_show(screen: str, tmp_path: Path):
    """It is read by a real engine: no name is missing, and it exports what anywidget calls."""
    (tmp_path / "screen.mjs").write_text(bundle.bundle(f"{screen}.js"), encoding="utf-8")
    page = "document = { documentElement: { dataset: {} } }; globalThis.CSS = { supports: () => true };"
    ask = 'const it = await import("./screen.mjs"); console.log(typeof it.default.render);'
    (tmp_path / "ask.mjs").write_text(f"globalThis.{page} {ask}", encoding="utf-8")
    content, output = deno(
        "run", "--no-check", "--no-lock", "--no-remote", "--allow-read", tmp_path / "ask.mjs"
    )
    assert content and output.strip() == "function", output
    assert not re.search(r"^(import|export \{)|\bimport\(", bundle.bundle(f"{screen}.js"), re.M)


@pytest.fixture
def other_frontend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A frontend of the test's own; called with its files."""

    def make(**files: str) -> None:
        for name, source in files.items():
            (tmp_path / f"{name}.js").write_text(source, encoding="utf-8")

    caches = (bundle.bundle, bundle.module_graph, bundle.module_source)
    monkeypatch.setattr(bundle, "FRONTEND", tmp_path)
    for cached in caches:
        cached.cache_clear()
    yield make
    for cached in caches:
        cached.cache_clear()


def test_a_module_comes_after_those_it_imports_and_keeps_its_names_to_itself(other_frontend, tmp_path: Path):
    other_frontend(
        a='import { twice as two } from "./b.js";\nimport { name } from "./c.js";\nconsole.log(two(name));\n',
        b='const name = "b";\nexport function twice(w) {\n  return `${w} ${w}, not ${name}`;\n}\n',
        c='import { twice } from "./b.js";\nexport const name = twice("c");\n',
    )
    assert bundle.module_graph("a.js") == ("b.js", "c.js", "a.js")
    (tmp_path / "whole.mjs").write_text(bundle.bundle("a.js"), encoding="utf-8")
    content, output = deno("run", "--no-check", "--no-lock", tmp_path / "whole.mjs")
    assert content and output.strip() == "c c, not b c c, not b, not b", output


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        (
            {"a": 'import { b } from "./b.js";\n', "b": 'import { a } from "./a.js";\nexport const b = 1;\n'},
            "a.js → b.js → a.js",
        ),
        ({"a": 'import { b } from "https://elsewhere.example/b.js";\n'}, "not in the frontend"),
        ({"a": 'import { b } from "./missing.js";\n'}, "there is no './missing.js'"),
        ({"a": 'import { b } from "./b.js";\n', "b": 'export * from "./c.js";\n'}, "cannot be put together"),
        ({"a": 'import { b } from "./b.js";\n', "b": "export let b = 1;\n"}, "cannot be put together"),
        ({"a": 'import b from "./b.js";\n', "b": "export const b = 1;\n"}, "cannot be put together"),
    ],
)
def test_modules_that_cannot_be_put_together_are_refused(other_frontend, files: dict, complaint: str):
    other_frontend(**files)
    with pytest.raises(bundle.BundleError, match=re.escape(complaint)):
        bundle.bundle("a.js")


def test_a_screen_loads_only_its_own():
    scripts = {screen: set(bundle.module_graph(f"{screen}.js")) for screen in bundle.ENTRIES}
    for screen, modules in scripts.items():
        folders = {module.split("/")[0] for module in modules if "/" in module}
        # a session on paper is the workshop's, with another way in
        assert folders == {"core", "sync", screen, *(["workshop"] if screen == "paper_session" else [])}
    assert ".dk-coding-note" in bundle.stylesheet("coding", inline_font=False)
    assert ".dk-coding" not in bundle.stylesheet("workshop", inline_font=False)
    assert ".dk-spread" not in bundle.stylesheet("coding", inline_font=False)


def test_every_module_and_every_sheet_is_part_of_some_screen():
    used = {module for screen in bundle.ENTRIES for module in bundle.module_graph(f"{screen}.js")}
    types = FRONTEND / "core" / "types.js"
    assert {path.relative_to(FRONTEND).as_posix() for path in SCRIPTS if path != types} == used
    sheets = {module.removesuffix(".js") + ".css" for module in used} | {"core/base.css"}
    assert {path.relative_to(FRONTEND).as_posix() for path in SHEETS} <= sheets


def test_a_class_that_is_dressed_is_worn():
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    dressed = {name for path in SHEETS for name in re.findall(r"\.(dk-[\w-]+)", _css(path))}
    worn = set(re.findall(r"dk-[\w-]+", scripts))
    prefixes = tuple(re.findall(r"(dk-[\w-]+-)\$\{", scripts))
    assert {name for name in dressed if name not in worn and not name.startswith(prefixes)} == set()


def test_the_font_is_a_file_in_a_page_and_part_of_the_sheet_in_a_notebook():
    in_page, in_notebook = (bundle.stylesheet("workshop", inline_font=inline) for inline in (False, True))
    (address,) = re.findall(r"url\(([^)]+)\)", in_page)
    content, kind = bundle.assets()[address]
    assert (content[:4], kind) == (b"wOF2", "font/woff2")
    assert "url(data:font/woff2;base64," in in_notebook
    assert len(in_notebook) > len(in_page) + len(content)


def test_what_a_page_loads_is_there_by_name_and_type():
    assets = bundle.assets()
    kinds = {name.rpartition(".")[2]: kind for name, (_, kind) in assets.items()}
    assert kinds == {
        "js": "text/javascript; charset=utf-8",
        "css": "text/css; charset=utf-8",
        "woff2": "font/woff2",
        "svg": "image/svg+xml",
    }
    assert {f"{screen}.{kind}" for screen in bundle.ENTRIES for kind in ("js", "css")} < set(assets)
    assert all(content for content, _ in assets.values())


def test_a_change_in_any_file_makes_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    before = bundle.version()
    copy = shutil.copytree(FRONTEND, tmp_path / "frontend")
    monkeypatch.setattr(bundle, "FRONTEND", copy)
    versions = []
    for name in (None, "core/dom.js", "core/base.css"):
        if name:
            (copy / name).write_text("/* changed */", encoding="utf-8")
        bundle.version.cache_clear()
        versions.append(bundle.version())
    bundle.version.cache_clear()
    assert versions[0] == before
    assert len(set(versions)) == 3


def test_the_page_proves_its_key_as_the_server_does():
    key, words = "nøgle-æøå", "browser ab12 cd34"
    expected = hmac.new(key.encode("utf-8"), words.encode("utf-8"), hashlib.sha256).hexdigest()
    assert run_script("prove.js", json.dumps({"key": key, "words": words})).strip() == expected


# --- colours ----------------------------------------------------------------------------------------------

PACKAGE = FRONTEND.parents[1]
_HEX = re.compile(r"#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})\b")
# Black or white on a cell, whichever is read; pictures that stand alone; paper, which has one theme.
OTHER_COLOURS = {"charts/coverage.py", "ui/frontend/icon.svg", "documents/report.css"}


def test_every_colour_stands_in_the_theme():
    sources = [path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".js", ".css", ".html", ".svg")]
    named = {
        path.relative_to(PACKAGE).as_posix()
        for path in sources
        if _HEX.search(re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S))
    }
    # A tile is drawn before there is a page; a workbook's error, such as #DIV/0, is no colour.
    others = {name for name in named if name.startswith(("server/jupyter/", "decks/"))}
    assert named - others <= {"theme.py", *OTHER_COLOURS}


def test_every_variable_that_is_used_is_set_and_every_colour_is_used():
    sheets = "\n".join(map(_css, SHEETS))
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    used = set(re.findall(r"var\(--([\w-]+)", sheets))
    elsewhere = set(re.findall(r"--([\w-]+)\s*:", sheets)) | set(re.findall(r"--([\w-]+)", scripts))
    themed = set(re.findall(r"--([\w-]+):", theme.stylesheet()))
    assert used - elsewhere <= themed
    assert {name.removesuffix("-rgb") for name in used} >= set(theme.COLOURS)
    assert bundle.stylesheet("workshop", inline_font=False).count("--linen:") == 2
