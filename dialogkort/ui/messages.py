"""Messages from a browser to a screen: typed, and validated where they come in.

One protocol for both adapters. A message is a JSON object with a `type`; what is not of a form below is
`InvalidAction`, whoever sent it.
"""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from dialogkort.domain.event_ids import Id, is_id
from dialogkort.domain.event_records import from_record
from dialogkort.domain.events import Event
from dialogkort.errors import InvalidAction
from dialogkort.i18n import text

_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class Message:
    """Something a browser has said; `id` (a UUIDv7) is what the reply is to."""

    id: Id | None = None


@dataclass(frozen=True, kw_only=True)
class Hello(Message):
    """The first word of every page and of every line that was laid anew: show me all there is."""

    session: str | None = None


@dataclass(frozen=True, kw_only=True)
class RecordEvent(Message):
    """An event of `dialogkort.domain.events` has happened on the page."""

    event: Event


@dataclass(frozen=True, kw_only=True)
class Undo(Message):
    """An `Undone` that names the last event of a step: all of the step is taken back."""

    event: Event


@dataclass(frozen=True, kw_only=True)
class Redact(Message):
    """A note goes on as another one, and the one there was is erased for good."""

    event: Event


@dataclass(frozen=True, kw_only=True)
class Start(Message):
    """Begin a session; `details` are the fields of `events.Described`.

    Of a workshop that was prepared `plan` names its plan, and of the details only the group's own count.
    `follows` are the sessions of an earlier workshop that it follows up.
    """

    details: dict[str, object]
    plan: str | None = None
    follows: tuple[Id, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CopyPlan(Message):
    """A new plan that reads as another one, for the next time."""

    session: str


@dataclass(frozen=True, kw_only=True)
class PlanFollowUp(Message):
    """Prepare the follow-up of an earlier workshop's sessions: `details` say what it is called and where."""

    details: dict[str, object]
    follows: tuple[Id, ...]


@dataclass(frozen=True, kw_only=True)
class Open(Message):
    """Go on with a session."""

    session: str


@dataclass(frozen=True, kw_only=True)
class Leave(Message):
    """Back to the lobby."""


@dataclass(frozen=True, kw_only=True)
class ShowOverview(Message):
    """Draw what was talked about: of `group` or `workshop`, or of the workshop with a key (None: of all).

    On the overview's page it is protected unless `for_my_eyes`.
    """

    scope: str = "group"
    workshop: str | None = None
    for_my_eyes: bool = False


@dataclass(frozen=True, kw_only=True)
class ShowThenAndNow(Message):
    """Hold a follow-up against the workshop that it follows up: the session's at hand, or that with a key.

    On the overview's page also all there are (None). Protected unless `for_my_eyes`; drawn for dark paper
    when `is_dark`.
    """

    workshop: str | None = None
    for_my_eyes: bool = False
    is_dark: bool = False


@dataclass(frozen=True, kw_only=True)
class ShowHelp(Message):
    """Show the guide for facilitators and IT departments."""


@dataclass(frozen=True, kw_only=True)
class ExportNotes(Message):
    """Make a file of a session's notes, of its whole `workshop`'s (`scope`), or of everything there is.

    Also of the workshop with a key. `checked`: what may identify somebody was shown, and is to stay.
    """

    session: str | None = None
    scope: str = "group"
    workshop: str | None = None
    form: str = "data"
    checked: bool = False


@dataclass(frozen=True, kw_only=True)
class ImportFiles(Message):
    """Take in files that were handed in (see `uploads`): one file, or those of one folder."""

    uploads: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ReadDeck(Message):
    """Read the cards of a file that was handed in (see `uploads`)."""

    uploads: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CheckDeck(Message):
    """Look through cards that were edited (see `decks.editing`)."""

    deck: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class SaveDeck(Message):
    """Make a new file of cards that were edited."""

    deck: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class UseDeck(Message):
    """Let a plan choose from cards that were edited, `adds`: beside those it has, else in their place.

    With no `deck`, from the deck that plans begin with.
    """

    session: str
    deck: dict[str, object] | None = None
    adds: bool = False


@dataclass(frozen=True, kw_only=True)
class KeepCatalogue(Message):
    """Keep a file that was handed in (see `uploads`) beside the notes: a catalogue for the tables."""

    uploads: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class FetchCatalogue(Message):
    """Hand over the catalogue's file of the workshop at hand."""


@dataclass(frozen=True, kw_only=True)
class PrintDeck(Message):
    """Make PDF files of the deck to print: all there are, or one `sheet`; of the cards of an area, or all."""

    sheet: str = "all"
    area: str | None = None
    backs: bool = True
    shift: tuple[float, float] = (0, 0)


@dataclass(frozen=True, kw_only=True)
class Erase(Message):
    """Erase sessions, or one note of the session at hand, for good."""

    sessions: tuple[Id, ...] = ()
    note: Id | None = None


@dataclass(frozen=True, kw_only=True)
class SignIn(Message):
    """Say who codes, and what: a project, or with None a new one called `name`."""

    coder: str
    session: str | None = None
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Compare(Message):
    """Hold what the coders have said against each other."""


@dataclass(frozen=True, kw_only=True)
class ShowPlenum(Message):
    """Show the groups and notes of the workshop with a key."""

    workshop: str


@dataclass(frozen=True, kw_only=True)
class GatherNotes(Message):
    """Lay notes together under the theme that is called `name`; with none, take them out of theirs."""

    notes: tuple[Id, ...]
    name: str


@dataclass(frozen=True, kw_only=True)
class RenameTheme(Message):
    """Call a theme something else."""

    theme: Id
    name: str


@dataclass(frozen=True, kw_only=True)
class DissolveTheme(Message):
    """Take a theme away; its notes lie by themselves again."""

    theme: Id


@dataclass(frozen=True, kw_only=True)
class UndoPlenum(Message):
    """Take back what the room did last with its themes: the act whose last event is `act`."""

    act: Id


@dataclass(frozen=True, kw_only=True)
class OpenVote(Message):
    """Let the room vote on themes, steps or notes; a phone chooses up to `choices` of them."""

    subject: str
    items: tuple[Id, ...]
    choices: int


@dataclass(frozen=True, kw_only=True)
class CountHands(Message):
    """So many hands went up in the room for something that stands to vote; None takes the count back."""

    item: Id
    hands: int | None = None


@dataclass(frozen=True, kw_only=True)
class ShowVotes(Message):
    """Close the vote and show what came of it, or open it again."""

    is_shown: bool


@dataclass(frozen=True, kw_only=True)
class WithdrawVote(Message):
    """Take back that a vote was opened."""


@dataclass(frozen=True, kw_only=True)
class CastVote(Message):
    """What a phone chooses, or with `counts` how many hands a table counts for each item."""

    vote: Id
    items: tuple[Id, ...]
    counts: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StartSharing(Message):
    """Share with the room at an address, or at another one.

    The workshop is the one that was prepared as `plan`; without a plan `details` say which it is.
    """

    address: str
    details: dict[str, object] = dataclasses.field(default_factory=dict)
    plan: str | None = None


@dataclass(frozen=True, kw_only=True)
class SetJoining(Message):
    """Let new devices in, or no more of them."""

    is_open: bool


@dataclass(frozen=True, kw_only=True)
class RenewCode(Message):
    """Another code to join by."""


@dataclass(frozen=True, kw_only=True)
class RemoveDevice(Message):
    """Take its address from a device that has joined."""

    device: str


@dataclass(frozen=True, kw_only=True)
class EndSharing(Message):
    """Share no more."""


@dataclass(frozen=True, kw_only=True)
class ShowCode(Message):
    """A device shows the code, and asks what it would join."""

    code: str


@dataclass(frozen=True, kw_only=True)
class Join(Message):
    """A device joins a group: one there is (by `session`) or a new one called `name`.

    `prepared`: the name was pressed on the list of those that were prepared, and somebody else may have
    begun that group meanwhile.
    """

    code: str
    session: str | None = None
    name: str = ""
    prepared: bool = False
    device: str = "both"


MESSAGES: dict[str, type[Message]] = {
    "hello": Hello,
    "event": RecordEvent,
    "undo": Undo,
    "redact": Redact,
    "start": Start,
    "copy_plan": CopyPlan,
    "plan_follow_up": PlanFollowUp,
    "open": Open,
    "leave": Leave,
    "overview": ShowOverview,
    "then_and_now": ShowThenAndNow,
    "help": ShowHelp,
    "export": ExportNotes,
    "import": ImportFiles,
    "print": PrintDeck,
    "read_deck": ReadDeck,
    "check_deck": CheckDeck,
    "save_deck": SaveDeck,
    "use_deck": UseDeck,
    "keep_catalogue": KeepCatalogue,
    "catalogue": FetchCatalogue,
    "erase": Erase,
    "sign_in": SignIn,
    "compare": Compare,
    "show_plenum": ShowPlenum,
    "gather": GatherNotes,
    "rename_theme": RenameTheme,
    "dissolve_theme": DissolveTheme,
    "undo_plenum": UndoPlenum,
    "open_vote": OpenVote,
    "count_hands": CountHands,
    "show_votes": ShowVotes,
    "withdraw_vote": WithdrawVote,
    "cast_vote": CastVote,
    "start_sharing": StartSharing,
    "set_joining": SetJoining,
    "renew_code": RenewCode,
    "remove_device": RemoveDevice,
    "end_sharing": EndSharing,
    "show_code": ShowCode,
    "join": Join,
}


def read_message(record: object) -> Message:
    """The message of a JSON object.

    Raises
    ------
    InvalidAction
        When it is of no form that is known.

    Examples
    --------
    >>> read_message({"type": "leave"})
    Leave(id=None)
    """
    try:
        fields = dict(_exactly(dict)(record))
        kind = MESSAGES[fields.pop("type")]
        readers = _READERS[kind]
        return kind(**{name: readers[name](value) for name, value in fields.items()})
    except (AttributeError, KeyError, TypeError, ValueError):
        raise not_understood() from None


def reply_id(record: object) -> Id | None:
    """What a reply to a message is to, also when the message is of no form: its id, or its event's."""
    if not isinstance(record, Mapping):
        return None
    event = record.get("event")
    id = (event if isinstance(event, Mapping) else record).get("id")
    return id if is_id(id) else None


def not_understood() -> InvalidAction:
    """Page and server do not speak the same language."""
    return InvalidAction(text("page.refused.not_understood"))


def _exactly(kind: type[_T]) -> Callable[[object], _T]:
    def read(value: object) -> _T:
        if type(value) is not kind:
            raise ValueError
        return value

    return read


def _or_none(read: Callable[[object], _T]) -> Callable[[object], _T | None]:
    return lambda value: None if value is None else read(value)


def _id(value: object) -> Id:
    if not is_id(value):
        raise ValueError
    return value


def _ids(value: object) -> tuple[Id, ...]:
    return tuple(map(_id, _exactly(list)(value)))


def _numbers(value: object) -> tuple[int, ...]:
    return tuple(map(_exactly(int), _exactly(list)(value)))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(_exactly(str), _exactly(list)(value)))


