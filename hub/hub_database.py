"""How the Hub opens its own SQLite: it may not stop for every fsync, all that it serves waits.

The Hub commits in its only thread, ten times for one sign-in. In WAL mode with
`synchronous=NORMAL` a commit does not wait for the disk; a power cut costs at most the last
sign-ins, never the file. WAL is safe here whatever the SQLite: one process, one connection at a
time. On PostgreSQL nothing of this is needed.
"""

from __future__ import annotations

import sqlite3
from typing import Any

PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON")


class HubConnection(sqlite3.Connection):
    """A connection that does not wait for the disk and leaves nothing deleted behind."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        for pragma in PRAGMAS:
            self.execute(f"PRAGMA {pragma}").close()


def db_kwargs(url: str) -> dict[str, Any]:
    """The value of `JupyterHub.db_kwargs` for a database."""
    if not url.startswith("sqlite"):
        return {}
    return {"connect_args": {"check_same_thread": False, "factory": HubConnection}}
