from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.portal.world import World, a_portal


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A portal with people, a published module, hand-ins and posts."""
    with a_portal(tmp_path) as world:
        yield world
