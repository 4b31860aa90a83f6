"""Intercoder agreement (Krippendorff's alpha, Cohen's kappa, Gwet's AC1), disagreements, code frequencies.

A note can have several codes, so agreement is told twice: for every code by itself (applies or does not), and
for all codes together, where two readings of a note are two sets and may be more or less alike.

*Krippendorff's alpha* takes any number of coders and notes that only some have coded: 1 is full agreement,
0 what chance alone would give (Krippendorff 2011, *Computing Krippendorff's Alpha-Reliability*; 2019,
*Content Analysis*, 4th ed., ch. 12). For one code it is the nominal alpha of two values. For all together the
distance of two sets is that of MASI (Passonneau 2006): 1 - J * M, J being the share of the codes they have
in common (Jaccard), M being 1 for equal sets, 2/3 when one holds the other, 1/3 when they overlap, 0 when
they do not. *Cohen's kappa* (1960) is for a pair of coders and the notes both have coded. *AC1* (Gwet 2008)
stands beside alpha, which says little of a code that is hardly ever, or nearly always, used.

Intervals are 95 % percentile bootstraps (Hayes & Krippendorff 2007; notes as the units that are drawn again:
Zapf et al. 2016), with a fixed seed: the same codings always give the same figures. Notes of one session are
written by the same hand of the same talk; `clusters="session"` draws whole sessions again. Where nobody
disagrees every new draw agrees too, which says nothing of what more notes would show: there the lower end is
the agreement left when as many more disagree as may have been missed by chance (Clopper & Pearson 1934).

A figure that cannot be had is NaN, and `why` says the reason: "one coder", "no note coded by two",
"no variation" (all readings are the same: chance would agree as well), and, of an interval, "too rare" (in
one of twenty draws or more nothing was left to compare).
"""

from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from dialogkort.analysis.arguments import check_choice, check_columns

LEVEL = 0.05
DISTANCES = ("masi", "jaccard")
DRAWS = 2_000

_SEED = 20_000
_TOO_MANY_UNDEFINED = 0.05


class Estimate(NamedTuple):
    """A coefficient, the ends of its 95 % interval, and why there is none of them ("" when there is).

    Examples
    --------
    >>> kappa_of([1, 1, 0, 0], [1, 1, 0, 1])._fields
    ('value', 'low', 'high', 'why')
    """

    value: float
    low: float
    high: float
    why: str = ""


# --- of tables of codings -----------------------------------------------------------------------------------


def alpha(codings: pd.DataFrame, *, clusters: str | None = None, distance: str = "masi") -> pd.DataFrame:
    """Krippendorff's alpha, one row for all codes together (`code` is <NA>) and one for each code.

    Rows without a coder (what was settled) are left aside.

    code, name : the code; <NA> for all together.
    coders : who have coded.
    notes : notes that two coders or more have coded; the others say nothing of agreement.
    applied : share of the readings of those notes in which the code applies (all together: any code).
    percent : share of pairs of readings that are the same, averaged over notes. Chance is not taken out.
    alpha, low, high : the coefficient and its 95 % interval. ac1 : Gwet's AC1 (not for all together).
    why : why a figure is missing, else "".

    Parameters
    ----------
    codings : DataFrame
        Of one project, as `dialogkort.codings` gives them.
    clusters : str, optional
        "session": whole sessions are drawn again for the interval.
    distance : str
        "masi" or "jaccard": how unlike two sets of codes are.

    Returns
    -------
    DataFrame
        One row for all codes together and one per code, with the columns above.

    Raises
    ------
    ValueError
        An unknown distance.

    References
    ----------
    Krippendorff (2011), *Computing Krippendorff's Alpha-Reliability*; MASI: Passonneau (2006); AC1: Gwet
    (2008); intervals: Hayes & Krippendorff (2007); Zapf et al. (2016).

    Examples
    --------
    >>> codings = pd.DataFrame(
    ...     {
    ...         "session": "s",
    ...         "note": ["1", "1", "2", "2", "3", "3"],
    ...         "coder": ["Anna", "Bo"] * 3,
    ...         "code": ["a", "a", "a", None, None, None],
    ...         "name": ["Tid", "Tid", "Tid", None, None, None],
    ...         "applies": [True, True, True, False, False, False],
    ...     }
    ... )
    >>> alpha(codings)[["name", "coders", "notes", "percent", "alpha"]].tail(1).round(2)
      name  coders  notes  percent  alpha
    1  Tid       2      3     0.67   0.44
    """
    readings = _readings(codings)
    blocks = _blocks(readings, clusters)
    rows = [_alpha_row(readings, None, _counts_of_sets(readings, distance), blocks)]
    for index in range(len(readings.codes)):
        rows.append(_alpha_row(readings, index, (_counts_of_code(readings, index), _NOMINAL), blocks))
    return pd.DataFrame(rows, columns=list(_ALPHA)).astype(_ALPHA)


