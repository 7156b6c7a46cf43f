"""Each widget of ipywidgets, ipyvuetify, bqplot and ipympl is shown in a frame, in Chromium."""

import pytest
from playwright.sync_api import Browser

from tests.classroom.world import World, code

pytestmark = pytest.mark.bar

# those that are made of nothing but themselves; the rest are made of these
EVERY = """
import ipywidgets, {package}
found = []
for kind in vars({package}).values():
    if isinstance(kind, type) and issubclass(kind, ipywidgets.DOMWidget):
        try:
            widget = kind()
        except Exception:
            continue
        if widget._view_name and kind.__name__ != "VuetifyWidget":  # what the others build on
            found.append(widget)
print(len(found), "widgets of {package}")
ipywidgets.VBox(found)
"""
BQPLOT = """
from bqplot import pyplot
pyplot.figure(title="Waiting")
pyplot.plot([1, 2, 3], [1, 4, 9])
pyplot.show()
"""
IPYMPL = """
%matplotlib widget
import matplotlib.pyplot as plt
plt.plot([1, 4, 9])
plt.show()
"""
BROKEN = ".jupyter-widgets-error-widget"


def test_every_widget_is_shown(the_classroom: World, browser: Browser) -> None:
    cells = [code(EVERY.format(package=name)) for name in ("ipywidgets", "ipyvuetify")]
    path = the_classroom.around.publish("every-widget", *cells, code(BQPLOT), code(IPYMPL))
    the_classroom.around.frames = [f"{the_classroom.url(path)}?lang=en"]
    context = browser.new_context()
    context.add_cookies([the_classroom.cookie("anna")])  # type: ignore[list-item]
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{the_classroom.portal_origin}/page", wait_until="commit")
    page.wait_for_function("news.some(({ kind }) => kind === 'ready')")
    frame = page.frames[1]
    for number, least in ((0, 50), (1, 190)):
        cell = frame.locator(f'section[data-cell="{number}"]')
        count = int(cell.locator("pre").first.inner_text().split()[0])
        assert count >= least
        assert cell.locator(".widget-vbox").first.locator("> *").count() == count
    frame.locator(".bqplot path.line").first.wait_for()
    frame.locator(".jupyter-matplotlib canvas").first.wait_for()
    assert not frame.locator(BROKEN).count(), frame.locator(BROKEN).all_inner_texts()
    assert not frame.get_by_text("cannot be shown").count()
    context.close()
