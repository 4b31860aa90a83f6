"""Topic model of the notes (TF-IDF, non-negative matrix factorisation), with the stability of each theme.

TF-IDF weights and non-negative matrix factorisation (Lee & Seung 1999), by scikit-learn. Such a method always
finds the number of themes it is asked for, in noise too. So every theme tells how stable it is, after Greene,
O'Callaghan & Cunningham (2014, "How many topics? Stability analysis for topic models", ECML PKDD): the
sessions are split into random halves, themes are found in each half by itself, and both are paired with those
of the whole (the best pairing, Kuhn 1955). A theme's stability is how many of its ten words the two halves
agree on, as a share, on average over the splits. It departs from theirs in two things. They compare each half
with the whole, which holds that half. And they weigh the order of the words, which among words that are about
as common is luck: a theme planted in half of all words has 0.3 by their measure, and 0.8 by this.

Where few words are very common, halves agree on those by themselves. So the same is done with notes whose
words have been dealt out again among all the notes (their lengths and each word's number kept): those have no
themes. A theme is `stable` when its stability is above that of every theme of those notes, and at least
`STABLE`. The seed is fixed: the same notes always give the same themes.

Of more than 20,000 notes so many are drawn by chance to find the themes in, and 3,000 for the halves.
"""

import warnings
from collections.abc import Iterable
from importlib.util import find_spec
from typing import NamedTuple

import numpy as np
import pandas as pd

from dialogkort.analysis.protection import exact
from dialogkort.analysis.words.tokens import commonest, content, session_of, tokens
from dialogkort.errors import InvalidAction
from dialogkort.i18n import text

STABLE = 0.6
NUMBERS = range(2, 9)
TOP = 10

_SEED = 20_014
_SPLITS = 5
_SHUFFLES = 9
_MAX_NOTES = 20_000
_MAX_NOTES_OF_HALVES = 3_000
_MAX_WORDS = 2_000
_MIN_NOTES = 3
_COLUMNS = {
    "theme": int,
    "words": "string",
    "notes": int,
    "share": float,
    "examples": object,
    "stability": float,
    "by_chance": float,
    "stable": bool,
}
_NUMBERS = {"themes": int, "stability": float, "by_chance": float, "stable_themes": int, "stable": bool}


