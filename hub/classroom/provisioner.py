"""Starts a kernel at once: a fork of a warm parent, isolated as any kernel.

A kernel manager selects it by the kernel spec: `live_kernel_spec()` gives one, and a `kernel.json`
may name it, too:

    {"argv": ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
     "display_name": "Live page", "language": "python",
     "metadata": {"kernel_provisioner": {"provisioner_name": "pathshala-fork",
                                         "config": {"preload": ["pathshala"]}}}}

`argv` is not run: `launcher` is. The limits and `preload` are traits, set by that `config` or by
`c.ForkProvisioner.memory_bytes = ...`. `warm_up(preload)` starts the parent before the first reader
comes. Whatever the manager says, a kernel talks through files in a folder of its own (`ipc`), and
gets of the environment only PATH, LANG and TZ, with an empty HOME and IPYTHONDIR. `cwd` of
`start_kernel` is the folder that its cells run in.

Guarantees: where the system allows it, a kernel sees no process but its own, no network and no
file of anybody's, and writes to its folder and `cwd` alone; where not, the log says so. A kernel
ends with the server, even if that is killed; its end is known at once, with its code; a signal
reaches its whole group. If the warm parent dies, so do its kernels, and the next order starts a
new parent. Where nothing can be forked, one line in the log says why, and the same
kernel starts the ordinary way.
"""

import asyncio
import json
import logging
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Float, Int, List, Unicode

from hub.classroom.kernel_folders import environment_in, new_folder, remove
from hub.classroom.warm_parent import LAUNCHER, warm_parent
from publishing import confine
from publishing.forked_process import ForkedProcess
from publishing.warm_process import NotForked

log = logging.getLogger("pathshala.classroom.provisioner")
NAME = "pathshala-fork"
PRELOAD = ("ipywidgets", "ipyvuetify", "pathshala")
# numpy loads its random numbers when they are first wanted: each kernel wants its own
PRELOAD_PLOTS = (*PRELOAD, "numpy.random", "matplotlib.pyplot")


def live_kernel_spec(preload: Sequence[str] = PRELOAD, **config: Any) -> KernelSpec:
    """Return a kernel spec that selects `ForkProvisioner`, with values for its traits."""
    return KernelSpec(
        argv=["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        display_name="Live page",
        language="python",
        metadata={
            "kernel_provisioner": {
                "provisioner_name": NAME,
                "config": {"preload": list(preload), **config},
            }
        },
    )


def warm_up(*preloads: Sequence[str]) -> None:
    """Start the warm parents unless they run; do not wait for their imports. Repeatable."""
    for preload in preloads:
        warm_parent(tuple(preload))


class ForkProvisioner(LocalProvisioner):
    """Starts a kernel as a fork of a warm parent, under limits; the ordinary way if it must."""

    preload = List(Unicode(), list(PRELOAD), help="Modules that a warm parent imports.").tag(
        config=True
    )
    memory_bytes = Int(1 << 30, help="Address space of a kernel.").tag(config=True)
    cpu_seconds = Int(600, help="Time of a processor that a kernel may use in its life.").tag(
        config=True
    )
    file_bytes = Int(50 << 20, help="Size of a file that a kernel may write.").tag(config=True)
    open_files = Int(256, help="Files that a kernel may have open.").tag(config=True)
    processes = Int(32, help="Processes at once, with all that a kernel starts.").tag(config=True)
    unbroken_seconds = Float(
        3, help="How long a kernel may go on without a pause while others find no processor free."
    ).tag(config=True)
    longest_seconds = Float(60, help="How long it may in any case.").tag(config=True)
    nice = Int(5, help="How far kernels stand back for the server.").tag(config=True)
    hidden = List(Unicode(), help="Folders that look empty to a kernel.").tag(config=True)
    components = Unicode(
        help="Where a browser finds our components; without it a kernel sends their code."
    ).tag(config=True)

    process: ForkedProcess | subprocess.Popen[bytes] | None = None
    folder: Path | None = None
    leash: int | None = None  # our end: closing it ends the kernel

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Give the kernel a folder, sockets in it, and an environment of its own."""
        if self.folder is None:  # a restart keeps its sockets' addresses
            self.folder = new_folder()
            self.parent.transport, self.parent.ip = "ipc", str(self.folder / "k")
            self.parent.connection_file = str(self.folder / "connection.json")
        kwargs = await super().pre_launch(**kwargs)
        kwargs["env"] = environment_in(self.folder, kwargs["env"])
        return kwargs

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        """Fork, or start the ordinary way; a log line tells why."""
        cwd = kwargs.get("cwd") or kwargs["env"]["HOME"]
        await asyncio.to_thread(self._launch, self._order(kwargs["env"], cwd))
        return cast(dict[str, Any], self.connection_info)

    def _order(self, environment: dict[str, str], cwd: str) -> dict[str, Any]:
        return {
            "connection_file": self.parent.connection_file,
            "cwd": str(Path(cwd).resolve()),
            "environment": environment,
            "walls": confine.folders(
                hidden=[Path(each) for each in self.hidden],
                readable=[],
                writable=[Path(self.folder or ""), Path(cwd)],
            ),
            "components": self.components,
            "nice": self.nice,
            "processes": self.processes,
            "unbroken": self.unbroken_seconds,
            "longest": self.longest_seconds,
            "limits": {
                "AS": self.memory_bytes,
                "CPU": self.cpu_seconds,
                "FSIZE": self.file_bytes,
                "NOFILE": self.open_files,
                "CORE": 0,
            },
            "preload": [],
        }

    def _launch(self, order: dict[str, Any]) -> None:
        theirs, self.leash = os.pipe()
        try:
            self.process = warm_parent(tuple(self.preload)).fork(order, [theirs])
        except NotForked as error:
            log.warning("A kernel starts the ordinary way, slowly: %s", error)
            self.process = subprocess.Popen(
                [*LAUNCHER, "kernel", json.dumps(order | {"leash": theirs})],
                env=order["environment"],
                pass_fds=[theirs],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        finally:
            os.close(theirs)
        self.pid = self.pgid = self.process.pid

    async def cleanup(self, restart: bool = False) -> None:
        """End what is left of the kernel's group, and empty its folder."""
        if self.leash is not None:
            os.close(self.leash)
            self.leash = None
        if self.folder is not None:
            remove(self.folder / "home" if restart else self.folder)
            self.folder = self.folder if restart else None
        await super().cleanup(restart=restart)
