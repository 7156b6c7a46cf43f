"""The worker: what is handed in is graded, even when no job says so."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any
from uuid import uuid4

from bench.waiting import wait_until
from grading.config import Grading
from hub import worker
from hub.measured import Measured
from learning import answers, hand_ins, people
from publishing.photos import Photo
from publishing.runner import Runner
from sharing import pictures
from store import clock
from store.artifacts import Artifacts
from store.clock import now
from store.database import Database
from store.jobs import Jobs
from store.schema import upgrade
from store.tables import HandIn, Module, Version

MODULE = "active-learning/pair-talk"


def test_a_hand_in_that_no_job_knows_of_is_graded_all_the_same(stack: Any) -> None:
    database = Database(f"sqlite:///{stack.data / 'pathshala.sqlite'}")

    def hand_in(session: Any) -> HandIn:
        person = people.add_person(
            session,
            name=f"ভোলা-{uuid4().hex[:8]}",
            password_hash="কেউ জানে না",
            display_name="ভোলানাথ",
            role="teacher",
        )
        answers.save_answer(
            session,
            person=person,
            module_key=MODULE,
            exercise=_reflection(session),
            device="phone-1",
            sequence=1,
            edited_at=now(),
            value="শিক্ষার্থীরা জোড়ায় কথা বলছিল।",
        )
        return hand_ins.hand_in(
            session,
            person=person,
            module_key=MODULE,
            key=uuid4().hex,
            handed_at=now(),
            together=[],
        )

    def state() -> str:
        with database.read() as session:
            return hand_ins.get_hand_in(session, number).state

    try:
        number = database.write(hand_in).number
        assert state() == "waiting"
        wait_until(lambda: state() == "to-mark", seconds=120)
    finally:
        database.close()


def test_each_sweep_asks_for_what_was_lost_and_drops_what_nobody_shared(tmp_path: Path) -> None:
    url, artifacts = f"sqlite:///{tmp_path}/pathshala.sqlite", Artifacts(tmp_path / "artifacts")
    upgrade(url)
    with closing(Database(url)) as database:
        photo = Photo(b"whole", b"small", 8, 4)
        pictures.put(artifacts, photo)
        database.write(lambda session: _keep(session, artifacts, photo))
        jobs, stop = Jobs(tmp_path / "jobs.sqlite"), Event()
        grading = Grading(database, artifacts, "sqlite://", tmp_path, Runner([tmp_path]))
        stop.set()  # after one
        later = now() + timedelta(days=8)
        with clock.use(lambda: later):
            worker.sweep(grading, jobs, Measured(tmp_path, "worker"), stop)
        assert jobs.waiting() == 1, "to catch up is a job, behind others"
        assert not [path for path in artifacts.root.rglob("*") if path.is_file()]


def _keep(session: Any, artifacts: Artifacts, photo: Photo) -> None:
    person = people.add_person(
        session, name="ভোলা", password_hash="-", display_name="ভোলানাথ", role="teacher"
    )
    pictures.keep(session, artifacts, person, uuid4().hex, photo)


def _reflection(session: Any) -> str:
    module = session.get(Module, MODULE)
    exercises = session.get(Version, module.current_version_id).manifest["exercises"]
    return str(next(e["exercise"] for e in exercises if e["component"] == "Reflection"))
