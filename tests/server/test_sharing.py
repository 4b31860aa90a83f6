"""Sharing with the room: off unless asked for; who has the code joins, and nobody else gets anywhere."""

import asyncio
import json
import os
import shutil
import ssl
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import psutil
import pytest
from attack_client import (
    HERE,
    Closed,
    Line,
    Room,
    Visitor,
    ask,
    command_in,
    frame,
    join,
    new_id,
    noted,
    room_in,
    share_at_an_own_port,
)
from behind_nginx import nginx_before
from running import free_port, until
from test_attacks import FOREIGN, ROUTES, _is_guarded, _says_nothing
from test_attacks_on_sockets import FRAMES, MESSAGES

from dialogkort.decks.reading import read_deck
from dialogkort.domain.events import DrawPlan
from dialogkort.domain.limits import MAX_SILENT_OF_ADDRESS, MAX_SILENT_OF_DEVICE
from dialogkort.i18n import text
from dialogkort.server import limits
from dialogkort.server.host import Host
from dialogkort.server.join_code import new_code, read_code
from dialogkort.server.network import address_choices, own_addresses, resolve
from dialogkort.server.serve import connection_shares
from dialogkort.server.shared_room import Device, SharedRoom, keep_room, read_room
from dialogkort.server.sharing import CODE_SECONDS, Sharing
from dialogkort.sessions.session import start
from dialogkort.sessions.workshop_plan import begin
from dialogkort.store import FileStore, Store, catalogues, open_store
from dialogkort.ui.messages import MESSAGES as KINDS
from dialogkort.ui.share.joining import MAX_GROUPS
from dialogkort.ui.share.view import in_groups, proposed_workshop

WRONG = "0000-0000"
GUESSES = int(os.environ.get("DIALOGKORT_GUESSES", "2000"))  # 10,000 by hand
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only there 127.0.0.2 is this machine too")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A room that is shared with all the while."""
    with room_in(tmp_path_factory.mktemp("noter")) as room:
        yield room


@pytest.fixture
def own_room(tmp_path: Path) -> Iterator[Room]:
    """One of one's own: to be closed, renewed, killed."""
    with room_in(tmp_path / "noter") as room:
        yield room


def _refused(reply: dict, key: str) -> bool:
    return reply.get("refused") == text(key)


# --- the code ---------------------------------------------------------------------------------------------


def test_a_code_is_read_however_it_is_typed_and_never_from_something_else():
    for _ in range(200):
        code = new_code()
        typed = in_groups(code).lower().replace("0", "o").replace("1", "l")
        assert read_code(typed) == read_code(f"  {typed[:3]} – {typed[3:]} ") == code
    assert read_code("ＫＡ０1-2345") == "KA012345"
    for other in ("", "K7QF", "K7QF-2M9D-1", "K7QF-2M9U", "K7QF+2M9D" * 1000, "☃" * 8, "\0" * 8):
        assert read_code(other) in ("", read_code(other[:64]))
    assert not read_code("K7QF") and not read_code("UUUU-UUUU") and not read_code("0" * 9)


# --- off unless asked for ---------------------------------------------------------------------------------


def _listening(pid: int) -> set[str]:
    connections = psutil.Process(pid).net_connections("tcp")
    return {line.laddr.ip for line in connections if line.status == psutil.CONN_LISTEN}


def test_without_being_asked_nothing_listens_but_on_this_machine(command):
    assert _listening(command.pid) == {HERE}


def test_an_address_that_is_not_this_machines_is_refused_before_anything_is_opened(tmp_path: Path):
    ran = _run("--folder", str(tmp_path), "--share", "203.0.113.9")
    assert ran.returncode == 1
    assert text("sharing.no_address", address="203.0.113.9") in ran.stderr


def test_a_name_is_looked_up_before_anything_waits_for_it_and_from_the_page_addresses_alone_are_taken(
    tmp_path: Path,
):
    with command_in(tmp_path, "--share", "localhost") as command:
        until(lambda: any("http://localhost:" in line for line in command.running.printed))
        with command.visit("share") as facilitator:
            facilitator.ask({"type": "hello", "session": None})
            assert "//localhost:" in facilitator.slices["sharing"]["origin"]
            named = {"type": "start_sharing", "address": "localhost", "details": {"workshop": "Ny"}}
            assert facilitator.ask(named)["refused"] == text("sharing.no_address", address="localhost")
            facilitator.ask({**named, "address": HERE})
            shared = facilitator.slices["sharing"]
            assert shared["workshop"]["workshop"] == "Ny" and "//localhost:" in shared["origin"]


def test_the_addresses_to_choose_from_are_this_machines_own_and_none_is_everywhere():
    choices = [choice.address for choice in address_choices()]
    assert set(choices) <= own_addresses()
    assert not {HERE, "0.0.0.0"} & set(choices)
    assert [resolve(address) for address in choices] == choices


# --- joining ----------------------------------------------------------------------------------------------


def test_a_device_with_the_code_sees_the_meeting_and_gets_an_address_of_its_groups_own(room: Room):
    with room.stranger() as phone:
        assert phone.ask({"type": "hello", "session": None})["opened"]
        assert phone.slices["meeting"] is None
        phone.ask({"type": "show_code", "code": room.code.lower().replace("-", " ")})
        assert phone.slices["meeting"]["workshop"] == text("sharing.workshop")
        path = join(phone, room.code, name="Hjemmeplejen", device="both")
    assert ask(room.port, f"/{path}").status == 200
    with room.device(path) as table, room.stranger() as another, room.facilitator() as facilitator:
        assert table.slices["table"]["details"]["group"] == "Hjemmeplejen"
        another.ask({"type": "show_code", "code": room.code})
        groups = {group["name"]: group["session"] for group in another.slices["meeting"]["groups"]}
        session = groups["Hjemmeplejen"]
        with room.device(join(another, room.code, session=session, device="pad")) as pad:
            assert not pad.note(session, "Vi øver os").get("refused")
            assert "Vi øver os" in str(table.wait_for("table") and table.slices["notes"])
            while not any(row["here"] == 2 for row in facilitator.slices["sharing"]["groups"]):
                facilitator.take()


def test_a_group_that_joins_a_workshop_that_was_prepared_begins_with_its_cards(
    own_room: Room, tmp_path: Path
):
    store, deck = open_store(tmp_path / "noter"), read_deck()
    chosen = tuple(card.id for card in deck.cards[:3])
    plan = begin(store, deck, workshop=text("sharing.workshop"), draw=DrawPlan.OWN_ORDER, chosen=chosen)
    store.close()
    with own_room.stranger() as phone:
        path = join(phone, own_room.code, name="Blå", device="both")
    with own_room.device(path) as table:
        assert tuple(table.slices["table"]["order"]) == chosen
        assert table.slices["prepared"]["minutes"] == plan.planned.minutes


