from collections.abc import Iterator
from pathlib import Path

import pytest

from publishing.versions import Publisher
from store.artifacts import Artifacts
from store.database import Database
from tests.factories import database
from tests.factories import sqlite_url as url

__all__ = ["database", "url"]

PROPERTIES = Path(__file__).resolve().parents[2] / "widgets" / "properties.json"


@pytest.fixture
def publisher(database: Database, tmp_path: Path) -> Iterator[Publisher]:
    """A publisher with a fresh store, whose data lie apart from courses."""
    data = tmp_path / "data"
    yield Publisher(database, Artifacts(data / "artifacts"), PROPERTIES, data / "work")
    assert not list((data / "work").glob("*")), "publishing left something behind"