def kappa(codings: pd.DataFrame, *, clusters: str | None = None) -> pd.DataFrame:
    """Cohen's kappa, one row for each code and pair of coders.

    code, name, coder_a, coder_b (in order of name), notes (that both have coded), percent (the same reading),
    kappa, low, high (95 % interval), why (a figure is missing, else "").

    Parameters
    ----------
    codings : DataFrame
        Of one project, as `dialogkort.codings` gives them.
    clusters : str, optional
        "session": whole sessions are drawn again for the interval.

    Returns
    -------
    DataFrame
        One row per code and pair of coders, with the columns above.

    References
    ----------
    Cohen (1960); intervals: Zapf et al. (2016).

    Examples
    --------
    >>> codings = pd.DataFrame(
    ...     {
    ...         "session": "s",
    ...         "note": ["1", "1", "2", "2", "3", "3"],
    ...         "coder": ["Anna", "Bo"] * 3,
    ...         "code": ["a", "a", "a", None, None, None],
    ...         "name": ["Tid", "Tid", "Tid", None, None, None],
    ...         "applies": [True, True, True, False, False, False],
    ...     }
    ... )
    >>> kappa(codings)[["name", "coder_a", "coder_b", "notes", "kappa"]].round(2)
      name coder_a coder_b  notes  kappa
    0  Tid    Anna      Bo      3    0.4
    """
    readings = _readings(codings)
    blocks = _blocks(readings, clusters)
    rows = []
    for index, (code, name) in enumerate(readings.codes):
        for a, b in _pairs(len(readings.coders)):
            both = readings.coded[:, a] & readings.coded[:, b]
            applied = readings.applied[index][both].astype(int)
            estimate = _kappa(applied[:, a], applied[:, b], 2, blocks[both])
            same = (applied[:, a] == applied[:, b]).mean() if both.any() else np.nan
            rows.append(
                (code, name, readings.coders[a], readings.coders[b], int(both.sum()), same, *estimate)
            )
    return pd.DataFrame(rows, columns=list(_KAPPA)).astype(_KAPPA)


def disagreements(codings: pd.DataFrame) -> pd.DataFrame:
    """One row for each note and code of which coders who have both coded the note say different things.

    session, note, code, name, found_by and not_by (names of coders, as tuples), settled (True or False when
    the coders have settled it, else <NA>). In the order the notes were begun, then of the codes.

    Parameters
    ----------
    codings : DataFrame
        Of one project, as `dialogkort.codings` gives them.

    Returns
    -------
    DataFrame
        One row per note and code, with the columns above.

    Examples
    --------
    >>> codings = pd.DataFrame(
    ...     {
    ...         "session": "s",
    ...         "note": ["1", "1", "2", "2", "3", "3"],
    ...         "coder": ["Anna", "Bo"] * 3,
    ...         "code": ["a", "a", "a", None, None, None],
    ...         "name": ["Tid", "Tid", "Tid", None, None, None],
    ...         "applies": [True, True, True, False, False, False],
    ...     }
    ... )
    >>> disagreements(codings)[["note", "name", "found_by", "not_by"]]
      note name found_by not_by
    0    2  Tid  (Anna,)  (Bo,)
    """
    readings = _readings(codings)
    settled = _settled(codings)
    rows = []
    for unit, index in np.argwhere(_differing(readings).T):
        coded = readings.coded[unit]
        yes = readings.applied[index][unit]
        code, name = readings.codes[index]
        note = readings.notes[unit]
        decision = settled.get((note, code))
        coded_by, not_coded_by = (
            tuple(np.array(readings.coders)[coded & readers]) for readers in (yes, ~yes)
        )
        rows.append((readings.sessions[unit], note, code, name, coded_by, not_coded_by, decision))
    frame = pd.DataFrame(rows, columns=list(_DISAGREEMENTS)).astype(_DISAGREEMENTS)
    return frame.sort_values(["session", "note"], kind="stable", ignore_index=True)


