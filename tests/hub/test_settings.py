"""Settings: everything works with nothing set; what is wrong is named with its cure."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import pytest

from hub.settings import Settings
from store.errors import Invalid


def test_everything_has_a_default_and_a_help() -> None:
    settings = Settings.from_env({})
    assert settings.port == 8000 and settings.is_loopback
    assert settings.data == Path("data").resolve()
    assert all(each.metadata["variable"].startswith("PATHSHALA_") for each in fields(Settings))
    assert all(each.metadata["help"] for each in fields(Settings))


def test_four_ports_follow_each_other() -> None:
    assert Settings.from_env({"PATHSHALA_PORT": "9000"}).ports == (9000, 9001, 9002, 9003)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("PATHSHALA_PORT", "আট"), ("PATHSHALA_PORT", "70000"), ("PATHSHALA_ADDRESS", "ঘর")],
)
def test_a_wrong_setting_is_named_with_the_cure(variable: str, value: str) -> None:
    with pytest.raises(Invalid) as refusal:
        Settings.from_env({variable: value})
    assert variable in refusal.value.message and "Give" in refusal.value.message


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
