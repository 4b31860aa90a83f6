"""What every journey needs: the command running, a browser, and an eye on what the page does."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from running import BROWSERS, Running, chromium, launch_arguments, run_module

expect.set_options(timeout=10_000)  # a machine that runs two browsers at once takes its time


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser these tests are skipped and say so, or fail where a browser is required (CI)."""
    here = Path(__file__).parent
    missing = chromium() is None and os.environ.get("DIALOGKORT_BROWSER") != "required"
    reason = f"no Chromium or Chrome on the PATH (looked for {', '.join(BROWSERS)})"
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if missing:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict:
    assert chromium(), "a browser is required here: install chromium"
    return launch_arguments()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the running command keeps its notes."""
    return tmp_path_factory.mktemp("noter")


@pytest.fixture(scope="session")
def server(folder: Path) -> Iterator[Running]:
    yield from run_module(["-m", "dialogkort.app", "--no-browser", "--folder", str(folder)])


@pytest.fixture
def seen(page: Page) -> Iterator[list[str]]:
    """Every page is watched: a script error, or a request that leaves this machine, fails the test."""
    faults: list[str] = []

    def look(url: str) -> None:
        if urlsplit(url).hostname not in ("127.0.0.1", "localhost", None, ""):
            faults.append(f"asked {url}")

    page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
    page.on("request", lambda request: look(request.url))
    page.on("websocket", lambda socket: look(socket.url))
    yield faults
    assert not faults, json.dumps(faults, indent=1)


@pytest.fixture
def workshop(page: Page, server: Running, seen: list[str]) -> Page:
    """The workshop's page on its start screen."""
    page.set_default_timeout(15_000)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(server.url)
    page.locator(".dk-start-form").wait_for()
    return page
