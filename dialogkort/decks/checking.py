"""The check of a deck: everything found in a file of cards, what must be mended before what to look at."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dialogkort.decks.drafts import About, CardDraft, deck_of, draft_faults
from dialogkort.decks.findings import Finding, Severity, line_in_words, on_one_line, short
from dialogkort.decks.reading import DeckFile, read_deck_file, shipped_deck
from dialogkort.domain.deck import Deck
from dialogkort.domain.deck_check import CardText, Remark, lix, remarks
from dialogkort.errors import DeckError
from dialogkort.i18n import text

MAX_CARDS = 1_000

TooLong = Callable[[Deck], Collection[int]]  # the numbers of the cards that do not fit on paper


@dataclass(frozen=True)
class DeckReport:
    """What was found in a file of cards.

    `cards` and `areas` count what was read, `lix` is the deck's readability (None of too few words). `deck`
    is there unless something must be mended.
    """

    file: str
    sheet: str
    cards: int
    areas: int
    lix: float | None
    findings: tuple[Finding, ...]
    deck: Deck | None = None

    @property
    def errors(self) -> int:
        """How many findings must be mended before the cards can be used."""
        return sum(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def is_usable(self) -> bool:
        """True when nothing must be mended."""
        return not self.errors

    def to_record(self) -> dict:
        """The report as plain values, ready for JSON."""
        return {
            "file": self.file,
            "sheet": self.sheet,
            "cards": self.cards,
            "areas": self.areas,
            "lix": None if self.lix is None else round(self.lix, 1),
            "errors": self.errors,
            "findings": [
                {
                    "severity": str(finding.severity),
                    "what": finding.what,
                    "file": finding.file,
                    "sheet": finding.sheet,
                    "line": finding.line,
                    "card": finding.number,
                    "message": finding.message,
                }
                for finding in self.findings
            ],
        }

    def as_text(self) -> str:
        """The report for a person: a line that counts, and one for each finding."""
        return "\n".join([_heading(self), *map(_line, self.findings), self.verdict])

    @property
    def facts(self) -> str:
        """What was counted, in words."""
        lix = [] if self.lix is None else [text("deck.report.lix", value=round(self.lix))]
        cards = text("deck.report.cards", count=self.cards)
        return ", ".join([cards, text("deck.report.areas", count=self.areas), *lix])

    @property
    def verdict(self) -> str:
        """What follows from the findings, in a sentence."""
        looks = len(self.findings) - self.errors
        if any(finding.what == "unreadable" for finding in self.findings):
            return text("deck.report.unread")
        if self.errors:
            return text("deck.report.errors", count=self.errors)
        return text("deck.report.looks", count=looks) if looks else text("deck.report.fine")


def check_file(path: str | Path, too_long: TooLong) -> DeckReport:
    """Everything found in a file of cards.

    Parameters
    ----------
    path : str or Path
        A workbook, a CSV file, or a folder with one.
    too_long : callable
        Gives the numbers of a deck's cards that do not fit on paper.

    Returns
    -------
    DeckReport
        A file of which no rows can be read has one finding, which says why.

    Examples
    --------
    >>> from dialogkort import resources
    >>> report = check_file(resources.DATA / "medarbejderen", too_long=lambda deck: [])
    >>> report.cards, report.areas, report.errors
    (35, 4, 0)
    """
    try:
        read = read_deck_file(path)
    except DeckError as fault:
        unreadable = Finding(Path(path).name, "unreadable", str(fault))
        return DeckReport(Path(path).name, "", 0, 0, None, (unreadable,))
    return report_of(read, too_long)


def check_drafts(read: DeckFile, drafts: Sequence[CardDraft], too_long: TooLong) -> DeckReport:
    """As `check_file`, of drafts that somebody has edited since they were read from that file."""
    faults = draft_faults(drafts, read.about.areas, read.sheet.unit)
    errors = [read.of_draft(draft, fault) for draft, fault in faults]
    return report_of(read._replace(drafts=[*drafts], findings=errors), too_long)


def report_of(read: DeckFile, too_long: TooLong) -> DeckReport:
    """The report of a file that was read."""
    too_many = [*_counted(read)]
    findings = [*read.findings, *too_many]
    cards = [_card_text(draft) for draft in read.drafts]
    lines = {draft.line for draft in read.drafts}
    # Else the columns are not what they seem; and of thousands of cards nobody reads remarks.
    if not too_many and all(one.line in lines for one in read.errors):
        findings += [*_unprintable(read, too_long), *(_in_words(read, remark) for remark in remarks(cards))]
    findings.sort(key=lambda one: (one.severity is Severity.LOOK, one.line or 0))
    is_usable = all(one.severity is Severity.LOOK for one in findings)
    return DeckReport(
        file=read.file.name,
        sheet=read.sheet.name,
        cards=len(cards),
        areas=len({" ".join(card.area.split()).casefold() for card in cards if card.area}),
        lix=lix(words for card in cards for words in card.texts),
        findings=tuple(findings),
        deck=read.deck() if is_usable else None,
    )


def _card_text(draft: CardDraft) -> CardText:
    return CardText(draft.values["area"], draft.values["question"], draft.examples)


def _counted(read: DeckFile) -> Iterator[Finding]:
    if (count := len(read.drafts)) > MAX_CARDS:
        yield read.finding("too_many", text("deck.too_many", count=count, most=MAX_CARDS))


def _unprintable(read: DeckFile, too_long: TooLong) -> Iterator[Finding]:
    """The cards that paper has no room for, also in a file of which others must be mended first."""
    faulty = {finding.line for finding in read.errors}
    sound = [draft for draft in read.drafts if draft.line not in faulty][:MAX_CARDS]
    if not sound:
        return
    numbers = set(too_long(deck_of(_plain(read.about), sound, shipped_deck())))
    for draft in sound:
        if draft.number in numbers:
            yield read.finding("too_long", text("deck.too_long"), draft.line, number=draft.values["number"])


def _plain(about: About) -> About:
    return about._replace(areas=())


def _in_words(read: DeckFile, remark: Remark) -> Finding:
    """A remark in words, at its line."""
    draft = None if remark.card is None else read.drafts[remark.card]
    first = "" if remark.first is None else line_in_words(read.sheet.unit, read.drafts[remark.first].line)
    value = short(remark.value)
    other = "" if remark.first is None else short(read.drafts[remark.first].values["area"])
    message = text(f"deck.remarks.{remark.what}", value=value, first=first, other=other)
    number = draft.values["number"] if draft else ""
    line = draft.line if draft else None
    return read.finding(remark.what, message, line, number=number, severity=Severity.LOOK)


# The report in words


def _heading(report: DeckReport) -> str:
    file = on_one_line(report.file)
    if not report.cards:
        return file
    sheet = text("deck.report.sheet", sheet=on_one_line(report.sheet)) if report.sheet else ""
    return f"{', '.join(filter(None, (file, sheet)))}: {report.facts}"


def _line(finding: Finding) -> str:
    card = text("deck.report.card", number=short(finding.number)) if finding.number and finding.line else ""
    places = filter(None, (finding.where, card))
    severity = text(f"deck.severity.{finding.severity}")
    return "  ".join(filter(None, (f"{severity}:", ", ".join(places), on_one_line(finding.message))))
