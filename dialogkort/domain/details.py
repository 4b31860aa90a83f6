"""Details of a session: one row for each, from which form, checks and columns follow.

A detail is a field of `events.Described` and a column of the sessions' frame; its label is in the catalogues,
below `page.start`.
"""

from typing import Literal, NamedTuple, Required, TypedDict


class Detail(NamedTuple):
    """A detail of a session.

    Without a `required` one there is no session; the page also asks for what is `expected`. What is
    `of_workshop` is the same for all groups of it, and is proposed to the next. `autofill` is what a browser
    calls it, `choices` is what the page offers.
    """

    name: str
    kind: Literal["text", "day", "count", "choice"] = "text"
    required: bool = False
    expected: bool = False
    of_workshop: bool = False
    autofill: str = "off"
    choices: tuple[str, ...] = ()


DETAILS = (
    Detail("workshop", required=True, of_workshop=True),
    Detail("organisation", of_workshop=True, autofill="organization"),
    Detail("unit", of_workshop=True),
    Detail("date", "day", expected=True, of_workshop=True),
    Detail("group", required=True),
    Detail("participants", "count"),
    Detail(
        "note_taker",
        "choice",
        choices=("leader", "employee", "staff representative", "consultant", "other"),
    ),
)
NAMES = tuple(detail.name for detail in DETAILS)
OF_WORKSHOP = tuple(detail.name for detail in DETAILS if detail.of_workshop)


class Details(TypedDict, total=False):
    """The details by name, as a session is begun and described with them."""

    workshop: Required[str]
    organisation: str
    unit: str
    date: str
    group: str
    participants: int | None
    note_taker: str
