"""What a reader sees in the frames of a page, in Chromium: widgets move, and come back."""

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page

from bench.visits import PHONE
from tests.classroom.world import World, classroom, code, text
from tests.conftest import Axe

SLIDER = """
import ipywidgets
slider, square = ipywidgets.IntSlider(3), ipywidgets.Label()
def count(_): square.value = f"square {slider.value ** 2}"
slider.observe(count, "value")
count(None)
ipywidgets.VBox([slider, square])
"""
PLOT = """
%matplotlib inline
import matplotlib.pyplot as plt
from ipywidgets import interact
@interact(power=(1, 5))
def draw(power=2):
    print("power", power)
    plt.plot([x ** power for x in range(5)])
    plt.show()
"""
BUTTON = """
import ipyvuetify
shown = ipyvuetify.Html(tag="b", children=["0 times"])
def push(*_): shown.children = [f"{int(shown.children[0].split()[0]) + 1} times"]
button = ipyvuetify.Btn(children=["push"])
button.on_event("click", push)
ipyvuetify.Container(children=[button, shown])
"""
PICTURE = """
import base64, ipywidgets
dot = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
picture, draw = ipywidgets.Image(format="gif"), ipywidgets.Button(description="draw")
draw.on_click(lambda _: setattr(picture, "value", dot))
ipywidgets.VBox([draw, picture])
"""
TEMPLATE = """
import ipyvue, traitlets
class Counter(ipyvue.VueTemplate):
    count = traitlets.Int(1).tag(sync=True)
    @traitlets.default("template")
    def _template(self):
        return '<template><button class="mine" @click="up(2)">{{ count }}</button></template>'
    def vue_up(self, more): self.count += more
Counter()
"""
MATHS = "# Sums\n\nHalf is $\\frac{1}{2}$.\n\n$$\\begin{pmatrix}1 & 2\\\\ 3 & 4\\end{pmatrix}$$"
SHOWN_MATHS = """
import ipywidgets
from IPython.display import Markdown, Math, display
display(Markdown("**so** $x_1$ and $x_2$"), Math("y^2"))
ipywidgets.VBox([ipywidgets.HTMLMath("<b>z</b> $z^2$"), ipywidgets.IntSlider(description="Pupils")])
"""
OURS = """
import ipywidgets, pathshala
ipywidgets.VBox([pathshala.Reflection(label="What changed today?")])
"""
HOSTILE = """
from IPython.display import HTML
HTML('''<script>
fetch("PORTAL/page").then(() => document.title = "read", () => document.title = "refused")
try { top.document.title } catch { window.blocked = true }
</script><b>hostile</b>''')
"""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with classroom() as found:
        yield found


@pytest.fixture
def shown(world: World, browser: Browser) -> Iterator[Any]:
    """`shown(path, 2)` opens a page with the frames of its stretches, and waits for them."""
    context = browser.new_context(viewport=PHONE)
    context.set_default_timeout(60_000)
    context.add_cookies([world.cookie("anna")])  # type: ignore[list-item]
    page = context.new_page()
    page.elsewhere = []  # type: ignore[attr-defined]
    page.on("request", lambda asked: note(page, asked.url))

    def note(page: Page, url: str) -> None:
        if not url.startswith((world.origin, world.portal_origin, "blob:", "data:")):
            page.elsewhere.append(url)  # type: ignore[attr-defined]

    def act(path: str, frames: int = 1) -> tuple[Page, list[Frame]]:
        world.around.frames = [f"{world.url(path)}?lang=en&stretch={n}" for n in range(frames)]
        page.goto(f"{world.portal_origin}/page", wait_until="commit")
        ready(page, frames)
        return page, [frame_of(page, number) for number in range(frames)]

    yield act
    assert not page.elsewhere, "no request leaves our origins"  # type: ignore[attr-defined]
    context.close()


def frame_of(page: Page, number: int) -> Frame:
    frame = page.locator("iframe").nth(number).element_handle().content_frame()
    assert frame is not None
    return frame


def ready(page: Page, frames: int) -> None:
    page.wait_for_function(f"news.filter(({{ kind }}) => kind === 'ready').length >= {frames}")


def test_any_widget_moves_and_all_frames_share_a_kernel(world: World, shown: Any) -> None:
    cells = [code(source) for source in (SLIDER, PLOT, BUTTON, TEMPLATE, PICTURE, OURS)]
    stretches = [[0, 1, 2], [3, 4, 5, 6]]
    path = world.around.publish("widgets", text("# Moves"), *cells, stretches=stretches)
    page, (first, second) = shown(path, 2)
    assert world.open_pages() == len(world.kernels()) == 1
    handle = first.locator(".noUi-handle")
    handle.nth(0).press("ArrowRight")
    first.get_by_text("square 16").wait_for()
    before = first.locator("img").get_attribute("src")
    handle.nth(1).press("ArrowRight")
    first.get_by_text("power 3").wait_for()
    assert first.locator("img").get_attribute("src") != before
    second.get_by_text("push").click()
    second.get_by_text("1 times").wait_for()
    second.locator("button.mine").click()
    second.get_by_text("3", exact=True).wait_for()
    second.get_by_text("draw").click()
    second.wait_for_function("document.querySelector('img').naturalWidth === 1")
    second.get_by_role("textbox", name="What changed today?").wait_for()
    heights = page.evaluate("news.filter(({ kind }) => kind === 'height').map((n) => n.height)")
    assert max(heights) > 100


def test_a_frame_whose_kernel_dies_says_so_and_comes_back(world: World, shown: Any) -> None:
    path = world.around.publish("dies", code(SLIDER))
    page, _ = shown(path)
    for kernel in world.kernels():
        os.kill(kernel.pid, signal.SIGKILL)
    page.wait_for_function("news.some(({ kind, why }) => kind === 'lost' && why === 'died')")
    ready(page, 2)
    page.frames[1].locator(".noUi-handle").press("ArrowRight")
    page.frames[1].get_by_text("square 16").wait_for()


def test_a_frame_looks_as_its_page_and_sets_formulas(world: World, shown: Any, axe: Axe) -> None:
    path = world.around.publish("looks", text(MATHS), code(SHOWN_MATHS))
    page, (frame,) = shown(path)
    frame.wait_for_function("document.querySelectorAll('math').length === 6")
    assert (
        frame.locator("math mtable").count() == 1 and "$" not in frame.locator("body").inner_text()
    )
    frame.get_by_role("slider", name="Pupils").wait_for()
    look = "{source: 'pathshala-page', kind: 'look', theme: 'dark', size: 'large'}"
    page.evaluate(f"frames[0].postMessage({look}, '*')")
    frame.wait_for_function("getComputedStyle(document.body).backgroundColor === 'rgb(17, 24, 28)'")
    assert frame.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"
    assert "theme=dark&size=large" in frame.evaluate("location.search"), "a reload keeps it"
    assert axe(frame) == []


def test_a_hostile_frame_reads_nothing_of_the_page_around_it(world: World, shown: Any) -> None:
    source = HOSTILE.replace("PORTAL", world.portal_origin)
    page, (frame,) = shown(world.around.publish("hostile", code(source)))
    frame.wait_for_function("document.title === 'refused' && window.blocked")
    assert page.title() == "Page"
