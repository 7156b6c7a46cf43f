"""How a database is opened: durable, patient with other processes, and refused where it would
lose answers. What is done with it is `database.py`'s, its tables are `schema.py`'s.

An address is a SQLAlchemy URL. Messages name server and database, never the address itself: it
may hold a password.
"""

import json
import select
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pysqlite3 as sqlite  # carries a SQLite whose WAL is safe; that of Python may be older
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DisconnectionError, OperationalError, ProgrammingError

from store.errors import NotAllowed, Unavailable

BUSY_MILLISECONDS = 5000
LOCK_MILLISECONDS = 2000
STATEMENT_MILLISECONDS = 5000
CONNECT_SECONDS = 5
ONE_WRITER = 0x7061746873  # the advisory lock of writers and migrations; nobody else uses it
MAY_NOT = "42501"
ALREADY_THERE = "42P04"
DISK_FULL = "53100"
LOCK_NOT_FREE = "55P03"
_BEGIN = f"BEGIN; SELECT pg_advisory_xact_lock({ONE_WRITER})"
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


def open_engine(url: str, *, read_only: bool) -> Engine:
    """Return an engine whose transactions see one state, and write only if they may.

    One that may write begins when no other process writes: with one writer at a time, on both
    databases, a rule that looks and then writes needs no locks of its own.
    """
    if is_sqlite(url):
        return _sqlite(url, read_only=read_only)
    return _postgresql(url, read_only=read_only)


def is_locked(error: OperationalError) -> bool:
    """Whether another process holds what was asked for, so that asking again may help."""
    said = str(error.orig)
    is_busy = "database is locked" in said or "busy" in said
    return is_busy or getattr(error.orig, "sqlstate", None) == LOCK_NOT_FREE


def is_disk_full(error: BaseException) -> bool:
    """Whether the database failed because its disk is full."""
    orig = getattr(error, "orig", None)
    return "disk is full" in str(orig) or getattr(orig, "sqlstate", None) == DISK_FULL


def place_of(url: str) -> str:
    """Name a database for people: the file, or name and server. No password."""
    made = make_url(url)
    if is_sqlite(url):
        return made.database or "memory"
    host = made.host or made.query.get("host") or "this machine"
    return f"{made.database} on {host}" + (f":{made.port}" if made.port else "")


@contextmanager
def connecting(url: str) -> Iterator[None]:
    """Turn a failure to reach PostgreSQL into one sentence with its cure."""
    try:
        yield
    except OperationalError as error:
        if error.statement is not None or is_sqlite(url):
            raise
        said = str(error.orig).strip().splitlines()[0]
        if f'database "{make_url(url).database}" does not exist' in said:
            raise _missing(url, "does not exist") from error
        raise Unavailable(
            "database-unreachable",
            "The database {place} does not answer ({reason}). See that PostgreSQL runs there, and"
            " that PATHSHALA_DATABASE_URL names the right server, role and password.",
            {"place": place_of(url), "reason": said.removeprefix("connection failed: ")},
        ) from error


def is_sqlite(url: str) -> bool:
    """Whether the database is a file of this machine."""
    return make_url(url).get_backend_name() == "sqlite"


# ---------------------------------------------------------------- SQLite


def journal_mode(version: tuple[int, ...]) -> str:
    """Choose WAL only where SQLite loses no commit to several connections (security.md, 5)."""
    mended = (
        version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    )
    return "WAL" if mended else "TRUNCATE"


