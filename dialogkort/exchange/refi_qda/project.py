"""Sessions and codings as a REFI-QDA project (.qdpx): each session a plain text, each note a segment."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from xml.etree import ElementTree

from dialogkort import __version__
from dialogkort.domain.coding import SETTLED, Reading
from dialogkort.domain.details import DETAILS
from dialogkort.domain.event_ids import Id
from dialogkort.exchange.refi_qda.codebook import (
    CodedProject,
    add_codes,
    none_code,
    note_codes,
    rejected_code,
    whole_tree,
)
from dialogkort.exchange.refi_qda.names import (
    ORIGIN,
    PROJECT_NAMESPACE,
    SETTLED_USER,
    SYSTEM_USER,
    guid,
    xml_text,
)
from dialogkort.exchange.refi_qda.session_texts import SessionNotes, session_text, shared_names
from dialogkort.i18n import text

PROJECT_FILE = "project.qde"
_VALUES = {"text": ("Text", "TextValue"), "choice": ("Text", "TextValue")}
_VALUES |= {"day": ("Date", "DateValue"), "count": ("Integer", "IntegerValue")}
_ZIP_TIME = (2000, 1, 1, 0, 0, 0)  # the same notes make the same bytes


@dataclass
class _CoderReading:
    """What one coder says of one note, in all coding projects."""

    at: int = 0
    codes: list[str] = field(default_factory=list)
    memos: list[tuple[str, str]] = field(default_factory=list)  # its guid, and its words


def project_file(sessions: Iterable[SessionNotes], projects: Iterable[CodedProject]) -> tuple[bytes, int]:
    """The .qdpx file, and how many readings are of notes that are not in it: removed, or not chosen."""
    sessions, projects = list(sessions), list(projects)
    readings = _readings_by_note(projects)
    written = {note.id for session in sessions for note in session.notes}
    root = ElementTree.Element(
        "Project",
        xmlns=PROJECT_NAMESPACE,
        name=xml_text(_project_name(sessions, projects)),
        origin=f"{ORIGIN} {__version__}",
    )
    _add_users(root, projects)
    add_codes(ElementTree.SubElement(root, "CodeBook"), whole_tree(projects, sessions))
    if sessions:
        _add_cases(root, sessions)
    texts = _add_sources(root, sessions, readings)
    _add_memos(root, {note: coders for note, coders in readings.items() if note in written})
    ElementTree.SubElement(root, "Description").text = text("qda.about")
    left_out = sum(len(coders) for note, coders in readings.items() if note not in written)
    return _packed(root, texts), left_out


def _packed(root: ElementTree.Element, texts: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    files = {PROJECT_FILE: ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)}
    files |= {f"sources/{name}": words.encode("utf-8") for name, words in texts.items()}
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _ZIP_TIME), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _project_name(sessions: list[SessionNotes], projects: list[CodedProject]) -> str:
    names = dict.fromkeys(project.name for project in projects)
    if len(names) == 1:
        return next(iter(names))
    workshops = dict.fromkeys(session.details.workshop for session in sessions)
    return next(iter(workshops)) if len(workshops) == 1 else ORIGIN


def _readings_by_note(projects: list[CodedProject]) -> dict[str, dict[str, _CoderReading]]:
    """By note and coder, the guids of the codes that apply, and memos."""
    readings: dict[str, dict[str, _CoderReading]] = {}
    for project in projects:
        for reading in project.readings:
            one = readings.setdefault(reading.note, {}).setdefault(reading.coder, _CoderReading())
            one.at = max(one.at, reading.at)
            one.codes += _codes_of(project, reading)
            if reading.memo.strip():
                one.memos.append((guid("memo", project.id, reading.note, reading.coder), reading.memo))
    return readings


def _codes_of(project: CodedProject, reading: Reading) -> Iterator[str]:
    yield from (guid(code.id) for code in project.codes if code.id in reading.codes)
    if reading.coder == SETTLED:
        yield from (rejected_code(code.id) for code in project.codes if code.id in reading.rejected)
    if reading.none:
        yield none_code(project.id)


# --- users, cases, variables ------------------------------------------------------------------------------


def _user(coder: str) -> str:
    return SETTLED_USER if coder == SETTLED else guid("coder", coder)


def _add_users(root: ElementTree.Element, projects: list[CodedProject]) -> None:
    coders = sorted({reading.coder for project in projects for reading in project.readings})
    users = ElementTree.SubElement(root, "Users")
    ElementTree.SubElement(users, "User", guid=SYSTEM_USER, name=text("qda.system_user"))
    for coder in coders:
        name = text("qda.settled") if coder == SETTLED else xml_text(coder)
        ElementTree.SubElement(users, "User", guid=_user(coder), name=name)


def _add_cases(root: ElementTree.Element, sessions: list[SessionNotes]) -> None:
    """Organisations, workshops and groups as cases, with what was told of the group as its variables."""
    variables = ElementTree.SubElement(root, "Variables")
    for detail in DETAILS:
        name = text(f"spreadsheet.heading.{detail.name}")
        kind = _VALUES[detail.kind][0]
        ElementTree.SubElement(
            variables, "Variable", guid=_variable(detail.name), name=name, typeOfVariable=kind
        )
    cases = ElementTree.SubElement(root, "Cases")
    for level in ("organisation", "workshop"):
        for name in dict.fromkeys(getattr(session.details, level) for session in sessions):
            if name.strip():
                case = _add_case(cases, guid("case", level, name), text(f"qda.case.{level}", name=name))
                of_case = [session for session in sessions if getattr(session.details, level) == name]
                _add_source_refs(case, of_case)
    names = shared_names(sessions)
    for session in sessions:
        name = text("qda.case.group", name=names[session.id])
        case = _add_case(cases, guid("case", "group", session.id), name)
        _add_values(case, session)
        _add_source_refs(case, [session])


def _variable(name: str) -> str:
    return guid("variable", name)


def _add_case(cases: ElementTree.Element, id: str, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(cases, "Case", guid=id, name=xml_text(name))


def _add_values(case: ElementTree.Element, session: SessionNotes) -> None:
    for detail in DETAILS:
        value = getattr(session.details, detail.name)
        if value is None or value == "" or (detail.kind == "day" and not _is_day(value)):
            continue
        value_element = ElementTree.SubElement(case, "VariableValue")
        ElementTree.SubElement(value_element, "VariableRef", targetGUID=_variable(detail.name))
        ElementTree.SubElement(value_element, _VALUES[detail.kind][1]).text = xml_text(str(value))


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _add_source_refs(case: ElementTree.Element, sessions: Iterable[SessionNotes]) -> None:
    for session in sessions:
        ElementTree.SubElement(case, "SourceRef", targetGUID=guid(session.id))


# --- sources, segments, memos -----------------------------------------------------------------------------


def _add_sources(
    root: ElementTree.Element, sessions: list[SessionNotes], readings: dict[str, dict[str, _CoderReading]]
) -> dict[str, str]:
    """The texts by file name."""
    texts = {}
    names = shared_names(sessions)
    sources = ElementTree.SubElement(root, "Sources") if sessions else root
    for session in sessions:
        words, spans = session_text(session)
        file = f"{guid(session.id)}.txt"
        texts[file] = words
        attributes = {"guid": guid(session.id), "name": xml_text(names[session.id])}
        attributes |= {"plainTextPath": f"internal://{file}", "creatingUser": SYSTEM_USER}
        source = ElementTree.SubElement(sources, "TextSource", attributes)
        _add_segments(source, session, words, spans, readings)
    return texts


def _add_segments(
    source: ElementTree.Element,
    session: SessionNotes,
    words: str,
    spans: dict[Id, tuple[int, int]],
    readings: dict[str, dict[str, _CoderReading]],
) -> None:
    """A segment for each note with what it is by itself, and one more for each coder who has read it.

    A program that gives all codings of a segment to its maker so keeps the coders apart.
    """
    times = {note.id: note.created_at for note in session.notes}
    for note, codes in note_codes(session):
        name = _beginning(words, spans[note])
        segment = _add_segment(source, guid(note), name, spans[note], SYSTEM_USER, times[note])
        _add_codings(segment, note, SYSTEM_USER, codes)
        for coder, what in readings.get(note, {}).items():
            user = _user(coder)
            id = guid("segment", note, user)
            segment = _add_segment(source, id, name, spans[note], user, what.at)
            if what.memos:  # some programs read this, others the memo itself
                about = "\n\n".join(memo for _, memo in what.memos)
                ElementTree.SubElement(segment, "Description").text = xml_text(about)
            _add_codings(segment, note, user, what.codes)
            for memo, _ in what.memos:
                ElementTree.SubElement(segment, "NoteRef", targetGUID=memo)


def _beginning(words: str, span: tuple[int, int]) -> str:
    start, end = span
    return xml_text(" ".join(words[start : min(end, start + 200)].split())[:60])


def _add_segment(
    source: ElementTree.Element, id: str, name: str, span: tuple[int, int], user: str, at: int
) -> ElementTree.Element:
    attributes = {"guid": id, "name": name, "startPosition": str(span[0]), "endPosition": str(span[1])}
    return ElementTree.SubElement(
        source, "PlainTextSelection", attributes | {"creatingUser": user} | _created(at)
    )


def _add_codings(segment: ElementTree.Element, note: str, user: str, codes: Iterable[str]) -> None:
    for code in codes:
        coding = ElementTree.SubElement(
            segment, "Coding", guid=guid("coding", note, user, code), creatingUser=user
        )
        ElementTree.SubElement(coding, "CodeRef", targetGUID=code)


def _created(at: int) -> dict[str, str]:
    try:
        moment = datetime.fromtimestamp(at / 1000, UTC)
    except (OverflowError, OSError, ValueError):  # of a damaged id
        return {}
    return {"creationDateTime": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}


def _add_memos(root: ElementTree.Element, readings: dict[str, dict[str, _CoderReading]]) -> None:
    memos = [
        (memo, words, coder, what.at)
        for coders in readings.values()
        for coder, what in coders.items()
        for memo, words in what.memos
    ]
    notes = ElementTree.SubElement(root, "Notes") if memos else root
    for memo, words, coder, at in memos:
        name = text("qda.memo", coder=xml_text(coder))
        attributes = {"guid": memo, "name": name, "creatingUser": _user(coder)}
        note = ElementTree.SubElement(notes, "Note", attributes | _created(at))
        ElementTree.SubElement(note, "PlainTextContent").text = xml_text(words)
