"""The pages around the modules: home, catalogue, course. They take no properties."""

from __future__ import annotations

from traitlets import Dict

from widgets.component import Component


class Home(Component):
    """Where to go on, and what is due this week."""

    value = Dict().tag(sync=True)


class Catalogue(Component):
    """All courses, with progress."""

    value = Dict().tag(sync=True)


class CoursePage(Component):
    """The modules of the course that the page's address names."""

    value = Dict().tag(sync=True)
