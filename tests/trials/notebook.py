"""A kernel's process with `Workshop(folder)` in it: its page speaks to it line by line.

python tests/trials/notebook.py FOLDER
"""

import asyncio
import json
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from dialogkort.ui.workshop.widget import Workshop


class Spoken(Workshop):
    """The widget, with pipes in the place of a comm."""

    def send(self, content: dict, buffers: list | None = None) -> None:
        sys.stdout.write(json.dumps(content) + "\n")
        sys.stdout.flush()


async def main(folder: str) -> None:
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    widget = Spoken(folder)

    def listen() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(widget._receive, widget, json.loads(line), [])
        loop.call_soon_threadsafe(over.set)

    threading.Thread(target=listen, daemon=True).start()
    await over.wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