def final(codings: pd.DataFrame) -> pd.DataFrame:
    """What the notes are coded as in the end: one row for each note and code that anybody found or settled.

    session, note, code, name, applies (True, False; <NA> while as many say yes as no), decided
    ("settled" together, "all" coders of the note say the same, "most" of them, "tied").

    Parameters
    ----------
    codings : DataFrame
        Of one project, as `dialogkort.codings` gives them.

    Returns
    -------
    DataFrame
        One row per note and code, with the columns above.

    Examples
    --------
    >>> codings = pd.DataFrame(
    ...     {
    ...         "session": "s",
    ...         "note": ["1", "1", "2", "2", "3", "3"],
    ...         "coder": ["Anna", "Bo"] * 3,
    ...         "code": ["a", "a", "a", None, None, None],
    ...         "name": ["Tid", "Tid", "Tid", None, None, None],
    ...         "applies": [True, True, True, False, False, False],
    ...     }
    ... )
    >>> final(codings)[["note", "name", "decided"]]
      note name decided
    0    1  Tid     all
    1    2  Tid    tied
    """
    readings = _readings(codings)
    settled = _settled(codings)
    coders = readings.coded.sum(axis=1)
    yes_counts = {
        (readings.notes[unit], readings.codes[index][0]): int(readings.applied[index][unit].sum())
        for unit, index in np.argwhere(readings.applied.any(axis=2).T)
    }
    names, by_note = dict(readings.codes), dict(zip(readings.notes, range(len(readings.notes)), strict=True))
    rows = []
    for note, code in sorted({*yes_counts, *(key for key in settled if key[0] in by_note)}):
        unit = by_note[note]
        verdict = _verdict(yes_counts.get((note, code), 0), int(coders[unit]), settled.get((note, code)))
        rows.append((readings.sessions[unit], note, code, names[code], *verdict))
    return pd.DataFrame(rows, columns=list(_FINAL)).astype(_FINAL)


