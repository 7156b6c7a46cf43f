"""Makes the places on a page where components mount: properties in one language, words to read
before any script. Which component stands where is `page`'s to decide.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from publishing import clips
from publishing.components import Schemas, Shown, resolve_props
from publishing.exercises import Exercise
from publishing.films import Film, Films
from publishing.manifest import ClipFile
from publishing.media import Media, MediaProblem


@dataclass
class Placeholders:
    """The placeholders of one module; `clip_files` are those they show. `find` hears of
    findings, `say` how far a film is."""

    languages: Sequence[str]
    schemas: Schemas
    media: Media
    films: Films
    find: Callable[[str, dict[str, Any]], None]
    say: Callable[[str], None]
    clip_files: dict[str, ClipFile] = field(default_factory=dict)
    _made: dict[Path, Film] = field(default_factory=dict)

    def html(
        self, shown: Shown, language: str, exercise: Exercise | None = None, question: str = ""
    ) -> str:
        """Return a component's placeholder; `question` is the id of what asks an exercise."""
        attributes = {"class": "component", "data-component": shown.component}
        if exercise:
            attributes |= {"id": exercise.exercise, "data-exercise": exercise.exercise}
            attributes["data-title"] = exercise.title_in(language)
            if question:
                attributes["data-question"] = question
        try:
            props = self._props(shown, language)
        except MediaProblem as problem:
            self.find(problem.rule, problem.facts)
            return ""
        attributes["data-props"] = json.dumps(props, ensure_ascii=False, separators=(",", ":"))
        written = " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items())
        return f"<div {written}>{_static(props)}</div>"

    def _props(self, shown: Shown, language: str) -> dict[str, Any]:
        if shown.component != "Clip":
            return resolve_props(shown, self.schemas, language, self.media)
        path = self.media.find(shown.props["src"])
        if path not in self._made:
            self._made[path] = self.films.get(path, self.say)
            for each in self.languages:
                if not shown.props.get("captions", {}).get(each):
                    self.find("captions-missing", {"language": each})
        film = self._made[path]
        props = clips.clip_properties(shown.props, language, self.media, self.films, film)
        self.clip_files[film.source] = ClipFile(
            film.source,
            props["seconds"],
            props["size_bytes"],
            shown.props["title"],
            tuple(each.file for each in film.files),
        )
        return props


def _static(props: dict[str, Any]) -> str:
    """Return what a component says before its script: a question and its options, a title."""
    words = props.get("question") or props.get("title") or ""
    html = f"<p>{escape(words)}</p>" if isinstance(words, str) and words else ""
    options = props.get("options")
    if isinstance(options, dict):
        html += "<ul>" + "".join(f"<li>{escape(str(each))}</li>" for each in options.values())
        html += "</ul>"
    return html
