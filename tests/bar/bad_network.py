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

Fault = Literal["none", "down", "resets", "stalls", "deaf"]
"""`down`: every connection is reset at once. `resets`: two of three are. `stalls`: what is sent
arrives nowhere, and nothing comes back. `deaf`: it arrives, and the answer does not come back."""
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST


@dataclass
class BadNetwork:
    """Carries bytes to `port`, as well as its fault allows."""

    port: int
    at: int = 0
    fault: Fault = "none"
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
        inner_reader, inner = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            await asyncio.gather(
                pump(reader, None if fault == "stalls" else inner),
                pump(inner_reader, None if fault in ("stalls", "deaf") else writer),
            )
        finally:
            inner.close()


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


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter | None) -> None:
    """Carry bytes until their end; to nobody, without a writer."""
    with suppress(ConnectionError):
        while data := await reader.read(1 << 16):
            if writer is not None:
                writer.write(data)
                await writer.drain()
    if writer is not None:
        with suppress(ConnectionError, OSError):
            writer.write_eof()


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection as a broken line does."""
    held = writer.get_extra_info("socket")
    if held is not None:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()
