"""Every notebook runs from top to bottom, on an empty folder and on one with notes."""

import nbformat
import pytest
from nbclient import NotebookClient

from dialogkort.session import start
from dialogkort.shipped import NOTEBOOKS
from dialogkort.store import open_store

WIDGET = "application/vnd.jupyter.widget-view+json"


def run(path, folder, monkeypatch):
    monkeypatch.setenv("DIALOGKORT_FOLDER", str(folder))
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
@pytest.mark.parametrize("held", [False, True], ids=["nothing held yet", "a workshop held"])
def test_a_notebook_runs_and_shows_its_screen(path, held, deck, tmp_path, monkeypatch):
    if held:
        store = open_store(tmp_path)
        session = start(store, deck, workshop="W", group="1", date="2026-03-01")
        card = session.table.face_down[0]
        session.turn(card)
        session.note("Vi øver os", card=card)
        session.discuss(card)
        store.close()
    outputs = run(path, tmp_path, monkeypatch)
    shown = [output.get("data", {}) for output in outputs]
    assert any(WIDGET in data for data in shown)
    if held and path.stem == "3_overblik":
        assert any("Vi øver os" in data.get("text/html", "") for data in shown)
