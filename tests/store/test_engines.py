"""How a database is opened: durable or not at all, and what is said when it cannot be."""

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from bench.products import free_port
from bench.waiting import wait_until
from store.database import Database
from store.engines import ensure_database, journal_mode
from store.errors import NotAllowed, Unavailable
from store.schema import check, number_of, upgrade
from tests.databases import GUEST, GUEST_PASSWORD, a_database, server
from tests.store.writing import add, names

END_ALL_OTHERS = text(
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "TRUNCATE"),
        ((3, 44, 5), "TRUNCATE"),
        ((3, 44, 6), "WAL"),
        ((3, 45, 0), "TRUNCATE"),
        ((3, 50, 6), "TRUNCATE"),
        ((3, 50, 7), "WAL"),
        ((3, 51, 0), "TRUNCATE"),
        ((3, 51, 2), "TRUNCATE"),
        ((3, 51, 3), "WAL"),
        ((3, 52, 0), "WAL"),
    ],
)
def test_wal_is_only_for_a_sqlite_that_keeps_commits(
    version: tuple[int, int, int], mode: str
) -> None:
    assert journal_mode(version) == mode


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_server_that_may_forget_is_refused(setting: str) -> None:
    with a_database("postgresql", lambda url: None, Path()) as url:
        name = make_url(url).database
        if setting == "synchronous_commit":  # the others belong to the whole server
            server().run(f"ALTER DATABASE {name} SET {setting} = off")
            with pytest.raises(Unavailable, match="store-not-durable") as refused:
                upgrade(url)
            assert refused.value.facts == {"setting": setting, "value": "off"}
            assert not refused.value.retry
            return
        server().run(f"ALTER SYSTEM SET {setting} = off", "SELECT pg_reload_conf()")
        try:
            wait_until(lambda: is_refused(url), seconds=30)
        finally:
            server().run(f"ALTER SYSTEM RESET {setting}", "SELECT pg_reload_conf()")
            wait_until(lambda: not is_refused(url), seconds=30)


def is_refused(url: str) -> bool:
    try:
        number_of(url)
        return False
    except Unavailable as error:
        return error.code == "store-not-durable"


def test_connections_that_the_server_ended_are_replaced_before_anybody_notices(
    tmp_path: Path,
) -> None:
    with (
        a_database("postgresql", upgrade, tmp_path) as url,
        closing(Database(url)) as database,
    ):
        database.write(add("before"))
        assert names(database) == {"before"}
        administrator = create_engine(url)
        with administrator.connect() as connection:
            connection.execute(END_ALL_OTHERS)
        administrator.dispose()
        database.write(add("after"))
        assert names(database) == {"before", "after"}


def test_what_is_missing_beside_is_made_if_the_role_may() -> None:
    server().run("DROP DATABASE IF EXISTS beside_hub")
    beside, url = server().url("postgres"), server().url("beside_hub")
    for _ in range(2):
        ensure_database(url, beside=beside)
    upgrade(url)
    server().run("DROP DATABASE beside_hub WITH (FORCE)")


def test_a_role_that_may_not_is_told_what_an_administrator_has_to_do() -> None:
    server().run(
        f"DROP ROLE IF EXISTS {GUEST}",
        f"CREATE ROLE {GUEST} LOGIN PASSWORD '{GUEST_PASSWORD}'",
    )
    beside = as_guest("postgres", GUEST_PASSWORD)
    with pytest.raises(NotAllowed, match="database-missing") as refused:
        ensure_database(as_guest("guests_hub", GUEST_PASSWORD), beside=beside)
    assert (refused.value.facts["name"], refused.value.facts["role"]) == ("guests_hub", GUEST)
    with pytest.raises(NotAllowed, match="database-missing"):
        upgrade(as_guest("nowhere", GUEST_PASSWORD))
    with pytest.raises(Unavailable, match="database-unreachable") as wrong:
        upgrade(as_guest("postgres", "geheim"))
    assert "password authentication failed" in wrong.value.facts["reason"]
    assert "geheim" not in f"{wrong.value} {wrong.value.facts}"
    server().run(f"DROP ROLE {GUEST}")


def test_a_server_that_is_not_there_is_named_with_the_cure() -> None:
    url = f"postgresql+psycopg://role:geheim@127.0.0.1:{free_port()}/tpd"
    with pytest.raises(Unavailable, match="PATHSHALA_DATABASE_URL") as refused:
        check(url)
    assert refused.value.facts["place"].startswith("tpd on 127.0.0.1:")
    assert "geheim" not in f"{refused.value} {refused.value.facts}"


def as_guest(name: str, password: str) -> str:
    made = make_url(server().url(name)).set(username=GUEST, password=password)
    return made.render_as_string(hide_password=False)
