"""Findings on areas, cards, groups and change as plain sentences, with what could have stayed hidden."""

import pandas as pd

from dialogkort.analysis.arguments import MEASURES, check_choice
from dialogkort.analysis.protection import guarded
from dialogkort.i18n import text
from dialogkort.narrative.numbers import card_number, listed, number, percent, times

# Nobody can listen to more names than this.
_NAMED_AT_MOST = 4
# A ratio further from 1 than this is told as "more than".
_FURTHEST = 10


@guarded
def of_areas(areas: pd.DataFrame, measure: str = "minutes") -> str:
    """What the areas of `by_area` got of one measure, each card against the group's other cards.

    First what holds for the area, then what holds for these very cards only; of one workshop neither.
    """
    if not areas["drawn"].fillna(0).sum():
        return text("narrative.nothing")
    if is_one_workshop(areas):
        return text("overview.one_workshop")
    check_choice("measure", measure, _measures(areas))
    seen = areas[areas[f"{measure}_ratio"].notna()]
    for_area = seen[seen[f"{measure}_differs"].notna()]
    for_cards = seen[seen[f"{measure}_differs"].isna() & _differs_for_these_cards(seen, measure)]
    sentences = []
    if len(for_area):
        sentences += [text("narrative.against_others", findings=_findings(for_area, measure, len(areas)))]
        sentences += [text("narrative.of_the_area")]
    if len(for_cards):
        sentences += [text("narrative.of_these_cards", findings=_findings(for_cards, measure, len(areas)))]
    sentences += _carried(pd.concat([for_area, for_cards]), measure)
    if len(sentences) and len(for_area) + len(for_cards) == len(areas):
        return " ".join(sentences)
    sentences += (
        [text("narrative.rest")] if sentences else [text("narrative.no_area_differs", what=measured(measure))]
    )
    rest = seen.drop(index=[*for_area.index, *for_cards.index])
    return " ".join([*sentences, *_hidden(rest.assign(name=rest["area"]), measure)])


def is_one_workshop(areas: pd.DataFrame) -> bool:
    """Whether nothing can be told beyond what happened: the figures are of one workshop."""
    return bool("workshops" in areas and areas["workshops"].fillna(2).max() < 2)


def _differs_for_these_cards(rows: pd.DataFrame, measure: str) -> pd.Series:
    column = f"{measure}_cards_differs"
    return rows[column].notna() if column in rows else pd.Series(False, rows.index)


def _findings(rows: pd.DataFrame, measure: str, of: int) -> str:
    if len(rows) > _NAMED_AT_MOST:
        return text("narrative.many_differ", found=number(len(rows)), all=number(of))
    return "; ".join(_got(row["area"], measure, row[f"{measure}_ratio"]) for row in rows.to_dict("records"))


def _carried(rows: pd.DataFrame, measure: str) -> list[str]:
    column = f"{measure}_carried_by"
    carried = rows[rows[column].notna()] if column in rows else rows.iloc[:0]
    return [
        text("narrative.carried", name=row["area"], cards=listed(row[column].split(", ")))
        for row in carried.to_dict("records")
    ]


@guarded
def of_cards(cards: pd.DataFrame, measure: str | None = None) -> str:
    """What `by_card` says to the deck's owner: the cards that stand out, and the one skipped most.

    Of all its measures, or of one alone.
    """
    turned = cards["drawn"].fillna(0).sum()
    if not turned:
        return text("narrative.nothing")
    sentences = [text("narrative.cards", cards=number(len(cards)), turns=number(turned))]
    if measure is not None:
        check_choice("measure", measure, _measures(cards))
    measures = [measure] if measure else _measures(cards)
    findings = [finding for x in measures for finding in cards_that_differ(cards, x)]
    sentences += findings or [text("narrative.no_card_differs")]
    sentences += [text("narrative.rest")] if findings else []
    skipped = "" if measure else most_skipped(cards)
    return " ".join([*sentences, *([skipped] if skipped else []), *_few(cards)])


