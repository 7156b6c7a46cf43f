"""Shuts itself in, then runs one command: the inner half of `confine.py`. Imports nothing of ours.

`confine.py` calls it as `python -I -S confined.py REPORT_DESCRIPTOR JSON`, JSON being `{"command",
"limits", "hidden", "readable", "writable"}`; `warm_programs.py` calls `shut_in`. Takes, where the
system allows, namespaces of its own for users, processes, mounts and network; waits outside for the
first process in there, with which the system ends all others. Elsewhere it adopts every descendant
and kills them itself. It dies with whoever started it.
"""

import contextlib
import ctypes
import json
import os
import re
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

NEW_MOUNTS, NEW_USER, NEW_PROCESSES, NEW_NETWORK, NEW_IPC = (
    0x00020000,
    0x10000000,
    0x20000000,
    0x40000000,
    0x08000000,
)
PRIVATE, RECURSIVE, BIND = 1 << 18, 1 << 14, 1 << 12
DIE_WITH_PARENT, DROP_RIGHT, ADOPT, NO_NEW_RIGHTS = 1, 24, 36, 38
RIGHTS, RIGHTS_VERSION = 64, 0x20080522  # more than Linux has; how `capset` reads them
SPARE = 300  # threads beside the processes that are allowed; the system keeps as many numbers back
DEVICES = ("null", "zero", "full", "random", "urandom")
MOUNT_SETATTR, HERE, READ_ONLY, WITH_ALL_BELOW = 442, -100, 1, 0x8000

libc = ctypes.CDLL(None, use_errno=True)
COUNTS_IN_NAMESPACE = tuple(map(int, re.findall(r"\d+", os.uname().release)[:2])) >= (5, 14)


def main() -> int:
    report, order = int(sys.argv[1]), json.loads(sys.argv[2])
    command = order["command"]
    return shut_in(order, report, lambda: os.execv(command[0], command))  # noqa: S606 - no shell


