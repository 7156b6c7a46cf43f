"""A kernel that starts at once is as good, and as much alone, as any other."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from bench.waiting import wait_until
from hub.classroom import kernel_folders, warm_parent
from hub.classroom.provisioner import PRELOAD, PRELOAD_PLOTS
from tests.classroom.kernels_at_once import Kernel, a_kernel

PASSED = {"PATH", "LANG", "TZ", "HOME", "IPYTHONDIR"}
# what ipykernel says to programs that a cell starts, and to matplotlib
IPYKERNEL = {
    "TERM",
    "CLICOLOR",
    "FORCE_COLOR",
    "CLICOLOR_FORCE",
    "PAGER",
    "GIT_PAGER",
    "MPLBACKEND",
}
DESCRIPTORS = """
import os
for entry in os.listdir("/proc/self/fd"):
    try:
        print(os.readlink(f"/proc/self/fd/{entry}"))
    except OSError:
        pass
"""
CANARY = "চড়ুই-canary-7261"


@pytest.fixture(scope="module", autouse=True)
def secret(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with a secret in its environment and another in a file that it has open."""
    path = tmp_path_factory.mktemp("server") / CANARY
    with pytest.MonkeyPatch.context() as patch, path.open("w") as held:
        os.set_inheritable(held.fileno(), True)
        patch.setenv("JUPYTERHUB_API_TOKEN", CANARY)
        patch.setenv("TZ", "Asia/Dhaka")
        yield CANARY


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    """One for all tests that leave it as it was."""
    with a_kernel() as kernel:
        yield kernel


@pytest.fixture
def fresh() -> Iterator[Kernel]:
    with a_kernel() as kernel:
        yield kernel


def parent_process(preload: tuple[str, ...] = PRELOAD) -> psutil.Process:
    return psutil.Process(warm_parent.warm_parent(preload).process.pid)


def test_it_is_a_fork_and_runs_cells_in_its_folder(
    tmp_path: Path,
) -> None:
    with a_kernel({"cwd": str(tmp_path)}) as kernel:
        assert kernel.run("import os; print(os.getcwd())") == str(tmp_path)
        assert psutil.Process(kernel.provisioner.pid).ppid() == parent_process().pid
        assert kernel.run("print('slider' in dir())") == "False"
        assert [each["execution_count"] for each in kernel.shown if "code" in each] == [2]
        assert kernel.run("print('a'); 1/0") == "ZeroDivisionError"
        kernel.begin("import subprocess; subprocess.run(['echo', 'হ্যাঁ'])")
        assert kernel.hear("হ্যাঁ\n")


def test_two_kernels_share_no_number_and_no_descriptor() -> None:
    with a_kernel(preload=PRELOAD_PLOTS) as one, a_kernel(preload=PRELOAD_PLOTS) as another:
        share_nothing(one, another)


def share_nothing(kernel: Kernel, fresh: Kernel) -> None:
    throw = (
        "import random, uuid, numpy\n"
        "print(random.random(), numpy.random.random(), uuid.uuid4(), uuid.uuid1())"
    )
    assert os.getsid(kernel.provisioner.pid) != os.getsid(fresh.provisioner.pid)
    assert not set(kernel.run(throw).split()) & set(fresh.run(throw).split())
    mine, theirs = kernel.run(DESCRIPTORS).split(), fresh.run(DESCRIPTORS).split()
    common = {each for each in set(mine) & set(theirs) if not each.startswith("anon_inode:")}
    assert common == {"/dev/null"}


def test_a_kernel_sees_nothing_of_the_servers(kernel: Kernel, secret: str) -> None:
    names = set(json.loads(kernel.run("import json, os; print(json.dumps(list(os.environ)))")))
    assert names == PASSED | IPYKERNEL
    seen = kernel.run(
        "print(open('/proc/self/environ').read(),"
        " [os.readlink(e.path) for e in os.scandir('/proc/self/fd') if e.is_symlink()])"
    )
    assert "HOME=" in seen and secret not in seen
    assert kernel.run("print(os.environ['TZ'], os.listdir(os.environ['HOME']))") == "Asia/Dhaka []"


