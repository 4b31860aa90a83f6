"""The task that holds a follow-up against the workshop it follows up, for the screens that show it."""

from collections.abc import Sequence

from dialogkort.domain.event_ids import Id
from dialogkort.ui.controller import Controller, Task
from dialogkort.ui.messages import ShowThenAndNow


def then_and_now_task(controller: Controller, message: ShowThenAndNow, sessions: Sequence[Id]) -> Task:
    """The task for all sessions of a follow-up; what came of it is shown as `then_and_now`."""
    view = controller.view
    return Task(
        "dialogkort.ui.tasks:then_and_now",
        {
            "location": controller.context.location,
            "sessions": list(sessions),
            "for_my_eyes": message.for_my_eyes,
            "is_dark": message.is_dark,
        },
        show=lambda shown: view.send_once("then_and_now", shown),
        fail=lambda words: view.send_once("then_and_now", {"refused": words}),
    )
