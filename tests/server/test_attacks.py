"""Who gets in, and to what: every route, from every kind of stranger, with every trick of the address."""

import re
from urllib.parse import quote

import pytest
from attack_client import HERE, Answer, Closed, Command, Line, Rooms, Visitor, answer_to, ask, ask_raw, noted

from dialogkort.ui import bundle
from dialogkort.ui.screens import SCREENS

_NOBODY = "n" * 32  # a secret that was never given out
PAGES = [f"/{address}" for address in SCREENS.values()]
SOCKETS = [f"/socket/{screen}" for screen in SCREENS]
ROUTES = [
    *PAGES,
    *SOCKETS,
    f"/assets/{bundle.version()}/workshop.js",
    "/alive",
    f"/files/{_NOBODY}",
    f"/open/{_NOBODY}",
    "/no-such-page",
]
_ALWAYS = {
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def _is_guarded(answer: Answer | Line) -> bool:
    policy = answer.headers.get("content-security-policy", "")
    return (
        _ALWAYS.items() <= answer.headers.items()
        and policy.startswith("default-src 'none'")
        and "frame-ancestors 'none'" in policy
        and not re.search(r"unsafe|\*|http:", policy)
        and "set-cookie" not in answer.headers
        and "server" not in answer.headers
        and not any(name.startswith("access-control-") for name in answer.headers)
    )


def _says_nothing(answer: Answer) -> bool:
    """No word of where the program lies, what went wrong inside it, or what was noted."""
    return not re.search(rb"Traceback|File \"|dialogkort/|site-packages|tornado", answer.body)


# --- without the key --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ROUTES)
def test_every_answer_tells_the_browser_to_let_nothing_in_or_out(command: Command, path: str):
    for answer in (
        ask(command.port, path),
        ask(command.port, path, "HEAD"),
        ask(command.port, path, "POST"),
        ask(command.port, path, Host="evil.example"),
    ):
        assert _is_guarded(answer), answer
        assert _says_nothing(answer)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_holds_neither_key_nor_notes(command: Command, path: str):
    with command.visit() as window:
        window.note(window.start(workshop="Hemmelig dag"), "hemmelige ord")
    answer = ask(command.port, path)
    assert answer.status == 200
    assert command.key.encode() not in answer.body
    assert b"emmelig" not in answer.body
    assert str(command.folder).encode() not in answer.body


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "FOO"])
def test_only_reading_is_answered(command: Command, path: str, method: str):
    answer = ask(command.port, path, method)
    assert answer.status == 405
    assert command.key.encode() not in answer.body


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize(
    "name",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1",
        "127.0.0.1.:{port}",
        "localhost.:{port}",
        "127.0.0.1:{other}",
        "127.0.0.1:{port}.evil.example",
        "127.0.0.1:{port}@evil.example",
        "127.1:{port}",
        "2130706433:{port}",
        "0.0.0.0:{port}",
        "[::]:{port}",
        "[::ffff:127.0.0.1]:{port}",
        "[::1]",
        "",
        " ",
        "127.0.0.1:{port}, evil.example",
        "ⓛocalhost:{port}",
    ],
)
def test_a_name_from_elsewhere_that_leads_here_opens_nothing(command: Command, path: str, name: str):
    answer = ask(command.port, path, Host=name.format(port=command.port, other=command.port + 1))
    assert answer.status in (400, 403, 404)
    assert b"dialogkort-boot" not in answer.body
    with_socket = ask(
        command.port,
        "/socket/workshop",
        Host=name.format(port=command.port, other=command.port + 1),
        Origin=f"http://{HERE}:{command.port}",
        Upgrade="websocket",
    )
    assert with_socket.status in (400, 403)


@pytest.mark.parametrize("forwarded", ["X-Forwarded-Host", "X-Forwarded-For", "X-Real-Ip", "Forwarded"])
def test_what_a_proxy_would_say_changes_nothing(command: Command, forwarded: str):
    headers = {forwarded: f"{HERE}:{command.port}"}
    assert ask(command.port, "/", Host="evil.example", **headers).status == 403
    answer = ask(command.port, "/", **{forwarded: "evil.example"})
    assert answer.status == 200
    assert b"evil" not in answer.body and "evil" not in str(answer.headers)


