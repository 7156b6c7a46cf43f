"""Valid Bangla records for tests: conjuncts, long names, commas, digits. Every fact can be changed.

Also the fixtures that make a fresh store and move its clock; folders import what they use.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from learning import answers, cohorts, hand_ins, people
from store import clock as store_clock
from store.database import Database, Session
from store.schema import upgrade
from store.tables import Course, HandIn, Module, Person, Version
from tests.databases import KINDS, a_database

MODULE = "active-learning/pair-talk"
COURSE = "active-learning"
CLIP = "c" * 64
SCHOOL = ("উদ্বৃত্তপুর সরকারি প্রাথমিক বিদ্যালয়, ২য় শাখা", "ঈশ্বরগঞ্জ", "ময়মনসিংহ")
OTHER_SCHOOL = ("র‍্যাঙ্কিন স্ট্রিট মডেল স্কুল", "সাভার", "ঢাকা")
WORDS = "আমি ৬০ জন শিক্ষার্থীকে জোড়ায় বসিয়েছি, “তোমার বন্ধু কী বলল?”, দুঃখ নয়, আনন্দ পেয়েছি।"
REPORT = {
    "class": "তৃতীয় শ্রেণি",
    "lesson": "পাঠ ৪, পৃষ্ঠা ২৭",
    "date": "2026-11-23",
    "change": "উত্তরের আগে ৩ সেকেন্ড অপেক্ষা করব",
    "tried_on": "2026-11-23",
    "pupils": "পেছনের সারির শিক্ষার্থীরাও কথা বলেছে",
    "decision": "keep",
    "next": "গণিত ক্লাসেও করব",
}
PLAN = {key: REPORT[key] for key in ("class", "lesson", "date", "change")}

_numbers = count(1)


class Clock:
    """A clock that a test moves; it is the store's clock while the fixture lives."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 21, 4, 42, 7, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, **time: float) -> datetime:
        self.at += timedelta(**time)
        return self.at


@pytest.fixture
def clock() -> Iterator[Clock]:
    source = Clock()
    with store_clock.use(source):
        yield source


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh store, migrated for real, of each kind of database."""
    with a_database(request.param, upgrade, tmp_path) as url:
        yield url


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database that holds nothing, or of no file at all."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new.sqlite'}"
        return
    with a_database(request.param, lambda url: None, tmp_path) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> Iterator[str]:
    """A fresh store for tests that are not about it."""
    with a_database("sqlite", upgrade, tmp_path) as url:
        yield url


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database(url)
    yield opened
    opened.close()


@pytest.fixture
def session(database: Database, clock: Clock) -> Iterator[Session]:
    """A writing session for rules that do not ask who commits; undone after the test."""
    with database._writers.connect() as connection, connection.begin() as transaction:
        with Session(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as session:
            yield session
        transaction.rollback()


def a_person(
    session: Session,
    *,
    role: str = "teacher",
    school: tuple[str, str, str] | None = SCHOOL,
    cohort: str | None = "ময়মনসিংহ ব্যাচ ১",
    **facts: Any,
) -> Person:
    """Somebody of the default school, in the default cohort of the course."""
    number = next(_numbers)
    person = people.add_person(
        session,
        role=role,
        school=school,
        **{
            "name": f"শিক্ষক-{number}",
            "display_name": f"মোছাম্মৎ রওশন আরা বেগম উজ্জ্বলা {number}",
            "password_hash": "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA",
            **facts,
        },
    )
    if cohort is not None:
        made = cohorts.ensure_cohort(session, cohort, COURSE)
        if role in ("trainer", "evaluator"):
            cohorts.give_staff(session, made.id, person.id, role)
        else:
            cohorts.add_member(session, made.id, person.id)
    return person


def a_manifest(module: str = MODULE, **changes: Any) -> dict[str, Any]:
    """What publishing keeps of a module: a reflection, a quiz, a plan, a clip of 95 s."""
    course, _, name = module.partition("/")
    return {
        "course": course,
        "module": name,
        "title": {"bn": "জোড়ায় কথা বলা", "en": "Pair talk"},
        "minutes": 35,
        "languages": ["bn", "en"],
        "verdict": "instant",
        "structure": 1,
        "structure_hash": "d" * 64,
        "assignment": f"{course}.{name}.s1",
        "exercises": [
            an_exercise("saw", "Reflection", {"bn": "কী দেখলেন", "en": "What you saw"}, points=3),
            an_exercise(
                "wait-time",
                "Choice",
                {"bn": "কতক্ষণ অপেক্ষা", "en": "How long to wait"},
                kind="quiz",
                points=2,
                variable="wait_time",
                options={"a": "১", "b": "৩"},
                literal="str",
                tests=[{"exercise": "wait-time-test", "points": 2.0}],
            ),
            an_exercise("plan", "ActionPlan", {"bn": "আমার পরিকল্পনা", "en": "My plan"}, points=5),
        ],
        "clips": [
            {
                "clip": CLIP,
                "seconds": 95.0,
                "size_bytes": 1_234_567,
                "title": {"bn": "৬০ জনের ক্লাসে জোড়ায় কথা", "en": "Pairs in a class of 60"},
            }
        ],
        "components": ["Clip", "Reflection", "Choice", "ActionPlan", "HandIn", "PeerShare"],
        "media": [],
        "weight": {
            "page_bytes": {"bn": 21_000, "en": 15_000},
            "image_bytes": 9_000,
            "clip_bytes": 1_234_567,
        },
        "findings": [],
        "runner": "kernel",
        "rubrics": {},
        **changes,
    }


def an_exercise(
    name: str, component: str, title: dict[str, str], *, points: float, **changes: Any
) -> dict[str, Any]:
    """One entry of a manifest's exercises; marked by people unless said otherwise."""
    return {
        "exercise": name,
        "component": component,
        "kind": "manual",
        "points": float(points),
        "cell": 7,
        "title": title,
        "question": {"bn": "ক্লিপে কী দেখলেন?", "en": "What did you see in the clip?"},
        "variable": None,
        "options": {},
        "literal": None,
        "tests": [],
        "rubric": None,
        **changes,
    }


