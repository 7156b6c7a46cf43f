"""The wheel: everything that an installation needs, and nothing that it does not."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        return set(wheel.namelist())


@pytest.mark.parametrize(
    "name",
    [
        "pathshala.py",
        "jupyterhub_config.py",
        "hub/command.py",
        "hub/proxy_limits.cjs",
        "hub/templates/sign-in.html",
        "hub/templates/static/page.css",
        "hub/portal/templates/shell.html",
        "hub/portal/locale/bn/LC_MESSAGES/messages.po",
        "widgets/properties.json",
        "widgets/frontend/dist/page/manifest.json",
        "widgets/frontend/dist/page/service-worker.js",
        "widgets/frontend/dist/host/pathshala.js",
        "courses/pathshala-pages/course.yml",
    ],
)
def test_it_has(names: set[str], name: str) -> None:
    assert name in names


def test_it_has_every_migration(names: set[str]) -> None:
    folder = ROOT / "store" / "migrations"
    wanted = {str(path.relative_to(ROOT)) for path in folder.rglob("*.py")}
    assert wanted and wanted <= names


@pytest.mark.parametrize("part", ["node_modules", "tests/", "bench/", ".vue", "data/", "/src/"])
def test_it_has_nothing_of_the_workshop(names: set[str], part: str) -> None:
    assert [name for name in names if part in name] == []