def code_frequencies(
    codings: pd.DataFrame, notes: pd.DataFrame, sessions: pd.DataFrame, by: str | Sequence[str]
) -> pd.DataFrame:
    """Frequency of each code by area, unit, organisation or other columns (`by`) of notes or sessions.

    One row for each code and each value of the column(s) among the coded notes; what counts is `final`.

    (column), code, name : in the order of the column's values and of the codes.
    notes, sessions : notes the code applies to, and the sessions they are of.
    coded_notes, coded_sessions : all coded notes there, and their sessions.
    share : notes / coded_notes. undecided : notes of which as many coders say yes as no.

    Parameters
    ----------
    codings : DataFrame
        Of one project, as `dialogkort.codings` gives them.
    notes, sessions : DataFrame
        The frames of `read_all`.
    by : str or sequence of str
        Columns of the notes or of the sessions.

    Returns
    -------
    DataFrame
        One row per code and group, with the columns above.

    Examples
    --------
    >>> codings = pd.DataFrame(
    ...     {
    ...         "session": "s",
    ...         "note": ["1", "1", "2", "2", "3", "3"],
    ...         "coder": ["Anna", "Bo"] * 3,
    ...         "code": ["a", "a", "a", None, None, None],
    ...         "name": ["Tid", "Tid", "Tid", None, None, None],
    ...         "applies": [True, True, True, False, False, False],
    ...     }
    ... )
    >>> notes = pd.DataFrame({"session": "s", "note": ["1", "2", "3"], "area": ["A", "A", "B"]})
    >>> sessions = pd.DataFrame({"session": ["s"], "unit": ["Plejecenter"]})
    >>> code_frequencies(codings, notes, sessions, "area")[["area", "name", "notes", "coded_notes"]]
      area name  notes  coded_notes
    0    A  Tid      1            2
    1    B  Tid      0            1
    """
    columns = [by] if isinstance(by, str) else list(by)
    coded = _coded_notes(codings).merge(_described(notes, sessions, columns), on=["session", "note"])
    groups = coded.groupby(columns, dropna=False, observed=True)
    there = groups.agg(coded_notes=("note", "nunique"), coded_sessions=("session", "nunique")).reset_index()
    codes = pd.DataFrame(_readings(codings).codes, columns=["code", "name"], dtype="string")
    verdicts = final(codings).merge(coded, on=["session", "note"])
    counts = _count(verdicts, [*columns, "code"])
    table = there.merge(codes, how="cross").merge(counts, on=[*columns, "code"], how="left")
    numbers = ["notes", "sessions", "coded_notes", "coded_sessions", "undecided"]
    table[numbers] = table[numbers].fillna(0).astype("int64")
    table["share"] = table["notes"] / table["coded_notes"]
    order = ["code", "name", "notes", "sessions", "coded_notes", "coded_sessions", "share", "undecided"]
    return table[[*columns, *order]]


_ALPHA = {
    "code": "string",
    "name": "string",
    "coders": "int64",
    "notes": "int64",
    "applied": "float64",
    "percent": "float64",
    "alpha": "float64",
    "low": "float64",
    "high": "float64",
    "ac1": "float64",
    "why": "string",
}
_KAPPA = {
    "code": "string",
    "name": "string",
    "coder_a": "string",
    "coder_b": "string",
    "notes": "int64",
    "percent": "float64",
    "kappa": "float64",
    "low": "float64",
    "high": "float64",
    "why": "string",
}
_DISAGREEMENTS = {
    "session": "string",
    "note": "string",
    "code": "string",
    "name": "string",
    "found_by": "object",
    "not_by": "object",
    "settled": "boolean",
}
_FINAL = {
    "session": "string",
    "note": "string",
    "code": "string",
    "name": "string",
    "applies": "boolean",
    "decided": "string",
}


# --- of plain values ----------------------------------------------------------------------------------------


def alpha_of(values: Iterable[Sequence[Hashable]]) -> Estimate:
    """Krippendorff's nominal alpha of values: one row for each coder, one place for each unit.

    Parameters
    ----------
    values : iterable of sequences
        By coder, the value given to each unit; None or NaN where it was not coded.

    Returns
    -------
    Estimate
        The coefficient, the ends of its 95 % interval, and why there is none.

    References
    ----------
    Krippendorff (2011), *Computing Krippendorff's Alpha-Reliability*.

    Examples
    --------
    >>> round(alpha_of([[1, 1, 0, 0], [1, 1, 0, 1]]).value, 2)
    0.53
    """
    rows = [list(row) for row in values]
    known = sorted({value for row in rows for value in row if not pd.isna(value)}, key=repr)
    table = np.array(
        [[known.index(rating) if not pd.isna(rating) else -1 for rating in row] for row in rows], int
    )
    counts = np.stack([(table == code).sum(axis=0) for code in range(len(known))] or [table.sum(0)], axis=1)
    return _alpha(counts, 1.0 - np.eye(counts.shape[1]), np.arange(len(counts)), len(rows))