def test_no_history_and_nothing_to_write_settings_to(kernel: Kernel) -> None:
    assert kernel.run("print(get_ipython().history_manager.enabled)") == "False"
    assert kernel.run("print(oct(os.stat(os.environ['IPYTHONDIR']).st_mode))") == "0o40500"


def test_an_interrupted_cell_ends_and_the_next_one_runs(kernel: Kernel) -> None:
    asked = kernel.begin("print('begun', flush=True)\nwhile True: pass")
    assert kernel.hear("begun\n")
    kernel.do(kernel.manager.interrupt_kernel())
    reply = kernel.do(kernel.client.get_shell_msg(timeout=10))
    assert reply["parent_header"]["msg_id"] == asked
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert kernel.run("print('on')") == "on"


def test_a_killed_kernel_leaves_nothing() -> None:
    with a_kernel() as kernel:
        kernel.run("import subprocess; subprocess.Popen(['sleep', '600'], start_new_session=True)")
        process, folder = psutil.Process(kernel.provisioner.pid), kernel.provisioner.folder
        daemon = kernel.find("sleep")
        assert folder.exists()
    wait_until(lambda: not process.is_running(), seconds=5)
    wait_until(lambda: not daemon.is_running(), seconds=5)
    assert not folder.exists()


def test_how_a_kernel_ended_is_known_at_once(fresh: Kernel) -> None:
    assert fresh.code() is None and fresh.manager.has_kernel
    fresh.begin("import os; os._exit(7)")
    wait_until(lambda: fresh.code() == 7, seconds=5, every=0.01)
    assert not fresh.do(fresh.manager.is_alive())


def test_a_restarted_kernel_is_new_at_the_same_address(fresh: Kernel) -> None:
    fresh.run("kept = 1; open(os.path.expanduser('~/kept'), 'w').close()")
    before = fresh.provisioner.pid
    fresh.do(fresh.manager.restart_kernel(now=True))
    fresh.do(fresh.client.wait_for_ready(timeout=30))
    assert fresh.provisioner.pid != before
    assert fresh.run("import os; print('kept' in dir(), os.listdir(os.path.expanduser('~')))") == (
        "False []"
    )


def test_kernels_end_with_the_warm_parent_and_new_ones_start() -> None:
    with a_kernel(preload=[]) as kernel:
        kernel.run("import subprocess; subprocess.Popen(['sleep', '600'], start_new_session=True)")
        daemon, before = kernel.find("sleep"), parent_process(())
        before.kill()
        before.wait(5)
        wait_until(lambda: kernel.code() == 1, seconds=5)  # who knew more is gone
        assert not daemon.is_running()
        with a_kernel(preload=[]) as another:
            process = psutil.Process(another.provisioner.pid)
            assert process.ppid() == parent_process(()).pid


def test_where_one_more_cannot_be_forked_those_that_run_go_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with a_kernel(preload=[]) as kernel:
        parent = parent_process(())
        before = parent.rlimit(psutil.RLIMIT_NOFILE)
        parent.rlimit(psutil.RLIMIT_NOFILE, (parent.num_fds() + 1, before[1]))
        with a_kernel(preload=[]) as another:
            assert "A kernel starts the ordinary way" in caplog.text
            assert psutil.Process(another.provisioner.pid).ppid() == os.getpid()
        parent.rlimit(psutil.RLIMIT_NOFILE, before)
        assert kernel.run("print('here')") == "here" and parent_process(()) == parent
        with a_kernel(preload=[]) as another:
            assert psutil.Process(another.provisioner.pid).ppid() == parent.pid


