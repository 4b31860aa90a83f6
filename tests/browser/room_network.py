"""A network for a room: two namespaces joined by a cable, made by the test itself where root may.

In one of them the facilitator's machine stands, in the other the phones. Elsewhere both are this machine, and
the room is at 127.0.0.2, where the system has that.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from running import chromium

_EXECUTE = "import os, sys; os.execvp(sys.argv[1], sys.argv[1:])"


@dataclass(frozen=True)
class Network:
    """Where the room is, and how to start something on its machine or on a phone (`ip netns exec …`)."""

    address: str
    machine: Sequence[str] = ()
    phones: Sequence[str] = ()
    cable: str = ""  # the machine's end of it, where there is one

    def command(self, folder: Path) -> list[str]:
        """Arguments of Python that start the command on the facilitator's machine, sharing."""
        words = [sys.executable, "-m", "dialogkort.cli.app", "--no-browser", "--folder", str(folder)]
        return ["-c", _EXECUTE, *self.machine, *words, "--share", self.address]

    def replace_address(self, new: str) -> None:
        """Give the machine another address in place of its own, as a network may at any time."""
        for words in (["del", f"{self.address}/24"], ["add", f"{new}/24"]):
            command = [*self.machine, "ip", "addr", *words, "dev", self.cable]
            subprocess.run(command, check=True, capture_output=True)

    def browser(self, folder: Path, where: Sequence[str]) -> str:
        """A browser's executable that runs there."""
        if not where:
            return str(chromium())
        script = folder / f"browser-{where[-1]}"
        script.write_text(f'#!/bin/sh\nexec {" ".join(where)} {chromium()} "$@"\n', encoding="utf-8")
        script.chmod(0o755)
        return str(script)


@contextmanager
def room_network() -> Iterator[Network]:
    """A network with two ends, as long as this lasts."""
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("ip"):
        yield Network("127.0.0.2" if sys.platform == "linux" else "127.0.0.1")
        return
    ends = [f"dialogkort-{os.getpid()}-{end}" for end in ("machine", "phones")]
    cables = [f"dk{os.getpid()}{end}"[-15:] for end in "mp"]
    addresses = ["10.77.0.1/24", "10.77.0.2/24"]
    try:
        for end in ends:
            _ip("netns", "add", end)
        _ip("link", "add", cables[0], "type", "veth", "peer", "name", cables[1])
        for end, cable, address in zip(ends, cables, addresses, strict=True):
            _ip("link", "set", cable, "netns", end)
            _ip("-n", end, "addr", "add", address, "dev", cable)
            for name in (cable, "lo"):
                _ip("-n", end, "link", "set", name, "up")
    except subprocess.CalledProcessError:  # a container whose root may not
        _remove(ends)
        yield Network("127.0.0.2")
        return
    try:
        yield Network("10.77.0.1", *(("ip", "netns", "exec", end) for end in ends), cable=cables[0])
    finally:
        _remove(ends)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def _remove(ends: Sequence[str]) -> None:
    """With a namespace its end of the cable goes, and so the other."""
    for end in ends:
        subprocess.run(["ip", "netns", "delete", end], capture_output=True, check=False)
