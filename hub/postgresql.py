"""The address of a PostgreSQL database as an administrator writes it, and those beside it.

Its password goes no further: processes, logs and other software see an address without it, and
the name of a file that only we can read (libpq's `passfile`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from store.errors import Invalid

SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")
NAME = re.compile(r"[A-Za-z0-9_-]{1,53}")  # PostgreSQL cuts names at 63; ours add up to ten


@dataclass(frozen=True)
class Address:
    """Where the store is kept: role and server, the database's name, libpq's other parameters."""

    place: str
    name: str
    parameters: str = ""
    password: str | None = field(default=None, repr=False)

    @classmethod
    def read(cls, text: str) -> Address:
        """Take `postgresql://role:password@host:port/name?parameter=value` apart.

        Raise Invalid("setting-invalid"), which repeats nothing of the text.
        """
        try:
            parts = urlsplit(text)
            parts.port  # noqa: B018 - reading it is the check
        except ValueError as error:
            raise _refusal("cannot be read") from error
        if parts.scheme not in SCHEMES:
            raise _refusal("names no PostgreSQL database")
        name = parts.path.removeprefix("/")
        if not NAME.fullmatch(name):
            raise _refusal("needs a database's name of at most 53 letters, digits, _ and -")
        role, _, server = parts.netloc.rpartition("@")
        role, _, password = role.partition(":")
        if "\n" in unquote(password) or "password=" in parts.query:
            raise _refusal("must have its password before the @, in one line")
        return cls(
            place=f"{role}@{server}" if role else server,
            name=name,
            parameters=parts.query,
            password=unquote(password) or None,
        )

    def url(self, beside: str = "", password_file: Path | None = None) -> str:
        """The database of this name, or one beside it, as SQLAlchemy takes it."""
        parameters = [self.parameters] if self.parameters else []
        if password_file is not None:
            parameters.append(f"passfile={quote(str(password_file))}")
        end = f"?{'&'.join(parameters)}" if parameters else ""
        return f"postgresql+psycopg://{self.place}/{self.name}{beside}{end}"


def password_line(password: str) -> str:
    """The password as libpq reads it from a file, for any server."""
    return "*:*:*:*:" + password.replace("\\", "\\\\").replace(":", "\\:") + "\n"


def _refusal(what: str) -> Invalid:
    return Invalid(
        "setting-invalid",
        "PATHSHALA_DATABASE_URL {what}. Give one such as"
        " postgresql://role:password@127.0.0.1:5432/pathshala, or nothing for SQLite.",
        {"what": what},
    )
