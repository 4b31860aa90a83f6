"""Danish morphology: stems, compound splitting, stop words.

A word's stem is its dictionary form in simplemma's Danish dictionary (https://github.com/adbar/simplemma,
MIT; 788,000 forms of Wiktionary and other lists), which is loaded alone and read where it lies compressed:
0.8 s and 12 MB once, 25 µs a look. What the dictionary does not know is taken apart, and its last part
looked up; what then is left is Snowball's stem. Three things come before it:

* `irregular_da.txt` names words of a workplace with all their forms (kursus, kurser; barn, børn), which are
  also the end of a longer word (it-kurser; beskrive, beskrev).
* A word of `simple_words_da.txt` is its own dictionary form: a borger is not a form of borge, nor a leder
  of led.
* A final t goes from an adjective of that list: svært belongs to svær.

A form may belong to two words. It is counted as one of them; a search finds it for both (`readings`).

A word is put together when all of it can be laid with words, with -s-, -e- or a hyphen between them
(borger+kontakt, arbejds+plads, it-kurser): those of `simple_words_da.txt`, those that the caller knows
besides, and those of the dictionary that have four letters (data+base), in front as their dictionary form.
The whole's dictionary form must end as its last part's does, so that *kæresten* is no *kære* and *sten*. Of
several ways the one with fewest unlisted and then fewest words is taken. That is the usual way to split
compounds with a word list (Koehn & Knight 2003, "Empirical methods for compound splitting", EACL), with a
list in place of their frequencies, because a workshop's notes are too few for those. There is no kept
library that does it for Danish. So *kort* is found in *kortlægge*, but *bil* not in *billede* or *billig*,
nor *man* in *mandag*; `whole_words_da.txt` keeps those whole that only look put together, and
`endings_da.txt` what only makes another word of the one before.

How often this is right is measured on words that are not ours: `python tests/gold/measure_words.py`.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from pathlib import Path

LANGUAGE = "da"

_SHORTEST = 3
_MIN_UNLISTED_LENGTH = 4
_IN_MEMORY, _PIECES_IN_MEMORY = 500_000, 50_000
_AGENT = re.compile("(..+er)(?:e|en|ne|es|ens|nes|s)")
_ELSE = re.compile("(..+els)(?:e|es|en|ens|er|ers|erne|ernes)")


@cache
def stop_words() -> frozenset[str]:
    """The words that say little by themselves, lower case.

    Returns
    -------
    frozenset of str
        The words, as in `stop_words_da.txt`.

    Examples
    --------
    >>> sorted(stop_words() & {"og", "ikke", "borger"})
    ['ikke', 'og']
    """
    return frozenset(_listed("stop_words_da.txt"))


@lru_cache(_IN_MEMORY)
def stem(word: str) -> str:
    """What all forms of a word (lower case) share, mostly its dictionary form; a key to count by.

    Parameters
    ----------
    word : str
        A word, lower case.

    Returns
    -------
    str
        The stem.

    Examples
    --------
    >>> stem("borgerne"), stem("kurser"), stem("børnene")
    ('borger', 'kursus', 'barn')
    """
    front, hyphen, last = word.rpartition("-")
    if hyphen:
        return front + hyphen + stem(last)
    return _irregular().get(word) or _lemma(word) or _of_last_part(word) or _regular(word)


def readings(word: str) -> frozenset[str]:
    """The stems a word may have: "bruger" is somebody, and a form of "bruge"."""
    front, hyphen, last = word.rpartition("-")
    if hyphen:
        return frozenset(front + hyphen + reading for reading in readings(last))
    return _of_a_piece(word) | {stem(word)} if _entry(word) else frozenset({stem(word)})


@lru_cache(_PIECES_IN_MEMORY)
def _of_a_piece(word: str) -> frozenset[str]:
    """The stems a word may have that is not itself put together."""
    stems = {_irregular().get(word) or _lemma(word) or _regular(word)}
    if entry := _entry(word):
        stems.add(entry)
    if word.endswith("er") and _is_entry(word[:-1]):
        stems.add(word[:-1])
    if word.endswith("t") and word not in _simple() and _is_adjective(word[:-1]):
        stems.add(word[:-1])
    return frozenset(stems)


@lru_cache(_PIECES_IN_MEMORY)
def wanted_by(word: str) -> frozenset[str]:
    """The stems that somebody looks for who writes this word: its own alone where it is a basic form."""
    if word in _simple():
        return frozenset({word})
    return readings(word) | {word} if _is_basic(word) else readings(word)


@lru_cache(_PIECES_IN_MEMORY)
def parts(word: str, known: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The pieces of a word as they stand in it; one piece, the word, when it is not put together.

    Parameters
    ----------
    word : str
        A word, lower case.
    known : frozenset of str
        Stems that count as simple words besides those of the lists.

    Returns
    -------
    tuple of str
        The pieces, one after another; joining letters stay with the piece in front.

    Examples
    --------
    >>> parts("borgerkontakt"), parts("arbejdsplads"), parts("mandag")
    (('borger', 'kontakt'), ('arbejds', 'plads'), ('mandag',))
    """
    pieces = [piece for hyphened in word.split("-") for piece in _laid(hyphened, known)]
    return tuple(pieces)


