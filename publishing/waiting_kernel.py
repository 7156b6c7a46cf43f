"""A kernel that is forked before anybody can talk to it, and waits to be told where to listen.

For a process that has imported `kernel`: a kernel of its own takes a tenth of the time that a new
process wants. A child of the forking process, shut in as that is.
"""

import os
import signal
import sys
import traceback
from collections.abc import Sequence
from typing import Any, cast

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Int

from publishing.forked_process import ForkedProcess
from publishing.warm_process import open_descriptors

NAME = "pathshala-waiting"


class WaitingKernel(LocalProvisioner):
    """Tells a forked kernel where to listen: "starts" it, as a kernel manager sees it.

    A kernel starts once; it cannot be restarted.
    """

    number = Int(help="The process.").tag(config=True)
    telling = Int(help="A descriptor that it hears.").tag(config=True)

    process: ForkedProcess | None = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        """Tell it the connection file, and hold it from now on."""
        self.process = ForkedProcess.of_child(self.number)
        self.pid = self.pgid = self.number
        with os.fdopen(self.telling, "w") as stream:
            stream.write(self.parent.connection_file)
        return cast(dict[str, Any], self.connection_info)


def fork_kernel(extensions: Sequence[str]) -> KernelSpec:
    """Fork a kernel that loads these extensions; return the spec that stands for it.

    Call it before this process has a thread, a socket or an event loop.
    """
    hearing, telling = os.pipe()
    process = os.fork()
    if process == 0:
        _be_the_kernel(hearing, extensions)
    os.close(hearing)
    return KernelSpec(
        argv=["-"],
        display_name="Waiting",
        language="python",
        metadata={
            "kernel_provisioner": {
                "provisioner_name": NAME,
                "config": {"number": process, "telling": telling},
            }
        },
    )


def _be_the_kernel(hearing: int, extensions: Sequence[str]) -> None:
    from publishing.kernel import KernelApp

    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1):
            os.dup2(nothing, descriptor)
        for descriptor in open_descriptors() - {0, 1, 2, hearing}:
            os.close(descriptor)
        app = KernelApp.prepared([])
        with os.fdopen(hearing) as stream:
            connection_file = stream.read()
        if connection_file:
            app.connect(connection_file)
            for extension in extensions:
                app.shell.extension_manager.load_extension(extension)
            app.start()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)
