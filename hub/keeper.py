"""See to it that nothing is left running, whichever process is killed.

The supervisor starts what serves; the *keeper*, a small process above it, stays only to clear up.
Whichever of the two is killed, the other ends everything; both are sub-reapers, so that not even a
grandchild escapes. Leaves to `supervisor.py` what runs and how long.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from publishing.process_family import end_children

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
ENDINGS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

_libc = ctypes.CDLL(None, use_errno=True)


def keep(supervise: Callable[[], int]) -> int:
    """Run `supervise` in a child; when either process ends, see that everything ends."""
    keeper = os.getpid()
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    signal.pthread_sigmask(signal.SIG_BLOCK, set(ENDINGS))
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        _run_supervisor(keeper, supervise)
    for ending in ENDINGS:
        # the terminal tells the whole group itself; a plain kill has to be passed on
        signal.signal(ending, lambda number, frame: _pass_on(child, number))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, set(ENDINGS))
    _, status = os.waitpid(child, 0)
    end_children()
    return os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 1


def _run_supervisor(keeper: int, supervise: Callable[[], int]) -> NoReturn:
    code = 1
    try:
        _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        _prctl(PR_SET_CHILD_SUBREAPER, 1)
        if os.getppid() == keeper:
            code = supervise()
    except Exception:
        traceback.print_exc()  # nobody above this process would tell
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
        os._exit(code)


def _pass_on(child: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(child, number)


def end_with_parent() -> None:
    """In a new child: die with the supervisor, and hear signals again."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    signal.pthread_sigmask(signal.SIG_SETMASK, set())


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
