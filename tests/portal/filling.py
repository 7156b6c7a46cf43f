"""Who is in the world of the portal's tests, and what they did: a module that some have handed in,
shared and commented on, two cohorts, somebody at each door.
"""

import io
from typing import Any
from uuid import uuid4

from PIL import Image

from learning import answers, cohorts, hand_ins, joining, people
from publishing import proofs
from publishing.exercises import Exercise, QuizTest
from publishing.manifest import ClipFile, Manifest, Weight
from publishing.photos import Photo
from sharing import comments, complaints, pictures, posts, views
from sharing.pictures import Shown
from store import clock
from store.artifacts import Artifacts
from store.database import Session
from store.queries.modules import get_current
from store.tables import Artifact, Cohort, Course, Module, Person, Version

COURSE, MODULE = "active-learning", "pair-talk"
KEY = f"{COURSE}/{MODULE}"
REFLECTION = "আমি দেখলাম, শ্রেণিকক্ষে ৬০ জন শিক্ষার্থী জোড়ায় কথা বলছে।"
NOTEBOOK = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
ALT = "চার দলে বসা শিক্ষার্থী, মাঝখানে কাঠি"
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


def fill(session: Session, artifacts: Artifacts) -> dict[str, Any]:
    """Let people learn, share and mark; return what a `World` knows of them."""
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
        key, photo = uuid4().hex, a_photo(name)
        pictures.put(artifacts, photo)
        things[f"{name} picture"] = pictures.keep(
            session, artifacts, persons[name], key, photo
        ).whole
        things[f"{name} post"] = posts.share(
            session,
            person=persons[name],
            module_key=KEY,
            exercise="saw",
            audience=audience,
            consent=True,
            device_at=clock.now(),
            shown=[Shown(key, ALT)],
            guardians_agree=True,
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


def a_photo(of: str) -> Photo:
    """A photo as it is kept, another one of each thing."""
    drawn = Image.frombytes("L", (8, 4), of.encode().ljust(32)[:32]).convert("RGB")
    files = [io.BytesIO(), io.BytesIO()]
    for quality, file in zip((80, 10), files, strict=True):
        drawn.save(file, "WEBP", quality=quality)
    return Photo(*(file.getvalue() for file in files), *drawn.size)


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
    solution = _keep(session, artifacts, NOTEBOOK, "application/x-ipynb+json")
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
