"""Privacy hints of a screen: the places in a note that may identify somebody."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from dialogkort.privacy.detection import findings, owner_findings, placeholder

MAX_CHECKED = 20_000  # letters: a longest note takes ten seconds to look through, and others wait


def findings_on_screen(content: str, names: tuple[str, ...]) -> list[dict]:
    """The places in a text: the words, where they stand (as a browser counts letters), of what kind.

    Of a note of more than ten pages, in its beginning; before anything is handed on, all is looked through.
    """
    content = content[:MAX_CHECKED]
    return [
        {
            "words": content[finding.start : finding.end],
            "at": len(content[: finding.start].encode("utf-16-le")) // 2,
            "kind": finding.kind,
            "sure": finding.sure,
            "instead": placeholder(finding.kind),
        }
        for finding in findings(content, names)
    ]


def findings_in_notes(notes: Sequence[tuple[str, Sequence[str]]]) -> list[list[dict]]:
    """As `findings_on_screen`, for many notes, each with the names to look for."""
    return [findings_on_screen(content, tuple(names)) for content, names in notes]


def names_of_owners(owners: Iterable[str]) -> set[str]:
    """Those who are to do a next step, by what stands there."""
    return {name for owner in owners for name in _names_in(owner)}


@lru_cache(maxsize=1_024)
def _names_in(owner: str) -> tuple[str, ...]:
    return tuple(
        owner[finding.start : finding.end] for finding in owner_findings(owner) if finding.kind == "name"
    )