@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/1.0"])
def test_a_request_that_names_nobody_or_two_opens_nothing(command: Command, version: str):
    for names in ("", f"Host: {HERE}:{command.port}\r\nHost: evil.example\r\n"):
        answer = ask_raw(command.port, f"GET / {version}\r\n{names}\r\n".encode())
        assert answer.status in (400, 403)
        assert b"dialogkort-boot" not in answer.body


def test_its_own_names_may_be_written_in_capitals(command: Command):
    assert ask(command.port, "/", Host=f"LOCALHOST:{command.port}").status == 200


# --- the socket's origin ----------------------------------------------------------------------------------

FOREIGN = [
    None,
    "null",
    "",
    "evil.example",
    "http://evil.example",
    "http://evil.example:{port}",
    "http://127.0.0.1",
    "http://127.0.0.1:{other}",
    "http://localhost:{port}",
    "http://[::1]:{port}",
    "http://127.0.0.1.:{port}",
    "http://127.0.0.1:{port}.evil.example",
    "http://evil.example/http://127.0.0.1:{port}",
    "http://127.0.0.1:{port}@evil.example",
    "http://evil.example@127.0.0.1:{port}",
    "http://127.0.0.1:{port}/",
    "http://127.0.0.1:{port}#",
    "http://127.0.0.1:{port} http://evil.example",
    "file://127.0.0.1:{port}",
    "ws://127.0.0.1:{port}",
    "chrome-extension://127.0.0.1:{port}",
    "http://[",
    "http://[::1",
    "//127.0.0.1:{port}",
    "127.0.0.1:{port}",
]


@pytest.mark.parametrize("path", SOCKETS)
@pytest.mark.parametrize("origin", FOREIGN)
def test_a_page_from_elsewhere_opens_no_socket(command: Command, path: str, origin: str | None):
    log = command.log
    origin = origin and origin.format(port=command.port, other=command.port + 1)
    with Line(command.port, path, {"Origin": origin}) as line:
        assert line.status == 403
        assert _is_guarded(line)
    assert command.log == log  # whoever knocks often fills no disk


@pytest.mark.parametrize("site", ["same-origin", "none", "same-site", "cross-site", "evil"])
def test_what_else_a_browser_says_of_where_it_comes_from_is_no_way_round(command: Command, site: str):
    for origin in (None, "http://evil.example", f"http://localhost:{command.port}"):
        headers = {"Origin": origin, "Sec-Fetch-Site": site}
        with Line(command.port, "/socket/workshop", headers) as line:
            assert line.status == 403


def test_an_older_browsers_name_for_the_origin_is_no_way_round(command: Command):
    own = f"http://{HERE}:{command.port}"
    with Line(command.port, "/socket/workshop", {"Origin": None, "Sec-WebSocket-Origin": own}) as line:
        assert line.status == 403


def test_two_origins_are_none(command: Command):
    own = f"http://{HERE}:{command.port}"
    with Line(command.port, "/socket/workshop", {"Origin": f"{own}\r\nOrigin: http://evil.example"}) as line:
        assert line.status in (400, 403)


def test_its_own_page_opens_a_socket_whatever_the_case(command: Command):
    where = f"LocalHost:{command.port}"
    with Line(command.port, "/socket/workshop", {"Host": where, "Origin": f"http://{where.lower()}"}) as line:
        assert line.status == 101
        assert _is_guarded(line)


def test_no_compression_is_agreed_upon(command: Command):
    offer = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}
    with Line(command.port, "/socket/workshop", offer) as line:
        assert line.status == 101
        assert "sec-websocket-extensions" not in line.headers
    with Line(command.port, "/socket/workshop", {"Sec-WebSocket-Protocol": "evil"}) as line:
        assert "sec-websocket-protocol" not in line.headers
    answer = ask(command.port, "/", Accept_Encoding="gzip, deflate, br")
    assert "content-encoding" not in answer.headers


# --- the key ----------------------------------------------------------------------------------------------

_LONE = "\ud800"  # half of a letter, which JSON can write and UTF-8 cannot


