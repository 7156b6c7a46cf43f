"""Keep nbgrader's gradebook: a working copy of what the store holds about scores and marks.

Decides how nbgrader's database is opened (one engine per process and address), what may be written
into it, and which hand-in counts for a person. The truth is in the store: `rebuild` makes the same
gradebook again from nothing. Only a grading worker opens it; it is a database of its own.
"""

import fcntl
import math
import os
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grading import config
from grading.config import Grading
from grading.converters import Release, convert, staging

# isort: split
import nbformat
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from nbformat.notebooknode import NotebookNode
from nbgrader import dbutil
from nbgrader.api import (
    Assignment,
    Base,
    Comment,
    Grade,
    MissingEntry,
    Notebook,
    SourceCell,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.api import Gradebook as StockGradebook
from nbgrader.converters import autograde, generate_assignment
from nbgrader.preprocessors import overwritecells, overwritekernelspec, saveautogrades, savecells
from sqlalchemy import Engine, create_engine, delete, event, func, inspect, select, text
from sqlalchemy.exc import SAWarning
from sqlalchemy.orm import scoped_session, sessionmaker

from grading.marks import Standing, standings
from publishing.manifest import Manifest
from store.errors import Invalid, Unavailable
from store.queries import hand_ins as kept
from store.queries import marking as rows
from store.tables import Version

INDEXES = (
    "ix_grade_notebook ON grade (notebook_id)",
    "ix_comment_notebook ON comment (notebook_id)",
    "ix_submitted_notebook_assignment ON submitted_notebook (assignment_id)",
    "ix_submitted_assignment_student ON submitted_assignment (student_id)",
    "ix_grade_waiting ON grade (cell_id, notebook_id) WHERE needs_manual_grade",
)

# nbgrader adds a submission row by row; that is its way, and nobody here can mend it
warnings.filterwarnings("ignore", "Object of type <Submitted", SAWarning)

_engines: dict[str, Engine] = {}
_opening = threading.Lock()


class Gradebook(StockGradebook):
    """nbgrader's gradebook on our engine: opening it costs nothing, closing keeps the engine."""

    def __init__(self, db_url: str, course_id: str = "default_course", authenticator: Any = None):
        self.engine = engine(db_url)
        self.db = scoped_session(sessionmaker(autoflush=True, bind=self.engine, future=True))
        self.course_id = course_id
        self.authenticator = authenticator

    def close(self) -> None:
        """Give the connection back; nbgrader's own closing would drop the engine."""
        self.db.remove()


# nbgrader opens a gradebook nine times a hand-in, each by this name in the module that needs it
for _module in (
    autograde,
    generate_assignment,
    overwritecells,
    overwritekernelspec,
    saveautogrades,
    savecells,
):
    _module.Gradebook = Gradebook


def engine(url: str) -> Engine:
    """Return this process's one engine for an address."""
    with _opening:
        if url not in _engines:
            _engines[url] = _new_engine(url)
        return _engines[url]


def _new_engine(url: str) -> Engine:
    made = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if url.startswith("sqlite"):

        @event.listens_for(made, "connect")
        def _pragmas(connection: Any, _record: Any) -> None:
            connection.isolation_level = None  # we begin transactions ourselves, below
            for pragma in (
                "busy_timeout=5000",
                "journal_mode=TRUNCATE",
                "synchronous=FULL",
                "foreign_keys=ON",
            ):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(made, "begin")
        def _begin(connection: Any) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return made


def migrate(url: str) -> None:
    """Bring nbgrader's database to its newest form, with our indexes. Repeatable.

    Call it from one process, before any worker starts.
    """
    if not inspect(engine(url)).has_table("alembic_version"):
        _make(url)
    elif not is_current(url):
        with _environment_on_path():
            dbutil.upgrade(url.replace("%", "%%"))  # it becomes a line of a ConfigParser file
    with engine(url).begin() as connection:
        for index in INDEXES:
            connection.execute(text(f"CREATE INDEX IF NOT EXISTS {index}"))


def _make(url: str) -> None:
    """Make all tables at once, where nbgrader would start a program to learn its own version."""
    with engine(url).begin() as connection:
        Base.metadata.create_all(connection)
        steps = ScriptDirectory(dbutil.ALEMBIC_DIR)
        MigrationContext.configure(connection).stamp(steps, "head")
    with Gradebook(url) as gradebook:
        gradebook.check_course()


def is_current(url: str) -> bool:
    """Say whether `migrate` has nothing to do; a worker that hears no should not start."""
    head = ScriptDirectory(dbutil.ALEMBIC_DIR).get_current_head()
    with engine(url).connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == head


@contextmanager
def _environment_on_path() -> Iterator[None]:
    """nbgrader runs `alembic` by name."""
    before = os.environ.get("PATH", os.defpath)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{before}"
    try:
        yield
    finally:
        os.environ["PATH"] = before


# ---------------------------------------------------------------- what is graded


def ensure_registered(grading: Grading, version: Version) -> None:
    """Make the gradebook know the cells of a version's structure. Repeatable.

    Runs nbgrader's own steps over the stored source notebook, in a folder of its own and under a
    lock; hidden tests then lie in the gradebook, from where nbgrader puts them back. Raises
    `Unavailable("release-differs")` if that release is not the one that was published.
    """
    manifest = Manifest.from_json(version.manifest)
    release = nbformat.reads(grading.artifacts.read(version.release_sha).decode(), as_version=4)
    with _locked(grading.work / "registering.lock"):
        with Gradebook(grading.gradebook_url) as gradebook:
            known = set(
                gradebook.db.scalars(
                    select(SourceCell.name)
                    .join(Notebook, Notebook.id == SourceCell.notebook_id)
                    .join(Assignment, Assignment.id == Notebook.assignment_id)
                    .where(Assignment.name == manifest.assignment)
                )
            )
        if known and known == set(_graded(release)):
            return
        made = _generate(grading, manifest, grading.artifacts.read(version.source_sha))
        if _graded(made) != _graded(release):
            with Gradebook(grading.gradebook_url) as gradebook:
                gradebook.remove_assignment(manifest.assignment)
            raise Unavailable(
                "release-differs", "The published module does not fit its source.", retry=False
            )


def _generate(grading: Grading, manifest: Manifest, source: bytes) -> NotebookNode:
    with staging(grading.work, "register") as root:
        notebook = root / "source" / manifest.assignment / f"{manifest.module}.ipynb"
        notebook.parent.mkdir(parents=True)
        notebook.write_bytes(source)
        url, name = grading.gradebook_url, manifest.assignment
        with Gradebook(url) as gradebook:
            gradebook.check_course(manifest.course)
        convert(Release, config.registering(root, url, manifest.course, name))
        made = root / "release" / manifest.assignment / notebook.name
        return nbformat.read(made, as_version=4)


def _graded(notebook: NotebookNode) -> dict[str, tuple[str, str]]:
    """What nbgrader keeps of each cell that it knows: its flags and its source, by grade_id."""
    found = {}
    for cell in notebook.cells:
        nbgrader = cell.metadata.get("nbgrader")
        if nbgrader and any(nbgrader.get(flag) for flag in ("grade", "solution", "locked", "task")):
            found[nbgrader["grade_id"]] = (repr(sorted(nbgrader.items())), cell.source)
    return found


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


# ---------------------------------------------------------------- scores and marks


def clear(gradebook: Gradebook, assignment: str, person: str) -> None:
    """Forget, in one transaction, every score and comment of a person's submission.

    nbgrader has one submission a person: what an earlier round left would count for this one.
    """
    submitted = _find_submitted(gradebook, assignment, person)
    if submitted is not None:
        for grade in submitted.grades:
            grade.auto_score = grade.manual_score = grade.extra_credit = None
            grade.needs_manual_grade = True
        for comment in submitted.comments:
            comment.auto_comment = comment.manual_comment = None
    gradebook.db.commit()


def auto_scores(gradebook: Gradebook, assignment: str, person: str) -> dict[str, float | None]:
    """What nbgrader's autograder gave to each graded cell of a person's submission."""
    submitted = _find_submitted(gradebook, assignment, person)
    grades = submitted.grades if submitted is not None else []
    return {grade.cell.name: grade.auto_score for grade in grades}


def put_mark(
    grades: Sequence[Grade], comments: Sequence[Comment], score: float, comment: str | None
) -> None:
    """Write a person's points and words for one exercise.

    A quiz's points go to its test cells, by their share; its words to the answer's cell. Raises
    `Invalid("score-out-of-range")` for anything but a finite number from 0 to the maximum, which
    nbgrader would take.
    """
    maximum = sum(grade.cell.max_score for grade in grades)
    if not math.isfinite(score) or not 0 <= score <= maximum:
        raise Invalid(
            "score-out-of-range",
            "A score must be a number from 0 to {maximum}.",
            {"maximum": maximum},
        )
    for grade, share in zip(grades, _shares(grades, score), strict=True):
        grade.manual_score = share
        grade.needs_manual_grade = False  # the model leaves it standing
    for each in comments:
        each.manual_comment = comment


def copy_marks(grading: Grading, number: int) -> None:
    """Copy what the store says about a hand-in's people into the gradebook. Repeatable."""
    with grading.database.read() as session:
        hand_in = rows.find_hand_in(session, number)
        if hand_in is None:
            return
        version = session.get_one(Version, hand_in.version_id)
        people = [person.id for person in kept.people_of(session, [number])[number]]
    ensure_registered(grading, version)
    for person in people:
        settle(grading, person, version)


def settle(grading: Grading, person: str, version: Version) -> None:
    """Make a person's submission say what the store says: the scores of the newest autograded
    hand-in of this structure, and its released marks. Without such a hand-in there is none.
    """
    manifest = Manifest.from_json(version.manifest)
    with grading.database.read() as session:
        hand_in = rows.find_counting(session, person, version.module, version.structure)
        standing = standings(session, hand_in, released=True) if hand_in else []
    with Gradebook(grading.gradebook_url) as gradebook:
        if hand_in is None:
            try:
                gradebook.remove_submission(manifest.assignment, person)
            except MissingEntry:
                return
            return
        gradebook.update_or_create_student(person)
        gradebook.update_or_create_submission(
            manifest.assignment, person, timestamp=hand_in.received_at.replace(tzinfo=None)
        )
        submitted = _find_submitted(gradebook, manifest.assignment, person)
        if submitted is not None:
            for each in standing:
                _settle(submitted, each)
        gradebook.db.commit()


def _settle(submitted: SubmittedNotebook, standing: Standing) -> None:
    exercise, score, mark = standing.exercise, standing.score, standing.mark
    cells = [test.exercise for test in exercise.tests] or [exercise.exercise]
    grades = [grade for grade in submitted.grades if grade.cell.name in cells]
    comments = [each for each in submitted.comments if each.cell.name == exercise.exercise]
    waits = score is None or score.needs_mark
    if exercise.kind == "quiz":
        given = [grade.auto_score for grade in grades]
        if score is not None and (None in given or not math.isclose(sum(given), score.score)):
            for grade, share in zip(grades, _shares(grades, score.score), strict=True):
                grade.auto_score = share
    else:
        for grade in grades:
            grade.auto_score = None if waits else 0.0
    for grade in grades:
        grade.manual_score = None
        grade.needs_manual_grade = waits
    for each in comments:
        untouched = exercise.kind == "manual" and not waits
        each.auto_comment = "No response." if untouched else None
        each.manual_comment = None
    if mark is not None:
        put_mark(grades, comments, mark.score, mark.comment)


def rebuild(grading: Grading) -> int:
    """Make the whole gradebook again from the store; return how many submissions it holds."""
    with Gradebook(grading.gradebook_url) as gradebook:
        for table in (Comment, Grade, SubmittedNotebook, SubmittedAssignment):
            gradebook.db.execute(delete(table))
        gradebook.db.commit()
    with grading.database.read() as session:
        found = [
            (person, rows.find_version(session, module, structure))
            for person, module, structure in rows.autograded(session)
        ]
    registered: set[int] = set()
    for person, version in found:
        if version is None:
            continue
        if version.id not in registered:
            ensure_registered(grading, version)
            registered.add(version.id)
        settle(grading, person, version)
    return len(found)


def totals(url: str) -> dict[tuple[str, str], float]:
    """The points of each (person, assignment) as the gradebook has them."""
    counts = func.coalesce(Grade.manual_score, Grade.auto_score, 0.0)
    query = (
        select(SubmittedAssignment.student_id, Assignment.name, func.sum(counts))
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .group_by(SubmittedAssignment.student_id, Assignment.name)
    )
    with engine(url).connect() as connection:
        return {(person, name): points for person, name, points in connection.execute(query)}


def _find_submitted(gradebook: Gradebook, assignment: str, person: str) -> SubmittedNotebook | None:
    query = (
        select(SubmittedNotebook)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == assignment, SubmittedAssignment.student_id == person)
    )
    return gradebook.db.scalar(query)


def _shares(grades: Sequence[Grade], score: float) -> list[float]:
    """Divide an exercise's points among its graded cells, by what each can earn."""
    maximum = sum(grade.cell.max_score for grade in grades)
    return [score * grade.cell.max_score / maximum if maximum else 0.0 for grade in grades]
