"""A clip: a short film from a lesson."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from traitlets import Bytes, Dict, Unicode

from widgets.component import Component, text


class Clip(Component):
    """A film with captions, a transcript and a card about the class it shows.

    Files are named as in the course folder. `value` is `{"position": s, "seconds": n}`:
    where the learner is, and how many distinct seconds were watched.

    >>> clip = Clip("media/pair-talk.mp4", "জোড়ায় কথা বলা", captions={"bn": "media/bn.vtt"})
    >>> clip.value
    {}
    """

    src = Unicode(help="the film, a file of the course").tag(sync=True)
    title = text(help="what is seen")
    poster = Unicode(None, allow_none=True, help="a still, a file of the course").tag(sync=True)
    captions = Dict(help="WebVTT file per language: bn, en").tag(sync=True)
    context = Dict(help="texts about the class: school, class_size, textbook, district").tag(
        sync=True
    )
    value = Dict().tag(sync=True)
    files = Dict(value_trait=Bytes(), help="files the browser asked for").tag(sync=True)

    def __init__(self, src: str | None = None, title: Any = None, **traits: Any) -> None:
        super().__init__(src=src, title=title, **traits)

    def vue_load(self, name: str) -> None:
        """Send one of this clip's own files to the browser. Other names are ignored."""
        own = {self.src, self.poster, *self.captions.values()}
        path = Path(name)
        if name in own and name not in self.files and path.is_file():
            self.files = {**self.files, name: path.read_bytes()}
