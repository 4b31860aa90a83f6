"""Days and hours as the reader's language writes them: below `format` in its catalogue."""

from datetime import date, datetime

from dialogkort.i18n import text


def day_in_words(day: date) -> str:
    """A day as it is read: `1. marts 2026` in Danish."""
    return text("format.day", day=day.day, month=text(f"format.months.{day.month}"), year=day.year)


def day_in_numbers(day: date) -> str:
    """A day as it is written in a cell: `01-03-2026` in Danish."""
    return text("format.day_in_numbers", day=f"{day:%d}", month=f"{day:%m}", year=f"{day:%Y}")


def hour(moment: datetime) -> str:
    """The time of day of a moment: `13.05` in Danish."""
    return text("format.hour", hour=f"{moment:%H}", minute=f"{moment:%M}")


def day_and_hour(moment: datetime) -> str:
    """A moment as the clock and the calendar on the wall show it."""
    return text("format.day_and_hour", day=day_in_words(moment), hour=hour(moment))
