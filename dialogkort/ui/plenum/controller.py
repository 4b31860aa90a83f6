"""Controller of the plenum: a workshop's groups as they work, their notes, and themes named in the room."""

from collections.abc import Iterable, Mapping
from contextlib import suppress

from dialogkort.domain.event_ids import Id
from dialogkort.domain.events import Event, Noted, NoteKind, VoteSubject
from dialogkort.domain.limits import HANDS
from dialogkort.domain.voting import Vote
from dialogkort.errors import InvalidAction
from dialogkort.i18n import text
from dialogkort.sessions.plenum import Plenum, find_plenum, open_plenum
from dialogkort.sessions.workshop_plan import find_plan
from dialogkort.ui.controller import Context, Controller, Task
from dialogkort.ui.group_names import groups_in_order
from dialogkort.ui.listed_workshops import workshop_name, workshop_rows
from dialogkort.ui.messages import (
    CountHands,
    DissolveTheme,
    GatherNotes,
    Hello,
    Message,
    OpenVote,
    RecordEvent,
    RenameTheme,
    ShowPlenum,
    ShowVotes,
    UndoPlenum,
    WithdrawVote,
    not_understood,
)
from dialogkort.ui.plenum.room import Room
from dialogkort.ui.plenum.view import areas_of, cards_of_several, devices_view, themes_view, vote_view
from dialogkort.ui.privacy_hints import names_of_owners
from dialogkort.ui.roles import Access
from dialogkort.ui.share.service import DeviceSource, DeviceStatus
from dialogkort.ui.votes import phones_that_voted

_OF_THEMES = (GatherNotes, RenameTheme, DissolveTheme, UndoPlenum)
_GONE = "gone"  # in place of a session: phones that have voted and are with the room no more
_OF_VOTES = (OpenVote, CountHands, ShowVotes, WithdrawVote)


