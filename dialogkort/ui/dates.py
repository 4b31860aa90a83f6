"""Days as a page writes them."""

from datetime import date

from dialogkort.domain.limits import QUOTED
from dialogkort.i18n.formats import day_in_words


def date_read(iso: str) -> str:
    """A day as it is read in the language of the page: `1. marts 2026`; empty when there is none.

    What came in somebody's file and is no day stands there as it is, so that the rest can be read.
    """
    try:
        return day_in_words(date.fromisoformat(iso)) if iso else ""
    except ValueError:
        return iso[:QUOTED]
