"""Our programs that work on trainers' material, forked from a process that has imported them.

Each `main` of `PROGRAMS` wants a second of imports, and a new process for each module. So one
process imports for all of them; it runs no trainer's code, and each copy shuts itself in before it
does (`confined.py`). It is called, by `programs.py` alone, as

    python -s -P -m publishing.warm_programs '{"orders": DESCRIPTOR, "idle_seconds": 600}'

An order is what `confined.py` takes, its `command` a program and arguments, with `"folder"` and
`"environment"`; four descriptors come with it: report, standard input, output and error. A process
that had nothing to do for `idle_seconds` ends. So do all copies when the other side is gone.
"""

import gc
import importlib
import json
import os
import random
import select
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from publishing import confined, quick_start  # noqa: F401 - before nbformat
from publishing.warm_process import MOST_BYTES, check_fitness, open_descriptors

PROGRAMS = ("publishing.render", "publishing.release", "publishing.run_cells")
DESCRIPTORS = 4  # that come with an order
NEEDED = (
    "nbclient",
    "voila.execute",
    "voila.exporter",
    "nbgrader.converters",
    "publishing.kernel",
    "ipywidgets",
    "ipyvuetify",
    "pathshala",
)


def serve(orders: socket.socket, idle_seconds: float) -> None:
    """Fork for each order until the other side is gone, or nothing was wanted for long."""
    copies: dict[int, int] = {}  # a descriptor of each, and its number
    while True:
        ready = select.poll()
        for descriptor in (orders.fileno(), *copies):
            ready.register(descriptor, select.POLLIN)
        told = dict(ready.poll(None if copies else idle_seconds * 1000))
        for ended in told.keys() & copies.keys():
            os.close(ended)
            os.waitpid(copies.pop(ended), 0)
        if not told:
            return
        if orders.fileno() not in told:
            continue
        asked, descriptors, *_ = socket.recv_fds(orders, MOST_BYTES, DESCRIPTORS)
        if not asked:
            return
        said, held = fork(orders, json.loads(asked), descriptors)
        copies |= dict.fromkeys(held, said.get("process", 0))
        for descriptor in descriptors:
            os.close(descriptor)
        with suppress(OSError):  # the other side is gone: the next look says so
            socket.send_fds(orders, [json.dumps(said).encode()], held)


def fork(
    orders: socket.socket, order: dict[str, Any], descriptors: list[int]
) -> tuple[dict[str, Any], list[int]]:
    """Fork a copy; return what to answer, and its descriptor if there is one."""
    try:
        if len(descriptors) != DESCRIPTORS:
            raise OSError("the system gives us no more descriptors")
        process = os.fork()
        if process == 0:
            orders.close()
            be_the_copy(order, *descriptors)
        return {"process": process}, [os.pidfd_open(process)]
    except OSError as error:
        return {"failed": str(error)}, []


def be_the_copy(order: dict[str, Any], report: int, *streams: int) -> NoReturn:
    """Become what the order asks for, shut in; leave nothing of the process before."""
    code = 1
    try:
        os.setsid()
        for place, stream in enumerate(streams):
            os.dup2(stream, place)
        for descriptor in open_descriptors() - {0, 1, 2, report}:
            with suppress(OSError):
                os.close(descriptor)
        os.chdir(order["folder"])
        os.environ.clear()
        os.environ.update(order["environment"])
        tempfile.tempdir = None
        random.seed()
        module, *arguments = order["command"]
        sys.argv = [module, *arguments]
        main = importlib.import_module(module).main
        code = confined.shut_in(order, report, lambda: run(main))
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code & 0xFF)


def run(main: Callable[[], object]) -> NoReturn:
    """Run it to the end of this process, as Python does with a program."""
    code = 1
    try:
        main()
        sys.stdout.flush()
        code = 0
    except SystemExit as end:
        if isinstance(end.code, int | None):
            code = end.code or 0
        else:
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def main() -> None:
    """Import, say that it is done, and serve."""
    settings = json.loads(sys.argv[1])
    orders = socket.socket(fileno=settings["orders"])
    for module in (*PROGRAMS, *NEEDED):
        importlib.import_module(module)
    try:
        check_fitness(orders)
    except Exception as error:
        orders.send(json.dumps({"unfit": str(error) or repr(error)}).encode())
        return
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asked decides when it ends
    with suppress(OSError):  # the other side is gone: the first look says so
        orders.send(b"{}")
    serve(orders, settings["idle_seconds"])


if __name__ == "__main__":
    main()
