"""A small world for tests of the portal: a real store, real people with sessions, one module.

`a_portal` gives a `World`; the Hub is not part of it, so sessions are opened as the callback does.
"""

import atexit
import json
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from hub.passwords import temporary_password
from hub.portal.app import HubClient, Portal, create_app
from hub.portal.hub_watch import HubWatch
from hub.portal.limits import Limits
from hub.portal.portal import Classroom
from learning import answers, cohorts, hand_ins, joining, people, sign_ins
from publishing import proofs
from publishing.exercises import Exercise, QuizTest
from publishing.manifest import ClipFile, Manifest, Weight
from publishing.runner import Runner
from sharing import comments, complaints, posts, views
from store import clock
from store.artifacts import Artifacts
from store.database import Database, Session
from store.jobs import Jobs
from store.queries.modules import get_current
from store.schema import upgrade
from store.tables import Artifact, Cohort, Course, Module, Person, Version
from tests.databases import a_database

ORIGIN = "http://pathshala.test"
ROOT = f"{ORIGIN}/services/portal/"
CLASSROOM_TOKEN = "a-token-of-the-classroom"
COURSE, MODULE = "active-learning", "pair-talk"
KEY = f"{COURSE}/{MODULE}"
WRITE = {"Sec-Fetch-Site": "same-origin", "X-Pathshala": "1"}
REFLECTION = "আমি দেখলাম, শ্রেণিকক্ষে ৬০ জন শিক্ষার্থী জোড়ায় কথা বলছে।"
NOTEBOOK = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
REPORT = {"pupils": "সবাই কথা বলেছে", "decision": "keep", "change": "৩ সেকেন্ড অপেক্ষা"}

PEOPLE = {
    "teacher": "teacher",
    "mate": "teacher",  # of the same cohort and school
    "stranger": "teacher",  # of another cohort and school
    "trainer": "trainer",
    "evaluator": "evaluator",
    "marked-evaluator": "evaluator",  # handed in herself
    "administrator": "administrator",
}

EXERCISES = (
    Exercise(
        exercise="saw",
        component="Reflection",
        kind="manual",
        points=4.0,
        cell=3,
        title={"bn": "কী দেখলেন", "en": "What you saw"},
        question={"bn": "কী দেখলেন লিখুন।", "en": "Write what you saw."},
    ),
    Exercise(
        exercise="wait-time",
        component="Choice",
        kind="quiz",
        points=2.0,
        cell=5,
        title={"bn": "অপেক্ষা", "en": "Waiting"},
        variable="wait_time",
        options={
            "a": {"bn": "১ সেকেন্ড", "en": "1 second"},
            "b": {"bn": "৩ সেকেন্ড", "en": "3 seconds"},
        },
        literal="str",
        tests=(QuizTest("wait-time-test", 2.0),),
    ),
    Exercise(
        exercise="plan",
        component="ActionPlan",
        kind="manual",
        points=4.0,
        cell=8,
        title={"bn": "পরিকল্পনা", "en": "Plan"},
    ),
)


@dataclass
class World:
    """The portal and what is in it; `ids` of people by their name here."""

    app: FastAPI
    portal: Portal
    ids: dict[str, str]
    tokens: dict[str, str]
    clip: str
    things: dict[str, Any] = field(default_factory=dict)

    def client(self, name: str | None = None, **headers: str) -> TestClient:
        """A browser in which `name` is signed in (nobody if None)."""
        client = TestClient(
            self.app,
            base_url=ORIGIN,
            root_path="",
            raise_server_exceptions=False,
            follow_redirects=False,
            headers={"Accept-Encoding": "identity", **headers},
        )
        if name is not None:
            client.cookies.set(self.portal.cookie, self.tokens[name])
        client.base_url = ROOT
        return client

    def person(self, name: str) -> Person:
        with self.portal.database.read() as session:
            return people.get_person(session, self.ids[name])

    def count_rows(self) -> dict[str, int]:
        """How many rows each table has, and what was last changed in it is not said."""
        from sqlalchemy import func, select

        from store.tables import Table

        with self.portal.database.read() as session:
            return {
                table.name: session.scalar(select(func.count()).select_from(table)) or 0
                for table in Table.metadata.sorted_tables
            }

    def dump(self) -> dict[str, list[Any]]:
        """Every row of every table."""
        from sqlalchemy import select

        from store.tables import Table

        with self.portal.database.read() as session:
            return {
                table.name: sorted(repr(tuple(row)) for row in session.execute(select(table)))
                for table in Table.metadata.sorted_tables
            }


