"""Coding the notes on screen: what is a note about, who says so, and how far do the coders agree.

The page (`page/coding.js`) draws and predicts; this side decides. What the page sends is checked here as a
stranger's: it is either an event of `dialogkort.events`, or one of a few questions. pandas is loaded with the
notes and not before.
"""

from __future__ import annotations

import math
import re
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import anywidget
import traitlets

from dialogkort import events as happenings
from dialogkort.coding import SETTLED, Reading
from dialogkort.events import Coded, CodeDefined, Event, MemoWritten, Undone
from dialogkort.looks import look
from dialogkort.project import Project, begin, sensible_coder
from dialogkort.screens.assembly import script, style
from dialogkort.screens.watching import Watching
from dialogkort.session import Refused
from dialogkort.store import Store, default_place
from dialogkort.texts import catalogue, language, text

if TYPE_CHECKING:
    from dialogkort.frames import Frames

_PARTS = ("dom", "memory", "outbox", "contact", "line", "status", "panels", "coding")
# Customary bounds, no more: Krippendorff 2019, *Content Analysis*, 4th ed., p. 356.
_GOOD, _TENTATIVE = 0.8, 0.667


class Coding(Watching, anywidget.AnyWidget):
    """The page for coding notes: `Coding()` in a cell shows it.

    `where` is the folder or the server's address where notes and codings are kept (`~/Dialogkort` when left
    out). `coder` is who codes; the page asks when it is left out. `frames` (as `read_all` gives them) are the
    notes to code when it is not all of those kept there. Every coder sees their own codings only, until they
    ask to compare. Nothing is raised in front of a coder: what is wrong is said on the screen.
    """

    _esm = script(*_PARTS)
    _css = style()
    _arrivals = ("hello", "sit")

    texts = traitlets.Dict().tag(sync=True)
    shelf = traitlets.Dict().tag(sync=True)
    desk = traitlets.Dict().tag(sync=True)
    comparison = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)

    def __init__(self, where: str | Path | None = None, coder: str = "", frames: Frames | None = None):
        self.project: Project | None = None
        self._place = where if where is not None else default_place()
        self._coder = coder
        self._frames = frames
        self._noted_in: dict[str, str] = {}  # by note, the session it is of
        self._shown: dict[str, Reading | None] = {}  # by note, the coder's reading as the page knows it
        self._said = ""
        self._erasures = 0  # how many there were when the shelf was filled
        super().__init__(
            texts={**catalogue(language())["page"], "code": language()},
            shelf={"notes": [], "cards": [], "areas": [], "groups": []},
            desk={"project": None, "projects": [], "codes": [], "coder": coder},
        )
        self.on_msg(self._hear)

    # --- what the page says ---------------------------------------------------------------------------

    def _do(self, asked: dict) -> None:
        match asked:
            case {"do": "hello", "session": project}:
                self._arrive(project)
            case {"do": "sit", "coder": str(coder), "session": None | str() as project, "name": str(name)}:
                self._sit(coder, project, name)
            case {"do": "happened", "event": dict(record)}:
                self._take(record)
            case {"do": "compare"} if self.project:
                self._compare()
            case _:
                raise Refused(text("page.refused.not_understood"))
        self._show_desk()

    def _arrive(self, project: object) -> None:
        self._show_shelf()
        known = self._store().codings()
        self._open(project if project in known else next(iter(known), None))

    def _sit(self, coder: str, project: str | None, name: str) -> None:
        coder = sensible_coder(coder)
        if project is None:
            self.project = begin(self._store(), name)
        else:
            self._open(project)
        self._coder = coder

    def _open(self, project: str | None) -> None:
        if project is None:
            self.project = None
        elif self.project is None or self.project.id != project:
            self.project = Project(self._store(), project)
        else:
            self.project.catch_up()

    def _take(self, record: dict) -> None:
        try:
            event = happenings.from_record(record)
        except ValueError:
            raise Refused(text("page.refused.not_understood")) from None
        if isinstance(event, Coded | MemoWritten) and self._noted_in.get(event.note) != event.noted_in:
            raise Refused(text("coding.note_unknown"))
        own = self.project and self.project.id == event.session
        project = self.project if own else Project(self._store(), event.session)
        # The page is told again how these notes read: it asks twice when it did not hear the answer.
        self._shown |= dict.fromkeys(_notes_of(event, project))
        project.take(event, self._who(project, event))

    def _who(self, project: Project, event: Event) -> str:
        """Whose doing it is: an event tells, and what it undoes does. It may come from another's outbox."""
        if isinstance(event, Undone) and not self._coder:
            undone = (kept for kept in project.events if kept.id in event.events)
            return next(filter(None, (getattr(kept, "coder", "") for kept in undone)), "")
        return getattr(event, "coder", "") or self._coder

    # --- what other windows do ------------------------------------------------------------------------

    def look(self) -> None:
        """Show what other windows have written since; when that is nothing, nothing is sent to the page."""
        if self.project is None:
            return
        erased = len(self._store().erasures()) != self._erasures
        if self.project.catch_up() or erased:
            with self.hold_sync():
                if erased:
                    self._show_shelf()
                    self.project = Project(self._store(), self.project.id)
                self._show_desk()
                self._answer({"to": None, "arrived": False})

    # --- what the page shows --------------------------------------------------------------------------

    def _answer(self, answer: dict) -> None:
        """Answer the page, with the readings that are not as it knows them; with all when it has arrived."""
        told, whole = self._readings(), answer["arrived"]
        shown = {} if whole else self._shown
        fresh = {note: _reading_on_screen(one) for note, one in told.items() if shown.get(note) != one}
        self._shown = told
        self.answer = {
            **answer,
            "session": self.project.id if self.project else None,
            "now": _now(),
            "readings": fresh | dict.fromkeys(shown.keys() - told.keys()),
            "whole": whole,
        }

    def _readings(self) -> dict[str, Reading]:
        """The coder's own readings by note; nobody else's."""
        if not (self.project and self._coder):
            return {}
        readings = self.project.readings.items()
        return {note: one for (note, coder), one in readings if coder == self._coder}

    def _show_desk(self) -> None:
        project = self.project
        self.desk = {
            "project": project.id if project else None,
            "name": project.name if project else "",
            "projects": [{"id": id, "name": name} for id, name in self._store().codings().items()],
            "coder": self._coder,
            "codes": [
                {"id": code.id, "name": code.name, "definition": code.definition, "retired": code.retired}
                for code in (project.codebook if project else ())
            ],
            "newest": project.newest if project else "",
            "undo": self._undo_on_screen(),
            "said": self._said,
        }

    def _undo_on_screen(self) -> dict | None:
        step = self.project.next_undo(self._coder) if self.project and self._coder else ()
        if not step:
            return None
        names = {code.id: code.name for code in self.project.codebook}
        told = {"events": [event.id for event in step], "note": getattr(step[-1], "note", None)}
        return told | {"label": _step_label(step[-1], names)}

    def _show_shelf(self) -> None:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            frames = self._frames if self._frames is not None else _frames_of(self._store())
        self._said = "\n".join(str(one.message) for one in told if one.category is UserWarning)
        erasures = self._store().erasures()
        self._erasures = len(erasures)
        gone = {(one.session, one.note) for one in erasures}
        kept = [
            (session, note) not in gone and (session, None) not in gone
            for session, note in zip(frames.notes["session"], frames.notes["note"], strict=True)
        ]
        frames = frames._replace(notes=frames.notes.loc[kept])
        self._noted_in = dict(zip(frames.notes["note"], frames.notes["session"], strict=True))
        self.shelf = _shelf_on_screen(frames)

    def _compare(self) -> None:
        from dialogkort import coded
        from dialogkort.analysis import agreement

        told = coded.read(self._store(), [self.project.id]).codings
        told = told[told["note"].isin(self._noted_in)]
        settled = {
            (one.note, code): event
            for (_, coder), one in self.project.readings.items()
            if coder == SETTLED
            for code, event in one.said.items()
        }
        # Never twice the same, so that the page hears of it.
        self.comparison = {
            **_agreement_on_screen(
                *(table(told).to_dict("records") for table in (agreement.alpha, agreement.kappa))
            ),
            "disagreements": [
                {
                    "note": one.note,
                    "code": one.code,
                    "name": one.name,
                    "found_by": list(one.found_by),
                    "not_by": list(one.not_by),
                    "settled": one.settled,
                    "said": settled.get((one.note, one.code)),
                }
                for one in _plain(agreement.disagreements(told)).itertuples()
            ],
            "asked_at": _now(),
        }


