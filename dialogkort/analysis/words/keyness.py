"""Keyness: words that mark an area, an organisation or a kind of note, with permutation p values.

The measure is the weighted log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi & Quinn 2008,
"Fightin' words", Political Analysis 16(4), eq. 15–22). With y of a word among the n words of a group, y' and
n' in all the others, and the prior a of the word and a0 of all words (a / a0 is its share of all notes):

    log_odds = log((y + a) / (n + a0 - y - a)) - log((y' + a) / (n' + a0 - y' - a))
    z        = log_odds / sqrt(1 / (y + a) + 1 / (y' + a))

Their z takes every word as said independently. It is not: whoever said it once says it again, and one group's
pet word would mark an organisation. So z is shown, but `marks` does not come from its table of the normal
distribution. The groups' names are dealt out again to whole workshops (for an area: to the cards within each
workshop), z is counted afresh, and p is how often *any* word of any group then lies as far out as this one,
each measured in its own spread over the deals (single-step max statistic: Westfall & Young 1993; (b + 1) /
(m + 1): Phipson & Smyth 2010). With no preference at all some word is marked in at most 5 % of analyses.

Cards have words of their own, and a word of one card is not a word of its area. So for areas the names are
also dealt out to whole cards, as if the questions could have been of other areas, and p is the larger of the
two (cards as random: Clark 1973, "The language-as-fixed-effect fallacy").
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from dialogkort.analysis.arguments import check_choice, check_columns
from dialogkort.analysis.protection import exact
from dialogkort.analysis.words.prompts import Prompts
from dialogkort.analysis.words.tokens import (
    commonest,
    content,
    distinct,
    session_of,
    tokens,
    with_sessions,
)

LEVEL = 0.05
N_PERMUTATIONS = 999
PRIOR = 500

_SEED = 20_008
_TINY = 1e-9
_COMMONEST = 2_000
_ONE_CARD = 0.8  # of what was said of a word, on one card: it then comes from that card
# With more numbers than this to deal, fewer deals do: p is as right, only coarser.
_MANY_NUMBERS, _FEWER_PERMUTATIONS = 1_000_000, 199
_MAX_STORED_NUMBERS = 8_000_000  # numbers of simulated deals: 64 MB
_COLUMNS = {
    "word": "string",
    "count": int,
    "other": int,
    "per_1000": float,
    "other_per_1000": float,
    "sessions": int,
    "cards": int,
    "one_card": "string",
    "log_odds": float,
    "z": float,
    "p": float,
    "marks": bool,
}


@exact
def keyness(
    notes: pd.DataFrame,
    by: str = "area",
    sessions: pd.DataFrame | None = None,
    *,
    without_prompts: bool | Mapping[str, str] = False,
    stop: Iterable[str] | None = None,
    min_count: int = 5,
    min_sessions: int = 3,
    cluster: str = "workshop",
    tokenized: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row per group and word, for each group those that mark it most first.

    area (or what `by` is called) : the group, a value of that column of `notes`, or of `sessions`.
    word : the commonest form of the stem that was counted.
    count, other : how often the group and the others said it.
    per_1000, other_per_1000 : the same per 1,000 words (stop words not among them).
    sessions : sessions of the group that said it.
    cards : cards it was said on there.
    one_card : the card it comes from, when at least four of five times it was said there were on that one: it
        then tells of the card, and little of the group. Else missing.
    log_odds, z : weighted log-odds (above 0: said more here) and its z, as if every word were independent.
    p : adjusted for looking at every word of every group, and for words coming in workshops and (areas) in
        cards.
    marks : p <= 0.05 and said more here.

    Notes without a group (the opening round has no area) are left aside; fewer than two groups give no rows.
    Words that fewer than `min_sessions` sessions said, or that were said fewer than `min_count` times, are
    not looked at, nor stop words (our own list when `stop` is not given); of very many, the 2,000 commonest.

    A card's own words mark its area trivially: everybody repeats them. `without_prompts=True` measures every
    word on the notes of those cards alone whose question does not have it; to leave out the examples' words
    too, give the card's whole text by card id. Take it for areas.

    What is dealt again are whole workshops where each has one group, else whole sessions, else the cards of
    each workshop, else its notes. `cluster="session"` takes each group of a workshop by itself, as is done
    where `notes` and `sessions` tell of no workshop: right only where a workshop's groups do not share what
    they say. With few workshops, or few cards, there are few ways to deal, and nothing can be marked.

    Parameters
    ----------
    notes : DataFrame
        As of `read_all`.
    by : str
        A column of the notes or of the sessions: the group.
    sessions : DataFrame, optional
        The frame of `read_all`: tells the notes' workshops, and what `by` may name.
    without_prompts : bool or mapping
        Whether words of a card's question are left out of its notes; or the words, as text by card id.
    stop : iterable of str, optional
        Stop words; the kit's own list when left out.
    min_count, min_sessions : int
        Words said less often, or by fewer sessions, are not looked at.
    cluster : str
        "workshop" or "session": what is dealt again.
    tokenized : DataFrame, optional
        `tokens(notes)`, when that is at hand.
    for_my_eyes : bool
        Whether the frame is a plain one, which a notebook displays: not to be shown to others.

    Returns
    -------
    DataFrame
        One row per group and word, with the columns above; an `ExactFrame` unless `for_my_eyes`.

    Raises
    ------
    ValueError
        `by` is a column of neither frame, or `cluster` is unknown.

    References
    ----------
    Weighted log-odds: Monroe, Colaresi & Quinn (2008), "Fightin' words", Political Analysis 16(4). Adjusted p
    values: Westfall & Young (1993); Phipson & Smyth (2010).

    Examples
    --------
    >>> notes = pd.DataFrame(
    ...     {
    ...         "text": ["Telefonen ringer", "Papir overalt"] * 12,
    ...         "area": ["Kontakt", "Data"] * 12,
    ...         "card": ["1", "2", "3", "4"] * 6,
    ...         "session": [number // 2 for number in range(24)],
    ...     }
    ... )
    >>> keyness(notes, for_my_eyes=True)[["area", "word", "count", "other", "z"]].round(1)
          area       word  count  other    z
    0     Data    overalt     12      0  1.0
    1     Data      papir     12      0  1.0
    2     Data     ringer      0     12 -1.0
    3     Data  telefonen      0     12 -1.0
    4  Kontakt     ringer     12      0  1.0
    5  Kontakt  telefonen     12      0  1.0
    6  Kontakt    overalt      0     12 -1.0
    7  Kontakt      papir      0     12 -1.0
    """
    columns = {by: "string"} | _COLUMNS
    described = with_sessions(notes, sessions)
    check_columns("by", [by], **{"notes or sessions": described})
    described = _clustered(described, cluster)
    token_rows = content(tokens(notes) if tokenized is None else tokenized, stop)
    names = described[by].astype("string").fillna("")
    token_rows = token_rows[names.ne("").to_numpy(bool)[token_rows["row"].to_numpy()]]
    prompts = Prompts(described, token_rows, without_prompts)
    own = token_rows[~prompts.has(token_rows)]
    looked_at = _common(own, session_of(described), min_count, min_sessions)
    groups = np.unique(names.iloc[np.unique(token_rows["row"])].to_numpy(str))
    if len(groups) < 2 or not looked_at.any():
        return pd.DataFrame(columns=list(columns)).astype(columns)
    group = np.searchsorted(groups, names.to_numpy(str))  # read only for notes that have one
    noted = np.unique(token_rows["row"].to_numpy())
    dealt = [_units(described, group, noted), *_whole_cards(described, group, noted)]
    counts = [_counted(units, token_rows, own, group, looked_at, prompts) for units in dealt]
    rows = _measured(counts, by, groups, commonest(own)[looked_at])
    rows["sessions"] = _sessions(own, session_of(described), group, looked_at, len(groups))
    rows["cards"], rows["one_card"] = _cards(described, own, group, looked_at, len(groups))
    rows = rows[rows["could"]][list(columns)].astype(columns)
    return rows.sort_values([by, "z", "word"], ascending=[True, False, True], ignore_index=True)