@guarded
def most_skipped(cards: pd.DataFrame) -> str:
    """The card of `by_card` skipped by the largest share of its turns.

    Cards turned few times do not count; empty when none was skipped.
    """
    enough = cards[~cards["few_turns"].astype("boolean").fillna(True) & cards["skipped_share"].notna()]
    if enough.empty or not enough["skipped"].sum():
        return ""
    card = enough.loc[enough["skipped_share"].astype(float).idxmax()]
    counts = {
        "skipped": number(card["skipped"]),
        "drawn": number(card["drawn"]),
        "card": card_number(card),
    }
    ends = {"low": number(100 * card["skipped_share_low"]), "high": percent(card["skipped_share_high"])}
    return text("narrative.most_skipped", **counts, **ends)


@guarded
def of_groups(groups: pd.DataFrame, between: pd.DataFrame | None = None) -> str:
    """Whether the groups differ (`between_groups`), and then who of `by_group` does, and in what."""
    if groups.empty:
        return text("narrative.nothing")
    who = _who_differs(groups)
    if between is not None:
        whether = _between(between)
        return " ".join([whether, *([who] if who else _nobody(between))])
    if groups["group"].nunique() < 2:
        return text("narrative.one_group")
    return who or text("narrative.groups_alike" if _could_differ(groups) else "narrative.too_few_in_groups")


def _could_differ(groups: pd.DataFrame) -> bool:
    could = [
        groups[f"{x}_could_differ"].fillna(False).any() for x in MEASURES if f"{x}_could_differ" in groups
    ]
    return any(could) or not could


def _who_differs(groups: pd.DataFrame) -> str:
    """The groups that gave an area more, or less, than the others did; those alike named together."""
    alike: dict[tuple[str, str], list[str]] = {}
    for x in _measures(groups):
        for row in groups.to_dict("records"):
            if pd.notna(direction := row[f"{x}_differs"]):
                alike.setdefault((row["area"], text(f"narrative.{x}_{direction}")), []).append(
                    _group(row["group"])
                )
    findings = [
        text("narrative.in_group", area=area, what=difference, groups=_names_or_count(names))
        for (area, difference), names in alike.items()
    ]
    return text("narrative.groups_differ", findings="; ".join(findings)) if findings else ""


def _names_or_count(names: list[str]) -> str:
    """The names, or their number where nobody could listen to them all."""
    if len(names) > 2 * _NAMED_AT_MOST:
        return text("narrative.so_many", number=number(len(names)))
    return listed(names)


@guarded
def of_comparison(compared: pd.DataFrame, measure: str | None = None) -> str:
    """What `compare` or `then_and_now` says, of all its measures or of one."""
    if measure is not None:
        check_choice("measure", measure, MEASURES)
        compared = compared[compared["measure"] == measure]
    if compared.empty:
        return text("narrative.nothing_to_compare")
    a, b = side(compared["a"].iloc[0]), side(compared["b"].iloc[0])
    if not compared["could_differ"].any():
        return text("narrative.too_few_to_compare", a=a, b=b)
    differing = compared[compared["differs"].notna()]
    sentences = [_changed(row) for row in differing.to_dict("records")]
    if len(sentences) > _NAMED_AT_MOST:
        sentences = [text("narrative.many_changes", found=number(len(sentences)), all=number(len(compared)))]
    sentences = [text("narrative.against", a=a, b=b, findings="; ".join(sentences))] if sentences else []
    if len(differing) == len(compared):
        return " ".join(sentences)
    sentences += [text("narrative.rest")] if sentences else [text("narrative.no_change", a=a, b=b)]
    return " ".join([*sentences, *_hidden_change(compared[compared["differs"].isna()], measure)])


def side(name: str) -> str:
    """The name of one side of a comparison: "then" and "now" are words, others are names."""
    return text(f"narrative.{name}") if name in ("then", "now") else name


