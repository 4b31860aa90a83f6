"""Co-occurrence of words within notes: expected counts, NPMI, log-likelihood ratio."""

import itertools
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from dialogkort.analysis.protection import exact
from dialogkort.analysis.words import danish
from dialogkort.analysis.words.tokens import commonest, content, session_of, tokens

_COLUMNS = {
    "word": "string",
    "other": "string",
    "notes": int,
    "sessions": int,
    "expected": float,
    "npmi": float,
    "g2": float,
}
_COMMONEST = 2_000
_LOOKED_THROUGH = 10_000


@exact
def cooccurrences(
    notes: pd.DataFrame,
    word: str | None = None,
    *,
    min_notes: int = 5,
    min_sessions: int = 2,
    most: int = 200,
    stop: Iterable[str] | None = None,
    tokenized: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row per pair of words that meet in notes more often than by chance, the surest pairs first.

    word, other : the pair, each in the commonest form of its stem; `word` is the one asked for, if any.
    notes : notes with both; sessions : sessions with such a note.
    expected : notes with both, if the words had nothing to do with each other.
    npmi : how close they are, 0 (as by chance) to 1 (never apart): normalised pointwise mutual information
        (Bouma 2009, "Normalized (pointwise) mutual information in collocation extraction", GSCL).
    g2 : how sure that is: log-likelihood ratio of the four-fold table of notes (Dunning 1993, "Accurate
        methods for the statistics of surprise and coincidence", Computational Linguistics 19(1)).

    g2 ranks; it is no test, because the notes of one group are not independent of each other. Of
    very many words only the 2,000 commonest are looked at.

    Parameters
    ----------
    notes : DataFrame
        With the columns `text`, `session` and `note`, as of `read_all`.
    word : str, optional
        Only pairs with this word, in any form.
    min_notes, min_sessions : int
        The fewest notes and sessions that have both.
    most : int
        The most pairs.
    stop : iterable of str, optional
        Stop words; the kit's own list when left out.
    tokenized : DataFrame, optional
        `tokens(notes)`, when that is at hand.
    for_my_eyes : bool
        Whether the frame is a plain one, which a notebook displays: not to be shown to others.

    Returns
    -------
    DataFrame
        One row per pair, with the columns above, ordered by `g2`; an `ExactFrame` unless `for_my_eyes`.

    Examples
    --------
    >>> notes = pd.DataFrame(
    ...     {
    ...         "text": ["Kø på telefonen", "Telefonen og køen", "Data deles", "Papir og data"] * 3,
    ...         "session": list("aabbccddeeff"),
    ...     }
    ... )
    >>> cooccurrences(notes, "telefon", for_my_eyes=True)[["word", "other", "notes", "expected", "npmi"]]
            word other  notes  expected  npmi
    0  telefonen    kø      6       3.0   1.0
    """
    all_tokens = tokens(notes) if tokenized is None else tokenized
    token_rows = content(all_tokens, stop)
    incidence = _incidence(token_rows, min_notes)
    is_word = None if word is None else token_rows["stem"].cat.categories == danish.stem(word.lower())
    pairs = _pairs(incidence, min_notes, is_word)
    pairs = _weighed(pairs, incidence, len(np.unique(all_tokens["row"])))
    pairs = pairs.sort_values(["g2", "first", "second"], ascending=[False, True, True]).head(_LOOKED_THROUGH)
    pairs["sessions"] = _sessions(pairs, incidence, session_of(notes))
    pairs = pairs[pairs["sessions"] >= min_sessions].head(most)
    forms = commonest(token_rows)
    pairs = pairs.assign(word=forms[pairs["first"]], other=forms[pairs["second"]])
    return pairs[list(_COLUMNS)].astype(_COLUMNS).reset_index(drop=True)


class _Incidence(NamedTuple):
    """Every note and stem once, in order of note; `notes` is by stem how many notes have it."""

    row: np.ndarray
    stem: np.ndarray
    notes: np.ndarray


def _incidence(token_rows: pd.DataFrame, min_notes: int) -> _Incidence:
    """Of the stems that enough notes have, and of those the commonest."""
    many = max(len(token_rows["stem"].cat.categories), 1)
    both = np.unique(token_rows["row"].to_numpy(np.int64) * many + token_rows["stem"].cat.codes.to_numpy())
    row, stem = both // many, both % many
    notes = np.bincount(stem, minlength=many)
    least = max(min_notes, np.sort(notes)[-_COMMONEST:][0])
    keep = notes[stem] >= least
    return _Incidence(row[keep], stem[keep], notes)


def _pairs(incidence: _Incidence, min_notes: int, is_word: np.ndarray | None) -> pd.DataFrame:
    """first, second, notes: the pairs that enough notes have, with what is asked for first."""
    stems, number = np.unique(incidence.stem, return_inverse=True)
    counts = np.zeros(len(stems) ** 2, dtype=np.int64)
    for left, right in _side_by_side(incidence.row):
        counts += np.bincount(_cell(number[left], number[right], len(stems)), minlength=len(counts))
    cells = np.flatnonzero(counts >= max(min_notes, 1))
    first, second = stems[cells // max(len(stems), 1)], stems[cells % max(len(stems), 1)]
    pairs = pd.DataFrame({"first": first, "second": second, "notes": counts[cells]})
    if is_word is None:
        return pairs
    turned = is_word[pairs["second"]]
    pairs.loc[turned, ["first", "second"]] = pairs.loc[turned, ["second", "first"]].to_numpy()
    return pairs[is_word[pairs["first"]]]


def _side_by_side(row: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The places of all pairs within a note: those one apart, those two apart, and so on."""
    left = np.arange(len(row))
    for apart in itertools.count(1):
        left = left[left + apart < len(row)]
        left = left[row[left] == row[left + apart]]
        if not len(left):
            return
        yield left, left + apart


def _cell(a: np.ndarray, b: np.ndarray, many: int) -> np.ndarray:
    return np.minimum(a, b) * many + np.maximum(a, b)


def _weighed(pairs: pd.DataFrame, incidence: _Incidence, every: int) -> pd.DataFrame:
    """The pairs that meet more often than by chance, with expected, npmi and g2."""
    both = pairs["notes"].to_numpy(float)
    first, second = (incidence.notes[pairs[name]].astype(float) for name in ("first", "second"))
    expected = first * second / max(every, 1)
    table = np.stack([both, first - both, second - both, every - first - second + both])
    alone = np.stack([expected, first - expected, second - expected, every - first - second + expected])
    with np.errstate(divide="ignore", invalid="ignore"):
        g2 = 2 * np.where(table > 0, table * np.log(table / alone), 0).sum(axis=0)
        npmi = np.where(both < every, np.log(both / expected) / -np.log(both / every), 0)
    return pairs.assign(expected=expected, npmi=npmi, g2=g2)[both > expected]


def _sessions(pairs: pd.DataFrame, incidence: _Incidence, session: np.ndarray) -> np.ndarray:
    """By pair, in how many sessions the two meet in a note."""
    many = len(incidence.notes)
    cells = _cell(pairs["first"].to_numpy(), pairs["second"].to_numpy(), many)
    wanted = np.sort(cells)
    pair_sessions = [np.empty(0, dtype=np.int64)]
    for left, right in _side_by_side(incidence.row):
        cell = _cell(incidence.stem[left], incidence.stem[right], many)
        index = np.searchsorted(wanted, cell).clip(max=max(len(wanted) - 1, 0))
        is_wanted = wanted[index] == cell if len(wanted) else np.zeros(len(cell), dtype=bool)
        pair_sessions.append(
            np.unique(index[is_wanted] * (session.max() + 1) + session[incidence.row[left[is_wanted]]])
        )
    distinct_pairs = np.unique(np.concatenate(pair_sessions)) // (session.max(initial=0) + 1)
    return np.bincount(distinct_pairs, minlength=len(wanted))[np.searchsorted(wanted, cells)]
