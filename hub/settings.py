"""What the machine may choose: read once, at the entry of each process, then frozen.

Decides names, defaults and limits of the settings, and where inside the data folder each thing
lies. Leaves to `config.py` how JupyterHub is told, and to `supervisor.py` what is started.
"""

from __future__ import annotations

import ipaddress
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from hub.postgresql import Address, password_line
from store.errors import Invalid

ROOT = Path(__file__).resolve().parents[1]
"""The folder that holds the rooms: the clone, or the site-packages of an installation."""

PORTAL_ROOT = "/services/portal/"
CLASSROOM_ROOT = "/services/classroom/"


@dataclass(frozen=True)
class Settings:
    """Everything works with nothing set. One field for each `PATHSHALA_*` variable."""

    data: Path = field(
        default=Path("data"),
        metadata={
            "variable": "PATHSHALA_DATA",
            "help": "Folder of everything that must survive.",
        },
    )
    database: Address | None = field(
        default=None,
        metadata={
            "variable": "PATHSHALA_DATABASE_URL",
            "help": "PostgreSQL database to keep everything in; otherwise SQLite in the folder.",
        },
    )
    port: int = field(
        default=8000,
        metadata={
            "variable": "PATHSHALA_PORT",
            "help": "Port that browsers use; the four after it are used, too.",
        },
    )
    address: str = field(
        default="127.0.0.1",
        metadata={
            "variable": "PATHSHALA_ADDRESS",
            "help": "IP address that browsers reach; demo accounts only on a loopback one.",
        },
    )
    demo_password: str | None = field(
        default=None,
        repr=False,
        metadata={
            "variable": "PATHSHALA_DEMO_PASSWORD",
            "help": "One password for all demo accounts; otherwise each gets a random one.",
        },
    )

    copies: Path | None = field(
        default=None,
        metadata={
            "variable": "PATHSHALA_COPIES",
            "help": "Folder where a copy of everything is kept; on another disk.",
        },
    )
    copies_every: int = field(
        default=60,
        metadata={
            "variable": "PATHSHALA_COPIES_EVERY",
            "help": "Seconds between copies, as long as something changes.",
        },
    )

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; raise `Invalid("setting-invalid")` naming variable and cure."""
        given = os.environ if environment is None else environment
        texts = {f.name: given.get(f.metadata["variable"], "").strip() for f in fields(cls)}
        port = _port(texts["port"]) if texts["port"] else cls.port
        data = Path(texts["data"] or cls.data).expanduser().resolve()
        every = texts["copies_every"]
        return cls(
            data=data,
            database=Address.read(texts["database"]) if texts["database"] else None,
            port=port,
            address=_address(texts["address"] or cls.address),
            demo_password=given.get("PATHSHALA_DEMO_PASSWORD") or None,
            copies=_copies(texts["copies"], data) if texts["copies"] else None,
            copies_every=_seconds(every) if every else cls.copies_every,
        )

    # Where things are ---------------------------------------------------------------------

    @property
    def database_url(self) -> str:
        """The store's, which names no password."""
        return self._database("pathshala.sqlite")

    @property
    def gradebook_url(self) -> str:
        """That of nbgrader's gradebook: a database of its own."""
        return self._database("gradebook.sqlite", beside="_gradebook")

    @property
    def hub_database_url(self) -> str:
        """That of JupyterHub itself: a database of its own."""
        return self._database("hub.sqlite", beside="_hub")

    def _database(self, file: str, beside: str = "") -> str:
        if self.database is None:
            return f"sqlite:///{self.data / file}"
        return self.database.url(beside, self._password_file())

    @property
    def jobs(self) -> Path:
        return self.data / "jobs.sqlite"

    @property
    def artifacts(self) -> Path:
        return self.data / "artifacts"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def work(self) -> Path:
        return self.data / "work"

    @property
    def measured(self) -> Path:
        """Where processes without a port leave their measures."""
        return self.data / "measured"

    @property
    def labs(self) -> Path:
        return self.data / "labs"

    @property
    def courses(self) -> Path:
        return ROOT / "courses"

    @property
    def frontend(self) -> Path:
        return ROOT / "widgets" / "frontend"

    @property
    def page_build(self) -> Path:
        return self.frontend / "dist" / "page"

    @property
    def live_build(self) -> Path:
        return self.frontend / "dist" / "live"

    @property
    def properties(self) -> Path:
        return ROOT / "widgets" / "properties.json"

    # Where things answer ------------------------------------------------------------------

    @property
    def url(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"http://{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        return ipaddress.ip_address(self.address).is_loopback

    @property
    def own_addresses(self) -> tuple[str, ...]:
        """Where a server for browsers listens: where they come, and where this machine asks."""
        everywhere = ipaddress.ip_address(self.address).is_unspecified
        return (self.address,) if everywhere else tuple({self.address, "127.0.0.1"})

    @property
    def proxy_api_port(self) -> int:
        return self.port + 1

    @property
    def hub_port(self) -> int:
        return self.port + 2

    @property
    def portal_port(self) -> int:
        return self.port + 3

    @property
    def classroom_port(self) -> int:
        """The one of these that browsers use, too: live pages have an origin of their own."""
        return self.port + 4

    @property
    def ports(self) -> tuple[int, ...]:
        return (
            self.port,
            self.proxy_api_port,
            self.hub_port,
            self.portal_port,
            self.classroom_port,
        )

    # What must not be known -----------------------------------------------------------------

    def secret(self, name: str) -> str:
        """Return the secret of this name, 64 hex digits; make it, mode 0600, at the first call."""
        path = self._secrets / name
        if not path.exists():
            aside = _aside(path, secrets.token_hex(32))
            # link, not rename: of two that start together, the first one wins
            try:
                os.link(aside, path)
            except FileExistsError:
                pass
            finally:
                aside.unlink()
        return path.read_text().strip()

    def _password_file(self) -> Path | None:
        """Where libpq finds the database's password, mode 0600; None if none was given."""
        if self.database is None or self.database.password is None:
            return None
        path, line = self._secrets / "database-password", password_line(self.database.password)
        if not path.exists() or path.read_text("utf-8") != line:
            _aside(path, line).replace(path)
        return path

    @property
    def _secrets(self) -> Path:
        folder = self.data / "secrets"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder


def _aside(path: Path, text: str) -> Path:
    """Write a secret beside its place, durably and for nobody else to read."""
    descriptor, aside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return Path(aside)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65_531:
        raise Invalid(
            "setting-invalid",
            "PATHSHALA_PORT is {value}, which is no port. Give a number from 1024 to 65531.",
            {"value": repr(text)},
        )
    return int(text)


def _copies(text: str, data: Path) -> Path:
    folder = Path(text).expanduser().resolve()
    if folder.is_relative_to(data) or data.is_relative_to(folder):
        raise Invalid(
            "setting-invalid",
            "PATHSHALA_COPIES is {value}, and the data folder is {data}: what harms one harms the"
            " other. Give a folder outside, best on another disk.",
            {"value": str(folder), "data": str(data)},
        )
    return folder


def _seconds(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 86_400:
        raise Invalid(
            "setting-invalid",
            "PATHSHALA_COPIES_EVERY is {value}. Give a number of seconds from 1 to 86400.",
            {"value": repr(text)},
        )
    return int(text)


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError as error:
        raise Invalid(
            "setting-invalid",
            "PATHSHALA_ADDRESS is {value}, which is no IP address. Give one such as 127.0.0.1.",
            {"value": repr(text)},
        ) from error