def weighted_log_odds(
    count: np.ndarray, words: np.ndarray, other: np.ndarray, other_words: np.ndarray, share: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """log_odds and z of words said `count` times among `words` here, `other` among `other_words` elsewhere.

    `share` is each word's share of all that was said; the prior weighs as much as `PRIOR` words, which is
    about what one group writes in an afternoon.
    """
    prior = PRIOR * share
    here, there = count + prior, other + prior
    log_odds = np.log(here / (words + PRIOR - here)) - np.log(there / (other_words + PRIOR - there))
    return log_odds, log_odds / np.sqrt(1 / here + 1 / there)


class _Entries(NamedTuple):
    """Numbers by unit and word."""

    unit: np.ndarray
    word: np.ndarray
    number: np.ndarray


class _Counts(NamedTuple):
    """What was said by unit, the smallest thing that is in one group as a whole and can be dealt.

    `total` is all words of a unit; `prompted` how many of them a word is not measured among.
    """

    group: np.ndarray  # by unit
    stratum: np.ndarray  # by unit; units are dealt among those of their stratum
    total: np.ndarray  # by unit
    used: _Entries
    prompted: _Entries
    groups: int
    words: int

    def by_group(self, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How often each group said each word (groups × words), and among how many words."""
        total = np.bincount(group, self.total, self.groups)[:, None]
        return self._summed(group, self.used), total - self._summed(group, self.prompted)

    def _summed(self, group: np.ndarray, entries: _Entries) -> np.ndarray:
        cells = group[entries.unit] * self.words + entries.word
        return np.bincount(cells, entries.number, self.groups * self.words).reshape(self.groups, self.words)

    def weighted(self, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """log_odds and z of every group and word, were the units' groups these."""
        count, words = self.by_group(group)
        totals = count.sum(axis=0)
        other, other_words = totals - count, words.sum(axis=0) - words
        return weighted_log_odds(count, words, other, other_words, totals / self.total.sum())


def _not_counted(prompts: Prompts, unit: np.ndarray, rows: np.ndarray, looked_at: np.ndarray) -> _Entries:
    """By unit and word, how many words were said to cards that have the word."""
    many = len(prompts.says)
    pairs, number = np.unique(unit[rows] * many + prompts.of_note[rows] % many, return_counts=True)
    pair, word = np.nonzero(prompts.says[:, looked_at][pairs % many])
    return _Entries(pairs[pair] // many, word, number[pair].astype(float))


def _common(token_rows: pd.DataFrame, session: np.ndarray, min_count: int, min_sessions: int) -> np.ndarray:
    """By stem, whether enough was said of it to look at it."""
    stems, many = token_rows["stem"].cat.codes.to_numpy(), len(token_rows["stem"].cat.categories)
    counts = np.bincount(stems, minlength=many)
    enough = counts >= max(min_count, 1, *np.sort(counts)[-_COMMONEST:][:1])
    return enough & (distinct(session[token_rows["row"].to_numpy()], stems, many) >= min_sessions)


def _counted(dealt, token_rows, own, group, looked_at, prompts) -> _Counts:
    rows, (unit, stratum) = token_rows["row"].to_numpy(), dealt
    units, words = len(stratum), int(looked_at.sum())
    of_unit = np.zeros(units, dtype=int)
    of_unit[unit[rows]] = group[rows]
    own = own[looked_at[own["stem"].cat.codes.to_numpy()]]
    word = (np.cumsum(looked_at) - 1)[own["stem"].cat.codes.to_numpy()]
    cells, number = np.unique(unit[own["row"].to_numpy()] * words + word, return_counts=True)
    return _Counts(
        of_unit,
        stratum,
        np.bincount(unit[rows], minlength=units).astype(float),
        _Entries(cells // words, cells % words, number.astype(float)),
        _not_counted(prompts, unit, rows, looked_at),
        int(of_unit.max()) + 1,
        words,
    )


def _clustered(described: pd.DataFrame, cluster: str) -> pd.DataFrame:
    """The notes with the number of their workshop, or of their session where no workshop is told."""
    check_choice("cluster", cluster, ("session", "workshop"))
    columns = [name for name in ("workshop", "organisation", "date") if name in described]
    if cluster == "session" or "workshop" not in described:
        columns = ["session"]
    return described.assign(cluster=described.groupby(columns, dropna=False, sort=True).ngroup())


def _units(described: pd.DataFrame, group: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """By note its unit (-1 where it has none), and by unit the stratum that it is dealt within."""
    chosen = described.iloc[rows]
    for columns in (["cluster"], ["session"], ["cluster", "card"], ["cluster", "note"]):
        if columns[-1] not in chosen:
            continue
        unit = chosen.groupby(columns, dropna=False, sort=True).ngroup().to_numpy()
        if _is_whole(unit, group[rows]):
            break
    stratum = np.zeros(unit.max() + 1, dtype=int)
    if len(columns) > 1:
        stratum[unit] = chosen["cluster"]
    return _by_note(unit, rows, len(described)), stratum


def _whole_cards(
    described: pd.DataFrame, group: np.ndarray, rows: np.ndarray
) -> list[tuple[np.ndarray, np.ndarray]]:
    """The same with whole cards for units, where each card has one group."""
    if "card" not in described or described["card"].iloc[rows].isna().any():
        return []
    unit = described.iloc[rows].groupby("card", sort=True).ngroup().to_numpy()
    if not _is_whole(unit, group[rows]):
        return []
    return [(_by_note(unit, rows, len(described)), np.zeros(unit.max() + 1, dtype=int))]


def _is_whole(unit: np.ndarray, group: np.ndarray) -> bool:
    """Whether every unit is of one group."""
    return len(np.unique(unit * (group.max() + 1) + group)) == unit.max() + 1


def _by_note(units: np.ndarray, rows: np.ndarray, notes: int) -> np.ndarray:
    unit = np.full(notes, -1)
    unit[rows] = units
    return unit


def _measured(dealt: list[_Counts], by: str, groups: np.ndarray, words: np.ndarray) -> pd.DataFrame:
    """One row per group and word; p is the largest over the ways to deal."""
    counts = dealt[0]
    log_odds, z = counts.weighted(counts.group)
    count, among = counts.by_group(counts.group)
    other, other_among = count.sum(axis=0) - count, among.sum(axis=0) - among
    p = np.max([_adjusted_p(counted, z) for counted in dealt], axis=0)
    columns = {
        by: np.repeat(groups, len(words)),
        "word": np.tile(words, len(groups)),
        "count": count,
        "other": other,
        "per_1000": 1000 * count / np.maximum(among, 1),
        "other_per_1000": 1000 * other / np.maximum(other_among, 1),
        "log_odds": log_odds,
        "z": z,
        "p": p,
        "marks": (p <= LEVEL) & (log_odds > 0),
        "could": among > 0,
    }
    return pd.DataFrame({name: values.ravel() for name, values in columns.items()})


def _sessions(own, session, group, looked_at, groups) -> np.ndarray:
    """By group and word, in how many sessions it was said."""
    rows, stems, many = own["row"].to_numpy(), own["stem"].cat.codes.to_numpy(), len(looked_at)
    counts = distinct(session[rows], group[rows] * many + stems, groups * many)
    return counts.reshape(groups, many)[:, looked_at].ravel()


def _cards(described, own, group, looked_at, groups) -> tuple[np.ndarray, np.ndarray]:
    """By group and word, on how many cards it was said, and the card that nearly all of it comes from."""
    card_of_note, names = (
        pd.factorize(described["card"]) if "card" in described else (np.zeros(len(described), int), [None])
    )
    own = own[looked_at[own["stem"].cat.codes.to_numpy()]]
    rows, cards = own["row"].to_numpy(), max(len(names), 1)
    word = (np.cumsum(looked_at) - 1)[own["stem"].cat.codes.to_numpy()]
    cell = group[rows] * looked_at.sum() + word
    on_a_card = card_of_note[rows] >= 0  # a note may stand on none
    pairs, count = np.unique((cell * cards + card_of_note[rows])[on_a_card], return_counts=True)
    many = groups * int(looked_at.sum())
    totals = np.bincount(cell, minlength=many)
    main_card = np.full(many, None, dtype=object)
    mostly = count >= _ONE_CARD * totals[pairs // cards]
    main_card[pairs[mostly] // cards] = np.asarray(names, dtype=object)[pairs[mostly] % cards]
    return np.bincount(pairs // cards, minlength=many), main_card


def _adjusted_p(counts: _Counts, observed: np.ndarray) -> np.ndarray:
    """The deals are looked at twice: for the spread of each z, and for the largest."""
    deals = _deals(counts)
    dealt = _repeatable(counts, deals, observed.size)
    total, squares = observed.copy(), observed**2
    for z in dealt():
        total += z
        squares += z**2
    mean = total / (deals + 1)
    std = np.sqrt(np.maximum(squares / (deals + 1) - mean**2, 0))

    def distance(z: np.ndarray) -> np.ndarray:
        return np.divide(np.abs(z - mean), std, out=np.zeros_like(z), where=std > _TINY)

    largest = np.sort([distance(z).max() for z in dealt()])
    return (1 + deals - np.searchsorted(largest, distance(observed) - _TINY)) / (deals + 1)


def _repeatable(counts: _Counts, deals: int, size: int) -> Callable[[], Iterable[np.ndarray]]:
    """The deals, as often as they are asked for: kept where that takes little memory, else dealt again."""
    if deals * size > _MAX_STORED_NUMBERS:
        return partial(_permuted, counts, deals)
    permuted = list(_permuted(counts, deals))
    return lambda: permuted


def _deals(counts: _Counts) -> int:
    many = len(counts.used.unit) + counts.groups * counts.words > _MANY_NUMBERS
    return min(N_PERMUTATIONS, _FEWER_PERMUTATIONS) if many else N_PERMUTATIONS


def _permuted(counts: _Counts, deals: int) -> Iterator[np.ndarray]:
    """z after each deal: the groups' names dealt out again to the units of each stratum."""
    rng = np.random.default_rng(_SEED)
    places = np.argsort(counts.stratum, kind="stable")
    dealt = np.empty_like(counts.group)
    for _ in range(deals):
        order = np.lexsort((rng.random(len(places)), counts.stratum))
        dealt[places] = counts.group[order]
        yield counts.weighted(dealt)[1]
