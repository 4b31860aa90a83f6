"""Days as a page writes them."""

from datetime import date

from dialogkort.i18n import text


def date_read(iso: str) -> str:
    """A day as it is read in the language of the page: `1. marts 2026`; empty when there is none."""
    if not iso:
        return ""
    day = date.fromisoformat(iso)
    return text("page.date", day=day.day, month=text(f"page.months.{day.month}"), year=day.year)
