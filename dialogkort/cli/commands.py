"""Subcommands without a screen: `dialogkort merge`, `collect`, `export`, `report`, `print`, `check` …"""

import argparse
import json
import sys
import warnings
from collections.abc import Callable

from dialogkort.errors import InvalidAction
from dialogkort.exchange.erase import erase, find_sessions
from dialogkort.exchange.merge import merge
from dialogkort.exchange.refi_qda.importing import import_qda
from dialogkort.i18n import text
from dialogkort.store import default_folder, default_location, reading


def describe(name: str, options: argparse._ArgumentGroup) -> Callable[[argparse.Namespace], int]:
    """Add the options of `dialogkort NAME`; returns the function that runs it and gives its exit code."""
    describe, act = COMMANDS[name]
    describe(options)
    return act


def _describe_merge(options: argparse._ArgumentGroup) -> None:
    names = text("command.merge.sources_name")
    options.add_argument("sources", nargs="+", metavar=names, help=text("command.merge.sources"))
    _add_location(options, "--into", text("command.merge.into"))
    options.add_argument("--all", action="store_true", help=text("command.merge.every"))


def _merge(options: argparse.Namespace) -> int:
    report = merge(options.sources, options.into)
    print(report.as_text(every=options.all))
    return 0 if report.is_whole else 1


def _describe_collect(options: argparse._ArgumentGroup) -> None:
    names = text("command.merge.sources_name")
    options.add_argument("sources", nargs="+", metavar=names, help=text("command.merge.sources"))
    folder = text("app.help.folder_name")
    options.add_argument("--into", required=True, metavar=folder, help=text("command.collect.into"))
    options.add_argument("--all", action="store_true", help=text("command.merge.every"))


def _collect(options: argparse.Namespace) -> int:
    from dialogkort.dataset import collect  # DuckDB and Ibis are an extra, and take their time

    report = collect(options.sources, options.into).report
    print(report.as_text(every=options.all))
    return 0 if report.is_whole else 1


def _describe_export(options: argparse._ArgumentGroup) -> None:
    options.add_argument("into", metavar=text("app.help.folder_name"), help=text("command.export.into"))
    _add_location(options, "--from", text("command.place"))
    options.add_argument("--session", action="append", metavar="ID", help=text("command.export.session"))
    form = options.add_mutually_exclusive_group()
    form.add_argument("--csv-sheets", action="store_true", help=text("command.export.csv_sheets"))
    form.add_argument("--qdpx", action="store_true", help=text("command.export.qdpx"))
    form.add_argument("--codebook", action="store_true", help=text("command.export.codebook"))


def _export(options: argparse.Namespace) -> int:
    from dialogkort.exports.export import (  # pandas takes its time; the others do without
        exported_files_from,
        privacy_summary,
        write,
    )

    source = getattr(options, "from")
    if options.codebook:
        return _export_codebook(options.into, source)
    with warnings.catch_warnings(record=True) as left_out:
        warnings.simplefilter("always", UserWarning)
        if options.qdpx:
            from dialogkort.exports.refi_qda import qda_files_from

            export = qda_files_from(source, options.session)
        else:
            export = exported_files_from(source, options.session, csv_sheets=options.csv_sheets)
    for path in write(options.into, export.files):
        print(path)
    print(privacy_summary(export.places))
    for sentence in dict.fromkeys(str(warning.message) for warning in left_out):
        print(sentence, file=sys.stderr)
    return 1 if left_out else 0


def _export_codebook(into: str, source: str | None) -> int:
    from dialogkort.exports.refi_qda import export_codebook

    for path in export_codebook(into, source):
        print(path)
    return 0


def _describe_import(options: argparse._ArgumentGroup) -> None:
    name = text("app.help.store_file_name")
    options.add_argument("file", metavar=name, help=text("command.import.file"))
    _add_location(options, "--into", text("command.import.into"))


def _import(options: argparse.Namespace) -> int:
    report = import_qda(options.file, options.into)
    print(report)
    return 0 if report.is_whole else 1


def _describe_report(options: argparse._ArgumentGroup) -> None:
    options.add_argument("into", metavar=text("app.help.folder_name"), help=text("command.export.into"))
    _add_location(options, "--from", text("command.place"))
    chosen = options.add_mutually_exclusive_group()
    chosen.add_argument("--session", metavar="ID", help=text("command.report.session"))
    chosen.add_argument(
        "--workshop", metavar=text("command.erase.name"), help=text("command.report.workshop")
    )
    options.add_argument("--yes", action="store_true", help=text("command.erase.yes"))


