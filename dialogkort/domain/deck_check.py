"""Remarks on a deck of cards: what to look at again before a room does."""

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

FEWEST, MOST = 4, 60  # cards that make a talk; a talk of sixty cards takes five hours
MOST_AREAS = 6  # that have a colour and a shape of their own
HARD_TO_READ = 60  # LIX; the shipped deck's cards have 27 to 60
_WORDS_FOR_LIX = 12  # fewer say nothing
_LONG_WORD = 6  # letters; a longer one is long in LIX
_CUT_LENGTHS = (255, 256)  # where older programs cut the text of a cell
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# Each looks behind itself: tried anew at every letter of a cell of a million, it would take hours.
_SENTENCE_END = re.compile(r"(?<![.!?:])[.!?:]+(?=\s|$)|\n")
_HYPHEN_THEN_BLANK = re.compile(r"(?<![^\W\d_])([^\W\d_]+)(?:-|\u00ad)\s+([^\W\d_]+)")
_AFTER_A_HYPHEN = {"og", "eller", "samt", "som", "men", "til", "and", "or", "to"}
_ALIKE = 0.84
_MOST_COMPARED = 60  # areas
_LONGEST_COMPARED = 80  # characters of an area's name


class CardText(NamedTuple):
    """What a card says: all that a check reads."""

    area: str
    question: str
    examples: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """The question and the examples."""
        return self.question, *self.examples


class Remark(NamedTuple):
    """Something to look at: its kind, the index of the card (None: the deck), and what it is about."""

    what: str
    card: int | None = None
    value: str = ""
    first: int | None = None  # the card it is compared with


def remarks(cards: Sequence[CardText]) -> list[Remark]:
    """Remarks on a deck, those on the whole of it first, then card by card.

    Parameters
    ----------
    cards : sequence of CardText
        The cards in the order of the file; a field may be empty.

    Returns
    -------
    list of Remark
        `few`, `many`, `many_areas`; `cut_word`, `truncated`, `doubled`, `area_alike`, `hard_to_read`.

    Examples
    --------
    >>> cards = [CardText("A", "Hvad er digi- tale data?"), CardText("A", "Hvad er  digi- tale data")]
    >>> [(remark.what, remark.card, remark.value) for remark in remarks(cards)][:2]
    [('few', None, '2'), ('cut_word', 0, 'digi- tale')]
    """
    by_card = [*_cut_words(cards), *_truncated(cards), *_doubled(cards), *_areas_alike(cards), *_hard(cards)]
    by_card.sort(key=lambda remark: remark.card or 0)
    return [*_whole(cards), *by_card]


def lix(texts: Iterable[str]) -> float | None:
    """LIX, Björnsson's measure of readability: words per sentence, and long words per hundred.

    Parameters
    ----------
    texts : iterable of str
        Each is read as ending a sentence.

    Returns
    -------
    float or None
        About 25 is easy, 40 medium, 55 hard; None when there are too few words to say.

    Notes
    -----
    C. H. Björnsson, *Läsbarhet*, Stockholm 1968. Of a single card it is no more than a hint.

    Examples
    --------
    >>> lix(["Hvad er det, vi taler om, når vi taler om data? Og hvem ved mest om det?"])
    8.5
    """
    words, sentences = [], 0
    for written in texts:
        if matches := _WORD.findall(written):
            words += matches
            sentences += max(1, len(_SENTENCE_END.findall(written.strip() + "\n")) - _ends(written))
    if len(words) < _WORDS_FOR_LIX:
        return None
    long = sum(len(word) > _LONG_WORD for word in words)
    return len(words) / sentences + 100 * long / len(words)


def _ends(written: str) -> int:
    """1 when a text ends with a mark, so that the end of the line is no second one."""
    return int(written.rstrip()[-1:] in set(".!?:"))


def _whole(cards: Sequence[CardText]) -> Iterator[Remark]:
    areas = {_folded(card.area) for card in cards if card.area}
    if len(cards) < FEWEST:
        yield Remark("few", value=str(len(cards)))
    if len(cards) > MOST:
        yield Remark("many", value=str(len(cards)))
    if len(areas) > MOST_AREAS:
        yield Remark("many_areas", value=str(len(areas)))


def _cut_words(cards: Sequence[CardText]) -> Iterator[Remark]:
    """Words that a line break has cut: with its hyphen, or without it where the deck has the word whole."""
    counts = Counter(word for card in cards for text in card.texts for word in _words(text))
    for index, card in enumerate(cards):
        for text in card.texts:
            for cut in dict.fromkeys((*_hyphenated(text), *_split(text, counts))):
                yield Remark("cut_word", index, cut)


def _hyphenated(text: str) -> Iterator[str]:
    for match in _HYPHEN_THEN_BLANK.finditer(text):
        if match[2].casefold() not in _AFTER_A_HYPHEN:
            yield match[0]
    if text.rstrip().endswith(("-", "\u00ad")):
        yield text.split()[-1]


def _split(text: str, counts: Counter[str]) -> Iterator[str]:
    for one, other in pairwise(_words(text)):
        halves_alone = min(counts[one], counts[other])
        if len(one + other) > _LONG_WORD and counts[one + other] and halves_alone == 1:
            yield f"{one} {other}"


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _truncated(cards: Sequence[CardText]) -> Iterator[Remark]:
    for index, card in enumerate(cards):
        for text in card.texts:
            if len(text) in _CUT_LENGTHS and text[-1] not in '.?!”"':
                yield Remark("truncated", index, text[-20:])


def _doubled(cards: Sequence[CardText]) -> Iterator[Remark]:
    first: dict[Hashable, int] = {}
    for index, card in enumerate(cards):
        words = tuple(_words(card.question))
        if words and first.setdefault(words, index) != index:
            yield Remark("doubled", index, first=first[words])


def _areas_alike(cards: Sequence[CardText]) -> Iterator[Remark]:
    """Areas of which one may be a slip of the other: told at the first card of the rarer one."""
    first: dict[str, int] = {}
    for index, card in enumerate(cards):
        first.setdefault(_folded(card.area), index)
    first.pop("", None)
    counts = Counter(_folded(card.area) for card in cards)
    names = [name for name in first if len(name) <= _LONGEST_COMPARED][:_MOST_COMPARED]
    for position, one in enumerate(names):
        for other in names[:position]:
            if SequenceMatcher(None, one, other).ratio() >= _ALIKE:
                rarer, usual = sorted((one, other), key=lambda name: (counts[name], -first[name]))
                yield Remark("area_alike", first[rarer], cards[first[rarer]].area, first[usual])


def _hard(cards: Sequence[CardText]) -> Iterator[Remark]:
    for index, card in enumerate(cards):
        value = lix(card.texts)
        if value is not None and round(value) > HARD_TO_READ:
            yield Remark("hard_to_read", index, str(round(value)))


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
