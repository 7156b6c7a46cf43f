"""The kernel that trainers' cells run in: IPython's, made in two steps; what a browser may call.

`prepared` does all that a fork can share: imports, configuration, the kernel and its shell, without
a thread, socket or open file. `connect` opens what is one kernel's own. It has no history, no
debugger and no thread that asks whether its parent lives.
"""

import asyncio
import atexit
import gc
import importlib
import logging
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import zmq
from ipykernel.iostream import OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from IPython.core.application import BaseIPythonApplication
from IPython.core.profiledir import ProfileDir
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.connect import write_connection_file
from jupyter_client.session import Session
from tornado.ioloop import IOLoop
from traitlets import Type
from traitlets.config import Config

sys.modules["debugpy"] = None  # type: ignore[assignment] # ipykernel would load it: 20 MB
import ipykernel.debugger  # noqa: E402, F401

del sys.modules["debugpy"]  # a cell may import it

log = logging.getLogger("pathshala.kernel")
CONFIG = {
    "HistoryManager": {"enabled": False},
    "IPKernelApp": {
        "parent_handle": 1,  # the leash tells of the server's end, no thread asks
        "outstream_class": f"{__name__}.Output",
    },
}
REHEARSED = (
    "import ipywidgets\nslider = ipywidgets.IntSlider()\ndisplay(slider)\nslider.close()",
    "print(1)",
    "2",
)
REHEARSED_PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
REHEARSAL_SECONDS = 10
MOST_UNSENT = 1_000_000  # characters
REFERENCES = frozenset(
    ("create_widget", "update_ref", "destroy_widget", "objectRef", "functionRef")
)


class Kernel(IPythonKernel):
    """IPython's kernel, which may be made first and given its sockets later."""

    @classmethod
    def instance(cls, *args: Any, **given: Any) -> "Kernel":
        """Return the one kernel; if it is there already, it takes what is given."""
        prepared = cls.initialized()
        kernel: Kernel = super().instance(*args, **given)
        if prepared:
            kernel._connect(given)
        return kernel

    def _connect(self, given: dict[str, Any]) -> None:
        for name in given.keys() - {"user_ns"}:
            setattr(self, name, given[name])
        self._stdout, self._stderr = sys.stdout, sys.stderr
        self.shell.profile_dir = self.profile_dir
        for part in (self.shell.displayhook, self.shell.display_pub):
            part.session, part.pub_socket = self.session, self.iopub_socket


class Output(OutStream):
    """Standard output that sends what it has before it holds too much.

    ipykernel's own keeps what a cell prints as long as the cell leaves no time to send it.
    """

    unsent = 0

    def write(self, string: str) -> int | None:
        """As the base class has it; waits for a cell that prints faster than can be sent."""
        written: int | None = super().write(string)
        self.unsent += len(string)
        if self.unsent > MOST_UNSENT:
            self.flush()
            self.unsent = 0
        return written


class Silence:
    """What a kernel speaks into before it has a socket."""

    def send_multipart(self, *_: Any, **__: Any) -> None:
        """Drop a message."""