def a_version(session: Session, module: str = MODULE, **changes: Any) -> Version:
    """Publish a module, or its next version; `changes` go into the manifest."""
    course, _, name = module.partition("/")
    manifest = a_manifest(module, **changes)
    if session.get(Course, course) is None:
        title = {"bn": "সক্রিয় শিখন", "en": "Active learning"}
        summary = {"bn": "ছোট একটি বদল, পরের পাঠেই", "en": "One small change, in the next lesson"}
        session.add(Course(course=course, title=title, summary=summary, position=1))
        session.flush()
    row = session.get(Module, module)
    if row is None:
        row = Module(key=module, course=course, module=name, position=1, title=manifest["title"])
        session.add(row)
        session.flush()
    number = next(_numbers)
    version = Version(
        module=module,
        number=number,
        content_hash=f"{number:064x}",
        structure=1,
        manifest=manifest,
        release_sha="a" * 64,
        source_sha="b" * 64,
        pages={"bn": "e" * 64, "en": "f" * 64},
        created_at=store_clock.now(),
    )
    session.add(version)
    session.flush()
    row.current_version_id = version.id
    session.flush()
    return version


def an_answer(
    session: Session, person: Person, exercise: str = "saw", value: Any = WORDS, **facts: Any
) -> answers.Saved:
    """Save an answer, as a phone does just after it was written."""
    return answers.save_answer(
        session,
        **{
            "person": person,
            "module_key": MODULE,
            "exercise": exercise,
            "device": "redmi-9a",
            "sequence": next(_numbers),
            "edited_at": store_clock.now(),
            "value": value,
            **facts,
        },
    )


def a_hand_in(session: Session, person: Person, **facts: Any) -> HandIn:
    """Hand in what was answered; the key is fresh unless given."""
    return hand_ins.hand_in(
        session,
        **{
            "person": person,
            "module_key": MODULE,
            "key": f"key-{next(_numbers)}",
            "handed_at": store_clock.now(),
            **facts,
        },
    )


@contextmanager
def asking(session: Session) -> Iterator[list[str]]:
    """Note what the database is asked meanwhile."""
    asked: list[str] = []
    connection = session.connection()

    def note(*args: Any) -> None:
        asked.append(args[2])

    event.listen(connection, "before_cursor_execute", note)
    yield asked
    event.remove(connection, "before_cursor_execute", note)