def _sqlite(url: str, *, read_only: bool) -> Engine:
    if database := make_url(url).database:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    # one connection is enough for the writer; readers are the threads of the portal
    engine = create_engine(
        url,
        module=sqlite,
        json_serializer=_to_json,
        hide_parameters=True,  # an error must not quote what people wrote
        pool_size=20,
        max_overflow=30,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN breaks savepoints
        for pragma in (
            f"busy_timeout={BUSY_MILLISECONDS}",
            f"journal_mode={journal_mode(sqlite.sqlite_version_info)}",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",  # what a person wants forgotten is not left in a free page
            f"query_only={'ON' if read_only else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


# ---------------------------------------------------------------- PostgreSQL


def _postgresql(url: str, *, read_only: bool) -> Engine:
    isolation = "repeatable\\ read" if read_only else "read\\ committed"
    options = {
        "lock_timeout": LOCK_MILLISECONDS,
        "statement_timeout": STATEMENT_MILLISECONDS,
        # a process that hangs in the middle of its work must not hold up all others
        "idle_in_transaction_session_timeout": 12 * STATEMENT_MILLISECONDS,
        "timezone": "UTC",
        "default_transaction_isolation": isolation,
        "default_transaction_read_only": "on" if read_only else "off",
    }
    engine = create_engine(
        url,
        json_serializer=_to_json,
        hide_parameters=True,
        pool_size=20,
        max_overflow=30,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "options": " ".join(f"-c {name}={value}" for name, value in options.items()),
        },
    )
    event.listen(engine, "connect", _refuse_forgetful)
    event.listen(engine, "checkout", _refuse_dead)
    if not read_only:
        event.listen(engine, "connect", _begin_by_hand)
        event.listen(engine, "begin", _become_writer)
    return engine


def _begin_by_hand(connection: Any, _record: object) -> None:
    """Let the driver send no BEGIN of its own; it still sends COMMIT and ROLLBACK."""
    connection.autocommit = True


def _become_writer(connection: Connection) -> None:
    """Begin, and wait until no other process writes, in one way there and back."""
    driver: Any = connection.connection.driver_connection
    try:
        driver.execute(_BEGIN, prepare=False)  # what has two statements cannot be prepared
    except psycopg.Error as error:
        driver.rollback()
        raise OperationalError(_BEGIN, None, error) from error


def _refuse_dead(connection: Any, _record: object, _proxy: object) -> None:
    """Have the pool replace a connection whose server went: one at rest has nothing to say."""
    said = select.poll()
    said.register(connection.fileno(), select.POLLIN)
    if said.poll(0):
        raise DisconnectionError


def _refuse_forgetful(connection: Any, _record: object) -> None:
    """Refuse a server that may answer before the disk has it."""
    with connection.cursor() as cursor:
        asked = ", ".join(f"current_setting('{name}')" for name in DURABLE)
        values = cursor.execute(f"SELECT {asked}").fetchone()
    connection.rollback()
    for setting, value in zip(DURABLE, values, strict=True):
        if value in ("off", "local"):
            raise Unavailable(
                "store-not-durable",
                "PostgreSQL runs with {setting}={value}: answers could be lost. Turn it on.",
                {"setting": setting, "value": value},
                retry=False,
            )


def ensure_database(url: str, *, beside: str) -> None:
    """Make the database at `url` if it is missing, as the role that uses the one at `beside`.

    Nothing to do for SQLite. Raise NotAllowed("database-missing") with the command for an
    administrator of PostgreSQL where the role may not.
    """
    if is_sqlite(url):
        return
    name = make_url(url).database
    engine = create_engine(beside, isolation_level="AUTOCOMMIT")
    try:
        with connecting(beside), engine.connect() as connection:
            known = text("SELECT 1 FROM pg_database WHERE datname = :name")
            if connection.scalar(known, {"name": name}) is None:
                quoted = engine.dialect.identifier_preparer.quote_identifier(str(name))
                connection.execute(text(f"CREATE DATABASE {quoted}"))
    except ProgrammingError as error:
        state = getattr(error.orig, "sqlstate", None)
        if state == MAY_NOT:
            raise _missing(url, "is missing, and the role may not make it") from error
        if state != ALREADY_THERE:  # of two that start together, one makes it
            raise
    finally:
        engine.dispose()


def _missing(url: str, what: str) -> NotAllowed:
    made = make_url(url)
    return NotAllowed(
        "database-missing",
        "The database {place} {what}. Let an administrator of PostgreSQL run:"
        ' CREATE DATABASE "{name}" OWNER "{role}";',
        {
            "place": place_of(url),
            "what": what,
            "name": made.database,
            "role": made.username or "the role of Pathshala",
        },
    )
