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

# The command, and the same but for how long it waits for a sign of life: a second in place of forty.
_MODULE = ("-m", "dialogkort.cli.app")
IMPATIENT = (
    "-c",
    "import sys; from dialogkort.server import limits; limits.PING_SECONDS = 1.0;"
    "from dialogkort.cli.app import main; sys.exit(main(sys.argv[1:]))",
)
_EXECUTE = "import os, sys; os.execvp(sys.argv[1], sys.argv[1:])"


@dataclass(frozen=True)
class Network:
    """Where the room is, and how to start something on its machine or on a phone (`ip netns exec …`)."""

    address: str
    machine: Sequence[str] = ()
    phones: Sequence[str] = ()
    cable: str = ""  # the machine's end of it, where there is one
    other_addresses: Sequence[str] = ("10.77.0.8", "10.77.0.9")

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses that the machine may have."""
        return (self.address, *self.other_addresses)

    def command(self, folder: Path, module: Sequence[str] = _MODULE) -> list[str]:
        """Arguments of Python that start the command on the facilitator's machine, sharing."""
        words = [sys.executable, *module, "--no-browser", "--folder", str(folder)]
        return ["-c", _EXECUTE, *self.machine, *words, "--share", self.address]

    def add_address(self, address: str) -> None:
        """Give the machine one more address, as a network may at any time."""
        self._ip("add", address)

    def remove_address(self, address: str) -> None:
        """Take an address from the machine."""
        self._ip("del", address)

    @contextmanager
    def without_address(self) -> Iterator[None]:
        """As long as this lasts, the machine has no address, where it has a network of its own."""
        if self.cable:
            self.remove_address(self.address)
        yield
        if self.cable:
            self.add_address(self.address)

    def _ip(self, what: str, address: str) -> None:
        command = [*self.machine, "ip", "addr", what, f"{address}/24", "dev", self.cable]
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
