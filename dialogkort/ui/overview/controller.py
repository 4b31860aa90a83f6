"""Controller of the overview: the list of workshops, and the chart of the chosen one."""

from datetime import date
from hashlib import blake2b

from dialogkort.domain.event_ids import Id
from dialogkort.domain.events import workshop_of
from dialogkort.i18n import text
from dialogkort.store import default_folder, is_address
from dialogkort.ui.controller import Context, Controller, Task
from dialogkort.ui.dates import date_read
from dialogkort.ui.downloads import notes_task
from dialogkort.ui.imports import import_task
from dialogkort.ui.listed_names import ListedNames
from dialogkort.ui.messages import ExportNotes, Hello, ImportFiles, Message, ShowOverview, not_understood
from dialogkort.ui.roles import Access


class OverviewController(Controller):
    """One window of the overview of the workshops that are kept in one place."""

    screen = "overview"

    def __init__(self, context: Context, access: Access):
        super().__init__(context, access)
        self._listed = ListedNames(default_folder() if is_address(context.location) else context.location)

    def writes(self, message: Message) -> tuple[Id, ...] | None:
        return ()

    def handle(self, message: Message) -> Task | None:
        match message:
            case Hello():
                return None
            case ShowOverview(workshop=workshop, for_my_eyes=for_my_eyes):
                return self._chart(workshop, for_my_eyes)
            case ExportNotes(session=None, scope="group", workshop=workshop):
                return self._export(message, workshop)
            case ImportFiles():
                return import_task(self, message)
        raise not_understood()

    def show(self) -> None:
        self.view.set(
            "workshops",
            [
                {"key": key, "groups": len(sessions), **_list_entry(*identity)}
                for key, (identity, sessions) in self._workshops().items()
            ],
        )

    def _workshops(self) -> dict[str, tuple[tuple, list[str]]]:
        """What makes a workshop, and its sessions, by a key that stays the same; the newest first."""
        sessions_by_workshop: dict[tuple, list[str]] = {}
        for session, details in self.store.sessions().items():
            sessions_by_workshop.setdefault(workshop_of(details), []).append(session)
        return {_key(identity): (identity, sessions) for identity, sessions in sessions_by_workshop.items()}

    def _export(self, message: ExportNotes, workshop: str | None) -> Task:
        """A file of a workshop, or of all there are."""
        workshops = self._workshops()
        if workshop is not None and workshop not in workshops:
            raise not_understood()  # it was erased meanwhile, say
        sessions = None if workshop is None else workshops[workshop][1]
        return notes_task(self, message, sessions, self._listed.read())

    def _chart(self, workshop: str | None, for_my_eyes: bool) -> Task | None:
        """All of them protected; one of several for one's own eyes only: it would show what the rest did."""
        workshops = self._workshops()
        chosen = [workshops[workshop]] if workshop in workshops else list(workshops.values())
        if len(chosen) < len(workshops) and not for_my_eyes:
            self.view.send_once("chart", _without_figures(text("page.overview.not_alone")))
            return None
        counted = [session for _, sessions in chosen for session in sessions]
        return Task(
            "dialogkort.ui.tasks:overview_chart",
            {"location": self.context.location, "sessions": counted, "for_my_eyes": for_my_eyes},
            show=lambda chart: self.view.send_once("chart", chart),
            fail=lambda words: self.view.send_once("chart", {"refused": words}),
        )


def _without_figures(sentence: str) -> dict:
    """A chart that only says why there is none."""
    bars = {"sentence": sentence, "alt": sentence, "about": "", "exact": "", "measures": [], "areas": []}
    return {"bars": {**bars, "words": {}}, "head": [], "rows": [], "remarks": []}


def _list_entry(workshop: str, organisation: str, day: str) -> dict:
    """What a workshop is called in the list, and whether it is today's."""
    name = " · ".join(filter(None, (workshop, organisation, date_read(day))))
    return {"name": name, "is_today": day == date.today().isoformat()}


def _key(identity: tuple) -> str:
    return blake2b("\n".join(identity).encode(), digest_size=8).hexdigest()
