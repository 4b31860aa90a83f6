"""Controller for typing in a session that was held on paper: the workshop's, for such sessions alone."""

from collections.abc import Iterable
from datetime import date, datetime

from dialogkort.domain.details import DETAILS
from dialogkort.domain.event_ids import Id, time_of
from dialogkort.domain.events import CardEvent, Event, Turned
from dialogkort.errors import InvalidAction
from dialogkort.i18n import text
from dialogkort.ui.workshop.controller import WorkshopController


class PaperSessionController(WorkshopController):
    """One window in which a session is typed in.

    Parameters
    ----------
    context, access, deck, deck_error
        As for `WorkshopController`.
    """

    screen = "paper_session"
    STARTS_TYPED_IN = True

    def show(self) -> None:
        super().show()
        if self.session is not None:
            self.view.set_keyed("lines", _line_events(self.session.history.effective))

    def _open(self, id: str) -> None:
        if not self.context.sessions.get(self.store, id).is_typed_in:
            raise InvalidAction(text("page.paper.not_on_paper"))
        super()._open(id)

    def _lobby(self) -> dict:
        lobby = super()._lobby()
        typed_in = [row for row in lobby["sessions"] if row["typed_in"]]
        return {**lobby, "sessions": typed_in, "proposal": _proposal(typed_in)}


def _proposal(typed_in: list[dict]) -> dict:
    """The workshop of the session that was typed in last, if that was today: the next group is of it too."""
    if not typed_in or _day_of(typed_in[0]["session"]) != date.today():
        return {}
    return {detail.name: typed_in[0][detail.name] for detail in DETAILS if detail.of_workshop}


def _day_of(session: Id) -> date:
    return datetime.fromtimestamp(time_of(session) / 1000).date()


def _line_events(effective: Iterable[Event]) -> dict[str, object]:
    """By card, the ids of the events that say what became of it: undoing them all takes its line away."""
    lines: dict[str, list[Id]] = {}
    for event in effective:
        if isinstance(event, Turned):
            lines[event.card] = [event.id]
        elif isinstance(event, CardEvent) and event.card in lines:
            lines[event.card].append(event.id)
    return dict(lines)
