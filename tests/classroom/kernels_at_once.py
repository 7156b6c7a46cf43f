"""Start live kernels by their real manager, and ask them."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psutil
from anyio.from_thread import BlockingPortal, start_blocking_portal
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager

from hub.classroom.provisioner import ForkProvisioner, live_kernel_spec


class Manager(AsyncKernelManager):
    """A manager that always starts a live kernel with these values of the provisioner's traits."""

    def __init__(self, **config: Any) -> None:
        super().__init__(kernel_name="live")
        self._kernel_spec = live_kernel_spec(**config)


@dataclass
class Kernel:
    """A running kernel, asked by way of a loop in a thread: a browser's may run in the test's."""

    loop: BlockingPortal
    manager: Manager
    client: AsyncKernelClient
    shown: list[dict[str, Any]] = field(default_factory=list)

    @property
    def provisioner(self) -> ForkProvisioner:
        return self.manager.provisioner

    def find(self, command: str) -> psutil.Process:
        """Return the process that a cell started: in there it has another number."""
        below = psutil.Process(self.provisioner.pid).children(recursive=True)
        return next(each for each in below if each.cmdline()[:1] == [command])

    def run(self, source: str) -> str:
        """Run a cell; what it printed, or the name of its error. All it showed is in `shown`."""
        self.shown = []
        reply = self.do(
            self.client.execute_interactive(
                source,
                timeout=20,
                output_hook=lambda message: self.shown.append(message["content"]),
            )
        )["content"]
        if reply["status"] != "ok":
            return str(reply.get("ename"))
        return "".join(shown.get("text", "") for shown in self.shown).strip()

    def begin(self, source: str) -> str:
        """Have a cell run, without waiting for its end; return the message's id.

        If it fails, what is asked next runs all the same.
        """
        ask = partial(self.client.execute, source, stop_on_error=False)
        return str(self.loop.call(ask))

    def hear(self, text: str) -> bool:
        """Listen until the kernel prints this; `queue.Empty` if it says nothing for ten seconds."""
        while True:
            message = self.do(self.client.get_iopub_msg(timeout=10))
            if message["content"].get("text") == text:
                return True

    def tell(self, comm_id: str, data: dict[str, Any]) -> None:
        """Send a widget what a browser could send, past any filter."""
        self.send("comm_msg", {"comm_id": comm_id, "data": data})

    def send(self, kind: str, content: dict[str, Any]) -> None:
        """Send any message, past any filter."""
        self.loop.call(self.client.shell_channel.send, self.client.session.msg(kind, content))

    def do(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        async def wait() -> Any:
            return await coroutine

        return self.loop.call(wait)

    def code(self) -> int | None:
        return self.do(self.provisioner.poll())


@contextmanager
def a_kernel(start: dict[str, Any] | None = None, **config: Any) -> Iterator[Kernel]:
    """Start a kernel with these values of the provisioner's traits; end it after the block."""
    with start_blocking_portal() as loop:
        manager = Manager(**config)
        client = loop.call(manager.client)
        kernel = Kernel(loop, manager, client)
        kernel.do(manager.start_kernel(**(start or {})))
        try:
            client.load_connection_info(manager.get_connection_info(session=True))
            loop.call(client.start_channels)
            kernel.do(client.wait_for_ready(timeout=30))
            yield kernel
        finally:
            loop.call(client.stop_channels)
            kernel.do(manager.shutdown_kernel(now=True))
