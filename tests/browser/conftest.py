"""What every journey needs: the command running, a browser, and an eye on what the page does."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_steps import move_before_each_press, visit, watched
from playwright.sync_api import Page, expect
from running import BROWSERS, FIREFOX, Running, chromium, firefox, launch_arguments, run_command

expect.set_options(timeout=60_000)  # a machine that runs two browsers at once takes its time


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser these tests are skipped and say so, or fail where a browser is required (CI)."""
    here = Path(__file__).parent
    missing = {
        False: _missing("Chromium or Chrome", chromium(), BROWSERS, "DIALOGKORT_BROWSER"),
        True: _missing("Firefox", firefox(), FIREFOX, "DIALOGKORT_FIREFOX"),
    }
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if reason := missing["firefox" in getattr(item, "fixturenames", ())]:
                item.add_marker(pytest.mark.skip(reason=reason))


def _missing(name: str, program: str | None, names: tuple[str, ...], variable: str) -> str:
    """Why tests with a browser are skipped; nothing when it is here, or required (then they fail)."""
    if program or os.environ.get(variable) == "required":
        return ""
    return f"no {name} on the PATH (looked for {', '.join(names)})"


@pytest.fixture(scope="session", autouse=True)
def _pointer_out_of_the_way() -> Iterator[None]:
    """Each press comes from elsewhere, as that of a person does who means it."""
    with move_before_each_press():
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict:
    assert chromium(), "a browser is required here: install chromium"
    return launch_arguments()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the running command keeps its notes."""
    return tmp_path_factory.mktemp("noter")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Running]:
    """The command on that folder, for all journeys of a module."""
    yield from run_command(folder)


@pytest.fixture
def seen(page: Page) -> Iterator[list[str]]:
    """Every window is watched: a script error, or a request that leaves this machine, fails the test."""
    with watched(page) as faults:
        yield faults


@pytest.fixture
def workshop(page: Page, server: Running, seen: list[str]) -> Page:
    """The workshop's page on its start screen."""
    return visit(page, server.url)
