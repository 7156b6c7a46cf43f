"""A published module with two quizzes, a reflection and a plan, its people, real machinery."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from grading import gradebook
from grading.autograde import autograde
from grading.config import Grading
from learning import answers, hand_ins, people
from learning.hand_ins import AutoScore
from publishing.manifest import Manifest
from publishing.release import release
from publishing.runner import Runner
from store import clock, database
from store.artifacts import Artifacts
from store.database import Database
from store.queries import modules
from store.schema import upgrade
from store.tables import Course, HandIn, Module, Person, Version, new_id
from tests.databases import KINDS, a_database
from tests.factories import empty_url

__all__ = ["empty_url"]

MODULE = "active-learning/pair-talk"
REFLECTION = "৬০ জনের শ্রেণিতে সবাই একসঙ্গে কথা বলল; জোড়ায় কথা বলা সহজ, উদ্বৃত্ত সময় লাগে না।"
PLAN = {"class": "চতুর্থ", "lesson": "পাঠ ৭", "change": "প্রশ্নের পর ৩ সেকেন্ড চুপ থাকব।"}
RIGHT = {"wait-time": "b", "groups": "pairs", "why": REFLECTION, "plan": PLAN}


def cell(kind: str, source: str, grade_id: str = "", **flags: Any) -> dict[str, Any]:
    """A cell of a notebook; with a `grade_id` it carries nbgrader's flags."""
    made: dict[str, Any] = {"cell_type": kind, "id": grade_id or "plain", "source": source}
    made["metadata"] = {}
    if kind == "code":
        made |= {"outputs": [], "execution_count": None}
    if grade_id:
        flags = {"grade": False, "solution": False, "locked": False, "task": False, **flags}
        made["metadata"]["nbgrader"] = {"schema_version": 3, "grade_id": grade_id, **flags}
    return made


def quiz(name: str, variable: str, solution: str, test: str) -> list[dict[str, Any]]:
    """A quiz's two cells: the answer, and a hidden test worth two points."""
    answer = f"### BEGIN SOLUTION\n{variable} = {solution!r}\n### END SOLUTION\n"
    hidden = f"### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS"
    return [
        cell("code", answer, name, solution=True),
        cell("code", hidden, f"{name}-test", grade=True, locked=True, points=2),
    ]


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    """A notebook for the plain Python kernel."""
    for number, each in enumerate(cells):
        each["id"] = f"cell-{number}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def pair_talk(
    wait_time_test: str = '2.0 if wait_time == "b" else 0.0',
    groups_test: str = 'assert groups == "pairs"',
) -> dict[str, Any]:
    """The instructor's notebook of the module."""
    return notebook(
        cell("markdown", "# জোড়ায় কথা"),
        cell("code", "from pathshala import Choice, Clip"),
        *quiz("wait-time", "wait_time", "b", wait_time_test),
        *quiz("groups", "groups", "pairs", groups_test),
        cell("markdown", "আপনি কী দেখলেন?"),
        cell("markdown", "এখানে লিখুন", "why", grade=True, solution=True, points=3),
        cell("markdown", "এখানে লিখুন", "plan", grade=True, solution=True, points=4),
    )


def exercise(name: str, component: str, points: float, **more: Any) -> dict[str, Any]:
    """An exercise's entry in the manifest."""
    kind = "quiz" if component == "Choice" else "manual"
    text = {"bn": name, "en": name}
    entry = {"exercise": name, "component": component, "kind": kind, "points": points, "cell": 1}
    return {**entry, "title": text, "question": text, **more}


def manifest(**more: Any) -> dict[str, Any]:
    """The manifest of the module."""
    tested = {"literal": "str", "points": 2.0, "component": "Choice"}
    return {
        "course": "active-learning",
        "module": "pair-talk",
        "title": {"bn": "জোড়ায় কথা", "en": "Pair talk"},
        "minutes": 35,
        "languages": ["bn"],
        "verdict": "instant",
        "structure": 1,
        "structure_hash": "0" * 64,
        "assignment": "active-learning.pair-talk.s1",
        "exercises": [
            exercise(
                "wait-time",
                **tested,
                variable="wait_time",
                options={"a": "১", "b": "৩"},
                tests=[{"exercise": "wait-time-test", "points": 2.0}],
            ),
            exercise(
                "groups",
                **tested,
                variable="groups",
                options={"pairs": "জোড়া", "rows": "সারি"},
                tests=[{"exercise": "groups-test", "points": 2.0}],
            ),
            exercise("why", "Reflection", 3.0),
            exercise("plan", "ActionPlan", 4.0),
        ],
        "clips": [],
        "components": ["Choice", "Reflection", "ActionPlan"],
        "media": [],
        "weight": {"page_bytes": {"bn": 1}, "image_bytes": 0, "clip_bytes": 0},
        "findings": [],
        "runner": "plain",
        "rubrics": {},
        **more,
    }