def _report(options: argparse.Namespace) -> int:
    from dialogkort.documents.leave_behind import prepared  # libraries for Word and for PDF
    from dialogkort.exports.export import write

    ready = prepared(getattr(options, "from"), session=options.session, workshop=options.workshop)
    for place in ready.places.itertuples():
        print(text("command.report.place", kind=text(f"privacy.instead.{place.kind}"), context=place.context))
    question = text("command.report.sure", count=len(ready.places))
    if len(ready.places) and not options.yes and not _is_sure(question):
        print(text("command.report.left_alone"))
        return 1
    for path in write(options.into, ready.files()):
        print(path)
    return 0


def _describe_print(options: argparse._ArgumentGroup) -> None:
    options.add_argument("into", metavar=text("app.help.folder_name"), help=text("command.export.into"))
    options.add_argument("--deck", metavar=text("app.help.store_file_name"), help=text("command.print.deck"))
    options.add_argument(
        "--cards", metavar=text("command.print.cards_name"), help=text("command.print.cards")
    )
    options.add_argument(
        "--one-sided", dest="backs", action="store_false", help=text("command.print.one_sided")
    )
    options.add_argument(
        "--shift", metavar=text("command.print.shift_name"), default="0;0", help=text("command.print.shift")
    )


def _print(options: argparse.Namespace) -> int:
    from dialogkort.documents.cards import parsed_numbers  # a large library sets the pages
    from dialogkort.documents.printing import print_deck

    cards = None if options.cards is None else parsed_numbers(options.cards)
    shift = _millimetres(options.shift)
    for path in print_deck(options.into, options.deck, cards, backs=options.backs, shift=shift):
        print(path)
    return 0


def _millimetres(written: str) -> tuple[float, float]:
    """Two numbers, with a comma or a point, and a semicolon between them."""
    try:
        right, down = (float(part.strip().replace(",", ".")) for part in written.split(";"))
    except ValueError:
        raise InvalidAction(text("command.print.bad_shift", value=written)) from None
    return right, down


def _describe_check(options: argparse._ArgumentGroup) -> None:
    options.add_argument("file", metavar=text("app.help.store_file_name"), help=text("command.check.file"))
    options.add_argument("--json", action="store_true", help=text("command.check.json"))


def _check(options: argparse.Namespace) -> int:
    from dialogkort.documents.deck_check import check_deck  # a large library measures the cards

    report = check_deck(options.file)
    as_json = json.dumps(report.to_record(), ensure_ascii=False, indent=2) if options.json else None
    print(as_json or report.as_text())
    return 0 if report.is_usable else 1


def _describe_erase(options: argparse._ArgumentGroup) -> None:
    target = options.add_mutually_exclusive_group(required=True)
    target.add_argument("--note", metavar="ID", help=text("command.erase.note"))
    target.add_argument("--session", metavar="ID", help=text("command.erase.session"))
    target.add_argument("--workshop", metavar=text("command.erase.name"), help=text("command.erase.workshop"))
    _add_location(options, "--from", text("command.erase.place"))
    options.add_argument("--yes", action="store_true", help=text("command.erase.yes"))


def _erase(options: argparse.Namespace) -> int:
    store_address = getattr(options, "from") or default_location()
    selection = {"note": options.note, "session": options.session, "workshop": options.workshop}
    name = next(value for value in selection.values() if value is not None)
    with reading(store_address) as store:
        sessions = len(find_sessions(store, **selection))
    if sessions and not options.yes and not _is_sure(text("command.erase.sure", name=name, count=sessions)):
        print(text("command.erase.left_alone"))
        return 1
    erasure = erase(store_address, **selection)
    if not erasure.markers:
        print(text("command.erase.nothing", name=name), file=sys.stderr)
        return 1
    print(text("command.erase.done", events=erasure.events, characters=erasure.characters))
    for path in erasure.still_in:
        print(text("command.erase.still_in", path=path))
    return 0


def _is_sure(question: str) -> bool:
    try:
        return input(question + " ").strip().lower() == text("command.erase.answer")
    except EOFError:  # nobody is there to answer
        print()
        return False


def _add_location(options: argparse._ArgumentGroup, option: str, about: str) -> None:
    usual = str(default_folder()).replace("%", "%%")  # argparse would fill in what follows a %
    options.add_argument(option, metavar=text("command.place_name"), help=f"{about} ({usual})")


COMMANDS: dict[str, tuple[Callable, Callable]] = {
    "merge": (_describe_merge, _merge),
    "collect": (_describe_collect, _collect),
    "export": (_describe_export, _export),
    "import": (_describe_import, _import),
    "report": (_describe_report, _report),
    "print": (_describe_print, _print),
    "check": (_describe_check, _check),
    "erase": (_describe_erase, _erase),
}
