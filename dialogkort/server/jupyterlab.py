"""JupyterLab with notebooks and pages in one server: on this machine, with a token, without news popups."""

import os
import shutil
import ssl
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dialogkort.logs import Log
from dialogkort.server.serve import Address, on_stop
from dialogkort.ui.share.public_address import PublicAddress

if TYPE_CHECKING:
    from dialogkort.server.sharing import Sharing

# Read by JupyterLab from `labconfig` in there: no news, no updates, no button that asks for Voilà.
_SETTINGS = Path(__file__).resolve().parent / "jupyter"
WORKSPACE = "lab/workspaces/dialogkort"  # a desk of its own: the user's other work stays as it was left
_EXTENSIONS = ("dialogkort", "jupyter_lsp", "jupyter_server_terminals")


@dataclass(frozen=True)
class LabConfig:
    """Configuration of JupyterLab. `checkpoints` lie apart: a clone's notebooks stay as they are."""

    notebooks: Path
    checkpoints: Path
    log: Log
    port: int
    other_ports: int  # how many more may be tried when that one is taken
    token: str
    browser: bool
    address: Address
    tls: ssl.SSLContext | None = None  # of the room's listener
    share_url: PublicAddress | None = None  # what devices in the room call that by, behind a proxy
    proxy: str = ""  # the address that proxy calls from, if its word on who calls is taken
    share: Callable[["Sharing"], str] | None = None  # shares with the room, and gives what to say of it


def copies(notebooks: Path, into: Path) -> Path:
    """A folder with a copy of every notebook. One that is there is kept: somebody may have worked in it."""
    into.mkdir(parents=True, exist_ok=True)
    for notebook in sorted(notebooks.glob("*.ipynb")):
        if not (into / notebook.name).exists():
            shutil.copyfile(notebook, into / notebook.name)
    return into


def open_lab(config: LabConfig, ready: Callable[[int, str], None]) -> None:
    """Run JupyterLab until the command is told to stop; kernels stop with it.

    `ready` is called once, when `WORKSPACE` can be asked for, with the port and what to say of sharing.
    """
    # A grammar for addresses in any script takes seconds to build, and no schema of Jupyter asks for one.
    # None there is Python's own word for what is not to be found.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # typeshed knows modules only
    from jupyterlab.labapp import LabApp

    from dialogkort.server.kernels import quiet_kernels

    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
        filter(None, [str(_SETTINGS), os.getenv("JUPYTER_CONFIG_PATH")])
    )
    LabApp.serverapp_config = {"jpserver_extensions": dict.fromkeys(_EXTENSIONS, True)}
    server = LabApp.initialize_server(
        list(_command_line(_settings(config))), kernel_manager_class=quiet_kernels(config.log)
    )
    # Jupyter's own hears Ctrl-C at a terminal only, and asks there.
    on_stop(lambda: server.stop(from_signal=True))
    hosts = next(iter(server.extension_manager.extension_apps["dialogkort"])).hosts
    hosts.tls = config.tls
    hosts.share_url, hosts.proxy = config.share_url or hosts.share_url, config.proxy

    async def say_ready() -> None:
        words = ""
        if config.share and (sharing := (await hosts.get()).sharing):
            words = config.share(sharing)
        ready(server.port, words)

    server.io_loop.add_callback(say_ready)
    server.start()


def _settings(config: LabConfig) -> dict[str, object]:
    return {
        "Application.log_level": "WARN",
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": config.port,
        "ServerApp.port_retries": config.other_ports,
        "ServerApp.base_url": config.address.base,
        "ServerApp.local_hostnames": ["localhost", *_names(config.address.public)],
        "ServerApp.root_dir": config.notebooks,
        "ServerApp.open_browser": config.browser,
        "ServerApp.allow_root": True,  # as in most containers
        "ServerApp.kernel_spec_manager_class": "dialogkort.server.kernels.OwnPython",
        "FileCheckpoints.checkpoint_dir": config.checkpoints,
        "IdentityProvider.token": config.token,
        "LabApp.default_url": f"/{WORKSPACE}",
        "LabApp.extra_labextensions_path": [_SETTINGS / "labextensions"],
        "LabApp.news_url": None,
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "DialogkortExtension.log_path": getattr(config.log, "name", ""),
        "DialogkortExtension.maintains": False,  # the command does so itself
    }


def _command_line(settings: dict[str, object]) -> Iterator[str]:
    """Settings said as on a command line, which goes before what the user has set for JupyterLab."""
    for name, value in settings.items():
        for item in value if isinstance(value, list) else [value]:
            yield f"--{name}={item}"


def _names(hosts: Iterable[str]) -> list[str]:
    """Names without their ports, as Jupyter compares them."""
    return sorted(host.rpartition(":")[0] if host[-1].isdigit() and ":" in host else host for host in hosts)
