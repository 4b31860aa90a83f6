"""Comparison of two sides, then and now, and many groups: t and permutation tests with workshops as clusters.

*Two sides* (`compare`, `then_and_now`): the excess of `crossed_effects` on one side and on the other, and the
difference between them by the same t, with the same step-down. Workshops are the clusters: two a side at
least, or two organisations that are each compared with themselves.

*Many groups* (`between_groups`): first whether they differ at all. The null says that workshops could change
places: whole workshops are permuted between the groups, `N_PERMUTATIONS` times, and the sum over groups of
each group's squared score over its size (the F statistic's numerator) is compared with those. p is
(b + 1)/(m + 1) of the largest over all areas and measures (Westfall & Young 1993; Phipson & Smyth 2010). The
seed is fixed.
Who it is that differs is asked only where something does (`by_group`).
"""

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
import pandas as pd

from dialogkort.analysis import crossed_effects
from dialogkort.analysis.arguments import check_choice, check_columns, check_day, check_measures
from dialogkort.analysis.card_outcomes import cards_on_tables, in_hand, known_values, outcome_totals
from dialogkort.analysis.crossed_effects import Finding, Hands
from dialogkort.analysis.distributions import LEVEL
from dialogkort.analysis.protection import exact
from dialogkort.analysis.rate_ratio import ratios, stepwise_ratios

N_PERMUTATIONS = 4999

_SEED = 20_001
_NUMBERS_AT_A_TIME = 1_000_000
TALK_MEASURES = ("discussed", "minutes", "notes")
_WORKSHOP = ["workshop", "organisation", "date"]
_TINY = 1e-9


def groups_of(tables: pd.DataFrame, sessions: pd.DataFrame, by: str | Iterable[str]) -> pd.Categorical:
    """The group of each card by one or several columns of sessions, sorted; "" where nothing was told."""
    columns = _WORKSHOP if by == "workshop" else [by] if isinstance(by, str) else list(by)
    check_columns("by", columns, sessions=sessions)
    values = zip(*(_words(sessions[column]) for column in columns), strict=True)
    names = dict(zip(sessions["session"], (" · ".join(filter(None, each)) for each in values), strict=True))
    groups = [names[session] for session in tables["session"]]
    return pd.Categorical(groups, sorted(set(groups)))


def with_clusters(tables: pd.DataFrame, sessions: pd.DataFrame, cluster: str) -> pd.DataFrame:
    """The cards with the number of their cluster: their workshop's, or their session's."""
    check_choice("cluster", cluster, ("session", "workshop"))
    codes = groups_of(tables, sessions, "workshop").codes if cluster == "workshop" else None
    return tables.assign(cluster=pd.factorize(tables["session"])[0] if codes is None else codes.astype(int))


def hands_of(drawn_cards: pd.DataFrame, measures: Sequence[str], part: str = "area", **columns: str) -> Hands:
    """The cards in hand as arrays; `columns` names those that are the side, the stratum, the area.

    A card of which something is not known counts as the others of its hand do on average.
    """
    known = known_values(drawn_cards, measures)
    values = known.fillna(known.groupby(drawn_cards["session"]).transform("mean")).fillna(0)
    codes = {name: _codes(drawn_cards[column]) for name, column in {"part": part, **columns}.items()}
    identity = pd.MultiIndex.from_frame(drawn_cards[["card", "area", "question"]].astype(object).fillna(""))
    return crossed_effects.sorted_hands(
        values.to_numpy(float),
        card=pd.factorize(identity)[0],
        session=pd.factorize(drawn_cards["session"])[0],
        workshop=drawn_cards["cluster"].to_numpy(int),
        place=drawn_cards["place"].to_numpy(float),
        **codes,
    )


def _codes(column: pd.Series) -> np.ndarray:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy().astype(int)
    return (
        column.to_numpy(int) if pd.api.types.is_numeric_dtype(column) else pd.factorize(column, sort=True)[0]
    )