@pytest.mark.parametrize(
    "message",
    [
        {"type": "hello", "session": None},
        {"type": "sign_in"},
        {"type": "sign_in", "key": ""},
        {"type": "sign_in", "key": None},
        {"type": "sign_in", "key": ["x"]},
        {"type": "sign_in", "key": "x" * 32},
        {"type": "sign_in", "key": _LONE},
        {"type": "sign_in", "nonce": "n" * 32, "proof": ""},
        {"type": "sign_in", "nonce": "n" * 32, "proof": "0" * 64},
        {"type": "sign_in", "nonce": "n" * 32, "proof": _LONE},
        {"type": "sign_in", "nonce": _LONE * 32, "proof": "0" * 64},
        {"type": "sign_in", "nonce": "", "proof": "0" * 64},
        {"type": "sign_in", "nonce": 5, "proof": 5},
        {"type": "sign_in", "nonce": ["n"], "proof": {"a": 1}},
        {"type": "welcome", "access": "x"},
        {"type": "state"},
        [],
        None,
        "sign_in",
        17,
    ],
)
def test_who_does_not_show_the_key_is_told_nothing_and_sent_away(command: Command, message: object):
    log = command.log
    with Line(command.port, "/socket/workshop") as line:
        assert set(line.receive()) == {"type", "nonce"}
        line.say(message)
        with pytest.raises(Closed) as closed:
            line.receive()
    assert closed.value.code == 4403
    assert command.log == log


def test_who_was_sent_away_has_no_second_guess(command: Command):
    with Line(command.port, "/socket/workshop") as line:
        challenge = line.receive()
        line.say({"type": "sign_in", "key": "x"})
        line.say(answer_to(challenge, command.key))
        assert line.how_it_ends() == 4403


def test_a_proof_is_good_for_its_own_socket_only_and_once(command: Command):
    with Line(command.port, "/socket/workshop") as first, Line(command.port, "/socket/workshop") as second:
        overheard = answer_to(first.receive(), command.key)
        second.receive()
        second.say(overheard)
        assert second.how_it_ends() == 4403
        first.say(overheard)
        assert first.receive()["type"] == "welcome"
    with Line(command.port, "/socket/overview") as third:
        third.receive()
        third.say(overheard)
        assert third.how_it_ends() == 4403


def test_the_servers_own_proof_is_none_of_a_browser(command: Command):
    with Line(command.port, "/socket/workshop") as line:
        challenge = line.receive()
        line.say(answer_to(challenge, command.key))
        proof = line.receive()["proof"]
    with Line(command.port, "/socket/workshop") as line:
        line.receive()
        line.say({"type": "sign_in", "nonce": challenge["nonce"], "proof": proof})
        assert line.how_it_ends() == 4403


def test_questions_and_secrets_are_long_and_never_the_same(command: Command):
    seen = set()
    for _ in range(20):
        with command.visit() as window, Line(command.port, "/socket/workshop") as line:
            seen |= {window.access, line.receive()["nonce"]}
    assert len(seen) == 40
    assert all(len(secret) >= 32 for secret in (*seen, command.key))


@pytest.mark.parametrize("where", ["?key={}", "?token={}", "?key={}#key={}"])
def test_the_key_in_a_query_or_header_opens_nothing(command: Command, where: str):
    where = where.format(command.key, command.key)
    headers = {"Authorization": f"Bearer {command.key}", "Cookie": f"key={command.key}"}
    assert ask(command.port, f"/files/{_NOBODY}{where.partition('#')[0]}", **headers).status == 403
    with Line(command.port, f"/socket/workshop{where.partition('#')[0]}", headers) as line:
        assert line.receive()["type"] == "challenge"
        line.say({"type": "hello", "session": None})
        assert line.how_it_ends() == 4403


# --- addresses --------------------------------------------------------------------------------------------

