"""The codes of a REFI-QDA file as a tree: those of coding projects, and areas, cards and kinds of notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from xml.etree import ElementTree

from dialogkort.domain import coding
from dialogkort.domain.coding import SETTLED, Code, Reading
from dialogkort.domain.event_ids import Id
from dialogkort.domain.events import NoteKind
from dialogkort.domain.limits import OPENING_QUESTIONS
from dialogkort.errors import InvalidAction
from dialogkort.exchange.refi_qda.names import CODEBOOK_NAMESPACE, ORIGIN, guid, xml_text
from dialogkort.exchange.refi_qda.session_texts import SessionNotes, kind_label
from dialogkort.i18n import text
from dialogkort.store import Store

_LONGEST = 120  # characters of a code's name: a card's whole question is in its description


@dataclass(frozen=True)
class CodeNode:
    """A code or a folder of codes; a folder is not `codable`."""

    guid: str
    name: str
    description: str = ""
    codable: bool = True
    children: tuple[CodeNode, ...] = ()

    def all_below(self) -> Iterator[CodeNode]:
        """The node itself, and every one beneath it."""
        yield self
        for child in self.children:
            yield from child.all_below()


@dataclass(frozen=True)
class CodedProject:
    """A coding project as it reads now."""

    id: Id
    name: str
    codes: tuple[Code, ...]
    readings: tuple[Reading, ...]


def read_projects(store: Store, projects: Iterable[str] | None = None) -> list[CodedProject]:
    """Coding projects, the oldest first. `InvalidAction` when one that is named is none."""
    known = store.codings()
    chosen = sorted(known) if projects is None else list(projects)
    if strangers := [id for id in chosen if id not in known]:
        raise InvalidAction(text("coding.unknown", project=strangers[0][:40]))
    return [_read_project(store, Id(id)) for id in chosen]


def _read_project(store: Store, id: Id) -> CodedProject:
    events, _ = store.events(id)
    readings = coding.readings(events).values()
    return CodedProject(id, coding.project_name(events), coding.codebook(events), tuple(readings))


# --- the tree -----------------------------------------------------------------------------------------------


def project_tree(projects: Iterable[CodedProject]) -> tuple[CodeNode, ...]:
    """A folder for each coding project, with its codes and nothing of what was coded."""
    return _named_apart([_project_node(replace(project, readings=())) for project in projects])


def whole_tree(projects: Iterable[CodedProject], sessions: Iterable[SessionNotes]) -> tuple[CodeNode, ...]:
    """The projects' codes, and what every note is by itself: its area, its card, its kind."""
    return _named_apart([*map(_project_node, projects), *_note_nodes(list(sessions))])


def none_code(project: str) -> str:
    """The guid of the code that says that a coder has read a note and no code applies."""
    return guid("none", project)


def rejected_code(code: str) -> str:
    """The guid of the code that says that the coders have agreed that another one does not apply."""
    return guid("rejected", code)


def retired_folder(project: str) -> str:
    """The guid of the folder with the codes that are no longer in use."""
    return guid("retired", project)


def _project_node(project: CodedProject) -> CodeNode:
    nodes = {code: CodeNode(guid(code.id), code.name, code.definition) for code in project.codes}
    children = [node for code, node in nodes.items() if not code.retired]
    if retired := tuple(node for code, node in nodes.items() if code.retired):
        folder = text("qda.retired")
        children.append(CodeNode(retired_folder(project.id), folder, codable=False, children=retired))
    rejected = {code for reading in project.readings if reading.coder == SETTLED for code in reading.rejected}
    children += [
        CodeNode(rejected_code(code.id), text("qda.rejected", name=code.name))
        for code in project.codes
        if code.id in rejected
    ]
    if any(reading.none for reading in project.readings):
        children.append(CodeNode(none_code(project.id), text("qda.none")))
    return CodeNode(guid(project.id), project.name, codable=False, children=tuple(children))


