"""What a group takes along: every word of it in Word, PDF and a web page, at any moment, to be filed."""

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from types import SimpleNamespace

import docx
import pytest
from docx.oxml.ns import qn
from pdf_reading import all_faults, fonts, language_and_title, pages, solid, tags, text_in_reading_order
from store_helpers import opened

from dialogkort.analysis.discussion import by_area
from dialogkort.charts import as_svg, overview
from dialogkort.cli.app import main
from dialogkort.documents.blocks import Bullets, Document, Heading, Paragraph, Picture
from dialogkort.documents.formats import as_pdf, as_web_page, as_word
from dialogkort.documents.leave_behind import leave_behind, prepared
from dialogkort.documents.report import file_name, report
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import Agreement, Discussed, Noted, NoteKind, SkipReason, Turned
from dialogkort.errors import InvalidAction
from dialogkort.frames.sessions import read
from dialogkort.i18n import text
from dialogkort.narrative import overview_sentence
from dialogkort.sessions.session import start

DETAILS = {
    "workshop": "Digital dag",
    "organisation": "Sandby Kommune",
    "date": "2026-11-28",
    "participants": 6,
}
NASTY = [
    "<script>alert('æ')</script> & <b>fed</b> &amp; \"citat\"",
    '#panic("x") $x^2$ *fed* = Overskrift @navn <mærke> // nej',
    '=HYPERLINK("http://x")',
    "שלום עולם – سلام",
    "👩🏽‍🏫 😀 中文",
    "første linje\r\nanden linje\n\ttredje",
    "x" * 5_000,
    "ord " * 1_000 + "slut",
    "\u202evendt\u202c, \x07 og \u2028 og \ue000",
]
WRITERS = {"pdf": as_pdf, "docx": as_word, "html": as_web_page}


class Spoken(HTMLParser):
    """What a browser shows of a page, and the elements and attributes it is made of."""

    def __init__(self, content):
        super().__init__()
        self.words, self.elements, self._unseen = "", [], False
        self.feed(content.decode())

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self._unseen = tag in ("style", "title")

    def handle_data(self, words):
        self.words += "" if self._unseen else words


def words_of(kind, content):
    """All words of a document, as another program reads them."""
    if kind == "pdf":
        return text_in_reading_order(content)
    if kind == "html":
        return Spoken(content).words
    word = docx.Document(io.BytesIO(content))
    parts = (part.text for part in word.element.body.iter(qn("w:t")))
    return "".join(parts)


def a_session(store, deck, group="1", **details):
    return start(store, deck, seed=7, **{**DETAILS, "group": group, **details})


def keep(store, session, steps):
    """Keep what happened (kinds of events with their fields), a second apart, in one write."""
    events, newest = [], session.history.newest
    for count, (kind, fields) in enumerate(steps, 1):
        newest = new_id(session.events[-1].at + 1_000 * count, newest)
        events.append(kind(id=newest, session=session.id, **fields))
    store.append(events)


@pytest.fixture(scope="module")
def afternoon(tmp_path_factory, deck):
    """Two groups: cards discussed, skipped, put back and still open, notes of every kind."""
    folder = tmp_path_factory.mktemp("noter")
    with opened(folder) as store:
        for group in ("1", "2"):
            session = a_session(store, deck, group)
            first, second, third, fourth = session.table.face_down[:4]
            session.note(f"Alt med en skærm {group}", opening_question=1)
            session.turn(first)
            for kind in NoteKind:
                owner, due = ("Ida", "2026-12-15") if kind is NoteKind.NEXT_STEP else ("", "")
                session.note(f"Noget om {kind} fra {group}", card=first, kind=kind, owner=owner, due=due)
            session.discuss(first, Agreement.DIFFERENTLY)
            session.turn(second)
            session.skip(second, SkipReason.UNCLEAR)
            session.turn(third)
            session.put_back(third)
            session.turn(fourth)
        frames = read(store)
        ids = sorted(store.sessions())
        one = read(store, ids[:1])
    cards = [deck.card(card) for card in (first, second, third, fourth)]
    return SimpleNamespace(folder=folder, frames=frames, one=one, ids=ids, cards=cards)


