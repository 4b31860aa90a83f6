"""Roles and access rights, which follow from a window's address and never from what it says."""

from dataclasses import dataclass
from enum import StrEnum

from dialogkort.ui.messages import (
    Compare,
    Erase,
    Export,
    Hello,
    Leave,
    Message,
    Open,
    RecordEvent,
    Redact,
    ShowOverview,
    SignIn,
    Start,
    Undo,
)


class Role(StrEnum):
    """What an address is for."""

    FACILITATOR = "facilitator"  # everything
    GROUP = "group"  # one session: its table and its notes
    READER = "reader"  # one session: to look at


_RIGHTS: dict[Role, tuple[type[Message], ...]] = {
    Role.FACILITATOR: (
        Hello,
        RecordEvent,
        Undo,
        Redact,
        Start,
        Open,
        Leave,
        ShowOverview,
        Export,
        Erase,
        SignIn,
        Compare,
    ),
    Role.GROUP: (Hello, RecordEvent, Undo, Redact, ShowOverview),
    Role.READER: (Hello, ShowOverview),
}


@dataclass(frozen=True)
class Access:
    """What an address gives: a role and, unless it is the facilitator's, the one session it is for."""

    role: Role = Role.FACILITATOR
    session: str | None = None

    def __post_init__(self) -> None:
        if (self.role is Role.FACILITATOR) != (self.session is None):
            raise ValueError(f"{self.role} with session {self.session!r}")

    def allows(self, message: Message) -> bool:
        """Whether a message may come from this address."""
        if not isinstance(message, _RIGHTS[self.role]):
            return False
        if self.session is None:
            return True
        if isinstance(message, RecordEvent | Undo | Redact):
            return message.event.session == self.session
        if isinstance(message, ShowOverview):
            return message.scope == "group" and message.workshop is None and not message.for_my_eyes
        return getattr(message, "session", None) in (None, self.session)
