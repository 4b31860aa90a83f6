"""Sentences and alternative text of the overview, from the frame `by_area` gives."""

import pandas as pd

from dialogkort.analysis.protection import guarded
from dialogkort.i18n import text
from dialogkort.narrative.alt import in_short
from dialogkort.narrative.bar_labels import is_timed
from dialogkort.narrative.findings import is_one_workshop
from dialogkort.narrative.numbers import listed, number

_TALK = ("discussed", "minutes", "notes")
_MIN_MINUTES = 0.05  # a card: less is written as 0,0
# Nobody can listen to more names than this; of more areas only the chart tells.
_NAMED_AT_MOST = 4


@guarded
def overview_sentence(areas: pd.DataFrame) -> str:
    """What the areas of `by_area` say, in a few sentences a facilitator can read aloud.

    An area is named when it is told from luck: first what holds for the area, then what holds for these very
    cards alone; of more than four, their number. Of one workshop it says what happened, and no more.
    """
    if areas.empty:
        return text("overview.no_areas")
    if not areas["drawn"].sum():
        return text("overview.nothing_yet")
    talk = _of_one(areas) if is_one_workshop(areas) else _differences(areas) or _no_difference(areas)
    return " ".join([*talk, *_unusual_deal(areas), *_minutes_missing(areas)])


@guarded
def alt_text(areas: pd.DataFrame) -> str:
    """The chart in words, for a reader who cannot see it, with as many figures as can be heard out."""
    sentences = [text("overview.title"), overview_sentence(areas)]
    if areas["drawn"].sum():
        sentences += [_in_words(area) for area in areas.to_dict("records")]
    return in_short(" ".join(sentences))


def _in_words(area: dict) -> str:
    counts = {x: number(area[x]) for x in ("drawn", "minutes", "notes")}
    if is_timed(area):
        return text("overview.alt_area", area=area["area"], **counts)
    return text("overview.alt_area_untimed", area=area["area"], **{x: counts[x] for x in ("drawn", "notes")})


def _of_one(areas: pd.DataFrame) -> list[str]:
    """What happened in one workshop: the area that got the most time per card, where all time is known."""
    if areas["drawn"].sum() == 1:
        return [text("overview.one_card")]
    drawn = areas[(areas["drawn"] > 0) & (areas["minutes"] > 0)]
    minutes_per_card = drawn["minutes"] / drawn["drawn"]
    if len(drawn) < 2 or not _are_minutes_known(areas) or minutes_per_card.max() < _MIN_MINUTES:
        return [text("overview.one_workshop")]
    most = drawn.loc[minutes_per_card.idxmax(), "area"]
    return [
        text("overview.most_time", area=most, minutes=number(minutes_per_card.max(), 1)),
        text("overview.one_workshop"),
    ]


def _are_minutes_known(areas: pd.DataFrame) -> bool:
    return "minutes_known" not in areas or bool(areas["minutes_known"].fillna(True).all())


def _minutes_missing(areas: pd.DataFrame) -> list[str]:
    """That some minutes are missing, where others are told."""
    if _are_minutes_known(areas) or not areas["minutes"].sum():
        return []
    return [text("overview.minutes_missing")]


def _differences(areas: pd.DataFrame) -> list[str]:
    """What is told of the areas, what of these very cards, and which cards carry it."""
    for_area = _named(areas, {x: f"{x}_differs" for x in _TALK})
    only_cards = areas[areas[[f"{x}_differs" for x in _TALK]].isna().all(axis=1)]
    for_cards = _named(only_cards, {x: f"{x}_cards_differs" for x in _TALK if f"{x}_cards_differs" in areas})
    if not for_area and not for_cards:
        return []
    sentences = []
    if for_area:
        sentences += (
            [text("overview.many_differ", count=number(len(for_area)))]
            if _too_many(for_area)
            else [
                text("overview.differs", findings=_findings(for_area)),
                text("overview.differs_area"),
            ]
        )
    if for_cards and not _too_many(for_cards):
        sentences += [text("overview.differs_cards", findings=_findings(for_cards))]
    return [*sentences, *_carried(areas)] + (
        [] if len(for_area) == len(areas) else [text("overview.differs_rest")]
    )


