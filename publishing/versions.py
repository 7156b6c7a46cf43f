"""Publishing, step by step: lint, release, self-test, render, page, version.

A course goes in as a whole or not at all: after a refusal every reader has what there was before.
The same content makes nothing new. Who may publish is the caller's to know.
"""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import brotli

from publishing import clips, components, lint
from publishing.course_files import CourseFile, ModuleFile
from publishing.findings import Finding, has_errors
from publishing.manifest import Manifest, Weight
from publishing.outline import Cell, read_cells
from publishing.page import Made, PageMaker
from publishing.release import find_leaks, release
from publishing.render import RenderFailed, render
from publishing.self_test import self_test
from publishing.texts import Text
from store import clock
from store.artifacts import Artifacts
from store.database import Database, Session
from store.errors import Invalid
from store.queries import versions as queries
from store.tables import Artifact, Course, Module, Rubric, Version

PIPELINE = 1  # raise it when the same notebook would give another page
AT_ONCE = 2
NOTEBOOK = "application/x-ipynb+json"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Publisher:
    """What publishing works with: where versions go, the declared properties, a folder to work in.

    Everything beside `artifacts` is hidden from trainers' code.
    """

    database: Database
    artifacts: Artifacts
    properties: Path
    work: Path


@dataclass(frozen=True)
class Published:
    """A module after publishing; `is_new` is False if it had this content before."""

    course: str
    module: str
    number: int
    verdict: str
    findings: list[dict[str, Any]]
    is_new: bool
    seconds: float


@dataclass
class _Draft:
    """A module on its way."""

    file: ModuleFile
    notebook: Any
    cells: list[Cell]
    findings: list[Finding]
    content_hash: str = ""
    current: Version | None = None
    released: Any = None
    made: Made | None = None
    seconds: float = 0.0

    @property
    def is_known(self) -> bool:
        return self.current is not None


def publish(
    publisher: Publisher,
    path: Path,
    *,
    dry_run: bool = False,
    by: str | None = None,
    say: Say = lambda words: None,
) -> list[Published]:
    """Publish a course folder, one of its notebooks, or each course of a folder.

    `Invalid("publish-refused")` carries all `findings` (see `Finding.to_json`); nothing has changed
    then. A dry run does every step and stores nothing; its `number` is the one it would have had.
    """
    publisher.work.mkdir(parents=True, exist_ok=True)
    speaking = threading.Lock()

    def speak(words: str) -> None:
        with speaking:  # two modules are made at once
            say(words)

    published = []
    for folder, notebook in _courses(path):
        published += _publish_course(publisher, folder, notebook, dry_run, by, speak)
    return published


def _courses(path: Path) -> Iterator[tuple[Path, str | None]]:
    if path.suffix == ".ipynb":
        yield path.parent, path.name
    elif (path / "course.yml").exists():
        yield path, None
    else:
        folders = sorted(file.parent for file in path.glob("*/course.yml"))
        if not folders:
            raise _refused(path.name, [_course_finding("course.yml")])
        yield from ((folder, None) for folder in folders)


def _publish_course(
    publisher: Publisher,
    folder: Path,
    notebook: str | None,
    dry_run: bool,
    by: str | None,
    say: Say,
) -> list[Published]:
    try:
        course = CourseFile.read(folder)
    except ValueError as error:
        raise _refused(folder.name, [_course_finding(str(error))]) from error
    say(f"{course.course}: checking")
    findings = lint.lint_course(course)
    drafts = []
    for file in course.modules:
        if notebook in (None, file.notebook) and (course.folder / file.notebook).is_file():
            cells_of = lint.lint_module(course, file)
            drafts.append(_Draft(file, *cells_of))
            findings += cells_of[2]
    if notebook and not drafts:
        findings.append(Finding(notebook, None, "notebook-missing"))
    if has_errors(findings):
        raise _refused(course.course, findings)
    for draft in drafts:
        draft.content_hash = _content_hash(course, draft)
        if not dry_run:
            draft.current = _find_known(publisher, course, draft)
    fresh = [draft for draft in drafts if not draft.is_known]
    if fresh:
        _make(publisher, course, fresh, say)
        findings += [finding for draft in fresh for finding in draft.findings]
        if has_errors(findings):
            raise _refused(course.course, findings)
    if not dry_run:
        say(f"{course.course}: storing")
        _keep_files(publisher, fresh)
    return (
        publisher.database.write(lambda session: _store(session, publisher, course, drafts, by))
        if not dry_run
        else [_tried(publisher, course, draft) for draft in drafts]
    )


