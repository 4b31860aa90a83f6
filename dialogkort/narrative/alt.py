"""What does somebody hear who cannot see the chart? As much as one can listen to, in whole sentences."""

import re

# Longer than this nobody hears out; the figures are in the frame, and on the page in a table.
LONGEST = 399
# A new sentence begins with a capital; "1. marts" and "min. på" go on.
_NEW_SENTENCE = re.compile(r"(?<=[.!?]) (?=(?:\d+\. )?[A-Z\u00c0-\u00de])")
_A_NUMBER = re.compile(r"\d+\.")
_GOES_ON = "…."


def in_short(said: str, longest: int = LONGEST) -> str:
    """The sentences from the first on that together are no longer than can be heard out."""
    first, *more = _sentences(said)
    if len(first) > longest:
        return first[: longest - len(_GOES_ON)].rsplit(" ", 1)[0].rstrip(" ,;:") + _GOES_ON
    for sentence in more:
        if len(first) + 1 + len(sentence) > longest:
            break
        first += f" {sentence}"
    return first


def _sentences(said: str) -> list[str]:
    """The sentences; one that begins with a number, as a card's question does, keeps it."""
    found: list[str] = []
    for part in _NEW_SENTENCE.split(said):
        if found and _A_NUMBER.fullmatch(found[-1]):
            found[-1] += f" {part}"
        else:
            found.append(part)
    return found
