"""Does QualCoder read what we write, and do codings that have been through it come back to our notes?

    python tests/trials/qualcoder.py --qualcoder FOLDER [--python PYTHON]

FOLDER is where the package `qualcoder` lies (in its sources: `src`), PYTHON one that has what it needs
(PyQt6, pymupdf, pillow). Its own importer and exporter run there, with nobody at the dialogs. Notes with
letters beyond the first 65,536 of Unicode and line breaks of every kind are coded by two, written out, read
by it, written by it, and brought back into a folder that has the same notes and no codings. Exit code 1:
something got lost or moved. 77: QualCoder is not there.
"""

import argparse
import ast
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CANNOT_RUN = 77
TABLES = ("source", "cases", "code_name", "attribute", "case_text", "annotation", "journal")
WORDS = (
    "æøå ÆØÅ ”é” – a\u030a",
    "👩🏽‍🏫 siger 😀 til 𝕏",
    "første\r\nanden\rtredje\n\nfemte",
    '<b>fed</b> & "citat" &amp;',
    "שלום – سلام",
    "[Pointe #deadbeef]\n── Kort 1",
)


# --- with us ----------------------------------------------------------------------------------------------


def write_notes(folder: Path) -> None:
    """Three groups with notes that try to be counted wrong."""
    from contextlib import closing

    from dialogkort.decks.reading import read_deck
    from dialogkort.sessions.session import start
    from dialogkort.store import open_store

    with closing(open_store(folder)) as store:
        for group in ("1", "2/3", "Blå"):
            session = start(store, read_deck(), workshop="Digital dag", organisation="Ærø", group=group)
            first = session.table.face_down[0]
            session.turn(first)
            for words in WORDS:
                session.note(words, card=first)
            session.note("Vi glæder os 😀", opening_question=1)


def code_notes(folder: Path) -> None:
    """Two coders and what they have settled."""
    from contextlib import closing

    from dialogkort import read_all
    from dialogkort.sessions.coding_project import begin
    from dialogkort.store import open_store

    notes = read_all(folder).notes
    with closing(open_store(folder)) as store:
        project = begin(store, "Behov & <ønsker>")
        data = project.define("Data", "Alt om tal 😀", coder="Ida")
        practice = project.define("Øvelse", coder="Bo")
        for number, (note, session) in enumerate(zip(notes["note"], notes["session"], strict=True)):
            project.code(note, session, data if number % 3 else None, coder="Ida")
            if number % 2:
                project.code(note, session, practice, coder="Bo")
                project.memo(note, session, f"Memo {number} 😀", coder="Bo")
        project.settle(notes["note"][0], notes["session"][0], data, True)
        project.settle(notes["note"][1], notes["session"][1], practice, False)


def codings(folder: Path) -> Counter:
    """What was coded, by note, coder and the code's name: ids of codes are new after the way round."""
    from dialogkort.frames.codings import read_codings

    rows = read_codings(folder).codings[["note", "coder", "name", "applies"]]
    return Counter(map(tuple, rows.astype("string").fillna("–").to_numpy().tolist()))


def codes_in(project: Path) -> int:
    """How many codes that can be coded with a written project has."""
    with zipfile.ZipFile(project) as packed:
        return packed.read("project.qde").count(b'isCodable="true"')


def memos(folder: Path) -> Counter:
    from dialogkort.frames.codings import read_codings

    return Counter(map(tuple, read_codings(folder).memos[["note", "coder", "text"]].to_numpy().tolist()))


