"""How JupyterLab is opened on the notebooks: on this machine only, with a token, and without news popups."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from jupyterlab.labapp import LabApp

from dialogkort.kernels import quiet_kernels

# Read by JupyterLab from `labconfig` in there: no news, no updates, no button that asks for Voilà.
_SETTINGS = Path(__file__).resolve().parent / "jupyter"
ADDRESS = "/lab/workspaces/dialogkort"  # a desk of its own: the user's other work stays as it was left
# Voilà is not among them: inside JupyterLab a page's visitor may run code. Groups get the page of `server`.
_EXTENSIONS = ("jupyter_lsp", "jupyter_server_terminals")


@dataclass(frozen=True)
class Desk:
    """Where JupyterLab works and listens. `checkpoints` lie apart: a clone's notebooks stay as they are."""

    notebooks: Path
    checkpoints: Path
    log: TextIO
    port: int
    other_ports: int  # how many more may be tried when that one is taken
    token: str
    browser: bool


def copies(notebooks: Path, into: Path) -> Path:
    """A folder with a copy of every notebook. One that is there is kept: somebody may have worked in it."""
    into.mkdir(parents=True, exist_ok=True)
    for notebook in sorted(notebooks.glob("*.ipynb")):
        if not (into / notebook.name).exists():
            shutil.copyfile(notebook, into / notebook.name)
    return into


def open_lab(desk: Desk, ready: Callable[[int], None]) -> None:
    """Run JupyterLab until the command is told to stop; kernels stop with it.

    `ready` is called once with the port, when `ADDRESS` can be asked for there.
    """
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
        filter(None, [str(_SETTINGS), os.getenv("JUPYTER_CONFIG_PATH")])
    )
    LabApp.serverapp_config = {"jpserver_extensions": dict.fromkeys(_EXTENSIONS, True)}
    wanted = {
        "Application.log_level": "WARN",
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": desk.port,
        "ServerApp.port_retries": desk.other_ports,
        "ServerApp.root_dir": desk.notebooks,
        "ServerApp.open_browser": desk.browser,
        "ServerApp.answer_yes": True,  # Ctrl-C stops without asking
        "ServerApp.allow_root": True,  # as in most containers
        "ServerApp.kernel_spec_manager_class": "dialogkort.kernels.OwnPython",
        "FileCheckpoints.checkpoint_dir": desk.checkpoints,
        "IdentityProvider.token": desk.token,
        "LabApp.default_url": ADDRESS,
        "LabApp.news_url": None,
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    server = LabApp.initialize_server(
        # Said as on a command line, which goes before what the user has set for JupyterLab.
        [f"--{name}={value}" for name, value in wanted.items()],
        kernel_manager_class=quiet_kernels(desk.log),
    )
    server.io_loop.add_callback(ready, server.port)
    server.start()