@contextmanager
def a_portal(
    folder: Path, *, secure: bool = False, kind: str = "sqlite", patience: int = 1
) -> Iterator[World]:
    """Open a portal over a copy of the world, kept in this kind of database.

    `patience` is how many times more than people do may be asked of it in a minute.
    """
    with a_database(kind, _make, folder) as url:
        shutil.copytree(_files(kind), folder, dirs_exist_ok=True)
        known = json.loads((folder / "known.json").read_text())
        portal = Portal(
            database=Database(url),
            artifacts=Artifacts(folder / "artifacts"),
            jobs=Jobs(folder / "jobs.sqlite"),
            frontend=folder / "page",
            hub=HubClient(
                authorize_url="/hub/api/oauth2/authorize",
                token_url="http://127.0.0.1:9/hub/api/oauth2/token",
                user_url="http://127.0.0.1:9/hub/api/user",
                logout_url="/hub/logout",
                pages_url="/hub/",
                client_id="service-portal",
                token="a-token-of-the-hub",
            ),
            runner=Runner([folder]),
            hub_watch=HubWatch(lambda: True),
            temporary_password=temporary_password,
            limits=Limits(times=patience),
            classroom=Classroom(CLASSROOM_TOKEN, port=8004),
            secure=secure,
        )
        with closing(portal.database), portal.runner:
            yield World(create_app(portal), portal, **known)


def _make(url: str) -> None:
    """Make the world, once for each kind of database: what is in it has ids of its own."""
    folder = _files(url.partition(":")[0].partition("+")[0])
    upgrade(url)
    with closing(Database(url)) as database:
        known = database.write(lambda session: _fill(session, Artifacts(folder / "artifacts")))
        known["tokens"] = database.write(
            lambda session: {
                name: sign_ins.open_session(session, person)
                for name, person in known["ids"].items()
            }
        )
    (folder / "known.json").write_text(json.dumps(known))


