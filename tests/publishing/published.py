"""What was published, as tests look at it: the version, its pages, why something was refused."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from publishing.versions import Publisher, publish
from store.errors import Invalid
from store.queries.modules import get_current
from store.tables import Version


def refused(publisher: Publisher, folder: Path) -> list[tuple[int | None, str]]:
    with pytest.raises(Invalid) as raised:
        publish(publisher, folder)
    assert raised.value.code == "publish-refused"
    findings = raised.value.facts["findings"]
    return [(each["cell"], each["rule"]) for each in findings if each["level"] == "error"]


def current(publisher: Publisher) -> Version:
    with publisher.database.read() as session:
        return get_current(session, "trial/spare-time")


def page(publisher: Publisher, language: str = "bn") -> str:
    return publisher.artifacts.read(current(publisher).pages[language]).decode()


def placeholders(html: str) -> list[tuple[str, str | None, Any]]:
    """Component, exercise and properties of each place where one mounts."""
    found = []
    for tag in re.findall(r'<div class="component"[^>]*>', html):
        name = re.search(r'data-component="(\w+)"', tag)
        exercise = re.search(r'data-exercise="([\w-]+)"', tag)
        props = re.search(r'data-props="([^"]*)"', tag)
        assert name and props
        found.append((name[1], exercise[1] if exercise else None, json.loads(unescape(props[1]))))
    return found


def published_exercises(publisher: Publisher) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = current(publisher).manifest["exercises"]
    return entries