@pytest.fixture(scope="module")
def document(afternoon, deck):
    return report(afternoon.one, deck.attribution)


@pytest.fixture(scope="module")
def written(document):
    return {kind: write(document) for kind, write in WRITERS.items()}


@pytest.mark.parametrize("kind", WRITERS)
def test_a_group_finds_all_that_it_said_and_agreed_on(kind, written, afternoon, deck):
    document_text = solid(words_of(kind, written[kind]))
    for note in afternoon.one.notes.itertuples():
        assert solid(note.text) in document_text
    discussed, skipped, put_back, still_open = afternoon.cards
    for words in (
        *("Digital dag", "Sandby Kommune", "28. november 2026", "Gruppe 1", "6 deltagere"),
        *("Ida", "15. december 2026", "Forskelligt", "vi forstår det ikke", deck.attribution),
        *(discussed.question, skipped.question, still_open.question),
    ):
        assert solid(words) in document_text, words
    assert solid(put_back.question) not in document_text
    covered = {card.area for card in (discussed, skipped, still_open)}
    untouched = document_text.split(solid("Områder, I ikke kom omkring"))[1].split(solid("Lavet med"))[0]
    assert untouched.replace("–", "") == solid(
        "".join(area.name for area in deck.areas if area.name not in covered)
    )


def test_a_workshop_s_groups_stand_in_one_document_and_each_note_says_whose_it_is(afternoon):
    document_text = solid(words_of("html", as_web_page(report(afternoon.frames))))
    for note in afternoon.frames.notes.itertuples():
        if note.kind != "next step":
            assert re.search(re.escape(solid(note.text)) + r"\(Gruppe[12]\)", document_text)
    assert document_text.count(solid("Gruppe 1 og Gruppe 2")) == 1


def page_of_the_picture(content):
    """The page with the sentence before the picture and the remark behind it: they are never apart."""
    (only,) = [
        "".join(words for _, words in page.spoken)
        for page in pages(content)
        if solid(text("charts.for_my_eyes")) in solid("".join(words for _, words in page.spoken))
    ]
    assert solid(text("overview.title")) in solid(only)
    return solid(only)


def test_the_picture_says_its_sentence_once_beside_it_and_stands_on_no_page_alone(
    afternoon, document, written
):
    headline = overview_sentence(by_area(*afternoon.one), for_my_eyes=True)
    assert solid(headline) in page_of_the_picture(written["pdf"])
    assert [block.words for block in document.blocks if getattr(block, "words", "") == headline] == [headline]
    (picture,) = [block for block in document.blocks if isinstance(block, Picture)]
    with_heading = as_svg(overview(by_area(*afternoon.one), for_my_eyes=True))
    drawn = [set(re.findall("<!-- (.+?) -->", svg)) for svg in (with_heading, picture.svg)]
    assert headline.split()[0] in " ".join(drawn[0] - drawn[1]) and text("overview.drawn") in drawn[1]
    before = docx.Document(io.BytesIO(written["docx"])).paragraphs
    (index,) = [index for index, paragraph in enumerate(before) if paragraph.text == headline]
    assert all(before[at].paragraph_format.keep_with_next is not False for at in (index - 1, index))
    assert before[index].paragraph_format.keep_with_next


def test_what_became_of_a_card_stands_on_the_page_where_its_notes_begin():
    cards = [
        (
            Heading(2, f"Kort {number}"),
            Paragraph("Drøftet", quiet=True),
            Bullets(("Note",) * (number % 5 + 1)),
        )
        for number in range(60)
    ]
    document = Document("Kort", "kort", (Heading(1, "Kort"), *(block for card in cards for block in card)))
    ends = [solid("".join(words for _, words in page.spoken))[-7:] for page in pages(as_pdf(document))]
    assert len(ends) > 4 and "Drøftet" not in ends
    word = docx.Document(io.BytesIO(as_word(document)))
    assert all(one.paragraph_format.keep_with_next for one in word.paragraphs if one.text == "Drøftet")


