"""Names of groups as people tell them apart, and the order in which a workshop's groups are shown."""

import re
import unicodedata
from collections.abc import Iterable

from dialogkort.domain.event_ids import Id
from dialogkort.i18n.sorting import danish_order

# Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt), and the blank of Braille.
_UNSEEN = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800"
    r"\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def plain_name(name: str) -> str:
    """A name as people tell it from others: letters without a look of their own make none.

    Examples
    --------
    >>> plain_name("  Gruppe\\u200b   1 ") == plain_name("GRUPPE 1")
    True
    """
    seen = _UNSEEN.sub("", unicodedata.normalize("NFKC", name))
    return " ".join(unicodedata.normalize("NFC", seen).casefold().split())


def groups_in_order(
    begun: Iterable[tuple[Id, str]], prepared: Iterable[str] = ()
) -> list[tuple[Id | None, str]]:
    """The groups of a workshop: as they were prepared, without a session while not begun; then the others.

    Examples
    --------
    >>> groups_in_order([("a", "Gruppe 10"), ("b", "Gruppe 9"), ("c", "Rød")], ["Rød", "Blå"])
    [('c', 'Rød'), (None, 'Blå'), ('b', 'Gruppe 9'), ('a', 'Gruppe 10')]
    """
    others = sorted(begun, key=lambda group: danish_order(group[1]))
    in_order: list[tuple[Id | None, str]] = []
    for name in dict.fromkeys(prepared):
        same = next((group for group in others if plain_name(group[1]) == plain_name(name)), None)
        if same:
            others.remove(same)
        in_order.append(same or (None, name))
    return [*in_order, *others]