def test_a_groups_device_is_handed_its_own_workshops_catalogue_and_nothing_that_runs(
    own_room: Room, tmp_path: Path
):
    folder, file = tmp_path / "noter", tmp_path / "k.pdf"
    file.write_bytes(pdf := b"%PDF-1.7 <script>alert(1)</script>")
    name, digest = catalogues.keep(folder, file, "Katalog.pdf")
    store = open_store(folder)
    begin(store, read_deck(), workshop=text("sharing.workshop"), catalogue_file=name, catalogue_digest=digest)
    store.close()
    with own_room.stranger() as phone:
        path = join(phone, own_room.code, name="Blå", device="both")
    with own_room.stranger() as phone:
        elsewhere = join(phone, own_room.code, name="Grøn", device="both")
    with own_room.device(path) as table:
        assert table.slices["prepared"]["catalogue_file"] == "Katalog.pdf"
        table.ask({"type": "catalogue"})
        place = table.wait_for("download")["path"]
        good = {"Authorization": f"Bearer {table.access}"}
        for address, headers in (
            (f"/{path}{place}", {}),
            (f"/{elsewhere}{place}", good),
            (f"/{place}", good),
            (f"/{path}catalogues/{digest}", good),
            (f"/catalogues/{digest}", good),
            (f"/{path}files/{digest}", good),
        ):
            assert ask(own_room.port, address, **headers).status in (403, 404), address
        answer = ask(own_room.port, f"/{path}{place}", **good)
        assert answer.status == 200 and pdf in answer.body
        assert _is_guarded(answer) and "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"] == "attachment"
        assert ask(own_room.port, f"/{path}{place}", **good).status == 404


def test_a_device_that_asks_for_its_file_and_goes_before_it_is_there_fills_no_disk(tmp_path: Path):
    folder, file, temporary = (tmp_path / name for name in ("noter", "k.pdf", "tmp"))
    file.write_bytes(b"%PDF-1.7")
    temporary.mkdir()
    name, digest = catalogues.keep(folder, file, "Katalog.pdf")
    store = open_store(folder)
    begin(store, read_deck(), workshop=text("sharing.workshop"), catalogue_file=name, catalogue_digest=digest)
    store.close()
    with room_in(folder, TMPDIR=str(temporary), TEMP=str(temporary)) as room:
        path = room.join("Blå")
        for _ in range(5):
            with room.device(path) as table:
                table.ask({"type": "catalogue"})
        with room.device(path) as table:
            table.ask({"type": "catalogue"})
            table.wait_for("download")
            until(lambda: len(list(temporary.rglob("*.pdf"))) == 1)
        until(lambda: not list(temporary.rglob("*.pdf")))


def test_of_files_that_nobody_fetches_the_oldest_gives_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dialogkort.server.host._MAX_WAITING_BYTES", 10)
    with closing(Host(tmp_path / "noter")) as host:
        windows = [host.new_access_token("a") for _ in range(3)]
        files = [tmp_path / f"{number}.pdf" for number in range(3)]
        for file in files:
            file.write_bytes(b"%PDF")
        secrets = [host.add_download("k.pdf", str(file), at) for file, at in zip(files, windows, strict=True)]
        assert [file.exists() for file in files] == [False, True, True]
        assert host.take_download(secrets[0], windows[0]) is None
        assert host.take_download(secrets[1], windows[1])
        host.revoke_access_token(windows[2])
        assert not files[2].exists()


@pytest.fixture
def prepared_room(tmp_path: Path) -> Iterator[Room]:
    """A room whose next workshop was prepared: the command shares that, without being told which."""
    store, soon = open_store(tmp_path), date.today() + timedelta(days=2)
    begin(store, read_deck(), workshop="Om et år", date=str(date.today() + timedelta(days=365)))
    plan = begin(store, read_deck(), workshop="Temadag", organisation="Ikast", date=soon.isoformat())
    plan.change(purpose="Et fælles sprog", groups=("Rød", "Blå"), minutes=90)
    store.close()
    with room_in(tmp_path) as room:
        yield room


def test_the_workshop_that_was_prepared_is_shared_with_its_groups_to_choose_from(prepared_room: Room):
    room = prepared_room
    with room.facilitator() as facilitator, room.stranger() as first, room.stranger() as second:
        shared = facilitator.slices["sharing"]
        first.ask({"type": "show_code", "code": room.code})
        meeting = first.slices["meeting"]
        assert (meeting["workshop"], meeting["purpose"]) == ("Temadag", "Et fælles sprog")
        assert meeting["groups"] == [{"session": None, "name": "Rød"}, {"session": None, "name": "Blå"}]

        # Two devices press the same group; another phone would be the first of one that has not begun.
        blue = {"type": "join", "code": room.code, "name": "Blå", "prepared": True}
        assert _refused(second.ask(blue | {"device": "phone"}), "sharing.join.no_group")
        press = {"name": "Blå", "prepared": True, "device": "both"}
        paths = [join(window, room.code, **press) for window in (first, second)]
        assert _refused(second.ask({**blue, "prepared": False}), "sharing.join.name_taken")
        room.join("Deres eget navn")
        sessions = []
        for path in paths:
            with room.device(path) as device:
                assert device.slices["prepared"]["minutes"] == 90
                sessions.append(device.slices["table"]["session"])
        assert sessions[0] == sessions[1]
        second.ask({"type": "show_code", "code": room.code})
        groups = second.slices["meeting"]["groups"]
        assert [group["name"] for group in groups] == ["Rød", "Blå", "Deres eget navn"]
        assert (groups[0]["session"], groups[1]["session"]) == (None, sessions[0])
        join(second, room.code, name="Rød", prepared=True, device="both")
        facilitator.ask({"type": "hello", "session": None})
        joined = facilitator.slices["sharing"]["groups"]
        assert [group["name"] for group in joined] == ["Rød", "Blå", "Deres eget navn"], "as prepared"

        # Stopped and begun again from the page: it is proposed before the one in a year.
        facilitator.ask({"type": "end_sharing"})
        proposal = facilitator.slices["sharing"]["proposal"]
        assert [plan["name"] for plan in proposal["plans"]] == ["Temadag", "Om et år"]
        assert proposal["plan"] == proposal["plans"][0]["plan"] == shared["plan"]
        facilitator.ask({"type": "start_sharing", "address": HERE, "plan": proposal["plan"]})
        assert facilitator.slices["sharing"]["workshop"] == shared["workshop"]
        unknown = {"type": "start_sharing", "address": HERE, "plan": new_id()}
        assert facilitator.ask(unknown)["refused"]


def test_what_is_going_on_today_is_proposed_before_what_was_prepared_for_another_day(tmp_path: Path):
    store, today = open_store(tmp_path), date.today()
    begin(store, read_deck(), workshop="En anden dag", date=str(today + timedelta(days=9)))
    start(store, read_deck(), workshop="I dag", group="Rød", date=today.isoformat())

    def proposed() -> str:
        return proposed_workshop(store.plans(), next(iter(store.sessions().values())))[1]["workshop"]

    assert proposed() == "I dag"
    begin(store, read_deck(), workshop="Forberedt til i dag", date=today.isoformat())
    assert proposed() == "Forberedt til i dag"
    store.close()