def test_word_has_headings_a_table_with_its_headings_danish_and_words_for_the_picture(written):
    word = docx.Document(io.BytesIO(written["docx"]))
    styles = [paragraph.style.name for paragraph in word.paragraphs]
    assert styles[0] == "Heading 1" and {"Heading 2", "Heading 3", "Heading 4", "List Bullet"} <= set(styles)
    assert {actual.get(qn("w:val")) for actual in word.styles.element.iter(qn("w:lang"))} == {"da-DK"}
    assert (word.core_properties.title, word.core_properties.author) == ("Digital dag", "")
    for when in (word.core_properties.created, word.core_properties.modified):
        assert datetime.now(UTC) - when < timedelta(days=1)
    (table,) = word.tables
    assert [cell.text for cell in table.rows[0].cells] == ["Hvad", "Hvem", "Hvornår"]
    assert len(list(table.rows[0]._tr.iter(qn("w:tblHeader")))) == 1
    (picture,) = word.inline_shapes
    assert len(picture._inline.docPr.get("descr")) > 100
    assert (word.sections[0].page_width.mm, word.sections[0].page_height.mm) == pytest.approx(
        (210, 297), abs=1
    )


def test_pdf_is_accessible_and_archivable_danish_and_titled_with_its_fonts(written):
    content = written["pdf"]
    assert all_faults(content) == []
    assert language_and_title(content) == ("da", "Digital dag")
    assert all(fonts(content).values())
    assert {"H1", "H2", "H3", "H4", "L", "Table", "TH", "Figure"} <= set(tags(content))
    assert all(shape.is_within(15, 10, 195, 290) for page in pages(content) for shape in page.texts)


def test_a_web_page_needs_nothing_else_and_runs_nothing(written):
    page = Spoken(written["html"])
    kinds = [tag for tag, _ in page.elements]
    assert not {"script", "link", "iframe", "object", "form"} & set(kinds)
    assert page.elements[0] == ("html", {"lang": "da"})
    assert [kinds.count(tag) for tag in ("h1", "table", "th", "img")] == [1, 1, 3, 1]
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on")]
        assert attributes.get("src", "data:").startswith("data:") and "href" not in attributes
        assert tag != "img" or len(attributes["alt"]) > 100


@pytest.mark.parametrize("turned", [0, 1, 35])
def test_there_is_a_document_at_any_moment(tmp_path, deck, turned):
    with opened(tmp_path) as store:
        session = a_session(store, deck)
        cards = session.table.face_down[:turned]
        keep(store, session, [(kind, {"card": card}) for card in cards for kind in (Turned, Discussed)])
        document = report(read(store))
    files = {kind: write(document) for kind, write in WRITERS.items()}
    assert all_faults(files["pdf"]) == []
    for kind, content in files.items():
        document_text = solid(words_of(kind, content))
        assert solid(f"Kort vendt: {turned}.") in document_text
        assert sum(solid(card.question) in document_text for card in deck.cards) == turned
        assert ("Hvadblevdertaltom?" in document_text) == bool(turned)


def a_note(number, card):
    """The first ones are nasty; some are next steps."""
    kind = list(NoteKind)[number % 5]
    words = NASTY[number] if number < len(NASTY) else f"note {number}"
    owner = "Ida & <b>Bo</b>" if kind is NoteKind.NEXT_STEP else ""
    return {"note": new_id(number), "text": words, "card": card, "kind": kind, "owner": owner}


def test_five_hundred_notes_of_any_letters_are_all_there_in_every_format(tmp_path, deck):
    with opened(tmp_path) as store:
        session = a_session(store, deck, workshop=NASTY[0], organisation=NASTY[3], group=NASTY[1])
        cards = session.table.face_down[:20]
        keep(store, session, [(Turned, {"card": card}) for card in cards])
        keep(store, session, [(Noted, a_note(number, cards[number % 20])) for number in range(500)])
        frames = read(store)
    document = report(frames)
    assert len(frames.notes) == 500
    for kind, write in WRITERS.items():
        content = write(document)
        document_text = solid(words_of(kind, content))
        # A letter of many marks is one drawing in a PDF, with its text beside it, which PDFium does not tell.
        letters = "😀 中文" if kind == "pdf" else NASTY[4]
        for words in (*NASTY[:3], letters, *NASTY[5:8]):
            assert solid(words) in document_text, (kind, words[:30])
        if kind == "pdf":
            assert all_faults(content) == []
            assert page_of_the_picture(content)
            edges = (10, 5, 200, 292)
            assert all(shape.is_within(*edges) for page in pages(content) for shape in page.texts)
        elif kind == "docx":
            assert "שלום" in document_text and zipfile.ZipFile(io.BytesIO(content)).testzip() is None