@exact
def compare(
    sessions: pd.DataFrame,
    turns: pd.DataFrame,
    notes: pd.DataFrame,
    cards: pd.DataFrame,
    by: str = "organisation",
    a: object = None,
    b: object = None,
    measures: Sequence[str] = TALK_MEASURES,
    cluster: str = "workshop",
) -> pd.DataFrame:
    """Two groups compared, one row per area and measure: ratios, their change from a to b, adjusted p values.

    `a` and `b` are values of the column `by` of sessions; they may be left out when it has just two. Groups
    of one workshop are taken together; `cluster` "session" takes each by itself, which is right only when
    nothing that a workshop has in common (its people, its plenary) moves what they talk about.

    area, measure : what is looked at.
    a, b : the two values.
    a_sessions, a_drawn, a_total, a_each : sessions, the area's cards drawn, what they got in all and each.
    a_workshops : how many workshops (clusters) that is.
    a_ratio, a_ratio_low, a_ratio_high : against the other cards in the same hands (see `by_area`); so for b.
    change, change_low, change_high : b_ratio over a_ratio, with its 95 % interval; of an area that is told
        after another, both without the cards of the one before.
    p : adjusted for all rows.
    differs : "more" or "less" in b than in a, else <NA>; a difference that only follows from another is not
        told.
    could_differ : False when there are too few workshops for any result to be told from chance.

    No rows when there is only one group, or one of the two has no sessions with cards. An area that is
    always discussed cannot be discussed twice as often, so ratios of `discussed` lie nearer to 1 in talkative
    groups: look at minutes and notes too. How much it takes: `python tests/bench/findings.py`.

    Parameters
    ----------
    sessions, turns, notes, cards : DataFrame
        The frames of `read_all` or of a dataset; `*frames` gives all four.
    by : str
        The column of `sessions` that the two are values of.
    a, b : object, optional
        The two values.
    measures : sequence of str
        Some of `MEASURES`: what the talk is measured by.
    cluster : str
        "workshop", or "session" when groups of one workshop have nothing in common.
    for_my_eyes : bool
        Whether the frame is a plain one, which a notebook displays: not to be shown to others.

    Returns
    -------
    DataFrame
        One row per area and measure, with the columns above; an `ExactFrame` unless `for_my_eyes`.

    Raises
    ------
    ValueError
        A value that no session has, the same value twice, or an unknown measure, cluster or column.

    References
    ----------
    Cards and workshops as crossed effects: Clark (1973); Judd, Westfall & Kenny (2012). Step-down: Marcus,
    Peritz & Gabriel (1976). The method is told in `dialogkort.analysis.crossed_effects`.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import merge, read_all
    >>> from dialogkort.resources import SAMPLE
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> frames = read_all(folder)
    >>> units = {"a": "Borgerservice", "b": "Plejecenter"}
    >>> pair = compare(*frames, by="unit", **units, measures=["minutes"], for_my_eyes=True)
    >>> pair[["area", "a_ratio", "b_ratio", "change"]].round(1)
                              area  a_ratio  b_ratio  change
    0       Anvendelseskompetencer      1.0      1.1     1.1
    1          Teknologiforståelse      0.9      1.1     1.3
    2  Formidling og kommunikation      1.4      1.2     0.8
    3  Udvikling og implementering      0.8      0.7     0.9
    """
    check_measures(measures)
    tables = with_clusters(cards_on_tables(sessions, turns, notes, cards), sessions, cluster)
    check_columns("by", [by], sessions=sessions)
    a, b = _the_two(by, _words(sessions[by]), a, b)
    sides = {a: 0, b: 1} if a else {}
    tables["label"] = [sides.get(group) for group in groups_of(tables, sessions, [by])]
    return _pair(tables.dropna(subset="label").assign(stratum=0), (a, b), measures)


