"""Controller of a participant's own phone: the card in hand, what is written alone, and the own vote."""

from dialogkort.domain.event_ids import Id
from dialogkort.domain.events import SilentlyNoted
from dialogkort.errors import InvalidAction
from dialogkort.i18n import text
from dialogkort.sessions.session import Session
from dialogkort.ui.controller import Context, Controller, Task
from dialogkort.ui.messages import CastVote, Hello, Message, RecordEvent, not_understood
from dialogkort.ui.roles import Access
from dialogkort.ui.share.phone_view import phone_view
from dialogkort.ui.votes import ballot_view, cast


class PhoneController(Controller):
    """One window of a phone. What its role may record is said in `roles`, and nothing else comes this far.

    Parameters
    ----------
    context, access
        As for every `Controller`; the access is for one session.
    """

    screen = "phone"

    def __init__(self, context: Context, access: Access):
        super().__init__(context, access)
        self.session: Session | None = None
        self._changed_sessions: set[Id] = set()

    def writes(self, message: Message) -> tuple[Id, ...] | None:
        if isinstance(message, CastVote):
            return None
        return (message.event.session,) if isinstance(message, RecordEvent) else ()

    def changed_sessions(self) -> set[Id]:
        return self._changed_sessions

    def handle(self, message: Message) -> Task | None:
        self._changed_sessions = set()
        match message:
            case Hello():
                self._open()
            case RecordEvent(event=SilentlyNoted() as event):
                self._hand_in(event, self._open())
            case CastVote():
                session = self._open().id
                opened = self.context.votes.of(self.store, session)
                cast(opened, self.access, session, message)
                self._changed_sessions = {opened.plenum.id} if opened else set()
            case _:
                raise not_understood()
        return None

    def _hand_in(self, event: SilentlyNoted, session: Session) -> None:
        is_known = event.id in session.history
        round = session.history.silence.rounds.get(event.card)
        if round and not is_known:
            self.context.hand_ins.check(round.begun, self.access)
        session.record(event)
        if round and not is_known:
            self.context.hand_ins.count(round.begun, self.access)

    def show(self) -> None:
        self.catch_up()
        session = self.session
        if session is not None and session.is_erased:
            self.context.sessions.drop(session.id)
            self.close()
            self.view.set("phone", None)
            raise InvalidAction(text("session.erased"))
        self.view.set("phone", self._view(session) if session else None)

    def _view(self, session: Session) -> dict:
        opened = self.context.votes.of(self.store, session.id)
        return {**phone_view(session), "vote": ballot_view(opened, self.access, session.id)}

    def close(self) -> None:
        if self.session is not None:
            self.context.sessions.leave(self.session.id)
            self.session = None

    def _open(self) -> Session:
        if self.session is None:
            session = self.context.sessions.get(self.store, str(self.access.session))
            self.context.sessions.join(session.id)
            self.session = session
        return self.session
