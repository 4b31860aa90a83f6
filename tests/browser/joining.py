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
