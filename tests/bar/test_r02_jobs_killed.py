"""R2, the worker's jobs: killed at steps spread over them, each is found again and done once.

A step is a statement or a commit at any database, the store's or the gradebook's. A process of its
own does the job and kills itself at one of them; then comes what a fresh worker does at its start.
The rows are the truth: no queue is asked.
"""

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import delete

from grading import gradebook
from grading.autograde import MOST_ATTEMPTS, autograde
from grading.catching_up import FOLLOWED, catch_up
from grading.gradebook import Gradebook
from learning import hand_ins
from publishing import press as press_room
from publishing.press import Press
from store.clock import now
from store.database import Session
from store.queries import hand_ins as kept
from store.queries.versions import versions_of
from store.tables import Proof, Setting
from tests.bar.figures import record
from tests.grading.conftest import RIGHT, House, grading, house, published, runner
from tests.grading.test_autograde import ASSIGNMENT, total
from tests.grading.test_marking import give_back, mark
from tests.publishing.conftest import database, publisher, url
from tests.publishing.test_proofs import again, folder, press, send, trainer
from tests.publishing.writing import whole, words, write_course

__all__ = [
    "database",
    "folder",
    "grading",
    "house",
    "press",
    "published",
    "publisher",
    "runner",
    "trainer",
    "url",
]
pytestmark = [pytest.mark.bar, pytest.mark.timeout(600)]

POINTS = 12
seen: dict[str, str] = {}
COUNTING = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event

left = int(sys.argv[1])
steps = 0

def step(*_):
    global steps
    steps += 1
    if steps == left:
        os.kill(os.getpid(), signal.SIGKILL)

for moment in ("before_cursor_execute", "commit"):
    event.listen(Engine, moment, step)
"""
GRADING = (
    COUNTING
    + """
from grading.autograde import autograde
from grading.config import Grading
from grading.gradebook import copy_marks
from publishing.runner import Runner
from store.artifacts import Artifacts
from store.database import Database

job, number, url, gradebook_url, artifacts, work = sys.argv[2:]
with Runner() as runner:
    grading = Grading(Database(url), Artifacts(Path(artifacts)), gradebook_url, Path(work), runner)
    {"autograde": autograde, "copy-marks": copy_marks}[job](grading, int(number))
print(steps)
"""
)
PUBLISHING = (
    COUNTING
    + """
from learning.writers import may_write
from publishing import press
from publishing.versions import Publisher
from store.artifacts import Artifacts
from store.database import Database

