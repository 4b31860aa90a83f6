"""The frontend's files as they are, on a server that knows nothing else."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from dialogkort.ui import bundle


class _Quiet(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path != "/core/vocabulary.js":
            return super().do_GET()
        content = bundle.module_source("core/vocabulary.js").encode("utf-8")
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def guess_type(self, path: str) -> str:
        return "text/javascript" if str(path).endswith(".js") else super().guess_type(path)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def static_frontend() -> Iterator[str]:
    """The address of a page without script of its own, beside which all modules are."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=bundle.FRONTEND))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/core/base.css"
    finally:
        server.shutdown()
        server.server_close()