@cache
def released(source: str) -> bytes:
    """The release of a notebook, as publishing makes it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "pair-talk.ipynb"
        path.write_text(source, "utf-8")
        made = release([path], Path(folder))[path.name]
    assert isinstance(made, dict), made
    return json.dumps(made).encode()


@pytest.fixture(scope="session")
def runner() -> Iterator[Runner]:
    """The confined runner, shared: every run has a child of its own."""
    with Runner() as made:
        yield made


@pytest.fixture(params=KINDS)
def grading(request: pytest.FixtureRequest, tmp_path: Path, runner: Runner) -> Iterator[Grading]:
    """Both databases, empty and migrated for real, of each kind; folders of their own."""
    data = tmp_path / "data"
    with (
        a_database(request.param, upgrade, data) as url,
        a_database(request.param, gradebook.migrate, data, "gradebook") as gradebook_url,
        closing(Database(url)) as made,
    ):
        yield Grading(made, Artifacts(data / "artifacts"), gradebook_url, data / "work", runner)


@dataclass
class House:
    """A module that is published, and people who take and mark it."""

    grading: Grading
    rahima: Person
    salma: Person
    evaluator: Person
    version: int = 0

    def publish(self, source: dict[str, Any], **more: Any) -> None:
        """Release a notebook and make it the module's newest version."""
        text = json.dumps(source)
        put = self.grading.artifacts.put
        body = Manifest.from_json(manifest(**more)).to_json()
        shas = {
            "release_sha": put(released(text), "application/x-ipynb+json"),
            "source_sha": put(text.encode(), "application/x-ipynb+json"),
        }

        def write(session: database.Session) -> None:
            self.version += 1
            version = Version(
                module=MODULE,
                number=self.version,
                content_hash=sha256(json.dumps([text, body]).encode()).hexdigest(),
                structure=body["structure"],
                manifest=body,
                pages={},
                created_at=clock.now(),
                **shas,
            )
            session.add(version)
            session.flush()
            session.get_one(Module, MODULE).current_version_id = version.id

        self.grading.database.write(write)

    def newest(self, session: database.Session) -> Version:
        """The module's newest version."""
        return modules.get_current(session, MODULE)

    def answer(self, person: Person, values: dict[str, Any]) -> None:
        """Save a person's answers."""

        def write(session: database.Session) -> None:
            for name, value in values.items():
                sequence = int(clock.now().timestamp() * 1e6) % 2**31
                answers.save_answer(
                    session,
                    person=person,
                    module_key=MODULE,
                    exercise=name,
                    device="phone",
                    sequence=sequence,
                    edited_at=clock.now(),
                    value=value,
                )

        self.grading.database.write(write)

    def hand_in(self, person: Person, *together: Person) -> int:
        """Hand in what a person has answered; return the hand-in's number."""
        return self.grading.database.write(
            lambda session: hand_ins.hand_in(
                session,
                person=person,
                module_key=MODULE,
                key=new_id(),
                handed_at=clock.now(),
                together=[each.id for each in together],
            )
        ).number

    def autograded(self, person: Person, values: dict[str, Any], *together: Person) -> HandIn:
        """Answer, hand in and autograde."""
        self.answer(person, values)
        number = self.hand_in(person, *together)
        autograde(self.grading, number)
        return self.row(number)

    def scored(self, person: Person, values: dict[str, Any], *together: Person) -> int:
        """Answer and hand in; the quizzes got two points each. Needs no kernel."""
        self.answer(person, values)
        number = self.hand_in(person, *together)
        given = [AutoScore(name, 2.0, 2.0) for name in ("wait-time", "groups")]
        for name, points in (("why", 3.0), ("plan", 4.0)):
            blank = not values.get(name, True)
            reason = "no-answer" if blank else None
            given.append(AutoScore(name, 0.0, points, needs_mark=not blank, reason=reason))
        self.do(lambda session: hand_ins.mark_autograded(session, number, given))
        return number

    def row(self, number: int) -> HandIn:
        """The hand-in as it stands."""
        with self.grading.database.read() as session:
            return hand_ins.get_hand_in(session, number)

    def ask(self, question: Callable[[database.Session], Any]) -> Any:
        """Read something."""
        with self.grading.database.read() as session:
            return question(session)

    def do(self, change: Callable[[database.Session], Any]) -> Any:
        """Write something."""
        return self.grading.database.write(change)


@pytest.fixture
def house(grading: Grading) -> House:
    """A course with an unpublished module; two teachers of one school, and an evaluator."""

    def write(session: database.Session) -> tuple[Person, ...]:
        title = {"bn": "সক্রিয় শিখন", "en": "Active learning"}
        session.add(Course(course="active-learning", title=title, summary=title, position=1))
        session.flush()
        session.add(
            Module(
                key=MODULE, course="active-learning", module="pair-talk", position=1, title=title
            )
        )
        school = ("চরফ্যাশন সরকারি প্রাথমিক বিদ্যালয়", "চরফ্যাশন", "ভোলা")
        return tuple(
            people.add_person(
                session,
                name=name,
                password_hash="x",
                display_name=shown,
                role=role,  # type: ignore[arg-type]
                school=school if role == "teacher" else None,
            )
            for name, shown, role in (
                ("rahima", "রহিমা খাতুন", "teacher"),
                ("salma", "সালমা আক্তার", "teacher"),
                ("evaluator", "নাসরিন সুলতানা", "evaluator"),
            )
        )

    return House(grading, *grading.database.write(write))


@pytest.fixture
def published(house: House) -> House:
    """The house with its module published."""
    house.publish(pair_talk())
    return house
