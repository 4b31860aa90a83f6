"""A real nginx in front of what runs: it passes on `Host` and sockets, and leaves the path as it is."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from running import until

_CONFIG = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    map $http_upgrade $connection_upgrade {{
        default upgrade;
        '' close;
    }}
    server {{
        listen 127.0.0.1:{port};
        location {base} {{
            proxy_pass {goal};
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
        }}
    }}
}}
"""


def nginx_program() -> str:
    """The program; a test that asks is skipped, or fails where nginx is required (CI)."""
    program = shutil.which("nginx", path=os.pathsep.join([os.environ["PATH"], "/usr/sbin"]))
    if program is None:
        assert os.environ.get("DIALOGKORT_NGINX") != "required", "nginx is required here: install nginx-light"
        pytest.skip("no nginx on the PATH")
    return program


@contextmanager
def nginx_before(goal: str, folder: Path, port: int) -> Iterator[str]:
    """nginx on a port of this machine, in front of an address and all below it; gives its own origin."""
    parts = urlsplit(goal)
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    user = "user root;" if is_root else ""  # else its worker may not read what root has made here
    goal, base = f"{parts.scheme}://{parts.netloc}", parts.path
    config = folder / "nginx.conf"
    config.write_text(_CONFIG.format(folder=folder, port=port, base=base, goal=goal, user=user), "utf-8")
    server = subprocess.Popen(
        [nginx_program(), "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(config)]
    )
    try:
        until(lambda: answers(port) or server.poll() is not None)
        assert server.poll() is None, (folder / "error.log").read_text("utf-8")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(60)


def answers(port: int) -> bool:
    """Whether something listens at a port of this machine."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
