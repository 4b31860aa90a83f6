"""Tasks for the catalogue of competences that lies at the tables: a file is kept, and handed over."""

from pathlib import Path, PurePosixPath

from dialogkort.domain.events import WorkshopPlanned
from dialogkort.errors import InvalidAction
from dialogkort.store import catalogues
from dialogkort.ui.controller import Controller, Task
from dialogkort.ui.downloads import file_task, file_view
from dialogkort.ui.messages import FetchCatalogue, KeepCatalogue, not_understood


def keep_catalogue_task(controller: Controller, message: KeepCatalogue) -> Task:
    """The task that looks at a file that was handed in, and keeps it. What came of it is `catalogue_kept`."""
    uploads = controller.context.uploads
    handed_in = uploads.take(message.uploads)
    if len(handed_in.names) != 1:
        uploads.remove(handed_in)
        raise not_understood()

    def show(result: object) -> None:
        uploads.remove(handed_in)
        fields = result if isinstance(result, dict) else {}
        controller.view.send_once("catalogue_kept", {**fields, "to": message.id})

    ((path, name),) = handed_in.names.items()
    return Task(
        "dialogkort.ui.catalogue:keep_uploaded",
        {
            "folder": str(catalogues.folder_of(controller.context.location)),
            "file": str(handed_in.folder / path),
            "name": name,
        },
        show=show,
        fail=lambda refused: show({"refused": refused}),
        reads_files=True,
    )


def fetch_catalogue_task(
    controller: Controller, message: FetchCatalogue, planned: WorkshopPlanned | None
) -> Task:
    """The task that hands over the file of a plan, and no other. `InvalidAction` where there is none."""
    if planned is None or not planned.catalogue_digest:
        raise not_understood()
    arguments = {
        "folder": str(catalogues.folder_of(controller.context.location)),
        "digest": planned.catalogue_digest,
        "name": planned.catalogue_file,
    }
    return file_task(controller, "dialogkort.ui.catalogue:handed_over", arguments, message.id)


def catalogue_at_hand(location: str, planned: WorkshopPlanned) -> str:
    """What a plan's file is called; empty where there is none, or it is not on this computer."""
    folder = catalogues.folder_of(location)
    is_here = catalogues.path_of(folder, planned.catalogue_digest) is not None
    return planned.catalogue_file if is_here else ""


# --- in the worker's process ------------------------------------------------------------------------------


def keep_uploaded(folder: str, file: str, name: str) -> dict:
    """Keep a file: its `name` and `digest`, or why it is `refused`."""
    try:
        called, digest = catalogues.keep(Path(folder), Path(file), name)
    except InvalidAction as fault:
        return {"refused": str(fault)}
    return {"name": called, "digest": digest}


def handed_over(folder: str, digest: str, name: str, scratch: str | None = None) -> dict:
    """A copy of a kept file to hand over: see `downloads.notes_file`. `refused` says why there is none."""
    try:
        called, content = catalogues.read_for_table(Path(folder), digest, name)
    except InvalidAction as fault:
        return {"refused": str(fault)}
    path = PurePosixPath(called)
    return file_view(path.stem, path.suffix.lstrip("."), content, scratch)