_UP = ["../" * 12, "..%2f" * 12, "%2e%2e/" * 12, "%2e%2e%2f" * 12, "..\\" * 12, "..%5c" * 12, "....//" * 12]
_TRICKS = [
    *(f"{up}etc/passwd" for up in _UP),
    *(f"assets/{bundle.version()}/{up}etc/passwd" for up in _UP),
    f"assets/{bundle.version()}/../handlers.py",
    f"assets/{bundle.version()}//etc/passwd",
    f"assets/{bundle.version()}/workshop.js%00.css",
    f"assets/{bundle.version()}/workshop.js/",
    f"assets/{bundle.version()}/WORKSHOP.JS",
    f"assets/{bundle.version()}/",
    "assets/0000000000000000/workshop.js",
    f"assets/{bundle.version()}/core/dom.js",
    "/",
    "//evil.example/",
    "%2f%2fevil.example",
    "\\\\evil.example",
    "%00",
    "%ff%fe",
    "%",
    "%u002e",
    "æøå",
    "․․/․․/etc/passwd",
    "files/../overblik",
    "files/" + "a" * 15_000,
    "socket/../",
    "socket/lobby",
    "socket/workshop/",
    "socket/workshop;a=b",
    "overblik/",
    "Overblik",
    "dialogkort.sqlite",
    ".dialogkort-key",
    "dialogkort.log",
    "voila/",
    "api/kernels",
    "api/contents",
    "g/x/",
]


@pytest.mark.parametrize("path", _TRICKS)
def test_no_trick_of_the_address_leads_to_a_file(command: Command, path: str):
    log = command.log
    answer = ask(command.port, f"/{path}")
    assert answer.status in (400, 404), answer
    assert _says_nothing(answer)
    assert b"root:" not in answer.body
    assert command.log == log


@pytest.mark.parametrize(
    "line",
    [
        "GET http://evil.example/ HTTP/1.1",
        "GET http://127.0.0.1/ HTTP/1.1",
        "GET /\tevil HTTP/1.1",
        "GET / HTTP/1.1 HTTP/1.1",
        "GET / HTTP/2.0",
        "GET /",
        "GET",
        "get / HTTP/1.1",
        "G\x00T / HTTP/1.1",
        "* * *",
        "\x16\x03\x01\x02\x00",
    ],
)
def test_what_is_no_request_is_not_answered_with_a_page(command: Command, line: str):
    log = command.log
    rest = f"Host: {HERE}:{command.port}\r\nConnection: close\r\n\r\n"
    answer = ask_raw(command.port, f"{line}\r\n{rest}".encode("latin-1"))
    assert answer.status in (0, 400, 404, 405), answer
    assert b"dialogkort-boot" not in answer.body and _says_nothing(answer)
    assert command.log == log


def test_an_address_cannot_smuggle_a_header_into_an_answer(command: Command):
    for path in ("/%0d%0aSet-Cookie:%20a=b", "/open/%0d%0aLocation:%20http://evil.example", "/?a=%0d%0aX: y"):
        answer = ask(command.port, path)
        assert "set-cookie" not in answer.headers
        assert "evil" not in answer.headers.get("location", "")
        assert b"Set-Cookie" not in answer.body


@pytest.mark.parametrize(
    "path", ["/<script>alert(1)</script>", "/%3Cscript%3E", "/?q=<script>alert(1)</script>"]
)
def test_no_page_repeats_what_it_was_asked(command: Command, path: str):
    answer = ask(command.port, quote(path, safe="/?=<>%()"), Referer="<script>")
    assert b"alert(1)" not in answer.body


# --- the address a browser is started with ----------------------------------------------------------------


def test_a_login_that_was_never_given_out_leads_nowhere(command: Command):
    answer = ask(command.port, f"/open/{_NOBODY}")
    assert "key=" not in answer.headers.get("location", "")


# --- two applications -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*PAGES, f"/files/{_NOBODY}", f"/open/{_NOBODY}", *SOCKETS])
def test_nothing_of_the_facilitators_answers_where_the_groups_are(rooms: Rooms, path: str):
    assert ask(rooms.groups, path).status == 404
    for name in (f"{HERE}:{rooms.facilitator}", f"localhost:{rooms.facilitator}"):
        assert ask(rooms.groups, path, Host=name).status == 403
    with Line(rooms.groups, path) as line:
        assert line.status == 404
        assert _is_guarded(line)


def test_nothing_of_the_groups_answers_where_the_facilitator_is(rooms: Rooms):
    assert ask(rooms.facilitator, rooms.group).status == 404
    with Line(rooms.facilitator, f"{rooms.group}socket/workshop") as line:
        assert line.status == 404


@pytest.mark.parametrize(
    "screen", ["overview", "coding", "lobby", "../socket/overview", "%2e%2e/socket/coding"]
)
def test_a_groups_address_has_one_screen(rooms: Rooms, screen: str):
    with Line(rooms.groups, f"{rooms.group}socket/{screen}") as line:
        assert line.status == 404