def stems_in_front(piece: str) -> set[str]:
    """The stems a piece may have where another follows: its last letter may only join them (tid-s-pres)."""
    joined = piece[-1] in "se" and len(piece) > _SHORTEST
    return {*_of_a_piece(piece), *(_of_a_piece(piece[:-1]) if joined else ())}


def known_stems(words: Iterable[str]) -> frozenset[str]:
    """Stems of the words that are long enough, and say enough, to be a part of another word."""
    stop = stop_words()
    return frozenset(stem(word) for word in words if len(word) >= _MIN_UNLISTED_LENGTH and word not in stop)


def beginnings(stem_sought: str) -> frozenset[str]:
    """What every word with this stem in it has in it: one of these."""
    forms = {form for form, itself in _irregular().items() if itself == stem_sought}
    return frozenset(
        {stem_sought[: max(_SHORTEST, len(stem_sought) - 3)], *(form[:_SHORTEST] for form in forms)}
    )


def is_an_ending(piece: str) -> bool:
    """Whether a piece at the end only makes another word of what stands before: fælles-skab, ansvar-lig."""
    return bool(_of_a_piece(piece) & _endings())


def _laid(word: str, known: frozenset[str]) -> tuple[str, ...]:
    """The best way to lay a word without hyphens; from the left, the best way to lay its first n letters."""
    if (
        len(word) < _SHORTEST + _MIN_UNLISTED_LENGTH
        or word in stop_words()
        or _of_a_piece(word) & _simple_stems()
        or _of_a_piece(word) & _whole()
    ):
        return (word,)
    best: dict[int, tuple[int, int, tuple[str, ...]]] = {0: (0, 0, ())}
    for end in range(_SHORTEST, len(word) + 1):
        splits = [
            (unlisted + cost, count + 1, (*pieces, word[begin:end]))
            for begin, (unlisted, count, pieces) in best.items()
            if (cost := _cost(word, begin, end, known)) is not None
        ]
        if splits:
            best[end] = min(splits)
    return best[len(word)][2] if len(word) in best else (word,)


def _cost(word: str, begin: int, end: int, known: frozenset[str]) -> int | None:
    """0 for a piece on our list, 1 for one that is known or in the dictionary, None for what is no word."""
    piece, whole = word[begin:end], begin == 0 and end == len(word)
    if len(piece) < _SHORTEST or whole or (end == len(word) and piece in _no_pieces()):
        return None
    in_front = end < len(word)
    if not known and not (_is_a_word(piece) or (in_front and piece[-1] in "se" and _is_a_word(piece[:-1]))):
        return None  # no need of a stem
    stems = stems_in_front(piece) if in_front else _of_a_piece(piece)
    if end == len(word) and not _ends_as_in_the_dictionary(word, begin):
        return None
    if stems & _simple_stems():
        return 0
    if len(piece) >= _MIN_UNLISTED_LENGTH and (stems & known or _may_be_a_part(piece, in_front)):
        return 1
    return None


def _is_a_word(piece: str) -> bool:
    return piece in _irregular() or piece in _simple() or _entry(piece) is not None


def _ends_as_in_the_dictionary(word: str, begin: int) -> bool:
    """Whether the dictionary's form of a word ends as its last piece's does: "kæresten" is no kære sten."""
    whole = _entry(word)
    return whole is None or bool(
        whole[:begin] == word[:begin] and _of_a_piece(whole[begin:]) & _of_a_piece(word[begin:])
    )


def _may_be_a_part(piece: str, in_front: bool) -> bool:
    """Whether the dictionary has a piece; in front as a basic form, perhaps with the letter that joins it."""
    if not in_front:
        return piece not in stop_words() and _entry(piece) is not None
    forms = {piece, piece[:-1]} if piece[-1] in "se" else {piece}
    return any(
        len(form) >= _MIN_UNLISTED_LENGTH and form not in stop_words() and _is_entry(form) for form in forms
    )