def test_two_groups_cannot_bear_one_name_and_one_who_asks_again_begins_no_second(room: Room):
    with room.stranger() as phone:
        request = {"type": "join", "code": room.code, "name": "Gruppe  Æ", "device": "both"}
        id = new_id()
        for _ in range(2):
            assert not phone.ask(request | {"id": id}).get("refused")
        assert _refused(phone.ask(request | {"name": "gruppe æ"}), "sharing.join.name_taken")
        for unseen in ("\u200b", "\u200d", "\u202e", "\u2060", "\xad", "\ufe0f", "\u3164", "\U000e0041"):
            look_alike = phone.ask(request | {"name": f"Gruppe {unseen}Æ"})
            assert _refused(look_alike, "sharing.join.name_taken"), ascii(unseen)
            assert _refused(phone.ask(request | {"name": unseen}), "session.group_missing"), ascii(unseen)
        phone.ask({"type": "show_code", "code": room.code})
        names = [group["name"] for group in phone.slices["meeting"]["groups"]]
        assert names.count("Gruppe  Æ") == 1


def test_a_group_that_has_joined_cannot_take_another_groups_name(room: Room):
    paths = [room.join(f"Omdøbt {number}") for number in (1, 2)]
    with room.device(paths[0]) as one, room.device(paths[1]) as two:
        own = one.slices["table"]
        session, details = own["session"], own["details"]

        def rename(name: str) -> dict:
            return _does(one, session, "described", **{**details, "group": name})

        for name in ("Omdøbt 2", "omdøbt  2", "Omdøbt\u200b 2"):
            assert _refused(rename(name), "sharing.join.name_taken"), ascii(name)
        assert one.slices["table"]["details"]["group"] == "Omdøbt 1"
        assert not {"refused", "unsaved"} & set(rename("Omdøbt 3"))
        assert one.slices["table"]["details"]["group"] == "Omdøbt 3"
        assert not {"refused", "unsaved"} & set(rename("OMDØBT 3")), "its own name, spelled otherwise"
        assert two.slices["table"]["details"]["group"] == "Omdøbt 2"


def test_a_group_that_takes_another_workshops_name_is_refused_and_sees_nothing_of_its_vote(own_room: Room):
    """What a group may see follows from its address, and never from what it says it is called."""
    with own_room.command.visit() as other, own_room.command.visit("plenum") as room:
        theirs = other.start(workshop="Ledernes dag", group="Ledelsen")
        notes = [_noted(other, theirs, words) for words in ("Fyringer", "Flytning")]
        room.ask({"type": "hello", "session": None})
        (key,) = (one["key"] for one in room.slices["workshops"] if "Ledernes dag" in one["name"])
        room.ask({"type": "show_plenum", "workshop": key})
        vote = {"type": "open_vote", "subject": "notes", "items": notes, "choices": 1}
        assert not room.ask(vote).get("refused")
        leaders = other.slices["table"]["details"]
        with own_room.device(own_room.join("Nysgerrig")) as group:
            own = group.slices["table"]
            for changed in (
                leaders,
                {"workshop": leaders["workshop"]},
                {"date": "2031-01-01"},
                {"unit": "X"},
            ):
                described = {**own["details"], **changed, "group": "Nysgerrig"}
                reply = _does(group, own["session"], "described", **described)
                assert _refused(reply, "sharing.join.not_your_workshop"), changed
            group.ask({"type": "hello", "session": None})
            assert group.slices["vote"] is None and "Fyringer" not in str(group.slices)
            ballot = {"type": "cast_vote", "vote": new_id(), "items": notes[:1], "counts": [3]}
            assert group.ask(ballot)["refused"]
            corrected = {**own["details"], "participants": 4}
            assert not _does(group, own["session"], "described", **corrected).get("refused")


def test_devices_that_name_one_group_at_the_same_time_begin_it_once(room: Room):
    with ExitStack() as lines:
        phones = {new_id(): lines.enter_context(room.stranger()) for _ in range(6)}
        for id, phone in phones.items():
            phone.say({"type": "join", "id": id, "code": room.code, "name": "Samtidig", "device": "both"})
        replies = [phone.reply_to(id) for id, phone in phones.items()]
        assert sum(_refused(reply, "sharing.join.name_taken") for reply in replies) == len(phones) - 1


def test_a_name_that_cannot_be_kept_is_refused_with_words(room: Room):
    with room.stranger() as phone:
        for name in ("", "   ", "x" * 201):
            assert phone.ask({"type": "join", "code": room.code, "name": name, "device": "both"})["refused"]
        for choice in (
            {"device": "admin"},
            {"session": new_id()},
            {"session": "no"},
            {"name": 5},
            {"code": None},
        ):
            request = {"type": "join", "code": room.code, "name": "Gruppe", "device": "both", **choice}
            assert phone.ask(request)["refused"], choice


def test_a_room_takes_only_so_many_groups(tmp_path: Path):
    store = open_store(tmp_path)
    workshop = {"workshop": "Fuldt hus", "date": date.today().isoformat()}
    for number in range(MAX_GROUPS - 1):
        start(store, read_deck(), group=f"Gruppe {number}", **workshop)
    store.close()
    with room_in(tmp_path) as room, room.stranger() as phone:
        request = {"type": "join", "code": room.code, "device": "both"}
        assert not phone.ask(request | {"name": "Den sidste"}).get("refused")
        assert _refused(phone.ask(request | {"name": "En til"}), "sharing.join.too_many")
        session = phone.slices["meeting"]["groups"][0]["session"]
        assert not phone.ask(request | {"session": session}).get("refused")


# --- who has no code --------------------------------------------------------------------------------------


def test_of_the_facilitators_routes_none_is_there_for_the_room(room: Room):
    for path in {*ROUTES, "/del", "/socket/share", "/socket/workshop"} - {"/", "/alive"}:
        if path.startswith("/assets/"):
            continue
        for method in ("GET", "HEAD"):
            assert ask(room.port, path, method).status == 404, path
        with Line(room.port, path) as line:
            assert line.status == 404
    assert room.command.key.encode() not in ask(room.port, "/").body


def test_every_answer_to_the_room_is_guarded_and_only_reading_is_answered(room: Room):
    for path in ("/", "/alive", "/g/" + "n" * 22 + "/", "/no-such-page"):
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
            answer = ask(room.port, path, method)
            assert _is_guarded(answer) and _says_nothing(answer), (path, method)
            assert answer.status == 405 if method not in ("GET", "HEAD") else answer.status < 405
        assert ask(room.port, path, Host="evil.example").status == 403
        assert ask(room.port, path, Host=f"{HERE}:{room.command.port}").status == 403


def test_the_page_to_join_by_holds_neither_code_nor_groups(room: Room):
    room.join("En hemmelig gruppe")
    body = ask(room.port, "/").body
    assert read_code(room.code).encode() not in body and room.code.encode() not in body
    assert b"hemmelig" not in body


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_page_from_elsewhere_opens_no_socket_to_join_by(room: Room, origin: str | None):
    with Line(
        room.port, "/socket/join", {"Origin": origin and origin.format(port=room.port, other=room.port + 1)}
    ) as line:
        assert line.status in (400, 403)


