"""Roles and access rights, which follow from a window's address and never from what it says."""

from dataclasses import dataclass
from enum import StrEnum

from dialogkort.domain.events import (
    Event,
    FollowUpMarked,
    HandsCounted,
    RetentionSet,
    SilentlyNoted,
    VotesShown,
)
from dialogkort.ui.messages import (
    CastVote,
    CheckDeck,
    Compare,
    CopyPlan,
    CountHands,
    DissolveTheme,
    EndSharing,
    Erase,
    ExportNotes,
    FetchCatalogue,
    GatherNotes,
    Hello,
    ImportFiles,
    Join,
    KeepCatalogue,
    Leave,
    Message,
    Open,
    OpenVote,
    PlanFollowUp,
    PrintDeck,
    ReadDeck,
    RecordEvent,
    Redact,
    RemoveDevice,
    RenameTheme,
    RenewCode,
    SaveDeck,
    SetJoining,
    ShowCode,
    ShowHelp,
    ShowOverview,
    ShowPlenum,
    ShowThenAndNow,
    ShowVotes,
    SignIn,
    Start,
    StartSharing,
    Undo,
    UndoPlenum,
    UseDeck,
    WithdrawVote,
)


class Role(StrEnum):
    """What an address is for."""

    FACILITATOR = "facilitator"  # everything
    GROUP = "group"  # one session: its table and its notes
    READER = "reader"  # one session: to look at
    PHONE = "phone"  # one session: to see the card in hand, hand in what one wrote alone, and vote
    JOINER = "joiner"  # nothing yet: to show a code, and choose a group


_RIGHTS: dict[Role, tuple[type[Message], ...]] = {
    Role.FACILITATOR: (
        Hello,
        RecordEvent,
        Undo,
        Redact,
        Start,
        Open,
        CopyPlan,
        PlanFollowUp,
        Leave,
        ShowOverview,
        ShowThenAndNow,
        ShowHelp,
        ExportNotes,
        ImportFiles,
        PrintDeck,
        ReadDeck,
        CheckDeck,
        SaveDeck,
        UseDeck,
        KeepCatalogue,
        FetchCatalogue,
        Erase,
        SignIn,
        Compare,
        ShowPlenum,
        GatherNotes,
        RenameTheme,
        DissolveTheme,
        UndoPlenum,
        OpenVote,
        CountHands,
        ShowVotes,
        WithdrawVote,
        CastVote,
        StartSharing,
        SetJoining,
        RenewCode,
        RemoveDevice,
        EndSharing,
    ),
    Role.GROUP: (Hello, RecordEvent, Undo, Redact, ShowOverview, ExportNotes, FetchCatalogue, CastVote),
    Role.READER: (Hello, ShowOverview, FetchCatalogue),
    Role.PHONE: (Hello, RecordEvent, CastVote),
    Role.JOINER: (Hello, ShowCode, Join),
}
# The only kinds of events that may come from a participant's own phone.
OF_PHONES: tuple[type[Event], ...] = (SilentlyNoted,)
# What is decided for a whole workshop: the facilitator's, at no group's own address.
OF_FACILITATORS: tuple[type[Event], ...] = (FollowUpMarked, RetentionSet, HandsCounted, VotesShown)
_WITHOUT_SESSION = (Role.FACILITATOR, Role.JOINER)


_OWN = ("group", None)  # what a question is about that asks for one session's own


@dataclass(frozen=True)
class Access:
    """What an address gives: a role and, where it is a group's or a reader's, the one session it is for.

    `device` tells a phone from the others (see `DeviceStatus.id`) and `peer` is where it calls from; nothing
    is kept by either.
    """

    role: Role = Role.FACILITATOR
    session: str | None = None
    device: str = ""
    peer: str = ""

    def __post_init__(self) -> None:
        if (self.role in _WITHOUT_SESSION) != (self.session is None):
            raise ValueError(f"{self.role} with session {self.session!r}")

    @property
    def screen(self) -> str:
        """The screen that stands at a group's or a phone's address."""
        return "phone" if self.role is Role.PHONE else "workshop"

    @property
    def export_scopes(self) -> tuple[str, ...]:
        """What files may be made of here: of the `group` at hand, and of all of its `workshop`."""
        if ExportNotes not in _RIGHTS[self.role]:
            return ()
        return ("group", "workshop") if self.session is None else ("group",)

    def allows(self, message: Message) -> bool:
        """Whether a message may come from this address."""
        if not isinstance(message, _RIGHTS[self.role]):
            return False
        if self.session is None:
            return True
        if isinstance(message, RecordEvent | Undo | Redact):
            is_of_role = not isinstance(message.event, OF_FACILITATORS)
            if self.role is Role.PHONE:
                is_of_role = isinstance(message.event, OF_PHONES)
            return is_of_role and message.event.session == self.session
        if isinstance(message, ShowOverview | ExportNotes) and (message.scope, message.workshop) != _OWN:
            return False
        if isinstance(message, ShowOverview):
            return not message.for_my_eyes
        if isinstance(message, ExportNotes):
            return message.session == self.session
        return getattr(message, "session", None) in (None, self.session)