def measured(measure: str) -> str:
    """The measure as a word in a sentence: `tid`."""
    return text(f"narrative.measure.{measure}")


def _measures(frame: pd.DataFrame) -> list[str]:
    return [x for x in MEASURES if f"{x}_differs" in frame]


def _got(name: str, measure: str, ratio: float) -> str:
    return text(f"narrative.got_{measure}", name=name, times=times(ratio))


def _hidden(rest: pd.DataFrame, measure: str) -> list[str]:
    return _room(rest[f"{measure}_ratio_low"], rest[f"{measure}_ratio_high"], rest["name"])


def _room(lows: pd.Series, highs: pd.Series, names: pd.Series) -> list[str]:
    """The largest difference, up or down, that the intervals leave room for."""
    low, high = lows.astype(float).clip(lower=1e-9), highs.astype(float)
    known = high.where(high > 1 / low, 1 / low).dropna()
    if known.empty:
        return [text("narrative.size_unknown")]
    widest = known.idxmax()
    if known[widest] > _FURTHEST:
        return [text("narrative.hidden_much", name=names[widest])]
    return [text("narrative.hidden", name=names[widest], times=times(known[widest]))]


def cards_that_differ(cards: pd.DataFrame, measure: str) -> list[str]:
    """A sentence on the cards of `by_card` that got less than chance gives, one on those that got more."""
    differing = cards.dropna(subset=f"{measure}_differs").sort_values("number")
    sentences = []
    for direction, those in differing.groupby(f"{measure}_differs", sort=True):
        named = [card_number(card) for card in those.to_dict("records")]
        key = "narrative.cards_differ" if len(named) <= 2 * _NAMED_AT_MOST else "narrative.many_cards_differ"
        gaps = {"cards": listed(named), "number": number(len(named))}
        sentences.append(text(key, what=text(f"narrative.{measure}_{direction}"), count=len(named), **gaps))
    return sentences


def _few(cards: pd.DataFrame) -> list[str]:
    few = int(cards["few_turns"].sum())
    return [text("narrative.few_turns", count=few, number=number(few))] if few else []


def _group(name: str) -> str:
    return name or text("narrative.not_stated")


def _between(between: pd.DataFrame) -> str:
    if between.empty or between["groups"].max() < 2:
        return text("narrative.one_group")
    if between["p"].isna().all():
        return text("narrative.too_few_in_groups")
    differing = _that_differ(between)
    if differing.empty:
        return text("narrative.groups_alike")
    areas = differing.groupby("area", sort=False)["measure"].agg(list)
    named = [f"{area} ({listed([measured(x) for x in of_area])})" for area, of_area in areas.items()]
    return text("narrative.groups_unlike", areas=listed(named))


def _that_differ(between: pd.DataFrame) -> pd.DataFrame:
    return between[between["differs"].fillna(False).astype(bool)]


def _nobody(between: pd.DataFrame) -> list[str]:
    return [text("narrative.nobody_named")] if len(_that_differ(between)) else []


def _changed(row: dict) -> str:
    change = {"area": row["area"], "what": text(f"narrative.{row['measure']}_{row['differs']}")}
    if pd.isna(row["change"]):
        return text("narrative.changed_unknown", **change)
    if pd.isna(row["change_low"]):
        return text("narrative.changed", times=times(row["change"]), **change)
    ends = {"low": times(row["change_low"]), "high": times(row["change_high"])}
    return text("narrative.changed_between", times=times(row["change"]), **change, **ends)


def _hidden_change(rest: pd.DataFrame, measure: str | None) -> list[str]:
    names = [
        row["area"]
        if measure
        else text("narrative.area_and_measure", area=row["area"], what=measured(row["measure"]))
        for row in rest.to_dict("records")
    ]
    return _room(rest["change_low"], rest["change_high"], pd.Series(names, rest.index))
