"""How fast is it here? Every figure stands beside a bare one from the same run; read the ratios.

    python tests/bench/run.py            # about three minutes; needs Chromium and `pip install -e ".[bench]"`

Printed as one Markdown table per question. Times are milliseconds; medians unless said otherwise.
"""

import contextlib
import socket
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import psutil
from playwright.sync_api import Browser, Page, sync_playwright

sys.path[:0] = [
    str(Path(__file__).resolve().parents[1] / "browser"),
    str(Path(__file__).resolve().parents[2]),
]

import browser_steps  # noqa: E402
from running import Running, launch_arguments, run_module  # noqa: E402

OPENINGS = 7
MOVES = 34
BARE = "import ipywidgets\nipywidgets.Button(description='En knap')"
WORKSHOP = "from dialogkort import Workshop\nWorkshop()"
ECHO = '''
import anywidget, traitlets
class Echo(anywidget.AnyWidget):
    _esm = """export default { render({ model, el }) {
        window.echo = () => new Promise((done) => {
            const begun = performance.now();
            const hear = () => { model.off("change:heard", hear); done(performance.now() - begun); };
            model.on("change:heard", hear);
            model.send({ said: Math.random() });
        });
        el.className = "echo-ready";
    } }"""
    heard = traitlets.Float().tag(sync=True)
    def __init__(self):
        super().__init__()
        self.on_msg(lambda _, said, __: self.set_trait("heard", said["said"]))
Echo()
'''
FLASHCARDS = """
from jupytercards import display_flashcards
display_flashcards([{"front": f"Spørgsmål {n}?", "back": f"Svar {n}"} for n in range(34)])
"""

# Notes when the kernel's answer (a widget's new traits, or the echo's) reaches the page, before the page has
# made anything of it.
LISTEN = """(() => {
    const heard = new TextDecoder();
    window.WebSocket = class extends WebSocket {
        constructor(...address) {
            super(...address);
            this.addEventListener("message", ({ data }) => {
                const words = typeof data === "string" ? data : heard.decode(data);
                if (/"(heard|answer)":/.test(words)) window.onanswer?.(performance.now());
            });
        }
    };
})()"""

# The time from a click until the frame that shows its effect has been drawn.
FRAME = """(click) => new Promise((done) => {
    const begun = performance.now();
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done(performance.now() - begun);
    click();
    requestAnimationFrame(() => port2.postMessage(0));
})"""


# The times from a deed until the kernel's answer is heard and until the screen says saved. What comes
# `before` is on the screen when the clock starts: nobody writes a note and leaves it in the same instant.
UNTIL_SAVED = f"""async (deed, before = () => {{}}) => {{
    await ({FRAME})(before);
    await ({FRAME})(() => {{}});
    return new Promise((done) => {{
        const status = document.querySelector('.dk-status');
        let begun, heard;
        window.onanswer = (now) => (heard ??= now - begun);
        const watch = new MutationObserver(() => {{
            if (status.dataset.state !== 'saved' || heard === undefined) return;
            watch.disconnect();
            done([heard, performance.now() - begun]);
        }});
        watch.observe(status, {{ attributes: true }});
        begun = performance.now();
        deed();
    }});
}}"""

WRITE = """() => {
    const field = [...document.querySelectorAll('.dk-note textarea')].at(-1);
    field.focus();
    field.value = 'Vi øver os på hinanden, når der er tid';
    field.dispatchEvent(new Event('input', { bubbles: true }));
}"""
SETTLE = "() => document.querySelector('.dk-discuss').click()"
LEAVE_NOTE = "() => document.activeElement.blur()"


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_arguments())
        folder = Path(scratch)
        moves(browser, folder)
        openings(browser, folder)
        memory(browser, folder)
        browser.close()


def moves(browser: Browser, folder: Path) -> None:
    """A click, a move and a note, beside a bare round trip and a bare durable insert."""
    notebook = written(folder / "moves.ipynb", WORKSHOP, ECHO)
    with served(folder, notebook) as server, opened(browser, server.url) as page:
        page.locator(".echo-ready").wait_for(state="attached")
        browser_steps.begin(page)
        bare_insert = durable_insert(folder)
        shown, settled, noted, echoes, inserts = [], [], [], [], []
        for place in range(MOVES):
            turn = f"document.querySelectorAll('.dk-card')[{place}].click()"
            shown.append(page.evaluate(f"({FRAME})(() => {turn})"))
            browser_steps.saved(page)
            page.wait_for_function("document.querySelector('.dk-open').getAnimations().length === 0")
            echoes.append(page.evaluate("window.echo()"))
            inserts.append(bare_insert())
            noted.append(page.evaluate(f"({UNTIL_SAVED})({LEAVE_NOTE}, {WRITE})"))
            browser_steps.saved(page)
            settled.append(page.evaluate(f"({UNTIL_SAVED})({SETTLE})"))
            page.locator(".dk-stage[data-mode=none]").wait_for(state="attached")
    bare = statistics.median(echoes) + statistics.median(inserts)
    table(
        "A click",
        ("", "median", "p95"),
        row("click → frame with the turning card", shown),
        row("a flip in jupytercards", flashcards(browser, folder)),
    )
    table(
        "On the disk, and known in the page",
        ("", "median", "p95", "ratio to the two bare ones together"),
        (*row("a bare round trip to the kernel", echoes), ""),
        (*row("a bare insert with the same durability", inserts), ""),
        *(
            (*row(name, times), f"{statistics.median(times) / bare:.2f}")
            for name, times in {
                "a move: click → the kernel's answer that it is on the disk": [heard for heard, _ in settled],
                "a note: sent → the kernel's answer": [heard for heard, _ in noted],
                "a move: click → the screen says saved": [said for _, said in settled],
                "a note: sent → the screen says saved": [said for _, said in noted],
            }.items()
        ),
    )


