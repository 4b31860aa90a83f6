"""Votes that stand open, as phones and tables see them: what there is to choose, never how it goes.

Read again only where something has happened. Which vote is a session's is looked up by its workshop, so that
a group that joins late votes too. Used on the writer's thread only.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from dialogkort.domain.event_ids import Id
from dialogkort.domain.events import VoteSubject, workshop_of
from dialogkort.domain.notepad import Note
from dialogkort.domain.voting import Vote
from dialogkort.errors import InvalidAction, StoreError
from dialogkort.i18n import text
from dialogkort.sessions.plenum import Plenum
from dialogkort.store import Store
from dialogkort.ui.listed_names import ListedNames
from dialogkort.ui.lobby import Lobby
from dialogkort.ui.messages import CastVote
from dialogkort.ui.open_sessions import OpenSessions
from dialogkort.ui.privacy_hints import findings_on_screen, names_of_owners
from dialogkort.ui.roles import Access, Role
from dialogkort.ui.share.service import PHONE, DeviceStatus

_NEWEST = 5  # plenums in which there was a vote: nobody votes in older ones
_LONGEST_LABEL = 240  # characters of a note on a phone
_Ballot = tuple[Id, tuple[tuple[Id, str], ...]]  # a vote, and what its items are called


@dataclass(frozen=True)
class OpenVote:
    """A vote that stands open: its plenum, and what each item is called."""

    plenum: Plenum
    vote: Vote
    labels: dict[Id, str]

    @cached_property
    def ballot(self) -> _Ballot:
        """What everybody is shown of it."""
        return self.vote.id, tuple(self.labels.items())


class OpenVotes:
    """The open vote of each session's workshop.

    Parameters
    ----------
    lobby : Lobby
        Which knows what has happened, and what sessions there are.
    sessions : OpenSessions
        In which the notes that stand to vote are read.
    listed_names : ListedNames
        Those that are covered in what is shown.
    """

    def __init__(self, lobby: Lobby, sessions: OpenSessions, listed_names: ListedNames):
        self._lobby = lobby
        self._sessions = sessions
        self._listed_names = listed_names
        self._version = -1
        self._unplaced_changes = -1
        self._plenums: dict[Id, Plenum] = {}
        self._by_session: dict[Id, OpenVote] = {}
        self._shown: dict[Id, _Ballot] = {}  # by session what its windows were shown

    def of(self, store: Store, session: Id) -> OpenVote | None:
        """The vote that stands open for a session; None when there is none."""
        self._update(store)
        return self._by_session.get(session)

    def changed(self, store: Store) -> set[Id]:
        """The sessions whose vote was opened or closed, or reads otherwise, since this was asked last.

        What was erased or corrected in one group stands on the phones of all others.
        """
        self._update(store)
        now = {session: opened.ballot for session, opened in self._by_session.items()}
        before, self._shown = self._shown, now
        return {id for id, _ in now.items() ^ before.items()}

    def _update(self, store: Store) -> None:
        if self._lobby.version == self._version:
            return
        changed = self._lobby.changed_since(self._version)
        is_anywhere = self._lobby.unplaced_changes != self._unplaced_changes
        self._version, self._unplaced_changes = self._lobby.version, self._lobby.unplaced_changes
        if is_anywhere or not all(map(self._is_known, changed)):
            self._open_plenums(store)
        for id, plenum in self._plenums.items():
            if is_anywhere or id in changed:
                plenum.catch_up()
        self._by_session = self._open_votes(store)

    def _is_known(self, id: str) -> bool:
        """Whether an id is a group's session, or a plenum that was looked at."""
        return id in self._plenums or self._sessions.peek(id) is not None

    def _open_plenums(self, store: Store) -> None:
        newest = store.plenums_with_votes()[:_NEWEST]
        opened: dict[Id, Plenum] = {}
        for id in newest:
            try:
                opened[id] = self._plenums.get(id) or Plenum(store, id)
            except (InvalidAction, StoreError):  # erased, or it cannot be read: nobody votes there
                continue
        self._plenums = opened

    def _open_votes(self, store: Store) -> dict[Id, OpenVote]:
        """By session the vote that stands open in its workshop, the newest where there are several."""
        votes: dict[Id, OpenVote] = {}
        for plenum in reversed(self._plenums.values()):
            vote = plenum.newest_vote
            if vote is None or vote.is_shown or not plenum.is_open:
                continue
            described = self._lobby.described(store)
            workshops = {workshop_of(described[id]) for id in plenum.sessions if id in described}
            of_workshop = [id for id, details in described.items() if workshop_of(details) in workshops]
            opened = OpenVote(plenum, vote, self._labels(store, plenum, vote, of_workshop))
            votes |= dict.fromkeys(of_workshop, opened)
        return votes

    def _labels(self, store: Store, plenum: Plenum, vote: Vote, sessions: Iterable[Id]) -> dict[Id, str]:
        if vote.subject is VoteSubject.THEMES:
            names = {theme.id: theme.name for theme in plenum.themes}
            return {item: names[item] for item in vote.items if item in names}
        notes = {note.id: note for note in self._notes(store, sessions) if note.id in vote.items}
        owners = names_of_owners(note.owner for note in notes.values() if note.owner)
        names_to_cover = tuple(sorted({*self._listed_names.read(), *owners}))
        return {item: _covered(notes[item].text, names_to_cover) for item in vote.items if item in notes}

    def _notes(self, store: Store, sessions: Iterable[Id]) -> Iterable[Note]:
        for id in sessions:
            try:
                session = self._sessions.peek(id) or self._sessions.get(store, id)
                yield from session.notes
            except (InvalidAction, StoreError):  # it cannot be read: its notes are not shown either
                continue


