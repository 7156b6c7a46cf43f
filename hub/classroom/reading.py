"""One reader's open page: a kernel that runs a notebook once, and the frames that show it.

Decides what frames are told and when the kernel's work on the page is done. Who may open one, and
when it ends, `readings` decides.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

import zmq.asyncio
from voila.execute import VoilaExecutor
from zmq.utils.monitor import recv_monitor_message

from hub.classroom.kernels import ReadersKernels, kind_for
from hub.classroom.released import Module, Portal, Released

SECONDS_FOR_A_CELL = 60
MOST_SHOWN = 20_000_000  # characters, by all cells of a page
NOTICE = "pathshala_notice"


class Executor(VoilaExecutor):
    """Voila's executor, which ends a kernel that says more than a page can show."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self._shown = 0

    def process_message(self, msg: dict[str, Any], *args: Any, **given: Any) -> Any:
        """Count what cells show; called for each message of the kernel's."""
        content = msg["content"]
        texts = [content.get("text", ""), *content.get("data", {}).values()]
        self._shown += sum(len(each) for each in texts if isinstance(each, str))
        if self._shown > MOST_SHOWN:
            self._end = asyncio.ensure_future(self.km.signal_kernel(signal.SIGKILL))
        return super().process_message(msg, *args, **given)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Hear the kernel until the end of the block."""
        self.kc = await self.async_start_new_kernel_client()
        cut = asyncio.create_task(self._end_if_cut_off(self.kc.iopub_channel.socket))
        try:
            yield
        finally:
            cut.cancel()
            self.kc.stop_channels()

    async def _end_if_cut_off(self, socket: zmq.asyncio.Socket) -> None:
        """ZeroMQ cuts a kernel off that says too much at once."""
        await recv_monitor_message(socket.get_monitor_socket(zmq.EVENT_DISCONNECTED))
        await self.km.signal_kernel(signal.SIGKILL)


class Lost(Exception):
    """The kernel is gone, or never came."""


class Socket(Protocol):
    """What a reading needs of a browser's socket."""

    def write_message(self, message: str) -> Any: ...
    def close(self, code: int, reason: str) -> Any: ...


