"""Files that a screen hands over: the tasks that make them in the worker, and what to look at before.

What may identify somebody is shown before a file of notes is made: it is made when the person goes on all
the same. pandas and the libraries for Word and PDF are loaded here, when something is asked for.
"""

from __future__ import annotations

import os
import tempfile
import time
import warnings
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from dialogkort.domain.deck import Deck
from dialogkort.i18n import text
from dialogkort.store import Store
from dialogkort.store import reading as reading_store
from dialogkort.ui.controller import Controller, Task
from dialogkort.ui.messages import ExportNotes, PrintDeck, not_understood
from dialogkort.ui.privacy_hints import names_of_owners

if TYPE_CHECKING:
    from dialogkort.frames.sessions import Frames

DOCUMENTS = ("docx", "pdf", "html")  # of one group, or of the groups of one workshop
FORMS = (*DOCUMENTS, "xlsx", "ics", "data")
SHEETS = ("all", "cards", "guide", "notes", "alignment", "handbook")
_MAX_PLACES = 50  # shown; of more it is said how many there are
_ENDINGS = {"data": "zip"}


def notes_task(
    controller: Controller, message: ExportNotes, sessions: Sequence[str] | None, names: Iterable[str]
) -> Task:
    """The task that makes a file of some sessions' notes; of all there are with None.

    `InvalidAction` for a form that is not known, or that there is not of so many.
    """
    if message.form not in FORMS or (sessions is None and message.form in DOCUMENTS):
        raise not_understood()
    arguments = {
        "location": controller.context.location,
        "sessions": None if sessions is None else list(sessions),
        "form": message.form,
        "names": list(names),
        "checked": message.checked,
    }
    return file_task(controller, "dialogkort.ui.downloads:notes_file", arguments, message.id)


def print_task(controller: Controller, message: PrintDeck, deck: Deck) -> Task:
    """The task that makes a deck ready to be printed. `InvalidAction` for a sheet or an area there is not."""
    if message.sheet not in SHEETS or message.area not in (None, *(area.name for area in deck.areas)):
        raise not_understood()
    numbers = [card.number for card in deck.cards if message.area in (None, card.area)]
    arguments = {
        "deck": deck.to_record(),
        "sheet": message.sheet,
        "numbers": numbers,
        "backs": message.backs,
        "shift": list(message.shift),
    }
    return file_task(controller, "dialogkort.ui.downloads:print_file", arguments, message.id)


def file_task(controller: Controller, target: str, arguments: dict, id: str | None) -> Task:
    """The task whose function makes a file in the worker, to be handed over when it is there."""
    view = controller.view
    return Task(
        target,
        arguments,
        show=lambda result: view.send_once("download", {**_as_fields(result), "to": id}),
        fail=lambda refused: view.send_once("download", {"refused": refused, "to": id}),
        makes_file=True,
    )


def _as_fields(result: object) -> dict:
    return result if isinstance(result, dict) else {}


# --- in the worker's process ------------------------------------------------------------------------------


def notes_file(
    location: str,
    sessions: list[str] | None,
    form: str,
    names: list[str],
    checked: bool,
    scratch: str | None = None,
) -> dict:
    """A file of some sessions: its `name`, the `file` it lies in, what to know of it (`notice`).

    Unless it was `checked`, nothing is made when something in it may identify somebody: then its `places` are
    told, and how many there are (`count`). The file lies in the folder `scratch`, or among the temporary
    files; who asked for it removes it.
    """
    from dialogkort.frames.sessions import read
    from dialogkort.privacy.detection import scan_notes

    with warnings.catch_warnings(record=True) as caught, reading_store(location) as store:
        warnings.simplefilter("always", UserWarning)
        frames = read(store, sessions)
        names = sorted({*names, *names_of_owners(frames.notes["owner"])})
        if not checked:
            places = scan_notes(frames.notes, names)
            if len(places):
                return {
                    "places": _places_view(places.head(_MAX_PLACES).to_dict("records"), frames),
                    "count": len(places),
                }
        content = _content(store, sessions, form, names, frames)
    ending = _ENDINGS.get(form, form)
    left_out = dict.fromkeys(str(warning.message) for warning in caught)
    return file_view(_name(frames, sessions), ending, content, scratch, "\n".join(left_out))