@exact
def then_and_now(
    sessions: pd.DataFrame,
    turns: pd.DataFrame,
    notes: pd.DataFrame,
    cards: pd.DataFrame,
    split: str | date,
    by: str | None = "organisation",
    measures: Sequence[str] = TALK_MEASURES,
    cluster: str = "workshop",
) -> pd.DataFrame:
    """Before and from the day `split`, one row per area and measure: ratios, their change, adjusted p values.

    The columns of `compare` with a "then" and b "now", and `split`, the day. With `by`, only those
    organisations (or other values of the column) count that met both before and after; each is compared with
    itself, so that other organisations taking part is not taken for change. None: all together. Sessions
    without a date are left aside. No rows when nobody met both before and after. Of one organisation with one
    day each nothing can be told: two days differ.

    Parameters
    ----------
    sessions, turns, notes, cards : DataFrame
        The frames of `read_all` or of a dataset; `*frames` gives all four.
    split : str or date
        The first day of "now", as "2026-07-01".
    by : str, optional
        The column of `sessions` whose values are each compared with themselves; None takes all together.
    measures : sequence of str
        Some of `MEASURES`: what the talk is measured by.
    cluster : str
        "workshop", or "session" when groups of one workshop have nothing in common.
    for_my_eyes : bool
        Whether the frame is a plain one, which a notebook displays: not to be shown to others.

    Returns
    -------
    DataFrame
        One row per area and measure; an `ExactFrame` unless `for_my_eyes`.

    Raises
    ------
    ValueError
        A `split` that is no day, or an unknown measure, cluster or column.

    References
    ----------
    Cards and workshops as crossed effects: Clark (1973); Judd, Westfall & Kenny (2012). Step-down: Marcus,
    Peritz & Gabriel (1976). The method is told in `dialogkort.analysis.crossed_effects`.

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import merge, read_all
    >>> from dialogkort.resources import SAMPLE
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> frames = read_all(folder)
    >>> changed = then_and_now(*frames, split="2026-07-01", measures=["minutes"], for_my_eyes=True)
    >>> changed[["area", "a_ratio", "b_ratio", "change"]].round(1)
                              area  a_ratio  b_ratio  change
    0       Anvendelseskompetencer      1.3      0.8     0.6
    1          Teknologiforståelse      1.1      0.7     0.7
    2  Formidling og kommunikation      0.9      1.9     2.1
    3  Udvikling og implementering      0.7      0.7     1.0
    """
    dated = sessions.dropna(subset="date")
    check_measures(measures)
    first = check_day("split", split)
    late = pd.to_datetime(dated["date"]) >= pd.Timestamp(first)
    tables = with_clusters(cards_on_tables(dated, turns, notes, cards), sessions, cluster)
    tables["label"] = tables["session"].map(dict(zip(dated["session"], late.astype(int), strict=True)))
    tables["stratum"] = groups_of(tables, sessions, [by]).astype(str) if by else ""
    both = tables.groupby("stratum")["label"].transform("nunique") == 2
    compared = tables[both & (tables["stratum"].ne("") | (by is None))]
    return _pair(compared, ("then", "now"), measures).assign(split=pd.Timestamp(first))


@exact
def between_groups(
    sessions: pd.DataFrame,
    turns: pd.DataFrame,
    notes: pd.DataFrame,
    cards: pd.DataFrame,
    by: str | Iterable[str] = "organisation",
    measures: Sequence[str] = TALK_MEASURES,
    cluster: str = "workshop",
) -> pd.DataFrame:
    """Permutation test of whether groups differ at all: one row per area and measure, adjusted p values.

    area, measure : what is looked at.
    groups, sessions, workshops : how many were compared.
    p : adjusted for all rows; NaN with one group only, or one workshop (cluster) in each.
    differs : True when the groups differ by more than the draw and the workshops can give, <NA> where p is
        NaN; a difference that only follows from another area's is not told.

    Sessions that were told no group are left aside. Groups that are workshops are compared by their sessions.

    Parameters
    ----------
    sessions, turns, notes, cards : DataFrame
        The frames of `read_all` or of a dataset; `*frames` gives all four.
    by : str or iterable of str
        Columns of `sessions` that make the groups.
    measures : sequence of str
        Some of `MEASURES`: what the talk is measured by.
    cluster : str
        "workshop", or "session" when groups of one workshop have nothing in common.
    for_my_eyes : bool
        Whether the frame is a plain one, which a notebook displays: not to be shown to others.

    Returns
    -------
    DataFrame
        One row per area and measure, with the columns above; an `ExactFrame` unless `for_my_eyes`.

    Raises
    ------
    ValueError
        An unknown measure, cluster or column.

    References
    ----------
    Adjusted p values of permutations: Westfall & Young (1993); Phipson & Smyth (2010).

    Examples
    --------
    >>> import tempfile
    >>> from dialogkort import merge, read_all
    >>> from dialogkort.resources import SAMPLE
    >>> folder = tempfile.mkdtemp()
    >>> report = merge(SAMPLE / "opdigtet-havmose.zip", into=folder)
    >>> frames = read_all(folder)
    >>> differing = between_groups(*frames, by="unit", measures=["minutes"], for_my_eyes=True)
    >>> differing[["area", "groups", "p", "differs"]].round(1)
                              area  groups    p  differs
    0       Anvendelseskompetencer       3  1.0    False
    1          Teknologiforståelse       3  0.5    False
    2  Formidling og kommunikation       3  0.9    False
    3  Udvikling og implementering       3  0.1    False
    """
    check_measures(measures)
    tables = cards_on_tables(sessions, turns, notes, cards)
    groups = groups_of(tables, sessions, by)
    tables = clustered_in_groups(tables.assign(label=groups.codes), sessions, cluster)
    return between(tables[groups != ""], measures)