class PlenumController(Controller):
    """One window of the plenum.

    Parameters
    ----------
    context, access
        As for every `Controller`.
    sharing : DeviceSource or None
        Who knows which devices are there; None where nothing is shared.
    """

    screen = "plenum"
    needs_every_finding = True  # what was not looked through stays covered

    def __init__(self, context: Context, access: Access, sharing: DeviceSource | None):
        super().__init__(context, access)
        self._sharing = sharing
        self._room = Room(context)
        self._plenum: Plenum | None = None
        self._names: frozenset[str] = frozenset()  # that were looked for in all notes
        self._to_check: dict[str, str] = {}
        self._changed_sessions: set[Id] = set()

    # --- what the page says ---------------------------------------------------------------------------

    def writes(self, message: Message) -> tuple[Id, ...] | None:
        if isinstance(message, RecordEvent):
            return (message.event.session,)
        return None if isinstance(message, (*_OF_THEMES, *_OF_VOTES)) else ()

    def changed_sessions(self) -> set[Id]:
        return self._changed_sessions

    def handle(self, message: Message) -> Task | None:
        self._changed_sessions = set()
        match message:
            case Hello():
                pass
            case ShowPlenum(workshop=key):
                self._choose(key)
            case RecordEvent(event=event):
                self._correct(event)
            case _ if isinstance(message, _OF_THEMES):
                self._act(message)
            case _ if isinstance(message, _OF_VOTES):
                self._vote(message)
            case _:
                raise not_understood()
        return None

    def close(self) -> None:
        self._room.close()

    def _choose(self, key: str) -> None:
        if key not in self._room.workshops:
            raise not_understood()  # it was erased meanwhile, say
        self._room.choose(key)
        self._plenum = None

    def _correct(self, event: Event) -> None:
        """A note is corrected in the room: a version of it as those are that its group writes."""
        if not isinstance(event, Noted) or event.session not in self._room.groups:
            raise not_understood()
        session = self.context.sessions.get(self.store, event.session)
        is_known = event.id in session.history or event.note in {note.id for note in session.notes}
        if not is_known:
            raise InvalidAction(text("plenum.note_gone"))
        session.record(event)

    def _act(self, message: Message) -> None:
        """Do what the room does with its themes."""
        plenum = self._open_plenum()
        match message:
            case GatherNotes(notes=notes, name=name):
                chosen = {note: self._session_of(note) for note in notes}
                if name.strip():
                    plenum.gather(chosen, name)
                else:
                    plenum.take_out(chosen)
            case RenameTheme(theme=theme, name=name):
                plenum.rename_theme(theme, name)
            case DissolveTheme(theme=theme):
                plenum.dissolve(theme)
            case UndoPlenum(act=act) if plenum.last_act and plenum.last_act[-1].id == act:
                plenum.undo_act()
        self._changed_sessions = {plenum.id}

    def _vote(self, message: Message) -> None:
        """Do what the room does with its vote."""
        plenum = self._open_plenum()
        self._changed_sessions = {plenum.id}
        match message:
            case OpenVote(subject=subject, items=items, choices=choices):
                plenum.open_vote(self._subject_of(subject, items), items, choices)
            case CountHands(item=item, hands=hands):
                plenum.count_hands(item, hands)
                return
            case ShowVotes(is_shown=is_shown):
                plenum.show_votes(is_shown)
                self._write_down(plenum.newest_vote)
            case WithdrawVote():
                plenum.withdraw_vote()
        self._changed_sessions = {plenum.id, *self._room.groups}  # their phones are shown it

    def _subject_of(self, subject: str, items: tuple[Id, ...]) -> VoteSubject:
        """What a vote is on. `InvalidAction` when something of it is not there (any more)."""
        plenum = self._open_plenum()
        notes = {note: view for group in self._room.groups.values() for note, view in group.notes.items()}
        votable = {
            VoteSubject.THEMES: {theme.id for theme in plenum.themes},
            VoteSubject.STEPS: {note for note, view in notes.items() if view["kind"] == NoteKind.NEXT_STEP},
            VoteSubject.NOTES: notes.keys(),
        }
        if subject not in votable:
            raise not_understood()
        if not votable[VoteSubject(subject)] >= set(items):
            raise InvalidAction(text("plenum.note_gone"))
        return VoteSubject(subject)

    def _write_down(self, vote: Vote | None) -> None:
        """Write what notes got beside them, in their groups' sessions: so it goes where they go."""
        if vote is None or vote.subject is VoteSubject.THEMES:
            return
        for result in vote.results:
            with suppress(InvalidAction):  # its group has taken the note away
                session = self.context.sessions.get(self.store, self._session_of(result.item))
                if vote.is_shown:
                    session.count_hands(result.item, min(result.total, HANDS[-1]))
                if session.history.closing.votes_shown != vote.is_shown:
                    session.show_votes(vote.is_shown)

    def _open_plenum(self) -> Plenum:
        if self._plenum is None:
            self._room.update(self.store)
            identity = self._room.identity
            if identity is None:
                raise not_understood()
            name = text("plenum.name", workshop=workshop_name(identity))
            self._plenum = open_plenum(self.store, self._room.groups, name)
        self._plenum.catch_up()
        return self._plenum

    def _session_of(self, note: Id) -> Id:
        for session, group in self._room.groups.items():
            if note in group.notes:
                return session
        raise InvalidAction(text("plenum.note_gone"))

    # --- what the page shows --------------------------------------------------------------------------

    def show(self) -> None:
        if self._room.update(self.store):
            self._show_groups()
            self._show_themes()
            self._show_vote()
        self._show_devices()

    def _show_groups(self) -> None:
        groups = self._room.groups
        self.view.set("workshops", workshop_rows(self._room.workshops))
        self.view.set("workshop", self._room.key)
        places = self._places()
        rows: dict[str, dict] = {
            session: {**group.row, "place": places[session]} for session, group in groups.items()
        }
        self.view.set_keyed("groups", rows)
        notes: dict[str, dict] = {
            note: view for group in groups.values() for note, view in group.notes.items()
        }
        self._check_again(notes)
        self.view.set_keyed("notes", notes)
        self.view.set("cards", cards_of_several(groups.values()))
        self.view.set("areas", areas_of(groups.values()))

    def _places(self) -> dict[Id, int]:
        """Where each group stands among the others: in the order that was prepared."""
        plans = self.context.lobby.plans
        identity = self._room.identity
        plan = find_plan(plans, *identity) if identity else None
        begun = ((session, group.row["name"]) for session, group in self._room.groups.items())
        in_order = groups_in_order(begun, plans[plan].groups if plan else ())
        return {session: place for place, (session, _) in enumerate(in_order) if session is not None}

    def _show_themes(self) -> None:
        if self._plenum is None:
            self._plenum = find_plenum(self.store, self._room.groups)
        if self._plenum is not None:
            self._plenum.catch_up()
            if not self._plenum.is_open:
                self._plenum = None
        act = self._plenum.last_act if self._plenum else ()
        themes = self._plenum.themes if self._plenum else ()
        self.view.set("themes", themes_view(themes, self.view.mapping("notes")))
        self.view.set("last_act", act[-1].id if act else None)

    def _show_vote(self) -> None:
        vote = self._plenum.newest_vote if self._plenum else None
        notes = self.view.mapping("notes")
        themes = {theme.id for theme in self._plenum.themes} if self._plenum else set()
        is_on_themes = vote is not None and vote.subject is VoteSubject.THEMES
        self.view.set("vote", vote_view(vote, themes if is_on_themes else notes))

    def _show_devices(self) -> None:
        status = self._sharing.status() if self._sharing else None
        devices = devices_view(status.devices) if status else {}
        here: dict[str, dict] = {
            session: view for session, view in devices.items() if session in self._room.groups
        }
        self.view.set_keyed("devices", here)
        self.view.set_keyed("voted", self._voted(status.devices) if status else {})

    def _voted(self, devices: Iterable[DeviceStatus]) -> dict[str, dict]:
        """By session whose phones have a vote in the one that stands open, how many they are; see `_GONE`."""
        vote = self._plenum.newest_vote if self._plenum else None
        if vote is None or vote.is_shown:
            return {}
        phones = phones_that_voted(vote, devices)
        here = (session for session in self._room.groups if phones[session])
        gone = {_GONE: {"phones": phones[None]}} if phones[None] else {}
        return {session: {"phones": phones[session]} for session in here} | gone

    # --- what may identify somebody -------------------------------------------------------------------

    def _check_again(self, notes: Mapping[str, dict]) -> None:
        """Have notes looked through that are new or read anew, or in which a name stands that is new."""
        owners = names_of_owners(view["owner"] for view in notes.values() if view["owner"])
        names = frozenset({*self.context.listed_names.read(), *owners})
        new_words = {word for name in names - self._names for word in name.casefold().split()}
        self._names = names
        known = self.view.mapping("notes")
        self.view.have_keys("places")
        for note in self.view.mapping("places").keys() - notes.keys():
            self.view.set_key("places", note, None)
        for note, view in notes.items():
            before = known.get(note)
            is_same = isinstance(before, dict) and before["text"] == view["text"]
            if not is_same or any(word in view["text"].casefold() for word in new_words):
                self.view.set_key("places", note, None)
                self._to_check[_check_key(note, view)] = view["text"]

    def texts_to_check(self) -> tuple[dict[str, str], tuple[str, ...]]:
        texts, self._to_check = self._to_check, {}
        return texts, tuple(sorted(self._names))

    def show_findings(self, findings: Mapping[str, list]) -> None:
        """Show which places in which notes may identify somebody, where the note still reads as it did."""
        notes = self.view.mapping("notes")
        for key, places in findings.items():
            note = key.partition(" ")[0]
            view = notes.get(note)
            if isinstance(view, dict) and _check_key(note, view) == key:
                self.view.set_key("places", note, places)


def _check_key(note: str, view: dict) -> str:
    """What a finding is of: a note as it reads, for it may be written in while it is looked through."""
    return f"{note} {hash(view['text'])}"
