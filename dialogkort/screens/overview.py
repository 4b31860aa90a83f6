"""What was talked about, on screen: a chart, the sentence that goes with it, and its figures.

`Overview` is the page for facilitators and consultants; the workshop's page shows the same picture of its own
group. pandas and matplotlib are loaded when a picture is asked for and not before.
"""

import time
from collections.abc import Iterable
from pathlib import Path

import anywidget
import traitlets

from dialogkort.events import Described
from dialogkort.screens.assembly import script, style
from dialogkort.store import Store, StoreProblem, default_place, open_store
from dialogkort.texts import catalogue, language, text

_COLUMNS = ("drawn", "discussed", "skipped", "put_back", "open", "minutes", "notes")


def picture(store: Store, sessions: Iterable[str], *, dark: bool) -> dict:
    """The chart of some sessions (`svg`), all it says in words (`alt`), its figures (`head`, `rows`)."""
    from dialogkort import frames
    from dialogkort.aloud import alt_text, number
    from dialogkort.analysis.discussion import by_area
    from dialogkort.charts import as_svg, overview

    areas = by_area(*frames.read(store, sessions))
    decimals = {"minutes": 1}
    return {
        "svg": as_svg(overview(areas, dark=dark)),
        "alt": alt_text(areas),
        "head": [text(f"page.overview.column_{name}") for name in ("area", *_COLUMNS)],
        "rows": [
            [area["area"], *(number(area[name], decimals.get(name, 0)) for name in _COLUMNS)]
            for area in areas.to_dict("records")
        ],
    }


def workshop_of(details: Described) -> tuple[str, str, str]:
    """What makes sessions one workshop: the same name, organisation and day."""
    return details.workshop, details.organisation, details.date


class Overview(anywidget.AnyWidget):
    """The overview of the workshops kept in one place: `Overview()` in a cell shows it.

    `where` is a folder or a server's address (`~/Dialogkort` when left out, see `default_place`).
    """

    _esm = script("dom", "line", "chart", "overview")
    _css = style()

    texts = traitlets.Dict().tag(sync=True)
    workshops = traitlets.List().tag(sync=True)
    chart = traitlets.Dict().tag(sync=True)

    def __init__(self, where: str | Path | None = None):
        self._place = where if where is not None else default_place()
        super().__init__(texts={**catalogue(language())["page"], "code": language()})
        self.on_msg(self._hear)

    def _hear(self, _widget: object, message: object, _buffers: object) -> None:
        asked = message if isinstance(message, dict) else {}
        with self.hold_sync():
            try:
                self._show(asked.get("workshop"), dark=asked.get("dark") is True)
            except StoreProblem as fault:
                self.chart = {"refused": str(fault)}
            except Exception as fault:
                reason = f"{type(fault).__name__}: {fault}"
                self.chart = {"refused": text("page.refused.unforeseen", reason=reason)}
                raise

    def _show(self, chosen: object, dark: bool) -> None:
        """Paint the chosen workshop (its place in the list), or all of them."""
        store = open_store(self._place)
        try:
            held: dict[tuple, list[str]] = {}
            for session, details in store.sessions().items():
                held.setdefault(workshop_of(details), []).append(session)
            self.workshops = [
                {"name": " · ".join(filter(None, told)), "groups": len(groups)}
                for told, groups in held.items()
            ]
            workshops = list(held.values())
            if isinstance(chosen, int) and 0 <= chosen < len(workshops):
                workshops = [workshops[chosen]]
            counted = [session for groups in workshops for session in groups]
            # Never twice the same, so that the page hears of it.
            self.chart = {**picture(store, counted, dark=dark), "asked_at": time.time()}
        finally:
            store.close()
