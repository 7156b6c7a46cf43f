"""The worker: what is handed in is graded, even when no job says so."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from bench.waiting import wait_until
from learning import answers, hand_ins, people
from store.clock import now
from store.database import Database
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


def _reflection(session: Any) -> str:
    module = session.get(Module, MODULE)
    exercises = session.get(Version, module.current_version_id).manifest["exercises"]
    return str(next(e["exercise"] for e in exercises if e["component"] == "Reflection"))
