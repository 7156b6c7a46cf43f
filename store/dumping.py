"""One database as one file, taken while others write; and back into an empty database.

SQLite makes the copy itself, in one step: whoever writes waits for it at most as for another
writer. For PostgreSQL its own `pg_dump` and `pg_restore` do it. The rest is `backup.py`'s.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pysqlite3 as sqlite
from sqlalchemy import make_url

from store.engines import BUSY_MILLISECONDS, ensure_database, is_sqlite, place_of
from store.errors import NotAllowed, Unavailable


def file_name(url: str, name: str) -> str:
    """What the file of a database is called in a copy."""
    return f"{name}.sqlite" if is_sqlite(url) else f"{name}.pgdump"


def dump(url: str, path: Path) -> Path | None:
    """Write a database, as it is at one moment, beside `path`; None if there is none yet."""
    target = path.with_name(file_name(url, path.name))
    if not is_sqlite(url):
        _run("pg_dump", url, "--format=custom", f"--file={target}")
        return target
    source = Path(make_url(url).database or "")
    if not source.exists():
        return None
    # read-only: a reader never checkpoints, which an old SQLite of another process might not bear
    with (
        closing(sqlite.connect(f"file:{quote(str(source))}?mode=ro", uri=True)) as live,
        closing(sqlite.connect(str(target))) as copy,
    ):
        live.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        try:
            live.backup(copy)
            found = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite.DatabaseError as error:
            if "disk is full" in str(error):  # that of the copy: the other one is only read
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target)) from error
            found = str(error)
    if found != "ok":
        raise Unavailable(
            "database-damaged",
            "The database {place} could not be copied ({reason}). The copies made before stay as"
            " they were; try again, and if it stays so, restore the newest of them.",
            {"place": str(source), "reason": found},
        )
    return target


def load(path: Path, url: str, *, beside: str) -> None:
    """Fill a database from the file that `dump` wrote; repeatable. It is made, if the role of the
    one at `beside` may."""
    if is_sqlite(url):
        shutil.copyfile(path, make_url(url).database or "")
        return
    ensure_database(url, beside=beside)
    anew = ("--clean", "--if-exists", "--no-owner", "--exit-on-error", "--single-transaction")
    _run("pg_restore", url, *anew, str(path))


def _run(program: str, url: str, *options: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise NotAllowed(
            "program-missing",
            "{program} is needed for a copy of PostgreSQL and is not on the PATH. Install the"
            " client programs of your PostgreSQL (Debian: apt-get install postgresql-client).",
            {"program": program},
        )
    # the address holds no password: libpq finds it in the file that the address names
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    done = subprocess.run(
        [found, f"--dbname={address}", *options], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise Unavailable(
            "database-not-copied",
            "{program} failed for {place}: {reason}",
            {
                "program": program,
                "place": place_of(url),
                "reason": (done.stderr.strip().splitlines() or ["it did not say why"])[-1],
            },
        )