def _frames_of(store: Store) -> Frames:
    from dialogkort import frames  # pandas takes its time

    return frames.read(store)


def _plain(frame):
    """A frame with None where there is nothing, as JSON has it."""
    return frame.astype(object).where(frame.notna(), None)


def _notes_of(event: Event, project: Project) -> set[str]:
    """The notes that an event is about, or that what it takes back is about."""
    ids = event.events if isinstance(event, Undone) else ()
    about = (event, *(kept for kept in project.events if kept.id in ids))
    return {one.note for one in about if isinstance(one, Coded | MemoWritten)}


def _reading_on_screen(one: Reading) -> dict:
    return {"codes": sorted(one.codes), "none": one.none, "memo": one.memo}


def _step_label(event: Event, names: dict[str, str]) -> str:
    match event:
        case Coded(code=None):
            return text("coding.step.none")
        case Coded(code=code, applies=applies):
            return text(f"coding.step.{'coded' if applies else 'uncoded'}", name=names.get(code, ""))
        case CodeDefined(name=name):
            return text("coding.step.defined", name=name)
        case _:
            return text("coding.step.memo")


def _shelf_on_screen(frames: Frames) -> dict:
    """Notes with card, area and group by their place in a list: a question is told once, not every time."""
    areas = list(dict.fromkeys(frames.cards["area"]))
    keys = ["session", "card"]
    cards = frames.sessions[["session", "deck_fingerprint"]].merge(frames.cards, on="deck_fingerprint")
    numbers = dict(zip(zip(*(cards[key] for key in keys), strict=True), cards["number"], strict=True))
    groups = frames.sessions[["session", "organisation", "unit", "workshop", "group"]].set_index("session")
    places = {session: place for place, session in enumerate(groups.index)}
    met: dict[tuple, int] = {}
    notes = [
        {
            "id": one.note,
            "in": one.session,
            "text": one.text,
            "kind": str(one.kind),
            "card": _card_place(one, numbers, areas, met),
            "opening": one.opening_question,
            "group": places.get(one.session),
        }
        for one in _plain(frames.notes).itertuples()
    ]
    return {
        "notes": notes,
        "cards": [{"number": number, "question": question, "area": area} for number, question, area in met],
        "areas": [{"name": name, **_look_on_screen(place)} for place, name in enumerate(areas)],
        "groups": [
            {"where": " · ".join(_places(one)), "group": _group_name(one)} for one in groups.itertuples()
        ],
        "read_at": _now(),
    }


