"""What do cards, the leave-behind and exports cost, and how does it grow?

    python tests/bench/documents.py                # some three minutes
    python tests/bench/documents.py --notes 5000 10000 20000

Each number is taken in a process of its own, in turn: seconds of CPU without starting Python, all threads
together (other programs add nothing to them), the median of several, and the most memory it has held. "Cold"
is the first document of a process, with loading the libraries; "warm" is the same once more.

Cards: the 35 cards as we make them, beside typst alone (our template, our content, and nothing that looks for
what overflows), and beside the same words on as many pages by a plain template (no sizes that are fitted, no
signs, no crop marks). The goal: at most 1.5 times typst alone.
Leave-behind: 500 notes of one group in each form, from reading the store. The goal: at most a second.
Exports: everything as the page hands it over, and the REFI-QDA project with every note coded by two.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from dialogkort.decks.reading import read_deck
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import (
    Coded,
    CodeDefined,
    CodingNamed,
    Dealt,
    Described,
    Discussed,
    Event,
    Noted,
    NoteKind,
    Turned,
)
from dialogkort.store import open_store

ROOT = Path(__file__).resolve().parents[2]
TIMES = 3
IN_A_SESSION = 50
WORDS = "Vi øver os i at bruge det, før vi køber noget nyt, og spørger hinanden først 😀. "
PLAIN = """
#let content = json(bytes(sys.inputs.content))
#set document(title: content.title)
#set text(font: ("Source Sans Pro", "DejaVu Sans"), lang: "da", size: 11pt)
#set page(paper: "a4", margin: 8mm)
#for sheet in content.cards.chunks(4) {
  grid(columns: (1fr, 1fr), rows: (140mm, 140mm), ..sheet.map(card => block(inset: 6mm, {
    rect(width: 100%, fill: rgb("#2b5b6e"), text(fill: white)[#card.area #h(1fr) #card.number])
    heading(level: 1, card.question)
    card.label
    list(..card.examples)
    text(size: 7.5pt, content.source)
  })))
  pagebreak()
  grid(columns: (1fr, 1fr), rows: (140mm, 140mm), ..sheet.map(_ => align(center + horizon, pdf.artifact[
    #text(size: 21pt, content.title) \\ #content.subtitle
  ])))
  pagebreak(weak: true)
}
"""


# --- what is measured ---------------------------------------------------------------------------------------


def our_cards() -> Callable[[], bytes]:
    from dialogkort.documents.cards import card_sheets

    deck = read_deck()
    return lambda: card_sheets(deck)


def bare_cards() -> Callable[[], bytes]:
    """The template and the content that we hand to typst, and nothing else."""
    from typst import Compiler

    from dialogkort.documents import cards, typesetting

    deck = read_deck()
    content = json.dumps(cards._content(deck, deck.cards, True, (0, 0)), ensure_ascii=False)
    template = Path(typesetting.__file__).parent / "cards.typ"

    def compiled() -> bytes:
        fonts = typesetting._fonts()
        inputs = {"content": content}
        compiler = Compiler(template, font_paths=fonts, ignore_system_fonts=True, sys_inputs=inputs)
        return compiler.compile(format="pdf", pdf_standards=["ua-1", "a-2a"])

    return compiled


def plain_cards() -> Callable[[], bytes]:
    from typst import Compiler

    from dialogkort.documents import typesetting

    deck = read_deck()
    cards = [
        {"number": str(card.number), "area": card.area, "question": card.question}
        | {"label": card.examples_label, "examples": list(card.examples)}
        for card in deck.cards
    ]
    content = {"title": deck.title, "subtitle": deck.subtitle, "source": deck.attribution, "cards": cards}

    def compiled() -> bytes:
        compiler = Compiler(
            PLAIN.encode(),
            font_paths=typesetting._fonts(),
            ignore_system_fonts=True,
            sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
        )
        return compiler.compile(format="pdf", pdf_standards=["ua-1", "a-2a"])

    return compiled


def leave_behind(form: str, folder: str) -> Callable[[], bytes]:
    from dialogkort.documents.leave_behind import prepared

    return lambda: next(iter(prepared(folder).files([form]).values()))


def everything(folder: str) -> Callable[[], object]:
    from dialogkort.exports.export import exported_files_from

    return lambda: exported_files_from(folder)


def refi_qda(folder: str) -> Callable[[], object]:
    from dialogkort.exports.refi_qda import qda_files_from

    return lambda: qda_files_from(folder)


def refi_qda_back(folder: str) -> Callable[[], object]:
    from dialogkort.exchange.refi_qda.importing import import_qda
    from dialogkort.exports.refi_qda import export_qda

    project = export_qda(tempfile.mkdtemp(dir=folder), folder)[0]
    return lambda: import_qda(project, folder)


MEASURES = {
    function.__name__: function
    for function in (our_cards, bare_cards, plain_cards, leave_behind, everything, refi_qda, refi_qda_back)
}


def inside(name: str, *arguments: str) -> None:
    """In a process of its own: seconds cold and warm, and MB at most."""
    begun = time.process_time()
    measure = MEASURES[name](*arguments)
    measure()
    cold = time.process_time() - begun
    begun = time.process_time()
    measure()
    print(json.dumps([cold, time.process_time() - begun, _peak()]))


def _peak() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(name: str, *arguments: object) -> list[float]:
    command = [sys.executable, str(Path(__file__)), "--inside", name, *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8", cwd=ROOT)
    return json.loads(done.stdout.splitlines()[-1])


# --- what is written ----------------------------------------------------------------------------------------


def write_notes(
    folder: Path, notes: int, in_a_session: int = IN_A_SESSION, coders: tuple[str, ...] = ()
) -> None:
    deck = read_deck()
    clock = iter(range(1_767_600_000_000, 2**47, 1_000))
    events: list[Event] = []
    pairs = []
    for first in range(0, notes, in_a_session):
        session = new_id(next(clock))
        events += _session(session, deck, clock, first, min(in_a_session, notes - first))
        pairs += [(event.note, session) for event in events[-3 * in_a_session :] if isinstance(event, Noted)]
    with closing(open_store(folder)) as store:
        store.keep_deck(deck)
        store.append([*events, *_codings(pairs, coders, clock)])


def _session(session, deck, clock, first, notes) -> list[Event]:
    def happen(event, /, **fields):
        return event(id=new_id(next(clock)), session=session, **fields)

    cards = [card.id for card in deck.cards]
    details = {
        "workshop": "Digital dag",
        "organisation": f"Kommune {first // 500}",
        "group": f"{first // 50}",
    }
    events = [Described(id=session, session=session, date="2026-01-05", **details)]
    events.append(happen(Dealt, deck=deck.fingerprint, seed=1, order=tuple(cards)))
    kinds = list(NoteKind)
    for number in range(notes):
        card = cards[number * len(cards) // notes]
        if number == 0 or card != cards[(number - 1) * len(cards) // notes]:
            events.append(happen(Turned, card=card))
        kind = kinds[number % len(kinds)]
        note = new_id(next(clock))
        words = f"{first + number}: {WORDS * (1 + number % 3)}"
        events.append(happen(Noted, note=note, card=card, text=words, kind=kind))
        if number + 1 == notes or card != cards[(number + 1) * len(cards) // notes]:
            events.append(happen(Discussed, card=card))
    return events


def _codings(pairs, coders, clock) -> list[Event]:
    if not coders:
        return []
    project = new_id(next(clock))
    events: list[Event] = [CodingNamed(id=project, session=project, name="Behov")]
    codes = [new_id(next(clock)) for _ in range(20)]
    for number, code in enumerate(codes):
        name = f"Kode {number}"
        events.append(CodeDefined(id=new_id(next(clock)), session=project, code=code, name=name, coder="Ida"))
    for number, (note, session) in enumerate(dict.fromkeys(pairs)):
        for coder in coders:
            code = codes[(number + len(coder)) % len(codes)]
            about = {"note": note, "noted_in": session, "code": code, "coder": coder}
            events.append(Coded(id=new_id(next(clock)), session=project, **about))
    return events


# --- tables -------------------------------------------------------------------------------------------------


def cards() -> None:
    names = {"our_cards": "ours", "bare_cards": "typst alone", "plain_cards": "a plain template"}
    rows: dict[str, list[list[float]]] = {name: [] for name in names}
    for _ in range(TIMES):
        for name, row in rows.items():
            row.append(measured(name))
    medians = {name: _medians(row) for name, row in rows.items()}
    print("| 35 cards | cold, s | warm, s | MB | ours is so many times as much (goal 1.5) |")
    print("|---|---:|---:|---:|---:|")
    for name, (cold, warm, peak) in medians.items():
        times = medians["our_cards"][0] / cold
        print(f"| {names[name]} | {cold:.2f} | {warm:.2f} | {peak:.0f} | {times:.2f} |")
    print(flush=True)


def _medians(rows: list[list[float]]) -> list[float]:
    return [statistics.median(column) for column in zip(*rows, strict=True)]


def leave_behinds(folder: Path) -> None:
    write_notes(folder, 500, in_a_session=500)
    print("| leave-behind of 500 notes (goal 1 s) | cold, s | warm, s | MB |\n|---|---:|---:|---:|")
    for form in ("docx", "pdf", "html"):
        cold, warm, peak = _medians([measured("leave_behind", form, folder) for _ in range(TIMES)])
        print(f"| {form} | {cold:.2f} | {warm:.2f} | {peak:.0f} |", flush=True)
    print()


def exports(folder: Path, sizes: list[int]) -> None:
    print("| export | notes | cold, s | warm, s | ms a note (warm) | MB |\n|---|---:|---:|---:|---:|---:|")
    for notes in sizes:
        write_notes(folder / str(notes), notes, coders=("Ida", "Bo"))
    for name in ("everything", "refi_qda", "refi_qda_back"):
        for notes in sizes:
            cold, warm, peak = measured(name, folder / str(notes))
            print(
                f"| {name} | {notes:,} | {cold:.1f} | {warm:.1f} | {warm / notes * 1e3:.2f} | {peak:.0f} |",
                flush=True,
            )


def main() -> None:
    if sys.argv[1:2] == ["--inside"]:
        inside(*sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--notes", type=int, nargs="+", default=[2_500, 5_000, 10_000])
    parser.add_argument("--only", choices=("cards", "leave-behind", "exports"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.only in (None, "cards"):
            cards()
        if options.only in (None, "leave-behind"):
            leave_behinds(Path(folder) / "gruppe")
        if options.only in (None, "exports"):
            exports(Path(folder), options.notes)


if __name__ == "__main__":
    main()
