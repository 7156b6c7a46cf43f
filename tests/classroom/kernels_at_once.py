"""Start live kernels by their real manager, and ask them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psutil
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
    """A running kernel, asked from a test without a loop of its own."""

    loop: asyncio.AbstractEventLoop
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
        reply = self.loop.run_until_complete(
            self.client.execute_interactive(
                source,
                timeout=20,
                output_hook=lambda message: self.shown.append(message["content"]),
            )
        )["content"]
        if reply["status"] != "ok":
            return str(reply.get("ename"))
        return "".join(shown.get("text", "") for shown in self.shown).strip()

    def hear(self, text: str) -> bool:
        """Listen until the kernel prints this; `queue.Empty` if it says nothing for ten seconds."""
        while True:
            message = self.do(self.client.get_iopub_msg(timeout=10))
            if message["content"].get("text") == text:
                return True

    def tell(self, comm_id: str, data: dict[str, Any]) -> None:
        """Send a widget what a browser could send, past any filter."""
        content = {"comm_id": comm_id, "data": data}
        self.client.shell_channel.send(self.client.session.msg("comm_msg", content))

    def do(self, coroutine: Any) -> Any:
        return self.loop.run_until_complete(coroutine)

    def code(self) -> int | None:
        return self.do(self.provisioner.poll())


@contextmanager
def a_kernel(
    loop: asyncio.AbstractEventLoop, start: dict[str, Any] | None = None, **config: Any
) -> Iterator[Kernel]:
    manager = Manager(**config)
    loop.run_until_complete(manager.start_kernel(**(start or {})))
    client = manager.client()
    client.start_channels()
    try:
        loop.run_until_complete(client.wait_for_ready(timeout=30))
        yield Kernel(loop, manager, client)
    finally:
        client.stop_channels()
        loop.run_until_complete(manager.shutdown_kernel(now=True))