def test_an_address_that_was_never_given_out_opens_nothing(rooms: Rooms):
    assert ask(rooms.groups, f"/g/{_NOBODY}/").status == 404
    for wrong in (rooms.group[:-2] + "/", rooms.group.swapcase().replace("/G/", "/g/")):
        assert ask(rooms.groups, wrong).status == 404
    with Line(rooms.groups, f"/g/{_NOBODY}/socket/workshop") as line:
        assert line.how_it_ends() == 4403


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_page_from_elsewhere_opens_no_socket_at_a_groups_address(rooms: Rooms, origin: str | None):
    origin = origin and origin.format(port=rooms.groups, other=rooms.groups + 1)
    with Line(rooms.groups, f"{rooms.group}socket/workshop", {"Origin": origin}) as line:
        assert line.status == 403


# --- what a group may do ----------------------------------------------------------------------------------

_ID = "01890000-0000-7000-8000-000000000001"


def _forbidden_to_groups(rooms: Rooms, session: str) -> list[dict]:
    return [
        {"type": "hello", "session": session},
        {"type": "open", "session": session},
        {"type": "open", "session": rooms.session},
        {"type": "leave"},
        {"type": "start", "details": {"workshop": "W", "group": "G"}},
        {"type": "overview", "scope": "workshop"},
        {"type": "overview", "workshop": "0123456789abcdef"},
        {"type": "export"},
        {"type": "export", "session": session},
        {"type": "export", "session": session, "form": "html", "checked": True},
        {"type": "export", "session": rooms.session, "scope": "workshop"},
        {"type": "print"},
        {"type": "catalogue"},  # there is none: of its own workshop nothing was prepared
        {"type": "catalogue", "session": session},
        {"type": "catalogue", "plan": session},
        {"type": "keep_catalogue", "uploads": ["x" * 32]},
        {"type": "plan_follow_up", "details": {"workshop": "W"}, "follows": [session]},
        {"type": "erase", "sessions": [session]},
        {"type": "erase", "sessions": [rooms.session]},
        {"type": "erase", "note": _ID},
        {"type": "sign_in", "coder": "A", "session": None, "name": "P"},
        {"type": "sign_in", "key": rooms.key},
        {"type": "compare"},
        {"type": "event", "event": noted(session, "herfra")},
        {"type": "redact", "event": noted(session, "herfra", after=_ID)},
        {"type": "undo", "event": {"what": "undone", "id": _ID, "session": session, "events": [_ID]}},
        {"type": "event", "event": {"what": "coded", "id": _ID, "session": session}},
        {"type": "event", "session": rooms.session, "event": noted(session, "herfra")},
    ]


def test_a_groups_address_can_do_nothing_beyond_its_own_session(rooms: Rooms):
    with rooms.visit() as facilitator, rooms.join(rooms.group) as group:
        facilitator.ask({"type": "open", "session": rooms.other})
        facilitator.note(rooms.other, "den anden gruppes ord")
        group.ask({"type": "hello", "session": None})
        for message in _forbidden_to_groups(rooms, rooms.other):
            reply = group.ask(message)
            assert reply.get("refused"), message
            assert reply["session"] == rooms.session
            assert "den anden gruppes ord" not in str(group.slices)
        facilitator.ask({"type": "hello", "session": rooms.other})
        notes = [note["text"] for note in facilitator.slices["notes"].values()]
        assert "den anden gruppes ord" in notes and "herfra" not in notes


def test_a_group_is_told_of_no_other_session(rooms: Rooms):
    with rooms.join(rooms.group) as group:
        group.ask({"type": "hello", "session": None})
        shown = str(group.slices)
        assert rooms.session in shown and rooms.other not in shown
        assert str(rooms.folder) not in shown
        assert group.slices["lobby"] == {} if "lobby" in group.slices else True


def test_a_reader_can_only_look(rooms: Rooms):
    with rooms.join(rooms.reader) as reader:
        assert reader.ask({"type": "hello", "session": None})["session"] == rooms.session
        for message in (
            *_forbidden_to_groups(rooms, rooms.session),
            {"type": "event", "event": noted(rooms.session, "fra en læser")},
            {"type": "export", "session": rooms.session},
        ):
            if message.get("type") != "hello":
                assert reader.ask(message).get("refused"), message
        assert "fra en læser" not in str(reader.slices)


