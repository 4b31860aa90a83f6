"""Tokens and vocabulary of the notes: words, stems, counts."""

import unicodedata
from array import array
from collections.abc import Iterable

import numpy as np
import pandas as pd

from dialogkort.analysis.protection import exact
from dialogkort.analysis.words import danish
from dialogkort.domain.notepad import WORD

OF_SESSIONS = ("workshop", "organisation", "unit", "date", "group")


@exact
def tokens(notes: pd.DataFrame) -> pd.DataFrame:
    """One row per word said, in order; 10⁶ notes fit, because every word is kept once and then counted on.

    row : place of the note in `notes` (0, 1, …), for `notes.iloc`.
    word : the word as it stands, lower case (category).
    stem : what its forms share (category); see `danish.stem`.

    A word is letters, with hyphens and apostrophes inside, as when notes are counted; a number is none. A
    note without text has no row.

    Parameters
    ----------
    notes : DataFrame
        With the column `text`.
    for_my_eyes : bool
        Whether the frame is a plain one, which a notebook displays: not to be shown to others.

    Returns
    -------
    DataFrame
        An `ExactFrame` unless `for_my_eyes`.

    Examples
    --------
    >>> tokens(pd.DataFrame({"text": ["Borgerne spørger", "Borgeren"]}))[["row", "stem"]].values.tolist()
    [[0, 'borger'], [0, 'spørge'], [1, 'borger']]
    """
    codes, numbers, lengths = _Codes(), array("i"), array("i")
    for text in notes["text"].astype(object):
        words = WORD.findall(nfc(text)) if isinstance(text, str) else ()
        numbers.extend(map(codes.__getitem__, words))
        lengths.append(len(words))
    words = np.frombuffer(numbers, dtype=np.intc) if numbers else np.empty(0, np.intc)
    stem_of, stems = pd.factorize(np.array([danish.stem(word) for word in codes.words], dtype=object))
    return pd.DataFrame(
        {
            "row": np.repeat(np.arange(len(notes), dtype=np.int32), lengths),
            "word": pd.Categorical.from_codes(words, pd.Index(codes.words, dtype="string")),
            "stem": pd.Categorical.from_codes(
                stem_of[words] if numbers else words, pd.Index(stems, dtype="string")
            ),
        }
    )


@exact
def vocabulary(
    notes: pd.DataFrame, *, stop: Iterable[str] | None = None, tokenized: pd.DataFrame | None = None
) -> pd.DataFrame:
    """One row per stem, the commonest first.

    word : its commonest form, to show; stem : the key; forms : how many forms were met.
    count, notes, sessions : how often it was said, in how many notes and sessions.

    Stop words are left out; `stop=()` keeps them.

    Parameters
    ----------
    notes : DataFrame
        With the columns `text`, `session` and `note`, as of `read_all`.
    stop : iterable of str, optional
        Stop words; the kit's own list when left out.
    tokenized : DataFrame, optional
        `tokens(notes)`, when that is at hand.
    for_my_eyes : bool
        Whether the frame is a plain one, which a notebook displays: not to be shown to others.

    Returns
    -------
    DataFrame
        One row per stem, with the columns above; an `ExactFrame` unless `for_my_eyes`.

    Examples
    --------
    >>> notes = pd.DataFrame(
    ...     {
    ...         "text": ["Borgerne mangler tid", "Tid til borgerkontakt", "En borger ringer"],
    ...         "session": ["a", "a", "b"],
    ...         "note": ["1", "2", "3"],
    ...     }
    ... )
    >>> vocabulary(notes, for_my_eyes=True)[["word", "count", "notes", "sessions"]].head(2)
         word  count  notes  sessions
    0  borger      2      2         2
    1     tid      2      2         1
    """
    token_rows = content(tokens(notes) if tokenized is None else tokenized, stop)
    rows, stems = token_rows["row"].to_numpy(), token_rows["stem"].cat.codes.to_numpy()
    form_of = stem_of_word(token_rows)
    counts = pd.DataFrame(
        {
            "word": commonest(token_rows),
            "stem": token_rows["stem"].cat.categories,
            "forms": np.bincount(form_of[form_of >= 0], minlength=len(token_rows["stem"].cat.categories)),
            "count": np.bincount(stems, minlength=len(token_rows["stem"].cat.categories)),
            "notes": distinct(rows, stems, len(token_rows["stem"].cat.categories)),
            "sessions": distinct(session_of(notes)[rows], stems, len(token_rows["stem"].cat.categories)),
        }
    )
    counts = counts[counts["count"] > 0].astype({"word": "string", "stem": "string"})
    return counts.sort_values(["count", "word"], ascending=[False, True], ignore_index=True)


def content(tokenized: pd.DataFrame, stop: Iterable[str] | None = None) -> pd.DataFrame:
    """The tokens that say something: no stop words, no single letters."""
    without = danish.stop_words() if stop is None else frozenset(map(str.lower, stop))
    words = tokenized["word"].cat.categories
    says = np.array([word not in without and len(word) > 1 for word in words], dtype=bool)
    return tokenized[says[tokenized["word"].cat.codes.to_numpy()]] if len(tokenized) else tokenized


def commonest(tokenized: pd.DataFrame) -> np.ndarray:
    """By the code of the stem, its commonest form; the first in the alphabet of several."""
    words = tokenized["word"].cat.categories
    counts = np.bincount(tokenized["word"].cat.codes, minlength=len(words))
    forms = pd.DataFrame({"word": words, "count": counts, "stem": stem_of_word(tokenized)})
    best = forms.sort_values(["count", "word"], ascending=[False, True]).drop_duplicates("stem")
    by_stem = np.full(len(tokenized["stem"].cat.categories), "", dtype=object)
    known = best["stem"] >= 0
    by_stem[best.loc[known, "stem"]] = best.loc[known, "word"]
    return by_stem


def stem_of_word(tokenized: pd.DataFrame) -> np.ndarray:
    """By the code of the word, the code of its stem; -1 for a word that is not there."""
    stems = np.full(len(tokenized["word"].cat.categories), -1)
    stems[tokenized["word"].cat.codes.to_numpy()] = tokenized["stem"].cat.codes.to_numpy()
    return stems


def distinct(units: np.ndarray, stems: np.ndarray, many: int) -> np.ndarray:
    """By stem (0 … many - 1), in how many units it is."""
    pairs = np.unique(units.astype(np.int64) * max(many, 1) + stems)
    return np.bincount(pairs % max(many, 1), minlength=many)


def session_of(notes: pd.DataFrame) -> np.ndarray:
    """By note, the number of its session."""
    return pd.factorize(notes["session"])[0]


def with_sessions(notes: pd.DataFrame, sessions: pd.DataFrame | None) -> pd.DataFrame:
    """The notes, each with what is known of its session; as they are when no sessions are given."""
    if sessions is None:
        return notes
    missing = [name for name in OF_SESSIONS if name in sessions and name not in notes]
    return notes.merge(sessions[["session", *missing]].drop_duplicates("session"), on="session", how="left")


def nfc(text: str) -> str:
    """The text with every letter as one character: å, not a and a ring."""
    return unicodedata.normalize("NFC", text)


class _Codes(dict):
    """Word as written → its number among `words`, which are lower case."""

    def __init__(self):
        super().__init__()
        self.words: list[str] = []
        self._numbers: dict[str, int] = {}

    def __missing__(self, written: str) -> int:
        word = nfc(written.lower())
        number = self._numbers.setdefault(word, len(self._numbers))
        if number == len(self.words):
            self.words.append(word)
        self[written] = number
        return number
