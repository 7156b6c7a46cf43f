"""Widgets and plots work in a forked kernel, and a browser calls only what a class offers it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.classroom.kernels_at_once import Kernel, a_kernel

WIDGET = """
import ipyvuetify, traitlets
heard = []
class Counter(ipyvuetify.VuetifyTemplate):
    template = traitlets.Unicode("<div></div>").tag(sync=True)
    def vue_add(self, data): heard.append(data)
    def secret(self, data=None): heard.append("secret")
counter = Counter()
counter.vue_late = lambda data: heard.append("late")
print(counter.comm.comm_id)
"""


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    with a_kernel() as kernel:
        yield kernel


def shown(kernel: Kernel) -> set[str]:
    """The kinds of what the last cell showed."""
    return {kind for message in kernel.shown for kind in message.get("data", {})}


def test_a_slider_moves_by_a_message_of_the_browser(kernel: Kernel) -> None:
    slider = kernel.run(
        "import ipywidgets\n"
        "slider = ipywidgets.IntSlider()\n"
        "slider.observe(lambda change: display(change.new), 'value')\n"
        "display(slider)\n"
        "print(slider.comm.comm_id)"
    )
    assert any(
        "application/vnd.jupyter.widget-view+json" in m.get("data", {}) for m in kernel.shown
    )
    kernel.tell(slider, {"method": "update", "state": {"value": 42}})
    assert kernel.run("print(slider.value)") == "42"


def test_a_figure_is_drawn_in_the_page(kernel: Kernel) -> None:
    assert kernel.run("import matplotlib.pyplot as plt; figure = plt.plot([1, 2, 3])") == ""
    assert "image/png" in shown(kernel)


def test_a_component_of_ours_knows_what_it_was_given(kernel: Kernel) -> None:
    said = kernel.run(
        "from pathshala import Reflection\n"
        "box = Reflection(label='আজ কী বদলালেন?')\n"
        "print(box.label, box.template.esm_module)"
    )
    assert said == "আজ কী বদলালেন? pathshala"


def test_the_code_of_our_components_stays_where_it_is() -> None:
    with a_kernel(components="/components/pathshala.js") as kernel:
        said = kernel.run(
            "import pathshala\n"
            "from ipywidgets.widgets.widget import _instances\n"
            "for each in _instances.values():\n"
            "    if each._model_name == 'ModuleModel': print(each.name, each.url, len(each.code))"
        )
    assert said == "pathshala /components/pathshala.js 0"


def test_an_event_calls_only_methods_that_its_class_offers(kernel: Kernel) -> None:
    comm = kernel.run(WIDGET)
    events = [
        {"event": "add", "data": 1},
        {"event": "late", "data": 1},
        {"event": "add", "data": {"deep": [{"objectRef": "secret"}]}},
        {"event": "x", "data": 1},
        {"event": None},
        {"event": ["add"]},
        {"create_widget": ["os", "system"], "id": "1", "props": {}},
        {"update_ref": {"functionRef": "secret"}, "id": comm, "prop": "template"},
        {"destroy_widget": comm},
        "add",
    ]
    kernel.tell(comm, {"method": "update", "state": {"events": ["secret", "__init__"]}})
    for content in events:
        kernel.tell(comm, {"method": "custom", "content": content})
    kernel.tell(comm, {"method": "custom", "content": {"event": "add", "data": 2}})
    assert kernel.run("print(heard)") == "[1, 2]"


def test_a_browser_builds_no_widget(kernel: Kernel) -> None:
    state = {"_model_module": "@jupyter-widgets/controls", "_model_name": "IntSliderModel"}
    state |= {"_view_module": "@jupyter-widgets/controls", "_view_name": "IntSliderView"}
    before = kernel.run("print(len(ipywidgets.Widget.widgets))")
    content = {"comm_id": "mine", "target_name": "jupyter.widget", "data": {"state": state}}
    kernel.send("comm_open", content)
    assert kernel.run("print(len(ipywidgets.Widget.widgets))") == before
