"""The processes that are attacked: the real command, and one with the groups' listener besides."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from attack_client import Command, Rooms, command_in
from running import run_module

_start = contextmanager(run_module)


@pytest.fixture(scope="session")
def command(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """The real command, running."""
    with command_in(tmp_path_factory.mktemp("noter")) as command:
        yield command


@contextmanager
def _rooms_in(folder: Path) -> Iterator[Rooms]:
    with _start([str(Path(__file__).with_name("two_listeners.py")), str(folder)]) as running:
        fields = json.loads(running.url.removeprefix("http://ready/"))
        yield Rooms(*fields, folder=folder)


@pytest.fixture(scope="session")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    """A process with both listeners."""
    with _rooms_in(tmp_path_factory.mktemp("rum")) as rooms:
        yield rooms


@pytest.fixture
def own_rooms(tmp_path: Path) -> Iterator[Rooms]:
    """One of one's own: where nobody has talked so much yet that he has to wait."""
    with _rooms_in(tmp_path / "rum") as rooms:
        yield rooms