def trial(folder: Path, qualcoder: Path, python: str) -> int:
    from dialogkort import export_qda, import_qda, read_all

    notes, coded, out = folder / "noter", folder / "kodet", folder / "ud"
    write_notes(notes)
    shutil.copytree(notes, coded)
    code_notes(coded)
    project = export_qda(out, coded)[0]
    inside = [python, str(Path(__file__)), "--inside", str(project), str(folder / "qc"), str(qualcoder)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1", "HOME": str(folder)}
    done = subprocess.run(inside, capture_output=True, encoding="utf-8", env=environment, check=False)
    if done.returncode:
        print(done.stdout[-3_000:], done.stderr[-3_000:], sep="\n")
        return 1
    read = json.loads(done.stdout.splitlines()[-1])
    report = import_qda(read["written"], notes)
    print(report, end="\n\n")
    expected = {re.sub("\r\n?", "\n", words) for words in read_all(coded).notes["text"]}
    misplaced = sum(words not in expected for words in read["segments"])
    before, after = codings(coded), codings(notes)
    print(
        "In QualCoder:", ", ".join(f"{count} {table}" for table, count in read["counts"].items()), end="\n\n"
    )
    rows = {
        "texts in QualCoder": (len(read_all(coded).sessions), read["counts"]["source"]),
        "codes in QualCoder": (codes_in(project), read["counts"]["code_name"]),
        "segments with a code of a coder in QualCoder": (sum(before.values()), read["by_coders"]),
        "segments that are not their note, letter for letter": (0, misplaced),
        "codings lost on the way round": (0, sum((before - after).values())),
        "codings more than before": (0, sum((after - before).values())),
        "memos lost on the way round": (0, sum((memos(coded) - memos(notes)).values())),
    }
    print("| what | should be | is |\n| --- | --- | --- |")
    for what, (wanted, actual) in rows.items():
        print(f"| {what} | {wanted} | {actual} |")
    return int(any(wanted != actual for wanted, actual in rows.values()))


# --- with QualCoder ---------------------------------------------------------------------------------------


def inside(project: str, folder: str, qualcoder: str) -> None:
    """Its importer on a database as it makes one, then its exporter."""
    import builtins

    sys.path.insert(0, qualcoder)
    builtins._ = str
    from PyQt6 import QtWidgets
    from qualcoder import refi

    application = QtWidgets.QApplication([])
    app = App(Path(folder), Path(qualcoder))
    refi.Message = Silent
    refi.RefiLineEndings = Silent
    QtWidgets.QFileDialog.getOpenFileName = staticmethod(lambda *_, **__: (project, True))
    QtWidgets.QFileDialog.getExistingDirectory = staticmethod(lambda *_, **__: str(app.project_path.parent))
    refi.RefiImport(app, QtWidgets.QTextEdit(), "qdpx")
    rows = app.conn.execute("select seltext, owner from code_text").fetchall()
    system = app.conn.execute("select owner from source").fetchone()[0]
    refi.RefiExport(app, QtWidgets.QTextEdit(), "project")
    written = next(app.project_path.parent.glob("*.qdpx"))
    counts = {table: app.conn.execute(f"select count(*) from {table}").fetchone()[0] for table in TABLES}
    by_coders = sum(owner != system for _, owner in rows)
    result = {"segments": [words for words, _ in rows], "by_coders": by_coders, "counts": counts}
    print(json.dumps(result | {"written": str(written)}))
    del application


class Silent:
    """A dialog that nobody sees."""

    def __init__(self, *_: object):
        self.ui = self.radioButton_maxqda = self

    def exec(self) -> int:
        return 0

    def isChecked(self) -> bool:
        return False


class App:
    """What its importer and exporter ask of the program: a database laid out by its own words."""

    version, project_name, project_events, ai_models = "QualCoder", "rundt.qda", None, ()

    def __init__(self, folder: Path, qualcoder: Path):
        self.project_path = folder / "rundt.qda"
        (self.project_path / "documents").mkdir(parents=True)
        (folder.parent / ".qualcoder").mkdir()
        self.settings = {"codername": "default", "ai_enable": "False", "directory": str(folder)}
        self.settings |= {"fontsize": 10, "font": "Noto Sans"}
        self.conn = sqlite3.connect(folder / "data.qda")
        for statement in self._layout(qualcoder / "qualcoder" / "__main__.py"):
            self.conn.execute(statement)
        self.conn.execute("insert into project (date, memo) values ('2026-01-01 00:00:00', '')")

    @staticmethod
    def _layout(source: Path) -> list[str]:
        functions = ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        new = next(node for node in functions if getattr(node, "name", "") == "new_project")
        words = (node.value for node in ast.walk(new) if isinstance(node, ast.Constant))
        return [word for word in words if isinstance(word, str) and word.startswith("CREATE TABLE")]

    def write_config_ini(self, *_: object) -> None:
        pass

    def get_annotations(self) -> list[dict]:
        names = ("anid", "fid", "pos0", "pos1", "memo", "owner", "date")
        rows = self.conn.execute(f"select {', '.join(names)} from annotation").fetchall()
        return [dict(zip(names, row, strict=True)) for row in rows]


def main() -> int:
    if sys.argv[1:2] == ["--inside"]:
        inside(*sys.argv[2:])
        return 0
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--qualcoder", type=Path)
    parser.add_argument("--python", default=sys.executable)
    options = parser.parse_args()
    if options.qualcoder is None or not (options.qualcoder / "qualcoder" / "refi.py").is_file():
        print("QualCoder is not there: name the folder its package lies in with --qualcoder")
        return CANNOT_RUN
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as folder:
        return trial(Path(folder), options.qualcoder.absolute(), options.python)


if __name__ == "__main__":
    sys.exit(main())
