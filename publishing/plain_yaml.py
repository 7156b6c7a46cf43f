"""Reads a small YAML file of a course. Few aliases: more of them can stand for gigabytes."""

from pathlib import Path
from typing import Any

import yaml

MOST_BYTES, MOST_ALIASES = 64 << 10, 20


class _FewAliases(yaml.SafeLoader):
    aliases = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            self.aliases += 1
            if self.aliases > MOST_ALIASES:
                raise yaml.YAMLError(f"more than {MOST_ALIASES} aliases (*name)")
        return super().compose_node(parent, index)


def read_yaml(path: Path) -> Any:
    """Return what the file says; ValueError tells why it cannot be read."""
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES + 1)
        if len(text) > MOST_BYTES:
            raise ValueError(f"more than {MOST_BYTES >> 10} KB")
        return yaml.load(text.decode("utf-8"), _FewAliases)  # noqa: S506 - a SafeLoader
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ValueError(str(error)) from error