# ------------------------------------------------- making


def _make(publisher: Publisher, course: CourseFile, drafts: Sequence[_Draft], say: Say) -> None:
    """Take the drafts from notebook to pages, two things at a time."""
    hidden = [publisher.artifacts.root.parent]
    schemas = components.read_schemas(publisher.properties)
    began = time.monotonic()

    def test(draft: _Draft) -> list[Finding]:
        return self_test(draft.file.notebook, draft.cells, publisher.work, hidden)

    def page(draft: _Draft) -> None:
        say(f"{course.course}/{draft.file.module}: running the notebook")
        cells = read_cells(draft.released)
        try:
            rendered = render(
                draft.released, cells, course.folder, work=publisher.work, hidden=hidden
            )
        except RenderFailed as failed:
            rule = "ran-too-long" if failed.reason else "renderer-failed"
            reason = {"reason": failed.reason or failed.words}
            draft.findings.append(Finding(draft.file.notebook, None, rule, reason))
            return
        say(f"{course.course}/{draft.file.module}: making the pages")
        maker = PageMaker(
            course, draft.file, schemas, lambda path: clips.probe(path, publisher.work)
        )
        draft.made = maker.make(cells, draft.cells, rendered)
        draft.findings += draft.made.findings
        draft.seconds = time.monotonic() - began

    with ThreadPoolExecutor(AT_ONCE) as pool:
        notebooks = [course.folder / draft.file.notebook for draft in drafts]
        say(f"{course.course}: taking solutions out, trying the tests")
        releasing = pool.submit(release, notebooks, publisher.work)
        testing: list[Future[list[Finding]]] = [pool.submit(test, draft) for draft in drafts]
        results = releasing.result()
        for draft in drafts:
            _take_release(draft, results[draft.file.notebook])
        ready = [draft for draft in drafts if not has_errors(draft.findings)]
        for done in [pool.submit(page, draft) for draft in ready]:
            done.result()
        for draft, tested in zip(drafts, testing, strict=True):
            draft.findings += tested.result()


def _take_release(draft: _Draft, result: Any) -> None:
    file = draft.file.notebook
    if isinstance(result, str):
        draft.findings.append(Finding(file, None, "release-refused", {"reason": result}))
        return
    draft.released = result
    draft.findings += find_leaks(file, draft.cells, read_cells(result))


# ------------------------------------------------- storing


def _keep_files(publisher: Publisher, drafts: Sequence[_Draft]) -> None:
    for draft in drafts:
        made = _made(draft)
        for file in made.media.values():
            publisher.artifacts.put(file.content, file.media_type)
        for content, media_type in _documents(draft):
            publisher.artifacts.put(content, media_type)


def _store(
    session: Session,
    publisher: Publisher,
    course: CourseFile,
    drafts: Sequence[_Draft],
    by: str | None,
) -> list[Published]:
    row = session.get(Course, course.course)
    if row is None:
        row = Course(course=course.course, position=queries.next_position(session))
        session.add(row)
    row.title, row.summary = _both(course.title), _both(course.summary)
    return [_store_module(session, publisher, course, draft, by) for draft in drafts]


def _store_module(
    session: Session, publisher: Publisher, course: CourseFile, draft: _Draft, by: str | None
) -> Published:
    key = f"{course.course}/{draft.file.module}"
    module = session.get(Module, key)
    if module is None:
        module = Module(key=key, course=course.course, module=draft.file.module)
        session.add(module)
    module.position, module.title = draft.file.position, _both(draft.file.title)
    module.route = draft.file.route
    session.flush()
    version = queries.find_by_content(session, key, draft.content_hash)
    is_new = version is None
    if version is None:
        version = _new_version(session, course, draft, by)
        session.add(version)
        session.flush()
    module.current_version_id = version.id
    return Published(
        course.course,
        draft.file.module,
        version.number,
        version.manifest["verdict"],
        version.manifest["findings"],
        is_new,
        round(draft.seconds, 2),
    )


