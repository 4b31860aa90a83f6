"""Which areas and cards were talked about, and where, against what the cards would give by themselves?

A workshop has two steps, and so has the comparison: first the deal, then the talk.

*The deal is luck.* The null for `drawn` says: a group that turned n cards could as well have turned any other
n of its deck. It tells how uneven a fair shuffle may look, and nothing of what anybody wanted to talk about.

*The talk is choice.* The null for `discussed`, `minutes` and the other measures says: what a group gave to
each card it drew (a talk or a skip, its minutes, its notes), it would as readily have given to any other of
those cards. So the talk is measured against the cards the group had in hand and not against the whole deck:
which cards came up is known and says nothing of preference, and measuring against it finds a preference
sooner. A group that talks much, or skips all, is measured against itself.

A difference says that the cards of an area got more or less than others, not why: it may be the area, it may
be one question that is good to talk about.

To explain in a room: if the area made no difference, every bar would end inside its field in 19 of 20
overviews. The method and its sources are in `chance`, the ratios' in `effect`, the comparison of groups in
`comparing`.

How much it takes (`tests/test_discussion.py`): six groups of eight cards find an area (6 of 35 cards) that
gets twice of everything in 8 of 10 workshops, twelve in 19 of 20.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from dialogkort.analysis.chance import in_each_group
from dialogkort.analysis.comparing import between_groups, compare, groups_of, then_and_now
from dialogkort.analysis.effect import against_others, ratios, wilson
from dialogkort.analysis.tables import AGREEMENT, cards_on_tables, in_hand, what_happened

__all__ = ["MEASURES", "TALK", "between_groups", "by_area", "by_card", "by_group", "compare", "then_and_now"]

TALK = ("discussed", "minutes", "notes")
MEASURES = ("discussed", "skipped", "minutes", "notes", "words")
# Of fewer turns than this a card's share of skips is no nearer than 30 in 100 either way.
FEW_TURNS = 10


def by_area(
    sessions: pd.DataFrame,
    turns: pd.DataFrame,
    notes: pd.DataFrame,
    cards: pd.DataFrame,
    measures: Sequence[str] = TALK,
) -> pd.DataFrame:
    """One row per area, in the order of the deck: what happened, and what chance alone would give.

    The four frames are those of `frames.read`. Turns and notes of sessions that are not in `sessions` are
    left aside, so it is enough to choose sessions. Notes of the opening round have no card and do not count.

    area : its name; every area of the decks has a row, also one that nobody drew.
    sessions : sessions that drew cards from a deck with this area.
    in_deck : cards of the area on those sessions' tables.
    drawn : cards drawn; one that was put back and drawn again in the same session counts once.
    discussed, skipped, put_back, open : what became of them in the end; together they are `drawn`.
    judgement : drawn cards whose area is a judgement (`area_confidence`).
    notes, words, minutes : notes and the words in them, and minutes in hand (those not known count 0).
    reason_… : skipped cards by the reason given (not_relevant, unclear, already_covered, no_time, not_told).
    alike, differently, not_settled : discussed cards by how the group agreed, where it was told.

    And for `drawn` and each of the `measures` (of `MEASURES`), called x:

    x_expected : what chance alone gives on average; its sum over the areas is the sum of x.
    x_low, x_high : where chance alone leaves all the areas in 95 of 100 cases.
    x_p : p value, adjusted for looking at every area and, in the talk, at every measure.
    x_differs : "more" or "less" when x lies outside, else <NA>.
    x_could_differ : False when no result could have been outside: too few cards, or all treated alike.

    For each measure, not for `drawn`:

    x_ratio : what each of the area's cards got, over what the other cards in the same hands got (2: twice).
    x_ratio_low, x_ratio_high : its 95 % interval, each by itself, sessions as clusters. `x_differs` is what
        holds for all of them at once.
        NaN where nothing could be seen: no hand with both kinds of card, or fewer than three such sessions.

    For `drawn` chance is a plain shuffle of the whole deck; a session with another `draw_plan` is taken as
    dealt. For the others chance deals among the cards the same group drew. Raises `ValueError` for a card
    that is in no deck.
    """
    tables = cards_on_tables(sessions, turns, notes, cards)
    tables["group"] = pd.Categorical(["all"] * len(tables), ["all"])
    happened = _with_chance(tables, "area", ["area"], measures)
    return happened.reset_index().astype({"area": "str"})


def by_card(
    sessions: pd.DataFrame,
    turns: pd.DataFrame,
    notes: pd.DataFrame,
    cards: pd.DataFrame,
    measures: Sequence[str] = TALK,
) -> pd.DataFrame:
    """One row per card, in the order of the deck, for the deck's owner: which cards work, which are skipped.

    A card is the same in two decks when its id, area and question are. The columns are those of `by_area`
    with the card for the area (`in_deck` : tables it lay on), x_low, x_high and p holding for all cards and
    measures at once, and besides:

    card, number, area, question : the card.
    skipped_share, skipped_share_low, skipped_share_high : of the groups that drew it, those that skipped it,
        with Wilson's interval. A group draws a card once, so the draws are of different groups.
    differently_share, …_low, …_high : of the groups that told how they agreed, those that saw it differently.
    few_turns : drawn fewer than `FEW_TURNS` times: its shares say little.
    """
    tables = cards_on_tables(sessions, turns, notes, cards)
    tables["group"] = pd.Categorical(["all"] * len(tables), ["all"])
    identity = ["card", "area", "question"]
    order = cards.assign(place=pd.Categorical(cards["area"], tables["area"].cat.categories).codes)
    order = order.sort_values(["place", "number", "card"]).drop_duplicates(identity)
    order = order[["card", "number", "area", "question"]].reset_index(drop=True)
    place = {key: number for number, key in enumerate(_keys(order[identity]))}
    tables["place"] = pd.Categorical([place[key] for key in _keys(tables[identity])], range(len(place)))
    happened = _with_chance(tables, "place", ["place"], measures).reset_index(drop=True)
    told = happened[list(AGREEMENT.values())].sum(axis=1)
    shares = _share(happened, "skipped", happened["drawn"]) | _share(happened, "differently", told)
    few = {"few_turns": happened["drawn"] < FEW_TURNS}
    return pd.concat([order, happened, pd.DataFrame({**shares, **few})], axis=1)


def by_group(
    sessions: pd.DataFrame,
    turns: pd.DataFrame,
    notes: pd.DataFrame,
    cards: pd.DataFrame,
    unit: str | Iterable[str] = "organisation",
    measures: Sequence[str] = TALK,
) -> pd.DataFrame:
    """One row per group of sessions and area: the question of `by_area`, asked in each group.

    `unit` is a column of `sessions` or several: "organisation", "unit", "workshop" (with its organisation and
    day, as two may have one name), "session", … The first column, `group`, has its value, "" where it was not
    told; the others are those of `by_area`. Intervals and p hold for all groups, areas and measures at once
    (single-step maximum), so one group alone shows less here than when it is looked at alone.
    """
    tables = cards_on_tables(sessions, turns, notes, cards)
    tables["group"] = groups_of(tables, sessions, unit)
    happened = _with_chance(tables, "area", ["group", "area"], measures).reset_index()
    return happened.astype({"group": object, "area": object}).astype({"group": "str", "area": "str"})


def _with_chance(tables: pd.DataFrame, part: str, by: list[str], measures: Sequence[str]) -> pd.DataFrame:
    """What happened by group and part, beside what chance gives of the deal and of the talk."""
    _known(measures)
    # Dealt by a plan: nothing was left to the shuffle, so each area keeps the cards it got.
    shuffled = tables["draw_plan"].eq("shuffle")
    dealt_in = tables["session"].where(shuffled, tables["session"] + "\n" + tables[part].astype(str))
    held = in_hand(tables)
    happened = what_happened(tables, by)
    columns = _chance(tables, part, ("drawn",), dealt_in) | _chance(held, part, measures, held["session"])
    columns |= _effects(held, part, measures)
    return pd.concat([happened, pd.DataFrame(columns, index=happened.index)], axis=1)


def _keys(rows: pd.DataFrame) -> list[tuple]:
    return [tuple(row) for row in rows.astype(object).fillna("").to_numpy()]


def _known(measures: Sequence[str]) -> None:
    if strange := [each for each in measures if each not in MEASURES]:
        raise ValueError(f"measures: {strange[0]!r}; there are {', '.join(MEASURES)}")


def _chance(
    tables: pd.DataFrame, part: str, measures: Sequence[str], dealt_in: pd.Series
) -> dict[str, np.ndarray]:
    """The `x_…` columns of `by_area` for the measures, the groups one after the other."""
    parts, groups = (tables[each].cat for each in (part, "group"))
    values = tables[list(measures)].to_numpy(float)
    sizes = len(parts.categories), len(groups.categories)
    codes = parts.codes.to_numpy(), dealt_in.to_numpy(str), groups.codes.to_numpy()
    found = in_each_group(values, *codes, *sizes)
    columns = {}
    for place, x in enumerate(measures):
        of = {
            field: np.concatenate([getattr(one, field)[:, place] for one in found] or [np.zeros(0)])
            for field in ("expected", "low", "high", "p", "differs", "could_differ")
        }
        columns |= {f"{x}_{field}": of[field] for field in ("expected", "low", "high", "p")}
        words = np.array([None, "more", "less"], dtype=object)[of["differs"].astype(int)]
        columns[f"{x}_differs"] = pd.array(words, dtype="string")
        columns[f"{x}_could_differ"] = of["could_differ"].astype(bool)
    return columns


def _effects(held: pd.DataFrame, part: str, measures: Sequence[str]) -> dict[str, np.ndarray]:
    groups = len(held["group"].cat.categories)
    found = [
        ratios(*_components(held[held["group"].cat.codes == one], part, measures)) for one in range(groups)
    ]
    return {
        f"{x}_{name}": np.concatenate([getattr(one, field)[:, place] for one in found] or [np.zeros(0)])
        for place, x in enumerate(measures)
        for name, field in (("ratio", "ratio"), ("ratio_low", "low"), ("ratio_high", "high"))
    }


def _components(held: pd.DataFrame, part: str, measures: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    session = pd.factorize(held["session"])[0]
    values = held[list(measures)].to_numpy(float)
    codes = held[part].cat.codes.to_numpy().astype(int)
    return against_others(values, codes, session, len(held[part].cat.categories))


def _share(happened: pd.DataFrame, count: str, of: pd.Series) -> dict[str, np.ndarray]:
    low, high = wilson(happened[count], of)
    share = (happened[count] / of.where(of > 0)).astype(float)
    return {f"{count}_share": share, f"{count}_share_low": low, f"{count}_share_high": high}