def test_before_joining_one_can_do_nothing_but_join(room: Room):
    session = new_id()
    messages = {
        "event": {"event": noted(session, "x")},
        "undo": {"event": {"what": "undone", "id": new_id(), "session": session, "events": [session]}},
        "redact": {"event": noted(session, "x", after=session)},
        "start": {"details": {"workshop": "W", "group": "G"}},
        "open": {"session": session},
        "overview": {"scope": "workshop"},
        "erase": {"sessions": [session]},
        "sign_in": {"coder": "A"},
        "set_joining": {"is_open": False},
        "start_sharing": {"address": HERE, "details": {"workshop": "W"}},
    }
    with room.facilitator() as facilitator:
        before = facilitator.slices["sharing"]
        for kind in set(KINDS) - {"hello", "show_code", "join"}:
            with room.stranger() as phone:
                phone.ask({"type": "show_code", "code": room.code})
                assert phone.ask({"type": kind, **messages.get(kind, {})})["refused"], kind
                assert set(phone.slices) == {"meeting"}
        facilitator.ask({"type": "hello", "session": None})
        assert facilitator.slices["sharing"]["code"] == before["code"]


def test_a_group_cannot_share_join_or_hear_of_the_others(room: Room):
    room.join("Den anden")
    with room.device(room.join("Den ene")) as device:
        for kind in ("start_sharing", "set_joining", "renew_code", "end_sharing", "show_code", "join"):
            fields = {
                "start_sharing": {"address": HERE, "details": {}},
                "set_joining": {"is_open": False},
                "show_code": {"code": room.code},
                "join": {"code": room.code, "name": "x"},
            }.get(kind, {})
            assert device.ask({"type": kind, **fields})["refused"]
        assert "Den anden" not in str(device.slices)


@contextmanager
def _a_group_and_a_phone(room: Room, name: str) -> Iterator[tuple[Visitor, Visitor, str]]:
    """A group's table with a card turned, a participant's own phone there, and the session."""
    with room.device(room.join(name)) as table, room.stranger() as stranger:
        session = table.slices["table"]["session"]
        path = join(stranger, room.code, session=session, device="phone")
        card = table.slices["table"]["face_down"][0]
        assert not _does(table, session, "turned", card=card).get("refused")
        with room.device(path, screen="phone") as phone:
            yield table, phone, session


def _does(window: Visitor, session: str, what: str, **fields: object) -> dict:
    id = new_id()
    own = {"note": id} if what == "silently noted" else {}
    return window.ask(
        {"type": "event", "event": {"what": what, "id": id, "session": session, **own, **fields}}
    )


def test_a_participants_own_phone_sees_the_card_and_hands_in_what_nobody_sees_before_it_is_shown(room: Room):
    with _a_group_and_a_phone(room, "Med telefoner") as (table, phone, session):
        card = phone.slices["phone"]["card"]["id"]
        assert card == table.slices["table"]["current"]
        written = {"card": card, "text": "Vi tør ikke spørge"}
        assert _refused(_does(phone, session, "silently noted", **written), "session.silence_over")
        assert not _does(table, session, "silence begun", card=card).get("refused")
        while not phone.slices["phone"]["silence"]:
            phone.take()
        assert not _does(phone, session, "silently noted", **written).get("refused")
        while not table.slices["table"]["silence"][card]["count"]:
            table.take()
        assert "Vi tør ikke" not in str(table.slices)
        assert not _does(table, session, "silence ended", card=card).get("refused")
        assert "Vi tør ikke" in str(table.slices)
        table.note(session, "Gruppens egen note")
        while phone.slices["phone"]["silence"]:
            phone.take()
        phone.ask({"type": "hello", "session": None})
        assert set(phone.slices) == {"phone"}
        assert not [words for words in ("Vi tør ikke", "Gruppens egen") if words in str(phone.slices)]


def test_a_phone_is_refused_all_that_is_not_its_own(room: Room):
    with (
        _a_group_and_a_phone(room, "Angrebet") as (table, phone, session),
        room.device(room.join("Naboen")) as neighbour,
    ):
        other = neighbour.slices["table"]["session"]
        card = phone.slices["phone"]["card"]["id"]
        for device in (table, neighbour):
            at = device.slices["table"]
            first = at.get("current") or at["face_down"][0]
            _does(device, at["session"], "turned", card=first)
            assert not _does(device, at["session"], "silence begun", card=first).get("refused")
        before = table.slices["table"]["turned"]
        acts = {
            "described": {"workshop": "W", "group": "G"},
            "turned": {"card": table.slices["table"]["face_down"][0]},
            **{what: {"card": card} for what in ("discussed", "skipped", "put back", "silence ended")},
            "noted": {"note": new_id(), "text": "x", "opening_question": 1},
            "note removed": {"note": new_id()},
            "ended": {},
            "timer started": {"seconds": 60},
            "undone": {"events": [new_id()]},
        }
        for what, fields in acts.items():
            assert _refused(_does(phone, session, what, **fields), "page.refused.not_understood"), what
        neighbours = neighbour.slices["table"]["current"]
        assert _does(phone, other, "silently noted", card=neighbours, text="x")["refused"]
        assert _does(phone, session, "silently noted", card=card, text="x", note=new_id())["refused"]
        messages = {
            "undo": {"event": {"what": "undone", "id": new_id(), "session": session, "events": [session]}},
            "redact": {"event": noted(session, "x", after=session)},
            "start": {"details": {"workshop": "W", "group": "G"}},
            "open": {"session": other},
            "overview": {"scope": "group"},
            "export": {"session": session},
            "erase": {"sessions": [session]},
            "show_code": {"code": room.code},
            "join": {"code": room.code, "name": "x"},
        }
        for kind in set(KINDS) - {"hello", "event"}:
            assert phone.ask({"type": kind, **messages.get(kind, {})})["refused"], kind
        phone.ask({"type": "hello", "session": other})  # it is its own group's all the same
        assert phone.slices["phone"]["session"] == session and set(phone.slices) == {"phone"}
        table.ask({"type": "hello", "session": None})
        assert table.slices["table"]["turned"] == before == {card: "open"}
        assert table.slices["table"]["silence"][card]["count"] == 0


def test_a_phone_begins_no_group_and_its_address_opens_no_table_also_after_a_kill(own_room: Room):
    with own_room.stranger() as stranger:
        own_room.join("Gruppen")
        request = {"type": "join", "code": own_room.code, "name": "Min helt egen", "device": "phone"}
        assert _refused(stranger.ask(request), "sharing.join.no_group")
        stranger.ask({"type": "show_code", "code": own_room.code})
        (group,) = stranger.slices["meeting"]["groups"]
        path = join(stranger, own_room.code, session=group["session"], device="phone")
    for _ in range(2):
        assert b'"screen": "phone"' in ask(own_room.port, f"/{path}").body
        with Line(own_room.port, f"/{path}socket/workshop") as line, suppress(Closed):
            line.say({"type": "hello", "id": new_id(), "session": None})
            assert line.receive()["type"] != "state"
        with own_room.device(path, screen="phone") as phone:
            assert phone.slices["phone"]["group"] == "Gruppen"
        own_room.command.running.kill()
        own_room.command.running.start()


