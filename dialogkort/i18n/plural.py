"""Plural rules: the form of a text that a number takes, as the catalogue of its language has it.

A rule is written as in Unicode's CLDR, of whole numbers alone: `n = 1`, or
`n % 10 = 2..4 and n % 100 != 12..14`. `core/plural.js` reads the same.
"""

import re
from collections.abc import Mapping
from functools import cache

OTHER = "other"  # the form when no rule holds; every text that counts has it
_RELATION = re.compile(r"n(?: % (\d+))? (!?=) (\d+(?:\.\.\d+)?(?:,\d+(?:\.\.\d+)?)*)")


def form_of(count: float, rules: Mapping[str, str]) -> str:
    """The form for a count: the first whose rule holds.

    Examples
    --------
    >>> [form_of(count, {"one": "n = 1"}) for count in (0, 1, 2)]
    ['other', 'one', 'other']
    """
    return next((form for form, rule in rules.items() if _holds(rule, count)), OTHER)


def _holds(rule: str, count: float) -> bool:
    either = (part.split(" and ") for part in rule.split(" or "))
    return any(all(_relation_holds(relation, count) for relation in all_of) for all_of in either)


def _relation_holds(relation: str, count: float) -> bool:
    modulus, sign, spans = _parts(relation)
    value = count % modulus if modulus else count
    return any(low <= value <= high for low, high in spans) == (sign == "=")


@cache
def _parts(relation: str) -> tuple[int, str, tuple[tuple[int, int], ...]]:
    match = _RELATION.fullmatch(relation)
    if match is None:
        raise ValueError(f"no rule of plurals: {relation!r}")
    ends = (span.split("..") for span in match[3].split(","))
    return int(match[1] or 0), match[2], tuple((int(span[0]), int(span[-1])) for span in ends)
