"""Names of groups as people tell them apart: one that only looks like another's is the same."""

import re
import unicodedata

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
