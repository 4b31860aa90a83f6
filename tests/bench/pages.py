"""How soon is a page there, and how soon is a click? Every figure stands beside a bare one of the same run.

    python tests/bench/pages.py          # some minutes; needs Chromium and `pip install -e ".[test,bench]"`

Printed as one Markdown table per question. Times are milliseconds. The pages that are opened stand beside a
static page with one button, and beside a bare one-button page of Voilà; the flip beside jupytercards.
"""

import contextlib
import importlib.util
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import psutil
from playwright.sync_api import Browser, Page, sync_playwright

sys.path[:0] = [
    str(Path(__file__).resolve().parents[1] / "browser"),
    str(Path(__file__).resolve().parents[2]),
]

import browser_steps  # noqa: E402
from running import launch_arguments, run_module  # noqa: E402

OPENINGS = 9
STARTS = 5
FLIPS = 30
STATIC = "<!DOCTYPE html><title>En knap</title><button type=button>En knap</button>"
SERVE_STATIC = """
import asyncio, sys
from tornado.web import Application, RequestHandler
class Page(RequestHandler):
    def get(self):
        self.finish(sys.argv[1])
async def main():
    from tornado.netutil import bind_sockets
    from tornado.httpserver import HTTPServer
    sockets = bind_sockets(0, "127.0.0.1")
    HTTPServer(Application([("/", Page)])).add_sockets(sockets)
    print(f"http://127.0.0.1:{sockets[0].getsockname()[1]}/", flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""
BUTTON = "import ipywidgets\nipywidgets.Button(description='En knap')"
FLASHCARDS = """
from jupytercards import display_flashcards
display_flashcards([{"front": f"Spørgsmål {n}?", "back": f"Svar {n}"} for n in range(34)])
"""
# The time from a click until the frame that shows its effect has been drawn.
FRAME = """(click) => new Promise((done) => {
    const begun = performance.now();
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done(performance.now() - begun);
    click();
    requestAnimationFrame(() => port2.postMessage(0));
})"""
# Nothing moves, and nothing is left to be drawn: how a page is found by somebody who has looked at it.
REST = """async () => {
    const idle = () => new Promise((done) => requestIdleCallback(done));
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    await Promise.all(document.getAnimations().map((animation) => animation.finished));
    for (const wait of [idle, frame, frame, idle]) await wait();
}"""
NOTHING = "document.body.classList.toggle('unstyled')"


def main() -> None:
    starting()
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_arguments())
        opening(browser, Path(scratch))
        flipping(browser, Path(scratch))
        browser.close()


def starting() -> None:
    """From the command to an address that answers, beside an import of what answers."""
    program = "import time; t = time.perf_counter(); import tornado.web; print(time.perf_counter() - t)"
    imports, answers = [], []
    for _ in range(STARTS):
        imports.append(float(subprocess.check_output([sys.executable, "-c", program])) * 1000)
        with tempfile.TemporaryDirectory() as folder:
            begun = time.perf_counter()
            with served(Path(folder)) as url:
                answered(url)
                answers.append((time.perf_counter() - begun) * 1000)
    table(
        "The command → its address answers",
        ("", "median", "max"),
        ("import tornado.web", f"{statistics.median(imports):.0f}", f"{max(imports):.0f}"),
        ("dialogkort", f"{statistics.median(answers):.0f}", f"{max(answers):.0f}"),
    )


def answered(url: str) -> None:
    from urllib.request import urlopen

    with urlopen(url.partition("#")[0]) as answer:
        assert answer.status == 200


def opening(browser: Browser, folder: Path) -> None:
    """From the address to a page that can be used, each page in a browser that has never seen it."""
    with contextlib.ExitStack() as running:
        pages = {
            "a static page with one button": (
                running.enter_context(program("-c", SERVE_STATIC, STATIC)),
                "button",
            ),
            "the workshop": (
                running.enter_context(served(folder / "noter")),
                ".dk-start-form button[type=submit]",
            ),
        }
        if importlib.util.find_spec("voila"):
            address = running.enter_context(voila(folder, written(folder / "bare.ipynb", BUTTON)))
            pages["a bare button in Voilà, its kernel kept warm"] = address, ".widget-button"
        session = begun(browser, pages["the workshop"][0])
        pages["the workshop, at its table"] = session, ".dk-card"
        taken = {name: [] for name in pages}
        for _ in range(OPENINGS):
            for name, (url, usable) in pages.items():
                settle()
                with new_page(browser) as page:
                    start = time.perf_counter()
                    page.goto(url, wait_until="commit")
                    page.locator(usable).first.wait_for(state="attached")
                    taken[name].append((time.perf_counter() - start) * 1000)
    static = statistics.median(taken["a static page with one button"])
    table(
        "Page open → usable (a browser that has never been there)",
        ("", "median", "p95", "ratio to the static page"),
        *((*row(name, times), f"{statistics.median(times) / static:.2f}") for name, times in taken.items()),
    )


def begun(browser: Browser, url: str) -> str:
    """The address of a session that was begun, with the key."""
    with new_page(browser) as page:
        page.goto(url)
        browser_steps.begin(page)
        address = page.url
    return f"{address}#{url.partition('#')[2]}"


def flipping(browser: Browser, folder: Path) -> None:
    """From a click to the frame with the turning card, each page at rest, both in turn.

    Beside each stands a frame with nothing to draw: most of that is the wait for the screen's next one.
    """
    with contextlib.ExitStack() as running:
        page = running.enter_context(new_page(browser))
        page.goto(running.enter_context(served(folder / "kort")))
        browser_steps.begin(page)
        other = running.enter_context(flashcards(browser, folder))
        taken = {"dialogkort": [], "a flip in jupytercards": [], "a frame with nothing": []}
        for index in range(FLIPS):
            taken["a frame with nothing"].append(frame(page, NOTHING))
            turn = f"document.querySelectorAll('.dk-card')[{index}].click()"
            taken["dialogkort"].append(frame(page, turn))
            browser_steps.saved(page)
            page.evaluate("document.querySelector('.dk-discuss').click()")
            page.locator(".dk-stage[data-mode=none]").wait_for(state="attached")
            if other:
                flip = "document.querySelector('.flip-container, .flashcard').click()"
                taken["a flip in jupytercards"].append(frame(other, flip))
    table(
        "A click → the frame with the turning card",
        ("", "median", "p95"),
        *(row(name, times) for name, times in taken.items()),
    )


def frame(page: Page, click: str) -> float:
    """Milliseconds from a click to the frame that shows what it did."""
    page.bring_to_front()
    page.evaluate(REST)
    return page.evaluate(f"({FRAME})(() => {click})")


@contextlib.contextmanager
def flashcards(browser: Browser, folder: Path) -> Iterator[Page | None]:
    """A page of jupytercards, when it is installed."""
    if not (importlib.util.find_spec("jupytercards") and importlib.util.find_spec("voila")):
        yield None
        return
    notebook = written(folder / "cards.ipynb", FLASHCARDS)
    with voila(folder, notebook) as url, new_page(browser) as page:
        page.goto(url)
        page.locator(".flip-container, .flashcard").first.wait_for()
        yield page


def settle() -> None:
    """Wait until the machine is quiet."""
    end = time.monotonic() + 10
    while psutil.cpu_percent(interval=0.2) > 15 and time.monotonic() < end:
        pass


def written(path: Path, source: str) -> Path:
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    cells = [nbformat.v4.new_code_cell(source.strip())]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), path)
    return path


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The command."""
    with program("-m", "dialogkort.cli.app", "--no-browser", "--folder", str(folder)) as url:
        yield url


@contextlib.contextmanager
def program(*arguments: str) -> Iterator[str]:
    """Python with arguments that print an address."""
    for running in run_module(arguments):
        yield running.url


@contextlib.contextmanager
def voila(folder: Path, notebook: Path) -> Iterator[str]:
    """Voilà as it comes, with a warm kernel."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = ["-m", "voila", str(notebook), "--no-browser", "--preheat_kernel=True", "--pool_size=1"]
    with program(*arguments, f"--port={port}", f"--Voila.root_dir={folder}") as url:
        yield url


@contextlib.contextmanager
def new_page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        yield context.new_page()
    finally:
        context.close()


def row(name: str, times: list[float]) -> tuple[str, str, str]:
    if not times:
        return name, "not installed", ""
    return name, f"{statistics.median(times):.1f}", f"{statistics.quantiles(times, n=20)[-1]:.1f}"


def table(title: str, head: tuple[str, ...], *rows: tuple[str, ...]) -> None:
    print(f"\n**{title}**\n")
    for line in (head, ("---",) * len(head), *rows):
        print("| " + " | ".join(line) + " |")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