def _content(store: Store, sessions: list[str] | None, form: str, names: list[str], frames: Frames) -> bytes:
    if form == "data":
        from dialogkort.exports.export import as_zip, exported_files

        return as_zip(exported_files(store, sessions, names).files)
    if form == "xlsx":
        from dialogkort.exports.excel import as_workbook

        return as_workbook(frames)
    if form == "ics":
        from dialogkort.exports.calendar import as_calendar

        return as_calendar(frames.notes)
    from dialogkort.documents.leave_behind import FORMATS, attribution_of
    from dialogkort.documents.report import report

    return FORMATS[form](report(frames, attribution_of(store, frames)))


def _name(frames: Frames, sessions: list[str] | None) -> str:
    if sessions is None or frames.sessions.empty:
        return text("page.download.everything", date=date.today().isoformat())
    from dialogkort.documents.report import file_name

    return file_name(frames.sessions)


def _places_view(places: Iterable[Mapping], frames: Frames) -> list[dict]:
    """The first places that may identify somebody, with where they stand; their words are covered."""
    from dialogkort.exports.tables import readable_tables

    notes = {note["note"]: note for note in readable_tables(frames)["notes"].to_dict("records")}
    is_of_many = len(frames.sessions) > 1
    return [
        {
            "note": place["note"],
            "kind": place["kind"],
            "sure": bool(place["sure"]),
            "context": _context(place),
            "where": _where(notes[place["note"]], is_of_many),
        }
        for place in places
    ]


def _context(place: Mapping) -> str:
    """What stands around a place; a name alone is said to be of who does a next step."""
    context = " ".join(place["context"].split())
    return text("page.download.who_does", context=context) if place["field"] == "owner" else context


def _where(note: Mapping, is_of_many: bool) -> str:
    """The group (where there are several), and the card or the question of the opening round."""
    opening = note["opening_question"]
    is_of_opening = opening is not None and opening == opening
    if note["question"] and note["question"] == note["question"] and is_of_opening:
        about = note["question"]  # of the facilitator's own
    elif not is_of_opening:
        about = text("documents.report.card", number=note["label"], question=note["question"])
    else:
        about = text(f"page.opening.question_{opening:.0f}")
    group = f"{note['workshop']} · {note['group']}" if is_of_many else ""
    return " · ".join(filter(None, [group, about]))


def print_file(
    deck: dict,
    sheet: str,
    numbers: list[int],
    backs: bool,
    shift: list[float],
    scratch: str | None = None,
) -> dict:
    """A PDF to print of a deck (a record), or all there are in a zip: see `notes_file`."""
    from dialogkort.documents.printing import printed_files

    sheets = SHEETS[1:] if sheet == "all" else (sheet,)
    right, down = shift
    files = printed_files(Deck.from_record(deck), numbers, backs=backs, shift=(right, down), sheets=sheets)
    if sheet == "all":
        from dialogkort.exports.export import as_zip

        return file_view(text("page.print.everything"), "zip", as_zip(files), scratch)
    (name, content), *_ = files.items()
    return file_view(name.removesuffix(".pdf"), "pdf", content, scratch)


def file_view(name: str, ending: str, content: bytes, scratch: str | None, notice: str = "") -> dict:
    """A file that was made: its name, where it lies, and what to know of it."""
    return {
        "name": f"{name}.{ending}",
        "notice": notice,
        "file": _written_to_temporary(content, scratch, ending),
        "created_at": time.time_ns() // 1_000_000,
    }


def _written_to_temporary(content: bytes, folder: str | None, ending: str) -> str:
    descriptor, path = tempfile.mkstemp(prefix="dialogkort-", suffix=f".{ending}", dir=folder)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return path
