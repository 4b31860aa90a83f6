"""Files that are handed in: who may, how much, under which names; and what comes of hostile ones."""

import http.client
import json
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from attack_client import HERE, Command, Rooms, Visitor, ask, ask_raw, join, new_id, room_in
from running import until

from dialogkort.decks.reading import read_deck
from dialogkort.exports.export import as_zip, exported_files
from dialogkort.i18n import text
from dialogkort.server import limits
from dialogkort.sessions.session import Session, start
from dialogkort.store import FILE_NAME, open_store
from dialogkort.store.backups import back_up
from dialogkort.ui import uploads

NOTES = 3


def group_in(folder: Path, group: str, notes: int = NOTES) -> Path:
    """A folder with the notes of one group."""
    store = open_store(folder)
    session = start(store, read_deck(), workshop="Fælles dag", group=group)
    card = session.table.face_down[0]
    session.turn(card)
    for number in range(notes):
        session.note(f"Note {number} fra {group}", card=card)
    store.close()
    return folder


@contextmanager
def facilitator(command: Command | Rooms) -> Iterator[Visitor]:
    with command.visit("overview") as window:
        window.ask({"type": "hello", "session": None})
        yield window


def post(port: int, name: str, content: bytes, access: str | None, **headers: str) -> tuple[int, dict]:
    """Hand a file in as a page does; the status, and what is answered."""
    line = http.client.HTTPConnection(HERE, port, timeout=90)
    own = {"Origin": f"http://{HERE}:{port}", "Dialogkort-Name": quote(name)}
    if access is not None:
        own["Dialogkort-Access"] = access
    line.request("POST", "/uploads", content, own | headers)
    answer = line.getresponse()
    body = answer.read()
    line.close()
    return answer.status, json.loads(body) if answer.status == 200 else {}


def hand_in(window: Visitor, port: int, files: dict[str, bytes]) -> dict:
    """Hand a file in, or those of a folder, and wait for what comes of it."""
    sent = [post(port, name, content, window.access) for name, content in files.items()]
    assert all("upload" in answer for _, answer in sent), sent
    window.slices.pop("imported", None)
    reply = window.ask({"type": "import", "uploads": [answer["upload"] for _, answer in sent]})
    assert "refused" not in reply, reply
    return window.slices.get("imported") or window.wait_for("imported")


def in_temporary_folders(folder: Path) -> list[Path]:
    """The files that lie there, less those by which a folder is locked while it is in use."""
    # Folders may go while they are looked through, which `rglob` takes for a fault.
    files = [Path(inside) / name for inside, _, names in os.walk(folder) for name in names]
    return [path for path in files if not path.name.startswith(("in-use", "locked"))]


def is_being_written(path: Path) -> bool:
    """Whether a file is there, and not empty."""
    with suppress(FileNotFoundError):
        return path.stat().st_size > 0
    return False


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    (folder := tmp_path / "tmp").mkdir()
    return folder


def test_groups_are_counted_and_every_window_sees_them_and_nothing_is_left_behind(
    tmp_path: Path, temporary: Path
):
    with room_in(tmp_path / "noter", TMPDIR=str(temporary)) as room:
        command = room.command
        with facilitator(command) as window, command.visit() as lobby:
            lobby.ask({"type": "hello", "session": None})
            content = (group_in(tmp_path / "a", "Gruppe A") / FILE_NAME).read_bytes()
            result = hand_in(window, command.port, {FILE_NAME: content})
            (row,) = result["sessions"]
            assert (row["group"], row["is_new"], row["has_new"], row["notes"]) == (
                "Gruppe A",
                True,
                True,
                NOTES,
            )
            assert result["files"] == []
            while not any(one["group"] == "Gruppe A" for one in lobby.slices["lobby"]["sessions"]):
                lobby.take()
            while not window.slices["workshops"]:
                window.take()
            again = hand_in(window, command.port, {"kopi af filen.sqlite": content})
            (row,) = again["sessions"]
            assert (row["is_new"], row["has_new"], row["notes"], again["new"]) == (False, False, 0, 0)
        until(lambda: in_temporary_folders(temporary) == [])


def test_imports_that_overtake_each_other_are_all_read_and_notes_with_other_words_are_counted(
    tmp_path: Path, temporary: Path
):
    folder = group_in(tmp_path / "a", "Gruppe A", notes=2)
    before = (folder / FILE_NAME).read_bytes()
    with closing(open_store(folder)) as store:
        session = Session(store, next(iter(store.sessions())))
        note = session.notes[0]
        session.note("Forfalsket", note=note.id, card=note.card, after=note.version)
    forged = (folder / FILE_NAME).read_bytes()
    others = [(group_in(tmp_path / name, name) / FILE_NAME).read_bytes() for name in "BCDE"]
    with room_in(tmp_path / "noter", TMPDIR=str(temporary)) as room, facilitator(room.command) as window:
        port = room.command.port
        hand_in(window, port, {FILE_NAME: before})
        uploaded = [
            post(port, FILE_NAME, content, window.access)[1]["upload"] for content in [*others, forged]
        ]
        for upload in uploaded:
            window.say({"type": "import", "id": new_id(), "uploads": [upload]})
        results = [window.wait_for("imported") for _ in uploaded]
        assert [row["group"] for result in results for row in result["sessions"]] == [*"BCDE", "Gruppe A"]
        assert [row["rewritten"] for result in results for row in result["sessions"]] == [0, 0, 0, 0, 1]
        until(lambda: in_temporary_folders(temporary) == [])
    with closing(open_store(tmp_path / "noter")) as store:
        session = Session(store, session.id)
        assert session.notes[0].text == "Forfalsket"
        session.undo()
        assert session.notes[0].text == note.text


