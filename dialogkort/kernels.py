"""Where a notebook's code runs: in the Python the command runs in, and without a word on the screen."""

from pathlib import Path
from typing import TextIO

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from traitlets import default


class OwnPython(KernelSpecManager):
    """One kernel: this Python, whichever kernels the user has installed for Jupyter."""

    @default("kernel_dirs")
    def _kernel_dirs_default(self) -> list[str]:
        return []


def quiet_kernels(log: TextIO, folder: Path | None = None) -> type[AsyncMappingKernelManager]:
    """Kernels that print to a log, and work in a folder (beside their notebook when none is named)."""

    class Quiet(AsyncMappingKernelManager):
        def cwd_for_path(self, path: str, **asked: object) -> str:
            return str(folder or super().cwd_for_path(path, **asked))

        async def start_kernel(self, **asked: object) -> str:
            return await super().start_kernel(stdout=log, stderr=log, **asked)

    return Quiet
