"""A device that joins a shared room without a browser, so that there is a group to be seen."""

import itertools
import sys
from pathlib import Path
from urllib.parse import urlsplit

sys.path.append(str(Path(__file__).parents[1] / "server"))

from attack_client import Visitor
from attack_client import join as join_as

_NUMBERS = itertools.count(1)


def join(origin: str, code: str, name: str) -> str:
    """A device joins a group called `name` and a number, which is begun; the path of its address."""
    port = urlsplit(origin).port
    with Visitor(port, "/socket/join") as window:
        return join_as(window, code, name=f"{name} {next(_NUMBERS)}", device="both")


def join_as_phone(origin: str, code: str, name: str) -> tuple[str, str]:
    """A participant's own phone joins a new group; the path of its address, and the group's session."""
    port = urlsplit(origin).port
    path = join(origin, code, name)
    with Visitor(port, f"/{path}socket/workshop") as table:
        session = table.ask({"type": "hello", "session": None})["session"]
    with Visitor(port, "/socket/join") as window:
        return join_as(window, code, session=session, device="phone"), session
