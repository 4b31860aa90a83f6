"""What does somebody hear who cannot see the chart? As much as one can listen to, in whole sentences."""

import re

# Longer than this nobody hears out; the figures are in the frame, and on the page in a table.
LONGEST = 399
# A new sentence begins with a capital; "1. marts" and "min. på" go on.
_NEW_SENTENCE = re.compile(r"(?<=\D[.!?]) (?=[A-Z\u00c0-\u00de])")
_GOES_ON = "…."


def in_short(said: str, longest: int = LONGEST) -> str:
    """The sentences from the first on that together are no longer than can be heard out."""
    first, *more = _NEW_SENTENCE.split(said)
    if len(first) > longest:
        return first[: longest - len(_GOES_ON)].rsplit(" ", 1)[0].rstrip(" ,;:") + _GOES_ON
    for sentence in more:
        if len(first) + 1 + len(sentence) > longest:
            break
        first += f" {sentence}"
    return first
