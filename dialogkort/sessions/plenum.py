"""One workshop's plenum: a coding project in which the room lays notes together under themes.

Every method that changes something returns when the change is on the disk. What makes no sense is
`InvalidAction` and changes nothing. An act of the room is one step, however many notes it concerns.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from dialogkort.domain import plenum, voting
from dialogkort.domain.coding import mirrored_definitions, normalized_name
from dialogkort.domain.event_ids import Id, new_id
from dialogkort.domain.events import (
    Coded,
    CodeDefined,
    CodingNamed,
    Event,
    HandsCounted,
    PlenumOpened,
    PlenumStep,
    Undone,
    VoteCast,
    VoteOpened,
    VotesShown,
    VoteSubject,
)
from dialogkort.domain.limits import (
    HANDS,
    MAX_BALLOT_CHANGES,
    MAX_BALLOTS,
    MAX_HANDS_AT_A_TABLE,
    MAX_TABLE_CHANGES,
    VOTE_CHOICES,
    VOTE_ITEMS,
)
from dialogkort.domain.plenum import ROOM, Theme
from dialogkort.domain.voting import Vote
from dialogkort.errors import InvalidAction, writable
from dialogkort.i18n import text
from dialogkort.sessions.coding_project import MAX_CODE_LENGTH, Project
from dialogkort.sessions.opening_ids import opening_ids
from dialogkort.store import Store


def open_plenum(store: Store, sessions: Iterable[Id], name: str) -> "Plenum":
    """The plenum of some sessions: the newest that was opened for any of them, else a new one of that name.

    A workshop whose name is corrected, or that is joined by one more group, keeps its plenum.
    """
    chosen = set(sessions)
    return find_plenum(store, chosen) or _begin(store, chosen, name)


def find_plenum(store: Store, sessions: Iterable[Id]) -> "Plenum | None":
    """The newest plenum that was opened for any of some sessions; None when there is none."""
    chosen = set(sessions)
    opened = (id for id, of_workshop in store.plenums().items() if chosen & of_workshop)
    newest = next(opened, None)
    return None if newest is None else Plenum(store, newest)


def _begin(store: Store, sessions: set[Id], name: str) -> "Plenum":
    id = opening_ids.new(_now())
    named = CodingNamed(id=id, session=id, name=" ".join(writable(name).split()) or ROOM)
    opening = new_id(named.at, after=id)
    store.append([named, PlenumOpened(id=opening, session=id, sessions=tuple(sorted(sessions)))])
    return Plenum(store, id)


class Plenum(Project):
    """A plenum that is kept in a store, to go on with."""

    _votes: tuple[Vote, ...] = ()
    _votes_of = (-1, -1)  # the position, and how many events, they were read at

    @property
    def themes(self) -> tuple[Theme, ...]:
        """The themes in use, in the order they were named."""
        return plenum.themes(self._effective)

    @property
    def sessions(self) -> frozenset[Id]:
        """The sessions it was opened for."""
        return plenum.sessions_of(self._effective)

    @property
    def last_act(self) -> tuple[Event, ...]:
        """What `undo_act` would take back."""
        return plenum.last_step(self._effective)

    def gather(self, notes: Mapping[Id, Id], name: str) -> None:
        """Lay notes (each with the session it was noted in) under the theme of a name, which may be new."""
        name = _validated_name(name)
        self._act(lambda: self._laid(notes, name))

    def take_out(self, notes: Mapping[Id, Id]) -> None:
        """Take notes out of the themes they lie under."""
        self._act(lambda: self._laid(notes, None))

    def rename_theme(self, theme: Id, name: str) -> None:
        """Call a theme something else."""
        name = _validated_name(name)
        self._act(lambda: self._defined(theme, name=name))

    def dissolve(self, theme: Id) -> None:
        """Take a theme away; its notes lie by themselves again."""
        self._act(lambda: [*self._emptied(theme), *self._defined(theme, retired=True)])

    def undo_act(self) -> None:
        """Take the room's newest act back, whole; again for the one before it."""
        self.catch_up()
        step = self.last_act
        if not step:
            raise InvalidAction(text("session.nothing_to_undo"))
        self._record_all(
            lambda: [Undone(id=self._new_id(), session=self.id, events=tuple(event.id for event in step))]
        )

    # --- votes ----------------------------------------------------------------------------------------

    @property
    def votes(self) -> tuple[Vote, ...]:
        """All votes, in the order they were opened."""
        if self._votes_of != (self._position, len(self._events)):
            self._votes = voting.votes(self._effective)
            self._votes_of = (self._position, len(self._events))
        return self._votes

    @property
    def newest_vote(self) -> Vote | None:
        """The vote that was opened last, which may be shown by now; None when there was none."""
        return self.votes[-1] if self.votes else None

    def open_vote(self, subject: VoteSubject, items: Iterable[Id], choices: int) -> None:
        """Let the room vote on themes or notes, of which a phone chooses up to `choices`."""
        chosen = tuple(dict.fromkeys(items))
        if len(chosen) not in VOTE_ITEMS:
            raise InvalidAction(text("plenum.vote_items", fewest=VOTE_ITEMS[0], most=VOTE_ITEMS[-1]))
        if choices not in VOTE_CHOICES:
            raise InvalidAction(text("session.no_such_move"))

        def opened() -> Sequence[Event]:
            if self.newest_vote and not self.newest_vote.is_shown:
                raise InvalidAction(text("plenum.vote_is_open"))
            event = VoteOpened(
                id=self._new_id(), session=self.id, items=chosen, subject=subject, choices=choices
            )
            return [event]

        self._record_all(opened)

    def count_hands(self, item: Id, hands: int | None) -> None:
        """Say how many hands went up for something that stands to vote; None takes the count back."""
        if hands is not None and hands not in HANDS:
            raise InvalidAction(text("session.hands", value=hands, most=HANDS[-1]))

        def counted() -> Sequence[Event]:
            if item not in self._open_vote().items:
                raise InvalidAction(text("plenum.vote_closed"))
            return [HandsCounted(id=self._new_id(), session=self.id, note=item, hands=hands)]

        self._record_all(counted)

    def cast_vote(self, vote: Id, voter: str, items: Iterable[Id], hands: Iterable[int] = ()) -> None:
        """Take what a phone chooses, or how many hands a table counts for each item; the last word counts."""
        chosen, counts = tuple(items), tuple(hands)

        def cast() -> Sequence[Event]:
            open_vote = self._open_vote()
            _check_ballot(open_vote, vote, chosen, counts)
            before = open_vote.ballots.get(voter)
            if before is None and len(open_vote.ballots) >= MAX_BALLOTS:
                raise InvalidAction(text("plenum.vote_full"))
            if before is not None and (before.items, before.hands) == (chosen, counts):
                return ()
            self._check_changes(open_vote, voter, is_table=bool(counts or (before and before.hands)))
            # Behind the voter's own last word, and else at the moment the vote was opened: so it says nothing
            # of when somebody voted, nor in which order.
            id = new_id(0, after=before.id if before else open_vote.id)
            return [VoteCast(id=id, session=self.id, vote=vote, voter=voter, items=chosen, hands=counts)]

        self._record_all(cast)

    def withdraw_ballot(self, voter: str) -> None:
        """Take out of the open vote what somebody has cast in it, however often it was changed."""

        def withdrawn() -> Sequence[Event]:
            vote = self._open_vote()
            before = vote.ballots.get(voter)
            if before is None or not before.items:
                return ()
            id = new_id(0, after=before.id)
            return [VoteCast(id=id, session=self.id, vote=vote.id, voter=voter)]

        self._record_all(withdrawn)

    def _check_changes(self, vote: Vote, voter: str, *, is_table: bool) -> None:
        """`InvalidAction` when a phone or a table has changed its vote so often that it fills the store."""
        most = MAX_TABLE_CHANGES if is_table else MAX_BALLOT_CHANGES
        casts = (event for event in self._events if isinstance(event, VoteCast) and event.voter == voter)
        if vote.ballots.get(voter) and sum(event.vote == vote.id for event in casts) >= most:
            raise InvalidAction(text("plenum.vote_changed_often"))

    def show_votes(self, is_shown: bool = True) -> None:
        """Close the vote and show what came of it, or open it again with all that was cast."""

        def shown() -> Sequence[Event]:
            if self.newest_vote is None:
                raise InvalidAction(text("plenum.vote_closed"))
            if self.newest_vote.is_shown == is_shown:
                return ()
            return [VotesShown(id=self._new_id(), session=self.id, is_shown=is_shown)]

        self._record_all(shown)

    def withdraw_vote(self) -> None:
        """Take back that the open vote was opened: nothing of it is shown."""
        self._record_all(lambda: [Undone(id=self._new_id(), session=self.id, events=(self._open_vote().id,))])

    def _open_vote(self) -> Vote:
        vote = self.newest_vote
        if vote is None or vote.is_shown:
            raise InvalidAction(text("plenum.vote_closed"))
        return vote

    # --- acts -----------------------------------------------------------------------------------------

    def _act(self, make: Callable[[], Sequence[Event]]) -> None:
        """Keep the events of one act, in a row and with their mark; nothing when it changes nothing."""

        def marked() -> Sequence[Event]:
            events = _in_a_row(make(), self._new_id())
            if not events:
                return ()
            mark = new_id(events[-1].at, after=events[-1].id)
            acts = tuple(event.id for event in events)
            return [*events, PlenumStep(id=mark, session=self.id, events=acts)]

        self._record_all(marked)

    def _record_all(self, make: Callable[[], Sequence[Event]]) -> None:
        self.catch_up()
        while (events := make()) and not self._append(*events):
            self.catch_up()  # another window was faster: look again whether it makes sense
        self.catch_up()

    def _laid(self, notes: Mapping[Id, Id], name: str | None) -> list[Event]:
        """What lays notes under a theme (with None: under none), as far as they do not lie so already."""
        own = None if name is None else self._theme_called(name)
        theme = own.id if own else self._new_id()
        named = [self._code(theme, name, retired=False)] if name is not None and own is None else []
        lies_in = {note: one.id for one in self.themes for note in one.notes}
        laid: list[Event] = []
        for note, session in notes.items():
            before = lies_in.get(note)
            if before is not None and (name is None or before != theme):
                laid.append(self._coded(note, session, before, applies=False))
            if name is not None and before != theme:
                laid.append(self._coded(note, session, theme, applies=True))
        return [*named, *laid] if laid else []

    def _theme_called(self, name: str) -> Theme | None:
        called = normalized_name(name)
        return next((theme for theme in self.themes if normalized_name(theme.name) == called), None)

    def _emptied(self, theme: Id) -> list[Event]:
        """What takes the notes out of a theme: one of the same name would have them else."""
        notes = next((one.notes for one in self.themes if one.id == theme), ())
        sessions = {note: self.readings[note, ROOM].noted_in for note in notes}
        return [self._coded(note, session, theme, applies=False) for note, session in sessions.items()]

    def _defined(self, theme: Id, *, name: str | None = None, retired: bool = False) -> list[Event]:
        own = next((one for one in self.themes if one.id == theme), None)
        if own is None:
            raise InvalidAction(text("plenum.theme_unknown"))
        if name is not None and (taken := self._theme_called(name) or own) != own:
            raise InvalidAction(text("plenum.theme_taken", name=taken.name))
        event = self._code(theme, own.name if name is None else name, retired=retired)
        return [event, *mirrored_definitions(event, self._effective)]

    def _code(self, theme: Id, name: str, *, retired: bool) -> CodeDefined:
        id = self._new_id()
        return CodeDefined(id=id, session=self.id, code=theme, name=name, retired=retired, coder=ROOM)

    def _coded(self, note: Id, session: Id, theme: Id, *, applies: bool) -> Coded:
        id = self._new_id()
        return Coded(
            id=id, session=self.id, note=note, noted_in=session, code=theme, applies=applies, coder=ROOM
        )