url, artifacts, properties, work = sys.argv[2:]
publisher = Publisher(Database(url), Artifacts(Path(artifacts)), Path(properties), Path(work))
press.run_next(press.Press(publisher, may_write))
print(steps)
"""
)


def do(code: str, at: int, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Do a job in a process of its own, which kills itself at a step (0: at none)."""
    return subprocess.run(
        [sys.executable, "-c", code, str(at), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
    )


def points(steps: int) -> Sequence[int]:
    """Where to kill: spread over all steps, the last ones among them."""
    spread = {1 + number * (steps - 1) // (POINTS - 3) for number in range(POINTS - 2)}
    return sorted({*spread, steps - 1, steps})


def grade(house: House, job: str, number: int, at: int) -> subprocess.CompletedProcess[str]:
    grading = house.grading
    places = (grading.gradebook_url, grading.artifacts.root, grading.work)
    return do(GRADING, at, job, number, grading.database.url, *places)


def start_again(house: House) -> None:
    """What a worker does when it starts: it finds what waits, and what moved."""
    waiting = house.ask(lambda session: hand_ins.waiting(session, now(), MOST_ATTEMPTS))
    for hand_in in waiting:
        autograde(house.grading, hand_in.number)
    while catch_up(house.grading):
        pass


def forget(house: House) -> None:
    """Take the submission out of the gradebook."""
    with Gradebook(house.grading.gradebook_url) as book:
        if (house.rahima.id, ASSIGNMENT) in gradebook.totals(house.grading.gradebook_url):
            book.remove_submission(ASSIGNMENT, house.rahima.id)


def test_scoring_that_is_killed_on_its_way_is_done_once(published: House) -> None:
    house = published
    house.answer(house.rahima, RIGHT)
    number = house.hand_in(house.rahima)
    for _ in range(2):  # the first also makes the module known to the gradebook
        house.do(lambda session: hand_ins.retry(session, number))
        forget(house)
        unhurt = grade(house, "autograde", number, 0)
        assert unhurt.returncode == 0, unhurt.stderr
    killed = points(int(unhurt.stdout))
    for at in killed:
        house.do(lambda session: hand_ins.retry(session, number))
        forget(house)
        assert grade(house, "autograde", number, at).returncode == -signal.SIGKILL, at
        start_again(house)
        assert house.row(number).state == "to-mark"
        scores = house.ask(lambda session: kept.scores_of(session, [number])[number])
        found = {name: row.score for name, row in scores.items()}
        assert found == {"wait-time": 2, "groups": 2, "why": 0, "plan": 0}, at
        assert total(house, house.rahima.id) == 4, at
        left = [path.name for path in house.grading.work.iterdir()]
        assert [name for name in left if name.startswith("hand-in")] == [], at
    kind = "PostgreSQL" if "postgres" in house.grading.database.url else "SQLite"
    seen[kind] = f"{len(killed)} of {unhurt.stdout.strip()} steps on {kind}"
    places = " and at ".join(seen.values())
    record("R2 jobs", f"scoring killed at {places}: each found again and done once")


def test_copied_marks_that_a_kill_kept_out_are_found_again(published: House) -> None:
    house = published
    house.answer(house.rahima, RIGHT)
    number = house.hand_in(house.rahima)
    autograde(house.grading, number)
    mark(house, number, "why", 2)
    mark(house, number, "plan", 2)
    give_back(house, number)
    unhurt = grade(house, "copy-marks", number, 0)
    assert unhurt.returncode == 0, unhurt.stderr
    for at in points(int(unhurt.stdout)):
        forget(house)
        house.do(lambda session: session.execute(delete(Setting).where(Setting.key == FOLLOWED)))
        assert grade(house, "copy-marks", number, at).returncode == -signal.SIGKILL, at
        start_again(house)
        assert total(house, house.rahima.id) == 8, at


def test_publishing_that_is_killed_on_its_way_makes_one_version(
    press: Press, trainer: str, folder: Path
) -> None:
    publisher = press.publisher
    places = (publisher.artifacts.root, publisher.properties, publisher.work)

    def publish(words_on_it: str, at: int) -> tuple[Proof, subprocess.CompletedProcess[str]]:
        write_course(folder, *whole(), words(words_on_it))
        proof = send(press, trainer, folder, "check")
        press.database.write(lambda session: ask_to_publish(session, proof.id))
        return proof, do(PUBLISHING, at, publisher.database.url, *places)

    for first in ("কথা", "আরও কথা"):  # the first also makes the course
        _, unhurt = publish(first, 0)
        assert unhurt.returncode == 0, unhurt.stderr
    kills = 0
    for number, at in enumerate(points(int(unhurt.stdout))[::3], start=3):
        proof, killed = publish(f"কথা {number}", at)
        assert killed.returncode in (0, -signal.SIGKILL), at  # it may say less on its way
        kills += killed.returncode != 0
        press_room.begin_again(press.database)
        press_room.run_next(press)
        assert again(press, proof).state == "done", at
        with press.database.read() as session:
            found = versions_of(session, "trial/spare-time")
        assert [version.number for version in found] == list(range(1, number + 1)), at
    assert kills >= 3


def ask_to_publish(session: Session, proof_id: str) -> None:
    proof = session.get_one(Proof, proof_id)
    proof.wish, proof.state = "publish", "waiting"
