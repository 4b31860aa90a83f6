"""What is one word in Danish: its stem, the words it is put together from, and whether it says anything?

Stems are Snowball's (https://snowballstem.org/algorithms/danish/stemmer.html), put right in five places:

* `irregular_da.txt` names words whose forms have different stems (kursus, kurser; barn, børn; give, gav),
  also as the end of a longer word (it-kurser; beskrive, beskrev).
* -hed goes in every form: virksomhederne belongs to virksomheder.
* -els stays in every form, and not only in short words: ledelse is not leder.
* A final s stays on a listed word: plads belongs to pladsen.
* A final t goes when the rest is a simple word: svært, brugte and digitalt belong to svær, bruge and digital.

What Snowball takes for one word though it is two stays one (bruge and bruger, mulig and mulighed).

A word is put together when all of it can be laid with simple words, with -s-, -e- or a hyphen between them
(borger+kontakt, arbejds+plads, it-kurser). The simple words are those of `simple_words_da.txt`, and those
that the caller knows besides. Of several ways the one with fewest unlisted and then fewest words is taken.
That is the usual way to split compounds with a word list (Koehn & Knight 2003, "Empirical methods for
compound splitting", EACL), with a list in place of their frequencies, because a workshop's notes are too few
for those. There is no kept library that does it for Danish. So *kort* is found in *kortlægge* (kort+lægge,
and so it is), but *bil* is not found in *billede*, which the list keeps whole, nor *man* in *mandag*.

How often this is right is measured on 200 words: `python tests/test_danish.py`.
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

LANGUAGE = "danish"

_SHORTEST = 3
_SHORTEST_UNLISTED = 4
_IN_MEMORY = 500_000
_ELSE = re.compile("(..+els)(?:e|es|en|ens|er|ers|erne|ernes)")


@cache
def stop_words() -> frozenset[str]:
    """The words that say little by themselves, lower case."""
    return frozenset(_listed("stop_words_da.txt"))


@lru_cache(_IN_MEMORY)
def stem(word: str) -> str:
    """What all forms of a word (lower case) share; a key to count by, not a word to show."""
    front, hyphen, last = word.rpartition("-")
    if hyphen:
        return front + hyphen + stem(last)
    if word in _irregular():
        return _irregular()[word]
    found = _regular(word)
    return found if found in _simple_stems() else _of_irregular_end(word) or _without_t(word, found)


@lru_cache(_IN_MEMORY)
def parts(word: str, known: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The pieces of a word as they stand in it; one piece, the word, when it is not put together.

    `known` holds stems of words that count as simple besides those of the list.
    """
    pieces = [piece for hyphened in word.split("-") for piece in _laid(hyphened, known)]
    return tuple(pieces)


def stems_in_front(piece: str) -> set[str]:
    """The stems a piece may have where another follows: its last letter may only join them (tid-s-pres)."""
    joined = piece[-1] in "se" and len(piece) > _SHORTEST
    return {stem(piece), stem(piece[:-1])} if joined else {stem(piece)}


def known_stems(words: Iterable[str]) -> frozenset[str]:
    """Stems of the words that are long enough, and say enough, to be a part of another word."""
    stop = stop_words()
    return frozenset(stem(word) for word in words if len(word) >= _SHORTEST_UNLISTED and word not in stop)


def beginnings(found: str) -> frozenset[str]:
    """What every word with this stem begins with: one of these (an irregular form need not with the stem)."""
    return frozenset({found, *(form for form, itself in _irregular().items() if itself == found)})


def _laid(word: str, known: frozenset[str]) -> tuple[str, ...]:
    """The best way to lay a word without hyphens; from the left, the best way to lay its first n letters."""
    if len(word) < 2 * _SHORTEST or word in stop_words() or stem(word) in _simple_stems():
        return (word,)
    best: dict[int, tuple[int, int, tuple[str, ...]]] = {0: (0, 0, ())}
    for end in range(_SHORTEST, len(word) + 1):
        ways = [
            (unlisted + cost, count + 1, (*pieces, word[begin:end]))
            for begin, (unlisted, count, pieces) in best.items()
            if (cost := _cost(word, begin, end, known)) is not None
        ]
        if ways:
            best[end] = min(ways)
    return best[len(word)][2] if len(word) in best else (word,)


def _cost(word: str, begin: int, end: int, known: frozenset[str]) -> int | None:
    """0 for a piece on the list, 1 for one that is only known, None for what is no word."""
    piece = word[begin:end]
    if len(piece) < _SHORTEST:
        return None
    stems = stems_in_front(piece) if end < len(word) else {stem(piece)}
    if stems & _simple_stems():
        return 0
    whole = begin == 0 and end == len(word)
    return 1 if not whole and len(piece) >= _SHORTEST_UNLISTED and stems & known else None


def _of_irregular_end(word: str) -> str | None:
    """The stem of a word that ends in an irregular one, when simple words or a prefix stand before it."""
    for begin in range(2, len(word) - 2):
        last = _irregular().get(word[begin:])
        if last and (word[:begin] in _prefixes() or _is_listed(word[:begin])):
            return word[:begin] + last
    return None


def _is_listed(front: str) -> bool:
    return len(front) >= _SHORTEST and all(stems_in_front(piece) & _simple_stems() for piece in parts(front))


def _without_t(word: str, found: str) -> str:
    listed = found.endswith("t") and word not in _simple() and found[:-1] in _simple_stems()
    return found[:-1] if listed else found


def _regular(word: str) -> str:
    """Snowball's stem; a last s of a listed word is no genitive, so it is asked for another form."""
    if noun := _ELSE.fullmatch(word):
        return noun[1]
    return _snowball(word + "en" if word in _simple() and word.endswith("s") else word)


@cache
def _irregular() -> dict[str, str]:
    """Irregular form → the stem of its word."""
    lines = _lines("irregular_da.txt")
    return {form: _snowball(forms[0]) for forms in map(str.split, lines) for form in forms}


@cache
def _simple() -> frozenset[str]:
    return frozenset(_listed("simple_words_da.txt"))


@cache
def _prefixes() -> frozenset[str]:
    return frozenset(_listed("prefixes_da.txt"))


@cache
def _simple_stems() -> frozenset[str]:
    return frozenset(_irregular().get(word) or _regular(word) for word in _simple())


def _snowball(word: str) -> str:
    """Snowball's stem; it leaves -hed in virksomhederne and takes it from virksomheder, so ask it again."""
    found = _stemmer().stemWord(word)
    return _stemmer().stemWord(found) if found.endswith("hed") else found


@cache
def _stemmer():
    from snowballstemmer import stemmer

    return stemmer(LANGUAGE)


def _listed(file: str) -> list[str]:
    return [word.lower() for line in _lines(file) for word in line.split()]


def _lines(file: str) -> list[str]:
    lines = Path(__file__).with_name(file).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]
