"""A network that fails: a TCP proxy before the product, whose fault a test chooses."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from threading import Thread
from typing import Literal

from tests.bar.fraying import Line, Lives, Pass, Torn, unharmed

Fault = Literal["none", "down", "resets", "frays", "halts", "slow", "stalls", "deaf"]
"""`down`: every connection is reset at once. `resets`: two of three are. `frays`: 5 % are, at some
moment of their life (`fraying.py`). `halts`: each connection stands still for 3 s before it carries
anything. `slow`: 20 kB pass in a second. `stalls`: what is sent arrives nowhere, and nothing comes
back. `deaf`: it arrives, and the answer does not come back."""
SECONDS_OF_A_HALT = 3.0
BYTES_A_SECOND = 20_000
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST


@dataclass
class BadNetwork:
    """Carries bytes to `port`, as well as its fault allows."""

    port: int
    at: int = 0
    fault: Fault = "none"
    lives: Lives = field(default_factory=Lives)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _numbers: count[int] = field(default_factory=count)

    def become(self, fault: Fault) -> None:
        """Fail in this way from now on; connections that are open end, but for those that hang."""
        hang = self.fault == "deaf"

        async def change() -> None:
            self.fault = fault
            if not hang:
                for writer in [*self._open]:
                    reset(writer)

        asyncio.run_coroutine_threadsafe(change(), self._loop).result(5)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.fault == "down" or (self.fault == "resets" and next(self._numbers) % 3 != 2):
            reset(writer)
            return
        self._open.add(writer)
        try:
            with suppress(asyncio.CancelledError):
                await self._carry_on(reader, writer)
        finally:
            self._open.discard(writer)
            writer.close()

    async def _carry_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fault = self.fault
        if fault == "halts":
            await asyncio.sleep(SECONDS_OF_A_HALT)
        inner_reader, inner = await asyncio.open_connection("127.0.0.1", self.port)
        line = Line(self.lives)
        request, reply = (line.request, line.reply) if fault == "frays" else (unharmed, unharmed)
        there = None if fault == "stalls" else inner
        back = None if fault in ("stalls", "deaf") else writer
        try:
            await asyncio.gather(
                self._pump(reader, there, fault, request),
                self._pump(inner_reader, back, fault, reply),
            )
        except Torn:
            reset(writer)
            reset(inner)
        finally:
            inner.close()

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter | None,
        fault: Fault,
        let_pass: Pass,
    ) -> None:
        """Carry bytes until their end; to nobody, without a writer."""
        with suppress(ConnectionError):
            while piece := await reader.read(1 << 13):
                if writer is None:
                    continue
                if fault == "slow":
                    await asyncio.sleep(len(piece) / BYTES_A_SECOND)
                passing, is_torn = let_pass(piece)
                writer.write(passing)
                await writer.drain()
                if is_torn:
                    raise Torn
        if writer is not None:
            with suppress(ConnectionError, OSError):
                writer.write_eof()


@contextmanager
def bad_network(port: int) -> Iterator[BadNetwork]:
    """Stand between browsers and `port`, on a port of its own, until the end of the block."""
    network = BadNetwork(port)

    async def listen() -> asyncio.Server:
        return await asyncio.start_server(network.carry, "127.0.0.1", 0)

    async def end() -> None:
        server.close()
        carrying = asyncio.all_tasks() - {asyncio.current_task()}
        for task in carrying:
            task.cancel()
        await asyncio.gather(*carrying, return_exceptions=True)

    thread = Thread(target=network._loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(listen(), network._loop).result(5)
    network.at = server.sockets[0].getsockname()[1]
    try:
        yield network
    finally:
        asyncio.run_coroutine_threadsafe(end(), network._loop).result(5)
        network._loop.call_soon_threadsafe(network._loop.stop)
        thread.join(5)
        network._loop.close()


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection as a broken line does."""
    held = writer.get_extra_info("socket")
    if held is not None:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()