def _in_a_row(events: Sequence[Event], id: Id) -> list[Event]:
    """Events with ids that follow each other, in the order they are given."""
    numbered: list[Event] = []
    for event in events:
        numbered.append(replace(event, id=id))
        id = new_id(numbered[-1].at, after=id)
    return numbered


def _check_ballot(open_vote: Vote, vote: Id, items: tuple[Id, ...], hands: tuple[int, ...]) -> None:
    """`InvalidAction` when somebody votes in another vote, or for more than they may."""
    if open_vote.id != vote:
        raise InvalidAction(text("plenum.vote_closed"))
    if len(set(items)) < len(items) or not set(items) <= set(open_vote.items):
        raise InvalidAction(text("session.no_such_move"))
    if not hands and len(items) > open_vote.choices:
        raise InvalidAction(text("plenum.vote_choices", most=open_vote.choices))
    if hands and (len(hands) != len(items) or not all(0 < count <= MAX_HANDS_AT_A_TABLE for count in hands)):
        raise InvalidAction(text("plenum.vote_hands", most=MAX_HANDS_AT_A_TABLE))


def _validated_name(name: str) -> str:
    name = " ".join(writable(name).split())
    if not name:
        raise InvalidAction(text("plenum.theme_missing"))
    if len(name) > MAX_CODE_LENGTH:
        raise InvalidAction(text("plenum.theme_too_long", value=name[:40], longest=MAX_CODE_LENGTH))
    return name


def _now() -> int:
    return time.time_ns() // 1_000_000