def test_a_damaged_file_is_made_whole_by_the_copies_in_its_folder_and_others_say_why_they_are_refused(
    command: Command, tmp_path: Path
):
    folder = group_in(tmp_path / "b", "Gruppe B")
    back_up(folder / FILE_NAME)
    damaged = bytearray((folder / FILE_NAME).read_bytes())
    damaged[4096:] = b"\xff" * (len(damaged) - 4096)
    copies = {
        f"USB/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in folder.rglob("*")
        if path.parent.name in ("backup", "journal")
    }
    assert copies
    with facilitator(command) as window:
        alone = hand_in(window, command.port, {f"USB/{FILE_NAME}": bytes(damaged)})
        assert alone["files"][0]["name"] == f"USB/{FILE_NAME}" and alone["sessions"] == []
        whole = hand_in(window, command.port, {f"USB/{FILE_NAME}": bytes(damaged), **copies})
        assert [row["notes"] for row in whole["sessions"]] == [NOTES]

        refused = {
            "foto.jpg": b"\xff\xd8" * 500,
            "tom.json": b"",
            "halv.zip": b"PK\x03\x04" + bytes(400),
            "nyere.json": json.dumps(
                {"format": "dialogkort", "version": 99, "decks": [], "events": []}
            ).encode(),
        }
        for name, content in refused.items():
            result = hand_in(window, command.port, {name: content})
            ((file,), sessions) = result["files"], result["sessions"]
            assert file["name"] == name and name in file["problems"][0] and sessions == []
            assert "tmp" not in file["problems"][0]
        assert text("import.newer", name="nyere.json") in file["problems"]


def test_a_zip_that_unpacks_to_gigabytes_is_refused_and_the_server_goes_on(command: Command, tmp_path: Path):
    import zipfile

    bomb = tmp_path / "bombe.zip"
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed,
        packed.open("dialogkort.json", "w", force_zip64=True) as member,
    ):
        for _ in range(300):
            member.write(bytes(1 << 20))
    with facilitator(command) as window:
        result = hand_in(window, command.port, {"bombe.zip": bomb.read_bytes()})
        assert "bombe.zip" in result["files"][0]["problems"][0]
        store = open_store(group_in(tmp_path / "c", "Gruppe C"))
        exported = as_zip(exported_files(store).files)
        store.close()
        assert [row["group"] for row in hand_in(window, command.port, {"c.zip": exported})["sessions"]] == [
            "Gruppe C"
        ]


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/dialogkort.json",
        "/etc/dialogkort.json",
        "..\\..\\dialogkort.json",
        "C:\\dialogkort.json",
        "CON.json",
        "a/../../b/dialogkort.sqlite",
        "a\0b.json",
        "linje\nskift.json",
        "././//x.json",
        ".dialogkort-key",
    ],
)
def test_no_name_leads_out_of_the_temporary_folder(name: str, tmp_path: Path):
    files_in = uploads.Uploads()
    secret = files_in.begin(name)
    files_in.append(secret, b"x")
    files_in.finish(secret)
    handed_in = files_in.take([secret])
    (path,) = [path for path in handed_in.folder.rglob("*") if path.is_file()]
    assert path.resolve().is_relative_to(handed_in.folder.resolve())
    assert list(handed_in.names.values()) == [name]
    assert path.relative_to(handed_in.folder).as_posix() in handed_in.names
    assert set(path.name) <= set("dialogkort.sqlitejzpwan-0123456789")
    files_in.close()
    assert not handed_in.folder.exists()


def test_who_has_not_the_facilitators_access_hands_nothing_in(rooms: Rooms):
    port = rooms.facilitator
    with facilitator(rooms) as window, rooms.join(rooms.group) as group:
        for access in (None, "", "x" * 32, group.access, rooms.key):
            assert post(port, "a.json", b"{}", access)[0] == 403, access
        assert post(port, "a.json", b"{}", window.access, Origin="http://evil.example")[0] == 403
        assert post(port, "a.json", b"{}", window.access, Host="evil.example")[0] == 403
        assert post(rooms.groups, "a.json", b"{}", window.access)[0] in (404, 405)
        assert post(rooms.groups, "a.json", b"{}", group.access)[0] in (404, 405)
        assert "refused" in group.ask({"type": "import", "uploads": ["x" * 32]})
        assert "refused" in window.ask({"type": "import", "uploads": ["x" * 32]})
        assert "refused" in window.ask({"type": "import", "uploads": []})
        assert ask(port, "/uploads").status == 405
    assert post(port, "a.json", b"{}", window.access)[0] == 403, "its window is closed"


