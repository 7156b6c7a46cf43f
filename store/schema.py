"""Bring a database to the newest tables, and refuse to work on tables of another version.

Migrations are numbered files in one line, so the highest number is the newest. An upgrade is one
transaction: killed in the middle it has changed nothing, and the next one starts it again.
"""

import time
from pathlib import Path

from sqlalchemy import Connection, inspect, make_url, text
from sqlalchemy.exc import OperationalError

from store.database import PATIENCE_SECONDS, patiently, unavailable
from store.engines import connecting, is_sqlite, open_engine, place_of
from store.errors import NotAllowed

MIGRATIONS = Path(__file__).parent / "migrations"


def newest() -> str:
    """The number of the newest tables that this code knows."""
    return max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def number_of(url: str) -> str | None:
    """The number of the tables in a database; None if it has none yet."""
    if is_sqlite(url) and not Path(make_url(url).database or "").exists():
        return None
    engine = open_engine(url, read_only=True)
    try:
        with connecting(url), engine.connect() as connection:
            return _number(connection)
    finally:
        engine.dispose()


def is_current(url: str) -> bool:
    """Whether the database has the newest tables."""
    return number_of(url) == newest()


def check(url: str) -> None:
    """Refuse a database whose tables are not those that this code was written for."""
    found = number_of(url)
    if found is not None:
        _refuse_newer(url, found)
    if found != newest():
        raise NotAllowed(
            "database-not-current",
            "The database {place} has {state}. Run `pathshala db upgrade` first.",
            {"place": place_of(url), "state": "older tables" if found else "no tables yet"},
        )


def upgrade(url: str, to: str = "head") -> None:
    """Bring the database to the newest tables; harmless to repeat, and from several processes."""
    from alembic import command  # only here: importing it takes a tenth of a second
    from alembic.config import Config

    engine = open_engine(url, read_only=False)
    deadline = time.monotonic() + PATIENCE_SECONDS
    try:
        with (
            connecting(url),
            engine.connect() as connection,
            patiently(connection.begin, deadline),
        ):
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL statement_timeout = 0"))
                connection.execute(text("SET LOCAL lock_timeout = 0"))
            if (found := _number(connection)) is not None:
                _refuse_newer(url, found)
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            config.set_main_option("path_separator", "os")
            config.attributes["connection"] = connection
            command.upgrade(config, to)
    except OperationalError as error:
        raise unavailable(error) from error
    finally:
        engine.dispose()


def _number(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found) if found is not None else None


def _refuse_newer(url: str, found: str) -> None:
    if found > newest():
        raise NotAllowed(
            "database-newer",
            "The database {place} was last used by a newer Pathshala (its tables are {found}, this"
            " one knows them up to {known}). Start the newer one, or restore a copy made before.",
            {"place": place_of(url), "found": found, "known": newest()},
        )
