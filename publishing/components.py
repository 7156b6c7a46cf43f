"""Which component a widget is, and whether its properties are those it declares.

A widget's state comes from a trainer's kernel: a claim. Its component is looked up by name in
`widgets/properties.json`; an address or code that the state may hold is never read.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publishing import quick_start  # noqa: F401 - before jsonschema
from publishing.media import Media
from publishing.texts import Text, in_language, is_text

import jsonschema  # isort: skip

MODULE = "pathshala"
# Of every widget, and what a component does with a learner: no properties of a page.
EVERY_WIDGETS = frozenset(
    {"template", "events", "components", "layout", "tabbable", "tooltip", "value", "files"}
)
EMPTY: tuple[Any, ...] = (None, "", {}, [])

Schemas = Mapping[str, Any]


@dataclass(frozen=True)
class Shown:
    """A component that a cell shows, with the properties that its trainer wrote."""

    component: str
    props: dict[str, Any]


class PropsWrong(Exception):
    """Properties that the component does not declare, or of another kind."""

    def __init__(self, component: str, reason: str) -> None:
        super().__init__(component, reason)
        self.component = component
        self.reason = reason


def read_schemas(path: Path) -> Schemas:
    """Return component name -> JSON Schema of its properties."""
    schemas: Schemas = json.loads(path.read_text("utf-8"))
    return schemas


def find_component(view: str, widgets: Mapping[str, Any], schemas: Schemas) -> Shown | str:
    """Return the component that a widget view (JSON) shows, or the class of another widget."""
    try:
        state = widgets[json.loads(view)["model_id"]]["state"]
    except (ValueError, KeyError, TypeError):
        return "?"
    name = state.get("_model_name") if isinstance(state, dict) else None
    if not isinstance(name, str):
        return "?"
    template = state.get("template")
    if not isinstance(template, str) or not template.startswith("IPY_MODEL_"):
        return name.removesuffix("Model")
    try:
        model = widgets[template.removeprefix("IPY_MODEL_")]
        chosen = model["state"]
        module, export = chosen["esm_module"], chosen["esm_export"]
    except (KeyError, TypeError):
        return name.removesuffix("Model")
    if module != MODULE or not isinstance(export, str) or export not in schemas:
        return f"{module}.{export}"[:80]
    props = {
        key: value
        for key, value in state.items()
        if not key.startswith("_") and key not in EVERY_WIDGETS and value not in EMPTY
    }
    return Shown(export, props)


def check_props(shown: Shown, schemas: Schemas) -> None:
    """Raise `PropsWrong` unless the properties are the declared ones, of the declared kinds."""
    validator = jsonschema.Draft202012Validator(schemas[shown.component])
    problem = next(iter(sorted(validator.iter_errors(shown.props), key=str)), None)
    if problem is not None:
        path = ".".join(str(part) for part in problem.absolute_path)
        raise PropsWrong(shown.component, f"{path}: {problem.message}" if path else problem.message)


def resolve_props(shown: Shown, schemas: Schemas, language: str, media: Media) -> dict[str, Any]:
    """Return the properties for one language: texts as strings, course files as addresses."""

    def resolve(value: Any, schema: Any) -> Any:
        kind = schema.get("format")
        if kind == "text" and is_text(value):
            return in_language(value, language)
        if kind == "media" and isinstance(value, str):
            return media.picture(value).address
        if isinstance(value, dict):
            known, others = schema.get("properties", {}), schema.get("additionalProperties")
            rest = others if isinstance(others, dict) else {}
            return {key: resolve(part, known.get(key, rest)) for key, part in value.items()}
        if isinstance(value, list):
            items = schema.get("items")
            return [resolve(part, items if isinstance(items, dict) else {}) for part in value]
        return value

    resolved: dict[str, Any] = resolve(shown.props, schemas[shown.component])
    return resolved


def each_text(shown: Shown, schemas: Schemas, visit: Callable[[Text], None]) -> None:
    """Visit every text of the properties."""

    def walk(value: Any, schema: Any) -> None:
        if schema.get("format") == "text" and is_text(value):
            visit(value)
        elif isinstance(value, dict):
            known, others = schema.get("properties", {}), schema.get("additionalProperties")
            for key, part in value.items():
                walk(part, known.get(key, others if isinstance(others, dict) else {}))

    walk(shown.props, schemas[shown.component])