def test_a_slow_upload_goes_on_when_hundreds_open_connections_and_say_nothing(tmp_path: Path):
    folder = tmp_path / "noter"
    with room_in(folder) as room, facilitator(room.command) as window, ExitStack() as idle:
        port = room.command.port
        line = idle.enter_context(socket.create_connection((HERE, port), 60))
        head = (
            f"POST /uploads HTTP/1.1\r\nHost: {HERE}:{port}\r\nOrigin: http://{HERE}:{port}\r\n"
            f"Dialogkort-Access: {window.access}\r\nDialogkort-Name: a.json\r\nContent-Length: 4\r\n\r\n"
        )
        line.sendall(head.encode() + b"{ ")
        ask(port, "/alive")
        for _ in range(limits.MAX_UNAUTHENTICATED + 44):
            idle.enter_context(socket.create_connection((HERE, port), 60))
        ask(port, "/alive")
        line.sendall(b" }")
        assert b"200" in line.recv(1_000).splitlines()[0]


def test_a_device_that_has_only_called_the_page_to_join_by_hands_nothing_in(tmp_path: Path):
    with room_in(tmp_path / "noter") as room, room.stranger() as stranger:
        assert post(room.command.port, "a.json", b"{}", stranger.access)[0] == 403
        path = join(stranger, room.code, name="Gruppe 1", device="both")
        with room.device(path) as device:
            assert post(room.command.port, "a.json", b"{}", device.access)[0] == 403


def test_what_is_too_large_or_never_ends_is_cut_off_and_leaves_nothing(tmp_path: Path, temporary: Path):
    with room_in(tmp_path / "noter", TMPDIR=str(temporary)) as room:
        port = room.command.port
        with facilitator(room.command) as window:
            head = (
                f"POST /uploads HTTP/1.1\r\nHost: {HERE}:{port}\r\nOrigin: http://{HERE}:{port}\r\n"
                f"Dialogkort-Access: {window.access}\r\nDialogkort-Name: a.json\r\n"
            )
            too_long = f"{head}Content-Length: {uploads.MAX_FILE_BYTES + 1}\r\n\r\n"
            assert ask_raw(port, too_long.encode() + bytes(1000)).status in (0, 400)
            with socket.create_connection((HERE, port), 60) as line:  # broken off in the midst
                line.sendall(f"{head}Content-Length: 2000000\r\n\r\n".encode() + bytes(1_000_000))
                until(lambda: any(map(is_being_written, in_temporary_folders(temporary))))
            assert ask_raw(port, b"POST /uploads HTTP/1.1\r\n" + b"A: b\r\n" * 9000 + b"\r\n").status != 200
            until(lambda: in_temporary_folders(temporary) == [])
            assert post(port, "", b"x", window.access)[1] == {"refused": text("import.no_name")}
            assert "refused" not in window.ask({"type": "hello", "session": None})


def test_more_than_there_is_room_for_is_refused_and_what_was_there_stays(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(uploads, "MAX_FILE_BYTES", 10)
    monkeypatch.setattr(uploads, "MAX_BYTES", 15)
    files_in = uploads.Uploads()
    whole = uploads.take_in(files_in, {"name": "a.json", "is_last": True}, b"0123456789")
    first = uploads.take_in(files_in, {"name": "b.json"}, b"01234")
    assert "upload" in whole and "upload" in first
    more = uploads.take_in(files_in, {"upload": first["upload"], "is_last": True}, b"5")
    assert more == {"refused": text("import.too_large", name="b.json")}
    alone = uploads.take_in(files_in, {"name": "c.json", "is_last": True}, b"01234567890")
    assert alone == {"refused": text("import.too_large", name="c.json")}
    assert list(files_in.take([whole["upload"]]).names.values()) == ["a.json"]
    files_in.close()


def test_files_that_wait_to_be_read_fill_no_disk_also_when_reading_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(uploads, "MAX_BYTES", 15)
    files_in = uploads.Uploads()
    whole = {"name": "a.json", "is_last": True}
    handed_in = files_in.take([uploads.take_in(files_in, whole, b"0123456789")["upload"]])
    assert uploads.take_in(files_in, whole, b"0123456789") == {"refused": text("import.too_many_waiting")}
    files_in.remove(handed_in)
    assert "upload" in uploads.take_in(files_in, whole, b"0123456789")
    files_in.close()


def test_a_file_that_lies_in_endless_folders_is_refused_with_a_message():
    files_in = uploads.Uploads()
    refused = uploads.take_in(files_in, {"name": "/" * 999 + "x", "is_last": True}, b"x")
    assert refused == {"refused": text("import.no_name")}
    files_in.close()
