"""Filter for whatever leaves the place where it is kept: nothing that nobody has been shown yet."""

from collections.abc import Iterable

from dialogkort.domain.closing import without_hidden_answers
from dialogkort.domain.events import Event
from dialogkort.domain.silence import without_hidden_notes
from dialogkort.domain.voting import without_hidden_votes


def without_hidden(events: Iterable[Event]) -> list[Event]:
    """The events of sessions and plenums without votes, answers and silent notes that nobody has been shown.

    Each session's events have to be given whole: what shows them is among them.
    """
    return without_hidden_votes(without_hidden_answers(without_hidden_notes(events)))