def _too_many(named: list) -> bool:
    return len(named) > _NAMED_AT_MOST


def _named(areas: pd.DataFrame, columns: dict[str, str]) -> list[tuple[str, str]]:
    differing = ((area["area"], _how_it_differs(area, columns)) for area in areas.to_dict("records"))
    return [(name, difference) for name, difference in differing if difference]


def _findings(named: list[tuple[str, str]]) -> str:
    """The areas, those that differ alike named together."""
    alike: dict[str, list[str]] = {}
    for name, difference in named:
        alike.setdefault(difference, []).append(name)
    return "; ".join(
        text("overview.finding", areas=listed(names), what=difference) for difference, names in alike.items()
    )


def _carried(areas: pd.DataFrame) -> list[str]:
    columns = [column for column in (f"{x}_carried_by" for x in _TALK) if column in areas]
    cards = {card for column in columns for numbers in areas[column].dropna() for card in numbers.split(", ")}
    return (
        [text("overview.carried", cards=listed(sorted(cards, key=_place_of)))] if 0 < len(cards) <= 2 else []
    )


def _place_of(card: str) -> tuple[bool, int, str]:
    """Where a card's number comes: 5 before 17, and both before E1."""
    return not card.isdecimal(), len(card), card


def _how_it_differs(area: dict, columns: dict[str, str]) -> str:
    """Something like `was discussed more often and got more time`; empty when the area does not differ."""
    differences = {
        x: text(f"overview.{x}_{direction}")
        for x, column in columns.items()
        if not pd.isna(direction := area[column])
    }
    clauses = [text("overview.was", what=differences.pop("discussed"))] if "discussed" in differences else []
    clauses += [text("overview.got", what=listed(list(differences.values())))] if differences else []
    return listed(clauses) if clauses else ""


def _no_difference(areas: pd.DataFrame) -> list[str]:
    turned, discussed = int(areas["drawn"].sum()), int(areas["discussed"].sum())
    if turned == 1:
        return [text("overview.one_card")]
    sentences = [text("overview.no_difference")]
    if discussed in (0, turned):
        key = "all_discussed" if discussed else "none_discussed"
        sentences = [text(f"overview.{key}", count=number(turned)), text("overview.no_difference_talk")]
    return sentences + _doubling_hidden(areas)


def _doubling_hidden(areas: pd.DataFrame) -> list[str]:
    """Which areas could have had twice their time without it showing."""
    drawn = areas[areas["drawn"] > 0]
    names = list(drawn.loc[~(drawn["minutes_ratio_high"].astype(float) < 2), "area"])
    name_list = listed(names, "or") if len(names) in (1, 2) else text("overview.one_area")
    return [text("overview.doubling_hidden", areas=name_list)] if names else []


def _unusual_deal(areas: pd.DataFrame) -> list[str]:
    outside = areas.dropna(subset="drawn_differs")
    if len(outside) > _NAMED_AT_MOST // 2:
        return [text("overview.unusual_deal_many"), *_turned_early(areas)]
    by_direction = outside.groupby("drawn_differs", sort=False)["area"]
    sentences = [
        text(f"overview.unusual_deal_{direction}", areas=listed(list(names)))
        for direction, names in by_direction
    ]
    return [*sentences, *_turned_early(areas)]


def _turned_early(areas: pd.DataFrame) -> list[str]:
    early = (
        areas[areas["place_differs"].eq("early").fillna(False)]
        if "place_differs" in areas
        else areas.iloc[:0]
    )
    return [text("overview.turned_early", areas=listed(list(early["area"])))] if len(early) else []