def kappa_of(a: Sequence[Hashable], b: Sequence[Hashable]) -> Estimate:
    """Cohen's kappa of two coders' values of the same units.

    Parameters
    ----------
    a, b : sequences
        The values of each coder; None or NaN where a unit was not coded.

    Returns
    -------
    Estimate
        The coefficient, the ends of its 95 % interval, and why there is none.

    Raises
    ------
    ValueError
        When the sequences are not as long.

    References
    ----------
    Cohen (1960).

    Examples
    --------
    >>> kappa_of([1, 1, 0, 0], [1, 1, 0, 1]).value
    0.5
    """
    pairs = [(x, y) for x, y in zip(a, b, strict=True) if not (pd.isna(x) or pd.isna(y))]
    known = sorted({value for pair in pairs for value in pair}, key=repr)
    codes = np.array([[known.index(x), known.index(y)] for x, y in pairs], int).reshape(-1, 2)
    return _kappa(codes[:, 0], codes[:, 1], max(1, len(known)), np.arange(len(codes)))


def set_distance(a: frozenset, b: frozenset, distance: str = "masi") -> float:
    """Distance of two sets of codes, from 0 (the same) to 1 (nothing in common).

    Parameters
    ----------
    a, b : frozenset
        The codes of two readings of a note.
    distance : str
        "masi" or "jaccard".

    Returns
    -------
    float

    Raises
    ------
    ValueError
        For another distance.

    References
    ----------
    MASI: Passonneau (2006).

    Examples
    --------
    >>> set_distance(frozenset("ab"), frozenset("bc"), "jaccard")
    0.6666666666666667
    """
    check_choice("distance", distance, DISTANCES)
    if a == b:
        return 0.0
    common = len(a & b)
    jaccard = common / len(a | b)
    if distance == "jaccard":
        return 1 - jaccard
    return 1 - jaccard * (2 / 3 if common in (len(a), len(b)) else 1 / 3)


# --- the coefficients ---------------------------------------------------------------------------------------

_NOMINAL = 1.0 - np.eye(2)


def _alpha(counts: np.ndarray, distances: np.ndarray, blocks: np.ndarray, coders: int) -> Estimate:
    """Alpha of counts: by unit (rows) how many coders gave each value. `blocks` are drawn again together."""
    size = counts.sum(axis=1)
    paired = size >= 2
    if not paired.any():
        return _nothing("one coder" if coders < 2 else "no note coded by two")
    counts, size, blocks = counts[paired].astype(float), size[paired], blocks[paired]
    apart = ((counts @ distances) * counts).sum(axis=1) / (size - 1)
    parts = np.column_stack([apart, counts])

    def statistic(sums: np.ndarray) -> np.ndarray:
        total, values = sums[:, 1:].sum(axis=1), sums[:, 1:]
        by_chance = ((values @ distances) * values).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(by_chance > 0, 1 - (total - 1) * sums[:, 0] / by_chance, np.nan)

    total = size.sum()
    values = counts.sum(axis=0)
    by_chance = (values @ distances @ values) / (total * (total - 1))
    return _estimate(parts, statistic, blocks, apart > 0, by_chance)


def _kappa(a: np.ndarray, b: np.ndarray, values: int, blocks: np.ndarray) -> Estimate:
    if not len(a):
        return _nothing("no note coded by two")
    cells = np.zeros((len(a), values, values))
    cells[np.arange(len(a)), a, b] = 1

    def statistic(sums: np.ndarray) -> np.ndarray:
        table = sums.reshape(-1, values, values)
        total = table.sum(axis=(1, 2))
        agreed = np.trace(table, axis1=1, axis2=2) / total
        expected = (table.sum(axis=2) * table.sum(axis=1)).sum(axis=1) / total**2
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(expected < 1, (agreed - expected) / (1 - expected), np.nan)

    table = cells.sum(axis=0)
    by_chance = 1 - (table.sum(axis=1) @ table.sum(axis=0)) / len(a) ** 2
    return _estimate(cells.reshape(len(a), -1), statistic, blocks, a != b, by_chance)


