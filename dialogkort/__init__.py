"""Dialogue cards on screen: turn a card, talk, take notes, see honestly what was discussed.

`Prepare()` is the page for preparing a workshop, `Workshop()` the one for a group, `PaperSession()` the one
for typing in what a group has talked about with cards on paper, `Overview()` the page that shows what was
talked about, `Plenum()` the one that shows the room all groups and their notes, `Share()` the page by which
the room joins. `read_all()`
gives what the groups have said as tidy DataFrames, `export()` writes it to files, `merge()` brings the notes
of many machines together, `erase()` removes some for good, `redact()` takes out what may identify somebody.
`next_steps()` tells what has become of what was agreed, `ratings()` what the closing question got, `votes()`
what the room voted in plenum. `read_deck()` reads a deck of your own, `check_deck()` says what to mend in its
file, `print_deck()` makes it ready to be printed, `leave_behind()` writes what a group takes along.

For many workshops: `collect()` makes one dataset of them, `dialogkort.analysis` and `dialogkort.charts` tell
what it says, `Release()` gives of that what may be shown to others, `Coding()` is the page for reading note
by note, and `codings()` gives what was read; `read_plans()` gives what was prepared. `export_qda()` and
`import_qda()` exchange it with NVivo, MAXQDA, ATLAS.ti, QualCoder and others, `export_codebook()` writes
the codes alone.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = [
    "Coding",
    "DialogkortError",
    "Overview",
    "PaperSession",
    "Plenum",
    "Prepare",
    "Release",
    "Share",
    "Workshop",
    "check_deck",
    "codings",
    "collect",
    "erase",
    "export",
    "export_codebook",
    "export_qda",
    "import_qda",
    "leave_behind",
    "merge",
    "next_steps",
    "print_deck",
    "ratings",
    "read_all",
    "read_deck",
    "read_plans",
    "redact",
    "votes",
]

if TYPE_CHECKING:
    from dialogkort.analysis.release import Release
    from dialogkort.dataset.collect import collect
    from dialogkort.decks.reading import read_deck
    from dialogkort.documents.deck_check import check_deck
    from dialogkort.documents.leave_behind import leave_behind
    from dialogkort.documents.printing import print_deck
    from dialogkort.errors import DialogkortError
    from dialogkort.exchange.erase import erase
    from dialogkort.exchange.merge import merge
    from dialogkort.exchange.redact import redact
    from dialogkort.exchange.refi_qda.importing import import_qda
    from dialogkort.exports.export import export
    from dialogkort.exports.refi_qda import export_codebook, export_qda
    from dialogkort.frames.closing import next_steps, ratings
    from dialogkort.frames.codings import codings
    from dialogkort.frames.plans import read_plans
    from dialogkort.frames.sessions import read_all
    from dialogkort.frames.votes import votes
    from dialogkort.ui.coding.widget import Coding
    from dialogkort.ui.overview.widget import Overview
    from dialogkort.ui.paper_session.widget import PaperSession
    from dialogkort.ui.plenum.widget import Plenum
    from dialogkort.ui.prepare.widget import Prepare
    from dialogkort.ui.share.widget import Share
    from dialogkort.ui.workshop.widget import Workshop

_EXPORTS = {
    "DialogkortError": ("dialogkort.errors", "DialogkortError"),
    "Coding": ("dialogkort.ui.coding.widget", "Coding"),
    "Share": ("dialogkort.ui.share.widget", "Share"),
    "Workshop": ("dialogkort.ui.workshop.widget", "Workshop"),
    "Overview": ("dialogkort.ui.overview.widget", "Overview"),
    "PaperSession": ("dialogkort.ui.paper_session.widget", "PaperSession"),
    "Plenum": ("dialogkort.ui.plenum.widget", "Plenum"),
    "Prepare": ("dialogkort.ui.prepare.widget", "Prepare"),
    "Release": ("dialogkort.analysis.release", "Release"),
    "check_deck": ("dialogkort.documents.deck_check", "check_deck"),
    "codings": ("dialogkort.frames.codings", "codings"),
    "collect": ("dialogkort.dataset", "collect"),
    "read_deck": ("dialogkort.decks.reading", "read_deck"),
    "erase": ("dialogkort.exchange.erase", "erase"),
    "export": ("dialogkort.exports.export", "export"),
    "export_codebook": ("dialogkort.exports.refi_qda", "export_codebook"),
    "export_qda": ("dialogkort.exports.refi_qda", "export_qda"),
    "import_qda": ("dialogkort.exchange.refi_qda.importing", "import_qda"),
    "next_steps": ("dialogkort.frames.closing", "next_steps"),
    "ratings": ("dialogkort.frames.closing", "ratings"),
    "merge": ("dialogkort.exchange.merge", "merge"),
    "leave_behind": ("dialogkort.documents.leave_behind", "leave_behind"),
    "print_deck": ("dialogkort.documents.printing", "print_deck"),
    "redact": ("dialogkort.exchange.redact", "redact"),
    "read_plans": ("dialogkort.frames.plans", "read_plans"),
    "read_all": ("dialogkort.frames.sessions", "read_all"),
    "votes": ("dialogkort.frames.votes", "votes"),
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: a page's server must not carry pandas and matplotlib."""
    from importlib import import_module

    if name not in _EXPORTS:
        raise AttributeError(f"module 'dialogkort' has no attribute {name!r}")
    module, attribute = _EXPORTS[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)


def _jupyter_server_extension_points() -> list[dict]:
    """What Jupyter asks a package for whose pages it is to serve."""
    from importlib import import_module

    where = "dialogkort.server.extension"
    return [{"module": where, "app": import_module(where).DialogkortExtension}]
