"""A widget, its properties in `properties.json` and its component say the same."""

from __future__ import annotations

import importlib
import json

import ipyvuetify
import pytest
from jsonschema import Draft202012Validator

import pathshala
import widgets
from widgets import component
from widgets.component import PROPERTIES, Component

SCHEMAS = json.loads(PROPERTIES.read_text("utf-8"))
OURS = {"value", "files"}


def properties_of(widget: type[Component]) -> set[str]:
    return set(widget.class_trait_names()) - set(ipyvuetify.VuetifyTemplate.class_trait_names())


def test_trainers_get_the_whole_vocabulary_and_nothing_else() -> None:
    assert set(pathshala.__all__) == set(widgets.__all__) == set(SCHEMAS)


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_widget_takes_exactly_its_declared_properties(name: str) -> None:
    widget = getattr(pathshala, name)
    assert properties_of(widget) - OURS == set(SCHEMAS[name]["properties"])
    assert "value" in properties_of(widget)


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["additionalProperties"] is False


def test_a_widget_names_its_component_for_publishing() -> None:
    box = pathshala.Reflection(label={"bn": "ভাবনা", "en": "Thoughts"})
    assert (box.template.esm_module, box.template.esm_export) == ("pathshala", "Reflection")
    state = box.get_state()
    given = {key: state[key] for key in SCHEMAS["Reflection"]["properties"]}
    Draft202012Validator(SCHEMAS["Reflection"]).validate(given)


def test_a_misspelt_property_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match="Choice has no property questoin"):
        pathshala.Choice(questoin="কেন?", options={"a": "১", "b": "২"})


def test_a_clip_gives_the_browser_its_own_files_alone(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))
    with open("a.mp4", "wb") as film, open("secret.txt", "wb") as secret:  # noqa: PTH123
        film.write(b"film")
        secret.write(b"secret")
    clip = pathshala.Clip("a.mp4", "ক্লিপ")
    clip.vue_load("secret.txt")
    assert clip.files == {}
    clip.vue_load("a.mp4")
    assert clip.files == {"a.mp4": b"film"}


def test_without_the_host_build_components_say_how_to_build_them() -> None:
    code = component._not_built()
    assert "make set-up" in code
    assert all(f"export const {name} " in code for name in SCHEMAS)


@pytest.mark.parametrize(
    "module", ["reflection", "quiz", "action_plan", "clip", "hand_in", "sharing"]
)
def test_the_examples_in_docstrings_run(module: str) -> None:
    import doctest

    assert doctest.testmod(importlib.import_module(f"widgets.{module}")).failed == 0