def _note_nodes(sessions: list[SessionNotes]) -> Iterator[CodeNode]:
    decks = {session.deck.fingerprint: session.deck for session in sessions}.values()
    areas = dict.fromkeys(area.name for deck in decks for area in deck.areas)
    yield _folder("areas", [CodeNode(area_code(area), text("qda.area", name=area)) for area in areas])
    yield _folder(
        "cards",
        [
            CodeNode(
                card_code(deck.fingerprint, card.id),
                _cut(text("qda.card", number=card.shown_number, question=" ".join(card.question.split()))),
                card.question,
            )
            for deck in decks
            for card in deck.cards
        ],
    )
    kinds = [CodeNode(kind_code(kind), text("qda.kind", name=kind_label(kind))) for kind in NoteKind]
    yield _folder("kinds", kinds)
    rounds = [CodeNode(round_code(n), text("qda.opening_round", number=n)) for n in OPENING_QUESTIONS]
    own = dict.fromkeys(words for session in sessions for words in session.opening.own)
    rounds += [CodeNode(own_round_code(words), _cut(text("qda.own_opening", words=words))) for words in own]
    yield _folder("rounds", rounds)


def area_code(area: str) -> str:
    """The guid of an area's code."""
    return guid("area", area)


def card_code(deck: str, card: str) -> str:
    """The guid of a card's code, by its deck's fingerprint and its own id."""
    return guid("card", deck, card)


def kind_code(kind: NoteKind) -> str:
    """The guid of the code of a kind of note."""
    return guid("kind", kind)


def round_code(question: int) -> str:
    """The guid of the code of a question of the opening round."""
    return guid("round", str(question))


def own_round_code(words: str) -> str:
    """The guid of the code of a question of the facilitator's own in the opening round."""
    return guid("round", words)


def note_codes(session: SessionNotes) -> Iterator[tuple[Id, list[str]]]:
    """The guids of the codes that each note has by itself."""
    for note in session.notes:
        card = session.card(note)
        about = [area_code(card.area), card_code(session.deck.fingerprint, card.id)] if card else []
        if note.opening_question in OPENING_QUESTIONS:
            about.append(round_code(note.opening_question))
        elif words := session.opening.own_words(note.opening_question):
            about.append(own_round_code(words))
        yield note.id, [*about, kind_code(note.kind)]


FOLDERS = ("areas", "cards", "kinds", "rounds")


def folder_guid(folder: str) -> str:
    """The guid of one of the `FOLDERS`."""
    return guid("folder", folder)


def _folder(name: str, children: list[CodeNode]) -> CodeNode:
    return CodeNode(
        folder_guid(name), text(f"qda.folder.{name}"), codable=False, children=tuple(filter(None, children))
    )


def _cut(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"


def _named_apart(nodes: Iterable[CodeNode]) -> tuple[CodeNode, ...]:
    """The tree with no name twice: some programs know a code by its name alone.

    Of two that are called the same, the later has its folder's name behind it.
    """
    taken: set[str] = set()
    return tuple(_apart(node, "", taken) for node in nodes)


def _apart(node: CodeNode, folder: str, taken: set[str]) -> CodeNode:
    plain = name = " ".join(xml_text(node.name).split()) or "–"
    number = 1
    while coding.normalized_name(name) in taken:
        name = f"{plain} ({folder})" if number == 1 and folder else f"{plain} ({number + 1})"
        number += 1
    taken.add(coding.normalized_name(name))
    children = tuple(_apart(child, plain, taken) for child in node.children)
    return replace(node, name=name, children=children)


# --- as XML -------------------------------------------------------------------------------------------------


def codebook_file(projects: Iterable[CodedProject]) -> bytes:
    """A codebook as a .qdc file. `InvalidAction` when there are no codes: the standard has no empty one."""
    nodes = [node for node in project_tree(projects) if node.children]
    if not nodes:
        raise InvalidAction(text("qda.no_codes"))
    root = ElementTree.Element("CodeBook", xmlns=CODEBOOK_NAMESPACE, origin=ORIGIN)
    add_codes(root, nodes)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def add_codes(parent: ElementTree.Element, nodes: Iterable[CodeNode]) -> None:
    """Add the element `Codes` with a tree of codes."""
    codes = ElementTree.SubElement(parent, "Codes")
    for node in nodes:
        _add_code(codes, node)


def _add_code(parent: ElementTree.Element, node: CodeNode) -> None:
    attributes = {"guid": node.guid, "name": node.name, "isCodable": "true" if node.codable else "false"}
    element = ElementTree.SubElement(parent, "Code", attributes)
    if node.description.strip():
        ElementTree.SubElement(element, "Description").text = xml_text(node.description)
    for child in node.children:
        _add_code(element, child)
