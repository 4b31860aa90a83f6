"""Controller of the coding screen: codings, memos and codebook of one coder, and the comparison of all.

The page draws and predicts; this side decides. Every coder sees their own codings only, until they ask to
compare. The notes themselves are read by a task (pandas is not loaded here).
"""

from dialogkort.domain.coding import Reading
from dialogkort.domain.erasures import sessions_concerned
from dialogkort.domain.event_ids import Id
from dialogkort.domain.events import Coded, CodeDefined, Event, MemoWritten, Undone
from dialogkort.errors import InvalidAction
from dialogkort.i18n import text
from dialogkort.sessions.coding_project import Project, begin, validated_coder
from dialogkort.ui.controller import Context, Controller, Task
from dialogkort.ui.messages import Compare, Hello, Message, RecordEvent, SignIn, not_understood
from dialogkort.ui.roles import Access


class CodingController(Controller):
    """One window of the page for coding.

    Parameters
    ----------
    context, access
        As for every `Controller`.
    coder : str
        Who codes; the page asks when it is left out.
    corpus : dict, optional
        The notes to code (`corpus.corpus_view`) when it is not all of those kept there.
    """

    screen = "coding"
    full_state_after = (Hello, SignIn)

    def __init__(self, context: Context, access: Access, coder: str = "", corpus: dict | None = None):
        super().__init__(context, access)
        self.session: Project | None = None
        self._coder = coder
        self._given_corpus = corpus
        self._noted_in: dict[str, str] = {}  # by note, the session it is of
        self._forgotten: set[str] = set()  # notes whose reading the page is to be told again
        self._displayed: dict[str, Reading] = {}
        self._notice = ""
        self._erasures = 0  # how many there were when the corpus was filled

    @property
    def project(self) -> Project | None:
        """The project at hand."""
        return self.session

    # --- what the page says ---------------------------------------------------------------------------

    def writes(self, message: Message) -> tuple[Id, ...] | None:
        if isinstance(message, RecordEvent):
            return sessions_concerned(
                message.event
            )  # decided together with the erasure of the note it is about
        return None if isinstance(message, SignIn) else ()

    def handle(self, message: Message) -> Task | None:
        match message:
            case Hello(session=project):
                return self._on_hello(project)
            case SignIn(coder=coder, session=project, name=name):
                self._sign_in(coder, project, name)
            case RecordEvent(event=event):
                self._record(event)
            case Compare() if self.project:
                return self._compare(self.project)
            case _:
                raise not_understood()
        return None

    def close(self) -> None:
        self._set_session(None)

    def _on_hello(self, project: str | None) -> Task | None:
        known = self.store.codings()
        self._open(project if project in known else next(iter(known), None))
        return self._read_notes(first=True)

    def _sign_in(self, coder: str, project: str | None, name: str) -> None:
        coder = validated_coder(coder)
        if project is None:
            self._open(begin(self.store, name).id)
        else:
            self._open(project)
        if coder != self._coder:
            self._displayed = {}
        self._coder = coder

    def _open(self, project: str | None) -> None:
        opened = None if project is None else self.context.sessions.get(self.store, project, Project)
        self._set_session(opened)

    def _set_session(self, project: Project | None) -> None:
        previous, self.session = self.session, project
        if project is previous:
            return
        if project is not None:
            self.context.sessions.join(project.id)
        if previous is not None:
            self.context.sessions.leave(previous.id)
        self._displayed = {}

    def _record(self, event: Event) -> None:
        if isinstance(event, Coded | MemoWritten) and not self._is_known_note(event):
            raise InvalidAction(text("coding.note_unknown"))
        project = self.context.sessions.get(self.store, event.session, Project)
        # The page is told again how these notes read: it asks twice when it did not hear the answer.
        self._forgotten |= _notes_of(event, project)
        project.record(event, self._author_of(project, event))

    def _is_known_note(self, event: Coded | MemoWritten) -> bool:
        """Whether there is such a note to code; while the corpus is being read, the store is asked."""
        if self.view.get("corpus") is not None:
            return self._noted_in.get(event.note) == event.noted_in
        session = self.context.sessions.get(self.store, event.noted_in)
        return any(note.id == event.note for note in getattr(session, "notes", ()))

    def _author_of(self, project: Project, event: Event) -> str:
        """Whose doing it is: an event tells, and what it undoes does. It may come from another's outbox."""
        if isinstance(event, Undone) and not self._coder:
            undone = (undone_event for undone_event in project.events if undone_event.id in event.events)
            return next(filter(None, (getattr(undone_event, "coder", "") for undone_event in undone)), "")
        return getattr(event, "coder", "") or self._coder

    # --- what the page shows --------------------------------------------------------------------------

    def show(self) -> None:
        self.catch_up()
        project = self.project
        is_gone = project and len(self.store.erasures()) != self._erasures and not self._drop_erased(project)
        self.view.set("lobby", self._lobby())
        self.view.have_keys("readings")
        readings = self._readings()
        for note in self._forgotten & self._displayed.keys():
            self.view.set_key("readings", note, None)
        changed = {note for note in readings if self._displayed.get(note) is not readings[note]}
        for note in (self.view.mapping("readings").keys() - readings.keys()) | changed | self._forgotten:
            reading = readings.get(note)
            self.view.set_key("readings", note, reading and _reading_view(reading))
        self._displayed, self._forgotten = readings, set()
        if is_gone:
            raise InvalidAction(text("session.erased"))

    def _readings(self) -> dict[str, Reading]:
        """The coder's own readings by note; nobody else's."""
        if not (self.project and self._coder):
            return {}
        readings = self.project.readings.items()
        return {note: reading for (note, coder), reading in readings if coder == self._coder}

    def _lobby(self) -> dict:
        project = self.project
        return {
            "project": project.id if project else None,
            "name": project.name if project else "",
            "projects": [{"id": id, "name": name} for id, name in self.store.codings().items()],
            "coder": self._coder,
            "codes": [
                {"id": code.id, "name": code.name, "definition": code.definition, "retired": code.retired}
                for code in (project.codebook if project else ())
            ],
            "newest": project.newest if project else "",
            "undo": self._undo(),
            "notice": self._notice,
        }

    def _undo(self) -> dict | None:
        project = self.project
        step = project.next_undo(self._coder) if project and self._coder else ()
        if project is None or not step:
            return None
        names = {code.id: code.name for code in project.codebook}
        fields = {"events": [event.id for event in step], "note": getattr(step[-1], "note", None)}
        return fields | {"label": _step_label(step[-1], names)}

    # --- the notes ------------------------------------------------------------------------------------

    def _read_notes(self, first: bool = False) -> Task | None:
        self._erasures = len(self.store.erasures())
        if self._given_corpus is not None:
            self._show_corpus(self._without_erased(self._given_corpus))
            return None
        return Task(
            "dialogkort.ui.tasks:coding_corpus",
            {"location": self.context.location},
            show=self._on_corpus,
            fail=self._on_corpus_failed,
            first=first,
        )

    def _on_corpus(self, result: object) -> None:
        assert isinstance(result, dict)  # as `tasks.coding_corpus` gives it
        self._notice = result["notice"]
        self._show_corpus(self._without_erased(result["corpus"]))
        self.show()

    def _on_corpus_failed(self, message: str) -> None:
        self._notice = message
        if self.view.get("corpus") is None:
            self._show_corpus({"notes": [], "cards": [], "areas": [], "groups": []})
        self.show()

    def _show_corpus(self, corpus: dict) -> None:
        self._noted_in = {note["id"]: note["in"] for note in corpus["notes"]}
        self.view.set("corpus", corpus)

    def _drop_erased(self, project: Project) -> bool:
        """Something was erased: it is gone here too, with what was said of it. False when all of it is."""
        self._erasures = len(self.store.erasures())
        if corpus := self.view.mapping("corpus"):
            self._show_corpus(self._without_erased(corpus))
        project.forget()
        project.catch_up()
        if not project.is_open:
            self._set_session(None)
        return self.project is not None

    def _without_erased(self, corpus: dict) -> dict:
        erased = {(marker.session, marker.note) for marker in self.store.erasures()}
        return corpus | {
            "notes": [
                note
                for note in corpus["notes"]
                if (note["in"], note["id"]) not in erased and (note["in"], None) not in erased
            ]
        }

    def _compare(self, project: Project) -> Task:
        return Task(
            "dialogkort.ui.tasks:coding_comparison",
            {"location": self.context.location, "project": project.id, "notes": list(self._noted_in)},
            show=lambda comparison: self.view.send_once("comparison", comparison),
            fail=lambda message: self.view.send_once("comparison", {"refused": message}),
        )


def _notes_of(event: Event, project: Project) -> set[str]:
    """The notes that an event is about, or that what it takes back is about."""
    ids = event.events if isinstance(event, Undone) else ()
    about = (event, *(other for other in project.events if other.id in ids))
    return {event.note for event in about if isinstance(event, Coded | MemoWritten)}


def _reading_view(reading: Reading) -> dict:
    return {"codes": sorted(reading.codes), "none": reading.none, "memo": reading.memo}


def _step_label(event: Event, names: dict[Id, str]) -> str:
    match event:
        case Coded(code=None):
            return text("coding.step.none")
        case Coded(code=code, applies=applies):
            name = names.get(code, "") if code else ""
            return text(f"coding.step.{'coded' if applies else 'uncoded'}", name=name)
        case CodeDefined(name=name):
            return text("coding.step.defined", name=name)
        case _:
            return text("coding.step.memo")
