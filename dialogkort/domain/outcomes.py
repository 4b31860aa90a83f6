"""Outcomes of a card that was turned: one row for each, written here and nowhere else.

The table, the columns of frames and analysis, the bars of charts, the page's buttons and badges look here.
The words are in the catalogue of each language, below `outcome`. An outcome is called as its event is.
"""

from dataclasses import fields
from enum import StrEnum
from typing import NamedTuple

from dialogkort.domain.events import Discussed, Event, PutBack, Skipped


class _Row(NamedTuple):
    """`event` brings it about; `icon` is the page's drawing, `pattern` how it is told apart in a bar.

    With `is_face_down` the card is to be drawn again; with `is_aside` it lies there and was not talked about.
    """

    value: str
    event: type[Event] | None
    icon: str
    pattern: str
    is_face_down: bool = False
    is_aside: bool = False


def _fields_of(event: type[Event] | None) -> tuple[str, ...]:
    """What an event says of its card besides."""
    usual = {field.name for field in fields(Event)} | {"card"}
    return tuple(field.name for field in fields(event) if field.name not in usual) if event else ()


class Outcome(StrEnum):
    """What became of a card that was turned.

    Examples
    --------
    >>> Outcome.PUT_BACK.value, Outcome.PUT_BACK.column
    ('put back', 'put_back')
    >>> Outcome.SKIPPED.fields
    ('reason',)
    """

    event: type[Event] | None
    icon: str
    pattern: str
    is_face_down: bool
    is_aside: bool
    fields: tuple[str, ...]

    OPEN = _Row("open", None, icon="open", pattern="outlined")
    DISCUSSED = _Row("discussed", Discussed, icon="check", pattern="filled")
    SKIPPED = _Row("skipped", Skipped, icon="skip", pattern="hatched", is_aside=True)
    PUT_BACK = _Row("put back", PutBack, icon="putback", pattern="dashed", is_face_down=True)

    def __new__(
        cls,
        value: str,
        event: type[Event] | None,
        icon: str,
        pattern: str,
        is_face_down: bool,
        is_aside: bool,
    ) -> "Outcome":
        """A member that is its stored value, with the rest of its row beside it."""
        self = str.__new__(cls, value)
        self._value_ = value
        self.event, self.icon, self.pattern = event, icon, pattern
        self.is_face_down, self.is_aside = is_face_down, is_aside
        self.fields = _fields_of(event)
        return self

    @property
    def column(self) -> str:
        """The column that counts it, and its key in the catalogue."""
        return self.value.replace(" ", "_")


SETTLED = tuple(outcome for outcome in Outcome if outcome.event)
# As they are counted and stacked in a bar; together they are the cards drawn.
COUNTED = (*SETTLED, Outcome.OPEN)
COLUMNS = tuple(outcome.column for outcome in COUNTED)
EVENTS = tuple(outcome.event for outcome in SETTLED if outcome.event)
_OF_EVENT = {outcome.event: outcome for outcome in SETTLED}


def outcome_of(event: Event) -> Outcome | None:
    """What an event says became of its card; None when it settles none."""
    return _OF_EVENT.get(type(event))