def clustered_in_groups(tables: pd.DataFrame, sessions: pd.DataFrame, cluster: str) -> pd.DataFrame:
    """The cards with their cluster; sessions where no group has two workshops."""
    clustered = with_clusters(tables, sessions, cluster)
    clustered["cluster"] = clustered.groupby(["cluster", "label"], observed=True).ngroup()
    if clustered.groupby("label", observed=True)["cluster"].nunique().max() == 1:
        return with_clusters(tables, sessions, "session")
    return clustered


def between(tables: pd.DataFrame, measures: Sequence[str]) -> pd.DataFrame:
    """The frame of `between_groups` for cards that have a label and a cluster."""
    areas, drawn_cards = list(tables["area"].cat.categories), in_hand(tables)
    rows = _area_by_measure(areas, measures)
    for name, column in (("groups", "label"), ("sessions", "session"), ("workshops", "cluster")):
        rows[name] = drawn_cards[column].nunique()
    finding = crossed_effects.no_finding(len(areas), len(measures))
    if 1 < drawn_cards["label"].nunique() < drawn_cards["cluster"].nunique():
        finding = groups_differ(hands_of(drawn_cards, measures, side="label"), len(areas))
    differs = pd.array(finding.differs.ravel() > 0, dtype="boolean")
    differs[np.isnan(finding.p.ravel())] = pd.NA
    return rows.assign(p=finding.p.ravel(), differs=differs)


def groups_differ(hands: Hands, parts: int) -> Finding:
    """Permutation test of groups of workshops (`side`: 0, 1, 2, …), step-down over the parts."""
    p = np.full((parts, hands.values.shape[1]), np.nan)
    differs, open_parts, stronger = np.zeros(p.shape, int), np.ones(parts, bool), 0.0
    while open_parts.sum() > 1 and len(hands.part):
        alone = hands._replace(side=np.zeros(len(hands.part), int))
        scores, sizes = crossed_effects.scores_of(alone, parts)
        first = crossed_effects.run_starts(hands.workshop)
        sizes = np.repeat(sizes, p.shape[1], axis=1)
        p_values = _p_of_labels(scores.reshape(len(first), -1), sizes, hands.side[first]).reshape(p.shape)
        p[open_parts] = np.maximum(p_values, stronger)[open_parts]
        is_significant = open_parts[:, None] & (p_values <= LEVEL)
        if not is_significant.any():
            break
        strongest = np.unravel_index(np.where(open_parts[:, None], p_values, 2).argmin(), p.shape)[0]
        stronger = max(stronger, p_values[strongest].min())
        differs[strongest] = is_significant[strongest]
        open_parts[strongest] = False
        hands = hands.where(hands.part != strongest)
    return Finding(p, differs)


def _p_of_labels(scores: np.ndarray, sizes: np.ndarray, label: np.ndarray) -> np.ndarray:
    """p of each column of scores, adjusted for all: the labels dealt out again to the workshops."""
    _, label = np.unique(label, return_inverse=True)
    variance = (scores**2).sum(axis=0) / np.maximum(sizes.sum(axis=0), _TINY)
    scores = scores / np.sqrt(np.where(variance > _TINY, variance, np.inf))
    observed = _between(scores, sizes, label[None])[0]
    dealt = [_between(scores, sizes, part).max(axis=1) for part in _relabelled(label)]
    largest = np.sort(np.concatenate(dealt))
    as_far = len(largest) - np.searchsorted(largest, observed * (1 - _TINY) - _TINY)
    return (as_far + 1) / (len(largest) + 1)


