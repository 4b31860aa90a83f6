"""Pictures of the guide (`documents.handbook`) from the running product, and its pages in the repository.

`python tests/browser/guide_pictures.py` makes them anew: when a screen that the guide shows has changed.
"""

import io
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

from browser_steps import part, saved, stage_is, words
from PIL import Image
from playwright.sync_api import Page, sync_playwright
from running import Running, launch_arguments, run_command

from dialogkort.decks.reading import read_deck
from dialogkort.documents.handbook import as_markdown
from dialogkort.domain.events import Agreement, NoteKind
from dialogkort.sessions.session import Session, start
from dialogkort.sessions.workshop_plan import begin
from dialogkort.store import Store, open_store

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "dialogkort" / "documents" / "handbook" / "pictures"
PAGES = {"da": ROOT / "docs" / "vejledning.md", "en": ROOT / "docs" / "guide.md"}
SIZE = (1120, 700)
_WORKSHOP = {"workshop": "Digital dag i Hjemmeplejen", "organisation": "Sandby Kommune"}
_CARD = "medarbejderen-10"


def fill(folder: Path) -> dict[str, str]:
    """A workshop of today in a store: its sessions and its plan by the picture they are for."""
    with closing(open_store(folder)) as store:
        plan = begin(store, read_deck(), **_WORKSHOP, date=date.today().isoformat(), starts="09:00")
        plan.change(groups=("Nord", "Syd", "Øst"), purpose="Et fælles sprog for det digitale i vores arbejde")
        groups = {name: _group(store, name, turned) for name, turned in (("Nord", 3), ("Syd", 5), ("Øst", 2))}
        card = groups["Nord"]
        card.turn(_CARD)
        card.note("Vi øver os på hinanden, før vi møder borgeren.", card=_CARD)
        card.note("Fagsystemet logger af midt i en samtale.", card=_CARD, kind=NoteKind.EXAMPLE)
        end = groups["Syd"]
        end.note(
            "Fast øvetid hver fredag",
            opening_question=1,
            kind=NoteKind.NEXT_STEP,
            owner="Leder",
            due=date.today().isoformat(),
        )
        end.end()
        return {"prepare": plan.id, "card": card.id, "end": end.id}


def _group(store: Store, name: str, turned: int) -> Session:
    session = start(store, read_deck(), seed=3, date=date.today().isoformat(), group=name, **_WORKSHOP)
    for card in [card for card in session.table.face_down if card != _CARD][:turned]:
        session.turn(card)
        session.note("Vi ved ikke, hvem vi spørger", card=card)
        session.discuss(card, Agreement.ALIKE)
    return session


def _prepare(page: Page, running: Running, ids: dict[str, str]) -> None:
    page.goto(running.page(screen="forbered"))
    page.locator(".dk-prep-plan").first.click()
    part(page, "status").wait_for()
    saved(page)


def _card(page: Page, running: Running, ids: dict[str, str]) -> None:
    page.goto(running.page(ids["card"]))
    stage_is(page, "card")
    saved(page)


def _end(page: Page, running: Running, ids: dict[str, str]) -> None:
    page.goto(running.page(ids["end"]))
    page.get_by_role("heading", name=words("end.title")).wait_for()


def _plenum(page: Page, running: Running, ids: dict[str, str]) -> None:
    page.goto(running.page(screen="plenum"))
    page.get_by_text("Nord").locator("visible=true").first.wait_for()


SHOWN = {"prepare": _prepare, "card": _card, "plenum": _plenum, "end": _end}


def as_webp(png: bytes) -> bytes:
    """A picture of a screen, small enough to travel along."""
    with Image.open(io.BytesIO(png)) as image, io.BytesIO() as file:
        image.convert("RGB").save(file, "WEBP", quality=82, method=6)
        return file.getvalue()


@contextmanager
def _browser_page() -> Iterator[Page]:
    size = {"width": SIZE[0], "height": SIZE[1]}
    how = {"reduced_motion": "reduce", "color_scheme": "light", "locale": "da-DK"}
    with sync_playwright() as playwright, playwright.chromium.launch(**launch_arguments()) as browser:
        yield browser.new_page(viewport=size, **how)


def main() -> None:
    """Make the pictures and the pages anew."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, contextmanager(run_command)(Path(folder)) as running:
        ids = fill(Path(folder))
        with _browser_page() as page:
            for name, show in SHOWN.items():
                show(page, running, ids)
                (PICTURES / f"{name}.webp").write_bytes(as_webp(page.screenshot()))
    for code, path in PAGES.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(as_markdown(code, "../dialogkort/documents/handbook/pictures"), encoding="utf-8")


if __name__ == "__main__":
    main()