class KernelApp(IPKernelApp):
    """IPython's application in two steps: what a fork can share, and what it cannot."""

    kernel_class = Type(Kernel)
    heartbeat: Any

    @classmethod
    def prepared(cls, preload: list[str]) -> "KernelApp":
        """Make the kernel and its shell, guard it, then import; a module that fails is left out."""
        app: KernelApp = cls.instance(config=Config(CONFIG))
        app._prepare()
        guard(app.kernel)
        for name in preload:
            try:
                importlib.import_module(name)
            except Exception as error:
                log.warning("%s cannot be imported: %r", name, error)
        return app

    def _prepare(self) -> None:
        BaseIPythonApplication.initialize(self, [])
        self.init_pdb()
        self.kernel = self.kernel_class.instance(
            parent=self,
            session=Session(parent=self),
            iopub_socket=Silence(),
            profile_dir=self.profile_dir,
            user_ns=self.user_ns,
            log=self.log,
        )
        self.init_path()
        self.init_shell()
        self.init_gui_pylab()  # what is imported next asks where to draw

    def rehearse(self, folder: Path) -> None:
        """Be a kernel for a moment. Raises if that fails.

        What runs for the first time writes much: Python counts in place how often code ran, and
        keeps what it looked up. Done before the fork, that is shared by all.
        """
        name, _ = write_connection_file(
            str(folder / "rehearsal.json"), transport="ipc", ip=str(folder / "r"), key=b"rehearsal"
        )
        self.capture_fd_output = False  # its threads never end
        self.connect(name)
        self.capture_fd_output = True
        loop = IOLoop.current()
        with ThreadPoolExecutor(1) as other:
            heard = other.submit(ask, name)
            heard.add_done_callback(lambda _: loop.add_callback(loop.stop))
            self.start()
        beat = self.heartbeat
        self.close()
        beat.join()
        loop.close()
        asyncio.set_event_loop(None)
        atexit.unregister(self.close)
        logging.getLogger("tornado").handlers.clear()
        self.context = self.heartbeat = None
        self.shell.reset()
        close_fonts()
        heard.result()

    def connect(self, connection_file: str) -> None:
        """Open what only this kernel has: sockets, threads, output."""
        self.ipython_dir = os.environ["IPYTHONDIR"]
        self.profile_dir = ProfileDir(location=str(Path(self.ipython_dir, "profile_default")))
        self.shell.init_environment()
        self.session = Session(parent=self)
        self.connection_file = connection_file
        self.init_connection_file()
        self.init_sockets()
        self.init_heartbeat()
        self.log_connection_info()
        self.init_io()
        self.init_signal()
        self.init_kernel()
        self.init_gui_pylab()
        sys.stdout.flush()
        sys.stderr.flush()


def ask(connection_file: str) -> None:
    """Ask a kernel for what a reader's page asks for."""
    with zmq.Context() as context:
        client = BlockingKernelClient(connection_file=connection_file, context=context)
        client.load_connection_file()
        client.start_channels(stdin=False, hb=False)
        client.wait_for_ready(REHEARSAL_SECONDS)
        plots = (REHEARSED_PLOT,) if "matplotlib.pyplot" in sys.modules else ()
        for source in (*REHEARSED, *plots) * 3:
            client.execute_interactive(
                source,
                store_history=False,
                allow_stdin=False,
                timeout=REHEARSAL_SECONDS,
                output_hook=lambda _: None,
            )
        client.stop_channels()


def point_to_components(address: str) -> None:
    """Name where our components are, rather than send 260 KB of them to every page."""
    if "pathshala" in sys.modules:
        from ipyvue.esm import define_module

        define_module("pathshala", url=address)


def close_fonts() -> None:
    """Let go of the files that drawing opened: kernels would share the place where each is read."""
    if fonts := sys.modules.get("matplotlib.font_manager"):
        fonts._get_font.cache_clear()
    gc.collect()


def guard(kernel: Kernel) -> None:
    """Let a browser call `vue_*` methods of a widget's class, and nothing else.

    The message filter stands before it; this holds if something slips through. Must come before the
    first widget, which keeps the method that it registered.
    """
    from ipyvue.VueTemplateWidget import Events

    Events._handle_event = handle_event
    # a browser could build any registered widget by this target; the kernel itself needs it not
    kernel.comm_manager.targets.pop("jupyter.widget", None)


def handle_event(widget: Any, _sender: Any, content: Any, buffers: Any) -> None:
    """Call the method that an event names, if its class has it; ignore everything else.

    ipyvue's own would import modules and call whatever a message names.
    """
    if not isinstance(content, dict) or _refers(content):
        return
    method = f"vue_{content.get('event')}"
    if callable(getattr(type(widget), method, None)):
        getattr(widget, method)(content.get("data", {}), *([buffers] if buffers else []))


def _refers(content: Any) -> bool:
    """Whether, at any depth, it asks to build a widget or to call something by name."""
    ahead = [content]
    while ahead:
        part = ahead.pop()
        if isinstance(part, dict):
            if not REFERENCES.isdisjoint(part):
                return True
            ahead.extend(part.values())
        elif isinstance(part, list):
            ahead.extend(part)
    return False
