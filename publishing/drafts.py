"""A module on its way from notebook to version: what it is made of, and what the version says."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import brotli

from publishing.course_files import CourseFile, ModuleFile
from publishing.findings import Finding
from publishing.manifest import Manifest, Weight
from publishing.outline import Cell
from publishing.page import Made
from publishing.runner import Kind
from publishing.texts import Text
from store.tables import Version

PIPELINE = 3  # raise it when the same notebook would give another page
NOTEBOOK = "application/x-ipynb+json"
MOST_FILE_BYTES = 10 << 20  # each reader's kernel gets a copy
LIVE_FILE = "application/octet-stream"


@dataclass(frozen=True)
class LiveFile:
    """A course's file that goes with a live module; `place` is where it lies now."""

    sha: str
    size_bytes: int
    place: Path


@dataclass
class Draft:
    """A module on its way; `content` is its content hash, `seconds` how long it took."""

    file: ModuleFile
    notebook: Any
    cells: list[Cell]
    findings: list[Finding]
    content: str = ""
    released: Any = None
    made: Made | None = None
    runner: Kind = "plain"
    seconds: float = 0.0
    files: dict[str, LiveFile] = field(default_factory=dict)


def manifest_of(course: CourseFile, draft: Draft, earlier: Sequence[Version]) -> Manifest:
    made = made_of(draft)
    shape = structure_hash(draft.cells)
    structure = next(
        (v.structure for v in earlier if v.manifest["structure_hash"] == shape),
        max((v.structure for v in earlier), default=0) + 1,
    )
    module = draft.file.module
    pictures = [file for file in made.media.values() if file.media_type.startswith("image/")]
    return Manifest(
        course=course.course,
        module=module,
        title=both(draft.file.title),
        minutes=draft.file.minutes,
        languages=course.languages,
        verdict=made.verdict,
        structure=structure,
        structure_hash=shape,
        assignment=f"{course.course}.{module}.s{structure}",
        exercises=tuple(made.exercises),
        clips=tuple(made.clips),
        components=tuple(made.components),
        media=tuple(f"{file.sha}.{file.extension}" for file in made.media.values()),
        weight=Weight(
            {
                language: len(brotli.compress(page.encode(), quality=5))
                for language, page in made.pages.items()
            },
            sum(file.size_bytes for file in pictures),
            sum(clip.size_bytes for clip in made.clips),
        ),
        findings=tuple(finding.to_json() for finding in draft.findings),
        runner=draft.runner,
        stretches=tuple(made.stretches),
        files={name: file.sha for name, file in draft.files.items()},
    )


def structure_hash(cells: Sequence[Cell]) -> str:
    """Change when exercises, points or tests do; nbgrader keeps an assignment for each value."""
    facts = [
        (
            cell.grade_id,
            cell.kind,
            cell.role,
            float(cell.points or 0),
            cell.source if cell.kind == "code" and cell.role in ("test", "locked") else "",
        )
        for cell in cells
        if cell.role != "plain"
    ]
    return sha256(json.dumps(facts, ensure_ascii=False).encode())


def content_hash(course: CourseFile, draft: Draft) -> str:
    """Change when the pages would: by the notebook, the files that it names, its entry."""
    cells = [
        {
            "type": cell["cell_type"],
            "source": cell["source"],
            "attachments": cell.get("attachments", {}),
            **{name: cell["metadata"].get(name) for name in ("nbgrader", "pathshala", "lang")},
        }
        for cell in draft.notebook["cells"]
    ]
    text = json.dumps(cells, sort_keys=True, ensure_ascii=False)
    named = [(name, _hash(path)) for name, path in _named_files(course, text).items()]
    linked = [(file.notebook, file.route) for file in course.modules if file.notebook in text]
    entry = [both(draft.file.title), draft.file.minutes, draft.file.route, course.languages]
    facts = [PIPELINE, text, named, linked, entry]
    return sha256(json.dumps(facts, ensure_ascii=False).encode())


def files_of(course: CourseFile, draft: Draft) -> dict[str, LiveFile]:
    """Return the files that a live module's code may open, by path; films are too large."""
    if made_of(draft).verdict != "live":
        return {}
    source = "\n".join(cell["source"] for cell in draft.notebook["cells"])
    return {
        name: LiveFile(_hash(path), path.stat().st_size, path)
        for name, path in _named_files(course, source).items()
        if path.stat().st_size <= MOST_FILE_BYTES
    }


def _named_files(course: CourseFile, text: str) -> dict[str, Path]:
    return {
        path.relative_to(course.folder).as_posix(): path
        for path in sorted(course.folder.rglob("*"))
        if path.is_file()
        and path.resolve().is_relative_to(course.folder)
        and path.suffix != ".ipynb"
        and any(name in text for name in _names(path))
    }


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _names(path: Path) -> tuple[str, ...]:
    name = path.stem if path.parent.name == "rubrics" else path.name
    return (name, quote(name))


def documents_of(draft: Draft) -> list[tuple[bytes, str]]:
    """Return release, source and pages, as they are stored."""
    notebooks = [
        json.dumps(notebook, ensure_ascii=False, sort_keys=True, indent=1).encode()
        for notebook in (draft.released, draft.notebook)
    ]
    pages = [(page.encode(), "text/html") for page in made_of(draft).pages.values()]
    return [*((notebook, NOTEBOOK) for notebook in notebooks), *pages]


def made_of(draft: Draft) -> Made:
    if draft.made is None:
        raise RuntimeError(f"{draft.file.notebook} has no pages")
    return draft.made


def both(text: Text) -> Text:
    return text if isinstance(text, dict) else {"bn": text, "en": text}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