def test_frames_and_messages_of_no_form_end_their_own_socket_only(room: Room):
    log = room.command.log
    with room.device(room.join("Uforstyrret")) as device:
        session = device.slices["table"]["session"]
        for number, frames in enumerate([*FRAMES.values(), *MESSAGES.values()]):
            with Line(room.port, "/socket/join", source=f"127.0.1.{number % 200 + 1}") as line:
                with suppress(OSError):
                    line.send(frames)
                    line.say({"type": "leave"})
                with suppress(Closed, OSError):
                    while "reply" not in line.receive():
                        pass
        assert not device.note(session, "det går videre").get("refused")
    assert room.command.log == log


def test_a_stranger_may_say_little_at_a_time(room: Room):
    long = frame(json.dumps({"type": "show_code", "code": "x" * limits.MAX_SIGN_IN_BYTES}).encode())
    with Line(room.port, "/socket/join") as line:
        line.send(long[:200])  # what it announces is enough
        assert line.how_it_ends() in (None, 1009)


# --- guessing ---------------------------------------------------------------------------------------------


@ON_LINUX
def test_after_ten_wrong_codes_in_a_minute_even_the_right_one_is_not_looked_at(own_room: Room):
    with own_room.stranger(source="127.0.0.9") as guesser, own_room.stranger() as phone:
        replies = [guesser.ask({"type": "show_code", "code": WRONG}) for _ in range(11)]
        assert all(_refused(reply, "sharing.join.wrong_code") for reply in replies[:10])
        assert _refused(replies[10], "sharing.join.must_wait")
        assert _refused(guesser.ask({"type": "show_code", "code": own_room.code}), "sharing.join.must_wait")
        with own_room.stranger(source="127.0.0.9") as again:
            request = {"type": "show_code", "code": own_room.code}
            assert _refused(again.ask(request), "sharing.join.must_wait")
        assert not phone.ask({"type": "show_code", "code": own_room.code}).get("refused")


