"""A starter: a course of one module, in the order that helps, which can be published as it is.

Its files lie in `starter_course`. Who wants one language only gets no cell of the other.
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import yaml

from publishing.course_files import SLUG
from publishing.texts import LANGUAGES
from store.errors import Invalid, NotAllowed

STARTER = Path(__file__).with_name("starter_course")
NOTEBOOK = "01-first-module.ipynb"
TITLE = {"bn": "নাম ধরে ডাকা", "en": "Calling children by name"}
COURSE = {"bn": "আমার কোর্স", "en": "My course"}
MINUTES = 20


def new_course(folder: Path, titles: Mapping[str, str]) -> str:
    """Make a course in `folder`, which names it, and return its name.

    `titles` are by language; the course has these languages, both if there are none. Raise
    NotAllowed("folder-exists"), Invalid("course-name-invalid").
    """
    course = folder.resolve().name
    if SLUG.fullmatch(course) is None:
        raise Invalid(
            "course-name-invalid",
            "A course is named by its folder: small letters, digits and hyphens, not {name}.",
            {"name": course},
        )
    if folder.exists():
        raise NotAllowed("folder-exists", "{folder} is there already.", {"folder": str(folder)})
    languages = [each for each in LANGUAGES if each in titles] or list(LANGUAGES)
    shutil.copytree(STARTER, folder, copy_function=shutil.copyfile)
    _write_notebook(folder / NOTEBOOK, languages)
    title = {each: titles.get(each, COURSE[each]) for each in languages}
    body = {
        "course": course,
        "title": title,
        "languages": languages,
        "modules": [
            {
                "notebook": NOTEBOOK,
                "title": {each: TITLE[each] for each in languages},
                "minutes": MINUTES,
            }
        ],
    }
    text = yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=1000)
    (folder / "course.yml").write_text(text, "utf-8")
    return course


def _write_notebook(path: Path, languages: list[str]) -> None:
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"] = [
        cell
        for cell in notebook["cells"]
        if cell["metadata"].get("lang") is None or cell["metadata"]["lang"] in languages
    ]
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", "utf-8")