def test_what_happens_in_another_group_is_not_pushed_to_this_one(rooms: Rooms):
    with rooms.join(rooms.group) as group, rooms.join(rooms.other_group) as other:
        group.ask({"type": "hello", "session": None})
        other.ask({"type": "hello", "session": None})
        other.note(rooms.other, "kun for den anden")
        group.note(rooms.session, "her")
        assert "kun for den anden" not in str(group.slices)


# --- files ------------------------------------------------------------------------------------------------


def _exported(window: Visitor) -> str:
    window.ask({"type": "export", "session": None, "checked": True})
    return "/" + window.wait_for("download")["path"]


def test_a_file_is_for_the_window_that_asked_for_it_and_once(command: Command):
    def fetch(path: str, **headers: str) -> int:
        return ask(command.port, path, **headers).status

    with command.visit() as window, command.visit() as other:
        window.start()
        path = _exported(window)
        for headers in (
            {},
            {"Authorization": ""},
            {"Authorization": "Bearer "},
            {"Authorization": f"Bearer {command.key}"},
            {"Authorization": f"Bearer {'x' * 32}"},
            {"Cookie": f"access={window.access}"},
        ):
            assert fetch(path, **headers) == 403
        assert fetch(f"{path}?access={window.access}") == 403
        assert fetch(path, Authorization=f"Bearer {other.access}") in (403, 404)
        good = {"Authorization": f"Bearer {window.access}"}
        assert fetch(path, Host="evil.example", **good) == 403
        answer = ask(command.port, path, **good)
        assert answer.status == 200 and b"PK" in answer.body[:9]  # behind its length
        assert answer.headers["content-disposition"].startswith("attachment")
        assert _is_guarded(answer)
        assert fetch(path, **good) == 404


def test_a_file_goes_when_the_window_goes(command: Command):
    with command.visit() as window, command.visit() as other:
        window.start()
        path, access = _exported(window), window.access
        window.close()
        _until_processed(other)
        assert ask(command.port, path, Authorization=f"Bearer {access}").status == 403
        assert ask(command.port, path, Authorization=f"Bearer {other.access}").status in (403, 404)


def _until_processed(window: Visitor) -> None:
    """Whatever came to the server before this has been seen to."""
    window.ask({"type": "hello", "session": None})


def test_the_groups_listener_gives_out_no_file(rooms: Rooms):
    with rooms.visit() as window:
        path = _exported(window)
        assert ask(rooms.groups, path, Authorization=f"Bearer {window.access}").status == 404
        with rooms.join(rooms.group) as group:
            assert ask(rooms.facilitator, path, Authorization=f"Bearer {group.access}").status in (403, 404)


def test_a_group_s_file_is_for_the_window_at_its_own_address(rooms: Rooms):
    with (
        rooms.visit() as facilitator,
        rooms.join(rooms.group) as group,
        rooms.join(rooms.other_group) as other,
        rooms.join(rooms.reader) as reader,
    ):
        group.ask({"type": "hello", "session": None})
        group.ask({"type": "export", "session": rooms.session, "form": "html"})
        path = group.wait_for("download")["path"]
        mine, theirs = f"{rooms.group}{path}", f"{rooms.other_group}{path}"
        for address, token in (
            *((mine, window.access) for window in (facilitator, other, reader)),
            *((theirs, window.access) for window in (facilitator, other, group)),
            (mine, ""),
            (mine, "x" * 32),
        ):
            answer = ask(rooms.groups, address, Authorization=f"Bearer {token}")
            assert answer.status in (403, 404)
        for elsewhere in (f"/{path}", mine):
            assert ask(rooms.facilitator, elsewhere, Authorization=f"Bearer {group.access}").status in (
                403,
                404,
            )
        answer = ask(rooms.groups, mine, Authorization=f"Bearer {group.access}")
        assert answer.status == 200 and b"Gruppe 1" in answer.body and b"Gruppe 2" not in answer.body
        assert _is_guarded(answer)
        assert ask(rooms.groups, mine, Authorization=f"Bearer {group.access}").status == 404