@exact
def themes(
    notes: pd.DataFrame,
    n: int | None = None,
    *,
    examples: int = 3,
    stop: Iterable[str] | None = None,
    tokenized: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row per theme, the one of most notes first.

    theme : its number; words : its ten heaviest words, with ", " between.
    notes, share : notes that it is the strongest theme of, and their share of all notes with words.
    examples : ids of the notes that it is strongest in (a tuple).
    stability : 0 to 1, how far halves of the sessions agree on it.
    by_chance : the stability of the most stable theme of shuffled notes.
    stable : whether it can be relied on; a theme that is not must not be reported as a finding.

    `n` is how many themes to find; left out, it is the number that `how_many_themes` finds most stable. When
    no number is, the themes are given all the same, and tell which of them are `stable`. Notes too few or
    too poor for `n` themes give no rows.

    Parameters
    ----------
    notes : DataFrame
        With the columns `text`, `session` and `note`, as of `read_all`.
    n : int, optional
        How many themes to find.
    examples : int
        How many notes to name for each.
    stop : iterable of str, optional
        Stop words; the kit's own list when left out.
    tokenized : DataFrame, optional
        `tokens(notes)`, when that is at hand.
    for_my_eyes : bool
        Whether the frame is a plain one, which a notebook displays: not to be shown to others.

    Returns
    -------
    DataFrame
        One row per theme, with the columns above; an `ExactFrame` unless `for_my_eyes`.

    Raises
    ------
    InvalidAction
        scikit-learn is not installed.

    References
    ----------
    Matrix factorisation: Lee & Seung (1999). Stability, after Greene, O'Callaghan & Cunningham (2014), "How
    many topics? Stability analysis for topic models", ECML PKDD.

    Examples
    --------
    >>> notes = pd.DataFrame(
    ...     {
    ...         "text": ["Telefonen ringer", "Kø på telefonen", "Køen er lang", "Data deles"] * 8,
    ...         "session": [number // 4 for number in range(32)],
    ...         "note": [str(number) for number in range(32)],
    ...     }
    ... )
    >>> themes(notes, 2, for_my_eyes=True)[["theme", "notes", "share"]]
       theme  notes  share
    0      1     24   0.75
    1      2      8   0.25
    """
    _demand_scikit_learn()
    token_rows = tokens(notes) if tokenized is None else tokenized
    if n is None:
        n = _most_stable(how_many_themes(notes, stop=stop, tokenized=token_rows))
    matrix = _matrix(notes, stop, token_rows)
    if n is None or not matrix.bears(n):
        return pd.DataFrame(columns=list(_COLUMNS)).astype(_COLUMNS)
    return _themes(notes, matrix, n, examples)


def how_many_themes(
    notes: pd.DataFrame,
    numbers: Iterable[int] | None = None,
    *,
    stop: Iterable[str] | None = None,
    tokenized: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Stability by number of themes, one row each: 2 to 8 when no `numbers` are given.

    themes : the number; stability : the mean of its themes' (0 to 1).
    by_chance : the stability of the most stable theme of shuffled notes.
    stable_themes : how many of its themes are stable; stable : whether all are.

    Where no row is `stable`, no number of themes is: read the notes instead.

    Parameters
    ----------
    notes : DataFrame
        With the columns `text`, `session` and `note`, as of `read_all`.
    numbers : iterable of int, optional
        Numbers of themes to try.
    stop : iterable of str, optional
        Stop words; the kit's own list when left out.
    tokenized : DataFrame, optional
        `tokens(notes)`, when that is at hand.

    Returns
    -------
    DataFrame
        One row per number, with the columns above.

    Raises
    ------
    InvalidAction
        scikit-learn is not installed.

    References
    ----------
    Matrix factorisation: Lee & Seung (1999). Stability, after Greene, O'Callaghan & Cunningham (2014), "How
    many topics? Stability analysis for topic models", ECML PKDD.

    Examples
    --------
    >>> notes = pd.DataFrame(
    ...     {
    ...         "text": ["Telefonen ringer", "Kø på telefonen", "Køen er lang", "Data deles"] * 8,
    ...         "session": [number // 4 for number in range(32)],
    ...         "note": [str(number) for number in range(32)],
    ...     }
    ... )
    >>> how_many_themes(notes, [2])[["themes", "stability"]]
       themes  stability
    0       2        1.0
    """
    _demand_scikit_learn()
    matrix = _matrix(notes, stop, tokenized)
    rows = []
    for n in NUMBERS if numbers is None else numbers:
        if not matrix.bears(n):
            continue
        stability, by_chance = _stability(matrix, _factorised(matrix.weighted(), n).words)
        stable = _is_stable(stability, by_chance)
        rows.append((n, stability.mean(), by_chance, stable.sum(), stable.all()))
    return pd.DataFrame(rows, columns=list(_NUMBERS)).astype(_NUMBERS)


def _demand_scikit_learn() -> None:
    """`InvalidAction`, and what to install, when scikit-learn is missing: it is large, for themes alone."""
    if find_spec("sklearn") is None:
        raise InvalidAction(text("dataset.extra_missing", name="scikit-learn", extra="themes"))


class _Matrix(NamedTuple):
    """How often the notes that are looked at say the words that are looked at."""

    row: np.ndarray  # by word said, the number of its note
    word: np.ndarray  # by word said, the number of the word
    note: np.ndarray  # by note, its place among all notes
    session: np.ndarray  # by note
    shown: np.ndarray  # by word, how it is written

    def bears(self, n: int) -> bool:
        """Whether there are notes and words enough for n themes, in each half too."""
        return n >= 1 and len(self.note) >= 4 * n and len(self.shown) >= n

    def weighted(self):
        """TF-IDF, a sparse matrix of notes × words, every note of length 1."""
        from scipy.sparse import csr_matrix
        from sklearn.feature_extraction.text import TfidfTransformer

        shape = len(self.note), len(self.shown)
        counts = csr_matrix((np.ones(len(self.row), dtype=np.float32), (self.row, self.word)), shape)
        return TfidfTransformer(sublinear_tf=True).fit_transform(counts)

    def of_notes(self, notes: np.ndarray) -> "_Matrix":
        number = np.full(len(self.note), -1)
        number[notes] = np.arange(len(notes))
        keep = number[self.row] >= 0
        return self._replace(
            row=number[self.row[keep]],
            word=self.word[keep],
            note=self.note[notes],
            session=self.session[notes],
        )

    def shuffled(self, rng: np.random.Generator) -> "_Matrix":
        return self._replace(word=rng.permutation(self.word))


class _Topics(NamedTuple):
    weights: np.ndarray  # notes × themes
    words: np.ndarray  # themes × TOP, the heaviest words first


def _matrix(notes: pd.DataFrame, stop: Iterable[str] | None, tokenized: pd.DataFrame | None) -> _Matrix:
    token_rows = content(tokens(notes) if tokenized is None else tokenized, stop)
    rows, stems = token_rows["row"].to_numpy(), token_rows["stem"].cat.codes.to_numpy()
    note_counts = np.zeros(max(len(token_rows["stem"].cat.categories), 1), dtype=int)
    pairs = np.unique(rows.astype(np.int64) * len(note_counts) + stems)
    np.add.at(note_counts, pairs % len(note_counts), 1)
    least = max(_MIN_NOTES, np.sort(note_counts)[-_MAX_WORDS:][0])
    keep = note_counts[stems] >= least
    note, row = np.unique(rows[keep], return_inverse=True)
    stem, word = np.unique(stems[keep], return_inverse=True)
    return _Matrix(row, word, note, session_of(notes)[note], commonest(token_rows)[stem])


def _factorised(weighted, n: int) -> _Topics:
    """n themes of the notes. Not quite converged is good enough: the halves tell what that is worth.

    In one thread: these matrices are so narrow that several would only wait for each other.
    """
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = NMF(n, init="nndsvda", random_state=_SEED, tol=1e-3, max_iter=100)
        weights = model.fit_transform(weighted)
    return _Topics(weights, np.argsort(-model.components_, axis=1, kind="stable")[:, :TOP])


def _themes(notes: pd.DataFrame, matrix: _Matrix, n: int, examples: int) -> pd.DataFrame:
    sample = _sample(matrix, _MAX_NOTES)
    topics = _factorised(sample.weighted(), n)
    stability, by_chance = _stability(matrix, topics.words)
    strongest = np.where(topics.weights.max(axis=1) > 0, topics.weights.argmax(axis=1), -1)
    counts = np.bincount(strongest[strongest >= 0], minlength=n)
    order = np.argsort(-counts, kind="stable")
    ids = notes["note"].to_numpy(object)[sample.note]
    best = np.argsort(-topics.weights, axis=0, kind="stable")[:examples]
    columns = {
        "theme": np.arange(1, n + 1),
        "words": [", ".join(sample.shown[topics.words[theme]]) for theme in order],
        "notes": counts[order],
        "share": counts[order] / len(sample.note),
        "examples": [tuple(ids[best[:, theme]]) for theme in order],
        "stability": stability[order],
        "by_chance": by_chance,
        "stable": _is_stable(stability, by_chance)[order],
    }
    return pd.DataFrame(columns).astype(_COLUMNS)


def _is_stable(stability: np.ndarray, by_chance: float) -> np.ndarray:
    return (stability >= STABLE) & (stability > by_chance)


def _most_stable(numbers: pd.DataFrame) -> int | None:
    """The number with the most stable themes; of those without any, the most stable on average."""
    if numbers.empty:
        return None
    best = numbers.sort_values(["stable", "stability"], ascending=False, kind="stable")
    return int(best["themes"].iloc[0])


def _stability(matrix: _Matrix, words: np.ndarray) -> tuple[np.ndarray, float]:
    """By theme, how far halves agree on it; and the most they do where there are no themes."""
    rng = np.random.default_rng(_SEED)
    sample = _sample(matrix, _MAX_NOTES_OF_HALVES)
    stability = _agreement(sample, words, rng)
    by_chance = 0.0
    for _ in range(_SHUFFLES):
        shuffled = sample.shuffled(rng)
        words_by_chance = _factorised(shuffled.weighted(), len(words)).words
        by_chance = max(by_chance, _agreement(shuffled, words_by_chance, rng).max())
    return stability, by_chance


def _agreement(matrix: _Matrix, words: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """By theme, how far two halves agree on what they have for it, on average over the splits."""
    weighted = matrix.weighted()
    agreement = []
    for _ in range(_SPLITS):
        half = _half(matrix, rng)
        first, second = (
            _paired(words, _factorised(weighted[part], len(words)).words) for part in (half, ~half)
        )
        agreement.append([_in_common(ours, theirs) for ours, theirs in zip(first, second, strict=True)])
    return np.mean(agreement, axis=0)


def _half(matrix: _Matrix, rng: np.random.Generator) -> np.ndarray:
    """By note, whether it is in the half: of the sessions; of the notes where those are under four."""
    sessions, session = np.unique(matrix.session, return_inverse=True)
    if len(sessions) < 4:
        sessions = session = np.arange(len(matrix.note))
    return (rng.permutation(len(sessions)) < len(sessions) // 2)[session]


def _paired(words: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The other themes, in the order of those that they are most like."""
    from scipy.optimize import linear_sum_assignment

    alike = np.array([[_in_common(ours, theirs) for theirs in others] for ours in words])
    return others[linear_sum_assignment(-alike)[1]]


def _in_common(ours: np.ndarray, theirs: np.ndarray) -> float:
    return len(set(ours) & set(theirs)) / len(ours)


def _sample(matrix: _Matrix, most: int) -> _Matrix:
    """At most so many notes, drawn by chance."""
    if len(matrix.note) <= most:
        return matrix
    rng = np.random.default_rng(_SEED)
    return matrix.of_notes(np.sort(rng.permutation(len(matrix.note))[:most]))
