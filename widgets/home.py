"""The pages around the modules, from home to portfolio. They take no properties."""

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


class Library(Component):
    """What was shared with everyone: search, filters, cards."""

    value = Dict().tag(sync=True)


class SharedWork(Component):
    """The post that the page's address names: the work, stars and comments once looked at."""

    value = Dict().tag(sync=True)


class Portfolio(Component):
    """What the person in the page's address tried, shared and took; one's own with settings."""

    value = Dict().tag(sync=True)