def _new_version(session: Session, course: CourseFile, draft: _Draft, by: str | None) -> Version:
    made, now = _made(draft), clock.now()
    earlier = queries.versions_of(session, f"{course.course}/{draft.file.module}")
    documents = _documents(draft)
    files = [(f.sha, f.media_type, f.size_bytes) for f in made.media.values()]
    files += [(_sha(content), kind, len(content)) for content, kind in documents]
    for sha, media_type, size in dict.fromkeys(files):
        if session.get(Artifact, sha) is None:
            session.add(
                Artifact(sha256=sha, media_type=media_type, size_bytes=size, created_at=now)
            )
    for name, rubric in made.rubrics.items():
        if session.get(Rubric, name) is None:
            session.add(Rubric(hash=name, body=rubric.to_json()))
    manifest = _manifest(course, draft, earlier)
    return Version(
        module=f"{course.course}/{draft.file.module}",
        number=max((version.number for version in earlier), default=0) + 1,
        content_hash=draft.content_hash,
        structure=manifest.structure,
        manifest=manifest.to_json(),
        release_sha=_sha(documents[0][0]),
        source_sha=_sha(documents[1][0]),
        pages={language: _sha(page.encode()) for language, page in made.pages.items()},
        created_at=now,
        created_by=by,
    )


def _tried(publisher: Publisher, course: CourseFile, draft: _Draft) -> Published:
    with publisher.database.read() as session:
        earlier = queries.versions_of(session, f"{course.course}/{draft.file.module}")
    same = next((each for each in earlier if each.content_hash == draft.content_hash), None)
    last = max((version.number for version in earlier), default=0)
    return Published(
        course.course,
        draft.file.module,
        same.number if same else last + 1,
        _made(draft).verdict,
        [finding.to_json() for finding in draft.findings],
        same is None,
        round(draft.seconds, 2),
    )


# ------------------------------------------------- what a version says


def _manifest(course: CourseFile, draft: _Draft, earlier: Sequence[Version]) -> Manifest:
    made = _made(draft)
    structure_hash = _structure_hash(draft.cells)
    structure = next(
        (v.structure for v in earlier if v.manifest["structure_hash"] == structure_hash),
        max((v.structure for v in earlier), default=0) + 1,
    )
    module = draft.file.module
    pictures = [file for file in made.media.values() if file.media_type.startswith("image/")]
    return Manifest(
        course=course.course,
        module=module,
        title=_both(draft.file.title),
        minutes=draft.file.minutes,
        languages=course.languages,
        verdict=made.verdict,
        structure=structure,
        structure_hash=structure_hash,
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
    )


def _structure_hash(cells: Sequence[Cell]) -> str:
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
    return _sha(json.dumps(facts, ensure_ascii=False).encode())


def _content_hash(course: CourseFile, draft: _Draft) -> str:
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
    named = [
        (path.relative_to(course.folder).as_posix(), _sha(path.read_bytes()))
        for path in sorted(course.folder.rglob("*"))
        if path.is_file()
        and path.resolve().is_relative_to(course.folder)
        and path.suffix != ".ipynb"
        and any(name in text for name in _names(path))
    ]
    entry = [_both(draft.file.title), draft.file.minutes, draft.file.route, course.languages]
    return _sha(json.dumps([PIPELINE, text, named, entry], ensure_ascii=False).encode())


def _names(path: Path) -> tuple[str, ...]:
    name = path.stem if path.parent.name == "rubrics" else path.name
    return (name, quote(name))


def _find_known(publisher: Publisher, course: CourseFile, draft: _Draft) -> Version | None:
    with publisher.database.read() as session:
        key = f"{course.course}/{draft.file.module}"
        return queries.find_by_content(session, key, draft.content_hash)


def _documents(draft: _Draft) -> list[tuple[bytes, str]]:
    """Return release, source and pages, as they are stored."""
    notebooks = [
        json.dumps(notebook, ensure_ascii=False, sort_keys=True, indent=1).encode()
        for notebook in (draft.released, draft.notebook)
    ]
    pages = [(page.encode(), "text/html") for page in _made(draft).pages.values()]
    return [*((notebook, NOTEBOOK) for notebook in notebooks), *pages]


def _made(draft: _Draft) -> Made:
    if draft.made is None:
        raise RuntimeError(f"{draft.file.notebook} has no pages")
    return draft.made


def _both(text: Text) -> Text:
    return text if isinstance(text, dict) else {"bn": text, "en": text}


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _course_finding(reason: str) -> Finding:
    return Finding("course.yml", None, "course-file", {"reason": reason})


def _refused(course: str, findings: Sequence[Finding]) -> Invalid:
    errors = [finding for finding in findings if finding.is_error]
    return Invalid(
        "publish-refused",
        "{course} was not published: {count} findings to mend.",
        {
            "course": course,
            "count": len(errors),
            "findings": [finding.to_json() for finding in findings],
        },
    )
