"""Runs cells in a fresh plain IPython kernel. Imports nothing of ours; called inside `confine.run`:

    confine.run([sys.executable, "-I", run_cells.__file__], folder=..., stdin=b'{"cells": [...]}')

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

# spares 1.3 s, as quick_start.py says
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]

import nbformat  # noqa: E402
import zmq  # noqa: E402
from jupyter_client.asynchronous.client import AsyncKernelClient  # noqa: E402
from jupyter_client.channels import AsyncZMQSocketChannel  # noqa: E402
from jupyter_client.manager import AsyncKernelManager  # noqa: E402
from nbclient import NotebookClient  # noqa: E402
from nbclient.exceptions import CellTimeoutError, DeadKernelError  # noqa: E402
from traitlets import Type  # noqa: E402


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


def kernel_manager() -> AsyncKernelManager:
    """Return a kernel manager that talks through files; an address must be absolute and short."""
    address = os.path.join(os.environ["TMPDIR"], "k")  # noqa: PTH118 - a prefix, not a path
    return AsyncKernelManager(
        kernel_name="python3", transport="ipc", ip=address, client_factory=HearingClient
    )


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