@cache
def _files(kind: str) -> Path:
    """What the world has beside its database: artifacts, the page build, who is in it."""
    folder = Path(mkdtemp(prefix="pathshala-world-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _build(folder / "page")
    return folder


def _build(folder: Path) -> None:
    folder.mkdir()
    files = {
        "early-1.js": "(()=>{})()",
        "page-2.js": "export {}\n" * 200,
        "clip-3.js": "export {}",
        "texts-bn-4.js": "export default {}",
        "page-5.css": "body{margin:0}",
        "bengali-400-6.woff2": "font",
        "noto-latin-400-7.woff2": "font",
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    manifest = {
        "early": "early-1.js",
        "entry": "page-2.js",
        "css": ["page-5.css"],
        "chunks": [],
        "fonts": ["bengali-400-6.woff2", "noto-latin-400-7.woff2"],
        "components": {"Clip": ["clip-3.js"]},
        "texts": {"bn": "texts-bn-4.js"},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))


def _fill(session: Session, artifacts: Artifacts) -> dict[str, Any]:
    persons = {
        name: people.add_person(
            session,
            name=name,
            password_hash="-",
            display_name=f"রাবেয়া খাতুন ({name})",
            role=role,
            school=("দক্ষিণ পাড়া স. প্রা. বি.", "সাভার", "ঢাকা")
            if name in ("teacher", "mate")
            else ("উত্তর পাড়া স. প্রা. বি.", "শ্রীপুর", f"জেলা {name}"),
        )
        for name, role in PEOPLE.items()
    }
    cohort = cohorts.ensure_cohort(session, "ঢাকা ১", COURSE)
    other = cohorts.ensure_cohort(session, "ঢাকা ২", COURSE)
    for name in ("teacher", "mate"):
        cohorts.add_member(session, cohort.id, persons[name].id)
    cohorts.add_member(session, other.id, persons["stranger"].id)
    cohorts.give_staff(session, cohort.id, persons["trainer"].id, "trainer")
    cohorts.give_staff(session, cohort.id, persons["evaluator"].id, "evaluator")
    cohorts.give_staff(session, other.id, persons["marked-evaluator"].id, "evaluator")
    clip, solution = _publish(session, artifacts)
    things: dict[str, Any] = {
        "solution": solution,
        "cohort": cohort.id,
        "other cohort": other.id,
        **_at_the_door(session, cohort, ""),
        **_at_the_door(session, other, "other "),
    }
    for name in ("teacher", "stranger", "marked-evaluator"):
        things[f"{name} hand-in"] = _take(session, persons[name])
    for audience, name in (("cohort", "teacher"), ("everyone", "stranger")):
        things[f"{name} post"] = posts.share(
            session,
            person=persons[name],
            module_key=KEY,
            exercise="saw",
            audience=audience,
            consent=True,
            device_at=clock.now(),
        ).id
    things["teacher comment"] = _comment(session, persons["teacher"], things["stranger post"])
    things["complaint"] = complaints.report(
        session,
        person=persons["trainer"],
        reason="hurts",
        words="",
        comment_id=things["teacher comment"],
    ).id
    things["proof"] = _prove(session, persons["trainer"])
    return {
        "ids": {name: person.id for name, person in persons.items()},
        "clip": clip,
        "things": things,
    }


def _prove(session: Session, person: Person) -> str:
    """A preview of the module as it is, which its trainer sent from his Lab."""
    version = get_current(session, KEY)
    proof = proofs.ask(session, person.id, COURSE, "preview")
    shown = {"module": MODULE, "title": version.manifest["title"], "number": 2, "is_new": True}
    more = {"manifest": version.manifest, "pages": version.pages}
    proof.state, proof.result = "done", {"modules": [{**shown, **more}], "findings": []}
    session.flush()
    return proof.id


def _at_the_door(session: Session, cohort: Cohort, prefix: str) -> dict[str, Any]:
    """A code of a cohort, somebody who waits to be let in, and one who forgot her password."""
    code = joining.create_code(session, cohort.id)
    person, forgetful = (
        people.add_person(
            session,
            name=f"{name}-{cohort.id}",
            password_hash="-",
            display_name="মোছাঃ নতুন আরা",
            role=role,
        )
        for name, role in (("newcomer", None), ("forgetful", "teacher"))
    )
    cohorts.add_member(session, cohort.id, forgetful.id)
    cohort.needs_approval = True
    joining.join(session, code.code, person)
    cohort.needs_approval = False
    ((request, _),) = joining.requests_of(session, person)
    return {
        f"{prefix}code": code.code,
        f"{prefix}request": request.id,
        f"{prefix}newcomer": person.id,
        f"{prefix}forgetful": forgetful.id,
    }


def _take(session: Session, person: Person) -> int:
    for name, value in (("saw", REFLECTION), ("wait-time", "b"), ("plan", REPORT)):
        answers.save_answer(
            session,
            person=person,
            module_key=KEY,
            exercise=name,
            device="phone",
            sequence=1,
            edited_at=clock.now(),
            value=value,
        )
    record = hand_ins.hand_in(
        session, person=person, module_key=KEY, key=f"key-{person.id}", handed_at=clock.now()
    )
    hand_ins.mark_autograded(
        session,
        record.number,
        [
            hand_ins.AutoScore("wait-time", 2.0, 2.0),
            hand_ins.AutoScore("saw", 0.0, 4.0, needs_mark=True),
            hand_ins.AutoScore("plan", 0.0, 4.0, needs_mark=True),
        ],
    )
    return record.number


def _comment(session: Session, person: Person, post_id: str) -> str:
    view = views.look(session, person=person, post_id=post_id, shown_seconds=0)
    view.looked_at = clock.now()
    session.flush()
    return comments.comment(
        session,
        person=person,
        post_id=post_id,
        key="a-key-of-a-phone",
        kind="used",
        body="আমিও করে দেখেছি, ৫২ জনের ক্লাসে।",
        device_at=clock.now(),
    ).id


def _publish(session: Session, artifacts: Artifacts) -> tuple[str, str]:
    clip = _keep(session, artifacts, bytes(range(256)) * 1000, "video/mp4")
    solution = _keep(
        session,
        artifacts,
        NOTEBOOK,
        "application/x-ipynb+json",
    )
    for position, course in enumerate((COURSE, "pathshala-pages")):
        session.add(
            Course(
                course=course,
                title={"bn": "সক্রিয় শিখন", "en": "Active learning"},
                summary={"bn": "ছোট বদল", "en": "Small changes"},
                position=position,
            )
        )
    session.flush()
    modules = (
        (COURSE, MODULE, None, EXERCISES, ("Clip", "Reflection", "Choice", "ActionPlan", "HandIn")),
        ("pathshala-pages", "home", "", (), ("Home",)),
        ("pathshala-pages", "catalogue", "courses", (), ("Catalogue",)),
        ("pathshala-pages", "course", "courses/<course>", (), ("CoursePage",)),
        ("pathshala-pages", "library", "library", (), ("Library",)),
        ("pathshala-pages", "post", "library/<post>", (), ("SharedWork",)),
        ("pathshala-pages", "portfolio", "people/<name>", (), ("Portfolio",)),
    )
    for position, (course, module, route, exercises, components) in enumerate(modules):
        title = {"bn": "জোড়ায় কথা", "en": "Pair talk"}
        pages = {
            language: _keep(
                session,
                artifacts,
                f'<article lang="{language}" dir="auto"><h1>{title[language]}</h1>'
                f'<img src="{{{{portal}}}}media/{clip}.png" alt=""></article>'.encode(),
                "text/html",
            )
            for language in ("bn", "en")
        }
        manifest = Manifest(
            course=course,
            module=module,
            title=title,
            minutes=35,
            languages=("bn", "en"),
            verdict="instant",
            structure=1,
            structure_hash="0" * 64,
            assignment=f"{course}.{module}.s1",
            exercises=exercises,
            clips=(ClipFile(clip, 95.2, 256_000, title, (f"{clip}.mp4",)),) if exercises else (),
            components=components,
            media=(clip,),
            weight=Weight({"bn": 4000, "en": 3000}, 1000, 256_000),
        )
        key = f"{course}/{module}"
        entry = Module(
            key=key, course=course, module=module, position=position, title=title, route=route
        )
        session.add(entry)
        session.flush()
        version = Version(
            module=key,
            number=1,
            content_hash="0" * 64,
            structure=1,
            manifest=manifest.to_json(),
            release_sha=solution,
            source_sha=solution,
            pages=pages,
            created_at=clock.now(),
        )
        session.add(version)
        session.flush()
        entry.current_version_id = version.id
    return clip, solution


def _keep(session: Session, artifacts: Artifacts, data: bytes, media_type: str) -> str:
    sha = artifacts.put(data, media_type)
    if session.get(Artifact, sha) is None:
        session.add(
            Artifact(
                sha256=sha, media_type=media_type, size_bytes=len(data), created_at=clock.now()
            )
        )
        session.flush()
    return sha
