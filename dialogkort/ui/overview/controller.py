"""Controller of the overview: the list of workshops, and the chart of the chosen one."""

from dialogkort.domain.event_ids import Id
from dialogkort.i18n import text
from dialogkort.ui.controller import Context, Controller, Task
from dialogkort.ui.downloads import notes_task
from dialogkort.ui.follow_ups import then_and_now_task
from dialogkort.ui.imports import import_task
from dialogkort.ui.listed_workshops import Workshops, listed_workshops, workshop_rows
from dialogkort.ui.messages import (
    ExportNotes,
    Hello,
    ImportFiles,
    Message,
    ShowOverview,
    ShowThenAndNow,
    not_understood,
)
from dialogkort.ui.roles import Access


class OverviewController(Controller):
    """One window of the overview of the workshops that are kept in one place."""

    screen = "overview"

    def __init__(self, context: Context, access: Access):
        super().__init__(context, access)

    def writes(self, message: Message) -> tuple[Id, ...] | None:
        return ()

    def handle(self, message: Message) -> Task | None:
        match message:
            case Hello():
                return None
            case ShowOverview(workshop=workshop, for_my_eyes=for_my_eyes):
                return self._chart(workshop, for_my_eyes)
            case ShowThenAndNow():
                return self._then_and_now(message)
            case ExportNotes(session=None, scope="group", workshop=workshop):
                return self._export(message, workshop)
            case ImportFiles():
                return import_task(self, message)
        raise not_understood()

    def show(self) -> None:
        self.view.set("workshops", workshop_rows(self._workshops(), self.store.follow_ups()))

    def _workshops(self) -> Workshops:
        """The workshops, the newest first."""
        return listed_workshops(self.store.sessions())

    def _then_and_now(self, message: ShowThenAndNow) -> Task:
        """A workshop beside the one it follows up; all that follow up another, beside those."""
        if message.workshop is None:
            return then_and_now_task(self, message, list(self.store.follow_ups()))
        workshops = self._workshops()
        if message.workshop not in workshops:
            raise not_understood()  # it was erased meanwhile, say
        return then_and_now_task(self, message, workshops[message.workshop][1])

    def _export(self, message: ExportNotes, workshop: str | None) -> Task:
        """A file of a workshop, or of all there are."""
        workshops = self._workshops()
        if workshop is not None and workshop not in workshops:
            raise not_understood()  # it was erased meanwhile, say
        sessions = None if workshop is None else workshops[workshop][1]
        return notes_task(self, message, sessions, self.context.listed_names.read())

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
    bars = {
        "sentence": sentence,
        "alt": sentence,
        "about": "",
        "reading": "",
        "exact": "",
        "measures": [],
        "areas": [],
    }
    return {"bars": {**bars, "words": {}}, "head": [], "rows": [], "remarks": []}
