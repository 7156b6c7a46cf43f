"""Reads `course.yml`: which notebooks a course has, in which order, under which titles."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publishing.plain_yaml import read_yaml
from publishing.texts import LANGUAGES, Text, is_text

SLUG = re.compile(r"[a-z0-9-]{1,64}")
PAGES_COURSE = "pathshala-pages"


@dataclass(frozen=True)
class ModuleFile:
    """A notebook of a course. `route` is set for a page of the house ("" is home)."""

    notebook: str
    module: str
    title: Text
    minutes: int
    position: int
    route: str | None


@dataclass(frozen=True)
class CourseFile:
    """A course as its folder describes it."""

    folder: Path
    course: str
    title: Text
    summary: Text
    languages: tuple[str, ...]
    modules: tuple[ModuleFile, ...]

    @classmethod
    def read(cls, folder: Path) -> "CourseFile":
        """Read the folder's `course.yml`; ValueError says what is wrong with it."""
        body = read_yaml(folder / "course.yml")
        if not isinstance(body, dict):
            raise ValueError("it is not a list of names and values")
        course = body.get("course")
        if not isinstance(course, str) or not SLUG.fullmatch(course):
            raise ValueError(f"course: {course!r} is not small letters, digits and hyphens")
        languages = body.get("languages") or list(LANGUAGES)
        if not isinstance(languages, list) or not all(each in LANGUAGES for each in languages):
            raise ValueError(f"languages: {languages}; we have bn and en")
        entries = body.get("modules") or body.get("pages") or []
        if not isinstance(entries, list) or not entries:
            raise ValueError("modules: there is none")
        modules = tuple(_module(entry, number) for number, entry in enumerate(entries, 1))
        slugs = [module.module for module in modules]
        if len(set(slugs)) < len(slugs):
            raise ValueError("modules: two have the same name")
        routes = [module.route for module in modules if module.route is not None]
        if len(set(routes)) < len(routes):
            raise ValueError("pages: two have the same route")
        return cls(
            folder.resolve(),
            course,
            _text(body, "title"),
            _text(body, "summary") if "summary" in body else "",
            tuple(dict.fromkeys(languages)),
            modules,
        )


def _module(entry: Any, position: int) -> ModuleFile:
    if not isinstance(entry, dict) or not isinstance(entry.get("notebook"), str):
        raise ValueError(f"module {position}: notebook is missing")
    notebook = entry["notebook"]
    slug = re.sub(r"^\d+-", "", notebook.removesuffix(".ipynb"))
    if not notebook.endswith(".ipynb") or not SLUG.fullmatch(slug):
        raise ValueError(f"{notebook}: name it like 01-pair-talk.ipynb")
    minutes, route = entry.get("minutes", 0), entry.get("route")
    if not isinstance(minutes, int) or not 0 <= minutes <= 600:
        raise ValueError(f"{notebook}: minutes is not a number from 0 to 600")
    if route is not None and not isinstance(route, str):
        raise ValueError(f"{notebook}: route is not a text")
    return ModuleFile(notebook, slug, _text(entry, "title"), minutes, position, route)


def _text(entry: dict[str, Any], name: str) -> Text:
    text = entry.get(name)
    if not is_text(text) or not text:
        raise ValueError(f"{name}: neither a text nor {{bn: ..., en: ...}}")
    return text
