"""What a reader's kernel costs until it is idle: ours, forked, beside the stock one."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jupyter_client.manager import AsyncKernelManager

from bench.processes import family, own_cpu_seconds, private_megabytes, wait_until_idle
from bench.rows import Row
from hub.classroom.provisioner import PRELOAD, PRELOAD_PLOTS, live_kernel_spec
from hub.classroom.warm_parent import warm_parent

KERNELS = 10  # open together
AT_ONCE = 20
SLIDER = """
import ipywidgets, ipyvuetify
slider = ipywidgets.IntSlider()
display(slider, ipyvuetify.Btn(children=["x"]))
"""
PLOT = """
import matplotlib.pyplot as plt
plt.plot([1, 3, 2]);
"""
KINDS = {"a slider": (SLIDER, PRELOAD), "a plot": (PLOT, PRELOAD_PLOTS)}


@dataclass(frozen=True)
class Cost:
    """Medians of kernels that are open together."""

    ready_seconds: float
    cpu_seconds: float
    private_megabytes: float


def rows() -> list[Row]:
    """Compare both for a page with a slider and for one with a plot."""
    found = []
    for name, (cell, preload) in KINDS.items():
        ours, theirs = asyncio.run(_cost(cell, preload)), asyncio.run(_cost(cell, None))
        found += [
            Row(f"{name}: kernel ready", ours.ready_seconds, theirs.ready_seconds, "s"),
            Row(f"{name}: CPU until idle", ours.cpu_seconds, theirs.cpu_seconds, "s"),
            Row(f"{name}: private memory", ours.private_megabytes, theirs.private_megabytes, "MB"),
        ]
    rates = (asyncio.run(_starts_a_second(preload)) for preload in (PRELOAD, None))
    return [*found, Row(f"kernels ready, {AT_ONCE} asked for at once", *rates, "1/s")]


async def _starts_a_second(preload: Sequence[str] | None) -> float:
    begin = time.perf_counter()
    managers = await asyncio.gather(*(_start(preload) for _ in range(AT_ONCE)))
    seconds = time.perf_counter() - begin
    for manager in managers:
        await manager.shutdown_kernel(now=True)
    return AT_ONCE / seconds


async def _cost(cell: str, preload: Sequence[str] | None) -> Cost:
    managers, waits = [], []
    parent = warm_parent(tuple(preload)).process.pid if preload is not None else None
    await (await _open(cell, preload))[0].shutdown_kernel(now=True)  # the first waits for imports
    before = own_cpu_seconds(parent) if parent else 0.0
    try:
        for _ in range(KERNELS):
            manager, seconds = await _open(cell, preload)
            managers.append(manager)
            waits.append(seconds)
        kernels = [family(manager.provisioner.pid) for manager in managers]
        wait_until_idle([process for kernel in kernels for process in kernel])
        share = (own_cpu_seconds(parent) - before) / KERNELS if parent else 0.0
        return Cost(
            statistics.median(waits),
            statistics.median(sum(map(own_cpu_seconds, kernel)) for kernel in kernels) + share,
            statistics.median(map(private_megabytes, kernels)),
        )
    finally:
        for manager in managers:
            await manager.shutdown_kernel(now=True)


async def _open(cell: str, preload: Sequence[str] | None) -> tuple[Any, float]:
    """Start a kernel and run the cell; the manager, and the seconds until the kernel answered."""
    begin = time.perf_counter()
    manager = await _start(preload)
    seconds = time.perf_counter() - begin
    client = manager.client()
    client.start_channels(stdin=False, hb=False)
    await client.wait_for_ready(timeout=60)
    await client.execute_interactive(cell, output_hook=lambda _: None, timeout=60)
    client.stop_channels()
    return manager, seconds


async def _start(preload: Sequence[str] | None) -> Any:
    """Start a kernel, a stock one if there is nothing to preload, and wait for its first answer."""
    manager = AsyncKernelManager(kernel_name="python3")
    if preload is not None:
        manager._kernel_spec = live_kernel_spec(preload)
    await manager.start_kernel()
    client = manager.client()
    client.start_channels(stdin=False, hb=False)
    client.kernel_info()
    await client.get_shell_msg(timeout=60)
    client.stop_channels()
    return manager