def _relabelled(label: np.ndarray):
    """The labels dealt out again, `N_PERMUTATIONS` times, some deals at a time."""
    rng = np.random.default_rng(_SEED)
    at_a_time = max(1, _NUMBERS_AT_A_TIME // max(1, len(label)))
    for done in range(0, N_PERMUTATIONS, at_a_time):
        yield label[np.argsort(rng.random((min(at_a_time, N_PERMUTATIONS - done), len(label))), axis=1)]


def _between(scores: np.ndarray, sizes: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The sum over the groups of their squared score over their size: deals × columns."""
    total = np.zeros((len(labels), scores.shape[1]))
    for group in range(labels.max() + 1):
        of_group = (labels == group).astype(float)
        size = of_group @ sizes
        total += np.divide((of_group @ scores) ** 2, size, out=np.zeros_like(size), where=size > _TINY)
    return total


def _the_two(by: str, values: list[str], a: object, b: object) -> tuple[str, str]:
    """The names of the two groups; both "" when none were chosen and there is only one."""
    known = sorted(set(values) - {""})
    if a is None and b is None and len(known) <= 2:
        return (known[0], known[1]) if len(known) == 2 else ("", "")
    for name, value in (("a", a), ("b", b)):
        if str(value) not in known:
            raise ValueError(f"{name}: no session has {by} {value!r}; there are {', '.join(known)}")
    if str(a) == str(b):
        raise ValueError(f"a and b are both {a!r}; choose two of {', '.join(known)}")
    return str(a), str(b)


def _words(column: pd.Series) -> list[str]:
    if pd.api.types.is_datetime64_any_dtype(column):
        column = column.dt.strftime("%Y-%m-%d")
    return ["" if pd.isna(value) else str(value) for value in column]


def _pair(tables: pd.DataFrame, names: tuple[str, str], measures: Sequence[str]) -> pd.DataFrame:
    """The frame of `compare` for cards that have a label (0 or 1), a stratum and a cluster."""
    areas, drawn_cards = list(tables["area"].cat.categories), in_hand(tables)
    rows = _area_by_measure(areas, measures)
    if drawn_cards["label"].nunique() < 2:
        rows, drawn_cards = rows.iloc[:0], drawn_cards.iloc[:0]
    rows = rows.assign(a=names[0], b=names[1])
    for side, name in enumerate("ab"):
        rows = _with_side(rows, tables, drawn_cards[drawn_cards["label"] == side], measures, name)
    change = _change(drawn_cards, len(areas), measures, len(rows))
    return rows.assign(**{name: values.ravel()[: len(rows)] for name, values in change.items()}).astype(
        {"differs": "string", "could_differ": bool}
    )


def _with_side(
    frame: pd.DataFrame, tables: pd.DataFrame, drawn_cards: pd.DataFrame, measures: Sequence[str], name: str
):
    totals = outcome_totals(tables[tables["session"].isin(drawn_cards["session"])], "area")
    drawn = frame["area"].map(totals["drawn"]).fillna(0).astype(int)
    timed = frame["area"].map(drawn_cards[drawn_cards["drawn"] & drawn_cards["timed"]]["area"].value_counts())
    known = drawn.where(frame["measure"] != "minutes", timed.astype(float).fillna(0))
    rows = zip(frame["area"], frame["measure"], strict=True)
    total = np.array([totals.at[area, measure] for area, measure in rows], float)
    columns = {
        "sessions": drawn_cards["session"].nunique(),
        "workshops": drawn_cards["cluster"].nunique(),
        "drawn": drawn,
    }
    columns |= {"total": total, "each": total / known.where(known > 0)}
    alone = hands_of(drawn_cards.assign(label=0), measures)
    ratio = ratios(alone, len(tables["area"].cat.categories))
    ends = {"ratio": ratio.ratio, "ratio_low": ratio.low, "ratio_high": ratio.high}
    columns |= {field: values.ravel()[: len(frame)] for field, values in ends.items()}
    return frame.assign(**{f"{name}_{field}": values for field, values in columns.items()})


def _change(
    drawn_cards: pd.DataFrame, areas: int, measures: Sequence[str], rows: int
) -> dict[str, np.ndarray]:
    """Areas × measures: the change with its interval, p, and in which direction it is told."""
    unknown = np.full((areas, len(measures)), np.nan)
    fields = dict.fromkeys(("change", "change_low", "change_high", "p"), unknown)
    direction, could = np.full(unknown.shape, None, dtype=object), np.zeros(unknown.shape, bool)
    if rows:
        pair = hands_of(drawn_cards, measures, side="label", stratum="stratum")
        finding = crossed_effects.step_down(pair, areas)
        ratio = stepwise_ratios(pair, areas, finding.step)
        if drawn_cards.groupby("label")["cluster"].nunique().min() < crossed_effects.MIN_WORKSHOPS:
            finding = crossed_effects.no_finding(*unknown.shape)
            ratio = ratio._replace(low=unknown, high=unknown)
        fields = {"change": ratio.ratio, "change_low": ratio.low, "change_high": ratio.high, "p": finding.p}
        direction[finding.differs > 0], direction[finding.differs < 0] = "more", "less"
        could = ~np.isnan(finding.p)
    return fields | {"differs": direction, "could_differ": could}


def _area_by_measure(areas: list[str], measures: Sequence[str]) -> pd.DataFrame:
    rows = [(area, measure) for area in areas for measure in measures]
    return pd.DataFrame(rows, columns=["area", "measure"], dtype="str")