def _shift(value: object) -> tuple[float, float]:
    """Millimetres to the right and down."""
    right, down = (float(number) for number in _exactly(list)(value) if type(number) in (int, float))
    return right, down


_FIELDS: dict[str, Callable] = {
    "id": lambda value: value if is_id(value) else None,
    "session": _or_none(_exactly(str)),
    "event": lambda value: from_record(_exactly(dict)(value)),
    "details": _exactly(dict),
    "plan": _or_none(_exactly(str)),
    "scope": _exactly(str),
    "workshop": _or_none(_exactly(str)),
    "for_my_eyes": _exactly(bool),
    "is_dark": _exactly(bool),
    "sessions": _ids,
    "follows": _ids,
    "uploads": _texts,
    "note": _id,
    "notes": _ids,
    "theme": _id,
    "act": _id,
    "subject": _exactly(str),
    "items": _ids,
    "choices": _exactly(int),
    "item": _id,
    "hands": _or_none(_exactly(int)),
    "is_shown": _exactly(bool),
    "vote": _id,
    "counts": _numbers,
    "coder": _exactly(str),
    "name": _exactly(str),
    "form": _exactly(str),
    "checked": _exactly(bool),
    "sheet": _exactly(str),
    "area": _or_none(_exactly(str)),
    "backs": _exactly(bool),
    "deck": _exactly(dict),
    "adds": _exactly(bool),
    "shift": _shift,
    "address": _exactly(str),
    "is_open": _exactly(bool),
    "prepared": _exactly(bool),
    "code": _exactly(str),
    "device": _exactly(str),
}
_READERS: dict[type[Message], dict[str, Callable]] = {
    kind: {field.name: _FIELDS[field.name] for field in dataclasses.fields(kind)}
    for kind in MESSAGES.values()
}
_READERS |= {kind: {"id": _FIELDS["id"], "session": _exactly(str)} for kind in (Open, CopyPlan)}
_READERS |= {ShowPlenum: {"id": _FIELDS["id"], "workshop": _exactly(str)}}
_READERS[UseDeck] |= {"session": _exactly(str), "deck": _or_none(_exactly(dict))}
