"""What every widget shares: the link from a Python class to its compiled Vue component.

A widget's class name is the name of its component, in the host build and in
`properties.json`. Publishing needs only that name and the properties; the
host build is needed to see a component in JupyterLab or stock Voila.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ipyvuetify
from ipyvue import Template
from ipyvue.esm import define_module
from traitlets import Dict, TraitType, Unicode, Union

MODULE = "pathshala"
HOST_BUILD = Path(__file__).parent / "frontend" / "dist" / "host" / "pathshala.js"
PROPERTIES = Path(__file__).parent / "properties.json"
NAMES = frozenset(json.loads(PROPERTIES.read_text("utf-8")))


def text(default: str | None = "", help: str = "") -> TraitType[Any, Any]:
    """Return a trait for a text: a string, or one string per language: `{"bn": ..., "en": ...}`."""
    none = default is None
    return Union(
        [Unicode(allow_none=none), Dict(per_key_traits={"bn": Unicode(), "en": Unicode()})],
        default_value=default,
        allow_none=none,
        help=help,
    ).tag(sync=True)


def _not_built() -> str:
    """Return a module whose components say that the host build is missing."""
    message = "The components are not built yet: run `make set-up`, then restart the kernel."
    lines = ['import { h } from "vue";', f"const said = {{ render: () => h('p', {message!r}) }};"]
    lines += [f"export const {name} = said;" for name in sorted(NAMES)]
    return "\n".join(lines)


def define_components() -> None:
    """Tell the browser where the components are. Repeatable.

    The code travels over the widget model, so that it works in any JupyterLab
    and any Voila. A live page's kernel names an address instead.
    """
    if HOST_BUILD.exists():
        define_module(MODULE, HOST_BUILD)
    else:
        define_module(MODULE, code=_not_built())


class Component(ipyvuetify.VuetifyTemplate):  # type: ignore[misc]
    """The base of all widgets. `value` is what the learner did; observe it to react.

    `files` holds course files that the browser asked for where no portal serves
    them; it stays empty while publishing.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.__name__ not in NAMES:
            raise TypeError(f"{cls.__name__} has no component: add it to the host build")

    def __init__(self, **traits: Any) -> None:
        given = {name: value for name, value in traits.items() if value is not None}
        unknown = sorted(set(given) - set(self.trait_names()))
        if unknown:
            raise TypeError(f"{type(self).__name__} has no property {', '.join(unknown)}")
        template = Template(esm_module=MODULE, esm_export=type(self).__name__)
        super().__init__(template=template, **given)


define_components()
