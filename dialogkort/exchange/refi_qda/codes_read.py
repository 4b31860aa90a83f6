"""The codes of a file as ours: those of a coding project, or what a note is by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from dialogkort.domain.coding import normalized_name
from dialogkort.domain.event_ids import Id, is_id, leaves_room
from dialogkort.exchange.refi_qda.codebook import (
    FOLDERS,
    CodeNode,
    folder_guid,
    none_code,
    rejected_code,
    retired_folder,
)
from dialogkort.exchange.refi_qda.names import is_called, name_in

MAX_CODE_LENGTH = 80  # characters: it has to fit on a button
OTHERS = ""  # the project of codes that stand in no project's folder
NAMED = "named "  # opens what stands for the id of a project that only has a name


@dataclass(frozen=True)
class FoundCode:
    """A code of a file, and of which project (by id; `OTHERS` for a new one).

    `says` is what a coding with it says: that the code applies, that it does not (as settled), or that none
    does. `folder` is False for one that can be coded with.
    """

    project: str
    guid: str
    name: str
    description: str = ""
    retired: bool = False
    says: str = "applies"


@dataclass(frozen=True)
class CodesOfFile:
    """By guid, the codes of projects; the guids of what notes are by themselves; and folders' guids."""

    codes: Mapping[str, FoundCode]
    of_notes: frozenset[str]
    folders: frozenset[str]
    projects: Mapping[str, str]  # name by id


def codes_of(nodes: Iterable[CodeNode], known: Mapping[Id, str]) -> CodesOfFile:
    """The codes of a tree; `known` are the coding projects here, name by id."""
    codes: dict[str, FoundCode] = {}
    of_notes: set[str] = set()
    folders: set[str] = set()
    projects: dict[str, str] = {}
    nodes = list(nodes)
    homes = _homes([node for node in nodes if not _is_of_notes(node)], known, any(map(_is_of_notes, nodes)))
    for node in nodes:
        if _is_of_notes(node):
            of_notes |= {below.guid for below in node.all_below()}
            continue
        folders |= {below.guid for below in node.all_below() if not below.codable}
        if project := homes[node.guid]:
            projects[project] = node.name
        codes |= {code.guid: code for code in _codes(node, project, node)}
    _settle_rejections(codes)
    return CodesOfFile(codes, frozenset(of_notes), frozenset(folders), projects)


def _is_of_notes(node: CodeNode) -> bool:
    if node.codable:
        return False
    return any(
        node.guid == folder_guid(folder) or is_called(node.name, f"qda.folder.{folder}") for folder in FOLDERS
    )


def _homes(nodes: list[CodeNode], known: Mapping[Id, str], is_ours: bool) -> dict[str, str]:
    """By guid, the project of each node at the top.

    Of a file with our notes' own codes in which no folder is known any more, each is a project of its name.
    """
    homes = {node.guid: _project_of(node, known) for node in nodes}
    if is_ours and not any(homes.values()):
        return {node.guid: OTHERS if node.codable else f"{NAMED}{node.name}" for node in nodes}
    return homes


def _project_of(node: CodeNode, known: Mapping[Id, str]) -> str:
    """The id of the coding project whose folder a node is; empty when it is none."""
    if node.codable:
        return ""
    if is_id(node.guid) and leaves_room(node.guid):
        return node.guid
    named = (id for id, name in known.items() if normalized_name(name) == normalized_name(node.name))
    return next(named, "")


def _codes(node: CodeNode, project: str, folder: CodeNode, retired: bool = False) -> Iterator[FoundCode]:
    if node.codable:
        yield _read_code(node, project, folder, retired)
    else:
        retired = retired or node.guid == retired_folder(project) or is_called(node.name, "qda.retired")
    for child in node.children:
        yield from _codes(child, project, folder, retired)


def _read_code(node: CodeNode, project: str, folder: CodeNode, retired: bool) -> FoundCode:
    name = " ".join(node.name.split()).removesuffix(f" ({folder.name})")
    says = "applies"
    if project and (node.guid == none_code(project) or is_called(name, "qda.none")):
        says = "none"
    elif project and (of := name_in(name, "qda.rejected")):
        says, name = "rejected", of
    return FoundCode(project, node.guid, name, node.description, retired, says)


def _settle_rejections(codes: dict[str, FoundCode]) -> None:
    """A code that says that another does not apply takes that one's guid and name."""
    applying = [code for code in codes.values() if code.says == "applies"]
    by_name = {(code.project, normalized_name(code.name)): code for code in applying}
    by_guid = {rejected_code(code.guid): code for code in applying}
    for key, code in list(codes.items()):
        of = by_guid.get(key)
        if of is None and code.says == "rejected":
            of = by_name.get((code.project, normalized_name(code.name)))
        if of:
            codes[key] = replace(of, says="rejected")
