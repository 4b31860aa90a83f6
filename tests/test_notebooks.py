"""Every notebook runs from top to bottom, on an empty folder, on one with notes, and on the sample."""

import pytest

from dialogkort.resources import NOTEBOOKS
from dialogkort.sessions.session import start
from dialogkort.store import open_store

WIDGET = "application/vnd.jupyter.widget-view+json"


def run(path, folder, monkeypatch):
    import matplotlib.font_manager  # noqa: F401  # in a new home it lists the fonts; a slow kernel says that it does
    import nbformat  # takes three seconds, which only these tests shall wait for
    from nbclient import NotebookClient

    monkeypatch.setenv("DIALOGKORT_FOLDER", str(folder))
    monkeypatch.setenv("PYTHONPATH", str(NOTEBOOKS.parent))  # these, also where another version is installed
    notebook = nbformat.read(path, as_version=4)
    folder.mkdir(exist_ok=True)
    at_home = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=at_home).execute()
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("[23]_*.ipynb")), ids=lambda path: path.stem)
@pytest.mark.parametrize("has_notes", [False, True], ids=["nothing held yet", "a workshop held"])
def test_a_notebook_runs_and_shows_its_screen(path, has_notes, deck, tmp_path, monkeypatch):
    if has_notes:
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
    if has_notes and path.stem == "3_overblik":
        assert any("Vi øver os" in data.get("text/html", "") for data in shown)


def test_the_analysis_goes_from_the_sample_to_findings_in_one_run(tmp_path, monkeypatch):
    outputs = run(NOTEBOOKS / "4_analyse.ipynb", tmp_path, monkeypatch)
    shown = [output["data"] for output in outputs if "data" in output]
    tables = "".join(data.get("text/html", "") for data in shown)
    assert all(word in tables for word in ("240", "opdigtet", "Borger", "[cpr-nummer]"))
    assert "251248" not in tables.partition("[cpr-nummer]")[2], "the list of places does not spread them"
    charts = [data["text/html"] for data in shown if "<img" in data.get("text/html", "")]
    assert len(charts) == 8
    assert all("alt=" in chart and "data:image/png;base64," in chart for chart in charts)
    assert any(WIDGET in data for data in shown)
    assert not any(output["output_type"] in ("error", "stream") for output in outputs)
    assert sorted(path.name for path in (tmp_path / "eksempel" / "til deling").iterdir()) == [
        "everything-card.csv",
        "everything.csv",
        "læs mig.txt",
        "organisation-card.csv",
        "organisation.csv",
    ]
