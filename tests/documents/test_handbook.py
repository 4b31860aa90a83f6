"""The guide: two pages for facilitators and one for IT departments, which say what the product says."""

import re
from pathlib import Path

import pytest
from pdf_reading import pages

from dialogkort.cli.app import PORT
from dialogkort.documents import handbook as guide
from dialogkort.documents.handbook import as_markdown, handbook, handbook_sheet, picture
from dialogkort.i18n import languages, text_in
from dialogkort.server.sharing import PORTS
from dialogkort.ui.help import help_view

ROOT = Path(__file__).parents[2]
IN_REPOSITORY = {"da": ROOT / "docs" / "vejledning.md", "en": ROOT / "docs" / "guide.md"}
every_language = pytest.mark.parametrize("code", languages())


def lines_of(code):
    return [line for page in handbook(code) for part in page.parts for line in part.lines]


@every_language
def test_every_button_that_it_names_is_called_so_on_the_screen(code):
    source = (Path(guide.__file__).parent / f"{code}.toml").read_text(encoding="utf-8")
    keys = re.findall(r"\{([\w.]+)\}", "".join(source.splitlines(keepends=True)[2:]))
    named = [piece.words for line in lines_of(code) for piece in line if piece.kind == "button"]
    assert len(keys) > 15 and named == [text_in(code, key) for key in keys]


def test_a_button_that_is_gone_is_noticed():
    with pytest.raises(KeyError):
        guide._pieces("Tryk på {page.start.no_such_button}.", "da")


@every_language
def test_it_says_the_same_in_every_language(code):
    shape = [[(len(part.lines), part.picture) for part in page.parts] for page in handbook(code)]
    assert shape == [[(len(part.lines), part.picture) for part in page.parts] for page in handbook("da")]
    for line, danish in zip(lines_of(code), lines_of("da"), strict=True):
        assert [piece.kind for piece in line if piece.kind != "text"] == [
            piece.kind for piece in danish if piece.kind != "text"
        ]


@every_language
def test_on_paper_it_is_two_pages_and_one(code, monkeypatch):
    monkeypatch.setenv("DIALOGKORT_LANGUAGE", code)
    assert len(pages(handbook_sheet())) == 3


@every_language
def test_the_ports_it_names_are_those_that_are_listened_on(code):
    words = " ".join(piece.words for line in lines_of(code) for piece in line)
    assert f"TCP {PORT} " in words
    first, last = min(filter(None, PORTS)), max(PORTS)
    assert all(f"{first}{mark}{last}" in words for mark in "–-:")


def test_its_pictures_are_here_and_small():
    names = {part.picture for page in handbook("da") for part in page.parts if part.picture}
    pictures = [picture(name) for name in names]
    assert all(content[8:12] == b"WEBP" for content in pictures)
    assert sum(map(len, pictures)) < 600_000


@every_language
def test_the_repository_has_it_as_it_is(code):
    in_repository = IN_REPOSITORY[code].read_text(encoding="utf-8")
    assert in_repository == as_markdown(code, "../dialogkort/documents/handbook/pictures")


def test_on_the_screen_it_has_the_same_pages_and_no_picture_from_elsewhere():
    shown = help_view()["pages"]
    assert [page["heading"] for page in shown] == [page.heading for page in handbook("da")]
    sources = [part["picture"] for page in shown for part in page["parts"] if part["picture"]]
    assert len(sources) == 4 and all(source.startswith("data:image/webp;base64,") for source in sources)