def _estimate(parts, statistic, blocks, apart, by_chance) -> Estimate:
    """The statistic of the sums of `parts`, and its interval when whole `blocks` of units are drawn again."""
    value = float(statistic(parts.sum(axis=0, keepdims=True))[0])
    if np.isnan(value):
        return _nothing("no variation")
    _, block = np.unique(blocks, return_inverse=True)
    sums = np.zeros((block.max() + 1, parts.shape[1]))
    np.add.at(sums, block, parts)
    if len(sums) < 2:
        return Estimate(value, np.nan, np.nan, "too rare")
    if not apart.any():
        return Estimate(value, max(-1.0, 1 - _missed(len(sums)) / by_chance), value)
    drawn = statistic(_drawn_again(sums))
    if np.isnan(drawn).mean() > _TOO_MANY_UNDEFINED:
        return Estimate(value, np.nan, np.nan, "too rare")
    low, high = np.nanquantile(drawn, [LEVEL / 2, 1 - LEVEL / 2])
    return Estimate(value, float(low), float(high))


def _drawn_again(sums: np.ndarray) -> np.ndarray:
    """The totals of `DRAWS` samples of as many blocks, with replacement; blocks alike are counted."""
    kinds, count = np.unique(sums.round(12), axis=0, return_counts=True)
    times = np.random.default_rng(_SEED).multinomial(len(sums), count / len(sums), size=DRAWS)
    return times @ kinds


def _missed(units: int) -> float:
    """Of so many units none disagreed: the share that may disagree all the same (Clopper & Pearson 1934)."""
    return 1 - (LEVEL / 2) ** (1 / units)


def _nothing(why: str) -> Estimate:
    return Estimate(np.nan, np.nan, np.nan, why)


def _ac1(counts: np.ndarray) -> float:
    """Gwet's AC1 for two values (2008, *British Journal of Mathematical and Statistical Psychology* 61)."""
    size = counts.sum(axis=1)
    if not (size >= 2).any():
        return np.nan
    share = (counts[size > 0, 1] / size[size > 0]).mean()
    expected = 2 * share * (1 - share)
    return (_percent(counts) - expected) / (1 - expected)


def _percent(counts: np.ndarray) -> float:
    size = counts.sum(axis=1)
    paired = size >= 2
    if not paired.any():
        return np.nan
    counts, size = counts[paired], size[paired]
    return float(((counts * (counts - 1)).sum(axis=1) / (size * (size - 1))).mean())


# --- from rows to readings --------------------------------------------------------------------------------


class _Readings(NamedTuple):
    """Who has coded what: `coded` by note and coder, `applied` by code, note and coder."""

    notes: list[str]
    sessions: list[str]
    coders: list[str]
    codes: list[tuple[str, str]]
    coded: np.ndarray
    applied: np.ndarray


def _readings(codings: pd.DataFrame) -> _Readings:
    if "project" in codings and codings["project"].nunique() > 1:
        names = ", ".join(map(repr, codings["project"].unique()))
        raise ValueError(f"`codings` are of several projects ({names}): choose the rows of one.")
    coded_rows = codings[codings["coder"] != ""]
    notes = coded_rows.drop_duplicates("note").sort_values(["session", "note"])
    coders = sorted(coded_rows["coder"].unique())
    codes = codings.dropna(subset="code").drop_duplicates("code").sort_values("code")
    row = pd.Index(notes["note"]).get_indexer(coded_rows["note"])
    column = pd.Index(coders, dtype="object").get_indexer(coded_rows["coder"].astype("object"))
    coded = np.zeros((len(notes), len(coders)), bool)
    coded[row, column] = True
    applied = np.zeros((len(codes), len(notes), len(coders)), bool)
    yes = coded_rows["applies"].fillna(False).to_numpy(bool) & coded_rows["code"].notna().to_numpy(bool)
    code_index = pd.Index(codes["code"]).get_indexer(coded_rows["code"])
    applied[code_index[yes], row[yes], column[yes]] = True
    named = list(zip(codes["code"], codes["name"], strict=True))
    return _Readings(list(notes["note"]), list(notes["session"]), coders, named, coded, applied)


