"""What the tests of the frontend have in common: Deno, which checks, lints and runs it without a network."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

from deno import find_deno_bin

from dialogkort.ui.vocabulary import vocabulary

ROOT = Path(__file__).parents[1]
FRONTEND = ROOT / "dialogkort" / "ui" / "frontend"
JS_TESTS = ROOT / "tests" / "js"
CONFIG = JS_TESTS / "deno.json"


def deno(command: str, *arguments: object, given: str | None = None) -> tuple[bool, str]:
    """Whether Deno was content with a command, and what it said. It finds all it needs on this machine."""
    with tempfile.TemporaryDirectory() as cache:
        if command in ("run", "test"):
            arguments = (f"--preload={_vocabulary(Path(cache))}", *arguments)
        offline = {"DENO_DIR": cache, "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"}
        completed = subprocess.run(
            [find_deno_bin(), command, *map(str, arguments)],
            cwd=ROOT,
            input=given,
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, **offline},
            check=False,
        )
    return (
        completed.returncode == 0,
        completed.stdout if given is not None else completed.stdout + completed.stderr,
    )


def _vocabulary(folder: Path) -> Path:
    """A script that gives modules, as they stand in the repository, what the bundle writes into them."""
    script = folder / "vocabulary.js"
    script.write_text(f"globalThis.dialogkortVocabulary = {json.dumps(vocabulary())};", encoding="utf-8")
    return script


def run_script(name: str, given: str) -> str:
    """What a script beside the tests prints when it is given a text."""
    options = ("--no-check", "--no-lock", "--no-remote", "--allow-read", f"--config={CONFIG}")
    content, printed = deno("run", *options, JS_TESTS / name, given=given)
    assert content, printed
    return printed