def test_a_file_has_a_name_that_a_case_system_takes(afternoon):
    sessions = afternoon.one.sessions
    assert file_name(sessions) == "2026-11-28 Sandby Kommune Dialogkort gruppe 1"
    assert file_name(afternoon.frames.sessions) == "2026-11-28 Sandby Kommune Dialogkort Digital dag"
    for organisation in (*NASTY, 'a/b\\c:d*e?f"g<h>i|j', "..", "%00#&{}~", " ", "CON"):
        name = file_name(sessions.assign(organisation=organisation, group="Gruppe . ."))
        assert name.startswith("2026-11-28 ") and len(name) <= 120
        assert not re.search(r'[\\/:*?"<>|#%&{}~\x00-\x1f\u202e]|^\s|[ .]$|  ', name)
    untold = sessions.assign(organisation="", date=sessions["date"].where([False]))
    assert re.fullmatch(r"\d{4}-\d\d-\d\d Dialogkort gruppe 1", file_name(untold))


def test_each_group_gets_its_files_and_the_workshop_its_own(tmp_path, deck):
    folder = tmp_path / "noter"
    with opened(folder) as store:
        for group in ("1", "2"):
            last = a_session(store, deck, group)
            last.note(f"fra {group}", opening_question=1)
    names = {path.name for path in leave_behind(tmp_path / "hver", folder)}
    expected = [f"2026-11-28 Sandby Kommune Dialogkort gruppe {group}" for group in (1, 2)]
    assert names == {f"{name}.{ending}" for name in expected for ending in WRITERS}
    for chosen, groups in (
        ({"session": last.id}, {"fra 2"}),
        ({"workshop": "Digital dag"}, {"fra 1", "fra 2"}),
    ):
        (only,) = leave_behind(tmp_path / "en", folder, **chosen, formats=["html"])
        assert set(re.findall(r"fra \d", only.read_text(encoding="utf-8"))) == groups
    for unknown in ({"session": "findes ikke"}, {"workshop": "En anden dag"}):
        with pytest.raises(InvalidAction, match="ingen samtale"):
            leave_behind(tmp_path / "ingen", folder, **unknown)
    assert not (tmp_path / "ingen").exists()


def test_two_groups_of_one_name_overwrite_nobody_s_document(tmp_path, deck):
    with opened(tmp_path / "noter") as store:
        for words in ("den ene", "den anden"):
            a_session(store, deck).note(words, opening_question=1)
    paths = leave_behind(tmp_path / "ud", tmp_path / "noter", formats=["html"])
    contents = [path.read_text(encoding="utf-8") for path in paths]
    assert len({path.name for path in paths}) == 2 and "den ene" in contents[0] and "den anden" in contents[1]


def test_what_may_identify_somebody_is_said_before_a_file_is_made(tmp_path, deck, capsys, monkeypatch):
    with opened(tmp_path / "noter") as store:
        a_session(store, deck).note("Ring til Karin på 33 66 33 66", opening_question=1)
    assert list(prepared(tmp_path / "noter").places["kind"]) == ["phone"]
    arguments = ["report", str(tmp_path / "ud"), "--from", str(tmp_path / "noter")]
    monkeypatch.setattr("sys.stdin", io.StringIO("nej\n"))
    assert main(arguments) == 1 and not (tmp_path / "ud").exists()
    shown = capsys.readouterr().out
    assert "1 sted kan udpege nogen" in shown and "33 66 33 66" not in shown
    monkeypatch.setattr("sys.stdin", io.StringIO("ja\n"))
    assert main(arguments) == 0 and len(list((tmp_path / "ud").iterdir())) == 3
    assert main([*arguments[:1], str(tmp_path / "igen"), *arguments[2:], "--yes"]) == 0