def shut_in(order: dict[str, Any], report: int, become: Callable[[], object]) -> int:
    """Shut this process in; have a child of it `become` what it shall be, and wait for its end.

    `become` does not return. Returns the child's code.
    """
    libc.prctl(DIE_WITH_PARENT, signal.SIGTERM, 0, 0, 0)
    others = _tasks_of_user()
    os.set_inheritable(report, False)
    isolated = take_namespaces(NEW_MOUNTS | NEW_PROCESSES | NEW_NETWORK | NEW_IPC)
    if isolated:
        close_folders(order["hidden"], order["readable"], order["writable"])
    _tell(report, {"isolated": isolated})
    if not isolated:
        libc.prctl(ADOPT, 1, 0, 0, 0)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        try:
            return _run(order, report, others, become)
        finally:
            _kill_descendants()
    first = os.fork()
    if first == 0:
        libc.prctl(DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
        show_own_processes(order["limits"]["processes"])
        os._exit(_run(order, report, 0 if COUNTS_IN_NAMESPACE else others, become))
    # The first process of a namespace cannot be ended kindly: SIGKILL takes all others with it.
    signal.signal(signal.SIGTERM, lambda *_: os.kill(first, signal.SIGKILL))
    return _code(os.waitpid(first, 0)[1])


def take_namespaces(flags: int) -> bool:
    """Take these, and mounts that nobody else sees; False if the system gives none.

    Half a job stops all, before any run.
    """
    user, group = os.getuid(), os.getgid()
    if libc.unshare(flags | NEW_USER) == 0:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    elif libc.unshare(flags) != 0:  # root needs no user namespace
        return False
    if not mount("none", "/", None, PRIVATE | RECURSIVE):
        sys.exit("confined: mounts cannot be made private")
    return True


def close_folders(hidden: list[str], readable: list[str], writable: list[str]) -> None:
    """Empty the hidden folders, bring back what must be seen, make all but `writable` read-only."""
    folder = Path.cwd()
    held = {path: os.open(path, os.O_PATH | os.O_DIRECTORY) for path in [*readable, *writable]}
    # outer folders first: a shown one may lie in a hidden one, and hold another hidden one
    for path in sorted({*hidden, *held}, key=lambda path: len(Path(path).parts)):
        if path not in held:
            if Path(path).is_dir() and not mount("tmpfs", path, "tmpfs", options="size=1m"):
                sys.exit("confined: a folder cannot be hidden")
        elif path in writable or any(Path(path).is_relative_to(each) for each in hidden):
            Path(path).mkdir(parents=True, exist_ok=True)
            if not mount(f"/proc/self/fd/{held[path]}", path, None, BIND | RECURSIVE):
                sys.exit("confined: a folder cannot be shown")
    for handle in held.values():
        os.close(handle)
    _leave_devices()
    if _set_read_only("/", True):  # Linux before 5.12 cannot
        if writable:
            mount("tmpfs", "/dev/shm", "tmpfs", options="size=64m")  # noqa: S108 - its own, empty
        for path in writable:
            if not _set_read_only(path, False):
                sys.exit("confined: a folder cannot be made writable")
    os.chdir(folder)


def _leave_devices() -> None:
    """Leave those that hold nothing of anybody: root could read the disks past us."""
    held = {name: os.open(f"/dev/{name}", os.O_PATH) for name in DEVICES}
    if not mount("tmpfs", "/dev", "tmpfs", options="size=64k"):
        sys.exit("confined: devices cannot be hidden")
    for name, handle in held.items():
        Path("/dev", name).touch()
        if not mount(f"/proc/self/fd/{handle}", f"/dev/{name}", None, BIND):
            sys.exit("confined: a device cannot be shown")
        os.close(handle)
    Path("/dev/pts").mkdir()
    if mount("devpts", "/dev/pts", "devpts", options="newinstance,ptmxmode=0666"):
        Path("/dev/ptmx").symlink_to("pts/ptmx")  # its own terminals: `!` in a cell asks for one
    Path("/dev/shm").mkdir()  # noqa: S108 - its own, empty
    Path("/dev/fd").symlink_to("/proc/self/fd")


def mount(source: str, target: str, kind: str | None, flags: int = 0, options: str = "") -> bool:
    encoded = kind.encode() if kind else None
    done = libc.mount(source.encode(), target.encode(), encoded, flags, options.encode() or None)
    return bool(done == 0)


def _set_read_only(path: str, on: bool) -> bool:
    attributes = (ctypes.c_uint64 * 4)(READ_ONLY if on else 0, 0 if on else READ_ONLY, 0, 0)
    result = libc.syscall(
        MOUNT_SETATTR,
        HERE,
        path.encode(),
        WITH_ALL_BELOW,
        ctypes.byref(attributes),
        ctypes.sizeof(attributes),
    )
    return bool(result == 0)


def show_own_processes(processes: int) -> bool:
    """Show this namespace its own processes alone; give it no more numbers than it may use.

    The latter needs Linux 6.14. Returns False if other processes are still to be seen.
    """
    if not mount("proc", "/proc", "proc"):
        return False
    with contextlib.suppress(OSError):
        Path("/proc/sys/kernel/pid_max").write_text(str(processes + SPARE))
    _set_read_only("/proc", True)  # root's settings of the whole system are in there
    return True


def _tasks_of_user() -> int:
    """Count the threads that the system counts against this user's limit."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if folder.stat().st_uid == os.getuid():
                total += sum(1 for _ in (folder / "task").iterdir())
    return total


def _run(order: dict[str, Any], report: int, others: int, become: Callable[[], object]) -> int:
    """Start what it shall be under its limits, wait for it, and collect orphans meanwhile."""
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            _limit(order["limits"], others)
            give_up_rights()
            os.close(report)
            become()
        os._exit(127)
    code = 1
    with contextlib.suppress(ChildProcessError):
        while True:
            ended, status = os.wait()
            if ended == child:
                code = _code(status)
                break
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    _tell(report, {"code": code, "cpu_seconds": used.ru_utime + used.ru_stime})
    return code


def _limit(limits: dict[str, Any], others: int) -> None:
    cpu, memory, output = (
        int(limits[name]) for name in ("cpu_seconds", "memory_bytes", "output_bytes")
    )
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    tasks = others + limits["processes"] + SPARE
    _, most = resource.getrlimit(resource.RLIMIT_NPROC)
    tasks = tasks if most == resource.RLIM_INFINITY else min(tasks, most)
    resource.setrlimit(resource.RLIMIT_NPROC, (tasks, tasks))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, most), min(256, most)))


def give_up_rights() -> None:
    """Keep no capability, now or after an exec: root could take our mounts away with one."""
    for right in range(RIGHTS):
        libc.prctl(DROP_RIGHT, right, 0, 0, 0)
    libc.prctl(NO_NEW_RIGHTS, 1, 0, 0, 0)
    itself = (ctypes.c_uint32 * 2)(RIGHTS_VERSION, 0)
    if libc.capset(itself, (ctypes.c_uint32 * 6)()) != 0:  # effective, permitted, inheritable: none
        sys.exit("confined: rights cannot be given up")


def _kill_descendants() -> None:
    """Stop all that this process has started or adopted, so that none starts more; then kill."""
    stopped: set[int] = set()
    while fresh := _descendants() - stopped:
        for each in fresh:
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, signal.SIGSTOP)
        stopped |= fresh
    for each in stopped:
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


def _descendants() -> set[int]:
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended; "[0-9]*/stat" would not forgive that
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(folder.name)] = int(parent)
    found: set[int] = set()
    ahead = {os.getpid()}
    while ahead:
        ahead = {process for process, parent in parents.items() if parent in ahead} - found
        found |= ahead
    return found


def _tell(report: int, facts: dict[str, Any]) -> None:
    os.write(report, json.dumps(facts).encode() + b"\n")


def _code(status: int) -> int:
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main() & 0xFF)
