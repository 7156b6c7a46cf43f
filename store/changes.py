"""Whether anything changed that a copy would hold, asked cheaply and often.

For SQLite the file itself knows: its `data_version`, as one connection sees it. PostgreSQL counts
the rows that are written in each database (`pg_stat_database`); what is read, and what happens in
other databases of the server, does not move these counts. They come late, never early: a session
adds its own once a second while it works, or ten seconds after it fell silent. So whoever copies
looks more often than that. A crash loses counts and sets a new time of reset, which is a change;
a restart in peace keeps them. Where a server does not count, its log tells: it moves with any write
there. Rather a copy too many than one too few.

Artifacts need no look: each comes with a row that names it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pysqlite3 as sqlite
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from store.engines import BUSY_MILLISECONDS, is_sqlite, open_engine

Mark = tuple[Any, ...]
SECONDS_LATE = 10.0
"""How long after a write PostgreSQL may still not tell of it."""

WRITTEN = text("""
    SELECT CASE current_setting('track_counts')
        WHEN 'on' THEN concat_ws(
            ' ', ours.tup_inserted, ours.tup_updated, ours.tup_deleted,
            ours.stats_reset, server.stats_reset
        )
        ELSE pg_current_wal_insert_lsn()::text
    END
    FROM pg_stat_database AS ours, pg_stat_bgwriter AS server
    WHERE ours.datname = current_database()
""")


class Changes:
    """Looks at databases (addresses by name) and at folders whose files come without a row."""

    def __init__(self, databases: Mapping[str, str], folders: tuple[Path, ...]) -> None:
        self._databases = dict(databases)
        self._folders = folders
        self._files: dict[str, Any] = {}
        self._engines: dict[str, Engine] = {}

    def mark(self) -> Mark:
        """Two marks are equal if nothing changed between them. One that cannot be made equals
        none."""
        looks = {
            name: self._look_at_file(name, url) if is_sqlite(url) else self._ask(name, url)
            for name, url in self._databases.items()
        }
        return (*looks.items(), *(each for folder in self._folders for each in _files(folder)))

    def close(self) -> None:
        """Let go of the databases."""
        for connection in self._files.values():
            connection.close()
        for engine in self._engines.values():
            engine.dispose()
        self._files.clear()
        self._engines.clear()

    def _look_at_file(self, name: str, url: str) -> object:
        path = Path(make_url(url).database or "")
        if not path.exists():
            return None
        try:
            if name not in self._files:
                address = f"file:{quote(str(path))}?mode=ro"
                self._files[name] = sqlite.connect(address, uri=True)
                self._files[name].execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
            connection = self._files[name]
            return id(connection), connection.execute("PRAGMA data_version").fetchone()[0]
        except sqlite.Error:
            if (broken := self._files.pop(name, None)) is not None:
                broken.close()
            return object()

    def _ask(self, name: str, url: str) -> object:
        try:
            if name not in self._engines:
                self._engines[name] = open_engine(url, read_only=True)
            with self._engines[name].connect() as connection:
                return connection.scalar(WRITTEN)
        except SQLAlchemyError:
            return object()


def _files(folder: Path) -> Iterator[tuple[str, int, int]]:
    for place, _, files in os.walk(folder):
        for path in (Path(place) / file for file in sorted(files)):
            with suppress(FileNotFoundError):
                seen = path.lstat()
                yield str(path), seen.st_mtime_ns, seen.st_size
