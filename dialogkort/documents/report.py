"""A group's leave-behind, or that of a workshop's groups: notes, next steps, disagreement, the overview."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dialogkort.documents.blocks import Block, Bullets, Document, Grid, Heading, Paragraph, Picture
from dialogkort.domain.outcomes import Outcome
from dialogkort.errors import InvalidAction
from dialogkort.exports.tables import readable_tables
from dialogkort.frames.sessions import Frames
from dialogkort.i18n import text
from dialogkort.i18n.sorting import danish_order
from dialogkort.narrative.numbers import day, listed, number

if TYPE_CHECKING:
    import pandas as pd

_MAX_NAME_LENGTH = 120  # characters of a file's name: systems for records cut longer ones
_NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|#%&{}~$+=@`!^\[\]]|\s+')


def report(frames: Frames, attribution: str = "") -> Document:
    """The document of some sessions: one group's, or those of a workshop.

    Parameters
    ----------
    frames : Frames
        The sessions, as `frames.sessions.read` gives them. They need not have ended.
    attribution : str
        Whose text the cards are.

    Returns
    -------
    Document
        Next steps with who and when, the overview with its sentence, the notes by area and card, the opening
        round, disagreement, skipped cards, and areas that were not touched. With several sessions each note
        says which group it is from.

    Raises
    ------
    InvalidAction
        There is no session.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import merge, read_all
    >>> from dialogkort.resources import SAMPLE
    >>> folder = tempfile.mkdtemp()
    >>> imported = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> document = report(read_all(folder))
    >>> type(document.blocks[0]).__name__
    'Heading'
    """
    if frames.sessions.empty:
        raise InvalidAction(text("documents.report.no_session"))
    content = _Content(frames)
    blocks: list[Block] = [Heading(1, content.title), Paragraph(content.facts), Paragraph(content.summary)]
    blocks.extend(_next_steps(content))
    blocks.extend(_overview(frames))
    for section in (_by_area, _opening, _disagreement, _skipped, _untouched):
        blocks.extend(section(content))
    blocks.append(
        Paragraph(" · ".join(filter(None, [text("documents.report.made_with"), attribution])), True)
    )
    return Document(content.title, file_name(frames.sessions), tuple(blocks))


def file_name(sessions: pd.DataFrame) -> str:
    """A name that any system for records takes: the day, the organisation, what it is and which group.

    Something like `2026-11-28 Sandby Kommune Dialogkort gruppe 1`; the ending is up to the kind of file.

    Parameters
    ----------
    sessions : DataFrame
        The frame of `read_all`: the sessions of the document.

    Returns
    -------
    str
        At most as long as any system takes, without what may not stand in a name.

    Examples
    --------
    >>> import pandas as pd
    >>> day = pd.Timestamp("2026-11-28")
    >>> session = {"date": day, "organisation": "Sandby Kommune", "workshop": "Efterår", "group": "1"}
    >>> file_name(pd.DataFrame([session]))
    '2026-11-28 Sandby Kommune Dialogkort gruppe 1'
    """
    first = sessions.iloc[0]
    on = first["date"] if first["date"] == first["date"] else first["started_at"]
    groups = sessions["group"].unique()
    last = _group_in_words(groups[0], "group_in_name") if len(groups) == 1 else first["workshop"]
    return _safe(f"{on:%Y-%m-%d} {first['organisation']} Dialogkort {last}")


def _group_in_words(group: str, words: str = "group") -> str:
    """Gruppe 1, of a group that is called 1; Hold 2 and Gruppe Blå say by themselves what they are."""
    return group if " " in group else text(f"documents.report.{words}", group=group)


def _safe(name: str) -> str:
    composed = unicodedata.normalize("NFC", name)
    plain = "".join(letter for letter in composed if unicodedata.category(letter)[0] not in "CM")
    return " ".join(_NOT_IN_A_NAME.sub(" ", plain).split())[:_MAX_NAME_LENGTH].rstrip(" .")


class _Content:
    """The tables of some sessions in words, and what stands at the head of the document."""

    def __init__(self, frames: Frames):
        tables = readable_tables(frames)
        self.sessions = frames.sessions
        self.cards = tables["cards"]
        codes = frames.turns[["session", "turn", "outcome", "agreement"]]
        self.turns = tables["turns"].merge(codes, on=["session", "turn"], suffixes=("", "_code"))
        self.notes = tables["notes"].merge(frames.notes[["note", "kind"]], on="note", suffixes=("", "_code"))
        self.is_of_many = len(frames.sessions) > 1

    @property
    def title(self) -> str:
        return self.sessions["workshop"].iloc[0] or "Dialogkort"

    @property
    def facts(self) -> str:
        """Where, when and who, as far as it was told."""
        first = self.sessions.iloc[0]
        groups = sorted(self.sessions["group"].unique(), key=danish_order)
        people = self.sessions["participants"].sum()
        parts = [
            first["organisation"],
            first["unit"],
            day(first["date"]) if first["date"] == first["date"] else "",
        ]
        parts.append(listed([_group_in_words(group) for group in groups]))
        parts.append(text("documents.report.people", count=int(people)) if people else "")
        return " · ".join(filter(None, parts))

    @property
    def summary(self) -> str:
        """How many cards and notes there were."""
        outcomes = self.turns["outcome_code"].value_counts()
        return text(
            "documents.report.summary",
            turned=number(len(self.turns)),
            discussed=number(outcomes.get(Outcome.DISCUSSED, 0)),
            skipped=number(outcomes.get(Outcome.SKIPPED, 0)),
            notes=number(len(self.notes)),
        )

    def group_of(self, row: dict) -> str:
        """The group in brackets, where there are several."""
        return f" ({_group_in_words(row['group'])})" if self.is_of_many else ""

    def in_words(self, note: dict) -> str:
        """A note as an item of a list: its kind, its text, and whose it is where there are several groups."""
        return f"{note['kind']}: {note['text'].strip()}{self.group_of(note)}"

    def of_kind(self, kind: str) -> list[dict]:
        """The notes of a kind."""
        return self.notes[self.notes["kind_code"] == kind].to_dict("records")


def _card(row: dict) -> str:
    return text("documents.report.card", number=row["label"], question=row["question"])


def _next_steps(content: _Content) -> Iterator[Block]:
    yield Heading(2, text("documents.report.next_steps"))
    if not (steps := content.of_kind("next step")):
        yield Paragraph(text("documents.report.no_steps"))
        return
    head = [text("documents.notes.what"), text("page.pad.owner"), text("page.pad.due")]
    if content.is_of_many:
        head.append(text("page.start.group"))
    yield Grid(tuple(head), tuple(_step(step, content.is_of_many) for step in steps))


def _step(step: dict, with_group: bool) -> tuple[str, ...]:
    due = day(step["due"]) if step["due"] == step["due"] else ""
    untold = text("page.end.untold")
    return (
        step["text"].strip(),
        step["owner"] or untold,
        due or untold,
        *([step["group"]] if with_group else []),
    )


def _by_area(content: _Content) -> Iterator[Block]:
    """The notes of each area's cards, and what became of the cards, in the order of the deck."""
    notes = content.notes[content.notes["number"].notna() & (content.notes["kind_code"] != "next step")]
    turns = content.turns[content.turns["outcome_code"] != Outcome.PUT_BACK]
    discussed = {*notes["card"], *turns.loc[turns["outcome_code"] != Outcome.SKIPPED, "card"]}
    yield Heading(2, text("documents.report.talked"))
    if not discussed:
        yield Paragraph(text("documents.report.nothing"))
    cards = content.cards[content.cards["card"].isin(discussed)].drop_duplicates("card")
    for area, of_area in cards.groupby("area", sort=False):
        yield Heading(3, area)
        for card in of_area.to_dict("records"):
            yield Heading(4, _card(card))
            yield from _outcomes(turns[turns["card"] == card["card"]].to_dict("records"), content)
            if of_card := notes[notes["card"] == card["card"]].to_dict("records"):
                yield Bullets(tuple(map(content.in_words, of_card)))


