"""Did some groups give an area more than others did, or is it the luck of the draw?

A group of workshops is measured by its ratios (see `effect`): what each card of an area got over what the
other cards in the same hands got. A group that drew many cards of an area, or talks much, has no larger ratio
for that. Two groups differ when their ratios do.

The null says that the sessions could change places: which group a session is in says nothing of what it gave
to the areas. So whole sessions are dealt out again between the groups, `DEALS` times (pairs: inside each
organisation), and the statistic, the score for a common ratio over its spread, is compared with those. The
spread makes the test hold also where groups differ in how much they talk (Janssen 1997, *Statistics &
Probability Letters* 36; Chung & Romano 2013, *Annals of Statistics* 41). p is (b + 1)/(m + 1) of the largest
statistic over all areas and measures (Westfall & Young 1993; Phipson & Smyth 2010). The seed is fixed.

How much it takes: see `compare`.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from math import comb, prod

import numpy as np
import pandas as pd

from dialogkort.analysis.effect import LEVEL, against_others, interval, ratios
from dialogkort.analysis.tables import cards_on_tables, in_hand, what_happened

DEALS = 4999

_SEED = 20_001
_SESSIONS_AT_A_TIME = 1_000_000
_TALK = ("discussed", "minutes", "notes")
_WORKSHOP = ["workshop", "organisation", "date"]
_TINY = 1e-9


def groups_of(tables: pd.DataFrame, sessions: pd.DataFrame, unit: str | Iterable[str]) -> pd.Categorical:
    """The group of each card by one or several columns of sessions, sorted; "" where nothing was told."""
    columns = _WORKSHOP if unit == "workshop" else [unit] if isinstance(unit, str) else list(unit)
    if strange := [each for each in columns if each not in sessions]:
        raise ValueError(f"unit: {strange[0]!r} is no column of sessions")
    told = zip(*(_words(sessions[column]) for column in columns), strict=True)
    names = dict(zip(sessions["session"], (" · ".join(filter(None, each)) for each in told), strict=True))
    met = [names[session] for session in tables["session"]]
    return pd.Categorical(met, sorted(set(met)))


def compare(
    sessions: pd.DataFrame,
    turns: pd.DataFrame,
    notes: pd.DataFrame,
    cards: pd.DataFrame,
    column: str = "organisation",
    a: object = None,
    b: object = None,
    measures: Sequence[str] = _TALK,
    cluster: str = "session",
) -> pd.DataFrame:
    """One row per area and measure: did group b give the area more, or less, than group a did?

    `a` and `b` are values of a `column` of sessions; they may be left out when it has just two. `cluster`
    "workshop" moves a workshop's groups together, which asks more of the data and is right when what is said
    in plenary may have coloured them all.

    area, measure : what is looked at.
    a, b : the two values.
    a_sessions, a_drawn, a_total, a_each : sessions, the area's cards drawn, what they got in all and each.
    a_ratio, a_ratio_low, a_ratio_high : against the other cards in the same hands (see `by_area`); so for b.
    change, change_low, change_high : b_ratio over a_ratio. The 95 % intervals hold for all rows at once.
    p : adjusted for all rows.
    differs : "more" or "less" in b than in a, else <NA>.
    could_differ : False when there are too few sessions for any result to be told from chance.

    No rows when there is only one group, or one of the two has no sessions with cards. An area that is
    always discussed cannot be discussed twice as often, so ratios of `discussed` lie nearer to 1 in talkative
    groups: look at minutes and notes too. Two groups of 12, 20 and 30 sessions of eight cards each find a
    doubling of one area (6 of 35 cards) in 6, 8 and 9 of 10 cases.

    Raises `ValueError` for a value that no session has.
    """
    tables = cards_on_tables(sessions, turns, notes, cards)
    a, b = _the_two(column, _words(sessions[column]), a, b)
    sides = {a: 0, b: 1} if a else {}
    tables["label"] = [sides.get(each) for each in groups_of(tables, sessions, [column])]
    tables["workshop"] = groups_of(tables, sessions, "workshop")
    return _pair(tables.dropna(subset="label").assign(stratum=""), (a, b), measures, cluster)


def then_and_now(
    sessions: pd.DataFrame,
    turns: pd.DataFrame,
    notes: pd.DataFrame,
    cards: pd.DataFrame,
    split: str | date,
    by: str | None = "organisation",
    measures: Sequence[str] = _TALK,
    cluster: str = "session",
) -> pd.DataFrame:
    """One row per area and measure: is an area given more, or less, from the day `split` on than before it?

    The columns of `compare` with a "then" and b "now", and `split`, the day. With `by`, only those
    organisations (or other values of the column) count that met both before and after; each is compared with
    itself and weighs the same then and now, so that other organisations taking part is not taken for change.
    None: all together. Sessions without a date are left aside. No rows when nobody met both before and after.
    """
    dated = sessions.dropna(subset="date")
    first = date.fromisoformat(split) if isinstance(split, str) else split  # 01-07-2026 is two days
    late = pd.to_datetime(dated["date"]) >= pd.Timestamp(first)
    tables = cards_on_tables(dated, turns, notes, cards)
    tables["label"] = tables["session"].map(dict(zip(dated["session"], late.astype(int), strict=True)))
    tables["stratum"] = groups_of(tables, sessions, [by]).astype(str) if by else ""
    tables["workshop"] = groups_of(tables, sessions, "workshop")
    both = tables.groupby("stratum")["label"].transform("nunique") == 2
    held = tables[both & (tables["stratum"].ne("") | (by is None))]
    return _pair(held, ("then", "now"), measures, cluster).assign(split=pd.Timestamp(first))


def between_groups(
    sessions: pd.DataFrame,
    turns: pd.DataFrame,
    notes: pd.DataFrame,
    cards: pd.DataFrame,
    unit: str | Iterable[str] = "organisation",
    measures: Sequence[str] = _TALK,
    cluster: str = "session",
) -> pd.DataFrame:
    """One row per area and measure: do the groups of `by_group` differ from one another at all?

    area, measure : what is looked at.
    groups, sessions : how many were compared.
    p : adjusted for all rows; <NA> with one group only.
    differs : True when the groups differ by more than the draw and chance can give, <NA> where p is.

    Sessions that were told no group are left aside.
    """
    tables = cards_on_tables(sessions, turns, notes, cards)
    groups = groups_of(tables, sessions, unit)
    tables = tables.assign(label=groups.codes, stratum="", workshop=groups_of(tables, sessions, "workshop"))
    tables = tables[groups != ""]
    areas = list(tables["area"].cat.categories)
    some, others, label, _ = _by_cluster(tables, measures, cluster)
    groups = len(np.unique(label))
    p = p_of_groups(some, others, label) if groups > 1 else np.full(some.shape[1:], np.nan)
    found = _area_by_measure(areas, measures)
    found["groups"], found["sessions"] = groups, tables.loc[tables["drawn"], "session"].nunique()
    differs = pd.array(p.ravel() <= LEVEL, dtype="boolean")
    differs[np.isnan(p.ravel())] = pd.NA
    return found.assign(p=p.ravel(), differs=differs)


def p_of_groups(some: np.ndarray, others: np.ndarray, label: np.ndarray) -> np.ndarray:
    """p for areas × measures: do the ratios of several groups of sessions differ?

    `some` and `others` are those of `effect.against_others`, `label` the group of each session.
    """
    off = _off(some, others)
    _, label = np.unique(label, return_inverse=True)
    one = np.zeros(len(label), int)
    observed = _spread_of_groups(off, label[None])
    dealt = [_spread_of_groups(off, part) for part in _relabelled(label, one)]
    return _p(observed[0], np.concatenate(dealt)).reshape(some.shape[1:])


def p_of_pair(some: np.ndarray, others: np.ndarray, label: np.ndarray, stratum: np.ndarray) -> np.ndarray:
    """p for areas × measures: do sessions labelled 1 differ from those labelled 0, inside the strata?"""
    _, stratum = np.unique(stratum, return_inverse=True)
    off = _off(some, others)
    held = np.maximum(np.bincount(stratum), 1)
    means = np.stack([np.bincount(stratum, column) for column in off.T], axis=1) / held[:, None]
    off = off - means[stratum]
    observed = _score(off, label[None], stratum)
    dealt = [_score(off, part, stratum) for part in _relabelled(label, stratum)]
    return _p(observed[0], np.concatenate(dealt)).reshape(some.shape[1:])


def _the_two(column: str, told: list[str], a: object, b: object) -> tuple[str, str]:
    """The names of the two groups; both "" when none were chosen and there is only one."""
    values = sorted(set(told) - {""})
    if a is None and b is None and len(values) <= 2:
        return (values[0], values[1]) if len(values) == 2 else ("", "")
    for name, value in (("a", a), ("b", b)):
        if str(value) not in values:
            raise ValueError(f"{name}: no session has {column} {value!r}; there are {', '.join(values)}")
    if str(a) == str(b):
        raise ValueError(f"a and b are both {a!r}; choose two of {', '.join(values)}")
    return str(a), str(b)


def _words(column: pd.Series) -> list[str]:
    if pd.api.types.is_datetime64_any_dtype(column):
        column = column.dt.strftime("%Y-%m-%d")
    return ["" if pd.isna(value) else str(value) for value in column]


def _pair(tables: pd.DataFrame, names: tuple[str, str], measures: Sequence[str], cluster: str):
    """The frame of `compare` for cards that have a label, 0 or 1, and a stratum."""
    areas = list(tables["area"].cat.categories)
    some, others, label, stratum = _by_cluster(tables, measures, cluster)
    found = _area_by_measure(areas, measures)
    if len(np.unique(label)) < 2:
        found = found.iloc[:0]
        some, others, label, stratum = some[:0, :0], others[:0, :0], label[:0], stratum[:0]
    weight = _weight(label[None], _numbered(stratum))[0][:, None, None] if len(label) else np.ones((0, 1, 1))
    found = found.assign(a=names[0], b=names[1])
    ends = []
    for side, name in enumerate("ab"):
        of = label == side
        ends.append(ratios((some * weight)[of], (others * weight)[of], max(1, len(found))))
        found = _with_totals(found, tables[tables["label"] == side], measures, name)
        for field, of_ratio in (("ratio", "ratio"), ("ratio_low", "low"), ("ratio_high", "high")):
            found[f"{name}_{field}"] = getattr(ends[-1], of_ratio).ravel()
    for field, values in zip(
        ("change", "change_low", "change_high"), _change(*ends, len(found)), strict=True
    ):
        found[field] = values.ravel()
    p = p_of_pair(some, others, label, stratum).ravel() if len(found) else np.zeros(0)
    up = _score_sign(some, others, label, stratum)
    words = np.where(p > LEVEL, None, np.where(up > 0, "more", "less")) if len(found) else []
    enough = len(found) > 0 and _ways(label, stratum) * LEVEL >= 1
    return found.assign(p=p, differs=pd.array(words, dtype="string"), could_differ=enough)


def _area_by_measure(areas: list[str], measures: Sequence[str]) -> pd.DataFrame:
    rows = [(area, measure) for area in areas for measure in measures]
    return pd.DataFrame(rows, columns=["area", "measure"], dtype="str")


def _with_totals(found: pd.DataFrame, tables: pd.DataFrame, measures: Sequence[str], name: str):
    happened = what_happened(tables, "area")
    drawn = found["area"].map(happened["drawn"]).astype(int)
    rows = zip(found["area"], found["measure"], strict=True)
    total = np.array([happened.at[area, measure] for area, measure in rows], float)
    columns = {"sessions": tables.loc[tables["drawn"], "session"].nunique(), "drawn": drawn, "total": total}
    columns["each"] = total / drawn.where(drawn > 0)
    return found.assign(**{f"{name}_{field}": values for field, values in columns.items()})


def _by_cluster(tables: pd.DataFrame, measures: Sequence[str], cluster: str):
    """What each cluster gave to the areas and to its other cards, its label and its stratum."""
    if cluster not in ("session", "workshop"):
        raise ValueError(f"cluster: {cluster!r}; there are session, workshop")
    held = in_hand(tables)
    session, names = pd.factorize(held["session"])
    values = held[list(measures)].to_numpy(float)
    areas = held["area"].cat
    pair = against_others(values, areas.codes.to_numpy().astype(int), session, len(areas.categories))
    first = held.drop_duplicates("session").set_index("session").loc[list(names)]
    label, stratum = first["label"].to_numpy(int), first["stratum"].to_numpy(str)
    if cluster == "session":
        return *pair, label, stratum
    together = list(zip(first["workshop"].astype(str), label, stratum, strict=True))
    number, keys = pd.factorize(pd.Index(together, tupleize_cols=False))
    some, others = (_summed(each, number, len(keys)) for each in pair)
    return some, others, np.array([key[1] for key in keys], int), np.array([key[2] for key in keys], str)


def _summed(values: np.ndarray, number: np.ndarray, clusters: int) -> np.ndarray:
    sums = np.zeros((clusters, *values.shape[1:]))
    np.add.at(sums, number, values)
    return sums


def _numbered(stratum: np.ndarray) -> np.ndarray:
    return np.unique(stratum, return_inverse=True)[1]


def _off(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """By how much each session is off the ratio common to all of them: sessions × (areas · measures)."""
    whole, rest = some.sum(axis=0), others.sum(axis=0)
    common = np.divide(whole, rest, out=np.zeros_like(whole), where=rest > _TINY)
    return np.where(rest > _TINY, some - common * others, 0).reshape(len(some), -1)


def _relabelled(label: np.ndarray, stratum: np.ndarray):
    """The labels dealt out again inside the strata, `DEALS` times, some deals at a time."""
    chance = np.random.default_rng(_SEED)
    order = np.argsort(stratum, kind="stable")
    at_a_time = max(1, _SESSIONS_AT_A_TIME // max(1, len(label)))
    for done in range(0, DEALS, at_a_time):
        keys = chance.random((min(at_a_time, DEALS - done), len(label))) + stratum[order]
        dealt = np.empty(keys.shape, label.dtype)
        dealt[:, order] = label[order][np.argsort(keys, axis=1)]
        yield dealt


def _spread_of_groups(off: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The sum over the groups of their squared score over its spread: deals × (areas · measures)."""
    total = np.zeros((len(labels), off.shape[1]))
    for group in range(labels.max() + 1):
        of = (labels == group).astype(float)
        spread = of @ off**2
        total += np.divide((of @ off) ** 2, spread, out=np.zeros_like(spread), where=spread > _TINY)
    return total