@ON_LINUX
def test_thousands_of_guesses_close_the_door_and_groups_inside_do_not_notice(own_room: Room):
    with own_room.device(own_room.join("Inde")) as device, own_room.facilitator() as facilitator:
        session = device.slices["table"]["session"]
        looked_at = 0
        for number in range(GUESSES // limits.JOINING_BURST + 1):
            source = f"127.0.{number // 200 + 2}.{number % 200 + 1}"
            with own_room.stranger(source=source) as guesser:
                for guess in range(limits.JOINING_BURST):
                    code = f"{number:04d}-{guess:04d}"
                    guesser.say({"type": "show_code", "code": code})
                replies = [guesser.receive() for _ in range(limits.JOINING_BURST)]
            assert all(message["reply"]["refused"] for message in replies)
            wrong = text("sharing.join.wrong_code")
            looked_at += sum(message["reply"]["refused"] == wrong for message in replies)
        assert looked_at == limits.MAX_WRONG_CODES
        assert not device.note(session, "vi taler videre").get("refused")
        with own_room.stranger() as late:
            request = {"type": "show_code", "code": own_room.code}
            assert _refused(late.ask(request), "sharing.join.guessed")
        facilitator.ask({"type": "hello", "session": None})
        assert facilitator.slices["sharing"]["joining"] == "guessed"
        for is_open in (False, True):  # another window, where it still looks open, closes it first
            facilitator.ask({"type": "set_joining", "is_open": is_open})
        code = facilitator.slices["sharing"]["code"]
        assert code != own_room.code
        with own_room.stranger() as late:
            assert _refused(late.ask(request), "sharing.join.wrong_code")
            assert not late.ask({"type": "show_code", "code": code}).get("refused")


def test_hundreds_who_say_nothing_keep_no_group_out_and_nobody_from_joining(room: Room):
    with room.device(room.join("Til stede")) as device, ExitStack() as lines:
        session = device.slices["table"]["session"]
        for _ in range(limits.MAX_UNAUTHENTICATED + 100):
            lines.enter_context(Line(room.port, "/socket/join"))
        assert not device.note(session, "uforstyrret").get("refused")
        with room.device(room.join("Kommer alligevel")) as other:
            assert other.slices["table"]["session"]


@pytest.mark.parametrize("most", [480, 896, 4256], ids=["Windows", "a small limit", "Linux"])
def test_a_full_room_leaves_the_facilitator_connections_of_their_own(most: int):
    strangers, windows = connection_shares(most, is_room=True)
    own_strangers, _ = connection_shares(most, is_room=False)
    assert min(strangers, windows) >= 100, "a workshop finds room"
    assert most - strangers - windows - own_strangers >= 40, "windows of the facilitator's"


def test_who_joins_on_and_on_takes_no_place_from_who_joins_and_comes(own_room: Room):
    folder, first = own_room.command.folder, own_room.join("Inde")
    own_room.command.running.kill()
    shared_room = read_room(folder)
    asleep = {f"{number:022d}": Device(new_id(), "both") for number in range(limits.MAX_DEVICES - 3)}
    keep_room(folder, replace(shared_room, devices={**shared_room.devices, **asleep}))
    own_room.command.running.start()
    used = [first, own_room.join("Kommer med det samme")]
    sessions = []
    for path in used:
        with own_room.device(path) as device:
            sessions.append(device.slices["table"]["session"])
    request = {"type": "join", "code": own_room.code, "session": sessions[0], "device": "pad"}
    with own_room.stranger() as phone:
        for _ in range(10):
            assert not phone.ask(request).get("refused")
    devices = read_room(folder).devices
    assert len(devices) == limits.MAX_DEVICES and asleep.keys() <= devices.keys()
    for path, session in zip(used, sessions, strict=True):
        with own_room.device(path) as device:
            assert device.slices["table"]["session"] == session


def test_however_many_wait_at_the_page_to_join_by_the_sessions_are_read_once_for_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    reads: list[Store] = []
    read = FileStore.sessions
    monkeypatch.setattr(FileStore, "sessions", lambda store: (reads.append(store), read(store))[1])
    host, loop = Host(tmp_path), asyncio.new_event_loop()
    with closing(loop), closing(host):
        host.loop, host.sharing = loop, Sharing(host, tmp_path)
        workshop = {"workshop": "Dag", "organisation": "", "unit": "", "date": "2026-11-28"}
        host.dispatcher.call(lambda store: host.sharing.open(HERE, workshop))
        shown: list[dict] = []
        code = host.sharing.status().code
        for number in range(20):
            make = host.joining(f"192.0.2.{number}")
            host.dispatcher.attach(make, shown.append).receive({"type": "show_code", "code": code})
        host.dispatcher.call(lambda store: start(store, read_deck(), group="Nyt", **workshop))
        host.dispatcher.call(lambda store: host.dispatcher.context.lobby.changed())
        before = len(reads), len(shown)
        host.dispatcher.refresh(("join",), lambda: None)
        host.dispatcher.call(lambda store: None)
        assert "Nyt" in str(shown[before[1] :]) and len(shown) - before[1] == 20
        assert len(reads) - before[0] == 1
        host.sharing.end()
        loop.run_until_complete(asyncio.sleep(0))  # what was begun for it ends


# --- closing, renewing, ending ----------------------------------------------------------------------------


def test_a_closed_door_is_for_new_ones_only_and_a_new_code_replaces_the_old(own_room: Room):
    with own_room.device(own_room.join("Inde")) as device, own_room.facilitator() as facilitator:
        session = device.slices["table"]["session"]
        facilitator.ask({"type": "set_joining", "is_open": False})
        with own_room.stranger() as phone:
            request = {"type": "join", "code": own_room.code, "name": "Sen", "device": "both"}
            assert _refused(phone.ask(request), "sharing.join.closed")
            assert not device.note(session, "vi mærker det ikke").get("refused")
            facilitator.ask({"type": "set_joining", "is_open": True})
            assert facilitator.slices["sharing"]["code"] == own_room.code
            facilitator.ask({"type": "renew_code"})
            new = facilitator.slices["sharing"]["code"]
            assert _refused(phone.ask(request), "sharing.join.wrong_code")
            assert not phone.ask(request | {"code": new}).get("refused")
        facilitator.ask({"type": "end_sharing"})
        assert facilitator.slices["sharing"]["state"] == "none"
        assert device.how_it_ends() == 4410
        assert _listening(own_room.command.pid) == {HERE}
        with pytest.raises(OSError):
            ask(own_room.port, "/")
        assert not (own_room.command.folder / ".dialogkort-share").exists()
        assert "already" not in own_room.command.log


def _devices(facilitator: Visitor, group: str) -> list[dict]:
    """A group's devices, as the facilitator is shown them."""
    facilitator.ask({"type": "hello", "session": None})
    (row,) = [row for row in facilitator.slices["sharing"]["groups"] if row["name"] == group]
    return row["devices"]


def test_one_device_is_removed_and_the_others_of_its_group_do_not_notice(own_room: Room):
    first = own_room.join("Rød")
    with own_room.device(first) as stays, own_room.stranger() as stranger, own_room.facilitator() as window:
        session = stays.slices["table"]["session"]
        second = join(stranger, own_room.code, session=session, device="phone")
        with own_room.device(second, screen="phone") as phone:
            known = _devices(window, "Rød")
            assert [(one["kind"], one["is_here"]) for one in known] == [("both", True), ("phone", True)]
            assert first.split("/")[1] not in str(window.slices) and second.split("/")[1] not in str(
                window.slices
            )
            remove = {"type": "remove_device", "device": known[1]["device"]}
            assert stays.ask(remove)["refused"] and phone.ask(remove)["refused"]
            assert not window.ask(remove).get("refused")
            assert phone.how_it_ends() == 4411
        assert _refused(window.ask(remove), "sharing.no_device")
        assert [one["kind"] for one in _devices(window, "Rød")] == ["both"]
        assert not stays.note(session, "vi mærker det ikke").get("refused")
        for _ in range(2):
            answer = ask(own_room.port, f"/{second}")
            assert answer.status == 404 and text("app.not_joined.title") in answer.body.decode()
            with Line(own_room.port, f"/{second}socket/phone") as line:
                assert line.how_it_ends() == 4403
            own_room.command.running.kill()  # and so it stays
            own_room.command.running.start()
        with own_room.device(first) as stays:
            assert "vi mærker det ikke" in str(stays.slices["notes"])


def test_who_votes_with_two_phones_is_seen_before_the_vote_is_closed_and_one_removed_takes_its_vote_along(
    own_room: Room,
):
    with ExitStack() as stack:
        table = stack.enter_context(own_room.device(own_room.join("Rød")))
        session = table.slices["table"]["session"]
        own = table.slices["table"]["details"]
        _does(table, session, "described", **{**own, "participants": 1})
        notes = [_noted(table, session, words) for words in ("Vi mangler tid", "Vi øver os")]
        room = stack.enter_context(own_room.command.visit("plenum"))
        room.ask({"type": "hello", "session": None})
        vote = {"type": "open_vote", "subject": "notes", "items": notes, "choices": 1}
        assert not room.ask(vote).get("refused")
        for choice in (0, 0, 1):
            path = own_room.join_as_phone(session)
            phone = stack.enter_context(own_room.device(path, screen="phone"))
            open_vote = phone.slices["phone"]["vote"]
            cast = {"type": "cast_vote", "vote": open_vote["id"], "items": [notes[choice]]}
            assert not phone.ask(cast).get("refused")

        def voted() -> tuple[int, dict]:
            room.ask({"type": "hello", "session": None})
            return room.slices["vote"]["voters"], room.slices["voted"]

        assert voted() == (3, {session: {"phones": 3}})
        assert room.slices["groups"][session]["people"] == 1
        facilitator = stack.enter_context(own_room.facilitator())
        (group,) = facilitator.slices["sharing"]["groups"]
        first, second, _ = (one["device"] for one in group["devices"] if one["kind"] == "phone")
        assert not facilitator.ask({"type": "remove_device", "device": first}).get("refused")
        assert voted() == (2, {session: {"phones": 2}})
        facilitator.ask({"type": "remove_device", "device": second})
        room.ask({"type": "show_votes", "is_shown": True})
        assert {one["item"]: one["dots"] for one in room.slices["vote"]["results"]} == {
            notes[0]: 0,
            notes[1]: 1,
        }
        room.ask({"type": "show_votes", "is_shown": False})
        facilitator.ask({"type": "end_sharing"})
        facilitator.ask({"type": "start_sharing", "address": HERE, "details": {"workshop": "Ny"}})
        assert voted() == (1, {"gone": {"phones": 1}}), "those of whom nobody knows any more are told of, too"


def _noted(window: Visitor, session: str, words: str) -> str:
    id = new_id()
    note = {"note": id, "text": words, "kind": "point", "owner": "", "due": "", "opening_question": 1}
    assert not _does(window, session, "noted", **note).get("refused")
    return id


def test_who_had_a_code_that_is_good_no_more_sees_no_groups_and_no_other_meeting(own_room: Room):
    with own_room.stranger() as phone, own_room.facilitator() as facilitator:
        phone.ask({"type": "show_code", "code": own_room.code})
        facilitator.ask({"type": "set_joining", "is_open": False})
        phone.ask({"type": "hello", "session": None})
        assert phone.slices["meeting"], "it has not lost the code"
        workshop = {**facilitator.slices["sharing"]["workshop"]}
        facilitator.ask({"type": "renew_code"})
        own_room.join("Efter fornyelsen", code=facilitator.slices["sharing"]["code"])
        phone.ask({"type": "hello", "session": None})
        assert phone.slices["meeting"] is None
        workshop.pop("date_read")
        request = {"type": "start_sharing", "address": HERE, "details": {**workshop, "workshop": "Et andet"}}
        facilitator.ask({"type": "end_sharing"})
        facilitator.ask(request)
        phone.ask({"type": "hello", "session": None})
        assert phone.slices["meeting"] is None


def test_sharing_can_be_begun_from_the_facilitators_page_and_what_makes_no_sense_is_refused(command):
    with Visitor(command.port, "/socket/share", command.key) as window:
        window.ask({"type": "hello", "session": None})
        proposal = window.slices["sharing"]["proposal"]["details"]
        for address, details in (
            ("203.0.113.9", proposal),
            ("no such name.invalid", proposal),
            ("", proposal),
            (HERE, {**proposal, "workshop": " "}),
            (HERE, {**proposal, "date": "i går"}),
            (HERE, {**proposal, "group": "G"}),
            (HERE, {**proposal, "workshop": 7}),
        ):
            request = {"type": "start_sharing", "address": address, "details": details}
            assert window.ask(request)["refused"], (address, details)
        for kind in ("renew_code", "set_joining"):
            fields = {"is_open": True} if kind == "set_joining" else {}
            assert _refused(window.ask({"type": kind, **fields}), "sharing.not_shared")
        assert _listening(command.pid) == {HERE}
        workshop = {"workshop": "<script>alert(1)</script>", "organisation": "Vejle", "unit": "Aften"}
        window.ask({"type": "start_sharing", "address": HERE, "details": {**proposal, **workshop}})
        shared = window.slices["sharing"]
        port = int(shared["origin"].rpartition(":")[2])
        with Visitor(port, "/socket/join") as phone:
            phone.ask({"type": "show_code", "code": shared["code"]})
            assert phone.slices["meeting"]["workshop"] == workshop["workshop"]
        window.ask({"type": "end_sharing"})


# --- over a restart ---------------------------------------------------------------------------------------


def test_after_a_kill_every_device_goes_on_at_its_address_and_nothing_is_lost(own_room: Room):
    command, port, code = own_room.command, own_room.port, own_room.code
    paths = [own_room.join(f"Gruppe {number}") for number in range(3)]
    sessions = []
    for path in paths:
        with own_room.device(path) as device:
            sessions.append(device.slices["table"]["session"])
            assert not device.note(sessions[-1], f"fra {path}").get("refused")
    shared_room = command.folder / ".dialogkort-share"
    if os.name == "posix":
        assert stat.S_IMODE(shared_room.stat().st_mode) == 0o600
    for share_again in ((), ("--share",)):
        command.running.kill()
        command.running.start(*share_again)
        for path, session in zip(paths, sessions, strict=True):
            with Visitor(port, f"/{path}socket/workshop") as device:
                assert device.ask({"type": "hello", "session": None})["session"] == session
                assert f"fra {path}" in str(device.slices["notes"])
        with Visitor(port, "/socket/join") as phone:
            assert not phone.ask({"type": "show_code", "code": code}).get("refused")


def _shared(**fields: object) -> SharedRoom:
    about = {"address": HERE, "name": "", "port": 8880, "code": new_code(), "until": 4e9}
    about["workshop"] = {"workshop": "Dag", "organisation": "", "unit": "", "date": "2026-11-28"}
    return SharedRoom(**(about | fields))


def test_what_was_shared_is_read_as_it_was_written_and_anything_else_is_no_room(tmp_path: Path):
    room = _shared(devices={"s" * 22: Device(new_id(), "pad")}, plan=new_id())
    keep_room(tmp_path, room)
    assert read_room(tmp_path) == room
    path = tmp_path / ".dialogkort-share"
    whole = json.loads(path.read_bytes())
    for change in (
        {"port": 0},
        {"port": "8880"},
        {"code": "K7QF"},
        {"until": "evigt"},
        {"joining": "wide"},
        {"workshop": {"workshop": 1}},
        {"port": True},
        {"until": float("nan")},
        {"until": float("inf")},
        {"until": 1e300},
        {"until": True},
        {"address": ""},
        {"address": "evil.example"},
        {"address": 1},
        {"workshop": {}},
        {"workshop": {**room.workshop, "workshop": "x" * 5000}},
        {"workshop": {**room.workshop, "date": "i går"}},
        {"workshop": {**room.workshop, "group": "x"}},
        {"devices": {"s" * 22: {"session": "x", "kind": "both"}}},
        {"devices": {"s" * 22: {"session": new_id(), "kind": "root"}}},
        {"devices": {"s": {"session": new_id(), "kind": "both"}}},
        {"devices": {"s" * 22: {"session": new_id(), "kind": "both", "joined_at": "før"}}},
        {"devices": [1]},
        {"plan": "x"},
    ):
        path.write_text(json.dumps(whole | change), encoding="utf-8")
        assert read_room(tmp_path) is None, change
    for change in ({"newer": 1}, {"workshop": {"workshop": "Dag", "date": "2026-11-28"}}):
        path.write_text(json.dumps(whole | change), encoding="utf-8")
        assert read_room(tmp_path) == room, "another version has written it"
    for content in (b"", b"{", b"[]", b"null", b"\xff" * 9, b"[" * 100_000):
        path.write_bytes(content)
        assert read_room(tmp_path) is None
    keep_room(tmp_path, room)
    if os.name == "posix":
        path.chmod(0o644)
        assert read_room(tmp_path) is None


def test_a_clock_that_was_ahead_makes_no_code_good_for_longer_than_one_is(own_room: Room):
    own_room.command.running.kill()
    folder = own_room.command.folder
    keep_room(folder, replace(read_room(folder), until=time.time() + 1e6))
    own_room.command.running.start()
    with own_room.facilitator() as facilitator:
        until_ms = facilitator.slices["sharing"]["until_ms"]
    assert until_ms <= (time.time() + CODE_SECONDS) * 1000


# --- another address --------------------------------------------------------------------------------------


@ON_LINUX
def test_a_device_that_came_by_another_address_is_told_where_to_go_on_and_keeps_its_line(own_room: Room):
    path = own_room.join("Rød")
    with own_room.device(path) as device, own_room.stranger() as waits, own_room.facilitator() as window:
        waits.ask({"type": "hello", "session": None})
        session = device.slices["table"]["session"]

        def move(address: str) -> str:
            shared = window.slices["sharing"]["workshop"]
            details = {name: words for name, words in shared.items() if name != "date_read"}
            request = {"type": "start_sharing", "address": address, "details": details}
            assert not window.ask(request).get("refused")
            return window.slices["sharing"]["origin"]

        def way(line: Visitor) -> str:
            while (message := line.take())["type"] != "moved":
                pass
            return message["address"]

        origin = move("127.0.0.3")
        assert way(device) == f"{origin}/{path}" and way(waits) == f"{origin}/"
        assert window.slices["sharing"]["moved"]
        assert not device.note(session, "stadig her").get("refused")
        with urllib.request.urlopen(f"{origin}/{path}") as answer:
            assert answer.status == 200
        move(HERE)
        assert way(device) == way(waits) == ""


# --- behind a proxy ---------------------------------------------------------------------------------------


@ON_LINUX
def test_behind_nginx_the_room_answers_to_its_public_address_alone_and_knows_devices_apart(tmp_path: Path):
    port = free_port()
    name = f"rum.localhost:{port}"
    options = ("--share-url", f"http://{name}/hus/rum/", "--proxy", HERE)
    with command_in(tmp_path / "noter", "--share", HERE, *options) as command:
        until(lambda: any(text("app.stop") in line for line in command.running.printed))
        shared = read_room(tmp_path / "noter")
        code = in_groups(shared.code)
        assert f"http://{name}/hus/rum  " in "".join(command.running.printed)
        own = {"Host": name, "Origin": f"http://{name}"}

        def stranger(source: str, **headers: str) -> Visitor:
            return Visitor(port, "/hus/rum/socket/join", headers=own | headers, source=source)

        with nginx_before(f"http://{HERE}:{shared.port}/hus/rum/", tmp_path, port):
            assert ask(port, "/hus/rum/", Host=name).status == 200
            assert ask(port, "/hus/rum/").status == 403, "nginx's own address is no name of it"
            assert ask(shared.port, "/hus/rum/").status == 403
            with Line(port, "/hus/rum/socket/join", {"Host": name, "Origin": "http://evil.example"}) as line:
                assert line.status == 403
            with stranger("127.1.9.1") as guesser:
                for _ in range(limits.WRONG_CODES_PER_MINUTE):
                    guesser.ask({"type": "show_code", "code": WRONG})
                assert _refused(guesser.ask({"type": "show_code", "code": code}), "sharing.join.must_wait")
            with stranger("127.1.9.1", **{"X-Forwarded-For": "203.0.113.7"}) as pretends:
                assert _refused(pretends.ask({"type": "show_code", "code": code}), "sharing.join.must_wait")
            with stranger("127.1.9.2", **{"X-Forwarded-For": "127.1.9.1"}) as another:
                path = join(another, code, name="Rød", device="both")
            with Visitor(port, f"/hus/rum/{path}socket/workshop", headers=own) as device:
                session = device.ask({"type": "hello", "session": None})["session"]
                assert not device.note(session, "gennem nginx").get("refused")
            with Visitor(command.port, "/socket/share", command.key) as window:
                window.ask({"type": "hello", "session": None})
                assert window.slices["sharing"]["origin"] == f"http://{name}/hus/rum"
                assert window.slices["sharing"]["has_device"]


def test_behind_a_proxy_one_device_that_fills_a_silent_round_leaves_the_others_their_room(tmp_path: Path):
    name = "rum.localhost:8080"
    options = ("--share-url", f"http://{name}", "--proxy", HERE)
    share_at_an_own_port(tmp_path / "noter")
    with command_in(tmp_path / "noter", "--share", HERE, *options) as command:
        until(lambda: any(text("app.stop") in line for line in command.running.printed))
        room = read_room(tmp_path / "noter")

        def called_from(address: str, path: str) -> Visitor:
            headers = {"Host": name, "Origin": f"http://{name}", "X-Forwarded-For": address}
            return Visitor(room.port, path, headers=headers)

        def joined(address: str, **choice: str) -> str:
            with called_from(address, "/socket/join") as stranger:
                return join(stranger, room.code, **choice)

        def hand_in(path: str, address: str, count: int) -> list[bool]:
            with called_from(address, f"/{path}socket/phone") as phone:
                phone.ask({"type": "hello", "session": None})
                notes = (silently_noted(session, card) for _ in range(count))
                return [bool(phone.ask({"type": "event", "event": note}).get("refused")) for note in notes]

        table = called_from("192.0.2.1", f"/{joined('192.0.2.1', name='Rød')}socket/workshop")
        with table:
            session = table.ask({"type": "hello", "session": None})["session"]
            card = table.slices["table"]["order"][0]
            for what in ("turned", "silence begun"):
                event = {"what": what, "id": new_id(), "session": session, "card": card}
                assert not table.ask({"type": "event", "event": event}).get("refused")
            for _ in range(MAX_SILENT_OF_ADDRESS // MAX_SILENT_OF_DEVICE):
                path = joined("192.0.2.7", session=session, device="phone")
                assert not any(hand_in(path, "192.0.2.7", MAX_SILENT_OF_DEVICE))
            path = joined("192.0.2.7", session=session, device="phone")
            assert hand_in(path, "192.0.2.7", 1) == [True]
            assert hand_in(path, "192.0.2.8", 1) == [False]


def silently_noted(session: str, card: str) -> dict:
    id = new_id()
    return {"what": "silently noted", "id": id, "session": session, "note": id, "card": card, "text": id}


def test_without_being_told_of_a_proxy_nobody_is_taken_for_who_a_header_says(own_room: Room):
    source = {"source": "127.1.9.3"} if sys.platform == "linux" else {}
    for number in range(limits.WRONG_CODES_PER_MINUTE + 1):
        headers = {"X-Forwarded-For": f"203.0.113.{number}", "X-Real-Ip": f"203.0.113.{number}"}
        with Visitor(own_room.port, "/socket/join", headers=headers, **source) as guesser:
            reply = guesser.ask({"type": "show_code", "code": WRONG})
    assert _refused(reply, "sharing.join.must_wait")


@pytest.mark.parametrize(
    "address", ["kort.kommune.dk", "ftp://kort.dk/", "http://a b/", "https://kort.dk/?x=1"]
)
def test_an_address_that_no_proxy_can_have_is_refused(address: str):
    assert _run("--share", HERE, "--share-url", address).returncode == 2


# --- with a certificate -----------------------------------------------------------------------------------


@pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl to make a certificate with")
def test_with_a_certificate_the_room_is_served_encrypted_and_no_warning_is_printed(tmp_path: Path):
    certificate, key = tmp_path / "kort.pem", tmp_path / "kort.key"
    openssl = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost"
    )
    files = ["-addext", f"subjectAltName=IP:{HERE}", "-out", str(certificate), "-keyout", str(key)]
    subprocess.run([*openssl.split(), *files], check=True, capture_output=True)
    options = ("--certificate", str(certificate), "--key", str(key))
    with room_in(tmp_path / "noter", *options) as room, room.facilitator() as facilitator:
        assert facilitator.slices["sharing"]["is_encrypted"]
        origin = facilitator.slices["sharing"]["origin"]
        assert origin == f"https://{HERE}:{room.port}"
        trusting = ssl.create_default_context(cafile=str(certificate))
        with urllib.request.urlopen(f"{origin}/", context=trusting) as answer:
            assert answer.status == 200
        assert text("app.not_encrypted") not in "".join(room.command.running.printed)


def test_a_certificate_that_cannot_be_read_is_said_before_anything_is_opened(tmp_path: Path):
    wrong = tmp_path / "kort.pem"
    wrong.write_text("intet certifikat", encoding="utf-8")
    ran = _run("--folder", str(tmp_path), "--certificate", str(wrong))
    assert ran.returncode == 1
    assert str(wrong) in ran.stderr and "Traceback" not in ran.stderr


def _run(*options: str) -> subprocess.CompletedProcess:
    """The command, which is to end by itself."""
    command = [sys.executable, "-m", "dialogkort.cli.app", "--no-browser", *options]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, timeout=300)
