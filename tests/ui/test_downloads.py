"""Files that a screen hands over: each is what its name says, of no other session, and looked at before."""

import io
import json
import zipfile

import docx
import pytest
from python_calamine import CalamineWorkbook
from windows import OwnDispatcher

from dialogkort.decks.reading import read_deck
from dialogkort.i18n import text
from dialogkort.ui.downloads import DOCUMENTS, FORMS, SHEETS
from dialogkort.ui.roles import Access, Role

NOT_UNDERSTOOD = text("page.refused.not_understood")
NEVER = 3600
PHONE = "33 66 33 66"
DETAILS = {"workshop": "Digital dag", "organisation": "Sandby Kommune", "date": "2026-11-28"}
BEGINS = {"pdf": b"%PDF-", "docx": b"PK", "html": b"<!doctype html>", "xlsx": b"PK", "zip": b"PK"}
"""What a file of each ending begins with."""


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """Two groups of one workshop, and another workshop's; their notes say whose they are."""
    host = OwnDispatcher(tmp_path_factory.mktemp("rum"), poll_seconds=NEVER)
    windows = [
        host.open().begin(**{**DETAILS, **details})
        for details in ({"group": "1"}, {"group": "2"}, {"group": "1", "workshop": "En anden dag"})
    ]
    for place, window in enumerate(windows, 1):
        card = window.table["order"][0]
        window.record("turned", card=card)
        window.note(f"Note {place} fra æøå", card=card)
    yield host, windows
    host.close()


def download(window, type="export", **fields):
    """What comes of a request for a file, and the file."""
    window.file = None
    window.slices.pop("download", None)
    reply = window.ask(type, **fields)
    assert not {"refused", "unsaved"} & set(reply), reply
    window.until(lambda: "download" in window.slices)
    result = window.slices["download"]
    assert result["to"] == window.reply["to"]
    return result, window.file


def texts(name, content):
    """All that a file says, as another program reads it."""
    if name.endswith(".docx"):
        return " ".join(paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs)
    if name.endswith(".xlsx"):
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return str([workbook.get_sheet_by_name(sheet).to_python() for sheet in workbook.sheet_names])
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return packed.read("notes.csv").decode("utf-8-sig")
    return content.decode("utf-8", "replace")


@pytest.mark.parametrize("form", [form for form in FORMS if form != "ics"])
def test_a_group_s_notes_come_in_every_form_and_a_name_for_the_case_system(room, form):
    _, (window, *_) = room
    result, content = download(window, session=window.session, form=form)
    ending = result["name"].rpartition(".")[2]
    assert result["name"] == f"2026-11-28 Sandby Kommune Dialogkort gruppe 1.{ending}"
    assert content.startswith(BEGINS[ending])
    if form != "pdf":  # its words are read in the tests of documents
        content_words = texts(result["name"], content)
        assert (
            "Note 1 fra æøå" in content_words
            and "Note 2" not in content_words
            and "Note 3" not in content_words
        )


def test_a_whole_workshop_or_everything_is_in_the_file_when_that_is_asked_for(room):
    host, (window, *_) = room
    overview = host.open("overview")
    overview.ask("hello")
    keys = {entry["name"]: entry["key"] for entry in overview.slices["workshops"]}
    (key,) = (key for name, key in keys.items() if name.startswith("Digital dag"))
    of_workshop = "2026-11-28 Sandby Kommune Dialogkort Digital dag"
    for page, fields, name, expected in (
        (window, {"session": window.session, "scope": "workshop", "form": "html"}, of_workshop, "12"),
        (overview, {"workshop": key, "form": "docx"}, of_workshop, "12"),
        (overview, {"form": "xlsx"}, "dialogkort ", "123"),
        (window, {"form": "data"}, "dialogkort ", "123"),
    ):
        result, content = download(page, **fields)
        assert result["name"].startswith(name)
        assert [number for number in "123" if f"Note {number} fra" in texts(result["name"], content)] == list(
            expected
        )


def test_what_there_is_not_is_refused_and_nothing_is_made(room):
    host, (window, *_) = room
    overview = host.open("overview")
    overview.ask("hello")
    for page, fields in (
        *((window, {"form": form}) for form in DOCUMENTS),
        (window, {"session": window.session, "form": "exe"}),
        (window, {"session": window.session, "scope": "alle"}),
        (window, {"session": window.session, "workshop": "x"}),
        (overview, {"workshop": "findes ikke"}),
        (overview, {"session": window.session}),
    ):
        assert page.ask("export", **fields)["refused"] == NOT_UNDERSTOOD, fields
    unknown, content = download(window, session="findes ikke")
    assert content is None and unknown["refused"]