def _outcomes(turns: list[dict], content: _Content) -> Iterator[Block]:
    summaries = [
        ", ".join(filter(None, [turn["outcome"], _filled(turn["agreement"])])) + content.group_of(turn)
        for turn in turns
    ]
    if summaries:
        yield Paragraph(" · ".join(summaries), True)


def _filled(value: object) -> str:
    return value if isinstance(value, str) else ""


def _opening(content: _Content) -> Iterator[Block]:
    is_listed = content.notes["opening_question"].notna() & (content.notes["kind_code"] != "next step")
    by_question: dict[tuple[int, str], list[str]] = {}
    for note in content.notes[is_listed].to_dict("records"):
        place = int(note["opening_question"])
        words = _filled(note["question"]) or text(f"page.opening.question_{place}")
        by_question.setdefault((place, words), []).append(content.in_words(note))
    for (_, words), items in sorted(by_question.items()):
        yield Heading(2, words)
        yield Bullets(tuple(items))


def _disagreement(content: _Content) -> Iterator[Block]:
    """Cards that were seen differently or not settled, and notes of disagreement."""
    differing = content.turns[content.turns["agreement_code"].isin(["differently", "not settled"])]
    items = [
        f"{_card(turn)} – {turn['agreement'].lower()}{content.group_of(turn)}"
        for turn in differing.to_dict("records")
    ]
    items += [_with_card(note) + content.group_of(note) for note in content.of_kind("disagreement")]
    if items:
        yield Heading(2, text("documents.report.disagreement"))
        yield Bullets(tuple(items))


def _with_card(note: dict) -> str:
    if note["number"] != note["number"] or note["opening_question"] == note["opening_question"]:
        return note["text"].strip()
    return text("documents.report.card", number=note["label"], question=note["text"].strip())


def _skipped(content: _Content) -> Iterator[Block]:
    skipped = content.turns[content.turns["outcome_code"] == Outcome.SKIPPED].to_dict("records")
    if skipped:
        yield Heading(2, text("documents.report.skipped"))
        yield Bullets(tuple(_skip(turn) + content.group_of(turn) for turn in skipped))


def _skip(turn: dict) -> str:
    reason = _filled(turn["skip_reason"])
    return f"{_card(turn)} – {reason.lower()}" if reason else _card(turn)


def _untouched(content: _Content) -> Iterator[Block]:
    turned = {*content.turns.loc[content.turns["outcome_code"] != Outcome.PUT_BACK, "area"]}
    areas = [area for area in content.cards["area"].unique() if area not in turned]
    if areas:
        yield Heading(2, text("documents.report.untouched"))
        yield Bullets(tuple(areas))


def _overview(frames: Frames) -> Iterator[Block]:
    """The picture of the areas and its sentence, for those who were there; none before a card is turned."""
    if frames.turns.empty:
        return
    from dialogkort.analysis.discussion import by_area
    from dialogkort.charts.export import as_png, as_svg
    from dialogkort.charts.overview import overview
    from dialogkort.narrative import overview_sentence

    areas = by_area(*frames)
    figure = overview(areas, for_my_eyes=True)
    yield Heading(2, text("overview.title"))
    yield Paragraph(overview_sentence(areas, for_my_eyes=True))
    picture = as_svg(figure, heading=False), as_png(figure, 110, heading=False)  # the sentence is said above
    yield Picture(*picture, figure.alt)
    yield Paragraph(text("charts.for_my_eyes"), quiet=True)
