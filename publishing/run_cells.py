"""Runs cells in a fresh plain IPython kernel, inside `confine.run`.

Reads `{"cells": [source, ...], "cell_seconds": 10}` from standard input; writes a list with
`{"outputs": [...]}` (nbformat 4) for every cell to standard output. A cell that fails, or takes too
long, has an output of type "error"; after a dead kernel every remaining cell has one.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import nbformat
import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from traitlets import Type

from publishing import quick_start  # noqa: F401 - before nbformat
from publishing.waiting_kernel import fork_kernel


class HearingChannel(AsyncZMQSocketChannel):  # type: ignore[misc] # its package has no types
    """A channel that hears what arrives while it sends.

    The session sends past asyncio, and ZeroMQ then tells nobody of an answer that came meanwhile:
    a cell with an Output widget (`interact`) never ended. Asking for events tells.
    """

    def send(self, msg: dict[str, Any]) -> None:
        super().send(msg)
        self.socket.get(zmq.EVENTS)


class HearingClient(AsyncKernelClient):  # type: ignore[misc] # the same
    """A kernel's client that misses no reply."""

    shell_channel_class = Type(HearingChannel)


def kernel_manager(*extensions: str) -> AsyncKernelManager:
    """Fork a kernel with these extensions; return its manager.

    They talk through files, whose address must be absolute and short.
    """
    spec = fork_kernel(extensions)
    address = os.path.join(os.environ["TMPDIR"], "k")  # noqa: PTH118 - a prefix, not a path
    manager = AsyncKernelManager(transport="ipc", ip=address, client_factory=HearingClient)
    manager._kernel_spec = spec
    return manager


def run_cells(cells: list[str], cell_seconds: int) -> list[dict[str, Any]]:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = NotebookClient(
        notebook,
        km=kernel_manager(),
        allow_errors=True,
        timeout=cell_seconds,
        shutdown_kernel="immediate",
        store_widget_state=False,
    )
    try:
        client.execute()
    except CellTimeoutError:
        failure = "TimeoutError"
    except DeadKernelError:
        failure = "DeadKernelError"
    else:
        return [{"outputs": cell.outputs} for cell in notebook.cells]
    # The cell that was running when it ended failed too, whatever it had shown.
    reached = client.code_cells_executed - 1
    return [
        {
            "outputs": cell.outputs
            if number < reached
            else [nbformat.v4.new_output("error", ename=failure, evalue="", traceback=[])]
        }
        for number, cell in enumerate(notebook.cells)
    ]


@contextmanager
def keep_answer() -> Iterator[IO[str]]:
    """Give standard output to this process alone: a kernel inherits it, and may not answer."""
    answer = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    with os.fdopen(answer, "w", encoding="utf-8") as stream:
        yield stream


def main() -> None:
    asked = json.loads(sys.stdin.buffer.read())
    with keep_answer() as answer:
        json.dump(run_cells(asked["cells"], int(asked.get("cell_seconds", 10))), answer)


if __name__ == "__main__":
    main()