def test_a_kernel_with_walls_is_one_process_that_its_parent_outlives(kernel: Kernel) -> None:
    assert psutil.Process(kernel.provisioner.pid).children() == []
    assert kernel.run("import os; print(os.getpid(), os.getppid())") == "1 0"


SERVER = """
import sys
sys.path.insert(0, sys.argv[1])
from hub.classroom.warm_parent import warm_parent
from tests.classroom.kernels_at_once import a_kernel
small = {"preload": []}
with a_kernel(**small) as one, a_kernel(**small) as two:
    one.run("import subprocess; subprocess.Popen(['sleep', '600'], start_new_session=True)")
    daemon, process = one.find("sleep").pid, one.provisioner.pid
    parent = warm_parent(()).process.pid
    print(process, two.provisioner.pid, daemon, parent, one.provisioner.folder.parent)
    sys.stdout.flush()
    sys.stdin.read()
"""


@pytest.mark.parametrize("with_parent", [False, True], ids=["server", "server and warm parent"])
def test_a_killed_server_leaves_no_kernel_and_no_folder(with_parent: bool) -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(Path(__file__).parents[2])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdin and server.stdout
    *numbers, folder = server.stdout.readline().split()
    one, two, daemon, parent = map(int, numbers)
    if with_parent:
        psutil.Process(parent).kill()
    server.kill()
    server.wait()
    for process in (one, two, daemon, parent):
        wait_until(lambda process=process: not is_running(process), seconds=5)
    if with_parent:  # the next server tidies up
        os.utime(folder, (0, 0))
        kernel_folders.remove_left()
    wait_until(lambda: not Path(folder).exists(), seconds=5)
    server.stdin.close()
    server.stdout.close()


def is_running(process: int) -> bool:
    try:
        return bool(psutil.Process(process).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_who_takes_too_much_memory_ends_alone(kernel: Kernel, fresh: Kernel) -> None:
    assert fresh.run("hoard = bytearray(4 << 30)") == "MemoryError"
    assert fresh.run("print('on')") == "on"
    fresh.begin(
        "import subprocess, sys\n"
        "for _ in range(40): subprocess.Popen(['sleep', '600'], start_new_session=True)"
    )
    wait_until(lambda: fresh.code() == -signal.SIGKILL, seconds=5)
    assert kernel.run("print('on')") == "on"


def test_who_takes_too_much_time_or_disk_ends_alone(
    kernel: Kernel,
) -> None:
    with a_kernel(cpu_seconds=1, file_bytes=1000) as hog:
        assert hog.run("from pathlib import Path; Path('big').write_text('x' * 2000)") == "OSError"
        hog.begin("while True: pass")
        wait_until(lambda: hog.code() is not None, seconds=15)
        assert hog.code() in (-signal.SIGXCPU, -signal.SIGKILL)
    with a_kernel(longest_seconds=1) as hog:
        hog.begin("while True: pass")
        wait_until(lambda: hog.code() == -signal.SIGKILL, seconds=15)
    assert kernel.run("print('on')") == "on"


def test_where_nothing_can_be_forked_it_starts_the_ordinary_way(
    caplog: pytest.LogCaptureFixture, secret: str
) -> None:
    with a_kernel(preload=["tests.classroom.starts_a_thread"]) as kernel:
        assert "A kernel starts the ordinary way, slowly: 2 threads run" in caplog.text
        assert psutil.Process(kernel.provisioner.pid).ppid() == os.getpid()
        names = set(json.loads(kernel.run("import json, os; print(json.dumps([*os.environ]))")))
        assert names == PASSED | IPYKERNEL
        assert kernel.run("hoard = bytearray(4 << 30)") == "MemoryError"
        assert secret not in kernel.run(DESCRIPTORS)
        kernel.run("import subprocess; subprocess.Popen(['sleep', '600'])")
        daemon = kernel.find("sleep")
    wait_until(lambda: not daemon.is_running(), seconds=5)