def _card_place(note, numbers: dict, areas: list[str], met: dict[tuple, int]) -> int | None:
    if note.card is None:
        return None
    area = areas.index(note.area) if note.area in areas else None
    number = numbers.get((note.session, note.card))
    key = (None if number is None else int(number), note.question or "", area)
    return met.setdefault(key, len(met))


def _places(group) -> list[str]:
    """Organisation and unit, but for what the workshop's name tells already."""
    told = (group.organisation, group.unit)
    return [name for name in told if name and not re.search(rf"\b{re.escape(name)}\b", group.workshop, re.I)]


def _group_name(one) -> str:
    return " – ".join(filter(None, (one.workshop, one.group)))


def _look_on_screen(place: int) -> dict:
    return {"light": look(place).light, "dark": look(place).dark, "shape": look(place).shape}


# --- agreement in words -------------------------------------------------------------------------------------


def _agreement_on_screen(alphas: list[dict], kappas: list[dict]) -> dict:
    whole, *codes = alphas
    return {
        "said": _sentences(whole),
        "rows": [[one["name"], *_figures(one, "alpha"), _verdict(one)] for one in codes],
        "pairs": [
            [one["name"], f"{one['coder_a']} – {one['coder_b']}", *_figures(one, "kappa")] for one in kappas
        ],
    }


def _sentences(whole: dict) -> list[str]:
    from dialogkort.aloud import number

    if whole["why"] in ("one coder", "no note coded by two"):
        return [text(f"coding.why.{whole['why'].replace(' ', '_')}")]
    told = {"coders": number(whole["coders"]), "notes": number(whole["notes"])}
    said = [text("coding.compared", count=int(whole["notes"]), **told)]
    if math.isnan(whole["alpha"]):
        return [*said, text(f"coding.why.{whole['why'].replace(' ', '_')}")]
    alpha, interval = _figures(whole, "alpha")[2:4]
    return [
        *said,
        text("coding.overall", alpha=alpha, interval=interval),
        _verdict(whole),
        text("coding.bounds"),
    ]


def _figures(one: dict, name: str) -> list[str]:
    """Notes, percent, the coefficient and its interval, as they are read."""
    from dialogkort.aloud import number

    told = [
        number(value, 2) if not math.isnan(value) else "" for value in (one[name], one["low"], one["high"])
    ]
    interval = text("coding.interval", low=told[1], high=told[2]) if told[1] else ""
    percent = one["percent"]
    return [
        number(one["notes"]),
        f"{number(100 * percent)} %" if not math.isnan(percent) else "",
        told[0],
        interval,
    ]


def _verdict(one: dict) -> str:
    """What a coefficient is good for, by the end of its interval that promises least."""
    if one["why"] and math.isnan(one["alpha"]):
        return text(f"coding.why.{one['why'].replace(' ', '_')}")
    if math.isnan(one["low"]):
        return text("coding.why.too_rare")
    if one["low"] >= _GOOD:
        return text("coding.verdict.good")
    if one["low"] >= _TENTATIVE:
        return text("coding.verdict.tentative")
    return text("coding.verdict.low" if one["alpha"] < _TENTATIVE else "coding.verdict.unsure")


def _now() -> int:
    return time.time_ns() // 1_000_000
