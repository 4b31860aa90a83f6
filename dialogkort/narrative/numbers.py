"""Numbers, days and lists of names as the reader's language writes them."""

from collections.abc import Mapping

import pandas as pd

from dialogkort.i18n import text
from dialogkort.i18n.formats import day_in_words

_MINUS = "\N{MINUS SIGN}"


def number(value: float, decimals: int = 0) -> str:
    """A number as the reader writes it: `1.234,5` in Danish, and a true minus before one below 0."""
    plain = f"{value:z,.{decimals}f}"
    marks = {",": text("format.thousands_mark"), ".": text("format.decimal_mark"), "-": _MINUS}
    return "".join(marks.get(character, character) for character in plain)


def card_number(card: Mapping) -> str:
    """The number of a card as the screen shows it: `5`, `E1` for one of one's own, `B1` of a second deck."""
    label = card.get("label")
    return number(card["number"]) if label is None or pd.isna(label) or not label else str(label)


def known(value: float, decimals: int = 0) -> str:
    """A number, or that the cell was too small to be shown."""
    return text("charts.suppressed") if pd.isna(value) else number(value, decimals)


def times(ratio: float) -> str:
    """A ratio: `1,57`; large ones with fewer figures. The same in a sentence as in a chart."""
    return number(ratio, 2 if ratio < 9.995 else 1 if ratio < 20 else 0)


def percent(share: float) -> str:
    """A share of 1 in whole percent: `12 %` in Danish."""
    return text("narrative.percent", number=number(100 * share))


def day(value: object) -> str:
    """A day as the reader writes it: `1. marts 2026` in Danish."""
    return day_in_words(pd.Timestamp(value))


def listed(names: list[str], last_word: str = "and") -> str:
    """Names as one reads them aloud: `A, B og C`, or with "or" `A, B eller C`."""
    *first, last = names
    return f"{', '.join(first)} {text(f'overview.{last_word}')} {last}" if first else last
