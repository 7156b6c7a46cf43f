"""The kernels of live pages: whose each is, and the one way to start one.

How a kernel is started, what it may use and sees of our environment, `provisioner` decides; when
one is started or ended, `readings`.
"""

from __future__ import annotations

from typing import Any

import zmq.asyncio
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
from jupyter_server.auth.authorizer import Authorizer
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

from hub.classroom.provisioner import PRELOAD, PRELOAD_PLOTS, live_kernel_spec
from publishing.run_cells import HearingClient

NAME, NAME_PLOTS = "python3", "python3-plots"
PRELOADS = {NAME: PRELOAD, NAME_PLOTS: PRELOAD_PLOTS}
"""What the parent of each kind of kernel has imported; without matplotlib each takes 2 MB less."""
WORDS_OF_PLOTS = ("plot", "numpy", "pandas")
MOST_HEARD = {zmq.RCVHWM: 10, zmq.MAXMSGSIZE: 24_000_000}
"""Messages of a socket that wait for us, and bytes of each. ZeroMQ keeps a thousand more in the
kernel, whose memory has a limit, and drops what comes then; a larger one cuts the kernel off."""


def kind_for(notebook: Any) -> str:
    """Return the kind of kernel that serves a notebook fastest; any kind runs it."""
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return NAME_PLOTS if any(word in each for each in code for word in WORDS_OF_PLOTS) else NAME


class OurKernelSpecs(KernelSpecManager):
    """Knows our kinds of kernels, whatever a notebook asks for."""

    def get_all_specs(self) -> dict[str, Any]:
        """As the base class has it: `{name: {"resource_dir", "spec"}}`."""
        return {
            name: {"resource_dir": "", "spec": self.get_kernel_spec(name).to_dict()}
            for name in PRELOADS
        }

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the spec that forks; raise `NoSuchKernel` for any other name."""
        if kernel_name not in PRELOADS:
            raise NoSuchKernel(kernel_name)
        return live_kernel_spec(PRELOADS[kernel_name])


def context() -> zmq.asyncio.Context:
    """Return a context whose sockets take no more of a kernel's words than we can hold."""
    made = zmq.asyncio.Context()
    for option, value in MOST_HEARD.items():
        made.setsockopt(option, value)
    return made


class RunningClient(HearingClient):
    """What runs a page's cells."""

    def _context_default(self) -> Any:
        self._created_context = True
        return context()


class ReadersKernels(AsyncMappingKernelManager):
    """Jupyter's kernels, each with the name of who started it."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given, context=context())
        self.buffer_offline_messages = False  # who comes back asks for the widgets' state
        self._owners: dict[str, str] = {}

    async def start_for(self, person: str, kind: str, folder: str) -> str:
        """Start a kernel whose cells run in `folder`; return its id."""
        kernel_id = str(await self.start_kernel(kernel_name=kind, cwd=folder))
        self._owners[kernel_id] = person
        return kernel_id

    def belongs_to(self, kernel_id: str, person: str) -> bool:
        """Whether this kernel runs and `person` started it."""
        return kernel_id in self and self._owners.get(kernel_id) == person

    def start_watching_activity(self, kernel_id: str) -> None:
        """Watch nothing: a reader's moves are counted at the socket, which may open at once."""
        self._kernels[kernel_id].execution_state = "idle"

    def remove_kernel(self, kernel_id: str) -> Any:
        """Forget a kernel that has ended, and whose it was."""
        self._owners.pop(kernel_id, None)
        return super().remove_kernel(kernel_id)


class OwnerAuthorizer(Authorizer):
    """Lets a reader at one's own kernel alone: Jupyter's own authorizer lets everybody at all."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        """As Jupyter asks it: `resource` is "kernels", the kernel stands in the address."""
        kernel_id = handler.path_kwargs.get("kernel_id", "")
        return resource == "kernels" and bool(
            handler.kernel_manager.belongs_to(kernel_id, user.username)
        )
