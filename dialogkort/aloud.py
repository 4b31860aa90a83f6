"""What can be read aloud from the overview? Sentences and numbers out of the frame `by_area` gives."""

import pandas as pd

from dialogkort.texts import text

_TALK = ("discussed", "minutes", "notes")


def number(value: float, decimals: int = 0) -> str:
    """A number as the reader writes it: `1.234,5` in Danish."""
    plain = f"{value:,.{decimals}f}"
    marks = {",": text("overview.thousands_mark"), ".": text("overview.decimal_mark")}
    return "".join(marks.get(character, character) for character in plain)


def listed(names: list[str]) -> str:
    """Names as one reads them aloud: `A, B og C`."""
    *first, last = names
    return f"{', '.join(first)} {text('overview.and')} {last}" if first else last


def sentence(areas: pd.DataFrame) -> str:
    """What the areas of `by_area` say, in a few sentences a facilitator can read aloud.

    An area is named exactly when it lies outside its field in the chart.
    """
    if areas.empty:
        return text("overview.no_areas")
    if not areas["drawn"].sum():
        return text("overview.nothing_yet")
    return " ".join([*(_differences(areas) or _no_difference(areas)), *_unusual_deal(areas)])


def alt_text(areas: pd.DataFrame) -> str:
    """The whole chart in words, for a reader who cannot see it."""
    said = [text("overview.title"), sentence(areas)]
    for area in areas.to_dict("records") if areas["drawn"].sum() else ():
        said += [text("overview.alt_area", **_counted(area)), text("overview.alt_expected", **_by_chance(area))]
    return " ".join(said)


def _counted(area: dict) -> dict[str, str]:
    counts = {name: number(area[name]) for name in ("drawn", "in_deck", "discussed", "skipped", "minutes", "notes")}
    return {"area": area["area"], **counts}


def _by_chance(area: dict) -> dict[str, str]:
    return {name: number(area[f"{name}_expected"], 1) for name in ("drawn", *_TALK)}


def _differences(areas: pd.DataFrame) -> list[str]:
    """One sentence for the areas that differ in the same way, and one for the rest."""
    alike: dict[str, list[str]] = {}
    for area in areas.to_dict("records"):
        ways = [f"{name}_{area[f'{name}_differs']}" for name in _TALK if not pd.isna(area[f"{name}_differs"])]
        if ways:
            alike.setdefault(listed([text(f"overview.{way}") for way in ways]), []).append(area["area"])
    said = [text("overview.differs", areas=listed(names), what=what) for what, names in alike.items()]
    return [*said, text("overview.differs_rest")] if said else []


def _no_difference(areas: pd.DataFrame) -> list[str]:
    count = int(areas["drawn"].sum())
    all_discussed = areas["discussed"].sum() == count
    if count == 1:
        return [text("overview.one_card")]
    if not areas[[f"{name}_could_differ" for name in _TALK]].any(axis=None):
        return [text("overview.too_few_all_discussed" if all_discussed else "overview.too_few", count=number(count))]
    said = [text("overview.no_difference")]
    if all_discussed:
        said = [text("overview.all_discussed", count=number(count)), text("overview.no_difference_talk")]
    return [*said, text("overview.doubling_hidden")] if _doubling_hidden(areas) else said


def _doubling_hidden(areas: pd.DataFrame) -> bool:
    """True when even twice the time for any one area would have been inside its field."""
    return bool(areas["minutes"].sum() and (areas["minutes_high"] >= 2 * areas["minutes_expected"]).all())


def _unusual_deal(areas: pd.DataFrame) -> list[str]:
    def dealt(way: str) -> list[str]:
        names = list(areas.loc[areas["drawn_differs"].eq(way).fillna(False), "area"])
        return [text(f"overview.unusual_deal_{way}", areas=listed(names))] if names else []

    return dealt("more") + dealt("less")
