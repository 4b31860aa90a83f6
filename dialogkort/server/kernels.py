"""Kernels for notebooks: in the Python the command runs in, their output in the log."""

from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from traitlets import default

from dialogkort.logs import Log


class OwnPython(KernelSpecManager):
    """One kernel: this Python, whichever kernels the user has installed for Jupyter."""

    @default("kernel_dirs")
    def _kernel_dirs_default(self) -> list[str]:
        return []


def quiet_kernels(log: Log, folder: Path | None = None) -> type[AsyncMappingKernelManager]:
    """Kernels that print to a log, and work in a folder (beside their notebook when none is named)."""
    output = log.as_file()  # for as long as the server runs: a kernel that is restarted prints there again

    class Quiet(AsyncMappingKernelManager):
        def cwd_for_path(self, path: str, **kwargs: object) -> str:
            return str(folder or super().cwd_for_path(path, **kwargs))

        async def start_kernel(self, **kwargs: object) -> str:
            return await super().start_kernel(stdout=output, stderr=output, **kwargs)

    return Quiet