def _blocks(readings: _Readings, clusters: str | None) -> np.ndarray:
    check_choice("clusters", clusters, (None, "note", "session"))
    return np.array(readings.sessions if clusters == "session" else readings.notes, dtype=object).astype(str)


def _counts_of_code(readings: _Readings, index: int) -> np.ndarray:
    """By note, how many of its coders say that the code does not apply, and that it does."""
    yes = readings.applied[index].sum(axis=1)
    return np.column_stack([readings.coded.sum(axis=1) - yes, yes])


def _counts_of_sets(readings: _Readings, distance: str) -> tuple[np.ndarray, np.ndarray]:
    """By note, how many of its coders gave it each set of codes that somebody gave; and how far those are."""
    unit, coder = np.nonzero(readings.coded)
    kinds, set_index = np.unique(readings.applied[:, unit, coder].T, axis=0, return_inverse=True)
    counts = np.zeros((len(readings.notes), max(1, len(kinds))), int)
    np.add.at(counts, (unit, set_index.ravel()), 1)
    sets = [frozenset(np.flatnonzero(kind)) for kind in kinds] or [frozenset()]
    return counts, np.array([[set_distance(a, b, distance) for b in sets] for a in sets])


def _alpha_row(readings: _Readings, index: int | None, counted: tuple, blocks: np.ndarray) -> tuple:
    counts, distances = counted
    estimate = _alpha(counts, distances, blocks, len(readings.coders))
    paired = readings.coded.sum(axis=1) >= 2
    applied = readings.applied.any(axis=0) if index is None else readings.applied[index]
    is_reading = readings.coded & paired[:, None]
    share = applied[is_reading].mean() if is_reading.any() else np.nan
    code, name = (pd.NA, pd.NA) if index is None else readings.codes[index]
    ac1 = np.nan if index is None else _ac1(counts)
    coders, notes, percent = len(readings.coders), int(paired.sum()), _percent(counts)
    return (
        code,
        name,
        coders,
        notes,
        share,
        percent,
        estimate.value,
        estimate.low,
        estimate.high,
        ac1,
        estimate.why,
    )


def _pairs(count: int) -> list[tuple[int, int]]:
    return [(a, b) for a in range(count) for b in range(a + 1, count)]


def _differing(readings: _Readings) -> np.ndarray:
    """By code and note: some of its coders say yes, others no."""
    yes = readings.applied.sum(axis=2)
    return (yes > 0) & (yes < readings.coded.sum(axis=1))


def _settled(codings: pd.DataFrame) -> dict[tuple[str, str], bool]:
    rows = codings[codings["coder"] == ""].dropna(subset="code")
    return {
        (note, code): bool(applies)
        for note, code, applies in zip(rows["note"], rows["code"], rows["applies"], strict=True)
    }


def _verdict(yes: int, coders: int, settled: bool | None) -> tuple[bool | None, str]:
    if settled is not None:
        return settled, "settled"
    if yes in (0, coders):
        return yes > 0, "all"
    return (None, "tied") if 2 * yes == coders else (2 * yes > coders, "most")


def _coded_notes(codings: pd.DataFrame) -> pd.DataFrame:
    return codings.loc[codings["coder"] != "", ["session", "note"]].drop_duplicates()


def _described(notes: pd.DataFrame, sessions: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """The notes with the columns asked for, of their own or of their session."""
    check_columns("by", columns, notes=notes, sessions=sessions)
    own = [name for name in columns if name in notes]
    described = notes[list(dict.fromkeys(["session", "note", *own]))]
    rest = [name for name in columns if name not in own]
    return described.merge(sessions[["session", *rest]], on="session", how="left") if rest else described


def _count(verdicts: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    applies = verdicts[verdicts["applies"].fillna(False)]
    groups = applies.groupby(keys, dropna=False, observed=True)
    tied = verdicts[verdicts["applies"].isna()].groupby(keys, dropna=False, observed=True)
    counts = groups.agg(notes=("note", "nunique"), sessions=("session", "nunique"))
    return counts.join(tied.size().rename("undecided"), how="outer").reset_index()
