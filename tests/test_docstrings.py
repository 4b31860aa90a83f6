"""Docstrings of the public functions and classes: what goes in, what comes out, and an example that runs."""

import doctest
import importlib
import inspect
import pkgutil
from types import ModuleType

import pytest

import dialogkort

# The modules that users import from, beside the package itself: all that is public in them counts.
PUBLIC_MODULES = (
    "dialogkort.analysis.agreement",
    "dialogkort.analysis.disclosure",
    "dialogkort.analysis.discussion",
    "dialogkort.analysis.distributions",
    "dialogkort.analysis.protection",
    "dialogkort.analysis.release",
    "dialogkort.analysis.session_timeline",
    "dialogkort.analysis.words",
    "dialogkort.charts",
    "dialogkort.dataset",
    "dialogkort.documents.cards",
    "dialogkort.documents.formats",
    "dialogkort.documents.leave_behind",
    "dialogkort.documents.deck_check",
    "dialogkort.documents.printing",
    "dialogkort.documents.report",
    "dialogkort.documents.sheets",
    "dialogkort.exports.calendar",
    "dialogkort.exports.csv_files",
    "dialogkort.exports.excel",
    "dialogkort.exports.export",
    "dialogkort.exports.deck_file",
    "dialogkort.exports.ledger",
    "dialogkort.exports.refi_qda",
    "dialogkort.exports.tables",
    "dialogkort.frames.codings",
    "dialogkort.frames.sessions",
)
# What works behind them, and is told of in sentences: it may only become less.
INTERNAL_MODULES = {
    "dialogkort.analysis.arguments",
    "dialogkort.analysis.card_outcomes",
    "dialogkort.analysis.card_variance",
    "dialogkort.analysis.crossed_effects",
    "dialogkort.analysis.differencing",
    "dialogkort.analysis.permutation",
    "dialogkort.analysis.rate_ratio",
    "dialogkort.analysis.released_words",
    "dialogkort.analysis.suppression",
    "dialogkort.analysis.two_variances",
    "dialogkort.analysis.words.prompts",
    "dialogkort.analysis.workshop_variance",
    "dialogkort.charts.layout",
    "dialogkort.charts.placement",
    "dialogkort.charts.protection",
    "dialogkort.dataset.parquet",
    "dialogkort.dataset.schema",
    "dialogkort.documents.blocks",
    "dialogkort.documents.typesetting",
    "dialogkort.frames.columns",
    "dialogkort.frames.locations",
}
PACKAGES = ("analysis", "charts", "dataset", "documents", "exports", "frames")


def _public_names(module: ModuleType) -> list[str]:
    """`__all__`, or what a module without it defines itself."""
    if hasattr(module, "__all__"):
        return list(module.__all__)
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", "") == module.__name__
    ]


def _public_objects() -> dict[str, object]:
    """Functions, classes and methods by their full name, each once: `dialogkort.frames.sessions.read_all`."""
    objects = {}
    for module in map(importlib.import_module, ("dialogkort", *PUBLIC_MODULES)):
        for name in _public_names(module):
            value = getattr(module, name)
            if callable(value):
                objects[f"{value.__module__}.{value.__qualname__}"] = value
            if inspect.isclass(value):
                objects |= _public_methods(value)
    return objects


def _public_methods(of: type) -> dict[str, object]:
    methods = {}
    for name, value in vars(of).items():
        function = value.fget if isinstance(value, property) else value
        if not name.startswith("_") and inspect.isfunction(function):
            methods[f"{of.__module__}.{of.__qualname__}.{name}"] = function
    return methods


OBJECTS = _public_objects()


def _lacking(name: str, value: object) -> set[str]:
    doc = inspect.getdoc(value) or ""
    lacking = set() if _has_example(name, doc) else {"Examples"}
    if not inspect.isclass(value):
        signature = inspect.signature(value)
        if set(signature.parameters) - {"self"} and "Parameters\n---" not in doc:
            lacking.add("Parameters")
        if signature.return_annotation not in (None, "None") and "Returns\n---" not in doc:
            lacking.add("Returns")
    return lacking


def _has_example(name: str, doc: str) -> bool:
    """An example of its own that is not skipped; of a method, one of its class does that calls it."""
    if any(not example.options.get(doctest.SKIP) for example in doctest.DocTestParser().get_examples(doc)):
        return True
    owner = OBJECTS.get(name.rpartition(".")[0])
    examples = doctest.DocTestParser().get_examples(inspect.getdoc(owner) or "") if owner else []
    return any(f".{name.rpartition('.')[2]}" in example.source for example in examples)


@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_a_public_function_tells_what_goes_in_and_what_comes_out_with_an_example(name):
    assert _lacking(name, OBJECTS[name]) == set()


@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_every_parameter_is_told_by_its_name(name):
    value = OBJECTS[name]
    if inspect.isclass(value):
        return
    section = (inspect.getdoc(value) or "").partition("Parameters\n---")[2].partition("\n\n")[0]
    documented = {
        word.strip(" *")
        for line in section.splitlines()
        if " : " in line and not line.startswith(" ")
        for word in line.split(" : ")[0].split(",")
    }
    assert documented == set(inspect.signature(value).parameters) - {"self"}


def test_a_module_is_public_or_works_behind_one_that_is():
    modules = {
        name
        for package in PACKAGES
        for _, name, is_package in pkgutil.walk_packages(
            importlib.import_module(f"dialogkort.{package}").__path__, f"dialogkort.{package}."
        )
        if not is_package
    }
    assert modules - {value.__module__ for value in OBJECTS.values()} == INTERNAL_MODULES


def test_all_that_the_package_shows_is_looked_at():
    shown = {getattr(dialogkort, name) for name in dialogkort.__all__}
    assert shown <= set(OBJECTS.values())
