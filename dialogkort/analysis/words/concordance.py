"""Concordance: full-text search by stem and compound part, matching forms, key word in context (KWIC)."""

import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from dialogkort.analysis.protection import exact
from dialogkort.analysis.words import danish
from dialogkort.analysis.words.tokens import distinct, nfc, session_of, tokens, with_sessions
from dialogkort.domain.notepad import WORD

_CONTEXT_COLUMNS = ("area", "organisation", "unit", "workshop", "card", "kind", "session", "note")


@exact
def matching_forms(
    notes: pd.DataFrame, word: str, *, compounds: bool = True, tokenized: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The words of the notes that a search for `word` finds, the commonest first: look before you count.

    word : as it stands, lower case.
    how : "form" (an inflection, or the word itself) or "compound" (the word is a part of it).
    parts : what it is put together from, with + between (borger+kontakt).
    count, notes, sessions : how often, in how many notes and sessions.

    A word is a part when the rest is words too: of our list, of two notes, or of the cards' questions.

    Parameters
    ----------
    notes : DataFrame
        With the columns `text`, `session` and `note`, as of `read_all`.
    word : str
        One word, in any form.
    compounds : bool
        Whether longer words with the word in them count too.
    tokenized : DataFrame, optional
        `tokens(notes)`, when that is at hand.
    for_my_eyes : bool
        Whether the frame is a plain one, which a notebook displays: not to be shown to others.

    Returns
    -------
    DataFrame
        One row per word found, with the columns above; an `ExactFrame` unless `for_my_eyes`.

    Raises
    ------
    ValueError
        `word` is not one word.

    Examples
    --------
    >>> notes = pd.DataFrame(
    ...     {
    ...         "text": ["Borgerne mangler tid", "Tid til borgerkontakt", "En borger ringer"],
    ...         "session": ["a", "a", "b"],
    ...         "note": ["1", "2", "3"],
    ...     }
    ... )
    >>> matching_forms(notes, "borger", for_my_eyes=True)[["word", "how", "parts", "count"]]
                word       how           parts  count
    0         borger      form          borger      1
    1  borgerkontakt  compound  borger+kontakt      1
    2       borgerne      form        borgerne      1
    """
    token_rows = tokens(notes) if tokenized is None else tokenized
    matches = _like(token_rows, notes, _one_word(word), compounds)
    matching_rows = token_rows[token_rows["word"].isin(matches["word"])]
    codes = matching_rows["word"].cat.codes.to_numpy()
    many = len(token_rows["word"].cat.categories)
    numbers = pd.DataFrame(
        {
            "word": token_rows["word"].cat.categories,
            "count": np.bincount(codes, minlength=many),
            "notes": distinct(matching_rows["row"].to_numpy(), codes, many),
            "sessions": distinct(session_of(notes)[matching_rows["row"].to_numpy()], codes, many),
        }
    )
    return matches.merge(numbers, on="word").sort_values(
        ["count", "word"], ascending=[False, True], ignore_index=True
    )


@exact
def search(
    notes: pd.DataFrame, words: str, *, compounds: bool = True, tokenized: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The notes that have a word in any form, also inside a longer word: borger finds borgerkontakt.

    The rows and columns of `notes`, and

    matched : the words found, lower case, in the order of the note, each once, with ", " between.
    hits : how many places were found.

    Several words must stand one after another, each in any form. OR (or |) between them asks for any of
    several; "in quotes" words are found as they stand; * is for any letters (digital*, *kort, b*rn).

    Parameters
    ----------
    notes : DataFrame
        With the columns `text`, `session` and `note`, as of `read_all`.
    words : str
        What to look for.
    compounds : bool
        Whether longer words with the word in them count too.
    tokenized : DataFrame, optional
        `tokens(notes)`, when that is at hand.
    for_my_eyes : bool
        Whether the frame is a plain one, which a notebook displays: not to be shown to others.

    Returns
    -------
    DataFrame
        The notes found, in their order, with the columns `matched` and `hits` besides; an `ExactFrame`
        unless `for_my_eyes`.

    Raises
    ------
    ValueError
        There is no word in `words`.

    Examples
    --------
    >>> notes = pd.DataFrame(
    ...     {
    ...         "text": ["Borgerne mangler tid", "Tid til borgerkontakt", "En borger ringer"],
    ...         "session": ["a", "a", "b"],
    ...         "note": ["1", "2", "3"],
    ...     }
    ... )
    >>> search(notes, "borger OR ring*", for_my_eyes=True)[["note", "matched", "hits"]]
      note         matched  hits
    0    1        borgerne     1
    1    2   borgerkontakt     1
    2    3  borger, ringer     2
    """
    hits = _hits(notes, words, compounds, tokenized)
    by_note = hits.groupby("row")["matched"]
    matched = by_note.agg(lambda words: ", ".join(dict.fromkeys(words)))
    chosen = notes.iloc[matched.index]
    return chosen.assign(matched=matched.array.astype("string"), hits=by_note.size().array)


@exact
def kwic(
    notes: pd.DataFrame,
    words: str,
    sessions: pd.DataFrame | None = None,
    *,
    width: int = 40,
    compounds: bool = True,
    tokenized: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Key word in context: one row per place where a word stands, in the order of the notes.

    left, match, right : the word as written, and at most `width` characters on each side; a line break is
        shown as a space.
    area, organisation, unit, workshop, card, kind, session, note : where it was said, those that the notes
        or `sessions` tell.

    Words are found as by `search`.

    Parameters
    ----------
    notes : DataFrame
        With the columns `text`, `session` and `note`, as of `read_all`.
    words : str
        What to look for.
    sessions : DataFrame, optional
        The frame of `read_all`, to tell where a note was written.
    width : int
        Characters on each side.
    compounds : bool
        Whether longer words with the word in them count too.
    tokenized : DataFrame, optional
        `tokens(notes)`, when that is at hand.
    for_my_eyes : bool
        Whether the frame is a plain one, which a notebook displays: not to be shown to others.

    Returns
    -------
    DataFrame
        One row per place, with the columns above; an `ExactFrame` unless `for_my_eyes`.

    Raises
    ------
    ValueError
        There is no word in `words`.

    Examples
    --------
    >>> notes = pd.DataFrame({"text": ["Vi mangler tid til borgerne"], "session": ["s"], "note": ["n"]})
    >>> kwic(notes, "borger", width=12)[["left", "match"]].values.tolist()
    [['ler tid til ', 'borgerne']]
    """
    described = with_sessions(notes, sessions)
    hits = _hits(notes, words, compounds, tokenized)
    lines = [
        (row, *_line(text, start, end, width))
        for row, matches in hits.groupby("row")[["place", "length"]]
        for text in [nfc(str(notes["text"].iloc[row]))]
        for start, end in _spans(text, matches.to_numpy())
    ]
    kwic = pd.DataFrame(lines, columns=["row", "left", "match", "right"])
    kwic = kwic.astype(dict.fromkeys(["left", "match", "right"], "string"))
    context = described[[name for name in _CONTEXT_COLUMNS if name in described]].iloc[
        kwic["row"].to_numpy(int)
    ]
    return pd.concat([kwic.drop(columns="row"), context.reset_index(drop=True)], axis=1)


_TERM = re.compile(r'"([^"]*)"|(\S+)')
_STARRED = re.compile(rf"\**{WORD.pattern}(?:\*+{WORD.pattern})*\**")


class _Word(NamedTuple):
    """A word that is asked for; `exact` as it stands, with * for any letters (also none)."""

    written: str
    exact: bool


def _parsed(words: str) -> list[list[_Word]]:
    """What is asked for: any of several, each some words one after another."""
    phrases: list[list[_Word]] = []
    phrase: list[_Word] = []
    for quoted, plain in _TERM.findall(nfc(words)):
        if plain in ("OR", "|"):
            phrases, phrase = [*phrases, phrase], []
        else:
            phrase = [*phrase, *_words(quoted or plain, exact=bool(quoted))]
    phrases = [phrase for phrase in [*phrases, phrase] if phrase]
    if not phrases:
        raise ValueError(f"{words!r} is not a word to look for.")
    return phrases


def _words(text: str, exact: bool) -> list[_Word]:
    return [_Word(word, exact or "*" in word) for word in map(str.lower, _STARRED.findall(text))]


def _one_word(word: str) -> str:
    phrases = _parsed(word)
    if len(phrases) > 1 or len(phrases[0]) > 1 or phrases[0][0].exact:
        raise ValueError(f"{word!r} is not one word to look for.")
    return phrases[0][0].written


def _hits(notes: pd.DataFrame, words: str, compounds: bool, tokenized: pd.DataFrame | None) -> pd.DataFrame:
    """One row per place: row of the note, place of the word in it, how many words, what was matched.

    In the order of the notes; of several that begin at one place, the longest.
    """
    token_rows = tokens(notes) if tokenized is None else tokenized
    hits = pd.concat([_hits_of(token_rows, notes, phrase, compounds) for phrase in _parsed(words)])
    hits = hits.sort_values(["row", "place", "length"], ascending=[True, True, False], kind="stable")
    return hits.drop_duplicates(["row", "place"], ignore_index=True)


def _hits_of(
    token_rows: pd.DataFrame, notes: pd.DataFrame, phrase: list[_Word], compounds: bool
) -> pd.DataFrame:
    codes, rows = token_rows["word"].cat.codes.to_numpy(), token_rows["row"].to_numpy()
    last = len(token_rows) - len(phrase) + 1
    starts_here = np.ones(max(last, 0), dtype=bool)
    for offset, word in enumerate(phrase):
        is_match = _matching(token_rows, notes, word, compounds)
        starts_here &= is_match[codes[offset : offset + len(starts_here)]]
        starts_here &= rows[offset : offset + len(starts_here)] == rows[: len(starts_here)]
    starts = np.flatnonzero(starts_here)
    written = token_rows["word"].cat.categories.to_numpy(object)
    return pd.DataFrame(
        {
            "row": rows[starts],
            "place": starts - np.searchsorted(rows, rows[starts]),
            "length": len(phrase),
            "matched": [" ".join(written[codes[start : start + len(phrase)]]) for start in starts],
        }
    )


def _matching(token_rows: pd.DataFrame, notes: pd.DataFrame, word: _Word, compounds: bool) -> np.ndarray:
    """By word said, whether it is one that is asked for."""
    every = token_rows["word"].cat.categories
    if not word.exact:
        return every.isin(_like(token_rows, notes, word.written, compounds)["word"])
    first, *others = word.written.split("*")
    return np.array([_fits(other, first, others) for other in every], dtype=bool)


def _fits(word: str, first: str, others: list[str]) -> bool:
    """Whether a word has these pieces one after another, from its beginning to its end."""
    if not others:
        return word == first
    *inner, last = others
    if len(word) < len(first) + len(last) or not (word.startswith(first) and word.endswith(last)):
        return False
    position, end = len(first), len(word) - len(last)
    for piece in inner:
        position = word.find(piece, position, end)
        if position < 0:
            return False
        position += len(piece)
    return True


def _like(token_rows: pd.DataFrame, notes: pd.DataFrame, word: str, compounds: bool) -> pd.DataFrame:
    """The words said that are `word` in some form, or have it in them."""
    wanted, known = danish.wanted_by(word), _known(token_rows, notes, word) if compounds else frozenset()
    beginnings = {beginning for form in wanted for beginning in danish.beginnings(form)}
    rows = []
    for other in token_rows["word"].cat.categories:
        if danish.readings(other) & wanted:
            rows.append((other, "form", other))
        elif (
            compounds
            and any(beginning in other for beginning in beginnings)
            and _is_in(wanted, pieces := danish.parts(other, known))
        ):
            rows.append((other, "compound", "+".join(pieces)))
    return pd.DataFrame(rows, columns=["word", "how", "parts"]).astype("string")


def _known(token_rows: pd.DataFrame, notes: pd.DataFrame, word: str) -> frozenset[str]:
    """Stems of the words that two notes have, of those in the cards' questions, and of the one asked for."""
    words = token_rows["word"].cat.categories
    codes = token_rows["word"].cat.codes.to_numpy()
    twice = words[distinct(token_rows["row"].to_numpy(), codes, len(words)) > 1]
    question_texts = notes["question"].dropna().unique() if "question" in notes else []
    questions = [match.lower() for text in question_texts for match in WORD.findall(nfc(text))]
    return danish.known_stems([*twice, *questions]) | {danish.stem(word)}


def _is_in(wanted: frozenset[str], pieces: tuple[str, ...]) -> bool:
    """Whether one piece of a word, or some that stand together, has a stem that is wanted."""
    many = len(pieces) if len(pieces) > 1 else 0
    return any(
        bool(wanted & danish.stems_in_front(part) if end < many else wanted & danish.readings(part))
        for begin in range(many)
        for end in range(begin + 1, many + 1)
        for part in ["".join(pieces[begin:end])]
        if end < many or not danish.is_an_ending(part)
    )


def _spans(text: str, matches: np.ndarray) -> list[tuple[int, int]]:
    spans = [match.span() for match in WORD.finditer(text)]
    return [(spans[index][0], spans[index + length - 1][1]) for index, length in matches]


def _line(text: str, start: int, end: int, width: int) -> tuple[str, str, str]:
    text = "".join(" " if letter in "\r\n\t" else letter for letter in text)
    return text[max(0, start - width) : start], text[start:end], text[end : end + width]
