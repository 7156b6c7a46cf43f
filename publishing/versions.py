"""Publishing, step by step: lint, release, self-test, render, page, version.

A course goes in as a whole or not at all: after a refusal every reader has what there was before.
The same content makes nothing new. Who may publish is the caller's to know.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from publishing import components, lint, sources
from publishing.confine import Limits
from publishing.course_files import CourseFile
from publishing.drafts import (
    Draft,
    content_hash,
    files_of,
    made_of,
)
from publishing.films import Films
from publishing.findings import Finding, has_errors
from publishing.outline import read_cells
from publishing.page import PageMaker
from publishing.release import find_leaks, release
from publishing.render import RenderFailed, render
from publishing.runner import Runner
from publishing.self_test import Tested, self_test
from publishing.storing import Published, keep_files, store_course
from store.artifacts import Artifacts
from store.database import Database, Session
from store.errors import Invalid
from store.queries import versions as queries
from store.tables import Version

AT_ONCE = 2
LIMITS = {
    "time": {"bn": "মোট সময়", "en": "time"},
    "cpu": {"bn": "কাজের সময়", "en": "work"},
    "memory": {"bn": "মেমরি", "en": "memory"},
    "output": {"bn": "লেখার পরিমাণ", "en": "output"},
    "processes": {"bn": "প্রসেসের সংখ্যা", "en": "processes"},
}

Say = Callable[[str], None]


@dataclass(frozen=True)
class Publisher:
    """What publishing works with: where versions go, the declared properties, a folder to work in,
    the limits of trainers' code.

    Everything beside `artifacts` is hidden from trainers' code, and so are other courses.
    """

    database: Database
    artifacts: Artifacts
    properties: Path
    work: Path
    limits: Limits = field(default_factory=Limits)


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
    in that course then; the other courses of a folder are published all the same. A dry run does
    every step and stores nothing; its `number` is the one it would have had.
    """
    publisher.work.mkdir(parents=True, exist_ok=True)
    speaking = threading.Lock()

    def speak(words: str) -> None:
        with speaking:  # two modules are made at once
            say(words)

    published = []
    refused: list[Invalid] = []
    for folder, notebook in _courses(path):
        try:
            published += _publish_course(publisher, folder, notebook, dry_run, by, speak)
        except Invalid as error:
            refused.append(error)
    if not refused:
        return published
    for each in published:
        speak(f"{each.course}/{each.module}: version {each.number}")
    raise _together(refused)


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
    looked = look(publisher, folder, notebook, say)
    course, drafts = looked.course, looked.drafts
    refuse_errors(looked, drafts)
    hash_contents(looked)
    fresh = [draft for draft in drafts if dry_run or find_known(publisher, course, draft) is None]
    make(publisher, looked, fresh, say)
    if dry_run:
        return [_tried(publisher, course, draft) for draft in drafts]
    say(f"{course.course}: storing")
    keep_files(publisher.artifacts, fresh)
    files = sources.keep_folder(publisher.artifacts, course.folder)

    def store(session: Session) -> list[Published]:
        published = store_course(session, course, drafts, by)
        sources.store_source(session, course.course, files, by)
        return published

    return publisher.database.write(store)


@dataclass(frozen=True)
class Looked:
    """A course before anything of it ran: its modules on their way, and what is wrong with it."""

    course: CourseFile
    drafts: list[Draft]
    findings: list[Finding]


def look(
    publisher: Publisher, folder: Path, notebook: str | None = None, say: Say = lambda words: None
) -> Looked:
    """Read and check a course; raise Invalid("publish-refused") if it is none."""
    try:
        course = CourseFile.read(folder)
    except ValueError as error:
        raise _refused(folder.name, [_course_finding(str(error))]) from error
    say(f"{course.course}: checking")
    findings = [*lint.lint_course(course), *_find_taken_routes(publisher, course)]
    drafts = []
    for file in course.modules:
        if notebook in (None, file.notebook) and (course.folder / file.notebook).is_file():
            drafts.append(Draft(file, *lint.lint_module(course, file)))
    if notebook and not drafts:
        findings.append(Finding(notebook, None, "notebook-missing"))
    return Looked(course, drafts, findings)


# ------------------------------------------------- making


def hash_contents(looked: Looked) -> None:
    """Tell the content of each module, once nothing is wrong with it."""
    for draft in looked.drafts:
        draft.content = content_hash(looked.course, draft)


def make(publisher: Publisher, looked: Looked, drafts: Sequence[Draft], say: Say) -> None:
    """Make the pages of these modules; raise Invalid("publish-refused") if one cannot be."""
    if drafts:
        _make(publisher, looked.course, drafts, say)
        refuse_errors(looked, drafts)


