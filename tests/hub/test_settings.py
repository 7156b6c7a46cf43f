"""Settings: everything works with nothing set; what is wrong is named with its cure."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import pytest

from hub.settings import Settings
from hub.siblings import environment
from store.errors import Invalid


def test_everything_has_a_default_and_a_help() -> None:
    settings = Settings.from_env({})
    assert settings.port == 8000 and settings.is_loopback
    assert settings.data == Path("data").resolve()
    assert all(each.metadata["variable"].startswith("PATHSHALA_") for each in fields(Settings))
    assert all(each.metadata["help"] for each in fields(Settings))


def test_four_ports_follow_each_other() -> None:
    assert Settings.from_env({"PATHSHALA_PORT": "9000"}).ports == (9000, 9001, 9002, 9003, 9004)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PATHSHALA_PORT", "আট"),
        ("PATHSHALA_PORT", "70000"),
        ("PATHSHALA_ADDRESS", "ঘর"),
        ("PATHSHALA_COPIES", "data/copies"),
        ("PATHSHALA_COPIES", "."),
        ("PATHSHALA_COPIES_EVERY", "0"),
        ("PATHSHALA_COPIES_EVERY", "১ মিনিট"),
    ],
)
def test_a_wrong_setting_is_named_with_the_cure(variable: str, value: str) -> None:
    with pytest.raises(Invalid) as refusal:
        Settings.from_env({variable: value})
    assert variable in refusal.value.message and "Give" in refusal.value.message


def test_every_process_gets_the_folder_of_the_copies_as_a_whole_path(tmp_path: Path) -> None:
    given = {"PATHSHALA_DATA": str(tmp_path / "data"), "PATHSHALA_COPIES": "copies"}
    settings = Settings.from_env(given)
    assert settings.copies == Path("copies").resolve() and settings.copies_every == 60
    assert environment(settings)["PATHSHALA_COPIES"] == str(settings.copies)


def test_the_demo_password_is_not_printed() -> None:
    assert "গোপন" not in repr(Settings.from_env({"PATHSHALA_DEMO_PASSWORD": "গোপন"}))


def test_a_secret_is_made_once_for_all_who_ask_at_once(tmp_path: Path) -> None:
    settings = Settings.from_env({"PATHSHALA_DATA": str(tmp_path)})
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: settings.secret("proxy-token"), range(32)))
    assert len(found) == 1 and len(found.pop()) == 64


def test_a_secret_is_nobody_elses(tmp_path: Path) -> None:
    Settings.from_env({"PATHSHALA_DATA": str(tmp_path)}).secret("portal-token")
    folder = tmp_path / "secrets"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(f.stat().st_mode) for f in folder.iterdir()] == [0o600]


ADDRESS = "postgresql://রহিমা:p%25q%3A%5C%40@127.0.0.1:5432/tpd?sslmode=disable"


def test_everything_moves_to_postgresql_and_the_password_into_a_file(tmp_path: Path) -> None:
    given = {"PATHSHALA_DATA": str(tmp_path), "PATHSHALA_DATABASE_URL": ADDRESS}
    settings = Settings.from_env(given)
    file = tmp_path / "secrets" / "database-password"
    for url, name in (
        (settings.database_url, "tpd"),
        (settings.gradebook_url, "tpd_gradebook"),
        (settings.hub_database_url, "tpd_hub"),
    ):
        address = f"postgresql+psycopg://রহিমা@127.0.0.1:5432/{name}?sslmode=disable"
        assert url == f"{address}&passfile={file}"
    assert file.read_text("utf-8") == "*:*:*:*:p%q\\:\\\\@\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "p%" not in repr(settings)
    siblings = environment(settings)
    assert siblings["PATHSHALA_DATABASE_URL"] == settings.database_url
    assert Settings.from_env(siblings).gradebook_url == settings.gradebook_url


def test_a_new_password_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    for password in ("first", "second"):
        url = f"postgres://role:{password}@db/tpd"
        given = {"PATHSHALA_DATA": str(tmp_path), "PATHSHALA_DATABASE_URL": url}
        assert Settings.from_env(given).database_url.startswith("postgresql+psycopg://role@db/tpd")
    kept = (tmp_path / "secrets" / "database-password").read_text()
    assert kept == "*:*:*:*:second\n"


@pytest.mark.parametrize(
    "url",
    [
        "mysql://role:geheim@db/tpd",
        "postgresql://role:geheim@db",
        "postgresql://role:geheim@db/tpd%20x",
        f"postgresql://role:geheim@db/{'x' * 54}",
        "postgresql://role:geheim@db:port/tpd",
        "postgresql://role:geheim%0A@db/tpd",
        "postgresql://role@db/tpd?password=geheim",
    ],
)
def test_a_wrong_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(Invalid) as refusal:
        Settings.from_env({"PATHSHALA_DATABASE_URL": url})
    said = f"{refusal.value} {refusal.value.facts}"
    assert "PATHSHALA_DATABASE_URL" in said and "geheim" not in said
