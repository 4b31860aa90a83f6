"""What can be read aloud from the overview? Sentences out of the frame `by_area` gives."""

import pandas as pd

from dialogkort.aloud.numbers import listed, number
from dialogkort.texts import text

_TALK = ("discussed", "minutes", "notes")
# Nobody can listen to more names than this; of more areas only the chart tells.
_NAMED_AT_MOST = 4


def sentence(areas: pd.DataFrame) -> str:
    """What the areas of `by_area` say, in a few sentences a facilitator can read aloud.

    An area is named exactly when it lies outside its field in the chart; of more than four, their number.
    """
    if areas.empty:
        return text("overview.no_areas")
    if not areas["drawn"].sum():
        return text("overview.nothing_yet")
    return " ".join([*(_differences(areas) or _no_difference(areas)), *_unusual_deal(areas)])


def alt_text(areas: pd.DataFrame) -> str:
    """The whole chart in words, for a reader who cannot see it."""
    said = [text("overview.title"), sentence(areas)]
    if areas["drawn"].sum():
        said += [_in_words(area) for area in areas.to_dict("records")]
    return " ".join(said)


def _in_words(area: dict) -> str:
    counts = {x: number(area[x]) for x in ("drawn", "in_deck", "discussed", "skipped", "minutes", "notes")}
    averages = {x: number(area[f"{x}_expected"], 1) for x in ("drawn", *_TALK)}
    happened = text("overview.alt_area", area=area["area"], **counts)
    return f"{happened} {text('overview.alt_expected', **averages)}"


def _differences(areas: pd.DataFrame) -> list[str]:
    """The areas that differ, those that differ alike named together, and a sentence for the rest."""
    differing = [(area["area"], what) for area in areas.to_dict("records") if (what := _how_it_differs(area))]
    if not differing:
        return []
    if len(differing) > _NAMED_AT_MOST:
        return [text("overview.many_differ", count=number(len(differing)))]
    alike: dict[str, list[str]] = {}
    for name, what in differing:
        alike.setdefault(what, []).append(name)
    found = [text("overview.finding", areas=listed(names), what=what) for what, names in alike.items()]
    said = [text("overview.differs", findings="; ".join(found))]
    all_differ = areas[[f"{x}_differs" for x in _TALK]].notna().all(axis=None)
    return said if all_differ else [*said, text("overview.differs_rest")]


def _how_it_differs(area: dict) -> str:
    """Something like `was discussed more often and got more time`; empty when the area does not differ."""
    ways = {x: text(f"overview.{x}_{way}") for x in _TALK if not pd.isna(way := area[f"{x}_differs"])}
    said = [text("overview.was", what=ways.pop("discussed"))] if "discussed" in ways else []
    said += [text("overview.got", what=listed(list(ways.values())))] if ways else []
    return listed(said) if said else ""


def _no_difference(areas: pd.DataFrame) -> list[str]:
    turned, discussed = int(areas["drawn"].sum()), int(areas["discussed"].sum())
    if turned == 1:
        return [text("overview.one_card")]
    if not areas[[f"{x}_could_differ" for x in _TALK]].any(axis=None):
        key = "too_few_all_discussed" if discussed == turned else "too_few"
        return [text(f"overview.{key}", count=number(turned))]
    said = [text("overview.no_difference")]
    if discussed in (0, turned):
        key = "all_discussed" if discussed else "none_discussed"
        said = [text(f"overview.{key}", count=number(turned)), text("overview.no_difference_talk")]
    return said + _doubling_hidden(areas)


def _doubling_hidden(areas: pd.DataFrame) -> list[str]:
    """Which areas could have had twice their time without it showing."""
    met = areas[areas["minutes_expected"] > 0]
    names = list(met.loc[met["minutes_high"] >= 2 * met["minutes_expected"], "area"])
    said = listed(names, "or") if len(names) in (1, 2) else text("overview.one_area")
    return [text("overview.doubling_hidden", areas=said)] if names else []


def _unusual_deal(areas: pd.DataFrame) -> list[str]:
    outside = areas.dropna(subset="drawn_differs")
    if len(outside) > _NAMED_AT_MOST // 2:
        return [text("overview.unusual_deal_many")]
    ways = outside.groupby("drawn_differs", sort=False)["area"]
    return [text(f"overview.unusual_deal_{way}", areas=listed(list(names))) for way, names in ways]
