"""Where does a word stand in the notes, whatever its form and whatever it is put together with?"""

import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from dialogkort.analysis.words import danish
from dialogkort.analysis.words.tokens import distinct, nfc, session_of, tokens, with_sessions
from dialogkort.domain.notepad import WORD

_TOLD = ("area", "organisation", "unit", "workshop", "card", "kind", "session", "note")


def matching_forms(
    notes: pd.DataFrame, word: str, *, compounds: bool = True, found: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The words of the notes that a search for `word` finds, the commonest first: look before you count.

    word : as it stands, lower case.
    how : "form" (an inflection, or the word itself) or "compound" (the word is a part of it).
    parts : what it is put together from, with + between (borger+kontakt).
    count, notes, sessions : how often, in how many notes and sessions.

    A word is a part when the rest is words too: of our list, of two notes, or of the cards' questions.
    `compounds=False` finds inflections alone. `found` is `tokens(notes)` when that is at hand.
    """
    said = tokens(notes) if found is None else found
    like = _like(said, notes, _one_word(word), compounds)
    here = said[said["word"].isin(like["word"])]
    codes = here["word"].cat.codes.to_numpy()
    many = len(said["word"].cat.categories)
    numbers = pd.DataFrame(
        {
            "word": said["word"].cat.categories,
            "count": np.bincount(codes, minlength=many),
            "notes": distinct(here["row"].to_numpy(), codes, many),
            "sessions": distinct(session_of(notes)[here["row"].to_numpy()], codes, many),
        }
    )
    return like.merge(numbers, on="word").sort_values(
        ["count", "word"], ascending=[False, True], ignore_index=True
    )


def search(
    notes: pd.DataFrame, words: str, *, compounds: bool = True, found: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The notes that have a word in any form, also inside a longer word: borger finds borgerkontakt.

    The rows and columns of `notes`, and

    matched : the words found, lower case, in the order of the note, each once, with ", " between.
    hits : how many places were found.

    Several words must stand one after another, each in any form. OR (or |) between them asks for any of
    several; "in quotes" words are found as they stand; * is for any letters (digital*, *kort, b*rn).
    `compounds=False` finds inflections alone. `found` is `tokens(notes)` when that is at hand. Raises
    `ValueError` when `words` has no word.
    """
    hits = _hits(notes, words, compounds, found)
    by_note = hits.groupby("row")["matched"]
    matched = by_note.agg(lambda words: ", ".join(dict.fromkeys(words)))
    chosen = notes.iloc[matched.index]
    return chosen.assign(matched=matched.array.astype("string"), hits=by_note.size().array)


def kwic(
    notes: pd.DataFrame,
    words: str,
    sessions: pd.DataFrame | None = None,
    *,
    width: int = 40,
    compounds: bool = True,
    found: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Key word in context: one row per place where a word stands, in the order of the notes.

    left, match, right : the word as written, and at most `width` characters on each side; a line break is
        shown as a space.
    area, organisation, unit, workshop, card, kind, session, note : where it was said, those that the notes
        or `sessions` tell.

    Words are found as by `search`.
    """
    told = with_sessions(notes, sessions)
    hits = _hits(notes, words, compounds, found)
    lines = [
        (row, *_line(text, start, end, width))
        for row, places in hits.groupby("row")[["place", "length"]]
        for text in [nfc(str(notes["text"].iloc[row]))]
        for start, end in _spans(text, places.to_numpy())
    ]
    kwic = pd.DataFrame(lines, columns=["row", "left", "match", "right"])
    kwic = kwic.astype(dict.fromkeys(["left", "match", "right"], "string"))
    where = told[[name for name in _TOLD if name in told]].iloc[kwic["row"].to_numpy(int)]
    return pd.concat([kwic.drop(columns="row"), where.reset_index(drop=True)], axis=1)


_TERM = re.compile(r'"([^"]*)"|(\S+)')
_STARRED = re.compile(rf"\**{WORD.pattern}(?:\*+{WORD.pattern})*\**")


class _Word(NamedTuple):
    """A word that is asked for; `exact` as it stands, with * for any letters (also none)."""

    written: str
    exact: bool


def _asked(words: str) -> list[list[_Word]]:
    """What is asked for: any of several, each some words one after another."""
    asked, phrase = [], []
    for quoted, plain in _TERM.findall(nfc(words)):
        if plain in ("OR", "|"):
            asked, phrase = [*asked, phrase], []
        else:
            phrase = [*phrase, *_words(quoted or plain, exact=bool(quoted))]
    asked = [phrase for phrase in [*asked, phrase] if phrase]
    if not asked:
        raise ValueError(f"{words!r} is not a word to look for.")
    return asked


def _words(text: str, exact: bool) -> list[_Word]:
    return [_Word(word, exact or "*" in word) for word in map(str.lower, _STARRED.findall(text))]


def _one_word(word: str) -> str:
    asked = _asked(word)
    if len(asked) > 1 or len(asked[0]) > 1 or asked[0][0].exact:
        raise ValueError(f"{word!r} is not one word to look for.")
    return asked[0][0].written


def _hits(notes: pd.DataFrame, words: str, compounds: bool, found: pd.DataFrame | None) -> pd.DataFrame:
    """One row per place: row of the note, place of the word in it, how many words, what was matched.

    In the order of the notes; of several that begin at one place, the longest.
    """
    said = tokens(notes) if found is None else found
    hits = pd.concat([_hits_of(said, notes, phrase, compounds) for phrase in _asked(words)])
    hits = hits.sort_values(["row", "place", "length"], ascending=[True, True, False], kind="stable")
    return hits.drop_duplicates(["row", "place"], ignore_index=True)


def _hits_of(said: pd.DataFrame, notes: pd.DataFrame, phrase: list[_Word], compounds: bool) -> pd.DataFrame:
    codes, rows = said["word"].cat.codes.to_numpy(), said["row"].to_numpy()
    last = len(said) - len(phrase) + 1
    here = np.ones(max(last, 0), dtype=bool)
    for place, word in enumerate(phrase):
        like = _matching(said, notes, word, compounds)
        here &= like[codes[place : place + len(here)]]
        here &= rows[place : place + len(here)] == rows[: len(here)]
    starts = np.flatnonzero(here)
    written = said["word"].cat.categories.to_numpy(object)
    return pd.DataFrame(
        {
            "row": rows[starts],
            "place": starts - np.searchsorted(rows, rows[starts]),
            "length": len(phrase),
            "matched": [" ".join(written[codes[start : start + len(phrase)]]) for start in starts],
        }
    )


def _matching(said: pd.DataFrame, notes: pd.DataFrame, word: _Word, compounds: bool) -> np.ndarray:
    """By word said, whether it is one that is asked for."""
    every = said["word"].cat.categories
    if not word.exact:
        return every.isin(_like(said, notes, word.written, compounds)["word"])
    first, *others = word.written.split("*")
    return np.array([_fits(other, first, others) for other in every], dtype=bool)


def _fits(word: str, first: str, others: list[str]) -> bool:
    """Whether a word has these pieces one after another, from its beginning to its end."""
    if not others:
        return word == first
    *inner, last = others
    if len(word) < len(first) + len(last) or not (word.startswith(first) and word.endswith(last)):
        return False
    place, end = len(first), len(word) - len(last)
    for piece in inner:
        place = word.find(piece, place, end)
        if place < 0:
            return False
        place += len(piece)
    return True


def _like(said: pd.DataFrame, notes: pd.DataFrame, word: str, compounds: bool) -> pd.DataFrame:
    """The words said that are `word` in some form, or have it in them."""
    wanted, known = danish.wanted_by(word), _known(said, notes, word) if compounds else frozenset()
    beginnings = {beginning for one in wanted for beginning in danish.beginnings(one)}
    rows = []
    for other in said["word"].cat.categories:
        if danish.readings(other) & wanted:
            rows.append((other, "form", other))
        elif (
            compounds
            and any(beginning in other for beginning in beginnings)
            and _is_in(wanted, pieces := danish.parts(other, known))
        ):
            rows.append((other, "compound", "+".join(pieces)))
    return pd.DataFrame(rows, columns=["word", "how", "parts"]).astype("string")


def _known(said: pd.DataFrame, notes: pd.DataFrame, word: str) -> frozenset[str]:
    """Stems of the words that two notes have, of those in the cards' questions, and of the one asked for."""
    words = said["word"].cat.categories
    codes = said["word"].cat.codes.to_numpy()
    twice = words[distinct(said["row"].to_numpy(), codes, len(words)) > 1]
    asked = notes["question"].dropna().unique() if "question" in notes else []
    questions = [one.lower() for text in asked for one in WORD.findall(nfc(text))]
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


def _spans(text: str, places: np.ndarray) -> list[tuple[int, int]]:
    at = [found.span() for found in WORD.finditer(text)]
    return [(at[place][0], at[place + length - 1][1]) for place, length in places]


def _line(text: str, start: int, end: int, width: int) -> tuple[str, str, str]:
    text = "".join(" " if letter in "\r\n\t" else letter for letter in text)
    return text[max(0, start - width) : start], text[start:end], text[end : end + width]
