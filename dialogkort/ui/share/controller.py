"""Controller of sharing: the facilitator opens, closes and ends it, and sees who has come."""

from dialogkort.domain.details import OF_WORKSHOP
from dialogkort.domain.event_ids import Id
from dialogkort.domain.event_records import from_record
from dialogkort.domain.events import Described
from dialogkort.errors import InvalidAction
from dialogkort.i18n import text
from dialogkort.sessions.session import validated_description
from dialogkort.sessions.workshop_plan import WorkshopPlan
from dialogkort.ui.controller import Context, Controller, Task
from dialogkort.ui.messages import (
    EndSharing,
    Hello,
    Message,
    RemoveDevice,
    RenewCode,
    SetJoining,
    StartSharing,
    not_understood,
)
from dialogkort.ui.roles import Access
from dialogkort.ui.share.service import SharingService
from dialogkort.ui.share.view import planned_details, proposal_view, shared_plan, sharing_view
from dialogkort.ui.votes import withdraw

_NO_ID = "00000000-0000-7000-8000-000000000000"
_NOBODY = "-"  # a description needs a group, and there is none yet


class ShareController(Controller):
    """One window of sharing.

    Parameters
    ----------
    context, access
        As for every `Controller`.
    sharing : SharingService or None
        Who listens; None where that is not possible, which the window says.
    """

    screen = "share"

    def __init__(self, context: Context, access: Access, sharing: SharingService | None):
        super().__init__(context, access)
        self._sharing = sharing
        self._changed_sessions: set[Id] = set()

    def writes(self, message: Message) -> tuple[Id, ...] | None:
        return None if isinstance(message, RemoveDevice) else ()

    def changed_sessions(self) -> set[Id]:
        return self._changed_sessions

    def handle(self, message: Message) -> Task | None:
        self._changed_sessions = set()
        if isinstance(message, Hello):
            return None
        if self._sharing is None:
            raise InvalidAction(text("sharing.not_here"))
        match message:
            case StartSharing(address=address, details=described, plan=None):
                self._sharing.open(address, workshop_details(described))
            case StartSharing(address=address, plan=plan):
                prepared = self.context.sessions.get(self.store, str(plan), WorkshopPlan)
                details = planned_details(prepared.planned)
                self._sharing.open(address, workshop_details({**details}), prepared.id)
            case SetJoining(is_open=is_open):
                self._sharing.set_joining(is_open)
            case RenewCode():
                self._sharing.renew_code()
            case RemoveDevice(device=device):
                self._remove(self._sharing, device)
            case EndSharing():
                self._sharing.end()
            case _:
                raise not_understood()
        return None

    def _remove(self, sharing: SharingService, device: str) -> None:
        """A device is with the room no more; nor is its vote, where one stands open."""
        status = sharing.status()
        sharing.remove(device)
        session = next((one.session for one in status.devices if one.id == device), None) if status else None
        opened = self.context.votes.of(self.store, session) if session else None
        if opened is not None:
            withdraw(opened, device)
            self._changed_sessions = {opened.plenum.id}

    def show(self) -> None:
        if self._sharing is None:
            self.view.set("sharing", {"state": "unavailable"})
            return
        lobby = self.context.lobby
        rows, _ = lobby.read(self.store)
        status = self._sharing.status()
        choices = [
            {"address": choice.address, "interface": choice.interface}
            for choice in self._sharing.address_choices()
        ]
        proposal = proposal_view(lobby.plans, lobby.newest)
        names = {row["session"]: row["group"] for row in rows}
        if status and lobby.unlisted and any(device.session not in names for device in status.devices):
            names = {id: one.group for id, one in self.store.sessions().items()}
        plan = shared_plan(status, lobby.plans) if status else None
        self.view.set("sharing", sharing_view(status, choices, proposal, names, plan, lobby.plans))


def workshop_details(described: dict[str, object]) -> dict[str, str]:
    """The details of a workshop that its groups begin with. `InvalidAction` when they make no sense."""
    record = {**described, "group": _NOBODY, "what": "described", "id": _NO_ID, "session": _NO_ID}
    try:
        if not set(described) <= set(OF_WORKSHOP):
            raise ValueError
        typed = from_record(record)
    except ValueError:
        raise not_understood() from None
    assert isinstance(typed, Described)  # as `what` says
    checked = validated_description(typed)
    return {name: getattr(checked, name) for name in sorted(OF_WORKSHOP)}
