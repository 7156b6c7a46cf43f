"""S7: what a trainer's code reaches from the kernel of a live page.

The server here is this process: it has a secret in its environment, one in its memory, a folder of
data, another reader's kernel, and a port that answers. The kernel runs as the same user.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.classroom.kernels_at_once import Kernel, a_kernel

CANARY = "শালিক-canary-5530"
WALK = f"""
import json, os
CANARY = {CANARY!r}.encode()
found, pids = [], [each for each in os.listdir("/proc") if each.isdigit()]
for pid in pids:
    for name in ("environ", "cmdline", "maps", "mountinfo"):
        try:
            with open(f"/proc/{{pid}}/{{name}}", "rb") as file:
                found += [name] * (CANARY in file.read())
        except OSError:
            pass
    for entry in os.scandir(f"/proc/{{pid}}/fd"):
        try:
            found += [entry.path] * (CANARY in os.readlink(entry.path).encode())
        except OSError:
            pass
print(json.dumps([pids, found]))
"""
FILES = """
import json, os
found = []
for top in {folders}:
    for folder, _, names in os.walk(top):
        found += [os.path.join(folder, name) for name in names]
print(json.dumps(found))
"""
REFUSED = {
    "a signal to the server": "os.kill({server}, 0)",
    "a signal to another's kernel": "os.kill({other}, 9)",
    "the server's environment": "open('/proc/{server}/environ').read()",
    "the server's memory": "open('/proc/{server}/mem', 'rb').read()",
    "a port of this machine": "socket.create_connection(('127.0.0.1', {port}), 2)",
    "a socket without a file": "socket.socket(socket.AF_UNIX).connect({abstract!r})",
    "the world": "socket.create_connection(('192.0.2.1', 80), 2)",
    "a secret of the data": "open('{data}/secrets/token').read()",
    "another's connection": "open('{theirs}/connection.json').read()",
    "a file beside ours": "open('{data}/here', 'w')",
    "a file of the system": "open('/etc/here', 'w')",
    "a setting of the system": "open('/proc/sys/kernel/hostname', 'w').write('x')",
    "our own code": "open({code!r}, 'a')",
    "a disk": "os.open(os.path.join('/dev', {disk!r}), os.O_RDONLY)",
    "a disk of one's own making": "os.mknod('disk', 0o60600, os.makedev(7, 0))",
    "mounts": "run(libc.umount2(b'/tmp', 2))",
    "the server's mounts": "run(libc.setns(os.open('/proc/1/ns/mnt', 0), 0))",
    "rights": "os.setuid(12345)",
    "a higher place": "os.setpriority(os.PRIO_PROCESS, 0, -5)",
}
TRY = """
import ctypes, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def run(code):
    if code:
        raise OSError(ctypes.get_errno(), "refused")
try:
    {attempt}
    print("done")
except OSError:
    print("refused")
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    (folder / "secrets").mkdir()
    (folder / "secrets" / "token").write_text(CANARY)
    return folder


@pytest.fixture(scope="module")
def kernels(data: Path) -> Iterator[tuple[Kernel, Kernel]]:
    """One reader's, and another's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTERHUB_API_TOKEN", CANARY)
        with a_kernel(hidden=[str(data)]) as one, a_kernel() as other:
            yield one, other


@pytest.fixture(scope="module")
def facts(kernels: tuple[Kernel, Kernel], data: Path) -> Iterator[dict[str, object]]:
    abstract = f"\0{CANARY}"
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as named:
        named.bind(abstract)
        named.listen()
        yield {
            "server": os.getpid(),
            "other": kernels[1].provisioner.pid,
            "port": server.getsockname()[1],
            "abstract": abstract,
            "data": data,
            "theirs": kernels[1].provisioner.folder,
            "code": str(Path(__file__)),
            "disk": next(
                (each.name for each in Path("/dev").iterdir() if each.is_block_device()), "sda"
            ),
        }


def test_a_walk_through_all_processes_finds_no_secret(kernels: tuple[Kernel, Kernel]) -> None:
    pids, found = json.loads(kernels[0].run(WALK))
    assert (pids, found) == (["1"], [])
    beside = psutil.Process(kernels[0].provisioner.pid)
    assert not any(CANARY in text for text in [*beside.environ().values(), *beside.cmdline()])


def test_a_walk_through_all_folders_finds_nobodys_files(
    kernels: tuple[Kernel, Kernel], data: Path
) -> None:
    mine, theirs = (each.provisioner.folder for each in kernels)
    assert mine and theirs and (theirs / "connection.json").exists()
    tops = [str(each) for each in (data, Path.home(), "/tmp", "/run", "/dev/shm")]  # noqa: S108
    found = json.loads(kernels[0].run(FILES.format(folders=tops)))
    everybodys = (mine, Path(__file__).parents[2], Path(sys.base_prefix))  # a Python may be at home
    strange = [f for f in found if not any(Path(f).is_relative_to(each) for each in everybodys)]
    assert strange == []


@pytest.mark.parametrize("attempt", REFUSED.values(), ids=REFUSED)
def test_what_is_not_its_own_is_refused(
    kernels: tuple[Kernel, Kernel], facts: dict[str, object], attempt: str
) -> None:
    kernel, _ = kernels
    assert kernel.run(TRY.format(attempt=attempt.format(**facts))) == "refused"


def test_who_kills_all_it_sees_kills_nobody(kernels: tuple[Kernel, Kernel]) -> None:
    kernel, other = kernels
    assert (
        kernel.run("import os, signal\ntry: os.kill(-1, signal.SIGKILL)\nexcept OSError: pass")
        == ""
    )
    assert kernel.run("print('on')") == other.run("print('on')") == "on"