def durable_insert(folder: Path) -> Callable[[], float]:
    """A call that inserts one row, by sqlite3 alone, on the store's disk, and says how long that took."""
    database = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
    database.execute("PRAGMA synchronous = EXTRA")
    database.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT)")

    def insert() -> float:
        begun = time.perf_counter()
        database.execute("INSERT INTO notes (body) VALUES (?)", ("Vi øver os på hinanden" * 5,))
        return (time.perf_counter() - begun) * 1000

    return insert


def flashcards(browser: Browser, folder: Path) -> list[float]:
    """Milliseconds of a flip in jupytercards, when it is installed."""
    with contextlib.suppress(ImportError):
        import jupytercards  # noqa: F401

        notebook = written(folder / "cards.ipynb", FLASHCARDS)
        with stock(folder, notebook) as url, opened(browser, url) as page:
            page.locator(".flip-container, .flashcard").first.wait_for()
            flip = "document.querySelector('.flip-container, .flashcard').click()"
            return [page.evaluate(f"({FRAME})(() => {flip})") for _ in range(MOVES)]
    return []


def openings(browser: Browser, folder: Path) -> None:
    """From the address to a page that can be used, each page in a browser that has never seen it."""
    bare = written(folder / "bare.ipynb", BARE)
    workshop = written(folder / "workshop.ipynb", WORKSHOP)
    with served(folder, bare) as plain, served(folder, workshop) as ours, stock(folder, bare) as voila:
        pages: dict[str, tuple[str, str]] = {
            "a bare button, Voilà's own template": (voila, ".widget-button"),
            "a bare button, our template": (plain.url, ".widget-button"),
            "the workshop": (ours.url, ".dk-start-form .dk-primary"),
        }
        taken = {name: [] for name in pages}
        for _ in range(OPENINGS):
            for name, (url, usable) in pages.items():
                settle()
                begun = time.perf_counter()
                with opened(browser, url) as page:
                    page.locator(usable).wait_for()
                    taken[name].append((time.perf_counter() - begun) * 1000)
    bare_median = statistics.median(taken["a bare button, our template"])
    table(
        "Page open → usable (first visit, kernel kept warm)",
        ("", "median", "p95", "ratio to a bare button"),
        *(
            (*row(name, times), f"{statistics.median(times) / bare_median:.2f}")
            for name, times in taken.items()
        ),
    )


def memory(browser: Browser, folder: Path) -> None:
    """A group's kernel after a card and a note, beside a kernel with one button."""
    used = {}
    for name, source in {"a bare button": BARE, "a group's workshop": WORKSHOP}.items():
        notebook = written(folder / "memory.ipynb", source)
        with served(folder, notebook) as server, opened(browser, server.url) as page:
            if source is WORKSHOP:
                browser_steps.begin(page)
                page.locator(".dk-card").first.click()
                page.evaluate(f"({UNTIL_SAVED})({LEAVE_NOTE}, {WRITE})")
            else:
                page.locator(".widget-button").wait_for()
            settle()
            used[name] = max(kernel.memory_full_info().uss for kernel in server.kernels()) / 1e6
    table(
        "Memory of one group's kernel (unique set size)",
        ("", "MB", "ratio"),
        *((name, f"{size:.1f}", f"{size / used['a bare button']:.2f}") for name, size in used.items()),
    )


def settle() -> None:
    """Wait until the machine is quiet: a warm kernel is being made for the next visitor."""
    while psutil.cpu_percent(interval=0.4) > 10:
        pass


def written(path: Path, *sources: str) -> Path:
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in sources]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), path)
    return path


@contextlib.contextmanager
def served(folder: Path, notebook: Path) -> Iterator[Running]:
    """The command on a notebook."""
    program = (
        "import sys, pathlib; from dialogkort.app import main;"
        " sys.exit(main(sys.argv[2:], pathlib.Path(sys.argv[1])))"
    )
    yield from run_module(["-c", program, str(notebook), "--no-browser", "--folder", str(folder / "noter")])


@contextlib.contextmanager
def stock(folder: Path, notebook: Path) -> Iterator[str]:
    """Voilà as it comes, with a warm kernel too."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = ["-m", "voila", str(notebook), "--no-browser", "--preheat_kernel=True", "--pool_size=1"]
    for running in run_module([*arguments, f"--port={port}", f"--Voila.root_dir={folder}"]):
        yield running.url


@contextlib.contextmanager
def opened(browser: Browser, url: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        page = context.new_page()
        page.add_init_script(LISTEN)
        page.goto(url)
        yield page
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
