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

from store.errors import Invalid

ROOT = Path(__file__).resolve().parents[1]
"""The folder that holds the rooms: the clone, or the site-packages of an installation."""

PORTAL_ROOT = "/services/portal/"


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
    port: int = field(
        default=8000,
        metadata={
            "variable": "PATHSHALA_PORT",
            "help": "Port that browsers use; the three after it are used inside.",
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

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; raise `Invalid("setting-invalid")` naming variable and cure."""
        given = os.environ if environment is None else environment
        texts = {f.name: given.get(f.metadata["variable"], "").strip() for f in fields(cls)}
        port = _port(texts["port"]) if texts["port"] else cls.port
        return cls(
            data=Path(texts["data"] or cls.data).expanduser().resolve(),
            port=port,
            address=_address(texts["address"] or cls.address),
            demo_password=given.get("PATHSHALA_DEMO_PASSWORD") or None,
        )

    # Where things are ---------------------------------------------------------------------

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.data / 'pathshala.sqlite'}"

    @property
    def gradebook_url(self) -> str:
        return f"sqlite:///{self.data / 'gradebook.sqlite'}"

    @property
    def hub_database_url(self) -> str:
        return f"sqlite:///{self.data / 'hub.sqlite'}"

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
    def proxy_api_port(self) -> int:
        return self.port + 1

    @property
    def hub_port(self) -> int:
        return self.port + 2

    @property
    def portal_port(self) -> int:
        return self.port + 3

    @property
    def ports(self) -> tuple[int, int, int, int]:
        return self.port, self.proxy_api_port, self.hub_port, self.portal_port

    # What must not be known -----------------------------------------------------------------

    def secret(self, name: str) -> str:
        """Return the secret of this name, 64 hex digits; make it, mode 0600, at the first call."""
        folder = self.data / "secrets"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / name
        if not path.exists():
            descriptor, aside = tempfile.mkstemp(prefix=f".{name}.", dir=folder)  # mode 0600
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_hex(32))
                file.flush()
                os.fsync(file.fileno())
            # link, not rename: of two that start together, the first one wins
            try:
                os.link(aside, path)
            except FileExistsError:
                pass
            finally:
                Path(aside).unlink()
        return path.read_text().strip()


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65_532:
        raise Invalid(
            "setting-invalid",
            "PATHSHALA_PORT is {value}, which is no port. Give a number from 1024 to 65532.",
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