def _score(off: np.ndarray, labels: np.ndarray, stratum: np.ndarray) -> np.ndarray:
    """The squared difference between label 1 and label 0 over its spread: deals × (areas · measures)."""
    by = _weight(labels, stratum) * np.where(labels == 1, 1, -1)
    spread = by**2 @ off**2
    return np.divide((by @ off) ** 2, spread, out=np.zeros_like(spread), where=spread > _TINY)


def _weight(labels: np.ndarray, stratum: np.ndarray) -> np.ndarray:
    """What each session weighs, so that a stratum weighs the same on both sides (Mantel & Haenszel)."""
    inside = np.eye(stratum.max(initial=0) + 1)[stratum]
    ones = (labels == 1) @ inside
    nones = inside.sum(axis=0) - ones
    both = ones * nones / np.maximum(ones + nones, 1)
    later, earlier = (both / np.maximum(each, 1) for each in (ones, nones))
    return np.where(labels == 1, later[:, stratum], earlier[:, stratum])


def _score_sign(some, others, label, stratum) -> np.ndarray:
    if not len(label):
        return np.zeros(0)
    by = _weight(label[None], _numbered(stratum))[0] * np.where(label == 1, 1, -1)
    return by @ _off(some, others)


def _p(observed: np.ndarray, dealt: np.ndarray) -> np.ndarray:
    largest = np.sort(dealt.max(axis=1, initial=0))
    as_far = len(largest) - np.searchsorted(largest, observed * (1 - _TINY) - _TINY)
    return (as_far + 1) / (len(largest) + 1)


def _ways(label: np.ndarray, stratum: np.ndarray) -> int:
    """In how many ways the labels can fall; half as many when the two sides are alike and can be swapped."""
    strata = [label[stratum == each] for each in np.unique(stratum)]
    ways = prod(comb(len(each), int(each.sum())) for each in strata)
    return ways // 2 if all(2 * each.sum() == len(each) for each in strata) else ways


def _change(a, b, comparisons: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """b over a, with its interval; the freedom of the two together after Welch & Satterthwaite."""
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.where(a.ratio > 0, b.ratio / a.ratio, np.nan)
        variance = a.variance + b.variance
        freedom = variance**2 / (a.variance**2 / a.freedom + b.variance**2 / b.freedom)
    return change, *interval(change, variance, freedom, max(1, comparisons))
