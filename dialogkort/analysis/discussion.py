"""Figures by area, by card and by group: counts, ratios, 95 % intervals, adjusted p values.

A workshop has two steps, and so has the comparison: first the deal, then the talk.

*The deal is luck.* The null for `drawn` says: a group that turned n cards could as well have turned any other
n of its deck. It tells how uneven a fair shuffle may look, and nothing of what anybody wanted to talk about.
If more came up of an area than a shuffle gives, or its cards came up sooner, they may have been chosen; that
is said.

*The talk is choice.* What a group gave to each card it drew (a talk or a skip, its minutes, its notes) is
measured against the cards it had in hand and not against the whole deck: which cards came up is known and
says nothing of preference. A group that talks much, or skips all, is measured against itself, and a card's
place in the order is taken out.

Of the talk two things are told, each true of its own question. *These cards*: with the same questions in
other workshops, would the area get more again? *The area*: also had its questions been others? The second is
what one wants to say, and asks more: cards are unlike, and six good questions are not a good area. Where one
or two cards carry what was found, they are named. Groups of one workshop are alike, so workshops are what is
counted; of one workshop nothing is told beyond its own figures.

The figures are exact, and may show what few people did. So a notebook does not display these frames: for
others take those of a `Release`, for yourself alone ask with `for_my_eyes=True`.

A difference says that the cards of an area got more or less than others, not why. The method and its sources
are in `crossed_effects`, the ratios' in `rate_ratio`, the comparison of groups in `comparison`. How often it
errs and what it finds: `python tests/bench/findings.py`.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from dialogkort.analysis import crossed_effects
from dialogkort.analysis.arguments import MEASURES, check_measures
from dialogkort.analysis.card_outcomes import (
    AGREEMENT,
    cards_on_tables,
    in_hand,
    known_values,
    labels_of,
    outcome_totals,
)
from dialogkort.analysis.comparison import (
    TALK_MEASURES,
    between,
    between_groups,
    clustered_in_groups,
    compare,
    groups_of,
    hands_of,
    then_and_now,
    with_clusters,
)
from dialogkort.analysis.crossed_effects import Finding, Hands
from dialogkort.analysis.distributions import LEVEL, wilson
from dialogkort.analysis.permutation import permutation_test_by_group
from dialogkort.analysis.protection import exact
from dialogkort.analysis.rate_ratio import Ratio, ratios, stepwise_ratios

__all__ = [
    "MEASURES",
    "TALK_MEASURES",
    "between_groups",
    "by_area",
    "by_card",
    "by_group",
    "compare",
    "then_and_now",
]

# Of fewer turns than this a card's share of skips is no nearer than 30 in 100 either way.
FEW_TURNS = 10
# With more groups than this only whether they differ is asked, not who.
MANY_GROUPS = 100
# Cards without which less than this share of an area's excess is left carry it.
_LEFT = 1 / 3
_MAX_CARRIERS = 2


@exact
def by_area(
    sessions: pd.DataFrame,
    turns: pd.DataFrame,
    notes: pd.DataFrame,
    cards: pd.DataFrame,
    measures: Sequence[str] = TALK_MEASURES,
    cluster: str = "workshop",
) -> pd.DataFrame:
    """One row per area, in the order of the deck: what happened, and what is told from luck.

    The four frames are those of `frames.read`. Turns and notes of sessions that are not in `sessions` are
    left aside, so it is enough to choose sessions. Notes of the opening round have no card and do not count.

    area : its name; every area of the decks has a row, also one that nobody drew.
    sessions : sessions that drew cards from a deck with this area.
    in_deck : cards of the area on those sessions' tables.
    drawn : cards drawn; one that was put back and drawn again in the same session counts once.
    discussed, skipped, put_back, open : what became of them in the end; together they are `drawn`.
    judgement : drawn cards whose area is a judgement (`area_confidence`).
    notes, words, minutes : notes and the words in them, and minutes in hand (those not known count 0).
    minutes_known : False when some cards, of any area, were drawn on paper and nobody knows their minutes.
    reason_… : skipped cards by the reason given (not_relevant, unclear, already_covered, no_time, not_told).
    alike, differently, not_settled : discussed cards by how the group agreed, where it was told.

    workshops : workshops (clusters) that drew from such a deck.

    Of the deal, against a plain shuffle of the whole deck (a session with another `draw_plan` is taken as
    dealt):

    drawn_expected : what the shuffle gives on average; its sum over the areas is the sum of `drawn`.
    drawn_low, drawn_high : where the shuffle leaves all the areas in 95 of 100 cases.
    drawn_p, drawn_differs : adjusted for looking at every area; "more" or "less" when it lies outside, else
        <NA>.
    drawn_could_differ : False when no result could have been outside.
    place_differs : "early" or "late" when its cards came up sooner or later than a shuffle gives: they may
        have been chosen. The talk is measured with the place in the order taken out.

    Of the talk, for each of the `measures` (of `MEASURES`), called x:

    x_expected : what the cards would have got, had every card got the mean of its hand.
    x_ratio : what each of the area's cards got, over what the other cards in the same hands got (2: twice);
        of an area that is told after another, without the cards of the one before.
    x_ratio_low, x_ratio_high : its 95 % interval, for the area had the cards been others; NaN of one
        workshop.
    x_differs : "more" or "less" when the area is told from luck, also had the cards been others; else <NA>.
    x_p : p value of that, adjusted for every area and measure.
    x_cards_low, x_cards_high, x_cards_differs, x_cards_p : the same of these very cards.
    x_carried_by : the numbers of the one or two cards that carry what was found, as "5" or "5, E1"; else
        <NA>.
    x_could_differ : False where nothing could be told: one workshop, too few cards, all treated alike.

    One cause is told once: when an area got more, the others got less; the strongest is told, and the rest
    only when they differ without it. `cluster` "session" takes each group by itself: right only when nothing
    that a workshop has in common moves what its groups talk about.

    Parameters
    ----------
    sessions, turns, notes, cards : DataFrame
        The frames of `read_all` or of a dataset; `*frames` gives all four.
    measures : sequence of str
        Some of `MEASURES`: what the talk is measured by.
    cluster : str
        "workshop", or "session" when groups of one workshop have nothing in common.
    for_my_eyes : bool
        Whether the frame is a plain one, which a notebook displays: not to be shown to others.

    Returns
    -------
    DataFrame
        One row per area, with the columns above; an `ExactFrame` unless `for_my_eyes`.

    Raises
    ------
    ValueError
        An unknown measure or cluster, or a card that is in no deck.

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
    >>> areas = by_area(*frames, measures=["minutes"], for_my_eyes=True)
    >>> areas[["area", "drawn", "minutes_ratio"]].round(2)
                              area  drawn  minutes_ratio
    0       Anvendelseskompetencer     62           1.01
    1          Teknologiforståelse     25           0.90
    2  Formidling og kommunikation     47           1.45
    3  Udvikling og implementering     47           0.68
    """
    check_measures(measures)
    tables = with_clusters(cards_on_tables(sessions, turns, notes, cards), sessions, cluster)
    drawn_cards = in_hand(tables)
    totals = outcome_totals(tables, "area")
    totals.insert(1, "workshops", tables.groupby("area", observed=False)["cluster"].nunique())
    totals["minutes_known"] = bool(tables["timed"].all())
    columns = _deal(tables, drawn_cards, "area") | _talk(drawn_cards, "area", measures, crossed=True)
    return (
        pd.concat([totals, pd.DataFrame(columns, index=totals.index)], axis=1)
        .reset_index()
        .astype({"area": "str"})
    )


@exact
def by_card(
    sessions: pd.DataFrame,
    turns: pd.DataFrame,
    notes: pd.DataFrame,
    cards: pd.DataFrame,
    measures: Sequence[str] = TALK_MEASURES,
    cluster: str = "workshop",
) -> pd.DataFrame:
    """One row per card, in the order of the deck, for the deck's owner: which cards work, which are skipped.

    A card is the same in two decks when its id, area and question are. The columns are those of `by_area`
    with the card for the area (`in_deck` : tables it lay on); what is told is told of this card, adjusted for
    all cards and measures, so there is no other statement beside it. And besides:

    card, number, area, question : the card.
    skipped_share, skipped_share_low, skipped_share_high : of the groups that drew it, those that skipped it,
        with Wilson's interval. A group draws a card once, so the draws are of different groups.
    differently_share, …_low, …_high : of the groups that told how they agreed, those that saw it differently.
    few_turns : drawn fewer than `FEW_TURNS` times: its shares say little.

    Parameters
    ----------
    sessions, turns, notes, cards : DataFrame
        The frames of `read_all` or of a dataset; `*frames` gives all four.
    measures : sequence of str
        Some of `MEASURES`: what the talk is measured by.
    cluster : str
        "workshop", or "session" when groups of one workshop have nothing in common.
    for_my_eyes : bool
        Whether the frame is a plain one, which a notebook displays: not to be shown to others.

    Returns
    -------
    DataFrame
        One row per card, with the columns above; an `ExactFrame` unless `for_my_eyes`.

    Raises
    ------
    ValueError
        An unknown measure or cluster, or a card that is in no deck.

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
    >>> cards = by_card(*frames, measures=["minutes"], for_my_eyes=True)
    >>> cards.nlargest(3, "skipped")[["number", "drawn", "skipped", "skipped_share"]].round(2)
        number  drawn  skipped  skipped_share
    4        5      9        5           0.56
    27      28      9        4           0.44
    33      34      5        3           0.60
    """
    check_measures(measures)
    tables = with_clusters(cards_on_tables(sessions, turns, notes, cards), sessions, cluster)
    identity = ["card", "area", "question"]
    places = pd.Categorical(cards["area"], tables["area"].cat.categories).codes
    order = cards.assign(place=places, label=labels_of(cards))
    order = order.sort_values(["place", "number", "card"]).drop_duplicates(identity)
    order = order[["card", "number", "area", "question", "label"]].reset_index(drop=True)
    row = {key: number for number, key in enumerate(_keys(order[identity]))}
    tables["row"] = pd.Categorical([row[key] for key in _keys(tables[identity])], range(len(row)))
    drawn_cards = in_hand(tables)
    totals = outcome_totals(tables, "row").reset_index(drop=True)
    columns = _deal(tables, drawn_cards, "row") | _talk(drawn_cards, "row", measures, crossed=False)
    totals = pd.concat([totals, pd.DataFrame(columns)], axis=1)
    with_agreement = totals[list(AGREEMENT.values())].sum(axis=1)
    shares = _share(totals, "skipped", totals["drawn"]) | _share(totals, "differently", with_agreement)
    few = {"few_turns": totals["drawn"] < FEW_TURNS}
    return pd.concat([order, totals, pd.DataFrame({**shares, **few})], axis=1)


@exact
def by_group(
    sessions: pd.DataFrame,
    turns: pd.DataFrame,
    notes: pd.DataFrame,
    cards: pd.DataFrame,
    by: str | Iterable[str] = "organisation",
    measures: Sequence[str] = TALK_MEASURES,
    cluster: str = "workshop",
) -> pd.DataFrame:
    """One row per group of sessions and area: counts, ratios, shrunken ratios, differences from the others.

    `by` is a column of `sessions` or several: "organisation", "unit", "workshop" (with its organisation and
    day, as two may have one name), "session", … The first column, `group`, has its value, "" where it was not
    told. What happened, the deal and x_expected, x_ratio, x_ratio_low and x_ratio_high are those of
    `by_area`, each group by itself. For each of the measures, called x, besides:

    x_shrunk : the ratio drawn towards what all groups have in common, the more the less it is known
        (empirical Bayes: Morris 1983, *JASA* 78). A ratio of few cards is extreme by luck; this one is not.
    x_differs : "more" or "less" than in the other groups, else <NA>. It is asked only of areas and measures
        where the groups differ at all (`between_groups`), and adjusted for all groups, areas and measures;
        one cause is told once.
    x_p : that p value, 1 where the groups do not differ at all.
    x_could_differ : False where nothing could be told: one group, one workshop in each, or over
        `MANY_GROUPS`.

    Groups that all give an area more differ in nothing: that is what `by_area` tells.

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
        One row per group and area, with the columns above; an `ExactFrame` unless `for_my_eyes`.

    Raises
    ------
    ValueError
        An unknown measure, cluster or column, or a card that is in no deck.

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
    >>> units = by_group(*frames, by="unit", measures=["minutes"], for_my_eyes=True)
    >>> units[["group", "area", "drawn"]].head(3)
               group                         area  drawn
    0  Borgerservice       Anvendelseskompetencer     28
    1  Borgerservice          Teknologiforståelse     11
    2  Borgerservice  Formidling og kommunikation     18
    """
    check_measures(measures)
    tables = cards_on_tables(sessions, turns, notes, cards)
    tables["group"] = groups_of(tables, sessions, by)
    tables["label"] = tables["group"].cat.codes.astype(int)
    tables = clustered_in_groups(tables, sessions, cluster)
    drawn_cards = in_hand(tables)
    totals = outcome_totals(tables, ["group", "area"])
    columns = _deal(tables, drawn_cards, "area", "group") | _in_groups(drawn_cards, measures)
    totals = pd.concat([totals, pd.DataFrame(columns, index=totals.index)], axis=1).reset_index()
    return totals.astype({"group": object, "area": object}).astype({"group": "str", "area": "str"})


def _keys(rows: pd.DataFrame) -> list[tuple]:
    return [tuple(row) for row in rows.astype(object).fillna("").to_numpy()]


# --- the deal ----------------------------------------------------------------------------------------------


def _deal(
    tables: pd.DataFrame, drawn_cards: pd.DataFrame, part: str, group: str | None = None
) -> dict[str, object]:
    """The columns of the deal: how many came up, and whether they came up sooner than a shuffle gives."""
    # Dealt by a plan: nothing was left to the shuffle, so each area keeps the cards it got.
    shuffled = tables["draw_plan"].eq("shuffle")
    dealt_in = tables["session"].where(shuffled, tables["session"] + "\n" + tables[part].astype(str))
    drawn = _shuffled(tables, "drawn", part, dealt_in, group)
    words = {"drawn": [None, "more", "less"], "place": [None, "late", "early"]}
    columns = {f"drawn_{field}": drawn[field] for field in ("expected", "low", "high", "p")}
    columns["drawn_differs"] = pd.array(
        np.array(words["drawn"], dtype=object)[drawn["differs"].astype(int)], "string"
    )
    columns["drawn_could_differ"] = drawn["could_differ"].astype(bool)
    turned = drawn_cards[drawn_cards["drawn"] & drawn_cards["draw_plan"].eq("shuffle")]
    position = _shuffled(turned, "place", part, turned["session"], group)
    columns["place_differs"] = pd.array(
        np.array(words["place"], dtype=object)[position["differs"].astype(int)], "string"
    )
    return columns


def _shuffled(cards: pd.DataFrame, value: str, part: str, dealt_in: pd.Series, group: str | None) -> dict:
    """What a shuffle within sessions gives for the sums of one value, the groups one after the other."""
    parts = cards[part].cat
    groups = cards[group].cat if group else pd.Series(pd.Categorical(["all"] * len(cards), ["all"])).cat
    nulls = permutation_test_by_group(
        cards[[value]].to_numpy(float),
        parts.codes.to_numpy(),
        dealt_in.to_numpy(str),
        groups.codes.to_numpy(),
        len(parts.categories),
        len(groups.categories),
    )
    fields = ("expected", "low", "high", "p", "differs", "could_differ")
    return {
        field: np.concatenate([getattr(null, field)[:, 0] for null in nulls] or [np.zeros(0)])
        for field in fields
    }


# --- the talk ----------------------------------------------------------------------------------------------


def _talk(
    drawn_cards: pd.DataFrame, part: str, measures: Sequence[str], *, crossed: bool
) -> dict[str, object]:
    """The columns of the talk, of areas (`crossed` with their cards) or of cards."""
    parts = len(drawn_cards[part].cat.categories)
    hands = hands_of(drawn_cards, measures, part)
    fields = _expected(drawn_cards, part, measures) | _talk_fields(hands, parts, crossed=crossed)
    if crossed:
        fields["carried_by"] = _carried_by(hands, fields, drawn_cards)
    return _named(fields, measures)


def _expected(
    drawn_cards: pd.DataFrame, part: str | list[str], measures: Sequence[str]
) -> dict[str, np.ndarray]:
    known = known_values(drawn_cards, measures)
    means = known.groupby(drawn_cards["session"]).transform("mean")
    return {
        "expected": means.where(known.notna(), 0.0)
        .groupby([drawn_cards[column] for column in np.atleast_1d(part)], observed=False)
        .sum()
        .to_numpy(float)
    }


def _talk_fields(hands: Hands, parts: int, *, crossed: bool) -> dict[str, np.ndarray]:
    """Parts × measures: the ratio with its intervals, and what is told of the area and of these cards."""
    finding = _step_down(hands, parts) if crossed else cards_differ(hands, parts)
    ratio = stepwise_ratios(hands, parts, finding.step) if crossed else ratios(hands, parts, with_cards=False)
    fields = {"ratio": ratio.ratio, "ratio_low": ratio.low, "ratio_high": ratio.high}
    fields |= {"p": finding.p, "differs": _more_or_less(finding), "could_differ": ~np.isnan(finding.p)}
    if not crossed:
        return fields
    of_these_cards = _step_down(hands, parts, beyond_these_cards=False)
    fields |= {"cards_low": ratio.cards_low, "cards_high": ratio.cards_high}
    return fields | {"cards_p": of_these_cards.p, "cards_differs": _more_or_less(of_these_cards)}


def _step_down(hands: Hands, parts: int, **options: bool) -> Finding:
    if len(np.unique(hands.workshop)) < crossed_effects.MIN_WORKSHOPS:
        return crossed_effects.no_finding(parts, hands.values.shape[1])
    return crossed_effects.step_down(hands, parts, **options)


def cards_differ(hands: Hands, cards: int) -> Finding:
    """Cards that got more or less than the others in the same hands, by two tests.

    The larger of two p values: that between workshops, and that of dealing out the same values again within
    each hand, which holds also for a card that was drawn only a few times.
    """
    finding = _step_down(hands, cards, crossed=False, beyond_these_cards=False)
    if not len(hands.part) or np.isnan(finding.p).all():
        return finding
    values, one_group = crossed_effects.freed_of_order(hands), np.zeros(len(hands.part), int)
    shuffled = permutation_test_by_group(values, hands.part, hands.session, one_group, cards, 1)[0]
    p = np.maximum(finding.p, shuffled.p)
    return Finding(p, np.where(p <= LEVEL, finding.differs, 0))


def _more_or_less(finding: Finding) -> np.ndarray:
    words = np.full(finding.p.shape, None, dtype=object)
    words[finding.differs > 0], words[finding.differs < 0] = "more", "less"
    return words


def _carried_by(hands: Hands, fields: dict[str, np.ndarray], drawn_cards: pd.DataFrame) -> np.ndarray:
    """The numbers of the one or two cards without which little is left of what was found."""
    carriers = np.full(fields["p"].shape, None, dtype=object)
    is_reported = (fields["differs"] != None) | (fields["cards_differs"] != None)  # noqa: E711
    labels = drawn_cards.sort_values(["number", "shown_as"])["shown_as"].unique()
    places = pd.Categorical(drawn_cards["shown_as"], labels).codes.astype(float)
    placed = hands_of(drawn_cards.assign(number=places), ["number"])
    place = dict(zip(placed.card, placed.values[:, 0].astype(int), strict=True))
    for part, measure in np.argwhere(is_reported):
        cards = crossed_effects.carriers(hands, part, measure, most=_MAX_CARRIERS, left=_LEFT)
        carriers[part, measure] = (
            ", ".join(labels[place[card]] for card in sorted(cards, key=place.__getitem__)) or None
        )
    return carriers


# --- groups ------------------------------------------------------------------------------------------------


def _in_groups(drawn_cards: pd.DataFrame, measures: Sequence[str]) -> dict[str, object]:
    """The columns of the talk by group and area."""
    areas, groups = len(drawn_cards["area"].cat.categories), len(drawn_cards["group"].cat.categories)
    group_ratios = [
        ratios(hands_of(drawn_cards[drawn_cards["label"] == group], measures), areas)
        for group in range(groups)
    ]
    empty = np.zeros((0, areas, len(measures)))
    ratio = (
        Ratio(*(np.stack(columns) for columns in zip(*group_ratios, strict=True)))
        if group_ratios
        else Ratio(*[empty] * 6)
    )
    finding = _who(drawn_cards, measures, areas, groups)
    fields = {
        "ratio": ratio.ratio,
        "ratio_low": ratio.low,
        "ratio_high": ratio.high,
        "shrunk": _shrunk(ratio),
    }
    fields |= {"p": finding.p, "differs": _more_or_less(finding), "could_differ": ~np.isnan(finding.p)}
    rows = {name: values.reshape(groups * areas, len(measures)) for name, values in fields.items()}
    rows = _expected(drawn_cards, ["group", "area"], measures) | rows
    return _named(rows, measures)


def _named(fields: dict[str, np.ndarray], measures: Sequence[str]) -> dict[str, object]:
    """The columns x_… of each measure; words as strings."""
    return {
        f"{x}_{name}": pd.array(values[:, index], "string") if values.dtype == object else values[:, index]
        for index, x in enumerate(measures)
        for name, values in fields.items()
    }


def _who(drawn_cards: pd.DataFrame, measures: Sequence[str], areas: int, groups: int) -> Finding:
    """Which groups differ from the others, in what the groups differ at all; groups × areas × measures."""
    unknown = crossed_effects.no_finding(groups, areas, len(measures))
    named = drawn_cards[drawn_cards["group"] != ""]
    if groups > MANY_GROUPS or not len(named):
        return unknown
    overall = between(named, measures)
    if overall["p"].isna().all():
        return unknown
    gate = overall["differs"].fillna(False).to_numpy(bool).reshape(areas, len(measures))
    if not gate.any():
        return Finding(np.ones(unknown.p.shape), unknown.differs)
    parts = named.assign(part=named["label"] * areas + named["area"].cat.codes.astype(int))
    finding = crossed_effects.step_down(hands_of(parts, measures, "part", area="area"), groups * areas)
    p, differs = (values.reshape(groups, areas, len(measures)) for values in finding[:2])
    return Finding(np.where(gate, p, np.fmax(p, 1.0)), np.where(gate, differs, 0))


def _shrunk(ratio: Ratio) -> np.ndarray:
    """Groups × areas × measures: the ratios drawn towards their common mean (DerSimonian & Laird 1986)."""
    if not len(ratio.ratio):
        return ratio.ratio
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.log(ratio.ratio)
        weight = np.where(np.isfinite(log) & (ratio.variance > 0), 1 / ratio.variance, 0)
        log = np.where(np.isfinite(log), log, 0)
        whole = weight.sum(axis=0)
        mean = (weight * log).sum(axis=0) / whole
        spare = whole - (weight**2).sum(axis=0) / whole
        between_groups = ((weight * (log - mean) ** 2).sum(axis=0) - (weight > 0).sum(axis=0) + 1) / spare
        share = np.maximum(np.nan_to_num(between_groups), 0)
        share = share / (share + 1 / weight)
        shrunk = np.exp(mean + np.where(weight > 0, share, 0) * (log - mean))
    return np.where(np.isnan(ratio.ratio), np.nan, shrunk)


def _share(totals: pd.DataFrame, count: str, of: pd.Series) -> dict[str, np.ndarray]:
    low, high = wilson(totals[count], of)
    share = (totals[count] / of.where(of > 0)).astype(float)
    return {f"{count}_share": share, f"{count}_share_low": low, f"{count}_share_high": high}