def test_a_calendar_holds_the_steps_that_have_a_day_and_without_any_it_is_said(tmp_path):
    host = OwnDispatcher(tmp_path, poll_seconds=NEVER)
    window = host.open().begin(**DETAILS, group="1")
    refused, content = download(window, session=window.session, form="ics")
    assert content is None and refused["refused"] == text("calendar.no_day")
    step = {"text": "Bestil lokale", "kind": "next step", "owner": "", "due": "2026-12-18"}
    window.record("noted", note=window.event("x")["id"], opening_question=1, **step)
    result, content = download(window, session=window.session, form="ics")
    assert result["name"] == "2026-11-28 Sandby Kommune Dialogkort gruppe 1.ics"
    assert content.startswith(b"BEGIN:VCALENDAR") and b"SUMMARY:Bestil lokale" in content
    host.close()


@pytest.mark.parametrize("role", [Role.GROUP, Role.READER])
def test_a_group_gets_its_own_session_and_a_reader_only_looks(room, role):
    host, (own, other, _) = room
    page = host.open(access=Access(role, own.session))
    page.ask("hello", session=None)
    own_request = {"session": own.session, "form": "xlsx"}
    assert page.slices["export_scopes"] == (["group"] if role is Role.GROUP else [])
    if role is Role.GROUP:
        result, content = download(page, **own_request)
        assert "Note 1 fra" in texts(result["name"], content)
    else:
        assert page.ask("export", **own_request)["refused"] == NOT_UNDERSTOOD
    for fields in (
        {},
        {"session": None, "form": "data"},
        {"session": other.session, "form": "html"},
        {**own_request, "scope": "workshop"},
        {**own_request, "workshop": "x"},
    ):
        assert page.ask("export", **fields)["refused"] == NOT_UNDERSTOOD, fields
    assert page.ask("print")["refused"] == NOT_UNDERSTOOD
    assert "Note 2" not in json.dumps(page.messages)


def test_who_may_be_identified_is_shown_with_the_place_before_any_file_is_made(tmp_path):
    host = OwnDispatcher(tmp_path, poll_seconds=NEVER)
    window = host.open().begin(**DETAILS, group="1")
    card = window.table["order"][0]
    window.record("turned", card=card)
    note = window.note(f"Ring til Vibeke på {PHONE}", card=card)
    step = {"text": "Bestil lokale", "kind": "next step", "owner": "Vibeke", "due": ""}
    window.record("noted", note=window.event("x")["id"], opening_question=1, **step)
    for form in FORMS:
        result, content = download(window, session=window.session, form=form)
        assert content is None and "name" not in result
        assert result["count"] == 3
        first = result["places"][0]
        assert (first["note"], first["kind"], first["sure"]) == (note, "phone", True)
        assert first["where"].startswith(f"Kort {read_deck().card(card).number}: ")
        assert [place["kind"] for place in result["places"]] == ["phone", "name", "name"]
        assert result["places"][-1]["where"] == text("page.opening.question_1")
        assert result["places"][-1]["context"] == text("page.download.who_does", context="[navn]")
        assert PHONE not in json.dumps(result) and "Vibeke" not in json.dumps(result, ensure_ascii=False)
    result, content = download(window, session=window.session, form="html", checked=True)
    assert PHONE in content.decode()
    host.close()


@pytest.mark.parametrize("sheet", SHEETS)
def test_the_deck_is_made_ready_for_paper(room, sheet):
    _, (window, *_) = room
    result, content = download(window, "print", sheet=sheet, shift=[1, -0.5])
    assert content.startswith(BEGINS[result["name"].rpartition(".")[2]])
    if sheet == "all":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            expected = [text(f"documents.files.{name}") for name in SHEETS[1:]]
            assert packed.namelist() == expected
            assert all(packed.read(name).startswith(b"%PDF-") for name in expected)
    else:
        assert result["name"] == text(f"documents.files.{sheet}")


def test_the_cards_of_one_area_are_printed_alone_and_what_makes_no_sense_is_refused(room):
    _, (window, *_) = room
    area = read_deck().areas[1].name
    of_all, of_one = (download(window, "print", sheet="cards", area=name)[1] for name in (None, area))
    assert len(of_one) < len(of_all)
    for fields in (
        {"area": "Et område, der ikke er"},
        {"sheet": "kort"},
        {"shift": [1]},
        {"shift": ["1", 2]},
    ):
        assert window.ask("print", **fields)["refused"] == NOT_UNDERSTOOD, fields
    result, _ = download(window, "print", shift=[99, 0])
    assert "99" in result["refused"]