@dataclass
class Reading:
    """A page that one person has open, in however many frames and windows."""

    person: str
    module: Module
    released: Released
    kernels: ReadersKernels
    has_files: bool = False
    """Whether the notebook's files lie in its folder: pictures of its text are among them."""
    kernel_id: str = ""
    is_done: bool = False
    """Whether all cells have run: before that, silence is no idleness."""
    is_lost: bool = False
    touched_at: float = field(default_factory=monotonic)
    """When the reader last did anything."""
    left_at: float = field(default_factory=monotonic)
    """When the last frame went away."""
    warned: bool = False
    may_stay: Callable[[], Awaitable[bool]] | None = None
    """Asks whether the reader is still somebody who may read here."""
    asked_at: float = field(default_factory=monotonic)
    sockets: set[Socket] = field(default_factory=set)
    _watching: int = 0
    _run: int = 0
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="pathshala-page-")))
    _task: asyncio.Task[None] | None = None

    # The kernel's work -------------------------------------------------------------------------

    def begin(self, portal: Portal) -> None:
        """Start the kernel and run the notebook, in the background."""
        self._task = asyncio.create_task(self._work(portal))

    async def _work(self, portal: Portal) -> None:
        try:
            await portal.bring(self.released.files, self.folder)
            await self._tell(has_files=True)
            kind = kind_for(self.released.notebook)
            kernel_id = await self.kernels.start_for(self.person, kind, str(self.folder))
            if self.is_lost:  # it ended while the kernel started
                await self.kernels.shutdown_kernel(kernel_id, now=True)
                return
            await self._tell(kernel_id=kernel_id)
            await self._run_cells()
            self.touched_at = monotonic()
            await self._tell(is_done=True)
        except Exception as error:  # whatever it was: the page says so and tries again
            self.kernels.log.warning("A live page is lost: %s", type(error).__name__)
            await self._tell(is_lost=True)

    async def _run_cells(self) -> None:
        executor = Executor(
            self.released.notebook,
            km=self.kernels.get_kernel(self.kernel_id),
            allow_errors=True,
            timeout=SECONDS_FOR_A_CELL,
        )
        async with executor.listening():
            for index, cell in enumerate(self.released.notebook.cells):
                if cell.cell_type == "code":
                    cell.outputs = []
                    await executor.execute_cell(cell, None, index, store_history=False)
                await self._tell(_run=index + 1)

    async def _tell(self, **news: Any) -> None:
        async with self._news:
            for name, value in news.items():
                setattr(self, name, value)
            self._news.notify_all()

    # The frames --------------------------------------------------------------------------------

    async def furnished(self) -> None:
        """Wait for the notebook's files; raise `Lost`."""
        await self._until(lambda: self.has_files)

    async def started(self) -> str:
        """Wait for the kernel; return its id; raise `Lost`."""
        await self._until(lambda: bool(self.kernel_id))
        return self.kernel_id

    async def outputs(self, stretch: int) -> AsyncIterator[tuple[int, list[Any]]]:
        """Hand out each cell of a stretch with what it showed, as soon as it has run."""
        for index in self.released.stretches[stretch]:
            if self.released.notebook.cells[index].cell_type == "code":
                await self._until(lambda index=index: self._run > index)
                yield index, shown(self.released.notebook.cells[index].outputs)
        await self._until(lambda: self.is_done)

    async def _until(self, holds: Any) -> None:
        async with self._news:
            await self._news.wait_for(lambda: self.is_lost or holds())
        if self.is_lost:
            raise Lost

    @contextmanager
    def watched(self) -> Any:
        """Count one frame that is being sent."""
        self._watching += 1
        try:
            yield
        finally:
            self._watching -= 1
            self.left_at = monotonic()

    def join(self, socket: Socket) -> None:
        """Count a frame's socket; a frame that comes back has touched the page."""
        self.sockets.add(socket)
        self.touch()

    def leave(self, socket: Socket) -> None:
        """Forget a frame's socket."""
        self.sockets.discard(socket)
        self.left_at = monotonic()

    def touch(self) -> None:
        """Note that the reader did something."""
        self.touched_at, self.warned = monotonic(), False

    @property
    def is_left(self) -> bool:
        """Whether no frame shows it."""
        return not self.sockets and not self._watching

    @property
    def is_last_frame(self) -> bool:
        """Whether at most one frame shows it."""
        return len(self.sockets) <= 1 and not self._watching

    def warn(self, seconds: int) -> None:
        """Tell the frames that the page will rest soon unless somebody moves."""
        self.warned = True
        header = {"msg_type": NOTICE, "msg_id": NOTICE}
        content = {"kind": "culled-soon", "seconds": seconds}
        message = {"channel": "iopub", "header": header, "parent_header": {}, "content": content}
        for socket in list(self.sockets):
            socket.write_message(json.dumps(message))

    # The end -----------------------------------------------------------------------------------

    async def is_alive(self) -> bool:
        """Whether the kernel lives, or is yet to start."""
        if self.is_lost:
            return False
        if not self.kernel_id:
            return True
        if self.kernel_id not in self.kernels:
            return False
        return bool(await self.kernels.get_kernel(self.kernel_id).is_alive())

    async def end(self, code: int, reason: str) -> None:
        """Close the sockets with a code, end the kernel, remove the files. Repeatable."""
        await self._tell(is_lost=True)
        if self._task is not None and self.kernel_id:  # a start is never left half-done
            self._task.cancel()
        for socket in list(self.sockets):
            socket.close(code, reason)
        if self.kernel_id in self.kernels:
            await self.kernels.shutdown_kernel(self.kernel_id, now=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def shown(outputs: list[Any]) -> list[Any]:
    """Return what a reader may see of a cell's outputs: that it failed, but not how."""
    kept = []
    for output in outputs:
        if output.output_type == "error":
            kept.append({"output_type": "error"})
        elif output.get("name") != "stderr":
            kept.append(output)
    return kept