# --- the dictionary ---------------------------------------------------------------------------------------


def _lemma(word: str) -> str | None:
    """The dictionary form; the word itself where our list has it as one (borger, bruger, leder)."""
    if word in _simple():
        return word
    if word.endswith("t") and word[:-1] in _simple() and _is_adjective(word[:-1]):
        return word[:-1]  # "svært" is no form of "sværte" here
    if of_our_list := _agent(word) or _of_irregular_end(word, _is_entry):
        return of_our_list
    entry = _entry(word)
    if entry is None:
        return None
    if entry.endswith("igt") and _is_entry(entry[:-1]):
        entry = entry[:-1]  # årligt
    return _irregular().get(entry, entry)


def _agent(word: str) -> str | None:
    """The word in -er on our list that this is a form of: "lederne" is no form of "led" here."""
    match = _AGENT.fullmatch(word)
    return match[1] if match and match[1] in _simple() else None


def _is_entry(word: str) -> bool:
    return _entry(word) == word


def _is_adjective(word: str) -> bool:
    """Whether the dictionary knows its comparative or superlative."""
    return any(_entry(word + ending) == word for ending in ("ere", "est", "este"))


@lru_cache(_PIECES_IN_MEMORY)
def _entry(word: str) -> str | None:
    entry = _dictionary().get(word)
    return entry.lower() if entry else None


@lru_cache(_PIECES_IN_MEMORY)
def _is_basic(word: str) -> bool:
    """Whether a word is a dictionary form, also one that is written like a form of another."""
    if word in _simple() or _entry(word) == word or _irregular().get(word) == word:
        return True
    return any(_entry(word + ending) == word for ending in ("en", "et", "n", "t", "ne", "e"))


@cache
def _dictionary():
    from simplemma.strategies.dictionaries import StreamDictionaryFactory

    return StreamDictionaryFactory().get_dictionary(LANGUAGE)


# --- words that the dictionary does not have --------------------------------------------------------------


def _of_last_part(word: str) -> str | None:
    """The stem of a word that is put together, or ends in an irregular one: its front, and its end's stem."""
    if irregular := _of_irregular_end(word, lambda whole: True):
        return irregular
    *front, last = _laid(word, frozenset())
    return "".join(front) + stem(last) if front else None


def _of_irregular_end(word: str, is_one: Callable[[str], bool]) -> str | None:
    for begin in range(2, len(word) - 2):
        last = _irregular().get(word[begin:])
        if last and is_one(word[:begin] + last) and _may_stand_before(word[:begin]):
            return word[:begin] + last
    return None


def _may_stand_before(front: str) -> bool:
    if front in _prefixes():
        return True
    return len(front) >= _SHORTEST and all(stems_in_front(piece) & _simple_stems() for piece in parts(front))


def _regular(word: str) -> str:
    """Snowball's stem, or the dictionary form it is a beginning of."""
    if noun := _ELSE.fullmatch(word):
        return noun[1]
    snowball_stem = _stemmer().stemWord(word)
    return _stemmer().stemWord(snowball_stem) if snowball_stem.endswith("hed") else snowball_stem


@cache
def _irregular() -> dict[str, str]:
    """Irregular form → its word."""
    lines = _lines("irregular_da.txt")
    return {form: forms[0] for forms in map(str.split, lines) for form in forms}


@cache
def _simple() -> frozenset[str]:
    return frozenset(_listed("simple_words_da.txt"))


@cache
def _whole() -> frozenset[str]:
    return frozenset(_listed("whole_words_da.txt"))


@cache
def _no_pieces() -> frozenset[str]:
    return frozenset(_listed("no_pieces_da.txt"))


@cache
def _endings() -> frozenset[str]:
    return frozenset(_listed("endings_da.txt"))


@cache
def _prefixes() -> frozenset[str]:
    return frozenset(_listed("prefixes_da.txt"))


@cache
def _simple_stems() -> frozenset[str]:
    return _simple() | {stem(word) for word in _simple()}


@cache
def _stemmer():
    from snowballstemmer import stemmer

    return stemmer("danish")


def _listed(file: str) -> list[str]:
    return [word.lower() for line in _lines(file) for word in line.split()]


def _lines(file: str) -> list[str]:
    lines = Path(__file__).with_name(file).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]
