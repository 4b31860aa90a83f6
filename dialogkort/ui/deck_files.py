"""Tasks for decks of one's own: a file is read, checked line by line, edited, and made a new file."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from dialogkort.decks.checking import MAX_CARDS, DeckReport, check_drafts, report_of
from dialogkort.decks.editing import as_record, from_record
from dialogkort.decks.findings import Severity
from dialogkort.decks.reading import read_deck_file
from dialogkort.domain.deck import Deck
from dialogkort.errors import DeckError, InvalidAction
from dialogkort.i18n import text
from dialogkort.ui.controller import Controller, Task
from dialogkort.ui.downloads import file_task, file_view
from dialogkort.ui.messages import CheckDeck, ReadDeck, SaveDeck, not_understood


def read_deck_task(controller: Controller, message: ReadDeck) -> Task:
    """The task that reads a file that was handed in. `InvalidAction` when it is not here (any more)."""
    uploads = controller.context.uploads
    handed_in = uploads.take(message.uploads)
    if len(handed_in.names) != 1:
        uploads.remove(handed_in)
        raise not_understood()

    def show(result: object) -> None:
        uploads.remove(handed_in)
        _show(controller, message.id, result)

    return Task(
        "dialogkort.ui.deck_files:read_uploaded",
        {"folder": str(handed_in.folder), "names": handed_in.names},
        show=show,
        fail=lambda refused: show({"refused": refused}),
        reads_files=True,
    )


def check_deck_task(controller: Controller, message: CheckDeck) -> Task:
    """The task that looks once more through cards that somebody has edited."""
    return Task(
        "dialogkort.ui.deck_files:checked",
        {"deck": _understood(message.deck)},
        show=lambda result: _show(controller, message.id, result),
        fail=lambda refused: _show(controller, message.id, {"refused": refused}),
        reads_files=True,
    )


def save_deck_task(controller: Controller, message: SaveDeck) -> Task:
    """The task that makes a new file of cards that somebody has edited."""
    return file_task(
        controller, "dialogkort.ui.deck_files:saved", {"deck": _understood(message.deck)}, message.id
    )


def edited_deck(record: Mapping) -> Deck:
    """The deck of cards that somebody has edited. `InvalidAction` when something must be mended first."""
    try:
        return from_record(_understood(record)).deck_of_drafts()
    except DeckError as fault:
        raise InvalidAction(str(fault)) from fault


def _understood(record: Mapping) -> dict:
    try:
        from_record(record)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise not_understood() from None
    return dict(record)


def _show(controller: Controller, id: str | None, result: object) -> None:
    fields = result if isinstance(result, dict) else {}
    controller.view.send_once("deck_report", {**fields, "to": id})


# --- in the worker's process ------------------------------------------------------------------------------


def read_uploaded(folder: str, names: dict[str, str]) -> dict:
    """The cards of a file that was handed in (`deck`, see `decks.editing`), and what was found in it.

    `refused` says why no rows can be read.
    """
    from dialogkort.documents.cards import too_long

    ((path, name),) = names.items()
    file, name = Path(folder, path), PurePosixPath(name).name
    try:
        read = read_deck_file(file, called=name)
    except DeckError as fault:
        return {"refused": str(fault).replace(str(file), name)}
    if (count := len(read.drafts)) > MAX_CARDS:  # more than a page lays out, or takes back
        return {"refused": text("deck.too_many", count=count, most=MAX_CARDS)}
    return {"deck": as_record(read), **report_view(report_of(read, too_long))}


def checked(deck: dict) -> dict:
    """What is found in cards that somebody has edited."""
    from dialogkort.documents.cards import too_long

    read = from_record(deck)
    return report_view(check_drafts(read, read.drafts, too_long))


def saved(deck: dict, scratch: str | None = None) -> dict:
    """A new file of the cards: see `downloads.notes_file`."""
    from dialogkort.exports.deck_file import deck_workbook

    read = from_record(deck)
    return file_view(
        text("page.decks.file_name", deck=read.about.title), "xlsx", deck_workbook(read.drafts), scratch
    )


def report_view(report: DeckReport) -> dict:
    """A report for the screen: each finding with the line that its card has."""
    return {
        "facts": report.facts,
        "errors": report.errors,
        "verdict": report.verdict,
        "findings": [
            {
                "is_error": finding.severity is Severity.ERROR,
                "severity": text(f"deck.severity.{finding.severity}"),
                "line": finding.line,
                "where": finding.where,
                "message": finding.message,
            }
            for finding in report.findings
        ],
    }
