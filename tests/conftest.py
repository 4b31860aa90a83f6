"""What every test can ask for: the shipped deck, a store in an empty folder, a session just dealt."""

import logging

import pytest
from hypothesis import settings
from traitlets.log import get_logger

from dialogkort.deck_file import read_deck
from dialogkort.session import start
from dialogkort.store import Store

# A slow machine is no fault of the workshop's.
settings.register_profile("dialogkort", deadline=None)
settings.load_profile("dialogkort")


@pytest.fixture(scope="session", autouse=True)
def _as_shipped():
    """The tests read Danish and keep nothing in the home folder, whatever this machine is set to."""
    with pytest.MonkeyPatch.context() as machine:
        machine.delenv("DIALOGKORT_LANGUAGE", raising=False)
        machine.delenv("DIALOGKORT_FOLDER", raising=False)
        yield


@pytest.fixture(scope="session")
def deck():
    """The deck that comes with the kit."""
    return read_deck()


@pytest.fixture
def store(tmp_path):
    """A store in an empty folder."""
    opened = Store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def session(store, deck):
    """A session of the shipped deck, dealt with seed 7."""
    return start(store, deck, seed=7, workshop="Digital dag", group="Gruppe 1")


class _Raised(logging.Handler):
    """Collects what ipywidgets swallows: it catches exceptions of callbacks and only logs them."""

    def __init__(self):
        super().__init__()
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if "Exception in callback" in record.getMessage():
            self.found.append(f"{record.getMessage()}\n{record.exc_info and record.exc_info[1]!r}")


@pytest.fixture(autouse=True)
def raised_in_callbacks():
    """The exceptions that callbacks of widgets raised; a test that leaves one behind has failed."""
    raised = _Raised()
    get_logger().addHandler(raised)
    yield raised.found
    get_logger().removeHandler(raised)
    assert not raised.found