def cast(opened: OpenVote | None, access: Access, session: Id, message: CastVote) -> None:
    """Take what a phone chooses, or what a table counts. `InvalidAction` when it makes no sense."""
    if opened is None:
        raise InvalidAction(text("plenum.vote_closed"))
    is_phone = access.role is Role.PHONE
    if is_phone == bool(message.counts) and message.items:
        raise InvalidAction(text("session.no_such_move"))
    voter = voter_of(opened.vote, access, session)
    opened.plenum.cast_vote(message.vote, voter, message.items, message.counts)


def withdraw(opened: OpenVote | None, device: str) -> None:
    """Take out the vote of a phone that is with the room no more."""
    if opened is not None:
        opened.plenum.withdraw_ballot(_voter(opened.vote, device))


def phones_that_voted(vote: Vote, devices: Iterable[DeviceStatus]) -> Counter[Id | None]:
    """By session, how many of its phones have a vote: who joins twice can vote twice, and that is seen.

    Under None those that are with the room no more.
    """
    voters = {voter for voter, ballot in vote.ballots.items() if ballot.items and not ballot.hands}
    phones = {_voter(vote, device.id): device.session for device in devices if device.kind == PHONE}
    return Counter(phones.get(voter) for voter in voters)


def voter_of(vote: Vote, access: Access, session: Id) -> str:
    """What tells a phone, or a table, from the others in one vote; of another vote it says nothing."""
    return _voter(vote, access.device if access.role is Role.PHONE else session)


def _voter(vote: Vote, key: str) -> str:
    return sha256(f"{vote.id} {key}".encode()).hexdigest()[:32]


def ballot_view(opened: OpenVote | None, access: Access, session: Id) -> dict | None:
    """What a phone or a table is shown: what it may choose, and what it has chosen itself."""
    if opened is None:
        return None
    ballot = opened.vote.ballots.get(voter_of(opened.vote, access, session))
    return {
        "id": opened.vote.id,
        "choices": opened.vote.choices,
        "items": [{"id": id, "label": label} for id, label in opened.labels.items()],
        "own": dict(ballot.counts) if ballot else {},
    }


def _covered(content: str, names: tuple[str, ...]) -> str:
    """A note in one breath, what may identify somebody covered."""
    covered = " ".join(content.split())[:_LONGEST_LABEL]
    for place in findings_on_screen(covered, names):
        covered = covered.replace(place["words"], place["instead"])
    return covered if len(content) <= _LONGEST_LABEL else f"{covered} …"
