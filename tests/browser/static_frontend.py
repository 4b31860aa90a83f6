"""The frontend's files as they are, on a server that knows nothing else."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from dialogkort.ui.bundle import FRONTEND


class _Quiet(SimpleHTTPRequestHandler):
    def guess_type(self, path: str) -> str:
        return "text/javascript" if str(path).endswith(".js") else super().guess_type(path)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def static_frontend() -> Iterator[str]:
    """The address of a page without script of its own, beside which all modules are."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=FRONTEND))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/core/base.css"
    finally:
        server.shutdown()
        server.server_close()