def _make(publisher: Publisher, course: CourseFile, drafts: Sequence[Draft], say: Say) -> None:
    """Take the drafts from notebook to pages, two things at a time."""
    hidden = _hidden(publisher, course)
    schemas = components.read_schemas(publisher.properties)
    began = time.monotonic()

    def test(draft: Draft) -> Tested:
        return self_test(draft.file.notebook, draft.cells, runner)

    def page(draft: Draft) -> None:
        say(f"{course.course}/{draft.file.module}: running the notebook")
        cells = read_cells(draft.released)
        try:
            rendered = render(
                draft.released,
                cells,
                course.folder,
                work=publisher.work,
                hidden=hidden,
                limits=publisher.limits,
            )
        except RenderFailed as failed:
            rule = "ran-too-long" if failed.reason else "renderer-failed"
            reason = {"reason": LIMITS[failed.reason] if failed.reason else failed.words}
            draft.findings.append(Finding(draft.file.notebook, failed.at, rule, reason))
            return
        if not rendered.isolated:
            draft.findings.append(Finding(draft.file.notebook, None, "not-isolated"))
        say(f"{course.course}/{draft.file.module}: making the pages")
        maker = PageMaker(
            course,
            draft.file,
            schemas,
            Films(publisher.database, publisher.artifacts, publisher.work, hidden),
            lambda words: say(f"{course.course}/{draft.file.module}: {words}"),
        )
        try:
            draft.made = maker.make(cells, draft.cells, rendered)
        except RecursionError:
            deep = {"reason": "nested too deeply"}
            draft.findings.append(
                Finding(draft.file.notebook, maker.cell or None, "renderer-failed", deep)
            )
            return
        draft.findings += draft.made.findings
        draft.files = files_of(course, draft)
        draft.seconds = time.monotonic() - began

    with Runner(hidden, at_once=AT_ONCE) as runner, ThreadPoolExecutor(AT_ONCE) as pool:
        notebooks = [course.folder / draft.file.notebook for draft in drafts]
        say(f"{course.course}: taking solutions out, trying the tests")
        releasing = pool.submit(release, notebooks, publisher.work, hidden)
        testing: list[Future[Tested]] = [pool.submit(test, draft) for draft in drafts]
        results = releasing.result()
        for draft in drafts:
            _take_release(draft, results[draft.file.notebook])
        ready = [draft for draft in drafts if not has_errors(draft.findings)]
        for done in [pool.submit(page, draft) for draft in ready]:
            done.result()
        for draft, tested in zip(drafts, testing, strict=True):
            draft.findings += tested.result().findings
            draft.runner = tested.result().runner


def _hidden(publisher: Publisher, course: CourseFile) -> tuple[Path, ...]:
    """Return what no code of this course may see: our data, and the courses beside it."""
    beside = (file.parent for file in course.folder.parent.glob("*/course.yml"))
    others = (folder for folder in beside if folder.resolve() != course.folder)
    return (publisher.artifacts.root.parent, *others)


def _take_release(draft: Draft, result: Any) -> None:
    file = draft.file.notebook
    if isinstance(result, str):
        draft.findings.append(Finding(file, None, "release-refused", {"reason": result}))
        return
    draft.released = result
    draft.findings += find_leaks(file, draft.cells, read_cells(result))


def _tried(publisher: Publisher, course: CourseFile, draft: Draft) -> Published:
    with publisher.database.read() as session:
        earlier = queries.versions_of(session, f"{course.course}/{draft.file.module}")
    same = next((each for each in earlier if each.content_hash == draft.content), None)
    last = max((version.number for version in earlier), default=0)
    return Published(
        course.course,
        draft.file.module,
        same.number if same else last + 1,
        made_of(draft).verdict,
        [finding.to_json() for finding in draft.findings],
        same is None,
        round(draft.seconds, 2),
    )


def find_known(publisher: Publisher, course: CourseFile, draft: Draft) -> Version | None:
    """Return the version that has this content already."""
    with publisher.database.read() as session:
        key = f"{course.course}/{draft.file.module}"
        return queries.find_by_content(session, key, draft.content)


def _find_taken_routes(publisher: Publisher, course: CourseFile) -> list[Finding]:
    """Name the pages whose route belongs to a page of another course."""
    with publisher.database.read() as session:
        routes = {file.route: file.notebook for file in course.modules if file.route is not None}
        return [
            Finding(routes[held.route], None, "route-taken", {"route": held.route, "by": held.key})
            for held in queries.holders_of_routes(session, routes)
            if held.course != course.course and held.route is not None
        ]


def _together(refused: Sequence[Invalid]) -> Invalid:
    """Return one refusal for all refused courses."""
    if len(refused) == 1:
        return refused[0]
    findings = [finding for each in refused for finding in each.facts["findings"]]
    courses = ", ".join(each.facts["course"] for each in refused)
    facts = {
        "course": courses,
        "count": sum(each.facts["count"] for each in refused),
        "findings": findings,
    }
    return Invalid("publish-refused", refused[0].message, facts)


def _course_finding(reason: str) -> Finding:
    return Finding("course.yml", None, "course-file", {"reason": reason})


def refuse_errors(looked: Looked, drafts: Sequence[Draft]) -> None:
    """Raise Invalid("publish-refused") with all findings, if one is an error."""
    everything = [*looked.findings, *(finding for draft in drafts for finding in draft.findings)]
    if has_errors(everything):
        raise _refused(looked.course.course, everything)


def _refused(course: str, findings: Sequence[Finding]) -> Invalid:
    errors = [finding for finding in findings if finding.is_error]
    return Invalid(
        "publish-refused",
        "{course} was not published; to mend: {count}.",
        {
            "course": course,
            "count": len(errors),
            "findings": [finding.to_json() for finding in findings],
        },
    )
