"""Alternative text of a chart, cut to whole sentences that can be heard out."""

import re

# Longer than this nobody hears out; the figures are in the frame, and on the page in a table.
LONGEST = 399
# A new sentence begins with a capital; "1. marts" and "min. på" go on.
_NEW_SENTENCE = re.compile(r"(?<=[.!?]) (?=(?:\d+\. )?[A-Z\u00c0-\u00de])")
_A_NUMBER = re.compile(r"\d+\.")
_GOES_ON = "…."


def in_short(sentences: str, longest: int = LONGEST) -> str:
    """The sentences from the first on that together are no longer than can be heard out.

    Examples
    --------
    >>> in_short("Kort er godt. Langt er værre.", longest=20)
    'Kort er godt.'
    """
    first, *more = _sentences(sentences)
    if len(first) > longest:
        return first[: longest - len(_GOES_ON)].rsplit(" ", 1)[0].rstrip(" ,;:") + _GOES_ON
    for sentence in more:
        if len(first) + 1 + len(sentence) > longest:
            break
        first += f" {sentence}"
    return first


def _sentences(spoken: str) -> list[str]:
    """The sentences; one that begins with a number, as a card's question does, keeps it."""
    sentences: list[str] = []
    for part in _NEW_SENTENCE.split(spoken):
        if sentences and _A_NUMBER.fullmatch(sentences[-1]):
            sentences[-1] += f" {part}"
        else:
            sentences.append(part)
    return sentences
